/* Rewards: the value for an answer, and what is remembered of those before. */
#include <check.h>
#include <math.h>

#include "sim/models.h"
#include "tests/support/suites.h"

struct bench {
    const struct hk_reward_model *model;
    _Alignas(16) char param[128];
    double state[HK_REWARD_STATE_MAX];
};

static void bench_init(struct bench *bench, const char *name) {
    *bench = (struct bench){
        .model = (const struct hk_reward_model *)hk_model_find(HK_KIND_REWARD, name, HK_DOUBLE)};
    ck_assert_ptr_nonnull(bench->model);
    ck_assert_uint_le(bench->model->base.param_size, sizeof bench->param);
    ck_assert_uint_le(bench->model->state_count, HK_REWARD_STATE_MAX);
    hk_params_default(&bench->model->base, bench->param);
}

static void bench_set(struct bench *bench, const char *param, double value) {
    struct hk_err err = {0};
    const struct hk_param *row = hk_param_find(&bench->model->base, param);
    ck_assert_msg(hk_param_set(row, bench->param, value, &err), "%s", err.message);
}

static void bench_start(struct bench *bench) {
    if (bench->model->start) bench->model->start(bench->param, bench->state);
}

static double give(const struct bench *bench, bool right) {
    return bench->model->give(bench->param, bench->state, right);
}

/* An answer, whose signal then lasts `ms`. Returns the signal. */
static double answer(struct bench *bench, bool right, double ms) {
    double value = give(bench, right);
    bench->model->after(bench->param, bench->state, value * ms);
    return value;
}

/* ---- fixed ---- */

START_TEST(fixed_gives_one_value_for_right_and_one_for_wrong) {
    struct bench bench;
    bench_init(&bench, "fixed");
    bench_start(&bench);
    ck_assert_double_eq(give(&bench, true), 1.0);
    ck_assert_double_eq(give(&bench, false), -1.0);
    bench_set(&bench, "right", 0.25);
    bench_set(&bench, "wrong", 3.0);
    for (int times = 0; times < 3; times++) {
        ck_assert_double_eq(give(&bench, true), 0.25);
        ck_assert_double_eq(give(&bench, false), 3.0);
    }
}
END_TEST

/* ---- prediction error ---- */

/* By hand, with a window of 4, a rate of 1/100 and 8 ms each time; r = p = 1 and R = 0 at first.
 *   right: A =  8,     R = 2,       A - R = 6:       r = 0.94,   p = 1.06
 *   right: A =  7.52,  R = 3.38,    A - R = 4.14:    r = 0.8986, p = 1.1014
 *   wrong: A = -8.8112, R = 0.3322, A - R = -9.1434: r = 0.990034, p = 1.009966 */
START_TEST(prediction_error_moves_reward_and_punishment_against_each_other) {
    static const double rounding = 1e-12;
    struct bench bench;
    bench_init(&bench, "prediction-error");
    bench_set(&bench, "rate", 0.01);
    bench_set(&bench, "window", 4);
    bench_start(&bench);
    ck_assert_double_eq(answer(&bench, true, 8), 1.0);
    ck_assert_double_eq_tol(give(&bench, true), 0.94, rounding);
    ck_assert_double_eq_tol(give(&bench, false), -1.06, rounding);
    ck_assert_double_eq_tol(answer(&bench, true, 8), 0.94, rounding);
    ck_assert_double_eq_tol(give(&bench, true), 0.8986, rounding);
    ck_assert_double_eq_tol(answer(&bench, false, 8), -1.1014, rounding);
    ck_assert_double_eq_tol(give(&bench, true), 0.990034, rounding);
    ck_assert_double_eq_tol(give(&bench, false), -1.009966, rounding);
}
END_TEST

/* The authors' numbers: 256 ms, a window of 10 and a rate of 5e-4. R has moved by A when the
 * difference is taken, so 0.9 of it counts: 5e-4 * 0.9 * 256 = 0.1152. */
START_TEST(prediction_error_starts_as_in_the_paper) {
    struct bench bench;
    bench_init(&bench, "prediction-error");
    bench_start(&bench);
    ck_assert_double_eq(answer(&bench, true, 256), 1.0);
    ck_assert_double_eq_tol(give(&bench, true), 1 - 0.1152, 1e-12);
    ck_assert_double_eq_tol(give(&bench, false), -1 - 0.1152, 1e-12);
    bench_start(&bench);
    ck_assert_double_eq(give(&bench, true), 1.0); /* nothing is left of it */
    ck_assert_double_eq(answer(&bench, false, 256), -1.0);
    ck_assert_double_eq_tol(give(&bench, true), 1.1152, 1e-12);
    ck_assert_double_eq_tol(give(&bench, false), -0.8848, 1e-12);
}
END_TEST

/* A reward that is always the same is expected in the end. While nothing but right answers come,
 * r falls as long as A exceeds R, and stays where both agree. */
START_TEST(prediction_error_settles_where_the_reward_is_expected) {
    struct bench bench;
    double last = HUGE_VAL;
    bench_init(&bench, "prediction-error");
    bench_start(&bench);
    for (int times = 0; times < 10; times++) {
        double value = answer(&bench, true, 10);
        ck_assert_double_lt(value, last);
        last = value;
    }
    for (int times = 0; times < 1000; times++) last = answer(&bench, true, 10);
    ck_assert_double_eq_tol(answer(&bench, true, 10), last, 1e-9);
    ck_assert_double_gt(last, 0.02);
}
END_TEST

START_TEST(prediction_error_stays_within_its_bounds) {
    struct bench bench;
    bench_init(&bench, "prediction-error");
    bench_set(&bench, "rate", 10);
    bench_start(&bench);
    (void)answer(&bench, true, 256);
    ck_assert_double_eq(give(&bench, true), 0.02);
    ck_assert_double_eq(give(&bench, false), -50.0);
    (void)answer(&bench, false, 256);
    ck_assert_double_eq(give(&bench, true), 50.0);
    ck_assert_double_eq(give(&bench, false), -0.02);
    bench_set(&bench, "least", 0.5);
    bench_set(&bench, "most", 2.0);
    (void)answer(&bench, true, 256);
    ck_assert_double_eq(give(&bench, true), 0.5);
    ck_assert_double_eq(give(&bench, false), -2.0);
}
END_TEST

Suite *suite_encoders_rewards(void) {
    Suite *suite = suite_create("encoders/rewards");
    TCase *cases = tcase_create("rewards");
    tcase_add_test(cases, fixed_gives_one_value_for_right_and_one_for_wrong);
    tcase_add_test(cases, prediction_error_moves_reward_and_punishment_against_each_other);
    tcase_add_test(cases, prediction_error_starts_as_in_the_paper);
    tcase_add_test(cases, prediction_error_settles_where_the_reward_is_expected);
    tcase_add_test(cases, prediction_error_stays_within_its_bounds);
    suite_add_tcase(suite, cases);
    return suite;
}
