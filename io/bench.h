/* What running a network costs: time, memory, and whether it was still alive at the end. Nothing is
 * recorded and nothing written. */
#ifndef HK_IO_BENCH_H
#define HK_IO_BENCH_H

#include "io/experiment.h"

enum { HK_BENCH_RATES_MAX = 32, HK_BENCH_NAME_SIZE = 64 };

/* Of a population of neurons. */
struct hk_bench_rate {
    char name[HK_BENCH_NAME_SIZE];
    double hz;
};

/* Plain data without pointers: it can be handed from one process to another. */
struct hk_bench_measure {
    char name[HK_BENCH_NAME_SIZE];
    int threads;
    enum hk_precision precision;
    enum hk_clock clock;
    uint64_t neurons, synapses;
    double bio_s;                 /* simulated time */
    double build_s, sim_s, cpu_s; /* wall time of both, and processor time of the latter */
    double first_spike_s; /* wall time from the start to a neuron's first spike; NaN: it came late,
                           * or samples are presented */
    struct hk_sim_counts counts;
    uint64_t memory, memory_before; /* the process's largest, in bytes; and before building */
    bool alive; /* a neuron fired in the last second, or in the last half of a shorter run */
    struct hk_bench_rate rates[HK_BENCH_RATES_MAX]; /* of the first populations of neurons */
    size_t rate_count;
};

/* To be called in a process of its own, so that the memory is that of this network; `started_s`
 * says when that was started (io/clock.h). Errors: those of hk_experiment_read, hk_sim_build,
 * hk_sim_run and hk_protocol_run. */
bool hk_bench_run(const struct hk_experiment_options *options, double started_s,
                  struct hk_bench_measure *measure, struct hk_err *err) HK_MUST_USE;

/* Wall time over simulated time. */
double hk_bench_rtf(const struct hk_bench_measure *measure);
/* Of one thread: wall time, times threads, over synaptic events. NaN without events. */
double hk_bench_ns_per_event(const struct hk_bench_measure *measure);
/* What the process grew by, from before building on, over synapses. NaN without synapses. */
double hk_bench_bytes_per_synapse(const struct hk_bench_measure *measure);

#endif
