/* After the death of a run: results.h5 of what its journal holds. */
#ifndef HK_IO_RECOVER_H
#define HK_IO_RECOVER_H

#include "io/fold.h"

/* Make results.h5 of all that was recorded in the folder, and then remove what it was made of; a
 * journal that is damaged before its end is set aside, as damaged-NUMBER, with those behind it.
 * For whoever has the folder's lock. Errors: HK_ERR_IO, HK_ERR_DATA, HK_ERR_MEMORY; then all stays
 * as it was. */
bool hk_recover_build(struct hk_arena *arena, const char *folder, struct hk_folded *folded,
                      struct hk_err *err) HK_MUST_USE;

struct hk_recovered {
    bool was_whole; /* results.h5 was there already */
    struct hk_folded folded;
};
/* The same for a folder that nobody has the lock of. Errors also: HK_ERR_IO (its run goes on),
 * HK_ERR_DATA (nothing was recorded there). */
bool hk_recover(struct hk_arena *arena, const char *folder, struct hk_recovered *recovered,
                struct hk_err *err) HK_MUST_USE;

#endif
