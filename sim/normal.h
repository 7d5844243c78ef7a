/* The normal distribution by inversion: Wichura 1988, algorithm AS 241, PPND16, about 16 decimal
 * digits. Inline and in pieces without branches, so that a loop over many vectorises and gives the
 * same bits as one at a time. */
#ifndef HK_SIM_NORMAL_H
#define HK_SIM_NORMAL_H

#include "sim/numeric.h"

#include <math.h>
#include <stdbool.h>

/* clang-format off */
static const double hk_normal_a[8] = {3.3871328727963666080e0,  1.3314166789178437745e2,
                            1.9715909503065514427e3,  1.3731693765509461125e4,
                            4.5921953931549871457e4,  6.7265770927008700853e4,
                            3.3430575583588128105e4,  2.5090809287301226727e3};
static const double hk_normal_b[8] = {1.0,                      4.2313330701600911252e1,
                            6.8718700749205790830e2,  5.3941960214247511077e3,
                            2.1213794301586595867e4,  3.9307895800092710610e4,
                            2.8729085735721942674e4,  5.2264952788528545610e3};
static const double hk_normal_c[8] = {1.42343711074968357734e0, 4.63033784615654529590e0,
                            5.76949722146069140550e0, 3.64784832476320460504e0,
                            1.27045825245236838258e0, 2.41780725177450611770e-1,
                            2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double hk_normal_d[8] = {1.0,                      2.05319162663775882187e0,
                            1.67638483018380384940e0, 6.89767334985100004550e-1,
                            1.48103976427480074590e-1, 1.51986665636164571966e-2,
                            5.47593808499534494600e-4, 1.05075007164441684324e-9};
static const double hk_normal_e[8] = {6.65790464350110377720e0, 5.46378491116411436990e0,
                            1.78482653991729133580e0, 2.96560571828504891230e-1,
                            2.65321895265761230930e-2, 1.24266094738807843860e-3,
                            2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double hk_normal_f[8] = {1.0,                      5.99832206555887937690e-1,
                            1.36929880922735805310e-1, 1.48753612908506148525e-2,
                            7.86869131145613259100e-4, 1.84631831751005468180e-5,
                            1.42151175831644588870e-7, 2.04426310338993978564e-15};
/* clang-format on */

static inline double hk_normal_ratio(const double *over, const double *under, double r) {
    double top = over[7], bottom = under[7];
    for (int i = 6; i >= 0; i--) {
        top = top * r + over[i];
        bottom = bottom * r + under[i];
    }
    return top / bottom;
}

/* The three ranges: |p - 1/2| <= 0.425; and with r = sqrt(-ln min(p, 1 - p)), r <= 5 and above. */
static inline bool hk_normal_is_central(double p) {
    return fabs(p - 0.5) <= 0.425;
}

static inline double hk_normal_central(double p) {
    double q = p - 0.5;
    return q * hk_normal_ratio(hk_normal_a, hk_normal_b, 0.180625 - q * q);
}

static inline double hk_normal_depth(double p) {
    return sqrt(-hk_log(p < 0.5 ? p : 1.0 - p));
}

static inline double hk_normal_tail(double p, double depth) {
    double x = hk_normal_ratio(hk_normal_c, hk_normal_d, depth - 1.6);
    return p < 0.5 ? -x : x;
}

static inline double hk_normal_far(double p, double depth) {
    double x = hk_normal_ratio(hk_normal_e, hk_normal_f, depth - 5.0);
    return p < 0.5 ? -x : x;
}

/* The x below which a normal number lies with probability p, 0 < p < 1. */
static inline double hk_normal_quantile(double p) {
    if (hk_normal_is_central(p)) return hk_normal_central(p);
    double depth = hk_normal_depth(p);
    return depth <= 5.0 ? hk_normal_tail(p, depth) : hk_normal_far(p, depth);
}

/* A uniform number of 53 bits from two words, as hk_draws_uniform: (k + 1/2) 2^-52. */
static inline double hk_uniform_from(uint32_t high, uint32_t low) {
    uint64_t k = ((uint64_t)high << 32 | low) >> 12;
    return (hk_above_2_52(k) - (0x1p52 - 0.5)) * 0x1p-52;
}

#endif
