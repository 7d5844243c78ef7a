/* An experiment: a file read, checked and turned into a simulation that can be built and run. */
#ifndef HK_IO_EXPERIMENT_H
#define HK_IO_EXPERIMENT_H

#include "io/dataset.h"
#include "io/diagnostics.h"
#include "io/expect.h"
#include "io/record_reader.h"
#include "io/report_reader.h"
#include "sim/protocol.h"

struct hk_experiment_options {
    const char *path; /* an experiment file; or a results file or its folder: that run again */
    const char *const *defines; /* "path=value", as of -D, in their order */
    size_t define_count;
    const char *seed; /* of --seed, instead of the file's; NULL: the file's */
    int threads;      /* 0: chosen by the work */
};

struct hk_experiment {
    struct hk_arena *arena;
    struct hk_node *root;         /* the resolved tree: overrides merged, defaults filled in */
    const struct hk_scope *scope; /* its `params:` */
    struct hk_diagnostics diagnostics;
    const char *name, *about;
    uint64_t seed;
    struct hk_sim *sim; /* not yet built */
    bool has_data;
    struct hk_dataset data;
    hk_tick duration; /* 0: it has a protocol */
    struct hk_protocol protocol;
    struct hk_records records; /* what `record:` asks for */
    struct hk_reports reports; /* what `report:` asks for */
    struct hk_expectations expectations;
};

/* The file as a tree, with those that its `base:` names merged in; nothing of it is checked.
 * Errors: HK_ERR_CONFIG with file, line and column; HK_ERR_IO; HK_ERR_MEMORY. */
bool hk_experiment_load(struct hk_arena *arena, const char *path, struct hk_node **root,
                        struct hk_err *err) HK_MUST_USE;

/* Read and check everything; nothing is built. Ends with hk_experiment_finish, also after a
 * failure. Errors: HK_ERR_CONFIG with file, line and column; HK_ERR_DATA; HK_ERR_IO; HK_ERR_MEMORY:
 * one of those in `diagnostics`, where all are. */
bool hk_experiment_read(struct hk_experiment *experiment,
                        const struct hk_experiment_options *options,
                        struct hk_err *err) HK_MUST_USE;
void hk_experiment_finish(struct hk_experiment *experiment);

#endif
