/* Lists of spikes as text, plain or gzip. The first byte says what is given beside the file: its
 * lowest bits a unit of times, the names of columns, a population. */
#include "tests/fuzz/fuzz.h"

#include "io/spike_csv.h"

void fuzz_spike_csv(const uint8_t *data, size_t size) {
    static const char *const columns[] = {"id", "t", "population"};
    struct hk_err err = {0};
    struct hk_recording spikes;
    if (size == 0) return;
    struct hk_spike_csv options = {
        .path = fuzz_file("spikes", (struct fuzz_bytes){data + 1, size - 1})};
    if (*data & 1) options.time_unit = "s";
    if (*data & 2) options.columns = columns;
    if (*data & 2) options.column_count = 2 + (*data >> 3 & 1);
    if (*data & 4) options.population = "exc";
    struct hk_arena *arena = hk_arena_create(&err);
    HK_ASSERT(arena);
    if (hk_spike_csv_read(arena, &options, &spikes, &err))
        for (size_t i = 0; i < spikes.count; i++)
            HK_ASSERT(spikes.times[i] >= 0.0 && spikes.times[i] <= 1e15 &&
                      spikes.units[i] < HK_NEURON_NONE);
    else
        HK_ASSERT(err.code == HK_ERR_DATA);
    hk_arena_destroy(arena);
}
