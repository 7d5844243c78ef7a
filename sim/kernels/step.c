/* One tick of what one thread owns: arrivals, then membranes (contract: sim/kernels.h).
 *
 * Delivery is just in time: at tick t the rows (source, d) of every spike of tick t - d. The order
 * of the sums of a target is (projection, delay, source, synapse), whoever owns it. No reordering
 * of sums is allowed in any vector variant, so all are equal to the bit. */
#include "sim/kernels/arrivals.h"
#include "sim/kernels/rows.h"

#include "sim/exp_receptor.h"
#include "sim/real.h"

#include <string.h>

static void scatter_shared(hk_real *restrict sum, const uint32_t *restrict target, hk_real w,
                           size_t count) {
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) sum[target[k]] += w;
}

/* So many rows, one after the other for each sum, which is read and written once for all. */
HK_INLINE void add_some(hk_real *sum, const hk_real *const *rows, uint32_t n, size_t count) {
    HK_INDEPENDENT
    for (size_t k = 0; k < count; k++) {
        hk_real all = sum[k];
        for (uint32_t r = 0; r < n; r++) all += rows[r][k];
        sum[k] = all;
    }
}

static void add_rows(hk_real *sum, const hk_real *weight, size_t stride, const uint32_t *units,
                     uint32_t count, size_t owned) {
    const hk_real *rows[8];
    for (uint32_t i = 0, n; i < count; i += n) {
        n = count - i >= 8 ? 8 : count - i >= 4 ? 4 : 1;
        for (uint32_t r = 0; r < n; r++) rows[r] = weight + units[i + r] * stride;
        if (n == 8)
            add_some(sum, rows, 8, owned);
        else if (n == 4)
            add_some(sum, rows, 4, owned);
        else
            add_some(sum, rows, 1, owned);
    }
}

static void add_part(hk_real *restrict sum, const hk_real *restrict w, hk_real part, size_t count) {
    for (size_t k = 0; k < count; k++) sum[k] += part * w[k];
}

/* One row of rows: its weights, or the shared one, or what of them was released. */
static void deliver_row(const struct hk_proj *proj, const struct hk_proj_part *part, hk_syn first,
                        size_t count, const hk_real *share, hk_real *sum) {
    const uint32_t *target = part->target + first;
    const hk_real *weight = part->weight, shared = (hk_real)proj->weight.a;
    if (!weight)
        scatter_shared(sum, target, share ? *share * shared : shared, count);
    else if (share)
        scatter_part(sum, target, weight + first, *share, count);
    else
        scatter(sum, target, weight + first, count);
}

/* The first line of a row: longer ones are read in order. */
static inline void fetch_row(const struct hk_proj_part *part, size_t row) {
    hk_syn first = part->row_start[row];
    HK_PREFETCH(part->target + first);
    if (part->weight) HK_PREFETCH((const hk_real *)part->weight + first);
}

static uint64_t deliver_rows(const struct hk_proj *proj, int thread, hk_tick tick, hk_real *sum) {
    const struct hk_proj_part *part = &proj->parts[thread];
    uint64_t events = 0;
    for (struct arrivals a = arrivals_at(proj, part, tick); arrivals_next(&a);) {
        for (size_t k = a.near; k < a.near_end; k++) fetch_row(part, arrivals_row(&a, k));
        const hk_real *released = released_at(proj, a.at);
        const hk_syn *row = part->row_start + a.row;
        deliver_row(proj, part, row[0], row[1] - row[0], released ? released + a.unit : NULL, sum);
        events += row[1] - row[0];
    }
    return events;
}

static uint64_t deliver_matrix(const struct hk_proj *proj, int thread, hk_tick tick, hk_real *sum) {
    const struct hk_proj_part *part = &proj->parts[thread];
    const hk_neuron *bounds = proj->target->part;
    const hk_real *weight = part->weight;
    size_t owned = bounds[thread + 1] - bounds[thread];
    hk_tick at = tick - proj->delay_min;
    uint64_t events = 0;
    for (int owner = 0; at > 0 && owner < proj->sim->threads; owner++) {
        const uint32_t *units;
        const hk_real *released = released_at(proj, at);
        uint32_t count = hk_spikes(proj->sim, proj->source, at, owner, &units);
        for (uint32_t i = 0; released && i < count; i++)
            add_part(sum, weight + units[i] * part->stride, released[units[i]], owned);
        if (!released) add_rows(sum, weight, part->stride, units, count, owned);
        events += (uint64_t)count * owned;
    }
    return events;
}

/* How many spikes reach a target of each group, at most `total`. */
static void count_groups(const struct hk_proj *proj, hk_tick at, uint32_t total, uint32_t *reach) {
    const struct hk_blocks *blocks = &proj->blocks;
    const uint32_t *units;
    memset(reach, 0, blocks->groups * sizeof *reach);
    if (blocks->groups == 1) reach[0] = total;
    for (int owner = 0; blocks->groups > 1 && owner < proj->sim->threads; owner++) {
        uint32_t count = hk_spikes(proj->sim, proj->source, at, owner, &units);
        for (uint32_t i = 0; i < count; i++)
            reach[hk_group_of(blocks, proj->source->size, units[i])]++;
    }
    for (hk_neuron g = 0; blocks->others && g < blocks->groups; g++) reach[g] = total - reach[g];
}

/* Targets begin..end-1 get w times what reaches their group; returns events. */
static uint64_t add_reach(const struct hk_proj *proj, const uint32_t *reach, hk_neuron begin,
                          hk_neuron end, hk_real *sum) {
    const struct hk_blocks *blocks = &proj->blocks;
    const hk_real w = (hk_real)proj->weight.a;
    uint64_t events = 0;
    if (blocks->groups == 1) {
        const hk_real all = w * (hk_real)reach[0];
        for (hk_neuron i = 0; i < end - begin; i++) sum[i] += all;
        return (uint64_t)reach[0] * (end - begin);
    }
    for (hk_neuron i = begin; i < end; i++) {
        uint32_t spikes = reach[hk_group_of(blocks, proj->target->size, i)];
        sum[i - begin] += w * (hk_real)spikes;
        events += spikes;
    }
    return events;
}

/* Every target gets w times the number of spikes that reach it; with `except_same` less its own.
 * Counts are whole, so the sum is the same however it is split. */
static uint64_t deliver_uniform(const struct hk_proj *proj, int thread, hk_tick tick,
                                hk_real *sum) {
    const hk_neuron *bounds = proj->target->part, first = bounds[thread], end = bounds[thread + 1];
    const struct hk_blocks *blocks = &proj->blocks;
    const hk_real w = (hk_real)proj->weight.a;
    const struct hk_sim *sim = proj->sim;
    hk_tick at = tick - proj->delay_min;
    uint32_t total = 0, reach[HK_GROUPS_MAX];
    uint64_t events = 0;
    const uint32_t *units;
    for (int owner = 0; at > 0 && owner < sim->threads; owner++)
        total += hk_spikes(sim, proj->source, at, owner, &units);
    if (total == 0) return 0;
    count_groups(proj, at, total, reach);
    hk_neuron next = first; /* targets before it have got theirs */
    for (int owner = 0; blocks->except_same && owner < sim->threads; owner++) {
        uint32_t count = hk_spikes(sim, proj->source, at, owner, &units);
        for (uint32_t i = 0; i < count;) {
            uint32_t unit = units[i], times = 0;
            while (i < count && units[i] == unit) i++, times++;
            if (unit < first || unit >= end) continue;
            events += add_reach(proj, reach, next, unit, sum + (next - first));
            uint32_t left = reach[hk_group_of(blocks, proj->target->size, unit)];
            if (hk_groups_join(blocks, &proj->shape, unit, unit)) left -= times;
            sum[unit - first] += w * (hk_real)left;
            events += left;
            next = unit + 1;
        }
    }
    return events + add_reach(proj, reach, next, end, sum + (next - first));
}

static uint64_t deliver_to(const struct hk_proj *proj, int thread, hk_tick tick, hk_real *sum) {
    switch (proj->storage) {
    case HK_STORE_MATRIX: return deliver_matrix(proj, thread, tick, sum);
    case HK_STORE_UNIFORM: return deliver_uniform(proj, thread, tick, sum);
    case HK_STORE_LATE: return proj->sim->late->deliver(proj, thread, tick, sum);
    case HK_STORE_BUNDLE: /* not here */
    case HK_STORE_TIMED:  /* nor on a grid */
    case HK_STORE_ROWS: break;
    }
    return deliver_rows(proj, thread, tick, sum);
}

/* Where projections outside of bundles deliver to a thread's units, from `first` on. */
static inline hk_real *delivered_at(const struct hk_pop *pop, int thread, size_t receptor,
                                    hk_neuron first) {
    return (hk_real *)pop->receptors[receptor].arrived + first + hk_pop_shift(pop, thread);
}

/* What comes from a population of which a part is silent is added up aside and scaled. */
static uint64_t deliver(const struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_pop *pop = proj->target;
    hk_real *sum = delivered_at(pop, thread, proj->receptor, pop->part[thread]);
    if (!pop->sim->dropping || proj->source->dropout <= 0.0)
        return deliver_to(proj, thread, tick, sum);
    size_t owned = hk_pop_owned(pop, thread);
    hk_real *aside = proj->parts[thread].sum;
    memset(aside, 0, owned * sizeof *aside);
    uint64_t events = deliver_to(proj, thread, tick, aside);
    if (events) add_part(sum, aside, (hk_real)(1.0 / (1.0 - proj->source->dropout)), owned);
    return events;
}

/* What belongs to a block, to the end of its last group. */
static void clear(hk_real *restrict values, size_t count) {
    memset(values, 0, hk_whole_groups(count) * sizeof *values);
}

/* Only what lies behind it. */
static void clear_rest(hk_real *restrict values, size_t count) {
    memset(values + count, 0, (hk_whole_groups(count) - count) * sizeof *values);
}

/* Sums of bundles become weights, and are left zero; to them is added what else arrives, which may
 * lie where they are put. */
static void take_sums(hk_real *arrived, hk_sum *restrict sum, hk_real unit, const hk_real *other,
                      size_t count) {
    HK_INDEPENDENT
    for (size_t i = 0; i < count; i++) {
        arrived[i] = (hk_real)sum[i] * unit + other[i];
        sum[i] = 0;
    }
}

/* What is advanced: a thread's part of a population, by a tick. */
struct step {
    struct hk_pop *pop;
    int thread;
    hk_tick tick;
    uint32_t reached; /* a bit for each receptor that projections outside of bundles delivered to */
};

static inline bool is_reached(const struct step *s, size_t receptor) {
    return s->reached >> receptor & 1;
}

static inline hk_real *column_at(const struct step *s, size_t column, hk_neuron first) {
    return (hk_real *)s->pop->column[column] + first + hk_pop_shift(s->pop, s->thread);
}

/* What other projections have delivered; it is left zero. */
static void take_delivered(hk_real *restrict arrived, hk_real *restrict delivered, size_t count) {
    for (size_t i = 0; i < count; i++) {
        arrived[i] += delivered[i];
        delivered[i] = 0;
    }
}

static hk_sum *sums_of(const struct hk_pop *pop, int thread, size_t index, hk_neuron first) {
    return (hk_sum *)pop->sim->flights[thread].sums + pop->receptors[index].slot[thread] +
           (first - pop->part[thread]);
}

/* What a drive lets arrive at its receptor. */
static void put_pulses(const struct step *s, const struct hk_drive *drive,
                       const struct hk_drive_part *block, hk_real *arrived) {
    struct hk_drive_part part = *block;
    part.param = drive->param;
    part.derived = drive->derived;
    part.stream = drive->stream;
    s->pop->sim->tally[s->thread].counts.pulses += drive->model->arrive(&part, s->tick, arrived);
}

static inline bool drives(const struct hk_drive *drive, size_t receptor) {
    return drive->model->arrive && drive->receptor == receptor;
}

/* What arrives at one receptor of a block beside bundles, where that has one addend at most: made
 * in room[], or zeros. Of a drive whose weight is negative -0 arrives where nothing does, which
 * changes no sum. */
static const hk_real *gather_other(const struct step *s, size_t index,
                                   const struct hk_drive_part *part, hk_real *room) {
    const struct hk_pop *pop = s->pop;
    if (pop->receptors[index].others == 0) return pop->sim->zeros;
    if (is_reached(s, index)) {
        clear(room, part->count);
        take_delivered(room, delivered_at(pop, s->thread, index, part->first), part->count);
        return room;
    }
    for (size_t d = 0; d < pop->drive_count; d++) {
        if (!drives(&pop->drives[d], index)) continue;
        put_pulses(s, &pop->drives[d], part, room);
        clear_rest(room, part->count);
        return room;
    }
    return pop->sim->zeros;
}

/* Sums of bundles and what else arrives there, put into room[]. */
static void take_bundles(const struct step *s, size_t index, const struct hk_drive_part *part,
                         const hk_real *other, hk_real *room) {
    take_sums(room, sums_of(s->pop, s->thread, index, part->first),
              (hk_real)s->pop->receptors[index].unit, other, part->count);
}

/* All that arrives at a receptor that has several addends beside bundles, in room[]. */
static const hk_real *gather_several(const struct step *s, size_t index,
                                     const struct hk_drive_part *part, hk_real *room) {
    const struct hk_pop *pop = s->pop;
    hk_real pulses[HK_BLOCK];
    if (pop->receptors[index].slot)
        take_bundles(s, index, part, pop->sim->zeros, room);
    else
        clear(room, part->count);
    if (is_reached(s, index))
        take_delivered(room, delivered_at(pop, s->thread, index, part->first), part->count);
    for (size_t d = 0; d < pop->drive_count; d++) {
        if (!drives(&pop->drives[d], index)) continue;
        put_pulses(s, &pop->drives[d], part, pulses);
        add_part(room, pulses, 1, part->count);
    }
    return room;
}

/* All that arrives there: made in room[], or where it has been delivered alone, or zeros. */
static const hk_real *gather_arrived(const struct step *s, size_t index,
                                     const struct hk_drive_part *part, hk_real *room) {
    const struct hk_pop *pop = s->pop;
    const struct hk_receptor *receptor = &pop->receptors[index];
    if (receptor->others > 1) return gather_several(s, index, part, room);
    if (!receptor->slot && is_reached(s, index))
        return delivered_at(pop, s->thread, index, part->first);
    const hk_real *other = gather_other(s, index, part, room);
    if (!receptor->slot) return other;
    take_bundles(s, index, part, other, room);
    return room;
}

static void advance(const struct step *s, size_t index, const struct hk_drive_part *part,
                    struct hk_input *in) {
    _Alignas(HK_CACHE_LINE) hk_real room[HK_BLOCK];
    const struct hk_receptor *receptor = &s->pop->receptors[index];
    hk_real *state[HK_COLUMNS_MAX],
        *delivered = delivered_at(s->pop, s->thread, index, part->first);
    const hk_real *arrived = gather_arrived(s, index, part, room);
    for (size_t c = 0; c < receptor->model->column_count; c++)
        state[c] = column_at(s, receptor->first_column + c, part->first);
    receptor->model->advance(&(struct hk_receptors){.param = receptor->param,
                                                    .derived = receptor->derived,
                                                    .state = state,
                                                    .arrived = arrived,
                                                    .count = part->count},
                             in);
    if (arrived == delivered) clear(delivered, part->count);
}

/* What drives add to currents over the step that ends at `tick`. */
static void add_currents(const struct hk_pop *pop, const struct hk_drive_part *block, hk_tick tick,
                         hk_real *push) {
    struct hk_drive_part part = *block;
    part.gain = (hk_real)pop->neuron->gain(pop->derived);
    for (size_t d = 0; d < pop->drive_count; d++) {
        const struct hk_drive *drive = &pop->drives[d];
        if (!drive->model->add) continue;
        part.param = drive->param;
        part.derived = drive->derived;
        part.stream = drive->stream;
        drive->model->add(&part, tick - 1, push);
    }
}

/* What receptors and drives do to a block over the step that ends at `tick`. */
static void gather_input(const struct step *s, const struct hk_drive_part *part,
                         struct hk_input *in) {
    const struct hk_pop *pop = s->pop;
    if (pop->pushing) clear(in->push, part->count);
    if (pop->jumping) clear(in->jump, part->count);
    if (pop->conducting) {
        clear(in->g, part->count);
        clear(in->g_e, part->count);
    }
    if (pop->drive_count) add_currents(pop, part, s->tick, in->push);
    for (size_t r = 0; r < pop->receptor_count; r++)
        if (!pop->receptors[r].idle) advance(s, r, part, in);
}

static struct hk_held held_of(const struct hk_pop *pop, int thread, hk_neuron first) {
    hk_neuron base = hk_block_of(pop, thread, first);
    size_t left = pop->part[thread + 1] - base;
    return (struct hk_held){.ring = &pop->held[base / HK_GROUP],
                            .room = left < HK_BLOCK ? left : HK_BLOCK,
                            .first = first - base,
                            .unit = pop->held_unit + base,
                            .v = (hk_real *)pop->held_v + base,
                            .until = pop->held_until + base};
}

static size_t update_apart(const struct step *s, const struct hk_neurons *block,
                           const struct hk_drive_part *part, uint32_t *fired) {
    const struct hk_pop *pop = s->pop;
    _Alignas(HK_CACHE_LINE) hk_real push[HK_BLOCK], g[HK_BLOCK], g_e[HK_BLOCK], jump[HK_BLOCK];
    hk_real *zeros = pop->sim->zeros;
    struct hk_input in = {.push = pop->pushing ? push : zeros,
                          .g = pop->conducting ? g : zeros,
                          .g_e = pop->conducting ? g_e : zeros,
                          .jump = pop->jumping ? jump : zeros};
    gather_input(s, part, &in);
    return pop->neuron->update(block, &in, fired);
}

/* ---- receptors in the membrane's pass ---- */

/* arrived[] is room for what arrives from elsewhere than bundles. */
static struct hk_exp_receptor taken_along(const struct step *s, size_t index,
                                          const struct hk_drive_part *part, hk_real *arrived) {
    const struct hk_pop *pop = s->pop;
    const struct hk_receptor *receptor = &pop->receptors[index];
    return (struct hk_exp_receptor){.step = *(const struct hk_exp_step *)receptor->derived,
                                    .x = column_at(s, receptor->first_column, part->first),
                                    .sum = sums_of(pop, s->thread, index, part->first),
                                    .arrived = gather_other(s, index, part, arrived),
                                    .unit = (hk_real)receptor->unit};
}

/* What drives add to `push`, the same for all units. */
static hk_real driven_push(const struct hk_pop *pop, hk_tick tick) {
    const hk_real gain = (hk_real)pop->neuron->gain(pop->derived);
    hk_real sum = 0;
    for (size_t d = 0; d < pop->drive_count; d++) {
        const struct hk_drive *drive = &pop->drives[d];
        hk_tick until;
        if (drive->model->add)
            sum += gain * (hk_real)drive->model->current(drive->derived, tick - 1, &until);
    }
    return sum;
}

static size_t update_fused(const struct step *s, const struct hk_neurons *block,
                           const struct hk_drive_part *part, uint32_t *fired) {
    const struct hk_pop *pop = s->pop;
    _Alignas(HK_CACHE_LINE) hk_real arrived[HK_FUSED_MAX][HK_BLOCK];
    struct hk_exp_receptor receptors[HK_FUSED_MAX];
    size_t count = 0;
    for (size_t r = 0; r < pop->receptor_count; r++) {
        if (pop->receptors[r].idle) continue;
        receptors[count] = taken_along(s, r, part, arrived[count]);
        count++;
    }
    return pop->neuron->update_with(block, driven_push(pop, s->tick), receptors, count, fired);
}

static size_t update_block(const struct step *s, hk_neuron first, size_t count, uint32_t *fired) {
    const struct hk_pop *pop = s->pop;
    hk_real *state[HK_COLUMNS_MAX];
    struct hk_drive_part part = {.first = first, .count = count};
    for (size_t c = 0; c < pop->neuron->column_count; c++) state[c] = column_at(s, c, first);
    struct hk_neurons block = {.param = pop->param,
                               .derived = pop->derived,
                               .state = state,
                               .count = count,
                               .tick = s->tick,
                               .adapting = pop->sim->adapting};
    if (pop->held) block.held = held_of(pop, s->thread, first);
    return pop->fused ? update_fused(s, &block, &part, fired)
                      : update_apart(s, &block, &part, fired);
}

/* Units first .. end - 1, a block at most; their spikes go to out[]. */
static size_t update_run(const struct step *s, hk_neuron first, hk_neuron end, uint32_t *out) {
    uint32_t fired[HK_BLOCK];
    struct hk_sim_counts *counts = &s->pop->sim->tally[s->thread].counts;
    size_t spikes = update_block(s, first, end - first, fired);
    counts->updates += end - first;
    counts->additions += end - first;
    counts->multiplications += end - first;
    for (size_t k = 0; k < spikes; k++) out[k] = first + fired[k];
    return spikes;
}

static size_t update_all(const struct step *s, uint32_t *out) {
    hk_neuron end = s->pop->part[s->thread + 1];
    size_t found = 0;
    for (hk_neuron first = s->pop->part[s->thread]; first < end; first += HK_BLOCK) {
        hk_neuron stop = end - first < HK_BLOCK ? end : first + HK_BLOCK;
        found += update_run(s, first, stop, out + found);
    }
    return found;
}

static size_t update_awake(const struct step *s, uint32_t *out) {
    struct hk_pop *pop = s->pop;
    const struct hk_kernels_sleep *sleep = pop->sim->sleep;
    const int thread = s->thread;
    hk_neuron end = pop->part[thread + 1], stop;
    size_t found = 0;
    sleep->test(pop, thread, s->tick);
    sleep->touch(pop, thread, s->tick);
    for (hk_neuron first = pop->part[thread]; first < end; first = stop) {
        first = sleep->find_awake(pop, thread, first, end, &stop);
        if (first < end) found += update_run(s, first, stop, out + found);
    }
    return found;
}

static size_t update(struct hk_pop *pop, int thread, hk_tick tick, uint32_t reached) {
    const struct step s = {pop, thread, tick, reached};
    const struct hk_sim *sim = pop->sim;
    struct hk_history *history = &sim->history[thread];
    size_t slot = hk_slot(sim, tick);
    uint32_t *out = history->units + slot * history->slot_size + history->pop_offset[pop->index];
    size_t found = pop->sleep ? update_awake(&s, out) : update_all(&s, out);
    found = hk_pop_keep(pop, out, found);
    for (size_t k = 0; k < found; k++) pop->counts[out[k]]++;
    history->counts[slot * sim->counts_stride + pop->index] = (uint32_t)found;
    return found;
}

/* A unit that fires several times in a tick releases several times, and each of its spikes delivers
 * the mean, so that together they deliver the sum. */
static void release(struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_synapse_model *model = proj->synapse;
    hk_real *released = (hk_real *)proj->released + hk_slot(proj->sim, tick) * proj->source->size;
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->source, tick, thread, &units);
    for (uint32_t i = 0; i < count;) {
        uint32_t unit = units[i];
        double *state = proj->memory + (size_t)unit * HK_SYNAPSE_STATE_MAX, sum = 0.0, times = 0.0;
        for (; i < count && units[i] == unit; i++, times += 1.0) {
            hk_tick last = proj->last_spike[unit];
            double since = (double)(tick - last) * proj->sim->options.tick_ms;
            sum += model->release(proj->synapse_param, state, last < 0 ? HUGE_VAL : since);
            proj->last_spike[unit] = tick;
        }
        released[unit] = (hk_real)(sum / times);
    }
}

const struct hk_kernels_step hk_kernels_step = {.deliver = deliver,
                                                .release = release,
                                                .update = update};
