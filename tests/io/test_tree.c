#include "io/tree.h"

#include <check.h>
#include <string.h>

#include "io/yaml.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
}

static void teardown(void) {
    hk_arena_destroy(arena);
}

static struct hk_node *parse(const char *name, const char *text) {
    struct hk_node *root = hk_yaml_parse(arena, name, text, strlen(text), &err);
    ck_assert_msg(root != NULL, "%s", err.message);
    return root;
}

/* The value of `key` in a file of one line. */
static struct hk_node *value_of(const char *line) {
    return parse("x.yaml", line)->first;
}

static void assert_fails(bool result, const char *message) {
    ck_assert(!result);
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
    err = (struct hk_err){0};
}

static const char net[] = "populations:\n"
                          "  exc: {tau_m: 20 ms, size: 4}\n"
                          "projections:\n"
                          "  input->exc: {delay: 1 ms}\n"
                          "protocol:\n"
                          "  - phase: train\n"
                          "  - phase: test\n";

/* ---- Finding ---- */

START_TEST(get_finds_a_key_and_only_whole_keys) {
    const struct hk_node *root = parse("x.yaml", net);
    ck_assert_int_eq(hk_node_get(root, "protocol")->kind, HK_NODE_LIST);
    ck_assert_ptr_null(hk_node_get(root, "proto"));
    ck_assert_ptr_null(hk_node_get(root, "protocols"));
    ck_assert_ptr_null(hk_node_get(hk_node_get(root, "protocol"), "0"));
}
END_TEST

START_TEST(path_walks_maps_arrows_and_indices) {
    const struct hk_node *root = parse("x.yaml", net);
    ck_assert_str_eq(hk_node_path(root, "populations.exc.tau_m")->text, "20 ms");
    ck_assert_str_eq(hk_node_path(root, "projections.input->exc.delay")->text, "1 ms");
    ck_assert_str_eq(hk_node_path(root, "protocol.1.phase")->text, "test");
}
END_TEST

START_TEST(path_to_nowhere_is_null) {
    static const char *const paths[] = {
        "",
        "x",
        ".",
        "populations.",
        "populations..exc",
        "protocol.2",
        "protocol.x",
        "protocol.-1",
        "protocol.",
        "populations.exc.tau_m.x",
        "protocol.99999999999999999999999999",
    };
    const struct hk_node *root = parse("x.yaml", net);
    for (size_t k = 0; k < HK_COUNT(paths); k++)
        ck_assert_msg(hk_node_path(root, paths[k]) == NULL, "'%s' leads somewhere", paths[k]);
}
END_TEST

/* ---- Merging ---- */

START_TEST(merge_joins_maps_deeply_and_replaces_lists_and_values) {
    const struct hk_node *base =
        parse("base.yaml", "a: {x: 1, y: {p: 1, q: 2}}\nlist: [1, 2, 3]\nb: 1\n");
    const struct hk_node *over = parse("over.yaml", "list: [9]\na: {y: {q: 3}, z: 4}\nc: 5\n");
    const struct hk_node *merged = hk_tree_merge(arena, base, over, &err);
    ck_assert_ptr_nonnull(merged);
    ck_assert_str_eq(hk_node_path(merged, "a.x")->text, "1");
    ck_assert_str_eq(hk_node_path(merged, "a.y.p")->text, "1");
    ck_assert_str_eq(hk_node_path(merged, "a.y.q")->text, "3");
    ck_assert_str_eq(hk_node_path(merged, "a.z")->text, "4");
    ck_assert_str_eq(hk_node_path(merged, "list.0")->text, "9");
    ck_assert_uint_eq(hk_node_get(merged, "list")->count, 1);
    ck_assert_str_eq(hk_node_path(merged, "b")->text, "1");
    ck_assert_uint_eq(merged->count, 4);
    ck_assert_str_eq(merged->first->key, "a"); /* base's order first */
    ck_assert_str_eq(merged->last->key, "c");
}
END_TEST

START_TEST(merge_keeps_where_each_value_came_from) {
    const struct hk_node *base = parse("base.yaml", "a: 1\nb: {c: 2}\n");
    const struct hk_node *over = parse("over.yaml", "\nb:\n  d: 3\n");
    const struct hk_node *merged = hk_tree_merge(arena, base, over, &err);
    ck_assert_str_eq(hk_node_path(merged, "b.c")->file, "base.yaml");
    ck_assert_str_eq(hk_node_path(merged, "b.d")->file, "over.yaml");
    ck_assert_int_eq(hk_node_path(merged, "b.d")->line, 3);
    for (const struct hk_node *child = merged->first; child; child = child->next)
        ck_assert_ptr_eq(child->parent, merged);
}
END_TEST

START_TEST(merge_leaves_both_trees_as_they_were) {
    const struct hk_node *base = parse("base.yaml", "a: {x: 1}\n");
    const struct hk_node *over = parse("over.yaml", "a: {y: 2}\nb: {z: 3}\n");
    struct hk_node *merged = hk_tree_merge(arena, base, over, &err);
    hk_node_path(merged, "b.z")->text = "changed";
    ck_assert_uint_eq(hk_node_get(base, "a")->count, 1);
    ck_assert_uint_eq(hk_node_get(over, "a")->count, 1);
    ck_assert_str_eq(hk_node_path(over, "b.z")->text, "3");
    ck_assert_ptr_eq(hk_node_path(over, "b.z")->parent, hk_node_get(over, "b"));
}
END_TEST

START_TEST(merge_lets_nothing_replace_a_map) {
    const struct hk_node *base = parse("base.yaml", "a: {x: 1}\n");
    const struct hk_node *over = parse("over.yaml", "a:\n");
    const struct hk_node *merged = hk_tree_merge(arena, base, over, &err);
    ck_assert_int_eq(hk_node_get(merged, "a")->kind, HK_NODE_NULL);
}
END_TEST

/* ---- Messages ---- */

START_TEST(failures_carry_the_position_of_value_or_key) {
    const struct hk_node *node = hk_node_path(parse("x.yaml", net), "populations.exc.tau_m");
    assert_fails(hk_node_fail(&err, node, "bad %d", 7), "x.yaml:2:16: bad 7");
    assert_fails(hk_node_fail_key(&err, node, "bad"), "x.yaml:2:9: bad");
}
END_TEST

START_TEST(failures_at_keys_fall_back_to_the_value_in_lists) {
    const struct hk_node *node = hk_node_path(parse("x.yaml", net), "protocol.1");
    assert_fails(hk_node_fail_key(&err, node, "bad"), "x.yaml:7:5: bad");
}
END_TEST

START_TEST(context_adds_the_position) {
    const struct hk_node *node = hk_node_path(parse("x.yaml", net), "populations.exc.tau_m");
    (void)HK_FAIL(&err, HK_ERR_RANGE, "too small");
    ck_assert(!hk_node_context(&err, node));
    ck_assert_str_eq(err.message, "x.yaml:2:16: too small");
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
}
END_TEST

START_TEST(columns_count_characters) {
    const char *text = "\u00B5s \u20AC x";
    ck_assert_int_eq(hk_text_columns(text, strchr(text, 'x')), 5);
    ck_assert_int_eq(hk_text_columns(text, text), 0);
}
END_TEST

/* ---- Keys ---- */

static const char *const known[] = {"tau_m", "v_rest", "size"};

START_TEST(known_keys_pass_in_any_order) {
    ck_assert(hk_node_check_keys(value_of("a: {size: 1, tau_m: 2}"), known, 3, &err));
    ck_assert(hk_node_check_keys(value_of("a: {}"), known, 3, &err));
    ck_assert(hk_node_check_keys(value_of("a:"), known, 3, &err));
}
END_TEST

START_TEST(an_unknown_key_gets_the_nearest_known_one) {
    assert_fails(hk_node_check_keys(value_of("a: {size: 1, taum: 2}"), known, 3, &err),
                 "x.yaml:1:14: unknown key 'taum'; did you mean 'tau_m'?");
}
END_TEST

START_TEST(an_unknown_key_like_no_other_gets_the_list) {
    assert_fails(hk_node_check_keys(value_of("a: {colour: 1}"), known, 3, &err),
                 "x.yaml:1:5: unknown key 'colour'; known here: tau_m, v_rest, size");
}
END_TEST

START_TEST(keys_of_a_list_are_refused) {
    assert_fails(hk_node_check_keys(value_of("a: [1]"), known, 3, &err),
                 "x.yaml:1:4: expected a map, got a list");
    assert_fails(hk_node_check_keys(value_of("a: 1"), known, 3, &err),
                 "x.yaml:1:4: expected a map, got a value");
}
END_TEST

/* ---- Plain values ---- */

START_TEST(text_is_any_scalar) {
    ck_assert_str_eq(hk_node_text(value_of("a: two words"), &err), "two words");
    ck_assert_str_eq(hk_node_text(value_of("a: '12'"), &err), "12");
    ck_assert_str_eq(hk_node_text(value_of("a: ''"), &err), "");
    assert_fails(hk_node_text(value_of("a: {}"), &err), "x.yaml:1:4: expected text, got a map");
    assert_fails(hk_node_text(value_of("a:"), &err), "x.yaml:1:3: expected text, got nothing");
}
END_TEST

START_TEST(bool_is_true_or_false) {
    bool flag = false;
    ck_assert(hk_node_bool(value_of("a: true"), &flag, &err) && flag);
    ck_assert(hk_node_bool(value_of("a: false"), &flag, &err) && !flag);
}
END_TEST

START_TEST(bool_explains_what_is_not_one) {
    bool flag;
    assert_fails(hk_node_bool(value_of("a: yes"), &flag, &err),
                 "x.yaml:1:4: 'yes' is text in YAML 1.2; write true or false");
    assert_fails(hk_node_bool(value_of("a: Off"), &flag, &err),
                 "x.yaml:1:4: 'Off' is text in YAML 1.2; write true or false");
    assert_fails(hk_node_bool(value_of("a: \"true\""), &flag, &err),
                 "x.yaml:1:4: \"true\" in quotes is text; write true");
    assert_fails(hk_node_bool(value_of("a: 1"), &flag, &err),
                 "x.yaml:1:4: expected true or false, got '1'");
    assert_fails(hk_node_bool(value_of("a: [true]"), &flag, &err),
                 "x.yaml:1:4: expected a value, got a list");
}
END_TEST

START_TEST(int_is_read_to_its_last_digit) {
    int64_t value = 0;
    ck_assert(hk_node_int(value_of("a: 9223372036854775807"), 0, INT64_MAX, &value, &err));
    ck_assert_int_eq(value, INT64_MAX);
    ck_assert(hk_node_int(value_of("a: -9223372036854775808"), INT64_MIN, 0, &value, &err));
    ck_assert_int_eq(value, INT64_MIN);
    ck_assert(hk_node_int(value_of("a: +007"), 7, 7, &value, &err));
    ck_assert_int_eq(value, 7);
}
END_TEST

START_TEST(int_outside_its_range_says_the_bound) {
    int64_t value;
    assert_fails(hk_node_int(value_of("a: 0"), 1, 64, &value, &err),
                 "x.yaml:1:4: 0 is too small; must be at least 1");
    assert_fails(hk_node_int(value_of("a: 65"), 1, 64, &value, &err),
                 "x.yaml:1:4: 65 is too large; must be at most 64");
    assert_fails(hk_node_int(value_of("a: 9223372036854775808"), 0, INT64_MAX, &value, &err),
                 "x.yaml:1:4: 9223372036854775808 is too large; must be at most "
                 "9223372036854775807");
    assert_fails(hk_node_int(value_of("a: -99999999999999999999"), INT64_MIN, 0, &value, &err),
                 "x.yaml:1:4: -99999999999999999999 is too small; must be at least "
                 "-9223372036854775808");
}
END_TEST

START_TEST(int_refuses_what_only_looks_like_one) {
    static const char *const lines[] = {"a: 1.0", "a: 0x10", "a: 1e3",  "a: 1_000", "a: '5'",
                                        "a: -x",  "a: ten",  "a: 5 ms", "a: []",    "a:"};
    int64_t value;
    for (size_t k = 0; k < HK_COUNT(lines); k++) {
        ck_assert_msg(!hk_node_int(value_of(lines[k]), 0, 100, &value, &err), "%s", lines[k]);
        ck_assert_int_eq(err.code, HK_ERR_CONFIG);
        err = (struct hk_err){0};
    }
}
END_TEST

static void add_finding(TCase *tcase) {
    tcase_add_test(tcase, get_finds_a_key_and_only_whole_keys);
    tcase_add_test(tcase, path_walks_maps_arrows_and_indices);
    tcase_add_test(tcase, path_to_nowhere_is_null);
    tcase_add_test(tcase, merge_joins_maps_deeply_and_replaces_lists_and_values);
    tcase_add_test(tcase, merge_keeps_where_each_value_came_from);
    tcase_add_test(tcase, merge_leaves_both_trees_as_they_were);
    tcase_add_test(tcase, merge_lets_nothing_replace_a_map);
}

static void add_reading(TCase *tcase) {
    tcase_add_test(tcase, failures_carry_the_position_of_value_or_key);
    tcase_add_test(tcase, failures_at_keys_fall_back_to_the_value_in_lists);
    tcase_add_test(tcase, context_adds_the_position);
    tcase_add_test(tcase, columns_count_characters);
    tcase_add_test(tcase, known_keys_pass_in_any_order);
    tcase_add_test(tcase, an_unknown_key_gets_the_nearest_known_one);
    tcase_add_test(tcase, an_unknown_key_like_no_other_gets_the_list);
    tcase_add_test(tcase, keys_of_a_list_are_refused);
    tcase_add_test(tcase, text_is_any_scalar);
    tcase_add_test(tcase, bool_is_true_or_false);
    tcase_add_test(tcase, bool_explains_what_is_not_one);
    tcase_add_test(tcase, int_is_read_to_its_last_digit);
    tcase_add_test(tcase, int_outside_its_range_says_the_bound);
    tcase_add_test(tcase, int_refuses_what_only_looks_like_one);
}

Suite *suite_io_tree(void) {
    Suite *suite = suite_create("io/tree");
    TCase *tcase = tcase_create("tree");
    tcase_add_checked_fixture(tcase, setup, teardown);
    add_finding(tcase);
    add_reading(tcase);
    suite_add_tcase(suite, tcase);
    return suite;
}
