/* Bundles: plain synapses of one source that are stored together do what they would do alone, and
 * what is read back is what is delivered. In both precisions. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SOURCES = 60, LINKS = 7, POPS = 3, SPIKES = 900, RUN = 400 };

/* Spikes of `in`: several units a tick, and some units twice in a tick. */
struct train {
    double times[SPIKES], units[SPIKES];
};

static struct train train_of(hk_neuron sources, double first_ms, double last_ms) {
    struct train train;
    struct hk_draws draws = hk_draws_at(hk_stream_make(11, "test", "train"), 0, 0);
    for (size_t k = 0; k < SPIKES; k++) {
        double ticks = 10 * (first_ms + (last_ms - first_ms) * (double)k / SPIKES);
        train.times[k] = (double)(long)ticks / 10;
        train.units[k] = hk_draws_below(&draws, sources);
    }
    return train;
}

/* ---- together and apart ---- */

/* Into three populations and two receptors: one weight and one delay, weights and delays that
 * differ, a weight that two share, a receptor that gets two of them. */
static const struct {
    const char *name;
    size_t target;
    const char *receptor, *connect;
    struct hk_dist weight, delay;
} links[LINKS] = {
    {"to a", 0, "exc", "probability:p=0.3", {HK_DIST_UNIFORM, 0, 4}, {HK_DIST_UNIFORM, 0.1, 3}},
    {"a too", 0, "inh", "fixed-total:n=900", {HK_DIST_NORMAL, -3, 1}, {HK_DIST_CONSTANT, 0.7, 0}},
    {"a again", 0, "exc", "fixed-indegree:n=5", {HK_DIST_UNIFORM, 1, 2}, {HK_DIST_CONSTANT, 2, 0}},
    {"to b", 1, "all", "fixed-indegree:n=11", {HK_DIST_NORMAL, 2, 0.2}, {HK_DIST_NORMAL, 2, 0.5}},
    {"to c", 2, "exc", "probability:p=0.2", {HK_DIST_CONSTANT, 1.5, 0}, {HK_DIST_CONSTANT, 1, 0}},
    {"c too", 2, "inh", "fixed-total:n=500", {HK_DIST_CONSTANT, -1, 0}, {HK_DIST_UNIFORM, 0, 2}},
    {"c again", 2, "nil", "fixed-total:n=1000", {HK_DIST_CONSTANT, 1.5, 0}, {HK_DIST_NORMAL, 1, 1}},
};

struct network {
    struct hk_sim *sim;
    struct hk_pop *pops[POPS];
    struct hk_proj *proj[LINKS];
    struct net_heard heard[POPS];
};

static void add_pops(struct network *n) {
    static const hk_neuron sizes[POPS] = {203, 90, 150};
    static const char *const names[POPS] = {"a", "b", "c"};
    static const char *const receptors[POPS] = {"exc:exp:tau=2 inh:exp:tau=5", "all:delta",
                                                "exc:delta inh:delta nil:alpha:tau=3"};
    for (size_t p = 0; p < POPS; p++) {
        n->pops[p] =
            net_neurons(n->sim, names[p], sizes[p], "lif", "v_th=-68 c_m=5", receptors[p], NULL);
        net_hear(n->pops[p], &n->heard[p]);
    }
}

/* All projections from `in`, or each from a source of its own that fires alike: connections,
 * weights and delays go by the projection's name. And the populations reach each other. */
static void make_network(struct network *n, int threads, bool apart) {
    static struct train train;
    struct hk_pop *in = NULL;
    train = train_of(SOURCES, 0.2, 30);
    n->sim = net_create(net_precision, 0.1, threads);
    add_pops(n);
    for (size_t k = 0; k < LINKS; k++) {
        char name[32];
        (void)snprintf(name, sizeof name, "in%zu", k);
        if (!in || apart) in = net_spikes(n->sim, name, SOURCES, train.times, train.units, SPIKES);
        n->proj[k] = net_link(n->sim, &(struct net_link){.name = links[k].name,
                                                         .source = in,
                                                         .target = n->pops[links[k].target],
                                                         .receptor = links[k].receptor,
                                                         .connect = links[k].connect,
                                                         .weight = links[k].weight,
                                                         .delay_ms = links[k].delay});
    }
    for (size_t k = 0; k < (size_t)POPS * POPS; k++) {
        static const char *const into[POPS] = {"inh", "all", "exc"};
        (void)net_link(n->sim, &(struct net_link){.source = n->pops[k / POPS],
                                                  .target = n->pops[k % POPS],
                                                  .receptor = into[k % POPS],
                                                  .connect = "probability:p=0.1",
                                                  .weight = {HK_DIST_UNIFORM, -1, 1},
                                                  .delay_ms = {HK_DIST_UNIFORM, 0.3, 2}});
    }
    net_build(n->sim);
    net_run(n->sim, RUN / 3);
    net_run(n->sim, RUN - RUN / 3);
}

static void network_finish(struct network *n) {
    for (size_t p = 0; p < POPS; p++) net_heard_finish(&n->heard[p]);
    hk_sim_destroy(n->sim);
}

static void same_spikes(const struct network *a, const struct network *b) {
    for (size_t p = 0; p < POPS; p++) net_same_spikes(&a->heard[p], &b->heard[p], 101);
}

START_TEST(projections_together_do_what_each_would_alone) {
    struct network together, apart;
    make_network(&together, 2, false);
    make_network(&apart, 2, true);
    same_spikes(&together, &apart);
    for (size_t k = 0; k < LINKS; k++) {
        ck_assert_uint_gt(hk_proj_count(together.proj[k]), 400);
        ck_assert_uint_eq(hk_proj_count(together.proj[k]), hk_proj_count(apart.proj[k]));
    }
    ck_assert_uint_eq(hk_sim_count(together.sim).events, hk_sim_count(apart.sim).events);
    network_finish(&together);
    network_finish(&apart);
}
END_TEST

START_TEST(spikes_are_the_same_for_any_threads_and_instruction_set) {
    static const int threads[] = {2, 3, 5};
    static const char *const isas[] = {"base", "v3", "v4"};
    struct network one, other;
    make_network(&one, 1, false);
    for (size_t t = 0; t < HK_COUNT(threads); t++) {
        make_network(&other, threads[t], false);
        same_spikes(&one, &other);
        network_finish(&other);
    }
    for (size_t i = 0; i < HK_COUNT(isas); i++) {
        ck_assert_int_eq(setenv("HILLOCK_ISA", isas[i], 1), 0);
        make_network(&other, 2, false);
        ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
        same_spikes(&one, &other);
        network_finish(&other);
    }
    network_finish(&one);
}
END_TEST

/* ---- what is read is what is delivered ---- */

struct read {
    struct hk_block source, target, weight, delay;
    size_t count;
};

static void read_init(struct read *read, const struct hk_proj *proj) {
    struct hk_err err = {0};
    *read = (struct read){.count = hk_proj_count(proj)};
    bool ok = hk_block_reserve(&read->source, read->count, sizeof(hk_neuron), &err) &&
              hk_block_reserve(&read->target, read->count, sizeof(hk_neuron), &err) &&
              hk_block_reserve(&read->weight, read->count, sizeof(double), &err) &&
              hk_block_reserve(&read->delay, read->count, sizeof(hk_tick), &err) &&
              hk_proj_read(proj,
                           &(struct hk_synapses){read->source.data, read->target.data,
                                                 read->weight.data, read->delay.data},
                           &err);
    ck_assert_msg(ok, "%s", err.message);
}

static void read_finish(struct read *read) {
    hk_block_finish(&read->source);
    hk_block_finish(&read->target);
    hk_block_finish(&read->weight);
    hk_block_finish(&read->delay);
}

/* Membranes that add up what arrives, and forget 1e-6 of it in a millisecond. */
#define ADDER "v_rest=0 v_reset=0 v_th=1000 tau_m=1e6"

static struct hk_pop *add_adder(struct hk_sim *sim, const char *name, hk_neuron size) {
    return net_neurons(sim, name, size, "lif", ADDER, "r:delta", NULL);
}

/* Every membrane holds the weights of all its synapses, as often as their sources have fired; but
 * for what it forgot, and a rounding to 24 bits in each tick. */
static void check_sums(const struct hk_proj *proj, const struct hk_sim *sim,
                       const uint32_t *fired) {
    struct hk_err err = {0};
    struct hk_block sums = {0}, sizes = {0}, found = {0};
    struct read read;
    const struct hk_pop *pop = hk_proj_target(proj);
    hk_neuron count = hk_pop_size(pop), wrong = 0;
    double ticks = (double)hk_sim_now(sim), slack = ticks * (0.1e-6 + 0x1p-24);
    read_init(&read, proj);
    ck_assert(hk_block_reserve(&sums, count, sizeof(double), &err));
    ck_assert(hk_block_reserve(&sizes, count, sizeof(double), &err));
    ck_assert(hk_block_reserve(&found, count, sizeof(double), &err));
    double *sum = sums.data, *size = sizes.data, *v = found.data;
    for (size_t k = 0; k < read.count; k++) {
        hk_neuron target = ((hk_neuron *)read.target.data)[k];
        uint32_t spikes = fired[((hk_neuron *)read.source.data)[k]];
        double weight = ((double *)read.weight.data)[k];
        sum[target] += weight * spikes;
        size[target] += fabs(weight) * spikes;
    }
    hk_pop_read(pop, (size_t)hk_pop_column(pop, "v"), v);
    for (hk_neuron i = 0; i < count; i++) wrong += fabs(v[i] - sum[i]) > slack * size[i];
    ck_assert_uint_eq(wrong, 0);
    hk_block_finish(&sums);
    hk_block_finish(&sizes);
    hk_block_finish(&found);
    read_finish(&read);
}

START_TEST(what_is_read_is_what_is_delivered) {
    static struct train train;
    uint32_t fired[SOURCES] = {0};
    struct hk_proj *proj[POPS];
    struct hk_sim *sim = net_create(net_precision, 0.1, _i);
    train = train_of(SOURCES, 0.2, 30);
    for (size_t k = 0; k < SPIKES; k++) fired[(size_t)train.units[k]]++;
    struct hk_pop *in = net_spikes(sim, "in", SOURCES, train.times, train.units, SPIKES);
    for (size_t p = 0; p < POPS; p++) {
        char name[] = {(char)('a' + p), '\0'};
        proj[p] = net_link(sim, &(struct net_link){.source = in,
                                                   .target = add_adder(sim, name, 77),
                                                   .connect = "probability:p=0.5",
                                                   .weight = {HK_DIST_UNIFORM, 0, 1},
                                                   .delay_ms = {HK_DIST_UNIFORM, 0, 3}});
    }
    net_build(sim);
    net_run(sim, RUN);
    for (size_t p = 0; p < POPS; p++) check_sums(proj[p], sim, fired);
    hk_sim_destroy(sim);
}
END_TEST

/* Segments as long as cache lines, as what is copied, and one more or less, with empty ones between
 * them; and many at a time. */
START_TEST(runs_of_every_length_arrive) {
    static const hk_neuron lengths[] = {1,  2,  3,  15, 16, 17, 31,  32,  33,  47,  48,  49, 63,
                                        64, 65, 79, 80, 81, 96, 127, 128, 129, 255, 256, 257};
    enum { TIMES = 50 };
    double times[TIMES], units[TIMES] = {0};
    const uint32_t fired[] = {TIMES};
    struct hk_proj *proj[HK_COUNT(lengths)];
    struct hk_sim *sim = net_create(net_precision, 0.1, 1);
    for (size_t k = 0; k < TIMES; k++) times[k] = k < 2 ? 1 : k < 3 ? 1.1 : 2;
    struct hk_pop *in = net_spikes(sim, "in", 1, times, units, TIMES);
    for (size_t k = 0; k < HK_COUNT(lengths); k++) {
        char name[] = {(char)('a' + k), '\0'};
        proj[k] = net_link(sim, &(struct net_link){.source = in,
                                                   .target = add_adder(sim, name, lengths[k]),
                                                   .connect = "fixed-indegree:n=1",
                                                   .weight = {HK_DIST_UNIFORM, -1, 1},
                                                   .delay_ms = net_value(0.3 + 0.2 * (double)k)});
    }
    net_build(sim);
    net_run(sim, 100);
    for (size_t k = 0; k < HK_COUNT(lengths); k++) {
        ck_assert_uint_eq(hk_proj_count(proj[k]), lengths[k]);
        check_sums(proj[k], sim, fired);
    }
    hk_sim_destroy(sim);
}
END_TEST

/* Where all weights are one each, 24 bits are theirs: as many as single precision has; in double
 * they are what they are. */
START_TEST(one_weight_keeps_all_its_digits) {
    const double weight = 0.1, lost = net_precision == HK_DOUBLE ? 0 : weight * 0x1p-24;
    struct hk_sim *sim = net_create(net_precision, 0.1, 2);
    struct hk_pop *in = net_source(sim, "in", SOURCES, "poisson", "rate=0");
    struct hk_proj *proj = net_link(sim, &(struct net_link){.source = in,
                                                            .target = add_adder(sim, "a", 50),
                                                            .connect = "fixed-indegree:n=20",
                                                            .weight = net_value(weight)});
    net_build(sim);
    for (size_t k = 0; k < hk_proj_count(proj); k++)
        ck_assert_double_le(fabs(net_weight(proj, k) - weight), lost);
    hk_sim_destroy(sim);
}
END_TEST

/* Of spikes that have begun to arrive the rest doesn't, when the state is reset: with one weight,
 * and with weights that differ. */
START_TEST(a_reset_forgets_what_is_on_its_way) {
    static const double times[] = {0.5, 1, 1.2, 1.2}, units[] = {0, 1, 2, 3};
    const struct hk_dist weights[] = {net_value(1), {HK_DIST_UNIFORM, -1, 1}};
    struct hk_sim *sim = net_create(net_precision, 0.1, 2);
    struct hk_pop *in = net_spikes(sim, "in", 4, times, units, HK_COUNT(times));
    struct hk_pop *out = add_adder(sim, "out", 50);
    double start[50], now[50];
    (void)net_link(sim, &(struct net_link){.source = in,
                                           .target = out,
                                           .connect = "fixed-indegree:n=20",
                                           .weight = weights[_i],
                                           .delay_ms = {HK_DIST_UNIFORM, 0.1, 20}});
    net_build(sim);
    hk_pop_read(out, 0, start);
    net_run(sim, 60);
    uint64_t events = hk_sim_count(sim).events;
    ck_assert_uint_gt(events, 100);
    ck_assert_uint_lt(events, 900);
    hk_sim_reset_state(sim);
    net_run(sim, 300);
    hk_pop_read(out, 0, now);
    ck_assert_uint_eq(hk_sim_count(sim).events, events);
    ck_assert_mem_eq(now, start, sizeof now);
    hk_sim_destroy(sim);
}
END_TEST

/* A run that a listener ends has gone on for a window, and has added up what arrives at the next
 * tick. What comes after a reset is as after one of a run that ended there by itself. */
START_TEST(a_reset_after_a_run_that_failed_forgets_how_far_it_went) {
    static const double times[] = {0.5, 7, 12.5, 20}, units[] = {0, 1, 0, 1}, last[] = {0.7};
    double v[2][50];
    hk_tick end = 0;
    for (int fails = 1; fails >= 0; fails--) {
        struct hk_sim *sim = net_create(net_precision, 0.1, 2);
        struct hk_pop *in = net_spikes(sim, "in", 2, times, units, HK_COUNT(times));
        struct hk_pop *late = net_spikes(sim, "late", 2, last, NULL, 1);
        struct hk_pop *out = add_adder(sim, "out", 50);
        struct hk_err err = {0};
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = out,
                                               .connect = "fixed-indegree:n=20",
                                               .weight = {HK_DIST_UNIFORM, 0.5, 1},
                                               .delay_ms = {HK_DIST_UNIFORM, 0.1, 1}});
        if (fails) net_refuse_spikes(late);
        net_build(sim);
        ck_assert(hk_sim_run(sim, fails ? 1000 : end, &err) == !fails);
        end = hk_sim_now(sim);
        hk_sim_reset_state(sim);
        net_run(sim, 300);
        hk_pop_read(out, 0, v[fails]);
        hk_sim_destroy(sim);
    }
    ck_assert_mem_eq(v[0], v[1], sizeof v[0]);
}
END_TEST

/* ---- large ones ---- */

enum { LARGE = 40000 };

/* Three populations of 40,000 on one thread are more than the 65,536 accumulators of a bank; on two
 * threads they fit. A spike reaches many of each bank, or few, but all together more than are
 * copied; each arrives at its own tick. */
START_TEST(accumulators_beyond_one_bank_are_kept_apart) {
    static const char *const connect[] = {"probability:p=0.1", "probability:p=0.005"};
    enum { FIRING = 30 };
    static double times[FIRING], units[FIRING], on_the_way[2][POPS][LARGE];
    uint32_t fired[FIRING];
    for (size_t k = 0; k < FIRING; k++) {
        times[k] = k < 25 ? 1 : 1.1;
        units[k] = (double)k;
        fired[k] = 1;
    }
    for (int threads = 1; threads <= 2; threads++) {
        struct hk_proj *proj[POPS];
        struct hk_sim *sim = net_create(net_precision, 0.1, threads);
        struct hk_pop *in = net_spikes(sim, "in", FIRING, times, units, FIRING);
        for (size_t p = 0; p < POPS; p++) {
            char name[] = {(char)('a' + p), '\0'};
            proj[p] = net_link(sim, &(struct net_link){.source = in,
                                                       .target = add_adder(sim, name, LARGE),
                                                       .connect = connect[_i],
                                                       .weight = {HK_DIST_UNIFORM, -1, 1},
                                                       .delay_ms = {HK_DIST_UNIFORM, 0.5, 0.7}});
        }
        net_build(sim);
        net_run(sim, 16);
        for (size_t p = 0; p < POPS; p++)
            hk_pop_read(hk_proj_target(proj[p]), 0, on_the_way[threads - 1][p]);
        net_run(sim, 14);
        for (size_t p = 0; p < POPS; p++) check_sums(proj[p], sim, fired);
        hk_sim_destroy(sim);
    }
    ck_assert_mem_eq(on_the_way[0], on_the_way[1], sizeof on_the_way[0]);
}
END_TEST

/* 80,000 synapses of one source on one thread, at two delays: offsets don't fit 16 bits. */
START_TEST(a_row_may_be_longer_than_16_bits_can_count) {
    static const double times[] = {1, 1.5}, units[] = {0, 1};
    const uint32_t fired[] = {1, 1};
    struct hk_sim *sim = net_create(net_precision, 0.1, 1);
    struct hk_pop *in = net_spikes(sim, "in", 2, times, units, 2);
    struct hk_proj *proj =
        net_link(sim, &(struct net_link){.source = in,
                                         .target = add_adder(sim, "a", LARGE),
                                         .connect = "fixed-indegree:n=4",
                                         .weight = {HK_DIST_UNIFORM, -1, 1},
                                         .delay_ms = {HK_DIST_UNIFORM, 0.5, 0.6}});
    net_build(sim);
    net_run(sim, 40);
    ck_assert_uint_eq(hk_proj_count(proj), 4 * (uint64_t)LARGE);
    check_sums(proj, sim, fired);
    hk_sim_destroy(sim);
}
END_TEST

/* More units than a bank has accumulators are stored in another way, with any number of threads,
 * though each of three would own few enough: weights are rounded alike. */
START_TEST(a_population_larger_than_a_bank_works_too) {
    enum { LARGER = 70000 };
    static const double times[] = {1, 1.5}, units[] = {0, 1};
    static double weights[2][2 * LARGER];
    const uint32_t fired[] = {1, 1};
    struct hk_err err = {0};
    for (int k = 0; k < 2; k++) {
        struct hk_sim *sim = net_create(net_precision, 0.1, k ? 3 : 1);
        struct hk_pop *in = net_spikes(sim, "in", 2, times, units, 2);
        struct hk_proj *proj =
            net_link(sim, &(struct net_link){.source = in,
                                             .target = add_adder(sim, "a", LARGER),
                                             .connect = "fixed-indegree:n=2",
                                             .weight = {HK_DIST_UNIFORM, -1, 1}});
        net_build(sim);
        net_run(sim, 40);
        check_sums(proj, sim, fired);
        ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = weights[k]}, &err));
        hk_sim_destroy(sim);
    }
    ck_assert_mem_eq(weights[0], weights[1], sizeof weights[0]);
}
END_TEST

/* ---- refusals ---- */

START_TEST(weights_of_a_bundle_can_be_set_within_their_range) {
    static struct train train;
    struct hk_err err = {0};
    uint32_t fired[SOURCES] = {0};
    double weight[77 * 3];
    const double lost = net_precision == HK_DOUBLE ? 0 : 0.5001 * 2 / 32767; /* half a unit */
    struct hk_sim *sim = net_create(net_precision, 0.1, 3);
    train = train_of(SOURCES, 0.2, 30);
    for (size_t k = 0; k < SPIKES; k++) fired[(size_t)train.units[k]]++;
    struct hk_pop *in = net_spikes(sim, "in", SOURCES, train.times, train.units, SPIKES);
    struct hk_proj *proj = net_link(sim, &(struct net_link){.source = in,
                                                            .target = add_adder(sim, "a", 77),
                                                            .connect = "fixed-indegree:n=3",
                                                            .weight = {HK_DIST_UNIFORM, 0, 2}});
    net_build(sim);
    for (size_t k = 0; k < HK_COUNT(weight); k++) weight[k] = -1.9 + 3.8 * (double)k / 230;
    ck_assert_msg(hk_proj_write_weights(proj, weight, &err), "%s", err.message);
    for (size_t k = 0; k < HK_COUNT(weight); k++)
        ck_assert_double_le(fabs(net_weight(proj, k) - weight[k]), lost);
    net_run(sim, RUN);
    check_sums(proj, sim, fired);
    weight[5] = 2.1;
    ck_assert(hk_proj_write_weights(proj, weight, &err) == (net_precision == HK_DOUBLE));
    if (net_precision == HK_SINGLE) {
        ck_assert_int_eq(err.code, HK_ERR_RANGE);
        ck_assert_ptr_nonnull(
            strstr(err.message, "a weight of 2.1 is larger than those it was built"));
    }
    hk_sim_destroy(sim);
}
END_TEST

static void add_cases(Suite *suite, enum hk_precision precision) {
    TCase *together = net_case(suite, "together", precision);
    TCase *reading = net_case(suite, "reading", precision);
    TCase *large = net_case(suite, "large", precision);
    tcase_add_test(together, projections_together_do_what_each_would_alone);
    tcase_add_test(together, spikes_are_the_same_for_any_threads_and_instruction_set);
    tcase_add_loop_test(reading, what_is_read_is_what_is_delivered, 1, 4);
    tcase_add_test(reading, runs_of_every_length_arrive);
    tcase_add_test(reading, one_weight_keeps_all_its_digits);
    tcase_add_test(reading, weights_of_a_bundle_can_be_set_within_their_range);
    tcase_add_loop_test(reading, a_reset_forgets_what_is_on_its_way, 0, 2);
    tcase_add_test(reading, a_reset_after_a_run_that_failed_forgets_how_far_it_went);
    tcase_add_loop_test(large, accumulators_beyond_one_bank_are_kept_apart, 0, 2);
    tcase_add_test(large, a_row_may_be_longer_than_16_bits_can_count);
    tcase_add_test(large, a_population_larger_than_a_bank_works_too);
}

Suite *suite_sim_bundle(void) {
    Suite *suite = suite_create("sim/bundle");
    add_cases(suite, HK_SINGLE);
    add_cases(suite, HK_DOUBLE);
    return suite;
}
