#include "tests/support/plots.h"

#include <check.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/paths.h"

static void must(const struct plots *plots, bool ok) {
    ck_assert_msg(ok, "%s", plots->err.message);
}

void plots_begin(struct plots *plots, const char *experiment) {
    plots_begin_in(plots, ".", experiment);
}

void plots_begin_in(struct plots *plots, const char *folder, const char *experiment) {
    *plots = (struct plots){.folder = folder};
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    if (strcmp(folder, ".") != 0) ck_assert_int_eq(mkdir(folder, 0777), 0);
    must(plots, (plots->arena = hk_arena_create(&plots->err)) != NULL);
    must(plots, (plots->results = hk_results_create(plots->arena, folder, &plots->err)) != NULL);
    if (experiment)
        must(plots,
             hk_results_text(plots->results, "experiment/resolved", experiment, &plots->err));
    hk_results_set_span(plots->results, 0.0, 1000.0);
}

void plots_array(struct plots *plots, const char *path, size_t rows, size_t columns,
                 const double *values) {
    const size_t shape[] = {rows, columns};
    const struct hk_results_array array = {path, "nS", HK_ELEMENT_F64, 2, shape, values};
    must(plots, hk_results_array(plots->results, &array, &plots->err));
}

void plots_list(struct plots *plots, const char *path, size_t count, const double *values) {
    const struct hk_results_array array = {path, "nS", HK_ELEMENT_F64, 1, &count, values};
    must(plots, hk_results_array(plots->results, &array, &plots->err));
}

void plots_spikes(struct plots *plots, const char *population, size_t neurons, const hk_tick *ticks,
                  const hk_neuron *ids, size_t count, double stop_ms) {
    struct hk_results_spikes *spikes =
        hk_results_spikes_open(plots->results, population, neurons, 1.0, &plots->err);
    must(plots, spikes && hk_results_spikes_append(spikes, ticks, ids, count, &plots->err));
    hk_results_set_span(plots->results, 0.0, stop_ms);
}

bool plots_find(struct plots *plots, const struct hk_plot *plot) {
    if (!plots->file) {
        must(plots, hk_results_close(plots->results, &plots->err));
        plots->file = hk_results_read_open(plots->arena, plots->folder, &plots->err);
        must(plots, plots->file != NULL);
        must(plots,
             hk_plot_begin(&plots->job, plots->arena, plots->file, plots->folder, &plots->err));
    }
    must(plots, hk_plot_find(&plots->job, plot, &plots->err));
    return plots->job.items != NULL;
}

const char *plots_draw(struct plots *plots, const struct hk_plot *plot, const char *name) {
    ck_assert_msg(plots_find(plots, plot), "nothing to draw");
    must(plots, plot->draw(&plots->job, name, &plots->err));
    return name;
}

const char *plots_refused(struct plots *plots, const struct hk_plot *plot) {
    ck_assert_msg(plots_find(plots, plot), "nothing to draw");
    ck_assert(!plot->draw(&plots->job, "x.png", &plots->err));
    return plots->err.message;
}

void plots_end(struct plots *plots) {
    hk_results_read_close(plots->file);
    hk_arena_destroy(plots->arena);
    hk_test_folder_remove();
}
