#include "sim/raster.h"

#include "sim/radix.h"

void hk_raster_begin(struct hk_raster *raster, hk_tick ticks, struct hk_err *err) {
    HK_ASSERT(ticks >= 0 && ticks < UINT32_MAX);
    raster->ticks = ticks;
    raster->count = 0;
    raster->err = err;
}

void hk_raster_put(struct hk_raster *raster, hk_tick tick, uint32_t unit) {
    if (tick < 0 || tick >= raster->ticks) return;
    if (!hk_block_reserve(&raster->put, raster->count + 1, sizeof(struct hk_raster_spike),
                          raster->err))
        return;
    struct hk_raster_spike *put = raster->put.data;
    put[raster->count++] = (struct hk_raster_spike){(uint32_t)tick, unit};
}

bool hk_raster_sort(struct hk_raster *raster, struct hk_err *err) {
    size_t ticks = (size_t)raster->ticks;
    if (raster->err && raster->err->code != HK_OK) return false;
    if (!hk_block_reserve(&raster->start, ticks + 1, sizeof(size_t), err)) return false;
    if (!hk_block_reserve(&raster->unit, raster->count + 1, sizeof(uint32_t), err)) return false;
    size_t *start = raster->start.data;
    uint32_t *unit = raster->unit.data;
    const struct hk_raster_spike *put = raster->put.data;
    for (size_t t = 0; t <= ticks; t++) start[t] = 0;
    for (size_t k = 0; k < raster->count; k++) start[put[k].tick]++;
    for (size_t t = 0, sum = 0; t <= ticks; t++) { /* counts become ends */
        sum += start[t];
        start[t] = sum;
    }
    for (size_t k = raster->count; k > 0; k--) /* backwards, so that ends become starts, stably */
        unit[--start[put[k - 1].tick]] = put[k - 1].unit;
    return true;
}

bool hk_raster_order(struct hk_raster *raster, struct hk_err *err) {
    if (raster->err && raster->err->code != HK_OK) return false;
    return hk_sort_by_tick(&raster->put, &raster->unit, raster->count,
                           sizeof(struct hk_raster_spike), (uint64_t)raster->ticks, err);
}

size_t hk_raster_at(const struct hk_raster *raster, hk_tick tick, const uint32_t **units) {
    if (tick < 0 || tick >= raster->ticks || !raster->start.data) return 0;
    const size_t *start = raster->start.data;
    *units = (const uint32_t *)raster->unit.data + start[tick];
    return start[tick + 1] - start[tick];
}

void hk_raster_finish(struct hk_raster *raster) {
    hk_block_finish(&raster->put);
    hk_block_finish(&raster->unit);
    hk_block_finish(&raster->start);
    *raster = (struct hk_raster){0};
}
