#include "io/cifar.h"

#include "tests/support/paths.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { RECORD_SIZE = 3073 };

static struct hk_arena *arena;
static struct hk_err err;
static char paths[2][PATH_MAX];
static const char *const files[2] = {paths[0], paths[1]};

static void set_up(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    for (int i = 0; i < 2; i++)
        (void)snprintf(paths[i], sizeof paths[i], "%s/batch_%d", hk_test_folder(), i);
}

static void tear_down(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* Byte `i` of the values of a record of that class. */
static uint8_t value_at(unsigned class, size_t i) {
    return (uint8_t)(i * 7 + class);
}

static void write_records(gzFile file, const uint8_t *classes, size_t count) {
    uint8_t record[RECORD_SIZE];
    for (size_t k = 0; k < count; k++) {
        record[0] = classes[k];
        for (size_t i = 1; i < RECORD_SIZE; i++) record[i] = value_at(classes[k], i - 1);
        ck_assert_int_eq(gzwrite(file, record, RECORD_SIZE), RECORD_SIZE);
    }
}

/* Records of these classes, and bytes behind them. */
static void write_file(int index, const char *mode, const uint8_t *classes, size_t count,
                       const char *tail) {
    gzFile file = gzopen(paths[index], mode);
    ck_assert_ptr_nonnull(file);
    write_records(file, classes, count);
    if (*tail) ck_assert_int_gt(gzputs(file, tail), 0);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static void accept_both(void) {
    static const uint8_t classes[] = {6, 9, 0};
    struct hk_samples out;
    ck_assert_msg(hk_cifar_read(arena, files, 2, &out, &err), "%s", err.message);
    ck_assert_uint_eq(out.count, 3);
    ck_assert_uint_eq(out.classes, 10);
    ck_assert_uint_eq(out.rank, 3);
    ck_assert_uint_eq(out.shape[0], 3);
    ck_assert_uint_eq(out.shape[1], 32);
    ck_assert_uint_eq(out.shape[2], 32);
    ck_assert_uint_eq(out.size, 3072);
    ck_assert_mem_eq(out.labels, classes, 3);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < 3072; i++)
            ck_assert_uint_eq(out.bytes[k * 3072 + i], value_at(classes[k], i));
}

static void refuse(enum hk_code code, const char *why) {
    char message[PATH_MAX + 200];
    struct hk_samples out;
    err = (struct hk_err){0};
    ck_assert(!hk_cifar_read(arena, files, 1, &out, &err));
    (void)snprintf(message, sizeof message, "%s: %s", paths[0], why);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, code);
    ck_assert_uint_eq(out.count, 0);
}

START_TEST(cifar_joins_files_in_their_order) {
    write_file(0, "wbT", (const uint8_t[]){6, 9}, 2, "");
    write_file(1, "wbT", (const uint8_t[]){0}, 1, "");
    accept_both();
}
END_TEST

START_TEST(cifar_reads_packed_files) {
    write_file(0, "wb", (const uint8_t[]){6, 9}, 2, "");
    write_file(1, "wb", (const uint8_t[]){0}, 1, "");
    accept_both();
}
END_TEST

START_TEST(cifar_refuses_a_part_of_a_record) {
    write_file(0, "wbT", (const uint8_t[]){6, 9}, 2, "more");
    refuse(HK_ERR_DATA, "4 bytes after 2 whole records of 3073: it is truncated, or not CIFAR-10's "
                        "binary version");
}
END_TEST

START_TEST(cifar_refuses_a_class_that_it_does_not_have) {
    write_file(0, "wbT", (const uint8_t[]){6, 10}, 2, "");
    refuse(HK_ERR_DATA, "record 1 is of class 10; the classes are 0 to 9");
}
END_TEST

START_TEST(cifar_refuses_an_empty_file) {
    write_file(0, "wbT", NULL, 0, "");
    refuse(HK_ERR_DATA, "is empty; a record has 3073 bytes");
}
END_TEST

START_TEST(cifar_refuses_a_missing_file) {
    refuse(HK_ERR_DATA, "No such file or directory");
}
END_TEST

START_TEST(cifar_reads_as_many_records_as_its_limit_and_no_more) {
    static const uint8_t classes[HK_CIFAR_RECORDS_MAX + 1];
    struct hk_samples out;
    write_file(0, "wb1", classes, HK_CIFAR_RECORDS_MAX, "");
    ck_assert_msg(hk_cifar_read(arena, files, 1, &out, &err), "%s", err.message);
    ck_assert_uint_eq(out.count, HK_CIFAR_RECORDS_MAX);
    write_file(0, "wb1", classes, HK_CIFAR_RECORDS_MAX + 1, "");
    refuse(HK_ERR_LIMIT, "more than 10000 records (HK_CIFAR_RECORDS_MAX)");
}
END_TEST

Suite *suite_io_cifar(void) {
    Suite *suite = suite_create("io/cifar");
    TCase *tcase = tcase_create("cifar");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, cifar_joins_files_in_their_order);
    tcase_add_test(tcase, cifar_reads_packed_files);
    tcase_add_test(tcase, cifar_refuses_a_part_of_a_record);
    tcase_add_test(tcase, cifar_refuses_a_class_that_it_does_not_have);
    tcase_add_test(tcase, cifar_refuses_an_empty_file);
    tcase_add_test(tcase, cifar_refuses_a_missing_file);
    tcase_add_test(tcase, cifar_reads_as_many_records_as_its_limit_and_no_more);
    suite_add_tcase(suite, tcase);
    return suite;
}
