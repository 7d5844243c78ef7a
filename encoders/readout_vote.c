/* Population vote: the units are divided into as many groups of neighbours as there are classes;
 * the group that fired most names the class. Ties go to the lower class, silence names none. */
#include "sim/readout_model.h"

static bool vote_check(const void *param, size_t units, size_t classes, struct hk_err *err) {
    (void)param;
    if (units >= classes && units % classes == 0) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "vote: %zu units can't be divided into %zu equal groups",
                   units, classes);
}

static void vote_start(struct hk_readout *r) {
    for (size_t i = 0; i < r->units; i++) r->assigned[i] = (int32_t)(i / (r->units / r->classes));
}

static int vote_predict(const struct hk_readout *r, const uint32_t *counts) {
    size_t group = r->units / r->classes;
    uint64_t best = 0;
    int chosen = -1;
    for (size_t c = 0; c < r->classes; c++) {
        uint64_t spikes = 0;
        for (size_t i = 0; i < group; i++) spikes += counts[c * group + i];
        if (spikes <= best) continue;
        best = spikes;
        chosen = (int)c;
    }
    return chosen;
}

const struct hk_readout_model hk_readout_vote = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "vote",
             .doc = "neighbouring units form a group a class; the group that fires most wins"},
    .check = vote_check,
    .start = vote_start,
    .predict = vote_predict,
};
