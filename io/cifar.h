/* Reads the binary version of CIFAR-10: records without a header, each a byte of class and three
 * planes (red, green, blue) of 32 x 32 bytes; plain or packed (io/packed.h). */
#ifndef HK_IO_CIFAR_H
#define HK_IO_CIFAR_H

#include "sim/arena.h"
#include "sim/samples.h"

enum {
    HK_CIFAR_CLASSES = 10,
    HK_CIFAR_SIZE = 3 * 32 * 32,
    HK_CIFAR_RECORDS_MAX = 10000, /* of a file: what the published ones have */
};

/* The records of all files, in their order, as samples of shape 3 x 32 x 32. Memory is the arena's.
 * Errors: HK_ERR_DATA with the path and what is wrong, HK_ERR_LIMIT, HK_ERR_MEMORY. */
bool hk_cifar_read(struct hk_arena *arena, const char *const *files, size_t count,
                   struct hk_samples *out, struct hk_err *err) HK_MUST_USE;

#endif
