#include "io/digest.h"

#include "tests/support/paths.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* FIPS 180-4's examples: nothing, "abc", and a million times "a". */
#define OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OF_ABC     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static struct hk_err err;
static char path[PATH_MAX];

static void set_up(void) {
    err = (struct hk_err){0};
    (void)snprintf(path, sizeof path, "%s/file", hk_test_folder());
}

static void write_repeated(const char *text, int times) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < times; i++) (void)fputs(text, file);
    ck_assert(!ferror(file));
    ck_assert_int_eq(fclose(file), 0);
}

static void expect(const char *text, int times, const char *digest) {
    char found[HK_DIGEST_SIZE];
    write_repeated(text, times);
    ck_assert_msg(hk_digest_file(path, found, &err), "%s", err.message);
    ck_assert_str_eq(found, digest);
    ck_assert(hk_digest_check(path, digest, &err));
}

START_TEST(digest_is_that_of_the_standard) {
    expect("", 1, OF_NOTHING);
    expect("abc", 1, OF_ABC);
    expect("a", 1000000, OF_MILLION);
}
END_TEST

START_TEST(digest_may_be_in_upper_case) {
    write_repeated("abc", 1);
    ck_assert(hk_digest_check(path,
                              "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                              &err));
}
END_TEST

START_TEST(digest_names_file_and_both_digests) {
    char message[PATH_MAX + 200];
    write_repeated("abc", 1);
    ck_assert(!hk_digest_check(path, OF_NOTHING, &err));
    (void)snprintf(message, sizeof message,
                   "%s: SHA-256 %s expected, %s found: this is another file", path, OF_NOTHING,
                   OF_ABC);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_DATA);
}
END_TEST

START_TEST(digest_of_what_is_not_a_file_is_refused) {
    char found[HK_DIGEST_SIZE];
    ck_assert(!hk_digest_file(path, found, &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, ": No such file or directory"));
    err = (struct hk_err){0};
    ck_assert(!hk_digest_file(hk_test_folder(), found, &err));
    ck_assert_ptr_nonnull(strstr(err.message, ": not a file"));
}
END_TEST

START_TEST(digest_has_64_hexadecimal_digits) {
    ck_assert(hk_digest_is_one(OF_ABC));
    ck_assert(!hk_digest_is_one(""));
    ck_assert(!hk_digest_is_one(OF_ABC "0"));
    ck_assert(!hk_digest_is_one(&OF_ABC[1]));
    ck_assert(
        !hk_digest_is_one("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}
END_TEST

Suite *suite_io_digest(void) {
    Suite *suite = suite_create("io/digest");
    TCase *tcase = tcase_create("digest");
    tcase_add_checked_fixture(tcase, set_up, hk_test_folder_remove);
    tcase_add_test(tcase, digest_is_that_of_the_standard);
    tcase_add_test(tcase, digest_may_be_in_upper_case);
    tcase_add_test(tcase, digest_names_file_and_both_digests);
    tcase_add_test(tcase, digest_of_what_is_not_a_file_is_refused);
    tcase_add_test(tcase, digest_has_64_hexadecimal_digits);
    suite_add_tcase(suite, tcase);
    return suite;
}
