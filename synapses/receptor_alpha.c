/* Alpha current: i(t) = w (e/tau) t exp(-t/tau), of peak w at t = tau. State y1 = dI/dt + I/tau
 * (pA/ms) and y2 = I. On a linear membrane exact over a step h (Rotter & Diesmann 1999): V gains
 * P31 y1 + P32 y2,  beta = tau tau_m / (tau_m - tau), P32 = beta/c_m exp(-h/tau) expm1(h/beta), P31
 * = beta/c_m exp(-h/tau) (beta expm1(h/beta) - h), and h/c_m exp(-h/tau_m), h^2/(2 c_m)
 * exp(-h/tau_m) where the time constants are too close. */
#include "sim/receptor_model.h"

#include "sim/numeric.h"

struct alpha {
    double tau;
};
struct alpha_step {
    hk_real decay, rise, jump, push_y1, push_y2;
};
enum { Y1, Y2 };

static const struct hk_param params[] = {
    {"tau", "ms", "time to the current's peak", 2.0, 1e-3, 1e6, offsetof(struct alpha, tau),
     HK_REAL, NULL},
};
static const struct hk_column columns[] = {
    [Y1] = {"y1", "pA/ms", "rise of the synaptic current", 0.0, false},
    [Y2] = {"i", "pA", "synaptic current", 0.0, false},
};

static void propagators(double tau, const struct hk_membrane *m, double h, struct alpha_step *d) {
    double apart = m->tau_m - tau, beta = tau * m->tau_m / apart;
    double near = 1e-8 * m->tau_m * m->tau_m;
    double p32 = beta / m->c_m * exp(-h / tau) * expm1(h / beta);
    double p31 = beta / m->c_m * exp(-h / tau) * (beta * expm1(h / beta) - h);
    bool p32_ok = isnormal(p32) && p32 > 0.0;
    bool p31_ok = isnormal(p31) && h * fabs(apart) >= near;
    double same = exp(-h / m->tau_m) / m->c_m;
    d->push_y2 = (hk_real)(p32_ok ? p32 : h * same);
    d->push_y1 = (hk_real)(p31_ok ? p31 : 0.5 * h * h * same);
}

static bool alpha_derive(const void *param, const struct hk_grid *grid, void *derived,
                         struct hk_err *err) {
    (void)err;
    const double tau = ((const struct alpha *)param)->tau, h = grid->tick_ms;
    struct alpha_step *d = derived;
    d->decay = (hk_real)exp(-h / tau);
    d->rise = (hk_real)(h * exp(-h / tau));
    d->jump = (hk_real)(2.718281828459045235 / tau);
    d->push_y1 = 0;
    d->push_y2 = 1;
    if (grid->exact) propagators(tau, grid->exact, h, d);
    return true;
}

static void alpha_advance(const struct hk_receptors *block, struct hk_input *in) {
    const struct alpha_step d = *(const struct alpha_step *)block->derived;
    hk_real *restrict y1 = block->state[Y1], *restrict y2 = block->state[Y2];
    const hk_real *restrict arrived = block->arrived;
    hk_real *restrict push = in->push;
    for (size_t i = 0; i < block->count; i++) {
        push[i] += d.push_y1 * y1[i] + d.push_y2 * y2[i];
        y2[i] = hk_settle(d.rise * y1[i] + d.decay * y2[i]);
        y1[i] = hk_settle(d.decay * y1[i]) + d.jump * arrived[i];
    }
}

static void alpha_lapse(const struct hk_idle *units) {
    const struct hk_membrane m = *units->membrane;
    const double tau = ((const struct alpha *)units->param)->tau;
    double *restrict y1 = units->state[Y1], *restrict y2 = units->state[Y2];
    double *restrict push = units->push;
    for (size_t k = 0; k < units->count; k++) {
        const double t = units->ms[k];
        struct hk_response r = hk_response(t, tau, m.tau_m);
        push[k] += r.of_exp / m.c_m * y2[k] + r.of_ramp / m.c_m * y1[k];
        y2[k] = r.decay * (y2[k] + t * y1[k]);
        y1[k] *= r.decay;
    }
}

static void alpha_take(const struct hk_idle *units, const double *arrived, double *jump) {
    const double rise = 2.718281828459045235 / ((const struct alpha *)units->param)->tau;
    (void)jump;
    for (size_t k = 0; k < units->count; k++) units->state[Y1][k] += rise * arrived[k];
}

/* Of either part: its charge is its amplitude times tau, or tau^2, and its peak its amplitude, or
 * tau / e of it. */
static void alpha_bound(const struct hk_idle *units, double *rise, double *pull) {
    const double tau = ((const struct alpha *)units->param)->tau;
    const double gain = hk_exp_rise(tau, units->membrane), per_e = 0.36787944117144233;
    for (size_t k = 0; k < units->count; k++) {
        double i_syn = fmax(units->state[Y2][k], 0.0), ramp = fmax(units->state[Y1][k], 0.0);
        rise[k] += gain * i_syn + tau * tau / units->membrane->c_m * ramp;
        pull[k] += i_syn + tau * per_e * ramp;
    }
}

static void alpha_wave(const struct hk_idle *unit, struct hk_wave *wave) {
    const double tau = ((const struct alpha *)unit->param)->tau;
    const struct hk_membrane m = *unit->membrane;
    hk_wave_add_exp(wave, unit->state[Y2][0] / m.c_m, tau, m.tau_m);
    hk_wave_add_ramp(wave, unit->state[Y1][0] / m.c_m, tau, m.tau_m);
}

const struct hk_receptor_model hk_receptor_alpha = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "alpha",
             .doc = "current of alpha shape whose peak is the weight",
             HK_PARAMS(params, struct alpha)},
    .weight_unit = "pA",
    .effect = HK_EFFECT_CURRENT,
    HK_COLUMNS(columns),
    .derived_size = sizeof(struct alpha_step),
    .derive = alpha_derive,
    .advance = alpha_advance,
    .lapse = alpha_lapse,
    .take = alpha_take,
    .bound = alpha_bound,
    .wave = alpha_wave,
};
