/* No event gets lost or is made up: spikes times out-degree are the events that were delivered and
 * those still in flight, in networks drawn at random out of all storages, delays, clocks,
 * precisions and numbers of threads. */
#include <check.h>
#include <stdio.h>

#include "tests/support/ledger.h"
#include "tests/support/suites.h"

enum { NETWORKS = 24, POPS = 3 };

/* How a projection can be stored, and what can be done with it. */
static const struct {
    const char *connect, *rule, *synapse;
    bool drawn; /* a weight for each synapse */
} kinds[] = {
    {.connect = "all-to-all"},
    {.connect = "all-to-all", .drawn = true},
    {.connect = "all-to-all:except=same-index"},
    {.connect = "groups:groups=5"},
    {.connect = "all-to-all", .rule = "stdp-pair:a_plus=0.01,a_minus=0.01,w_max=0.5"},
    {.connect = "one-to-one"},
    {.connect = "probability:p=0.2"},
    {.connect = "probability:p=0.3", .drawn = true},
    {.connect = "fixed-indegree:n=11", .drawn = true},
    {.connect = "fixed-indegree:n=7", .rule = "stdp-pair:a_plus=0.01,a_minus=0.01,w_max=0.5"},
    {.connect = "fixed-total:n=500", .synapse = "tsodyks-markram:u=0.5,tau_rec=100"},
    {.connect = "fixed-total:n=800", .drawn = true},
};

static struct hk_draws draws_of(int network) {
    return hk_draws_at(hk_stream_make((uint64_t)network, "test", "conservation"), 0, 0);
}

static struct hk_dist draw_delay(struct hk_draws *draws, bool from_source) {
    double least = from_source ? 0.0 : 0.1, most = 0.1 * hk_draws_below(draws, 60);
    if (hk_draws_below(draws, 2)) return net_value(least + 0.1 * hk_draws_below(draws, 40));
    return (struct hk_dist){HK_DIST_UNIFORM, least, least + 0.1 + most};
}

/* Every population reaches the neurons twice, in ways of its own. */
static void add_links(struct hk_sim *sim, struct hk_pop *const pops[POPS], struct hk_draws *draws) {
    char name[32];
    for (size_t k = 0; k < (size_t)POPS * (POPS - 1) * 2; k++) {
        size_t from = k % POPS, kind = hk_draws_below(draws, HK_COUNT(kinds));
        double weight = from == 0 ? 0.6 : 0.05;
        (void)snprintf(name, sizeof name, "link%zu", k);
        (void)net_link(sim, &(struct net_link){
                                .name = name,
                                .source = pops[from],
                                .target = pops[1 + k / POPS % (POPS - 1)],
                                .connect = kinds[kind].connect,
                                .weight = {kinds[kind].drawn ? HK_DIST_UNIFORM : HK_DIST_CONSTANT,
                                           weight, 1.5 * weight},
                                .delay_ms = draw_delay(draws, from == 0),
                                .rule = kinds[kind].rule,
                                .synapse = kinds[kind].synapse,
                            });
    }
}

/* Run in two pieces: what is in flight at their border arrives in the second. */
static void check_network(int network, struct hk_sim *sim, const char *what) {
    struct hk_draws draws = draws_of(network);
    struct ledger ledger;
    char name[64];
    hk_tick ticks_a_ms = (hk_tick)(1.0 / hk_sim_tick_ms(sim) + 0.5);
    struct hk_pop *const pops[POPS] = {net_source(sim, "in", 60, "poisson", "rate=300"),
                                       net_neurons(sim, "a", 60, "lif", "", "r:delta", NULL),
                                       net_neurons(sim, "b", 60, "alif", "", "r:delta", NULL)};
    (void)snprintf(name, sizeof name, "network %d, %s, %d threads", network, what,
                   hk_sim_threads(sim));
    add_links(sim, pops, &draws);
    net_build(sim);
    ledger_open(&ledger, sim);
    net_run(sim, 25 * ticks_a_ms);
    struct ledger_sums first = ledger_check(&ledger, name);
    net_run(sim, 8 * ticks_a_ms + 1); /* no delay is as long */
    struct ledger_sums sums = ledger_check(&ledger, name);
    ledger_close(&ledger);
    ck_assert_uint_gt(first.in_flight, 0);
    ck_assert_uint_ge(sums.arrived, first.arrived + first.in_flight);
    ck_assert_uint_gt(sums.spikes, 100);
    ck_assert_uint_gt(sums.arrived, 1000);
    ck_assert_uint_gt(sums.in_flight, 0);
    hk_sim_destroy(sim);
}

START_TEST(what_is_emitted_is_delivered_or_in_flight) {
    int threads = 1 + _i % 5;
    check_network(_i, net_create(HK_SINGLE, 0.1, threads), "single");
    check_network(_i, net_create(HK_DOUBLE, 0.1, threads), "double");
}
END_TEST

START_TEST(so_it_is_on_the_exact_clock) {
    check_network(_i, net_create_exact(1e-6, 1 + _i % 5), "exact");
}
END_TEST

Suite *suite_sim_conservation(void) {
    Suite *suite = suite_create("sim/conservation");
    TCase *tcase = tcase_create("conservation");
    tcase_add_loop_test(tcase, what_is_emitted_is_delivered_or_in_flight, 0, NETWORKS);
    tcase_add_loop_test(tcase, so_it_is_on_the_exact_clock, 0, NETWORKS);
    suite_add_tcase(suite, tcase);
    return suite;
}
