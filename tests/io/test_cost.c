/* Estimates against what runs of shipped experiments took. */
#include "io/cost.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/runner.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

static struct hk_experiment experiment;
static struct hk_cost cost;
static struct hk_err err;

static void estimate(const char *path, const char *const *defines, size_t count, double rate_hz) {
    const struct hk_experiment_options options = {.path = path,
                                                  .defines = defines,
                                                  .define_count = count,
                                                  .threads = 2};
    err = (struct hk_err){.code = HK_OK};
    ck_assert_msg(hk_experiment_read(&experiment, &options, &err), "%s", err.message);
    ck_assert_msg(hk_cost_estimate(&experiment, rate_hz, &cost, &err), "%s", err.message);
}

static void expect_near(const char *what, double estimated, double found, double part) {
    ck_assert_msg(fabs(estimated - found) <= part * found, "%s: %g, not %g", what, estimated,
                  found);
}

static const struct {
    const char *path, *defines[3];
    size_t count;
} shipped[] = {
    {"experiments/adaptation.yaml", {NULL}, 0},
    {"experiments/biolcnet-conditioning.yaml",
     {"data={set: digits, train: 4000, test: 1, crop: [22, 22]}", "protocol.1.take=10",
      "protocol.2.take=10"},
     3},
    {"experiments/biolcnet-mnist.yaml",
     {"data={set: digits, train: 10001, test: 1, crop: [22, 22]}", "params.features=1",
      "params.images=1"},
     3},
    {"experiments/brunel.yaml", {"params.order=500"}, 1},
    {"experiments/desire-mnist.yaml", {"data={set: digits, train: 1, test: 1}"}, 1},
    {"experiments/mnist-latency.yaml",
     {"data={set: digits, train: 60000, test: 1}", "params.images=1"},
     2},
    {"experiments/mnist-stdp-400.yaml",
     {"data={set: digits, train: 60000, test: 1}", "params.images=100"},
     2},
    {"experiments/quickstart.yaml", {NULL}, 0},
    {"experiments/short-term-plasticity.yaml", {NULL}, 0},
    {"experiments/stdp-window.yaml", {NULL}, 0},
    {"bench/cuba.yaml", {"clock=exact", "resolution=1 us"}, 2},
    {"bench/sparse-deep.yaml", {"clock=exact", "resolution=1 ns"}, 2},
    {"experiments/brunel.yaml", {"params.order=500", "clock=exact", "resolution=1 us"}, 3},
    {"experiments/short-term-plasticity.yaml", {"clock=exact", "resolution=1 us"}, 2},
    {"experiments/stdp-window.yaml", {"clock=exact", "resolution=1 us"}, 2},
    {"bench/silent-million.yaml", {"clock=exact", "params.neurons=50000"}, 2},
    {"bench/microcircuit-scaled.yaml", {"clock=exact", "resolution=1 us"}, 2},
    {"bench/brunel-stdp.yaml", {"clock=exact", "resolution=1 us", "params.order=500"}, 3},
};

/* UCR's series come from files; the microcircuit is too large for a test. */
START_TEST(memory_is_within_a_fifth_of_what_is_built) {
    estimate(shipped[_i].path, shipped[_i].defines, shipped[_i].count, 5.0);
    ck_assert_msg(hk_sim_build(experiment.sim, &err), "%s", err.message);
    expect_near("memory", cost.network_bytes, (double)hk_sim_memory(experiment.sim), 0.2);
    hk_experiment_finish(&experiment);
}
END_TEST

/* Given the rate that the neurons will have. */
static void expect_run(const char *path, const char *const *defines, size_t count, double rate_hz,
                       double part) {
    char folder[4096 + 8];
    struct hk_run_summary summary;
    (void)snprintf(folder, sizeof folder, "%s/out", hk_test_folder());
    estimate(path, defines, count, rate_hz);
    const struct hk_run_options options = {.folder = folder};
    ck_assert_msg(hk_run_experiment(&experiment, &options, &summary, &err), "%s", err.message);
    expect_near("spikes", cost.spikes, (double)summary.counts.spikes, part);
    expect_near("events", cost.events, (double)summary.counts.events, part);
    if (!cost.is_exact)
        expect_near("neuron steps", cost.updates, (double)summary.counts.updates, part);
    expect_near("synapses", cost.synapses, (double)summary.synapses, 0.01);
    hk_experiment_finish(&experiment);
}

START_TEST(work_is_foreseen_where_the_rates_are_known) {
    const char *const small[] = {"params.order=250", "duration=100 ms", "report={}"};
    expect_run("experiments/brunel.yaml", small, 3, 79.0, 0.05);
}
END_TEST

/* Both arrive at units: what comes from sources and neurons, and what drives send. */
START_TEST(the_exact_clock_costs_what_arrives) {
    static const char *const small[] = {"clock=exact", "resolution=1 ns", "params.order=250",
                                        "duration=100 ms", "report={}"};
    expect_run("experiments/brunel.yaml", small, HK_COUNT(small), 79.0, 0.1);
    ck_assert(cost.is_exact);
    ck_assert_double_eq(cost.updates, 0.0);
    double arrivals = cost.events + cost.pulses;
    expect_near("run", cost.run_s * cost.threads, 1e-9 * HK_COST_JUMP * arrivals, 0.1);
}
END_TEST

/* The same network, with and without plasticity: the difference is what its events cost more. In
 * rows that learn late, with one delay and with 11, and at once, as traces that last for more than
 * 2^22 ticks need. */
START_TEST(events_that_teach_cost_more) {
    static const struct {
        const char *size, *delay, *tau;
        double price;
    } rows[] = {{"populations.out.size=4000", "1 ms", "tau_minus: 20 ms", HK_COST_LATE},
                {"populations.out.size=50", "1 ms", "tau_minus: 419000 ms", HK_COST_LATE},
                {"populations.out.size=50", "1 ms", "tau_minus: 420000 ms", HK_COST_LEARN},
                {"populations.out.size=50", "1 ms", "tau_plus: 420000 ms", HK_COST_LEARN},
                {"populations.out.size=50", "{uniform: [1 ms, 2 ms]}", "mu: 1", HK_COST_MANY},
                {"populations.out.size=4000", "{uniform: [1 ms, 2 ms]}", "mu: 1", HK_COST_MANY}};
    char delay[60], rule[160];
    (void)snprintf(rule, sizeof rule,
                   "projections.in->out.plasticity={rule: stdp-pair, a_plus: 0 pA, a_minus: 0 pA, "
                   "w_max: 9 pA, %s}",
                   rows[_i].tau);
    (void)snprintf(delay, sizeof delay, "projections.in->out.delay=%s", rows[_i].delay);
    const char *const defines[] = {rows[_i].size, delay, rule};
    const char *path = hk_test_write("rows.yaml", "name: rows\nduration: 1 s\npopulations:\n"
                                                  "  in: {size: 50, source: {regular: 5 ms}}\n"
                                                  "  out: {model: lif, size: 50}\n"
                                                  "projections:\n"
                                                  "  in->out: {connect: {rule: probability, p: "
                                                  "0.5}, weight: 1 pA, delay: 1 ms}\n");
    estimate(path, defines, 2, 5.0);
    double plain = cost.run_s * cost.threads;
    hk_experiment_finish(&experiment);
    estimate(path, defines, 3, 5.0);
    ck_assert_double_gt(cost.events, 1e5);
    expect_near("more", cost.run_s * cost.threads - plain,
                1e-9 * (rows[_i].price - HK_COST_ROW) * cost.events, 1e-6);
    hk_experiment_finish(&experiment);
}
END_TEST

static const char driven[] = "name: driven\nclock: exact\nduration: 10 s\npopulations:\n"
                             "  exc: {model: lif, size: 40, receptors: {in: exp},\n"
                             "        drive: {poisson: 50 Hz, weight: 1 pA}}\n";

/* 40 units, 50 pulses a second each, 10 s; six standard deviations. */
START_TEST(pulses_of_drives_are_counted_on_the_exact_clock_alone) {
    const char *const grid[] = {"clock=grid"};
    estimate(hk_test_write("driven.yaml", driven), NULL, 0, 5.0);
    ck_assert_msg(fabs(cost.pulses - 20000.0) <= 6.0 * sqrt(20000.0), "%g", cost.pulses);
    ck_assert_double_ge(cost.run_s * cost.threads, 1e-9 * HK_COST_WAY * cost.pulses);
    hk_experiment_finish(&experiment);
    estimate(hk_test_write("driven.yaml", driven), grid, 1, 5.0);
    ck_assert_double_eq(cost.pulses, 0.0);
    hk_experiment_finish(&experiment);
}
END_TEST

/* Without retries, and with quiet neurons. */
START_TEST(work_of_a_protocol_is_foreseen_from_its_samples) {
    const char *const few[] = {"data={set: digits, train: 200, test: 20}",
                               "protocol=[{phase: train, data: train, take: 100, show: 200 ms, "
                               "rest: 100 ms, learn: true}, {phase: test, data: test, show: 200 "
                               "ms, epochs: 2}]",
                               "record={}"};
    expect_run("experiments/quickstart.yaml", few, 3, 0.3, 0.1);
    ck_assert_uint_eq(cost.presentations, 140);
    ck_assert_double_eq(cost.simulated_ms, 100 * 300.0 + 40 * 200.0);
}
END_TEST

START_TEST(recorded_spikes_and_weights_make_the_output) {
    estimate("experiments/quickstart.yaml", NULL, 0, 0.0);
    double whole = cost.output_bytes;
    hk_experiment_finish(&experiment);
    const char *const none[] = {"record={}"};
    estimate("experiments/quickstart.yaml", none, 1, 0.0);
    /* 78400 weights, 100 thresholds and their rounding errors. */
    ck_assert_double_eq(cost.output_bytes, HK_COST_FILE + 78400 * 4 + 100 * 2 * 8);
    ck_assert_double_gt(whole, cost.output_bytes + HK_COST_RECORD * 1e6);
    hk_experiment_finish(&experiment);
    const char *const twice[] = {"record={}", "precision=double"};
    estimate("experiments/quickstart.yaml", twice, 2, 0.0);
    ck_assert_double_eq(cost.output_bytes, HK_COST_FILE + 78400 * 8 + 100 * 2 * 8);
    hk_experiment_finish(&experiment);
    /* Source and target of each, too. */
    const char *const list[] = {"record={}",
                                "projections.input->exc.connect={rule: fixed-indegree, n: 100}"};
    estimate("experiments/quickstart.yaml", list, 2, 0.0);
    ck_assert_double_eq(cost.output_bytes, HK_COST_FILE + 10000 * 12 + 100 * 2 * 8);
    hk_experiment_finish(&experiment);
}
END_TEST

Suite *suite_io_cost(void) {
    Suite *suite = suite_create("io/cost");
    TCase *tcase = tcase_create("cost");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_loop_test(tcase, memory_is_within_a_fifth_of_what_is_built, 0,
                        (int)HK_COUNT(shipped));
    tcase_add_test(tcase, work_is_foreseen_where_the_rates_are_known);
    tcase_add_test(tcase, the_exact_clock_costs_what_arrives);
    tcase_add_loop_test(tcase, events_that_teach_cost_more, 0, 6);
    tcase_add_test(tcase, pulses_of_drives_are_counted_on_the_exact_clock_alone);
    tcase_add_test(tcase, work_of_a_protocol_is_foreseen_from_its_samples);
    tcase_add_test(tcase, recorded_spikes_and_weights_make_the_output);
    suite_add_tcase(suite, tcase);
    return suite;
}
