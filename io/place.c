#include "io/place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Where the ":number" that ends at `end` begins; `end` itself where there is none. */
static const char *number_before(const char *text, const char *end) {
    const char *at = end;
    while (at > text && isdigit((unsigned char)at[-1])) at--;
    return at < end && at > text && at[-1] == ':' ? at - 1 : end;
}

bool hk_place_read(const char *message, struct hk_place *place) {
    const char *end = strstr(message, ": ");
    if (!end) return false;
    const char *column = number_before(message, end);
    const char *line = column < end ? number_before(message, column) : column;
    if (line == column || line == message) return false;
    *place = (struct hk_place){.file = message,
                               .file_size = (size_t)(line - message),
                               .line = strtoul(line + 1, NULL, 10),
                               .column = strtoul(column + 1, NULL, 10),
                               .size = (size_t)(end - message)};
    return place->line > 0 && place->column > 0;
}
