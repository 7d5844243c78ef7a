/* Chunks of datasets as HDF5 would write them, shuffled and deflated, but with buffers that stay:
 * HDF5 takes and gives back memory for each, and half of the time goes into that. And deflate looks
 * for repeated bytes alone (Z_RLE), which shuffled numbers have; a search for longer patterns takes
 * twice the time, and finds less in weights. */
#ifndef HK_IO_CHUNK_H
#define HK_IO_CHUNK_H

#include <zlib.h>

#include "sim/arena.h"

enum { HK_DEFLATE_LEVEL = 1 };

/* Zeroed is empty. */
struct hk_packer {
    bool begun;
    z_stream deflate;
    struct hk_block shuffled, packed;
};

/* A chunk, which zeros complete. */
struct hk_chunk {
    const void *data;
    size_t count, whole, size; /* elements that are there; of a chunk; bytes of each */
};

/* `*mask` names the filters of HDF5's (shuffle, deflate) that were left out, since deflate made it
 * no smaller. The result, of `*packed` bytes, is lent until the next call. NULL on failure:
 * HK_ERR_MEMORY. */
const void *hk_packer_pack(struct hk_packer *packer, const struct hk_chunk *chunk, size_t *packed,
                           unsigned *mask, struct hk_err *err) HK_MUST_USE;
void hk_packer_finish(struct hk_packer *packer);

#endif
