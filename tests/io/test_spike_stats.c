/* Measures of spike trains whose values are known: by construction, or within a bound of chance. */
#include "io/spike_stats.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { NEURONS = 4 };

static struct hk_arena *arena;
static struct hk_spike_stats *stats;
static double got[HK_SPIKES_MEASURES];

static void setup(void) {
    ck_assert_ptr_nonnull(arena = hk_arena_create(NULL));
}

static void teardown(void) {
    hk_arena_destroy(arena);
}

/* Ticks of 1 ms, bins of 1 ms. */
static void begin(hk_tick from, hk_tick to) {
    struct hk_spike_window window = {from, to, 1};
    ck_assert_ptr_nonnull(stats = hk_spike_stats_create(arena, NEURONS, 1.0, window, NULL));
    hk_spike_stats_begin(stats, 0);
}

static void spike(hk_tick tick, hk_neuron unit) {
    hk_spike_stats_add(stats, tick, &unit, 1);
}

/* `count` spikes of unit 0 at once. */
static void spikes(hk_tick tick, size_t count) {
    static const hk_neuron units[1000];
    ck_assert_uint_le(count, HK_COUNT(units));
    if (count) hk_spike_stats_add(stats, tick, units, count);
}

START_TEST(the_rate_is_that_of_the_window) {
    begin(100, 300);
    for (hk_tick t = 50; t <= 400; t += 50) spike(t, 1); /* 150, 200, 250 and 300 count */
    hk_spike_stats_end(stats, 500, got);
    ck_assert_double_eq(got[HK_SPIKES_RATE], 4 / 0.2 / NEURONS);
}
END_TEST

START_TEST(a_run_that_ends_early_has_a_shorter_window) {
    begin(100, 300);
    for (hk_tick t = 50; t <= 200; t += 50) spike(t, 1);
    hk_spike_stats_end(stats, 200, got);
    ck_assert_double_eq(got[HK_SPIKES_RATE], 2 / 0.1 / NEURONS);
}
END_TEST

START_TEST(a_regular_train_has_no_spread) {
    begin(0, 1000);
    for (hk_tick t = 7; t <= 1000; t += 7) spike(t, 0);
    hk_spike_stats_end(stats, 1000, got);
    ck_assert_double_eq(got[HK_SPIKES_CV_ISI], 0.0);
    ck_assert_double_eq(got[HK_SPIKES_CV_NEURONS], 1.0);
}
END_TEST

/* Intervals of 10 and 30: mean 20, standard deviation 10. */
START_TEST(alternating_intervals_have_the_spread_of_the_two) {
    begin(0, 1000);
    for (hk_tick t = 5; t <= 1000; t += 40) spike(t, 2), spike(t + 10, 2);
    spike(1005, 2);
    hk_spike_stats_end(stats, 1000, got);
    /* 25 intervals of 10 and 24 of 30 */
    double mean = (25 * 10.0 + 24 * 30.0) / 49, squares = (25 * 100.0 + 24 * 900.0) / 49;
    ck_assert_double_eq_tol(got[HK_SPIKES_CV_ISI], sqrt(squares - mean * mean) / mean, 1e-13);
}
END_TEST

/* Neuron 0 is regular, neuron 1 has intervals of 1 and 3 twice, neuron 2 too few. */
START_TEST(the_spread_is_a_mean_over_neurons_with_enough_intervals) {
    static const hk_tick second[] = {100, 101, 104, 105, 108};
    begin(0, 1000);
    for (hk_tick t = 10; t <= 40; t += 10) spike(t, 0);
    spike(50, 2), spike(51, 2), spike(90, 2);
    for (size_t i = 0; i < HK_COUNT(second); i++) spike(second[i], 1);
    hk_spike_stats_end(stats, 1000, got);
    ck_assert_double_eq_tol(got[HK_SPIKES_CV_ISI], (0.0 + 0.5) / 2, 1e-15);
    ck_assert_double_eq(got[HK_SPIKES_CV_NEURONS], 2.0);
}
END_TEST

/* Five times 4, 0, 2, 2, and 2: mean 2, a variance of 20 * 2 / 21. The bin of 43 ms isn't over. */
START_TEST(counts_in_bins_have_their_mean_and_variance) {
    static const size_t counts[] = {4, 0, 2, 2};
    struct hk_spike_window window = {0, 43, 2};
    ck_assert_ptr_nonnull(stats = hk_spike_stats_create(arena, NEURONS, 1.0, window, NULL));
    hk_spike_stats_begin(stats, 0);
    for (hk_tick b = 0; b < 20; b++) spikes(2 * b + 1 + b % 2, counts[b % 4]);
    spikes(41, 1), spikes(42, 1), spikes(43, 5);
    hk_spike_stats_end(stats, 43, got);
    ck_assert_double_eq_tol(got[HK_SPIKES_FANO], 20 * 2.0 / 21 / 2.0, 1e-15);
    ck_assert_double_eq_tol(got[HK_SPIKES_COUNT_CV], sqrt(20 * 2.0 / 21) / 2.0, 1e-15);
}
END_TEST

START_TEST(of_silence_only_the_rate_is_known) {
    begin(0, 3000);
    hk_spike_stats_end(stats, 3000, got);
    ck_assert_double_eq(got[HK_SPIKES_RATE], 0.0);
    ck_assert_double_eq(got[HK_SPIKES_CV_NEURONS], 0.0);
    ck_assert(isnan(got[HK_SPIKES_CV_ISI]) && isnan(got[HK_SPIKES_COUNT_CV]));
    ck_assert(isnan(got[HK_SPIKES_FANO]) && isnan(got[HK_SPIKES_PEAK_FREQUENCY]));
    ck_assert(isnan(got[HK_SPIKES_PEAK_HEIGHT]));
}
END_TEST

/* 1 + cos(2 pi t / 4 ms): 250 Hz, depth 1, so S / 4 of the S spikes in a segment; the same for a
 * part of a segment, for two of them, and for two and a half. */
START_TEST(a_full_wave_has_a_quarter_of_the_spikes_as_height) {
    static const struct {
        hk_tick ms;
        double height;
    } runs[] = {{1000, 250.0}, {200, 50.0}, {2000, 250.0}, {2500, 250.0}};
    static const size_t wave[] = {2, 1, 0, 1};
    begin(0, runs[_i].ms);
    for (hk_tick t = 1; t <= runs[_i].ms; t++) spikes(t, wave[t % 4]);
    hk_spike_stats_end(stats, runs[_i].ms, got);
    ck_assert_double_eq(got[HK_SPIKES_PEAK_FREQUENCY], 250.0);
    ck_assert_double_eq_tol(got[HK_SPIKES_PEAK_HEIGHT], runs[_i].height, 1e-9 * 250.0);
    ck_assert_double_eq_tol(got[HK_SPIKES_FANO], 0.5, 1e-12);
}
END_TEST

/* Rounding to whole spikes moves each count by half a spike at most, of a wave of 50: the amplitude
 * is off by 2 % at most, the height by 4.1 %. */
START_TEST(a_rate_modulated_at_50_hz_has_its_peak_there) {
    const double depth = 0.5, turn = 4.0 * acos(0.0);
    size_t sum = 0;
    begin(0, 1000);
    for (hk_tick t = 1; t <= 1000; t++) {
        size_t count = (size_t)lround(100.0 * (1.0 + depth * cos(turn * 0.05 * (double)t)));
        spikes(t, count);
        sum += count;
    }
    hk_spike_stats_end(stats, 1000, got);
    double height = depth * depth * (double)sum / 4.0;
    ck_assert_double_eq(got[HK_SPIKES_PEAK_FREQUENCY], 50.0);
    ck_assert_double_eq_tol(got[HK_SPIKES_PEAK_HEIGHT], height, 0.041 * height);
}
END_TEST

/* Below 2 Hz no peak is looked for; equal counts have none. */
START_TEST(what_has_no_wave_has_no_peak) {
    begin(0, 1000);
    for (hk_tick t = 1; t <= 1000; t++) spikes(t, 3);
    hk_spike_stats_end(stats, 1000, got);
    ck_assert(isnan(got[HK_SPIKES_PEAK_FREQUENCY]));
    ck_assert_double_eq(got[HK_SPIKES_PEAK_HEIGHT], 0.0);
    ck_assert_double_eq(got[HK_SPIKES_COUNT_CV], 0.0);
}
END_TEST

START_TEST(beginning_again_forgets) {
    double first[HK_SPIKES_MEASURES];
    begin(10, 500);
    for (hk_tick t = 1; t <= 500; t += 1 + t % 5) spike(t, (hk_neuron)t % NEURONS);
    hk_spike_stats_end(stats, 500, first);
    hk_spike_stats_begin(stats, 500);
    for (hk_tick t = 1; t <= 500; t += 1 + t % 5) spike(500 + t, (hk_neuron)t % NEURONS);
    hk_spike_stats_end(stats, 1000, got);
    ck_assert_mem_eq(first, got, sizeof got);
}
END_TEST

/* ---- as a simulation makes them ---- */

static bool hear(void *context, const struct hk_pop *pop, hk_tick tick, const uint32_t *units,
                 size_t count, struct hk_err *err) {
    (void)pop, (void)err;
    hk_spike_stats_add(context, tick, units, count);
    return true;
}

/* 100 Poisson trains of 20 Hz for 10 s, in ticks of 0.1 ms. */
static void run_poisson(int threads) {
    struct hk_spike_window window = {0, 100000, 10};
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, threads);
    struct hk_pop *pop = net_source(sim, "in", 100, "poisson", "rate=20");
    ck_assert_ptr_nonnull(stats = hk_spike_stats_create(arena, 100, 0.1, window, NULL));
    net_build(sim);
    hk_spike_stats_begin(stats, 0);
    hk_pop_listen(pop, hear, stats);
    net_run(sim, 100000);
    hk_spike_stats_end(stats, hk_sim_now(sim), got);
    hk_sim_destroy(sim);
}

/* Bounds of 5 standard deviations: a right program fails one of a million seeds, and this seed is
 * always the same. 20,000 spikes: the rate has a relative sd of 20000^-1/2. A train's cv has the
 * variance 1 / 200 of so many intervals, and a bias of that order. The variance of 10,000 bins has
 * a relative sd of (2 / 10000)^1/2 (and a bit, the mean being 2). The spectrum of 10 segments is a
 * gamma variable of shape 10 and mean 1: above 4 at one of 497 frequencies in 2 of a million. */
START_TEST(poisson_trains_are_irregular_and_asynchronous) {
    run_poisson(1);
    ck_assert_double_eq_tol(got[HK_SPIKES_RATE], 20.0, 5.0 * 20.0 / sqrt(20000.0));
    ck_assert_double_eq_tol(got[HK_SPIKES_CV_ISI], 1.0, 5.0 / sqrt(200.0 * 100.0) + 2.0 / 200.0);
    ck_assert_double_eq(got[HK_SPIKES_CV_NEURONS], 100.0);
    ck_assert_double_eq_tol(got[HK_SPIKES_FANO], 1.0, 5.0 * sqrt(2.5 / 10000.0));
    ck_assert_double_gt(got[HK_SPIKES_PEAK_HEIGHT], 1.0);
    ck_assert_double_lt(got[HK_SPIKES_PEAK_HEIGHT], 4.0);
}
END_TEST

START_TEST(threads_change_no_bit) {
    double one[HK_SPIKES_MEASURES];
    run_poisson(1);
    memcpy(one, got, sizeof one);
    for (int threads = 2; threads <= 5; threads += 3) {
        run_poisson(threads);
        ck_assert_mem_eq(one, got, sizeof one);
    }
}
END_TEST

Suite *suite_io_spike_stats(void) {
    Suite *suite = suite_create("io/spike_stats");
    TCase *tcase = tcase_create("spike_stats");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_rate_is_that_of_the_window);
    tcase_add_test(tcase, a_run_that_ends_early_has_a_shorter_window);
    tcase_add_test(tcase, a_regular_train_has_no_spread);
    tcase_add_test(tcase, alternating_intervals_have_the_spread_of_the_two);
    tcase_add_test(tcase, the_spread_is_a_mean_over_neurons_with_enough_intervals);
    tcase_add_test(tcase, counts_in_bins_have_their_mean_and_variance);
    tcase_add_test(tcase, of_silence_only_the_rate_is_known);
    tcase_add_loop_test(tcase, a_full_wave_has_a_quarter_of_the_spikes_as_height, 0, 4);
    tcase_add_test(tcase, a_rate_modulated_at_50_hz_has_its_peak_there);
    tcase_add_test(tcase, what_has_no_wave_has_no_peak);
    tcase_add_test(tcase, beginning_again_forgets);
    tcase_add_test(tcase, poisson_trains_are_irregular_and_asynchronous);
    tcase_add_test(tcase, threads_change_no_bit);
    suite_add_tcase(suite, tcase);
    return suite;
}
