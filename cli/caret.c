#include "cli/caret.h"

#include "io/path.h"

#include <string.h>

enum { PATH_SIZE = 4096, LINE_SIZE = 4096, WIDTH = 96, BEFORE = 64 };

/* The line without its end; what is longer than the room is cut off. */
static bool read_line(const struct hk_place *place, char line[LINE_SIZE]) {
    char path[PATH_SIZE];
    int size = snprintf(path, sizeof path, "%.*s", (int)place->file_size, place->file);
    if (size < 0 || (size_t)size >= sizeof path || hk_path_is_hdf5(path)) return false;
    FILE *file = fopen(path, "r");
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

void hk_caret_print(const struct hk_place *place, FILE *out) {
    char line[LINE_SIZE];
    if (!read_line(place, line)) return;
    size_t at = 0, first = 0;
    for (size_t column = 1; line[at] && column < place->column; at++)
        column += begins(line[at + 1]);
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
