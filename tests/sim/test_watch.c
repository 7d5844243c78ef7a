/* Watched state: the same values as between runs of one tick, for any number of threads. */
#include "sim/watch.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SIZE = 101, TICKS = 300, FRAMES_MAX = 600, UNITS = 5 };
static const hk_neuron units[UNITS] = {0, 15, 16, 77, 100};

enum kind { SINGLE, DOUBLE, EXACT };

static struct hk_sim *create(enum kind kind, int threads) {
    if (kind == EXACT) return net_create_exact(0.1, threads);
    return net_create(kind == DOUBLE ? HK_DOUBLE : HK_SINGLE, 0.1, threads);
}

/* Two populations that drive each other after 1.2 ms: windows of 12 ticks. */
struct circuit {
    struct hk_sim *sim;
    struct hk_pop *a, *b;
};

static struct circuit make_circuit(enum kind kind, int threads) {
    struct circuit c = {.sim = create(kind, threads)};
    struct hk_pop *in = net_source(c.sim, "in", 40, "poisson", "rate=200");
    c.a = net_neurons(c.sim, "a", SIZE, "lif", "", "exc:exp:tau=2 inh:exp:tau=3", NULL);
    c.b = net_neurons(c.sim, "b", 40, "lif", "", "exc:exp:tau=2 inh:exp:tau=3", NULL);
    const struct net_link links[] = {
        {.source = in,
         .target = c.a,
         .receptor = "exc",
         .weight = {HK_DIST_UNIFORM, 0, 300},
         .delay_ms = net_value(0.1)},
        {.source = c.a,
         .target = c.b,
         .receptor = "exc",
         .connect = "probability:p=0.3",
         .weight = net_value(300),
         .delay_ms = net_value(1.2)},
        {.source = c.b,
         .target = c.a,
         .receptor = "inh",
         .weight = net_value(-20),
         .delay_ms = net_value(1.5)},
    };
    for (size_t i = 0; i < HK_COUNT(links); i++) (void)net_link(c.sim, &links[i]);
    net_build(c.sim);
    return c;
}

/* What a watcher heard. */
struct heard {
    enum hk_precision precision;
    size_t count;
    hk_tick ticks[FRAMES_MAX];
    double values[FRAMES_MAX][UNITS];
};

static bool hear(void *context, hk_tick tick, const void *values, struct hk_err *err) {
    struct heard *heard = context;
    (void)err;
    ck_assert_uint_lt(heard->count, FRAMES_MAX);
    heard->ticks[heard->count] = tick;
    for (size_t k = 0; k < UNITS; k++)
        heard->values[heard->count][k] = heard->precision == HK_DOUBLE
                                             ? ((const double *)values)[k]
                                             : (double)((const float *)values)[k];
    heard->count++;
    return true;
}

static struct hk_watch *watch(const struct circuit *c, struct heard *heard, hk_tick every,
                              const struct hk_pop *trigger) {
    struct hk_err err = {0};
    int column = hk_pop_column(c->a, "v");
    const struct hk_watch_spec spec = {.column = (size_t)column,
                                       .units = units,
                                       .count = UNITS,
                                       .every = every,
                                       .trigger = trigger,
                                       .watcher = hear,
                                       .context = heard};
    heard->precision = hk_sim_precision(c->sim);
    struct hk_watch *made = hk_pop_watch(c->a, &spec, &err);
    ck_assert_msg(made != NULL, "%s", err.message);
    return made;
}

static void begin(struct hk_watch *watch, hk_tick from, hk_tick to) {
    struct hk_err err = {0};
    ck_assert_msg(hk_watch_begin(watch, from, to, &err), "%s", err.message);
}

/* [tick][unit]: `v` after each tick, seen between runs of one tick. */
static double truth[TICKS + 1][UNITS];
static bool fired[TICKS + 1]; /* did a unit of `b`? */

static void find_truth(enum kind kind) {
    struct circuit c = make_circuit(kind, 1);
    double all[SIZE];
    for (size_t t = 0; t <= TICKS; t++) {
        uint64_t spikes = 0;
        hk_pop_read(c.a, (size_t)hk_pop_column(c.a, "v"), all);
        for (size_t k = 0; k < UNITS; k++) truth[t][k] = all[units[k]];
        for (hk_neuron i = 0; i < hk_pop_size(c.b); i++) spikes += hk_pop_counts(c.b)[i];
        fired[t] = spikes > 0;
        hk_pop_clear_counts(c.b);
        net_run(c.sim, 1);
    }
    hk_sim_destroy(c.sim);
}

static const struct {
    enum kind kind;
    int threads;
    hk_tick every;
} cases[] = {{SINGLE, 1, 1},   {SINGLE, 2, 1}, {SINGLE, 3, 7}, {DOUBLE, 5, 1}, {SINGLE, 16, 5},
             {DOUBLE, 2, 100}, {EXACT, 1, 1},  {EXACT, 3, 1},  {EXACT, 2, 7},  {EXACT, 4, 50}};

START_TEST(frames_are_what_single_steps_see_for_any_number_of_threads) {
    static struct heard heard;
    find_truth(cases[_i].kind);
    struct circuit c = make_circuit(cases[_i].kind, cases[_i].threads);
    begin(watch(&c, &heard, cases[_i].every, NULL), 0, TICKS);
    net_run(c.sim, 131);
    net_run(c.sim, TICKS);
    ck_assert_uint_eq(heard.count, (size_t)((TICKS + cases[_i].every - 1) / cases[_i].every));
    for (size_t n = 0; n < heard.count; n++) {
        ck_assert_int_eq(heard.ticks[n], (hk_tick)n * cases[_i].every);
        ck_assert_mem_eq(heard.values[n], truth[heard.ticks[n]], sizeof truth[0]);
    }
    hk_sim_destroy(c.sim);
}
END_TEST

START_TEST(a_window_of_time_may_begin_later_and_again) {
    static struct heard heard;
    find_truth(SINGLE);
    struct circuit c = make_circuit(SINGLE, 3);
    struct hk_watch *w = watch(&c, &heard, 10, NULL);
    net_run(c.sim, 5);
    ck_assert_uint_eq(heard.count, 0);
    begin(w, 33, 60);
    net_run(c.sim, 95);
    begin(w, 100, 111);
    net_run(c.sim, 100);
    static const hk_tick ticks[] = {33, 43, 53, 100, 110};
    ck_assert_uint_eq(heard.count, HK_COUNT(ticks));
    ck_assert_mem_eq(heard.ticks, ticks, sizeof ticks);
    for (size_t n = 0; n < heard.count; n++)
        ck_assert_mem_eq(heard.values[n], truth[ticks[n]], sizeof truth[0]);
    hk_sim_destroy(c.sim);
}
END_TEST

START_TEST(a_trigger_chooses_the_ticks_at_which_a_population_fires) {
    static struct heard heard;
    size_t n = 0;
    find_truth((enum kind)_i);
    struct circuit c = make_circuit((enum kind)_i, 4);
    begin(watch(&c, &heard, 1, c.b), 0, TICKS + 1);
    net_run(c.sim, TICKS);
    for (hk_tick t = 0; t <= TICKS; t++) {
        if (!fired[t]) continue;
        ck_assert_int_eq(heard.ticks[n], t);
        ck_assert_mem_eq(heard.values[n++], truth[t], sizeof truth[0]);
    }
    ck_assert_uint_eq(heard.count, n);
    ck_assert_uint_gt(n, 10);
    ck_assert_uint_lt(n, TICKS * 2 / 3);
    hk_sim_destroy(c.sim);
}
END_TEST

/* `a` gets six spikes; it can't sleep where it has a drive, even of 0 pA. */
static struct circuit make_quiet(bool may_sleep) {
    static const double times[] = {5, 8, 12, 16, 20, 25};
    static const double which[] = {0, 1, 2, 3, 4, 5};
    struct circuit c = {.sim = net_create(HK_SINGLE, 0.1, 2)};
    struct hk_pop *in = net_spikes(c.sim, "in", 6, times, which, HK_COUNT(times));
    c.a = net_neurons(c.sim, "a", SIZE, "lif", "", "exc:exp:tau=2",
                      may_sleep ? NULL : "step:amplitude=0");
    (void)net_link(c.sim, &(struct net_link){.source = in,
                                             .target = c.a,
                                             .receptor = "exc",
                                             .connect = "probability:p=0.2",
                                             .weight = {HK_DIST_UNIFORM, 0, 300},
                                             .delay_ms = net_value(1.2)});
    net_build(c.sim);
    return c;
}

START_TEST(units_that_sleep_are_seen_as_if_they_were_awake) {
    static struct heard heard[2];
    struct circuit asleep = make_quiet(true), awake = make_quiet(false);
    begin(watch(&asleep, &heard[0], 3, NULL), 0, TICKS);
    begin(watch(&awake, &heard[1], 3, NULL), 0, TICKS);
    net_run(asleep.sim, TICKS);
    net_run(awake.sim, TICKS);
    ck_assert_uint_lt(hk_sim_count(asleep.sim).updates, hk_sim_count(awake.sim).updates / 2);
    ck_assert_uint_eq(heard[0].count, TICKS / 3);
    double most = 0.0;
    for (size_t n = 0; n < TICKS / 3; n++)
        for (size_t k = 0; k < UNITS; k++) {
            ck_assert_double_eq_tol(heard[0].values[n][k], heard[1].values[n][k], 1e-4);
            most = fmax(most, heard[0].values[n][k] + 70);
        }
    ck_assert_double_gt(most, 1); /* mV: something happened */
    hk_sim_destroy(asleep.sim);
    hk_sim_destroy(awake.sim);
}
END_TEST

START_TEST(looking_changes_nothing_on_the_exact_clock) {
    static struct heard heard;
    struct circuit seen = make_circuit(EXACT, 2), unseen = make_circuit(EXACT, 2);
    begin(watch(&seen, &heard, 1, NULL), 0, TICKS);
    net_run(seen.sim, TICKS);
    net_run(unseen.sim, TICKS);
    for (hk_neuron i = 0; i < SIZE; i++)
        ck_assert_double_eq(net_state(seen.a, "v", i), net_state(unseen.a, "v", i));
    ck_assert_mem_eq(hk_pop_counts(seen.a), hk_pop_counts(unseen.a), SIZE * sizeof(uint32_t));
    ck_assert_uint_gt(hk_sim_count(seen.sim).spikes, 100);
    hk_sim_destroy(seen.sim);
    hk_sim_destroy(unseen.sim);
}
END_TEST

/* Each nanosecond, where threads meet once in 10 ms. */
START_TEST(more_frames_than_can_be_kept_are_refused) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create_exact(1e-6, 2);
    struct hk_pop *pop = net_neurons(sim, "n", 20, "lif", "", "r:exp", NULL);
    struct hk_watch_spec spec = {.units = units, .count = 1, .every = 1, .watcher = hear};
    net_build(sim);
    ck_assert_ptr_null(hk_pop_watch(pop, &spec, &err));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
    ck_assert_str_eq(err.message, "n.v can't be recorded at each tick of 1e-06 ms: give a longer "
                                  "`every:`, or the run a longer resolution");
    spec.every = 1000000;
    ck_assert_ptr_nonnull(hk_pop_watch(pop, &spec, &err));
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(the_present_state_can_be_asked_for_between_runs) {
    static struct heard heard;
    struct hk_err err = {0};
    enum kind kind = _i ? EXACT : DOUBLE;
    find_truth(kind);
    struct circuit c = make_circuit(kind, 3);
    struct hk_watch *w = watch(&c, &heard, 0, NULL);
    net_run(c.sim, 77);
    ck_assert(hk_watch_now(w, &err));
    net_run(c.sim, 100);
    ck_assert_uint_eq(heard.count, 1);
    ck_assert_int_eq(heard.ticks[0], 77);
    ck_assert_mem_eq(heard.values[0], truth[77], sizeof truth[0]);
    hk_sim_destroy(c.sim);
}
END_TEST

static bool refuse(void *context, hk_tick tick, const void *values, struct hk_err *err) {
    (void)context, (void)values;
    return tick < 20 || HK_FAIL(err, HK_ERR_IO, "full at %lld", (long long)tick);
}

START_TEST(a_watcher_that_fails_ends_the_run) {
    struct hk_err err = {0};
    struct circuit c = make_circuit(SINGLE, 2);
    struct hk_watch *w = hk_pop_watch(c.a,
                                      &(struct hk_watch_spec){.units = units,
                                                              .count = 1,
                                                              .every = 10,
                                                              .watcher = refuse},
                                      &err);
    begin(w, 0, 1000);
    ck_assert(!hk_sim_run(c.sim, 1000, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "full at 20");
    hk_sim_destroy(c.sim);
}
END_TEST

static bool follow(void *context, hk_tick reached, struct hk_err *err) {
    hk_tick *last = context;
    (void)err;
    ck_assert_int_gt(reached, *last);
    ck_assert_int_le(reached - *last, 12);
    *last = reached;
    return true;
}

START_TEST(a_follower_hears_of_every_window) {
    hk_tick last = 0;
    struct circuit c = make_circuit(SINGLE, 2);
    hk_sim_follow(c.sim, follow, &last);
    net_run(c.sim, 100);
    ck_assert_int_eq(last, 100);
    hk_sim_destroy(c.sim);
}
END_TEST

Suite *suite_sim_watch(void) {
    Suite *suite = suite_create("sim/watch");
    TCase *tcase = tcase_create("watch");
    tcase_add_loop_test(tcase, frames_are_what_single_steps_see_for_any_number_of_threads, 0,
                        (int)HK_COUNT(cases));
    tcase_add_test(tcase, a_window_of_time_may_begin_later_and_again);
    tcase_add_loop_test(tcase, a_trigger_chooses_the_ticks_at_which_a_population_fires, SINGLE,
                        EXACT + 1);
    tcase_add_test(tcase, units_that_sleep_are_seen_as_if_they_were_awake);
    tcase_add_test(tcase, looking_changes_nothing_on_the_exact_clock);
    tcase_add_test(tcase, more_frames_than_can_be_kept_are_refused);
    tcase_add_loop_test(tcase, the_present_state_can_be_asked_for_between_runs, 0, 2);
    tcase_add_test(tcase, a_watcher_that_fails_ends_the_run);
    tcase_add_test(tcase, a_follower_hears_of_every_window);
    suite_add_tcase(suite, tcase);
    return suite;
}
