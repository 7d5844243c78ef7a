#include "cli/failure.h"

#include <check.h>
#include <signal.h>
#include <string.h>

#include "cli/interrupt.h"
#include "sim/types.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static const char *printed(enum hk_code code, const char *message, bool verbose) {
    static char text[1024];
    struct hk_err err = {.code = HK_OK};
    (void)hk_err_set(&err, code, "sim/x.c", 12, "%s", message);
    FILE *file = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(file);
    hk_failure_print(&err, verbose, file);
    (void)fclose(file);
    return text;
}

START_TEST(a_place_in_a_file_comes_first) {
    ck_assert_str_eq(printed(HK_ERR_CONFIG, "dir/a.yaml:12:3: tau_m is wrong: 0", false),
                     "dir/a.yaml:12:3: error: tau_m is wrong: 0\n");
    ck_assert_str_eq(printed(HK_ERR_DATA, "-D:1:7: no such set", false),
                     "-D:1:7: error: no such set\n");
}
END_TEST

START_TEST(the_outermost_place_counts) {
    ck_assert_str_eq(printed(HK_ERR_CONFIG, "a.yaml:1:7: b.yaml:3:4: bad", false),
                     "a.yaml:1:7: error: b.yaml:3:4: bad\n");
}
END_TEST

START_TEST(what_only_looks_like_a_place_is_left_alone) {
    const char *const messages[] = {"a.h5: 3:4: bad", "12:3: bad",
                                    "a.yaml:12: bad", "exc: v is NaN",
                                    "a.yaml:12:: x",  ":1:2: x",
                                    "no memory",      "can't open a.yaml:1:2"};
    for (size_t i = 0; i < HK_COUNT(messages); i++) {
        char expected[256];
        (void)snprintf(expected, sizeof expected, "hillock: error: %s\n", messages[i]);
        ck_assert_str_eq(printed(HK_ERR_IO, messages[i], false), expected);
    }
}
END_TEST

START_TEST(usage_and_interruption_are_said_without_calling_them_errors) {
    ck_assert_str_eq(printed(HK_ERR_USAGE, "run needs FILE", false), "hillock: run needs FILE\n");
    ck_assert_str_eq(printed(HK_ERR_INTERRUPT, "interrupted by SIGINT", false),
                     "hillock: interrupted by SIGINT\n");
}
END_TEST

START_TEST(verbose_adds_the_place_in_the_program) {
    ck_assert_str_eq(printed(HK_ERR_IO, "disk full", true),
                     "hillock: error: disk full\nhillock: noticed at sim/x.c:12\n");
}
END_TEST

START_TEST(each_kind_of_failure_has_its_status) {
    static const struct {
        enum hk_code code;
        int status;
    } expected[] = {{HK_OK, 0},          {HK_ERR_USAGE, 2},
                    {HK_ERR_CONFIG, 3},  {HK_ERR_RANGE, 3},
                    {HK_ERR_DATA, 4},    {HK_ERR_IO, 5},
                    {HK_ERR_MEMORY, 5},  {HK_ERR_LIMIT, 5},
                    {HK_ERR_NUMERIC, 6}, {HK_ERR_EXPECTATION, 1}};
    for (size_t i = 0; i < HK_COUNT(expected); i++)
        ck_assert_int_eq(hk_failure_status(&(struct hk_err){.code = expected[i].code}),
                         expected[i].status);
}
END_TEST

START_TEST(an_interruption_has_the_status_of_its_signal) {
    hk_interrupt_listen();
    ck_assert_int_eq(raise(SIGTERM), 0);
    ck_assert_int_eq(hk_failure_status(&(struct hk_err){.code = HK_ERR_INTERRUPT}), 143);
}
END_TEST

/* ---- the program's own ---- */

static struct program program;

static void setup(void) {
    program_write_file("tiny.yaml",
                       "name: tiny\nduration: 20 ms\n"
                       "populations:\n  in: {size: 9, source: {poisson: 200 Hz}}\n"
                       "  out: {size: 2, model: lif}\n"
                       "projections:\n"
                       "  in->out: {connect: all-to-all, weight: 900 pA, delay: 1 ms}\n"
                       "record: {spikes: [in]}\n");
    program_write_file("sweep.yaml", "sweep: taus\nbase: tiny.yaml\n"
                                     "over: {populations.out.tau_m: [10 ms, -1 ms]}\n");
}

/* What is run before, and the words that end with the status. */
static const struct {
    int status;
    const char *before[6], *words[6];
} endings[] = {
    {0, {NULL}, {"check", "tiny.yaml"}},
    {1, {NULL}, {"sweep", "sweep.yaml", "-q"}},
    {1, {"run", "tiny.yaml", "-q", "--seed", "2"}, {"diff", "results/tiny", "first"}},
    {1, {NULL}, {"run", "tiny.yaml", "-q", "-D", "expect={network.spikes: {equals: 0}}"}},
    {2, {NULL}, {"check", "tiny.yaml", "--sede", "3"}},
    {3, {NULL}, {"check", "tiny.yaml", "-D", "populations.out.tau_m=20"}},
    {4, {NULL}, {"check", "tiny.yaml", "-D", "data={set: mnist, path: nowhere}"}},
    {4, {NULL}, {"info", "tiny.yaml"}},
    {5, {NULL}, {"check", "none.yaml"}},
    {5, {"run", "tiny.yaml", "-o", "out"}, {"run", "tiny.yaml", "-o", "out"}},
    {6, {NULL}, {"run", "tiny.yaml", "-D", "projections.in->out.weight=1e300 pA"}},
};

START_TEST(each_way_to_end_has_its_status) {
    program_run(&program, "run", "tiny.yaml", "-o", "first");
    ck_assert_int_eq(program.status, 0);
    if (endings[_i].before[0]) {
        program_start(&program, program_kept, endings[_i].before);
        program_finish(&program);
        ck_assert_int_eq(program.status, 0);
    }
    program_start(&program, program_kept, endings[_i].words);
    program_finish(&program);
    ck_assert_msg(program.status == endings[_i].status, "%s: %d, %s", endings[_i].words[0],
                  program.status, program.err);
}
END_TEST

START_TEST(the_manual_lists_every_status_as_the_help_does) {
    static char page[32 * 1024];
    const struct hk_exit_row *row;
    FILE *file = fopen("docs/command-line.md", "r");
    ck_assert_ptr_nonnull(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    (void)fclose(file);
    for (size_t i = 0; (row = hk_exit_at(i)); i++) {
        char line[256];
        (void)snprintf(line, sizeof line, "\n| %s | %s |", row->numbers, row->meaning);
        ck_assert_msg(strstr(page, line) != NULL, "no line '%s'", line);
    }
}
END_TEST

Suite *suite_cli_failure(void) {
    Suite *suite = suite_create("cli/failure");
    TCase *tcase = tcase_create("failure");
    tcase_add_test(tcase, a_place_in_a_file_comes_first);
    tcase_add_test(tcase, the_outermost_place_counts);
    tcase_add_test(tcase, what_only_looks_like_a_place_is_left_alone);
    tcase_add_test(tcase, usage_and_interruption_are_said_without_calling_them_errors);
    tcase_add_test(tcase, verbose_adds_the_place_in_the_program);
    tcase_add_test(tcase, each_kind_of_failure_has_its_status);
    tcase_add_test(tcase, an_interruption_has_the_status_of_its_signal);
    tcase_add_test(tcase, the_manual_lists_every_status_as_the_help_does);
    suite_add_tcase(suite, tcase);
    TCase *whole = tcase_create("program");
    tcase_set_timeout(whole, 60);
    tcase_add_checked_fixture(whole, setup, hk_test_folder_remove);
    tcase_add_loop_test(whole, each_way_to_end_has_its_status, 0, (int)HK_COUNT(endings));
    suite_add_tcase(suite, whole);
    return suite;
}
