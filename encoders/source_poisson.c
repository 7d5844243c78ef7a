/* Poisson source: in every tick each unit fires K times, K ~ Poisson(rate dt), drawn by inversion
 * from one 53-bit uniform keyed by (seed, population, unit, tick). It has no state. */
#include "encoders/kernels/poisson_times.h"
#include "sim/source_model.h"

#include "sim/numeric.h"

struct poisson {
    double rate;
};
enum { BURST_MAX = 64 };
struct poisson_step {
    double below[BURST_MAX]; /* below[k] = P(K <= k) */
    uint32_t most;           /* K never exceeds it: the rest is less than a uniform can hit */
    struct poisson_slices slices;
};

static const struct hk_param params[] = {
    {"rate", "Hz", "rate of each unit", HK_REQUIRED, 0.0, 1e9, offsetof(struct poisson, rate),
     HK_REAL, NULL},
};

static bool poisson_derive(const void *param, hk_neuron size, double tick_ms,
                           struct hk_arena *arena, void *derived, struct hk_err *err) {
    (void)size, (void)arena;
    struct poisson_step *d = derived;
    double rate = ((const struct poisson *)param)->rate, mean = rate * 1e-3 * tick_ms;
    if (mean > 10.0)
        return HK_FAIL(err, HK_ERR_RANGE, "rate = %g Hz is more than 10 spikes a tick of %g ms",
                       rate, tick_ms);
    poisson_slices_make(&d->slices, mean, tick_ms);
    double term = hk_exp(-mean), sum = term;
    for (d->most = 0; d->most < BURST_MAX - 1 && sum < 1.0 - 0x1p-54; d->most++) {
        d->below[d->most] = sum;
        term *= mean / (double)(d->most + 1);
        if (sum + term == sum) break;
        sum += term;
    }
    return true;
}

static uint32_t poisson_burst(const void *derived) {
    const struct poisson_step *d = derived;
    return d->most ? d->most : 1;
}

/* Two ticks share a block: each takes two words, so a uniform of 53 bits. */
static size_t poisson_emit(const struct hk_source_part *part, hk_tick tick, uint32_t *units) {
    const struct poisson_step *d = part->derived;
    size_t count = 0;
    for (hk_neuron i = part->first; i < part->first + part->count; i++) {
        struct hk_draws draws = hk_draws_at(part->stream, i, (uint64_t)tick / 2);
        double u = hk_draws_uniform(&draws);
        if (tick % 2) u = hk_draws_uniform(&draws);
        for (uint32_t k = 0; k < d->most && u > d->below[k]; k++) units[count++] = i;
    }
    return count;
}

static void poisson_list(const struct hk_source_part *part, hk_tick from, hk_tick to,
                         struct hk_raster *out) {
    const struct poisson_step *d = part->derived;
    poisson_slices_list(&d->slices, part->stream, part->first, part->count, from, to, out);
}

const struct hk_source_model hk_source_poisson = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "poisson",
             .doc = "independent Poisson spikes",
             HK_PARAMS(params, struct poisson),
             .main_param = "rate"},
    .derived_size = sizeof(struct poisson_step),
    .derive = poisson_derive,
    .burst = poisson_burst,
    .emit = poisson_emit,
    .list = poisson_list,
};
