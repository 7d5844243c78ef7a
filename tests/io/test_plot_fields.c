#include "io/plot.h"

#include <check.h>
#include <math.h>

#include "tests/support/picture.h"
#include "tests/support/plots.h"
#include "tests/support/suites.h"

/* The images of a panel, and the room above them. */
enum { LEFT = 32, TOP = 52, SIDE = 620 };

static struct plots plots;
static struct picture picture;

static void teardown(void) {
    if (picture.surface) picture_close(&picture);
    plots_end(&plots);
}

static void draw(void) {
    picture = picture_open(plots_draw(&plots, &hk_plot_fields, "x.png"));
}

/* The value in the middle of a cell of a panel's image of `rows` x `columns` cells. */
static uint32_t cell(int rows, int columns, int row, int column) {
    double scale = (double)SIDE / (rows > columns ? rows : columns);
    return picture_at(&picture, LEFT + scale * (column + 0.5), TOP + scale * (row + 0.5));
}

static const char two_by_three[] = "populations: {in: {shape: [2, 3], source: {}}}\n";

START_TEST(a_field_has_the_shape_of_the_source) {
    const double weights[] = {0, 1, 2, 3, 4, 5};
    plots_begin(&plots, two_by_three);
    plots_array(&plots, "weights/in->out", 6, 1, weights);
    draw();
    for (int i = 0; i < 6; i++)
        ck_assert_uint_eq(cell(2, 3, i / 3, i % 3), hk_colour_viridis(i / 5.0));
}
END_TEST

/* Four targets stand in two rows, one cell apart. */
START_TEST(targets_stand_side_by_side_in_one_scale) {
    const double weights[] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
    plots_begin(&plots, "populations: {in: {shape: [2, 2], source: {}}}\n");
    plots_array(&plots, "weights/in->out", 4, 4, weights);
    draw();
    ck_assert_uint_eq(cell(5, 5, 0, 0), hk_colour_viridis(0.0));
    ck_assert_uint_eq(cell(5, 5, 1, 4), hk_colour_viridis(1.0 / 3.0));
    ck_assert_uint_eq(cell(5, 5, 3, 1), hk_colour_viridis(2.0 / 3.0));
    ck_assert_uint_eq(cell(5, 5, 4, 3), hk_colour_viridis(1.0));
    ck_assert_uint_eq(cell(5, 5, 2, 2), HK_COLOUR_PAPER);
    ck_assert_uint_eq(cell(5, 5, 0, 2), HK_COLOUR_PAPER);
}
END_TEST

START_TEST(zero_has_the_first_colour_unless_there_is_less) {
    const double weights[] = {1, 1, 2, 2}, less[] = {-2, 0, 2, 2};
    plots_begin(&plots, NULL);
    plots_array(&plots, "weights/a->b", 4, 1, weights);
    plots_array(&plots, "weights/c->d", 4, 1, less);
    draw();
    ck_assert_uint_eq(cell(2, 2, 0, 0), hk_colour_viridis(0.5));
    ck_assert_uint_eq(picture_at(&picture, LEFT + 100, SIDE + 2 * TOP + 28 + 100),
                      hk_colour_viridis(0.0));
    ck_assert_uint_eq(picture_at(&picture, LEFT + 500, SIDE + 2 * TOP + 28 + 100),
                      hk_colour_viridis(0.5));
}
END_TEST

static const struct {
    const char *experiment;
    size_t rows;
    bool taken;
} sources[] = {
    {"populations: {in: {shape: [2, 3], source: {}}}\n", 6, true},
    {"populations: {in: {shape: [2, 3], model: lif}}\n", 6, true},
    {"populations: {in: {shape: [3, 3], source: {}}}\n", 6, false},
    {"populations: {in: {shape: [4], source: {}}}\n", 4, false},
    {"populations: {in: {shape: [1, 4], source: {}}}\n", 4, false},
    {"populations: {in: {shape: [2, two], source: {}}}\n", 4, false},
    {"populations: {in: {size: 4, source: {}}}\n", 4, true},
    {"populations: {in: {size: 5, source: {}}}\n", 5, false},
    {"populations: {in: {size: 4, model: lif}}\n", 4, false},
    {NULL, 4, true},
    {NULL, 6, false},
};

START_TEST(only_sources_with_two_dimensions_have_fields) {
    const double weights[12] = {0};
    plots_begin(&plots, sources[_i].experiment);
    plots_array(&plots, "weights/in->out", sources[_i].rows, 2, weights);
    ck_assert_int_eq(plots_find(&plots, &hk_plot_fields), sources[_i].taken);
}
END_TEST

START_TEST(weights_that_are_all_equal_or_no_numbers_are_drawn) {
    const double weights[] = {(double)NAN, (double)INFINITY, 0, 0};
    plots_begin(&plots, NULL);
    plots_array(&plots, "weights/in->out", 4, 1, weights);
    draw();
    ck_assert_uint_eq(cell(2, 2, 0, 0), HK_COLOUR_PAPER);
    ck_assert_uint_eq(cell(2, 2, 0, 1), hk_colour_viridis(1.0));
    ck_assert_uint_eq(cell(2, 2, 1, 1), hk_colour_viridis(0.0));
}
END_TEST

/* 20 x 20 fields of 2 x 2 values. */
START_TEST(of_many_targets_the_first_are_drawn) {
    enum { TARGETS = 500 };
    static double weights[4 * TARGETS];
    for (size_t i = 0; i < 4; i++) weights[i * TARGETS + 399] = 1.0;
    plots_begin(&plots, NULL);
    plots_array(&plots, "weights/in->out", 4, TARGETS, weights);
    draw();
    ck_assert_uint_eq(cell(59, 59, 58, 58), hk_colour_viridis(1.0));
    ck_assert_uint_eq(cell(59, 59, 58, 55), hk_colour_viridis(0.0));
}
END_TEST

START_TEST(of_many_projections_the_first_are_drawn) {
    const double weights[] = {0, 1, 2, 3};
    char path[64];
    plots_begin(&plots, NULL);
    for (int i = 0; i < 12; i++) {
        (void)snprintf(path, sizeof path, "weights/in->out%02d", i);
        plots_array(&plots, path, 4, 1, weights);
    }
    draw();
    ck_assert_double_eq(picture_height(&picture), 10 * (TOP + SIDE + 28) + 32);
}
END_TEST

Suite *suite_io_plot_fields(void) {
    Suite *suite = suite_create("io/plot_fields");
    TCase *tcase = tcase_create("plot_fields");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_field_has_the_shape_of_the_source);
    tcase_add_test(tcase, targets_stand_side_by_side_in_one_scale);
    tcase_add_test(tcase, zero_has_the_first_colour_unless_there_is_less);
    tcase_add_loop_test(tcase, only_sources_with_two_dimensions_have_fields, 0,
                        (int)HK_COUNT(sources));
    tcase_add_test(tcase, weights_that_are_all_equal_or_no_numbers_are_drawn);
    tcase_add_test(tcase, of_many_targets_the_first_are_drawn);
    tcase_add_test(tcase, of_many_projections_the_first_are_drawn);
    suite_add_tcase(suite, tcase);
    return suite;
}
