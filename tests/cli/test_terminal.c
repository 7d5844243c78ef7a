#include "cli/terminal.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "tests/support/suites.h"

/* A pseudo terminal's other end; it stays open until the test's process ends. */
static FILE *open_terminal(void) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    const char *name = ptsname(master);
    ck_assert_ptr_nonnull(name);
    int slave = open(name, O_RDWR | O_NOCTTY);
    ck_assert_int_ge(slave, 0);
    FILE *file = fdopen(slave, "w");
    ck_assert_ptr_nonnull(file);
    return file;
}

static void setup(void) {
    (void)setenv("TERM", "xterm", 1);
    (void)unsetenv("NO_COLOR");
}

START_TEST(a_terminal_is_live_and_styled) {
    struct hk_terminal terminal = hk_terminal_of(open_terminal());
    ck_assert(terminal.live);
    ck_assert_str_eq(terminal.bold, "\033[1m");
    ck_assert_str_eq(terminal.plain, "\033[0m");
}
END_TEST

START_TEST(a_file_is_neither) {
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    struct hk_terminal terminal = hk_terminal_of(file);
    ck_assert(!terminal.live);
    ck_assert_str_eq(terminal.bold, "");
    ck_assert_str_eq(terminal.dim, "");
    ck_assert_uint_eq(hk_terminal_columns(&terminal), 80);
    (void)fclose(file);
}
END_TEST

START_TEST(no_color_leaves_it_live_and_plain) {
    (void)setenv("NO_COLOR", "1", 1);
    struct hk_terminal terminal = hk_terminal_of(open_terminal());
    ck_assert(terminal.live);
    ck_assert_str_eq(terminal.bold, "");
}
END_TEST

START_TEST(an_empty_no_color_is_none) {
    (void)setenv("NO_COLOR", "", 1);
    ck_assert_str_ne(hk_terminal_of(open_terminal()).bold, "");
}
END_TEST

START_TEST(a_dumb_terminal_is_like_a_file) {
    (void)setenv("TERM", "dumb", 1);
    struct hk_terminal terminal = hk_terminal_of(open_terminal());
    ck_assert(!terminal.live);
    ck_assert_str_eq(terminal.bold, "");
}
END_TEST

START_TEST(columns_follow_the_window) {
    struct hk_terminal terminal = hk_terminal_of(open_terminal());
    struct winsize size = {.ws_col = 47, .ws_row = 10};
    ck_assert_int_eq(ioctl(fileno(terminal.file), TIOCSWINSZ, &size), 0);
    ck_assert_uint_eq(hk_terminal_columns(&terminal), 47);
}
END_TEST

Suite *suite_cli_terminal(void) {
    Suite *suite = suite_create("cli/terminal");
    TCase *tcase = tcase_create("terminal");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_terminal_is_live_and_styled);
    tcase_add_test(tcase, a_file_is_neither);
    tcase_add_test(tcase, no_color_leaves_it_live_and_plain);
    tcase_add_test(tcase, an_empty_no_color_is_none);
    tcase_add_test(tcase, a_dumb_terminal_is_like_a_file);
    tcase_add_test(tcase, columns_follow_the_window);
    suite_add_tcase(suite, tcase);
    return suite;
}
