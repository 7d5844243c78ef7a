/* tools/get-data against a server of ours on the loopback address. */
#include "tests/support/paths.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"
#include "tests/support/web.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 100000, PIECE = 30000 };

static struct web web;
static char folder[PATH_MAX], server[PATH_MAX + 8];

/* A server's folder with one file, and the list of what it should be. */
static void set_up(void) {
    (void)setenv("NO_PROXY", "127.0.0.1", 1);
    (void)unsetenv("HILLOCK_DATA_FROM");
    (void)snprintf(folder, sizeof folder, "%s", hk_test_folder());
    (void)snprintf(server, sizeof server, "%s/server", folder);
    ck_assert_int_eq(mkdir(server, 0700), 0);
    ck_assert_int_eq(shell("cd %s && awk 'BEGIN { for (i = 0; i < %d; i++) printf \"%%d\", i %% 7 "
                           "}'"
                           " >images.gz && echo some >labels.gz && sha256sum *.gz >../sums",
                           server, SIZE),
                     0);
}

static void tear_down(void) {
    web_stop(&web);
    hk_test_folder_remove();
}

static void start(size_t dies_after, bool whole_only) {
    static struct web_options options;
    options = (struct web_options){server, dies_after, whole_only};
    web_stop(&web);
    web_start(&web, &options);
}

static int fetch(void) {
    return shell("tools/get-data --from http://127.0.0.1:%d/ --sums %s/sums mine %s/data", web.port,
                 folder, folder);
}

static void expect_said(const char *part) {
    ck_assert_msg(strstr(shell_text, part) != NULL, "no '%s' in: %s", part, shell_text);
}

/* Nothing but what was on the server. */
static void expect_all(void) {
    ck_assert_msg(shell("diff -r %s %s/data/mine", server, folder) == 0, "%s", shell_text);
}

static void expect_nothing(void) {
    ck_assert_msg(shell("test -z \"$(ls %s/data/mine)\"", folder) == 0, "%s", shell_text);
}

START_TEST(a_set_is_fetched_and_checked) {
    start(0, false);
    ck_assert_msg(fetch() == 0, "%s", shell_text);
    expect_said("images.gz: fetched, 100000 bytes\n");
    expect_said("mine: all is there, and right\n");
    expect_all();
    ck_assert_int_eq(web.log->requests, 2);
}
END_TEST

START_TEST(what_is_there_is_not_fetched_again) {
    start(0, false);
    ck_assert_int_eq(fetch(), 0);
    ck_assert_int_eq(fetch(), 0);
    ck_assert_int_eq(web.log->requests, 2);
    web_stop(&web);
    ck_assert_int_eq(shell("tools/get-data --sums %s/sums mine %s/data", folder, folder), 0);
}
END_TEST

START_TEST(a_download_that_breaks_off_goes_on_where_it_stopped) {
    start(PIECE, false);
    ck_assert_msg(fetch() == 0, "%s", shell_text);
    expect_all();
    ck_assert_int_eq(web.log->requests, 4 + 1); /* four pieces of one file, and the other */
}
END_TEST

START_TEST(the_next_run_goes_on_where_the_last_one_stopped) {
    start(SIZE / 8, false); /* more tries than a run makes */
    ck_assert_int_eq(fetch(), 1);
    expect_said("images.gz: the connection broke off; 62500 bytes are kept in ");
    expect_said("/data/mine/images.gz.part, and the next run goes on from there\n");
    ck_assert_int_eq(shell("test -e %s/data/mine/images.gz", folder), 1);
    ck_assert_int_eq(shell("mv %s/sums %s/all && grep images %s/all >%s/sums", folder, folder,
                           folder, folder),
                     0);
    start(0, false);
    ck_assert_msg(fetch() == 0, "%s", shell_text);
    ck_assert_int_eq(web.log->requests, 1);
    ck_assert_uint_eq(web.log->last_from, 62500);
    ck_assert_int_eq(shell("cmp %s/images.gz %s/data/mine/images.gz", server, folder), 0);
}
END_TEST

START_TEST(a_server_that_can_not_go_on_starts_anew) {
    start(PIECE, true);
    ck_assert_int_eq(fetch(), 1);
    start(0, true);
    ck_assert_msg(fetch() == 0, "%s", shell_text);
    expect_said("the server can't go on where it stopped; starting anew\n");
    expect_all();
}
END_TEST

START_TEST(a_run_that_was_stopped_before_the_last_step_is_finished) {
    ck_assert_int_eq(shell("mkdir -p %s/data/mine && cp %s/images.gz %s/data/mine/images.gz.part",
                           folder, server, folder),
                     0);
    start(0, false);
    ck_assert_msg(fetch() == 0, "%s", shell_text);
    expect_all();
    ck_assert_int_eq(web.log->requests, 1);
}
END_TEST

START_TEST(another_file_is_refused_and_not_kept) {
    ck_assert_int_eq(shell("echo other >>%s/images.gz", server), 0);
    start(0, false);
    ck_assert_int_eq(fetch(), 1);
    expect_said("images.gz: this is another file: its SHA-256 is ");
    expect_said(" was expected; what was fetched is removed\n");
    expect_nothing();
}
END_TEST

/* The part is longer than the file: nothing that the server could add makes it right. */
START_TEST(a_part_of_another_file_is_given_up) {
    ck_assert_int_eq(shell("mkdir -p %s/data/mine && cat %s/images.gz %s/images.gz "
                           ">%s/data/mine/images.gz.part",
                           folder, server, server, folder),
                     0);
    start(0, false);
    ck_assert_msg(fetch() == 0, "%s", shell_text);
    expect_said("the server can't go on where it stopped; starting anew\n");
    expect_all();
}
END_TEST

START_TEST(a_missing_file_is_told) {
    ck_assert_int_eq(shell("rm %s/images.gz", server), 0);
    start(0, false);
    ck_assert_int_eq(fetch(), 1);
    expect_said("/images.gz: the server has no such file (HTTP 404)\n");
    expect_nothing();
}
END_TEST

START_TEST(a_server_that_is_not_there_is_told) {
    start(0, false);
    int port = web.port;
    web_stop(&web);
    ck_assert_int_eq(shell("tools/get-data --from http://127.0.0.1:%d --sums %s/sums mine %s/data",
                           port, folder, folder),
                     1);
    expect_said("/images.gz: the server can't be reached\n");
    expect_nothing();
}
END_TEST

START_TEST(a_file_of_somebody_else_is_never_written_over) {
    ck_assert_int_eq(shell("mkdir -p %s/data/mine && echo mine >%s/data/mine/labels.gz", folder,
                           folder),
                     0);
    start(0, false);
    ck_assert_int_eq(fetch(), 1);
    expect_said("labels.gz is there, but is another file: its SHA-256 is ");
    ck_assert_int_eq(web.log->requests, 0);
    ck_assert_int_eq(shell("grep -q mine %s/data/mine/labels.gz", folder), 0);
}
END_TEST

static void pack(const char *what) {
    ck_assert_int_eq(shell("cd %s && tar -czf all.tar.gz %s && sha256sum *.gz >../sums && rm %s",
                           server, what, "images.gz labels.gz"),
                     0);
}

START_TEST(an_archive_is_fetched_and_taken_apart) {
    (void)shell("cp -r %s %s/before", server, folder);
    pack("images.gz labels.gz");
    start(PIECE, false);
    ck_assert_msg(fetch() == 0, "%s", shell_text);
    ck_assert_msg(shell("diff -r %s/before %s/data/mine", folder, folder) == 0, "%s", shell_text);
    int requests = web.log->requests;
    ck_assert_int_eq(fetch(), 0);
    ck_assert_int_eq(web.log->requests, requests);
}
END_TEST

START_TEST(an_archive_without_a_file_is_told) {
    pack("images.gz");
    start(0, false);
    ck_assert_int_eq(fetch(), 1);
    expect_said("all.tar.gz holds no labels.gz\n");
}
END_TEST

START_TEST(a_wrong_command_line_is_told) {
    ck_assert_int_eq(shell("tools/get-data"), 2);
    expect_said("which set, and into which folder?");
    ck_assert_int_eq(shell("tools/get-data mnits %s", folder), 2);
    expect_said("there is no set 'mnits'; known: mnist fashion-mnist cifar-10");
    ck_assert_int_eq(shell("tools/get-data mnist %s/data", folder), 2);
    expect_said("where from? Give --from ADDRESS or HILLOCK_DATA_FROM");
    ck_assert_int_eq(shell("tools/get-data --sums tools/get-data mine %s/data", folder), 1);
    expect_said("not a line of sha256sum: #!/bin/sh");
}
END_TEST

/* The list of digests in the tool is that of the real files. */
START_TEST(the_real_mnist_is_what_the_tool_expects) {
    const char *path = hk_test_data("mnist");
    if (!path) hk_test_skip("MNIST is not here; set HILLOCK_DATA to the folder that holds mnist/");
    if (shell("test -e %s/train-images-idx3-ubyte.gz", path) != 0)
        hk_test_skip("MNIST is here, but not in the published, compressed files");
    (void)snprintf(server, sizeof server, "%s", path);
    start(0, false);
    ck_assert_msg(shell("HILLOCK_DATA_FROM=http://127.0.0.1:%d tools/get-data mnist %s/data",
                        web.port, folder) == 0,
                  "%s", shell_text);
    expect_said("train-images-idx3-ubyte.gz: fetched, 9912422 bytes\n");
}
END_TEST

Suite *suite_tools_get_data(void) {
    Suite *suite = suite_create("tools/get_data");
    TCase *tcase = tcase_create("get-data");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_set_is_fetched_and_checked);
    tcase_add_test(tcase, what_is_there_is_not_fetched_again);
    tcase_add_test(tcase, a_download_that_breaks_off_goes_on_where_it_stopped);
    tcase_add_test(tcase, the_next_run_goes_on_where_the_last_one_stopped);
    tcase_add_test(tcase, a_server_that_can_not_go_on_starts_anew);
    tcase_add_test(tcase, a_run_that_was_stopped_before_the_last_step_is_finished);
    tcase_add_test(tcase, another_file_is_refused_and_not_kept);
    tcase_add_test(tcase, a_part_of_another_file_is_given_up);
    tcase_add_test(tcase, a_missing_file_is_told);
    tcase_add_test(tcase, a_server_that_is_not_there_is_told);
    tcase_add_test(tcase, a_file_of_somebody_else_is_never_written_over);
    tcase_add_test(tcase, an_archive_is_fetched_and_taken_apart);
    tcase_add_test(tcase, an_archive_without_a_file_is_told);
    tcase_add_test(tcase, a_wrong_command_line_is_told);
    tcase_add_test(tcase, the_real_mnist_is_what_the_tool_expects);
    suite_add_tcase(suite, tcase);
    return suite;
}
