/* Regular rate code: m += x rate_max dt each step; fire when m >= 1, m -= 1. Computed as the count
 * floor(steps x rate_max dt), so that no rounding error adds up, with x at the upper end of what
 * its float can stand for: x rate_max dt = 0.3 fires at the steps (from 0) 3, 6, 9, the last of
 * them where the sum is exactly 3; and 0.7, whose float is below it, at step 9 as well. */
#include "sim/encoder_model.h"

struct rate_code {
    double rate_max;
};

static const struct hk_param params[] = {
    {"rate_max", "Hz", "rate of a unit whose value is 1", HK_REQUIRED, 0.0, 1e6,
     offsetof(struct rate_code, rate_max), HK_REAL, NULL},
};

static bool regular_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct rate_code *p = param;
    if (p->rate_max * 1e-3 * tick_ms <= 1.0) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "rate_max = %g Hz is more than one spike a tick of %g ms",
                   p->rate_max, tick_ms);
}

/* Half a unit in the last place of a float, and a little more. */
static const double ROUNDING = 1.0 + 0x1p-23;

/* The first t with floor((t + 1) rate) >= k: near (k / rate) - 1. */
static hk_tick first_tick(double k, double rate) {
    hk_tick tick = (hk_tick)(k / (rate * ROUNDING)) - 2;
    while (floor((double)(tick + 1) * rate * ROUNDING) < k) tick++;
    return tick;
}

static void regular_encode(const void *param, const struct hk_presentation *shown,
                           struct hk_raster *out) {
    const struct rate_code *p = param;
    double per_tick = p->rate_max * shown->gain * 1e-3 * shown->tick_ms;
    for (hk_neuron i = 0; i < shown->count; i++) {
        double rate = fmin((double)shown->values[shown->first + i] * per_tick, 1.0);
        if (!(rate > 0.0)) continue;
        for (double k = 1.0;; k += 1.0) {
            hk_tick tick = first_tick(k, rate);
            if (tick >= shown->ticks) break;
            hk_raster_put(out, tick, shown->first + i);
        }
    }
}

const struct hk_encoder_model hk_encoder_regular = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "regular",
             .doc = "evenly spaced spikes at a rate proportional to the value",
             HK_PARAMS(params, struct rate_code)},
    .check = regular_check,
    .encode = regular_encode,
};
