/* Receptors that the membrane's pass takes along do what they do in passes of their own: a receptor
 * that nothing ends in, of another kind, keeps a population from that, and changes nothing else.
 * One of their own kind is left out while its state is 0, and doesn't keep the others from it. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SOURCES = 40, SIZE = 600, RUN = 600, RECEPTORS = 2 };

/* How a receptor is reached: by plain synapses, and perhaps by a plastic projection. */
static const struct fused_case {
    const char *settings;
    const char *receptors[RECEPTORS];
    const char *drives;
    double weight[RECEPTORS]; /* largest; of both signs where it is a current */
    bool plastic;             /* another addend of the first receptor */
} cases[] = {
    {"i_e=200", {"a:exp:tau=2", NULL}, NULL, {900, 0}, false},
    {"i_e=200", {"a:exp:tau=0.5", "b:exp:tau=10"}, NULL, {900, 50}, false},
    {"", {"a:exp:tau=2", NULL}, "step:amplitude=150,from=3 step:amplitude=200", {900, 0}, false},
    {"",
     {"a:exp:tau=2", "b:exp:tau=3"},
     "poisson:rate=8000,weight=30,receptor=b",
     {900, 20},
     false},
    {"i_e=300 reset=subtract", {"a:exp:tau=2", NULL}, NULL, {900, 0}, true},
    {"i_e=300", {"a:exp:tau=2", NULL}, "poisson:rate=20000,weight=0.7,receptor=a", {90, 0}, true},
    {"i_e=290", {"a:cond-exp:tau=2,e=0", NULL}, NULL, {40, 0}, false},
    {"",
     {"a:cond-exp:tau=5,e=0", "b:cond-exp:tau=10,e=-80,decay=euler"},
     "step:amplitude=250",
     {40, 20},
     false},
    {"i_e=200 integrator=euler",
     {"a:cond-exp:tau=5,e=0", NULL},
     "poisson:rate=3000,weight=0.5,receptor=a",
     {30, 0},
     false},
    {"", /* conductances so large that some units take a division and a power */
     {"a:cond-exp:tau=5,e=0", "b:cond-exp:tau=10,e=-50"},
     "step:amplitude=250",
     {40, 900},
     false},
    {"i_e=290", /* the first stays 0, and the other one pulls no current */
     {"a:cond-exp:tau=5,e=-80", "b:cond-exp:tau=10,e=0"},
     NULL,
     {0, 20},
     false},
    {"v_rest=0 v_reset=-5 v_th=15", /* at the end a current that no conductance shows */
     {"a:cond-exp:tau=20,e=-1000", "b:cond-exp:tau=0.05,e=100"},
     NULL,
     {1e-8, 400},
     false},
    {"i_e=500 tau_m=0.15", /* so fast that the leak alone takes a power */
     {"a:cond-exp:tau=0.05,e=0", NULL},
     NULL,
     {4000, 0},
     false},
    {"i_e=300", {"a:exp:tau=2", "b:alpha:tau=3"}, NULL, {900, 90}, false},
    {"", {"a:cond-exp:tau=5,e=0", "b:exp:tau=3"}, "step:amplitude=250", {30, 90}, false},
};

struct network {
    struct hk_sim *sim;
    struct hk_pop *pop;
    struct net_heard heard;
};

/* Ten spikes in nine ticks. */
static struct hk_pop *add_sources(struct hk_sim *sim) {
    double times[RUN], units[RUN];
    for (size_t k = 0; k < RUN; k++) {
        size_t tick = 1 + k * 9 / 10;
        times[k] = 0.1 * (double)tick;
        units[k] = (double)(k * 7 % SOURCES);
    }
    return net_spikes(sim, "in", SOURCES, times, units, RUN);
}

static void add_links(struct network *n, const struct fused_case *c, struct hk_pop *in) {
    for (size_t r = 0; r < RECEPTORS && c->receptors[r]; r++) {
        const char receptor[2] = {c->receptors[r][0], '\0'};
        bool both_signs = !strstr(c->receptors[r], "cond");
        struct net_link link = {.name = receptor,
                                .source = in,
                                .target = n->pop,
                                .receptor = receptor,
                                .connect = "probability:p=0.4",
                                .delay_ms = {HK_DIST_UNIFORM, 0.1, 2}};
        link.weight =
            (struct hk_dist){HK_DIST_UNIFORM, both_signs ? -c->weight[r] : 0, c->weight[r]};
        (void)net_link(n->sim, &link);
        link.name = "plastic";
        link.rule = "stdp-pair:a_plus=9,a_minus=9,w_max=1000";
        if (c->plastic && r == 0) {
            link.weight = (struct hk_dist){HK_DIST_UNIFORM, 0, c->weight[r]};
            (void)net_link(n->sim, &link);
        }
    }
}

/* Beside the receptors of a case, which nothing ends in. */
enum unused { NONE, OTHER_KIND, SAME_KIND };

static void make_network(struct network *n, const struct fused_case *c, int threads,
                         enum unused unused) {
    bool conducts = strstr(c->receptors[0], "cond") != NULL;
    const char *same = conducts ? "idle:cond-exp:tau=4,e=-20 " : "idle:exp:tau=4 ";
    char receptors[160];
    (void)snprintf(receptors, sizeof receptors, "%s%s%s%s%s", unused == SAME_KIND ? same : "",
                   c->receptors[0], c->receptors[1] ? " " : "",
                   c->receptors[1] ? c->receptors[1] : "",
                   unused == OTHER_KIND ? " none:alpha:tau=1" : "");
    n->sim = net_create(net_precision, 0.1, threads);
    n->pop = net_neurons(n->sim, "pop", SIZE, "lif", c->settings, receptors, c->drives);
    net_hear(n->pop, &n->heard);
    add_links(n, c, add_sources(n->sim));
    net_build(n->sim);
    net_run(n->sim, RUN);
}

static void network_finish(struct network *n) {
    net_heard_finish(&n->heard);
    hk_sim_destroy(n->sim);
}

static void same_state(const struct network *a, const struct network *b, const char *column) {
    double x[SIZE], y[SIZE];
    hk_pop_read(a->pop, (size_t)hk_pop_column(a->pop, column), x);
    hk_pop_read(b->pop, (size_t)hk_pop_column(b->pop, column), y);
    ck_assert_mem_eq(x, y, sizeof x);
}

static void same(const struct network *a, const struct network *b, const struct fused_case *c) {
    net_same_spikes(&a->heard, &b->heard, 101);
    ck_assert_uint_eq(hk_sim_count(a->sim).pulses, hk_sim_count(b->sim).pulses);
    same_state(a, b, "v");
    for (size_t r = 0; r < RECEPTORS && c->receptors[r]; r++) {
        bool current = !strstr(c->receptors[r], "cond");
        const char name[4] = {current ? 'i' : 'g', '_', c->receptors[r][0], '\0'};
        same_state(a, b, name);
    }
}

START_TEST(receptors_taken_along_do_what_they_do_alone) {
    static const char *const isas[] = {"base", "v3", "v4"};
    const struct fused_case *c = &cases[_i];
    struct network alone, along;
    make_network(&alone, c, 1, OTHER_KIND);
    for (size_t i = 0; i < HK_COUNT(isas); i++) {
        ck_assert_int_eq(setenv("HILLOCK_ISA", isas[i], 1), 0);
        make_network(&along, c, 1 + (int)i, NONE);
        ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
        same(&alone, &along, c);
        network_finish(&along);
    }
    network_finish(&alone);
}
END_TEST

START_TEST(an_idle_receptor_is_left_out) {
    const struct fused_case *c = &cases[_i];
    struct network alone, idle;
    make_network(&alone, c, 1, OTHER_KIND);
    make_network(&idle, c, 2, SAME_KIND);
    same(&alone, &idle, c);
    network_finish(&idle);
    network_finish(&alone);
}
END_TEST

/* By hand, between two runs: from then on it decays, and pushes V. */
START_TEST(an_idle_receptor_that_is_given_a_state_acts) {
    struct hk_sim *sim = net_create(net_precision, 0.1, 1);
    static const double times[] = {1, 2}, units[] = {0, 0};
    struct hk_pop *in = net_spikes(sim, "in", 1, times, units, 2);
    struct hk_pop *pop =
        net_neurons(sim, "pop", 1, "lif", "v_rest=-70", "idle:exp:tau=5 a:exp:tau=2", NULL);
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = pop,
                                           .receptor = "a",
                                           .connect = "probability:p=1",
                                           .weight = {HK_DIST_UNIFORM, 1e-9, 2e-9},
                                           .delay_ms = net_value(0.1)});
    net_build(sim);
    net_run(sim, 100);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -70, 1e-4);
    net_set_state(pop, "i_idle", 0, 100);
    net_run(sim, 100); /* 10 ms of 100 pA that decay with 5 ms, on 10 ms and 250 pF */
    ck_assert_double_eq_tol(net_state(pop, "i_idle", 0), 100 * exp(-2), 1e-3);
    ck_assert_double_eq_tol(net_state(pop, "v", 0), -70 + 4 * (exp(-1) - exp(-2)), 1e-3);
    hk_sim_destroy(sim);
}
END_TEST

/* ---- what arrives at one receptor ---- */

/* A bundle, a matrix, two drives: bits of `which`. All end in receptor a, or `apart` each in one of
 * its own. */
enum { ADDENDS = 4, BUNDLE = 1, MATRIX = 2, DRIVE = 4, SECOND_DRIVE = 8, ALL_ADDENDS = 15 };
static const char *const addend_receptors[] = {"a", "b", "c", "d"};

static struct hk_pop *add_driven(struct hk_sim *sim, unsigned which, bool apart) {
    char drives[160] = "", two[80];
    const char *const *names = addend_receptors;
    if (which & DRIVE)
        (void)snprintf(drives, sizeof drives, "poisson:rate=8000,weight=-30,receptor=%s ",
                       names[apart ? 2 : 0]);
    (void)snprintf(two, sizeof two, "poisson:rate=900,weight=7,receptor=%s", names[apart ? 3 : 0]);
    if (which & SECOND_DRIVE) (void)strncat(drives, two, sizeof drives - strlen(drives) - 1);
    return net_neurons(sim, "pop", SIZE, "lif", "",
                       apart ? "a:exp:tau=3 b:exp:tau=3 c:exp:tau=3 d:exp:tau=3" : "a:exp:tau=3",
                       *drives ? drives : NULL);
}

/* What is in the receptors after 10 ms. */
static void add_up(unsigned which, bool apart, double sum[SIZE]) {
    double x[SIZE];
    struct hk_sim *sim = net_create(net_precision, 0.1, 2);
    struct hk_pop *pop = add_driven(sim, which, apart);
    struct net_link link = {.name = "bundle",
                            .source = add_sources(sim),
                            .target = pop,
                            .receptor = addend_receptors[0],
                            .connect = "probability:p=0.4",
                            .weight = {HK_DIST_UNIFORM, -20, 40},
                            .delay_ms = net_value(0.3)};
    if (which & BUNDLE) (void)net_link(sim, &link);
    link.name = "matrix";
    link.receptor = addend_receptors[apart ? 1 : 0];
    link.connect = "all-to-all";
    if (which & MATRIX) (void)net_link(sim, &link);
    net_build(sim);
    net_run(sim, 100);
    memset(sum, 0, SIZE * sizeof *sum);
    for (size_t r = 0; r < (apart ? ADDENDS : 1); r++) {
        const char column[4] = {'i', '_', addend_receptors[r][0], '\0'};
        hk_pop_read(pop, (size_t)hk_pop_column(pop, column), x);
        for (size_t i = 0; i < SIZE; i++) sum[i] += x[i];
    }
    hk_sim_destroy(sim);
}

/* Receptors are linear: what several addends bring to one is the sum of what they bring to one
 * each. SIZE is neither a whole number of blocks nor of groups. */
START_TEST(all_that_arrives_at_a_receptor_is_added_up) {
    const double tolerance = net_precision == HK_SINGLE ? 2e-2 : 1e-9; /* bundles round weights */
    double together[SIZE], apart[SIZE], most = 0;
    add_up((unsigned)_i, false, together);
    add_up((unsigned)_i, true, apart);
    for (size_t i = 0; i < SIZE; i++) {
        ck_assert_double_eq_tol(together[i], apart[i], tolerance);
        most = fmax(most, fabs(apart[i]));
    }
    ck_assert_double_gt(most, 5);
}
END_TEST

static void add_cases(Suite *suite, enum hk_precision precision) {
    TCase *bits = net_case(suite, "bits", precision);
    tcase_add_loop_test(bits, receptors_taken_along_do_what_they_do_alone, 0, HK_COUNT(cases));
    tcase_add_loop_test(bits, an_idle_receptor_is_left_out, 0, HK_COUNT(cases));
    tcase_add_test(bits, an_idle_receptor_that_is_given_a_state_acts);
    tcase_add_loop_test(bits, all_that_arrives_at_a_receptor_is_added_up, 1, ALL_ADDENDS + 1);
}

Suite *suite_sim_fused(void) {
    Suite *suite = suite_create("sim/fused");
    add_cases(suite, HK_SINGLE);
    add_cases(suite, HK_DOUBLE);
    return suite;
}
