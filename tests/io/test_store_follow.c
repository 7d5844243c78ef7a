/* Recordings in several files: the whole is the same as if it had been written at once. */
#include <check.h>
#include <hdf5.h>
#include <stdio.h>
#include <unistd.h>

#include "io/store.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

enum { CHUNK = 100, SEGMENTS_MAX = 8 };

static struct hk_arena *arena;
static struct hk_err err;
static char names[SEGMENTS_MAX][24];
static const char *segments[SEGMENTS_MAX];

static void setup(void) {
    err = (struct hk_err){0};
    ck_assert_ptr_nonnull(arena = hk_arena_create(&err));
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    for (int i = 0; i < SEGMENTS_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "seg-%d.h5", i);
        segments[i] = names[i];
    }
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void assert_ok(bool ok) {
    ck_assert_msg(ok, "%s", err.message);
}

static struct hk_stream *open_stream(struct hk_store *store, const char *path) {
    struct hk_rows rows = {path, "ms", HK_ELEMENT_I64, 2, 2, .chunk = CHUNK};
    struct hk_stream *stream = hk_store_open(store, &rows, &err);
    assert_ok(stream != NULL);
    return stream;
}

/* Rows first .. end - 1; row i is (i, -i). */
static void append(struct hk_stream *stream, int64_t first, int64_t end) {
    for (int64_t i = first; i < end; i++)
        assert_ok(hk_stream_append(stream, (int64_t[]){i, -i}, 1, &err));
}

static struct hk_store *create(const char *path, enum hk_follow how, size_t count) {
    struct hk_store *store = hk_store_create(arena, path, &err);
    assert_ok(store != NULL);
    assert_ok(hk_store_follow(store, how, segments, count, &err));
    return store;
}

static void close_store(struct hk_store *store) {
    assert_ok(hk_store_close(store, &err));
    hk_store_destroy(store);
}

/* Segment n has rows ends[n - 1] .. ends[n] - 1 and a number of its own. */
static void write_segments(const int64_t *ends, size_t count) {
    for (size_t n = 0; n < count; n++) {
        struct hk_store *store = create(names[n], HK_FOLLOW_ROWS, n);
        append(open_stream(store, "g/rows"), n ? ends[n - 1] : 0, ends[n]);
        const double value = (double)n;
        char path[32];
        (void)snprintf(path, sizeof path, "numbers/n%zu", n);
        struct hk_store_item item = {path, "mV", HK_ELEMENT_F64, .data = &value};
        assert_ok(hk_store_put(store, &item, &err));
        close_store(store);
    }
}

static void assert_rows(const char *path, int64_t count) {
    static int64_t back[2 * 100000];
    hsize_t shape[2];
    hid_t file = H5Fopen("all.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(set);
    ck_assert_int_eq(H5Sget_simple_extent_dims(space, shape, NULL), 2);
    ck_assert_uint_eq(shape[0], (hsize_t)count);
    ck_assert_uint_eq(shape[1], 2);
    ck_assert(H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
    for (int64_t i = 0; i < count; i++)
        if (back[2 * i] != i || back[2 * i + 1] != -i) ck_abort_msg("row %lld", (long long)i);
    ck_assert_int_eq(H5Aexists(set, "first_row"), 0);
    ck_assert_int_gt(H5Aexists(set, "units"), 0);
    ck_assert(H5Sclose(space) >= 0 && H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}

static double number(const char *path) {
    double value = -1.0;
    hid_t file = H5Fopen("all.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
    ck_assert(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) >= 0);
    ck_assert_int_gt(H5Aexists(set, "units"), 0);
    ck_assert(H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
    return value;
}

/* Ends within a chunk, on its edge, less than a chunk further on, nothing further on. */
static const struct {
    size_t count;
    int64_t ends[5], all;
} cases[] = {
    {1, {250}, 250},  {2, {250, 270}, 270},         {3, {300, 300, 450}, 451},
    {2, {5, 10}, 15}, {4, {0, 0, 100, 199}, 10000}, {5, {99, 100, 101, 200, 777}, 800},
    {1, {0}, 0},
};

START_TEST(rows_go_on_from_segment_to_segment) {
    write_segments(cases[_i].ends, cases[_i].count);
    struct hk_store *store = create("all.h5", HK_FOLLOW_ALL, cases[_i].count);
    struct hk_stream *stream = open_stream(store, "g/rows");
    int64_t taken = cases[_i].ends[cases[_i].count - 1];
    ck_assert_uint_eq(hk_stream_count(stream), (uint64_t)taken);
    append(stream, taken, cases[_i].all);
    close_store(store);
    assert_rows("g/rows", cases[_i].all);
    for (size_t n = 0; n < cases[_i].count; n++) {
        char path[32];
        (void)snprintf(path, sizeof path, "numbers/n%zu", n);
        ck_assert_double_eq(number(path), (double)n);
    }
}
END_TEST

START_TEST(a_stream_may_begin_in_a_later_segment) {
    struct hk_store *store = create(names[0], HK_FOLLOW_ROWS, 0);
    append(open_stream(store, "early"), 0, 30);
    close_store(store);
    store = create(names[1], HK_FOLLOW_ROWS, 1);
    append(open_stream(store, "early"), 30, 333);
    append(open_stream(store, "late"), 0, 150);
    close_store(store);
    store = create("all.h5", HK_FOLLOW_ALL, 2);
    append(open_stream(store, "early"), 333, 340);
    append(open_stream(store, "late"), 150, 310);
    append(open_stream(store, "last"), 0, 1);
    close_store(store);
    assert_rows("early", 340);
    assert_rows("late", 310);
    assert_rows("last", 1);
}
END_TEST

START_TEST(a_missing_segment_is_noticed) {
    write_segments((const int64_t[]){250, 470, 700}, 3);
    segments[1] = segments[2];
    struct hk_store *store = create("all.h5", HK_FOLLOW_ALL, 2);
    struct hk_rows rows = {"g/rows", "ms", HK_ELEMENT_I64, 2, 2, .chunk = CHUNK};
    ck_assert_ptr_null(hk_store_open(store, &rows, &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, "seg-2.h5: g/rows begins at row 400, not at 200");
    hk_store_destroy(store);
}
END_TEST

START_TEST(a_segment_of_something_else_is_refused) {
    write_segments((const int64_t[]){250}, 1);
    struct hk_store *store = create("all.h5", HK_FOLLOW_ALL, 1);
    struct hk_rows rows = {"g/rows", "ms", HK_ELEMENT_I64, 2, 2, .chunk = CHUNK + 1};
    ck_assert_ptr_null(hk_store_open(store, &rows, &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, "seg-0.h5: g/rows isn't of this recording");
    hk_store_destroy(store);
}
END_TEST

Suite *suite_io_store_follow(void) {
    Suite *suite = suite_create("io/store_follow");
    TCase *tcase = tcase_create("store_follow");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, rows_go_on_from_segment_to_segment, 0, (int)HK_COUNT(cases));
    tcase_add_test(tcase, a_stream_may_begin_in_a_later_segment);
    tcase_add_test(tcase, a_missing_segment_is_noticed);
    tcase_add_test(tcase, a_segment_of_something_else_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
