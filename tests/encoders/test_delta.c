/* The delta code. */
#include <check.h>

#include "tests/support/encode.h"
#include "tests/support/suites.h"

static const float signal[] = {0, 0.3f, 0.7f, 0.6f, 0.1f, 0.1f, 0.9f};
enum { ON, OFF };

static struct encode shown(hk_tick ticks) {
    return (struct encode){.model = "delta",
                           .params = {{"threshold", 0.25}},
                           .values = signal,
                           .value_count = HK_COUNT(signal),
                           .ticks = ticks,
                           .tick_ms = 1};
}

/* +1 +1 0 -1 0 +1 */
START_TEST(changes_of_the_threshold_fire) {
    struct encode e = shown(7);
    ck_assert_uint_eq(encode_units(&e), 2);
    ENCODE_EXPECT(&e, ON, 1, 2, 6);
    ENCODE_EXPECT(&e, OFF, 4);
}
END_TEST

START_TEST(a_change_of_exactly_the_threshold_fires) {
    static const float steps[] = {0, 0.5f, 0, 0.25f};
    struct encode e = {.model = "delta",
                       .params = {{"threshold", 0.5}},
                       .values = steps,
                       .value_count = 4,
                       .ticks = 4,
                       .tick_ms = 1};
    ENCODE_EXPECT(&e, ON, 1);
    ENCODE_EXPECT(&e, OFF, 2);
}
END_TEST

/* Sample k of n lies at floor(k T/n). */
START_TEST(samples_are_spread_over_the_presentation) {
    struct encode e = shown(100);
    ENCODE_EXPECT(&e, ON, 14, 28, 85);
    ENCODE_EXPECT(&e, OFF, 57);
}
END_TEST

START_TEST(a_window_is_shorter_than_the_presentation) {
    struct encode e = shown(300);
    e.tick_ms = 0.5;
    e.params[1].name = "window", e.params[1].value = 50;
    ENCODE_EXPECT(&e, ON, 14, 28, 85);
    ENCODE_EXPECT(&e, OFF, 57);
    e.params[1].value = 0.75;
    encode_refuse(&e, "window: 0.75 ms is not a whole number of ticks of 0.5 ms; the nearest are "
                      "0.5 and 1 ms");
}
END_TEST

START_TEST(samples_that_share_a_tick_share_a_spike) {
    struct encode e = shown(3); /* ticks 0 0 0 1 1 2 2 */
    ENCODE_EXPECT(&e, ON, 0, 2);
    ENCODE_EXPECT(&e, OFF, 1);
}
END_TEST

START_TEST(a_single_sample_does_not_change) {
    struct encode e = shown(3);
    e.value_count = 1;
    encode_expect_silence(&e, ON);
    encode_expect_silence(&e, OFF);
}
END_TEST

START_TEST(threads_do_not_change_it) {
    struct encode e = shown(30);
    encode_expect_same_for_threads(&e);
}
END_TEST

Suite *suite_encoders_delta(void) {
    Suite *suite = suite_create("encoders/delta");
    TCase *changes = tcase_create("changes");
    tcase_add_test(changes, changes_of_the_threshold_fire);
    tcase_add_test(changes, a_change_of_exactly_the_threshold_fires);
    tcase_add_test(changes, samples_are_spread_over_the_presentation);
    tcase_add_test(changes, a_window_is_shorter_than_the_presentation);
    tcase_add_test(changes, samples_that_share_a_tick_share_a_spike);
    tcase_add_test(changes, a_single_sample_does_not_change);
    tcase_add_test(changes, threads_do_not_change_it);
    suite_add_tcase(suite, changes);
    return suite;
}
