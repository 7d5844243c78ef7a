#include "io/plot.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/picture.h"
#include "tests/support/plots.h"
#include "tests/support/suites.h"

/* The first population: its raster and its rate, without their axes. */
enum { LEFT = 86, WIDTH = 684, TOP = 16, UNITS = 64, RATE_TOP = 96, RATE = 52, PANEL = 160 };

static struct plots plots;
static struct picture picture;

static void teardown(void) {
    if (picture.surface) picture_close(&picture);
    plots_end(&plots);
}

static void draw(void) {
    picture = picture_open(plots_draw(&plots, &hk_plot_raster, "x.png"));
}

/* How much of the part from..to of the time, and of the height below, isn't paper. */
static size_t ink(double from, double to, double top, double height) {
    struct hk_box box = {LEFT + from * WIDTH, top, (to - from) * WIDTH, height};
    size_t pixels = picture_count(&picture, box, HK_COLOUR_PAPER);
    return (size_t)(2.0 * (box.x + box.width)) * (size_t)(2.0 * height) -
           (size_t)(2.0 * box.x) * (size_t)(2.0 * height) - pixels;
}
static size_t rate(double from, double to, double top, double height) {
    struct hk_box box = {LEFT + from * WIDTH, top, (to - from) * WIDTH, height};
    return picture_count(&picture, box, HK_COLOUR_ACCENT);
}

/* Unit 0 of 2 fires at a quarter, unit 1 at three quarters of the time. */
START_TEST(a_spike_lies_at_its_time_and_unit) {
    const hk_tick ticks[] = {250, 750};
    const hk_neuron ids[] = {0, 1};
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 2, ticks, ids, 2, 1000.0);
    draw();
    ck_assert_uint_gt(ink(0.24, 0.26, TOP + UNITS / 2.0, UNITS / 2.0), 0);
    ck_assert_uint_gt(ink(0.74, 0.76, TOP, UNITS / 2.0), 0);
    ck_assert_uint_eq(ink(0.0, 0.24, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.26, 0.74, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.76, 1.0, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.24, 0.26, TOP, UNITS / 2.0), 0);
}
END_TEST

/* One spike in each 10 ms of the first half, in bins of 50 ms: a box. */
START_TEST(rates_are_below_and_zero_where_nothing_fires) {
    hk_tick ticks[50];
    hk_neuron ids[50] = {0};
    for (hk_tick i = 0; i < 50; i++) ticks[i] = 10 * i;
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 1, ticks, ids, 50, 1000.0);
    draw();
    ck_assert_uint_eq(rate(0.01, 0.49, RATE_TOP + 10, RATE - 14),
                      rate(0.01, 0.49, RATE_TOP + 10, 1) * (RATE - 14));
    ck_assert_uint_gt(rate(0.01, 0.49, RATE_TOP + 10, 1), 600);
    ck_assert_uint_eq(rate(0.51, 1.0, RATE_TOP, RATE), 0);
}
END_TEST

START_TEST(populations_come_in_the_order_of_the_experiment) {
    const hk_tick early[] = {100}, late[] = {900};
    const hk_neuron ids[] = {0};
    plots_begin(&plots, "populations: {z: {}, a: {}}\n");
    plots_spikes(&plots, "a", 1, late, ids, 1, 1000.0);
    plots_spikes(&plots, "z", 1, early, ids, 1, 1000.0);
    draw();
    ck_assert_uint_gt(ink(0.0, 0.5, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.5, 1.0, TOP, UNITS), 0);
    ck_assert_uint_gt(ink(0.5, 1.0, TOP + PANEL, UNITS), 0);
    ck_assert_uint_eq(ink(0.0, 0.5, TOP + PANEL, UNITS), 0);
}
END_TEST

/* Of a long run, 5 s from the first spike on, which is at 60.05 s. */
START_TEST(late_spikes_are_found) {
    const hk_tick ticks[] = {60050, 62500, 90000};
    const hk_neuron ids[] = {0, 0, 0};
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 1, ticks, ids, 3, 100000.0);
    draw();
    ck_assert_uint_gt(ink(0.005, 0.02, TOP, UNITS), 0);
    ck_assert_uint_gt(ink(0.49, 0.51, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.02, 0.49, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.51, 1.0, TOP, UNITS), 0);
}
END_TEST

START_TEST(the_time_that_was_asked_for_is_shown) {
    const hk_tick ticks[] = {100, 450, 900};
    const hk_neuron ids[] = {0, 0, 0};
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 1, ticks, ids, 3, 1000.0);
    ck_assert(plots_find(&plots, &hk_plot_raster));
    plots.job.from_ms = 400.0;
    plots.job.to_ms = 500.0;
    draw();
    ck_assert_uint_gt(ink(0.49, 0.51, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.0, 0.49, TOP, UNITS), 0);
    ck_assert_uint_eq(ink(0.51, 1.0, TOP, UNITS), 0);
}
END_TEST

/* The note at the bottom, to the right, is longer than that of rates. */
START_TEST(where_spikes_are_is_said_where_there_are_none) {
    enum { NOTE_TOP = 196, NOTE = 16 };
    const hk_tick ticks[] = {100, 900};
    const hk_neuron ids[] = {0, 0};
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 1, ticks, ids, 2, 1000.0);
    ck_assert(plots_find(&plots, &hk_plot_raster));
    plots.job.from_ms = 400.0;
    plots.job.to_ms = _i == 0 ? 500.0 : 950.0;
    draw();
    ck_assert_uint_gt(ink(0.9, 1.0, NOTE_TOP, NOTE), 0);
    ck_assert_int_eq(ink(0.65, 0.75, NOTE_TOP, NOTE) > 0, _i == 0);
}
END_TEST

/* Silence after the end would be a lie. */
START_TEST(nothing_is_shown_beyond_the_run) {
    const hk_tick ticks[] = {0, 500, 985};
    const hk_neuron ids[] = {0, 0, 0};
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 1, ticks, ids, 3, 1000.0);
    ck_assert(plots_find(&plots, &hk_plot_raster));
    plots.job.from_ms = -5000.0;
    plots.job.to_ms = 5000.0;
    draw();
    ck_assert_uint_gt(ink(0.49, 0.51, TOP, UNITS), 0);
    ck_assert_uint_gt(ink(0.98, 1.0, TOP, UNITS), 0);
}
END_TEST

static const double wrong[][2] = {{500.0, 400.0}, {2000.0, 3000.0}, {500.0, 500.0}};

START_TEST(an_empty_time_is_refused) {
    const hk_tick ticks[] = {100};
    const hk_neuron ids[] = {0};
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 1, ticks, ids, 1, 1000.0);
    ck_assert(plots_find(&plots, &hk_plot_raster));
    plots.job.from_ms = wrong[_i][0];
    plots.job.to_ms = wrong[_i][1];
    ck_assert(!hk_plot_raster.draw(&plots.job, "x.png", &plots.err));
    ck_assert_int_eq(plots.err.code, HK_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(plots.err.message, "the run ends at 1000 ms"));
}
END_TEST

START_TEST(populations_that_never_fired_are_left_out) {
    const hk_tick ticks[] = {100};
    const hk_neuron ids[] = {0};
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "a", 1, ticks, ids, 0, 1000.0);
    plots_spikes(&plots, "b", 1, ticks, ids, 1, 1000.0);
    ck_assert(plots_find(&plots, &hk_plot_raster));
    ck_assert_str_eq(plots.job.items->name, "b");
    ck_assert_ptr_null(plots.job.items->next);
}
END_TEST

START_TEST(of_many_populations_the_first_are_drawn) {
    const hk_tick ticks[] = {100};
    const hk_neuron ids[] = {0};
    char name[16];
    plots_begin(&plots, NULL);
    for (int i = 0; i < 22; i++) {
        (void)snprintf(name, sizeof name, "pop%02d", i);
        plots_spikes(&plots, name, 1, ticks, ids, 1, 1000.0);
    }
    draw();
    ck_assert_double_gt(picture_height(&picture), 20 * PANEL);
    ck_assert_double_lt(picture_height(&picture), 21 * PANEL);
}
END_TEST

/* How often `text` is in the file. */
static size_t count_in_file(const char *path, const char *text) {
    char line[1 << 16];
    size_t count = 0;
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file))
        for (const char *at = line; (at = strstr(at, text)); at++) count++;
    (void)fclose(file);
    return count;
}

/* Each stroke moves once; axes and letters a few thousand times. Of the 100,000 spikes 50,000 are
 * expected, with a standard deviation of 160. */
START_TEST(of_too_many_spikes_a_fair_part_is_shown) {
    enum { SPIKES = 100000 };
    static hk_tick ticks[SPIKES];
    static hk_neuron ids[SPIKES];
    for (int i = 0; i < SPIKES; i++) ticks[i] = i / 100, ids[i] = (hk_neuron)(i % 100);
    plots_begin(&plots, NULL);
    plots_spikes(&plots, "exc", 100, ticks, ids, SPIKES, 1000.0);
    size_t moves = count_in_file(plots_draw(&plots, &hk_plot_raster, "x.svg"), "M ");
    ck_assert_uint_gt(moves, 49000);
    ck_assert_uint_lt(moves, 53000);
}
END_TEST

Suite *suite_io_plot_raster(void) {
    Suite *suite = suite_create("io/plot_raster");
    TCase *tcase = tcase_create("plot_raster");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_spike_lies_at_its_time_and_unit);
    tcase_add_test(tcase, rates_are_below_and_zero_where_nothing_fires);
    tcase_add_test(tcase, populations_come_in_the_order_of_the_experiment);
    tcase_add_test(tcase, late_spikes_are_found);
    tcase_add_test(tcase, the_time_that_was_asked_for_is_shown);
    tcase_add_loop_test(tcase, where_spikes_are_is_said_where_there_are_none, 0, 2);
    tcase_add_test(tcase, nothing_is_shown_beyond_the_run);
    tcase_add_loop_test(tcase, an_empty_time_is_refused, 0, (int)HK_COUNT(wrong));
    tcase_add_test(tcase, populations_that_never_fired_are_left_out);
    tcase_add_test(tcase, of_many_populations_the_first_are_drawn);
    tcase_add_test(tcase, of_too_many_spikes_a_fair_part_is_shown);
    suite_add_tcase(suite, tcase);
    return suite;
}
