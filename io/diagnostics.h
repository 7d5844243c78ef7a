/* All that is wrong with an experiment, or suspicious in it. An error has a list to keep failures
 * in, and a reader that meets one in a part that others don't depend on goes on:
 *
 *     struct hk_diagnostics list = {.arena = arena};
 *     struct hk_err err = {.kept = &list};
 *     bool ok = hk_go_on(read_one(map, &err), &err);
 *     ok &= hk_go_on(read_other(map, &err), &err);
 *
 * So a reader may return false with an error that is empty: what is wrong has been kept already,
 * or follows from something that has. Without a list the first failure stays, as it does
 * everywhere. */
#ifndef HK_IO_DIAGNOSTICS_H
#define HK_IO_DIAGNOSTICS_H

#include "sim/arena.h"

struct hk_diagnostic {
    bool warning;
    enum hk_code code;
    const char *message; /* begins with its place in a file, if it has one: io/place.h */
    const char *file;    /* of the program, that noticed it */
    int line;
    struct hk_diagnostic *next;
};

struct hk_diagnostics {
    struct hk_arena *arena;
    struct hk_diagnostic *newest; /* linked as they were kept */
    size_t kept;
    /* By hk_diagnostics_sort: in the order of files, lines and columns, each once. */
    const struct hk_diagnostic *const *sorted;
    size_t count, errors, warnings;
};

/* `ok`; a failure in `err` is kept in its list, if it has one, and cleared. HK_ERR_MEMORY stays. */
bool hk_go_on(bool ok, struct hk_err *err);
/* For readers that may be without a list: is `err` free for another failure? */
static inline bool hk_can_go_on(const struct hk_err *err) {
    return !err || err->code == HK_OK;
}

/* Add a warning. Errors: HK_ERR_MEMORY. */
bool hk_diagnostics_warn(struct hk_diagnostics *list, const char *message,
                         struct hk_err *err) HK_MUST_USE;

/* What was kept since the last time is sorted in. */
bool hk_diagnostics_sort(struct hk_diagnostics *list, struct hk_err *err) HK_MUST_USE;

/* The first error that is not about something outside of the experiment (data, files), or the first
 * of all, as a failure. There is one. */
void hk_diagnostics_fail(const struct hk_diagnostics *list, struct hk_err *err);

/* From now on warnings are errors. */
void hk_diagnostics_harden(struct hk_diagnostics *list);

#endif
