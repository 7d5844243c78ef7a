/* Latency code: one spike a unit, the earlier the higher its value x, 0..1 (Thorpe 1990).
 *
 *   linear:       t = round((1 - x)(T - 1)), in ticks of a window of T; silent for x <= x_min
 *   logarithmic:  t = tau ln(x / (x - theta)), when a leaky integrator of constant input x reaches
 *                 theta; silent for x <= theta
 *
 * The gain multiplies x, up to 1: all comes earlier. */
#include "sim/encoder_model.h"
#include "sim/numeric.h"

enum curve { LINEAR, LOGARITHMIC };
static const char *const curves[] = {"linear", "logarithmic", NULL};

struct latency {
    struct hk_value_range range;
    double window, x_min, tau, theta;
    int curve;
};

/* clang-format off */
static const struct hk_param params[] = {
    {"curve", "1", "how the time follows from the value", LINEAR, LINEAR, LOGARITHMIC,
     offsetof(struct latency, curve), HK_CHOICE, curves},
    {"window", "ms", "time within which all spikes lie; 0: the whole presentation", 0.0, 0.0, 1e9,
     offsetof(struct latency, window), HK_REAL, NULL},
    {"x_min", "1", "linear: values up to it are silent", 0.0, 0.0, 1.0,
     offsetof(struct latency, x_min), HK_REAL, NULL},
    {"tau", "ms", "logarithmic: time constant", 5.0, 1e-6, 1e6,
     offsetof(struct latency, tau), HK_REAL, NULL},
    {"theta", "1", "logarithmic: threshold; values up to it are silent", 0.2, 0.0, 1.0,
     offsetof(struct latency, theta), HK_REAL, NULL},
    HK_VALUE_RANGE(struct latency),
};
/* clang-format on */

static bool latency_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct latency *p = param;
    hk_tick ticks;
    return hk_value_range_check(&p->range, err) &&
           (hk_tick_from_ms(p->window, tick_ms, &ticks, err) || hk_err_context(err, "window"));
}

/* What a float may be off where it stands for a fraction: halves of a tick are rounded up, those
 * too that no float can hold. */
static const double ROUNDING = 0x1p-24;

static void latency_encode(const void *param, const struct hk_presentation *shown,
                           struct hk_raster *out) {
    const struct latency *p = param;
    hk_tick window = p->window > 0.0 ? hk_presentation_ticks(shown, p->window) : shown->ticks;
    double last = (double)(window - 1), silent = p->curve == LINEAR ? p->x_min : p->theta;
    for (hk_neuron i = shown->first; i < shown->first + shown->count; i++) {
        double scaled = hk_value_range_scale(&p->range, (double)shown->values[i]);
        double x = fmin(shown->gain * scaled, 1.0);
        if (!(x > silent)) continue;
        double t = p->curve == LINEAR ? (1.0 - x + ROUNDING) * last
                                      : p->tau * hk_log(x / (x - p->theta)) / shown->tick_ms;
        hk_tick tick = (hk_tick)floor(t + 0.5);
        if (tick < window) hk_raster_put(out, tick, i);
    }
}

const struct hk_encoder_model hk_encoder_latency = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "latency",
             .doc = "one spike a value, the earlier the higher it is",
             HK_PARAMS(params, struct latency)},
    .check = latency_check,
    .encode = latency_encode,
};
