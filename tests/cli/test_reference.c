#include "cli/reference.h"

#include <check.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/suites.h"

static char page[PROGRAM_TEXT_MAX], committed[PROGRAM_TEXT_MAX];

static void setup(void) {
    FILE *file = fmemopen(page, sizeof page, "w");
    ck_assert_ptr_nonnull(file);
    hk_reference_print(file);
    ck_assert_int_lt(ftell(file), (long)sizeof page - 1);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(the_page_that_is_committed_is_up_to_date) {
    FILE *file = fopen("docs/reference.md", "r");
    ck_assert_ptr_nonnull(file);
    committed[fread(committed, 1, sizeof committed - 1, file)] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_msg(strcmp(page, committed) == 0,
                  "build/hillock help --reference > docs/reference.md");
}
END_TEST

START_TEST(what_each_key_takes_is_said) {
    ck_assert_msg(!strstr(page, "? |"),
                  "a type of io/vocabulary.c has no words in cli/reference.c");
}
END_TEST

/* As headings become names of places: "## Read-out models" is "##-read-out-models". */
static void lower(const char *text, char *out) {
    for (; *text; text++) {
        bool upper = *text >= 'A' && *text <= 'Z';
        *out++ = (char)(upper ? *text - 'A' + 'a' : *text == ' ' ? '-' : *text);
    }
    *out = '\0';
}

START_TEST(every_link_leads_somewhere) {
    static char places[PROGRAM_TEXT_MAX];
    lower(page, places);
    for (const char *at = page; (at = strstr(at, "](#")); at++) {
        char heading[80];
        (void)snprintf(heading, sizeof heading, "#-%.*s\n", (int)strcspn(at + 3, ")"), at + 3);
        ck_assert_msg(strstr(places, heading) != NULL, "no '%s'", heading);
    }
}
END_TEST

START_TEST(help_prints_it) {
    static struct program program;
    program_run(&program, "help", "--reference");
    ck_assert_str_eq(program.out, page);
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
}
END_TEST

Suite *suite_cli_reference(void) {
    Suite *suite = suite_create("cli/reference");
    TCase *cases = tcase_create("reference");
    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_add_test(cases, the_page_that_is_committed_is_up_to_date);
    tcase_add_test(cases, what_each_key_takes_is_said);
    tcase_add_test(cases, every_link_leads_somewhere);
    tcase_add_test(cases, help_prints_it);
    suite_add_tcase(suite, cases);
    return suite;
}
