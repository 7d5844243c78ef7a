/* A sweep: one experiment, run again and again with other values and seeds. Either a file of its
 * own,
 *
 *     hillock: 1
 *     sweep: gains                        # its results are filed under this name
 *     base: brunel.yaml                   # the experiment, relative to this file
 *     set: {duration: 500 ms}             # in every trial; paths are those of -D
 *     over:                               # all combinations of these ...
 *       params.g: {range: [3, 8], step: 0.5}
 *       params.eta: [0.9, 2, 4]
 *     zip:                                # ... with these, which are walked together
 *       populations.exc.tau_m: [10 ms, 20 ms]
 *       populations.inh.tau_m: [5 ms, 10 ms]
 *     seeds: {count: 5, from: 100}        # or a list; the same at every point
 *     run: {jobs: 2, limit: {wall: 10 min}, retries: 1, on_failure: continue}
 *     collect: {rate: metrics.rate.exc}   # or a list of paths in the results
 *
 * or the block `sweep:` of an experiment, with the same keys from `set:` on. `repeats: 5` instead
 * of `seeds:` takes the experiment's seed and four that follow from it.
 *
 * What is read becomes a list of trials, worked out to the last text; nothing is decided later. */
#ifndef HK_IO_SWEEP_H
#define HK_IO_SWEEP_H

#include "io/tree.h"

enum { HK_TRIALS_MAX = 100000, HK_SWEEP_COLUMNS_MAX = 64, HK_SWEEP_JOBS_MAX = 1024 };

/* What differs from trial to trial. */
struct hk_sweep_column {
    const char *path;
    const char *label; /* the path's last name where that tells the columns apart, else all of it */
};

struct hk_trial {
    const char *name;           /* "0007-g=4.5-eta=2-seed=100": its folder */
    const char *const *defines; /* [define_count] "path=value", as of -D */
    uint64_t seed;
};

/* A number of each trial's results. */
struct hk_sweep_metric {
    const char *name, *path; /* "metrics/rate/exc" */
    const struct hk_node *node;
};

struct hk_sweep {
    struct hk_arena *arena;
    const char *name;
    const char *experiment; /* the path of its file */
    const struct hk_sweep_column *columns;
    size_t column_count, define_count; /* the last defines are the columns' */
    const struct hk_trial *trials;
    size_t trial_count;
    const struct hk_sweep_metric *metrics;
    size_t metric_count;
    size_t jobs;          /* trials at a time; 0: not said */
    double wall_limit_ms; /* of a trial; 0: none */
    size_t retries;       /* of a trial that failed */
    bool stop_on_failure;
    /* The sweep and its experiment as YAML, complete: the first, beside the second as `base.yaml`,
     * reads as the same sweep again. */
    const char *definition, *base;
};

/* Read and check the sweep at `path`; `defines` (of -D) count as entries of `set:`. Ends with
 * hk_sweep_finish, also after a failure. Errors: HK_ERR_CONFIG with file, line and column;
 * HK_ERR_IO; HK_ERR_LIMIT (HK_TRIALS_MAX). */
bool hk_sweep_read(struct hk_sweep *sweep, const char *path, const char *const *defines,
                   size_t define_count, struct hk_err *err) HK_MUST_USE;
void hk_sweep_finish(struct hk_sweep *sweep);

/* What a column says in a trial: the text behind its "path=". */
const char *hk_trial_value(const struct hk_sweep *sweep, const struct hk_trial *trial,
                           size_t column);

/* A value as it was written: "20 ms" is 20 and "ms", "3" is 3 and "1". False for all else. `unit`
 * is lent from the text. */
bool hk_value_split(const char *text, double *number, const char **unit);

#endif
