/* `expect:` of an experiment file: what its results must show at the end of a run.
 *
 *   expect:
 *     metrics.test.accuracy: {at_least: 0.85}
 *     metrics.spikes.exc.rate: {at_least: 30 Hz, at_most: 45 Hz}
 *     network.spikes: {equals: 12000}
 *
 * The keys are paths in the results, with dots as in `collect:` of a sweep. */
#ifndef HK_IO_EXPECT_H
#define HK_IO_EXPECT_H

#include "io/model_reader.h"
#include "io/results_read.h"

enum hk_bound { HK_BOUND_LEAST, HK_BOUND_MOST, HK_BOUND_EQUAL, HK_BOUNDS };

/* One number of the results, with a bound at least. */
struct hk_expectation {
    const char *name, *path; /* "metrics.test.accuracy", "metrics/test/accuracy" */
    bool bound[HK_BOUNDS];
    struct hk_quantity value[HK_BOUNDS];
};

struct hk_expectations {
    struct hk_expectation *list;
    size_t count;
};

/* Errors with file, line and column. */
bool hk_expectations_read(struct hk_reader *reader, const struct hk_node *map,
                          struct hk_expectations *out, struct hk_err *err) HK_MUST_USE;

struct hk_outcome {
    bool met;
    char text[512]; /* "metrics.test.accuracy = 0.84, must be at least 0.85" */
};
/* Whatever is wrong with the results is an outcome, too. */
void hk_expectation_check(const struct hk_expectation *expectation, struct hk_results_file *file,
                          struct hk_outcome *outcome);

#endif
