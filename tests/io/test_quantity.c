#include "io/quantity.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/types.h"
#include "tests/support/suites.h"

static struct hk_quantity parse(const char *text) {
    struct hk_err err = {0};
    struct hk_quantity quantity = {0};
    ck_assert_msg(hk_quantity_parse(text, &quantity, &err), "%s", err.message);
    return quantity;
}

static void assert_value(const char *text, double value) {
    struct hk_quantity quantity = parse(text);
    ck_assert_msg(quantity.value == value, "%s: %.17g, not %.17g", text, quantity.value, value);
}

static double value_in(const char *text, const char *unit) {
    struct hk_err err = {0};
    struct hk_quantity quantity = parse(text);
    double value = 0.0;
    ck_assert_msg(hk_quantity_in(&quantity, unit, &value, &err), "%s", err.message);
    return value;
}

static void assert_refused(const char *text, const char *message) {
    struct hk_err err = {0};
    struct hk_quantity quantity;
    ck_assert_msg(!hk_quantity_parse(text, &quantity, &err), "%s passes", text);
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
}

static void assert_not_in(const char *text, const char *unit, const char *message) {
    struct hk_err err = {0};
    struct hk_quantity quantity = parse(text);
    double value;
    ck_assert(!hk_quantity_in(&quantity, unit, &value, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
}

static bool same_dim(struct hk_dim dim, int time, int voltage, int current) {
    return dim.time == time && dim.voltage == voltage && dim.current == current;
}

/* ---- Reading ---- */

START_TEST(reads_numbers_as_strtod_does) {
    static const char *const texts[] = {"0",
                                        "0.5",
                                        ".5",
                                        "5.",
                                        "-65",
                                        "+3",
                                        "1e7",
                                        "1E-4",
                                        "2.5e+3",
                                        "-0.1e0",
                                        "0.30000000000000004",
                                        "1e308",
                                        "5e-324",
                                        "123456789012345678"};
    for (size_t k = 0; k < HK_COUNT(texts); k++) assert_value(texts[k], strtod(texts[k], NULL));
}
END_TEST

START_TEST(moves_the_point_without_rounding_twice) {
    assert_value("0.1 ms", 0.1);
    assert_value("20 us", 0.02);
    assert_value("0.35 s", 350.0);
    assert_value("1.001 s", 1001.0); /* 1.001 * 1000 is 1000.9999999999999 */
    assert_value("0.57 V", 570.0);
    assert_value("-65 mV", -65.0);
    assert_value("0.1 nA", 100.0);
    assert_value("1e7 ms", 1e7);
    assert_value("0.1e-3 s", 0.1);
    assert_value("4.35 uS", 4350.0);
    assert_value("3.3e-12 F", 3.3);
}
END_TEST

START_TEST(takes_blanks_around_and_none_between) {
    assert_value("  20   ms\t", 20.0);
    assert_value("20ms", 20.0);
    assert_value("-0.5mV", -0.5);
    assert_value("1e3s", 1e6);
}
END_TEST

START_TEST(knows_which_numbers_are_bare) {
    ck_assert(parse("20").bare);
    ck_assert(hk_dim_is_number(parse("20").dim));
    ck_assert(!parse("20 ms").bare);
    ck_assert(same_dim(parse("20 ms").dim, 1, 0, 0));
}
END_TEST

START_TEST(the_house_units_are_coherent) {
    static const struct {
        const char *unit;
        int time, voltage, current;
        double scale;
    } rows[] = {
        {"1", 0, 0, 0, 1},    {"ms", 1, 0, 0, 1},    {"mV", 0, 1, 0, 1},    {"pA", 0, 0, 1, 1},
        {"nS", 0, -1, 1, 1},  {"pF", 1, -1, 1, 1},   {"GOhm", 0, 1, -1, 1}, {"Hz", -1, 0, 0, 1e-3},
        {"kHz", -1, 0, 0, 1}, {"min", 1, 0, 0, 6e4}, {"h", 1, 0, 0, 3.6e6},
    };
    for (size_t k = 0; k < HK_COUNT(rows); k++) {
        struct hk_dim dim;
        double scale;
        ck_assert(hk_unit_find(rows[k].unit, &dim, &scale));
        ck_assert_msg(same_dim(dim, rows[k].time, rows[k].voltage, rows[k].current), "%s",
                      rows[k].unit);
        ck_assert_msg(scale == rows[k].scale, "%s: %.17g", rows[k].unit, scale);
    }
}
END_TEST

static const struct {
    const char *name;
    int exponent;
} prefixes[] = {
    {"q", -30}, {"r", -27}, {"y", -24},     {"z", -21},     {"a", -18}, {"f", -15}, {"p", -12},
    {"n", -9},  {"u", -6},  {"\u00B5", -6}, {"\u03BC", -6}, {"m", -3},  {"c", -2},  {"d", -1},
    {"", 0},    {"da", 1},  {"h", 2},       {"k", 3},       {"M", 6},   {"G", 9},   {"T", 12},
    {"P", 15},  {"E", 18},  {"Z", 21},      {"Y", 24},      {"R", 27},  {"Q", 30},
};
static const struct {
    const char *name;
    int exponent; /* of one unit without prefix, in the coherent system */
} bases[] = {{"s", 3}, {"V", 3}, {"A", 12}, {"S", 9}, {"F", 12}, {"Ohm", -9}, {"Hz", -3}};

START_TEST(every_prefix_of_every_unit_is_exact) {
    static const char *const numbers[] = {"1", "2.5", "0.1", "63.75", "1.001", "3e-2"};
    for (size_t b = 0; b < HK_COUNT(bases); b++)
        for (size_t p = 0; p < HK_COUNT(prefixes); p++)
            for (size_t n = 0; n < HK_COUNT(numbers); n++) {
                char unit[16], text[64], decimal[64];
                (void)snprintf(unit, sizeof unit, "%s%s", prefixes[p].name, bases[b].name);
                (void)snprintf(text, sizeof text, "%s %s", numbers[n], unit);
                int exponent = prefixes[p].exponent + bases[b].exponent - (n == 5 ? 2 : 0);
                (void)snprintf(decimal, sizeof decimal, "%se%d", n == 5 ? "3" : numbers[n],
                               exponent);
                assert_value(text, strtod(decimal, NULL));
                double back = value_in(text, unit);
                ck_assert_msg(back == strtod(numbers[n], NULL), "%s: %.17g", text, back);
            }
}
END_TEST

START_TEST(rates_come_back_in_hertz_as_written) {
    uint32_t state = 1;
    for (int k = 0; k < 20000; k++) {
        char number[32], text[40];
        state = state * 1664525u + 1013904223u;
        (void)snprintf(number, sizeof number, "%u.%02u", (state >> 8) % 4000, (state >> 4) % 100);
        (void)snprintf(text, sizeof text, "%s Hz", number);
        double value = value_in(text, "Hz");
        ck_assert_msg(value == strtod(number, NULL), "%s: %.17g", text, value);
    }
}
END_TEST

START_TEST(converts_between_prefixes) {
    ck_assert(value_in("350 ms", "s") == 0.35);
    ck_assert(value_in("10 kHz", "Hz") == 10000.0);
    ck_assert(value_in("1.5 min", "s") == 90.0);
    ck_assert(value_in("0.5 h", "min") == 30.0);
    ck_assert(value_in("90 s", "min") == 1.5);
    ck_assert(value_in("0 Hz", "Hz") == 0.0);
    ck_assert(value_in("-20 mV", "V") == -0.02);
    ck_assert(value_in("5", "1") == 5.0);
}
END_TEST

/* ---- Refusing ---- */

START_TEST(refuses_what_is_no_number) {
    static const char *const texts[] = {"",     "   ", "abc", "ms", "nan", ".nan", "inf", "-inf",
                                        ".inf", "-",   ".",   "e5", "--1", "+-1",  "= 5", "'5'"};
    struct hk_quantity quantity;
    for (size_t k = 0; k < HK_COUNT(texts); k++) {
        struct hk_err err = {0};
        ck_assert_msg(!hk_quantity_parse(texts[k], &quantity, &err), "'%s'", texts[k]);
        ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    }
    assert_refused("nan", "expected a number such as 0.5 or a quantity such as 20 ms, got 'nan'");
}
END_TEST

START_TEST(refuses_what_is_more_than_one) {
    assert_refused("20 ms 5", "'20 ms 5' is more than one quantity: '5' is left over");
    assert_refused("1,000", "'1,000' is more than one quantity: ',000' is left over");
    assert_refused("1_000", "'1_000' is more than one quantity: '_000' is left over");
    assert_refused("1 2", "'1 2' is more than one quantity: '2' is left over");
    assert_refused("1.2.3", "'1.2.3' is more than one quantity: '.3' is left over");
    assert_refused("1/ms", "'1/ms' is more than one quantity: '/ms' is left over");
}
END_TEST

START_TEST(refuses_unknown_units_with_a_suggestion) {
    assert_refused("20 msec", "unknown unit 'msec'; did you mean 'ms'?");
    assert_refused("20 mVolt", "unknown unit 'mVolt'; known are s, V, A, S, F, Ohm and Hz with SI "
                               "prefixes, min, h");
    assert_refused("0x10",
                   "unknown unit 'x10'; known are s, V, A, S, F, Ohm and Hz with SI prefixes, "
                   "min, h");
    assert_refused("1e", "unknown unit 'e'; known are s, V, A, S, F, Ohm and Hz with SI prefixes, "
                         "min, h");
}
END_TEST

START_TEST(unit_names_are_exact) {
    static const char *const names[] = {"",    "MS ", "mv",  "hz", "ohm", "kmin",
                                        "mh",  "mms", "x",   "2",  "mHZ", "\xC2s",
                                        "m s", "sm",  "daa", "K",  "kk",  "ummV"};
    struct hk_dim dim;
    double scale;
    for (size_t k = 0; k < HK_COUNT(names); k++)
        ck_assert_msg(!hk_unit_find(names[k], &dim, &scale), "'%s'", names[k]);
}
END_TEST

START_TEST(refuses_numbers_beyond_doubles) {
    assert_refused("1e999", "1e999 is too large for a number");
    assert_refused("-1e400 ms", "-1e400 is too large for a number");
    assert_refused("1e306 A", "1e306 is too large for a number");
    assert_refused("1e99999999999999999999", "1e99999999999999999999 is too large for a number");
    assert_refused("1e-999", "1e-999 is too small for a number");
    assert_refused("1e-99999999999999999999 ms",
                   "1e-99999999999999999999 is too small for a number");
    assert_value("0e999 ms", 0.0);
    assert_value("0.000e-999", 0.0);
}
END_TEST

START_TEST(refuses_numbers_of_very_many_digits) {
    char text[200] = "";
    memset(text, '1', 100);
    assert_value(text, strtod(text, NULL));
    memset(text, '1', 101);
    assert_refused(text, "a number has at most 100 characters");
}
END_TEST

/* ---- Kinds ---- */

START_TEST(a_wrong_unit_says_what_was_expected) {
    assert_not_in("20 ms", "mV", "expected a voltage (mV), got a time (ms)");
    assert_not_in("5 nA", "ms", "expected a time (ms), got a current (pA)");
    assert_not_in("5 Hz", "nS", "expected a conductance (nS), got a rate (Hz)");
    assert_not_in("5 pF", "Hz", "expected a rate (Hz), got a capacitance (pF)");
}
END_TEST

START_TEST(a_missing_unit_shows_how_to_write_it) {
    assert_not_in("20", "ms", "20 has no unit; expected a time, e.g. 20 ms");
    assert_not_in("-0.1", "mV", "-0.1 has no unit; expected a voltage, e.g. -0.1 mV");
    assert_not_in("0", "ms", "0 has no unit; expected a time, e.g. 0 ms");
}
END_TEST

START_TEST(a_unit_on_a_pure_number_is_refused) {
    assert_not_in("20 ms", "1", "expected a number without a unit, got a time (ms)");
}
END_TEST

START_TEST(a_quotient_of_times_is_no_time) {
    struct hk_err err = {0};
    struct hk_quantity quotient = {.value = 2.0};
    double value;
    ck_assert(!hk_quantity_in(&quotient, "ms", &value, &err));
    ck_assert_str_eq(err.message, "expected a time (ms), got a number");
}
END_TEST

START_TEST(an_unknown_target_unit_is_refused) {
    struct hk_err err = {0};
    struct hk_quantity quantity = parse("5");
    double value;
    ck_assert(!hk_quantity_in(&quantity, "weight", &value, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
}
END_TEST

START_TEST(every_kind_has_a_name) {
    char text[HK_DIM_SIZE];
    ck_assert_str_eq(hk_dim_text((struct hk_dim){0, 0, 0}, text), "a number");
    ck_assert_str_eq(hk_dim_text((struct hk_dim){0, 1, -1}, text), "a resistance");
    ck_assert_str_eq(hk_dim_text((struct hk_dim){2, 1, 0}, text), "a quantity in ms^2 mV");
    ck_assert_str_eq(hk_dim_text((struct hk_dim){-9, -9, -9}, text),
                     "a quantity in ms^-9 mV^-9 pA^-9");
}
END_TEST

/* ---- Inside longer texts ---- */

START_TEST(scan_stops_behind_the_unit) {
    struct hk_err err = {0};
    struct hk_quantity quantity;
    const char *at = "20 ms * 2";
    ck_assert(hk_quantity_scan(&at, &quantity, &err));
    ck_assert_str_eq(at, " * 2");
    at = "3 * order";
    ck_assert(hk_quantity_scan(&at, &quantity, &err));
    ck_assert_str_eq(at, " * order");
    ck_assert(quantity.value == 3.0 && quantity.bare);
}
END_TEST

START_TEST(scan_points_at_what_is_wrong) {
    struct hk_err err = {0};
    struct hk_quantity quantity;
    const char *at = "20 foo * 2";
    ck_assert(!hk_quantity_scan(&at, &quantity, &err));
    ck_assert_str_eq(at, "foo * 2");
}
END_TEST

/* POSIX has neither (?:) nor µ, so the text itself is looked at; that it matches what it should,
 * and nothing else, is tested with the schema. */
START_TEST(a_units_pattern_names_all_of_its_kind) {
    char text[HK_UNIT_PATTERN_SIZE];
    ck_assert_str_eq(hk_unit_pattern("1", text), "");
    (void)hk_unit_pattern("ms", text);
    ck_assert_int_eq(strncmp(text, "min|h|(?:q|r|", 13), 0);
    ck_assert_ptr_nonnull(strstr(text, "|u|\u00B5|\u03BC|m|"));
    ck_assert_str_eq(strrchr(text, '|'), "|)s");
    ck_assert_str_eq(strrchr(hk_unit_pattern("nS", text), '|'), "|)S");
    ck_assert_str_eq(strrchr(hk_unit_pattern("GOhm", text), '|'), "|)Ohm");
}
END_TEST

static void add_reading(TCase *tcase) {
    tcase_add_test(tcase, reads_numbers_as_strtod_does);
    tcase_add_test(tcase, moves_the_point_without_rounding_twice);
    tcase_add_test(tcase, takes_blanks_around_and_none_between);
    tcase_add_test(tcase, knows_which_numbers_are_bare);
    tcase_add_test(tcase, the_house_units_are_coherent);
    tcase_add_test(tcase, every_prefix_of_every_unit_is_exact);
    tcase_add_test(tcase, rates_come_back_in_hertz_as_written);
    tcase_add_test(tcase, converts_between_prefixes);
    tcase_add_test(tcase, scan_stops_behind_the_unit);
    tcase_add_test(tcase, a_units_pattern_names_all_of_its_kind);
}

static void add_refusing(TCase *tcase) {
    tcase_add_test(tcase, refuses_what_is_no_number);
    tcase_add_test(tcase, refuses_what_is_more_than_one);
    tcase_add_test(tcase, refuses_unknown_units_with_a_suggestion);
    tcase_add_test(tcase, unit_names_are_exact);
    tcase_add_test(tcase, refuses_numbers_beyond_doubles);
    tcase_add_test(tcase, refuses_numbers_of_very_many_digits);
    tcase_add_test(tcase, a_wrong_unit_says_what_was_expected);
    tcase_add_test(tcase, a_missing_unit_shows_how_to_write_it);
    tcase_add_test(tcase, a_unit_on_a_pure_number_is_refused);
    tcase_add_test(tcase, a_quotient_of_times_is_no_time);
    tcase_add_test(tcase, an_unknown_target_unit_is_refused);
    tcase_add_test(tcase, every_kind_has_a_name);
    tcase_add_test(tcase, scan_points_at_what_is_wrong);
}

Suite *suite_io_quantity(void) {
    Suite *suite = suite_create("io/quantity");
    TCase *tcase = tcase_create("quantity");
    add_reading(tcase);
    add_refusing(tcase);
    suite_add_tcase(suite, tcase);
    return suite;
}
