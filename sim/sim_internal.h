/* The insides of a simulation, for sim/ alone.
 *
 * Ownership. Thread p of P owns units part[p]..part[p+1]-1 of every population (multiples of a
 * cache line) and all synapses that end in them; only the owner writes. Spikes go to the owner's
 * part of the history, and everybody reads them there, thread by thread, which is ascending order
 * of units.
 *
 * Time. State is "after tick n"; the step to n + 1 takes the spikes that arrive at n + 1. Windows
 * are as long as the smallest delay between neurons, so within one nobody waits for anybody.
 * Sources are emitted one window ahead.
 *
 * Columns, weights and traces are arrays of hk_real: `void *` here, typed in sim/kernels. */
#ifndef HK_SIM_SIM_INTERNAL_H
#define HK_SIM_SIM_INTERNAL_H

#include "sim/pool.h"
#include "sim/raster.h"
#include "sim/sim.h"

enum {
    HK_POPS_MAX = 4096,
    HK_PROJS_MAX = 65536,
    HK_PART_UNITS = 16,       /* parts begin at multiples: a cache line of floats */
    HK_WINDOW_MAX = 64,       /* ticks */
    HK_DELAY_SPAN_MAX = 4096, /* most different delays in a projection, ticks */
    HK_COLUMNS_MAX = 64       /* state columns of a population */
};

/* ---- spikes of the recent past ---- */

/* One thread's spikes: per slot (a tick modulo the ring) and population a list. */
struct hk_history {
    uint32_t *units;    /* [slot][slot_size] */
    size_t slot_size;   /* the most spikes a tick can have */
    size_t *pop_offset; /* [pop]: where its list begins within a slot */
    uint32_t *counts;   /* [slot][pop] */
};

/* ---- populations ---- */

struct hk_receptor {
    const char *name;
    const struct hk_receptor_model *model;
    void *param, *derived;
    size_t first_column;
    void *arrived; /* [padded] sums of what arrives at this tick */
};

struct hk_drive {
    const struct hk_drive_model *model;
    void *param, *derived;
    struct hk_stream stream;
};

struct hk_pop {
    struct hk_sim *sim;
    const char *name;
    size_t index;
    hk_neuron size;
    size_t padded;   /* size rounded up to whole cache lines */
    hk_neuron *part; /* [threads + 1], after build */

    const struct hk_neuron_model *neuron;
    const struct hk_source_model *source;
    const struct hk_encoder_model *encoder;
    void *param, *derived;

    struct hk_column *info; /* [column_count] */
    void **column;          /* [column_count][padded] */
    void **start;           /* the same, as they were at build: what reset goes back to */
    size_t column_count;
    struct hk_receptor *receptors;
    size_t receptor_count;
    struct hk_drive *drives;
    size_t drive_count;
    bool conducting; /* some receptor is a conductance */

    struct hk_proj **incoming; /* projections that end here, in the order of adding */
    size_t incoming_count;
    struct hk_proj **releasing; /* projections that begin here and remember spikes */
    size_t releasing_count;

    uint32_t burst;          /* most spikes of a unit in a tick */
    struct hk_stream stream; /* of source or encoder */
    struct hk_raster *shown; /* [threads]: the presentation of an encoder */
    hk_tick shown_from;      /* its tick 0 is spiking time shown_from + 1 */

    uint32_t *counts; /* [size] */
    hk_listener *listener;
    void *listener_context;
};

/* ---- projections ---- */

enum hk_storage {
    HK_STORE_ROWS,    /* rows of (target, weight), by source and delay */
    HK_STORE_MATRIX,  /* all-to-all with a weight each: [source][owned target] */
    HK_STORE_UNIFORM, /* all-to-all with one weight: nothing is stored, delivery is of rank one */
};

/* What one thread owns of a projection. Targets are counted from the thread's first. A "row" is a
 * pair (source, delay): row = source * delays + (delay - delay_min). */
struct hk_proj_part {
    hk_syn count;
    hk_syn *row_start; /* ROWS: [rows + 1] */
    uint32_t *target;  /* ROWS: [count] */
    void *weight;      /* ROWS: [count]; MATRIX: [source][stride]; NULL: shared */
    size_t stride;     /* MATRIX: owned targets, padded */

    /* Plastic only. Traces of the pre side are the thread's own copy: they are seen at arrival. */
    void *pre_value[HK_TRACE_MAX], *post_value[HK_TRACE_MAX]; /* [rows], [owned] */
    hk_tick *pre_last, *post_last;
    hk_syn *in_start;   /* ROWS: [owned + 1], incoming synapses of a target: */
    hk_syn *in_synapse; /* [count] index of the synapse */
    uint32_t *in_row;   /* [count] its row */
    void *pre_now[HK_TRACE_MAX], *post_now[HK_TRACE_MAX], *other[HK_TRACE_MAX],
        *gathered; /* room */
};

struct hk_proj {
    struct hk_sim *sim;
    const char *name;
    size_t index;
    struct hk_pop *source, *target;
    size_t receptor;
    const struct hk_connect_model *connect;
    void *connect_param;
    struct hk_connect_shape shape;
    const struct hk_synapse_model *synapse;
    void *synapse_param;
    double *memory;      /* [source][state_count] of a synapse model that remembers, else NULL */
    hk_tick *last_spike; /* [source]; -1: none yet */
    void *released;      /* [slot][source] part of the weight that the spikes of a tick release */
    struct hk_dist weight, delay_ms;
    const struct hk_plasticity_model *plasticity;
    void *plasticity_param;
    bool learning;

    enum hk_storage storage;
    bool except_same;
    hk_tick delay_min;
    uint32_t delays; /* number of different ones, a contiguous range from delay_min */
    size_t rows;     /* source size * delays */
    struct hk_stream connect_stream, weight_stream, delay_stream;
    double ticks_per_tau[2][HK_TRACE_MAX]; /* pre, post */
    struct hk_proj_part *parts;            /* [threads] */
    uint64_t count;
};

/* ---- the whole ---- */

struct hk_tally { /* one a thread, on its own cache line */
    _Alignas(HK_CACHE_LINE) struct hk_sim_counts counts;
};

struct hk_sim {
    struct hk_arena *arena;
    struct hk_sim_options options;
    size_t real_size; /* bytes of hk_real */
    const struct hk_kernels_step *step;
    const struct hk_kernels_learn *learn;
    const struct hk_kernels_columns *columns;
    struct hk_pop **pops;
    size_t pop_count;
    struct hk_proj **projs;
    size_t proj_count;
    bool built, adapting;
    hk_tick now;
    hk_tick window; /* ticks */
    hk_tick slots;  /* of the history, a power of two */
    int threads;
    struct hk_pool *pool;
    struct hk_history *history; /* [threads] */
    struct hk_tally *tally;     /* [threads] */
};

static inline size_t hk_slot(const struct hk_sim *sim, hk_tick tick) {
    return (size_t)(tick & (sim->slots - 1));
}

/* The spikes that `thread` owns of `pop` at `tick`, ascending; lent for as long as the ring. */
static inline uint32_t hk_spikes(const struct hk_sim *sim, const struct hk_pop *pop, hk_tick tick,
                                 int thread, const uint32_t **units) {
    const struct hk_history *h = &sim->history[thread];
    size_t slot = hk_slot(sim, tick);
    *units = h->units + slot * h->slot_size + h->pop_offset[pop->index];
    return h->counts[slot * sim->pop_count + pop->index];
}

/* Does the synapse model release parts of the weight? */
static inline bool hk_proj_remembers(const struct hk_proj *proj) {
    return proj->synapse && proj->synapse->release;
}

/* A column of hk_real: zeroed, on cache lines. */
void *hk_sim_reals(struct hk_sim *sim, size_t count, struct hk_err *err) HK_MUST_USE;
/* The index of a receptor by name, or -1. */
int hk_pop_receptor_index(const struct hk_pop *pop, const char *name);
/* Window, ring and number of threads, as build will have them. */
void hk_sim_plan(struct hk_sim *sim);
/* Divide among the threads; allocate what depends on their number. */
bool hk_pop_build(struct hk_pop *pop, struct hk_err *err) HK_MUST_USE;
/* Choose the storage (needs no threads), then draw the connections (uses the pool). */
bool hk_proj_plan(struct hk_proj *proj, struct hk_err *err) HK_MUST_USE;
bool hk_proj_build(struct hk_proj *proj, struct hk_err *err) HK_MUST_USE;
/* Forget traces and what synapses remember. */
void hk_proj_reset(struct hk_proj *proj);

#endif
