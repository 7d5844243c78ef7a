/* `hillock bench`: which networks it runs, and what it prints and keeps. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static const char network[] = "name: tiny\n"
                              "resolution: 0.1 ms\n"
                              "duration: 100 ms\n"
                              "populations:\n"
                              "  a: {size: 10, model: lif, drive: {step: 1000 pA}}\n"
                              "projections:\n"
                              "  a->a: {connect: {rule: fixed-indegree, n: 3}, weight: 1 pA, "
                              "delay: 1 ms}\n";

static struct program program;
static char text[PROGRAM_TEXT_MAX];

static void setup(void) {
    program_write_file("tiny.yaml", network);
    ck_assert_int_eq(mkdir(program_path("bench"), 0777), 0);
    program_write_file("bench/one.yaml", network);
    program_write_file("bench/two.yaml", network);
}

/* `part` is there, behind `at`; returns where. */
static const char *expect(const char *at, const char *part) {
    const char *found = strstr(at, part);
    ck_assert_msg(found != NULL, "no '%s' in: %s", part, at);
    return found;
}

static size_t lines_of(const char *at) {
    size_t lines = 0;
    for (; (at = strchr(at, '\n')); at++) lines++;
    return lines;
}

static const char *read_file(const char *name) {
    FILE *file = fopen(program_path(name), "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    return text;
}

static double number_of(const char *line, const char *key) {
    char quoted[64];
    (void)snprintf(quoted, sizeof quoted, "\"%s\":", key);
    return strtod(expect(line, quoted) + strlen(quoted), NULL);
}

START_TEST(a_person_gets_a_table) {
    program_run(&program, "bench", "tiny.yaml", "-o", "out.jsonl");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.err, "");
    ck_assert_uint_eq(lines_of(program.out), 3);
    const char *at = expect(program.out, "network");
    at = expect(at, "ns/event");
    at = expect(at, "\ntiny ");
    (void)expect(at, " a ");
    ck_assert_ptr_null(strstr(program.out, "silent"));
}
END_TEST

START_TEST(every_run_is_kept_as_a_line_of_json) {
    program_run(&program, "bench", "tiny.yaml", "-n", "3", "--threads", "2", "-o", "out.jsonl");
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "bench", "tiny.yaml", "-o", "out.jsonl");
    const char *line = read_file("out.jsonl");
    ck_assert_uint_eq(lines_of(line), 4);
    ck_assert(strncmp(line, "{\"name\":\"tiny\",", strlen("{\"name\":\"tiny\",")) == 0);
    ck_assert_double_eq(number_of(line, "threads"), 2);
    ck_assert_double_eq_tol(number_of(line, "bio_s"), 0.1, 1e-12);
    ck_assert_double_eq(number_of(line, "neurons"), 10);
    ck_assert_double_eq(number_of(line, "synapses"), 30);
    ck_assert_double_eq(number_of(line, "updates"), 10000);
    ck_assert_double_eq(number_of(line, "run"), 1);
    ck_assert_double_eq_tol(number_of(line, "rtf"), number_of(line, "sim_s") / 0.1, 1e-9);
    ck_assert_double_gt(number_of(line, "a"), 10);
    (void)expect(line, "\"run\":3,");
    (void)expect(line, "\"precision\":\"single\",\"clock\":\"grid\"");
    double waited = number_of(line, "first_spike_s"); /* for the program, too */
    ck_assert_double_gt(waited, number_of(line, "build_s"));
    ck_assert_double_lt(waited, 60);
    static const char *const others[] = {
        "build_s",           "cpu_s",   "events", "pulses", "ns_per_event", "peak_mb",
        "bytes_per_synapse", "machine", "cores",  "load",   "commit",       "compiler",
    };
    for (size_t i = 0; i < HK_COUNT(others); i++) (void)expect(line, others[i]);
}
END_TEST

START_TEST(a_run_tells_its_precision_and_clock) {
    program_run(&program, "bench", "tiny.yaml", "-D", "precision=double", "-o", "double.jsonl");
    ck_assert_int_eq(program.status, 0);
    (void)expect(read_file("double.jsonl"), "\"precision\":\"double\",\"clock\":\"grid\"");
    program_run(&program, "bench", "tiny.yaml", "-D", "clock=exact", "-o", "exact.jsonl");
    ck_assert_int_eq(program.status, 0);
    (void)expect(read_file("exact.jsonl"), "\"precision\":\"double\",\"clock\":\"exact\"");
}
END_TEST

START_TEST(json_is_all_that_is_printed_when_asked_for) {
    program_run(&program, "bench", "tiny.yaml", "--json", "-n", "2", "-o", "out.jsonl");
    ck_assert_int_eq(program.status, 0);
    ck_assert_str_eq(program.out, read_file("out.jsonl"));
}
END_TEST

START_TEST(busy_runs_stand_beside_quiet_ones) {
    program_run(&program, "bench", "tiny.yaml", "--busy", "-o", "out.jsonl");
    ck_assert_int_eq(program.status, 0);
    ck_assert_uint_eq(lines_of(program.out), 4);
    (void)expect(expect(program.out, "\ntiny "), " busy: x ");
    const char *line = read_file("out.jsonl");
    ck_assert_uint_eq(lines_of(line), 2);
    ck_assert_double_eq(number_of(line, "busy"), 0);
    line = strchr(line, '\n');
    ck_assert_double_eq(number_of(line, "busy"), number_of(line, "cores"));
}
END_TEST

START_TEST(networks_of_the_folder_go_by_name) {
    program_run(&program, "bench", "two", "-D", "name=other");
    ck_assert_int_eq(program.status, 0);
    (void)expect(program.out, "\nother ");
    ck_assert_uint_eq(lines_of(read_file("bench/results.jsonl")), 1);
    program_run(&program, "bench");
    ck_assert_int_eq(program.status, 0);
    ck_assert_uint_eq(lines_of(program.out), 4);
    ck_assert_uint_eq(lines_of(read_file("bench/results.jsonl")), 3);
    program_run(&program, "bench", "tow");
    ck_assert_int_eq(program.status, HK_EXIT_USAGE);
    ck_assert_str_eq(program.err, "hillock: there is no network 'tow'; did you mean 'two'?\n");
}
END_TEST

START_TEST(a_network_that_ends_silent_fails) {
    program_run(&program, "bench", "tiny.yaml", "-D", "populations.a.drive.step=0 pA", "-o", "o");
    ck_assert_int_eq(program.status, HK_EXIT_EXPECTATION);
    (void)expect(program.out, "(silent at the end)");
    (void)expect(program.err, "1 of 1 networks were silent at the end");
}
END_TEST

START_TEST(what_is_wrong_in_a_file_is_told_as_elsewhere) {
    program_run(&program, "bench", "tiny.yaml", "-D", "populations.a.model=lief", "-o", "o");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    (void)expect(program.err, "lief");
    program_run(&program, "bench", "no/such.yaml", "-o", "o");
    ck_assert_int_ne(program.status, 0);
    (void)expect(program.err, "no/such.yaml");
    program_run(&program, "bench", "tiny.yaml", "-o", "no/such/folder");
    ck_assert_int_eq(program.status, HK_EXIT_SYSTEM);
    (void)expect(program.err, "no/such/folder");
}
END_TEST

Suite *suite_cli_bench(void) {
    Suite *suite = suite_create("cli/bench");
    TCase *tcase = tcase_create("bench");
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, a_person_gets_a_table);
    tcase_add_test(tcase, every_run_is_kept_as_a_line_of_json);
    tcase_add_test(tcase, a_run_tells_its_precision_and_clock);
    tcase_add_test(tcase, json_is_all_that_is_printed_when_asked_for);
    tcase_add_test(tcase, busy_runs_stand_beside_quiet_ones);
    tcase_add_test(tcase, networks_of_the_folder_go_by_name);
    tcase_add_test(tcase, a_network_that_ends_silent_fails);
    tcase_add_test(tcase, what_is_wrong_in_a_file_is_told_as_elsewhere);
    suite_add_tcase(suite, tcase);
    return suite;
}
