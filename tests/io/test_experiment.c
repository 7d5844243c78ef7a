/* Experiment files as a whole: what is read, and what is said of what is wrong. */
#include "io/experiment.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/tree_write.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

static const char good[] = "name: small\n"
                           "seed: 7\n"
                           "resolution: 0.1 ms\n"
                           "params: {n: 20, w: 50 pA}\n"
                           "populations:\n"
                           "  in: {size: = n, source: {poisson: 40 Hz}}\n"
                           "  out: {model: lif, size: 10, tau_m: 20 ms, tau_exc: 5 ms}\n"
                           "projections:\n"
                           "  in->out: {connect: {rule: probability, p: 0.5}, weight: = w}\n"
                           "  out->out: {connect: all-to-all, weight: -5 pA, delay: 1.5 ms}\n"
                           "duration: 50 ms\n"
                           "record: {spikes: [out]}\n";

/* A protocol with lessons and rewards. */
static const char taught[] =
    "name: taught\n"
    "resolution: 1 ms\n"
    "data: {set: digits, train: 40, test: 20, crop: [4, 3]}\n"
    "populations:\n"
    "  in: {source: {encoder: regular, rate_max: 1 kHz}}\n"
    "  mid: {model: lif, size: 5, dropout: 0.3, receptors: {in: delta}}\n"
    "  out: {model: lif, size: 10, receptors: {in: delta}}\n"
    "signals:\n"
    "  reward: {rule: fixed, right: 2}\n"
    "  dopamine: {from: mid, tau: 200 ms, delay: 1 ms}\n"
    "projections:\n"
    "  in->mid: {connect: all-to-all, weight: 1 mV, plasticity: {rule: mstdp, signal: reward, "
    "rate: 1 mV, w_max: 9 mV}}\n"
    "  mid->out: {connect: all-to-all, weight: {uniform: [0 mV, 1 mV]}, delay: 1 ms, plasticity: "
    "{rule: desire, threshold: 0.3, target_spikes: 5, learning_rate: 1 mV, tau: 5 ms}}\n"
    "readouts:\n"
    "  digits: {model: vote, from: out}\n"
    "  pair: {model: vote, from: out, classes: 2}\n"
    "protocol:\n"
    "  - {phase: lessons, data: train, show: 20 ms, learn: true, evaluate: digits, teach: out}\n"
    "  - {phase: rewards, data: train, of_class: 3, skip: 1, take: 2, wanted: 1, show: 20 ms, "
    "read: [5 ms, 12 ms], learn: [in->mid], drop: false, evaluate: pair, reward: reward, "
    "average: 7}\n"
    "  - {phase: test, data: test, show: 10 ms, evaluate: digits, drop: true}\n"
    "  - {phase: last, data: test, show: 10 ms, evaluate: digits}\n";

static bool read_text(struct hk_experiment *e, const char *text, const char *define,
                      struct hk_err *err) {
    const char *const defines[] = {define};
    return hk_experiment_read(e,
                              &(struct hk_experiment_options){.path = hk_test_write("x.yaml", text),
                                                              .defines = defines,
                                                              .define_count = define != NULL},
                              err);
}

/* A file with its first `from` replaced; static memory. */
static const char *with_in(const char *file, const char *from, const char *to) {
    static char text[4096];
    const char *at = strstr(file, from);
    ck_assert_ptr_nonnull(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - file), file, to, at + strlen(from));
    return text;
}

static const char *with(const char *from, const char *to) {
    return with_in(good, from, to);
}

/* The message of the failure, behind the folder: "x.yaml:6:8: ...". */
static void expect_message(const char *text, const char *define, enum hk_code code,
                           const char *message) {
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert(!read_text(&e, text, define, &err));
    const char *at = strstr(err.message, "x.yaml:");
    ck_assert_str_eq(at ? at : err.message, message);
    ck_assert_int_eq(err.code, code);
    hk_experiment_finish(&e);
}

START_TEST(a_good_file_becomes_a_network) {
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert_msg(read_text(&e, good, NULL, &err), "%s", err.message);
    ck_assert_str_eq(e.name, "small");
    ck_assert_uint_eq(e.seed, 7);
    ck_assert_int_eq(e.duration, 500);
    ck_assert_uint_eq(hk_pop_size(hk_sim_find_population(e.sim, "in")), 20);
    ck_assert_ptr_nonnull(hk_pop_find_receptor(hk_sim_find_population(e.sim, "out"), "inh"));
    ck_assert_ptr_nonnull(hk_sim_find_projection(e.sim, "out->out"));
    ck_assert_uint_eq(e.records.count, 1);
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(the_resolved_file_reads_back_as_itself) {
    struct hk_err err = {0};
    struct hk_experiment e, again;
    struct hk_block first = {0}, second = {0};
    ck_assert(read_text(&e, good, "populations.out.tau_m=30 ms", &err));
    ck_assert(hk_tree_write(e.root, &first, &err));
    ck_assert_ptr_nonnull(strstr(first.data, "tau_m: 30 ms"));
    ck_assert_ptr_nonnull(strstr(first.data, "v_th: -55 mV"));
    ck_assert_ptr_nonnull(strstr(first.data, "receptors: exp"));
    ck_assert_msg(read_text(&again, first.data, NULL, &err), "%s", err.message);
    ck_assert(hk_tree_write(again.root, &second, &err));
    ck_assert_str_eq(first.data, second.data);
    hk_block_finish(&first);
    hk_block_finish(&second);
    hk_experiment_finish(&e);
    hk_experiment_finish(&again);
}
END_TEST

START_TEST(a_base_lies_under_the_file_and_defaults_under_each_entry) {
    struct hk_err err = {0};
    struct hk_experiment e;
    struct hk_block text = {0};
    (void)hk_test_write("base.yaml", good);
    ck_assert_msg(read_text(&e,
                            "base: base.yaml\nname: upper\n"
                            "defaults: {populations: {v_th: -50 mV}}\n"
                            "populations: {out: {tau_m: 15 ms}}\n",
                            NULL, &err),
                  "%s", err.message);
    ck_assert(hk_tree_write(e.root, &text, &err));
    ck_assert_str_eq(e.name, "upper");
    ck_assert_ptr_nonnull(strstr(text.data, "v_th: -50 mV"));
    ck_assert_ptr_nonnull(strstr(text.data, "tau_m: 15 ms"));
    hk_block_finish(&text);
    hk_experiment_finish(&e);
}
END_TEST

/* Paths of bases are whole here, for the test's own is. */
static void expect_base(const char *base, const char *begin, const char *end) {
    struct hk_err err = {0};
    struct hk_experiment e;
    char text[64];
    (void)snprintf(text, sizeof text, "name: x\nbase: %s\n", base);
    ck_assert(!read_text(&e, text, NULL, &err));
    const char *at = strstr(err.message, begin), *found = strstr(err.message, end);
    ck_assert_msg(at && found && strlen(found) == strlen(end), "%s", err.message);
    hk_experiment_finish(&e);
}

START_TEST(bases_that_lead_back_or_nowhere_are_told) {
    (void)hk_test_write("other.yaml", "base: x.yaml\n");
    expect_base("x.yaml", "x.yaml:2:7: ", ": x.yaml is based on itself");
    expect_base("other.yaml", "x.yaml:2:7: ", "other.yaml:1:7: x.yaml is based on itself");
    expect_base("none.yaml", "x.yaml:2:7: can't open ", "none.yaml: No such file or directory");
}
END_TEST

START_TEST(every_64_bit_number_is_a_seed_and_0_is_one) {
    static const char *const seeds[] = {"0", "1", "18446744073709551615"};
    static const uint64_t values[] = {0, 1, UINT64_MAX};
    for (size_t i = 0; i < HK_COUNT(seeds); i++) {
        char line[64];
        struct hk_err err = {0};
        struct hk_experiment e;
        (void)snprintf(line, sizeof line, "seed: %s", seeds[i]);
        ck_assert_msg(read_text(&e, with("seed: 7", line), NULL, &err), "%s", err.message);
        ck_assert_uint_eq(e.seed, values[i]);
        ck_assert_str_eq(hk_node_path(e.root, "seed")->text, seeds[i]);
        hk_experiment_finish(&e);
    }
    expect_message(with("seed: 7", "seed: 18446744073709551616"), NULL, HK_ERR_CONFIG,
                   "x.yaml:2:7: '18446744073709551616' is not a seed: a whole number from 0 to "
                   "2^64 "
                   "- 1");
}
END_TEST

/* Wherever it stands, and for whoever counts it. */
START_TEST(a_time_that_is_no_whole_tick_is_told_with_the_nearest) {
    expect_message(with("tau_m: 20 ms", "t_ref: 2.05 ms"), NULL, HK_ERR_RANGE,
                   "x.yaml:7:38: out: t_ref: 2.05 ms is not a whole number of ticks of 0.1 ms; the "
                   "nearest are 2 and 2.1 ms");
    expect_message(with("duration: 50 ms", "duration: 50.01 ms"), NULL, HK_ERR_RANGE,
                   "x.yaml:11:11: 50.01 ms is not a whole number of ticks of 0.1 ms; the nearest "
                   "are "
                   "50 and 50.1 ms");
    expect_message(with("delay: 1.5 ms", "delay: 0.02 ms"), NULL, HK_ERR_RANGE,
                   "x.yaml:10:57: 0.02 ms is not a whole number of ticks of 0.1 ms; the nearest "
                   "are 0 "
                   "and 0.1 ms");
    expect_message(with_in(taught, "show: 20 ms", "show: 20.5 ms"), NULL, HK_ERR_RANGE,
                   "x.yaml:18:41: 20.5 ms is not a whole number of ticks of 1 ms; the nearest are "
                   "20 "
                   "and 21 ms");
}
END_TEST

START_TEST(on_the_exact_clock_a_tick_is_1_ns_and_numbers_are_double) {
    const char *text = with("resolution: 0.1 ms", "clock: exact");
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert_msg(read_text(&e, text, "projections.out->out.delay=1500001 ns", &err), "%s",
                  err.message);
    ck_assert(hk_sim_tick_ms(e.sim) == 1e-6);
    ck_assert_int_eq(hk_sim_precision(e.sim), HK_DOUBLE);
    ck_assert_int_eq(e.duration, 50000000);
    hk_experiment_finish(&e);
    expect_message(with("resolution: 0.1 ms", "clock: exact\nprecision: single"), NULL,
                   HK_ERR_CONFIG,
                   "x.yaml:4:12: `clock: exact` needs `precision: double`, its default");
    expect_message(with("model: lif, size: 10, tau_m: 20 ms", "model: izhikevich, size: 10"),
                   "clock=exact", HK_ERR_CONFIG,
                   "x.yaml:7:8: out: izhikevich has no closed form between events; use clock: "
                   "grid");
}
END_TEST

START_TEST(what_is_wrong_among_parts_is_told_where_it_stands) {
    expect_message(with("tau_m: 20 ms", "v_reset: -40 mV"), NULL, HK_ERR_RANGE,
                   "x.yaml:7:40: out: v_reset = -40 mV must be below v_th = -55 mV");
    expect_message(with("{rule: probability, p: 0.5}", "{rule: fixed-indegree, n: 21, multapses: "
                                                       "false}"),
                   NULL, HK_ERR_RANGE,
                   "x.yaml:9:48: in->out: fixed-indegree: n = 21, but there are only 20 sources to "
                   "choose from");
}
END_TEST

START_TEST(mistakes_in_values_are_told_with_their_place) {
    expect_message(with("tau_m: 20 ms", "tau_m: 20"), NULL, HK_ERR_CONFIG,
                   "x.yaml:7:38: 20 has no unit; expected a time, e.g. 20 ms");
    expect_message(with("tau_m: 20 ms", "tau_m: 20 mV"), NULL, HK_ERR_CONFIG,
                   "x.yaml:7:38: expected a time (ms), got a voltage (mV)");
    expect_message(with("tau_m: 20 ms", "tau_m: -20 ms"), NULL, HK_ERR_RANGE,
                   "x.yaml:7:38: tau_m = -20 ms, must be at least 0.001 ms");
    expect_message(with("weight: = w", "weight: 3 mV"), NULL, HK_ERR_CONFIG,
                   "x.yaml:9:59: expected a current (pA), got a voltage (mV)");
    expect_message(with("delay: 1.5 ms", "delay: 1.55 ms"), NULL, HK_ERR_RANGE,
                   "x.yaml:10:57: 1.55 ms is not a whole number of ticks of 0.1 ms; the nearest "
                   "are 1.5 "
                   "and 1.6 ms");
    expect_message(with("delay: 1.5 ms", "delay: 0 ms"), NULL, HK_ERR_CONFIG,
                   "x.yaml:10:57: a delay of 0 ms; between neurons it is at least one tick, 0.1 "
                   "ms");
    expect_message(with("seed: 7", "seed: -7"), NULL, HK_ERR_CONFIG,
                   "x.yaml:2:7: '-7' is not a seed: a whole number from 0 to 2^64 - 1");
    expect_message(with("duration: 50 ms", "duration: 0 ms"), NULL, HK_ERR_CONFIG,
                   "x.yaml:11:11: the duration must be above 0");
}
END_TEST

START_TEST(mistakes_in_names_are_told_with_the_nearest_known_one) {
    expect_message(with("tau_m: 20 ms", "taum: 20 ms"), NULL, HK_ERR_CONFIG,
                   "x.yaml:7:31: unknown key 'taum'; did you mean 'tau_m'?");
    expect_message(with("  in->out", "  inn->out"), NULL, HK_ERR_CONFIG,
                   "x.yaml:9:3: there is no population 'inn'; did you mean 'in'?");
    expect_message(with("  out->out", "  out->in"), NULL, HK_ERR_CONFIG,
                   "x.yaml:10:3: in is a source and can't be a target");
    expect_message(with("spikes: [out]", "spikes: [outt]"), NULL, HK_ERR_CONFIG,
                   "x.yaml:12:19: there is no population 'outt'; did you mean 'out'?");
    expect_message(with("record:", "recrod:"), NULL, HK_ERR_CONFIG,
                   "x.yaml:12:1: unknown key 'recrod'; did you mean 'record'?");
    expect_message(with("duration: 50 ms", "data: mnits\nduration: 50 ms"), NULL, HK_ERR_CONFIG,
                   "x.yaml:11:7: there is no data set 'mnits'; did you mean 'mnist'?");
}
END_TEST

START_TEST(an_unknown_model_is_told_with_the_nearest_known_one) {
    expect_message(with("model: lif", "model: liv"), NULL, HK_ERR_CONFIG,
                   "x.yaml:7:16: there is no neuron model 'liv'; did you mean 'lif'?");
    expect_message(with("{poisson: 40 Hz}", "{poison: 40 Hz}"), NULL, HK_ERR_CONFIG,
                   "x.yaml:6:28: there is no source 'poison'; did you mean 'poisson'?");
}
END_TEST

START_TEST(what_is_missing_is_named) {
    expect_message(with("connect: all-to-all, ", ""), NULL, HK_ERR_CONFIG,
                   "x.yaml:10:3: needs `connect:`, for example `connect: all-to-all`");
    expect_message(with(", delay: 1.5 ms", ""), NULL, HK_ERR_CONFIG,
                   "x.yaml:10:3: needs `delay:`, at least one tick between neurons");
    expect_message(with(", p: 0.5", ""), NULL, HK_ERR_CONFIG,
                   "x.yaml:9:13: probability needs p: probability of a synapse for each pair");
    expect_message(with("size: 10, ", ""), NULL, HK_ERR_CONFIG,
                   "x.yaml:7:3: needs `size: NUMBER` or `shape: [ROWS, COLUMNS]`");
    expect_message(with("name: small\n", ""), NULL, HK_ERR_CONFIG,
                   "x.yaml:1:1: needs `name:`, which its results are filed under");
    expect_message(with("duration: 50 ms\n", ""), NULL, HK_ERR_CONFIG,
                   "x.yaml:1:1: needs either `duration:` or `protocol:`");
}
END_TEST

/* ---- lessons and rewards ---- */

START_TEST(a_protocol_says_what_is_read_rewarded_and_taught) {
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert_msg(read_text(&e, taught, NULL, &err), "%s", err.message);
    const struct hk_phase *lessons = &e.protocol.phases[0], *rewards = &e.protocol.phases[1];
    ck_assert_ptr_eq(lessons->teach, hk_sim_find_population(e.sim, "out"));
    ck_assert_ptr_null(lessons->reward);
    ck_assert(lessons->read_from == 0 && lessons->read_to == 20);
    ck_assert(lessons->of_class == -1 && lessons->wanted == -1 && !lessons->curve);
    ck_assert(rewards->read_from == 5 && rewards->read_to == 12 && rewards->show == 20);
    ck_assert(rewards->of_class == 3 && rewards->wanted == 1);
    ck_assert(rewards->skip == 1 && rewards->take == 2);
    ck_assert(rewards->average == 7 && rewards->curve);
    ck_assert_ptr_eq(rewards->reward->signal, hk_sim_find_signal(e.sim, "reward"));
    ck_assert_ptr_null(rewards->teach);
    ck_assert_uint_eq(e.protocol.readouts[rewards->readout].classes, 2);
    ck_assert_uint_eq(e.protocol.readouts[lessons->readout].classes, 10);
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(a_resolved_protocol_reads_back_as_itself) {
    struct hk_err err = {0};
    struct hk_experiment e, again;
    struct hk_block first = {0}, second = {0};
    ck_assert_msg(read_text(&e, taught, NULL, &err), "%s", err.message);
    ck_assert(hk_tree_write(e.root, &first, &err));
    ck_assert_ptr_nonnull(strstr(first.data, "wrong: -1")); /* of the reward, filled in */
    ck_assert_msg(read_text(&again, first.data, NULL, &err), "%s", err.message);
    ck_assert(hk_tree_write(again.root, &second, &err));
    ck_assert_str_eq(first.data, second.data);
    hk_block_finish(&first);
    hk_block_finish(&second);
    hk_experiment_finish(&e);
    hk_experiment_finish(&again);
}
END_TEST

/* What has no default of its own, or one that would mean something else, isn't. */
START_TEST(defaults_of_protocols_and_signals_are_written_down) {
    static const char *const written[][2] = {
        {"protocol.0.drop", "true"},
        {"protocol.1.drop", "false"},
        {"protocol.3.drop", "false"},
        {"protocol.0.adapt", "true"},
        {"protocol.0.average", "1000"},
        {"protocol.0.window", "1000"},
        {"protocol.1.average", "7"},
        {"protocol.2.average", NULL},
        {"protocol.0.read", NULL},
        {"readouts.digits.classes", "10"},
        {"readouts.pair.classes", "2"},
        {"populations.in.dropout", "0"},
        {"populations.out.dropout", "0"},
        {"signals.dopamine.amount", "1"},
        {"signals.dopamine.tau", "200 ms"},
        {"signals.reward.amount", NULL},
        {"signals.reward.wrong", "-1"},
        {"report.bin", "1 ms"},
        {"report.from", "0 ms"},
        {"report.to", NULL},
    };
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert_msg(read_text(&e,
                            with_in(taught, "evaluate: digits, teach", "running: digits, teach"),
                            "report={spikes: {out: [rate]}}", &err),
                  "%s", err.message);
    for (size_t k = 0; k < HK_COUNT(written); k++) {
        const struct hk_node *node = hk_node_path(e.root, written[k][0]);
        ck_assert_msg((node != NULL) == (written[k][1] != NULL), "%s", written[k][0]);
        if (node) ck_assert_str_eq(node->text, written[k][1]);
    }
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(populations_drop_out_while_they_learn_unless_the_phase_says_otherwise) {
    static const bool drop[] = {true, false, true, false};
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert_msg(read_text(&e, taught, NULL, &err), "%s", err.message);
    for (size_t k = 0; k < HK_COUNT(drop); k++)
        ck_assert_int_eq(e.protocol.phases[k].drop, drop[k]);
    hk_experiment_finish(&e);
    ck_assert(read_text(&e, with_in(taught, "drop: false, ", ""), NULL, &err));
    ck_assert(e.protocol.phases[1].drop); /* a list of projections learns */
    hk_experiment_finish(&e);
    ck_assert(read_text(&e, with_in(taught, "learn: true", "learn: false"), NULL, &err));
    ck_assert(!e.protocol.phases[0].drop);
    hk_experiment_finish(&e);
}
END_TEST

/* Row r and column c of the window are row 12 + r and column 12 + c of the image: 28 - 4 and 28 - 3
 * left over, halved. */
START_TEST(a_crop_shows_the_centre_of_both_parts) {
    struct hk_err err = {0};
    struct hk_experiment cropped, whole;
    ck_assert_msg(read_text(&cropped, taught, NULL, &err), "%s", err.message);
    ck_assert_uint_eq(hk_pop_size(hk_sim_find_population(cropped.sim, "in")), 12);
    ck_assert_msg(read_text(&whole, with_in(taught, ", crop: [4, 3]", ""), NULL, &err), "%s",
                  err.message);
    const struct hk_samples *small[] = {&cropped.data.train, &cropped.data.test};
    const struct hk_samples *large[] = {&whole.data.train, &whole.data.test};
    for (size_t part = 0; part < 2; part++)
        for (size_t k = 0; k < large[part]->count; k++) {
            float window[12], image[784];
            hk_samples_get(small[part], k, window);
            hk_samples_get(large[part], k, image);
            for (size_t i = 0; i < 12; i++)
                ck_assert(window[i] == image[(12 + i / 3) * 28 + 12 + i % 3]);
        }
    hk_experiment_finish(&cropped);
    hk_experiment_finish(&whole);
}
END_TEST

struct mistake {
    const char *from, *to;
    enum hk_code code;
    const char *message;
};

static void expect_mistakes(const struct mistake *mistakes, size_t count) {
    for (size_t k = 0; k < count; k++)
        expect_message(with_in(taught, mistakes[k].from, mistakes[k].to), NULL, mistakes[k].code,
                       mistakes[k].message);
}

START_TEST(mistakes_in_signals_dropout_and_crops_are_told) {
    static const struct mistake mistakes[] = {
        {"signal: reward", "signal: rewad", HK_ERR_CONFIG,
         "x.yaml:12:82: there is no signal 'rewad'; did you mean 'reward'?"},
        {"rule: fixed", "rule: fixd", HK_ERR_CONFIG,
         "x.yaml:9:18: there is no reward 'fixd'; did you mean 'fixed'?"},
        {"right: 2", "rihgt: 2", HK_ERR_CONFIG,
         "x.yaml:9:25: unknown key 'rihgt'; did you mean 'right'?"},
        {"tau: 200 ms", "tau: 0 ms", HK_ERR_CONFIG,
         "x.yaml:10:30: tau must be above 0; without it the signal stays as it was set"},
        {"tau: 200 ms", "tau: 200", HK_ERR_CONFIG,
         "x.yaml:10:30: 200 has no unit; expected a time, e.g. 200 ms"},
        {"from: mid", "from: mud", HK_ERR_CONFIG,
         "x.yaml:10:20: there is no population 'mud'; did you mean 'mid'?"},
        {"delay: 1 ms}\nproj", "delay: 0 ms}\nproj", HK_ERR_RANGE,
         "x.yaml:10:45: dopamine: delay = 0 ms, must be at least 1 ms, one tick, from neurons"},
        {"dropout: 0.3", "dropout: 1", HK_ERR_RANGE,
         "x.yaml:6:39: mid: dropout = 1, must be at least 0 and below 1"},
        {"dropout: 0.3", "dropout: -0.1", HK_ERR_RANGE,
         "x.yaml:6:39: mid: dropout = -0.1, must be at least 0 and below 1"},
        {"crop: [4, 3]", "crop: [29, 3]", HK_ERR_CONFIG,
         "x.yaml:3:48: can't crop images of 28 x 28 to 29 x 3"},
        {"crop: [4, 3]", "crop: [4]", HK_ERR_CONFIG, "x.yaml:3:48: expected [ROWS, COLUMNS]"},
        {"crop: [4, 3]", "crop: [0, 3]", HK_ERR_CONFIG,
         "x.yaml:3:49: 0 is too small; must be at least 1"},
        {"crop: [4, 3]", "crop: 4", HK_ERR_CONFIG, "x.yaml:3:48: expected a list, got a value"},
    };
    expect_mistakes(mistakes, HK_COUNT(mistakes));
}
END_TEST

START_TEST(mistakes_in_phases_that_read_and_reward_are_told) {
    static const struct mistake mistakes[] = {
        {"reward: reward,", "reward: rewrad,", HK_ERR_CONFIG,
         "x.yaml:19:166: there is no signal 'rewrad' with a `rule:` for rewards; did you mean "
         "'reward'?"},
        {"reward: reward,", "reward: dopamine,", HK_ERR_CONFIG,
         "x.yaml:19:166: there is no signal 'dopamine' with a `rule:` for rewards; known here: "
         "reward"},
        {"evaluate: pair, ", "", HK_ERR_CONFIG,
         "x.yaml:19:142: a reward needs answers: `evaluate: READ-OUT`"},
        {"evaluate: pair, ", "label: pair, ", HK_ERR_CONFIG,
         "x.yaml:19:155: a reward needs answers: `evaluate: READ-OUT`"},
        {"read: [5 ms, 12 ms], ", "", HK_ERR_CONFIG,
         "x.yaml:19:137: a reward lasts from the end of `read: [FROM, TO]` to that of `show:`, and "
         "no time is left for it"},
        {"read: [5 ms, 12 ms]", "read: [5 ms, 21 ms]", HK_ERR_CONFIG,
         "x.yaml:19:96: the read-out's window must lie within `show:`, first its start"},
        {"read: [5 ms, 12 ms]", "read: [12 ms, 12 ms]", HK_ERR_CONFIG,
         "x.yaml:19:96: the read-out's window must lie within `show:`, first its start"},
        {"read: [5 ms, 12 ms]", "read: [-1 ms, 12 ms]", HK_ERR_CONFIG,
         "x.yaml:19:96: the read-out's window must lie within `show:`, first its start"},
        {"read: [5 ms, 12 ms]", "read: [5 ms]", HK_ERR_CONFIG,
         "x.yaml:19:96: expected [FROM, TO], two times"},
        {"read: [5 ms, 12 ms]", "read: [5 ms, 12.5 ms]", HK_ERR_RANGE,
         "x.yaml:19:103: 12.5 ms is not a whole number of ticks of 1 ms; the nearest are 12 and 13 "
         "ms"},
        {"of_class: 3", "of_class: 10", HK_ERR_CONFIG,
         "x.yaml:19:45: there is no class 10; there are 0 to 9"},
        {"of_class: 3", "of_class: -1", HK_ERR_CONFIG,
         "x.yaml:19:45: -1 is too small; must be at least 0"},
        {"skip: 1, take: 2", "skip: 1, take: 4", HK_ERR_CONFIG,
         "x.yaml:19:5: asks for samples 1 to 4, but there are 4 of class 3 in digits/train"},
        {"skip: 1, take: 2", "skip: 4", HK_ERR_CONFIG,
         "x.yaml:19:5: skips 4 samples, but there are 4 of class 3 in digits/train"},
        {"wanted: 1", "wanted: 2", HK_ERR_CONFIG,
         "x.yaml:19:74: there is no class 2; there are 0 to 1"},
        {"wanted: 1, ", "", HK_ERR_CONFIG,
         "x.yaml:19:5: read-out pair tells 2 classes apart, but digits has 10: say which answer is "
         "`wanted:`"},
        {"average: 7", "average: 0", HK_ERR_CONFIG,
         "x.yaml:19:183: 0 is too small; must be at least 1"},
        {"average: 7", "average: 100001", HK_ERR_CONFIG,
         "x.yaml:19:183: an average is over at most 100000 presentations"},
        {"drop: false", "drop: maybe", HK_ERR_CONFIG,
         "x.yaml:19:135: expected true or false, got 'maybe'"},
        {"classes: 2", "classes: 3", HK_ERR_RANGE,
         "x.yaml:16:9: vote: 10 units can't be divided into 3 equal groups"},
        {"classes: 2", "classes: 0", HK_ERR_CONFIG,
         "x.yaml:16:43: 0 is too small; must be at least 1"},
    };
    expect_mistakes(mistakes, HK_COUNT(mistakes));
}
END_TEST

START_TEST(mistakes_in_phases_that_teach_are_told) {
    static const struct mistake mistakes[] = {
        {"teach: out", "teach: outt", HK_ERR_CONFIG,
         "x.yaml:18:86: there is no population 'outt'; did you mean 'out'?"},
        {"teach: out", "teach: mid", HK_ERR_CONFIG,
         "x.yaml:18:86: mid has 5 units, fewer than the 10 classes of digits"},
        {"teach: out", "teach: in", HK_ERR_CONFIG,
         "x.yaml:18:86: nothing that ends in in has a plasticity that learns from presentations, "
         "such as desire"},
        {"teach: out", "teach: out, read: [0 ms, 19 ms]", HK_ERR_CONFIG,
         "x.yaml:18:79: a phase that teaches reads the whole of `show:`"},
    };
    expect_mistakes(mistakes, HK_COUNT(mistakes));
}
END_TEST

START_TEST(a_value_is_not_given_twice_under_two_names) {
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert_msg(read_text(&e, good, NULL, &err), "%s", err.message);
    const struct hk_node *source = hk_node_path(e.root, "populations.in.source");
    ck_assert_ptr_nonnull(hk_node_get(source, "poisson"));
    ck_assert_ptr_null(hk_node_get(source, "rate"));
    hk_experiment_finish(&e);
    expect_message(good, "populations.in.source.rate=3 Hz", HK_ERR_CONFIG,
                   "-D:1:23: poisson and rate are one value; give one of them");
}
END_TEST

START_TEST(overrides_are_checked_like_the_file) {
    expect_message(good, "populations.out.tau_n=20 ms", HK_ERR_CONFIG,
                   "-D:1:17: unknown key 'tau_n'; did you mean 'tau_m'?");
    expect_message("params: {date: 2}\nduration: 1 ms\npopulations: {a: {model: lif, size: 1}}\n",
                   "date=3", HK_ERR_CONFIG,
                   "-D:1:1: unknown key 'date'; did you mean 'params.date'?");
    expect_message(good, "out=3", HK_ERR_CONFIG,
                   "-D:1:1: unknown key 'out'; did you mean 'populations.out'?");
}
END_TEST

Suite *suite_io_experiment(void) {
    Suite *suite = suite_create("io/experiment");
    TCase *cases = tcase_create("experiment");
    tcase_add_checked_fixture(cases, NULL, hk_test_folder_remove);
    tcase_add_test(cases, a_good_file_becomes_a_network);
    tcase_add_test(cases, the_resolved_file_reads_back_as_itself);
    tcase_add_test(cases, a_base_lies_under_the_file_and_defaults_under_each_entry);
    tcase_add_test(cases, bases_that_lead_back_or_nowhere_are_told);
    tcase_add_test(cases, every_64_bit_number_is_a_seed_and_0_is_one);
    tcase_add_test(cases, a_time_that_is_no_whole_tick_is_told_with_the_nearest);
    tcase_add_test(cases, on_the_exact_clock_a_tick_is_1_ns_and_numbers_are_double);
    tcase_add_test(cases, what_is_wrong_among_parts_is_told_where_it_stands);
    tcase_add_test(cases, mistakes_in_values_are_told_with_their_place);
    tcase_add_test(cases, mistakes_in_names_are_told_with_the_nearest_known_one);
    tcase_add_test(cases, an_unknown_model_is_told_with_the_nearest_known_one);
    tcase_add_test(cases, what_is_missing_is_named);
    tcase_add_test(cases, a_protocol_says_what_is_read_rewarded_and_taught);
    tcase_add_test(cases, a_resolved_protocol_reads_back_as_itself);
    tcase_add_test(cases, defaults_of_protocols_and_signals_are_written_down);
    tcase_add_test(cases, populations_drop_out_while_they_learn_unless_the_phase_says_otherwise);
    tcase_add_test(cases, a_crop_shows_the_centre_of_both_parts);
    tcase_add_test(cases, mistakes_in_signals_dropout_and_crops_are_told);
    tcase_add_test(cases, mistakes_in_phases_that_read_and_reward_are_told);
    tcase_add_test(cases, mistakes_in_phases_that_teach_are_told);
    tcase_add_test(cases, a_value_is_not_given_twice_under_two_names);
    tcase_add_test(cases, overrides_are_checked_like_the_file);
    suite_add_tcase(suite, cases);
    return suite;
}
