/* Running text, wrapped at the width of a page: words are added piece by piece. */
#ifndef HK_CLI_PROSE_H
#define HK_CLI_PROSE_H

#include "sim/compiler.h"

#include <stdbool.h>
#include <stdio.h>

enum { HK_PROSE_WIDTH = 80 };
/* A blank that no line is broken at. */
#define HK_PROSE_TIE "\x1f"

struct hk_prose {
    FILE *out;
    int indent; /* of the lines that follow the first */
    int column;
    bool blank; /* one comes before the next word */
};

/* A line of its own, and an empty one before it unless it is the first. */
void hk_prose_title(struct hk_prose *prose, const char *title);
/* Begin a paragraph whose lines but the first are indented by `indent`. Ends the one before. */
void hk_prose_begin(struct hk_prose *prose, int indent);
/* Add to it; breaks lines at blanks. At most 1 KiB at a time. */
void hk_prose_add(struct hk_prose *prose, const char *format, ...) HK_PRINTF(2, 3);
void hk_prose_end(struct hk_prose *prose);

#endif
