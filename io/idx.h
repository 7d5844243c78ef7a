/* Reads IDX files, the format of MNIST and its relatives: big-endian header, bytes; plain or gzip. */
#ifndef HK_IO_IDX_H
#define HK_IO_IDX_H

#include "sim/arena.h"
#include "sim/samples.h"

/* Images [count][rows][columns] and their labels [count], of bytes. `classes` becomes the highest label
 * plus one. Errors: HK_ERR_DATA with the path and what is wrong, HK_ERR_MEMORY. */
bool hk_idx_read(struct hk_arena *arena, const char *images, const char *labels,
                 struct hk_samples *out, struct hk_err *err) HK_MUST_USE;

#endif
