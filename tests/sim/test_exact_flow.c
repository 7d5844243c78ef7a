/* Where nobody learns, the populations of a window go one after the other, and units in batches. A
 * network of which one unit is followed (sim/trace.h) is run in the order of time instead: both
 * must be the same to the bit, with fine ticks, and with ticks so coarse that much comes to one
 * unit at once. */
#include <check.h>
#include <string.h>

#include "sim/trace.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SIZE = 130, POPS = 3 };

struct network {
    struct hk_sim *sim;
    struct hk_pop *pops[POPS];
    struct net_heard heard[POPS];
};

static void link(struct network *n, struct hk_pop *from, struct hk_pop *to, const char *name,
                 const char *receptor, double weight, struct hk_dist delay, const char *synapse) {
    (void)net_link(n->sim, &(struct net_link){.name = name,
                                              .source = from,
                                              .target = to,
                                              .receptor = receptor,
                                              .connect = "probability:p=0.3",
                                              .weight = {HK_DIST_UNIFORM, 0, 2 * weight},
                                              .delay_ms = delay,
                                              .synapse = synapse});
}

/* Two drives on one receptor, several receptors, rows of one synapse and of many, units that are
 * held, and units that aren't and jump: what comes later at a tick may keep them from
 * firing, so all of it has to be there before anybody is looked at. */
static void network_init(struct network *n, double tick_ms, int threads, bool followed) {
    const struct hk_dist spread = {HK_DIST_UNIFORM, 0.5, 3};
    struct hk_err err = {0};
    n->sim = net_create_exact(tick_ms, threads);
    struct hk_pop *in = net_source(n->sim, "in", 70, "poisson", "rate=60");
    n->pops[0] = net_neurons(n->sim, "held", SIZE, "alif", "theta_plus=0.5 tau_theta=80 t_ref=2",
                             "exc:exp:tau=3 inh:alpha:tau=6",
                             "poisson:rate=3000,weight=45,receptor=exc "
                             "poisson:rate=2000,weight=45,receptor=exc");
    n->pops[1] = net_neurons(n->sim, "free", SIZE, "lif", "t_ref=0 reset=subtract", "jump:delta",
                             "poisson:rate=6000,weight=1.2,receptor=jump "
                             "poisson:rate=3000,weight=-0.9,receptor=jump");
    n->pops[2] = net_neurons(n->sim, "rows", SIZE, "lif", "t_ref=0", "jump:delta", NULL);
    link(n, in, n->pops[0], "0", "exc", 100, spread, NULL);
    link(n, in, n->pops[1], "1", "jump", 2, net_value(1.5), NULL);
    link(n, n->pops[0], n->pops[1], "2", "jump", -1.5, spread, "tsodyks-markram");
    link(n, n->pops[1], n->pops[0], "3", "inh", -0.5, net_value(1.5), NULL);
    link(n, in, n->pops[2], "5", "jump", 5, spread, NULL);
    link(n, n->pops[1], n->pops[2], "6", "jump", -0.4, spread, NULL);
    link(n, n->pops[0], n->pops[0], "4", "exc", 15, spread, NULL);
    for (size_t p = 0; p < POPS; p++) net_hear(n->pops[p], &n->heard[p]);
    net_build(n->sim);
    if (followed)
        ck_assert_ptr_nonnull(
            hk_sim_trace(n->sim, n->pops[0], 3, INT64_MAX - 1, INT64_MAX - 1, &err));
    for (size_t k = 0; k < 3; k++) net_run(n->sim, (hk_tick)(50 / tick_ms));
}

static void network_finish(struct network *n) {
    for (size_t p = 0; p < POPS; p++) net_heard_finish(&n->heard[p]);
    hk_sim_destroy(n->sim);
}

static void same(const struct network *a, const struct network *b) {
    double v[2][SIZE];
    for (size_t p = 0; p < POPS; p++) {
        net_same_spikes(&a->heard[p], &b->heard[p], 201);
        for (size_t c = 0; hk_pop_column_info(a->pops[p], c); c++) {
            hk_pop_read(a->pops[p], c, v[0]);
            hk_pop_read(b->pops[p], c, v[1]);
            ck_assert_mem_eq(v[0], v[1], sizeof v[0]);
        }
    }
    ck_assert_uint_eq(hk_sim_count(a->sim).events, hk_sim_count(b->sim).events);
}

static const double ticks_ms[] = {1e-6, 0.01, 0.25};

START_TEST(batches_and_the_order_of_time_give_the_same) {
    static const int threads[] = {1, 3};
    struct network ordered, batched;
    network_init(&ordered, ticks_ms[_i], 1, true);
    for (size_t k = 0; k < HK_COUNT(threads); k++) {
        network_init(&batched, ticks_ms[_i], threads[k], false);
        same(&ordered, &batched);
        network_finish(&batched);
    }
    network_finish(&ordered);
}
END_TEST

Suite *suite_sim_exact_flow(void) {
    Suite *suite = suite_create("sim/exact_flow");
    TCase *tcase = tcase_create("flow");
    tcase_add_loop_test(tcase, batches_and_the_order_of_time_give_the_same, 0,
                        (int)HK_COUNT(ticks_ms));
    suite_add_tcase(suite, tcase);
    return suite;
}
