/* A network measured in a process of its own, which is the program started anew: the memory is the
 * network's alone, and the time to the first spike is what a person waits for it. */
#ifndef HK_CLI_BENCH_CHILD_H
#define HK_CLI_BENCH_CHILD_H

#include "cli/options.h"
#include "io/bench.h"

#include <sys/types.h>

/* A child that doesn't outlive us, however we end; 0 in the child, negative after a failure. */
pid_t hk_fork_child(struct hk_err *err) HK_MUST_USE;

/* Run the experiment at `path` with what the settings change of it. Errors: those of hk_bench_run;
 * HK_ERR_IO (no process, or it was ended by a signal). */
bool hk_bench_child_run(const struct hk_settings *settings, const char *path,
                        struct hk_arena *arena, struct hk_bench_measure *measure,
                        struct hk_err *err) HK_MUST_USE;

/* Is this process one that hk_bench_child_run has started? */
bool hk_bench_child_is_me(void);
/* Then this is all it does: measure the first argument, and leave the outcome to the parent. */
bool hk_bench_child_measure(const struct hk_settings *settings, struct hk_err *err) HK_MUST_USE;

#endif
