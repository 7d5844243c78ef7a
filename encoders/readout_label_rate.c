/* Labels by rate (Diehl & Cook 2015): every unit gets the class for which it fired most, on average
 * over the labelled presentations of that class; a presentation's class is the one whose units
 * fired most, on average over the units of the class. Ties go to the lower class. Units that never
 * fired belong to none. */
#include "sim/readout_model.h"

static void rate_learn(struct hk_readout *r, const uint32_t *counts, size_t label) {
    double *sums = r->sums + label * r->units;
    for (size_t i = 0; i < r->units; i++) sums[i] += counts[i];
    r->shown[label] += 1.0;
}

static void rate_assign(struct hk_readout *r) {
    for (size_t i = 0; i < r->units; i++) {
        double best = 0.0;
        r->assigned[i] = -1;
        for (size_t c = 0; c < r->classes; c++) {
            if (r->shown[c] <= 0.0) continue;
            double rate = r->sums[c * r->units + i] / r->shown[c];
            if (rate <= best) continue;
            best = rate;
            r->assigned[i] = (int32_t)c;
        }
    }
}

static int rate_predict(const struct hk_readout *r, const uint32_t *counts) {
    double best = 0.0;
    int chosen = -1;
    for (size_t c = 0; c < r->classes; c++) {
        uint64_t spikes = 0, members = 0;
        for (size_t i = 0; i < r->units; i++) {
            if (r->assigned[i] != (int32_t)c) continue;
            spikes += counts[i];
            members++;
        }
        double rate = members ? (double)spikes / (double)members : 0.0;
        if (rate <= best) continue;
        best = rate;
        chosen = (int)c;
    }
    return chosen;
}

const struct hk_readout_model hk_readout_label_rate = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "label-rate",
             .doc =
                 "units are labelled by their highest mean rate; the class that fires most wins"},
    .needs_labels = true,
    .learn = rate_learn,
    .assign = rate_assign,
    .predict = rate_predict,
};
