/* An experiment with data, learning and a protocol, on both clocks. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/models.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static const char experiment[] =
    "name: clocks\n"
    "resolution: 0.1 ms\n"
    "precision: double\n"
    "data: {set: digits, train: 30, test: 10}\n"
    "populations:\n"
    "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 100 Hz}}\n"
    "  exc:\n"
    "    {model: alif, size: 20, theta_plus: 0.5 mV, tau_theta: 1 s,\n"
    "     receptors: {exc: exp, inh: exp}, tau_exc: 3 ms}\n"
    "projections:\n"
    "  input->exc:\n"
    "    connect: all-to-all\n"
    "    receptor: exc\n"
    "    weight: {uniform: [0 pA, 20 pA]}\n"
    "    plasticity: {rule: stdp-pair, a_plus: 1 pA, a_minus: 0.2 pA, w_max: 60 pA}\n"
    "    normalise: 6000 pA\n"
    "  exc->exc:\n"
    "    {connect: {rule: all-to-all, except: same-index}, receptor: inh, weight: -300 pA,\n"
    "     delay: 1 ms}\n"
    "readouts:\n"
    "  digits: {model: label-rate, from: exc}\n"
    "protocol:\n"
    "  - {phase: train, data: train, show: 50 ms, rest: 20 ms, learn: true, reset: true,\n"
    "     retry: {population: exc, below: 3}}\n"
    "  - {phase: label, data: train, show: 50 ms, rest: 20 ms, label: digits}\n"
    "  - {phase: test, data: test, show: 50 ms, rest: 20 ms, evaluate: digits}\n"
    "record: {spikes: [input, exc]}\n"
    "report: {spikes: {exc: [rate, cv_isi, fano]}}\n";

/* Every kind of phase, read-out, reward, signal and recorder: a new one belongs in here, too. */
static const char whole[] =
    "name: whole\n"
    "resolution: 0.1 ms\n"
    "precision: double\n"
    "data: {set: digits, train: 60, test: 20}\n"
    "signals:\n"
    "  reward: {rule: prediction-error, right: 1, wrong: 1, rate: 0.05, window: 5}\n"
    "  fixed: {rule: fixed, right: 1, wrong: -0.5}\n"
    "  dopamine: {from: exc, amount: 0.02, tau: 40 ms, delay: 0.7 ms}\n"
    "populations:\n"
    "  input: {shape: [28, 28], source: {encoder: latency, window: 20 ms, x_min: 0.1},\n"
    "      dropout: 0.2}\n"
    "  beat: {size: 3, source: {regular: 7 ms, stagger: 0.3 ms}}\n"
    "  exc:\n"
    "    {model: alif, size: 40, theta_plus: 0.2 mV, tau_theta: 300 ms, dropout: 0.1,\n"
    "     receptors: {exc: exp, inh: alpha}, drive: {step: 50 pA, from: 100 ms, to: 900 ms}}\n"
    "  out: {model: lif, size: 10, receptors: {exc: exp, inh: exp}, i_e: 350 pA}\n"
    "projections:\n"
    "  input->exc:\n"
    "    connect: {rule: probability, p: 0.5}\n"
    "    weight: {uniform: [0 pA, 80 pA]}\n"
    "    plasticity: {rule: stdp-triplet, a_plus: 1 pA, a3_plus: 0.5 pA,\n"
    "        a_minus: 0.3 pA, a3_minus: 0.1 pA, w_max: 120 pA}\n"
    "    normalise: 24 nA\n"
    "  beat->exc: {connect: all-to-all, weight: 60 pA, synapse: tsodyks-markram}\n"
    "  exc->out:\n"
    "    connect: all-to-all\n"
    "    weight: {uniform: [0 pA, 100 pA]}\n"
    "    delay: 0.8 ms\n"
    "    plasticity: {rule: r-stdp, signal: reward, a_plus: 2 pA, a_minus: 1 pA,\n"
    "        tau_c: 50 ms, w_max: 150 pA}\n"
    "  exc->exc:\n"
    "    connect: {rule: all-to-all, except: same-index}\n"
    "    receptor: inh\n"
    "    weight: -15 pA\n"
    "    delay: {uniform: [0.5 ms, 2 ms]}\n"
    "readouts:\n"
    "  vote: {model: vote, from: out}\n"
    "  argmax: {model: argmax, from: out}\n"
    "  rate: {model: label-rate, from: exc}\n"
    "protocol:\n"
    "  - {phase: features, data: train, of_class: 3, take: 4, shuffle: true, epochs: 2,\n"
    "      show: 40 ms, rest: 10.3 ms,\n"
    "     learn: [input->exc], retry: {population: exc, below: 5, most: 2}}\n"
    "  - {phase: label, data: train, take: 10, show: 40 ms, reset: true, adapt: false,\n"
    "      label: rate}\n"
    "  - {phase: running, data: train, skip: 20, take: 10, show: 40 ms,\n"
    "      learn: [input->exc], drop: false, running: rate, window: 5}\n"
    "  - {phase: decoder, data: train, skip: 20, take: 10, show: 60 ms, read: [20 ms,\n"
    "      40 ms], reset: true,\n"
    "     learn: [exc->out], evaluate: vote, reward: reward, average: 5}\n"
    "  - {phase: again, data: train, take: 6, show: 60 ms, read: [20 ms, 40 ms], wanted: 4,\n"
    "     learn: true, evaluate: vote, reward: fixed}\n"
    "  - {phase: test, data: test, take: 10, show: 40 ms, rest: 5 ms, evaluate: rate}\n"
    "  - {phase: most, data: test, take: 6, show: 40 ms, evaluate: argmax}\n"
    "record:\n"
    "  spikes: [input, exc, out]\n"
    "  vm: {state: exc.v, only: [3, 5], every: 1.7 ms, in: [features, decoder]}\n"
    "  fired: {state: out.v, on: spike of exc, in: [test]}\n"
    "  theta: {state: exc.theta, every: 7 samples}\n"
    "  w: {weights: exc->out, every: 10 samples}\n"
    "  h: {weights: input->exc, every: 9 samples, histogram: {bins: 7}}\n"
    "  r: {rate: [exc, out], bin: 3 ms, in: [test]}\n"
    "report: {spikes: {exc: [rate, cv_isi, fano, count_cv, peak_frequency]}}\n";

static struct program program;

static void run(const char *file, const char *setting, const char *folder) {
    program_run(&program, "run", "-q", file, "-D", setting, "-o", folder);
    ck_assert_msg(program.status == 0, "%s", program.err);
}

/* What was recorded, counted, reported and answered with the ticks of the grid. */
static void compare(const char *file) {
    run(file, "clock=grid", "a");
    run(file, "clock=exact", "b");
    program_run(&program, "diff", "a", "b");
    ck_assert_ptr_nonnull(strstr(program.out, "spikes/exc"));
    ck_assert_ptr_null(strstr(program.out, "only in"));
    ck_assert_ptr_null(strstr(program.out, "metrics/"));
    ck_assert_ptr_null(strstr(program.out, "network/"));
    for (const char *line = program.out; (line = strstr(line, "spikes/")); line++)
        ck_assert_ptr_nonnull(strstr(line, "spikes each; identical\n"));
}

/* With the ticks of the grid: what was recorded, counted, reported and answered is the same;
 * weights and thresholds are but for rounding, which diff shows. */
START_TEST(both_clocks_record_and_report_the_same) {
    program_write_file("clocks.yaml", experiment);
    compare("clocks.yaml");
}
END_TEST

/* 2800 spikes. (A hump of V that is above the threshold within a step alone is a spike on the exact
 * clock and none on a grid: some one in a thousand here, and by chance none among these.) */
START_TEST(all_kinds_of_phases_and_recorders_do_the_same_on_both_clocks) {
    static const enum hk_model_kind kinds[] = {HK_KIND_READOUT, HK_KIND_REWARD};
    const struct hk_model *model;
    for (size_t k = 0; k < HK_COUNT(kinds); k++)
        for (size_t i = 0; (model = hk_model_at(kinds[k], i)); i++)
            ck_assert_msg(strstr(whole, model->name) != NULL, "%s isn't in it", model->name);
    program_write_file("whole.yaml", whole);
    compare("whole.yaml");
    static const char *const same[] = {"frames/w/", "frames/h/", "frames/r/", "weights/"};
    for (size_t k = 0; k < HK_COUNT(same); k++) ck_assert_ptr_null(strstr(program.out, same[k]));
    ck_assert_ptr_nonnull(strstr(program.out, "frames/fired/data"));
    ck_assert_ptr_nonnull(strstr(program.out, "frames/vm/data"));
    for (const char *at = program.out; (at = strstr(at, "values, first at [")); at++) {
        double a, b;
        const char *values = strstr(at, "]: ");
        ck_assert_ptr_nonnull(values);
        ck_assert_int_eq(sscanf(values, "]: %lf and %lf", &a, &b), 2);
        ck_assert_double_eq_tol(a, b, 1e-9);
    }
}
END_TEST

START_TEST(what_learns_step_by_step_is_refused_by_name) {
    program_write_file("desire.yaml",
                       "name: desire\n"
                       "clock: exact\n"
                       "data: {set: digits, train: 10, test: 10}\n"
                       "populations:\n"
                       "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 100 Hz}}\n"
                       "  out: {model: lif, size: 10, receptors: {exc: exp}}\n"
                       "projections:\n"
                       "  input->out:\n"
                       "    connect: all-to-all\n"
                       "    weight: 1 pA\n"
                       "    plasticity: {rule: desire, threshold: 0.1, target_spikes: 3,\n"
                       "                 learning_rate: 1 pA, tau: 5 ms}\n"
                       "protocol:\n"
                       "  - {phase: train, data: train, show: 50 ms, learn: true, teach: out}\n");
    program_run(&program, "check", "desire.yaml");
    ck_assert_int_ne(program.status, 0);
    ck_assert_ptr_nonnull(strstr(program.err, "input->out: desire learns from presentations, step "
                                              "by step; use clock: grid"));
}
END_TEST

Suite *suite_cli_clocks(void) {
    Suite *suite = suite_create("cli/clocks");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, both_clocks_record_and_report_the_same);
    tcase_add_test(all, all_kinds_of_phases_and_recorders_do_the_same_on_both_clocks);
    tcase_add_test(all, what_learns_step_by_step_is_refused_by_name);
    suite_add_tcase(suite, all);
    return suite;
}
