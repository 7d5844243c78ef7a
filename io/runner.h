/* Runs an experiment from build to the closed results file. */
#ifndef HK_IO_RUNNER_H
#define HK_IO_RUNNER_H

#include "io/experiment.h"
#include "io/fold.h"

/* What a presentation of a phase that teaches costs, and what it would cost an ordinary network
 * with the same connections: forward, errors back, weights (numbers that are not spikes). */
struct hk_arithmetic {
    double additions, multiplications, backpropagation; /* a presentation; 0: not a phase that
                                                         * teaches */
};

/* How far a run is; lent during the callback. */
struct hk_run_status {
    const char *phase;   /* "build", a phase of the protocol, or "run" for a plain duration */
    size_t done, total;  /* presentations of the phase, or ticks of the duration */
    bool in_samples;     /* what done and total count: presentations */
    double accuracy;     /* of the last 1000 presentations; NaN: none */
    double elapsed_s;    /* wall time of the phase */
    double simulated_ms; /* since the start of the run */
    double saved_ms;     /* what of this would survive the process's death now */
    bool ended;          /* the phase is over: the last report of it */
    struct hk_arithmetic arithmetic;      /* of a phase that ended */
    const struct hk_phase_report *report; /* of a phase that ended, else NULL */
};

struct hk_run_options {
    const char *folder;  /* -o: must not exist; NULL: results/<name>, -2, -3 ... */
    const char *command; /* the command line, for provenance; may be NULL */
    size_t segment_size; /* of the journal (io/recording.h); 0: as usual */
    void *context;
    /* Called some ten times a second at most, and at the end of each phase. False ends the run: set
     * HK_ERR_INTERRUPT. May be NULL. */
    bool (*progress)(void *context, const struct hk_run_status *status, struct hk_err *err);
};

struct hk_run_summary {
    const char *folder; /* in the experiment's arena; NULL: nothing was written */
    double wall_s, build_s;
    uint64_t synapses;
    int threads;
    struct hk_sim_counts counts;
    struct hk_folded folded; /* how the results file was made */
};

/* Build, run, write. Whatever ends the run, an interruption or a failure too, the results file is
 * closed and readable, and holds what happened until then and how it ended (/provenance/status).
 * Where writing itself failed, or the process died, hk_recover makes it. */
bool hk_run_experiment(struct hk_experiment *experiment, const struct hk_run_options *options,
                       struct hk_run_summary *summary, struct hk_err *err) HK_MUST_USE;

#endif
