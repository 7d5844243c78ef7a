#include "cli/progress.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static const double redraw_s = 0.25;

/* ---- words ---- */

/* printf to the end of a text; what no longer fits is left out. */
static void HK_PRINTF(2, 3) add(char text[HK_PROGRESS_SIZE], const char *format, ...) {
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, HK_PROGRESS_SIZE - used, format, args);
    va_end(args);
}

/* "25.3 ms", "66.1 s", "12 min 5 s", "3 h 20 min" */
static void add_duration(char text[HK_PROGRESS_SIZE], double seconds) {
    enum { MINUTE = 60, HOUR = 3600, IN_SECONDS = 120 };
    if (seconds < IN_SECONDS) {
        if (seconds < 1.0)
            add(text, "%.1f ms", 1e3 * seconds);
        else
            add(text, "%.1f s", seconds);
        return;
    }
    long whole = lround(seconds);
    if (whole < HOUR)
        add(text, "%ld min %ld s", whole / MINUTE, whole % MINUTE);
    else
        add(text, "%ld h %ld min", whole / HOUR, whole % HOUR / MINUTE);
}

/* "0:07", "12:05", "3:20:00" */
static void add_clock(char text[HK_PROGRESS_SIZE], double seconds) {
    long whole = lround(seconds), hours = whole / 3600;
    if (hours > 0)
        add(text, "%ld:%02ld:%02ld", hours, whole / 60 % 60, whole % 60);
    else
        add(text, "%ld:%02ld", whole / 60, whole % 60);
}

/* How fast: "3.3 ms/sample" or "real-time factor 0.80", wall time over simulated time. */
static void add_speed(char text[HK_PROGRESS_SIZE], const struct hk_run_status *status) {
    if (status->in_samples && status->done > 0)
        add(text, "  %.3g ms/sample", 1e3 * status->elapsed_s / (double)status->done);
    if (!status->in_samples && status->simulated_ms > 0.0)
        add(text, "  real-time factor %.3g", 1e3 * status->elapsed_s / status->simulated_ms);
}

/* What `count` of done and total is in the unit that is shown: samples, or milliseconds. */
static double in_unit(const struct hk_run_status *status, size_t count) {
    if (status->in_samples || status->done == 0) return (double)count;
    return status->simulated_ms * ((double)count / (double)status->done);
}

static const char *unit_of(const struct hk_run_status *status) {
    return status->in_samples ? "samples" : "ms";
}

void hk_progress_live_text(const struct hk_run_status *status, char text[HK_PROGRESS_SIZE]) {
    double part = status->total ? (double)status->done / (double)status->total : 0.0;
    *text = '\0';
    add(text, "%-10s  %.10g/%.10g %s  %.0f %%", status->phase, in_unit(status, status->done),
        in_unit(status, status->total), unit_of(status), floor(100.0 * part));
    if (!isnan(status->accuracy)) add(text, "  accuracy %.1f %%", 100.0 * status->accuracy);
    add_speed(text, status);
    if (part <= 0.0) return;
    add(text, "  ETA ");
    add_clock(text, status->elapsed_s * (1.0 - part) / part);
}

void hk_progress_end_text(const struct hk_run_status *status, char text[HK_PROGRESS_SIZE]) {
    *text = '\0';
    add(text, "%-10s  %.10g ", status->phase, in_unit(status, status->done));
    if (status->done < status->total) add(text, "of %.10g ", in_unit(status, status->total));
    add(text, "%s  ", unit_of(status));
    add_duration(text, status->elapsed_s);
    add_speed(text, status);
    if (!isnan(status->accuracy)) add(text, "  accuracy %.2f %%", 100.0 * status->accuracy);
}

/* ---- lines ---- */

bool hk_progress_init(struct hk_progress *progress, struct hk_arena *arena, size_t phases,
                      bool quiet, struct hk_terminal terminal, struct hk_err *err) {
    *progress = (struct hk_progress){.terminal = terminal, .quiet = quiet, .row_max = phases};
    progress->rows = HK_NEW(arena, struct hk_run_status, phases, err);
    return progress->rows != NULL;
}

/* Back to the line's start; what is written next covers it, and the rest is cleared. */
static void rewrite(struct hk_progress *progress, const char *text) {
    const struct hk_terminal *t = &progress->terminal;
    int width = (int)hk_terminal_columns(t) - 1; /* a full line would wrap */
    (void)fprintf(t->file, "\r%s%.*s%s\033[K", t->dim, width, text, t->plain);
    (void)fflush(t->file);
    progress->drawn = true;
}

static void end_line(struct hk_progress *progress, const struct hk_run_status *status) {
    char text[HK_PROGRESS_SIZE];
    if (progress->drawn) (void)fprintf(progress->terminal.file, "\r\033[K");
    progress->drawn = false;
    if (progress->quiet) return;
    hk_progress_end_text(status, text);
    (void)fprintf(progress->terminal.file, "%s\n", text);
}

/* The accuracy of the whole phase, instead of that of its last presentations. */
static void end_phase(struct hk_progress *progress, const struct hk_phase_report *report) {
    struct hk_run_status *row = &progress->last;
    bool judged = report && report->judged > 0;
    row->accuracy = judged ? (double)report->correct / (double)report->judged : (double)NAN;
    end_line(progress, row);
    HK_ASSERT(progress->row_count < progress->row_max);
    progress->rows[progress->row_count++] = *row;
    row->phase = NULL;
}

void hk_progress_show(struct hk_progress *progress, const struct hk_run_status *status) {
    char text[HK_PROGRESS_SIZE];
    progress->last = *status;
    progress->last.report = NULL; /* lent */
    if (status->ended) {
        end_phase(progress, status->report);
        return;
    }
    bool fresh = progress->drawn && status->elapsed_s < progress->drawn_s + redraw_s;
    if (progress->quiet || !progress->terminal.live || fresh) return;
    hk_progress_live_text(status, text);
    rewrite(progress, text);
    progress->drawn_s = status->elapsed_s;
}

void hk_progress_stop(struct hk_progress *progress) {
    if (progress->last.phase) end_line(progress, &progress->last);
    progress->last.phase = NULL;
}

/* ---- the table ---- */

static void print_arithmetic(const struct hk_run_status *row, const struct hk_terminal *out) {
    const struct hk_arithmetic *a = &row->arithmetic;
    if (a->backpropagation <= 0.0) return;
    (void)fprintf(out->file,
                  "arithmetic, %s: %.3g M additions and %.3g M multiplications a sample\n"
                  "  backpropagation in a net of this size: %.3g M of each\n",
                  row->phase, a->additions * 1e-6, a->multiplications * 1e-6,
                  a->backpropagation * 1e-6);
}

void hk_progress_table(const struct hk_progress *progress, const struct hk_terminal *out) {
    if (progress->row_count == 0) return;
    bool in_samples = progress->rows[0].in_samples;
    (void)fprintf(out->file, "%s%-12s %10s %10s %12s%s\n", out->bold, "phase",
                  in_samples ? "samples" : "time (ms)", in_samples ? "accuracy" : "", "wall time",
                  out->plain);
    for (size_t i = 0; i < progress->row_count; i++) {
        const struct hk_run_status *row = &progress->rows[i];
        char wall[HK_PROGRESS_SIZE] = "", accuracy[HK_PROGRESS_SIZE] = "";
        add_duration(wall, row->elapsed_s);
        if (!isnan(row->accuracy)) add(accuracy, "%.2f %%", 100.0 * row->accuracy);
        (void)fprintf(out->file, "%-12s %10.10g %10s %12s\n", row->phase, in_unit(row, row->done),
                      accuracy, wall);
    }
    for (size_t i = 0; i < progress->row_count; i++) print_arithmetic(&progress->rows[i], out);
}
