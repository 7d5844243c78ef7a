/* Accuracy of several runs of one experiment. Phases follow each other on one axis, as they did in
 * the runs. */
#include "io/plot_accuracy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PHASES_MAX = 64, NAME_LINE = 16 /* of the names of phases, above */ };
#define LETTER      6.5 /* width of one, of names: a guess that is rather too wide */
#define THIN        1.0
#define THICK       2.4
#define COLOUR_RUN  hk_colour_series(4)
#define COLOUR_MEAN hk_colour_series(0)

/* A phase, which all runs have alike. */
struct span {
    const char *phase;
    double begin, length; /* samples */
    size_t rows;
    const double *samples; /* [rows], from the phase's begin */
    const double **runs;   /* [runs] -> [rows], per cent; NaN: not known */
    double *mean;          /* [rows], over the runs that know it */
};

struct picture {
    const struct hk_plot_job *jobs;
    size_t count; /* of runs */
    struct span spans[PHASES_MAX];
    size_t span_count;
    double samples, lowest;
};

/* ---- Reading --------------------------------------------------------------------------------- */

static size_t count_items(const struct hk_plot_job *job) {
    size_t count = 0;
    for (const struct hk_plot_item *item = job->items; item; item = item->next) count++;
    return count;
}

static const char *experiment_of(const struct hk_plot_job *job) {
    const struct hk_node *name = job->experiment ? hk_node_get(job->experiment, "name") : NULL;
    return name && name->text ? name->text : "";
}

/* "train, test" */
static const char *phases_of(const struct hk_plot_job *job, struct hk_err *err) {
    const char *all = "";
    for (const struct hk_plot_item *item = job->items; all && item; item = item->next)
        all = hk_arena_format(job->arena, err, "%s%s%s", all, *all ? ", " : "", item->name);
    return all;
}

static bool check_alike(const struct hk_plot_job *first, const struct hk_plot_job *job,
                        struct hk_err *err) {
    const char *ours = experiment_of(first), *theirs = experiment_of(job);
    if (strcmp(ours, theirs) != 0)
        return HK_FAIL(err, HK_ERR_DATA, "%s is a run of '%s', but %s one of '%s'", job->results,
                       theirs, first->results, ours);
    if (!(ours = phases_of(first, err)) || !(theirs = phases_of(job, err))) return false;
    return strcmp(ours, theirs) == 0 ||
           HK_FAIL(err, HK_ERR_DATA,
                   "the phases with an accuracy differ: %s has '%s', but %s has '%s'", job->results,
                   theirs, first->results, ours);
}

/* How long the phase was; as far as is known. */
static double length_of(const struct hk_plot_job *job, const struct hk_plot_item *item,
                        const double *values, struct hk_err *err) {
    double length = values[2 * (item->rows - 1)];
    char *path = hk_arena_format(job->arena, err, "metrics/%s/samples", item->name);
    struct hk_err ignored = {.code = HK_OK};
    if (path) (void)!hk_results_read_number(job->file, path, &length, &ignored);
    return length;
}

/* What the first run says of a phase, the others must say too. */
static bool open_span(struct picture *p, const struct hk_plot_item *item, const double *values,
                      struct hk_err *err) {
    struct hk_arena *arena = p->jobs[0].arena;
    struct span *span = &p->spans[p->span_count];
    double *samples = HK_NEW(arena, double, item->rows, err);
    span->runs = HK_NEW(arena, const double *, p->count, err);
    span->mean = HK_NEW(arena, double, item->rows, err);
    if (!samples || !span->runs || !span->mean) return false;
    for (size_t i = 0; i < item->rows; i++) samples[i] = values[2 * i];
    span->samples = samples;
    span->phase = item->name;
    span->rows = item->rows;
    span->begin = p->samples;
    span->length = length_of(&p->jobs[0], item, values, err);
    p->samples += span->length;
    p->span_count++;
    return true;
}

static bool read_run(struct picture *p, size_t run, const struct hk_plot_item *item, size_t at,
                     struct hk_err *err) {
    const struct hk_plot_job *job = &p->jobs[run];
    struct span *span = &p->spans[at];
    double *values = NULL, *accuracy = HK_NEW(job->arena, double, item->rows, err);
    if (!accuracy || !hk_plot_read(job, item, &values, err)) return false;
    if (run == 0 && !open_span(p, item, values, err)) return false;
    bool alike = item->rows == span->rows && length_of(job, item, values, err) == span->length;
    for (size_t i = 0; alike && i < span->rows; i++) {
        alike = values[2 * i] == span->samples[i] || isnan(values[2 * i]);
        accuracy[i] = isfinite(values[2 * i]) ? 100.0 * values[2 * i + 1] : (double)NAN;
        if (isfinite(accuracy[i])) p->lowest = fmin(p->lowest, accuracy[i]);
    }
    span->runs[run] = accuracy;
    return alike || HK_FAIL(err, HK_ERR_DATA,
                            "the accuracy of phase '%s' is over other samples in %s than in %s",
                            span->phase, job->results, p->jobs[0].results);
}

/* The mean of what is known. */
static void find_mean(const struct picture *p, struct span *span) {
    for (size_t i = 0; i < span->rows; i++) {
        double sum = 0.0, known = 0.0;
        for (size_t run = 0; run < p->count; run++) {
            if (!isfinite(span->runs[run][i])) continue;
            sum += span->runs[run][i];
            known++;
        }
        span->mean[i] = sum / known;
    }
}

static bool read_all(struct picture *p, struct hk_err *err) {
    if (count_items(&p->jobs[0]) > PHASES_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "more than %d phases have a running accuracy",
                       PHASES_MAX);
    for (size_t run = 0; run < p->count; run++) {
        size_t at = 0;
        if (!check_alike(&p->jobs[0], &p->jobs[run], err)) return false;
        for (const struct hk_plot_item *item = p->jobs[run].items; item; item = item->next)
            if (!read_run(p, run, item, at++, err)) return false;
    }
    for (size_t k = 0; k < p->span_count; k++) find_mean(p, &p->spans[k]);
    return true;
}

/* ---- Drawing --------------------------------------------------------------------------------- */

static void draw_line(struct hk_canvas *canvas, const struct hk_frame *frame,
                      const struct span *span, const double *accuracy, struct hk_point *room,
                      double thickness) {
    size_t count = 0;
    for (size_t i = 0; i < span->rows; i++)
        if (isfinite(accuracy[i]) && isfinite(span->samples[i]))
            room[count++] = hk_frame_at(frame, span->begin + span->samples[i], accuracy[i]);
    hk_canvas_line(canvas, room, count, thickness);
    if (count == 1) hk_canvas_dot(canvas, room[0], 2.0 * thickness);
}

static double width_of(const struct picture *p, const struct hk_frame *frame,
                       const struct span *span) {
    return p->samples > 0.0 ? frame->box.width * span->length / p->samples : frame->box.width;
}

/* Names that are too long for their phases stand on two lines in turn. */
static size_t name_lines(const struct picture *p, const struct hk_frame *frame) {
    for (size_t k = 0; k < p->span_count; k++)
        if (LETTER * (double)strlen(p->spans[k].phase) > width_of(p, frame, &p->spans[k])) return 2;
    return 1;
}

/* A line where a phase ends and the next one begins, and their names above. */
static void draw_phases(struct hk_canvas *canvas, const struct picture *p,
                        const struct hk_frame *frame) {
    size_t lines = name_lines(p, frame);
    double top = frame->box.y, bottom = top + frame->box.height;
    for (size_t k = 0; k < p->span_count; k++) {
        const struct span *span = &p->spans[k];
        double x = hk_frame_at(frame, span->begin, 0.0).x;
        struct hk_text place = {x + width_of(p, frame, span) / 2.0,
                                top - NAME_LINE * (0.75 + (double)(k % lines)), HK_AXES_TEXT,
                                HK_ALIGN_CENTRE, false};
        hk_canvas_ink(canvas, HK_COLOUR_PALE);
        if (k) hk_canvas_line(canvas, (struct hk_point[]){{x, top}, {x, bottom}}, 2, 1.0);
        hk_canvas_ink(canvas, HK_COLOUR_INK);
        hk_canvas_text(canvas, &place, span->phase);
    }
}

/* What the lines are, `left` of the lower right corner, beside the axis' label: no curve comes
 * there. */
static void draw_legend(struct hk_canvas *canvas, const struct hk_frame *frame, double left,
                        const char *name, double thickness) {
    enum { DASH = 20, GAP = 8, BELOW = 36 };
    double right = frame->box.x + frame->box.width - left;
    double y = frame->box.y + frame->box.height + BELOW;
    struct hk_text place = {right - DASH - GAP, y, HK_AXES_TEXT, HK_ALIGN_RIGHT, false};
    hk_canvas_line(canvas, (struct hk_point[]){{right - DASH, y}, {right, y}}, 2, thickness);
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    hk_canvas_text(canvas, &place, name);
}

static void draw_all(struct hk_canvas *canvas, const struct picture *p, struct hk_point *room) {
    enum { MEAN_WIDTH = 140 };
    char mean[64];
    struct hk_frame frame = hk_accuracy_axes(canvas, p->samples, p->lowest, 2.0 * NAME_LINE);
    draw_phases(canvas, p, &frame);
    hk_canvas_ink(canvas, COLOUR_RUN);
    for (size_t run = 0; run < p->count; run++)
        for (size_t k = 0; k < p->span_count; k++)
            draw_line(canvas, &frame, &p->spans[k], p->spans[k].runs[run], room, THIN);
    draw_legend(canvas, &frame, MEAN_WIDTH, "one run", THIN);
    hk_canvas_ink(canvas, COLOUR_MEAN);
    for (size_t k = 0; k < p->span_count; k++)
        draw_line(canvas, &frame, &p->spans[k], p->spans[k].mean, room, THICK);
    (void)snprintf(mean, sizeof mean, "mean of %zu runs", p->count);
    draw_legend(canvas, &frame, 0.0, mean, THICK);
}

bool hk_accuracy_draw_runs(const struct hk_plot_job *jobs, size_t count, const char *path,
                           struct hk_err *err) {
    struct hk_arena *arena = jobs[0].arena;
    struct picture *p = HK_NEW(arena, struct picture, 1, err);
    if (!p) return false;
    p->jobs = jobs;
    p->count = count;
    p->lowest = 100.0;
    if (!read_all(p, err)) return false;
    size_t longest = 0;
    for (size_t k = 0; k < p->span_count; k++)
        if (p->spans[k].rows > longest) longest = p->spans[k].rows;
    struct hk_point *room = HK_NEW(arena, struct hk_point, longest, err);
    struct hk_canvas *canvas = room ? hk_accuracy_canvas(arena, path, 2.0 * NAME_LINE, err) : NULL;
    if (!canvas) return false;
    draw_all(canvas, p, room);
    bool ok = hk_canvas_close(canvas, err);
    hk_canvas_destroy(canvas);
    return ok;
}
