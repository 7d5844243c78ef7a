/* The engine: arrival times, order within a tick, and above all the same spikes for any number of
 * threads and instruction set. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

/* A recurrent network with every kind of storage and a plastic projection of each kind: matrix,
 * rows with one and with many delays, uniform with and without exception. Returns a digest of
 * spikes and weights. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    return (hash ^ word) * 0x9e3779b97f4a7c15u + (hash >> 29);
}

static uint64_t bits(double value) {
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

static uint64_t digest_weights(const struct hk_proj *proj, uint64_t hash) {
    struct hk_err err = {0};
    struct hk_block room = {0};
    size_t count = hk_proj_count(proj);
    ck_assert(hk_block_reserve(&room, count, sizeof(double), &err));
    ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = room.data}, &err));
    for (size_t k = 0; k < count; k++) hash = mix(hash, bits(((const double *)room.data)[k]));
    hk_block_finish(&room);
    return hash;
}

static uint64_t run_network(enum hk_precision precision, int threads, size_t *spikes) {
    const struct hk_dist many = {HK_DIST_UNIFORM, 0.5, 2.5}, one = net_value(1.0);
    struct hk_sim *sim = net_create(precision, 0.1, threads);
    struct hk_pop *in = net_source(sim, "in", 70, "poisson", "rate=300");
    struct hk_pop *a = net_neurons(sim, "a", 203, "lif", "", "exc:exp:tau=2 inh:exp:tau=3", NULL);
    struct hk_pop *b = net_neurons(sim, "b", 90, "alif", "theta_plus=1 tau_theta=50 v_reset=-70",
                                   "exc:cond-exp:tau=2,e=0 inh:cond-exp:tau=5,e=-80", NULL);
    struct net_link links[] = {
        {"m",
         in,
         a,
         "exc",
         NULL,
         {HK_DIST_UNIFORM, 0, 90},
         net_value(0.5),
         "stdp-pair:a_plus=2,a_minus=2,w_max=120"},
        {"r", a, a, "inh", "fixed-indegree:n=20", {HK_DIST_NORMAL, -30, 5}, many, NULL},
        {"p",
         a,
         b,
         "exc",
         "probability:p=0.3",
         {HK_DIST_UNIFORM, 0, 4},
         many,
         "stdp-pair:a_plus=0.1,a_minus=0.1,w_max=6,coincident=pre-first"},
        {"d", in, b, "exc", "probability:p=0.5", net_value(2), one,
         "diehl-cook:w_max=9,a_plus=0.4,a_minus=0.02"},
        {"u", b, b, "inh", "all-to-all:except=same-index", net_value(0.5), net_value(0.4), NULL},
        {"v", b, a, "inh", NULL, net_value(-3), net_value(0.4), NULL},
    };
    struct hk_proj *proj[HK_COUNT(links)];
    for (size_t i = 0; i < HK_COUNT(links); i++) proj[i] = net_link(sim, &links[i]);
    hk_pop_draw(a, 0, &(struct hk_dist){HK_DIST_UNIFORM, -70, -55});
    struct net_heard heard[2];
    net_hear(a, &heard[0]);
    net_hear(b, &heard[1]);
    net_build(sim);
    net_run(sim, 777);
    net_run(sim, 2224);
    uint64_t hash = 1;
    *spikes = 0;
    for (size_t p = 0; p < 2; p++) {
        for (size_t k = 0; k < heard[p].count; k++) {
            hash = mix(hash, (uint64_t)net_heard_tick(&heard[p], k));
            hash = mix(hash, net_heard_unit(&heard[p], k));
        }
        *spikes += heard[p].count;
        net_heard_finish(&heard[p]);
    }
    for (size_t i = 0; i < HK_COUNT(links); i++) hash = digest_weights(proj[i], hash);
    hk_sim_destroy(sim);
    return hash;
}

START_TEST(results_are_the_same_for_any_number_of_threads) {
    static const int threads[] = {2, 3, 5, 16};
    for (int precision = 0; precision < HK_PRECISION_COUNT; precision++) {
        size_t spikes, others;
        uint64_t one = run_network((enum hk_precision)precision, 1, &spikes);
        ck_assert_uint_gt(spikes, 1000);
        for (size_t i = 0; i < HK_COUNT(threads); i++) {
            ck_assert_uint_eq(run_network((enum hk_precision)precision, threads[i], &others), one);
            ck_assert_uint_eq(spikes, others);
        }
    }
}
END_TEST

START_TEST(results_are_the_same_for_any_instruction_set) {
    static const char *const isas[] = {"base", "v3"};
    for (int precision = 0; precision < HK_PRECISION_COUNT; precision++) {
        size_t spikes;
        uint64_t best = run_network((enum hk_precision)precision, 2, &spikes);
        for (size_t i = 0; i < HK_COUNT(isas); i++) {
            ck_assert_int_eq(setenv("HILLOCK_ISA", isas[i], 1), 0);
            ck_assert_uint_eq(run_network((enum hk_precision)precision, 2, &spikes), best);
            ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
        }
    }
}
END_TEST

Suite *suite_sim_run(void) {
    Suite *suite = suite_create("sim/run");
    TCase *same = tcase_create("same");
    tcase_set_timeout(same, 120);
    tcase_add_test(same, results_are_the_same_for_any_number_of_threads);
    tcase_add_test(same, results_are_the_same_for_any_instruction_set);
    suite_add_tcase(suite, same);
    return suite;
}
