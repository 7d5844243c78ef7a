#include "io/place.h"

#include <check.h>
#include <string.h>

#include "tests/support/suites.h"

START_TEST(a_message_begins_with_its_place) {
    struct hk_place place;
    const char *message = "dir/a.yaml:12:3: tau_m is wrong: 0";
    ck_assert(hk_place_read(message, &place));
    ck_assert_uint_eq(place.file_size, strlen("dir/a.yaml"));
    ck_assert_ptr_eq(place.file, message);
    ck_assert_uint_eq(place.line, 12);
    ck_assert_uint_eq(place.column, 3);
    ck_assert_uint_eq(place.size, strlen("dir/a.yaml:12:3"));
}
END_TEST

START_TEST(of_two_places_the_outermost_counts) {
    struct hk_place place;
    ck_assert(hk_place_read("a.yaml:1:7: b.yaml:3:4: bad", &place));
    ck_assert_uint_eq(place.file_size, strlen("a.yaml"));
    ck_assert_uint_eq(place.line, 1);
}
END_TEST

START_TEST(what_only_looks_like_a_place_is_none) {
    static const char *const messages[] = {"",
                                           "bad",
                                           "a.h5: 3:4: bad",
                                           "12:3: bad",
                                           "a.yaml:12: bad",
                                           "a.yaml:12:: x",
                                           ":1:2: x",
                                           "can't open a.yaml:1:2",
                                           "a.yaml:0:1: x",
                                           "a.yaml:1:0: x"};
    struct hk_place place;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        ck_assert_msg(!hk_place_read(messages[i], &place), "%s", messages[i]);
}
END_TEST

Suite *suite_io_place(void) {
    Suite *suite = suite_create("io/place");
    TCase *cases = tcase_create("place");
    tcase_add_test(cases, a_message_begins_with_its_place);
    tcase_add_test(cases, of_two_places_the_outermost_counts);
    tcase_add_test(cases, what_only_looks_like_a_place_is_none);
    suite_add_tcase(suite, cases);
    return suite;
}
