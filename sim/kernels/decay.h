/* A trace of spikes, in closed form: its value just after the last one, decayed since. */
#ifndef HK_SIM_KERNELS_DECAY_H
#define HK_SIM_KERNELS_DECAY_H

#include "sim/numeric.h"
#include "sim/real.h"
#include "sim/types.h"

/* Ticks as a number, exact or rounded once below 2^53 (104 days of 1 ns). Vectors without
 * instructions for whole numbers of 64 bits put halves into the low bits of two powers of two and
 * take these off again; compilers, left alone, convert one by one. */
#if defined(__SSE2__) && !defined(__AVX512DQ__)
static inline hk_real real_ticks(hk_tick ticks) {
    const uint64_t half = UINT32_MAX, bits = (uint64_t)ticks;
    double high = hk_double_from_bits(hk_bits_from_double(0x1p84) ^ 1u << 31 ^ bits >> 32);
    double low = hk_double_from_bits(hk_bits_from_double(0x1p52) | (bits & half));
    return (hk_real)(high - (0x1p84 + 0x1p63 + 0x1p52) + low);
}
#else
static inline hk_real real_ticks(hk_tick ticks) {
    return (hk_real)ticks;
}
#endif

/* What is left of it after so many ticks, at `rate` = -1/tau; traces aren't negative. It ends where
 * it no longer matters: rules multiply by small factors, and products with denormal numbers are
 * many times slower. */
static inline hk_real trace_left(hk_real value, hk_real ticks, hk_real rate) {
    hk_real left = value * hk_real_exp(ticks * rate);
    return left < HK_SETTLED ? 0 : left;
}

#endif
