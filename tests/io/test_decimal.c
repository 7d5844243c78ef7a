#include "io/decimal.h"

#include <check.h>

#include "tests/support/suites.h"

/* The last one is no short decimal. */
static const struct {
    double tick_ms;
    hk_tick ticks;
    double time_ms;
} times[] = {
    {0.1, 3, 0.3},     {0.1, 12345678901, 1234567890.1},
    {0.1, 0, 0.0},     {1.0, 7, 7.0},
    {0.3, 3, 0.9},     {0.025, 3, 0.075},
    {0.125, 7, 0.875}, {1e-6, 1234567, 1.234567},
    {2.5, 3, 7.5},     {1.0 / 3.0, 7, 7.0 * (1.0 / 3.0)},
};

START_TEST(ticks_become_times_as_people_write_them) {
    double time_ms = hk_decimal_ms(hk_decimal_from(times[_i].tick_ms), times[_i].ticks);
    ck_assert_msg(time_ms == times[_i].time_ms, "%.17g, not %.17g", time_ms, times[_i].time_ms);
}
END_TEST

Suite *suite_io_decimal(void) {
    Suite *suite = suite_create("io/decimal");
    TCase *tcase = tcase_create("decimal");
    tcase_add_loop_test(tcase, ticks_become_times_as_people_write_them, 0, (int)HK_COUNT(times));
    suite_add_tcase(suite, tcase);
    return suite;
}
