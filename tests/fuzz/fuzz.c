#include "tests/fuzz/fuzz.h"

#include "sim/error.h"
#include "sim/types.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 8, NAME_SIZE = 256 };

static char folder[PATH_MAX - NAME_SIZE], paths[FILES_MAX][PATH_MAX];
static size_t path_count;

void fuzz_cut(struct fuzz_bytes whole, uint8_t mark, struct fuzz_bytes parts[2]) {
    const uint8_t *at = whole.size ? memchr(whole.data, mark, whole.size) : NULL;
    parts[0] = parts[1] = whole;
    if (!at) return;
    parts[0].size = (size_t)(at - whole.data);
    parts[1] = (struct fuzz_bytes){at + 1, whole.size - parts[0].size - 1};
}

static void clear_folder(void) {
    DIR *list = opendir(folder);
    if (!list) return;
    for (const struct dirent *entry; (entry = readdir(list));)
        if (entry->d_name[0] != '.') (void)unlinkat(dirfd(list), entry->d_name, 0);
    (void)closedir(list);
}

static void remove_folder(void) {
    clear_folder();
    (void)rmdir(folder);
}

static const char *get_folder(void) {
    if (*folder) return folder;
    const char *root = getenv("HK_TEST_ROOT"), *base = getenv("TMPDIR");
    if (!root) root = base && *base ? base : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/fuzz-XXXXXX", root);
    HK_ASSERT(mkdtemp(folder));
    HK_ASSERT(atexit(remove_folder) == 0);
    return folder;
}

const char *fuzz_empty_folder(void) {
    (void)get_folder();
    clear_folder();
    return folder;
}

const char *fuzz_file(const char *name, struct fuzz_bytes content) {
    char *path = paths[path_count++ % FILES_MAX];
    int length = snprintf(path, PATH_MAX, "%s/%s", get_folder(), name);
    HK_ASSERT(length > 0 && length < PATH_MAX);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    HK_ASSERT(file >= 0);
    HK_ASSERT(write(file, content.data, content.size) == (ssize_t)content.size);
    HK_ASSERT(close(file) == 0);
    return path;
}

void fuzz_check_samples(const struct hk_samples *samples) {
    size_t values = samples->count * samples->size, sum = 0, size = 1;
    for (size_t i = 0; i < samples->rank; i++) size *= samples->shape[i];
    HK_ASSERT(samples->count > 0 && samples->size > 0 && samples->size == size);
    for (size_t i = 0; i < samples->count; i++) HK_ASSERT(samples->labels[i] < samples->classes);
    for (size_t i = 0; i < values; i++)
        if (samples->bytes)
            sum += samples->bytes[i]; /* the sanitizers see whether it may be read */
        else
            HK_ASSERT(isfinite(samples->reals[i]));
    HK_ASSERT(sum <= values * UINT8_MAX);
}
