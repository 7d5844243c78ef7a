/* Recorders by name, from the experiment file to the results: they agree with each other, with the
 * network, and whatever the number of threads is. */
#include "io/recorder.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/compare.h"
#include "io/recording.h"
#include "io/runner.h"
#include "tests/support/memory.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_results_file *file;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    file = NULL;
    ck_assert_ptr_nonnull(arena = hk_arena_create(&err));
}

static void teardown(void) {
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static const char *in_folder(const char *name) {
    return hk_arena_format(arena, &err, "%s/%s", hk_test_folder(), name);
}

static bool try_as(const char *text, int threads, const char *name) {
    struct hk_experiment e;
    struct hk_run_summary summary;
    const struct hk_run_options options = {.folder = in_folder(name)};
    const char *path = hk_test_write("x.yaml", text);
    bool ok =
        hk_experiment_read(&e, &(struct hk_experiment_options){.path = path, .threads = threads},
                           &err) &&
        hk_run_experiment(&e, &options, &summary, &err);
    hk_experiment_finish(&e);
    return ok;
}

static void run_as(const char *text, int threads, const char *name) {
    bool ok = try_as(text, threads, name);
    ck_assert_msg(ok, "%s", err.message);
}

static void run(const char *text) {
    run_as(text, 1, "out");
    ck_assert_ptr_nonnull(file = hk_results_read_open(arena, in_folder("out"), &err));
}

/* An array of the results; its values live until the test ends. */
static const double *array(const char *path, size_t *count) {
    struct hk_block block = {0};
    bool ok = hk_results_read_array(file, path, &block, count, &err);
    ck_assert_msg(ok, "%s", err.message);
    double *values = HK_NEW(arena, double, *count + 1, &err);
    memcpy(values, block.data, *count * sizeof *values);
    hk_block_finish(&block);
    return values;
}

static size_t count_of(const char *path) {
    size_t count;
    (void)array(path, &count);
    return count;
}

#define NETWORK "name: r\nresolution: 0.1 ms\nduration: 200 ms\n" PARTS
#define PARTS                                                                                      \
    "populations:\n"                                                                               \
    "  in: {size: 50, source: {poisson: 200 Hz}}\n"                                                \
    "  exc: {model: alif, size: 60, theta_plus: 1 mV, tau_theta: 100 ms}\n"                        \
    "  inh: {model: lif, size: 20}\n"                                                              \
    "projections:\n"                                                                               \
    "  in->exc: {connect: all-to-all, weight: {uniform: [0 pA, 70 pA]}, plasticity:"               \
    " {rule: stdp-pair, a_plus: 1 pA, a_minus: 1 pA, w_max: 80 pA}}\n"                             \
    "  exc->inh: {connect: {rule: probability, p: 0.3}, weight: 500 pA, delay: 1 ms}\n"            \
    "  inh->exc: {connect: all-to-all, weight: -20 pA, delay: 1.3 ms}\n"

/* The times of a population's spikes, from..to. */
static size_t spikes_between(const char *population, double from_ms, double to_ms) {
    struct hk_results_raster raster;
    size_t count = 0;
    ck_assert_msg(hk_results_read_spikes(file, population, &raster, &err), "%s", err.message);
    for (size_t i = 0; i < raster.count; i++) {
        double time_ms = (double)raster.ticks[i] * raster.tick_ms;
        count += time_ms > from_ms + 1e-9 && time_ms < to_ms + 1e-9;
    }
    return count;
}

static bool differs(const double *a, const double *b, size_t count) {
    for (size_t k = 0; k < count; k++)
        if (a[k] != b[k]) return true;
    return false;
}

START_TEST(states_at_even_times_are_a_report) {
    size_t count;
    run(NETWORK "record:\n  vm: {state: exc.v, only: [3, 59, 0], every: 0.5 ms, from: 20 ms,"
                " to: 100 ms}\n  all: {state: exc.v, every: 0.1 ms}\n");
    const double *some = array("report/vm/data", &count);
    ck_assert_uint_eq(count, 480);
    const double *all = array("report/all/data", &count);
    ck_assert_uint_eq(count, 120000);
    for (size_t i = 0; i < 160; i++) {
        const double *frame = all + (200 + 5 * i) * 60;
        ck_assert_double_eq(some[3 * i], frame[0]);
        ck_assert_double_eq(some[3 * i + 1], frame[3]);
        ck_assert_double_eq(some[3 * i + 2], frame[59]);
    }
    const double *ids = array("report/vm/mapping/node_ids", &count);
    ck_assert(count == 3 && ids[0] == 0.0 && ids[1] == 3.0 && ids[2] == 59.0);
    const double *time = array("report/vm/mapping/time", &count);
    ck_assert(count == 3 && time[0] == 20.0 && time[1] == 100.0 && time[2] == 0.5);
    ck_assert_str_eq(hk_results_read_unit(file, "report/vm/data"), "mV");
    ck_assert_double_eq(all[0], -70.0); /* the state at 0 ms is the initial one */
}
END_TEST

START_TEST(a_spike_takes_a_frame) {
    size_t count, frames = 0, seen = 0;
    run(NETWORK "record:\n  spikes: [inh]\n"
                "  snap: {state: exc.v, only: [5], on: spike of inh, from: 50 ms, to: 150 ms}\n"
                "  all: {state: exc.v, only: [5], every: 0.1 ms}\n");
    const double *times = array("frames/snap/time", &frames);
    const double *snap = array("frames/snap/data", &count);
    ck_assert_uint_eq(count, frames);
    const double *all = array("report/all/data", &count);
    for (long tick = 501; tick <= 1500; tick++) {
        double time_ms = 0.1 * (double)tick;
        if (spikes_between("inh", time_ms - 0.1, time_ms) == 0) continue;
        ck_assert_uint_lt(seen, frames);
        ck_assert_double_eq_tol(times[seen], time_ms, 1e-9);
        ck_assert_double_eq(snap[seen++], all[tick]);
    }
    ck_assert_uint_eq(seen, frames);
    ck_assert_uint_gt(frames, 20);
    ck_assert_uint_lt(frames, 900);
}
END_TEST

START_TEST(rates_are_counts_of_what_is_recorded) {
    size_t bins, count;
    run(NETWORK "record:\n  spikes: [exc, in]\n"
                "  rate: {rate: [in, exc], bin: 7 ms, from: 10 ms, to: 150 ms}\n"
                "  fine: {rate: [exc], bin: 0.1 ms}\n");
    const double *times = array("frames/rate/time", &bins);
    const double *rates = array("frames/rate/data", &count);
    ck_assert_uint_eq(bins, 20);
    ck_assert_uint_eq(count, 40);
    for (size_t i = 0; i < bins; i++) {
        ck_assert_double_eq_tol(times[i], 10.0 + 7.0 * (double)i, 1e-9);
        double in = (double)spikes_between("in", times[i], times[i] + 7.0) / 50 / 0.007;
        double exc = (double)spikes_between("exc", times[i], times[i] + 7.0) / 60 / 0.007;
        ck_assert_double_eq_tol(rates[2 * i], in, 1e-9 * in);
        ck_assert_double_eq_tol(rates[2 * i + 1], exc, 1e-9 * exc);
    }
    const double *fine = array("frames/fine/data", &count);
    double sum = 0.0;
    ck_assert_uint_eq(count, 2000);
    for (size_t i = 0; i < count; i++) sum += fine[i] * 60 * 1e-4;
    ck_assert_double_eq_tol(sum, (double)spikes_between("exc", 0.0, 200.0), 1e-6);
}
END_TEST

START_TEST(a_part_of_the_spikes_is_recorded) {
    size_t count;
    struct hk_results_raster all, some;
    run_as(NETWORK "record: {spikes: [exc, in]}\n", 1, "whole");
    run(NETWORK "record: {r: {spikes: [exc, in], only: [0, 7, 49], from: 30 ms, to: 90 ms}}\n");
    struct hk_results_file *whole = hk_results_read_open(arena, in_folder("whole"), &err);
    ck_assert_ptr_nonnull(whole);
    ck_assert(hk_results_read_spikes(whole, "in", &all, &err));
    ck_assert(hk_results_read_spikes(file, "in", &some, &err));
    size_t k = 0;
    for (size_t i = 0; i < all.count; i++) {
        hk_neuron id = all.ids[i];
        bool wanted = (id == 0 || id == 7 || id == 49) && all.ticks[i] > 300 && all.ticks[i] <= 900;
        if (!wanted) continue;
        ck_assert(some.ids[k] == id && some.ticks[k] == all.ticks[i]);
        k++;
    }
    ck_assert_uint_eq(some.count, k);
    ck_assert_uint_gt(k, 10);
    ck_assert(some.neurons == 50 && some.start_ms == 30.0 && some.stop_ms == 90.0);
    const double *ids = array("spikes/in/recorded_ids", &count);
    ck_assert(count == 3 && ids[2] == 49.0);
    hk_results_read_close(whole);
}
END_TEST

static const char *const precisions[] = {"precision: single\n", "precision: double\n"};

/* Weights every 50 ms of a run are those that shorter runs end with, to the last bit. */
START_TEST(weights_over_time_are_those_of_shorter_runs) {
    size_t count, frames, final_count;
    run(hk_arena_format(arena, &err,
                        NETWORK "%srecord: {w: {weights: in->exc, every: 50 ms},"
                                " s: {weights: exc->inh, every: 100 ms}}\n",
                        precisions[_i]));
    const double *times = array("frames/w/time", &frames);
    const double *w = array("frames/w/data", &count);
    ck_assert(frames == 4 && times[0] == 0.0 && times[3] == 150.0);
    ck_assert_uint_eq(count, 12000);
    ck_assert_uint_eq(count_of("frames/s/source"), count_of("frames/s/target"));
    ck_assert_uint_eq(count_of("frames/s/data"), 2 * count_of("frames/s/source"));
    hk_results_read_close(file);
    for (size_t i = 1; i < 4; i++) {
        char text[2048], name[16];
        (void)snprintf(name, sizeof name, "short%zu", i);
        (void)snprintf(text, sizeof text, "%s%s", NETWORK, precisions[_i]);
        char *duration = strstr(text, "200 ms\n");
        memcpy(duration, i == 1 ? "050" : i == 2 ? "100" : "150", 3);
        run_as(text, 1, name);
        ck_assert_ptr_nonnull(file = hk_results_read_open(arena, in_folder(name), &err));
        const double *end = array("weights/in->exc", &final_count);
        ck_assert_mem_eq(w + i * 3000, end, 3000 * sizeof *end);
        ck_assert(differs(w, end, 3000));
        hk_results_read_close(file);
    }
    file = NULL;
}
END_TEST

START_TEST(where_there_are_no_synapses_there_are_no_weights) {
    ck_assert(!try_as("name: r\nresolution: 0.1 ms\nduration: 10 ms\n"
                      "populations: {one: {model: lif, size: 1}}\n"
                      "projections:\n  one->one: {connect: {rule: all-to-all, except: same-index},"
                      " weight: 1 pA, delay: 1 ms}\n"
                      "record: {w: {weights: one->one, every: 5 ms}}\n",
                      1, "out"));
    ck_assert_str_eq(err.message, "record.w: one->one has no synapses, so no weights");
}
END_TEST

START_TEST(histograms_count_every_weight_once) {
    size_t count, frames;
    run(NETWORK "record:\n  w: {weights: in->exc, every: 50 ms}\n"
                "  own: {weights: in->exc, every: 50 ms, histogram: {bins: 8}}\n"
                "  part: {weights: in->exc, every: 50 ms, histogram: {bins: 3, range: [10 pA, 40 "
                "pA]}}\n");
    const double *w = array("frames/w/data", &count);
    const double *own = array("frames/own/data", &count), *low = array("frames/own/low", &frames);
    const double *high = array("frames/own/high", &frames);
    ck_assert_uint_eq(count, 32);
    const double *part = array("frames/part/data", &count);
    const double *below = array("frames/part/below", &count);
    const double *above = array("frames/part/above", &count);
    for (size_t t = 0; t < frames; t++) {
        double sum = 0.0, counted[5] = {0};
        for (size_t i = 0; i < 8; i++) sum += own[8 * t + i];
        ck_assert_double_eq(sum, 3000.0);
        for (size_t i = 0; i < 3000; i++) {
            double value = w[3000 * t + i];
            ck_assert(value >= low[t] - 1e-6 && value <= high[t] + 1e-6);
            counted[value < 10 ? 0 : value > 40 ? 4 : value < 20 ? 1 : value < 30 ? 2 : 3]++;
        }
        ck_assert_double_eq(below[t], counted[0]);
        for (size_t i = 0; i < 3; i++) ck_assert_double_eq(part[3 * t + i], counted[1 + i]);
        ck_assert_double_eq(above[t], counted[4]);
    }
    ck_assert_str_eq(hk_results_read_unit(file, "frames/own/low"), "pA");
}
END_TEST

#define PROTOCOL                                                                                   \
    "name: p\nresolution: 0.5 ms\n"                                                                \
    "data: {set: digits, train: 30, test: 20}\n"                                                   \
    "populations:\n"                                                                               \
    "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 63.75 Hz}}\n"                 \
    "  exc: {size: 20, model: alif}\n"                                                             \
    "projections:\n"                                                                               \
    "  input->exc: {connect: all-to-all, weight: {uniform: [0 pA, 100 pA]}, plasticity:"           \
    " {rule: stdp-pair, a_plus: 1 pA, a_minus: 1 pA, w_max: 150 pA}}\n"                            \
    "protocol:\n"                                                                                  \
    "  - {phase: first, data: train, take: 10, show: 50 ms, learn: true}\n"                        \
    "  - {phase: second, data: test, take: 7, show: 50 ms, rest: 10 ms}\n"

START_TEST(samples_are_counted_in_each_phase) {
    size_t count;
    run(PROTOCOL "record:\n  theta: {state: exc.theta, every: 3 samples}\n"
                 "  w: {weights: input->exc, every: 5 samples, in: [first]}\n"
                 "  vm: {state: exc.v, only: [1], every: 10 ms, in: [second], from: 20 ms, to: 80 "
                 "ms}\n"
                 "  rate: {rate: [exc], bin: 10 ms, in: [second]}\n");
    const double *samples = array("frames/theta/samples", &count);
    static const double expected[] = {0, 3, 6, 9, 0, 3, 6};
    static const double phases[] = {0, 0, 0, 0, 1, 1, 1};
    static const double times[] = {0, 150, 300, 450, 500, 680, 860};
    ck_assert_uint_eq(count, HK_COUNT(expected));
    ck_assert_mem_eq(samples, expected, sizeof expected);
    ck_assert_mem_eq(array("frames/theta/phase", &count), phases, sizeof phases);
    ck_assert_mem_eq(array("frames/theta/time", &count), times, sizeof times);
    ck_assert_uint_eq(count_of("frames/theta/data"), HK_COUNT(expected) * 20);
    const double *w = array("frames/w/data", &count);
    ck_assert_uint_eq(count, 47040);
    const double *end = array("weights/input->exc", &count);
    ck_assert_mem_eq(w + 31360, end, count * sizeof *end); /* it learned in `first` alone */
    const double *at = array("frames/vm/time", &count);
    ck_assert(count == 6 && at[0] == 520.0 && at[5] == 570.0);
    at = array("frames/rate/time", &count);
    ck_assert(count == 42 && at[0] == 500.0 && at[41] == 910.0);
}
END_TEST

static const char everything[] =
    NETWORK "record:\n  spikes: [in]\n  raster: {spikes: [exc, inh], only: {first: 15}}\n"
            "  vm: {state: exc.v, every: 0.1 ms}\n  theta: {state: exc.theta, every: 3.7 ms}\n"
            "  snap: {state: inh.v, on: spike of exc}\n"
            "  w: {weights: in->exc, every: 30 ms}\n"
            "  h: {weights: exc->inh, every: 30 ms, histogram: {bins: 5}}\n"
            "  rate: {rate: [in, exc, inh], bin: 0.7 ms}\n";

static const char *const clocks[] = {"", "clock: exact\n"};

static const char *on_clock(int clock, const char *text) {
    return hk_arena_format(arena, &err, "%s%s", clocks[clock], text);
}

START_TEST(what_is_recorded_does_not_depend_on_the_number_of_threads) {
    static const int threads[] = {2, 3, 7};
    run_as(on_clock(_i, everything), 1, "one");
    for (size_t i = 0; i < HK_COUNT(threads); i++) {
        struct hk_comparison out;
        const char *name = hk_arena_format(arena, &err, "t%d", threads[i]);
        run_as(on_clock(_i, everything), threads[i], name);
        const char *const paths[] = {in_folder("one"), in_folder(name)};
        ck_assert_msg(hk_results_compare(arena, paths, &out, &err), "%s", err.message);
        for (size_t k = 0; k < out.count; k++)
            ck_assert_msg(!out.items[k].difference, "%s: %s", out.items[k].path,
                          out.items[k].difference);
        ck_assert_uint_gt(out.count, 20);
    }
}
END_TEST

/* Nobody who looks changes what he looks at. */
START_TEST(what_happens_does_not_depend_on_what_is_recorded) {
    struct hk_comparison out;
    run_as(on_clock(_i, NETWORK "record: {spikes: [in]}\n"), 2, "bare");
    run_as(on_clock(_i, everything), 2, "observed");
    const char *const paths[] = {in_folder("bare"), in_folder("observed")};
    ck_assert(hk_results_compare(arena, paths, &out, &err));
    for (size_t k = 0; k < out.count; k++)
        ck_assert_msg(!out.items[k].there[0] || !out.items[k].difference, "%s: %s",
                      out.items[k].path, out.items[k].difference);
}
END_TEST

/* ---- memory ---- */

/* Run for so many seconds with every kind of recorder: some 5 MB a second. */
static void record_all(void *context) {
    const int *seconds = context;
    run_as(hk_arena_format(arena, &err,
                           "name: r\nduration: %d s\n" PARTS "record:\n  spikes: [in, exc, inh]\n"
                           "  v: {state: exc.v, every: 0.1 ms}\n"
                           "  at: {state: inh.v, on: spike of exc}\n"
                           "  w: {weights: in->exc, every: 10 ms}\n"
                           "  h: {weights: in->exc, every: 1 ms, histogram: {bins: 20}}\n"
                           "  rate: {rate: [in, exc, inh], bin: 0.1 ms}\n"
                           "report: {spikes: {exc: [rate, cv_isi, fano, peak_height]}}\n",
                           *seconds),
           2, "long");
}

static long memory_of(int seconds) {
    long memory = hk_test_memory_of(record_all, &seconds);
    hk_test_remove_all(in_folder("long"));
    return memory;
}

/* What is kept grows with neither: blocks of the recording, which a longer run touches all of. */
START_TEST(memory_doesnt_grow_with_the_run_whatever_is_recorded) {
    enum { BLOCKS = HK_RECORDING_BLOCKS * 1024 };
    if (HK_TEST_SANITIZED) hk_test_skip("the sanitizers keep what is given back");
    int seconds = getenv("HILLOCK_TEST_LONG") ? 20 : 2;
    long once = memory_of(seconds), ten = memory_of(10 * seconds);
    ck_assert_msg(ten < once + BLOCKS, "%ld KiB and %ld KiB", once, ten);
}
END_TEST

Suite *suite_io_recorder(void) {
    Suite *suite = suite_create("io/recorder");
    TCase *tcase = tcase_create("recorder");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, states_at_even_times_are_a_report);
    tcase_add_test(tcase, a_spike_takes_a_frame);
    tcase_add_test(tcase, rates_are_counts_of_what_is_recorded);
    tcase_add_test(tcase, a_part_of_the_spikes_is_recorded);
    tcase_add_loop_test(tcase, weights_over_time_are_those_of_shorter_runs, 0,
                        (int)HK_COUNT(precisions));
    tcase_add_test(tcase, where_there_are_no_synapses_there_are_no_weights);
    tcase_add_test(tcase, histograms_count_every_weight_once);
    tcase_add_test(tcase, memory_doesnt_grow_with_the_run_whatever_is_recorded);
    tcase_add_test(tcase, samples_are_counted_in_each_phase);
    tcase_add_loop_test(tcase, what_is_recorded_does_not_depend_on_the_number_of_threads, 0,
                        (int)HK_COUNT(clocks));
    tcase_add_loop_test(tcase, what_happens_does_not_depend_on_what_is_recorded, 0,
                        (int)HK_COUNT(clocks));
    suite_add_tcase(suite, tcase);
    return suite;
}
