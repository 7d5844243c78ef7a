/* Leaky integrate-and-fire neuron: the membrane of neurons/kernels/membrane.h with a fixed
 * threshold; V >= v_th after a step is a spike, stamped with the step's end. With `exp`, `alpha`
 * and `delta` receptors these are the iaf_psc_exp, iaf_psc_alpha and iaf_psc_delta of NEST, with
 * `cond-exp` its iaf_cond_exp (there integrated by Runge-Kutta). */
#include "neurons/kernels/membrane.h"

struct lif {
    struct membrane membrane;
};
enum { V };

static const struct hk_param params[] = {MEMBRANE_PARAMS(struct lif)};

static const struct hk_column columns[] = {
    [V] = {"v", "mV", "membrane potential", -70.0, false},
};

static bool lif_check(const void *param, struct hk_err *err) {
    const struct membrane *p = &((const struct lif *)param)->membrane;
    if (p->reset != RESET_SET || p->v_reset < p->v_th) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "v_reset = %g mV must be below v_th = %g mV", p->v_reset,
                   p->v_th);
}

static void lif_start(const void *param, double *values) {
    values[V] = ((const struct lif *)param)->membrane.v_rest;
}

static bool lif_membrane(const void *param, struct hk_membrane *membrane) {
    const struct membrane *p = &((const struct lif *)param)->membrane;
    *membrane = (struct hk_membrane){.tau_m = p->tau_m, .c_m = p->c_m};
    return true;
}

struct lif_step {
    struct membrane_step membrane;
    hk_real v_th;
};

static bool lif_derive(const void *param, const struct hk_grid *grid, void *derived,
                       struct hk_err *err) {
    const struct membrane *p = &((const struct lif *)param)->membrane;
    struct lif_step *d = derived;
    d->v_th = (hk_real)p->v_th;
    return membrane_derive(p, grid, &d->membrane, err);
}

static double lif_gain(const void *derived) {
    return ((const struct lif_step *)derived)->membrane.gain;
}

static size_t lif_update(const struct hk_neurons *block, const struct hk_input *in,
                         uint32_t *fired) {
    const struct lif_step *d = block->derived;
    hk_real *v = block->state[V];
    _Alignas(HK_CACHE_LINE) unsigned char flag[HK_BLOCK];
    const size_t lanes = membrane_lanes(block);
    membrane_advance(&d->membrane, in, v, lanes);
    bool any = membrane_fire(d->v_th, NULL, v, lanes, flag);
    return membrane_collect(&d->membrane, block, v, flag, any, fired);
}

static size_t lif_update_with(const struct hk_neurons *block, hk_real push,
                              const struct hk_exp_receptor *receptors, size_t count,
                              uint32_t *fired) {
    const struct lif_step *d = block->derived;
    hk_real *v = block->state[V];
    _Alignas(HK_CACHE_LINE) unsigned char flag[HK_BLOCK];
    bool any = membrane_take_and_fire(&d->membrane, d->v_th, push, receptors, count, v,
                                      membrane_lanes(block), flag);
    return membrane_collect(&d->membrane, block, v, flag, any, fired);
}

/* ---- closed forms ---- */

static const struct membrane *membrane_of(const struct hk_idle *units) {
    return &((const struct lif *)units->param)->membrane;
}

static void lif_lapse(const struct hk_idle *units) {
    membrane_lapse(membrane_of(units), units, units->state[V]);
}

static void lif_distance(const struct hk_idle *units, const double *rise, const double *pull,
                         struct hk_distance *out) {
    membrane_distance(membrane_of(units), units, units->state[V], rise, pull, out);
}

static void lif_fire(const struct hk_idle *units) {
    membrane_spike(membrane_of(units), units, units->state[V]);
}

static double lif_cross(const struct hk_idle *unit, struct hk_wave *inputs) {
    membrane_wave(membrane_of(unit), unit->current, unit->state[V][0], inputs);
    return hk_wave_first(inputs);
}

static double lif_t_ref(const void *param) {
    return ((const struct lif *)param)->membrane.t_ref;
}

static bool lif_check_exact(const void *param, struct hk_err *err) {
    return membrane_check_exact(&((const struct lif *)param)->membrane, err);
}

static const struct hk_closed_forms lif_closed = {.lapse = lif_lapse,
                                                  .distance = lif_distance,
                                                  .fire = lif_fire,
                                                  .cross = lif_cross,
                                                  .t_ref = lif_t_ref,
                                                  .check = lif_check_exact};

const struct hk_neuron_model hk_neuron_lif = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "lif",
             .doc = "leaky integrate-and-fire neuron",
             HK_PARAMS(params, struct lif)},
    HK_COLUMNS(columns),
    .can_hold = true,
    .derived_size = sizeof(struct lif_step),
    .check = lif_check,
    .start = lif_start,
    .membrane = lif_membrane,
    .derive = lif_derive,
    .gain = lif_gain,
    .update = lif_update,
    .update_with = lif_update_with,
    .closed = &lif_closed,
};
