/* How far a unit is from its threshold, as time goes on and nothing arrives: a constant and terms
 * that decay,
 *
 *     d(t) = constant + sum_k p_k(t) exp(-t / tau_k),   p_k a polynomial of low degree,
 *
 * and the first time at which it is no longer above 0. Every linear membrane with exponential or
 * alpha currents, adaptation currents and decaying thresholds is such a sum; the polynomials come
 * from alpha currents and from time constants that are equal, or nearly.
 *
 * No crossing is missed: stretches of time are passed only where a bound of d, or of its slope and
 * curvature, proves that there is none. */
#ifndef HK_SIM_WAVE_H
#define HK_SIM_WAVE_H

#include "sim/types.h"

enum { HK_WAVE_TERMS = 20, HK_WAVE_POWERS = 16 };

struct hk_wave_term {
    double tau;               /* ms */
    double p[HK_WAVE_POWERS]; /* p[n] t^n */
    int powers;               /* how many of them there are, at least 1 */
};
struct hk_wave {
    double constant;
    struct hk_wave_term term[HK_WAVE_TERMS];
    size_t count;
};

/* Add amplitude * exp(-t / tau). */
void hk_wave_add(struct hk_wave *wave, double amplitude, double tau);
/* Add `gain` times what a membrane that decays with tau_m has taken up after t from an input
 * exp(-t / tau), and from an input t exp(-t / tau): the integrals of input times
 * exp(-(t - s) / tau_m). Both are 0 at t = 0. */
void hk_wave_add_exp(struct hk_wave *wave, double gain, double tau, double tau_m);
void hk_wave_add_ramp(struct hk_wave *wave, double gain, double tau, double tau_m);

void hk_wave_negate(struct hk_wave *wave);

double hk_wave_at(const struct hk_wave *wave, double t);
/* The first t >= 0, ms, at which the wave isn't above 0, to a last bit or so; INFINITY: never. */
double hk_wave_first(const struct hk_wave *wave);

#endif
