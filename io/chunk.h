/* Chunks of datasets as HDF5 would write them, shuffled and deflated, but with buffers that stay:
 * HDF5 takes and gives back memory for each, and half of the time goes into that. */
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

/* `count` elements of `size` bytes each. `*mask` names the filters of HDF5's (shuffle, deflate)
 * that were left out, since deflate made it no smaller. The result is lent until the next call.
 * NULL on failure: HK_ERR_MEMORY. */
const void *hk_packer_pack(struct hk_packer *packer, const void *data, size_t count, size_t size,
                           size_t *packed, unsigned *mask, struct hk_err *err) HK_MUST_USE;
void hk_packer_finish(struct hk_packer *packer);

#endif
