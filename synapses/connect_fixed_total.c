/* A fixed number of synapses: the source and the target of each are drawn uniformly and
 * independently, so pairs can be joined more than once and neurons with themselves (as in Potjans &
 * Diesmann 2014).
 *
 * How many end in each target is multinomial: the total is divided by halves, each division a
 * binomial draw keyed by its place, so anyone can do it alone. Key of the sources: (seed,
 * projection, target). */
#include "sim/connect_model.h"

#include "sim/philox.h"

struct total {
    int64_t n;
    double p;
};

static const struct hk_param params[] = {
    {"n", "1", "number of synapses; or give p", 0, 0, 1e12, offsetof(struct total, n), HK_INT,
     NULL},
    {"p", "1", "probability of at least one synapse for a pair, from which n follows", 0.0, 0.0,
     0.999999, offsetof(struct total, p), HK_REAL, NULL},
};

struct division {
    hk_neuron most;
    hk_neuron count[]; /* [targets] */
};

/* n = ln(1 - p) / ln(1 - 1/(sources targets)), rounded. */
static uint64_t total_of(const struct total *p, const struct hk_connect_shape *shape) {
    double pairs = (double)shape->source_count * (double)shape->target_count;
    if (p->p <= 0.0) return (uint64_t)p->n;
    return (uint64_t)nearbyint(log1p(-p->p) / log1p(-1.0 / pairs));
}

static bool total_check(const void *param, const struct hk_connect_shape *shape,
                        struct hk_err *err) {
    const struct total *p = param;
    if (p->p > 0.0 && p->n > 0) return HK_FAIL(err, HK_ERR_RANGE, "give either n or p, not both");
    if (p->p > 0.0 && (double)shape->source_count * (double)shape->target_count < 2.0)
        return HK_FAIL(err, HK_ERR_RANGE, "p needs more than one pair; give n");
    return true;
}

/* Divide `total` among targets first..end-1; `node` counts the divisions as in a heap. */
static void divide(struct division *out, struct hk_stream stream, uint64_t node, hk_neuron first,
                   hk_neuron end, uint64_t total) {
    if (end - first == 1) {
        out->count[first] = (hk_neuron)total;
        if (out->most < total) out->most = (hk_neuron)total;
        return;
    }
    hk_neuron middle = first + (end - first) / 2;
    struct hk_draws draws = hk_draws_at(stream, UINT64_MAX, node << 16);
    uint64_t left = hk_draws_binomial(&draws, total, (double)(middle - first) / (end - first));
    divide(out, stream, 2 * node, first, middle, left);
    divide(out, stream, 2 * node + 1, middle, end, total - left);
}

static bool total_prepare(const void *param, struct hk_connect_shape *shape,
                          struct hk_stream stream, struct hk_arena *arena, struct hk_err *err) {
    uint64_t total = total_of(param, shape);
    if (total / shape->target_count > HK_NEURON_NONE / 2)
        return HK_FAIL(err, HK_ERR_RANGE, "%llu synapses are too many for %u targets",
                       (unsigned long long)total, shape->target_count);
    struct division *out =
        hk_arena_array(arena, 1, sizeof *out + shape->target_count * sizeof out->count[0],
                       _Alignof(struct division), err);
    if (!out) return false;
    divide(out, stream, 1, 0, shape->target_count, total);
    shape->prepared = out;
    return true;
}

static size_t total_draw_max(const void *param, const struct hk_connect_shape *shape) {
    (void)param;
    return ((const struct division *)shape->prepared)->most;
}

static size_t total_draw(const void *param, const struct hk_connect_shape *shape,
                         struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    (void)param;
    size_t count = ((const struct division *)shape->prepared)->count[target];
    hk_philox_below(stream, target, shape->source_count, sources, count);
    return count;
}

const struct hk_connect_model hk_connect_fixed_total = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "fixed-total",
             .doc = "a fixed number of synapses between random pairs",
             HK_PARAMS(params, struct total),
             .main_param = "n"},
    .check = total_check,
    .prepare = total_prepare,
    .draw_max = total_draw_max,
    .draw = total_draw,
};
