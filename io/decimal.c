#include "io/decimal.h"

#include <math.h>

struct hk_decimal hk_decimal_from(double tick_ms) {
    for (double parts = 1.0; parts <= 1e9; parts *= 10.0) {
        double whole = round(tick_ms * parts);
        if (fabs(tick_ms * parts - whole) <= 1e-12 * whole)
            return (struct hk_decimal){whole, parts};
    }
    return (struct hk_decimal){tick_ms, 1.0};
}

/* The product of two whole numbers is exact (to 2^53), so its quotient by a power of ten is the
 * double nearest to the decimal. */
double hk_decimal_ms(struct hk_decimal tick, hk_tick ticks) {
    return (double)ticks * tick.whole / tick.parts;
}
