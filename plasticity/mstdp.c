/* Modulated STDP (Florian 2007, Neural Comput. 19:1468, MSTDP): with x the trace of the pre and y
 * that of the post spikes, each with the spikes of the same step,
 *   zeta(t) = a_plus x s_post(t) - a_minus y s_pre(t),    w <- w + rate r(t + 1) zeta(t),
 * r the signal; then w stays in [w_min, w_max]. There is no eligibility beyond one step. */
#include "sim/plasticity_model.h"

#include "sim/numeric.h"

struct mstdp {
    struct hk_pair_params pair;
    double tau_plus, tau_minus, a_plus, a_minus, rate;
    const char *signal;
};

static const struct hk_param params[] = {
    HK_PAIR_PARAMS(struct mstdp, HK_COINCIDENT_BOTH, HK_PAIRING_ALL),
    HK_SIGNAL_PARAM(struct mstdp, "name of the signal that a change is multiplied with"),
    {"tau_plus", "ms", "time constant of the pre trace", 20.0, 1e-3, 1e6,
     offsetof(struct mstdp, tau_plus), HK_REAL, NULL},
    {"tau_minus", "ms", "time constant of the post trace", 20.0, 1e-3, 1e6,
     offsetof(struct mstdp, tau_minus), HK_REAL, NULL},
    {"a_plus", "1", "weight of pairs whose post spike comes later", 1.0, -1e9, 1e9,
     offsetof(struct mstdp, a_plus), HK_REAL, NULL},
    {"a_minus", "1", "weight of pairs whose pre spike comes later", 1.0, -1e9, 1e9,
     offsetof(struct mstdp, a_minus), HK_REAL, NULL},
    {"rate", "weight", "learning rate: change for one pair and a signal of 1", HK_REQUIRED, 0.0,
     1e9, offsetof(struct mstdp, rate), HK_REAL, NULL},
};

static void change(const struct hk_plastic *s, const hk_real *restrict trace, double amplitude) {
    const struct mstdp *p = s->param;
    const hk_real a = (hk_real)(p->rate * amplitude) * s->signal;
    const hk_real low = (hk_real)p->pair.w_min, top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w;
    for (size_t k = 0; k < s->count; k++) w[k] = hk_clamp(w[k] + a * trace[k], low, top);
}

static void mstdp_on_pre(const struct hk_plastic *s) {
    change(s, s->post[0], -((const struct mstdp *)s->param)->a_minus);
}

static void mstdp_on_post(const struct hk_plastic *s) {
    change(s, s->pre[0], ((const struct mstdp *)s->param)->a_plus);
}

const struct hk_plasticity_model hk_plasticity_mstdp = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "mstdp",
             .doc = "STDP multiplied with a signal of the next step (Florian 2007)",
             HK_PARAMS(params, struct mstdp)},
    .pre_tau = {offsetof(struct mstdp, tau_plus)},
    .pre_count = 1,
    .post_tau = {offsetof(struct mstdp, tau_minus)},
    .post_count = 1,
    .pre_unseen = true,
    .post_unseen = true,
    .on_pre = mstdp_on_pre,
    .on_post = mstdp_on_post,
    .modulated = true,
    .signal = offsetof(struct mstdp, signal),
    .lag = 1,
};
