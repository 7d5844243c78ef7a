/* What is suspicious is told, and nothing else is. */
#include "io/warnings.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/paths.h"
#include "tests/support/suites.h"

static const char plain[] =
    "name: plain\n"
    "params: {w: 50 pA}\n"
    "populations:\n"
    "  in: {size: 20, source: {poisson: 40 Hz}}\n"
    "  out: {model: lif, size: 10, tau_m: 20 ms}\n"
    "projections:\n"
    "  in->out: {connect: {rule: probability, p: 0.5}, weight: = w, delay: 1 ms}\n"
    "  out->out: {connect: all-to-all, weight: -5 pA, delay: {normal: [2 ms, 0.5 ms]}}\n"
    "duration: 50 ms\n"
    "record: {spikes: [out]}\n";

static const char learning[] =
    "name: learning\n"
    "data: {set: digits, train: 40, test: 20}\n"
    "populations:\n"
    "  in: {source: {encoder: poisson, rate_max: 60 Hz}}\n"
    "  out: {model: alif, size: 10, receptors: {exc: cond-exp}, e_exc: 0 mV}\n"
    "signals: {pay: {rule: fixed}}\n"
    "projections:\n"
    "  in->out: {connect: all-to-all, weight: {uniform: [0 nS, 1 nS]},\n"
    "            plasticity: {rule: mstdp, signal: pay, rate: 1 nS, w_max: 2 nS}}\n"
    "readouts: {digits: {model: vote, from: out}}\n"
    "protocol:\n"
    "  - {phase: train, data: train, show: 20 ms, read: [0 ms, 10 ms], learn: true,\n"
    "     evaluate: digits, reward: pay}\n"
    "  - {phase: test, data: test, show: 20 ms, evaluate: digits}\n";

static struct hk_arena *arena;

static void setup(void) {
    arena = hk_arena_create(NULL);
    ck_assert_ptr_nonnull(arena);
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* A text with its first `from` replaced. */
static const char *with(const char *text, const char *from, const char *to) {
    const char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "no '%s'", from);
    return hk_arena_format(arena, NULL, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void judge(struct hk_experiment *e, const char *text, const char *define) {
    struct hk_err err = {.code = HK_OK};
    const char *const defines[] = {define};
    const struct hk_experiment_options options = {.path = hk_test_write("x.yaml", text),
                                                  .defines = defines,
                                                  .define_count = define != NULL};
    ck_assert_msg(hk_experiment_read(e, &options, &err), "%s", err.message);
    ck_assert_msg(hk_experiment_warn(e, &err), "%s", err.message);
    ck_assert_uint_eq(e->diagnostics.errors, 0);
}

/* The only warning; NULL: there is none. */
static void expect(const char *text, const char *define, const char *warning) {
    struct hk_experiment e;
    judge(&e, text, define);
    const struct hk_diagnostics *list = &e.diagnostics;
    const char *message = list->count ? list->sorted[0]->message : NULL;
    if (message && strstr(message, "x.yaml:")) message = strstr(message, "x.yaml:");
    ck_assert_pstr_eq(message, warning);
    ck_assert_msg(list->count <= 1, "also: %s", list->count > 1 ? list->sorted[1]->message : "");
    ck_assert_uint_eq(list->warnings, list->count);
    hk_experiment_finish(&e);
}

START_TEST(what_is_sound_has_none) {
    expect(plain, NULL, NULL);
    expect(learning, NULL, NULL);
}
END_TEST

START_TEST(a_population_that_nothing_drives_is_told) {
    const char *alone = "  in: {size: 20, source: {poisson: 40 Hz}}\n"
                        "  lone: {model: lif, size: 3}\n";
    const char *line = "  in: {size: 20, source: {poisson: 40 Hz}}\n";
    expect(with(plain, line, alone), NULL,
           "x.yaml:5:3: nothing drives lone: no projection ends in it, and it has no `drive:`");
    expect(with(plain, line, alone), "populations.lone.drive={step: 300 pA}", NULL);
    expect(with(plain, line, alone), "populations.lone.i_e=300 pA", NULL);
    expect(with(plain, line, alone), "populations.lone.init={v: -60 mV}", NULL);
    expect(with(plain, line, alone), "populations.lone.v_rest=-50 mV", NULL);
}
END_TEST

START_TEST(a_source_that_nobody_hears_is_told) {
    const char *line = "  in: {size: 20, source: {poisson: 40 Hz}}\n";
    const char *alone = "  in: {size: 20, source: {poisson: 40 Hz}}\n"
                        "  lone: {size: 3, source: {regular: 5 ms}}\n";
    expect(with(plain, line, alone), NULL,
           "x.yaml:5:3: nobody hears lone: no projection begins in it, and nothing of it is "
           "recorded");
    expect(with(plain, line, alone), "record.spikes=[lone]", NULL);
    expect(with(plain, line, alone), "report={spikes: {lone: [rate]}}", NULL);
}
END_TEST

START_TEST(a_threshold_below_rest_is_told_where_something_else_drives) {
    expect(plain, "populations.out.v_rest=-50 mV",
           "x.yaml:5:3: out fires without input: its threshold is 5 mV below its resting "
           "potential");
    expect(with(plain, "  in: {size: 20, source: {poisson: 40 Hz}}\n",
                "  in: {model: lif, size: 20, v_rest: -50 mV}\n"),
           "populations.out.v_rest=-50 mV", NULL);
    /* A threshold that moves begins where `init:` puts it. */
    expect(learning, "populations.out.v_rest=-50 mV",
           "x.yaml:5:3: out fires without input: its threshold is 5 mV below its resting "
           "potential");
    expect(with(learning, "e_exc: 0 mV", "e_exc: 0 mV, init: {theta: 20 mV}"),
           "populations.out.v_rest=-50 mV", NULL);
}
END_TEST

START_TEST(more_than_one_spike_a_tick_is_told) {
    expect(with(plain, "40 Hz", "25 kHz"), NULL,
           "x.yaml:4:36: 25000 Hz is 2.5 spikes a tick of 0.1 ms");
    expect(with(plain, "40 Hz", "10 kHz"), NULL, NULL);
    expect(with(learning, "rate_max: 60 Hz", "rate_max: 30 kHz"), NULL,
           "x.yaml:4:45: 30000 Hz is 3 spikes a tick of 0.1 ms");
}
END_TEST

START_TEST(coarse_ticks_of_the_exact_clock_are_told) {
    const char *coarse = with(plain, "name: plain\n", "name: plain\nresolution: 0.1 ms\n");
    expect(coarse, "clock=exact",
           "x.yaml:2:13: a tick of 0.1 ms rounds every spike of the exact clock as a grid would; "
           "leave `resolution:` out, or write 1 ns, its default with `clock: exact`");
    expect(coarse, NULL, NULL);
    expect(with(coarse, "0.1 ms", "1 us"), "clock=exact", NULL);
    expect(plain, "clock=exact", NULL);
}
END_TEST

START_TEST(a_source_that_stays_silent_is_told) {
    expect(with(plain, "{poisson: 40 Hz}", "{regular: 1 s, start: 60 ms}"), NULL,
           "x.yaml:4:26: in doesn't spike in the 50 ms of the run");
    expect(with(plain, "{poisson: 40 Hz}", "{regular: 1 s, start: 30 ms}"), NULL, NULL);
}
END_TEST

START_TEST(a_time_constant_shorter_than_a_tick_is_told) {
    expect(with(plain, "tau_m: 20 ms", "tau_m: 0.05 ms"), NULL,
           "x.yaml:5:38: tau_m = 0.05 ms is shorter than a tick of 0.1 ms");
    expect(with(plain, "tau_m: 20 ms", "tau_exc: 0.1 ms"), NULL, NULL);
    expect(learning,
           "projections.in->out.synapse={model: tsodyks-markram, u: 0.5, tau_rec: 0.01 ms}",
           "-D:1:71: tau_rec = 0.01 ms is shorter than a tick of 0.1 ms");
}
END_TEST

START_TEST(a_projection_without_synapses_is_told) {
    expect(with(plain, "p: 0.5", "p: 0"), NULL, "x.yaml:7:22: in->out will have no synapses");
}
END_TEST

START_TEST(a_weight_of_zero_is_told_unless_it_can_grow) {
    expect(plain, "params.w=0 pA", "x.yaml:7:59: with a weight of 0 in->out does nothing");
    expect(learning, "projections.in->out.weight=0 nS", NULL);
}
END_TEST

START_TEST(weights_against_their_receptor_are_told) {
    expect(with(plain, "weight: = w", "receptor: inh, weight: = w"), NULL,
           "x.yaml:7:74: positive weights into receptor inh excite: to inhibit, a weight in pA is "
           "negative");
    expect(with(plain, "weight: -5 pA", "receptor: exc, weight: -5 pA"), NULL,
           "x.yaml:8:58: negative weights into receptor exc inhibit");
    const char *unnamed = with(plain, "params: {w: 50 pA}\n", "\n");
    expect(with(unnamed, "weight: = w", "weight: {uniform: [-1 pA, 5 pA]}"), NULL,
           "x.yaml:7:59: weights of both signs go into receptor inh");
    expect(with(unnamed, "weight: = w", "weight: {normal: [0 pA, 5 pA]}"), NULL,
           "x.yaml:7:59: weights of both signs go into receptor exc");
    /* A normal one keeps the sign of its mean. */
    expect(with(unnamed, "weight: = w", "weight: {normal: [1 pA, 5 pA]}"), NULL, NULL);
    expect(with(unnamed, "weight: = w", "weight: {normal: [-1 pA, 5 pA]}"), NULL, NULL);
}
END_TEST

START_TEST(weights_outside_of_their_bounds_are_told) {
    expect(with(learning, "w_max: 2 nS", "w_max: 0.5 nS"), NULL,
           "x.yaml:8:42: weights begin outside of the 0 to 0.5 nS of the rule: they are moved "
           "there "
           "when they first change");
    expect(with(learning, "w_max: 2 nS", "w_min: 0.5 nS, w_max: 2 nS"), NULL,
           "x.yaml:8:42: weights begin outside of the 0.5 to 2 nS of the rule: they are moved "
           "there "
           "when they first change");
}
END_TEST

/* 2 ms and 0.5 ms: from 1.5 ms on. Half of a normal distribution is below its mean. */
START_TEST(delays_that_are_cut_are_told) {
    expect(with(plain, "[2 ms, 0.5 ms]", "[0.05 ms, 0.5 ms]"), NULL,
           "x.yaml:8:57: 50 % of these delays are below 0.1 ms and drawn again: the distribution "
           "is "
           "another one");
    expect(with(plain, "{normal: [2 ms, 0.5 ms]}", "{uniform: [0 ms, 0.3 ms]}"), NULL,
           "x.yaml:8:57: 17 % of these delays are below 0.1 ms and drawn again: the distribution "
           "is "
           "another one");
    expect(with(plain, "{normal: [2 ms, 0.5 ms]}", "{uniform: [0 ms, 3 ms]}"), NULL, NULL);
}
END_TEST

START_TEST(what_arrives_after_the_end_is_told) {
    expect(with(plain, "delay: 1 ms", "delay: 50 ms"), NULL,
           "x.yaml:7:71: nothing arrives within the 50 ms of the run");
}
END_TEST

START_TEST(params_that_nobody_uses_are_told) {
    expect(with(plain, "{w: 50 pA}", "{w: 50 pA, w2: 3 pA}"), NULL,
           "x.yaml:2:20: nothing refers to the param 'w2'; did you mean 'w'?");
    expect(plain, "params.weight=3 pA", "-D:1:8: nothing refers to the param 'weight'");
    expect(with(plain, "{w: 50 pA}", "{w: = 2 * half, half: 25 pA}"), NULL, NULL);
    expect(with(plain, "{w: 50 pA}", "{w: = tau * 1 pA / 1 ms, tau: 3 ms}"), "params.ta=5 ms",
           "-D:1:8: nothing refers to the param 'ta'; did you mean 'tau'?");
}
END_TEST

START_TEST(params_of_a_base_are_its_own_affair) {
    (void)hk_test_write("base.yaml", with(plain, "{w: 50 pA}", "{w: 50 pA, g: 3}"));
    expect("base: base.yaml\nname: above\n", NULL, NULL);
    expect("base: base.yaml\nname: above\nparams: {h: 3}\n", NULL,
           "x.yaml:3:10: nothing refers to the param 'h'");
}
END_TEST

START_TEST(very_large_results_are_told) {
    expect(plain, "duration=100000 h",
           "x.yaml:10:1: the results will take about 34 GiB, if each neuron fires 5 times a "
           "second");
    expect(with(plain, "record: {spikes: [out]}\n", ""), "duration=100000 h", NULL);
}
END_TEST

START_TEST(learning_from_the_test_set_is_told) {
    expect(learning, "protocol.1.learn=true", "-D:1:12: phase test learns from the test set");
    expect(with(learning, "{phase: test, data: test, show: 20 ms, evaluate: digits}",
                "{phase: test, data: test, show: 20 ms, label: digits}"),
           NULL, "x.yaml:14:44: phase test learns from the test set");
}
END_TEST

START_TEST(rules_that_never_learn_and_lessons_without_rules_are_told) {
    static const char rule[] = ",\n            plasticity: {rule: mstdp, signal: pay, rate: 1 nS, "
                               "w_max: 2 nS}";
    expect(with(learning, "learn: true", "learn: false"), NULL,
           "x.yaml:9:13: in->out learns in no phase");
    const char *text = with(learning, rule, "");
    text = with(text, "signals: {pay: {rule: fixed}}\n", "");
    expect(with(text, ", reward: pay", ""), NULL,
           "x.yaml:10:67: phase train learns, but no projection has `plasticity:`");
}
END_TEST

START_TEST(what_nobody_uses_is_told) {
    expect(with(learning, "readouts: {", "readouts: {other: {model: vote, from: out}, "), NULL,
           "x.yaml:10:12: no phase reads the read-out other");
    expect(with(learning, "signals: {", "signals: {other: {tau: 5 ms}, "), NULL,
           "x.yaml:6:11: no plasticity follows the signal other");
    expect(plain, "data={set: digits, train: 5, test: 5}",
           "-D:1:1: no population encodes the samples of digits");
}
END_TEST

START_TEST(a_teacher_without_pupils_is_told) {
    const char *text = with(learning, "{rule: mstdp, signal: pay, rate: 1 nS, w_max: 2 nS}",
                            "{rule: desire, threshold: 0.3, target_spikes: 5, learning_rate: 1 mV, "
                            "tau: 5 ms}");
    text = with(text, "receptors: {exc: cond-exp}, e_exc: 0 mV", "receptors: {in: delta}");
    text = with(text, "{uniform: [0 nS, 1 nS]}", "{uniform: [0 mV, 1 mV]}");
    text = with(text, "signals: {pay: {rule: fixed}}\n", "");
    text = with(text, "read: [0 ms, 10 ms], learn: true", "teach: out");
    text = with(text, ", reward: pay", "");
    expect(with(text, "{phase: test, data: test,", "{phase: more, data: train, learn: true,"), NULL,
           "x.yaml:11:46: phase train teaches, but nothing learns in it");
}
END_TEST

Suite *suite_io_warnings(void) {
    Suite *suite = suite_create("io/warnings");
    TCase *cases = tcase_create("warnings");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, what_is_sound_has_none);
    tcase_add_test(cases, a_population_that_nothing_drives_is_told);
    tcase_add_test(cases, a_source_that_nobody_hears_is_told);
    tcase_add_test(cases, a_threshold_below_rest_is_told_where_something_else_drives);
    tcase_add_test(cases, more_than_one_spike_a_tick_is_told);
    tcase_add_test(cases, coarse_ticks_of_the_exact_clock_are_told);
    tcase_add_test(cases, a_source_that_stays_silent_is_told);
    tcase_add_test(cases, a_time_constant_shorter_than_a_tick_is_told);
    tcase_add_test(cases, a_projection_without_synapses_is_told);
    tcase_add_test(cases, a_weight_of_zero_is_told_unless_it_can_grow);
    tcase_add_test(cases, weights_against_their_receptor_are_told);
    tcase_add_test(cases, weights_outside_of_their_bounds_are_told);
    tcase_add_test(cases, delays_that_are_cut_are_told);
    tcase_add_test(cases, what_arrives_after_the_end_is_told);
    tcase_add_test(cases, params_that_nobody_uses_are_told);
    tcase_add_test(cases, params_of_a_base_are_its_own_affair);
    tcase_add_test(cases, very_large_results_are_told);
    tcase_add_test(cases, learning_from_the_test_set_is_told);
    tcase_add_test(cases, rules_that_never_learn_and_lessons_without_rules_are_told);
    tcase_add_test(cases, what_nobody_uses_is_told);
    tcase_add_test(cases, a_teacher_without_pupils_is_told);
    suite_add_tcase(suite, cases);
    return suite;
}
