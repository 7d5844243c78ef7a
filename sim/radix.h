/* Sort things that begin with a 32-bit tick by it, stably: by 11 bits after 11 bits, from the
 * lowest on. For lists of many ticks and few things. */
#ifndef HK_SIM_RADIX_H
#define HK_SIM_RADIX_H

#include "sim/arena.h"

#include <string.h>

static inline uint32_t hk_tick_of(const char *list, size_t k, size_t size) {
    uint32_t tick;
    memcpy(&tick, list + k * size, sizeof tick);
    return tick;
}

/* `count` things of `size` bytes in `list`, each below `ticks`; `spare` is room, and may change
 * places with it. Inline, so that the size is a constant. Errors: HK_ERR_MEMORY. */
static inline bool hk_sort_by_tick(struct hk_block *list, struct hk_block *spare, size_t count,
                                   size_t size, uint64_t ticks, struct hk_err *err) {
    enum { BITS = 11, BUCKETS = 1 << BITS };
    if (count < 2) return true; /* most windows of a network that is silent */
    if (!hk_block_reserve(spare, count, size, err)) return false;
    for (int shift = 0; shift < 32 && ticks >> shift > 0; shift += BITS) {
        const char *from = list->data;
        char *to = spare->data;
        size_t start[BUCKETS + 1] = {0};
        for (size_t k = 0; k < count; k++)
            start[(hk_tick_of(from, k, size) >> shift & (BUCKETS - 1)) + 1]++;
        for (size_t b = 0; b < BUCKETS; b++) start[b + 1] += start[b];
        for (size_t k = 0; k < count; k++) {
            size_t bucket = hk_tick_of(from, k, size) >> shift & (BUCKETS - 1);
            memcpy(to + start[bucket]++ * size, from + k * size, size);
        }
        struct hk_block swap = *list;
        *list = *spare;
        *spare = swap;
    }
    return true;
}

#endif
