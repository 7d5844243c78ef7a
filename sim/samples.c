#include "sim/samples.h"

#include "sim/error.h"

#include <string.h>

void hk_samples_get(const struct hk_samples *samples, size_t index, float *values) {
    HK_ASSERT(index < samples->count);
    if (!samples->bytes) {
        memcpy(values, samples->reals + index * samples->size, samples->size * sizeof *values);
        return;
    }
    const uint8_t *bytes = samples->bytes + index * samples->size;
    for (size_t i = 0; i < samples->size; i++) values[i] = (float)bytes[i] / 255.0f;
}
