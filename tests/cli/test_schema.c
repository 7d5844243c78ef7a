#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/paths.h"
#include "tests/support/suites.h"

/* More than PROGRAM_TEXT_MAX; what it says is tested in tests/io/test_schema.c. */
START_TEST(it_is_one_line_of_json_that_names_its_draft) {
    static const char begin[] = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",";
    static char text[1024 * 1024], command[4096 + 16];
    (void)snprintf(command, sizeof command, "%s schema", hk_test_program());
    FILE *out = popen(command, "r");
    ck_assert_ptr_nonnull(out);
    size_t size = fread(text, 1, sizeof text - 1, out);
    ck_assert_int_eq(pclose(out), 0);
    text[size] = '\0';
    ck_assert_int_eq(strncmp(text, begin, sizeof begin - 1), 0);
    ck_assert_ptr_eq(strchr(text, '\n'), text + size - 1);
    ck_assert_ptr_nonnull(strstr(text, "\"tau_m\":{\"description\":\"membrane time constant ["));
}
END_TEST

Suite *suite_cli_schema(void) {
    Suite *suite = suite_create("cli/schema");
    TCase *tcase = tcase_create("schema");
    tcase_add_test(tcase, it_is_one_line_of_json_that_names_its_draft);
    suite_add_tcase(suite, tcase);
    return suite;
}
