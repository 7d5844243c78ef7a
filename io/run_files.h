/* What lies in a run's folder while it records, and after its death until it is recovered:
 *
 *   journal-000001      and so on: what was recorded, in order; the last one grows
 *   seg-000001.h5       the same as HDF5, in place of the journal of that number
 *   journal.lock        locked by the process that runs
 *
 * At the end there is results.h5 alone. What is written aside ends with .part until it is whole. */
#ifndef HK_IO_RUN_FILES_H
#define HK_IO_RUN_FILES_H

#include "sim/arena.h"

enum { HK_RUN_FILES_MAX = 999999 };

struct hk_run_files {
    bool has_results;
    uint32_t segments; /* those of numbers 1 .. segments */
    uint32_t journals; /* the last one's number; behind segments, unless it is 0 or theirs */
};
/* Look. Errors: HK_ERR_IO (no such folder), HK_ERR_DATA (one is missing in between, and there is no
 * results.h5). */
bool hk_run_files_find(const char *folder, struct hk_run_files *files,
                       struct hk_err *err) HK_MUST_USE;
/* Does it hold a recording that wasn't finished? */
bool hk_run_files_left(const char *folder);
/* Remove what was not finished writing, and journals that are there as segments; or all. Never
 * results.h5. */
enum hk_run_clear { HK_CLEAR_UNFINISHED, HK_CLEAR_ALL };
bool hk_run_files_clear(const char *folder, enum hk_run_clear what, struct hk_err *err) HK_MUST_USE;

/* Call the journals from this number on damaged-NUMBER: nobody looks at them any more. */
bool hk_run_files_set_aside(struct hk_arena *arena, const char *folder, uint32_t number,
                            struct hk_err *err) HK_MUST_USE;

char *hk_journal_path(struct hk_arena *arena, const char *folder, uint32_t number,
                      struct hk_err *err) HK_MUST_USE;
char *hk_segment_path(struct hk_arena *arena, const char *folder, uint32_t number,
                      struct hk_err *err) HK_MUST_USE;
/* Of all segments, in order. */
const char *const *hk_segment_paths(struct hk_arena *arena, const char *folder, uint32_t count,
                                    struct hk_err *err) HK_MUST_USE;

/* The lock of a folder. Ends with the process, however that ends. */
struct hk_run_lock {
    const char *path; /* NULL: not taken */
    int file;
};
/* Errors: HK_ERR_IO: a run that goes on holds it. */
bool hk_run_lock_take(struct hk_run_lock *lock, struct hk_arena *arena, const char *folder,
                      struct hk_err *err) HK_MUST_USE;
/* And take the file away. */
void hk_run_lock_release(struct hk_run_lock *lock);

#endif
