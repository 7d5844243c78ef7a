/* What a sweep says while it goes on: on a terminal a table of the trials that run, which is drawn
 * over itself, and a line for each that has ended; elsewhere only the latter. */
#ifndef HK_CLI_SWEEP_VIEW_H
#define HK_CLI_SWEEP_VIEW_H

#include "cli/supervisor.h"
#include "cli/terminal.h"

enum { HK_SWEEP_LINE = 256 };

struct hk_sweep_running {
    size_t trial;
    const char *name; /* NULL: free */
    double began_s;
};

struct hk_sweep_view {
    struct hk_terminal terminal;
    bool quiet, verbose;              /* verbose: a line for each that begins, too */
    size_t total, done, failed, kept; /* trials; kept: done before this supervisor began */
    struct hk_sweep_running *running; /* [jobs] */
    size_t jobs;
    size_t drawn;   /* lines that stand there and will be drawn over */
    double began_s; /* all times are those of one clock */
};

/* `kept` of `total` trials are done. Errors: HK_ERR_MEMORY. */
bool hk_sweep_view_init(struct hk_sweep_view *view, struct hk_arena *arena, size_t total,
                        size_t kept, size_t jobs, struct hk_err *err) HK_MUST_USE;

void hk_sweep_view_start(struct hk_sweep_view *view, size_t trial, const char *name);
/* `why` it failed; NULL: it is done. */
void hk_sweep_view_end(struct hk_sweep_view *view, size_t trial, const struct hk_child_end *end,
                       const char *why, bool again);
void hk_sweep_view_draw(struct hk_sweep_view *view);
/* Nothing is drawn over from now on. */
void hk_sweep_view_finish(struct hk_sweep_view *view);

/* "12/40 done, 1 failed  ETA 3:20", of a sweep that goes on for `elapsed_s`. */
void hk_sweep_view_text(const struct hk_sweep_view *view, double elapsed_s,
                        char text[HK_SWEEP_LINE]);

#endif
