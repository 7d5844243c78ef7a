/* What is expected before a build is what is there after it. */
#include "sim/estimate.h"

#include <check.h>
#include <math.h>

#include "sim/sim_internal.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

static struct hk_err err;

/* All of up to three populations fire at each tick. */
static const double everybody[] = {HUGE_VAL, HUGE_VAL, HUGE_VAL};

/* A network with a projection of the kind, expected and then built. */
struct trial {
    const char *connect, *synapse, *rule;
    struct hk_dist weight, delay_ms;
    int threads;
    double synapses_tolerance; /* relative */
};

static const struct trial trials[] = {
    {"all-to-all", NULL, NULL, {HK_DIST_CONSTANT, 3, 0}, {HK_DIST_CONSTANT, 1, 0}, 1, 0.0},
    {"all-to-all:except=same-index",
     NULL,
     NULL,
     {HK_DIST_CONSTANT, 3, 0},
     {HK_DIST_CONSTANT, 1, 0},
     2,
     0.0},
    {"all-to-all", NULL, NULL, {HK_DIST_UNIFORM, 1, 3}, {HK_DIST_CONSTANT, 1, 0}, 3, 0.0},
    {"all-to-all",
     NULL,
     "stdp-pair:a_plus=1,a_minus=1,w_max=3",
     {HK_DIST_UNIFORM, 1, 3},
     {HK_DIST_CONSTANT, 1, 0},
     2,
     0.0},
    {"fixed-indegree:n=40", NULL, NULL, {HK_DIST_NORMAL, 3, 1}, {HK_DIST_UNIFORM, 1, 3}, 2, 0.0},
    {"fixed-indegree:n=40",
     NULL,
     "stdp-pair:a_plus=1,a_minus=1,w_max=3",
     {HK_DIST_CONSTANT, 3, 0},
     {HK_DIST_UNIFORM, 1, 3},
     2,
     0.0},
    {"fixed-indegree:n=40",
     NULL,
     "r-stdp:signal=reward,a_plus=1,a_minus=1,w_max=3",
     {HK_DIST_CONSTANT, 3, 0},
     {HK_DIST_UNIFORM, 1, 3},
     2,
     0.0},
    {"one-to-one",
     "tsodyks-markram",
     NULL,
     {HK_DIST_CONSTANT, 3, 0},
     {HK_DIST_CONSTANT, 1, 0},
     1,
     0.0},
    /* 64 targets with 100 synapses each, +-9: six standard errors of the mean are 7 %. */
    {"probability:p=0.1", NULL, NULL, {HK_DIST_CONSTANT, 3, 0}, {HK_DIST_CONSTANT, 1, 0}, 2, 0.07},
};

/* Built, the network takes what was expected of it; returns for how many threads. */
static int expect_memory(struct hk_sim *sim, double tolerance) {
    struct hk_sim_need need;
    ck_assert(hk_sim_expect(sim, everybody, &need, &err));
    net_build(sim);
    double memory = (double)hk_sim_memory(sim);
    ck_assert_msg(fabs(need.memory - memory) <= tolerance * memory, "%g bytes, not %g", need.memory,
                  memory);
    return need.threads;
}

START_TEST(synapses_and_memory_are_as_expected) {
    const struct trial *t = &trials[_i];
    double synapses = 0.0;
    struct hk_sim *sim = net_create(net_precision, 0.1, t->threads);
    struct hk_pop *a = net_neurons(sim, "a", 1000, "lif", NULL, "exc:exp", NULL);
    ck_assert(hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "reward"}, &err));
    struct hk_proj *proj = net_link(sim, &(struct net_link){.source = a,
                                                            .target = a,
                                                            .receptor = "exc",
                                                            .connect = t->connect,
                                                            .synapse = t->synapse,
                                                            .rule = t->rule,
                                                            .weight = t->weight,
                                                            .delay_ms = t->delay_ms});
    ck_assert(hk_proj_expect(proj, &synapses, &err));
    ck_assert_int_eq(expect_memory(sim, 0.05), t->threads);
    double count = (double)hk_proj_count(proj);
    ck_assert_msg(fabs(synapses - count) <= t->synapses_tolerance * count, "%g, not %g", synapses,
                  count);
    hk_sim_destroy(sim);
}
END_TEST

/* Two projections onto one receptor can't share a bundle: there are three. */
START_TEST(plain_synapses_are_expected_in_bundles) {
    const struct hk_dist one = {HK_DIST_CONSTANT, 3, 0}, many = {HK_DIST_NORMAL, 3, 1};
    struct hk_sim *sim = net_create(net_precision, 0.1, 1);
    struct hk_pop *a = net_neurons(sim, "a", 100, "lif", NULL, "exc:exp", NULL);
    struct hk_pop *b = net_neurons(sim, "b", 40000, "lif", NULL, "exc:exp", NULL);
    struct hk_pop *c = net_neurons(sim, "c", 40000, "lif", NULL, "exc:exp", NULL);
    const struct {
        const char *name;
        struct hk_pop *target;
        struct hk_dist weight;
        double delay_ms;
    } links[] = {{"a->b", b, one, 1},
                 {"a=>b", b, one, 1},
                 {"a->c", c, one, 2},
                 {"a->a", a, many, 1},
                 {"a=>c", c, many, 3}};
    for (size_t i = 0; i < HK_COUNT(links); i++)
        (void)net_link(sim, &(struct net_link){.name = links[i].name,
                                               .source = a,
                                               .target = links[i].target,
                                               .receptor = "exc",
                                               .connect = "fixed-indegree:n=2",
                                               .weight = links[i].weight,
                                               .delay_ms = net_value(links[i].delay_ms)});
    (void)expect_memory(sim, 0.02);
    hk_sim_destroy(sim);
}
END_TEST

/* 300,000 targets are 4.6 pages: six synapses of a source lie in some 3.3 runs. The ring of
 * spikes is much larger than those. */
START_TEST(runs_of_a_segment_are_expected_by_pages) {
    struct hk_sim *sim = net_create(net_precision, 0.1, 1);
    struct hk_pop *a = net_source(sim, "a", 100000, "poisson", "rate=1");
    struct hk_pop *b = net_neurons(sim, "b", 300000, "lif", NULL, "exc:exp", NULL);
    (void)net_link(sim, &(struct net_link){.source = a,
                                           .target = b,
                                           .receptor = "exc",
                                           .connect = "fixed-indegree:n=2",
                                           .weight = {HK_DIST_NORMAL, 3, 1},
                                           .delay_ms = net_value(1)});
    (void)expect_memory(sim, 0.0005);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(units_of_the_exact_clock_are_expected) {
    struct hk_sim *sim = net_create_exact(1e-6, 2);
    (void)net_neurons(sim, "a", 100000, "lif", NULL, "exc:exp", NULL);
    (void)expect_memory(sim, 0.01);
    hk_sim_destroy(sim);
}
END_TEST

/* A page for each thread and tick, and four bytes a spike. */
START_TEST(spikes_reach_a_part_of_their_ring) {
    struct hk_sim_need all, some, none;
    struct hk_sim *sim = net_create(net_precision, 0.1, 2);
    (void)net_neurons(sim, "a", 100000, "lif", NULL, "exc:exp", NULL);
    ck_assert(hk_sim_expect(sim, everybody, &all, &err));
    ck_assert(hk_sim_expect(sim, (double[]){50.0}, &some, &err));
    ck_assert(hk_sim_expect(sim, NULL, &none, &err));
    net_build(sim);
    double slots = (double)sim->slots;
    ck_assert_double_eq(all.memory - none.memory, slots * (4.0 * 100000 - 2.0 * 4096));
    ck_assert_double_eq(some.memory - none.memory, slots * 4.0 * 50);
    hk_sim_destroy(sim);
}
END_TEST

/* Expected of `ticks`, and then heard. */
static void expect_heard(const char *model, const char *settings, hk_neuron size, hk_tick ticks,
                         double tolerance) {
    double spikes = 0.0;
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, 1);
    struct hk_pop *source = net_source(sim, "s", size, model, settings);
    ck_assert(hk_pop_expect(source, ticks, &spikes, &err));
    net_build(sim);
    net_run(sim, ticks);
    double heard = (double)hk_sim_count(sim).spikes;
    ck_assert_msg(fabs(spikes - heard) <= tolerance, "%g, not %g", spikes, heard);
    hk_sim_destroy(sim);
}

START_TEST(a_sources_spikes_are_counted_while_they_are_few) {
    expect_heard("regular", "interval=5", 3, 10000, 0.0);
    expect_heard("poisson", "rate=20", 10, 20000, 0.0);
    expect_heard("regular", "interval=7.3 start=2 stagger=0.1", 100, 1, 0.0);
}
END_TEST

/* 20 spikes a tick in 20,000 ticks: 5000 ticks are asked, and both have Poisson's error. */
START_TEST(many_spikes_are_reckoned_from_a_part) {
    expect_heard("poisson", "rate=200", 1000, 20000, 6.0 * 400000.0 / sqrt(100000.0));
}
END_TEST

START_TEST(an_encoder_is_shown_samples) {
    static const uint8_t bytes[2][4] = {{255, 255, 0, 0}, {255, 255, 255, 255}};
    static const uint8_t labels[2] = {0, 1};
    const struct hk_samples samples = {.count = 2,
                                       .size = 4,
                                       .rank = 1,
                                       .shape = {4},
                                       .classes = 2,
                                       .bytes = &bytes[0][0],
                                       .labels = labels};
    struct hk_phase phase = {.samples = &samples, .of_class = -1, .epochs = 3, .show = 1000};
    double spikes = 0.0;
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, 1);
    struct hk_pop *in = net_encoder(sim, "in", 4, "regular", "rate_max=100");
    ck_assert(hk_pop_expect_shown(in, &phase, &spikes, &err));
    ck_assert_double_eq_tol(spikes, 30.0, 3.0); /* 10 a unit, of two and of four, +-1 */
    phase.skip = 1;
    ck_assert(hk_pop_expect_shown(in, &phase, &spikes, &err));
    ck_assert_double_eq_tol(spikes, 40.0, 4.0);
    phase.skip = 0;
    phase.of_class = 0;
    ck_assert(hk_pop_expect_shown(in, &phase, &spikes, &err));
    ck_assert_double_eq_tol(spikes, 20.0, 2.0);
    ck_assert(hk_pop_expect(in, 1000, &spikes, &err));
    ck_assert_double_eq(spikes, 0.0);
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_sim_estimate(void) {
    Suite *suite = suite_create("sim/estimate");
    TCase *tcase = tcase_create("estimate");
    for (int p = HK_SINGLE; p <= HK_DOUBLE; p++) {
        TCase *memory = net_case(suite, "memory", (enum hk_precision)p);
        tcase_add_loop_test(memory, synapses_and_memory_are_as_expected, 0, (int)HK_COUNT(trials));
        tcase_add_test(memory, plain_synapses_are_expected_in_bundles);
        tcase_add_test(memory, runs_of_a_segment_are_expected_by_pages);
        tcase_add_test(memory, spikes_reach_a_part_of_their_ring);
    }
    tcase_add_test(tcase, units_of_the_exact_clock_are_expected);
    tcase_add_test(tcase, a_sources_spikes_are_counted_while_they_are_few);
    tcase_add_test(tcase, many_spikes_are_reckoned_from_a_part);
    tcase_add_test(tcase, an_encoder_is_shown_samples);
    suite_add_tcase(suite, tcase);
    return suite;
}
