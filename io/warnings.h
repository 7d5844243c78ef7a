/* What is legal in an experiment but suspicious: things that a user would want to hear before a
 * run. Looked for in an experiment that was read without an error. */
#ifndef HK_IO_WARNINGS_H
#define HK_IO_WARNINGS_H

#include "io/experiment.h"

/* Add the warnings to its diagnostics, in order. Errors: HK_ERR_MEMORY. */
bool hk_experiment_warn(struct hk_experiment *experiment, struct hk_err *err) HK_MUST_USE;

#endif
