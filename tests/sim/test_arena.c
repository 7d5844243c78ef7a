/* Memory: alignment, zeroes, no overlap, and refusals instead of wrapped products. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *make(void) {
    struct hk_err err = {0};
    struct hk_arena *arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    return arena;
}

static bool is_filled(const unsigned char *at, size_t size, unsigned char with) {
    for (size_t k = 0; k < size; k++)
        if (at[k] != with) return false;
    return true;
}

/* Sizes around those at which a block moves from small chunks to those of huge pages (64 KiB), and
 * from these to a mapping of its own (16 MiB). */
START_TEST(blocks_are_aligned_zeroed_and_apart) {
    static const size_t sizes[] = {0,     1,     3,      64,      1000,     65472,   65535,
                                   65536, 65537, 300000, 3000000, 16777216, 16777217};
    static const size_t aligns[] = {1, 2, 8, 16, 64, 4096};
    enum { SIZES = 13, BLOCKS = SIZES * 6 };
    unsigned char *blocks[BLOCKS];
    struct hk_err err = {0};
    struct hk_arena *arena = make();
    size_t sum = 0;
    for (size_t k = 0; k < BLOCKS; k++) {
        size_t size = sizes[k % SIZES], align = aligns[k / SIZES];
        blocks[k] = hk_arena_array(arena, size, 1, align, &err);
        ck_assert_ptr_nonnull(blocks[k]);
        ck_assert_uint_eq((uintptr_t)blocks[k] % align, 0);
        ck_assert(is_filled(blocks[k], size, 0));
        memset(blocks[k], (int)k + 1, size);
        sum += size;
    }
    for (size_t k = 0; k < BLOCKS; k++)
        ck_assert(is_filled(blocks[k], sizes[k % SIZES], (unsigned char)(k + 1)));
    ck_assert_uint_eq(hk_arena_size(arena), sum);
    hk_arena_destroy(arena);
}
END_TEST

/* "VmFlags: rd wr ... nh" of the mapping that `at` lies in; false where the system doesn't say. */
static bool flags_of_mapping(const void *at, char flags[static 512]) {
    FILE *file = fopen("/proc/self/smaps", "r");
    bool is_inside = false, is_found = false;
    while (file && !is_found && fgets(flags, 512, file)) {
        char *end;
        const uintptr_t first = strtoul(flags, &end, 16);
        if (*end == '-')
            is_inside = first <= (uintptr_t)at && (uintptr_t)at < strtoul(end + 1, NULL, 16);
        is_found = is_inside && strncmp(flags, "VmFlags:", 8) == 0;
    }
    if (file) ck_assert_int_eq(fclose(file), 0);
    return is_found;
}

/* Also where the system makes all pages huge that nobody wants small. */
START_TEST(what_is_touched_here_and_there_has_small_pages) {
    struct hk_err err = {0};
    struct hk_arena *arena = make();
    char flags[512], *sparse = hk_arena_sparse(arena, 1 << 26, 1, &err);
    ck_assert_ptr_nonnull(sparse);
    if (!flags_of_mapping(sparse + (1 << 25), flags)) hk_test_skip("no flags in /proc/self/smaps");
    ck_assert_msg(strstr(flags, " nh") != NULL, "%s", flags);
    hk_arena_destroy(arena);
}
END_TEST

START_TEST(a_product_that_overflows_is_refused) {
    struct hk_arena *arena = make();
    static const size_t counts[][2] = {{SIZE_MAX / 2, 3},
                                       {(size_t)1 << 40, (size_t)1 << 40},
                                       {SIZE_MAX, 1}};
    for (size_t k = 0; k < HK_COUNT(counts); k++) {
        struct hk_err err = {0};
        ck_assert_ptr_null(hk_arena_array(arena, counts[k][0], counts[k][1], 8, &err));
        ck_assert_int_eq(err.code, HK_ERR_MEMORY);
    }
    hk_arena_destroy(arena);
}
END_TEST

START_TEST(more_than_there_is_is_an_error_and_not_the_end) {
    struct hk_err err = {0};
    struct hk_arena *arena = make();
    ck_assert_ptr_null(hk_arena_array(arena, SIZE_MAX / 4, 1, 8, &err));
    ck_assert_int_eq(err.code, HK_ERR_MEMORY);
    ck_assert_ptr_nonnull(hk_arena_array(arena, 100, 1, 8, NULL));
    hk_arena_destroy(arena);
}
END_TEST

START_TEST(untouched_room_costs_nothing) {
    struct hk_err err = {0};
    struct hk_arena *arena = make();
    const size_t size = (size_t)1 << 36; /* 64 GiB */
    char *room = hk_arena_array(arena, size, 1, 64, &err);
    ck_assert_msg(room != NULL, "%s", err.message);
    room[0] = room[size - 1] = 1;
    hk_arena_destroy(arena);
}
END_TEST

START_TEST(texts_are_copies) {
    struct hk_err err = {0};
    struct hk_arena *arena = make();
    char word[] = "axon";
    char *copy = hk_arena_text(arena, word, &err);
    word[0] = 'b';
    ck_assert_str_eq(copy, "axon");
    ck_assert_str_eq(hk_arena_text(arena, "", &err), "");
    ck_assert_str_eq(hk_arena_format(arena, &err, "%s_%03d", copy, 7), "axon_007");
    hk_arena_destroy(arena);
}
END_TEST

START_TEST(destroying_nothing_does_nothing) {
    hk_arena_destroy(NULL);
    struct hk_block block = {0};
    hk_block_finish(&block);
    ck_assert_ptr_null(block.data);
}
END_TEST

START_TEST(growing_keeps_the_content_and_zeroes_the_rest) {
    struct hk_err err = {0};
    struct hk_block block = {0};
    size_t before = 0;
    for (size_t count = 1; count < 100000; count = count * 3 + 1) {
        ck_assert(hk_block_reserve(&block, count, 4, &err));
        ck_assert_uint_ge(block.size, count * 4);
        unsigned char *bytes = block.data;
        ck_assert(is_filled(bytes, before, 7));
        ck_assert(is_filled(bytes + before, block.size - before, 0));
        memset(bytes, 7, block.size);
        before = block.size;
    }
    const void *data = block.data;
    ck_assert(hk_block_reserve(&block, 1, 4, &err)); /* enough is there */
    ck_assert_ptr_eq(block.data, data);
    ck_assert_uint_eq(block.size, before);
    hk_block_finish(&block);
    ck_assert_ptr_null(block.data);
    ck_assert_uint_eq(block.size, 0);
}
END_TEST

START_TEST(growing_too_far_is_refused_and_keeps_the_block) {
    struct hk_err err = {0};
    struct hk_block block = {0};
    ck_assert(hk_block_reserve(&block, 10, 1, &err));
    memset(block.data, 5, 10);
    ck_assert(!hk_block_reserve(&block, SIZE_MAX / 2, 3, &err));
    ck_assert_int_eq(err.code, HK_ERR_MEMORY);
    ck_assert(is_filled(block.data, 10, 5));
    hk_block_finish(&block);
}
END_TEST

Suite *suite_sim_arena(void) {
    Suite *suite = suite_create("sim/arena");
    TCase *arena = tcase_create("arena"), *block = tcase_create("block");
    tcase_add_test(arena, blocks_are_aligned_zeroed_and_apart);
    tcase_add_test(arena, a_product_that_overflows_is_refused);
    tcase_add_test(arena, what_is_touched_here_and_there_has_small_pages);
    tcase_add_test(arena, more_than_there_is_is_an_error_and_not_the_end);
    tcase_add_test(arena, untouched_room_costs_nothing);
    tcase_add_test(arena, texts_are_copies);
    tcase_add_test(arena, destroying_nothing_does_nothing);
    suite_add_tcase(suite, arena);
    tcase_add_test(block, growing_keeps_the_content_and_zeroes_the_rest);
    tcase_add_test(block, growing_too_far_is_refused_and_keeps_the_block);
    suite_add_tcase(suite, block);
    return suite;
}
