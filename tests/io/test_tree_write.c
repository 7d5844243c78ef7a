#include "io/tree_write.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "io/yaml.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_block text;

static void setup(void) {
    err = (struct hk_err){0};
    text = (struct hk_block){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
}

static void teardown(void) {
    hk_block_finish(&text);
    hk_arena_destroy(arena);
}

static struct hk_node *parse(const char *yaml) {
    struct hk_node *root = hk_yaml_parse(arena, "x.yaml", yaml, strlen(yaml), &err);
    ck_assert_msg(root != NULL, "%s\n%s", err.message, yaml);
    return root;
}

static const char *write_tree(const struct hk_node *root) {
    ck_assert_msg(hk_tree_write(root, &text, &err), "%s", err.message);
    return text.data;
}

/* `again` may be quoted where `node` isn't. */
static bool same_tree(const struct hk_node *node, const struct hk_node *again) {
    if (node->kind != again->kind || node->count != again->count) return false;
    if (!node->key != !again->key || (node->key && strcmp(node->key, again->key) != 0))
        return false;
    if (node->kind == HK_NODE_SCALAR)
        return strcmp(node->text, again->text) == 0 && node->quoted <= again->quoted;
    const struct hk_node *a = node->first, *b = again->first;
    for (; a && b && same_tree(a, b); a = a->next) b = b->next;
    return !a && !b;
}

START_TEST(writes_as_people_do) {
    static const char yaml[] = "hillock: 1\n"
                               "name: brunel-2000\n"
                               "params:\n"
                               "  J: 0.1 mV\n"
                               "  nu: = theta / (J * C_E)\n"
                               "populations:\n"
                               "  exc:\n"
                               "    shape: [28, 28]\n"
                               "    init:\n"
                               "      v:\n"
                               "        uniform: [0 mV, -20 mV]\n"
                               "    label: \"true\"\n"
                               "projections:\n"
                               "  exc->exc: {}\n"
                               "protocol:\n"
                               "  - phase: train\n"
                               "    in: [a]\n"
                               "  - - x\n"
                               "    - - {}\n"
                               "record: null\n"
                               "list: []\n";
    ck_assert_str_eq(write_tree(parse(yaml)), yaml);
}
END_TEST

START_TEST(brings_flow_style_into_blocks) {
    ck_assert_str_eq(write_tree(parse("{a: {b: [1, 2], c: [{d: e}]}, 'f g': 'x'}")),
                     "a:\n"
                     "  b: [1, 2]\n"
                     "  c:\n"
                     "    - d: e\n"
                     "f g: \"x\"\n");
}
END_TEST

START_TEST(breaks_long_lists_into_lines) {
    static const char short_list[] =
        "a: [0000000000, 1111111111, 2222222222, 3333333333, 4444444444, "
        "5555555555]\n";
    ck_assert_str_eq(write_tree(parse(short_list)), short_list);
    static const char long_list[] = "a:\n"
                                    "  - 0000000000\n"
                                    "  - 1111111111\n"
                                    "  - 2222222222\n"
                                    "  - 3333333333\n"
                                    "  - 4444444444\n"
                                    "  - 55555555555\n";
    ck_assert_str_eq(write_tree(parse(long_list)), long_list);
}
END_TEST

START_TEST(quotes_what_would_read_as_something_else) {
    static const char *const texts[] = {
        "",   "~",   "null", " a",  "a ", "a: b", "a:",   "a #b", "#a", "- a",  "-",    "? a",
        "?",  ": a", "[a",   "{a",  "&a", "*a",   "!a",   "|",    ">",  "'a",   "\"a",  "%a",
        "@a", "`a",  "---",  "...", ",a", "a\nb", "a\tb", "]",    "}",  "Null", "NULL",
    };
    for (size_t k = 0; k < HK_COUNT(texts); k++) {
        struct hk_node *root = parse("a: {b: [x, {y: z}]}");
        hk_node_path(root, "a.b.0")->text = texts[k];
        hk_node_path(root, "a.b.1.y")->text = texts[k];
        const struct hk_node *again = parse(write_tree(root));
        ck_assert_msg(same_tree(root, again), "'%s':\n%s", texts[k], (char *)text.data);
        ck_assert(hk_node_path(again, "a.b.0")->quoted);
    }
}
END_TEST

START_TEST(leaves_without_quotes_what_needs_none) {
    static const char *const texts[] = {"-65 mV", "1e-4", "= a - b", "a->b", "mnist/train",
                                        "a:b",    "a#b",  "-x",      ":x",   "?x",
                                        "x, y",   "it's", "a \"b\"", ".5",   "20 \u00B5s",
                                        "yes",    "a\\b", "true"};
    for (size_t k = 0; k < HK_COUNT(texts); k++) {
        struct hk_node *root = parse("a: b\nc: [d]");
        root->first->text = texts[k];
        hk_node_path(root, "c.0")->text = texts[k];
        const struct hk_node *again = parse(write_tree(root));
        ck_assert_msg(same_tree(root, again) && !again->first->quoted, "%s", (char *)text.data);
        ck_assert(!hk_node_path(again, "c.0")->quoted);
    }
}
END_TEST

START_TEST(writes_a_single_value) {
    ck_assert_str_eq(write_tree(parse("5")), "5\n");
    ck_assert_str_eq(write_tree(parse("null")), "null\n");
    ck_assert_str_eq(write_tree(parse("'---'")), "\"---\"\n");
}
END_TEST

START_TEST(a_used_block_is_written_over) {
    (void)write_tree(parse("a: a long text that fills the block"));
    ck_assert_str_eq(write_tree(parse("b: 1")), "b: 1\n");
}
END_TEST

START_TEST(refuses_what_could_not_be_read_again) {
    char *yaml = HK_NEW(arena, char, HK_TREE_SIZE_MAX, &err);
    memset(yaml, '"', HK_TREE_SIZE_MAX - 1); /* each becomes \" */
    yaml[0] = 'x';
    struct hk_node *root = parse("a: [b]");
    hk_node_path(root, "a.0")->text = yaml;
    hk_node_path(root, "a.0")->quoted = true;
    ck_assert(!hk_tree_write(root, &text, &err));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
}
END_TEST

/* ---- Property: any tree reads back as itself ---- */

static uint32_t state;

static uint32_t draw(uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

/* Pieces that matter to YAML, in any order. */
static const char *random_text(void) {
    static const char *const pieces[] = {
        "a",  "B",    "1",    " ",      ": ",     ":",          "#",      " #", "- ", "-",  "?",
        "[",  "]",    "{",    "}",      ",",      "&",          "*",      "!",  "|",  ">",  "'",
        "\"", "%",    "@",    "`",      "\\",     "\n",         "\t",     "~",  "=",  "<<", "..",
        "--", "null", "true", "\u00E4", "\u20AC", "\U0001F9E0", "0.5 ms", "->",
    };
    const char *drawn = "";
    for (uint32_t k = draw(8); k > 0; k--)
        drawn = hk_arena_format(arena, &err, "%s%s", drawn, pieces[draw(HK_COUNT(pieces))]);
    return drawn;
}

/* Not empty, unique, without what keys may not hold. */
static const char *random_key(size_t number) {
    char *key = hk_arena_format(arena, &err, "%s%zu", random_text(), number);
    for (char *at = key; *at; at++)
        if (*at == '\n' || *at == '\t') *at = '_';
    return key;
}

static struct hk_node *random_tree(int depth) {
    enum hk_node_kind kind = depth ? (enum hk_node_kind)draw(4) : HK_NODE_SCALAR;
    struct hk_node *node = hk_node_create(arena, kind, &err);
    if (kind == HK_NODE_SCALAR) {
        node->text = random_text();
        node->quoted = draw(3) == 0;
    }
    bool has_children = kind == HK_NODE_LIST || kind == HK_NODE_MAP;
    for (size_t k = has_children ? draw(5) : 0; k > 0; k--) {
        struct hk_node *child = random_tree(depth - 1);
        if (kind == HK_NODE_MAP) child->key = random_key(k);
        hk_node_append(node, child);
    }
    return node;
}

START_TEST(any_tree_reads_back_as_itself) {
    for (uint32_t seed = 0; seed < 4000; seed++) {
        state = seed;
        const struct hk_node *root = random_tree(5);
        const char *yaml = write_tree(root);
        const struct hk_node *again = hk_yaml_parse(arena, "x.yaml", yaml, strlen(yaml), &err);
        ck_assert_msg(again != NULL, "seed %u: %s\n%s", seed, err.message, yaml);
        ck_assert_msg(same_tree(root, again), "seed %u:\n%s", seed, yaml);
    }
}
END_TEST

START_TEST(writing_what_was_read_changes_nothing) {
    struct hk_block first = {0};
    for (uint32_t seed = 0; seed < 1000; seed++) {
        state = seed;
        ck_assert(hk_tree_write(random_tree(5), &first, &err));
        ck_assert_str_eq(write_tree(parse(first.data)), first.data);
    }
    hk_block_finish(&first);
}
END_TEST

Suite *suite_io_tree_write(void) {
    Suite *suite = suite_create("io/tree_write");
    TCase *tcase = tcase_create("tree_write");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, writes_as_people_do);
    tcase_add_test(tcase, brings_flow_style_into_blocks);
    tcase_add_test(tcase, breaks_long_lists_into_lines);
    tcase_add_test(tcase, quotes_what_would_read_as_something_else);
    tcase_add_test(tcase, leaves_without_quotes_what_needs_none);
    tcase_add_test(tcase, writes_a_single_value);
    tcase_add_test(tcase, a_used_block_is_written_over);
    tcase_add_test(tcase, refuses_what_could_not_be_read_again);
    tcase_add_test(tcase, any_tree_reads_back_as_itself);
    tcase_add_test(tcase, writing_what_was_read_changes_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
