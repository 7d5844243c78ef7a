/* Delivery of bundles (contract: sim/kernels.h): just in time, along the lists of spikes in flight.
 *
 * A spike in flight knows where its next segment lies and how long it is; behind that lies the one
 * for the next tick, so nothing is looked up, and what a tick will need is fetched a tick before.
 * Short runs are copied side by side before they are added: that takes one long loop instead of
 * many whose ends nobody foresees. Sums are whole numbers, and small enough for the nearest caches;
 * it doesn't matter in which order, or how far ahead of the rest of a tick, segments are added.
 *
 * Narrow ones are added where they lie. In double precision all are, because the order matters: it
 * is that of the lists, of departure and of sources. */
#include "sim/sim_internal.h"

#include "sim/real.h"

#include <string.h>

enum {
    AHEAD = 12, /* spikes before their turn first segments are asked for, */
    NEAR = 8,   /* and others again: so many lines of each */
    NEAR_LINES = 4,
    NEAR_WEIGHT_LINES = 8, /* of as many weights, or more */
    LINES_MAX = 12,
    LINE_WORDS = HK_CACHE_LINE / sizeof(uint32_t),
    EXACT = sizeof(hk_sum) == sizeof(double) /* in double precision */
};

static inline void add_one(hk_sum *restrict sums, uint32_t synapse) {
    sums[synapse & 0xffff] += (int32_t)synapse >> 16;
}

static inline void add_packed(hk_sum *restrict sums, const uint32_t *restrict synapse,
                              uint32_t count) {
    HK_UNROLLED
    for (uint32_t k = 0; k < count; k++) add_one(sums, synapse[k]);
}

static inline void add_exact(hk_sum *restrict sums, const uint16_t *restrict place,
                             const double *restrict weight, uint32_t count) {
    HK_UNROLLED
    for (uint32_t k = 0; k < count; k++) sums[place[k]] += (hk_sum)weight[k];
}

static inline void add_shared(hk_sum *restrict sums, const uint16_t *restrict place, hk_sum weight,
                              uint32_t count) {
    HK_UNROLLED
    for (uint32_t k = 0; k < count; k++) sums[place[k]] += weight;
}

static inline hk_sum *page_of(const struct hk_flight *flight, uint32_t page) {
    hk_sum *sums = (hk_sum *)flight->sums + (size_t)page * HK_PAGE;
    HK_OPAQUE(sums);
    return sums;
}

/* Mark the sum that a synapse ends in, and list its group if that is the first one of a group that
 * sleeps: only where some do. Without branches, which nobody would foresee. */
static inline void mark(struct hk_flight *flight, size_t slot) {
    const size_t group = slot / HK_GROUP;
    const uint64_t before = flight->marks[group];
    flight->marked[flight->marked_count] = (uint32_t)group;
    flight->marked_count += before == 0;
    flight->marks[group] = before | UINT64_C(1) << slot % HK_GROUP;
}

static void mark_packed(struct hk_flight *flight, size_t first, const uint32_t *restrict synapse,
                        uint32_t count) {
    for (uint32_t k = 0; k < count; k++) mark(flight, first + (synapse[k] & 0xffff));
}

static void mark_narrow(struct hk_flight *flight, size_t first, const uint16_t *restrict place,
                        uint32_t count) {
    for (uint32_t k = 0; k < count; k++) mark(flight, first + place[k]);
}

/* ---- runs, side by side ---- */

enum { LONG = 256, ROOM = 2048, COPIED_PAGES = 2 };

/* Copies of runs that end in one page. */
struct copies {
    uint32_t count;
    _Alignas(HK_CACHE_LINE) uint32_t synapse[ROOM + HK_RUN_COPIED];
};

static void add_run(struct hk_flight *flight, uint32_t page, const uint32_t *synapse,
                    uint32_t count) {
    add_packed(page_of(flight, page), synapse, count);
    if (flight->asleep) mark_packed(flight, (size_t)page * HK_PAGE, synapse, count);
    flight->events += count;
}

static void add_copies(struct hk_flight *flight, struct copies *copies, uint32_t page) {
    add_run(flight, page, copies[page].synapse, copies[page].count);
    copies[page].count = 0;
}

static void open_copies(struct copies *copies) {
    for (uint32_t page = 0; page < COPIED_PAGES; page++) copies[page].count = 0;
}

static void close_copies(struct hk_flight *flight, struct copies *copies) {
    for (uint32_t page = 0; page < COPIED_PAGES; page++) add_copies(flight, copies, page);
}

/* As many as a register holds: for an unknown processor gcc's memcpy takes 16 bytes at a time. */
typedef uint32_t words __attribute__((vector_size(HK_VECTOR_BYTES), aligned(4), may_alias));

/* A line of the copy, and one of what lies behind the run: in most rows the segment that follows,
 * about as long as this one. So one loop does both, and the few short trips that nobody foresees
 * are made once. */
static inline void copy_line(uint32_t *restrict out, const uint32_t *restrict run, uint32_t k,
                             const uint32_t *next) {
    for (uint32_t i = k; i < k + LINE_WORDS; i += sizeof(words) / sizeof *run)
        *(words *)(out + i) = *(const words *)(run + i);
    HK_PREFETCH(next + k);
}

static inline void copy_run(struct hk_flight *flight, struct copies *copies, uint32_t header,
                            const uint32_t *run) {
    const uint32_t page = hk_run_page(header), count = hk_run_count(header);
    uint32_t *out = copies[page].synapse + copies[page].count, k = 0;
    const uint32_t *next = run + count;
    for (; k < HK_RUN_COPIED; k += LINE_WORDS) copy_line(out, run, k, next);
    for (; k < count; k += LINE_WORDS) copy_line(out, run, k, next);
    HK_PREFETCH(next + k);
    copies[page].count += count;
    if (copies[page].count > ROOM - LONG) add_copies(flight, copies, page);
}

static inline bool is_copied(uint32_t header) {
    return hk_run_page(header) < COPIED_PAGES && hk_run_count(header) <= LONG;
}

/* ---- segments ---- */

static inline void fetch(const char *at, size_t bytes) {
    const char *end = at + bytes, *next = at - (uintptr_t)at % HK_CACHE_LINE;
    for (int line = 0; line < LINES_MAX && next < end; line++, next += HK_CACHE_LINE)
        HK_PREFETCH(next);
}

static inline uint32_t header_at(const void *at, bool narrow) {
    const uint16_t *halves = at;
    return narrow ? halves[0] | (uint32_t)halves[1] << 16 : *(const uint32_t *)at;
}

static inline bool has_weights(const struct hk_bundle_part *part) {
    return EXACT && part->exact;
}

/* The weights of places. */
static inline const double *weights_at(const struct hk_bundle_part *part, const void *at) {
    return part->exact + ((const uint16_t *)at - part->narrow);
}

/* So many bytes of a row, and weights that belong to them. */
static inline void fetch_both(const struct hk_bundle_part *part, const void *at, size_t bytes) {
    fetch(at, bytes);
    if (has_weights(part))
        fetch((const char *)weights_at(part, at), bytes / sizeof(uint16_t) * sizeof(double));
}

/* What comes of a spike at the next tick, behind the segment that ends at `at`: as long as its
 * header says; of several runs, as long as that segment. */
static inline void fetch_next(const struct hk_bundle_part *part, const struct hk_inflight *spike,
                              const void *at, bool narrow) {
    if (at == spike->end) return;
    const uint32_t header = header_at(at, narrow);
    size_t run = (size_t)hk_run_count(header) * (narrow ? sizeof(uint16_t) : sizeof(uint32_t)) +
                 2 * sizeof(uint32_t); /* both headers */
    size_t passed = (size_t)((const char *)at - (const char *)spike->at);
    fetch_both(part, at, hk_run_is_last(header) ? run : passed);
}

/* A segment that was asked for a tick ago may have left the nearest cache. */
static inline void fetch_again(const struct hk_bundle_part *part, const struct hk_inflight *spike) {
    for (size_t line = 0; line < NEAR_LINES; line++)
        HK_PREFETCH((const char *)spike->at + line * HK_CACHE_LINE);
    for (size_t line = 0; has_weights(part) && line < NEAR_WEIGHT_LINES; line++)
        HK_PREFETCH((const char *)weights_at(part, spike->at) + line * HK_CACHE_LINE);
}

/* A first segment, taken to be as long as those of its row are in the mean. */
static inline void fetch_first(const struct hk_bundle *bundle, const struct hk_bundle_part *part,
                               const struct hk_inflight *spike) {
    size_t row = (size_t)((const char *)spike->end - (const char *)spike->at);
    fetch_both(part, spike->at, row / bundle->delays + 1);
}

/* A segment of several runs, or of a long one; returns the next. */
static const void *pass_runs(struct hk_flight *flight, const struct hk_bundle_part *part,
                             struct copies *copies, const struct hk_inflight *spike) {
    const uint32_t *at = spike->at;
    for (uint32_t header = spike->header;; header = *at) {
        if (is_copied(header))
            copy_run(flight, copies, header, at + 1);
        else
            add_run(flight, hk_run_page(header), at + 1, hk_run_count(header));
        at += 1 + hk_run_count(header);
        if (hk_run_is_last(header)) break;
    }
    fetch_next(part, spike, at, false);
    return at;
}

/* A segment, copied or added; returns the next. Most are one short run. */
static inline const void *pass_packed(struct hk_flight *flight, const struct hk_bundle_part *part,
                                      struct copies *copies, const struct hk_inflight *spike) {
    const uint32_t header = spike->header, *at = spike->at;
    if (!hk_run_is_last(header) || !is_copied(header))
        return pass_runs(flight, part, copies, spike);
    copy_run(flight, copies, header, at + 1);
    return at + 1 + hk_run_count(header);
}

/* A narrow segment, added; returns the next. */
static inline const void *pass_narrow(struct hk_flight *flight, const struct hk_bundle_part *part,
                                      hk_sum weight, const struct hk_inflight *spike) {
    const uint16_t *at = spike->at;
    for (uint32_t header = spike->header;; header = header_at(at, true)) {
        const uint32_t count = hk_run_count(header), page = hk_run_page(header);
        at += 2;
        if (has_weights(part))
            add_exact(page_of(flight, page), at, weights_at(part, at), count);
        else
            add_shared(page_of(flight, page), at, weight, count);
        if (flight->asleep) mark_narrow(flight, (size_t)page * HK_PAGE, at, count);
        flight->events += count;
        at += count;
        if (hk_run_is_last(header)) break;
    }
    fetch_next(part, spike, at, true);
    return at;
}

/* One segment of each spike of a bundle from `first` on; those that have no more are taken out.
 * First segments are asked for AHEAD of their turn, the first of them by take_off; the others were
 * `foreseen`. Made once for each of the last two, so that the common loop, known packed segments,
 * is short enough for the registers. */
HK_INLINE void pass_by(struct hk_flight *flight, const struct hk_bundle *bundle,
                       struct copies *copies, size_t first, bool foreseen, bool narrow) {
    struct hk_bundle_part *part = &flight->parts[bundle->index];
    if (part->spike_count == first) return;
    struct hk_inflight *spikes = part->spikes.data, *kept = spikes + first;
    struct hk_inflight *end = spikes + part->spike_count;
    for (struct hk_inflight *s = kept; s < end; s++) {
        const void *row_end = s->end, *at;
        if (!foreseen) s->header = header_at(s->at, narrow);
        if (!foreseen && end - s > AHEAD) fetch_first(bundle, part, s + AHEAD);
        if (foreseen && end - s > NEAR) fetch_again(part, s + NEAR);
        at = narrow ? pass_narrow(flight, part, (hk_sum)bundle->weight, s)
                    : pass_packed(flight, part, copies, s);
        if (at == row_end) continue;
        *kept++ = (struct hk_inflight){.at = at, .end = row_end, .header = header_at(at, narrow)};
    }
    part->spike_count = (size_t)(kept - spikes);
}

HK_INLINE void pass(struct hk_flight *flight, const struct hk_bundle *bundle, struct copies *copies,
                    size_t first, bool foreseen) {
    if (bundle->is_narrow)
        pass_by(flight, bundle, copies, first, foreseen, true);
    else
        pass_by(flight, bundle, copies, first, foreseen, false);
}

/* ---- spikes ---- */

static struct hk_inflight start_of(const struct hk_bundle *bundle,
                                   const struct hk_bundle_part *part, hk_neuron source) {
    hk_syn start = part->start[source], end = part->start[source + 1];
    struct hk_inflight spike = {.header = 0};
    spike.at = bundle->is_narrow ? (const void *)(part->narrow + start) : part->packed + start;
    spike.end = bundle->is_narrow ? (const void *)(part->narrow + end) : part->packed + end;
    return spike;
}

/* Where the rows of a tick's spikes begin is all over memory: ask for all before reading any. */
static void fetch_starts(const struct hk_sim *sim, const struct hk_flight *flight, hk_tick tick) {
    for (size_t b = 0; b < sim->bundle_count; b++) {
        const struct hk_bundle *bundle = sim->bundles[b];
        const hk_syn *start = flight->parts[b].start;
        hk_tick at = tick - bundle->delay_min;
        for (int owner = 0; at > 0 && owner < sim->threads; owner++) {
            const uint32_t *units;
            uint32_t count = hk_spikes(sim, bundle->source, at, owner, &units);
            for (uint32_t i = 0; i < count; i++) HK_PREFETCH(start + units[i]);
        }
    }
}

/* Spikes of `at` whose first segments arrive now, behind those in flight. */
static bool take_off(const struct hk_sim *sim, struct hk_flight *flight,
                     const struct hk_bundle *bundle, hk_tick at) {
    struct hk_bundle_part *part = &flight->parts[bundle->index];
    const size_t first = part->spike_count;
    for (int owner = 0; owner < sim->threads; owner++) {
        const uint32_t *units;
        uint32_t count = hk_spikes(sim, bundle->source, at, owner, &units);
        if (!hk_block_reserve(&part->spikes, part->spike_count + count, sizeof(struct hk_inflight),
                              &flight->err))
            return false;
        struct hk_inflight *spikes = part->spikes.data;
        for (uint32_t i = 0; i < count; i++) {
            struct hk_inflight *spike = &spikes[part->spike_count];
            *spike = start_of(bundle, part, units[i]);
            if (part->spike_count < first + AHEAD) fetch_first(bundle, part, spike);
            part->spike_count += spike->at != spike->end;
        }
    }
    return true;
}

static uint64_t launch(const struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_flight *flight = &sim->flights[thread];
    struct copies copies[COPIED_PAGES];
    flight->events = 0;
    fetch_starts(sim, flight, tick);
    open_copies(copies);
    for (size_t b = 0; b < sim->bundle_count; b++) {
        hk_tick at = tick - sim->bundles[b]->delay_min;
        size_t first = flight->parts[b].spike_count;
        if (at > 0 && !take_off(sim, flight, sim->bundles[b], at)) break;
        pass(flight, sim->bundles[b], copies, first, false);
    }
    close_copies(flight, copies);
    return flight->events;
}

static uint64_t advance(const struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_flight *flight = &sim->flights[thread];
    struct copies copies[COPIED_PAGES];
    if (flight->tick >= tick) return 0;
    flight->tick = tick;
    flight->events = 0;
    open_copies(copies);
    for (size_t b = 0; b < sim->bundle_count; b++) pass(flight, sim->bundles[b], copies, 0, true);
    close_copies(flight, copies);
    return flight->events;
}

const struct hk_kernels_bundle hk_kernels_bundle = {.launch = launch, .advance = advance};
