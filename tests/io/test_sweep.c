#include "io/sweep.h"

#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

#include <check.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char experiment[] = "name: tiny\n"
                                 "seed: 7\n"
                                 "duration: 50 ms\n"
                                 "params: {w: 1}\n";

static struct hk_sweep sweep;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    program_write_file("tiny.yaml", experiment);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_sweep_finish(&sweep);
    hk_test_folder_remove();
}

static bool read_with(const char *text, const char *const *defines, size_t count) {
    char file[1024];
    (void)snprintf(file, sizeof file, "sweep: test\nbase: tiny.yaml\n%s", text);
    program_write_file("sweep.yaml", file);
    return hk_sweep_read(&sweep, "sweep.yaml", defines, count, &err);
}

static void read_good(const char *text) {
    ck_assert_msg(read_with(text, NULL, 0), "%s", err.message);
}

static void expect_refusal(const char *text, const char *part) {
    ck_assert(!read_with(text, NULL, 0));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_msg(strstr(err.message, part) != NULL, "no '%s' in '%s'", part, err.message);
}

static void expect_define(size_t trial, size_t define, const char *expected) {
    ck_assert_uint_lt(trial, sweep.trial_count);
    ck_assert_uint_lt(define, sweep.define_count);
    ck_assert_str_eq(sweep.trials[trial].defines[define], expected);
}

/* ---- what is swept ---- */

START_TEST(a_grid_has_all_combinations_and_the_last_axis_walks_fastest) {
    read_good("over: {a.x: [1, 2], b.y: [p, q, r]}\n");
    ck_assert_uint_eq(sweep.trial_count, 6);
    expect_define(0, 0, "a.x=1");
    expect_define(0, 1, "b.y=p");
    expect_define(1, 1, "b.y=q");
    expect_define(3, 0, "a.x=2");
    expect_define(5, 1, "b.y=r");
}
END_TEST

START_TEST(a_range_holds_both_its_ends) {
    read_good("over: {params.w: {range: [0.1, 0.5], step: 0.1}}\n");
    ck_assert_uint_eq(sweep.trial_count, 5);
    expect_define(0, 0, "params.w=0.1");
    expect_define(2, 0, "params.w=0.3");
    expect_define(4, 0, "params.w=0.5");
}
END_TEST

START_TEST(a_range_is_in_the_unit_of_its_first_end) {
    read_good("over: {x: {range: [-10 ms, 0.01 s], step: 5 ms}}\n");
    ck_assert_uint_eq(sweep.trial_count, 5);
    expect_define(0, 0, "x=-10 ms");
    expect_define(2, 0, "x=0 ms");
    expect_define(4, 0, "x=10 ms");
}
END_TEST

START_TEST(a_range_may_fall) {
    read_good("over: {x: {range: [2, 0], step: -1}}\n");
    ck_assert_uint_eq(sweep.trial_count, 3);
    expect_define(2, 0, "x=0");
}
END_TEST

START_TEST(zipped_lists_are_walked_together_within_the_grid) {
    read_good("over: {a: [1, 2]}\nzip: {b: [x, y], c: [3 ms, 4 ms]}\n");
    ck_assert_uint_eq(sweep.trial_count, 4);
    expect_define(1, 0, "a=1");
    expect_define(1, 1, "b=y");
    expect_define(1, 2, "c=4 ms");
    expect_define(2, 0, "a=2");
    expect_define(2, 1, "b=x");
}
END_TEST

START_TEST(what_is_set_comes_first_and_the_command_line_has_the_last_word) {
    const char *const defines[] = {"duration=1 s", "extra=2"};
    ck_assert(read_with("set: {duration: 2 s, about: x}\nover: {a: [1]}\n", defines, 2));
    ck_assert_uint_eq(sweep.define_count, 4);
    expect_define(0, 0, "about=x");
    expect_define(0, 1, "duration=1 s");
    expect_define(0, 2, "extra=2");
    expect_define(0, 3, "a=1");
    ck_assert_uint_eq(sweep.column_count, 1);
    ck_assert_str_eq(hk_trial_value(&sweep, &sweep.trials[0], 0), "1");
}
END_TEST

START_TEST(values_may_be_lists_maps_and_expressions) {
    read_good("over: {a: [[1, 2], {b: 3, c: {d: 4}}, = 2 * w, \"10\"]}\n");
    expect_define(0, 0, "a=[1, 2]");
    expect_define(1, 0, "a=\nb: 3\nc:\n  d: 4");
    expect_define(2, 0, "a== 2 * w");
    expect_define(3, 0, "a=\"10\"");
}
END_TEST

/* ---- seeds and names ---- */

START_TEST(each_point_has_the_same_seeds) {
    read_good("over: {a: [1, 2]}\nseeds: {count: 3, from: 100}\n");
    ck_assert_uint_eq(sweep.trial_count, 6);
    for (size_t i = 0; i < 6; i++) ck_assert_uint_eq(sweep.trials[i].seed, 100 + i % 3);
    expect_define(2, 0, "a=1");
    expect_define(3, 0, "a=2");
}
END_TEST

START_TEST(seeds_may_be_listed) {
    read_good("seeds: [5, 3]\n");
    ck_assert_uint_eq(sweep.trial_count, 2);
    ck_assert_uint_eq(sweep.trials[0].seed, 5);
    ck_assert_uint_eq(sweep.trials[1].seed, 3);
}
END_TEST

START_TEST(repeats_begin_with_the_experiments_seed_and_more_of_them_keep_the_first) {
    uint64_t seeds[4];
    read_good("repeats: 4\n");
    for (size_t i = 0; i < 4; i++) {
        seeds[i] = sweep.trials[i].seed;
        for (size_t k = 0; k < i; k++) ck_assert_uint_ne(seeds[i], seeds[k]);
    }
    ck_assert_uint_eq(seeds[0], 7);
    hk_sweep_finish(&sweep);
    read_good("repeats: 9\n");
    for (size_t i = 0; i < 4; i++) ck_assert_uint_eq(sweep.trials[i].seed, seeds[i]);
}
END_TEST

START_TEST(without_seeds_a_point_runs_once_with_the_experiments) {
    read_good("over: {a: [1, 2]}\n");
    ck_assert_uint_eq(sweep.trial_count, 2);
    ck_assert_uint_eq(sweep.trials[1].seed, 7);
}
END_TEST

START_TEST(a_trial_is_named_by_what_is_special_about_it) {
    read_good("over: {params.g: [4.5], populations.exc.tau: [20 ms]}\nseeds: [100]\n");
    ck_assert_str_eq(sweep.trials[0].name, "0001-g=4.5-tau=20ms-seed=100");
}
END_TEST

START_TEST(labels_that_are_alike_become_whole_paths) {
    read_good("over: {exc.tau: [1], inh.tau: [2], other: [3]}\n");
    ck_assert_str_eq(sweep.columns[0].label, "exc.tau");
    ck_assert_str_eq(sweep.columns[1].label, "inh.tau");
    ck_assert_str_eq(sweep.columns[2].label, "other");
}
END_TEST

START_TEST(names_of_trials_are_good_for_files) {
    read_good("over: {a: [\"x/../y\", [1, 2], \"\\u00e9\"]}\n");
    for (size_t i = 0; i < sweep.trial_count; i++)
        ck_assert_ptr_null(strpbrk(sweep.trials[i].name, "/ \n\"[]"));
}
END_TEST

/* ---- the two forms, and the frozen one ---- */

START_TEST(an_experiment_may_have_its_sweep_within) {
    char file[512];
    (void)snprintf(file, sizeof file,
                   "%ssweep: {over: {params.w: [1, 2]}, collect: [metrics.a.b]}\n", experiment);
    program_write_file("both.yaml", file);
    ck_assert_msg(hk_sweep_read(&sweep, "both.yaml", NULL, 0, &err), "%s", err.message);
    ck_assert_str_eq(sweep.name, "tiny");
    ck_assert_uint_eq(sweep.trial_count, 2);
    ck_assert_ptr_null(strstr(sweep.base, "sweep"));
    ck_assert_str_eq(sweep.metrics[0].name, "metrics.a.b");
    ck_assert_str_eq(sweep.metrics[0].path, "metrics/a/b");
}
END_TEST

START_TEST(what_is_frozen_reads_as_the_same_sweep_again) {
    const char *const defines[] = {"x=[1, 2]"};
    ck_assert(read_with("over: {a: {range: [1, 2], step: 0.5}}\nrepeats: 2\n"
                        "collect: {r: metrics.rate.x}\n",
                        defines, 1));
    struct hk_sweep first = sweep;
    ck_assert_int_eq(mkdir("frozen", 0700), 0);
    program_write_file("frozen/sweep.yaml", first.definition);
    program_write_file("frozen/base.yaml", first.base);
    bool ok = hk_sweep_read(&sweep, "frozen/sweep.yaml", NULL, 0, &err);
    ck_assert_msg(ok, "%s", err.message);
    ck_assert_str_eq(sweep.definition, first.definition);
    ck_assert_str_eq(sweep.base, first.base);
    ck_assert_uint_eq(sweep.trial_count, first.trial_count);
    for (size_t i = 0; i < sweep.trial_count; i++) {
        ck_assert_str_eq(sweep.trials[i].name, first.trials[i].name);
        for (size_t d = 0; d < sweep.define_count; d++)
            expect_define(i, d, first.trials[i].defines[d]);
    }
    hk_sweep_finish(&first);
}
END_TEST

START_TEST(bases_of_the_base_are_frozen_too) {
    program_write_file("upper.yaml", "base: tiny.yaml\nduration: 9 ms\n");
    program_write_file("sweep.yaml", "sweep: s\nbase: upper.yaml\n");
    ck_assert(hk_sweep_read(&sweep, "sweep.yaml", NULL, 0, &err));
    ck_assert_ptr_nonnull(strstr(sweep.base, "duration: 9 ms"));
    ck_assert_ptr_nonnull(strstr(sweep.base, "seed: 7"));
    ck_assert_ptr_null(strstr(sweep.base, "base"));
}
END_TEST

START_TEST(recorded_inputs_are_found_from_the_frozen_copy) {
    char file[512];
    ck_assert_int_eq(mkdir("deep", 0700), 0);
    program_write_file("deep/spikes.csv", "1,0\n");
    (void)snprintf(file, sizeof file, "%spopulations: {in: {source: {replay: spikes.csv}}}\n",
                   experiment);
    program_write_file("deep/base.yaml", file);
    program_write_file("sweep.yaml", "sweep: s\nbase: deep/base.yaml\n");
    ck_assert(hk_sweep_read(&sweep, "sweep.yaml", NULL, 0, &err));
    ck_assert_ptr_nonnull(strstr(sweep.base, "replay: /"));
    ck_assert_ptr_nonnull(strstr(sweep.base, "/deep/spikes.csv"));
}
END_TEST

START_TEST(how_it_is_run_is_read) {
    read_good("run: {jobs: 3, limit: {wall: 10 min}, retries: 2, on_failure: stop}\n");
    ck_assert_uint_eq(sweep.jobs, 3);
    ck_assert_double_eq(sweep.wall_limit_ms, 600000.0);
    ck_assert_uint_eq(sweep.retries, 2);
    ck_assert(sweep.stop_on_failure);
}
END_TEST

/* ---- refusals ---- */

START_TEST(each_kind_of_wrong_value_is_told_with_its_place) {
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"ovr: {a: [1]}\n", "sweep.yaml:3:1: unknown key 'ovr'"},
        {"over: [1]\n", "sweep.yaml:3:7: expected a map, got a list"},
        {"over: {a: 3}\n", "sweep.yaml:3:11: expected a list"},
        {"over: {a: []}\n", "sweep.yaml:3:11: needs at least one value"},
        {"over: {a: {range: [1, 2]}}\n", "sweep.yaml:3:11: expected a list of values, or {range"},
        {"over: {a: {range: [1, 2], step: 0}}\n", "this step doesn't lead from 1 to 2"},
        {"over: {a: {range: [1, 2], step: -1}}\n", "this step doesn't lead from 1 to 2"},
        {"over: {a: {range: [1, 2 ms], step: 1}}\n", "sweep.yaml:3:23: expected a number without"},
        {"over: {a: {range: [1 ms, 2 ms], step: 1}}\n", "1 has no unit"},
        {"over: {a: {range: [0, 1], step: 1e-9}}\n", "HK_TRIALS_MAX"},
        {"zip: {a: [1, 2], b: [1]}\n", "sweep.yaml:3:18: b has 1 values, but a has 2"},
        {"set: {a: 1}\nover: {a: [1]}\n", "sweep.yaml:4:8: a is set twice"},
        {"over: {a: [1]}\nzip: {a: [1]}\n", "sweep.yaml:4:7: a is set twice"},
        {"over: {seed: [1, 2]}\n", "seeds are said by `seeds:`"},
        {"seeds: {from: 3}\n", "sweep.yaml:3:1: needs `count: N`"},
        {"seeds: {count: 0}\n", "sweep.yaml:3:16: "},
        {"seeds: [1]\nrepeats: 2\n", "either `seeds:` or `repeats:`"},
        {"run: {jobs: 0}\n", "sweep.yaml:3:13: "},
        {"run: {limit: {wall: 10}}\n", "10 has no unit"},
        {"run: {on_failure: panic}\n", "on_failure: 'panic' is not one of continue, stop"},
        {"collect: [a.b, a.b]\n", "a.b is collected twice"},
        {"collect: [a/b]\n", "names are separated by dots"},
    };
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        err = (struct hk_err){0};
        expect_refusal(cases[i].text, cases[i].part);
        hk_sweep_finish(&sweep);
    }
}
END_TEST

START_TEST(more_trials_than_anybody_wants_are_refused) {
    ck_assert(!read_with("over: {a: {range: [1, 999], step: 1}, b: {range: [1, 999], step: 1}}\n",
                         NULL, 0));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
}
END_TEST

START_TEST(a_file_without_a_sweep_is_told_apart) {
    ck_assert(!hk_sweep_read(&sweep, "tiny.yaml", NULL, 0, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "has no `sweep:`"));
}
END_TEST

START_TEST(a_missing_base_is_told_where_it_is_named) {
    program_write_file("sweep.yaml", "sweep: s\nbase: nowhere.yaml\n");
    ck_assert(!hk_sweep_read(&sweep, "sweep.yaml", NULL, 0, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "sweep.yaml:2:7: "));
    ck_assert_ptr_nonnull(strstr(err.message, "nowhere.yaml"));
}
END_TEST

static void add_reading(TCase *tcase) {
    tcase_add_test(tcase, a_grid_has_all_combinations_and_the_last_axis_walks_fastest);
    tcase_add_test(tcase, a_range_holds_both_its_ends);
    tcase_add_test(tcase, a_range_is_in_the_unit_of_its_first_end);
    tcase_add_test(tcase, a_range_may_fall);
    tcase_add_test(tcase, zipped_lists_are_walked_together_within_the_grid);
    tcase_add_test(tcase, what_is_set_comes_first_and_the_command_line_has_the_last_word);
    tcase_add_test(tcase, values_may_be_lists_maps_and_expressions);
    tcase_add_test(tcase, each_point_has_the_same_seeds);
    tcase_add_test(tcase, seeds_may_be_listed);
    tcase_add_test(tcase, repeats_begin_with_the_experiments_seed_and_more_of_them_keep_the_first);
    tcase_add_test(tcase, without_seeds_a_point_runs_once_with_the_experiments);
    tcase_add_test(tcase, a_trial_is_named_by_what_is_special_about_it);
    tcase_add_test(tcase, labels_that_are_alike_become_whole_paths);
    tcase_add_test(tcase, names_of_trials_are_good_for_files);
}

Suite *suite_io_sweep(void) {
    Suite *suite = suite_create("io/sweep");
    TCase *tcase = tcase_create("sweep");
    tcase_add_checked_fixture(tcase, setup, teardown);
    add_reading(tcase);
    tcase_add_test(tcase, an_experiment_may_have_its_sweep_within);
    tcase_add_test(tcase, what_is_frozen_reads_as_the_same_sweep_again);
    tcase_add_test(tcase, bases_of_the_base_are_frozen_too);
    tcase_add_test(tcase, recorded_inputs_are_found_from_the_frozen_copy);
    tcase_add_test(tcase, how_it_is_run_is_read);
    tcase_add_test(tcase, each_kind_of_wrong_value_is_told_with_its_place);
    tcase_add_test(tcase, more_trials_than_anybody_wants_are_refused);
    tcase_add_test(tcase, a_file_without_a_sweep_is_told_apart);
    tcase_add_test(tcase, a_missing_base_is_told_where_it_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
