/* All that `record:` and `report:` ask for, in one hand: what listens (io/taps.h) and what looks
 * (io/probe.h). */
#ifndef HK_IO_RECORDER_H
#define HK_IO_RECORDER_H

#include "io/taps.h"

struct hk_recorder;

/* Of an experiment whose simulation is built. NULL on failure. */
struct hk_recorder *hk_recorder_create(const struct hk_experiment *experiment,
                                       struct hk_recording *recording,
                                       struct hk_err *err) HK_MUST_USE;
void hk_recorder_finish(struct hk_recorder *recorder);

/* Until hk_recorder_end, phase `index` runs; `phase` NULL: a plain duration. */
bool hk_recorder_begin(struct hk_recorder *recorder, const char *phase, size_t index,
                       struct hk_err *err) HK_MUST_USE;
/* So many samples of the phase have been shown. */
bool hk_recorder_presented(struct hk_recorder *recorder, size_t samples,
                           struct hk_err *err) HK_MUST_USE;
/* Run a plain duration on by `ticks`, with stops wherever something is to be looked at. */
bool hk_recorder_run(struct hk_recorder *recorder, hk_tick ticks, struct hk_err *err) HK_MUST_USE;
bool hk_recorder_end(struct hk_recorder *recorder, struct hk_err *err) HK_MUST_USE;

#endif
