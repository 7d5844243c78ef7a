/* The step-forward code. */
#include <check.h>

#include "tests/support/encode.h"
#include "tests/support/suites.h"

static const float signal[] = {0, 0.3f, 0.7f, 0.6f, 0.1f, 0.1f, 0.9f};
enum { ON, OFF };

static struct encode shown(hk_tick ticks) {
    return (struct encode){.model = "step-forward",
                           .params = {{"threshold", 0.25}},
                           .values = signal,
                           .value_count = HK_COUNT(signal),
                           .ticks = ticks,
                           .tick_ms = 1};
}

/* +1 +1 0 -1 0 +1: the baseline is 0 .25 .5 .5 .25 .25 .5. From .25, .7 is more than a step away,
 * but .1 from .5 is one step, and then no more. */
START_TEST(the_baseline_follows_the_signal_in_steps) {
    struct encode e = shown(7);
    ck_assert_uint_eq(encode_units(&e), 2);
    ENCODE_EXPECT(&e, ON, 1, 2, 6);
    ENCODE_EXPECT(&e, OFF, 4);
}
END_TEST

/* What tells it from the delta code: a slow ramp fires, and a jump takes a sample a step. */
START_TEST(slow_ramps_and_jumps_are_followed) {
    static const float ramp[] = {5, 5.125f, 5.25f, 5.375f, 5.5f, 5.625f, 4.5f, 4.5f, 4.5f, 4.5f};
    struct encode e = {.model = "step-forward",
                       .params = {{"threshold", 0.25}},
                       .values = ramp,
                       .value_count = HK_COUNT(ramp),
                       .ticks = 10,
                       .tick_ms = 1};
    ENCODE_EXPECT(&e, ON, 3, 5);
    ENCODE_EXPECT(&e, OFF, 6, 7, 8); /* 5.25, 5, 4.75: 4.5 isn't below 4.75 - 0.25 */
}
END_TEST

/* A slope that climbs and falls by less than a step a sample, ten thousand times each: the baseline
 * is never more than a step away, so no rounding error adds up. */
START_TEST(spikes_give_the_signal_back) {
    enum { SAMPLES = 20000 };
    static float saw[SAMPLES];
    static hk_tick ticks[2][SAMPLES];
    size_t counts[2] = {0};
    double step = 0.1, base = 0;
    for (int k = 0; k < SAMPLES; k++) saw[k] = (float)(k < SAMPLES / 2 ? k : SAMPLES - k) * 0.09f;
    for (int k = 1; k < SAMPLES; k++) {
        double steps = (double)counts[ON] - (double)counts[OFF];
        if ((double)saw[k] > (steps + 1) * step) ticks[ON][counts[ON]++] = k;
        if ((double)saw[k] < (steps - 1) * step) ticks[OFF][counts[OFF]++] = k;
        base = ((double)counts[ON] - (double)counts[OFF]) * step;
        ck_assert_double_eq_tol(base, (double)saw[k], step + 1e-9);
    }
    struct encode e = {.model = "step-forward",
                       .params = {{"threshold", step}},
                       .values = saw,
                       .value_count = SAMPLES,
                       .ticks = SAMPLES,
                       .tick_ms = 1};
    encode_expect(&e, ON, ticks[ON], counts[ON]);
    encode_expect(&e, OFF, ticks[OFF], counts[OFF]);
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

START_TEST(threads_do_not_change_it) {
    struct encode e = shown(30);
    encode_expect_same_for_threads(&e);
}
END_TEST

Suite *suite_encoders_step_forward(void) {
    Suite *suite = suite_create("encoders/step_forward");
    TCase *steps = tcase_create("steps");
    tcase_add_test(steps, the_baseline_follows_the_signal_in_steps);
    tcase_add_test(steps, slow_ramps_and_jumps_are_followed);
    tcase_add_test(steps, spikes_give_the_signal_back);
    tcase_add_test(steps, a_window_is_shorter_than_the_presentation);
    tcase_add_test(steps, samples_that_share_a_tick_share_a_spike);
    tcase_add_test(steps, threads_do_not_change_it);
    suite_add_tcase(suite, steps);
    return suite;
}
