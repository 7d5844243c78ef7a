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
    bool is_exp; /* its step is that of sim/exp_receptor.h: so are its constants and its column */
    size_t derived_size;
    bool (*derive)(const void *param, const struct hk_grid *grid, void *derived,
                   struct hk_err *err);
    void (*advance)(const struct hk_receptors *block, struct hk_input *in);
    /* Receptors of linear membranes that have closed forms; optional, all or none. Bring the state
     * to the end of the units' times, and add to push[] what it does to V until then. */
    void (*lapse)(const struct hk_idle *units);
    /* Take in weights that arrive now; a jump of V is added to jump[]. */
    void (*take)(const struct hk_idle *units, const double *arrived, double *jump);
    /* Add to rise[] a bound of what the state can add to V, mV, and to pull[] a bound of the
     * current, pA, at any time. */
    void (*bound)(const struct hk_idle *units, double *rise, double *pull);
    /* Add to a wave what the state of one unit adds to V as time goes on. */
    void (*wave)(const struct hk_idle *unit, struct hk_wave *wave);
};

/* A bound of what 1 pA, decaying with tau, can add to V: its charge into a membrane that doesn't
 * leak, or its amplitude into one that does, over c_m. */
static inline double hk_exp_rise(double tau, const struct hk_membrane *m) {
    return (tau < m->tau_m ? tau : m->tau_m) / m->c_m;
}

#endif
