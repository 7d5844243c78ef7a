/* Every target draws n sources uniformly: with replacement where multapses are allowed, else
 * without (Floyd 1987). Key: (seed, projection, target). */
#include "sim/connect_model.h"

#include "sim/philox.h"

struct indegree {
    int64_t n;
    bool autapses, multapses;
};

static const struct hk_param params[] = {
    {"n", "1", "sources of each target", HK_REQUIRED, 0, 1e9, offsetof(struct indegree, n), HK_INT,
     NULL},
    {"autapses", "1", "may a neuron reach itself", 1, 0, 1, offsetof(struct indegree, autapses),
     HK_BOOL, NULL},
    {"multapses", "1", "may a source reach a target more than once", 1, 0, 1,
     offsetof(struct indegree, multapses), HK_BOOL, NULL},
};

/* Sources that a target may choose from. */
static uint32_t choices(const struct indegree *p, const struct hk_connect_shape *shape) {
    return shape->source_count - (shape->recurrent && !p->autapses);
}

static bool indegree_check(const void *param, const struct hk_connect_shape *shape,
                           struct hk_err *err) {
    const struct indegree *p = param;
    uint32_t most = choices(p, shape);
    if (p->n == 0 || (most > 0 && (p->multapses || p->n <= most))) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "n = %lld, but there are only %u sources to choose from",
                   (long long)p->n, most);
}

static size_t indegree_draw_max(const void *param, const struct hk_connect_shape *shape) {
    (void)shape;
    return (size_t)((const struct indegree *)param)->n;
}

/* Where `source` stands, or would be put, among the sorted. */
static size_t position(const hk_neuron *sorted, size_t count, hk_neuron source) {
    size_t low = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < source)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Floyd's sample of n out of `most`: at each step j a number below j + 1, or j itself if that is
 * in. */
static void draw_distinct(struct hk_draws *draws, uint32_t most, size_t n, hk_neuron *sorted) {
    for (size_t count = 0; count < n; count++) {
        hk_neuron last = (hk_neuron)(most - n + count);
        hk_neuron source = hk_draws_below(draws, last + 1);
        size_t at = position(sorted, count, source);
        if (at < count && sorted[at] == source) {
            at = count; /* `last` is larger than all before it */
            source = last;
        }
        for (size_t k = count; k > at; k--) sorted[k] = sorted[k - 1];
        sorted[at] = source;
    }
}

static size_t indegree_draw(const void *param, const struct hk_connect_shape *shape,
                            struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    const struct indegree *p = param;
    uint32_t most = choices(p, shape);
    size_t n = (size_t)p->n;
    struct hk_draws draws = hk_draws_at(stream, target, 0);
    if (p->multapses) {
        hk_philox_below(stream, target, most, sources, n);
    } else {
        draw_distinct(&draws, most, n, sources);
    }
    if (most < shape->source_count) /* the numbers skip the target itself */
        for (size_t k = 0; k < n; k++) sources[k] += sources[k] >= target;
    return n;
}

const struct hk_connect_model hk_connect_fixed_indegree = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "fixed-indegree",
             .doc = "each target draws n sources",
             HK_PARAMS(params, struct indegree),
             .main_param = "n"},
    .check = indegree_check,
    .draw_max = indegree_draw_max,
    .draw = indegree_draw,
};
