#include "io/scope.h"

#include <check.h>
#include <string.h>

#include "io/override.h"
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

static struct hk_node *parse(const char *text) {
    struct hk_node *root = hk_yaml_parse(arena, "x.yaml", text, strlen(text), &err);
    ck_assert_msg(root != NULL, "%s", err.message);
    return root;
}

static struct hk_scope *scope_of(const struct hk_node *root) {
    struct hk_scope *scope = hk_scope_create(arena, hk_node_get(root, "params"), &err);
    ck_assert_msg(scope != NULL, "%s", err.message);
    return scope;
}

static void assert_failed(const char *message) {
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
    err = (struct hk_err){0};
}

static void assert_params_refused(const char *text, const char *message) {
    ck_assert_ptr_null(hk_scope_create(arena, hk_node_get(parse(text), "params"), &err));
    assert_failed(message);
}

static double quantity(const struct hk_node *root, const char *path, const char *unit) {
    double value = 0.0;
    bool ok = hk_node_quantity(hk_node_path(root, path), unit, scope_of(root), &value, &err);
    ck_assert_msg(ok, "%s", err.message);
    return value;
}

static void assert_quantity_refused(const char *text, const char *unit, const char *message) {
    const struct hk_node *root = parse(text);
    double value;
    ck_assert(!hk_node_quantity(hk_node_get(root, "x"), unit, scope_of(root), &value, &err));
    assert_failed(message);
}

/* ---- Values ---- */

START_TEST(reads_quantities_numbers_and_expressions) {
    const struct hk_node *root = parse("params: {tau: 20 ms, n: 4}\n"
                                       "a: 0.02 s\n"
                                       "b: = 2 * tau + 1 ms\n"
                                       "c: 1e-4\n"
                                       "d: = n / 8\n"
                                       "e: \"= min(tau, 5 ms)\"\n"
                                       "f: \"20 ms\"\n");
    ck_assert(quantity(root, "a", "ms") == 20.0);
    ck_assert(quantity(root, "b", "ms") == 41.0);
    ck_assert(quantity(root, "c", "1") == 1e-4);
    ck_assert(quantity(root, "d", "1") == 0.5);
    ck_assert(quantity(root, "e", "ms") == 5.0);
    ck_assert(quantity(root, "f", "ms") == 20.0);
    double number = 0.0;
    ck_assert(hk_node_number(hk_node_get(root, "d"), scope_of(root), &number, &err));
    ck_assert(number == 0.5);
}
END_TEST

START_TEST(params_refer_to_each_other_in_any_order) {
    const struct hk_node *root = parse("params:\n"
                                       "  nu_thr: = theta / (J * C_E * tau)\n"
                                       "  C_E: = epsilon * 4 * order\n"
                                       "  order: 2500\n"
                                       "  epsilon: 0.1\n"
                                       "  J: 0.1 mV\n"
                                       "  theta: 20 mV\n"
                                       "  tau: 20 ms\n"
                                       "rate: = 2 * nu_thr * C_E\n");
    ck_assert(quantity(root, "rate", "Hz") == 20000.0);
}
END_TEST

START_TEST(params_keep_rates_as_written) {
    const struct hk_node *root = parse("params: {r: 63.75 Hz}\nx: = r\n");
    ck_assert(quantity(root, "x", "Hz") == 63.75);
}
END_TEST

START_TEST(works_without_params) {
    ck_assert(quantity(parse("a: = 2 * 3 ms"), "a", "ms") == 6.0);
    ck_assert(quantity(parse("params:\na: = 2 * 3 ms"), "a", "ms") == 6.0);
    double value = 0.0;
    ck_assert(hk_node_quantity(parse("a: = 2 * 3 ms")->first, "ms", NULL, &value, &err));
    ck_assert(value == 6.0);
    ck_assert(!hk_node_quantity(parse("a: = 2 * b")->first, "ms", NULL, &value, &err));
    assert_failed("x.yaml:1:10: no param is called 'b'; known here: nothing");
}
END_TEST

START_TEST(overridden_params_take_part) {
    struct hk_node *root = parse("params: {n: 4, m: = 2 * n}\nx: = m\n");
    ck_assert(hk_tree_set(arena, root, "params.n=7", &err));
    ck_assert(quantity(root, "x", "1") == 14.0);
    ck_assert(hk_tree_set(arena, root, "x== m + 1 ms", &err));
    double value;
    ck_assert(!hk_node_quantity(hk_node_get(root, "x"), "ms", scope_of(root), &value, &err));
    assert_failed("-D:1:7: can't add a number and a time");
}
END_TEST

START_TEST(whole_numbers_may_be_computed) {
    const struct hk_node *root =
        parse("params: {order: 2500}\n"
              "a: 4\nb: = 4 * order\nc: 1e3\nd: 9007199254740993\ne: -2.0\n");
    const struct hk_scope *scope = scope_of(root);
    static const int64_t expected[] = {4, 10000, 1000, 9007199254740993, -2};
    const struct hk_node *node = root->first->next;
    for (size_t k = 0; k < HK_COUNT(expected); k++, node = node->next) {
        int64_t value = 0;
        ck_assert(hk_node_whole(node, scope, -10, INT64_MAX, &value, &err));
        ck_assert_int_eq(value, expected[k]);
    }
}
END_TEST

/* ---- Mistakes in values ---- */

START_TEST(wrong_units_have_the_position_of_the_value) {
    assert_quantity_refused("x: 20 ms", "mV",
                            "x.yaml:1:4: expected a voltage (mV), got a time (ms)");
    assert_quantity_refused("x: 20", "ms",
                            "x.yaml:1:4: 20 has no unit; expected a time, e.g. 20 ms");
    assert_quantity_refused("x: 20 ms", "1",
                            "x.yaml:1:4: expected a number without a unit, got a time (ms)");
    assert_quantity_refused("params: {tau: 20 ms}\nx: = 2 * tau", "mV",
                            "x.yaml:2:4: expected a voltage (mV), got a time (ms)");
    assert_quantity_refused("x: mnist", "1",
                            "x.yaml:1:4: expected a number such as 0.5 or a quantity "
                            "such as 20 ms, got 'mnist'");
    assert_quantity_refused("x: [1]", "1", "x.yaml:1:4: expected a value, got a list");
    assert_quantity_refused("x:", "1", "x.yaml:1:3: expected a value, got nothing");
}
END_TEST

START_TEST(mistakes_in_expressions_have_their_own_column) {
    assert_quantity_refused("params: {theta: 1 mV}\nx: = 2 * thetta", "mV",
                            "x.yaml:2:10: no param is called 'thetta'; did you mean 'theta'?");
    assert_quantity_refused("params: {a: 1, b: 2}\nx: = 2 * order", "1",
                            "x.yaml:2:10: no param is called 'order'; known here: a, b");
    assert_quantity_refused("x: = 1 ms + 1 mV", "mV",
                            "x.yaml:1:11: can't add a time and a voltage");
    assert_quantity_refused(
        "x: =", "mV", "x.yaml:1:5: expected a number or a name, got the end of the expression");
    assert_quantity_refused("x: \"= 1 ms + 1 mV\"", "mV",
                            "x.yaml:1:4: can't add a time and a voltage");
}
END_TEST

START_TEST(whole_numbers_are_checked) {
    const struct hk_node *root =
        parse("a: 2.5\nb: = 3 / 2\nc: 1e30\nd: 0\ne: 1e2\nf: 5 ms\ng: -1e30\nh: '7'\n");
    static const char *const messages[] = {
        "x.yaml:1:4: must be a whole number, got 2.5",
        "x.yaml:2:4: must be a whole number, got 1.5",
        "x.yaml:3:4: 1e+30 is too large; must be at most 64",
        "x.yaml:4:4: 0 is too small; must be at least 1",
        "x.yaml:5:4: 100 is too large; must be at most 64",
        "x.yaml:6:4: expected a number without a unit, got a time (ms)",
        "x.yaml:7:4: -1e+30 is too small; must be at least 1",
    };
    const struct hk_node *node = root->first;
    int64_t value = 0;
    for (size_t k = 0; k < HK_COUNT(messages); k++, node = node->next) {
        ck_assert(!hk_node_whole(node, NULL, 1, 64, &value, &err));
        assert_failed(messages[k]);
    }
    ck_assert(hk_node_whole(node, NULL, 1, 64, &value, &err));
    ck_assert_int_eq(value, 7);
}
END_TEST

START_TEST(whole_numbers_end_where_int64_does) {
    int64_t value;
    ck_assert(!hk_node_whole(parse("a: 9.3e18")->first, NULL, 0, INT64_MAX, &value, &err));
    assert_failed("x.yaml:1:4: 9.3e+18 is too large; must be at most 9223372036854775807");
    ck_assert(!hk_node_whole(parse("a: -9.3e18")->first, NULL, INT64_MIN, 0, &value, &err));
    assert_failed("x.yaml:1:4: -9.3e+18 is too small; must be at least -9223372036854775808");
}
END_TEST

/* ---- Mistakes in params ---- */

START_TEST(circles_are_named) {
    assert_params_refused("params:\n  a: = 2 * b\n  b: = c + 1\n  c: = a\n",
                          "x.yaml:4:8: params in a circle: a -> b -> c -> a");
    assert_params_refused("params: {a: = a}", "x.yaml:1:15: params in a circle: a -> a");
    assert_params_refused("params:\n  x: = a\n  a: = b\n  b: = a\n",
                          "x.yaml:4:8: params in a circle: a -> b -> a");
}
END_TEST

START_TEST(a_mistake_is_reported_where_it_is_not_where_it_is_used) {
    assert_params_refused("params:\n  a: = 2 * b\n  b: = 1 ms + 1 mV\n",
                          "x.yaml:3:13: can't add a time and a voltage");
    assert_params_refused("params:\n  a: = 2 * b\n  b: 20 msec\n",
                          "x.yaml:3:6: unknown unit 'msec'; did you mean 'ms'?");
    assert_params_refused("params:\n  a: = 2 * b\n  b: [1]\n",
                          "x.yaml:3:6: expected a value, got a list");
}
END_TEST

START_TEST(params_are_numbers_with_proper_names) {
    assert_params_refused("params: {data: mnist}", "x.yaml:1:16: expected a number such as 0.5 or "
                                                   "a quantity such as 20 ms, got "
                                                   "'mnist'");
    assert_params_refused("params: {n-exc: 1}", "x.yaml:1:10: 'n-exc' can't name a param: it must "
                                                "be letters, digits and _, not "
                                                "begin with a digit, and not be a function");
    assert_params_refused("params: {min: 1}", "x.yaml:1:10: 'min' can't name a param: it must be "
                                              "letters, digits and _, not "
                                              "begin with a digit, and not be a function");
    assert_params_refused("params: [1]", "x.yaml:1:9: expected a map, got a list");
}
END_TEST

/* params a0: = a1, a1: = a2, ... up to a number; or the other way round. */
static const struct hk_node *chain(int count, bool forward) {
    const char *text = "params:\n";
    for (int k = 0; k < count; k++) {
        int which = forward ? count - 1 - k : k;
        text = which == count - 1 ? hk_arena_format(arena, &err, "%s  a%d: 1\n", text, which)
                                  : hk_arena_format(arena, &err, "%s  a%d: = ((((((a%d))))))\n",
                                                    text, which, which + 1);
    }
    return hk_node_get(parse(text), "params");
}

START_TEST(long_chains_work_in_the_order_of_definition) {
    ck_assert_ptr_nonnull(hk_scope_create(arena, chain(200, true), &err));
    ck_assert_ptr_nonnull(hk_scope_create(arena, chain(32, false), &err));
}
END_TEST

START_TEST(chains_of_later_params_have_a_limit) {
    ck_assert_ptr_null(hk_scope_create(arena, chain(33, false), &err));
    assert_failed("x.yaml:33:16: params refer to later ones more than 32 deep");
}
END_TEST

START_TEST(the_number_of_params_has_a_limit) {
    struct hk_node *map = hk_node_create(arena, HK_NODE_MAP, &err);
    *map = (struct hk_node){.kind = HK_NODE_MAP, .file = "x.yaml", .line = 1, .column = 1};
    for (int k = 0; k < HK_PARAMS_MAX; k++) {
        struct hk_node *node = hk_node_create(arena, HK_NODE_SCALAR, &err);
        node->key = hk_arena_format(arena, &err, "p%d", k);
        node->text = "1";
        hk_node_append(map, node);
    }
    ck_assert_ptr_nonnull(hk_scope_create(arena, map, &err));
    struct hk_node *node = hk_node_create(arena, HK_NODE_SCALAR, &err);
    node->key = "one_more";
    node->text = "1";
    hk_node_append(map, node);
    ck_assert_ptr_null(hk_scope_create(arena, map, &err));
    assert_failed("x.yaml:1:1: 1001 params; the limit is 1000");
}
END_TEST

Suite *suite_io_scope(void) {
    Suite *suite = suite_create("io/scope");
    TCase *tcase = tcase_create("scope");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, reads_quantities_numbers_and_expressions);
    tcase_add_test(tcase, params_refer_to_each_other_in_any_order);
    tcase_add_test(tcase, params_keep_rates_as_written);
    tcase_add_test(tcase, works_without_params);
    tcase_add_test(tcase, overridden_params_take_part);
    tcase_add_test(tcase, whole_numbers_may_be_computed);
    tcase_add_test(tcase, wrong_units_have_the_position_of_the_value);
    tcase_add_test(tcase, mistakes_in_expressions_have_their_own_column);
    tcase_add_test(tcase, whole_numbers_are_checked);
    tcase_add_test(tcase, whole_numbers_end_where_int64_does);
    tcase_add_test(tcase, circles_are_named);
    tcase_add_test(tcase, a_mistake_is_reported_where_it_is_not_where_it_is_used);
    tcase_add_test(tcase, params_are_numbers_with_proper_names);
    tcase_add_test(tcase, long_chains_work_in_the_order_of_definition);
    tcase_add_test(tcase, chains_of_later_params_have_a_limit);
    tcase_add_test(tcase, the_number_of_params_has_a_limit);
    suite_add_tcase(suite, tcase);
    return suite;
}
