/* An experiment with data, learning and a protocol, on both clocks. */
#include <check.h>
#include <string.h>

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

static struct program program;

static void run(const char *setting, const char *folder) {
    program_run(&program, "run", "-q", "clocks.yaml", "-D", setting, "-o", folder);
    ck_assert_msg(program.status == 0, "%s", program.err);
}

/* With the ticks of the grid: what was recorded, counted, reported and answered is the same;
 * weights and thresholds are but for rounding, which diff shows. */
START_TEST(both_clocks_record_and_report_the_same) {
    program_write_file("clocks.yaml", experiment);
    run("clock=grid", "a");
    run("clock=exact", "b");
    program_run(&program, "diff", "a", "b");
    ck_assert_ptr_nonnull(strstr(program.out, "spikes/exc"));
    ck_assert_ptr_null(strstr(program.out, "only in"));
    ck_assert_ptr_null(strstr(program.out, "metrics/"));
    for (const char *line = program.out; (line = strstr(line, "spikes/")); line++)
        ck_assert_ptr_nonnull(strstr(line, "spikes each; identical\n"));
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
    tcase_add_test(all, what_learns_step_by_step_is_refused_by_name);
    suite_add_tcase(suite, all);
    return suite;
}
