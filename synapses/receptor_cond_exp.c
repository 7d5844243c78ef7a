/* Exponential conductance: dg/dt = -g/tau, g jumps by the weight; the current is g (e - V). The
 * membrane sees g at the step's start. The decay is exact; `decay: euler` reproduces scripts that
 * took Euler steps (Diehl & Cook 2015). */
#include "sim/receptor_model.h"

#include "sim/exp_receptor.h"

struct conductance {
    double tau, e;
    int decay;
};
enum { DECAY_EXACT, DECAY_EULER };
enum { G };

static const char *const decays[] = {"exact", "euler", NULL};
static const struct hk_param params[] = {
    {"tau", "ms", "time constant of the conductance", 2.0, 1e-3, 1e6,
     offsetof(struct conductance, tau), HK_REAL, NULL},
    {"e", "mV", "reversal potential", HK_REQUIRED, -1e3, 1e3, offsetof(struct conductance, e),
     HK_REAL, NULL},
    {"decay", "1", "how the conductance decays over a step", DECAY_EXACT, 0, 1,
     offsetof(struct conductance, decay), HK_CHOICE, decays},
};
static const struct hk_column columns[] = {[G] = {"g", "nS", "synaptic conductance", 0.0, false}};

static bool conductance_derive(const void *param, const struct hk_grid *grid, void *derived,
                               struct hk_err *err) {
    (void)err;
    const struct conductance *p = param;
    struct hk_exp_step *d = derived;
    double part = grid->tick_ms / p->tau;
    d->decay = (hk_real)(p->decay == DECAY_EULER ? 1.0 - part : exp(-part));
    d->factor = (hk_real)p->e;
    return true;
}

static void conductance_advance(const struct hk_receptors *block, struct hk_input *in) {
    const struct hk_exp_step step = *(const struct hk_exp_step *)block->derived;
    hk_real *restrict g = block->state[G];
    const hk_real *restrict arrived = block->arrived;
    hk_real *restrict total = in->g, *restrict total_e = in->g_e;
    for (size_t i = 0; i < block->count; i++) {
        hk_real now = hk_exp_advance(step, &g[i], arrived[i]);
        total[i] += now;
        total_e[i] += now * step.factor;
    }
}

const struct hk_receptor_model hk_receptor_cond_exp = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "cond-exp",
             .doc = "conductance that jumps by the weight and decays exponentially",
             HK_PARAMS(params, struct conductance)},
    .weight_unit = "nS",
    .effect = HK_EFFECT_CONDUCTANCE,
    HK_COLUMNS(columns),
    .is_exp = true,
    .derived_size = sizeof(struct hk_exp_step),
    .derive = conductance_derive,
    .advance = conductance_advance,
};
