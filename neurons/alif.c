/* Leaky integrate-and-fire neuron with an adaptive threshold (homeostasis of Diehl & Cook 2015,
 * eq. 4):
 *   spike when V >= v_th + theta,   tau_theta dtheta/dt = -theta,   theta += theta_plus at a spike.
 * A phase of the protocol may freeze theta (`adapt: false`).
 *
 * With tau_theta of hours a step removes less of theta than half a unit in its last place, so the
 * decay is summed with compensation (Kahan 1965): `theta_rest` holds what didn't fit. */
#include "neurons/kernels/membrane.h"

struct alif {
    struct membrane membrane;
    double theta_plus, tau_theta;
};
enum { V, THETA, THETA_REST };

static const struct hk_param params[] = {
    MEMBRANE_PARAMS(struct alif),
    {"theta_plus", "mV", "rise of the threshold at each spike", 0.05, 0.0, 1e3,
     offsetof(struct alif, theta_plus), HK_REAL, NULL},
    {"tau_theta", "ms", "time constant of the threshold's decay", 1e7, 1e-3, 1e12,
     offsetof(struct alif, tau_theta), HK_REAL, NULL},
};

static const struct hk_column columns[] = {
    [V] = {"v", "mV", "membrane potential", -70.0, false},
    [THETA] = {"theta", "mV", "threshold above v_th", 0.0, true},
    [THETA_REST] = {"theta_rest", "mV", "rounding error of theta, still to be added", 0.0, true},
};

static bool alif_check(const void *param, struct hk_err *err) {
    const struct membrane *p = &((const struct alif *)param)->membrane;
    if (p->reset != RESET_SET || p->t_ref > 0.0 || p->v_reset < p->v_th) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "v_reset = %g mV must be below v_th = %g mV where t_ref is 0",
                   p->v_reset, p->v_th);
}

static void alif_start(const void *param, double *values) {
    values[V] = ((const struct alif *)param)->membrane.v_rest;
}

static bool alif_membrane(const void *param, struct hk_membrane *membrane) {
    const struct membrane *p = &((const struct alif *)param)->membrane;
    *membrane = (struct hk_membrane){.tau_m = p->tau_m, .c_m = p->c_m};
    return true;
}

struct alif_step {
    struct membrane_step membrane;
    hk_real v_th, theta_plus, theta_lost;
};

static bool alif_derive(const void *param, const struct hk_grid *grid, void *derived,
                        struct hk_err *err) {
    const struct alif *p = param;
    struct alif_step *d = derived;
    d->v_th = (hk_real)p->membrane.v_th;
    d->theta_plus = (hk_real)p->theta_plus;
    d->theta_lost = (hk_real)-expm1(-grid->tick_ms / p->tau_theta);
    return membrane_derive(&p->membrane, grid, &d->membrane, err);
}

static double alif_gain(const void *derived) {
    return ((const struct alif_step *)derived)->membrane.gain;
}

static void decay_theta(hk_real *restrict theta, hk_real *restrict rest, hk_real lost,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        hk_real change = rest[i] - theta[i] * lost;
        hk_real sum = theta[i] + change;
        rest[i] = change - (sum - theta[i]);
        theta[i] = sum;
    }
}

static size_t alif_update(const struct hk_neurons *block, const struct hk_input *in,
                          uint32_t *fired) {
    const struct alif_step *d = block->derived;
    hk_real *v = block->state[V], *theta = block->state[THETA];
    _Alignas(HK_CACHE_LINE) unsigned char flag[HK_BLOCK];
    const size_t lanes = membrane_lanes(block);
    if (block->adapting) decay_theta(theta, block->state[THETA_REST], d->theta_lost, lanes);
    membrane_advance(&d->membrane, in, v, lanes);
    bool any = membrane_fire(d->v_th, theta, v, lanes, flag);
    size_t found = membrane_collect(&d->membrane, block, v, flag, any, fired);
    for (size_t k = 0; block->adapting && k < found; k++) theta[fired[k]] += d->theta_plus;
    return found;
}

/* ---- closed forms ---- */

static const struct alif *alif_of(const struct hk_idle *units) {
    return units->param;
}

static void alif_lapse(const struct hk_idle *units) {
    const double per_tau = -1.0 / alif_of(units)->tau_theta;
    double *restrict theta = units->state[THETA], *restrict rest = units->state[THETA_REST];
    membrane_lapse(&alif_of(units)->membrane, units, units->state[V]);
    for (size_t k = 0; units->adapting && k < units->count; k++) {
        theta[k] = (theta[k] + rest[k]) * hk_exp(units->ms[k] * per_tau);
        rest[k] = 0.0;
    }
}

/* A threshold that was raised falls, at most to v_th. */
static void alif_distance(const struct hk_idle *units, const double *rise, const double *pull,
                          struct hk_distance *out) {
    const double *theta = units->state[THETA], per_tau = 1.0 / alif_of(units)->tau_theta;
    membrane_distance(&alif_of(units)->membrane, units, units->state[V], rise, pull, out);
    for (size_t k = 0; k < units->count; k++) {
        bool falls = units->adapting && theta[k] > 0.0;
        out->now[k] += theta[k];
        out->least[k] += falls ? 0.0 : theta[k];
        out->speed[k] += falls ? theta[k] * per_tau : 0.0;
    }
}

static void alif_spike(const struct hk_idle *units) {
    membrane_spike(&alif_of(units)->membrane, units, units->state[V]);
    for (size_t k = 0; units->adapting && k < units->count; k++)
        units->state[THETA][k] += alif_of(units)->theta_plus;
}

static double alif_cross(const struct hk_idle *unit, struct hk_wave *inputs) {
    const struct alif *p = alif_of(unit);
    membrane_wave(&p->membrane, unit->current, unit->state[V][0], inputs);
    if (unit->adapting)
        hk_wave_add(inputs, unit->state[THETA][0], p->tau_theta);
    else
        inputs->constant += unit->state[THETA][0];
    return hk_wave_first(inputs);
}

static double alif_t_ref(const void *param) {
    return ((const struct alif *)param)->membrane.t_ref;
}

static bool alif_check_exact(const void *param, struct hk_err *err) {
    return membrane_check_exact(&((const struct alif *)param)->membrane, err);
}

static const struct hk_closed_forms alif_closed = {.lapse = alif_lapse,
                                                   .distance = alif_distance,
                                                   .fire = alif_spike,
                                                   .cross = alif_cross,
                                                   .t_ref = alif_t_ref,
                                                   .check = alif_check_exact};

const struct hk_neuron_model hk_neuron_alif = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "alif",
             .doc = "leaky integrate-and-fire neuron with an adaptive threshold",
             HK_PARAMS(params, struct alif)},
    HK_COLUMNS(columns),
    .can_hold = true,
    .derived_size = sizeof(struct alif_step),
    .check = alif_check,
    .start = alif_start,
    .membrane = alif_membrane,
    .derive = alif_derive,
    .gain = alif_gain,
    .update = alif_update,
    .closed = &alif_closed,
};
