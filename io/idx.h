/* Reads IDX files, the format of MNIST and its relatives: a big-endian header, then bytes; plain or
 * packed (io/packed.h). */
#ifndef HK_IO_IDX_H
#define HK_IO_IDX_H

#include "sim/arena.h"
#include "sim/samples.h"

/* What a file may hold: 4 GiB. */
#define HK_IDX_SIZE_MAX ((uint64_t)1 << 32)

/* Images [count][rows][columns] and their labels [count], all of unsigned bytes. `classes` becomes
 * the highest label plus one. Memory is the arena's, and no more than the files can fill, whatever
 * their headers say. Errors: HK_ERR_DATA with the path and what is wrong, HK_ERR_MEMORY. */
bool hk_idx_read(struct hk_arena *arena, const char *images, const char *labels,
                 struct hk_samples *out, struct hk_err *err) HK_MUST_USE;

#endif
