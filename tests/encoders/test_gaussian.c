/* Gaussian receptive fields. Ticks of 1e-8 ms show the closed form to 8 digits; ranges such as
 * 0..10 give fractions such as 0.3 that no float can hold. */
#include <check.h>

#include "tests/support/encode.h"
#include "tests/support/suites.h"

static struct encode shown(const float *values, size_t count, double high, hk_tick ticks) {
    return (struct encode){.model = "gaussian",
                           .params = {{"fields", 5}, {"value_max", high}},
                           .values = values,
                           .value_count = count,
                           .ticks = ticks,
                           .tick_ms = 1};
}

/* x = 0.3: a = 0.110250525 0.835270211 0.666976811 0.056134763 0.000497955, t = 10 ms (1 - a). */
START_TEST(units_fire_the_earlier_the_better_the_value_fits) {
    float value = 3;
    struct encode e = shown(&value, 1, 10, 1000000000);
    e.tick_ms = 1e-8;
    ck_assert_uint_eq(encode_units(&e), 5);
    ENCODE_EXPECT(&e, 0, 889749475);
    ENCODE_EXPECT(&e, 1, 164729789);
    ENCODE_EXPECT(&e, 2, 333023189);
    encode_expect_silence(&e, 3);
    encode_expect_silence(&e, 4);
}
END_TEST

/* The five stand at -1/6, 1/6, 1/2, 5/6 and 7/6; the outer two can't be met. */
START_TEST(a_value_in_the_centre_of_a_field_fires_at_once) {
    static const float values[] = {1, 3, 5};
    struct encode e = shown(values, 3, 6, 100);
    ck_assert_uint_eq(encode_units(&e), 15);
    for (hk_neuron v = 0; v < 3; v++) ENCODE_EXPECT(&e, 5 * v + 1 + v, 0);
    encode_expect_silence(&e, 5 + 4); /* 3 is three widths from 7 */
}
END_TEST

/* sigma is 1/4.5 and 1/4.5/2: one width off is a = exp(-1/2), at tick 39 of 100. */
START_TEST(beta_is_the_distance_over_the_width) {
    float value = 0.5f + 1 / 4.5f;
    struct encode e = shown(&value, 1, 1, 100);
    ENCODE_EXPECT(&e, 2, 39);
    e.params[2].name = "beta", e.params[2].value = 3;
    ENCODE_EXPECT(&e, 2, 86); /* two widths: exp(-2) = 0.135 */
}
END_TEST

START_TEST(units_that_fit_too_little_are_silent) {
    float value = 3;
    struct encode e = shown(&value, 1, 10, 1000);
    e.params[2].name = "a_min", e.params[2].value = 0.05;
    ENCODE_EXPECT(&e, 3, 944);
    e.params[2].value = 0.7;
    ENCODE_EXPECT(&e, 1, 165);
    encode_expect_silence(&e, 2);
}
END_TEST

START_TEST(values_outside_the_range_count_as_its_ends) {
    static const float values[] = {0, -7, 1, 9};
    struct encode e = shown(values, 4, 1, 100);
    for (hk_neuron v = 0; v < 4; v += 2) {
        hk_neuron near = v == 0 ? 0 : 4; /* half a distance off: exp(-9/32), as its neighbour */
        ENCODE_EXPECT(&e, 5 * v + near, 25);
        ENCODE_EXPECT(&e, 5 * (v + 1) + near, 25);
    }
}
END_TEST

START_TEST(a_window_is_shorter_than_the_presentation) {
    float value = 3;
    struct encode e = shown(&value, 1, 10, 1000);
    e.params[2].name = "window", e.params[2].value = 100;
    ENCODE_EXPECT(&e, 1, 16);
}
END_TEST

START_TEST(threads_do_not_change_it) {
    float many[50];
    for (int i = 0; i < 50; i++) many[i] = (float)(i * 37 % 50) / 50;
    struct encode e = shown(many, 50, 1, 100);
    encode_expect_same_for_threads(&e);
}
END_TEST

START_TEST(wrong_values_are_refused) {
    float value = 3;
    struct encode e = shown(&value, 1, -10, 100);
    encode_refuse(&e, "value_min = 0 must be below value_max = -10");
}
END_TEST

Suite *suite_encoders_gaussian(void) {
    Suite *suite = suite_create("encoders/gaussian");
    TCase *fields = tcase_create("fields");
    tcase_add_test(fields, units_fire_the_earlier_the_better_the_value_fits);
    tcase_add_test(fields, a_value_in_the_centre_of_a_field_fires_at_once);
    tcase_add_test(fields, beta_is_the_distance_over_the_width);
    tcase_add_test(fields, units_that_fit_too_little_are_silent);
    tcase_add_test(fields, values_outside_the_range_count_as_its_ends);
    tcase_add_test(fields, a_window_is_shorter_than_the_presentation);
    tcase_add_test(fields, threads_do_not_change_it);
    tcase_add_test(fields, wrong_values_are_refused);
    suite_add_tcase(suite, fields);
    return suite;
}
