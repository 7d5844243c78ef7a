/* The files of data sets: which they are, where they lie, and what is read from them. io/dataset.h
 * has the sets' names. */
#ifndef HK_IO_DATASET_FILES_H
#define HK_IO_DATASET_FILES_H

#include "io/dataset.h"

enum { HK_TRAIN, HK_TEST, HK_PARTS };
enum { HK_FILES_MAX = 5 }; /* of a part */

/* What reads a part of a set from its files. */
typedef bool hk_part_read(struct hk_arena *arena, const char *const *files, size_t count,
                          struct hk_samples *out, struct hk_err *err);

struct hk_fileset {
    const char *name, *advice;                 /* how to get it */
    const char *parts[HK_PARTS][HK_FILES_MAX]; /* names of files, without endings */
    const char *endings[2];                    /* which a file may have: the first that is there */
    const char *package_folder;                /* where a Debian package puts it, or NULL */
    size_t classes;                            /* 0: as many as the files have */
    hk_part_read *read;                        /* NULL: series of the UCR archive */
};
extern const struct hk_fileset hk_fileset_mnist, hk_fileset_fashion_mnist, hk_fileset_cifar_10;

/* A set of the UCR archive, "ucr/<Set>". Errors: HK_ERR_CONFIG for a name that can't be one. */
bool hk_fileset_series(struct hk_arena *arena, const char *name, struct hk_fileset *set,
                       struct hk_err *err) HK_MUST_USE;

/* The folder of the set's files: `path` alone if that is given, or else as io/dataset.h says. NULL
 * and HK_ERR_DATA when none is there. */
const char *hk_fileset_find(struct hk_arena *arena, const struct hk_fileset *set, const char *path,
                            struct hk_err *err) HK_MUST_USE;

/* Check the digests of the files in the folder `out->origin`, and read the parts that are to be
 * loaded into `out`. Errors: HK_ERR_DATA. */
bool hk_fileset_read(struct hk_arena *arena, const struct hk_fileset *set,
                     const struct hk_dataset_options *options, struct hk_dataset *out,
                     struct hk_err *err) HK_MUST_USE;

#endif
