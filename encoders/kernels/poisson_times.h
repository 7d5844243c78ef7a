/* Poisson spikes at any time, for the exact clock. Time is cut into slices of a power of two of
 * ticks, with some one or two spikes each: how many fall into a slice and where is a function of
 * (seed, population, unit, slice), so any stretch of time can be asked for by anyone.
 *
 * Units that are rarely heard are drawn together, up to 64 neighbours: independent Poisson
 * processes of one rate add up to one of the sum of their rates, each of whose spikes is any one's
 * with equal chance. Then silent units cost next to nothing. Such a block begins at a multiple of
 * its size, whoever asks; who owns a part of it leaves out the others' spikes. */
#ifndef HK_ENCODERS_KERNELS_POISSON_TIMES_H
#define HK_ENCODERS_KERNELS_POISSON_TIMES_H

#include "sim/numeric.h"
#include "sim/raster.h"
#include "sim/rng.h"

#include <math.h>

enum {
    POISSON_COUNTS = 40,
    POISSON_UNIT_BITS = 6,
    POISSON_TICK_BITS = 32 - POISSON_UNIT_BITS,
    POISSON_PARTS = 8,  /* of a slice at most: more than 30 spikes a tick are refused */
    POISSON_WORDS = 32, /* groups of random words between parts, far more than one draws */
};

struct poisson_slices {
    int unit_bits;                /* a block is 2^unit_bits units, */
    int bits;                     /* and a slice 2^bits ticks */
    int parts;                    /* independent draws that are added up */
    int most;                     /* none has more spikes: what is left is below 2^-53 */
    double below[POISSON_COUNTS]; /* P(K <= k) of one of them */
};

static inline void poisson_slices_make(struct poisson_slices *s, double per_tick, double tick_ms) {
    const double BUSY = 10.0, PART_MEAN = 4.0; /* spikes/ms of a block; of a draw */
    *s = (struct poisson_slices){.parts = 1};
    while (s->unit_bits < POISSON_UNIT_BITS && ldexp(per_tick, s->unit_bits) < BUSY * tick_ms)
        s->unit_bits++;
    double mean = ldexp(per_tick, s->unit_bits);
    for (; s->bits < POISSON_TICK_BITS && mean < 1.0; mean *= 2.0) s->bits++;
    if (mean > PART_MEAN) s->parts = (int)ceil(mean / PART_MEAN);
    mean /= s->parts;
    double term = hk_exp(-mean), sum = term;
    for (s->most = 0; s->most < POISSON_COUNTS - 1; s->most++) {
        s->below[s->most] = sum;
        term *= mean / (double)(s->most + 1);
        if (sum + term == sum) break;
        sum += term;
    }
}

/* What a slice has of a block; a word says when a spike is, and whose. */
struct poisson_slice {
    struct hk_draws draws;
    hk_tick begin;
    hk_neuron first;
};

static inline void poisson_slice_next(const struct poisson_slices *s, struct poisson_slice *slice,
                                      hk_tick *tick, hk_neuron *unit) {
    uint32_t word = hk_draws_word(&slice->draws);
    *tick = slice->begin + (hk_tick)((uint64_t)word >> (32 - s->bits)) + 1;
    *unit = slice->first + (word & ((UINT32_C(1) << s->unit_bits) - 1));
}

/* The spikes of a block after `from` and up to `to`, of units first..last. */
static inline void poisson_slices_list_block(const struct poisson_slices *s,
                                             struct hk_stream stream, hk_neuron block,
                                             hk_neuron first, hk_neuron last, hk_tick from,
                                             hk_tick to, struct hk_raster *out) {
    const hk_tick begin = (from >> s->bits) * s->parts,
                  end = (((to - 1) >> s->bits) + 1) * s->parts;
    for (hk_tick part = begin; part < end; part++) {
        const hk_tick number = part / s->parts;
        const uint64_t index =
            ((uint64_t)number * POISSON_PARTS + (uint64_t)(part % s->parts)) * POISSON_WORDS;
        struct poisson_slice slice = {.draws = hk_draws_at(stream, block, index),
                                      .begin = number << s->bits,
                                      .first = block << s->unit_bits};
        double u = hk_draws_uniform(&slice.draws);
        for (int k = 0; k < s->most && u > s->below[k]; k++) {
            hk_tick tick;
            hk_neuron unit;
            poisson_slice_next(s, &slice, &tick, &unit);
            if (tick > from && tick <= to && unit >= first && unit <= last)
                hk_raster_put(out, tick - from - 1, unit);
        }
    }
}

/* The spikes of `count` units after `from` and up to `to`. */
static inline void poisson_slices_list(const struct poisson_slices *s, struct hk_stream stream,
                                       hk_neuron first, size_t count, hk_tick from, hk_tick to,
                                       struct hk_raster *out) {
    if (count == 0 || s->most == 0) return;
    const hk_neuron last = first + (hk_neuron)(count - 1);
    for (hk_neuron block = first >> s->unit_bits; block <= last >> s->unit_bits; block++)
        poisson_slices_list_block(s, stream, block, first, last, from, to, out);
}

#endif
