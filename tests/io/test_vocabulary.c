#include "io/vocabulary.h"

#include <check.h>
#include <string.h>

#include "io/yaml.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){.code = HK_OK};
    arena = hk_arena_create(&err);
}

static void teardown(void) {
    hk_arena_destroy(arena);
}

static struct hk_node *parse(const char *text) {
    struct hk_node *root = hk_yaml_parse(arena, "x.yaml", text, strlen(text), &err);
    ck_assert_msg(root != NULL, "%s", err.message);
    return root;
}

START_TEST(no_map_has_a_key_twice_and_each_is_documented) {
    const struct hk_words *words;
    for (size_t t = 0; (words = hk_words_at(t)); t++)
        for (size_t i = 0; i < words->count; i++) {
            const struct hk_word *word = &words->word[i];
            ck_assert(*word->doc && *word->type);
            ck_assert((strcmp(word->type, "choice") == 0) == (word->choices != NULL));
            for (size_t k = 0; k < i; k++) ck_assert_str_ne(word->name, words->word[k].name);
        }
}
END_TEST

START_TEST(an_unknown_key_is_told_with_the_nearest) {
    ck_assert(hk_words_check(parse("{population: exc, most: 3}"), &hk_words_retry, &err));
    ck_assert(!hk_words_check(parse("{populaton: exc}"), &hk_words_retry, &err));
    ck_assert_str_eq(err.message, "x.yaml:1:2: unknown key 'populaton'; did you mean "
                                  "'population'?");
}
END_TEST

START_TEST(defaults_fill_what_is_missing_and_nothing_else) {
    struct hk_reader reader = {.arena = arena};
    struct hk_node *map = parse("{most: 3}");
    ck_assert(hk_words_fill(&reader, map, &hk_words_retry, &err));
    ck_assert_uint_eq(map->count, 3);
    ck_assert_str_eq(hk_node_get(map, "most")->text, "3");
    ck_assert_str_eq(hk_node_get(map, "below")->text, "1");
    ck_assert_str_eq(hk_node_get(map, "gain")->text, "0.5");
}
END_TEST

START_TEST(a_choice_is_one_of_its_words) {
    size_t chosen = 9;
    const struct hk_node *map = parse("{clock: exact, precision: half}");
    ck_assert(hk_node_choice(hk_node_get(map, "clock"), hk_clock_choices, &chosen, &err));
    ck_assert_uint_eq(chosen, 1);
    ck_assert(!hk_node_choice(hk_node_get(map, "precision"), hk_precision_choices, &chosen, &err));
    ck_assert_str_eq(err.message, "x.yaml:1:27: precision: 'half' is not one of single, double");
}
END_TEST

Suite *suite_io_vocabulary(void) {
    Suite *suite = suite_create("io/vocabulary");
    TCase *tcase = tcase_create("vocabulary");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, no_map_has_a_key_twice_and_each_is_documented);
    tcase_add_test(tcase, an_unknown_key_is_told_with_the_nearest);
    tcase_add_test(tcase, defaults_fill_what_is_missing_and_nothing_else);
    tcase_add_test(tcase, a_choice_is_one_of_its_words);
    suite_add_tcase(suite, tcase);
    return suite;
}
