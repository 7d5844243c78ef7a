/* What arrivals had to do with a spike: shares against closed forms, and their sum against the way
 * to the threshold in a network with everything in it. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "sim/trace.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double NS = 1e-6; /* ms */

struct followed {
    struct hk_sim *sim;
    struct hk_trace *trace;
    struct hk_arena *arena;
    struct hk_account account;
};

static void follow(struct followed *f, struct hk_pop *pop, hk_neuron unit, double from, double to) {
    struct hk_err err = {0};
    f->trace = hk_sim_trace(f->sim, pop, unit, (hk_tick)(from / NS), (hk_tick)(to / NS), &err);
    ck_assert_msg(f->trace != NULL, "%s", err.message);
}

static void account(struct followed *f) {
    struct hk_err err = {0};
    f->arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(f->arena);
    ck_assert_uint_ge(hk_trace_spikes(f->trace).count, 1);
    ck_assert(hk_trace_account(f->trace, f->arena, &f->account, &err));
}

static void finish(struct followed *f) {
    hk_arena_destroy(f->arena);
    hk_sim_destroy(f->sim);
}

/* tau_m 10 ms, 250 pF, threshold 15 mV above rest: the defaults. */
static struct hk_pop *one(struct followed *f, const char *settings, const char *receptor,
                          const double *times, size_t count, double weight) {
    f->sim = net_create_exact(NS, 1);
    struct hk_pop *pop = net_neurons(f->sim, "n", 1, "lif", settings, receptor, NULL);
    struct hk_pop *in = net_spikes(f->sim, "in", 1, times, NULL, count);
    (void)net_link(f->sim, &(struct net_link){.source = in,
                                              .target = pop,
                                              .receptor = "r",
                                              .weight = net_value(weight),
                                              .delay_ms = net_value(1)});
    net_build(f->sim);
    return pop;
}

START_TEST(jumps_of_v_count_for_what_is_left_of_them) {
    static const double times[] = {1, 3};
    struct followed f;
    follow(&f, one(&f, "", "r:delta", times, 2, 10), 0, 0, 10);
    net_run(f.sim, 10000000);
    account(&f);
    ck_assert_int_eq(f.account.tick, 4000000);
    ck_assert(!f.account.fired);
    ck_assert_uint_eq(f.account.count, 2);
    ck_assert_int_eq(f.account.causes[0].sent, 1000000);
    ck_assert_int_eq(f.account.causes[0].arrived, 2000000);
    ck_assert_str_eq(hk_proj_name(f.account.causes[0].proj), "in->n");
    ck_assert_double_eq_tol(f.account.causes[0].share, 10 * exp(-0.2), 1e-12);
    ck_assert_double_eq_tol(f.account.causes[1].share, 10, 1e-12);
    ck_assert_double_eq_tol(f.account.way, 15, 1e-12);
    ck_assert_double_eq(f.account.left, 0);
    ck_assert_double_eq_tol(f.account.beyond, 10 * exp(-0.2) - 5, 1e-12);
    finish(&f);
}
END_TEST

/* V t milliseconds after 1 pA arrived, mV (Rotter & Diesmann 1999). */
static double kernel(double t, double tau) {
    return 10 * tau / (10 - tau) / 250 * (exp(-t / 10) - exp(-t / tau));
}

/* The second spike: a current that arrived before the first goes on, and what arrives while V is
 * held counts from the end of that. */
START_TEST(currents_count_by_their_kernel_and_are_left_over_from_before_a_spike) {
    static const double times[] = {1, 2, 3, 4, 5, 5.5, 6, 6.5, 7, 7.5, 8, 9, 10};
    struct followed f;
    follow(&f, one(&f, "t_ref=2", "r:exp:tau=4", times, 13, 1000), 0, 5, 30);
    net_run(f.sim, 30000000);
    account(&f);
    ck_assert(f.account.fired);
    double since = (double)f.account.since * NS, at = (double)f.account.tick * NS;
    double left = 0;
    for (size_t k = 0; k < 13 && times[k] + 1 <= since; k++)
        left += 1000 * exp(-(since + 2 - times[k] - 1) / 4) * kernel(at - since - 2, 4);
    ck_assert_double_gt(left, 1);
    ck_assert_double_eq_tol(f.account.left, left, 1e-9);
    ck_assert_uint_gt(f.account.count, 2);
    bool waited = false;
    for (size_t k = 0; k < f.account.count; k++) {
        double arrived = (double)f.account.causes[k].arrived * NS;
        double from = fmax(arrived, since + 2);
        double share = 1000 * exp(-(from - arrived) / 4) * kernel(at - from, 4);
        waited |= arrived < since + 2;
        ck_assert_double_eq_tol(f.account.causes[k].share, share, 1e-9);
    }
    ck_assert(waited);
    finish(&f);
}
END_TEST

START_TEST(the_nearest_spikes_are_known_where_there_is_none) {
    static const double times[] = {1, 20};
    struct followed f;
    follow(&f, one(&f, "", "r:delta", times, 2, 20), 0, 5, 10);
    net_run(f.sim, 30000000);
    struct hk_trace_spikes spikes = hk_trace_spikes(f.trace);
    ck_assert_uint_eq(spikes.count, 0);
    ck_assert_int_eq(spikes.before, 2000000);
    ck_assert_int_eq(spikes.next, 21000000);
    hk_sim_destroy(f.sim);
}
END_TEST

START_TEST(a_reset_of_state_begins_anew) {
    static const double times[] = {1, 9};
    struct followed f;
    follow(&f, one(&f, "", "r:delta", times, 2, 20), 0, 9, 30);
    net_run(f.sim, 5000000);
    hk_sim_reset_state(f.sim);
    net_run(f.sim, 15000000);
    account(&f);
    ck_assert(!f.account.fired);
    ck_assert_int_eq(f.account.since, 5000000);
    ck_assert_uint_eq(f.account.count, 1);
    finish(&f);
}
END_TEST

START_TEST(units_that_are_not_there_and_grids_are_refused) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 1, "lif", "", "r:exp", NULL);
    net_build(sim);
    ck_assert_ptr_null(hk_sim_trace(sim, pop, 1, 0, 1, &err));
    ck_assert_str_eq(err.message, "n has units 0..0, not 1");
    hk_sim_destroy(sim);
    sim = net_create(HK_DOUBLE, 0.1, 1);
    pop = net_neurons(sim, "n", 1, "lif", "", "r:exp", NULL);
    net_build(sim);
    err = (struct hk_err){0};
    ck_assert_ptr_null(hk_sim_trace(sim, pop, 0, 0, 1, &err));
    ck_assert_str_eq(err.message, "n: causes are known of neurons on the exact clock");
    hk_sim_destroy(sim);
}
END_TEST

/* ---- a network ---- */

enum { SIZE = 150, TRACES = 40 };

struct network {
    struct hk_sim *sim;
    struct hk_pop *pop;
    struct hk_trace *traces[TRACES];
};

static void link(struct hk_sim *sim, struct hk_pop *from, struct hk_pop *to, const char *name,
                 const char *receptor, double weight, const char *rule, const char *synapse) {
    (void)net_link(sim, &(struct net_link){.name = name,
                                           .source = from,
                                           .target = to,
                                           .receptor = receptor,
                                           .connect = "probability:p=0.2",
                                           .weight = {HK_DIST_UNIFORM, 0, 2 * weight},
                                           .delay_ms = {HK_DIST_UNIFORM, 0.5, 3},
                                           .rule = rule,
                                           .synapse = synapse});
}

/* Drives, inhibition, a threshold that adapts, short-term plasticity and learning. */
static void network_init(struct network *n, int threads) {
    struct hk_err err = {0};
    n->sim = net_create_exact(NS, threads);
    struct hk_pop *in = net_source(n->sim, "in", 70, "poisson", "rate=40");
    n->pop =
        net_neurons(n->sim, "n", SIZE, "alif", "theta_plus=2 tau_theta=80",
                    "exc:exp:tau=3 inh:alpha:tau=6",
                    "poisson:rate=900,weight=80,receptor=exc step:amplitude=100,from=20,to=60");
    link(n->sim, in, n->pop, "in", "exc", 120, "stdp-pair:a_plus=3,a_minus=3.2,w_max=300", NULL);
    link(n->sim, n->pop, n->pop, "inh", "inh", -40, NULL, "tsodyks-markram");
    net_build(n->sim);
    for (hk_neuron k = 0; k < TRACES; k++)
        ck_assert_ptr_nonnull(n->traces[k] =
                                  hk_sim_trace(n->sim, n->pop, 3 * k, 70000000, 200000000, &err));
    net_run(n->sim, 120000000);
    net_run(n->sim, 80000000);
}

START_TEST(shares_add_up_to_the_way_and_do_not_depend_on_threads) {
    struct hk_err err = {0};
    struct network one, three;
    struct hk_arena *arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    network_init(&one, 1);
    network_init(&three, 3);
    size_t accounted = 0, pulses = 0, lasting = 0;
    for (size_t k = 0; k < TRACES; k++) {
        struct hk_account a, b;
        if (hk_trace_spikes(one.traces[k]).count == 0) continue;
        accounted++;
        ck_assert(hk_trace_account(one.traces[k], arena, &a, &err));
        ck_assert(hk_trace_account(three.traces[k], arena, &b, &err));
        double sum = a.left;
        for (size_t i = 0; i < a.count; i++) {
            sum += a.causes[i].share;
            pulses += !a.causes[i].proj;
            ck_assert_double_eq(a.causes[i].share, b.causes[i].share);
            ck_assert_int_eq(a.causes[i].arrived, b.causes[i].arrived);
            ck_assert_int_ge(a.causes[i].arrived, a.since);
            ck_assert_int_le(a.causes[i].arrived, a.tick);
        }
        lasting += a.fired;
        ck_assert_uint_eq(a.count, b.count);
        ck_assert_double_eq_tol(sum, a.way + a.beyond, 1e-6);
        ck_assert_double_ge(a.beyond, -1e-9); /* nothing jumps here: only a tick's rounding */
        ck_assert_double_le(a.beyond, 1e-4);
    }
    ck_assert_uint_gt(accounted, TRACES / 2);
    ck_assert_uint_gt(pulses, 100);
    ck_assert_uint_gt(lasting, 5);
    hk_sim_destroy(one.sim);
    hk_sim_destroy(three.sim);
    hk_arena_destroy(arena);
}
END_TEST

Suite *suite_sim_trace(void) {
    Suite *suite = suite_create("sim/trace");
    TCase *tcase = tcase_create("trace");
    tcase_add_test(tcase, jumps_of_v_count_for_what_is_left_of_them);
    tcase_add_test(tcase, currents_count_by_their_kernel_and_are_left_over_from_before_a_spike);
    tcase_add_test(tcase, the_nearest_spikes_are_known_where_there_is_none);
    tcase_add_test(tcase, a_reset_of_state_begins_anew);
    tcase_add_test(tcase, units_that_are_not_there_and_grids_are_refused);
    tcase_add_test(tcase, shares_add_up_to_the_way_and_do_not_depend_on_threads);
    suite_add_tcase(suite, tcase);
    return suite;
}
