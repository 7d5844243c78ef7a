/* Time: windows, phases, and the order of things within a tick.
 *
 * A window of W ticks, W the smallest delay between neurons, is one phase of all threads: emit the
 * sources of the next window, then for each tick deliver, update, learn, each thread for what it
 * owns; then one barrier. Between coming to it and passing it a thread adds up what arrives at the
 * next tick from spikes that it knows already: most of the work of a large network, so nobody
 * waits. After it thread 0 tells the listeners, while the others are already in the next window:
 * the ring of spikes is long enough. */
#include "sim/exact_internal.h"

#include <math.h>
#include <string.h>

struct run {
    struct hk_sim *sim;
    hk_tick end;
    struct hk_err *err;
    bool stop[2]; /* of even and odd windows: written by thread 0 before the barrier, read after it
                   */
    bool failed;
};

/* The spikes of one source population at one tick, for the units that the thread owns. */
static size_t emit_tick(const struct hk_pop *pop, int thread, hk_tick tick, uint32_t *out) {
    if (pop->source) {
        const struct hk_source_part part = {.param = pop->param,
                                            .derived = pop->derived,
                                            .stream = pop->stream,
                                            .first = pop->part[thread],
                                            .count = (hk_neuron)hk_pop_owned(pop, thread),
                                            .tick_ms = pop->sim->options.tick_ms};
        return pop->source->emit(&part, tick, out);
    }
    const uint32_t *units = NULL;
    size_t count = hk_raster_at(&pop->shown[thread], tick - pop->sim->shown_from - 1, &units);
    if (count) memcpy(out, units, count * sizeof *out);
    return count;
}

static void release(const struct hk_sim *sim, const struct hk_pop *pop, int thread, hk_tick tick) {
    for (size_t k = 0; k < pop->releasing_count; k++)
        sim->step->release(pop->releasing[k], thread, tick);
}

static void emit(struct hk_sim *sim, int thread, hk_tick from, hk_tick to) {
    struct hk_history *history = &sim->history[thread];
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        if (pop->neuron) continue;
        for (hk_tick tick = from + 1; tick <= to; tick++) {
            size_t slot = hk_slot(sim, tick);
            uint32_t *out = history->units + slot * history->slot_size + history->pop_offset[i];
            size_t count = hk_pop_keep(pop, out, emit_tick(pop, thread, tick, out));
            history->counts[slot * sim->counts_stride + i] = (uint32_t)count;
            for (size_t k = 0; k < count; k++) pop->counts[out[k]]++;
            release(sim, pop, thread, tick);
            sim->tally[thread].counts.spikes += count;
        }
    }
}

/* Do spikes arrive at anybody's targets? Told by their source, for who has a synapse is another's
 * to know, and what is counted can't depend on the threads. */
static bool hears(const struct hk_proj *proj, hk_tick tick) {
    const uint32_t *units;
    hk_tick at = tick - proj->delay_min;
    for (uint32_t d = 0; d < proj->delays && at > 0; d++, at--)
        for (int owner = 0; owner < proj->sim->threads; owner++)
            if (hk_spikes(proj->sim, proj->source, at, owner, &units)) return true;
    return false;
}

/* What comes from a population that drops out is scaled. */
static void count_scaled(const struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_sim_counts *counts = &proj->sim->tally[thread].counts;
    if (!proj->sim->dropping || proj->source->dropout <= 0.0 || !hears(proj, tick)) return;
    counts->additions += hk_pop_owned(proj->target, thread);
    counts->multiplications += hk_pop_owned(proj->target, thread);
}

/* Whether something arrived, in which case it was added to what the receptor gets. */
static bool deliver(struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_sim *sim = proj->sim;
    if (proj->storage == HK_STORE_BUNDLE) return false;
    if (hk_proj_lapses(proj)) sim->learn->catch_up(proj, thread, tick);
    uint64_t events = sim->step->deliver(proj, thread, tick);
    sim->tally[thread].counts.events += events;
    count_scaled(proj, thread, tick);
    return events > 0;
}

/* All that arrives at a population outside of bundles; a bit for each receptor that gets something.
 */
static uint32_t deliver_all(struct hk_pop *pop, int thread, hk_tick tick) {
    uint32_t reached = 0;
    for (size_t k = 0; k < pop->incoming_count; k++)
        if (deliver(pop->incoming[k], thread, tick))
            reached |= UINT32_C(1) << pop->incoming[k]->receptor;
    return reached;
}

static void step(struct hk_sim *sim, int thread, hk_tick tick) {
    struct hk_sim_counts *counts = &sim->tally[thread].counts;
    hk_signals_advance(sim, thread, tick);
    counts->events += sim->bundle->advance(sim, thread, tick);
    counts->events += sim->bundle->launch(sim, thread, tick);
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        if (!pop->neuron) continue;
        uint32_t reached = deliver_all(pop, thread, tick);
        counts->spikes += sim->step->update(pop, thread, tick, reached);
        release(sim, pop, thread, tick);
        for (size_t k = 0; k < pop->incoming_count; k++)
            if (hk_proj_learns(pop->incoming[k]))
                pop->incoming[k]->learn->learn(pop->incoming[k], thread, tick);
    }
    if (sim->watches) hk_watches_gather(sim, thread, tick);
}

/* Tell the listeners of the ticks from + 1 .. to. */
static bool tell(struct hk_sim *sim, hk_tick from, hk_tick to, struct hk_err *err) {
    for (size_t i = 0; i < sim->pop_count; i++) {
        const struct hk_pop *pop = sim->pops[i];
        for (hk_tick tick = from + 1; pop->listener && tick <= to; tick++)
            for (int owner = 0; owner < sim->threads; owner++) {
                const uint32_t *units;
                uint32_t count = hk_spikes(sim, pop, tick, owner, &units);
                if (count && !pop->listener(pop->listener_context, pop, tick, units, count, err))
                    return false;
            }
    }
    return hk_watches_tell(sim, from, to, err);
}

/* Was there room for all spikes in flight? Each thread says so before the barrier; told apart by
 * window, because the others may be in the next one already. */
static bool check_room(const struct hk_sim *sim, unsigned window, struct hk_err *err) {
    for (int p = 0; p < sim->threads; p++) {
        const struct hk_flight *flight = &sim->flights[p];
        if (!flight->full[window % 2]) continue;
        if (err && err->code == HK_OK) *err = flight->err;
        return false;
    }
    return true;
}

static hk_tick window_end(const struct run *run, hk_tick from) {
    hk_tick end = from + run->sim->window;
    return end < run->end ? end : run->end;
}

/* What is done once, by thread 0. */
static bool end_window(const struct run *run, unsigned window, hk_tick from, hk_tick to) {
    if (!check_room(run->sim, window, run->err)) return false;
    run->sim->now = to;
    return tell(run->sim, from, to, run->err);
}

static void run_thread(void *context, int thread) {
    struct run *run = context;
    struct hk_sim *sim = run->sim;
    hk_tick from = sim->now;
    emit(sim, thread, from, window_end(run, from));
    hk_pool_barrier(sim->pool, thread);
    for (unsigned window = 0; from < run->end; window++) {
        hk_tick to = window_end(run, from);
        if (to < run->end) emit(sim, thread, to, window_end(run, to));
        for (hk_tick tick = from + 1; tick <= to; tick++) step(sim, thread, tick);
        if (thread == 0 && run->failed) run->stop[window % 2] = true;
        if (sim->flights[thread].err.code != HK_OK) sim->flights[thread].full[window % 2] = true;
        unsigned round = hk_pool_arrive(sim->pool);
        if (to < run->end)
            sim->tally[thread].counts.events += sim->bundle->advance(sim, thread, to + 1);
        hk_pool_wait(sim->pool, thread, round);
        if (thread == 0 && !run->failed && !end_window(run, window, from, to)) run->failed = true;
        if (run->stop[window % 2]) return;
        from = to;
    }
}

/* Units that sleep are quiet, which what isn't finite never is: only the others are looked at. */
static bool is_finite(const struct hk_pop *pop, size_t column) {
    const struct hk_sim *sim = pop->sim;
    for (hk_neuron first = 0; first < pop->size; first += HK_GROUP) {
        hk_neuron left = pop->size - first, count = left < HK_GROUP ? left : HK_GROUP;
        if (pop->sleep && pop->sleep->asleep[first / HK_GROUP]) continue;
        if (!sim->columns->finite(hk_pop_value(pop, column, first), count)) return false;
    }
    return true;
}

static bool check_finite(const struct hk_sim *sim, struct hk_err *err) {
    for (size_t i = 0; i < sim->pop_count; i++) {
        const struct hk_pop *pop = sim->pops[i];
        for (size_t c = 0; c < pop->column_count; c++)
            if (!is_finite(pop, c))
                return HK_FAIL(err, HK_ERR_NUMERIC,
                               "%s.%s is no longer a finite number by %g ms: a shorter resolution "
                               "or "
                               "smaller weights may help",
                               pop->name, pop->info[c].name,
                               (double)sim->now * sim->options.tick_ms);
    }
    return true;
}

bool hk_sim_run(struct hk_sim *sim, hk_tick ticks, struct hk_err *err) {
    HK_ASSERT(sim->built && ticks >= 0);
    if (ticks > INT64_MAX - sim->now)
        return HK_FAIL(err, HK_ERR_LIMIT, "simulated time would exceed 2^63 ticks");
    if (ticks == 0) return true;
    if (sim->exact) return hk_exact_run(sim, sim->now + ticks, err) && check_finite(sim, err);
    for (size_t i = 0; i < sim->pop_count; i++) hk_pop_prepare(sim->pops[i]);
    struct run run = {.sim = sim, .end = sim->now + ticks, .err = err};
    sim->runs++;
    hk_pool_run(sim->pool, run_thread, &run);
    return !run.failed && check_finite(sim, err);
}

/* ---- presentations ---- */

struct present {
    struct hk_sim *sim;
    struct hk_presentation shown;
    struct hk_err err[HK_THREADS_MAX];
};

static void encode_part(struct present *present, struct hk_pop *pop, int thread) {
    struct hk_presentation part = present->shown;
    struct hk_err *err = &present->err[thread];
    part.stream = pop->stream;
    part.first = pop->part[thread];
    part.count = pop->part[thread + 1] - part.first;
    hk_raster_begin(&pop->shown[thread], part.ticks, err);
    pop->encoder->encode(pop->param, &part, &pop->shown[thread]);
    bool sorted = pop->sim->exact ? hk_raster_order(&pop->shown[thread], err)
                                  : hk_raster_sort(&pop->shown[thread], err);
    if (sorted) return;
    pop->shown[thread].ticks = 0;
    pop->shown[thread].count = 0;
}

static void present_part(void *context, int thread) {
    struct present *present = context;
    struct hk_sim *sim = present->sim;
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        if (pop->encoder) encode_part(present, pop, thread);
        if (pop->kept && sim->dropping) hk_pop_drop(pop, thread, present->shown.number);
    }
}

static bool check_units(const struct hk_pop *pop, size_t values, struct hk_err *err) {
    size_t units = hk_encoder_units(pop->encoder, pop->param, values);
    if (units == pop->size) return true;
    return HK_FAIL(err, HK_ERR_CONFIG,
                   "%s has %u units, but %s makes %zu of a sample of %zu values", pop->name,
                   pop->size, pop->encoder->base.name, units, values);
}

bool hk_sim_present(struct hk_sim *sim, const float *values, size_t count, hk_tick ticks,
                    double gain, uint64_t number, struct hk_err *err) {
    HK_ASSERT(sim->built);
    if (ticks < 0 || ticks >= UINT32_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "a presentation of %lld ticks is too long",
                       (long long)ticks);
    for (size_t i = 0; i < sim->pop_count; i++)
        if (sim->pops[i]->encoder && !check_units(sim->pops[i], count, err)) return false;
    struct present present = {.sim = sim,
                              .shown = {.values = values,
                                        .value_count = count,
                                        .ticks = ticks,
                                        .tick_ms = sim->options.tick_ms,
                                        .gain = gain,
                                        .number = number}};
    sim->shown_from = sim->now;
    hk_pool_run(sim->pool, present_part, &present);
    for (int p = 0; p < sim->threads; p++) {
        if (present.err[p].code == HK_OK) continue;
        if (err && err->code == HK_OK) *err = present.err[p];
        return false;
    }
    return true;
}
