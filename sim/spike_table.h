/* Given spikes, looked up by tick: what sources that play a list have in common. */
#ifndef HK_SIM_SPIKE_TABLE_H
#define HK_SIM_SPIKE_TABLE_H

#include "sim/raster.h"
#include "sim/types.h"

struct hk_spike {
    hk_tick tick;
    hk_neuron unit;
};

struct hk_spike_table {
    struct hk_spike *spikes; /* whoever fills it owns them (usually an arena) */
    size_t count;
    bool everybody; /* each is one of every unit, whose own number is 0 */
    uint32_t burst; /* the most spikes of one unit in one tick, at least 1 */
};

/* Sort what was put into `spikes` by tick and unit, and find `burst`. */
void hk_spike_table_sort(struct hk_spike_table *table);

/* Copy the units that fire at `tick` out of first..first+count-1: ascending, a unit as often as it
 * fires. Returns how many. */
size_t hk_spike_table_at(const struct hk_spike_table *table, hk_tick tick, hk_neuron first,
                         hk_neuron count, uint32_t *units);

/* Put those after `from` and up to `to` of units first..first+count-1, counted from `from` + 1. */
void hk_spike_table_list(const struct hk_spike_table *table, hk_tick from, hk_tick to,
                         hk_neuron first, hk_neuron count, struct hk_raster *out);

#endif
