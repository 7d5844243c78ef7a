/* Following units (contract: sim/trace.h). What is kept begins with the unit's state after its last
 * spike; a spike that isn't the one that is looked for makes all of that anew. */
#include "sim/trace.h"

#include "sim/exact_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = HK_GROUP - 1 }; /* arrivals that are left out, one in each copy, side by side */

struct hk_trace {
    struct hk_pop *pop;
    hk_neuron unit;
    hk_tick first, last;
    int thread; /* that owns the unit, and alone writes here */
    struct hk_trace_spikes spikes;
    struct hk_list_of events; /* struct hk_trace_event */
    struct hk_replay_state start;
    hk_tick since;
    bool fired; /* a spike was at `since` */
};

/* ---- following ---- */

struct hk_trace *hk_sim_trace(struct hk_sim *sim, struct hk_pop *pop, hk_neuron unit, hk_tick first,
                              hk_tick last, struct hk_err *err) {
    if (!sim->exact || !pop->neuron) {
        (void)HK_FAIL(err, HK_ERR_CONFIG, "%s: causes are known of neurons on the exact clock",
                      pop->name);
        return NULL;
    }
    if (unit >= pop->size) {
        (void)HK_FAIL(err, HK_ERR_RANGE, "%s has units 0..%u, not %u", pop->name, pop->size - 1,
                      unit);
        return NULL;
    }
    if (!hk_list_add(&sim->exact->traces, sizeof(struct hk_trace *), err)) return NULL;
    struct hk_trace **list = sim->exact->traces.block.data;
    struct hk_trace *trace = HK_NEW(sim->arena, struct hk_trace, 1, err);
    list[sim->exact->traces.count - 1] = trace;
    if (!trace) {
        sim->exact->traces.count--;
        return NULL;
    }
    *trace = (struct hk_trace){.pop = pop, .unit = unit, .first = first, .last = last};
    trace->spikes = (struct hk_trace_spikes){.before = -1, .next = -1};
    while (pop->part[trace->thread + 1] <= unit) trace->thread++;
    return trace;
}

void hk_traces_finish(struct hk_exact *exact) {
    struct hk_trace **list = exact->traces.block.data;
    for (size_t i = 0; i < exact->traces.count; i++) hk_block_finish(&list[i]->events.block);
    hk_block_finish(&exact->traces.block);
}

struct hk_trace_spikes hk_trace_spikes(const struct hk_trace *trace) {
    return trace->spikes;
}

/* The next unit, from `*index` on, that the thread owns and that is still followed. */
static struct hk_trace *next_trace(const struct hk_sim *sim, int thread, size_t *index) {
    struct hk_trace **list = sim->exact->traces.block.data;
    while (*index < sim->exact->traces.count) {
        struct hk_trace *trace = list[(*index)++];
        if (trace->thread == thread && trace->spikes.count == 0) return trace;
    }
    return NULL;
}

static void add(struct hk_trace *trace, const struct hk_trace_event *event) {
    struct hk_exact_thread *t = &trace->pop->sim->exact->threads[trace->thread];
    struct hk_trace_event *at = hk_list_add(&trace->events, sizeof *event, &t->err);
    if (at) *at = *event;
}

/* State is that of `tick`, with all that arrived until then; pulses may be known ahead. */
static void start_anew(struct hk_trace *trace, hk_tick tick, bool fired) {
    const struct hk_pop *pop = trace->pop;
    struct hk_trace_event *event = trace->events.block.data;
    size_t left = 0;
    trace->since = tick;
    trace->fired = fired;
    trace->start.at = pop->alone->last[trace->unit];
    trace->start.free = hk_exact_pop(pop)->ways[trace->unit].free;
    trace->start.current = hk_exact_pop(pop)->current[trace->thread];
    for (size_t c = 0; c < pop->column_count; c++)
        trace->start.value[c] = ((const double *)pop->column[c])[trace->unit];
    for (size_t k = 0; k < trace->events.count; k++)
        if (event[k].tick > tick) event[left++] = event[k];
    trace->events.count = left;
}

void hk_traces_set(struct hk_pop *pop, int thread, hk_tick tick) {
    struct hk_trace *trace;
    for (size_t i = 0; (trace = next_trace(pop->sim, thread, &i));)
        if (trace->pop == pop) start_anew(trace, tick, false);
}

void hk_traces_current(struct hk_pop *pop, int thread, hk_tick tick) {
    struct hk_trace *trace;
    for (size_t i = 0; (trace = next_trace(pop->sim, thread, &i));)
        if (trace->pop == pop)
            add(trace, &(struct hk_trace_event){.kind = HK_TRACE_CURRENT,
                                                .tick = tick,
                                                .weight = hk_exact_pop(pop)->current[thread]});
}

static hk_neuron source_of(const struct hk_proj *proj, const struct hk_proj_part *part,
                           size_t row) {
    hk_neuron low = 0;
    for (hk_neuron high = proj->source->size; high - low > 1;) {
        hk_neuron middle = low + (high - low) / 2;
        if (part->first_row[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The thread's synapses of a row lie in the order of targets. */
static void add_row(struct hk_trace *trace, const struct hk_arrival *arrival, hk_tick tick) {
    const struct hk_proj *proj = trace->pop->sim->projs[arrival->proj];
    const struct hk_proj_part *part = &proj->parts[trace->thread];
    const double *weight = part->weight;
    hk_neuron target = trace->unit - trace->pop->part[trace->thread];
    hk_syn low = part->row_start[arrival->row], end = part->row_start[arrival->row + 1];
    hk_tick delay = proj->delay_min + (part->row_delay ? part->row_delay[arrival->row] : 0);
    for (hk_syn high = end; low < high;) {
        hk_syn middle = low + (high - low) / 2;
        if (part->target[middle] < target)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < end && part->target[low] == target; low++)
        add(trace, &(struct hk_trace_event){.kind = HK_TRACE_SYNAPSE,
                                            .tick = tick,
                                            .sent = tick - delay,
                                            .from = arrival->proj,
                                            .source = source_of(proj, part, arrival->row),
                                            .receptor = proj->receptor,
                                            .weight = arrival->target != HK_ROW ? arrival->part
                                                      : weight ? weight[low] * arrival->part
                                                               : proj->weight.a * arrival->part});
}

void hk_traces_arrive(struct hk_sim *sim, int thread, const struct hk_arrival *arrivals,
                      size_t count) {
    struct hk_trace *trace;
    for (size_t i = 0; (trace = next_trace(sim, thread, &i));)
        for (size_t k = 0; k < count; k++)
            if (sim->projs[arrivals[k].proj]->target == trace->pop)
                add_row(trace, &arrivals[k], sim->exact->threads[thread].now);
}

static void add_pulses(struct hk_trace *trace, size_t drive) {
    const struct hk_pop *pop = trace->pop;
    const struct hk_pulses *pulses = hk_pulses_of(pop, trace->thread, drive);
    const struct hk_raster_spike *spike = pulses->raster.put.data;
    for (size_t k = 0; k < pulses->raster.count; k++) {
        hk_tick tick = pop->sim->exact->threads[trace->thread].begin + 1 + spike[k].tick;
        if (spike[k].unit != trace->unit) continue;
        add(trace, &(struct hk_trace_event){.kind = HK_TRACE_PULSE,
                                            .tick = tick,
                                            .sent = tick,
                                            .from = (uint32_t)drive,
                                            .receptor = pop->drives[drive].receptor,
                                            .weight = pop->drives[drive].model->weight(
                                                pop->drives[drive].derived)});
    }
}

void hk_traces_pulse(struct hk_sim *sim, int thread) {
    struct hk_trace *trace;
    for (size_t i = 0; (trace = next_trace(sim, thread, &i));)
        for (size_t d = 0; d < trace->pop->drive_count; d++)
            if (trace->pop->drives[d].model->list) add_pulses(trace, d);
}

static void note_spike(struct hk_trace *trace, hk_tick tick) {
    struct hk_trace_spikes *spikes = &trace->spikes;
    if (tick > trace->last) {
        if (spikes->next < 0) spikes->next = tick;
    } else if (tick >= trace->first) {
        if (spikes->count++ == 0) spikes->tick = tick;
        return;
    } else {
        spikes->before = tick;
    }
    if (spikes->count == 0) start_anew(trace, tick, true);
}

void hk_traces_post(struct hk_sim *sim, int thread) {
    struct hk_trace **list = sim->exact->traces.block.data;
    const struct hk_list_of *posts = &sim->exact->threads[thread].posts;
    const struct hk_shot *post = posts->block.data;
    for (size_t i = 0; i < sim->exact->traces.count; i++)
        for (size_t k = 0; k < posts->count && list[i]->thread == thread; k++)
            if (post[k].pop == list[i]->pop->index && post[k].unit == list[i]->unit)
                note_spike(list[i], post[k].tick);
}

/* ---- accounting ---- */

/* In the order of time; what came first at a tick stays first. */
static int compare_events(const void *a, const void *b) {
    const struct hk_trace_event *x = a, *y = b;
    if (x->tick != y->tick) return x->tick < y->tick ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* What was kept of the spike's time. */
static struct hk_trace_event *sort_events(const struct hk_trace *trace, struct hk_arena *arena,
                                          size_t *count, struct hk_err *err) {
    const struct hk_trace_event *from = trace->events.block.data;
    struct hk_trace_event *events = HK_NEW(arena, struct hk_trace_event, trace->events.count, err);
    *count = 0;
    for (size_t k = 0; events && k < trace->events.count; k++) {
        if (from[k].tick > trace->spikes.tick) continue;
        events[*count] = from[k];
        events[(*count)++].order = k;
    }
    if (*count) qsort(events, *count, sizeof *events, compare_events);
    return events;
}

struct accounting {
    const struct hk_trace *trace;
    const struct hk_trace_event *events;
    size_t count;
    struct hk_replay_state *state; /* before each chunk of events */
    struct hk_replay replay;
    double distance[HK_GROUP];
};

static void set_lane(struct hk_replay *replay, size_t lane, const struct hk_replay_state *state,
                     size_t skip, size_t skip_end) {
    replay->at = state->at;
    replay->free = state->free;
    replay->current = state->current;
    for (size_t c = 0; c < HK_ALONE_COLUMNS; c++) replay->value[c][lane] = state->value[c];
    replay->skip[lane] = skip;
    replay->skip_end[lane] = skip_end;
}

static void run_to_spike(struct accounting *a, size_t from) {
    a->trace->pop->sim->replay->run(&a->replay, a->events, from, a->count);
    a->trace->pop->sim->replay->measure(&a->replay, a->trace->spikes.tick, a->distance);
}

/* As it was; without what arrived; and without what had arrived before, too. */
static void account_whole(struct accounting *a, struct hk_account *out) {
    const struct hk_pop *pop = a->trace->pop;
    struct hk_replay_state bare = a->trace->start;
    for (size_t r = 0; r < pop->receptor_count; r++)
        for (size_t c = 0; c < pop->receptors[r].model->column_count; c++)
            bare.value[pop->receptors[r].first_column + c] = 0.0;
    a->replay.lanes = 3;
    set_lane(&a->replay, 0, &a->trace->start, 0, 0);
    set_lane(&a->replay, 1, &a->trace->start, 0, a->count);
    set_lane(&a->replay, 2, &bare, 0, a->count);
    for (size_t first = 0; first < a->count; first += CHUNK) {
        struct hk_replay_state *state = &a->state[first / CHUNK];
        size_t end = first + CHUNK < a->count ? first + CHUNK : a->count;
        state->at = a->replay.at;
        state->free = a->replay.free;
        state->current = a->replay.current;
        for (size_t c = 0; c < HK_ALONE_COLUMNS; c++) state->value[c] = a->replay.value[c][0];
        pop->sim->replay->run(&a->replay, a->events, first, end);
    }
    pop->sim->replay->measure(&a->replay, a->trace->spikes.tick, a->distance);
    out->way = a->distance[2];
    out->left = a->distance[2] - a->distance[1];
    out->beyond = -a->distance[0];
}

/* The events of one chunk, each left out in a copy of its own. The largest share. */
static double account_chunk(struct accounting *a, size_t first, struct hk_cause *causes) {
    size_t end = first + CHUNK < a->count ? first + CHUNK : a->count;
    double largest = 0.0;
    a->replay.lanes = 1 + end - first;
    for (size_t lane = 0; lane < a->replay.lanes; lane++)
        set_lane(&a->replay, lane, &a->state[first / CHUNK], lane ? first + lane - 1 : 0,
                 lane ? first + lane : 0);
    run_to_spike(a, first);
    for (size_t k = first; k < end; k++) {
        causes[k].share = a->distance[1 + k - first] - a->distance[0];
        largest = fmax(largest, fabs(causes[k].share));
    }
    return largest;
}

/* Currents of drives are no arrivals. */
static size_t list_causes(const struct hk_sim *sim, const struct hk_trace_event *events,
                          size_t count, struct hk_cause *causes) {
    size_t kept = 0;
    for (size_t k = 0; k < count; k++) {
        bool pulse = events[k].kind == HK_TRACE_PULSE;
        if (events[k].kind == HK_TRACE_CURRENT) continue;
        causes[kept++] = (struct hk_cause){.proj = pulse ? NULL : sim->projs[events[k].from],
                                           .drive = pulse ? events[k].from : 0,
                                           .source = events[k].source,
                                           .sent = events[k].sent,
                                           .arrived = events[k].tick,
                                           .weight = events[k].weight,
                                           .share = causes[k].share};
    }
    return kept;
}

/* Membranes forget: from some time back nothing matters any more. */
static void account_chunks(struct accounting *a, struct hk_cause *causes) {
    const double LEAST_MV = 1e-9;
    size_t chunks = (a->count + CHUNK - 1) / CHUNK;
    for (size_t c = chunks; c > 0; c--)
        if (account_chunk(a, (c - 1) * CHUNK, causes) < LEAST_MV) return;
}

bool hk_trace_account(const struct hk_trace *trace, struct hk_arena *arena, struct hk_account *out,
                      struct hk_err *err) {
    HK_ASSERT(trace->spikes.count > 0);
    struct accounting *a = HK_NEW(arena, struct accounting, 1, err);
    *out = (struct hk_account){.tick = trace->spikes.tick,
                               .since = trace->since,
                               .fired = trace->fired};
    if (!a) return false;
    a->trace = trace;
    a->replay.pop = trace->pop;
    a->events = sort_events(trace, arena, &a->count, err);
    a->state = HK_NEW(arena, struct hk_replay_state, a->count / CHUNK + 1, err);
    out->causes = HK_NEW(arena, struct hk_cause, a->count, err);
    if (!a->events || !a->state || !out->causes) return false;
    account_whole(a, out);
    account_chunks(a, out->causes);
    out->count = list_causes(trace->pop->sim, a->events, a->count, out->causes);
    return true;
}
