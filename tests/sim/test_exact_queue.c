/* The queue of the exact clock: what happens at one tick has one order, whoever owns it and
 * whenever it was sent; and what it holds follows the spikes that are in flight. */
#include <check.h>
#include <string.h>

#include "sim/exact_internal.h"
#include "sim/rng.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double NS = 1e-6; /* ms */
static const hk_tick MS = 1000000;

/* ---- the order ---- */

static bool is_before(const struct hk_shot *a, const struct hk_shot *b) {
    if (a->tick != b->tick) return a->tick < b->tick;
    if (a->pop != b->pop) return a->pop < b->pop;
    return a->unit < b->unit;
}

static struct hk_shot draw_shot(struct hk_draws *draws) {
    return (struct hk_shot){.tick = hk_draws_below(draws, 6),
                            .pop = hk_draws_below(draws, 4),
                            .unit = hk_draws_below(draws, 50)};
}

START_TEST(spikes_are_ordered_by_tick_population_and_unit) {
    enum { SHOTS = 500 };
    struct hk_err err = {0};
    struct hk_list_of shots = {.count = 0};
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "shots"), 0, 0);
    for (int k = 0; k < SHOTS; k++) {
        struct hk_shot *shot = hk_list_add(&shots, sizeof *shot, &err);
        ck_assert_ptr_nonnull(shot);
        *shot = draw_shot(&draws);
    }
    hk_exact_sort_shots(&shots);
    const struct hk_shot *sorted = shots.block.data;
    for (int k = 1; k < SHOTS; k++) ck_assert(!is_before(&sorted[k], &sorted[k - 1]));
    hk_block_finish(&shots.block);
}
END_TEST

/* Pushed and taken in turns: what is taken is never after what stays. */
START_TEST(ways_to_the_threshold_come_out_in_the_same_order) {
    static struct hk_exact_thread t = {.end = 6};
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "heap"), 0, 0);
    for (int k = 0; k < 2000; k++) {
        if (t.crossings.count == 0 || hk_draws_below(&draws, 5) < 3) {
            struct hk_shot shot = draw_shot(&draws);
            hk_crossing_push(NULL, &t, &shot); /* none is later than the window */
            continue;
        }
        const struct hk_shot first = *(const struct hk_shot *)t.crossings.block.data;
        hk_crossing_pop(&t);
        const struct hk_shot *left = t.crossings.block.data;
        bool is_first = true;
        for (size_t i = 0; i < t.crossings.count; i++) is_first &= !is_before(&left[i], &first);
        ck_assert(is_first);
    }
    ck_assert_int_eq(t.err.code, HK_OK);
    hk_block_finish(&t.crossings.block);
}
END_TEST

enum { UNITS = 400, WINDOW = 4, LONG = 2000 }; /* some lie beyond all windows that are kept */

/* Ways that end all over the time: some were due earlier than they end now, some end never by now.
 */
static void draw_ways(const struct hk_sim *sim, struct hk_exact_thread *t, struct hk_way *ways) {
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "later"), 0, 0);
    for (hk_neuron i = 0; i < UNITS; i++) {
        struct hk_shot shot = {1 + hk_draws_below(&draws, LONG), 0, i};
        ways[i] = (struct hk_way){.next = shot.tick, .due = shot.tick};
        hk_crossing_push(sim, t, &shot);
        if (i % 3 == 1) ways[i].next += hk_draws_below(&draws, LONG);
        if (i % 5 == 1) ways[i].next = HK_NEVER;
    }
}

/* Windows are as long as planned, or shorter. */
START_TEST(ways_of_later_windows_come_out_in_theirs_and_in_order) {
    static struct hk_way ways[UNITS];
    static struct hk_exact_thread t;
    struct hk_exact_pop pop = {.ways = ways};
    struct hk_exact exact = {.pops = &pop};
    struct hk_sim sim = {.window = WINDOW, .exact = &exact};
    size_t found = 0, expected = 0;
    draw_ways(&sim, &t, ways);
    for (hk_neuron i = 0; i < UNITS; i++) expected += ways[i].next < HK_NEVER;
    while (t.end < (hk_tick)2 * LONG) {
        struct hk_shot last = {0};
        t.begin = t.end;
        t.end += t.window++ % 7 ? WINDOW : 1;
        hk_crossing_open(&sim, &t);
        for (const struct hk_shot *first;
             (first = hk_crossing_first(&sim, &t)) && first->tick <= t.end; found++) {
            ck_assert(first->tick > t.begin && !is_before(first, &last));
            ck_assert_int_eq(first->tick, ways[first->unit].next);
            last = *first;
            ways[first->unit].due = HK_NEVER;
            hk_crossing_pop(&t);
        }
    }
    ck_assert_uint_eq(found, expected);
    for (size_t i = 0; i < HK_AHEAD; i++) hk_block_finish(&t.later[i].block);
    hk_block_finish(&t.crossings.block);
}
END_TEST

enum { TARGETS = 40, A = 5, B = 7 };

/* What has arrived at a target from `sources` units, as the sum goes on. */
static double add_all(const struct hk_proj *proj, hk_neuron target, double sum) {
    struct hk_err err = {0};
    double weight[TARGETS * B];
    hk_neuron to[TARGETS * B];
    ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weight, .target = to}, &err));
    for (size_t k = 0; k < hk_proj_count(proj); k++)
        if (to[k] == target) sum += weight[k];
    return sum;
}

/* Weights so different that each order of adding them has its own sum. They were sent at 1 and at
 * 3 ms, and all arrive at 4: by projection, then by source. */
START_TEST(weights_that_arrive_at_one_tick_are_added_by_projection_and_source) {
    static const int threads[] = {1, 2, 3, 5, 8, 16};
    static const double early[] = {1}, late[] = {3};
    const struct hk_dist wide = {HK_DIST_NORMAL, 0, 1e5};
    for (size_t k = 0; k < HK_COUNT(threads); k++) {
        struct hk_sim *sim = net_create_exact(NS, threads[k]);
        struct hk_pop *a = net_spikes(sim, "a", A, early, NULL, 1);
        struct hk_pop *b = net_spikes(sim, "b", B, late, NULL, 1);
        struct hk_pop *n = net_neurons(sim, "n", TARGETS, "lif", "", "r:exp:tau=5", NULL);
        struct net_link link = {.source = b, .target = n, .weight = wide, .delay_ms = net_value(1)};
        struct hk_proj *first = net_link(sim, &link);
        link.source = a;
        link.delay_ms = net_value(3);
        struct hk_proj *second = net_link(sim, &link);
        net_build(sim);
        net_run(sim, 4 * MS);
        for (hk_neuron i = 0; i < TARGETS; i++)
            ck_assert_double_eq(net_state(n, "i_r", i), add_all(second, i, add_all(first, i, 0)));
        hk_sim_destroy(sim);
    }
}
END_TEST

/* 400 pA lead to the threshold at tau ln 16. A jump down that arrives at the very tick comes after
 * the spike, and is lost on a neuron that is held. A nanosecond earlier it prevents the spike. */
START_TEST(a_neuron_whose_way_ends_fires_before_anything_arrives) {
    for (hk_tick before = 0; before < 2; before++) {
        struct net_heard heard;
        hk_tick crossing = 27725888; /* ns: 10 ln 16 = 27.7258872 */
        double times[] = {(double)(crossing - before) * NS};
        struct hk_sim *sim = net_create_exact(NS, 1);
        struct hk_pop *n = net_neurons(sim, "n", 1, "lif", "i_e=400 t_ref=5", "j:delta", NULL);
        struct hk_pop *in = net_spikes(sim, "in", 1, times, NULL, 1);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = n,
                                               .weight = net_value(-3),
                                               .delay_ms = net_value(0)});
        net_hear(n, &heard);
        net_build(sim);
        net_run(sim, 28 * MS);
        ck_assert_uint_eq(heard.count, before ? 0 : 1);
        if (!before) {
            ck_assert_int_eq(net_heard_tick(&heard, 0), crossing);
            ck_assert_double_eq(net_state(n, "v", 0), -70);
        }
        net_heard_finish(&heard);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* ---- its size ---- */

enum { SOURCES = 10, FAN_OUT = 2000 };

/* Ten spikes, each on its way to 2000 targets for 2 to 20 ms: ten cursors, until the last has
 * arrived; and of the 20,000 arrivals, those of a window are listed: 0.5 ms of 18 are 556. */
START_TEST(the_queue_holds_spikes_and_not_synapses) {
    static const double times[] = {1};
    struct hk_sim *sim = net_create_exact(NS, 1);
    struct hk_pop *in = net_spikes(sim, "in", SOURCES, times, NULL, 1);
    struct hk_pop *n = net_neurons(sim, "n", FAN_OUT, "lif", "", "r:exp", NULL);
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = n,
                                           .weight = {HK_DIST_UNIFORM, 0.1, 0.2},
                                           .delay_ms = {HK_DIST_UNIFORM, 2, 20}});
    (void)net_link(sim, &(struct net_link){.source = n,
                                           .target = n,
                                           .connect = "one-to-one",
                                           .weight = net_value(0),
                                           .delay_ms = net_value(0.5)});
    net_build(sim);
    const struct hk_exact_thread *t = &sim->exact->threads[0];
    size_t most = 0;
    for (int half = 1; half <= 50; half++) {
        net_run(sim, MS / 2);
        ck_assert_uint_eq(t->cursors.count, half >= 2 && half <= 41 ? SOURCES : 0);
        most = t->arrivals.count > most ? t->arrivals.count : most;
    }
    ck_assert_uint_eq(hk_sim_count(sim).events, (uint64_t)SOURCES * FAN_OUT);
    ck_assert_uint_gt(most, 400);
    ck_assert_uint_lt(most, 700);
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_sim_exact_queue(void) {
    Suite *suite = suite_create("sim/exact_queue");
    TCase *order = tcase_create("order"), *size = tcase_create("size");
    tcase_add_test(order, spikes_are_ordered_by_tick_population_and_unit);
    tcase_add_test(order, ways_to_the_threshold_come_out_in_the_same_order);
    tcase_add_test(order, ways_of_later_windows_come_out_in_theirs_and_in_order);
    tcase_add_test(order, weights_that_arrive_at_one_tick_are_added_by_projection_and_source);
    tcase_add_test(order, a_neuron_whose_way_ends_fires_before_anything_arrives);
    suite_add_tcase(suite, order);
    tcase_add_test(size, the_queue_holds_spikes_and_not_synapses);
    suite_add_tcase(suite, size);
    return suite;
}
