/* What a run has come to, to the bit: a digest of all spikes, of all synapses and of all state. Two
 * runs with the same digests have done the same.
 *
 *     struct bits_watch watch;
 *     bits_watch_begin(&watch, sim);      after hk_sim_build
 *     ... run ...
 *     struct bits bits = bits_watch_end(&watch); */
#ifndef HK_TESTS_SUPPORT_BITS_H
#define HK_TESTS_SUPPORT_BITS_H

#include "sim/sim.h"

enum { BITS_POPULATIONS_MAX = 32 };

struct bits {
    uint64_t spikes;             /* every population's, in the order of ticks and units */
    uint64_t synapses;           /* sources, targets, delays and weights */
    uint64_t state;              /* every column of every neuron */
    uint64_t fired;              /* spikes of neurons, not of sources */
    uint64_t emitted, delivered; /* spikes of all, synaptic events */
    bool plastic, learned;       /* are there plastic projections? Do they weigh otherwise now? */
};

/* One population's spikes. */
struct bits_train {
    uint64_t digest;
    hk_tick last; /* tick of the last one */
    uint64_t count;
};
struct bits_watch {
    struct hk_sim *sim;
    struct bits_train trains[BITS_POPULATIONS_MAX];
    uint64_t plastic; /* digest of the plastic projections at the beginning; 1: there are none */
};
void bits_watch_begin(struct bits_watch *watch, struct hk_sim *sim);
struct bits bits_watch_end(const struct bits_watch *watch);

/* A digest goes on with one more word. It starts with 1. */
uint64_t bits_mix(uint64_t digest, uint64_t word);
/* With all synapses of a projection. */
uint64_t bits_mix_synapses(uint64_t digest, const struct hk_proj *proj);

#endif
