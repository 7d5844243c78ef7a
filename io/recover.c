#include "io/recover.h"

#include "io/run_files.h"

bool hk_recover_build(struct hk_arena *arena, const char *folder, struct hk_folded *folded,
                      struct hk_err *err) {
    return hk_run_files_clear(folder, HK_CLEAR_UNFINISHED, err) &&
           hk_fold_folder(arena, folder, folded, err) &&
           (!folded->damaged ||
            hk_run_files_set_aside(arena, folder, folded->damaged_number, err)) &&
           hk_run_files_clear(folder, HK_CLEAR_ALL, err);
}

static bool recover(struct hk_arena *arena, const char *folder, const struct hk_run_files *files,
                    struct hk_recovered *recovered, struct hk_err *err) {
    recovered->was_whole = files->has_results;
    if (!files->has_results) return hk_recover_build(arena, folder, &recovered->folded, err);
    return hk_run_files_clear(folder, HK_CLEAR_ALL, err);
}

bool hk_recover(struct hk_arena *arena, const char *folder, struct hk_recovered *recovered,
                struct hk_err *err) {
    struct hk_run_files files;
    struct hk_run_lock lock;
    *recovered = (struct hk_recovered){.was_whole = false};
    if (!hk_run_files_find(folder, &files, err)) return false;
    if (!files.has_results && files.segments == 0 && files.journals == 0)
        return HK_FAIL(err, HK_ERR_DATA, "%s: there is no journal of a run, and no results.h5",
                       folder);
    if (!hk_run_lock_take(&lock, arena, folder, err)) return false;
    bool ok = recover(arena, folder, &files, recovered, err);
    hk_run_lock_release(&lock);
    return ok;
}
