/* Why did it fire? A spike of a run on the exact clock, the arrivals that it came from, and the
 * spikes that these came from in turn. Runs are the same to the bit whenever they are run again, so
 * each depth is found by running the experiment once more and following the units in question
 * (sim/trace.h). */
#ifndef HK_IO_WHY_H
#define HK_IO_WHY_H

#include "io/experiment.h"

struct hk_why_spike;

/* What came through one synapse; or all pulses of a drive. */
struct hk_why_cause {
    struct hk_why_spike *spike; /* of the source; NULL: a drive */
    const char *through;        /* the projection's name, or the drive's model */
    double delay_ms, weight;    /* as it arrived; of a drive, of one pulse */
    const char *unit;           /* of the weight */
    size_t count;               /* arrivals: 1, or the drive's pulses */
    double share;               /* mV */
};

/* What several arrivals did together. */
struct hk_why_sum {
    double share; /* mV */
    size_t count;
};

struct hk_why_spike {
    const char *pop;
    hk_neuron unit;
    bool has_causes; /* it is a neuron's */
    bool explained;  /* what follows is known: it isn't beyond the depth that was asked for */
    double ms;       /* when */
    double since_ms; /* its spike before that, or when state was set or reset */
    bool fired;      /* the former */
    double way;      /* to its threshold without what arrived since, mV */
    double moved;    /* how far it went, mV: `left` and all shares are that together */
    double left;     /* by what had arrived until `since_ms` */
    size_t arrivals; /* since then */
    struct hk_why_cause *causes; /* the largest shares, in this order */
    size_t cause_count;
    struct hk_why_sum raising, lowering; /* all arrivals; shares of 0 are among the raising */
    struct hk_why_sum others[2];         /* those that aren't in causes: raising, lowering */
    double total;              /* how much all arrivals, and `left`, did in either direction, mV */
    struct hk_why_spike *next; /* in the order of being found */
    hk_tick first, last;       /* it is the first spike in these ticks */
};

struct hk_why_options {
    struct hk_experiment_options experiment; /* a results file, usually */
    const char *spike;                       /* "exc:3@152.3ms": to half of the last digit */
    size_t depth; /* how many spikes one behind the other are explained, at least 1 */
    size_t top;   /* of how many causes each, at least 1 */
};

/* The list of all spikes, that which was asked for first; the arena's. Errors: HK_ERR_USAGE (no
 * spike is named), HK_ERR_CONFIG (not on the exact clock), HK_ERR_DATA (there is no such spike, or
 * there are several), those of reading and running an experiment. */
bool hk_why(struct hk_arena *arena, const struct hk_why_options *options, struct hk_why_spike **out,
            struct hk_err *err) HK_MUST_USE;

#endif
