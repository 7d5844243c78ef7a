/* Every pair is joined with probability p, independently (Bernoulli). Per target the gaps between
 * the sources that reach it are geometric, so the work follows the synapses, not the pairs. Key:
 * (seed, projection, target). */
#include "sim/connect_model.h"

#include "sim/numeric.h"

struct probability {
    double p;
    bool autapses;
};

static const struct hk_param params[] = {
    {"p", "1", "probability of a synapse for each pair", HK_REQUIRED, 0.0, 1.0,
     offsetof(struct probability, p), HK_REAL, NULL},
    {"autapses", "1", "may a neuron reach itself", 1, 0, 1, offsetof(struct probability, autapses),
     HK_BOOL, NULL},
};

static size_t probability_draw_max(const void *param, const struct hk_connect_shape *shape) {
    (void)param;
    return shape->source_count;
}

/* ln(1 - p), also where 1 - p rounds (Kahan). */
static double log_of_miss(double p) {
    double miss = 1.0 - p;
    return miss < 1.0 ? hk_log(miss) * (p / (1.0 - miss)) : -p;
}

/* Sources passed over before the next one that connects: floor(ln u / ln(1 - p)). */
static double gap(double log_miss, struct hk_draws *draws) {
    return log_miss < 0.0 ? floor(hk_log(hk_draws_uniform(draws)) / log_miss) : 0.0;
}

static size_t probability_draw(const void *param, const struct hk_connect_shape *shape,
                               struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    const struct probability *p = param;
    if (p->p <= 0.0) return 0;
    double log_miss = p->p < 1.0 ? log_of_miss(p->p) : 0.0;
    bool skip_same = shape->recurrent && !p->autapses;
    struct hk_draws draws = hk_draws_at(stream, target, 0);
    size_t count = 0;
    for (double at = gap(log_miss, &draws); at < shape->source_count;
         at += 1.0 + gap(log_miss, &draws)) {
        hk_neuron source = (hk_neuron)at;
        if (!skip_same || source != target) sources[count++] = source;
    }
    return count;
}

const struct hk_connect_model hk_connect_probability = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "probability",
             .doc = "each pair is joined with probability p",
             HK_PARAMS(params, struct probability),
             .main_param = "p"},
    .draw_max = probability_draw_max,
    .draw = probability_draw,
};
