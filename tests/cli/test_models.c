#include "sim/models.h"

#include <check.h>
#include <string.h>

#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static struct program program;

static void expect(const char *part) {
    ck_assert_msg(strstr(program.out, part) != NULL, "no '%s' in: %s", part, program.out);
}

static void expect_line(const char *name, const char *text) {
    for (const char *at = program.out; (at = strstr(at, name)); at++)
        if (strstr(at, text) && strstr(at, text) < strchr(at, '\n')) return;
    ck_abort_msg("no line with '%s' and '%s' in: %s", name, text, program.out);
}

START_TEST(the_list_has_every_model_with_its_doc) {
    const struct hk_model *model;
    program_run(&program, "models");
    ck_assert_int_eq(program.status, 0);
    for (int kind = 0; kind < HK_KIND_COUNT; kind++)
        for (size_t i = 0; (model = hk_model_at((enum hk_model_kind)kind, i)); i++)
            expect_line(model->name, model->doc);
    expect("\nrewards (signals.NAME.rule)\n");
    ck_assert_ptr_null(strstr(program.out, "(null)")); /* every kind has a title */
}
END_TEST

START_TEST(every_model_shows_its_parameters_and_state) {
    const struct hk_model *model;
    for (int kind = 0; kind < HK_KIND_COUNT; kind++)
        for (size_t i = 0; (model = hk_model_at((enum hk_model_kind)kind, i)); i++) {
            program_run(&program, "models", model->name);
            ck_assert_int_eq(program.status, 0);
            expect(hk_kind_name((enum hk_model_kind)kind));
            for (size_t k = 0; k < model->param_count; k++)
                expect_line(model->params[k].name, model->params[k].doc);
        }
}
END_TEST

START_TEST(parameters_have_unit_default_and_bounds) {
    program_run(&program, "models", "lif");
    expect("  tau_m          ms      10           membrane time constant [0.001 .. 1e+06]\n");
    expect("[exponential | euler]");
    expect_line("v ", "membrane potential");
    expect_line("state", "start");
}
END_TEST

START_TEST(required_parameters_and_short_forms_are_said) {
    program_run(&program, "models", "poisson");
    expect_line("rate ", "required");
    expect("`{poisson: X}` sets rate\n");
}
END_TEST

START_TEST(receptors_say_the_unit_of_weights) {
    program_run(&program, "models", "cond-exp");
    expect("weights are in nS");
}
END_TEST

START_TEST(models_of_several_kinds_with_one_name_are_all_shown) {
    program_run(&program, "models", "poisson");
    expect("poisson (encoder): ");
    expect("poisson (source): ");
}
END_TEST

START_TEST(an_unknown_model_gets_a_suggestion) {
    program_run(&program, "models", "stdp-piar");
    ck_assert_int_eq(program.status, 2);
    ck_assert_str_eq(program.out, "");
    ck_assert_str_eq(program.err,
                     "hillock: there is no model 'stdp-piar'; did you mean 'stdp-pair'?\n");
}
END_TEST

START_TEST(programs_read_one_model_as_json) {
    program_run(&program, "models", "cond-exp", "--json");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    expect("{\"models\":[{\"kind\":\"receptor\",\"name\":\"cond-exp\",\"doc\":");
    expect("{\"name\":\"tau\",\"doc\":\"time constant of the conductance\",\"kind\":\"real\","
           "\"unit\":\"ms\",\"required\":false,\"default\":2,\"min\":0.001,\"max\":1000000}");
    expect("\"name\":\"e\",\"doc\":\"reversal potential\",\"kind\":\"real\",\"unit\":\"mV\","
           "\"required\":true,\"default\":null,");
    expect("\"default\":\"exact\",\"choices\":[\"exact\",\"euler\"]}");
    expect("\"weight_unit\":\"nS\",\"state\":[{\"name\":\"g\",");
    program_run(&program, "models", "cond-xep", "--json");
    ck_assert_int_eq(program.status, 2);
    ck_assert_str_eq(program.out, "");
}
END_TEST

START_TEST(programs_read_all_models_as_json) {
    const struct hk_model *model;
    program_run(&program, "models", "--json");
    ck_assert_int_eq(program.status, 0);
    for (int kind = 0; kind < HK_KIND_COUNT; kind++)
        for (size_t i = 0; (model = hk_model_at((enum hk_model_kind)kind, i)); i++) {
            char text[128];
            (void)snprintf(text, sizeof text, "{\"kind\":\"%s\",\"name\":\"%s\",",
                           hk_kind_name((enum hk_model_kind)kind), model->name);
            expect(text);
        }
}
END_TEST

Suite *suite_cli_models(void) {
    Suite *suite = suite_create("cli/models");
    TCase *tcase = tcase_create("models");
    tcase_set_timeout(tcase, 30);
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, the_list_has_every_model_with_its_doc);
    tcase_add_test(tcase, every_model_shows_its_parameters_and_state);
    tcase_add_test(tcase, parameters_have_unit_default_and_bounds);
    tcase_add_test(tcase, required_parameters_and_short_forms_are_said);
    tcase_add_test(tcase, receptors_say_the_unit_of_weights);
    tcase_add_test(tcase, models_of_several_kinds_with_one_name_are_all_shown);
    tcase_add_test(tcase, an_unknown_model_gets_a_suggestion);
    tcase_add_test(tcase, programs_read_one_model_as_json);
    tcase_add_test(tcase, programs_read_all_models_as_json);
    suite_add_tcase(suite, tcase);
    return suite;
}
