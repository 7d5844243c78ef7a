/* The phase code. */
#include <check.h>

#include "tests/support/encode.h"
#include "tests/support/suites.h"

static const float values[] = {180.0f / 255, 0, 1, 0.25f};

static struct encode shown(hk_tick ticks) {
    return (struct encode){.model = "phase",
                           .values = values,
                           .value_count = HK_COUNT(values),
                           .ticks = ticks,
                           .tick_ms = 1};
}

/* 180 is 10110100 in binary. */
START_TEST(the_bits_fire_highest_first) {
    struct encode e = shown(8);
    ENCODE_EXPECT(&e, 0, 0, 2, 3, 5);
    encode_expect_silence(&e, 1);
    ENCODE_EXPECT(&e, 2, 0, 1, 2, 3, 4, 5, 6, 7);
    ENCODE_EXPECT(&e, 3, 1); /* round(63.75) = 64 */
}
END_TEST

START_TEST(the_cycle_repeats_to_the_end) {
    struct encode e = shown(19);
    ENCODE_EXPECT(&e, 0, 0, 2, 3, 5, 8, 10, 11, 13, 16, 18);
}
END_TEST

/* A spike in phase k weighs 2^-(1+k): one cycle gives every byte back as b/256. */
START_TEST(a_cycle_adds_up_to_the_byte) {
    for (int byte = 0; byte < 256; byte++) {
        float value = (float)byte / 255;
        struct encode e = {.model = "phase",
                           .values = &value,
                           .value_count = 1,
                           .ticks = 8,
                           .tick_ms = 1};
        hk_tick ticks[8];
        size_t count = 0;
        double sum = 0;
        for (int k = 0; k < 8; k++)
            if (byte & (128 >> k)) ticks[count++] = k, sum += 1.0 / (2 << k);
        encode_expect(&e, 0, ticks, count);
        ck_assert(sum == byte / 256.0);
    }
}
END_TEST

START_TEST(phases_may_last_longer_than_a_tick) {
    struct encode e = shown(16);
    e.tick_ms = 0.5;
    ENCODE_EXPECT(&e, 0, 0, 4, 6, 10);
}
END_TEST

START_TEST(range_and_gain_scale_the_value) {
    struct encode e = shown(8);
    e.gain = 2;
    ENCODE_EXPECT(&e, 3, 0); /* round(127.5) = 128 */
    e.gain = 1;
    e.params[0].name = "value_max", e.params[0].value = 0.25;
    ENCODE_EXPECT(&e, 3, 0, 1, 2, 3, 4, 5, 6, 7);
}
END_TEST

START_TEST(threads_do_not_change_it) {
    float many[100];
    for (int i = 0; i < 100; i++) many[i] = (float)i / 100;
    struct encode e = {.model = "phase",
                       .values = many,
                       .value_count = 100,
                       .ticks = 100,
                       .tick_ms = 0.5};
    encode_expect_same_for_threads(&e);
}
END_TEST

START_TEST(wrong_values_are_refused) {
    struct encode e = shown(8);
    e.tick_ms = 2;
    encode_refuse(&e, "interval: 1 ms is not a whole number of ticks of 2 ms; the nearest are 0 "
                      "and 2 ms");
    e = shown(8);
    e.params[0].name = "value_max", e.params[0].value = -1;
    encode_refuse(&e, "value_min = 0 must be below value_max = -1");
}
END_TEST

Suite *suite_encoders_phase(void) {
    Suite *suite = suite_create("encoders/phase");
    TCase *bits = tcase_create("bits");
    tcase_add_test(bits, the_bits_fire_highest_first);
    tcase_add_test(bits, the_cycle_repeats_to_the_end);
    tcase_add_test(bits, a_cycle_adds_up_to_the_byte);
    tcase_add_test(bits, phases_may_last_longer_than_a_tick);
    tcase_add_test(bits, range_and_gain_scale_the_value);
    tcase_add_test(bits, threads_do_not_change_it);
    tcase_add_test(bits, wrong_values_are_refused);
    suite_add_tcase(suite, bits);
    return suite;
}
