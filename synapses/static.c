/* Static synapse: every spike releases the weight. */
#include "sim/synapse_model.h"

const struct hk_synapse_model hk_synapse_static = {
    .base = {.abi = HK_MODEL_ABI, .name = "static", .doc = "every spike releases the weight"},
};
