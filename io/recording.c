#include "io/recording_internal.h"

#include <string.h>

#include "io/recover.h"

/* ---- blocks ---- */

static struct hk_recording_block *block_at(struct hk_recording *r, size_t index) {
    return &r->blocks[(r->first + index) % HK_RECORDING_BLOCKS];
}

void hk_recording_seal(struct hk_recording *r, bool continues) {
    struct hk_recording_block *block = block_at(r, r->count);
    block->reached_ms = atomic_load_explicit(&r->reached_ms, memory_order_acquire);
    r->out.end += HK_ENTRY_SPAN_SIZE; /* kept free for this */
    bool put = hk_entry_put_span(&r->out, 0.0, block->reached_ms);
    HK_ASSERT(put);
    block->used = (size_t)(r->out.at - block->bytes) - HK_JOURNAL_RECORD_HEAD;
    block->continues = continues;
    r->filling = false;
    r->count++;
}

void hk_recording_fill(struct hk_recording *r) {
    unsigned char *payload = block_at(r, r->count)->bytes + HK_JOURNAL_RECORD_HEAD;
    r->out = (struct hk_entry_writer){
        .at = payload,
        .end = payload + HK_JOURNAL_PAYLOAD_MAX - HK_ENTRY_SPAN_SIZE,
    };
    r->filling = true;
}

/* Have a block to write into; waits where all are full. */
static bool ensure_block(struct hk_recording *r, struct hk_err *err) {
    while (!r->filling && r->failure.code == HK_OK && r->count == HK_RECORDING_BLOCKS)
        (void)pthread_cond_wait(&r->room, &r->lock);
    if (r->failure.code != HK_OK) {
        if (err && err->code == HK_OK) *err = r->failure;
        return false;
    }
    if (!r->filling) hk_recording_fill(r);
    return true;
}

static bool next_block(struct hk_recording *r, bool continues, struct hk_err *err) {
    hk_recording_seal(r, continues);
    (void)pthread_cond_signal(&r->work);
    return ensure_block(r, err);
}

static bool begin(struct hk_recording *r, struct hk_err *err) {
    (void)pthread_mutex_lock(&r->lock);
    return ensure_block(r, err);
}

static bool end(struct hk_recording *r, bool ok) {
    (void)pthread_mutex_unlock(&r->lock);
    return ok;
}

/* ---- entries, with the lock ---- */

static bool put_open(struct hk_recording *r, uint32_t stream, const struct hk_opening *opening,
                     struct hk_err *err) {
    if (hk_entry_put_open(&r->out, stream, opening)) return true;
    if (!next_block(r, false, err)) return false;
    return hk_entry_put_open(&r->out, stream, opening) ||
           HK_FAIL(err, HK_ERR_LIMIT, "%s: too much to say about it for a record of %d bytes",
                   opening->path, HK_JOURNAL_PAYLOAD_MAX);
}

/* `begun`: what these bytes belong to has begun before them. */
static bool put_bytes(struct hk_recording *r, uint32_t stream, bool begun, const void *data,
                      size_t size, struct hk_err *err) {
    const char *at = data;
    while (size > 0) {
        size_t put = hk_entry_put_bytes(&r->out, stream, at, size);
        at += put;
        size -= put;
        if (size > 0 && !next_block(r, begun || at > (const char *)data, err)) return false;
    }
    return true;
}

static bool put_spikes(struct hk_recording *r, uint32_t stream, hk_tick tick,
                       const hk_neuron *units, size_t count, struct hk_err *err) {
    for (size_t done = 0;;) {
        done += hk_entry_put_spikes(&r->out, stream, tick, units + done, count - done);
        if (done == count) return true;
        if (!next_block(r, false, err)) return false;
    }
}

/* ---- values ---- */

static bool put_whole(struct hk_recording *r, const struct hk_opening *opening, const void *data,
                      size_t size, struct hk_err *err) {
    if (!hk_results_check_path(opening->path, err)) return false;
    return end(r, begin(r, err) && put_open(r, HK_STREAM_OF_ITEMS, opening, err) &&
                      put_bytes(r, HK_STREAM_OF_ITEMS, true, data, size, err));
}

bool hk_recording_put(struct hk_recording *recording, const struct hk_store_item *item,
                      struct hk_err *err) {
    struct hk_opening opening = {.kind = HK_STREAM_ITEM,
                                 .path = item->path,
                                 .unit = item->unit,
                                 .element = item->element,
                                 .rank = item->rank};
    size_t size = hk_element_size(item->element);
    for (size_t i = 0; i < item->rank; i++) size *= opening.shape[i] = item->shape[i];
    return put_whole(recording, &opening, item->data, size, err);
}

bool hk_recording_number(struct hk_recording *recording, const char *path, double value,
                         const char *unit, struct hk_err *err) {
    struct hk_store_item item = {path, unit, HK_ELEMENT_F64, .data = &value};
    return hk_recording_put(recording, &item, err);
}

bool hk_recording_integer(struct hk_recording *recording, const char *path, int64_t value,
                          const char *unit, struct hk_err *err) {
    struct hk_store_item item = {path, unit, HK_ELEMENT_I64, .data = &value};
    return hk_recording_put(recording, &item, err);
}

bool hk_recording_text(struct hk_recording *recording, const char *path, const char *text,
                       struct hk_err *err) {
    const struct hk_opening opening = {.kind = HK_STREAM_TEXT,
                                       .path = path,
                                       .rank = 1,
                                       .shape = {strlen(text)}};
    return put_whole(recording, &opening, text, strlen(text), err);
}

/* ---- streams ---- */

/* Every journal begins with the openings of what it may go on with. */
static bool add_prologue(struct hk_recording *r, uint32_t stream, const struct hk_opening *opening,
                         struct hk_err *err) {
    size_t head = sizeof(size_t) + HK_JOURNAL_RECORD_HEAD;
    size_t most = head + HK_JOURNAL_PAYLOAD_MAX;
    if (!hk_block_reserve(&r->prologue, r->prologue_size + most, 1, err)) return false;
    unsigned char *at = (unsigned char *)r->prologue.data + r->prologue_size;
    struct hk_entry_writer out = {.at = at + head, .end = at + most};
    if (!hk_entry_put_open(&out, stream, opening))
        return HK_FAIL(err, HK_ERR_LIMIT, "%s: too much to say about it for a record of %d bytes",
                       opening->path, HK_JOURNAL_PAYLOAD_MAX);
    size_t size = (size_t)(out.at - at) - head;
    memcpy(at, &size, sizeof size);
    r->prologue_size += head + size;
    return true;
}

/* A chunk of HDF5's has at least a frame and at most 4 GiB. */
static bool check_frame(const struct hk_opening *opening, struct hk_err *err) {
    size_t size = hk_element_size(opening->element);
    bool ok = true;
    for (size_t i = 0; i < opening->rank; i++)
        ok = ok && !__builtin_mul_overflow(size, opening->shape[i], &size);
    if (opening->kind == HK_STREAM_REPORT) size *= opening->id_count;
    if (opening->kind == HK_STREAM_FRAMES && ok && size == 0)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s: there is nothing to record", opening->path);
    return (ok && size <= UINT32_MAX) ||
           HK_FAIL(err, HK_ERR_LIMIT, "%s: a frame of it has more than 4 GiB", opening->path);
}

bool hk_recording_open(struct hk_recording *r, const struct hk_opening *opening, uint32_t *stream,
                       struct hk_err *err) {
    bool named = opening->kind == HK_STREAM_SPIKES || opening->kind == HK_STREAM_REPORT;
    if (!(named ? hk_results_check_name(opening->path, err)
                : hk_results_check_path(opening->path, err)))
        return false;
    if (!check_frame(opening, err)) return false;
    if (r->streams + 1 == HK_STREAMS_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "more than %d things to record (HK_STREAMS_MAX)",
                       HK_STREAMS_MAX);
    if (opening->id_count > HK_STREAM_IDS_MAX - r->ids)
        return HK_FAIL(err, HK_ERR_LIMIT,
                       "%s: recorders name more than %d units, together (HK_STREAM_IDS_MAX)",
                       opening->path, HK_STREAM_IDS_MAX);
    r->ids += opening->id_count;
    *stream = ++r->streams;
    return end(r, begin(r, err) && add_prologue(r, *stream, opening, err) &&
                      put_open(r, *stream, opening, err));
}

bool hk_recording_spikes(struct hk_recording *r, uint32_t stream, hk_tick tick,
                         const hk_neuron *units, size_t count, struct hk_err *err) {
    return end(r, begin(r, err) && put_spikes(r, stream, tick, units, count, err));
}

bool hk_recording_rows(struct hk_recording *r, uint32_t stream, const void *rows, size_t size,
                       struct hk_err *err) {
    return end(r, begin(r, err) && put_bytes(r, stream, false, rows, size, err));
}

bool hk_recording_frame(struct hk_recording *r, uint32_t stream, const double *numbers,
                        size_t count, const void *values, size_t size, struct hk_err *err) {
    return end(r, begin(r, err) &&
                      put_bytes(r, stream, false, numbers, count * sizeof *numbers, err) &&
                      put_bytes(r, stream, true, values, size, err));
}

void hk_recording_reach(struct hk_recording *r, double reached_ms) {
    atomic_store_explicit(&r->reached_ms, reached_ms, memory_order_release);
}

double hk_recording_saved_ms(struct hk_recording *r) {
    (void)pthread_mutex_lock(&r->lock);
    double saved_ms = r->saved_ms;
    (void)pthread_mutex_unlock(&r->lock);
    return saved_ms;
}

uint64_t hk_recording_size(struct hk_recording *r) {
    (void)pthread_mutex_lock(&r->lock);
    uint64_t size = r->size;
    (void)pthread_mutex_unlock(&r->lock);
    return size;
}

/* ---- the whole ---- */

static bool make_blocks(struct hk_recording *r, struct hk_err *err) {
    for (size_t i = 0; i < HK_RECORDING_BLOCKS; i++) {
        r->blocks[i].bytes = HK_NEW(r->arena, unsigned char, HK_JOURNAL_RECORD_MAX, err);
        if (!r->blocks[i].bytes) return false;
    }
    return true;
}

struct hk_recording *hk_recording_create(struct hk_arena *arena, const char *folder,
                                         size_t segment_size, struct hk_err *err) {
    struct hk_recording *r = HK_NEW(arena, struct hk_recording, 1, err);
    if (!r) return NULL;
    r->arena = arena;
    r->folder = hk_arena_text(arena, folder, err);
    r->segment_size = segment_size ? segment_size : HK_SEGMENT_SIZE;
    if (!r->folder || !make_blocks(r, err)) return NULL;
    if (!hk_run_lock_take(&r->folder_lock, arena, folder, err)) return NULL;
    if (hk_recording_start(r, err)) return r;
    hk_run_lock_release(&r->folder_lock);
    return NULL;
}

bool hk_recording_close(struct hk_recording *r, struct hk_folded *folded, struct hk_err *err) {
    bool ok = hk_recording_stop(r, err) && hk_recover_build(r->arena, r->folder, folded, err);
    if (ok) hk_run_lock_release(&r->folder_lock);
    return ok;
}

void hk_recording_destroy(struct hk_recording *r) {
    struct hk_err ignored = {0};
    if (!r) return;
    bool stopped = hk_recording_stop(r, &ignored);
    (void)stopped; /* nobody is left to hear why not */
    hk_block_finish(&r->prologue);
    hk_run_lock_release(&r->folder_lock);
}
