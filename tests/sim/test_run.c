/* The engine: arrival times, order within a tick, and above all the same spikes for any number of
 * threads and instruction set. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/bits.h"
#include "tests/support/ledger.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

/* A recurrent network with every kind of storage and a plastic projection of each kind: matrix,
 * rows with one and with many delays, uniform with and without exception. */
enum { LINKS = 7 };

struct circuit {
    struct hk_sim *sim;
    struct hk_pop *in, *a, *b;
    struct hk_proj *proj[LINKS];
    struct net_heard heard[2];
};

static void add_links(struct circuit *c) {
    const struct hk_dist many = {HK_DIST_UNIFORM, 0.5, 2.5}, one = net_value(1.0);
    const struct net_link links[] = {
        {.name = "m",
         .source = c->in,
         .target = c->a,
         .receptor = "exc",
         .weight = {HK_DIST_UNIFORM, 0, 90},
         .delay_ms = net_value(0.5),
         .rule = "stdp-pair:a_plus=2,a_minus=2,w_max=120"},
        {.name = "r",
         .source = c->a,
         .target = c->a,
         .receptor = "inh",
         .connect = "fixed-indegree:n=20",
         .weight = {HK_DIST_NORMAL, -30, 5},
         .delay_ms = many,
         .synapse = "tsodyks-markram:u=0.6,tau_rec=100,tau_fac=50"},
        {.name = "s",
         .source = c->b,
         .target = c->a,
         .receptor = "inh",
         .weight = net_value(-1),
         .delay_ms = one,
         .synapse = "tsodyks-markram:u=0.4,tau_rec=200"},
        {.name = "p",
         .source = c->a,
         .target = c->b,
         .receptor = "exc",
         .connect = "probability:p=0.3",
         .weight = {HK_DIST_UNIFORM, 0, 4},
         .delay_ms = many,
         .rule = "stdp-pair:a_plus=0.1,a_minus=0.1,w_max=6,coincident=pre-first"},
        {.name = "d",
         .source = c->in,
         .target = c->b,
         .receptor = "exc",
         .connect = "probability:p=0.5",
         .weight = net_value(2),
         .delay_ms = one,
         .rule = "diehl-cook:w_max=9,a_plus=0.4,a_minus=0.02"},
        {.name = "u",
         .source = c->b,
         .target = c->b,
         .receptor = "inh",
         .connect = "all-to-all:except=same-index",
         .weight = net_value(0.5),
         .delay_ms = net_value(0.4)},
        {.name = "v",
         .source = c->b,
         .target = c->a,
         .receptor = "inh",
         .weight = net_value(-3),
         .delay_ms = net_value(0.4)},
    };
    ck_assert_uint_eq(HK_COUNT(links), LINKS);
    for (size_t i = 0; i < LINKS; i++) c->proj[i] = net_link(c->sim, &links[i]);
}

static void make_circuit(struct circuit *c, enum hk_precision precision, int threads) {
    struct hk_sim *sim = c->sim = net_create(precision, 0.1, threads);
    c->in = net_source(sim, "in", 70, "poisson", "rate=300");
    c->a = net_neurons(sim, "a", 203, "lif", "", "exc:exp:tau=2 inh:exp:tau=3", NULL);
    c->b = net_neurons(sim, "b", 90, "alif", "theta_plus=1 tau_theta=50 v_reset=-70",
                       "exc:cond-exp:tau=2,e=0 inh:cond-exp:tau=5,e=-80", NULL);
    add_links(c);
    hk_pop_draw(c->a, 0, &(struct hk_dist){HK_DIST_UNIFORM, -70, -55});
    net_hear(c->a, &c->heard[0]);
    net_hear(c->b, &c->heard[1]);
    net_build(sim);
}

static uint64_t digest_spikes(const struct net_heard *heard, uint64_t hash) {
    const hk_tick *ticks = heard->ticks.data;
    const uint32_t *units = heard->units.data;
    for (size_t k = 0; k < heard->count; k++)
        hash = bits_mix(bits_mix(hash, (uint64_t)ticks[k]), units[k]);
    return hash;
}

static uint64_t run_network(enum hk_precision precision, int threads, size_t *spikes) {
    struct circuit c;
    uint64_t hash = 1;
    make_circuit(&c, precision, threads);
    net_run(c.sim, 777);
    net_run(c.sim, 2224);
    *spikes = c.heard[0].count + c.heard[1].count;
    for (size_t p = 0; p < 2; p++) {
        hash = digest_spikes(&c.heard[p], hash);
        net_heard_finish(&c.heard[p]);
    }
    for (size_t i = 0; i < LINKS; i++) hash = bits_mix_synapses(hash, c.proj[i]);
    hk_sim_destroy(c.sim);
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

/* ---- when a spike arrives ---- */

/* The same all-to-all projection, stored in every way that there is. */
static const struct {
    const char *connect;
    enum hk_dist_kind weight; /* uniform: one weight a synapse, though all alike */
    const char *rule;
} storages[] = {
    {"all-to-all", HK_DIST_CONSTANT, NULL},                                   /* nothing */
    {"all-to-all", HK_DIST_UNIFORM, NULL},                                    /* a matrix */
    {"all-to-all", HK_DIST_CONSTANT, "stdp-pair:a_plus=0,a_minus=0,w_max=9"}, /* a matrix */
    {"probability:p=1", HK_DIST_CONSTANT, NULL},                              /* rows, no weights */
    {"probability:p=1", HK_DIST_UNIFORM, NULL},                               /* rows */
    {"probability:p=1", HK_DIST_CONSTANT, "stdp-pair:a_plus=0,a_minus=0,w_max=9"}, /* rows */
};
enum { STORAGES = HK_COUNT(storages), FIRED_AT = 5 };

static const double delays_ms[] = {0, 0.1, 0.2, 1.3, 6.3, 6.4, 6.5, 25};

/* A unit spikes at tick 5; V of the targets is 0 until the tick of arrival, and 1 mV at it. */
static void check_arrival(struct hk_sim *sim, const struct hk_pop *target, hk_tick delay) {
    net_run(sim, FIRED_AT + delay - 1);
    for (hk_neuron i = 0; i < hk_pop_size(target); i++)
        ck_assert_double_eq(net_state(target, "v", i), 0.0);
    net_run(sim, 1);
    for (hk_neuron i = 0; i < hk_pop_size(target); i++)
        ck_assert_double_eq(net_state(target, "v", i), 1.0);
    net_run(sim, 100);
    for (hk_neuron i = 0; i < hk_pop_size(target); i++) /* and never again */
        ck_assert_double_lt(net_state(target, "v", i), 0.4);
}

static void link_stored(struct hk_sim *sim, size_t storage, struct hk_pop *source,
                        struct hk_pop *target, const char *receptor, double delay_ms) {
    (void)net_link(sim, &(struct net_link){.source = source,
                                           .target = target,
                                           .receptor = receptor,
                                           .connect = storages[storage].connect,
                                           .weight = {storages[storage].weight, 1, 1},
                                           .delay_ms = net_value(delay_ms),
                                           .rule = storages[storage].rule});
}

START_TEST(a_spike_of_a_source_arrives_exactly_after_its_delay) {
    static const double times[] = {0.5};
    for (size_t k = 0; k < HK_COUNT(delays_ms); k++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 2);
        struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
        struct hk_pop *out =
            net_neurons(sim, "out", 40, "lif", "v_rest=0 v_th=15", "r:delta", NULL);
        link_stored(sim, (size_t)_i, in, out, "r", delays_ms[k]);
        net_build(sim);
        check_arrival(sim, out, lround(delays_ms[k] / 0.1));
        hk_sim_destroy(sim);
    }
}
END_TEST

START_TEST(a_spike_of_a_neuron_arrives_exactly_after_its_delay) {
    static const double times[] = {0.5};
    for (size_t k = 1; k < HK_COUNT(delays_ms); k++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 2);
        struct hk_pop *out =
            net_neurons(sim, "out", 40, "lif", "v_rest=0 v_th=15", "r:delta", NULL);
        struct hk_pop *relay = net_neurons(sim, "relay", 1, "lif", "", "r:delta", NULL);
        struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
        (void)net_link(sim,
                       &(struct net_link){.source = in, .target = relay, .weight = net_value(99)});
        link_stored(sim, (size_t)_i, relay, out, "r", delays_ms[k]);
        net_build(sim);
        check_arrival(sim, out, lround(delays_ms[k] / 0.1));
        hk_sim_destroy(sim);
    }
}
END_TEST

/* A source without delay, then links of one tick: unit k fires k ticks after the source, whatever
 * order the populations were added in. */
START_TEST(a_chain_passes_a_spike_on_by_one_tick_a_link) {
    enum { LENGTH = 7 };
    static const double times[] = {0.5};
    for (int backwards = 0; backwards <= 1; backwards++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 2);
        struct hk_pop *pops[LENGTH];
        struct net_heard heard[LENGTH];
        for (size_t k = 0; k < LENGTH; k++) {
            size_t at = backwards ? LENGTH - 1 - k : k;
            char name[] = {(char)('a' + (int)at), '\0'};
            pops[at] = net_neurons(sim, name, 1, "lif", "", "r:delta", NULL);
            net_hear(pops[at], &heard[at]);
        }
        struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
        for (size_t k = 0; k < LENGTH; k++)
            (void)net_link(sim, &(struct net_link){.source = k ? pops[k - 1] : in,
                                                   .target = pops[k],
                                                   .weight = net_value(99),
                                                   .delay_ms = net_value(k ? 0.1 : 0)});
        net_build(sim);
        net_run(sim, 40);
        for (size_t k = 0; k < LENGTH; k++) {
            ck_assert_uint_eq(heard[k].count, 1);
            ck_assert_int_eq(net_heard_tick(&heard[k], 0), FIRED_AT + (hk_tick)k);
            net_heard_finish(&heard[k]);
        }
        hk_sim_destroy(sim);
    }
}
END_TEST

/* 100 pA in the steps that begin at ticks 10..19: V rises to 4 mV (1 - e^(-t/tau)) from tick 10
 * on. */
START_TEST(a_step_current_acts_from_its_first_tick_to_its_last) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *pop =
        net_neurons(sim, "n", 1, "lif", "v_rest=0 v_th=15", NULL, "step:amplitude=100,from=1,to=2");
    net_build(sim);
    for (int tick = 1; tick <= 40; tick++) {
        net_run(sim, 1);
        double on = 0.1 * fmin(fmax(tick - 10, 0), 10), off = 0.1 * fmax(tick - 20, 0);
        double v = 4 * -expm1(-on / 10) * exp(-off / 10);
        ck_assert_double_eq_tol(net_state(pop, "v", 0), v, 1e-14);
    }
    hk_sim_destroy(sim);
}
END_TEST

/* ---- what doesn't get lost ---- */

/* A random network with each storage. */
static struct hk_sim *counted_network(int threads) {
    const struct hk_dist many = {HK_DIST_UNIFORM, 0, 3};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, threads);
    struct hk_pop *in = net_source(sim, "in", 50, "poisson", "rate=400");
    struct hk_pop *a = net_neurons(sim, "a", 60, "lif", "", "r:delta", NULL);
    struct hk_pop *b = net_neurons(sim, "b", 45, "lif", "", "r:delta", NULL);
    const struct net_link links[] = {
        {.name = "rows",
         .source = in,
         .target = a,
         .connect = "fixed-indegree:n=20",
         .weight = {HK_DIST_UNIFORM, 0, 3},
         .delay_ms = many},
        {.name = "matrix",
         .source = in,
         .target = b,
         .weight = {HK_DIST_UNIFORM, 0, 2},
         .delay_ms = net_value(0)},
        {.name = "uniform",
         .source = a,
         .target = b,
         .connect = "all-to-all:except=same-index",
         .weight = net_value(0.1),
         .delay_ms = net_value(2)},
        {.name = "plastic",
         .source = b,
         .target = a,
         .connect = "probability:p=0.2",
         .weight = net_value(-0.1),
         .delay_ms = many,
         .rule = "stdp-pair:a_plus=0.1,a_minus=0.1,w_min=-1,w_max=0"},
    };
    for (size_t k = 0; k < HK_COUNT(links); k++) (void)net_link(sim, &links[k]);
    net_build(sim);
    return sim;
}

START_TEST(every_spike_meets_each_of_its_synapses_once) {
    struct ledger ledger;
    struct hk_sim *sim = counted_network(_i);
    ledger_open(&ledger, sim);
    net_run(sim, 250);
    net_run(sim, 1);
    for (size_t p = 0; p < 3; p++) ck_assert_uint_gt(ledger.heard[p].count, 50);
    struct ledger_sums sums = ledger_check(&ledger, "a network with each storage");
    ledger_close(&ledger);
    ck_assert_uint_gt(sums.in_flight, 0);
    ck_assert_uint_eq(hk_sim_count(sim).updates, (uint64_t)251 * (60 + 45));
    hk_sim_destroy(sim);
}
END_TEST

/* ---- the end ---- */

/* A listener that has had enough after some calls. */
static bool refuse_later(void *context, const struct hk_pop *pop, hk_tick tick,
                         const uint32_t *units, size_t count, struct hk_err *err) {
    (void)pop, (void)tick, (void)units, (void)count;
    int *calls = context;
    return ++*calls < 5 || HK_FAIL(err, HK_ERR_IO, "no room");
}

START_TEST(a_listener_that_fails_ends_the_run) {
    struct hk_err err = {0};
    int calls = 0;
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, _i);
    struct hk_pop *in = net_source(sim, "in", 100, "poisson", "rate=500");
    struct hk_pop *out = net_neurons(sim, "out", 100, "lif", "", "r:delta", NULL);
    (void)net_link(sim, &(struct net_link){.source = in, .target = out, .weight = net_value(1)});
    hk_pop_listen(in, refuse_later, &calls);
    net_build(sim);
    ck_assert(!hk_sim_run(sim, 1000000, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "no room");
    ck_assert_int_eq(calls, 5);
    ck_assert_int_lt(hk_sim_now(sim), 1000);
    hk_sim_destroy(sim);
}
END_TEST

/* Euler's decay with a step of ten time constants: g is multiplied by -9 at each. One unit is
 * enough, whoever owns it. */
START_TEST(a_network_that_explodes_is_an_error) {
    const hk_neuron sizes[] = {40, 200}, units[] = {33, 199};
    for (int precision = 0; precision < HK_PRECISION_COUNT; precision++) {
        struct hk_err err = {0};
        struct hk_sim *sim = net_create((enum hk_precision)precision, 1, 2);
        struct hk_pop *pop = net_neurons(sim, "n", sizes[_i], "lif", "",
                                         "exc:cond-exp:tau=0.1,e=0,decay=euler", NULL);
        net_build(sim);
        net_set_state(pop, "g_exc", units[_i], 1);
        ck_assert(hk_sim_run(sim, 2, &err));
        ck_assert(!hk_sim_run(sim, 1000, &err));
        ck_assert_int_eq(err.code, HK_ERR_NUMERIC);
        ck_assert_msg(strncmp(err.message, "n.", 2) == 0, "%s", err.message);
        ck_assert_ptr_nonnull(strstr(err.message, "is no longer a finite number by 1002 ms"));
        hk_sim_destroy(sim);
    }
}
END_TEST

START_TEST(too_much_time_is_refused) {
    struct hk_err err = {0};
    float values[1] = {1};
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, 1);
    (void)net_encoder(sim, "in", 1, "poisson", "rate_max=1");
    net_build(sim);
    net_run(sim, 0);
    net_run(sim, 1);
    ck_assert_int_eq(hk_sim_now(sim), 1);
    ck_assert(!hk_sim_run(sim, INT64_MAX, &err));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
    err = (struct hk_err){0};
    ck_assert(!hk_sim_present(sim, values, 1, (hk_tick)1 << 32, 1, 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
    ck_assert_str_eq(err.message, "a presentation of 4294967296 ticks is too long");
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_sim_run(void) {
    Suite *suite = suite_create("sim/run");
    TCase *same = tcase_create("same"), *arrival = tcase_create("arrival");
    TCase *end = tcase_create("end");
    tcase_set_timeout(same, 120);
    tcase_add_test(same, results_are_the_same_for_any_number_of_threads);
    tcase_add_test(same, results_are_the_same_for_any_instruction_set);
    suite_add_tcase(suite, same);
    tcase_add_loop_test(arrival, a_spike_of_a_source_arrives_exactly_after_its_delay, 0, STORAGES);
    tcase_add_loop_test(arrival, a_spike_of_a_neuron_arrives_exactly_after_its_delay, 0, STORAGES);
    tcase_add_test(arrival, a_chain_passes_a_spike_on_by_one_tick_a_link);
    tcase_add_test(arrival, a_step_current_acts_from_its_first_tick_to_its_last);
    tcase_add_loop_test(arrival, every_spike_meets_each_of_its_synapses_once, 1, 4);
    suite_add_tcase(suite, arrival);
    tcase_add_loop_test(end, a_listener_that_fails_ends_the_run, 1, 4);
    tcase_add_loop_test(end, a_network_that_explodes_is_an_error, 0, 2);
    tcase_add_test(end, too_much_time_is_refused);
    suite_add_tcase(suite, end);
    return suite;
}
