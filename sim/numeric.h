/* exp and log of our own: the same bits on every machine, in every vector width, without libm and
 * without fused multiply-add. Inline and free of branches, so that loops over columns vectorise.
 *
 * Method: Cody & Waite 1980: x = n ln 2 + r with |r| <= ln(2)/2, exp(r) by its Taylor polynomial,
 * scaled by 2^n through the exponent bits. Errors are below 1 unit in the last place, those of
 * hk_expf below 1.1 (tested). */
#ifndef HK_SIM_NUMERIC_H
#define HK_SIM_NUMERIC_H

#include "sim/real.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline double hk_double_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t hk_bits_from_double(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float hk_float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t hk_bits_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* 2^52 + k for k < 2^52: k as its low bits. Vectors without conversions of 64 bits, as AVX2's, have
 * no other way to make numbers of whole ones; compilers, left alone, convert one by one. */
static inline double hk_above_2_52(uint64_t k) {
    return hk_double_from_bits(hk_bits_from_double(0x1p52) | k);
}

/* A whole number, rounded once; where vectors can't, by halves, the upper one above 2^84. */
#if defined(__SSE2__) && !defined(__AVX512DQ__)
#define HK_CONVERT_BY_HALVES
#endif
static inline double hk_double_from_int(int64_t k) {
#ifdef HK_CONVERT_BY_HALVES
    uint64_t bits = (uint64_t)k ^ UINT64_C(1) << 63; /* k + 2^63 */
    double high = hk_double_from_bits(hk_bits_from_double(0x1p84) | bits >> 32);
    return high - (0x1p84 + 0x1p63 + 0x1p52) + hk_above_2_52(bits & UINT32_MAX);
#else
    return (double)k;
#endif
}

/* To the nearest whole number, ties to even, for |x| < 2^51. */
static inline double hk_round(double x) {
    const double shift = 0x1.8p52;
    return (x + shift) - shift;
}

/* e^x for x in [-708, 709]; 0 below, e^709 above. */
static inline double hk_exp(double x) {
    const double shift = 0x1.8p52; /* adding it rounds to a whole number, left in the low bits */
    double clamped = x > 709.0 ? 709.0 : x; /* what comes of those below is not returned */
    double shifted = clamped * 0x1.71547652b82fep0 + shift;
    double n = shifted - shift;
    double r = (clamped - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    double e = 1.0 + (r + r * r * p);
    double power = hk_double_from_bits((hk_bits_from_double(shifted) + 1023) << 52);
    double result = e * power;
    return x < -708.0 ? 0.0 : result;
}

/* e^x for x in [-87, 88]; 0 below, e^88 above. */
static inline float hk_expf(float x) {
    const float shift = 0x1.8p23f;
    float clamped = x > 88.0f ? 88.0f : x; /* as above */
    float shifted = clamped * 0x1.715476p0f + shift;
    float n = shifted - shift;
    float r = (clamped - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
    float p = 1.0f / 5040.0f;
    p = p * r + 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    float e = 1.0f + (r + r * r * p);
    float power = hk_float_from_bits((hk_bits_from_float(shifted) + 127) << 23);
    float result = e * power;
    return x < -87.0f ? 0.0f : result;
}

/* ln x for normal x > 0: x = m 2^n with m in [0.70, 1.41), f = m - 1 (exact), s = f/(f + 2),
 * ln m = 2 artanh(s) = f - s (f - 2 (s^2/3 + s^4/5 + ...)). n is raised by 1023, so that it isn't
 * negative: AVX2 has no signed shifts of 64 bits. */
static inline double hk_log(double x) {
    uint64_t bits = hk_bits_from_double(x);
    const uint64_t half = 0x3fe6a09e667f3bcdu; /* sqrt(1/2) */
    const uint64_t bias = UINT64_C(1023) << 52;
    uint64_t raised = (bits - half + bias) >> 52;
    double m = hk_double_from_bits(bits + bias - (raised << 52));
    double f = m - 1.0;
    double s = f / (f + 2.0);
    double z = s * s;
    double p = 1.0 / 23.0;
    p = p * z + 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    double power = hk_above_2_52(raised) - (0x1p52 + 1023.0);
    double small = power * 0x1.a39ef35793c76p-33 - s * (f - 2.0 * z * p);
    return power * 0x1.62e42fee00000p-1 + (f + small);
}

/* x^y for x > 0; 0 for x <= 0. The rounding of y ln x shows: some |y ln x| units more of error. */
static inline double hk_pow(double x, double y) {
    double result = hk_exp(y * hk_log(x > 0.0 ? x : 1.0));
    return x > 0.0 ? result : 0.0;
}

/* (e^x - 1)/x for |x| <= 1/2 and (e^x - 1 - x)/x^2 for |x| <= 1/4, where the differences would lose
 * digits: their series, the first to 0.8 units in the last place. Its even and odd powers are
 * summed apart: each addition waits for the one before, and so half as many do. */
static inline double hk_phi1_near(double x) {
    double y = x * x;
    double even = 1.0 / 1307674368000.0, odd = 1.0 / 87178291200.0;
    even = even * y + 1.0 / 6227020800.0;
    odd = odd * y + 1.0 / 479001600.0;
    even = even * y + 1.0 / 39916800.0;
    odd = odd * y + 1.0 / 3628800.0;
    even = even * y + 1.0 / 362880.0;
    odd = odd * y + 1.0 / 40320.0;
    even = even * y + 1.0 / 5040.0;
    odd = odd * y + 1.0 / 720.0;
    even = even * y + 1.0 / 120.0;
    odd = odd * y + 1.0 / 24.0;
    even = even * y + 1.0 / 6.0;
    return 1.0 + (0.5 * x + y * (even + x * odd));
}
static inline double hk_phi2_near(double x) {
    double p = 1.0 / 6227020800.0;
    p = p * x + 1.0 / 479001600.0;
    p = p * x + 1.0 / 39916800.0;
    p = p * x + 1.0 / 3628800.0;
    p = p * x + 1.0 / 362880.0;
    p = p * x + 1.0 / 40320.0;
    p = p * x + 1.0 / 5040.0;
    p = p * x + 1.0 / 720.0;
    p = p * x + 1.0 / 120.0;
    p = p * x + 1.0 / 24.0;
    p = p * x + 1.0 / 6.0;
    p = p * x + 1.0 / 2.0;
    return p;
}

/* The first of them in single precision; 1/5024 is 1/5040 and what x^8/9! adds. */
static inline float hk_phi1_nearf(float x) {
    float y = x * x;
    float even = 1.0f / 5024.0f, odd = 1.0f / 40320.0f;
    even = even * y + 1.0f / 120.0f;
    odd = odd * y + 1.0f / 720.0f;
    even = even * y + 1.0f / 6.0f;
    odd = odd * y + 1.0f / 24.0f;
    return 1.0f + (0.5f * x + y * (even + x * odd));
}

/* What a current that decays with tau adds in t to a membrane that decays with tau_m, for 1 pA at
 * the start: of_exp for exp(-t/tau), of_ramp for t exp(-t/tau); times c_m. */
struct hk_response {
    double decay, slow; /* exp(-t/tau), exp(-t/tau_m) */
    double of_exp, of_ramp;
};
static inline struct hk_response hk_response(double t, double tau, double tau_m) {
    double a = 1.0 / tau - 1.0 / tau_m, x = a * t;
    bool is_near = x >= -0.25 && x <= 0.25;
    double near = is_near ? x : 0.0;
    struct hk_response r = {.decay = hk_exp(-t / tau), .slow = hk_exp(-t / tau_m)};
    double a_far = is_near ? 1.0 : a;
    r.of_exp = is_near ? r.decay * t * hk_phi1_near(near) : (r.slow - r.decay) / a_far;
    r.of_ramp = is_near ? r.decay * t * t * hk_phi2_near(near)
                        : (r.slow - r.decay * (1.0 + x)) / (a_far * a_far);
    return r;
}

/* For arguments up to it hk_real_phi1_near is right. */
#define HK_REAL_NEAR ((hk_real)0.5)

/* These in the precision of the state. Powers are rare, so both precisions share one. */
#ifdef HK_REAL_IS_DOUBLE
typedef uint64_t hk_bits; /* of a hk_real */
static inline hk_bits hk_bits_from_real(hk_real x) {
    return hk_bits_from_double(x);
}
static inline hk_real hk_real_from_bits(hk_bits bits) {
    return hk_double_from_bits(bits);
}
static inline hk_real hk_real_exp(hk_real x) {
    return hk_exp(x);
}
static inline hk_real hk_real_abs(hk_real x) {
    return fabs(x);
}
static inline hk_real hk_real_phi1_near(hk_real x) {
    return hk_phi1_near(x);
}
#else
typedef uint32_t hk_bits;
static inline hk_bits hk_bits_from_real(hk_real x) {
    return hk_bits_from_float(x);
}
static inline hk_real hk_real_from_bits(hk_bits bits) {
    return hk_float_from_bits(bits);
}
static inline hk_real hk_real_exp(hk_real x) {
    return hk_expf(x);
}
static inline hk_real hk_real_abs(hk_real x) {
    return fabsf(x);
}
static inline hk_real hk_real_phi1_near(hk_real x) {
    return hk_phi1_nearf(x);
}
#endif

/* A whole number; single precision rounds it once where |k| < 2^53. */
static inline hk_real hk_real_from_int(int64_t k) {
#ifdef HK_CONVERT_BY_HALVES
    return (hk_real)hk_double_from_int(k);
#else
    return (hk_real)k;
#endif
}

static inline hk_real hk_real_pow(hk_real x, hk_real y) {
    return (hk_real)hk_pow((double)x, (double)y);
}

/* A decaying value, ended where it no longer matters. Left alone it would reach the denormal
 * numbers and stay there (the smallest times 0.78 rounds to itself), and arithmetic with those is
 * many times slower. */
#define HK_SETTLED ((hk_real)1e-30)
static inline hk_real hk_settle(hk_real x) {
    return hk_real_abs(x) < HK_SETTLED ? 0 : x;
}

static inline hk_real hk_clamp(hk_real x, hk_real low, hk_real high) {
    hk_real raised = x < low ? low : x;
    return raised > high ? high : raised;
}

#endif
