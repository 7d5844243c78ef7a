/* Compares what two runs did, as their results files have it, to the bit: spikes, weights, state,
 * metrics, and whatever else is in the files. Left aside is what says how a run came about:
 * experiment/, provenance/, wall/ and network/memory, which depends on the number of threads. */
#ifndef HK_IO_COMPARE_H
#define HK_IO_COMPARE_H

#include "io/results_read.h"

/* One thing that is in either file; pairs are of the first file and the second. */
struct hk_compared {
    const char *path; /* "spikes/exc", "metrics/test/accuracy" */
    enum hk_results_kind kind;
    bool there[2];
    uint64_t count[2];      /* spikes or values */
    const char *difference; /* the first one, in words; NULL: both are the same */
    double time_ms[2];      /* of the first spikes that differ; NaN: there is none */
    int64_t unit[2];        /* likewise; -1: there is none */
};

struct hk_comparison {
    bool identical;
    struct hk_compared *items; /* sorted by path */
    size_t count;
};

/* Results are given by their files or folders. All memory is the arena's. Errors: those of
 * io/results_read.h; differences are none. */
bool hk_results_compare(struct hk_arena *arena, const char *const paths[2],
                        struct hk_comparison *out, struct hk_err *err) HK_MUST_USE;

#endif
