/* Rows that learn late (sim/late.h; contract: sim/kernels.h).
 *
 * The bits are those of learning at once. What a synapse learns depends on no other synapse; its
 * changes come in the same order; a trace is its value after the last spike, decayed by the time
 * since; and a target's traces are kept with the note. When there are many notes, all rows learn,
 * and notes begin anew. */
#include "sim/late.h"

#include "sim/kernels/rows.h"
#include "sim/numeric.h"
#include "sim/real.h"

#include <string.h>

enum { PRE, POST };
static const hk_tick NEVER = -((hk_tick)1 << 40);

/* ---- sources ---- */

/* The last spike of a source. */
struct source {
    hk_tick tick;                                      /* NEVER: there was none */
    hk_real after[HK_TRACE_MAX], before[HK_TRACE_MAX]; /* its traces then */
};
/* A spike that still arrives: at which row next, and what the source's spike before it was. */
struct flight {
    struct hk_late_row *row, *end; /* where the source's rows end */
    struct source last;
    uint32_t unit, times, delay; /* of so many spikes in that tick; of the row */
};

static const struct hk_pair_params *pair_of(const struct hk_proj *proj) {
    return proj->plasticity_param;
}

/* A trace after so many ticks. */
static inline hk_real decayed(const struct hk_proj *proj, int side, size_t i, hk_real trace,
                              hk_tick ticks) {
    return trace * hk_real_exp((hk_real)ticks * (hk_real)(-1.0 / proj->ticks_per_tau[side][i]));
}

/* A spike adds 1 to a trace, or sets it to 1. */
static inline hk_real bumped(const struct hk_proj *proj, hk_real trace) {
    return pair_of(proj)->pairing == HK_PAIRING_NEAREST ? 1 : trace + 1;
}

static inline struct hk_late_slot *slot_of(const struct hk_late *late, hk_tick tick) {
    return &late->slot[(size_t)tick & (late->slots - 1)];
}

static inline void go_to(struct flight *flight, struct hk_late_row *row) {
    flight->row = row;
    if (row != flight->end) flight->delay = row->delay;
}

/* The spikes of one owner at a tick, which begin to arrive; returns where the next one's come. */
static struct flight *take_off(const struct hk_proj *proj, const struct hk_late *late, hk_tick tick,
                               int owner, struct flight *flight) {
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->source, tick, owner, &units);
    for (uint32_t k = 0; k < count; k++) {
        struct source *s = (struct source *)late->sources + units[k];
        bool again = s->tick == tick;
        if (!again) {
            *flight = (struct flight){.end = hk_late_first(late, units[k] + 1),
                                      .last = *s,
                                      .unit = units[k]};
            go_to(flight++, hk_late_first(late, units[k]));
        }
        flight[-1].times++;
        for (size_t i = 0; i < proj->plasticity->pre_count; i++) {
            if (!again) s->before[i] = decayed(proj, PRE, i, s->after[i], tick - s->tick);
            s->after[i] = bumped(proj, again ? s->after[i] : s->before[i]);
        }
        s->tick = tick;
    }
    return flight;
}

/* All spikes at `tick`. Where there is no room for them, the thread's hk_flight has the error. */
static void take_off_all(const struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_late *late = proj->parts[thread].late;
    struct hk_late_slot *slot = slot_of(late, tick);
    const uint32_t *units;
    size_t count = 0;
    slot->count = 0;
    for (int owner = 0; tick > 0 && owner < proj->sim->threads; owner++)
        count += hk_spikes(proj->sim, proj->source, tick, owner, &units);
    if (!hk_block_reserve(&slot->flights, count, sizeof(struct flight),
                          &proj->sim->flights[thread].err))
        return;
    struct flight *first = slot->flights.data, *next = first;
    for (int owner = 0; count && owner < proj->sim->threads; owner++)
        next = take_off(proj, late, tick, owner, next);
    slot->count = (size_t)(next - first);
}

/* ---- targets ---- */

/* A spike of a target, for rows to learn from. */
struct note {
    hk_tick tick;
    uint32_t older; /* the target's note before this one */
    uint32_t gap; /* ticks since that one, or about as many as can be; ALONE: there is none; 0: this
                   * is no note either, for all rows have learned from it */
    hk_real trace[HK_TRACE_MAX]; /* the target's, as on_post is to see them */
};
enum { DEPTH_MAX = HK_NOTES_DEPTH };
static const uint32_t ALONE = UINT32_MAX;
struct target {
    struct note last;
    hk_real trace[HK_TRACE_MAX]; /* just after the last spike */
};

static void note_spike(const struct hk_proj *proj, struct hk_late_posts *posts, size_t unit,
                       hk_tick tick) {
    struct target *target = (struct target *)posts->targets + unit;
    struct note last = {.tick = tick, .gap = ALONE};
    if (target->last.gap) {
        hk_tick gap = tick - target->last.tick;
        last.older = ++posts->last;
        last.gap = gap < ALONE ? (uint32_t)gap : ALONE - 1;
        ((struct note *)posts->notes)[last.older] = target->last;
    }
    if (++posts->depth[unit] > posts->deepest) posts->deepest = posts->depth[unit];
    for (size_t i = 0; i < proj->plasticity->post_count; i++) {
        hk_real before = decayed(proj, POST, i, target->trace[i], tick - target->last.tick);
        target->trace[i] = bumped(proj, before);
        last.trace[i] = pair_of(proj)->coincident == HK_COINCIDENT_BOTH ? target->trace[i] : before;
    }
    target->last = last;
}

/* ---- learning from notes ---- */

/* Synapses of a row whose targets have fired, and what each has to learn. */
enum { TOGETHER = 64 };
struct due {
    size_t count;
    uint32_t deepest;                             /* the most notes of one */
    uint32_t synapse[TOGETHER], depth[TOGETHER];  /* in the row; how many notes */
    const struct note *note[DEPTH_MAX][TOGETHER]; /* the last first */
};

/* Of synapses from..end-1, those with notes of `since` or later, as many as there is room for;
 * returns where it stopped. */
static inline uint32_t find_due(const struct hk_late_posts *posts, const uint32_t *target,
                                uint32_t from, uint32_t end, hk_tick since, struct due *due) {
    const struct target *targets = posts->targets;
    const struct note *notes = posts->notes;
    due->count = due->deepest = 0;
    for (; from < end && due->count < TOGETHER; from++) {
        const struct note *note = &targets[target[from]].last;
        uint32_t depth = 0;
        if (note->tick < since || !note->gap) continue;
        due->note[depth++][due->count] = note;
        while (note->gap != ALONE && note->tick - note->gap >= since) {
            note = &notes[note->older];
            if (note->tick < since) break; /* a gap too long to be told */
            due->note[depth++][due->count] = note;
        }
        due->synapse[due->count] = from;
        due->depth[due->count++] = depth;
        if (depth > due->deepest) due->deepest = depth;
    }
    return from;
}

/* The traces of the row's source at notes, so many ticks after its last spike arrived. */
static inline void read_pre(const struct hk_proj *proj, const struct source *last, size_t i,
                            const hk_tick *since, size_t count, hk_real *pre) {
    const hk_real after = last->after[i];
    const hk_real rate = (hk_real)(-1.0 / proj->ticks_per_tau[PRE][i]);
    for (size_t k = 0; k < count; k++) pre[k] = after * hk_real_exp((hk_real)since[k] * rate);
    if (pair_of(proj)->coincident == HK_COINCIDENT_IGNORE)
        for (size_t k = 0; k < count; k++) pre[k] = since[k] ? pre[k] : last->before[i];
}

/* The n-th note of those synapses that have so many. */
static inline void learn_nth(const struct hk_proj *proj, hk_real *weight, const struct source *last,
                             hk_tick arrived, const struct due *due, uint32_t n) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    hk_real w[TOGETHER], pre_trace[HK_TRACE_MAX][TOGETHER], post_trace[HK_TRACE_MAX][TOGETHER];
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    hk_tick since[TOGETHER];
    uint32_t synapse[TOGETHER];
    size_t count = 0;
    for (size_t k = 0; k < due->count; k++) {
        if (due->depth[k] <= n) continue;
        const struct note *note = due->note[due->depth[k] - 1 - n][k];
        synapse[count] = due->synapse[k];
        w[count] = weight[synapse[count]];
        since[count] = note->tick - arrived;
        for (size_t i = 0; i < rule->post_count; i++) post_trace[i][count] = note->trace[i];
        count++;
    }
    for (size_t i = 0; i < rule->pre_count; i++)
        read_pre(proj, last, i, since, count, pre_trace[i]);
    for (size_t i = 0; i < HK_TRACE_MAX; i++) {
        pre[i] = pre_trace[i];
        post[i] = post_trace[i];
    }
    rule->on_post(&(struct hk_plastic){.param = proj->plasticity_param,
                                       .w = w,
                                       .count = count,
                                       .pre = pre,
                                       .post = post});
    for (size_t k = 0; k < count; k++) weight[synapse[k]] = w[k];
}

/* A row learns from notes of `since` and later; the source's last spike arrived at `arrived`. */
static inline void learn_row(const struct hk_proj *proj, const struct hk_late_posts *posts,
                             struct hk_late_row *row, const struct source *last, hk_tick arrived,
                             hk_tick since) {
    struct due due;
    for (uint32_t from = 0; from < row->count;) {
        from = find_due(posts, hk_late_targets(row), from, row->count, since, &due);
        for (uint32_t n = 0; n < due.deepest; n++)
            learn_nth(proj, hk_late_weights(row), last, arrived, &due, n);
    }
}

/* Of a post spike in the tick of a pre spike a row has learned before this, or does afterwards. */
static inline hk_tick since_arrival(const struct hk_proj *proj, hk_tick arrived) {
    return arrived + (pair_of(proj)->coincident == HK_COINCIDENT_POST_FIRST);
}

/* ---- bringing all to date ---- */

/* Of a unit those rows at which spike `last` has arrived by `tick`, and its next spike hasn't. */
static void settle_unit(const struct hk_proj *proj, const struct hk_late *late, size_t unit,
                        const struct source *last, hk_tick next, hk_tick tick) {
    struct hk_late_row *end = hk_late_first(late, unit + 1);
    for (struct hk_late_row *row = hk_late_first(late, unit); row != end;
         row = hk_late_next(row, sizeof(hk_real))) {
        hk_tick delay = proj->delay_min + row->delay, arrived = last->tick + delay;
        if (arrived <= tick && next > tick - delay)
            learn_row(proj, late->posts, row, last, arrived, since_arrival(proj, arrived));
    }
}

static void settle_rows(const struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_late *late = proj->parts[thread].late;
    const struct source *sources = late->sources;
    hk_tick first = tick + 1 - proj->delay_min - (hk_tick)proj->delays;
    for (size_t unit = 0; unit < proj->source->size; unit++)
        settle_unit(proj, late, unit, &sources[unit], INT64_MAX, tick);
    for (hk_tick at = first > 0 ? first : 1; at <= tick - proj->delay_min; at++) {
        const struct flight *flight = slot_of(late, at)->flights.data;
        for (size_t k = 0; k < slot_of(late, at)->count; k++)
            settle_unit(proj, late, flight[k].unit, &flight[k].last, at, tick);
    }
}

/* All rows that learn from the same notes do, up to `tick`, and notes begin anew. */
static void settle_all(const struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_pop *pop = proj->target;
    struct hk_late_posts *posts = proj->parts[thread].late->posts;
    struct target *targets = posts->targets;
    size_t owned = pop->part[thread + 1] - pop->part[thread];
    if (posts->deepest == 0) return;
    for (size_t k = 0; k < pop->incoming_count; k++)
        if (pop->incoming[k]->storage == HK_STORE_LATE && pop->incoming[k]->learning &&
            pop->incoming[k]->parts[thread].late->posts == posts)
            settle_rows(pop->incoming[k], thread, tick);
    for (size_t i = 0; i < owned; i++) targets[i].last.gap = 0;
    memset(posts->depth, 0, owned * sizeof *posts->depth);
    posts->last = posts->deepest = 0;
}

static void settle(struct hk_proj *proj, int thread, hk_tick tick) {
    settle_all(proj, thread, tick);
}

/* ---- arrivals ---- */

/* A row that spikes of `at` arrive at. */
struct arrival {
    struct flight *flight;
    hk_tick at;
};
enum { ARRIVALS = 256, ROWS_AHEAD = 12, TARGETS_AHEAD = 6, FETCHED_MAX = 16 };

/* What is done with all rows that something arrives at at a tick, in canonical order: by delay,
 * owner, unit. Rows lie anywhere in memory, so they are asked for some places before their turn,
 * and then what is needed of their targets; of few, for that is one by one. */
struct round {
    const struct hk_proj *proj;
    const struct hk_late *late;
    hk_tick tick;
    hk_real *sum;
    uint64_t events;
    size_t count;
    struct arrival arrival[ARRIVALS];
};
typedef void arrival_action(struct round *round, const struct arrival *arrival);

static inline void begin_round(struct round *r, const struct hk_proj *proj, int thread,
                               hk_tick tick, hk_real *sum) {
    r->proj = proj;
    r->late = proj->parts[thread].late;
    r->tick = tick;
    r->sum = sum;
    r->events = 0;
    r->count = 0;
}

static inline void fetch_targets(const struct hk_late *late, struct hk_late_row *row) {
    const uint32_t *target = hk_late_targets(row);
    uint32_t count = row->count < FETCHED_MAX ? row->count : FETCHED_MAX;
    for (uint32_t k = 0; k < count; k++)
        HK_PREFETCH((const struct target *)late->posts->targets + target[k]);
}

static inline void act(struct round *r, arrival_action *action) {
    for (size_t k = 0; k < r->count + ROWS_AHEAD; k++) {
        if (k < r->count) {
            HK_PREFETCH(r->arrival[k].flight->row);
            HK_PREFETCH((const char *)r->arrival[k].flight->row + HK_CACHE_LINE);
        }
        size_t near = k - (ROWS_AHEAD - TARGETS_AHEAD);
        if (near < r->count) fetch_targets(r->late, r->arrival[near].flight->row);
        if (k >= ROWS_AHEAD) action(r, &r->arrival[k - ROWS_AHEAD]);
    }
    r->count = 0;
}

static inline void each_arrival(struct round *r, arrival_action *action) {
    for (uint32_t d = 0; d < r->proj->delays; d++) {
        hk_tick at = r->tick - r->proj->delay_min - d;
        if (at <= 0) break;
        struct hk_late_slot *slot = slot_of(r->late, at);
        struct flight *flight = slot->flights.data;
        for (size_t k = 0; k < slot->count; k++) {
            if (flight[k].row == flight[k].end || flight[k].delay != d) continue;
            r->arrival[r->count++] = (struct arrival){&flight[k], at};
            if (r->count == ARRIVALS) act(r, action);
        }
    }
    act(r, action);
}

/* The rule sees spikes that have arrived at a row. */
static inline void see(const struct round *r, const struct arrival *a) {
    const struct hk_proj *proj = r->proj;
    const struct hk_plasticity_model *rule = proj->plasticity;
    const struct target *targets = r->late->posts->targets;
    struct hk_late_row *row = a->flight->row;
    const uint32_t *target = hk_late_targets(row);
    const struct source *last = &a->flight->last;
    const hk_real *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX], trace[HK_TRACE_MAX][TOGETHER], *weight = hk_late_weights(row);
    for (size_t i = 0; i < rule->pre_count; i++) {
        own[i] = decayed(proj, PRE, i, last->after[i], a->at - last->tick);
        for (uint32_t k = 0; k < a->flight->times; k++)
            if (pair_of(proj)->coincident == HK_COINCIDENT_BOTH) own[i] = bumped(proj, own[i]);
        pre[i] = &own[i];
    }
    for (uint32_t first = 0; first < row->count; first += TOGETHER) {
        uint32_t count = row->count - first < TOGETHER ? row->count - first : TOGETHER;
        for (size_t i = 0; i < rule->post_count; i++) {
            for (uint32_t k = 0; k < count; k++) {
                const struct target *t = &targets[target[first + k]];
                trace[i][k] = decayed(proj, POST, i, t->trace[i], r->tick - t->last.tick);
            }
            post[i] = trace[i];
        }
        for (uint32_t k = 0; k < a->flight->times; k++)
            rule->on_pre(&(struct hk_plastic){.param = proj->plasticity_param,
                                              .w = weight + first,
                                              .count = count,
                                              .pre = pre,
                                              .post = post});
    }
}

/* Does the rule see an arrival before the spikes of that tick? Then it does when it is delivered.
 */
static bool sees_at_once(const struct hk_proj *proj) {
    return pair_of(proj)->coincident == HK_COINCIDENT_IGNORE ||
           pair_of(proj)->coincident == HK_COINCIDENT_PRE_FIRST;
}

static void arrive(struct round *r, const struct arrival *a) {
    const struct hk_proj *proj = r->proj;
    struct hk_late_row *row = a->flight->row;
    const hk_real *released = released_at(proj, a->at);
    hk_tick arrived = a->flight->last.tick + (r->tick - a->at);
    if (proj->learning)
        learn_row(proj, r->late->posts, row, &a->flight->last, arrived,
                  since_arrival(proj, arrived));
    for (uint32_t k = 0; k < a->flight->times; k++) {
        if (released)
            scatter_part(r->sum, hk_late_targets(row), hk_late_weights(row),
                         released[a->flight->unit], row->count);
        else
            scatter(r->sum, hk_late_targets(row), hk_late_weights(row), row->count);
    }
    r->events += (uint64_t)a->flight->times * row->count;
    if (!sees_at_once(proj)) return;
    if (proj->learning) see(r, a);
    go_to(a->flight, hk_late_next(row, sizeof(hk_real)));
}

static uint64_t deliver(const struct hk_proj *proj, int thread, hk_tick tick, void *sum) {
    struct hk_late *late = proj->parts[thread].late;
    size_t owned = proj->target->part[thread + 1] - proj->target->part[thread];
    struct round round; /* its list isn't cleared: that is done for each projection and tick */
    begin_round(&round, proj, thread, tick, sum);
    if (late->posts->last + owned >= late->posts->size || late->posts->deepest == DEPTH_MAX)
        settle_all(proj, thread, tick - 1);
    take_off_all(proj, thread, tick - proj->delay_min);
    each_arrival(&round, arrive);
    return round.events;
}

/* ---- after the membranes ---- */

static void see_afterwards(struct round *r, const struct arrival *a) {
    const struct hk_proj *proj = r->proj;
    hk_tick arrived = a->flight->last.tick + (r->tick - a->at);
    if (proj->learning && pair_of(proj)->coincident == HK_COINCIDENT_POST_FIRST)
        learn_row(proj, r->late->posts, a->flight->row, &a->flight->last, arrived, r->tick);
    if (proj->learning) see(r, a);
    go_to(a->flight, hk_late_next(a->flight->row, sizeof(hk_real)));
}

/* Spikes of the targets, and what has to wait for them. */
static void learn(struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_late *late = proj->parts[thread].late;
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->target, tick, thread, &units);
    for (uint32_t k = 0; late->posts->first == proj && k < count; k++)
        note_spike(proj, late->posts, units[k] - proj->target->part[thread], tick);
    if (sees_at_once(proj)) return;
    struct round round;
    begin_round(&round, proj, thread, tick, NULL);
    each_arrival(&round, see_afterwards);
}

/* ---- between runs ---- */

struct scaling {
    double *factor; /* [owned]: first the sum of a target's weights */
    hk_real *weight;
};

static void sum_up(void *context, hk_neuron source, hk_neuron target, hk_tick delay,
                   hk_syn stored) {
    const struct scaling *s = context;
    (void)source, (void)delay;
    s->factor[target] += (double)s->weight[stored];
}

static void scale(void *context, hk_neuron source, hk_neuron target, hk_tick delay, hk_syn stored) {
    const struct scaling *s = context;
    (void)source, (void)delay;
    s->weight[stored] *= (hk_real)s->factor[target];
}

static void normalise(struct hk_proj *proj, int thread, double total) {
    struct scaling s = {proj->parts[thread].late->sum, proj->parts[thread].weight};
    size_t owned = proj->target->part[thread + 1] - proj->target->part[thread];
    settle_all(proj, thread, proj->sim->now);
    memset(s.factor, 0, owned * sizeof *s.factor);
    hk_late_visit(proj, thread, sum_up, &s);
    for (size_t i = 0; i < owned; i++) s.factor[i] = s.factor[i] > 0.0 ? total / s.factor[i] : 1.0;
    hk_late_visit(proj, thread, scale, &s);
}

static void forget(struct hk_proj *proj, int thread) {
    struct hk_late *late = proj->parts[thread].late;
    struct source *sources = late->sources;
    struct target *targets = late->posts->targets;
    size_t owned = proj->target->part[thread + 1] - proj->target->part[thread];
    settle_all(proj, thread, proj->sim->now);
    for (size_t k = 0; k < late->slots; k++) late->slot[k].count = 0;
    for (size_t k = 0; k < proj->source->size; k++) sources[k] = (struct source){.tick = NEVER};
    for (size_t k = 0; k < owned; k++) targets[k] = (struct target){.last = {.tick = NEVER}};
}

const struct hk_kernels_late hk_kernels_late =
    {.learn = {.learn = learn, .settle = settle, .normalise = normalise, .forget = forget},
     .deliver = deliver,
     .source = sizeof(struct source),
     .target = sizeof(struct target),
     .note = sizeof(struct note)};
