/* Desire backpropagation (Gerlinghoff, Luo, Goh & Wong 2022, arXiv 2211.05412). Each neuron may
 * desire to fire more (+), to fire less (-) or nothing; only this sign goes back through the
 * layers. With c the spikes of a neuron in the presentation and x = c / target_spikes:
 *   class units:  e = 1 - x for the unit of the class, x for the others; it desires if that is
 *                 above the threshold;
 *   others:       z_i = sum_j w_ji q_j, it desires if |z_i| >= threshold, with the sign of z_i;
 *   both:         q = |d - x| times the sign of the desire, d = 1 where that is +, else 0.
 * At the end of the presentation the synapses of a neuron that desires change by
 *   learning_rate exp(-rate_decay epoch) sign sum over its spikes of the source's trace. */
#include "sim/plasticity_model.h"

#include "sim/numeric.h"

struct desire {
    double threshold, target_spikes, learning_rate, rate_decay, tau;
};

static const struct hk_param params[] = {
    {"threshold", "1", "error above which a target neuron desires a change", HK_REQUIRED, 0.0, 1e9,
     offsetof(struct desire, threshold), HK_REAL, NULL},
    {"target_spikes", "1", "spikes in a presentation of a neuron that should fire", HK_REQUIRED,
     1e-9, 1e9, offsetof(struct desire, target_spikes), HK_REAL, NULL},
    {"learning_rate", "weight", "change of a weight for one pair of coincident spikes", HK_REQUIRED,
     0.0, 1e9, offsetof(struct desire, learning_rate), HK_REAL, NULL},
    {"rate_decay", "1", "the rate falls by exp(-rate_decay) with each epoch", 0.0, 0.0, 1e3,
     offsetof(struct desire, rate_decay), HK_REAL, NULL},
    {"tau", "ms", "time constant of the pre trace", HK_REQUIRED, 1e-3, 1e6,
     offsetof(struct desire, tau), HK_REAL, NULL},
};

/* What a unit sends back, and what its synapses are changed by. */
static void wish(const struct hk_credit *u, size_t k, bool desires, bool more) {
    const struct desire *p = u->param;
    hk_real x = (hk_real)(u->spikes[k] / p->target_spikes);
    hk_real missing = more ? 1 - x : x, sign = desires ? more ? 1 : -1 : 0;
    u->gate[k] = sign;
    u->error[k] = sign * (missing < 0 ? -missing : missing);
}

static void desire_teach(const struct hk_credit *u) {
    const struct desire *p = u->param;
    for (size_t k = 0; k < u->count; k++) {
        bool wanted = u->blame[k] > 0;
        double x = u->spikes[k] / p->target_spikes, error = wanted ? 1.0 - x : x;
        wish(u, k, error > p->threshold, wanted);
    }
}

static void desire_credit(const struct hk_credit *u) {
    const hk_real threshold = (hk_real)((const struct desire *)u->param)->threshold;
    for (size_t k = 0; k < u->count; k++) {
        hk_real z = u->blame[k];
        wish(u, k, (z < 0 ? -z : z) >= threshold, z > 0);
    }
}

static void desire_on_end(const struct hk_presented *s) {
    const struct desire *p = s->param;
    const hk_real rate = (hk_real)(p->learning_rate * hk_exp(-p->rate_decay * (double)s->epoch));
    const hk_real *restrict gate = s->gate, *restrict paired = s->paired;
    hk_real *restrict w = s->w;
    for (size_t k = 0; k < s->count; k++) w[k] += rate * gate[k] * paired[k];
}

const struct hk_plasticity_model hk_plasticity_desire = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "desire",
             .doc =
                 "desire backpropagation: the wish to fire more or less goes back through layers",
             HK_PARAMS(params, struct desire)},
    .pre_tau = {offsetof(struct desire, tau)},
    .pre_count = 1,
    .teach = desire_teach,
    .credit = desire_credit,
    .on_end = desire_on_end,
};
