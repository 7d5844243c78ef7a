#include "io/nearest.h"

#include <check.h>
#include <string.h>

#include "sim/types.h"
#include "tests/support/suites.h"

static const char *const words[] = {"tau_m", "v_rest", "v_th", "t_ref", "plasticity", "g"};

static const char *nearest(const char *word) {
    const char *found = hk_nearest(word, words, HK_COUNT(words));
    return found ? found : "none";
}

START_TEST(finds_a_word_with_a_letter_missing_added_or_replaced) {
    ck_assert_str_eq(nearest("taum"), "tau_m");
    ck_assert_str_eq(nearest("tau_mm"), "tau_m");
    ck_assert_str_eq(nearest("tau-m"), "tau_m");
    ck_assert_str_eq(nearest("tua_m"), "tau_m");
}
END_TEST

START_TEST(allows_two_edits_and_in_long_words_a_third) {
    ck_assert_str_eq(nearest("v_rrst"), "v_rest");
    ck_assert_str_eq(nearest("x_xxst"), "none");
    ck_assert_str_eq(nearest("plastizitat"), "plasticity"); /* 3 edits of 11 letters */
    ck_assert_str_eq(nearest("elektrizitat"), "none");
}
END_TEST

START_TEST(suggests_nothing_where_nothing_of_the_word_is_left) {
    ck_assert_str_eq(nearest("x"), "none");
    ck_assert_str_eq(nearest("xy"), "none");
    ck_assert_str_eq(nearest(""), "none");
    ck_assert_ptr_null(hk_nearest("tau_m", words, 0));
}
END_TEST

START_TEST(takes_the_nearest_and_of_equals_the_first) {
    static const char *const near[] = {"abcx", "abcd", "abcy"};
    ck_assert_str_eq(hk_nearest("abcd", near, 3), "abcd");
    ck_assert_str_eq(hk_nearest("abcz", near, 3), "abcx");
}
END_TEST

START_TEST(ignores_words_that_are_too_long) {
    char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const known[] = {longest, "abc"};
    ck_assert_ptr_null(hk_nearest(longest, known, 2));
    ck_assert_str_eq(hk_nearest("abd", known, 2), "abc");
}
END_TEST

START_TEST(hint_suggests_or_lists) {
    char text[HK_HINT_SIZE];
    ck_assert_str_eq(hk_nearest_hint("v_rst", words, 3, text), "did you mean 'v_rest'?");
    ck_assert_str_eq(hk_nearest_hint("v_re", words, 3, text), "did you mean 'v_rest'?");
    ck_assert_str_eq(hk_nearest_hint("size", words, 3, text), "known here: tau_m, v_rest, v_th");
    ck_assert_str_eq(hk_nearest_hint("size", words, 0, text), "known here: nothing");
}
END_TEST

START_TEST(hint_ends_a_long_list_with_dots) {
    const char *many[100];
    for (size_t k = 0; k < HK_COUNT(many); k++) many[k] = "parameter";
    char text[HK_HINT_SIZE];
    (void)hk_nearest_hint("x", many, HK_COUNT(many), text);
    size_t length = strlen(text);
    ck_assert_uint_gt(length, HK_HINT_SIZE - 20);
    ck_assert_uint_lt(length, HK_HINT_SIZE);
    ck_assert_str_eq(text + length - strlen("parameter, ..."), "parameter, ...");
}
END_TEST

Suite *suite_io_nearest(void) {
    Suite *suite = suite_create("io/nearest");
    TCase *tcase = tcase_create("nearest");
    tcase_add_test(tcase, finds_a_word_with_a_letter_missing_added_or_replaced);
    tcase_add_test(tcase, allows_two_edits_and_in_long_words_a_third);
    tcase_add_test(tcase, suggests_nothing_where_nothing_of_the_word_is_left);
    tcase_add_test(tcase, takes_the_nearest_and_of_equals_the_first);
    tcase_add_test(tcase, ignores_words_that_are_too_long);
    tcase_add_test(tcase, hint_suggests_or_lists);
    tcase_add_test(tcase, hint_ends_a_long_list_with_dots);
    suite_add_tcase(suite, tcase);
    return suite;
}
