#include "cli/failure.h"

#include "cli/caret.h"
#include "cli/interrupt.h"
#include "sim/types.h"

/* "file:line:column: error: message", or where there is no place "hillock: error: message"; plain:
 * without the severity there. */
static void print_message(const char *message, const char *severity, bool plain, FILE *out) {
    struct hk_place place;
    if (hk_place_read(message, &place)) {
        (void)fprintf(out, "%.*s: %s%s\n", (int)place.size, message, severity,
                      message + place.size);
        hk_caret_print(&place, out);
    } else {
        (void)fprintf(out, "hillock: %s%s%s\n", plain ? "" : severity, plain ? "" : ": ", message);
    }
}

static void print_origin(const char *file, int line, bool verbose, FILE *out) {
    if (verbose && file) (void)fprintf(out, "hillock: noticed at %s:%d\n", file, line);
}

/* These are not called errors. */
static bool is_plain(enum hk_code code) {
    return code == HK_ERR_USAGE || code == HK_ERR_INTERRUPT || code == HK_ERR_EXPECTATION;
}

void hk_failure_print(const struct hk_err *err, bool verbose, FILE *out) {
    if (!*err->message) return;
    print_message(err->message, "error", is_plain(err->code), out);
    print_origin(err->file, err->line, verbose, out);
}

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

void hk_diagnostics_print(const struct hk_diagnostics *list, bool verbose, FILE *out) {
    for (size_t i = 0; i < list->count && i < HK_SHOWN_MAX; i++) {
        const struct hk_diagnostic *at = list->sorted[i];
        print_message(at->message, at->warning ? "warning" : "error", is_plain(at->code), out);
        print_origin(at->file, at->line, verbose && !at->warning, out);
    }
    if (list->count > HK_SHOWN_MAX)
        (void)fprintf(out, "hillock: and %zu more\n", list->count - HK_SHOWN_MAX);
    if (list->count < 2) return;
    (void)fprintf(out, "hillock: ");
    if (list->errors) (void)fprintf(out, "%zu error%s", list->errors, plural(list->errors));
    if (list->errors && list->warnings) (void)fprintf(out, ", ");
    if (list->warnings) (void)fprintf(out, "%zu warning%s", list->warnings, plural(list->warnings));
    (void)fprintf(out, "\n");
}

static const struct hk_exit_row rows[] = {
    {HK_EXIT_OK, "0", "all is well"},
    {HK_EXIT_EXPECTATION, "1",
     "an expectation wasn't met, a trial of a sweep failed, or two runs differ"},
    {HK_EXIT_USAGE, "2", "wrong command line"},
    {HK_EXIT_EXPERIMENT, "3", "the experiment file can't be parsed or makes no sense"},
    {HK_EXIT_DATA, "4", "a data set is missing, or a data or results file is wrong"},
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
