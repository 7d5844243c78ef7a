/* The contract of a receptor kernel: how the weights that arrive become membrane input. One file
 * synapses/receptor_<name>.c, one table. State columns live with the population, a set a receptor.
 *
 * Weights that arrive at tick n + 1 enter the state at the end of the step n -> n + 1 and so act on
 * V from the next step on (jumps act at once): the order of Rotter & Diesmann 1999. */
#ifndef HK_SIM_RECEPTOR_MODEL_H
#define HK_SIM_RECEPTOR_MODEL_H

#include "sim/neuron_model.h"

enum hk_receptor_effect { HK_EFFECT_JUMP, HK_EFFECT_CURRENT, HK_EFFECT_CONDUCTANCE };

/* One receptor of a block of units. `advance` adds to the input, moves the state one step on and
 * takes in `arrived`. */
struct hk_receptors {
    const void *param, *derived;
    hk_real *const *state;  /* [column], then [unit] */
    const hk_real *arrived; /* summed weights, in weight_unit */
    size_t count;
};

struct hk_receptor_model {
    struct hk_model base;
    const char *weight_unit; /* "mV", "pA" or "nS" */
    enum hk_receptor_effect effect;
    const struct hk_column *columns;
    size_t column_count;
    size_t derived_size;
    bool (*derive)(const void *param, const struct hk_grid *grid, void *derived,
                   struct hk_err *err);
    void (*advance)(const struct hk_receptors *block, struct hk_input *in);
};

#endif
