/* The contract of a connectivity rule: which sources reach a target. One file
 * synapses/connect_<name>.c, one table.
 *
 * A rule draws for one target at a time and knows nothing else, so any thread can build any part of
 * the network alone and all get the same network. */
#ifndef HK_SIM_CONNECT_MODEL_H
#define HK_SIM_CONNECT_MODEL_H

#include "sim/param.h"
#include "sim/rng.h"

struct hk_connect_shape {
    hk_neuron source_count, target_count;
    bool recurrent; /* source and target are one population, so i -> i is an autapse */
};

struct hk_connect_model {
    struct hk_model base;
    /* Errors: HK_ERR_RANGE. Optional. */
    bool (*check)(const void *param, const struct hk_connect_shape *shape, struct hk_err *err);
    /* True when every source reaches every target, but for i -> i where *except_same: such
     * projections are stored as matrices, or as nothing at all. Optional. */
    bool (*dense)(const void *param, bool *except_same);
    /* The most sources that draw can give for one target. */
    size_t (*draw_max)(const void *param, const struct hk_connect_shape *shape);
    /* Write the sources of `target`, ascending, a repeated one as often as it connects; return how
     * many. Weights and delays are drawn in the same order, keyed by the target. */
    size_t (*draw)(const void *param, const struct hk_connect_shape *shape, struct hk_stream stream,
                   hk_neuron target, hk_neuron *sources);
};

#endif
