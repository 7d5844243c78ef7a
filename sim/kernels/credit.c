/* Learning from whole presentations (contract: sim/kernels.h; the rules: sim/plasticity_model.h).
 *
 * The spikes of a presentation are still in the ring. Work follows what happened: errors come back
 * from targets that have one only, and weights change from rows that a spike arrived at to targets
 * that fired and whose gate isn't 0. The sum of a source runs over its targets in ascending order,
 * whoever owns them, so threads can't change it. */
#include "sim/sim_internal.h"

#include "sim/numeric.h"

#include <string.h>

static void judge(struct hk_pop *pop, int thread, void (*op)(const struct hk_credit *units)) {
    hk_neuron first = pop->part[thread];
    size_t count = pop->part[thread + 1] - first;
    hk_real *error = (hk_real *)pop->error + first, *gate = (hk_real *)pop->gate + first;
    op(&(struct hk_credit){.param = pop->judge->plasticity_param,
                           .count = count,
                           .spikes = pop->counts + first,
                           .blame = (hk_real *)pop->blame + first,
                           .error = error,
                           .gate = gate});
    for (size_t k = 0; pop->kept && pop->sim->dropping && k < count; k++)
        if (!pop->kept[first + k]) error[k] = gate[k] = 0;
}

static void teach(struct hk_pop *pop, int thread, hk_neuron wanted) {
    hk_real *blame = pop->blame;
    for (hk_neuron i = pop->part[thread]; i < pop->part[thread + 1]; i++) blame[i] = i == wanted;
    judge(pop, thread, pop->judge->plasticity->teach);
}

/* ---- errors go back ---- */

/* The targets of all threads that have an error, each as its index within its owner's part. */
static size_t list_errors(const struct hk_proj *proj, struct hk_credit_room *room, size_t *ends) {
    const hk_neuron *part = proj->target->part;
    const hk_real *error = proj->target->error;
    hk_real *value = room->value;
    size_t count = 0;
    for (int owner = 0; owner < proj->sim->threads; owner++) {
        for (hk_neuron i = part[owner]; i < part[owner + 1]; i++) {
            room->list[count] = i - part[owner];
            value[count] = error[i];
            count += error[i] != 0;
        }
        ends[owner] = count;
    }
    return count;
}

/* One source's row in the part of one owner. */
static hk_real row_blame(const struct hk_proj *proj, int owner, size_t row, const uint32_t *list,
                         const hk_real *value, size_t count, hk_real sum) {
    const struct hk_proj_part *part = &proj->parts[owner];
    const hk_real *w = part->weight;
    if (proj->storage == HK_STORE_MATRIX) {
        w += row * part->stride;
        for (size_t k = 0; k < count; k++) sum += w[list[k]] * value[k];
        return sum;
    }
    const hk_real *error = (const hk_real *)proj->target->error + proj->target->part[owner];
    for (hk_syn k = part->row_start[row]; k < part->row_start[row + 1]; k++)
        sum += w[k] * error[part->target[k]];
    return sum;
}

static void add_blame(const struct hk_proj *proj, int thread, struct hk_credit_room *room) {
    const hk_neuron *own = proj->source->part;
    const hk_real *value = room->value;
    hk_real *blame = proj->source->blame;
    size_t ends[HK_THREADS_MAX], count = list_errors(proj, room, ends);
    if (count == 0) return;
    for (hk_neuron i = own[thread]; i < own[thread + 1]; i++) {
        hk_real sum = 0;
        for (uint32_t d = 0; d < proj->delays; d++) {
            size_t row = (size_t)i * proj->delays + d, begin = 0;
            for (int owner = 0; owner < proj->sim->threads; begin = ends[owner++])
                sum = row_blame(proj, owner, row, room->list + begin, value + begin,
                                ends[owner] - begin, sum);
        }
        blame[i] += sum;
    }
    struct hk_sim_counts *counts = &proj->sim->tally[thread].counts;
    counts->additions += (uint64_t)count * (own[thread + 1] - own[thread]);
    counts->multiplications += (uint64_t)count * (own[thread + 1] - own[thread]);
}

static void credit(struct hk_pop *pop, int thread) {
    const struct hk_sim *sim = pop->sim;
    memset((hk_real *)pop->blame + pop->part[thread], 0,
           hk_pop_owned(pop, thread) * sizeof(hk_real));
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        if (proj->source == pop && hk_proj_is_judged(proj))
            add_blame(proj, thread, &proj->parts[thread].room);
    }
    judge(pop, thread, pop->judge->plasticity->credit);
}

/* ---- weights change ---- */

struct update {
    struct hk_proj *proj;
    struct hk_proj_part *part;
    struct hk_credit_room *room;
    hk_neuron first; /* the thread's first target */
    hk_tick from;    /* the presentation is from + 1 .. from + ticks */
    size_t ticks, gated, active;
    size_t epoch;
    struct hk_sim_counts *counts;
};

static bool is_gated(const struct hk_pop *pop, hk_neuron i) {
    const hk_real *gate = pop->gate;
    return gate[i] != 0 && pop->counts[i] > 0;
}

static void list_gated(struct update *u, int thread) {
    const struct hk_pop *pop = u->proj->target;
    const hk_real *gate = pop->gate;
    hk_real *value = u->room->value;
    u->gated = 0;
    for (hk_neuron i = u->first; i < pop->part[thread + 1]; i++) {
        bool chosen = is_gated(pop, i);
        u->room->list[u->gated] = i - u->first;
        value[u->gated] = gate[i];
        u->room->place[i - u->first] = chosen ? (int32_t)u->gated : -1;
        u->gated += chosen;
    }
}

typedef void row_visit(struct update *u, size_t row, size_t tick);

static void each_arrival(struct update *u, size_t tick, row_visit *visit) {
    const struct hk_proj *proj = u->proj;
    for (uint32_t d = 0; d < proj->delays; d++) {
        hk_tick at = u->from + 1 + (hk_tick)tick - proj->delay_min - d;
        for (int owner = 0; at > u->from && owner < proj->sim->threads; owner++) {
            const uint32_t *units;
            uint32_t count = hk_spikes(proj->sim, proj->source, at, owner, &units);
            for (uint32_t i = 0; i < count; i++)
                visit(u, (size_t)units[i] * proj->delays + d, tick);
        }
    }
}

static void note_active(struct update *u, size_t row, size_t tick) {
    (void)tick;
    if (u->room->active_of[row]) return;
    u->room->active[u->active++] = (uint32_t)row;
    u->room->active_of[row] = (uint32_t)u->active;
}

static void bump(struct update *u, size_t row, size_t tick) {
    hk_real *trace = (hk_real *)u->room->trace + tick * u->active;
    trace[u->room->active_of[row] - 1] += 1;
}

/* All threads with gated targets draw the same traces; counted are those of the first, for what is
 * counted can't depend on the threads. */
static bool counts_traces(const struct update *u) {
    hk_neuron i = 0;
    while (i < u->first && !is_gated(u->proj->target, i)) i++;
    return i == u->first;
}

/* trace[tick][active row], the spikes of the tick included. */
static void draw_traces(struct update *u) {
    const hk_real decay = (hk_real)hk_exp(-1.0 / u->proj->ticks_per_tau[0][0]);
    hk_real *trace = u->room->trace;
    u->active = 0;
    for (size_t t = 0; t < u->ticks; t++) each_arrival(u, t, note_active);
    for (size_t t = 0; t < u->ticks; t++) {
        hk_real *now = trace + t * u->active;
        const hk_real *before = t ? now - u->active : trace;
        for (size_t k = 0; k < u->active; k++) now[k] = t ? before[k] * decay : 0;
        each_arrival(u, t, bump);
    }
    if (counts_traces(u)) u->counts->multiplications += u->ticks * u->active;
}

/* paired[gated target][k] of the active rows first + k, k < count. */
static void pair_spikes(struct update *u, int thread, size_t first, size_t count) {
    const hk_real *trace = u->room->trace;
    hk_real *paired = u->room->paired;
    for (size_t g = 0; g < u->gated; g++)
        memset(paired + g * HK_CREDIT_ROWS, 0, count * sizeof *paired);
    for (size_t t = 0; t < u->ticks; t++) {
        const uint32_t *units;
        uint32_t fired =
            hk_spikes(u->proj->sim, u->proj->target, u->from + 1 + (hk_tick)t, thread, &units);
        const hk_real *restrict now = trace + t * u->active + first;
        for (uint32_t i = 0; i < fired; i++) {
            int32_t place = u->room->place[units[i] - u->first];
            if (place < 0) continue;
            hk_real *restrict sum = paired + (size_t)place * HK_CREDIT_ROWS;
            for (size_t k = 0; k < count; k++) sum[k] += now[k];
            u->counts->additions += count;
        }
    }
}

/* The gated synapses of a row: their weights, gates and pairings side by side. */
static size_t gather_row(const struct update *u, size_t row, size_t k) {
    const struct hk_credit_room *room = u->room;
    const struct hk_proj_part *part = u->part;
    const hk_real *gate = room->value, *weight = part->weight, *paired = room->paired;
    hk_real *w = room->row_w, *row_gate = room->row_gate, *row_paired = room->row_paired;
    if (u->proj->storage == HK_STORE_MATRIX) {
        const hk_real *from = weight + row * part->stride;
        for (size_t g = 0; g < u->gated; g++) {
            w[g] = from[room->list[g]];
            row_paired[g] = paired[g * HK_CREDIT_ROWS + k];
        }
        return u->gated;
    }
    size_t count = 0;
    for (hk_syn at = part->row_start[row]; at < part->row_start[row + 1]; at++) {
        int32_t place = room->place[part->target[at]];
        if (place < 0) continue;
        w[count] = weight[at];
        row_gate[count] = gate[place];
        row_paired[count] = paired[(size_t)place * HK_CREDIT_ROWS + k];
        room->synapse[count++] = at;
    }
    return count;
}

static void spread_row(const struct update *u, size_t row, size_t count) {
    const struct hk_credit_room *room = u->room;
    const hk_real *w = room->row_w;
    hk_real *weight = u->part->weight;
    if (u->proj->storage == HK_STORE_MATRIX) {
        hk_real *to = weight + row * u->part->stride;
        for (size_t g = 0; g < count; g++) to[room->list[g]] = w[g];
    } else {
        for (size_t g = 0; g < count; g++) weight[room->synapse[g]] = w[g];
    }
}

static void learn_row(const struct update *u, size_t row, size_t k) {
    const struct hk_credit_room *room = u->room;
    size_t count = gather_row(u, row, k);
    bool matrix = u->proj->storage == HK_STORE_MATRIX;
    u->proj->plasticity->on_end(
        &(struct hk_presented){.param = u->proj->plasticity_param,
                               .w = room->row_w,
                               .count = count,
                               .gate = matrix ? room->value : room->row_gate,
                               .paired = room->row_paired,
                               .epoch = u->epoch});
    spread_row(u, row, count);
    u->counts->additions += count;
    u->counts->multiplications += count;
}

static void update(struct hk_proj *proj, int thread, size_t epoch) {
    const struct hk_sim *sim = proj->sim;
    struct update u = {.proj = proj,
                       .part = &proj->parts[thread],
                       .room = &proj->parts[thread].room,
                       .first = proj->target->part[thread],
                       .from = sim->shown_from,
                       .ticks = (size_t)(sim->now - sim->shown_from),
                       .epoch = epoch,
                       .counts = &proj->sim->tally[thread].counts};
    list_gated(&u, thread);
    if (u.gated == 0) return;
    draw_traces(&u);
    for (size_t first = 0; first < u.active; first += HK_CREDIT_ROWS) {
        size_t left = u.active - first, count = left < HK_CREDIT_ROWS ? left : HK_CREDIT_ROWS;
        pair_spikes(&u, thread, first, count);
        for (size_t k = 0; k < count; k++) learn_row(&u, u.room->active[first + k], k);
    }
    for (size_t k = 0; k < u.active; k++) u.room->active_of[u.room->active[k]] = 0;
}

const struct hk_kernels_credit hk_kernels_credit = {.teach = teach,
                                                    .credit = credit,
                                                    .update = update};
