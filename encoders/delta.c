/* Delta code (send on delta): the values are a signal in time, spread over the presentation; what
 * matters is its change from one sample to the next. Unit 0 ("on") fires where it is at least
 * `threshold`, unit 1 ("off") where it is at most -threshold, at the tick of the later sample.
 * Samples that share a tick share a spike. */
#include "sim/encoder_model.h"

struct delta {
    double threshold, window;
};

static const struct hk_param params[] = {
    {"threshold", "1", "change of the value that makes a spike", HK_REQUIRED, 1e-9, 1e9,
     offsetof(struct delta, threshold), HK_REAL, NULL},
    {"window", "ms", "time over which the signal is spread; 0: the whole presentation", 0.0, 0.0,
     1e9, offsetof(struct delta, window), HK_REAL, NULL},
};

static bool delta_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct delta *p = param;
    hk_tick ticks;
    return hk_tick_from_ms(p->window, tick_ms, &ticks, err) || hk_err_context(err, "window");
}

static size_t delta_units(const void *param, size_t value_count) {
    (void)param;
    (void)value_count;
    return 2;
}

static void delta_encode(const void *param, const struct hk_presentation *shown,
                         struct hk_raster *out) {
    const struct delta *p = param;
    for (hk_neuron i = shown->first; i < shown->first + shown->count; i++) {
        double sign = i == 0 ? 1.0 : -1.0;
        hk_tick last = -1;
        for (size_t k = 1; k < shown->value_count; k++) {
            double change = (double)shown->values[k] - (double)shown->values[k - 1];
            hk_tick tick = hk_presentation_tick_of(shown, p->window, k);
            if (sign * change >= p->threshold && tick != last) hk_raster_put(out, last = tick, i);
        }
    }
}

const struct hk_encoder_model hk_encoder_delta = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "delta",
             .doc = "a signal's steps up (unit 0) and down (unit 1), from sample to sample",
             HK_PARAMS(params, struct delta)},
    .check = delta_check,
    .units = delta_units,
    .encode = delta_encode,
};
