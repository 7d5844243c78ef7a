/* The same reward for every right answer, the same for every wrong one. */
#include "sim/reward_model.h"

struct fixed {
    double right, wrong;
};

static const struct hk_param params[] = {
    {"right", "1", "value of the signal after a right answer", 1.0, -1e9, 1e9,
     offsetof(struct fixed, right), HK_REAL, NULL},
    {"wrong", "1", "value of the signal after a wrong answer", -1.0, -1e9, 1e9,
     offsetof(struct fixed, wrong), HK_REAL, NULL},
};

static double fixed_give(const void *param, const double *state, bool right) {
    const struct fixed *p = param;
    (void)state;
    return right ? p->right : p->wrong;
}

const struct hk_reward_model hk_reward_fixed = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "fixed",
             .doc = "one value for right answers, one for wrong ones",
             HK_PARAMS(params, struct fixed)},
    .give = fixed_give,
};
