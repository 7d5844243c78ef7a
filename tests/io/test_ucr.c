#include "io/ucr.h"

#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_samples train, test;

static void set_up(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
}

static void tear_down(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void write_bytes(const char *name, const char *text, size_t size) {
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", hk_test_folder(), name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_text(const char *name, const char *text) {
    write_bytes(name, text, strlen(text));
}

/* `folder`/`name`_`part`, .tsv or else .ts. */
static const char *file_of(const char *folder, const char *name, const char *part) {
    const char *path = hk_arena_format(arena, &err, "%s/%s_%s.tsv", folder, name, part);
    ck_assert_ptr_nonnull(path);
    if (access(path, F_OK) == 0) return path;
    return hk_arena_format(arena, &err, "%s/%s_%s.ts", folder, name, part);
}

static bool read_set(const char *folder, const char *name) {
    return hk_ucr_read(arena, file_of(folder, name, "TRAIN"), file_of(folder, name, "TEST"), &train,
                       &test, &err);
}

static void accept(const char *folder, const char *name) {
    ck_assert_msg(read_set(folder, name), "%s", err.message);
}

/* What is wrong with <folder>/S_TRAIN.<ending>. */
static void refuse(const char *ending, const char *wrong) {
    char message[PATH_MAX + 300];
    const char *folder = hk_test_folder();
    (void)snprintf(message, sizeof message, "%s/S_TRAIN.%s%s", folder, ending, wrong);
    err = (struct hk_err){0};
    ck_assert(!read_set(folder, "S"));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_DATA);
}

static void refuse_tsv(const char *text, const char *wrong) {
    write_text("S_TRAIN.tsv", text);
    write_text("S_TEST.tsv", "1\t2\t3\n");
    refuse("tsv", wrong);
}

static void refuse_ts(const char *text, const char *wrong) {
    write_text("S_TRAIN.ts", text);
    write_text("S_TEST.ts", "@data\n2,3:1\n");
    refuse("ts", wrong);
}

/* ---- reading ---- */

static void check_small(void) {
    static const float values[] = {0.5f, -1.25f, 3e-7f, 1, 2, 3};
    static const uint8_t labels[] = {0, 2};
    accept(hk_test_folder(), "S");
    ck_assert_uint_eq(train.count, 2);
    ck_assert_uint_eq(train.size, 3);
    ck_assert_uint_eq(train.rank, 1);
    ck_assert_uint_eq(train.shape[0], 3);
    ck_assert_uint_eq(train.classes, 3);
    ck_assert_mem_eq(train.reals, values, sizeof values);
    ck_assert_mem_eq(train.labels, labels, sizeof labels);
    ck_assert_uint_eq(test.count, 1);
    ck_assert_uint_eq(test.classes, 3);
    ck_assert_uint_eq(test.labels[0], 1);
    ck_assert(test.reals[2] == 9);
}

/* -1, 2.5 and 10 become 0, 1 and 2, whichever file they are in. */
START_TEST(ucr_reads_tsv) {
    write_text("S_TRAIN.tsv", "-1\t0.5\t-1.25\t3e-7\n\n10\t1\t2\t3");
    write_text("S_TEST.tsv", "2.5\t7\t8\t9\r\n");
    check_small();
}
END_TEST

START_TEST(ucr_reads_ts) {
    write_text("S_TRAIN.ts", "# a comment: with, all\n@problemName S\n@univariate true\n"
                             "@classLabel true -1 10 2.5\n@DATA\n0.5,-1.25,3e-7:-1\n1,2,3:10\n");
    write_text("S_TEST.ts", "@data\r\n7,8,9:2.5\r\n");
    check_small();
}
END_TEST

/* ---- refusing ---- */

START_TEST(ucr_refuses_missing_values_by_name) {
    refuse_tsv("1\t2\t3\n1\t2\tNaN\n",
               ":2: value 2 is missing; sets with missing values or with series of different "
               "lengths, filled up, can't be read");
    (void)remove(hk_arena_format(arena, &err, "%s/S_TRAIN.tsv", hk_test_folder()));
    refuse_ts("@data\n\n?,3:1\n",
              ":3: value 1 is missing; sets with missing values or with series of different "
              "lengths, filled up, can't be read");
}
END_TEST

START_TEST(ucr_refuses_what_is_no_number) {
    refuse_tsv("1\t2\tx7\n", ":1: value 2 is 'x7', not a finite number");
    refuse_tsv("1\t2\t \t3\n", ":1: value 2 is ' ', not a finite number");
    refuse_tsv("1\t\t3\n", ":1: value 1 is '', not a finite number");
    refuse_tsv("1\tinf\t3\n", ":1: value 1 is 'inf', not a finite number");
    refuse_tsv("1\t2\t1e99\n", ":1: value 2 is '1e99', not a finite number");
    refuse_tsv("up\t2\t3\n", ":1: the label is 'up', not a number");
    refuse_tsv("nan\t2\t3\n", ":1: the label is 'nan', not a number");
}
END_TEST

START_TEST(ucr_refuses_series_of_different_lengths) {
    refuse_tsv("1\t2\t3\n1\t2\n", ":2: 1 values, but the series before have 2; sets with series of "
                                  "different lengths can't be read");
    write_text("S_TRAIN.tsv", "1\t2\n");
    err = (struct hk_err){0};
    ck_assert(!read_set(hk_test_folder(), "S"));
    ck_assert_ptr_nonnull(strstr(err.message, "S_TEST.tsv: series of 2 values, but those of "));
    ck_assert_ptr_nonnull(strstr(err.message, "S_TRAIN.tsv have 1"));
}
END_TEST

START_TEST(ucr_refuses_ts_that_it_can_not_read_by_name) {
    refuse_ts("@univariate false\n@data\n1,2:1\n",
              ":1: its series have several channels (multivariate); such sets can't be read");
    refuse_ts("@problemName S\n@TimeStamps true\n",
              ":2: its values have time stamps; such sets can't be read");
    refuse_ts("@equalLength  FALSE\n",
              ":1: its series are of different lengths; such sets can't be read");
    refuse_ts("@classLabel false\n",
              ":1: its series have no class labels; such sets can't be read");
    refuse_ts("@targetlabel true\n",
              ":1: it is a set for regression, without classes; such sets can't be read");
    refuse_ts("@data\n1,2:3,4:1\n",
              ":2: 2 colons; a series has one, between its values and the label, and several "
              "channels (multivariate) can't be read");
}
END_TEST

START_TEST(ucr_refuses_other_text) {
    refuse_tsv("", ": holds no series");
    refuse_tsv("1,2,3\n", ":1: no tab; a series has a label and values between tabs");
    write_bytes("S_TRAIN.tsv", "1\t2\0\t3\n", 7);
    refuse("tsv", ": holds a zero byte: this is not text");
    (void)remove(hk_arena_format(arena, &err, "%s/S_TRAIN.tsv", hk_test_folder()));
    refuse_ts("1,2:3\n", ":1: a tag such as @data is expected, not '1,2:3'");
    refuse_ts("@univariate true\n", ": holds no series after @data");
    refuse_ts("@data\n1,2\n", ":2: 0 colons; a series has one, between its values and the label, "
                              "and several channels (multivariate) can't be read");
    refuse_ts("@data\n1:2,3\n", ":2: the label is '2,3', not a number");
    refuse_ts("@data\n1,2:\n", ":2: the label is '', not a number");
}
END_TEST

START_TEST(ucr_refuses_more_classes_than_labels_can_name) {
    char text[300 * 8] = "";
    size_t used = 0;
    for (int k = 0; k < 257; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d\t1\t2\n", k);
    refuse_tsv(text, ": more than 256 classes (HK_UCR_CLASSES_MAX)");
    text[used - strlen("256\t1\t2\n")] = '\0';
    write_text("S_TRAIN.tsv", text);
    accept(hk_test_folder(), "S");
    ck_assert_uint_eq(train.classes, 256);
    ck_assert_uint_eq(train.labels[255], 255);
}
END_TEST

/* ---- real sets ---- */

static void check_real(const char *name, size_t trains, size_t tests, size_t length,
                       size_t classes) {
    char set[64];
    (void)snprintf(set, sizeof set, "ucr/%s", name);
    const char *folder = hk_test_data(set);
    if (!folder) hk_test_skip("the UCR archive is not here; set HILLOCK_DATA to what holds ucr/");
    accept(folder, name);
    ck_assert_uint_eq(train.count, trains);
    ck_assert_uint_eq(test.count, tests);
    ck_assert_uint_eq(train.size, length);
    ck_assert_uint_eq(train.classes, classes);
}

START_TEST(ucr_reads_real_sets) {
    check_real("ECG200", 100, 100, 96, 2);
    check_real("ItalyPowerDemand", 67, 1029, 24, 2);
    check_real("Lightning7", 70, 73, 319, 7); /* .ts alone */
    check_real("SyntheticControl", 300, 300, 60, 6);
}
END_TEST

START_TEST(ucr_refuses_real_sets_that_it_can_not_read) {
    static const struct {
        const char *name, *wrong;
    } sets[] = {{"BasicMotions", "multivariate"},
                {"JapaneseVowels", "can't be read"},
                {"DodgerLoopDay", "is missing"},
                {"PickupGestureWiimoteZ", "is missing"}};
    char set[64];
    for (size_t i = 0; i < HK_COUNT(sets); i++) {
        (void)snprintf(set, sizeof set, "ucr/%s", sets[i].name);
        const char *folder = hk_test_data(set);
        if (!folder) hk_test_skip("the UCR archive is not here");
        err = (struct hk_err){0};
        ck_assert(!read_set(folder, sets[i].name));
        ck_assert_msg(strstr(err.message, sets[i].wrong) != NULL, "%s", err.message);
    }
}
END_TEST

Suite *suite_io_ucr(void) {
    Suite *suite = suite_create("io/ucr");
    TCase *tcase = tcase_create("ucr");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, ucr_reads_tsv);
    tcase_add_test(tcase, ucr_reads_ts);
    tcase_add_test(tcase, ucr_refuses_missing_values_by_name);
    tcase_add_test(tcase, ucr_refuses_what_is_no_number);
    tcase_add_test(tcase, ucr_refuses_series_of_different_lengths);
    tcase_add_test(tcase, ucr_refuses_ts_that_it_can_not_read_by_name);
    tcase_add_test(tcase, ucr_refuses_other_text);
    tcase_add_test(tcase, ucr_refuses_more_classes_than_labels_can_name);
    tcase_add_test(tcase, ucr_reads_real_sets);
    tcase_add_test(tcase, ucr_refuses_real_sets_that_it_can_not_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
