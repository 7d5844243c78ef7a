#include "cli/sweep_view.h"

#include <math.h>
#include <string.h>
#include <time.h>

static double clock_s(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0.0;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* "0:07", "3:20:00" */
static void add_clock(char text[HK_SWEEP_LINE], double seconds) {
    size_t used = strlen(text);
    long whole = lround(seconds), hours = whole / 3600;
    if (hours > 0)
        (void)snprintf(text + used, HK_SWEEP_LINE - used, "%ld:%02ld:%02ld", hours, whole / 60 % 60,
                       whole % 60);
    else
        (void)snprintf(text + used, HK_SWEEP_LINE - used, "%ld:%02ld", whole / 60, whole % 60);
}

bool hk_sweep_view_init(struct hk_sweep_view *view, struct hk_arena *arena, size_t total,
                        size_t kept, size_t jobs, struct hk_err *err) {
    *view = (struct hk_sweep_view){.terminal = hk_terminal_of(stderr),
                                   .total = total,
                                   .done = kept,
                                   .kept = kept,
                                   .jobs = jobs,
                                   .began_s = clock_s()};
    view->running = HK_NEW(arena, struct hk_sweep_running, jobs, err);
    return view->running != NULL;
}

void hk_sweep_view_text(const struct hk_sweep_view *view, double elapsed_s,
                        char text[HK_SWEEP_LINE]) {
    size_t ended = view->done + view->failed - view->kept;
    size_t left = view->total - view->done - view->failed;
    int used = snprintf(text, HK_SWEEP_LINE, "%zu/%zu done", view->done, view->total);
    if (view->failed)
        (void)snprintf(text + used, HK_SWEEP_LINE - (size_t)used, ", %zu failed", view->failed);
    if (ended == 0 || left == 0) return;
    used = (int)strlen(text);
    (void)snprintf(text + used, HK_SWEEP_LINE - (size_t)used, "  ETA ");
    add_clock(text, elapsed_s / (double)ended * (double)left);
}

static void erase(struct hk_sweep_view *view) {
    if (view->drawn) (void)fprintf(view->terminal.file, "\033[%zuA\r\033[J", view->drawn);
    view->drawn = 0;
}

static void put_line(struct hk_sweep_view *view, const char *text) {
    int width = (int)hk_terminal_columns(&view->terminal) - 1; /* a full line would wrap */
    (void)fprintf(view->terminal.file, "%s%.*s%s\n", view->terminal.dim, width, text,
                  view->terminal.plain);
    view->drawn++;
}

void hk_sweep_view_draw(struct hk_sweep_view *view) {
    double now = clock_s();
    char text[HK_SWEEP_LINE];
    if (view->quiet || !view->terminal.live) return;
    erase(view);
    for (size_t i = 0; i < view->jobs; i++) {
        const struct hk_sweep_running *r = &view->running[i];
        if (!r->name) continue;
        (void)snprintf(text, sizeof text - 16, "%-60s  ", r->name);
        add_clock(text, now - r->began_s);
        put_line(view, text);
    }
    hk_sweep_view_text(view, now - view->began_s, text);
    put_line(view, text);
    (void)fflush(view->terminal.file);
}

void hk_sweep_view_start(struct hk_sweep_view *view, size_t trial, const char *name) {
    for (size_t i = 0; i < view->jobs; i++) {
        if (view->running[i].name) continue;
        view->running[i] = (struct hk_sweep_running){trial, name, clock_s()};
        break;
    }
    if (view->verbose && !view->quiet) {
        erase(view);
        (void)fprintf(view->terminal.file, "%-40s  started\n", name);
    }
    hk_sweep_view_draw(view);
}

void hk_sweep_view_end(struct hk_sweep_view *view, size_t trial, const struct hk_child_end *end,
                       const char *why, bool again) {
    const double mebibyte = 1024.0 * 1024.0;
    const char *name = "";
    for (size_t i = 0; i < view->jobs; i++) {
        struct hk_sweep_running *r = &view->running[i];
        if (!r->name || r->trial != trial) continue;
        name = r->name;
        r->name = NULL;
    }
    if (!why) view->done++;
    if (why && !again) view->failed++;
    if (view->quiet) return;
    erase(view);
    (void)fprintf(view->terminal.file, "%-40s  %s%s  %.1f s  %.0f MiB\n", name, why ? why : "done",
                  again ? "; once more" : "", end->wall_s, (double)end->memory / mebibyte);
    hk_sweep_view_draw(view);
}

void hk_sweep_view_finish(struct hk_sweep_view *view) {
    erase(view);
    (void)fflush(view->terminal.file);
}
