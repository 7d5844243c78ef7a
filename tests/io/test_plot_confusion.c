#include "io/plot.h"

#include <check.h>
#include <math.h>

#include "tests/support/picture.h"
#include "tests/support/plots.h"
#include "tests/support/suites.h"

/* Of a matrix of two classes: cells of 72 units from here. */
enum { LEFT = 84, TOP = 76, CELL = 72, NONE_GAP = 12, SHARE_GAP = 28, SHARE_WIDTH = 84 };

static struct plots plots;
static struct picture picture;

static void teardown(void) {
    if (picture.surface) picture_close(&picture);
    plots_end(&plots);
}

static void draw(void) {
    picture = picture_open(plots_draw(&plots, &hk_plot_confusion, "x.png"));
}

/* Away from the number in the middle. */
static uint32_t cell(int row, int column) {
    return picture_at(&picture, LEFT + CELL * column + 6, TOP + CELL * row + 6);
}

START_TEST(rows_are_classes_and_columns_answers) {
    const double cells[] = {1, 0, 0, /**/ 3, 1, 0};
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/test/confusion", 2, 3, cells);
    draw();
    ck_assert_uint_eq(cell(0, 0), hk_colour_blues(1.0));
    ck_assert_uint_eq(cell(0, 1), HK_COLOUR_PAPER);
    ck_assert_uint_eq(cell(1, 0), hk_colour_blues(sqrt(0.75)));
    ck_assert_uint_eq(cell(1, 1), hk_colour_blues(0.5));
}
END_TEST

START_TEST(bars_say_how_much_of_a_class_was_right) {
    const double cells[] = {1, 0, 0, /**/ 3, 1, 0};
    const double bars = LEFT + 2 * CELL + SHARE_GAP;
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/test/confusion", 2, 3, cells);
    draw();
    for (int row = 0; row < 2; row++) {
        double y = TOP + CELL * row + CELL / 2.0;
        ck_assert_uint_eq(picture_at(&picture, bars + 0.2 * SHARE_WIDTH, y), HK_COLOUR_ACCENT);
        ck_assert_uint_eq(picture_at(&picture, bars + 0.3 * SHARE_WIDTH, y),
                          row == 0 ? HK_COLOUR_ACCENT : HK_COLOUR_PALE);
    }
}
END_TEST

START_TEST(samples_without_an_answer_have_a_column_of_their_own) {
    const double cells[] = {1, 0, 0, /**/ 0, 1, 3};
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/test/confusion", 2, 3, cells);
    draw();
    ck_assert_uint_eq(picture_at(&picture, LEFT + 2 * CELL + NONE_GAP + 6, TOP + CELL + 6),
                      hk_colour_blues(sqrt(0.75)));
    ck_assert_uint_eq(cell(1, 1), hk_colour_blues(0.5));
}
END_TEST

START_TEST(the_last_phase_of_the_protocol_is_drawn) {
    const double right[] = {1, 0, 0, /**/ 0, 1, 0}, wrong[] = {0, 1, 0, /**/ 1, 0, 0};
    plots_begin(&plots, "protocol: [{phase: train}, {phase: test}, {phase: check}]\n");
    plots_array(&plots, "metrics/check/confusion", 2, 3, right);
    plots_array(&plots, "metrics/test/confusion", 2, 3, wrong);
    plots_array(&plots, "metrics/train/confusion", 2, 3, wrong);
    draw();
    ck_assert_uint_eq(cell(0, 0), hk_colour_blues(1.0));
    ck_assert_uint_eq(cell(0, 1), HK_COLOUR_PAPER);
}
END_TEST

START_TEST(a_class_that_never_came_stays_empty) {
    const double cells[] = {0, 0, 0, /**/ 0, 1, 0};
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/test/confusion", 2, 3, cells);
    draw();
    ck_assert_uint_eq(cell(0, 0), HK_COLOUR_PAPER);
    ck_assert_uint_eq(cell(1, 1), hk_colour_blues(1.0));
}
END_TEST

/* Cells get small, and the picture keeps its size. */
START_TEST(many_classes_fit) {
    enum { CLASSES = 200 };
    static double cells[CLASSES * (CLASSES + 1)];
    for (size_t i = 0; i < CLASSES; i++) cells[i * (CLASSES + 1) + i] = 5.0;
    plots_begin(&plots, NULL);
    plots_array(&plots, "metrics/test/confusion", CLASSES, CLASSES + 1, cells);
    draw();
    ck_assert_double_eq(picture_width(&picture), HK_PLOT_WIDTH);
    ck_assert_double_lt(picture_height(&picture), HK_PLOT_WIDTH);
    ck_assert_uint_eq(picture_at(&picture, LEFT + 261.3, TOP + 261.3), hk_colour_blues(1.0));
    ck_assert_uint_eq(picture_at(&picture, LEFT + 300, TOP + 100), HK_COLOUR_PAPER);
}
END_TEST

Suite *suite_io_plot_confusion(void) {
    Suite *suite = suite_create("io/plot_confusion");
    TCase *tcase = tcase_create("plot_confusion");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, rows_are_classes_and_columns_answers);
    tcase_add_test(tcase, bars_say_how_much_of_a_class_was_right);
    tcase_add_test(tcase, samples_without_an_answer_have_a_column_of_their_own);
    tcase_add_test(tcase, the_last_phase_of_the_protocol_is_drawn);
    tcase_add_test(tcase, a_class_that_never_came_stays_empty);
    tcase_add_test(tcase, many_classes_fit);
    suite_add_tcase(suite, tcase);
    return suite;
}
