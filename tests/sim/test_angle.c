#include <check.h>
#include <math.h>

#include "sim/angle.h"
#include "tests/support/suites.h"

static const double NEAR = 1e-15;

START_TEST(sine_and_cosine_are_those_of_libm) {
    for (int k = -1000; k <= 1000; k++) {
        double x = HK_PI * k / 1000;
        struct hk_angle angle = hk_angle(x);
        ck_assert_double_eq_tol(angle.sine, sin(x), NEAR);
        ck_assert_double_eq_tol(angle.cosine, cos(x), NEAR);
    }
    for (double x = 1e-300; x < 1e-3; x *= 7)
        ck_assert_double_eq_tol(hk_angle(x).sine / x, 1, 1e-6);
}
END_TEST

START_TEST(arc_tangents_are_those_of_libm) {
    for (double x = 1e-300; x < 1e300; x *= 1.01) {
        ck_assert_double_eq_tol(hk_atan(x) / atan(x), 1, NEAR);
        ck_assert_double_eq(hk_atan(-x), -hk_atan(x));
    }
    ck_assert_double_eq(hk_atan(0), 0);
    ck_assert_double_eq(hk_atan((double)INFINITY), HK_PI / 2);
}
END_TEST

Suite *suite_sim_angle(void) {
    Suite *suite = suite_create("sim/angle");
    TCase *all = tcase_create("all");
    tcase_add_test(all, sine_and_cosine_are_those_of_libm);
    tcase_add_test(all, arc_tangents_are_those_of_libm);
    suite_add_tcase(suite, all);
    return suite;
}
