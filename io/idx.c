#include "io/idx.h"

#include <zlib.h>

#include <errno.h>
#include <string.h>

enum {
    MAGIC_BYTES = 0x00000800, /* element type: unsigned byte; the rank is in the lowest byte */
    LABELS_RANK = 1,
    IMAGES_RANK = 3,
    PIECE = 1 << 20
};
static const uint64_t SIZE_LIMIT = (uint64_t)1 << 32;

struct idx {
    gzFile file;
    const char *path;
    uint32_t side[IMAGES_RANK];
    size_t size; /* bytes of data: the product of the sides */
};

static uint32_t big_endian(const unsigned char *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool fail_read(const struct idx *idx, struct hk_err *err) {
    int code = Z_OK;
    const char *why = gzerror(idx->file, &code);
    return HK_FAIL(err, HK_ERR_DATA, "%s: %s", idx->path, code == Z_ERRNO ? strerror(errno) : why);
}

/* Exactly `size` bytes. */
static bool read_bytes(struct idx *idx, unsigned char *to, size_t size, size_t before,
                       struct hk_err *err) {
    for (size_t done = 0; done < size;) {
        unsigned part = size - done < PIECE ? (unsigned)(size - done) : PIECE;
        int got = gzread(idx->file, to + done, part);
        if (got < 0) return fail_read(idx, err);
        if (got == 0)
            return HK_FAIL(err, HK_ERR_DATA,
                           "%s: truncated: %zu bytes expected, but it ends after %zu", idx->path,
                           before + size, before + done);
        done += (size_t)got;
    }
    return true;
}

static bool read_header(struct idx *idx, uint32_t rank, struct hk_err *err) {
    unsigned char head[4 + 4 * IMAGES_RANK];
    uint64_t size = 1;
    if (!read_bytes(idx, head, 4, 0, err)) return false;
    uint32_t magic = big_endian(head), wanted = MAGIC_BYTES + rank;
    if (magic != wanted)
        return HK_FAIL(err, HK_ERR_DATA,
                       "%s: not an IDX file of %s: it begins with 0x%08x, not 0x%08x", idx->path,
                       rank == LABELS_RANK ? "labels" : "images", magic, wanted);
    if (!read_bytes(idx, head + 4, 4 * (size_t)rank, 4, err)) return false;
    for (uint32_t i = 0; i < rank; i++) {
        idx->side[i] = big_endian(head + 4 + 4 * (size_t)i);
        if (idx->side[i] == 0)
            return HK_FAIL(err, HK_ERR_DATA, "%s: dimension %u is 0", idx->path, i);
        size *= idx->side[i]; /* below 2^64: size is at most 2^32 here */
        if (size > SIZE_LIMIT)
            return HK_FAIL(err, HK_ERR_DATA, "%s: claims to hold more than 4 GiB", idx->path);
    }
    idx->size = (size_t)size;
    return true;
}

/* The data grow as they are read: a header that lies costs no more than the file is long. */
static uint8_t *read_data(struct idx *idx, size_t header, struct hk_arena *arena,
                          struct hk_err *err) {
    struct hk_block block = {0};
    uint8_t *data = NULL;
    unsigned char extra;
    for (size_t done = 0; done < idx->size; done += PIECE) {
        size_t part = idx->size - done < PIECE ? idx->size - done : PIECE;
        if (!hk_block_reserve(&block, done + part, 1, err)) goto done;
        if (!read_bytes(idx, (unsigned char *)block.data + done, part, header + done, err))
            goto done;
    }
    if (gzread(idx->file, &extra, 1) != 0) {
        (void)HK_FAIL(err, HK_ERR_DATA,
                      "%s: there is more after the %zu bytes that its header claims", idx->path,
                      header + idx->size);
        goto done;
    }
    data = HK_NEW(arena, uint8_t, idx->size, err);
    if (data) memcpy(data, block.data, idx->size);
done:
    hk_block_finish(&block);
    return data;
}

static const uint8_t *read_file(struct hk_arena *arena, const char *path, uint32_t rank,
                                struct idx *idx, struct hk_err *err) {
    uint8_t *data = NULL;
    *idx = (struct idx){.path = path};
    errno = 0;
    idx->file = gzopen(path, "rb");
    if (!idx->file) {
        (void)HK_FAIL(err, HK_ERR_DATA, "%s: %s", path, errno ? strerror(errno) : "no memory");
        return NULL;
    }
    (void)gzbuffer(idx->file, 1 << 18);
    if (read_header(idx, rank, err)) data = read_data(idx, 4 + 4 * (size_t)rank, arena, err);
    (void)gzclose_r(idx->file);
    return data;
}

bool hk_idx_read(struct hk_arena *arena, const char *images, const char *labels,
                 struct hk_samples *out, struct hk_err *err) {
    struct idx image, label;
    *out = (struct hk_samples){.rank = 2};
    if (!(out->labels = read_file(arena, labels, LABELS_RANK, &label, err))) return false;
    if (!(out->bytes = read_file(arena, images, IMAGES_RANK, &image, err))) return false;
    if (image.side[0] != label.side[0])
        return HK_FAIL(err, HK_ERR_DATA, "%s holds %u images, but %s holds %u labels", images,
                       image.side[0], labels, label.side[0]);
    out->count = image.side[0];
    out->shape[0] = image.side[1];
    out->shape[1] = image.side[2];
    out->size = out->shape[0] * out->shape[1];
    for (size_t i = 0; i < out->count; i++)
        if (out->labels[i] >= out->classes) out->classes = (size_t)out->labels[i] + 1;
    return true;
}
