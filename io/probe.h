/* What is looked at while a run goes on: state variables and weights, frame by frame. Each record
 * of `record:` that is of one of these is a probe. Frames lie in /frames/<recorder>, or, of a state
 * variable at even times of a plain duration, in the SONATA report /report/<recorder>. */
#ifndef HK_IO_PROBE_H
#define HK_IO_PROBE_H

#include "io/record_reader.h"
#include "io/recording.h"

struct hk_probe;

/* Of a record of the kind STATE or WEIGHTS, of a simulation that is built. `duration` of the run;
 * 0: it has a protocol. NULL on failure. */
struct hk_probe *hk_probe_create(struct hk_arena *arena, struct hk_recording *recording,
                                 struct hk_sim *sim, const struct hk_record *record,
                                 hk_tick duration, struct hk_err *err) HK_MUST_USE;
/* The run, or phase `index`, begins here: from now on it looks, or with `on` false not. */
bool hk_probe_begin(struct hk_probe *probe, size_t index, bool on, struct hk_err *err) HK_MUST_USE;
/* So many samples of the phase have been shown. */
bool hk_probe_presented(struct hk_probe *probe, size_t samples, struct hk_err *err) HK_MUST_USE;
/* How many ticks the run may go on until the probe has to look between runs; and that it may look
 * now. */
hk_tick hk_probe_ticks(const struct hk_probe *probe);
bool hk_probe_look(struct hk_probe *probe, struct hk_err *err) HK_MUST_USE;
void hk_probe_finish(struct hk_probe *probe);

#endif
