#include "cli/progress.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_progress progress;
static char said[8192];
static FILE *file;

static void setup(void) {
    arena = hk_arena_create(NULL);
    ck_assert_ptr_nonnull(arena);
    memset(said, 0, sizeof said);
    file = fmemopen(said, sizeof said, "w");
    ck_assert_ptr_nonnull(file);
}

static void teardown(void) {
    (void)fclose(file);
    hk_arena_destroy(arena);
}

static void open_progress(bool live, bool quiet) {
    const struct hk_terminal terminal = {.file = file,
                                         .live = live,
                                         .bold = "",
                                         .dim = "<",
                                         .plain = ">"};
    ck_assert(hk_progress_init(&progress, arena, 2, quiet, terminal, NULL));
}

static const char *text_said(void) {
    ck_assert_int_eq(fflush(file), 0);
    return said;
}

static struct hk_run_status samples(size_t done, double elapsed_s) {
    return (struct hk_run_status){.phase = "train",
                                  .done = done,
                                  .total = 20000,
                                  .in_samples = true,
                                  .accuracy = (double)NAN,
                                  .elapsed_s = elapsed_s};
}

static struct hk_run_status ticks(size_t done, double elapsed_s) {
    return (struct hk_run_status){.phase = "run",
                                  .done = done,
                                  .total = 12000,
                                  .accuracy = (double)NAN,
                                  .elapsed_s = elapsed_s,
                                  .simulated_ms = 0.1 * (double)done};
}

/* ---- the lines ---- */

START_TEST(a_running_phase_of_samples_in_words) {
    char text[HK_PROGRESS_SIZE];
    struct hk_run_status status = samples(5000, 16.5);
    hk_progress_live_text(&status, text);
    ck_assert_str_eq(text, "train       5000/20000 samples  25 %  3.3 ms/sample  ETA 0:50");
    status.accuracy = 0.8314;
    hk_progress_live_text(&status, text);
    ck_assert_ptr_nonnull(strstr(text, "25 %  accuracy 83.1 %  3.3 ms/sample"));
}
END_TEST

START_TEST(a_running_duration_in_words) {
    char text[HK_PROGRESS_SIZE];
    struct hk_run_status status = ticks(3000, 0.6);
    hk_progress_live_text(&status, text);
    ck_assert_str_eq(text, "run         300/1200 ms  25 %  real-time factor 2  ETA 0:02");
}
END_TEST

START_TEST(long_waits_have_hours) {
    char text[HK_PROGRESS_SIZE];
    struct hk_run_status status = samples(100, 60.0);
    hk_progress_live_text(&status, text);
    ck_assert_ptr_nonnull(strstr(text, "ETA 3:19:00"));
}
END_TEST

START_TEST(before_the_first_sample_there_is_no_eta) {
    char text[HK_PROGRESS_SIZE];
    struct hk_run_status status = samples(0, 0.1);
    hk_progress_live_text(&status, text);
    ck_assert_str_eq(text, "train       0/20000 samples  0 %");
}
END_TEST

START_TEST(an_ended_phase_in_words) {
    char text[HK_PROGRESS_SIZE];
    struct hk_run_status status = samples(20000, 66.1);
    hk_progress_end_text(&status, text);
    ck_assert_str_eq(text, "train       20000 samples  66.1 s  3.31 ms/sample");
    status.elapsed_s = 725.0;
    status.accuracy = 0.9128;
    hk_progress_end_text(&status, text);
    ck_assert_str_eq(text,
                     "train       20000 samples  12 min 5 s  36.2 ms/sample  accuracy 91.28 %");
}
END_TEST

START_TEST(a_phase_cut_short_says_how_far_it_came) {
    char text[HK_PROGRESS_SIZE];
    struct hk_run_status status = ticks(3000, 0.6);
    hk_progress_end_text(&status, text);
    ck_assert_str_eq(text, "run         300 of 1200 ms  600.0 ms  real-time factor 2");
}
END_TEST

/* ---- where and when they appear ---- */

static void show_samples(size_t done, double elapsed_s) {
    const struct hk_run_status status = samples(done, elapsed_s);
    hk_progress_show(&progress, &status);
}

static void show_end(const char *phase, size_t judged, size_t correct) {
    const struct hk_phase_report report = {.judged = judged, .correct = correct};
    struct hk_run_status status = samples(20000, 66.1);
    status.phase = phase;
    status.accuracy = 0.5; /* of the last ones: not what counts at the end */
    status.ended = true;
    status.report = &report;
    hk_progress_show(&progress, &status);
}

START_TEST(a_terminal_is_rewritten_four_times_a_second_at_most) {
    open_progress(true, false);
    for (size_t i = 0; i <= 100; i++) show_samples(1 + 10 * i, 0.01 * (double)i);
    size_t lines = 0;
    for (const char *at = text_said(); (at = strchr(at, '\r')); at++) lines++;
    ck_assert_uint_eq(lines, 5); /* at 0, 0.25, 0.5, 0.75 and 1 s */
    ck_assert_ptr_null(strchr(said, '\n'));
}
END_TEST

START_TEST(a_rewritten_line_is_cut_at_the_window) {
    open_progress(true, false);
    char name[200];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct hk_run_status status = samples(1, 0.0);
    status.phase = name;
    hk_progress_show(&progress, &status);
    const char *end = strchr(text_said(), '>');
    ck_assert_ptr_nonnull(end);
    ck_assert_uint_eq((size_t)(end - said), strlen("\r<") + 79);
}
END_TEST

START_TEST(an_ended_phase_replaces_its_line) {
    open_progress(true, false);
    show_samples(1, 0.0);
    show_end("train", 0, 0);
    ck_assert_ptr_nonnull(strstr(text_said(), "\r\033[Ktrain       20000 samples  66.1 s"));
    ck_assert_str_eq(strchr(said, '\n'), "\n");
}
END_TEST

START_TEST(elsewhere_only_the_ends_of_phases_are_said) {
    open_progress(false, false);
    show_samples(1, 0.0);
    show_samples(1000, 10.0);
    show_end("train", 0, 0);
    show_end("test", 400, 300);
    ck_assert_str_eq(text_said(), "train       20000 samples  66.1 s  3.31 ms/sample\n"
                                  "test        20000 samples  66.1 s  3.31 ms/sample  "
                                  "accuracy 75.00 %\n");
}
END_TEST

START_TEST(quiet_says_nothing) {
    open_progress(true, true);
    show_samples(1, 0.0);
    show_end("train", 0, 0);
    show_samples(2, 0.0);
    hk_progress_stop(&progress);
    ck_assert_str_eq(text_said(), "");
}
END_TEST

START_TEST(a_stopped_run_says_how_far_its_phase_came) {
    open_progress(false, false);
    show_samples(1234, 4.0);
    hk_progress_stop(&progress);
    hk_progress_stop(&progress);
    ck_assert_str_eq(text_said(), "train       1234 of 20000 samples  4.0 s  3.24 ms/sample\n");
}
END_TEST

START_TEST(a_run_stopped_between_phases_says_nothing_more) {
    open_progress(false, true);
    show_end("train", 0, 0);
    progress.quiet = false;
    hk_progress_stop(&progress);
    ck_assert_str_eq(text_said(), "");
}
END_TEST

START_TEST(the_table_has_a_row_a_phase) {
    open_progress(false, true);
    show_end("train", 0, 0);
    show_end("test", 400, 300);
    hk_progress_table(&progress, &progress.terminal);
    ck_assert_str_eq(text_said(), "phase           samples   accuracy    wall time>\n"
                                  "train             20000                  66.1 s\n"
                                  "test              20000    75.00 %       66.1 s\n");
}
END_TEST

static void add_lines(TCase *tcase) {
    tcase_add_test(tcase, a_running_phase_of_samples_in_words);
    tcase_add_test(tcase, a_running_duration_in_words);
    tcase_add_test(tcase, long_waits_have_hours);
    tcase_add_test(tcase, before_the_first_sample_there_is_no_eta);
    tcase_add_test(tcase, an_ended_phase_in_words);
    tcase_add_test(tcase, a_phase_cut_short_says_how_far_it_came);
}

Suite *suite_cli_progress(void) {
    Suite *suite = suite_create("cli/progress");
    TCase *tcase = tcase_create("progress");
    tcase_add_checked_fixture(tcase, setup, teardown);
    add_lines(tcase);
    tcase_add_test(tcase, a_terminal_is_rewritten_four_times_a_second_at_most);
    tcase_add_test(tcase, a_rewritten_line_is_cut_at_the_window);
    tcase_add_test(tcase, an_ended_phase_replaces_its_line);
    tcase_add_test(tcase, elsewhere_only_the_ends_of_phases_are_said);
    tcase_add_test(tcase, quiet_says_nothing);
    tcase_add_test(tcase, a_stopped_run_says_how_far_its_phase_came);
    tcase_add_test(tcase, a_run_stopped_between_phases_says_nothing_more);
    tcase_add_test(tcase, the_table_has_a_row_a_phase);
    suite_add_tcase(suite, tcase);
    return suite;
}
