/* Delivery of bundles (contract: sim/kernels.h): just in time, a list of segments at a time.
 *
 * A segment is the synapses of one source at one delay. First the segments of all spikes that
 * arrive at this tick are listed, then walked, while those some places ahead are being fetched:
 * they lie anywhere in memory, and the sums they end in are small enough for the nearest caches. */
#include "sim/sim_internal.h"

enum { LIST_MAX = 1024, AHEAD = 8, FETCH_MAX = 768 /* bytes */ };

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
    const size_t most = bytes < FETCH_MAX ? bytes : FETCH_MAX;
    for (size_t line = 0; line < most; line += HK_CACHE_LINE) HK_PREFETCH(at + line);
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

struct delivery {
    const struct hk_sim *sim;
    const struct hk_bundle *bundle;
    struct hk_bundle_part *part;
    int32_t *sum;
    struct list *list;
};

static inline void list_segment(const struct delivery *d, hk_syn start, hk_neuron unit,
                                uint32_t delay) {
    const struct hk_bundle_part *part = d->part;
    struct list *list = d->list;
    uint32_t from = hk_bundle_offset(d->bundle, part, unit, delay);
    uint32_t length = hk_bundle_offset(d->bundle, part, unit, delay + 1) - from;
    if (length == 0) return;
    if (list->count == LIST_MAX) walk(list);
    list->segment[list->count++] =
        (struct segment){.synapse = d->bundle->shared ? NULL : part->synapse + start + from,
                         .slot = d->bundle->shared ? part->slot + start + from : NULL,
                         .sum = d->sum,
                         .count = length,
                         .weight = d->bundle->weight};
}

/* Spikes of tick `at` are met for the first time: they fly from now on, over those that were
 * written HK_FLIGHT_MAX spikes before. */
static void launch(const struct delivery *d, hk_tick at) {
    struct hk_flight *flight = &d->part->flight;
    size_t slot = hk_slot(d->sim, at);
    const uint32_t *units;
    flight->first[slot] = flight->next;
    for (int owner = 0; owner < d->sim->threads; owner++) {
        uint32_t count = hk_spikes(d->sim, d->bundle->source, at, owner, &units);
        for (uint32_t i = 0; i < count; i++)
            flight->spikes[flight->next++ % HK_FLIGHT_MAX] =
                (struct hk_inflight){d->part->start[units[i]], units[i]};
    }
    flight->count[slot] = (uint32_t)(flight->next - flight->first[slot]);
}

/* The segments at one delay of the spikes of tick `at`. */
static void list_delay(const struct delivery *d, hk_tick at, uint32_t delay) {
    const struct hk_flight *flight = &d->part->flight;
    size_t slot = hk_slot(d->sim, at);
    uint64_t first = flight->first[slot];
    const uint32_t *units;
    if (flight->next - first <= HK_FLIGHT_MAX) {
        for (uint32_t i = 0; i < flight->count[slot]; i++) {
            const struct hk_inflight *spike = &flight->spikes[(first + i) % HK_FLIGHT_MAX];
            list_segment(d, spike->start, spike->unit, delay);
        }
        return;
    }
    for (int owner = 0; owner < d->sim->threads; owner++) { /* overwritten: look them up */
        uint32_t count = hk_spikes(d->sim, d->bundle->source, at, owner, &units);
        for (uint32_t i = 0; i < count; i++)
            list_segment(d, d->part->start[units[i]], units[i], delay);
    }
}

static uint64_t deliver(const struct hk_sim *sim, int thread, hk_tick tick) {
    struct list list;
    list.count = 0;
    list.events = 0;
    for (size_t b = 0; b < sim->bundle_count; b++) {
        const struct hk_bundle *bundle = sim->bundles[b];
        const struct delivery d = {sim, bundle, &bundle->parts[thread], bundle->bank->sums[thread],
                                   &list};
        hk_tick newest = tick - bundle->delay_min;
        if (newest > 0) launch(&d, newest);
        for (uint32_t delay = 0; delay < bundle->delays && newest > (hk_tick)delay; delay++)
            list_delay(&d, newest - delay, delay);
    }
    walk(&list);
    return list.events;
}

const struct hk_kernels_bundle hk_kernels_bundle = {.deliver = deliver};
