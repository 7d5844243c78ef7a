/* The rule of Diehl & Cook 2015: the acceptance number, traces that are set and not added to,
 * bounds, and the normalisation that goes with it. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

#define RULE "diehl-cook:w_max=1"

/* One synapse, without delay, onto a neuron that fires when told to. */
struct pair {
    struct hk_sim *sim;
    struct hk_proj *synapse;
};

static struct pair pair_make(const double *pre, size_t pre_count, const double *post,
                             size_t post_count, const char *rule, double w) {
    struct pair pair = {.sim = net_create(HK_DOUBLE, 0.5, 1)};
    struct hk_pop *force = net_spikes(pair.sim, "force", 1, post, NULL, post_count);
    struct hk_pop *in = net_spikes(pair.sim, "in", 1, pre, NULL, pre_count);
    struct hk_pop *out =
        net_neurons(pair.sim, "out", 1, "lif", "t_ref=0", "force:delta syn:cond-exp:e=0", NULL);
    (void)net_link(pair.sim, &(struct net_link){.source = force,
                                                .target = out,
                                                .receptor = "force",
                                                .weight = net_value(1000)});
    pair.synapse = net_link(pair.sim, &(struct net_link){.source = in,
                                                         .target = out,
                                                         .receptor = "syn",
                                                         .weight = net_value(w),
                                                         .rule = rule});
    net_build(pair.sim);
    return pair;
}

static double weight_at(const struct pair *pair, double ms) {
    net_run(pair->sim, (hk_tick)lround(ms / 0.5) - hk_sim_now(pair->sim));
    return net_weight(pair->synapse, 0);
}

/* Pre at 0, post at 5 and 15, pre at 18 ms, all 1 ms later here, for the first tick ends at 0.5. */
START_TEST(gives_the_specified_weight) {
    static const double pre[] = {1, 19}, post[] = {6, 16};
    struct pair pair = pair_make(pre, 2, post, 2, RULE, 0.3);
    ck_assert_double_eq(weight_at(&pair, 6), 0.3); /* post2 was 0 */
    double potentiated = 0.3 + 0.01 * exp(-15.0 / 20) * exp(-10.0 / 40);
    ck_assert_double_eq_tol(weight_at(&pair, 16), potentiated, 1e-15);
    ck_assert_double_eq_tol(weight_at(&pair, 19), 0.303592723614, 0.5e-12);
    hk_sim_destroy(pair.sim);
}
END_TEST

START_TEST(traces_are_set_not_added_to) {
    static const double pre[] = {1, 2, 3, 4, 40}, post[] = {6, 7, 8};
    struct pair pair = pair_make(pre, 5, post, 3, RULE, 0.3);
    double up = exp(-3.0 / 20) * exp(-1.0 / 40) + exp(-4.0 / 20) * exp(-1.0 / 40);
    ck_assert_double_eq_tol(weight_at(&pair, 30), 0.3 + 0.01 * up, 1e-15);
    double down = exp(-32.0 / 20);
    ck_assert_double_eq_tol(weight_at(&pair, 50), 0.3 + 0.01 * up - 0.0001 * down, 1e-15);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* The authors' order: at one tick the pre spike is first, so it is depressed by the old post trace,
 * and potentiated in full. */
START_TEST(a_coincident_pre_spike_counts_as_earlier) {
    static const double pre[] = {16}, post[] = {6, 16};
    struct pair pair = pair_make(pre, 1, post, 2, RULE, 0.3);
    double expected = 0.3 - 0.0001 * exp(-10.0 / 20) + 0.01 * exp(-10.0 / 40);
    ck_assert_double_eq_tol(weight_at(&pair, 16), expected, 1e-15);
    hk_sim_destroy(pair.sim);
}
END_TEST

START_TEST(weights_stay_within_their_bounds) {
    static const double pre[] = {1, 19}, post[] = {6, 16};
    struct pair up = pair_make(pre, 2, post, 2, RULE ",a_plus=5,a_minus=0", 0.3);
    ck_assert_double_eq(weight_at(&up, 30), 1.0);
    hk_sim_destroy(up.sim);
    struct pair down = pair_make(pre, 2, post, 2, RULE ",a_plus=0,a_minus=5", 0.3);
    ck_assert_double_eq(weight_at(&down, 30), 0.0);
    hk_sim_destroy(down.sim);
}
END_TEST

/* ---- normalisation ---- */

enum { SOURCES = 300, TARGETS = 600 };

static struct hk_proj *weighted(struct hk_sim *sim, const char *connect, struct hk_dist weight) {
    struct hk_pop *in = net_source(sim, "in", SOURCES, "poisson", "rate=0");
    struct hk_pop *out = net_neurons(sim, "out", TARGETS, "lif", "", "syn:cond-exp:e=0", NULL);
    struct hk_proj *proj = net_link(sim, &(struct net_link){.source = in,
                                                            .target = out,
                                                            .connect = connect,
                                                            .weight = weight,
                                                            .rule = RULE});
    net_build(sim);
    return proj;
}

static double weights_before[SOURCES * TARGETS], weights_after[SOURCES * TARGETS];

START_TEST(normalising_scales_each_target_to_the_total) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.5, 2);
    struct hk_proj *proj = weighted(sim, NULL, (struct hk_dist){HK_DIST_UNIFORM, 0.003, 0.303});
    ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weights_before}, &err));
    memset(weights_before + (size_t)7 * SOURCES, 0, SOURCES * sizeof *weights_before);
    ck_assert(hk_proj_write_weights(proj, weights_before, &err));
    ck_assert(hk_proj_normalise(proj, 78, &err));
    ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weights_after}, &err));
    double worst = 0, worst_ratio = 0;
    for (size_t target = 0; target < TARGETS; target++) {
        const double *before = weights_before + target * SOURCES;
        const double *after = weights_after + target * SOURCES;
        double sum = 0, sum_before = 0;
        for (size_t k = 0; k < SOURCES; k++) sum += after[k], sum_before += before[k];
        if (target == 7) {
            ck_assert_double_eq(sum, 0.0); /* nothing to scale */
            continue;
        }
        worst = fmax(worst, fabs(sum - 78));
        for (size_t k = 0; k < SOURCES; k++)
            worst_ratio = fmax(worst_ratio, fabs(after[k] / before[k] * sum_before / 78 - 1));
    }
    ck_assert_double_lt(worst, 1e-11);
    ck_assert_double_lt(worst_ratio, 1e-13);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(normalising_scales_lists_of_synapses_too) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.5, 2);
    struct hk_proj *proj = weighted(sim, "fixed-indegree:n=20", net_value(0.5));
    ck_assert(hk_proj_normalise(proj, 78, &err));
    for (size_t k = 0; k < 40; k++) ck_assert_double_eq_tol(net_weight(proj, k), 3.9, 1e-14);
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_plasticity_diehl_cook(void) {
    Suite *suite = suite_create("plasticity/diehl_cook");
    TCase *rule = tcase_create("rule"), *normalise = tcase_create("normalise");
    tcase_add_test(rule, gives_the_specified_weight);
    tcase_add_test(rule, traces_are_set_not_added_to);
    tcase_add_test(rule, a_coincident_pre_spike_counts_as_earlier);
    tcase_add_test(rule, weights_stay_within_their_bounds);
    suite_add_tcase(suite, rule);
    tcase_add_test(normalise, normalising_scales_each_target_to_the_total);
    tcase_add_test(normalise, normalising_scales_lists_of_synapses_too);
    suite_add_tcase(suite, normalise);
    return suite;
}
