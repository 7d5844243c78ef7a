#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool hk_file_fail(const char *path, const char *what, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_IO, "%s: can't %s: %s", path, what, strerror(errno));
}

bool hk_file_write(int file, const char *path, const void *data, size_t size, struct hk_err *err) {
    const char *at = data;
    while (size > 0) {
        ssize_t written = write(file, at, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return hk_file_fail(path, "write", err);
        at += written;
        size -= (size_t)written;
    }
    return true;
}

bool hk_file_sync(int file, const char *path, struct hk_err *err) {
    return fsync(file) == 0 || errno == EINVAL || hk_file_fail(path, "put on the disk", err);
}

bool hk_file_sync_path(const char *path, struct hk_err *err) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return hk_file_fail(path, "open", err);
    bool ok = hk_file_sync(file, path, err);
    (void)close(file);
    return ok;
}

bool hk_file_remove(const char *path, struct hk_err *err) {
    return unlink(path) == 0 || errno == ENOENT || hk_file_fail(path, "remove", err);
}
