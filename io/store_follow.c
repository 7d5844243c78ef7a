/* A store that goes on from segments (io/store.h). */

/* H5Ovisit and its types changed their names in HDF5 1.12; this is how to ask for those of 1.10. */
#define H5_USE_110_API
#include "io/store_internal.h"

#include "io/hdf5_error.h"

static const char first_row[] = "first_row";

static bool segment_fail(const char *segment, const char *what, struct hk_err *err) {
    return HK_HDF5_FAIL(err, HK_ERR_DATA, segment, what);
}

static void drop(hid_t id) {
    if (id >= 0) (void)H5Idec_ref(id);
}

/* ---- what doesn't grow ---- */

struct copying {
    struct hk_store *store;
    struct hk_err *err;
    hid_t segment;
};

static herr_t copy_object(hid_t segment, const char *path, const H5O_info_t *info, void *context) {
    const struct copying *copying = context;
    struct hk_store *store = copying->store;
    if (info->type != H5O_TYPE_DATASET) return 0;
    if (H5Aexists_by_name(copying->segment, path, first_row, H5P_DEFAULT) > 0) return 0;
    if (!hk_store_make_groups(store, path, copying->err)) return -1;
    (void)segment;
    if (H5Ocopy(copying->segment, path, store->file, path, H5P_DEFAULT, store->links) >= 0)
        return 0;
    (void)hk_store_fail(store, path, copying->err);
    return -1;
}

static bool copy_items(struct hk_store *store, const char *segment, struct hk_err *err) {
    struct hk_err own = {0};
    hid_t file = H5Fopen(segment, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return segment_fail(segment, "can't open", err);
    struct copying copying = {store, &own, file};
    bool ok = H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, copy_object, &copying) >= 0 ||
              segment_fail(segment, "can't read all that is in it", &own);
    if (!ok && err && err->code == HK_OK) *err = own;
    (void)H5Fclose(file);
    return ok;
}

bool hk_store_follow(struct hk_store *store, enum hk_follow how, const char *const *segments,
                     size_t count, struct hk_err *err) {
    hk_hdf5_begin();
    store->follow = how;
    store->segments = segments;
    store->segment_count = count;
    for (size_t i = 0; how == HK_FOLLOW_ALL && i < count; i++)
        if (!copy_items(store, segments[i], err)) return false;
    return true;
}

/* ---- rows ---- */

/* A stream's part in a segment. */
struct piece {
    const char *path; /* of the segment */
    hid_t file, set;
    uint64_t first, count; /* rows */
};

static bool read_first(struct piece *piece) {
    hid_t id = H5Aopen(piece->set, first_row, H5P_DEFAULT);
    bool ok = id >= 0 && H5Aread(id, H5T_NATIVE_UINT64, &piece->first) >= 0;
    drop(id);
    return ok;
}

/* As many rows as it has, in chunks as the stream's. */
static bool read_shape(const struct hk_stream *stream, struct piece *piece) {
    const struct hk_rows *rows = &stream->rows;
    hsize_t shape[3] = {0}, chunk[3] = {0};
    const hsize_t expected[] = {rows->chunk, rows->width, rows->depth};
    hid_t space = H5Dget_space(piece->set), creation = H5Dget_create_plist(piece->set);
    bool ok = H5Sget_simple_extent_ndims(space) == (int)rows->rank &&
              H5Sget_simple_extent_dims(space, shape, NULL) >= 0 &&
              H5Pget_chunk(creation, (int)rows->rank, chunk) == (int)rows->rank;
    for (size_t i = 0; i < rows->rank; i++) ok = ok && chunk[i] == expected[i];
    for (size_t i = 1; i < rows->rank; i++) ok = ok && shape[i] == expected[i];
    drop(creation);
    drop(space);
    piece->count = shape[0];
    return ok;
}

/* To be closed even on failure. *there: the segment has the stream. */
static bool piece_open(const struct hk_stream *stream, struct piece *piece, bool *there,
                       struct hk_err *err) {
    piece->file = H5Fopen(piece->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (piece->file < 0) return segment_fail(piece->path, "can't open", err);
    piece->set = H5Dopen2(piece->file, stream->rows.path, H5P_DEFAULT);
    *there = piece->set >= 0;
    if (!*there) return true;
    return (read_first(piece) && read_shape(stream, piece)) ||
           HK_FAIL(err, HK_ERR_DATA, "%s: %s isn't of this recording", piece->path,
                   stream->rows.path);
}

static void piece_close(struct piece *piece) {
    drop(piece->set);
    if (piece->file >= 0) (void)H5Fclose(piece->file);
}

static bool copy_chunk(struct hk_stream *stream, const struct piece *piece, uint64_t row,
                       struct hk_err *err) {
    struct hk_store *store = stream->store;
    hsize_t from[] = {row, 0, 0}, to[] = {stream->stored, 0, 0}, size = 0;
    hsize_t extent[] = {stream->stored + stream->rows.chunk, stream->rows.width,
                        stream->rows.depth};
    uint32_t mask = 0;
    if (H5Dget_chunk_storage_size(piece->set, from, &size) < 0)
        return segment_fail(piece->path, "can't read a chunk", err);
    if (!hk_block_reserve(&store->packer.packed, size + 1, 1, err)) return false;
    if (H5Dread_chunk(piece->set, H5P_DEFAULT, from, &mask, store->packer.packed.data) < 0)
        return segment_fail(piece->path, "can't read a chunk", err);
    if (H5Dset_extent(stream->set, extent) < 0 ||
        H5Dwrite_chunk(stream->set, H5P_DEFAULT, mask, to, size, store->packer.packed.data) < 0)
        return hk_store_fail(store, stream->rows.path, err);
    stream->stored += stream->rows.chunk;
    return true;
}

/* The last rows, behind whole chunks, go into the buffer. */
static bool read_tail(struct hk_stream *stream, const struct piece *piece, uint64_t rows,
                      struct hk_err *err) {
    const hsize_t width = stream->rows.width, depth = stream->rows.depth;
    hsize_t from[] = {piece->count - rows, 0, 0}, count[] = {rows, width, depth};
    stream->used = rows;
    if (rows == 0) return true;
    hid_t memory = H5Screate_simple((int)stream->rows.rank, count, NULL);
    hid_t space = H5Dget_space(piece->set), type = H5Dget_type(piece->set);
    hid_t native = H5Tget_native_type(type, H5T_DIR_ASCEND);
    bool ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, from, NULL, count, NULL) >= 0 &&
              H5Tget_size(native) == hk_element_size(stream->rows.element) &&
              H5Dread(piece->set, native, memory, space, H5P_DEFAULT, stream->buffer) >= 0;
    drop(native);
    drop(type);
    drop(space);
    drop(memory);
    return ok || segment_fail(piece->path, "can't read its last rows", err);
}

static bool take_piece(struct hk_stream *stream, const struct piece *piece, struct hk_err *err) {
    uint64_t chunk = stream->rows.chunk, tail = piece->count % chunk;
    if (piece->first % chunk != 0 ||
        (stream->store->follow == HK_FOLLOW_ALL && piece->first != stream->stored))
        return HK_FAIL(err, HK_ERR_DATA, "%s: %s begins at row %llu, not at %llu", piece->path,
                       stream->rows.path, (unsigned long long)piece->first,
                       (unsigned long long)stream->stored);
    if (stream->store->follow == HK_FOLLOW_ROWS)
        stream->skipped = piece->first + piece->count - tail;
    else
        for (uint64_t row = 0; row + chunk <= piece->count; row += chunk)
            if (!copy_chunk(stream, piece, row, err)) return false;
    return read_tail(stream, piece, tail, err);
}

static bool continue_from(struct hk_stream *stream, const char *segment, struct hk_err *err) {
    struct piece piece = {segment, H5I_INVALID_HID, H5I_INVALID_HID, 0, 0};
    bool there = false;
    bool ok =
        piece_open(stream, &piece, &there, err) && (!there || take_piece(stream, &piece, err));
    piece_close(&piece);
    return ok;
}

bool hk_store_continue(struct hk_stream *stream, struct hk_err *err) {
    struct hk_store *store = stream->store;
    size_t begin = 0, count = store->segment_count;
    if (store->follow == HK_FOLLOW_NOTHING) return true;
    if (store->follow == HK_FOLLOW_ROWS && count > 0) begin = count - 1;
    for (size_t i = begin; i < count; i++)
        if (!continue_from(stream, store->segments[i], err)) return false;
    if (store->follow == HK_FOLLOW_ALL) return true;
    const struct hk_attribute attribute = {stream->rows.path, first_row, HK_ELEMENT_U64, 0,
                                           &stream->skipped};
    return hk_store_describe(store, &attribute, err);
}
