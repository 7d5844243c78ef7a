/* Desire backpropagation: both acceptance checks of the specification to the last digit, then
 * properties: threads, dropout, what is silent or undesired stays. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

/* A decay of 3/4 a tick: -1 / ln 0.75. */
#define TAU             "3.4760594967822072"
#define CELL            "tau_m=" TAU " v_rest=0 v_reset=0 v_th=1 t_ref=0 reset=subtract"
#define RULE(threshold) "desire:threshold=" threshold ",target_spikes=16,learning_rate=1,tau=" TAU
enum { T = 20 };

static void present(struct hk_sim *sim, const float *values, size_t count, uint64_t number) {
    struct hk_err err = {0};
    hk_sim_reset_state(sim);
    for (size_t i = 0; hk_sim_population(sim, i); i++)
        hk_pop_clear_counts(hk_sim_population(sim, i));
    ck_assert_msg(hk_sim_present(sim, values, count, T, 1.0, number, &err), "%s", err.message);
    net_run(sim, T);
}

static void teach(struct hk_sim *sim, struct hk_pop *pop, hk_neuron wanted) {
    struct hk_err err = {0};
    ck_assert_msg(hk_sim_teach(sim, pop, wanted, 0, &err), "%s", err.message);
}

static struct hk_pop *layer(struct hk_sim *sim, const char *name, hk_neuron size,
                            const char *settings) {
    return net_neurons(sim, name, size, "lif", settings, "in:delta", NULL);
}

/* ---- the first check: 2 inputs, 2 hidden, 2 output units ---- */

struct small {
    struct hk_sim *sim;
    struct hk_pop *hidden, *out;
    struct hk_proj *first, *second;
    struct net_heard heard_hidden, heard_out;
};

static void small_make(struct small *s) {
    struct hk_err err = {0};
    static const double w1[] = {0.5, 0.25, 0.3, 0.8}, w2[] = {0.6, 0.2, 0.9, 0.5};
    *s = (struct small){.sim = net_create(HK_DOUBLE, 1, 1)};
    struct hk_pop *in = net_encoder(s->sim, "in", 2, "regular", "rate_max=1000");
    s->hidden = layer(s->sim, "hidden", 2, CELL);
    s->out = layer(s->sim, "out", 2, CELL);
    struct hk_dist any = {HK_DIST_UNIFORM, 0, 1};
    s->first = net_link(s->sim, &(struct net_link){.source = in,
                                                   .target = s->hidden,
                                                   .weight = any,
                                                   .rule = RULE("0.05")});
    s->second = net_link(s->sim, &(struct net_link){.source = s->hidden,
                                                    .target = s->out,
                                                    .weight = any,
                                                    .delay_ms = net_value(1),
                                                    .rule = RULE("0.3")});
    net_hear(s->hidden, &s->heard_hidden);
    net_hear(s->out, &s->heard_out);
    hk_sim_remember(s->sim, T);
    net_build(s->sim);
    ck_assert(hk_proj_write_weights(s->first, w1, &err));
    ck_assert(hk_proj_write_weights(s->second, w2, &err));
    present(s->sim, (const float[]){1.0f, 0.5f}, 2, 0);
}

static void small_finish(struct small *s) {
    net_heard_finish(&s->heard_hidden);
    net_heard_finish(&s->heard_out);
    hk_sim_destroy(s->sim);
}

static void expect_spikes(const struct net_heard *heard, uint32_t unit, const hk_tick *ticks,
                          size_t count) {
    size_t found = 0;
    for (size_t k = 0; k < heard->count; k++) {
        if (net_heard_unit(heard, k) != unit) continue;
        ck_assert_uint_lt(found, count);
        ck_assert_int_eq(net_heard_tick(heard, k), ticks[found++]);
    }
    ck_assert_uint_eq(found, count);
}

START_TEST(spikes_and_membranes_are_the_specified) {
    struct small s;
    small_make(&s);
    static const hk_tick even[] = {2, 4, 6, 8, 10, 12, 14, 16, 18, 20}, a[] = {5, 9, 13, 17, 19},
                         b[] = {3, 5, 7, 9, 11, 13, 15, 17, 19};
    expect_spikes(&s.heard_hidden, 0, even, 10);
    expect_spikes(&s.heard_hidden, 1, even, 10);
    expect_spikes(&s.heard_out, 0, a, 5);
    expect_spikes(&s.heard_out, 1, b, 9);
    ck_assert_double_eq_tol(net_state(s.hidden, "v", 0), 0.28480823, 0.5e-8);
    ck_assert_double_eq_tol(net_state(s.hidden, "v", 1), 0.74050139, 0.5e-8);
    ck_assert_double_eq_tol(net_state(s.out, "v", 0), 0.00273937, 0.5e-8);
    ck_assert_double_eq_tol(net_state(s.out, "v", 1), 0.68184843, 0.5e-8);
    small_finish(&s);
}
END_TEST

START_TEST(weights_change_as_specified) {
    struct small s;
    small_make(&s);
    teach(s.sim, s.out, 0);
    static const double first[] = {-34.87345195, -19.92768683, -34.87345195, -19.92768683},
                        second[] = {10.36832955, 10.36832955, -17.64922103, -17.64922103},
                        w1[] = {0.5, 0.25, 0.3, 0.8}, w2[] = {0.6, 0.2, 0.9, 0.5};
    for (size_t k = 0; k < 4; k++) {
        ck_assert_double_eq_tol(net_weight(s.first, k) - w1[k], first[k], 0.5e-8);
        ck_assert_double_eq_tol(net_weight(s.second, k) - w2[k], second[k], 0.5e-8);
    }
    small_finish(&s);
}
END_TEST

/* Output unit 1 is silent in its weights, so nothing of it moves, though it is wanted. */
START_TEST(a_silent_neuron_never_changes) {
    struct hk_err err = {0};
    struct small s;
    small_make(&s);
    static const double w2[] = {0.6, 0.2, 0.0, 0.0};
    ck_assert(hk_proj_write_weights(s.second, w2, &err));
    present(s.sim, (const float[]){1.0f, 0.5f}, 2, 1);
    teach(s.sim, s.out, 1);
    ck_assert_uint_eq(hk_pop_counts(s.out)[1], 0);
    ck_assert_double_eq(net_weight(s.second, 2), 0.0);
    ck_assert_double_eq(net_weight(s.second, 3), 0.0);
    ck_assert_double_lt(net_weight(s.second, 0), 0.6);
    small_finish(&s);
}
END_TEST

START_TEST(nothing_is_learned_while_learning_is_off) {
    struct small s;
    small_make(&s);
    hk_proj_set_learning(s.first, false);
    teach(s.sim, s.out, 0);
    ck_assert_double_eq(net_weight(s.first, 0), 0.5);
    ck_assert_double_ne(net_weight(s.second, 0), 0.6);
    small_finish(&s);
}
END_TEST

/* ---- the second check ---- */

START_TEST(one_neuron_keeps_its_residual) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct net_heard heard;
    struct hk_pop *in = net_encoder(sim, "in", 1, "regular", "rate_max=1000");
    struct hk_pop *out = layer(sim, "out", 1, CELL);
    (void)net_link(sim, &(struct net_link){.source = in, .target = out, .weight = net_value(0.5)});
    net_hear(out, &heard);
    net_build(sim);
    struct hk_err err = {0};
    ck_assert(hk_sim_present(sim, (const float[]){1.0f}, 1, T, 1.0, 0, &err));
    net_run(sim, 1);
    ck_assert_double_eq(net_state(out, "v", 0), 0.5);
    net_run(sim, 1);
    ck_assert_double_eq(net_state(out, "v", 0), 0.875);
    net_run(sim, 1);
    ck_assert_double_eq(net_state(out, "v", 0), 0.15625);
    net_run(sim, T - 3);
    static const hk_tick ticks[] = {3, 6, 9, 11, 14, 17, 19};
    expect_spikes(&heard, 0, ticks, 7);
    ck_assert_double_eq_tol(net_state(out, "v", 0), 0.501149343354, 0.5e-12);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* ---- properties ---- */

enum { INPUTS = 50, HIDDEN = 70, MORE = 40, CLASSES = 10, SAMPLES = 12 };

/* Three layers with dropout, some samples; returns all weights of the first layers in `out`. */
static struct hk_sim_counts learn_some(enum hk_precision precision, int threads,
                                       const char *connect, bool drop, double *out) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(precision, 1, threads);
    struct hk_pop *in = net_encoder(sim, "in", INPUTS, "regular", "rate_max=1000 dropout=0.1");
    struct hk_pop *a = layer(sim, "a", HIDDEN, CELL " dropout=0.3");
    struct hk_pop *b = layer(sim, "b", MORE, CELL " dropout=0.4");
    struct hk_pop *c = layer(sim, "c", CLASSES, CELL);
    struct hk_pop *pops[] = {in, a, b, c};
    struct hk_proj *projs[3];
    for (size_t k = 0; k < 3; k++)
        projs[k] = net_link(sim, &(struct net_link){.source = pops[k],
                                                    .target = pops[k + 1],
                                                    .connect = connect,
                                                    .weight = {HK_DIST_UNIFORM, -0.2, 0.4},
                                                    .delay_ms = net_value(k > 0),
                                                    .rule = RULE("0.05") ",learning_rate=0.01"});
    hk_sim_remember(sim, T);
    net_build(sim);
    hk_sim_set_dropping(sim, drop);
    for (uint64_t n = 0; n < SAMPLES; n++) {
        float values[INPUTS];
        for (size_t i = 0; i < INPUTS; i++) values[i] = (float)((i * 7 + n * 13) % 11) / 10.0f;
        present(sim, values, INPUTS, n);
        teach(sim, c, (hk_neuron)(n % CLASSES));
    }
    for (size_t k = 0; k < 3; k++) {
        ck_assert(hk_proj_read(projs[k], &(struct hk_synapses){.weight = out}, &err));
        out += hk_proj_count(projs[k]);
    }
    struct hk_sim_counts counts = hk_sim_count(sim);
    hk_sim_destroy(sim);
    return counts;
}

enum { WEIGHTS = INPUTS * HIDDEN + HIDDEN * MORE + MORE * CLASSES };
static double reference[WEIGHTS], again[WEIGHTS];

/* With a synapse or two for each target some threads hear nothing where others do. */
START_TEST(is_the_same_for_any_number_of_threads) {
    static const int threads[] = {2, 3, 5, 8};
    static const char *const connects[] = {"all-to-all", "probability:p=0.6", "fixed-indegree:n=1"};
    for (int precision = HK_SINGLE; precision <= HK_DOUBLE; precision++)
        for (size_t c = 0; c < 3; c++) {
            memset(reference, 0, sizeof reference);
            struct hk_sim_counts counted =
                learn_some((enum hk_precision)precision, 1, connects[c], true, reference);
            for (size_t k = 0; k < sizeof threads / sizeof threads[0]; k++) {
                memset(again, 0, sizeof again);
                struct hk_sim_counts counts =
                    learn_some((enum hk_precision)precision, threads[k], connects[c], true, again);
                ck_assert_mem_eq(reference, again, sizeof again);
                ck_assert_uint_eq(counts.events, counted.events);
                ck_assert_uint_eq(counts.additions, counted.additions);
                ck_assert_uint_eq(counts.multiplications, counted.multiplications);
            }
        }
}
END_TEST

/* Lists of synapses and matrices are one network where every pair is joined. */
START_TEST(is_the_same_for_lists_and_matrices) {
    learn_some(HK_DOUBLE, 2, "all-to-all", true, reference);
    learn_some(HK_DOUBLE, 2, "probability:p=1", true, again);
    ck_assert_mem_eq(reference, again, sizeof again);
}
END_TEST

START_TEST(dropout_changes_what_is_learned) {
    learn_some(HK_DOUBLE, 1, "all-to-all", false, reference);
    learn_some(HK_DOUBLE, 1, "all-to-all", true, again);
    ck_assert_mem_ne(reference, again, sizeof again);
}
END_TEST

/* Of 1600 units 30 % are silent, give or take 5 standard deviations of 18.3 (1 in 1.7 million), and
 * the drive of the others' targets is 1 / 0.7 times as large. */
START_TEST(dropped_units_are_silent_and_the_others_louder) {
    enum { UNITS = 1600 };
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 2);
    struct hk_err err = {0};
    static float values[UNITS];
    for (size_t i = 0; i < UNITS; i++) values[i] = 1.0f;
    struct hk_pop *in = net_encoder(sim, "in", UNITS, "regular", "rate_max=1000 dropout=0.3");
    struct hk_pop *out = layer(sim, "out", 1, CELL " v_th=1000");
    (void)net_link(sim, &(struct net_link){.source = in, .target = out, .weight = net_value(0.01)});
    net_build(sim);
    hk_sim_set_dropping(sim, true);
    uint64_t before = 0;
    for (uint64_t number = 0; number < 3; number++) {
        hk_sim_reset_state(sim);
        hk_pop_clear_counts(in);
        ck_assert(hk_sim_present(sim, values, UNITS, 1, 1.0, number, &err));
        net_run(sim, 1);
        uint32_t fired = 0;
        uint64_t digest = 0;
        for (hk_neuron i = 0; i < UNITS; i++) {
            fired += hk_pop_counts(in)[i];
            digest = digest * 31 + hk_pop_counts(in)[i];
        }
        ck_assert_double_eq_tol(fired, 0.7 * UNITS, 5 * sqrt(UNITS * 0.3 * 0.7));
        ck_assert_double_eq_tol(net_state(out, "v", 0), fired * 0.01 / 0.7, 1e-12);
        ck_assert_uint_ne(digest, before); /* others than in the presentation before */
        before = digest;
    }
    hk_sim_destroy(sim);
}
END_TEST

/* What comes of a source that drops out is scaled for all targets in each tick in which any of its
 * spikes arrives, also one that reaches nobody: spikes of ticks 1 to 5 after 2 to 4 ticks. Besides,
 * a membrane takes one of each in a tick. */
START_TEST(scaled_inputs_are_counted) {
    enum { UNITS = 10, TOLD = 5, ALL = 20, HEARD = 7, COUNTED = (ALL + HEARD) * UNITS };
    static const float values[1] = {1.0f};
    for (int threads = 1; threads <= 3; threads++) {
        struct hk_err err = {0};
        struct hk_sim *sim = net_create(HK_SINGLE, 1, threads);
        struct hk_pop *in = net_encoder(sim, "in", 1, "regular", "rate_max=1000 dropout=1e-9");
        struct hk_pop *out = net_neurons(sim, "out", UNITS, "lif", "v_th=1000", "in:delta", NULL);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = out,
                                               .connect = "fixed-total:n=3",
                                               .weight = net_value(0.01),
                                               .delay_ms = {HK_DIST_UNIFORM, 1.6, 4.4}});
        net_build(sim);
        hk_sim_set_dropping(sim, true);
        ck_assert(hk_sim_present(sim, values, 1, TOLD, 1.0, 0, &err));
        net_run(sim, ALL);
        struct hk_sim_counts counts = hk_sim_count(sim);
        ck_assert_uint_eq(counts.spikes, TOLD);
        ck_assert_uint_eq(counts.additions, COUNTED);
        ck_assert_uint_eq(counts.multiplications, COUNTED);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_population_without_the_rule_is_not_taught) {
    struct hk_err err = {0};
    struct small s;
    small_make(&s);
    ck_assert(!hk_sim_teach(s.sim, hk_sim_find_population(s.sim, "in"), 0, 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.message, "in can't be taught"));
    err = (struct hk_err){0};
    ck_assert(!hk_sim_teach(s.sim, s.out, 2, 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    small_finish(&s);
}
END_TEST

START_TEST(a_loop_is_refused) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *a = layer(sim, "a", 2, CELL), *b = layer(sim, "b", 2, CELL);
    (void)net_link(sim, &(struct net_link){.source = a,
                                           .target = b,
                                           .weight = net_value(1),
                                           .delay_ms = net_value(1),
                                           .rule = RULE("0.3")});
    (void)net_link(sim, &(struct net_link){.source = b,
                                           .target = a,
                                           .weight = net_value(1),
                                           .delay_ms = net_value(1),
                                           .rule = RULE("0.3")});
    ck_assert(!hk_sim_build(sim, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.message, "form a loop"));
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_plasticity_desire(void) {
    Suite *suite = suite_create("plasticity/desire");
    TCase *checks = tcase_create("checks"), *properties = tcase_create("properties");
    tcase_add_test(checks, spikes_and_membranes_are_the_specified);
    tcase_add_test(checks, weights_change_as_specified);
    tcase_add_test(checks, one_neuron_keeps_its_residual);
    tcase_add_test(checks, a_silent_neuron_never_changes);
    tcase_add_test(checks, nothing_is_learned_while_learning_is_off);
    suite_add_tcase(suite, checks);
    tcase_add_test(properties, is_the_same_for_any_number_of_threads);
    tcase_add_test(properties, is_the_same_for_lists_and_matrices);
    tcase_add_test(properties, dropout_changes_what_is_learned);
    tcase_add_test(properties, scaled_inputs_are_counted);
    tcase_add_test(properties, dropped_units_are_silent_and_the_others_louder);
    tcase_add_test(properties, a_population_without_the_rule_is_not_taught);
    tcase_add_test(properties, a_loop_is_refused);
    suite_add_tcase(suite, properties);
    return suite;
}
