/* A membrane's way to its threshold, told by what is physically there and not by sim/wave.h: in
 * quad precision at any time, and step by step. */
#ifndef HK_TESTS_SUPPORT_WAY_H
#define HK_TESTS_SUPPORT_WAY_H

#include "sim/wave.h"
#include "tests/support/quad.h"

#include <stdbool.h>

enum { WAY_INPUTS = 4 };

/* A current of gain exp(-t/tau), or of gain t exp(-t/tau), into the membrane. */
struct way_input {
    double gain, tau;
    bool is_ramp;
};
struct way {
    double above;            /* the threshold, from where V will rest, mV */
    double start, tau_m;     /* V now, likewise */
    double theta, tau_theta; /* a threshold that was raised */
    struct way_input input[WAY_INPUTS];
    int count;
};

/* How far V is from the threshold at t. */
quad way_at(const struct way *way, quad t);
/* What is added up there, at the most: the yardstick of rounding errors. */
double way_scale(const struct way *way);
/* The same as models of neurons build it. */
void way_to_wave(const struct way *way, struct hk_wave *wave);

/* When V is highest, between two times with one such point in between. */
double way_lowest(const struct way *way, double from, double to);

/* The first time up to `end` at which V is at the threshold, found by looking every microsecond,
 * and in between where V turns. It lies after `from`, and not after `to`; or there is none. */
struct way_scan {
    double from, to;
    bool is_found;
};
struct way_scan way_scan(const struct way *way, double end);
/* The root between the two, to a relative 1e-30. */
quad way_root(const struct way *way, const struct way_scan *scan);

#endif
