#include "cli/sweep_view.h"

#include "tests/support/suites.h"

#include <check.h>
#include <string.h>

static char text[HK_SWEEP_LINE];

START_TEST(the_last_line_counts_and_estimates_what_is_left) {
    const struct hk_sweep_view view = {.total = 40, .done = 12, .failed = 1, .kept = 3};
    hk_sweep_view_text(&view, 100.0, text); /* 10 ended in 100 s, 27 are left */
    ck_assert_str_eq(text, "12/40 done, 1 failed  ETA 4:30");
}
END_TEST

START_TEST(before_the_first_has_ended_nothing_is_estimated) {
    const struct hk_sweep_view view = {.total = 40, .done = 3, .kept = 3};
    hk_sweep_view_text(&view, 100.0, text);
    ck_assert_str_eq(text, "3/40 done");
}
END_TEST

/* What is written to a terminal that isn't one. */
static void start_and_end(struct hk_arena *arena, FILE *file, bool live) {
    struct hk_err err = {.code = HK_OK};
    struct hk_sweep_view view;
    const struct hk_child_end end = {.wall_s = 2.0, .memory = 3145728};
    ck_assert(hk_sweep_view_init(&view, arena, 2, 0, 2, &err));
    view.terminal = (struct hk_terminal){.file = file, .live = live, .dim = "", .plain = ""};
    hk_sweep_view_start(&view, 0, "first");
    hk_sweep_view_start(&view, 1, "second");
    hk_sweep_view_end(&view, 0, &end, NULL, false);
    hk_sweep_view_end(&view, 1, &end, "failed with status 3", true);
    hk_sweep_view_finish(&view);
    ck_assert_uint_eq(view.done, 1);
    ck_assert_uint_eq(view.failed, 0);
}

static const char *shown(bool live) {
    static char all[4096];
    struct hk_err err = {.code = HK_OK};
    struct hk_arena *arena = hk_arena_create(&err);
    FILE *file = tmpfile();
    ck_assert(arena && file);
    start_and_end(arena, file, live);
    rewind(file);
    all[fread(all, 1, sizeof all - 1, file)] = '\0';
    (void)fclose(file);
    hk_arena_destroy(arena);
    return all;
}

START_TEST(elsewhere_each_end_is_a_line) {
    const char *all = shown(false);
    ck_assert_ptr_null(strpbrk(all, "\r\033"));
    ck_assert_ptr_nonnull(strstr(all, "  done  2.0 s  3 MiB\nsecond "));
    ck_assert_ptr_nonnull(strstr(all, "  failed with status 3; once more  2.0 s"));
}
END_TEST

START_TEST(a_terminal_shows_what_runs_and_draws_over_it) {
    const char *all = shown(true);
    ck_assert_ptr_nonnull(strstr(all, "0/2 done\n\033[2A\r\033[Jfirst ")); /* two lines to three */
    ck_assert_ptr_nonnull(strstr(all, "0/2 done\n\033[3A\r\033[Jfirst "));
    ck_assert_str_eq(all + strlen(all) - strlen("\033[J"), "\033[J"); /* nothing is left over */
}
END_TEST

Suite *suite_cli_sweep_view(void) {
    Suite *suite = suite_create("cli/sweep_view");
    TCase *tcase = tcase_create("view");
    tcase_add_test(tcase, the_last_line_counts_and_estimates_what_is_left);
    tcase_add_test(tcase, before_the_first_has_ended_nothing_is_estimated);
    tcase_add_test(tcase, elsewhere_each_end_is_a_line);
    tcase_add_test(tcase, a_terminal_shows_what_runs_and_draws_over_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
