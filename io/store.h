/* An HDF5 file while it is written: datasets that are written at once, datasets that grow,
 * attributes.
 *
 * Calls only ever add: nothing that was written is changed or read back. The file is written
 * aside, as `<path>.part`, until hk_store_close has it safely on the disk and gives it its name:
 * who finds `<path>` has a whole file.
 *
 * Paths inside the file are written from its root without a slash before; groups are made on the
 * way. After the first failed write (HK_ERR_IO with path and reason: a full disk) every later call
 * fails too, and the .part stays as it was. Equal calls give equal files, byte by byte.
 *
 * Thread: one at a time for all stores and readers; HDF5 may not be safe for more. */
#ifndef HK_IO_STORE_H
#define HK_IO_STORE_H

#include "sim/arena.h"

struct hk_store;
struct hk_stream;

enum { HK_STORE_RANK_MAX = 32 };

/* Type of a value, in memory and, little-endian, in the file. */
enum hk_element {
    HK_ELEMENT_F32,
    HK_ELEMENT_F64,
    HK_ELEMENT_I8,
    HK_ELEMENT_U8,
    HK_ELEMENT_U32,
    HK_ELEMENT_I64,
    HK_ELEMENT_U64,
};
enum { HK_ELEMENTS = HK_ELEMENT_U64 + 1 };
size_t hk_element_size(enum hk_element element);

/* `path` and `path`.part must not exist. All memory is the arena's. NULL on failure. */
struct hk_store *hk_store_create(struct hk_arena *arena, const char *path,
                                 struct hk_err *err) HK_MUST_USE;
/* Whether it succeeds or not, only hk_store_destroy may follow. */
bool hk_store_close(struct hk_store *store, struct hk_err *err) HK_MUST_USE;
/* After hk_store_close: nothing. Otherwise abandons the file: what lies in the .part may be
 * unreadable. */
void hk_store_destroy(struct hk_store *store);

/* Write a dataset. Compressed from 64 KiB on. */
struct hk_store_item {
    const char *path;
    const char *unit; /* becomes the attribute `units`, unless NULL */
    enum hk_element element;
    size_t rank; /* 0: one value; up to HK_STORE_RANK_MAX */
    const size_t *shape;
    const void *data;
};
bool hk_store_put(struct hk_store *store, const struct hk_store_item *set,
                  struct hk_err *err) HK_MUST_USE;
bool hk_store_put_text(struct hk_store *store, const char *path, const char *text,
                       struct hk_err *err) HK_MUST_USE;
/* Is there something at this path? */
bool hk_store_has(struct hk_store *store, const char *path);
/* A second name, `path`, for the object at `target`. */
bool hk_store_link(struct hk_store *store, const char *target, const char *path,
                   struct hk_err *err) HK_MUST_USE;

/* Attributes of the group or dataset at `path` ("/" is the file's root). `count` 0: one value. */
struct hk_attribute {
    const char *path, *name;
    enum hk_element element;
    size_t count;
    const void *data;
};
bool hk_store_describe(struct hk_store *store, const struct hk_attribute *attribute,
                       struct hk_err *err) HK_MUST_USE;
bool hk_store_describe_text(struct hk_store *store, const char *path, const char *name,
                            const char *text, struct hk_err *err) HK_MUST_USE;
/* One word of an enumeration: `words` ends with NULL. */
bool hk_store_describe_choice(struct hk_store *store, const char *path, const char *name,
                              const char *const *words, int8_t chosen,
                              struct hk_err *err) HK_MUST_USE;

/* A dataset that grows by rows. Rows are put into the store's own memory, which grows with them up
 * to `chunk` rows, and written, compressed, whenever that is full. NULL on failure; HK_ERR_LIMIT: a
 * chunk of 4 GiB. */
struct hk_rows {
    const char *path, *unit; /* as in struct hk_store_item */
    enum hk_element element;
    size_t rank;  /* 1: a row is one value; 2: `width` values; 3: `width` times `depth` */
    size_t width; /* 1 when rank is 1 */
    size_t chunk;
    size_t depth; /* when rank is 3 */
};
struct hk_stream *hk_store_open(struct hk_store *store, const struct hk_rows *rows,
                                struct hk_err *err) HK_MUST_USE;
/* Where to put the next rows. `rows` holds how many there are, and gets how many may be put: at
 * least one. NULL on failure. */
void *hk_stream_room(struct hk_stream *stream, size_t *rows, struct hk_err *err) HK_MUST_USE;
/* Append the rows that were put there. */
bool hk_stream_commit(struct hk_stream *stream, size_t rows, struct hk_err *err) HK_MUST_USE;
/* Both at once, for as many rows as there are. */
bool hk_stream_append(struct hk_stream *stream, const void *data, size_t rows,
                      struct hk_err *err) HK_MUST_USE;
/* All rows so far. */
uint64_t hk_stream_count(const struct hk_stream *stream);

/* ---- segments ---- */

/* A long recording is written in several files. Each has the rows of its streams from the last
 * whole chunk of the file before, and what else was put meanwhile; the attribute `first_row` of a
 * stream's dataset says where it begins. */
enum hk_follow {
    HK_FOLLOW_NOTHING,
    HK_FOLLOW_ROWS, /* this file is a segment: its streams go on where the last one's end */
    HK_FOLLOW_ALL,  /* it gets all that the segments have, compressed chunks as they are */
};
/* To be called before anything is written. The paths are in order, and lent until the store is
 * closed. Errors also: HK_ERR_DATA (they don't fit together). */
bool hk_store_follow(struct hk_store *store, enum hk_follow how, const char *const *segments,
                     size_t count, struct hk_err *err) HK_MUST_USE;

#endif
