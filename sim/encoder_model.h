/* The contract of an encoder: sample values in, spikes of one presentation out. One file in
 * encoders/, one table. Encoders are functions of (values, presentation, unit), so threads can't
 * change them. */
#ifndef HK_SIM_ENCODER_MODEL_H
#define HK_SIM_ENCODER_MODEL_H

#include "sim/param.h"
#include "sim/raster.h"
#include "sim/rng.h"

struct hk_presentation {
    const float *values;    /* one per unit, 0..1 for images */
    hk_neuron first, count; /* the units to encode */
    hk_tick ticks;          /* length of the presentation */
    double tick_ms;
    double gain;             /* rates are multiplied by it (retries raise it) */
    uint64_t number;         /* of this presentation within the run: keys the random numbers */
    struct hk_stream stream; /* of this population */
};

struct hk_encoder_model {
    struct hk_model base;
    bool (*check)(const void *param, double tick_ms, struct hk_err *err); /* optional */
    /* Put the spikes of units first..first+count-1, in the order of units. */
    void (*encode)(const void *param, const struct hk_presentation *shown, struct hk_raster *out);
};

#endif
