/* Recorded runs in place of what they recorded, from experiment files. */
#include "io/replay.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/compare.h"
#include "io/runner.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

static const char net[] =
    "name: net\n"
    "resolution: 0.1 ms\n"
    "duration: 150 ms\n"
    "populations:\n"
    "  in: {size: 100, source: {poisson: 2000 Hz}}\n"
    "  exc: {model: lif, size: 200}\n"
    "  out: {model: lif, size: 70}\n"
    "projections:\n"
    "  in->exc: {connect: {rule: probability, p: 0.3}, weight: {uniform: [10 pA, 60 pA]}}\n"
    "  exc->out:\n"
    "    connect: {rule: probability, p: 0.5}\n"
    "    weight: {uniform: [10 pA, 90 pA]}\n"
    "    delay: {uniform: [1 ms, 3 ms]}\n"
    "    plasticity: {rule: stdp-pair, a_plus: 3 pA, a_minus: 3 pA, w_max: 120 pA}\n"
    "record: {spikes: [in, exc, out]}\n";

static struct hk_arena *arena;
static struct hk_err err;
static char quickstart[PATH_MAX]; /* from anywhere */

static void write_file(const char *name, const char *text) {
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(realpath("experiments/quickstart.yaml", quickstart));
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    write_file("net.yaml", net);
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* Run with overrides, the last of them NULL. */
static bool run(const char *path, const char *folder, int threads, const char *const *defines) {
    struct hk_experiment e;
    struct hk_run_summary summary;
    struct hk_experiment_options options = {.path = path, .defines = defines, .threads = threads};
    while (defines && defines[options.define_count]) options.define_count++;
    bool ok = hk_experiment_read(&e, &options, &err) &&
              hk_run_experiment(&e, &(struct hk_run_options){.folder = folder}, &summary, &err);
    hk_experiment_finish(&e);
    return ok;
}

#define RUN(path, folder, threads, ...)                                                            \
    ck_assert_msg(run(path, folder, threads, (const char *const[]){__VA_ARGS__, NULL}), "%s",      \
                  err.message)

static struct hk_comparison compare(const char *a, const char *b) {
    struct hk_comparison out;
    ck_assert_msg(hk_results_compare(arena, (const char *const[]){a, b}, &out, &err), "%s",
                  err.message);
    return out;
}

static void expect_identical(const char *a, const char *b) {
    struct hk_comparison out = compare(a, b);
    for (size_t i = 0; i < out.count; i++)
        ck_assert_msg(!out.items[i].difference, "%s: %s", out.items[i].path,
                      out.items[i].difference);
    ck_assert(out.identical);
}

/* Of one of the compared results. */
static const struct hk_compared *find(const struct hk_comparison *comparison, const char *path) {
    for (size_t i = 0; i < comparison->count; i++)
        if (strcmp(comparison->items[i].path, path) == 0) return &comparison->items[i];
    ck_abort_msg("no %s", path);
}

/* Sources may fire several times in a tick: 20 % of the ticks of 2000 Hz have a spike. */
START_TEST(the_recorded_input_of_a_run_repeats_it_to_the_bit) {
    static const int threads[] = {1, 2, 3, 5};
    RUN("net.yaml", "a", 1, NULL);
    for (size_t i = 0; i < HK_COUNT(threads); i++) {
        char folder[16];
        (void)snprintf(folder, sizeof folder, "b%d", threads[i]);
        RUN("net.yaml", folder, threads[i],
            "populations.in={size: 100, source: {replay: a, population: in}}");
        expect_identical("a", folder);
    }
    const struct hk_comparison out = compare("a", "b1");
    ck_assert_uint_gt(find(&out, "spikes/in")->count[0], 10000);
    ck_assert_uint_gt(find(&out, "spikes/exc")->count[0], 1000);
    ck_assert_uint_gt(find(&out, "spikes/out")->count[0], 100);
}
END_TEST

/* `exc` recorded in place of `exc` computing: what it projects to sees no difference. */
START_TEST(a_clamped_population_drives_its_targets_as_before) {
    static const char clamped[] =
        "name: clamped\n"
        "resolution: 0.1 ms\n"
        "duration: 150 ms\n"
        "populations:\n"
        "  exc: {size: 200, source: {replay: a/results.h5, population: exc}}\n"
        "  out: {model: lif, size: 70}\n"
        "projections:\n"
        "  exc->out:\n"
        "    connect: {rule: probability, p: 0.5}\n"
        "    weight: {uniform: [10 pA, 90 pA]}\n"
        "    delay: {uniform: [1 ms, 3 ms]}\n"
        "    plasticity: {rule: stdp-pair, a_plus: 3 pA, a_minus: 3 pA, w_max: 120 pA}\n"
        "record: {spikes: [exc, out]}\n";
    static const char *const same[] = {"spikes/exc", "spikes/out", "weights/exc->out/weight"};
    write_file("clamped.yaml", clamped);
    RUN("net.yaml", "a", 1, NULL);
    RUN("clamped.yaml", "b", 2, NULL);
    const struct hk_comparison out = compare("a", "b");
    for (size_t i = 0; i < HK_COUNT(same); i++)
        ck_assert_msg(!find(&out, same[i])->difference, "%s: %s", same[i],
                      find(&out, same[i])->difference);
    ck_assert_str_eq(find(&out, "spikes/in")->difference, "only in the first");
}
END_TEST

static const char player[] = "name: player\n"
                             "duration: 30 ms\n"
                             "populations:\n"
                             "  in: {size: 5, source: {replay: spikes.csv, offset: 1 ms}}\n"
                             "record: {spikes: [in]}\n";

/* Relative to the file that says so, be it a base; on the command line, to the working folder. */
START_TEST(files_are_found_beside_the_experiment_and_from_its_results) {
    ck_assert_int_eq(mkdir("deep", 0700), 0);
    ck_assert_int_eq(mkdir("other", 0700), 0);
    write_file("deep/player.yaml", player);
    write_file("deep/spikes.csv", "time_ms,id\n1.5,3\n2,0\n");
    write_file("other/top.yaml", "base: ../deep/player.yaml\nname: top\n");
    RUN("deep/player.yaml", "a", 1, NULL);
    RUN("other/top.yaml", "b", 1, NULL);
    RUN("deep/player.yaml", "c", 1, "populations.in.source.replay=deep/spikes.csv");
    expect_identical("a", "b");
    expect_identical("a", "c");
    ck_assert_int_eq(chdir("other"), 0);
    RUN("../b/results.h5", "../d", 1, NULL);
    ck_assert_int_eq(chdir(".."), 0);
    expect_identical("a", "d");
    const struct hk_comparison out = compare("a", "d");
    ck_assert_uint_eq(find(&out, "spikes/in")->count[0], 2);
}
END_TEST

START_TEST(rounding_is_reported_in_the_results) {
    struct hk_results_file *file;
    double rounding_ms = 0.0;
    write_file("player.yaml", player);
    write_file("spikes.csv", "time_ms,id\n1.53,3\n2,0\n");
    RUN("player.yaml", "a", 1, "populations.in.source.round=nearest");
    ck_assert_ptr_nonnull(file = hk_results_read_open(arena, "a", &err));
    ck_assert(hk_results_read_number(file, "network/rounding/in", &rounding_ms, &err));
    ck_assert_double_eq_tol(rounding_ms, 0.03, 1e-9);
    hk_results_read_close(file);
}
END_TEST

static void refuse(const char *spikes, const char *define, const char *message) {
    err = (struct hk_err){0};
    write_file("player.yaml", player);
    write_file("spikes.csv", spikes);
    ck_assert(!run("player.yaml", "out", 1, (const char *const[]){define, NULL}));
    const char *at = strstr(err.message, message); /* paths are absolute there */
    ck_assert_msg(at && at[strlen(message)] == '\0', "%s", err.message);
}

START_TEST(failures_have_the_position_in_the_experiment) {
    const char *good = "time_ms,id\n1.5,3\n";
    refuse("t,id\n1.5,3\n", NULL,
           "spikes.csv:1:1: times in which unit? Give `time_unit: ms` or s, or call the column "
           "time_ms or time_s");
    ck_assert_int_eq(strncmp(err.message, "player.yaml:4:34: ", 18), 0);
    refuse("time_ms,id\n1.55,3\n", NULL,
           "player.yaml:4:7: in: spike 0, recorded at 1.55 ms (`round: nearest` would move it to a "
           "whole tick): 2.55 ms is not a whole number of ticks of 0.1 ms; the nearest are 2.5 and "
           "2.6 ms");
    refuse(good, "populations.in.source.replay=gone.csv",
           "-D:1:30: gone.csv: No such file or directory");
    refuse(good, "populations.in.source.columns=time", "-D:1:31: expected a list, got a value");
    refuse(good, "populations.in.source.speeed=2",
           "-D:1:23: unknown key 'speeed'; did you mean 'speed'?");
    refuse(good, "populations.in.source.round=up",
           "-D:1:29: round: 'up' is not one of exact, nearest");
}
END_TEST

START_TEST(text_options_are_refused_for_hdf5) {
    RUN("net.yaml", "a", 1, NULL);
    refuse("", "populations.in.source={replay: a, population: in, time_unit: ms}",
           "/a/results.h5 is HDF5 and says it itself");
    ck_assert_int_eq(strncmp(err.message, "-D:1:51: is for text; ", 22), 0);
}
END_TEST

/* ---- a run again ---- */

static void repeat(const char *path, const char *const *defines) {
    ck_assert_msg(run(path, "a", 2, defines), "%s", err.message);
    ck_assert_msg(run("a", "b", 1, NULL), "%s", err.message);
    expect_identical("a", "b");
}

START_TEST(a_run_repeats_from_its_results) {
    repeat("net.yaml", (const char *const[]){"seed=77", "duration=60 ms", NULL});
}
END_TEST

START_TEST(a_run_that_learns_repeats_from_its_results) {
    static const char *const defines[] = {"protocol.0.take=20", "protocol.1.take=10",
                                          "protocol.2.take=10", "protocol.3.take=10", NULL};
    repeat(quickstart, defines);
}
END_TEST

START_TEST(mistakes_in_a_run_again_name_the_results) {
    static const char *const odd[] = {"populations.in.size=0", NULL};
    RUN("net.yaml", "a", 1, NULL);
    ck_assert(!run("a/results.h5", "b", 1, odd));
    ck_assert_int_eq(strncmp(err.message, "-D:1:21: ", 9), 0);
    err = (struct hk_err){0};
    ck_assert(!run("a", "b", 1, (const char *const[]){"populations.in.source=null", NULL}));
    ck_assert_int_eq(strncmp(err.message, "-D:1:23: ", 9), 0);
    err = (struct hk_err){0};
    ck_assert(!run("a", "b", 1, (const char *const[]){"populations.exc.tau_m=0 ms", NULL}));
    err = (struct hk_err){0};
    ck_assert_int_eq(rename("a/results.h5", "a/journal-000001"), 0);
    ck_assert(!run("a", "b", 1, NULL));
    ck_assert_str_eq(err.message, "a: there is no results.h5: its run has died or still goes on. "
                                  "After its death `hillock recover a` makes one of what was "
                                  "recorded");
}
END_TEST

Suite *suite_io_replay(void) {
    Suite *suite = suite_create("io/replay");
    TCase *cases = tcase_create("replay");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_recorded_input_of_a_run_repeats_it_to_the_bit);
    tcase_add_test(cases, a_clamped_population_drives_its_targets_as_before);
    tcase_add_test(cases, files_are_found_beside_the_experiment_and_from_its_results);
    tcase_add_test(cases, rounding_is_reported_in_the_results);
    tcase_add_test(cases, failures_have_the_position_in_the_experiment);
    tcase_add_test(cases, text_options_are_refused_for_hdf5);
    tcase_add_test(cases, a_run_repeats_from_its_results);
    tcase_add_test(cases, a_run_that_learns_repeats_from_its_results);
    tcase_add_test(cases, mistakes_in_a_run_again_name_the_results);
    suite_add_tcase(suite, cases);
    return suite;
}
