/* How rows learn late (sim/late.h): a spike of a target is noted, and synapses of a source learn
 * from notes, some of them together. The bits are those of learning at once. What a synapse learns
 * depends on no other synapse; its changes come in the same order; a trace is its value after the
 * last spike, decayed by the time since; and a target's traces are kept with the note. */
#ifndef HK_SIM_KERNELS_NOTES_H
#define HK_SIM_KERNELS_NOTES_H

#include "sim/kernels/decay.h"
#include "sim/late.h"

#include <string.h>

enum { PRE, POST };
static const hk_tick NEVER = -((hk_tick)1 << 40);

/* ---- sources ---- */

/* The last spike of a source. */
struct source {
    hk_tick tick;                                      /* NEVER: there was none */
    hk_real after[HK_TRACE_MAX], before[HK_TRACE_MAX]; /* its traces then */
};

static inline const struct hk_pair_params *pair_of(const struct hk_proj *proj) {
    return proj->plasticity_param;
}

/* A trace after so many ticks. */
static inline hk_real decayed(const struct hk_proj *proj, int side, size_t i, hk_real trace,
                              hk_tick ticks) {
    return trace_left(trace, (hk_real)ticks, (hk_real)(-1.0 / proj->ticks_per_tau[side][i]));
}

/* A spike adds 1 to a trace, or sets it to 1. */
static inline hk_real bumped(const struct hk_proj *proj, hk_real trace) {
    return pair_of(proj)->pairing == HK_PAIRING_NEAREST ? 1 : trace + 1;
}

/* Does the rule see an arrival before the spikes of that tick? Then it does when it is delivered.
 */
static inline bool sees_at_once(const struct hk_proj *proj) {
    return pair_of(proj)->coincident == HK_COINCIDENT_IGNORE ||
           pair_of(proj)->coincident == HK_COINCIDENT_PRE_FIRST;
}

/* ---- targets ---- */

/* A spike of a target, for rows to learn from. Between settling, ticks are so few that gaps are
 * exact; where there is none to learn from before, a gap is no shorter than since all settled. */
struct note {
    uint32_t older, gap;         /* the target's note before this one; ticks since that */
    hk_real trace[HK_TRACE_MAX]; /* the target's, as on_post is to see them */
};
enum { DEPTH_MAX = HK_NOTES_DEPTH };
struct target {
    hk_tick tick; /* of the last spike; NEVER: there was none */
    struct note last;
    hk_real after[HK_TRACE_MAX]; /* traces just after it */
};
static const hk_tick GAP_MAX = UINT32_MAX, SETTLED_AGO_MAX = UINT32_MAX / 2;

/* Which targets have fired lately: since before anything departed that still arrives. */
static inline bool fired_lately(const struct hk_late_posts *posts, uint32_t target) {
    return (posts->fired[0][target / 64] | posts->fired[1][target / 64]) >> target % 64 & 1;
}

/* Every so many ticks the older ones of these are forgotten. */
static inline void forget_fired(struct hk_late_posts *posts, size_t owned, hk_tick tick) {
    if (tick % posts->delays) return;
    uint64_t *older = posts->fired[1];
    posts->fired[1] = posts->fired[0];
    posts->fired[0] = older;
    memset(older, 0, (owned / 64 + 1) * sizeof *older);
}

static inline void note_spike(const struct hk_proj *proj, struct hk_late_posts *posts, size_t unit,
                              hk_tick tick) {
    struct target *target = (struct target *)posts->targets + unit;
    hk_tick gap = tick - target->tick;
    uint32_t older = 0;
    if (target->tick > posts->settled) {
        older = ++posts->last;
        ((struct note *)posts->notes)[older] = target->last;
    }
    target->last = (struct note){.older = older, .gap = gap < GAP_MAX ? (uint32_t)gap : UINT32_MAX};
    if (++posts->depth[unit] > posts->deepest) posts->deepest = posts->depth[unit];
    for (size_t i = 0; i < proj->plasticity->post_count; i++) {
        hk_real before = decayed(proj, POST, i, target->after[i], gap);
        target->after[i] = bumped(proj, before);
        target->last.trace[i] =
            pair_of(proj)->coincident == HK_COINCIDENT_BOTH ? target->after[i] : before;
    }
    target->tick = tick;
    posts->fired[0][unit / 64] |= (uint64_t)1 << unit % 64;
}

/* ---- learning from notes ---- */

enum { TOGETHER = 64 };

/* Synapses of an axon side by side, as many as are looked at together: TOGETHER, or those left. */
struct piece {
    const struct hk_late_row *row; /* of the next synapse */
    uint32_t into, left;           /* that row; of all */
    uint32_t *target;
    hk_real *weight;
    uint32_t count;
    hk_tick delay[TOGETHER];
};

/* So many synapses, those of `row` and the rows after it, from the axon's synapse `first` on. */
static inline struct piece pieces_of(struct hk_late_axon *axon, const struct hk_late_row *row,
                                     uint32_t first, uint32_t synapses) {
    return (struct piece){.row = row,
                          .left = synapses,
                          .target = hk_late_targets(axon) + first,
                          .weight = (hk_real *)hk_late_weights(axon) + first};
}

static inline bool next_piece(const struct hk_proj *proj, struct piece *piece) {
    piece->target += piece->count;
    piece->weight += piece->count;
    for (piece->count = 0; piece->left && piece->count < TOGETHER;) {
        uint32_t count = piece->row->count - piece->into, room = TOGETHER - piece->count;
        if (count > room) count = room;
        for (uint32_t k = 0; k < count; k++)
            piece->delay[piece->count + k] = proj->delay_min + piece->row->delay;
        piece->count += count;
        piece->left -= count;
        piece->into += count;
        if (piece->into < piece->row->count) continue;
        piece->row++;
        piece->into = 0;
    }
    return piece->count > 0;
}

/* What the synapses of a piece have to learn: of each its last note, the one before that, and so
 * on. Those of each age stand together, because notes lie anywhere in memory. */
struct due {
    uint32_t deepest, count[DEPTH_MAX];   /* the most notes of one; how many have more than n, */
    uint8_t synapse[DEPTH_MAX][TOGETHER]; /* which, and their n-th last note and its tick */
    const struct note *note[DEPTH_MAX][TOGETHER];
    hk_tick tick[DEPTH_MAX][TOGETHER];
    hk_tick since[TOGETHER]; /* of each synapse notes of then and later */
};

/* Of a post spike in the tick of a pre spike a row has learned before this, or does afterwards. */
static inline hk_tick since_arrival(const struct hk_proj *proj, hk_tick arrived) {
    return arrived + (pair_of(proj)->coincident == HK_COINCIDENT_POST_FIRST);
}

/* Of those that have an n-th last note, which have one before that; returns how many. */
static inline uint32_t find_older(const struct hk_late_posts *posts, struct due *due, uint32_t n) {
    const struct note *notes = posts->notes;
    uint32_t found = 0;
    for (uint32_t j = 0; j < due->count[n]; j++) {
        const struct note *note = due->note[n][j];
        uint8_t synapse = due->synapse[n][j];
        hk_tick tick = due->tick[n][j] - note->gap;
        due->synapse[n + 1][found] = synapse;
        due->note[n + 1][found] = &notes[note->older];
        due->tick[n + 1][found] = tick;
        found += tick >= due->since[synapse];
    }
    return found;
}

/* What a piece has to learn since spike `last` of its source arrived, from notes of `from` on. */
static inline void find_due(const struct hk_proj *proj, const struct hk_late_posts *posts,
                            const struct piece *piece, const struct source *last, hk_tick from,
                            struct due *due) {
    const struct target *targets = posts->targets;
    const hk_tick arrived = since_arrival(proj, last->tick);
    uint32_t found = 0;
    if (from <= posts->settled) from = posts->settled + 1;
    for (uint32_t k = 0; k < piece->count; k++) {
        const struct target *target = &targets[piece->target[k]];
        hk_tick tick = target->tick, since = arrived + piece->delay[k];
        if (since < from) since = from;
        due->since[k] = since;
        due->synapse[0][found] = (uint8_t)k;
        due->note[0][found] = &target->last;
        due->tick[0][found] = tick;
        found += tick >= since;
    }
    for (due->deepest = 0; found; due->deepest++) {
        due->count[due->deepest] = found;
        found = due->deepest + 1 < DEPTH_MAX ? find_older(posts, due, due->deepest) : 0;
    }
}

/* The traces of a source at notes, so many ticks after its last spike arrived. */
static inline void read_pre(const struct hk_proj *proj, const struct source *last, size_t i,
                            const hk_real *restrict since, size_t count, hk_real *restrict pre) {
    const hk_real after = last->after[i], before = last->before[i];
    const hk_real rate = (hk_real)(-1.0 / proj->ticks_per_tau[PRE][i]);
    for (size_t k = 0; k < count; k++) pre[k] = trace_left(after, since[k], rate);
    if (pair_of(proj)->coincident == HK_COINCIDENT_IGNORE)
        for (size_t k = 0; k < count; k++) pre[k] = since[k] > 0 ? pre[k] : before;
}

/* The traces of a piece's targets when a spike of tick `at` arrives. */
static inline void read_post(const struct hk_proj *proj, const struct hk_late_posts *posts,
                             const struct piece *piece, hk_tick at, size_t i,
                             hk_real *restrict trace) {
    const hk_real rate = (hk_real)(-1.0 / proj->ticks_per_tau[POST][i]);
    const struct target *targets = posts->targets;
    const size_t count = piece->count;
    hk_real since[TOGETHER];
    for (size_t k = 0; k < count; k++) {
        const struct target *target = &targets[piece->target[k]];
        since[k] = (hk_real)(at + piece->delay[k] - target->tick);
        trace[k] = target->after[i];
    }
    for (size_t k = 0; k < count; k++) trace[k] = trace_left(trace[k], since[k], rate);
}

/* The n-th last notes. */
static inline void learn_nth(const struct hk_proj *proj, const struct piece *piece,
                             const struct source *last, const struct due *due, uint32_t n) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    hk_real pre_trace[HK_TRACE_MAX][TOGETHER], post_trace[HK_TRACE_MAX][TOGETHER];
    hk_real w[TOGETHER], since[TOGETHER];
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    const uint8_t *synapse = due->synapse[n];
    const uint32_t count = due->count[n];
    for (uint32_t j = 0; j < count; j++) {
        const struct note *note = due->note[n][j];
        w[j] = piece->weight[synapse[j]];
        since[j] = (hk_real)(due->tick[n][j] - (last->tick + piece->delay[synapse[j]]));
        for (size_t i = 0; i < HK_TRACE_MAX; i++) post_trace[i][j] = note->trace[i];
    }
    for (size_t i = 0; i < HK_TRACE_MAX; i++) {
        if (i < rule->pre_count) read_pre(proj, last, i, since, count, pre_trace[i]);
        pre[i] = pre_trace[i];
        post[i] = post_trace[i];
    }
    rule->on_post(&(struct hk_plastic){.param = proj->plasticity_param,
                                       .w = w,
                                       .count = count,
                                       .pre = pre,
                                       .post = post});
    for (uint32_t j = 0; j < count; j++) piece->weight[synapse[j]] = w[j];
}

static inline void learn_piece(const struct hk_proj *proj, const struct hk_late_posts *posts,
                               const struct piece *piece, const struct source *last, hk_tick from) {
    struct due due;
    find_due(proj, posts, piece, last, from, &due);
    for (uint32_t n = due.deepest; n-- > 0;) learn_nth(proj, piece, last, &due, n);
}

/* The rule sees a spike of tick `at`, or so many at once, that arrives at a piece. */
static inline void see_piece(const struct hk_proj *proj, const struct hk_late_posts *posts,
                             const struct piece *piece, const struct source *last, uint32_t times,
                             hk_tick at) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX], trace[HK_TRACE_MAX][TOGETHER];
    for (size_t i = 0; i < rule->pre_count; i++) {
        own[i] = decayed(proj, PRE, i, last->after[i], at - last->tick);
        for (uint32_t k = 0; k < times; k++)
            if (pair_of(proj)->coincident == HK_COINCIDENT_BOTH) own[i] = bumped(proj, own[i]);
        pre[i] = &own[i];
    }
    for (size_t i = 0; i < rule->post_count; i++) {
        read_post(proj, posts, piece, at, i, trace[i]);
        post[i] = trace[i];
    }
    for (uint32_t k = 0; k < times; k++)
        rule->on_pre(&(struct hk_plastic){.param = proj->plasticity_param,
                                          .w = piece->weight,
                                          .count = piece->count,
                                          .pre = pre,
                                          .post = post});
}

#endif
