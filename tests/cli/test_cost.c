#include "cli/cost.h"

#include <check.h>
#include <string.h>

#include "cli/prose.h"
#include "tests/support/suites.h"

static const char *printed(const struct hk_cost *cost) {
    static char text[8192];
    memset(text, 0, sizeof text);
    FILE *file = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(file);
    hk_cost_print(cost, file);
    (void)fclose(file);
    return text;
}

static void expect(const struct hk_cost *cost, const char *part) {
    const char *text = printed(cost);
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

START_TEST(amounts_are_told_in_their_size) {
    const struct hk_cost small = {.synapses = 12, .run_s = 0.0015, .threads = 1, .steps = 900000};
    const struct hk_cost large = {.synapses = 3.25e9,
                                  .events = 4e13,
                                  .build_s = 45.0,
                                  .run_s = 4500.0,
                                  .network_bytes = 12.5 * 1024 * 1024 * 1024,
                                  .output_bytes = 2048.0,
                                  .threads = 8};
    const struct hk_cost huge = {.run_s = 36000.0, .threads = 1};
    expect(&small, "\n  synapses     12 ");
    expect(&small, "\n  steps        900000 ");
    expect(&small, "\n  wall time    1.5 ms ");
    expect(&large, "\n  synapses     3.25 * 10^9 ");
    expect(&large, "\n  events       40 * 10^12 ");
    expect(&large, "\n  memory       12.5 GiB ");
    expect(&large, "\n  wall time    76 min         45 s to build, 75 min to run, on 8");
    expect(&large, "\n  output       2.0 KiB ");
    expect(&huge, "\n  wall time    10.0 h ");
    const struct hk_cost tenths = {.run_s = 0.153, .threads = 1};
    expect(&tenths, "\n  wall time    153 ms ");
}
END_TEST

START_TEST(the_exact_clock_has_arrivals_in_place_of_steps) {
    const struct hk_cost cost = {.is_exact = true,
                                 .steps = 1e9,
                                 .simulated_ms = 1000.0,
                                 .pulses = 2e6,
                                 .threads = 1};
    expect(&cost, "\n  ticks        1 * 10^9       1000 ms simulated, exactly: nothing happens");
    expect(&cost, "\n  pulses       2 million ");
    expect(&cost, "that adds to");
    ck_assert_ptr_null(strstr(printed(&cost), "neuron step"));
}
END_TEST

START_TEST(no_line_is_wider_than_a_page) {
    const struct hk_cost cost = {.threads = 1, .presentations = 3, .is_exact = _i == 1};
    for (const char *at = printed(&cost); *at; at = strchr(at, '\n') + 1)
        ck_assert_msg(strcspn(at, "\n") <= HK_PROSE_WIDTH, "%.120s", at);
}
END_TEST

START_TEST(json_has_every_number) {
    struct hk_block block = {0};
    struct hk_json json;
    struct hk_err err = {.code = HK_OK};
    const struct hk_cost cost = {.threads = 2, .synapses = 9.7, .rate_hz = 5.0};
    hk_json_to_block(&json, &block);
    hk_json_object(&json, NULL);
    hk_cost_json(&cost, &json);
    hk_json_end(&json);
    ck_assert(hk_json_finish(&json, &err));
    ck_assert_str_eq(block.data, "{\"cost\":{\"neurons\":0,\"synapses\":10,\"memory_bytes\":0,"
                                 "\"network_bytes\":0,\"clock\":\"grid\",\"simulated_ms\":0,"
                                 "\"steps\":0,\"presentations\":0,\"neuron_steps\":0,"
                                 "\"assumed_rate_hz\":5,\"source_spikes\":0,\"spikes\":0,"
                                 "\"events\":0,\"pulses\":0,"
                                 "\"threads\":2,\"build_s\":0,\"run_s\":0,\"output_bytes\":0}}");
    hk_block_finish(&block);
}
END_TEST

Suite *suite_cli_cost(void) {
    Suite *suite = suite_create("cli/cost");
    TCase *tcase = tcase_create("cost");
    tcase_add_test(tcase, amounts_are_told_in_their_size);
    tcase_add_test(tcase, the_exact_clock_has_arrivals_in_place_of_steps);
    tcase_add_loop_test(tcase, no_line_is_wider_than_a_page, 0, 2);
    tcase_add_test(tcase, json_has_every_number);
    suite_add_tcase(suite, tcase);
    return suite;
}
