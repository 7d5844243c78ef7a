#include "cli/prose.h"

#include <check.h>
#include <string.h>

#include "tests/support/suites.h"

static char text[4096];
static struct hk_prose prose;

static void setup(void) {
    memset(text, 0, sizeof text);
    prose = (struct hk_prose){.out = fmemopen(text, sizeof text, "w")};
    ck_assert_ptr_nonnull(prose.out);
}

static void expect(const char *expected) {
    hk_prose_end(&prose);
    (void)fclose(prose.out);
    ck_assert_str_eq(text, expected);
}

START_TEST(pieces_become_one_paragraph) {
    hk_prose_begin(&prose, 2);
    hk_prose_add(&prose, "exc: %d neurons", 3);
    hk_prose_add(&prose, ", leaky, ");
    hk_prose_add(&prose, "of  one\nmodel");
    hk_prose_add(&prose, ".");
    expect("exc: 3 neurons, leaky, of one model.\n");
}
END_TEST

START_TEST(lines_are_broken_before_the_margin_and_indented) {
    hk_prose_begin(&prose, 4);
    for (int i = 0; i < 40; i++) hk_prose_add(&prose, " word");
    hk_prose_end(&prose);
    (void)fflush(prose.out);
    for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
        ck_assert_uint_le(strcspn(at, "\n"), HK_PROSE_WIDTH);
        ck_assert_int_eq(strncmp(at, at == text ? "word" : "    word", 8 - 4 * (at == text)), 0);
    }
    (void)fclose(prose.out);
}
END_TEST

START_TEST(a_tie_is_a_blank_that_stays) {
    hk_prose_begin(&prose, 0);
    for (int i = 0; i < 15; i++) hk_prose_add(&prose, " 1234");
    hk_prose_add(&prose, " 20" HK_PROSE_TIE "ms");
    expect("1234 1234 1234 1234 1234 1234 1234 1234 1234 1234 1234 1234 1234 1234 1234 20 ms\n");
}
END_TEST

START_TEST(characters_are_counted_not_bytes) {
    hk_prose_begin(&prose, 0);
    for (int i = 0; i < 16; i++) hk_prose_add(&prose, " µµµµ");
    hk_prose_end(&prose);
    (void)fflush(prose.out);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    (void)fclose(prose.out);
}
END_TEST

START_TEST(titles_and_paragraphs_stand_on_lines_of_their_own) {
    hk_prose_begin(&prose, 0);
    hk_prose_add(&prose, "one");
    hk_prose_title(&prose, "Title");
    hk_prose_begin(&prose, 0);
    hk_prose_add(&prose, " two");
    hk_prose_begin(&prose, 0);
    hk_prose_add(&prose, "three");
    expect("one\n\nTitle\ntwo\nthree\n");
}
END_TEST

Suite *suite_cli_prose(void) {
    Suite *suite = suite_create("cli/prose");
    TCase *tcase = tcase_create("prose");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, pieces_become_one_paragraph);
    tcase_add_test(tcase, lines_are_broken_before_the_margin_and_indented);
    tcase_add_test(tcase, a_tie_is_a_blank_that_stays);
    tcase_add_test(tcase, characters_are_counted_not_bytes);
    tcase_add_test(tcase, titles_and_paragraphs_stand_on_lines_of_their_own);
    suite_add_tcase(suite, tcase);
    return suite;
}
