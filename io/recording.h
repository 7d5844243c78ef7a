/* What a run records, while it runs. The calls are those of a results file (io/results.h), but cost
 * next to nothing: they put entries (io/entry.h) into blocks of memory, and a thread of the
 * recording's own appends these to the journal in the run's folder, at least each half second. So
 * the death of the process loses no more than that; what is there then, hk_fold_folder makes
 * results.h5 of. hk_recording_close does the same.
 *
 * A journal that has become large is closed, and turned into a segment (io/segment.h) by that same
 * thread, whenever it has nothing else to do. Memory is bounded by HK_RECORDING_BLOCKS: where the
 * disk is slower than the run, the run waits.
 *
 * After the first failure of the thread (HK_ERR_IO: a full disk) every later call fails with it.
 * While a recording is open, its thread alone uses HDF5.
 *
 * Thread: one caller at a time. */
#ifndef HK_IO_RECORDING_H
#define HK_IO_RECORDING_H

#include "io/fold.h"

enum {
    HK_RECORDING_BLOCKS = 16, /* of a mebibyte */
    HK_FLUSH_MS = 500,        /* what is told now is written then */
    HK_WAKE_MS = 250,         /* by a thread that looks so often */
    HK_SYNC_MS = 1000,        /* and on the disk, if that isn't busy */
    HK_SEGMENT_SIZE = 64 * 1024 * 1024,
};

struct hk_recording;

/* Into a folder that exists and holds no results. `segment_size`: bytes of a journal that is
 * closed; 0 is HK_SEGMENT_SIZE. NULL on failure. */
struct hk_recording *hk_recording_create(struct hk_arena *arena, const char *folder,
                                         size_t segment_size, struct hk_err *err) HK_MUST_USE;
/* Write what is left, build results.h5 and remove what it was built of. Whether it succeeds or not,
 * only hk_recording_destroy may follow. After a failure the journal stays. */
bool hk_recording_close(struct hk_recording *recording, struct hk_folded *folded,
                        struct hk_err *err) HK_MUST_USE;
/* After hk_recording_close: nothing. Otherwise write what is left, and leave the journal. */
void hk_recording_destroy(struct hk_recording *recording);

/* Values that are written once. Errors also: HK_ERR_CONFIG (a path that can't be one). */
bool hk_recording_put(struct hk_recording *recording, const struct hk_store_item *item,
                      struct hk_err *err) HK_MUST_USE;
bool hk_recording_number(struct hk_recording *recording, const char *path, double value,
                         const char *unit, struct hk_err *err) HK_MUST_USE;
bool hk_recording_integer(struct hk_recording *recording, const char *path, int64_t value,
                          const char *unit, struct hk_err *err) HK_MUST_USE;
bool hk_recording_text(struct hk_recording *recording, const char *path, const char *text,
                       struct hk_err *err) HK_MUST_USE;

/* A stream, of any kind but ITEM and TEXT. Errors also: HK_ERR_CONFIG, HK_ERR_LIMIT
 * (HK_STREAMS_MAX, or an opening that is too long). */
bool hk_recording_open(struct hk_recording *recording, const struct hk_opening *opening,
                       uint32_t *stream, struct hk_err *err) HK_MUST_USE;
/* Ticks of a stream never go back. */
bool hk_recording_spikes(struct hk_recording *recording, uint32_t stream, hk_tick tick,
                         const hk_neuron *units, size_t count, struct hk_err *err) HK_MUST_USE;
/* Whole rows of a SERIES or REPORT. */
bool hk_recording_rows(struct hk_recording *recording, uint32_t stream, const void *rows,
                       size_t size, struct hk_err *err) HK_MUST_USE;
/* A frame of FRAMES, with as many numbers as the opening has names. */
bool hk_recording_frame(struct hk_recording *recording, uint32_t stream, const double *numbers,
                        size_t count, const void *values, size_t size,
                        struct hk_err *err) HK_MUST_USE;

/* All that happened until this simulated time has been told. Costs a store to memory. */
void hk_recording_reach(struct hk_recording *recording, double reached_ms);
/* The simulated time that would survive the process's death now. */
double hk_recording_saved_ms(struct hk_recording *recording);
/* Bytes of all journals so far. */
uint64_t hk_recording_size(struct hk_recording *recording);

#endif
