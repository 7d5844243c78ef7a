/* exp and log of our own against libm's in long double, whose own error is 2^-11 of a unit in the
 * last place of a double. */
#include <check.h>
#include <float.h>
#include <math.h>

#include "sim/numeric.h"
#include "sim/rng.h"
#include "tests/support/suites.h"

/* The stated bounds, in units of the last place of the right value. */
static const double BOUND = 1.0, BOUND_FLOAT = 1.1, BOUND_PHI = 0.8;

enum { DRAWS = 400000 };

static struct hk_draws draws(void) {
    return hk_draws_at(hk_stream_make(1, "numeric", "test"), 0, 0);
}

static double error_in_units(double value, long double right) {
    double near = fabs((double)right), unit = nextafter(near, (double)INFINITY) - near;
    return (double)(fabsl((long double)value - right) / (long double)unit);
}

/* Uniform numbers in [low, high), and those near 0 twice as often. */
static double draw_between(struct hk_draws *d, double low, double high, int k) {
    double u = hk_draws_uniform(d);
    return k % 2 ? low + (high - low) * u : 2 * u - 1;
}

START_TEST(exp_is_within_its_bound) {
    struct hk_draws d = draws();
    double worst = 0;
    for (int k = 0; k < DRAWS; k++) {
        double x = draw_between(&d, -708, 709, k);
        worst = fmax(worst, error_in_units(hk_exp(x), expl((long double)x)));
    }
    ck_assert_double_lt(worst, BOUND);
    ck_assert_double_gt(worst, 0.5); /* or nothing was measured */
}
END_TEST

/* All powers of two, and densely where ln changes its sign and its scale. */
START_TEST(log_is_within_its_bound) {
    struct hk_draws d = draws();
    double worst = 0;
    for (int k = 0; k < DRAWS; k++) {
        double m = 1 + hk_draws_uniform(&d);
        int power = k % 2 ? (int)hk_draws_below(&d, 2046) - 1022 : (int)hk_draws_below(&d, 3) - 1;
        double x = ldexp(m, power);
        worst = fmax(worst, error_in_units(hk_log(x), logl((long double)x)));
    }
    ck_assert_double_lt(worst, BOUND);
    ck_assert_double_gt(worst, 0.5);
}
END_TEST

START_TEST(expf_is_within_its_bound) {
    struct hk_draws d = draws();
    double worst = 0;
    for (int k = 0; k < DRAWS; k++) {
        float x = (float)draw_between(&d, -87, 88, k);
        double right = exp((double)x);
        float near = (float)right, unit = nextafterf(near, INFINITY) - near;
        worst = fmax(worst, fabs((double)hk_expf(x) - right) / (double)unit);
    }
    ck_assert_double_lt(worst, BOUND_FLOAT);
    ck_assert_double_gt(worst, 0.5);
}
END_TEST

/* (e^x - 1)/x where it is computed by its series. */
START_TEST(phi1_is_within_its_bound) {
    struct hk_draws d = draws();
    double worst = 0, worst_float = 0;
    for (int k = 0; k < DRAWS; k++) {
        double x = (2 * hk_draws_uniform(&d) - 1) * (double)HK_REAL_NEAR;
        float y = (float)x;
        long double right = expm1l((long double)x) / (long double)x;
        double near = expm1((double)y) / (double)y;
        float unit = nextafterf((float)near, INFINITY) - (float)near;
        worst = fmax(worst, error_in_units(hk_phi1_near(x), right));
        worst_float = fmax(worst_float, fabs((double)hk_phi1_nearf(y) - near) / (double)unit);
    }
    ck_assert_double_lt(worst, BOUND_PHI);
    ck_assert_double_lt(worst_float, BOUND_PHI);
    ck_assert_double_gt(worst_float, 0.5);
    ck_assert_double_eq((double)hk_phi1_nearf(0), 1);
}
END_TEST

/* y ln x is rounded three times, so |y ln x| units and a half more than exp's own. */
START_TEST(pow_is_within_its_bound) {
    struct hk_draws d = draws();
    double worst = 0;
    for (int k = 0; k < DRAWS; k++) {
        double x = 3 * hk_draws_uniform(&d), y = 2 * hk_draws_uniform(&d);
        double units = error_in_units(hk_pow(x, y), powl((long double)x, (long double)y));
        worst = fmax(worst, units / (1.5 + 3 * fabs(y * log(x))));
    }
    ck_assert_double_lt(worst, 1.0);
}
END_TEST

START_TEST(exact_values_are_exact) {
    ck_assert_double_eq(hk_exp(0.0), 1.0);
    ck_assert_double_eq(hk_exp(-0.0), 1.0);
    ck_assert_double_eq((double)hk_expf(0.0f), 1.0);
    ck_assert_double_eq(hk_log(1.0), 0.0);
    ck_assert_double_eq(hk_log(0x1p-1022), -1022 * 0x1.62e42fefa39efp-1);
    ck_assert_double_eq(hk_pow(0.3, 0.0), 1.0);
    ck_assert_double_eq(hk_pow(1.0, 7.7), 1.0);
}
END_TEST

START_TEST(arguments_out_of_range_have_stated_values) {
    ck_assert_double_eq(hk_exp(-708.5), 0.0);
    ck_assert_double_eq(hk_exp((double)-INFINITY), 0.0);
    ck_assert_double_eq(hk_exp(-DBL_MAX), 0.0);
    ck_assert_double_eq(hk_exp((double)INFINITY), hk_exp(709.0));
    ck_assert_double_nan(hk_exp((double)NAN));
    ck_assert_double_eq((double)hk_expf(-87.5f), 0.0);
    ck_assert_double_eq((double)hk_expf(-INFINITY), 0.0);
    ck_assert_double_eq((double)hk_expf(1e30f), (double)hk_expf(88.0f));
    ck_assert_double_nan((double)hk_expf(NAN));
    ck_assert_double_eq(hk_pow(0.0, 0.4), 0.0);
    ck_assert_double_eq(hk_pow(-1.0, 0.4), 0.0);
}
END_TEST

START_TEST(exp_rises_where_its_argument_does) {
    size_t falls = 0;
    double last = 0;
    for (double x = -3; x < 3; x += 0x1p-18) {
        falls += hk_exp(x) <= last;
        last = hk_exp(x);
    }
    ck_assert_uint_eq(falls, 0);
}
END_TEST

START_TEST(what_has_decayed_settles_at_zero) {
    ck_assert_double_eq((double)hk_settle((hk_real)9e-31), 0);
    ck_assert_double_eq((double)hk_settle((hk_real)-9e-31), 0);
    ck_assert_double_ne((double)hk_settle((hk_real)2e-30), 0);
    ck_assert_double_ne((double)hk_settle((hk_real)-2e-30), 0);
    ck_assert_double_nan((double)hk_settle((hk_real)NAN)); /* an error stays one */
}
END_TEST

START_TEST(clamp_keeps_what_lies_between) {
    ck_assert_double_eq((double)hk_clamp(2, 1, 3), 2.0);
    ck_assert_double_eq((double)hk_clamp(0, 1, 3), 1.0);
    ck_assert_double_eq((double)hk_clamp(4, 1, 3), 3.0);
    ck_assert_double_eq((double)hk_clamp(-5, -1, -1), -1.0);
}
END_TEST

static void convert(int64_t k) {
    ck_assert_double_eq(hk_double_from_int(k), (double)k);
    if (k > -((int64_t)1 << 53) && k < (int64_t)1 << 53)
        ck_assert(hk_real_from_int(k) == (hk_real)k);
}

/* Around all powers of two, where rounding begins and halves carry, and in between. */
START_TEST(whole_numbers_are_converted_as_the_compiler_does) {
    struct hk_draws d = draws();
    for (int power = 0; power < 63; power++) {
        int64_t two = (int64_t)1 << power;
        for (int64_t k = -300; k <= 300; k++) {
            convert(two - 1 + k);
            convert(-two + 1 + k);
        }
        for (int k = 0; k < 1000; k++) {
            uint64_t bits = (uint64_t)hk_draws_word(&d) << 32 | hk_draws_word(&d);
            convert((int64_t)(bits >> (63 - power)));
            convert(-(int64_t)(bits >> (63 - power)));
        }
    }
    convert(INT64_MAX);
    convert(INT64_MIN);
}
END_TEST

Suite *suite_sim_numeric(void) {
    Suite *suite = suite_create("sim/numeric");
    TCase *error = tcase_create("error"), *edges = tcase_create("edges");
    tcase_add_test(error, exp_is_within_its_bound);
    tcase_add_test(error, log_is_within_its_bound);
    tcase_add_test(error, expf_is_within_its_bound);
    tcase_add_test(error, phi1_is_within_its_bound);
    tcase_add_test(error, pow_is_within_its_bound);
    suite_add_tcase(suite, error);
    tcase_add_test(edges, exact_values_are_exact);
    tcase_add_test(edges, whole_numbers_are_converted_as_the_compiler_does);
    tcase_add_test(edges, arguments_out_of_range_have_stated_values);
    tcase_add_test(edges, exp_rises_where_its_argument_does);
    tcase_add_test(edges, what_has_decayed_settles_at_zero);
    tcase_add_test(edges, clamp_keeps_what_lies_between);
    suite_add_tcase(suite, edges);
    return suite;
}
