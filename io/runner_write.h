/* What a run leaves in its results file beside spikes: metrics, weights, slow state, provenance. */
#ifndef HK_IO_RUNNER_WRITE_H
#define HK_IO_RUNNER_WRITE_H

#include "io/recording.h"
#include "io/runner.h"

/* /metrics/<phase>/{samples, accuracy, confusion, retries}, /metrics/<phase>/rate/<population>
 * (Hz). */
bool hk_write_phase(struct hk_recording *recording, const struct hk_experiment *experiment,
                    const struct hk_phase_report *report, struct hk_err *err) HK_MUST_USE;

/* /metrics/rate/<population> of a plain duration, in which `counts` spikes fell. */
bool hk_write_rates(struct hk_recording *recording, const struct hk_experiment *experiment,
                    struct hk_err *err) HK_MUST_USE;

/* /weights/<projection> of every plastic projection: [source][target] where all pairs are
 * connected, else a group of source, target, weight. /state/<population>/<column> of slow
 * adaptation. */
bool hk_write_weights(struct hk_recording *recording, const struct hk_experiment *experiment,
                      struct hk_err *err) HK_MUST_USE;

/* /experiment/{name, resolved}, /provenance/{version, commit, compiler, ...}, without
 * /provenance/status. */
bool hk_write_provenance(struct hk_recording *recording, const struct hk_experiment *experiment,
                         const char *command, struct hk_err *err) HK_MUST_USE;

/* What a presentation of the phase has cost so far. */
struct hk_arithmetic hk_arithmetic_of(const struct hk_sim *sim,
                                      const struct hk_phase_report *report);

#endif
