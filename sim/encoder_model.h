/* The contract of an encoder: sample values in, spikes of one presentation out. One file in
 * encoders/, one table. Encoders are functions of (values, presentation, unit), so threads can't
 * change them. */
#ifndef HK_SIM_ENCODER_MODEL_H
#define HK_SIM_ENCODER_MODEL_H

#include "sim/param.h"
#include "sim/raster.h"
#include "sim/rng.h"

struct hk_presentation {
    const float *values; /* the whole sample: 0..1 for images, any for real ones */
    size_t value_count;
    hk_neuron first, count; /* the units to encode */
    hk_tick ticks;          /* length of the presentation */
    double tick_ms;
    double gain;             /* retries raise it: rates and intensities are multiplied by it; codes
                              * that have neither, such as an order, take no notice */
    uint64_t number;         /* of this presentation within the run: keys the random numbers */
    struct hk_stream stream; /* of this population */
};

struct hk_encoder_model {
    struct hk_model base;
    bool (*check)(const void *param, double tick_ms, struct hk_err *err); /* optional */
    /* How many units encode a sample of that many values; NULL: one a value, in their order. */
    size_t (*units)(const void *param, size_t value_count);
    /* Put the spikes of units first..first+count-1, in the order of units, at most one a tick and
     * unit. */
    void (*encode)(const void *param, const struct hk_presentation *shown, struct hk_raster *out);
};

static inline size_t hk_encoder_units(const struct hk_encoder_model *model, const void *param,
                                      size_t value_count) {
    return model->units ? model->units(param, value_count) : value_count;
}

/* ---- what several encoders need ---- */

/* The range of values that is coded as 0..1; what lies outside counts as its nearer end. */
struct hk_value_range {
    double low, high;
};
/* Its two rows in a table of parameters; the member of `type` is called `range`. */
/* clang-format off */
#define HK_VALUE_RANGE(type)                                                                       \
    {"value_min", "1", "value that is coded as 0, as are all below", 0.0, -1e9, 1e9,               \
     offsetof(type, range.low), HK_REAL, NULL},                                                    \
    {"value_max", "1", "value that is coded as 1, as are all above", 1.0, -1e9, 1e9,               \
     offsetof(type, range.high), HK_REAL, NULL}
/* clang-format on */

static inline bool hk_value_range_check(const struct hk_value_range *range, struct hk_err *err) {
    if (range->low < range->high) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "value_min = %g must be below value_max = %g", range->low,
                   range->high);
}

static inline double hk_value_range_scale(const struct hk_value_range *range, double value) {
    return fmin(fmax((value - range->low) / (range->high - range->low), 0.0), 1.0);
}

/* Milliseconds that the encoder's check has found to be whole ticks. */
static inline hk_tick hk_presentation_ticks(const struct hk_presentation *shown, double ms) {
    return (hk_tick)nearbyint(ms / shown->tick_ms);
}

/* The tick of one of the values, where they are a signal in time that is spread over `window` ms;
 * 0: over the whole presentation. */
static inline hk_tick hk_presentation_tick_of(const struct hk_presentation *shown, double window,
                                              size_t value) {
    hk_tick ticks = window > 0.0 ? hk_presentation_ticks(shown, window) : shown->ticks;
    return (hk_tick)((uint64_t)value * (uint64_t)ticks / shown->value_count);
}

#endif
