/* Plasticity of the synapses that one thread owns (contract: sim/kernels.h).
 *
 * Traces decay in closed form: a trace is its value just after its last spike and the tick of that.
 * When something happens at a tick, the traces of the other side are read once for all that happens
 * there, or, where that is little, one by one. The rule then sees plain arrays: weights of a row
 * lie side by side, those of a column are gathered. */
#include "sim/exact_internal.h"
#include "sim/kernels/arrivals.h"
#include "sim/kernels/decay.h"

#include <string.h>

enum { PRE, POST };

static void read_traces(hk_real *restrict out, const hk_real *restrict value,
                        const hk_tick *restrict last, size_t count, hk_tick now,
                        double ticks_per_tau) {
    const hk_real rate = (hk_real)(-1.0 / ticks_per_tau);
    for (size_t k = 0; k < count; k++)
        out[k] = trace_left(value[k], hk_real_from_int(now - last[k]), rate);
}

static const struct hk_pair_params *pair_of(const struct hk_proj *proj) {
    return proj->plasticity_param;
}

/* The traces of one unit, read at `now`. */
static void read_own(const struct hk_proj *proj, int side, void *const *value, const hk_tick *last,
                     size_t count, size_t unit, hk_tick now, hk_real *own) {
    for (size_t i = 0; i < count; i++) {
        const hk_real *column = value[i];
        read_traces(&own[i], &column[unit], &last[unit], 1, now, proj->ticks_per_tau[side][i]);
    }
}

/* A spike of one unit: its traces grow by 1, or become 1. */
static void bump(const struct hk_proj *proj, int side, void *const *value, hk_tick *last,
                 size_t count, size_t unit, hk_tick now) {
    hk_real own[HK_TRACE_MAX] = {0};
    bool nearest = pair_of(proj)->pairing == HK_PAIRING_NEAREST;
    if (!nearest) read_own(proj, side, value, last, count, unit, now, own);
    for (size_t i = 0; i < count; i++) ((hk_real *)value[i])[unit] = own[i] + 1;
    last[unit] = now;
}

/* The signal with which the spikes of `tick` are learned. */
static hk_real signal_of(const struct hk_proj *proj, const struct hk_proj_part *part,
                         hk_tick tick) {
    if (!proj->signal) return 0;
    int thread = (int)(part - proj->parts);
    return (hk_real)hk_signal_at(proj->signal, thread, tick + proj->plasticity->lag);
}

/* ---- synapses that remember ---- */

/* Bring synapses to date: `last` says when each was. Where learning is off, the weights stay. */
static void lapse(const struct hk_proj *proj, int thread, hk_real *w, hk_real *const *memory,
                  hk_tick *last, size_t count, hk_tick now) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const struct hk_signal_copy *signal = &proj->signal->copies[thread];
    const hk_real tick_ms = (hk_real)proj->sim->options.tick_ms;
    const hk_real value = (hk_real)signal->value, decay = -tick_ms / (hk_real)proj->signal->tau;
    for (size_t first = 0; first < count; first += HK_BLOCK) {
        size_t part = count - first < HK_BLOCK ? count - first : HK_BLOCK;
        hk_real elapsed[HK_BLOCK], start[HK_BLOCK], unused[HK_BLOCK], *here[HK_MEMORY_MAX];
        for (size_t k = 0; k < part; k++) {
            elapsed[k] = hk_real_from_int(now - last[first + k]) * tick_ms;
            start[k] = value * hk_real_exp(hk_real_from_int(last[first + k] - signal->at) * decay);
            last[first + k] = now;
        }
        for (size_t i = 0; i < rule->memory_count; i++) here[i] = memory[i] + first;
        if (!proj->learning) memcpy(unused, w + first, part * sizeof *w);
        rule->lapse(&(struct hk_lapse){.param = proj->plasticity_param,
                                       .w = proj->learning ? w + first : unused,
                                       .count = part,
                                       .memory = here,
                                       .elapsed = elapsed,
                                       .signal = start,
                                       .signal_tau = proj->signal->tau});
    }
}

/* The same for consecutive synapses of the part, in place. */
static void lapse_at(const struct hk_proj *proj, struct hk_proj_part *part, size_t first,
                     size_t count, hk_tick now) {
    hk_real *memory[HK_MEMORY_MAX];
    for (size_t i = 0; i < proj->plasticity->memory_count; i++)
        memory[i] = (hk_real *)part->memory[i] + first;
    lapse(proj, (int)(part - proj->parts), (hk_real *)part->weight + first, memory,
          part->last + first, count, now);
}

static void settle(struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_proj_part *part = &proj->parts[thread];
    size_t owned = hk_pop_owned(proj->target, thread);
    if (proj->storage != HK_STORE_MATRIX)
        lapse_at(proj, part, 0, part->count, tick);
    else
        for (size_t row = 0; row < proj->rows; row++)
            lapse_at(proj, part, row * part->stride, owned, tick);
}

static double peek(const struct hk_proj *proj, int thread, size_t synapse, hk_tick tick) {
    const struct hk_proj_part *part = &proj->parts[thread];
    hk_real w = ((const hk_real *)part->weight)[synapse], value[HK_MEMORY_MAX];
    hk_real *memory[HK_MEMORY_MAX];
    hk_tick last = part->last[synapse];
    for (size_t i = 0; i < proj->plasticity->memory_count; i++) {
        value[i] = ((const hk_real *)part->memory[i])[synapse];
        memory[i] = &value[i];
    }
    lapse(proj, thread, &w, memory, &last, 1, tick);
    return (double)w;
}

/* ---- what the rule sees ---- */

/* Where the synapses of a row lie: their number, and the first. */
static size_t row_of(const struct hk_proj *proj, const struct hk_proj_part *part, size_t owned,
                     size_t row, size_t *first) {
    bool matrix = proj->storage == HK_STORE_MATRIX;
    *first = matrix ? row * part->stride : part->row_start[row];
    return matrix ? owned : part->row_start[row + 1] - part->row_start[row];
}

/* Trace i of the other side, for units[count] of it; NULL: for all. Either all have been read
 * already, or they are read for those units: the same bits. */
static const hk_real *other_traces(const struct hk_proj *proj, const struct hk_proj_part *part,
                                   int side, size_t i, bool read, const uint32_t *units,
                                   size_t count, hk_tick tick) {
    const hk_real *now = side == POST ? part->post_now[i] : part->pre_now[i];
    hk_real *gathered = part->other[i];
    if (!units) return now;
    if (read) {
        HK_UNROLLED
        for (size_t k = 0; k < count; k++) gathered[k] = now[units[k]];
        return gathered;
    }
    const hk_real *value = side == POST ? part->post_value[i] : part->pre_value[i];
    const hk_tick *last = side == POST ? part->post_last : part->pre_last;
    const hk_real rate = (hk_real)(-1.0 / proj->ticks_per_tau[side][i]);
    for (size_t k = 0; k < count; k++)
        gathered[k] = trace_left(value[units[k]], hk_real_from_int(tick - last[units[k]]), rate);
    return gathered;
}

/* The rule sees a spike that has arrived at a row, and so many weights of it. */
static void show_pre(const struct hk_proj *proj, const struct hk_proj_part *part, size_t row,
                     const struct hk_plastic *seen, hk_tick tick) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const hk_real *pre[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX] = {0};
    struct hk_plastic synapses = *seen;
    if (!rule->pre_unseen)
        read_own(proj, PRE, part->pre_value, part->pre_last, rule->pre_count, row, tick, own);
    for (size_t i = 0; i < rule->pre_count; i++) pre[i] = &own[i];
    synapses.param = proj->plasticity_param;
    synapses.pre = pre;
    synapses.signal = signal_of(proj, part, tick);
    rule->on_pre(&synapses);
}

/* One spike has arrived at a row: the rule sees the row's weights in place. */
static void arrive(struct hk_proj *proj, struct hk_proj_part *part, size_t owned, size_t row,
                   hk_tick tick) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const hk_real *post[HK_TRACE_MAX] = {NULL};
    hk_real *memory[HK_MEMORY_MAX];
    size_t first, count = row_of(proj, part, owned, row, &first);
    for (size_t i = 0; i < hk_plasticity_post_seen(rule); i++)
        post[i] = other_traces(proj, part, POST, i, proj->storage != HK_STORE_TIMED,
                               part->target ? part->target + first : NULL, count, tick);
    for (size_t i = 0; i < rule->memory_count; i++) memory[i] = (hk_real *)part->memory[i] + first;
    show_pre(proj, part, row,
             &(struct hk_plastic){.w = (hk_real *)part->weight + first,
                                  .count = count,
                                  .post = post,
                                  .memory = memory},
             tick);
}

/* The places of a target's incoming synapses: the k-th is at [k], or at k * stride + target. */
struct column {
    const uint32_t *synapse; /* NULL: a matrix */
    size_t stride, target, count;
};

static struct column column_of(const struct hk_proj *proj, const struct hk_proj_part *part,
                               size_t target) {
    if (proj->storage == HK_STORE_MATRIX)
        return (struct column){NULL, part->stride, target, proj->rows};
    hk_syn first = part->in_start[target];
    return (struct column){part->in_synapse + first, 0, target, part->in_start[target + 1] - first};
}

static void gather(const struct column *c, hk_real *restrict out, const hk_real *restrict from) {
    const uint32_t *restrict synapse = c->synapse;
    const size_t count = c->count;
    for (size_t k = 0; !synapse && k < count; k++) out[k] = from[k * c->stride + c->target];
    HK_UNROLLED
    for (size_t k = 0; synapse && k < count; k++) out[k] = from[synapse[k]];
}

static void spread(const struct column *c, hk_real *restrict to, const hk_real *restrict values) {
    const uint32_t *restrict synapse = c->synapse;
    const size_t count = c->count;
    for (size_t k = 0; !synapse && k < count; k++) to[k * c->stride + c->target] = values[k];
    HK_UNROLLED
    for (size_t k = 0; synapse && k < count; k++) to[synapse[k]] = values[k];
}

static void fill(hk_real *restrict to, hk_real value, size_t count) {
    for (size_t k = 0; k < count; k++) to[k] = value;
}

/* Gather what a column's synapses remember, and bring the gathered weights and it to date. */
static void recall(const struct hk_proj *proj, struct hk_proj_part *part, const struct column *c,
                   hk_real *const *memory, hk_tick tick) {
    for (size_t i = 0; i < proj->plasticity->memory_count; i++)
        gather(c, memory[i], part->memory[i]);
    for (size_t k = 0; k < c->count; k++) {
        size_t at = c->synapse ? c->synapse[k] : k * c->stride + c->target;
        part->gathered_last[k] = part->last[at];
        part->last[at] = tick;
    }
    lapse(proj, (int)(part - proj->parts), part->gathered, memory, part->gathered_last, c->count,
          tick);
}

/* One target has fired: the rule sees its incoming weights as a copy. Have the traces of all rows
 * been read? */
static void fire(struct hk_proj *proj, struct hk_proj_part *part, size_t target, bool read,
                 hk_tick tick) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const struct column c = column_of(proj, part, target);
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX], *memory[HK_MEMORY_MAX];
    gather(&c, part->gathered, part->weight);
    const uint32_t *rows = c.synapse ? part->in_row + part->in_start[target] : NULL;
    for (size_t i = 0; i < rule->pre_count; i++)
        pre[i] = other_traces(proj, part, PRE, i, read, rows, c.count, tick);
    for (size_t i = 0; i < rule->memory_count; i++) memory[i] = part->gathered_memory[i];
    if (rule->lapse) recall(proj, part, &c, memory, tick);
    for (size_t i = 0; i < rule->post_count; i++) post[i] = part->own[i];
    if (!rule->post_unseen) {
        read_own(proj, POST, part->post_value, part->post_last, rule->post_count, target, tick,
                 own);
        for (size_t i = 0; i < rule->post_count; i++) fill(part->own[i], own[i], c.count);
    }
    rule->on_post(&(struct hk_plastic){.param = proj->plasticity_param,
                                       .w = part->gathered,
                                       .count = c.count,
                                       .pre = pre,
                                       .post = post,
                                       .memory = memory,
                                       .signal = signal_of(proj, part, tick)});
    spread(&c, part->weight, part->gathered);
    for (size_t i = 0; i < rule->memory_count; i++) spread(&c, part->memory[i], memory[i]);
}

typedef void row_action(struct hk_proj *proj, struct hk_proj_part *part, size_t owned, size_t row,
                        hk_tick tick);

static inline void fetch_traces(const struct hk_proj *proj, const struct hk_proj_part *part,
                                size_t row) {
    HK_PREFETCH(part->pre_last + row);
    for (size_t i = 0; i < proj->plasticity->pre_count; i++)
        HK_PREFETCH((const hk_real *)part->pre_value[i] + row);
}

/* Every row whose spike arrives at `tick`, in canonical order. */
static void each_arrival(struct hk_proj *proj, int thread, hk_tick tick, row_action *action) {
    struct hk_proj_part *part = &proj->parts[thread];
    size_t owned = hk_pop_owned(proj->target, thread);
    if (proj->storage == HK_STORE_TIMED) {
        for (size_t k = 0; k < part->arrived_count; k++)
            action(proj, part, owned, part->arrived[k].row, tick);
        return;
    }
    for (struct arrivals a = arrivals_at(proj, part, tick); arrivals_next(&a);) {
        for (size_t k = a.near; k < a.near_end; k++) fetch_traces(proj, part, arrivals_row(&a, k));
        action(proj, part, owned, a.row, tick);
    }
}

static bool any_arrival(const struct hk_proj *proj, int thread, hk_tick tick) {
    struct arrivals a = arrivals_at(proj, &proj->parts[thread], tick);
    while (arrivals_list(&a))
        if (a.count) return true;
    return false;
}

static void bump_row(struct hk_proj *proj, struct hk_proj_part *part, size_t owned, size_t row,
                     hk_tick tick) {
    (void)owned;
    bump(proj, PRE, part->pre_value, part->pre_last, proj->plasticity->pre_count, row, tick);
}

static void lapse_row(struct hk_proj *proj, struct hk_proj_part *part, size_t owned, size_t row,
                      hk_tick tick) {
    size_t first, count = row_of(proj, part, owned, row, &first);
    lapse_at(proj, part, first, count, tick);
}

static void catch_up(struct hk_proj *proj, int thread, hk_tick tick) {
    each_arrival(proj, thread, tick, lapse_row);
}

static void read_post(const struct hk_proj *proj, struct hk_proj_part *part, size_t owned,
                      hk_tick tick) {
    for (size_t i = 0; i < hk_plasticity_post_seen(proj->plasticity); i++)
        read_traces(part->post_now[i], part->post_value[i], part->post_last, owned, tick,
                    proj->ticks_per_tau[POST][i]);
}

/* ---- few targets that have fired lately ---- */

/* Where traces are 0, on_pre leaves a weight within its bounds as it is (struct
 * hk_plasticity_model). A run may begin with weights outside of them: in each, a row is seen whole
 * once. */

/* A target has fired: its traces are new. */
static void add_recent(const struct hk_proj *proj, struct hk_proj_part *part, size_t target) {
    struct hk_recent *recent = part->recent;
    if (!recent) return;
    if (!recent->place[target]) {
        recent->target[recent->count++] = (uint32_t)target;
        recent->place[target] = (uint32_t)recent->count;
    }
    size_t k = recent->place[target] - 1;
    for (size_t i = 0; i < hk_plasticity_post_seen(proj->plasticity); i++)
        ((hk_real *)recent->value[i])[k] = ((const hk_real *)part->post_value[i])[target];
    recent->last[k] = part->post_last[target];
}

/* The last one takes the place of one whose traces have ended. */
static void drop_recent(const struct hk_proj *proj, struct hk_proj_part *part, size_t k) {
    struct hk_recent *recent = part->recent;
    size_t last = --recent->count;
    recent->place[recent->target[last]] = (uint32_t)k + 1;
    recent->place[recent->target[k]] = 0;
    recent->target[k] = recent->target[last];
    recent->last[k] = recent->last[last];
    for (size_t i = 0; i < hk_plasticity_post_seen(proj->plasticity); i++) {
        hk_real *value = recent->value[i], *trace = part->other[i];
        value[k] = value[last];
        trace[k] = trace[last];
    }
}

static size_t whole_lines(size_t count) {
    return (count + HK_LINE_UNITS - 1) / HK_LINE_UNITS * HK_LINE_UNITS;
}

/* Read what is left of their traces, into other[]. */
static void read_recent(const struct hk_proj *proj, struct hk_proj_part *part, hk_tick tick) {
    const struct hk_recent *recent = part->recent;
    const size_t seen = hk_plasticity_post_seen(proj->plasticity);
    for (size_t i = 0; i < seen; i++)
        read_traces(part->other[i], recent->value[i], recent->last, whole_lines(recent->count),
                    tick, proj->ticks_per_tau[POST][i]);
    for (size_t k = recent->count; k-- > 0;) {
        bool left = false;
        for (size_t i = 0; i < seen; i++) left |= ((const hk_real *)part->other[i])[k] != 0;
        if (!left) drop_recent(proj, part, k);
    }
}

/* One spike has arrived at a row: the rule sees the weights of recent targets as a copy, and whole
 * lines of it, because that is quick. */
static void arrive_at_recent(struct hk_proj *proj, struct hk_proj_part *part, size_t row,
                             hk_tick tick) {
    const size_t count = part->recent->count;
    const uint32_t *restrict target = part->recent->target;
    hk_real *restrict w = (hk_real *)part->weight + row * part->stride;
    hk_real *restrict copy = part->gathered;
    const hk_real *post[HK_TRACE_MAX];
    for (size_t i = 0; i < HK_TRACE_MAX; i++) post[i] = part->other[i];
    for (size_t k = 0; k < count; k++) copy[k] = w[target[k]];
    show_pre(proj, part, row,
             &(struct hk_plastic){.w = copy, .count = whole_lines(count), .post = post}, tick);
    for (size_t k = 0; k < count; k++) w[target[k]] = copy[k];
}

/* Rows that have been seen whole in this run show the weights of recent targets, the others all. */
static void learn_few(struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_proj_part *part = &proj->parts[thread];
    uint64_t *seen_whole = part->recent->seen_whole, run = proj->sim->runs;
    const size_t owned = hk_pop_owned(proj->target, thread);
    bool read = false;
    for (struct arrivals a = arrivals_at(proj, part, tick); arrivals_next(&a);) {
        if (seen_whole[a.row] == run) {
            if (part->recent->count) arrive_at_recent(proj, part, a.row, tick);
            continue;
        }
        if (!read) read_post(proj, part, owned, tick);
        read = true;
        arrive(proj, part, owned, a.row, tick);
        seen_whole[a.row] = run;
    }
}

static bool are_few(const struct hk_recent *recent, size_t owned) {
    enum { FEW = 4 }; /* a quarter */
    return recent && FEW * recent->count < owned;
}

static void learn_arrivals(struct hk_proj *proj, int thread, hk_tick tick) {
    enum { AGAIN = 16 }; /* ticks after which it is seen whether many have become few */
    struct hk_proj_part *part = &proj->parts[thread];
    const size_t owned = hk_pop_owned(proj->target, thread);
    if (are_few(part->recent, owned) || (part->recent && tick % AGAIN == 0))
        read_recent(proj, part, tick);
    if (are_few(part->recent, owned)) { /* then they have been read */
        learn_few(proj, thread, tick);
        return;
    }
    if (proj->storage != HK_STORE_TIMED) read_post(proj, part, owned, tick);
    each_arrival(proj, thread, tick, arrive);
}

/* Are there so many synapses that the traces of all rows are soon read? One by one each takes some
 * four times as long. Drawn delays make many rows: one for each source and delay. */
static bool is_worth_reading(const struct hk_proj *proj, int thread, const uint32_t *units,
                             uint32_t count) {
    const struct hk_proj_part *part = &proj->parts[thread];
    size_t synapses = 0;
    if (proj->storage == HK_STORE_MATRIX) return count > 0;
    for (uint32_t k = 0; k < count; k++) {
        const hk_syn *start = part->in_start + (units[k] - proj->target->part[thread]);
        synapses += start[1] - start[0];
    }
    return proj->storage != HK_STORE_TIMED && 4 * synapses > part->rows;
}

static void learn_spikes(struct hk_proj *proj, int thread, hk_tick tick, const uint32_t *units,
                         uint32_t count) {
    struct hk_proj_part *part = &proj->parts[thread];
    const struct hk_plasticity_model *rule = proj->plasticity;
    bool read = is_worth_reading(proj, thread, units, count);
    for (size_t i = 0; read && i < rule->pre_count; i++)
        read_traces(part->pre_now[i], part->pre_value[i], part->pre_last, part->rows, tick,
                    proj->ticks_per_tau[PRE][i]);
    for (uint32_t k = 0; k < count; k++)
        fire(proj, part, units[k] - proj->target->part[thread], read, tick);
}

static void bump_spikes(struct hk_proj *proj, int thread, hk_tick tick, const uint32_t *units,
                        uint32_t count) {
    struct hk_proj_part *part = &proj->parts[thread];
    for (uint32_t k = 0; k < count; k++) {
        size_t target = units[k] - proj->target->part[thread];
        bump(proj, POST, part->post_value, part->post_last, proj->plasticity->post_count, target,
             tick);
        add_recent(proj, part, target);
    }
}

/* Does a weight change at all? Not where what multiplies every change is 0. */
static bool changes(const struct hk_proj *proj, int thread, hk_tick tick) {
    if (!proj->learning) return false;
    bool immediate = proj->signal && !hk_proj_lapses(proj);
    return !immediate || hk_signal_at(proj->signal, thread, tick) != 0.0;
}

/* What arrives and who has fired at a tick. */
struct moment {
    hk_tick tick;
    bool arrivals, learning;
    const uint32_t *units;
    uint32_t count;
};

/* The order of the four at one tick is the rule's `coincident`. Traces go on while learning is off.
 */
static void learn_moment(struct hk_proj *proj, int thread, const struct moment *m) {
    int order = pair_of(proj)->coincident;
    bool pre_first = order == HK_COINCIDENT_PRE_FIRST || order == HK_COINCIDENT_BOTH;
    bool post_first = order == HK_COINCIDENT_POST_FIRST || order == HK_COINCIDENT_BOTH;
    if (order == HK_COINCIDENT_BOTH && m->arrivals) each_arrival(proj, thread, m->tick, bump_row);
    if (order == HK_COINCIDENT_POST_FIRST && m->learning)
        learn_spikes(proj, thread, m->tick, m->units, m->count);
    if (post_first) bump_spikes(proj, thread, m->tick, m->units, m->count);
    if (m->arrivals && m->learning) learn_arrivals(proj, thread, m->tick);
    if (m->arrivals && order == HK_COINCIDENT_PRE_FIRST)
        each_arrival(proj, thread, m->tick, bump_row);
    if (order != HK_COINCIDENT_POST_FIRST && m->learning)
        learn_spikes(proj, thread, m->tick, m->units, m->count);
    if (m->arrivals && !pre_first) each_arrival(proj, thread, m->tick, bump_row);
    if (!post_first) bump_spikes(proj, thread, m->tick, m->units, m->count);
}

static void learn(struct hk_proj *proj, int thread, hk_tick now) {
    struct moment m = {.tick = now - proj->plasticity->lag};
    if (m.tick <= 0) return;
    m.count = hk_spikes(proj->sim, proj->target, m.tick, thread, &m.units);
    m.arrivals = any_arrival(proj, thread, m.tick);
    m.learning = changes(proj, thread, now);
    learn_moment(proj, thread, &m);
}

static void learn_at(struct hk_proj *proj, int thread, hk_tick tick, const uint32_t *posts,
                     uint32_t count) {
    learn_moment(proj, thread,
                 &(struct moment){.tick = tick,
                                  .arrivals = proj->parts[thread].arrived_count > 0,
                                  .learning = changes(proj, thread, tick),
                                  .units = posts,
                                  .count = count});
}

/* Sums run down the rows in double, in blocks of targets: of so many, the second cache still holds
 * the weights when they are scaled. */
static void normalise_matrix(struct hk_proj *proj, int thread, double total) {
    enum { BLOCK = 128 };
    struct hk_proj_part *part = &proj->parts[thread];
    size_t owned = hk_pop_owned(proj->target, thread);
    for (size_t first = 0; first < owned; first += BLOCK) {
        size_t count = owned - first < BLOCK ? owned - first : BLOCK;
        double sum[BLOCK] = {0.0};
        hk_real scale[BLOCK];
        for (size_t row = 0; row < proj->rows; row++) {
            const hk_real *restrict w = (const hk_real *)part->weight + row * part->stride + first;
            for (size_t k = 0; k < count; k++) sum[k] += (double)w[k];
        }
        for (size_t k = 0; k < count; k++)
            scale[k] = (hk_real)(sum[k] > 0.0 ? total / sum[k] : 1.0);
        for (size_t row = 0; row < proj->rows; row++) {
            hk_real *restrict w = (hk_real *)part->weight + row * part->stride + first;
            for (size_t k = 0; k < count; k++) w[k] *= scale[k];
        }
    }
}

static void normalise_rows(struct hk_proj *proj, int thread, double total) {
    struct hk_proj_part *part = &proj->parts[thread];
    hk_real *w = part->weight;
    for (size_t target = 0; target < hk_pop_owned(proj->target, thread); target++) {
        double sum = 0.0;
        hk_syn first = part->in_start[target], end = part->in_start[target + 1];
        for (hk_syn k = first; k < end; k++) sum += (double)w[part->in_synapse[k]];
        hk_real scale = (hk_real)(sum > 0.0 ? total / sum : 1.0);
        for (hk_syn k = first; k < end; k++) w[part->in_synapse[k]] *= scale;
    }
}

static void normalise(struct hk_proj *proj, int thread, double total) {
    if (hk_proj_lapses(proj)) settle(proj, thread, proj->sim->now);
    if (proj->storage == HK_STORE_MATRIX)
        normalise_matrix(proj, thread, total);
    else
        normalise_rows(proj, thread, total);
}

static void forget(struct hk_proj *proj, int thread) {
    struct hk_proj_part *part = &proj->parts[thread];
    const struct hk_plasticity_model *rule = proj->plasticity;
    size_t owned = hk_pop_owned(proj->target, thread);
    size_t places = proj->storage == HK_STORE_MATRIX ? proj->rows * part->stride : part->count;
    if (hk_proj_lapses(proj)) settle(proj, thread, proj->sim->now);
    for (size_t i = 0; i < rule->pre_count; i++)
        memset(part->pre_value[i], 0, part->rows * sizeof(hk_real));
    for (size_t i = 0; i < rule->post_count; i++)
        memset(part->post_value[i], 0, owned * sizeof(hk_real));
    if (part->recent) {
        part->recent->count = 0;
        memset(part->recent->place, 0, owned * sizeof *part->recent->place);
    }
    for (size_t i = 0; i < rule->memory_count; i++)
        memset(part->memory[i], 0, places * sizeof(hk_real));
}

const struct hk_kernels_learn hk_kernels_learn = {.learn = learn,
                                                  .learn_at = learn_at,
                                                  .catch_up = catch_up,
                                                  .settle = settle,
                                                  .peek = peek,
                                                  .normalise = normalise,
                                                  .forget = forget};
