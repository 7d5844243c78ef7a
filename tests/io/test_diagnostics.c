/* All mistakes of an experiment in one list: the list itself, and that readers tell each mistake
 * and nothing that only follows from it. */
#include "io/diagnostics.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "io/experiment.h"
#include "io/yaml.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

/* ---- the list ---- */

static struct hk_arena *arena;
static struct hk_diagnostics list;
static struct hk_err err;

static void setup(void) {
    arena = hk_arena_create(NULL);
    ck_assert_ptr_nonnull(arena);
    list = (struct hk_diagnostics){.arena = arena};
    err = (struct hk_err){.kept = &list};
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void keep(enum hk_code code, const char *message) {
    ck_assert(!hk_go_on(HK_FAIL(&err, code, "%s", message), &err));
}

START_TEST(a_failure_is_kept_and_the_error_is_free_again) {
    keep(HK_ERR_CONFIG, "one");
    ck_assert_int_eq(err.code, HK_OK);
    ck_assert(hk_can_go_on(&err));
    ck_assert(hk_go_on(true, &err));
    ck_assert(!hk_go_on(false, &err)); /* nothing new is said */
    keep(HK_ERR_RANGE, "two");
    ck_assert(hk_diagnostics_sort(&list, &err));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_uint_eq(list.errors, 2);
    ck_assert_str_eq(list.sorted[1]->message, "two");
    ck_assert_int_eq(list.sorted[1]->code, HK_ERR_RANGE);
}
END_TEST

START_TEST(without_a_list_the_first_failure_stays) {
    struct hk_err alone = {.code = HK_OK};
    ck_assert(!hk_go_on(HK_FAIL(&alone, HK_ERR_CONFIG, "first"), &alone));
    ck_assert(!hk_can_go_on(&alone));
    ck_assert(!hk_go_on(HK_FAIL(&alone, HK_ERR_CONFIG, "second"), &alone));
    ck_assert_str_eq(alone.message, "first");
    ck_assert(!hk_go_on(false, NULL));
}
END_TEST

START_TEST(there_is_no_going_on_without_memory) {
    ck_assert(!hk_go_on(HK_FAIL(&err, HK_ERR_MEMORY, "no memory"), &err));
    ck_assert(!hk_can_go_on(&err));
    ck_assert_uint_eq(list.kept, 0);
}
END_TEST

START_TEST(they_are_in_the_order_of_files_lines_and_columns) {
    static const char *const expected[] = {"no place",       "-D:1:3: x",      "a.yaml:2:1: x",
                                           "a.yaml:10:2: a", "a.yaml:10:2: b", "a.yaml:10:11: x",
                                           "b.yaml:1:1: x"};
    static const size_t order[] = {3, 6, 0, 5, 2, 1, 4};
    for (size_t i = 0; i < HK_COUNT(order); i++) keep(HK_ERR_CONFIG, expected[order[i]]);
    ck_assert(hk_diagnostics_sort(&list, &err));
    ck_assert_uint_eq(list.count, HK_COUNT(expected));
    for (size_t i = 0; i < list.count; i++) ck_assert_str_eq(list.sorted[i]->message, expected[i]);
}
END_TEST

START_TEST(what_is_met_again_is_told_once) {
    for (int i = 0; i < 3; i++) {
        keep(HK_ERR_CONFIG, "a.yaml:1:2: one");
        ck_assert(hk_diagnostics_warn(&list, "a.yaml:1:2: other", &err));
    }
    ck_assert(hk_diagnostics_sort(&list, &err));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_uint_eq(list.errors, 1);
    ck_assert_uint_eq(list.warnings, 1);
}
END_TEST

/* A file that is wrong is worse than data that aren't here. */
START_TEST(as_one_failure_they_are_the_first_about_the_file_itself) {
    struct hk_err one = {.code = HK_OK};
    ck_assert(hk_diagnostics_warn(&list, "a.yaml:1:1: odd", &err));
    keep(HK_ERR_DATA, "a.yaml:2:1: no data");
    ck_assert(hk_diagnostics_sort(&list, &err));
    hk_diagnostics_fail(&list, &one);
    ck_assert_int_eq(one.code, HK_ERR_DATA);
    keep(HK_ERR_RANGE, "a.yaml:4:1: late");
    keep(HK_ERR_CONFIG, "a.yaml:3:1: wrong");
    ck_assert(hk_diagnostics_sort(&list, &err));
    one = (struct hk_err){.code = HK_OK};
    hk_diagnostics_fail(&list, &one);
    ck_assert_int_eq(one.code, HK_ERR_CONFIG);
    ck_assert_str_eq(one.message, "a.yaml:3:1: wrong");
}
END_TEST

START_TEST(warnings_can_be_made_errors) {
    ck_assert(hk_diagnostics_warn(&list, "a.yaml:1:1: odd", &err));
    ck_assert(hk_diagnostics_sort(&list, &err));
    hk_diagnostics_harden(&list);
    ck_assert_uint_eq(list.errors, 1);
    ck_assert_uint_eq(list.warnings, 0);
    ck_assert(!list.sorted[0]->warning);
}
END_TEST

/* ---- experiments ---- */

static const char *base_of(const char *text) {
    const char *at = strstr(text, "x.yaml:");
    return at ? at : text;
}

static void read_text(struct hk_experiment *e, const char *text) {
    const char *path = hk_test_write("x.yaml", text);
    struct hk_err ignored = {.code = HK_OK};
    bool ok = hk_experiment_read(e, &(struct hk_experiment_options){.path = path}, &ignored);
    ck_assert_int_eq(ok, e->diagnostics.errors == 0);
    ck_assert_int_eq(ok, ignored.code == HK_OK);
}

static void expect_all(const char *text, const char *const *expected) {
    struct hk_experiment e;
    size_t count = 0;
    read_text(&e, text);
    const struct hk_diagnostics *found = &e.diagnostics;
    for (; expected[count] && count < found->count; count++)
        ck_assert_str_eq(base_of(found->sorted[count]->message), expected[count]);
    ck_assert_msg(!expected[count], "not told: %s", expected[count]);
    ck_assert_msg(count == found->count, "also told: %s",
                  count < found->count ? found->sorted[count]->message : "");
    hk_experiment_finish(&e);
}

/* long: no function, but an experiment with all of its mistakes */
static const char all_wrong[] =
    "hillock: 2\n"
    "name: [x]\n"
    "seed: -1\n"
    "resolution: 0.1 mV\n"
    "precision: triple\n"
    "params: {a: 3 mx, b: = a + 1 ms, c: = d, 2x: 1}\n"
    "data: {set: digits, train: none, crop: [0, 4]}\n"
    "populations:\n"
    "  in: {size: 2.5, source: {poisson: 3}}\n"
    "  exc: {model: lif, size: 4, tau_m: 5, tau_exc: 1 V, v_th: = b, init: {u: 1 mV}}\n"
    "  inh: {model: lf, size: 4, whatever: 3}\n"
    "signals: {pay: {tau: 0 ms, from: nobody}}\n"
    "projections:\n"
    "  in->exc: {connect: {rule: probability, p: 2}, weight: 3 mV, delay: x}\n"
    "  exc->exc: {connect: all-to-al, weight: 3, delay: 0 ms, normalise: 3 pA}\n"
    "  exc-exc: {}\n"
    "readouts: {digits: {model: vote, from: exd}}\n"
    "protocol:\n"
    "  - {phase: a, data: trian, show: 0.5, learn: [x->y], label: digits, take: 0}\n"
    "  - {phase: a, data: test, shew: 1.23456789 ms, evaluate: digit}\n"
    "record: {spikes: [exc, out], in: [b]}\n"
    "report: {spikes: {exc: [rat], out: [rate]}, from: -1 ms, bin: 7}\n"
    "duraton: 1 s\n";
static const char *const all_told[] =
    {"x.yaml:1:10: 2 is too large; must be at most 1",
     "x.yaml:2:7: expected text, got a list",
     "x.yaml:3:7: '-1' is not a seed: a whole number from 0 to 2^64 - 1",
     "x.yaml:4:13: expected a time (ms), got a voltage (mV)",
     "x.yaml:5:12: precision: 'triple' is not one of single, double",
     "x.yaml:6:13: unknown unit 'mx'; did you mean 'ms'?",
     "x.yaml:6:39: no param is called 'd'; known here: a, b, c",
     ("x.yaml:6:42: '2x' can't name a param: it must be letters, digits and _, not begin with a "
      "digit, and not be a function"),
     "x.yaml:7:28: expected a number such as 0.5 or a quantity such as 20 ms, got 'none'",
     "x.yaml:7:41: 0 is too small; must be at least 1",
     "x.yaml:9:14: must be a whole number, got 2.5",
     "x.yaml:9:37: 3 has no unit; expected a rate, e.g. 3 Hz",
     "x.yaml:10:37: 5 has no unit; expected a time, e.g. 5 ms",
     "x.yaml:10:49: expected a time (ms), got a voltage (mV)",
     "x.yaml:10:75: there is no state variable 'u'; known here: v, i_exc, i_inh",
     "x.yaml:11:16: there is no neuron model 'lf'; did you mean 'lif'?",
     "x.yaml:12:22: tau must be above 0; without it the signal stays as it was set",
     "x.yaml:12:34: there is no population 'nobody'; known here: in, exc, inh",
     "x.yaml:14:45: p = 2, must be at most 1",
     "x.yaml:14:57: expected a current (pA), got a voltage (mV)",
     "x.yaml:14:70: expected a number such as 0.5 or a quantity such as 20 ms, got 'x'",
     "x.yaml:15:23: there is no connectivity rule 'all-to-al'; did you mean 'all-to-all'?",
     "x.yaml:15:42: 3 has no unit; expected a current, e.g. 3 pA",
     "x.yaml:15:52: a delay of 0 ms; between neurons it is at least one tick, 1e-06 ms",
     "x.yaml:15:58: only projections with `plasticity:` are normalised",
     "x.yaml:16:3: 'exc-exc' is not of the form source->target",
     "x.yaml:16:3: needs `connect:`, for example `connect: all-to-all`",
     "x.yaml:17:40: there is no population 'exd'; did you mean 'exc'?",
     "x.yaml:19:22: data: 'trian' is not one of train, test",
     "x.yaml:19:35: 0.5 has no unit; expected a time, e.g. 0.5 ms",
     "x.yaml:19:48: there is no projection 'x->y'; known here: in->exc, exc->exc, exc-exc",
     "x.yaml:19:76: 0 is too small; must be at least 1",
     "x.yaml:20:5: two phases are called a",
     "x.yaml:20:28: unknown key 'shew'; did you mean 'show'?",
     ("x.yaml:20:34: 1.23456789 ms is not a whole number of ticks of 1e-06 ms; the nearest are "
      "1.234567 and 1.234568 ms"),
     "x.yaml:20:59: there is no read-out 'digit'; did you mean 'digits'?",
     "x.yaml:21:24: there is no population 'out'; known here: in, exc, inh",
     "x.yaml:21:35: there is no phase 'b'; known here: a, a",
     "x.yaml:22:25: there is no measure 'rat' of spikes; did you mean 'rate'?",
     "x.yaml:22:31: there is no population 'out'; known here: in, exc, inh",
     "x.yaml:22:51: from can't be negative",
     "x.yaml:22:63: 7 has no unit; expected a time, e.g. 7 ms",
     "x.yaml:23:1: unknown key 'duraton'; did you mean 'duration'?",
     "x.yaml:23:10: needs either `duration:` or `protocol:`",
     NULL};

START_TEST(every_section_is_read_whatever_is_wrong_before) {
    expect_all(all_wrong, all_told);
}
END_TEST

/* A population that is wrong is there for others all the same; so are names that can't be. */
START_TEST(what_follows_from_a_mistake_is_not_told) {
    static const char text[] =
        "name: x\n"
        "params: {w: 3 mx}\n"
        "populations:\n"
        "  in: {size: none, source: {poisson: 3 Hz}}\n"
        "  out: {model: lif, size: 4, tau_m: 5}\n"
        "signals: {pay: {rule: fixed, right: x}}\n"
        "projections:\n"
        "  in->out: {connect: all-to-all, weight: = w}\n"
        "  out->in: {connect: all-to-all, weight: = 2 * w, delay: 1 ms,\n"
        "            plasticity: {rule: mstdp, signal: pay, rate: = w, w_max: = w}}\n"
        "duration: 1\n"
        "record: {spikes: [in, out]}\n"
        "report: {spikes: {in: [rate]}, to: 2 s}\n";
    static const char *const expected[] =
        {"x.yaml:2:13: unknown unit 'mx'; did you mean 'ms'?",
         "x.yaml:4:14: expected a number such as 0.5 or a quantity such as 20 ms, got 'none'",
         "x.yaml:5:37: 5 has no unit; expected a time, e.g. 5 ms",
         "x.yaml:6:37: expected a number such as 0.5 or a quantity such as 20 ms, got 'x'",
         "x.yaml:11:11: 1 has no unit; expected a time, e.g. 1 ms",
         NULL};
    expect_all(text, expected);
}
END_TEST

/* One that is no duration is one all the same. */
static const char *const durations[][2] =
    {{"-5 ms", "x.yaml:2:11: the duration must be above 0"},
     {"0 ms", "x.yaml:2:11: the duration must be above 0"},
     {"5", "x.yaml:2:11: 5 has no unit; expected a time, e.g. 5 ms"},
     {"5 mV", "x.yaml:2:11: expected a time (ms), got a voltage (mV)"}};

START_TEST(nothing_follows_from_a_wrong_duration) {
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "name: x\n"
                   "duration: %s\n"
                   "populations:\n"
                   "  in: {size: 3, source: {poisson: 3 Hz}}\n"
                   "  out: {model: lif, size: 4}\n"
                   "projections:\n"
                   "  in->out: {connect: all-to-all, weight: 3 pA}\n"
                   "record: {spikes: [in, out], v: {state: out.v, every: 1 ms, from: 2 ms},\n"
                   "         w: {weights: in->out, every: 1 ms}}\n"
                   "report: {spikes: {in: [rate]}, from: 2 ms}\n",
                   durations[_i][0]);
    expect_all(text, (const char *const[]){durations[_i][1], NULL});
}
END_TEST

/* What was meant is checked as if it stood there. */
START_TEST(an_unknown_key_is_taken_for_the_nearest) {
    static const char text[] = "name: x\n"
                               "parms: {w: 3 pA}\n"
                               "defaults: {population: {tau_n: 5}}\n"
                               "populations:\n"
                               "  in: {size: 3, sauce: {poisson: 3 Hz}}\n"
                               "  out: {modle: lif, size: 4, receptor: delta}\n"
                               "projections:\n"
                               "  in->out: {conect: all-to-all, wieght: = w, receptor: exc}\n"
                               "duratoin: 1\n";
    static const char *const expected[] =
        {"x.yaml:2:1: unknown key 'parms'; did you mean 'params'?",
         "x.yaml:3:12: unknown key 'population'; did you mean 'populations'?",
         "x.yaml:3:25: unknown key 'tau_n'; did you mean 'tau_m'?",
         "x.yaml:3:32: 5 has no unit; expected a time, e.g. 5 ms",
         "x.yaml:5:17: unknown key 'sauce'; did you mean 'source'?",
         "x.yaml:6:9: unknown key 'modle'; did you mean 'model'?",
         "x.yaml:6:30: unknown key 'receptor'; did you mean 'receptors'?",
         "x.yaml:8:13: unknown key 'conect'; did you mean 'connect'?",
         "x.yaml:8:33: unknown key 'wieght'; did you mean 'weight'?",
         "x.yaml:8:41: expected a voltage (mV), got a current (pA)",
         "x.yaml:9:1: unknown key 'duratoin'; did you mean 'duration'?",
         "x.yaml:9:11: 1 has no unit; expected a time, e.g. 1 ms",
         NULL};
    expect_all(text, expected);
}
END_TEST

START_TEST(a_mistake_of_the_defaults_is_told_once) {
    static const char text[] = "name: x\nduration: 1 s\n"
                               "defaults: {populations: {model: lif, size: 3, tau_m: 5}}\n"
                               "populations: {a: {}, b: {}, c: {}}\n";
    static const char *const expected[] = {"x.yaml:3:54: 5 has no unit; expected a time, e.g. 5 ms",
                                           NULL};
    expect_all(text, expected);
}
END_TEST

START_TEST(all_keys_given_twice_are_told) {
    static const char text[] = "name: x\nname: y\nduration: 1\n"
                               "populations: {a: {model: lif, size: 3, size: 4}}\n";
    static const char *const expected[] =
        {"x.yaml:2:1: the key 'name' was already given on line 1",
         "x.yaml:3:11: 1 has no unit; expected a time, e.g. 1 ms",
         "x.yaml:4:40: the key 'size' was already given on line 4", NULL};
    expect_all(text, expected);
}
END_TEST

START_TEST(without_its_data_the_rest_of_a_protocol_is_checked) {
    static const char text[] =
        "name: x\n"
        "data: {set: mnist, path: nowhere}\n"
        "populations:\n"
        "  in: {source: {encoder: poisson, rate_max: 60 Hz}}\n"
        "  out: {model: lif, size: 7, receptors: {in: delta}}\n"
        "projections: {in->out: {connect: all-to-all, weight: 1 mV}}\n"
        "readouts: {digits: {model: vote, from: out}}\n"
        "protocol: [{phase: a, data: train, skip: 9e5, of_class: 99, show: 10 ms, rest: 5,\n"
        "            evaluate: digits}]\n";
    static const char *const expected[] = {"x.yaml:2:13: nowhere: there is no data set mnist here: "
                                           "neither train-images-idx3-ubyte nor "
                                           "t10k-images-idx3-ubyte, plain or .gz",
                                           "x.yaml:8:80: 5 has no unit; expected a time, e.g. 5 ms",
                                           NULL};
    expect_all(text, expected);
}
END_TEST

START_TEST(labels_come_before_they_are_used) {
    static const char text[] =
        "name: x\n"
        "data: {set: digits, train: 9, test: 9}\n"
        "populations:\n"
        "  in: {source: {encoder: poisson, rate_max: 60 Hz}}\n"
        "  out: {model: lif, size: 7, receptors: {in: delta}}\n"
        "projections: {in->out: {connect: all-to-all, weight: 1 mV}}\n"
        "readouts: {digits: {model: label-rate, from: out}}\n"
        "protocol: [{phase: a, data: train, show: 10 ms, evaluate: digits},\n"
        "           {phase: b, data: train, show: 10 ms, label: digits},\n"
        "           {phase: c, data: train, show: 10 ms, evaluate: digits}]\n";
    static const char *const expected[] =
        {"x.yaml:8:59: read-out digits has no labels yet; a phase before it must say `label: "
         "digits`",
         NULL};
    expect_all(text, expected);
}
END_TEST

/* ---- each mistake, one after the other ---- */

/* Every kind of section; each name that entries go by is said elsewhere, too. */
static const char whole[] =
    "hillock: 1\n"
    "name: whole\n"
    "seed: 3\n"
    "resolution: 1 ms\n"
    "precision: double\n"
    "params: {w: 1 mV, n: = 2 * m, m: 5}\n"
    "data: {set: digits, train: 40, test: 20, crop: [4, 3]}\n"
    "defaults:\n"
    "  populations: {tau_m: 12 ms, receptors: {syn: delta}}\n"
    "  projections: {delay: 1 ms}\n"
    "populations:\n"
    "  in: {source: {encoder: regular, rate_max: 1 kHz}}\n"
    "  clock: {size: 2, source: {regular: 9 ms, start: 3 ms}}\n"
    "  mid: {model: lif, size: = m, dropout: 0.3, init: {v: {normal: [-65 mV, 2 mV]}},\n"
    "        drive: [{poisson: 9 Hz, weight: = w}, {step: 3 pA, from: 2 ms}]}\n"
    "  out: {model: alif, shape: [2, 5], theta_plus: 2 mV}\n"
    "signals:\n"
    "  pay: {rule: fixed, right: 2, wrong: -3}\n"
    "  dopa: {from: mid, tau: 200 ms, delay: 2 ms, amount: 0.5}\n"
    "projections:\n"
    "  in->mid: {connect: {rule: probability, p: 0.5}, weight: {uniform: [0 mV, = w]},\n"
    "            normalise: 3 mV, plasticity: {rule: mstdp, signal: pay, rate: = w, w_max: 9 mV}}\n"
    "  mid->out: {connect: all-to-all, weight: = w, delay: {uniform: [1 ms, 5 ms]}, plasticity:\n"
    "             {rule: desire, threshold: 0.3, target_spikes: 5, learning_rate: = w, tau: 5 "
    "ms}}\n"
    "  clock->mid: {connect: {rule: fixed-indegree, n: 1}, weight: 2 mV, receptor: syn,\n"
    "               synapse: {model: tsodyks-markram, u: 0.5, tau_rec: 80 ms, tau_fac: 3 ms}}\n"
    "readouts:\n"
    "  digits: {model: vote, from: out}\n"
    "protocol:\n"
    "  - {phase: lessons, data: train, take: 3, shuffle: true, epochs: 2, show: 20 ms, learn: "
    "true,\n"
    "     evaluate: digits, teach: out, average: 9}\n"
    "  - {phase: rewards, data: train, of_class: 3, skip: 1, wanted: 1, show: 20 ms, rest: 2 ms,\n"
    "     read: [5 ms, 12 ms], learn: [in->mid], drop: false, adapt: true, reset: true,\n"
    "     running: digits, reward: pay, window: 5, retry: {population: out, below: 2, gain: 0.1}}\n"
    "record: {spikes: [out, mid], in: [lessons]}\n"
    "report: {spikes: {out: [rate, fano]}, from: 2 ms, bin: 1 ms, in: [rewards]}\n";

static size_t count_errors(const char *text) {
    struct hk_experiment e;
    read_text(&e, text);
    size_t errors = e.diagnostics.errors;
    hk_experiment_finish(&e);
    return errors;
}

/* `whole` with `size` bytes at a place replaced. */
static const char *edited(int line, int column, size_t size, const char *by) {
    static char text[2 * sizeof whole];
    const char *at = whole;
    for (int k = 1; k < line; k++) at = strchr(at, '\n') + 1;
    at += column - 1;
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, by, at + size);
    return text;
}

/* Do others refer to the key? */
static bool is_name(const struct hk_node *node) {
    static const char *const sections[] = {"populations", "projections", "signals", "readouts",
                                           "params",      "receptors",   "spikes",  "init"};
    const char *section = node->parent->key;
    bool named = false;
    for (size_t i = 0; section && i < HK_COUNT(sections); i++)
        named |= strcmp(section, sections[i]) == 0;
    const char *above = node->parent->parent ? node->parent->parent->key : NULL;
    return named && !(above && strcmp(above, "defaults") == 0);
}

static void misspell_each(const struct hk_node *node, size_t *tried) {
    for (const struct hk_node *at = node->first; at; at = at->next) {
        misspell_each(at, tried);
        if (!at->key || is_name(at)) continue;
        size_t size = strlen(at->key);
        const char *text = edited(at->key_line, at->key_column + (int)size, 0, "q");
        size_t errors = count_errors(text);
        ck_assert_msg(errors == 1, "%zu errors for %sq in line %d", errors, at->key, at->key_line);
        ++*tried;
    }
}

static void spoil_each(const struct hk_node *node, size_t *tried) {
    for (const struct hk_node *at = node->first; at; at = at->next) {
        spoil_each(at, tried);
        if (!at->text) continue;
        const char *text = edited(at->line, at->column, strlen(at->text), "\"?!\"");
        size_t errors = count_errors(text), expected = at->key && strcmp(at->key, "name") != 0;
        bool is_phase = at->key && strcmp(at->key, "phase") == 0;
        if (!at->key) expected = 1;
        if (is_phase) expected = 1; /* `in:` of record or report misses it */
        ck_assert_msg(errors == expected, "%zu errors without '%s' in line %d", errors, at->text,
                      at->line);
        ++*tried;
    }
}

static const struct hk_node *parse_whole(void) {
    const struct hk_node *root = hk_yaml_parse(arena, "x.yaml", whole, strlen(whole), &err);
    ck_assert_ptr_nonnull(root);
    ck_assert_uint_eq(count_errors(whole), 0);
    return root;
}

START_TEST(each_misspelled_key_is_one_error) {
    size_t tried = 0;
    misspell_each(parse_whole(), &tried);
    ck_assert_uint_gt(tried, 90);
}
END_TEST

START_TEST(each_senseless_value_is_one_error) {
    size_t tried = 0;
    spoil_each(parse_whole(), &tried);
    ck_assert_uint_gt(tried, 90);
}
END_TEST

Suite *suite_io_diagnostics(void) {
    Suite *suite = suite_create("io/diagnostics");
    TCase *cases = tcase_create("list");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_failure_is_kept_and_the_error_is_free_again);
    tcase_add_test(cases, without_a_list_the_first_failure_stays);
    tcase_add_test(cases, there_is_no_going_on_without_memory);
    tcase_add_test(cases, they_are_in_the_order_of_files_lines_and_columns);
    tcase_add_test(cases, what_is_met_again_is_told_once);
    tcase_add_test(cases, as_one_failure_they_are_the_first_about_the_file_itself);
    tcase_add_test(cases, warnings_can_be_made_errors);
    tcase_add_test(cases, every_section_is_read_whatever_is_wrong_before);
    tcase_add_test(cases, what_follows_from_a_mistake_is_not_told);
    tcase_add_loop_test(cases, nothing_follows_from_a_wrong_duration, 0, (int)HK_COUNT(durations));
    tcase_add_test(cases, an_unknown_key_is_taken_for_the_nearest);
    tcase_add_test(cases, a_mistake_of_the_defaults_is_told_once);
    tcase_add_test(cases, all_keys_given_twice_are_told);
    tcase_add_test(cases, without_its_data_the_rest_of_a_protocol_is_checked);
    tcase_add_test(cases, labels_come_before_they_are_used);
    tcase_add_test(cases, each_misspelled_key_is_one_error);
    tcase_add_test(cases, each_senseless_value_is_one_error);
    suite_add_tcase(suite, cases);
    return suite;
}
