/* Words of a command line as a shell takes them: for provenance, and to be copied. */
#ifndef HK_CLI_QUOTE_H
#define HK_CLI_QUOTE_H

#include "sim/arena.h"

/* "run my.yaml -D 'tau_m=20 ms'". NULL on failure. */
char *hk_quote_words(struct hk_arena *arena, const char *const *words, size_t count,
                     struct hk_err *err) HK_MUST_USE;

#endif
