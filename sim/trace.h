/* Why a unit fired, on the exact clock: all that reaches one unit is kept, and of one of its spikes
 * it is found what each arrival had to do with it.
 *
 * The share of an arrival is how much farther from its threshold the unit would have been at that
 * time without it, everything else as it was. Where the membrane is linear between spikes the
 * shares, with what was left from before, add up to the whole way to the threshold. */
#ifndef HK_SIM_TRACE_H
#define HK_SIM_TRACE_H

#include "sim/arena.h"
#include "sim/sim.h"

struct hk_trace;

/* Follow a unit up to its first spike at a tick in first..last. After build, before it is run that
 * far; lives as long as the simulation. Costs memory for what arrives between two spikes of the
 * unit. Errors: HK_ERR_CONFIG (not the exact clock, no neurons), HK_ERR_RANGE, HK_ERR_MEMORY. */
struct hk_trace *hk_sim_trace(struct hk_sim *sim, struct hk_pop *pop, hk_neuron unit, hk_tick first,
                              hk_tick last, struct hk_err *err) HK_MUST_USE;

/* The unit's spikes, as far as the simulation has been run. */
struct hk_trace_spikes {
    size_t count;         /* in first..last */
    hk_tick tick;         /* of the first of these */
    hk_tick before, next; /* the last before `first`, and the first after `last`; -1: none */
};
struct hk_trace_spikes hk_trace_spikes(const struct hk_trace *trace);

/* A weight that arrived, by a synapse or a drive. */
struct hk_cause {
    const struct hk_proj *proj; /* NULL: it is a pulse of a drive; */
    size_t drive;               /* which, of the unit's population */
    hk_neuron source;           /* whose spike it was, */
    hk_tick sent, arrived;      /* and when */
    double weight;              /* as it arrived, in the receptor's unit */
    double share;               /* mV */
};
struct hk_account {
    hk_tick tick;  /* of the spike */
    hk_tick since; /* of the spike before it, or when state was set or reset */
    bool fired;    /* the former */
    double way;    /* to the threshold, without all that arrived, mV; */
    double left;   /* of it what had arrived until `since` did, */
    struct hk_cause
        *causes; /* and what each arrival did, in the order of time: lent by the arena */
    size_t count;
    double beyond; /* how far beyond the threshold the unit got, mV */
};
/* Account for the spike that was found. Errors: HK_ERR_MEMORY. */
bool hk_trace_account(const struct hk_trace *trace, struct hk_arena *arena, struct hk_account *out,
                      struct hk_err *err) HK_MUST_USE;

#endif
