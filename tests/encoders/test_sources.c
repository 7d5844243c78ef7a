/* Sources that spike by themselves. Statistics have fixed seeds; bounds are 4.5 standard
 * deviations, which a sound generator exceeds once in 150,000 draws of the seed. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double TICK = 0.1, SIGMAS = 4.5;

/* ---- Poisson ---- */

/* How often a unit fires k times in a tick, over all units and ticks; and the sums of products of
 * its counts with those 1, 2 ... ticks later, and with the next unit's. */
enum { UNITS = 2000, TICKS = 400, BURST = 64, LAGS = 8 };
struct statistics {
    double of[BURST];
    double later[LAGS], next_unit;
};

static struct hk_sim *create(bool exact, double tick_ms, int threads) {
    return exact ? net_create_exact(tick_ms, threads) : net_create(HK_DOUBLE, tick_ms, threads);
}

static void hear_poisson(bool exact, double rate, struct statistics *s) {
    static uint32_t counts[TICKS][UNITS];
    char settings[64];
    struct net_heard heard;
    (void)snprintf(settings, sizeof settings, "rate=%g", rate);
    struct hk_sim *sim = create(exact, TICK, 2);
    net_hear(net_source(sim, "in", UNITS, "poisson", settings), &heard);
    net_build(sim);
    net_run(sim, TICKS);
    memset(counts, 0, sizeof counts);
    const hk_tick *ticks = heard.ticks.data;
    const uint32_t *units = heard.units.data;
    for (size_t k = 0; k < heard.count; k++) counts[ticks[k] - 1][units[k]]++;
    *s = (struct statistics){.next_unit = 0};
    for (size_t t = 0; t < TICKS; t++)
        for (size_t i = 0; i < UNITS; i++) {
            s->of[counts[t][i] < BURST ? counts[t][i] : BURST - 1]++;
            for (size_t lag = 0; lag < LAGS && t + lag + 1 < TICKS; lag++)
                s->later[lag] += (double)counts[t][i] * counts[t + lag + 1][i];
            if (i + 1 < UNITS) s->next_unit += (double)counts[t][i] * counts[t][i + 1];
        }
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}

/* On the exact clock, whose ticks are a grid's here, blocks of 64, 16, 2 units and single ones. */
static const double rates[] = {20, 800, 8000, 50000};
enum { RATES = HK_COUNT(rates), CASES = 2 * RATES };

/* Every count has its Poisson probability: the number of ticks with it is binomial. */
START_TEST(counts_of_a_tick_are_poisson) {
    double mean = rates[_i % RATES] * 1e-3 * TICK, n = (double)UNITS * TICKS, chance = exp(-mean);
    struct statistics s;
    hear_poisson(_i >= RATES, rates[_i % RATES], &s);
    for (int k = 0; k < BURST; k++) {
        double expected = n * chance, spread = sqrt(expected * (1 - chance));
        ck_assert_double_eq_tol(s.of[k], expected, SIGMAS * spread + 1);
        chance *= mean / (k + 1);
    }
}
END_TEST

/* Independent counts of mean m: products have mean m^2 and variance (m + m^2)^2 - m^4; neighbouring
 * products, which share a factor, add 2 m^3 each. */
START_TEST(ticks_and_units_are_independent) {
    double m = rates[_i % RATES] * 1e-3 * TICK, n = (double)UNITS * TICKS;
    double spread = sqrt(n * (pow(m + m * m, 2) - pow(m, 4) + 2 * pow(m, 3)));
    struct statistics s;
    hear_poisson(_i >= RATES, rates[_i % RATES], &s);
    for (int lag = 0; lag < LAGS; lag++)
        ck_assert_double_eq_tol(s.later[lag], UNITS * (TICKS - 1.0 - lag) * m * m, SIGMAS * spread);
    ck_assert_double_eq_tol(s.next_unit, (UNITS - 1.0) * TICKS * m * m, SIGMAS * spread);
}
END_TEST

START_TEST(a_rate_of_zero_is_silent) {
    struct statistics s;
    hear_poisson(_i, 0, &s);
    ck_assert_double_eq(s.of[0], (double)UNITS * TICKS);
}
END_TEST

/* ---- Poisson, to the nanosecond ---- */

enum { HEARD = 100, INTERVALS = 80, SPIKES = 200, BLOCK = 64, BINS = 2000 };
static const double NS = 1e-6;

/* In as long as a unit takes for 200 spikes on the mean: the first intervals of each unit, and of
 * the counts of the first 64 units together: those that are drawn as one where they are rarely
 * heard. */
struct trains {
    double interval[HEARD * INTERVALS], count[BINS];
};

static void hear_trains(double rate, struct trains *trains) {
    const double bin_ms = 1e3 * SPIKES / rate / BINS;
    double last[HEARD] = {0};
    size_t found[HEARD] = {0};
    char settings[64];
    struct net_heard heard;
    struct hk_sim *sim = net_create_exact(NS, 3);
    (void)snprintf(settings, sizeof settings, "rate=%g", rate);
    net_hear(net_source(sim, "in", HEARD, "poisson", settings), &heard);
    net_build(sim);
    net_run(sim, (hk_tick)(BINS * bin_ms / NS));
    memset(trains, 0, sizeof *trains);
    for (size_t k = 0; k < heard.count; k++) {
        hk_neuron unit = net_heard_unit(&heard, k);
        double ms = (double)net_heard_tick(&heard, k) * NS;
        if (unit < BLOCK) trains->count[(size_t)((ms - NS / 2) / bin_ms)]++;
        if (found[unit] < INTERVALS)
            trains->interval[(size_t)unit * INTERVALS + found[unit]++] = ms - last[unit];
        last[unit] = ms;
    }
    for (size_t i = 0; i < HEARD; i++) ck_assert_uint_eq(found[i], INTERVALS);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static const double rates_of_trains[] = {5, 60, 900};

/* The distance of Kolmogorov and Smirnov, times the root of n: above 2.3 in one of 20,000 (twice
 * exp(-2 x^2)). */
START_TEST(intervals_are_exponential_on_the_exact_clock) {
    enum { N = HEARD * INTERVALS };
    static struct trains trains;
    double rate = rates_of_trains[_i], most = 0;
    hear_trains(rate, &trains);
    qsort(trains.interval, N, sizeof *trains.interval, ascending);
    for (size_t k = 0; k < N; k++) {
        double chance = -expm1(-trains.interval[k] * rate * 1e-3);
        most = fmax(most, fmax(chance - (double)k / N, (double)(k + 1) / N - chance));
    }
    ck_assert_double_lt(most * sqrt(N), 2.3);
}
END_TEST

/* What 64 independent units do together is Poisson of their mean m: a bin's squared distance from m
 * has mean m and variance 2 m^2 + m. */
START_TEST(units_that_are_drawn_together_are_independent) {
    static struct trains trains;
    double m = (double)SPIKES * BLOCK / BINS, sum = 0, squares = 0;
    hear_trains(rates_of_trains[_i], &trains);
    for (size_t k = 0; k < BINS; k++) {
        sum += trains.count[k] - m;
        squares += pow(trains.count[k] - m, 2);
    }
    ck_assert_double_eq_tol(sum, 0, SIGMAS * sqrt(BINS * m));
    ck_assert_double_eq_tol(squares, BINS * m, SIGMAS * sqrt(BINS * (2 * m * m + m)));
}
END_TEST

/* ---- spikes as they are heard ---- */

static void check_heard(const struct net_heard *heard, const hk_tick *ticks, const uint32_t *units,
                        size_t count) {
    ck_assert_uint_eq(heard->count, count);
    for (size_t k = 0; k < count; k++) {
        ck_assert_int_eq(net_heard_tick(heard, k), ticks[k]);
        ck_assert_uint_eq(net_heard_unit(heard, k), units[k]);
    }
}

static void check_regular(const char *settings, hk_tick ticks, const hk_tick *expected,
                          const uint32_t *units, size_t count) {
    struct net_heard heard;
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    net_hear(net_source(sim, "in", 3, "regular", settings), &heard);
    net_build(sim);
    net_run(sim, ticks);
    check_heard(&heard, expected, units, count);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}

START_TEST(regular_spikes_are_evenly_spaced) {
    check_regular("interval=1", 25, (hk_tick[]){10, 10, 10, 20, 20, 20},
                  (uint32_t[]){0, 1, 2, 0, 1, 2}, 6);
    check_regular("interval=1 start=0.3", 13, (hk_tick[]){3, 3, 3, 13, 13, 13},
                  (uint32_t[]){0, 1, 2, 0, 1, 2}, 6);
    check_regular("interval=1 start=0.3 stagger=0.4", 20, (hk_tick[]){3, 7, 11, 13, 17},
                  (uint32_t[]){0, 1, 2, 0, 1}, 5);
    check_regular("interval=0.1", 2, (hk_tick[]){1, 1, 1, 2, 2, 2}, (uint32_t[]){0, 1, 2, 0, 1, 2},
                  6);
}
END_TEST

START_TEST(given_spikes_come_in_order_whatever_theirs) {
    static const double times[] = {3, 1, 2, 1, 0.1, 1}, units[] = {2, 1, 0, 0, 3, 0};
    struct net_heard heard;
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    net_hear(net_spikes(sim, "in", 4, times, units, 6), &heard);
    net_build(sim);
    net_run(sim, 100);
    check_heard(&heard, (hk_tick[]){1, 10, 10, 10, 20, 30}, (uint32_t[]){3, 0, 0, 1, 0, 2}, 6);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(given_times_alone_are_spikes_of_all_units) {
    static const double times[] = {0.5, 0.2};
    struct net_heard heard;
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    net_hear(net_spikes(sim, "in", 3, times, NULL, 2), &heard);
    net_build(sim);
    net_run(sim, 100);
    check_heard(&heard, (hk_tick[]){2, 2, 2, 5, 5, 5}, (uint32_t[]){0, 1, 2, 0, 1, 2}, 6);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* All three, one of them twice, heard by one listener a population, with several threads and
 * windows. */
enum { KINDS = 4 };
static void run_all(bool exact, int threads, struct net_heard heard[KINDS]) {
    enum { SIZE = 100 };
    double times[300], units[300];
    for (size_t k = 0; k < 300; k++) {
        times[k] = (double)(k * 7919 % 500 + 1) * TICK;
        units[k] = (double)(k * 31 % SIZE);
    }
    struct hk_sim *sim = create(exact, TICK, threads);
    net_hear(net_source(sim, "p", SIZE, "poisson", "rate=3000"), &heard[0]);
    net_hear(net_source(sim, "r", SIZE, "regular", "interval=1.3 stagger=0.1"), &heard[1]);
    net_hear(net_spikes(sim, "s", SIZE, times, units, 300), &heard[2]);
    net_hear(net_source(sim, "q", SIZE, "poisson", "rate=100"), &heard[3]);
    net_build(sim);
    net_run(sim, 77);
    net_run(sim, 423);
    hk_sim_destroy(sim);
}

START_TEST(spikes_are_the_same_for_any_number_of_threads) {
    static const int threads[] = {2, 3, 5, 16};
    struct net_heard one[KINDS], many[KINDS];
    run_all(_i, 1, one);
    for (size_t i = 0; i < HK_COUNT(threads); i++) {
        run_all(_i, threads[i], many);
        for (size_t k = 0; k < KINDS; k++) {
            ck_assert_uint_ge(one[k].count, 300);
            ck_assert_uint_eq(one[k].count, many[k].count);
            ck_assert_mem_eq(one[k].ticks.data, many[k].ticks.data, one[k].count * sizeof(hk_tick));
            ck_assert_mem_eq(one[k].units.data, many[k].units.data,
                             one[k].count * sizeof(uint32_t));
            net_heard_finish(&many[k]);
        }
    }
    for (size_t k = 0; k < KINDS; k++) net_heard_finish(&one[k]);
}
END_TEST

/* ---- refusals ---- */

/* A source of three units, with one number of its parameters or with lists of up to two. */
struct refusal {
    const char *model, *param;
    double value, tick_ms;
    double times[2], units[2];
    size_t time_count, unit_count;
    const char *words;
};

static void check_refusal(const struct refusal *r) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, r->tick_ms, 1);
    const struct hk_model *model = hk_model_find(HK_KIND_SOURCE, r->model, HK_DOUBLE);
    _Alignas(16) char param[256];
    hk_params_default(model, param);
    if (r->param) ck_assert(hk_param_set(hk_param_find(model, r->param), param, r->value, &err));
    if (r->param && strcmp(r->param, "stagger") == 0)
        ck_assert(hk_param_set(hk_param_find(model, "interval"), param, 1, &err));
    if (r->time_count)
        ck_assert(hk_param_set_list(hk_param_find(model, "times"), param,
                                    (struct hk_list){r->times, r->time_count}, &err));
    if (r->unit_count)
        ck_assert(hk_param_set_list(hk_param_find(model, "units"), param,
                                    (struct hk_list){r->units, r->unit_count}, &err));
    const struct hk_pop_spec spec = {.name = "in",
                                     .size = 3,
                                     .source = (const struct hk_source_model *)model,
                                     .param = param};
    ck_assert_ptr_null(hk_sim_add_population(sim, &spec, &err));
    ck_assert_msg(strcmp(err.message, r->words) == 0, "%s", err.message);
    hk_sim_destroy(sim);
}

START_TEST(settings_that_make_no_sense_are_refused) {
    static const struct refusal refusals[] = {
        {.model = "poisson",
         .param = "rate",
         .value = 1.1e5,
         .tick_ms = 0.1,
         .words = "in: rate = 110000 Hz is more than 10 spikes a tick of 0.1 ms"},
        {.model = "regular",
         .param = "interval",
         .value = 0.25,
         .tick_ms = 0.1,
         .words = "in: interval: 0.25 ms is not a whole number of ticks of 0.1 ms; the nearest are "
                  "0.2 and 0.3 ms"},
        {.model = "regular",
         .param = "interval",
         .value = 1e-6,
         .tick_ms = 1e4,
         .words = "in: interval = 1e-06 ms, must be at least one tick of 10000 ms"},
        {.model = "regular",
         .param = "stagger",
         .value = 0.05,
         .tick_ms = 0.1,
         .words = "in: stagger: 0.05 ms is not a whole number of ticks of 0.1 ms; the nearest are "
                  "0 and 0.1 ms"},
        {.model = "spikes", .tick_ms = 0.1, .words = "in: spikes needs times: times of the spikes"},
        {.model = "spikes",
         .tick_ms = 0.1,
         .times = {1, 0},
         .time_count = 2,
         .words = "in: times[1] = 0 ms; the first tick ends at 0.1 ms"},
        {.model = "spikes",
         .tick_ms = 0.1,
         .times = {1, 2.55},
         .time_count = 2,
         .words = "in: times[1]: 2.55 ms is not a whole number of ticks of 0.1 ms; the nearest are "
                  "2.5 and 2.6 ms"},
        {.model = "spikes",
         .tick_ms = 0.1,
         .times = {1, 2},
         .time_count = 2,
         .units = {2, 3},
         .unit_count = 2,
         .words = "in: units[1] = 3, must be a whole number below 3"},
        {.model = "spikes",
         .tick_ms = 0.1,
         .times = {1, 2},
         .time_count = 2,
         .units = {0.5, 1},
         .unit_count = 2,
         .words = "in: units[0] = 0.5, must be a whole number below 3"},
        {.model = "spikes",
         .tick_ms = 0.1,
         .times = {1, 2},
         .time_count = 2,
         .units = {1},
         .unit_count = 1,
         .words = "in: 2 times, but 1 units"},
    };
    check_refusal(&refusals[_i]);
}
END_TEST

Suite *suite_encoders_sources(void) {
    Suite *suite = suite_create("encoders/sources");
    TCase *statistics = tcase_create("statistics"), *given = tcase_create("given");
    tcase_add_loop_test(statistics, counts_of_a_tick_are_poisson, 0, CASES);
    tcase_add_loop_test(statistics, ticks_and_units_are_independent, 0, CASES);
    tcase_add_loop_test(statistics, a_rate_of_zero_is_silent, 0, 2);
    tcase_add_loop_test(statistics, intervals_are_exponential_on_the_exact_clock, 0,
                        HK_COUNT(rates_of_trains));
    tcase_add_loop_test(statistics, units_that_are_drawn_together_are_independent, 0,
                        HK_COUNT(rates_of_trains));
    suite_add_tcase(suite, statistics);
    tcase_add_test(given, regular_spikes_are_evenly_spaced);
    tcase_add_test(given, given_spikes_come_in_order_whatever_theirs);
    tcase_add_test(given, given_times_alone_are_spikes_of_all_units);
    tcase_add_loop_test(given, spikes_are_the_same_for_any_number_of_threads, 0, 2);
    tcase_add_loop_test(given, settings_that_make_no_sense_are_refused, 0, 10);
    suite_add_tcase(suite, given);
    return suite;
}
