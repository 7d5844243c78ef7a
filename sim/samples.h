/* Labelled samples, however they were read or made: what encoders turn into spikes and read-outs
 * are judged by. Plain data; whoever made it owns it (usually an arena). */
#ifndef HK_SIM_SAMPLES_H
#define HK_SIM_SAMPLES_H

#include "sim/error.h"
#include "sim/types.h"

enum { HK_SAMPLE_RANK_MAX = 3 };

struct hk_samples {
    size_t count;                     /* samples */
    size_t size;                      /* values a sample: the product of `shape` */
    size_t rank;                      /* 1..HK_SAMPLE_RANK_MAX */
    size_t shape[HK_SAMPLE_RANK_MAX]; /* e.g. {28, 28}, slowest first */
    size_t classes;                   /* labels lie in 0..classes-1 */
    const uint8_t *bytes;             /* [count][size], 0..255 stands for 0..1; or NULL */
    const float *reals;               /* [count][size] where bytes is NULL */
    const uint8_t *labels;            /* [count] */
    /* A window of larger stored images (hk_samples_crop): their rows and columns, and its first. 0:
     * what is stored is what is seen. */
    size_t whole[2], first[2];
};

/* See the central rows x columns of each image only. Errors: HK_ERR_CONFIG (no images, or smaller
 * ones). */
bool hk_samples_crop(struct hk_samples *samples, size_t rows, size_t columns,
                     struct hk_err *err) HK_MUST_USE;

/* Copy sample `index` into values[size]; bytes are scaled to 0..1. */
void hk_samples_get(const struct hk_samples *samples, size_t index, float *values);

#endif
