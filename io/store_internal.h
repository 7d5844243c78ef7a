/* The insides of a store, for the files that make one: io/store.c, and io/store_follow.c. */
#ifndef HK_IO_STORE_INTERNAL_H
#define HK_IO_STORE_INTERNAL_H

#include <hdf5.h>

#include "io/chunk.h"
#include "io/store.h"

/* The buffer grows with what comes, up to one chunk, whatever size a chunk is said to have; what is
 * written always begins where a chunk does. */
struct hk_stream {
    struct hk_stream *next;
    struct hk_store *store;
    struct hk_rows rows;
    hid_t set;
    size_t row_size;  /* bytes */
    size_t used;      /* rows in the buffer */
    hsize_t stored;   /* rows of the dataset before those: whole chunks */
    uint64_t skipped; /* rows before these: of earlier segments */
    struct hk_block buffer;
};

struct hk_store {
    struct hk_arena *arena;
    const char *path, *part, *folder;
    hid_t file;          /* this and the two below: invalid once closed */
    hid_t links, groups; /* how they are made */
    struct hk_stream *streams;
    struct hk_packer packer;
    const char *const *segments; /* that this file goes on from */
    size_t segment_count;
    enum hk_follow follow;
    bool failed;
};

/* The types of an element in the file and in memory. */
hid_t hk_element_stored(enum hk_element element);
hid_t hk_element_native(enum hk_element element);
/* Say that writing `path` failed, and mark the store so. Returns false. */
bool hk_store_fail(struct hk_store *store, const char *path, struct hk_err *err);
/* A stream was opened: give it what the segments have of it. */
bool hk_store_continue(struct hk_stream *stream, struct hk_err *err) HK_MUST_USE;
/* Make the groups that `path` lies in. */
bool hk_store_make_groups(struct hk_store *store, const char *path, struct hk_err *err) HK_MUST_USE;

#endif
