/* The latency code. Ticks of 1e-8 ms show the closed form to 8 digits. */
#include <check.h>

#include "tests/support/encode.h"
#include "tests/support/suites.h"

static const float values[] = {1, 0.75f, 0.5f, 0.01f, 0, -1, 2, 0.25f, 0.2f};
enum { LOGARITHMIC = 1 };

static struct encode linear(hk_tick ticks) {
    return (struct encode){.model = "latency",
                           .values = values,
                           .value_count = HK_COUNT(values),
                           .ticks = ticks,
                           .tick_ms = 1};
}

START_TEST(linear_times_fall_with_the_value) {
    struct encode e = linear(100);
    ENCODE_EXPECT(&e, 0, 0);
    ENCODE_EXPECT(&e, 1, 25);
    ENCODE_EXPECT(&e, 2, 50);
    ENCODE_EXPECT(&e, 3, 98);
    encode_expect_silence(&e, 4);
}
END_TEST

START_TEST(values_outside_the_range_count_as_its_ends) {
    struct encode e = linear(100);
    encode_expect_silence(&e, 5);
    ENCODE_EXPECT(&e, 6, 0);
    e.params[0].name = "value_min", e.params[0].value = -1;
    e.params[1].name = "value_max", e.params[1].value = 2;
    encode_expect_silence(&e, 5);
    ENCODE_EXPECT(&e, 4, 66);
    ENCODE_EXPECT(&e, 2, 50);
    ENCODE_EXPECT(&e, 0, 33);
    ENCODE_EXPECT(&e, 6, 0);
}
END_TEST

START_TEST(values_up_to_x_min_are_silent) {
    struct encode e = linear(100);
    e.params[0].name = "x_min", e.params[0].value = 0.5;
    ENCODE_EXPECT(&e, 1, 25);
    encode_expect_silence(&e, 2);
    encode_expect_silence(&e, 3);
}
END_TEST

START_TEST(a_window_is_shorter_than_the_presentation) {
    struct encode e = linear(500);
    e.tick_ms = 0.5;
    e.params[0].name = "window", e.params[0].value = 50;
    ENCODE_EXPECT(&e, 0, 0);
    ENCODE_EXPECT(&e, 2, 50);
    ENCODE_EXPECT(&e, 3, 98);
}
END_TEST

/* A window of n + 1 ticks and (2 k - 1)/(2 n) gives halves, which go up whether the float is above
 * or below. */
START_TEST(every_fraction_fires_at_its_exact_tick) {
    for (int n = 2; n < 200; n++) {
        float halves[200];
        struct encode e = {.model = "latency", .values = halves, .ticks = n + 1, .tick_ms = 1};
        for (int k = 1; k <= n; k++) halves[k - 1] = (float)(2 * k - 1) / (float)(2 * n);
        e.value_count = (size_t)n;
        for (int k = 1; k <= n; k += 7) ENCODE_EXPECT(&e, (hk_neuron)(k - 1), n - k + 1);
    }
}
END_TEST

START_TEST(logarithmic_times_are_those_of_an_integrator) {
    struct encode e = linear(1000000000);
    e.tick_ms = 1e-8;
    e.params[0].name = "curve", e.params[0].value = LOGARITHMIC;
    e.params[1].name = "tau", e.params[1].value = 5;
    e.params[2].name = "theta", e.params[2].value = 0.2;
    ENCODE_EXPECT(&e, 0, 111571776);
    ENCODE_EXPECT(&e, 2, 255412812);
    ENCODE_EXPECT(&e, 7, 804718956);
    encode_expect_silence(&e, 3);
}
END_TEST

START_TEST(logarithmic_times_after_the_window_are_lost) {
    struct encode e = linear(8);
    e.params[0].name = "curve", e.params[0].value = LOGARITHMIC;
    encode_expect_silence(&e, 7);
    e.ticks = 9;
    ENCODE_EXPECT(&e, 7, 8);
}
END_TEST

START_TEST(the_gain_makes_all_earlier) {
    struct encode e = linear(100);
    e.gain = 1.5;
    ENCODE_EXPECT(&e, 2, 25);
    ENCODE_EXPECT(&e, 1, 0);
}
END_TEST

START_TEST(threads_do_not_change_it) {
    float many[100];
    for (int i = 0; i < 100; i++) many[i] = (float)(i * 37 % 100) / 100;
    struct encode e = {.model = "latency",
                       .values = many,
                       .value_count = 100,
                       .ticks = 50,
                       .tick_ms = 0.1};
    encode_expect_same_for_threads(&e);
}
END_TEST

START_TEST(wrong_values_are_refused) {
    struct encode e = linear(100);
    e.params[0].name = "value_min", e.params[0].value = 1;
    encode_refuse(&e, "value_min = 1 must be below value_max = 1");
    e = linear(100);
    e.params[0].name = "window", e.params[0].value = 2.5;
    encode_refuse(&e, "window: 2.5 ms is not a whole number of ticks of 1 ms; the nearest are 2 "
                      "and 3 ms");
}
END_TEST

Suite *suite_encoders_latency(void) {
    Suite *suite = suite_create("encoders/latency");
    TCase *times = tcase_create("times");
    tcase_add_test(times, linear_times_fall_with_the_value);
    tcase_add_test(times, values_outside_the_range_count_as_its_ends);
    tcase_add_test(times, values_up_to_x_min_are_silent);
    tcase_add_test(times, a_window_is_shorter_than_the_presentation);
    tcase_add_test(times, every_fraction_fires_at_its_exact_tick);
    tcase_add_test(times, logarithmic_times_are_those_of_an_integrator);
    tcase_add_test(times, logarithmic_times_after_the_window_are_lost);
    tcase_add_test(times, the_gain_makes_all_earlier);
    tcase_add_test(times, threads_do_not_change_it);
    tcase_add_test(times, wrong_values_are_refused);
    suite_add_tcase(suite, times);
    return suite;
}
