/* The line of a file that a mistake stands in, with a caret under its place. */
#ifndef HK_CLI_CARET_H
#define HK_CLI_CARET_H

#include <stddef.h>
#include <stdio.h>

/* `place` is "file:line:column", `length` bytes of it. Writes nothing where that can't be read; of
 * a long line, the part around the column. */
void hk_caret_print(const char *place, size_t length, FILE *out);

#endif
