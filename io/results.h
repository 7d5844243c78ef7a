/* The results file of a run, `results.h5` in the run's folder: all that happened, in one HDF5 file
 * that stands alone.
 *
 *   /spikes/<population>/{timestamps,node_ids}   SONATA spikes
 *   /report/<name>/{data,mapping/...}            SONATA frame reports: state variables over time
 *   anything else                                numbers, texts, arrays and curves by path:
 *                                                "metrics/test/accuracy", "experiment/resolved"
 *
 * Calls only ever add, and each path is written once. The file is results.h5.part until
 * hk_results_close; who finds a .part knows that its run has died or still goes on. After the
 * first failed write (HK_ERR_IO with path and reason: a full disk) every later call fails too.
 *
 * A path is names between slashes, without one before; a name isn't empty, "." or "..", and that
 * of a population or report holds no slash: HK_ERR_CONFIG.
 *
 * Thread: one at a time for all results files and readers. */
#ifndef HK_IO_RESULTS_H
#define HK_IO_RESULTS_H

#include "io/store.h"

/* The file's attribute `magic`: SONATA's. */
#define HK_RESULTS_MAGIC 0x0A7Au

struct hk_results;
struct hk_results_spikes;
struct hk_results_series;
struct hk_results_report;

/* Begin results.h5 in a folder that exists and holds no results yet. All memory is the arena's.
 * NULL on failure. */
struct hk_results *hk_results_create(struct hk_arena *arena, const char *folder,
                                     struct hk_err *err) HK_MUST_USE;
/* The same at `path`, from segments of an earlier time (io/store.h); or as a segment itself, which
 * has rows and nothing about them. */
struct hk_results *hk_results_create_from(struct hk_arena *arena, const char *path,
                                          enum hk_follow how, const char *const *segments,
                                          size_t count, struct hk_err *err) HK_MUST_USE;
/* Write what is left, put the file on the disk for good, and call it results.h5. Whether that
 * succeeds or not, only hk_results_destroy may follow. */
bool hk_results_close(struct hk_results *results, struct hk_err *err) HK_MUST_USE;
/* After hk_results_close: nothing. Otherwise abandon the file, and leave the .part where it is. */
void hk_results_destroy(struct hk_results *results);

/* Can this be a path, or the name of a population or report? Errors: HK_ERR_CONFIG. */
bool hk_results_check_path(const char *path, struct hk_err *err) HK_MUST_USE;
bool hk_results_check_name(const char *name, struct hk_err *err) HK_MUST_USE;
/* Is there something at this path? */
bool hk_results_has(struct hk_results *results, const char *path);

/* Anything that is written at once (io/store.h). */
bool hk_results_put(struct hk_results *results, const struct hk_store_item *item,
                    struct hk_err *err) HK_MUST_USE;
/* One value. `unit` ("ms") may be NULL. */
bool hk_results_number(struct hk_results *results, const char *path, double value, const char *unit,
                       struct hk_err *err) HK_MUST_USE;
bool hk_results_integer(struct hk_results *results, const char *path, int64_t value,
                        const char *unit, struct hk_err *err) HK_MUST_USE;
bool hk_results_text(struct hk_results *results, const char *path, const char *text,
                     struct hk_err *err) HK_MUST_USE;

/* A whole array. */
struct hk_results_array {
    const char *path, *unit; /* `unit` may be NULL */
    enum hk_element element;
    size_t rank;         /* 1..HK_STORE_RANK_MAX */
    const size_t *shape; /* slowest dimension first */
    const void *data;
};
bool hk_results_array(struct hk_results *results, const struct hk_results_array *array,
                      struct hk_err *err) HK_MUST_USE;

/* The spikes of a population of `neurons`, in ticks of `tick_ms`. NULL on failure. */
struct hk_results_spikes *hk_results_spikes_open(struct hk_results *results, const char *population,
                                                 size_t neurons, double tick_ms,
                                                 struct hk_err *err) HK_MUST_USE;
/* Ticks never go back, neither within a call nor from one to the next. Errors also: HK_ERR_RANGE
 * (an earlier or negative tick, an id outside the population); then nothing of this call is
 * appended. */
bool hk_results_spikes_append(struct hk_results_spikes *spikes, const hk_tick *ticks,
                              const hk_neuron *ids, size_t count, struct hk_err *err) HK_MUST_USE;
/* Say that these are the spikes of a part of the time, and, where `count` isn't 0, of a part of the
 * neurons: recorded_ids. */
bool hk_results_spikes_narrow(struct hk_results_spikes *spikes, double start_ms, double stop_ms,
                              const hk_neuron *ids, size_t count, struct hk_err *err) HK_MUST_USE;
/* The simulated time that all spikes together cover: t_start and t_stop of every population, but
 * for what was narrowed. Without it, that is from 0 to the end of the tick of the population's last
 * spike. */
void hk_results_set_span(struct hk_results *results, double start_ms, double stop_ms);

/* A curve that grows by points. `columns` says what x and y are: "samples, accuracy". */
struct hk_results_series *hk_results_series_open(struct hk_results *results, const char *path,
                                                 const char *columns,
                                                 struct hk_err *err) HK_MUST_USE;
bool hk_results_series_append(struct hk_results_series *series, double x, double y,
                              struct hk_err *err) HK_MUST_USE;

/* A state variable of some neurons of a population, frame after frame. Lent while the report is
 * opened. */
struct hk_results_frames {
    const char *name; /* of the report; tools for SONATA take it for the population's */
    const char *variable, *unit;
    const hk_neuron *ids; /* [count]: which neuron each column is of */
    size_t count;
    double start_ms, step_ms;
    enum hk_element element; /* HK_ELEMENT_F32 or HK_ELEMENT_F64 */
};
struct hk_results_report *hk_results_report_open(struct hk_results *results,
                                                 const struct hk_results_frames *frames,
                                                 struct hk_err *err) HK_MUST_USE;
/* `values` is [frames][count] of the report's element. */
bool hk_results_report_append(struct hk_results_report *report, const void *values, size_t frames,
                              struct hk_err *err) HK_MUST_USE;

/* Any dataset that grows (io/store.h). */
struct hk_stream *hk_results_rows_open(struct hk_results *results, const struct hk_rows *rows,
                                       struct hk_err *err) HK_MUST_USE;

#endif
