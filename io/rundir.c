#include "io/rundir.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { EVERYBODY = 0777 }; /* less the umask */

static bool mkdir_fail(const char *path, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_IO, "%s: can't make this folder: %s", path, strerror(errno));
}

/* Make all folders that `path` lies in; those that exist are fine. */
static bool make_parents(struct hk_arena *arena, const char *path, struct hk_err *err) {
    char *text = hk_arena_text(arena, path, err);
    if (!text) return false;
    for (char *slash = text; *slash && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        if (mkdir(text, EVERYBODY) != 0 && errno != EEXIST) return mkdir_fail(text, err);
        *slash = '/';
    }
    return true;
}

static bool name_is_good(const char *name) {
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

bool hk_rundir_create(struct hk_arena *arena, const char *parent, const char *name, char **path,
                      struct hk_err *err) {
    if (!name_is_good(name))
        return HK_FAIL(err, HK_ERR_CONFIG, "\"%s\" can't be the name of a result folder", name);
    char *first = hk_arena_format(arena, err, "%s/%s", parent, name);
    if (!first || !make_parents(arena, first, err)) return false;
    char *folder = first;
    /* mkdir is what decides: of two runs that want one folder, one gets it. */
    for (int number = 2; mkdir(folder, EVERYBODY) != 0; number++) {
        if (errno != EEXIST) return mkdir_fail(folder, err);
        if (number > HK_RUNDIR_MAX)
            return HK_FAIL(err, HK_ERR_LIMIT, "%s: %d runs have this name (HK_RUNDIR_MAX)", first,
                           HK_RUNDIR_MAX);
        if (!(folder = hk_arena_format(arena, err, "%s-%d", first, number))) return false;
    }
    *path = folder;
    return true;
}

bool hk_rundir_create_at(struct hk_arena *arena, const char *folder, char **path,
                         struct hk_err *err) {
    char *text = hk_arena_text(arena, folder, err);
    if (!text) return false;
    for (size_t end = strlen(text); end > 1 && text[end - 1] == '/'; end--) text[end - 1] = '\0';
    if (!make_parents(arena, text, err)) return false;
    if (mkdir(text, EVERYBODY) != 0) {
        if (errno != EEXIST) return mkdir_fail(text, err);
        return HK_FAIL(err, HK_ERR_IO, "%s exists already; choose another folder with -o", text);
    }
    *path = text;
    return true;
}
