#include "cli/help.h"

#include <check.h>
#include <string.h>

#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static struct program program;

static char first[PROGRAM_TEXT_MAX];

static void run_well(const char *word, const char *other) {
    program_run(&program, word, other);
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.err, "");
}

/* `part` is there, behind `at`; returns where. */
static const char *expect(const char *at, const char *part) {
    const char *found = strstr(at, part);
    ck_assert_msg(found != NULL, "no '%s' in: %s", part, at);
    return found;
}

START_TEST(the_programs_help_has_examples_commands_options_and_statuses) {
    run_well("--help", NULL);
    const char *at = expect(program.out, "usage: hillock COMMAND");
    at = expect(at, "examples:\n  hillock ");
    at = expect(at, "commands:\n");
    for (size_t i = 0; hk_command_at(i); i++) at = expect(at, hk_command_at(i)->doc);
    at = expect(at, "options:\n  -h, --help");
    at = expect(at, "environment:\n  HILLOCK_DATA ");
    at = expect(at, "exit status:\n  0 ");
    (void)expect(at, "  130, 143 ");
}
END_TEST

START_TEST(all_ways_to_ask_give_the_same_help) {
    run_well("--help", NULL);
    memcpy(first, program.out, sizeof first);
    run_well("-h", NULL);
    ck_assert_str_eq(program.out, first);
    run_well("help", NULL);
    ck_assert_str_eq(program.out, first);
}
END_TEST

START_TEST(every_command_has_usage_then_two_examples_then_options) {
    for (size_t i = 0; hk_command_at(i); i++) {
        const struct hk_command *command = hk_command_at(i);
        run_well(command->name, "--help");
        ck_assert(strncmp(program.out, "usage: hillock ", strlen("usage: hillock ")) == 0);
        const char *at = expect(program.out, command->name);
        at = expect(at, "examples:\n");
        for (size_t k = 0; k < HK_COUNT(command->examples); k++)
            at = expect(at, command->examples[k]);
        at = expect(at, "\noptions:\n");
        (void)expect(at, "  -h, --help");
    }
}
END_TEST

START_TEST(help_of_a_command_is_what_it_says_itself) {
    run_well("run", "-h");
    memcpy(first, program.out, sizeof first);
    run_well("help", "run");
    ck_assert_str_eq(program.out, first);
}
END_TEST

START_TEST(help_of_an_unknown_command_gets_a_suggestion) {
    program_run(&program, "help", "chekc");
    ck_assert_int_eq(program.status, 2);
    (void)expect(program.err, "did you mean 'check'?");
}
END_TEST

START_TEST(the_manual_page_has_all_of_it) {
    run_well("help", "--man");
    const char *at = expect(program.out, ".TH HILLOCK 1 ");
    at = expect(at, "\nhillock \\- simulate ");
    for (size_t i = 0; hk_command_at(i); i++) {
        char title[64];
        (void)snprintf(title, sizeof title, "\n.SS %s\n.nf\nusage: ", hk_command_at(i)->name);
        at = expect(at, title);
        at = expect(at, hk_command_at(i)->doc);
        at = expect(at, "\n.fi\n");
    }
    at = expect(at, "\n.SH EXIT STATUS\n");
    (void)expect(at, "\nHILLOCK_DATA ");
    /* What begins with a point is a macro: none of the texts does by chance. */
    for (at = program.out; (at = strstr(at, "\n.")); at++)
        ck_assert_msg(strspn(at + 2, "SHFINTfi") >= 2 || strncmp(at, "\n.nf", 4) == 0 ||
                          strncmp(at, "\n.B ", 4) == 0,
                      "%.20s", at);
    ck_assert_ptr_null(strstr(program.out, "\n'"));
    const char *escape = strchr(program.out, '\\'); /* of the dash behind the name alone */
    ck_assert(escape && !strchr(escape + 1, '\\'));
}
END_TEST

Suite *suite_cli_help(void) {
    Suite *suite = suite_create("cli/help");
    TCase *tcase = tcase_create("help");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, the_programs_help_has_examples_commands_options_and_statuses);
    tcase_add_test(tcase, all_ways_to_ask_give_the_same_help);
    tcase_add_test(tcase, every_command_has_usage_then_two_examples_then_options);
    tcase_add_test(tcase, help_of_a_command_is_what_it_says_itself);
    tcase_add_test(tcase, help_of_an_unknown_command_gets_a_suggestion);
    tcase_add_test(tcase, the_manual_page_has_all_of_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
