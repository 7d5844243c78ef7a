/* Time on the exact clock: windows of threads, and the order of events within one
 * (sim/exact_internal.h). */
#include "sim/exact_internal.h"

#include <string.h>

struct run {
    struct hk_sim *sim;
    hk_tick end;
    struct hk_err *err;
    bool stop[2]; /* of even and odd windows, as in sim/run.c */
    bool failed;
};

/* ---- sources ---- */

/* What an encoder shows in after .. to: the raster is in order. */
static void list_shown(const struct hk_pop *pop, int thread, hk_tick from, hk_tick to,
                       struct hk_raster *out) {
    const struct hk_raster *shown = &pop->shown[thread];
    const struct hk_raster_spike *spike = shown->put.data;
    const hk_tick first = pop->sim->shown_from + 1;
    size_t low = 0;
    for (size_t high = shown->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (first + spike[middle].tick <= from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < shown->count && first + spike[low].tick <= to; low++)
        hk_raster_put(out, first + spike[low].tick - from - 1, spike[low].unit);
}

static void list_source(const struct hk_pop *pop, int thread, hk_tick from, hk_tick to,
                        struct hk_raster *out) {
    const struct hk_source_part part = {.param = pop->param,
                                        .derived = pop->derived,
                                        .stream = pop->stream,
                                        .first = pop->part[thread],
                                        .count = (hk_neuron)hk_pop_owned(pop, thread),
                                        .tick_ms = pop->sim->options.tick_ms};
    if (pop->encoder)
        list_shown(pop, thread, from, to, out);
    else
        pop->source->list(&part, from, to, out);
}

/* The spikes of one source population in a window, in order of time. */
static bool emit_pop(struct hk_pop *pop, int thread, hk_tick from, hk_tick to,
                     struct hk_list_of *emitted) {
    struct hk_exact_thread *t = &pop->sim->exact->threads[thread];
    hk_raster_begin(&t->raster, to - from, &t->err);
    list_source(pop, thread, from, to, &t->raster);
    if (!hk_raster_order(&t->raster, &t->err)) return false;
    const struct hk_raster_spike *spike = t->raster.put.data;
    for (size_t k = 0; k < t->raster.count; k++) {
        hk_neuron unit = spike[k].unit;
        if (pop->kept && pop->sim->dropping && !pop->kept[unit]) continue;
        struct hk_shot *shot = hk_list_add(emitted, sizeof *shot, &t->err);
        if (!shot) return false;
        *shot = (struct hk_shot){from + 1 + spike[k].tick, (uint32_t)pop->index, unit};
        pop->counts[unit]++;
        pop->sim->tally[thread].counts.spikes++;
    }
    return true;
}

/* All sources, for the window of that number. */
static void emit(struct hk_sim *sim, int thread, uint64_t window, hk_tick from, hk_tick to) {
    struct hk_list_of *emitted = &sim->exact->threads[thread].emitted[window % HK_OUTBOXES];
    emitted->count = 0;
    for (size_t i = 0; i < sim->pop_count; i++)
        if (!sim->pops[i]->neuron && !emit_pop(sim->pops[i], thread, from, to, emitted)) return;
}

/* ---- drives ---- */

static struct hk_drive_part part_of(const struct hk_pop *pop, int thread, size_t drive) {
    return (struct hk_drive_part){.param = pop->drives[drive].param,
                                  .derived = pop->drives[drive].derived,
                                  .stream = pop->drives[drive].stream,
                                  .first = pop->part[thread],
                                  .count = hk_pop_owned(pop, thread)};
}

static bool list_pulses(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    for (size_t i = 0; i < sim->pop_count; i++) {
        const struct hk_pop *pop = sim->pops[i];
        for (size_t d = 0; d < pop->drive_count; d++) {
            if (!pop->drives[d].model->list) continue;
            struct hk_pulses *pulses = hk_pulses_of(pop, thread, d);
            const struct hk_drive_part part = part_of(pop, thread, d);
            pulses->next = 0;
            hk_raster_begin(&pulses->raster, t->end - t->begin, &t->err);
            pop->drives[d].model->list(&part, t->begin, t->end, &pulses->raster);
            if (!hk_raster_order(&pulses->raster, &t->err)) return false;
            sim->tally[thread].counts.pulses += pulses->raster.count;
        }
    }
    hk_traces_pulse(sim, thread);
    return true;
}

static hk_tick next_tie(const struct hk_sim *sim, int thread) {
    hk_tick first = HK_NEVER;
    for (size_t i = 0; i < sim->pop_count; i++) {
        const struct hk_turn turn = hk_turn_next(sim->pops[i], thread);
        if (turn.tick < first && hk_turn_is_tied(sim->pops[i], thread, &turn)) first = turn.tick;
    }
    return first;
}

/* Pulses of each population, of those before `before` and before a tie. Whether there were any. */
static bool pulse(struct hk_sim *sim, int thread, hk_tick before) {
    size_t count = 0;
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        const struct hk_turn turn = hk_turn_next(pop, thread);
        if (turn.tick >= before || hk_turn_is_tied(pop, thread, &turn)) continue;
        count += sim->on_exact->pulse(pop, thread, turn.drive,
                                      turn.other < before ? turn.other : before, true);
    }
    return count > 0;
}

static size_t pulse_now(struct hk_sim *sim, int thread) {
    const hk_tick now = sim->exact->threads[thread].now;
    size_t count = 0;
    for (size_t i = 0; i < sim->pop_count; i++)
        for (size_t d = 0; d < sim->pops[i]->drive_count; d++)
            if (hk_pulses_next(sim->pops[i], thread, d) == now)
                count += sim->on_exact->pulse(sim->pops[i], thread, d, now + 1, false);
    return count;
}

/* The current of a population's drives from the end of `tick` on. */
static double current_at(const struct hk_pop *pop, hk_tick tick, hk_tick *until) {
    double sum = 0.0;
    *until = HK_NEVER;
    for (size_t d = 0; d < pop->drive_count; d++) {
        hk_tick stays = HK_NEVER;
        if (!pop->drives[d].model->current) continue;
        sum += pop->drives[d].model->current(pop->drives[d].derived, tick, &stays);
        if (stays < *until) *until = stays;
    }
    return sum;
}

/* What lies before was under the old current. */
static void change_current(struct hk_pop *pop, int thread, hk_tick tick) {
    struct hk_exact_pop *exact = hk_exact_pop(pop);
    hk_tick until;
    double current = current_at(pop, tick, &until);
    pop->sim->on_exact->settle(pop, thread, tick);
    exact->current[thread] = current;
    exact->until[thread] = until;
    pop->sim->on_exact->restart(pop, thread);
    hk_traces_current(pop, thread, tick);
}

static hk_tick next_change(const struct hk_sim *sim, int thread) {
    hk_tick first = HK_NEVER;
    for (size_t i = 0; i < sim->pop_count; i++)
        if (sim->pops[i]->neuron && hk_exact_pop(sim->pops[i])->until[thread] < first)
            first = hk_exact_pop(sim->pops[i])->until[thread];
    return first;
}

static void change_currents(struct hk_sim *sim, int thread, hk_tick tick) {
    for (size_t i = 0; i < sim->pop_count; i++)
        if (sim->pops[i]->neuron && hk_exact_pop(sim->pops[i])->until[thread] == tick)
            change_current(sim->pops[i], thread, tick);
}

/* ---- signals ---- */

static hk_tick next_jump(const struct hk_sim *sim, const struct hk_exact_thread *t) {
    hk_tick first = HK_NEVER;
    for (size_t i = 0; i < sim->signal_count; i++) {
        const struct hk_jumps *jumps = &t->jumps[i];
        const hk_tick *ticks = jumps->ticks.block.data;
        if (jumps->next < jumps->ticks.count && ticks[jumps->next] < first)
            first = ticks[jumps->next];
    }
    return first;
}

static void jump(struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    for (size_t i = 0; i < sim->signal_count; i++) {
        struct hk_jumps *jumps = &t->jumps[i];
        const hk_tick *ticks = jumps->ticks.block.data;
        uint64_t spikes = 0;
        for (; jumps->next < jumps->ticks.count && ticks[jumps->next] == tick; jumps->next++)
            spikes++;
        if (spikes) hk_signal_jump(sim->signals[i], thread, tick, spikes);
        if (jumps->next < jumps->ticks.count) continue;
        jumps->ticks.count = jumps->next = 0;
    }
}

/* ---- learning ---- */

/* Arrivals of one projection among those of the tick: they are neighbours. */
static void find_arrivals(struct hk_proj_part *part, const struct hk_proj *proj,
                          const struct hk_arrival *arrivals, size_t count) {
    size_t first = 0, end;
    while (first < count && arrivals[first].proj != proj->index) first++;
    for (end = first; end < count && arrivals[end].proj == proj->index;) end++;
    part->arrived = arrivals + first;
    part->arrived_count = end - first;
}

/* Units of a population among those that have fired, as the rule wants them: ascending. */
static bool list_posts(struct hk_exact_thread *t, const struct hk_pop *pop, size_t from,
                       struct hk_list_of *units) {
    const struct hk_shot *post = t->posts.block.data;
    units->count = 0;
    for (size_t k = from; k < t->posts.count; k++) {
        if (post[k].pop != pop->index) continue;
        uint32_t *unit = hk_list_add(units, sizeof *unit, &t->err);
        if (!unit) return false;
        *unit = post[k].unit;
        for (uint32_t *at = unit, *first = units->block.data; at > first && at[-1] > *at; at--) {
            uint32_t swap = at[-1];
            at[-1] = *at;
            *at = swap;
        }
    }
    return true;
}

/* Rows that have arrived at `tick`, and posts from the given one on, which fired then. */
static void learn(struct hk_sim *sim, int thread, hk_tick tick, const struct hk_arrival *arrivals,
                  size_t count, size_t first_post) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        if (!hk_proj_learns(proj)) continue;
        struct hk_proj_part *part = &proj->parts[thread];
        find_arrivals(part, proj, arrivals, count);
        if (!list_posts(t, proj->target, first_post, &t->units)) return;
        if (part->arrived_count || t->units.count)
            sim->learn->learn_at(proj, thread, tick, t->units.block.data, (uint32_t)t->units.count);
    }
}

/* Spikes of different ticks, in order of time, at which nothing has arrived. */
static void learn_posts(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    if (!sim->exact->learns) {
        t->posts.count = 0;
        return;
    }
    struct hk_list_of all = t->posts;
    hk_exact_sort_shots(&all);
    const struct hk_shot *post = all.block.data;
    for (size_t first = 0, end; first < all.count; first = end) {
        for (end = first + 1; end < all.count && post[end].tick == post[first].tick;) end++;
        t->posts.count = end;
        learn(sim, thread, post[first].tick, NULL, 0, first);
    }
    t->posts.count = 0;
}

/* Synapses that remember are brought to date before they deliver. */
static void catch_up(struct hk_sim *sim, int thread, hk_tick tick,
                     const struct hk_arrival *arrivals, size_t count) {
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        if (!hk_proj_lapses(proj)) continue;
        find_arrivals(&proj->parts[thread], proj, arrivals, count);
        sim->learn->catch_up(proj, thread, tick);
    }
}

/* ---- a tick ---- */

/* Who is due is taken out of the heap, and comes back if it is too early. */
static void fire_until(struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    for (const struct hk_shot *first; (first = hk_crossing_first(sim, t)) && first->tick <= tick;) {
        const struct hk_shot shot = *first;
        hk_crossing_pop(t);
        sim->exact->pops[shot.pop].ways[shot.unit].due = HK_NEVER;
        sim->on_exact->reach(sim, thread, &shot);
    }
}

static void arrive(struct hk_sim *sim, int thread, const struct hk_arrival *arrivals, size_t count,
                   bool look) {
    uint64_t events = 0;
    if (sim->exact->learns) catch_up(sim, thread, sim->exact->threads[thread].now, arrivals, count);
    hk_traces_arrive(sim, thread, arrivals, count);
    for (size_t k = 0; k < count; k++)
        events += sim->on_exact->arrive(sim, thread, &arrivals[k], look);
    sim->tally[thread].counts.events += events;
}

/* Everything of one tick, in the order of sim/exact_internal.h. */
static void run_tick(struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    const struct hk_arrival *arrivals =
        (const struct hk_arrival *)t->arrivals.block.data + t->arrival;
    size_t count = 0, left = t->arrivals.count - t->arrival;
    t->now = tick;
    while (count < left && arrivals[count].after == (uint32_t)(tick - t->begin)) count++;
    t->arrival += count;
    fire_until(sim, thread, tick);
    if (next_change(sim, thread) == tick) change_currents(sim, thread, tick);
    size_t pulses = pulse_now(sim, thread);
    if (count) arrive(sim, thread, arrivals, count, count == 1 && pulses == 0);
    if (t->touched.count) sim->on_exact->look(sim, thread);
    hk_traces_post(sim, thread);
    if (sim->exact->learns && (count || t->posts.count))
        learn(sim, thread, tick, arrivals, count, 0);
    t->posts.count = 0;
    if (next_jump(sim, t) == tick) jump(sim, thread, tick);
}

static hk_tick least_of(hk_tick a, hk_tick b) {
    return a < b ? a : b;
}

/* The next tick of the window at which something happens, pulses apart that come alone; its end + 1
 * where nothing does. */
static hk_tick next_event(const struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    const struct hk_arrival *arrivals = t->arrivals.block.data;
    const struct hk_shot *crossing = hk_crossing_first(sim, t);
    hk_tick first = t->end + 1;
    if (t->arrival < t->arrivals.count) first = t->begin + arrivals[t->arrival].after;
    if (crossing) first = least_of(first, crossing->tick);
    first = least_of(first, next_change(sim, thread));
    first = least_of(first, next_tie(sim, thread));
    return least_of(first, next_jump(sim, t));
}

/* Everything of the window, in the order of time. */
static void run_ticks(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    hk_tick frame = hk_watches_next(sim, t->begin);
    while (t->err.code == HK_OK) {
        hk_tick tick = next_event(sim, thread);
        bool framed = frame < tick; /* it is what it is when all of its tick has happened */
        if (pulse(sim, thread, framed ? frame + 1 : tick)) {
            hk_traces_post(sim, thread);
            learn_posts(sim, thread);
        } else if (framed) {
            hk_watches_gather(sim, thread, frame);
            frame = hk_watches_next(sim, frame);
        } else {
            if (tick > t->end) break;
            run_tick(sim, thread, tick);
        }
    }
}

/* Where nobody learns, units don't wait for each other: populations go one after the other. */
static void run_pops(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    if (!hk_exact_split_arrivals(sim, thread)) return;
    const uint32_t *by_pop = t->by_pop.block.data;
    for (size_t i = 0; i < sim->pop_count; i++) {
        size_t first = t->first_of[i], count = t->first_of[i + 1] - first;
        if (!sim->pops[i]->neuron) continue;
        sim->tally[thread].counts.events +=
            sim->on_exact->flow(sim->pops[i], thread, by_pop + first, count);
    }
    fire_until(sim, thread, t->end);
    t->posts.count = 0;
}

static void run_window(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    t->sent[t->window % HK_OUTBOXES].count = 0;
    hk_crossing_open(sim, t);
    if (!hk_exact_depart(sim, thread) || !hk_exact_list_arrivals(sim, thread) ||
        !list_pulses(sim, thread))
        return;
    if (sim->exact->learns || sim->exact->traces.count || next_change(sim, thread) <= t->end ||
        next_jump(sim, t) <= t->end || hk_watches_next(sim, t->begin) <= t->end)
        run_ticks(sim, thread);
    else
        run_pops(sim, thread);
    hk_exact_sort_shots(&t->sent[t->window % HK_OUTBOXES]);
}

/* ---- listeners ---- */

/* The spikes of all threads in the window that has just ended, in order. */
static bool gather_heard(struct hk_sim *sim, uint64_t window, struct hk_err *err) {
    struct hk_list_of *heard = &sim->exact->heard;
    heard->count = 0;
    for (int p = 0; p < 2 * sim->threads; p++) {
        const struct hk_exact_thread *t = &sim->exact->threads[p / 2];
        const struct hk_list_of *from =
            p % 2 ? &t->emitted[window % HK_OUTBOXES] : &t->sent[window % HK_OUTBOXES];
        const struct hk_shot *shot = from->block.data;
        for (size_t k = 0; k < from->count; k++) {
            const struct hk_pop *pop = sim->pops[shot[k].pop];
            if (!pop->listener && !pop->is_trigger) continue;
            struct hk_shot *copy = hk_list_add(heard, sizeof *copy, err);
            if (!copy) return false;
            *copy = shot[k];
        }
    }
    hk_exact_sort_shots(heard);
    return true;
}

/* By population, then by tick, as on a grid. */
static bool tell_pop(const struct hk_sim *sim, const struct hk_pop *pop, struct hk_err *err) {
    enum { UNITS = 512 };
    const struct hk_list_of *heard = &sim->exact->heard;
    const struct hk_shot *shot = heard->block.data;
    uint32_t units[UNITS];
    size_t count = 0;
    hk_tick tick = 0;
    for (size_t k = 0; k <= heard->count; k++) {
        bool ours = k < heard->count && shot[k].pop == pop->index;
        if (k < heard->count && !ours) continue;
        if (count && (!ours || shot[k].tick != tick || count == UNITS)) {
            if (!pop->listener(pop->listener_context, pop, tick, units, count, err)) return false;
            count = 0;
        }
        if (!ours) break;
        tick = shot[k].tick;
        units[count++] = shot[k].unit;
    }
    return true;
}

bool hk_exact_heard(const struct hk_pop *pop, hk_tick tick) {
    const struct hk_list_of *heard = &pop->sim->exact->heard;
    const struct hk_shot *shot = heard->block.data;
    size_t low = 0;
    for (size_t high = heard->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        const struct hk_shot *at = &shot[middle];
        if (at->tick < tick || (at->tick == tick && at->pop < pop->index))
            low = middle + 1;
        else
            high = middle;
    }
    return low < heard->count && shot[low].tick == tick && shot[low].pop == pop->index;
}

static bool tell(struct hk_sim *sim, uint64_t window, hk_tick from, struct hk_err *err) {
    if (!gather_heard(sim, window, err)) return false;
    for (size_t i = 0; i < sim->pop_count; i++)
        if (sim->pops[i]->listener && !tell_pop(sim, sim->pops[i], err)) return false;
    return hk_watches_tell(sim, from, sim->now, err);
}

/* ---- running ---- */

static bool check_threads(const struct hk_sim *sim, uint64_t window, struct hk_err *err) {
    for (int p = 0; p < sim->threads; p++) {
        const struct hk_exact_thread *t = &sim->exact->threads[p];
        if (!t->failed[window % 2]) continue;
        if (err && err->code == HK_OK) *err = t->err;
        return false;
    }
    return true;
}

/* State that was written to, or reset, goes on from now. */
static void begin(struct hk_sim *sim, int thread) {
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        if (!pop->neuron || !hk_exact_pop(pop)->changed) continue;
        change_current(pop, thread, sim->now);
        hk_traces_set(pop, thread, sim->now);
    }
}

static hk_tick window_end(const struct run *run, hk_tick from) {
    hk_tick end = from + run->sim->window;
    return end < run->end ? end : run->end;
}

static void run_thread(void *context, int thread) {
    struct run *run = context;
    struct hk_sim *sim = run->sim;
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    hk_tick from = sim->now;
    begin(sim, thread);
    emit(sim, thread, t->window + 1, from, window_end(run, from));
    hk_pool_barrier(sim->pool, thread);
    while (from < run->end) {
        hk_tick to = window_end(run, from);
        t->window++;
        t->begin = from;
        t->end = to;
        if (to < run->end) emit(sim, thread, t->window + 1, to, window_end(run, to));
        run_window(sim, thread);
        uint64_t window = t->window;
        if (thread == 0) run->stop[window % 2] = run->failed;
        t->failed[window % 2] = t->err.code != HK_OK;
        hk_pool_barrier(sim->pool, thread);
        if (thread == 0 && !run->failed) run->failed = !check_threads(sim, window, run->err);
        if (thread == 0 && !run->failed) {
            sim->now = to;
            run->failed = !tell(sim, window, from, run->err);
        }
        if (run->stop[window % 2]) return;
        from = to;
    }
}

bool hk_exact_run(struct hk_sim *sim, hk_tick end, struct hk_err *err) {
    struct run run = {.sim = sim, .end = end, .err = err};
    hk_pool_run(sim->pool, run_thread, &run);
    for (size_t i = 0; i < sim->pop_count; i++) hk_exact_pop(sim->pops[i])->changed = false;
    return !run.failed;
}
