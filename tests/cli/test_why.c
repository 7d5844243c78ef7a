#include <check.h>
#include <string.h>

#include "cli/failure.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

/* in:0 at 1, 3 and 30 ms; mid fires with the second of them, at 4 ms, and out 1.5 ms later. */
static const char chain[] = "name: chain\n"
                            "clock: exact\n"
                            "resolution: 1us\n"
                            "duration: 50 ms\n"
                            "populations:\n"
                            "  in: {size: 1, source: {spikes: [1 ms, 3 ms, 30 ms]}}\n"
                            "  mid: {size: 1, model: lif, receptors: {r: delta}}\n"
                            "  out: {size: 2, model: lif, receptors: {r: delta}}\n"
                            "projections:\n"
                            "  in->mid: {connect: all-to-all, weight: 10 mV, delay: 1 ms}\n"
                            "  mid->out: {connect: all-to-all, weight: 20 mV, delay: 1.5 ms}\n"
                            "record: {spikes: [mid, out]}\n";

static struct program program;

static void setup(void) {
    program_write_file("chain.yaml", chain);
    program_run(&program, "run", "-q", "chain.yaml", "-o", "a");
    ck_assert_msg(program.status == 0, "%s", program.err);
}

START_TEST(a_spike_is_explained_in_words) {
    program_run(&program, "why", "a", "out:1@5.5ms");
    ck_assert_str_eq(program.err, "");
    ck_assert_str_eq(program.out,
                     "out:1 fires at 5.5 ms. Since 0 ms 1 arrival raised it by 20 mV; without it "
                     "it "
                     "would have been 15 mV below its threshold:\n"
                     "   100.0 %   +20.0000 mV  mid:0 at 4 ms, through mid->out: 20 mV after 1.5 "
                     "ms\n");
}
END_TEST

START_TEST(what_explains_it_is_explained_to_a_depth) {
    program_run(&program, "why", "a", "out:1@5.5ms", "--depth", "2", "--top", "1");
    ck_assert_str_eq(program.err, "");
    ck_assert_str_eq(
        program.out,
        "out:1 fires at 5.5 ms. Since 0 ms 1 arrival raised it by 20 mV; without it it "
        "would have been 15 mV below its threshold:\n"
        "   100.0 %   +20.0000 mV  mid:0 at 4 ms, through mid->out: 20 mV after 1.5 "
        "ms\n"
        "            mid:0 fires at 4 ms. Since 0 ms 2 arrivals raised it by 18.19 mV; "
        "without them it would have been 15 mV below its threshold:\n"
        "                55.0 %   +10.0000 mV  in:0 at 3 ms, through in->mid: 10 mV "
        "after 1 ms\n"
        "                45.0 %    +8.1873 mV  1 other arrival\n");
}
END_TEST

START_TEST(all_mistakes_of_a_file_are_told) {
    program_write_file("wrong.yaml", "name: wrong\nclock: exact\nduration: 5\npopulations:\n"
                                     "  a: {model: lif, size: 1, taum: 2 ms}\n");
    program_run(&program, "why", "wrong.yaml", "a:0@1ms");
    ck_assert_int_eq(program.status, 3);
    ck_assert_ptr_nonnull(strstr(program.err, "wrong.yaml:3:11: error: "));
    ck_assert_ptr_nonnull(strstr(program.err, "did you mean 'tau_m'?"));
    ck_assert_ptr_nonnull(strstr(program.err, "hillock: 2 errors\n"));
}
END_TEST

START_TEST(a_graph_for_graphviz_and_json_are_printed) {
    program_run(&program, "why", "a", "mid:0@4ms", "--dot");
    ck_assert_str_eq(program.err, "");
    ck_assert_ptr_nonnull(strstr(program.out, "digraph why {\n"));
    ck_assert_ptr_nonnull(
        strstr(program.out, "  \"in:0\\n3 ms\" -> \"mid:0\\n4 ms\" [label=\"55.0 %\", "));
    program_run(&program, "why", "a", "mid:0@4ms", "--json");
    ck_assert_ptr_nonnull(strstr(program.out, "{\"spikes\":[{\"population\":\"mid\",\"unit\":0,"
                                              "\"time_ms\":4,\"since_ms\":0,"));
    ck_assert_ptr_nonnull(strstr(program.out, "\"projection\":\"in->mid\""));
}
END_TEST

/* A current of its own carries `self` to the threshold; two arrivals together do next to nothing.
 */
static const char selfish[] = "name: selfish\n"
                              "clock: exact\n"
                              "duration: 20 ms\n"
                              "populations:\n"
                              "  in: {size: 1, source: {spikes: [1 ms]}}\n"
                              "  no: {size: 1, source: {spikes: [1 ms]}}\n"
                              "  self: {size: 1, model: lif, i_e: 500 pA, receptors: {r: delta}}\n"
                              "projections:\n"
                              "  in->self: {connect: all-to-all, weight: 3 mV, delay: 1 ms}\n"
                              "  no->self: {connect: all-to-all, weight: -3.1 mV, delay: 1 ms}\n"
                              "record: {spikes: [self]}\n";

/* Parts are of all that moved the unit: those that lowered it are negative, and none is beyond
 * 100 %, however little is left of all together. */
START_TEST(what_lowers_counts_against_what_raises) {
    program_write_file("selfish.yaml", selfish);
    program_run(&program, "run", "-q", "selfish.yaml", "-o", "s");
    ck_assert_msg(program.status == 0, "%s", program.err);
    program_run(&program, "why", "s", "self:0@14ms");
    ck_assert_str_eq(program.err, "");
    ck_assert_ptr_nonnull(strstr(program.out, "; without them it would have been "));
    ck_assert_ptr_nonnull(strstr(program.out, " mV above its threshold:\n"));
    ck_assert_ptr_nonnull(strstr(program.out, "    49.2 % "));
    ck_assert_ptr_nonnull(strstr(program.out, "   -50.8 % "));
    program_run(&program, "why", "s", "self:0@14ms", "--dot");
    ck_assert_ptr_nonnull(
        strstr(program.out, "[label=\"-50.8 %\", penwidth=2.53, color=\"#c0392b\"]"));
}
END_TEST

START_TEST(a_spike_without_arrivals_is_its_neurons_own) {
    program_write_file("selfish.yaml", selfish);
    program_run(&program, "run", "-q", "selfish.yaml", "-o", "s", "-D",
                "populations.in.source={spikes: [15 ms]}", "-D",
                "populations.no.source={spikes: [15 ms]}");
    ck_assert_msg(program.status == 0, "%s", program.err);
    program_run(&program, "why", "s", "self:0@14ms");
    ck_assert_ptr_nonnull(
        strstr(program.out,
               " ms. Since 0 ms nothing arrived: it got to its threshold by itself.\n"));
    program_run(&program, "why", "s", "self:0@14ms", "--dot");
    ck_assert_ptr_nonnull(strstr(program.out, "  \"self:0\\n"));
}
END_TEST

static void refused(const char *spike, int status, const char *message) {
    program_run(&program, "why", "a", spike);
    ck_assert_int_eq(program.status, status);
    ck_assert_str_eq(program.err, message);
    ck_assert_str_eq(program.out, "");
}

START_TEST(spikes_that_are_not_there_are_refused_with_the_nearest) {
    refused("mid:0@7.5ms", HK_EXIT_DATA,
            "hillock: error: mid:0 doesn't fire within 7.45..7.55 ms; before that at 4 ms\n");
    refused("mid:0@2.0ms", HK_EXIT_DATA,
            "hillock: error: mid:0 doesn't fire within 1.95..2.05 ms; after that at 4 ms\n");
    refused("mi:0@4ms", HK_EXIT_USAGE,
            "hillock: there is no population 'mi'; did you mean 'mid'?\n");
    refused("in:0@1ms", HK_EXIT_USAGE,
            "hillock: in is a source: its spikes have no causes in the network\n");
    refused("mid@4ms", HK_EXIT_USAGE,
            "hillock: 'mid@4ms' names no spike: POPULATION:UNIT@TIME does, as exc:3@152.3ms\n");
    refused("mid:0@4", HK_EXIT_USAGE,
            "hillock: 'mid:0@4': 4 has no unit; expected a time, e.g. 4 ms\n");
}
END_TEST

START_TEST(a_grid_is_refused_with_the_clock_that_would_do) {
    program_run(&program, "run", "-q", "chain.yaml", "-o", "b", "-D", "clock=grid", "-D",
                "resolution=0.1 ms");
    ck_assert_int_eq(program.status, 0);
    program_run(&program, "why", "b", "mid:0@4ms");
    ck_assert_int_eq(program.status, HK_EXIT_EXPERIMENT);
    ck_assert_str_eq(program.err, "hillock: error: b runs on a grid, where a spike stands for a "
                                  "whole step; causes are exact with clock: exact\n");
}
END_TEST

Suite *suite_cli_why(void) {
    Suite *suite = suite_create("cli/why");
    TCase *tcase = tcase_create("why");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_spike_is_explained_in_words);
    tcase_add_test(tcase, what_explains_it_is_explained_to_a_depth);
    tcase_add_test(tcase, all_mistakes_of_a_file_are_told);
    tcase_add_test(tcase, a_graph_for_graphviz_and_json_are_printed);
    tcase_add_test(tcase, what_lowers_counts_against_what_raises);
    tcase_add_test(tcase, a_spike_without_arrivals_is_its_neurons_own);
    tcase_add_test(tcase, spikes_that_are_not_there_are_refused_with_the_nearest);
    tcase_add_test(tcase, a_grid_is_refused_with_the_clock_that_would_do);
    suite_add_tcase(suite, tcase);
    return suite;
}
