/* The quadratic neuron against its closed forms and against small steps of its equation, on both
 * clocks. Defaults: tau_m 10 ms, 250 pF, rest -70, critical -50, peak 30, reset -70 mV: u = V +
 * 60, 200 ms mV du/dt = u^2 + q, q = 0.8 I - 100 (pA, mV^2). */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double NS = 1e-6, GRID = 0.1; /* ms */

static struct hk_sim *create(bool exact) {
    return exact ? net_create_exact(NS, 1) : net_create(HK_DOUBLE, GRID, 1);
}

static hk_tick ticks_of(const struct hk_sim *sim, double ms) {
    return (hk_tick)nearbyint(ms / hk_sim_tick_ms(sim));
}

static double heard_ms(const struct hk_sim *sim, const struct net_heard *heard, size_t k) {
    return (double)net_heard_tick(heard, k) * hk_sim_tick_ms(sim);
}

/* du/dt by steps of Runge and Kutta's, fourth order. */
static double slope(double u, double q) {
    return (u * u + q) / 200;
}
static double after(double u, double q, double ms) {
    const int steps = 20000;
    const double h = ms / steps;
    for (int k = 0; k < steps; k++) {
        double a = slope(u, q), b = slope(u + h / 2 * a, q), c = slope(u + h / 2 * b, q);
        u += h / 6 * (a + 2 * b + 2 * c + slope(u + h * c, q));
    }
    return u;
}

/* From below rest, from rest, from near the critical potential on either side of it; without
 * current (q < 0), at the bifurcation (q = 0, 125 pA), and above. */
START_TEST(the_potential_follows_its_equation) {
    static const double starts[] = {-90, -70, -51, -49.9}, currents[] = {0, 124.999, 125, 130, 300};
    for (size_t i = 0; i < HK_COUNT(starts) * HK_COUNT(currents); i++) {
        double v = starts[i % HK_COUNT(starts)], current = currents[i / HK_COUNT(starts)];
        char settings[32];
        (void)snprintf(settings, sizeof settings, "i_e=%g", current);
        struct hk_sim *sim = create(_i);
        struct hk_pop *pop = net_neurons(sim, "n", 1, "qif", settings, "j:delta", NULL);
        net_build(sim);
        net_set_state(pop, "v", 0, v);
        net_run(sim, ticks_of(sim, 4));
        ck_assert_double_eq_tol(net_state(pop, "v", 0), -60 + after(v + 60, 0.8 * current - 100, 4),
                                1e-8);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* w T = 200 (atan(90/w) - atan(-10/w)), w^2 = q = 0.8 I - 100; on a grid some of its steps later,
 * as each spike waits for the end of its step. */
START_TEST(a_constant_current_fires_at_the_interval_of_the_closed_form) {
    static const double currents[] = {126, 150, 400, 5000};
    for (size_t i = 0; i < HK_COUNT(currents); i++) {
        char settings[32];
        struct net_heard heard;
        (void)snprintf(settings, sizeof settings, "i_e=%g t_ref=1", currents[i]);
        struct hk_sim *sim = create(_i);
        struct hk_pop *pop = net_neurons(sim, "n", 1, "qif", settings, "j:delta", NULL);
        net_hear(pop, &heard);
        net_build(sim);
        net_run(sim, ticks_of(sim, 5000));
        double w = sqrt(0.8 * currents[i] - 100), way = 200 * (atan(90 / w) + atan(10 / w)) / w;
        double step = hk_sim_tick_ms(sim);
        ck_assert_uint_ge(heard.count, 5);
        for (size_t k = 0; k < heard.count; k++) {
            double late = heard_ms(sim, &heard, k) - ((double)(k + 1) * (way + 1) - 1);
            ck_assert_double_ge(late, -1e-9);
            ck_assert_double_le(late, (double)(k + 1) * step);
        }
        net_heard_finish(&heard);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* A jump to 0.1 mV below the critical potential comes to nothing; one to 0.1 mV above it fires
 * after 200/(2 w) ln((90 - w)(u + w) / ((90 + w)(u - w))), w = 10, u = 10.1. */
START_TEST(a_jump_over_the_critical_potential_fires_later) {
    static const double times[] = {1};
    for (int above = 0; above < 2; above++) {
        struct net_heard heard;
        struct hk_sim *sim = create(_i);
        struct hk_pop *pop = net_neurons(sim, "n", 1, "qif", "", "j:delta", NULL);
        struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = pop,
                                               .weight = net_value(above ? 20.1 : 19.9),
                                               .delay_ms = net_value(1)});
        net_hear(pop, &heard);
        net_build(sim);
        net_run(sim, ticks_of(sim, 100));
        ck_assert_uint_eq(heard.count, (size_t)above);
        if (above) {
            double way = 10 * log(80 * 20.1 / (100 * 0.1)),
                   late = heard_ms(sim, &heard, 0) - 2 - way;
            ck_assert_double_ge(late, -1e-9);
            ck_assert_double_le(late, hk_sim_tick_ms(sim) + 1e-9);
        }
        net_heard_finish(&heard);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* With peak and reset far away: from minus to plus infinity in 200 pi / w, but for twice 200 / 1e6.
 */
START_TEST(far_away_peaks_make_the_theta_neuron) {
    struct net_heard heard;
    struct hk_sim *sim = create(_i);
    struct hk_pop *pop =
        net_neurons(sim, "n", 1, "qif", "i_e=250 v_peak=1e6 v_reset=-1e6", "j:delta", NULL);
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, ticks_of(sim, 400));
    ck_assert_uint_ge(heard.count, 3);
    double interval = heard_ms(sim, &heard, 2) - heard_ms(sim, &heard, 1);
    ck_assert_double_eq_tol(interval, 200 * acos(-1) / 10 - 4e-4, hk_sim_tick_ms(sim) + 1e-6);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* A conductance of 10 nS towards -80 mV, which decays by 2e-4 of itself, 0.03 mV^2: with it the
 * right side is another parabola, 200 dV/dt = (V + 70)(V + 50) + 8 (-80 - V). */
START_TEST(a_conductance_makes_another_parabola) {
    static const double times[] = {1};
    struct hk_sim *sim = create(false);
    struct hk_pop *pop =
        net_neurons(sim, "n", 1, "qif", "i_e=100", "g:cond-exp:tau=1e6,e=-80", NULL);
    struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = pop,
                                           .weight = net_value(10),
                                           .delay_ms = net_value(0)});
    net_build(sim);
    net_run(sim, 2000);
    double v = net_state(pop, "v", 0);
    ck_assert_double_eq_tol((v + 70) * (v + 50) + 8 * (-80 - v) + 80, 0, 0.05);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(what_it_can_not_be_is_refused) {
    static const struct {
        const char *settings, *words;
    } kinds[] = {{"v_crit=-75", "v_crit = -75 mV must be above v_rest = -70 mV"},
                 {"v_peak=-55", "v_peak = -55 mV must be above v_crit = -50 mV"},
                 {"v_reset=40", "v_reset = 40 mV must be below v_peak = 30 mV"}};
    struct hk_err err = {0};
    for (size_t k = 0; k < HK_COUNT(kinds); k++) {
        struct hk_sim *sim = create(false);
        ck_assert(net_refuses_neurons(sim, "qif", kinds[k].settings, NULL, &err));
        ck_assert_msg(strstr(err.message, kinds[k].words) != NULL, "%s", err.message);
        hk_sim_destroy(sim);
        err = (struct hk_err){0};
    }
    struct hk_sim *sim = create(true);
    ck_assert(net_refuses_neurons(sim, "qif", "", "r:exp", &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_msg(strstr(err.message,
                         "exp has no closed form in qif, which isn't linear: only jumps "
                         "(delta) have; use clock: grid") != NULL,
                  "%s", err.message);
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_neurons_qif(void) {
    Suite *suite = suite_create("neurons/qif");
    TCase *both = tcase_create("both clocks"), *other = tcase_create("other");
    tcase_add_loop_test(both, the_potential_follows_its_equation, 0, 2);
    tcase_add_loop_test(both, a_constant_current_fires_at_the_interval_of_the_closed_form, 0, 2);
    tcase_add_loop_test(both, a_jump_over_the_critical_potential_fires_later, 0, 2);
    tcase_add_loop_test(both, far_away_peaks_make_the_theta_neuron, 0, 2);
    suite_add_tcase(suite, both);
    tcase_add_test(other, a_conductance_makes_another_parabola);
    tcase_add_test(other, what_it_can_not_be_is_refused);
    suite_add_tcase(suite, other);
    return suite;
}
