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

/* H5Ocopy would do this, but crashes where the disk is full (HDF5 1.10.8). */
struct copying {
    struct hk_store *store;
    const char *path; /* of the segment */
    hid_t segment;
    struct hk_block *data; /* room */
    struct hk_err *err;
};

static bool read_text(const struct copying *c, hid_t set, hid_t type, const char *path) {
    size_t size = H5Tget_size(type);
    if (!hk_block_reserve(c->data, size + 1, 1, c->err)) return false;
    ((char *)c->data->data)[size] = '\0';
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->data->data) < 0)
        return segment_fail(c->path, "can't read a text", c->err);
    return hk_store_put_text(c->store, path, c->data->data, c->err);
}

/* NULL: none. */
static const char *read_unit(const struct copying *c, hid_t set) {
    char *lent = NULL;
    const char *unit = NULL;
    if (H5Aexists(set, "units") <= 0) return NULL;
    hid_t id = H5Aopen(set, "units", H5P_DEFAULT), type = H5Aget_type(id);
    if (H5Tis_variable_str(type) > 0 && H5Aread(id, type, &lent) >= 0)
        unit = hk_arena_text(c->store->arena, lent ? lent : "", c->err);
    (void)H5free_memory(lent);
    drop(type);
    drop(id);
    return unit;
}

static bool read_values(const struct copying *c, hid_t set, hid_t type, const char *path) {
    struct hk_store_item item = {.path = path, .unit = read_unit(c, set)};
    hsize_t dimensions[HK_STORE_RANK_MAX];
    size_t shape[HK_STORE_RANK_MAX];
    hid_t space = H5Dget_space(set);
    int rank = H5Sget_simple_extent_dims(space, dimensions, NULL);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    drop(space);
    while ((int)item.element < HK_ELEMENTS && H5Tequal(type, hk_element_stored(item.element)) <= 0)
        item.element++;
    if (rank < 0 || count < 0 || (int)item.element == HK_ELEMENTS)
        return segment_fail(c->path, "has something else than hillock writes", c->err);
    for (int i = 0; i < rank; i++) shape[i] = (size_t)dimensions[i];
    if (!hk_block_reserve(c->data, (size_t)count + 1, hk_element_size(item.element), c->err))
        return false;
    if (H5Dread(set, hk_element_native(item.element), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                c->data->data) < 0)
        return segment_fail(c->path, "can't read an array", c->err);
    item.rank = (size_t)rank;
    item.shape = shape;
    item.data = c->data->data;
    return hk_store_put(c->store, &item, c->err);
}

static herr_t copy_object(hid_t root, const char *path, const H5O_info_t *info, void *context) {
    const struct copying *c = context;
    (void)root;
    if (info->type != H5O_TYPE_DATASET) return 0;
    hid_t set = H5Dopen2(c->segment, path, H5P_DEFAULT);
    bool grows = H5Aexists(set, first_row) > 0, ok = true;
    hid_t type = H5Dget_type(set);
    if (!grows)
        ok = H5Tget_class(type) == H5T_STRING ? read_text(c, set, type, path)
                                              : read_values(c, set, type, path);
    drop(type);
    drop(set);
    return ok ? 0 : -1;
}

static bool copy_items(struct hk_store *store, const char *segment, struct hk_err *err) {
    struct hk_err own = {0};
    struct hk_block data = {0};
    hid_t file = H5Fopen(segment, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return HK_HDF5_FAIL(err, HK_ERR_IO, segment, "can't open");
    struct copying copying = {store, segment, file, &data, &own};
    bool ok = H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, copy_object, &copying) >= 0 ||
              segment_fail(segment, "can't read all that is in it", &own);
    if (!ok && err && err->code == HK_OK) *err = own;
    hk_block_finish(&data);
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
    if (piece->file < 0) return HK_HDF5_FAIL(err, HK_ERR_IO, piece->path, "can't open");
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
    if (!hk_block_reserve(&stream->buffer, rows, stream->row_size, err)) return false;
    hid_t memory = H5Screate_simple((int)stream->rows.rank, count, NULL);
    hid_t space = H5Dget_space(piece->set), type = H5Dget_type(piece->set);
    hid_t native = H5Tget_native_type(type, H5T_DIR_ASCEND);
    bool ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, from, NULL, count, NULL) >= 0 &&
              H5Tget_size(native) == hk_element_size(stream->rows.element) &&
              H5Dread(piece->set, native, memory, space, H5P_DEFAULT, stream->buffer.data) >= 0;
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
