#include "io/run_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "io/file.h"

/* ---- names ---- */

char *hk_journal_path(struct hk_arena *arena, const char *folder, uint32_t number,
                      struct hk_err *err) {
    return hk_arena_format(arena, err, "%s/journal-%06u", folder, number);
}

char *hk_segment_path(struct hk_arena *arena, const char *folder, uint32_t number,
                      struct hk_err *err) {
    return hk_arena_format(arena, err, "%s/seg-%06u.h5", folder, number);
}

const char *const *hk_segment_paths(struct hk_arena *arena, const char *folder, uint32_t count,
                                    struct hk_err *err) {
    const char **paths = HK_NEW(arena, const char *, count, err);
    for (uint32_t i = 0; paths && i < count; i++)
        if (!(paths[i] = hk_segment_path(arena, folder, i + 1, err))) return NULL;
    return paths;
}

/* The number in a name of that shape, written as we write it; 0: it is another. */
static uint32_t number_in(const char *name, const char *before, const char *behind) {
    size_t length = strlen(before);
    uint32_t number = 0;
    if (strncmp(name, before, length) != 0) return 0;
    for (const char *at = name + length; at < name + length + 6; at++) {
        if (*at < '0' || *at > '9') return 0;
        number = number * 10 + (uint32_t)(*at - '0');
    }
    return strcmp(name + length + 6, behind) == 0 ? number : 0;
}

/* ---- looking ---- */

/* Call `see` with each name in the folder. */
typedef bool visitor(void *context, const char *name, struct hk_err *err);
static bool visit(const char *path, visitor *see, void *context, struct hk_err *err) {
    bool ok = true;
    DIR *folder = opendir(path);
    if (!folder) return hk_file_fail(path, "open", err);
    errno = 0;
    for (struct dirent *entry; ok && (entry = readdir(folder)); errno = 0)
        ok = see(context, entry->d_name, err);
    if (ok && errno) ok = hk_file_fail(path, "read", err);
    (void)closedir(folder);
    return ok;
}

struct looking {
    struct hk_run_files *files;
    uint32_t segments; /* how many */
    uint32_t journals; /* how many with a number above `behind` */
    uint32_t behind;
};

static bool look(void *context, const char *name, struct hk_err *err) {
    struct looking *l = context;
    struct hk_run_files *files = l->files;
    uint32_t journal = number_in(name, "journal-", ""), segment = number_in(name, "seg-", ".h5");
    (void)err;
    files->has_results |= strcmp(name, "results.h5") == 0;
    if (segment > files->segments) files->segments = segment;
    if (journal > files->journals) files->journals = journal;
    l->segments += segment > 0;
    l->journals += journal > l->behind;
    return true;
}

bool hk_run_files_find(const char *folder, struct hk_run_files *files, struct hk_err *err) {
    *files = (struct hk_run_files){.has_results = false};
    struct looking first = {.files = files};
    if (!visit(folder, look, &first, err)) return false;
    struct looking second = {.files = files, .behind = files->segments};
    if (!visit(folder, look, &second, err)) return false;
    uint32_t expected = files->journals > files->segments ? files->journals - files->segments : 0;
    if (first.segments == files->segments && second.journals == expected) return true;
    if (files->has_results) return true; /* whole; the others were being removed */
    return HK_FAIL(err, HK_ERR_DATA,
                   "%s: a file of the recording is missing: there are %u segments up to number %u, "
                   "and %u journals from there to number %u",
                   folder, first.segments, files->segments, second.journals, files->journals);
}

bool hk_run_files_left(const char *folder) {
    struct hk_run_files files = {.has_results = false};
    struct looking looking = {.files = &files};
    (void)visit(folder, look, &looking, NULL);
    return files.segments > 0 || files.journals > 0;
}

/* ---- removing ---- */

struct clearing {
    const char *folder;
    uint32_t segments;
    enum hk_run_clear what;
};

static bool clear_one(void *context, const char *name, struct hk_err *err) {
    const struct clearing *c = context;
    char path[PATH_MAX];
    uint32_t journal = number_in(name, "journal-", ""), segment = number_in(name, "seg-", ".h5");
    bool unfinished = strcmp(name, "results.h5.part") == 0 ||
                      number_in(name, "seg-", ".h5.part") > 0 ||
                      (journal > 0 && journal <= c->segments);
    if (!unfinished && (c->what != HK_CLEAR_ALL || (journal == 0 && segment == 0))) return true;
    if (snprintf(path, sizeof path, "%s/%s", c->folder, name) >= (int)sizeof path)
        return HK_FAIL(err, HK_ERR_LIMIT, "%s: the path is too long", c->folder);
    return hk_file_remove(path, err);
}

bool hk_run_files_clear(const char *folder, enum hk_run_clear what, struct hk_err *err) {
    struct hk_run_files files;
    struct clearing clearing = {folder, 0, what};
    if (what == HK_CLEAR_UNFINISHED && !hk_run_files_find(folder, &files, err)) return false;
    if (what == HK_CLEAR_UNFINISHED) clearing.segments = files.segments;
    return visit(folder, clear_one, &clearing, err);
}

bool hk_run_files_set_aside(struct hk_arena *arena, const char *folder, uint32_t number,
                            struct hk_err *err) {
    struct hk_run_files files;
    if (!hk_run_files_find(folder, &files, err)) return false;
    for (; number <= files.journals; number++) {
        const char *path = hk_journal_path(arena, folder, number, err);
        const char *aside = hk_arena_format(arena, err, "%s/damaged-%06u", folder, number);
        if (!path || !aside) return false;
        if (rename(path, aside) != 0) return hk_file_fail(path, "rename", err);
    }
    return true;
}

/* ---- the lock ---- */

bool hk_run_lock_take(struct hk_run_lock *lock, struct hk_arena *arena, const char *folder,
                      struct hk_err *err) {
    char *path = hk_arena_format(arena, err, "%s/journal.lock", folder);
    *lock = (struct hk_run_lock){.path = NULL};
    if (!path) return false;
    lock->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock->file < 0) return hk_file_fail(path, "make this file", err);
    /* Where there is no locking at all, nobody can know more. */
    if (flock(lock->file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        (void)close(lock->file);
        return HK_FAIL(err, HK_ERR_IO, "%s: locked by a run that still goes on", path);
    }
    lock->path = path;
    return true;
}

void hk_run_lock_release(struct hk_run_lock *lock) {
    if (!lock->path) return;
    (void)unlink(lock->path);
    (void)close(lock->file);
    lock->path = NULL;
}
