#include "io/chunk.h"

#include <limits.h>

/* Filters of a dataset's chunks in their order, a bit each in HDF5's masks. */
enum { SHUFFLE, DEFLATE };

/* All first bytes of the elements, then all second ones: neighbours are alike. */
static void shuffle(unsigned char *restrict out, const unsigned char *restrict in, size_t count,
                    size_t size) {
    for (size_t byte = 0; byte < size; byte++)
        for (size_t i = 0; i < count; i++) out[byte * count + i] = in[i * size + byte];
}

static bool begin(struct hk_packer *packer, struct hk_err *err) {
    if (packer->begun && deflateReset(&packer->deflate) == Z_OK) return true;
    if (!packer->begun && deflateInit(&packer->deflate, HK_DEFLATE_LEVEL) == Z_OK)
        return packer->begun = true;
    return HK_FAIL(err, HK_ERR_MEMORY, "no memory to compress with");
}

const void *hk_packer_pack(struct hk_packer *packer, const void *data, size_t count, size_t size,
                           size_t *packed, unsigned *mask, struct hk_err *err) {
    size_t bytes = count * size;
    HK_ASSERT(bytes > 0 && bytes <= UINT_MAX);
    if (!hk_block_reserve(&packer->shuffled, count, size, err) ||
        !hk_block_reserve(&packer->packed, bytes, 1, err) || !begin(packer, err))
        return NULL;
    shuffle(packer->shuffled.data, data, count, size);
    packer->deflate.next_in = packer->shuffled.data;
    packer->deflate.avail_in = (uInt)bytes;
    packer->deflate.next_out = packer->packed.data;
    packer->deflate.avail_out = (uInt)(bytes - 1);
    bool smaller = deflate(&packer->deflate, Z_FINISH) == Z_STREAM_END;
    *packed = smaller ? packer->deflate.total_out : bytes;
    *mask = smaller ? 0 : 1U << DEFLATE;
    return smaller ? packer->packed.data : packer->shuffled.data;
}

void hk_packer_finish(struct hk_packer *packer) {
    if (packer->begun) (void)deflateEnd(&packer->deflate);
    packer->begun = false;
    hk_block_finish(&packer->shuffled);
    hk_block_finish(&packer->packed);
}
