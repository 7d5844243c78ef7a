#include "io/path.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/paths.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void expect_beside(const char *file, const char *name, const char *path) {
    ck_assert_str_eq(hk_path_beside(arena, file, name, &err), path);
}

START_TEST(names_are_meant_from_the_folder_of_their_file) {
    expect_beside("x.yaml", "a.h5", "a.h5");
    expect_beside("deep/x.yaml", "a.h5", "deep/a.h5");
    expect_beside("deep/x.yaml", "../a.h5", "deep/../a.h5");
    expect_beside("/x.yaml", "a.h5", "/a.h5");
    expect_beside("deep/x.yaml", "/data/a.h5", "/data/a.h5");
    expect_beside("-D", "deep/a.h5", "deep/a.h5");
}
END_TEST

START_TEST(absolute_paths_are_of_what_is_there) {
    ck_assert_int_eq(mkdir("deep", 0700), 0);
    const char *path = hk_path_absolute(arena, "deep/../deep/.", &err);
    ck_assert_ptr_nonnull(path);
    ck_assert_int_eq(path[0], '/');
    ck_assert_str_eq(strrchr(path, '/'), "/deep");
    ck_assert_ptr_null(hk_path_absolute(arena, "gone", &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, "gone: No such file or directory");
}
END_TEST

static void write_file(const char *name, const char *text, size_t size) {
    FILE *file = fopen(name, "wb");
    ck_assert_uint_eq(fwrite(text, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(kinds_of_files_are_told_apart) {
    write_file("a.h5", "\x89HDF\r\n\x1a\n and more", 17);
    write_file("short.h5", "\x89HDF\r\n\x1a", 7);
    write_file("text.h5", "name: x\n", 8);
    ck_assert(hk_path_is_hdf5("a.h5"));
    ck_assert(!hk_path_is_hdf5("short.h5"));
    ck_assert(!hk_path_is_hdf5("text.h5"));
    ck_assert(!hk_path_is_hdf5("gone.h5"));
    ck_assert(!hk_path_is_hdf5("."));
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    ck_assert(!hk_path_is_hdf5("pipe"));
    ck_assert(hk_path_is_folder("."));
    ck_assert(!hk_path_is_folder("a.h5"));
    ck_assert(!hk_path_is_folder("gone"));
}
END_TEST

static void refuse_to_open(const char *path, const char *message) {
    uint64_t size = 0;
    err = (struct hk_err){0};
    ck_assert_int_eq(hk_path_open(path, &size, &err), -1);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_DATA);
}

START_TEST(only_regular_files_are_opened) {
    uint64_t size = 0;
    write_file("text", "name: x\n", 8);
    int descriptor = hk_path_open("text", &size, &err);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_uint_eq(size, 8);
    ck_assert_int_eq(close(descriptor), 0);
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    refuse_to_open("pipe", "pipe: not a file");
    refuse_to_open(".", ".: not a file");
    refuse_to_open("gone", "gone: No such file or directory");
}
END_TEST

Suite *suite_io_path(void) {
    Suite *suite = suite_create("io/path");
    TCase *cases = tcase_create("path");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, names_are_meant_from_the_folder_of_their_file);
    tcase_add_test(cases, absolute_paths_are_of_what_is_there);
    tcase_add_test(cases, kinds_of_files_are_told_apart);
    tcase_add_test(cases, only_regular_files_are_opened);
    suite_add_tcase(suite, cases);
    return suite;
}
