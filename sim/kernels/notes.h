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
    return trace_left(trace, hk_real_from_int(ticks),
                      (hk_real)(-1.0 / proj->ticks_per_tau[side][i]));
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

/* A spike of a target, for rows to learn from. Where there is none to learn from before it, a gap
 * is no shorter than since all settled. */
struct note {
    uint32_t older; /* the target's note before this one */
    int32_t gap;    /* ticks since that */
};
struct traces {
    hk_real trace[HK_TRACE_MAX]; /* of the target, as on_post is to see them */
};
enum { DEPTH_MAX = HK_NOTES_DEPTH };

/* A tick from that on at which all settled; long ago is long ago. */
static inline int32_t near_tick(const struct hk_late_posts *posts, hk_tick tick) {
    hk_tick since = tick - posts->settled;
    return since > -HK_LATE_AGO ? (int32_t)since : -HK_LATE_AGO;
}

/* Which targets have fired lately: since before anything departed that still arrives. */
static inline bool fired_lately(const struct hk_late_posts *posts, uint32_t target) {
    return posts->fired[1][target / 64] >> target % 64 & 1;
}

/* At the end of a span those of the one before it are forgotten. */
static inline void forget_fired(struct hk_late_posts *posts, size_t owned, hk_tick tick) {
    if (tick % posts->delays) return;
    const size_t bytes = (owned / 64 + 1) * sizeof *posts->fired[0];
    memcpy(posts->fired[1], posts->fired[0], bytes);
    memset(posts->fired[0], 0, bytes);
}

static inline void note_spike(const struct hk_proj *proj, struct hk_late_posts *posts, size_t unit,
                              hk_tick tick) {
    struct note *notes = posts->notes;
    struct traces *traces = posts->traces;
    const int32_t now = near_tick(posts, tick), gap = now - posts->tick[unit];
    uint32_t older = 0;
    if (posts->tick[unit] > 0) {
        older = ++posts->last;
        notes[older] = notes[unit];
        traces[older] = traces[unit];
    }
    notes[unit] = (struct note){.older = older, .gap = gap};
    if (++posts->depth[unit] > posts->deepest) posts->deepest = posts->depth[unit];
    for (size_t i = 0; i < proj->plasticity->post_count; i++) {
        hk_real *after = (hk_real *)posts->after[i] + unit;
        hk_real before = decayed(proj, POST, i, *after, gap);
        *after = bumped(proj, before);
        traces[unit].trace[i] = pair_of(proj)->coincident == HK_COINCIDENT_BOTH ? *after : before;
    }
    posts->tick[unit] = now;
    for (int k = 0; k < 2; k++) posts->fired[k][unit / 64] |= (uint64_t)1 << unit % 64;
}

/* ---- learning from notes ---- */

enum {
    TOGETHER = 128, /* synapses that are looked at together, at most */
    FOUR = 4,       /* of them picked at a time */
    ROW_COMMON = 32 /* most rows aren't longer */
};

/* Synapses of an axon side by side: TOGETHER, or those left, and what is known of their targets. */
struct piece {
    const struct hk_late_row *row; /* of the next synapse */
    uint32_t into, left;           /* that row; of all */
    uint32_t *target;
    hk_real *weight;
    uint32_t count, delay[TOGETHER + ROW_COMMON];
    int32_t tick[TOGETHER];                /* of the last spike */
    hk_real after[HK_TRACE_MAX][TOGETHER]; /* traces just after it that on_pre looks at */
};

/* So many synapses, those of `row` and the rows after it, from the axon's synapse `first` on. */
static inline void begin_pieces(struct piece *piece, struct hk_late_axon *axon,
                                const struct hk_late_row *row, uint32_t first, uint32_t synapses) {
    piece->row = row;
    piece->into = piece->count = 0;
    piece->left = synapses;
    piece->target = hk_late_targets(axon) + first;
    piece->weight = (hk_real *)hk_late_weights(axon) + first;
}

/* Targets lie anywhere in memory: they are looked up once, for all that needs them; the first trace
 * together with the tick, which nearly all rules look at. */
static inline void look_up(const struct hk_proj *proj, const struct hk_late_posts *posts,
                           struct piece *piece) {
    const uint32_t *restrict target = piece->target;
    const int32_t *tick = posts->tick;
    const hk_real *first = posts->after[0];
    HK_UNROLLED
    for (uint32_t k = 0; k < piece->count; k++) {
        const uint32_t t = target[k];
        piece->tick[k] = tick[t];
        piece->after[0][k] = first[t];
    }
    for (size_t i = 1; i < hk_plasticity_post_seen(proj->plasticity); i++) {
        const hk_real *after = posts->after[i];
        for (uint32_t k = 0; k < piece->count; k++) piece->after[i][k] = after[target[k]];
    }
}

/* Axons are read from end to end: the next piece is asked for before one is looked at. */
static inline void fetch_synapses(const uint32_t *targets, const hk_real *weights, uint32_t left) {
    const uint32_t count = left < TOGETHER ? left : TOGETHER;
    const char *target = (const char *)targets, *weight = (const char *)weights;
    for (size_t k = 0; k < count * sizeof(uint32_t); k += HK_CACHE_LINE) HK_PREFETCH(target + k);
    for (size_t k = 0; k < count * sizeof(hk_real); k += HK_CACHE_LINE) HK_PREFETCH(weight + k);
}

/* The next piece, if there is one. */
static inline bool next_piece(const struct hk_proj *proj, const struct hk_late_posts *posts,
                              struct piece *piece) {
    piece->target += piece->count;
    piece->weight += piece->count;
    for (piece->count = 0; piece->left && piece->count < TOGETHER;) {
        uint32_t count = piece->row->count - piece->into, room = TOGETHER - piece->count;
        uint32_t delay = (uint32_t)proj->delay_min + piece->row->delay;
        uint32_t *to = piece->delay + piece->count;
        if (count > room) count = room;
        for (uint32_t k = 0; k < ROW_COMMON; k++) to[k] = delay; /* its end needn't be foreseen */
        for (uint32_t k = ROW_COMMON; k < count; k++) to[k] = delay;
        piece->count += count;
        piece->left -= count;
        piece->into += count;
        if (piece->into < piece->row->count) continue;
        piece->row++;
        piece->into = 0;
    }
    fetch_synapses(piece->target + piece->count, piece->weight + piece->count, piece->left);
    look_up(proj, posts, piece);
    return piece->count > 0;
}

/* What the synapses of a piece have to learn: of each its last note, the one before that, and so
 * on. Those of each age stand together, because notes lie anywhere in memory, and those of all ages
 * side by side, because those of one are few. Where many have to learn from their last note, all of
 * the piece stand there, and what the others learn is dropped: that takes no list. Ticks count from
 * the arrival of the source's last spike on. */
enum {
    DUE_MAX = TOGETHER * DEPTH_MAX,
    MANY = 4 /* one of so many synapses, and more */
};
struct due {
    bool all;                            /* last notes are those of all synapses */
    uint32_t ages, first[DEPTH_MAX + 1]; /* where notes of each age begin, and the last ones end */
    uint8_t synapse[DUE_MAX + FOUR];
    uint32_t note[DUE_MAX + 1];
    int32_t tick[DUE_MAX + 1];
    hk_real since[DUE_MAX], pre[HK_TRACE_MAX][DUE_MAX]; /* tick; the source's traces then */
    int32_t from[TOGETHER]; /* of each synapse notes of then and later */
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pick takes the first for the lowest");
/* Which of so many things are so: their places; returns how many. By four, so that no single one
 * has to be foreseen: both arrays have room for that. */
static inline uint32_t pick(uint8_t *is, uint32_t count, uint8_t *place) {
    static const uint8_t places[16][4] = {{0},    {0},       {1},       {0, 1},
                                          {2},    {0, 2},    {1, 2},    {0, 1, 2},
                                          {3},    {0, 3},    {1, 3},    {0, 1, 3},
                                          {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
    uint32_t found = 0;
    memset(is + count, 0, FOUR);
    for (uint32_t k = 0; k < count; k += FOUR) {
        uint32_t four, some;
        memcpy(&four, is + k, sizeof four);
        memcpy(&some, places[four * 0x01020408u >> 24 & 15], sizeof some);
        some += k * 0x01010101u;
        memcpy(place + found, &some, sizeof some);
        found += four * 0x01010101u >> 24;
    }
    return found;
}

/* Of the notes first..end, those that have one before that: it is added to them. Returns the new
 * end. */
static inline uint32_t find_older(const struct hk_late_posts *posts, struct due *due,
                                  uint32_t first, uint32_t end) {
    const struct note *notes = posts->notes;
    uint32_t found = end;
    for (uint32_t j = first; j < end; j++) {
        const struct note *note = &notes[due->note[j]];
        uint8_t synapse = due->synapse[j];
        int32_t tick = due->tick[j] - note->gap;
        due->synapse[found] = synapse;
        due->note[found] = note->older;
        due->tick[found] = tick;
        HK_PREFETCH(&notes[note->older]);
        found += tick >= due->from[synapse];
    }
    return found;
}

/* The last notes of those synapses that have to learn from them, or of all; returns how many. */
static inline uint32_t find_last(const struct hk_proj *proj, const struct hk_late_posts *posts,
                                 const struct piece *piece, const struct source *last, hk_tick from,
                                 struct due *due) {
    const struct note *notes = posts->notes;
    /* Of a post spike in the tick of a pre spike a row learns before that arrives, or after. */
    const int32_t least = pair_of(proj)->coincident == HK_COINCIDENT_POST_FIRST;
    const int32_t first = near_tick(posts, from), departed = near_tick(posts, last->tick);
    uint8_t is_due[TOGETHER + FOUR];
    uint32_t count = 0;
    for (uint32_t k = 0; k < piece->count; k++) {
        int32_t arrived = departed + (int32_t)piece->delay[k];
        due->from[k] = first - arrived > least ? first - arrived : least;
        due->tick[k] = piece->tick[k] - arrived;
        is_due[k] = due->tick[k] >= due->from[k];
        count += due->tick[k] >= due->from[k]; /* of is_due[k] it isn't made in vectors as well */
    }
    due->all = count > piece->count / MANY;
    if (due->all) return piece->count;
    const uint32_t found = pick(is_due, piece->count, due->synapse);
    for (uint32_t j = 0; j < found; j++) {
        due->note[j] = piece->target[due->synapse[j]];
        due->tick[j] = due->tick[due->synapse[j]];
        HK_PREFETCH(&notes[due->note[j]]);
    }
    return found;
}

/* Of all synapses, those that have a note before their last: it is added. Returns how many there
 * are then. */
static inline uint32_t find_older_of_all(const struct hk_late_posts *posts,
                                         const struct piece *piece, struct due *due) {
    const struct note *notes = posts->notes;
    const uint32_t count = piece->count;
    int32_t tick[TOGETHER]; /* both of the next are less than 2 HK_LATE_AGO = 2^30 */
    uint8_t is_due[TOGETHER + FOUR];
    for (uint32_t k = 0; k < count; k++) tick[k] = due->tick[k] - notes[piece->target[k]].gap;
    for (uint32_t k = 0; k < count; k++) is_due[k] = tick[k] >= due->from[k];
    const uint32_t end = count + pick(is_due, count, due->synapse + count);
    for (uint32_t j = count; j < end; j++) {
        const uint8_t synapse = due->synapse[j];
        due->note[j] = notes[piece->target[synapse]].older;
        due->tick[j] = tick[synapse];
        HK_PREFETCH(&notes[due->note[j]]);
    }
    return end;
}

/* What a piece has to learn since spike `last` of its source arrived, from notes of `from` on. */
static inline void find_due(const struct hk_proj *proj, const struct hk_late_posts *posts,
                            const struct piece *piece, const struct source *last, hk_tick from,
                            struct due *due) {
    if (from <= posts->settled) from = posts->settled + 1;
    uint32_t first = 0, found = find_last(proj, posts, piece, last, from, due);
    due->first[0] = due->ages = 0;
    while (found > first) {
        due->first[++due->ages] = found;
        if (due->all && due->ages == 1)
            found = find_older_of_all(posts, piece, due);
        else if (due->ages < DEPTH_MAX)
            found = find_older(posts, due, first, found);
        first = due->first[due->ages];
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
static inline void read_post(const struct hk_proj *proj, const struct piece *piece, int32_t at,
                             size_t i, hk_real *restrict trace) {
    const hk_real rate = (hk_real)(-1.0 / proj->ticks_per_tau[POST][i]);
    for (size_t k = 0; k < piece->count; k++)
        trace[k] = trace_left(piece->after[i][k],
                              (hk_real)(at + (int32_t)piece->delay[k] - piece->tick[k]), rate);
}

/* The rule learns from `count` of the due notes, the first.. of them, of weights `w`. */
static inline void learn_notes(const struct hk_proj *proj, const struct hk_late_posts *posts,
                               const uint32_t *note, const struct due *due, uint32_t first,
                               uint32_t count, hk_real *w) {
    const struct traces *traces = posts->traces;
    const struct hk_plasticity_model *rule = proj->plasticity;
    hk_real post_trace[HK_TRACE_MAX][TOGETHER];
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    for (size_t i = 0; i < HK_TRACE_MAX; i++) {
        if (i < rule->post_count && !rule->post_unseen)
            for (uint32_t j = 0; j < count; j++) post_trace[i][j] = traces[note[j]].trace[i];
        pre[i] = due->pre[i] + first;
        post[i] = post_trace[i];
    }
    rule->on_post(&(struct hk_plastic){.param = proj->plasticity_param,
                                       .w = w,
                                       .count = count,
                                       .pre = pre,
                                       .post = post});
}

/* The notes of one age. */
static inline void learn_age(const struct hk_proj *proj, const struct hk_late_posts *posts,
                             const struct piece *piece, const struct due *due, uint32_t age) {
    const uint32_t first = due->first[age], count = due->first[age + 1] - first;
    const uint8_t *synapse = due->synapse + first;
    hk_real w[TOGETHER];
    HK_UNROLLED
    for (uint32_t j = 0; j < count; j++) w[j] = piece->weight[synapse[j]];
    learn_notes(proj, posts, due->note + first, due, first, count, w);
    HK_UNROLLED
    for (uint32_t j = 0; j < count; j++) piece->weight[synapse[j]] = w[j];
}

/* The last notes of all synapses: of those that aren't due the weights stay what they are. */
static inline void learn_all(const struct hk_proj *proj, const struct hk_late_posts *posts,
                             const struct piece *piece, const struct due *due) {
    hk_real w[TOGETHER];
    memcpy(w, piece->weight, piece->count * sizeof *w);
    learn_notes(proj, posts, piece->target, due, 0, piece->count, w);
    for (uint32_t k = 0; k < piece->count; k++)
        piece->weight[k] = due->tick[k] >= due->from[k] ? w[k] : piece->weight[k];
}

static inline void learn_piece(const struct hk_proj *proj, const struct hk_late_posts *posts,
                               const struct piece *piece, const struct source *last, hk_tick from) {
    struct due due;
    find_due(proj, posts, piece, last, from, &due);
    const uint32_t count = due.first[due.ages];
    for (uint32_t j = 0; j < count; j++) due.since[j] = (hk_real)due.tick[j];
    for (size_t i = 0; i < proj->plasticity->pre_count; i++)
        read_pre(proj, last, i, due.since, count, due.pre[i]);
    for (uint32_t age = due.ages; age-- > due.all;) learn_age(proj, posts, piece, &due, age);
    if (due.all) learn_all(proj, posts, piece, &due);
}

/* The rule sees a spike of tick `at`, or so many at once, that arrives at a piece. */
static inline void see_piece(const struct hk_proj *proj, const struct hk_late_posts *posts,
                             const struct piece *piece, const struct source *last, uint32_t times,
                             hk_tick at) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX] = {0}, trace[HK_TRACE_MAX][TOGETHER];
    for (size_t i = 0; i < rule->pre_count; i++) {
        pre[i] = &own[i];
        if (rule->pre_unseen) continue;
        own[i] = decayed(proj, PRE, i, last->after[i], at - last->tick);
        for (uint32_t k = 0; k < times; k++)
            if (pair_of(proj)->coincident == HK_COINCIDENT_BOTH) own[i] = bumped(proj, own[i]);
    }
    for (size_t i = 0; i < hk_plasticity_post_seen(rule); i++) {
        read_post(proj, piece, near_tick(posts, at), i, trace[i]);
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
