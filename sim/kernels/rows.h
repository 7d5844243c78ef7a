/* Delivering a row: what kinds of rows have in common. */
#ifndef HK_SIM_KERNELS_ROWS_H
#define HK_SIM_KERNELS_ROWS_H

#include "sim/sim_internal.h"

#include "sim/real.h"

static inline void scatter(hk_real *restrict sum, const uint32_t *restrict target,
                           const hk_real *restrict w, size_t count) {
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) sum[target[k]] += w[k];
}

static inline void scatter_part(hk_real *restrict sum, const uint32_t *restrict target,
                                const hk_real *restrict w, hk_real part, size_t count) {
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) sum[target[k]] += part * w[k];
}

/* What the spikes of a tick released, by source; NULL where all synapses release their weight. */
static inline const hk_real *released_at(const struct hk_proj *proj, hk_tick tick) {
    const hk_real *released = proj->released;
    return released ? released + hk_slot(proj->sim, tick) * proj->source->size : NULL;
}

#endif
