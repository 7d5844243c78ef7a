/* Reward-modulated STDP with an eligibility trace (Izhikevich 2007, Cereb. Cortex 17:2443):
 *   dc/dt = -c / tau_c + a_plus x (at a post spike) - a_minus y (at a pre spike),
 *   dw/dt = c (d(t) + baseline),
 * x and y the traces of the pre and the post spikes, d the signal. Between events c and d both
 * decay exponentially, so that over a lapse of t ms, with 1/tau = 1/tau_c + 1/tau_d,
 *   w <- w + c [d tau (1 - exp(-t/tau)) + baseline tau_c (1 - exp(-t/tau_c))],
 *   c <- c exp(-t/tau_c)
 * exactly; then w stays in [w_min, w_max]. Rates are per ms. */
#include "sim/plasticity_model.h"

#include "sim/numeric.h"

struct r_stdp {
    struct hk_pair_params pair;
    double tau_plus, tau_minus, a_plus, a_minus, tau_c, baseline;
    const char *signal;
};
enum { ELIGIBILITY };

static const struct hk_param params[] = {
    HK_PAIR_PARAMS(struct r_stdp, HK_COINCIDENT_IGNORE, HK_PAIRING_ALL),
    HK_SIGNAL_PARAM(struct r_stdp, "name of the signal that turns eligibility into weight"),
    {"tau_plus", "ms", "time constant of the pre trace", 20.0, 1e-3, 1e6,
     offsetof(struct r_stdp, tau_plus), HK_REAL, NULL},
    {"tau_minus", "ms", "time constant of the post trace", 20.0, 1e-3, 1e6,
     offsetof(struct r_stdp, tau_minus), HK_REAL, NULL},
    {"a_plus", "weight", "eligibility of a post spike after a pre spike", HK_REQUIRED, -1e9, 1e9,
     offsetof(struct r_stdp, a_plus), HK_REAL, NULL},
    {"a_minus", "weight", "eligibility taken by a pre spike after a post spike", HK_REQUIRED, -1e9,
     1e9, offsetof(struct r_stdp, a_minus), HK_REAL, NULL},
    {"tau_c", "ms", "time constant of the eligibility", 1000.0, 1e-3, 1e9,
     offsetof(struct r_stdp, tau_c), HK_REAL, NULL},
    {"baseline", "1", "added to the signal (tonic level)", 0.0, -1e9, 1e9,
     offsetof(struct r_stdp, baseline), HK_REAL, NULL},
};

static void r_stdp_on_pre(const struct hk_plastic *s) {
    const hk_real a = (hk_real)((const struct r_stdp *)s->param)->a_minus;
    hk_real *restrict c = s->memory[ELIGIBILITY];
    const hk_real *restrict y = s->post[0];
    for (size_t k = 0; k < s->count; k++) c[k] -= a * y[k];
}

static void r_stdp_on_post(const struct hk_plastic *s) {
    const hk_real a = (hk_real)((const struct r_stdp *)s->param)->a_plus;
    hk_real *restrict c = s->memory[ELIGIBILITY];
    const hk_real *restrict x = s->pre[0];
    for (size_t k = 0; k < s->count; k++) c[k] += a * x[k];
}

static void r_stdp_lapse(const struct hk_lapse *s) {
    const struct r_stdp *p = s->param;
    const double rate = 1.0 / p->tau_c + 1.0 / s->signal_tau;
    const hk_real decay = (hk_real)(-1.0 / p->tau_c), both = (hk_real)-rate;
    const hk_real phasic = (hk_real)(1.0 / rate), tonic = (hk_real)(p->baseline * p->tau_c);
    const hk_real low = (hk_real)p->pair.w_min, top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w, *restrict c = s->memory[ELIGIBILITY];
    const hk_real *restrict t = s->elapsed, *restrict d = s->signal;
    for (size_t k = 0; k < s->count; k++) {
        hk_real left = hk_real_exp(t[k] * decay);
        hk_real gain = d[k] * phasic * (1 - hk_real_exp(t[k] * both)) + tonic * (1 - left);
        w[k] = hk_clamp(w[k] + c[k] * gain, low, top);
        c[k] = hk_settle(c[k] * left);
    }
}

const struct hk_plasticity_model hk_plasticity_r_stdp = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "r-stdp",
             .doc = "reward-modulated STDP with an eligibility trace, in closed form",
             HK_PARAMS(params, struct r_stdp)},
    .pre_tau = {offsetof(struct r_stdp, tau_plus)},
    .pre_count = 1,
    .post_tau = {offsetof(struct r_stdp, tau_minus)},
    .post_count = 1,
    .pre_unseen = true,
    .post_unseen = true,
    .on_pre = r_stdp_on_pre,
    .on_post = r_stdp_on_post,
    .modulated = true,
    .signal = offsetof(struct r_stdp, signal),
    .memory_count = 1,
    .lapse = r_stdp_lapse,
};
