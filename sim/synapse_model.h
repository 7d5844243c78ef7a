/* The contract of a synapse model: what an arriving spike releases. One file in synapses/, one
 * table.
 *
 * A synapse without `release` passes on its weight. One with a memory of its source's spikes passes
 * on a part of it, worked out when the source fires; since the memory depends on that source alone,
 * all its synapses share one. */
#ifndef HK_SIM_SYNAPSE_MODEL_H
#define HK_SIM_SYNAPSE_MODEL_H

#include "sim/param.h"

enum { HK_SYNAPSE_STATE_MAX = 4 };

struct hk_synapse_model {
    struct hk_model base;
    size_t state_count; /* doubles a source, at most HK_SYNAPSE_STATE_MAX */
    /* The memory before the first spike. */
    void (*start)(const void *param, double *state);
    /* The source fires, `since_ms` after its last spike (infinity: its first): move the memory on
     * and return the part of the weight that is released. NULL: no memory, all of it. */
    double (*release)(const void *param, double *state, double since_ms);
};

#endif
