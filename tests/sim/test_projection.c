/* Projections: how weights and delays are drawn, and what is refused. Statistics have a fixed seed;
 * bounds are 4.5 standard deviations, which a sound generator exceeds once in 150,000 seeds. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double SIGMAS = 4.5;
enum { SOURCES = 200, TARGETS = 100, SYNAPSES = SOURCES * TARGETS };

/* All synapses between two populations; neurons at both ends, or a source at the first. */
struct drawn {
    double weight[SYNAPSES];
    hk_tick delay[SYNAPSES];
};

static void draw(struct drawn *drawn, bool neurons, struct hk_dist weight,
                 struct hk_dist delay_ms) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 2);
    struct hk_pop *in = neurons ? net_neurons(sim, "in", SOURCES, "lif", "", NULL, NULL)
                                : net_source(sim, "in", SOURCES, "poisson", "rate=0");
    struct hk_pop *out = net_neurons(sim, "out", TARGETS, "lif", "", "r:exp", NULL);
    struct hk_proj *proj = net_link(sim, &(struct net_link){.source = in,
                                                            .target = out,
                                                            .weight = weight,
                                                            .delay_ms = delay_ms});
    net_build(sim);
    const struct hk_synapses synapses = {.weight = drawn->weight, .delay = drawn->delay};
    ck_assert_uint_eq(hk_proj_count(proj), SYNAPSES);
    ck_assert(hk_proj_read(proj, &synapses, &err));
    hk_sim_destroy(sim);
}

static void moments(const double *values, double *mean, double *variance) {
    double sum = 0, squares = 0;
    for (size_t k = 0; k < SYNAPSES; k++) sum += values[k];
    *mean = sum / SYNAPSES;
    for (size_t k = 0; k < SYNAPSES; k++) squares += (values[k] - *mean) * (values[k] - *mean);
    *variance = squares / SYNAPSES;
}

static const double ROOT = 141.4213562373095; /* of SYNAPSES */

/* ---- weights ---- */

START_TEST(uniform_weights_have_their_moments) {
    static struct drawn drawn;
    double mean, variance;
    draw(&drawn, false, (struct hk_dist){HK_DIST_UNIFORM, -1, 3}, net_value(1));
    moments(drawn.weight, &mean, &variance);
    ck_assert_double_eq_tol(mean, 1, SIGMAS * sqrt(16 / 12.0) / ROOT);
    ck_assert_double_eq_tol(variance, 16 / 12.0, SIGMAS * sqrt(256 / 180.0) / ROOT);
    for (size_t k = 0; k < TARGETS; k++) ck_assert_int_eq(drawn.delay[k], 10);
}
END_TEST

START_TEST(normal_weights_have_their_moments) {
    static struct drawn drawn;
    double mean, variance;
    draw(&drawn, false, (struct hk_dist){HK_DIST_NORMAL, -80, 8}, net_value(1));
    moments(drawn.weight, &mean, &variance);
    ck_assert_double_eq_tol(mean, -80, SIGMAS * 8 / ROOT);
    ck_assert_double_eq_tol(variance, 64, SIGMAS * 64 * sqrt(2) / ROOT);
}
END_TEST

/* A normal distribution of mean m and deviation m, cut at 0, has mean m + m phi(1)/Phi(1). */
START_TEST(normal_weights_keep_the_sign_of_their_mean) {
    static struct drawn drawn;
    for (int sign = -1; sign <= 1; sign += 2) {
        double mean, variance;
        size_t wrong = 0;
        draw(&drawn, false, (struct hk_dist){HK_DIST_NORMAL, sign, 1}, net_value(1));
        for (size_t k = 0; k < SYNAPSES; k++) wrong += drawn.weight[k] * sign < 0;
        moments(drawn.weight, &mean, &variance);
        double ratio = exp(-0.5) / sqrt(2 * 3.14159265358979) / (0.5 * erfc(-1 / sqrt(2)));
        ck_assert_uint_eq(wrong, 0);
        ck_assert_double_eq_tol(mean, sign * (1 + ratio), SIGMAS * sqrt(variance) / ROOT);
    }
}
END_TEST

/* ---- delays ---- */

/* Uniform in [0, 10) ms, rounded to ticks: 0 and 100 get half of what the others get. From neurons
 * the least is 1 tick, and 0 is drawn again. */
START_TEST(uniform_delays_are_rounded_and_redrawn_below_the_least) {
    static struct drawn drawn;
    for (int neurons = 0; neurons <= 1; neurons++) {
        double counts[102] = {0};
        size_t outside = 0;
        draw(&drawn, neurons, net_value(1), (struct hk_dist){HK_DIST_UNIFORM, 0, 10});
        for (size_t k = 0; k < SYNAPSES; k++) {
            if (drawn.delay[k] < neurons || drawn.delay[k] > 100)
                outside++;
            else
                counts[drawn.delay[k]]++;
        }
        ck_assert_uint_eq(outside, 0);
        for (int d = neurons; d <= 100; d++) {
            double share = (d == 0 || d == 100 ? 0.5 : 1) / (neurons ? 99.5 : 100);
            double spread = sqrt(SYNAPSES * share * (1 - share));
            ck_assert_double_eq_tol(counts[d], SYNAPSES * share, SIGMAS * spread);
        }
    }
}
END_TEST

/* Potjans & Diesmann 2014: 1.5 +- 0.75 ms; two standard deviations below the mean it ends. */
START_TEST(normal_delays_end_at_one_tick) {
    static struct drawn drawn;
    double sum = 0, least = 1e9;
    draw(&drawn, true, net_value(1), (struct hk_dist){HK_DIST_NORMAL, 1.5, 0.75});
    for (size_t k = 0; k < SYNAPSES; k++) {
        sum += (double)drawn.delay[k] * 0.1;
        least = fmin(least, (double)drawn.delay[k]);
    }
    /* Cut at 0.05 ms: a = -1.9333, mean 1.5 + 0.75 phi(a)/(1 - Phi(a)). */
    double a = (0.05 - 1.5) / 0.75;
    double mean =
        1.5 + 0.75 * exp(-a * a / 2) / sqrt(2 * 3.14159265358979) / (0.5 * erfc(a / sqrt(2)));
    ck_assert_double_eq(least, 1.0);
    ck_assert_double_eq_tol(sum / SYNAPSES, mean, SIGMAS * 0.75 / ROOT);
}
END_TEST

/* Each tick gets its share, and what lies beyond the last is as rare as it should be. */
START_TEST(normal_delays_are_rounded_to_ticks) {
    enum { LAST = 45 };
    static struct drawn drawn;
    static const double deviation = 7.5 * 1.4142135623730951; /* ticks; of erfc */
    double counts[LAST + 1] = {0}, all = 0.5 * erfc((0.5 - 15) / deviation);
    draw(&drawn, true, net_value(1), (struct hk_dist){HK_DIST_NORMAL, 1.5, 0.75});
    for (size_t k = 0; k < SYNAPSES; k++)
        counts[drawn.delay[k] < LAST ? (size_t)drawn.delay[k] : LAST]++;
    for (int d = 1; d <= LAST; d++) {
        double above = 0.5 * erfc((d - 0.5 - 15) / deviation);
        double beyond = d < LAST ? 0.5 * erfc((d + 0.5 - 15) / deviation) : 0;
        double mean = SYNAPSES * (above - beyond) / all;
        ck_assert_double_eq_tol(counts[d], mean, SIGMAS * sqrt(mean) + 2); /* few: Poisson */
    }
}
END_TEST

START_TEST(weights_and_delays_are_independent) {
    static struct drawn drawn;
    double product = 0;
    draw(&drawn, false, (struct hk_dist){HK_DIST_UNIFORM, -1, 1},
         (struct hk_dist){HK_DIST_UNIFORM, 0, 10});
    for (size_t k = 0; k < SYNAPSES; k++)
        product += drawn.weight[k] * ((double)drawn.delay[k] - 50) / 50;
    ck_assert_double_eq_tol(product / SYNAPSES, 0, SIGMAS / 3 / ROOT);
}
END_TEST

/* ---- refusals ---- */

/* Of a projection between populations "a" (8 neurons), "b" (9, receptors exc: delta and g:
 * cond-exp), "in" (a source of 8). */
struct refusal {
    const char *source, *target, *receptor, *connect;
    struct hk_dist weight, delay_ms;
    const char *words;
    enum hk_code code;
};

static const struct refusal refusals[] = {
    {"a",
     "b",
     "g",
     "all-to-all",
     {HK_DIST_NORMAL, 0, 1},
     {HK_DIST_CONSTANT, 1, 0},
     "p: weight = 0 nS: a conductance is not negative; inhibition is a receptor of its own",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {HK_DIST_NORMAL, 1, -0.5},
     {HK_DIST_CONSTANT, 1, 0},
     "p: weight: a standard deviation of -0.5, must be at least 0",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {HK_DIST_CONSTANT, 1, 0},
     {HK_DIST_NORMAL, 2, (double)NAN},
     "p: delay is not a number",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {0},
     {HK_DIST_CONSTANT, 0, 0},
     "p: delay = 0 ms, must be at least 0.1 ms, one tick, between neurons",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {0},
     {HK_DIST_CONSTANT, 0.25, 0},
     "p: delay: 0.25 ms is not a whole number of ticks of 0.1 ms; the nearest are 0.2 and 0.3 ms",
     HK_ERR_RANGE},
    {"in",
     "b",
     "exc",
     "all-to-all",
     {0},
     {HK_DIST_CONSTANT, -1, 0},
     "p: delay = -1 ms, must be at least 0 ms",
     HK_ERR_RANGE},
    {"in",
     "b",
     "exc",
     "all-to-all",
     {0},
     {HK_DIST_UNIFORM, -1, 2},
     "p: delays must be at least 0 ms",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {0},
     {HK_DIST_UNIFORM, 0, 0.01},
     "p: delays must be at least 0.1 ms",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {0},
     {HK_DIST_UNIFORM, 1, 500},
     "p: delays from 1 to 500 ms span more than 4096 ticks",
     HK_ERR_LIMIT},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {0},
     {HK_DIST_NORMAL, 1e30, 2},
     "p: delays to 1e+30 ms are too long for ticks of 0.1 ms",
     HK_ERR_RANGE},
    {"a",
     "b",
     "g",
     "all-to-all",
     {HK_DIST_CONSTANT, -1, 0},
     {HK_DIST_CONSTANT, 1, 0},
     "p: weight = -1 nS: a conductance is not negative; inhibition is a receptor of its own",
     HK_ERR_RANGE},
    {"a",
     "b",
     "g",
     "all-to-all",
     {HK_DIST_UNIFORM, 2, -1},
     {HK_DIST_CONSTANT, 1, 0},
     "p: weight = -1 nS: a conductance is not negative; inhibition is a receptor of its own",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "all-to-all",
     {HK_DIST_CONSTANT, (double)NAN, 0},
     {HK_DIST_CONSTANT, 1, 0},
     "p: weight is not a number",
     HK_ERR_RANGE},
    {"a",
     "b",
     "ampa",
     "all-to-all",
     {0},
     {HK_DIST_CONSTANT, 1, 0},
     "p: b has no receptor ampa",
     HK_ERR_CONFIG},
    {"a",
     "b",
     NULL,
     "all-to-all",
     {0},
     {HK_DIST_CONSTANT, 1, 0},
     "p: b has 2 receptors: say which",
     HK_ERR_CONFIG},
    {"a",
     "in",
     NULL,
     "all-to-all",
     {0},
     {HK_DIST_CONSTANT, 1, 0},
     "p: in is a source and can't be a target",
     HK_ERR_CONFIG},
    {"a",
     "b",
     "exc",
     "one-to-one",
     {0},
     {HK_DIST_CONSTANT, 1, 0},
     "p: one-to-one: one-to-one needs equal sizes, but 8 sources meet 9 targets",
     HK_ERR_RANGE},
    {"a",
     "b",
     "exc",
     "probability",
     {0},
     {HK_DIST_CONSTANT, 1, 0},
     "p: probability needs p: probability of a synapse for each pair",
     HK_ERR_CONFIG},
};
enum { REFUSALS = HK_COUNT(refusals) };

START_TEST(settings_that_make_no_sense_are_refused) {
    const struct refusal *r = &refusals[_i];
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    (void)net_neurons(sim, "a", 8, "lif", "", NULL, NULL);
    (void)net_neurons(sim, "b", 9, "lif", "", "exc:delta g:cond-exp:e=0", NULL);
    (void)net_source(sim, "in", 8, "poisson", "rate=1");
    const struct hk_model *connect = hk_model_find(HK_KIND_CONNECT, r->connect, HK_DOUBLE);
    const struct hk_proj_spec spec = {.name = "p",
                                      .source = hk_sim_find_population(sim, r->source),
                                      .target = hk_sim_find_population(sim, r->target),
                                      .receptor = r->receptor,
                                      .connect = (const struct hk_connect_model *)connect,
                                      .weight = r->weight,
                                      .delay_ms = r->delay_ms};
    ck_assert_ptr_null(hk_sim_add_projection(sim, &spec, &err));
    ck_assert_str_eq(err.message, r->words);
    ck_assert_int_eq(err.code, r->code);
    ck_assert_ptr_null(hk_sim_projection(sim, 0)); /* it left nothing behind */
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_name_is_taken_once) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *a = net_neurons(sim, "a", 8, "lif", "", "r:delta", NULL);
    struct hk_proj *first = net_link(sim, &(struct net_link){.name = "p",
                                                             .source = a,
                                                             .target = a,
                                                             .delay_ms = net_value(1)});
    const struct hk_model *all = hk_model_find(HK_KIND_CONNECT, "all-to-all", HK_DOUBLE);
    const struct hk_proj_spec spec = {.name = "p",
                                      .source = a,
                                      .target = a,
                                      .connect = (const struct hk_connect_model *)all,
                                      .delay_ms = net_value(1)};
    ck_assert_ptr_null(hk_sim_add_projection(sim, &spec, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, "two projections are called p");
    ck_assert_ptr_eq(hk_sim_find_projection(sim, "p"), first);
    ck_assert_ptr_eq(hk_sim_projection(sim, 0), first);
    ck_assert_ptr_null(hk_sim_projection(sim, 1));
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_rule_that_contradicts_itself_is_refused) {
    struct hk_err err = {0};
    _Alignas(16) char param[256];
    static const char *const names[] = {"a_plus", "a_minus", "w_max", "w_min"};
    static const double values[] = {1, 1, 1, 2};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *a = net_neurons(sim, "a", 8, "lif", "", "r:delta", NULL);
    const struct hk_model *all = hk_model_find(HK_KIND_CONNECT, "all-to-all", HK_DOUBLE);
    const struct hk_model *rule = hk_model_find(HK_KIND_PLASTICITY, "stdp-pair", HK_DOUBLE);
    hk_params_default(rule, param);
    for (size_t k = 0; k < 4; k++)
        ck_assert(hk_param_set(hk_param_find(rule, names[k]), param, values[k], &err));
    const struct hk_proj_spec spec = {.name = "p",
                                      .source = a,
                                      .target = a,
                                      .connect = (const struct hk_connect_model *)all,
                                      .delay_ms = net_value(1),
                                      .plasticity = (const struct hk_plasticity_model *)rule,
                                      .plasticity_param = param};
    ck_assert_ptr_null(hk_sim_add_projection(sim, &spec, &err));
    ck_assert_str_eq(err.message, "p: stdp-pair: w_min = 2 must not be above w_max = 1");
    hk_sim_destroy(sim);
}
END_TEST

/* ---- stored ---- */

enum { MANY = 700, FEW_TARGETS = 90, STORED = MANY * FEW_TARGETS };

/* The synapses of MANY sources for each target, some of them twice. */
struct stored {
    hk_neuron source[STORED], target[STORED];
    double weight[STORED];
    hk_tick delay[STORED];
};

static void draw_stored(struct stored *out, enum hk_precision precision, int threads,
                        const char *rule, const char *synapse) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(precision, 0.1, threads);
    struct hk_pop *in = net_source(sim, "in", 500, "poisson", "rate=0");
    struct hk_pop *to = net_neurons(sim, "to", FEW_TARGETS, "lif", "", "r:exp", NULL);
    struct hk_proj *proj = net_link(sim, &(struct net_link){.source = in,
                                                            .target = to,
                                                            .connect = "fixed-indegree:n=700",
                                                            .weight = {HK_DIST_NORMAL, 8, 1},
                                                            .delay_ms = {HK_DIST_NORMAL, 1.5, 0.7},
                                                            .rule = rule,
                                                            .synapse = synapse});
    net_build(sim);
    const struct hk_synapses synapses = {out->source, out->target, out->weight, out->delay};
    ck_assert_uint_eq(hk_proj_count(proj), STORED);
    ck_assert(hk_proj_read(proj, &synapses, &err));
    hk_sim_destroy(sim);
}

/* In bundles, in rows, in rows that learn late, and in those that learn at once. */
START_TEST(how_synapses_are_stored_does_not_change_them) {
    static const struct {
        const char *rule, *synapse;
    } kinds[] = {{NULL, NULL},
                 {NULL, "tsodyks-markram:u=0.5,tau_rec=100"},
                 {"stdp-pair:a_plus=0.01,a_minus=0.01,w_max=50", NULL},
                 {"stdp-pair:a_plus=0.01,a_minus=0.01,w_max=50,tau_minus=500000", NULL}};
    static struct stored first, other;
    draw_stored(&first, HK_DOUBLE, 1, NULL, NULL);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (int threads = 1; threads <= 2; threads++) {
            memset(&other, 0, sizeof other);
            draw_stored(&other, HK_DOUBLE, threads, kinds[k].rule, kinds[k].synapse);
            ck_assert_mem_eq(other.source, first.source, sizeof first.source);
            ck_assert_mem_eq(other.target, first.target, sizeof first.target);
            ck_assert_mem_eq(other.weight, first.weight, sizeof first.weight);
            ck_assert_mem_eq(other.delay, first.delay, sizeof first.delay);
        }
}
END_TEST

/* Of 16 bits in single precision: the largest, 8.3 standard deviations above 8, is 32,767. */
START_TEST(weights_of_bundles_are_rounded_once) {
    static struct stored exact, rounded;
    const double unit = (8 + 8.3) / INT16_MAX;
    draw_stored(&exact, HK_DOUBLE, 1, NULL, NULL);
    draw_stored(&rounded, HK_SINGLE, 2, NULL, NULL);
    ck_assert_mem_eq(rounded.source, exact.source, sizeof exact.source);
    for (size_t k = 0; k < STORED; k++) {
        double whole = rounded.weight[k] / unit;
        if (fabs(whole - nearbyint(whole)) < 1e-6 &&
            fabs(rounded.weight[k] - exact.weight[k]) <= 0.500001 * unit)
            continue;
        ck_abort_msg("%zu: %g became %g", k, exact.weight[k], rounded.weight[k]);
    }
}
END_TEST

Suite *suite_sim_projection(void) {
    Suite *suite = suite_create("sim/projection");
    TCase *drawn = tcase_create("drawn"), *refused = tcase_create("refused");
    tcase_add_test(drawn, uniform_weights_have_their_moments);
    tcase_add_test(drawn, normal_weights_have_their_moments);
    tcase_add_test(drawn, normal_weights_keep_the_sign_of_their_mean);
    tcase_add_test(drawn, uniform_delays_are_rounded_and_redrawn_below_the_least);
    tcase_add_test(drawn, normal_delays_end_at_one_tick);
    tcase_add_test(drawn, normal_delays_are_rounded_to_ticks);
    tcase_add_test(drawn, weights_and_delays_are_independent);
    tcase_add_test(drawn, how_synapses_are_stored_does_not_change_them);
    tcase_add_test(drawn, weights_of_bundles_are_rounded_once);
    suite_add_tcase(suite, drawn);
    tcase_add_loop_test(refused, settings_that_make_no_sense_are_refused, 0, REFUSALS);
    tcase_add_test(refused, a_name_is_taken_once);
    tcase_add_test(refused, a_rule_that_contradicts_itself_is_refused);
    suite_add_tcase(suite, refused);
    return suite;
}
