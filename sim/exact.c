/* The exact clock: who can run on it, and what it needs beside the simulation. Its rules:
 * sim/exact_internal.h; running: sim/exact_run.c. */
#include "sim/exact_internal.h"

#include <string.h>

/* ---- refusals ---- */

static bool check_receptors(const struct hk_pop *pop, struct hk_err *err) {
    for (size_t i = 0; i < pop->receptor_count; i++) {
        const struct hk_receptor_model *model = pop->receptors[i].model;
        if (!model->lapse)
            return HK_FAIL(err, HK_ERR_CONFIG,
                           "receptor %s: %s has no closed form; use clock: grid",
                           pop->receptors[i].name, model->base.name);
        if (!pop->neuron->membrane && model->effect != HK_EFFECT_JUMP)
            return HK_FAIL(err, HK_ERR_CONFIG,
                           "receptor %s: %s has no closed form in %s, which isn't linear: only "
                           "jumps (delta) have; use clock: grid",
                           pop->receptors[i].name, model->base.name, pop->neuron->base.name);
    }
    return true;
}

static bool check_drives(const struct hk_pop *pop, struct hk_err *err) {
    for (size_t i = 0; i < pop->drive_count; i++) {
        const struct hk_drive_model *model = pop->drives[i].model;
        if (!model->current && !model->list)
            return HK_FAIL(err, HK_ERR_CONFIG, "drive %s acts step by step; use clock: grid",
                           model->base.name);
    }
    return true;
}

bool hk_exact_check_pop(const struct hk_pop *pop, struct hk_err *err) {
    if (pop->source && !pop->source->list)
        return HK_FAIL(err, HK_ERR_CONFIG, "source %s spikes step by step; use clock: grid",
                       pop->source->base.name);
    if (!pop->neuron) return true;
    if (!pop->neuron->closed)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s has no closed form between events; use clock: grid",
                       pop->neuron->base.name);
    if (!check_receptors(pop, err) || !check_drives(pop, err)) return false;
    if (!hk_alone_possible(pop))
        return HK_FAIL(err, HK_ERR_LIMIT,
                       "%zu state variables are more than %d, the most on the "
                       "exact clock",
                       pop->column_count, HK_ALONE_COLUMNS);
    return !pop->neuron->closed->check || pop->neuron->closed->check(pop->param, err);
}

bool hk_exact_check_proj(const struct hk_proj *proj, struct hk_err *err) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    if (!rule) return true;
    if (!hk_plasticity_from_events(rule))
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "%s learns from presentations, step by step; use clock: grid",
                       rule->base.name);
    if (rule->lag)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s learns a step later, step by step; use clock: grid",
                       rule->base.name);
    return true;
}

bool hk_sim_suits_exact(const struct hk_sim *sim, struct hk_err *err) {
    for (size_t i = 0; i < sim->pop_count; i++)
        if (!hk_exact_check_pop(sim->pops[i], err))
            return hk_err_context(err, "%s", sim->pops[i]->name);
    for (size_t i = 0; i < sim->proj_count; i++)
        if (!hk_exact_check_proj(sim->projs[i], err))
            return hk_err_context(err, "%s", sim->projs[i]->name);
    return true;
}

/* ---- building ---- */

static bool build_pop(struct hk_pop *pop, struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    struct hk_exact_pop *exact = hk_exact_pop(pop);
    size_t threads = (size_t)sim->threads;
    if (!pop->neuron) return true;
    if (!hk_alone_build(pop, err)) return false;
    exact->ways = HK_NEW(sim->arena, struct hk_way, pop->padded, err);
    exact->current = HK_NEW(sim->arena, double, threads, err);
    exact->until = HK_NEW(sim->arena, hk_tick, threads, err);
    exact->pulses = HK_NEW(sim->arena, struct hk_pulses, threads * pop->drive_count, err);
    exact->changed = true;
    if (!exact->ways || !exact->current || !exact->until || !exact->pulses) return false;
    double t_ref = pop->neuron->closed->t_ref ? pop->neuron->closed->t_ref(pop->param) : 0.0;
    return hk_tick_from_ms(t_ref, sim->options.tick_ms, &exact->refractory, err) ||
           hk_err_context(err, "%s: t_ref", pop->name);
}

/* Every thread meets all spikes of a source, so each keeps what it remembers. */
static bool build_memory(struct hk_proj *proj, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    size_t sources = proj->source->size;
    for (int p = 0; hk_proj_remembers(proj) && p < sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        part->source_memory = HK_NEW(sim->arena, double, sources *HK_SYNAPSE_STATE_MAX, err);
        part->source_last = HK_NEW(sim->arena, hk_tick, sources, err);
        if (!part->source_memory || !part->source_last) return false;
    }
    return true;
}

/* The window is the least delay from neurons; without any, it is as good as any other. */
static bool plan_window(struct hk_sim *sim, struct hk_err *err) {
    const double LONGEST_MS = 10.0;
    double longest = LONGEST_MS / sim->options.tick_ms;
    sim->window = longest > 1.0 ? longest < 1e9 ? (hk_tick)longest : 1000000000 : 1;
    for (size_t i = 0; i < sim->proj_count; i++) {
        const struct hk_proj *proj = sim->projs[i];
        hk_tick least = hk_timed_least_delay(proj);
        if (proj->source->neuron && least < sim->window) sim->window = least;
    }
    for (size_t i = 0; i < sim->signal_count; i++) {
        const struct hk_signal *signal = sim->signals[i];
        if (!signal->from || !signal->from->neuron) continue;
        if (signal->delay < 1)
            return HK_FAIL(err, HK_ERR_RANGE, "%s: delay = 0, must be at least one tick",
                           signal->name);
        if (signal->delay < sim->window) sim->window = signal->delay;
    }
    return true;
}

bool hk_exact_build(struct hk_sim *sim, struct hk_err *err) {
    struct hk_exact *exact = HK_NEW(sim->arena, struct hk_exact, 1, err);
    if (!exact) return false;
    sim->exact = exact;
    exact->pops = HK_NEW(sim->arena, struct hk_exact_pop, sim->pop_count, err);
    exact->threads = hk_arena_array(sim->arena, (size_t)sim->threads, sizeof *exact->threads,
                                    HK_CACHE_LINE, err);
    if (!exact->pops || !exact->threads) return false;
    for (int p = 0; p < sim->threads; p++)
        if (!(exact->threads[p].first_of = HK_NEW(sim->arena, size_t, sim->pop_count + 1, err)))
            return false;
    for (size_t i = 0; i < sim->pop_count; i++)
        if (!build_pop(sim->pops[i], err)) return false;
    for (size_t i = 0; i < sim->proj_count; i++)
        if (!build_memory(sim->projs[i], err)) return false;
    for (size_t i = 0; i < sim->proj_count; i++) exact->learns |= hk_proj_learns(sim->projs[i]);
    if (!plan_window(sim, err)) return false;
    hk_exact_reset(sim);
    return true;
}

static void finish_list(struct hk_list_of *list) {
    hk_block_finish(&list->block);
    list->count = 0;
}

static void finish_thread(struct hk_exact_thread *t) {
    for (size_t i = 0; i < HK_OUTBOXES; i++) {
        finish_list(&t->sent[i]);
        finish_list(&t->emitted[i]);
    }
    finish_list(&t->cursors);
    finish_list(&t->arrivals);
    finish_list(&t->spare);
    finish_list(&t->by_pop);
    finish_list(&t->crossings);
    for (size_t i = 0; i < HK_AHEAD; i++) finish_list(&t->later[i]);
    finish_list(&t->posts);
    finish_list(&t->touched);
    finish_list(&t->units);
    hk_raster_finish(&t->raster);
    for (size_t i = 0; i < HK_SIGNALS_MAX; i++) finish_list(&t->jumps[i].ticks);
}

void hk_exact_finish(struct hk_sim *sim) {
    struct hk_exact *exact = sim->exact;
    if (!exact) return;
    for (int p = 0; exact->threads && p < sim->threads; p++) finish_thread(&exact->threads[p]);
    for (size_t i = 0; exact->pops && i < sim->pop_count; i++) {
        size_t count = (size_t)sim->threads * sim->pops[i]->drive_count;
        for (size_t k = 0; exact->pops[i].pulses && k < count; k++)
            hk_raster_finish(&exact->pops[i].pulses[k].raster);
    }
    finish_list(&exact->heard);
    hk_traces_finish(exact);
}

/* ---- starting anew ---- */

static void reset_thread(struct hk_exact_thread *t, hk_tick now) {
    t->begin = t->end = now;
    for (size_t i = 0; i < HK_OUTBOXES; i++) t->sent[i].count = t->emitted[i].count = 0;
    t->cursors.count = t->arrivals.count = t->arrival = 0;
    t->crossings.count = t->posts.count = t->touched.count = 0;
    for (size_t i = 0; i < HK_AHEAD; i++) t->later[i].count = 0;
    for (size_t i = 0; i < HK_SIGNALS_MAX; i++) t->jumps[i].ticks.count = t->jumps[i].next = 0;
}

static void reset_memory(struct hk_proj *proj) {
    for (int p = 0; hk_proj_remembers(proj) && p < proj->sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        for (hk_neuron i = 0; i < proj->source->size; i++) {
            part->source_last[i] = -1;
            proj->synapse->start(proj->synapse_param,
                                 part->source_memory + (size_t)i * HK_SYNAPSE_STATE_MAX);
        }
    }
}

void hk_exact_reset(struct hk_sim *sim) {
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        struct hk_exact_pop *exact = hk_exact_pop(pop);
        if (!pop->neuron) continue;
        for (hk_neuron k = 0; k < pop->size; k++) {
            pop->alone->last[k] = exact->ways[k].free = sim->now;
            exact->ways[k].next = exact->ways[k].due = HK_NEVER;
        }
        for (int p = 0; p < sim->threads; p++) exact->until[p] = sim->now;
        exact->changed = true;
    }
    for (size_t i = 0; i < sim->proj_count; i++) reset_memory(sim->projs[i]);
    for (int p = 0; p < sim->threads; p++) reset_thread(&sim->exact->threads[p], sim->now);
}

static void settle_part(void *context, int thread) {
    struct hk_pop *pop = context;
    pop->sim->on_exact->settle(pop, thread, pop->sim->now);
}

void hk_exact_settle(struct hk_pop *pop) {
    if (!pop->neuron) return;
    hk_pool_run(pop->sim->pool, settle_part, pop);
    hk_exact_pop(pop)->changed = true;
}
