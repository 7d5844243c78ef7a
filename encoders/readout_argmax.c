/* Spike-count argmax: one unit a class, the one that fired most wins. Ties go to the lower class;
 * with `tie: none` a tie names none, the strict reading of Gerlinghoff et al. 2022. Silence names
 * none. */
#include "sim/readout_model.h"

struct argmax {
    int tie;
};
enum { TIE_LOWEST, TIE_NONE };

static const char *const ties[] = {"lowest", "none", NULL};
static const struct hk_param params[] = {
    {"tie", "1", "the class of a tie", TIE_LOWEST, 0, 1, offsetof(struct argmax, tie), HK_CHOICE,
     ties},
};

static bool argmax_check(const void *param, size_t units, size_t classes, struct hk_err *err) {
    (void)param;
    if (units == classes) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "argmax needs one unit a class: %zu units, %zu classes",
                   units, classes);
}

static void argmax_start(struct hk_readout *r) {
    for (size_t i = 0; i < r->units; i++) r->assigned[i] = (int32_t)i;
}

static int argmax_predict(const struct hk_readout *r, const uint32_t *counts) {
    const struct argmax *p = r->param;
    uint32_t best = 0;
    int chosen = -1;
    for (size_t i = 0; i < r->units; i++) {
        if (counts[i] > best) {
            best = counts[i];
            chosen = (int)i;
        } else if (counts[i] == best && p->tie == TIE_NONE) {
            chosen = -1;
        }
    }
    return chosen;
}

const struct hk_readout_model hk_readout_argmax = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "argmax",
             .doc = "one unit a class; the unit that fires most wins",
             HK_PARAMS(params, struct argmax)},
    .check = argmax_check,
    .start = argmax_start,
    .predict = argmax_predict,
};
