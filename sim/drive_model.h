/* The contract of a drive: current that is injected into every unit of a population, or weights
 * that arrive at one of its receptors. One file encoders/drive_<name>.c, one table. A function of
 * (unit, tick), without state. */
#ifndef HK_SIM_DRIVE_MODEL_H
#define HK_SIM_DRIVE_MODEL_H

#include "sim/param.h"
#include "sim/raster.h"
#include "sim/real.h"
#include "sim/rng.h"

struct hk_drive_part {
    const void *param, *derived;
    struct hk_stream stream;
    hk_neuron first;
    size_t count;
    hk_real gain; /* `push` for 1 pA */
};

struct hk_drive_model {
    struct hk_model base;
    size_t derived_size;
    bool (*derive)(const void *param, double tick_ms, void *derived, struct hk_err *err);
    /* One of the two. Add gain * current to push[count], for the step that begins at `from`; */
    void (*add)(const struct hk_drive_part *part, hk_tick from, hk_real *push);
    /* or put into arrived[count] the sum of the weights that arrive at each unit at `tick`, at the
     * receptor that the text at offset `receptor` names (empty: the only one). `first` is a
     * multiple of 16. Returns how many weights that were. */
    uint64_t (*arrive)(const struct hk_drive_part *part, hk_tick tick, hk_real *arrived);
    size_t receptor;
    /* The same on the exact clock; NULL: this drive has a grid only. The current from the end of
     * `at` on, pA, and until the end of which tick it stays; */
    double (*current)(const void *derived, hk_tick at, hk_tick *until);
    /* or put when weights arrive after `from` and up to `to`, counted from `from` + 1, in any
     * order; and how large each is. */
    void (*list)(const struct hk_drive_part *part, hk_tick from, hk_tick to, struct hk_raster *out);
    double (*weight)(const void *derived);
};

#endif
