#include "io/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "io/file.h"

static const unsigned char magic[8] = {'H', 'K', 'J', 'R', 'N', 'L', '1', '\n'};
enum { ORDER = 0x01020304, HEAD_CRC = HK_JOURNAL_HEAD - sizeof(uint32_t) };

/* Where fields lie: magic, order, number, sequence, nothing, CRC; and of a record. */
enum { AT_ORDER = 8, AT_NUMBER = 12, AT_SEQUENCE = 16 };
enum { AT_LENGTH = 0, AT_CRC = 4, AT_RECORD_SEQUENCE = 8 };

static uint32_t read_u32(const unsigned char *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t read_u64(const unsigned char *at) {
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* Of everything in a record but the CRC itself. */
static uint32_t record_crc(const unsigned char *record, size_t payload) {
    uLong crc = crc32(0, record, AT_CRC);
    return (uint32_t)crc32_z(crc, record + AT_RECORD_SEQUENCE,
                             HK_JOURNAL_RECORD_HEAD - AT_RECORD_SEQUENCE + payload);
}

/* ---- writing ---- */

static bool write_head(struct hk_journal *journal, uint32_t number, struct hk_err *err) {
    unsigned char head[HK_JOURNAL_HEAD] = {0};
    const uint32_t order = ORDER;
    memcpy(head, magic, sizeof magic);
    memcpy(head + AT_ORDER, &order, sizeof order);
    memcpy(head + AT_NUMBER, &number, sizeof number);
    memcpy(head + AT_SEQUENCE, &journal->sequence, sizeof journal->sequence);
    uint32_t crc = (uint32_t)crc32(0, head, HEAD_CRC);
    memcpy(head + HEAD_CRC, &crc, sizeof crc);
    journal->size = sizeof head;
    return hk_file_write(journal->file, journal->path, head, sizeof head, err);
}

bool hk_journal_create(struct hk_journal *journal, const char *path, uint32_t number,
                       uint64_t sequence, struct hk_err *err) {
    *journal = (struct hk_journal){.path = path, .sequence = sequence};
    journal->file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (journal->file < 0) {
        journal->path = NULL;
        return hk_file_fail(path, "make this file", err);
    }
    if (write_head(journal, number, err)) return true;
    hk_journal_finish(journal);
    return false;
}

bool hk_journal_append(struct hk_journal *journal, unsigned char *record, size_t payload,
                       struct hk_err *err) {
    HK_ASSERT(payload > 0 && payload <= HK_JOURNAL_PAYLOAD_MAX);
    uint32_t length = (uint32_t)payload;
    memcpy(record + AT_LENGTH, &length, sizeof length);
    memcpy(record + AT_RECORD_SEQUENCE, &journal->sequence, sizeof journal->sequence);
    uint32_t crc = record_crc(record, payload);
    memcpy(record + AT_CRC, &crc, sizeof crc);
    if (!hk_file_write(journal->file, journal->path, record, HK_JOURNAL_RECORD_HEAD + payload, err))
        return false;
    journal->sequence++;
    journal->size += HK_JOURNAL_RECORD_HEAD + payload;
    return true;
}

bool hk_journal_sync(const struct hk_journal *journal, struct hk_err *err) {
    return hk_file_sync(journal->file, journal->path, err);
}

void hk_journal_finish(struct hk_journal *journal) {
    if (journal->path) (void)close(journal->file);
    journal->path = NULL;
}

/* ---- bytes ---- */

bool hk_journal_head_read(const unsigned char *bytes, size_t size, struct hk_journal_head *head,
                          struct hk_err *err) {
    if (size < HK_JOURNAL_HEAD || memcmp(bytes, magic, sizeof magic) != 0)
        return HK_FAIL(err, HK_ERR_DATA, "isn't a journal of hillock");
    if (read_u32(bytes + AT_ORDER) != ORDER)
        return HK_FAIL(err, HK_ERR_DATA, "was written on a machine of another byte order");
    if (read_u32(bytes + HEAD_CRC) != (uint32_t)crc32(0, bytes, HEAD_CRC))
        return HK_FAIL(err, HK_ERR_DATA, "is damaged at its head");
    head->number = read_u32(bytes + AT_NUMBER);
    head->sequence = read_u64(bytes + AT_SEQUENCE);
    return true;
}

const unsigned char *hk_journal_record(const unsigned char *bytes, size_t size, uint64_t sequence,
                                       size_t *payload) {
    if (size < HK_JOURNAL_RECORD_HEAD) return NULL;
    size_t length = read_u32(bytes + AT_LENGTH);
    if (length == 0 || length > HK_JOURNAL_PAYLOAD_MAX || length > size - HK_JOURNAL_RECORD_HEAD ||
        read_u64(bytes + AT_RECORD_SEQUENCE) != sequence ||
        read_u32(bytes + AT_CRC) != record_crc(bytes, length))
        return NULL;
    *payload = length;
    return bytes + HK_JOURNAL_RECORD_HEAD;
}

/* ---- files ---- */

/* Two of the largest records: what is read next is always whole, but at the end of the file. */
enum { WINDOW = 2 * HK_JOURNAL_RECORD_MAX };

static bool fill(struct hk_journal_reader *reader, struct hk_err *err) {
    unsigned char *window = reader->window.data;
    memmove(window, window + reader->at, reader->filled - reader->at);
    reader->filled -= reader->at;
    reader->at = 0;
    while (!reader->at_end && reader->filled < WINDOW) {
        ssize_t got = read(reader->file, window + reader->filled, WINDOW - reader->filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return hk_file_fail(reader->path, "read", err);
        reader->at_end = got == 0;
        reader->filled += (size_t)got;
    }
    return true;
}

static void advance(struct hk_journal_reader *reader, size_t bytes) {
    reader->at += bytes;
    reader->place += bytes;
}

bool hk_journal_open(struct hk_journal_reader *reader, const char *path, struct hk_err *err) {
    *reader = (struct hk_journal_reader){.path = path};
    reader->file = open(path, O_RDONLY | O_CLOEXEC);
    if (reader->file < 0) return hk_file_fail(path, "open", err);
    if (!hk_block_reserve(&reader->window, WINDOW, 1, err) || !fill(reader, err)) return false;
    if (reader->filled < HK_JOURNAL_HEAD) return true;
    if (!hk_journal_head_read(reader->window.data, reader->filled, &reader->head, err))
        return hk_err_context(err, "%s", path);
    advance(reader, HK_JOURNAL_HEAD);
    reader->sequence = reader->head.sequence;
    return true;
}

/* What is behind the last whole record. */
static bool count_torn(struct hk_journal_reader *reader, struct hk_err *err) {
    struct stat status;
    if (fstat(reader->file, &status) != 0) return hk_file_fail(reader->path, "read", err);
    uint64_t size = (uint64_t)status.st_size;
    reader->torn = size > reader->place ? size - reader->place : 0;
    return true;
}

bool hk_journal_next(struct hk_journal_reader *reader, const unsigned char **payload, size_t *size,
                     struct hk_err *err) {
    if (reader->filled - reader->at < HK_JOURNAL_RECORD_MAX && !fill(reader, err)) return false;
    const unsigned char *at = (const unsigned char *)reader->window.data + reader->at;
    *payload = hk_journal_record(at, reader->filled - reader->at, reader->sequence, size);
    if (!*payload) return count_torn(reader, err);
    advance(reader, HK_JOURNAL_RECORD_HEAD + *size);
    reader->sequence++;
    return true;
}

void hk_journal_close(struct hk_journal_reader *reader) {
    if (reader->file >= 0) (void)close(reader->file);
    reader->file = -1;
    hk_block_finish(&reader->window);
}
