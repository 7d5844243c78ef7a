#include "sim/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    CHUNK_SIZE = 256 * 1024, /* of small arrays */
    LARGE_SIZE = 64 * 1024,
    HUGE_PAGE = 2 * 1024 * 1024,
    SHARED_SIZE = 32 * HUGE_PAGE, /* of larger ones: huge pages are shared by neighbours */
};

struct chunk {
    struct chunk *next;
    size_t size; /* of the whole mapping or allocation */
    bool mapped;
};

struct free_part {
    char *at, *end;
};

struct hk_arena {
    struct chunk *chunks;
    struct free_part small, shared; /* of the newest chunk of each kind */
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

static char *map_pages(size_t size) {
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return map == MAP_FAILED ? NULL : map;
}

/* A huge page begins at a multiple of its size, so a mapping that doesn't has one fewer; of an
 * array of two or three megabytes none might be left. */
static char *map_huge_pages(size_t size) {
    const size_t room = round_up(size, (size_t)sysconf(_SC_PAGESIZE));
    char *map = map_pages(room + HUGE_PAGE);
    if (!map) return NULL;
    char *first = map + (round_up((uintptr_t)map, HUGE_PAGE) - (uintptr_t)map), *end = first + room;
    if (first > map) (void)munmap(map, (size_t)(first - map));
    if (end < map + room + HUGE_PAGE) (void)munmap(end, (size_t)(map + room + HUGE_PAGE - end));
#ifdef MADV_HUGEPAGE
    (void)madvise(first, size, MADV_HUGEPAGE);
#endif
    return first;
}

/* What is touched here and there: many a system makes its pages huge unless it is told not to. */
static char *map_small_pages(size_t size) {
    char *map = map_pages(size);
#ifdef MADV_NOHUGEPAGE
    if (map) (void)madvise(map, size, MADV_NOHUGEPAGE);
#endif
    return map;
}

/* A mapping of its own: zeroed lazily by the kernel, in huge pages where it has them and they are
 * wanted. */
static struct chunk *map_chunk(size_t size, enum pages pages) {
    bool huge = size >= HUGE_PAGE && pages == HUGE_PAGES;
    struct chunk *chunk = (void *)(huge ? map_huge_pages(size) : map_small_pages(size));
    if (chunk) chunk->mapped = true;
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

/* Room for an array in the newest chunk of its kind, or in a new one; NULL: no memory. */
static char *take_part(struct hk_arena *arena, struct free_part *part, size_t chunk_size,
                       size_t bytes, size_t align, enum pages pages) {
    const size_t head = round_up(sizeof(struct chunk), HK_CACHE_LINE);
    size_t skip = round_up((uintptr_t)part->at, align) - (uintptr_t)part->at;
    if (!part->at || skip + bytes > (size_t)(part->end - part->at)) {
        struct chunk *chunk = add_chunk(arena, chunk_size, pages);
        if (!chunk) return NULL;
        part->at = (char *)chunk + head;
        part->end = (char *)chunk + chunk_size;
        skip = round_up((uintptr_t)part->at, align) - (uintptr_t)part->at;
    }
    char *start = part->at + skip;
    part->at = start + bytes;
    return start;
}

static void *own_chunk(struct hk_arena *arena, size_t bytes, size_t align, enum pages pages) {
    const size_t head = round_up(sizeof(struct chunk), HK_CACHE_LINE);
    size_t slack = align > _Alignof(max_align_t) ? align : 0;
    struct chunk *chunk = add_chunk(arena, head + bytes + slack, pages);
    if (!chunk) return NULL;
    return (char *)chunk + (round_up((uintptr_t)chunk + head, align) - (uintptr_t)chunk);
}

static void *array(struct hk_arena *arena, size_t count, size_t size, size_t align,
                   enum pages pages, struct hk_err *err) {
    HK_ASSERT(align && (align & (align - 1)) == 0 && align <= 4096);
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        (void)HK_FAIL(err, HK_ERR_MEMORY, "no memory for %zu x %zu bytes", count, size);
        return NULL;
    }
    arena->size += bytes;
    /* The address sanitizer sees what is read behind an array only where nothing else lies. */
    bool alone = HK_ADDRESS_SANITIZER, huge = pages == HUGE_PAGES;
    char *start = NULL;
    if (!alone && bytes + align <= LARGE_SIZE)
        start = take_part(arena, &arena->small, CHUNK_SIZE, bytes, align, pages);
    else if (!alone && huge && bytes <= SHARED_SIZE / 4)
        start = take_part(arena, &arena->shared, SHARED_SIZE, bytes, align, pages);
    else
        start = own_chunk(arena, bytes, align, pages);
    if (!start) (void)HK_FAIL(err, HK_ERR_MEMORY, "no memory for %zu bytes", bytes);
    return start;
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

/* Large blocks are written to here and there, too. */
static void want_huge_pages(char *data, size_t size) {
#ifdef MADV_HUGEPAGE
    size_t skip = round_up((uintptr_t)data, HUGE_PAGE) - (uintptr_t)data;
    if (size >= skip + HUGE_PAGE) (void)madvise(data + skip, size - skip, MADV_HUGEPAGE);
#else
    (void)data, (void)size;
#endif
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
    want_huge_pages(data, grown);
    memset(data + block->size, 0, grown - block->size);
    block->data = data;
    block->size = grown;
    return true;
}

void hk_block_finish(struct hk_block *block) {
    free(block->data);
    *block = (struct hk_block){0};
}
