/* Replayed spikes: when each is played, and what can't be. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { UNITS = 5, TICKS = 400, PARAM_SIZE = 256 };
static const double TICK = 0.1;

/* Out of order; unit 1 fires twice in the tick at 2 ms; recorded for 4 ms. */
static const double times[] = {3, 2, 0.3, 2, 4};
static const hk_neuron units[] = {4, 1, 0, 1, 2};
static const struct hk_recording recording = {times, units, 5, 4.0};

/* "name=value", apart from the recording and `only`. */
struct setting {
    const char *name;
    double value;
};
enum { SETTINGS_MAX = 4 };

static struct hk_pop *add(struct hk_sim *sim, const struct hk_recording *r,
                          const struct setting settings[SETTINGS_MAX], const struct hk_list *only,
                          struct hk_err *err) {
    const struct hk_model *model = hk_model_find(HK_KIND_SOURCE, "replay", HK_DOUBLE);
    _Alignas(16) char param[PARAM_SIZE];
    ck_assert_uint_le(model->param_size, PARAM_SIZE);
    hk_params_default(model, param);
    hk_param_set_recording(hk_param_find(model, "replay"), param, r);
    for (size_t i = 0; i < SETTINGS_MAX && settings[i].name; i++) {
        const struct hk_param *row = hk_param_find(model, settings[i].name);
        bool word = row->kind == HK_CHOICE;
        ck_assert(word ? hk_param_choose(row, param, row->choices[(int)settings[i].value], err)
                       : hk_param_set(row, param, settings[i].value, err));
    }
    if (only) ck_assert(hk_param_set_list(hk_param_find(model, "only"), param, *only, err));
    const struct hk_pop_spec spec = {.name = "in",
                                     .size = UNITS,
                                     .source = (const struct hk_source_model *)model,
                                     .param = param};
    return hk_sim_add_population(sim, &spec, err);
}

/* Play, and compare with what is expected; returns the rounding. */
static double play(const struct setting settings[SETTINGS_MAX], const struct hk_list *only,
                   const hk_tick *ticks, const uint32_t *expected, size_t count) {
    struct hk_err err = {0};
    struct net_heard heard;
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    struct hk_pop *pop = add(sim, &recording, settings, only, &err);
    ck_assert_msg(pop != NULL, "%s", err.message);
    net_hear(pop, &heard);
    net_build(sim);
    net_run(sim, TICKS);
    ck_assert_uint_eq(heard.count, count);
    for (size_t k = 0; k < count; k++) {
        ck_assert_int_eq(net_heard_tick(&heard, k), ticks[k]);
        ck_assert_uint_eq(net_heard_unit(&heard, k), expected[k]);
    }
    double rounding = hk_pop_rounding_ms(pop);
    net_heard_finish(&heard);
    hk_sim_destroy(sim);
    return rounding;
}

#define SETTINGS(...) ((const struct setting[SETTINGS_MAX]){__VA_ARGS__})
#define PLAY(settings, only, ticks, units)                                                         \
    play(settings, only, ticks, units, sizeof(ticks) / sizeof(ticks)[0])

START_TEST(spikes_come_when_and_as_often_as_they_were_recorded) {
    static const hk_tick at[] = {3, 20, 20, 30, 40};
    static const uint32_t who[] = {0, 1, 1, 4, 2};
    ck_assert_double_eq(PLAY(SETTINGS({NULL, 0}), NULL, at, who), 0.0);
}
END_TEST

START_TEST(an_offset_shifts_and_a_speed_stretches) {
    static const hk_tick later[] = {103, 120, 120, 130, 140}, slower[] = {6, 40, 40, 60, 80};
    static const uint32_t who[] = {0, 1, 1, 4, 2};
    (void)PLAY(SETTINGS({"offset", 10}), NULL, later, who);
    (void)PLAY(SETTINGS({"speed", 0.5}), NULL, slower, who);
}
END_TEST

START_TEST(a_part_is_open_below_and_closed_above) {
    static const hk_tick at[] = {10, 20};
    static const uint32_t who[] = {4, 2};
    (void)PLAY(SETTINGS({"from", 2}), NULL, at, who);
    (void)PLAY(SETTINGS({"from", 2}, {"to", 4}), NULL, at, who);
    static const hk_tick before[] = {3, 20, 20};
    static const uint32_t whom[] = {0, 1, 1};
    (void)PLAY(SETTINGS({"to", 2}), NULL, before, whom);
}
END_TEST

/* One part ends with the tick at which the next one's times begin. */
START_TEST(repeats_follow_each_other_without_a_seam) {
    static const hk_tick at[] = {110, 120, 130, 140, 150, 160};
    static const uint32_t who[] = {4, 2, 4, 2, 4, 2};
    (void)PLAY(SETTINGS({"from", 2}, {"repeat", 3}, {"offset", 10}), NULL, at, who);
    static const hk_tick fast[] = {5, 10, 25, 30};
    static const uint32_t whom[] = {4, 2, 4, 2};
    (void)PLAY(SETTINGS({"from", 2}, {"to", 6}, {"repeat", 2}, {"speed", 2}), NULL, fast, whom);
}
END_TEST

START_TEST(only_the_chosen_units_play) {
    static const double chosen[] = {4, 0};
    static const hk_tick at[] = {3, 30};
    static const uint32_t who[] = {0, 4};
    (void)PLAY(SETTINGS({NULL, 0}), (&(struct hk_list){chosen, 2}), at, who);
    const struct hk_list none = {chosen, 0};
    (void)play(SETTINGS({NULL, 0}), &none, NULL, NULL, 0);
}
END_TEST

/* 0.3 / 4 = 0.075 ms is 0.75 ticks: a quarter of a tick away from the first. */
START_TEST(rounding_takes_the_nearest_tick_and_is_reported) {
    static const hk_tick at[] = {1, 5, 5, 8, 10};
    static const uint32_t who[] = {0, 1, 1, 4, 2};
    double rounding = PLAY(SETTINGS({"speed", 4}, {"round", 1}), NULL, at, who);
    ck_assert_double_eq_tol(rounding, 0.5 * TICK, 1e-12); /* of 3 / 4 ms: 7.5 ticks become 8 */
}
END_TEST

/* ---- refusals ---- */

static void refuse(const struct hk_recording *r, const struct setting settings[SETTINGS_MAX],
                   const struct hk_list *only, enum hk_code code, const char *message) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, TICK, 1);
    ck_assert_ptr_null(add(sim, r, settings, only, &err));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, code);
    hk_sim_destroy(sim);
}

START_TEST(times_between_ticks_are_refused) {
    refuse(&recording, SETTINGS({"speed", 2}), NULL, HK_ERR_RANGE,
           "in: spike 2, recorded at 0.3 ms (`round: nearest` would move it to a whole tick): 0.15 "
           "ms is not a whole number of ticks of 0.1 ms; the nearest are 0.1 and 0.2 ms");
}
END_TEST

START_TEST(times_before_the_first_tick_are_refused) {
    static const double zero[] = {0};
    static const hk_neuron unit[] = {0};
    const struct hk_recording early = {zero, unit, 1, (double)NAN};
    const char *words =
        "in: spike 0, recorded at 0 ms, would be played at 0 ms, but the first tick "
        "ends at 0.1 ms; a larger offset makes room";
    refuse(&early, SETTINGS({NULL, 0}), NULL, HK_ERR_RANGE, words);
    refuse(&recording, SETTINGS({"offset", -2.0}), NULL, HK_ERR_RANGE,
           "in: spike 1, recorded at 2 ms, would be played at 0 ms, but the first tick ends at 0.1 "
           "ms; a larger offset makes room");
}
END_TEST

START_TEST(units_beyond_the_population_are_refused) {
    static const hk_neuron beyond[] = {4, 1, 5, 1, 2};
    const struct hk_recording r = {times, beyond, 5, 4.0};
    static const double chosen[] = {1, 5};
    refuse(&r, SETTINGS({NULL, 0}), NULL, HK_ERR_RANGE,
           "in: spike 2 of the recording is of unit 5, but the size is 5; `only: [...]` plays "
           "chosen units");
    refuse(&r, SETTINGS({NULL, 0}), &(struct hk_list){chosen, 2}, HK_ERR_RANGE,
           "in: only[1] = 5, must be a whole number below 5");
}
END_TEST

START_TEST(parts_that_have_no_length_are_refused) {
    const struct hk_recording endless = {times, units, 5, (double)NAN};
    refuse(&recording, SETTINGS({"from", 3}, {"to", 3}), NULL, HK_ERR_RANGE,
           "in: from = 3 ms, must be before the end at 3 ms");
    refuse(&recording, SETTINGS({"from", 4}), NULL, HK_ERR_RANGE,
           "in: from = 4 ms, must be before the end at 4 ms");
    refuse(&endless, SETTINGS({"repeat", 2}), NULL, HK_ERR_CONFIG,
           "in: repeat = 2 needs `to:`, since the recording doesn't say where it ends");
    refuse(&recording, SETTINGS({"repeat", 1e9}), NULL, HK_ERR_LIMIT,
           "in: 5 spikes, 1000000000 times, are more than 268435456 (SPIKES_MAX)");
}
END_TEST

Suite *suite_encoders_source_replay(void) {
    Suite *suite = suite_create("encoders/source_replay");
    TCase *cases = tcase_create("replay");
    tcase_add_test(cases, spikes_come_when_and_as_often_as_they_were_recorded);
    tcase_add_test(cases, an_offset_shifts_and_a_speed_stretches);
    tcase_add_test(cases, a_part_is_open_below_and_closed_above);
    tcase_add_test(cases, repeats_follow_each_other_without_a_seam);
    tcase_add_test(cases, only_the_chosen_units_play);
    tcase_add_test(cases, rounding_takes_the_nearest_tick_and_is_reported);
    tcase_add_test(cases, times_between_ticks_are_refused);
    tcase_add_test(cases, times_before_the_first_tick_are_refused);
    tcase_add_test(cases, units_beyond_the_population_are_refused);
    tcase_add_test(cases, parts_that_have_no_length_are_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
