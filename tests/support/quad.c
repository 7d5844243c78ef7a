#include "tests/support/quad.h"

/* x = n ln 2 + 256 r; the Taylor polynomial of e^r, squared eight times, and scaled by 2^n. */
quad quad_exp(quad x) {
    enum { TERMS = 18, SQUARES = 8, LEAST = -16000 };
    const quad ln2 =
        (quad)0.6931471805599453 + (quad)2.3190468138462996e-17 + (quad)5.7077084384162121e-34;
    if (x < LEAST * ln2) return 0;
    int n = (int)(x / ln2);
    quad r = (x - n * ln2) / (1 << SQUARES), sum = 1;
    for (int k = TERMS; k > 0; k--) sum = 1 + r * sum / k;
    for (int k = 0; k < SQUARES; k++) sum *= sum;
    quad power = n < 0 ? (quad)0.5 : (quad)2;
    for (int left = n < 0 ? -n : n; left > 0; left /= 2) {
        if (left % 2) sum *= power;
        power *= power;
    }
    return sum;
}
