#include "io/axes.h"

#include <check.h>
#include <math.h>
#include <unistd.h>

#include "sim/rng.h"
#include "tests/support/paths.h"
#include "tests/support/picture.h"
#include "tests/support/suites.h"

START_TEST(frames_place_values_with_y_upwards) {
    const struct hk_frame frame = {{100, 50, 200, 80}, 10.0, 20.0, -1.0, 1.0};
    struct hk_point low = hk_frame_at(&frame, 10.0, -1.0), high = hk_frame_at(&frame, 20.0, 1.0);
    ck_assert(low.x == 100.0 && low.y == 130.0);
    ck_assert(high.x == 300.0 && high.y == 50.0);
    ck_assert_double_eq(hk_frame_at(&frame, 15.0, 0.0).x, 200.0);
    ck_assert_double_eq(hk_frame_at(&frame, 15.0, 0.0).y, 90.0);
}
END_TEST

static const struct {
    double low, high;
    size_t most;
    double first, step;
    size_t count;
    int decimals;
} choices[] = {
    {0.0, 1.0, 6, 0.0, 0.2, 6, 1},       {0.0, 100.0, 5, 0.0, 50.0, 3, 0},
    {0.0, 784.0, 6, 0.0, 200.0, 4, 0},   {1202.4, 1207.4, 10, 1202.5, 0.5, 10, 1},
    {-0.03, 0.05, 5, -0.02, 0.02, 4, 2}, {31582.0, 31587.0, 10, 31582.0, 1.0, 6, 0},
    {0.0, 4e-7, 5, 0.0, 1e-7, 5, 7},     {0.0, 0.3, 4, 0.0, 0.1, 4, 1},
};

START_TEST(ticks_are_round_and_reach_both_ends) {
    struct hk_ticks ticks = hk_ticks_choose(choices[_i].low, choices[_i].high, choices[_i].most);
    ck_assert_double_eq_tol(ticks.step, choices[_i].step, 1e-12 * choices[_i].step);
    ck_assert_uint_eq(ticks.count, choices[_i].count);
    ck_assert_double_eq_tol(hk_ticks_at(&ticks, 0), choices[_i].first, 1e-9);
    ck_assert_int_eq(ticks.decimals, choices[_i].decimals);
}
END_TEST

/* A step finer, by at most 2.5, would have been too many: so there is never less than a third. */
START_TEST(ticks_lie_within_and_are_neither_few_nor_many) {
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "ticks"), 0, 0);
    for (int i = 0; i < 2000; i++) {
        double low = 1000.0 * (hk_draws_uniform(&draws) - 0.5);
        double span = pow(10.0, 8.0 * hk_draws_uniform(&draws) - 4.0);
        size_t most = 4 + hk_draws_below(&draws, 20);
        struct hk_ticks ticks = hk_ticks_choose(low, low + span, most);
        ck_assert(ticks.count <= most && ticks.count + 1 >= most / 3);
        ck_assert_double_ge(hk_ticks_at(&ticks, 0), low - 1e-6 * span);
        ck_assert_double_le(hk_ticks_at(&ticks, ticks.count - 1), low + span * (1.0 + 1e-6));
    }
}
END_TEST

START_TEST(ends_of_axes_are_round_and_not_below) {
    const double pairs[][2] = {{28.9, 30.0}, {3.99, 4.0},   {4.0, 4.0},    {0.62, 0.8},
                               {1.2, 1.5},   {99.0, 100.0}, {0.011, 0.015}};
    for (size_t i = 0; i < HK_COUNT(pairs); i++)
        ck_assert_double_eq_tol(hk_ticks_above(pairs[i][0]), pairs[i][1], 1e-12 * pairs[i][1]);
}
END_TEST

/* ---- drawn ---- */

static struct hk_arena *arena;
static struct hk_canvas *canvas;
static struct picture picture;
static struct hk_err err;

static void setup(void) {
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    canvas = hk_canvas_create(arena, "x.png", 300, 200, &err);
    ck_assert_ptr_nonnull(canvas);
}

static void look(void) {
    ck_assert_msg(hk_canvas_close(canvas, &err), "%s", err.message);
    picture = picture_open("x.png");
}

static void teardown(void) {
    picture_close(&picture);
    hk_canvas_destroy(canvas);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static bool is_paper(struct hk_box box) {
    return picture_count(&picture, box, HK_COLOUR_PAPER) == (size_t)(4.0 * box.width * box.height);
}

static const struct hk_frame frame = {{80, 20, 200, 100}, 0.0, 1.0, 0.0, 10.0};

START_TEST(an_axis_without_numbers_and_label_has_its_line_and_ticks_only) {
    hk_axis_bottom(canvas, &frame, (struct hk_axis){NULL, false, 6});
    look();
    ck_assert(!is_paper((struct hk_box){79, 119, 202, 2}));
    ck_assert(!is_paper((struct hk_box){119, 121, 2, 2})); /* 0.2 */
    ck_assert(is_paper((struct hk_box){125, 122, 30, 70}));
    ck_assert(is_paper((struct hk_box){0, 126, 300, 74}));
    ck_assert(is_paper((struct hk_box){0, 0, 300, 119}));
}
END_TEST

START_TEST(numbers_and_labels_lie_outside_the_frame) {
    hk_axis_bottom(canvas, &frame, (struct hk_axis){"time (s)", true, 6});
    hk_axis_left(canvas, &frame, (struct hk_axis){"spikes/s", true, 6});
    look();
    ck_assert(!is_paper((struct hk_box){110, 126, 20, 14})); /* 0.2 */
    ck_assert(!is_paper((struct hk_box){150, 148, 60, 16})); /* the label */
    ck_assert(!is_paper((struct hk_box){55, 12, 20, 16}));   /* 10 */
    ck_assert(!is_paper((struct hk_box){20, 45, 16, 50}));   /* the label */
    ck_assert(is_paper((struct hk_box){82, 20, 198, 98}));
}
END_TEST

START_TEST(colour_bars_begin_at_the_bottom) {
    const struct hk_colour_bar bar = {{20, 20, 14, 120}, 0.0, 0.5, hk_colour_viridis, "weight"};
    hk_axis_colours(canvas, &bar);
    look();
    ck_assert_uint_gt(picture_count(&picture, (struct hk_box){20, 20, 14, 1}, 0xfde725), 0);
    ck_assert_uint_gt(picture_count(&picture, (struct hk_box){20, 139, 14, 1}, 0x440154), 0);
    ck_assert(!is_paper((struct hk_box){40, 132, 30, 16})); /* 0.0 */
    ck_assert(!is_paper((struct hk_box){78, 60, 16, 40}));  /* the label */
}
END_TEST

Suite *suite_io_axes(void) {
    Suite *suite = suite_create("io/axes");
    TCase *ticks = tcase_create("ticks"), *drawn = tcase_create("drawn");
    tcase_add_test(ticks, frames_place_values_with_y_upwards);
    tcase_add_loop_test(ticks, ticks_are_round_and_reach_both_ends, 0, (int)HK_COUNT(choices));
    tcase_add_test(ticks, ticks_lie_within_and_are_neither_few_nor_many);
    tcase_add_test(ticks, ends_of_axes_are_round_and_not_below);
    suite_add_tcase(suite, ticks);
    tcase_add_checked_fixture(drawn, setup, teardown);
    tcase_add_test(drawn, an_axis_without_numbers_and_label_has_its_line_and_ticks_only);
    tcase_add_test(drawn, numbers_and_labels_lie_outside_the_frame);
    tcase_add_test(drawn, colour_bars_begin_at_the_bottom);
    suite_add_tcase(suite, drawn);
    return suite;
}
