/* Protocols on the exact clock: samples that encoders turn into spikes, learning, resets, labels
 * and answers are what they are on a grid. With the ticks of a grid the exact clock gives its very
 * spikes; with its own, results that don't depend on threads. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "sim/protocol.h"
#include "sim/rng.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

static const double NS = 1e-6, GRID = 0.1; /* ms */

enum { SAMPLES = 10, VALUES = 12, CLASSES = 2, OUT = 20, PHASES = 3, TURNS = PHASES * SAMPLES };

struct turn {
    size_t sample;
    int predicted;
    uint64_t in, out;
};

struct bench {
    struct hk_sim *sim;
    struct hk_pop *in, *exc, *inh;
    struct hk_proj *plastic;
    struct net_heard heard[3];
    struct turn turns[TURNS];
    size_t turn_count, judged, correct;
    double weights[VALUES * OUT];
};

/* Samples of class 0 are bright at their beginning, those of class 1 at their end. */
static struct hk_samples make_samples(void) {
    static float values[SAMPLES * VALUES];
    static uint8_t labels[SAMPLES];
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "samples"), 0, 0);
    for (size_t i = 0; i < SAMPLES; i++) {
        labels[i] = i % CLASSES;
        for (size_t k = 0; k < VALUES; k++) {
            bool bright = (k < VALUES / 2) == (labels[i] == 0);
            values[i * VALUES + k] = (float)((bright ? 0.6 : 0.1) + 0.3 * hk_draws_uniform(&draws));
        }
    }
    return (struct hk_samples){.count = SAMPLES,
                               .size = VALUES,
                               .rank = 1,
                               .shape = {VALUES},
                               .classes = CLASSES,
                               .reals = values,
                               .labels = labels};
}

static void add_network(struct bench *b, const char *encoder, const char *settings) {
    struct hk_sim *sim = b->sim;
    b->in = net_encoder(sim, "in", VALUES, encoder, settings);
    b->exc = net_neurons(sim, "exc", OUT, "alif", "theta_plus=0.5 tau_theta=500",
                         "exc:exp:tau=3 inh:exp:tau=5", NULL);
    b->inh = net_neurons(sim, "inh", OUT, "lif", "t_ref=1", "exc:alpha:tau=1", NULL);
    struct hk_pop *pops[] = {b->in, b->exc, b->inh};
    b->plastic =
        net_link(sim, &(struct net_link){.source = b->in,
                                         .target = b->exc,
                                         .receptor = "exc",
                                         .weight = {HK_DIST_UNIFORM, 100, 500},
                                         .delay_ms = net_value(0.5),
                                         .rule = "stdp-pair:a_plus=9,a_minus=7,w_max=600"});
    (void)net_link(sim, &(struct net_link){.source = b->exc,
                                           .target = b->inh,
                                           .connect = "one-to-one",
                                           .weight = net_value(4000),
                                           .delay_ms = net_value(0.7)});
    (void)net_link(sim, &(struct net_link){.source = b->inh,
                                           .target = b->exc,
                                           .receptor = "inh",
                                           .weight = net_value(-150),
                                           .delay_ms = net_value(0.9)});
    for (size_t p = 0; p < HK_COUNT(pops); p++) net_hear(pops[p], &b->heard[p]);
    net_build(sim);
}

static bool presented(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct bench *b = context;
    (void)err;
    ck_assert_uint_lt(b->turn_count, TURNS);
    struct turn turn = {.sample = report->sample, .predicted = report->predicted};
    for (size_t i = 0; hk_sim_population(b->sim, i); i++) {
        if (hk_sim_population(b->sim, i) == b->in) turn.in = report->spikes[i];
        if (hk_sim_population(b->sim, i) == b->exc) turn.out = report->spikes[i];
    }
    b->turns[b->turn_count++] = turn;
    b->judged = report->judged;
    b->correct = report->correct;
    return true;
}

/* Learn, name the units, and be tested; the state goes back to its start before each sample. */
static void run_protocol(struct bench *b) {
    const struct hk_samples samples = make_samples();
    static const bool learns[] = {true, true, true}, stays[] = {false, false, false};
    static const enum hk_readout_use uses[PHASES] = {HK_READOUT_NONE, HK_READOUT_LABEL,
                                                     HK_READOUT_EVALUATE};
    static const char *const names[PHASES] = {"learn", "label", "test"};
    _Alignas(16) char param[128];
    struct hk_phase phases[PHASES];
    struct hk_err err = {0};
    const double tick_ms = hk_sim_tick_ms(b->sim);
    const struct hk_model *model = hk_model_find(HK_KIND_READOUT, "label-rate", HK_DOUBLE);
    ck_assert_ptr_nonnull(model);
    ck_assert_uint_le(model->param_size, sizeof param);
    hk_params_default(model, param);
    for (size_t k = 0; k < PHASES; k++)
        phases[k] = (struct hk_phase){.name = names[k],
                                      .samples = &samples,
                                      .epochs = 1,
                                      .of_class = -1,
                                      .wanted = -1,
                                      .show = (hk_tick)nearbyint(30 / tick_ms),
                                      .rest = (hk_tick)nearbyint(2.5 / tick_ms),
                                      .read_to = (hk_tick)nearbyint(30 / tick_ms),
                                      .shuffle = k == 0,
                                      .reset = true,
                                      .adapt = k == 0,
                                      .learn = k == 0 ? learns : stays,
                                      .use = uses[k],
                                      .average = 100};
    const struct hk_readout_spec readout = {.name = "class",
                                            .pop = b->exc,
                                            .model = (const struct hk_readout_model *)model,
                                            .param = param,
                                            .classes = CLASSES};
    const struct hk_protocol protocol = {.phases = phases,
                                         .phase_count = PHASES,
                                         .readouts = &readout,
                                         .readout_count = 1,
                                         .seed = 1};
    const struct hk_protocol_listener listener = {.context = b, .presented = presented};
    ck_assert_msg(hk_protocol_run(b->sim, &protocol, &listener, &err), "%s", err.message);
    ck_assert(hk_proj_read(b->plastic, &(struct hk_synapses){.weight = b->weights}, &err));
}

struct encoding {
    const char *model, *settings;
};
static const struct encoding encodings[] = {{"latency", "window=20"},
                                            {"poisson", "rate_max=200"},
                                            {"regular", "rate_max=200"}};

static void bench_init(struct bench *b, struct hk_sim *sim, const struct encoding *encoding) {
    memset(b, 0, sizeof *b);
    b->sim = sim;
    add_network(b, encoding->model, encoding->settings);
    run_protocol(b);
    ck_assert_uint_eq(b->turn_count, TURNS);
}

static void bench_finish(struct bench *b) {
    for (size_t p = 0; p < HK_COUNT(b->heard); p++) net_heard_finish(&b->heard[p]);
    hk_sim_destroy(b->sim);
}

/* The same spikes, tick by tick, and the same answers. */
static void same(const struct bench *a, const struct bench *b) {
    for (size_t p = 0; p < HK_COUNT(a->heard); p++)
        net_same_spikes(&a->heard[p], &b->heard[p], 101);
    for (size_t k = 0; k < TURNS; k++) {
        ck_assert_uint_eq(a->turns[k].sample, b->turns[k].sample);
        ck_assert_int_eq(a->turns[k].predicted, b->turns[k].predicted);
        ck_assert_uint_eq(a->turns[k].in, b->turns[k].in);
        ck_assert_uint_eq(a->turns[k].out, b->turns[k].out);
    }
    ck_assert_uint_eq(a->judged, SAMPLES);
    ck_assert_uint_eq(a->correct, b->correct);
}

/* Currents act after the tick that they arrive at, so nothing but rounding differs. */
START_TEST(with_the_ticks_of_a_grid_it_gives_the_spikes_of_the_grid) {
    static struct bench grid, exact;
    bench_init(&grid, net_create(HK_DOUBLE, GRID, 2), &encodings[_i]);
    bench_init(&exact, net_create_exact(GRID, 2), &encodings[_i]);
    same(&grid, &exact);
    for (size_t k = 0; k < HK_COUNT(grid.weights); k++)
        ck_assert_double_eq_tol(grid.weights[k], exact.weights[k], 1e-9);
    bench_finish(&grid);
    bench_finish(&exact);
}
END_TEST

START_TEST(threads_make_no_difference_to_a_protocol) {
    static const int threads[] = {3, 16};
    static struct bench first, other;
    bench_init(&first, net_create_exact(NS, 1), &encodings[_i]);
    for (size_t k = 0; k < HK_COUNT(threads); k++) {
        bench_init(&other, net_create_exact(NS, threads[k]), &encodings[_i]);
        same(&first, &other);
        ck_assert_mem_eq(first.weights, other.weights, sizeof first.weights);
        bench_finish(&other);
    }
    bench_finish(&first);
}
END_TEST

/* x bright to 20 ms (1 - x): what a grid rounds to its step is there to the nanosecond. */
START_TEST(encoders_spike_where_a_grid_has_them_but_for_its_rounding) {
    static struct bench grid, exact;
    bench_init(&grid, net_create(HK_DOUBLE, GRID, 1), &encodings[0]);
    bench_init(&exact, net_create_exact(NS, 1), &encodings[0]);
    ck_assert_uint_eq(grid.heard[0].count, exact.heard[0].count);
    size_t between = 0;
    double sums[2] = {0};
    for (size_t k = 0; k < grid.heard[0].count; k++) {
        sums[0] += (double)net_heard_tick(&grid.heard[0], k) * GRID;
        sums[1] += (double)net_heard_tick(&exact.heard[0], k) * NS;
        between += net_heard_tick(&exact.heard[0], k) % 100000 != 0;
    }
    ck_assert_double_le(fabs(sums[0] - sums[1]), GRID * (double)grid.heard[0].count);
    ck_assert_uint_gt(between, grid.heard[0].count / 2);
    bench_finish(&grid);
    bench_finish(&exact);
}
END_TEST

Suite *suite_sim_exact_protocol(void) {
    Suite *suite = suite_create("sim/exact_protocol");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, with_the_ticks_of_a_grid_it_gives_the_spikes_of_the_grid, 0,
                        HK_COUNT(encodings));
    tcase_add_loop_test(all, threads_make_no_difference_to_a_protocol, 0, HK_COUNT(encodings));
    tcase_add_test(all, encoders_spike_where_a_grid_has_them_but_for_its_rounding);
    suite_add_tcase(suite, all);
    return suite;
}
