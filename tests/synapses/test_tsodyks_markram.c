/* Short-term plasticity: the release series of Tsodyks & Markram, and that memory is the source's.
 */
#include <check.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SPIKES = 9 };
static const double times[SPIKES] = {1, 51, 101, 151, 201, 251, 301, 351, 851};

/* The jumps of a delta-driven membrane without leak in effect, weight 1 mV, are the releases. */
static void expect_series(const char *synapse, const double *releases) {
    for (int threads = 1; threads <= 3; threads += 2) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 1.0, threads);
        struct hk_pop *in = net_spikes(sim, "in", 40, times, NULL, SPIKES);
        struct hk_pop *out =
            net_neurons(sim, "out", 40, "lif", "tau_m=1e6 v_rest=0 v_reset=0 v_th=1e3",
                        "in:delta:", NULL);
        net_link(sim, &(struct net_link){.source = in,
                                         .target = out,
                                         .connect = "one-to-one",
                                         .weight = net_value(1.0),
                                         .delay_ms = net_value(3.0),
                                         .synapse = synapse});
        net_build(sim);
        for (size_t k = 0; k < SPIKES; k++) {
            net_run(sim, (hk_tick)times[k] + 2 - hk_sim_now(sim));
            net_set_state(out, "v", 33, 0.0);
            net_run(sim, 1);
            ck_assert_double_eq_tol(net_state(out, "v", 33), releases[k], 1e-9);
        }
        hk_sim_destroy(sim);
    }
}

START_TEST(depression_follows_the_published_series) {
    static const double releases[SPIKES] = {0.5,         0.265146734, 0.154834621,
                                            0.103020302, 0.078682777, 0.067251283,
                                            0.061881835, 0.059359771, 0.248255784};
    expect_series("tsodyks-markram:u=0.5,tau_rec=800,tau_fac=0", releases);
}
END_TEST

START_TEST(depression_with_some_facilitation_follows_the_published_series) {
    static const double releases[SPIKES] = {0.45,        0.313279869, 0.175168937,
                                            0.108993434, 0.080968669, 0.069418938,
                                            0.064692222, 0.062762034, 0.230172461};
    expect_series("tsodyks-markram:u=0.45,tau_rec=750,tau_fac=50", releases);
}
END_TEST

START_TEST(facilitation_follows_the_published_series) {
    static const double releases[SPIKES] = {0.15,        0.254417912, 0.322651991,
                                            0.368955056, 0.402205801, 0.427023547,
                                            0.445931787, 0.460499748, 0.418498734};
    expect_series("tsodyks-markram:u=0.15,tau_rec=50,tau_fac=750", releases);
}
END_TEST

/* A long regular train approaches U (1 - e)/(1 - (1 - U) e), e = exp(-50/800). */
START_TEST(depression_settles_at_its_stationary_value) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1.0, 1);
    struct hk_pop *in = net_source(sim, "in", 1, "regular", "interval=50");
    struct hk_pop *out = net_neurons(sim, "out", 1, "lif", "tau_m=1e6 v_rest=0 v_reset=0 v_th=1e3",
                                     "in:delta:", NULL);
    net_link(sim, &(struct net_link){.source = in,
                                     .target = out,
                                     .weight = net_value(1.0),
                                     .delay_ms = net_value(0.0),
                                     .synapse = "tsodyks-markram:u=0.5,tau_rec=800"});
    net_build(sim);
    net_run(sim, 50 * 200 - 1);
    net_set_state(out, "v", 0, 0.0);
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(out, "v", 0), 0.0571258565, 1e-9);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_reset_forgets_what_spikes_left) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 1.0, 2);
    struct hk_pop *in = net_source(sim, "in", 1, "regular", "interval=20");
    struct hk_pop *out = net_neurons(sim, "out", 1, "lif", "tau_m=1e6 v_rest=0 v_reset=0 v_th=1e3",
                                     "in:delta:", NULL);
    net_link(sim, &(struct net_link){.source = in,
                                     .target = out,
                                     .weight = net_value(1.0),
                                     .delay_ms = net_value(0.0),
                                     .synapse = "tsodyks-markram:u=0.5,tau_rec=800"});
    net_build(sim);
    net_run(sim, 199);
    hk_sim_reset_state(sim);
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(out, "v", 0), 0.5, 1e-9);
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_synapses_tsodyks_markram(void) {
    Suite *suite = suite_create("synapses/tsodyks_markram");
    TCase *cases = tcase_create("tsodyks_markram");
    tcase_add_test(cases, depression_follows_the_published_series);
    tcase_add_test(cases, depression_with_some_facilitation_follows_the_published_series);
    tcase_add_test(cases, facilitation_follows_the_published_series);
    tcase_add_test(cases, depression_settles_at_its_stationary_value);
    tcase_add_test(cases, a_reset_forgets_what_spikes_left);
    suite_add_tcase(suite, cases);
    return suite;
}
