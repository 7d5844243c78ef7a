#include "io/idx.h"

#include "io/packed.h"

#include <inttypes.h>

enum {
    MAGIC_BYTES = 0x00000800, /* element type: unsigned byte; the rank is in the lowest byte */
    LABELS_RANK = 1,
    IMAGES_RANK = 3,
    MAGIC_SIZE = 4,
    SIDE_SIZE = 4,
};

struct idx {
    const char *path;
    struct hk_packed *file;
    uint32_t rank;
    uint32_t side[IMAGES_RANK];
    uint64_t header_size, size; /* bytes: before the data, and of the data by the header */
};

static uint32_t big_endian(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* ---- What IDX says about itself ---- */

static const char *magic_name(uint32_t magic) {
    if (magic == MAGIC_BYTES + LABELS_RANK) return " (labels)";
    if (magic == MAGIC_BYTES + IMAGES_RANK) return " (images)";
    return "";
}

static bool check_magic(const struct idx *idx, uint32_t magic, struct hk_err *err) {
    uint32_t wanted = MAGIC_BYTES + idx->rank;
    return magic == wanted ||
           HK_FAIL(err, HK_ERR_DATA,
                   "%s: wrong magic number 0x%08" PRIx32 "%s, expected 0x%08" PRIx32 "%s",
                   idx->path, magic, magic_name(magic), wanted, magic_name(wanted));
}

static bool fail_truncated(const struct idx *idx, uint64_t got, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_DATA, "%s: truncated: %" PRIu64 " bytes expected, %" PRIu64 " found",
                   idx->path, idx->header_size + idx->size, got);
}

static bool read_header(struct idx *idx, struct hk_err *err) {
    uint8_t head[MAGIC_SIZE + SIDE_SIZE * IMAGES_RANK];
    uint64_t got = 0, size = 1;
    idx->header_size = MAGIC_SIZE + SIDE_SIZE * idx->rank;
    if (!hk_packed_read(idx->file, head, idx->header_size, &got, err)) return false;
    if (got >= MAGIC_SIZE && !check_magic(idx, big_endian(head), err)) return false;
    if (got < idx->header_size) return fail_truncated(idx, got, err);
    for (uint32_t i = 0; i < idx->rank; i++) {
        idx->side[i] = big_endian(head + MAGIC_SIZE + (size_t)SIDE_SIZE * i);
        if (idx->side[i] == 0)
            return HK_FAIL(err, HK_ERR_DATA, "%s: dimension %" PRIu32 " of %" PRIu32 " is 0",
                           idx->path, i + 1, idx->rank);
        size *= idx->side[i]; /* at most 2^32 times 2^32 - 1: no overflow */
        if (size > HK_IDX_SIZE_MAX)
            return HK_FAIL(err, HK_ERR_DATA, "%s: its header claims more than the limit of 4 GiB",
                           idx->path);
    }
    idx->size = size;
    return true;
}

/* Before any memory is taken: can the file hold what its header claims? */
static bool check_capacity(const struct idx *idx, struct hk_err *err) {
    uint64_t claimed = idx->header_size + idx->size, capacity = hk_packed_capacity(idx->file);
    const char *kind = hk_packed_kind(idx->file);
    if (claimed <= capacity) return true;
    if (!kind) return fail_truncated(idx, capacity, err);
    return HK_FAIL(err, HK_ERR_DATA,
                   "%s: truncated: %" PRIu64 " bytes expected, but a file of this size packed by "
                   "%s holds %" PRIu64 " at most",
                   idx->path, claimed, kind, capacity);
}

/* All the data, and the end of the file behind them, where the check sum is compared. */
static bool read_data(struct idx *idx, uint8_t *data, struct hk_err *err) {
    uint64_t got = 0, more = 0;
    uint8_t extra;
    if (!hk_packed_read(idx->file, data, idx->size, &got, err)) return false;
    if (got < idx->size) return fail_truncated(idx, idx->header_size + got, err);
    if (!hk_packed_read(idx->file, &extra, 1, &more, err)) return false;
    return more == 0 ||
           HK_FAIL(err, HK_ERR_DATA, "%s: trailing bytes after the %" PRIu64 " that were expected",
                   idx->path, idx->header_size + idx->size);
}

static const uint8_t *read_file(struct hk_arena *arena, struct idx *idx, struct hk_err *err) {
    uint8_t *data = NULL;
    idx->file = hk_packed_open(arena, idx->path, err);
    if (!idx->file) return NULL;
    bool ok = read_header(idx, err) && check_capacity(idx, err) &&
              (data = hk_arena_array(arena, (size_t)idx->size, 1, HK_CACHE_LINE, err)) &&
              read_data(idx, data, err);
    return hk_packed_close(idx->file, err) && ok ? data : NULL;
}

bool hk_idx_read(struct hk_arena *arena, const char *images, const char *labels,
                 struct hk_samples *out, struct hk_err *err) {
    struct idx image = {.path = images, .rank = IMAGES_RANK};
    struct idx label = {.path = labels, .rank = LABELS_RANK};
    *out = (struct hk_samples){0};
    const uint8_t *names = read_file(arena, &label, err);
    const uint8_t *pixels = names ? read_file(arena, &image, err) : NULL;
    if (!pixels) return false;
    if (image.side[0] != label.side[0])
        return HK_FAIL(err, HK_ERR_DATA,
                       "%s holds %" PRIu32 " images, but %s holds %" PRIu32 " labels", images,
                       image.side[0], labels, label.side[0]);
    *out = (struct hk_samples){
        .count = image.side[0],
        .size = (size_t)image.side[1] * image.side[2],
        .rank = 2,
        .shape = {image.side[1], image.side[2]},
        .bytes = pixels,
        .labels = names,
    };
    for (size_t i = 0; i < out->count; i++)
        if (names[i] >= out->classes) out->classes = (size_t)names[i] + 1;
    return true;
}
