/* Results files as pictures need them, in the test's own folder, and the pictures of them. Each
 * call is checked: a failure ends the test with the library's message. */
#ifndef HK_TESTS_SUPPORT_PLOTS_H
#define HK_TESTS_SUPPORT_PLOTS_H

#include "io/plot.h"
#include "io/results.h"

struct plots {
    const char *folder; /* of the results, within the test's */
    struct hk_arena *arena;
    struct hk_results *results;
    struct hk_results_file *file;
    struct hk_plot_job job;
    struct hk_err err;
};

/* A new file with this resolved experiment; NULL: without. */
void plots_begin(struct plots *plots, const char *experiment);
/* The same in a new folder of this name, which is lent. */
void plots_begin_in(struct plots *plots, const char *folder, const char *experiment);
void plots_array(struct plots *plots, const char *path, size_t rows, size_t columns,
                 const double *values);
void plots_list(struct plots *plots, const char *path, size_t count, const double *values);
/* Ticks are of 1 ms; the run lasts until `stop_ms`. */
void plots_spikes(struct plots *plots, const char *population, size_t neurons, const hk_tick *ticks,
                  const hk_neuron *ids, size_t count, double stop_ms);
/* Close the file, open it for reading, and find what the plot can draw; true if there is any. */
bool plots_find(struct plots *plots, const struct hk_plot *plot);
/* Find and draw; the message of its failure. */
const char *plots_refused(struct plots *plots, const struct hk_plot *plot);
/* Find and draw; returns the path, for tests/support/picture.h. */
const char *plots_draw(struct plots *plots, const struct hk_plot *plot, const char *name);
void plots_end(struct plots *plots);

#endif
