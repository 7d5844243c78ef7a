/* Synapses as callers see them: in one order, whatever the storage and the number of threads. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

/* Every storage: nothing, a matrix, rows without weights, rows with one and with many delays,
 * plastic ones; recurrent, and with more and with fewer targets than sources. */
static const struct {
    const char *connect;
    enum hk_dist_kind weight, delay;
    const char *rule;
    hk_neuron sources, targets;
    size_t count; /* of synapses; 0: drawn */
} storages[] = {
    {"all-to-all", HK_DIST_CONSTANT, HK_DIST_CONSTANT, NULL, 40, 70, 2800},
    {"all-to-all:except=same-index", HK_DIST_CONSTANT, HK_DIST_CONSTANT, NULL, 40, 70, 2760},
    {"all-to-all:except=same-index", HK_DIST_CONSTANT, HK_DIST_CONSTANT, NULL, 70, 40, 2760},
    {"all-to-all", HK_DIST_UNIFORM, HK_DIST_CONSTANT, NULL, 40, 70, 2800},
    {"all-to-all:except=same-index", HK_DIST_UNIFORM, HK_DIST_CONSTANT, NULL, 40, 70, 2760},
    {"all-to-all", HK_DIST_UNIFORM, HK_DIST_UNIFORM, NULL, 40, 70, 2800},
    {"one-to-one", HK_DIST_CONSTANT, HK_DIST_CONSTANT, NULL, 50, 50, 50},
    {"probability:p=0.3", HK_DIST_UNIFORM, HK_DIST_UNIFORM, NULL, 40, 70, 0},
    {"fixed-indegree:n=30", HK_DIST_UNIFORM, HK_DIST_UNIFORM, NULL, 40, 70, 2100},
    {"all-to-all", HK_DIST_CONSTANT, HK_DIST_CONSTANT, "stdp-pair:a_plus=0,a_minus=0,w_max=9", 40,
     70, 2800},
    {"fixed-indegree:n=30", HK_DIST_CONSTANT, HK_DIST_UNIFORM,
     "stdp-pair:a_plus=0,a_minus=0,w_max=9", 40, 70, 2100},
    {"groups:groups=10", HK_DIST_CONSTANT, HK_DIST_CONSTANT, NULL, 40, 70, 280},
    {"groups:groups=10,layout=interleaved,except=same-index", HK_DIST_CONSTANT, HK_DIST_CONSTANT,
     NULL, 70, 40, 240},
    {"groups:groups=10,reach=others", HK_DIST_CONSTANT, HK_DIST_CONSTANT, NULL, 40, 70, 2520},
    {"groups:groups=5,layout=interleaved,reach=others", HK_DIST_UNIFORM, HK_DIST_UNIFORM, NULL, 40,
     70, 2240},
    {"groups:groups=5,except=same-index", HK_DIST_CONSTANT, HK_DIST_CONSTANT,
     "stdp-pair:a_plus=0,a_minus=0,w_max=9", 40, 40, 280},
};
enum { STORAGES = HK_COUNT(storages), ROOM = 8100 };

struct read {
    struct hk_sim *sim;
    struct hk_proj *proj;
    size_t count;
    hk_neuron source[ROOM], target[ROOM];
    hk_tick delay[ROOM];
    double weight[ROOM];
};

static void read_all(struct read *read) {
    struct hk_err err = {0};
    const struct hk_synapses out = {read->source, read->target, read->weight, read->delay};
    read->count = hk_proj_count(read->proj);
    ck_assert_uint_le(read->count, ROOM);
    ck_assert_msg(hk_proj_read(read->proj, &out, &err), "%s", err.message);
}

static void read_make_in(enum hk_precision precision, struct read *read, size_t k, int threads,
                         bool among_others) {
    struct hk_sim *sim = read->sim = net_create(precision, 0.1, threads);
    struct hk_pop *in = net_source(sim, "in", storages[k].sources, "poisson", "rate=0");
    struct hk_pop *out = net_neurons(sim, "out", storages[k].targets, "lif", "", "r:delta", NULL);
    if (among_others)
        (void)net_link(sim, &(struct net_link){.name = "other",
                                               .source = in,
                                               .target = out,
                                               .connect = "fixed-indegree:n=7",
                                               .weight = {HK_DIST_UNIFORM, 0, 1}});
    read->proj = net_link(sim, &(struct net_link){.source = in,
                                                  .target = out,
                                                  .connect = storages[k].connect,
                                                  .weight = {storages[k].weight, 1, 3},
                                                  .delay_ms = {storages[k].delay, 0.5, 2.5},
                                                  .rule = storages[k].rule});
    net_build(sim);
    read_all(read);
}

static void read_make(struct read *read, size_t k, int threads, bool among_others) {
    read_make_in(HK_SINGLE, read, k, threads, among_others);
}

/* ---- reading ---- */

START_TEST(synapses_come_in_order_of_target_source_and_delay) {
    static struct read read;
    size_t k = (size_t)_i, disordered = 0, outside = 0;
    read_make(&read, k, 2, false);
    if (storages[k].count) ck_assert_uint_eq(read.count, storages[k].count);
    for (size_t s = 0; s < read.count; s++) {
        outside += read.source[s] >= storages[k].sources || read.target[s] >= storages[k].targets ||
                   read.delay[s] < 5 || read.delay[s] > 25 || read.weight[s] < 1 ||
                   read.weight[s] > 3;
        if (s == 0) continue;
        const uint64_t now[] = {read.target[s], read.source[s], (uint64_t)read.delay[s]};
        const uint64_t last[] = {read.target[s - 1], read.source[s - 1],
                                 (uint64_t)read.delay[s - 1]};
        int i = now[0] != last[0] ? 0 : now[1] != last[1] ? 1 : 2;
        disordered += now[i] < last[i];
    }
    ck_assert_uint_eq(disordered, 0);
    ck_assert_uint_eq(outside, 0);
    hk_sim_destroy(read.sim);
}
END_TEST

static void check_same(const struct read *a, const struct read *b) {
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_mem_eq(a->source, b->source, a->count * sizeof *a->source);
    ck_assert_mem_eq(a->target, b->target, a->count * sizeof *a->target);
    ck_assert_mem_eq(a->delay, b->delay, a->count * sizeof *a->delay);
    ck_assert_mem_eq(a->weight, b->weight, a->count * sizeof *a->weight);
}

START_TEST(synapses_are_the_same_for_any_threads_and_neighbours) {
    static const int threads[] = {2, 3, 5};
    static struct read one, other;
    read_make(&one, (size_t)_i, 1, false);
    for (size_t t = 0; t < HK_COUNT(threads); t++) {
        read_make(&other, (size_t)_i, threads[t], t == 1);
        check_same(&other, &one);
        hk_sim_destroy(other.sim);
    }
    hk_sim_destroy(one.sim);
}
END_TEST

/* Number 3 is a matrix, number 5 the same in rows: with one delay for each, but the same
 * weights. */
START_TEST(weights_do_not_depend_on_the_storage) {
    static struct read matrix, rows;
    read_make_in(HK_DOUBLE, &matrix, 3, 2, false);
    read_make_in(HK_DOUBLE, &rows, 5, 2, false);
    ck_assert_uint_eq(matrix.count, rows.count);
    ck_assert_mem_eq(matrix.source, rows.source, matrix.count * sizeof *rows.source);
    ck_assert_mem_eq(matrix.weight, rows.weight, matrix.count * sizeof *rows.weight);
    ck_assert_int_ne(memcmp(matrix.delay, rows.delay, matrix.count * sizeof *rows.delay), 0);
    hk_sim_destroy(matrix.sim);
    hk_sim_destroy(rows.sim);
}
END_TEST

/* Plain synapses in single precision have 16 bits of weight, here in units of 3 / 32767: what is
 * read is what is delivered, and within half a unit of what was drawn. */
START_TEST(plain_weights_are_rounded_to_16_bits) {
    static struct read exact, plain;
    read_make_in(HK_DOUBLE, &exact, (size_t)_i, 2, false);
    read_make_in(HK_SINGLE, &plain, (size_t)_i, 2, false);
    ck_assert_uint_eq(exact.count, plain.count);
    ck_assert_mem_eq(exact.source, plain.source, exact.count * sizeof *plain.source);
    ck_assert_mem_eq(exact.delay, plain.delay, exact.count * sizeof *plain.delay);
    for (size_t s = 0; s < plain.count; s++)
        ck_assert_double_eq_tol(plain.weight[s], exact.weight[s], 0.5001 * 3 / 32767);
    hk_sim_destroy(exact.sim);
    hk_sim_destroy(plain.sim);
}
END_TEST

START_TEST(any_of_the_arrays_may_be_left_out) {
    static struct read read;
    struct hk_err err = {0};
    double weight[ROOM];
    read_make(&read, (size_t)_i, 2, false);
    ck_assert(hk_proj_read(read.proj, &(struct hk_synapses){.weight = weight}, &err));
    ck_assert_mem_eq(weight, read.weight, read.count * sizeof *weight);
    ck_assert(hk_proj_read(read.proj, &(struct hk_synapses){.weight = NULL}, &err));
    hk_sim_destroy(read.sim);
}
END_TEST

/* ---- writing ---- */

START_TEST(weights_read_back_as_they_were_written) {
    static struct read read;
    struct hk_err err = {0};
    static double put[ROOM];
    read_make_in(HK_DOUBLE, &read, (size_t)_i, 3, false);
    bool shared = storages[_i].weight == HK_DIST_CONSTANT && !storages[_i].rule;
    for (size_t s = 0; s < read.count; s++) put[s] = (double)s / 8;
    ck_assert(hk_proj_write_weights(read.proj, put, &err) == !shared);
    read_all(&read);
    if (shared) {
        ck_assert_int_eq(err.code, HK_ERR_CONFIG);
        ck_assert_str_eq(err.message, "in->out: all synapses share one weight");
        for (size_t s = 0; s < read.count; s++) put[s] = 1;
    }
    ck_assert_mem_eq(read.weight, put, read.count * sizeof *put);
    hk_sim_destroy(read.sim);
}
END_TEST

START_TEST(a_plain_weight_out_of_range_is_refused) {
    static struct read read;
    struct hk_err err = {0};
    static double put[ROOM];
    read_make(&read, 7, 3, false);
    put[2] = 3.5;
    ck_assert(!hk_proj_write_weights(read.proj, put, &err));
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
    ck_assert_ptr_nonnull(strstr(err.message, "a weight of 3.5 is larger"));
    hk_sim_destroy(read.sim);
}
END_TEST

/* What was written is what is delivered: source k spikes at tick 10 (k + 1), and its synapse onto
 * target i has weight 1 + k + 4 i, and arrives after its own delay. */
START_TEST(written_weights_are_delivered) {
    enum { SOURCES = 4, TARGETS = 20 };
    static const char *const connects[] = {"all-to-all", "probability:p=1"};
    static const double times[] = {1, 2, 3, 4}, units[] = {0, 1, 2, 3};
    struct hk_err err = {0};
    double weights[SOURCES * TARGETS], expected[TARGETS] = {0};
    for (size_t s = 0; s < HK_COUNT(weights); s++) weights[s] = 1 + (double)s;
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 2);
    struct hk_pop *in = net_spikes(sim, "in", SOURCES, times, units, SOURCES);
    struct hk_pop *out =
        net_neurons(sim, "out", TARGETS, "lif", "v_rest=0 v_th=900 tau_m=1e6", "r:delta", NULL);
    struct hk_proj *proj = net_link(sim, &(struct net_link){.source = in,
                                                            .target = out,
                                                            .connect = connects[_i],
                                                            .weight = {HK_DIST_UNIFORM, 0, 1}});
    net_build(sim);
    ck_assert(hk_proj_write_weights(proj, weights, &err));
    for (size_t k = 0; k < SOURCES; k++) {
        net_run(sim, 10);
        for (hk_neuron i = 0; i < TARGETS; i++) {
            expected[i] += weights[k + (size_t)SOURCES * i];
            ck_assert_double_eq_tol(net_state(out, "v", i), expected[i], 1e-3 * expected[i]);
        }
    }
    hk_sim_destroy(sim);
}
END_TEST

/* Source 3 spikes once and source 5 twice in one tick; each target gets them all but its own. */
START_TEST(the_same_index_is_left_out_of_delivery) {
    enum { SIZE = 40 };
    static const enum hk_dist_kind kinds[] = {HK_DIST_CONSTANT, HK_DIST_UNIFORM}; /* none, rows */
    static const double times[] = {1, 1, 1}, units[] = {3, 5, 5};
    for (int threads = 1; threads <= 3; threads++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, threads);
        struct hk_pop *in = net_spikes(sim, "in", SIZE, times, units, 3);
        struct hk_pop *out =
            net_neurons(sim, "out", SIZE, "lif", "v_rest=0 v_th=15", "r:delta", NULL);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = out,
                                               .connect = "all-to-all:except=same-index",
                                               .weight = {kinds[_i], 2, 2}});
        net_build(sim);
        net_run(sim, 10);
        for (hk_neuron i = 0; i < SIZE; i++)
            ck_assert_double_eq(net_state(out, "v", i), i == 3 ? 4 : i == 5 ? 2 : 6);
        ck_assert_uint_eq(hk_sim_count(sim).events, (uint64_t)3 * (SIZE - 1));
        hk_sim_destroy(sim);
    }
}
END_TEST

/* ---- groups: nothing is stored, or rows ---- */

static const char *const layouts[] = {"neighbours", "interleaved"};
static const char *const reaches[] = {"same", "others"};
static const char *const exceptions[] = {"none", "same-index"};
static const struct {
    hk_neuron sources, targets, groups;
} sizes[] = {{60, 60, 6}, {60, 120, 6}, {120, 60, 6}, {60, 90, 1}, {90, 90, 90}, {96, 48, 2}};
enum { GROUPED = HK_COUNT(sizes) * 2 * 2 * 2, UNITS_MAX = 120, SPIKES_MAX = 3 * UNITS_MAX };

struct grouped {
    struct read read;
    double v[UNITS_MAX];
    uint64_t events;
};

/* Three ticks in which every third, fourth and fifth source spikes, some of them twice. Sums of the
 * weight 2 are whole, so they are the same however they are made. */
static void grouped_run(struct grouped *g, size_t k, enum hk_dist_kind kind, int threads) {
    double times[SPIKES_MAX], units[SPIKES_MAX];
    char connect[128];
    size_t spikes = 0, s = k / 8;
    for (size_t tick = 1; tick <= 3; tick++)
        for (size_t unit = 0; unit < sizes[s].sources; unit++)
            for (size_t times_left = unit % (tick + 2) ? 0 : 1 + unit % 2; times_left; times_left--)
                times[spikes] = (double)tick, units[spikes++] = (double)unit;
    (void)snprintf(connect, sizeof connect, "groups:groups=%u,layout=%s,reach=%s,except=%s",
                   sizes[s].groups, layouts[k % 2], reaches[k / 2 % 2], exceptions[k / 4 % 2]);
    struct hk_sim *sim = g->read.sim = net_create(HK_SINGLE, 1, threads);
    struct hk_pop *in = net_spikes(sim, "in", sizes[s].sources, times, units, spikes);
    struct hk_pop *out =
        net_neurons(sim, "out", sizes[s].targets, "lif", "v_rest=0 v_th=1000", "r:delta", NULL);
    g->read.proj = net_link(sim, &(struct net_link){.source = in,
                                                    .target = out,
                                                    .connect = connect,
                                                    .weight = {kind, 2, 2}});
    net_build(sim);
    read_all(&g->read);
    net_run(sim, 4);
    for (hk_neuron i = 0; i < sizes[s].targets; i++) g->v[i] = net_state(out, "v", i);
    g->events = hk_sim_count(sim).events;
    hk_sim_destroy(sim);
}

/* Weights of a distribution are stored in rows, as the rule draws them. */
START_TEST(groups_deliver_what_rows_of_the_same_pairs_do) {
    static const int threads[] = {1, 2, 3, 5};
    static struct grouped groups, rows;
    size_t targets = sizes[_i / 8].targets;
    grouped_run(&rows, (size_t)_i, HK_DIST_UNIFORM, 1);
    for (size_t t = 0; t < HK_COUNT(threads); t++) {
        grouped_run(&groups, (size_t)_i, HK_DIST_CONSTANT, threads[t]);
        check_same(&groups.read, &rows.read);
        ck_assert_mem_eq(groups.v, rows.v, targets * sizeof *groups.v);
        ck_assert_uint_eq(groups.events, rows.events);
    }
}
END_TEST

Suite *suite_sim_synapses(void) {
    Suite *suite = suite_create("sim/synapses");
    TCase *reading = tcase_create("reading"), *writing = tcase_create("writing");
    tcase_add_loop_test(reading, synapses_come_in_order_of_target_source_and_delay, 0, STORAGES);
    tcase_add_loop_test(reading, synapses_are_the_same_for_any_threads_and_neighbours, 0, STORAGES);
    tcase_add_test(reading, weights_do_not_depend_on_the_storage);
    tcase_add_loop_test(reading, plain_weights_are_rounded_to_16_bits, 4, 9);
    tcase_add_loop_test(reading, any_of_the_arrays_may_be_left_out, 0, STORAGES);
    suite_add_tcase(suite, reading);
    tcase_add_loop_test(writing, weights_read_back_as_they_were_written, 0, STORAGES);
    tcase_add_test(writing, a_plain_weight_out_of_range_is_refused);
    tcase_add_loop_test(writing, written_weights_are_delivered, 0, 2);
    tcase_add_loop_test(writing, the_same_index_is_left_out_of_delivery, 0, 2);
    tcase_add_loop_test(writing, groups_deliver_what_rows_of_the_same_pairs_do, 0, GROUPED);
    suite_add_tcase(suite, writing);
    return suite;
}
