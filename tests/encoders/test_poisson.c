/* The Poisson rate code. Statistics have fixed seeds; bounds are 4.5 standard deviations, which a
 * sound generator exceeds once in 150,000 draws of the seed. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double TICK = 0.1, SIGMAS = 4.5;

static const struct hk_encoder_model *poisson(void) {
    return (const struct hk_encoder_model *)hk_model_find(HK_KIND_ENCODER, "poisson", HK_DOUBLE);
}

/* What is encoded of equal values, at up to 1000 Hz. */
static void encode(struct hk_raster *raster, double rate, hk_neuron count, hk_tick ticks,
                   uint64_t number) {
    static float values[20000];
    struct hk_err err = {0};
    double param = 1000.0; /* rate_max */
    ck_assert_uint_le(count, HK_COUNT(values));
    for (hk_neuron i = 0; i < count; i++) values[i] = (float)(rate / 1000);
    hk_raster_begin(raster, ticks, &err);
    poisson()->encode(&param,
                      &(struct hk_presentation){.values = values,
                                                .count = count,
                                                .ticks = ticks,
                                                .tick_ms = TICK,
                                                .gain = 1,
                                                .number = number,
                                                .stream = hk_stream_make(3, "spikes", "in")},
                      raster);
    ck_assert_msg(hk_raster_sort(raster, &err), "%s", err.message);
}

/* ---- statistics ---- */

/* 10^5 intervals and more: mean 1/r within 1 %, coefficient of variation 1 within 0.02 (three
 * standard deviations of each; the 1 spike in 1000 that shares a tick with another is in the
 * margin). */
START_TEST(intervals_are_exponential) {
    enum { UNITS = 100, TICKS = 600000 };
    static hk_tick last[UNITS];
    struct hk_raster raster = {0};
    double sum = 0, squares = 0, count = 0;
    encode(&raster, 20, UNITS, TICKS, 0);
    for (hk_tick tick = 0; tick < TICKS; tick++) {
        const uint32_t *units;
        size_t spikes = hk_raster_at(&raster, tick, &units);
        for (size_t k = 0; k < spikes; k++) {
            double interval = (double)(tick + 1 - last[units[k]]);
            if (last[units[k]]) sum += interval, squares += interval * interval, count++;
            last[units[k]] = tick + 1;
        }
    }
    double mean = sum / count, variation = sqrt(squares / count - mean * mean) / mean;
    ck_assert_double_ge(count, 1e5);
    ck_assert_double_eq_tol(mean * TICK / 50, 1, 0.01);
    ck_assert_double_eq_tol(variation, 1, 0.02);
    hk_raster_finish(&raster);
}
END_TEST

/* Spikes of one tick are one spike: so a unit's count is binomial(ticks, 1 - e^(-r dt)). */
START_TEST(counts_are_binomial_over_ticks) {
    enum { UNITS = 20000, TICKS = 1000 };
    static const double rates[] = {5, 63.75, 800};
    static uint32_t counts[UNITS];
    struct hk_raster raster = {0};
    double p = -expm1(-rates[_i] * 1e-3 * TICK), sum = 0, squares = 0;
    encode(&raster, rates[_i], UNITS, TICKS, 0);
    for (hk_tick tick = 0; tick < TICKS; tick++) {
        const uint32_t *units;
        size_t spikes = hk_raster_at(&raster, tick, &units);
        for (size_t k = 0; k < spikes; k++) counts[units[k]]++;
    }
    for (size_t i = 0; i < UNITS; i++) sum += counts[i], squares += (double)counts[i] * counts[i];
    double mean = sum / UNITS, variance = squares / UNITS - mean * mean;
    double expected = TICKS * p * (1 - p);
    ck_assert_double_eq_tol(mean, TICKS * p, SIGMAS * sqrt(expected / UNITS));
    /* The fourth central moment of a binomial is var (1 + 3 var (1 - 2/n) ...) at most. */
    double spread = sqrt((expected + 2 * expected * expected) / UNITS);
    ck_assert_double_eq_tol(variance, expected, SIGMAS * spread);
    hk_raster_finish(&raster);
}
END_TEST

START_TEST(presentations_differ_and_repeat) {
    struct hk_raster first = {0}, again = {0}, other = {0};
    encode(&first, 500, 50, 100, 4);
    encode(&again, 500, 50, 100, 4);
    encode(&other, 500, 50, 100, 5);
    ck_assert_uint_gt(first.count, 100);
    ck_assert_uint_eq(first.count, again.count);
    size_t bytes = first.count * sizeof(uint32_t);
    ck_assert_mem_eq(first.unit.data, again.unit.data, bytes);
    ck_assert(other.count != first.count || memcmp(first.unit.data, other.unit.data, bytes) != 0);
    hk_raster_finish(&first);
    hk_raster_finish(&again);
    hk_raster_finish(&other);
}
END_TEST

START_TEST(values_of_zero_are_silent) {
    struct hk_raster raster = {0};
    encode(&raster, 0, 100, 10000, 0);
    ck_assert_uint_eq(raster.count, 0);
    hk_raster_finish(&raster);
}
END_TEST

/* ---- in a network ---- */

enum { SIZE = 203 };

static void show(struct hk_sim *sim, hk_tick ticks, double gain, uint64_t number) {
    struct hk_err err = {0};
    float values[SIZE];
    for (size_t i = 0; i < SIZE; i++) values[i] = (float)i / SIZE;
    ck_assert_msg(hk_sim_present(sim, values, SIZE, ticks, gain, number, &err), "%s", err.message);
}

static void run_shown(int threads, struct net_heard *heard) {
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, threads);
    struct hk_pop *in = net_encoder(sim, "in", SIZE, "poisson", "rate_max=200");
    net_hear(in, heard);
    net_build(sim);
    for (uint64_t number = 0; number < 3; number++) {
        show(sim, 500, 1 + (double)number, number);
        net_run(sim, 123);
        net_run(sim, 477);
    }
    hk_sim_destroy(sim);
}

START_TEST(rasters_are_the_same_for_any_number_of_threads) {
    static const int threads[] = {2, 3, 5};
    struct net_heard one, many;
    run_shown(1, &one);
    ck_assert_uint_gt(one.count, 2000);
    for (size_t i = 0; i < HK_COUNT(threads); i++) {
        run_shown(threads[i], &many);
        ck_assert_uint_eq(many.count, one.count);
        ck_assert_mem_eq(many.ticks.data, one.ticks.data, one.count * sizeof(hk_tick));
        ck_assert_mem_eq(many.units.data, one.units.data, one.count * sizeof(uint32_t));
        net_heard_finish(&many);
    }
    net_heard_finish(&one);
}
END_TEST

/* Shown at tick 600 n for 500 ticks: spikes lie in 600 n + 1 .. 600 n + 500. */
START_TEST(spikes_lie_within_the_presentation) {
    struct net_heard heard;
    size_t outside = 0, counts[3] = {0};
    run_shown(2, &heard);
    for (size_t k = 0; k < heard.count; k++) {
        hk_tick since = net_heard_tick(&heard, k) - 1;
        outside += since % 600 >= 500 || since >= 1800;
        counts[since / 600 % 3]++;
    }
    ck_assert_uint_eq(outside, 0);
    /* The gain of 1, 2, 3 multiplies rates: 101 units of 200 Hz on average for 50 ms a unit of
     * gain. */
    for (size_t n = 0; n < 3; n++) {
        double mean = 101 * 200 * 0.05 * (double)(n + 1);
        ck_assert_double_eq_tol((double)counts[n], mean, SIGMAS * sqrt(mean) + 0.02 * mean);
    }
    net_heard_finish(&heard);
}
END_TEST

START_TEST(nothing_is_heard_before_something_is_shown) {
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    struct hk_pop *in = net_encoder(sim, "in", SIZE, "poisson", "rate_max=200");
    net_build(sim);
    net_run(sim, 1000);
    for (size_t i = 0; i < SIZE; i++) ck_assert_uint_eq(hk_pop_counts(in)[i], 0);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_sample_of_the_wrong_size_is_refused) {
    struct hk_err err = {0};
    float values[2] = {1, 1};
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    (void)net_encoder(sim, "in", SIZE, "poisson", "rate_max=200");
    net_build(sim);
    ck_assert(!hk_sim_present(sim, values, 2, 10, 1, 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, "in has 203 units, but poisson makes 2 of a sample of 2 values");
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_encoders_poisson(void) {
    Suite *suite = suite_create("encoders/poisson");
    TCase *statistics = tcase_create("statistics"), *network = tcase_create("network");
    tcase_add_test(statistics, intervals_are_exponential);
    tcase_add_loop_test(statistics, counts_are_binomial_over_ticks, 0, 3);
    tcase_add_test(statistics, presentations_differ_and_repeat);
    tcase_add_test(statistics, values_of_zero_are_silent);
    suite_add_tcase(suite, statistics);
    tcase_add_test(network, rasters_are_the_same_for_any_number_of_threads);
    tcase_add_test(network, spikes_lie_within_the_presentation);
    tcase_add_test(network, nothing_is_heard_before_something_is_shown);
    tcase_add_test(network, a_sample_of_the_wrong_size_is_refused);
    suite_add_tcase(suite, network);
    return suite;
}
