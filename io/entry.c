#include "io/entry.h"

#include <string.h>

#include "io/journal.h"

/* The lowest bits of the number that an entry begins with say its kind, those above its stream. */
enum { KIND_BITS = 2, NUMBER_MAX = 10 /* bytes */ };

/* ---- numbers ---- */

static unsigned char *put_number(unsigned char *at, uint64_t value) {
    for (; value >= 128; value >>= 7) *at++ = (unsigned char)(value | 128);
    *at++ = (unsigned char)value;
    return at;
}

/* What is read; `at` is NULL once something was wrong. */
struct source {
    const unsigned char *at, *end;
};

static uint64_t take_number(struct source *in) {
    uint64_t value = 0;
    for (unsigned shift = 0; in->at && in->at < in->end; shift += 7) {
        uint64_t byte = *in->at++;
        if (shift == 63 && byte > 1) break;
        value |= (byte & 127) << shift;
        if (byte < 128) return value;
    }
    in->at = NULL;
    return 0;
}

/* A number below `limit`. */
static uint64_t take_below(struct source *in, uint64_t limit) {
    uint64_t value = take_number(in);
    if (value >= limit) in->at = NULL;
    return value;
}

static const unsigned char *take_bytes(struct source *in, uint64_t size) {
    const unsigned char *bytes = in->at;
    if (!bytes || size > (uint64_t)(in->end - bytes)) bytes = NULL;
    in->at = bytes ? bytes + size : NULL;
    return bytes;
}

static double take_real(struct source *in) {
    double value = 0.0;
    const unsigned char *bytes = take_bytes(in, sizeof value);
    if (bytes) memcpy(&value, bytes, sizeof value);
    return value;
}

/* A text with the NUL behind it; NULL where it is empty. */
static const char *take_text(struct source *in) {
    uint64_t size = take_below(in, HK_STREAM_NAME_MAX);
    const unsigned char *bytes = take_bytes(in, size + 1);
    if (!bytes || memchr(bytes, '\0', size + 1) != bytes + size) in->at = NULL;
    return in->at && size > 0 ? (const char *)bytes : NULL;
}

/* ---- openings ---- */

/* How many ids from `ids` on follow each other. */
static size_t run_of(const hk_neuron *ids, size_t count) {
    size_t run = 1;
    while (run < count && ids[run] == ids[0] + run) run++;
    return run;
}

/* Ids as (gap, run): a whole population is one pair. */
static unsigned char *put_ids(unsigned char *at, const hk_neuron *ids, size_t count) {
    hk_neuron next = 0;
    for (size_t i = 0, run; i < count; i += run) {
        run = run_of(ids + i, count - i);
        at = put_number(at, ids[i] - next);
        at = put_number(at, run);
        next = ids[i] + (hk_neuron)run;
    }
    return at;
}

/* All pairs; into `ids`, unless it is NULL. */
static void take_ids(struct source *in, uint64_t count, hk_neuron *ids) {
    uint64_t next = 0, done = 0;
    while (in->at && done < count) {
        uint64_t first = next + take_below(in, HK_NEURON_NONE), run = take_number(in);
        if (run == 0 || run > count - done || first > HK_NEURON_NONE - run) in->at = NULL;
        if (!in->at) return;
        for (uint64_t k = 0; ids && k < run; k++) ids[done + k] = (hk_neuron)(first + k);
        done += run;
        next = first + run;
    }
}

void hk_opening_ids(const struct hk_opening *opening, hk_neuron *ids) {
    struct source in = {opening->id_code, opening->id_end};
    take_ids(&in, opening->id_count, ids);
}

static size_t text_size(const char *text) {
    return text ? strlen(text) : 0;
}

static unsigned char *put_text(unsigned char *at, const char *text) {
    size_t size = text_size(text);
    at = put_number(at, size);
    if (size > 0) memcpy(at, text, size);
    at[size] = '\0';
    return at + size + 1;
}

static unsigned char *put_real(unsigned char *at, double value) {
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

/* At least what an opening takes. */
static size_t opening_bound(const struct hk_opening *o) {
    enum { FIXED = 128, PAIR = 2 * 5 };
    size_t runs = 0;
    for (size_t i = 0; i < o->id_count; i += run_of(o->ids + i, o->id_count - i)) runs++;
    return FIXED + text_size(o->path) + text_size(o->unit) + text_size(o->note) +
           o->rank * NUMBER_MAX + runs * PAIR;
}

bool hk_entry_put_open(struct hk_entry_writer *out, uint32_t stream, const struct hk_opening *o) {
    const double reals[] = {o->tick_ms, o->start_ms, o->stop_ms, o->step_ms};
    HK_ASSERT(stream < HK_STREAMS_MAX && o->rank <= HK_STORE_RANK_MAX);
    if (opening_bound(o) > (size_t)(out->end - out->at)) return false;
    unsigned char *at = put_number(out->at, (uint64_t)stream << KIND_BITS | HK_ENTRY_OPEN);
    at = put_number(at, o->kind);
    at = put_text(at, o->path);
    at = put_text(at, o->unit);
    at = put_text(at, o->note);
    at = put_number(at, o->element);
    at = put_number(at, o->rank);
    for (size_t i = 0; i < o->rank; i++) at = put_number(at, o->shape[i]);
    at = put_number(at, o->neurons);
    for (size_t i = 0; i < HK_COUNT(reals); i++) at = put_real(at, reals[i]);
    at = put_number(at, o->id_count);
    out->at = put_ids(at, o->ids, o->id_count);
    return true;
}

static void take_opening(struct source *in, struct hk_opening *o) {
    *o = (struct hk_opening){.kind = (enum hk_stream_kind)take_below(in, HK_STREAM_KINDS)};
    o->path = take_text(in);
    o->unit = take_text(in);
    o->note = take_text(in);
    o->element = (enum hk_element)take_below(in, HK_ELEMENTS);
    o->rank = (size_t)take_below(in, HK_STORE_RANK_MAX + 1);
    for (size_t i = 0; in->at && i < o->rank; i++) o->shape[i] = take_number(in);
    o->neurons = take_below(in, HK_NEURON_NONE);
    o->tick_ms = take_real(in);
    o->start_ms = take_real(in);
    o->stop_ms = take_real(in);
    o->step_ms = take_real(in);
    o->id_count = (size_t)take_below(in, HK_NEURON_NONE);
    o->id_code = in->at;
    take_ids(in, o->id_count, NULL);
    o->id_end = in->at;
    if (!o->path) in->at = NULL;
}

/* ---- spikes ---- */

static uint64_t zigzag(int64_t value) {
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t code) {
    return (int64_t)(code >> 1 ^ (code & 1 ? UINT64_MAX : 0));
}

/* Most entries are of one unit or of few: their number is left out where it is one. Units ascend
 * within an entry. */
static size_t put_ascending(struct hk_entry_writer *out, uint32_t stream, hk_tick tick,
                            const hk_neuron *units, size_t count) {
    enum { UNIT_MAX = 5 };
    HK_ASSERT(tick >= 0 && tick < (hk_tick)1 << 60);
    size_t room = (size_t)(out->end - out->at), head = (size_t)3 * NUMBER_MAX;
    if (room < head + UNIT_MAX) return 0;
    size_t fit = (room - head) / UNIT_MAX, put = 1;
    if (count < fit) fit = count;
    while (put < fit && units[put] >= units[put - 1]) put++;
    unsigned char *at = put_number(out->at, (uint64_t)stream << KIND_BITS | HK_ENTRY_SPIKES);
    at = put_number(at, zigzag(tick - out->last) << 1 | (put == 1));
    if (put > 1) at = put_number(at, put);
    at = put_number(at, units[0]);
    for (size_t i = 1; i < put; i++) at = put_number(at, units[i] - units[i - 1]);
    out->at = at;
    out->last = tick;
    return put;
}

size_t hk_entry_put_spikes(struct hk_entry_writer *out, uint32_t stream, hk_tick tick,
                           const hk_neuron *units, size_t count) {
    size_t done = 0;
    for (size_t put = 1; put > 0 && done < count; done += put)
        put = put_ascending(out, stream, tick, units + done, count - done);
    return done;
}

/* What a reader is at. */
struct reading {
    struct source in;
    hk_entry_visitor *visitor;
    void *context;
    struct hk_err *err;
    hk_tick last;
    hk_neuron units[HK_ENTRY_UNITS_MAX];
};

static bool damaged(struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_DATA, "a record's content is damaged");
}

static bool read_units(struct reading *r, struct hk_entry *entry, uint64_t count) {
    uint64_t unit = 0;
    entry->spikes.units = r->units;
    while (count > 0) {
        uint64_t part = count < HK_ENTRY_UNITS_MAX ? count : HK_ENTRY_UNITS_MAX;
        for (uint64_t i = 0; i < part; i++) {
            unit += take_below(&r->in, HK_NEURON_NONE);
            if (!r->in.at || unit >= HK_NEURON_NONE) return damaged(r->err);
            r->units[i] = (hk_neuron)unit;
        }
        entry->spikes.count = (size_t)part;
        if (!r->visitor(r->context, entry, r->err)) return false;
        count -= part;
    }
    return true;
}

static bool read_spikes(struct reading *r, struct hk_entry *entry) {
    uint64_t code = take_number(&r->in);
    uint64_t count = code & 1 ? 1 : take_number(&r->in);
    if (!r->in.at || __builtin_add_overflow(r->last, unzigzag(code >> 1), &r->last) || r->last < 0)
        return damaged(r->err);
    entry->spikes.tick = r->last;
    return read_units(r, entry, count);
}

/* ---- bytes and spans ---- */

size_t hk_entry_put_bytes(struct hk_entry_writer *out, uint32_t stream, const void *data,
                          size_t size) {
    size_t room = (size_t)(out->end - out->at), head = (size_t)2 * NUMBER_MAX;
    if (size == 0 || room <= head) return 0;
    if (size > room - head) size = room - head;
    unsigned char *at = put_number(out->at, (uint64_t)stream << KIND_BITS | HK_ENTRY_BYTES);
    at = put_number(at, size);
    memcpy(at, data, size);
    out->at = at + size;
    return size;
}

bool hk_entry_put_span(struct hk_entry_writer *out, double start_ms, double stop_ms) {
    if (out->end - out->at < HK_ENTRY_SPAN_SIZE) return false;
    out->at = put_real(put_real(put_number(out->at, HK_ENTRY_SPAN), start_ms), stop_ms);
    return true;
}

/* ---- reading ---- */

static bool read_entry(struct reading *r) {
    struct hk_entry entry = {.kind = HK_ENTRY_OPEN};
    uint64_t tag = take_below(&r->in, (uint64_t)HK_STREAMS_MAX << KIND_BITS);
    entry.kind = (enum hk_entry_kind)(tag & ((1 << KIND_BITS) - 1));
    entry.stream = (uint32_t)(tag >> KIND_BITS);
    switch (entry.kind) {
    case HK_ENTRY_OPEN: take_opening(&r->in, &entry.opening); break;
    case HK_ENTRY_SPIKES: return read_spikes(r, &entry);
    case HK_ENTRY_BYTES:
        entry.bytes.size = (size_t)take_number(&r->in);
        entry.bytes.data = take_bytes(&r->in, entry.bytes.size);
        break;
    case HK_ENTRY_SPAN:
        entry.span.start_ms = take_real(&r->in);
        entry.span.stop_ms = take_real(&r->in);
        break;
    }
    return r->in.at ? r->visitor(r->context, &entry, r->err) : damaged(r->err);
}

bool hk_entries_read(const unsigned char *payload, size_t size, hk_entry_visitor *visitor,
                     void *context, struct hk_err *err) {
    struct reading r = {.in = {payload, payload + size},
                        .visitor = visitor,
                        .context = context,
                        .err = err};
    while (r.in.at < r.in.end)
        if (!read_entry(&r)) return false;
    return true;
}

bool hk_entries_replay(const unsigned char *bytes, size_t size, hk_entry_visitor *visitor,
                       void *context, size_t *torn, struct hk_err *err) {
    struct hk_journal_head head;
    const unsigned char *payload;
    size_t length = 0, at = HK_JOURNAL_HEAD;
    if (!hk_journal_head_read(bytes, size, &head, err)) return false;
    while ((payload = hk_journal_record(bytes + at, size - at, head.sequence++, &length))) {
        if (!hk_entries_read(payload, length, visitor, context, err)) return false;
        at += HK_JOURNAL_RECORD_HEAD + length;
    }
    *torn = size - at;
    return true;
}
