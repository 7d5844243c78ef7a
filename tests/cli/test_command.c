#include "cli/command.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static struct program program;

START_TEST(alone_it_lists_the_commands_on_stderr_and_fails) {
    program_run(&program, NULL);
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_str_eq(program.out, "");
    for (size_t i = 0; hk_command_at(i); i++)
        ck_assert_ptr_nonnull(strstr(program.err, hk_command_at(i)->name));
}
END_TEST

START_TEST(an_unknown_command_gets_a_suggestion) {
    program_run(&program, "rnu", "x.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_str_eq(program.out, "");
    ck_assert_str_eq(program.err, "hillock: unknown command 'rnu'; did you mean 'run'?\n");
}
END_TEST

START_TEST(an_unknown_command_like_no_other_gets_the_list) {
    program_run(&program, "photosynthesis");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(program.err, "known here: run, sweep"));
}
END_TEST

START_TEST(a_dash_is_no_command) {
    program_run(&program, "-");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(program.err, "unknown command '-'"));
}
END_TEST

START_TEST(a_wrong_option_names_its_command) {
    program_run(&program, "run", "--sead", "3", "x.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_str_eq(program.err,
                     "hillock: run: unknown option '--sead'; did you mean '--seed'?\n");
}
END_TEST

START_TEST(options_before_the_command_are_the_programs_own) {
    program_run(&program, "--seed", "run");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(program.err, "unknown option '--seed'"));
}
END_TEST

START_TEST(missing_arguments_are_named) {
    program_run(&program, "run");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(program.err, "run needs FILE"));
}
END_TEST

START_TEST(arguments_too_many_are_named) {
    program_run(&program, "check", "a.yaml", "b.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(program.err, "'b.yaml'"));
}
END_TEST

START_TEST(output_that_cannot_be_written_is_a_failure) {
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(full, 0);
    program_start(&program, (const int[2]){full, -1}, (const char *const[]){"models", NULL});
    program_finish(&program);
    (void)close(full);
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
    ck_assert_ptr_nonnull(strstr(program.err, "can't write to standard output"));
}
END_TEST

START_TEST(output_that_nobody_reads_ends_it_quietly) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    (void)close(ends[0]);
    program_start(&program, (const int[2]){ends[1], -1}, (const char *const[]){"models", NULL});
    program_finish(&program);
    (void)close(ends[1]);
    ck_assert_int_eq(program.status, 128 + SIGPIPE);
    ck_assert_str_eq(program.err, "");
}
END_TEST

START_TEST(verbose_failures_say_where_they_were_noticed) {
    program_run(&program, "check", "-v", "missing.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
    ck_assert_ptr_nonnull(strstr(program.err, "hillock: error: can't open missing.yaml: "));
    ck_assert_ptr_nonnull(strstr(program.err, "hillock: noticed at io/yaml.c:"));
}
END_TEST

Suite *suite_cli_command(void) {
    Suite *suite = suite_create("cli/command");
    TCase *tcase = tcase_create("command");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, alone_it_lists_the_commands_on_stderr_and_fails);
    tcase_add_test(tcase, an_unknown_command_gets_a_suggestion);
    tcase_add_test(tcase, an_unknown_command_like_no_other_gets_the_list);
    tcase_add_test(tcase, a_dash_is_no_command);
    tcase_add_test(tcase, a_wrong_option_names_its_command);
    tcase_add_test(tcase, options_before_the_command_are_the_programs_own);
    tcase_add_test(tcase, missing_arguments_are_named);
    tcase_add_test(tcase, arguments_too_many_are_named);
    tcase_add_test(tcase, output_that_cannot_be_written_is_a_failure);
    tcase_add_test(tcase, output_that_nobody_reads_ends_it_quietly);
    tcase_add_test(tcase, verbose_failures_say_where_they_were_noticed);
    suite_add_tcase(suite, tcase);
    return suite;
}
