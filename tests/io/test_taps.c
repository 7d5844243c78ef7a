/* What a run hears of its populations, kept and measured side by side. */
#include "io/taps.h"

#include <check.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "io/results_read.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct program program;
static struct hk_arena *arena;
static struct hk_results_file *file;

static void teardown(void) {
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void open_results(void) {
    struct hk_err err = {0};
    ck_assert_msg(program.status == 0, "%s", program.err);
    ck_assert_ptr_nonnull(arena = hk_arena_create(&err));
    file = hk_results_read_open(arena, program_path("out"), &err);
    ck_assert_msg(file != NULL, "%s", err.message);
}

static void run(const char *text) {
    program_write_file("x.yaml", text);
    program_run(&program, "run", "-q", "x.yaml", "-o", "out");
    open_results();
}

static double number(const char *path) {
    struct hk_err err = {0};
    double value = 0.0;
    ck_assert_msg(hk_results_read_number(file, path, &value, &err), "%s", err.message);
    return value;
}

static bool has(const char *path) {
    double value;
    return hk_results_read_number(file, path, &value, NULL);
}

static size_t recorded(const char *population) {
    struct hk_results_raster raster;
    struct hk_err err = {0};
    ck_assert_msg(hk_results_read_spikes(file, population, &raster, &err), "%s", err.message);
    return raster.count;
}

/* Unit 0 of `in` has the intervals 10, 10 and 20 ms behind 5 ms; unit 1 fires once. */
START_TEST(a_population_is_recorded_and_measured_at_once) {
    run("name: r\nresolution: 0.1 ms\n"
        "populations:\n"
        "  in: {size: 2, source: {spikes: [1 ms, 10 ms, 20 ms, 25 ms, 30 ms, 50 ms],"
        " units: [1, 0, 0, 1, 0, 0]}}\n"
        "  other: {size: 1, source: {spikes: [5 ms]}}\n"
        "duration: 55 ms\n"
        "record: {spikes: [in]}\n"
        "report: {spikes: {in: [rate, cv_isi, cv_neurons, count_cv], other: [rate]}, from: 5 "
        "ms}\n");
    ck_assert_uint_eq(recorded("in"), 6);
    ck_assert_double_eq_tol(number("metrics/spikes/in/rate"), 5 / 0.05 / 2, 1e-9);
    ck_assert_double_eq_tol(number("metrics/spikes/in/cv_isi"),
                            sqrt((100 + 100 + 400) / 3.0 - 1600 / 9.0) / (40 / 3.0), 1e-12);
    ck_assert_double_eq(number("metrics/spikes/in/cv_neurons"), 1.0);
    ck_assert_double_eq_tol(number("metrics/spikes/in/count_cv"), sqrt(0.1 * 0.9) / 0.1, 1e-12);
    ck_assert_double_eq(number("metrics/spikes/other/rate"), 0.0); /* 5 ms is before the window */
    ck_assert_str_eq(hk_results_read_unit(file, "metrics/spikes/in/rate"), "Hz");
    ck_assert(!has("metrics/spikes/in/fano") && !has("metrics/spikes/other/cv_isi"));
}
END_TEST

static const char phases[] =
    "name: p\nresolution: 0.5 ms\n"
    "data: {set: digits, train: 30, test: 20}\n"
    "populations:\n"
    "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 63.75 Hz}}\n"
    "  exc: {size: 20, model: lif}\n"
    "projections: {input->exc: {connect: all-to-all, weight: {uniform: [0 pA, 100 pA]}}}\n"
    "protocol:\n"
    "  - {phase: first, data: train, take: 10, show: 50 ms}\n"
    "  - {phase: second, data: test, take: 20, show: 50 ms}\n"
    "record: {spikes: [exc], in: [first]}\n";

/* Without rests, the time that is shown is all the time. */
START_TEST(each_phase_is_measured_by_itself) {
    char text[2048];
    (void)snprintf(text, sizeof text, "%sreport: {spikes: {exc: [rate], input: [rate]}}\n", phases);
    run(text);
    static const char *const names[] = {"first", "second"}, *const pops[] = {"exc", "input"};
    for (size_t i = 0; i < HK_COUNT(names); i++)
        for (size_t k = 0; k < HK_COUNT(pops); k++) {
            char path[64], shown[64];
            (void)snprintf(path, sizeof path, "metrics/%s/spikes/%s/rate", names[i], pops[k]);
            (void)snprintf(shown, sizeof shown, "metrics/%s/rate/%s", names[i], pops[k]);
            ck_assert_double_gt(number(path), 0.0);
            ck_assert_double_eq_tol(number(path), number(shown), 1e-9 * number(shown));
        }
    ck_assert_uint_eq(recorded("exc"), (size_t)lround(number("metrics/first/rate/exc") * 20 * 0.5));
}
END_TEST

START_TEST(phases_can_be_chosen) {
    char text[2048];
    (void)snprintf(text, sizeof text, "%sreport: {spikes: {exc: [rate]}, in: [second]}\n", phases);
    run(text);
    ck_assert(has("metrics/second/spikes/exc/rate"));
    ck_assert(!has("metrics/first/spikes/exc/rate"));
}
END_TEST

/* The four states of Brunel (2000, figure 8), model A in full size; bounds around three seeds of
 * another program for the same network. */
static const struct {
    const char *g, *eta, *duration;
    double rate[2], cv_isi[2], count_cv[2], peak[2];
} states[] = {
    {"params.g=3",
     "params.eta=2",
     "duration=400 ms",
     {325, 340},
     {0, 0.05},
     {0.6, 0.8},
     {325, 340}},
    {"params.g=6", "params.eta=4", "duration=1.2 s", {56, 62.5}, {0.7, 0.95}, {0.7, 1}, {165, 205}},
    {"params.g=5",
     "params.eta=2",
     "duration=1.2 s",
     {36, 39.5},
     {0.38, 0.47},
     {0.4, 0.65},
     {90, 170}},
    {"params.g=4.5",
     "params.eta=0.9",
     "duration=2.2 s",
     {5.3, 6.5},
     {0.58, 0.75},
     {1.4, 2.5},
     {12, 45}},
};

static void expect_within(const char *measure, const double bounds[2]) {
    char path[64];
    (void)snprintf(path, sizeof path, "metrics/spikes/exc/%s", measure);
    ck_assert_double_ge(number(path), bounds[0]);
    ck_assert_double_le(number(path), bounds[1]);
}

START_TEST(the_states_of_brunel_are_told_apart) {
    hk_test_only_long();
    char path[PATH_MAX];
    ck_assert_ptr_nonnull(realpath("experiments/brunel.yaml", path));
    program_run(&program, "run", "-q", path, "-D", states[_i].g, "-D", states[_i].eta, "-D",
                states[_i].duration, "-D", "record={}", "-o", "out");
    open_results();
    expect_within("rate", states[_i].rate);
    expect_within("cv_isi", states[_i].cv_isi);
    expect_within("count_cv", states[_i].count_cv);
    expect_within("peak_frequency", states[_i].peak);
    ck_assert_double_eq_tol(number("metrics/spikes/inh/rate"), number("metrics/spikes/exc/rate"),
                            0.8);
}
END_TEST

Suite *suite_io_taps(void) {
    Suite *suite = suite_create("io/taps");
    TCase *tcase = tcase_create("taps");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_population_is_recorded_and_measured_at_once);
    tcase_add_test(tcase, each_phase_is_measured_by_itself);
    tcase_add_test(tcase, phases_can_be_chosen);
    tcase_add_loop_test(tcase, the_states_of_brunel_are_told_apart, 0, (int)HK_COUNT(states));
    suite_add_tcase(suite, tcase);
    return suite;
}
