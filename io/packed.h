/* The bytes of a file that may be packed by gzip or xz, which its first bytes say, not its name. */
#ifndef HK_IO_PACKED_H
#define HK_IO_PACKED_H

#include "sim/arena.h"

/* What unpacking may take of memory, of any file. */
#define HK_PACKED_MEMORY_MAX ((uint64_t)128 << 20)

struct hk_packed;

/* Opens the file, which must be a regular one. Lives in the arena; hk_packed_close ends it. Errors:
 * HK_ERR_DATA with the path, HK_ERR_MEMORY. */
struct hk_packed *hk_packed_open(struct hk_arena *arena, const char *path,
                                 struct hk_err *err) HK_MUST_USE;
/* "gzip" or "xz"; NULL: it isn't packed. */
const char *hk_packed_kind(const struct hk_packed *packed);
/* How many bytes can be in it at most, by its size on the disk: what a header claims is compared
 * with that before memory is taken. */
uint64_t hk_packed_capacity(const struct hk_packed *packed);

/* Up to `size` bytes; `*got` is less at the end of the file, or where a gzip file breaks off.
 * Errors: HK_ERR_DATA with the path; HK_ERR_LIMIT (HK_PACKED_MEMORY_MAX). */
bool hk_packed_read(struct hk_packed *packed, void *to, uint64_t size, uint64_t *got,
                    struct hk_err *err) HK_MUST_USE;

/* False when all was read, and the check sum at the end is missing. Errors: HK_ERR_DATA. */
bool hk_packed_close(struct hk_packed *packed, struct hk_err *err);

#endif
