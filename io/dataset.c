#include "io/dataset.h"

#include "io/digits.h"
#include "io/idx.h"
#include "io/nearest.h"
#include "io/ucr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRAIN_DEFAULT = 10000, TEST_DEFAULT = 2000, PLACES_MAX = 3, LOOKED_SIZE = 256 };

/* Of a set of files: how to get it, which files it has, and where a package puts it. NULL: made by
 * the program. */
struct known {
    const char *name, *advice, *files, *package_folder;
    size_t classes;     /* 0: as many as the files have */
    const char *series; /* its name within the UCR archive; NULL: images in IDX files */
};
#define IDX_FILES "train-images-idx3-ubyte nor t10k-images-idx3-ubyte, plain or .gz"
static const struct known known_sets[] = {
    {"digits", NULL, NULL, NULL, HK_DIGITS_CLASSES, NULL},
    {"mnist", "set HILLOCK_DATA to the folder that holds mnist/ with its four IDX files", IDX_FILES,
     NULL, 10, NULL},
    {"fashion-mnist",
     "apt install dataset-fashion-mnist, or set HILLOCK_DATA to the folder that holds "
     "fashion-mnist/",
     IDX_FILES, "/usr/share/datasets/fashion-mnist", 10, NULL},
};
static const char ucr_prefix[] = "ucr/", built_in[] = "built in";

static bool know_series(struct hk_arena *arena, const char *name, struct known *set,
                        struct hk_err *err) {
    const char *series = name + strlen(ucr_prefix);
    if (!*series || strchr(series, '/'))
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "there is no data set '%s'; a set of the UCR archive is called ucr/NAME, "
                       "such as ucr/ECG200",
                       name);
    set->name = hk_arena_text(arena, name, err);
    set->advice =
        hk_arena_format(arena, err, "set HILLOCK_DATA to the folder that holds %s/", name);
    set->files = hk_arena_format(arena, err, "%s_TRAIN nor %s_TEST, .tsv or .ts", series, series);
    set->series = series;
    return set->name && set->advice && set->files;
}

static bool find_known(struct hk_arena *arena, const char *name, struct known *set,
                       struct hk_err *err) {
    const char *names[HK_COUNT(known_sets) + 1];
    char hint[HK_HINT_SIZE];
    *set = (struct known){0};
    if (strncmp(name, ucr_prefix, strlen(ucr_prefix)) == 0)
        return know_series(arena, name, set, err);
    for (size_t i = 0; i < HK_COUNT(known_sets); i++) {
        *set = known_sets[i];
        if (strcmp(set->name, name) == 0) return true;
        names[i] = set->name;
    }
    names[HK_COUNT(known_sets)] = "ucr/NAME";
    return HK_FAIL(err, HK_ERR_CONFIG, "there is no data set '%s'; %s", name,
                   hk_nearest_hint(name, names, HK_COUNT(names), hint));
}

/* ---- Sets of files ---- */

/* `folder`/`split`-`kind`, plain or with .gz behind; NULL where neither is there. */
static const char *find_file(struct hk_arena *arena, const char *folder, const char *split,
                             const char *kind, struct hk_err *err) {
    static const char *const endings[] = {"", ".gz"};
    for (size_t i = 0; i < HK_COUNT(endings); i++) {
        char *path = hk_arena_format(arena, err, "%s/%s-%s%s", folder, split, kind, endings[i]);
        if (!path || access(path, F_OK) == 0) return path;
    }
    (void)HK_FAIL(err, HK_ERR_DATA, "%s: there is no %s-%s or %s-%s.gz", folder, split, kind, split,
                  kind);
    return NULL;
}

static bool read_split(struct hk_arena *arena, const struct known *set, const char *folder,
                       const char *split, struct hk_samples *out, struct hk_err *err) {
    const char *images = find_file(arena, folder, split, "images-idx3-ubyte", err);
    const char *labels = images ? find_file(arena, folder, split, "labels-idx1-ubyte", err) : NULL;
    if (!labels || !hk_idx_read(arena, images, labels, out, err)) return false;
    for (size_t i = 0; i < out->count; i++)
        if (out->labels[i] >= set->classes)
            return HK_FAIL(err, HK_ERR_DATA, "%s: label %zu is %u, but %s has the classes 0 to %zu",
                           labels, i, out->labels[i], set->name, set->classes - 1);
    out->classes = set->classes;
    return true;
}

/* Does it hold a part of a set? One that is incomplete is used, so that the message names what it
 * lacks. */
static bool holds_set(struct hk_arena *arena, const struct known *set, const char *folder) {
    if (set->series) return hk_ucr_holds(arena, folder, set->series);
    return find_file(arena, folder, "train", "images-idx3-ubyte", NULL) ||
           find_file(arena, folder, "t10k", "images-idx3-ubyte", NULL);
}

/* Is the last part of the path `name`, maybe with slashes behind? */
static bool is_called(const char *path, const char *name) {
    size_t length = strlen(path), tail = strlen(name);
    while (length > 0 && path[length - 1] == '/') length--;
    if (length < tail || memcmp(path + length - tail, name, tail) != 0) return false;
    return length == tail || path[length - tail - 1] == '/';
}

/* Fills `places` with the folders to look in; returns how many. */
static size_t list_places(struct hk_arena *arena, const struct known *set, const char *path,
                          const char *places[PLACES_MAX], struct hk_err *err) {
    const char *data = getenv("HILLOCK_DATA");
    size_t count = 0;
    if (path) {
        places[0] = path;
        return 1;
    }
    if (data && *data) {
        const char *folder = hk_arena_format(arena, err, "%s/%s", data, set->name);
        if (folder) places[count++] = folder;
        if (is_called(data, set->name)) places[count++] = data;
    }
    if (set->package_folder) places[count++] = set->package_folder;
    return count;
}

static const char *find_folder(struct hk_arena *arena, const struct known *set, const char *path,
                               struct hk_err *err) {
    const char *places[PLACES_MAX];
    size_t count = list_places(arena, set, path, places, err);
    char looked[LOOKED_SIZE] = "no folder: HILLOCK_DATA is not set";
    for (size_t i = 0, used = 0; i < count; i++) {
        if (holds_set(arena, set, places[i])) return places[i];
        (void)snprintf(looked + used, sizeof looked - used, "%s%s", i ? ", " : "", places[i]);
        used = strlen(looked);
    }
    /* What helps comes first: long paths are cut off at the end. */
    if (path)
        (void)HK_FAIL(err, HK_ERR_DATA, "%s: there is no data set %s here: neither %s", path,
                      set->name, set->files);
    else
        (void)HK_FAIL(err, HK_ERR_DATA, "the data set %s was not found: %s; looked in %s",
                      set->name, set->advice, looked);
    return NULL;
}

static bool same_shape(const struct hk_samples *a, const struct hk_samples *b) {
    return a->shape[0] == b->shape[0] && a->shape[1] == b->shape[1];
}

static bool open_images(struct hk_arena *arena, const struct known *set,
                        const struct hk_dataset_options *options, struct hk_dataset *out,
                        struct hk_err *err) {
    struct hk_samples *train = &out->train, *test = &out->test;
    if (options->load_train && !read_split(arena, set, out->origin, "train", train, err))
        return false;
    if (options->load_test && !read_split(arena, set, out->origin, "t10k", test, err)) return false;
    if (!options->load_train || !options->load_test || same_shape(train, test)) return true;
    return HK_FAIL(err, HK_ERR_DATA,
                   "%s: the images for training have %zu x %zu pixels, those for testing %zu x %zu",
                   out->origin, train->shape[0], train->shape[1], test->shape[0], test->shape[1]);
}

/* Both parts are always read: together they say what the classes are. */
static bool open_series(struct hk_arena *arena, const struct known *set,
                        const struct hk_dataset_options *options, struct hk_dataset *out,
                        struct hk_err *err) {
    if (!hk_ucr_read(arena, out->origin, set->series, &out->train, &out->test, err)) return false;
    out->classes = out->train.classes;
    if (!options->load_train) out->train = (struct hk_samples){0};
    if (!options->load_test) out->test = (struct hk_samples){0};
    return true;
}

static bool open_files(struct hk_arena *arena, const struct known *set,
                       const struct hk_dataset_options *options, struct hk_dataset *out,
                       struct hk_err *err) {
    if (options->train_count || options->test_count || options->seed)
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "`train:`, `test:` and `seed:` are for digits, not for %s; a phase's "
                       "`take:` "
                       "shows fewer samples",
                       set->name);
    if (!(out->origin = find_folder(arena, set, options->path, err))) return false;
    return set->series ? open_series(arena, set, options, out, err)
                       : open_images(arena, set, options, out, err);
}

/* ---- Made by the program ---- */

static bool open_digits(struct hk_arena *arena, const struct hk_dataset_options *options,
                        struct hk_dataset *out, struct hk_err *err) {
    size_t train = options->train_count ? options->train_count : TRAIN_DEFAULT;
    size_t test = options->test_count ? options->test_count : TEST_DEFAULT;
    if (options->path)
        return HK_FAIL(err, HK_ERR_CONFIG, "digits is built in: it has no path, but '%s' was given",
                       options->path);
    out->origin = built_in;
    return (!options->load_train ||
            hk_digits_make(arena, options->seed, HK_DIGITS_TRAIN, train, &out->train, err)) &&
           (!options->load_test ||
            hk_digits_make(arena, options->seed, HK_DIGITS_TEST, test, &out->test, err));
}

bool hk_dataset_open(struct hk_arena *arena, const struct hk_dataset_options *options,
                     struct hk_dataset *out, struct hk_err *err) {
    struct known set;
    *out = (struct hk_dataset){0};
    if (!find_known(arena, options->name, &set, err)) return false;
    out->name = set.name;
    out->classes = set.classes;
    return set.advice ? open_files(arena, &set, options, out, err)
                      : open_digits(arena, options, out, err);
}

/* ---- What is here ---- */

bool hk_dataset_at(struct hk_arena *arena, size_t index, const char **name, const char **folder,
                   struct hk_err *why) {
    if (index >= HK_COUNT(known_sets)) return false;
    const struct known *set = &known_sets[index];
    *name = set->name;
    *folder = set->advice ? find_folder(arena, set, NULL, why) : built_in;
    return true;
}
