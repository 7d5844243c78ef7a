/* Rank order code (Thorpe & Gautrais 1998): one spike a unit, in descending order of their values,
 * equal ones in that of the units; rank r at r times the interval. What comes after the end of the
 * presentation is lost. Who decodes with sum m^rank sees only the order.
 *
 * A rank is counted, not sorted: a unit needs nothing but the values, and for the thousands of
 * units of an image that takes less time than the spikes do. */
#include "sim/encoder_model.h"

struct rank_order {
    double interval;
};

static const struct hk_param params[] = {
    {"interval", "ms", "time from one rank to the next", 1.0, 1e-6, 1e6,
     offsetof(struct rank_order, interval), HK_REAL, NULL},
};

static bool rank_order_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct rank_order *p = param;
    hk_tick ticks;
    return hk_tick_from_ms(p->interval, tick_ms, &ticks, err) || hk_err_context(err, "interval");
}

/* How many values come before that of `unit`. */
static uint32_t count_before(const float *values, size_t count, size_t unit) {
    float own = values[unit];
    uint32_t rank = 0;
    for (size_t i = 0; i < unit; i++) rank += values[i] >= own;
    for (size_t i = unit + 1; i < count; i++) rank += values[i] > own;
    return rank;
}

static void rank_order_encode(const void *param, const struct hk_presentation *shown,
                              struct hk_raster *out) {
    const struct rank_order *p = param;
    hk_tick interval = hk_presentation_ticks(shown, p->interval);
    for (hk_neuron i = shown->first; i < shown->first + shown->count; i++)
        hk_raster_put(out, interval * count_before(shown->values, shown->value_count, i), i);
}

const struct hk_encoder_model hk_encoder_rank_order = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "rank-order",
             .doc = "one spike a value, in descending order",
             HK_PARAMS(params, struct rank_order)},
    .check = rank_order_check,
    .encode = rank_order_encode,
};
