/* Values with units. Inside there is one coherent system (sim/param.h): ms, mV, pA and what follows
 * from them; people write any SI prefix. Prefixes move the decimal point of the text before it
 * becomes a double, so `20 us` is the same double as 0.02 and `1.001 s` the same as 1001.
 *
 * Numbers are read in the C locale. */
#ifndef HK_IO_QUANTITY_H
#define HK_IO_QUANTITY_H

#include "sim/error.h"

/* Exponents of ms, mV and pA. */
struct hk_dim {
    signed char time, voltage, current;
};

struct hk_quantity {
    double value; /* finite, in the coherent system; a rate is in 1/ms */
    struct hk_dim dim;
    bool bare; /* a number written without a unit, or made of such */
};

bool hk_dim_equal(struct hk_dim a, struct hk_dim b);
bool hk_dim_is_number(struct hk_dim dim);

enum { HK_DIM_SIZE = 48 };
/* "a time", "a conductance", "a number", or "a quantity in ms^2 mV^-1". Returns `text`. */
const char *hk_dim_text(struct hk_dim dim, char text[HK_DIM_SIZE]);

/* "1", "min", "h", or s, V, A, S, F, Ohm, Hz with any SI prefix. `scale` is one such unit in the
 * coherent system. False when there is none of that name. */
bool hk_unit_find(const char *unit, struct hk_dim *dim, double *scale);

enum { HK_UNIT_PATTERN_SIZE = 512 };
/* A regular expression that matches the units of the same kind as `unit`, which is known: "ms"
 * gives "min|h|(?:q|r|...|)s". Nothing for "1". Returns `text`. */
const char *hk_unit_pattern(const char *unit, char text[HK_UNIT_PATTERN_SIZE]);

/* "20 ms", "-65mV", "1e7 ms", "0.5", with blanks around. Errors: HK_ERR_CONFIG without a
 * position. */
bool hk_quantity_parse(const char *text, struct hk_quantity *out, struct hk_err *err) HK_MUST_USE;

/* The same at the start of a longer text: a number and the unit behind it, if a word follows. Moves
 * `*at` behind what was read; on failure, to what is wrong. */
bool hk_quantity_scan(const char **at, struct hk_quantity *out, struct hk_err *err) HK_MUST_USE;

/* The quantity as a number of `unit` ("ms", "1", ...). Errors: HK_ERR_CONFIG without a position,
 * when it isn't of that kind: "expected a voltage (mV), got a time (ms)". */
bool hk_quantity_in(const struct hk_quantity *quantity, const char *unit, double *value,
                    struct hk_err *err) HK_MUST_USE;

#endif
