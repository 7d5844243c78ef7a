/* Triplet STDP: the change of a weight by sixty pairs at several rates (the frequency dependence
 * that the rule was made for), and by three irregular pairs, with published sets of amplitudes. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

/* Sets of Pfister & Gerstner 2006. No bounds: they are far away. */
#define FREE   "w_min=-1e6,w_max=1e6,"
#define CORTEX "stdp-triplet:" FREE "a_plus=5e-10,a3_plus=6.2e-3,a_minus=7e-3,a3_minus=2.3e-4"
#define CORTEX_MINIMAL                                                                             \
    "stdp-triplet:" FREE "tau_y=114,a_plus=0,a3_plus=6.5e-3,a_minus=7.1e-3,a3_minus=0"
#define HIPPOCAMPUS                                                                                \
    "stdp-triplet:" FREE                                                                           \
    "tau_x=946,tau_y=27,a_plus=6.1e-3,a3_plus=6.7e-3,a_minus=1.6e-3,a3_minus="                     \
    "1.4e-3"
#define HIPPOCAMPUS_MINIMAL                                                                        \
    "stdp-triplet:" FREE "tau_y=40,a_plus=5.3e-3,a3_plus=8e-3,a_minus=3.5e-3,a3_minus=0"
#define NEAR_CORTEX                                                                                \
    "stdp-triplet:pairing=nearest," FREE "tau_x=714,tau_y=40,a_plus=8.8e-11,a3_plus=5.3e-2,"       \
    "a_minus=6.6e-3,a3_minus=3.1e-3"
#define NEAR_CORTEX_MINIMAL                                                                        \
    "stdp-triplet:pairing=nearest," FREE "tau_y=40,a_plus=0,a3_plus=5e-2,a_minus=8e-3,a3_minus=0"
#define NEAR_HIPPOCAMPUS                                                                           \
    "stdp-triplet:pairing=nearest," FREE "tau_x=575,tau_y=47,a_plus=4.6e-3,a3_plus=9.1e-3,"        \
    "a_minus=3e-3,a3_minus=7.5e-9"

/* A plastic synapse without delay onto a neuron that fires when told to. */
static double change(const double *pre, const double *post, size_t count, const char *rule,
                     const char *connect, double end_ms) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *force = net_spikes(sim, "force", 1, post, NULL, count);
    struct hk_pop *in = net_spikes(sim, "in", 1, pre, NULL, count);
    struct hk_pop *out = net_neurons(sim, "out", 1, "lif", "t_ref=0", "force:delta syn:exp", NULL);
    (void)net_link(sim, &(struct net_link){.source = force,
                                           .target = out,
                                           .receptor = "force",
                                           .weight = net_value(1000)});
    struct hk_proj *synapse = net_link(sim, &(struct net_link){.source = in,
                                                               .target = out,
                                                               .receptor = "syn",
                                                               .connect = connect,
                                                               .weight = net_value(0.5),
                                                               .rule = rule});
    net_build(sim);
    net_run(sim, (hk_tick)end_ms);
    ck_assert_uint_eq(hk_pop_counts(out)[0], count);
    double w = net_weight(synapse, 0);
    hk_sim_destroy(sim);
    return w - 0.5;
}

/* ---- three irregular pairs ---- */

static const struct {
    const char *rule;
    double change; /* given to 12 digits */
} irregular[] = {
    {CORTEX, -0.008861598124},          {CORTEX_MINIMAL, -0.00830945744934},
    {HIPPOCAMPUS, 0.006811720818},      {HIPPOCAMPUS_MINIMAL, 0.007978847889},
    {NEAR_CORTEX, 0.012183025808},      {NEAR_CORTEX_MINIMAL, 0.013059017931},
    {NEAR_HIPPOCAMPUS, 0.008042985465},
};

START_TEST(irregular_pairs_give_the_specified_change) {
    static const double pre[] = {10, 30, 50}, post[] = {15, 28, 60};
    static const char *const connects[] = {NULL, "one-to-one"}; /* a matrix, rows */
    for (size_t c = 0; c < HK_COUNT(connects); c++) {
        double w = change(pre, post, 3, irregular[_i].rule, connects[c], 100);
        ck_assert_double_eq_tol(w, irregular[_i].change, 0.5e-12);
    }
}
END_TEST

/* ---- sixty pairs ---- */

static const struct {
    const char *rule;
    double rate_hz, pre_first,
        post_first; /* changes where the post spike is 10 ms later, earlier */
    double digits;  /* half a unit of the last that is given */
} regular[] = {
    {CORTEX_MINIMAL, 0.1, 0.0, -0.316620356, 0.5e-9},
    {CORTEX_MINIMAL, 10, 0.118641296, -0.332213173, 0.5e-9},
    {CORTEX_MINIMAL, 20, 0.227795172, -0.341734578, 0.5e-9},
    {CORTEX_MINIMAL, 40, 0.532111928, 0.173714793, 0.5e-9},
    {CORTEX_MINIMAL, 50, 0.762730566, 0.749176585, 0.5e-9},
    {CORTEX, 0.1, 1.7e-8, -0.312160914, 0.5e-9},
    {CORTEX, 50, 0.74090552, 0.727247175, 0.5e-8},
    {NEAR_CORTEX, 20, 0.3232, -0.3382, 0.5e-4},
    {NEAR_CORTEX_MINIMAL, 40, 0.5683, 0.2898, 0.5e-4},
    {NEAR_HIPPOCAMPUS, 50, 0.2141, 0.2093, 0.5e-4},
    {HIPPOCAMPUS_MINIMAL, 10, 0.1841, -0.1627, 0.5e-4},
};

/* Pre spikes at 100 + k T. */
static double sixty(const char *rule, double rate_hz, double lag) {
    enum { PAIRS = 60 };
    double pre[PAIRS], post[PAIRS], interval = 1000 / rate_hz;
    for (size_t k = 0; k < PAIRS; k++) {
        pre[k] = 100 + (double)k * interval;
        post[k] = pre[k] + lag;
    }
    return change(pre, post, PAIRS, rule, NULL, 100 + PAIRS * interval);
}

START_TEST(sixty_pairs_change_the_weight_as_specified_at_each_rate) {
    double later = sixty(regular[_i].rule, regular[_i].rate_hz, 10);
    double earlier = sixty(regular[_i].rule, regular[_i].rate_hz, -10);
    ck_assert_double_eq_tol(later, regular[_i].pre_first, regular[_i].digits);
    ck_assert_double_eq_tol(earlier, regular[_i].post_first, regular[_i].digits);
}
END_TEST

/* ---- what else there is ---- */

START_TEST(without_triplets_it_is_the_pair_rule) {
    static const double pre[] = {10, 30, 50}, post[] = {15, 28, 60};
    double triplet = change(pre, post, 3,
                            "stdp-triplet:tau_plus=20,tau_minus=20,a_plus=0.01,a3_plus=0,"
                            "a_minus=0.012,a3_minus=0,w_max=1",
                            NULL, 100);
    double pair = change(pre, post, 3, "stdp-pair:a_plus=0.01,a_minus=0.012,w_max=1", NULL, 100);
    ck_assert_double_eq(triplet, pair);
}
END_TEST

START_TEST(weights_stay_within_their_bounds) {
    static const double pre[] = {10, 30, 50}, post[] = {15, 28, 60};
    static const char up[] = "stdp-triplet:a_plus=9,a3_plus=9,a_minus=0,a3_minus=0,w_max=0.75";
    static const char down[] =
        "stdp-triplet:a_plus=0,a3_plus=0,a_minus=9,a3_minus=9,w_min=0.25,w_max=1";
    ck_assert_double_eq(change(pre, post, 3, up, NULL, 100), 0.25);
    ck_assert_double_eq(change(pre, post, 3, down, NULL, 100), -0.25);
}
END_TEST

Suite *suite_plasticity_stdp_triplet(void) {
    Suite *suite = suite_create("plasticity/stdp_triplet");
    TCase *cases = tcase_create("stdp_triplet");
    tcase_add_loop_test(cases, irregular_pairs_give_the_specified_change, 0,
                        (int)HK_COUNT(irregular));
    tcase_add_loop_test(cases, sixty_pairs_change_the_weight_as_specified_at_each_rate, 0,
                        (int)HK_COUNT(regular));
    tcase_add_test(cases, without_triplets_it_is_the_pair_rule);
    tcase_add_test(cases, weights_stay_within_their_bounds);
    suite_add_tcase(suite, cases);
    return suite;
}
