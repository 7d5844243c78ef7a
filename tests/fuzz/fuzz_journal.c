/* Journals of a run. The input is a file as it is; and, since hardly any change of it has the CRC
 * of its record, once more as what is in records: its lines, each with a head that is right. */
#include "tests/fuzz/fuzz.h"

#include "io/entry.h"
#include "io/file.h"
#include "io/journal.h"

#include <string.h>

enum { IDS_MAX = 1 << 16 };

struct seen {
    uint64_t entries, units, bytes;
};

static void check_opening(const struct hk_opening *o) {
    static hk_neuron ids[IDS_MAX];
    HK_ASSERT(o->kind < HK_STREAM_KINDS && (size_t)o->element < HK_ELEMENTS);
    HK_ASSERT(o->path && *o->path && o->rank <= HK_STORE_RANK_MAX);
    HK_ASSERT(strlen(o->path) < HK_STREAM_NAME_MAX);
    HK_ASSERT(!o->unit || strlen(o->unit) < HK_STREAM_NAME_MAX);
    HK_ASSERT(!o->note || strlen(o->note) < HK_STREAM_NAME_MAX);
    if (o->id_count > IDS_MAX) return;
    hk_opening_ids(o, ids);
    for (size_t i = 1; i < o->id_count; i++) HK_ASSERT(ids[i - 1] < ids[i]);
}

static bool check_entry(void *context, const struct hk_entry *entry, struct hk_err *err) {
    struct seen *seen = context;
    (void)err;
    HK_ASSERT(entry->stream < HK_STREAMS_MAX);
    seen->entries++;
    if (entry->kind == HK_ENTRY_OPEN) check_opening(&entry->opening);
    if (entry->kind == HK_ENTRY_BYTES)
        for (size_t i = 0; i < entry->bytes.size; i++) seen->bytes += entry->bytes.data[i];
    if (entry->kind != HK_ENTRY_SPIKES) return true;
    HK_ASSERT(entry->spikes.tick >= 0 && entry->spikes.count <= HK_ENTRY_UNITS_MAX);
    for (size_t i = 0; i < entry->spikes.count; i++) {
        HK_ASSERT(entry->spikes.units[i] < HK_NEURON_NONE);
        seen->units += entry->spikes.units[i];
    }
    return true;
}

/* From the file, record by record. *torn: what is behind the last whole one. */
static bool read_file(const char *path, struct seen *seen, size_t *torn, struct hk_err *err) {
    struct hk_journal_reader reader;
    const unsigned char *payload = NULL;
    size_t size = 0;
    bool ok = hk_journal_open(&reader, path, err);
    while (ok && (ok = hk_journal_next(&reader, &payload, &size, err)) && payload)
        ok = hk_entries_read(payload, size, check_entry, seen, err);
    *torn = (size_t)reader.torn;
    hk_journal_close(&reader);
    return ok;
}

/* Both readers, of a file and of its bytes, see the same. */
static void read_twice(const char *path, const uint8_t *data, size_t size) {
    struct hk_err err = {0}, other = {0};
    struct seen seen = {0}, again = {0};
    size_t torn = 0, torn_again = 0;
    bool ok = read_file(path, &seen, &torn, &err);
    HK_ASSERT(ok || err.code == HK_ERR_DATA);
    if (size < HK_JOURNAL_HEAD) return; /* a file that was just begun */
    HK_ASSERT(ok == hk_entries_replay(data, size, check_entry, &again, &torn_again, &other));
    HK_ASSERT(memcmp(&seen, &again, sizeof seen) == 0);
    HK_ASSERT(!ok || (torn == torn_again && torn <= size));
}

/* The payload of a record, an empty one left out. */
static void append(struct hk_journal *journal, struct fuzz_bytes payload) {
    static unsigned char record[HK_JOURNAL_RECORD_MAX];
    struct hk_err err = {0};
    if (payload.size == 0 || payload.size > HK_JOURNAL_PAYLOAD_MAX) return;
    memcpy(record + HK_JOURNAL_RECORD_HEAD, payload.data, payload.size);
    HK_ASSERT(hk_journal_append(journal, record, payload.size, &err));
}

static void write_lines(const char *path, struct fuzz_bytes rest) {
    struct hk_err err = {0};
    struct hk_journal journal;
    HK_ASSERT(hk_file_remove(path, &err) && hk_journal_create(&journal, path, 1, 0, &err));
    for (struct fuzz_bytes parts[2]; rest.size > 0; rest = parts[1]) {
        fuzz_cut(rest, '\n', parts);
        append(&journal, parts[0]);
        if (parts[0].size == rest.size) break;
    }
    hk_journal_finish(&journal);
}

static void read_lines(const char *path) {
    struct hk_err err = {0};
    struct seen seen = {0};
    size_t torn = 0;
    bool ok = read_file(path, &seen, &torn, &err);
    HK_ASSERT(torn == 0 && (ok || err.code == HK_ERR_DATA));
}

void fuzz_journal(const uint8_t *data, size_t size) {
    const char *path = fuzz_file("journal-000001", (struct fuzz_bytes){data, size});
    read_twice(path, data, size);
    write_lines(path, (struct fuzz_bytes){data, size});
    read_lines(path);
}
