#include <check.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/failure.h"
#include "sim/types.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static const char small[] = "name: small\n"
                            "data: {set: digits, train: 20, test: 10}\n"
                            "params: {w: 900 pA}\n"
                            "defaults: {populations: {model: lif, tau_m: 15 ms}}\n"
                            "populations:\n"
                            "  in: {source: {encoder: poisson, rate_max: 50 Hz}}\n"
                            "  noise: {size: 2, source: {poisson: 5 Hz}}\n"
                            "  out: {size: 2}\n"
                            "projections:\n"
                            "  in->out: {connect: all-to-all, weight: = w}\n"
                            "  noise->out:\n"
                            "    connect: one-to-one\n"
                            "    weight: {uniform: [0 pA, 9 pA]}\n"
                            "    synapse: tsodyks-markram\n"
                            "readouts: {digits: {model: label-rate, from: out}}\n"
                            "protocol:\n"
                            "  - phase: train\n"
                            "    data: train\n"
                            "    show: 20 ms\n"
                            "    retry: {population: out}\n"
                            "    running: digits\n";

static struct program program;

static void setup(void) {
    program_write_file("small.yaml", small);
}

static void expect(const char *part) {
    ck_assert_msg(strstr(program.out, part) != NULL, "no '%s' in: %s", part, program.out);
}

/* What was printed, resolved once more, is the same. */
static void expect_fixed_point(void) {
    static char first[PROGRAM_TEXT_MAX];
    memcpy(first, program.out, sizeof first);
    program_write_file("resolved.yaml", first);
    program_run(&program, "config", "resolve", "resolved.yaml");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.out, first);
}

START_TEST(every_default_is_filled_in) {
    program_run(&program, "config", "resolve", "small.yaml");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    static const char *const parts[] = {
        "\nhillock: 1\n",         "\nseed: 1\n",
        "\nresolution: 0.1 ms\n", "\nprecision: single\n",
        "\nclock: grid\n",        "\n  out:\n    model: lif\n    tau_m: 15 ms\n",
        "    v_th: -55 mV\n",     "    receptors: exp\n",
        "    tau_inh: 2 ms\n",    "    connect:\n      rule: all-to-all\n",
        "      except: none\n",   "    delay: 0 ms\n",
        "    synapse: static\n",  "    synapse:\n      model: tsodyks-markram\n      u: 0.5\n",
        "    receptor: exc\n",    "    skip: 0\n",
        "    epochs: 1\n",        "    shuffle: false\n",
        "    rest: 0 ms\n",       "    learn: false\n",
        "    adapt: false\n",     "    window: 1000\n",
        "      below: 1\n",       "      gain: 0.5\n",
        "      most: 20\n",       "    weight: = w\n",
    };
    for (size_t i = 0; i < HK_COUNT(parts); i++) expect(parts[i]);
    ck_assert_ptr_null(strstr(program.out, "defaults:"));
    expect_fixed_point();
}
END_TEST

START_TEST(overrides_are_in_it) {
    program_run(&program, "config", "resolve", "small.yaml", "-D", "populations.out.v_th=-50 mV",
                "--seed", "77");
    expect("    v_th: -50 mV\n");
    expect("\nseed: 77\n");
    expect_fixed_point();
}
END_TEST

START_TEST(every_experiment_here_resolves_to_itself) {
    glob_t found;
    if (glob("experiments/*.yaml", 0, NULL, &found) != 0) hk_test_skip("no experiments here");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char path[PATH_MAX];
        ck_assert_ptr_nonnull(realpath(found.gl_pathv[i], path));
        program_run(&program, "config", "resolve", path);
        if (program.status == HK_EXIT_DATA && !hk_test_data("mnist")) {
            hk_test_skip_note("an experiment's data set is not here");
            continue;
        }
        ck_assert_str_eq(program.err, "");
        ck_assert_int_eq(program.status, 0);
        expect_fixed_point();
    }
    globfree(&found);
}
END_TEST

/* The results of both are equal to the bit. */
START_TEST(the_resolved_experiment_runs_as_the_first) {
    program_run(&program, "config", "resolve", "small.yaml");
    program_write_file("resolved.yaml", program.out);
    program_run(&program, "run", "small.yaml", "-q", "-o", "a");
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "run", "resolved.yaml", "-q", "-o", "b");
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "diff", "a", "b");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
}
END_TEST

START_TEST(mistakes_are_told_as_check_does) {
    program_run(&program, "config", "resolve", "small.yaml", "-D", "populations.out.v_ht=-50 mV");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    ck_assert_str_eq(program.out, "");
    program_run(&program, "config", "resovle", "small.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(program.err, "did you mean 'resolve'?"));
}
END_TEST

Suite *suite_cli_config(void) {
    Suite *suite = suite_create("cli/config");
    TCase *tcase = tcase_create("config");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, every_default_is_filled_in);
    tcase_add_test(tcase, overrides_are_in_it);
    tcase_add_test(tcase, every_experiment_here_resolves_to_itself);
    tcase_add_test(tcase, the_resolved_experiment_runs_as_the_first);
    tcase_add_test(tcase, mistakes_are_told_as_check_does);
    suite_add_tcase(suite, tcase);
    return suite;
}
