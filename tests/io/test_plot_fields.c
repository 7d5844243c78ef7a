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

/* ---- lists ---- */

static void synapses(const double (*list)[3], size_t count) {
    static const char *const paths[] = {"weights/in->out/source", "weights/in->out/target",
                                        "weights/in->out/weight"};
    double values[16];
    for (size_t column = 0; column < 3; column++) {
        for (size_t i = 0; i < count; i++) values[i] = list[i][column];
        plots_list(&plots, paths[column], count, values);
    }
}

/* Two fields of 2 x 3, side by side: target 0 sees the left, target 1 a corner, twice. A line
 * between them says where they end. */
START_TEST(what_a_list_does_not_connect_stays_paper) {
    const double list[][3] = {{0, 0, 1.0}, {1, 0, 2.0}, {3, 0, 3.0},
                              {4, 0, 0.0}, {2, 1, 1.5}, {2, 1, 2.5}};
    plots_begin(&plots, two_by_three);
    synapses(list, HK_COUNT(list));
    draw();
    ck_assert_uint_eq(cell(2, 7, 0, 0), hk_colour_viridis(0.25));
    ck_assert_uint_eq(cell(2, 7, 0, 1), hk_colour_viridis(0.5));
    ck_assert_uint_eq(cell(2, 7, 0, 2), HK_COLOUR_PAPER);
    ck_assert_uint_eq(cell(2, 7, 1, 0), hk_colour_viridis(0.75));
    ck_assert_uint_eq(cell(2, 7, 1, 1), hk_colour_viridis(0.0));
    ck_assert_uint_eq(cell(2, 7, 1, 2), HK_COLOUR_PAPER);
    ck_assert_uint_eq(cell(2, 7, 0, 6), hk_colour_viridis(1.0));
    ck_assert_uint_ne(cell(2, 7, 0, 3), HK_COLOUR_PAPER);
    for (int row = 0; row < 2; row++)
        for (int column = 4; column < 7; column++)
            if (row != 0 || column != 6)
                ck_assert_uint_eq(cell(2, 7, row, column), HK_COLOUR_PAPER);
}
END_TEST

/* The same weights as a matrix and as lists make the same picture. */
START_TEST(a_list_of_all_pairs_is_drawn_as_its_matrix_is) {
    double list[12][3], matrix[12];
    uint32_t pixels[14];
    for (size_t k = 0; k < 12; k++) {
        matrix[k] = list[k][2] = 1.0 + (double)(k * k % 7);
        size_t source = k / 2, target = k % 2;
        list[k][0] = (double)source;
        list[k][1] = (double)target;
    }
    plots_begin(&plots, two_by_three);
    plots_array(&plots, "weights/in->out", 6, 2, matrix);
    draw();
    for (int i = 0; i < 14; i++) pixels[i] = cell(2, 7, i / 7, i % 7);
    teardown();
    plots_begin(&plots, two_by_three);
    synapses((const double(*)[3])list, HK_COUNT(list));
    draw();
    for (int i = 0; i < 14; i++)
        if (i % 7 != 3) ck_assert_uint_eq(cell(2, 7, i / 7, i % 7), pixels[i]);
}
END_TEST

START_TEST(of_many_targets_of_a_list_the_first_are_drawn) {
    const double list[][3] = {{0, 0, 1.0}, {5, 399, 2.0}, {3, 5000, 3.0}};
    plots_begin(&plots, two_by_three);
    synapses(list, HK_COUNT(list));
    draw();
    /* 24 rows of 17 fields: 71 x 67 cells; number 399 is field 8 of the last row. */
    ck_assert_uint_eq(cell(71, 67, 0, 0), hk_colour_viridis(0.5));
    ck_assert_uint_eq(cell(71, 67, 70, 34), hk_colour_viridis(1.0));
    ck_assert_uint_eq(cell(71, 67, 70, 33), HK_COLOUR_PAPER);
}
END_TEST

static const char *const shapeless[] = {"populations: {in: {size: 4, source: {}}}\n",
                                        "populations: {in: {shape: [4], source: {}}}\n", NULL};

START_TEST(a_list_needs_a_source_with_a_shape) {
    const double list[][3] = {{0, 0, 1.0}, {3, 0, 2.0}};
    plots_begin(&plots, shapeless[_i]);
    synapses(list, HK_COUNT(list));
    ck_assert(!plots_find(&plots, &hk_plot_fields));
}
END_TEST

static const struct {
    double synapse[3];
    const char *message;
} strange[] = {
    {{6, 0, 1}, "weights/in->out/weight: the source of synapse 1 is 6, must be below 6"},
    {{-1, 0, 1}, "weights/in->out/weight: the source of synapse 1 is -1, must be below 6"},
    {{0.5, 0, 1}, "weights/in->out/weight: the source of synapse 1 is 0.5, must be below 6"},
    {{0, 1e9, 1},
     "weights/in->out/weight: the target of synapse 1 is 1e+09, must be below "
     "1048576"},
};

START_TEST(a_list_of_units_that_are_not_there_is_refused) {
    double list[2][3] = {{0, 0, 1}};
    for (size_t i = 0; i < 3; i++) list[1][i] = strange[_i].synapse[i];
    plots_begin(&plots, two_by_three);
    synapses((const double(*)[3])list, 2);
    ck_assert_str_eq(plots_refused(&plots, &hk_plot_fields), strange[_i].message);
}
END_TEST

START_TEST(lists_of_different_lengths_are_refused) {
    const double values[3] = {0};
    plots_begin(&plots, two_by_three);
    plots_list(&plots, "weights/in->out/source", 2, values);
    plots_list(&plots, "weights/in->out/target", 3, values);
    plots_list(&plots, "weights/in->out/weight", 3, values);
    ck_assert_str_eq(plots_refused(&plots, &hk_plot_fields),
                     "weights/in->out/source has 2 values where there should be 3");
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
    tcase_add_test(tcase, what_a_list_does_not_connect_stays_paper);
    tcase_add_test(tcase, a_list_of_all_pairs_is_drawn_as_its_matrix_is);
    tcase_add_test(tcase, of_many_targets_of_a_list_the_first_are_drawn);
    tcase_add_loop_test(tcase, a_list_needs_a_source_with_a_shape, 0, (int)HK_COUNT(shapeless));
    tcase_add_loop_test(tcase, a_list_of_units_that_are_not_there_is_refused, 0,
                        (int)HK_COUNT(strange));
    tcase_add_test(tcase, lists_of_different_lengths_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
