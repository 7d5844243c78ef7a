#include "io/journal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/paths.h"
#include "tests/support/suites.h"

static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void assert_ok(bool ok) {
    ck_assert_msg(ok, "%s", err.message);
}

/* Record `n` is of `size` bytes that follow from both. */
static void fill(unsigned char *payload, size_t size, size_t n) {
    for (size_t i = 0; i < size; i++) payload[i] = (unsigned char)(i * 31 + n * 7 + size);
}

static void append(struct hk_journal *journal, size_t size, size_t n) {
    static unsigned char record[HK_JOURNAL_RECORD_MAX];
    fill(record + HK_JOURNAL_RECORD_HEAD, size, n);
    assert_ok(hk_journal_append(journal, record, size, &err));
}

static const size_t sizes[] = {1, 100, HK_JOURNAL_PAYLOAD_MAX, 65536, HK_JOURNAL_PAYLOAD_MAX, 3};

static void write_file(const char *path, uint32_t number, uint64_t sequence) {
    struct hk_journal journal;
    assert_ok(hk_journal_create(&journal, path, number, sequence, &err));
    for (size_t n = 0; n < HK_COUNT(sizes); n++) append(&journal, sizes[n], n);
    ck_assert_uint_eq(journal.sequence, sequence + HK_COUNT(sizes));
    assert_ok(hk_journal_sync(&journal, &err));
    hk_journal_finish(&journal);
}

/* How many records are whole, each as it was written. */
static size_t read_file(const char *path, uint64_t *torn) {
    static unsigned char expected[HK_JOURNAL_PAYLOAD_MAX];
    struct hk_journal_reader reader;
    const unsigned char *payload;
    size_t size, n = 0;
    assert_ok(hk_journal_open(&reader, path, &err));
    for (;; n++) {
        assert_ok(hk_journal_next(&reader, &payload, &size, &err));
        if (!payload) break;
        ck_assert_uint_eq(size, sizes[n]);
        fill(expected, size, n);
        ck_assert_mem_eq(payload, expected, size);
    }
    *torn = reader.torn;
    hk_journal_close(&reader);
    return n;
}

START_TEST(records_read_back_as_they_were_written) {
    uint64_t torn = 1;
    write_file("j", 1, 0);
    ck_assert_uint_eq(read_file("j", &torn), HK_COUNT(sizes));
    ck_assert_uint_eq(torn, 0);
}
END_TEST

START_TEST(a_file_knows_its_number_and_its_first_record) {
    struct hk_journal_reader reader;
    write_file("j", 7, 1234567890123);
    assert_ok(hk_journal_open(&reader, "j", &err));
    ck_assert_uint_eq(reader.head.number, 7);
    ck_assert_uint_eq(reader.head.sequence, 1234567890123);
    hk_journal_close(&reader);
}
END_TEST

START_TEST(nothing_is_written_over) {
    struct hk_journal journal;
    write_file("j", 1, 0);
    ck_assert(!hk_journal_create(&journal, "j", 1, 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "j: can't make this file: File exists");
}
END_TEST

static long size_of(const char *path) {
    FILE *file = fopen(path, "rb");
    ck_assert(file && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    (void)fclose(file);
    return size;
}

/* Cut anywhere, the records before the cut are read, and what is left of the next is counted. */
START_TEST(a_torn_end_costs_the_record_that_it_is_in) {
    size_t ends[HK_COUNT(sizes) + 1] = {HK_JOURNAL_HEAD};
    for (size_t n = 0; n < HK_COUNT(sizes); n++)
        ends[n + 1] = ends[n] + HK_JOURNAL_RECORD_HEAD + sizes[n];
    write_file("j", 1, 0);
    for (size_t n = HK_COUNT(sizes); n-- > 0;) {
        const size_t cuts[] = {ends[n + 1] - 1, ends[n] + HK_JOURNAL_RECORD_HEAD, ends[n] + 1,
                               ends[n]};
        for (size_t k = 0; k < HK_COUNT(cuts); k++) {
            uint64_t torn = 99;
            ck_assert_int_eq(truncate("j", (off_t)cuts[k]), 0);
            ck_assert_uint_eq(read_file("j", &torn), n);
            ck_assert_uint_eq(torn, cuts[k] - ends[n]);
        }
    }
}
END_TEST

START_TEST(a_file_that_was_just_begun_has_no_records) {
    uint64_t torn = 0;
    write_file("j", 1, 0);
    ck_assert_int_eq(truncate("j", HK_JOURNAL_HEAD - 1), 0);
    ck_assert_uint_eq(read_file("j", &torn), 0);
    ck_assert_uint_eq(torn, HK_JOURNAL_HEAD - 1);
    ck_assert_int_eq(truncate("j", 0), 0);
    ck_assert_uint_eq(read_file("j", &torn), 0);
}
END_TEST

/* Each single byte that differs ends the good part at its record, or is noticed in the head. */
START_TEST(every_changed_byte_is_noticed) {
    unsigned char bytes[HK_JOURNAL_HEAD + 2 * (HK_JOURNAL_RECORD_HEAD + 20)];
    struct hk_journal journal;
    struct hk_journal_head head;
    size_t size;
    assert_ok(hk_journal_create(&journal, "j", 1, 5, &err));
    append(&journal, 20, 0);
    append(&journal, 20, 1);
    hk_journal_finish(&journal);
    FILE *file = fopen("j", "rb");
    ck_assert(file && fread(bytes, 1, sizeof bytes, file) == sizeof bytes);
    (void)fclose(file);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 0x10;
        bool begun = hk_journal_head_read(bytes, sizeof bytes, &head, NULL);
        const unsigned char *at = bytes + HK_JOURNAL_HEAD, *end = bytes + sizeof bytes;
        size_t whole = 0;
        for (; begun && whole < 2; whole++, at += HK_JOURNAL_RECORD_HEAD + size)
            if (!hk_journal_record(at, (size_t)(end - at), 5 + whole, &size)) break;
        if (i < HK_JOURNAL_HEAD)
            ck_assert_msg(!begun, "byte %zu of the head", i);
        else
            ck_assert_uint_eq(whole, (i - HK_JOURNAL_HEAD) / (HK_JOURNAL_RECORD_HEAD + 20));
        bytes[i] ^= 0x10;
    }
}
END_TEST

START_TEST(what_is_no_journal_is_refused) {
    struct hk_journal_reader reader;
    FILE *file = fopen("j", "w");
    ck_assert(file && fputs("name: tiny\nduration: 100 ms\npopulations: {}\n", file) >= 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_gt(size_of("j"), HK_JOURNAL_HEAD);
    ck_assert(!hk_journal_open(&reader, "j", &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, "j: isn't a journal of hillock");
    hk_journal_close(&reader);
}
END_TEST

START_TEST(a_missing_file_is_named) {
    struct hk_journal_reader reader;
    ck_assert(!hk_journal_open(&reader, "none", &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "none: can't open: No such file or directory");
    hk_journal_close(&reader);
}
END_TEST

Suite *suite_io_journal(void) {
    Suite *suite = suite_create("io/journal");
    TCase *tcase = tcase_create("journal");
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, records_read_back_as_they_were_written);
    tcase_add_test(tcase, a_file_knows_its_number_and_its_first_record);
    tcase_add_test(tcase, nothing_is_written_over);
    tcase_add_test(tcase, a_torn_end_costs_the_record_that_it_is_in);
    tcase_add_test(tcase, a_file_that_was_just_begun_has_no_records);
    tcase_add_test(tcase, every_changed_byte_is_noticed);
    tcase_add_test(tcase, what_is_no_journal_is_refused);
    tcase_add_test(tcase, a_missing_file_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
