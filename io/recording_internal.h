/* The insides of a recording: io/recording.c is the caller's side, io/recording_writer.c the
 * thread. */
#ifndef HK_IO_RECORDING_INTERNAL_H
#define HK_IO_RECORDING_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "io/journal.h"
#include "io/recording.h"
#include "io/run_files.h"
#include "io/segment.h"

/* A record to be. */
struct hk_recording_block {
    unsigned char *bytes; /* [HK_JOURNAL_RECORD_MAX] */
    size_t used;          /* of the payload */
    bool continues;       /* its last row goes on in the next one */
    double reached_ms;
};

struct hk_recording {
    struct hk_arena *arena;
    const char *folder;
    size_t segment_size;
    struct hk_run_lock folder_lock;
    _Atomic double reached_ms;
    uint32_t streams; /* opened so far */
    size_t ids;       /* that they list */

    /* Under `lock`. Blocks first .. first + count - 1 of the ring wait for the thread; the one
     * behind them is being filled, where `filling`. */
    pthread_mutex_t lock;
    pthread_cond_t work, room; /* for the thread; for the caller */
    struct hk_recording_block blocks[HK_RECORDING_BLOCKS];
    size_t first, count;
    bool filling;
    struct hk_entry_writer out;
    struct hk_block prologue; /* records of the openings of all streams, each with its length */
    size_t prologue_size;
    bool closing;
    struct hk_err failure;
    double saved_ms;
    uint64_t size;

    /* The thread's own. */
    pthread_t thread;
    bool started;
    struct hk_journal journal;
    uint32_t number; /* of the journal */
    uint32_t folded; /* journals that are segments */
    bool unsynced;
    double written_s, synced_s; /* when that was done last */
    double written_ms;          /* what was reached then */
    struct hk_segmenter segmenter;
};

/* Begin to fill the next block, which is free; and end it. With the lock. */
void hk_recording_fill(struct hk_recording *recording);
void hk_recording_seal(struct hk_recording *recording, bool continues);
/* Begin the first journal, and start the thread. */
bool hk_recording_start(struct hk_recording *recording, struct hk_err *err) HK_MUST_USE;
/* Have it write all there is, and wait for its end. Errors: its failure. */
bool hk_recording_stop(struct hk_recording *recording, struct hk_err *err) HK_MUST_USE;

#endif
