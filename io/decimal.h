/* Ticks as milliseconds that a person would write: three ticks of 0.1 ms are 0.3, where 3 * 0.1
 * would be 0.30000000000000004. */
#ifndef HK_IO_DECIMAL_H
#define HK_IO_DECIMAL_H

#include "sim/types.h"

/* The length of a tick, as the decimal fraction `whole` / `parts`. */
struct hk_decimal {
    double whole, parts;
};

/* One that isn't a short decimal is just multiplied. */
struct hk_decimal hk_decimal_from(double tick_ms);
double hk_decimal_ms(struct hk_decimal tick, hk_tick ticks);

#endif
