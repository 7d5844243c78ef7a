#include "io/canvas.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/types.h"
#include "tests/support/paths.h"
#include "tests/support/picture.h"
#include "tests/support/suites.h"

enum { SIDE = 100 };

static struct hk_arena *arena;
static struct hk_canvas *canvas;
static struct picture picture;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){.code = HK_OK};
    canvas = NULL;
    picture.surface = NULL;
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_canvas_destroy(canvas);
    if (picture.surface) picture_close(&picture);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void open_canvas(const char *path) {
    canvas = hk_canvas_create(arena, path, SIDE, SIDE, &err);
    ck_assert_msg(canvas != NULL, "%s", err.message);
}

static void look(void) {
    ck_assert_msg(hk_canvas_close(canvas, &err), "%s", err.message);
    picture = picture_open("x.png");
}

static void assert_error(enum hk_code code, const char *part) {
    ck_assert_int_eq(err.code, code);
    ck_assert_msg(strstr(err.message, part), "\"%s\" lacks \"%s\"", err.message, part);
}

static void assert_begins(const char *path, const char *begin) {
    char text[32] = "";
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    (void)fclose(file);
    ck_assert_int_eq(strncmp(text, begin, strlen(begin)), 0);
}

/* In an area of the picture. */
static size_t pixels(double width, double height) {
    return (size_t)(4.0 * width * height);
}

START_TEST(the_names_end_says_the_format) {
    open_canvas("x.svg");
    ck_assert(hk_canvas_close(canvas, &err));
    assert_begins("x.svg", "<?xml");
    hk_canvas_destroy(canvas);
    open_canvas("x.png");
    ck_assert(hk_canvas_close(canvas, &err));
    assert_begins("x.png", "\x89PNG");
}
END_TEST

START_TEST(other_formats_are_refused) {
    canvas = hk_canvas_create(arena, "x.gif", SIDE, SIDE, &err);
    ck_assert_ptr_null(canvas);
    assert_error(HK_ERR_USAGE, "x.gif: a picture's name ends with .svg or .png");
}
END_TEST

START_TEST(a_size_without_bounds_is_refused) {
    canvas = hk_canvas_create(arena, "x.svg", SIDE, 1e9, &err);
    ck_assert_ptr_null(canvas);
    assert_error(HK_ERR_LIMIT, "a side has at most 8000");
}
END_TEST

START_TEST(an_empty_picture_is_paper_of_its_size) {
    open_canvas("x.png");
    look();
    ck_assert_double_eq(picture_width(&picture), SIDE);
    ck_assert_double_eq(picture_height(&picture), SIDE);
    ck_assert_uint_eq(picture_count(&picture, (struct hk_box){0, 0, SIDE, SIDE}, HK_COLOUR_PAPER),
                      pixels(SIDE, SIDE));
}
END_TEST

START_TEST(boxes_lie_where_they_should) {
    open_canvas("x.png");
    hk_canvas_ink(canvas, 0xff0000);
    hk_canvas_fill_box(canvas, (struct hk_box){10, 20, 30, 40});
    look();
    ck_assert_uint_eq(picture_count(&picture, (struct hk_box){0, 0, SIDE, SIDE}, 0xff0000),
                      pixels(30, 40));
    ck_assert_uint_eq(picture_at(&picture, 10.5, 20.5), 0xff0000);
    ck_assert_uint_eq(picture_at(&picture, 39.5, 59.5), 0xff0000);
}
END_TEST

/* After text, too: nothing joins them to what was drawn before. */
START_TEST(lines_strokes_and_areas_are_no_longer_than_they_should) {
    const struct hk_point line[] = {{10, 50}, {90, 50}}, area[] = {{10, 60}, {30, 60}, {10, 80}};
    const struct hk_point spikes[] = {{60, 70}, {80, 70}};
    open_canvas("x.png");
    hk_canvas_ink(canvas, HK_COLOUR_PAPER);
    hk_canvas_text(canvas, &(struct hk_text){.x = 50, .y = 10, .size = 10}, "text");
    hk_canvas_ink(canvas, 0x0000ff);
    hk_canvas_line(canvas, line, HK_COUNT(line), 2.0);
    hk_canvas_fill(canvas, area, HK_COUNT(area));
    hk_canvas_strokes(canvas, spikes, HK_COUNT(spikes), 10.0, 1.0);
    look();
    ck_assert_uint_eq(picture_count(&picture, (struct hk_box){0, 0, SIDE, 55}, 0x0000ff),
                      pixels(80, 2));
    ck_assert_uint_eq(picture_at(&picture, 11, 61), 0x0000ff);
    ck_assert_uint_eq(picture_at(&picture, 29, 79), HK_COLOUR_PAPER);
    ck_assert_uint_eq(picture_count(&picture, (struct hk_box){50, 55, 50, 45}, 0x0000ff),
                      pixels(2, 10));
}
END_TEST

static size_t count_ink(double x, double y, double width, double height) {
    return pixels(width, height) -
           picture_count(&picture, (struct hk_box){x, y, width, height}, HK_COLOUR_PAPER);
}

START_TEST(text_keeps_to_its_side) {
    open_canvas("x.png");
    hk_canvas_text(canvas, &(struct hk_text){50, 20, 12, HK_ALIGN_LEFT, false}, "MMM");
    hk_canvas_text(canvas, &(struct hk_text){50, 50, 12, HK_ALIGN_RIGHT, false}, "MMM");
    hk_canvas_text(canvas, &(struct hk_text){50, 80, 12, HK_ALIGN_CENTRE, true}, "MMM");
    look();
    ck_assert_uint_eq(count_ink(0, 0, 50, 35), 0);
    ck_assert_uint_gt(count_ink(50, 0, 50, 35), 0);
    ck_assert_uint_gt(count_ink(0, 35, 50, 28), 0);
    ck_assert_uint_eq(count_ink(50, 35, 50, 28), 0);
    ck_assert_uint_gt(count_ink(44, 64, 12, 10), 0); /* upwards: narrow and high */
    ck_assert_uint_gt(count_ink(44, 86, 12, 10), 0);
    ck_assert_uint_eq(count_ink(0, 64, 44, 36), 0);
    ck_assert_uint_eq(count_ink(56, 64, 44, 36), 0);
}
END_TEST

START_TEST(images_have_a_flat_cell_a_value) {
    const float values[] = {0.0F, 1.0F, NAN, 3.0F, 2.0F, 9.0F};
    const struct hk_image image = {values, 2, 3, 0.0, 3.0, hk_colour_viridis};
    open_canvas("x.png");
    hk_canvas_image(canvas, (struct hk_box){10, 20, 60, 40}, &image);
    look();
    const uint32_t expected[] = {hk_colour_viridis(0.0),
                                 hk_colour_viridis(1.0 / 3.0),
                                 HK_COLOUR_PAPER,
                                 hk_colour_viridis(1.0),
                                 hk_colour_viridis(2.0 / 3.0),
                                 hk_colour_viridis(1.0)};
    for (int i = 0; i < 6; i++) {
        struct hk_box cell = {10 + 20 * (i % 3), i < 3 ? 20 : 40, 20, 20};
        ck_assert_uint_eq(picture_count(&picture, cell, expected[i]), pixels(20, 20));
    }
}
END_TEST

START_TEST(clips_hide_what_lies_outside_until_they_end) {
    open_canvas("x.png");
    hk_canvas_clip(canvas, (struct hk_box){0, 0, 50, 50});
    hk_canvas_fill_box(canvas, (struct hk_box){40, 40, 20, 20});
    hk_canvas_unclip(canvas);
    hk_canvas_fill_box(canvas, (struct hk_box){80, 80, 10, 10});
    look();
    ck_assert_uint_eq(picture_count(&picture, (struct hk_box){0, 0, 70, 70}, HK_COLOUR_INK),
                      pixels(10, 10));
    ck_assert_uint_eq(picture_at(&picture, 85, 85), HK_COLOUR_INK);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error) {
    canvas = hk_canvas_create(arena, "none/x.svg", SIDE, SIDE, &err);
    ck_assert_ptr_null(canvas);
    assert_error(HK_ERR_IO, "can't write none/x.svg: No such file or directory");
}
END_TEST

static const char *const names[] = {"x.svg", "x.png"};

START_TEST(a_full_disk_is_an_error_and_leaves_no_picture) {
    char part[32];
    (void)snprintf(part, sizeof part, "%s.part", names[_i]);
    ck_assert_int_eq(symlink("/dev/full", part), 0);
    open_canvas(names[_i]);
    ck_assert(!hk_canvas_close(canvas, &err));
    assert_error(HK_ERR_IO, "No space left on device");
    ck_assert_int_ne(access(names[_i], F_OK), 0);
    ck_assert_int_ne(access(part, F_OK), 0);
}
END_TEST

START_TEST(a_picture_given_up_leaves_no_file) {
    open_canvas(names[_i]);
    hk_canvas_destroy(canvas);
    ck_assert_int_ne(access(names[_i], F_OK), 0);
    ck_assert_int_ne(access("x.svg.part", F_OK), 0);
    ck_assert_int_ne(access("x.png.part", F_OK), 0);
}
END_TEST

START_TEST(text_that_is_not_utf8_is_an_error) {
    open_canvas("x.svg");
    hk_canvas_text(canvas, &(struct hk_text){.x = 5, .y = 5, .size = 12}, "\xff\xfe");
    ck_assert(!hk_canvas_close(canvas, &err));
    assert_error(HK_ERR_IO, "can't write x.svg: ");
}
END_TEST

Suite *suite_io_canvas(void) {
    Suite *suite = suite_create("io/canvas");
    TCase *tcase = tcase_create("canvas");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_names_end_says_the_format);
    tcase_add_test(tcase, other_formats_are_refused);
    tcase_add_test(tcase, a_size_without_bounds_is_refused);
    tcase_add_test(tcase, an_empty_picture_is_paper_of_its_size);
    tcase_add_test(tcase, boxes_lie_where_they_should);
    tcase_add_test(tcase, lines_strokes_and_areas_are_no_longer_than_they_should);
    tcase_add_test(tcase, text_keeps_to_its_side);
    tcase_add_test(tcase, images_have_a_flat_cell_a_value);
    tcase_add_test(tcase, clips_hide_what_lies_outside_until_they_end);
    tcase_add_test(tcase, a_folder_that_is_not_there_is_an_error);
    tcase_add_loop_test(tcase, a_full_disk_is_an_error_and_leaves_no_picture, 0, 2);
    tcase_add_loop_test(tcase, a_picture_given_up_leaves_no_file, 0, 2);
    tcase_add_test(tcase, text_that_is_not_utf8_is_an_error);
    suite_add_tcase(suite, tcase);
    return suite;
}
