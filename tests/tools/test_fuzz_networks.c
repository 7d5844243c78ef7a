/* tools/fuzz-networks: what is the same passes, what isn't is told and kept. */
#include "tests/support/paths.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static int fuzz(const char *options) {
    return shell("tools/fuzz-networks --program %s --folder %s/networks %s", hk_test_program(),
                 hk_test_folder(), options);
}

static void setup(void) {
    if (shell("/usr/bin/python3 -V") != 0) hk_test_skip("no /usr/bin/python3");
}

START_TEST(random_experiments_are_the_same_on_any_threads) {
    ck_assert_msg(fuzz("-n 12 -v") == 0, "%s", shell_text);
    ck_assert_msg(strstr(shell_text, " same\n") != NULL, "%s", shell_text);
}
END_TEST

START_TEST(spoilt_experiments_are_refused_or_run) {
    ck_assert_msg(fuzz("-n 20 --spoil") == 0, "%s", shell_text);
    ck_assert_msg(strstr(shell_text, " refused") != NULL, "%s", shell_text);
}
END_TEST

START_TEST(an_experiment_that_differs_is_told_and_kept) {
    char options[4096];
    const char *folder = hk_test_folder();
    ck_assert_msg(shell("printf '#!/bin/sh\\nshift\\nexec %%s run --seed 3 \"$@\"\\n'"
                        " \"$(realpath %s)\" >%s/other && chmod +x %s/other",
                        hk_test_program(), folder, folder) == 0,
                  "%s", shell_text);
    (void)snprintf(options, sizeof options, "-n 6 --against %s/other", folder);
    ck_assert_int_eq(fuzz(options), 1);
    ck_assert_msg(strstr(shell_text, " wrong\n") != NULL, "%s", shell_text);
    ck_assert_msg(strstr(shell_text, " differ") != NULL, "%s", shell_text);
    ck_assert_int_eq(shell("ls %s/networks/*/x.yaml", folder), 0);
}
END_TEST

Suite *suite_tools_fuzz_networks(void) {
    Suite *suite = suite_create("tools/fuzz_networks");
    TCase *cases = tcase_create("fuzz_networks");
    tcase_set_timeout(cases, 300);
    tcase_add_checked_fixture(cases, setup, hk_test_folder_remove);
    tcase_add_test(cases, random_experiments_are_the_same_on_any_threads);
    tcase_add_test(cases, spoilt_experiments_are_refused_or_run);
    tcase_add_test(cases, an_experiment_that_differs_is_told_and_kept);
    suite_add_tcase(suite, cases);
    return suite;
}
