/* The contract of a source that spikes by itself, without data. One file encoders/source_<name>.c,
 * one table. A source is a function of (unit, tick), so it needs no state and no thread owns it. */
#ifndef HK_SIM_SOURCE_MODEL_H
#define HK_SIM_SOURCE_MODEL_H

#include "sim/param.h"
#include "sim/raster.h"
#include "sim/rng.h"

struct hk_source_part {
    const void *param, *derived;
    struct hk_stream stream;
    hk_neuron first, count;
    double tick_ms;
};

struct hk_source_model {
    struct hk_model base;
    size_t derived_size;
    /* Constants, in `derived` and in the arena. Errors: HK_ERR_RANGE, HK_ERR_MEMORY. */
    bool (*derive)(const void *param, hk_neuron size, double tick_ms, struct hk_arena *arena,
                   void *derived, struct hk_err *err);
    /* The most spikes that one unit can emit in one tick. */
    uint32_t (*burst)(const void *derived);
    /* Units of the part that fire at `tick`, ascending, a unit as often as it fires; returns how
     * many. */
    size_t (*emit)(const struct hk_source_part *part, hk_tick tick, uint32_t *units);
    /* The exact clock: put the part's spikes after `from` and up to `to`, counted from `from` + 1,
     * in any order. NULL: this source has a grid only. */
    void (*list)(const struct hk_source_part *part, hk_tick from, hk_tick to,
                 struct hk_raster *out);
    /* How far a spike was moved to a whole tick at most, in ms. NULL: it never is. */
    double (*rounding)(const void *derived);
};

#endif
