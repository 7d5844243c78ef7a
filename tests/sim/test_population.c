/* Populations: their columns, their initial values, and what is refused. */
#include <check.h>
#include <math.h>

#include "tests/support/net.h"
#include "tests/support/suites.h"

static const struct hk_neuron_model *lif(void) {
    return (const struct hk_neuron_model *)hk_model_find(HK_KIND_NEURON, "lif", HK_DOUBLE);
}

static const struct hk_source_model *poisson(void) {
    return (const struct hk_source_model *)hk_model_find(HK_KIND_SOURCE, "poisson", HK_DOUBLE);
}

static const struct hk_receptor_model *receptor(const char *name) {
    return (const struct hk_receptor_model *)hk_model_find(HK_KIND_RECEPTOR, name, HK_DOUBLE);
}

static void refuses(const struct hk_pop_spec *spec, enum hk_code code, const char *words) {
    struct hk_err err = {0};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    (void)net_neurons(sim, "there", 1, "lif", "", NULL, NULL);
    ck_assert_ptr_null(hk_sim_add_population(sim, spec, &err));
    ck_assert_int_eq(err.code, code);
    ck_assert_str_eq(err.message, words);
    ck_assert_ptr_null(hk_sim_population(sim, 1)); /* it left nothing behind */
    hk_sim_destroy(sim);
}

/* ---- refusals ---- */

START_TEST(a_name_is_taken_once) {
    refuses(&(struct hk_pop_spec){.name = "there", .size = 1, .neuron = lif()}, HK_ERR_CONFIG,
            "two populations are called there");
}
END_TEST

START_TEST(a_population_is_of_one_kind) {
    const char *words = "n: needs one of a neuron model, a source and an encoder";
    refuses(&(struct hk_pop_spec){.name = "n", .size = 1}, HK_ERR_CONFIG, words);
    refuses(&(struct hk_pop_spec){.name = "n", .size = 1, .neuron = lif(), .source = poisson()},
            HK_ERR_CONFIG, words);
}
END_TEST

START_TEST(a_population_has_a_size) {
    const char *words[] = {"n: size = 0, must be in 1..4294967294",
                           "n: size = 4294967295, must be in 1..4294967294"};
    for (hk_neuron k = 0; k < 2; k++)
        refuses(&(struct hk_pop_spec){.name = "n", .size = k ? HK_NEURON_NONE : 0, .neuron = lif()},
                HK_ERR_RANGE, words[k]);
}
END_TEST

START_TEST(required_parameters_are_asked_for) {
    refuses(&(struct hk_pop_spec){.name = "in", .size = 1, .source = poisson()}, HK_ERR_CONFIG,
            "in: poisson needs rate: rate of each unit");
    const struct hk_receptor_spec exc = {.name = "exc", .model = receptor("cond-exp")};
    refuses(&(struct hk_pop_spec){.name = "n",
                                  .size = 1,
                                  .neuron = lif(),
                                  .receptors = &exc,
                                  .receptor_count = 1},
            HK_ERR_CONFIG, "n: receptor exc: cond-exp needs e: reversal potential");
}
END_TEST

START_TEST(receptors_have_names_of_their_own) {
    const struct hk_receptor_spec twice[] = {{"exc", receptor("delta"), NULL},
                                             {"exc", receptor("exp"), NULL}};
    refuses(&(struct hk_pop_spec){.name = "n",
                                  .size = 1,
                                  .neuron = lif(),
                                  .receptors = twice,
                                  .receptor_count = 2},
            HK_ERR_CONFIG, "n: two receptors are called exc");
}
END_TEST

START_TEST(receptors_are_so_many_at_most) {
    struct hk_receptor_spec many[HK_RECEPTORS_MAX + 1];
    for (size_t i = 0; i < HK_COUNT(many); i++)
        many[i] = (struct hk_receptor_spec){"exc", receptor("delta"), NULL};
    refuses(&(struct hk_pop_spec){.name = "n",
                                  .size = 1,
                                  .neuron = lif(),
                                  .receptors = many,
                                  .receptor_count = HK_COUNT(many)},
            HK_ERR_LIMIT, "n: 33 receptors are more than 32");
}
END_TEST

START_TEST(sources_have_no_receptors) {
    double rate = 1;
    const struct hk_receptor_spec exc = {"exc", receptor("delta"), NULL};
    refuses(&(struct hk_pop_spec){.name = "in",
                                  .size = 1,
                                  .source = poisson(),
                                  .param = &rate,
                                  .receptors = &exc,
                                  .receptor_count = 1},
            HK_ERR_CONFIG, "in: a source has neither receptors nor drives");
}
END_TEST

static void refuses_drive(const char *name, double from, double to, const char *words) {
    struct hk_err err = {0};
    const struct hk_model *model = hk_model_find(HK_KIND_DRIVE, "step", HK_DOUBLE);
    _Alignas(16) char param[64];
    hk_params_default(model, param);
    ck_assert(hk_param_set(hk_param_find(model, "amplitude"), param, 1, &err));
    ck_assert(hk_param_set(hk_param_find(model, "from"), param, from, &err));
    ck_assert(hk_param_set(hk_param_find(model, "to"), param, to, &err));
    const struct hk_drive_spec drive = {(const struct hk_drive_model *)model, param};
    refuses(&(struct hk_pop_spec){.name = name,
                                  .size = 1,
                                  .neuron = lif(),
                                  .drives = &drive,
                                  .drive_count = 1},
            HK_ERR_RANGE, words);
}

START_TEST(drives_begin_before_they_end) {
    refuses_drive("n", 2, 1, "n: drive step: from = 2 ms must be before to = 1 ms");
    refuses_drive("n", 0.25, 1,
                  "n: drive step: from: 0.25 ms is not a whole number of ticks of 0.1 ms; the "
                  "nearest are 0.2 and 0.3 ms");
}
END_TEST

/* ---- columns ---- */

START_TEST(columns_carry_the_names_of_their_receptors) {
    static const char *const names[] = {"v", "i_exc", "y1_slow", "i_slow", "g_inh"};
    static const char *const units[] = {"mV", "pA", "pA/ms", "pA", "nS"};
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *pop =
        net_neurons(sim, "n", 3, "lif", "", "exc:exp slow:alpha jump:delta inh:cond-exp:e=0", NULL);
    for (size_t k = 0; k < HK_COUNT(names); k++) {
        ck_assert_int_eq(hk_pop_column(pop, names[k]), (int)k);
        ck_assert_str_eq(hk_pop_column_info(pop, k)->name, names[k]);
        ck_assert_str_eq(hk_pop_column_info(pop, k)->unit, units[k]);
    }
    ck_assert_ptr_null(hk_pop_column_info(pop, HK_COUNT(names)));
    ck_assert_int_eq(hk_pop_column(pop, "i_inh"), -1);
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(receptors_are_found_by_name_and_number) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *pop = net_neurons(sim, "n", 3, "lif", "", "exc:exp inh:alpha", NULL);
    const char *name = NULL;
    ck_assert_str_eq(hk_pop_receptor(pop, 1, &name)->base.name, "alpha");
    ck_assert_str_eq(name, "inh");
    ck_assert_ptr_null(hk_pop_receptor(pop, 2, &name));
    ck_assert_str_eq(hk_pop_find_receptor(pop, "exc")->base.name, "exp");
    ck_assert_ptr_null(hk_pop_find_receptor(pop, "ampa"));
    hk_sim_destroy(sim);
}
END_TEST

START_TEST(columns_read_back_what_was_written) {
    enum { SIZE = 37 };
    for (int precision = 0; precision < HK_PRECISION_COUNT; precision++) {
        double put[SIZE], got[SIZE];
        struct hk_sim *sim = net_create((enum hk_precision)precision, 0.1, 1);
        struct hk_pop *pop = net_neurons(sim, "n", SIZE, "lif", "", "exc:exp", NULL);
        for (size_t k = 0; k < SIZE; k++) put[k] = (double)k * 0.25 - 3;
        hk_pop_write(pop, 1, put);
        hk_pop_read(pop, 1, got);
        ck_assert_mem_eq(got, put, sizeof put);
        hk_pop_read(pop, 0, got);
        for (size_t k = 0; k < SIZE; k++) ck_assert_double_eq(got[k], -70.0);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* Written before the build or after it, whoever owns the units; a reset goes back to what was
 * written before. */
START_TEST(columns_read_back_what_was_written_to_each_thread) {
    enum { SIZE = 500 };
    for (int threads = 1; threads <= 5; threads++) {
        double before[SIZE], after[SIZE], got[SIZE];
        struct hk_sim *sim = net_create(_i ? HK_DOUBLE : HK_SINGLE, 0.1, threads);
        struct hk_pop *pop = net_neurons(sim, "n", SIZE, "lif", "", "exc:exp", NULL);
        for (size_t k = 0; k < SIZE; k++) {
            before[k] = (double)k * 0.25 - 90;
            after[k] = (double)k * -0.5;
        }
        hk_pop_write(pop, 1, before);
        net_build(sim);
        hk_pop_read(pop, 1, got);
        ck_assert_mem_eq(got, before, sizeof got);
        hk_pop_write(pop, 1, after);
        hk_pop_read(pop, 1, got);
        ck_assert_mem_eq(got, after, sizeof got);
        hk_sim_reset_state(sim);
        hk_pop_read(pop, 1, got);
        ck_assert_mem_eq(got, before, sizeof got);
        hk_sim_destroy(sim);
    }
}
END_TEST

/* ---- initial values ---- */

enum { DRAWN = 20000 };

static void draw(double values[DRAWN], const char *name, bool with_another) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    if (with_another) {
        struct hk_pop *other = net_neurons(sim, "other", 70, "lif", "", "exc:exp", NULL);
        hk_pop_draw(other, 0, &(struct hk_dist){HK_DIST_NORMAL, 0, 1});
    }
    struct hk_pop *pop = net_neurons(sim, name, DRAWN, "lif", "", "exc:exp", NULL);
    if (with_another) hk_pop_draw(pop, 1, &(struct hk_dist){HK_DIST_UNIFORM, 0, 1});
    hk_pop_draw(pop, 0, &(struct hk_dist){HK_DIST_NORMAL, -58, 5});
    hk_pop_read(pop, 0, values);
    hk_sim_destroy(sim);
}

/* 4.5 standard deviations: a sound generator exceeds them once in 150,000 seeds. */
START_TEST(drawn_values_have_their_distribution) {
    static double values[DRAWN];
    double sum = 0, squares = 0;
    draw(values, "n", false);
    for (size_t k = 0; k < DRAWN; k++) {
        sum += values[k];
        squares += (values[k] + 58) * (values[k] + 58);
    }
    ck_assert_double_eq_tol(sum / DRAWN, -58, 4.5 * 5 / sqrt(DRAWN));
    ck_assert_double_eq_tol(squares / DRAWN, 25, 4.5 * 25 * sqrt(2.0 / DRAWN));
}
END_TEST

START_TEST(drawn_values_depend_on_nothing_but_names_and_the_seed) {
    static double alone[DRAWN], among[DRAWN], renamed[DRAWN];
    draw(alone, "n", false);
    draw(among, "n", true);
    draw(renamed, "m", false);
    ck_assert_mem_eq(alone, among, sizeof alone);
    ck_assert_double_ne(alone[0], renamed[0]);
}
END_TEST

/* ---- what is counted ---- */

START_TEST(counts_are_of_units_and_can_be_cleared) {
    static const double times[] = {1, 2, 3, 3}, units[] = {0, 1, 1, 1};
    for (int threads = 1; threads <= 3; threads++) {
        struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, threads);
        struct hk_pop *in = net_spikes(sim, "in", 40, times, units, 4);
        struct hk_pop *out = net_neurons(sim, "out", 40, "lif", "t_ref=0", "r:delta", NULL);
        (void)net_link(sim, &(struct net_link){.source = in,
                                               .target = out,
                                               .connect = "one-to-one",
                                               .weight = net_value(99)});
        net_build(sim);
        net_run(sim, 25);
        ck_assert_uint_eq(hk_pop_counts(in)[0], 1);
        ck_assert_uint_eq(hk_pop_counts(in)[1], 1);
        hk_pop_clear_counts(in);
        net_run(sim, 25);
        ck_assert_uint_eq(hk_pop_counts(in)[0], 0);
        ck_assert_uint_eq(hk_pop_counts(in)[1], 2);
        ck_assert_uint_eq(hk_pop_counts(out)[0], 1); /* not cleared */
        ck_assert_uint_eq(hk_pop_counts(out)[1], 2); /* two inputs of one tick are one spike */
        hk_sim_destroy(sim);
    }
}
END_TEST

START_TEST(populations_are_found_by_name_and_number) {
    struct hk_sim *sim = net_create(HK_DOUBLE, 0.1, 1);
    struct hk_pop *n = net_neurons(sim, "n", 7, "lif", "", NULL, NULL);
    struct hk_pop *in = net_source(sim, "in", 5, "poisson", "rate=1");
    struct hk_pop *shown = net_encoder(sim, "shown", 3, "poisson", "rate_max=1");
    ck_assert_ptr_eq(hk_sim_population(sim, 1), in);
    ck_assert_ptr_null(hk_sim_population(sim, 3));
    ck_assert_ptr_eq(hk_sim_find_population(sim, "n"), n);
    ck_assert_ptr_null(hk_sim_find_population(sim, "m"));
    ck_assert_str_eq(hk_pop_name(shown), "shown");
    ck_assert_uint_eq(hk_pop_size(in), 5);
    ck_assert(hk_pop_has_neurons(n) && !hk_pop_has_neurons(in) && !hk_pop_has_neurons(shown));
    ck_assert(hk_pop_has_encoder(shown) && !hk_pop_has_encoder(in) && !hk_pop_has_encoder(n));
    hk_sim_destroy(sim);
}
END_TEST

Suite *suite_sim_population(void) {
    Suite *suite = suite_create("sim/population");
    TCase *refusals = tcase_create("refusals"), *columns = tcase_create("columns");
    tcase_add_test(refusals, a_name_is_taken_once);
    tcase_add_test(refusals, a_population_is_of_one_kind);
    tcase_add_test(refusals, a_population_has_a_size);
    tcase_add_test(refusals, required_parameters_are_asked_for);
    tcase_add_test(refusals, receptors_have_names_of_their_own);
    tcase_add_test(refusals, receptors_are_so_many_at_most);
    tcase_add_test(refusals, sources_have_no_receptors);
    tcase_add_test(refusals, drives_begin_before_they_end);
    suite_add_tcase(suite, refusals);
    tcase_add_test(columns, columns_carry_the_names_of_their_receptors);
    tcase_add_test(columns, receptors_are_found_by_name_and_number);
    tcase_add_test(columns, columns_read_back_what_was_written);
    tcase_add_loop_test(columns, columns_read_back_what_was_written_to_each_thread, 0, 2);
    tcase_add_test(columns, drawn_values_have_their_distribution);
    tcase_add_test(columns, drawn_values_depend_on_nothing_but_names_and_the_seed);
    tcase_add_test(columns, counts_are_of_units_and_can_be_cleared);
    tcase_add_test(columns, populations_are_found_by_name_and_number);
    suite_add_tcase(suite, columns);
    return suite;
}
