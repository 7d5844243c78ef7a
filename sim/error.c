#include "sim/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hk_err_set(struct hk_err *err, enum hk_code code, const char *file, int line,
                const char *format, ...) {
    if (!err || err->code != HK_OK) return;
    err->code = code;
    err->file = file;
    err->line = line;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
}

bool hk_err_context(struct hk_err *err, const char *format, ...) {
    if (!err || err->code == HK_OK) return false;
    char text[sizeof err->message];
    va_list args;
    va_start(args, format);
    int used = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t room = sizeof text - 1;
    size_t at = used < 0 ? 0 : (size_t)used < room ? (size_t)used : room;
    /* A message that no longer fits loses its end, never its beginning. */
    if (snprintf(text + at, sizeof text - at, ": %s", err->message) < 0) return false;
    memcpy(err->message, text, sizeof text);
    return false;
}

_Noreturn void hk_assert_failed(const char *condition, const char *file, int line) {
    (void)fprintf(stderr, "hillock: bug: %s:%d: %s does not hold\n", file, line, condition);
    abort();
}
