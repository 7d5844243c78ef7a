/* Burst code (Guo et al. 2021): the higher the value x, 0..1, the more spikes and the closer:
 *
 *   N = ceil(n_max x) spikes at 0, ISI, 2 ISI ...
 *   ISI = ceil((1 - x)(t_max - t_min) + t_min) ticks
 *
 * The gain multiplies x, up to 1. */
#include "sim/encoder_model.h"

struct burst {
    struct hk_value_range range;
    int64_t n_max;
    double t_min, t_max;
};

/* clang-format off */
static const struct hk_param params[] = {
    {"n_max", "1", "spikes of the value 1", 5.0, 1.0, 1e6,
     offsetof(struct burst, n_max), HK_INT, NULL},
    {"t_min", "ms", "interval between the spikes of the value 1", 2.0, 1e-6, 1e6,
     offsetof(struct burst, t_min), HK_REAL, NULL},
    {"t_max", "ms", "interval that small values come near to", 10.0, 1e-6, 1e6,
     offsetof(struct burst, t_max), HK_REAL, NULL},
    HK_VALUE_RANGE(struct burst),
};
/* clang-format on */

static bool burst_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct burst *p = param;
    hk_tick ticks;
    if (!hk_tick_from_ms(p->t_min, tick_ms, &ticks, err)) return hk_err_context(err, "t_min");
    if (!hk_tick_from_ms(p->t_max, tick_ms, &ticks, err)) return hk_err_context(err, "t_max");
    if (p->t_min > p->t_max)
        return HK_FAIL(err, HK_ERR_RANGE, "t_min = %g ms must not be above t_max = %g ms", p->t_min,
                       p->t_max);
    return hk_value_range_check(&p->range, err);
}

/* What a float may be off where it stands for a fraction: 5 times 0.2 is 1, not the next number. */
static const double ROUNDING = 0x1p-23;

static void burst_encode(const void *param, const struct hk_presentation *shown,
                         struct hk_raster *out) {
    const struct burst *p = param;
    double shortest = p->t_min / shown->tick_ms, longest = p->t_max / shown->tick_ms;
    for (hk_neuron i = shown->first; i < shown->first + shown->count; i++) {
        double scaled = hk_value_range_scale(&p->range, (double)shown->values[i]);
        double x = fmin(shown->gain * scaled, 1.0);
        double spikes = ceil((double)p->n_max * x * (1.0 - ROUNDING));
        double interval = ceil((1.0 - x - ROUNDING) * (longest - shortest) + shortest - ROUNDING);
        hk_tick tick = 0;
        for (double k = 0.0; k < spikes; k++, tick += (hk_tick)fmax(interval, 1.0))
            hk_raster_put(out, tick, i);
    }
}

const struct hk_encoder_model hk_encoder_burst = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "burst",
             .doc = "a burst of spikes, more and closer for higher values",
             HK_PARAMS(params, struct burst)},
    .check = burst_check,
    .encode = burst_encode,
};
