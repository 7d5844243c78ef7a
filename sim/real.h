/* hk_real: the type of state, weights and input sums.
 *
 * Model files and sim/kernels are compiled once for each precision and each instruction set (see
 * the Makefile, "variants"), so that one source serves `precision: single` and `precision: double`.
 * Core files are compiled once and know columns only as bytes of a given size: they never use
 * hk_real as a value. */
#ifndef HK_SIM_REAL_H
#define HK_SIM_REAL_H

#include <stdint.h>

/* hk_sum: of what arrives through bundles (sim/bundle.c), in units of the receptor. */
#ifdef HK_REAL_IS_DOUBLE
typedef double hk_real, hk_sum;
#define HK_REAL_PRECISION HK_DOUBLE
#else
typedef float hk_real;
typedef int32_t hk_sum;
#define HK_REAL_PRECISION HK_SINGLE
#endif

#endif
