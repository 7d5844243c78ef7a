/* Spike list: given spikes at given times. `times` and, beside it, the unit of each in `units`
 * (without `units` every unit fires at every time). */
#include "sim/source_model.h"

#include <stdlib.h>

struct spike_list {
    struct hk_list times, units;
};
struct entry {
    hk_tick tick;
    hk_neuron unit;
};
struct spike_table {
    struct entry *entries; /* sorted by (tick, unit) */
    size_t count;
    uint32_t burst;
};

static const struct hk_param params[] = {
    {"times", "ms", "times of the spikes", HK_REQUIRED, 0.0, 1e12,
     offsetof(struct spike_list, times), HK_LIST, NULL},
    {"units", "1", "the unit of each spike; default: all units at each time", 0, 0.0, 4294967294.0,
     offsetof(struct spike_list, units), HK_LIST, NULL},
};

static int by_tick(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    if (x->tick != y->tick) return x->tick < y->tick ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

static bool read_entry(const struct spike_list *p, size_t spike, size_t unit, hk_neuron size,
                       double tick_ms, struct entry *entry, struct hk_err *err) {
    double number = p->units.count ? p->units.values[spike] : (double)unit;
    if (!hk_tick_from_ms(p->times.values[spike], tick_ms, &entry->tick, err))
        return hk_err_context(err, "times[%zu]", spike);
    if (entry->tick < 1)
        return HK_FAIL(err, HK_ERR_RANGE, "times[%zu] = 0 ms; the first tick ends at %g ms", spike,
                       tick_ms);
    if (!(number < size) || number != floor(number))
        return HK_FAIL(err, HK_ERR_RANGE, "units[%zu] = %.10g, must be a whole number below %u",
                       spike, number, size);
    entry->unit = (hk_neuron)number;
    return true;
}

/* The most entries that are alike. */
static uint32_t longest_run(const struct spike_table *table) {
    uint32_t run = 0, longest = 1;
    for (size_t i = 0; i < table->count; i++) {
        bool same = i > 0 && by_tick(&table->entries[i - 1], &table->entries[i]) == 0;
        run = same ? run + 1 : 1;
        if (run > longest) longest = run;
    }
    return longest;
}

static bool spikes_derive(const void *param, hk_neuron size, double tick_ms, struct hk_arena *arena,
                          void *derived, struct hk_err *err) {
    const struct spike_list *p = param;
    struct spike_table *table = derived;
    if (p->units.count && p->units.count != p->times.count)
        return HK_FAIL(err, HK_ERR_RANGE, "%zu times, but %zu units", p->times.count,
                       p->units.count);
    size_t each = p->units.count ? 1 : size;
    if (each && p->times.count > SIZE_MAX / each)
        return HK_FAIL(err, HK_ERR_LIMIT, "too many spikes");
    table->entries = HK_NEW(arena, struct entry, p->times.count * each, err);
    if (!table->entries) return false;
    for (size_t spike = 0; spike < p->times.count; spike++)
        for (size_t unit = 0; unit < each; unit++)
            if (!read_entry(p, spike, unit, size, tick_ms, &table->entries[table->count++], err))
                return false;
    qsort(table->entries, table->count, sizeof *table->entries, by_tick);
    table->burst = longest_run(table);
    return true;
}

static uint32_t spikes_burst(const void *derived) {
    return ((const struct spike_table *)derived)->burst;
}

static size_t spikes_emit(const struct hk_source_part *part, hk_tick tick, uint32_t *units) {
    const struct spike_table *table = part->derived;
    const struct entry from = {tick, part->first};
    size_t low = 0;
    for (size_t high = table->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (by_tick(&table->entries[middle], &from) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t count = 0;
    for (; low < table->count && table->entries[low].tick == tick; low++) {
        if (table->entries[low].unit >= part->first + part->count) break;
        units[count++] = table->entries[low].unit;
    }
    return count;
}

const struct hk_source_model hk_source_spikes = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "spikes",
             .doc = "given spikes at given times",
             HK_PARAMS(params, struct spike_list),
             .main_param = "times"},
    .derived_size = sizeof(struct spike_table),
    .derive = spikes_derive,
    .burst = spikes_burst,
    .emit = spikes_emit,
};
