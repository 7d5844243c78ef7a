/* Runs from a file to its results: what is written, that networks learn, and that threads don't
 * matter. */
#include "io/runner.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/results_read.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

struct outcome {
    struct hk_arena *arena;
    struct hk_results_file *file;
};

/* Run a shipped experiment into the test's folder and open what it wrote. */
static bool run(const char *path, const char *const *defines, size_t define_count, int threads,
                const char *name, const struct hk_run_options *how, struct hk_err *err) {
    char folder[512];
    struct hk_experiment e;
    struct hk_run_summary summary;
    struct hk_run_options options = how ? *how : (struct hk_run_options){.folder = NULL};
    (void)snprintf(folder, sizeof folder, "%s/%s", hk_test_folder(), name);
    options.folder = folder;
    bool ok = hk_experiment_read(&e,
                                 &(struct hk_experiment_options){.path = path,
                                                                 .defines = defines,
                                                                 .define_count = define_count,
                                                                 .threads = threads},
                                 err) &&
              hk_run_experiment(&e, &options, &summary, err);
    hk_experiment_finish(&e);
    return ok;
}

static struct outcome open_results(const char *name) {
    char folder[512];
    struct hk_err err = {0};
    (void)snprintf(folder, sizeof folder, "%s/%s", hk_test_folder(), name);
    struct outcome out = {.arena = hk_arena_create(&err)};
    out.file = hk_results_read_open(out.arena, folder, &err);
    ck_assert_msg(out.file != NULL, "%s", err.message);
    return out;
}

static double number(const char *name, const char *path) {
    struct hk_err err = {0};
    double value = 0.0;
    struct outcome out = open_results(name);
    ck_assert_msg(hk_results_read_number(out.file, path, &value, &err), "%s", err.message);
    hk_results_read_close(out.file);
    hk_arena_destroy(out.arena);
    return value;
}

#define SMALL "protocol.1.take=300", "protocol.2.take=300", "protocol.3.take=100"

/* 2,500 images of the quickstart, with and without learning. Chance is 10 %; untrained weights
 * alone, with labels, give about 20 %. */
START_TEST(quickstart_learns) {
    hk_test_not_sanitized();
    static const char *const learn[] = {"protocol.0.take=2500", SMALL};
    static const char *const frozen[] = {"protocol.0.take=2500", SMALL, "protocol.0.learn=false"};
    struct hk_err err = {0};
    const char *path = "experiments/quickstart.yaml";
    ck_assert_msg(run(path, learn, HK_COUNT(learn), 1, "learn", NULL, &err), "%s", err.message);
    ck_assert_msg(run(path, frozen, HK_COUNT(frozen), 1, "frozen", NULL, &err), "%s", err.message);
    double trained = number("learn", "metrics/validation/accuracy");
    double untrained = number("frozen", "metrics/validation/accuracy");
    ck_assert_double_gt(trained, 0.5);
    ck_assert_double_gt(trained, untrained + 0.2);
}
END_TEST

static void compare_spikes(const char *one, const char *other) {
    struct hk_err err = {0};
    struct outcome a = open_results(one), b = open_results(other);
    struct hk_results_raster x, y;
    ck_assert(hk_results_read_spikes(a.file, "exc", &x, &err));
    ck_assert(hk_results_read_spikes(b.file, "exc", &y, &err));
    ck_assert_uint_gt(x.count, 100);
    ck_assert_uint_eq(x.count, y.count);
    ck_assert_mem_eq(x.ticks, y.ticks, x.count * sizeof *x.ticks);
    ck_assert_mem_eq(x.ids, y.ids, x.count * sizeof *x.ids);
    hk_results_read_close(a.file);
    hk_results_read_close(b.file);
    hk_arena_destroy(a.arena);
    hk_arena_destroy(b.arena);
}

START_TEST(a_learning_run_is_the_same_for_1_2_3_and_5_threads) {
    static const char *const defines[] = {"protocol.0.take=60", "protocol.1.take=30",
                                          "protocol.2.take=30", "protocol.3.take=30",
                                          "record.in=[train, test]"};
    static const char *const names[] = {"t1", "t2", "t3", "t5"};
    static const int threads[] = {1, 2, 3, 5};
    struct hk_err err = {0};
    for (size_t i = 0; i < HK_COUNT(threads); i++) {
        ck_assert_msg(run("experiments/quickstart.yaml", defines, HK_COUNT(defines), threads[i],
                          names[i], NULL, &err),
                      "%s", err.message);
        compare_spikes(names[0], names[i]);
    }
}
END_TEST

START_TEST(results_say_what_was_run_and_how) {
    static const char *const defines[] = {"protocol.0.take=40", "protocol.1.take=20",
                                          "protocol.2.take=20", "protocol.3.take=20"};
    struct hk_err err = {0};
    const char *text = NULL;
    ck_assert_msg(run("experiments/quickstart.yaml", defines, HK_COUNT(defines), 1, "r", NULL,
                      &err),
                  "%s", err.message);
    ck_assert_double_eq(number("r", "metrics/test/samples"), 20.0);
    ck_assert_double_gt(number("r", "metrics/train/rate/input"), 1.0);
    ck_assert_double_gt(number("r", "wall/build_s"), 0.0);
    ck_assert_double_gt(number("r", "wall/train_s"), 0.0);
    ck_assert_double_eq(number("r", "network/synapses"), 784 * 100 + 100 * 99);
    struct outcome out = open_results("r");
    ck_assert(hk_results_read_text(out.file, "provenance/status", &text, &err));
    ck_assert_str_eq(text, "complete");
    ck_assert(hk_results_read_text(out.file, "experiment/resolved", &text, &err));
    ck_assert_ptr_nonnull(strstr(text, "take: 40"));
    ck_assert_ptr_nonnull(strstr(text, "coincident: pre-first"));
    hk_results_read_close(out.file);
    hk_arena_destroy(out.arena);
}
END_TEST

static bool stop_in_training(void *context, const struct hk_run_status *status,
                             struct hk_err *err) {
    (void)context;
    if (strcmp(status->phase, "train") != 0 || status->done < 1) return true;
    return HK_FAIL(err, HK_ERR_INTERRUPT, "interrupted by the test");
}

START_TEST(an_interrupted_run_leaves_a_readable_file) {
    const struct hk_run_options options = {.progress = stop_in_training};
    struct hk_err err = {0}, none = {0};
    const char *text = NULL;
    ck_assert(!run("experiments/quickstart.yaml", NULL, 0, 1, "i", &options, &err));
    ck_assert_int_eq(err.code, HK_ERR_INTERRUPT);
    struct outcome out = open_results("i");
    ck_assert(hk_results_read_text(out.file, "provenance/status", &text, &none));
    ck_assert_str_eq(text, "interrupted");
    hk_results_read_close(out.file);
    hk_arena_destroy(out.arena);
    ck_assert_double_lt(number("i", "metrics/train/samples"), 4000.0);
}
END_TEST

/* The main job in small on real images: 800 of them teach 400 neurons enough to be far above
 * chance. The full count is in docs/results.md. */
static void learn_images(const char *set, const char *define, const char *image_count,
                         double least) {
    struct hk_err err = {0};
    const char *const defines[] = {define, image_count, "protocol.1.take=500",
                                   "protocol.2.take=300", "protocol.3.take=100"};
    if (!hk_test_data(set)) hk_test_skip("the data set is not here");
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s", hk_test_data(set));
    *strrchr(folder, '/') = '\0';
    ck_assert_int_eq(setenv("HILLOCK_DATA", folder, 1), 0);
    ck_assert_msg(run("experiments/mnist-stdp-400.yaml", defines, HK_COUNT(defines), 0, set, NULL,
                      &err),
                  "%s", err.message);
    ck_assert_double_gt(number(set, "metrics/validation/accuracy"), least);
}

START_TEST(the_main_job_learns_fashion_mnist) {
    hk_test_not_sanitized();
    learn_images("fashion-mnist", "data=fashion-mnist", "params.images=800", 0.3);
}
END_TEST

START_TEST(the_main_job_learns_mnist) {
    hk_test_only_long();
    learn_images("mnist", "data=mnist", "params.images=8000", 0.75);
}
END_TEST

Suite *suite_io_runner(void) {
    Suite *suite = suite_create("io/runner");
    TCase *cases = tcase_create("runner");
    tcase_set_timeout(cases, 600);
    tcase_add_checked_fixture(cases, NULL, hk_test_folder_remove);
    tcase_add_test(cases, quickstart_learns);
    tcase_add_test(cases, a_learning_run_is_the_same_for_1_2_3_and_5_threads);
    tcase_add_test(cases, results_say_what_was_run_and_how);
    tcase_add_test(cases, an_interrupted_run_leaves_a_readable_file);
    tcase_add_test(cases, the_main_job_learns_fashion_mnist);
    tcase_add_test(cases, the_main_job_learns_mnist);
    suite_add_tcase(suite, cases);
    return suite;
}
