/* Rows that learn late (hk_proj_learns_late): a spike of a target is only noted, and a row learns
 * from it before the next spike that arrives at the row, or when there are many notes. Where rows
 * are short, weights that lie side by side are found sooner than those of a column, which are
 * everywhere. A row of its own keeps nothing but its weights: the traces that it needs are those of
 * its source, which are the same for all delays.
 *
 * The bits are those of learning at once. What a synapse learns depends on no other synapse; its
 * changes come in the same order; a trace is its value after the last spike, decayed by the time
 * since; and a target's traces are kept with the note. */
#ifndef HK_SIM_KERNELS_LATE_H
#define HK_SIM_KERNELS_LATE_H

#include "sim/kernels/arrivals.h"

#include "sim/numeric.h"
#include "sim/real.h"

#include <string.h>

/* The last spike of a source. */
struct late_source {
    hk_tick tick;                                      /* LATE_NEVER: there was none */
    hk_real after[HK_TRACE_MAX], before[HK_TRACE_MAX]; /* its traces then */
};
/* A spike of a target, for rows to learn from. */
struct late_note {
    hk_tick tick;
    uint32_t note; /* the one before it in the list of notes, 0: none */
    uint32_t gap;  /* ticks since that one, or about as many as can be; LATE_ALONE: there is none;
                    * 0: this is no note either, for all rows have learned from it */
    hk_real trace[HK_TRACE_MAX]; /* the target's traces, as on_post is to see them */
};
#define LATE_ALONE UINT32_MAX
struct late_target {
    struct late_note last;
    hk_real trace[HK_TRACE_MAX]; /* just after the last spike */
};
static const hk_tick LATE_NEVER = -((hk_tick)1 << 40);
_Static_assert(sizeof(struct late_source) == sizeof(hk_tick) + 2 * HK_TRACE_MAX * sizeof(hk_real),
               "hk_late_source_size");
_Static_assert(sizeof(struct late_note) ==
                   sizeof(hk_tick) + 2 * sizeof(uint32_t) + HK_TRACE_MAX * sizeof(hk_real),
               "hk_late_note_size");
_Static_assert(sizeof(struct late_target) ==
                   sizeof(struct late_note) + HK_TRACE_MAX * sizeof(hk_real),
               "hk_late_target_size");

static inline int late_order(const struct hk_proj *proj) {
    return ((const struct hk_pair_params *)proj->plasticity_param)->coincident;
}

/* A trace after so many ticks. */
static inline hk_real late_decay(const struct hk_proj *proj, int side, size_t i, hk_real trace,
                                 hk_tick ticks) {
    return trace * hk_real_exp((hk_real)ticks * (hk_real)(-1.0 / proj->ticks_per_tau[side][i]));
}

/* A spike adds 1 to a trace, or sets it to 1. */
static inline hk_real late_bump(const struct hk_proj *proj, hk_real trace) {
    const struct hk_pair_params *pair = proj->plasticity_param;
    return pair->pairing == HK_PAIRING_NEAREST ? 1 : trace + 1;
}

/* ---- sources ---- */

/* For spikes at `tick` that still arrive: the spike before each, by `place` (sim/kernels/arrivals.h). */
static inline struct late_source *late_before(const struct hk_proj *proj,
                                              const struct hk_late *late, hk_tick tick) {
    return (struct late_source *)late->before +
           ((size_t)tick & (late->slots - 1)) * proj->source->size;
}

/* Spikes at `tick`, of one owner, begin to arrive. */
static inline void late_begin(const struct hk_proj *proj, struct hk_late *late, hk_tick tick,
                              int owner) {
    struct late_source *before = late_before(proj, late, tick) + proj->source->part[owner];
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->source, tick, owner, &units);
    for (uint32_t k = 0; k < count; k++) {
        struct late_source *s = (struct late_source *)late->sources + units[k];
        bool again = s->tick == tick;
        if (!again) *before++ = *s;
        for (size_t i = 0; i < proj->plasticity->pre_count; i++) {
            if (!again) s->before[i] = late_decay(proj, 0, i, s->after[i], tick - s->tick);
            s->after[i] = late_bump(proj, again ? s->after[i] : s->before[i]);
        }
        s->tick = tick;
    }
}

/* ---- learning from notes ---- */

/* Synapses of a row whose targets have fired, and what each has to learn. */
enum { LATE_TOGETHER = 64 };
struct late_due {
    size_t count;
    uint32_t deepest; /* the most notes of one */
    hk_syn synapse[LATE_TOGETHER];
    uint32_t depth[LATE_TOGETHER];                               /* how many notes */
    const struct late_note *note[HK_NOTES_DEPTH][LATE_TOGETHER]; /* the last first */
};

/* Of synapses from..end-1, those with notes of `since` or later, as many as there is room for;
 * returns where it stopped. */
static inline hk_syn late_find(const struct hk_proj_part *part, hk_syn from, hk_syn end,
                               hk_tick since, struct late_due *due) {
    const struct late_target *targets = part->late.posts->targets;
    const struct late_note *notes = part->late.posts->notes;
    due->count = due->deepest = 0;
    for (; from < end && due->count < LATE_TOGETHER; from++) {
        const struct late_note *note = &targets[part->target[from]].last;
        uint32_t depth = 0;
        if (note->tick < since || !note->gap) continue;
        due->note[depth++][due->count] = note;
        while (note->gap != LATE_ALONE && note->tick - note->gap >= since) {
            note = &notes[note->note];
            if (note->tick < since) break; /* a gap too long to be told */
            due->note[depth++][due->count] = note;
        }
        due->synapse[due->count] = from;
        due->depth[due->count++] = depth;
        if (depth > due->deepest) due->deepest = depth;
    }
    return from;
}

/* The traces of the row's source at notes, where its last spike arrived at `arrived`. */
static inline void late_read_pre(const struct hk_proj *proj, const struct late_source *last,
                                 size_t i, const hk_tick *since, size_t count, hk_real *pre) {
    const hk_real after = last->after[i];
    const hk_real rate = (hk_real)(-1.0 / proj->ticks_per_tau[0][i]);
    for (size_t k = 0; k < count; k++) pre[k] = after * hk_real_exp((hk_real)since[k] * rate);
    if (late_order(proj) == HK_COINCIDENT_IGNORE)
        for (size_t k = 0; k < count; k++) pre[k] = since[k] ? pre[k] : last->before[i];
}

/* The n-th note of those synapses that have so many. */
static inline void late_learn_nth(const struct hk_proj *proj, struct hk_proj_part *part,
                                  const struct late_source *last, hk_tick arrived,
                                  const struct late_due *due, uint32_t n) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    hk_real w[LATE_TOGETHER], traces[2][HK_TRACE_MAX][LATE_TOGETHER], *weight = part->weight;
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    hk_tick since[LATE_TOGETHER];
    hk_syn synapse[LATE_TOGETHER];
    size_t count = 0;
    for (size_t k = 0; k < due->count; k++) {
        if (due->depth[k] <= n) continue;
        const struct late_note *note = due->note[due->depth[k] - 1 - n][k];
        synapse[count] = due->synapse[k];
        w[count] = weight[synapse[count]];
        since[count] = note->tick - arrived;
        for (size_t i = 0; i < rule->post_count; i++) traces[1][i][count] = note->trace[i];
        count++;
    }
    for (size_t i = 0; i < rule->pre_count; i++)
        late_read_pre(proj, last, i, since, count, traces[0][i]);
    for (size_t i = 0; i < HK_TRACE_MAX; i++) {
        pre[i] = traces[0][i];
        post[i] = traces[1][i];
    }
    rule->on_post(&(struct hk_plastic){.param = proj->plasticity_param,
                                       .w = w,
                                       .count = count,
                                       .pre = pre,
                                       .post = post});
    for (size_t k = 0; k < count; k++) weight[synapse[k]] = w[k];
}

/* A row learns from notes of `since` and later; the last spike before arrived at `arrived`. */
static inline void late_learn_row(const struct hk_proj *proj, struct hk_proj_part *part, size_t row,
                                  const struct late_source *last, hk_tick arrived, hk_tick since) {
    struct late_due due;
    hk_syn from = part->row_start[row], end = part->row_start[row + 1];
    while (from < end) {
        from = late_find(part, from, end, since, &due);
        for (uint32_t n = 0; n < due.deepest; n++)
            late_learn_nth(proj, part, last, arrived, &due, n);
    }
}

/* Of a post spike in the tick of a pre spike a row has learned before this, or does afterwards. */
static inline hk_tick late_since(const struct hk_proj *proj, hk_tick arrived) {
    return arrived + (late_order(proj) == HK_COINCIDENT_POST_FIRST);
}

/* Of a unit those rows at which spike `last` has arrived by `tick`, and its next spike hasn't. */
static inline void late_settle_unit(const struct hk_proj *proj, struct hk_proj_part *part,
                                    size_t unit, const struct late_source *last, hk_tick next,
                                    hk_tick tick) {
    size_t row = unit * proj->delays;
    for (uint32_t d = 0; d < proj->delays; d++, row++) {
        hk_tick delay = proj->delay_min + d, arrived = last->tick + delay;
        if (part->row_start[row] == part->row_start[row + 1]) continue;
        if (arrived <= tick && next + delay > tick)
            late_learn_row(proj, part, row, last, arrived, late_since(proj, arrived));
    }
}

/* Rows at which spikes of `at` have yet to arrive, and those before have. */
static inline void late_settle_flying(const struct hk_proj *proj, struct hk_proj_part *part,
                                      hk_tick at, hk_tick tick) {
    for (int owner = 0; owner < proj->sim->threads; owner++) {
        const struct late_source *before =
            late_before(proj, &part->late, at) + proj->source->part[owner];
        const uint32_t *units;
        uint32_t count = hk_spikes(proj->sim, proj->source, at, owner, &units);
        for (uint32_t k = 0; k < count; k++)
            if (k == 0 || units[k] != units[k - 1])
                late_settle_unit(proj, part, units[k], before++, at, tick);
    }
}

static inline void late_settle_rows(const struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_proj_part *part = &proj->parts[thread];
    const struct late_source *sources = part->late.sources;
    hk_tick first = tick + 1 - proj->delay_min - (hk_tick)proj->delays;
    for (size_t unit = 0; unit < proj->source->size; unit++)
        late_settle_unit(proj, part, unit, &sources[unit], INT64_MAX / 2, tick);
    for (hk_tick at = first > 0 ? first : 1; at <= tick - proj->delay_min; at++)
        late_settle_flying(proj, part, at, tick);
}

/* All rows that learn from the same notes do, up to `tick`, and notes begin anew. */
static inline void late_settle(const struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_pop *pop = proj->target;
    struct hk_late_posts *posts = proj->parts[thread].late.posts;
    struct late_target *targets = posts->targets;
    size_t owned = pop->part[thread + 1] - pop->part[thread];
    if (posts->deepest == 0) return;
    for (size_t k = 0; k < pop->incoming_count; k++)
        if (hk_proj_learns_late(pop->incoming[k]) && pop->incoming[k]->learning &&
            pop->incoming[k]->parts[thread].late.posts == posts)
            late_settle_rows(pop->incoming[k], thread, tick);
    for (size_t i = 0; i < owned; i++) targets[i].last.gap = 0;
    memset(posts->depth, 0, owned * sizeof *posts->depth);
    posts->last = posts->deepest = 0;
}

/* ---- arrivals ---- */

/* What a row needs of its targets: of few, for they are asked for one by one. */
static inline void late_fetch(const struct hk_proj_part *part, size_t row) {
    enum { MOST = 16 };
    hk_syn first = part->row_start[row], end = part->row_start[row + 1];
    if (end > first + MOST) end = first + MOST;
    for (hk_syn k = first; k < end; k++)
        HK_PREFETCH((const struct late_target *)part->late.posts->targets + part->target[k]);
}

/* Before what arrives at `tick` is delivered. */
static inline void late_start(const struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_late *late = &proj->parts[thread].late;
    size_t owned = proj->target->part[thread + 1] - proj->target->part[thread];
    hk_tick at = tick - proj->delay_min;
    if (late->posts->last + owned >= late->posts->size || late->posts->deepest == HK_NOTES_DEPTH)
        late_settle(proj, thread, tick - 1);
    for (int owner = 0; at > 0 && owner < proj->sim->threads; owner++)
        late_begin(proj, late, at, owner);
}

/* The rule sees a spike that has arrived at a row. */
static inline void late_arrive(const struct hk_proj *proj, struct hk_proj_part *part,
                               const struct arrivals *a) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const struct late_target *targets = part->late.posts->targets;
    hk_syn first = part->row_start[a->row], count = part->row_start[a->row + 1] - first;
    const uint32_t *target = part->target + first;
    const struct late_source *last = late_before(proj, &part->late, a->at) + a->place;
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX];
    for (size_t i = 0; i < rule->pre_count; i++) {
        own[i] = late_decay(proj, 0, i, last->after[i], a->at - last->tick);
        for (uint32_t k = 0; late_order(proj) == HK_COINCIDENT_BOTH && k < a->times; k++)
            own[i] = late_bump(proj, own[i]);
        pre[i] = &own[i];
    }
    for (size_t i = 0; i < rule->post_count; i++) {
        hk_real *trace = part->other[i];
        for (hk_syn k = 0; k < count; k++)
            trace[k] = late_decay(proj, 1, i, targets[target[k]].trace[i],
                                  a->tick - targets[target[k]].last.tick);
        post[i] = trace;
    }
    for (uint32_t i = 0; i < a->times; i++)
        rule->on_pre(&(struct hk_plastic){.param = proj->plasticity_param,
                                          .w = (hk_real *)part->weight + first,
                                          .count = count,
                                          .pre = pre,
                                          .post = post});
}

/* Before a spike is delivered to a row: what happened since the last one. */
static inline void late_catch_up(const struct hk_proj *proj, struct hk_proj_part *part,
                                 const struct arrivals *a) {
    const struct late_source *last = late_before(proj, &part->late, a->at) + a->place;
    hk_tick arrived = last->tick + (a->tick - a->at);
    late_learn_row(proj, part, a->row, last, arrived, late_since(proj, arrived));
}

/* Does the rule see an arrival before the spikes of that tick? Then it does when it is delivered. */
static inline bool late_is_at_once(const struct hk_proj *proj) {
    return late_order(proj) == HK_COINCIDENT_IGNORE || late_order(proj) == HK_COINCIDENT_PRE_FIRST;
}

/* ---- spikes of targets ---- */

static inline void late_fire(const struct hk_proj *proj, struct hk_late_posts *posts, size_t unit,
                             hk_tick tick) {
    struct late_target *target = (struct late_target *)posts->targets + unit;
    struct late_note last = {.tick = tick, .gap = LATE_ALONE};
    if (target->last.gap) {
        last.note = ++posts->last;
        hk_tick gap = tick - target->last.tick;
        last.gap = gap < LATE_ALONE ? (uint32_t)gap : LATE_ALONE - 1;
        ((struct late_note *)posts->notes)[last.note] = target->last;
    }
    if (++posts->depth[unit] > posts->deepest) posts->deepest = posts->depth[unit];
    for (size_t i = 0; i < proj->plasticity->post_count; i++) {
        hk_real before = late_decay(proj, 1, i, target->trace[i], tick - target->last.tick);
        target->trace[i] = late_bump(proj, before);
        last.trace[i] = late_order(proj) == HK_COINCIDENT_BOTH ? target->trace[i] : before;
    }
    target->last = last;
}

/* After the membranes: spikes of the targets, and what has to wait for them. */
static inline void late_learn(const struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_proj_part *part = &proj->parts[thread];
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->target, tick, thread, &units);
    for (uint32_t k = 0; part->late.posts->first == proj && k < count; k++)
        late_fire(proj, part->late.posts, units[k] - proj->target->part[thread], tick);
    if (!proj->learning || late_is_at_once(proj)) return;
    for (struct arrivals a = arrivals_at(proj, part, tick); arrivals_next(&a);) {
        const struct late_source *last = late_before(proj, &part->late, a.at) + a.place;
        if (late_order(proj) == HK_COINCIDENT_POST_FIRST)
            late_learn_row(proj, part, a.row, last, last->tick + (tick - a.at), tick);
        late_arrive(proj, part, &a);
    }
}

/* Traces become 0. All has been settled. */
static inline void late_forget(const struct hk_proj *proj, int thread) {
    struct hk_late *late = &proj->parts[thread].late;
    struct late_source *sources = late->sources;
    struct late_target *targets = late->posts->targets;
    size_t owned = proj->target->part[thread + 1] - proj->target->part[thread];
    for (size_t k = 0; k < proj->source->size; k++)
        sources[k] = (struct late_source){.tick = LATE_NEVER};
    for (size_t k = 0; k < owned; k++)
        targets[k] = (struct late_target){.last = {.tick = LATE_NEVER}};
}

#endif
