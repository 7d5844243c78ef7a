/* How the accuracy of a phase grew while it went on: one line a phase, over its own samples. */
#include "io/plot_accuracy.h"

#include <math.h>

enum { HEIGHT = 420, LEFT = 76, RIGHT = 28, TOP = 20, BOTTOM = 56, TICKS = 8, MARGIN = 2 };
enum { LEGEND_LINE = 18, LEGEND_DASH = 20, SERIES_MAX = 64 };

/* ---- What pictures share --------------------------------------------------------------------- */

struct hk_canvas *hk_accuracy_canvas(struct hk_arena *arena, const char *path, double top,
                                     struct hk_err *err) {
    return hk_canvas_create(arena, path, HK_PLOT_WIDTH, HEIGHT + top, err);
}

struct hk_frame hk_accuracy_axes(struct hk_canvas *canvas, double samples, double lowest,
                                 double top) {
    struct hk_frame frame = {.box = {LEFT, TOP + top, HK_PLOT_WIDTH - LEFT - RIGHT,
                                     HEIGHT - TOP - BOTTOM},
                             .x_high = samples > 0.0 ? samples : 1.0,
                             .y_low = 10.0 * floor((lowest - MARGIN) / 10.0),
                             .y_high = 100.0};
    if (frame.y_low < 50.0) frame.y_low = 0.0;
    hk_axis_bottom(canvas, &frame, (struct hk_axis){"samples", true, TICKS});
    hk_axis_left(canvas, &frame, (struct hk_axis){"accuracy (%)", true, TICKS});
    return frame;
}

/* ---- One run --------------------------------------------------------------------------------- */

struct series {
    const char *name;
    size_t count;
    struct hk_point *points; /* samples, percent: finite */
};

static bool takes(const struct hk_plot_job *job, const struct hk_plot_item *item) {
    (void)job;
    return item->columns == 2;
}

static bool read_series(const struct hk_plot_job *job, const struct hk_plot_item *item,
                        struct series *series, struct hk_err *err) {
    double *values = NULL;
    series->name = item->name;
    series->points = HK_NEW(job->arena, struct hk_point, item->rows, err);
    if (!series->points || !hk_plot_read(job, item, &values, err)) return false;
    for (size_t i = 0; i < item->rows; i++) {
        struct hk_point point = {values[2 * i], 100.0 * values[2 * i + 1]};
        if (isfinite(point.x) && isfinite(point.y)) series->points[series->count++] = point;
    }
    return true;
}

static void find_extent(const struct series *all, size_t count, double *samples, double *lowest) {
    *samples = 0.0;
    *lowest = 100.0;
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < all[k].count; i++) {
            *samples = fmax(*samples, all[k].points[i].x);
            *lowest = fmin(*lowest, all[k].points[i].y);
        }
    }
}

static void draw_series(struct hk_canvas *canvas, const struct hk_frame *frame,
                        const struct series *series, struct hk_point *room) {
    enum { DOT = 5, DOTS_MAX = 60 };
    for (size_t i = 0; i < series->count; i++)
        room[i] = hk_frame_at(frame, series->points[i].x, series->points[i].y);
    hk_canvas_line(canvas, room, series->count, 1.6);
    for (size_t i = 0; i < series->count && series->count <= DOTS_MAX; i++)
        hk_canvas_dot(canvas, room[i], DOT);
}

/* Curves rise, so the lower right corner is free. */
static void draw_legend(struct hk_canvas *canvas, const struct hk_frame *frame,
                        const struct series *all, size_t count) {
    double right = frame->box.x + frame->box.width;
    double bottom = frame->box.y + frame->box.height;
    for (size_t k = 0; k < count; k++) {
        double y = bottom - LEGEND_LINE * (double)(count - k);
        struct hk_text place = {right - LEGEND_DASH - 8, y, HK_AXES_TEXT, HK_ALIGN_RIGHT, false};
        struct hk_point dash[] = {{right - LEGEND_DASH, y}, {right, y}};
        hk_canvas_ink(canvas, hk_colour_series((unsigned)k));
        hk_canvas_line(canvas, dash, HK_COUNT(dash), 1.6);
        hk_canvas_ink(canvas, HK_COLOUR_INK);
        hk_canvas_text(canvas, &place, all[k].name);
    }
}

static void draw_all(struct hk_canvas *canvas, const struct series *all, size_t count,
                     struct hk_point *room) {
    double samples, lowest;
    find_extent(all, count, &samples, &lowest);
    struct hk_frame frame = hk_accuracy_axes(canvas, samples, lowest, 0.0);
    for (size_t k = 0; k < count; k++) {
        hk_canvas_ink(canvas, hk_colour_series((unsigned)k));
        draw_series(canvas, &frame, &all[k], room);
    }
    draw_legend(canvas, &frame, all, count);
}

static bool draw(const struct hk_plot_job *job, const char *path, struct hk_err *err) {
    struct series all[SERIES_MAX] = {{.count = 0}};
    size_t count = 0, longest = 0;
    for (const struct hk_plot_item *item = job->items; item; item = item->next, count++) {
        if (count == SERIES_MAX)
            return HK_FAIL(err, HK_ERR_LIMIT, "more than %d phases have a running accuracy",
                           SERIES_MAX);
        if (!read_series(job, item, &all[count], err)) return false;
        if (item->rows > longest) longest = item->rows;
    }
    struct hk_point *room = HK_NEW(job->arena, struct hk_point, longest, err);
    struct hk_canvas *canvas = room ? hk_accuracy_canvas(job->arena, path, 0.0, err) : NULL;
    if (!canvas) return false;
    draw_all(canvas, all, count, room);
    bool ok = hk_canvas_close(canvas, err);
    hk_canvas_destroy(canvas);
    return ok;
}

const struct hk_plot hk_plot_accuracy = {
    .name = "accuracy",
    .missing =
        "holds no accuracy over samples: no phase has `running:` or `average:`, or none was as "
        "long as it takes the average of",
    .section = "protocol",
    .begin = "metrics/",
    .end = "/running_accuracy",
    .takes = takes,
    .draw = draw,
    .draw_runs = hk_accuracy_draw_runs,
};
