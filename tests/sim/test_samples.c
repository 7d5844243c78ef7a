/* Samples: bytes and reals, whole and cropped. */
#include "sim/samples.h"

#include <check.h>
#include <string.h>

#include "tests/support/suites.h"

enum { COUNT = 3, ROWS_MAX = 7, COLUMNS_MAX = 7, VALUES = COUNT * ROWS_MAX * COLUMNS_MAX };

/* Three images whose pixels are numbered through. */
struct numbered {
    uint8_t bytes[VALUES];
    float reals[VALUES];
    struct hk_samples samples;
};

static void numbered_init(struct numbered *n, size_t rows, size_t columns, bool bytes) {
    for (size_t i = 0; i < VALUES; i++) n->reals[i] = (float)(n->bytes[i] = (uint8_t)i);
    n->samples = (struct hk_samples){.count = COUNT,
                                     .size = rows * columns,
                                     .rank = 2,
                                     .shape = {rows, columns},
                                     .bytes = bytes ? n->bytes : NULL,
                                     .reals = bytes ? NULL : n->reals};
}

START_TEST(bytes_stand_for_0_to_1_and_reals_for_themselves) {
    struct numbered n;
    float values[4];
    numbered_init(&n, 2, 2, true);
    hk_samples_get(&n.samples, 2, values);
    for (size_t i = 0; i < 4; i++) ck_assert(values[i] == (float)(8 + i) / 255.0f);
    numbered_init(&n, 2, 2, false);
    hk_samples_get(&n.samples, 1, values);
    for (size_t i = 0; i < 4; i++) ck_assert(values[i] == (float)(4 + i));
}
END_TEST

/* What is left over is split evenly; where it is odd, the end loses one more. */
static const struct {
    size_t rows, columns, to_rows, to_columns, top, left;
} crops[] = {
    {6, 6, 2, 4, 2, 1}, {7, 6, 4, 3, 1, 1}, {5, 7, 4, 7, 0, 0},
    {7, 7, 7, 7, 0, 0}, {4, 5, 1, 1, 1, 2},
};

START_TEST(a_crop_is_the_centre_of_every_image) {
    size_t rows = crops[_i].to_rows, columns = crops[_i].to_columns;
    for (int bytes = 0; bytes <= 1; bytes++) {
        struct numbered n;
        struct hk_err err = {0};
        float values[ROWS_MAX * COLUMNS_MAX];
        numbered_init(&n, crops[_i].rows, crops[_i].columns, bytes);
        ck_assert_msg(hk_samples_crop(&n.samples, rows, columns, &err), "%s", err.message);
        ck_assert_uint_eq(n.samples.size, rows * columns);
        ck_assert_uint_eq(n.samples.shape[0], rows);
        ck_assert_uint_eq(n.samples.shape[1], columns);
        for (size_t k = 0; k < COUNT; k++) {
            hk_samples_get(&n.samples, k, values);
            for (size_t i = 0; i < rows * columns; i++) {
                size_t row = k * crops[_i].rows + crops[_i].top + i / columns;
                size_t pixel = row * crops[_i].columns + crops[_i].left + i % columns;
                ck_assert(values[i] == (bytes ? (float)pixel / 255.0f : (float)pixel));
            }
        }
    }
}
END_TEST

static void expect_refusal(struct hk_samples *samples, size_t rows, size_t columns,
                           const char *message) {
    struct hk_err err = {0};
    ck_assert(!hk_samples_crop(samples, rows, columns, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
}

START_TEST(a_crop_that_does_not_fit_is_refused_and_changes_nothing) {
    static const size_t wrong[][2] = {{7, 5}, {6, 6}, {0, 3}, {3, 0}};
    struct hk_err err = {0};
    struct numbered n;
    numbered_init(&n, 6, 5, true);
    const struct hk_samples before = n.samples;
    expect_refusal(&n.samples, 7, 5, "can't crop images of 6 x 5 to 7 x 5");
    for (size_t k = 0; k < HK_COUNT(wrong); k++) {
        ck_assert(!hk_samples_crop(&n.samples, wrong[k][0], wrong[k][1], &err));
        ck_assert_mem_eq(&n.samples, &before, sizeof before);
    }
    static const char images[] = "only images of one channel can be cropped";
    n.samples.rank = 1;
    expect_refusal(&n.samples, 2, 2, images);
    n.samples.rank = 3;
    expect_refusal(&n.samples, 2, 2, images);
    n.samples.rank = 2;
    ck_assert(hk_samples_crop(&n.samples, 4, 4, &err));
    expect_refusal(&n.samples, 2, 2, images); /* a window of a window */
}
END_TEST

Suite *suite_sim_samples(void) {
    Suite *suite = suite_create("sim/samples");
    TCase *cases = tcase_create("samples");
    tcase_add_test(cases, bytes_stand_for_0_to_1_and_reals_for_themselves);
    tcase_add_loop_test(cases, a_crop_is_the_centre_of_every_image, 0, HK_COUNT(crops));
    tcase_add_test(cases, a_crop_that_does_not_fit_is_refused_and_changes_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}
