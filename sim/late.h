/* Rows that learn late (HK_STORE_LATE), for sim/ alone. A column, the plastic synapses of a target,
 * is everywhere in memory; so a spike of a target is only noted, and a row learns from it when the
 * next spike of its source departs, together with the source's other rows: all that a source has
 * lies side by side. sim/kernels/late.c does that. Nor does a row keep traces: it finds those of
 * its source, which are the same for all delays. */
#ifndef HK_SIM_LATE_H
#define HK_SIM_LATE_H

#include "sim/sim_internal.h"

enum {
    HK_NOTES = 16, /* spikes of targets that are noted for rows to learn from: so many each, */
    HK_NOTES_DEPTH = 64, /* and of one target */
    HK_LATE_LOADED = 4,  /* synapses of a row that are copied together */
    /* Ticks within which all rows learn once; of spikes longer ago no trace is left: the longest
     * time constant leaves e^-128 of it. */
    HK_LATE_AGO = 1 << 29,
    HK_LATE_TAU = HK_LATE_AGO / 128
};

/* The synapses of a source that a thread owns, by delay: this; its rows, without those that are
 * empty; all targets; all weights. Each begins on a multiple of eight bytes. */
struct hk_late_axon {
    uint32_t rows, synapses;
};
struct hk_late_row {
    uint32_t count, delay; /* synapses; ticks above the projection's least delay */
};

/* Spikes of a population, as the projections that end there and learn late see them; one for all
 * whose rules see them alike. sim/kernels/late.c has the types. */
struct hk_late_posts {
    const struct hk_proj *first; /* of those projections */
    int32_t *tick;               /* [owned]: of the last spike, from `settled` on, at least
                                  * -HK_LATE_AGO; */
    void *after[HK_TRACE_MAX];   /* [owned]: traces just after it */
    void *notes;                 /* [size]: of each target's last spike, and from [owned + 1] on of
                                  * those before that not all rows have learned from; */
    void *traces;                /* [size][HK_TRACE_MAX]: of the targets, with these */
    uint16_t *depth;             /* [owned]: of how many spikes there are notes */
    uint64_t *fired[2];  /* [owned / 64 + 1]: who has, in this span of ticks; in it or the last */
    uint32_t delays;     /* a span: the most of the projections' */
    uint32_t last, size; /* the last note */
    uint16_t deepest;    /* of `depth` */
    hk_tick settled;     /* all rows have learned from the spikes of then and before */
};

/* Spikes of one tick that still arrive, in the order of units, and what they bring to rows, with
 * the weights that they are to find there: a crate for each delay. */
struct hk_late_slot {
    struct hk_block flights;
    size_t count;     /* flights */
    size_t next, end; /* bytes of cargo: the crate to arrive next; crates lie by delay */
};
/* One that is being loaded: how much there will be, and where the next row's goes. */
struct hk_late_load {
    uint32_t parcels;
    size_t synapses;
    void *crate, *parcel, *weight;
    uint32_t *target;
};

/* What a thread owns, beside its struct hk_proj_part. */
struct hk_late {
    size_t *start; /* [sources + 1] of each source's axon, in bytes */
    char *axons;
    void *sources;             /* [sources]: the last spike that has begun to arrive; */
    struct hk_late_slot *slot; /* [slots]: those that still do, by ticks */
    size_t slots;              /* a power of two, not less than the delays */
    struct hk_block cargo;     /* a ring of all slots' cargo, in the order of ticks */
    hk_tick oldest;            /* whose slots before are empty */
    size_t end;                /* of the last slot's cargo, in the ring */
    struct hk_late_posts *posts;
    double *sum;               /* [owned] room */
    void *given;               /* [synapses of an axon, at most] room */
    struct hk_late_load *load; /* [delays] room */
};

static inline size_t hk_late_pad(size_t bytes) {
    return (bytes + 7) / 8 * 8;
}
static inline struct hk_late_axon *hk_late_axon(const struct hk_late *late, size_t source) {
    return (void *)(late->axons + late->start[source]);
}
static inline struct hk_late_row *hk_late_rows(struct hk_late_axon *axon) {
    return (void *)(axon + 1);
}
static inline uint32_t *hk_late_targets(struct hk_late_axon *axon) {
    return (void *)(hk_late_rows(axon) + axon->rows);
}
static inline void *hk_late_weights(struct hk_late_axon *axon) {
    return (char *)hk_late_targets(axon) + hk_late_pad(axon->synapses * sizeof(uint32_t));
}
static inline size_t hk_late_axon_size(size_t rows, size_t synapses, size_t real_size) {
    return sizeof(struct hk_late_axon) + rows * sizeof(struct hk_late_row) +
           hk_late_pad(synapses * sizeof(uint32_t)) + hk_late_pad(synapses * real_size);
}

/* Draw all connections of the projection; `drawn` is room. */
bool hk_late_build(struct hk_proj *proj, struct hk_drawn *drawn, struct hk_err *err) HK_MUST_USE;
void hk_late_finish(struct hk_proj *proj);
/* The synapses that a thread owns, by source and delay; `at` is where the weight is, counted in
 * hk_real from the first axon. */
void hk_late_visit(const struct hk_proj *proj, int thread, hk_synapse_visitor *visit,
                   void *context);
/* About what a projection of so many synapses will take. */
double hk_late_bytes(const struct hk_proj *proj, double synapses);

#endif
