/* The whole way of `hillock recover`: from a folder with journals to results.h5, which is then
 * opened. The first byte of the input says what the rest is:
 *
 *   even   what is in records, with heads that are right. Behind the second byte's 256ths of it a
 *          second journal begins, unless that is 0;
 *   odd    journal-000001 as it is. */
#include "tests/fuzz/fuzz.h"

#include "io/entry.h"
#include "io/journal.h"
#include "io/recover.h"
#include "io/results_read.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

enum { IDS_MAX = 1 << 14, HEAD = 2 };

/* A few bytes list any number of units, up to HK_STREAM_IDS_MAX: true, but slow. */
static bool count_ids(void *context, const struct hk_entry *entry, struct hk_err *err) {
    size_t *ids = context;
    if (entry->kind == HK_ENTRY_OPEN) *ids += entry->opening.id_count;
    return *ids <= IDS_MAX || HK_FAIL(err, HK_ERR_LIMIT, "too slow");
}

static bool is_quick(struct fuzz_bytes payload) {
    size_t ids = 0;
    struct hk_err err = {0};
    return hk_entries_read(payload.data, payload.size, count_ids, &ids, &err) ||
           err.code != HK_ERR_LIMIT;
}

static bool is_quick_file(struct fuzz_bytes file) {
    size_t ids = 0, torn = 0;
    struct hk_err err = {0};
    return file.size < HK_JOURNAL_HEAD ||
           hk_entries_replay(file.data, file.size, count_ids, &ids, &torn, &err) ||
           err.code != HK_ERR_LIMIT;
}

/* One record makes a journal. */
static void write_journal(const char *folder, uint32_t number, uint64_t *sequence,
                          struct fuzz_bytes payload) {
    static unsigned char record[HK_JOURNAL_RECORD_MAX];
    char path[4096];
    struct hk_err err = {0};
    struct hk_journal journal;
    if (payload.size > HK_JOURNAL_PAYLOAD_MAX) payload.size = HK_JOURNAL_PAYLOAD_MAX;
    (void)snprintf(path, sizeof path, "%s/journal-%06u", folder, (unsigned)number);
    HK_ASSERT(hk_journal_create(&journal, path, number, *sequence, &err));
    if (payload.size > 0) {
        memcpy(record + HK_JOURNAL_RECORD_HEAD, payload.data, payload.size);
        HK_ASSERT(hk_journal_append(&journal, record, payload.size, &err));
    }
    *sequence = journal.sequence;
    hk_journal_finish(&journal);
}

/* False: it would take long. */
static bool fill_folder(const char *folder, const uint8_t *data, size_t size) {
    const struct fuzz_bytes rest = {data + HEAD, size - HEAD};
    struct fuzz_bytes first = rest, second = {0};
    uint64_t sequence = 0;
    if (data[0] & 1) {
        (void)fuzz_file("journal-000001", rest);
        return is_quick_file(rest);
    }
    if (data[1] > 0) first.size = rest.size * data[1] / 256;
    second = (struct fuzz_bytes){rest.data + first.size, rest.size - first.size};
    write_journal(folder, 1, &sequence, first);
    if (data[1] > 0) write_journal(folder, 2, &sequence, second);
    return is_quick(first) && is_quick(second);
}

void fuzz_fold(const uint8_t *data, size_t size) {
    struct hk_err err = {0};
    struct hk_recovered recovered;
    if (size < HEAD) return;
    const char *folder = fuzz_empty_folder();
    struct hk_arena *arena = hk_arena_create(&err);
    HK_ASSERT(arena);
    if (fill_folder(folder, data, size) && hk_recover(arena, folder, &recovered, &err)) {
        struct hk_results_file *file = hk_results_read_open(arena, folder, &err);
        HK_ASSERT(file);
        hk_results_read_close(file);
    } else {
        HK_ASSERT(err.code != HK_ERR_MEMORY);
        /* A file that couldn't be written stays open. */
        if (H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL) > 0) (void)H5close();
    }
    hk_arena_destroy(arena);
}
