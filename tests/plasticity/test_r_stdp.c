/* R-STDP with eligibility in closed form, and signals: the acceptance numbers, exactness however
 * often a synapse is looked at, threads. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

#define RULE "r-stdp:signal=dopamine,w_max=1000,w_min=-1000,"

/* One synapse without delay; pre and post fire when told to, dopamine with `da`. */
struct pair {
    struct hk_sim *sim;
    struct hk_signal *dopamine;
    struct hk_proj *synapse;
};

struct times {
    const double *ms;
    size_t count;
};

static struct pair pair_make(double tick_ms, struct times pre, struct times post, struct times da,
                             double amount, const char *rule) {
    struct hk_err err = {0};
    struct pair pair = {.sim = net_create(HK_DOUBLE, tick_ms, 1)};
    struct hk_pop *force = net_spikes(pair.sim, "force", 1, post.ms, NULL, post.count);
    struct hk_pop *in = net_spikes(pair.sim, "in", 1, pre.ms, NULL, pre.count);
    struct hk_pop *give = net_spikes(pair.sim, "da", 1, da.ms, NULL, da.count);
    struct hk_pop *out =
        net_neurons(pair.sim, "out", 1, "lif", "t_ref=0 v_th=900", "force:delta syn:delta", NULL);
    pair.dopamine = hk_sim_add_signal(pair.sim,
                                      &(struct hk_signal_spec){.name = "dopamine",
                                                               .tau_ms = 200,
                                                               .from = give,
                                                               .amount = amount},
                                      &err);
    ck_assert_msg(pair.dopamine != NULL, "%s", err.message);
    (void)net_link(pair.sim, &(struct net_link){.source = force,
                                                .target = out,
                                                .receptor = "force",
                                                .weight = net_value(1000)});
    pair.synapse = net_link(pair.sim, &(struct net_link){.source = in,
                                                         .target = out,
                                                         .receptor = "syn",
                                                         .weight = net_value(0),
                                                         .rule = rule});
    net_build(pair.sim);
    return pair;
}

#define TIMES(...)                                                                                 \
    (struct times) {                                                                               \
        (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double)      \
    }

static double weight_at(const struct pair *pair, double tick_ms, double ms) {
    net_run(pair->sim, (hk_tick)lround(ms / tick_ms) - hk_sim_now(pair->sim));
    return net_weight(pair->synapse, 0);
}

/* Pre at 0, post at 10, dopamine at 1000 ms, all 1 ms later here. What is left of the signal after
 * 30 s is e^-150. */
START_TEST(gives_the_specified_weight) {
    struct pair pair =
        pair_make(1, TIMES(1), TIMES(11), TIMES(1001), 0.5, RULE "a_plus=1,a_minus=1.5");
    ck_assert_double_eq(weight_at(&pair, 1, 1000), 0.0);
    ck_assert_double_eq_tol(weight_at(&pair, 1, 30000), 18.7810546283, 0.5e-10);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* The same in the units of the published script: amplitude 0.1, summed every 10 ms, reward 1000 ms
 * after the post spike. */
START_TEST(gives_the_specified_weight_in_the_units_of_the_script) {
    struct pair pair =
        pair_make(1, TIMES(1), TIMES(11), TIMES(1011), 0.5, RULE "a_plus=0.01,a_minus=0.015");
    ck_assert_double_eq_tol(weight_at(&pair, 1, 30000), 0.185941800124, 0.5e-12);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* With a baseline b the weight also gains b c tau_c (1 - exp(-t / tau_c)). */
START_TEST(a_baseline_acts_without_any_signal) {
    struct pair pair = pair_make(1, TIMES(1), TIMES(11), TIMES(1e6), 0.5,
                                 RULE "a_plus=1,a_minus=1,baseline=0.002");
    double expected = 0.002 * exp(-0.5) * 1000 * (1 - exp(-0.5));
    ck_assert_double_eq_tol(weight_at(&pair, 1, 511), expected, 1e-12);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* Events between leave the sum as it is: a second signal, arrivals without effect on eligibility
 * (a_minus 0), and looking. Superposition of two jumps, each in closed form. */
START_TEST(closed_form_holds_however_often_a_synapse_is_touched) {
    struct pair pair = pair_make(0.5, TIMES(1, 600, 700, 800, 1300), TIMES(11), TIMES(501, 1001),
                                 0.5, RULE "a_plus=1,a_minus=0");
    double k = 1.0 / 1000 + 1.0 / 200, c1 = exp(-0.5) * exp(-0.49), c2 = exp(-0.5) * exp(-0.99);
    double t = 1701;
    double expected =
        c1 * 0.5 * (1 - exp(-(t - 501) * k)) / k + c2 * 0.5 * (1 - exp(-(t - 1001) * k)) / k;
    for (double ms = 100; ms < t; ms += 100) (void)weight_at(&pair, 0.5, ms);
    ck_assert_double_eq_tol(weight_at(&pair, 0.5, t), expected, 1e-12);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* A weight that is read is what a spike at that time would deliver. */
START_TEST(what_is_delivered_is_up_to_date) {
    struct pair pair =
        pair_make(1, TIMES(1, 1500), TIMES(11), TIMES(1001), 0.5, RULE "a_plus=1,a_minus=0");
    double w = weight_at(&pair, 1, 1499);
    net_run(pair.sim, 1);
    struct hk_pop *out = hk_sim_find_population(pair.sim, "out");
    double c = exp(-0.5) * exp(-0.99), k = 1.0 / 1000 + 1.0 / 200;
    double now = c * 0.5 * (1 - exp(-499 * k)) / k;
    ck_assert_double_lt(w, now);
    ck_assert_double_eq_tol(net_state(out, "v", 0), -70 + now, 1e-9);
    hk_sim_destroy(pair.sim);
}
END_TEST

START_TEST(weights_stay_while_learning_is_off_and_eligibility_goes_on) {
    struct pair pair =
        pair_make(1, TIMES(1), TIMES(11), TIMES(501, 1001), 0.5, RULE "a_plus=1,a_minus=0");
    (void)weight_at(&pair, 1, 100);
    hk_proj_set_learning(pair.synapse, false);
    ck_assert_double_eq(weight_at(&pair, 1, 1001), 0.0);
    hk_proj_set_learning(pair.synapse, true);
    double d = 0.5 * exp(-2.5) + 0.5, c = exp(-0.5) * exp(-0.99), k = 1.0 / 1000 + 1.0 / 200;
    ck_assert_double_eq_tol(weight_at(&pair, 1, 30000), c * d / k, 1e-10);
    hk_sim_destroy(pair.sim);
}
END_TEST

START_TEST(weights_stay_within_their_bounds) {
    struct pair pair = pair_make(1, TIMES(1), TIMES(11), TIMES(101), 0.5,
                                 "r-stdp:signal=dopamine,w_max=3,a_plus=1,a_minus=0");
    ck_assert_double_eq(weight_at(&pair, 1, 3000), 3.0);
    hk_sim_destroy(pair.sim);
}
END_TEST

/* ---- signals ---- */

START_TEST(a_signal_jumps_with_spikes_and_decays) {
    struct pair pair =
        pair_make(1, TIMES(1), TIMES(2), TIMES(10, 10, 20), 0.25, RULE "a_plus=1,a_minus=0");
    net_run(pair.sim, 10);
    ck_assert_double_eq(hk_signal_value(pair.dopamine), 0.5);
    net_run(pair.sim, 20);
    ck_assert_double_eq_tol(hk_signal_value(pair.dopamine), 0.5 * exp(-0.1) + 0.25 * exp(-0.05),
                            1e-14);
    hk_sim_reset_state(pair.sim);
    ck_assert_double_eq(hk_signal_value(pair.dopamine), 0.0);
    hk_sim_destroy(pair.sim);
}
END_TEST

START_TEST(wrong_signals_are_refused) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *out = net_neurons(sim, "out", 1, "lif", "", "syn:delta", NULL);
    ck_assert_ptr_nonnull(hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "a"}, &err));
    ck_assert_ptr_null(hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "a"}, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "two signals are called a"));
    err = (struct hk_err){0};
    ck_assert_ptr_null(
        hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "b", .from = out}, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "at least 1 ms, one tick, from neurons"));
    hk_sim_destroy(sim);
}
END_TEST

/* ---- threads ---- */

enum { UNITS = 90 };

/* A recurrent network in which both rules follow signals, one of them of its own spikes. */
static void run_network(enum hk_precision precision, int threads, const char *connect,
                        double *out) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(precision, 0.5, threads);
    struct hk_pop *in = net_source(sim, "in", UNITS, "poisson", "rate=60");
    struct hk_pop *a = net_neurons(sim, "a", UNITS, "lif", "t_ref=1", "syn:delta", NULL);
    const struct hk_signal_spec own = {.name = "dopamine",
                                       .tau_ms = 40,
                                       .from = a,
                                       .amount = 0.01,
                                       .delay_ms = 1.5};
    ck_assert_ptr_nonnull(hk_sim_add_signal(sim, &own, &err));
    struct hk_signal *reward =
        hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "reward"}, &err);
    struct hk_proj *projs[] =
        {net_link(sim, &(struct net_link){.source = in,
                                          .target = a,
                                          .connect = connect,
                                          .weight = {HK_DIST_UNIFORM, 0, 3},
                                          .rule = "r-stdp:signal=dopamine,w_max=4,a_plus=0.1,"
                                                  "a_minus=0.11,tau_c=100,baseline=0.001"}),
         net_link(sim, &(struct net_link){.source = a,
                                          .target = a,
                                          .connect = connect,
                                          .weight = {HK_DIST_UNIFORM, 0, 0.4},
                                          .delay_ms = net_value(1),
                                          .rule = "mstdp:signal=reward,w_max=1,rate=0.01"})};
    net_build(sim);
    net_run(sim, 300);
    hk_signal_set(reward, 0.7);
    net_run(sim, 300);
    for (size_t k = 0; k < 2; k++) {
        ck_assert(hk_proj_read(projs[k], &(struct hk_synapses){.weight = out}, &err));
        out += hk_proj_count(projs[k]);
    }
    hk_sim_destroy(sim);
}

static double reference[2 * UNITS * UNITS], again[2 * UNITS * UNITS];

START_TEST(is_the_same_for_any_number_of_threads) {
    static const int threads[] = {2, 3, 5};
    static const char *const connects[] = {"all-to-all", "probability:p=0.5"};
    for (int precision = HK_SINGLE; precision <= HK_DOUBLE; precision++)
        for (size_t c = 0; c < 2; c++) {
            memset(reference, 0, sizeof reference);
            run_network((enum hk_precision)precision, 1, connects[c], reference);
            for (size_t k = 0; k < 3; k++) {
                memset(again, 0, sizeof again);
                run_network((enum hk_precision)precision, threads[k], connects[c], again);
                ck_assert_mem_eq(reference, again, sizeof again);
            }
        }
}
END_TEST

START_TEST(is_the_same_for_lists_and_matrices) {
    run_network(HK_DOUBLE, 2, "all-to-all", reference);
    run_network(HK_DOUBLE, 2, "probability:p=1", again);
    ck_assert_mem_eq(reference, again, sizeof again);
}
END_TEST

Suite *suite_plasticity_r_stdp(void) {
    Suite *suite = suite_create("plasticity/r_stdp");
    TCase *rule = tcase_create("rule"), *network = tcase_create("network");
    tcase_add_test(rule, gives_the_specified_weight);
    tcase_add_test(rule, gives_the_specified_weight_in_the_units_of_the_script);
    tcase_add_test(rule, a_baseline_acts_without_any_signal);
    tcase_add_test(rule, closed_form_holds_however_often_a_synapse_is_touched);
    tcase_add_test(rule, what_is_delivered_is_up_to_date);
    tcase_add_test(rule, weights_stay_while_learning_is_off_and_eligibility_goes_on);
    tcase_add_test(rule, weights_stay_within_their_bounds);
    tcase_add_test(rule, a_signal_jumps_with_spikes_and_decays);
    tcase_add_test(rule, wrong_signals_are_refused);
    suite_add_tcase(suite, rule);
    tcase_add_test(network, is_the_same_for_any_number_of_threads);
    tcase_add_test(network, is_the_same_for_lists_and_matrices);
    suite_add_tcase(suite, network);
    return suite;
}
