#include "io/plot_accuracy.h"

#include <check.h>
#include <math.h>

#include "tests/support/picture.h"
#include "tests/support/plots.h"
#include "tests/support/suites.h"

enum { RUNS = 3 };

static struct plots runs[RUNS];
static struct hk_plot_job jobs[RUNS];
static struct picture picture;
static struct hk_err err;

/* The frame of the picture, and what its lines are drawn in. */
static const double left = 76, top = 52, width = 696, height = 344;
enum { ONE = 4, MEAN = 0 };

static void teardown(void) {
    if (picture.surface) picture_close(&picture);
    for (size_t i = 0; i < RUNS; i++) plots_end(&runs[i]);
}

static const char two_phases[] = "name: x\nprotocol: [{phase: one}, {phase: again}]\n";

/* `second` is the experiment of the second run. */
static void begin(const char *second) {
    static const char *const names[RUNS] = {"a", "b", "c"};
    for (size_t i = 0; i < RUNS; i++)
        plots_begin_in(&runs[i], names[i], i == 1 ? second : two_phases);
}

/* A phase of a run: accuracies at 1000, 2000 ... */
static void phase(size_t run, const char *path, size_t count, const double *accuracies) {
    double points[32];
    for (size_t i = 0; i < count; i++) {
        points[2 * i] = 1000.0 * (double)(i + 1);
        points[2 * i + 1] = accuracies[i];
    }
    plots_array(&runs[run], path, count, 2, points);
}

static bool try_to_draw(void) {
    for (size_t i = 0; i < RUNS; i++) {
        ck_assert(plots_find(&runs[i], &hk_plot_accuracy));
        jobs[i] = runs[i].job;
    }
    return hk_plot_accuracy.draw_runs(jobs, RUNS, "x.png", &err);
}

static void draw(void) {
    ck_assert_msg(try_to_draw(), "%s", err.message);
    picture = picture_open("x.png");
}

/* Pixels of a colour in a part of the frame: x and y from the upper left, 0..1. */
static size_t count(double x, double y, double part, double high, unsigned series) {
    return picture_count(&picture,
                         (struct hk_box){left + x * width, top + y * height, part * width,
                                         high * height},
                         hk_colour_series(series));
}

/* Runs at 100 %, 70 % and 10 %: the mean is at 60 %. */
START_TEST(runs_are_lines_and_so_is_their_mean) {
    const double levels[RUNS] = {1.0, 0.7, 0.1};
    begin(two_phases);
    for (size_t i = 0; i < RUNS; i++)
        phase(i, "metrics/one/running_accuracy", 2, (double[]){levels[i], levels[i]});
    draw();
    ck_assert_uint_gt(count(0.6, 0.38, 0.3, 0.04, MEAN), 0);
    ck_assert_uint_eq(count(0.6, 0.05, 0.3, 0.3, MEAN), 0);
    ck_assert_uint_eq(count(0.6, 0.45, 0.3, 0.5, MEAN), 0);
    for (size_t i = 0; i < RUNS; i++)
        ck_assert_uint_gt(count(0.6, 1.0 - levels[i] - 0.01, 0.3, 0.02, ONE), 0);
    ck_assert_uint_eq(count(0.6, 0.5, 0.3, 0.3, ONE), 0);
    ck_assert_uint_gt(count(0.5, 1.05, 0.5, 0.1, ONE), 0); /* the legend */
    ck_assert_uint_gt(count(0.5, 1.05, 0.5, 0.1, MEAN), 0);
    ck_assert_double_eq(picture_width(&picture), HK_PLOT_WIDTH);
}
END_TEST

/* Two phases of 2000 samples: the second begins in the middle, where a line stands. */
START_TEST(phases_follow_each_other_on_one_axis) {
    const double middle = left + 0.5 * width;
    begin(two_phases);
    for (size_t i = 0; i < RUNS; i++) {
        phase(i, "metrics/again/running_accuracy", 2, (double[]){0.9, 0.9});
        phase(i, "metrics/one/running_accuracy", 2, (double[]){0.2, 0.2});
    }
    draw();
    ck_assert_uint_gt(count(0.25, 0.75, 0.25, 0.1, MEAN), 0);
    ck_assert_uint_eq(count(0.0, 0.0, 0.49, 0.7, MEAN), 0);
    ck_assert_uint_gt(count(0.75, 0.05, 0.25, 0.1, MEAN), 0);
    ck_assert_uint_eq(count(0.51, 0.3, 0.48, 0.7, MEAN), 0);
    ck_assert_uint_gt(picture_count(&picture, (struct hk_box){middle - 2, top + 100, 4, 100},
                                    HK_COLOUR_PALE),
                      100);
    ck_assert_uint_gt(picture_count(&picture, (struct hk_box){left, top - 20, width / 2, 16},
                                    HK_COLOUR_INK),
                      0);
    ck_assert_uint_gt(picture_count(&picture, (struct hk_box){middle, top - 20, width / 2, 16},
                                    HK_COLOUR_INK),
                      0);
}
END_TEST

/* The second run knows its first half only; there, the mean is of three, then of two. */
START_TEST(the_mean_is_over_the_runs_that_know) {
    const double nan = (double)NAN;
    begin(two_phases);
    phase(0, "metrics/one/running_accuracy", 4, (double[]){0.8, 0.8, 0.8, 0.8});
    phase(1, "metrics/one/running_accuracy", 4, (double[]){0.2, 0.2, nan, nan});
    phase(2, "metrics/one/running_accuracy", 4, (double[]){0.8, 0.8, 0.8, 0.8});
    draw();
    ck_assert_uint_gt(count(0.26, 0.38, 0.2, 0.04, MEAN), 0);
    ck_assert_uint_gt(count(0.76, 0.18, 0.2, 0.04, MEAN), 0);
    ck_assert_uint_eq(count(0.76, 0.3, 0.2, 0.7, MEAN), 0);
}
END_TEST

static void expect_refusal(const char *message) {
    ck_assert(!try_to_draw());
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, message);
}

START_TEST(runs_with_other_phases_are_refused) {
    const double level[] = {0.5};
    begin(two_phases);
    for (size_t i = 0; i < RUNS; i++) phase(i, "metrics/one/running_accuracy", 1, level);
    phase(0, "metrics/again/running_accuracy", 1, level);
    phase(1, "metrics/again/running_accuracy", 1, level);
    expect_refusal("the phases with an accuracy differ: c has 'one', but a has 'one, again'");
}
END_TEST

START_TEST(runs_over_other_samples_are_refused) {
    const double level[] = {0.5, 0.5, 0.5};
    begin(two_phases);
    for (size_t i = 0; i < RUNS; i++)
        phase(i, "metrics/one/running_accuracy", i == 1 ? 2 : 3, level);
    expect_refusal("the accuracy of phase 'one' is over other samples in b than in a");
}
END_TEST

START_TEST(phases_of_another_length_are_refused) {
    const double level[] = {0.5};
    begin(two_phases);
    for (size_t i = 0; i < RUNS; i++) {
        phase(i, "metrics/one/running_accuracy", 1, level);
        ck_assert(hk_results_integer(runs[i].results, "metrics/one/samples", i == 2 ? 1999 : 1500,
                                     NULL, &err));
    }
    expect_refusal("the accuracy of phase 'one' is over other samples in c than in a");
}
END_TEST

START_TEST(runs_of_another_experiment_are_refused) {
    const double level[] = {0.5};
    begin("name: y\nprotocol: [{phase: one}, {phase: again}]\n");
    for (size_t i = 0; i < RUNS; i++) phase(i, "metrics/one/running_accuracy", 1, level);
    expect_refusal("b is a run of 'y', but a one of 'x'");
}
END_TEST

Suite *suite_io_plot_accuracy_mean(void) {
    Suite *suite = suite_create("io/plot_accuracy_mean");
    TCase *tcase = tcase_create("plot_accuracy_mean");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, runs_are_lines_and_so_is_their_mean);
    tcase_add_test(tcase, phases_follow_each_other_on_one_axis);
    tcase_add_test(tcase, the_mean_is_over_the_runs_that_know);
    tcase_add_test(tcase, runs_with_other_phases_are_refused);
    tcase_add_test(tcase, runs_over_other_samples_are_refused);
    tcase_add_test(tcase, phases_of_another_length_are_refused);
    tcase_add_test(tcase, runs_of_another_experiment_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
