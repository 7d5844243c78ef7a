/* The two clocks agree: spikes of a grid, and weights, come nearer to those of the exact clock in
 * proportion to its step, neuron by neuron, and in a network until chaos has made of the difference
 * another course of events. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "sim/rng.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double NS = 1e-6; /* ms */

/* Steps of the grids, ms: 0.1 and its halves down to 1/640. */
enum { GRIDS = 7 };
static double step_of(int grid) {
    return 0.1 / (double)(1 << grid);
}

/* ---- spikes of each unit ---- */

enum { UNITS = 1000, SPIKES = 64 };

struct trains {
    double ms[UNITS][SPIKES];
    size_t count[UNITS];
};

/* Spikes of units that are called `first` and following. */
static void add_trains(struct net_heard *heard, double tick_ms, size_t first,
                       struct trains *trains) {
    for (size_t k = 0; k < heard->count; k++) {
        size_t unit = first + net_heard_unit(heard, k);
        ck_assert_uint_lt(trains->count[unit], SPIKES);
        trains->ms[unit][trains->count[unit]++] = (double)net_heard_tick(heard, k) * tick_ms;
    }
    net_heard_finish(heard);
}

/* How far apart the n-th spikes of each unit are on the mean, of those up to `end` in both. */
static double apart(const struct trains *a, const struct trains *b, double end) {
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < UNITS; i++)
        for (size_t k = 0; k < a->count[i] && k < b->count[i] && a->ms[i][k] <= end; k++) {
            sum += fabs(a->ms[i][k] - b->ms[i][k]);
            count++;
        }
    ck_assert_uint_gt(count, 20);
    return sum / (double)count;
}

/* Until when all n-th spikes are within half a millisecond of each other. */
static double agree_until(const struct trains *a, const struct trains *b, double end) {
    for (size_t i = 0; i < UNITS; i++)
        for (size_t k = 0; k < a->count[i] || k < b->count[i]; k++) {
            double x = k < a->count[i] ? a->ms[i][k] : end, y = k < b->count[i] ? b->ms[i][k] : end;
            if (fabs(x - y) > 0.5) end = fmin(end, fmin(x, y));
        }
    return end;
}

/* ---- single neurons ---- */

struct kind {
    const char *model, *settings, *receptor;
    double weight;
    const char *synapse, *rule; /* NULL: static, and none */
};
#define LEARNER "lif", "i_e=450", "r:exp:tau=3", 60
static const struct kind kinds[] = {
    {"lif", "i_e=450 t_ref=0", "r:delta", 0.5, NULL, NULL},
    {"lif", "i_e=450", "r:exp:tau=3", 60, NULL, NULL},
    {"lif", "i_e=450", "r:exp:tau=10", 20, NULL, NULL},
    {"lif", "i_e=450", "r:alpha:tau=2", 40, NULL, NULL},
    {"alif", "i_e=500 theta_plus=1 tau_theta=60", "r:exp:tau=3", 60, NULL, NULL},
    {"alif-current", "i_e=550 b=30 tau_w=80", "r:exp:tau=3", 60, NULL, NULL},
    {"lif", "i_e=450", "r:exp:tau=3", 90, "tsodyks-markram:u=0.5,tau_rec=30", NULL},
    {"lif", "i_e=450", "r:exp:tau=3", 150, "tsodyks-markram:u=0.2,tau_rec=20,tau_fac=50", NULL},
};
static const struct kind learning[] = {
    {LEARNER, NULL, "stdp-pair:a_plus=0.5,a_minus=0.6,w_max=200"},
    {LEARNER, NULL, "stdp-triplet:a_plus=0.2,a3_plus=0.1,a_minus=0.3,a3_minus=0.01,w_max=200"},
    {LEARNER, NULL,
     "stdp-triplet:a_plus=0.5,a3_plus=0.3,a_minus=0.4,a3_minus=0.2,w_max=200,pairing=nearest"},
    {LEARNER, NULL, "diehl-cook:a_plus=0.5,a_minus=0.4,w_max=200"},
    {LEARNER, NULL, "r-stdp:signal=reward,a_plus=0.5,a_minus=0.6,w_max=200,tau_c=40"},
};

/* Units that each have a random train of their own, of times that all grids have, through a synapse
 * whose weight is left in weight[]. */
static void run_neurons(struct hk_sim *sim, const struct kind *kind, hk_neuron count,
                        struct trains *trains, double *weight) {
    enum { INPUTS = 75, TENTHS = 1000 };
    static double times[INPUTS * UNITS], units[INPUTS * UNITS];
    const size_t inputs = INPUTS * (size_t)count;
    struct hk_draws draws = hk_draws_at(hk_stream_make(5, "test", "trains"), 0, 0);
    struct net_heard heard;
    struct hk_err err = {0};
    for (size_t k = 0; k < inputs; k++) {
        size_t tenths = 10 + k * TENTHS / inputs;
        times[k] = 0.1 * (double)tenths;
        units[k] = hk_draws_below(&draws, count);
    }
    struct hk_pop *in = net_spikes(sim, "in", count, times, units, inputs);
    struct hk_pop *n =
        net_neurons(sim, "n", count, kind->model, kind->settings, kind->receptor, NULL);
    struct hk_signal *reward =
        hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "reward", .tau_ms = 500}, &err);
    ck_assert_ptr_nonnull(reward);
    const struct hk_proj *proj = net_link(sim, &(struct net_link){.source = in,
                                                                  .target = n,
                                                                  .connect = "one-to-one",
                                                                  .weight = net_value(kind->weight),
                                                                  .delay_ms = net_value(1),
                                                                  .synapse = kind->synapse,
                                                                  .rule = kind->rule});
    net_hear(n, &heard);
    net_build(sim);
    hk_signal_set(reward, 0.05);
    net_run(sim, (hk_tick)nearbyint(100 / hk_sim_tick_ms(sim)));
    ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weight}, &err));
    memset(trains, 0, sizeof *trains);
    add_trains(&heard, hk_sim_tick_ms(sim), 0, trains);
    hk_sim_destroy(sim);
}

enum { FEW = 40 };

static void run_both(const struct kind *kind, hk_neuron count, int grid, struct trains trains[2],
                     double weights[2][UNITS]) {
    run_neurons(net_create_exact(NS, 1), kind, count, &trains[0], weights[0]);
    run_neurons(net_create(HK_DOUBLE, step_of(grid), 1), kind, count, &trains[1], weights[1]);
}

static double order_of(const double *error, int grids) {
    return log2(error[0] / error[grids - 1]) / (grids - 1);
}

/* Everything between is exact on a grid too: a spike is late by the rest of its step, and so is
 * what follows from it. First order. */
START_TEST(neurons_on_a_grid_converge_at_first_order) {
    static struct trains trains[2];
    static double weights[2][UNITS];
    double error[GRIDS];
    for (int g = 0; g < GRIDS; g++) {
        run_both(&kinds[_i], FEW, g, trains, weights);
        error[g] = apart(&trains[0], &trains[1], 100);
    }
    ck_assert_mem_eq(trains[0].count, trains[1].count, sizeof trains[0].count);
    ck_assert_double_eq_tol(order_of(error, GRIDS), 1, 0.2);
    ck_assert_double_lt(error[GRIDS - 1], 10 * step_of(GRIDS - 1));
}
END_TEST

/* Weights are as far off as the spikes that they follow from. Where one comes to lie on the other
 * side of an arrival the change has the other sign: that happens to as many as spikes are late, so
 * many units are asked. */
START_TEST(weights_on_a_grid_converge_at_first_order) {
    enum { COARSEST = 3, FINER = GRIDS - COARSEST };
    static struct trains trains[2];
    static double weights[2][UNITS];
    const double first = learning[_i].weight;
    double error[FINER] = {0};
    size_t changed = 0;
    for (int g = 0; g < FINER; g++) {
        run_both(&learning[_i], UNITS, COARSEST + g, trains, weights);
        for (size_t k = 0; k < UNITS; k++) error[g] += fabs(weights[1][k] - weights[0][k]) / UNITS;
    }
    for (size_t k = 0; k < UNITS; k++)
        changed += weights[0][k] > 0 && weights[0][k] < 200 && fabs(weights[0][k] - first) > 0.1;
    ck_assert_uint_gt(changed, UNITS * 9 / 10);
    ck_assert_double_eq_tol(order_of(error, FINER), 1, 0.2);
}
END_TEST

/* Jumps alone cross the threshold at arrivals, which lie on the grid: nothing is late. */
START_TEST(neurons_that_only_jump_agree_to_the_tick) {
    static const struct kind kind = {"lif", "", "r:delta", 5, NULL, NULL};
    static struct trains trains[2];
    static double weights[2][UNITS];
    run_both(&kind, FEW, 0, trains, weights);
    ck_assert_mem_eq(trains[0].count, trains[1].count, sizeof trains[0].count);
    ck_assert_double_lt(apart(&trains[0], &trains[1], 100), 1e-9);
}
END_TEST

/* ---- a network ---- */

/* A thousand neurons that would fire by themselves, four of five exciting and one inhibiting. */
static void run_network(struct hk_sim *sim, double end_ms, struct trains *trains) {
    struct net_heard heard[2];
    struct hk_pop *pops[2];
    static double v[UNITS];
    struct hk_draws draws = hk_draws_at(hk_stream_make(5, "test", "starts"), 0, 0);
    for (int p = 0; p < 2; p++) {
        pops[p] = net_neurons(sim, p ? "inh" : "exc", p ? UNITS / 5 : UNITS * 4 / 5, "lif",
                              "i_e=450", "r:exp:tau=2", NULL);
        net_hear(pops[p], &heard[p]);
    }
    for (int from = 0; from < 2; from++)
        for (int to = 0; to < 2; to++)
            (void)net_link(sim, &(struct net_link){.source = pops[from],
                                                   .target = pops[to],
                                                   .connect = "probability:p=0.1",
                                                   .weight = net_value(from ? -60 : 12),
                                                   .delay_ms = net_value(1.5)});
    net_build(sim);
    for (int p = 0; p < 2; p++) {
        for (size_t i = 0; i < hk_pop_size(pops[p]); i++)
            v[i] = -70 + 15 * hk_draws_uniform(&draws);
        hk_pop_write(pops[p], 0, v);
    }
    net_run(sim, (hk_tick)nearbyint(end_ms / hk_sim_tick_ms(sim)));
    memset(trains, 0, sizeof *trains);
    for (int p = 0; p < 2; p++)
        add_trains(&heard[p], hk_sim_tick_ms(sim), p ? UNITS * 4 / 5 : 0, trains);
    hk_sim_destroy(sim);
}

START_TEST(a_network_on_a_grid_follows_the_exact_one_for_longer_the_finer_it_is) {
    enum { RUNS = 3 };
    static struct trains exact, grid[RUNS];
    static const int grids[RUNS] = {0, 3, 6};
    double end = 100, until[RUNS], error[RUNS];
    run_network(net_create_exact(NS, 2), end, &exact);
    for (int g = 0; g < RUNS; g++) {
        run_network(net_create(HK_DOUBLE, step_of(grids[g]), 2), end, &grid[g]);
        until[g] = agree_until(&exact, &grid[g], end);
        error[g] = apart(&exact, &grid[g], until[0]);
        if (g > 0) ck_assert_double_gt(until[g], until[g - 1]);
    }
    double order = log2(error[0] / error[RUNS - 1]) / (grids[RUNS - 1] - grids[0]);
    ck_assert_double_eq_tol(order, 1, 0.15);
}
END_TEST

Suite *suite_sim_agreement(void) {
    Suite *suite = suite_create("sim/agreement");
    TCase *neuron = tcase_create("neuron"), *network = tcase_create("network");
    tcase_set_timeout(neuron, 120);
    tcase_add_loop_test(neuron, neurons_on_a_grid_converge_at_first_order, 0, HK_COUNT(kinds));
    tcase_add_loop_test(neuron, weights_on_a_grid_converge_at_first_order, 0, HK_COUNT(learning));
    tcase_add_test(neuron, neurons_that_only_jump_agree_to_the_tick);
    suite_add_tcase(suite, neuron);
    tcase_set_timeout(network, 120);
    tcase_add_test(network, a_network_on_a_grid_follows_the_exact_one_for_longer_the_finer_it_is);
    suite_add_tcase(suite, network);
    return suite;
}
