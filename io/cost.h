/* What running an experiment will take, told before anything is built. */
#ifndef HK_IO_COST_H
#define HK_IO_COST_H

#include "io/experiment.h"

/* Wall times of one core, in nanoseconds: an AMD EPYC (Zen 4) of 2.6 GHz, single precision,
 * AVX-512; measured as docs/command-line.md says. */
#define HK_COST_STEP   0.9   /* advance a neuron by a tick: `cuba` */
#define HK_COST_ROW    1.2   /* an event at a synapse that is stored for itself: `microcircuit` */
#define HK_COST_LEARN  10.0  /* if it learns at once, as a signal teaches it */
#define HK_COST_LATE   5.5   /* if it learns otherwise: `brunel-stdp` */
#define HK_COST_MANY   19.0  /* and that with many delays: `microcircuit-stdp` */
#define HK_COST_MATRIX 1.2   /* an event of a row of a matrix */
#define HK_COST_SPIKE  18.0  /* make a spike of a source or encoder */
#define HK_COST_TICK   100.0 /* a tick, however small the network */
#define HK_COST_DRAW   42.0  /* draw a synapse and put it in place: `microcircuit` */
/* On the exact clock, in double precision, an arrival at a unit (docs/performance.md): */
#define HK_COST_JUMP 30.0 /* that adds to its potential: `brunel` */
#define HK_COST_WAY  85.0 /* from which a current begins, whose way is followed: `cuba` */
/* How often a neuron fires, Hz, where nobody says more. */
#define HK_COST_RATE 5.0
/* Bytes in the results file. */
#define HK_COST_RECORD 2.0     /* a recorded spike, compressed */
#define HK_COST_VALUE  0.8     /* of the bytes of a state variable or weight, compressed */
#define HK_COST_FILE   20000.0 /* everything that doesn't grow */

struct hk_cost {
    uint64_t units, neurons;
    double synapses;
    double simulated_ms, steps; /* ticks; of the exact clock, where most have no cost */
    size_t presentations;       /* retries not counted */
    int threads;
    double rate_hz;                    /* assumed of every neuron */
    double source_spikes, spikes;      /* of sources and encoders; of all */
    double events;                     /* arrivals of spikes at synapses */
    double updates;                    /* neuron steps, on a grid */
    bool is_exact;                     /* the exact clock: no steps, but */
    double pulses;                     /* arrivals from drives, beside events */
    double network_bytes, other_bytes; /* hk_sim_memory; the data set and what was read */
    double build_s, run_s;
    double output_bytes;
};

/* The experiment is read, not built. Neurons are taken to fire at `rate_hz`: what they will do,
 * only a run can tell. Errors: HK_ERR_MEMORY. */
bool hk_cost_estimate(const struct hk_experiment *experiment, double rate_hz, struct hk_cost *cost,
                      struct hk_err *err) HK_MUST_USE;

#endif
