#include "io/packed.h"

#include "io/path.h"

#include <lzma.h>
#include <zlib.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The most bytes that one can stand for. Deflate: 258 bytes take at least two bits. LZMA: 273 bytes
 * take at least 14 decisions, each of log2(2048 / 2017) = 0.022 bits. */
enum { DEFLATE_RATIO = 1032, LZMA_RATIO = 7100 };
enum { PIECE = 1 << 20, BUFFER_SIZE = 64 * 1024, MAGIC_SIZE = 6 };

struct xz {
    lzma_stream stream;
    bool ended; /* the whole of the file was given to liblzma */
    uint8_t buffer[BUFFER_SIZE];
};

struct hk_packed {
    const char *path;
    uint64_t capacity;
    int descriptor;
    gzFile gzip;   /* plain files, too; or else: */
    struct xz *xz; /* NULL where it isn't xz */
};

/* ---- opening ---- */

static bool open_gzip(struct hk_packed *p, uint64_t size, struct hk_err *err) {
    p->gzip = gzdopen(p->descriptor, "rb");
    if (!p->gzip) return HK_FAIL(err, HK_ERR_MEMORY, "%s: no memory to read it", p->path);
    (void)gzbuffer(p->gzip, BUFFER_SIZE);
    p->capacity = gzdirect(p->gzip) ? size : size * DEFLATE_RATIO;
    return true;
}

static bool open_xz(struct hk_arena *arena, struct hk_packed *p, uint64_t size,
                    struct hk_err *err) {
    p->xz = HK_NEW(arena, struct xz, 1, err);
    if (!p->xz) return false;
    if (lzma_stream_decoder(&p->xz->stream, HK_PACKED_MEMORY_MAX, LZMA_CONCATENATED) != LZMA_OK)
        return HK_FAIL(err, HK_ERR_MEMORY, "%s: no memory to read it", p->path);
    p->capacity = size * LZMA_RATIO;
    return true;
}

struct hk_packed *hk_packed_open(struct hk_arena *arena, const char *path, struct hk_err *err) {
    static const uint8_t xz_magic[MAGIC_SIZE] = {0xFD, '7', 'z', 'X', 'Z', 0};
    struct hk_packed *p = HK_NEW(arena, struct hk_packed, 1, err);
    uint8_t magic[MAGIC_SIZE];
    uint64_t size = 0;
    if (!p) return NULL;
    p->path = path;
    p->descriptor = hk_path_open(path, &size, err);
    if (p->descriptor < 0) return NULL;
    bool is_xz = pread(p->descriptor, magic, MAGIC_SIZE, 0) == MAGIC_SIZE &&
                 memcmp(magic, xz_magic, MAGIC_SIZE) == 0;
    if (is_xz ? open_xz(arena, p, size, err) : open_gzip(p, size, err)) return p;
    (void)close(p->descriptor);
    return NULL;
}

const char *hk_packed_kind(const struct hk_packed *packed) {
    if (packed->xz) return "xz";
    return gzdirect(packed->gzip) ? NULL : "gzip";
}

uint64_t hk_packed_capacity(const struct hk_packed *packed) {
    return packed->capacity;
}

/* ---- reading ---- */

static bool fail_gzip(const struct hk_packed *p, struct hk_err *err) {
    int reason = errno, code = Z_OK;
    (void)gzerror(p->gzip, &code);
    return HK_FAIL(err, HK_ERR_DATA, "%s: %s", p->path,
                   code == Z_ERRNO ? strerror(reason) : "its gzip data are corrupt");
}

static bool fail_xz(const struct hk_packed *p, lzma_ret code, struct hk_err *err) {
    if (code == LZMA_MEM_ERROR)
        return HK_FAIL(err, HK_ERR_MEMORY, "%s: no memory to unpack it", p->path);
    if (code == LZMA_MEMLIMIT_ERROR)
        return HK_FAIL(err, HK_ERR_LIMIT,
                       "%s: to unpack it takes more than 128 MiB of memory (HK_PACKED_MEMORY_MAX)",
                       p->path);
    return HK_FAIL(err, HK_ERR_DATA, "%s: %s", p->path,
                   code == LZMA_BUF_ERROR       ? "truncated: its xz data break off"
                   : code == LZMA_OPTIONS_ERROR ? "packed by xz in a way that liblzma can't unpack"
                                                : "its xz data are corrupt");
}

static bool fill_buffer(struct hk_packed *p, struct hk_err *err) {
    ssize_t count = read(p->descriptor, p->xz->buffer, BUFFER_SIZE);
    if (count < 0) return HK_FAIL(err, HK_ERR_DATA, "%s: %s", p->path, strerror(errno));
    p->xz->stream.next_in = p->xz->buffer;
    p->xz->stream.avail_in = (size_t)count;
    p->xz->ended = count == 0;
    return true;
}

static bool read_xz(struct hk_packed *p, void *to, uint64_t size, uint64_t *got,
                    struct hk_err *err) {
    lzma_stream *stream = &p->xz->stream;
    lzma_ret code = LZMA_OK;
    stream->next_out = to;
    stream->avail_out = (size_t)size;
    while (stream->avail_out > 0 && code == LZMA_OK) {
        if (stream->avail_in == 0 && !p->xz->ended && !fill_buffer(p, err)) return false;
        code = lzma_code(stream, p->xz->ended ? LZMA_FINISH : LZMA_RUN);
    }
    *got = size - stream->avail_out;
    return code == LZMA_OK || code == LZMA_STREAM_END || fail_xz(p, code, err);
}

static bool read_gzip(struct hk_packed *p, uint8_t *to, uint64_t size, uint64_t *got,
                      struct hk_err *err) {
    int count = 0;
    for (*got = 0; *got < size; *got += (uint64_t)count) {
        unsigned piece = size - *got < PIECE ? (unsigned)(size - *got) : PIECE;
        count = gzread(p->gzip, to + *got, piece);
        if (count < 0) return fail_gzip(p, err);
        if (count == 0) break;
    }
    return true;
}

bool hk_packed_read(struct hk_packed *packed, void *to, uint64_t size, uint64_t *got,
                    struct hk_err *err) {
    return packed->xz ? read_xz(packed, to, size, got, err) : read_gzip(packed, to, size, got, err);
}

bool hk_packed_close(struct hk_packed *packed, struct hk_err *err) {
    if (!packed->xz)
        return gzclose_r(packed->gzip) == Z_OK ||
               HK_FAIL(err, HK_ERR_DATA, "%s: truncated: its gzip check sum is missing",
                       packed->path);
    lzma_end(&packed->xz->stream);
    (void)close(packed->descriptor);
    return true;
}
