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

static const char *write_file(const char *name, const char *text) {
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", hk_test_folder(), name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static bool read_text(struct hk_experiment *e, const char *text, const char *define,
                      struct hk_err *err) {
    const char *const defines[] = {define};
    return hk_experiment_read(e,
                              &(struct hk_experiment_options){.path = write_file("x.yaml", text),
                                                              .defines = defines,
                                                              .define_count = define != NULL},
                              err);
}

/* `good` with its first `from` replaced; static memory. */
static const char *with(const char *from, const char *to) {
    static char text[4096];
    const char *at = strstr(good, from);
    ck_assert_ptr_nonnull(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    return text;
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
    ck_assert_uint_eq(e.record_count, 1);
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
    (void)write_file("base.yaml", good);
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

/* Which models there are is not this test's business. */
START_TEST(an_unknown_model_is_told_with_the_known_ones) {
    static const char expected[] = "x.yaml:7:16: there is no neuron model 'liv'; known: alif";
    struct hk_err err = {0};
    struct hk_experiment e;
    ck_assert(!read_text(&e, with("model: lif", "model: liv"), NULL, &err));
    const char *at = strstr(err.message, "x.yaml:");
    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(strncmp(at, expected, sizeof expected - 1), 0);
    hk_experiment_finish(&e);
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
}
END_TEST

Suite *suite_io_experiment(void) {
    Suite *suite = suite_create("io/experiment");
    TCase *cases = tcase_create("experiment");
    tcase_add_checked_fixture(cases, NULL, hk_test_folder_remove);
    tcase_add_test(cases, a_good_file_becomes_a_network);
    tcase_add_test(cases, the_resolved_file_reads_back_as_itself);
    tcase_add_test(cases, a_base_lies_under_the_file_and_defaults_under_each_entry);
    tcase_add_test(cases, mistakes_in_values_are_told_with_their_place);
    tcase_add_test(cases, mistakes_in_names_are_told_with_the_nearest_known_one);
    tcase_add_test(cases, an_unknown_model_is_told_with_the_known_ones);
    tcase_add_test(cases, what_is_missing_is_named);
    tcase_add_test(cases, a_value_is_not_given_twice_under_two_names);
    tcase_add_test(cases, overrides_are_checked_like_the_file);
    suite_add_tcase(suite, cases);
    return suite;
}
