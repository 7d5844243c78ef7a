#include "io/path.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *hk_path_beside(struct hk_arena *arena, const char *file, const char *name,
                     struct hk_err *err) {
    const char *slash = strrchr(file, '/');
    int folder = slash && name[0] != '/' ? (int)(slash - file) + 1 : 0;
    return hk_arena_format(arena, err, "%.*s%s", folder, file, name);
}

char *hk_path_absolute(struct hk_arena *arena, const char *path, struct hk_err *err) {
    char found[PATH_MAX];
    if (realpath(path, found)) return hk_arena_text(arena, found, err);
    (void)HK_FAIL(err, HK_ERR_DATA, "%s: %s", path, strerror(errno));
    return NULL;
}

bool hk_path_is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool hk_path_is_hdf5(const char *path) {
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    enum { SIZE = sizeof signature - 1 };
    struct stat status;
    char start[SIZE];
    /* A pipe would block. */
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return false;
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    bool same = fread(start, 1, SIZE, file) == SIZE && memcmp(start, signature, SIZE) == 0;
    (void)fclose(file);
    return same;
}
