/* Rows that learn late (sim/late.h; contract: sim/kernels.h): spikes on their way to them. How they
 * learn is in sim/kernels/notes.h. When there are many notes, all rows learn, and notes begin anew.
 *
 * A spike that departs prepares its rows, all of them at once: they learn what there is to learn,
 * the weights that the spike is to find are set aside, and then they learn from the spike,
 * supposing that no target fires before it arrives. At rows of the least delay it arrives there and
 * then. A synapse whose target did fire does it again when the spike arrives, from the weight that
 * was set aside. Rows at which an earlier spike still has to arrive can't be prepared, nor can
 * those that see a tick's post spikes first: these learn when the spike arrives. */
#include "sim/kernels/cargo.h"
#include "sim/kernels/rows.h"

/* ---- spikes that depart ---- */

/* What is done with all that arrives at a tick, in canonical order: by delay, owner, unit. */
struct round {
    const struct hk_proj *proj;
    const struct hk_late *late;
    hk_tick tick;
    hk_real *sum;
    uint64_t events;
};

/* The spikes of one owner at a tick, which begin to arrive; returns where the next one's come. */
static struct flight *take_off(const struct hk_proj *proj, const struct hk_late *late, hk_tick tick,
                               int owner, struct flight *flight) {
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->source, tick, owner, &units);
    for (uint32_t k = 0; k < count; k++) {
        struct source *s = (struct source *)late->sources + units[k];
        bool again = s->tick == tick;
        if (!again) {
            struct hk_late_axon *axon = hk_late_axon(late, units[k]);
            HK_PREFETCH(axon);
            *flight++ = (struct flight){.axon = axon, .unit = units[k], .last = *s};
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

/* What a spike of `at`, or more than one, finds at some synapses. */
static inline void give(struct round *r, const struct flight *flight, hk_tick at,
                        const uint32_t *target, const hk_real *weight, uint32_t count) {
    const hk_real *released = released_at(r->proj, at);
    for (uint32_t k = 0; k < flight->times; k++) {
        if (released)
            scatter_part(r->sum, target, weight, released[flight->unit], count);
        else
            scatter(r->sum, target, weight, count);
    }
    r->events += (uint64_t)flight->times * count;
}

/* All rows that can be, of a flight of the spikes of `at`, which arrive from now on. Returns how
 * many synapses are; what is given to them later is in the room for that. */
static uint32_t prepare(struct round *r, const struct flight *flight, hk_tick at) {
    const struct hk_proj *proj = r->proj;
    struct hk_late_posts *posts = r->late->posts;
    hk_real *given = r->late->given;
    const uint32_t at_once = synapses_at_once(proj, flight->axon);
    if (!proj->learning)
        give(r, flight, at, hk_late_targets(flight->axon), hk_late_weights(flight->axon), at_once);
    if (!proj->learning || !sees_at_once(proj)) return 0;
    /* The last spike has arrived there. */
    const uint32_t prepared = synapses_within(flight->axon, at - flight->last.tick - 1);
    struct piece piece;
    begin_pieces(&piece, flight->axon, hk_late_rows(flight->axon), 0, prepared);
    for (uint32_t first = 0; next_piece(proj, posts, &piece); first += piece.count) {
        learn_piece(proj, posts, &piece, &flight->last, NEVER);
        if (first < at_once) {
            uint32_t left = at_once - first;
            give(r, flight, at, piece.target, piece.weight,
                 left < piece.count ? left : piece.count);
        }
        if (at_once < prepared) memcpy(given + first, piece.weight, piece.count * sizeof *given);
        see_piece(proj, posts, &piece, &flight->last, flight->times, at);
    }
    return prepared;
}

/* All spikes at `at`. Where there is no room for them, the thread's hk_flight has the error. */
static void take_off_all(struct round *r, int thread, hk_tick at) {
    const struct hk_proj *proj = r->proj;
    struct hk_late *late = proj->parts[thread].late;
    struct hk_late_slot *slot = slot_of(late, at);
    struct hk_err *err = &proj->sim->flights[thread].err;
    const uint32_t *units;
    size_t count = 0;
    slot->count = slot->next = slot->end = 0;
    for (int owner = 0; at > 0 && owner < proj->sim->threads; owner++)
        count += hk_spikes(proj->sim, proj->source, at, owner, &units);
    if (!count || !hk_block_reserve(&slot->flights, count, sizeof(struct flight), err)) return;
    struct flight *first = slot->flights.data, *next = first;
    for (int owner = 0; owner < proj->sim->threads; owner++)
        next = take_off(proj, late, at, owner, next);
    slot->count = (size_t)(next - first);
    size_t bytes = plan_cargo(proj, late, slot);
    if (!make_room(late, at, bytes, err)) return;
    begin_crates(proj, late, slot->next);
    for (uint32_t k = 0; k < slot->count; k++) {
        const struct flight *f = &first[k + 1];
        if (k + 1 < slot->count)
            fetch_synapses(hk_late_targets(f->axon), f->weight, f->axon->synapses);
        first[k].prepared = prepare(r, &first[k], at);
        load_flight(proj, late, slot, k);
    }
    slot->end = slot->next + bytes;
}

/* ---- bringing all to date ---- */

/* So many synapses, those of `row` and the rows after it, learn from notes of `from` on since spike
 * `last` arrived there. */
static void learn_rows(const struct hk_proj *proj, const struct hk_late *late,
                       struct hk_late_axon *axon, const struct hk_late_row *row, uint32_t first,
                       uint32_t synapses, const struct source *last, hk_tick from) {
    struct piece piece;
    begin_pieces(&piece, axon, row, first, synapses);
    while (next_piece(proj, late->posts, &piece))
        learn_piece(proj, late->posts, &piece, last, from);
}

/* Rows at which a source's last spike has arrived. */
static void settle_source(const struct hk_proj *proj, const struct hk_late *late, size_t unit,
                          hk_tick tick) {
    struct hk_late_axon *axon = hk_late_axon(late, unit);
    const struct source *last = (const struct source *)late->sources + unit;
    const uint32_t count = synapses_within(axon, tick - last->tick - proj->delay_min);
    learn_rows(proj, late, axon, hk_late_rows(axon), 0, count, last, NEVER);
}

/* Rows at which spikes of `at` haven't arrived. What was prepared is as it was before. */
static void settle_crate(const struct hk_proj *proj, const struct hk_late *late, hk_tick at,
                         struct crate *crate, hk_tick tick) {
    const struct flight *flights = slot_of(late, at)->flights.data;
    const struct parcel *parcel = parcels_in(crate), *end = parcel + crate->parcels;
    const hk_real *given = given_in(crate);
    for (; parcel < end; given += parcel++->count) {
        const struct flight *flight = &flights[parcel->flight];
        const bool prepared = parcel->first < flight->prepared;
        if (prepared) memcpy(flight->weight + parcel->first, given, parcel->count * sizeof *given);
        const struct hk_late_row row = {parcel->count, crate->delay};
        if (flight->last.tick + proj->delay_min + row.delay > tick) continue;
        learn_rows(proj, late, flight->axon, &row, parcel->first, row.count, &flight->last,
                   prepared ? at + proj->delay_min : NEVER);
    }
    crate->plain = false;
}

static void settle_slot(const struct hk_proj *proj, const struct hk_late *late, hk_tick at,
                        hk_tick tick) {
    const struct hk_late_slot *slot = slot_of(late, at);
    struct flight *flights = slot->flights.data;
    for (size_t k = slot->next; k < slot->end;) {
        struct crate *crate = crate_at(late, k);
        settle_crate(proj, late, at, crate, tick);
        k += crate_size(crate->parcels, crate->synapses);
    }
    for (size_t k = 0; k < slot->count; k++) flights[k].prepared = 0;
}

static void settle_rows(const struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_late *late = proj->parts[thread].late;
    hk_tick first = tick + 1 - proj->delay_min - (hk_tick)proj->delays;
    for (size_t unit = 0; late->posts->deepest && unit < proj->source->size; unit++)
        settle_source(proj, late, unit, tick);
    for (hk_tick at = first > 0 ? first : 1; at <= tick - proj->delay_min; at++)
        settle_slot(proj, late, at, tick);
}

/* All rows that learn from the same notes do, up to `tick`, and notes begin anew. */
static void settle_all(const struct hk_proj *proj, int thread, hk_tick tick) {
    const struct hk_pop *pop = proj->target;
    struct hk_late_posts *posts = proj->parts[thread].late->posts;
    size_t owned = hk_pop_owned(pop, thread);
    for (size_t k = 0; k < pop->incoming_count; k++)
        if (pop->incoming[k]->storage == HK_STORE_LATE && pop->incoming[k]->learning &&
            pop->incoming[k]->parts[thread].late->posts == posts)
            settle_rows(pop->incoming[k], thread, tick);
    const hk_tick before = posts->settled;
    posts->settled = tick;
    for (size_t k = 0; k < owned; k++) posts->tick[k] = near_tick(posts, before + posts->tick[k]);
    if (posts->deepest) memset(posts->depth, 0, owned * sizeof *posts->depth);
    posts->last = (uint32_t)owned;
    posts->deepest = 0;
}

static void settle(struct hk_proj *proj, int thread, hk_tick tick) {
    settle_all(proj, thread, tick);
}

/* ---- arrivals ---- */

/* A crate that arrives. */
struct arrival {
    hk_tick at; /* the tick of its spikes */
    const struct flight *flights;
    struct crate *crate;
};
typedef void arrival_action(struct round *round, const struct arrival *arrival);

/* Cargo is read once, from one slot after the other, so it is asked for some slots ahead. */
enum { LINES_AHEAD = 12, SLOTS_AHEAD = 2 };
static inline void fetch_cargo(const struct hk_late *late, hk_tick at) {
    const struct hk_late_slot *slot = slot_of(late, at);
    for (size_t k = 0; slot->next < slot->end && k < LINES_AHEAD; k++)
        HK_PREFETCH((const char *)crate_at(late, slot->next) + k * HK_CACHE_LINE);
}

/* `done`: it needn't arrive again. */
static inline void each_arrival(struct round *r, arrival_action *action, bool done) {
    for (uint32_t delay = 0; delay < r->proj->delays; delay++) {
        hk_tick at = r->tick - r->proj->delay_min - delay;
        if (at <= 0) break;
        struct hk_late_slot *slot = slot_of(r->late, at);
        fetch_cargo(r->late, at - SLOTS_AHEAD);
        if (slot->next >= slot->end) continue;
        struct crate *crate = crate_at(r->late, slot->next);
        if (crate->delay != delay) continue;
        size_t size = crate_size(crate->parcels, crate->synapses);
        for (size_t line = LINES_AHEAD; line * HK_CACHE_LINE < size; line++)
            HK_PREFETCH((const char *)crate + line * HK_CACHE_LINE);
        action(r, &(struct arrival){at, slot->flights.data, crate});
        if (done) slot->next += size;
    }
}

static inline struct hk_late_row row_of(const struct arrival *a, const struct parcel *parcel) {
    return (struct hk_late_row){parcel->count, a->crate->delay};
}

static void learn_row(const struct round *r, const struct arrival *a, const struct parcel *parcel,
                      hk_tick from) {
    const struct flight *flight = &a->flights[parcel->flight];
    const struct hk_late_row row = row_of(a, parcel);
    learn_rows(r->proj, r->late, flight->axon, &row, parcel->first, row.count, &flight->last, from);
}

/* The rule sees spikes that have arrived at a row. */
static void see_row(const struct round *r, const struct arrival *a, const struct parcel *parcel) {
    const struct flight *flight = &a->flights[parcel->flight];
    const struct hk_late_row row = row_of(a, parcel);
    struct piece piece;
    begin_pieces(&piece, flight->axon, &row, parcel->first, row.count);
    while (next_piece(r->proj, r->late->posts, &piece))
        see_piece(r->proj, r->late->posts, &piece, &flight->last, flight->times, a->at);
}

/* Synapses of a crate that do it again, beginning with what was given to them. */
struct mending {
    size_t synapse[TOGETHER];
    uint32_t count, target[TOGETHER];
};

/* Those first..end, which are a parcel's that begins at `begin`. */
static void mend_parcel(const struct round *r, const struct arrival *a, const struct parcel *parcel,
                        size_t begin, struct mending *m, uint32_t first, uint32_t end) {
    const struct hk_late_posts *posts = r->late->posts;
    const struct flight *flight = &a->flights[parcel->flight];
    const size_t *synapse = m->synapse + first;
    const uint32_t count = end - first;
    hk_real *given = given_in(a->crate), w[TOGETHER];
    hk_real *weight = flight->weight + parcel->first;
    struct piece piece;
    piece.target = m->target + first;
    piece.weight = w;
    piece.count = count;
    for (uint32_t j = 0; j < count; j++) {
        piece.delay[j] = (uint32_t)r->proj->delay_min + a->crate->delay;
        w[j] = given[synapse[j]];
    }
    look_up(r->proj, posts, &piece);
    learn_piece(r->proj, posts, &piece, &flight->last, a->at + r->proj->delay_min);
    for (uint32_t j = 0; j < count; j++) given[synapse[j]] = w[j];
    see_piece(r->proj, posts, &piece, &flight->last, flight->times, a->at);
    for (uint32_t j = 0; j < count; j++) weight[synapse[j] - begin] = w[j];
}

static void mend(const struct round *r, const struct arrival *a, struct mending *m) {
    const struct parcel *parcel = parcels_in(a->crate);
    size_t begin = 0;
    for (uint32_t first = 0, end = 0; first < m->count; first = end) {
        while (m->synapse[first] >= begin + parcel->count) begin += parcel++->count;
        while (end < m->count && m->synapse[end] < begin + parcel->count) end++;
        if (parcel->first < a->flights[parcel->flight].prepared)
            mend_parcel(r, a, parcel, begin, m, first, end);
    }
    m->count = 0;
}

/* Those whose targets have fired since the flights departed; few have, and those bits are near. */
static inline void mend_some(const struct round *r, const struct arrival *a) {
    const struct hk_late_posts *posts = r->late->posts;
    const int32_t departed = near_tick(posts, a->at + r->proj->delay_min);
    const uint32_t *target = targets_in(a->crate);
    struct mending m;
    m.count = 0;
    for (size_t k = 0; k < a->crate->synapses; k++) {
        if (!fired_lately(posts, target[k]) || posts->tick[target[k]] < departed) continue;
        m.synapse[m.count] = k;
        m.target[m.count++] = target[k];
        if (m.count == TOGETHER) mend(r, a, &m);
    }
    if (m.count) mend(r, a, &m);
}

/* A spike, or more than one, arrives at a row, prepared or not. */
static void arrive_at_row(struct round *r, const struct arrival *a, const struct parcel *parcel,
                          const uint32_t *target, const hk_real *given) {
    const struct hk_proj *proj = r->proj;
    const struct flight *flight = &a->flights[parcel->flight];
    const bool prepared = parcel->first < flight->prepared;
    const hk_real *weight = prepared ? given : flight->weight + parcel->first;
    if (!prepared && proj->learning) learn_row(r, a, parcel, NEVER);
    give(r, flight, a->at, target, weight, parcel->count);
    if (!prepared && proj->learning && sees_at_once(proj)) see_row(r, a, parcel);
}

static void arrive(struct round *r, const struct arrival *a) {
    const struct parcel *parcel = parcels_in(a->crate), *end = parcel + a->crate->parcels;
    const uint32_t *target = targets_in(a->crate);
    const hk_real *given = given_in(a->crate);
    if (sees_at_once(r->proj)) mend_some(r, a);
    if (a->crate->plain && !released_at(r->proj, a->at)) {
        scatter(r->sum, target, given, a->crate->synapses);
        r->events += a->crate->synapses;
        return;
    }
    for (; parcel < end; parcel++) {
        arrive_at_row(r, a, parcel, target, given);
        target += parcel->count;
        given += parcel->count;
    }
}

static bool must_settle(const struct hk_late_posts *posts, size_t owned, hk_tick tick) {
    return posts->last + owned >= posts->size || posts->deepest == DEPTH_MAX ||
           tick - posts->settled >= HK_LATE_AGO;
}

static uint64_t deliver(const struct hk_proj *proj, int thread, hk_tick tick, void *sum) {
    struct hk_late *late = proj->parts[thread].late;
    size_t owned = hk_pop_owned(proj->target, thread);
    struct round round = {.proj = proj, .late = late, .tick = tick, .sum = sum};
    if (must_settle(late->posts, owned, tick)) settle_all(proj, thread, tick - 1);
    take_off_all(&round, thread, tick - proj->delay_min);
    each_arrival(&round, arrive, sees_at_once(proj));
    return round.events;
}

/* ---- after the membranes ---- */

static void see_afterwards(struct round *r, const struct arrival *a) {
    const struct hk_proj *proj = r->proj;
    const struct parcel *parcel = parcels_in(a->crate), *end = parcel + a->crate->parcels;
    for (; proj->learning && parcel < end; parcel++) {
        if (pair_of(proj)->coincident == HK_COINCIDENT_POST_FIRST) learn_row(r, a, parcel, r->tick);
        see_row(r, a, parcel);
    }
}

/* Spikes of the targets, and what has to wait for them. */
static void learn(struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_late *late = proj->parts[thread].late;
    size_t begin = proj->target->part[thread], owned = proj->target->part[thread + 1] - begin;
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->target, tick, thread, &units);
    if (late->posts->first == proj) {
        forget_fired(late->posts, owned, tick);
        for (uint32_t k = 0; k < count; k++) note_spike(proj, late->posts, units[k] - begin, tick);
    }
    if (sees_at_once(proj)) return;
    struct round round = {.proj = proj, .late = late, .tick = tick};
    each_arrival(&round, see_afterwards, true);
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
    size_t owned = hk_pop_owned(proj->target, thread);
    settle_all(proj, thread, proj->sim->now);
    memset(s.factor, 0, owned * sizeof *s.factor);
    hk_late_visit(proj, thread, sum_up, &s);
    for (size_t i = 0; i < owned; i++) s.factor[i] = s.factor[i] > 0.0 ? total / s.factor[i] : 1.0;
    hk_late_visit(proj, thread, scale, &s);
}

static void forget(struct hk_proj *proj, int thread) {
    struct hk_late *late = proj->parts[thread].late;
    struct source *sources = late->sources;
    size_t owned = hk_pop_owned(proj->target, thread);
    if (proj->sim->built) settle_all(proj, thread, proj->sim->now);
    for (size_t k = 0; k < late->slots; k++) late->slot[k].next = late->slot[k].end = 0;
    for (size_t k = 0; k < proj->source->size; k++) sources[k] = (struct source){.tick = NEVER};
    for (size_t k = 0; k < owned; k++) late->posts->tick[k] = -HK_LATE_AGO;
    for (size_t i = 0; i < HK_TRACE_MAX; i++)
        memset(late->posts->after[i], 0, owned * sizeof(hk_real));
}

const struct hk_kernels_late hk_kernels_late =
    {.learn = {.learn = learn, .settle = settle, .normalise = normalise, .forget = forget},
     .deliver = deliver,
     .source = sizeof(struct source),
     .note = sizeof(struct note)};
