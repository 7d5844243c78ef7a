/* What is measured of a network: counts and sizes that are known beforehand, and times that can be
 * none but positive. */
#include "io/bench.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

/* Each of 50 neurons is driven to one spike after another; each has 20 synapses out of it. */
static const char driven[] = "name: driven\n"
                             "resolution: 0.1 ms\n"
                             "duration: 3 s\n"
                             "params: {until: 0}\n"
                             "populations:\n"
                             "  extra: {size: 7, source: {poisson: 0 Hz}}\n"
                             "  a:\n"
                             "    {size: 50, model: lif, receptors: {all: exp},\n"
                             "     drive: {step: 1000 pA, to: = until * 1 ms}}\n"
                             "projections:\n"
                             "  a->a: {connect: {rule: fixed-total, n: 1000}, weight: 0.001 pA,\n"
                             "         delay: 1 ms}\n";

static struct hk_bench_measure measure;

static bool run(const char *text, const char *define, struct hk_err *err) {
    program_write_file("network.yaml", text);
    const struct hk_experiment_options options = {.path = program_path("network.yaml"),
                                                  .defines = &define,
                                                  .define_count = define != NULL,
                                                  .threads = 2};
    return hk_bench_run(&options, 0.0, &measure, err);
}

static void run_well(const char *text, const char *define) {
    struct hk_err err = {0};
    ck_assert_msg(run(text, define, &err), "%s", err.message);
}

START_TEST(counts_are_those_of_the_network) {
    run_well(driven, NULL);
    ck_assert_str_eq(measure.name, "driven");
    ck_assert_int_eq(measure.threads, 2);
    ck_assert_uint_eq(measure.neurons, 50);
    ck_assert_uint_eq(measure.synapses, 1000);
    ck_assert_double_eq_tol(measure.bio_s, 3, 1e-9);
    ck_assert_uint_eq(measure.counts.updates, 50 * UINT64_C(30000));
    /* Spikes of the last millisecond haven't arrived: at most two of each neuron. */
    uint64_t all = measure.counts.spikes * 20;
    ck_assert_uint_gt(measure.counts.spikes, 50 * UINT64_C(100));
    ck_assert_uint_le(measure.counts.events, all);
    ck_assert_uint_ge(measure.counts.events, all - 2 * UINT64_C(1000));
    ck_assert_uint_eq(measure.rate_count, 1);
    ck_assert_str_eq(measure.rates[0].name, "a");
    ck_assert_double_eq_tol(measure.rates[0].hz, (double)measure.counts.spikes / (50 * 3), 1e-9);
    ck_assert(measure.build_s > 0 && measure.sim_s > 0 && measure.cpu_s > 0);
    ck_assert(measure.memory >= measure.memory_before && measure.memory_before > 0);
}
END_TEST

/* 50 neurons, 200 Hz, 3 s: 30,000 pulses, and five standard deviations of that. Synapses carry
 * spikes of neurons and of a source, which are events. */
START_TEST(events_and_pulses_are_counted_apart_on_both_clocks) {
    static const char *const clocks[] = {"clock=grid", "clock=exact"};
    run_well("name: pulsed\n"
             "resolution: 0.1 ms\n"
             "duration: 3 s\n"
             "populations:\n"
             "  in: {size: 10, source: {regular: 100 ms}}\n"
             "  a:\n"
             "    {size: 50, model: lif, receptors: {all: delta},\n"
             "     drive: {poisson: 200 Hz, weight: 1 mV}}\n"
             "projections:\n"
             "  in->a: {connect: all-to-all, weight: 20 mV, delay: 1 ms}\n",
             clocks[_i]);
    ck_assert_uint_eq(measure.counts.events, UINT64_C(10) * 50 * 29); /* one is under way */
    ck_assert_double_eq_tol((double)measure.counts.pulses, 30000, 5 * sqrt(30000));
}
END_TEST

/* Counted from a start that the caller names, here as long ago as the machine runs. */
START_TEST(the_first_spike_is_waited_for_from_the_start) {
    run_well(driven, NULL);
    ck_assert_double_gt(measure.first_spike_s, measure.build_s);
    run_well(driven, "populations.a.drive=[{step: 0 pA}]");
    ck_assert(isnan(measure.first_spike_s));
    run_well(driven, "populations.a.drive=[{step: 1000 pA, from: 500 ms}]"); /* too late */
    ck_assert(measure.alive);
    ck_assert(isnan(measure.first_spike_s));
}
END_TEST

/* The last second of three is what counts. */
START_TEST(a_network_that_fell_silent_is_not_alive) {
    run_well(driven, NULL);
    ck_assert(measure.alive);
    run_well(driven, "params.until=2100");
    ck_assert(measure.alive);
    run_well(driven, "params.until=1990");
    ck_assert(!measure.alive);
    ck_assert_double_gt(measure.rates[0].hz, 10);
}
END_TEST

START_TEST(a_protocol_is_measured_over_its_presentations) {
    run_well("name: digits\n"
             "data: {set: digits, train: 30, test: 20}\n"
             "resolution: 0.5 ms\n"
             "populations:\n"
             "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 200 Hz}}\n"
             "  exc: {size: 20, model: lif}\n"
             "projections:\n"
             "  input->exc: {connect: all-to-all, weight: 50 pA}\n"
             "protocol:\n"
             "  - {phase: a, data: train, show: 100 ms, rest: 50 ms}\n"
             "  - {phase: b, data: test, show: 100 ms, rest: 50 ms}\n",
             NULL);
    ck_assert(measure.alive);
    ck_assert_double_eq_tol(measure.bio_s, 50 * 0.15, 1e-9);
    ck_assert_uint_eq(measure.rate_count, 1);
    ck_assert_str_eq(measure.rates[0].name, "exc");
    ck_assert_double_gt(measure.rates[0].hz, 1);
}
END_TEST

START_TEST(ratios_follow_from_what_was_measured) {
    const struct hk_bench_measure m = {.threads = 2,
                                       .synapses = 1000,
                                       .bio_s = 4,
                                       .sim_s = 3,
                                       .counts = {.events = 1000000000},
                                       .memory = 9000,
                                       .memory_before = 1000};
    const struct hk_bench_measure nothing = {.threads = 1, .bio_s = 1, .sim_s = 1};
    ck_assert_double_eq_tol(hk_bench_rtf(&m), 0.75, 1e-12);
    ck_assert_double_eq_tol(hk_bench_ns_per_event(&m), 6, 1e-12);
    ck_assert_double_eq_tol(hk_bench_bytes_per_synapse(&m), 8, 1e-12);
    ck_assert(isnan(hk_bench_ns_per_event(&nothing)));
    ck_assert(isnan(hk_bench_bytes_per_synapse(&nothing)));
}
END_TEST

START_TEST(an_experiment_that_is_wrong_is_refused) {
    struct hk_err err = {0};
    ck_assert(!run(driven, "populations.a.model=lief", &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.message, "lief"));
}
END_TEST

Suite *suite_io_bench(void) {
    Suite *suite = suite_create("io/bench");
    TCase *tcase = tcase_create("bench");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, counts_are_those_of_the_network);
    tcase_add_loop_test(tcase, events_and_pulses_are_counted_apart_on_both_clocks, 0, 2);
    tcase_add_test(tcase, the_first_spike_is_waited_for_from_the_start);
    tcase_add_test(tcase, a_network_that_fell_silent_is_not_alive);
    tcase_add_test(tcase, a_protocol_is_measured_over_its_presentations);
    tcase_add_test(tcase, ratios_follow_from_what_was_measured);
    tcase_add_test(tcase, an_experiment_that_is_wrong_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
