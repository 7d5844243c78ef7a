/* Errors as values. A function that can fail returns false (or NULL) and fills a struct hk_err; the
 * first failure wins, callers may only prepend context. The library never prints and never exits.
 */
#ifndef HK_SIM_ERROR_H
#define HK_SIM_ERROR_H

#include "sim/compiler.h"

#include <stdbool.h>

/* The kinds of failure; `hillock` maps them to its documented exit codes. */
enum hk_code {
    HK_OK,
    HK_ERR_USAGE,       /* wrong command line */
    HK_ERR_CONFIG,      /* the experiment can't be read or makes no sense */
    HK_ERR_RANGE,       /* a value outside its bounds */
    HK_ERR_DATA,        /* a data file is missing or wrong */
    HK_ERR_IO,          /* reading or writing failed */
    HK_ERR_MEMORY,      /* no memory */
    HK_ERR_LIMIT,       /* a stated limit was reached */
    HK_ERR_NUMERIC,     /* a state variable became NaN or infinite */
    HK_ERR_INTERRUPT,   /* the user asked to stop */
    HK_ERR_EXPECTATION, /* all went well, but the outcome isn't what was asked for */
};

struct hk_diagnostics;

struct hk_err {
    enum hk_code code;
    const char *file; /* source file and line that noticed it, for `-v` */
    int line;
    char message[512];
    struct hk_diagnostics *kept; /* where readers keep a failure and go on (io/diagnostics.h); NULL:
                                  * the first failure is all that is told */
};

#define HK_FAIL(err, code, ...)                                                                    \
    ((void)hk_err_set((err), (code), __FILE__, __LINE__, __VA_ARGS__), false)

/* Fill `err` unless it already holds a failure (or is NULL). HK_FAIL is false, so that
 * `return HK_FAIL(...)` reads well. */
void hk_err_set(struct hk_err *err, enum hk_code code, const char *file, int line,
                const char *format, ...) HK_PRINTF(5, 6);

/* Put "context: " before the message of a failure. Returns false. */
bool hk_err_context(struct hk_err *err, const char *format, ...) HK_PRINTF(2, 3);

/* Our own bugs only, never bad input. Stays on in release builds; not for hot loops. */
#define HK_ASSERT(condition)                                                                       \
    ((condition) ? (void)0 : hk_assert_failed(#condition, __FILE__, __LINE__))
_Noreturn void hk_assert_failed(const char *condition, const char *file, int line);

#endif
