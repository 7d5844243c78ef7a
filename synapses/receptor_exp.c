/* Exponential current: dI/dt = -I/tau, I jumps by the weight. On a linear membrane its effect over
 * a step h is exact (Rotter & Diesmann 1999): V gains P21 I with P21 = tau tau_m / (c_m (tau_m -
 * tau)) exp(-h/tau) expm1(h (tau_m - tau)/(tau tau_m)), and h/c_m exp(-h/tau_m) where the two time
 * constants are too close for that. */
#include "sim/receptor_model.h"

#include "sim/exp_receptor.h"

struct exp_current {
    double tau;
};
enum { I };

static const struct hk_param params[] = {
    {"tau", "ms", "time constant of the current", 2.0, 1e-3, 1e6, offsetof(struct exp_current, tau),
     HK_REAL, NULL},
};
static const struct hk_column columns[] = {[I] = {"i", "pA", "synaptic current", 0.0, false}};

static bool exp_derive(const void *param, const struct hk_grid *grid, void *derived,
                       struct hk_err *err) {
    (void)err;
    const struct exp_current *p = param;
    struct hk_exp_step *d = derived;
    d->decay = (hk_real)exp(-grid->tick_ms / p->tau);
    d->factor =
        (hk_real)(grid->exact ? hk_exp_propagator(p->tau, grid->exact, grid->tick_ms) : 1.0);
    return true;
}

static void exp_advance(const struct hk_receptors *block, struct hk_input *in) {
    const struct hk_exp_step step = *(const struct hk_exp_step *)block->derived;
    hk_real *restrict i_syn = block->state[I];
    const hk_real *restrict arrived = block->arrived;
    hk_real *restrict push = in->push;
    for (size_t i = 0; i < block->count; i++)
        push[i] += step.factor * hk_exp_advance(step, &i_syn[i], arrived[i]);
}

static void exp_lapse(const struct hk_idle *units) {
    const struct hk_membrane m = *units->membrane;
    const double tau = ((const struct exp_current *)units->param)->tau;
    double *restrict i_syn = units->state[I], *restrict push = units->push;
    for (size_t k = 0; k < units->count; k++) {
        struct hk_response r = hk_response(units->ms[k], tau, m.tau_m);
        push[k] += r.of_exp / m.c_m * i_syn[k];
        i_syn[k] *= r.decay;
    }
}

static void exp_take(const struct hk_idle *units, const double *arrived, double *jump) {
    (void)jump;
    for (size_t k = 0; k < units->count; k++) units->state[I][k] += arrived[k];
}

static void exp_bound(const struct hk_idle *units, double *restrict rise, double *restrict pull) {
    const double tau = ((const struct exp_current *)units->param)->tau;
    const double gain = hk_exp_rise(tau, units->membrane), *restrict i_syn = units->state[I];
    for (size_t k = 0; k < units->count; k++) {
        double inwards = i_syn[k] > 0.0 ? i_syn[k] : 0.0;
        rise[k] += gain * inwards;
        pull[k] += inwards;
    }
}

static void exp_wave(const struct hk_idle *unit, struct hk_wave *wave) {
    hk_wave_add_exp(wave, unit->state[I][0] / unit->membrane->c_m,
                    ((const struct exp_current *)unit->param)->tau, unit->membrane->tau_m);
}

const struct hk_receptor_model hk_receptor_exp = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "exp",
             .doc = "current that jumps by the weight and decays exponentially",
             HK_PARAMS(params, struct exp_current)},
    .weight_unit = "pA",
    .effect = HK_EFFECT_CURRENT,
    HK_COLUMNS(columns),
    .is_exp = true,
    .derived_size = sizeof(struct hk_exp_step),
    .derive = exp_derive,
    .advance = exp_advance,
    .lapse = exp_lapse,
    .take = exp_take,
    .bound = exp_bound,
    .wave = exp_wave,
};
