/* The rows (source, delay) of a projection whose spikes arrive at a tick, in canonical order: by
 * delay, owner, unit. Rows lie anywhere in memory, so they are found some places before their turn,
 * and asked for: where a row begins when it is found, what the caller needs of it at half the way.
 *
 *   for (struct arrivals a = arrivals_at(proj, part, tick); arrivals_next(&a);) {
 *       for (size_t k = a.near; k < a.near_end; k++) ... prefetch what arrivals_row(&a, k) needs
 *       ... a.row, of the spike of a.unit at a.at
 *   }
 */
#ifndef HK_SIM_KERNELS_ARRIVALS_H
#define HK_SIM_KERNELS_ARRIVALS_H

#include "sim/sim_internal.h"

enum { ARRIVALS_AHEAD = 16 };

struct arrivals {
    const struct hk_proj *proj;
    const hk_syn *row_start; /* NULL: a matrix */
    hk_tick tick;
    /* the row that has its turn */
    size_t row;
    uint32_t unit;
    hk_tick at;
    size_t near, near_end; /* rows whose contents are needed soon, to be asked for now */
    /* the list that is being searched, and how far */
    uint32_t delay, next, count;
    int owner;
    const uint32_t *units;
    /* rows that were found, the last ARRIVALS_AHEAD of them, and how many have had their turn */
    size_t found, passed;
    uint32_t found_unit[ARRIVALS_AHEAD], found_delay[ARRIVALS_AHEAD];
};

static inline struct arrivals arrivals_at(const struct hk_proj *proj,
                                          const struct hk_proj_part *part, hk_tick tick) {
    return (struct arrivals){.proj = proj, .row_start = part->row_start, .tick = tick, .owner = -1};
}

static inline size_t arrivals_row(const struct arrivals *a, size_t k) {
    k %= ARRIVALS_AHEAD;
    return (size_t)a->found_unit[k] * a->proj->delays + a->found_delay[k];
}

/* Go to the next list of spikes, of another owner or an earlier tick; false: there is none. */
static inline bool arrivals_list(struct arrivals *a) {
    if (++a->owner == a->proj->sim->threads) {
        a->owner = 0;
        a->delay++;
    }
    hk_tick at = a->tick - a->proj->delay_min - a->delay;
    a->next = a->count = 0;
    if (a->delay >= a->proj->delays || at <= 0) return false;
    a->count = hk_spikes(a->proj->sim, a->proj->source, at, a->owner, &a->units);
    return true;
}

static inline void arrivals_find(struct arrivals *a) {
    while (a->found < a->passed + ARRIVALS_AHEAD) {
        while (a->next == a->count)
            if (a->delay >= a->proj->delays || !arrivals_list(a)) return;
        a->found_unit[a->found % ARRIVALS_AHEAD] = a->units[a->next++];
        a->found_delay[a->found % ARRIVALS_AHEAD] = a->delay;
        if (a->row_start) HK_PREFETCH(a->row_start + arrivals_row(a, a->found));
        a->found++;
    }
}

static inline bool arrivals_next(struct arrivals *a) {
    arrivals_find(a);
    if (a->passed == a->found) return false;
    size_t near_end = a->passed + ARRIVALS_AHEAD / 2;
    a->near = a->near_end;
    a->near_end = near_end < a->found ? near_end : a->found;
    a->row = arrivals_row(a, a->passed);
    a->unit = a->found_unit[a->passed % ARRIVALS_AHEAD];
    a->at = a->tick - a->proj->delay_min - a->found_delay[a->passed % ARRIVALS_AHEAD];
    a->passed++;
    return true;
}

#endif
