#include "io/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

int hk_path_open(const char *path, uint64_t *size, struct hk_err *err) {
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        (void)HK_FAIL(err, HK_ERR_DATA, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        (void)HK_FAIL(err, HK_ERR_DATA, "%s: not a file", path);
    else {
        *size = (uint64_t)status.st_size;
        return descriptor;
    }
    if (descriptor >= 0) (void)close(descriptor);
    return -1;
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
