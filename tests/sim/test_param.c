/* Descriptor tables: defaults, bounds, kinds, and what the messages say; and times on the grid. */
#include <check.h>
#include <math.h>

#include "sim/param.h"
#include "tests/support/suites.h"

struct sample {
    double tau, needed;
    int64_t n;
    bool on;
    int mode;
    struct hk_list times;
    const char *path;
};

static const char *const modes[] = {"slow", "fast", "off", NULL};
static const struct hk_param params[] = {
    {"tau", "ms", "a time", 10, 1, 100, offsetof(struct sample, tau), HK_REAL, NULL},
    {"needed", "1", "a number", HK_REQUIRED, -5, 5, offsetof(struct sample, needed), HK_REAL, NULL},
    {"n", "1", "a count", HK_REQUIRED, 0, 1e9, offsetof(struct sample, n), HK_INT, NULL},
    {"on", "1", "a switch", 1, 0, 1, offsetof(struct sample, on), HK_BOOL, NULL},
    {"mode", "1", "a choice", 1, 0, 2, offsetof(struct sample, mode), HK_CHOICE, modes},
    {"times", "ms", "a list", HK_REQUIRED, 0, 9, offsetof(struct sample, times), HK_LIST, NULL},
    {"path", "1", "a text", 0, 0, 0, offsetof(struct sample, path), HK_TEXT, NULL},
};
static const struct hk_model model = {.abi = HK_MODEL_ABI,
                                      .name = "sample",
                                      .doc = "a sample",
                                      HK_PARAMS(params, struct sample)};

static const struct hk_param *row(const char *name) {
    const struct hk_param *param = hk_param_find(&model, name);
    ck_assert_ptr_nonnull(param);
    return param;
}

/* A setting that must be refused with these words. */
static void refuses(const char *name, double value, const char *words) {
    struct hk_err err = {0};
    struct sample values;
    hk_params_default(&model, &values);
    struct sample before = values;
    ck_assert(!hk_param_set(row(name), &values, value, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_str_eq(err.message, words);
    ck_assert_mem_eq(&values, &before, sizeof values);
}

START_TEST(defaults_are_those_of_the_table) {
    struct sample values;
    hk_params_default(&model, &values);
    ck_assert_double_eq(values.tau, 10);
    ck_assert_double_nan(values.needed);
    ck_assert_double_nan(hk_param_get(row("n"), &values));
    ck_assert(values.on);
    ck_assert_int_eq(values.mode, 1);
    ck_assert_ptr_null(values.times.values);
    ck_assert_uint_eq(values.times.count, 0);
    ck_assert_str_eq(values.path, "");
    ck_assert_ptr_null(hk_param_find(&model, "tau_m"));
}
END_TEST

START_TEST(numbers_arrive_in_their_kind) {
    struct hk_err err = {0};
    struct sample values;
    hk_params_default(&model, &values);
    ck_assert(hk_param_set(row("tau"), &values, 1, &err)); /* bounds belong to it */
    ck_assert(hk_param_set(row("tau"), &values, 100, &err));
    ck_assert(hk_param_set(row("n"), &values, 1e9, &err));
    ck_assert(hk_param_set(row("on"), &values, 0, &err));
    ck_assert(hk_param_set(row("mode"), &values, 2, &err));
    ck_assert_double_eq(values.tau, 100);
    ck_assert_int_eq(values.n, 1000000000);
    ck_assert(!values.on);
    ck_assert_int_eq(values.mode, 2);
    static const char *const names[] = {"tau", "n", "on", "mode"};
    static const double got[] = {100, 1e9, 0, 2};
    for (size_t k = 0; k < HK_COUNT(names); k++)
        ck_assert_double_eq(hk_param_get(row(names[k]), &values), got[k]);
}
END_TEST

START_TEST(values_out_of_bounds_are_refused) {
    refuses("tau", 0.5, "tau = 0.5 ms, must be at least 1 ms");
    refuses("tau", 101, "tau = 101 ms, must be at most 100 ms");
    refuses("needed", -6, "needed = -6, must be at least -5");
    refuses("needed", (double)INFINITY, "needed = inf, must be at most 5");
    refuses("needed", (double)NAN, "needed is not a number");
    refuses("mode", 3, "mode = 3, must be at most 2");
}
END_TEST

START_TEST(counts_switches_and_choices_are_whole_numbers) {
    refuses("n", 1.5, "n = 1.5, must be a whole number");
    refuses("on", 0.5, "on = 0.5, must be a whole number");
    refuses("mode", 0.5, "mode = 0.5, must be a whole number");
}
END_TEST

START_TEST(choices_go_by_word) {
    struct hk_err err = {0};
    struct sample values;
    hk_params_default(&model, &values);
    ck_assert(hk_param_choose(row("mode"), &values, "off", &err));
    ck_assert_int_eq(values.mode, 2);
    ck_assert(!hk_param_choose(row("mode"), &values, "quick", &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, "mode: 'quick' is not one of slow, fast, off");
    ck_assert_int_eq(values.mode, 2);
}
END_TEST

START_TEST(lists_are_checked_value_by_value) {
    static const double good[] = {0, 9, 3}, bad[] = {1, 10};
    struct hk_err err = {0};
    struct sample values;
    hk_params_default(&model, &values);
    ck_assert(hk_param_set_list(row("times"), &values, (struct hk_list){good, 3}, &err));
    ck_assert_ptr_eq(values.times.values, good);
    ck_assert(!hk_param_set_list(row("times"), &values, (struct hk_list){bad, 2}, &err));
    ck_assert_str_eq(err.message, "times = 10 ms, must be at most 9 ms");
    ck_assert_uint_eq(values.times.count, 3);
}
END_TEST

START_TEST(a_value_of_the_wrong_kind_is_refused) {
    struct hk_err err[4] = {{0}};
    struct sample values;
    hk_params_default(&model, &values);
    ck_assert(!hk_param_set(row("times"), &values, 1, &err[0]));
    ck_assert(!hk_param_set(row("path"), &values, 1, &err[1]));
    ck_assert(!hk_param_choose(row("tau"), &values, "fast", &err[2]));
    ck_assert(!hk_param_set_list(row("tau"), &values, (struct hk_list){0}, &err[3]));
    ck_assert_str_eq(err[0].message, "times does not take a single number");
    ck_assert_str_eq(err[1].message, "path does not take a single number");
    ck_assert_str_eq(err[2].message, "tau does not take a word");
    ck_assert_str_eq(err[3].message, "tau takes one value, not a list");
    hk_param_set_text(row("path"), &values, "here");
    ck_assert_str_eq(values.path, "here");
}
END_TEST

START_TEST(required_values_are_missed_in_their_order) {
    static const double list[] = {1};
    static const char *const messages[] = {"sample needs needed: a number",
                                           "sample needs n: a count", "sample needs times: a list"};
    struct hk_err err = {0}, ignored = {0};
    struct sample values;
    hk_params_default(&model, &values);
    for (int given = 0; given < 3; given++) {
        err = (struct hk_err){0};
        ck_assert(!hk_params_complete(&model, &values, &err));
        ck_assert_int_eq(err.code, HK_ERR_CONFIG);
        ck_assert_str_eq(err.message, messages[given]);
        if (given == 0) ck_assert(hk_param_set(row("needed"), &values, 0, &ignored));
        if (given == 1) ck_assert(hk_param_set(row("n"), &values, 0, &ignored));
    }
    ck_assert(hk_param_set_list(row("times"), &values, (struct hk_list){list, 1}, &ignored));
    ck_assert(hk_params_complete(&model, &values, &ignored));
}
END_TEST

START_TEST(an_empty_list_is_a_given_one) {
    static const double none[] = {0};
    struct hk_err err = {0};
    struct sample values;
    hk_params_default(&model, &values);
    ck_assert(hk_param_set(row("needed"), &values, 0, &err));
    ck_assert(hk_param_set(row("n"), &values, 0, &err));
    ck_assert(hk_param_set_list(row("times"), &values, (struct hk_list){none, 0}, &err));
    ck_assert(hk_params_complete(&model, &values, &err));
}
END_TEST

/* ---- times ---- */

START_TEST(times_on_the_grid_become_ticks) {
    static const struct {
        double ms, tick_ms;
        hk_tick ticks;
    } cases[] = {{0, 0.1, 0},
                 {0.1, 0.1, 1},
                 {0.3, 0.1, 3},
                 {1.5, 0.1, 15},
                 {2.1, 0.1, 21},
                 {1e7, 0.1, 100000000},
                 {-0.3, 0.1, -3},
                 {1e-3, 1e-6, 1000},
                 {64, 0.125, 512},
                 {0.7 * 3, 0.7, 3},
                 {1e-12 + 5, 0.1, 50},
                 {8e14, 0.1, 8000000000000000},
                 {86400000, 0.1, 864000000}};
    for (size_t k = 0; k < HK_COUNT(cases); k++) {
        struct hk_err err = {0};
        hk_tick ticks = -1;
        ck_assert_msg(hk_tick_from_ms(cases[k].ms, cases[k].tick_ms, &ticks, &err), "%s",
                      err.message);
        ck_assert_int_eq(ticks, cases[k].ticks);
    }
}
END_TEST

START_TEST(times_off_the_grid_are_refused) {
    static const struct {
        double ms, tick_ms;
        const char *words;
    } cases[] =
        {{0.25, 0.1,
          "0.25 ms is not a whole number of ticks of 0.1 ms; the nearest are 0.2 and 0.3 ms"},
         {1.0001, 1,
          "1.0001 ms is not a whole number of ticks of 1 ms; the nearest are 1 and 2 ms"},
         {1e15, 0.1, "1e+15 ms is too long for ticks of 0.1 ms"},
         {(double)INFINITY, 0.1, "inf ms is too long for ticks of 0.1 ms"},
         {(double)NAN, 0.1, "nan ms is too long for ticks of 0.1 ms"}};
    for (size_t k = 0; k < HK_COUNT(cases); k++) {
        struct hk_err err = {0};
        hk_tick ticks = 0;
        ck_assert(!hk_tick_from_ms(cases[k].ms, cases[k].tick_ms, &ticks, &err));
        ck_assert_int_eq(err.code, HK_ERR_RANGE);
        ck_assert_str_eq(err.message, cases[k].words);
    }
}
END_TEST

Suite *suite_sim_param(void) {
    Suite *suite = suite_create("sim/param");
    TCase *table = tcase_create("table"), *times = tcase_create("times");
    tcase_add_test(table, defaults_are_those_of_the_table);
    tcase_add_test(table, numbers_arrive_in_their_kind);
    tcase_add_test(table, values_out_of_bounds_are_refused);
    tcase_add_test(table, counts_switches_and_choices_are_whole_numbers);
    tcase_add_test(table, choices_go_by_word);
    tcase_add_test(table, lists_are_checked_value_by_value);
    tcase_add_test(table, a_value_of_the_wrong_kind_is_refused);
    tcase_add_test(table, required_values_are_missed_in_their_order);
    tcase_add_test(table, an_empty_list_is_a_given_one);
    suite_add_tcase(suite, table);
    tcase_add_test(times, times_on_the_grid_become_ticks);
    tcase_add_test(times, times_off_the_grid_are_refused);
    suite_add_tcase(suite, times);
    return suite;
}
