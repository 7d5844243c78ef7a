/* Result folders: each run has a new one of its own, so that no run can touch the results of
 * another, however many start at the same moment. */
#ifndef HK_IO_RUNDIR_H
#define HK_IO_RUNDIR_H

#include "sim/arena.h"

/* Runs of one name in one parent. */
enum { HK_RUNDIR_MAX = 99999 };

/* Make `parent`/`name`, or `parent`/`name`-2, -3, ... when that exists; the parent as well where
 * it's missing. `path` is lent from the arena. Errors: HK_ERR_CONFIG (a name that can't be a
 * folder's), HK_ERR_IO, HK_ERR_LIMIT (HK_RUNDIR_MAX). */
bool hk_rundir_create(struct hk_arena *arena, const char *parent, const char *name, char **path,
                      struct hk_err *err) HK_MUST_USE;

/* Make exactly `folder`, which must not exist; its parents where they're missing. Errors:
 * HK_ERR_IO. */
bool hk_rundir_create_at(struct hk_arena *arena, const char *folder, char **path,
                         struct hk_err *err) HK_MUST_USE;

#endif
