/* Step-forward code (Kasabov et al. 2016): the values are a signal in time, spread over the
 * presentation, and a baseline b follows it from its first sample in steps of `threshold`. Where
 * the signal is above b + threshold, unit 0 ("on") fires and b goes one step up; where it is below
 * b - threshold, unit 1 ("off") fires and b goes one step down. So the spikes give the signal back,
 * as b. Samples that share a tick share a spike. */
#include "sim/encoder_model.h"

struct step_forward {
    double threshold, window;
};

static const struct hk_param params[] = {
    {"threshold", "1", "step of the baseline", HK_REQUIRED, 1e-9, 1e9,
     offsetof(struct step_forward, threshold), HK_REAL, NULL},
    {"window", "ms", "time over which the signal is spread; 0: the whole presentation", 0.0, 0.0,
     1e9, offsetof(struct step_forward, window), HK_REAL, NULL},
};

static bool step_forward_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct step_forward *p = param;
    hk_tick ticks;
    return hk_tick_from_ms(p->window, tick_ms, &ticks, err) || hk_err_context(err, "window");
}

static size_t step_forward_units(const void *param, size_t value_count) {
    (void)param;
    (void)value_count;
    return 2;
}

static void step_forward_encode(const void *param, const struct hk_presentation *shown,
                                struct hk_raster *out) {
    const struct step_forward *p = param;
    for (hk_neuron i = shown->first; i < shown->first + shown->count; i++) {
        double steps = 0.0; /* of the baseline: counted, so that no rounding error adds up */
        hk_tick last = -1;
        for (size_t k = 1; k < shown->value_count; k++) {
            double away = (double)shown->values[k] - (double)shown->values[0];
            bool on = away > (steps + 1.0) * p->threshold;
            bool off = away < (steps - 1.0) * p->threshold;
            hk_tick tick = hk_presentation_tick_of(shown, p->window, k);
            steps += (double)on - (double)off;
            if ((i == 0 ? on : off) && tick != last) hk_raster_put(out, last = tick, i);
        }
    }
}

const struct hk_encoder_model hk_encoder_step_forward = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "step-forward",
             .doc = "a signal as steps up (unit 0) and down (unit 1) of a baseline that follows it",
             HK_PARAMS(params, struct step_forward)},
    .check = step_forward_check,
    .units = step_forward_units,
    .encode = step_forward_encode,
};
