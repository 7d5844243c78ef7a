#include "tests/support/way.h"

#include <math.h>

/* ---- in quad precision ---- */

/* (e^x - 1)/x, or (e^x - 1 - x)/x^2, for small x: sum of x^n / (n + first)! */
static quad phi(quad x, int first) {
    enum { TERMS = 30 };
    quad sum = 0, term = 1;
    for (int n = 2; n <= first; n++) term /= n;
    for (int n = 0; n < TERMS; n++) {
        sum += term;
        term *= x / (n + first + 1);
    }
    return sum;
}

/* Of exp(-t/tau), and of t exp(-t/tau), by a membrane that decays with tau_m. */
static quad uptake(const struct way_input *input, double tau_m, quad t) {
    quad a = 1 / (quad)input->tau - 1 / (quad)tau_m, x = a * t;
    quad decay = quad_exp(-t / (quad)input->tau);
    if (2 * x > -1 && 2 * x < 1)
        return decay * (input->is_ramp ? t * t * phi(x, 2) : t * phi(x, 1));
    quad slow = quad_exp(-t / (quad)tau_m);
    return input->is_ramp ? (slow - decay * (1 + x)) / (a * a) : (slow - decay) / a;
}

quad way_at(const struct way *way, quad t) {
    quad sum = (quad)way->above - (quad)way->start * quad_exp(-t / (quad)way->tau_m);
    if (way->theta != 0.0) sum += (quad)way->theta * quad_exp(-t / (quad)way->tau_theta);
    for (int k = 0; k < way->count; k++)
        sum -= (quad)way->input[k].gain * uptake(&way->input[k], way->tau_m, t);
    return sum;
}

double way_scale(const struct way *way) {
    double sum = fabs(way->above) + fabs(way->start) + fabs(way->theta);
    for (int k = 0; k < way->count; k++) {
        const struct way_input *input = &way->input[k];
        double shorter = fmin(input->tau, way->tau_m);
        sum += fabs(input->gain) * shorter * (input->is_ramp ? input->tau : 1.0);
    }
    return sum;
}

void way_to_wave(const struct way *way, struct hk_wave *wave) {
    wave->constant = 0.0;
    wave->count = 0;
    for (int k = 0; k < way->count; k++) {
        const struct way_input *input = &way->input[k];
        if (input->is_ramp)
            hk_wave_add_ramp(wave, input->gain, input->tau, way->tau_m);
        else
            hk_wave_add_exp(wave, input->gain, input->tau, way->tau_m);
    }
    hk_wave_add(wave, way->start, way->tau_m);
    hk_wave_negate(wave);
    wave->constant += way->above;
    if (way->theta != 0.0) hk_wave_add(wave, way->theta, way->tau_theta);
}

/* ---- step by step ---- */

static const double STEP_MS = 1e-3;

/* A membrane that is moved on by exact steps. */
struct walker {
    const struct way *way;
    double v, theta, current[WAY_INPUTS], ramp[WAY_INPUTS];
    double leak, theta_decay, decay[WAY_INPUTS], by_current[WAY_INPUTS], by_ramp[WAY_INPUTS];
};

static void walker_begin(struct walker *w, const struct way *way) {
    *w = (struct walker){.way = way, .v = way->start, .theta = way->theta};
    w->leak = (double)quad_exp(-(quad)STEP_MS / (quad)way->tau_m);
    w->theta_decay =
        way->theta != 0.0 ? (double)quad_exp(-(quad)STEP_MS / (quad)way->tau_theta) : 0.0;
    for (int k = 0; k < way->count; k++) {
        struct way_input input = way->input[k];
        double *begin = input.is_ramp ? w->ramp : w->current;
        begin[k] = input.gain;
        w->decay[k] = (double)quad_exp(-(quad)STEP_MS / (quad)input.tau);
        input.is_ramp = false;
        w->by_current[k] = (double)uptake(&input, way->tau_m, (quad)STEP_MS);
        input.is_ramp = true;
        w->by_ramp[k] = (double)uptake(&input, way->tau_m, (quad)STEP_MS);
    }
}

/* The distance after a step. */
static double walker_step(struct walker *w) {
    w->v *= w->leak;
    w->theta *= w->theta_decay;
    for (int k = 0; k < w->way->count; k++) {
        w->v += w->by_current[k] * w->current[k] + w->by_ramp[k] * w->ramp[k];
        w->current[k] = w->decay[k] * (w->current[k] + STEP_MS * w->ramp[k]);
        w->ramp[k] *= w->decay[k];
    }
    return w->way->above - w->v + w->theta;
}

/* By golden section. */
double way_lowest(const struct way *way, double from, double to) {
    const double part = 0.3819660112501051;
    double a = from + part * (to - from), b = to - part * (to - from);
    quad at_a = way_at(way, (quad)a), at_b = way_at(way, (quad)b);
    for (int k = 0; k < 100 && a < b; k++) {
        if (at_a <= at_b) {
            to = b;
            b = a;
            at_b = at_a;
            a = from + part * (to - from);
            at_a = way_at(way, (quad)a);
        } else {
            from = a;
            a = b;
            at_a = at_b;
            b = to - part * (to - from);
            at_b = way_at(way, (quad)b);
        }
    }
    return at_a <= at_b ? a : b;
}

/* Between the points a step before and a step after the lowest of three. */
static bool look_between(const struct way *way, const double d[3], double middle,
                         struct way_scan *scan) {
    double bend = d[0] - 2.0 * d[1] + d[2], rounding = 1e-9 * way_scale(way);
    if (!(d[0] > d[1] && d[2] >= d[1]) || d[1] > 0.25 * bend + rounding) return false;
    double bottom = way_lowest(way, middle - STEP_MS, middle + STEP_MS);
    if (way_at(way, (quad)bottom) > 0) return false;
    *scan = (struct way_scan){middle - STEP_MS, bottom, true};
    return true;
}

struct way_scan way_scan(const struct way *way, double end) {
    struct walker w;
    struct way_scan scan = {.from = 0.0};
    double rounding = 1e-9 * way_scale(way);
    double d[3] = {HUGE_VAL, HUGE_VAL, (double)way_at(way, 0)};
    walker_begin(&w, way);
    for (int k = 1; k * STEP_MS <= end; k++) {
        d[0] = d[1];
        d[1] = d[2];
        d[2] = walker_step(&w);
        if (k > 1 && look_between(way, d, (k - 1) * STEP_MS, &scan)) return scan;
        if (d[2] > rounding || way_at(way, (quad)(k * STEP_MS)) > 0) continue;
        return (struct way_scan){(k - 1) * STEP_MS, k * STEP_MS, true};
    }
    return scan;
}

quad way_root(const struct way *way, const struct way_scan *scan) {
    quad from = (quad)scan->from, to = (quad)scan->to;
    for (int k = 0; k < 100; k++) {
        quad middle = (from + to) / 2;
        if (way_at(way, middle) > 0)
            from = middle;
        else
            to = middle;
    }
    return to;
}
