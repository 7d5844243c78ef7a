/* The contract of a neuron model: a membrane with a threshold. One file in neurons/, one table.
 *
 * A step goes from tick n to n + 1. The engine walks the population in blocks; for each block the
 * receptors first say what they do to the membrane over this step (struct hk_input), then the
 * model's `update` advances its state and reports who fired. A spike of this step is stamped n + 1.
 */
#ifndef HK_SIM_NEURON_MODEL_H
#define HK_SIM_NEURON_MODEL_H

#include "sim/param.h"
#include "sim/real.h"
#include "sim/wave.h"

#include <string.h>

/* The linear part of a membrane, C dV/dt = -(C/tau_m)(V - v_rest) + I: with it, current receptors
 * are integrated exactly (Rotter & Diesmann 1999). */
struct hk_membrane {
    double tau_m; /* ms */
    double c_m;   /* pF */
};

/* Change of V over a step of h ms for 1 pA, at its start, of a current that decays with tau (P21 of
 * Rotter & Diesmann 1999); where the two time constants are too close for that, its limit. */
static inline double hk_exp_propagator(double tau, const struct hk_membrane *m, double h) {
    double apart = m->tau_m - tau, rate = apart / (tau * m->tau_m);
    double p = exp(-h / tau) * expm1(h * rate) / (m->c_m * rate);
    return isnormal(p) && p > 0.0 && fabs(apart) > 1e-9 * tau ? p : h / m->c_m * exp(-h / m->tau_m);
}

/* What the network asks of a population's receptors; fixed at build. */
struct hk_grid {
    double tick_ms;
    const struct hk_membrane *exact; /* NULL: currents are wanted instead of exact effects on V */
};

/* What the receptors of one block add up to, `count` values each. */
struct hk_input {
    hk_real *push; /* exact: change of V over the step, mV; else: current at the step's start, pA */
    hk_real *g;    /* conductance at the step's start, nS */
    hk_real *g_e;  /* the same times its reversal potential, pA */
    hk_real *jump; /* jump of V at the step's end, mV */
    /* Of zeros, shared by all, where nothing adds to them: neuron models don't write to any. */
};

enum {
    HK_BLOCK = 512,   /* most units in a block */
    HK_FUSED_MAX = 2, /* most receptors that a membrane's pass takes */
    HK_GROUP = 64     /* units that sleep together (sim/sleep.c): a block is some groups */
};

/* Units that stand still for some time after a spike: a ring, in the order of their release, with
 * room for each unit once. The engine keeps it and empties it at a reset. Where groups sleep,
 * several blocks share a ring. Those of two threads are not on one cache line. */
struct hk_held_ring {
    _Alignas(HK_CACHE_LINE) uint16_t head;
    uint16_t count;
};
struct hk_held {
    struct hk_held_ring *ring;
    size_t room;
    size_t first;   /* what the ring calls the block's first unit */
    uint16_t *unit; /* [room] who is held, */
    hk_real *v;     /* [room] where, */
    hk_tick *until; /* [room] and up to which tick's step */
};

static inline size_t hk_whole_groups(size_t count) {
    return (count + HK_GROUP - 1) / HK_GROUP * HK_GROUP;
}

/* A block of consecutive units; columns point at its first. They and all that arrives have room
 * for whole groups. Only a population's last block can be shorter: what lies behind its last unit
 * may be advanced along, where that is quicker, and means nothing. */
struct hk_neurons {
    const void *param, *derived;
    hk_real *const *state; /* [column], then [unit] */
    struct hk_held held;   /* of models that say can_hold */
    size_t count;
    hk_tick tick;  /* at which the step ends */
    bool adapting; /* false: slow adaptation (homeostasis) is frozen in this phase */
};

/* Units that nothing has happened to, each for a time of its own: closed forms, in double whatever
 * the precision. `state` is the model's or the receptor's own. */
struct hk_idle {
    const void *param;
    const struct hk_membrane *membrane;
    size_t count;
    const double *ms;     /* [count] since when */
    double *const *state; /* [column], then [count] */
    double *push;         /* [count] what receptors add to V over that time, mV */
    double current;       /* that drives inject, pA */
    bool adapting;        /* as in struct hk_neurons */
};

struct hk_distance {
    double *now, *least, *speed; /* [count] */
};

struct hk_closed_forms {
    /* Bring units to the end of their time, without looking at the threshold: push[] holds what
     * receptors do. */
    void (*lapse)(const struct hk_idle *units);
    /* How far each is from its threshold, how near it can come, whenever, and how fast at the most,
     * mV and mV/ms; receptors raise V by rise[] and pull it by pull[] at the most. `ms` and `push`
     * aren't looked at. */
    void (*distance)(const struct hk_idle *units, const double *rise, const double *pull,
                     struct hk_distance *out);
    /* Units fire: what a spike does to the state. */
    void (*fire)(const struct hk_idle *units);
    /* When one unit gets to its threshold, ms from now; INFINITY: never. `inputs` is what receptors
     * add to V as time goes on, and may be changed. */
    double (*cross)(const struct hk_idle *unit, struct hk_wave *inputs);
    /* How long V is held after a spike, ms. Optional: it isn't. */
    double (*t_ref)(const void *param);
    /* Settings that only a grid has. Optional. Errors: HK_ERR_CONFIG. */
    bool (*check)(const void *param, struct hk_err *err);
};

struct hk_exp_receptor; /* sim/exp_receptor.h */

struct hk_neuron_model {
    struct hk_model base;
    const struct hk_column *columns;
    size_t column_count;
    bool can_hold; /* its update uses `held` */
    size_t derived_size;
    /* Rules across parameters. Optional. */
    bool (*check)(const void *param, struct hk_err *err);
    /* Initial values, where they depend on parameters: values[column]. Optional. */
    void (*start)(const void *param, double *values);
    /* The linear membrane, or false: then receptors report currents. Optional. */
    bool (*membrane)(const void *param, struct hk_membrane *membrane);
    /* Constants of a step, in double. Errors: HK_ERR_RANGE. */
    bool (*derive)(const void *param, const struct hk_grid *grid, void *derived,
                   struct hk_err *err);
    /* Change of `push` for 1 pA of constant current. */
    double (*gain)(const void *derived);
    /* Advance the block by one step; write the indices (within the block, ascending) of those that
     * fired to fired[], return how many. */
    size_t (*update)(const struct hk_neurons *block, const struct hk_input *in, uint32_t *fired);
    /* The steps of `count` exponential receptors, at most HK_FUSED_MAX, and then `update`, in one
     * pass, to the bit as one after the other. They are all the receptors, all currents or all
     * conductances; drives add `push` to each unit. Optional. */
    size_t (*update_with)(const struct hk_neurons *block, hk_real push,
                          const struct hk_exp_receptor *receptors, size_t count, uint32_t *fired);
    /* Closed forms: what sleep and the exact clock need. Optional: all, or none. */
    const struct hk_closed_forms *closed;
};

/* Append the indices from first to end - 1 of the true flags, each 0 or 1. */
static inline size_t hk_collect_range(const unsigned char *flag, size_t first, size_t end,
                                      uint32_t *fired, size_t found) {
    for (size_t i = first; i < end; i++) {
        fired[found] = (uint32_t)i;
        found += flag[i];
    }
    return found;
}

/* Indices of the true flags, ascending. Most are false: eight are looked at together. */
static inline size_t hk_collect(const unsigned char *flag, size_t count, uint32_t *fired) {
    size_t found = 0, first = 0;
    for (; first + 8 <= count; first += 8) {
        uint64_t eight;
        memcpy(&eight, flag + first, sizeof eight);
        if (eight) found = hk_collect_range(flag, first, first + 8, fired, found);
    }
    return hk_collect_range(flag, first, count, fired, found);
}

#endif
