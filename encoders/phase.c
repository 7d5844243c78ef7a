/* Phase code (Kim et al. 2018): the 8 bits of round(255 x), the highest first, one a phase; a bit
 * that is 1 is a spike at the start of its phase. Phase k carries the weight 2^-(1+k), so the
 * spikes of a cycle of 8 phases add up to round(255 x)/256; a spike here has no weight of its own,
 * it is for the reader to know the phase. Cycles repeat to the end of the presentation. The gain
 * multiplies x, up to 1. */
#include "sim/encoder_model.h"

enum { BITS = 8 };

struct phase {
    struct hk_value_range range;
    double interval;
};

/* clang-format off */
static const struct hk_param params[] = {
    {"interval", "ms", "length of a phase, an eighth of a cycle", 1.0, 1e-6, 1e6,
     offsetof(struct phase, interval), HK_REAL, NULL},
    HK_VALUE_RANGE(struct phase),
};
/* clang-format on */

static bool phase_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct phase *p = param;
    hk_tick ticks;
    return hk_value_range_check(&p->range, err) &&
           (hk_tick_from_ms(p->interval, tick_ms, &ticks, err) || hk_err_context(err, "interval"));
}

static void phase_encode(const void *param, const struct hk_presentation *shown,
                         struct hk_raster *out) {
    const struct phase *p = param;
    hk_tick interval = hk_presentation_ticks(shown, p->interval);
    for (hk_neuron i = shown->first; i < shown->first + shown->count; i++) {
        double scaled = hk_value_range_scale(&p->range, (double)shown->values[i]);
        unsigned byte = (unsigned)floor(fmin(shown->gain * scaled, 1.0) * 255.0 + 0.5);
        unsigned bit = 0;
        for (hk_tick tick = 0; tick < shown->ticks; tick += interval, bit = (bit + 1) % BITS)
            if (byte >> (BITS - 1 - bit) & 1u) hk_raster_put(out, tick, i);
    }
}

const struct hk_encoder_model hk_encoder_phase = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "phase",
             .doc = "the value's 8 bits as spikes in 8 phases, repeated",
             HK_PARAMS(params, struct phase)},
    .check = phase_check,
    .encode = phase_encode,
};
