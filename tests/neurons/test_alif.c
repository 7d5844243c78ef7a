/* The adaptive threshold against its closed forms. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double TICK = 0.1, NEAR = 1e-12;

static struct hk_sim *alone(const char *settings, struct hk_pop **pop, struct net_heard *heard) {
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    *pop = net_neurons(sim, "n", 1, "alif", settings, NULL, NULL);
    net_hear(*pop, heard);
    net_build(sim);
    return sim;
}

/* V_inf is 23.6 mV above rest. Without decay the k-th spike needs 15 + k mV, from rest after t_ref:
 * so ceil(100 ln(23.6 / (8.6 - k))) steps and 20 of rest, for k = 0..8; the tenth threshold is
 * never reached. */
START_TEST(each_spike_raises_the_threshold) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("i_e=590 theta_plus=1 tau_theta=1e12", &pop, &heard);
    net_run(sim, 20000);
    ck_assert_uint_eq(heard.count, 9);
    hk_tick at = 0;
    for (size_t k = 0; k < heard.count; k++) {
        at += (hk_tick)ceil(100 * log(23.6 / (8.6 - (double)k)));
        ck_assert_int_eq(net_heard_tick(&heard, k), at);
        at += 20;
    }
    ck_assert_double_eq_tol(net_state(pop, "theta", 0), 9.0, 1e-6);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(threshold_decays_with_its_time_constant) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("theta_plus=3 tau_theta=50", &pop, &heard);
    net_set_state(pop, "theta", 0, 2);
    net_set_state(pop, "v", 0, 0);
    net_run(sim, 1); /* theta decays, is passed, and rises */
    ck_assert_uint_eq(heard.count, 1);
    double after = 2 * exp(-TICK / 50) + 3;
    ck_assert_double_eq_tol(net_state(pop, "theta", 0), after, NEAR);
    net_run(sim, 999);
    ck_assert_double_eq_tol(net_state(pop, "theta", 0), after * exp(-99.9 / 50), NEAR);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* In single precision a step of 0.5 ms takes 1e-6 mV from a theta of 20 mV, whose unit in the last
 * place is 1.9e-6 mV. Two of those units are the tolerance. */
START_TEST(a_very_slow_decay_is_not_lost_to_rounding) {
    struct hk_sim *sim = net_create(HK_SINGLE, 0.5, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 1, "alif", "tau_theta=1e7", NULL, NULL);
    net_build(sim);
    net_set_state(pop, "theta", 0, 20);
    for (int k = 1; k <= 5; k++) {
        net_run(sim, 40000);
        ck_assert_double_eq_tol(net_state(pop, "theta", 0), 20 * exp(-k * 20000 / 1e7), 4e-6);
    }
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_frozen_threshold_neither_rises_nor_decays) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("i_e=600 theta_plus=1 tau_theta=100", &pop, &heard);
    net_set_state(pop, "theta", 0, 5);
    hk_sim_set_adapting(sim, false);
    net_run(sim, 3000);
    ck_assert_uint_gt(heard.count, 3);
    ck_assert_double_eq(net_state(pop, "theta", 0), 5.0);
    hk_sim_set_adapting(sim, true);
    net_run(sim, 10);
    ck_assert_double_ne(net_state(pop, "theta", 0), 5.0);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(the_threshold_survives_a_reset_of_the_state) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("i_e=600 theta_plus=1 tau_theta=1e12", &pop, &heard);
    net_run(sim, 500);
    double theta = net_state(pop, "theta", 0), v = net_state(pop, "v", 0);
    ck_assert_double_gt(theta, 1.9);
    ck_assert_double_ne(v, -70.0);
    hk_sim_reset_state(sim);
    ck_assert_double_eq(net_state(pop, "theta", 0), theta);
    ck_assert_double_eq(net_state(pop, "v", 0), -70.0);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(without_adaptation_it_is_a_lif) {
    static const char *const models[] = {"lif", "alif"};
    static const char *const settings[] = {"", "theta_plus=0"};
    struct net_heard heard[2];
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    struct hk_pop *in = net_source(sim, "in", 100, "poisson", "rate=50");
    struct hk_pop *pop[2];
    for (size_t i = 0; i < 2; i++) {
        pop[i] = net_neurons(sim, models[i], 50, models[i], settings[i], "in:exp", NULL);
        (void)net_link(sim, &(struct net_link){.name = models[i],
                                               .source = in,
                                               .target = pop[i],
                                               .connect = "all-to-all",
                                               .weight = net_value(40),
                                               .delay_ms = net_value(1)});
        hk_pop_draw(pop[i], 0, &(struct hk_dist){HK_DIST_CONSTANT, -60, 0});
        net_hear(pop[i], &heard[i]);
    }
    net_build(sim);
    net_run(sim, 5000);
    ck_assert_uint_gt(heard[0].count, 100);
    ck_assert_uint_eq(heard[0].count, heard[1].count);
    for (size_t k = 0; k < heard[0].count; k++) {
        ck_assert_int_eq(net_heard_tick(&heard[0], k), net_heard_tick(&heard[1], k));
        ck_assert_uint_eq(net_heard_unit(&heard[0], k), net_heard_unit(&heard[1], k));
    }
    for (size_t i = 0; i < 2; i++) net_heard_finish(&heard[i]);
    hk_sim_destroy(sim);
}
END_TEST

/* Diehl & Cook 2015: threshold -72 mV + theta, so with theta = 20 mV 13 mV above the reset, which
 * is itself above v_th. */
START_TEST(reset_may_lie_above_v_th_where_it_is_refractory) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim =
        alone("tau_m=100 c_m=100 v_rest=-65 v_reset=-65 v_th=-72 t_ref=5", &pop, &heard);
    net_set_state(pop, "theta", 0, 20);
    net_set_state(pop, "v", 0, -51);
    net_run(sim, 1000);
    ck_assert_uint_eq(heard.count, 1);
    ck_assert_int_eq(net_heard_tick(&heard, 0), 1);
    ck_assert_double_eq_tol(net_state(pop, "theta", 0), 20.05, 1e-3);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(reset_above_v_th_without_refractory_time_is_refused) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    const struct hk_model *model = hk_model_find(HK_KIND_NEURON, "alif", HK_DOUBLE);
    _Alignas(16) char param[256];
    hk_params_default(model, param);
    ck_assert(hk_param_set(hk_param_find(model, "v_reset"), param, -50, &err));
    ck_assert(hk_param_set(hk_param_find(model, "t_ref"), param, 0, &err));
    const struct hk_pop_spec spec = {.name = "n",
                                     .size = 1,
                                     .neuron = (const struct hk_neuron_model *)model,
                                     .param = param};
    ck_assert_ptr_null(hk_sim_add_population(sim, &spec, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_ptr_nonnull(strstr(err.message, "n: v_reset = -50 mV must be below v_th = -55 mV"));
    hk_sim_destroy(sim);
}
END_TEST

/* The discrete ALIF of Bellec et al. 2018, v[t+1] = alpha v + (1 - alpha) 2 - z v_th, a[t+1] = rho
 * a + z, z = [v >= 1 + 0.1 a]: here theta = 0.1 a, and since ours decays the rise of a spike in the
 * next step, theta_plus is 0.1/rho. Numbers of the specification (spiking.md 2.5). */
START_TEST(the_discrete_form_gives_the_published_spikes) {
    static const hk_tick expected[] = {14, 31, 48, 67, 87, 108, 130, 153, 177};
    char settings[256];
    (void)snprintf(settings, sizeof settings,
                   "tau_m=20 c_m=20 v_rest=0 v_reset=0 v_th=1 t_ref=0 i_e=2 reset=subtract-late "
                   "tau_theta=200 theta_plus=%.17g",
                   0.1 * exp(1.0 / 200.0));
    struct hk_sim *sim = net_create(HK_DOUBLE, 1.0, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 1, "alif", settings, "exc:exp:tau=5", NULL);
    struct net_heard heard;
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 200);
    ck_assert_uint_eq(heard.count, HK_COUNT(expected));
    for (size_t k = 0; k < HK_COUNT(expected); k++)
        ck_assert_int_eq(net_heard_tick(&heard, k), expected[k]);
    ck_assert_double_eq_tol(net_state(pop, "theta", 0), 0.541934901, 1e-9);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), 1.51856111, 1e-8);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_neurons_alif(void) {
    Suite *suite = suite_create("neurons/alif");
    TCase *threshold = tcase_create("threshold");
    tcase_add_test(threshold, each_spike_raises_the_threshold);
    tcase_add_test(threshold, threshold_decays_with_its_time_constant);
    tcase_add_test(threshold, a_very_slow_decay_is_not_lost_to_rounding);
    tcase_add_test(threshold, a_frozen_threshold_neither_rises_nor_decays);
    tcase_add_test(threshold, the_threshold_survives_a_reset_of_the_state);
    tcase_add_test(threshold, without_adaptation_it_is_a_lif);
    tcase_add_test(threshold, reset_may_lie_above_v_th_where_it_is_refractory);
    tcase_add_test(threshold, reset_above_v_th_without_refractory_time_is_refused);
    tcase_add_test(threshold, the_discrete_form_gives_the_published_spikes);
    suite_add_tcase(suite, threshold);
    return suite;
}
