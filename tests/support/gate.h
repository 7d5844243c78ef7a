/* Gates: what a published circuit must show, over some seeds, to count as reproduced. A gate runs
 * an experiment once a seed, reads numbers of its results and compares each with what is allowed.
 * For those that are out, and with $HILLOCK_RESULTS for all of them, it prints a line: mean, lowest
 * and highest of the seeds, what is allowed, and who says so. */
#ifndef HK_TESTS_SUPPORT_GATE_H
#define HK_TESTS_SUPPORT_GATE_H

#include <stdbool.h>
#include <stddef.h>

enum { GATE_DEFINES_MAX = 8, GATE_ROWS_MAX = 32, GATE_SEEDS_MAX = 10 };

/* One number: a path in the results ("metrics/spikes/exc/rate"), or "correlation/POPULATION": the
 * mean correlation of spike counts in 2 ms bins, over all pairs of 250 of its neurons. With a
 * second path: their sum with these factors, or the first over the second. */
struct gate_row {
    const char *name;
    const char *path[2];
    double factor[2];
    bool ratio;
    bool mean; /* of the seeds; else each of them must be within what is allowed */
    double low, high;
    const char *reference; /* who says so, and what */
};

struct gate {
    const char *name, *path;
    const char *defines[GATE_DEFINES_MAX];
    size_t seeds;
    /* Populations that must fire in each of the last ten bins of 10 ms, in so many of the seeds; a
     * seed that falls silent isn't looked at otherwise. 0: nobody asks. */
    const char *alive[2];
    size_t alive_least;
    bool again;       /* where too few are, as many other seeds are tried, once */
    double dies_late; /* ms: not more than one seed falls silent after this; 0: nobody asks */
    bool broken;      /* a rule of the circuit is broken, and a row must show it */
    struct gate_row rows[GATE_ROWS_MAX];
};

/* Run it with one seed, in the test's folder, and read its rows; false, and none is read, where it
 * has fallen silent. */
bool gate_measure(const struct gate *gate, size_t seed, double values[GATE_ROWS_MAX]);

/* Run it, in the test's folder, and print its rows; fails the test where the gate is missed. */
void gate_check(const struct gate *gate);

#endif
