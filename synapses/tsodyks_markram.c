/* Short-term plasticity (Tsodyks, Uziel & Markram 2000; Tsodyks & Markram 1997): a spike finds
 * resources R, uses the part u of them, and both recover until the next one. At a spike, dt after
 * the last: R <- 1 - (1 - R) exp(-dt/tau_rec),   u <- u exp(-dt/tau_fac)  (0 where tau_fac is 0),
 *   u <- u + U (1 - u);   release u R;   R <- R - u R.
 * Depression with a long tau_rec, facilitation with a long tau_fac and a small U. */
#include "sim/synapse_model.h"

#include "sim/numeric.h"

struct tsodyks_markram {
    double u, tau_rec, tau_fac;
};
enum { R, USE };

static const struct hk_param params[] = {
    {"u", "1", "part of the resources that the first spike uses (U)", 0.5, 0.0, 1.0,
     offsetof(struct tsodyks_markram, u), HK_REAL, NULL},
    {"tau_rec", "ms", "time constant of recovery from depression", 800.0, 1e-3, 1e6,
     offsetof(struct tsodyks_markram, tau_rec), HK_REAL, NULL},
    {"tau_fac", "ms", "time constant of facilitation; 0: none", 0.0, 0.0, 1e6,
     offsetof(struct tsodyks_markram, tau_fac), HK_REAL, NULL},
};

static void tsodyks_markram_start(const void *param, double *state) {
    (void)param;
    state[R] = 1.0;
    state[USE] = 0.0;
}

static double tsodyks_markram_release(const void *param, double *state, double since_ms) {
    const struct tsodyks_markram *p = param;
    double recovered = 1.0 - (1.0 - state[R]) * hk_exp(-since_ms / p->tau_rec);
    double left = p->tau_fac > 0.0 ? state[USE] * hk_exp(-since_ms / p->tau_fac) : 0.0;
    state[USE] = left + p->u * (1.0 - left);
    double released = state[USE] * recovered;
    state[R] = recovered - released;
    return released;
}

const struct hk_synapse_model hk_synapse_tsodyks_markram = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "tsodyks-markram",
             .doc = "short-term depression and facilitation",
             HK_PARAMS(params, struct tsodyks_markram)},
    .state_count = 2,
    .start = tsodyks_markram_start,
    .release = tsodyks_markram_release,
};
