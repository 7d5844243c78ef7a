/* Delivery of bundles (contract: sim/kernels.h): just in time, along the list of spikes in flight.
 *
 * A spike in flight knows where its next segment lies; behind that lies the one for the next tick,
 * so nothing is looked up. Rows lie anywhere in memory: the segments of the spikes some places
 * ahead are being fetched while one is added up, and the sums they end in are small enough for the
 * nearest caches. Sums are whole numbers, so it doesn't matter in which order, or how far ahead of
 * the rest of a tick, segments are added. */
#include "sim/sim_internal.h"

enum { AHEAD = 12, LINES_MAX = 12 };

static inline void fetch(const struct hk_inflight *spike) {
    for (size_t line = 0; line < spike->lines; line++)
        HK_PREFETCH_ONCE((const char *)spike->at + line * HK_CACHE_LINE);
}

static inline void add_packed(int32_t *restrict sums, const uint32_t *restrict synapse,
                              uint32_t count) {
    for (uint32_t k = 0; k < count; k++) sums[synapse[k] & 0xffff] += (int32_t)synapse[k] >> 16;
}

static inline void add_shared(int32_t *restrict sums, const uint16_t *restrict place,
                              int32_t weight, uint32_t count) {
    for (uint32_t k = 0; k < count; k++) sums[place[k]] += weight;
}

/* Mark the lines of sums that a run ends in: only where some sleep. */
static void mark_packed(unsigned char *restrict marks, const uint32_t *restrict synapse,
                        uint32_t count) {
    for (uint32_t k = 0; k < count; k++) marks[(synapse[k] & 0xffff) / HK_LINE_UNITS] = 1;
}

static void mark_shared(unsigned char *restrict marks, const uint16_t *restrict place,
                        uint32_t count) {
    for (uint32_t k = 0; k < count; k++) marks[place[k] / HK_LINE_UNITS] = 1;
}

/* Add one segment; returns the next. */
static const void *pass_packed(const struct hk_flight *flight, const uint32_t *at,
                               uint64_t *events) {
    for (bool last = false; !last;) {
        uint32_t header = *at++, count = hk_run_count(header);
        size_t first = (size_t)hk_run_page(header) * HK_PAGE;
        add_packed(flight->sums + first, at, count);
        if (flight->asleep) mark_packed(flight->marks + first / HK_LINE_UNITS, at, count);
        *events += count;
        at += count;
        last = hk_run_is_last(header);
    }
    return at;
}

static const void *pass_shared(const struct hk_flight *flight, const uint16_t *at, int32_t weight,
                               uint64_t *events) {
    for (bool last = false; !last;) {
        uint32_t header = at[0] | (uint32_t)at[1] << 16, count = hk_run_count(header);
        size_t first = (size_t)hk_run_page(header) * HK_PAGE;
        at += 2;
        add_shared(flight->sums + first, at, weight, count);
        if (flight->asleep) mark_shared(flight->marks + first / HK_LINE_UNITS, at, count);
        *events += count;
        at += count;
        last = hk_run_is_last(header);
    }
    return at;
}

static inline uint16_t lines_of(size_t bytes) {
    size_t lines = bytes / HK_CACHE_LINE + 1;
    return (uint16_t)(lines < LINES_MAX ? lines : LINES_MAX);
}

/* One segment of each spike from `first` on; those that have no more are taken out. The next
 * segment is taken to be as long as this one. */
static uint64_t pass(const struct hk_sim *sim, struct hk_flight *flight, size_t first) {
    struct hk_inflight *spikes = flight->spikes.data;
    size_t count = flight->count, kept = first;
    uint64_t events = 0;
    for (size_t k = first; k < count && k < first + AHEAD; k++) fetch(&spikes[k]);
    for (size_t k = first; k < count; k++) {
        struct hk_inflight spike = spikes[k];
        const struct hk_bundle *bundle = sim->bundles[spike.bundle];
        const char *at = spike.at;
        if (k + AHEAD < count) fetch(&spikes[k + AHEAD]);
        spike.at = bundle->is_shared ? pass_shared(flight, spike.at, bundle->weight, &events)
                                     : pass_packed(flight, spike.at, &events);
        spike.lines = lines_of((size_t)((const char *)spike.at - at));
        spike.left--;
        spikes[kept] = spike;
        kept += spike.left > 0;
    }
    flight->count = kept;
    return events;
}

static struct hk_inflight start_of(const struct hk_bundle *bundle,
                                   const struct hk_bundle_part *part, hk_neuron source) {
    hk_syn start = part->start[source];
    const void *at = bundle->is_shared ? (const void *)(part->shared + start)
                                       : (const void *)(part->packed + start);
    size_t bytes = (part->start[source + 1] - start) *
                   (bundle->is_shared ? sizeof *part->shared : sizeof *part->packed);
    return (struct hk_inflight){.at = at,
                                .bundle = (uint32_t)bundle->index,
                                .left = (uint16_t)bundle->delays,
                                .lines = lines_of(bytes / bundle->delays)};
}

/* Spikes of `at` whose first segments arrive now. */
static bool take_off(const struct hk_sim *sim, struct hk_flight *flight,
                     const struct hk_bundle *bundle, hk_tick at) {
    const struct hk_bundle_part *part = &flight->parts[bundle->index];
    for (int owner = 0; owner < sim->threads; owner++) {
        const uint32_t *units;
        uint32_t count = hk_spikes(sim, bundle->source, at, owner, &units);
        if (!hk_block_reserve(&flight->spikes, flight->count + count, sizeof(struct hk_inflight),
                              &flight->err))
            return false;
        struct hk_inflight *spikes = flight->spikes.data;
        for (uint32_t i = 0; i < count; i++)
            spikes[flight->count++] = start_of(bundle, part, units[i]);
    }
    return true;
}

static uint64_t launch(const struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_flight *flight = &sim->flights[thread];
    size_t first = flight->count;
    for (size_t b = 0; b < sim->bundle_count; b++) {
        hk_tick at = tick - sim->bundles[b]->delay_min;
        if (at > 0 && !take_off(sim, flight, sim->bundles[b], at)) break;
    }
    return pass(sim, flight, first);
}

static uint64_t advance(const struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_flight *flight = &sim->flights[thread];
    if (flight->tick >= tick) return 0;
    flight->tick = tick;
    return pass(sim, flight, 0);
}

const struct hk_kernels_bundle hk_kernels_bundle = {.launch = launch, .advance = advance};
