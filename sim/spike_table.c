#include "sim/spike_table.h"

#include <stdlib.h>

static int compare(const void *a, const void *b) {
    const struct hk_spike *x = a, *y = b;
    if (x->tick != y->tick) return x->tick < y->tick ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* The most spikes that are alike. */
static uint32_t longest_run(const struct hk_spike_table *table) {
    uint32_t run = 0, longest = 1;
    for (size_t i = 0; i < table->count; i++) {
        bool same = i > 0 && compare(&table->spikes[i - 1], &table->spikes[i]) == 0;
        run = same ? run + 1 : 1;
        if (run > longest) longest = run;
    }
    return longest;
}

void hk_spike_table_sort(struct hk_spike_table *table) {
    if (table->count) qsort(table->spikes, table->count, sizeof *table->spikes, compare);
    table->burst = longest_run(table);
}

/* The first spike that doesn't come before `from`. */
static size_t lower_bound(const struct hk_spike_table *table, const struct hk_spike *from) {
    size_t low = 0;
    for (size_t high = table->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (compare(&table->spikes[middle], from) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of everybody. */
static size_t all_at(const struct hk_spike_table *table, size_t begin, hk_neuron first,
                     hk_neuron count, uint32_t *units) {
    size_t times = 0, found = 0;
    while (begin + times < table->count &&
           table->spikes[begin + times].tick == table->spikes[begin].tick)
        times++;
    for (hk_neuron unit = first; unit < first + count; unit++)
        for (size_t k = 0; k < times; k++) units[found++] = unit;
    return found;
}

size_t hk_spike_table_at(const struct hk_spike_table *table, hk_tick tick, hk_neuron first,
                         hk_neuron count, uint32_t *units) {
    const struct hk_spike from = {tick, table->everybody ? 0 : first};
    const size_t begin = lower_bound(table, &from);
    size_t found = 0;
    if (begin == table->count || table->spikes[begin].tick != tick) return 0;
    if (table->everybody) return all_at(table, begin, first, count, units);
    for (size_t i = begin; i < table->count; i++) {
        const struct hk_spike *spike = &table->spikes[i];
        if (spike->tick != tick || spike->unit - first >= count) break;
        units[found++] = spike->unit;
    }
    return found;
}

void hk_spike_table_list(const struct hk_spike_table *table, hk_tick from, hk_tick to,
                         hk_neuron first, hk_neuron count, struct hk_raster *out) {
    const struct hk_spike begin = {from + 1, 0};
    for (size_t i = lower_bound(table, &begin); i < table->count; i++) {
        const struct hk_spike *spike = &table->spikes[i];
        const hk_tick tick = spike->tick - from - 1;
        if (spike->tick > to) return;
        for (hk_neuron unit = 0; table->everybody && unit < count; unit++)
            hk_raster_put(out, tick, first + unit);
        if (!table->everybody && spike->unit - first < count) hk_raster_put(out, tick, spike->unit);
    }
}
