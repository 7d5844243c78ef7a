/* `report:` from the file to the results. */
#include "io/report_reader.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/results_read.h"
#include "io/runner.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

/* Two units: one fires at 10, 20, 30 and 40 ms, the other at 25 ms. */
#define NETWORK                                                                                    \
    "name: r\nresolution: 0.1 ms\n"                                                                \
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
    {NETWORK "report: [in]\n", "x.yaml:5:9: expected a map, got a list"},
    {NETWORK "report: {spike: {}}\n", "x.yaml:5:10: unknown key 'spike'; did you mean 'spikes'?"},
    {NETWORK "report: {spikes: {inn: [rate]}}\n",
     "x.yaml:5:19: there is no population 'inn'; did you mean 'in'?"},
    {NETWORK "report: {spikes: {in: rate}}\n", "x.yaml:5:23: expected a list, got a value"},
    {NETWORK "report: {spikes: {in: [rate, cv_iis]}}\n",
     "x.yaml:5:30: there is no measure 'cv_iis' of spikes; did you mean 'cv_isi'?"},
    {NETWORK "report: {from: 10}\n", "x.yaml:5:16: 10 has no unit; expected a time, e.g. 10 ms"},
    {NETWORK "report: {from: -10 ms}\n", "x.yaml:5:16: from can't be negative"},
    {NETWORK "report: {from: 50 ms}\n", "x.yaml:5:16: nothing is left of the time to measure: from "
                                        "= 50 ms, must be before the end of the run"},
    {NETWORK "report: {from: 20 ms, to: 20 ms}\n",
     "x.yaml:5:16: nothing is left of the time to measure: from = 20 ms, must be before `to:`"},
    {NETWORK "report: {to: 51 ms}\n", "x.yaml:5:14: the run ends before, after 50 ms"},
    {NETWORK "report: {bin: 0 ms}\n", "x.yaml:5:15: bin = 0 ms, must be from 0.1 ms to 100 ms"},
    {NETWORK "report: {bin: 101 ms}\n", "x.yaml:5:15: bin = 101 ms, must be from 0.1 ms to 100 ms"},
    {NETWORK "report: {bin: 0.25 ms}\n",
     "x.yaml:5:15: 0.25 ms is not a whole number of ticks of 0.1 ms; the nearest are 0.2 and 0.3 "
     "ms"},
    {NETWORK "report: {in: [test]}\n",
     "x.yaml:5:15: there is no phase 'test': a plain duration has none"},
};

START_TEST(mistakes_are_told_with_their_place) {
    struct hk_experiment e;
    ck_assert(!read_text(&e, wrong[_i][0]));
    const char *at = strstr(err.message, "x.yaml:");
    ck_assert_str_eq(at ? at : err.message, wrong[_i][1]);
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(what_is_left_out_is_the_whole_run_in_bins_of_1_ms) {
    struct hk_experiment e;
    ck_assert_msg(read_text(&e, NETWORK "report: {spikes: {in: [rate, fano]}}\n"), "%s",
                  err.message);
    ck_assert_uint_eq(e.reports.count, 1);
    ck_assert(e.reports.list[0].wanted[HK_SPIKES_RATE] && e.reports.list[0].wanted[HK_SPIKES_FANO]);
    ck_assert(!e.reports.list[0].wanted[HK_SPIKES_CV_ISI]);
    ck_assert_int_eq(e.reports.window.from, 0);
    ck_assert_int_eq(e.reports.window.to, 500);
    ck_assert_int_eq(e.reports.window.bin, 10);
    ck_assert_str_eq(hk_node_path(e.root, "report.bin")->text, "1 ms");
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(nothing_asked_for_is_nothing_reported) {
    static const char *const empty[] = {NETWORK, NETWORK "report:\n", NETWORK "report: {}\n",
                                        NETWORK "report: {spikes: {}}\n"};
    struct hk_experiment e;
    for (size_t i = 0; i < HK_COUNT(empty); i++) {
        ck_assert_msg(read_text(&e, empty[i]), "%s", err.message);
        ck_assert_uint_eq(e.reports.count, 0);
        hk_experiment_finish(&e);
    }
}
END_TEST

Suite *suite_io_report_reader(void) {
    Suite *suite = suite_create("io/report_reader");
    TCase *tcase = tcase_create("report_reader");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_loop_test(tcase, mistakes_are_told_with_their_place, 0, (int)HK_COUNT(wrong));
    tcase_add_test(tcase, what_is_left_out_is_the_whole_run_in_bins_of_1_ms);
    tcase_add_test(tcase, nothing_asked_for_is_nothing_reported);
    suite_add_tcase(suite, tcase);
    return suite;
}
