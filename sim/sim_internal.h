/* The insides of a simulation, for sim/ alone.
 *
 * Ownership. Thread p of P owns units part[p]..part[p+1]-1 of every population (multiples of
 * HK_GROUP) and all synapses that end in them; only the owner writes. Spikes go to the owner's
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

#include "sim/numeric.h"
#include "sim/pool.h"
#include "sim/raster.h"
#include "sim/sim.h"
#include "sim/watch.h"

enum {
    HK_POPS_MAX = 4096,
    HK_PROJS_MAX = 65536,
    HK_LINE_UNITS = 16,       /* rows of matrices are padded to multiples: a cache line of floats */
    HK_WINDOW_MAX = 64,       /* ticks */
    HK_DELAY_SPAN_MAX = 4096, /* most different delays in a projection, ticks */
    HK_COLUMNS_MAX = 64,      /* state columns of a population, */
    HK_ALONE_COLUMNS = 16,    /* and of one that is left alone */
    HK_SIGNALS_MAX = 64,
    HK_CREDIT_ROWS = 64 /* active rows that learn together */
};

/* ---- spikes of the recent past ---- */

/* One thread's spikes: per slot (a tick modulo the ring) and population a list. */
struct hk_history {
    uint32_t *units;    /* [slot][slot_size] */
    size_t slot_size;   /* the most spikes a tick can have */
    size_t *pop_offset; /* [pop]: where its list begins within a slot */
    uint32_t *counts;   /* [slot][pop], counts_stride apart */
};

/* ---- populations ---- */

struct hk_receptor {
    const char *name;
    const struct hk_receptor_model *model;
    void *param, *derived;
    size_t first_column;
    void *arrived;  /* [hk_pop_places] sums of what projections outside of bundles deliver */
    bool delivered; /* there are such projections; otherwise `arrived` stays zero */
    size_t others;  /* addends of what arrives beside bundles: these projections, each drive */
    bool idle;      /* nothing ends in it, and its state is 0: it is left out */
    /* Of plain synapses in bundles: whole-number sums. slot NULL: none. */
    size_t *slot; /* [threads] the first of its units' in the thread's sums */
    size_t rank;  /* slots ascend with it */
    double unit;  /* of weight, that a whole number counts */
};

/* Of a population that is left alone between events. */
struct hk_alone {
    struct hk_membrane membrane;
    hk_tick *last; /* [padded] when each unit's state was that of its columns */
};
/* Of one that can sleep (sim/sleep.c): then `last` counts for units that do. */
struct hk_sleep {
    unsigned char *asleep; /* [groups] 1: it sleeps */
    uint32_t *touches;     /* [groups] units that something arrived at since the last test */
    hk_tick *awake_until;  /* [groups] not tested before */
};

struct hk_drive {
    const struct hk_drive_model *model;
    void *param, *derived;
    struct hk_stream stream;
    size_t receptor; /* where its spikes arrive, if it has any */
};

struct hk_pop {
    struct hk_sim *sim;
    const char *name;
    size_t index;
    hk_neuron size;
    size_t padded;   /* size rounded up to whole groups */
    size_t groups;   /* of HK_GROUP units; the last may be shorter */
    hk_neuron *part; /* [threads + 1], after build */

    const struct hk_neuron_model *neuron;
    const struct hk_source_model *source;
    const struct hk_encoder_model *encoder;
    void *param, *derived;

    struct hk_column *info; /* [column_count] */
    void **column;          /* [column_count][hk_pop_places], after build */
    void **start;           /* [column_count][padded] before it: what reset goes back to */
    size_t column_count;
    /* Of models that hold units after a spike: struct hk_held's arrays [padded], and a ring for
     * each HK_BLOCK units of a thread, at the place of its first group. */
    struct hk_held_ring *held;
    uint16_t *held_unit;
    void *held_v;
    hk_tick *held_until;
    struct hk_alone *alone; /* NULL: it is stepped, always */
    struct hk_sleep *sleep; /* NULL: it can't */
    struct hk_receptor *receptors;
    size_t receptor_count;
    struct hk_drive *drives;
    size_t drive_count;
    /* What some receptor or drive adds to: conductances, currents, jumps. */
    bool conducting, pushing, jumping;
    bool fused; /* receptors are advanced in the membrane's pass (update_with) */

    struct hk_proj **incoming; /* projections that end here, in the order of adding */
    size_t incoming_count;
    struct hk_proj **releasing; /* projections that begin here and remember spikes */
    size_t releasing_count;
    struct hk_proj **outgoing; /* all that begin here */
    size_t outgoing_count;

    uint32_t burst;          /* most spikes of a unit in a tick */
    struct hk_stream stream; /* of source or encoder */
    struct hk_raster *shown; /* [threads]: the presentation of an encoder */

    double dropout;               /* part of the units that is silent in a presentation */
    struct hk_stream drop_stream; /* who is */
    unsigned char *kept;          /* [padded] in this presentation: 1 fires, 0 is silent; or NULL */

    /* What comes back at the end of a presentation, [padded] each; NULL where nothing does. */
    const struct hk_proj *judge; /* the first incoming projection that learns from presentations */
    void *blame, *error, *gate;

    uint32_t *counts; /* [size] */
    hk_listener *listener;
    void *listener_context;
    bool is_trigger; /* of a watch */
};

/* ---- signals ---- */

/* A number that all of the network can see. Every thread keeps a copy of its own, moved on by the
 * same spikes, so that nobody waits for anybody. */
struct hk_signal_copy {
    _Alignas(HK_CACHE_LINE) double value; /* just after `at`; it decays from then on */
    hk_tick at;
};
struct hk_signal {
    struct hk_sim *sim;
    const char *name;
    double tau;          /* ms; infinite: it stays */
    struct hk_pop *from; /* whose spikes add to it, or NULL */
    double amount;       /* of one spike */
    hk_tick delay;
    struct hk_signal_copy *copies; /* [threads] */
};

/* ---- projections ---- */

enum hk_storage {
    HK_STORE_ROWS,    /* rows of (target, weight), by source and delay */
    HK_STORE_MATRIX,  /* all-to-all with a weight each: [source][owned target] */
    HK_STORE_UNIFORM, /* all-to-all with one weight: nothing is stored, delivery is of rank one */
    HK_STORE_BUNDLE,  /* with other plain synapses of the source (sim/bundle.c) */
    HK_STORE_LATE,    /* rows that learn late, by source and the delays that occur: sim/late.c */
    HK_STORE_TIMED    /* rows by source and the delays that occur: the exact clock (sim/timed.c) */
};

/* Room to learn from a presentation. "Active" rows are those that a spike arrived at, "gated"
 * targets those that fired and are to change. */
struct hk_credit_room {
    uint32_t *list;                      /* [targets of all threads, or owned] */
    void *value;                         /* the same: what belongs to each */
    int32_t *place;                      /* [owned]: index in the list, -1: not in it */
    uint32_t *active, *active_of;        /* [rows]: rows; [rows]: index in `active` + 1, 0: none */
    void *trace;                         /* [ticks][rows]: pre traces of the active rows */
    void *paired;                        /* [owned][HK_CREDIT_ROWS] */
    size_t *synapse;                     /* [owned or longest row]: of a row, those with a gate */
    void *row_w, *row_gate, *row_paired; /* the same */
};

/* Targets whose traces that on_pre looks at haven't ended, in any order, and these traces side by
 * side. Arrays have room for whole cache lines of numbers. */
struct hk_recent {
    size_t count;
    uint32_t *target;          /* [count] */
    uint32_t *place;           /* [owned] index in target[] + 1; 0: it isn't there */
    void *value[HK_TRACE_MAX]; /* [count] */
    hk_tick *last;             /* [count] */
    uint64_t *seen_whole;      /* [rows] the run in which on_pre last saw all of a row */
};

/* What one thread owns of a projection. Targets are counted from the thread's first. A "row" is a
 * pair (source, delay): row = source * delays + (delay - delay_min); TIMED: only those that occur.
 */
struct hk_proj_part {
    hk_syn count;
    size_t rows;         /* ROWS, MATRIX: the projection's; TIMED: the part's own */
    hk_syn *row_start;   /* ROWS, TIMED: [rows + 1] */
    uint32_t *target;    /* ROWS, TIMED: [count] */
    void *weight;        /* ROWS, TIMED: [count]; MATRIX: [source][stride]; NULL: shared */
    size_t stride;       /* MATRIX: owned targets, padded */
    size_t *first_row;   /* TIMED: [sources + 1] */
    uint32_t *row_delay; /* TIMED: [rows] above delay_min; NULL: all have one delay */

    /* Plastic only. Traces of the pre side are the thread's own copy: they are seen at arrival. */
    void *pre_value[HK_TRACE_MAX], *post_value[HK_TRACE_MAX]; /* [rows], [owned] */
    hk_tick *pre_last, *post_last;
    hk_syn *in_start;     /* ROWS, TIMED: [owned + 1], incoming synapses of a target: */
    uint32_t *in_synapse; /* [count] index of the synapse */
    uint32_t *in_row;     /* [count] its row */
    void *pre_now[HK_TRACE_MAX], *post_now[HK_TRACE_MAX], *other[HK_TRACE_MAX], *own[HK_TRACE_MAX],
        *gathered;            /* room */
    struct hk_recent *recent; /* MATRIX, if nothing is remembered; else NULL */
    struct hk_late *late;     /* LATE: sim/late.h */
    /* What each synapse remembers, where its weight lies, and when it was last brought to date. */
    void *memory[HK_MEMORY_MAX];
    hk_tick *last;
    void *gathered_memory[HK_MEMORY_MAX]; /* room */
    hk_tick *gathered_last;

    /* TIMED: what the sources of a synapse model remember; rows that arrive at the tick that is
     * being looked at. */
    double *source_memory; /* [source][HK_SYNAPSE_STATE_MAX] */
    hk_tick *source_last;  /* [source]; -1: no spike yet */
    const struct hk_arrival *arrived;
    size_t arrived_count;

    void *sum;                  /* [owned] room, where a dropping source's spikes are scaled */
    struct hk_credit_room room; /* of rules that learn from presentations */
};

/* ---- bundles ---- */

/* The plain synapses of one source population that one thread owns. A row a source, one after the
 * other; a row is a segment for each delay, ascending, up to the last that isn't empty; a segment
 * is one or more runs; a run is a header and the synapses that end in one page of the thread's
 * sums, ascending. */
struct hk_bundle_part {
    hk_syn count;     /* synapses */
    hk_syn *start;    /* [sources + 1] of rows, in words */
    uint32_t *packed; /* words: a header, or whole weight << 16 | place in the page; */
    uint16_t *narrow; /* or places alone, and headers in two halves: where all weigh the same, */
    double *exact;    /* or where weights are here, one for each place or half: double precision */

    struct hk_block spikes; /* struct hk_inflight [spike_count], of the sources */
    size_t spike_count;
};
struct hk_bundle {
    struct hk_pop *source;
    size_t index;
    struct hk_proj **members; /* in the order of their receptors' slots */
    size_t member_count;
    hk_tick delay_min;
    uint32_t delays;
    bool is_shared; /* do all weigh the same? */
    bool is_narrow; /* hk_bundles_are_narrow */
    double weight;  /* of each, where shared: of the receptors' units */
};

/* The header of a run: how many synapses, in which page, and whether it ends the segment. */
enum {
    HK_PAGE = 1 << 16,
    HK_PAGES_MAX = 1 << 11,
    HK_RUN_MAX = (1 << 20) - 1,
    HK_RUN_COPIED = 32 /* words that may be read of a run, however short it is */
};

static inline uint32_t hk_run_header(uint32_t count, uint32_t page, bool last) {
    return count | page << 20 | (uint32_t)last << 31;
}
static inline uint32_t hk_run_count(uint32_t header) {
    return header & HK_RUN_MAX;
}
static inline uint32_t hk_run_page(uint32_t header) {
    return header >> 20 & (HK_PAGES_MAX - 1);
}
static inline bool hk_run_is_last(uint32_t header) {
    return header >> 31;
}

/* A spike whose synapses are arriving, a segment a tick. */
struct hk_inflight {
    const void *at, *end; /* the segment that comes next; where the row ends */
    uint32_t header;      /* the segment's first; not known before the first segment's turn */
};
/* The marks of a group of sums whose units don't sleep: nobody looks for what arrives there. */
#define HK_MARKS_AWAKE UINT64_MAX

/* What arrives at the units of one thread. */
struct hk_flight {
    _Alignas(HK_CACHE_LINE) hk_tick tick; /* all segments up to this tick have been added */
    struct hk_bundle_part *parts;         /* [bundle] */
    void *sums;                           /* [slots] hk_sum */
    size_t slots;
    size_t asleep; /* groups of the thread that sleep */
    /* What arrives at those meanwhile; NULL where nobody ever sleeps. */
    uint64_t *marks;  /* [slots / HK_GROUP] a bit for each sum; of those awake HK_MARKS_AWAKE */
    uint32_t *marked; /* [marked_count] the groups of sums that have such a bit */
    size_t marked_count;
    uint64_t events;   /* that are being added */
    struct hk_err err; /* of the first spike that there was no room for, */
    bool full[2];      /* and whether there is one, at the end of even and odd windows */
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
    struct hk_signal *signal; /* that the rule follows, or NULL */
    bool learning;
    const struct hk_kernels_learn *learn; /* of the storage, if it learns from events */

    enum hk_storage storage;
    struct hk_bundle *bundle; /* BUNDLE */
    struct hk_blocks blocks;  /* where there is one delay; else no groups */
    hk_tick delay_min;
    uint32_t delays;       /* number of different ones, a contiguous range from delay_min */
    uint64_t *delay_below; /* [delays] of a 32-bit draw: below [d] it is delay_min + d or less */
    uint16_t delay_guide[256]; /* the first d to look at, by the draw's upper 8 bits */
    size_t rows;               /* source size * delays */
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
    const struct hk_kernels_late *late;
    const struct hk_kernels_credit *credit;
    const struct hk_kernels_bundle *bundle;
    const struct hk_kernels_sleep *sleep;
    const struct hk_kernels_exact *on_exact;
    const struct hk_kernels_replay *replay;
    const struct hk_kernels_draws *draws;
    const struct hk_kernels_columns *columns;
    struct hk_pop **pops;
    size_t pop_count;
    struct hk_proj **projs;
    size_t proj_count;
    struct hk_bundle **bundles;
    size_t bundle_count;
    struct hk_flight *flights; /* [threads] */
    struct hk_exact *exact;    /* NULL on a grid */
    struct hk_signal *signals[HK_SIGNALS_MAX];
    size_t signal_count;
    bool built, adapting, dropping;
    hk_tick shown_from;     /* the running presentation begins with the tick after it */
    hk_tick remembered;     /* ticks of spikes that a rule may look back to */
    struct hk_pop **judged; /* populations that errors reach, those nearest to the end first */
    size_t judged_count;
    hk_tick window; /* ticks */
    hk_tick slots;  /* of the history, a power of two */
    int threads;
    size_t counts_stride; /* of the history: pops, or whole cache lines */
    size_t gap;           /* between the units of two threads in a column: hk_pop_shift */
    void *zeros;          /* [HK_BLOCK], never written to */
    struct hk_pool *pool;
    struct hk_history *history; /* [threads] */
    struct hk_tally *tally;     /* [threads] */
    struct hk_watch *watches;   /* or NULL */
    hk_follower *follower;
    void *follower_context;
    uint64_t runs;                       /* that have begun */
    _Alignas(HK_CACHE_LINE) hk_tick now; /* written while others read what is above */
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
    return h->counts[slot * sim->counts_stride + pop->index];
}

/* Does the synapse model release parts of the weight? */
static inline bool hk_proj_remembers(const struct hk_proj *proj) {
    return proj->synapse && proj->synapse->release;
}

/* Does it only add constant weights? */
static inline bool hk_proj_is_plain(const struct hk_proj *proj) {
    return proj->storage == HK_STORE_ROWS && !proj->plasticity && !hk_proj_remembers(proj) &&
           proj->source->dropout <= 0.0;
}

/* The first unit of the HK_BLOCK units of a thread that `unit` is one of. */
static inline hk_neuron hk_block_of(const struct hk_pop *pop, int thread, hk_neuron unit) {
    return unit - (unit - pop->part[thread]) % HK_BLOCK;
}

/* How many units of the population a thread owns. */
static inline size_t hk_pop_owned(const struct hk_pop *pop, int thread) {
    return pop->part[thread + 1] - pop->part[thread];
}

/* Where a thread's units lie in a column: so far behind their numbers. What is swept at each tick
 * has a gap between two threads, because caches fetch what lies ahead of a sweep, and would take it
 * from the thread that writes there. */
static inline size_t hk_pop_shift(const struct hk_pop *pop, int thread) {
    return (size_t)thread * pop->sim->gap;
}
static inline size_t hk_pop_places(const struct hk_pop *pop) {
    return pop->padded + hk_pop_shift(pop, pop->sim->threads);
}
/* The thread that owns a unit. */
static inline int hk_pop_owner(const struct hk_pop *pop, hk_neuron unit) {
    int thread = 0;
    while (thread + 1 < pop->sim->threads && unit >= pop->part[thread + 1]) thread++;
    return thread;
}
/* Where the value of a unit is, after build. */
static inline void *hk_pop_value(const struct hk_pop *pop, size_t column, hk_neuron unit) {
    size_t place = unit + hk_pop_shift(pop, hk_pop_owner(pop, unit));
    return (char *)pop->column[column] + place * pop->sim->real_size;
}

/* A column of hk_real: zeroed, on cache lines. */
void *hk_sim_reals(struct hk_sim *sim, size_t count, struct hk_err *err) HK_MUST_USE;
/* The index of a receptor by name, or -1. */
int hk_pop_receptor_index(const struct hk_pop *pop, const char *name);
/* Window, ring and number of threads, as build will have them. */
void hk_sim_plan(struct hk_sim *sim);
/* Divide among the threads; allocate what depends on their number. */
bool hk_pop_build(struct hk_pop *pop, struct hk_err *err) HK_MUST_USE;
/* A column is as it was at first. */
void hk_pop_restart(struct hk_pop *pop, size_t column);
/* What ends in its receptors beside bundles: when that is known. */
void hk_pop_count_others(struct hk_pop *pop);
/* Which receptors are idle in what runs next, and whether the others go along with the membrane. */
void hk_pop_prepare(struct hk_pop *pop);
/* Choose the storage (needs no threads), then draw the connections (uses the pool). */
bool hk_proj_plan(struct hk_proj *proj, struct hk_err *err) HK_MUST_USE;
bool hk_proj_build(struct hk_proj *proj, struct hk_err *err) HK_MUST_USE;
/* Traces and indexes of a projection that learns from events, whose synapses are there. */
bool hk_plastic_build(struct hk_proj *proj, struct hk_err *err) HK_MUST_USE;
/* The synapses of one target, as drawn; room for them a thread, given back by the caller. */
struct hk_drawn {
    hk_neuron *source;
    uint32_t *delay; /* above the projection's delay_min, ticks */
    double *weight;
    hk_syn *place; /* where each will lie: for whoever puts them there */
    size_t count;
};
bool hk_proj_reserve(const struct hk_proj *proj, struct hk_block *room, struct hk_drawn *drawn,
                     struct hk_err *err) HK_MUST_USE;
void hk_proj_draw(const struct hk_proj *proj, hk_neuron target, bool weights,
                  struct hk_drawn *drawn);
/* Into place[]: the row of each, where a source has one for each of `delays`, and the projection's
 * least is number `first`. */
static inline void hk_drawn_rows(const struct hk_drawn *drawn, uint32_t delays, uint32_t first) {
    const hk_neuron *restrict source = drawn->source;
    const uint32_t *restrict delay = drawn->delay;
    hk_syn *restrict place = drawn->place;
    const size_t count = drawn->count;
    for (size_t k = 0; k < count; k++) place[k] = (hk_syn)source[k] * delays + (first + delay[k]);
}

/* Bundle what can be (before hk_proj_build), and draw it. */
bool hk_bundles_build(struct hk_sim *sim, struct hk_err *err) HK_MUST_USE;
bool hk_bundle_draw(struct hk_bundle *bundle, struct hk_err *err) HK_MUST_USE;
void hk_bundles_reset(struct hk_sim *sim);
void hk_bundles_finish(struct hk_sim *sim);
static inline struct hk_bundle_part *hk_bundle_part(const struct hk_bundle *bundle, int thread) {
    return &bundle->source->sim->flights[thread].parts[bundle->index];
}
static inline bool hk_bundles_are_exact(const struct hk_sim *sim) {
    return sim->options.precision == HK_DOUBLE;
}
/* Are weights elsewhere than in words, as where all weigh the same? */
static inline bool hk_bundles_are_narrow(const struct hk_sim *sim, bool is_shared) {
    return is_shared || hk_bundles_are_exact(sim);
}
static inline size_t hk_bundle_sum_size(const struct hk_sim *sim) {
    return hk_bundles_are_exact(sim) ? sizeof(double) : sizeof(int32_t);
}
/* A weight as a whole number of a receptor's units. */
static inline int32_t hk_bundle_whole(double weight, double unit) {
    return (int32_t)hk_round(weight / unit);
}
/* The synapses of one member that a thread owns, by source and delay; `at` names one. */
typedef void hk_synapse_visitor(void *context, hk_neuron source, hk_neuron owned_target,
                                hk_tick delay, hk_syn at);
void hk_bundle_visit(const struct hk_proj *proj, int thread, hk_synapse_visitor *visit,
                     void *context);
double hk_bundle_weight(const struct hk_proj *proj, int thread, hk_syn at);
bool hk_bundle_set_weight(const struct hk_proj *proj, int thread, hk_syn at, double weight,
                          struct hk_err *err) HK_MUST_USE;

/* Have neuron and receptors closed forms? */
bool hk_alone_possible(const struct hk_pop *pop);
bool hk_alone_build(struct hk_pop *pop, struct hk_err *err) HK_MUST_USE;
/* After bundles are built: who can sleep. */
bool hk_sleep_build(struct hk_sim *sim, struct hk_err *err) HK_MUST_USE;
void hk_sleep_reset(struct hk_sim *sim);
/* Between runs: wake all of a population. */
void hk_sleep_end(struct hk_pop *pop);

/* The exact clock's rows: draw them; delays of the synapses of one target, ticks above delay_min;
 * the least that was drawn, INT64_MAX where there is no synapse. */
bool hk_timed_build(struct hk_proj *proj, struct hk_drawn *drawn, struct hk_err *err) HK_MUST_USE;
void hk_timed_draw_delays(const struct hk_proj *proj, uint64_t target, uint32_t *out, size_t count);
hk_tick hk_timed_least_delay(const struct hk_proj *proj);

/* Forget traces and what synapses remember. */
void hk_proj_reset(struct hk_proj *proj);

/* Has it a rule that learns from events, or from presentations? */
static inline bool hk_proj_learns(const struct hk_proj *proj) {
    return proj->plasticity && hk_plasticity_from_events(proj->plasticity);
}
static inline bool hk_proj_is_judged(const struct hk_proj *proj) {
    return proj->plasticity && !hk_plasticity_from_events(proj->plasticity);
}
/* Do its synapses remember something? */
static inline bool hk_proj_lapses(const struct hk_proj *proj) {
    return proj->plasticity && proj->plasticity->lapse;
}
bool hk_signal_build(struct hk_signal *signal, struct hk_err *err) HK_MUST_USE;
/* Add what the spikes that arrive at `tick` add to the thread's copies of all signals; synapses
 * that follow one are brought to date first. */
void hk_signals_advance(struct hk_sim *sim, int thread, hk_tick tick);
/* The thread's copy jumps by that of `spikes` at `tick`. */
void hk_signal_jump(struct hk_signal *signal, int thread, hk_tick tick, uint64_t spikes);
/* The thread's value at `tick`, which isn't before its last jump. */
double hk_signal_at(const struct hk_signal *signal, int thread, hk_tick tick);

/* A state variable of units of the thread, as hk_real. */
void hk_pop_gather(const struct hk_pop *pop, int thread, const struct hk_view *view, void *out);

/* The first tick after `after` at which something is watched, INT64_MAX: none. */
hk_tick hk_watches_next(const struct hk_sim *sim, hk_tick after);
/* Copy what the thread owns of what is watched at `tick`; and tell the watchers of the ticks
 * from + 1 .. to, then the follower. */
void hk_watches_gather(const struct hk_sim *sim, int thread, hk_tick tick);
bool hk_watches_tell(struct hk_sim *sim, hk_tick from, hk_tick to, struct hk_err *err) HK_MUST_USE;

/* Order the populations that errors reach; room for what comes back. */
bool hk_credit_build(struct hk_sim *sim, struct hk_err *err) HK_MUST_USE;
/* Who is silent in presentation `number`, of the thread's units. */
void hk_pop_drop(struct hk_pop *pop, int thread, uint64_t number);
/* Take the silent ones out of a list of spikes; returns how many are left. */
static inline size_t hk_pop_keep(const struct hk_pop *pop, uint32_t *units, size_t count) {
    size_t left = 0;
    if (!pop->sim->dropping || !pop->kept) return count;
    for (size_t k = 0; k < count; k++) {
        units[left] = units[k];
        left += pop->kept[units[k]];
    }
    return left;
}

#endif
