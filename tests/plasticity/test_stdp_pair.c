/* Pair STDP: the acceptance numbers, a run of NEST 3.9, and the definition itself, the sum over
 * pairs, on random spike trains. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/reference.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

/* The numbers are given to 12 digits; half a unit of the last is the tolerance. */
static const double DIGITS_12 = 0.5e-12;

/* A plastic synapse between a source and a neuron that fires when told to: jumps far above its
 * threshold, without refractory time. The delay of the plastic synapse is in `delay_ms`; the jumps
 * have none. */
struct pair {
    struct hk_sim *sim;
    struct hk_pop *pre, *post;
    struct hk_proj *synapse;
};
struct pair_spec {
    enum hk_precision precision;
    double tick_ms;
    const double *pre, *post; /* spike times, ms */
    size_t pre_count, post_count;
    const char *rule, *connect; /* connect NULL: all-to-all, which is stored as a matrix */
    double w, delay_ms;
};

static struct pair pair_make(const struct pair_spec *spec) {
    struct pair pair = {.sim = net_create(spec->precision, spec->tick_ms, 1)};
    struct hk_sim *sim = pair.sim;
    struct hk_pop *force = net_spikes(sim, "force", 1, spec->post, NULL, spec->post_count);
    pair.pre = net_spikes(sim, "pre", 1, spec->pre, NULL, spec->pre_count);
    pair.post = net_neurons(sim, "post", 1, "lif", "t_ref=0", "force:delta syn:exp", NULL);
    (void)net_link(sim, &(struct net_link){.source = force,
                                           .target = pair.post,
                                           .receptor = "force",
                                           .weight = net_value(1000)});
    pair.synapse = net_link(sim, &(struct net_link){.source = pair.pre,
                                                    .target = pair.post,
                                                    .receptor = "syn",
                                                    .connect = spec->connect,
                                                    .weight = net_value(spec->w),
                                                    .delay_ms = net_value(spec->delay_ms),
                                                    .rule = spec->rule});
    net_build(sim);
    return pair;
}

static double weight_at(const struct pair *pair, double ms) {
    hk_tick tick = (hk_tick)lround(ms / hk_sim_tick_ms(pair->sim));
    net_run(pair->sim, tick - hk_sim_now(pair->sim));
    return net_weight(pair->synapse, 0);
}

/* The weight after all spikes. */
static double final_weight(const struct pair_spec *spec) {
    struct pair pair = pair_make(spec);
    double w = weight_at(&pair, 100);
    ck_assert_uint_eq(hk_pop_counts(pair.post)[0], spec->post_count);
    hk_sim_destroy(pair.sim);
    return w;
}

/* ---- acceptance numbers ---- */

static const double pre_times[] = {10, 30, 50}, post_times[] = {15, 28, 60};
#define SPECIFIED                                                                                  \
    .precision = HK_DOUBLE, .tick_ms = 1, .pre = pre_times, .pre_count = HK_COUNT(pre_times),      \
    .post = post_times, .post_count = HK_COUNT(post_times)
#define ADDITIVE "stdp-pair:a_plus=0.01,a_minus=0.012,w_max=1"

START_TEST(additive_rule_goes_through_the_specified_weights) {
    static const struct {
        double ms, w;
    } expected[] = {{14, 0.5},
                    {15, 0.507788007831},
                    {28, 0.511853704428},
                    {30, 0.495327256779},
                    {50, 0.489247516453},
                    {60, 0.498364974638}};
    static const char *const connects[] = {NULL, "one-to-one"}; /* a matrix, rows */
    struct pair pair = pair_make(
        &(struct pair_spec){SPECIFIED, .rule = ADDITIVE, .connect = connects[_i], .w = 0.5});
    for (size_t k = 0; k < HK_COUNT(expected); k++)
        ck_assert_double_eq_tol(weight_at(&pair, expected[k].ms), expected[k].w, DIGITS_12);
    hk_sim_destroy(pair.sim);
}
END_TEST

START_TEST(nearest_pairing_gives_the_specified_weight) {
    double w =
        final_weight(&(struct pair_spec){SPECIFIED, .rule = ADDITIVE ",pairing=nearest", .w = 0.5});
    ck_assert_double_eq_tol(w, 0.503066509004, DIGITS_12);
}
END_TEST

START_TEST(multiplicative_rule_gives_the_specified_weight) {
    double w = final_weight(
        &(struct pair_spec){SPECIFIED, .rule = ADDITIVE ",dependence=power,mu=1", .w = 0.5});
    ck_assert_double_eq_tol(w, 0.499133778888, DIGITS_12);
}
END_TEST

START_TEST(mixed_power_rule_gives_the_specified_weight) {
    double w = final_weight(
        &(struct pair_spec){SPECIFIED, .rule = ADDITIVE ",dependence=power,mu=0.4", .w = 0.5});
    ck_assert_double_eq_tol(w, 0.498715683883, DIGITS_12);
}
END_TEST

START_TEST(power_rule_with_mu_0_is_the_additive_one) {
    double w = final_weight(
        &(struct pair_spec){SPECIFIED, .rule = ADDITIVE ",dependence=power,mu=0", .w = 0.5});
    ck_assert_double_eq_tol(w, 0.498364974638, DIGITS_12);
}
END_TEST

/* The number holds for a reference weight w_0 of 1 (NEST's 1 pA); 50 is the initial weight. */
START_TEST(power_law_gives_the_specified_weight) {
    double w =
        final_weight(&(struct pair_spec){SPECIFIED,
                                         .rule = "stdp-pair:dependence=power-law,mu=0.4,w_0=1,"
                                                 "a_plus=0.1,a_minus=0.00513,tau_plus=15,"
                                                 "tau_minus=30,w_max=1e9",
                                         .w = 50});
    ck_assert_double_eq_tol(w, 50.2112044919, 0.5e-10);
}
END_TEST

/* Only w_0^(1 - mu) w^mu / w counts: in units that are 50 times larger all is 50 times smaller. */
START_TEST(power_law_scales_with_its_reference_weight) {
    double w = final_weight(&(struct pair_spec){SPECIFIED,
                                                .rule = "stdp-pair:dependence=power-law,mu=0.4,"
                                                        "w_0=0.02,a_plus=0.1,a_minus=0.00513,"
                                                        "tau_plus=15,tau_minus=30,w_max=1e9",
                                                .w = 1});
    ck_assert_double_eq_tol(w, 50.2112044919 / 50, 1e-12);
}
END_TEST

/* Coincident spikes at 30 ms. */
START_TEST(coincident_spikes_do_what_the_parameter_says) {
    static const double pre[] = {10, 30}, post[] = {15, 30};
    static const struct {
        const char *rule;
        double w;
    } expected[] = {{ADDITIVE, 0.505798403610},
                    {ADDITIVE ",coincident=ignore", 0.505798403610},
                    {ADDITIVE ",coincident=pre-first", 0.515798403610},
                    {ADDITIVE ",coincident=post-first", 0.493798403610}};
    static const char *const connects[] = {NULL, "one-to-one"};
    for (size_t k = 0; k < HK_COUNT(expected); k++) {
        double w = final_weight(&(struct pair_spec){.precision = HK_DOUBLE,
                                                    .tick_ms = 1,
                                                    .pre = pre,
                                                    .post = post,
                                                    .pre_count = 2,
                                                    .post_count = 2,
                                                    .rule = expected[k].rule,
                                                    .connect = connects[_i],
                                                    .w = 0.5});
        ck_assert_double_eq_tol(w, expected[k].w, DIGITS_12);
    }
}
END_TEST

/* ---- what the rule sees ---- */

START_TEST(the_pre_spike_counts_at_its_arrival) {
    static const double earlier[] = {3, 23, 43};
    double w = final_weight(&(struct pair_spec){.precision = HK_DOUBLE,
                                                .tick_ms = 1,
                                                .pre = earlier,
                                                .post = post_times,
                                                .pre_count = 3,
                                                .post_count = 3,
                                                .rule = ADDITIVE,
                                                .w = 0.5,
                                                .delay_ms = 7});
    ck_assert_double_eq_tol(w, 0.498364974638, DIGITS_12);
}
END_TEST

START_TEST(weights_stay_within_their_bounds) {
    static const struct {
        const char *rule;
        double w;
    } ends[] = {{"stdp-pair:a_plus=9,a_minus=0,w_max=0.625", 0.625},
                {"stdp-pair:a_plus=0,a_minus=9,w_max=1,w_min=0.375", 0.375},
                {"stdp-pair:a_plus=0,a_minus=9,w_max=1", 0}};
    for (size_t k = 0; k < HK_COUNT(ends); k++)
        ck_assert_double_eq(final_weight(
                                &(struct pair_spec){SPECIFIED, .rule = ends[k].rule, .w = 0.5}),
                            ends[k].w);
}
END_TEST

START_TEST(weights_stay_while_learning_is_off_but_traces_go_on) {
    static const double pre[] = {10}, post[] = {12, 20};
    struct pair pair = pair_make(&(struct pair_spec){.precision = HK_DOUBLE,
                                                     .tick_ms = 1,
                                                     .pre = pre,
                                                     .post = post,
                                                     .pre_count = 1,
                                                     .post_count = 2,
                                                     .rule = ADDITIVE,
                                                     .w = 0.5});
    hk_proj_set_learning(pair.synapse, false);
    ck_assert_double_eq(weight_at(&pair, 15), 0.5);
    hk_proj_set_learning(pair.synapse, true);
    ck_assert_double_eq_tol(weight_at(&pair, 30), 0.5 + 0.01 * exp(-0.5), 1e-15);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* The window: target k fires k ms after the start, the source at 50 ms. */
START_TEST(single_pairs_trace_the_exponential_window) {
    enum { TARGETS = 101 };
    static const double pre[] = {50};
    double post[TARGETS], units[TARGETS];
    for (size_t k = 0; k < TARGETS; k++) {
        post[k] = (double)k + 1;
        units[k] = (double)k;
    }
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 2);
    struct hk_pop *in = net_spikes(sim, "in", 1, pre, NULL, 1);
    struct hk_pop *force = net_spikes(sim, "force", TARGETS, post, units, TARGETS);
    struct hk_pop *out =
        net_neurons(sim, "out", TARGETS, "lif", "t_ref=0", "force:delta syn:exp", NULL);
    net_force(sim, force, out, "force");
    struct hk_proj *synapses =
        net_link(sim,
                 &(struct net_link){.source = in,
                                    .target = out,
                                    .receptor = "syn",
                                    .weight = net_value(0.5),
                                    .rule =
                                        "stdp-pair:a_plus=0.01,a_minus=0.012,w_max=1,tau_plus=17,"
                                        "tau_minus=34"});
    net_build(sim);
    net_run(sim, 120);
    for (size_t k = 0; k < TARGETS; k++) {
        double lag = post[k] - 50;
        double change = lag > 0 ? 0.01 * exp(-lag / 17) : lag < 0 ? -0.012 * exp(lag / 34) : 0;
        ck_assert_double_eq_tol(net_weight(synapses, k), 0.5 + change, 1e-15);
    }
    hk_sim_destroy(sim);
}
END_TEST

/* What is left of a trace after 60 time constants acts; after 75 it has ended, where products with
 * it would not be normal numbers of single precision. */
START_TEST(traces_end_where_they_no_longer_matter) {
    static const char *const connects[] = {NULL, "one-to-one", "probability:p=1"};
    for (int after = 60; after <= 75; after += 15) {
        const double pre[] = {5}, post[] = {5 + 10.0 * after};
        struct pair pair =
            pair_make(&(struct pair_spec){.tick_ms = 1,
                                          .pre = pre,
                                          .post = post,
                                          .pre_count = 1,
                                          .post_count = 1,
                                          .w = 0,
                                          .rule = "stdp-pair:a_plus=1,a_minus=1,tau_plus=10,tau_"
                                                  "minus=10,w_max=1,w_min=-1",
                                          .connect = connects[_i]});
        double w = weight_at(&pair, post[0] + 1), expected = after == 60 ? exp(-60) : 0;
        ck_assert_double_le(fabs(w - expected), 1e-5 * expected);
        hk_sim_destroy(pair.sim);
    }
}
END_TEST

/* ---- against the definition ---- */

enum { TRAIN = 300, SPAN = 1000 };

/* Up to one spike a tick, one of three ticks. */
static size_t random_train(const char *name, double *times) {
    struct hk_draws draws = hk_draws_at(hk_stream_make(5, "train", name), 0, 0);
    size_t count = 0;
    for (int tick = 1; tick < SPAN && count < TRAIN; tick++)
        if (hk_draws_below(&draws, 3) == 0) times[count++] = tick;
    return count;
}

/* The sum over all pairs of the additive rule without bounds; a pair at the same tick counts as
 * `at_zero` says: +1 pre first, -1 post first. */
static double sum_of_pairs(const double *pre, size_t pre_count, const double *post,
                           size_t post_count, int at_zero) {
    double sum = 0;
    for (size_t i = 0; i < pre_count; i++)
        for (size_t k = 0; k < post_count; k++) {
            double lag = post[k] - pre[i];
            if (lag > 0 || (lag == 0 && at_zero > 0)) sum += 0.01 * exp(-lag / 20);
            if (lag < 0 || (lag == 0 && at_zero < 0)) sum -= 0.012 * exp(lag / 20);
        }
    return sum;
}

/* 600 changes of up to 0.1, and a weight of up to 4: in double the errors are some 600 times 1e-16,
 * in single 600 times 1e-7 of that, two units of the weight. */
START_TEST(random_trains_give_the_sum_over_their_pairs) {
    static const struct {
        const char *rule;
        int at_zero;
    } cases[] = {{"coincident=ignore", 0},
                 {"coincident=pre-first", 1},
                 {"coincident=post-first", -1}};
    static const double tolerance[] = {[HK_SINGLE] = 2e-4, [HK_DOUBLE] = 1e-12};
    double pre[TRAIN], post[TRAIN];
    size_t pre_count = random_train("pre", pre), post_count = random_train("post", post);
    for (size_t k = 0; k < HK_COUNT(cases); k++) {
        for (int precision = 0; precision < HK_PRECISION_COUNT; precision++) {
            char rule[128];
            (void)snprintf(rule, sizeof rule,
                           "stdp-pair:a_plus=0.01,a_minus=0.012,w_min=-100,w_max=100,%s",
                           cases[k].rule);
            struct pair pair =
                pair_make(&(struct pair_spec){.precision = (enum hk_precision)precision,
                                              .tick_ms = 1,
                                              .pre = pre,
                                              .post = post,
                                              .pre_count = pre_count,
                                              .post_count = post_count,
                                              .rule = rule,
                                              .connect = _i ? "one-to-one" : NULL,
                                              .w = 0});
            double sum = sum_of_pairs(pre, pre_count, post, post_count, cases[k].at_zero);
            ck_assert_double_eq_tol(weight_at(&pair, SPAN), sum, tolerance[precision]);
            hk_sim_destroy(pair.sim);
        }
    }
}
END_TEST

/* ---- NEST ---- */

/* NEST's delay is dendritic: its post spikes reach the synapse a delay later, and the pre spike at
 * once. Here the pre spike has no delay and the post spikes are that much later. The weight that
 * NEST sends is the one after the change at the pre spike. */
START_TEST(a_run_gives_the_weights_of_nest) {
    struct reference *file = reference_open("05_stdp_synapse_additive.json");
    if (!file) hk_test_skip(REFERENCE_MISSING);
    double pre[64], post[64], sent[64];
    size_t pre_count = reference_list(file, "pre_spike_times_at_source", pre, 64);
    size_t post_count = reference_list(file, "post_spike_times_at_target", post, 64);
    ck_assert_uint_eq(reference_list(file, "expected.weight_sent", sent, 64), pre_count);
    double delay = reference_number(file, "synapse_parameters.delay");
    for (size_t k = 0; k < post_count; k++) post[k] += delay;
    struct pair pair =
        pair_make(&(struct pair_spec){.precision = HK_DOUBLE,
                                      .tick_ms = 0.1,
                                      .pre = pre,
                                      .post = post,
                                      .pre_count = pre_count,
                                      .post_count = post_count,
                                      .rule = "stdp-pair:a_plus=1,a_minus=1.05,w_max=100",
                                      .w = 50});
    for (size_t k = 0; k < pre_count; k++)
        ck_assert_double_eq_tol(weight_at(&pair, pre[k]), sent[k], 1e-11);
    hk_sim_destroy(pair.sim);
    reference_close(file);
}
END_TEST

/* ---- refusals ---- */

static void refuses(const char *words, enum hk_code code, const char *const *names,
                    const double *values, size_t count) {
    struct hk_err err = {0};
    _Alignas(16) char param[256];
    const struct hk_model *model = hk_model_find(HK_KIND_PLASTICITY, "stdp-pair", HK_DOUBLE);
    const struct hk_plasticity_model *rule = (const struct hk_plasticity_model *)model;
    hk_params_default(model, param);
    for (size_t k = 0; k < count; k++)
        ck_assert(hk_param_set(hk_param_find(model, names[k]), param, values[k], &err));
    ck_assert(!(hk_params_complete(model, param, &err) && rule->check(param, &err)));
    ck_assert_int_eq(err.code, code);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
}

START_TEST(settings_that_make_no_sense_are_refused) {
    static const char *const names[] = {"a_plus", "a_minus", "w_max", "w_min", "dependence"};
    refuses("stdp-pair needs w_max", HK_ERR_CONFIG, names, (double[]){1, 1}, 2);
    refuses("stdp-pair needs a_plus", HK_ERR_CONFIG, names + 1, (double[]){1, 1}, 2);
    refuses("power needs w_min >= 0", HK_ERR_RANGE, names, (double[]){1, 1, 1, -1, 1}, 5);
    refuses("w_max > 0", HK_ERR_RANGE, names, (double[]){1, 1, 0, 0, 1}, 5);
}
END_TEST

Suite *suite_plasticity_stdp_pair(void) {
    Suite *suite = suite_create("plasticity/stdp_pair");
    TCase *numbers = tcase_create("numbers"), *sees = tcase_create("sees");
    TCase *pairs = tcase_create("pairs"), *refusals = tcase_create("refusals");
    tcase_add_loop_test(numbers, additive_rule_goes_through_the_specified_weights, 0, 2);
    tcase_add_test(numbers, nearest_pairing_gives_the_specified_weight);
    tcase_add_test(numbers, multiplicative_rule_gives_the_specified_weight);
    tcase_add_test(numbers, mixed_power_rule_gives_the_specified_weight);
    tcase_add_test(numbers, power_rule_with_mu_0_is_the_additive_one);
    tcase_add_test(numbers, power_law_gives_the_specified_weight);
    tcase_add_test(numbers, power_law_scales_with_its_reference_weight);
    tcase_add_loop_test(numbers, coincident_spikes_do_what_the_parameter_says, 0, 2);
    suite_add_tcase(suite, numbers);
    tcase_add_test(sees, the_pre_spike_counts_at_its_arrival);
    tcase_add_test(sees, weights_stay_within_their_bounds);
    tcase_add_test(sees, weights_stay_while_learning_is_off_but_traces_go_on);
    tcase_add_test(sees, single_pairs_trace_the_exponential_window);
    tcase_add_loop_test(sees, traces_end_where_they_no_longer_matter, 0, 3);
    suite_add_tcase(suite, sees);
    tcase_add_loop_test(pairs, random_trains_give_the_sum_over_their_pairs, 0, 2);
    tcase_add_test(pairs, a_run_gives_the_weights_of_nest);
    suite_add_tcase(suite, pairs);
    tcase_add_test(refusals, settings_that_make_no_sense_are_refused);
    suite_add_tcase(suite, refusals);
    return suite;
}
