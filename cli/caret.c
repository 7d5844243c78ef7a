#include "cli/caret.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, LINE_SIZE = 4096, WIDTH = 96, BEFORE = 64 };

struct place {
    char path[PATH_SIZE];
    size_t line, column; /* from 1 */
};

static bool read_place(const char *text, size_t length, struct place *place) {
    if (length >= sizeof place->path) return false;
    memcpy(place->path, text, length);
    place->path[length] = '\0';
    size_t *numbers[] = {&place->column, &place->line};
    for (size_t k = 0; k < 2; k++) {
        char *colon = strrchr(place->path, ':');
        if (!colon) return false;
        *numbers[k] = strtoul(colon + 1, NULL, 10);
        *colon = '\0';
    }
    return place->line > 0 && place->column > 0;
}

/* The line without its end; what is longer than the room is cut off. */
static bool read_line(const struct place *place, char line[LINE_SIZE]) {
    FILE *file = fopen(place->path, "r");
    bool found = file != NULL;
    if (!file) return false;
    for (size_t number = 1; found && number <= place->line;) {
        found = fgets(line, LINE_SIZE, file) != NULL;
        if (found && (strchr(line, '\n') || number == place->line)) number++;
    }
    (void)fclose(file);
    if (found) line[strcspn(line, "\r\n")] = '\0';
    return found;
}

/* Bytes that begin a character of UTF-8: what a column counts. */
static bool begins(char byte) {
    return ((unsigned char)byte & 0xC0) != 0x80;
}

void hk_caret_print(const char *text, size_t length, FILE *out) {
    struct place place;
    char line[LINE_SIZE];
    if (!read_place(text, length, &place) || !read_line(&place, line)) return;
    size_t at = 0, first = 0;
    for (size_t column = 1; line[at] && column < place.column; at++) column += begins(line[at + 1]);
    if (line[at] == '\0' && at == 0) return;
    if (at > BEFORE) first = at - BEFORE;
    while (!begins(line[first])) first++;
    size_t shown = strlen(line + first);
    if (shown > WIDTH) {
        shown = WIDTH;
        while (!begins(line[first + shown])) shown--;
    }
    (void)fprintf(out, "  %s%.*s\n  %*s", first ? "..." : "", (int)shown, line + first,
                  first ? 3 : 0, "");
    for (size_t k = first; k < at; k++)
        if (begins(line[k])) (void)fputc(line[k] == '\t' ? '\t' : ' ', out);
    (void)fputs("^\n", out);
}
