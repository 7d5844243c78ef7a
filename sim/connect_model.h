/* The contract of a connectivity rule: which sources reach a target. One file
 * synapses/connect_<name>.c, one table.
 *
 * A rule draws for one target at a time and knows nothing else, so any thread can build any part of
 * the network alone and all get the same network. */
#ifndef HK_SIM_CONNECT_MODEL_H
#define HK_SIM_CONNECT_MODEL_H

#include "sim/param.h"
#include "sim/rng.h"

struct hk_connect_shape {
    hk_neuron source_count, target_count;
    bool recurrent;       /* source and target are one population, so i -> i is an autapse */
    const void *prepared; /* what the rule's `prepare` made */
};

/* Pairs that need no list: units fall into groups of one size, and a source reaches all targets of
 * its own group, or all of the other groups. */
struct hk_blocks {
    hk_neuron groups; /* 1: everybody reaches everybody */
    bool interleaved; /* unit u is in group u mod groups; else groups are runs of neighbours */
    bool others;      /* a source reaches the other groups instead of its own */
    bool except_same; /* but for i -> i */
};
enum { HK_GROUPS_MAX = 4096 };

static inline bool hk_blocks_join_all(const struct hk_blocks *blocks) {
    return blocks->groups == 1 && !blocks->others && !blocks->except_same;
}

static inline hk_neuron hk_group_of(const struct hk_blocks *blocks, hk_neuron size,
                                    hk_neuron unit) {
    return blocks->interleaved ? unit % blocks->groups : unit / (size / blocks->groups);
}

/* Does a source reach a target, as far as their groups go? */
static inline bool hk_groups_join(const struct hk_blocks *blocks,
                                  const struct hk_connect_shape *shape, hk_neuron source,
                                  hk_neuron target) {
    bool same = hk_group_of(blocks, shape->source_count, source) ==
                hk_group_of(blocks, shape->target_count, target);
    return same != blocks->others;
}

struct hk_connect_model {
    struct hk_model base;
    /* Errors: HK_ERR_RANGE. Optional. */
    bool (*check)(const void *param, const struct hk_connect_shape *shape, struct hk_err *err);
    /* True when who reaches whom follows from groups alone: such projections are stored as
     * matrices, or as nothing at all. Optional. */
    bool (*blocks)(const void *param, struct hk_blocks *blocks);
    /* What all targets share, such as how a total is divided among them: in the arena, into
     * shape->prepared. Before anything is drawn. Optional. */
    bool (*prepare)(const void *param, struct hk_connect_shape *shape, struct hk_stream stream,
                    struct hk_arena *arena, struct hk_err *err);
    /* The most sources that draw can give for one target. */
    size_t (*draw_max)(const void *param, const struct hk_connect_shape *shape);
    /* Write the sources of `target`, in any order, a repeated one as often as it connects; return
     * how many. Weights and delays are drawn in the same order, keyed by the target. */
    size_t (*draw)(const void *param, const struct hk_connect_shape *shape, struct hk_stream stream,
                   hk_neuron target, hk_neuron *sources);
};

#endif
