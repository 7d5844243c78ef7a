/* Every pair is joined with probability p, independently (Bernoulli). Per target the gaps between
 * the sources that reach it are geometric, so the work follows the synapses, not the pairs. Key:
 * (seed, projection, target). */
#include "sim/connect_model.h"

#include "sim/numeric.h"
#include "sim/philox.h"

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

enum { GAPS = HK_PHILOX_UNIFORMS }; /* drawn together */

/* Sources passed over before the next one that connects, floor(ln u / ln(1 - p)): from gap `first`
 * on. */
static void draw_gaps(struct hk_stream stream, hk_neuron target, uint64_t first, double log_miss,
                      double *gap) {
    double u[GAPS];
    hk_philox_uniforms(stream, target, first, u, GAPS);
    for (size_t k = 0; k < GAPS; k++) gap[k] = floor(hk_log(u[k]) / log_miss);
}

static size_t probability_draw(const void *param, const struct hk_connect_shape *shape,
                               struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    const struct probability *p = param;
    const bool skip_same = shape->recurrent && !p->autapses;
    const double log_miss = p->p < 1.0 ? log_of_miss(p->p) : 0.0;
    double gap[GAPS] = {0.0}, at = -1.0;
    size_t count = 0;
    for (uint64_t first = 0; p->p > 0.0; first += GAPS) {
        if (log_miss < 0.0) draw_gaps(stream, target, first, log_miss, gap);
        for (size_t k = 0; k < GAPS; k++) {
            at += 1.0 + gap[k];
            if (at >= shape->source_count) return count;
            sources[count] = (hk_neuron)at;
            count += !skip_same || sources[count] != target;
        }
    }
    return 0;
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
