/* Rows that learn late: the weights are those of learning at once, to the bit, whenever they are
 * looked at. A network with drawn delays learns late; beside it run twins, one for each delay that
 * occurs, that learn at once, and each of its synapses is compared with the same synapse of the
 * twin that has its delay. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "sim/rng.h"
#include "tests/support/net.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

enum {
    SOURCES = 9,
    TARGETS = 70, /* two groups, so that two threads have some */
    TICKS = 900,
    DELAYS = 6, /* 1 to 6 ticks of 1 ms */
    LINKS = 4,  /* the first and the third see spikes of the targets alike */
    SYNAPSES = SOURCES * TARGETS,
    SPIKES_MAX = TICKS * TARGETS
};

struct trains {
    double times[SPIKES_MAX], units[SPIKES_MAX];
    size_t count;
};

/* Each unit has a rate of its own; unit 0 fires in every tick of the first third, so that notes of
 * one target get as many as there can be, and unit 1 never. Sources may fire twice in a tick. */
static void draw_trains(struct trains *trains, const char *name, hk_neuron units, bool twice) {
    struct hk_draws draws = hk_draws_at(hk_stream_make(3, "trains", name), 0, 0);
    trains->count = 0;
    for (uint32_t tick = 1; tick <= TICKS; tick++)
        for (hk_neuron unit = 0; unit < units; unit++) {
            bool fires = hk_draws_below(&draws, 3 + 2 * (unit % 20)) == 0;
            bool again = hk_draws_below(&draws, 5) == 0;
            if (unit == 1 || (!fires && !(unit == 0 && tick < TICKS / 3))) continue;
            for (int k = 0; k < (twice && again ? 2 : 1); k++) {
                trains->times[trains->count] = tick;
                trains->units[trains->count++] = unit;
            }
        }
}

struct late_net {
    struct hk_sim *sim;
    struct hk_pop *target;
    struct hk_proj *proj[LINKS]; /* each to a receptor of its own */
};
static const char *const names[LINKS] = {"a", "b", "c", "d"};

/* Targets fire when they are told to: what arrives through plastic synapses is far too little.
 * Where delays are drawn, the first link has the least of them only. */
static struct late_net make(enum hk_precision precision, int threads, hk_neuron sources,
                            const char *rule, struct hk_dist delay_ms) {
    static struct trains pre, post;
    struct late_net net = {.sim = net_create(precision, 1, threads)};
    draw_trains(&pre, "pre", sources, true);
    draw_trains(&post, "post", TARGETS, false);
    struct hk_pop *source = net_spikes(net.sim, "pre", sources, pre.times, pre.units, pre.count);
    struct hk_pop *force =
        net_spikes(net.sim, "force", TARGETS, post.times, post.units, post.count);
    net.target = net_neurons(net.sim, "post", TARGETS, "lif", "t_ref=0",
                             "force:delta a:exp b:exp c:exp d:exp", NULL);
    net_force(net.sim, force, net.target, "force");
    for (int k = 0; k < LINKS; k++) {
        char changed[250];
        bool short_ones = k == 0 && delay_ms.kind == HK_DIST_UNIFORM;
        const char *tau = strstr(rule, "diehl-cook") ? "tau_post" : "tau_minus";
        const char *other = strstr(rule, "pairing=nearest")   ? ",pairing=all"
                            : strstr(rule, "coincident=both") ? ",coincident=pre-first"
                                                              : ",coincident=both";
        (void)snprintf(changed, sizeof changed, "%s,%s=%d%s", rule, tau, k == 1 ? 50 : 25,
                       k == 3 ? other : "");
        net.proj[k] =
            net_link(net.sim,
                     &(struct net_link){.name = names[k],
                                        .source = source,
                                        .target = net.target,
                                        .receptor = names[k],
                                        .weight = {HK_DIST_UNIFORM, 0, 1},
                                        .delay_ms = short_ones
                                                        ? (struct hk_dist){HK_DIST_UNIFORM, 1, 3}
                                                        : delay_ms,
                                        .rule = changed});
    }
    net_build(net.sim);
    return net;
}

struct synapses {
    hk_neuron source[SYNAPSES], target[SYNAPSES];
    hk_tick delay[SYNAPSES];
    double weight[SYNAPSES];
};

static void read(const struct hk_proj *proj, struct synapses *out) {
    struct hk_err err = {0};
    ck_assert_uint_le(hk_proj_count(proj), SYNAPSES);
    ck_assert(hk_proj_read(proj,
                           &(struct hk_synapses){.source = out->source,
                                                 .target = out->target,
                                                 .weight = out->weight,
                                                 .delay = out->delay},
                           &err));
}

/* Returns how many weights aren't what they were at first. */
static size_t compare(const struct late_net *late, const struct late_net *twins, int link,
                      const struct synapses *first, const char *rule) {
    static struct synapses mine, all[DELAYS];
    size_t changed = 0;
    read(late->proj[link], &mine);
    for (size_t d = 0; d < DELAYS; d++) read(twins[d].proj[link], &all[d]);
    for (size_t k = 0; k < SYNAPSES; k++) {
        const struct synapses *twin = &all[mine.delay[k] - 1];
        ck_assert(twin->source[k] == mine.source[k] && twin->target[k] == mine.target[k]);
        ck_assert_msg(twin->weight[k] == mine.weight[k],
                      "%s, %d, at %lld: %u to %u, delay %lld: %.17g, not %.17g", rule, link,
                      (long long)hk_sim_now(late->sim), mine.source[k], mine.target[k],
                      (long long)mine.delay[k], mine.weight[k], twin->weight[k]);
        changed += mine.weight[k] != first->weight[k];
    }
    return changed;
}

/* One after the other of what can happen between runs. */
static void do_step(const struct late_net *net, int step) {
    static const hk_tick ticks[] = {60, 340, 150, 100, 1, 170, 79};
    if (step == 2) hk_proj_set_learning(net->proj[0], false);
    if (step == 3) hk_proj_set_learning(net->proj[0], true);
    if (step == 5) hk_sim_reset_state(net->sim);
    net_run(net->sim, ticks[step]);
}

static void try_rule(enum hk_precision precision, int threads, const char *rule) {
    static struct synapses first[LINKS];
    struct late_net twins[DELAYS];
    struct late_net late =
        make(precision, threads, SOURCES, rule, (struct hk_dist){HK_DIST_UNIFORM, 1, DELAYS});
    for (int k = 0; k < LINKS; k++) read(late.proj[k], &first[k]);
    for (int d = 0; d < DELAYS; d++) {
        struct hk_err err = {0};
        twins[d] = make(precision, 1, SOURCES, rule, net_value(d + 1));
        for (int k = 0; k < LINKS; k++)
            ck_assert(hk_proj_write_weights(twins[d].proj[k], first[k].weight, &err));
    }
    size_t changed = 0;
    for (int step = 0; step < 7; step++) {
        do_step(&late, step);
        for (size_t d = 0; d < DELAYS; d++) do_step(&twins[d], step);
        changed = 0;
        for (int k = 0; k < LINKS && step != 1; k++)
            changed += compare(&late, twins, k, &first[k], rule);
    }
    ck_assert_uint_gt(changed, LINKS * SYNAPSES / 2);
    hk_sim_destroy(late.sim);
    for (size_t d = 0; d < DELAYS; d++) hk_sim_destroy(twins[d].sim);
}

static const char *const rules[] = {
    "stdp-pair:a_plus=0.1,a_minus=0.11,w_max=1,dependence=power",
    "stdp-pair:a_plus=0.01,a_minus=0.012,w_max=1",
    "stdp-triplet:a_plus=0.02,a3_plus=0.03,a_minus=0.05,a3_minus=0.01,w_max=1",
    "diehl-cook:a_plus=0.1,a_minus=0.05,w_max=1",
};

/* In both precisions, on one and on two threads. */
START_TEST(weights_are_those_of_learning_at_once) {
    static const char *const orders[] = {"ignore", "pre-first", "post-first", "both"};
    static const char *const pairings[] = {"all", "nearest"};
    char rule[200];
    for (size_t k = 0; k < HK_COUNT(orders) * HK_COUNT(pairings); k++) {
        (void)snprintf(rule, sizeof rule, "%s,coincident=%s,pairing=%s", rules[_i / 4],
                       orders[k / 2], pairings[k % 2]);
        try_rule(_i % 2 ? HK_DOUBLE : HK_SINGLE, 1 + _i / 2 % 2, rule);
    }
}
END_TEST

/* Rows of 160 synapses, which are looked at in pieces, learn as they do on four threads, where none
 * is as long as a piece. A normal number may be 8.3 standard deviations off, so 17 delays share
 * 400 synapses of a source; but 160 have the mean one. */
START_TEST(long_rows_learn_as_short_ones_do) {
    enum { FROM = 3, UNITS = 400, ALL = FROM * UNITS };
    static struct trains pre, post;
    static double weight[2][ALL];
    struct hk_err err = {0};
    draw_trains(&pre, "pre", FROM, true);
    draw_trains(&post, "post", UNITS, false);
    for (int k = 0; k < 2; k++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 1, k ? 4 : 1);
        struct hk_pop *source = net_spikes(sim, "pre", FROM, pre.times, pre.units, pre.count);
        struct hk_pop *force = net_spikes(sim, "force", UNITS, post.times, post.units, post.count);
        struct hk_pop *target =
            net_neurons(sim, "post", UNITS, "lif", "t_ref=0", "force:delta a:exp", NULL);
        net_force(sim, force, target, "force");
        struct hk_proj *proj = net_link(sim, &(struct net_link){.source = source,
                                                                .target = target,
                                                                .receptor = "a",
                                                                .weight = {HK_DIST_UNIFORM, 0, 1},
                                                                .delay_ms = {HK_DIST_NORMAL, 12, 1},
                                                                .rule = rules[_i]});
        net_build(sim);
        net_run(sim, 700);
        ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weight[k]}, &err));
        hk_sim_destroy(sim);
    }
    for (size_t i = 0; i < ALL; i++) ck_assert_double_eq(weight[0][i], weight[1][i]);
}
END_TEST

/* What isn't learned yet is, before weights are scaled or set. */
START_TEST(weights_are_brought_to_date_before_they_are_scaled_or_set) {
    struct hk_err err = {0};
    static struct synapses now;
    struct late_net net =
        make(HK_DOUBLE, 2, SOURCES, rules[1], (struct hk_dist){HK_DIST_UNIFORM, 1, DELAYS});
    net_run(net.sim, 100);
    ck_assert(hk_proj_normalise(net.proj[0], 3, &err));
    read(net.proj[0], &now);
    double sum[TARGETS] = {0};
    for (size_t k = 0; k < SYNAPSES; k++) sum[now.target[k]] += now.weight[k];
    for (size_t i = 0; i < TARGETS; i++) ck_assert_double_eq_tol(sum[i], 3, 1e-12);
    net_run(net.sim, 100);
    for (size_t k = 0; k < SYNAPSES; k++) now.weight[k] = 0.5;
    ck_assert(hk_proj_write_weights(net.proj[0], now.weight, &err));
    read(net.proj[0], &now);
    for (size_t k = 0; k < SYNAPSES; k++) ck_assert_double_eq(now.weight[k], 0.5);
    hk_sim_destroy(net.sim);
}
END_TEST

/* What is delivered: where nothing is learned, state is to the bit that of a projection that learns
 * at once, as its traces last for more than 2^22 ticks of 0.1 ms, and draws the same synapses. In
 * double precision, where both add weights as they are; half of the time learning is off. */
START_TEST(weights_arrive_as_those_of_other_rows_do) {
    static const char *const synapses[] = {NULL, "tsodyks-markram:u=0.5,tau_rec=100"};
    static const char *const rules_of[] = {"stdp-pair:a_plus=0,a_minus=0,w_max=1,tau_plus=420000",
                                           "stdp-pair:a_plus=0,a_minus=0,w_max=1"};
    static struct trains pre;
    double state[2][TARGETS];
    struct hk_sim *sims[2];
    struct hk_pop *targets[2];
    struct hk_proj *links[2];
    draw_trains(&pre, "pre", SOURCES, true);
    for (int k = 0; k < 2; k++) {
        sims[k] = net_create(HK_DOUBLE, 0.1, 2);
        struct hk_pop *source =
            net_spikes(sims[k], "pre", SOURCES, pre.times, pre.units, pre.count);
        targets[k] = net_neurons(sims[k], "post", TARGETS, "lif", NULL, "syn:exp", NULL);
        links[k] = net_link(sims[k], &(struct net_link){.source = source,
                                                        .target = targets[k],
                                                        .receptor = "syn",
                                                        .weight = {HK_DIST_UNIFORM, 0, 1},
                                                        .delay_ms = {HK_DIST_UNIFORM, 1, DELAYS},
                                                        .synapse = synapses[_i],
                                                        .rule = rules_of[k]});
        net_build(sims[k]);
    }
    for (int step = 0; step < 20; step++) {
        for (int k = 0; k < 2; k++) {
            hk_proj_set_learning(links[k], step < 10);
            net_run(sims[k], 70);
        }
        for (size_t c = 0; hk_pop_column_info(targets[0], c); c++) {
            double most = 0;
            for (int k = 0; k < 2; k++) hk_pop_read(targets[k], c, state[k]);
            for (size_t i = 0; i < TARGETS; i++) {
                ck_assert_double_eq(state[1][i], state[0][i]);
                most = state[0][i] != 0 ? 1 : most;
            }
            ck_assert_double_eq(most, 1);
        }
    }
    for (int k = 0; k < 2; k++) hk_sim_destroy(sims[k]);
}
END_TEST

/* A receptor's state in all targets. */
static void read_receptor(const struct late_net *net, const char *receptor, double *state) {
    char name[20];
    (void)snprintf(name, sizeof name, "i_%s", receptor);
    int column = hk_pop_column(net->target, name);
    ck_assert_int_ge(column, 0);
    hk_pop_read(net->target, (size_t)column, state);
}

/* What is delivered while weights are learned. There is one source, so a target's receptor has one
 * synapse, and its state is that in the twin with the synapse's delay, at every tick; the weights
 * aren't looked at, which would settle them. */
START_TEST(weights_arrive_as_they_were_learned) {
    struct hk_dist delays = {HK_DIST_UNIFORM, 1, DELAYS};
    struct late_net late = make(HK_DOUBLE, 2, 1, rules[_i], delays), twins[DELAYS];
    static struct synapses first[LINKS];
    double mine[TARGETS], all[DELAYS][TARGETS];
    size_t seen = 0;
    for (int k = 0; k < LINKS; k++) read(late.proj[k], &first[k]);
    for (int d = 0; d < DELAYS; d++) {
        struct hk_err err = {0};
        twins[d] = make(HK_DOUBLE, 1, 1, rules[_i], net_value(d + 1));
        for (int k = 0; k < LINKS; k++)
            ck_assert(hk_proj_write_weights(twins[d].proj[k], first[k].weight, &err));
    }
    for (int tick = 1; tick <= TICKS; tick++) {
        net_run(late.sim, 1);
        for (int d = 0; d < DELAYS; d++) net_run(twins[d].sim, 1);
        for (int k = 0; k < LINKS; k++) {
            read_receptor(&late, names[k], mine);
            for (int d = 0; d < DELAYS; d++) read_receptor(&twins[d], names[k], all[d]);
            for (size_t i = 0; i < TARGETS; i++) {
                hk_neuron target = first[k].target[i];
                ck_assert_double_eq(mine[target], all[first[k].delay[i] - 1][target]);
                seen += mine[target] != 0;
            }
        }
    }
    ck_assert_uint_gt(seen, TICKS * LINKS * TARGETS / 2);
    hk_sim_destroy(late.sim);
    for (int d = 0; d < DELAYS; d++) hk_sim_destroy(twins[d].sim);
}
END_TEST

/* Spikes that are more than 2^31 ticks apart, in some eight minutes: what was between is learned
 * once, in one of the settlings every 2^29 ticks, and what follows is learned as ever. */
START_TEST(spikes_may_be_further_apart_than_31_bits_count) {
    hk_test_only_long();
    const double last = 0x1p31 + 1000, pre[] = {10, last}, post[] = {15, last + 8}, unit[2] = {0};
    struct net_heard heard;
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    struct hk_pop *source = net_spikes(sim, "pre", 1, pre, unit, 2);
    struct hk_pop *force = net_spikes(sim, "force", 1, post, unit, 2);
    struct hk_pop *target =
        net_neurons(sim, "post", 1, "lif", "t_ref=0", "force:delta a:exp", NULL);
    net_force(sim, force, target, "force");
    struct hk_proj *proj =
        net_link(sim, &(struct net_link){.source = source,
                                         .target = target,
                                         .receptor = "a",
                                         .connect = "fixed-indegree:n=1",
                                         .weight = net_value(0.5),
                                         .delay_ms = net_value(1),
                                         .rule = "stdp-pair:a_plus=0.1,a_minus=0.1,w_max=1,"
                                                 "tau_plus=20,tau_minus=20"});
    net_hear(target, &heard);
    net_build(sim);
    net_run(sim, (hk_tick)last + 20);
    ck_assert_uint_eq(heard.count, 2);
    double weight = 0.5;
    for (size_t k = 0; k < 2; k++)
        weight += 0.1 * exp((pre[k] + 1 - (double)net_heard_tick(&heard, k)) / 20);
    ck_assert_double_eq_tol(net_weight(proj, 0), weight, 1e-12);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* No more memory than this process has now, but for 4 MiB; it ends with the test. */
static void limit_memory(void) {
    struct rlimit limit;
    char line[100];
    unsigned long data_kb = 0;
    FILE *status = fopen("/proc/self/status", "r");
    ck_assert_ptr_nonnull(status);
    while (fgets(line, sizeof line, status)) (void)sscanf(line, "VmData: %lu", &data_kb);
    ck_assert_int_eq(fclose(status), 0);
    ck_assert_uint_gt(data_kb, 0);
    ck_assert_int_eq(getrlimit(RLIMIT_DATA, &limit), 0);
    limit.rlim_cur = (data_kb << 10) + (4U << 20);
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
}

/* A thousand spikes at once bring a million synapses something. */
START_TEST(no_room_for_spikes_on_their_way_is_an_error) {
    enum { UNITS = 1000 };
    static double times[UNITS], units[UNITS];
    struct hk_err err = {0};
    if (HK_TEST_SANITIZED) hk_test_skip("the sanitizers take memory of their own");
    struct hk_sim *sim = net_create(HK_DOUBLE, 1, 1);
    for (size_t k = 0; k < UNITS; k++) {
        times[k] = 2;
        units[k] = (double)k;
    }
    struct hk_pop *source = net_spikes(sim, "pre", UNITS, times, units, UNITS);
    struct hk_pop *target = net_neurons(sim, "post", UNITS, "lif", NULL, "syn:exp", NULL);
    (void)net_link(sim, &(struct net_link){.source = source,
                                           .target = target,
                                           .receptor = "syn",
                                           .weight = net_value(1),
                                           .delay_ms = {HK_DIST_UNIFORM, 1, 60},
                                           .rule = rules[1]});
    net_build(sim);
    net_run(sim, 2);
    limit_memory();
    ck_assert(!hk_sim_run(sim, 100, &err));
    ck_assert_int_eq(err.code, HK_ERR_MEMORY);
    ck_assert_msg(strncmp(err.message, "no memory for ", 14) == 0, "%s", err.message);
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_sim_late(void) {
    Suite *suite = suite_create("sim/late");
    TCase *cases = tcase_create("late");
    tcase_add_loop_test(cases, weights_are_those_of_learning_at_once, 0, 4 * (int)HK_COUNT(rules));
    tcase_add_loop_test(cases, long_rows_learn_as_short_ones_do, 0, (int)HK_COUNT(rules));
    tcase_add_test(cases, weights_are_brought_to_date_before_they_are_scaled_or_set);
    tcase_add_loop_test(cases, weights_arrive_as_those_of_other_rows_do, 0, 2);
    tcase_add_loop_test(cases, weights_arrive_as_they_were_learned, 0, (int)HK_COUNT(rules));
    tcase_add_test(cases, no_room_for_spikes_on_their_way_is_an_error);
    suite_add_tcase(suite, cases);
    TCase *far = tcase_create("far apart");
    tcase_set_timeout(far, 3600);
    tcase_add_test(far, spikes_may_be_further_apart_than_31_bits_count);
    suite_add_tcase(suite, far);
    return suite;
}
