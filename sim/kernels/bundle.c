/* Delivery of bundles (contract: sim/kernels.h): just in time, a list of segments at a time.
 *
 * A segment is the synapses of one source at one delay. First the segments of all spikes that arrive
 * at this tick are listed, then walked, while those some places ahead are being fetched: they lie
 * anywhere in memory, and the sums they end in are small enough for the nearest caches. */
#include "sim/sim_internal.h"

enum { LIST_MAX = 1024, AHEAD = 12, PER_LINE = HK_CACHE_LINE / 4, FETCH_LINES = 12 };

struct segment {
    const uint32_t *synapse; /* or */
    const uint16_t *slot;
    int32_t *sum;
    uint32_t count;
    int32_t weight; /* of each, with slot */
};

struct list {
    struct segment segment[LIST_MAX];
    size_t count;
    uint64_t events;
};

static void fetch(const struct segment *s) {
    const char *at = s->slot ? (const char *)s->slot : (const char *)s->synapse;
    size_t bytes = s->count * (s->slot ? sizeof *s->slot : sizeof *s->synapse);
    for (size_t line = 0; line < bytes && line < FETCH_LINES * HK_CACHE_LINE; line += HK_CACHE_LINE)
        HK_PREFETCH(at + line);
}

static void add_packed(int32_t *restrict sum, const uint32_t *restrict synapse, uint32_t count) {
    for (uint32_t k = 0; k < count; k++) sum[synapse[k] & 0xffff] += (int32_t)synapse[k] >> 16;
}

static void add_shared(int32_t *restrict sum, const uint16_t *restrict slot, int32_t weight,
                       uint32_t count) {
    for (uint32_t k = 0; k < count; k++) sum[slot[k]] += weight;
}

static void walk(struct list *list) {
    for (size_t k = 0; k < list->count && k < AHEAD; k++) fetch(&list->segment[k]);
    for (size_t k = 0; k < list->count; k++) {
        const struct segment *s = &list->segment[k];
        if (k + AHEAD < list->count) fetch(&list->segment[k + AHEAD]);
        if (s->slot)
            add_shared(s->sum, s->slot, s->weight, s->count);
        else
            add_packed(s->sum, s->synapse, s->count);
        list->events += s->count;
    }
    list->count = 0;
}

static void list_units(const struct hk_bundle *bundle, const struct hk_bundle_part *part,
                       int32_t *sum, uint32_t delay, const uint32_t *units, uint32_t count,
                       struct list *list) {
    for (uint32_t i = 0; i < count; i++) {
        hk_syn first = hk_bundle_at(bundle, part, units[i], delay);
        uint32_t length = (uint32_t)(hk_bundle_at(bundle, part, units[i], delay + 1) - first);
        if (length == 0) continue;
        if (list->count == LIST_MAX) walk(list);
        list->segment[list->count++] =
            (struct segment){.synapse = bundle->shared ? NULL : part->synapse + first,
                             .slot = bundle->shared ? part->slot + first : NULL,
                             .sum = sum,
                             .count = length,
                             .weight = bundle->weight};
    }
}

static uint64_t deliver(const struct hk_sim *sim, int thread, hk_tick tick) {
    struct list list;
    list.count = 0;
    list.events = 0;
    for (size_t b = 0; b < sim->bundle_count; b++) {
        const struct hk_bundle *bundle = sim->bundles[b];
        const struct hk_bundle_part *part = &bundle->parts[thread];
        int32_t *sum = bundle->bank->sums[thread];
        for (uint32_t d = 0; d < bundle->delays; d++) {
            hk_tick at = tick - bundle->delay_min - d;
            for (int owner = 0; at > 0 && owner < sim->threads; owner++) {
                const uint32_t *units;
                uint32_t count = hk_spikes(sim, bundle->source, at, owner, &units);
                list_units(bundle, part, sum, d, units, count, &list);
            }
        }
    }
    walk(&list);
    return list.events;
}

const struct hk_kernels_bundle hk_kernels_bundle = {.deliver = deliver};
