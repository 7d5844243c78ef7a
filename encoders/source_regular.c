/* Regular source: every unit fires at `start` and then every `interval`; unit i is `stagger` times
 * i later. */
#include "sim/source_model.h"

struct regular {
    double interval, start, stagger;
};
struct regular_step {
    hk_tick interval, start, stagger;
};

static const struct hk_param params[] = {
    {"interval", "ms", "time between spikes", HK_REQUIRED, 1e-6, 1e12,
     offsetof(struct regular, interval), HK_REAL, NULL},
    {"start", "ms", "time of the first spike; default: one interval", 0.0, 0.0, 1e12,
     offsetof(struct regular, start), HK_REAL, NULL},
    {"stagger", "ms", "each unit is so much later than the one before", 0.0, 0.0, 1e12,
     offsetof(struct regular, stagger), HK_REAL, NULL},
};

static bool regular_derive(const void *param, hk_neuron size, double tick_ms,
                           struct hk_arena *arena, void *derived, struct hk_err *err) {
    (void)size, (void)arena;
    const struct regular *p = param;
    struct regular_step *d = derived;
    if (!hk_tick_from_ms(p->interval, tick_ms, &d->interval, err))
        return hk_err_context(err, "interval");
    if (d->interval < 1)
        return HK_FAIL(err, HK_ERR_RANGE, "interval = %g ms, must be at least one tick of %g ms",
                       p->interval, tick_ms);
    if (!hk_tick_from_ms(p->start > 0.0 ? p->start : p->interval, tick_ms, &d->start, err))
        return hk_err_context(err, "start");
    if (!hk_tick_from_ms(p->stagger, tick_ms, &d->stagger, err))
        return hk_err_context(err, "stagger");
    return true;
}

static uint32_t regular_burst(const void *derived) {
    (void)derived;
    return 1;
}

static size_t regular_emit(const struct hk_source_part *part, hk_tick tick, uint32_t *units) {
    const struct regular_step *d = part->derived;
    size_t count = 0;
    for (hk_neuron i = part->first; i < part->first + part->count; i++) {
        hk_tick since = tick - d->start - d->stagger * (hk_tick)i;
        if (since >= 0 && since % d->interval == 0) units[count++] = i;
    }
    return count;
}

static void regular_list(const struct hk_source_part *part, hk_tick from, hk_tick to,
                         struct hk_raster *out) {
    const struct regular_step *d = part->derived;
    for (hk_neuron i = part->first; i < part->first + part->count; i++) {
        hk_tick start = d->start + d->stagger * (hk_tick)i, tick = start;
        if (from >= start) tick = start + ((from - start) / d->interval + 1) * d->interval;
        for (; tick <= to; tick += d->interval) hk_raster_put(out, tick - from - 1, i);
    }
}

const struct hk_source_model hk_source_regular = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "regular",
             .doc = "evenly spaced spikes",
             HK_PARAMS(params, struct regular),
             .main_param = "interval"},
    .derived_size = sizeof(struct regular_step),
    .derive = regular_derive,
    .burst = regular_burst,
    .emit = regular_emit,
    .list = regular_list,
};
