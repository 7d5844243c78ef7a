#include "io/cifar.h"

#include "io/packed.h"

#include <inttypes.h>
#include <string.h>

enum { RECORD_SIZE = 1 + HK_CIFAR_SIZE };

/* What was read so far of all files; there is room for as many records as files may have, which
 * costs nothing until they are read. */
struct reader {
    const char *path;
    struct hk_packed *file;
    uint8_t *bytes, *labels;
    size_t count, first; /* records of all files, and before those of this one */
};

/* The next record, or `*more` = false behind the last. */
static bool read_record(struct reader *r, bool *more, struct hk_err *err) {
    uint8_t record[RECORD_SIZE];
    size_t index = r->count - r->first;
    uint64_t got = 0;
    if (!hk_packed_read(r->file, record, RECORD_SIZE, &got, err)) return false;
    *more = got > 0;
    if (got == 0) return true;
    if (index == HK_CIFAR_RECORDS_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "%s: more than %d records (HK_CIFAR_RECORDS_MAX)",
                       r->path, HK_CIFAR_RECORDS_MAX);
    if (got < RECORD_SIZE)
        return HK_FAIL(err, HK_ERR_DATA,
                       "%s: %" PRIu64 " bytes after %zu whole records of %d: it is truncated, or "
                       "not CIFAR-10's binary version",
                       r->path, got, index, RECORD_SIZE);
    if (record[0] >= HK_CIFAR_CLASSES)
        return HK_FAIL(err, HK_ERR_DATA, "%s: record %zu is of class %u; the classes are 0 to %d",
                       r->path, index, record[0], HK_CIFAR_CLASSES - 1);
    r->labels[r->count] = record[0];
    memcpy(r->bytes + r->count * HK_CIFAR_SIZE, record + 1, HK_CIFAR_SIZE);
    r->count++;
    return true;
}

static bool read_file(struct hk_arena *arena, struct reader *r, struct hk_err *err) {
    bool ok = true;
    r->first = r->count;
    if (!(r->file = hk_packed_open(arena, r->path, err))) return false;
    for (bool more = true; ok && more;) ok = read_record(r, &more, err);
    ok = hk_packed_close(r->file, err) && ok;
    if (!ok || r->count > r->first) return ok;
    return HK_FAIL(err, HK_ERR_DATA, "%s: is empty; a record has %d bytes", r->path, RECORD_SIZE);
}

bool hk_cifar_read(struct hk_arena *arena, const char *const *files, size_t count,
                   struct hk_samples *out, struct hk_err *err) {
    const size_t most = count * HK_CIFAR_RECORDS_MAX;
    struct reader r = {.bytes = hk_arena_array(arena, most, HK_CIFAR_SIZE, HK_CACHE_LINE, err),
                       .labels = HK_NEW(arena, uint8_t, most, err)};
    *out = (struct hk_samples){0};
    if (!r.bytes || !r.labels) return false;
    for (size_t i = 0; i < count; i++) {
        r.path = files[i];
        if (!read_file(arena, &r, err)) return false;
    }
    *out = (struct hk_samples){.count = r.count,
                               .size = HK_CIFAR_SIZE,
                               .rank = 3,
                               .shape = {3, 32, 32},
                               .classes = HK_CIFAR_CLASSES,
                               .bytes = r.bytes,
                               .labels = r.labels};
    return true;
}
