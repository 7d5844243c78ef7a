/* Population rates over time, while spikes pass: of each bin, spikes / unit / s. A frame of /frames
 * a bin, with its beginning and a rate for each population. A bin that isn't over when its time
 * ends is left out. */
#ifndef HK_IO_METER_H
#define HK_IO_METER_H

#include "io/record_reader.h"
#include "io/recording.h"

struct hk_meter;

/* Of a record of the kind RATE. NULL on failure. */
struct hk_meter *hk_meter_create(struct hk_arena *arena, struct hk_recording *recording,
                                 const struct hk_sim *sim, const struct hk_record *record,
                                 struct hk_err *err) HK_MUST_USE;
/* Spikes from now on count, or with `on` false not. */
void hk_meter_begin(struct hk_meter *meter, hk_tick now, bool on);
/* Of the record's population `index`; of no window but the one that is told next. */
void hk_meter_add(struct hk_meter *meter, size_t index, hk_tick tick, size_t spikes);
/* All spikes until this tick were told. */
bool hk_meter_reach(struct hk_meter *meter, hk_tick reached, struct hk_err *err) HK_MUST_USE;

#endif
