/* The contract of a reward: how large it is when an answer was right or wrong. One file
 * encoders/reward_<name>.c, one table. What it remembers is a few numbers, kept by the protocol
 * over all of its phases. */
#ifndef HK_SIM_REWARD_MODEL_H
#define HK_SIM_REWARD_MODEL_H

#include "sim/param.h"

enum { HK_REWARD_STATE_MAX = 4 };

struct hk_reward_model {
    struct hk_model base;
    size_t state_count; /* at most HK_REWARD_STATE_MAX */
    /* The memory before the first answer. Optional. */
    void (*start)(const void *param, double *state);
    /* The value of the signal for this answer. */
    double (*give)(const void *param, const double *state, bool right);
    /* The presentation is over: `total` is the signal's integral over it, in ms. Optional. */
    void (*after)(const void *param, double *state, double total);
};

#endif
