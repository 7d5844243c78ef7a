/* Reads spikes from text, plain or gzip: a line a spike, columns between tabs, commas, semicolons,
 * or blanks where the first line has none of those; "#" begins a comment.
 *
 *   time_ms,neuron            The first line names the columns: of times t, time, time_ms, time_s
 *   0.3,17                    or timestamps; of ids i, id, sender, node_id, node_ids or neuron; and
 *   1.2,4                     population. Others are left aside.
 *
 * The unit of times is in the column's name, or has to be given; it is never guessed. */
#ifndef HK_IO_SPIKE_CSV_H
#define HK_IO_SPIKE_CSV_H

#include "sim/param.h"

struct hk_spike_csv {
    const char *path;
    const char *population;     /* NULL: the only one */
    const char *const *columns; /* names instead of the first line's; NULL: that line's */
    size_t column_count;
    const char *time_unit; /* "ms"; NULL: as the column's name says */
};

/* Spikes come in the file's order, in the arena. Errors: HK_ERR_DATA with file, line and column;
 * HK_ERR_LIMIT, HK_ERR_MEMORY. */
bool hk_spike_csv_read(struct hk_arena *arena, const struct hk_spike_csv *options,
                       struct hk_recording *out, struct hk_err *err) HK_MUST_USE;

#endif
