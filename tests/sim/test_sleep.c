/* Groups that sleep: they fire when they would have fired awake, cost nothing while nothing
 * happens, and threads don't change them. A population with a current of 0 pA can't sleep, so a
 * network with and one without such currents do the same, once asleep and once awake. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SIZE = 300, INPUTS = 40, SPIKES = 200, RUN = 12000 };
static const double TICK = 0.1;

/* ---- the same, asleep and awake ---- */

/* Now and then a volley that makes some fire, otherwise single spikes that don't. */
struct train {
    double times[SPIKES], units[SPIKES];
};

static struct train make_train(void) {
    struct train train;
    struct hk_draws draws = hk_draws_at(hk_stream_make(5, "test", "train"), 0, 0);
    for (size_t k = 0; k < SPIKES; k++) {
        bool volley = k % 40 >= 20;
        size_t tick = volley ? k / 40 * RUN / 10 + 300 : k * RUN / SPIKES;
        train.times[k] = (double)(tick + hk_draws_below(&draws, 10)) / 10;
        train.units[k] = hk_draws_below(&draws, INPUTS);
    }
    for (size_t k = 1; k < SPIKES; k++) /* in the order of time */
        for (size_t j = k; j > 0 && train.times[j] < train.times[j - 1]; j--) {
            double time = train.times[j], unit = train.units[j];
            train.times[j] = train.times[j - 1];
            train.units[j] = train.units[j - 1];
            train.times[j - 1] = time;
            train.units[j - 1] = unit;
        }
    return train;
}

static const char *const receptors[] = {"in:exp:tau=5", "in:alpha:tau=2", "in:delta",
                                        "in:exp:tau=10 inh:exp:tau=3"};
static const double weights[] = {190, 160, 5, 120};

struct network {
    struct hk_sim *sim;
    struct hk_pop *a, *b;
    struct net_heard heard[2];
};

static void make_network(struct network *n, size_t kind, int threads, bool may_sleep) {
    static struct train train;
    const char *drive = may_sleep ? NULL : "step:amplitude=0";
    train = make_train();
    n->sim = net_create(net_precision, TICK, threads);
    struct hk_pop *in = net_spikes(n->sim, "in", INPUTS, train.times, train.units, SPIKES);
    n->a = net_neurons(n->sim, "a", SIZE, "lif", "t_ref=3 v_reset=-65", receptors[kind], drive);
    n->b = net_neurons(n->sim, "b", SIZE, "lif", "tau_m=20", receptors[kind], drive);
    const struct {
        struct hk_pop *from, *to;
        const char *name;
        double part;
    } links[] = {{in, n->a, "in->a", 1}, {n->a, n->b, "a->b", 1}};
    for (size_t k = 0; k < HK_COUNT(links); k++)
        (void)net_link(n->sim, &(struct net_link){.name = links[k].name,
                                                  .source = links[k].from,
                                                  .target = links[k].to,
                                                  .receptor = "in",
                                                  .connect = "probability:p=0.1",
                                                  .weight = {HK_DIST_UNIFORM,
                                                             0.2 * weights[kind] * links[k].part,
                                                             2 * weights[kind] * links[k].part},
                                                  .delay_ms = {HK_DIST_UNIFORM, 0.3, 2}});
    net_hear(n->a, &n->heard[0]);
    net_hear(n->b, &n->heard[1]);
    net_build(n->sim);
    net_run(n->sim, RUN / 3);
    net_run(n->sim, RUN - RUN / 3);
}

static void network_finish(struct network *n) {
    for (size_t p = 0; p < 2; p++) net_heard_finish(&n->heard[p]);
    hk_sim_destroy(n->sim);
}

static void same_spikes(const struct network *x, const struct network *y) {
    net_same_spikes(&x->heard[0], &y->heard[0], 21);
    net_same_spikes(&x->heard[1], &y->heard[1], 0);
}

/* Stepping in single precision and closed forms in double differ by some last bits of V, some
 * 1e-5 mV, which none of these spikes hangs on: nothing feeds back. In double precision, some 1e-13
 * mV. */
START_TEST(a_network_does_the_same_asleep_and_awake) {
    struct network asleep, awake;
    double v[2][SIZE];
    make_network(&asleep, (size_t)_i, 2, true);
    make_network(&awake, (size_t)_i, 2, false);
    same_spikes(&asleep, &awake);
    ck_assert_uint_eq(hk_sim_count(asleep.sim).events, hk_sim_count(awake.sim).events);
    for (size_t c = 0; hk_pop_column_info(asleep.a, c); c++) {
        hk_pop_read(asleep.a, c, v[0]);
        hk_pop_read(awake.a, c, v[1]);
        for (size_t k = 0; k < SIZE; k++)
            ck_assert_double_le(fabs(v[0][k] - v[1][k]), net_precision == HK_DOUBLE ? 1e-9 : 5e-4);
    }
    ck_assert_uint_eq(hk_sim_count(awake.sim).updates, (uint64_t)2 * SIZE * RUN);
    ck_assert_uint_lt(hk_sim_count(asleep.sim).updates, (uint64_t)SIZE * RUN);
    network_finish(&asleep);
    network_finish(&awake);
}
END_TEST

START_TEST(threads_and_instruction_sets_make_no_difference) {
    static const char *const isas[] = {"base", "v3", "v4"};
    struct network one, other;
    double v[2][SIZE];
    make_network(&one, (size_t)_i, 1, true);
    hk_pop_read(one.a, 0, v[0]);
    for (int k = 0; k < 6; k++) {
        if (k >= 3) ck_assert_int_eq(setenv("HILLOCK_ISA", isas[k - 3], 1), 0);
        make_network(&other, (size_t)_i, k < 3 ? k + 2 : 3, true);
        ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
        same_spikes(&one, &other);
        hk_pop_read(other.a, 0, v[1]);
        ck_assert_mem_eq(v[0], v[1], sizeof v[0]);
        ck_assert_uint_eq(hk_sim_count(one.sim).updates, hk_sim_count(other.sim).updates);
        network_finish(&other);
    }
    network_finish(&one);
}
END_TEST

/* ---- one spike that reaches units of many groups, at two receptors ---- */

enum { MANY = 10000 };

/* The `exc` weights are up to so many pA: with 9 all sleep on, with 4000 some groups wake, most of
 * them reached at both receptors, and some units fire. */
static struct hk_pop *reach_many(struct hk_sim *sim, bool may_sleep, double exc,
                                 struct net_heard *heard) {
    static const double times[] = {50}, units[] = {0};
    struct hk_pop *in = net_spikes(sim, "in", 1, times, units, 1);
    struct hk_pop *pop = net_neurons(sim, "n", MANY, "lif", "", "exc:exp:tau=5 inh:exp:tau=3",
                                     may_sleep ? NULL : "step:amplitude=0");
    static const char *const to[] = {"exc", "inh"};
    for (size_t k = 0; k < HK_COUNT(to); k++)
        (void)net_link(sim, &(struct net_link){.name = to[k],
                                               .source = in,
                                               .target = pop,
                                               .receptor = to[k],
                                               .connect = exc > 9 ? "probability:p=0.004"
                                                                  : "probability:p=0.02",
                                               .weight = {HK_DIST_UNIFORM, 1, k ? 9 : exc},
                                               .delay_ms = net_value(1)});
    net_hear(pop, heard);
    net_build(sim);
    net_run(sim, 600);
    return pop;
}

static const double exc_weights[] = {9, 4000};

START_TEST(what_reaches_many_who_sleep_reaches_all_of_them) {
    const double exc = exc_weights[_i / 2];
    struct hk_sim *asleep = net_create(net_precision, TICK, 1 + _i % 2), *awake;
    struct net_heard heard[2];
    struct hk_pop *some = reach_many(asleep, true, exc, &heard[0]), *all;
    double x[MANY], y[MANY];
    awake = net_create(net_precision, TICK, 1);
    all = reach_many(awake, false, exc, &heard[1]);
    net_same_spikes(&heard[0], &heard[1], exc > 9 ? 10 : 0);
    ck_assert_uint_gt(hk_sim_count(asleep).events, MANY / 200);
    ck_assert_uint_lt(hk_sim_count(asleep).updates, hk_sim_count(awake).updates / 2);
    ck_assert(exc > 9 || hk_sim_count(asleep).updates == 0);
    for (size_t c = 0; hk_pop_column_info(some, c); c++) {
        hk_pop_read(some, c, x);
        hk_pop_read(all, c, y);
        for (size_t k = 0; k < MANY; k++)
            ck_assert_double_le(fabs(x[k] - y[k]), net_precision == HK_DOUBLE ? 1e-9 : 2e-3);
    }
    for (size_t k = 0; k < 2; k++) net_heard_finish(&heard[k]);
    hk_sim_destroy(asleep);
    hk_sim_destroy(awake);
}
END_TEST

/* ---- a run that fails ---- */

/* When it ends, what arrives at sleepers at the next tick has been marked. After a reset nothing is
 * left of that: the same follows as after one of a run that ended there by itself. */
START_TEST(a_reset_after_a_run_that_failed_forgets_what_was_marked) {
    static const double times[] = {44.5, 50}, units[] = {0, 0}, last[] = {40.4};
    uint64_t updates[2];
    double v[2][MANY];
    hk_tick end = 0;
    for (int fails = 1; fails >= 0; fails--) {
        struct hk_err err = {0};
        struct hk_sim *sim = net_create(net_precision, TICK, 2);
        struct hk_pop *in = net_spikes(sim, "in", 1, times, units, HK_COUNT(times));
        struct hk_pop *late = net_spikes(sim, "late", 1, last, NULL, 1);
        struct hk_pop *pop = net_neurons(sim, "n", MANY, "lif", "", "r:exp:tau=5", NULL);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = pop,
                                               .connect = "probability:p=0.1",
                                               .weight = {HK_DIST_UNIFORM, 1, 9},
                                               .delay_ms = {HK_DIST_UNIFORM, 0.1, 1}});
        if (fails) net_refuse_spikes(late);
        net_build(sim);
        ck_assert(hk_sim_run(sim, fails ? 1000 : end, &err) == !fails);
        end = hk_sim_now(sim);
        ck_assert_int_eq(end, 448); /* the end of a window, with the first spike on its way */
        hk_sim_reset_state(sim);
        net_run(sim, 100);
        hk_pop_read(pop, 0, v[fails]);
        updates[fails] = hk_sim_count(sim).updates;
        hk_sim_destroy(sim);
    }
    ck_assert_mem_eq(v[0], v[1], sizeof v[0]);
    ck_assert_uint_eq(updates[0], updates[1]);
}
END_TEST

/* ---- one unit ---- */

static struct hk_pop *add_sleeper(struct hk_sim *sim, const char *settings, double weight) {
    static const double times[] = {50}, units[] = {0};
    struct hk_pop *in = net_spikes(sim, "in", 1, times, units, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 1, "lif", settings, "r:exp:tau=5", NULL);
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = pop,
                                           .connect = "fixed-indegree:n=1",
                                           .weight = net_value(weight),
                                           .delay_ms = net_value(1)});
    net_build(sim);
    return pop;
}

/* Its closed form, whenever it is looked at, and looking changes nothing: from 51 ms on the current
 * acts, 100 pA with tau 5 ms on 10 ms and 250 pF. */
START_TEST(a_sleeping_unit_is_read_where_it_is) {
    struct hk_sim *sim = net_create(net_precision, TICK, 1);
    struct hk_pop *pop = add_sleeper(sim, "v_rest=-70", 100);
    net_set_state(pop, "v", 0, -60);
    for (int tick = 1; tick <= 1000; tick++) {
        net_run(sim, 1);
        double t = tick * TICK, since = t - 51, push = 0;
        if (since > 0) push = 100.0 / 250 * 10 * (exp(-since / 10) - exp(-since / 5));
        ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 + 10 * exp(-t / 10) + push, 2e-4);
        ck_assert_double_eq_tol(net_state(pop, "i_r", 0), since < -1e-9 ? 0 : 100 * exp(-since / 5),
                                1e-3);
    }
    ck_assert_uint_eq(hk_sim_count(sim).updates, 0);
    hk_sim_destroy(sim);
}
END_TEST

/* 2000 pA make it fire: it wakes, and may sleep again much later. */
START_TEST(a_unit_that_can_fire_wakes) {
    struct net_heard heard;
    struct hk_sim *sim = net_create(net_precision, TICK, 1);
    struct hk_pop *pop = add_sleeper(sim, "", 2000);
    net_hear(pop, &heard);
    net_run(sim, 505);
    ck_assert_uint_eq(hk_sim_count(sim).updates, 0);
    net_run(sim, 5000);
    ck_assert_uint_gt(heard.count, 0);
    ck_assert_int_gt(net_heard_tick(&heard, 0), 510);
    uint64_t updates = hk_sim_count(sim).updates;
    ck_assert_uint_gt(updates, 400);
    ck_assert_uint_lt(updates, 1200);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_state_that_is_written_counts) {
    struct net_heard heard;
    struct hk_sim *sim = net_create(net_precision, TICK, 1);
    struct hk_pop *pop = add_sleeper(sim, "", 1);
    net_hear(pop, &heard);
    net_run(sim, 100);
    net_set_state(pop, "v", 0, -50); /* above the threshold of -55 mV */
    net_run(sim, 1);
    ck_assert_uint_eq(heard.count, 1);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
}
END_TEST

/* A rest above the threshold, a current, a conductance, a plastic synapse: never asleep. */
START_TEST(who_could_fire_or_has_no_closed_form_stays_awake) {
    static const struct {
        const char *settings, *receptor, *drive, *rule;
    } kinds[] = {{"v_rest=-50 v_th=-55 v_reset=-60", "r:exp", NULL, NULL},
                 {"i_e=400", "r:exp", NULL, NULL},
                 {"", "r:exp", "step:amplitude=1", NULL},
                 {"", "r:cond-exp:e=0", NULL, NULL},
                 {"", "r:exp", NULL, "stdp-pair:a_plus=0.1,a_minus=0.1,w_max=9"}};
    for (size_t k = 0; k < HK_COUNT(kinds); k++) {
        struct hk_sim *sim = net_create(net_precision, TICK, 1);
        struct hk_pop *in = net_source(sim, "in", 3, "poisson", "rate=5");
        struct hk_pop *pop =
            net_neurons(sim, "n", 7, "lif", kinds[k].settings, kinds[k].receptor, kinds[k].drive);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = pop,
                                               .connect = "fixed-indegree:n=2",
                                               .weight = net_value(1),
                                               .delay_ms = net_value(1),
                                               .rule = kinds[k].rule});
        net_build(sim);
        net_run(sim, 500);
        ck_assert_msg(hk_sim_count(sim).updates == 3500, "kind %zu", k);
        hk_sim_destroy(sim);
    }
}
END_TEST

static void add_cases(Suite *suite, enum hk_precision precision) {
    TCase *networks = net_case(suite, "networks", precision);
    TCase *units = net_case(suite, "units", precision);
    const int kinds = HK_COUNT(receptors);
    tcase_add_loop_test(networks, a_network_does_the_same_asleep_and_awake, 0, kinds);
    tcase_add_loop_test(networks, threads_and_instruction_sets_make_no_difference, 0, kinds);
    tcase_add_loop_test(networks, what_reaches_many_who_sleep_reaches_all_of_them, 0,
                        2 * HK_COUNT(exc_weights));
    tcase_add_test(networks, a_reset_after_a_run_that_failed_forgets_what_was_marked);
    tcase_add_test(units, a_sleeping_unit_is_read_where_it_is);
    tcase_add_test(units, a_unit_that_can_fire_wakes);
    tcase_add_test(units, a_state_that_is_written_counts);
    tcase_add_test(units, who_could_fire_or_has_no_closed_form_stays_awake);
}

Suite *suite_sim_sleep(void) {
    Suite *suite = suite_create("sim/sleep");
    add_cases(suite, HK_SINGLE);
    add_cases(suite, HK_DOUBLE);
    return suite;
}
