#include "io/libraries.h"

#include <check.h>

#include "tests/support/suites.h"

/* The tests run with what they were built for. */
START_TEST(each_library_says_which_it_is_and_fits) {
    struct hk_library library;
    size_t count = 0;
    for (; hk_library_at(count, &library); count++) {
        ck_assert_msg(library.fits, "%s: %s is here, built for %s", library.name, library.found,
                      library.built);
        ck_assert(library.found[0] >= '0' && library.found[0] <= '9');
    }
    ck_assert_uint_eq(count, 6);
}
END_TEST

Suite *suite_io_libraries(void) {
    Suite *suite = suite_create("io/libraries");
    TCase *tcase = tcase_create("libraries");
    tcase_add_test(tcase, each_library_says_which_it_is_and_fits);
    suite_add_tcase(suite, tcase);
    return suite;
}
