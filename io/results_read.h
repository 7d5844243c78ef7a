/* Reading a results file: for `hillock info`, and to repeat or replay a run. A file may come from
 * anywhere, so nothing in it is believed unseen.
 *
 * Errors: HK_ERR_IO (missing, unreadable), HK_ERR_DATA (not a whole results file, or without what
 * was asked for). Thread: one at a time for all results files and readers. */
#ifndef HK_IO_RESULTS_READ_H
#define HK_IO_RESULTS_READ_H

#include "io/json.h"
#include "io/store.h"

struct hk_results_file;

/* Open results.h5, given by its own path or its folder's. Where there is none but a journal, the
 * message says what to do: its run has died or still goes on. What is read later lives in the
 * arena too. NULL on failure; ends with hk_results_read_close. */
struct hk_results_file *hk_results_read_open(struct hk_arena *arena, const char *path,
                                             struct hk_err *err) HK_MUST_USE;
void hk_results_read_close(struct hk_results_file *file);

/* "metrics.rate.exc", as experiment files say it, as a path. NULL: no memory. */
char *hk_results_path(struct hk_arena *arena, const char *text, struct hk_err *err) HK_MUST_USE;

/* One value by its path: "experiment/resolved", "metrics/test/accuracy" (also of an integer, or the
 * only one of an array). */
bool hk_results_read_text(struct hk_results_file *file, const char *path, const char **text,
                          struct hk_err *err) HK_MUST_USE;
bool hk_results_read_number(struct hk_results_file *file, const char *path, double *number,
                            struct hk_err *err) HK_MUST_USE;
/* Its unit; NULL: none. */
const char *hk_results_read_unit(struct hk_results_file *file, const char *path);

/* An array of numbers as doubles, in a block that the caller owns. */
bool hk_results_read_array(struct hk_results_file *file, const char *path, struct hk_block *values,
                           size_t *count, struct hk_err *err) HK_MUST_USE;

/* All spikes of a population, in the order of the file: by tick. */
struct hk_results_raster {
    size_t count;
    const hk_tick *ticks;
    const hk_neuron *ids;
    size_t neurons;
    double tick_ms, start_ms, stop_ms;
};
bool hk_results_read_spikes(struct hk_results_file *file, const char *population,
                            struct hk_results_raster *raster, struct hk_err *err) HK_MUST_USE;

enum hk_results_kind {
    HK_RESULTS_NUMBER,
    HK_RESULTS_INTEGER,
    HK_RESULTS_TEXT,
    HK_RESULTS_SPIKES,
    HK_RESULTS_ARRAY, /* whatever has a shape: arrays, curves, the data of reports */
};

/* One thing in the file; lent during the callback. */
struct hk_results_item {
    const char *path;
    enum hk_results_kind kind;
    const char *unit; /* NULL: none. Not of texts and spikes */
    union {
        double number;
        int64_t integer;
        const char *text;
        struct {
            uint64_t count, neurons;
            double start_ms, stop_ms;
        } spikes;
        struct {
            size_t rank;
            uint64_t shape[HK_STORE_RANK_MAX];
        } array;
    };
};
/* False ends the visit; `err` says why. */
typedef bool hk_results_visitor(void *context, const struct hk_results_item *item,
                                struct hk_err *err);
/* All values, arrays and populations with spikes, sorted by the names in their paths. */
bool hk_results_visit(struct hk_results_file *file, hk_results_visitor *visitor, void *context,
                      struct hk_err *err) HK_MUST_USE;

/* The whole as one JSON object, nested as the paths are: {"metrics":{"test":{"accuracy":0.87}}}.
 * Spikes become {"count","n_neurons","t_start","t_stop"}, arrays {"shape","units"}. */
bool hk_results_json(struct hk_results_file *file, struct hk_json *json,
                     struct hk_err *err) HK_MUST_USE;

#endif
