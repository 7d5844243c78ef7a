/* Where files lie, and what kind they are. */
#ifndef HK_IO_PATH_H
#define HK_IO_PATH_H

#include "sim/arena.h"

/* What `name` means when it stands in the file `file`: itself where it's absolute, else a path from
 * that file's folder. */
char *hk_path_beside(struct hk_arena *arena, const char *file, const char *name,
                     struct hk_err *err) HK_MUST_USE;

/* The absolute path of something that is there, without links. Errors: HK_ERR_DATA (it isn't). */
char *hk_path_absolute(struct hk_arena *arena, const char *path, struct hk_err *err) HK_MUST_USE;

/* A descriptor of a regular file that is read, and its size; -1 when there is none: a pipe would
 * block, and a folder can't be read. Errors: HK_ERR_DATA with the path. */
int hk_path_open(const char *path, uint64_t *size, struct hk_err *err) HK_MUST_USE;

bool hk_path_is_folder(const char *path);
/* By its first bytes. */
bool hk_path_is_hdf5(const char *path);

#endif
