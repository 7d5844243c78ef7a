/* What a run does to its network, without anything being recorded. */
#ifndef HK_IO_RERUN_H
#define HK_IO_RERUN_H

#include "io/experiment.h"

/* Run an experiment that was built as hk_run_experiment does, up to `until` at least, or to its
 * end. Errors: those of hk_sim_run and hk_protocol_run. */
bool hk_experiment_rerun(struct hk_experiment *experiment, hk_tick until,
                         struct hk_err *err) HK_MUST_USE;

#endif
