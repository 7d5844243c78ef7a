/* The contract of a read-out: spike counts of a presentation in, a class out. One file
 * encoders/readout_<name>.c, one table: a decoder beside the encoders. */
#ifndef HK_SIM_READOUT_MODEL_H
#define HK_SIM_READOUT_MODEL_H

#include "sim/param.h"

struct hk_readout {
    const void *param;
    size_t units, classes;
    double *sums;      /* [classes][units]: what `learn` has added up */
    double *shown;     /* [classes]: presentations learned */
    int32_t *assigned; /* [units]: class of each unit, -1: none */
};

struct hk_readout_model {
    struct hk_model base;
    bool needs_labels; /* a phase must `assign` before it can predict */
    bool (*check)(const void *param, size_t units, size_t classes,
                  struct hk_err *err); /* optional */
    /* Set up `assigned` where that needs no labels. Optional. */
    void (*start)(struct hk_readout *readout);
    /* One labelled presentation. Optional. */
    void (*learn)(struct hk_readout *readout, const uint32_t *counts, size_t label);
    /* The labelled presentations are over: fill `assigned`. Optional. */
    void (*assign)(struct hk_readout *readout);
    /* The class, or -1 when the counts name none. */
    int (*predict)(const struct hk_readout *readout, const uint32_t *counts);
};

#endif
