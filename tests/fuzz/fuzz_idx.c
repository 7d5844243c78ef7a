/* Images and labels in IDX files, plain or gzip. The input begins with the size of the file of
 * labels, in two bytes, least first; then come this file and that of the images. */
#include "tests/fuzz/fuzz.h"

#include "io/idx.h"

enum { HEAD = 2 };

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
        fuzz_check_samples(&samples);
    else
        HK_ASSERT(err.code == HK_ERR_DATA);
    hk_arena_destroy(arena);
}
