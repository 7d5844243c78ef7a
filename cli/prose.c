#include "cli/prose.h"

#include <stdarg.h>
#include <string.h>

enum { PIECE_SIZE = 1024 };

void hk_prose_end(struct hk_prose *prose) {
    if (prose->column > 0) (void)fprintf(prose->out, "\n");
    prose->column = 0;
    prose->blank = false;
}

void hk_prose_title(struct hk_prose *prose, const char *title) {
    hk_prose_end(prose);
    (void)fprintf(prose->out, "\n%s\n", title);
}

void hk_prose_begin(struct hk_prose *prose, int indent) {
    hk_prose_end(prose);
    prose->indent = indent;
}

/* Columns, not bytes: characters of UTF-8 begin with other bytes than they go on with. */
static int width_of(const char *text, size_t size) {
    int width = 0;
    for (size_t i = 0; i < size; i++) width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

static void put_word(struct hk_prose *prose, const char *word, size_t size) {
    int width = width_of(word, size);
    bool blank = prose->blank && prose->column > 0;
    if (blank && prose->column + 1 + width > HK_PROSE_WIDTH) {
        (void)fprintf(prose->out, "\n%*s", prose->indent, "");
        prose->column = prose->indent;
    } else if (blank) {
        (void)fputc(' ', prose->out);
        prose->column++;
    }
    for (size_t i = 0; i < size; i++)
        (void)fputc(word[i] == *HK_PROSE_TIE ? ' ' : word[i], prose->out);
    prose->column += width;
    prose->blank = false;
}

void hk_prose_add(struct hk_prose *prose, const char *format, ...) {
    char text[PIECE_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (const char *at = text; *at;) {
        size_t blanks = strspn(at, " \n"), size = strcspn(at + blanks, " \n");
        prose->blank |= blanks > 0;
        if (size) put_word(prose, at + blanks, size);
        at += blanks + size;
    }
}
