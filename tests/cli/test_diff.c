#include <check.h>
#include <string.h>

#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static const char tiny[] = "name: tiny\n"
                           "duration: 50 ms\n"
                           "populations:\n"
                           "  in: {size: 3, source: {poisson: 400 Hz}}\n"
                           "  out: {size: 2, model: lif}\n"
                           "projections:\n"
                           "  in->out: {connect: all-to-all, weight: 900 pA, delay: 1 ms}\n"
                           "record: {spikes: [in, out]}\n";

static struct program program;

static void setup(void) {
    program_write_file("tiny.yaml", tiny);
    program_run(&program, "run", "-q", "tiny.yaml", "-o", "a");
    ck_assert_int_eq(program.status, 0);
}

static void expect(const char *text, const char *part) {
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

static void run_other(const char *define) {
    program_run(&program, "run", "-q", "tiny.yaml", "-o", "b", "-D", define);
    ck_assert_int_eq(program.status, 0);
}

START_TEST(a_run_again_from_its_results_is_identical) {
    program_run(&program, "run", "-q", "a");
    ck_assert_int_eq(program.status, 0);
    expect(program.out, "results: results/tiny/results.h5\n");
    program_run(&program, "diff", "a", "results/tiny/results.h5");
    ck_assert_int_eq(program.status, HK_EXIT_OK);
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(strncmp(program.out, "identical: 8 results, with ", 27), 0);
    program_run(&program, "check", "a/results.h5");
    ck_assert_int_eq(program.status, HK_EXIT_OK);
    expect(program.out, "tiny: ok: 2 populations");
}
END_TEST

START_TEST(the_first_difference_and_the_counts_are_told) {
    run_other("seed=2");
    program_run(&program, "diff", "a", "b");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    ck_assert_str_eq(program.err, "hillock: a and b differ\n");
    expect(program.out, "spikes/in                     ");
    expect(program.out, " spikes; first at spike 0: unit ");
    expect(program.out, " results differ\n");
}
END_TEST

START_TEST(what_is_the_same_beside_a_difference_is_told_of_spikes_alone) {
    run_other("record.spikes=[in]");
    program_run(&program, "diff", "a", "b");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    expect(program.out, " spikes each; identical\n");
    expect(program.out, " spikes; only in the first\n1 of 8 results differ\n");
    ck_assert_ptr_null(strstr(program.out, "metrics"));
}
END_TEST

START_TEST(programs_get_one_json_object) {
    run_other("record.spikes=[in]");
    program_run(&program, "diff", "a", "b", "--json");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    ck_assert_int_eq(strncmp(program.out, "{\"identical\":false,\"results\":[{\"path\":", 38), 0);
    expect(program.out, "{\"path\":\"spikes/in\",\"identical\":true,\"counts\":[");
    expect(program.out, ",null],\"difference\":\"only in the first\"}");
    program_run(&program, "diff", "a", "a", "--json");
    ck_assert_int_eq(program.status, HK_EXIT_OK);
    expect(program.out, "{\"identical\":true,");
}
END_TEST

START_TEST(results_that_are_not_there_are_no_difference) {
    program_run(&program, "diff", "a", "gone");
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
    ck_assert_str_eq(program.out, "");
    program_run(&program, "diff", "a", "tiny.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_DATA);
    program_run(&program, "diff", "a");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
}
END_TEST

Suite *suite_cli_diff(void) {
    Suite *suite = suite_create("cli/diff");
    TCase *tcase = tcase_create("diff");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, a_run_again_from_its_results_is_identical);
    tcase_add_test(tcase, the_first_difference_and_the_counts_are_told);
    tcase_add_test(tcase, what_is_the_same_beside_a_difference_is_told_of_spikes_alone);
    tcase_add_test(tcase, programs_get_one_json_object);
    tcase_add_test(tcase, results_that_are_not_there_are_no_difference);
    suite_add_tcase(suite, tcase);
    return suite;
}
