/* `expect:` from the file to the outcome. */
#include "io/expect.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "io/runner.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

/* Unit 0 fires at 10, 20, 30 and 40 ms, unit 1 at 25 ms: 50 Hz. */
#define NETWORK                                                                                    \
    "name: r\nresolution: 0.1 ms\nparams: {f: 50 Hz}\n"                                            \
    "populations: {in: {size: 2, source: {spikes: [10 ms, 20 ms, 25 ms, 30 ms, 40 ms],"            \
    " units: [0, 0, 1, 0, 0]}}}\n"                                                                 \
    "duration: 50 ms\n"

static struct hk_err err;

static bool read_text(struct hk_experiment *e, const char *text) {
    const char *path = hk_test_write("x.yaml", text);
    err = (struct hk_err){0};
    return hk_experiment_read(e, &(struct hk_experiment_options){.path = path}, &err);
}

static const char *const wrong[][2] = {
    {NETWORK "expect: [x]\n", "x.yaml:6:9: expected a map, got a list"},
    {NETWORK "expect: {accuracy: {at_least: 1}}\n",
     "x.yaml:6:10: expected a path in the results, such as metrics.test.accuracy"},
    {NETWORK "expect: {metrics/rate/in: {at_least: 1}}\n",
     "x.yaml:6:10: expected a path in the results, such as metrics.test.accuracy"},
    {NETWORK "expect: {metrics.rat.in: {at_least: 1}}\n",
     "x.yaml:6:10: there is no metric 'rat'; did you mean 'rate'?"},
    {NETWORK "expect: {metrics.rate.in: 50 Hz}\n", "x.yaml:6:27: expected a map, got a value"},
    {NETWORK "expect: {metrics.rate.in: {}}\n",
     "x.yaml:6:27: needs `at_least:`, `at_most:` or `equals:`, a value each"},
    {NETWORK "expect: {metrics.rate.in: {least: 50 Hz}}\n",
     "x.yaml:6:28: unknown key 'least'; known here: at_least, at_most, equals"},
    {NETWORK "expect: {metrics.rate.in: {at_least: 50 hz}}\n",
     "x.yaml:6:38: unknown unit 'hz'; did you mean 'Hz'?"},
    {NETWORK "expect: {metrics.rate.in: {at_least: = 2 * g}}\n",
     "x.yaml:6:44: no param is called 'g'; known here: f"},
    {NETWORK "expect: {metrics.rate.in: {at_least: 50 Hz, at_most: 40 Hz}}\n",
     "x.yaml:6:54: is less than `at_least:`"},
    {NETWORK "expect: {metrics.rate.in: {at_least: 50 Hz, at_most: 60}}\n",
     "x.yaml:6:54: is of another unit than `at_least:`"},
};

START_TEST(mistakes_are_told_with_their_place) {
    struct hk_experiment e;
    ck_assert(!read_text(&e, wrong[_i][0]));
    const char *at = NULL;
    for (size_t i = 0; i < e.diagnostics.count && !at; i++)
        at = strstr(e.diagnostics.sorted[i]->message, wrong[_i][1]);
    ck_assert_msg(at != NULL, "%s", err.message);
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(a_metric_is_of_a_phase) {
    static const char protocol[] =
        "name: r\ndata: {set: digits, train: 9, test: 9}\n"
        "populations: {in: {source: {encoder: poisson, rate_max: 60 Hz}}}\n"
        "protocol: [{phase: test, data: test, show: 10 ms}]\n";
    char text[1024];
    struct hk_experiment e;
    (void)snprintf(text, sizeof text, "%sexpect: {metrics.test.rate.in: {at_least: 1 Hz}}\n",
                   protocol);
    ck_assert_msg(read_text(&e, text), "%s", err.message);
    ck_assert_uint_eq(e.expectations.count, 1);
    ck_assert_str_eq(e.expectations.list[0].path, "metrics/test/rate/in");
    hk_experiment_finish(&e);
    (void)snprintf(text, sizeof text, "%sexpect: {metrics.tset.rate.in: {at_least: 1 Hz}}\n",
                   protocol);
    ck_assert(!read_text(&e, text));
    ck_assert_ptr_nonnull(strstr(err.message, "there is no metric 'tset'; did you mean 'test'?"));
    hk_experiment_finish(&e);
}
END_TEST

static const struct {
    bool met;
    const char *path, *bounds, *text;
} outcomes[] = {
    {true, "metrics.rate.in", "at_least: 50 Hz", "= 50 Hz, must be at least 50 Hz"},
    {true, "metrics.rate.in", "at_most: 50 Hz", "= 50 Hz, must be at most 50 Hz"},
    {true, "metrics.rate.in", "equals: 0.05 kHz", "= 50 Hz, must be exactly 50 Hz"},
    {true, "metrics.rate.in", "equals: = f", "= 50 Hz, must be exactly 50 Hz"},
    {false, "metrics.rate.in", "at_least: 50.1 Hz", "= 50 Hz, must be at least 50.1 Hz"},
    {false, "metrics.rate.in", "at_most: = f / 2", "= 50 Hz, must be at most 25 Hz"},
    {false, "metrics.rate.in", "equals: 51 Hz", "= 50 Hz, must be exactly 51 Hz"},
    {true, "metrics.rate.in", "at_least: 49 Hz, at_most: 51 Hz",
     "= 50 Hz, must be at least 49 Hz and at most 51 Hz"},
    {false, "metrics.rate.in", "at_least: 51 Hz, at_most: 52 Hz",
     "= 50 Hz, must be at least 51 Hz and at most 52 Hz"},
    {true, "network.spikes", "equals: 5", "= 5, must be exactly 5"},
    {true, "network.memory", "at_most: 1e9", " bytes, must be at most 1000000000 bytes"},
    {false, "metrics.rate.in", "at_least: 3 ms", "= 50 Hz, expected a rate (Hz), got a time (ms)"},
    {false, "metrics.rate.in", "at_least: 3", "= 50 Hz, 3 has no unit; expected a rate"},
    {false, "network.spikes", "equals: 5 Hz", "= 5, expected a number without a unit, got a rate"},
    {false, "metrics.rate.out", "at_least: 3 Hz", "can't read metrics/rate/out"},
};

START_TEST(a_number_of_the_results_is_held_against_its_bounds) {
    char text[1024], folder[512];
    struct hk_experiment e;
    struct hk_run_summary summary;
    struct hk_outcome outcome;
    (void)snprintf(text, sizeof text, NETWORK "expect: {%s: {%s}}\n", outcomes[_i].path,
                   outcomes[_i].bounds);
    (void)snprintf(folder, sizeof folder, "%s/out", hk_test_folder());
    ck_assert_msg(read_text(&e, text), "%s", err.message);
    const struct hk_run_options options = {.folder = folder};
    ck_assert_msg(hk_run_experiment(&e, &options, &summary, &err), "%s", err.message);
    struct hk_results_file *file = hk_results_read_open(e.arena, folder, &err);
    ck_assert_ptr_nonnull(file);
    hk_expectation_check(&e.expectations.list[0], file, &outcome);
    ck_assert_msg(strstr(outcome.text, outcomes[_i].text) != NULL, "%s", outcome.text);
    ck_assert(strncmp(outcome.text, outcomes[_i].path, strlen(outcomes[_i].path)) == 0);
    ck_assert_int_eq(outcome.met, outcomes[_i].met);
    hk_results_read_close(file);
    hk_experiment_finish(&e);
}
END_TEST

Suite *suite_io_expect(void) {
    Suite *suite = suite_create("io/expect");
    TCase *cases = tcase_create("expect");
    tcase_add_checked_fixture(cases, NULL, hk_test_folder_remove);
    tcase_add_loop_test(cases, mistakes_are_told_with_their_place, 0, (int)HK_COUNT(wrong));
    tcase_add_test(cases, a_metric_is_of_a_phase);
    tcase_add_loop_test(cases, a_number_of_the_results_is_held_against_its_bounds, 0,
                        (int)HK_COUNT(outcomes));
    suite_add_tcase(suite, cases);
    return suite;
}
