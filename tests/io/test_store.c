#define H5_USE_110_API
#include "io/chunk.h"
#include "io/store.h"

#include <check.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_store *store;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    store = hk_store_create(arena, "x.h5", &err);
    ck_assert_msg(store != NULL, "%s", err.message);
}

static void teardown(void) {
    hk_store_destroy(store);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void assert_ok(bool ok) {
    ck_assert_msg(ok, "%s", err.message);
}

static void assert_fails(bool ok, enum hk_code code, const char *message) {
    ck_assert(!ok);
    ck_assert_int_eq(err.code, code);
    ck_assert_str_eq(err.message, message);
    err = (struct hk_err){0};
}

/* Close the store and look into the file with HDF5 itself. */
static hid_t closed_file(void) {
    assert_ok(hk_store_close(store, &err));
    hid_t file = H5Fopen("x.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert(file >= 0);
    return file;
}

static hid_t open_set(hid_t file, const char *path) {
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
    ck_assert_msg(set >= 0, "%s", path);
    return set;
}

static void assert_type(hid_t type, hid_t expected) {
    ck_assert_int_gt(H5Tequal(type, expected), 0);
    ck_assert(H5Tclose(type) >= 0);
}

static void assert_shape(hid_t set, int rank, const hsize_t *expected) {
    hsize_t shape[H5S_MAX_RANK];
    hid_t space = H5Dget_space(set);
    ck_assert_int_eq(H5Sget_simple_extent_dims(space, shape, NULL), rank);
    for (int i = 0; i < rank; i++) ck_assert_uint_eq(shape[i], expected[i]);
    ck_assert(H5Sclose(space) >= 0);
}

static bool put_number(const char *path, double value) {
    struct hk_store_item set = {.path = path, .element = HK_ELEMENT_F64, .data = &value};
    return hk_store_put(store, &set, &err);
}

START_TEST(store_is_called_part_until_it_is_closed) {
    assert_ok(put_number("a", 1.0));
    ck_assert_int_eq(access("x.h5.part", F_OK), 0);
    ck_assert_int_ne(access("x.h5", F_OK), 0);
    ck_assert(H5Fclose(closed_file()) >= 0);
    ck_assert_int_ne(access("x.h5.part", F_OK), 0);
}
END_TEST

START_TEST(store_that_is_abandoned_stays_a_part) {
    assert_ok(put_number("a", 1.0));
    hk_store_destroy(store);
    hk_store_destroy(store); /* does no harm */
    ck_assert_int_eq(access("x.h5.part", F_OK), 0);
    ck_assert_int_ne(access("x.h5", F_OK), 0);
}
END_TEST

START_TEST(store_never_writes_over_a_file) {
    ck_assert_ptr_null(hk_store_create(arena, "x.h5", &err));
    assert_fails(false, HK_ERR_IO, "x.h5.part: can't make this file: file exists");
    ck_assert(H5Fclose(closed_file()) >= 0);
    ck_assert_ptr_null(hk_store_create(arena, "x.h5", &err));
    assert_fails(false, HK_ERR_IO, "x.h5 exists already");
}
END_TEST

START_TEST(store_says_that_there_is_no_folder) {
    ck_assert_ptr_null(hk_store_create(arena, "none/x.h5", &err));
    assert_fails(false, HK_ERR_IO,
                 "none/x.h5.part: can't make this file: No such file or directory");
}
END_TEST

START_TEST(store_says_that_the_folder_is_read_only) {
    if (geteuid() == 0) hk_test_skip("root may write everywhere");
    ck_assert_int_eq(mkdir("fixed", 0500), 0);
    ck_assert_ptr_null(hk_store_create(arena, "fixed/x.h5", &err));
    assert_fails(false, HK_ERR_IO, "fixed/x.h5.part: can't make this file: Permission denied");
}
END_TEST

START_TEST(store_says_that_the_folder_has_vanished) {
    ck_assert_int_eq(mkdir("gone", 0700), 0);
    struct hk_store *lost = hk_store_create(arena, "gone/x.h5", &err);
    ck_assert_ptr_nonnull(lost);
    hk_test_remove_all("gone");
    bool ok = hk_store_close(lost, &err);
    hk_store_destroy(lost);
    assert_fails(ok, HK_ERR_IO, "gone/x.h5.part: can't open: No such file or directory");
}
END_TEST

START_TEST(store_writes_each_type_little_endian) {
    static const float f32[] = {1.5F, -2.0F};
    static const double f64[] = {0.1, -0.2};
    static const int8_t i8[] = {-128, 127};
    static const uint8_t u8[] = {0, 255};
    static const uint32_t u32[] = {0, UINT32_MAX};
    static const int64_t i64[] = {INT64_MIN, INT64_MAX};
    static const uint64_t u64[] = {0, UINT64_MAX};
    const struct {
        enum hk_element element;
        const void *data;
        hid_t expected;
    } cases[] = {
        {HK_ELEMENT_F32, f32, H5T_IEEE_F32LE}, {HK_ELEMENT_F64, f64, H5T_IEEE_F64LE},
        {HK_ELEMENT_I8, i8, H5T_STD_I8LE},     {HK_ELEMENT_U8, u8, H5T_STD_U8LE},
        {HK_ELEMENT_U32, u32, H5T_STD_U32LE},  {HK_ELEMENT_I64, i64, H5T_STD_I64LE},
        {HK_ELEMENT_U64, u64, H5T_STD_U64LE},
    };
    const size_t shape = 2;
    char path[] = "0";
    for (size_t i = 0; i < HK_COUNT(cases); i++, path[0]++) {
        struct hk_store_item set = {path, NULL, cases[i].element, 1, &shape, cases[i].data};
        assert_ok(hk_store_put(store, &set, &err));
    }
    hid_t file = closed_file();
    path[0] = '0';
    for (size_t i = 0; i < HK_COUNT(cases); i++, path[0]++) {
        uint8_t bytes[16];
        hid_t set = open_set(file, path);
        assert_type(H5Dget_type(set), cases[i].expected);
        assert_shape(set, 1, (hsize_t[]){2});
        ck_assert(H5Dread(set, cases[i].expected, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
        ck_assert_mem_eq(bytes, cases[i].data, 2 * hk_element_size(cases[i].element));
        ck_assert(H5Dclose(set) >= 0);
    }
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(store_makes_groups_on_the_way) {
    assert_ok(put_number("weights/in->exc/first", 1.0));
    assert_ok(put_number("weights/in->exc/last", 2.0));
    hid_t file = closed_file();
    ck_assert(H5Dclose(open_set(file, "weights/in->exc/last")) >= 0);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(store_writes_a_path_once) {
    assert_ok(put_number("a", 1.0));
    ck_assert(!put_number("a", 2.0));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "x.h5.part: can't write a: "));
    ck_assert_ptr_nonnull(strstr(err.message, "exists"));
}
END_TEST

static const char *const texts[] = {"", "seed: 1\n# \xCE\xA9\n"};

START_TEST(store_writes_text_as_utf8) {
    char text[64] = "?";
    assert_ok(hk_store_put_text(store, "t", texts[_i], &err));
    hid_t file = closed_file(), set = open_set(file, "t"), type = H5Dget_type(set);
    ck_assert_int_eq(H5Tget_class(type), H5T_STRING);
    ck_assert_int_eq(H5Tget_cset(type), H5T_CSET_UTF8);
    ck_assert(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
    ck_assert_str_eq(text, texts[_i]);
    ck_assert(H5Tclose(type) >= 0 && H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

/* The chunk of a dataset of doubles that is shuffled and compressed. */
static void assert_compressed(hid_t set, int rank, hsize_t *chunk) {
    hid_t list = H5Dget_create_plist(set);
    ck_assert_int_eq(H5Pget_chunk(list, rank, chunk), rank);
    ck_assert_int_eq(H5Pget_nfilters(list), 2);
    ck_assert_int_gt(H5Pall_filters_avail(list), 0);
    size_t none = 0;
    ck_assert(H5Pget_filter_by_id2(list, H5Z_FILTER_SHUFFLE, NULL, &none, NULL, 0, NULL, NULL) >=
              0);
    none = 0;
    ck_assert(H5Pget_filter_by_id2(list, H5Z_FILTER_DEFLATE, NULL, &none, NULL, 0, NULL, NULL) >=
              0);
    ck_assert(H5Pclose(list) >= 0);
}

START_TEST(store_compresses_large_arrays_by_whole_rows) {
    enum { MIB = 1 << 20 };
    const size_t shape[] = {300, 2000};
    double *data = HK_NEW(arena, double, shape[0] * shape[1], &err);
    double *back = HK_NEW(arena, double, shape[0] * shape[1], &err);
    ck_assert(data && back);
    for (size_t i = 0; i < shape[0] * shape[1]; i++) data[i] = (double)i * 0.5;
    struct hk_store_item large = {"large", "mV", HK_ELEMENT_F64, 2, shape, data};
    assert_ok(hk_store_put(store, &large, &err));
    hid_t file = closed_file(), set = open_set(file, "large");
    hsize_t chunk[2] = {0};
    assert_compressed(set, 2, chunk);
    ck_assert_uint_eq(chunk[1], shape[1]);
    ck_assert_uint_le(chunk[0] * chunk[1], MIB / sizeof(double));
    ck_assert_uint_ge(chunk[0] * chunk[1], MIB / sizeof(double) / 2);
    ck_assert(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
    ck_assert_mem_eq(back, data, shape[0] * shape[1] * sizeof(double));
    ck_assert(H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

/* Chunks that end with the array, and those that go beyond it. */
START_TEST(store_cuts_arrays_in_any_dimension) {
    enum { MOST = 2000000 };
    static const struct cut {
        size_t rank, shape[4];
        hsize_t chunk[4];
    } cuts[] = {{1, {300001}, {75001}},
                {2, {2, 300000}, {1, 75000}},
                {3, {3, 701, 500}, {1, 176, 500}},
                {4, {2, 1, 2, 400000}, {1, 1, 1, 100000}}};
    static const char *const paths[] = {"a", "b", "c", "d"};
    static double data[MOST], back[MOST];
    for (size_t i = 0; i < MOST; i++) data[i] = (double)(i * i % 65537) * 0.1;
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++)
        assert_ok(hk_store_put(store,
                               &(struct hk_store_item){paths[c], NULL, HK_ELEMENT_F64, cuts[c].rank,
                                                       cuts[c].shape, data},
                               &err));
    hid_t file = closed_file();
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        hsize_t chunk[4];
        size_t count = 1;
        for (size_t i = 0; i < cuts[c].rank; i++) count *= cuts[c].shape[i];
        hid_t set = open_set(file, paths[c]);
        assert_compressed(set, (int)cuts[c].rank, chunk);
        ck_assert_mem_eq(chunk, cuts[c].chunk, cuts[c].rank * sizeof *chunk);
        ck_assert(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
        ck_assert_mem_eq(back, data, count * sizeof *data);
        ck_assert(H5Dclose(set) >= 0);
    }
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

/* Nothing of a chunk before it, either. */
START_TEST(what_a_chunk_lacks_is_zero) {
    enum { WHOLE = 100, THERE = 3 };
    struct hk_packer packer = {0};
    double all[WHOLE];
    unsigned char bytes[sizeof all];
    size_t size = 0;
    unsigned mask = 0;
    for (size_t i = 0; i < WHOLE; i++) all[i] = 1.0 / (double)(i + 3);
    ck_assert(hk_packer_pack(&packer, &(struct hk_chunk){all, WHOLE, WHOLE, sizeof *all}, &size,
                             &mask, &err));
    const void *packed = hk_packer_pack(&packer, &(struct hk_chunk){all, THERE, WHOLE, sizeof *all},
                                        &size, &mask, &err);
    ck_assert_ptr_nonnull(packed);
    ck_assert_uint_eq(mask, 0);
    uLongf length = sizeof bytes;
    ck_assert_int_eq(uncompress(bytes, &length, packed, size), Z_OK);
    ck_assert_uint_eq(length, sizeof bytes);
    for (size_t byte = 0; byte < sizeof *all; byte++)
        for (size_t i = 0; i < WHOLE; i++)
            ck_assert_uint_eq(bytes[byte * WHOLE + i],
                              i < THERE ? ((unsigned char *)&all[i])[byte] : 0);
    hk_packer_finish(&packer);
}
END_TEST

START_TEST(store_keeps_small_and_empty_arrays_plain) {
    static const float data[100];
    const size_t none[] = {0, 3}, some[] = {10, 10};
    assert_ok(hk_store_put(store,
                           &(struct hk_store_item){"none", NULL, HK_ELEMENT_F32, 2, none, data},
                           &err));
    assert_ok(hk_store_put(store,
                           &(struct hk_store_item){"some", NULL, HK_ELEMENT_F32, 2, some, data},
                           &err));
    hid_t file = closed_file(), empty = open_set(file, "none"), small = open_set(file, "some");
    assert_shape(empty, 2, (hsize_t[]){0, 3});
    assert_shape(small, 2, (hsize_t[]){10, 10});
    hid_t list = H5Dget_create_plist(small);
    ck_assert_int_eq(H5Pget_layout(list), H5D_CONTIGUOUS);
    ck_assert(H5Pclose(list) >= 0 && H5Dclose(small) >= 0 && H5Dclose(empty) >= 0);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

/* So that runs that are equal give files that are equal. */
START_TEST(store_notes_no_time_of_day) {
    static const char *const objects[] = {"/", "a", "a/b", "a/b/c"};
    assert_ok(put_number("a/b/c", 1.0));
    hid_t file = closed_file();
    for (size_t i = 0; i < HK_COUNT(objects); i++) {
        H5O_info_t info = {.mtime = -1};
        ck_assert(H5Oget_info_by_name(file, objects[i], &info, H5P_DEFAULT) >= 0);
        ck_assert_int_eq(info.mtime, 0);
    }
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(store_describes_groups_and_datasets) {
    static const char *const words[] = {"none", "by_id", "by_time", NULL};
    const uint32_t version[] = {0, 1};
    uint32_t numbers[2] = {7, 7};
    char *text = NULL, word[16] = "";
    int8_t chosen = -1;
    struct hk_attribute attribute = {"/", "version", HK_ELEMENT_U32, 2, version};
    assert_ok(put_number("g/a", 1.0));
    assert_ok(hk_store_describe(store, &attribute, &err));
    assert_ok(hk_store_describe_text(store, "g/a", "columns", "x, y", &err));
    assert_ok(hk_store_describe_choice(store, "g", "sorting", words, 2, &err));
    hid_t file = closed_file();

    hid_t id = H5Aopen(file, "version", H5P_DEFAULT);
    assert_type(H5Aget_type(id), H5T_STD_U32LE);
    ck_assert(H5Aread(id, H5T_NATIVE_UINT32, numbers) >= 0 && H5Aclose(id) >= 0);
    ck_assert_uint_eq(numbers[0], 0);
    ck_assert_uint_eq(numbers[1], 1);

    id = H5Aopen_by_name(file, "g/a", "columns", H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Aget_type(id);
    ck_assert_int_gt(H5Tis_variable_str(type), 0);
    ck_assert(H5Aread(id, type, &text) >= 0 && H5Tclose(type) >= 0 && H5Aclose(id) >= 0);
    ck_assert_str_eq(text, "x, y");
    ck_assert(H5free_memory(text) >= 0);

    id = H5Aopen_by_name(file, "g", "sorting", H5P_DEFAULT, H5P_DEFAULT);
    type = H5Aget_type(id);
    ck_assert(H5Aread(id, type, &chosen) >= 0);
    ck_assert_int_eq(H5Tget_class(type), H5T_ENUM);
    ck_assert(H5Tenum_nameof(type, &chosen, word, sizeof word) >= 0);
    ck_assert_str_eq(word, "by_time");
    ck_assert(H5Tclose(type) >= 0 && H5Aclose(id) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

/* Append rows of two numbers, row i is (i, -i), in portions of `step`. */
static void append_rows(struct hk_stream *stream, int64_t first, int64_t end, int64_t step) {
    while (first < end) {
        size_t rows = (size_t)(end - first < step ? end - first : step), part = rows;
        int64_t *to = hk_stream_room(stream, &part, &err);
        ck_assert(to && part > 0 && part <= rows);
        for (size_t i = 0; i < part; i++) {
            to[2 * i] = first + (int64_t)i;
            to[2 * i + 1] = -to[2 * i];
        }
        assert_ok(hk_stream_commit(stream, part, &err));
        first += (int64_t)part;
    }
}

START_TEST(stream_keeps_all_rows_across_chunks) {
    enum { ROWS = 250001, VALUES = 2 * ROWS, CHUNK = 1000 };
    struct hk_rows rows = {"curve", "ms", HK_ELEMENT_I64, 2, 2, .chunk = CHUNK};
    struct hk_stream *stream = hk_store_open(store, &rows, &err);
    assert_ok(stream != NULL);
    append_rows(stream, 0, 3, 1);
    append_rows(stream, 3, ROWS, 777);
    ck_assert_uint_eq(hk_stream_count(stream), ROWS);

    int64_t *back = HK_NEW(arena, int64_t, VALUES, &err);
    hid_t file = closed_file(), set = open_set(file, "curve");
    hsize_t chunk[2] = {0};
    assert_compressed(set, 2, chunk);
    ck_assert_uint_eq(chunk[0], CHUNK);
    assert_shape(set, 2, (hsize_t[]){ROWS, 2});
    ck_assert(H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
    for (int64_t i = 0; i < ROWS; i++)
        if (back[2 * i] != i || back[2 * i + 1] != -i) ck_abort_msg("row %lld", (long long)i);
    ck_assert(H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

/* Deflate makes noise no smaller: then the chunk is only shuffled, and says so. */
START_TEST(stream_keeps_what_cannot_be_compressed) {
    enum { ROWS = 10000 };
    struct hk_rows rows = {"noise", NULL, HK_ELEMENT_U64, 1, 1, .chunk = 8192};
    struct hk_stream *stream = hk_store_open(store, &rows, &err);
    assert_ok(stream != NULL);
    uint64_t *noise = HK_NEW(arena, uint64_t, ROWS, &err),
             *back = HK_NEW(arena, uint64_t, ROWS, &err);
    for (uint64_t i = 0, x = 1; i < ROWS; i++) {
        x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15U + i;
        noise[i] = x ^ x >> 29;
    }
    assert_ok(hk_stream_append(stream, noise, ROWS, &err));
    hid_t file = closed_file(), set = open_set(file, "noise");
    ck_assert(H5Dread(set, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
    ck_assert_mem_eq(back, noise, ROWS * sizeof *noise);
    ck_assert(H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

START_TEST(stream_rows_may_be_matrices) {
    float matrix[4][3][2], back[4][3][2];
    struct hk_rows rows = {"w", "pA", HK_ELEMENT_F32, 3, 3, .chunk = 2, .depth = 2};
    for (size_t i = 0; i < 24; i++) (&matrix[0][0][0])[i] = (float)i;
    struct hk_stream *stream = hk_store_open(store, &rows, &err);
    assert_ok(stream != NULL);
    assert_ok(hk_stream_append(stream, matrix, 4, &err));
    hid_t file = closed_file(), set = open_set(file, "w");
    assert_shape(set, 3, (hsize_t[]){4, 3, 2});
    ck_assert(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
    ck_assert_mem_eq(back, matrix, sizeof matrix);
    ck_assert(H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

START_TEST(stream_chunks_have_a_limit) {
    struct hk_rows rows = {"w", NULL, HK_ELEMENT_F64, 3, 1 << 20, .chunk = 1, .depth = 1 << 10};
    assert_fails(hk_store_open(store, &rows, &err) != NULL, HK_ERR_LIMIT,
                 "w: 1 rows of 1073741824 values are more than 4 GiB");
}
END_TEST

START_TEST(stream_may_stay_empty) {
    struct hk_rows rows = {"curve", NULL, HK_ELEMENT_F32, 1, 1, .chunk = 10};
    assert_ok(hk_store_open(store, &rows, &err) != NULL);
    hid_t file = closed_file(), set = open_set(file, "curve");
    assert_shape(set, 1, (hsize_t[]){0});
    ck_assert(H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

/* From here on no file of this process grows beyond `bytes`. Each test is a process of its own. */
static void limit_files(rlim_t bytes) {
    struct rlimit limit = {bytes, bytes};
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void assert_failed_for_good(void) {
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "x.h5.part: can't write "));
    ck_assert_ptr_nonnull(strstr(err.message, ": File too large"));
    err = (struct hk_err){0};
    assert_fails(put_number("b", 1.0), HK_ERR_IO, "x.h5.part: an earlier write failed");
    assert_fails(hk_store_close(store, &err), HK_ERR_IO, "x.h5.part: an earlier write failed");
    ck_assert_int_eq(access("x.h5.part", F_OK), 0);
    ck_assert_int_ne(access("x.h5", F_OK), 0);
}

/* That the test's process lives to its end counts here too: HDF5 by itself would crash at exit. */
START_TEST(stream_says_that_the_disk_is_full) {
    struct hk_rows rows = {"noise", NULL, HK_ELEMENT_U64, 1, 1, .chunk = 8192};
    struct hk_stream *stream = hk_store_open(store, &rows, &err);
    assert_ok(stream != NULL);
    limit_files(200000);
    uint64_t noise = 1;
    bool ok = true;
    for (int chunk = 0; ok && chunk < 100; chunk++) {
        size_t room = 8192;
        uint64_t *to = hk_stream_room(stream, &room, &err);
        ck_assert_ptr_nonnull(to);
        for (size_t i = 0; i < room; i++) to[i] = noise = noise * 6364136223846793005U + 1;
        ok = hk_stream_commit(stream, room, &err);
    }
    ck_assert(!ok);
    assert_failed_for_good();
}
END_TEST

START_TEST(putting_says_that_the_disk_is_full) {
    enum { COUNT = 100000 };
    const size_t shape[] = {COUNT};
    uint64_t *data = HK_NEW(arena, uint64_t, COUNT, &err), noise = 1;
    ck_assert_ptr_nonnull(data);
    for (size_t i = 0; i < COUNT; i++) data[i] = noise = noise * 6364136223846793005U + 1;
    limit_files(200000);
    ck_assert(!hk_store_put(store,
                            &(struct hk_store_item){"noise", NULL, HK_ELEMENT_U64, 1, shape, data},
                            &err));
    assert_failed_for_good();
}
END_TEST

START_TEST(closing_says_that_the_disk_is_full) {
    assert_ok(put_number("a", 1.0));
    limit_files(100);
    ck_assert(!hk_store_close(store, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.message, ": File too large"));
    ck_assert_int_ne(access("x.h5", F_OK), 0);
}
END_TEST

START_TEST(abandoning_on_a_full_disk_does_no_harm) {
    assert_ok(put_number("a", 1.0));
    limit_files(100);
    hk_store_destroy(store);
    ck_assert_int_ne(access("x.h5", F_OK), 0);
}
END_TEST

Suite *suite_io_store(void) {
    Suite *suite = suite_create("io/store");
    TCase *tcase = tcase_create("store");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, store_is_called_part_until_it_is_closed);
    tcase_add_test(tcase, store_that_is_abandoned_stays_a_part);
    tcase_add_test(tcase, store_never_writes_over_a_file);
    tcase_add_test(tcase, store_says_that_there_is_no_folder);
    tcase_add_test(tcase, store_says_that_the_folder_is_read_only);
    tcase_add_test(tcase, store_says_that_the_folder_has_vanished);
    tcase_add_test(tcase, store_writes_each_type_little_endian);
    tcase_add_test(tcase, store_makes_groups_on_the_way);
    tcase_add_test(tcase, store_writes_a_path_once);
    tcase_add_loop_test(tcase, store_writes_text_as_utf8, 0, (int)HK_COUNT(texts));
    tcase_add_test(tcase, store_compresses_large_arrays_by_whole_rows);
    tcase_add_test(tcase, store_cuts_arrays_in_any_dimension);
    tcase_add_test(tcase, what_a_chunk_lacks_is_zero);
    tcase_add_test(tcase, store_keeps_small_and_empty_arrays_plain);
    tcase_add_test(tcase, store_notes_no_time_of_day);
    tcase_add_test(tcase, store_describes_groups_and_datasets);
    tcase_add_test(tcase, stream_keeps_all_rows_across_chunks);
    tcase_add_test(tcase, stream_keeps_what_cannot_be_compressed);
    tcase_add_test(tcase, stream_rows_may_be_matrices);
    tcase_add_test(tcase, stream_chunks_have_a_limit);
    tcase_add_test(tcase, stream_may_stay_empty);
    tcase_add_test(tcase, stream_says_that_the_disk_is_full);
    tcase_add_test(tcase, putting_says_that_the_disk_is_full);
    tcase_add_test(tcase, closing_says_that_the_disk_is_full);
    tcase_add_test(tcase, abandoning_on_a_full_disk_does_no_harm);
    suite_add_tcase(suite, tcase);
    return suite;
}
