/* The contract of a synapse model: what an arriving spike releases. One file in synapses/, one
 * table. A static synapse releases its weight. */
#ifndef HK_SIM_SYNAPSE_MODEL_H
#define HK_SIM_SYNAPSE_MODEL_H

#include "sim/param.h"

struct hk_synapse_model {
    struct hk_model base;
};

#endif
