/* Modulated STDP: the acceptance numbers of the specification, one step late. */
#include <check.h>
#include <math.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

struct pair {
    struct hk_sim *sim;
    struct hk_signal *reward;
    struct hk_proj *synapse;
};

/* Steps of 1 ms from 0, which is tick 1 here; the reward is 1 from the start. */
static struct pair pair_make(const double *pre, size_t pre_count, const double *post,
                             size_t post_count) {
    struct hk_err err = {0};
    struct pair pair = {.sim = net_create(HK_DOUBLE, 1, 1)};
    struct hk_pop *force = net_spikes(pair.sim, "force", 1, post, NULL, post_count);
    struct hk_pop *in = net_spikes(pair.sim, "in", 1, pre, NULL, pre_count);
    struct hk_pop *out =
        net_neurons(pair.sim, "out", 1, "lif", "t_ref=0", "force:delta syn:delta", NULL);
    pair.reward = hk_sim_add_signal(pair.sim, &(struct hk_signal_spec){.name = "reward"}, &err);
    (void)net_link(pair.sim, &(struct net_link){.source = force,
                                                .target = out,
                                                .receptor = "force",
                                                .weight = net_value(1000)});
    pair.synapse =
        net_link(pair.sim, &(struct net_link){.source = in,
                                              .target = out,
                                              .receptor = "syn",
                                              .weight = net_value(0.5),
                                              .rule = "mstdp:signal=reward,w_max=1,rate=0.1"});
    net_build(pair.sim);
    hk_signal_set(pair.reward, 1.0);
    return pair;
}

static double change_in_step(const struct pair *pair, hk_tick step) {
    net_run(pair->sim, step - hk_sim_now(pair->sim));
    double before = net_weight(pair->synapse, 0);
    net_run(pair->sim, 1);
    return net_weight(pair->synapse, 0) - before;
}

START_TEST(changes_one_step_late_as_specified) {
    static const double pre[] = {1, 4}, post[] = {2};
    struct pair pair = pair_make(pre, 2, post, 1);
    ck_assert_double_eq(change_in_step(&pair, 1), 0.0);
    ck_assert_double_eq_tol(change_in_step(&pair, 2), 0.0951229425, 0.5e-10);
    ck_assert_double_eq(change_in_step(&pair, 3), 0.0);
    ck_assert_double_eq_tol(change_in_step(&pair, 4), -0.0904837418, 0.5e-10);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* In one step each side sees the other's spike: +1 - 1. */
START_TEST(coincident_spikes_cancel) {
    static const double pre[] = {3}, post[] = {3};
    struct pair pair = pair_make(pre, 1, post, 1);
    ck_assert_double_eq_tol(change_in_step(&pair, 3), 0.0, 1e-15);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* What counts is the reward of the step after. */
START_TEST(the_reward_of_the_next_step_counts) {
    static const double pre[] = {1}, post[] = {2};
    struct pair pair = pair_make(pre, 1, post, 1);
    net_run(pair.sim, 2);
    hk_signal_set(pair.reward, -2.0);
    ck_assert_double_eq_tol(change_in_step(&pair, 2), -2 * 0.0951229425, 1e-10);
    hk_sim_destroy(pair.sim);
}
END_TEST

START_TEST(without_reward_nothing_changes) {
    static const double pre[] = {1, 4}, post[] = {2};
    struct pair pair = pair_make(pre, 2, post, 1);
    hk_signal_set(pair.reward, 0.0);
    net_run(pair.sim, 10);
    ck_assert_double_eq(net_weight(pair.synapse, 0), 0.5);
    hk_sim_destroy(pair.sim);
}
END_TEST

Suite *suite_plasticity_mstdp(void) {
    Suite *suite = suite_create("plasticity/mstdp");
    TCase *rule = tcase_create("rule");
    tcase_add_test(rule, changes_one_step_late_as_specified);
    tcase_add_test(rule, coincident_spikes_cancel);
    tcase_add_test(rule, the_reward_of_the_next_step_counts);
    tcase_add_test(rule, without_reward_nothing_changes);
    suite_add_tcase(suite, rule);
    return suite;
}
