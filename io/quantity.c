#include "io/quantity.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/nearest.h"
#include "sim/types.h"

enum { NUMBER_MAX = 100, UNIT_MAX = 15 };

/* ---- Dimensions ---- */

static const struct {
    struct hk_dim dim;
    const char *name, *unit;
} known_dims[] = {
    {{0, 0, 0}, "a number", ""},         {{1, 0, 0}, "a time", "ms"},
    {{0, 1, 0}, "a voltage", "mV"},      {{0, 0, 1}, "a current", "pA"},
    {{-1, 0, 0}, "a rate", "Hz"},        {{0, -1, 1}, "a conductance", "nS"},
    {{1, -1, 1}, "a capacitance", "pF"}, {{0, 1, -1}, "a resistance", "GOhm"},
};

bool hk_dim_equal(struct hk_dim a, struct hk_dim b) {
    return a.time == b.time && a.voltage == b.voltage && a.current == b.current;
}

bool hk_dim_is_number(struct hk_dim dim) {
    return hk_dim_equal(dim, (struct hk_dim){0});
}

const char *hk_dim_text(struct hk_dim dim, char text[HK_DIM_SIZE]) {
    for (size_t k = 0; k < HK_COUNT(known_dims); k++) {
        if (!hk_dim_equal(dim, known_dims[k].dim)) continue;
        (void)snprintf(text, HK_DIM_SIZE, "%s", known_dims[k].name);
        return text;
    }
    const char *const units[] = {"ms", "mV", "pA"};
    const int powers[] = {dim.time, dim.voltage, dim.current};
    (void)snprintf(text, HK_DIM_SIZE, "a quantity in");
    for (size_t k = 0; k < HK_COUNT(units); k++) {
        size_t used = strlen(text);
        if (powers[k] == 1)
            (void)snprintf(text + used, HK_DIM_SIZE - used, " %s", units[k]);
        else if (powers[k])
            (void)snprintf(text + used, HK_DIM_SIZE - used, " %s^%d", units[k], powers[k]);
    }
    return text;
}

/* " (ms)" where the dimension has a unit of its own. */
static const char *usual_unit(struct hk_dim dim, char text[HK_DIM_SIZE]) {
    *text = '\0';
    for (size_t k = 1; k < HK_COUNT(known_dims); k++)
        if (hk_dim_equal(dim, known_dims[k].dim))
            (void)snprintf(text, HK_DIM_SIZE, " (%s)", known_dims[k].unit);
    return text;
}

/* ---- Units ---- */

/* One of it is factor * 10^exponent of the coherent system. */
struct unit {
    const char *name;
    struct hk_dim dim;
    int exponent;
    double factor;
};

static const struct unit base_units[] = {
    {"Hz", {-1, 0, 0}, -3, 1}, {"Ohm", {0, 1, -1}, -9, 1}, {"s", {1, 0, 0}, 3, 1},
    {"V", {0, 1, 0}, 3, 1},    {"A", {0, 0, 1}, 12, 1},    {"S", {0, -1, 1}, 9, 1},
    {"F", {1, -1, 1}, 12, 1},
};
/* Without prefixes. */
static const struct unit single_units[] = {
    {"1", {0, 0, 0}, 0, 1},
    {"min", {1, 0, 0}, 4, 6},
    {"h", {1, 0, 0}, 5, 36},
};
/* µ is there as U+00B5 (keyboards) and as U+03BC (Greek). */
static const struct {
    const char *name;
    int exponent;
} prefixes[] = {
    {"", 0},    {"q", -30}, {"r", -27}, {"y", -24},     {"z", -21},     {"a", -18}, {"f", -15},
    {"p", -12}, {"n", -9},  {"u", -6},  {"\u00B5", -6}, {"\u03BC", -6}, {"m", -3},  {"c", -2},
    {"d", -1},  {"da", 1},  {"h", 2},   {"k", 3},       {"M", 6},       {"G", 9},   {"T", 12},
    {"P", 15},  {"E", 18},  {"Z", 21},  {"Y", 24},      {"R", 27},      {"Q", 30},
};

static bool find_prefixed(const char *name, struct unit *out) {
    size_t size = strlen(name);
    for (size_t k = 0; k < HK_COUNT(base_units); k++) {
        size_t base = strlen(base_units[k].name);
        if (size < base || strcmp(name + size - base, base_units[k].name) != 0) continue;
        for (size_t p = 0; p < HK_COUNT(prefixes); p++) {
            if (strlen(prefixes[p].name) != size - base) continue;
            if (memcmp(prefixes[p].name, name, size - base) != 0) continue;
            *out = base_units[k];
            out->exponent += prefixes[p].exponent;
            return true;
        }
    }
    return false;
}

static bool find_unit(const char *name, struct unit *out) {
    for (size_t k = 0; k < HK_COUNT(single_units); k++) {
        if (strcmp(name, single_units[k].name) != 0) continue;
        *out = single_units[k];
        return true;
    }
    return find_prefixed(name, out);
}

static bool fail_unit(const char *name, struct hk_err *err) {
    static const char *const usual[] = {"ms",  "mV", "pA",   "nS",   "pF", "Hz", "s",  "us",
                                        "kHz", "nA", "MOhm", "GOhm", "uS", "nF", "min"};
    const char *nearest = hk_nearest(name, usual, HK_COUNT(usual));
    if (nearest)
        return HK_FAIL(err, HK_ERR_CONFIG, "unknown unit '%s'; did you mean '%s'?", name, nearest);
    return HK_FAIL(err, HK_ERR_CONFIG,
                   "unknown unit '%s'; known are s, V, A, S, F, Ohm and Hz with SI prefixes, min, "
                   "h",
                   name);
}

/* ---- Numbers ---- */

/* Bytes of the decimal number at `text`: sign, digits with at most one point, exponent. 0: none. */
static size_t number_size(const char *text) {
    const char *const digits = "0123456789";
    const char *at = text + (*text == '-' || *text == '+');
    size_t whole = strspn(at, digits);
    at += whole;
    size_t part = *at == '.' ? strspn(at + 1, digits) : 0;
    if (whole + part == 0) return 0;
    if (*at == '.') at += 1 + part;
    if (*at != 'e' && *at != 'E') return (size_t)(at - text);
    const char *power = at + 1 + (at[1] == '-' || at[1] == '+');
    size_t size = strspn(power, digits);
    return (size_t)((size ? power + size : at) - text);
}

/* The number at `text` (`size` bytes, at most NUMBER_MAX) times 10^shift, rounded once. */
static double shifted(const char *text, size_t size, int shift) {
    enum { POWER_MAX = 9999 }; /* beyond any double */
    char decimal[NUMBER_MAX + 16];
    size_t mantissa = 0;
    while (mantissa < size && text[mantissa] != 'e' && text[mantissa] != 'E') mantissa++;
    long power = mantissa < size ? strtol(text + mantissa + 1, NULL, 10) : 0;
    if (power > POWER_MAX) power = POWER_MAX;
    if (power < -POWER_MAX) power = -POWER_MAX;
    (void)snprintf(decimal, sizeof decimal, "%.*se%ld", (int)mantissa, text, power + shift);
    return strtod(decimal, NULL);
}

static double scale_of(const struct unit *unit) {
    return shifted("1", 1, unit->exponent) * unit->factor;
}

/* The coherent value of the number at `text`, in `unit`. */
static bool read_value(const char *text, size_t size, const struct unit *unit, double *out,
                       struct hk_err *err) {
    if (size > NUMBER_MAX)
        return HK_FAIL(err, HK_ERR_CONFIG, "a number has at most %d characters", NUMBER_MAX);
    *out = shifted(text, size, unit->exponent) * unit->factor;
    size_t mantissa = strcspn(text, "eE");
    if (mantissa > size) mantissa = size;
    bool is_zero = strcspn(text, "123456789") >= mantissa;
    if (isfinite(*out) && (*out != 0.0 || is_zero)) return true;
    return HK_FAIL(err, HK_ERR_CONFIG, "%.*s is too %s for a number", (int)size, text,
                   *out == 0.0 ? "small" : "large");
}

/* ---- Quantities ---- */

bool hk_unit_find(const char *unit, struct hk_dim *dim, double *scale) {
    struct unit found;
    if (!find_unit(unit, &found)) return false;
    *dim = found.dim;
    *scale = scale_of(&found);
    return true;
}

static void HK_PRINTF(2, 3) add_pattern(char text[HK_UNIT_PATTERN_SIZE], const char *format, ...) {
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, HK_UNIT_PATTERN_SIZE - used, format, args);
    va_end(args);
}

const char *hk_unit_pattern(const char *unit, char text[HK_UNIT_PATTERN_SIZE]) {
    struct hk_dim dim = {0};
    double scale = 0.0;
    *text = '\0';
    HK_ASSERT(hk_unit_find(unit, &dim, &scale));
    for (size_t k = 1; k < HK_COUNT(single_units); k++)
        if (hk_dim_equal(single_units[k].dim, dim)) add_pattern(text, "%s|", single_units[k].name);
    for (size_t k = 0; k < HK_COUNT(base_units); k++) {
        if (!hk_dim_equal(base_units[k].dim, dim)) continue;
        add_pattern(text, "(?:");
        for (size_t p = 1; p < HK_COUNT(prefixes); p++) add_pattern(text, "%s|", prefixes[p].name);
        add_pattern(text, ")%s", base_units[k].name);
    }
    HK_ASSERT(strlen(text) + 1 < HK_UNIT_PATTERN_SIZE);
    return text;
}

static const char *skip_blanks(const char *at) {
    return at + strspn(at, " \t\n");
}

/* Bytes of the word at `text`; a unit or a name begins with a letter (or with µ). */
static size_t word_size(const char *text) {
    size_t size = 0;
    for (;; size++) {
        unsigned char c = (unsigned char)text[size];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
        bool inner = size && ((c >= '0' && c <= '9') || c == '_');
        if (!letter && !inner) return size;
    }
}

bool hk_quantity_scan(const char **at, struct hk_quantity *out, struct hk_err *err) {
    const char *number = *at;
    size_t size = number_size(number);
    if (size == 0)
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "expected a number such as 0.5 or a quantity such as 20 ms, "
                       "got '%.40s'",
                       number);
    const char *word = skip_blanks(number + size);
    size_t length = word_size(word);
    struct unit unit = single_units[0];
    if (length) {
        char name[UNIT_MAX + 1];
        (void)snprintf(name, sizeof name, "%.*s", (int)length, word);
        *at = word;
        if (!find_unit(name, &unit)) return fail_unit(name, err);
    }
    *at = number;
    if (!read_value(number, size, &unit, &out->value, err)) return false;
    out->dim = unit.dim;
    out->bare = length == 0;
    *at = length ? word + length : number + size;
    return true;
}

bool hk_quantity_parse(const char *text, struct hk_quantity *out, struct hk_err *err) {
    const char *at = skip_blanks(text);
    if (!hk_quantity_scan(&at, out, err)) return false;
    at = skip_blanks(at);
    if (*at == '\0') return true;
    return HK_FAIL(err, HK_ERR_CONFIG, "'%.40s' is more than one quantity: '%.20s' is left over",
                   text, at);
}

static bool fail_kind(const struct hk_quantity *got, struct hk_dim dim, const char *unit,
                      struct hk_err *err) {
    char expected[HK_DIM_SIZE], actual[HK_DIM_SIZE], usual[HK_DIM_SIZE];
    (void)hk_dim_text(dim, expected);
    (void)hk_dim_text(got->dim, actual);
    (void)usual_unit(got->dim, usual);
    if (hk_dim_is_number(dim))
        return HK_FAIL(err, HK_ERR_CONFIG, "expected a number without a unit, got %s%s", actual,
                       usual);
    if (got->bare)
        return HK_FAIL(err, HK_ERR_CONFIG, "%.15g has no unit; expected %s, e.g. %.15g %s",
                       got->value, expected, got->value, unit);
    return HK_FAIL(err, HK_ERR_CONFIG, "expected %s (%s), got %s%s", expected, unit, actual, usual);
}

/* A coherent value as a number of `unit`. Of the numbers that have this coherent value, it is the
 * one that people write: 63.75 Hz comes back as 63.75, though 0.06375 / ms is rounded. */
static double value_in(double value, const struct unit *unit) {
    double number = value / unit->factor;
    double power = shifted("1", 1, abs(unit->exponent));
    number = unit->exponent < 0 ? number * power : number / power;
    char decimal[32];
    int size = snprintf(decimal, sizeof decimal, "%.15g", number);
    if (!isfinite(number) || size < 0) return number;
    bool same = shifted(decimal, (size_t)size, unit->exponent) * unit->factor == value;
    return same ? strtod(decimal, NULL) : number;
}

bool hk_quantity_in(const struct hk_quantity *quantity, const char *unit, double *value,
                    struct hk_err *err) {
    struct unit wanted;
    if (!find_unit(unit, &wanted)) return fail_unit(unit, err);
    if (!hk_dim_equal(quantity->dim, wanted.dim)) return fail_kind(quantity, wanted.dim, unit, err);
    bool coherent = wanted.exponent == 0 && wanted.factor == 1.0;
    *value = coherent ? quantity->value : value_in(quantity->value, &wanted);
    if (isfinite(*value)) return true;
    return HK_FAIL(err, HK_ERR_CONFIG, "the value is too large to be given in %s", unit);
}
