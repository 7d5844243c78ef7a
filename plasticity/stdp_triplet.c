/* Triplet STDP (Pfister & Gerstner 2006, J. Neurosci. 26:9673, eq. 3 and 4): traces r1 and r2 of
 * the pre spikes, o1 and o2 of the post spikes, and
 *   pre spike:   w <- w - o1 (a_minus + a3_minus r2),
 *   post spike:  w <- w + r1 (a_plus + a3_plus o2),
 * r2 and o2 as they were before this spike; then w stays in [w_min, w_max]. Time constants are by
 * default those of visual cortex with `pairing: all`, for which the paper has a_plus 5e-10, a3_plus
 * 6.2e-3, a_minus 7e-3 and a3_minus 2.3e-4; `pairing: nearest` needs amplitudes of its own. */
#include "sim/plasticity_model.h"

#include "sim/numeric.h"

struct triplet {
    struct hk_pair_params pair;
    double tau_plus, tau_x, tau_minus, tau_y, a_plus, a3_plus, a_minus, a3_minus;
};

static const struct hk_param params[] = {
    HK_PAIR_PARAMS(struct triplet, HK_COINCIDENT_IGNORE, HK_PAIRING_ALL),
    {"tau_plus", "ms", "time constant of the pre trace of pairs", 16.8, 1e-3, 1e6,
     offsetof(struct triplet, tau_plus), HK_REAL, NULL},
    {"tau_x", "ms", "time constant of the pre trace of triplets", 101.0, 1e-3, 1e6,
     offsetof(struct triplet, tau_x), HK_REAL, NULL},
    {"tau_minus", "ms", "time constant of the post trace of pairs", 33.7, 1e-3, 1e6,
     offsetof(struct triplet, tau_minus), HK_REAL, NULL},
    {"tau_y", "ms", "time constant of the post trace of triplets", 125.0, 1e-3, 1e6,
     offsetof(struct triplet, tau_y), HK_REAL, NULL},
    {"a_plus", "weight", "potentiation of a pair", HK_REQUIRED, -1e9, 1e9,
     offsetof(struct triplet, a_plus), HK_REAL, NULL},
    {"a3_plus", "weight", "potentiation of a triplet", HK_REQUIRED, -1e9, 1e9,
     offsetof(struct triplet, a3_plus), HK_REAL, NULL},
    {"a_minus", "weight", "depression of a pair", HK_REQUIRED, -1e9, 1e9,
     offsetof(struct triplet, a_minus), HK_REAL, NULL},
    {"a3_minus", "weight", "depression of a triplet", HK_REQUIRED, -1e9, 1e9,
     offsetof(struct triplet, a3_minus), HK_REAL, NULL},
};

static void triplet_on_pre(const struct hk_plastic *s) {
    const struct triplet *p = s->param;
    const hk_real a = (hk_real)p->a_minus + (hk_real)p->a3_minus * s->pre[1][0];
    const hk_real low = (hk_real)p->pair.w_min, top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w;
    const hk_real *restrict o1 = s->post[0];
    for (size_t k = 0; k < s->count; k++) w[k] = hk_clamp(w[k] - a * o1[k], low, top);
}

static void triplet_on_post(const struct hk_plastic *s) {
    const struct triplet *p = s->param;
    const hk_real a = (hk_real)p->a_plus, a3 = (hk_real)p->a3_plus;
    const hk_real low = (hk_real)p->pair.w_min, top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w;
    const hk_real *restrict r1 = s->pre[0], *restrict o2 = s->post[1];
    for (size_t k = 0; k < s->count; k++)
        w[k] = hk_clamp(w[k] + (a + a3 * o2[k]) * r1[k], low, top);
}

const struct hk_plasticity_model hk_plasticity_stdp_triplet = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "stdp-triplet",
             .doc = "triplet spike-timing-dependent plasticity",
             HK_PARAMS(params, struct triplet)},
    .pre_tau = {offsetof(struct triplet, tau_plus), offsetof(struct triplet, tau_x)},
    .pre_count = 2,
    .post_tau = {offsetof(struct triplet, tau_minus), offsetof(struct triplet, tau_y)},
    .post_count = 2,
    .post_seen = 1, /* by on_pre */
    .on_pre = triplet_on_pre,
    .on_post = triplet_on_post,
};
