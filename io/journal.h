/* The journal of a run: what it records, in files that are only ever appended to, so that the death
 * of the process costs what wasn't written yet and nothing else. A file is a head and records; a
 * record has its length, a CRC and its number, so that whoever reads knows where the good ones end.
 * What is in a record: io/entry.h. The bytes: docs/results-layout.md.
 *
 * Whole numbers are in the machine's order: a journal is read where it was written, and one of
 * another order is refused. */
#ifndef HK_IO_JOURNAL_H
#define HK_IO_JOURNAL_H

#include "sim/arena.h"

enum {
    HK_JOURNAL_HEAD = 32,        /* bytes before the first record */
    HK_JOURNAL_RECORD_HEAD = 16, /* before what is in one */
    HK_JOURNAL_PAYLOAD_MAX = 1024 * 1024,
    HK_JOURNAL_RECORD_MAX = HK_JOURNAL_RECORD_HEAD + HK_JOURNAL_PAYLOAD_MAX,
};

/* ---- writing ---- */

struct hk_journal {
    const char *path; /* NULL: none is open */
    int file;
    uint64_t sequence; /* of the next record: numbers go on from file to file */
    uint64_t size;
};

/* Begin file `number` (1, 2 ...) of a run at `path`, which must not exist and lives as long as the
 * journal. Errors: HK_ERR_IO. */
bool hk_journal_create(struct hk_journal *journal, const char *path, uint32_t number,
                       uint64_t sequence, struct hk_err *err) HK_MUST_USE;
/* `record` has HK_JOURNAL_RECORD_HEAD bytes of room, then `payload` bytes. When this returns, the
 * record outlives the process. After a failure nothing more is to be appended. */
bool hk_journal_append(struct hk_journal *journal, unsigned char *record, size_t payload,
                       struct hk_err *err) HK_MUST_USE;
/* Put it on the disk: it outlives the machine, too. */
bool hk_journal_sync(const struct hk_journal *journal, struct hk_err *err) HK_MUST_USE;
/* Without syncing. A journal that isn't open is left alone. */
void hk_journal_finish(struct hk_journal *journal);

/* ---- reading: pure functions of bytes that nobody vouches for ---- */

struct hk_journal_head {
    uint32_t number;
    uint64_t sequence; /* of the first record */
};
/* Errors: HK_ERR_DATA (it isn't a journal). */
bool hk_journal_head_read(const unsigned char *bytes, size_t size, struct hk_journal_head *head,
                          struct hk_err *err) HK_MUST_USE;

/* The payload of the record that begins at `bytes`, lent, if it is whole and has that number; else
 * NULL. The next one begins HK_JOURNAL_RECORD_HEAD + *payload bytes further on. */
const unsigned char *hk_journal_record(const unsigned char *bytes, size_t size, uint64_t sequence,
                                       size_t *payload);

/* ---- reading a file, record by record ---- */

struct hk_journal_reader {
    const char *path;
    int file; /* -1: none */
    struct hk_journal_head head;
    uint64_t sequence;      /* of the next record */
    struct hk_block window; /* a part of the file */
    size_t at, filled;      /* in the window */
    bool at_end;            /* of the file: the window has its last byte */
    uint64_t place;         /* of `at` in the file */
    uint64_t torn;          /* bytes behind the last whole record, once that was read */
};
/* Ends with hk_journal_close, also after a failure. A file that ends within its head, because its
 * run died, has no records. `path` is borrowed. Errors: HK_ERR_IO, HK_ERR_DATA, HK_ERR_MEMORY. */
bool hk_journal_open(struct hk_journal_reader *reader, const char *path,
                     struct hk_err *err) HK_MUST_USE;
/* The next record; *payload is NULL behind the last whole one. Lent until the next call. */
bool hk_journal_next(struct hk_journal_reader *reader, const unsigned char **payload, size_t *size,
                     struct hk_err *err) HK_MUST_USE;
void hk_journal_close(struct hk_journal_reader *reader);

#endif
