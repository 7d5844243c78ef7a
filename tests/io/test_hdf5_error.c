#include "io/hdf5_error.h"

#include <check.h>
#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/paths.h"
#include "tests/support/suites.h"

static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    hk_hdf5_begin();
}

START_TEST(system_errors_are_told_in_the_systems_words) {
    hid_t file = H5Fopen("no/such/file.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert(file < 0);
    ck_assert(!HK_HDF5_FAIL(&err, HK_ERR_IO, "file.h5", "can't open"));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "file.h5: can't open: No such file or directory");
}
END_TEST

START_TEST(other_errors_are_told_in_the_innermost_words) {
    ck_assert(H5Dclose(H5T_NATIVE_INT) < 0);
    ck_assert(!HK_HDF5_FAIL(&err, HK_ERR_DATA, "file.h5", "can't close"));
    ck_assert_int_eq(strncmp(err.message, "file.h5: can't close: not a dataset", 35), 0);
    ck_assert_ptr_null(strchr(err.message, '\n'));
}
END_TEST

START_TEST(a_failure_without_hdf5s_knowledge_says_so) {
    ck_assert(H5Eclear2(H5E_DEFAULT) >= 0);
    ck_assert(!HK_HDF5_FAIL(&err, HK_ERR_IO, "file.h5", "can't write"));
    ck_assert_str_eq(err.message, "file.h5: can't write: HDF5 gives no reason");
}
END_TEST

START_TEST(hdf5_prints_nothing) {
    char path[512], text[16];
    (void)snprintf(path, sizeof path, "%s/stderr", hk_test_folder());
    int saved = dup(STDERR_FILENO);
    FILE *printed = fopen(path, "w+");
    ck_assert(saved >= 0 && printed && dup2(fileno(printed), STDERR_FILENO) >= 0);
    hid_t file = H5Fopen("no/such/file.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    (void)fflush(stderr);
    ck_assert(dup2(saved, STDERR_FILENO) >= 0);
    ck_assert(file < 0);
    rewind(printed);
    ck_assert_uint_eq(fread(text, 1, sizeof text, printed), 0);
    (void)fclose(printed);
    (void)close(saved);
}
END_TEST

Suite *suite_io_hdf5_error(void) {
    Suite *suite = suite_create("io/hdf5_error");
    TCase *tcase = tcase_create("hdf5_error");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, system_errors_are_told_in_the_systems_words);
    tcase_add_test(tcase, other_errors_are_told_in_the_innermost_words);
    tcase_add_test(tcase, a_failure_without_hdf5s_knowledge_says_so);
    tcase_add_test(tcase, hdf5_prints_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
