/* The exact clock: spikes lie where the equations put them, whatever the windows, runs and threads.
 * Closed forms first; then a network with everything in it; then the grid, which comes nearer to
 * the exact clock the finer it is. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double NS = 1e-6; /* ms */

/* ---- one neuron ---- */

/* tau_m 10 ms, 250 pF, rest and reset -70, threshold -55 mV, t_ref 2 ms: the defaults. */
static struct hk_pop *one(struct hk_sim *sim, const char *settings, const char *receptors,
                          const char *drives) {
    return net_neurons(sim, "n", 1, "lif", settings, receptors, drives);
}

static double heard_ms(const struct net_heard *heard, size_t k) {
    return (double)net_heard_tick(heard, k) * NS;
}

/* V rises to 16 mV above its rest: tau ln 16 until 15 mV (spiking.md 2). Each spike lies on the
 * next nanosecond. */
START_TEST(a_constant_current_fires_at_the_interval_of_the_closed_form) {
    struct net_heard heard;
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop = one(sim, "i_e=400", "r:exp", NULL);
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 1000000000);
    const double interval = 10 * log(16) + 2;
    ck_assert_uint_eq(heard.count, 33);
    for (size_t k = 0; k < heard.count; k++) {
        double late = heard_ms(&heard, k) - ((double)(k + 1) * interval - 2);
        ck_assert_double_ge(late, -1e-9);
        ck_assert_double_le(late, (double)(k + 1) * NS);
    }
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

static struct hk_pop *add_input(struct hk_sim *sim, struct hk_pop *pop, const double *times,
                                size_t count, double weight) {
    struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, count);
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = pop,
                                           .receptor = "r",
                                           .weight = net_value(weight),
                                           .delay_ms = net_value(1)});
    return in;
}

/* 100 pA at 0 (spiking.md 2: V at 1, 5, 10 and 20 ms, and its peak at 4.02359478109 ms); looking
 * changes nothing. */
START_TEST(a_potential_is_read_at_any_time) {
    static const double times[] = {1};
    static const struct {
        double ms, v;
    } points[] = {{1, 0.298306758323},
                  {4.02359478109, 0.534992243981},
                  {5, 0.524445661089},
                  {10, 0.361141494172},
                  {20, 0.135289883307}};
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop = one(sim, "", "r:exp:tau=2", NULL);
    add_input(sim, pop, times, 1, 100);
    net_build(sim);
    for (size_t k = 0; k < HK_COUNT(points); k++) {
        hk_tick at = (hk_tick)nearbyint((2 + points[k].ms) / NS);
        net_run(sim, at - hk_sim_now(sim));
        ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 + points[k].v, 1e-9);
    }
    hk_sim_destroy(sim);
}
END_TEST

/* Where 3000 pA of an exponential current carry V to the threshold, found here by bisection. */
static double crossing_of(double (*v)(double)) {
    double low = 0, high = 4;
    for (int k = 0; k < 100; k++) {
        double t = 0.5 * (low + high);
        if (v(t) < 15)
            low = t;
        else
            high = t;
    }
    return high;
}

/* P21(t) I and, for alpha, (e/tau) times the integral of s exp(-s/tau) exp(-(t - s)/tau_m). */
static double v_exp(double t) {
    return 3000.0 / 250 / (1 / 2.0 - 1 / 10.0) * (exp(-t / 10) - exp(-t / 2));
}
static double v_equal(double t) {
    return 3000.0 / 250 * t * exp(-t / 10);
}
static double v_alpha(double t) {
    double a = 1 / 2.0 - 1 / 10.0;
    return 3000.0 / 250 * exp(1) / 2 * (exp(-t / 10) - exp(-t / 2) * (1 + a * t)) / (a * a);
}

START_TEST(a_current_carries_the_potential_to_the_threshold) {
    static const double times[] = {1};
    static const struct {
        const char *receptor;
        double (*v)(double);
    } kinds[] = {{"r:exp:tau=2", v_exp}, {"r:exp:tau=10", v_equal}, {"r:alpha:tau=2", v_alpha}};
    struct net_heard heard;
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop = one(sim, "t_ref=100", kinds[_i].receptor, NULL);
    add_input(sim, pop, times, 1, 3000);
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 50000000);
    ck_assert_uint_eq(heard.count, 1);
    double late = heard_ms(&heard, 0) - (2 + crossing_of(kinds[_i].v));
    ck_assert_double_ge(late, -1e-9);
    ck_assert_double_le(late, NS + 1e-9);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* A jump of 8 mV decays to 8 exp(-1/10) = 7.24; the second makes 15.24 at its very tick. */
START_TEST(a_jump_fires_at_its_own_tick) {
    static const double times[] = {1, 2};
    struct net_heard heard;
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop = one(sim, "", "r:delta", NULL);
    add_input(sim, pop, times, 2, 8);
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 10000000);
    ck_assert_uint_eq(heard.count, 1);
    ck_assert_int_eq(net_heard_tick(&heard, 0), 3000000);
    ck_assert_double_eq(net_state(pop, "v", 0), -70);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* What arrives at one tick is added up before anybody looks: +20 and -20 mV are nothing. */
START_TEST(arrivals_of_one_tick_act_together) {
    static const double times[] = {1};
    struct net_heard heard;
    struct hk_sim *sim = net_create_exact(NS, 2);
    struct hk_pop *pop = net_neurons(sim, "n", 200, "lif", "", "r:delta", NULL);
    struct hk_pop *up = net_spikes(sim, "up", 1, times, NULL, 1);
    struct hk_pop *down = net_spikes(sim, "down", 1, times, NULL, 1);
    struct hk_pop *from[] = {up, down};
    for (int k = 0; k < 2; k++)
        (void)net_link(sim, &(struct net_link){.source = from[k],
                                               .target = pop,
                                               .weight = net_value(k ? -20 : 20),
                                               .delay_ms = net_value(2)});
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 10000000);
    ck_assert_uint_eq(heard.count, 0);
    ck_assert_double_eq_tol(net_state(pop, "v", 199), -70, 1e-12);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* V is held for 20 ms from 3 ms on. A current that arrives meanwhile, at 7 ms, goes on decaying,
 * and acts from 23 ms on; a jump is lost. */
START_TEST(what_arrives_at_a_neuron_that_is_held) {
    static const double kick[] = {1}, times[] = {6};
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop = one(sim, "t_ref=20 v_reset=-80", "r:exp:tau=5 j:delta", NULL);
    struct hk_pop *kicker = net_spikes(sim, "kick", 1, kick, NULL, 1);
    (void)net_link(sim, &(struct net_link){.source = kicker,
                                           .target = pop,
                                           .receptor = "j",
                                           .weight = net_value(30),
                                           .delay_ms = net_value(2)});
    struct hk_pop *in = add_input(sim, pop, times, 1, 200);
    (void)net_link(sim, &(struct net_link){.name = "lost",
                                           .source = in,
                                           .target = pop,
                                           .receptor = "j",
                                           .weight = net_value(30),
                                           .delay_ms = net_value(1)});
    net_build(sim);
    net_run(sim, 10000000);
    ck_assert_double_eq(net_state(pop, "v", 0), -80);
    ck_assert_double_eq_tol(net_state(pop, "i_r", 0), 200 * exp(-3.0 / 5), 1e-9);
    net_run(sim, 20000000);
    double left = 200 * exp(-16.0 / 5), t = 7;
    double gain = left / 250 / (1 / 5.0 - 1 / 10.0) * (exp(-t / 10) - exp(-t / 5));
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 - 10 * exp(-t / 10) + gain, 1e-9);
    hk_sim_destroy(sim);
}
END_TEST

/* A threshold that was raised falls towards a potential that rests: they meet where
 * 16 (1 - exp(-t/10)) = 15 + 3 exp(-t/40), found by bisection. */
static double meeting(double t) {
    return 16 * (1 - exp(-t / 10)) - 3 * exp(-t / 40);
}

START_TEST(a_falling_threshold_meets_the_potential) {
    struct net_heard heard;
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop =
        net_neurons(sim, "n", 1, "alif", "i_e=400 tau_theta=40 theta_plus=1", "r:exp", NULL);
    net_hear(pop, &heard);
    net_build(sim);
    net_set_state(pop, "theta", 0, 3);
    net_run(sim, 100000000);
    ck_assert_uint_ge(heard.count, 1);
    double low = 0, high = 90;
    for (int k = 0; k < 100; k++) {
        double t = 0.5 * (low + high);
        if (meeting(t) < 15)
            low = t;
        else
            high = t;
    }
    ck_assert_double_eq_tol(heard_ms(&heard, 0), high, NS + 1e-9);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* 400 pA from 10 to 60 ms: V is at 15 mV tau ln 16 after 10 ms, and again that and 2 ms later. */
START_TEST(a_step_of_current_begins_and_ends_in_time) {
    struct net_heard heard;
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop = one(sim, "", "r:exp", "step:amplitude=400,from=10,to=60");
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, 100000000);
    ck_assert_uint_eq(heard.count, 1);
    ck_assert_double_eq_tol(heard_ms(&heard, 0), 10 + 10 * log(16), 2 * NS);
    double at_60 = 16 * (1 - exp(-(60 - heard_ms(&heard, 0) - 2) / 10));
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 + at_60 * exp(-4), 1e-6);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* ---- a network with everything in it ---- */

enum { EXC = 160, INH = 50 };

struct network {
    struct hk_sim *sim;
    struct hk_pop *pops[3];
    struct hk_proj *plastic[2];
    struct net_heard heard[3];
};

static void link(struct network *n, size_t from, size_t to, const char *receptor, double weight,
                 struct hk_dist delay, const char *rule, const char *synapse) {
    char name[32];
    (void)snprintf(name, sizeof name, "%zu->%zu", from, to);
    struct hk_proj *proj =
        net_link(n->sim, &(struct net_link){.name = name,
                                            .source = n->pops[from],
                                            .target = n->pops[to],
                                            .receptor = receptor,
                                            .connect = "probability:p=0.2",
                                            .weight = {HK_DIST_UNIFORM, 0, 2 * weight},
                                            .delay_ms = delay,
                                            .rule = rule,
                                            .synapse = synapse});
    if (rule) n->plastic[n->plastic[0] != NULL] = proj;
}

static void network_init(struct network *n, int threads) {
    const struct hk_dist spread = {HK_DIST_UNIFORM, 0.5, 3}, near = {HK_DIST_UNIFORM, 0, 1};
    memset(n, 0, sizeof *n);
    n->sim = net_create_exact(NS, threads);
    ck_assert_ptr_nonnull(
        hk_sim_add_signal(n->sim, &(struct hk_signal_spec){.name = "reward", .tau_ms = 30},
                          &(struct hk_err){0}));
    n->pops[0] = net_source(n->sim, "in", 70, "poisson", "rate=40");
    n->pops[1] =
        net_neurons(n->sim, "exc", EXC, "alif", "theta_plus=2 tau_theta=80",
                    "exc:exp:tau=3 inh:alpha:tau=6", "poisson:rate=600,weight=60,receptor=exc");
    n->pops[2] = net_neurons(n->sim, "inh", INH, "alif-current", "t_ref=1 b=40 tau_w=50",
                             "exc:exp:tau=2 jump:delta", "step:amplitude=450,from=20,to=60");
    link(n, 0, 1, "exc", 120, near, "stdp-pair:a_plus=3,a_minus=3.2,w_max=300", NULL);
    link(n, 1, 2, "exc", 50, spread, NULL, "tsodyks-markram");
    link(n, 1, 1, "exc", 20, spread, "r-stdp:signal=reward,a_plus=1,a_minus=1,w_max=100,tau_c=50",
         NULL);
    link(n, 2, 1, "inh", -60, net_value(1.5), NULL, NULL);
    link(n, 2, 2, "jump", -1, spread, NULL, NULL);
    for (size_t p = 0; p < 3; p++) net_hear(n->pops[p], &n->heard[p]);
    net_build(n->sim);
}

static void network_finish(struct network *n) {
    for (size_t p = 0; p < 3; p++) net_heard_finish(&n->heard[p]);
    hk_sim_destroy(n->sim);
}

static void same(const struct network *a, const struct network *b) {
    struct hk_err err = {0};
    double v[2][EXC];
    for (size_t p = 0; p < 3; p++) net_same_spikes(&a->heard[p], &b->heard[p], 21);
    for (size_t c = 0; hk_pop_column_info(a->pops[1], c); c++) {
        hk_pop_read(a->pops[1], c, v[0]);
        hk_pop_read(b->pops[1], c, v[1]);
        ck_assert_mem_eq(v[0], v[1], sizeof v[0]);
    }
    for (size_t k = 0; k < 2; k++) {
        struct hk_block w[2] = {{0}};
        size_t count = hk_proj_count(a->plastic[k]);
        ck_assert(hk_block_reserve(&w[0], count, sizeof(double), &err));
        ck_assert(hk_block_reserve(&w[1], count, sizeof(double), &err));
        ck_assert(hk_proj_read(a->plastic[k], &(struct hk_synapses){.weight = w[0].data}, &err));
        ck_assert(hk_proj_read(b->plastic[k], &(struct hk_synapses){.weight = w[1].data}, &err));
        ck_assert_mem_eq(w[0].data, w[1].data, count * sizeof(double));
        hk_block_finish(&w[0]);
        hk_block_finish(&w[1]);
    }
    ck_assert_uint_eq(hk_sim_count(a->sim).events, hk_sim_count(b->sim).events);
}

static const hk_tick RUN = 200000000;

START_TEST(threads_and_instruction_sets_make_no_difference) {
    static const char *const isas[] = {"base", "v3", "v4"};
    static const int threads[] = {2, 3, 5, 8, 16};
    struct network first, other;
    network_init(&first, 1);
    net_run(first.sim, RUN);
    for (size_t k = 0; k < HK_COUNT(threads) + HK_COUNT(isas); k++) {
        bool isa = k >= HK_COUNT(threads);
        if (isa) ck_assert_int_eq(setenv("HILLOCK_ISA", isas[k - HK_COUNT(threads)], 1), 0);
        network_init(&other, isa ? 2 : threads[k]);
        ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
        net_run(other.sim, RUN);
        same(&first, &other);
        network_finish(&other);
    }
    network_finish(&first);
}
END_TEST

/* Pieces of any length, looked at in between. */
START_TEST(a_run_in_pieces_is_the_run) {
    struct network whole, pieces;
    network_init(&whole, 2);
    network_init(&pieces, 2);
    net_run(whole.sim, RUN);
    struct hk_draws draws = hk_draws_at(hk_stream_make(3, "test", "pieces"), 0, 0);
    while (hk_sim_now(pieces.sim) < RUN) {
        hk_tick left = RUN - hk_sim_now(pieces.sim);
        hk_tick piece = 1 + hk_draws_below(&draws, 2000000);
        net_run(pieces.sim, piece < left ? piece : left);
        (void)net_state(pieces.pops[1], "v", 7);
    }
    same(&whole, &pieces);
    network_finish(&whole);
    network_finish(&pieces);
}
END_TEST

/* State goes back to its start, the clock and the random numbers go on. */
START_TEST(a_reset_forgets_what_is_in_flight) {
    struct network n;
    network_init(&n, 2);
    net_run(n.sim, RUN / 10);
    hk_sim_reset_state(n.sim);
    ck_assert_double_eq(net_state(n.pops[1], "v", 3), -70);
    ck_assert_double_eq(net_state(n.pops[1], "i_exc", 3), 0);
    uint64_t events = hk_sim_count(n.sim).events;
    net_run(n.sim, 1);
    ck_assert_uint_le(hk_sim_count(n.sim).events, events + 2);
    network_finish(&n);
}
END_TEST

/* ---- the grid comes nearer ---- */

enum { LAYER = 60, GRIDS = 4 };

static struct net_heard run_layers(struct hk_sim *sim) {
    struct net_heard heard;
    static double times[400], units[400];
    struct hk_draws draws = hk_draws_at(hk_stream_make(9, "test", "layers"), 0, 0);
    double at = 1;
    for (size_t k = 0; k < HK_COUNT(times); k++) { /* multiples of the coarsest grid */
        at += 0.1 * (double)(1 + hk_draws_below(&draws, 5));
        times[k] = nearbyint(at * 10) / 10;
        units[k] = hk_draws_below(&draws, 40);
    }
    struct hk_pop *in = net_spikes(sim, "in", 40, times, units, HK_COUNT(times));
    struct hk_pop *a = net_neurons(sim, "a", LAYER, "lif", "", "r:exp:tau=3", NULL);
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = a,
                                           .connect = "fixed-indegree:n=20",
                                           .weight = {HK_DIST_UNIFORM, 100, 400},
                                           .delay_ms = net_value(1)});
    net_hear(a, &heard);
    net_build(sim);
    net_run(sim, (hk_tick)nearbyint(150 / hk_sim_tick_ms(sim)));
    return heard;
}

/* A grid of step h stamps a spike with the end of its step: between 0 and h late, on the mean h /
 * 2, as long as no crossing was missed and nothing else has come in between. First spikes only. */
START_TEST(spikes_of_a_grid_come_nearer_in_proportion_to_its_step) {
    static const double steps[GRIDS] = {0.1, 0.05, 0.025, 0.0125};
    double first[LAYER], mean[GRIDS] = {0};
    struct hk_sim *exact = net_create_exact(NS, 1);
    struct net_heard heard = run_layers(exact);
    for (size_t i = 0; i < LAYER; i++) first[i] = -1;
    for (size_t k = heard.count; k > 0; k--)
        first[net_heard_unit(&heard, k - 1)] = heard_ms(&heard, k - 1);
    net_heard_finish(&heard);
    hk_sim_destroy(exact);
    for (size_t g = 0; g < GRIDS; g++) {
        bool seen[LAYER] = {false};
        size_t count = 0;
        struct hk_sim *grid = net_create(HK_DOUBLE, steps[g], 1);
        heard = run_layers(grid);
        for (size_t k = 0; k < heard.count; k++) {
            hk_neuron unit = net_heard_unit(&heard, k);
            double late = (double)net_heard_tick(&heard, k) * steps[g] - first[unit];
            if (seen[unit]) continue;
            seen[unit] = true;
            ck_assert_double_ge(late, -1e-9);
            ck_assert_double_le(late, steps[g] + 1e-6);
            mean[g] += late;
            count++;
        }
        ck_assert_uint_gt(count, LAYER / 2);
        mean[g] /= (double)count;
        net_heard_finish(&heard);
        hk_sim_destroy(grid);
    }
    for (size_t g = 1; g < GRIDS; g++) ck_assert_double_eq_tol(mean[g] / mean[g - 1], 0.5, 0.2);
}
END_TEST

/* ---- refusals ---- */

START_TEST(what_has_no_closed_form_is_refused_by_name) {
    static const struct {
        const char *settings, *receptor, *words;
    } kinds[] = {{"", "r:cond-exp:e=0", "cond-exp has no closed form; use clock: grid"},
                 {"reset=subtract-late", "r:exp", "use reset: subtract, or clock: grid"}};
    for (size_t k = 0; k < HK_COUNT(kinds); k++) {
        struct hk_err err = {0};
        struct hk_sim *sim = net_create_exact(NS, 1);
        ck_assert(net_refuses_neurons(sim, "lif", kinds[k].settings, kinds[k].receptor, &err));
        ck_assert_int_eq(err.code, HK_ERR_CONFIG);
        ck_assert_msg(strstr(err.message, kinds[k].words) != NULL, "%s", err.message);
        hk_sim_destroy(sim);
    }
}
END_TEST

START_TEST(a_neuron_that_never_stops_firing_is_an_error) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create_exact(NS, 1);
    (void)one(sim, "t_ref=0 i_e=1e9 c_m=1e-3", "r:exp", NULL);
    net_build(sim);
    ck_assert(!hk_sim_run(sim, 1000000, &err));
    ck_assert_int_eq(err.code, HK_ERR_NUMERIC);
    ck_assert_ptr_nonnull(strstr(err.message, "n: unit 0 would fire again and again"));
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_sim_exact(void) {
    Suite *suite = suite_create("sim/exact");
    TCase *neuron = tcase_create("neuron"), *network = tcase_create("network");
    TCase *grid = tcase_create("grid"), *refusal = tcase_create("refusal");
    tcase_add_test(neuron, a_constant_current_fires_at_the_interval_of_the_closed_form);
    tcase_add_test(neuron, a_potential_is_read_at_any_time);
    tcase_add_loop_test(neuron, a_current_carries_the_potential_to_the_threshold, 0, 3);
    tcase_add_test(neuron, a_jump_fires_at_its_own_tick);
    tcase_add_test(neuron, arrivals_of_one_tick_act_together);
    tcase_add_test(neuron, what_arrives_at_a_neuron_that_is_held);
    tcase_add_test(neuron, a_falling_threshold_meets_the_potential);
    tcase_add_test(neuron, a_step_of_current_begins_and_ends_in_time);
    suite_add_tcase(suite, neuron);
    tcase_add_test(network, threads_and_instruction_sets_make_no_difference);
    tcase_add_test(network, a_run_in_pieces_is_the_run);
    tcase_add_test(network, a_reset_forgets_what_is_in_flight);
    suite_add_tcase(suite, network);
    tcase_add_test(grid, spikes_of_a_grid_come_nearer_in_proportion_to_its_step);
    suite_add_tcase(suite, grid);
    tcase_add_test(refusal, what_has_no_closed_form_is_refused_by_name);
    tcase_add_test(refusal, a_neuron_that_never_stops_firing_is_an_error);
    suite_add_tcase(suite, refusal);
    return suite;
}
