/* What a run listens to: of each population that `record:` or `report:` names, the spikes that are
 * recorded, the rates that are (io/meter.h), and what they say (io/spike_stats.h). */
#ifndef HK_IO_TAPS_H
#define HK_IO_TAPS_H

#include "io/experiment.h"
#include "io/recording.h"

struct hk_taps;

/* Listen to the simulation, which is built, for as long as it lives. NULL on failure. */
struct hk_taps *hk_taps_create(const struct hk_experiment *experiment,
                               struct hk_recording *recording, struct hk_err *err) HK_MUST_USE;
/* Until hk_taps_end, a phase runs (NULL: a plain duration): some hear it, some don't. */
void hk_taps_begin(struct hk_taps *taps, const char *phase);
/* Write /metrics/<phase>/spikes/<population>/<measure>, without <phase> for a plain duration. */
bool hk_taps_end(struct hk_taps *taps, struct hk_err *err) HK_MUST_USE;

#endif
