/* The regular rate code: deterministic, so all is exact. */
#include <check.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const struct hk_encoder_model *regular(void) {
    return (const struct hk_encoder_model *)hk_model_find(HK_KIND_ENCODER, "regular", HK_DOUBLE);
}

/* One value at one spike a tick at most: 1000 Hz, ticks of 1 ms. */
static void encode(struct hk_raster *raster, float value, double gain, hk_tick ticks) {
    struct hk_err err = {0};
    double param = 1000.0; /* rate_max */
    hk_raster_begin(raster, ticks, &err);
    regular()->encode(&param,
                      &(struct hk_presentation){.values = &value,
                                                .count = 1,
                                                .ticks = ticks,
                                                .tick_ms = 1,
                                                .gain = gain},
                      raster);
    ck_assert_msg(hk_raster_sort(raster, &err), "%s", err.message);
}

static void check_ticks(float value, const hk_tick *expected, size_t count) {
    struct hk_raster raster = {0};
    const uint32_t *units;
    encode(&raster, value, 1, 11);
    for (hk_tick tick = 0, k = 0; tick < 11; tick++) {
        bool due = (size_t)k < count && expected[k] == tick;
        ck_assert_msg(hk_raster_at(&raster, tick, &units) == due, "%g at step %d", (double)value,
                      (int)tick);
        k += due;
    }
    hk_raster_finish(&raster);
}

START_TEST(fires_whenever_the_sum_has_reached_the_next_whole_number) {
    check_ticks(0.3f, (hk_tick[]){3, 6, 9}, 3);
    check_ticks(0.5f, (hk_tick[]){1, 3, 5, 7, 9}, 5);
    check_ticks(1.0f, (hk_tick[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 11);
    check_ticks(0.0f, NULL, 0);
    check_ticks(-0.5f, NULL, 0);
}
END_TEST

/* 0.7f is below 7/10, but the sum of ten is to be 7. */
START_TEST(values_that_no_float_can_hold_fire_in_time) {
    check_ticks(0.7f, (hk_tick[]){1, 2, 4, 5, 7, 8, 9}, 7);
    check_ticks(0.9f, (hk_tick[]){1, 2, 3, 4, 5, 6, 7, 8, 9}, 9);
    check_ticks(0.1f, (hk_tick[]){9}, 1);
}
END_TEST

/* Exact rationals decide, for all bytes and all percents: k/n fires at step t, counted from 1,
 * where floor(t k/n) rises. */
START_TEST(every_fraction_fires_at_its_exact_steps) {
    enum { TICKS = 3000 };
    struct hk_raster raster = {0};
    const int n = _i;
    size_t wrong = 0;
    for (int k = 1; k <= n; k++) {
        encode(&raster, (float)k / (float)n, 1, TICKS);
        for (int tick = 0; tick < TICKS; tick++) {
            const uint32_t *units;
            bool due = (tick + 1) * k / n > tick * k / n;
            wrong += hk_raster_at(&raster, tick, &units) != due;
        }
    }
    ck_assert_uint_eq(wrong, 0);
    hk_raster_finish(&raster);
}
END_TEST

START_TEST(the_gain_multiplies_up_to_one_spike_a_tick) {
    struct hk_raster raster = {0};
    encode(&raster, 0.25f, 2, 1000);
    ck_assert_uint_eq(raster.count, 500);
    encode(&raster, 0.25f, 10, 1000);
    ck_assert_uint_eq(raster.count, 1000);
    hk_raster_finish(&raster);
}
END_TEST

START_TEST(more_than_one_spike_a_tick_is_refused) {
    struct hk_err err = {0};
    double param = 10000;
    ck_assert(regular()->check(&param, 0.1, &err));
    param = 10001;
    ck_assert(!regular()->check(&param, 0.1, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_str_eq(err.message, "rate_max = 10001 Hz is more than one spike a tick of 0.1 ms");
}
END_TEST

START_TEST(each_unit_of_a_network_fires_at_its_own_rate) {
    enum { SIZE = 100 };
    struct hk_err err = {0};
    float values[SIZE];
    for (size_t i = 0; i < SIZE; i++) values[i] = (float)i / SIZE;
    for (int threads = 1; threads <= 3; threads++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 1, threads);
        struct hk_pop *in = net_encoder(sim, "in", SIZE, "regular", "rate_max=1000");
        net_build(sim);
        ck_assert(hk_sim_present(sim, values, SIZE, 1000, 1, 0, &err));
        net_run(sim, 2000);
        for (uint32_t i = 0; i < SIZE; i++)
            ck_assert_uint_eq(hk_pop_counts(in)[i], (uintmax_t)10 * i);
        hk_sim_destroy(sim);
    }
}
END_TEST

Suite *suite_encoders_regular(void) {
    Suite *suite = suite_create("encoders/regular");
    TCase *steps = tcase_create("steps");
    tcase_add_test(steps, fires_whenever_the_sum_has_reached_the_next_whole_number);
    tcase_add_test(steps, values_that_no_float_can_hold_fire_in_time);
    tcase_add_loop_test(steps, every_fraction_fires_at_its_exact_steps, 100, 101);
    tcase_add_loop_test(steps, every_fraction_fires_at_its_exact_steps, 255, 256);
    tcase_add_test(steps, the_gain_multiplies_up_to_one_spike_a_tick);
    tcase_add_test(steps, more_than_one_spike_a_tick_is_refused);
    tcase_add_test(steps, each_unit_of_a_network_fires_at_its_own_rate);
    suite_add_tcase(suite, steps);
    return suite;
}
