/* The system's files, with what goes wrong as an error that names the file: HK_ERR_IO,
 * "path: can't write: No space left on device". */
#ifndef HK_IO_FILE_H
#define HK_IO_FILE_H

#include "sim/error.h"

#include <stddef.h>

/* "path: can't <what>: " and the reason that errno has. Returns false. */
bool hk_file_fail(const char *path, const char *what, struct hk_err *err);

/* All of it, however many calls that takes. */
bool hk_file_write(int file, const char *path, const void *data, size_t size,
                   struct hk_err *err) HK_MUST_USE;

/* Wait until what was written is on the disk. What can't be synced (a pipe) is left alone; after a
 * failure nobody knows what is there, so there is no second try. */
bool hk_file_sync(int file, const char *path, struct hk_err *err) HK_MUST_USE;
/* The same of a file or folder by its name. */
bool hk_file_sync_path(const char *path, struct hk_err *err) HK_MUST_USE;

/* That it isn't there is fine. */
bool hk_file_remove(const char *path, struct hk_err *err) HK_MUST_USE;

#endif
