/* The shipped files at sizes that a fraction of a second suffices for: what holds for each of
 * them is tested on these. */
#ifndef HK_TESTS_SUPPORT_SHRUNK_H
#define HK_TESTS_SUPPORT_SHRUNK_H

#include "io/experiment.h"
#include "tests/support/bits.h"

enum { SHRUNK_DEFINES_MAX = 24 };

struct shrunk {
    const char *path;                        /* an experiment, or a sweep */
    const char *defines[SHRUNK_DEFINES_MAX]; /* -D, NULL behind the last */
    size_t trial;                            /* of a sweep */
    const char *data;                        /* the set that has to be there; NULL: none */
    bool coarse; /* its least delay is a tick, so that fine ticks of the exact clock take long */
    const char *no_exact; /* what refuses the exact clock: part of the message; NULL: nothing */
};
extern const struct shrunk shrunk_all[];
extern const size_t shrunk_count;

/* How it is run. */
struct shrunk_way {
    int threads;
    const char *isa;       /* NULL: the machine's best */
    const char *define[3]; /* more -D */
};

/* Both clocks: each shipped file is run in these ways. */
extern const struct shrunk_way shrunk_grid, shrunk_grid_double;
struct shrunk_way shrunk_exact(const struct shrunk *shrunk);

/* The row at `index`, or NULL where its data set isn't here: that is noted, leave the test. */
const struct shrunk *shrunk_choose(size_t index);

/* Read it; the caller ends it with hk_experiment_finish, also after a failure. */
bool shrunk_read(const struct shrunk *shrunk, const struct shrunk_way *way,
                 struct hk_experiment *experiment, struct hk_err *err) HK_MUST_USE;
/* Read, build and run it; a failure fails the test. */
struct bits shrunk_run(const struct shrunk *shrunk, const struct shrunk_way *way);

#endif
