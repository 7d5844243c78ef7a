/* Every source reaches every target; `except: same-index` leaves out i -> i. */
#include "sim/connect_model.h"

struct all_to_all {
    int except;
};
enum { EXCEPT_NONE, EXCEPT_SAME };

static const char *const exceptions[] = {"none", "same-index", NULL};
static const struct hk_param params[] = {
    {"except", "1", "pairs that are left out", EXCEPT_NONE, 0, 1,
     offsetof(struct all_to_all, except), HK_CHOICE, exceptions},
};

static bool all_blocks(const void *param, struct hk_blocks *blocks) {
    bool except = ((const struct all_to_all *)param)->except == EXCEPT_SAME;
    *blocks = (struct hk_blocks){.groups = 1, .except_same = except};
    return true;
}

static size_t all_draw_max(const void *param, const struct hk_connect_shape *shape) {
    (void)param;
    return shape->source_count;
}

static size_t all_draw(const void *param, const struct hk_connect_shape *shape,
                       struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    (void)stream;
    bool skip = ((const struct all_to_all *)param)->except == EXCEPT_SAME;
    size_t count = 0;
    for (hk_neuron source = 0; source < shape->source_count; source++)
        if (!skip || source != target) sources[count++] = source;
    return count;
}

const struct hk_connect_model hk_connect_all_to_all = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "all-to-all",
             .doc = "every source reaches every target",
             HK_PARAMS(params, struct all_to_all)},
    .blocks = all_blocks,
    .draw_max = all_draw_max,
    .draw = all_draw,
};
