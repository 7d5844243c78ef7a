#include "io/chunk.h"

#include <limits.h>
#include <string.h>

/* Filters of a dataset's chunks in their order, a bit each in HDF5's masks. */
enum { SHUFFLE, DEFLATE };

/* All first bytes of the elements, then all second ones: neighbours are alike. */
static void shuffle(unsigned char *restrict out, const struct hk_chunk *chunk) {
    const unsigned char *restrict in = chunk->data;
    const size_t count = chunk->count, whole = chunk->whole, size = chunk->size;
    for (size_t byte = 0; byte < size; byte++) {
        for (size_t i = 0; i < count; i++) out[byte * whole + i] = in[i * size + byte];
        memset(out + byte * whole + count, 0, whole - count);
    }
}

static bool begin(struct hk_packer *packer, struct hk_err *err) {
    enum { MEMORY_LEVEL = 8 }; /* zlib's default */
    z_stream *deflate = &packer->deflate;
    if (packer->begun && deflateReset(deflate) == Z_OK) return true;
    if (!packer->begun &&
        deflateInit2(deflate, HK_DEFLATE_LEVEL, Z_DEFLATED, MAX_WBITS, MEMORY_LEVEL, Z_RLE) == Z_OK)
        return packer->begun = true;
    return HK_FAIL(err, HK_ERR_MEMORY, "no memory to compress with");
}

const void *hk_packer_pack(struct hk_packer *packer, const struct hk_chunk *chunk, size_t *packed,
                           unsigned *mask, struct hk_err *err) {
    size_t bytes = chunk->whole * chunk->size;
    HK_ASSERT(chunk->count <= chunk->whole && bytes > 0 && bytes <= UINT_MAX);
    if (!hk_block_reserve(&packer->shuffled, bytes, 1, err) ||
        !hk_block_reserve(&packer->packed, bytes, 1, err) || !begin(packer, err))
        return NULL;
    shuffle(packer->shuffled.data, chunk);
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
