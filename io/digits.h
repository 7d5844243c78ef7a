/* The built-in data set: images of handwritten digits that the program draws itself, so that there
 * is something to learn where nothing was downloaded. 28 x 28 pixels, as bright and about as varied
 * as MNIST's, with the same bits on every machine. */
#ifndef HK_IO_DIGITS_H
#define HK_IO_DIGITS_H

#include "sim/arena.h"
#include "sim/samples.h"

enum { HK_DIGITS_SIDE = 28, HK_DIGITS_CLASSES = 10, HK_DIGITS_COUNT_MAX = 1 << 20 };

enum hk_digits_split { HK_DIGITS_TRAIN, HK_DIGITS_TEST };

/* `count` samples, 1..HK_DIGITS_COUNT_MAX; memory is the arena's. A sample depends on seed, split
 * and its index alone, not on the count; ten in a row, from the first on, hold each digit once.
 * Errors: HK_ERR_RANGE, HK_ERR_MEMORY. */
bool hk_digits_make(struct hk_arena *arena, uint64_t seed, enum hk_digits_split split, size_t count,
                    struct hk_samples *out, struct hk_err *err) HK_MUST_USE;

#endif
