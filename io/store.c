#include "io/store_internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/hdf5_error.h"

enum {
    PLAIN_SIZE = 64 * 1024,   /* up to here a dataset is neither chunked nor compressed */
    CHUNK_SIZE = 1024 * 1024, /* of larger ones */
    PATH_SIZE = 4096,
};

/* ---- Failing --------------------------------------------------------------------------------- */

static bool ready(const struct hk_store *store, struct hk_err *err) {
    hk_hdf5_begin();
    if (store->failed) return HK_FAIL(err, HK_ERR_IO, "%s: an earlier write failed", store->part);
    HK_ASSERT(store->file >= 0);
    return true;
}

/* From here on HDF5 isn't asked to write, or to close what it couldn't write: see hk_hdf5_begin.
 * What the failed call had open stays open, so that HDF5 keeps its reason until we have it. */
bool hk_store_fail(struct hk_store *store, const char *path, struct hk_err *err) {
    char what[256];
    (void)snprintf(what, sizeof what, "can't write %s", path);
    store->failed = true;
    return HK_HDF5_FAIL(err, HK_ERR_IO, store->part, what);
}

/* End a property list, a data space, a type or an attribute. */
static void drop(hid_t id) {
    if (id >= 0) (void)H5Idec_ref(id);
}

/* ---- Types ----------------------------------------------------------------------------------- */

size_t hk_element_size(enum hk_element element) {
    static const size_t sizes[] = {
        [HK_ELEMENT_F32] = 4, [HK_ELEMENT_F64] = 8, [HK_ELEMENT_I8] = 1,  [HK_ELEMENT_U8] = 1,
        [HK_ELEMENT_U32] = 4, [HK_ELEMENT_I64] = 8, [HK_ELEMENT_U64] = 8,
    };
    return sizes[element];
}

hid_t hk_element_stored(enum hk_element element) {
    switch (element) {
    case HK_ELEMENT_F32: return H5T_IEEE_F32LE;
    case HK_ELEMENT_F64: return H5T_IEEE_F64LE;
    case HK_ELEMENT_I8: return H5T_STD_I8LE;
    case HK_ELEMENT_U8: return H5T_STD_U8LE;
    case HK_ELEMENT_U32: return H5T_STD_U32LE;
    case HK_ELEMENT_I64: return H5T_STD_I64LE;
    case HK_ELEMENT_U64: return H5T_STD_U64LE;
    }
    return H5I_INVALID_HID;
}

hid_t hk_element_native(enum hk_element element) {
    switch (element) {
    case HK_ELEMENT_F32: return H5T_NATIVE_FLOAT;
    case HK_ELEMENT_F64: return H5T_NATIVE_DOUBLE;
    case HK_ELEMENT_I8: return H5T_NATIVE_INT8;
    case HK_ELEMENT_U8: return H5T_NATIVE_UINT8;
    case HK_ELEMENT_U32: return H5T_NATIVE_UINT32;
    case HK_ELEMENT_I64: return H5T_NATIVE_INT64;
    case HK_ELEMENT_U64: return H5T_NATIVE_UINT64;
    }
    return H5I_INVALID_HID;
}

/* UTF-8 of `size` bytes, or H5T_VARIABLE. */
static hid_t text_type(size_t size) {
    hid_t type = H5Tcopy(H5T_C_S1);
    bool ok = H5Tset_size(type, size) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    return ok ? type : H5I_INVALID_HID;
}

/* ---- Attributes ------------------------------------------------------------------------------ */

/* `count` as in struct hk_attribute. */
static bool attribute_write(struct hk_store *store, const struct hk_attribute *a, hid_t in_file,
                            hid_t in_memory, struct hk_err *err) {
    hsize_t count = a->count;
    hid_t space = a->count > 0 ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    hid_t id = H5Acreate_by_name(store->file, a->path, a->name, in_file, space, H5P_DEFAULT,
                                 H5P_DEFAULT, H5P_DEFAULT);
    if (id < 0 || H5Awrite(id, in_memory, a->data) < 0) return hk_store_fail(store, a->path, err);
    drop(id);
    drop(space);
    return true;
}

bool hk_store_describe(struct hk_store *store, const struct hk_attribute *a, struct hk_err *err) {
    if (!ready(store, err)) return false;
    return attribute_write(store, a, hk_element_stored(a->element), hk_element_native(a->element),
                           err);
}

/* Of variable size, as the files of others have it: not every reader takes a text of fixed size. */
bool hk_store_describe_text(struct hk_store *store, const char *path, const char *name,
                            const char *text, struct hk_err *err) {
    if (!ready(store, err)) return false;
    hid_t type = text_type(H5T_VARIABLE);
    struct hk_attribute a = {.path = path, .name = name, .data = &text};
    bool ok = attribute_write(store, &a, type, type, err);
    drop(type);
    return ok;
}

bool hk_store_describe_choice(struct hk_store *store, const char *path, const char *name,
                              const char *const *words, int8_t chosen, struct hk_err *err) {
    if (!ready(store, err)) return false;
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    for (int8_t value = 0; words[value]; value++)
        if (H5Tenum_insert(type, words[value], &value) < 0) return hk_store_fail(store, path, err);
    struct hk_attribute a = {.path = path, .name = name, .data = &chosen};
    bool ok = attribute_write(store, &a, type, type, err);
    drop(type);
    return ok;
}

static bool describe_unit(struct hk_store *store, const char *path, const char *unit,
                          struct hk_err *err) {
    return !unit || hk_store_describe_text(store, path, "units", unit, err);
}

/* ---- Datasets that are written at once ------------------------------------------------------- */

/* HDF5 would make them unasked, but note the time of day in them. */
bool hk_store_make_groups(struct hk_store *store, const char *path, struct hk_err *err) {
    char *text = hk_arena_text(store->arena, path, err);
    if (!text) return false;
    for (char *slash = text; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        htri_t exists = H5Lexists(store->file, text, H5P_DEFAULT);
        if (exists > 0) continue;
        hid_t group = H5I_INVALID_HID;
        if (exists == 0)
            group = H5Gcreate2(store->file, text, store->links, store->groups, H5P_DEFAULT);
        if (group < 0) return hk_store_fail(store, path, err);
        drop(group);
    }
    return true;
}

/* How a dataset is made: without the time of day, and compressed when it has chunks. */
static hid_t creation_list(size_t rank, const hsize_t *chunk) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    bool ok = H5Pset_obj_track_times(list, false) >= 0;
    if (chunk)
        ok = ok && H5Pset_chunk(list, (int)rank, chunk) >= 0 && H5Pset_shuffle(list) >= 0 &&
             H5Pset_deflate(list, HK_DEFLATE_LEVEL) >= 0;
    return ok ? list : H5I_INVALID_HID;
}

/* Halve the slowest dimension that can be, until a chunk is small: rows stay together. False where
 * the whole is too small for chunks. */
static bool choose_chunk(size_t rank, const hsize_t *shape, size_t element_size, hsize_t *chunk) {
    hsize_t size = element_size;
    for (size_t i = 0; i < rank; i++) size *= chunk[i] = shape[i];
    if (rank == 0 || size <= PLAIN_SIZE) return false;
    for (size_t i = 0; i < rank; i++) {
        while (size > CHUNK_SIZE && chunk[i] > 1) {
            size /= chunk[i];
            chunk[i] = (chunk[i] + 1) / 2;
            size *= chunk[i];
        }
    }
    return true;
}

struct types {
    hid_t in_file, in_memory;
};

/* Pack a chunk that begins at `start`, and write it. */
static bool chunk_write(struct hk_store *store, hid_t id, const char *path, const hsize_t *start,
                        const struct hk_chunk *chunk, struct hk_err *err) {
    size_t size = 0;
    unsigned mask = 0;
    const void *packed = hk_packer_pack(&store->packer, chunk, &size, &mask, err);
    if (!packed) store->failed = true;
    if (!packed) return false;
    return H5Dwrite_chunk(id, H5P_DEFAULT, mask, start, size, packed) >= 0 ||
           hk_store_fail(store, path, err);
}

/* All chunks. Each is one piece of memory: of the first dimensions it has one row, of the next one
 * some, and all of those that follow (choose_chunk). */
static bool chunks_write(struct hk_store *store, hid_t id, const struct hk_store_item *set,
                         size_t element_size, const hsize_t *shape, const hsize_t *chunk,
                         struct hk_err *err) {
    hsize_t at[HK_STORE_RANK_MAX] = {0};
    const char *data = set->data;
    size_t cut = 0, row = 1; /* the dimension of which it has some rows, of so many elements */
    while (cut + 1 < set->rank && chunk[cut] == 1) cut++;
    for (size_t i = cut + 1; i < set->rank; i++) row *= (size_t)shape[i];
    for (;;) {
        hsize_t rows = shape[cut] - at[cut];
        if (rows > chunk[cut]) rows = chunk[cut];
        const struct hk_chunk piece = {data, (size_t)rows * row, (size_t)chunk[cut] * row,
                                       element_size};
        if (!chunk_write(store, id, set->path, at, &piece, err)) return false;
        data += piece.count * element_size;
        at[cut] += rows;
        for (size_t i = cut; at[i] == shape[i]; at[i]++) {
            if (i == 0) return true;
            at[i--] = 0;
        }
    }
}

static bool dataset_write(struct hk_store *store, const struct hk_store_item *set,
                          struct types types, struct hk_err *err) {
    hsize_t shape[HK_STORE_RANK_MAX], chunk[HK_STORE_RANK_MAX];
    const size_t size = H5Tget_size(types.in_file);
    for (size_t i = 0; i < set->rank; i++) shape[i] = set->shape[i];
    bool chunked = choose_chunk(set->rank, shape, size, chunk);
    hid_t space =
        set->rank > 0 ? H5Screate_simple((int)set->rank, shape, NULL) : H5Screate(H5S_SCALAR);
    hid_t creation = creation_list(set->rank, chunked ? chunk : NULL);
    if (!hk_store_make_groups(store, set->path, err)) return false;
    hid_t id = H5Dcreate2(store->file, set->path, types.in_file, space, store->links, creation,
                          H5P_DEFAULT);
    if (id < 0) return hk_store_fail(store, set->path, err);
    if (chunked && H5Tequal(types.in_file, types.in_memory) > 0) {
        if (!chunks_write(store, id, set, size, shape, chunk, err)) return false;
    } else if (H5Dwrite(id, types.in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, set->data) < 0) {
        return hk_store_fail(store, set->path, err);
    }
    if (H5Dclose(id) < 0) return hk_store_fail(store, set->path, err);
    drop(creation);
    drop(space);
    return true;
}

bool hk_store_put(struct hk_store *store, const struct hk_store_item *set, struct hk_err *err) {
    HK_ASSERT(set->rank <= HK_STORE_RANK_MAX);
    if (!ready(store, err)) return false;
    struct types types = {hk_element_stored(set->element), hk_element_native(set->element)};
    return dataset_write(store, set, types, err) && describe_unit(store, set->path, set->unit, err);
}

bool hk_store_put_text(struct hk_store *store, const char *path, const char *text,
                       struct hk_err *err) {
    if (!ready(store, err)) return false;
    hid_t type = text_type(strlen(text) + 1);
    struct hk_store_item set = {.path = path, .data = text};
    bool ok = dataset_write(store, &set, (struct types){type, type}, err);
    drop(type);
    return ok;
}

bool hk_store_has(struct hk_store *store, const char *path) {
    char part[PATH_SIZE];
    hk_hdf5_begin();
    for (const char *end = path; *end; end += *end == '/') {
        end += strcspn(end, "/");
        size_t size = (size_t)(end - path);
        if (size >= sizeof part) return false;
        memcpy(part, path, size);
        part[size] = '\0';
        if (H5Lexists(store->file, part, H5P_DEFAULT) <= 0) return false;
    }
    return true;
}

bool hk_store_link(struct hk_store *store, const char *target, const char *path,
                   struct hk_err *err) {
    if (!ready(store, err) || !hk_store_make_groups(store, path, err)) return false;
    herr_t done = H5Lcreate_hard(store->file, target, store->file, path, store->links, H5P_DEFAULT);
    return done >= 0 || hk_store_fail(store, path, err);
}

/* ---- Datasets that grow ---------------------------------------------------------------------- */

static bool stream_create_set(struct hk_stream *stream, struct hk_err *err) {
    struct hk_store *store = stream->store;
    const struct hk_rows *rows = &stream->rows;
    hsize_t none[] = {0, rows->width, rows->depth};
    hsize_t most[] = {H5S_UNLIMITED, rows->width, rows->depth};
    hsize_t chunk[] = {rows->chunk, rows->width, rows->depth};
    hid_t space = H5Screate_simple((int)rows->rank, none, most);
    hid_t creation = creation_list(rows->rank, chunk);
    if (!hk_store_make_groups(store, rows->path, err)) return false;
    stream->set = H5Dcreate2(store->file, rows->path, hk_element_stored(rows->element), space,
                             store->links, creation, H5P_DEFAULT);
    if (stream->set < 0) return hk_store_fail(store, rows->path, err);
    drop(creation);
    drop(space);
    return describe_unit(store, rows->path, rows->unit, err);
}

static bool stream_fill(struct hk_stream *stream, const struct hk_rows *rows, struct hk_err *err) {
    struct hk_arena *arena = stream->store->arena;
    size_t values = 0, bytes = 0;
    stream->rows = *rows;
    if (rows->rank < 3) stream->rows.depth = 1;
    if (__builtin_mul_overflow(rows->width, stream->rows.depth, &values) ||
        __builtin_mul_overflow(values, rows->chunk * hk_element_size(rows->element), &bytes) ||
        bytes > UINT32_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "%s: %zu rows of %zu values are more than 4 GiB",
                       rows->path, rows->chunk, values);
    stream->row_size = values * hk_element_size(rows->element);
    stream->rows.path = hk_arena_text(arena, rows->path, err);
    return stream->rows.path != NULL;
}

struct hk_stream *hk_store_open(struct hk_store *store, const struct hk_rows *rows,
                                struct hk_err *err) {
    HK_ASSERT(rows->rank > 0 && rows->rank <= 3 && (rows->rank > 1 || rows->width == 1));
    HK_ASSERT(rows->width > 0 && rows->chunk > 0 && (rows->rank < 3 || rows->depth > 0));
    if (!ready(store, err)) return NULL;
    struct hk_stream *stream = HK_NEW(store->arena, struct hk_stream, 1, err);
    if (!stream) return NULL;
    stream->store = store;
    if (!stream_fill(stream, rows, err) || !stream_create_set(stream, err)) return NULL;
    if (!hk_store_continue(stream, err)) {
        hk_block_finish(&stream->buffer);
        return NULL;
    }
    stream->next = store->streams;
    store->streams = stream;
    return stream;
}

/* Write what is in the buffer, as the chunk that it is; what it lacks becomes zero. */
static bool stream_store(struct hk_stream *stream, struct hk_err *err) {
    const struct hk_rows *rows = &stream->rows;
    const size_t element_size = hk_element_size(rows->element);
    const size_t width = stream->row_size / element_size;
    hsize_t size[] = {stream->stored + stream->used, rows->width, rows->depth};
    hsize_t start[] = {stream->stored, 0, 0};
    const struct hk_chunk chunk = {stream->buffer.data, stream->used * width, rows->chunk * width,
                                   element_size};
    if (stream->used == 0) return true;
    if (H5Dset_extent(stream->set, size) < 0) return hk_store_fail(stream->store, rows->path, err);
    if (!chunk_write(stream->store, stream->set, rows->path, start, &chunk, err)) return false;
    stream->stored += stream->used;
    stream->used = 0;
    return true;
}

void *hk_stream_room(struct hk_stream *stream, size_t *rows, struct hk_err *err) {
    size_t room = stream->rows.chunk - stream->used;
    if (*rows > room) *rows = room;
    if (!hk_block_reserve(&stream->buffer, stream->used + *rows, stream->row_size, err))
        return NULL;
    return (char *)stream->buffer.data + stream->used * stream->row_size;
}

bool hk_stream_commit(struct hk_stream *stream, size_t rows, struct hk_err *err) {
    HK_ASSERT(rows <= stream->rows.chunk - stream->used);
    stream->used += rows;
    if (stream->used < stream->rows.chunk && !stream->store->failed) return true;
    return ready(stream->store, err) && stream_store(stream, err);
}

bool hk_stream_append(struct hk_stream *stream, const void *data, size_t rows, struct hk_err *err) {
    const char *from = data;
    for (size_t part; rows > 0; rows -= part) {
        part = rows;
        void *room = hk_stream_room(stream, &part, err);
        if (!room) return false;
        memcpy(room, from, part * stream->row_size);
        from += part * stream->row_size;
        if (!hk_stream_commit(stream, part, err)) return false;
    }
    return true;
}

uint64_t hk_stream_count(const struct hk_stream *stream) {
    return stream->skipped + stream->stored + stream->used;
}

/* Of all streams, what was kept back; from now on nothing can be appended. The last chunk of each
 * is filled up: one at a time, since there may be many streams of few rows. */
static bool flush(struct hk_store *store, struct hk_err *err) {
    for (struct hk_stream *stream = store->streams; stream; stream = stream->next) {
        if (!stream_store(stream, err)) return false;
        hk_block_finish(&stream->buffer);
    }
    return H5Fflush(store->file, H5F_SCOPE_LOCAL) >= 0 ||
           hk_store_fail(store, "what was kept back", err);
}

/* ---- The file -------------------------------------------------------------------------------- */

/* The format is that of HDF5 1.8: everybody reads it, and its checksums tell damage. */
static hid_t access_list(void) {
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    /* Closing the file ends its datasets too. No cache of chunks: streams write whole ones. */
    bool ok = H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
              H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) >= 0 &&
              H5Pset_cache(list, 0, 521, 0, 0.75) >= 0;
    return ok ? list : H5I_INVALID_HID;
}

static bool file_create(struct hk_store *store, struct hk_err *err) {
    if (access(store->path, F_OK) == 0)
        return HK_FAIL(err, HK_ERR_IO, "%s exists already", store->path);
    store->links = H5Pcreate(H5P_LINK_CREATE);
    store->groups = H5Pcreate(H5P_GROUP_CREATE);
    hid_t root = H5Pcreate(H5P_FILE_CREATE), how = access_list();
    bool ok = H5Pset_char_encoding(store->links, H5T_CSET_UTF8) >= 0 &&
              H5Pset_obj_track_times(store->groups, false) >= 0 &&
              H5Pset_obj_track_times(root, false) >= 0 &&
              (store->file = H5Fcreate(store->part, H5F_ACC_EXCL, root, how)) >= 0;
    if (!ok) (void)HK_HDF5_FAIL(err, HK_ERR_IO, store->part, "can't make this file");
    drop(how);
    drop(root);
    return ok;
}

static const char *folder_of(struct hk_arena *arena, const char *path, struct hk_err *err) {
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return hk_arena_format(arena, err, "%.*s", (int)(slash - path) + 1, path);
}

struct hk_store *hk_store_create(struct hk_arena *arena, const char *path, struct hk_err *err) {
    hk_hdf5_begin();
    struct hk_store *store = HK_NEW(arena, struct hk_store, 1, err);
    if (!store) return NULL;
    store->arena = arena;
    store->file = store->links = store->groups = H5I_INVALID_HID;
    store->path = hk_arena_text(arena, path, err);
    store->part = hk_arena_format(arena, err, "%s.part", path);
    store->folder = folder_of(arena, path, err);
    bool ok = store->path && store->part && store->folder && file_create(store, err);
    if (ok) return store;
    hk_store_destroy(store);
    return NULL;
}

/* Close what can be closed; false when that isn't all. */
static bool file_close(struct hk_store *store, struct hk_err *err) {
    hid_t file = store->file;
    hk_packer_finish(&store->packer);
    for (struct hk_stream *stream = store->streams; stream; stream = stream->next)
        hk_block_finish(&stream->buffer);
    drop(store->links);
    drop(store->groups);
    store->file = store->links = store->groups = H5I_INVALID_HID;
    if (store->failed) return false;
    return file < 0 || H5Fclose(file) >= 0 || hk_store_fail(store, "its end", err);
}

bool hk_store_close(struct hk_store *store, struct hk_err *err) {
    /* Flushed first, so that a full disk shows before HDF5 begins to take the file apart. */
    bool ok = ready(store, err) && flush(store, err);
    if (!file_close(store, err) || !ok) return false;
    if (!hk_file_sync_path(store->part, err)) return false;
    if (rename(store->part, store->path) != 0) return hk_file_fail(store->part, "rename", err);
    return hk_file_sync_path(store->folder, err);
}

void hk_store_destroy(struct hk_store *store) {
    if (!store) return;
    hk_hdf5_begin();
    (void)file_close(store, NULL);
}
