/* How a failure is told and which exit status it becomes. The statuses are part of the interface:
 * `hillock --help` and docs/command-line.md list them, and they never get another meaning. */
#ifndef HK_CLI_FAILURE_H
#define HK_CLI_FAILURE_H

#include "io/diagnostics.h"

#include <stdio.h>

enum hk_exit {
    HK_EXIT_OK,
    HK_EXIT_EXPECTATION,
    HK_EXIT_USAGE,
    HK_EXIT_EXPERIMENT,
    HK_EXIT_DATA,
    HK_EXIT_SYSTEM,
    HK_EXIT_NUMERIC,
    HK_EXIT_SIGNAL = 128, /* + the signal's number: SIGINT 130, SIGTERM 143 */
};

/* What a status says, for the help text. */
struct hk_exit_row {
    enum hk_exit status;
    const char *numbers, *meaning; /* "130, 143" */
};
/* index 0, 1 ... until NULL. */
const struct hk_exit_row *hk_exit_at(size_t index);

/* "file:line:column: error: message" where the message begins with a place in a file, else
 * "hillock: error: message"; then that line of the file, with a caret. `verbose` adds where in the
 * program it was noticed. A failure without a message has been told already. */
void hk_failure_print(const struct hk_err *err, bool verbose, FILE *out);

enum { HK_SHOWN_MAX = 100 };
/* Each likewise, HK_SHOWN_MAX at most; where there are several, how many in a last line. */
void hk_diagnostics_print(const struct hk_diagnostics *list, bool verbose, FILE *out);

int hk_failure_status(const struct hk_err *err);

#endif
