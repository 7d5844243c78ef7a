/* Runs from a file to its results: what is written, that networks learn, and that threads don't
 * matter. */
#include "io/runner.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/compare.h"
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

/* ---- lessons and rewards ---- */

/* The experiments' networks in small, on the built-in digits. A learning rate for 2,000 samples
 * instead of millions, and weights of variance 2 / fan-in and more. */
#define SMALL_DESIRE                                                                               \
    "data={set: digits, train: 500, test: 500}", "params.epochs=4",                                \
        "populations.hidden1.size=100", "populations.hidden2.size=50",                             \
        "projections.hidden1->hidden2.weight={normal: [0 mV, 0.14 mV]}",                           \
        "projections.hidden2->out.weight={normal: [0 mV, 0.2 mV]}",                                \
        "projections.input->hidden1.plasticity.learning_rate=1e-4 mV",                             \
        "projections.hidden1->hidden2.plasticity.learning_rate=1e-4 mV",                           \
        "projections.hidden2->out.plasticity.learning_rate=1e-4 mV"
#define SMALL_BIOLCNET "populations.hidden.size=100", "populations.out.size=100"

static void must_run(const char *experiment, const char *const *defines, size_t define_count,
                     int threads, const char *name) {
    struct hk_err err = {0};
    ck_assert_msg(run(experiment, defines, define_count, threads, name, NULL, &err), "%s",
                  err.message);
}

/* 69 % when this was written (50 to 69 for three seeds); chance is 10 %. */
START_TEST(lessons_teach_a_network_of_three_layers) {
    hk_test_not_sanitized();
    static const char *const learn[] = {SMALL_DESIRE};
    static const char *const frozen[] = {SMALL_DESIRE, "protocol.0.learn=false"};
    must_run("experiments/desire-mnist.yaml", learn, HK_COUNT(learn), 1, "learn");
    must_run("experiments/desire-mnist.yaml", frozen, HK_COUNT(frozen), 1, "frozen");
    ck_assert_double_gt(number("learn", "metrics/test/accuracy"), 0.35);
    ck_assert_double_lt(number("frozen", "metrics/test/accuracy"), 0.2);
}
END_TEST

/* A curve's points, x and y in turn; returns how many. */
static size_t read_curve(const char *name, const char *path, double *points, size_t most) {
    struct hk_err err = {0};
    struct hk_block values = {0};
    size_t count = 0;
    struct outcome out = open_results(name);
    ck_assert_msg(hk_results_read_array(out.file, path, &values, &count, &err), "%s", err.message);
    ck_assert_uint_le(count, 2 * most);
    memcpy(points, values.data, count * sizeof *points);
    hk_block_finish(&values);
    hk_results_read_close(out.file);
    hk_arena_destroy(out.arena);
    return count / 2;
}

/* Answer 1 is rewarded 80 times, then answer 0: three seeds gave 95 to 100 % before the change, 0
 * to 5 % after it and 60 to 65 % in the end. */
START_TEST(the_answer_that_is_rewarded_is_learned_and_unlearned) {
    hk_test_not_sanitized();
    static const char *const defines[] = {SMALL_BIOLCNET,
                                          "data={set: digits, train: 2000, crop: [22, 22]}",
                                          "params.features=200",
                                          "protocol.1.take=80",
                                          "protocol.2.skip=80",
                                          "protocol.2.take=120"};
    double before[2 * 4], after[2 * 6];
    must_run("experiments/biolcnet-conditioning.yaml", defines, HK_COUNT(defines), 1, "c");
    ck_assert_uint_eq(read_curve("c", "metrics/acquisition/running_accuracy", before, 4), 4);
    ck_assert_uint_eq(read_curve("c", "metrics/reversal/running_accuracy", after, 6), 6);
    for (size_t k = 0; k < 6; k++) ck_assert_double_eq(after[2 * k], 20.0 * (double)(k + 1));
    ck_assert_double_gt(before[7], 0.8);
    ck_assert_double_lt(after[1], 0.2);
    ck_assert_double_gt(after[11], 0.4);
}
END_TEST

static void expect_identical(const char *one, const char *other) {
    struct hk_err err = {0};
    struct hk_comparison comparison;
    char folders[2][512];
    const char *const paths[] = {folders[0], folders[1]};
    struct hk_arena *arena = hk_arena_create(&err);
    (void)snprintf(folders[0], sizeof folders[0], "%s/%s", hk_test_folder(), one);
    (void)snprintf(folders[1], sizeof folders[1], "%s/%s", hk_test_folder(), other);
    ck_assert_msg(hk_results_compare(arena, paths, &comparison, &err), "%s", err.message);
    for (size_t i = 0; i < comparison.count; i++) {
        const struct hk_compared *item = &comparison.items[i];
        if (item->difference)
            ck_abort_msg("%s and %s: %s: %s", one, other, item->path, item->difference);
    }
    ck_assert(comparison.identical);
    hk_arena_destroy(arena);
}

/* All weights, scores and rates of both kinds of learning, with dropout, groups and local
 * fields. */
static const struct {
    const char *experiment, *defines[16];
} threaded[] = {
    {"experiments/desire-mnist.yaml", {SMALL_DESIRE, "protocol.0.take=30", "protocol.1.take=10"}},
    {"experiments/biolcnet-mnist.yaml",
     {SMALL_BIOLCNET, "data={set: digits, train: 10, test: 3, crop: [22, 22]}", "params.features=4",
      "params.images=6", "protocol.0.skip=6", "protocol.1.average=3"}},
};

START_TEST(lessons_and_rewards_are_the_same_for_1_2_3_and_5_threads) {
    static const char *const precisions[] = {"precision=single", "precision=double"};
    static const int threads[] = {1, 2, 3, 5};
    static const char *const names[] = {"t1", "t2", "t3", "t5"};
    const char *defines[17];
    size_t count = 0, k = (size_t)_i / HK_COUNT(precisions);
    for (; threaded[k].defines[count]; count++) defines[count] = threaded[k].defines[count];
    defines[count++] = precisions[_i % 2];
    for (size_t i = 0; i < HK_COUNT(threads); i++) {
        must_run(threaded[k].experiment, defines, count, threads[i], names[i]);
        expect_identical(names[0], names[i]);
    }
}
END_TEST

/* 40 images, and a score over each 7 of them. */
START_TEST(the_running_score_has_a_point_for_each_average) {
    static const char *const defines[] = {SMALL_BIOLCNET,
                                          "data={set: digits, train: 60, test: 10, crop: [22, 22]}",
                                          "params.features=20",
                                          "params.images=40",
                                          "protocol.0.skip=40",
                                          "protocol.1.average=7"};
    double points[2 * 5];
    must_run("experiments/biolcnet-mnist.yaml", defines, HK_COUNT(defines), 1, "a");
    ck_assert_uint_eq(read_curve("a", "metrics/decoder/running_accuracy", points, 5), 5);
    for (size_t k = 0; k < 5; k++) {
        ck_assert_double_eq(points[2 * k], 7.0 * (double)(k + 1));
        double right = points[2 * k + 1] * 7;
        ck_assert_double_eq_tol(right, round(right), 1e-9);
    }
}
END_TEST

/* Only they do. Backpropagation would take a forward and a weight pass through the first
 * projection, and through each other a pass for the errors as well. */
START_TEST(phases_that_teach_tell_their_arithmetic) {
    static const char *const defines[] = {SMALL_DESIRE, "protocol.0.take=20", "protocol.1.take=20"};
    struct hk_err err = {0};
    double value;
    must_run("experiments/desire-mnist.yaml", defines, HK_COUNT(defines), 1, "m");
    ck_assert_double_eq(number("m", "metrics/train/arithmetic/backpropagation"),
                        2.0 * 784 * 100 + 3.0 * 100 * 50 + 3.0 * 50 * 10);
    ck_assert_double_gt(number("m", "metrics/train/arithmetic/additions"), 784.0);
    ck_assert_double_gt(number("m", "metrics/train/arithmetic/multiplications"), 784.0);
    struct outcome out = open_results("m");
    ck_assert(!hk_results_read_number(out.file, "metrics/test/arithmetic/additions", &value, &err));
    hk_results_read_close(out.file);
    hk_arena_destroy(out.arena);
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
    tcase_add_test(cases, lessons_teach_a_network_of_three_layers);
    tcase_add_test(cases, the_answer_that_is_rewarded_is_learned_and_unlearned);
    tcase_add_loop_test(cases, lessons_and_rewards_are_the_same_for_1_2_3_and_5_threads, 0, 4);
    tcase_add_test(cases, the_running_score_has_a_point_for_each_average);
    tcase_add_test(cases, phases_that_teach_tell_their_arithmetic);
    tcase_add_test(cases, results_say_what_was_run_and_how);
    tcase_add_test(cases, an_interrupted_run_leaves_a_readable_file);
    tcase_add_test(cases, the_main_job_learns_fashion_mnist);
    tcase_add_test(cases, the_main_job_learns_mnist);
    suite_add_tcase(suite, cases);
    return suite;
}
