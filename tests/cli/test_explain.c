#include <check.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/failure.h"
#include "sim/types.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static const char plain[] =
    "name: plain\n"
    "about: two neurons and what drives them\n"
    "resolution: 0.5 ms\n"
    "seed: 9\n"
    "duration: = 2 * half\n"
    "params: {half: 25 ms, w: 90 pA}\n"
    "populations:\n"
    "  in: {size: 3, source: {regular: 5 ms}}\n"
    "  out:\n"
    "    size: 2\n"
    "    model: lif\n"
    "    tau_m: 0.02 s\n"
    "    init: {v: {uniform: [-70 mV, -60 mV]}, i_exc: {rectified-normal: [3 pA, 2 pA]}}\n"
    "    drive: {step: 400 pA, from: 10 ms}\n"
    "projections:\n"
    "  in->out: {connect: all-to-all, weight: {normal: [= w, 9 pA]}, delay: 1 ms}\n"
    "  out->out:\n"
    "    connect: one-to-one\n"
    "    weight: = -w\n"
    "    delay: {uniform: [0.5 ms, 3 ms]}\n"
    "    synapse: {model: tsodyks-markram, u: 0.25}\n"
    "record: {spikes: [out]}\n";

static const char digits[] =
    "name: learns\n"
    "data: {set: digits, train: 60, test: 20}\n"
    "populations:\n"
    "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 60 Hz}}\n"
    "  exc: {size: 20, model: lif, receptors: {exc: cond-exp}, e_exc: 0 mV}\n"
    "projections:\n"
    "  input->exc:\n"
    "    connect: all-to-all\n"
    "    weight: {uniform: [0 nS, 1 nS]}\n"
    "    plasticity: {rule: diehl-cook, a_plus: 1 nS, a_minus: 0.01 nS, w_max: 2 nS}\n"
    "    normalise: 40 nS\n"
    "readouts: {classes: {model: label-rate, from: exc}}\n"
    "protocol:\n"
    "  - {phase: train, data: train, skip: 10, take: 30, epochs: 2, shuffle: true, show: 100 ms,\n"
    "     rest: 50 ms, learn: true, retry: {population: exc, below: 5}}\n"
    "  - {phase: label, data: train, take: 9, show: 100 ms, label: classes}\n"
    "  - {phase: test, data: test, show: 100 ms, reset: true, evaluate: classes}\n";

static const char taught[] =
    "name: taught\n"
    "resolution: 1 ms\n"
    "data: {set: digits, train: 60, test: 20, crop: [22, 20]}\n"
    "populations:\n"
    "  in: {source: {encoder: regular, rate_max: 1 kHz}}\n"
    "  mid: {model: lif, size: 8, dropout: 0.2, receptors: {in: delta},\n"
    "        drive: {poisson: = 2 * r, weight: 0.5 mV}}\n"
    "  out: {model: lif, size: 10, receptors: {in: delta}}\n"
    "params: {r: 3 kHz}\n"
    "signals:\n"
    "  reward: {rule: fixed, right: 2}\n"
    "  dopamine: {from: mid, amount: 0.5, tau: 200 ms, delay: 1 ms}\n"
    "  level: {from: in}\n"
    "projections:\n"
    "  in->mid: {connect: all-to-all, weight: 1 mV,\n"
    "            plasticity: {rule: mstdp, signal: reward, rate: 1 mV, w_max: 9 mV}}\n"
    "  mid->mid: {connect: {rule: groups, groups: 4, layout: interleaved, except: same-index},\n"
    "             weight: -1 mV, delay: 1 ms}\n"
    "  mid->out: {connect: {rule: fixed-total, n: 30}, weight: 0 mV, delay: 1 ms}\n"
    "  in->out: {connect: all-to-all, weight: {normal: [0 mV, 1 mV]}, plasticity: {rule: desire,\n"
    "            threshold: 0.3, target_spikes: 5, learning_rate: 1 mV, tau: 5 ms}}\n"
    "  out->out: {connect: {rule: groups, groups: 5, reach: others}, weight: -1 mV, delay: 1 ms}\n"
    "readouts: {pair: {model: vote, from: out, classes: 2}, digits: {model: vote, from: out}}\n"
    "protocol:\n"
    "  - {phase: pay, data: train, of_class: 3, take: 2, wanted: 1, show: 30 ms,\n"
    "     read: [5 ms, 20 ms], learn: [in->mid], drop: false, evaluate: pair, reward: reward,\n"
    "     average: 7}\n"
    "  - {phase: lessons, data: train, show: 30 ms, learn: [in->out], teach: out,\n"
    "     evaluate: digits}\n"
    "report: {spikes: {out: [fano, rate], mid: [cv_isi]}, from: 5 ms, in: [lessons]}\n";

static struct program program;
static char words[PROGRAM_TEXT_MAX]; /* what it said, in one line */

static void keep_words(void) {
    size_t used = 0;
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    for (const char *at = program.out; *at; at++) {
        bool blank = *at == ' ' || *at == '\n';
        if (blank && used && words[used - 1] == ' ') continue;
        words[used++] = (char)(blank ? ' ' : *at);
    }
    words[used] = '\0';
}

static void explain(const char *name, const char *text) {
    program_write_file(name, text);
    program_run(&program, "explain", name);
    keep_words();
}

static void expect_parts(const char *const *parts, size_t count) {
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(strstr(words, parts[i]) != NULL, "no '%s' in: %s", parts[i], program.out);
}
#define EXPECT(...)                                                                                \
    expect_parts((const char *const[]){__VA_ARGS__}, HK_COUNT(((const char *const[]){__VA_ARGS__})))

START_TEST(populations_are_told_with_models_values_and_start) {
    explain("plain.yaml", plain);
    EXPECT("plain two neurons and what drives them",
           "in: 3 sources of spikes: ", "(regular: interval = 5 ms,",
           "out: 2 neurons of the model lif, leaky ", ": tau_m = 20 ms,",
           "Receptors: exc: current that jumps",
           "(exp: tau = 2 ms); inh:", "Drive: constant current",
           "(step: amplitude = 400 pA, from = 10 ms,",
           "Initially v is uniform from -70 mV to -60 mV.",
           "Initially i_exc is normal with mean 3 pA and deviation 2 pA, at least 0.");
}
END_TEST

START_TEST(projections_are_told_with_counts_signs_and_delays) {
    explain("plain.yaml", plain);
    EXPECT("in->out: every source reaches every target", "6 synapses expected, 3 a target.",
           "Weight normal with mean 90 pA and deviation 9 pA, onto receptor exc, excitatory; "
           "delay 1 ms.",
           "2 synapses expected, 1 a target. Weight -90 pA, onto receptor inh, inhibitory; delay "
           "uniform from 0.5 ms to 3 ms, in whole ticks from 0.5 ms to 3 ms.",
           "Synapses: short-term depression and facilitation (tsodyks-markram: u = 0.25,");
}
END_TEST

START_TEST(conventions_are_told) {
    explain("plain.yaml", plain);
    EXPECT("50 ms are simulated.", "Recorded: spikes of out.", "on a grid of 0.5 ms (resolution)",
           "single precision", "seed 9", "A delay is the axon's", "positive weights excite");
}
END_TEST

/* 85 ns an arrival over 0.9 ns a step: 106 arrivals a second; 4 synapses a neuron. */
START_TEST(the_clock_is_told_and_which_would_suit) {
    explain("plain.yaml", plain);
    EXPECT("Time advances on a grid of 0.5 ms (resolution)", "Both clocks are possible.",
           "below some 106 of them a neuron and second, which with 4 synapses a neuron is a mean "
           "rate of 26 Hz");
    program_run(&program, "explain", "plain.yaml", "-D", "clock=exact", "-D", "resolution=1 us");
    keep_words();
    EXPECT("Time is exact (clock: exact): nothing happens between events", "double precision");
    explain("digits.yaml", digits);
    EXPECT("A grid is the only clock for it: exc: receptor exc: cond-exp has no closed form");
}
END_TEST

START_TEST(a_protocol_is_told_in_sentences) {
    explain("digits.yaml", digits);
    EXPECT("input: 784 sources [28, 28] for samples: Poisson",
           "onto receptor exc, which pulls towards its reversal potential; delay 0 ms.",
           "Plastic: trace rule of Diehl & Cook 2015 (diehl-cook:", "w_max = 2 nS",
           "the weights of each target are scaled to the sum 40 nS.",
           "train: samples 10 to 39 of the training set of digits, 2 times, in a new random order "
           "each time; each is shown for 100 ms, followed by 50 ms of silence. A sample that fewer "
           "than 5 spikes of exc answer is shown again, up to 20 times, each with a gain that is "
           "0.5 higher. Learning: input->exc.",
           "test: samples 0 to 19 of the test set of digits, once, in their order; each is shown "
           "for 100 ms. The state is reset before each. Weights stay as they are. The read-out "
           "classes (label-rate:",
           "from exc) predicts the classes.");
}
END_TEST

START_TEST(signals_groups_drives_and_dropout_are_told) {
    explain("taught.yaml", taught);
    EXPECT("(poisson: rate = 6000 Hz, weight = 0.5 mV), onto receptor in.",
           "20 % of the units are silent, drawn anew for each presentation; what the others send "
           "is "
           "multiplied by 1.25.",
           "reward: a number that plasticity can follow. Given for answers: one value for right "
           "answers, one for wrong ones (fixed: right = 2, wrong = -1). Otherwise it is 0.",
           "It grows by 0.5 with each spike of mid, 1 ms after it. It decays with a time constant "
           "of 200 ms.",
           "It grows by 1 with each spike of in, 0 ms after it. It doesn't decay.",
           "4 groups of every 4th unit, a source reaches its own group, except the target of its "
           "own index; 8 synapses expected",
           "5 groups of neighbours, a source reaches all groups but its own; 80 synapses",
           "deviation 1 mV, onto receptor in, of either sign; delay");
}
END_TEST

START_TEST(rewards_lessons_and_measures_are_told) {
    explain("taught.yaml", taught);
    EXPECT(
        "Of each image, the central [22, 20] are shown.",
        "pay: samples 0 to 1 of class 3 of the training set of digits,",
        "predicts the classes. Spikes count from 5 ms to 20 ms of it. The right answer is 1, "
        "whatever is shown. The running score is over 7 presentations. For the answer the signal "
        "reward is given from 20 ms to the end.",
        "Learning: in->out. At the end of each, the unit of out that stands for the right answer "
        "should have fired; errors go back from there, and what they reach learns. Silent in "
        "part: mid. The read-out digits",
        "Measured: rate, fano of out; cv_isi of mid, from 5 ms to the end, counted in bins of 1 "
        "ms in lessons.");
    ck_assert_ptr_null(strstr(strstr(words, "pay:"), "Silent in part: mid. The read-out pair"));
}
END_TEST

START_TEST(every_experiment_here_can_be_told) {
    glob_t found;
    if (glob("experiments/*.yaml", 0, NULL, &found) != 0) hk_test_skip("no experiments here");
    ck_assert_int_eq(glob("bench/*.yaml", GLOB_APPEND, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char path[PATH_MAX];
        ck_assert_ptr_nonnull(realpath(found.gl_pathv[i], path));
        program_run(&program, "explain", path);
        if (program.status == HK_EXIT_DATA && !hk_test_data("mnist")) {
            hk_test_skip_note("an experiment's data set is not here");
            continue;
        }
        ck_assert_str_eq(program.err, "");
        ck_assert_int_eq(program.status, 0);
        ck_assert_ptr_nonnull(strstr(program.out, "\nConventions\n"));
    }
    globfree(&found);
}
END_TEST

Suite *suite_cli_explain(void) {
    Suite *suite = suite_create("cli/explain");
    TCase *tcase = tcase_create("explain");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, populations_are_told_with_models_values_and_start);
    tcase_add_test(tcase, projections_are_told_with_counts_signs_and_delays);
    tcase_add_test(tcase, conventions_are_told);
    tcase_add_test(tcase, the_clock_is_told_and_which_would_suit);
    tcase_add_test(tcase, a_protocol_is_told_in_sentences);
    tcase_add_test(tcase, signals_groups_drives_and_dropout_are_told);
    tcase_add_test(tcase, rewards_lessons_and_measures_are_told);
    tcase_add_test(tcase, every_experiment_here_can_be_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
