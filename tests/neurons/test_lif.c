/* The membrane against its closed forms, in reference precision. Where not said otherwise
 * tolerances are 1e-12 mV: some thousand steps whose rounding errors, of 1e-14 mV, decay with
 * tau_m. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double TICK = 0.1, NEAR = 1e-12;

/* One neuron without input: settings and drives. */
static struct hk_sim *alone(const char *settings, const char *drives, struct hk_pop **pop) {
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    *pop = net_neurons(sim, "n", 1, "lif", settings, NULL, drives);
    net_build(sim);
    return sim;
}

static void check_ticks(const struct net_heard *heard, const hk_tick *ticks, size_t count) {
    ck_assert_uint_ge(heard->count, count);
    for (size_t k = 0; k < count; k++) ck_assert_int_eq(net_heard_tick(heard, k), ticks[k]);
}

START_TEST(membrane_decays_to_rest) {
    struct hk_pop *pop;
    struct hk_sim *sim = alone("v_rest=-70", NULL, &pop);
    net_set_state(pop, "v", 0, -60);
    for (int ms = 1; ms <= 50; ms++) {
        net_run(sim, 10);
        ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 + 10 * exp(-ms / 10.0), NEAR);
    }
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(membrane_starts_at_rest_and_stays_there) {
    for (int precision = 0; precision < HK_PRECISION_COUNT; precision++) {
        struct hk_sim *sim = net_create((enum hk_precision)precision, TICK, 1);
        struct hk_pop *pop = net_neurons(sim, "n", 1, "lif", "v_rest=-63.7", NULL, NULL);
        net_build(sim);
        net_run(sim, 5000);
        /* Single: half a unit of 63.7 a step, summed over tau_m = 100 steps, and the decay's
         * own. */
        double tolerance = precision == HK_DOUBLE ? NEAR : 100 * 0x1p-18 * 2;
        ck_assert_double_eq_tol(net_state(pop, "v", 0), -63.7, tolerance);
        hk_sim_destroy(sim);
    }
}
END_TEST

START_TEST(constant_current_gives_the_step_response) {
    struct hk_pop *pop;
    struct hk_sim *sim = alone("i_e=300", NULL, &pop); /* 12 mV of 15 */
    for (int ms = 1; ms <= 100; ms++) {
        net_run(sim, 10);
        ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 + 12 * -expm1(-ms / 10.0), NEAR);
    }
    hk_sim_destroy(sim);
}
END_TEST

/* P20 of the specification, for 1 pA, where it was computed with 1 - P22: to 13 digits. */
START_TEST(one_step_of_1_pA_is_the_propagator) {
    struct hk_pop *pop;
    struct hk_sim *sim = alone("v_rest=0 v_th=15 v_reset=0 i_e=1", NULL, &pop);
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), 3.98006650033276e-4, 1e-17);
    hk_sim_destroy(sim);
}
END_TEST

/* V_inf = 16 mV, threshold 15: tau_m ln 16 = 27.7258... ms, so step 278; then every 278 + 20. */
static const hk_tick rate_ticks[] = {278, 576, 874, 1172, 1470, 1768};

START_TEST(constant_current_fires_at_the_specified_steps) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("i_e=400", NULL, &pop);
    net_hear(pop, &heard);
    net_run(sim, 20000);
    check_ticks(&heard, rate_ticks, HK_COUNT(rate_ticks));
    ck_assert_uint_eq(heard.count, 67);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_step_current_fires_like_a_constant_one) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("", "step:amplitude=400,from=10", &pop);
    net_hear(pop, &heard);
    net_run(sim, 20100);
    ck_assert_uint_eq(heard.count, 67);
    for (size_t k = 0; k < HK_COUNT(rate_ticks); k++)
        ck_assert_int_eq(net_heard_tick(&heard, k), rate_ticks[k] + 100);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* GLIF1 of the specification: 20 ln 2 + 2 = 15.86 ms, on the grid 139 + 20 steps. */
START_TEST(interval_is_refractory_time_and_time_to_threshold) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("c_m=100 tau_m=20 v_th=-50 i_e=200", NULL, &pop);
    net_hear(pop, &heard);
    net_run(sim, 2000);
    ck_assert_int_eq(net_heard_tick(&heard, 0), 139);
    for (size_t k = 1; k < heard.count; k++)
        ck_assert_int_eq(net_heard_tick(&heard, k) - net_heard_tick(&heard, k - 1), 159);
    ck_assert_uint_eq(heard.count, 1 + (2000 - 139) / 159);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(without_refractory_time_it_can_fire_at_every_step) {
    struct hk_pop *pop;
    struct net_heard heard;
    struct hk_sim *sim = alone("t_ref=0 i_e=1e6", NULL, &pop);
    net_hear(pop, &heard);
    net_run(sim, 50);
    ck_assert_uint_eq(heard.count, 50);
    ck_assert_uint_eq(hk_pop_counts(pop)[0], 50);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(membrane_is_held_at_reset_for_the_refractory_time) {
    struct hk_pop *pop;
    struct hk_sim *sim = alone("v_reset=-65 t_ref=1.5", NULL, &pop);
    net_set_state(pop, "v", 0, -50);
    for (int tick = 1; tick <= 16; tick++) { /* the spike's own, then 15 */
        net_run(sim, 1);
        ck_assert_double_eq(net_state(pop, "v", 0), -65.0);
    }
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 + 5 * exp(-0.01), NEAR);
    ck_assert_uint_eq(hk_pop_counts(pop)[0], 1);
    hk_sim_destroy(sim);
}
END_TEST

/* A target at 0 mV that doesn't decay to speak of, hit by jumps at given times. */
static struct hk_sim *struck(const double *times, size_t count, double jump, const char *settings,
                             struct hk_pop **pop) {
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, count);
    *pop = net_neurons(sim, "n", 1, "lif", settings, "in:delta", NULL);
    (void)net_link(sim,
                   &(struct net_link){.source = in, .target = *pop, .weight = net_value(jump)});
    net_build(sim);
    return sim;
}

START_TEST(reaching_the_threshold_exactly_is_a_spike) {
    static const double jumps[] = {15.0, 15.0 - 0x1p-49};
    static const double times[] = {1.0};
    for (int below = 0; below <= 1; below++) {
        struct hk_pop *pop;
        struct hk_sim *sim = struck(times, 1, jumps[below], "v_rest=0 v_reset=-1 v_th=15", &pop);
        net_run(sim, 10);
        ck_assert_uint_eq(hk_pop_counts(pop)[0], below ? 0 : 1);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* A spike at tick 10 holds V at the ends of ticks 11..30; the jump that arrives at 31 is the first
 * to count. */
START_TEST(jumps_during_refractoriness_are_lost) {
    static const double times[] = {1.0, 1.1, 2.0, 3.0, 3.1};
    struct hk_pop *pop;
    struct hk_sim *sim = struck(times, HK_COUNT(times), 20, "v_rest=0 v_reset=0 v_th=15", &pop);
    net_run(sim, 30);
    ck_assert_uint_eq(hk_pop_counts(pop)[0], 1);
    ck_assert_double_eq(net_state(pop, "v", 0), 0.0);
    net_run(sim, 1);
    ck_assert_uint_eq(hk_pop_counts(pop)[0], 2);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(every_unit_of_a_large_population_follows_its_own_start) {
    enum { SIZE = 1300 }; /* more than two blocks, and no whole number of them */
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 2);
    struct hk_pop *pop = net_neurons(sim, "n", SIZE, "lif", "i_e=400", NULL, NULL);
    double start[SIZE];
    hk_pop_draw(pop, 0, &(struct hk_dist){HK_DIST_UNIFORM, -70, -55});
    hk_pop_read(pop, 0, start);
    net_build(sim);
    struct net_heard heard;
    net_hear(pop, &heard);
    net_run(sim, 290); /* each fires once, when 16 - (16 - u) e^(-t/tau) reaches 15 */
    ck_assert_uint_eq(heard.count, SIZE);
    for (size_t k = 0; k < SIZE; k++) {
        double u = start[net_heard_unit(&heard, k)] + 70;
        ck_assert_int_eq(net_heard_tick(&heard, k), (hk_tick)ceil(100 * log(16 - u)));
    }
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* Whose conductances have all closed are advanced together without them, and by a polynomial while
 * all are small, as the leak alone may not be; beside one that is open, or wide open, the others go
 * the same way, to the bit. */
START_TEST(units_without_conductance_go_alike_beside_one_with) {
    enum { SIZE = 100, STEPS = 300, GROUPS_OF = 64 };
    double v[2][SIZE];
    for (int is_open = 0; is_open < 2; is_open++) {
        struct hk_sim *sim = net_create(_i % 2 ? HK_DOUBLE : HK_SINGLE, TICK, 1);
        struct hk_pop *pop = net_neurons(sim, "n", SIZE, "lif",
                                         _i < 4 ? "tau_m=11.3 c_m=217 v_rest=-63.7"
                                                : "tau_m=0.15 c_m=217 v_rest=-63.7",
                                         "exc:cond-exp:tau=1e6,e=-70", NULL);
        double g[SIZE] = {0};
        for (size_t i = 0; is_open && i < SIZE; i += GROUPS_OF) g[i] = _i / 2 % 2 ? 20000 : 7;
        hk_pop_draw(pop, 0, &(struct hk_dist){HK_DIST_UNIFORM, -90, -56});
        hk_pop_write(pop, (size_t)hk_pop_column(pop, "g_exc"), g);
        net_build(sim);
        net_run(sim, STEPS);
        hk_pop_read(pop, 0, v[is_open]);
        hk_sim_destroy(sim);
    }
    for (size_t i = 0; i < SIZE; i++) ck_assert_int_eq(v[0][i] == v[1][i], i % GROUPS_OF != 0);
    ck_assert(_i < 4 || fabs(v[0][1] + 63.7) < 1e-4);
}
END_TEST

static void refuses(double tick_ms, const char *name, double value, const char *words) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_SINGLE, tick_ms, 1);
    const struct hk_model *model = hk_model_find(HK_KIND_NEURON, "lif", HK_SINGLE);
    _Alignas(16) char param[256];
    hk_params_default(model, param);
    ck_assert(hk_param_set(hk_param_find(model, name), param, value, &err));
    ck_assert_ptr_null(
        hk_sim_add_population(sim,
                              &(struct hk_pop_spec){.name = "n",
                                                    .size = 1,
                                                    .neuron = (const struct hk_neuron_model *)model,
                                                    .param = param},
                              &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
    hk_sim_destroy(sim);
}

START_TEST(settings_that_make_no_sense_are_refused) {
    refuses(TICK, "v_reset", -55, "v_reset = -55 mV must be below v_th = -55 mV");
    refuses(TICK, "t_ref", 0.25, "t_ref: 0.25 ms is not a whole number of ticks");
    /* Ticks are counted down in the precision of the state: a float can't below 2^24. */
}
END_TEST

Suite *suite_neurons_lif(void) {
    Suite *suite = suite_create("neurons/lif");
    TCase *membrane = tcase_create("membrane"), *spikes = tcase_create("spikes");
    tcase_add_test(membrane, membrane_decays_to_rest);
    tcase_add_test(membrane, membrane_starts_at_rest_and_stays_there);
    tcase_add_test(membrane, constant_current_gives_the_step_response);
    tcase_add_test(membrane, one_step_of_1_pA_is_the_propagator);
    tcase_add_loop_test(membrane, units_without_conductance_go_alike_beside_one_with, 0, 8);
    tcase_add_test(membrane, settings_that_make_no_sense_are_refused);
    suite_add_tcase(suite, membrane);
    tcase_add_test(spikes, constant_current_fires_at_the_specified_steps);
    tcase_add_test(spikes, a_step_current_fires_like_a_constant_one);
    tcase_add_test(spikes, interval_is_refractory_time_and_time_to_threshold);
    tcase_add_test(spikes, without_refractory_time_it_can_fire_at_every_step);
    tcase_add_test(spikes, membrane_is_held_at_reset_for_the_refractory_time);
    tcase_add_test(spikes, reaching_the_threshold_exactly_is_a_spike);
    tcase_add_test(spikes, jumps_during_refractoriness_are_lost);
    tcase_add_test(spikes, every_unit_of_a_large_population_follows_its_own_start);
    suite_add_tcase(suite, spikes);
    return suite;
}
