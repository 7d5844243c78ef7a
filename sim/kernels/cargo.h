/* What the spikes on their way to rows that learn late bring there (sim/kernels/late.c). */
#ifndef HK_SIM_KERNELS_CARGO_H
#define HK_SIM_KERNELS_CARGO_H

#include "sim/kernels/notes.h"

/* A spike that still arrives, and what its source's spike before it was. */
struct flight {
    struct hk_late_axon *axon;
    hk_real *weight;      /* the axon's */
    uint32_t unit, times; /* of so many spikes in that tick */
    uint32_t prepared;    /* synapses, the first of the axon */
    struct source last;
};
/* What it brings to a row. */
struct parcel {
    uint32_t flight, first, count; /* in the slot; of the axon's synapses */
};
/* What all flights of a slot bring to rows of one delay: this, parcels in the order of flights, the
 * targets of all, and the weights that are given to them. Each begins on a multiple of eight bytes,
 * and the last two end in room for some more: rows are short, so HK_LATE_LOADED synapses are loaded
 * at a time, without regard to where a row ends. */
struct crate {
    uint32_t delay, parcels; /* ticks above the projection's least */
    size_t synapses;
    bool plain; /* all is prepared, and of one spike */
};

static inline size_t crate_size(uint32_t parcels, size_t synapses) {
    return sizeof(struct crate) + hk_late_pad(parcels * sizeof(struct parcel)) +
           hk_late_pad((synapses + HK_LATE_LOADED) * sizeof(uint32_t)) +
           hk_late_pad((synapses + HK_LATE_LOADED) * sizeof(hk_real));
}
static inline struct parcel *parcels_in(struct crate *crate) {
    return (void *)(crate + 1);
}
static inline uint32_t *targets_in(struct crate *crate) {
    return (void *)((char *)parcels_in(crate) +
                    hk_late_pad(crate->parcels * sizeof(struct parcel)));
}
static inline hk_real *given_in(struct crate *crate) {
    return (void *)((char *)targets_in(crate) +
                    hk_late_pad((crate->synapses + HK_LATE_LOADED) * sizeof(uint32_t)));
}
static inline struct crate *crate_at(const struct hk_late *late, size_t at) {
    return (void *)((char *)late->cargo.data + at);
}

static inline struct hk_late_slot *slot_of(const struct hk_late *late, hk_tick tick) {
    return &late->slot[(size_t)tick & (late->slots - 1)];
}

/* How many synapses have delays of at most so many ticks above the least. */
static inline uint32_t synapses_within(struct hk_late_axon *axon, hk_tick delay) {
    const struct hk_late_row *row = hk_late_rows(axon), *end = row + axon->rows;
    uint32_t count = 0;
    for (; row < end && row->delay <= delay; row++) count += row->count;
    return count;
}

/* Synapses at which a spike arrives as it departs, the first of an axon: unless these see spikes of
 * their targets first. */
static inline uint32_t synapses_at_once(const struct hk_proj *proj, struct hk_late_axon *axon) {
    return !proj->learning || sees_at_once(proj) ? synapses_within(axon, 0) : 0;
}

/* ---- loading ---- */

/* How much there is to load for each delay, and where flights find their weights; returns the bytes
 * of all. */
static inline size_t plan_cargo(const struct hk_proj *proj, const struct hk_late *late,
                                const struct hk_late_slot *slot) {
    struct flight *flight = slot->flights.data;
    size_t bytes = 0;
    memset(late->load, 0, proj->delays * sizeof *late->load);
    for (size_t k = 0; k < slot->count; k++) {
        struct hk_late_axon *axon = flight[k].axon;
        const struct hk_late_row *row = hk_late_rows(axon), *end = row + axon->rows;
        flight[k].weight = hk_late_weights(axon);
        HK_PREFETCH(hk_late_targets(axon));
        HK_PREFETCH(flight[k].weight);
        for (row += synapses_at_once(proj, axon) > 0; row < end; row++) {
            late->load[row->delay].parcels++;
            late->load[row->delay].synapses += row->count;
        }
    }
    for (uint32_t delay = 0; delay < proj->delays; delay++) {
        const struct hk_late_load *load = &late->load[delay];
        if (load->parcels) bytes += crate_size(load->parcels, load->synapses);
    }
    return bytes;
}

/* A crate for each delay, by delay. */
static inline void begin_crates(const struct hk_proj *proj, const struct hk_late *late, size_t at) {
    for (uint32_t delay = 0; delay < proj->delays; delay++) {
        struct hk_late_load *load = &late->load[delay];
        if (!load->parcels) continue;
        struct crate *crate = load->crate = crate_at(late, at);
        *crate = (struct crate){delay, load->parcels, load->synapses, true};
        load->parcel = parcels_in(crate);
        load->target = targets_in(crate);
        load->weight = given_in(crate);
        at += crate_size(crate->parcels, crate->synapses);
    }
}

/* What is given to rows that aren't prepared is copied as well, and nobody looks at it: a condition
 * costs more. */
static inline void load_flight(const struct hk_proj *proj, const struct hk_late *late,
                               const struct hk_late_slot *slot, uint32_t k) {
    const struct flight *flight = (const struct flight *)slot->flights.data + k;
    const uint32_t at_once = synapses_at_once(proj, flight->axon);
    const uint32_t *target = hk_late_targets(flight->axon);
    const hk_real *given = late->given;
    const struct hk_late_row *row = hk_late_rows(flight->axon), *end = row + flight->axon->rows;
    row += at_once > 0;
    for (uint32_t first = at_once; row < end; first += row++->count) {
        const bool prepared = first < flight->prepared;
        struct hk_late_load *to = &late->load[row->delay];
        struct parcel *parcel = to->parcel;
        hk_real *weight = to->weight;
        *parcel = (struct parcel){k, first, row->count};
        for (uint32_t j = 0; j < row->count; j += HK_LATE_LOADED) {
            memcpy(to->target + j, target + first + j, HK_LATE_LOADED * sizeof *target);
            memcpy(weight + j, given + first + j, HK_LATE_LOADED * sizeof *given);
        }
        if (!prepared || flight->times > 1) ((struct crate *)to->crate)->plain = false;
        to->parcel = parcel + 1;
        to->target += row->count;
        to->weight = weight + row->count;
    }
}

/* ---- room for cargo ---- */

static inline bool is_empty(const struct hk_late *late, hk_tick tick) {
    return slot_of(late, tick)->next == slot_of(late, tick)->end;
}

/* All that still arrives moves to a larger ring, and begins at its beginning. */
static inline bool move_cargo(struct hk_late *late, hk_tick at, size_t bytes, struct hk_err *err) {
    struct hk_block ring = {0};
    if (!hk_block_reserve(&ring, 2 * (late->cargo.size + bytes), 1, err)) return false;
    late->end = 0;
    for (hk_tick tick = late->oldest; tick < at; tick++) {
        struct hk_late_slot *slot = slot_of(late, tick);
        size_t left = slot->end - slot->next;
        if (left) memcpy((char *)ring.data + late->end, crate_at(late, slot->next), left);
        slot->next = late->end;
        late->end = slot->end = slot->next + left;
    }
    hk_block_finish(&late->cargo);
    late->cargo = ring;
    return true;
}

/* Room for the cargo of the spikes of `at`, which begins where the last one's ends, or anew at the
 * beginning of the ring. */
static inline bool make_room(struct hk_late *late, hk_tick at, size_t bytes, struct hk_err *err) {
    if (late->oldest <= at - (hk_tick)late->slots) late->oldest = at - (hk_tick)late->slots + 1;
    while (late->oldest < at && is_empty(late, late->oldest)) late->oldest++;
    if (late->oldest >= at) {
        late->oldest = at;
        late->end = 0;
    }
    const size_t begin = late->oldest < at ? slot_of(late, late->oldest)->next : 0;
    const bool wraps = late->oldest < at && late->end <= begin;
    const size_t limit = wraps ? begin : late->cargo.size + 1;
    if (!wraps && late->end + bytes > late->cargo.size && bytes < begin)
        late->end = 0;
    else if (late->end + bytes >= limit && !move_cargo(late, at, bytes, err))
        return false;
    slot_of(late, at)->next = late->end;
    late->end += bytes;
    return true;
}

#endif
