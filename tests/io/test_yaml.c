#include "io/yaml.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/paths.h"
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
    hk_test_folder_remove();
}

static struct hk_node *parse_bytes(const char *text, size_t size) {
    err = (struct hk_err){0};
    return hk_yaml_parse(arena, "x.yaml", text, size, &err);
}

static struct hk_node *parse(const char *text) {
    struct hk_node *root = parse_bytes(text, strlen(text));
    ck_assert_msg(root != NULL, "%s", err.message);
    return root;
}

static void assert_refused(const char *text, const char *message) {
    ck_assert_ptr_null(parse_bytes(text, strlen(text)));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
}

/* ---- What is read ---- */

START_TEST(reads_maps_lists_and_scalars) {
    const struct hk_node *root = parse("a: 20 ms\nb: [x, {c: = 4 * order}]\nd: {}\ne: []\n");
    ck_assert_int_eq(root->kind, HK_NODE_MAP);
    ck_assert_uint_eq(root->count, 4);
    ck_assert_str_eq(hk_node_get(root, "a")->text, "20 ms");
    ck_assert_str_eq(hk_node_path(root, "b.1.c")->text, "= 4 * order");
    ck_assert_int_eq(hk_node_get(root, "d")->kind, HK_NODE_MAP);
    ck_assert_uint_eq(hk_node_get(root, "d")->count, 0);
    ck_assert_int_eq(hk_node_get(root, "e")->kind, HK_NODE_LIST);
    ck_assert_ptr_null(hk_node_get(root, "e")->first);
}
END_TEST

START_TEST(notes_where_keys_and_values_stand) {
    const struct hk_node *root = parse("a:\n  b:  20 ms\n  c:\n    - x\n    -   y\n");
    const struct hk_node *b = hk_node_path(root, "a.b");
    ck_assert_str_eq(b->file, "x.yaml");
    ck_assert_int_eq(b->line, 2);
    ck_assert_int_eq(b->column, 7);
    ck_assert_int_eq(b->key_line, 2);
    ck_assert_int_eq(b->key_column, 3);
    const struct hk_node *y = hk_node_path(root, "a.c.1");
    ck_assert_int_eq(y->line, 5);
    ck_assert_int_eq(y->column, 9);
    ck_assert_ptr_null(y->key);
    ck_assert_ptr_eq(y->parent, hk_node_path(root, "a.c"));
    ck_assert_ptr_null(root->parent);
}
END_TEST

START_TEST(columns_count_characters_not_bytes) {
    const struct hk_node *root = parse("{h\u00F6he: 1, b: 2}");
    ck_assert_int_eq(hk_node_get(root, "b")->key_column, 11);
}
END_TEST

START_TEST(nothing_is_null_unless_quoted) {
    const struct hk_node *root = parse("a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: nullo\n");
    ck_assert_int_eq(hk_node_get(root, "a")->kind, HK_NODE_NULL);
    ck_assert_int_eq(hk_node_get(root, "b")->kind, HK_NODE_NULL);
    ck_assert_int_eq(hk_node_get(root, "c")->kind, HK_NODE_NULL);
    ck_assert_int_eq(hk_node_get(root, "d")->kind, HK_NODE_SCALAR);
    ck_assert_str_eq(hk_node_get(root, "e")->text, "null");
    ck_assert_str_eq(hk_node_get(root, "f")->text, "nullo");
}
END_TEST

START_TEST(remembers_which_scalars_are_text) {
    const struct hk_node *root = parse("a: 1\nb: '1'\nc: \"1\"\nd: |\n  1\n  2\ne: >\n  1\n  2\n");
    ck_assert(!hk_node_get(root, "a")->quoted);
    for (const struct hk_node *node = root->first->next; node; node = node->next)
        ck_assert_msg(node->quoted, "%s", node->key);
    ck_assert_str_eq(hk_node_get(root, "d")->text, "1\n2\n");
    ck_assert_str_eq(hk_node_get(root, "e")->text, "1 2\n");
}
END_TEST

START_TEST(reads_other_line_ends_and_a_byte_order_mark) {
    const struct hk_node *root = parse("\uFEFFa: 1\r\nb: 2\r\n");
    ck_assert_str_eq(hk_node_get(root, "a")->text, "1");
    ck_assert_str_eq(hk_node_get(root, "b")->text, "2");
    ck_assert_int_eq(hk_node_get(root, "b")->line, 2);
}
END_TEST

START_TEST(reads_one_document_with_its_markers) {
    ck_assert_str_eq(hk_node_get(parse("%YAML 1.1\n---\na: 1\n...\n# end\n"), "a")->text, "1");
}
END_TEST

/* ---- What is refused ---- */

START_TEST(refuses_a_key_given_twice) {
    assert_refused("a: 1\nb: 2\na: 3\n", "x.yaml:3:1: the key 'a' was already given on line 1");
    assert_refused("p:\n  x: {t: 1, u: 2, \"t\": 3}\n",
                   "x.yaml:2:19: the key 't' was already given on line 2");
    assert_refused("a: 1\na: 2\na: 3\n", "x.yaml:2:1: the key 'a' was already given on line 1");
}
END_TEST

START_TEST(allows_one_key_in_different_maps) {
    const struct hk_node *root = parse("a: {t: 1}\nb: {t: 2, a: 3}\n");
    ck_assert_str_eq(hk_node_path(root, "b.t")->text, "2");
}
END_TEST

START_TEST(refuses_anchors_aliases_and_merge_by_them) {
    static const char message[] = "anchors and aliases are not part of experiment files";
    static const char *const texts[] = {"- &a 1\n", "- &a [x]\n", "- &a {x: 1}\n", "- *a\n",
                                        "- &a x: 1\n"};
    for (size_t k = 0; k < HK_COUNT(texts); k++) {
        ck_assert_ptr_null(parse_bytes(texts[k], strlen(texts[k])));
        ck_assert_int_eq(err.code, HK_ERR_CONFIG);
        ck_assert_msg(strstr(err.message, message) != NULL, "%s", err.message);
        ck_assert_msg(strncmp(err.message, "x.yaml:1:3: ", 12) == 0, "%s", err.message);
    }
}
END_TEST

START_TEST(refuses_an_alias_bomb_at_its_first_line) {
    assert_refused("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
                   "x.yaml:1:4: anchors and aliases are not part of experiment files");
}
END_TEST

START_TEST(refuses_tags) {
    static const char message[] = "x.yaml:1:4: tags ('!...') are not part of experiment files";
    assert_refused("a: !!int 5", message);
    assert_refused("a: !foo [5]", message);
    assert_refused("a: !foo {b: 5}", message);
    assert_refused("a: ! 5", message);
    assert_refused("a: !!binary \"AA==\"", message);
}
END_TEST

START_TEST(refuses_a_second_document) {
    assert_refused("a: 1\n---\nb: 2\n",
                   "x.yaml:2:1: a second document begins here; an experiment file is one");
}
END_TEST

START_TEST(refuses_keys_that_are_no_words) {
    assert_refused("? [a, b]\n: 1\n", "x.yaml:1:3: a key is a word, not a list; is this '{...}' or "
                                      "'[...]' a value that should be in quotes?");
    assert_refused("{{a: b}: c}", "x.yaml:1:2: a key is a word, not a map; is this '{...}' or "
                                  "'[...]' a value that should be in quotes?");
    assert_refused("a: 1\n?\n: 2\n", "x.yaml:2:2: the key is empty");
    assert_refused("'': 2\n", "x.yaml:1:1: the key is empty");
}
END_TEST

START_TEST(refuses_keys_that_are_too_long) {
    char key[HK_KEY_MAX + 2] = "";
    memset(key, 'k', HK_KEY_MAX);
    ck_assert_str_eq(parse(hk_arena_format(arena, &err, "%s: 1", key))->first->key, key);
    key[HK_KEY_MAX] = 'k';
    assert_refused(hk_arena_format(arena, &err, "%s: 1", key),
                   "x.yaml:1:1: a key has at most 255 bytes");
}
END_TEST

START_TEST(refuses_control_characters) {
    static const char *const values[] = {"\\0",   "\\e[31m", "\\x07",   "\\r",     "\\x7f",
                                         "\\x85", "\\x9b",   "\\u2028", "\\u2029", "\\uFEFF"};
    char text[64];
    for (size_t k = 0; k < HK_COUNT(values); k++) {
        (void)snprintf(text, sizeof text, "a: \"x%sy\"", values[k]);
        assert_refused(text, "x.yaml:1:4: control character in a text");
        (void)snprintf(text, sizeof text, "\"x%sy\": 1", values[k]);
        assert_refused(text, "x.yaml:1:1: control character in a key");
    }
    assert_refused("\"a\\tb\": 1", "x.yaml:1:1: control character in a key");
    ck_assert_str_eq(parse("a: \"x\\ty\\nz\"")->first->text, "x\ty\nz");
    ck_assert_str_eq(parse("a: \"\\xA0\\u2027\"")->first->text, "\u00A0\u2027");
}
END_TEST

START_TEST(refuses_bytes_that_are_no_text_and_says_where) {
    assert_refused("a: 1\nb: \x01\n", "x.yaml:2:4: control characters are not allowed");
    assert_refused("a: 1\nb: \xC3(\n", "x.yaml:2:5: invalid trailing UTF-8 octet");
    static const char zero[] = "a: 1\0b: 2";
    ck_assert_ptr_null(parse_bytes(zero, sizeof zero - 1));
    ck_assert_str_eq(err.message, "x.yaml:1:5: control characters are not allowed");
}
END_TEST

/* ---- Syntax ---- */

START_TEST(syntax_errors_have_positions) {
    assert_refused("a: [1, 2\nb: 3\n",
                   "x.yaml:2:2: did not find expected ',' or ']' (while parsing a "
                   "flow sequence that began on line 1)");
    assert_refused("a: 'x\n", "x.yaml:2:1: found unexpected end of stream (while scanning a quoted "
                              "scalar that began on line 1)");
}
END_TEST

START_TEST(a_colon_in_a_value_is_explained) {
    assert_refused("a: count: 5",
                   "x.yaml:1:9: mapping values are not allowed in this context; a text "
                   "that holds ': ' must be in quotes, and keys of one map begin in one "
                   "column");
}
END_TEST

START_TEST(a_tab_is_explained) {
    assert_refused("a:\n\tb: 1\n", "x.yaml:2:1: found character that cannot start any token; "
                                   "indent with blanks, not tabs, "
                                   "and put a text that begins with @ ` or % in quotes");
}
END_TEST

/* ---- Limits ---- */

/* `depth` lists within each other. */
static struct hk_node *parse_nested(size_t depth) {
    char *text = HK_NEW(arena, char, 2 * depth + 1, &err);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return parse_bytes(text, 2 * depth);
}

START_TEST(nesting_has_a_limit) {
    ck_assert_ptr_nonnull(parse_nested(HK_TREE_DEPTH_MAX));
    ck_assert_ptr_null(parse_nested(HK_TREE_DEPTH_MAX + 1));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, "x.yaml:1:65: nested deeper than 64 levels");
}
END_TEST

START_TEST(very_deep_nesting_is_refused_at_once) {
    ck_assert_ptr_null(parse_nested(1000000));
    ck_assert_str_eq(err.message, "x.yaml:1:65: nested deeper than 64 levels");
    const size_t size = 200000;
    char *text = HK_NEW(arena, char, size, &err);
    for (size_t k = 0; k < size; k++) text[k] = k % 2 ? ' ' : '-';
    ck_assert_ptr_null(parse_bytes(text, size));
    ck_assert_str_eq(err.message, "x.yaml:1:129: nested deeper than 64 levels");
}
END_TEST

START_TEST(size_has_a_limit) {
    size_t size = HK_TREE_SIZE_MAX;
    char *text = HK_NEW(arena, char, size + 1, &err);
    memset(text, ' ', size + 1);
    text[0] = 'a';
    text[1] = ':';
    text[3] = '1';
    ck_assert_ptr_nonnull(parse_bytes(text, size));
    ck_assert_ptr_null(parse_bytes(text, size + 1));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
    ck_assert_str_eq(err.message, "x.yaml: larger than 4 MiB, the limit of experiment files");
}
END_TEST

START_TEST(a_map_of_very_many_keys_is_read_and_checked) {
    enum { KEYS = 100000, WIDTH = 12 };
    char *text = HK_NEW(arena, char, KEYS *WIDTH + 1, &err);
    for (int k = 0; k < KEYS; k++) {
        const char *line = hk_arena_format(arena, &err, "k%06d: 12\n", k);
        memcpy(text + (size_t)k * WIDTH, line, WIDTH);
    }
    ck_assert_uint_eq(parse(text)->count, KEYS);
    memcpy(text + (size_t)(KEYS - 1) * WIDTH, text + (size_t)41 * WIDTH, WIDTH);
    assert_refused(text, "x.yaml:100000:1: the key 'k000041' was already given on line 42");
}
END_TEST

START_TEST(empty_text_is_refused) {
    assert_refused("", "x.yaml:1:1: is empty: nothing but blanks and comments");
    assert_refused("  \n# only this\n", "x.yaml:1:1: is empty: nothing but blanks and comments");
}
END_TEST

/* Any bytes give a tree or an error, never both, never a crash. */
START_TEST(random_bytes_give_a_tree_or_an_error) {
    static const char alphabet[] = "ab:-?#&*!|>'\"%@`[]{}, \n\t\\0=.~\x01\xC3\xA4";
    uint32_t state = 12345;
    char text[40];
    for (int round = 0; round < 20000; round++) {
        size_t size = 0;
        for (; size < sizeof text; size++) {
            state = state * 1664525u + 1013904223u;
            text[size] = alphabet[(state >> 16) % (sizeof alphabet - 1)];
            if ((state >> 24) == 0) break;
        }
        const struct hk_node *root = parse_bytes(text, size);
        ck_assert_msg((root != NULL) == (err.code == HK_OK), "round %d: %.*s", round, (int)size,
                      text);
        if (!root) ck_assert_msg(strncmp(err.message, "x.yaml:", 7) == 0, "%s", err.message);
    }
}
END_TEST

/* ---- Files ---- */

static const char *write_file(const char *name, const char *text) {
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", hk_test_folder(), name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

START_TEST(reads_a_file) {
    const char *path = write_file("net.yaml", "a: 1\nb: 2\n");
    const struct hk_node *root = hk_yaml_read(arena, path, &err);
    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(hk_node_get(root, "b")->text, "2");
    ck_assert_str_eq(hk_node_get(root, "b")->file, path);
}
END_TEST

START_TEST(an_empty_file_is_refused) {
    const char *path = write_file("net.yaml", "");
    ck_assert_ptr_null(hk_yaml_read(arena, path, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.message, "net.yaml:1:1: is empty"));
}
END_TEST

START_TEST(a_missing_file_is_named_with_the_reason) {
    ck_assert_ptr_null(hk_yaml_read(arena, "no/such/net.yaml", &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "can't open no/such/net.yaml: No such file or directory");
}
END_TEST

START_TEST(a_folder_is_no_file) {
    ck_assert_ptr_null(hk_yaml_read(arena, hk_test_folder(), &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "Is a directory"));
}
END_TEST

START_TEST(an_endless_file_is_left_at_the_limit) {
    ck_assert_ptr_null(hk_yaml_read(arena, "/dev/zero", &err));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
}
END_TEST

static void add_reading(TCase *tcase) {
    tcase_add_test(tcase, reads_maps_lists_and_scalars);
    tcase_add_test(tcase, notes_where_keys_and_values_stand);
    tcase_add_test(tcase, columns_count_characters_not_bytes);
    tcase_add_test(tcase, nothing_is_null_unless_quoted);
    tcase_add_test(tcase, remembers_which_scalars_are_text);
    tcase_add_test(tcase, reads_other_line_ends_and_a_byte_order_mark);
    tcase_add_test(tcase, reads_one_document_with_its_markers);
    tcase_add_test(tcase, reads_a_file);
    tcase_add_test(tcase, an_empty_file_is_refused);
    tcase_add_test(tcase, a_missing_file_is_named_with_the_reason);
    tcase_add_test(tcase, a_folder_is_no_file);
    tcase_add_test(tcase, an_endless_file_is_left_at_the_limit);
}

static void add_refusing(TCase *tcase) {
    tcase_add_test(tcase, refuses_a_key_given_twice);
    tcase_add_test(tcase, allows_one_key_in_different_maps);
    tcase_add_test(tcase, refuses_anchors_aliases_and_merge_by_them);
    tcase_add_test(tcase, refuses_an_alias_bomb_at_its_first_line);
    tcase_add_test(tcase, refuses_tags);
    tcase_add_test(tcase, refuses_a_second_document);
    tcase_add_test(tcase, refuses_keys_that_are_no_words);
    tcase_add_test(tcase, refuses_keys_that_are_too_long);
    tcase_add_test(tcase, refuses_control_characters);
    tcase_add_test(tcase, refuses_bytes_that_are_no_text_and_says_where);
    tcase_add_test(tcase, syntax_errors_have_positions);
    tcase_add_test(tcase, a_colon_in_a_value_is_explained);
    tcase_add_test(tcase, a_tab_is_explained);
    tcase_add_test(tcase, nesting_has_a_limit);
    tcase_add_test(tcase, very_deep_nesting_is_refused_at_once);
    tcase_add_test(tcase, size_has_a_limit);
    tcase_add_test(tcase, a_map_of_very_many_keys_is_read_and_checked);
    tcase_add_test(tcase, empty_text_is_refused);
    tcase_add_test(tcase, random_bytes_give_a_tree_or_an_error);
}

Suite *suite_io_yaml(void) {
    Suite *suite = suite_create("io/yaml");
    TCase *tcase = tcase_create("yaml");
    tcase_add_checked_fixture(tcase, setup, teardown);
    add_reading(tcase);
    add_refusing(tcase);
    suite_add_tcase(suite, tcase);
    return suite;
}
