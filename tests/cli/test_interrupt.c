#include "cli/interrupt.h"

#include <check.h>
#include <signal.h>
#include <stdbool.h>

#include "tests/support/suites.h"

/* Every test runs in a process of its own: Check forks. */
static bool has_handler(int number, void (*handler)(int)) {
    struct sigaction action;
    ck_assert_int_eq(sigaction(number, NULL, &action), 0);
    return action.sa_handler == handler;
}

START_TEST(nothing_has_come_at_first) {
    hk_interrupt_listen();
    ck_assert_int_eq(hk_interrupt_signal(), 0);
}
END_TEST

START_TEST(the_first_signal_is_noted) {
    hk_interrupt_listen();
    ck_assert_int_eq(raise(SIGINT), 0);
    ck_assert_int_eq(hk_interrupt_signal(), SIGINT);
}
END_TEST

START_TEST(after_the_first_both_end_the_program) {
    hk_interrupt_listen();
    ck_assert_int_eq(raise(SIGTERM), 0);
    ck_assert_int_eq(hk_interrupt_signal(), SIGTERM);
    ck_assert(has_handler(SIGINT, SIG_DFL));
    ck_assert(has_handler(SIGTERM, SIG_DFL));
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored) {
    ck_assert(signal(SIGINT, SIG_IGN) != SIG_ERR);
    hk_interrupt_listen();
    ck_assert_int_eq(raise(SIGINT), 0);
    ck_assert_int_eq(hk_interrupt_signal(), 0);
    ck_assert(has_handler(SIGINT, SIG_IGN));
}
END_TEST

START_TEST(a_second_signal_kills) {
    hk_interrupt_listen();
    ck_assert_int_eq(raise(SIGINT), 0);
    (void)raise(SIGINT);
    ck_abort_msg("still alive");
}
END_TEST

Suite *suite_cli_interrupt(void) {
    Suite *suite = suite_create("cli/interrupt");
    TCase *tcase = tcase_create("interrupt");
    tcase_add_test(tcase, nothing_has_come_at_first);
    tcase_add_test(tcase, the_first_signal_is_noted);
    tcase_add_test(tcase, after_the_first_both_end_the_program);
    tcase_add_test(tcase, an_ignored_signal_stays_ignored);
    tcase_add_test_raise_signal(tcase, a_second_signal_kills, SIGINT);
    suite_add_tcase(suite, tcase);
    return suite;
}
