/* Poisson rate code: unit i fires at rate x_i rate_max, as intervals -ln(u)/rate in continuous
 * time; spikes that fall into one tick are one spike. Key: (seed, population, unit, presentation).
 */
#include "sim/encoder_model.h"

struct rate_code {
    double rate_max;
};

static const struct hk_param params[] = {
    {"rate_max", "Hz", "rate of a unit whose value is 1", HK_REQUIRED, 0.0, 1e6,
     offsetof(struct rate_code, rate_max), HK_REAL, NULL},
};

/* Random blocks that one presentation may use of one unit. */
static const uint64_t BLOCKS = (uint64_t)1 << 32;

static void poisson_encode(const void *param, const struct hk_presentation *shown,
                           struct hk_raster *out) {
    const struct rate_code *p = param;
    double per_tick = p->rate_max * shown->gain * 1e-3 * shown->tick_ms;
    double end = (double)shown->ticks;
    for (hk_neuron i = 0; i < shown->count; i++) {
        double rate = (double)shown->values[shown->first + i] * per_tick;
        if (!(rate > 0.0)) continue;
        struct hk_draws draws =
            hk_draws_at(shown->stream, shown->first + i, shown->number * BLOCKS);
        hk_tick last = -1;
        for (double t = hk_draws_exponential(&draws) / rate; t < end;
             t += hk_draws_exponential(&draws) / rate) {
            if ((hk_tick)t != last) hk_raster_put(out, last = (hk_tick)t, shown->first + i);
        }
    }
}

const struct hk_encoder_model hk_encoder_poisson = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "poisson",
             .doc = "Poisson spikes at a rate proportional to the value",
             HK_PARAMS(params, struct rate_code)},
    .encode = poisson_encode,
};
