/* What an encoder makes of a sample: exact ticks, and the same for any division of the units. */
#ifndef HK_TESTS_SUPPORT_ENCODE_H
#define HK_TESTS_SUPPORT_ENCODE_H

#include "sim/encoder_model.h"

enum { ENCODE_PARAMS_MAX = 8 };

struct encode {
    const char *model;
    struct {
        const char *name;
        double value;
    } params[ENCODE_PARAMS_MAX]; /* the others are at their defaults */
    const float *values;
    size_t value_count;
    hk_tick ticks;
    double tick_ms, gain; /* 0: 1 */
};

size_t encode_units(const struct encode *e);
/* The unit fires at these ticks and no others. Every call encodes the whole sample, and again in
 * parts of 1, 2, 3 and 16 units, as threads would: the same spikes in the same order. */
void encode_expect(const struct encode *e, hk_neuron unit, const hk_tick *ticks, size_t count);
#define ENCODE_EXPECT(e, unit, ...)                                                                \
    encode_expect((e), (unit), (const hk_tick[]){__VA_ARGS__},                                     \
                  sizeof((const hk_tick[]){__VA_ARGS__}) / sizeof(hk_tick))
void encode_expect_silence(const struct encode *e, hk_neuron unit);
/* The parameters are refused with this message. */
void encode_refuse(const struct encode *e, const char *message);
/* A network hears the same from 1, 2, 3 and 5 threads, and something at all. */
void encode_expect_same_for_threads(const struct encode *e);

#endif
