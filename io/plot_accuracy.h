/* What the picture of one run's accuracy and that of several runs have in common. */
#ifndef HK_IO_PLOT_ACCURACY_H
#define HK_IO_PLOT_ACCURACY_H

#include "io/axes.h"
#include "io/plot.h"

/* Axes of samples (0 to `samples`) and per cent: from 0 %, unless `lowest` is above a half; then
 * from the tens below it. `top` is the room above. */
struct hk_frame hk_accuracy_axes(struct hk_canvas *canvas, double samples, double lowest,
                                 double top);
/* A canvas for them, `top` higher than the picture of one run. */
struct hk_canvas *hk_accuracy_canvas(struct hk_arena *arena, const char *path, double top,
                                     struct hk_err *err) HK_MUST_USE;

/* Several runs of one experiment: their phases one after another, a thin line each, a thick one
 * for the mean. Errors: HK_ERR_DATA, when their experiments, phases or samples differ. */
bool hk_accuracy_draw_runs(const struct hk_plot_job *jobs, size_t count, const char *path,
                           struct hk_err *err) HK_MUST_USE;

#endif
