#include "io/packed.h"

#include "tests/support/paths.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <lzma.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { SIZE = 300000, PACKED_MAX = 2 * SIZE };

static struct hk_arena *arena;
static struct hk_err err;
static char path[PATH_MAX];
static uint8_t content[SIZE], packed[PACKED_MAX], out[SIZE + 1];

static void set_up(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    (void)snprintf(path, sizeof path, "%s/file", hk_test_folder());
    for (uint32_t i = 0; i < SIZE; i++) content[i] = (uint8_t)(i * 2654435761u >> 27);
}

static void tear_down(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void write_file(const uint8_t *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static size_t pack_xz(size_t dictionary) {
    lzma_options_lzma options;
    size_t size = 0;
    ck_assert(!lzma_lzma_preset(&options, 0));
    options.dict_size = (uint32_t)dictionary;
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
    ck_assert_int_eq(lzma_stream_buffer_encode((lzma_filter *)filters, LZMA_CHECK_CRC64, NULL,
                                               content, SIZE, packed, &size, PACKED_MAX),
                     LZMA_OK);
    return size;
}

static size_t pack_gzip(void) {
    gzFile file = gzopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, content, SIZE), SIZE);
    ck_assert_int_eq(gzclose(file), Z_OK);
    FILE *back = fopen(path, "rb");
    ck_assert_ptr_nonnull(back);
    size_t size = fread(packed, 1, PACKED_MAX, back);
    ck_assert_int_eq(fclose(back), 0);
    return size;
}

/* All of the file in pieces of `piece` bytes; returns whether it could be read, and how much came
 * out. */
static bool read_all(size_t piece, size_t *size) {
    struct hk_packed *file = hk_packed_open(arena, path, &err);
    bool ok = file != NULL;
    uint64_t got = 1;
    for (*size = 0; ok && got > 0; *size += ok ? got : 0) {
        size_t wanted = piece < sizeof out - *size ? piece : sizeof out - *size;
        ok = hk_packed_read(file, out + *size, wanted, &got, &err);
    }
    return (!file || hk_packed_close(file, &err)) && ok;
}

static void accept(const char *kind) {
    static const size_t pieces[] = {SIZE + 1, 4096, 3073};
    for (size_t i = 0; i < HK_COUNT(pieces); i++) {
        size_t size = 0;
        ck_assert_msg(read_all(pieces[i], &size), "%s", err.message);
        ck_assert_uint_eq(size, SIZE);
        ck_assert(memcmp(out, content, SIZE) == 0);
    }
    struct hk_packed *file = hk_packed_open(arena, path, &err);
    ck_assert_ptr_nonnull(file);
    ck_assert_pstr_eq(hk_packed_kind(file), kind);
    ck_assert_uint_ge(hk_packed_capacity(file), SIZE);
    ck_assert(hk_packed_close(file, &err));
}

static void refuse(enum hk_code code, const char *why) {
    char message[PATH_MAX + 100];
    size_t size = 0;
    err = (struct hk_err){0};
    ck_assert(!read_all(4096, &size));
    (void)snprintf(message, sizeof message, "%s: %s", path, why);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, code);
}

START_TEST(packed_reads_plain_files) {
    write_file(content, SIZE);
    accept(NULL);
}
END_TEST

START_TEST(packed_reads_gzip) {
    (void)pack_gzip();
    accept("gzip");
}
END_TEST

START_TEST(packed_reads_xz) {
    write_file(packed, pack_xz(1 << 16));
    accept("xz");
}
END_TEST

START_TEST(packed_tells_where_gzip_is_wrong) {
    size_t size = pack_gzip();
    write_file(packed, size - 1);
    refuse(HK_ERR_DATA, "truncated: its gzip check sum is missing");
    packed[size - 6] ^= 1; /* the check sum */
    write_file(packed, size);
    refuse(HK_ERR_DATA, "its gzip data are corrupt");
}
END_TEST

START_TEST(packed_tells_where_xz_is_wrong) {
    size_t size = pack_xz(1 << 16);
    write_file(packed, size - 20); /* the index behind the data */
    refuse(HK_ERR_DATA, "truncated: its xz data break off");
    write_file(packed, size / 2);
    refuse(HK_ERR_DATA, "truncated: its xz data break off");
    packed[size / 2] ^= 1;
    write_file(packed, size);
    refuse(HK_ERR_DATA, "its xz data are corrupt");
}
END_TEST

START_TEST(packed_refuses_xz_that_takes_much_memory) {
    write_file(packed, pack_xz((size_t)256 << 20));
    refuse(HK_ERR_LIMIT, "to unpack it takes more than 128 MiB of memory (HK_PACKED_MEMORY_MAX)");
}
END_TEST

/* The ratios that bound what can be in a file must hold for what packs best. */
START_TEST(packed_believes_the_best_that_packers_do) {
    enum { LONG = 8 << 20 };
    struct hk_block zeros = {0};
    size_t size = 0;
    ck_assert(hk_block_reserve(&zeros, LONG, 1, &err));
    ck_assert_int_eq(lzma_easy_buffer_encode(9 | LZMA_PRESET_EXTREME, LZMA_CHECK_NONE, NULL,
                                             zeros.data, LONG, packed, &size, PACKED_MAX),
                     LZMA_OK);
    write_file(packed, size);
    struct hk_packed *file = hk_packed_open(arena, path, &err);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_ge(hk_packed_capacity(file), LONG);
    ck_assert(hk_packed_close(file, &err));
    hk_block_finish(&zeros);
}
END_TEST

Suite *suite_io_packed(void) {
    Suite *suite = suite_create("io/packed");
    TCase *tcase = tcase_create("packed");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, packed_reads_plain_files);
    tcase_add_test(tcase, packed_reads_gzip);
    tcase_add_test(tcase, packed_reads_xz);
    tcase_add_test(tcase, packed_tells_where_gzip_is_wrong);
    tcase_add_test(tcase, packed_tells_where_xz_is_wrong);
    tcase_add_test(tcase, packed_refuses_xz_that_takes_much_memory);
    tcase_add_test(tcase, packed_believes_the_best_that_packers_do);
    suite_add_tcase(suite, tcase);
    return suite;
}
