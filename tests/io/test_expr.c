#include "io/expr.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/types.h"
#include "tests/support/suites.h"

/* A few names; the context counts how often one was asked for. */
static bool lookup(void *context, const char *name, struct hk_quantity *out, struct hk_err *err) {
    static const struct {
        const char *name;
        struct hk_quantity value;
    } names[] = {
        {"order", {2500.0, {0, 0, 0}, true}}, {"tau", {20.0, {1, 0, 0}, false}},
        {"theta", {20.0, {0, 1, 0}, false}},  {"J", {0.1, {0, 1, 0}, false}},
        {"C_E", {1000.0, {0, 0, 0}, true}},   {"_x1", {-3.0, {0, 0, 0}, true}},
        {"g_l", {10.0, {0, -1, 1}, false}},
    };
    ++*(int *)context;
    for (size_t k = 0; k < HK_COUNT(names); k++) {
        if (strcmp(name, names[k].name) != 0) continue;
        *out = names[k].value;
        return true;
    }
    return HK_FAIL(err, HK_ERR_CONFIG, "no '%s'", name);
}

static struct hk_quantity eval(const char *text) {
    struct hk_err err = {0};
    struct hk_quantity out = {0};
    int column = 0, asked = 0;
    ck_assert_msg(hk_expr_eval(text, lookup, &asked, &out, &column, &err), "%s: column %d: %s",
                  text, column, err.message);
    return out;
}

/* The value in `unit`. */
static double eval_in(const char *text, const char *unit) {
    struct hk_err err = {0};
    struct hk_quantity quantity = eval(text);
    double value = 0.0;
    ck_assert_msg(hk_quantity_in(&quantity, unit, &value, &err), "%s: %s", text, err.message);
    return value;
}

static void assert_number(const char *text, double value) {
    double got = eval_in(text, "1");
    ck_assert_msg(got == value, "%s = %.17g, not %.17g", text, got, value);
}

static void assert_refused(const char *text, int where, const char *message) {
    struct hk_err err = {0};
    struct hk_quantity out;
    int column = 0, asked = 0;
    ck_assert_msg(!hk_expr_eval(text, lookup, &asked, &out, &column, &err), "%s passes", text);
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(column, where);
}

/* ---- Values ---- */

START_TEST(operators_bind_as_in_mathematics) {
    assert_number("1 + 2 * 3", 7);
    assert_number("(1 + 2) * 3", 9);
    assert_number("10 - 4 - 3", 3);
    assert_number("24 / 4 / 2", 3);
    assert_number("2 * 3 ^ 2", 18);
    assert_number("2 ^ 3 ^ 2", 512);
    assert_number("-2 ^ 2", -4);
    assert_number("(-2) ^ 2", 4);
    assert_number("2 ^ -1", 0.5);
    assert_number("2 - -3", 5);
    assert_number("--3", 3);
    assert_number("-2 * -3 + 1", 7);
    assert_number("1 + 2 - 3 * 4 / 6 ^ 1", 1);
    assert_number("8 ^ (1 / 3) ^ 0", 8);
}
END_TEST

START_TEST(blanks_do_not_matter) {
    assert_number("1+2*3", 7);
    assert_number("  ( 1 +\t2 )\n* 3  ", 9);
    assert_number("min ( 2 , 1 )", 1);
    ck_assert(eval_in("2*20ms", "ms") == 40.0);
}
END_TEST

START_TEST(numbers_are_read_as_everywhere) {
    assert_number("0.1", 0.1);
    assert_number(".5", 0.5);
    assert_number("1e3", 1000);
    assert_number("1e-3 + 0", 1e-3);
    assert_number("1e3-1", 999);
}
END_TEST

START_TEST(functions_do_what_they_say) {
    assert_number("min(3, 1, 2)", 1);
    assert_number("max(3, 1, 7, 2)", 7);
    assert_number("abs(-2.5)", 2.5);
    assert_number("sqrt(2)", sqrt(2.0));
    assert_number("exp(-1)", exp(-1.0));
    assert_number("log(10)", log(10.0));
    assert_number("round(2.5) + floor(-1.5) + ceil(1.2)", 3 - 2 + 2);
    assert_number("max(1, min(5, 2 * 2)) ^ 2", 16);
}
END_TEST

START_TEST(names_are_looked_up) {
    assert_number("4 * order", 10000);
    assert_number("_x1 + order/order", -2);
    ck_assert(eval_in("tau", "ms") == 20.0);
    ck_assert(eval_in("-theta", "mV") == -20.0);
}
END_TEST

/* ---- Units ---- */

START_TEST(units_are_computed_along) {
    ck_assert(eval_in("theta / (J * C_E * tau)", "Hz") == 10.0); /* Brunel's threshold rate */
    ck_assert(eval_in("1 / 20 ms", "Hz") == 50.0);
    ck_assert(eval_in("g_l * 10 mV", "pA") == 100.0);
    ck_assert(eval_in("g_l * tau", "pF") == 200.0);
    ck_assert(eval_in("1 / g_l", "GOhm") == 0.1);
    ck_assert(eval_in("200 pF / 10 nS", "ms") == 20.0);
    assert_number("tau / 10 ms", 2);
    assert_number("20 Hz * 0.5 s", 10);
}
END_TEST

START_TEST(powers_and_roots_carry_units) {
    struct hk_quantity area = eval("(3 mV) ^ 2");
    ck_assert(area.value == 9.0 && area.dim.voltage == 2);
    ck_assert(eval_in("sqrt((3 mV)^2 + (4 mV)^2)", "mV") == 5.0);
    ck_assert(eval_in("(20 ms) ^ -1", "Hz") == 50.0);
    assert_number("tau ^ 0", 1);
    ck_assert(eval_in("2 ms ^ 2 / 1 ms", "ms") == 4.0); /* a unit belongs to its number */
}
END_TEST

START_TEST(extremes_and_abs_keep_units) {
    ck_assert(eval_in("min(20 ms, 0.01 s)", "ms") == 10.0);
    ck_assert(eval_in("max(tau, 1 ms, 5 ms)", "ms") == 20.0);
    ck_assert(eval_in("abs(-70 mV)", "mV") == 70.0);
}
END_TEST

START_TEST(only_numbers_without_units_stay_bare) {
    ck_assert(eval("2 * (order + 1) / min(3, 4) ^ 2").bare);
    ck_assert(!eval("tau / tau").bare);
    ck_assert(!eval("2 * tau / tau").bare);
    ck_assert(!eval("min(2, tau / tau)").bare);
}
END_TEST

START_TEST(sums_of_different_kinds_are_refused) {
    assert_refused("tau + theta", 5, "can't add a time and a voltage");
    assert_refused("1 ms - 2 pA", 6, "can't subtract a current from a time");
    assert_refused("2 * (tau + 1)", 10, "can't add a time and a number");
    assert_refused("tau * theta + 1", 13, "can't add a quantity in ms mV and a number");
    assert_refused("min(tau, 1 ms, theta)", 1, "can't take the min of a time and a voltage");
}
END_TEST

START_TEST(functions_of_numbers_refuse_units) {
    assert_refused("1 + exp(tau)", 5,
                   "the argument of exp must be a number without a unit, not a time");
    assert_refused("log(theta)", 1,
                   "the argument of log must be a number without a unit, not a voltage");
    assert_refused("round(tau)", 1,
                   "the argument of round must be a number without a unit, not a time");
    assert_refused("sqrt(tau)", 1, "can't take the square root of a time");
    assert_refused("2 ^ tau", 3, "an exponent must be a number without a unit, not a time");
    assert_refused("tau ^ 0.5", 5,
                   "a quantity with a unit can be raised to whole powers up to 9 only");
    assert_refused("tau ^ 1e9", 5,
                   "a quantity with a unit can be raised to whole powers up to 9 only");
    assert_refused("tau ^ 9 * tau", 9, "a unit beyond its 9th power");
    assert_refused("(tau ^ 3) ^ 4", 11, "a unit beyond its 9th power");
}
END_TEST

/* ---- Results that are no numbers ---- */

START_TEST(results_must_be_finite) {
    assert_refused("1 / 0", 3, "division by zero");
    assert_refused("1 + 1 / (tau - tau)", 7, "division by zero");
    assert_refused("0 ^ -1", 3, "division by zero");
    assert_refused("sqrt(-1)", 1, "the result is not a finite number");
    assert_refused("log(0)", 1, "the result is not a finite number");
    assert_refused("log(-1)", 1, "the result is not a finite number");
    assert_refused("exp(1000)", 1, "the result is not a finite number");
    assert_refused("1e300 * 1e300", 7, "the result is not a finite number");
    assert_refused("(-8) ^ (1/3)", 6, "the result is not a finite number");
    assert_refused("10 ^ 400", 4, "the result is not a finite number");
}
END_TEST

/* ---- Syntax ---- */

START_TEST(syntax_errors_say_what_was_expected_and_where) {
    assert_refused("", 1, "expected a number or a name, got the end of the expression");
    assert_refused("  ", 3, "expected a number or a name, got the end of the expression");
    assert_refused("1 +", 4, "expected a number or a name, got the end of the expression");
    assert_refused("* 2", 1, "expected a number or a name, got '*'");
    assert_refused("1 ++ 2", 4, "expected a number or a name, got '+'");
    assert_refused("(1 + 2", 7, "expected an operator or ')', got the end of the expression");
    assert_refused("1 + 2)", 6, "expected an operator, got ')'");
    assert_refused("tau theta", 5, "expected an operator, got 'theta'");
    assert_refused("2 (3)", 3, "expected an operator, got '('");
    assert_refused("min(1 2)", 7, "expected ',' or ')', got '2'");
    assert_refused("min(1,", 7, "expected a number or a name, got the end of the expression");
    assert_refused("a.b", 1, "no 'a'");
    assert_refused("tau.b", 4, "expected an operator, got '.b'");
    assert_refused("1 == 1", 3, "expected an operator, got '=='");
    assert_refused("1 \u2212 2", 3,
                   "unknown unit '\u2212'; known are s, V, A, S, F, Ohm and Hz with SI "
                   "prefixes, min, h");
    assert_refused("\"x\"", 1, "expected a number or a name, got '\"x\"'");
    assert_refused("tau * . 5", 7,
                   "expected a number such as 0.5 or a quantity such as 20 ms, got '. 5'");
}
END_TEST

START_TEST(calls_are_checked) {
    assert_refused("min(1)", 1, "min takes at least 2 arguments");
    assert_refused("sqrt(1, 2)", 1, "sqrt takes at most 1 argument");
    assert_refused("sqrt()", 6, "expected a number or a name, got ')'");
    assert_refused("max(1,2,3,4,5,6,7,8,9)", 1, "max takes at most 8 arguments");
    assert_refused("1 + sqr(2)", 5, "unknown function 'sqr'; did you mean 'sqrt'?");
    assert_refused("sinus(2)", 1,
                   "unknown function 'sinus'; known here: min, max, abs, sqrt, exp, log, "
                   "round, floor, ceil");
    assert_refused("min + 1", 1, "min is a function: write min(...)");
}
END_TEST

START_TEST(unknown_names_and_units_have_their_column) {
    assert_refused("2 * thet", 5, "no 'thet'");
    assert_refused("tau + 20 msec", 10, "unknown unit 'msec'; did you mean 'ms'?");
    assert_refused("5 \u00B5s + x", 8, "no 'x'"); /* columns count characters */
}
END_TEST

START_TEST(nesting_has_a_limit) {
    char text[20001] = "";
    memset(text, '(', 63);
    text[63] = '1';
    memset(text + 64, ')', 63);
    assert_number(text, 1);
    memset(text, '(', 10000);
    assert_refused(text, 65, "the expression is nested deeper than 64 levels");
    memset(text, '-', 20000);
    assert_refused(text, 65, "the expression is nested deeper than 64 levels");
    for (size_t k = 0; k < 20000; k++) text[k] = k % 2 ? '^' : '2';
    assert_refused(text, 129, "the expression is nested deeper than 64 levels");
}
END_TEST

START_TEST(length_has_none) {
    char text[20000] = "";
    for (size_t k = 0; k < sizeof text - 1; k++) text[k] = k % 2 ? '+' : '1';
    assert_number(text, 10000);
}
END_TEST

START_TEST(long_names_are_refused) {
    char text[100] = "";
    memset(text, 'n', HK_NAME_MAX + 1);
    assert_refused(text, 1, "a name has at most 63 characters");
}
END_TEST

START_TEST(names_are_letters_digits_and_underscores) {
    static const char *const good[] = {"a", "C_E", "_", "tau2", "ms", "minimum"};
    static const char *const bad[] = {"",    "2a",     "a-b", "a b", "min",
                                      "exp", "\u03C4", "a.b", "a->b"};
    for (size_t k = 0; k < HK_COUNT(good); k++)
        ck_assert_msg(hk_expr_is_name(good[k]), "%s", good[k]);
    for (size_t k = 0; k < HK_COUNT(bad); k++)
        ck_assert_msg(!hk_expr_is_name(bad[k]), "%s", bad[k]);
}
END_TEST

/* Any text gives a finite value or an error with a column inside it. */
START_TEST(random_texts_give_a_value_or_an_error) {
    static const char *const pieces[] = {"1",   "2.5",  "0",   "tau", "theta", "order",  "+",
                                         "-",   "*",    "/",   "^",   "(",     ")",      ",",
                                         "min", "sqrt", "exp", " ms", " ",     "\u00B5", "1e300"};
    uint32_t state = 7;
    for (int round = 0; round < 50000; round++) {
        char text[64] = "";
        size_t used = 0;
        for (int k = 0; k < 8; k++) {
            state = state * 1664525u + 1013904223u;
            const char *piece = pieces[(state >> 16) % HK_COUNT(pieces)];
            used += (size_t)snprintf(text + used, sizeof text - used, "%s", piece);
        }
        struct hk_err err = {0};
        struct hk_quantity out = {0};
        int column = 0, asked = 0;
        bool ok = hk_expr_eval(text, lookup, &asked, &out, &column, &err);
        ck_assert_msg(ok ? isfinite(out.value) != 0 : err.code == HK_ERR_CONFIG, "%s", text);
        ck_assert_msg(ok || (column >= 1 && column <= (int)used + 1), "%s: %d", text, column);
    }
}
END_TEST

static void add_values(TCase *tcase) {
    tcase_add_test(tcase, operators_bind_as_in_mathematics);
    tcase_add_test(tcase, blanks_do_not_matter);
    tcase_add_test(tcase, numbers_are_read_as_everywhere);
    tcase_add_test(tcase, functions_do_what_they_say);
    tcase_add_test(tcase, names_are_looked_up);
    tcase_add_test(tcase, units_are_computed_along);
    tcase_add_test(tcase, powers_and_roots_carry_units);
    tcase_add_test(tcase, extremes_and_abs_keep_units);
    tcase_add_test(tcase, only_numbers_without_units_stay_bare);
    tcase_add_test(tcase, names_are_letters_digits_and_underscores);
}

static void add_refusing(TCase *tcase) {
    tcase_add_test(tcase, sums_of_different_kinds_are_refused);
    tcase_add_test(tcase, functions_of_numbers_refuse_units);
    tcase_add_test(tcase, results_must_be_finite);
    tcase_add_test(tcase, syntax_errors_say_what_was_expected_and_where);
    tcase_add_test(tcase, calls_are_checked);
    tcase_add_test(tcase, unknown_names_and_units_have_their_column);
    tcase_add_test(tcase, nesting_has_a_limit);
    tcase_add_test(tcase, length_has_none);
    tcase_add_test(tcase, long_names_are_refused);
    tcase_add_test(tcase, random_texts_give_a_value_or_an_error);
}

Suite *suite_io_expr(void) {
    Suite *suite = suite_create("io/expr");
    TCase *tcase = tcase_create("expr");
    add_values(tcase);
    add_refusing(tcase);
    suite_add_tcase(suite, tcase);
    return suite;
}
