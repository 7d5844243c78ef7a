/* Receptor kernels on the leaky membrane: the acceptance numbers of exact integration (Rotter &
 * Diesmann 1999: tau_m 10 ms, tau 2 ms, c_m 250 pF, tick 0.1 ms), and runs of NEST 3.9. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "tests/support/net.h"
#include "tests/support/reference.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

/* The numbers are given to 12 digits; half a unit of the last is the tolerance. */
static const double TICK = 0.1, DIGITS_12 = 0.5e-12;

/* One neuron that rests at 0 mV, 15 mV below its threshold. */
static struct hk_sim *at_zero(const char *more, const char *receptors, struct hk_pop **pop) {
    char settings[128];
    (void)snprintf(settings, sizeof settings, "v_rest=0 v_reset=0 v_th=15 %s", more);
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    *pop = net_neurons(sim, "n", 1, "lif", settings, receptors, NULL);
    net_build(sim);
    return sim;
}

/* ---- acceptance numbers ---- */

START_TEST(exp_current_gives_the_specified_potential) {
    static const struct {
        int step;
        double v;
    } expected[] = {{10, 0.298306758323},
                    {50, 0.524445661089},
                    {100, 0.361141494172},
                    {200, 0.135289883307}};
    struct hk_pop *pop;
    struct hk_sim *sim = at_zero("", "exc:exp:tau=2", &pop);
    net_set_state(pop, "i_exc", 0, 100);
    for (size_t k = 0; k < HK_COUNT(expected); k++) {
        net_run(sim, expected[k].step - hk_sim_now(sim));
        ck_assert_double_eq_tol(net_state(pop, "v", 0), expected[k].v, DIGITS_12);
    }
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(exp_current_has_the_specified_propagators) {
    struct hk_pop *pop;
    struct hk_sim *sim = at_zero("", "exc:exp:tau=2", &pop);
    net_set_state(pop, "i_exc", 0, 1);
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), 3.88204092484541e-4, 1e-18);
    ck_assert_double_eq_tol(net_state(pop, "i_exc", 0), 0.951229424500714, 1e-15);
    net_set_state(pop, "i_exc", 0, 0);
    net_set_state(pop, "v", 0, 1);
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), 0.990049833749168, 1e-15);
    hk_sim_destroy(sim);
}
END_TEST

/* A spike of weight 100 pA at n = 0: y1 = 100 e / tau. */
START_TEST(alpha_current_peaks_where_specified) {
    struct hk_pop *pop;
    struct hk_sim *sim = at_zero("", "exc:alpha:tau=2", &pop);
    double v[101] = {0}, current = 0;
    int peak = 0;
    net_set_state(pop, "y1_exc", 0, 100 * exp(1) / 2);
    for (int step = 1; step <= 100; step++) {
        net_run(sim, 1);
        v[step] = net_state(pop, "v", 0);
        if (v[step] > v[peak]) peak = step;
        current = fmax(current, net_state(pop, "i_exc", 0));
    }
    ck_assert_int_eq(peak, 67);
    ck_assert_double_eq_tol(v[67], 1.30001201439, 0.5e-11);
    ck_assert_double_eq_tol(v[50], 1.22416348782, 0.5e-11);
    ck_assert_double_eq_tol(current, 100.0, 1e-10); /* the weight is the peak, at tau = 20 steps */
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(alpha_current_has_the_specified_propagators) {
    struct hk_pop *pop;
    struct hk_sim *sim = at_zero("", "exc:alpha:tau=2", &pop);
    net_set_state(pop, "y1_exc", 0, 1);
    net_run(sim, 1);
    /* P31 is a difference of nearly equal numbers, so its 12 digits are all there are. */
    ck_assert_double_eq_tol(net_state(pop, "v", 0), 1.92808067106e-5, 0.5e-16);
    ck_assert_double_eq_tol(net_state(pop, "i_exc", 0), 0.0951229424500714, 1e-16);
    net_set_state(pop, "v", 0, 0);
    net_set_state(pop, "y1_exc", 0, 0);
    net_set_state(pop, "i_exc", 0, 1);
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), 3.88204092484541e-4, 1e-18);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(delta_jump_decays_with_the_membrane) {
    struct hk_pop *pop;
    static const double times[] = {1.0};
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
    pop = net_neurons(sim, "n", 1, "lif", "v_rest=0 v_reset=0 v_th=15", "exc:delta", NULL);
    (void)net_link(sim, &(struct net_link){.source = in, .target = pop, .weight = net_value(1)});
    net_build(sim);
    net_run(sim, 9);
    ck_assert_double_eq(net_state(pop, "v", 0), 0.0);
    net_run(sim, 1); /* at its very tick */
    ck_assert_double_eq(net_state(pop, "v", 0), 1.0);
    net_run(sim, 10);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), 0.904837418036, DIGITS_12);
    hk_sim_destroy(sim);
}
END_TEST

/* ---- time constants that are close to each other ---- */

/* With x = h (1/tau - 1/tau_m), the series of P21 and P31 of the exact integral
 *   1/c_m e^(-h/tau_m) int_0^h {1, s} e^(-s x/h) ds. */
static double p21(double tau, double tau_m, double h) {
    double x = h * (1 / tau - 1 / tau_m);
    return h / 250 * exp(-h / tau_m) * (1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5))));
}

static double p31(double tau, double tau_m, double h) {
    double x = h * (1 / tau - 1 / tau_m);
    return h * h / 250 * exp(-h / tau_m) *
           (1.0 / 2 - x * (1.0 / 3 - x * (1.0 / 8 - x * (1.0 / 30 - x / 144))));
}

/* V after one step from `value` in a column. */
static double step_from(double tau_m, const char *receptors, const char *column, double value) {
    char more[64];
    struct hk_pop *pop;
    (void)snprintf(more, sizeof more, "tau_m=%.17g", tau_m);
    struct hk_sim *sim = at_zero(more, receptors, &pop);
    net_set_state(pop, column, 0, value);
    net_run(sim, 1);
    double v = net_state(pop, "v", 0);
    hk_sim_destroy(sim);
    return v;
}

/* Exp: the closed form loses nothing, and is left at 1e-9 tau, where x/2 = 2.5e-11. Alpha: the closed form
 * of P31 is a difference whose relative error is 4 eps/x, and is left for the limit, whose own is
 * 2x/3, at x = 1e-8: so 1e-7 holds throughout. */
START_TEST(close_time_constants_give_the_right_value) {
    static const double apart[] = {0, 1e-15, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3, 0.1};
    for (size_t k = 0; k < HK_COUNT(apart); k++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            double tau_m = 2 + sign * apart[k];
            double of_exp = step_from(tau_m, "in:exp:tau=2", "i_in", 1);
            double of_rise = step_from(tau_m, "in:alpha:tau=2", "y1_in", 1);
            double of_current = step_from(tau_m, "in:alpha:tau=2", "i_in", 1);
            double first = p21(2, tau_m, TICK), second = p31(2, tau_m, TICK);
            ck_assert_double_eq_tol(of_exp / first, 1, 1e-10);
            ck_assert_double_eq_tol(of_current / first, 1, 1e-10);
            ck_assert_double_eq_tol(of_rise / second, 1, 1e-7);
        }
    }
    ck_assert_double_eq(step_from(2, "in:exp:tau=2", "i_in", 1), TICK / 250 * exp(-TICK / 2));
}
END_TEST

/* ---- order ---- */

/* What arrives at a tick is in the state at its end, and acts on V from the next step on. */
START_TEST(currents_and_conductances_act_one_step_after_arrival) {
    static const struct {
        const char *receptor, *column;
        double after, weight;
    } kernels[] = {{"in:exp", "i_in", 7, 7},
                   {"in:alpha:tau=2", "y1_in", 3.5 * 2.718281828459045, 7},
                   {"in:cond-exp:e=50", "g_in", 7, 7}};
    static const double times[] = {1.0};
    for (size_t k = 0; k < HK_COUNT(kernels); k++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
        struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
        struct hk_pop *pop = net_neurons(sim, "n", 1, "lif", "v_rest=0 v_reset=0 v_th=15",
                                         kernels[k].receptor, NULL);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = pop,
                                               .weight = net_value(kernels[k].weight),
                                               .delay_ms = net_value(0.4)});
        net_build(sim);
        net_run(sim, 13);
        ck_assert_double_eq(net_state(pop, kernels[k].column, 0), 0.0);
        net_run(sim, 1);
        ck_assert_double_eq_tol(net_state(pop, kernels[k].column, 0), kernels[k].after, 1e-14);
        ck_assert_double_eq(net_state(pop, "v", 0), 0.0);
        net_run(sim, 1);
        ck_assert_double_gt(net_state(pop, "v", 0), 0.0);
        hk_sim_destroy(sim);
    }
}
END_TEST

START_TEST(receptors_of_one_membrane_add_up) {
    struct hk_pop *both, *one;
    struct hk_sim *sim = at_zero("", "exc:exp:tau=2 inh:alpha:tau=3", &both);
    net_set_state(both, "i_exc", 0, 400);
    net_set_state(both, "y1_inh", 0, -100);
    net_run(sim, 37);
    double sum = net_state(both, "v", 0), parts = 0;
    hk_sim_destroy(sim);
    for (int part = 0; part < 2; part++) {
        sim = at_zero("", part ? "r:alpha:tau=3" : "r:exp:tau=2", &one);
        net_set_state(one, part ? "y1_r" : "i_r", 0, part ? -100 : 400);
        net_run(sim, 37);
        parts += net_state(one, "v", 0);
        hk_sim_destroy(sim);
    }
    ck_assert_double_eq_tol(sum, parts, 1e-14);
}
END_TEST

/* ---- conductances ---- */

static struct hk_sim *conducting(const char *settings, const char *receptor, double tick_ms,
                                 double g, struct hk_pop **pop) {
    struct hk_sim *sim = net_create(HK_DOUBLE, tick_ms, 1);
    *pop = net_neurons(sim, "n", 1, "lif", settings, receptor, NULL);
    net_build(sim);
    net_set_state(*pop, "g_exc", 0, g);
    return sim;
}

/* c_m 200 pF, g_l 10 nS: tau_m 20 ms; the exact solution is -64.76802438. */
START_TEST(cond_exp_gives_the_specified_potential) {
    struct hk_pop *pop;
    struct hk_sim *sim = conducting("c_m=200 tau_m=20", "exc:cond-exp:tau=5,e=0", TICK, 5, &pop);
    net_run(sim, 100);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -64.7180818, 0.5e-7);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(cond_exp_is_of_first_order) {
    double error[3], tick_ms = 0.1;
    for (int k = 0; k < 3; k++, tick_ms /= 2) {
        struct hk_pop *pop;
        struct hk_sim *sim =
            conducting("c_m=200 tau_m=20", "exc:cond-exp:tau=5,e=0", tick_ms, 5, &pop);
        net_run(sim, 100 << k);
        error[k] = net_state(pop, "v", 0) + 64.76802438;
        hk_sim_destroy(sim);
    }
    ck_assert_double_eq_tol(error[0] / error[1], 2, 0.02);
    ck_assert_double_eq_tol(error[1] / error[2], 2, 0.01);
}
END_TEST

/* A conductance that hardly decays: V_inf = -46.666..., tau_eff = 13.333... ms. */
START_TEST(constant_conductance_moves_potential_and_time_constant) {
    struct hk_pop *pop;
    struct hk_sim *sim =
        conducting("c_m=200 tau_m=20 v_th=0", "exc:cond-exp:tau=1e6,e=0", TICK, 5, &pop);
    net_run(sim, 1);
    double v_inf = -700.0 / 15, tau = 200.0 / 15;
    ck_assert_double_eq_tol(net_state(pop, "v", 0), v_inf + (-70 - v_inf) * exp(-TICK / tau),
                            1e-13);
    net_run(sim, 1999);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -46.6666667, 0.01); /* g is down by 2e-4 */
    hk_sim_destroy(sim);
}
END_TEST

/* Diehl & Cook 2015 with forward Euler: leak 1, tau 100 ms, g jumps by 1, tick 0.5 ms. */
START_TEST(euler_steps_give_the_specified_pairs) {
    static const double v[] = {-64.675, -64.5149375, -64.436719141, -64.399262595};
    static const double g[] = {0.5, 0.25, 0.125, 0.0625};
    struct hk_pop *pop;
    struct hk_sim *sim =
        conducting("tau_m=100 c_m=100 v_rest=-65 v_reset=-65 v_th=-52 integrator=euler",
                   "exc:cond-exp:tau=1,e=0,decay=euler", 0.5, 1, &pop);
    for (size_t k = 0; k < HK_COUNT(v); k++) {
        net_run(sim, 1);
        ck_assert_double_eq_tol(net_state(pop, "v", 0), v[k], 0.5e-9);
        ck_assert_double_eq(net_state(pop, "g_exc", 0), g[k]);
    }
    hk_sim_destroy(sim);
}
END_TEST

/* Inhibition of 17 against a leak of 1, hundreds at once: forward Euler would leave the range between
 * the reversal potentials. */
START_TEST(exponential_euler_is_stable_at_any_conductance) {
    struct hk_pop *pop;
    struct hk_sim *sim =
        conducting("tau_m=100 c_m=100 v_rest=-65 v_reset=-65 v_th=-52",
                   "exc:cond-exp:tau=1,e=0 inh:cond-exp:tau=2,e=-100", 0.5, 0, &pop);
    net_set_state(pop, "g_inh", 0, 17 * 400);
    for (int step = 0; step < 100; step++) {
        net_run(sim, 1);
        ck_assert_double_ge(net_state(pop, "v", 0), -100);
        ck_assert_double_le(net_state(pop, "v", 0), -65);
    }
    hk_sim_destroy(sim);
}
END_TEST

/* Beside a conductance a current is taken at the step's start: V_inf = (g_l v_rest + I)/g_l. */
START_TEST(currents_act_beside_conductances) {
    struct hk_pop *pop;
    struct hk_sim *sim =
        conducting("c_m=200 tau_m=20", "exc:cond-exp:tau=5,e=0 cur:exp:tau=2", TICK, 0, &pop);
    net_set_state(pop, "i_cur", 0, 100);
    net_run(sim, 1);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -60 + -10 * exp(-TICK / 20), 1e-13);
    hk_sim_destroy(sim);
}
END_TEST

/* ---- runs of NEST ---- */

enum { LIST_MAX = 512 };

struct nest_run {
    const char *file, *settings, *receptors;
    const char *current; /* column of the excitatory receptor ... */
    const char *sampled; /* ... and its name in the file */
};

/* What differs from the reference: the largest of all samples and spikes. */
struct difference {
    double v, current, spike;
    size_t spikes;
};

static void add_input(struct hk_sim *sim, struct hk_pop *pop, const struct reference *file,
                      const char *name) {
    double times[LIST_MAX];
    char path[64];
    (void)snprintf(path, sizeof path, "inputs.%s.spike_times", name);
    size_t count = reference_list(file, path, times, LIST_MAX);
    struct hk_pop *in = net_spikes(sim, name, 1, times, NULL, count);
    (void)snprintf(path, sizeof path, "inputs.%s.weight", name);
    double weight = reference_number(file, path);
    bool conducts = hk_pop_find_receptor(pop, name)->effect == HK_EFFECT_CONDUCTANCE;
    (void)snprintf(path, sizeof path, "inputs.%s.delay", name);
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = pop,
                                           .receptor = name,
                                           .weight = net_value(conducts ? fabs(weight) : weight),
                                           .delay_ms = net_value(reference_number(file, path))});
}

/* Runs and compares; V is left out within 1 ms of a reference spike where spikes may differ. */
static struct difference compare_spikes(const struct reference *file,
                                        const struct net_heard *heard) {
    double times[LIST_MAX];
    struct difference most = {.spikes = reference_list(file, "expected.spike_times", times, LIST_MAX)};
    ck_assert_uint_eq(heard->count, most.spikes);
    for (size_t k = 0; k < most.spikes; k++)
        most.spike = fmax(most.spike, fabs((double)net_heard_tick(heard, k) * TICK - times[k]));
    return most;
}

static struct difference compare_with_nest(const struct nest_run *run,
                                           const struct reference *file) {
    double times[LIST_MAX], v[LIST_MAX], current[LIST_MAX];
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 1, "lif", run->settings, run->receptors, NULL);
    struct net_heard heard;
    add_input(sim, pop, file, "exc");
    add_input(sim, pop, file, "inh");
    net_hear(pop, &heard);
    net_build(sim);
    size_t count = reference_list(file, "expected.sample_times", times, LIST_MAX);
    ck_assert_uint_eq(reference_list(file, "expected.V_m", v, LIST_MAX), count);
    ck_assert_uint_eq(reference_list(file, run->sampled, current, LIST_MAX), count);
    struct difference most = {.v = 0};
    for (size_t k = 0; k < count; k++) {
        net_run(sim, (hk_tick)lround(times[k] / TICK) - hk_sim_now(sim));
        most.v = fmax(most.v, fabs(net_state(pop, "v", 0) - v[k]));
        most.current = fmax(most.current, fabs(net_state(pop, run->current, 0) - current[k]));
    }
    net_run(sim, 5000 - hk_sim_now(sim));
    struct difference spikes = compare_spikes(file, &heard);
    most.spike = spikes.spike;
    most.spikes = spikes.spikes;
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
    return most;
}
START_TEST(m) {
    struct nest_run runs[]={
    {"01_iaf_psc_exp_200_spikes.json","tau_m=10 c_m=250 v_rest=-65 v_reset=-65 v_th=-50 t_ref=2 i_e=300","exc:exp:tau=0.5 inh:exp:tau=0.5","i_exc","expected.I_syn_ex"},
    {"01c_iaf_psc_alpha.json","tau_m=10 c_m=250 v_rest=-70 v_reset=-70 v_th=-55 t_ref=2 i_e=250","exc:alpha:tau=2 inh:alpha:tau=2","i_exc","expected.I_syn_ex"},
    {"07_iaf_cond_exp.json","tau_m=20 c_m=200 v_rest=-60 v_reset=-60 v_th=-50 t_ref=5 i_e=20","exc:cond-exp:tau=5,e=0 inh:cond-exp:tau=10,e=-80","g_exc","expected.g_ex"}};
    for(int k=0;k<3;k++){ struct reference*f=reference_open(runs[k].file); struct difference d=compare_with_nest(&runs[k],f); printf("%s v %g cur %g spike %g of %zu\n",runs[k].file,d.v,d.current,d.spike,d.spikes);} fflush(stdout);
    ck_abort_msg("x");
}
END_TEST

Suite *suite_synapses_receptors(void) {
    Suite *suite = suite_create("synapses/receptors");
    TCase *numbers = tcase_create("numbers"), *order = tcase_create("order");
    TCase *conductance = tcase_create("conductance"), *nest = tcase_create("nest");
    tcase_add_test(numbers, exp_current_gives_the_specified_potential);
    tcase_add_test(numbers, exp_current_has_the_specified_propagators);
    tcase_add_test(numbers, alpha_current_peaks_where_specified);
    tcase_add_test(numbers, alpha_current_has_the_specified_propagators);
    tcase_add_test(numbers, delta_jump_decays_with_the_membrane);
    tcase_add_test(numbers, close_time_constants_give_the_right_value);
    suite_add_tcase(suite, numbers);
    tcase_add_test(order, currents_and_conductances_act_one_step_after_arrival);
    tcase_add_test(order, receptors_of_one_membrane_add_up);
    suite_add_tcase(suite, order);
    tcase_add_test(conductance, cond_exp_gives_the_specified_potential);
    tcase_add_test(conductance, cond_exp_is_of_first_order);
    tcase_add_test(conductance, constant_conductance_moves_potential_and_time_constant);
    tcase_add_test(conductance, euler_steps_give_the_specified_pairs);
    tcase_add_test(conductance, exponential_euler_is_stable_at_any_conductance);
    tcase_add_test(conductance, currents_act_beside_conductances);
    suite_add_tcase(suite, conductance);
    tcase_add_test(nest,m);
    suite_add_tcase(suite, nest);
    return suite;
}
