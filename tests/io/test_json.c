#include "io/json.h"

#include "tests/support/paths.h"
#include "tests/support/suites.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct hk_json json;
static struct hk_block block;

static void setup(void) {
    block = (struct hk_block){0};
    hk_json_to_block(&json, &block);
}

static void teardown(void) {
    hk_block_finish(&block);
}

static void assert_json(const char *expected) {
    struct hk_err err = {0};
    ck_assert_msg(hk_json_finish(&json, &err), "%s", err.message);
    ck_assert_str_eq(block.data, expected);
}

START_TEST(json_nests_objects_and_arrays) {
    hk_json_object(&json, NULL);
    hk_json_array(&json, "shape");
    hk_json_integer(&json, NULL, 784);
    hk_json_integer(&json, NULL, 400);
    hk_json_end(&json);
    hk_json_object(&json, "empty");
    hk_json_end(&json);
    hk_json_object(&json, "test");
    hk_json_number(&json, "accuracy", 0.87);
    hk_json_bool(&json, "ok", true);
    hk_json_null(&json, "seed");
    hk_json_end(&json);
    hk_json_end(&json);
    assert_json("{\"shape\":[784,400],\"empty\":{},"
                "\"test\":{\"accuracy\":0.87,\"ok\":true,\"seed\":null}}");
}
END_TEST

START_TEST(json_writes_a_value_alone) {
    hk_json_integer(&json, NULL, INT64_MIN);
    assert_json("-9223372036854775808");
}
END_TEST

START_TEST(json_escapes_what_cannot_stand_in_a_string) {
    hk_json_text(&json, NULL, "say \"no\"\\\b\f\n\r\t\x01\x1f\x7f/");
    assert_json("\"say \\\"no\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f/\"");
}
END_TEST

START_TEST(json_escapes_keys_too) {
    hk_json_object(&json, NULL);
    hk_json_null(&json, "a\"b\n");
    hk_json_end(&json);
    assert_json("{\"a\\\"b\\n\":null}");
}
END_TEST

START_TEST(json_keeps_utf8) {
    hk_json_text(&json, NULL,
                 "\xC2\x80 \xCE\xA9 \xE2\x86\x92 \xED\x9F\xBF \xEF\xBF\xBF \xF0\x9F\xA7\xA0 "
                 "\xF4\x8F\xBF\xBF");
    assert_json("\"\xC2\x80 \xCE\xA9 \xE2\x86\x92 \xED\x9F\xBF \xEF\xBF\xBF \xF0\x9F\xA7\xA0 "
                "\xF4\x8F\xBF\xBF\"");
}
END_TEST

#define REPLACED "\xEF\xBF\xBD"

static const struct {
    const char *bytes, *expected;
} not_utf8[] = {
    {"a\x80z", "\"a" REPLACED "z\""},                                    /* begins nothing */
    {"\xC0\xAF", "\"" REPLACED REPLACED "\""},                           /* overlong "/" */
    {"\xE0\x9F\xBF", "\"" REPLACED REPLACED REPLACED "\""},              /* overlong */
    {"\xED\xA0\x80", "\"" REPLACED REPLACED REPLACED "\""},              /* surrogate */
    {"\xF4\x90\x80\x80", "\"" REPLACED REPLACED REPLACED REPLACED "\""}, /* above U+10FFFF */
    {"\xF5z", "\"" REPLACED "z\""},
    {"\xE2\x86", "\"" REPLACED REPLACED "\""}, /* ends too early */
    {"\xCE\"", "\"" REPLACED "\\\"\""},        /* the quote survives */
};

START_TEST(json_replaces_what_is_not_utf8) {
    hk_json_text(&json, NULL, not_utf8[_i].bytes);
    assert_json(not_utf8[_i].expected);
}
END_TEST

static const struct {
    double value;
    const char *expected;
} numbers[] = {
    {0.1, "0.1"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1.0 / 3.0, "0.3333333333333333"},
    {5.0, "5"},
    {-0.0, "-0"},
    {1e22, "1e+22"},
    {5e-324, "4.94065645841247e-324"},
    {1.7976931348623157e308, "1.7976931348623157e+308"},
    {(double)NAN, "null"},
    {(double)INFINITY, "null"},
    {-(double)INFINITY, "null"},
};

START_TEST(json_writes_numbers_as_short_as_they_read_back) {
    hk_json_number(&json, NULL, numbers[_i].value);
    assert_json(numbers[_i].expected);
    if (isfinite(numbers[_i].value)) ck_assert(strtod(block.data, NULL) == numbers[_i].value);
}
END_TEST

START_TEST(json_refuses_to_nest_too_deeply) {
    struct hk_err err = {0};
    for (int i = 0; i <= HK_JSON_DEPTH_MAX; i++) hk_json_array(&json, NULL);
    for (int i = 0; i <= HK_JSON_DEPTH_MAX; i++) hk_json_end(&json);
    ck_assert(!hk_json_finish(&json, &err));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "HK_JSON_DEPTH_MAX"));
}
END_TEST

START_TEST(json_goes_into_a_file_as_well) {
    struct hk_err err = {0};
    char text[64] = "";
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    hk_json_to_file(&json, file);
    hk_json_object(&json, NULL);
    hk_json_text(&json, "name", "mnist");
    hk_json_end(&json);
    ck_assert(hk_json_finish(&json, &err));
    rewind(file);
    ck_assert_uint_eq(fread(text, 1, sizeof text - 1, file), strlen("{\"name\":\"mnist\"}"));
    ck_assert_str_eq(text, "{\"name\":\"mnist\"}");
    (void)fclose(file);
}
END_TEST

START_TEST(json_tells_when_the_file_is_full) {
    struct hk_err err = {0};
    FILE *file = fopen("/dev/full", "w");
    if (!file) return;
    hk_json_to_file(&json, file);
    hk_json_null(&json, NULL);
    ck_assert(!hk_json_finish(&json, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "No space left on device"));
    (void)fclose(file);
}
END_TEST

Suite *suite_io_json(void) {
    Suite *suite = suite_create("io/json");
    TCase *tcase = tcase_create("json");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, json_nests_objects_and_arrays);
    tcase_add_test(tcase, json_writes_a_value_alone);
    tcase_add_test(tcase, json_escapes_what_cannot_stand_in_a_string);
    tcase_add_test(tcase, json_escapes_keys_too);
    tcase_add_test(tcase, json_keeps_utf8);
    tcase_add_loop_test(tcase, json_replaces_what_is_not_utf8, 0,
                        (int)(sizeof not_utf8 / sizeof not_utf8[0]));
    tcase_add_loop_test(tcase, json_writes_numbers_as_short_as_they_read_back, 0,
                        (int)(sizeof numbers / sizeof numbers[0]));
    tcase_add_test(tcase, json_refuses_to_nest_too_deeply);
    tcase_add_test(tcase, json_goes_into_a_file_as_well);
    tcase_add_test(tcase, json_tells_when_the_file_is_full);
    suite_add_tcase(suite, tcase);
    return suite;
}
