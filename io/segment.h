/* Turning a journal that is closed into a segment, step by step, so that whoever does it can look
 * after something else in between. */
#ifndef HK_IO_SEGMENT_H
#define HK_IO_SEGMENT_H

#include "io/fold.h"
#include "io/journal.h"

/* Zeroed is idle. */
struct hk_segmenter {
    struct hk_arena *arena; /* of this segment; NULL: idle */
    const char *folder, *journal;
    struct hk_journal_reader reader;
    struct hk_results *results;
    struct hk_fold *fold;
};

/* Begin with journal `number`; those before it are segments already. Ends with hk_segmenter_drop,
 * also after a failure. */
bool hk_segmenter_begin(struct hk_segmenter *segmenter, const char *folder, uint32_t number,
                        struct hk_err *err) HK_MUST_USE;
/* A record further on. *done: the segment is on the disk, and the journal gone. */
bool hk_segmenter_step(struct hk_segmenter *segmenter, bool *done, struct hk_err *err) HK_MUST_USE;
void hk_segmenter_drop(struct hk_segmenter *segmenter);

#endif
