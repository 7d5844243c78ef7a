#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static struct program program;

/* The line about a topic, whatever its level: "ok       memory ..." */
static const char *line_about(const char *topic) {
    enum { LEVEL = 9 };
    for (const char *at = program.out; *at; at = strchr(at, '\n') + 1)
        if (strncmp(at + LEVEL, topic, strlen(topic)) == 0) return at;
    ck_abort_msg("no line about %s in: %s", topic, program.out);
    return NULL;
}

static void expect_level(const char *topic, const char *level) {
    ck_assert_msg(strncmp(line_about(topic), level, strlen(level)) == 0, "%s: %s", topic,
                  line_about(topic));
}

START_TEST(each_thing_has_a_line) {
    static const char *const topics[] = {"hillock",   "HDF5",         "Cairo",  "libyaml",
                                         "zlib",      "libevent",     "folder", "digits",
                                         "processor", "instructions", "memory", "mnist",
                                         "ucr/NAME"};
    program_run(&program, "doctor");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) (void)line_about(topics[i]);
    expect_level("HDF5", "ok ");
    expect_level("digits", "ok       digits           built in\n");
    ck_assert_ptr_nonnull(strstr(program.out, hk_test_folder()));
}
END_TEST

START_TEST(a_data_set_that_is_not_here_is_no_failure) {
    (void)unsetenv("HILLOCK_DATA");
    program_run(&program, "doctor");
    ck_assert_int_eq(program.status, 0);
    if (!hk_test_data("mnist")) {
        expect_level("mnist", "absent ");
        ck_assert_ptr_nonnull(strstr(program.out, "HILLOCK_DATA is not set"));
    } else {
        expect_level("mnist", "ok ");
        ck_assert_ptr_nonnull(strstr(line_about("mnist"), "/mnist\n"));
    }
}
END_TEST

START_TEST(fewer_instructions_are_told_with_who_wants_it) {
    ck_assert_int_eq(setenv("HILLOCK_ISA", "base", 1), 0);
    program_run(&program, "doctor");
    expect_level("instructions", "ok       instructions     base ");
    ck_assert_ptr_nonnull(strstr(line_about("instructions"), "HILLOCK_ISA=base asked for it\n"));
}
END_TEST

/* There is no room in /proc. */
START_TEST(a_folder_without_room_is_a_failure) {
    char path[PATH_MAX], command[PATH_MAX + 64], line[1024];
    bool found = false;
    ck_assert_ptr_nonnull(realpath(hk_test_program(), path));
    (void)snprintf(command, sizeof command, "cd /proc && '%s' doctor 2>&1", path);
    FILE *out = popen(command, "r");
    ck_assert_ptr_nonnull(out);
    while (fgets(line, sizeof line, out)) found |= strncmp(line, "MISSING  folder ", 16) == 0;
    ck_assert_int_eq(WEXITSTATUS(pclose(out)), HK_EXIT_SYSTEM);
    ck_assert(found);
}
END_TEST

START_TEST(programs_read_the_same_as_json) {
    program_run(&program, "doctor", "--json");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    ck_assert_int_eq(strncmp(program.out, "{\"findings\":[{\"topic\":\"hillock\",", 32), 0);
    ck_assert_ptr_nonnull(strstr(program.out, "{\"topic\":\"digits\",\"level\":\"ok\",\"text\":"
                                              "\"built in\"}"));
    ck_assert_ptr_nonnull(strstr(program.out, "],\"ok\":true}\n"));
}
END_TEST

Suite *suite_cli_doctor(void) {
    Suite *suite = suite_create("cli/doctor");
    TCase *tcase = tcase_create("doctor");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, each_thing_has_a_line);
    tcase_add_test(tcase, a_data_set_that_is_not_here_is_no_failure);
    tcase_add_test(tcase, fewer_instructions_are_told_with_who_wants_it);
    tcase_add_test(tcase, a_folder_without_room_is_a_failure);
    tcase_add_test(tcase, programs_read_the_same_as_json);
    suite_add_tcase(suite, tcase);
    return suite;
}
