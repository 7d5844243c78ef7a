/* Sine, cosine and arc tangent of our own, as exp and log in sim/numeric.h: the same bits on every
 * machine, without libm. Inline and free of branches.
 *
 * Method: Taylor polynomials on a quarter of the angle, which is then doubled twice; the arc
 * tangent by its addition theorem, twice halved likewise. Errors are below 1e-15 (tested). */
#ifndef HK_SIM_ANGLE_H
#define HK_SIM_ANGLE_H

#include <math.h>
#include <stdbool.h>

#define HK_PI 3.141592653589793

struct hk_angle {
    double sine, cosine;
};

static inline struct hk_angle hk_angle_double(struct hk_angle a) {
    return (struct hk_angle){2.0 * a.sine * a.cosine, 1.0 - 2.0 * a.sine * a.sine};
}

/* Of x in [-pi, pi]. */
static inline struct hk_angle hk_angle(double x) {
    const double y = 0.25 * x, z = y * y;
    double p = -1.0 / 1307674368000.0;
    p = p * z + 1.0 / 6227020800.0;
    p = p * z - 1.0 / 39916800.0;
    p = p * z + 1.0 / 362880.0;
    p = p * z - 1.0 / 5040.0;
    p = p * z + 1.0 / 120.0;
    p = p * z - 1.0 / 6.0;
    double sine = y + y * z * p;
    /* cos y = sqrt(1 - sin^2 y), where |y| <= pi/4 loses nothing */
    struct hk_angle quarter = {sine, sqrt(1.0 - sine * sine)};
    return hk_angle_double(hk_angle_double(quarter));
}

/* tan(atan(x)/2) of |x| <= 1 */
static inline double hk_half_tangent(double x) {
    return x / (1.0 + sqrt(1.0 + x * x));
}

/* In [-pi/2, pi/2]; x may be infinite. */
static inline double hk_atan(double x) {
    bool is_steep = x > 1.0 || x < -1.0;
    double flat = is_steep ? 1.0 / x : x, y = hk_half_tangent(hk_half_tangent(flat)), z = y * y;
    double p = 1.0 / 21.0;
    p = 1.0 / 19.0 - p * z;
    p = 1.0 / 17.0 - p * z;
    p = 1.0 / 15.0 - p * z;
    p = 1.0 / 13.0 - p * z;
    p = 1.0 / 11.0 - p * z;
    p = 1.0 / 9.0 - p * z;
    p = 1.0 / 7.0 - p * z;
    p = 1.0 / 5.0 - p * z;
    p = 1.0 / 3.0 - p * z;
    double angle = 4.0 * (y - y * z * p), right = x < 0.0 ? -0.5 * HK_PI : 0.5 * HK_PI;
    return is_steep ? right - angle : angle;
}

#endif
