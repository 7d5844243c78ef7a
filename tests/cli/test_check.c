#include <check.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static const char tiny[] = "name: tiny\n"
                           "duration: 50 ms\n"
                           "populations:\n"
                           "  in: {size: 3, source: {regular: 5 ms}}\n"
                           "  out: {size: 2, model: lif}\n"
                           "projections:\n"
                           "  in->out: {connect: all-to-all, weight: 900 pA, delay: 1 ms}\n";

static const char with_record[] = "name: tiny\n"
                                  "duration: 50 ms\n"
                                  "populations:\n"
                                  "  in: {size: 3, source: {regular: 5 ms}}\n"
                                  "  out: {size: 2, model: lif}\n"
                                  "projections:\n"
                                  "  in->out: {connect: all-to-all, weight: 900 pA, delay: 1 ms}\n"
                                  "record: {spikes: [in]}\n";

static struct program program;

static void setup(void) {
    program_write_file("tiny.yaml", tiny);
}

/* One failure on stderr, nothing on stdout. */
static void expect_failure(int status, const char *message) {
    ck_assert_str_eq(program.err, message);
    ck_assert_str_eq(program.out, "");
    ck_assert_int_eq(program.status, status);
}

START_TEST(a_sound_file_is_summed_up_in_one_line) {
    program_run(&program, "check", "tiny.yaml");
    ck_assert_str_eq(program.err, "");
    ck_assert_str_eq(program.out, "tiny: ok: 2 populations (5 units), 1 projection, 50 ms\n");
    ck_assert_int_eq(program.status, 0);
    ck_assert(!program_has_file("results"));
}
END_TEST

START_TEST(overrides_are_checked_too) {
    program_run(&program, "check", "tiny.yaml", "-D", "populations.in.size=7", "-Dduration=1 s");
    ck_assert_str_eq(program.out, "tiny: ok: 2 populations (9 units), 1 projection, 1000 ms\n");
    program_run(&program, "check", "tiny.yaml", "-D", "populations.out.tau_m=-1 ms");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    ck_assert(strncmp(program.err, "-D:1:", strlen("-D:1:")) == 0);
}
END_TEST

START_TEST(cost_is_told_line_by_line) {
    program_run(&program, "check", "tiny.yaml", "--cost", "--rate", "50 Hz");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
    static const char *const parts[] =
        {"tiny: ok: 2 populations (5 units), 1 projection, 50 ms\nestimated, nothing was built:\n",
         "\n  synapses     6 ",
         "\n  memory       ",
         "\n  steps        500 ",
         "\n  neuron steps 1000 ",
         "\n  spikes       35 ",
         "30 of sources",
         "at 50 Hz each",
         "\n  events       60 ",
         "\n  wall time    ",
         "\n  output       "};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        ck_assert_msg(strstr(program.out, parts[i]) != NULL, "no '%s' in %s", parts[i],
                      program.out);
    program_run(&program, "check", "tiny.yaml", "--cost", "--rate", "50 ms");
    expect_failure(HK_EXIT_USAGE, "hillock: --rate: expected a rate (Hz), got a time (ms)\n");
}
END_TEST

START_TEST(programs_read_the_same_as_json) {
    program_run(&program, "check", "tiny.yaml", "--json");
    ck_assert_str_eq(program.out, "{\"name\":\"tiny\",\"ok\":true,\"populations\":2,\"units\":5,"
                                  "\"projections\":1,\"phases\":0,\"duration_ms\":50,"
                                  "\"errors\":0,\"warnings\":0,\"diagnostics\":[]}\n");
    program_run(&program, "check", "tiny.yaml", "--cost", "--json", "--threads", "1");
    ck_assert_int_eq(program.status, 0);
    ck_assert_ptr_nonnull(strstr(program.out, "\"cost\":{\"neurons\":2,\"synapses\":6,"));
    ck_assert_ptr_nonnull(strstr(program.out, "\"neuron_steps\":1000,\"assumed_rate_hz\":5,"
                                              "\"source_spikes\":30,"));
    ck_assert_ptr_nonnull(strstr(program.out, "\"threads\":1,"));
}
END_TEST

START_TEST(a_file_that_is_no_yaml_is_refused_at_its_place) {
    program_write_file("bad.yaml", "name: x\n  populations: {\n");
    program_run(&program, "check", "bad.yaml");
    ck_assert(strncmp(program.err, "bad.yaml:2:14: error: ", strlen("bad.yaml:2:14: error: ")) ==
              0);
    ck_assert_str_eq(program.out, "");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
}
END_TEST

START_TEST(an_unknown_key_gets_a_suggestion) {
    program_write_file("key.yaml", "name: x\nduratoin: 5 ms\npopulations: {}\n");
    program_run(&program, "check", "key.yaml");
    expect_failure(HK_EXIT_EXPERIMENT,
                   "key.yaml:2:1: error: unknown key 'duratoin'; did you mean 'duration'?\n"
                   "  duratoin: 5 ms\n"
                   "  ^\n");
}
END_TEST

static const char wrong[] = "name: wrong\n"
                            "duration: 50\n"
                            "populations:\n"
                            "  in: {size: 3, source: {regular: 5 ms}}\n"
                            "  out: {size: 2, model: lif, taum: 3 ms}\n"
                            "projections:\n"
                            "  in->out: {connect: all-to-all, weight: 900 pA, delay: 1.05 ms}\n";
static const char all_wrong[] =
    "wrong.yaml:2:11: error: 50 has no unit; expected a time, e.g. 50 ms\n"
    "  duration: 50\n"
    "            ^\n"
    "wrong.yaml:5:30: error: unknown key 'taum'; did you mean 'tau_m'?\n"
    "    out: {size: 2, model: lif, taum: 3 ms}\n"
    "                               ^\n"
    "wrong.yaml:7:57: error: 1.05 ms is not a whole number of ticks of 0.1 ms; the nearest are 1 "
    "and 1.1 ms\n"
    "    in->out: {connect: all-to-all, weight: 900 pA, delay: 1.05 ms}\n"
    "                                                          ^\n"
    "hillock: 3 errors\n";

START_TEST(all_mistakes_are_told_at_once_wherever_an_experiment_is_read) {
    static const char *const commands[][3] = {{"check", "wrong.yaml", NULL},
                                              {"run", "wrong.yaml", NULL},
                                              {"sweep", "sweep.yaml", NULL},
                                              {"explain", "wrong.yaml", NULL}};
    program_write_file("wrong.yaml", wrong);
    program_write_file("sweep.yaml", "sweep: s\nbase: wrong.yaml\nseeds: [1, 2]\n");
    for (size_t i = 0; i < 4; i++) {
        program_start(&program, program_kept, commands[i]);
        program_finish(&program);
        expect_failure(HK_EXIT_EXPERIMENT, all_wrong);
        ck_assert(!program_has_file("results"));
    }
}
END_TEST

START_TEST(programs_read_the_mistakes_as_json) {
    program_write_file("wrong.yaml", wrong);
    program_run(&program, "check", "wrong.yaml", "--json");
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    ck_assert_str_eq(
        program.out,
        "{\"name\":\"wrong\",\"ok\":false,\"errors\":3,\"warnings\":0,\"diagnostics\":["
        "{\"severity\":\"error\",\"file\":\"wrong.yaml\",\"line\":2,\"column\":11,"
        "\"message\":\"50 has no unit; expected a time, e.g. 50 ms\"},"
        "{\"severity\":\"error\",\"file\":\"wrong.yaml\",\"line\":5,\"column\":30,"
        "\"message\":\"unknown key 'taum'; did you mean 'tau_m'?\"},"
        "{\"severity\":\"error\",\"file\":\"wrong.yaml\",\"line\":7,\"column\":57,"
        "\"message\":\"1.05 ms is not a whole number of ticks of 0.1 ms; the nearest are 1 and 1.1 "
        "ms\"}]}\n");
    program_run(&program, "check", "none.yaml", "--json");
    ck_assert_str_eq(program.out, "{\"ok\":false,\"errors\":1,\"warnings\":0,\"diagnostics\":["
                                  "{\"severity\":\"error\",\"message\":\"can't open none.yaml: No "
                                  "such file or directory\"}]}\n");
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
}
END_TEST

START_TEST(more_than_a_hundred_are_counted) {
    char text[8192] = "name: x\nduration: 1 s\npopulations: {}\nparams:\n";
    for (int i = 0; i < 130; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "  p%d: 1 parsec\n", i);
    }
    program_write_file("many.yaml", text);
    program_run(&program, "check", "many.yaml");
    ck_assert_ptr_nonnull(strstr(program.err, "many.yaml:104:8: error: "));
    ck_assert_ptr_null(strstr(program.err, "many.yaml:105:8"));
    ck_assert_ptr_nonnull(strstr(program.err, "\nhillock: and 30 more\nhillock: 130 errors\n"));
}
END_TEST

START_TEST(warnings_are_told_and_counted_but_no_failure) {
    static const char told[] = "-D:1:8: warning: nothing refers to the param 'g'\n"
                               "tiny.yaml:5:3: warning: nothing drives out: no projection ends in "
                               "it, and it has no `drive:`\n"
                               "    out: {size: 2, model: lif}\n"
                               "    ^\n"
                               "hillock: 2 warnings\n";
    const char *odd[] = {"-D", "params.g=3", "-D", "projections=null"};
    program_write_file("tiny.yaml", with_record);
    program_run(&program, "check", "tiny.yaml", odd[0], odd[1], odd[2], odd[3]);
    ck_assert_str_eq(program.err, told);
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "run", "tiny.yaml", odd[0], odd[1], odd[2], odd[3]);
    ck_assert(strncmp(program.err, told, strlen(told)) == 0);
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "check", "tiny.yaml", "-q", odd[0], odd[1], odd[2], odd[3]);
    ck_assert_str_eq(program.err, "");
    program_run(&program, "check", "tiny.yaml", "--json", odd[0], odd[1]);
    ck_assert_ptr_nonnull(strstr(program.out, "\"ok\":true"));
    ck_assert_ptr_nonnull(strstr(program.out,
                                 "\"errors\":0,\"warnings\":1,\"diagnostics\":[{\"severity\":"
                                 "\"warning\",\"file\":\"-D\",\"line\":1,\"column\":8,\"message\":"
                                 "\"nothing refers to the param 'g'\"}]}"));
}
END_TEST

START_TEST(warnings_can_be_made_errors) {
    program_run(&program, "check", "tiny.yaml", "-W", "error", "-D", "params.g=3");
    expect_failure(HK_EXIT_EXPERIMENT, "-D:1:8: error: nothing refers to the param 'g'\n");
    program_run(&program, "run", "tiny.yaml", "-q", "-W", "error", "-D", "params.g=3");
    expect_failure(HK_EXIT_EXPERIMENT, "-D:1:8: error: nothing refers to the param 'g'\n");
    ck_assert(!program_has_file("results"));
    program_run(&program, "check", "tiny.yaml", "-W", "all");
    expect_failure(HK_EXIT_USAGE, "hillock: check: --warnings: 'all' is not `error`, which is all "
                                  "that it takes\n");
}
END_TEST

START_TEST(a_seed_must_be_a_whole_number) {
    program_run(&program, "check", "tiny.yaml", "--seed", "pi");
    expect_failure(HK_EXIT_USAGE,
                   "hillock: --seed pi: a seed is a whole number from 0 to 2^64 - 1\n");
}
END_TEST

START_TEST(a_missing_file_is_said) {
    program_run(&program, "check", "none.yaml");
    expect_failure(HK_EXIT_SYSTEM,
                   "hillock: error: can't open none.yaml: No such file or directory\n");
}
END_TEST

START_TEST(missing_data_has_a_status_of_its_own) {
    program_run(&program, "check", "tiny.yaml", "-D", "data={set: mnist, path: nowhere}");
    ck_assert_int_eq(program.status, HK_EXIT_DATA);
    ck_assert(strncmp(program.err, "-D:1:", strlen("-D:1:")) == 0);
}
END_TEST

/* Nothing suspicious either. */
static void expect_sound(const char *pattern) {
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0) hk_test_skip("no experiments here");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char path[PATH_MAX];
        ck_assert_ptr_nonnull(realpath(found.gl_pathv[i], path));
        program_run(&program, "check", path);
        if (program.status == HK_EXIT_DATA) {
            hk_test_skip_note("an experiment's data set is not here");
            ck_assert_msg(strstr(program.err, "errors") == NULL, "%s", program.err);
            continue;
        }
        ck_assert_str_eq(program.err, "");
        ck_assert_int_eq(program.status, 0);
        ck_assert_ptr_nonnull(strstr(program.out, ": ok: "));
    }
    globfree(&found);
}

START_TEST(every_experiment_here_is_sound) {
    expect_sound("experiments/*.yaml");
}
END_TEST

START_TEST(every_network_of_the_benchmark_is_sound) {
    expect_sound("bench/*.yaml");
}
END_TEST

#define OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

START_TEST(a_data_file_that_is_another_one_is_refused) {
    program_write_file("Ups_TRAIN.tsv", "abc");
    program_write_file("Ups_TEST.tsv", "1\t2\n");
    program_write_file("ups.yaml", "name: ups\ndata: {set: ucr/Ups, path: ., sha256: "
                                   "{Ups_TRAIN.tsv: " OF_ABC ", Ups_TEST.tsv: " OF_ABC "}}\n"
                                   "populations: {a: {model: lif, size: 1}}\nduration: 1 ms\n");
    program_run(&program, "check", "ups.yaml");
    ck_assert_int_eq(program.status, HK_EXIT_DATA);
    ck_assert_ptr_nonnull(
        strstr(program.err, "ups.yaml:2:13: error: ./Ups_TEST.tsv: SHA-256 " OF_ABC " expected, "));
    ck_assert_ptr_nonnull(strstr(program.err, " found: this is another file\n"));
}
END_TEST

Suite *suite_cli_check(void) {
    Suite *suite = suite_create("cli/check");
    TCase *tcase = tcase_create("check");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, a_sound_file_is_summed_up_in_one_line);
    tcase_add_test(tcase, overrides_are_checked_too);
    tcase_add_test(tcase, cost_is_told_line_by_line);
    tcase_add_test(tcase, programs_read_the_same_as_json);
    tcase_add_test(tcase, a_file_that_is_no_yaml_is_refused_at_its_place);
    tcase_add_test(tcase, an_unknown_key_gets_a_suggestion);
    tcase_add_test(tcase, a_seed_must_be_a_whole_number);
    tcase_add_test(tcase, a_missing_file_is_said);
    tcase_add_test(tcase, missing_data_has_a_status_of_its_own);
    tcase_add_test(tcase, all_mistakes_are_told_at_once_wherever_an_experiment_is_read);
    tcase_add_test(tcase, programs_read_the_mistakes_as_json);
    tcase_add_test(tcase, more_than_a_hundred_are_counted);
    tcase_add_test(tcase, warnings_are_told_and_counted_but_no_failure);
    tcase_add_test(tcase, warnings_can_be_made_errors);
    tcase_add_test(tcase, every_experiment_here_is_sound);
    tcase_add_test(tcase, every_network_of_the_benchmark_is_sound);
    tcase_add_test(tcase, a_data_file_that_is_another_one_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
