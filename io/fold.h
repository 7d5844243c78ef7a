/* From a journal's entries to the results file that they make, or to a segment of it. */
#ifndef HK_IO_FOLD_H
#define HK_IO_FOLD_H

#include "io/entry.h"
#include "io/results.h"

struct hk_fold;

/* Both live as long as the fold. NULL on failure. */
struct hk_fold *hk_fold_create(struct hk_arena *arena, struct hk_results *results,
                               struct hk_err *err) HK_MUST_USE;
void hk_fold_destroy(struct hk_fold *fold);

/* Put one entry where it belongs; `fold` is the fold. Errors: HK_ERR_DATA (of a stream that wasn't
 * opened, or not of its kind), HK_ERR_IO, HK_ERR_MEMORY. */
bool hk_fold_entry(void *fold, const struct hk_entry *entry, struct hk_err *err) HK_MUST_USE;

/* The simulated time that all entries so far cover. */
double hk_fold_reached_ms(const struct hk_fold *fold);

/* ---- whole recordings ---- */

struct hk_folded {
    double reached_ms;       /* simulated time that is in the results */
    double wall_s;           /* that it took */
    bool died;               /* the run ended without saying how */
    uint64_t torn;           /* bytes at the end of the last journal that weren't wholly written */
    bool damaged;            /* more lies behind where the good part ends: */
    uint32_t damaged_number; /* in this journal, and those behind it */
};
/* Make the folder's results.h5 of its segments and journals, which stay. Errors: HK_ERR_IO,
 * HK_ERR_DATA, HK_ERR_MEMORY; then there is no results.h5. */
bool hk_fold_folder(struct hk_arena *arena, const char *folder, struct hk_folded *folded,
                    struct hk_err *err) HK_MUST_USE;

#endif
