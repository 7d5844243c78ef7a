/* What a run says while it goes on: on a terminal one line that is rewritten, and a line for each
 * phase that has ended; elsewhere only the latter. And the table of all phases at the end. */
#ifndef HK_CLI_PROGRESS_H
#define HK_CLI_PROGRESS_H

#include "cli/terminal.h"
#include "io/runner.h"

enum { HK_PROGRESS_SIZE = 256 };

struct hk_progress {
    struct hk_terminal terminal; /* where it is said */
    bool quiet;
    bool drawn;                 /* a line stands there that will be rewritten */
    double drawn_s;             /* when, in wall time of the phase */
    struct hk_run_status last;  /* of the phase that runs; no phase: none does */
    struct hk_run_status *rows; /* of the phases that have ended */
    size_t row_count, row_max;
};

/* For a run of at most `phases` phases. Errors: HK_ERR_MEMORY. */
bool hk_progress_init(struct hk_progress *progress, struct hk_arena *arena, size_t phases,
                      bool quiet, struct hk_terminal terminal, struct hk_err *err) HK_MUST_USE;

void hk_progress_show(struct hk_progress *progress, const struct hk_run_status *status);

/* The run was cut short: say how far the phase had come. */
void hk_progress_stop(struct hk_progress *progress);

/* The phases that have ended: name, samples, accuracy, wall time. */
void hk_progress_table(const struct hk_progress *progress, const struct hk_terminal *out);

/* The line of a phase while it goes on, and the one when it has ended (or was cut short). */
void hk_progress_live_text(const struct hk_run_status *status, char text[HK_PROGRESS_SIZE]);
void hk_progress_end_text(const struct hk_run_status *status, char text[HK_PROGRESS_SIZE]);

#endif
