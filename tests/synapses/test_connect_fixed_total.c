/* A fixed total: it is met exactly, divided among targets as multinomial numbers, drawn uniformly
 * from the sources; and the number that follows from a probability is that of the cortical
 * microcircuit. Statistics have fixed seeds; bounds are 4.5 standard deviations (once in 150,000).
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/models.h"
#include "sim/philox.h"
#include "tests/support/suites.h"

static const double SIGMAS = 4.5;

struct rule {
    const struct hk_connect_model *model;
    struct hk_arena *arena;
    _Alignas(16) char param[256];
    struct hk_connect_shape shape;
    struct hk_stream stream;
};

static bool rule_try(struct rule *rule, hk_neuron sources, hk_neuron targets, double n, double p,
                     struct hk_err *err) {
    const struct hk_model *model = hk_model_find(HK_KIND_CONNECT, "fixed-total", HK_DOUBLE);
    rule->model = (const struct hk_connect_model *)model;
    rule->shape = (struct hk_connect_shape){.source_count = sources, .target_count = targets};
    rule->stream = hk_stream_make(7, "connect", "test");
    rule->arena = hk_arena_create(err);
    hk_params_default(model, rule->param);
    return hk_param_set(hk_param_find(model, "n"), rule->param, n, err) &&
           hk_param_set(hk_param_find(model, "p"), rule->param, p, err) &&
           rule->model->check(rule->param, &rule->shape, err) &&
           rule->model->prepare(rule->param, &rule->shape, rule->stream, rule->arena, err);
}

static void rule_init(struct rule *rule, hk_neuron sources, hk_neuron targets, double n, double p) {
    struct hk_err err = {0};
    ck_assert_msg(rule_try(rule, sources, targets, n, p, &err), "%s", err.message);
}

/* Without drawing sources: the in-degrees alone. */
static uint64_t total_of(hk_neuron sources, hk_neuron targets, double p) {
    static hk_neuron room[1 << 16];
    struct rule rule;
    uint64_t sum = 0;
    rule_init(&rule, sources, targets, 0, p);
    ck_assert_uint_le(rule.model->draw_max(rule.param, &rule.shape), HK_COUNT(room));
    for (hk_neuron target = 0; target < targets; target++)
        sum += rule.model->draw(rule.param, &rule.shape, rule.stream, target, room);
    hk_arena_destroy(rule.arena);
    return sum;
}

START_TEST(the_total_is_met_and_divided_as_it_should) {
    enum { SOURCES = 1000, TARGETS = 3001, TOTAL = 300000 };
    static uint32_t out[SOURCES];
    static hk_neuron sources[TOTAL];
    struct rule rule;
    double squares = 0, chi = 0, mean = (double)TOTAL / TARGETS, each = (double)TOTAL / SOURCES;
    size_t total = 0;
    memset(out, 0, sizeof out);
    rule_init(&rule, SOURCES, TARGETS, TOTAL, 0);
    for (hk_neuron target = 0; target < TARGETS; target++) {
        size_t count = rule.model->draw(rule.param, &rule.shape, rule.stream, target, sources);
        ck_assert_uint_le(count, rule.model->draw_max(rule.param, &rule.shape));
        for (size_t k = 0; k < count; k++) out[sources[k]]++;
        squares += pow((double)count - mean, 2) / mean;
        total += count;
    }
    for (size_t k = 0; k < SOURCES; k++) chi += pow(out[k] - each, 2) / each;
    ck_assert_uint_eq(total, TOTAL);
    /* Both are chi-square, with as many degrees of freedom as counts less one. */
    ck_assert_double_eq_tol(squares, TARGETS - 1, SIGMAS * sqrt(2.0 * (TARGETS - 1)));
    ck_assert_double_eq_tol(chi, SOURCES - 1, SIGMAS * sqrt(2.0 * (SOURCES - 1)));
    hk_arena_destroy(rule.arena);
}
END_TEST

/* Potjans & Diesmann 2014 at full scale: totals that follow from the probabilities. */
START_TEST(a_probability_gives_the_number_of_the_microcircuit) {
    ck_assert_int_le(llabs((long long)total_of(1065, 1065, 0.3158) - 430444), 2);
    ck_assert_int_le(llabs((long long)total_of(1065, 21915, 0.0003) - 7003), 2);
    ck_assert_int_le(llabs((long long)total_of(1065, 4850, 0.3726) - 2407889), 2);
}
END_TEST

START_TEST(wrong_totals_are_refused) {
    struct rule rule;
    struct hk_err err = {0};
    ck_assert(!rule_try(&rule, 10, 10, 5, 0.5, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "either n or p"));
    hk_arena_destroy(rule.arena);
    err = (struct hk_err){0};
    ck_assert(!rule_try(&rule, 10, 1, 1e12, 0, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "too many for 1 targets"));
    hk_arena_destroy(rule.arena);
}
END_TEST

/* ---- binomial numbers ---- */

/* Mean and variance over 20,000 draws, by both methods and from both ends. */
START_TEST(binomial_numbers_have_their_moments) {
    static const struct {
        uint64_t n;
        double p;
    } cases[] = {{20, 0.3},      {1000, 0.002}, {40, 0.5},
                 {1000000, 0.5}, {50000, 0.9},  {45499805, 0.25}};
    enum { DRAWS = 20000 };
    for (size_t c = 0; c < HK_COUNT(cases); c++) {
        double n = (double)cases[c].n, p = cases[c].p, mean = n * p, variance = mean * (1 - p);
        double sum = 0, squares = 0;
        for (uint64_t k = 0; k < DRAWS; k++) {
            struct hk_draws draws = hk_draws_at(hk_stream_make(5, "test", "binomial"), c, k << 16);
            double count = (double)hk_draws_binomial(&draws, cases[c].n, p);
            ck_assert(count >= 0 && count <= n);
            sum += count - mean;
            squares += (count - mean) * (count - mean);
        }
        double kurtosis = 3 + (1 - 6 * p * (1 - p)) / variance;
        ck_assert_double_eq_tol(sum / DRAWS, 0, SIGMAS * sqrt(variance / DRAWS));
        ck_assert_double_eq_tol(squares / DRAWS, variance,
                                SIGMAS * variance * sqrt((kurtosis - 1) / DRAWS));
    }
}
END_TEST

/* The whole distribution of one that is drawn by rejection: chi-square over its middle. */
START_TEST(binomial_numbers_have_their_distribution) {
    enum { N = 60, DRAWS = 50000 };
    static uint32_t found[N + 1];
    double p = 0.4, chi = 0, term = pow(1 - p, N);
    size_t cells = 0;
    memset(found, 0, sizeof found);
    for (uint64_t k = 0; k < DRAWS; k++) {
        struct hk_draws draws = hk_draws_at(hk_stream_make(6, "test", "binomial"), 0, k << 16);
        found[hk_draws_binomial(&draws, N, p)]++;
    }
    for (int k = 0; k <= N; k++) {
        double expected = DRAWS * term;
        if (expected >= 20) {
            chi += pow(found[k] - expected, 2) / expected;
            cells++;
        }
        term *= (N - k) / (k + 1.0) * p / (1 - p);
    }
    ck_assert_uint_gt(cells, 15);
    ck_assert_double_lt(chi, (double)cells + SIGMAS * sqrt(2.0 * (double)cells));
}
END_TEST

/* Many at a time: uniform, and without a value that is out of bounds. */
START_TEST(numbers_below_a_bound_are_uniform) {
    enum { BOUND = 77, COUNT = 100001 };
    static uint32_t out[COUNT], found[BOUND];
    double chi = 0, each = (double)COUNT / BOUND;
    memset(found, 0, sizeof found);
    hk_philox_below(hk_stream_make(8, "test", "below"), 3, BOUND, out, COUNT);
    for (size_t k = 0; k < COUNT; k++) {
        ck_assert_uint_lt(out[k], BOUND);
        found[out[k]]++;
    }
    for (size_t k = 0; k < BOUND; k++) chi += pow(found[k] - each, 2) / each;
    ck_assert_double_eq_tol(chi, BOUND - 1, SIGMAS * sqrt(2.0 * (BOUND - 1)));
}
END_TEST

/* With a bound of 3 * 2^30 a quarter of the products are to be drawn anew: all of these give
 * multiples of 3, which would be half of the numbers with them. */
START_TEST(numbers_below_a_large_bound_are_uniform) {
    enum { COUNT = 30003, THIRDS = 3 };
    static uint32_t out[COUNT], found[THIRDS];
    const uint32_t bound = UINT32_C(3) << 30;
    double chi = 0, each = (double)COUNT / THIRDS;
    hk_philox_below(hk_stream_make(8, "test", "below"), 4, bound, out, COUNT);
    for (size_t k = 0; k < COUNT; k++) {
        ck_assert_uint_lt(out[k], bound);
        found[out[k] % THIRDS]++;
    }
    for (size_t k = 0; k < THIRDS; k++) chi += pow(found[k] - each, 2) / each;
    ck_assert_double_lt(chi, (THIRDS - 1) + SIGMAS * sqrt(2.0 * (THIRDS - 1)));
}
END_TEST

Suite *suite_synapses_connect_fixed_total(void) {
    Suite *suite = suite_create("synapses/connect_fixed_total");
    TCase *total = tcase_create("total"), *numbers = tcase_create("numbers");
    tcase_add_test(total, the_total_is_met_and_divided_as_it_should);
    tcase_add_test(total, a_probability_gives_the_number_of_the_microcircuit);
    tcase_add_test(total, wrong_totals_are_refused);
    suite_add_tcase(suite, total);
    tcase_add_test(numbers, binomial_numbers_have_their_moments);
    tcase_add_test(numbers, binomial_numbers_have_their_distribution);
    tcase_add_test(numbers, numbers_below_a_bound_are_uniform);
    tcase_add_test(numbers, numbers_below_a_large_bound_are_uniform);
    suite_add_tcase(suite, numbers);
    return suite;
}
