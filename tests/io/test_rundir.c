#include "io/rundir.h"

#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct hk_arena *arena;
static struct hk_err err;
static char *path;

static void setup(void) {
    err = (struct hk_err){0};
    path = NULL;
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void assert_new_folder(const char *expected) {
    struct stat status;
    ck_assert_str_eq(path, expected);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert(S_ISDIR(status.st_mode));
    ck_assert_int_eq(rmdir(path), 0); /* empty */
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void assert_error(enum hk_code code, const char *part) {
    ck_assert_int_eq(err.code, code);
    ck_assert_msg(strstr(err.message, part), "\"%s\" lacks \"%s\"", err.message, part);
}

START_TEST(rundir_makes_the_folder_and_its_parent) {
    ck_assert(hk_rundir_create(arena, "some/results", "mnist", &path, &err));
    assert_new_folder("some/results/mnist");
}
END_TEST

START_TEST(rundir_counts_from_two_when_the_name_is_taken) {
    ck_assert(hk_rundir_create(arena, "results", "mnist", &path, &err));
    ck_assert(hk_rundir_create(arena, "results", "mnist", &path, &err));
    assert_new_folder("results/mnist-2");
    ck_assert(hk_rundir_create(arena, "results", "mnist", &path, &err));
    assert_new_folder("results/mnist-3");
    ck_assert(hk_rundir_create(arena, "results", "other", &path, &err));
    assert_new_folder("results/other");
}
END_TEST

START_TEST(rundir_leaves_a_file_of_that_name_alone) {
    ck_assert_int_eq(mkdir("results", 0700), 0);
    FILE *file = fopen("results/mnist", "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert(hk_rundir_create(arena, "results", "mnist", &path, &err));
    assert_new_folder("results/mnist-2");
}
END_TEST

/* Each of them makes folders as fast as it can; that none got another's shows in their number. */
START_TEST(rundir_gives_runs_that_start_together_their_own) {
    enum { RUNS = 4, EACH = 25 };
    for (int run = 0; run < RUNS; run++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child > 0) continue;
        bool ok = true;
        for (int i = 0; i < EACH; i++) ok = ok && hk_rundir_create(arena, "r", "x", &path, &err);
        _exit(ok ? 0 : 1);
    }
    for (int run = 0; run < RUNS; run++) {
        int status = 0;
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    ck_assert(hk_rundir_create(arena, "r", "x", &path, &err));
    assert_new_folder("r/x-101");
}
END_TEST

static const char *const bad_names[] = {"", ".", "..", "a/b", "/"};

START_TEST(rundir_refuses_what_is_no_name) {
    ck_assert(!hk_rundir_create(arena, "results", bad_names[_i], &path, &err));
    assert_error(HK_ERR_CONFIG, "can't be the name");
    ck_assert_int_ne(access("results", F_OK), 0);
}
END_TEST

START_TEST(rundir_says_why_a_parent_cannot_be_made) {
    FILE *file = fopen("results", "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert(!hk_rundir_create(arena, "results", "mnist", &path, &err));
    assert_error(HK_ERR_IO, "results/mnist: can't make this folder: Not a directory");
}
END_TEST

START_TEST(rundir_says_that_the_parent_is_read_only) {
    if (geteuid() == 0) hk_test_skip("root may write everywhere");
    ck_assert_int_eq(mkdir("results", 0500), 0);
    ck_assert(!hk_rundir_create(arena, "results", "mnist", &path, &err));
    assert_error(HK_ERR_IO, "results/mnist: can't make this folder: Permission denied");
    err = (struct hk_err){0};
    ck_assert(!hk_rundir_create(arena, "results/mine", "mnist", &path, &err));
    assert_error(HK_ERR_IO, "results/mine: can't make this folder: Permission denied");
}
END_TEST

START_TEST(rundir_makes_the_folder_that_was_asked_for) {
    ck_assert(hk_rundir_create_at(arena, "a/b/c//", &path, &err));
    assert_new_folder("a/b/c");
}
END_TEST

START_TEST(rundir_takes_no_folder_that_exists) {
    ck_assert(hk_rundir_create_at(arena, "results/x", &path, &err));
    ck_assert(!hk_rundir_create_at(arena, "results/x", &path, &err));
    assert_error(HK_ERR_IO, "results/x exists already; choose another folder with -o");
}
END_TEST

START_TEST(rundir_takes_no_empty_name) {
    ck_assert(!hk_rundir_create_at(arena, "", &path, &err));
    assert_error(HK_ERR_IO, "No such file or directory");
}
END_TEST

Suite *suite_io_rundir(void) {
    Suite *suite = suite_create("io/rundir");
    TCase *tcase = tcase_create("rundir");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, rundir_makes_the_folder_and_its_parent);
    tcase_add_test(tcase, rundir_counts_from_two_when_the_name_is_taken);
    tcase_add_test(tcase, rundir_leaves_a_file_of_that_name_alone);
    tcase_add_test(tcase, rundir_gives_runs_that_start_together_their_own);
    tcase_add_loop_test(tcase, rundir_refuses_what_is_no_name, 0, (int)HK_COUNT(bad_names));
    tcase_add_test(tcase, rundir_says_why_a_parent_cannot_be_made);
    tcase_add_test(tcase, rundir_says_that_the_parent_is_read_only);
    tcase_add_test(tcase, rundir_makes_the_folder_that_was_asked_for);
    tcase_add_test(tcase, rundir_takes_no_folder_that_exists);
    tcase_add_test(tcase, rundir_takes_no_empty_name);
    suite_add_tcase(suite, tcase);
    return suite;
}
