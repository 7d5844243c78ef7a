/* What a phase does with its samples, answers, rewards and lessons. Two output units are driven by
 * spikes at given ticks, so every answer is known beforehand. */
#include "sim/protocol.h"

#include <check.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum {
    CLASSES = 2,
    SAMPLES = 12,
    SHOW = 10,
    REST = 2,
    TURN = SHOW + REST, /* ticks of 1 ms from presentation to presentation */
    PROJS_MAX = 4,
    SPIKES_MAX = 400,
    PHASES_MAX = 3
};

struct spikes {
    double times[SPIKES_MAX], units[SPIKES_MAX];
    size_t count;
};

static void spikes_add(struct spikes *spikes, double time, double unit) {
    ck_assert_uint_lt(spikes->count, SPIKES_MAX);
    spikes->times[spikes->count] = time;
    spikes->units[spikes->count++] = unit;
}

/* What was seen of a presentation. */
struct seen {
    size_t sample;
    int label, predicted;
    size_t recent, recent_correct;
    uint64_t spikes;
};

struct bench {
    struct hk_sim *sim;
    struct hk_pop *out;
    struct hk_signal *reward;
    struct spikes force; /* of the output units */
    uint8_t labels[SAMPLES];
    float values[SAMPLES];
    struct hk_samples samples;
    bool learn[PROJS_MAX];
    struct hk_phase phases[PHASES_MAX];
    struct hk_protocol protocol;
    struct hk_readout_spec readout;
    struct hk_reward_spec rewards[1];
    _Alignas(16) char param[128], reward_param[128];
    struct seen seen[200];
    size_t seen_count;
    double signal[SAMPLES * TURN + 1]; /* [tick] */
};

/* Samples of classes 0, 1, 0, 1 ...; one phase shows all. */
static void bench_init(struct bench *b) {
    memset(b, 0, sizeof *b);
    for (size_t i = 0; i < SAMPLES; i++) b->labels[i] = i % CLASSES;
    for (size_t i = 0; i < SAMPLES; i++) b->values[i] = 1.0f;
    b->samples = (struct hk_samples){.count = SAMPLES,
                                     .size = 1,
                                     .rank = 1,
                                     .shape = {1},
                                     .classes = CLASSES,
                                     .reals = b->values,
                                     .labels = b->labels};
    b->phases[0] = (struct hk_phase){.name = "first",
                                     .samples = &b->samples,
                                     .epochs = 1,
                                     .of_class = -1,
                                     .wanted = -1,
                                     .show = SHOW,
                                     .rest = REST,
                                     .read_to = SHOW,
                                     .learn = b->learn,
                                     .use = HK_READOUT_EVALUATE,
                                     .average = 1000};
    b->protocol = (struct hk_protocol){.phases = b->phases,
                                       .phase_count = 1,
                                       .readouts = &b->readout,
                                       .readout_count = 1,
                                       .seed = 1};
}

static const struct hk_model *find(enum hk_model_kind kind, const char *name, char param[128]) {
    const struct hk_model *model = hk_model_find(kind, name, HK_DOUBLE);
    ck_assert_ptr_nonnull(model);
    ck_assert_uint_le(model->param_size, 128);
    hk_params_default(model, param);
    return model;
}

static void bench_open(struct bench *b) {
    struct hk_err err = {0};
    b->sim = net_create(HK_DOUBLE, 1, 2);
    struct hk_pop *in =
        net_spikes(b->sim, "force", CLASSES, b->force.times, b->force.units, b->force.count);
    b->out = net_neurons(b->sim, "out", CLASSES, "lif", "t_ref=0", "force:delta", NULL);
    net_force(b->sim, in, b->out, "force");
    b->reward = hk_sim_add_signal(b->sim, &(struct hk_signal_spec){.name = "reward"}, &err);
    ck_assert_ptr_nonnull(b->reward);
    b->readout =
        (struct hk_readout_spec){.name = "digits",
                                 .pop = b->out,
                                 .model = (const struct hk_readout_model *)find(HK_KIND_READOUT,
                                                                                "argmax", b->param),
                                 .param = b->param,
                                 .classes = CLASSES};
}

static void bench_reward(struct bench *b, const char *model) {
    const struct hk_model *found = find(HK_KIND_REWARD, model, b->reward_param);
    b->rewards[0] = (struct hk_reward_spec){.signal = b->reward,
                                            .model = (const struct hk_reward_model *)found,
                                            .param = b->reward_param};
    b->protocol.rewards = b->rewards;
    b->protocol.reward_count = 1;
}

static bool presented(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct bench *b = context;
    (void)err;
    ck_assert_uint_lt(b->seen_count, HK_COUNT(b->seen));
    struct seen *seen = &b->seen[b->seen_count++];
    *seen = (struct seen){.sample = report->sample,
                          .label = report->label,
                          .predicted = report->predicted,
                          .recent = report->recent,
                          .recent_correct = report->recent_correct};
    for (size_t i = 0; hk_sim_population(b->sim, i); i++)
        if (hk_sim_population(b->sim, i) == b->out) seen->spikes = report->spikes[i];
    return true;
}

static void bench_run(struct bench *b) {
    struct hk_err err = {0};
    net_build(b->sim);
    const struct hk_protocol_listener listener = {.context = b, .presented = presented};
    ck_assert_msg(hk_protocol_run(b->sim, &b->protocol, &listener, &err), "%s", err.message);
}

/* ---- which samples ---- */

/* Samples 1, 3, 5 ... are of class 1; the first of them is skipped. */
START_TEST(a_class_is_chosen_before_skip_and_take) {
    static struct bench b;
    bench_init(&b);
    struct hk_phase *phase = &b.phases[0];
    phase->of_class = 1;
    phase->skip = 1;
    phase->take = 2;
    phase->epochs = 2;
    ck_assert_uint_eq(hk_phase_total(phase), 4);
    bench_open(&b);
    bench_run(&b);
    static const size_t expected[] = {3, 5, 3, 5};
    ck_assert_uint_eq(b.seen_count, 4);
    for (size_t k = 0; k < 4; k++) {
        ck_assert_uint_eq(b.seen[k].sample, expected[k]);
        ck_assert_int_eq(b.seen[k].label, 1);
    }
    hk_sim_destroy(b.sim);
}
END_TEST

START_TEST(a_shuffled_class_shows_each_of_its_samples_once) {
    static struct bench b;
    size_t times[SAMPLES] = {0};
    bench_init(&b);
    b.phases[0].of_class = 0;
    b.phases[0].skip = 2;
    b.phases[0].shuffle = true;
    ck_assert_uint_eq(hk_phase_total(&b.phases[0]), 4);
    bench_open(&b);
    bench_run(&b);
    for (size_t k = 0; k < b.seen_count; k++) times[b.seen[k].sample]++;
    for (size_t i = 0; i < SAMPLES; i++) ck_assert_uint_eq(times[i], i % CLASSES == 0 && i >= 4);
    hk_sim_destroy(b.sim);
}
END_TEST

START_TEST(a_class_without_samples_is_an_error) {
    static struct bench b;
    struct hk_err err = {0};
    bench_init(&b);
    b.phases[0].of_class = 0;
    b.phases[0].skip = 6;
    ck_assert_uint_eq(hk_phase_total(&b.phases[0]), 0);
    bench_open(&b);
    net_build(b.sim);
    ck_assert(!hk_protocol_run(b.sim, &b.protocol, &(struct hk_protocol_listener){0}, &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, "phase first: no samples are left after the first 6 of 12");
    hk_sim_destroy(b.sim);
}
END_TEST

/* Unit 0 always answers: right is what is wanted, not what is shown. */
START_TEST(what_is_wanted_counts_as_right) {
    for (int wanted = 0; wanted < CLASSES; wanted++) {
        static struct bench b;
        bench_init(&b);
        for (size_t k = 0; k < 4; k++) spikes_add(&b.force, (double)(k * TURN + 5), 0);
        b.phases[0].take = 4;
        b.phases[0].wanted = wanted;
        bench_open(&b);
        bench_run(&b);
        for (size_t k = 0; k < 4; k++) {
            ck_assert_int_eq(b.seen[k].label, wanted);
            ck_assert_int_eq(b.seen[k].predicted, 0);
            ck_assert_uint_eq(b.seen[k].recent_correct, wanted == 0 ? k + 1 : 0);
        }
        hk_sim_destroy(b.sim);
    }
}
END_TEST

/* ---- what is read ---- */

/* Unit 1 fires once, in each tick of a presentation; `read` is the ticks 5, 6 and 7. */
START_TEST(spikes_count_in_the_window_that_is_read_alone) {
    static struct bench b;
    bench_init(&b);
    for (size_t k = 0; k < SHOW; k++) spikes_add(&b.force, (double)(k * TURN + k + 1), 1);
    b.phases[0].read_from = 4;
    b.phases[0].read_to = 7;
    b.phases[0].take = SHOW;
    bench_open(&b);
    bench_run(&b);
    ck_assert_uint_eq(b.seen_count, SHOW);
    for (size_t k = 0; k < SHOW; k++) {
        ck_assert_int_eq(b.seen[k].predicted, k >= 4 && k < 7 ? 1 : -1);
        ck_assert_uint_eq(b.seen[k].spikes, k + 1); /* but rates are of the whole of `show` */
    }
    hk_sim_destroy(b.sim);
}
END_TEST

/* More spikes outside don't outvote one inside. */
START_TEST(spikes_outside_the_window_have_no_vote) {
    static struct bench b;
    bench_init(&b);
    for (size_t t = 1; t <= SHOW; t++)
        if (t <= 4 || t > 7) spikes_add(&b.force, (double)t, 0);
    spikes_add(&b.force, 6, 1);
    b.phases[0].read_from = 4;
    b.phases[0].read_to = 7;
    b.phases[0].take = 1;
    bench_open(&b);
    bench_run(&b);
    ck_assert_int_eq(b.seen[0].predicted, 1);
    ck_assert_uint_eq(b.seen[0].spikes, SHOW - 3 + 1);
    hk_sim_destroy(b.sim);
}
END_TEST

/* Right, right, wrong, none, right, wrong, right, right: the last three of each. */
START_TEST(the_running_score_is_over_the_last_presentations) {
    static const int answers[] = {0, 1, 1, -1, 0, 0, 0, 1}; /* wanted: 0, 1, 0, 1 ... */
    static const size_t correct[] = {1, 2, 2, 1, 1, 1, 2, 2};
    static struct bench b;
    bench_init(&b);
    for (size_t k = 0; k < HK_COUNT(answers); k++)
        if (answers[k] >= 0) spikes_add(&b.force, (double)(k * TURN + 3), answers[k]);
    b.phases[0].take = HK_COUNT(answers);
    b.phases[0].average = 3;
    bench_open(&b);
    bench_run(&b);
    for (size_t k = 0; k < HK_COUNT(answers); k++) {
        ck_assert_int_eq(b.seen[k].predicted, answers[k]);
        ck_assert_uint_eq(b.seen[k].recent, k < 3 ? k + 1 : 3);
        ck_assert_uint_eq(b.seen[k].recent_correct, correct[k]);
    }
    hk_sim_destroy(b.sim);
}
END_TEST

/* ---- rewards ---- */

static bool hear_signal(void *context, const struct hk_pop *pop, hk_tick tick,
                        const uint32_t *units, size_t count, struct hk_err *err) {
    struct bench *b = context;
    (void)pop, (void)units, (void)count, (void)err;
    b->signal[tick] = hk_signal_value(b->reward);
    return true;
}

/* Four presentations: right, wrong, none, right. `read` is 4 to 7 ms, the reward 7 to 10. A clock
 * that ticks all the time tells when its listener looks at the signal. */
static void reward_four(struct bench *b, const char *model, size_t phases) {
    static const int answers[] = {0, 0, -1, 1};
    static struct spikes clock;
    clock.count = 0;
    bench_init(b);
    for (size_t k = 0; k < HK_COUNT(answers); k++)
        if (answers[k] >= 0) spikes_add(&b->force, (double)(k * TURN + 6), answers[k]);
    for (size_t t = 1; t <= (size_t)4 * TURN; t++) spikes_add(&clock, (double)t, 0);
    bench_open(b);
    bench_reward(b, model);
    b->phases[0].read_from = 4;
    b->phases[0].read_to = 7;
    b->phases[0].take = 4 / phases;
    b->phases[0].reward = b->rewards;
    b->phases[1] = b->phases[0];
    b->phases[1].name = "second";
    b->phases[1].skip = 4 / phases;
    b->protocol.phase_count = phases;
    struct hk_pop *ticker = net_spikes(b->sim, "clock", 1, clock.times, NULL, clock.count);
    hk_pop_listen(ticker, hear_signal, b);
    bench_run(b);
    ck_assert_uint_eq(b->seen_count, 4);
}

static void expect_signal(const struct bench *b, const double values[4]) {
    for (size_t t = 1; t <= (size_t)4 * TURN; t++) {
        size_t k = (t - 1) / TURN, at = (t - 1) % TURN + 1;
        ck_assert_double_eq_tol(b->signal[t], at > 7 && at <= SHOW ? values[k] : 0.0, 1e-15);
    }
    ck_assert_double_eq(hk_signal_value(b->reward), 0.0);
}

START_TEST(the_reward_lasts_from_the_answer_to_the_end_of_show) {
    static struct bench b;
    reward_four(&b, "fixed", 1);
    expect_signal(&b, (const double[]){1, -1, -1, 1});
    hk_sim_destroy(b.sim);
}
END_TEST

/* With A = 3 ms times the signal, R the mean over 10 and a rate of 5e-4 a ms; what is remembered
 * goes on from phase to phase. */
START_TEST(what_a_reward_remembers_lives_as_long_as_the_protocol) {
    static struct bench b;
    double right = 1, wrong = 1, mean = 0, values[4];
    for (size_t k = 0; k < 4; k++) {
        values[k] = k == 0 || k == 3 ? right : -wrong;
        double total = 3 * values[k];
        mean += 0.1 * (total - mean);
        right -= 5e-4 * (total - mean);
        wrong += 5e-4 * (total - mean);
    }
    ck_assert_double_gt(values[3], 1.001);
    for (size_t phases = 1; phases <= 2; phases++) {
        reward_four(&b, "prediction-error", phases);
        expect_signal(&b, values);
        hk_sim_destroy(b.sim);
    }
}
END_TEST

/* One pair of coincident spikes, in each tick of a presentation and of the rest: MSTDP multiplies
 * it with the signal of the next tick, so it counts in the ticks 7, 8 and 9. */
START_TEST(the_reward_teaches_pairs_within_its_time) {
    static const double signs[] = {1, -1};
    static struct bench b;
    double at = _i % TURN + 1;
    int answer = _i / TURN;
    bench_init(&b);
    spikes_add(&b.force, 6, answer);
    bench_open(&b);
    bench_reward(&b, "fixed");
    b.phases[0].read_from = 4;
    b.phases[0].read_to = 7;
    b.phases[0].take = 1;
    b.phases[0].reward = b.rewards;
    struct hk_pop *pre = net_spikes(b.sim, "pre", 1, &at, NULL, 1);
    struct hk_pop *post = net_neurons(b.sim, "post", 1, "lif", "", "force:delta syn:delta", NULL);
    net_force(b.sim, pre, post, "force");
    struct hk_proj *proj =
        net_link(b.sim, &(struct net_link){.name = "plastic",
                                           .source = pre,
                                           .target = post,
                                           .receptor = "syn",
                                           .weight = net_value(0.5),
                                           .rule = "mstdp:signal=reward,w_max=1,rate=0.1,"
                                                   "a_minus=0"});
    for (size_t k = 0; k < PROJS_MAX; k++) b.learn[k] = hk_sim_projection(b.sim, k) == proj;
    bench_run(&b);
    bool counts = at >= 7 && at < SHOW;
    ck_assert_double_eq_tol(net_weight(proj, 0), 0.5 + (counts ? 0.1 * signs[answer] : 0), 1e-15);
    hk_sim_destroy(b.sim);
}
END_TEST

/* ---- dropping out ---- */

enum { UNITS = 1000 };

/* Spikes of a population of which half drops out: each of the others fires in every tick. */
static uint64_t count_kept(bool drop) {
    static struct bench b;
    static float values[UNITS];
    bench_init(&b);
    for (size_t i = 0; i < UNITS; i++) values[i] = 1.0f;
    b.samples.count = 1;
    b.samples.size = b.samples.shape[0] = UNITS;
    b.samples.reals = values;
    spikes_add(&b.force, 1, 0);
    bench_open(&b);
    b.out = net_encoder(b.sim, "in", UNITS, "regular", "rate_max=1000 dropout=0.5");
    b.phases[0].drop = drop;
    bench_run(&b);
    hk_sim_destroy(b.sim);
    return b.seen[0].spikes;
}

/* Units kept are binomial(1000, 1/2): 5 standard deviations of 15.8 are exceeded once in 1.7
 * million seeds. */
START_TEST(populations_drop_out_where_the_phase_says_so) {
    ck_assert_uint_eq(count_kept(false), (uint64_t)UNITS * SHOW);
    uint64_t spikes = count_kept(true);
    ck_assert_uint_eq(spikes % SHOW, 0);
    ck_assert_double_eq_tol((double)spikes / SHOW, UNITS / 2.0, 5 * 15.8);
}
END_TEST

Suite *suite_sim_protocol(void) {
    Suite *suite = suite_create("sim/protocol");
    TCase *samples = tcase_create("samples"), *reading = tcase_create("reading");
    TCase *rewards = tcase_create("rewards"), *dropping = tcase_create("dropping");
    tcase_add_test(samples, a_class_is_chosen_before_skip_and_take);
    tcase_add_test(samples, a_shuffled_class_shows_each_of_its_samples_once);
    tcase_add_test(samples, a_class_without_samples_is_an_error);
    tcase_add_test(samples, what_is_wanted_counts_as_right);
    suite_add_tcase(suite, samples);
    tcase_add_test(reading, spikes_count_in_the_window_that_is_read_alone);
    tcase_add_test(reading, spikes_outside_the_window_have_no_vote);
    tcase_add_test(reading, the_running_score_is_over_the_last_presentations);
    suite_add_tcase(suite, reading);
    tcase_add_test(rewards, the_reward_lasts_from_the_answer_to_the_end_of_show);
    tcase_add_test(rewards, what_a_reward_remembers_lives_as_long_as_the_protocol);
    tcase_add_loop_test(rewards, the_reward_teaches_pairs_within_its_time, 0, 2 * TURN);
    suite_add_tcase(suite, rewards);
    tcase_add_test(dropping, populations_drop_out_where_the_phase_says_so);
    suite_add_tcase(suite, dropping);
    return suite;
}
