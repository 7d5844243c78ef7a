/* A raster: spikes as (tick, unit), put in any order, then sorted by tick and, within one, kept in
 * the order in which they were put. */
#ifndef HK_SIM_RASTER_H
#define HK_SIM_RASTER_H

#include "sim/arena.h"

struct hk_raster_spike {
    uint32_t tick, unit;
};
static inline bool hk_raster_same(const struct hk_raster_spike *a,
                                  const struct hk_raster_spike *b) {
    return a->tick == b->tick && a->unit == b->unit;
}
struct hk_raster {
    hk_tick ticks;         /* spikes lie in 0..ticks-1 */
    size_t count;          /* spikes */
    struct hk_block put;   /* struct hk_raster_spike [count], as they came */
    struct hk_block unit;  /* uint32_t [count], sorted by tick */
    struct hk_block start; /* size_t [ticks + 1], first spike of each tick */
    struct hk_err *err;    /* of the pass that fills it: no memory */
};

/* Begin to fill an empty raster of `ticks`; keeps its memory. At most 2^32 - 1 ticks. */
void hk_raster_begin(struct hk_raster *raster, hk_tick ticks, struct hk_err *err);
/* Add a spike; outside 0..ticks-1 it is ignored. Lack of memory shows in hk_raster_sort. */
void hk_raster_put(struct hk_raster *raster, hk_tick tick, uint32_t unit);
/* Sort what was put. Errors: HK_ERR_MEMORY. */
bool hk_raster_sort(struct hk_raster *raster, struct hk_err *err) HK_MUST_USE;
/* The same for rasters of many ticks and few spikes: put[] itself is sorted, and hk_raster_at is
 * not for it. */
bool hk_raster_order(struct hk_raster *raster, struct hk_err *err) HK_MUST_USE;
/* The units of one tick; NULL-safe for ticks outside. Lent until the next begin. */
size_t hk_raster_at(const struct hk_raster *raster, hk_tick tick, const uint32_t **units);
void hk_raster_finish(struct hk_raster *raster);

#endif
