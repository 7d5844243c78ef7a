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

/* ---- ways to the threshold: a binary heap ---- */

void hk_crossing_push(struct hk_exact_thread *t, const struct hk_shot *crossing) {
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

const struct hk_shot *hk_crossing_first(const struct hk_sim *sim, struct hk_exact_thread *t) {
    while (t->crossings.count > 0) {
        const struct hk_shot first = *(const struct hk_shot *)t->crossings.block.data;
        struct hk_exact_pop *exact = &sim->exact->pops[first.pop];
        hk_tick next = exact->ways[first.unit].next;
        bool is_stale = exact->ways[first.unit].due != first.tick;
        if (!is_stale && next <= first.tick) return t->crossings.block.data;
        hk_crossing_pop(t);
        if (is_stale) continue;
        exact->ways[first.unit].due = next;
        if (next < HK_NEVER) hk_crossing_push(t, &(struct hk_shot){next, first.pop, first.unit});
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
    hk_syn first = part->row_start[cursor->row];
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

bool hk_exact_list_arrivals(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    struct hk_cursor *cursor = t->cursors.block.data;
    size_t left = 0;
    t->arrivals.count = t->arrival = 0;
    for (size_t k = 0; k < t->cursors.count; k++) {
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
