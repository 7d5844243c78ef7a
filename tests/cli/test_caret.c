/* The line of a mistake, with a caret under its place. */
#include "cli/caret.h"

#include <check.h>
#include <string.h>

#include "tests/support/paths.h"
#include "tests/support/suites.h"

/* What is written of a file with this text, for a line and a column. */
static const char *caret(const char *text, int line, int column) {
    static char out[1024];
    const char *path = hk_test_write("x.yaml", text);
    struct hk_place where = {.file = path, .file_size = strlen(path)};
    where.line = (size_t)line;
    where.column = (size_t)column;
    memset(out, 0, sizeof out);
    FILE *file = fmemopen(out, sizeof out, "w");
    hk_caret_print(&where, file);
    (void)fclose(file);
    return out;
}

START_TEST(the_caret_stands_under_the_column) {
    const char *text = "name: x\n  tau_m: 3 mV\nlast";
    ck_assert_str_eq(caret(text, 2, 10), "    tau_m: 3 mV\n           ^\n");
    ck_assert_str_eq(caret(text, 1, 1), "  name: x\n  ^\n");
    ck_assert_str_eq(caret(text, 3, 4), "  last\n     ^\n");
}
END_TEST

START_TEST(columns_count_characters_and_tabs_stay) {
    ck_assert_str_eq(caret("\xC3\xA4\xC3\xB6: 1\n", 1, 5), "  \xC3\xA4\xC3\xB6: 1\n      ^\n");
    ck_assert_str_eq(caret("a\tb: 1\n", 1, 3), "  a\tb: 1\n   \t^\n");
}
END_TEST

START_TEST(of_a_long_line_the_part_around_is_shown) {
    char text[400];
    memset(text, 'a', 300);
    text[200] = 'B';
    text[300] = '\0';
    const char *out = caret(text, 1, 201), *end = strchr(out, '\n');
    ck_assert_ptr_nonnull(end);
    ck_assert_int_eq(strncmp(out, "  ...aaa", 8), 0);
    ck_assert_int_le(end - out, 105);
    ck_assert_ptr_eq(strchr(out, 'B') - out + end + 1, strchr(end, '^')); /* one under the other */
}
END_TEST

/* Line and column are those of the experiment in it, not of its bytes. */
START_TEST(nothing_is_shown_of_a_results_file) {
    ck_assert_str_eq(caret("\x89HDF\r\n\x1a\n", 1, 2), "");
}
END_TEST

START_TEST(what_cant_be_read_is_left_out) {
    static const char *const messages[] = {"-D:1:7: x", "no/such/file.yaml:1:1: x"};
    struct hk_place where;
    char out[64] = "";
    for (size_t k = 0; k < 2; k++) {
        FILE *file = fmemopen(out, sizeof out, "w");
        ck_assert(hk_place_read(messages[k], &where));
        hk_caret_print(&where, file);
        (void)fclose(file);
        ck_assert_str_eq(out, "");
    }
    ck_assert_str_eq(caret("one\n", 7, 1), "");
}
END_TEST

Suite *suite_cli_caret(void) {
    Suite *suite = suite_create("cli/caret");
    TCase *cases = tcase_create("caret");
    tcase_add_test(cases, the_caret_stands_under_the_column);
    tcase_add_test(cases, columns_count_characters_and_tabs_stay);
    tcase_add_test(cases, of_a_long_line_the_part_around_is_shown);
    tcase_add_test(cases, nothing_is_shown_of_a_results_file);
    tcase_add_test(cases, what_cant_be_read_is_left_out);
    suite_add_tcase(suite, cases);
    return suite;
}
