/* Reading an experiment as commands do: all that is wrong with it is told on standard error. */
#ifndef HK_CLI_READING_H
#define HK_CLI_READING_H

#include "cli/options.h"

/* As hk_experiment_read. `err` is then a failure that has been told, unless --json leaves that to
 * the caller. */
bool hk_open_experiment(struct hk_experiment *experiment,
                        const struct hk_experiment_options *options,
                        const struct hk_settings *settings, struct hk_err *err) HK_MUST_USE;

/* Look for what is legal but suspicious in an experiment that was read, and tell it; -q doesn't,
 * and -W error makes a failure of it. */
bool hk_judge_experiment(struct hk_experiment *experiment, const struct hk_settings *settings,
                         struct hk_err *err) HK_MUST_USE;

#endif
