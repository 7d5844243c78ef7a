/* Pair-based STDP with exponential traces (Morrison, Diesmann & Gerstner 2008, eq. 3-4):
 *   pre spike:   w <- w - a_minus f_minus(w) y(t),    post spike:  w <- w + a_plus f_plus(w) x(t),
 * then w stays in [w_min, w_max]. x and y are the traces of the pre and the post spikes.
 *   additive:   f_plus = f_minus = 1 (Song, Miller & Abbott 2000);
 *   power:      f_plus = (1 - w/w_max)^mu, f_minus = (w/w_max)^mu (Guetig et al. 2003);
 *   power-law:  f_plus = w_0^(1-mu) w^mu, f_minus = w (Morrison, Aertsen & Diesmann 2007).
 * `power` with mu = 1 is the multiplicative rule. In the first two a_plus and a_minus are weights;
 * in the last they are the rates lambda and lambda alpha, and w_0 is the reference weight. */
#include "sim/plasticity_model.h"

#include "sim/numeric.h"

struct stdp {
    struct hk_pair_params pair;
    double tau_plus, tau_minus, a_plus, a_minus, mu, w_0;
    int dependence;
};
enum { ADDITIVE, POWER, POWER_LAW };

static const char *const dependences[] = {"additive", "power", "power-law", NULL};
static const struct hk_param params[] = {
    HK_PAIR_PARAMS(struct stdp, HK_COINCIDENT_IGNORE, HK_PAIRING_ALL),
    {"tau_plus", "ms", "time constant of the pre trace", 20.0, 1e-3, 1e6,
     offsetof(struct stdp, tau_plus), HK_REAL, NULL},
    {"tau_minus", "ms", "time constant of the post trace", 20.0, 1e-3, 1e6,
     offsetof(struct stdp, tau_minus), HK_REAL, NULL},
    {"a_plus", "weight", "potentiation at a post spike", HK_REQUIRED, -1e9, 1e9,
     offsetof(struct stdp, a_plus), HK_REAL, NULL},
    {"a_minus", "weight", "depression at a pre spike", HK_REQUIRED, -1e9, 1e9,
     offsetof(struct stdp, a_minus), HK_REAL, NULL},
    {"dependence", "1", "how the change depends on the weight", ADDITIVE, 0, 2,
     offsetof(struct stdp, dependence), HK_CHOICE, dependences},
    {"mu", "1", "exponent of `power` and `power-law`", 1.0, 0.0, 10.0, offsetof(struct stdp, mu),
     HK_REAL, NULL},
    {"w_0", "weight", "reference weight of `power-law`", 1.0, 1e-12, 1e9,
     offsetof(struct stdp, w_0), HK_REAL, NULL},
};

static bool stdp_check(const void *param, struct hk_err *err) {
    const struct stdp *p = param;
    if (p->dependence == POWER && (p->pair.w_min < 0.0 || p->pair.w_max <= 0.0))
        return HK_FAIL(err, HK_ERR_RANGE, "dependence: power needs w_min >= 0 and w_max > 0");
    return true;
}

/* (1 - w/w_max)^mu and the like; mu 0 and 1 without powers. */
static hk_real part_to(hk_real part, double mu) {
    if (mu == 1.0) return part;
    return mu == 0.0 ? (hk_real)1 : hk_real_pow(part, (hk_real)mu);
}

static void stdp_on_pre(const struct hk_plastic *s) {
    const struct stdp *p = s->param;
    const hk_real a = (hk_real)p->a_minus, low = (hk_real)p->pair.w_min,
                  top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w;
    const hk_real *restrict y = s->post[0];
    if (p->dependence == ADDITIVE)
        for (size_t k = 0; k < s->count; k++) w[k] = hk_clamp(w[k] - a * y[k], low, top);
    else if (p->dependence == POWER)
        for (size_t k = 0; k < s->count; k++)
            w[k] = hk_clamp(w[k] - a * part_to(w[k] / top, p->mu) * y[k], low, top);
    else
        for (size_t k = 0; k < s->count; k++) w[k] = hk_clamp(w[k] - a * w[k] * y[k], low, top);
}

static void stdp_on_post(const struct hk_plastic *s) {
    const struct stdp *p = s->param;
    const hk_real a = (hk_real)p->a_plus, low = (hk_real)p->pair.w_min,
                  top = (hk_real)p->pair.w_max;
    hk_real *restrict w = s->w;
    const hk_real *restrict x = s->pre[0];
    if (p->dependence == ADDITIVE) {
        for (size_t k = 0; k < s->count; k++) w[k] = hk_clamp(w[k] + a * x[k], low, top);
    } else if (p->dependence == POWER) {
        for (size_t k = 0; k < s->count; k++)
            w[k] = hk_clamp(w[k] + a * part_to(1 - w[k] / top, p->mu) * x[k], low, top);
    } else {
        const hk_real scale = a * (hk_real)hk_pow(p->w_0, 1.0 - p->mu);
        for (size_t k = 0; k < s->count; k++)
            w[k] = hk_clamp(w[k] + scale * part_to(w[k], p->mu) * x[k], low, top);
    }
}

const struct hk_plasticity_model hk_plasticity_stdp_pair = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "stdp-pair",
             .doc = "pair-based spike-timing-dependent plasticity",
             HK_PARAMS(params, struct stdp)},
    .pre_tau = {offsetof(struct stdp, tau_plus)},
    .pre_count = 1,
    .post_tau = {offsetof(struct stdp, tau_minus)},
    .post_count = 1,
    .check = stdp_check,
    .pre_unseen = true,
    .post_unseen = true,
    .on_pre = stdp_on_pre,
    .on_post = stdp_on_post,
};
