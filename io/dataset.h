/* Data sets by name: read from the disk or made by the program. */
#ifndef HK_IO_DATASET_H
#define HK_IO_DATASET_H

#include "sim/arena.h"
#include "sim/samples.h"

/* What a file of a set must be. */
struct hk_file_digest {
    const char *file, *sha256; /* "t10k-labels-idx1-ubyte.gz", hexadecimal */
};

struct hk_dataset_options {
    const char *name; /* "digits", "mnist", "cifar-10", "ucr/ECG200" ... */
    const char *path; /* the folder of its files, or NULL: looked for; not for digits */
    bool load_train, load_test;
    size_t train_count, test_count; /* digits: how many to make; 0: 10000 and 2000 */
    uint64_t seed;                  /* digits */
    const struct hk_file_digest *digests;
    size_t digest_count;
};

struct hk_dataset {
    const char *name;
    const char *origin;            /* where it was found, for provenance: a folder, or "built in" */
    struct hk_samples train, test; /* count 0 where not loaded */
    size_t classes;
};

/* Memory is the arena's. A set of files is looked for in `path` alone if that is given, or else in
 * $HILLOCK_DATA/<name>, in $HILLOCK_DATA if that folder is called <name> itself (all sets have the
 * same file names, so another folder may hold another set), and where Debian's package has it.
 * "ucr/<Set>" is a set of the UCR archive: a folder of that name with the files of io/ucr.h.
 * Files that digests are given for are checked before any is read. Errors: HK_ERR_DATA that says
 * where it looked and how to get it, or what is wrong with the files; HK_ERR_CONFIG for an unknown
 * name and for options that the set doesn't have. */
bool hk_dataset_open(struct hk_arena *arena, const struct hk_dataset_options *options,
                     struct hk_dataset *out, struct hk_err *err) HK_MUST_USE;

/* The sets that have names: index 0, 1 ... until false. `*folder` is where its files are, "built
 * in" for one that is made, or NULL: then `why` says where it was looked for, and how to get it. */
bool hk_dataset_at(struct hk_arena *arena, size_t index, const char **name, const char **folder,
                   struct hk_err *why);

#endif
