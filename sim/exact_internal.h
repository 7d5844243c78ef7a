/* The exact clock, for sim/ alone: nothing happens between events.
 *
 * A window is as long as the least delay between neurons, so all that arrives within it is known at
 * its beginning, and threads, which own targets, need nothing of each other until its end. Within a
 * window a thread walks through time from event to event. At one tick the order is
 *   1. neurons fire whose way to the threshold ends here;
 *   2. weights arrive: those of drives, by (population, unit); then those of synapses, by
 *      (projection, source, row, target), all before anybody is looked at;
 *   3. neurons fire that these have raised to the threshold;
 *   4. plasticity sees the arrivals and the spikes of the tick, as on a grid;
 *   5. signals jump.
 * What happens to different targets at one tick doesn't depend on each other, so the order among
 * targets is none.
 *
 * Spikes in flight have a cursor a projection, not an event a synapse. A window's arrivals are
 * listed from the cursors at its beginning. */
#ifndef HK_SIM_EXACT_INTERNAL_H
#define HK_SIM_EXACT_INTERNAL_H

#include "sim/sim_internal.h"

/* A spike; or when a neuron's way to its threshold may end, stale unless that is its `due`. */
struct hk_shot {
    hk_tick tick;
    uint32_t pop;
    hk_neuron unit;
};

/* A spike on its way through one projection, as far as the thread owns its targets. */
struct hk_cursor {
    hk_tick sent;
    uint32_t proj;
    uint32_t row, end; /* rows that are still to arrive */
    double part;       /* of the weights, that is released */
};

/* A row that arrives within the window. Where delays are drawn from a range most rows are a single
 * synapse: that one is carried along, because the row lies far away by then. */
struct hk_arrival {
    uint32_t after; /* ticks after the window's beginning */
    uint32_t proj;
    uint32_t row;
    hk_neuron target; /* of the only synapse, which doesn't learn; else HK_ROW */
    double part;      /* of the weights, that is released; or of that synapse the weight */
};
#define HK_ROW UINT32_MAX

/* A growing list of one of these. */
struct hk_list_of {
    struct hk_block block;
    size_t count;
};

enum { HK_OUTBOXES = 4 }; /* windows that somebody may still be reading, a power of two */
enum { HK_AHEAD = 64 };   /* windows for which ways to thresholds are kept apart */

/* When the weights of a drive arrive within the window, for the thread's units. */
struct hk_pulses {
    struct hk_raster raster; /* in order; ticks after the window's first */
    size_t next;
};

static inline const struct hk_raster_spike *hk_pulses_first(const struct hk_pulses *pulses) {
    return (const struct hk_raster_spike *)pulses->raster.put.data + pulses->next;
}
/* Is one unit hit twice at the next tick? */
static inline bool hk_pulses_tied(const struct hk_pulses *pulses) {
    return pulses->next + 1 < pulses->raster.count &&
           hk_raster_same(hk_pulses_first(pulses), hk_pulses_first(pulses) + 1);
}

/* Ticks at which a signal jumps, ascending, from `next` on. */
struct hk_jumps {
    struct hk_list_of ticks; /* hk_tick */
    size_t next;
};

/* One thread's. */
struct hk_exact_thread {
    _Alignas(HK_CACHE_LINE) struct hk_list_of sent[HK_OUTBOXES]; /* struct hk_shot of neurons, */
    struct hk_list_of emitted[HK_OUTBOXES];                      /* and of sources, by window */
    struct hk_list_of cursors, arrivals, spare;
    struct hk_list_of by_pop;          /* uint32_t: arrivals of one population after the other */
    struct hk_list_of crossings;       /* within the window: a heap; the earliest is first */
    struct hk_list_of later[HK_AHEAD]; /* those of later windows, or of still later ones */
    struct hk_list_of posts;   /* struct hk_shot: fired at the tick that is being looked at */
    struct hk_list_of touched; /* struct hk_shot: who something arrived at, at that tick */
    struct hk_list_of units;   /* uint32_t: room for posts of one population */
    struct hk_raster raster;   /* room for what sources emit */
    struct hk_jumps jumps[HK_SIGNALS_MAX];
    size_t *first_of;   /* [pops + 1] where each population's begin in by_pop */
    uint64_t window;    /* its number; windows 1, 2 ... */
    hk_tick begin, end; /* it is what lies after `begin`, up to `end` */
    size_t arrival;     /* what comes next */
    hk_tick now;        /* the tick that is being looked at */
    uint64_t mark;      /* of the last batch */
    struct hk_err err;
    bool failed[2]; /* at the end of even and odd windows */
};

/* A unit's way to its threshold. If nothing arrives it doesn't fire before `next`, HK_NEVER: not at
 * all; and does then where it is `sure`. An entry of the heap is for `due`, and the unit is looked
 * at then. V is held until it is `free`, so a jump of that tick is lost, as on a grid; state waits
 * there, so `last` is it. */
struct hk_way {
    hk_tick next, due, free;
    uint64_t sure : 1;
    uint64_t mark : 63; /* of the last batch that the unit was in */
};
static inline void hk_way_mark(struct hk_way *way, uint64_t mark) {
    way->mark = mark & (UINT64_MAX >> 1);
}

/* Of a population, beside struct hk_alone. */
struct hk_exact_pop {
    struct hk_way *ways; /* [padded] */
    hk_tick refractory;
    bool changed; /* state was written to: ways have to be found anew */
    /* [threads] */
    double *current;          /* of drives, pA, */
    hk_tick *until;           /* and how long it stays */
    struct hk_pulses *pulses; /* [thread][drive_count] */
};
#define HK_NEVER INT64_MAX

struct hk_exact {
    struct hk_exact_thread *threads;
    struct hk_exact_pop *pops; /* [pop_count] */
    bool learns;               /* some projection does, from events */
    struct hk_list_of heard;   /* struct hk_shot: of all threads, for listeners and watchers */
    struct hk_list_of traces;  /* struct hk_trace *: of units that are followed */
};

/* Something that reached a unit that is followed. */
enum hk_trace_kind { HK_TRACE_SYNAPSE, HK_TRACE_PULSE, HK_TRACE_CURRENT };
struct hk_trace_event {
    enum hk_trace_kind kind;
    uint32_t from; /* projection, or drive of the population */
    hk_neuron source;
    size_t receptor;
    hk_tick sent, tick;
    double weight; /* as it arrived; CURRENT: of all drives from then on, pA */
    size_t order;  /* in which they were kept */
};

/* A unit's state, as doubles; and copies of it, side by side. */
struct hk_replay_state {
    hk_tick at, free; /* as of struct hk_way */
    double current;   /* of drives, pA */
    double value[HK_ALONE_COLUMNS];
};
struct hk_replay {
    const struct hk_pop *pop;
    size_t lanes; /* copies, at most HK_GROUP */
    hk_tick at, free;
    double current;
    double value[HK_ALONE_COLUMNS][HK_GROUP];
    size_t skip[HK_GROUP], skip_end[HK_GROUP]; /* events that each does without */
};

/* Room for one more at the end of a list, or NULL with err. */
void *hk_list_add(struct hk_list_of *list, size_t size, struct hk_err *err);

static inline struct hk_exact_pop *hk_exact_pop(const struct hk_pop *pop) {
    return &pop->sim->exact->pops[pop->index];
}

/* A unit's state will be wanted, and may not have been looked at for long. */
static inline void hk_exact_foresee(const struct hk_pop *pop, hk_neuron unit) {
    HK_PREFETCH(&hk_exact_pop(pop)->ways[unit]);
    HK_PREFETCH(&pop->alone->last[unit]);
    for (size_t c = 0; c < pop->column_count; c++)
        HK_PREFETCH((const char *)pop->column[c] + unit * pop->sim->real_size);
}

static inline struct hk_pulses *hk_pulses_of(const struct hk_pop *pop, int thread, size_t drive) {
    return &hk_exact_pop(pop)->pulses[(size_t)thread * pop->drive_count + drive];
}
/* When the next pulse of a drive comes. */
static inline hk_tick hk_pulses_next(const struct hk_pop *pop, int thread, size_t drive) {
    const struct hk_pulses *pulses = hk_pulses_of(pop, thread, drive);
    if (pulses->next >= pulses->raster.count) return HK_NEVER;
    return pop->sim->exact->threads[thread].begin + 1 + hk_pulses_first(pulses)->tick;
}

/* Of a population's drives the one whose turn it is, when, and when the next one's is. */
struct hk_turn {
    size_t drive;
    hk_tick tick, other;
};
static inline struct hk_turn hk_turn_next(const struct hk_pop *pop, int thread) {
    struct hk_turn turn = {0, HK_NEVER, HK_NEVER};
    for (size_t d = 0; d < pop->drive_count; d++) {
        hk_tick next = hk_pulses_next(pop, thread, d);
        if (next < turn.tick)
            turn = (struct hk_turn){d, next, turn.tick};
        else if (next < turn.other)
            turn.other = next;
    }
    return turn;
}
/* Do several pulses come then that are, or may be, of one unit? They arrive together. */
static inline bool hk_turn_is_tied(const struct hk_pop *pop, int thread,
                                   const struct hk_turn *turn) {
    if (turn->tick == HK_NEVER) return false;
    return turn->other == turn->tick || hk_pulses_tied(hk_pulses_of(pop, thread, turn->drive));
}

/* ---- sim/exact_queue.c ---- */

/* The order of everything that has one: (tick, population, unit). */
void hk_exact_sort_shots(struct hk_list_of *shots);
/* Where there is no room, the thread's err says so. The unit is due then. */
void hk_crossing_push(const struct hk_sim *sim, struct hk_exact_thread *t,
                      const struct hk_shot *crossing);
/* A window begins: those that may end within it. */
void hk_crossing_open(const struct hk_sim *sim, struct hk_exact_thread *t);
/* The next way that may end; NULL: none. Stale entries are thrown away, early ones put off. */
const struct hk_shot *hk_crossing_first(const struct hk_sim *sim, struct hk_exact_thread *t);
void hk_crossing_pop(struct hk_exact_thread *t);
/* Spikes that were sent in the last window, or emitted for this one, begin to travel. */
bool hk_exact_depart(struct hk_sim *sim, int thread) HK_MUST_USE;
/* What arrives in the window, in order. */
bool hk_exact_list_arrivals(struct hk_sim *sim, int thread) HK_MUST_USE;
/* The same, one population after the other, into by_pop. */
bool hk_exact_split_arrivals(struct hk_sim *sim, int thread) HK_MUST_USE;

/* ---- sim/trace.c: what happens to the thread's units that are followed ---- */

/* State was set; the current of drives has changed; rows arrive now; pulses of the window are
 * known; posts have fired. */
void hk_traces_set(struct hk_pop *pop, int thread, hk_tick tick);
void hk_traces_current(struct hk_pop *pop, int thread, hk_tick tick);
void hk_traces_arrive(struct hk_sim *sim, int thread, const struct hk_arrival *arrivals,
                      size_t count);
void hk_traces_pulse(struct hk_sim *sim, int thread);
void hk_traces_post(struct hk_sim *sim, int thread);
void hk_traces_finish(struct hk_exact *exact);

/* ---- sim/exact.c ---- */

bool hk_exact_check_pop(const struct hk_pop *pop, struct hk_err *err) HK_MUST_USE;
bool hk_exact_check_proj(const struct hk_proj *proj, struct hk_err *err) HK_MUST_USE;
bool hk_exact_build(struct hk_sim *sim, struct hk_err *err) HK_MUST_USE;
void hk_exact_finish(struct hk_sim *sim);
/* After state was reset: nothing is in flight. */
void hk_exact_reset(struct hk_sim *sim);
/* Before state is written: all units of the population are brought to now. */
void hk_exact_settle(struct hk_pop *pop);

/* ---- sim/exact_run.c ---- */

bool hk_exact_run(struct hk_sim *sim, hk_tick end, struct hk_err *err) HK_MUST_USE;
/* Did some unit fire at the tick, of the window that listeners are being told of? Of those that
 * have a listener or trigger a watch. */
bool hk_exact_heard(const struct hk_pop *pop, hk_tick tick);

#endif
