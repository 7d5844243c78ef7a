#include <check.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static const char tiny[] = "name: tiny\n"
                           "duration: 50 ms\n"
                           "populations:\n"
                           "  in: {size: 3, source: {regular: 5 ms}}\n"
                           "  out: {size: 2, model: lif}\n"
                           "projections:\n"
                           "  in->out: {connect: all-to-all, weight: 900 pA, delay: 1 ms}\n"
                           "record: {spikes: [in, out]}\n";

static const char digits[] =
    "name: digits\n"
    "data: {set: digits, train: 60, test: 20}\n"
    "resolution: 0.5 ms\n"
    "populations:\n"
    "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 63.75 Hz}}\n"
    "  exc: {size: 20, model: lif}\n"
    "projections:\n"
    "  input->exc:\n"
    "    connect: all-to-all\n"
    "    weight: {uniform: [0 pA, 100 pA]}\n"
    "    plasticity: {rule: diehl-cook, a_plus: 1 pA, a_minus: 0.01 pA, w_max: 200 pA}\n"
    "    normalise: 40000 pA\n"
    "readouts: {digits: {model: label-rate, from: exc}}\n"
    "protocol:\n"
    "  - {phase: train, data: train, take: 30, show: 100 ms, rest: 50 ms, learn: true}\n"
    "  - {phase: label, data: train, take: 30, show: 100 ms, rest: 50 ms, label: digits}\n"
    "  - {phase: test, data: test, show: 100 ms, rest: 50 ms, evaluate: digits}\n";

static struct program program, info;

static void setup(void) {
    program_write_file("tiny.yaml", tiny);
    program_write_file("digits.yaml", digits);
}

static void expect(const char *text, const char *part) {
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

static size_t count_lines(const char *text) {
    size_t lines = 0;
    for (; (text = strchr(text, '\n')); text++) lines++;
    return lines;
}

static void expect_recorded(const char *folder, const char *part) {
    program_run(&info, "info", folder, "--json");
    ck_assert_int_eq(info.status, 0);
    expect(info.out, part);
}

/* ---- what it writes and says ---- */

START_TEST(a_duration_runs_and_leaves_its_results) {
    program_run(&program, "run", "tiny.yaml");
    ck_assert_int_eq(program.status, 0);
    expect(program.out, "\nresults: results/tiny/results.h5\n");
    ck_assert(program_has_file("results/tiny/results.h5"));
    ck_assert(!program_has_file("results/tiny/journal-000001"));
    ck_assert(!program_has_file("results/tiny/journal.lock"));
    expect_recorded("results/tiny", "\"status\":\"complete\"");
    expect(info.out, "\"in\":{\"count\":30,");
}
END_TEST

START_TEST(a_protocol_runs_and_reports_each_phase) {
    program_run(&program, "run", "digits.yaml");
    ck_assert_int_eq(program.status, 0);
    ck_assert_uint_eq(count_lines(program.out), 5); /* a head, three phases, the results */
    expect(program.out, "phase           samples   accuracy    wall time\n");
    expect(program.out, "\ntrain                30 ");
    expect(program.out, "\nlabel                30 ");
    expect(program.out, "\ntest                 20 ");
    expect(strstr(program.out, "\ntest "), " %");
    ck_assert_uint_eq(count_lines(program.err), 3);
    expect(program.err, "train       30 samples  ");
    expect(program.err, "test        20 samples  ");
    expect_recorded("results/digits", "\"accuracy\":");
}
END_TEST

START_TEST(piped_output_has_no_control_characters) {
    program_run(&program, "run", "digits.yaml");
    ck_assert_ptr_null(strpbrk(program.out, "\r\033"));
    ck_assert_ptr_null(strpbrk(program.err, "\r\033"));
}
END_TEST

START_TEST(quiet_runs_say_nothing_but_their_results) {
    program_run(&program, "run", "-q", "digits.yaml");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.err, "");
    expect(program.out, "results: results/digits/results.h5\n");
}
END_TEST

START_TEST(verbose_runs_tell_the_network_and_its_work) {
    program_run(&program, "run", "-qv", "tiny.yaml", "--threads", "1");
    ck_assert_int_eq(program.status, 0);
    expect(program.err, "network: 6 synapses, ");
    expect(program.err, " for 1 thread\nwork: ");
    expect(program.err, " 1000 neuron steps in "); /* two neurons, 500 ticks */
    expect(program.out, "results: results/tiny/results.h5\n");
}
END_TEST

START_TEST(a_second_run_goes_beside_the_first) {
    program_run(&program, "run", "tiny.yaml");
    program_run(&program, "run", "tiny.yaml");
    ck_assert_int_eq(program.status, 0);
    expect(program.out, "results: results/tiny-2/results.h5\n");
    ck_assert(program_has_file("results/tiny-2/results.h5"));
}
END_TEST

START_TEST(the_output_folder_may_be_chosen) {
    program_run(&program, "run", "tiny.yaml", "-o", "deep/out");
    ck_assert_int_eq(program.status, 0);
    expect(program.out, "results: deep/out/results.h5\n");
    ck_assert(program_has_file("deep/out/results.h5"));
    ck_assert(!program_has_file("results"));
}
END_TEST

START_TEST(a_folder_that_exists_is_refused) {
    program_run(&program, "run", "tiny.yaml", "-o", "out");
    program_run(&program, "run", "tiny.yaml", "-o", "out");
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
    ck_assert_str_eq(program.out, "");
    expect(program.err, "out exists already");
}
END_TEST

START_TEST(overrides_seed_and_command_line_are_recorded) {
    program_run(&program, "run", "tiny.yaml", "--seed", "77", "--threads", "1", "-D",
                "populations.out.tau_m=20 ms", "-D", "about=it's");
    ck_assert_int_eq(program.status, 0);
    expect_recorded("results/tiny", "\"seed\":\"77\"");
    expect(info.out, "tau_m: 20 ms");
    expect(info.out, "'populations.out.tau_m=20 ms'");
    expect(info.out, "'about=it'\\\\''s'"); /* as JSON writes it */
}
END_TEST

/* ---- what goes wrong ---- */

START_TEST(a_bad_experiment_leaves_nothing_behind) {
    program_run(&program, "run", "tiny.yaml", "-D", "populations.out.model=liff");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    ck_assert_str_eq(program.out, "");
    ck_assert(!program_has_file("results"));
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_an_output_failure) {
    program_run(&program, "run", "tiny.yaml", "-o", "tiny.yaml/out");
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
    expect(program.err, "hillock: error: ");
}
END_TEST

START_TEST(numbers_out_of_range_have_a_status_and_keep_the_results) {
    program_run(&program, "run", "tiny.yaml", "-D", "projections.in->out.weight=1e300 pA");
    ck_assert_int_eq(program.status, HK_EXIT_NUMERIC);
    expect(program.err, "results until then: results/tiny/results.h5\n");
    expect_recorded("results/tiny", "\"status\":\"failed\"");
}
END_TEST

START_TEST(a_run_goes_on_when_nobody_reads_what_it_says) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    (void)close(ends[0]);
    program_start(&program, (const int[2]){ends[1], ends[1]},
                  (const char *const[]){"run", "digits.yaml", NULL});
    program_finish(&program);
    (void)close(ends[1]);
    ck_assert_int_eq(program.status, 0);
    expect_recorded("results/digits", "\"status\":\"complete\"");
}
END_TEST

START_TEST(expectations_are_told_in_a_line_each_and_fail_the_run) {
    program_run(&program, "run", "tiny.yaml", "-q", "-o", "met", "-D",
                "expect={metrics.rate.in: {at_least: 1 Hz}, network.spikes: {at_least: 1}}");
    expect(program.out, "\nresults: met/results.h5\nexpect: metrics.rate.in = ");
    expect(program.out, " Hz, must be at least 1 Hz: ok\nexpect: network.spikes = ");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "run", "tiny.yaml", "-q", "-o", "not", "-D",
                "expect={metrics.rate.in: {at_most: 1 Hz}, network.spikes: {at_least: 1}}");
    expect(program.out, " Hz, must be at most 1 Hz: FAILED\nexpect: network.spikes = ");
    ck_assert_str_eq(program.err, "hillock: 1 of 2 expectations not met\n");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    expect_recorded("not", "\"status\":\"complete\"");
}
END_TEST

/* ---- interruption ---- */

static bool folder_holds(const char *folder, const char *name) {
    bool found = false;
    DIR *listing = opendir(folder);
    if (!listing) return false;
    for (const struct dirent *entry; (entry = readdir(listing));)
        found |= !strcmp(entry->d_name, name);
    (void)closedir(listing);
    return found;
}

/* Wait until the test's folder has `folder`, and that has `name`. */
static void wait_for(const char *folder, const char *name) {
    char events[4096];
    int notices = inotify_init1(IN_CLOEXEC);
    ck_assert_int_ge(notices, 0);
    ck_assert_int_ge(inotify_add_watch(notices, hk_test_folder(), IN_CREATE), 0);
    while (!folder_holds(hk_test_folder(), folder))
        ck_assert_int_gt(read(notices, events, sizeof events), 0);
    ck_assert_int_ge(inotify_add_watch(notices, program_path(folder), IN_CREATE), 0);
    while (!folder_holds(program_path(folder), name))
        ck_assert_int_gt(read(notices, events, sizeof events), 0);
    (void)close(notices);
}

/* The journal appears after the program began to listen for signals. */
static void interrupt(int number) {
    program_start(&program, program_kept,
                  (const char *const[]){"run", "tiny.yaml", "-o", "out", "-D", "duration=10 h",
                                        NULL});
    wait_for("out", "journal-000001");
    ck_assert_int_eq(kill(program.process, number), 0);
    program_finish(&program);
    ck_assert_str_eq(program.out, "");
    ck_assert(!program_has_file("out/journal-000001"));
    expect(program.err, "results until then: out/results.h5\n");
    expect_recorded("out", "\"status\":\"interrupted\"");
}

START_TEST(ctrl_c_ends_a_run_in_good_order) {
    interrupt(SIGINT);
    ck_assert_int_eq(program.status, 130);
    expect(program.err, "hillock: interrupted by SIGINT\n");
}
END_TEST

START_TEST(so_does_a_request_to_terminate) {
    interrupt(SIGTERM);
    ck_assert_int_eq(program.status, 143);
    expect(program.err, "hillock: interrupted by SIGTERM\n");
}
END_TEST

/* Does the process still catch the signal? */
static bool catches(pid_t process, int number) {
    char path[64], line[256];
    unsigned long long mask = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "SigCgt:", 7) == 0) mask = strtoull(line + 7, NULL, 16);
    (void)fclose(file);
    return mask >> (number - 1) & 1;
}

/* So large a network that the first Ctrl-C would be heard after many seconds. */
START_TEST(a_second_ctrl_c_ends_it_at_once) {
    program_start(&program, program_kept,
                  (const char *const[]){"run", "tiny.yaml", "-q", "-o", "out", "-D",
                                        "duration=1000 h", "-D", "populations.out.size=2000",
                                        NULL});
    wait_for("out", "journal-000001");
    ck_assert_int_eq(kill(program.process, SIGINT), 0);
    while (catches(program.process, SIGINT)) (void)sched_yield();
    ck_assert_int_eq(kill(program.process, SIGINT), 0);
    program_finish(&program);
    ck_assert_int_eq(program.status, 130);
    ck_assert_str_eq(program.err, "");
    ck_assert(!program_has_file("out/results.h5"));
    program_run(&program, "recover", "out");
    ck_assert_int_eq(program.status, 0);
    expect_recorded("out", "\"status\":\"died\"");
}
END_TEST

static void add_good(TCase *tcase) {
    tcase_add_test(tcase, a_duration_runs_and_leaves_its_results);
    tcase_add_test(tcase, a_protocol_runs_and_reports_each_phase);
    tcase_add_test(tcase, piped_output_has_no_control_characters);
    tcase_add_test(tcase, quiet_runs_say_nothing_but_their_results);
    tcase_add_test(tcase, verbose_runs_tell_the_network_and_its_work);
    tcase_add_test(tcase, a_second_run_goes_beside_the_first);
    tcase_add_test(tcase, the_output_folder_may_be_chosen);
    tcase_add_test(tcase, expectations_are_told_in_a_line_each_and_fail_the_run);
    tcase_add_test(tcase, a_folder_that_exists_is_refused);
    tcase_add_test(tcase, overrides_seed_and_command_line_are_recorded);
}

Suite *suite_cli_run(void) {
    Suite *suite = suite_create("cli/run");
    TCase *tcase = tcase_create("run");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    add_good(tcase);
    tcase_add_test(tcase, a_bad_experiment_leaves_nothing_behind);
    tcase_add_test(tcase, a_folder_that_cannot_be_made_is_an_output_failure);
    tcase_add_test(tcase, numbers_out_of_range_have_a_status_and_keep_the_results);
    tcase_add_test(tcase, a_run_goes_on_when_nobody_reads_what_it_says);
    tcase_add_test(tcase, ctrl_c_ends_a_run_in_good_order);
    tcase_add_test(tcase, so_does_a_request_to_terminate);
    tcase_add_test(tcase, a_second_ctrl_c_ends_it_at_once);
    suite_add_tcase(suite, tcase);
    return suite;
}
