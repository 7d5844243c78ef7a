/* The contract of a drive: current that is injected into every unit of a population. One file
 * encoders/drive_<name>.c, one table. A function of (unit, tick), without state. */
#ifndef HK_SIM_DRIVE_MODEL_H
#define HK_SIM_DRIVE_MODEL_H

#include "sim/param.h"
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
    /* Add gain * current to push[count], for the step that begins at tick `from`. */
    void (*add)(const struct hk_drive_part *part, hk_tick from, hk_real *push);
};

#endif
