#include "io/override.h"

#include <check.h>
#include <string.h>

#include "io/tree_write.h"
#include "io/yaml.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_node *root;

static const char net[] = "seed: 1\n"
                          "populations:\n"
                          "  exc: {tau_m: 10 ms}\n"
                          "projections: {input->exc: {delay: 2 ms}}\n"
                          "defaults:\n"
                          "protocol: [{phase: train, take: 10}, {phase: test}]\n";

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    root = hk_yaml_parse(arena, "x.yaml", net, strlen(net), &err);
    ck_assert_ptr_nonnull(root);
}

static void teardown(void) {
    hk_arena_destroy(arena);
}

static void set(const char *text) {
    ck_assert_msg(hk_tree_set(arena, root, text, &err), "%s", err.message);
}

static void assert_refused(const char *text, const char *message) {
    ck_assert(!hk_tree_set(arena, root, text, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
    err = (struct hk_err){0};
}

START_TEST(replaces_a_value_in_place) {
    set("populations.exc.tau_m=20 ms");
    ck_assert_str_eq(hk_node_path(root, "populations.exc.tau_m")->text, "20 ms");
    ck_assert_uint_eq(hk_node_path(root, "populations.exc")->count, 1);
    ck_assert_uint_eq(root->count, 5);
}
END_TEST

START_TEST(reaches_projections_and_list_entries) {
    set("projections.input->exc.delay=1 ms");
    set("protocol.0.take=500");
    set("protocol.1=done");
    ck_assert_str_eq(hk_node_path(root, "projections.input->exc.delay")->text, "1 ms");
    ck_assert_str_eq(hk_node_path(root, "protocol.0.take")->text, "500");
    ck_assert_str_eq(hk_node_path(root, "protocol.1")->text, "done");
    ck_assert_uint_eq(hk_node_get(root, "protocol")->count, 2);
}
END_TEST

START_TEST(makes_the_keys_that_are_missing) {
    set("params.g=5");
    set("defaults.populations.v_rest=0 mV");
    ck_assert_str_eq(hk_node_path(root, "params.g")->text, "5");
    ck_assert_str_eq(hk_node_path(root, "defaults.populations.v_rest")->text, "0 mV");
}
END_TEST

START_TEST(reads_the_value_as_yaml) {
    set("seeds=[1,2]");
    set("projections.input->exc={weight: {uniform: [0, 1]}}");
    set("seed=null");
    set("name=\"true\"");
    set("about=a=b, c");
    ck_assert_str_eq(hk_node_path(root, "seeds.1")->text, "2");
    ck_assert_ptr_eq(hk_node_path(root, "seeds.1")->parent, hk_node_get(root, "seeds"));
    ck_assert_str_eq(hk_node_path(root, "projections.input->exc.weight.uniform.1")->text, "1");
    ck_assert_int_eq(hk_node_get(root, "seed")->kind, HK_NODE_NULL);
    ck_assert(hk_node_get(root, "name")->quoted);
    ck_assert_str_eq(hk_node_get(root, "about")->text, "a=b, c");
}
END_TEST

START_TEST(later_ones_build_on_earlier_ones) {
    set("a={b: 1}");
    set("a.b=2");
    set("a.c=3");
    ck_assert_str_eq(hk_node_path(root, "a.b")->text, "2");
    ck_assert_str_eq(hk_node_path(root, "a.c")->text, "3");
    ck_assert_ptr_eq(hk_node_path(root, "a.c")->parent, hk_node_get(root, "a"));
}
END_TEST

START_TEST(positions_are_columns_of_the_argument) {
    set("populations.exc.tau_m=[20 ms, 3]");
    const struct hk_node *node = hk_node_path(root, "populations.exc.tau_m");
    ck_assert(!hk_node_fail(&err, node->last, "bad"));
    ck_assert_str_eq(err.message, "-D:1:31: bad");
    err = (struct hk_err){0};
    ck_assert(!hk_node_fail_key(&err, node, "bad"));
    ck_assert_str_eq(err.message, "-D:1:17: bad");
}
END_TEST

START_TEST(positions_count_characters) {
    root->first->key = "s\u00E9\u00E9d";
    set("s\u00E9\u00E9d=5");
    ck_assert_int_eq(root->first->column, 6);
    assert_refused("s\u00E9\u00E9d=[5", "-D:1:8: did not find expected ',' or ']'");
}
END_TEST

START_TEST(made_keys_have_positions_too) {
    set("params.g=5");
    const struct hk_node *params = hk_node_get(root, "params");
    ck_assert_str_eq(params->file, "-D");
    ck_assert_int_eq(params->key_column, 1);
    ck_assert_int_eq(params->first->key_line, 1);
    ck_assert_int_eq(params->first->key_column, 8);
    ck_assert_int_eq(params->first->column, 10);
}
END_TEST

START_TEST(refuses_what_is_no_assignment) {
    assert_refused("seed", "-D:1:1: 'seed' is not of the form path=value");
    assert_refused("", "-D:1:1: '' is not of the form path=value");
    assert_refused("=5", "-D:1:1: an empty name in the path");
    assert_refused("a..b=5", "-D:1:3: an empty name in the path");
    assert_refused("a.=5", "-D:1:3: an empty name in the path");
    assert_refused("seed=", "-D:1:6: no value after '='; to set nothing, write null");
    assert_refused("seed= ", "-D:1:6: no value after '='; to set nothing, write null");
}
END_TEST

START_TEST(refuses_to_go_through_values_and_past_lists) {
    assert_refused("seed.x=5", "-D:1:6: 'x' can't be set inside the value '1'");
    assert_refused("protocol.2=5",
                   "-D:1:10: '2' is not an index of this list, which has 2 entries from 0");
    assert_refused("protocol.last=5",
                   "-D:1:10: 'last' is not an index of this list, which has 2 entries from 0");
}
END_TEST

START_TEST(refuses_bad_yaml_and_its_forbidden_parts) {
    assert_refused("seeds=[1,2", "-D:1:11: did not find expected ',' or ']'");
    assert_refused("a=&x 1", "-D:1:3: anchors and aliases are not part of experiment files");
    assert_refused("a={b: 1, b: 2}", "-D:1:10: the key 'b' was already given on line 1");
}
END_TEST

START_TEST(refuses_new_keys_with_strange_bytes) {
    assert_refused("a.\x1B[31m=5", "-D:1:3: a new key may hold printable ASCII characters only");
    assert_refused("\xFF=5", "-D:1:1: a new key may hold printable ASCII characters only");
}
END_TEST

START_TEST(keeps_the_tree_within_its_limits) {
    char path[2 * HK_TREE_DEPTH_MAX]; /* a.a.a ... */
    for (size_t k = 0; k < sizeof path; k++) path[k] = k % 2 ? '.' : 'a';
    path[sizeof path - 1] = '\0';
    set(hk_arena_format(arena, &err, "%s=1", path));
    assert_refused(hk_arena_format(arena, &err, "%s=[1]", path),
                   "-D:1:127: nested deeper than 64 levels");
    char key[HK_KEY_MAX + 2] = "";
    memset(key, 'k', sizeof key - 1);
    assert_refused(hk_arena_format(arena, &err, "%s=1", key),
                   "-D:1:1: a key has at most 255 bytes");
}
END_TEST

START_TEST(the_result_writes_and_reads_back) {
    set("a.b.c=[x, {y: z}]");
    set("protocol.0={}");
    struct hk_block text = {0};
    ck_assert(hk_tree_write(root, &text, &err));
    const struct hk_node *again = hk_yaml_parse(arena, "again", text.data, strlen(text.data), &err);
    ck_assert_ptr_nonnull(again);
    ck_assert_str_eq(hk_node_path(again, "a.b.c.1.y")->text, "z");
    ck_assert_int_eq(hk_node_path(again, "protocol.0")->kind, HK_NODE_MAP);
    hk_block_finish(&text);
}
END_TEST

Suite *suite_io_override(void) {
    Suite *suite = suite_create("io/override");
    TCase *tcase = tcase_create("override");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, replaces_a_value_in_place);
    tcase_add_test(tcase, reaches_projections_and_list_entries);
    tcase_add_test(tcase, makes_the_keys_that_are_missing);
    tcase_add_test(tcase, reads_the_value_as_yaml);
    tcase_add_test(tcase, later_ones_build_on_earlier_ones);
    tcase_add_test(tcase, positions_are_columns_of_the_argument);
    tcase_add_test(tcase, positions_count_characters);
    tcase_add_test(tcase, made_keys_have_positions_too);
    tcase_add_test(tcase, refuses_what_is_no_assignment);
    tcase_add_test(tcase, refuses_to_go_through_values_and_past_lists);
    tcase_add_test(tcase, refuses_bad_yaml_and_its_forbidden_parts);
    tcase_add_test(tcase, refuses_new_keys_with_strange_bytes);
    tcase_add_test(tcase, keeps_the_tree_within_its_limits);
    tcase_add_test(tcase, the_result_writes_and_reads_back);
    suite_add_tcase(suite, tcase);
    return suite;
}
