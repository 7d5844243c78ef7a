#include "sim/samples.h"

#include <string.h>

bool hk_samples_crop(struct hk_samples *samples, size_t rows, size_t columns, struct hk_err *err) {
    size_t *shape = samples->shape;
    if (samples->rank != 2 || samples->whole[0])
        return HK_FAIL(err, HK_ERR_CONFIG, "only images of one channel can be cropped");
    if (rows == 0 || columns == 0 || rows > shape[0] || columns > shape[1])
        return HK_FAIL(err, HK_ERR_CONFIG, "can't crop images of %zu x %zu to %zu x %zu", shape[0],
                       shape[1], rows, columns);
    for (size_t k = 0; k < 2; k++) {
        samples->whole[k] = shape[k];
        samples->first[k] = (shape[k] - (k ? columns : rows)) / 2;
    }
    shape[0] = rows;
    shape[1] = columns;
    samples->size = rows * columns;
    return true;
}

/* Values begin..begin+count-1 of a stored sample. */
static void get_part(const struct hk_samples *samples, size_t begin, size_t count, float *values) {
    if (!samples->bytes) {
        memcpy(values, samples->reals + begin, count * sizeof *values);
        return;
    }
    const uint8_t *bytes = samples->bytes + begin;
    for (size_t i = 0; i < count; i++) values[i] = (float)bytes[i] / 255.0f;
}

void hk_samples_get(const struct hk_samples *samples, size_t index, float *values) {
    HK_ASSERT(index < samples->count);
    const size_t *whole = samples->whole, *first = samples->first, columns = samples->shape[1];
    if (!whole[0]) {
        get_part(samples, index * samples->size, samples->size, values);
        return;
    }
    for (size_t row = 0; row < samples->shape[0]; row++)
        get_part(samples, (index * whole[0] + first[0] + row) * whole[1] + first[1], columns,
                 values + row * columns);
}
