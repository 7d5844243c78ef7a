/* The neuron with an adaptation current, against its closed form between spikes. */
#include <check.h>
#include <math.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

/* After a spike at time 0 with current w0: V - rest at t, tau_m 20 ms, c_m 100 pF, 200 pA, tau_w
 * 100 ms. */
static double potential(double w0, double t) {
    double tau_m = 20.0, tau_w = 100.0, c_m = 100.0, drive = 200.0;
    double up = drive * tau_m / c_m * -expm1(-t / tau_m);
    double down =
        w0 * tau_m * tau_w / (c_m * (tau_w - tau_m)) * (exp(-t / tau_w) - exp(-t / tau_m));
    return up - down;
}

/* The first tick of 0.01 ms at which the closed form is at threshold, 20 mV above rest. */
static hk_tick next_spike(double w0) {
    hk_tick tick = 1;
    while (potential(w0, (double)tick * 0.01) < 20.0) tick++;
    return tick;
}

START_TEST(intervals_follow_the_closed_form) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.01, 1);
    struct hk_pop *pop =
        net_neurons(sim, "n", 1, "alif-current",
                    "tau_m=20 c_m=100 v_rest=-70 v_reset=-70 v_th=-50 t_ref=0 i_e=200 "
                    "b=50 tau_w=100",
                    "exc:exp:tau=5", NULL);
    struct net_heard heard;
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 20000);
    ck_assert_uint_ge(heard.count, 5);
    double w = 0.0;
    hk_tick at = 0;
    for (size_t k = 0; k < 5; k++) {
        hk_tick interval = next_spike(w);
        ck_assert_int_eq(net_heard_tick(&heard, k) - at, interval);
        at += interval;
        w = w * exp(-(double)interval * 0.01 / 100.0) + 50.0;
    }
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(without_b_it_is_the_plain_neuron) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *one =
        net_neurons(sim, "one", 3, "alif-current", "i_e=450 b=0", "exc:exp:tau=5", NULL);
    struct hk_pop *two = net_neurons(sim, "two", 3, "lif", "i_e=450", "exc:exp:tau=5", NULL);
    net_build(sim);
    net_run(sim, 1234);
    ck_assert_uint_gt(hk_pop_counts(one)[0], 2);
    ck_assert_uint_eq(hk_pop_counts(one)[0], hk_pop_counts(two)[0]);
    ck_assert_double_eq(net_state(one, "v", 2), net_state(two, "v", 2));
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_neurons_alif_current(void) {
    Suite *suite = suite_create("neurons/alif_current");
    TCase *cases = tcase_create("alif_current");
    tcase_add_test(cases, intervals_follow_the_closed_form);
    tcase_add_test(cases, without_b_it_is_the_plain_neuron);
    suite_add_tcase(suite, cases);
    return suite;
}
