#include "io/dataset.h"

#include "io/digits.h"
#include "io/idx.h"
#include "io/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A set of IDX files: where a package puts it, and how to get it. */
struct known {
    const char *name, *package_folder, *advice;
    size_t classes;
};
static const struct known known_sets[] = {
    {"digits", NULL, NULL, 10},
    {"mnist", NULL,
     "put its four files into a folder `mnist` and set HILLOCK_DATA to the folder above it", 10},
    {"fashion-mnist", "/usr/share/datasets/fashion-mnist", "apt install dataset-fashion-mnist", 10},
};

static const struct known *find_known(const char *name) {
    for (size_t i = 0; i < HK_COUNT(known_sets); i++)
        if (strcmp(known_sets[i].name, name) == 0) return &known_sets[i];
    return NULL;
}

/* `folder`/`stem`, plain or with .gz behind; NULL when neither is there. */
static char *find_file(struct hk_arena *arena, const char *folder, const char *stem,
                       struct hk_err *err) {
    static const char *const endings[] = {"", ".gz"};
    for (size_t i = 0; i < HK_COUNT(endings); i++) {
        char *path = hk_arena_format(arena, err, "%s/%s%s", folder, stem, endings[i]);
        if (!path || access(path, F_OK) == 0) return path;
    }
    return NULL;
}

static bool read_split(struct hk_arena *arena, const struct known *set, const char *folder,
                       const char *split, struct hk_samples *out, struct hk_err *err) {
    char images[64], labels[64];
    (void)snprintf(images, sizeof images, "%s-images-idx3-ubyte", split);
    (void)snprintf(labels, sizeof labels, "%s-labels-idx1-ubyte", split);
    const char *image_path = find_file(arena, folder, images, err);
    const char *label_path = find_file(arena, folder, labels, err);
    if (!image_path || !label_path)
        return HK_FAIL(err, HK_ERR_DATA, "%s: there is no %s or %s.gz", folder,
                       image_path ? labels : images, image_path ? labels : images);
    if (!hk_idx_read(arena, image_path, label_path, out, err)) return false;
    for (size_t i = 0; i < out->count; i++)
        if (out->labels[i] >= set->classes)
            return HK_FAIL(err, HK_ERR_DATA, "%s: label %zu is %u, but %s has %zu classes",
                           label_path, i, out->labels[i], set->name, set->classes);
    out->classes = set->classes;
    return true;
}

/* Is any of the set's files there? */
static bool holds_set(struct hk_arena *arena, const char *folder, struct hk_err *err) {
    return find_file(arena, folder, "train-images-idx3-ubyte", err) ||
           find_file(arena, folder, "t10k-images-idx3-ubyte", err);
}

static const char *look_for(struct hk_arena *arena, const struct known *set, const char *path,
                            struct hk_err *err) {
    const char *data = getenv("HILLOCK_DATA"), *places[3] = {path};
    size_t count = path != NULL;
    if (!path && data) {
        if (!(places[count++] = hk_arena_format(arena, err, "%s/%s", data, set->name))) return NULL;
        places[count++] = data;
    }
    if (!path && set->package_folder) places[count++] = set->package_folder;
    char looked[400] = "";
    for (size_t i = 0; i < count; i++) {
        if (holds_set(arena, places[i], err)) return places[i];
        (void)snprintf(looked + strlen(looked), sizeof looked - strlen(looked), "%s%s",
                       i ? ", " : "", places[i]);
    }
    (void)HK_FAIL(err, HK_ERR_DATA, "the data set %s is not in %s; %s", set->name,
                  count ? looked : "HILLOCK_DATA, which is not set",
                  path ? "check `path:`" : set->advice);
    return NULL;
}

static bool open_digits(struct hk_arena *arena, const struct hk_dataset_options *options,
                        struct hk_dataset *out, struct hk_err *err) {
    enum { TRAIN = 10000, TEST = 2000 };
    size_t train = options->train_count ? options->train_count : TRAIN;
    size_t test = options->test_count ? options->test_count : TEST;
    out->origin = "built in";
    return (!options->load_train ||
            hk_digits_make(arena, options->seed, HK_DIGITS_TRAIN, train, &out->train, err)) &&
           (!options->load_test ||
            hk_digits_make(arena, options->seed, HK_DIGITS_TEST, test, &out->test, err));
}

bool hk_dataset_open(struct hk_arena *arena, const struct hk_dataset_options *options,
                     struct hk_dataset *out, struct hk_err *err) {
    const struct known *set = find_known(options->name);
    *out = (struct hk_dataset){.name = options->name};
    if (!set) {
        const char *names[HK_COUNT(known_sets)];
        char hint[HK_HINT_SIZE];
        for (size_t i = 0; i < HK_COUNT(known_sets); i++) names[i] = known_sets[i].name;
        return HK_FAIL(err, HK_ERR_CONFIG, "there is no data set '%s'; %s", options->name,
                       hk_nearest_hint(options->name, names, HK_COUNT(names), hint));
    }
    out->classes = set->classes;
    if (strcmp(set->name, "digits") == 0) return open_digits(arena, options, out, err);
    if (options->train_count || options->test_count)
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "how many samples there are is set for digits only; use `take:`");
    out->origin = look_for(arena, set, options->path, err);
    return out->origin &&
           (!options->load_train ||
            read_split(arena, set, out->origin, "train", &out->train, err)) &&
           (!options->load_test || read_split(arena, set, out->origin, "t10k", &out->test, err));
}
