#include "io/record_reader.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "io/experiment.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

#define NETWORK                                                                                    \
    "name: r\nresolution: 0.1 ms\n"                                                                \
    "populations:\n  in: {size: 9, source: {regular: 10 ms}}\n"                                    \
    "  exc: {model: alif, size: 20}\n  inh: {model: lif, size: 5}\n"                               \
    "projections: {in->exc: {connect: all-to-all, weight: {uniform: [0 pA, 9 pA]}}}\n"
#define DURATION NETWORK "duration: 50 ms\n"
#define PROTOCOL                                                                                   \
    NETWORK "data: {set: digits, train: 10, test: 10}\n"                                           \
            "protocol:\n  - {phase: train, data: train, show: 20 ms}\n"                            \
            "  - {phase: test, data: test, show: 20 ms}\n"

static struct hk_experiment e;
static struct hk_err err;

static bool read_text(const char *text) {
    const char *path = hk_test_write("x.yaml", text);
    err = (struct hk_err){0};
    return hk_experiment_read(&e, &(struct hk_experiment_options){.path = path}, &err);
}

static void teardown(void) {
    hk_experiment_finish(&e);
    hk_test_folder_remove();
}

static const struct hk_record *records(const char *text, size_t count) {
    bool ok = read_text(text);
    ck_assert_msg(ok, "%s", err.message);
    ck_assert_uint_eq(e.records.count, count);
    return e.records.list;
}

START_TEST(spikes_by_themselves_are_one_record) {
    const struct hk_record *r = records(PROTOCOL "record: {spikes: [exc, in], in: [test]}\n", 1);
    ck_assert_int_eq(r->kind, HK_RECORD_SPIKES);
    ck_assert_ptr_null(r->name);
    ck_assert_uint_eq(r->pop_count, 2);
    ck_assert_str_eq(hk_pop_name(r->pops[1]), "in");
    ck_assert_uint_eq(r->only_count, 0);
    ck_assert(r->from == 0 && r->to == INT64_MAX);
    ck_assert(hk_record_is_in(r, "test") && !hk_record_is_in(r, "train"));
}
END_TEST

START_TEST(nothing_need_be_recorded) {
    (void)records(DURATION "record: {}\n", 0);
    hk_experiment_finish(&e);
    (void)records(DURATION "record:\n", 0);
    hk_experiment_finish(&e);
    (void)records(DURATION, 0);
}
END_TEST

START_TEST(recorders_have_names_beside_it) {
    const struct hk_record *r =
        records(DURATION "record:\n  raster: {spikes: [exc], only: {first: 3}, from: 20 ms}\n"
                         "  spikes: [inh]\n  rate: {rate: [exc, in], to: 0.04 s}\n",
                3);
    ck_assert_ptr_null(r[0].name);
    ck_assert_str_eq(r[1].name, "raster");
    ck_assert_uint_eq(r[1].only_count, 3);
    ck_assert_uint_eq(r[1].only[2], 2);
    ck_assert_int_eq(r[1].from, 200);
    ck_assert_str_eq(r[2].name, "rate");
    ck_assert_int_eq(r[2].kind, HK_RECORD_RATE);
    ck_assert_int_eq(r[2].bin, 10); /* 1 ms, the default */
    ck_assert_int_eq(r[2].to, 400);
    ck_assert(hk_record_is_in(&r[2], NULL));
}
END_TEST

START_TEST(a_state_is_watched_at_times_at_samples_or_at_spikes) {
    const struct hk_record *r =
        records(PROTOCOL "record:\n  a: {state: exc.v, every: 0.5 ms, only: [7, 2]}\n"
                         "  b: {state: exc.theta, every: 1 sample, in: [train]}\n"
                         "  c: {state: inh.v, on: spike of in}\n",
                3);
    ck_assert_int_eq(r[0].every, 5);
    ck_assert_uint_eq(r[0].only[0], 2); /* in their order */
    ck_assert_uint_eq(r[0].only[1], 7);
    ck_assert_uint_eq(r[1].samples, 1);
    ck_assert_int_eq(r[1].every, 0);
    ck_assert_str_eq(hk_pop_column_info(r[1].pops[0], r[1].column)->name, "theta");
    ck_assert_str_eq(hk_pop_name(r[2].on), "in");
}
END_TEST

START_TEST(weights_are_taken_at_samples_or_of_a_duration_at_times) {
    const struct hk_record *r =
        records(PROTOCOL "record: {w: {weights: in->exc, every: 5 samples}}\n", 1);
    ck_assert_uint_eq(r->samples, 5);
    ck_assert_str_eq(hk_proj_name(r->proj), "in->exc");
    hk_experiment_finish(&e);
    r = records(DURATION "record: {w: {weights: in->exc, every: 10 ms,"
                         " histogram: {bins: 7, range: [0 pA, 1 nA]}}}\n",
                1);
    ck_assert_int_eq(r->every, 100);
    ck_assert_uint_eq(r->histogram.bins, 7);
    ck_assert(r->histogram.has_range);
    ck_assert_double_eq(r->histogram.high, 1000.0);
}
END_TEST

START_TEST(the_words_of_the_short_form_may_be_names) {
    const struct hk_record *r =
        records(DURATION "record: {spikes: {spikes: [exc]}, in: {state: exc.v, every: 1 ms}}\n", 2);
    ck_assert_str_eq(r[0].name, "spikes");
    ck_assert_str_eq(r[1].name, "in");
}
END_TEST

/* Line 9 is the first behind DURATION, line 12 behind PROTOCOL. */
static const char *const wrong[][2] = {
    {DURATION "record: [exc]\n", "9:9: expected a map, got a list"},
    {DURATION "record: {spikes: exc}\n", "9:18: expected a list, got a value"},
    {DURATION "record: {spikes: []}\n", "9:18: names no population"},
    {DURATION "record: {spikes: [ecx]}\n",
     "9:19: there is no population 'ecx'; did you mean 'exc'?"},
    {DURATION "record: {spikes: [exc, exc]}\n", "9:24: exc is named twice"},
    {DURATION "record: {spike: [exc]}\n", "9:10: unknown key 'spike'; did you mean 'spikes'?"},
    {DURATION "record: {raster: [exc]}\n",
     "9:18: a recorder is a map, such as `raster: {spikes: [POPULATION]}`, got a list"},
    {DURATION "record: {in: [test]}\n", "9:10: belongs to `spikes:`, which isn't there"},
    {DURATION "record: {spikes: [exc], in: [test]}\n",
     "9:30: there is no phase 'test': a plain duration has none"},
    {PROTOCOL "record: {spikes: [exc], in: [tets]}\n",
     "12:30: there is no phase 'tets'; did you mean 'test'?"},
    {DURATION "record: {x: {}}\n",
     "9:10: x doesn't say what it records: `spikes:`, `state:`, `weights:` or `rate:`"},
    {DURATION "record: {x: {stat: exc.v, every: 1 ms}}\n",
     "9:14: unknown key 'stat'; did you mean 'state'?"},
    {DURATION "record: {x: {spikes: [exc], rate: [exc]}}\n",
     "9:29: records spikes already; a recorder is of one thing"},
    {DURATION "record: {x: {spikes: [exc], every: 1 ms}}\n",
     "9:29: unknown key 'every'; known here: spikes, only, from, to, in"},
    {DURATION "record: {spikes: [exc], x: {spikes: [inh, exc]}}\n",
     "9:37: spikes of exc are recorded already, by spikes"},
    {DURATION "record: {a/b: {spikes: [exc]}}\n",
     "9:15: \"a/b\" can't be a name in a results file: it must hold no slash and be something else "
     "than \"\", \".\" and \"..\""},
    {DURATION "record: {x: {state: v, every: 1 ms}}\n",
     "9:21: expected POPULATION.VARIABLE, such as exc.v, got 'v'"},
    {DURATION "record: {x: {state: ex.v, every: 1 ms}}\n",
     "9:21: there is no population 'ex'; did you mean 'exc'?"},
    {DURATION "record: {x: {state: exc.teta, every: 1 ms}}\n",
     "9:21: exc has no state variable 'teta'; did you mean 'theta'?"},
    {DURATION "record: {x: {state: in.v, every: 1 ms}}\n",
     "9:21: in has no state: it isn't of neurons"},
    {DURATION "record: {x: {state: exc.v}}\n",
     "9:10: x doesn't say when: `every: 1 ms`, `every: 100 samples` or `on: spike of POPULATION`"},
    {DURATION "record: {x: {state: exc.v, every: 1 ms, on: spike of inh}}\n",
     "9:41: it has `every:` already"},
    {DURATION "record: {x: {state: exc.v, every: 5}}\n",
     "9:35: 5 has no unit; expected a time, e.g. 5 ms"},
    {DURATION "record: {x: {state: exc.v, every: 0 ms}}\n",
     "9:35: every must be at least a tick, 0.1 ms"},
    {DURATION "record: {x: {state: exc.v, every: 0.25 ms}}\n",
     "9:35: 0.25 ms is not a whole number of ticks of 0.1 ms; the nearest are 0.2 and 0.3 ms"},
    {DURATION "record: {x: {state: exc.v, every: 5 samples}}\n",
     "9:35: a plain duration has no samples: give a time, such as `every: 1 s`"},
    {PROTOCOL "record: {x: {state: exc.v, every: 0 samples}}\n",
     "12:35: every must be at least 1 sample"},
    {PROTOCOL "record: {x: {state: exc.v, every: 5 samples, to: 1 ms}}\n",
     "12:46: is a time, but samples are counted: say which phases with `in:`"},
    {DURATION "record: {x: {state: exc.v, on: spikes of inh}}\n",
     "9:32: expected `spike of POPULATION`, got 'spikes of inh'"},
    {DURATION "record: {x: {state: exc.v, on: spike of ihn}}\n",
     "9:32: there is no population 'ihn'; did you mean 'in'?"},
    {DURATION "record: {x: {state: exc.v, every: 1 ms, only: 3}}\n",
     "9:47: expected a list, got a value"},
    {DURATION "record: {x: {state: exc.v, every: 1 ms, only: []}}\n", "9:47: names no unit"},
    {DURATION "record: {x: {state: exc.v, every: 1 ms, only: [3, 20]}}\n",
     "9:47: exc has no unit 20: it has 20 units, from 0 on"},
    {DURATION "record: {x: {state: exc.v, every: 1 ms, only: [3, 1, 3]}}\n",
     "9:47: unit 3 is named twice"},
    {DURATION "record: {x: {spikes: [exc, inh], only: {first: 6}}}\n",
     "9:48: inh has no unit 5: it has 5 units, from 0 on"},
    {DURATION "record: {x: {spikes: [exc], only: {last: 6}}}\n",
     "9:36: unknown key 'last'; known here: first"},
    {DURATION "record: {x: {spikes: [exc], from: 50 ms}}\n",
     "9:35: nothing is left of the time: from 50 ms to 50 ms"},
    {DURATION "record: {x: {spikes: [exc], to: 51 ms}}\n",
     "9:33: the run ends before, after 50 ms"},
    {DURATION "record: {x: {spikes: [exc], to: -1 ms}}\n", "9:33: to can't be negative"},
    {DURATION "record: {x: {rate: [exc], bin: 0 ms}}\n",
     "9:32: bin must be at least a tick, 0.1 ms"},
    {DURATION "record: {x: {weights: in->inh, every: 1 ms}}\n",
     "9:23: there is no projection 'in->inh'; known here: in->exc"},
    {DURATION "record: {x: {weights: in->exc}}\n",
     "9:10: x doesn't say when: `every: 1 s`, or with a protocol `every: 1000 samples`"},
    {DURATION "record: {x: {weights: in->exc, on: spike of exc}}\n",
     "9:32: unknown key 'on'; did you mean 'in'?"},
    {PROTOCOL "record: {x: {weights: in->exc, every: 1 ms}}\n",
     "12:39: with a protocol, weights are taken between samples: give their number, such as "
     "`every: 1000 samples`"},
    {DURATION "record: {x: {weights: in->exc, every: 1 ms, histogram: {}}}\n",
     "9:45: needs `bins:`"},
    {DURATION "record: {x: {weights: in->exc, every: 1 ms, histogram: {bins: 5, range: [1 mV, 2 "
              "mV]}}}\n",
     "9:74: expected a current (pA), got a voltage (mV)"},
    {DURATION "record: {x: {weights: in->exc, every: 1 ms, histogram: {bins: 5, range: [2 pA, 1 "
              "pA]}}}\n",
     "9:73: the lowest must be below the highest"},
};

START_TEST(mistakes_are_told_with_their_place) {
    ck_assert(!read_text(wrong[_i][0]));
    const char *at = strstr(err.message, "x.yaml:");
    ck_assert_msg(at && strcmp(at + strlen("x.yaml:"), wrong[_i][1]) == 0, "%s\nnot %s",
                  err.message, wrong[_i][1]);
    ck_assert(err.code == HK_ERR_CONFIG || err.code == HK_ERR_RANGE);
}
END_TEST

Suite *suite_io_record_reader(void) {
    Suite *suite = suite_create("io/record_reader");
    TCase *tcase = tcase_create("record_reader");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, spikes_by_themselves_are_one_record);
    tcase_add_test(tcase, nothing_need_be_recorded);
    tcase_add_test(tcase, recorders_have_names_beside_it);
    tcase_add_test(tcase, a_state_is_watched_at_times_at_samples_or_at_spikes);
    tcase_add_test(tcase, weights_are_taken_at_samples_or_of_a_duration_at_times);
    tcase_add_test(tcase, the_words_of_the_short_form_may_be_names);
    tcase_add_loop_test(tcase, mistakes_are_told_with_their_place, 0, (int)HK_COUNT(wrong));
    suite_add_tcase(suite, tcase);
    return suite;
}
