#include "cli/failure.h"

#include "cli/caret.h"
#include "cli/interrupt.h"
#include "sim/types.h"

#include <ctype.h>
#include <string.h>

/* The length of the "file:line:column" that a message begins with, or 0. */
static size_t place_length(const char *message) {
    const char *end = strstr(message, ": ");
    size_t length = end ? (size_t)(end - message) : 0, at = length;
    for (int number = 0; number < 2; number++) {
        size_t digits_end = at;
        while (at > 0 && isdigit((unsigned char)message[at - 1])) at--;
        if (at == digits_end || at == 0 || message[at - 1] != ':') return 0;
        at--;
    }
    return at > 0 ? length : 0;
}

void hk_failure_print(const struct hk_err *err, bool verbose, FILE *out) {
    int place = (int)place_length(err->message);
    bool plain = err->code == HK_ERR_USAGE || err->code == HK_ERR_INTERRUPT ||
                 err->code == HK_ERR_EXPECTATION;
    if (place > 0) {
        (void)fprintf(out, "%.*s: error%s\n", place, err->message, err->message + place);
        hk_caret_print(err->message, (size_t)place, out);
    } else {
        (void)fprintf(out, "hillock: %s%s\n", plain ? "" : "error: ", err->message);
    }
    if (verbose && err->file)
        (void)fprintf(out, "hillock: noticed at %s:%d\n", err->file, err->line);
}

static const struct hk_exit_row rows[] = {
    {HK_EXIT_OK, "0", "all is well"},
    {HK_EXIT_EXPECTATION, "1",
     "an expectation wasn't met, a trial of a sweep failed, or two runs differ"},
    {HK_EXIT_USAGE, "2", "wrong command line"},
    {HK_EXIT_EXPERIMENT, "3", "the experiment file can't be parsed or makes no sense"},
    {HK_EXIT_DATA, "4", "a data or results file is missing or wrong"},
    {HK_EXIT_SYSTEM, "5", "reading or writing failed, or memory or another limit was reached"},
    {HK_EXIT_NUMERIC, "6", "the simulation left the range of numbers"},
    {HK_EXIT_SIGNAL, "130, 143",
     "interrupted by SIGINT or SIGTERM; the results until then are kept"},
};

const struct hk_exit_row *hk_exit_at(size_t index) {
    return index < HK_COUNT(rows) ? &rows[index] : NULL;
}

int hk_failure_status(const struct hk_err *err) {
    switch (err->code) {
    case HK_OK: return HK_EXIT_OK;
    case HK_ERR_USAGE: return HK_EXIT_USAGE;
    case HK_ERR_CONFIG:
    case HK_ERR_RANGE: return HK_EXIT_EXPERIMENT;
    case HK_ERR_DATA: return HK_EXIT_DATA;
    case HK_ERR_IO:
    case HK_ERR_MEMORY:
    case HK_ERR_LIMIT: return HK_EXIT_SYSTEM;
    case HK_ERR_NUMERIC: return HK_EXIT_NUMERIC;
    case HK_ERR_EXPECTATION: return HK_EXIT_EXPECTATION;
    case HK_ERR_INTERRUPT: break;
    }
    return HK_EXIT_SIGNAL + hk_interrupt_signal();
}
