#include "io/dataset_files.h"

#include "io/cifar.h"
#include "io/digest.h"
#include "io/idx.h"
#include "io/ucr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES_MAX = 3, LOOKED_SIZE = 256 };

static bool read_idx(struct hk_arena *arena, const char *const *files, size_t count,
                     struct hk_samples *out, struct hk_err *err) {
    HK_ASSERT(count == 2);
    return hk_idx_read(arena, files[0], files[1], out, err);
}

#define IDX_PARTS                                                                                  \
    {                                                                                              \
        {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}, {                                  \
            "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"                                     \
        }                                                                                          \
    }
const struct hk_fileset hk_fileset_mnist = {
    .name = "mnist",
    .advice = "set HILLOCK_DATA to the folder that holds mnist/ with its four IDX files",
    .parts = IDX_PARTS,
    .endings = {"", ".gz"},
    .classes = 10,
    .read = read_idx,
};
const struct hk_fileset hk_fileset_fashion_mnist = {
    .name = "fashion-mnist",
    .advice = "apt install dataset-fashion-mnist, or set HILLOCK_DATA to the folder that holds "
              "fashion-mnist/",
    .parts = IDX_PARTS,
    .endings = {"", ".gz"},
    .package_folder = "/usr/share/datasets/fashion-mnist",
    .classes = 10,
    .read = read_idx,
};
const struct hk_fileset hk_fileset_cifar_10 = {
    .name = "cifar-10",
    .advice = "set HILLOCK_DATA to the folder that holds cifar-10/ with the six files of the "
              "binary version",
    .parts = {{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
               "data_batch_5.bin"},
              {"test_batch.bin"}},
    .endings = {"", ".xz"},
    .classes = HK_CIFAR_CLASSES,
    .read = hk_cifar_read,
};

bool hk_fileset_series(struct hk_arena *arena, const char *name, struct hk_fileset *set,
                       struct hk_err *err) {
    const char *series = strchr(name, '/') + 1;
    if (!*series || strchr(series, '/'))
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "there is no data set '%s'; a set of the UCR archive is called ucr/NAME, "
                       "such as ucr/ECG200",
                       name);
    *set = (struct hk_fileset){
        .name = hk_arena_text(arena, name, err),
        .advice =
            hk_arena_format(arena, err, "set HILLOCK_DATA to the folder that holds %s/", name),
        .parts = {{hk_arena_format(arena, err, "%s_TRAIN", series)},
                  {hk_arena_format(arena, err, "%s_TEST", series)}},
        .endings = {".tsv", ".ts"},
    };
    return set->name && set->advice && set->parts[HK_TRAIN][0] && set->parts[HK_TEST][0];
}

/* ---- Finding ---- */

/* `folder`/`name` with the first ending that is there; NULL where none is. */
static const char *find_file(struct hk_arena *arena, const struct hk_fileset *set,
                             const char *folder, const char *name, struct hk_err *err) {
    for (size_t i = 0; i < HK_COUNT(set->endings); i++) {
        char *path = hk_arena_format(arena, err, "%s/%s%s", folder, name, set->endings[i]);
        if (!path || access(path, F_OK) == 0) return path;
    }
    (void)HK_FAIL(err, HK_ERR_DATA, "%s: there is no %s%s or %s%s", folder, name, set->endings[0],
                  name, set->endings[1]);
    return NULL;
}

/* Does it hold a part of a set? One that is incomplete is used, so that the message names what it
 * lacks. */
static bool holds_set(struct hk_arena *arena, const struct hk_fileset *set, const char *folder) {
    return find_file(arena, set, folder, set->parts[HK_TRAIN][0], NULL) ||
           find_file(arena, set, folder, set->parts[HK_TEST][0], NULL);
}

/* Is the last part of the path `name`, maybe with slashes behind? */
static bool is_called(const char *path, const char *name) {
    size_t length = strlen(path), tail = strlen(name);
    while (length > 0 && path[length - 1] == '/') length--;
    if (length < tail || memcmp(path + length - tail, name, tail) != 0) return false;
    return length == tail || path[length - tail - 1] == '/';
}

/* Fills `places` with the folders to look in; returns how many. */
static size_t list_places(struct hk_arena *arena, const struct hk_fileset *set, const char *path,
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

/* What the endings are called in a message. */
static const char *ending_name(const char *ending) {
    return *ending ? ending : "plain";
}

const char *hk_fileset_find(struct hk_arena *arena, const struct hk_fileset *set, const char *path,
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
        (void)HK_FAIL(err, HK_ERR_DATA,
                      "%s: there is no data set %s here: neither %s nor %s, %s or %s", path,
                      set->name, set->parts[HK_TRAIN][0], set->parts[HK_TEST][0],
                      ending_name(set->endings[0]), ending_name(set->endings[1]));
    else
        (void)HK_FAIL(err, HK_ERR_DATA, "the data set %s was not found: %s; looked in %s",
                      set->name, set->advice, looked);
    return NULL;
}

/* ---- Reading ---- */

/* The paths of a part; count 0: it isn't read. */
struct part {
    const char *file[HK_FILES_MAX];
    size_t count;
};

static bool list_part(struct hk_arena *arena, const struct hk_fileset *set, const char *folder,
                      const char *const *names, struct part *part, struct hk_err *err) {
    while (part->count < HK_FILES_MAX && names[part->count]) {
        const char *path = find_file(arena, set, folder, names[part->count], err);
        if (!path) return false;
        part->file[part->count++] = path;
    }
    return true;
}

static const char *find_path(const struct part parts[HK_PARTS], const char *name) {
    for (size_t p = 0; p < HK_PARTS; p++)
        for (size_t i = 0; i < parts[p].count; i++)
            if (strcmp(strrchr(parts[p].file[i], '/') + 1, name) == 0) return parts[p].file[i];
    return NULL;
}

static bool check_digests(const struct part parts[HK_PARTS],
                          const struct hk_dataset_options *options, const char *folder,
                          struct hk_err *err) {
    for (size_t i = 0; i < options->digest_count; i++) {
        const struct hk_file_digest *digest = &options->digests[i];
        const char *path = find_path(parts, digest->file);
        if (!path)
            return HK_FAIL(err, HK_ERR_DATA,
                           "%s: a digest is given for %s, but this set isn't read from a file of "
                           "that name here",
                           folder, digest->file);
        if (!hk_digest_check(path, digest->sha256, err)) return false;
    }
    return true;
}

static bool read_part(struct hk_arena *arena, const struct hk_fileset *set, const struct part *part,
                      struct hk_samples *out, struct hk_err *err) {
    if (part->count == 0) return true;
    if (!set->read(arena, part->file, part->count, out, err)) return false;
    for (size_t i = 0; i < out->count; i++)
        if (out->labels[i] >= set->classes)
            return HK_FAIL(err, HK_ERR_DATA, "%s: label %zu is %u, but %s has the classes 0 to %zu",
                           part->file[part->count - 1], i, out->labels[i], set->name,
                           set->classes - 1);
    out->classes = set->classes;
    return true;
}

static bool same_shape(const struct hk_samples *a, const struct hk_samples *b) {
    return a->shape[0] == b->shape[0] && a->shape[1] == b->shape[1];
}

static bool read_images(struct hk_arena *arena, const struct hk_fileset *set,
                        const struct part parts[HK_PARTS], struct hk_dataset *out,
                        struct hk_err *err) {
    struct hk_samples *train = &out->train, *test = &out->test;
    if (!read_part(arena, set, &parts[HK_TRAIN], train, err) ||
        !read_part(arena, set, &parts[HK_TEST], test, err))
        return false;
    if (!train->count || !test->count || same_shape(train, test)) return true;
    return HK_FAIL(err, HK_ERR_DATA,
                   "%s: the images for training have %zu x %zu pixels, those for testing %zu x %zu",
                   out->origin, train->shape[0], train->shape[1], test->shape[0], test->shape[1]);
}

/* Both parts are always read: together they say what the classes are. */
static bool read_series(struct hk_arena *arena, const struct part parts[HK_PARTS],
                        const struct hk_dataset_options *options, struct hk_dataset *out,
                        struct hk_err *err) {
    if (!hk_ucr_read(arena, parts[HK_TRAIN].file[0], parts[HK_TEST].file[0], &out->train,
                     &out->test, err))
        return false;
    out->classes = out->train.classes;
    if (!options->load_train) out->train = (struct hk_samples){0};
    if (!options->load_test) out->test = (struct hk_samples){0};
    return true;
}

bool hk_fileset_read(struct hk_arena *arena, const struct hk_fileset *set,
                     const struct hk_dataset_options *options, struct hk_dataset *out,
                     struct hk_err *err) {
    const bool wanted[HK_PARTS] = {options->load_train, options->load_test};
    struct part parts[HK_PARTS] = {0};
    for (size_t p = 0; p < HK_PARTS; p++)
        if ((wanted[p] || !set->read) &&
            !list_part(arena, set, out->origin, set->parts[p], &parts[p], err))
            return false;
    if (!check_digests(parts, options, out->origin, err)) return false;
    return set->read ? read_images(arena, set, parts, out, err)
                     : read_series(arena, parts, options, out, err);
}
