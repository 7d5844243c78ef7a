/* tools/setup: what it tells without installing anything. */
#include "tests/support/shell.h"
#include "tests/support/suites.h"

#include <check.h>

START_TEST(names_are_told_whether_the_packages_are_there_or_not) {
    ck_assert_int_eq(shell("tools/setup --names test aarch64"), 0);
    ck_assert_str_eq(shell_text, "check\ncurl\ngcc-aarch64-linux-gnu\nqemu-user\n");
}
END_TEST

START_TEST(an_unknown_group_is_refused) {
    ck_assert_int_ne(shell("tools/setup --check biuld"), 0);
    ck_assert_str_eq(shell_text, "setup: unknown group 'biuld'\n");
}
END_TEST

Suite *suite_tools_setup(void) {
    Suite *suite = suite_create("tools/setup");
    TCase *cases = tcase_create("setup");
    tcase_add_test(cases, names_are_told_whether_the_packages_are_there_or_not);
    tcase_add_test(cases, an_unknown_group_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
