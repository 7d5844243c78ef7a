/* Numbers of more than 100 bits, to judge results in double by, with an exponential function; no
 * library is needed for that. */
#ifndef HK_TESTS_SUPPORT_QUAD_H
#define HK_TESTS_SUPPORT_QUAD_H

#ifdef __SIZEOF_FLOAT128__
typedef __float128 quad;
#else
typedef long double quad; /* 113 bits where the compiler has no other such type (AArch64) */
#endif

/* e^x, to a relative 1e-31. */
quad quad_exp(quad x);

#endif
