/* The parts of a step that touch state: one source in sim/kernels/, compiled for each precision and
 * instruction set like the models. `sim/kernels/<name>.c` defines the table hk_kernels_<name>. */
#ifndef HK_SIM_KERNELS_H
#define HK_SIM_KERNELS_H

#include "sim/rng.h"

struct hk_arrival;
struct hk_pop;
struct hk_proj;
struct hk_replay;
struct hk_shot;
struct hk_sim;
struct hk_trace_event;

/* One tick of what one thread owns. */
struct hk_kernels_step {
    /* Add what arrives through `proj` at `tick` to the target's receptor. Returns synaptic events.
     */
    uint64_t (*deliver)(const struct hk_proj *proj, int thread, hk_tick tick);
    /* The thread's spikes of `tick` release their part of the weights of `proj`. */
    void (*release)(struct hk_proj *proj, int thread, hk_tick tick);
    /* Advance the thread's part of a population; its spikes go to the history. `reached` has a bit
     * for each receptor that something was delivered to. Returns spikes. */
    size_t (*update)(struct hk_pop *pop, int thread, hk_tick tick, uint32_t reached);
};

/* Plain synapses in bundles: what arrives is added to the thread's sums. Both return synaptic
 * events. */
struct hk_kernels_bundle {
    /* The segments of `tick` of spikes that are in flight already, unless that has been done. */
    uint64_t (*advance)(const struct hk_sim *sim, int thread, hk_tick tick);
    /* Then the spikes whose first segments arrive at `tick` take off, and these are added. Where
     * there is no room for them, the thread's hk_flight has the error. */
    uint64_t (*launch)(const struct hk_sim *sim, int thread, hk_tick tick);
};

/* What is looked at: a state variable of some units, after `tick`. */
struct hk_view {
    size_t column;
    const hk_neuron *units;
    size_t count;
    hk_tick tick;
};

/* Groups of units that sleep. Populations that can't have pop->sleep NULL. */
struct hk_kernels_sleep {
    /* Take in what arrives at `tick` at groups that sleep; wake those that may fire. */
    void (*touch)(struct hk_pop *pop, int thread, hk_tick tick);
    /* The first unit of a group that is awake, from `first` on, and where its run ends, at most a
     * block away; `end` where all sleep. */
    hk_neuron (*find_awake)(const struct hk_pop *pop, int thread, hk_neuron first, hk_neuron end,
                            hk_neuron *run_end);
    /* Before the step to `tick`, first: let those fall asleep that can and that nothing arrives at;
     * what arrives at others at `tick` isn't marked. */
    void (*test)(struct hk_pop *pop, int thread, hk_tick tick);
    /* A state variable of some units as it is after `tick`, whether they sleep or not. */
    void (*gather)(const struct hk_pop *pop, int thread, const struct hk_view *view, void *out);
    /* Bring the group that begins with `first`, which sleeps, to the end of `tick`. */
    void (*wake)(struct hk_pop *pop, int thread, hk_neuron first, hk_tick tick);
};

/* The exact clock (sim/exact_internal.h): one thread's units. */
struct hk_kernels_exact {
    /* A row arrives at the thread's `now`. With `look` those it reaches are looked at at once: who
     * is at the threshold fires, the others' way there is found; without, they are put into
     * `touched`. Returns synaptic events. */
    uint64_t (*arrive)(struct hk_sim *sim, int thread, const struct hk_arrival *arrival, bool look);
    /* The pulses of a drive that come before `before`, with `look` as above, but then each unit is
     * looked at at its own time, and a tick at which a unit comes twice isn't begun. Returns how
     * many. */
    size_t (*pulse)(struct hk_pop *pop, int thread, size_t drive, hk_tick before, bool look);
    /* All of a population's window: the `count` arrivals that are its own, and its pulses. Returns
     * synaptic events. */
    uint64_t (*flow)(struct hk_pop *pop, int thread, const uint32_t *rows, size_t count);
    /* Look at everybody in `touched`. */
    void (*look)(struct hk_sim *sim, int thread);
    /* A unit is due: it fires, or the end of its way to the threshold is found. */
    void (*reach)(struct hk_sim *sim, int thread, const struct hk_shot *due);
    /* Bring the thread's units of a population to `tick`, held or not; then let them go on from
     * there: those that are held wait, and the others' ways are found. */
    void (*settle)(struct hk_pop *pop, int thread, hk_tick tick);
    void (*restart)(struct hk_pop *pop, int thread);
    /* A state variable of some units as it is after `tick`, up to which everything has happened. */
    void (*gather)(const struct hk_pop *pop, int thread, const struct hk_view *view, void *out);
};

/* Copies of one unit go once more through what reached it on the exact clock (sim/trace.c). */
struct hk_kernels_replay {
    /* Events first..end-1, each left out in the copies that skip it. */
    void (*run)(struct hk_replay *replay, const struct hk_trace_event *events, size_t first,
                size_t end);
    /* How far each copy would be from its threshold at `tick`, mV. */
    void (*measure)(const struct hk_replay *replay, hk_tick tick, double *distance);
};

/* Plasticity. */
struct hk_kernels_learn {
    /* Arrivals and new spikes of `tick` at the synapses that the thread owns. */
    void (*learn)(struct hk_proj *proj, int thread, hk_tick tick);
    /* The same on the exact clock: rows that have arrived are the part's `arrived`, and these units
     * of the target have fired. */
    void (*learn_at)(struct hk_proj *proj, int thread, hk_tick tick, const uint32_t *posts,
                     uint32_t count);
    /* Synapses that remember: bring those to date that a spike arrives at at `tick`, before it is
     * delivered; and all. */
    void (*catch_up)(struct hk_proj *proj, int thread, hk_tick tick);
    void (*settle)(struct hk_proj *proj, int thread, hk_tick tick);
    /* The weight of one synapse as it would be at `tick`. */
    double (*peek)(const struct hk_proj *proj, int thread, size_t synapse, hk_tick tick);
    /* Scale each owned target's incoming weights to the sum `total`; a sum of 0 is left. */
    void (*normalise)(struct hk_proj *proj, int thread, double total);
    /* Traces and what synapses remember become 0; what a signal has turned into weight stays. */
    void (*forget)(struct hk_proj *proj, int thread);
};

/* Rows that learn late (sim/late.c). */
struct hk_kernels_late {
    /* Has learn, settle, normalise and forget. */
    struct hk_kernels_learn learn;
    /* Learn from what happened before, then add what arrives at `tick` to the sums of the thread's
     * targets. Returns synaptic events. */
    uint64_t (*deliver)(const struct hk_proj *proj, int thread, hk_tick tick, void *sum);
    /* Bytes of one of struct hk_late's sources, and of its posts' notes. */
    size_t source, note;
};

/* Learning from whole presentations. */
struct hk_kernels_credit {
    /* Judge the thread's units that stand for classes. */
    void (*teach)(struct hk_pop *pop, int thread, hk_neuron wanted);
    /* Sum up the errors that come back to the thread's units, and judge them by these. */
    void (*credit)(struct hk_pop *pop, int thread);
    /* Change the weights that the thread owns. */
    void (*update)(struct hk_proj *proj, int thread, size_t epoch);
};

/* Random numbers by the many. */
struct hk_kernels_draws {
    /* The first `count` numbers of a normal distribution on hk_draws_at(stream, entity, 0); false:
     * some don't have the sign of its mean, and maybe not all were drawn. */
    bool (*normals)(struct hk_stream stream, uint64_t entity, const struct hk_dist *dist,
                    double *out, size_t count);
    /* Delays of the synapses of one target, ticks above the projection's least. */
    void (*delays)(const struct hk_proj *proj, uint64_t target, uint32_t *out, size_t count);
    /* Weights as whole numbers of `unit` (hk_bundle_whole), in the upper halves of words. */
    void (*wholes)(const double *weight, double unit, uint32_t *word, size_t count);
};

/* Columns of hk_real, seen from files that don't know the precision. */
struct hk_kernels_columns {
    void (*to_double)(double *out, const void *in, size_t count);
    void (*from_double)(void *out, const double *in, size_t count);
    bool (*finite)(const void *column, size_t count);
    /* Those of some units, one after the other. */
    void (*gather)(void *out, const void *column, const hk_neuron *units, size_t count);
    /* values[k] to place[k]. */
    void (*scatter)(void *column, const hk_syn *place, const double *values, size_t count);
};

#endif
