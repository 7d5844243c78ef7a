/* Izhikevich's neuron (2003, IEEE Trans. Neural Networks 14:1569):
 *   v' = 0.04 v^2 + 5 v + 140 - u + I,   u' = a (b v - u),
 *   v >= v_th: a spike, v <- v_reset, u <- u + d
 * As in his script, v takes two Euler steps of half a tick, then u one of a whole tick with the new
 * v; the threshold is tested at the tick's end. His numbers come out at a resolution of 1 ms, and
 * because terms are added in his order: late spikes depend on the last bit.
 * Conductances, which he doesn't have, are taken at their values at the step's start and pull by
 * implicit Euler, so that strong ones do no harm.
 *
 * I is in mV/ms: a current divided by `c_m`. With the 1 pF of the default, pA are his units. */
#include "sim/neuron_model.h"

struct izhikevich {
    double a, b, v_reset, d, v_th, c_m, i_e;
};
enum { V, U };

static const struct hk_param params[] = {
    {"a", "1", "rate at which u follows, per ms", 0.02, 0.0, 10.0, offsetof(struct izhikevich, a),
     HK_REAL, NULL},
    {"b", "1", "how strongly u follows v, per ms", 0.2, -10.0, 10.0, offsetof(struct izhikevich, b),
     HK_REAL, NULL},
    {"v_reset", "mV", "potential after a spike: c", -65.0, -1e3, 1e3,
     offsetof(struct izhikevich, v_reset), HK_REAL, NULL},
    {"d", "1", "rise of u at a spike, mV/ms", 8.0, -1e3, 1e3, offsetof(struct izhikevich, d),
     HK_REAL, NULL},
    {"v_th", "mV", "peak of a spike", 30.0, -1e3, 1e3, offsetof(struct izhikevich, v_th), HK_REAL,
     NULL},
    {"c_m", "pF", "what currents are divided by", 1.0, 1e-6, 1e9, offsetof(struct izhikevich, c_m),
     HK_REAL, NULL},
    {"i_e", "pA", "constant current", 0.0, -1e9, 1e9, offsetof(struct izhikevich, i_e), HK_REAL,
     NULL},
};

static const struct hk_column columns[] = {
    [V] = {"v", "mV", "membrane potential", -65.0, false},
    [U] = {"u", "1", "recovery, mV/ms", -13.0, false},
};

static bool izhikevich_check(const void *param, struct hk_err *err) {
    const struct izhikevich *p = param;
    return p->v_reset < p->v_th ||
           HK_FAIL(err, HK_ERR_RANGE, "v_reset = %g mV must be below v_th = %g mV", p->v_reset,
                   p->v_th);
}

/* At rest u is b v. */
static void izhikevich_start(const void *param, double *values) {
    values[U] = ((const struct izhikevich *)param)->b * values[V];
}

struct izhikevich_step {
    hk_real half, whole_a, b, v_reset, d, v_th, i_e, per_c_m;
};

static bool izhikevich_derive(const void *param, const struct hk_grid *grid, void *derived,
                              struct hk_err *err) {
    const struct izhikevich *p = param;
    (void)err;
    *(struct izhikevich_step *)derived = (struct izhikevich_step){
        .half = (hk_real)(0.5 * grid->tick_ms),
        .whole_a = (hk_real)(p->a * grid->tick_ms),
        .b = (hk_real)p->b,
        .v_reset = (hk_real)p->v_reset,
        .d = (hk_real)p->d,
        .v_th = (hk_real)p->v_th,
        .i_e = (hk_real)p->i_e,
        .per_c_m = (hk_real)(1.0 / p->c_m),
    };
    return true;
}

static double izhikevich_gain(const void *derived) {
    (void)derived;
    return 1.0; /* `push` is a current */
}

/* Returns whether anybody fired; flag[i] says who. */
static bool izhikevich_advance(const struct izhikevich_step *step, const struct hk_input *in,
                               hk_real *restrict v, hk_real *restrict u, size_t count,
                               unsigned char *restrict flag) {
    const struct izhikevich_step s = *step;
    const hk_real square = (hk_real)0.04, linear = 5, constant = 140;
    const hk_real *restrict push = in->push, *restrict jump = in->jump;
    const hk_real *restrict g = in->g, *restrict g_e = in->g_e;
    unsigned char any = 0;
    for (size_t i = 0; i < count; i++) {
        hk_real x = v[i], current = (s.i_e + push[i] + g_e[i]) * s.per_c_m;
        hk_real leak = 1 + s.half * (g[i] * s.per_c_m);
        x = (x + s.half * (square * x * x + linear * x + constant - u[i] + current)) / leak;
        x = (x + s.half * (square * x * x + linear * x + constant - u[i] + current)) / leak;
        hk_real recovery = u[i] + s.whole_a * (s.b * x - u[i]);
        x += jump[i];
        bool fired = x >= s.v_th;
        v[i] = fired ? s.v_reset : x;
        u[i] = fired ? recovery + s.d : recovery;
        flag[i] = fired;
        any |= fired;
    }
    return any;
}

static size_t izhikevich_update(const struct hk_neurons *block, const struct hk_input *in,
                                uint32_t *fired) {
    _Alignas(HK_CACHE_LINE) unsigned char flag[HK_BLOCK];
    bool any = izhikevich_advance(block->derived, in, block->state[V], block->state[U],
                                  block->count, flag);
    return any ? hk_collect(flag, block->count, fired) : 0;
}

const struct hk_neuron_model hk_neuron_izhikevich = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "izhikevich",
             .doc = "Izhikevich's neuron of two variables",
             HK_PARAMS(params, struct izhikevich)},
    HK_COLUMNS(columns),
    .derived_size = sizeof(struct izhikevich_step),
    .check = izhikevich_check,
    .start = izhikevich_start,
    .derive = izhikevich_derive,
    .gain = izhikevich_gain,
    .update = izhikevich_update,
};
