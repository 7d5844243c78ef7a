/* `record:` of an experiment file: what is written down while it runs. Spikes of populations
 *
 *   record: {spikes: [exc, inh], in: [test]}
 *
 * and recorders by name, each of one thing:
 *
 *   record:
 *     raster:  {spikes: [exc, inh], only: {first: 500}, from: 200 ms}
 *     vm:      {state: exc.v, only: [0, 1, 2], every: 0.1 ms, to: 300 ms}
 *     theta:   {state: exc.theta, every: 100 samples}
 *     snap:    {state: exc.v, on: spike of inh}
 *     weights: {weights: input->exc, every: 5000 samples, histogram: {bins: 50}}
 *     rate:    {rate: [exc, inh], bin: 1 ms} */
#ifndef HK_IO_RECORD_READER_H
#define HK_IO_RECORD_READER_H

#include "io/model_reader.h"
#include "sim/protocol.h"

enum hk_record_kind { HK_RECORD_SPIKES, HK_RECORD_STATE, HK_RECORD_WEIGHTS, HK_RECORD_RATE };

enum { HK_RECORD_UNITS_MAX = 65536, HK_RECORD_BINS_MAX = 65536 };

/* Which weights are counted: HK_HISTOGRAM_OWN, from the least to the largest of each snapshot. */
struct hk_histogram {
    size_t bins; /* 0: none, the weights themselves are kept */
    bool has_range;
    double low, high; /* in the weight's unit */
};

struct hk_record {
    enum hk_record_kind kind;
    const char *name;     /* of the recorder; NULL: of `spikes:` by itself */
    struct hk_pop **pops; /* of SPIKES and RATE; of STATE one */
    size_t pop_count;
    size_t column;           /* of STATE */
    struct hk_proj *proj;    /* of WEIGHTS */
    const hk_neuron *only;   /* of each population these units, ascending */
    size_t only_count;       /* 0: all */
    hk_tick every;           /* between frames; 0: it isn't time that decides */
    size_t samples;          /* presentations between frames, or 0 */
    const struct hk_pop *on; /* a frame whenever a unit of this fires, or NULL */
    hk_tick bin;             /* of RATE */
    struct hk_histogram histogram;
    hk_tick from, to;          /* of the run, or of each phase; to: INT64_MAX is its end */
    const char *const *phases; /* in these; count 0: always */
    size_t phase_count;
};

struct hk_records {
    struct hk_record *list;
    size_t count;
};

/* The simulation isn't built. `duration` of the run; 0: it has the protocol. Defaults are written
 * into the map. Errors with file, line and column. */
bool hk_records_read(struct hk_reader *reader, struct hk_node *map, const struct hk_sim *sim,
                     hk_tick duration, struct hk_records *records, struct hk_err *err) HK_MUST_USE;

/* Does it record in this phase (NULL: a plain duration)? */
bool hk_record_is_in(const struct hk_record *record, const char *phase);

#endif
