/* A simulation as a whole: creating and refusing, a state that is reset, runs in pieces. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "sim/machine.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

/* ---- creating ---- */

static void refuses(double tick_ms, int threads, const char *words) {
    struct hk_err err = {0};
    const struct hk_sim_options options = {.tick_ms = tick_ms, .threads = threads};
    ck_assert_ptr_null(hk_sim_create(&options, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_str_eq(err.message, words);
}

START_TEST(options_that_make_no_sense_are_refused) {
    refuses(0, 1, "resolution = 0 ms, must be above 0");
    refuses(-0.1, 1, "resolution = -0.1 ms, must be above 0");
    refuses((double)NAN, 1, "resolution = nan ms, must be above 0");
    refuses(0.1, -1, "threads = -1, must be in 0..256");
    refuses(0.1, 257, "threads = 257, must be in 0..256");
    struct hk_err err = {0};
    ck_assert_ptr_null(hk_sim_create(&(struct hk_sim_options){.tick_ms = 1e7}, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
}
END_TEST

START_TEST(an_empty_simulation_runs) {
    struct hk_sim *sim = net_create(HK_SINGLE, 0.25, 3);
    net_build(sim);
    net_run(sim, 1000);
    ck_assert_int_eq(hk_sim_now(sim), 1000);
    ck_assert_double_eq(hk_sim_tick_ms(sim), 0.25);
    ck_assert_int_eq(hk_sim_threads(sim), 3);
    ck_assert_int_eq(hk_sim_precision(sim), HK_SINGLE);
    ck_assert_uint_eq(hk_sim_count(sim).events, 0);
    ck_assert_uint_gt(hk_sim_memory(sim), 0);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(one_that_was_never_built_can_end) {
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, 2);
    (void)net_source(sim, "in", 10, "poisson", "rate=1");
    hk_sim_destroy(sim);
    hk_sim_destroy(NULL);
}
END_TEST

/* 10^13 synapses: 40 TB, which would take days to draw. */
START_TEST(what_no_machine_can_hold_is_refused_at_once) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, 2);
    struct hk_pop *n = net_neurons(sim, "n", 1000000, "lif", NULL, "exc:exp", NULL);
    (void)net_link(sim, &(struct net_link){.source = n,
                                           .target = n,
                                           .receptor = "exc",
                                           .connect = "fixed-indegree:n=10000000",
                                           .weight = {HK_DIST_CONSTANT, 1, 0},
                                           .delay_ms = {HK_DIST_CONSTANT, 1, 0}});
    ck_assert(!hk_sim_build(sim, &err));
    ck_assert_int_eq(err.code, HK_ERR_MEMORY);
    ck_assert_msg(strstr(err.message, "the network takes some ") == err.message, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, " GiB of memory and swap"));
    hk_sim_destroy(sim);
}
END_TEST

/* Small networks run alone, whatever the machine. */
START_TEST(threads_are_as_many_as_a_network_can_use) {
    struct hk_sim *sim = net_create(HK_SINGLE, 0.1, 0);
    (void)net_neurons(sim, "n", 10, "lif", "", NULL, NULL);
    net_build(sim);
    ck_assert_int_eq(hk_sim_threads(sim), 1);
    hk_sim_destroy(sim);
}
END_TEST

/* A second thread gains as much as its barriers take with 4,000 neurons of currents at each tick,
 * and a quarter of the time with conductances or in double precision. */
START_TEST(a_thread_must_be_worth_its_barriers) {
    static const struct {
        hk_neuron neurons;
        const char *receptors;
        enum hk_precision precision;
        int useful;
    } networks[] = {{4000, "exc:exp", HK_SINGLE, 1},
                    {4000, "exc:exp", HK_DOUBLE, 3},
                    {4000, "exc:cond-exp:e=0", HK_SINGLE, 3},
                    {8000, "exc:exp", HK_SINGLE, 3}};
    const int cores = hk_machine_cores();
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct hk_sim *sim = net_create(networks[i].precision, 0.1, 0);
        struct hk_pop *n =
            net_neurons(sim, "n", networks[i].neurons, "lif", "", networks[i].receptors, NULL);
        (void)net_link(sim, &(struct net_link){.source = n,
                                               .target = n,
                                               .receptor = "exc",
                                               .connect = "fixed-indegree:n=1",
                                               .weight = net_value(1),
                                               .delay_ms = net_value(0.1)});
        net_build(sim);
        int useful = networks[i].useful;
        ck_assert_int_eq(hk_sim_threads(sim), useful < cores ? useful : cores);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* ---- again, and in pieces ---- */

enum { INPUTS = 40, NEURONS = 50, SYNAPSES = INPUTS * NEURONS, SHOWN = 500, RUN = 600 };

/* A plastic, recurrent network, and what happened when it was shown a sample. */
struct shown {
    struct hk_sim *sim;
    struct hk_proj *plastic;
    struct net_heard heard; /* ticks are counted from the showing */
    double weights[SYNAPSES];
};

static void shown_init(struct shown *shown) {
    struct hk_sim *sim = shown->sim = net_create(HK_DOUBLE, 0.1, 2);
    struct hk_pop *in = net_encoder(sim, "in", INPUTS, "poisson", "rate_max=400");
    struct hk_pop *a = net_neurons(sim, "a", NEURONS, "lif", "", "exc:exp inh:exp", NULL);
    shown->plastic =
        net_link(sim, &(struct net_link){.source = in,
                                         .target = a,
                                         .receptor = "exc",
                                         .weight = {HK_DIST_UNIFORM, 0, 120},
                                         .rule = "stdp-pair:a_plus=5,a_minus=5,w_max=200"});
    (void)net_link(sim, &(struct net_link){.source = a,
                                           .target = a,
                                           .receptor = "inh",
                                           .connect = "fixed-indegree:n=10",
                                           .weight = net_value(-30),
                                           .delay_ms = {HK_DIST_UNIFORM, 0.5, 3}});
    hk_pop_draw(a, 0, &(struct hk_dist){HK_DIST_UNIFORM, -70, -55});
    net_hear(a, &shown->heard);
    net_build(sim);
}

static void shown_finish(struct shown *shown) {
    net_heard_finish(&shown->heard);
    hk_sim_destroy(shown->sim);
}

static void read_weights(const struct hk_proj *proj, double *weights) {
    struct hk_err err = {0};
    ck_assert_uint_eq(hk_proj_count(proj), SYNAPSES);
    ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weights}, &err));
}

/* Show the sample, and run in pieces of so many ticks. */
static void show(struct shown *shown, hk_tick piece) {
    struct hk_err err = {0};
    float values[INPUTS];
    hk_tick from = hk_sim_now(shown->sim);
    shown->heard.count = 0;
    for (size_t i = 0; i < INPUTS; i++) values[i] = (float)(i % 7) / 7;
    ck_assert(hk_sim_present(shown->sim, values, INPUTS, SHOWN, 1, 3, &err));
    for (hk_tick done = 0; done < RUN; done += piece) net_run(shown->sim, piece);
    hk_tick *ticks = shown->heard.ticks.data;
    for (size_t k = 0; k < shown->heard.count; k++) ticks[k] -= from;
    read_weights(shown->plastic, shown->weights);
}

static void check_same(const struct shown *a, const struct shown *b) {
    net_same_spikes(&a->heard, &b->heard, 101);
    ck_assert_mem_eq(a->weights, b->weights, sizeof a->weights);
}

/* What was in flight or in a trace is forgotten, so once weights are as they were all repeats. */
START_TEST(a_reset_state_repeats_a_run_to_the_bit) {
    static struct shown first, again;
    static double before[SYNAPSES];
    struct hk_err err = {0};
    shown_init(&first);
    shown_init(&again);
    read_weights(again.plastic, before);
    show(&first, RUN);
    show(&again, RUN);
    for (int times = 0; times < 3; times++) {
        net_run(again.sim, (hk_tick)3 * times); /* another phase of the ring of spikes */
        hk_sim_reset_state(again.sim);
        ck_assert(hk_proj_write_weights(again.plastic, before, &err));
        show(&again, RUN);
        check_same(&again, &first);
    }
    shown_finish(&first);
    shown_finish(&again);
}
END_TEST

START_TEST(a_reset_state_keeps_the_weights) {
    static struct shown shown;
    static double after[SYNAPSES];
    shown_init(&shown);
    show(&shown, RUN);
    hk_sim_reset_state(shown.sim);
    read_weights(shown.plastic, after);
    ck_assert_mem_eq(after, shown.weights, sizeof after);
    shown_finish(&shown);
}
END_TEST

/* At tick 15, when the state is reset, V has been moved by a spike of tick 5 that had no delay, and
 * three others are on their way for 20 ms. */
START_TEST(a_reset_state_is_the_one_at_build_without_spikes_in_flight) {
    static const double times[] = {0.5, 1, 1.2}, units[] = {0, 1, 1};
    double start[NEURONS], now[NEURONS];
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 2);
    struct hk_pop *near = net_spikes(sim, "near", 2, times, units, 1);
    struct hk_pop *far = net_spikes(sim, "far", 2, times, units, 3);
    struct hk_pop *out = net_neurons(sim, "out", NEURONS, "lif", "", "r:delta", NULL);
    (void)net_link(sim, &(struct net_link){.source = near, .target = out, .weight = net_value(1)});
    (void)net_link(sim, &(struct net_link){.source = far,
                                           .target = out,
                                           .connect = "fixed-indegree:n=2",
                                           .weight = net_value(1),
                                           .delay_ms = net_value(20)});
    hk_pop_draw(out, 0, &(struct hk_dist){HK_DIST_UNIFORM, -70, -60});
    hk_pop_read(out, 0, start);
    net_build(sim);
    net_run(sim, 15);
    ck_assert_uint_eq(hk_sim_count(sim).events, NEURONS);
    hk_sim_reset_state(sim);
    hk_pop_read(out, 0, now);
    ck_assert_mem_eq(now, start, sizeof now);
    net_run(sim, 500);
    ck_assert_uint_eq(hk_sim_count(sim).events, NEURONS);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(a_run_in_pieces_is_the_whole_run) {
    static const hk_tick pieces[] = {1, 3, 50, 300};
    static struct shown whole, parts;
    shown_init(&whole);
    show(&whole, RUN);
    for (size_t k = 0; k < HK_COUNT(pieces); k++) {
        shown_init(&parts);
        show(&parts, pieces[k]);
        check_same(&parts, &whole);
        shown_finish(&parts);
    }
    shown_finish(&whole);
}
END_TEST

Suite *suite_sim_sim(void) {
    Suite *suite = suite_create("sim/sim");
    TCase *create = tcase_create("create"), *again = tcase_create("again");
    tcase_add_test(create, options_that_make_no_sense_are_refused);
    tcase_add_test(create, an_empty_simulation_runs);
    tcase_add_test(create, one_that_was_never_built_can_end);
    tcase_add_test(create, what_no_machine_can_hold_is_refused_at_once);
    tcase_add_test(create, threads_are_as_many_as_a_network_can_use);
    tcase_add_test(create, a_thread_must_be_worth_its_barriers);
    suite_add_tcase(suite, create);
    tcase_add_test(again, a_reset_state_repeats_a_run_to_the_bit);
    tcase_add_test(again, a_reset_state_keeps_the_weights);
    tcase_add_test(again, a_reset_state_is_the_one_at_build_without_spikes_in_flight);
    tcase_add_test(again, a_run_in_pieces_is_the_whole_run);
    suite_add_tcase(suite, again);
    return suite;
}
