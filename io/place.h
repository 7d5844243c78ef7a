/* The place in a file that a message begins with: "file:line:column: ...". */
#ifndef HK_IO_PLACE_H
#define HK_IO_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct hk_place {
    const char *file; /* lent from the message, `file_size` bytes */
    size_t file_size;
    size_t line, column; /* from 1 */
    size_t size;         /* bytes of "file:line:column" */
};

/* Of several, the outermost. False: the message begins with none. */
bool hk_place_read(const char *message, struct hk_place *place);

#endif
