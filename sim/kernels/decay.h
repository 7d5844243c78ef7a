/* A trace of spikes, in closed form: its value just after the last one, decayed since. */
#ifndef HK_SIM_KERNELS_DECAY_H
#define HK_SIM_KERNELS_DECAY_H

#include "sim/numeric.h"
#include "sim/real.h"

/* What is left of it after so many ticks, at `rate` = -1/tau; traces aren't negative. It ends where
 * it no longer matters: rules multiply by small factors, and products with denormal numbers are
 * many times slower. */
static inline hk_real trace_left(hk_real value, hk_real ticks, hk_real rate) {
    hk_real left = value * hk_real_exp(ticks * rate);
    return left < HK_SETTLED ? 0 : left;
}

#endif
