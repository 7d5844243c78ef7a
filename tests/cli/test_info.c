#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static const char experiment[] =
    "name: digits\n"
    "about: a few digits\n"
    "data: {set: digits, train: 30, test: 20}\n"
    "resolution: 0.5 ms\n"
    "populations:\n"
    "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 63.75 Hz}}\n"
    "  exc: {size: 20, model: lif}\n"
    "projections:\n"
    "  input->exc:\n"
    "    connect: all-to-all\n"
    "    weight: {uniform: [0 pA, 100 pA]}\n"
    "    plasticity: {rule: diehl-cook, a_plus: 1 pA, a_minus: 0.01 pA, w_max: 200 pA}\n"
    "readouts: {digits: {model: label-rate, from: exc}}\n"
    "protocol:\n"
    "  - {phase: train, data: train, show: 50 ms, learn: true}\n"
    "  - {phase: label, data: train, show: 50 ms, label: digits}\n"
    "  - {phase: validation, data: train, show: 50 ms, evaluate: digits}\n"
    "  - {phase: test, data: test, show: 50 ms, evaluate: digits}\n"
    "record: {spikes: [exc], in: [test]}\n";

static struct program program;
static char other[PROGRAM_TEXT_MAX];

static void setup(void) {
    program_write_file("digits.yaml", experiment);
    program_run(&program, "run", "-q", "digits.yaml", "-o", "out");
    ck_assert_int_eq(program.status, 0);
}

static const char *expect(const char *text, const char *part) {
    const char *found = strstr(text, part);
    ck_assert_msg(found != NULL, "no '%s' in: %s", part, text);
    return found;
}

START_TEST(a_person_gets_a_tree) {
    program_run(&program, "info", "out");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.err, "");
    const char *at =
        expect(program.out, "experiment\n  about                       a few digits\n");
    at = expect(at, "\n\nmetrics\n");
    at = expect(at, "\n  test\n    accuracy  ");
    at = expect(at, "    confusion                 10 x 11 values\n");
    at = expect(at, "\n      exc  ");
    at = expect(at, "\n  validation\n    accuracy  ");
    at = expect(at, "\n\nprovenance\n");
    at = expect(at, "\n\nspikes\n  exc  ");
    at = expect(at, " spikes of 20 units, 0 to ");
    at = expect(at, "\n\nwall\n");
    at = expect(at, "  train_s  ");
    (void)expect(at, "\n\nweights\n  input->exc                  784 x 20 values in pA\n");
}
END_TEST

START_TEST(long_texts_are_counted_not_shown) {
    program_run(&program, "info", "out");
    ck_assert_ptr_null(strstr(program.out, "rate_max"));
    (void)expect(program.out, " lines)\n");
}
END_TEST

START_TEST(the_file_is_as_good_as_its_folder) {
    program_run(&program, "info", "out");
    memcpy(other, program.out, sizeof other);
    program_run(&program, "info", "out/results.h5");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.out, other);
}
END_TEST

START_TEST(a_machine_gets_one_line_of_json) {
    program_run(&program, "info", "--json", "out");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.out[0], '{');
    ck_assert_str_eq(strchr(program.out, '\n') - 1, "}\n");
}
END_TEST

START_TEST(json_is_nested_as_the_paths_are) {
    static const char ask[] =
        "import json; d = json.load(open('info.json')); n = ['build_s', 'train_s', 'test_s']; "
        "assert 0 <= d['metrics']['test']['accuracy'] <= 1; "
        "assert 0 <= d['metrics']['validation']['accuracy'] <= 1; "
        "assert all(d['wall'][k] > 0 for k in n); "
        "assert d['weights']['input->exc']['shape'] == [784, 20]";
    char command[1024];
    if (access("/usr/bin/python3", X_OK) != 0) hk_test_skip("no python3 to read JSON with");
    program_run(&program, "info", "--json", "out");
    program_write_file("info.json", program.out);
    (void)snprintf(command, sizeof command, "cd '%s' && /usr/bin/python3 -c \"%s\"",
                   hk_test_folder(), ask);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_dead_runs_file_is_refused_and_named) {
    ck_assert_int_eq(mkdir(program_path("dead"), 0777), 0);
    program_write_file("dead/journal-000001", "half");
    program_run(&program, "info", "dead/");
    ck_assert_int_eq(program.status, HK_EXIT_DATA);
    ck_assert_str_eq(program.out, "");
    (void)expect(program.err, "`hillock recover dead` makes one of what was recorded");
    program_run(&program, "info", "dead/results.h5");
    ck_assert_int_eq(program.status, HK_EXIT_DATA);
    (void)expect(program.err, "`hillock recover dead` makes one of what was recorded");
}
END_TEST

START_TEST(what_is_no_results_file_is_refused) {
    program_run(&program, "info", "digits.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_DATA);
    (void)expect(program.err, "digits.yaml");
    program_run(&program, "info", "nothing");
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
    (void)expect(program.err, "nothing");
}
END_TEST

Suite *suite_cli_info(void) {
    Suite *suite = suite_create("cli/info");
    TCase *tcase = tcase_create("info");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, a_person_gets_a_tree);
    tcase_add_test(tcase, long_texts_are_counted_not_shown);
    tcase_add_test(tcase, the_file_is_as_good_as_its_folder);
    tcase_add_test(tcase, a_machine_gets_one_line_of_json);
    tcase_add_test(tcase, json_is_nested_as_the_paths_are);
    tcase_add_test(tcase, a_dead_runs_file_is_refused_and_named);
    tcase_add_test(tcase, what_is_no_results_file_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
