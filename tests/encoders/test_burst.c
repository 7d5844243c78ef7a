/* The burst code. */
#include <check.h>

#include "tests/support/encode.h"
#include "tests/support/suites.h"

static const float values[] = {1, 0.5f, 0.2f, 0, 0.9f};

static struct encode shown(void) {
    return (struct encode){.model = "burst",
                           .params = {{"n_max", 5}, {"t_min", 2}, {"t_max", 10}},
                           .values = values,
                           .value_count = HK_COUNT(values),
                           .ticks = 50,
                           .tick_ms = 1};
}

/* 0.9: 5 spikes, interval ceil(2.8). The float of 0.2 is above 1/5, and 5 of it still make one. */
START_TEST(higher_values_fire_more_and_closer) {
    struct encode e = shown();
    ENCODE_EXPECT(&e, 0, 0, 2, 4, 6, 8);
    ENCODE_EXPECT(&e, 1, 0, 6, 12);
    ENCODE_EXPECT(&e, 2, 0);
    encode_expect_silence(&e, 3);
    ENCODE_EXPECT(&e, 4, 0, 3, 6, 9, 12);
}
END_TEST

/* k/n with n spikes at most and an interval from 1 to n + 1: k spikes, n - k + 1 apart. */
START_TEST(every_fraction_has_its_exact_number_and_interval) {
    for (int n = 1; n <= 100; n += 3)
        for (int k = 1; k <= n; k++) {
            float value = (float)k / (float)n;
            hk_tick ticks[100];
            struct encode e = {.model = "burst",
                               .params = {{"n_max", n}, {"t_min", 1}, {"t_max", n + 1}},
                               .values = &value,
                               .value_count = 1,
                               .ticks = 20000,
                               .tick_ms = 1};
            for (int i = 0; i < k; i++) ticks[i] = (hk_tick)i * (n - k + 1);
            encode_expect(&e, 0, ticks, (size_t)k);
        }
}
END_TEST

START_TEST(a_burst_ends_with_the_presentation) {
    struct encode e = shown();
    e.ticks = 6;
    ENCODE_EXPECT(&e, 0, 0, 2, 4);
    ENCODE_EXPECT(&e, 1, 0);
}
END_TEST

START_TEST(intervals_are_in_time_not_in_ticks) {
    struct encode e = shown();
    e.tick_ms = 0.5;
    ENCODE_EXPECT(&e, 0, 0, 4, 8, 12, 16);
    ENCODE_EXPECT(&e, 4, 0, 6, 12, 18, 24); /* 5.6 ticks */
}
END_TEST

START_TEST(the_gain_multiplies_the_value) {
    struct encode e = shown();
    e.gain = 2;
    ENCODE_EXPECT(&e, 1, 0, 2, 4, 6, 8);
}
END_TEST

START_TEST(threads_do_not_change_it) {
    float many[100];
    for (int i = 0; i < 100; i++) many[i] = (float)i / 100;
    struct encode e = {.model = "burst",
                       .values = many,
                       .value_count = 100,
                       .ticks = 60,
                       .tick_ms = 0.5};
    encode_expect_same_for_threads(&e);
}
END_TEST

START_TEST(wrong_values_are_refused) {
    struct encode e = shown();
    e.params[1].value = 11;
    encode_refuse(&e, "t_min = 11 ms must not be above t_max = 10 ms");
    e.params[1].value = 2.5;
    encode_refuse(&e, "t_min: 2.5 ms is not a whole number of ticks of 1 ms; the nearest are 2 and "
                      "3 ms");
}
END_TEST

Suite *suite_encoders_burst(void) {
    Suite *suite = suite_create("encoders/burst");
    TCase *bursts = tcase_create("bursts");
    tcase_add_test(bursts, higher_values_fire_more_and_closer);
    tcase_add_test(bursts, every_fraction_has_its_exact_number_and_interval);
    tcase_add_test(bursts, a_burst_ends_with_the_presentation);
    tcase_add_test(bursts, intervals_are_in_time_not_in_ticks);
    tcase_add_test(bursts, the_gain_multiplies_the_value);
    tcase_add_test(bursts, threads_do_not_change_it);
    tcase_add_test(bursts, wrong_values_are_refused);
    suite_add_tcase(suite, bursts);
    return suite;
}
