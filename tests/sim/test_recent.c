/* Rules that see only the weights of targets whose traces haven't ended do what they do where they
 * see all: in lists of synapses, which have no such short cut, to the same bits. Targets are told
 * when to fire, none, few or many of them; weights begin outside of their bounds, and are scaled
 * and written there. */
#include <check.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SOURCES = 30, TARGETS = 90, STEPS = 8, PIECE = 300, SYNAPSES = SOURCES * TARGETS };

static const char *const rules[] = {
    "stdp-pair:a_plus=0.3,a_minus=0.2,w_min=0.2,w_max=1,tau_plus=1,tau_minus=0.3",
    "stdp-pair:a_plus=0.3,a_minus=0.2,w_max=1,tau_minus=0.1,pairing=nearest,coincident=post-first",
    "stdp-pair:a_plus=0.3,a_minus=0.2,w_max=1,dependence=power,mu=0.4,tau_minus=2,coincident=both",
    "stdp-triplet:a_plus=0.1,a_minus=0.2,a3_plus=0.1,a3_minus=0.2,w_max=1,tau_minus=0.2",
    "diehl-cook:a_plus=0.3,a_minus=0.2,w_max=1,tau_post=0.05,tau_post_slow=3",
    "mstdp:signal=reward,rate=0.3,w_max=1,tau_minus=0.1",
};

/* How many targets fire, all of them at a time, in each piece of the run. */
static const uint32_t firing[STEPS] = {0, 3, 9, TARGETS, 5, 2, 21, 40};

struct twin {
    struct hk_sim *sim;
    struct hk_proj *proj;
    struct hk_signal *reward;
    double weight[SYNAPSES];
};

/* Every 17 ticks of a piece one more of those that fire, so that some fire again and some have been
 * forgotten. */
static struct hk_pop *add_told(struct hk_sim *sim) {
    static double times[STEPS * PIECE * TARGETS], units[STEPS * PIECE * TARGETS];
    size_t count = 0;
    for (int step = 0; step < STEPS; step++)
        for (uint32_t k = 0; k < firing[step]; k++)
            for (int tick = (int)(k * 7) % 17; tick < PIECE; tick += 17 + (int)k) {
                times[count] = 0.1 * (step * PIECE + tick + 1);
                units[count++] = (double)((k * 37 + (uint32_t)step) % TARGETS);
            }
    for (size_t i = 1; i < count; i++) /* sources want them in order */
        for (size_t j = i; j > 0 && times[j - 1] > times[j]; j--) {
            double time = times[j], unit = units[j];
            times[j] = times[j - 1], units[j] = units[j - 1];
            times[j - 1] = time, units[j - 1] = unit;
        }
    return net_spikes(sim, "told", TARGETS, times, units, count);
}

static void make(struct twin *twin, enum hk_precision precision, int threads, const char *rule,
                 const char *connect) {
    struct hk_err err = {0};
    twin->sim = net_create(precision, 0.1, threads);
    twin->reward = hk_sim_add_signal(twin->sim, &(struct hk_signal_spec){.name = "reward"}, &err);
    struct hk_pop *told = add_told(twin->sim);
    struct hk_pop *in = net_source(twin->sim, "in", SOURCES, "poisson", "rate=300");
    struct hk_pop *out =
        net_neurons(twin->sim, "out", TARGETS, "lif", "t_ref=0", "told:delta syn:exp", NULL);
    net_force(twin->sim, told, out, "told");
    twin->proj = net_link(twin->sim, &(struct net_link){.source = in,
                                                        .target = out,
                                                        .receptor = "syn",
                                                        .connect = connect,
                                                        .weight = {HK_DIST_UNIFORM, 0, 1.4},
                                                        .delay_ms = net_value(0.3),
                                                        .rule = rule});
    net_build(twin->sim);
}

/* What happens between two pieces. */
static void go_on(struct twin *twin, int step) {
    struct hk_err err = {0};
    if (step == 2) ck_assert(hk_proj_normalise(twin->proj, SOURCES * 0.9, &err));
    if (step == 4) {
        ck_assert(hk_proj_read(twin->proj, &(struct hk_synapses){.weight = twin->weight}, &err));
        for (size_t k = 0; k < SYNAPSES; k += 3) twin->weight[k] = k % 2 ? 1.5 : -0.5;
        ck_assert(hk_proj_write_weights(twin->proj, twin->weight, &err));
    }
    if (step == 5) hk_sim_reset_state(twin->sim);
    hk_signal_set(twin->reward, 0.6); /* a reset ends it */
    hk_proj_set_learning(twin->proj, step != 6);
    net_run(twin->sim, PIECE);
    ck_assert(hk_proj_read(twin->proj, &(struct hk_synapses){.weight = twin->weight}, &err));
}

static void same_weights(const char *rule, enum hk_precision precision, int threads) {
    static struct twin matrix, lists;
    double before[SYNAPSES] = {0};
    make(&matrix, precision, threads, rule, "all-to-all");
    make(&lists, precision, threads, rule, "probability:p=1");
    for (int step = 0; step < STEPS; step++) {
        memcpy(before, lists.weight, sizeof before);
        go_on(&matrix, step);
        go_on(&lists, step);
        bool learns = false;
        for (size_t k = 0; k < SYNAPSES; k++) {
            ck_assert_msg(matrix.weight[k] == lists.weight[k],
                          "%s, piece %d, synapse %zu: %g, with lists %g", rule, step, k,
                          matrix.weight[k], lists.weight[k]);
            learns |= lists.weight[k] != before[k];
        }
        ck_assert_msg(learns == (step != 6), "%s, piece %d: does it learn?", rule, step);
    }
    hk_sim_destroy(matrix.sim);
    hk_sim_destroy(lists.sim);
}

START_TEST(weights_are_those_of_lists) {
    same_weights(rules[_i], HK_SINGLE, 1);
    same_weights(rules[_i], HK_SINGLE, 3);
    same_weights(rules[_i], HK_DOUBLE, 2);
}
END_TEST

/* 90,000 synapses of one thread, of a matrix and in lists: a target finds its own among them. */
START_TEST(more_synapses_than_16_bits_can_count_learn) {
    enum { MANY = 300 };
    static const double times[] = {1, 1.5, 2}, units[] = {7, MANY - 1, 7};
    static double weight[2][MANY * MANY];
    struct hk_err err = {0};
    for (int lists = 0; lists < 2; lists++) {
        struct hk_sim *sim = net_create(HK_SINGLE, 0.1, 1);
        struct hk_pop *told = net_spikes(sim, "told", MANY, times, units, HK_COUNT(times));
        struct hk_pop *in = net_source(sim, "in", MANY, "poisson", "rate=300");
        struct hk_pop *out =
            net_neurons(sim, "out", MANY, "lif", "t_ref=0", "told:delta syn:exp", NULL);
        net_force(sim, told, out, "told");
        struct hk_proj *proj =
            net_link(sim, &(struct net_link){.source = in,
                                             .target = out,
                                             .receptor = "syn",
                                             .connect = lists ? "probability:p=1" : "all-to-all",
                                             .weight = {HK_DIST_UNIFORM, 0.2, 1},
                                             .delay_ms = net_value(0.3),
                                             .rule = rules[0]});
        net_build(sim);
        net_run(sim, 40);
        ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weight[lists]}, &err));
        hk_sim_destroy(sim);
    }
    ck_assert_mem_eq(weight[0], weight[1], sizeof weight[0]);
}
END_TEST

Suite *suite_sim_recent(void) {
    Suite *suite = suite_create("sim/recent");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, weights_are_those_of_lists, 0, sizeof rules / sizeof *rules);
    tcase_add_test(all, more_synapses_than_16_bits_can_count_learn);
    suite_add_tcase(suite, all);
    return suite;
}
