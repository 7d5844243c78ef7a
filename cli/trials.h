/* The folder of a sweep: what was frozen, what was done.
 *
 *   sweep.yaml, base.yaml   the sweep and its experiment, as they were when it began
 *   journal.jsonl           what happened: one JSON object a line, only ever added to
 *   trials/<name>/          the results of a trial; trials/<name>.log what it said
 *   sweep.csv, sweep.h5     the table, once all trials have ended */
#ifndef HK_CLI_TRIALS_H
#define HK_CLI_TRIALS_H

#include "cli/supervisor.h"
#include "io/sweep.h"

struct hk_trials {
    const struct hk_sweep *sweep;
    const char *folder, *base;
    int journal;
};

/* Make the folder (NULL: results/<name>, -2, -3 ...), or, to resume, take the one that is there
 * (NULL: the last of those), which must be of the same trials of the same experiment. Nobody else
 * may use it meanwhile. Ends with hk_trials_close, also after a failure. Errors: HK_ERR_USAGE
 * (nothing to resume, another sweep), HK_ERR_IO. */
bool hk_trials_open(struct hk_trials *trials, const struct hk_sweep *sweep, const char *folder,
                    bool resume, struct hk_err *err) HK_MUST_USE;
void hk_trials_close(struct hk_trials *trials);

/* How many trials of so many bytes there is room for, at most one a core and at least one. */
size_t hk_trials_at_a_time(size_t cores, double bytes, double memory);

/* "<folder>/trials/<name>". NULL on failure. */
char *hk_trials_path(const struct hk_trials *trials, size_t index, struct hk_err *err) HK_MUST_USE;

/* The words that run a trial, ended by NULL. */
const char **hk_trials_words(const struct hk_trials *trials, size_t index, size_t threads,
                             struct hk_err *err) HK_MUST_USE;

/* Whether its results are there, complete, and of the same values and seed. */
bool hk_trials_is_done(const struct hk_trials *trials, size_t index);

/* Remove what an attempt that failed has left. */
bool hk_trials_clear(const struct hk_trials *trials, size_t index, struct hk_err *err) HK_MUST_USE;

bool hk_trials_note_start(const struct hk_trials *trials, size_t index, pid_t process,
                          struct hk_err *err) HK_MUST_USE;
/* `why` it failed; NULL: it is done. */
bool hk_trials_note_end(const struct hk_trials *trials, size_t index,
                        const struct hk_child_end *end, const char *why,
                        struct hk_err *err) HK_MUST_USE;

#endif
