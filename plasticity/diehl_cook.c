/* The rule of Diehl & Cook 2015 (unsupervised digit recognition), as in the authors' script: with
 * one trace `pre` of the pre spikes and two, `post1` and `post2`, of the post spikes, each set to 1
 * by its spike,
 *   pre spike:   w <- w - a_minus post1,
 *   post spike:  w <- w + a_plus pre post2,
 * post2 as it was before this spike: the first spike of a burst potentiates almost nothing. */
#include "sim/plasticity_model.h"

#include "sim/numeric.h"

struct diehl_cook {
    struct hk_pair_params pair;
    double tau_pre, tau_post, tau_post_slow, a_plus, a_minus;
};

static const struct hk_param params[] = {
    HK_PAIR_PARAMS(struct diehl_cook, HK_COINCIDENT_PRE_FIRST, HK_PAIRING_NEAREST),
    {"tau_pre", "ms", "time constant of the pre trace", 20.0, 1e-3, 1e6,
     offsetof(struct diehl_cook, tau_pre), HK_REAL, NULL},
    {"tau_post", "ms", "time constant of the post trace that depresses", 20.0, 1e-3, 1e6,
     offsetof(struct diehl_cook, tau_post), HK_REAL, NULL},
    {"tau_post_slow", "ms", "time constant of the post trace that gates potentiation", 40.0, 1e-3,
     1e6, offsetof(struct diehl_cook, tau_post_slow), HK_REAL, NULL},
    {"a_plus", "weight", "potentiation at a post spike", 0.01, 0.0, 1e9,
     offsetof(struct diehl_cook, a_plus), HK_REAL, NULL},
    {"a_minus", "weight", "depression at a pre spike", 0.0001, 0.0, 1e9,
     offsetof(struct diehl_cook, a_minus), HK_REAL, NULL},
};

static void diehl_cook_on_pre(const struct hk_plastic *s) {
    const struct diehl_cook *p = s->param;
    const hk_real a = (hk_real)p->a_minus, low = (hk_real)p->pair.w_min,
                  top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w;
    const hk_real *restrict post1 = s->post[0];
    for (size_t k = 0; k < s->count; k++) w[k] = hk_clamp(w[k] - a * post1[k], low, top);
}

static void diehl_cook_on_post(const struct hk_plastic *s) {
    const struct diehl_cook *p = s->param;
    const hk_real a = (hk_real)p->a_plus, low = (hk_real)p->pair.w_min,
                  top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w;
    const hk_real *restrict pre = s->pre[0], *restrict post2 = s->post[1];
    for (size_t k = 0; k < s->count; k++) w[k] = hk_clamp(w[k] + a * post2[k] * pre[k], low, top);
}

const struct hk_plasticity_model hk_plasticity_diehl_cook = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "diehl-cook",
             .doc = "trace rule of Diehl & Cook 2015",
             HK_PARAMS(params, struct diehl_cook)},
    .pre_tau = {offsetof(struct diehl_cook, tau_pre)},
    .pre_count = 1,
    .post_tau = {offsetof(struct diehl_cook, tau_post), offsetof(struct diehl_cook, tau_post_slow)},
    .post_count = 2,
    .post_seen = 1, /* by on_pre */
    .pre_unseen = true,
    .on_pre = diehl_cook_on_pre,
    .on_post = diehl_cook_on_post,
};
