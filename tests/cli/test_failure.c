#include "cli/failure.h"

#include <check.h>
#include <signal.h>

#include "cli/interrupt.h"
#include "sim/types.h"
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
    suite_add_tcase(suite, tcase);
    return suite;
}
