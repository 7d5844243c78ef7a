/* The Poisson drive: the distribution of its counts, tail and all, their independence, and that a
 * part draws what the whole does. Statistics have fixed seeds; bounds are 4.5 standard deviations,
 * which a sound generator exceeds once in 150,000 draws of the seed (one side: in 290,000). */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "encoders/kernels/alias.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double TICK = 0.1, SIGMAS = 4.5;
/* The last is as much as the drive takes: 30 a tick. */
static const double rates[] = {20, 8000, 23200, 120000, 200000, 300000};

/* ---- the model by itself ---- */

struct drive {
    const struct hk_drive_model *model;
    _Alignas(16) char param[64], derived[4096];
    size_t real_size;
};

static bool drive_try(struct drive *drive, enum hk_precision precision, double rate, double weight,
                      struct hk_err *err) {
    const struct hk_model *model = hk_model_find(HK_KIND_DRIVE, "poisson", precision);
    drive->model = (const struct hk_drive_model *)model;
    drive->real_size = precision == HK_SINGLE ? sizeof(float) : sizeof(double);
    ck_assert_uint_le(model->param_size, sizeof drive->param);
    ck_assert_uint_le(drive->model->derived_size, sizeof drive->derived);
    hk_params_default(model, drive->param);
    return hk_param_set(hk_param_find(model, "rate"), drive->param, rate, err) &&
           hk_param_set(hk_param_find(model, "weight"), drive->param, weight, err) &&
           drive->model->derive(drive->param, TICK, drive->derived, err);
}

static void drive_init(struct drive *drive, enum hk_precision precision, double rate,
                       double weight) {
    struct hk_err err = {0};
    ck_assert_msg(drive_try(drive, precision, rate, weight, &err), "%s", err.message);
}

/* Put what arrives at units first .. first + count - 1 into arrived[], in the drive's precision. */
static void arrive(const struct drive *drive, hk_neuron first, size_t count, hk_tick tick,
                   void *arrived) {
    const struct hk_drive_part part = {.param = drive->param,
                                       .derived = drive->derived,
                                       .stream = hk_stream_make(3, "drive", "test"),
                                       .first = first,
                                       .count = count};
    drive->model->arrive(&part, tick, arrived);
}

/* ---- its distribution ---- */

enum { UNITS = 4000, TICKS = 1000, MOST = 128, LEAST_EXPECTED = 20 };

/* Wilson & Hilferty 1931: a chi-square as a number that is nearly standard normal. */
static double chi_as_normal(double chi, double freedom) {
    double spread = 2 / (9 * freedom);
    return (cbrt(chi / freedom) - (1 - spread)) / sqrt(spread);
}

/* Chi-square of counts against the exact distribution, where neighbouring counts share a cell until
 * it expects LEAST_EXPECTED: the cells at both ends hold the tails. */
static double poisson_chi(const double found[MOST], double mean, double draws, size_t *cells) {
    double chi = 0, seen = 0, expected = 0, term = exp(-mean), left = draws;
    *cells = 0;
    for (int k = 0; k < MOST; k++) {
        double after = left - draws * term;
        seen += found[k];
        expected += draws * term;
        left = after;
        term *= mean / (k + 1);
        bool last = k == MOST - 1;
        if (last) expected += fmax(left, 0);
        if (!last && (expected < LEAST_EXPECTED || left < LEAST_EXPECTED)) continue;
        chi += pow(seen - expected, 2) / expected;
        seen = expected = 0;
        ++*cells;
    }
    return chi;
}

START_TEST(counts_are_poisson_to_their_tails) {
    static float arrived[UNITS];
    double mean = rates[_i] * 1e-3 * TICK, draws = (double)UNITS * TICKS;
    double found[MOST] = {0}, sum = 0, squares = 0;
    size_t odd = 0;
    struct drive drive;
    drive_init(&drive, HK_SINGLE, rates[_i], 1);
    for (hk_tick tick = 1; tick <= TICKS; tick++) {
        memset(arrived, 0, sizeof arrived);
        arrive(&drive, 0, UNITS, tick, arrived);
        for (size_t i = 0; i < UNITS; i++) {
            double k = (double)arrived[i];
            int whole = (int)fmin(fmax(k, 0), MOST - 1);
            odd += k != whole;
            found[whole]++;
            sum += k - mean;
            squares += (k - mean) * (k - mean);
        }
    }
    ck_assert_uint_eq(odd, 0);
    /* The fourth central moment of a Poisson number is m + 3 m^2. */
    ck_assert_double_eq_tol(sum / draws, 0, SIGMAS * sqrt(mean / draws));
    ck_assert_double_eq_tol(squares / draws, mean, SIGMAS * sqrt((mean + 2 * mean * mean) / draws));
    size_t cells;
    double chi = poisson_chi(found, mean, draws, &cells);
    ck_assert_uint_gt(cells, 1);
    ck_assert_double_lt(chi_as_normal(chi, (double)cells - 1), SIGMAS);
}
END_TEST

/* Products of independent counts of mean m have mean m^2 and variance (m + m^2)^2 - m^4; those that
 * share a factor, two for each, add m^3. Units that a block, a row of 16 or a group of 128 divides
 * are looked at too. */
START_TEST(units_and_ticks_are_independent) {
    static const size_t steps[] = {1, 2, 8, 15, 16, 17, 32, 64, 127, 128, 129};
    enum { LAGS = 3, STEPS = HK_COUNT(steps) };
    static float arrived[LAGS + 1][UNITS];
    double products[STEPS] = {0}, later[LAGS] = {0}, n = (double)UNITS * TICKS;
    double m = rates[_i] * 1e-3 * TICK;
    double spread = sqrt(n * (pow(m + m * m, 2) - pow(m, 4) + 2 * pow(m, 3)));
    struct drive drive;
    drive_init(&drive, HK_SINGLE, rates[_i], 1);
    memset(arrived, 0, sizeof arrived);
    for (hk_tick tick = 1; tick <= TICKS; tick++) {
        memmove(arrived[1], arrived[0], sizeof arrived - sizeof arrived[0]);
        memset(arrived[0], 0, sizeof arrived[0]);
        arrive(&drive, 0, UNITS, tick, arrived[0]);
        for (size_t s = 0; s < STEPS; s++)
            for (size_t i = steps[s]; i < UNITS; i++)
                products[s] += (double)arrived[0][i] * (double)arrived[0][i - steps[s]];
        for (size_t lag = 0; lag < LAGS; lag++)
            for (size_t i = 0; i < UNITS; i++)
                later[lag] += (double)arrived[0][i] * (double)arrived[lag + 1][i];
    }
    for (size_t s = 0; s < STEPS; s++)
        ck_assert_double_eq_tol(products[s], (double)(UNITS - steps[s]) * TICKS * m * m,
                                SIGMAS * spread);
    for (size_t lag = 0; lag < LAGS; lag++)
        ck_assert_double_eq_tol(later[lag], (double)UNITS * (TICKS - 1.0 - (double)lag) * m * m,
                                SIGMAS * spread);
}
END_TEST

/* Ten seconds of two of the microcircuit's populations, and of 60 kHz, the most that isn't drawn in
 * parts, where one count in 2,000 is in the tail of the table: 400 million counts, and each pair of
 * 256 neurons, neighbours and others. With the exact mean m the sum of a pair's products has a
 * variance of m^2 a tick. The largest of 32,640 is above 6 deviations by chance for one seed in
 * 15,000; their sum shows noise in common, their squares many small correlations. */
START_TEST(noise_is_exact_and_independent_over_ten_seconds) {
    static const double background[] = {12800, 23200, 60000};
    enum { PAIRED = 256, PAIRS = PAIRED * (PAIRED - 1) / 2, LONG = 100000 };
    static float arrived[UNITS], one[PAIRED], alone[PAIRED];
    static float products[PAIRED][PAIRED]; /* whole, below 2^24 */
    double mean = background[_i] * 1e-3 * TICK, found[MOST] = {0};
    struct drive drive;
    drive_init(&drive, HK_SINGLE, background[_i], 1);
    memset(alone, 0, sizeof alone);
    memset(products, 0, sizeof products);
    for (hk_tick tick = 1; tick <= LONG; tick++) {
        memset(arrived, 0, sizeof arrived);
        arrive(&drive, 0, UNITS, tick, arrived);
        for (size_t i = 0; i < UNITS; i++) found[(int)arrived[i]]++;
        for (size_t i = 0; i < PAIRED; i++) one[i] = arrived[i < 128 ? i : 135 + 30 * (i - 128)];
        for (size_t i = 0; i < PAIRED; i++) {
            alone[i] += one[i];
            for (size_t j = 0; j < i; j++) products[i][j] += one[i] * one[j];
        }
    }
    size_t cells;
    double chi = poisson_chi(found, mean, (double)UNITS * LONG, &cells);
    ck_assert_uint_gt(cells, 10);
    ck_assert_double_lt(chi_as_normal(chi, (double)cells - 1), SIGMAS);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < PAIRED; i++)
        for (size_t j = 0; j < i; j++) {
            double both = (double)products[i][j] - mean * ((double)alone[i] + (double)alone[j]);
            double z = (both + LONG * mean * mean) / (mean * sqrt(LONG));
            ck_assert_msg(fabs(z) < 6, "neurons %zu and %zu: %g deviations", i, j, z);
            sum += z;
            squares += z * z;
        }
    ck_assert_double_eq_tol(sum, 0, SIGMAS * sqrt(PAIRS));
    ck_assert_double_eq_tol(squares, PAIRS, SIGMAS * sqrt(2.0 * PAIRS));
}
END_TEST

START_TEST(a_rate_of_zero_is_silent) {
    float arrived[UNITS] = {0};
    struct drive drive;
    drive_init(&drive, HK_SINGLE, 0, 1);
    for (hk_tick tick = 1; tick <= 10; tick++) arrive(&drive, 0, UNITS, tick, arrived);
    for (size_t i = 0; i < UNITS; i++) ck_assert_double_eq((double)arrived[i], 0);
}
END_TEST

/* ---- the same for every part, precision and instruction set ---- */

enum { WHOLE = 1000 };

/* Parts begin at multiples of 16, and may end anywhere. */
START_TEST(a_part_draws_what_the_whole_does) {
    static const hk_neuron firsts[] = {0, 16, 48, 112, 128, 144, 256, 960};
    static const size_t counts[] = {1, 7, 16, 17, 40, 127, 128, 129, 500};
    float whole[WHOLE] = {0};
    struct drive drive;
    drive_init(&drive, HK_SINGLE, rates[_i], 1);
    arrive(&drive, 0, WHOLE, 77, whole);
    for (size_t f = 0; f < HK_COUNT(firsts); f++)
        for (size_t c = 0; c < HK_COUNT(counts); c++) {
            float part[WHOLE] = {0};
            if (firsts[f] + counts[c] > WHOLE) continue;
            arrive(&drive, firsts[f], counts[c], 77, part);
            ck_assert_mem_eq(part, whole + firsts[f], counts[c] * sizeof *part);
            for (size_t i = counts[c]; i < WHOLE; i++) ck_assert_double_eq((double)part[i], 0);
        }
}
END_TEST

START_TEST(counts_do_not_depend_on_precision_or_instruction_set) {
    static const char *const isas[] = {"base", "v3", "v4"};
    float first[WHOLE] = {0};
    struct drive drive;
    drive_init(&drive, HK_SINGLE, rates[_i], 1);
    arrive(&drive, 0, WHOLE, 5, first);
    for (size_t i = 0; i < HK_COUNT(isas); i++) {
        float single[WHOLE] = {0};
        double twice[WHOLE] = {0};
        ck_assert_int_eq(setenv("HILLOCK_ISA", isas[i], 1), 0);
        drive_init(&drive, HK_SINGLE, rates[_i], 1);
        arrive(&drive, 0, WHOLE, 5, single);
        drive_init(&drive, HK_DOUBLE, rates[_i], 1);
        arrive(&drive, 0, WHOLE, 5, twice);
        ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
        ck_assert_mem_eq(single, first, sizeof first);
        for (size_t k = 0; k < WHOLE; k++) ck_assert_double_eq(twice[k], (double)first[k]);
    }
}
END_TEST

/* All 65536 numbers: who isn't told as unsure has the same outcome whatever more bits say, and less
 * than the last; whether any of 32 is, is told. Those at a cut do need more. */
START_TEST(only_draws_that_are_told_need_more_bits) {
    enum { NUMBERS = 1 << 16 };
    const double p[ALIAS_OUTCOMES] = {0.1, 0.27, 0.26, 0.17, 0.1, 0.05, 0.03, 0.01, 0.005, 0.005};
    struct alias alias;
    size_t cuts = 0;
    alias_make(&alias, p);
    const struct alias_tables tables = alias_load(&alias);
    for (uint32_t first = 0; first < NUMBERS; first += ALIAS_LANES) {
        uint16_t bits[ALIAS_LANES], outcome[ALIAS_LANES];
        bool any = false;
        for (uint32_t i = 0; i < ALIAS_LANES; i++) bits[i] = (uint16_t)(first + i);
        bool told = alias_draw(tables, bits, outcome);
        for (uint32_t i = 0; i < ALIAS_LANES; i++) {
            uint16_t low = alias_draw_exactly(&alias, bits[i], 0);
            uint16_t high = alias_draw_exactly(&alias, bits[i], UINT32_MAX);
            cuts += low != high;
            any |= alias_is_unsure(&alias, bits[i], outcome[i]);
            if (alias_is_unsure(&alias, bits[i], outcome[i])) continue;
            ck_assert_uint_eq(low, high);
            ck_assert_uint_eq(low, outcome[i]);
            ck_assert_uint_lt(outcome[i], ALIAS_OUTCOMES - 1);
        }
        ck_assert_int_eq(told, any);
    }
    ck_assert_uint_gt(cuts, 2);
}
END_TEST

START_TEST(spikes_are_weighted) {
    double counts[WHOLE] = {0}, arrived[WHOLE];
    struct drive drive;
    drive_init(&drive, HK_DOUBLE, 23200, 1);
    arrive(&drive, 0, WHOLE, 9, counts);
    drive_init(&drive, HK_DOUBLE, 23200, -0.375);
    for (size_t i = 0; i < WHOLE; i++) arrived[i] = 100; /* is overwritten */
    arrive(&drive, 0, WHOLE, 9, arrived);
    for (size_t i = 0; i < WHOLE; i++) ck_assert_double_eq(arrived[i], -0.375 * counts[i]);
}
END_TEST

START_TEST(more_than_thirty_a_tick_are_refused) {
    struct drive drive;
    struct hk_err err = {0};
    ck_assert(!drive_try(&drive, HK_SINGLE, 301000, 1, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_str_eq(err.message, "rate = 301000 Hz is more than 30 spikes a tick of 0.1 ms");
}
END_TEST

/* ---- in a network ---- */

/* Membranes that only add up: v counts the spikes. */
#define COUNTER "v_rest=0 v_reset=0 v_th=1000 tau_m=1e6"

/* The next tick's spikes jump at once; a drive has a stream of its own by population. */
START_TEST(populations_get_their_spikes_in_every_tick_for_any_threads) {
    enum { RUN = 50 };
    double first[2][UNITS / 10], mean = RUN * 0.8;
    for (int threads = 1; threads <= 5; threads++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, TICK, threads);
        struct hk_pop *pop[2];
        double sum = 0;
        size_t same = 0;
        for (int p = 0; p < 2; p++)
            pop[p] = net_neurons(sim, p ? "b" : "a", UNITS / 10, "lif", COUNTER, "r:delta",
                                 "poisson:rate=8000,weight=1");
        net_build(sim);
        net_run(sim, RUN);
        for (hk_neuron i = 0; i < UNITS / 10; i++)
            for (int p = 0; p < 2; p++) {
                double v = net_state(pop[p], "v", i);
                if (threads == 1) first[p][i] = v;
                ck_assert_double_eq(v, first[p][i]);
                sum += v;
            }
        for (size_t i = 0; i < UNITS / 10; i++) same += first[0][i] == first[1][i];
        ck_assert_uint_lt(same, UNITS / 40);
        ck_assert_double_eq_tol(sum / (0.2 * UNITS), mean,
                                SIGMAS * sqrt(mean / (0.2 * UNITS)) + 1e-3);
        hk_sim_destroy(sim);
    }
}
END_TEST

START_TEST(the_named_receptor_gets_them) {
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    struct hk_pop *pop = net_neurons(sim, "a", 3, "lif", "", "exc:exp inh:exp",
                                     "poisson:rate=200000,weight=-2,receptor=inh");
    net_build(sim);
    net_run(sim, 1);
    for (hk_neuron i = 0; i < 3; i++) {
        ck_assert_double_eq(net_state(pop, "i_exc", i), 0);
        ck_assert_double_lt(net_state(pop, "i_inh", i), 0);
    }
    hk_sim_destroy(sim);
}
END_TEST

static void refuses(const char *receptor, size_t receptor_count, const char *words) {
    struct hk_err err = {0};
    struct drive drive;
    struct hk_sim *sim = net_create(HK_SINGLE, TICK, 1);
    const struct hk_model *model = hk_model_find(HK_KIND_DRIVE, "poisson", HK_SINGLE);
    const void *lif = hk_model_find(HK_KIND_NEURON, "lif", HK_SINGLE);
    const void *delta = hk_model_find(HK_KIND_RECEPTOR, "delta", HK_SINGLE);
    _Alignas(16) char lif_param[256], delta_param[64];
    hk_params_default(lif, lif_param);
    hk_params_default(delta, delta_param);
    drive_init(&drive, HK_SINGLE, 100, 1);
    hk_param_set_text(hk_param_find(model, "receptor"), drive.param, receptor);
    const struct hk_receptor_spec receptors[] = {{"exc", delta, delta_param},
                                                 {"inh", delta, delta_param}};
    const struct hk_drive_spec spec = {drive.model, drive.param};
    ck_assert_ptr_null(hk_sim_add_population(sim,
                                             &(struct hk_pop_spec){.name = "a",
                                                                   .size = 5,
                                                                   .neuron = lif,
                                                                   .param = lif_param,
                                                                   .receptors = receptors,
                                                                   .receptor_count = receptor_count,
                                                                   .drives = &spec,
                                                                   .drive_count = 1},
                                             &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, words);
    hk_sim_destroy(sim);
}

START_TEST(a_receptor_must_be_there_and_be_clear) {
    refuses("nmda", 2, "a: drive poisson: there is no receptor nmda");
    refuses("", 2, "a: drive poisson: there are 2 receptors: say `receptor: NAME`");
    refuses("", 0, "a: drive poisson: there are 0 receptors: say `receptor: NAME`");
}
END_TEST

Suite *suite_encoders_drive_poisson(void) {
    Suite *suite = suite_create("encoders/drive_poisson");
    TCase *counts = tcase_create("counts"), *parts = tcase_create("parts");
    TCase *network = tcase_create("network");
    const int all = HK_COUNT(rates);
    tcase_add_loop_test(counts, counts_are_poisson_to_their_tails, 0, all);
    tcase_add_loop_test(counts, units_and_ticks_are_independent, 0, all);
    tcase_add_loop_test(counts, noise_is_exact_and_independent_over_ten_seconds, 0, 3);
    tcase_add_test(counts, a_rate_of_zero_is_silent);
    tcase_add_test(counts, more_than_thirty_a_tick_are_refused);
    suite_add_tcase(suite, counts);
    tcase_add_loop_test(parts, a_part_draws_what_the_whole_does, 0, all);
    tcase_add_loop_test(parts, counts_do_not_depend_on_precision_or_instruction_set, 0, all);
    tcase_add_test(parts, only_draws_that_are_told_need_more_bits);
    tcase_add_test(parts, spikes_are_weighted);
    suite_add_tcase(suite, parts);
    tcase_add_test(network, populations_get_their_spikes_in_every_tick_for_any_threads);
    tcase_add_test(network, the_named_receptor_gets_them);
    tcase_add_test(network, a_receptor_must_be_there_and_be_clear);
    suite_add_tcase(suite, network);
    return suite;
}
