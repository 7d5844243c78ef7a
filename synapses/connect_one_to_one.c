/* Source i reaches target i; both populations have one size. */
#include "sim/connect_model.h"

static bool one_check(const void *param, const struct hk_connect_shape *shape, struct hk_err *err) {
    (void)param;
    if (shape->source_count == shape->target_count) return true;
    return HK_FAIL(err, HK_ERR_RANGE,
                   "one-to-one needs equal sizes, but %u sources meet %u targets",
                   shape->source_count, shape->target_count);
}

static size_t one_draw_max(const void *param, const struct hk_connect_shape *shape) {
    (void)param, (void)shape;
    return 1;
}

static size_t one_draw(const void *param, const struct hk_connect_shape *shape,
                       struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    (void)param, (void)shape, (void)stream;
    sources[0] = target;
    return 1;
}

const struct hk_connect_model hk_connect_one_to_one = {
    .base = {.abi = HK_MODEL_ABI, .name = "one-to-one", .doc = "source i reaches target i"},
    .check = one_check,
    .draw_max = one_draw_max,
    .draw = one_draw,
};
