#include "io/colour.h"

#include <check.h>
#include <math.h>

#include "sim/types.h"
#include "tests/support/suites.h"

/* What a colour looks like in grey: CIE L*, from linear light. */
static double lightness(uint32_t colour) {
    static const double weights[] = {0.0722, 0.7152, 0.2126};
    double light = 0.0;
    for (unsigned k = 0; k < 3; k++) {
        double part = ((colour >> 8 * k) & 255) / 255.0;
        light += weights[k] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return light > 0.008856 ? 116.0 * cbrt(light) - 16.0 : 903.3 * light;
}

START_TEST(viridis_goes_from_its_violet_to_its_yellow) {
    ck_assert_uint_eq(hk_colour_viridis(0.0), 0x440154);
    ck_assert_uint_eq(hk_colour_viridis(1.0), 0xfde725);
    ck_assert_uint_eq(hk_colour_viridis(-3.0), hk_colour_viridis(0.0));
    ck_assert_uint_eq(hk_colour_viridis(7.0), hk_colour_viridis(1.0));
}
END_TEST

/* The map is straight in the lightness of CAM02-UCS, from which L* differs by 2 of 100. */
START_TEST(viridis_gets_lighter_in_equal_steps) {
    enum { STEPS = 200 };
    double first = lightness(hk_colour_viridis(0.0)), last = lightness(hk_colour_viridis(1.0));
    for (int i = 0; i <= STEPS; i++) {
        double part = (double)i / STEPS;
        ck_assert_double_eq_tol(lightness(hk_colour_viridis(part)), first + part * (last - first),
                                2.5);
    }
}
END_TEST

START_TEST(blues_begin_with_paper_and_only_get_darker) {
    enum { STEPS = 200 };
    ck_assert_uint_eq(hk_colour_blues(0.0), HK_COLOUR_PAPER);
    for (int i = 1; i <= STEPS; i++)
        ck_assert_double_lt(lightness(hk_colour_blues((double)i / STEPS)),
                            lightness(hk_colour_blues((double)(i - 1) / STEPS)));
}
END_TEST

START_TEST(series_wrap_round) {
    ck_assert_uint_ne(hk_colour_series(0), hk_colour_series(1));
    ck_assert_uint_eq(hk_colour_series(0), hk_colour_series(6));
}
END_TEST

Suite *suite_io_colour(void) {
    Suite *suite = suite_create("io/colour");
    TCase *tcase = tcase_create("colour");
    tcase_add_test(tcase, viridis_goes_from_its_violet_to_its_yellow);
    tcase_add_test(tcase, viridis_gets_lighter_in_equal_steps);
    tcase_add_test(tcase, blues_begin_with_paper_and_only_get_darker);
    tcase_add_test(tcase, series_wrap_round);
    suite_add_tcase(suite, tcase);
    return suite;
}
