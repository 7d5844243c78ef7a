#include "cli/quote.h"

#include "tests/support/suites.h"

#include <check.h>

START_TEST(words_are_quoted_where_a_shell_would_change_them) {
    static const char *const words[] = {"run", "-o", "a/b.c", "x=2 ms", "it's", "", "a->b"};
    struct hk_err err = {.code = HK_OK};
    struct hk_arena *arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    ck_assert_str_eq(hk_quote_words(arena, words, HK_COUNT(words), &err),
                     "run -o a/b.c 'x=2 ms' 'it'\\''s' '' 'a->b'");
    ck_assert_str_eq(hk_quote_words(arena, words, 0, &err), "");
    hk_arena_destroy(arena);
}
END_TEST

Suite *suite_cli_quote(void) {
    Suite *suite = suite_create("cli/quote");
    TCase *tcase = tcase_create("quote");
    tcase_add_test(tcase, words_are_quoted_where_a_shell_would_change_them);
    suite_add_tcase(suite, tcase);
    return suite;
}
