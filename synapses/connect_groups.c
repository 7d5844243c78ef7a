/* Groups: both populations are divided into `groups` of one size, runs of neighbours or,
 * interleaved, every groups-th unit; a source reaches its own group or all others. Lateral
 * inhibition within a receptive field, or between the groups that stand for classes. Nothing is
 * drawn. */
#include "sim/connect_model.h"

struct groups {
    int64_t groups;
    int layout, reach, except;
};
enum { LAYOUT_NEIGHBOURS, LAYOUT_INTERLEAVED };
enum { REACH_SAME, REACH_OTHERS };
enum { EXCEPT_NONE, EXCEPT_SAME };

static const char *const layouts[] = {"neighbours", "interleaved", NULL};
static const char *const reaches[] = {"same", "others", NULL};
static const char *const exceptions[] = {"none", "same-index", NULL};
static const struct hk_param params[] = {
    {"groups", "1", "how many groups", HK_REQUIRED, 1, HK_GROUPS_MAX,
     offsetof(struct groups, groups), HK_INT, NULL},
    {"layout", "1", "which units form a group", LAYOUT_NEIGHBOURS, 0, 1,
     offsetof(struct groups, layout), HK_CHOICE, layouts},
    {"reach", "1", "the groups that a source reaches", REACH_SAME, 0, 1,
     offsetof(struct groups, reach), HK_CHOICE, reaches},
    {"except", "1", "pairs that are left out", EXCEPT_NONE, 0, 1, offsetof(struct groups, except),
     HK_CHOICE, exceptions},
};

static bool groups_check(const void *param, const struct hk_connect_shape *shape,
                         struct hk_err *err) {
    const struct groups *p = param;
    hk_neuron groups = (hk_neuron)p->groups;
    if (shape->source_count % groups == 0 && shape->target_count % groups == 0) return true;
    return HK_FAIL(err, HK_ERR_RANGE,
                   "%u sources and %u targets can't both be divided into %u equal groups",
                   shape->source_count, shape->target_count, groups);
}

static bool groups_blocks(const void *param, struct hk_blocks *blocks) {
    const struct groups *p = param;
    *blocks = (struct hk_blocks){.groups = (hk_neuron)p->groups,
                                 .interleaved = p->layout == LAYOUT_INTERLEAVED,
                                 .others = p->reach == REACH_OTHERS,
                                 .except_same = p->except == EXCEPT_SAME};
    return true;
}

static size_t groups_draw_max(const void *param, const struct hk_connect_shape *shape) {
    const struct groups *p = param;
    hk_neuron sources = shape->source_count;
    return p->reach == REACH_SAME ? sources / (hk_neuron)p->groups : sources;
}

/* The sources of the target's own group. */
static size_t draw_same(const struct hk_blocks *blocks, const struct hk_connect_shape *shape,
                        hk_neuron target, hk_neuron *sources) {
    hk_neuron group = hk_group_of(blocks, shape->target_count, target);
    hk_neuron size = shape->source_count / blocks->groups;
    hk_neuron first = blocks->interleaved ? group : group * size;
    hk_neuron step = blocks->interleaved ? blocks->groups : 1;
    size_t count = 0;
    for (hk_neuron k = 0; k < size; k++)
        if (!(blocks->except_same && first + k * step == target))
            sources[count++] = first + k * step;
    return count;
}

static size_t draw_others(const struct hk_blocks *blocks, const struct hk_connect_shape *shape,
                          hk_neuron target, hk_neuron *sources) {
    size_t count = 0;
    for (hk_neuron source = 0; source < shape->source_count; source++)
        if (hk_groups_join(blocks, shape, source, target) &&
            !(blocks->except_same && source == target))
            sources[count++] = source;
    return count;
}

static size_t groups_draw(const void *param, const struct hk_connect_shape *shape,
                          struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    struct hk_blocks blocks;
    (void)stream;
    (void)groups_blocks(param, &blocks);
    return blocks.others ? draw_others(&blocks, shape, target, sources)
                         : draw_same(&blocks, shape, target, sources);
}

const struct hk_connect_model hk_connect_groups = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "groups",
             .doc = "sources reach the targets of their own group, or of all others",
             HK_PARAMS(params, struct groups),
             .main_param = "groups"},
    .check = groups_check,
    .blocks = groups_blocks,
    .draw_max = groups_draw_max,
    .draw = groups_draw,
};
