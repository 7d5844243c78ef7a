/* `report:` of an experiment file: which measures of which populations' spikes (io/spike_stats.h)
 * the results get.
 *
 *   report: {spikes: {exc: [rate, cv_isi], inh: [rate]}, from: 200 ms, to: 1.2 s, bin: 1 ms} */
#ifndef HK_IO_REPORT_READER_H
#define HK_IO_REPORT_READER_H

#include "io/model_reader.h"
#include "io/spike_stats.h"
#include "sim/sim.h"

/* One population. */
struct hk_report {
    struct hk_pop *pop;
    bool wanted[HK_SPIKES_MEASURES];
};

struct hk_reports {
    struct hk_report *list;
    size_t count;
    struct hk_spike_window window; /* of the run, or of each phase */
    const char *const *phases;     /* in these; count 0: in all */
    size_t phase_count;
};

/* All but `in:`, the phases, which is the caller's. `duration` of the run; 0: it has a protocol.
 * Defaults are written into `map`. Errors with file, line and column. */
bool hk_reports_read(struct hk_reader *reader, struct hk_node *map, const struct hk_sim *sim,
                     hk_tick duration, struct hk_reports *reports, struct hk_err *err) HK_MUST_USE;

#endif
