/* When each unit fired, population by population, and below each its rate. Without a time that was
 * asked for: the first seconds that hold spikes, as much as can be told apart. */
#include "io/plot.h"

#include <math.h>
#include <stdio.h>

#include "io/axes.h"
#include "sim/rng.h"

enum {
    LEFT = 84,
    RIGHT = 28,
    TOP = 16,
    UNITS_HEIGHT_MAX = 170, /* of a raster */
    UNITS_HEIGHT_MIN = 64,
    UNIT_HEIGHT = 14, /* of few units */
    RATE_HEIGHT = 56,
    RATE_GAP = 14,  /* above the rate */
    PANEL_GAP = 26, /* above the next population */
    BOTTOM = 76,
    NOTE_BELOW = 60, /* from the axis */
    PANELS_MAX = 20,
    BINS_MAX = 160, /* of the rate; before rounding */
    BINS_MIN = 24,
    BIN_SPIKES = 5,     /* of a population in a bin, on the average, but for the two bounds */
    SPIKES_MAX = 50000, /* that are shown */
    CHOSEN_SPAN_MS = 5000,
    CHOSEN_ROUND_MS = 100,
};

struct panel {
    const char *name;
    struct hk_results_raster raster;
    size_t first, count; /* the spikes in the window */
};

/* Shared by all panels: one axis of time. */
struct window {
    double from_ms, to_ms, stop_ms, bin_ms;
    double first_ms, last_ms; /* of all spikes */
    size_t bins;
    uint64_t spikes; /* of all panels */
    size_t hidden;   /* populations without a panel */
};

static bool takes(const struct hk_plot_job *job, const struct hk_plot_item *item) {
    (void)job;
    return item->kind == HK_RESULTS_SPIKES;
}

/* ---- The window ------------------------------------------------------------------------------ */

static double time_of(const struct panel *panel, size_t spike) {
    return (double)panel->raster.ticks[spike] * panel->raster.tick_ms;
}

/* What was asked for, as far as the run went. Else from its start, or, where the first spike is far
 * from there, from that; and not too long. */
static struct window choose_window(const struct hk_plot_job *job, const struct panel *panels,
                                   size_t count) {
    double first = HUGE_VAL, last = -HUGE_VAL, start = HUGE_VAL, stop = -HUGE_VAL;
    for (size_t i = 0; i < count; i++) {
        first = fmin(first, time_of(&panels[i], 0));
        last = fmax(last, time_of(&panels[i], panels[i].raster.count - 1));
        start = fmin(start, panels[i].raster.start_ms);
        stop = fmax(stop, panels[i].raster.stop_ms);
    }
    stop = fmax(stop, last);
    bool asked_from = !isnan(job->from_ms), asked_to = !isnan(job->to_ms);
    bool late = first - start > CHOSEN_SPAN_MS && !(asked_to && job->to_ms <= first);
    double chosen = late ? CHOSEN_ROUND_MS * floor(first / CHOSEN_ROUND_MS) : start;
    double from = asked_from ? fmax(job->from_ms, start) : chosen;
    double to = fmin(asked_to ? job->to_ms : from + CHOSEN_SPAN_MS, stop);
    return (struct window){.from_ms = from,
                           .to_ms = to,
                           .stop_ms = stop,
                           .first_ms = first,
                           .last_ms = last};
}

static bool check_window(const struct window *window, struct hk_err *err) {
    if (window->from_ms < window->to_ms) return true;
    return HK_FAIL(err, HK_ERR_USAGE,
                   "no time lies between %.10g ms and %.10g ms; the run ends at %.10g ms",
                   window->from_ms, window->to_ms, window->stop_ms);
}

/* Whole ticks, so that no bin holds more of them than another; a round number of them. */
static void choose_bins(struct window *window, double tick_ms, size_t panels) {
    double span = window->to_ms - window->from_ms;
    double wanted = (double)window->spikes / (BIN_SPIKES * (double)panels);
    double bins = fmin(fmax(wanted, BINS_MIN), BINS_MAX);
    double ticks = fmax(1.0, round(hk_ticks_above(span / bins) / tick_ms));
    window->bin_ms = ticks * tick_ms;
    window->bins = (size_t)fmax(1.0, ceil(span / window->bin_ms - 1e-6));
}

/* The first spike that isn't before the time. */
static size_t find_spike(const struct panel *panel, double time_ms) {
    size_t low = 0, high = panel->raster.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (time_of(panel, middle) < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void cut(struct panel *panels, size_t count, struct window *window) {
    for (size_t i = 0; i < count; i++) {
        panels[i].first = find_spike(&panels[i], window->from_ms);
        panels[i].count = find_spike(&panels[i], window->to_ms) - panels[i].first;
        window->spikes += panels[i].count;
    }
}

/* ---- Drawing --------------------------------------------------------------------------------- */

static double units_height(const struct panel *panel) {
    double wanted = UNIT_HEIGHT * (double)panel->raster.neurons;
    return fmin(fmax(wanted, UNITS_HEIGHT_MIN), UNITS_HEIGHT_MAX);
}

/* With the gap below. */
static double panel_height(const struct panel *panel) {
    return units_height(panel) + RATE_GAP + RATE_HEIGHT + PANEL_GAP;
}

static struct hk_frame frame_of(const struct window *window, double top, double height,
                                double y_high) {
    return (struct hk_frame){.box = {LEFT, top, HK_PLOT_WIDTH - LEFT - RIGHT, height},
                             .x_low = window->from_ms * 1e-3,
                             .x_high = window->to_ms * 1e-3,
                             .y_low = 0.0,
                             .y_high = y_high};
}

/* Every spike has the same chance, whatever its unit and time, where there are too many. Returns
 * how many there are in `points`. */
static size_t place_spikes(const struct panel *panel, const struct window *window,
                           const struct hk_frame *frame, struct hk_point *points) {
    double chance = (double)SPIKES_MAX / (double)window->spikes;
    struct hk_draws draws = hk_draws_at(hk_stream_make(0, "plot", panel->name), 0, 0);
    size_t shown = 0;
    for (size_t i = panel->first; i < panel->first + panel->count; i++) {
        if (chance < 1.0 && hk_draws_uniform(&draws) >= chance) continue;
        double unit = (double)panel->raster.ids[i] + 0.5;
        points[shown++] = hk_frame_at(frame, time_of(panel, i) * 1e-3, unit);
    }
    return shown;
}

static size_t draw_spikes(struct hk_canvas *canvas, const struct panel *panel,
                          const struct window *window, double top, struct hk_point *points) {
    const double thickness = 0.9, height_min = 2.0, height_max = 10.0;
    double units = (double)panel->raster.neurons;
    struct hk_frame frame = frame_of(window, top, units_height(panel), units);
    double height = fmin(fmax(0.8 * frame.box.height / units, height_min), height_max);
    size_t shown = place_spikes(panel, window, &frame, points);
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    hk_canvas_clip(canvas, frame.box);
    hk_canvas_strokes(canvas, points, shown, height, thickness);
    hk_canvas_unclip(canvas);
    size_t ticks = units < 6.0 ? (size_t)units + 1 : 6; /* at whole units */
    hk_axis_left(canvas, &frame, (struct hk_axis){panel->name, true, ticks});
    return shown;
}

/* Spikes a second and unit, of all spikes. The last bin may be cut off by the window's end. */
static double count_bins(const struct panel *panel, const struct window *window, double *rates) {
    double most = 0.0;
    for (size_t i = 0; i < window->bins; i++) rates[i] = 0.0;
    for (size_t i = panel->first; i < panel->first + panel->count; i++) {
        double at = (time_of(panel, i) - window->from_ms) / window->bin_ms + 1e-9;
        size_t bin = (size_t)at < window->bins ? (size_t)at : window->bins - 1;
        rates[bin] += 1.0;
    }
    for (size_t i = 0; i < window->bins; i++) {
        double left = window->to_ms - window->from_ms - (double)i * window->bin_ms;
        rates[i] /= fmin(left, window->bin_ms) * 1e-3 * (double)panel->raster.neurons;
        most = fmax(most, rates[i]);
    }
    return most;
}

static void draw_rate(struct hk_canvas *canvas, const struct panel *panel,
                      const struct window *window, double top, bool last) {
    double rates[2 * BINS_MAX];
    struct hk_point points[4 * BINS_MAX + 2];
    size_t used = 0;
    double most = count_bins(panel, window, rates);
    struct hk_frame frame =
        frame_of(window, top, RATE_HEIGHT, most > 0.0 ? hk_ticks_above(most) : 1.0);
    points[used++] = hk_frame_at(&frame, frame.x_low, 0.0);
    for (size_t i = 0; i < window->bins; i++) {
        double from = frame.x_low + (double)i * window->bin_ms * 1e-3;
        double to = fmin(from + window->bin_ms * 1e-3, frame.x_high);
        points[used++] = hk_frame_at(&frame, from, rates[i]);
        points[used++] = hk_frame_at(&frame, to, rates[i]);
    }
    points[used++] = hk_frame_at(&frame, frame.x_high, 0.0);
    hk_canvas_ink(canvas, HK_COLOUR_ACCENT);
    hk_canvas_fill(canvas, points, used);
    hk_axis_left(canvas, &frame, (struct hk_axis){"spikes/s", true, 5});
    hk_axis_bottom(canvas, &frame, (struct hk_axis){last ? "time (s)" : NULL, last, 10});
}

/* Written with groups of three digits: 1 234 567. */
static const char *group_digits(uint64_t number, char text[32]) {
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) text[used++] = ' ';
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return text;
}

/* What the picture leaves out is said in it, and where spikes are if it shows none. */
static void draw_note(struct hk_canvas *canvas, const struct window *window, uint64_t shown,
                      double y) {
    char text[160], some[32], all[32];
    struct hk_text place = {.x = HK_PLOT_WIDTH - RIGHT, .y = y, .size = HK_AXES_SMALL};
    place.align = HK_ALIGN_RIGHT;
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    if (shown < window->spikes)
        (void)snprintf(text, sizeof text,
                       "%s of %s spikes shown, chosen at random; rates of all, in bins of %g ms",
                       group_digits(shown, some), group_digits(window->spikes, all),
                       window->bin_ms);
    else if (window->spikes == 0)
        (void)snprintf(text, sizeof text,
                       "no spikes in this time; they lie between %.10g and %.10g s",
                       window->first_ms * 1e-3, window->last_ms * 1e-3);
    else
        (void)snprintf(text, sizeof text, "rates in bins of %g ms", window->bin_ms);
    hk_canvas_text(canvas, &place, text);
    if (!window->hidden) return;
    place.x = LEFT;
    place.align = HK_ALIGN_LEFT;
    (void)snprintf(text, sizeof text, "%zu more populations", window->hidden);
    hk_canvas_text(canvas, &place, text);
}

static void draw_all(struct hk_canvas *canvas, const struct panel *panels, size_t count,
                     const struct window *window, struct hk_point *points) {
    uint64_t shown = 0;
    double top = TOP;
    for (size_t i = 0; i < count; i++) {
        shown += draw_spikes(canvas, &panels[i], window, top, points);
        draw_rate(canvas, &panels[i], window, top + units_height(&panels[i]) + RATE_GAP,
                  i == count - 1);
        top += panel_height(&panels[i]);
    }
    draw_note(canvas, window, shown, top - PANEL_GAP + NOTE_BELOW);
}

static bool read_panels(const struct hk_plot_job *job, struct panel panels[PANELS_MAX],
                        size_t *count, size_t *hidden, struct hk_err *err) {
    for (const struct hk_plot_item *item = job->items; item; item = item->next) {
        if (*count == PANELS_MAX) {
            ++*hidden;
            continue;
        }
        struct panel *panel = &panels[(*count)++];
        *panel = (struct panel){.name = item->name};
        if (!hk_results_read_spikes(job->file, item->name, &panel->raster, err)) return false;
    }
    HK_ASSERT(*count > 0);
    return true;
}

static bool draw(const struct hk_plot_job *job, const char *path, struct hk_err *err) {
    struct panel panels[PANELS_MAX];
    size_t count = 0, hidden = 0, largest = 0;
    if (!read_panels(job, panels, &count, &hidden, err)) return false;
    struct window window = choose_window(job, panels, count);
    if (!check_window(&window, err)) return false;
    cut(panels, count, &window);
    choose_bins(&window, panels[0].raster.tick_ms, count);
    window.hidden = hidden;
    double height = TOP - PANEL_GAP + BOTTOM;
    for (size_t i = 0; i < count; i++) {
        height += panel_height(&panels[i]);
        if (panels[i].count > largest) largest = panels[i].count;
    }
    struct hk_point *points = HK_NEW(job->arena, struct hk_point, largest, err);
    struct hk_canvas *canvas =
        points ? hk_canvas_create(job->arena, path, HK_PLOT_WIDTH, height, err) : NULL;
    if (!canvas) return false;
    draw_all(canvas, panels, count, &window, points);
    bool ok = hk_canvas_close(canvas, err);
    hk_canvas_destroy(canvas);
    return ok;
}

const struct hk_plot hk_plot_raster = {
    .name = "raster",
    .missing = "holds no spikes: `record:` names none, or nothing fired",
    .section = "populations",
    .begin = "spikes/",
    .end = "",
    .takes = takes,
    .draw = draw,
};
