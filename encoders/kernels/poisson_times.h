/* Poisson spikes at any time, for the exact clock. Time is cut into slices of a power of two of
 * ticks, with some one or two spikes each: how many fall into a slice and where is a function of
 * (seed, population, unit, slice), so any stretch of time can be asked for by anyone. */
#ifndef HK_ENCODERS_KERNELS_POISSON_TIMES_H
#define HK_ENCODERS_KERNELS_POISSON_TIMES_H

#include "sim/numeric.h"
#include "sim/raster.h"
#include "sim/rng.h"

enum { POISSON_COUNTS = 40 };

struct poisson_slices {
    int bits;                     /* a slice is 2^bits ticks */
    int most;                     /* no slice has more spikes: what is left is below 2^-53 */
    double below[POISSON_COUNTS]; /* P(K <= k) */
};

static inline void poisson_slices_make(struct poisson_slices *s, double per_tick) {
    s->bits = 0;
    while (s->bits < 31 && per_tick * (double)(INT64_C(1) << s->bits) < 1.0) s->bits++;
    double mean = per_tick * (double)(INT64_C(1) << s->bits), term = hk_exp(-mean), sum = term;
    for (s->most = 0; s->most < POISSON_COUNTS - 1; s->most++) {
        s->below[s->most] = sum;
        term *= mean / (double)(s->most + 1);
        if (sum + term == sum) break;
        sum += term;
    }
}

/* The spikes of one unit after `from` and up to `to`. A silent unit costs a draw a slice. */
static inline void poisson_slices_list(const struct poisson_slices *s, struct hk_stream stream,
                                       hk_neuron unit, hk_tick from, hk_tick to,
                                       struct hk_raster *out) {
    for (hk_tick slice = from >> s->bits; slice <= (to - 1) >> s->bits; slice++) {
        struct hk_draws draws = hk_draws_at(stream, unit, (uint64_t)slice << 8);
        double u = hk_draws_uniform(&draws);
        for (int k = 0; k < s->most && u > s->below[k]; k++) {
            hk_tick within = (hk_tick)((uint64_t)hk_draws_word(&draws) >> (32 - s->bits));
            hk_tick tick = (slice << s->bits) + within + 1;
            if (tick > from && tick <= to) hk_raster_put(out, tick - from - 1, unit);
        }
    }
}

#endif
