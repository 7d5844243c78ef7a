/* Spike list: given spikes at given times. `times` and, beside it, the unit of each in `units`
 * (without `units` every unit fires at every time). */
#include "sim/source_model.h"

#include "sim/spike_table.h"

struct spike_list {
    struct hk_list times, units;
};

static const struct hk_param params[] = {
    {"times", "ms", "times of the spikes", HK_REQUIRED, 0.0, 1e12,
     offsetof(struct spike_list, times), HK_LIST, NULL},
    {"units", "1", "the unit of each spike; default: all units at each time", 0, 0.0, 4294967294.0,
     offsetof(struct spike_list, units), HK_LIST, NULL},
};

static bool read_entry(const struct spike_list *p, size_t spike, hk_neuron size, double tick_ms,
                       struct hk_spike *entry, struct hk_err *err) {
    double number = p->units.count ? p->units.values[spike] : 0.0;
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

static bool spikes_derive(const void *param, hk_neuron size, double tick_ms, struct hk_arena *arena,
                          void *derived, struct hk_err *err) {
    const struct spike_list *p = param;
    struct hk_spike_table *table = derived;
    if (p->units.count && p->units.count != p->times.count)
        return HK_FAIL(err, HK_ERR_RANGE, "%zu times, but %zu units", p->times.count,
                       p->units.count);
    table->everybody = p->units.count == 0;
    table->count = p->times.count;
    table->spikes = HK_NEW(arena, struct hk_spike, table->count, err);
    if (!table->spikes) return false;
    for (size_t k = 0; k < table->count; k++)
        if (!read_entry(p, k, size, tick_ms, &table->spikes[k], err)) return false;
    hk_spike_table_sort(table);
    return true;
}

static uint32_t spikes_burst(const void *derived) {
    return ((const struct hk_spike_table *)derived)->burst;
}

static size_t spikes_emit(const struct hk_source_part *part, hk_tick tick, uint32_t *units) {
    return hk_spike_table_at(part->derived, tick, part->first, part->count, units);
}

static void spikes_list(const struct hk_source_part *part, hk_tick from, hk_tick to,
                        struct hk_raster *out) {
    hk_spike_table_list(part->derived, from, to, part->first, part->count, out);
}

const struct hk_source_model hk_source_spikes = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "spikes",
             .doc = "given spikes at given times",
             HK_PARAMS(params, struct spike_list),
             .main_param = "times"},
    .derived_size = sizeof(struct hk_spike_table),
    .derive = spikes_derive,
    .burst = spikes_burst,
    .emit = spikes_emit,
    .list = spikes_list,
};
