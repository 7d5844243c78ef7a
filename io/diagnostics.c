#include "io/diagnostics.h"

#include <stdlib.h>
#include <string.h>

#include "io/place.h"

/* ---- keeping ---- */

static bool keep(struct hk_diagnostics *list, const struct hk_diagnostic *what,
                 struct hk_err *err) {
    struct hk_diagnostic *kept = HK_NEW(list->arena, struct hk_diagnostic, 1, err);
    if (!kept) return false;
    *kept = *what;
    kept->message = hk_arena_text(list->arena, what->message, err);
    if (!kept->message) return false;
    kept->next = list->newest;
    list->newest = kept;
    list->kept++;
    return true;
}

bool hk_go_on(bool ok, struct hk_err *err) {
    if (!err || !err->kept || err->code == HK_OK || err->code == HK_ERR_MEMORY) return ok;
    const struct hk_err failure = *err;
    err->code = HK_OK;
    (void)keep(err->kept,
               &(struct hk_diagnostic){.code = failure.code,
                                       .message = failure.message,
                                       .file = failure.file,
                                       .line = failure.line},
               err);
    return ok;
}

bool hk_diagnostics_warn(struct hk_diagnostics *list, const char *message, struct hk_err *err) {
    return keep(list,
                &(struct hk_diagnostic){.warning = true,
                                        .code = HK_ERR_CONFIG,
                                        .message = message,
                                        .file = __FILE__,
                                        .line = __LINE__},
                err);
}

/* ---- order ---- */

static int compare_sizes(size_t a, size_t b) {
    return (a > b) - (a < b);
}

/* By file, line and column; what has no place first; then by text. */
static int compare(const void *left, const void *right) {
    const struct hk_diagnostic *one = *(const struct hk_diagnostic *const *)left;
    const struct hk_diagnostic *two = *(const struct hk_diagnostic *const *)right;
    struct hk_place a = {.file_size = 0}, b = {.file_size = 0};
    if (!hk_place_read(one->message, &a)) a = (struct hk_place){.file = one->message};
    if (!hk_place_read(two->message, &b)) b = (struct hk_place){.file = two->message};
    size_t shared = a.file_size < b.file_size ? a.file_size : b.file_size;
    int order = memcmp(a.file, b.file, shared);
    if (!order) order = compare_sizes(a.file_size, b.file_size);
    if (!order) order = compare_sizes(a.line, b.line);
    if (!order) order = compare_sizes(a.column, b.column);
    return order ? order : strcmp(one->message, two->message);
}

/* The same mistake of `defaults:` is met once for each population. */
static void drop_repeated(struct hk_diagnostics *list, const struct hk_diagnostic **sorted) {
    list->count = list->errors = list->warnings = 0;
    for (size_t i = 0; i < list->kept; i++) {
        const struct hk_diagnostic *last = list->count ? sorted[list->count - 1] : NULL;
        if (last && strcmp(last->message, sorted[i]->message) == 0) continue;
        sorted[list->count++] = sorted[i];
        list->errors += !sorted[i]->warning;
        list->warnings += sorted[i]->warning;
    }
    list->sorted = sorted;
}

bool hk_diagnostics_sort(struct hk_diagnostics *list, struct hk_err *err) {
    const struct hk_diagnostic **sorted =
        HK_NEW(list->arena, const struct hk_diagnostic *, list->kept, err);
    size_t count = 0;
    if (!sorted) return false;
    for (const struct hk_diagnostic *at = list->newest; at; at = at->next) sorted[count++] = at;
    qsort(sorted, count, sizeof *sorted, compare);
    drop_repeated(list, sorted);
    return true;
}

/* ---- one of them ---- */

static bool is_outside(enum hk_code code) {
    return code == HK_ERR_DATA || code == HK_ERR_IO;
}

void hk_diagnostics_fail(const struct hk_diagnostics *list, struct hk_err *err) {
    const struct hk_diagnostic *chosen = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct hk_diagnostic *at = list->sorted[i];
        if (at->warning) continue;
        if (!chosen || (is_outside(chosen->code) && !is_outside(at->code))) chosen = at;
    }
    HK_ASSERT(chosen);
    hk_err_set(err, chosen->code, chosen->file, chosen->line, "%s", chosen->message);
}

void hk_diagnostics_harden(struct hk_diagnostics *list) {
    for (struct hk_diagnostic *at = list->newest; at; at = at->next) at->warning = false;
    list->errors += list->warnings;
    list->warnings = 0;
}
