#include "io/digits.h"

#include "tests/support/suites.h"

#include <check.h>
#include <string.h>

enum { SIDE = HK_DIGITS_SIDE, SIZE = SIDE * SIDE, CLASSES = HK_DIGITS_CLASSES };

static struct hk_arena *arena;
static struct hk_err err;

static void set_up(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
}

static void tear_down(void) {
    hk_arena_destroy(arena);
}

static struct hk_samples make(uint64_t seed, enum hk_digits_split split, size_t count) {
    struct hk_samples out = {0};
    ck_assert_msg(hk_digits_make(arena, seed, split, count, &out, &err), "%s", err.message);
    return out;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}
static uint64_t hash_samples(struct hk_samples samples) {
    uint64_t hash = hash_bytes(0xcbf29ce484222325u, samples.bytes, samples.count * samples.size);
    return hash_bytes(hash, samples.labels, samples.count);
}

static double ink_of(const uint8_t *image) {
    uint32_t sum = 0;
    for (size_t i = 0; i < SIZE; i++) sum += image[i];
    return (double)sum / 255.0 / SIZE;
}

START_TEST(digits_describe_themselves) {
    struct hk_samples out = make(1, HK_DIGITS_TRAIN, 7);
    ck_assert_uint_eq(out.count, 7);
    ck_assert_uint_eq(out.size, SIZE);
    ck_assert_uint_eq(out.rank, 2);
    ck_assert_uint_eq(out.shape[0], SIDE);
    ck_assert_uint_eq(out.shape[1], SIDE);
    ck_assert_uint_eq(out.classes, CLASSES);
    ck_assert_ptr_null(out.reals);
}
END_TEST

/* Results that were published rest on these bits: a change makes a new set, with a new name. */
START_TEST(digits_have_the_same_bits_on_every_machine) {
    ck_assert_uint_eq(hash_samples(make(1, HK_DIGITS_TRAIN, 1000)), 0x770709d0f64e11b2u);
    ck_assert_uint_eq(hash_samples(make(77, HK_DIGITS_TEST, 1000)), 0x8db53e9a87bde498u);
}
END_TEST

START_TEST(digits_of_different_seeds_differ) {
    struct hk_samples a = make(1, HK_DIGITS_TRAIN, 100), b = make(2, HK_DIGITS_TRAIN, 100);
    ck_assert_mem_ne(a.labels, b.labels, 100);
    for (size_t i = 0; i < 100; i++) ck_assert_mem_ne(a.bytes + i * SIZE, b.bytes + i * SIZE, SIZE);
}
END_TEST

START_TEST(digits_to_train_with_are_not_those_to_test_with) {
    struct hk_samples a = make(1, HK_DIGITS_TRAIN, 300), b = make(1, HK_DIGITS_TEST, 300);
    ck_assert_mem_ne(a.labels, b.labels, 300);
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < 300; k++)
            ck_assert(memcmp(a.bytes + i * SIZE, b.bytes + k * SIZE, SIZE) != 0);
}
END_TEST

START_TEST(a_digit_does_not_depend_on_how_many_there_are) {
    struct hk_samples few = make(5, HK_DIGITS_TEST, 13), many = make(5, HK_DIGITS_TEST, 200);
    ck_assert_mem_eq(few.labels, many.labels, 13);
    ck_assert(memcmp(few.bytes, many.bytes, (size_t)13 * SIZE) == 0);
}
END_TEST

START_TEST(ten_digits_in_a_row_are_all_different) {
    struct hk_samples out = make(3, HK_DIGITS_TRAIN, 1000);
    for (size_t block = 0; block < 1000; block += CLASSES) {
        unsigned seen = 0;
        for (size_t i = 0; i < CLASSES; i++) seen |= 1u << out.labels[block + i];
        ck_assert_uint_eq(seen, (1u << CLASSES) - 1);
    }
}
END_TEST

/* Each digit comes about equally often at each place of ten: 100 of 1000 times, sd 9.5; 6 sd. */
START_TEST(digits_come_in_random_order) {
    struct hk_samples out = make(3, HK_DIGITS_TRAIN, 10000);
    int times[CLASSES][CLASSES] = {0};
    for (size_t i = 0; i < out.count; i++) times[i % CLASSES][out.labels[i]]++;
    for (size_t i = 0; i < CLASSES; i++)
        for (size_t k = 0; k < CLASSES; k++) {
            ck_assert_int_gt(times[i][k], 100 - 57);
            ck_assert_int_lt(times[i][k], 100 + 57);
        }
}
END_TEST

/* MNIST's mean is 0.131. */
START_TEST(digits_are_as_dark_as_those_of_mnist) {
    struct hk_samples out = make(4, HK_DIGITS_TRAIN, 5000);
    double sum = 0.0;
    for (size_t i = 0; i < out.count; i++) {
        double ink = ink_of(out.bytes + i * SIZE);
        ck_assert_double_gt(ink, 0.01);
        ck_assert_double_lt(ink, 0.40);
        sum += ink;
    }
    ck_assert_double_eq_tol(sum / (double)out.count, 0.131, 0.005);
}
END_TEST

/* Of a hundred pixels at the border less than one holds ink. */
START_TEST(digits_stay_inside_their_frame) {
    struct hk_samples out = make(6, HK_DIGITS_TRAIN, 2000);
    int inked = 0;
    for (size_t i = 0; i < out.count; i++)
        for (size_t k = 0; k < SIDE; k++) {
            const uint8_t *image = out.bytes + i * SIZE;
            inked += (image[k] > 0) + (image[SIZE - 1 - k] > 0);
            inked += (image[k * SIDE] > 0) + (image[k * SIDE + SIDE - 1] > 0);
        }
    ck_assert_int_lt(inked, 2000 * 4 * SIDE / 100);
}
END_TEST

static double distance2(const double *mean, const uint8_t *image) {
    double sum = 0.0;
    for (size_t i = 0; i < SIZE; i++) sum += (mean[i] - image[i]) * (mean[i] - image[i]);
    return sum;
}

static double means_right(struct hk_samples train, struct hk_samples test) {
    static double means[CLASSES][SIZE];
    size_t right = 0;
    for (size_t i = 0; i < train.count; i++)
        for (size_t k = 0; k < SIZE; k++)
            means[train.labels[i]][k] +=
                (double)train.bytes[i * SIZE + k] * CLASSES / (double)train.count;
    for (size_t i = 0; i < test.count; i++) {
        size_t best = 0;
        for (size_t c = 1; c < CLASSES; c++)
            if (distance2(means[c], test.bytes + i * SIZE) <
                distance2(means[best], test.bytes + i * SIZE))
                best = c;
        right += best == test.labels[i];
    }
    return (double)right / (double)test.count;
}

static uint32_t gap(const uint8_t *a, const uint8_t *b) {
    uint32_t sum = 0;
    for (size_t i = 0; i < SIZE; i++) sum += (uint32_t)((a[i] - b[i]) * (a[i] - b[i]));
    return sum;
}

static double neighbours_right(struct hk_samples train, struct hk_samples test) {
    size_t right = 0;
    for (size_t i = 0; i < test.count; i++) {
        uint32_t best = UINT32_MAX, label = 0;
        for (size_t k = 0; k < train.count; k++) {
            uint32_t now = gap(train.bytes + k * SIZE, test.bytes + i * SIZE);
            if (now >= best) continue;
            best = now;
            label = train.labels[k];
        }
        right += label == test.labels[i];
    }
    return (double)right / (double)test.count;
}

/* Learnable, but not trivial: like MNIST, where means get 82 %. */
START_TEST(digits_are_about_as_hard_as_those_of_mnist) {
    struct hk_samples train = make(1, HK_DIGITS_TRAIN, 2000), test = make(1, HK_DIGITS_TEST, 500);
    double means = means_right(train, test), neighbours = neighbours_right(train, test);
    ck_assert_double_gt(means, 0.75);
    ck_assert_double_lt(means, 0.92);
    ck_assert_double_gt(neighbours, 0.93);
    ck_assert_double_lt(neighbours, 0.99);
}
END_TEST

START_TEST(digits_refuse_none_and_too_many) {
    struct hk_samples out;
    ck_assert(!hk_digits_make(arena, 1, HK_DIGITS_TRAIN, 0, &out, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_str_eq(err.message, "can't make 0 digits (train); 1 to 1048576 are possible");
    err = (struct hk_err){0};
    ck_assert(!hk_digits_make(arena, 1, HK_DIGITS_TEST, HK_DIGITS_COUNT_MAX + 1, &out, &err));
    ck_assert_str_eq(err.message, "can't make 1048577 digits (test); 1 to 1048576 are possible");
}
END_TEST

Suite *suite_io_digits(void) {
    Suite *suite = suite_create("io/digits");
    TCase *tcase = tcase_create("digits");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, digits_describe_themselves);
    tcase_add_test(tcase, digits_have_the_same_bits_on_every_machine);
    tcase_add_test(tcase, digits_of_different_seeds_differ);
    tcase_add_test(tcase, digits_to_train_with_are_not_those_to_test_with);
    tcase_add_test(tcase, a_digit_does_not_depend_on_how_many_there_are);
    tcase_add_test(tcase, ten_digits_in_a_row_are_all_different);
    tcase_add_test(tcase, digits_come_in_random_order);
    tcase_add_test(tcase, digits_are_as_dark_as_those_of_mnist);
    tcase_add_test(tcase, digits_stay_inside_their_frame);
    tcase_add_test(tcase, digits_are_about_as_hard_as_those_of_mnist);
    tcase_add_test(tcase, digits_refuse_none_and_too_many);
    suite_add_tcase(suite, tcase);
    return suite;
}
