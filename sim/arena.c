#include "sim/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK_SIZE = 256 * 1024, LARGE_SIZE = 64 * 1024, HUGE_PAGE = 2 * 1024 * 1024 };

struct chunk {
    struct chunk *next;
    size_t size; /* of the whole mapping or allocation */
    bool mapped;
};

struct hk_arena {
    struct chunk *chunks;
    char *at, *end; /* free part of the newest small chunk */
    size_t size;
};

struct hk_arena *hk_arena_create(struct hk_err *err) {
    struct hk_arena *arena = calloc(1, sizeof *arena);
    if (!arena) (void)HK_FAIL(err, HK_ERR_MEMORY, "no memory for an arena");
    return arena;
}

void hk_arena_destroy(struct hk_arena *arena) {
    if (!arena) return;
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        if (chunk->mapped)
            (void)munmap(chunk, chunk->size);
        else
            free(chunk);
    }
    free(arena);
}

static size_t round_up(size_t size, size_t align) {
    return (size + align - 1) & ~(align - 1);
}

enum pages { SMALL_PAGES, HUGE_PAGES };

/* A mapping of its own: zeroed lazily by the kernel, in huge pages where it has them and they are
 * wanted. */
static struct chunk *map_chunk(size_t size, enum pages pages) {
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) return NULL;
#ifdef MADV_HUGEPAGE
    if (size >= HUGE_PAGE && pages == HUGE_PAGES) (void)madvise(map, size, MADV_HUGEPAGE);
#else
    (void)pages;
#endif
    struct chunk *chunk = map;
    chunk->mapped = true;
    return chunk;
}

static struct chunk *add_chunk(struct hk_arena *arena, size_t size, enum pages pages) {
    struct chunk *chunk = size >= LARGE_SIZE ? map_chunk(size, pages) : calloc(1, size);
    if (!chunk) return NULL;
    chunk->size = size;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

static void *array(struct hk_arena *arena, size_t count, size_t size, size_t align,
                   enum pages pages, struct hk_err *err) {
    HK_ASSERT(align && (align & (align - 1)) == 0 && align <= 4096);
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        (void)HK_FAIL(err, HK_ERR_MEMORY, "no memory for %zu x %zu bytes", count, size);
        return NULL;
    }
    size_t head = round_up(sizeof(struct chunk), HK_CACHE_LINE);
    arena->size += bytes;
    /* The address sanitizer sees what is read behind an array only where nothing else lies. */
    if (bytes + align <= LARGE_SIZE && !HK_ADDRESS_SANITIZER) {
        uintptr_t at = round_up((uintptr_t)arena->at, align);
        if (!arena->at || at + bytes > (uintptr_t)arena->end) {
            struct chunk *chunk = add_chunk(arena, CHUNK_SIZE, pages);
            if (!chunk) goto failed;
            arena->at = (char *)chunk + head;
            arena->end = (char *)chunk + CHUNK_SIZE;
            at = round_up((uintptr_t)arena->at, align);
        }
        char *start = arena->at + (at - (uintptr_t)arena->at);
        arena->at = start + bytes;
        return start;
    }
    size_t slack = align > _Alignof(max_align_t) ? align : 0;
    struct chunk *chunk = add_chunk(arena, head + bytes + slack, pages);
    if (!chunk) goto failed;
    return (char *)chunk + (round_up((uintptr_t)chunk + head, align) - (uintptr_t)chunk);
failed:
    (void)HK_FAIL(err, HK_ERR_MEMORY, "no memory for %zu bytes", bytes);
    return NULL;
}

void *hk_arena_array(struct hk_arena *arena, size_t count, size_t size, size_t align,
                     struct hk_err *err) {
    return array(arena, count, size, align, HUGE_PAGES, err);
}

void *hk_arena_sparse(struct hk_arena *arena, size_t count, size_t size, struct hk_err *err) {
    return array(arena, count, size, HK_CACHE_LINE, SMALL_PAGES, err);
}

char *hk_arena_text(struct hk_arena *arena, const char *text, struct hk_err *err) {
    size_t size = strlen(text) + 1;
    char *copy = HK_NEW(arena, char, size, err);
    if (copy) memcpy(copy, text, size);
    return copy;
}

char *hk_arena_format(struct hk_arena *arena, struct hk_err *err, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : HK_NEW(arena, char, (size_t)length + 1, err);
    if (text) (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

size_t hk_arena_size(const struct hk_arena *arena) {
    return arena->size;
}

bool hk_block_reserve(struct hk_block *block, size_t count, size_t size, struct hk_err *err) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes))
        return HK_FAIL(err, HK_ERR_MEMORY, "no memory for %zu x %zu bytes", count, size);
    if (bytes <= block->size) return true;
    size_t grown = block->size + block->size / 2;
    if (grown < bytes) grown = bytes;
    char *data = realloc(block->data, grown);
    if (!data) return HK_FAIL(err, HK_ERR_MEMORY, "no memory for %zu bytes", grown);
    memset(data + block->size, 0, grown - block->size);
    block->data = data;
    block->size = grown;
    return true;
}

void hk_block_finish(struct hk_block *block) {
    free(block->data);
    *block = (struct hk_block){0};
}
