#include "io/clock.h"

#include <time.h>

static double seconds(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return 0.0;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double hk_clock_s(void) {
    return seconds(CLOCK_MONOTONIC);
}

double hk_clock_cpu_s(void) {
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}
