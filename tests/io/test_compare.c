#include "io/compare.h"

#include <check.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/results.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;

/* What of a results file differs from one of zeros. */
struct made {
    hk_tick tick;   /* of the last of three spikes */
    hk_neuron unit; /* likewise */
    bool one_spike_less;
    size_t neurons, columns; /* 0: 10 neurons, 3 columns of weights */
    double stop_ms;          /* 0: 20 */
    float weight;            /* at [1, 2] */
    double accuracy;
    int64_t samples;
    const char *word; /* NULL: none */
    double wall_s;
    int64_t memory;
    bool no_weights;
};

static void must(bool ok) {
    ck_assert_msg(ok, "%s", err.message);
}

static void write_results(const char *folder, const struct made *m) {
    const hk_tick ticks[] = {1, 5, 5 + m->tick};
    const hk_neuron units[] = {0, 1, m->unit};
    float weights[16] = {0};
    const size_t columns = m->columns ? m->columns : 3, shape[] = {2, columns};
    weights[columns + 2] = m->weight;
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    struct hk_results *results = hk_results_create(arena, folder, &err);
    must(results != NULL);
    struct hk_results_spikes *spikes =
        hk_results_spikes_open(results, "exc", m->neurons ? m->neurons : 10, 0.1, &err);
    must(spikes && hk_results_spikes_append(spikes, ticks, units, m->one_spike_less ? 2 : 3, &err));
    const struct hk_results_array array = {.path = "weights/a->b",
                                           .element = HK_ELEMENT_F32,
                                           .rank = 2,
                                           .shape = shape,
                                           .data = weights};
    must(m->no_weights || hk_results_array(results, &array, &err));
    must(hk_results_number(results, "metrics/test/accuracy", m->accuracy, NULL, &err));
    must(hk_results_integer(results, "metrics/test/samples", m->samples, NULL, &err));
    must(hk_results_integer(results, "network/memory", m->memory, "bytes", &err));
    must(hk_results_number(results, "wall/run_s", m->wall_s, "s", &err));
    must(hk_results_text(results, "provenance/status", folder, &err));
    must(hk_results_text(results, "experiment/resolved", folder, &err));
    must(!m->word || hk_results_text(results, "metrics/word", m->word, &err));
    hk_results_set_span(results, 0.0, m->stop_ms > 0.0 ? m->stop_ms : 20.0);
    must(hk_results_close(results, &err));
    hk_results_destroy(results);
}

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    write_results("a", &(struct made){.word = "x"});
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* Compare with "a". */
static struct hk_comparison compare(const struct made *other) {
    struct hk_comparison out;
    char folder[] = "b";
    while (access(folder, F_OK) == 0) folder[0]++;
    write_results(folder, other);
    must(hk_results_compare(arena, (const char *const[]){"a", folder}, &out, &err));
    return out;
}

/* Exactly one thing differs. */
static struct hk_compared the_difference(const struct made *other, const char *path,
                                         const char *words) {
    const struct hk_comparison out = compare(other);
    const struct hk_compared *found = NULL;
    ck_assert(!out.identical);
    for (size_t i = 0; i < out.count; i++) {
        if (!out.items[i].difference) continue;
        ck_assert_ptr_null(found);
        found = &out.items[i];
    }
    if (!found) ck_abort_msg("no difference");
    ck_assert_str_eq(found->path, path);
    ck_assert_str_eq(found->difference, words);
    return *found;
}

START_TEST(how_a_run_came_about_is_left_aside) {
    const struct hk_comparison out = compare(&(struct made){.word = "x", .wall_s = 3, .memory = 9});
    ck_assert(out.identical);
    ck_assert_uint_eq(out.count, 5); /* spikes, weights, three metrics */
}
END_TEST

START_TEST(the_first_spike_that_differs_is_told) {
    struct hk_compared d =
        the_difference(&(struct made){.word = "x", .tick = 1}, "spikes/exc",
                       "first at spike 2: unit 0 at 0.5 ms and unit 0 at 0.6 ms");
    ck_assert_double_eq(d.time_ms[1], 0.6);
    d = the_difference(&(struct made){.word = "x", .unit = 3}, "spikes/exc",
                       "first at spike 2: unit 0 at 0.5 ms and unit 3 at 0.5 ms");
    ck_assert_int_eq(d.unit[0], 0);
    ck_assert_int_eq(d.unit[1], 3);
    d = the_difference(&(struct made){.word = "x", .one_spike_less = true}, "spikes/exc",
                       "first at spike 2: unit 0 at 0.5 ms and no more spikes");
    ck_assert_uint_eq(d.count[0], 3);
    ck_assert_uint_eq(d.count[1], 2);
    ck_assert_int_eq(d.unit[1], -1);
    ck_assert_double_nan(d.time_ms[1]);
}
END_TEST

START_TEST(the_same_spikes_of_other_populations_and_times_differ) {
    (void)the_difference(&(struct made){.word = "x", .neurons = 11}, "spikes/exc",
                         "sizes: 10 and 11");
    (void)the_difference(&(struct made){.word = "x", .stop_ms = 30}, "spikes/exc",
                         "ends in ms: 20 and 30");
}
END_TEST

START_TEST(weights_are_compared_to_the_bit) {
    (void)the_difference(&(struct made){.word = "x", .weight = 0x1p-140F}, "weights/a->b",
                         "1 of 6 values, first at [1, 2]: 0 and 7.17465e-43");
    (void)the_difference(&(struct made){.word = "x", .weight = -0.0F}, "weights/a->b",
                         "1 of 6 values, first at [1, 2]: 0 and -0");
    (void)the_difference(&(struct made){.word = "x", .columns = 4}, "weights/a->b",
                         "2 x 3 and 2 x 4 values");
}
END_TEST

START_TEST(metrics_are_compared_to_the_bit) {
    (void)the_difference(&(struct made){.word = "x", .accuracy = 0.5}, "metrics/test/accuracy",
                         "0 and 0.5");
    (void)the_difference(&(struct made){.word = "x", .samples = 7}, "metrics/test/samples",
                         "0 and 7");
    (void)the_difference(&(struct made){.word = "y"}, "metrics/word", "'x' and 'y'");
}
END_TEST

START_TEST(equal_numbers_that_are_no_numbers_are_the_same) {
    struct hk_comparison out;
    write_results("m", &(struct made){.accuracy = (double)NAN});
    write_results("n", &(struct made){.accuracy = (double)NAN});
    must(hk_results_compare(arena, (const char *const[]){"m", "n/results.h5"}, &out, &err));
    ck_assert(out.identical);
}
END_TEST

START_TEST(what_one_file_lacks_is_told) {
    const struct hk_compared d = the_difference(&(struct made){.word = "x", .no_weights = true},
                                                "weights/a->b", "only in the first");
    ck_assert(d.there[0] && !d.there[1]);
    ck_assert_uint_eq(d.count[0], 6);
    struct hk_comparison out;
    must(hk_results_compare(arena, (const char *const[]){"b", "a"}, &out, &err));
    ck_assert_str_eq(out.items[out.count - 1].difference, "only in the second");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error) {
    struct hk_comparison out;
    ck_assert(!hk_results_compare(arena, (const char *const[]){"a", "gone"}, &out, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "gone: can't open: No such file or directory");
}
END_TEST

Suite *suite_io_compare(void) {
    Suite *suite = suite_create("io/compare");
    TCase *cases = tcase_create("compare");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, how_a_run_came_about_is_left_aside);
    tcase_add_test(cases, the_first_spike_that_differs_is_told);
    tcase_add_test(cases, the_same_spikes_of_other_populations_and_times_differ);
    tcase_add_test(cases, weights_are_compared_to_the_bit);
    tcase_add_test(cases, metrics_are_compared_to_the_bit);
    tcase_add_test(cases, equal_numbers_that_are_no_numbers_are_the_same);
    tcase_add_test(cases, what_one_file_lacks_is_told);
    tcase_add_test(cases, a_file_that_cannot_be_read_is_an_error);
    suite_add_tcase(suite, cases);
    return suite;
}
