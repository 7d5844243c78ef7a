/* What a sweep comes to: a row for each trial, with what it was set to, its seed, and the numbers
 * that `collect:` names. Written as sweep.csv, and as sweep.h5:
 *
 *   /parameters/<label>   numbers where all have one unit; else indices of the lines of `values`
 *   /seed, /done          done 0: this trial failed, and its numbers are NaN
 *   /collected/<name>
 *   /sweep/definition, /sweep/base
 *
 * Nothing in it depends on when, where or in which order the trials ran. */
#ifndef HK_IO_SWEEP_TABLE_H
#define HK_IO_SWEEP_TABLE_H

#include "io/sweep.h"

struct hk_sweep_table;

/* Borrows the sweep, and lives in its arena. NULL on failure. */
struct hk_sweep_table *hk_sweep_table_create(const struct hk_sweep *sweep,
                                             struct hk_err *err) HK_MUST_USE;

/* Fill the row of trial `index` from its results, a file or its folder. Errors: HK_ERR_CONFIG where
 * `collect:` names what isn't there; those of io/results_read.h. */
bool hk_sweep_table_take(struct hk_sweep_table *table, size_t index, const char *results,
                         struct hk_err *err) HK_MUST_USE;

/* Write both files into the folder, in place of those that may be there. */
bool hk_sweep_table_write(const struct hk_sweep_table *table, const char *folder,
                          struct hk_err *err) HK_MUST_USE;

#endif
