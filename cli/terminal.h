/* What a stream can show: only a terminal gets lines that are rewritten, and bold or dim text. */
#ifndef HK_CLI_TERMINAL_H
#define HK_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct hk_terminal {
    FILE *file;
    bool live;                      /* lines may be rewritten */
    const char *bold, *dim, *plain; /* what switches to them; "" where text stays plain */
};

/* Honours NO_COLOR and TERM=dumb. */
struct hk_terminal hk_terminal_of(FILE *file);

/* Columns of a line, now: windows change. */
size_t hk_terminal_columns(const struct hk_terminal *terminal);

#endif
