/* The queue of the exact clock: spikes in flight, what of them arrives within a window, and the
 * ways of neurons to their thresholds. Its size follows spikes, not synapses. */
#include "sim/exact_internal.h"

#include "sim/radix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void *hk_list_add(struct hk_list_of *list, size_t size, struct hk_err *err) {
    if (!hk_block_reserve(&list->block, list->count + 1, size, err)) return NULL;
    return (char *)list->block.data + list->count++ * size;
}

static int compare_shots(const void *a, const void *b) {
    const struct hk_shot *x = a, *y = b;
    if (x->tick != y->tick) return x->tick < y->tick ? -1 : 1;
    if (x->pop != y->pop) return x->pop < y->pop ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

void hk_exact_sort_shots(struct hk_list_of *shots) {
    if (shots->count > 1)
        qsort(shots->block.data, shots->count, sizeof(struct hk_shot), compare_shots);
}

/* ---- ways to the threshold: those of the window in a binary heap, later ones by window ---- */

static void put_off(const struct hk_sim *sim, struct hk_exact_thread *t,
                    const struct hk_shot *crossing) {
    hk_tick ahead = 1 + (crossing->tick - t->end - 1) / sim->window; /* some may be shorter */
    if (ahead >= HK_AHEAD) ahead = HK_AHEAD - 1;
    struct hk_list_of *later = &t->later[(t->window + (uint64_t)ahead) % HK_AHEAD];
    struct hk_shot *at = hk_list_add(later, sizeof *at, &t->err);
    if (at) *at = *crossing;
}

void hk_crossing_push(const struct hk_sim *sim, struct hk_exact_thread *t,
                      const struct hk_shot *crossing) {
    if (crossing->tick > t->end) {
        put_off(sim, t, crossing);
        return;
    }
    if (!hk_list_add(&t->crossings, sizeof *crossing, &t->err)) return;
    struct hk_shot *heap = t->crossings.block.data;
    size_t at = t->crossings.count - 1;
    for (; at > 0 && compare_shots(crossing, &heap[(at - 1) / 2]) < 0; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = *crossing;
}

void hk_crossing_pop(struct hk_exact_thread *t) {
    struct hk_shot *heap = t->crossings.block.data;
    size_t count = --t->crossings.count, at = 0;
    const struct hk_shot last = heap[count];
    for (size_t child = 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && compare_shots(&heap[child + 1], &heap[child]) < 0) child++;
        if (compare_shots(&last, &heap[child]) <= 0) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
}

/* Is it what its unit is due for? If the unit only comes later by now, it is due then. */
static bool is_due(const struct hk_sim *sim, struct hk_exact_thread *t,
                   const struct hk_shot *crossing) {
    struct hk_way *way = &sim->exact->pops[crossing->pop].ways[crossing->unit];
    if (way->due != crossing->tick) return false;
    if (way->next <= crossing->tick) return true;
    way->due = way->next;
    if (way->next < HK_NEVER)
        hk_crossing_push(sim, t, &(struct hk_shot){way->next, crossing->pop, crossing->unit});
    return false;
}

void hk_crossing_open(const struct hk_sim *sim, struct hk_exact_thread *t) {
    struct hk_list_of *later = &t->later[t->window % HK_AHEAD];
    const struct hk_shot *crossing = later->block.data;
    for (size_t k = 0; k < later->count; k++)
        if (is_due(sim, t, &crossing[k])) hk_crossing_push(sim, t, &crossing[k]);
    later->count = 0;
}

const struct hk_shot *hk_crossing_first(const struct hk_sim *sim, struct hk_exact_thread *t) {
    while (t->crossings.count > 0) {
        const struct hk_shot first = *(const struct hk_shot *)t->crossings.block.data;
        const struct hk_way *way = &sim->exact->pops[first.pop].ways[first.unit];
        if (way->due == first.tick && way->next <= first.tick) return t->crossings.block.data;
        hk_crossing_pop(t);
        (void)is_due(sim, t, &first);
    }
    return NULL;
}

/* ---- departures ---- */

/* The part of the weights that a spike releases. Every thread keeps what sources remember, because
 * it meets all of their spikes in the same order. */
static double release(const struct hk_proj *proj, struct hk_proj_part *part,
                      const struct hk_shot *shot) {
    double part_sent = proj->sim->dropping ? 1.0 / (1.0 - proj->source->dropout) : 1.0;
    if (!hk_proj_remembers(proj)) return part_sent;
    hk_tick last = part->source_last[shot->unit];
    double since = last < 0 ? HUGE_VAL : (double)(shot->tick - last) * proj->sim->options.tick_ms;
    double *memory = part->source_memory + (size_t)shot->unit * HK_SYNAPSE_STATE_MAX;
    part->source_last[shot->unit] = shot->tick;
    return part_sent * proj->synapse->release(proj->synapse_param, memory, since);
}

static void prefetch(const void *first, size_t bytes) {
    for (size_t at = 0; at < bytes + HK_CACHE_LINE - 1; at += HK_CACHE_LINE)
        HK_PREFETCH((const char *)first + at);
}

/* A source's rows lie side by side, and weren't touched since it last fired. They will be, a few a
 * window: then each would be waited for. */
static void prefetch_rows(const struct hk_proj_part *part, size_t row, size_t end) {
    const hk_syn first = part->row_start[row], count = part->row_start[end] - first;
    prefetch(part->row_start + row, (end - row) * sizeof *part->row_start);
    if (part->row_delay) prefetch(part->row_delay + row, (end - row) * sizeof *part->row_delay);
    prefetch(part->target + first, count * sizeof *part->target);
    if (part->weight) prefetch((const double *)part->weight + first, count * sizeof(double));
}

static bool depart_through(struct hk_proj *proj, int thread, const struct hk_shot *shot) {
    struct hk_exact_thread *t = &proj->sim->exact->threads[thread];
    struct hk_proj_part *part = &proj->parts[thread];
    size_t row = part->first_row[shot->unit], end = part->first_row[shot->unit + 1];
    double released = release(proj, part, shot);
    if (row == end || part->row_start[row] == part->row_start[end]) return true;
    struct hk_cursor *cursor = hk_list_add(&t->cursors, sizeof *cursor, &t->err);
    if (!cursor) return false;
    *cursor = (struct hk_cursor){.sent = shot->tick,
                                 .proj = (uint32_t)proj->index,
                                 .row = (uint32_t)row,
                                 .end = (uint32_t)end,
                                 .part = released};
    prefetch_rows(part, row, end);
    return true;
}

/* A spike from which a signal will jump: jumps stay in order. */
static bool announce_jump(struct hk_exact_thread *t, size_t signal, hk_tick tick) {
    struct hk_jumps *jumps = &t->jumps[signal];
    if (!hk_list_add(&jumps->ticks, sizeof tick, &t->err)) return false;
    hk_tick *ticks = jumps->ticks.block.data;
    size_t at = jumps->ticks.count - 1;
    for (; at > jumps->next && ticks[at - 1] > tick; at--) ticks[at] = ticks[at - 1];
    ticks[at] = tick;
    return true;
}

static bool depart(struct hk_sim *sim, int thread, const struct hk_list_of *shots) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    const struct hk_shot *shot = shots->block.data;
    for (size_t k = 0; k < shots->count; k++) {
        const struct hk_pop *pop = sim->pops[shot[k].pop];
        for (size_t i = 0; i < pop->outgoing_count; i++)
            if (!depart_through(pop->outgoing[i], thread, &shot[k])) return false;
        for (size_t i = 0; i < sim->signal_count; i++)
            if (sim->signals[i]->from == pop &&
                !announce_jump(t, i, shot[k].tick + sim->signals[i]->delay))
                return false;
    }
    return true;
}

bool hk_exact_depart(struct hk_sim *sim, int thread) {
    const struct hk_exact *exact = sim->exact;
    const uint64_t window = exact->threads[thread].window;
    for (int owner = 0; owner < sim->threads; owner++) {
        const struct hk_exact_thread *from = &exact->threads[owner];
        if (!depart(sim, thread, &from->sent[(window - 1) % HK_OUTBOXES]) ||
            !depart(sim, thread, &from->emitted[window % HK_OUTBOXES]))
            return false;
    }
    return true;
}

/* ---- arrivals ---- */

static struct hk_arrival make_arrival(const struct hk_proj *proj, const struct hk_proj_part *part,
                                      const struct hk_cursor *cursor, hk_tick after) {
    const hk_syn first = part->row_start[cursor->row];
    bool single = !proj->plasticity && part->row_start[cursor->row + 1] == first + 1;
    struct hk_arrival arrival = {(uint32_t)after, cursor->proj, cursor->row, HK_ROW, cursor->part};
    if (!single) return arrival;
    arrival.target = part->target[first];
    arrival.part *= part->weight ? ((const double *)part->weight)[first] : proj->weight.a;
    return arrival;
}

/* What of a cursor arrives within the window; false: no memory. */
static bool list_cursor(const struct hk_sim *sim, int thread, struct hk_cursor *cursor) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    const struct hk_proj *proj = sim->projs[cursor->proj];
    const struct hk_proj_part *part = &proj->parts[thread];
    for (; cursor->row < cursor->end; cursor->row++) {
        uint32_t delay = part->row_delay ? part->row_delay[cursor->row] : 0;
        hk_tick tick = cursor->sent + proj->delay_min + delay;
        if (tick > t->end) break;
        struct hk_arrival *arrival = hk_list_add(&t->arrivals, sizeof *arrival, &t->err);
        if (!arrival) return false;
        *arrival = make_arrival(proj, part, cursor, tick - t->begin);
        if (arrival->target != HK_ROW)
            hk_exact_foresee(proj->target, proj->target->part[thread] + arrival->target);
    }
    return true;
}

/* Two that are equal in all are one spike of a unit that fired twice in a tick. */
static int compare_arrivals(const void *a, const void *b) {
    const struct hk_arrival *x = a, *y = b;
    if (x->proj != y->proj) return x->proj < y->proj ? -1 : 1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->part < y->part) - (x->part > y->part);
}

/* Those of one tick by (projection, source, delay): rows lie in this order. */
static void sort_ties(struct hk_list_of *arrivals) {
    struct hk_arrival *list = arrivals->block.data;
    for (size_t first = 0, end; first < arrivals->count; first = end) {
        for (end = first + 1; end < arrivals->count && list[end].after == list[first].after;) end++;
        if (end - first > 1) qsort(list + first, end - first, sizeof *list, compare_arrivals);
    }
}

/* Cursors lie anywhere in their projections: where its rows are is asked for first, and then, as a
 * row says where they are, its synapses. */
enum { ROWS_AHEAD = 16, SYNAPSES_AHEAD = 8 };
static void foresee_rows(const struct hk_sim *sim, int thread, const struct hk_cursor *cursor) {
    const struct hk_proj_part *part = &sim->projs[cursor->proj]->parts[thread];
    HK_PREFETCH(part->row_start + cursor->row);
    if (part->row_delay) HK_PREFETCH(part->row_delay + cursor->row);
}

static void foresee_synapses(const struct hk_sim *sim, int thread, const struct hk_cursor *cursor) {
    const struct hk_proj_part *part = &sim->projs[cursor->proj]->parts[thread];
    const hk_syn first = part->row_start[cursor->row];
    HK_PREFETCH(part->target + first);
    if (part->weight) HK_PREFETCH((const double *)part->weight + first);
}

bool hk_exact_list_arrivals(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    struct hk_cursor *cursor = t->cursors.block.data;
    size_t left = 0;
    t->arrivals.count = t->arrival = 0;
    for (size_t k = 0; k < t->cursors.count; k++) {
        if (k + ROWS_AHEAD < t->cursors.count) foresee_rows(sim, thread, &cursor[k + ROWS_AHEAD]);
        if (k + SYNAPSES_AHEAD < t->cursors.count)
            foresee_synapses(sim, thread, &cursor[k + SYNAPSES_AHEAD]);
        if (!list_cursor(sim, thread, &cursor[k])) return false;
        cursor[left] = cursor[k];
        left += cursor[k].row < cursor[k].end;
    }
    t->cursors.count = left;
    if (!hk_sort_by_tick(&t->arrivals.block, &t->spare.block, t->arrivals.count,
                         sizeof(struct hk_arrival), (uint64_t)(t->end - t->begin + 1), &t->err))
        return false;
    sort_ties(&t->arrivals);
    return true;
}

bool hk_exact_split_arrivals(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    const struct hk_arrival *arrival = t->arrivals.block.data;
    size_t count = t->arrivals.count, *first = t->first_of;
    if (!hk_block_reserve(&t->by_pop.block, count + 1, sizeof(uint32_t), &t->err)) return false;
    uint32_t *by_pop = t->by_pop.block.data;
    memset(first, 0, (sim->pop_count + 1) * sizeof *first);
    for (size_t k = 0; k < count; k++) first[sim->projs[arrival[k].proj]->target->index]++;
    for (size_t i = 0, sum = 0; i <= sim->pop_count; i++) { /* counts become ends */
        sum += first[i];
        first[i] = sum;
    }
    for (size_t k = count; k > 0; k--) /* backwards, so that ends become starts, stably */
        by_pop[--first[sim->projs[arrival[k - 1].proj]->target->index]] = (uint32_t)(k - 1);
    return true;
}
