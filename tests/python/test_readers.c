/* What others read: python/hillock.py, SONATA's readers, and the examples of the documentation.
 * The tests are in Python, run by the system's, which Debian's h5py belongs to. */
#include "io/results.h"
#include "tests/support/paths.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PYTHON "PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3"

static bool has_h5py(void) {
    return shell(PYTHON " -c 'import h5py, numpy'") == 0;
}

static void run_module(const char *name) {
    char program[PATH_MAX];
    if (!has_h5py()) hk_test_skip("no h5py for /usr/bin/python3 (Debian: python3-h5py)");
    ck_assert_ptr_nonnull(realpath(hk_test_program(), program));
    int status =
        shell("cd tests/python && HK_TEST_PROGRAM='%s' " PYTHON " -m unittest %s", program, name);
    ck_assert_msg(status == 0, "%s", shell_text);
    const char *skipped = strstr(shell_text, "skipped=");
    if (skipped)
        hk_test_skip("some tests in Python: what they need (Neo, h5dump, data) is missing");
}

START_TEST(the_python_module_reads_what_a_run_writes) {
    run_module("test_module");
}
END_TEST

/* Four frames of three neurons: frame f of neuron n is 10 n + f. */
static void write_report(const char *folder) {
    static const hk_neuron ids[] = {2, 5, 7};
    static const float values[] = {20, 50, 70, 21, 51, 71, 22, 52, 72, 23, 53, 73};
    struct hk_err err = {0};
    struct hk_arena *arena = hk_arena_create(&err);
    struct hk_results *results = hk_results_create(arena, folder, &err);
    ck_assert_msg(results != NULL, "%s", err.message);
    struct hk_results_report *report =
        hk_results_report_open(results,
                               &(struct hk_results_frames){.name = "v",
                                                           .variable = "v",
                                                           .unit = "mV",
                                                           .ids = ids,
                                                           .count = HK_COUNT(ids),
                                                           .start_ms = 1.0,
                                                           .step_ms = 0.5,
                                                           .element = HK_ELEMENT_F32},
                               &err);
    ck_assert_msg(report && hk_results_report_append(report, values, 4, &err), "%s", err.message);
    ck_assert_msg(hk_results_close(results, &err), "%s", err.message);
    hk_arena_destroy(arena);
}

START_TEST(sonatas_readers_read_what_a_run_writes) {
    char path[PATH_MAX + 16];
    write_report(hk_test_folder());
    (void)snprintf(path, sizeof path, "%s/results.h5", hk_test_folder());
    (void)setenv("HK_TEST_REPORT", path, 1);
    run_module("test_sonata");
}
END_TEST

START_TEST(h5py_reads_what_is_recovered_of_a_killed_run) {
    run_module("test_recover");
}
END_TEST

START_TEST(the_examples_of_the_documentation_run) {
    run_module("test_docs");
}
END_TEST

Suite *suite_python_readers(void) {
    Suite *suite = suite_create("python/readers");
    TCase *tcase = tcase_create("readers");
    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, the_python_module_reads_what_a_run_writes);
    tcase_add_test(tcase, sonatas_readers_read_what_a_run_writes);
    tcase_add_test(tcase, h5py_reads_what_is_recovered_of_a_killed_run);
    tcase_add_test(tcase, the_examples_of_the_documentation_run);
    suite_add_tcase(suite, tcase);
    return suite;
}
