#include "cli/bench_list.h"

#include "io/nearest.h"
#include "io/path.h"

#include <glob.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char ending[] = ".yaml";

/* "/usr/local/bin" for "/usr/local/bin/hillock". */
static bool find_program_folder(struct hk_arena *arena, char **folder, struct hk_err *err) {
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    *folder = NULL;
    if (length <= 0) return true; /* no such file here: the current folder has to do */
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    if (slash) *slash = '\0';
    return (*folder = hk_arena_text(arena, path, err)) != NULL;
}

static char *find_folder(struct hk_arena *arena, struct hk_err *err) {
    static const char *const places[] = {"bench", "share/hillock/bench"};
    char *program = NULL;
    if (hk_path_is_folder("bench")) return hk_arena_text(arena, "bench", err);
    if (!find_program_folder(arena, &program, err)) return NULL;
    for (size_t i = 0; program && i < HK_COUNT(places); i++) {
        char *folder = hk_arena_format(arena, err, "%s/../%s", program, places[i]);
        if (!folder || hk_path_is_folder(folder)) return folder;
    }
    (void)HK_FAIL(err, HK_ERR_IO,
                  "there is no folder bench, neither here nor with the program; name a file");
    return NULL;
}

const char *hk_bench_list_name(struct hk_arena *arena, const char *path, struct hk_err *err) {
    const char *slash = strrchr(path, '/');
    char *name = hk_arena_text(arena, slash ? slash + 1 : path, err);
    char *end = name ? strstr(name, ending) : NULL;
    if (end) *end = '\0';
    return name;
}

/* All networks of the folder, by name. */
static bool read_folder(struct hk_bench_list *list, struct hk_arena *arena, const char *folder,
                        struct hk_err *err) {
    bool ok = false;
    glob_t found = {.gl_pathc = 0};
    char *pattern = hk_arena_format(arena, err, "%s/*%s", folder, ending);
    if (!pattern) return false;
    if (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc == 0) {
        (void)HK_FAIL(err, HK_ERR_IO, "there are no networks in %s", folder);
        goto done;
    }
    if (!(list->paths = HK_NEW(arena, const char *, found.gl_pathc, err))) goto done;
    for (list->count = 0; list->count < found.gl_pathc; list->count++)
        if (!(list->paths[list->count] = hk_arena_text(arena, found.gl_pathv[list->count], err)))
            goto done;
    ok = true;
done:
    globfree(&found);
    return ok;
}

static bool is_path(const char *word) {
    size_t length = strlen(word), tail = strlen(ending);
    return strchr(word, '/') || (length > tail && strcmp(word + length - tail, ending) == 0);
}

static const char *choose(const struct hk_bench_list *all, struct hk_arena *arena, const char *word,
                          struct hk_err *err) {
    char hint[HK_HINT_SIZE];
    const char **names = HK_NEW(arena, const char *, all->count, err);
    if (!names) return NULL;
    for (size_t i = 0; i < all->count; i++) {
        if (!(names[i] = hk_bench_list_name(arena, all->paths[i], err))) return NULL;
        if (strcmp(names[i], word) == 0) return all->paths[i];
    }
    (void)HK_FAIL(err, HK_ERR_USAGE, "there is no network '%s'; %s", word,
                  hk_nearest_hint(word, names, all->count, hint));
    return NULL;
}

bool hk_bench_list_find(struct hk_bench_list *list, struct hk_arena *arena, char *const *words,
                        size_t count, struct hk_err *err) {
    struct hk_bench_list all = {.count = 0};
    size_t paths = 0;
    for (size_t i = 0; i < count; i++) paths += is_path(words[i]);
    if (count == 0 || paths < count) {
        const char *folder = find_folder(arena, err);
        if (!folder || !read_folder(&all, arena, folder, err)) return false;
    }
    *list = all;
    if (count == 0) return true;
    if (!(list->paths = HK_NEW(arena, const char *, count, err))) return false;
    for (list->count = 0; list->count < count; list->count++) {
        const char *word = words[list->count];
        const char *path = is_path(word) ? word : choose(&all, arena, word, err);
        if (!(list->paths[list->count] = path)) return false;
    }
    return true;
}
