#include "io/plot.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/plots.h"
#include "tests/support/suites.h"

static struct plots plots;

static void teardown(void) {
    plots_end(&plots);
}

START_TEST(every_picture_is_found_by_its_name) {
    struct hk_err err = {.code = HK_OK};
    size_t count = 0;
    for (; hk_plot_at(count); count++)
        ck_assert_ptr_eq(hk_plot_get(hk_plot_at(count)->name, &err), hk_plot_at(count));
    ck_assert_uint_eq(count, 4);
}
END_TEST

START_TEST(an_unknown_picture_gets_a_suggestion) {
    struct hk_err err = {.code = HK_OK};
    ck_assert_ptr_null(hk_plot_get("rastre", &err));
    ck_assert_int_eq(err.code, HK_ERR_USAGE);
    ck_assert_str_eq(err.message, "there is no picture 'rastre'; did you mean 'raster'?");
}
END_TEST

static const double four[] = {1.0, 2.0, 3.0, 4.0};

static void assert_names(const char *expected) {
    char names[128] = "";
    for (const struct hk_plot_item *item = plots.job.items; item; item = item->next) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s ", item->name);
    }
    ck_assert_str_eq(names, expected);
}

/* What the experiment doesn't know comes first, so that it isn't taken for the last phase. */
START_TEST(items_come_in_the_order_of_the_experiment) {
    plots_begin(&plots, "protocol: [{phase: train}, {phase: label}, {phase: check}]\n");
    plots_array(&plots, "metrics/check/running_accuracy", 2, 2, four);
    plots_array(&plots, "metrics/other/running_accuracy", 2, 2, four);
    plots_array(&plots, "metrics/train/running_accuracy", 2, 2, four);
    ck_assert(plots_find(&plots, &hk_plot_accuracy));
    assert_names("other train check ");
}
END_TEST

START_TEST(without_an_experiment_the_order_is_the_files) {
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/b/running_accuracy", 2, 2, four);
    plots_array(&plots, "metrics/a/running_accuracy", 2, 2, four);
    ck_assert(plots_find(&plots, &hk_plot_accuracy));
    assert_names("a b ");
}
END_TEST

START_TEST(an_experiment_that_is_no_yaml_is_done_without) {
    plots_begin(&plots, "protocol: [{phase: }}\n");
    plots_array(&plots, "metrics/a/running_accuracy", 2, 2, four);
    ck_assert(plots_find(&plots, &hk_plot_accuracy));
    ck_assert_ptr_null(plots.job.experiment);
}
END_TEST

START_TEST(other_paths_and_shapes_are_left_out) {
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/a/other", 2, 2, four);
    plots_array(&plots, "metrics/b/running_accuracy", 4, 1, four);
    plots_array(&plots, "other/c/running_accuracy", 2, 2, four);
    ck_assert(!plots_find(&plots, &hk_plot_accuracy));
    for (size_t i = 0; hk_plot_at(i); i++) ck_assert(!plots_find(&plots, hk_plot_at(i)));
}
END_TEST

START_TEST(values_are_read_row_by_row) {
    double *values = NULL;
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/a/running_accuracy", 2, 2, four);
    ck_assert(plots_find(&plots, &hk_plot_accuracy));
    ck_assert_uint_eq(plots.job.items->rows, 2);
    ck_assert_uint_eq(plots.job.items->columns, 2);
    ck_assert_str_eq(plots.job.items->unit, "nS");
    ck_assert(hk_plot_read(&plots.job, plots.job.items, &values, &plots.err));
    ck_assert_mem_eq(values, four, sizeof four);
}
END_TEST

Suite *suite_io_plot(void) {
    Suite *suite = suite_create("io/plot");
    TCase *names = tcase_create("names"), *items = tcase_create("items");
    tcase_add_test(names, every_picture_is_found_by_its_name);
    tcase_add_test(names, an_unknown_picture_gets_a_suggestion);
    suite_add_tcase(suite, names);
    tcase_add_checked_fixture(items, NULL, teardown);
    tcase_add_test(items, items_come_in_the_order_of_the_experiment);
    tcase_add_test(items, without_an_experiment_the_order_is_the_files);
    tcase_add_test(items, an_experiment_that_is_no_yaml_is_done_without);
    tcase_add_test(items, other_paths_and_shapes_are_left_out);
    tcase_add_test(items, values_are_read_row_by_row);
    suite_add_tcase(suite, items);
    return suite;
}
