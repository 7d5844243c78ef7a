/* Reads spikes in SONATA's layout, ours (io/results.h) and those of others:
 *
 *   /spikes/<population>/{timestamps,node_ids}   with the attribute `sorting`, a text or an
 *                                                enumeration, and `units` of the timestamps
 *   /spikes/{timestamps,gids}                    the same without populations: the old layout
 *
 * Units of time are ms unless the file says something else. What the file claims about its order is
 * checked, and nothing in it is believed unseen. */
#ifndef HK_IO_SONATA_SPIKES_H
#define HK_IO_SONATA_SPIKES_H

#include "sim/param.h"

/* `population` may be NULL where the file has one at most. Spikes come in the file's order, in the
 * arena. Errors: HK_ERR_DATA, HK_ERR_MEMORY. Thread: one at a time for all that use HDF5. */
bool hk_sonata_spikes_read(struct hk_arena *arena, const char *path, const char *population,
                           struct hk_recording *out, struct hk_err *err) HK_MUST_USE;

#endif
