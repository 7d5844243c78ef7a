/* One arena per lifetime: everything that lives as long as a simulation (or an experiment, or a
 * data set) comes from its arena and goes with it. The only caller of malloc in the project.
 *
 * Blocks are zeroed and 64-byte aligned on request; large ones come from the system untouched, so
 * pages are first touched by the thread that fills them and a generous bound costs nothing until it
 * is used. */
#ifndef HK_SIM_ARENA_H
#define HK_SIM_ARENA_H

#include "sim/error.h"
#include "sim/types.h"

struct hk_arena;

/* Returns NULL and HK_ERR_MEMORY when there is no memory. Ends with hk_arena_destroy. */
struct hk_arena *hk_arena_create(struct hk_err *err) HK_MUST_USE;
void hk_arena_destroy(struct hk_arena *arena);

/* `count` zeroed objects of `size` bytes, aligned to `align` (a power of two). The product is
 * checked. Never NULL on success, even for count 0. Not thread safe. Errors: HK_ERR_MEMORY. */
void *hk_arena_array(struct hk_arena *arena, size_t count, size_t size, size_t align,
                     struct hk_err *err) HK_MUST_USE;
#define HK_NEW(arena, type, count, err)                                                            \
    ((type *)hk_arena_array((arena), (count), sizeof(type), _Alignof(type), (err)))

/* The same for a generous bound of which little will be used, here and there: what isn't used costs
 * nothing, because it isn't given huge pages. */
void *hk_arena_sparse(struct hk_arena *arena, size_t count, size_t size,
                      struct hk_err *err) HK_MUST_USE;

/* A copy of the text. */
char *hk_arena_text(struct hk_arena *arena, const char *text, struct hk_err *err) HK_MUST_USE;
/* printf into the arena. */
char *hk_arena_format(struct hk_arena *arena, struct hk_err *err, const char *format,
                      ...) HK_MUST_USE HK_PRINTF(3, 4);

/* Bytes handed out so far. */
size_t hk_arena_size(const struct hk_arena *arena);

/* A block that can grow and be given back before the arena ends; owned by the caller, ended by
 * hk_block_finish. Growth keeps the content; new bytes are zero. */
struct hk_block {
    void *data;
    size_t size; /* bytes */
};
bool hk_block_reserve(struct hk_block *block, size_t count, size_t size,
                      struct hk_err *err) HK_MUST_USE;
void hk_block_finish(struct hk_block *block);

#endif
