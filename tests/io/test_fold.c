/* A journal is believed nothing before it comes. That folding gives what was recorded is tested in
 * test_recording.c; anything else that a file may hold, by tests/fuzz/fuzz_fold.c. */
#include "io/fold.h"

#include <check.h>
#include <string.h>
#include <sys/resource.h>

#include "io/journal.h"
#include "io/recording.h"
#include "io/run_files.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    ck_assert_ptr_nonnull(arena = hk_arena_create(&err));
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* One record: a stream that is opened, and some bytes of it. */
static void write_journal(const struct hk_opening *opening, const void *bytes, size_t size) {
    static unsigned char record[HK_JOURNAL_RECORD_MAX];
    unsigned char *begin = record + HK_JOURNAL_RECORD_HEAD;
    struct hk_entry_writer out = {.at = begin, .end = record + sizeof record};
    struct hk_journal journal;
    const char *path = hk_journal_path(arena, hk_test_folder(), 1, &err);
    ck_assert(hk_entry_put_open(&out, 1, opening));
    ck_assert_uint_eq(hk_entry_put_bytes(&out, 1, bytes, size), size);
    ck_assert(hk_journal_create(&journal, path, 1, 0, &err));
    ck_assert(hk_journal_append(&journal, record, (size_t)(out.at - begin), &err));
    hk_journal_finish(&journal);
}

static bool fold(void) {
    struct hk_folded folded;
    return hk_fold_folder(arena, hk_test_folder(), &folded, &err);
}

/* Of this process, which ends with the test. */
static void limit_memory(size_t more) {
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_DATA, &limit), 0);
    limit.rlim_cur = more;
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
}

START_TEST(rows_take_the_memory_of_what_came_of_them) {
    static const double some[] = {1.0, 2.0, 3.0};
    const struct hk_opening frames = {.kind = HK_STREAM_FRAMES,
                                      .path = "frames/w",
                                      .note = "time:ms",
                                      .element = HK_ELEMENT_F64,
                                      .rank = 1,
                                      .shape = {(1 << 29) - 1}};
    if (HK_TEST_SANITIZED) hk_test_skip("the sanitizers take memory of their own");
    write_journal(&frames, some, sizeof some);
    limit_memory(256U << 20);
    ck_assert_msg(fold(), "%s", err.message);
}
END_TEST

START_TEST(a_row_that_no_run_writes_is_refused) {
    struct hk_opening frames = {.kind = HK_STREAM_FRAMES,
                                .path = "frames/w",
                                .element = HK_ELEMENT_F64,
                                .rank = 2,
                                .shape = {1 << 20, 1 << 20}};
    write_journal(&frames, "12345678", 8);
    ck_assert(!fold());
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "are more than 4 GiB"));
}
END_TEST

/* Two bytes each, they say. */
START_TEST(more_units_than_a_run_lists_are_refused) {
    enum { COUNT = HK_STREAM_IDS_MAX + 1 };
    struct hk_block ids = {0};
    ck_assert(hk_block_reserve(&ids, COUNT, sizeof(hk_neuron), &err));
    for (hk_neuron i = 0; i < COUNT; i++) ((hk_neuron *)ids.data)[i] = i;
    const struct hk_opening report = {.kind = HK_STREAM_REPORT,
                                      .path = "vm",
                                      .note = "v",
                                      .step_ms = 1.0,
                                      .ids = ids.data,
                                      .id_count = COUNT};
    write_journal(&report, "1234", 4);
    hk_block_finish(&ids);
    ck_assert(!fold());
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "more units than a run can (HK_STREAM_IDS_MAX)"));
}
END_TEST

START_TEST(recorders_name_as_many_units_as_can_be_read_back) {
    static const hk_neuron first = 0;
    const struct hk_opening spikes = {.kind = HK_STREAM_SPIKES,
                                      .path = "exc",
                                      .neurons = HK_NEURON_NONE - 1,
                                      .tick_ms = 0.1,
                                      .ids = &first,
                                      .id_count = HK_STREAM_IDS_MAX + (size_t)1};
    uint32_t stream = 0;
    struct hk_recording *recording = hk_recording_create(arena, hk_test_folder(), 0, &err);
    ck_assert_ptr_nonnull(recording);
    ck_assert(!hk_recording_open(recording, &spikes, &stream, &err));
    ck_assert_int_eq(err.code, HK_ERR_LIMIT);
    hk_recording_destroy(recording);
}
END_TEST

Suite *suite_io_fold(void) {
    Suite *suite = suite_create("io/fold");
    TCase *tcase = tcase_create("fold");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, rows_take_the_memory_of_what_came_of_them);
    tcase_add_test(tcase, a_row_that_no_run_writes_is_refused);
    tcase_add_test(tcase, more_units_than_a_run_lists_are_refused);
    tcase_add_test(tcase, recorders_name_as_many_units_as_can_be_read_back);
    suite_add_tcase(suite, tcase);
    return suite;
}
