/* Read-outs: spike counts in, classes out. */
#include <check.h>

#include "sim/models.h"
#include "tests/support/suites.h"

enum { UNITS = 6, CLASSES = 3, NONE = -1 };

struct bench {
    const struct hk_readout_model *model;
    _Alignas(16) char param[64];
    double sums[CLASSES * UNITS], shown[CLASSES];
    int32_t assigned[UNITS];
    struct hk_readout readout;
};

static void bench_init(struct bench *bench, const char *name, size_t units, size_t classes) {
    *bench = (struct bench){
        .model = (const struct hk_readout_model *)hk_model_find(HK_KIND_READOUT, name, HK_DOUBLE)};
    ck_assert_ptr_nonnull(bench->model);
    hk_params_default(&bench->model->base, bench->param);
    bench->readout = (struct hk_readout){.param = bench->param,
                                         .units = units,
                                         .classes = classes,
                                         .sums = bench->sums,
                                         .shown = bench->shown,
                                         .assigned = bench->assigned};
    if (bench->model->start) bench->model->start(&bench->readout);
}

static int predict(const struct bench *bench, const uint32_t *counts) {
    return bench->model->predict(&bench->readout, counts);
}
#define COUNTS(...) ((const uint32_t[]){__VA_ARGS__})

/* ---- argmax ---- */

START_TEST(argmax_takes_the_unit_that_fired_most) {
    struct bench bench;
    bench_init(&bench, "argmax", 3, 3);
    ck_assert(!bench.model->needs_labels);
    ck_assert_int_eq(predict(&bench, COUNTS(1, 5, 2)), 1);
    ck_assert_int_eq(predict(&bench, COUNTS(7, 5, 2)), 0);
    ck_assert_int_eq(predict(&bench, COUNTS(1, 5, 6)), 2);
    ck_assert_int_eq(predict(&bench, COUNTS(0, 0, 0)), NONE);
    for (int32_t i = 0; i < 3; i++) ck_assert_int_eq(bench.assigned[i], i);
}
END_TEST

START_TEST(argmax_gives_ties_to_the_lower_class_or_to_none) {
    struct bench bench;
    struct hk_err err = {0};
    bench_init(&bench, "argmax", 3, 3);
    ck_assert_int_eq(predict(&bench, COUNTS(3, 5, 5)), 1);
    ck_assert(hk_param_choose(hk_param_find(&bench.model->base, "tie"), bench.param, "none", &err));
    ck_assert_int_eq(predict(&bench, COUNTS(3, 5, 5)), NONE);
    ck_assert_int_eq(predict(&bench, COUNTS(5, 3, 5)), NONE);
    ck_assert_int_eq(predict(&bench, COUNTS(5, 5, 6)), 2);
    ck_assert_int_eq(predict(&bench, COUNTS(4, 4, 3)), NONE);
    ck_assert_int_eq(predict(&bench, COUNTS(0, 0, 0)), NONE);
    ck_assert_int_eq(predict(&bench, COUNTS(0, 1, 0)), 1);
}
END_TEST

START_TEST(argmax_needs_one_unit_a_class) {
    struct bench bench;
    struct hk_err err = {0};
    bench_init(&bench, "argmax", 3, 3);
    ck_assert(bench.model->check(bench.param, 3, 3, &err));
    ck_assert(!bench.model->check(bench.param, 6, 3, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_str_eq(err.message, "argmax needs one unit a class: 6 units, 3 classes");
}
END_TEST

/* ---- vote ---- */

START_TEST(vote_takes_the_group_that_fired_most) {
    struct bench bench;
    bench_init(&bench, "vote", UNITS, CLASSES);
    ck_assert_int_eq(predict(&bench, COUNTS(1, 1, 5, 0, 2, 2)), 1);
    ck_assert_int_eq(predict(&bench, COUNTS(1, 1, 0, 0, 2, 1)), 2);
    ck_assert_int_eq(predict(&bench, COUNTS(2, 2, 0, 4, 1, 1)), 0);
    ck_assert_int_eq(predict(&bench, COUNTS(0, 0, 0, 0, 0, 0)), NONE);
    static const int32_t groups[UNITS] = {0, 0, 1, 1, 2, 2};
    ck_assert_mem_eq(bench.assigned, groups, sizeof groups);
}
END_TEST

START_TEST(vote_needs_equal_groups) {
    struct bench bench;
    struct hk_err err = {0};
    bench_init(&bench, "vote", UNITS, CLASSES);
    ck_assert(bench.model->check(bench.param, 6, 3, &err));
    ck_assert(!bench.model->check(bench.param, 7, 3, &err));
    ck_assert_str_eq(err.message, "vote: 7 units can't be divided into 3 equal groups");
    err = (struct hk_err){0};
    ck_assert(!bench.model->check(bench.param, 0, 3, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
}
END_TEST

/* ---- label-rate ---- */

static void learn(struct bench *bench, size_t label, const uint32_t *counts) {
    bench->model->learn(&bench->readout, counts, label);
}

/* Class 0 is shown twice as often, so rates decide and not sums; unit 4 is tied, unit 5 silent. */
static void teach(struct bench *bench) {
    bench_init(bench, "label-rate", UNITS, CLASSES);
    ck_assert(bench->model->needs_labels);
    learn(bench, 0, COUNTS(9, 3, 0, 0, 2, 0));
    learn(bench, 0, COUNTS(9, 3, 0, 2, 2, 0));
    learn(bench, 1, COUNTS(1, 4, 7, 0, 2, 0));
    learn(bench, 2, COUNTS(0, 0, 0, 5, 1, 0));
    bench->model->assign(&bench->readout);
}

START_TEST(label_rate_labels_units_by_their_highest_mean_rate) {
    static const int32_t expected[UNITS] = {0, 1, 1, 2, 0, NONE};
    struct bench bench;
    teach(&bench);
    ck_assert_mem_eq(bench.assigned, expected, sizeof expected);
}
END_TEST

/* Units 0 and 4 are of class 0, 1 and 2 of class 1, 3 alone of class 2. */
START_TEST(label_rate_takes_the_class_of_the_highest_mean) {
    struct bench bench;
    teach(&bench);
    ck_assert_int_eq(predict(&bench, COUNTS(3, 0, 0, 2, 0, 0)), 2); /* 1.5, 0, 2 */
    ck_assert_int_eq(predict(&bench, COUNTS(4, 0, 0, 2, 1, 0)), 0); /* 2.5, 0, 2 */
    ck_assert_int_eq(predict(&bench, COUNTS(2, 2, 0, 0, 0, 0)), 0); /* a tie: the lower class */
    ck_assert_int_eq(predict(&bench, COUNTS(0, 3, 2, 2, 0, 0)), 1);
    ck_assert_int_eq(predict(&bench, COUNTS(0, 0, 0, 0, 0, 99)), NONE); /* without a label */
    ck_assert_int_eq(predict(&bench, COUNTS(0, 0, 0, 0, 0, 0)), NONE);
}
END_TEST

START_TEST(label_rate_never_names_a_class_that_was_not_shown) {
    struct bench bench;
    bench_init(&bench, "label-rate", UNITS, CLASSES);
    learn(&bench, 1, COUNTS(1, 1, 1, 1, 1, 1));
    bench.model->assign(&bench.readout);
    for (size_t i = 0; i < UNITS; i++) ck_assert_int_eq(bench.assigned[i], 1);
    ck_assert_int_eq(predict(&bench, COUNTS(1, 0, 0, 0, 0, 0)), 1);
}
END_TEST

Suite *suite_encoders_readouts(void) {
    Suite *suite = suite_create("encoders/readouts");
    TCase *argmax = tcase_create("argmax"), *vote = tcase_create("vote");
    TCase *label = tcase_create("label-rate");
    tcase_add_test(argmax, argmax_takes_the_unit_that_fired_most);
    tcase_add_test(argmax, argmax_gives_ties_to_the_lower_class_or_to_none);
    tcase_add_test(argmax, argmax_needs_one_unit_a_class);
    suite_add_tcase(suite, argmax);
    tcase_add_test(vote, vote_takes_the_group_that_fired_most);
    tcase_add_test(vote, vote_needs_equal_groups);
    suite_add_tcase(suite, vote);
    tcase_add_test(label, label_rate_labels_units_by_their_highest_mean_rate);
    tcase_add_test(label, label_rate_takes_the_class_of_the_highest_mean);
    tcase_add_test(label, label_rate_never_names_a_class_that_was_not_shown);
    suite_add_tcase(suite, label);
    return suite;
}
