/* Connectivity rules: exact where they are exact, statistics where they draw. Statistics have fixed
 * seeds, so they pass or fail for good; bounds are 4.5 standard deviations, which a sound generator
 * exceeds once in 150,000 draws of the seed. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/models.h"
#include "tests/support/suites.h"

enum { SOURCES = 1000, TARGETS = 2000, PARAM_SIZE = 256 };
static const double SIGMAS = 4.5;

struct rule {
    const struct hk_connect_model *model;
    _Alignas(16) char param[PARAM_SIZE];
    struct hk_connect_shape shape;
    struct hk_stream stream;
};

static void rule_init(struct rule *rule, const char *name, hk_neuron sources, hk_neuron targets) {
    const struct hk_model *model = hk_model_find(HK_KIND_CONNECT, name, HK_DOUBLE);
    ck_assert_ptr_nonnull(model);
    ck_assert_uint_le(model->param_size, PARAM_SIZE);
    rule->model = (const struct hk_connect_model *)model;
    hk_params_default(model, rule->param);
    rule->shape = (struct hk_connect_shape){.source_count = sources, .target_count = targets};
    rule->stream = hk_stream_make(7, "connect", name);
}

static void rule_set(struct rule *rule, const char *param, double value) {
    struct hk_err err = {0};
    const struct hk_param *row = hk_param_find(&rule->model->base, param);
    ck_assert_msg(hk_param_set(row, rule->param, value, &err), "%s", err.message);
}

static size_t rule_draw(const struct rule *rule, hk_neuron target, hk_neuron *sources) {
    return rule->model->draw(rule->param, &rule->shape, rule->stream, target, sources);
}

/* What a rule drew for all targets. */
struct counts {
    double in_mean, in_variance;
    uint32_t out[SOURCES];
    size_t autapses, multapses, total,
        neighbours; /* neighbours: source k and k + 1 of one target */
    size_t wrong;   /* too many, or too large */
};

static int ascending(const void *a, const void *b) {
    hk_neuron x = *(const hk_neuron *)a, y = *(const hk_neuron *)b;
    return (x > y) - (x < y);
}

/* Rules may draw in any order; here the sources are put in theirs. */
static void count_target(const struct rule *rule, hk_neuron target, hk_neuron *sources,
                         size_t count, struct counts *counts) {
    qsort(sources, count, sizeof *sources, ascending);
    counts->wrong += count > rule->model->draw_max(rule->param, &rule->shape);
    for (size_t k = 0; k < count; k++) {
        if (sources[k] >= rule->shape.source_count) {
            counts->wrong++;
            continue;
        }
        counts->out[sources[k]]++;
        counts->autapses += sources[k] == target;
        counts->multapses += k && sources[k] == sources[k - 1];
        counts->neighbours += k && sources[k] == sources[k - 1] + 1;
    }
    counts->total += count;
}

static void count_all(const struct rule *rule, struct counts *counts) {
    static hk_neuron sources[SOURCES * 4];
    double squares = 0;
    hk_neuron targets = rule->shape.target_count;
    *counts = (struct counts){.total = 0};
    for (hk_neuron target = 0; target < targets; target++) {
        size_t count = rule_draw(rule, target, sources);
        count_target(rule, target, sources, count, counts);
        squares += (double)count * (double)count;
    }
    ck_assert_uint_eq(counts->wrong, 0);
    counts->in_mean = (double)counts->total / targets;
    counts->in_variance = (squares - (double)counts->total * counts->in_mean) / (targets - 1);
}

/* The sum over sources of (out - mean)^2 / variance follows chi-square with `freedom` degrees, here
 * so many that it is normal: mean `freedom`, variance 2 `freedom`. */
static void check_out_degrees(const struct counts *counts, double mean, double variance,
                              double freedom) {
    double chi = 0;
    for (size_t k = 0; k < SOURCES; k++) chi += pow(counts->out[k] - mean, 2) / variance;
    ck_assert_double_eq_tol(chi, freedom, SIGMAS * sqrt(2 * freedom));
}

/* ---- exact rules ---- */

START_TEST(all_to_all_joins_every_pair) {
    struct rule rule;
    hk_neuron sources[5];
    struct hk_blocks blocks;
    rule_init(&rule, "all-to-all", 5, 3);
    ck_assert(rule.model->blocks(rule.param, &blocks));
    ck_assert(blocks.groups == 1 && !blocks.except_same);
    for (hk_neuron target = 0; target < 3; target++) {
        ck_assert_uint_eq(rule_draw(&rule, target, sources), 5);
        for (hk_neuron k = 0; k < 5; k++) ck_assert_uint_eq(sources[k], k);
    }
}
END_TEST

START_TEST(all_to_all_can_leave_out_the_same_index) {
    struct rule rule;
    struct hk_err err = {0};
    hk_neuron sources[5];
    struct hk_blocks blocks;
    rule_init(&rule, "all-to-all", 5, 5);
    const struct hk_param *except = hk_param_find(&rule.model->base, "except");
    ck_assert(hk_param_choose(except, rule.param, "same-index", &err));
    ck_assert(rule.model->blocks(rule.param, &blocks));
    ck_assert(blocks.groups == 1 && blocks.except_same);
    for (hk_neuron target = 0; target < 5; target++) {
        ck_assert_uint_eq(rule_draw(&rule, target, sources), 4);
        for (hk_neuron k = 0; k < 4; k++) ck_assert_uint_eq(sources[k], k < target ? k : k + 1);
    }
}
END_TEST

START_TEST(one_to_one_joins_equal_indices) {
    struct rule rule;
    struct hk_err err = {0};
    hk_neuron source;
    rule_init(&rule, "one-to-one", 5, 5);
    ck_assert(rule.model->check(rule.param, &rule.shape, &err));
    for (hk_neuron target = 0; target < 5; target++) {
        ck_assert_uint_eq(rule_draw(&rule, target, &source), 1);
        ck_assert_uint_eq(source, target);
    }
    rule.shape.source_count = 4;
    ck_assert(!rule.model->check(rule.param, &rule.shape, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_ptr_nonnull(strstr(err.message, "4 sources meet 5 targets"));
}
END_TEST

/* ---- groups ---- */

static void rule_choose(struct rule *rule, const char *param, const char *choice) {
    struct hk_err err = {0};
    const struct hk_param *row = hk_param_find(&rule->model->base, param);
    ck_assert_msg(hk_param_choose(row, rule->param, choice, &err), "%s", err.message);
}

static void expect_sources(const struct rule *rule, hk_neuron target, const hk_neuron *expected,
                           size_t count) {
    hk_neuron sources[SOURCES];
    ck_assert_uint_le(count, rule->model->draw_max(rule->param, &rule->shape));
    ck_assert_uint_eq(rule_draw(rule, target, sources), count);
    for (size_t k = 0; k < count; k++) ck_assert_uint_eq(sources[k], expected[k]);
}
#define EXPECT_SOURCES(rule, target, ...)                                                          \
    expect_sources(rule, target, (const hk_neuron[]){__VA_ARGS__},                                 \
                   sizeof((const hk_neuron[]){__VA_ARGS__}) / sizeof(hk_neuron))

/* Six sources and three targets in three groups. Neighbours: 0 1 | 2 3 | 4 5. */
START_TEST(groups_of_neighbours_reach_their_own_or_the_others) {
    struct rule rule;
    rule_init(&rule, "groups", 6, 3);
    rule_set(&rule, "groups", 3);
    EXPECT_SOURCES(&rule, 0, 0, 1);
    EXPECT_SOURCES(&rule, 2, 4, 5);
    rule_choose(&rule, "except", "same-index");
    EXPECT_SOURCES(&rule, 0, 1);
    EXPECT_SOURCES(&rule, 1, 2, 3); /* source 1 is in another group anyway */
    rule_choose(&rule, "reach", "others");
    EXPECT_SOURCES(&rule, 0, 2, 3, 4, 5);
    EXPECT_SOURCES(&rule, 1, 0, 4, 5); /* here it is left out */
}
END_TEST

/* Interleaved: 0 3 | 1 4 | 2 5. */
START_TEST(interleaved_groups_take_every_third_unit) {
    struct rule rule;
    rule_init(&rule, "groups", 6, 3);
    rule_set(&rule, "groups", 3);
    rule_choose(&rule, "layout", "interleaved");
    EXPECT_SOURCES(&rule, 0, 0, 3);
    EXPECT_SOURCES(&rule, 2, 2, 5);
    rule_choose(&rule, "except", "same-index");
    EXPECT_SOURCES(&rule, 1, 4);
    rule_choose(&rule, "reach", "others");
    EXPECT_SOURCES(&rule, 1, 0, 2, 3, 5);
}
END_TEST

START_TEST(one_group_is_everybody_and_has_no_others) {
    struct rule rule;
    rule_init(&rule, "groups", 3, 2);
    rule_set(&rule, "groups", 1);
    EXPECT_SOURCES(&rule, 1, 0, 1, 2);
    rule_choose(&rule, "reach", "others");
    expect_sources(&rule, 1, NULL, 0);
}
END_TEST

static void expect_refusal(const struct rule *rule, const char *message) {
    struct hk_err err = {0};
    ck_assert(!rule->model->check(rule->param, &rule->shape, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_str_eq(err.message, message);
}

START_TEST(groups_must_divide_both_ends) {
    struct rule rule;
    struct hk_err err = {0};
    rule_init(&rule, "groups", 12, 8);
    rule_set(&rule, "groups", 4);
    ck_assert(rule.model->check(rule.param, &rule.shape, &err));
    rule_set(&rule, "groups", 3);
    expect_refusal(&rule, "12 sources and 8 targets can't both be divided into 3 equal groups");
    rule_set(&rule, "groups", 8);
    expect_refusal(&rule, "12 sources and 8 targets can't both be divided into 8 equal groups");
    ck_assert(!hk_param_set(hk_param_find(&rule.model->base, "groups"), rule.param, 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
}
END_TEST

/* ---- local ---- */

static void local_init(struct rule *rule, hk_neuron sources, hk_neuron targets,
                       struct hk_list input, double field, double stride) {
    struct hk_err err = {0};
    rule_init(rule, "local", sources, targets);
    ck_assert(
        hk_param_set_list(hk_param_find(&rule->model->base, "input"), rule->param, input, &err));
    rule_set(rule, "field", field);
    rule_set(rule, "stride", stride);
}
#define SHAPE(...)                                                                                 \
    ((struct hk_list){(const double[]){__VA_ARGS__},                                               \
                      sizeof((const double[]){__VA_ARGS__}) / sizeof(double)})

/* Rows of 4:   0  1  2  3    fields of 2 x 2, one apart: three across, two down;
 *              4  5  6  7    targets 6 to 11 are the second channel over the same fields.
 *              8  9 10 11 */
START_TEST(local_targets_see_their_field) {
    struct rule rule;
    struct hk_err err = {0};
    local_init(&rule, 12, 12, SHAPE(3, 4), 2, 1);
    ck_assert_msg(rule.model->check(rule.param, &rule.shape, &err), "%s", err.message);
    for (hk_neuron channel = 0; channel < 12; channel += 6) {
        EXPECT_SOURCES(&rule, channel + 0, 0, 1, 4, 5);
        EXPECT_SOURCES(&rule, channel + 2, 2, 3, 6, 7);
        EXPECT_SOURCES(&rule, channel + 3, 4, 5, 8, 9);
        EXPECT_SOURCES(&rule, channel + 5, 6, 7, 10, 11);
    }
}
END_TEST

/* Two channels of 5 x 5, fields of 3 x 3, two apart: 2 x 2 of them; each target sees both
 * channels. */
START_TEST(local_fields_lie_a_stride_apart_in_every_channel) {
    struct rule rule;
    struct hk_err err = {0};
    local_init(&rule, 50, 4, SHAPE(2, 5, 5), 3, 2);
    ck_assert_msg(rule.model->check(rule.param, &rule.shape, &err), "%s", err.message);
    EXPECT_SOURCES(&rule, 0, 0, 1, 2, 5, 6, 7, 10, 11, 12, 25, 26, 27, 30, 31, 32, 35, 36, 37);
    EXPECT_SOURCES(&rule, 1, 2, 3, 4, 7, 8, 9, 12, 13, 14, 27, 28, 29, 32, 33, 34, 37, 38, 39);
    EXPECT_SOURCES(&rule, 3, 12, 13, 14, 17, 18, 19, 22, 23, 24, 37, 38, 39, 42, 43, 44, 47, 48,
                   49);
}
END_TEST

/* A stride that doesn't fit leaves the last pixels unseen: columns 0-1 and 3-4 of 6, rows 0-1. */
START_TEST(local_fields_stay_within_the_image) {
    struct rule rule;
    struct hk_err err = {0};
    local_init(&rule, 18, 2, SHAPE(3, 6), 2, 3);
    ck_assert_msg(rule.model->check(rule.param, &rule.shape, &err), "%s", err.message);
    EXPECT_SOURCES(&rule, 0, 0, 1, 6, 7);
    EXPECT_SOURCES(&rule, 1, 3, 4, 9, 10);
    local_init(&rule, 18, 1, SHAPE(3, 6), 3, 4);
    ck_assert(rule.model->check(rule.param, &rule.shape, &err));
    EXPECT_SOURCES(&rule, 0, 0, 1, 2, 6, 7, 8, 12, 13, 14);
}
END_TEST

START_TEST(local_refuses_shapes_that_do_not_fit) {
    static const char shapes[] = "input: expected [ROWS, COLUMNS] or [CHANNELS, ROWS, COLUMNS], at "
                                 "least as large as the field of ";
    char message[256];
    struct rule rule;
    local_init(&rule, 12, 6, SHAPE(3, 5), 2, 1);
    expect_refusal(&rule, "input: 1 x 3 x 5 are not the 12 sources");
    local_init(&rule, 12, 7, SHAPE(3, 4), 2, 1);
    expect_refusal(&rule, "7 targets can't be divided among 2 x 3 fields of side 2");
    const struct hk_list none[] = {SHAPE(12), SHAPE(1, 1, 3, 4), SHAPE(2.5, 4)};
    (void)snprintf(message, sizeof message, "%s2", shapes);
    for (size_t k = 0; k < HK_COUNT(none); k++) {
        local_init(&rule, 12, 6, none[k], 2, 1);
        expect_refusal(&rule, message);
    }
    local_init(&rule, 12, 6, SHAPE(3, 4), 4, 1);
    (void)snprintf(message, sizeof message, "%s4", shapes);
    expect_refusal(&rule, message);
}
END_TEST

/* ---- probability ---- */

/* In-degrees are binomial(n, p); the sample variance of T of them has variance 2 var^2/(T - 1)
 * nearly. */
START_TEST(probability_gives_binomial_degrees) {
    static const double chances[] = {0.01, 0.1, 0.5, 0.95};
    static struct counts counts;
    double p = chances[_i], n = SOURCES, variance = n * p * (1 - p);
    struct rule rule;
    rule_init(&rule, "probability", SOURCES, TARGETS);
    rule_set(&rule, "p", p);
    count_all(&rule, &counts);
    ck_assert_double_eq_tol(counts.in_mean, n * p, SIGMAS * sqrt(variance / TARGETS));
    ck_assert_double_eq_tol(counts.in_variance / variance, 1, SIGMAS * sqrt(2.0 / TARGETS) + 1 / n);
    check_out_degrees(&counts, TARGETS * p, TARGETS * p * (1 - p), SOURCES);
    ck_assert_uint_eq(counts.multapses, 0);
    /* Pairs are independent: of (n - 1) T neighbours p^2 are joined both, with variance
     * n T p^2 (1 - p)(1 + 3 p), since a source is in two such pairs. */
    double pairs = (n - 1) * TARGETS * p * p, spread = sqrt(pairs * (1 - p) * (1 + 3 * p));
    ck_assert_double_eq_tol((double)counts.neighbours, pairs, SIGMAS * spread);
}
END_TEST

START_TEST(probability_0_joins_none_and_1_joins_all) {
    static struct counts counts;
    struct rule rule;
    rule_init(&rule, "probability", SOURCES, 20);
    static const double none[] = {0.0, 1e-300, 1e-17, 1e-12};
    for (size_t k = 0; k < HK_COUNT(none); k++) {
        rule_set(&rule, "p", none[k]);
        count_all(&rule, &counts);
        ck_assert_uint_eq(counts.total, 0);
    }
    rule_set(&rule, "p", 1);
    count_all(&rule, &counts);
    ck_assert_uint_eq(counts.total, (size_t)20 * SOURCES);
}
END_TEST

START_TEST(probability_without_autapses_has_none) {
    static struct counts with, without;
    struct rule rule;
    rule_init(&rule, "probability", SOURCES, SOURCES);
    rule.shape.recurrent = true;
    rule_set(&rule, "p", 0.3);
    count_all(&rule, &with);
    rule_set(&rule, "autapses", 0);
    count_all(&rule, &without);
    ck_assert_double_eq_tol((double)with.autapses, 300, SIGMAS * sqrt(210));
    ck_assert_uint_eq(without.autapses, 0);
    ck_assert_uint_eq(without.total, with.total - with.autapses);
}
END_TEST

/* ---- fixed in-degree ---- */

/* A source's out-degree is binomial(n T, 1/S); the sum of all is fixed, which takes one degree. */
START_TEST(indegree_with_multapses_draws_uniformly) {
    static struct counts counts;
    struct rule rule;
    double n = 100, mean = n * TARGETS / SOURCES;
    rule_init(&rule, "fixed-indegree", SOURCES, TARGETS);
    rule_set(&rule, "n", n);
    count_all(&rule, &counts);
    ck_assert_double_eq(counts.in_mean, n);
    ck_assert_double_eq(counts.in_variance, 0);
    check_out_degrees(&counts, mean, mean, SOURCES - 1);
    /* Each of the n - 1 draws after the first repeats one of S: repeats are nearly n^2/2S a
     * target. */
    double repeats = TARGETS * (n - SOURCES * (1 - pow(1 - 1.0 / SOURCES, n)));
    ck_assert_double_eq_tol((double)counts.multapses, repeats, SIGMAS * sqrt(repeats));
}
END_TEST

/* A target takes each source with probability n/S: variance T n/S (1 - n/S), and for the sum of
 * squares S/(S - 1) more, for sources exclude each other. */
START_TEST(indegree_without_multapses_draws_distinct_sources) {
    static const double degrees[] = {1, 37, 500, 990};
    static struct counts counts;
    struct rule rule;
    double n = degrees[_i], share = n / SOURCES;
    rule_init(&rule, "fixed-indegree", SOURCES, TARGETS);
    rule_set(&rule, "n", n);
    rule_set(&rule, "multapses", 0);
    count_all(&rule, &counts);
    ck_assert_double_eq(counts.in_mean, n);
    ck_assert_uint_eq(counts.multapses, 0);
    double variance = TARGETS * share * (1 - share) * SOURCES / (SOURCES - 1.0);
    check_out_degrees(&counts, TARGETS * share, variance, SOURCES - 1);
    double pairs = TARGETS * (n - 1) * share;
    ck_assert_double_eq_tol((double)counts.neighbours, pairs, SIGMAS * sqrt(pairs + 1));
}
END_TEST

START_TEST(indegree_of_all_sources_takes_each_once) {
    static struct counts counts;
    struct rule rule;
    rule_init(&rule, "fixed-indegree", SOURCES, 10);
    rule_set(&rule, "n", SOURCES);
    rule_set(&rule, "multapses", 0);
    count_all(&rule, &counts);
    for (size_t k = 0; k < SOURCES; k++) ck_assert_uint_eq(counts.out[k], 10);
}
END_TEST

START_TEST(indegree_without_autapses_has_none) {
    static struct counts counts;
    struct rule rule;
    for (int multapses = 0; multapses <= 1; multapses++) {
        rule_init(&rule, "fixed-indegree", SOURCES, SOURCES);
        rule.shape.recurrent = true;
        rule_set(&rule, "n", 200);
        rule_set(&rule, "multapses", multapses);
        count_all(&rule, &counts); /* 200 autapses expected: none would be a chance of e^-200 */
        ck_assert_double_eq_tol((double)counts.autapses, 200, SIGMAS * sqrt(200));
        rule_set(&rule, "autapses", 0);
        count_all(&rule, &counts);
        ck_assert_uint_eq(counts.autapses, 0);
        ck_assert_double_eq(counts.in_mean, 200);
        double spread = multapses ? 200 : 160;
        check_out_degrees(&counts, 200, spread, SOURCES - 1);
    }
}
END_TEST

START_TEST(indegree_refuses_more_than_there_are) {
    static const struct {
        double n, multapses, autapses;
        hk_neuron sources;
        bool fine;
    } cases[] = {{5, 0, 1, 5, true},  {6, 0, 1, 5, false}, {6, 1, 1, 5, true}, {5, 0, 0, 5, false},
                 {4, 0, 0, 5, true},  {1, 1, 0, 1, false}, {0, 1, 0, 1, true}, {0, 0, 0, 1, true},
                 {2, 0, 1, 1, false}, {2, 1, 1, 1, true}};
    for (size_t k = 0; k < HK_COUNT(cases); k++) {
        struct hk_err err = {0};
        struct rule rule;
        rule_init(&rule, "fixed-indegree", cases[k].sources, cases[k].sources);
        rule.shape.recurrent = true;
        rule_set(&rule, "n", cases[k].n);
        rule_set(&rule, "multapses", cases[k].multapses);
        rule_set(&rule, "autapses", cases[k].autapses);
        ck_assert_int_eq(rule.model->check(rule.param, &rule.shape, &err), cases[k].fine);
        ck_assert_int_eq(err.code, cases[k].fine ? HK_OK : HK_ERR_RANGE);
    }
}
END_TEST

/* ---- all ---- */

START_TEST(a_target_is_drawn_alike_whoever_draws_it_and_when) {
    static hk_neuron first[SOURCES], again[SOURCES];
    static const char *const names[] = {"probability", "fixed-indegree"};
    for (size_t k = 0; k < HK_COUNT(names); k++) {
        struct rule rule;
        rule_init(&rule, names[k], SOURCES, TARGETS);
        rule_set(&rule, k ? "n" : "p", k ? 300 : 0.3);
        size_t count = rule_draw(&rule, 1234, first);
        (void)rule_draw(&rule, 1233, again);
        ck_assert_int_ne(memcmp(first, again, 200 * sizeof *first), 0);
        ck_assert_uint_eq(rule_draw(&rule, 1234, again), count);
        ck_assert_mem_eq(first, again, count * sizeof *first);
    }
}
END_TEST

Suite *suite_synapses_connect(void) {
    Suite *suite = suite_create("synapses/connect");
    TCase *exact = tcase_create("exact"), *probability = tcase_create("probability");
    TCase *indegree = tcase_create("indegree");
    tcase_add_test(exact, all_to_all_joins_every_pair);
    tcase_add_test(exact, all_to_all_can_leave_out_the_same_index);
    tcase_add_test(exact, one_to_one_joins_equal_indices);
    tcase_add_test(exact, a_target_is_drawn_alike_whoever_draws_it_and_when);
    tcase_add_test(exact, groups_of_neighbours_reach_their_own_or_the_others);
    tcase_add_test(exact, interleaved_groups_take_every_third_unit);
    tcase_add_test(exact, one_group_is_everybody_and_has_no_others);
    tcase_add_test(exact, groups_must_divide_both_ends);
    tcase_add_test(exact, local_targets_see_their_field);
    tcase_add_test(exact, local_fields_lie_a_stride_apart_in_every_channel);
    tcase_add_test(exact, local_fields_stay_within_the_image);
    tcase_add_test(exact, local_refuses_shapes_that_do_not_fit);
    suite_add_tcase(suite, exact);
    tcase_add_loop_test(probability, probability_gives_binomial_degrees, 0, 4);
    tcase_add_test(probability, probability_0_joins_none_and_1_joins_all);
    tcase_add_test(probability, probability_without_autapses_has_none);
    suite_add_tcase(suite, probability);
    tcase_add_test(indegree, indegree_with_multapses_draws_uniformly);
    tcase_add_loop_test(indegree, indegree_without_multapses_draws_distinct_sources, 0, 4);
    tcase_add_test(indegree, indegree_of_all_sources_takes_each_once);
    tcase_add_test(indegree, indegree_without_autapses_has_none);
    tcase_add_test(indegree, indegree_refuses_more_than_there_are);
    suite_add_tcase(suite, indegree);
    return suite;
}
