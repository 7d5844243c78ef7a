#include "io/plot.h"

#include <check.h>
#include <math.h>

#include "tests/support/picture.h"
#include "tests/support/plots.h"
#include "tests/support/suites.h"

static struct plots plots;
static struct picture picture;

/* The frame of the picture, without its axes. */
static const double left = 80, top = 24, width = 690, height = 330;

static void teardown(void) {
    if (picture.surface) picture_close(&picture);
    plots_end(&plots);
}

static void draw(void) {
    picture = picture_open(plots_draw(&plots, &hk_plot_accuracy, "x.png"));
}

static size_t count(double x, double y, double part, double high, unsigned series) {
    return picture_count(&picture,
                         (struct hk_box){left + x * width, top + y * height, part * width,
                                         high * height},
                         hk_colour_series(series));
}

START_TEST(a_line_goes_through_the_points) {
    const double points[] = {1000, 0.0, 2000, 1.0};
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/train/running_accuracy", 2, 2, points);
    draw();
    ck_assert_uint_eq(count(0.0, 0.0, 0.49, 1.0, 0), 0);    /* begins in the middle */
    ck_assert_uint_gt(count(0.5, 0.75, 0.125, 0.25, 0), 0); /* low there */
    ck_assert_uint_gt(count(0.9, 0.0, 0.1, 0.25, 0), 0);    /* and high at the end */
    ck_assert_uint_eq(count(0.5, 0.0, 0.2, 0.5, 0), 0);
}
END_TEST

/* 96 % to 98 %: half of a height from 90 %. */
START_TEST(high_accuracies_fill_the_height) {
    const double points[] = {0, 0.96, 1000, 0.98};
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/train/running_accuracy", 2, 2, points);
    draw();
    ck_assert_uint_gt(count(0.0, 0.3, 0.5, 0.15, 0), 0);
    ck_assert_uint_gt(count(0.5, 0.15, 0.5, 0.15, 0), 0);
    ck_assert_uint_eq(count(0.0, 0.5, 0.9, 0.5, 0), 0);
}
END_TEST

START_TEST(phases_have_colours_of_their_own) {
    const double low[] = {0, 0.3, 1000, 0.3}, high[] = {0, 0.8, 1000, 0.8};
    plots_begin(&plots, "protocol: [{phase: first}, {phase: again}]\n");
    plots_array(&plots, "metrics/again/running_accuracy", 2, 2, high);
    plots_array(&plots, "metrics/first/running_accuracy", 2, 2, low);
    draw();
    ck_assert_uint_gt(count(0.0, 0.6, 0.8, 0.2, 0), 0);
    ck_assert_uint_eq(count(0.0, 0.0, 0.8, 0.6, 0), 0);
    ck_assert_uint_gt(count(0.0, 0.1, 0.8, 0.2, 1), 0);
    ck_assert_uint_eq(count(0.0, 0.4, 0.8, 0.6, 1), 0);
}
END_TEST

START_TEST(what_is_no_number_is_left_out) {
    const double points[] = {0, 0.5, 500, (double)NAN, (double)INFINITY, 0.1, 1000, 0.5};
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/train/running_accuracy", 4, 2, points);
    draw();
    ck_assert_uint_gt(count(0.0, 0.0, 0.8, 1.0, 0), 0);
}
END_TEST

START_TEST(a_series_without_any_number_leaves_the_axes) {
    const double points[] = {(double)NAN, (double)NAN};
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/train/running_accuracy", 1, 2, points);
    draw();
    ck_assert_uint_eq(count(0.0, 0.0, 0.8, 1.0, 0), 0);
}
END_TEST

Suite *suite_io_plot_accuracy(void) {
    Suite *suite = suite_create("io/plot_accuracy");
    TCase *tcase = tcase_create("plot_accuracy");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_line_goes_through_the_points);
    tcase_add_test(tcase, high_accuracies_fill_the_height);
    tcase_add_test(tcase, phases_have_colours_of_their_own);
    tcase_add_test(tcase, what_is_no_number_is_left_out);
    tcase_add_test(tcase, a_series_without_any_number_leaves_the_axes);
    suite_add_tcase(suite, tcase);
    return suite;
}
