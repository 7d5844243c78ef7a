/* What is in a record of a journal: entries, as small as they can be, each for a stream. A stream
 * is opened once, by an entry that says what it is; from then on entries bring its spikes or bytes.
 * Each record can be read without those before it.
 *
 * The bytes: docs/results-layout.md. Numbers of variable length have seven bits a byte, the lowest
 * first; differences have their sign in the lowest bit. */
#ifndef HK_IO_ENTRY_H
#define HK_IO_ENTRY_H

#include "io/store.h"

enum {
    HK_STREAMS_MAX = 1 << 20,    /* of a run */
    HK_STREAM_NAME_MAX = 4096,   /* bytes of a path, unit or note */
    HK_STREAM_RUNS_MAX = 65536,  /* of units that follow each other, in an opening */
    HK_STREAM_IDS_MAX = 1 << 26, /* units that the openings of a run list, together */
    HK_ENTRY_UNITS_MAX = 1024,   /* that a reader gets at a time */
    HK_FRAME_NUMBERS_MAX = 8,    /* before the values of a frame */
    HK_STREAM_OF_ITEMS = 0,      /* all items and texts, one after the other */
};

enum hk_entry_kind { HK_ENTRY_OPEN, HK_ENTRY_SPIKES, HK_ENTRY_BYTES, HK_ENTRY_SPAN };

enum hk_stream_kind {
    HK_STREAM_ITEM,   /* a dataset that is written at once; its bytes follow */
    HK_STREAM_TEXT,   /* a text; its bytes follow */
    HK_STREAM_SPIKES, /* of a population */
    HK_STREAM_SERIES, /* points of a curve, two doubles each */
    HK_STREAM_REPORT, /* frames of a SONATA report */
    HK_STREAM_FRAMES, /* frames of anything, each behind numbers that belong to it */
    HK_STREAM_KINDS
};

/* What a stream is. Fields that a kind has no use for are zero. */
struct hk_opening {
    enum hk_stream_kind kind;
    const char *path; /* of SPIKES the population, of REPORT its name, of FRAMES a group */
    const char *unit; /* NULL: none */
    const char *note; /* of REPORT the variable, of SERIES the columns, of FRAMES names of numbers:
                       * "time:ms samples"; NULL: none */
    enum hk_element element;
    size_t rank;                       /* ITEM: of the whole; FRAMES: of a frame */
    uint64_t shape[HK_STORE_RANK_MAX]; /* of TEXT: [0] is its bytes */
    uint64_t neurons;                  /* of the population */
    double tick_ms;
    double start_ms, stop_ms;     /* what is recorded of SPIKES; of REPORT the first frame */
    double step_ms;               /* between frames */
    size_t id_count;              /* which units; SPIKES: 0 is all of them */
    const hk_neuron *ids;         /* ascending. Of an entry that was read: hk_opening_ids */
    const unsigned char *id_code; /* as read */
    const unsigned char *id_end;
};

/* ---- writing ---- */

/* Into memory of the caller's. What has no room is left out whole. */
struct hk_entry_writer {
    unsigned char *at, *end;
    hk_tick last; /* of the entry before; 0 at the start of a record */
};

/* False: no room. */
bool hk_entry_put_open(struct hk_entry_writer *out, uint32_t stream,
                       const struct hk_opening *opening) HK_MUST_USE;
/* Units that fire at `tick`, in any order. Returns how many had room: then the next ones go on in
 * another record. */
size_t hk_entry_put_spikes(struct hk_entry_writer *out, uint32_t stream, hk_tick tick,
                           const hk_neuron *units, size_t count);
/* The same of bytes. */
size_t hk_entry_put_bytes(struct hk_entry_writer *out, uint32_t stream, const void *data,
                          size_t size);
/* All that happened in this simulated time stands before this entry. */
enum { HK_ENTRY_SPAN_SIZE = 17 };
bool hk_entry_put_span(struct hk_entry_writer *out, double start_ms, double stop_ms) HK_MUST_USE;

/* ---- reading: nothing is believed unseen ---- */

/* Lent during the callback. */
struct hk_entry {
    enum hk_entry_kind kind;
    uint32_t stream;
    union {
        struct hk_opening opening;
        struct {
            hk_tick tick;
            const hk_neuron *units; /* at most HK_ENTRY_UNITS_MAX */
            size_t count;
        } spikes;
        struct {
            const unsigned char *data;
            size_t size;
        } bytes;
        struct {
            double start_ms, stop_ms;
        } span;
    };
};
/* False ends the reading; `err` says why. */
typedef bool hk_entry_visitor(void *context, const struct hk_entry *entry, struct hk_err *err);

/* All entries of a record's payload. Errors: HK_ERR_DATA, and the visitor's. */
bool hk_entries_read(const unsigned char *payload, size_t size, hk_entry_visitor *visitor,
                     void *context, struct hk_err *err) HK_MUST_USE;
/* The ids of an opening that was read: [id_count]. */
void hk_opening_ids(const struct hk_opening *opening, hk_neuron *ids);

/* All entries of a journal file whose bytes these are; `torn` gets how many are behind the last
 * whole record. A pure function. Errors: HK_ERR_DATA, and the visitor's. */
bool hk_entries_replay(const unsigned char *bytes, size_t size, hk_entry_visitor *visitor,
                       void *context, size_t *torn, struct hk_err *err) HK_MUST_USE;

#endif
