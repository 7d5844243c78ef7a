#include "io/dataset.h"

#include "io/dataset_files.h"
#include "io/digits.h"
#include "io/nearest.h"

#include <string.h>

enum { TRAIN_DEFAULT = 10000, TEST_DEFAULT = 2000 };

static const struct known {
    const char *name;
    const struct hk_fileset *files; /* NULL: made by the program */
} known_sets[] = {
    {"digits", NULL},
    {"mnist", &hk_fileset_mnist},
    {"fashion-mnist", &hk_fileset_fashion_mnist},
    {"cifar-10", &hk_fileset_cifar_10},
};
static const char ucr_prefix[] = "ucr/", built_in[] = "built in";

static const struct known *find_known(const char *name, struct hk_err *err) {
    const char *names[HK_COUNT(known_sets) + 1];
    char hint[HK_HINT_SIZE];
    for (size_t i = 0; i < HK_COUNT(known_sets); i++) {
        names[i] = known_sets[i].name;
        if (strcmp(names[i], name) == 0) return &known_sets[i];
    }
    names[HK_COUNT(known_sets)] = "ucr/NAME";
    (void)HK_FAIL(err, HK_ERR_CONFIG, "there is no data set '%s'; %s", name,
                  hk_nearest_hint(name, names, HK_COUNT(names), hint));
    return NULL;
}

static bool open_files(struct hk_arena *arena, const struct hk_fileset *set,
                       const struct hk_dataset_options *options, struct hk_dataset *out,
                       struct hk_err *err) {
    out->name = set->name;
    out->classes = set->classes;
    if (options->train_count || options->test_count || options->seed)
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "`train:`, `test:` and `seed:` are for digits, not for %s; a phase's "
                       "`take:` "
                       "shows fewer samples",
                       set->name);
    if (!(out->origin = hk_fileset_find(arena, set, options->path, err))) return false;
    return hk_fileset_read(arena, set, options, out, err);
}

static bool open_digits(struct hk_arena *arena, const struct hk_dataset_options *options,
                        struct hk_dataset *out, struct hk_err *err) {
    size_t train = options->train_count ? options->train_count : TRAIN_DEFAULT;
    size_t test = options->test_count ? options->test_count : TEST_DEFAULT;
    if (options->path || options->digest_count)
        return HK_FAIL(err, HK_ERR_CONFIG, "digits is built in: it has no %s, but '%s' was given",
                       options->path ? "path" : "files",
                       options->path ? options->path : options->digests[0].file);
    out->name = known_sets[0].name;
    out->classes = HK_DIGITS_CLASSES;
    out->origin = built_in;
    return (!options->load_train ||
            hk_digits_make(arena, options->seed, HK_DIGITS_TRAIN, train, &out->train, err)) &&
           (!options->load_test ||
            hk_digits_make(arena, options->seed, HK_DIGITS_TEST, test, &out->test, err));
}

bool hk_dataset_open(struct hk_arena *arena, const struct hk_dataset_options *options,
                     struct hk_dataset *out, struct hk_err *err) {
    struct hk_fileset series;
    *out = (struct hk_dataset){0};
    if (strncmp(options->name, ucr_prefix, strlen(ucr_prefix)) == 0)
        return hk_fileset_series(arena, options->name, &series, err) &&
               open_files(arena, &series, options, out, err);
    const struct known *known = find_known(options->name, err);
    if (!known) return false;
    return known->files ? open_files(arena, known->files, options, out, err)
                        : open_digits(arena, options, out, err);
}

bool hk_dataset_at(struct hk_arena *arena, size_t index, const char **name, const char **folder,
                   struct hk_err *why) {
    if (index >= HK_COUNT(known_sets)) return false;
    const struct known *known = &known_sets[index];
    *name = known->name;
    *folder = known->files ? hk_fileset_find(arena, known->files, NULL, why) : built_in;
    return true;
}
