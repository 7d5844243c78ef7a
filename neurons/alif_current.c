/* Leaky integrate-and-fire neuron with an adaptation current (Benda & Herz 2003; the after-spike
 * current of Teeter et al. 2018's GLIF3): c_m dV/dt = ... - w,   tau_w dw/dt = -w,   w += b at each
 * spike. Without conductances V and w are advanced exactly, w as the exponential current that it is
 * (Rotter & Diesmann 1999); with them w is taken at the step's start. */
#include "neurons/kernels/membrane.h"

struct alif_current {
    struct membrane membrane;
    double b, tau_w;
};
enum { V, W };

static const struct hk_param params[] = {
    MEMBRANE_PARAMS(struct alif_current),
    {"b", "pA", "rise of the adaptation current at each spike", 20.0, -1e9, 1e9,
     offsetof(struct alif_current, b), HK_REAL, NULL},
    {"tau_w", "ms", "time constant of the adaptation current", 200.0, 1e-3, 1e9,
     offsetof(struct alif_current, tau_w), HK_REAL, NULL},
};

static const struct hk_column columns[] = {
    [V] = {"v", "mV", "membrane potential", -70.0, false},
    [W] = {"w", "pA", "adaptation current, outwards", 0.0, false},
};

static bool alif_current_check(const void *param, struct hk_err *err) {
    const struct membrane *p = &((const struct alif_current *)param)->membrane;
    if (p->reset != RESET_SET || p->v_reset < p->v_th) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "v_reset = %g mV must be below v_th = %g mV", p->v_reset,
                   p->v_th);
}

static void alif_current_start(const void *param, double *values) {
    values[V] = ((const struct alif_current *)param)->membrane.v_rest;
}

static bool alif_current_membrane(const void *param, struct hk_membrane *membrane) {
    const struct membrane *p = &((const struct alif_current *)param)->membrane;
    *membrane = (struct hk_membrane){.tau_m = p->tau_m, .c_m = p->c_m};
    return true;
}

struct alif_current_step {
    struct membrane_step membrane;
    hk_real v_th, b, decay, to_push;
};

static bool alif_current_derive(const void *param, const struct hk_grid *grid, void *derived,
                                struct hk_err *err) {
    const struct alif_current *p = param;
    struct alif_current_step *d = derived;
    d->v_th = (hk_real)p->membrane.v_th;
    d->b = (hk_real)p->b;
    d->decay = (hk_real)exp(-grid->tick_ms / p->tau_w);
    d->to_push =
        (hk_real)(grid->exact ? hk_exp_propagator(p->tau_w, grid->exact, grid->tick_ms) : 1.0);
    return membrane_derive(&p->membrane, grid, &d->membrane, err);
}

static double alif_current_gain(const void *derived) {
    return ((const struct alif_current_step *)derived)->membrane.gain;
}

/* What arrives, less what w takes. */
static void adapt(const struct alif_current_step *d, const struct hk_input *in, hk_real *restrict w,
                  hk_real *restrict push, size_t count) {
    const hk_real decay = d->decay, to_push = d->to_push;
    const hk_real *restrict arrived = in->push;
    for (size_t i = 0; i < count; i++) {
        push[i] = arrived[i] - to_push * w[i];
        w[i] = hk_settle(w[i] * decay);
    }
}

static size_t alif_current_update(const struct hk_neurons *block, const struct hk_input *in,
                                  uint32_t *fired) {
    const struct alif_current_step *d = block->derived;
    hk_real *v = block->state[V], *w = block->state[W];
    _Alignas(HK_CACHE_LINE) unsigned char flag[HK_BLOCK];
    _Alignas(HK_CACHE_LINE) hk_real push[HK_BLOCK];
    struct hk_input less = *in;
    less.push = push;
    const size_t lanes = membrane_lanes(block);
    adapt(d, in, w, push, lanes);
    membrane_advance(&d->membrane, &less, v, lanes);
    bool any = membrane_fire(d->v_th, NULL, v, lanes, flag);
    size_t found = membrane_collect(&d->membrane, block, v, flag, any, fired);
    for (size_t k = 0; k < found; k++) w[fired[k]] += d->b;
    return found;
}

/* ---- closed forms: w is an exponential current, outwards ---- */

static const struct alif_current *neuron_of(const struct hk_idle *units) {
    return units->param;
}

static void alif_current_lapse(const struct hk_idle *units) {
    const struct alif_current *p = neuron_of(units);
    double *restrict w = units->state[W];
    for (size_t k = 0; k < units->count; k++) {
        struct hk_response r = hk_response(units->ms[k], p->tau_w, p->membrane.tau_m);
        units->push[k] -= r.of_exp / p->membrane.c_m * w[k];
        w[k] *= r.decay;
    }
    membrane_lapse(&p->membrane, units, units->state[V]);
}

static void alif_current_distance(const struct hk_idle *units, const double *rise,
                                  const double *pull, struct hk_distance *out) {
    const struct alif_current *p = neuron_of(units);
    const double tau = p->tau_w < p->membrane.tau_m ? p->tau_w : p->membrane.tau_m;
    membrane_distance(&p->membrane, units, units->state[V], rise, pull, out);
    for (size_t k = 0; k < units->count; k++) {
        double inwards = units->state[W][k] < 0.0 ? -units->state[W][k] / p->membrane.c_m : 0.0;
        out->least[k] -= tau * inwards;
        out->speed[k] += inwards;
    }
}

static void alif_current_spike(const struct hk_idle *units) {
    membrane_spike(&neuron_of(units)->membrane, units, units->state[V]);
    for (size_t k = 0; k < units->count; k++) units->state[W][k] += neuron_of(units)->b;
}

static double alif_current_cross(const struct hk_idle *unit, struct hk_wave *inputs) {
    const struct alif_current *p = neuron_of(unit);
    hk_wave_add_exp(inputs, -unit->state[W][0] / p->membrane.c_m, p->tau_w, p->membrane.tau_m);
    membrane_wave(&p->membrane, unit->current, unit->state[V][0], inputs);
    return hk_wave_first(inputs);
}

static double alif_current_t_ref(const void *param) {
    return ((const struct alif_current *)param)->membrane.t_ref;
}

static bool alif_current_check_exact(const void *param, struct hk_err *err) {
    return membrane_check_exact(&((const struct alif_current *)param)->membrane, err);
}

static const struct hk_closed_forms alif_current_closed = {.lapse = alif_current_lapse,
                                                           .distance = alif_current_distance,
                                                           .fire = alif_current_spike,
                                                           .cross = alif_current_cross,
                                                           .t_ref = alif_current_t_ref,
                                                           .check = alif_current_check_exact};

const struct hk_neuron_model hk_neuron_alif_current = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "alif-current",
             .doc = "leaky integrate-and-fire neuron with an adaptation current",
             HK_PARAMS(params, struct alif_current)},
    HK_COLUMNS(columns),
    .can_hold = true,
    .derived_size = sizeof(struct alif_current_step),
    .check = alif_current_check,
    .start = alif_current_start,
    .membrane = alif_current_membrane,
    .derive = alif_current_derive,
    .gain = alif_current_gain,
    .update = alif_current_update,
    .closed = &alif_current_closed,
};
