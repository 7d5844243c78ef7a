/* How large the results of `record:` will be. */
#ifndef HK_IO_COST_RECORD_H
#define HK_IO_COST_RECORD_H

#include "io/experiment.h"

/* Bytes, compressed. `spikes` are expected of each population, over the whole run of `steps` ticks;
 * of a phase, a part as large as its part of the time. */
double hk_cost_record(const struct hk_experiment *experiment, const double *spikes, double steps);

#endif
