#include "io/fold.h"

#include <stdio.h>
#include <string.h>

#include "io/clock.h"
#include "io/journal.h"
#include "io/run_files.h"

/* A stream that grows. Bytes come in pieces that know nothing of rows: what doesn't make a whole
 * one waits in `row`, which is as large as what came, whatever size was announced. */
struct stream {
    enum hk_stream_kind kind;
    struct hk_results_spikes *spikes;
    struct hk_results_series *series;
    struct hk_results_report *report;
    struct hk_stream *columns[HK_FRAME_NUMBERS_MAX], *data;
    size_t column_count;
    size_t row_size, waiting;
    struct hk_block row;
};

/* A dataset that is written when all its bytes are there. */
struct item {
    bool open;
    struct hk_opening opening; /* its texts are copies */
    size_t size, filled;
    struct hk_block bytes;
};

struct hk_fold {
    struct hk_arena *arena;
    struct hk_results *results;
    struct hk_block streams; /* pointers to them, by their number; NULL: not opened */
    size_t stream_end;       /* behind the last one that is open */
    struct hk_block ids;     /* of the opening that is being looked at */
    size_t ids_listed;       /* by all openings */
    struct item item;
    double reached_ms;
};

struct hk_fold *hk_fold_create(struct hk_arena *arena, struct hk_results *results,
                               struct hk_err *err) {
    struct hk_fold *fold = HK_NEW(arena, struct hk_fold, 1, err);
    if (!fold) return NULL;
    fold->arena = arena;
    fold->results = results;
    return fold;
}

static struct stream **streams_of(const struct hk_fold *fold) {
    return fold->streams.data;
}

static struct stream *find_stream(const struct hk_fold *fold, uint32_t id) {
    return id < fold->stream_end ? streams_of(fold)[id] : NULL;
}

static bool add_stream(struct hk_fold *fold, uint32_t id, struct stream *stream,
                       struct hk_err *err) {
    if (!hk_block_reserve(&fold->streams, id + (size_t)1, sizeof stream, err)) return false;
    streams_of(fold)[id] = stream;
    if (fold->stream_end <= id) fold->stream_end = id + (size_t)1;
    return true;
}

void hk_fold_destroy(struct hk_fold *fold) {
    if (!fold) return;
    for (size_t i = 0; i < fold->stream_end; i++)
        if (streams_of(fold)[i]) hk_block_finish(&streams_of(fold)[i]->row);
    hk_block_finish(&fold->streams);
    hk_block_finish(&fold->ids);
    hk_block_finish(&fold->item.bytes);
}

double hk_fold_reached_ms(const struct hk_fold *fold) {
    return fold->reached_ms;
}

static bool damaged(const char *what, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_DATA, "the journal is damaged: %s", what);
}

/* ---- items ---- */

static bool put_item(struct hk_fold *fold, struct hk_err *err) {
    const struct hk_opening *o = &fold->item.opening;
    fold->item.open = false;
    if (o->kind == HK_STREAM_TEXT) {
        ((char *)fold->item.bytes.data)[fold->item.size] = '\0';
        return hk_results_text(fold->results, o->path, fold->item.bytes.data, err);
    }
    size_t shape[HK_STORE_RANK_MAX];
    for (size_t i = 0; i < o->rank; i++) shape[i] = (size_t)o->shape[i];
    const struct hk_store_item item = {o->path, o->unit, o->element,
                                       o->rank, shape,   fold->item.bytes.data};
    return hk_results_put(fold->results, &item, err);
}

static bool item_size(const struct hk_opening *o, size_t *size) {
    bool text = o->kind == HK_STREAM_TEXT;
    *size = text ? 1 : hk_element_size(o->element);
    for (size_t i = 0; i < o->rank; i++)
        if (o->shape[i] >= SIZE_MAX / 2 || __builtin_mul_overflow(*size, (size_t)o->shape[i], size))
            return false;
    return *size < SIZE_MAX / 2 && (!text || o->rank == 1);
}

static bool open_item(struct hk_fold *fold, const struct hk_opening *opening, struct hk_err *err) {
    struct item *item = &fold->item;
    if (item->open) return damaged("something is missing of what was written before", err);
    item->opening = *opening;
    item->filled = 0;
    item->open = true;
    item->opening.path = hk_arena_text(fold->arena, opening->path, err);
    if (opening->unit) item->opening.unit = hk_arena_text(fold->arena, opening->unit, err);
    if (!item->opening.path || !item->opening.unit != !opening->unit) return false;
    if (!item_size(opening, &item->size)) return damaged("a size that can't be", err);
    if (!hk_block_reserve(&item->bytes, 1, 1, err)) return false;
    return item->size > 0 || put_item(fold, err);
}

/* Room grows with what comes, whatever size was announced. */
static bool fill_item(struct hk_fold *fold, const unsigned char *data, size_t size,
                      struct hk_err *err) {
    struct item *item = &fold->item;
    if (!item->open || size > item->size - item->filled)
        return damaged("bytes that nobody waits for", err);
    if (!hk_block_reserve(&item->bytes, item->filled + size + 1, 1, err)) return false;
    memcpy((char *)item->bytes.data + item->filled, data, size);
    item->filled += size;
    return item->filled < item->size || put_item(fold, err);
}

/* ---- streams ---- */

/* Lent until the next call. A few bytes can list any number of ids: so there is a limit. */
static const hk_neuron *ids_of(struct hk_fold *fold, const struct hk_opening *opening,
                               struct hk_err *err) {
    fold->ids_listed += opening->id_count;
    if (fold->ids_listed > HK_STREAM_IDS_MAX) {
        (void)damaged("it lists more units than a run can (HK_STREAM_IDS_MAX)", err);
        return NULL;
    }
    if (!hk_block_reserve(&fold->ids, opening->id_count + 1, sizeof(hk_neuron), err)) return NULL;
    hk_opening_ids(opening, fold->ids.data);
    return fold->ids.data;
}

static bool open_spikes(struct hk_fold *fold, struct stream *stream, const struct hk_opening *o,
                        struct hk_err *err) {
    const hk_neuron *ids = ids_of(fold, o, err);
    if (!ids) return false;
    if (!(o->tick_ms > 0.0)) return damaged("a tick that takes no time", err);
    stream->spikes =
        hk_results_spikes_open(fold->results, o->path, (size_t)o->neurons, o->tick_ms, err);
    return stream->spikes &&
           hk_results_spikes_narrow(stream->spikes, o->start_ms, o->stop_ms, ids, o->id_count, err);
}

static bool open_series(struct hk_fold *fold, struct stream *stream, const struct hk_opening *o,
                        struct hk_err *err) {
    stream->row_size = 2 * sizeof(double);
    stream->series = hk_results_series_open(fold->results, o->path, o->note ? o->note : "", err);
    return stream->series;
}

static bool open_report(struct hk_fold *fold, struct stream *stream, const struct hk_opening *o,
                        struct hk_err *err) {
    bool real = o->element == HK_ELEMENT_F32 || o->element == HK_ELEMENT_F64;
    if (!real || o->id_count == 0) return damaged("a report without units or values", err);
    const hk_neuron *ids = ids_of(fold, o, err);
    if (!ids) return false;
    const struct hk_results_frames frames = {.name = o->path,
                                             .variable = o->note ? o->note : "",
                                             .unit = o->unit,
                                             .ids = ids,
                                             .count = o->id_count,
                                             .start_ms = o->start_ms,
                                             .step_ms = o->step_ms,
                                             .element = o->element};
    stream->row_size = o->id_count * hk_element_size(o->element);
    return (stream->report = hk_results_report_open(fold->results, &frames, err)) != NULL;
}

/* As many rows a chunk as make a quarter of a mebibyte, but not more than are usual. */
static size_t chunk_of(size_t row_size) {
    enum { CHUNK_SIZE = 256 * 1024, ROWS_MAX = 4096 };
    size_t rows = CHUNK_SIZE / row_size;
    return rows == 0 ? 1 : rows > ROWS_MAX ? ROWS_MAX : rows;
}

/* A number's name, with a colon and its unit behind it or not; its dataset stands beside the data.
 */
static bool open_column(struct hk_fold *fold, struct stream *stream, const struct hk_opening *o,
                        const char *word, size_t length, struct hk_err *err) {
    const char *colon = memchr(word, ':', length);
    int name = (int)(colon ? (size_t)(colon - word) : length), unit = (int)length - name - 1;
    char *path = hk_arena_format(fold->arena, err, "%s/%.*s", o->path, name, word);
    if (!path) return false;
    struct hk_rows rows = {.path = path,
                           .element = HK_ELEMENT_F64,
                           .rank = 1,
                           .width = 1,
                           .chunk = chunk_of(sizeof(double))};
    if (colon && !(rows.unit = hk_arena_format(fold->arena, err, "%.*s", unit, colon + 1)))
        return false;
    if (stream->column_count == HK_FRAME_NUMBERS_MAX) return damaged("too many numbers", err);
    struct hk_stream *column = hk_results_rows_open(fold->results, &rows, err);
    stream->columns[stream->column_count++] = column;
    stream->row_size += sizeof(double);
    return column != NULL;
}

static bool open_data(struct hk_fold *fold, struct stream *stream, const struct hk_opening *o,
                      struct hk_err *err) {
    size_t size = 0, shape[2] = {1, 1};
    char *path = hk_arena_format(fold->arena, err, "%s/data", o->path);
    if (!path) return false;
    for (size_t i = 0; i < o->rank && i < 2; i++) shape[i] = (size_t)o->shape[i];
    if (o->rank > 2 || !item_size(o, &size) || size == 0)
        return damaged("a size that can't be", err);
    const struct hk_rows rows = {.path = path,
                                 .unit = o->unit,
                                 .element = o->element,
                                 .rank = o->rank + 1,
                                 .width = shape[0],
                                 .depth = shape[1],
                                 .chunk = chunk_of(size)};
    stream->row_size += size;
    return (stream->data = hk_results_rows_open(fold->results, &rows, err)) != NULL;
}

static bool open_frames(struct hk_fold *fold, struct stream *stream, const struct hk_opening *o,
                        struct hk_err *err) {
    const char *word = o->note ? o->note : "";
    for (size_t length; (length = strcspn(word, " ")) > 0; word += length + (word[length] == ' '))
        if (!open_column(fold, stream, o, word, length, err)) return false;
    return open_data(fold, stream, o, err);
}

static bool open_stream(struct hk_fold *fold, uint32_t id, const struct hk_opening *opening,
                        struct hk_err *err) {
    bool ok = false;
    struct stream *stream = HK_NEW(fold->arena, struct stream, 1, err);
    if (!stream) return false;
    stream->kind = opening->kind;
    switch (opening->kind) {
    case HK_STREAM_ITEM:
    case HK_STREAM_TEXT: return open_item(fold, opening, err);
    case HK_STREAM_SPIKES: ok = open_spikes(fold, stream, opening, err); break;
    case HK_STREAM_SERIES: ok = open_series(fold, stream, opening, err); break;
    case HK_STREAM_REPORT: ok = open_report(fold, stream, opening, err); break;
    case HK_STREAM_FRAMES: ok = open_frames(fold, stream, opening, err); break;
    case HK_STREAM_KINDS: break;
    }
    return ok && add_stream(fold, id, stream, err);
}

/* ---- what comes in ---- */

static bool add_spikes(struct hk_fold *fold, const struct hk_entry *entry, struct hk_err *err) {
    hk_tick ticks[HK_ENTRY_UNITS_MAX];
    const struct stream *stream = find_stream(fold, entry->stream);
    if (!stream || !stream->spikes) return damaged("spikes of nobody", err);
    for (size_t i = 0; i < entry->spikes.count; i++) ticks[i] = entry->spikes.tick;
    return hk_results_spikes_append(stream->spikes, ticks, entry->spikes.units, entry->spikes.count,
                                    err);
}

static bool add_frame(struct stream *stream, const unsigned char *row, struct hk_err *err) {
    for (size_t i = 0; i < stream->column_count; i++)
        if (!hk_stream_append(stream->columns[i], row + i * sizeof(double), 1, err)) return false;
    return hk_stream_append(stream->data, row + stream->column_count * sizeof(double), 1, err);
}

static bool add_point(struct stream *stream, const unsigned char *row, struct hk_err *err) {
    double point[2];
    memcpy(point, row, sizeof point);
    return hk_results_series_append(stream->series, point[0], point[1], err);
}

static bool add_rows(struct stream *stream, const unsigned char *data, size_t rows,
                     struct hk_err *err) {
    bool ok = true;
    if (stream->report) return hk_results_report_append(stream->report, data, rows, err);
    for (size_t i = 0; ok && i < rows; i++, data += stream->row_size)
        ok = stream->data ? add_frame(stream, data, err) : add_point(stream, data, err);
    return ok;
}

/* Part of a row, behind what waits of it. */
static bool keep(struct stream *stream, const unsigned char *data, size_t size,
                 struct hk_err *err) {
    if (!hk_block_reserve(&stream->row, stream->waiting + size, 1, err)) return false;
    if (size > 0) memcpy((unsigned char *)stream->row.data + stream->waiting, data, size);
    stream->waiting += size;
    return true;
}

static bool add_bytes(struct hk_fold *fold, const struct hk_entry *entry, struct hk_err *err) {
    struct stream *stream = find_stream(fold, entry->stream);
    const unsigned char *data = entry->bytes.data;
    size_t size = entry->bytes.size;
    if (entry->stream == HK_STREAM_OF_ITEMS) return fill_item(fold, data, size, err);
    if (!stream || stream->row_size == 0) return damaged("rows of nobody", err);
    if (stream->waiting > 0) {
        size_t lacks = stream->row_size - stream->waiting, part = size < lacks ? size : lacks;
        if (!keep(stream, data, part, err)) return false;
        data += part;
        size -= part;
        if (stream->waiting < stream->row_size) return true;
        stream->waiting = 0;
        if (!add_rows(stream, stream->row.data, 1, err)) return false;
    }
    size_t rows = size / stream->row_size;
    if (!add_rows(stream, data, rows, err)) return false;
    return keep(stream, data + rows * stream->row_size, size - rows * stream->row_size, err);
}

bool hk_fold_entry(void *context, const struct hk_entry *entry, struct hk_err *err) {
    struct hk_fold *fold = context;
    switch (entry->kind) {
    case HK_ENTRY_OPEN: /* each journal begins with those of the streams so far */
        return find_stream(fold, entry->stream) ||
               open_stream(fold, entry->stream, &entry->opening, err);
    case HK_ENTRY_SPIKES: return add_spikes(fold, entry, err);
    case HK_ENTRY_BYTES: return add_bytes(fold, entry, err);
    case HK_ENTRY_SPAN: fold->reached_ms = entry->span.stop_ms; break;
    }
    return true;
}

/* ---- whole recordings ---- */

/* *next: the sequence number that the file has to begin with, 0 where any will do; and then the
 * next one's. *fits: it does. */
static bool replay(struct hk_fold *fold, const char *path, uint64_t *next, bool *fits,
                   uint64_t *torn, struct hk_err *err) {
    struct hk_journal_reader reader;
    const unsigned char *payload = NULL;
    size_t size = 0;
    bool ok = hk_journal_open(&reader, path, err);
    *fits = *next == 0 || reader.sequence == *next || reader.sequence == 0;
    while (ok && *fits && (ok = hk_journal_next(&reader, &payload, &size, err)) && payload)
        ok = hk_entries_read(payload, size, hk_fold_entry, fold, err) ||
             hk_err_context(err, "%s", path);
    *next = reader.sequence;
    *torn = reader.torn;
    hk_journal_close(&reader);
    return ok;
}

/* The good part ends at the first record that isn't whole. */
static bool replay_all(struct hk_fold *fold, const char *folder, const struct hk_run_files *files,
                       struct hk_folded *out, struct hk_err *err) {
    uint64_t next = 0;
    for (uint32_t n = files->segments + 1; n <= files->journals && !out->damaged; n++) {
        bool fits = false;
        const char *path = hk_journal_path(fold->arena, folder, n, err);
        if (!path || !replay(fold, path, &next, &fits, &out->torn, err)) return false;
        out->damaged = !fits || (out->torn > 0 && n < files->journals);
        out->damaged_number = out->damaged ? n : 0;
    }
    out->reached_ms = fold->reached_ms;
    return true;
}

static bool put_end(struct hk_results *results, struct hk_folded *out, double began,
                    struct hk_err *err) {
    static const char status[] = "provenance/status";
    out->died = !hk_results_has(results, status);
    if (out->died &&
        (!hk_results_text(results, status, "died", err) ||
         !hk_results_text(results, "provenance/error",
                          "the run died before its end; this is what its journal held", err) ||
         !hk_results_number(results, "provenance/recorded_until", out->reached_ms, "ms", err)))
        return false;
    hk_results_set_span(results, 0.0, out->reached_ms);
    out->wall_s = hk_clock_s() - began;
    return hk_results_number(results, "wall/fold_s", out->wall_s, "s", err);
}

bool hk_fold_folder(struct hk_arena *arena, const char *folder, struct hk_folded *out,
                    struct hk_err *err) {
    struct hk_run_files files;
    double began = hk_clock_s();
    *out = (struct hk_folded){.died = false};
    if (!hk_run_files_find(folder, &files, err)) return false;
    const char *const *segments = hk_segment_paths(arena, folder, files.segments, err);
    char *path = hk_arena_format(arena, err, "%s/results.h5", folder);
    if (!segments || !path) return false;
    struct hk_results *results =
        hk_results_create_from(arena, path, files.segments > 0 ? HK_FOLLOW_ALL : HK_FOLLOW_NOTHING,
                               segments, files.segments, err);
    struct hk_fold *fold = results ? hk_fold_create(arena, results, err) : NULL;
    bool ok = fold && replay_all(fold, folder, &files, out, err) &&
              put_end(results, out, began, err) && hk_results_close(results, err);
    hk_fold_destroy(fold);
    hk_results_destroy(results);
    return ok;
}
