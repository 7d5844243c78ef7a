/* The line of a file that a mistake stands in, with a caret under its place. */
#ifndef HK_CLI_CARET_H
#define HK_CLI_CARET_H

#include "io/place.h"

#include <stdio.h>

/* Writes nothing where the line can't be read; of a long line, the part around the column. */
void hk_caret_print(const struct hk_place *place, FILE *out);

#endif
