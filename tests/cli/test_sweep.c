#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/failure.h"
#include "cli/trials.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static const char tiny[] = "name: tiny\n"
                           "duration: 100 ms\n"
                           "params: {w: 900 pA}\n"
                           "populations:\n"
                           "  in: {size: 3, source: {poisson: 200 Hz}}\n"
                           "  out: {size: 2, model: lif}\n"
                           "projections:\n"
                           "  in->out: {connect: all-to-all, weight: = w, delay: 1 ms}\n";

/* Two points, two seeds. */
static const char gains[] = "sweep: gains\n"
                            "base: tiny.yaml\n"
                            "over: {params.w: [500 pA, 900 pA]}\n"
                            "seeds: {count: 2, from: 100}\n"
                            "collect: {in: metrics.rate.in, out: metrics.rate.out}\n";

/* Its second point can't be built. */
static const char broken[] = "sweep: broken\n"
                             "base: tiny.yaml\n"
                             "over: {populations.out.tau_m: [10 ms, -1 ms, 20 ms]}\n"
                             "collect: {out: metrics.rate.out}\n";

static struct program program;

static void setup(void) {
    program_write_file("tiny.yaml", tiny);
    program_write_file("gains.yaml", gains);
    program_write_file("broken.yaml", broken);
}

static void expect(const char *text, const char *part) {
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part)) count++;
    return count;
}

/* All of a file in the test's folder; zero bytes count as blanks. */
static size_t read_bytes(const char *name, char *bytes, size_t room) {
    FILE *file = fopen(program_path(name), "r");
    ck_assert_msg(file != NULL, "no file %s", name);
    size_t size = fread(bytes, 1, room - 1, file);
    bytes[size] = '\0';
    (void)fclose(file);
    return size;
}

static const char *read_file(const char *name) {
    static char text[PROGRAM_TEXT_MAX];
    (void)read_bytes(name, text, sizeof text);
    return text;
}

static void expect_same_file(const char *a, const char *b) {
    static char first[PROGRAM_TEXT_MAX], second[PROGRAM_TEXT_MAX];
    size_t size = read_bytes(a, first, sizeof first);
    ck_assert_uint_eq(size, read_bytes(b, second, sizeof second));
    ck_assert_msg(memcmp(first, second, size) == 0, "%s and %s differ", a, b);
}

/* The cell of the k-th trial in a column that begins with `name`. */
static double cell(const char *table, const char *name, size_t trial) {
    size_t column = 0;
    const char *at = read_file(table);
    for (; strncmp(at, name, strlen(name)) != 0; column++) {
        at = strchr(at, ',');
        ck_assert_msg(at != NULL, "no column %s", name);
        at++;
    }
    at = read_file(table);
    for (size_t k = 0; k < trial; k++) at = strchr(at, '\n') + 1;
    for (size_t k = 0; k < column; k++) at = strchr(at, ',') + 1;
    return strtod(at, NULL);
}

/* ---- what it makes ---- */

START_TEST(each_trial_has_a_folder_and_the_table_a_row) {
    program_run(&program, "sweep", "gains.yaml", "-j", "2");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.out, "results: results/gains/sweep.csv\n");
    ck_assert(program_has_file("results/gains/trials/0001-w=500pA-seed=100/results.h5"));
    ck_assert(program_has_file("results/gains/trials/0004-w=900pA-seed=101.log"));
    ck_assert(program_has_file("results/gains/sweep.h5"));
    const char *table = read_file("results/gains/sweep.csv");
    ck_assert_uint_eq(count_of(table, "\n"), 5);
    expect(table, "trial,w (pA),seed,done,in (Hz),out (Hz)\n0001-w=500pA-seed=100,500,100,1,");
    expect(table, "\n0004-w=900pA-seed=101,900,101,1,");
}
END_TEST

START_TEST(all_points_share_their_random_numbers) {
    program_run(&program, "sweep", "gains.yaml");
    for (size_t k = 1; k <= 2; k++)
        ck_assert_double_eq(cell("results/gains/sweep.csv", "in", k),
                            cell("results/gains/sweep.csv", "in", k + 2));
    ck_assert_double_ne(cell("results/gains/sweep.csv", "in", 1),
                        cell("results/gains/sweep.csv", "in", 2));
    ck_assert_double_ne(cell("results/gains/sweep.csv", "out", 1),
                        cell("results/gains/sweep.csv", "out", 3));
}
END_TEST

START_TEST(the_table_does_not_depend_on_how_many_run_at_a_time) {
    program_run(&program, "sweep", "gains.yaml", "-j", "1", "-o", "one");
    program_run(&program, "sweep", "gains.yaml", "-j", "4", "-o", "four");
    ck_assert_int_eq(program.status, 0);
    expect_same_file("one/sweep.csv", "four/sweep.csv");
    expect_same_file("one/sweep.h5", "four/sweep.h5");
}
END_TEST

START_TEST(no_more_run_at_a_time_than_there_is_memory_for) {
    ck_assert_uint_eq(hk_trials_at_a_time(4, 0, 8e9), 4);
    ck_assert_uint_eq(hk_trials_at_a_time(4, 2e9, 8e9), 4);
    ck_assert_uint_eq(hk_trials_at_a_time(4, 2.1e9, 8e9), 3);
    ck_assert_uint_eq(hk_trials_at_a_time(4, 5e9, 8e9), 1);
    ck_assert_uint_eq(hk_trials_at_a_time(4, 9e9, 8e9), 1);
}
END_TEST

/* One of two is larger than any machine, and is refused; the other waits for it all the same. */
START_TEST(large_trials_run_one_at_a_time) {
    static const char *const over[] = {"[10, 10000000]", "[10000000, 10]"};
    program_write_file("large.yaml",
                       "name: large\nduration: 1 ms\nparams: {n: 1}\n"
                       "populations: {a: {size: = n, model: lif}}\n"
                       "projections: {a->a: {connect: {rule: fixed-indegree, n: 100000}, "
                       "weight: {normal: [1 pA, 0.1 pA]}, delay: 1 ms}}\n");
    for (size_t k = 0; k < HK_COUNT(over); k++) {
        char sizes[100];
        (void)snprintf(sizes, sizeof sizes,
                       "sweep: sizes\nbase: large.yaml\nover: {params.n: %s}\n", over[k]);
        program_write_file("sizes.yaml", sizes);
        program_run(&program, "sweep", "sizes.yaml", "-v");
        ck_assert_int_ne(program.status, 0);
        const char *first = strstr(program.err, "  started\n");
        ck_assert_ptr_nonnull(first);
        const char *second = strstr(first + 1, "  started\n");
        ck_assert_ptr_nonnull(second);
        ck_assert(strstr(first, k == 0 ? "  done  " : "failed with status") < second);
        expect(program.err, "failed with status");
        expect(program.err, "  done  ");
    }
    expect(read_file("results/sizes-2/trials/0001-n=10000000-seed=1.log"),
           " GiB of memory and swap");
}
END_TEST

START_TEST(a_second_sweep_goes_beside_the_first) {
    program_run(&program, "sweep", "gains.yaml");
    program_run(&program, "sweep", "gains.yaml");
    ck_assert_str_eq(program.out, "results: results/gains-2/sweep.csv\n");
}
END_TEST

START_TEST(piped_it_says_one_line_a_trial) {
    program_run(&program, "sweep", "gains.yaml");
    ck_assert_uint_eq(count_of(program.err, "\n"), 4);
    expect(program.err, "0002-w=500pA-seed=101  ");
    expect(program.err, "  done  ");
    ck_assert_ptr_null(strpbrk(program.err, "\r\033"));
    program_run(&program, "sweep", "gains.yaml", "-q");
    ck_assert_str_eq(program.err, "");
    program_run(&program, "sweep", "gains.yaml", "-v");
    ck_assert_uint_eq(count_of(program.err, "\n"), 8);
    ck_assert_uint_eq(count_of(program.err, "  started\n"), 4);
}
END_TEST

START_TEST(a_dry_run_prints_the_trials_and_leaves_nothing) {
    program_run(&program, "sweep", "gains.yaml", "--dry-run", "-D", "duration=1 s");
    ck_assert_int_eq(program.status, 0);
    ck_assert_uint_eq(count_of(program.out, "\n"), 4);
    expect(program.out,
           "0003-w=900pA-seed=100  -D 'duration=1 s' -D 'params.w=900 pA' --seed 100\n");
    ck_assert(!program_has_file("results"));
}
END_TEST

START_TEST(the_journal_tells_what_happened) {
    program_run(&program, "sweep", "gains.yaml");
    const char *journal = read_file("results/gains/journal.jsonl");
    ck_assert_uint_eq(count_of(journal, "{\"event\":\"started\",\"trial\":\"0"), 4);
    ck_assert_uint_eq(count_of(journal, "{\"event\":\"finished\",\"trial\":\"0"), 4);
    ck_assert_uint_eq(count_of(journal, "\"status\":0,\"wall_s\":"), 4);
    ck_assert_uint_eq(count_of(journal, "\"memory\":"), 4);
}
END_TEST

/* ---- what goes wrong ---- */

START_TEST(a_trial_that_fails_harms_no_other) {
    program_run(&program, "sweep", "broken.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    expect(program.err, "hillock: 1 of 3 trials failed");
    const char *table = read_file("results/broken/sweep.csv");
    expect(table, "\n0002-tau_m=-1ms-seed=1,-1,1,0,\n0003-tau_m=20ms-seed=1,20,1,1,");
    expect(read_file("results/broken/trials/0002-tau_m=-1ms-seed=1.log"), "tau_m");
    expect(read_file("results/broken/journal.jsonl"), "\"why\":\"failed with status 3\"");
}
END_TEST

START_TEST(a_trial_that_fails_is_tried_again_as_often_as_said) {
    char file[512];
    (void)snprintf(file, sizeof file, "%srun: {retries: 2}\n", broken);
    program_write_file("broken.yaml", file);
    program_run(&program, "sweep", "broken.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    const char *journal = read_file("results/broken/journal.jsonl");
    ck_assert_uint_eq(count_of(journal, "\"started\""), 5);
    ck_assert_uint_eq(count_of(journal, "\"failed\""), 3);
}
END_TEST

START_TEST(the_first_failure_may_end_it_all) {
    char file[512];
    (void)snprintf(file, sizeof file, "%srun: {on_failure: stop}\n", broken);
    program_write_file("broken.yaml", file);
    program_run(&program, "sweep", "broken.yaml", "-j", "1");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    expect(program.err, "1 of 3 trials are done; to go on: hillock sweep ");
    ck_assert(!program_has_file("results/broken/trials/0003-tau_m=20ms-seed=1"));
}
END_TEST

START_TEST(a_trial_over_its_limit_harms_no_other) {
    program_write_file("long.yaml", "sweep: long\nbase: tiny.yaml\n"
                                    "over: {duration: [100 ms, 100 h, 200 ms]}\n"
                                    "run: {limit: {wall: 2 s}}\n");
    program_run(&program, "sweep", "long.yaml", "-j", "2");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    expect(program.err, "over the limit of 2 s");
    const char *table = read_file("results/long/sweep.csv");
    expect(table, "\n0002-duration=100h-seed=1,100 h,1,0\n");
    expect(table, "\n0003-duration=200ms-seed=1,200 ms,1,1\n");
}
END_TEST

START_TEST(mistakes_are_told_before_anything_starts) {
    program_run(&program, "sweep", "gains.yaml", "-D", "populations.out.model=liff");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    expect(program.err, "there is no neuron model 'liff'");
    program_run(&program, "sweep", "gains.yaml", "-D", "populatoins.out=3");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    ck_assert(!program_has_file("results"));
}
END_TEST

/* They are about the experiment as it stands, and a sweep changes it. */
START_TEST(expectations_hold_in_a_sweep_only_where_it_says_so) {
    char text[1024];
    (void)snprintf(text, sizeof text, "%sexpect: {network.spikes: {equals: 0}}\n", tiny);
    program_write_file("tiny.yaml", text);
    program_run(&program, "sweep", "gains.yaml", "-q", "-o", "free");
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "sweep", "gains.yaml", "-q", "-o", "bound", "-D",
                "expect={network.spikes: {equals: 0}}");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    expect(program.err, "4 of 4 trials failed");
}
END_TEST

START_TEST(what_is_collected_but_not_there_is_told_with_its_place) {
    char file[512];
    (void)snprintf(file, sizeof file, "%.*s\ncollect: [metrics.rate.nobody]\n",
                   (int)(strstr(gains, "\ncollect") - gains), gains);
    program_write_file("gains.yaml", file);
    program_run(&program, "sweep", "gains.yaml", "-j", "1");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    expect(program.err, "gains.yaml:5:11: error: ");
    expect(program.err, "metrics/rate/nobody");
    program_write_file("gains.yaml", gains); /* nothing is lost */
    program_run(&program, "sweep", "gains.yaml", "--resume");
    ck_assert_int_eq(program.status, 0);
    ck_assert_uint_eq(count_of(program.err, "0001-"), 0);
}
END_TEST

/* ---- resuming ---- */

START_TEST(a_finished_sweep_has_nothing_to_resume) {
    program_run(&program, "sweep", "gains.yaml");
    program_run(&program, "sweep", "gains.yaml", "--resume");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.err, "");
    ck_assert_str_eq(program.out, "results: results/gains/sweep.csv\n");
    ck_assert_uint_eq(count_of(read_file("results/gains/journal.jsonl"), "\"started\""), 4);
}
END_TEST

START_TEST(failed_trials_are_missing_ones) {
    program_run(&program, "sweep", "broken.yaml");
    program_run(&program, "sweep", "broken.yaml", "--resume");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    ck_assert_uint_eq(count_of(read_file("results/broken/journal.jsonl"), "\"started\""), 4);
}
END_TEST

START_TEST(results_of_other_values_are_no_results) {
    program_run(&program, "sweep", "gains.yaml");
    ck_assert_int_eq(unlink(program_path("results/gains/trials/0002-w=500pA-seed=101/results.h5")),
                     0);
    char other[4096];
    (void)snprintf(other, sizeof other, "%s",
                   program_path("results/gains/trials/0001-w=500pA-seed=100/results.h5"));
    ck_assert_int_eq(rename(other, program_path("results/gains/trials/0002-w=500pA-seed=101/"
                                                "results.h5")),
                     0);
    program_run(&program, "sweep", "gains.yaml", "--resume");
    ck_assert_uint_eq(count_of(read_file("results/gains/journal.jsonl"), "\"started\""), 6);
}
END_TEST

START_TEST(another_experiment_is_not_resumed) {
    program_run(&program, "sweep", "gains.yaml");
    program_run(&program, "sweep", "gains.yaml", "--resume", "-D", "duration=1 s");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    expect(program.err, "the trials have changed since this sweep began");
    char file[1024];
    (void)snprintf(file, sizeof file, "%sseed: 5\n", tiny);
    program_write_file("tiny.yaml", file);
    program_run(&program, "sweep", "gains.yaml", "--resume");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    expect(program.err, "tiny.yaml has changed since this sweep began");
    program_run(&program, "sweep", "results/gains/sweep.yaml", "--resume", "-o", "results/gains");
    ck_assert_int_eq(program.status, 0);
}
END_TEST

START_TEST(nothing_is_not_resumed) {
    program_run(&program, "sweep", "gains.yaml", "--resume");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    expect(program.err, "there is nothing to resume: no results/gains/sweep.yaml");
    program_run(&program, "sweep", "gains.yaml", "--resume", "-o", "nowhere");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert(!program_has_file("nowhere"));
}
END_TEST

/* ---- death ---- */

static bool folder_has(const char *folder, const char *name) {
    bool found = false;
    DIR *listing = opendir(folder);
    if (!listing) return false;
    for (const struct dirent *entry; (entry = readdir(listing));)
        found |= strcmp(entry->d_name, name) == 0;
    (void)closedir(listing);
    return found;
}

/* Wait until `folder`, which may have to come first, has `name`. */
static void wait_for(const char *folder, const char *name) {
    char events[4096], path[4096];
    int notices = inotify_init1(IN_CLOEXEC);
    ck_assert_int_ge(notices, 0);
    (void)snprintf(path, sizeof path, "%s", program_path(folder));
    for (char *slash = path + strlen(hk_test_folder()); slash;) {
        *slash = '\0';
        ck_assert_int_ge(inotify_add_watch(notices, path, IN_CREATE | IN_MOVED_TO), 0);
        *slash = '/';
        char *next = strchr(slash + 1, '/');
        char child[256];
        (void)snprintf(child, sizeof child, "%.*s", next ? (int)(next - slash - 1) : 255,
                       slash + 1);
        *slash = '\0';
        while (!folder_has(path, child)) ck_assert_int_gt(read(notices, events, sizeof events), 0);
        *slash = '/';
        slash = next;
    }
    ck_assert_int_ge(inotify_add_watch(notices, path, IN_CREATE | IN_MOVED_TO), 0);
    while (!folder_has(path, name)) ck_assert_int_gt(read(notices, events, sizeof events), 0);
    (void)close(notices);
}

static void start(const char *const *words) {
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* orphans become ours */
    program_start(&program, program_kept, words);
}

/* A sweep of one endless trial, which runs. */
static void start_endless(void) {
    start((const char *const[]){"sweep", "gains.yaml", "-o", "out", "-j", "1", "-D",
                                "duration=1000 h", NULL});
    wait_for("out/trials/0001-w=500pA-seed=100", "journal-000001");
}

START_TEST(no_child_outlives_a_supervisor_that_is_killed) {
    int status = 0;
    start_endless();
    ck_assert_int_eq(kill(program.process, SIGKILL), 0);
    program_finish(&program);
    ck_assert_int_eq(program.status, 128 + SIGKILL);
    ck_assert_int_gt(waitpid(-1, &status, 0), 0); /* the trial, which would run for weeks */
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    ck_assert_int_eq(waitpid(-1, &status, 0), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(after_a_kill_the_rest_is_run_and_the_table_is_the_same) {
    static const char *const table[] = {"sweep.csv", "sweep.h5"};
    program_write_file("gains.yaml", "sweep: gains\nbase: tiny.yaml\n"
                                     "over: {params.w: {range: [500 pA, 900 pA], step: 100 pA}}\n"
                                     "seeds: {count: 2}\ncollect: [metrics.rate.out]\n");
    program_run(&program, "sweep", "gains.yaml", "-o", "whole");
    start((const char *const[]){"sweep", "gains.yaml", "-j", "2", NULL});
    wait_for("results/gains/trials", "0004-w=600pA-seed=2.log");
    ck_assert_int_eq(kill(program.process, SIGKILL), 0);
    program_finish(&program);
    while (waitpid(-1, NULL, 0) > 0) continue;
    ck_assert(!program_has_file("results/gains/sweep.csv"));
    program_run(&program, "sweep", "gains.yaml", "-j", "2", "--resume");
    ck_assert_int_eq(program.status, 0);
    ck_assert_ptr_null(strstr(program.err, "0001-"));
    for (size_t i = 0; i < 2; i++) {
        char whole[64], resumed[64];
        (void)snprintf(whole, sizeof whole, "whole/%s", table[i]);
        (void)snprintf(resumed, sizeof resumed, "results/gains/%s", table[i]);
        expect_same_file(whole, resumed);
    }
}
END_TEST

START_TEST(ctrl_c_ends_it_and_says_how_to_go_on) {
    start_endless();
    ck_assert_int_eq(kill(program.process, SIGINT), 0);
    program_finish(&program);
    ck_assert_int_eq(program.status, 130);
    ck_assert_str_eq(program.out, "");
    expect(program.err, "0 of 4 trials are done; to go on: hillock sweep -o out -j 1 -D "
                        "'duration=1000 h' gains.yaml --resume\n");
    expect(program.err, "hillock: interrupted by SIGINT\n");
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_uint_eq(count_of(read_file("out/journal.jsonl"), "\"started\""), 1);
    ck_assert(!program_has_file("out/sweep.csv"));
}
END_TEST

START_TEST(a_folder_is_for_one_at_a_time) {
    static struct program second;
    start_endless();
    program_run(&second, "sweep", "gains.yaml", "-o", "out", "--resume", "-D", "duration=1000 h");
    ck_assert_int_eq(second.status, HK_EXIT_USAGE);
    expect(second.err, "another `hillock sweep` works here");
    ck_assert_int_eq(kill(program.process, SIGTERM), 0);
    program_finish(&program);
    ck_assert_int_eq(program.status, 143);
}
END_TEST

static void add_making(TCase *tcase) {
    tcase_add_test(tcase, each_trial_has_a_folder_and_the_table_a_row);
    tcase_add_test(tcase, all_points_share_their_random_numbers);
    tcase_add_test(tcase, the_table_does_not_depend_on_how_many_run_at_a_time);
    tcase_add_test(tcase, no_more_run_at_a_time_than_there_is_memory_for);
    tcase_add_test(tcase, large_trials_run_one_at_a_time);
    tcase_add_test(tcase, a_second_sweep_goes_beside_the_first);
    tcase_add_test(tcase, piped_it_says_one_line_a_trial);
    tcase_add_test(tcase, a_dry_run_prints_the_trials_and_leaves_nothing);
    tcase_add_test(tcase, the_journal_tells_what_happened);
}

static void add_failing(TCase *tcase) {
    tcase_add_test(tcase, a_trial_that_fails_harms_no_other);
    tcase_add_test(tcase, a_trial_that_fails_is_tried_again_as_often_as_said);
    tcase_add_test(tcase, the_first_failure_may_end_it_all);
    tcase_add_test(tcase, a_trial_over_its_limit_harms_no_other);
    tcase_add_test(tcase, expectations_hold_in_a_sweep_only_where_it_says_so);
    tcase_add_test(tcase, mistakes_are_told_before_anything_starts);
    tcase_add_test(tcase, what_is_collected_but_not_there_is_told_with_its_place);
}

Suite *suite_cli_sweep(void) {
    Suite *suite = suite_create("cli/sweep");
    TCase *tcase = tcase_create("sweep");
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    add_making(tcase);
    add_failing(tcase);
    tcase_add_test(tcase, a_finished_sweep_has_nothing_to_resume);
    tcase_add_test(tcase, failed_trials_are_missing_ones);
    tcase_add_test(tcase, results_of_other_values_are_no_results);
    tcase_add_test(tcase, another_experiment_is_not_resumed);
    tcase_add_test(tcase, nothing_is_not_resumed);
    tcase_add_test(tcase, no_child_outlives_a_supervisor_that_is_killed);
    tcase_add_test(tcase, after_a_kill_the_rest_is_run_and_the_table_is_the_same);
    tcase_add_test(tcase, ctrl_c_ends_it_and_says_how_to_go_on);
    tcase_add_test(tcase, a_folder_is_for_one_at_a_time);
    suite_add_tcase(suite, tcase);
    return suite;
}
