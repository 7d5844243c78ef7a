/* Izhikevich's neuron against the numbers that his script gives: a constant current of 10 from the
 * start, 500 steps of 1 ms. */
#include <check.h>
#include <math.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const struct {
    const char *settings;
    hk_tick first[8];
    size_t known, count;
} classes[] = {
    {"a=0.02 b=0.2 v_reset=-65 d=8 i_e=10", {4, 31, 79, 141, 195, 243, 292, 345}, 8, 10}, /* RS */
    {"a=0.02 b=0.2 v_reset=-55 d=4 i_e=10", {4, 8, 46, 85, 122}, 5, 15},                  /* IB */
    {"a=0.02 b=0.2 v_reset=-50 d=2 i_e=10", {4, 7, 10, 14, 62, 66, 114, 118}, 8, 23},     /* CH */
    {"a=0.1 b=0.2 v_reset=-65 d=2 i_e=10", {4, 11, 22, 34, 58}, 5, 31},                   /* FS */
    {"a=0.02 b=0.25 v_reset=-65 d=2 i_e=10", {4, 10, 21, 49, 81}, 5, 22},                 /* LTS */
};

START_TEST(each_class_fires_when_the_script_does) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *pop =
        net_neurons(sim, "n", 3, "izhikevich", classes[_i].settings, "in:exp:tau=5", NULL);
    struct net_heard heard;
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 499); /* it stamps a spike with the step that begins with it: 0 to 499 */
    ck_assert_uint_eq(hk_pop_counts(pop)[2], classes[_i].count);
    for (size_t k = 0; k < classes[_i].known; k++)
        ck_assert_int_eq(net_heard_tick(&heard, 3 * k), classes[_i].first[k]);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* Given to 9 digits; half a unit of the last is the tolerance. */
START_TEST(the_state_is_that_of_the_script) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *pop =
        net_neurons(sim, "n", 1, "izhikevich", classes[0].settings, "in:exp:tau=5", NULL);
    net_build(sim);
    net_run(sim, 500);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -69.1716107, 0.5e-7);
    ck_assert_double_eq_tol(net_state(pop, "u", 0), -4.85447026, 0.5e-8);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(it_begins_with_u_at_b_v) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 1, "izhikevich", "b=0.25", "in:exp:tau=5", NULL);
    ck_assert_double_eq(net_state(pop, "v", 0), -65.0);
    ck_assert_double_eq(net_state(pop, "u", 0), -16.25);
    hk_sim_destroy(sim);
}
END_TEST

/* With b = 0.2 and no input it rests where 0.04 v^2 + 5 v + 140 = 0.2 v, the lower root: at -70 mV.
 */
START_TEST(it_comes_to_rest_without_input) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 1, "izhikevich", "", "in:exp:tau=5", NULL);
    net_build(sim);
    net_run(sim, 50000);
    ck_assert_uint_eq(hk_pop_counts(pop)[0], 0);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -70.0, 1e-9);
    ck_assert_double_eq_tol(net_state(pop, "u", 0), -14.0, 1e-9);
    hk_sim_destroy(sim);
}
END_TEST

/* A current through the receptor, the drive, or the parameter is the same; so is one of 200 pA with
 * a capacitance of 20 pF. */
START_TEST(currents_are_divided_by_the_capacitance) {
    static const char *const settings[] = {"i_e=10", "", "c_m=20", "c_m=20 i_e=200"};
    static const char *const drives[] = {NULL, "step:amplitude=10", "step:amplitude=200", NULL};
    double v[4];
    for (size_t i = 0; i < 4; i++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
        struct hk_pop *pop =
            net_neurons(sim, "n", 1, "izhikevich", settings[i], "in:exp:tau=5", drives[i]);
        net_build(sim);
        net_run(sim, 300);
        v[i] = net_state(pop, "v", 0);
        hk_sim_destroy(sim);
    }
    for (size_t i = 1; i < 4; i++) ck_assert_double_eq_tol(v[i], v[0], 1e-9);
}
END_TEST

/* One step by hand, from v = -65, u = -13, with g = 2 nS to 0 mV and 4 pF: g/c = 0.5 per ms. */
START_TEST(conductances_pull_by_implicit_euler) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *pop =
        net_neurons(sim, "n", 1, "izhikevich", "c_m=4", "in:cond-exp:tau=5,e=0", NULL);
    net_set_state(pop, "g_in", 0, 2);
    net_build(sim);
    net_run(sim, 1);
    double v = -65;
    for (int k = 0; k < 2; k++) v = (v + 0.5 * ((0.04 * v + 5) * v + 140 + 13)) / (1 + 0.5 * 0.5);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), v, 1e-12);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_reset_above_the_peak_is_refused) {
    struct hk_err err = {0};
    const struct hk_model *model = hk_model_find(HK_KIND_NEURON, "izhikevich", HK_DOUBLE);
    const struct hk_neuron_model *neuron = (const struct hk_neuron_model *)model;
    _Alignas(16) char param[256];
    hk_params_default(model, param);
    ck_assert(hk_param_set(hk_param_find(model, "v_reset"), param, 30, &err));
    ck_assert(!neuron->check(param, &err));
    ck_assert_str_eq(err.message, "v_reset = 30 mV must be below v_th = 30 mV");
}
END_TEST

Suite *suite_neurons_izhikevich(void) {
    Suite *suite = suite_create("neurons/izhikevich");
    TCase *cases = tcase_create("izhikevich");
    tcase_add_loop_test(cases, each_class_fires_when_the_script_does, 0, (int)HK_COUNT(classes));
    tcase_add_test(cases, the_state_is_that_of_the_script);
    tcase_add_test(cases, it_begins_with_u_at_b_v);
    tcase_add_test(cases, it_comes_to_rest_without_input);
    tcase_add_test(cases, currents_are_divided_by_the_capacitance);
    tcase_add_test(cases, conductances_pull_by_implicit_euler);
    tcase_add_test(cases, a_reset_above_the_peak_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
