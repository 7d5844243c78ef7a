/* Images and labels in IDX files, plain or gzip. The input begins with the size of the file of
 * labels, in two bytes, least first; then come this file and that of the images. */
#include "tests/fuzz/fuzz.h"

#include "io/idx.h"

enum { HEAD = 2 };

/* All of it is there, and within what is said of it. */
static void check_samples(const struct hk_samples *samples) {
    size_t sum = 0;
    HK_ASSERT(samples->count > 0 && samples->size == samples->shape[0] * samples->shape[1]);
    for (size_t i = 0; i < samples->count; i++) HK_ASSERT(samples->labels[i] < samples->classes);
    for (size_t i = 0; i < samples->count * samples->size; i++) sum += samples->bytes[i];
    HK_ASSERT(sum <= samples->count * samples->size * UINT8_MAX);
}

void fuzz_idx(const uint8_t *data, size_t size) {
    struct hk_err err = {0};
    struct hk_samples samples;
    if (size < HEAD) return;
    size_t rest = size - HEAD, labels_size = data[0] | (size_t)data[1] << 8;
    if (labels_size > rest) labels_size = rest;
    const uint8_t *body = data + HEAD;
    const char *labels = fuzz_file("labels", (struct fuzz_bytes){body, labels_size});
    const char *images =
        fuzz_file("images", (struct fuzz_bytes){body + labels_size, rest - labels_size});
    struct hk_arena *arena = hk_arena_create(&err);
    HK_ASSERT(arena);
    if (hk_idx_read(arena, images, labels, &samples, &err))
        check_samples(&samples);
    else
        HK_ASSERT(err.code == HK_ERR_DATA);
    hk_arena_destroy(arena);
}
