#include <check.h>
#include <string.h>

#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"
#include "version.h"

static const char line[] = "hillock " HK_VERSION " (commit " HK_COMMIT ")\n";

static struct program program;

START_TEST(the_option_prints_one_line) {
    program_run(&program, "--version");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.out, line);
    program_run(&program, "-V");
    ck_assert_str_eq(program.out, line);
}
END_TEST

START_TEST(the_command_begins_with_the_same_line_and_adds_the_compiler) {
    program_run(&program, "version");
    ck_assert_int_eq(program.status, 0);
    ck_assert(strncmp(program.out, line, strlen(line)) == 0);
    ck_assert_ptr_nonnull(strstr(program.out, HK_COMPILER));
}
END_TEST

START_TEST(programs_read_it_as_json) {
    program_run(&program, "version", "--json");
    ck_assert_int_eq(program.status, 0);
    ck_assert_int_eq(strncmp(program.out, "{\"version\":\"" HK_VERSION "\",\"commit\":\"" HK_COMMIT,
                             strlen("{\"version\":\"" HK_VERSION "\",\"commit\":\"" HK_COMMIT)),
                     0);
    ck_assert_ptr_nonnull(strstr(program.out, "\"instruction_set\":\""));
}
END_TEST

Suite *suite_cli_version(void) {
    Suite *suite = suite_create("cli/version");
    TCase *tcase = tcase_create("version");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, the_option_prints_one_line);
    tcase_add_test(tcase, the_command_begins_with_the_same_line_and_adds_the_compiler);
    tcase_add_test(tcase, programs_read_it_as_json);
    suite_add_tcase(suite, tcase);
    return suite;
}
