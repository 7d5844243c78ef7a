#include "io/idx.h"

#include "tests/support/paths.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/* Two images of 2 x 3 pixels; their labels are the example of the format's description. */
static const uint8_t image_file[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0,  2,  0,   0,
                                     0, 3, 0, 1, 2, 3, 4, 5, 6, 7, 80, 90, 100, 255};
static const uint8_t label_file[] = {0, 0, 8, 1, 0, 0, 0, 2, 5, 0};

static struct hk_arena *arena;
static struct hk_err err;
static char images[PATH_MAX], labels[PATH_MAX];

static void set_up(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    (void)snprintf(images, sizeof images, "%s/images", hk_test_folder());
    (void)snprintf(labels, sizeof labels, "%s/labels", hk_test_folder());
}

static void tear_down(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void write_plain(const char *path, const uint8_t *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_gzip(const char *path, const uint8_t *bytes, size_t size) {
    gzFile file = gzopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, bytes, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static void write_both(void) {
    write_plain(images, image_file, sizeof image_file);
    write_plain(labels, label_file, sizeof label_file);
}

static size_t read_back(const char *path, uint8_t *bytes, size_t room) {
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(bytes, 1, room, file);
    ck_assert_int_eq(fclose(file), 0);
    return size;
}

static void accept_example(void) {
    struct hk_samples out;
    ck_assert_msg(hk_idx_read(arena, images, labels, &out, &err), "%s", err.message);
    ck_assert_uint_eq(out.count, 2);
    ck_assert_uint_eq(out.rank, 2);
    ck_assert_uint_eq(out.shape[0], 2);
    ck_assert_uint_eq(out.shape[1], 3);
    ck_assert_uint_eq(out.size, 6);
    ck_assert_mem_eq(out.bytes, image_file + 16, 12);
    ck_assert_mem_eq(out.labels, label_file + 8, 2);
    ck_assert_ptr_null(out.reals);
}

/* The pair is refused; the message is the named file's path and `why`. */
static void refuse(const char *path, const char *why) {
    struct hk_samples out;
    char message[sizeof err.message];
    ck_assert(!hk_idx_read(arena, images, labels, &out, &err));
    (void)snprintf(message, sizeof message, "%s%s", path, why);
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_uint_eq(out.count, 0);
}

/* The example with the byte at `at` changed. */
static void write_changed_image(size_t at, uint8_t value) {
    uint8_t bytes[sizeof image_file];
    write_both();
    memcpy(bytes, image_file, sizeof bytes);
    bytes[at] = value;
    write_plain(images, bytes, sizeof bytes);
}

START_TEST(idx_reads_plain_files) {
    write_both();
    accept_example();
}
END_TEST

START_TEST(idx_reads_gzip_files_by_content_not_by_name) {
    write_gzip(images, image_file, sizeof image_file);
    write_gzip(labels, label_file, sizeof label_file);
    accept_example();
}
END_TEST

START_TEST(idx_counts_classes_by_the_highest_label) {
    struct hk_samples out;
    write_both();
    ck_assert(hk_idx_read(arena, images, labels, &out, &err));
    ck_assert_uint_eq(out.classes, 6);
}
END_TEST

/* The pixels must come through more than one call of zlib. */
START_TEST(idx_reads_files_larger_than_a_piece) {
    enum { SIDE = 1600, SIZE = SIDE * SIDE };
    static uint8_t bytes[16 + SIZE] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 6, 64, 0, 0, 6, 64};
    static const uint8_t one_label[] = {0, 0, 8, 1, 0, 0, 0, 1, 0};
    struct hk_samples out;
    for (uint32_t i = 0; i < SIZE; i++) bytes[16 + i] = (uint8_t)(i * 2654435761u >> 24);
    write_gzip(images, bytes, sizeof bytes);
    write_plain(labels, one_label, sizeof one_label);
    ck_assert_msg(hk_idx_read(arena, images, labels, &out, &err), "%s", err.message);
    ck_assert_uint_eq(out.size, SIZE);
    ck_assert(memcmp(out.bytes, bytes + 16, SIZE) == 0);
}
END_TEST

START_TEST(idx_refuses_a_missing_file) {
    write_both();
    ck_assert_int_eq(remove(images), 0);
    refuse(images, ": No such file or directory");
}
END_TEST

START_TEST(idx_refuses_what_is_not_a_file) {
    write_both();
    ck_assert_int_eq(remove(images), 0);
    ck_assert_int_eq(mkdir(images, 0700), 0);
    refuse(images, ": not a file");
}
END_TEST

/* Without waiting for somebody to write into it. */
START_TEST(idx_refuses_a_pipe) {
    write_both();
    ck_assert_int_eq(remove(labels), 0);
    ck_assert_int_eq(mkfifo(labels, 0600), 0);
    refuse(labels, ": not a file");
}
END_TEST

START_TEST(idx_refuses_a_wrong_magic) {
    write_changed_image(2, 0x0d);
    refuse(images, ": wrong magic number 0x00000d03, expected 0x00000803 (images)");
}
END_TEST

START_TEST(idx_refuses_labels_in_the_place_of_images) {
    write_both();
    write_plain(images, label_file, sizeof label_file);
    refuse(images, ": wrong magic number 0x00000801 (labels), expected 0x00000803 (images)");
}
END_TEST

START_TEST(idx_refuses_a_text_that_is_shorter_than_a_header) {
    write_both();
    write_plain(images, (const uint8_t *)"hello", 5);
    refuse(images, ": wrong magic number 0x68656c6c, expected 0x00000803 (images)");
}
END_TEST

START_TEST(idx_refuses_an_empty_file) {
    write_both();
    write_plain(images, image_file, 0);
    refuse(images, ": truncated: 16 bytes expected, 0 found");
}
END_TEST

START_TEST(idx_refuses_a_truncated_header) {
    write_both();
    write_plain(images, image_file, 15);
    refuse(images, ": truncated: 16 bytes expected, 15 found");
}
END_TEST

START_TEST(idx_refuses_truncated_pixels) {
    write_both();
    write_plain(images, image_file, sizeof image_file - 1);
    refuse(images, ": truncated: 28 bytes expected, 27 found");
}
END_TEST

START_TEST(idx_refuses_truncated_pixels_inside_gzip) {
    write_both();
    write_gzip(images, image_file, sizeof image_file - 1);
    refuse(images, ": truncated: 28 bytes expected, 27 found");
}
END_TEST

START_TEST(idx_refuses_trailing_bytes) {
    uint8_t bytes[sizeof label_file + 1] = {0};
    write_both();
    memcpy(bytes, label_file, sizeof label_file);
    write_plain(labels, bytes, sizeof bytes);
    refuse(labels, ": trailing bytes after the 10 that were expected");
    err = (struct hk_err){0};
    write_gzip(labels, bytes, sizeof bytes);
    refuse(labels, ": trailing bytes after the 10 that were expected");
}
END_TEST

START_TEST(idx_refuses_counts_that_differ) {
    static const uint8_t three[] = {0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4};
    char why[PATH_MAX + 50];
    write_both();
    write_plain(labels, three, sizeof three);
    (void)snprintf(why, sizeof why, " holds 2 images, but %s holds 3 labels", labels);
    refuse(images, why);
}
END_TEST

START_TEST(idx_refuses_dimensions_of_zero) {
    static const uint8_t none[] = {0, 0, 8, 1, 0, 0, 0, 0};
    write_changed_image(15, 0);
    refuse(images, ": dimension 3 of 3 is 0");
    err = (struct hk_err){0};
    write_plain(labels, none, sizeof none);
    refuse(labels, ": dimension 1 of 1 is 0");
}
END_TEST

START_TEST(idx_refuses_a_product_that_overflows) {
    uint8_t bytes[sizeof image_file];
    write_both();
    memcpy(bytes, image_file, sizeof bytes);
    memset(bytes + 4, 0xff, 12);
    write_plain(images, bytes, sizeof bytes);
    refuse(images, ": its header claims more than the limit of 4 GiB");
}
END_TEST

/* 2^31 x 2 x 3 bytes: each dimension is possible, their product is not. */
START_TEST(idx_refuses_a_product_above_the_limit) {
    write_changed_image(4, 0x80);
    refuse(images, ": its header claims more than the limit of 4 GiB");
}
END_TEST

START_TEST(idx_takes_no_memory_for_what_a_plain_file_cannot_hold) {
    write_changed_image(4, 0x20); /* 2^29 + 2 images */
    size_t before = hk_arena_size(arena);
    refuse(images, ": truncated: 3221225500 bytes expected, 28 found");
    ck_assert_uint_le(hk_arena_size(arena) - before, 256); /* the labels, and two readers */
}
END_TEST

START_TEST(idx_takes_no_memory_for_what_a_gzip_file_cannot_hold) {
    uint8_t bytes[sizeof image_file];
    char why[200];
    write_both();
    memcpy(bytes, image_file, sizeof bytes);
    bytes[4] = 0x20;
    write_gzip(images, bytes, sizeof bytes);
    size_t before = hk_arena_size(arena), size = read_back(images, (uint8_t[200]){0}, 200);
    (void)snprintf(why, sizeof why,
                   ": truncated: 3221225500 bytes expected, but a file of this size packed by gzip "
                   "holds %zu at most",
                   size * 1032);
    refuse(images, why);
    ck_assert_uint_le(hk_arena_size(arena) - before, 256);
}
END_TEST

/* The best that deflate can do must still be believed. */
START_TEST(idx_reads_what_packs_extremely_well) {
    enum { SIZE = 2048 * 2048 };
    static uint8_t bytes[16 + SIZE] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 8, 0};
    static const uint8_t one_label[] = {0, 0, 8, 1, 0, 0, 0, 1, 0};
    struct hk_samples out;
    write_gzip(images, bytes, sizeof bytes);
    write_plain(labels, one_label, sizeof one_label);
    ck_assert_msg(hk_idx_read(arena, images, labels, &out, &err), "%s", err.message);
}
END_TEST

START_TEST(idx_refuses_gzip_that_breaks_off) {
    uint8_t packed[200];
    write_both();
    write_gzip(images, image_file, sizeof image_file);
    size_t size = read_back(images, packed, sizeof packed);
    write_plain(images, packed, size - 12); /* into the data */
    struct hk_samples out;
    ck_assert(!hk_idx_read(arena, images, labels, &out, &err));
    ck_assert_ptr_nonnull(strstr(err.message, ": truncated: 28 bytes expected, "));
    err = (struct hk_err){0};
    write_plain(images, packed, size - 1); /* into the check sum */
    refuse(images, ": truncated: its gzip check sum is missing");
}
END_TEST

START_TEST(idx_refuses_gzip_whose_check_sum_is_wrong) {
    uint8_t packed[200];
    write_both();
    write_gzip(images, image_file, sizeof image_file);
    size_t size = read_back(images, packed, sizeof packed);
    packed[size - 8] ^= 1;
    write_plain(images, packed, size);
    refuse(images, ": its gzip data are corrupt");
}
END_TEST

START_TEST(idx_refuses_gzip_that_is_not_deflate) {
    uint8_t packed[200];
    write_both();
    write_gzip(labels, label_file, sizeof label_file);
    size_t size = read_back(labels, packed, sizeof packed);
    memset(packed + 10, 0xff, size - 18);
    write_plain(labels, packed, size);
    refuse(labels, ": its gzip data are corrupt");
}
END_TEST

/* Whatever is cut off or changed, the reader answers; the sanitizers watch it. */
START_TEST(idx_survives_every_cut_and_every_changed_byte) {
    struct hk_samples out;
    write_both();
    for (size_t size = 0; size < sizeof image_file; size++) {
        write_plain(images, image_file, size);
        ck_assert(!hk_idx_read(arena, images, labels, &out, NULL));
    }
    for (size_t at = 0; at < 16; at++) {
        write_changed_image(at, image_file[at] ^ 0x81);
        ck_assert(!hk_idx_read(arena, images, labels, &out, NULL));
    }
}
END_TEST

Suite *suite_io_idx(void) {
    Suite *suite = suite_create("io/idx");
    TCase *tcase = tcase_create("idx");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, idx_reads_plain_files);
    tcase_add_test(tcase, idx_reads_gzip_files_by_content_not_by_name);
    tcase_add_test(tcase, idx_counts_classes_by_the_highest_label);
    tcase_add_test(tcase, idx_reads_files_larger_than_a_piece);
    tcase_add_test(tcase, idx_refuses_a_missing_file);
    tcase_add_test(tcase, idx_refuses_what_is_not_a_file);
    tcase_add_test(tcase, idx_refuses_a_pipe);
    tcase_add_test(tcase, idx_refuses_a_wrong_magic);
    tcase_add_test(tcase, idx_refuses_labels_in_the_place_of_images);
    tcase_add_test(tcase, idx_refuses_a_text_that_is_shorter_than_a_header);
    tcase_add_test(tcase, idx_refuses_an_empty_file);
    tcase_add_test(tcase, idx_refuses_a_truncated_header);
    tcase_add_test(tcase, idx_refuses_truncated_pixels);
    tcase_add_test(tcase, idx_refuses_truncated_pixels_inside_gzip);
    tcase_add_test(tcase, idx_refuses_trailing_bytes);
    tcase_add_test(tcase, idx_refuses_counts_that_differ);
    tcase_add_test(tcase, idx_refuses_dimensions_of_zero);
    tcase_add_test(tcase, idx_refuses_a_product_that_overflows);
    tcase_add_test(tcase, idx_refuses_a_product_above_the_limit);
    tcase_add_test(tcase, idx_takes_no_memory_for_what_a_plain_file_cannot_hold);
    tcase_add_test(tcase, idx_takes_no_memory_for_what_a_gzip_file_cannot_hold);
    tcase_add_test(tcase, idx_reads_what_packs_extremely_well);
    tcase_add_test(tcase, idx_refuses_gzip_that_breaks_off);
    tcase_add_test(tcase, idx_refuses_gzip_whose_check_sum_is_wrong);
    tcase_add_test(tcase, idx_refuses_gzip_that_is_not_deflate);
    tcase_add_test(tcase, idx_survives_every_cut_and_every_changed_byte);
    suite_add_tcase(suite, tcase);
    return suite;
}
