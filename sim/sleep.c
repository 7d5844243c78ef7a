/* Sleep: populations in which nothing can happen are left alone, in groups of units.
 *
 * A group of HK_GROUP units may sleep when none of them can reach its threshold without further
 * input, however long one waits: the bounds are the models'. Its units then keep the tick that
 * their state belongs to. An arriving weight brings the one unit that it meets to date, by closed
 * form, and the group sleeps on, unless that unit could now fire; then it wakes, and is stepped
 * tick by tick as any other. Whether a group sleeps follows from its own units alone, so threads
 * can't change it. Cost follows events, not units.
 *
 * Populations with a linear membrane and closed forms can sleep, if all that reaches them are plain
 * synapses (sim/bundle.c). */
#include "sim/sim_internal.h"

#include <string.h>

bool hk_alone_possible(const struct hk_pop *pop) {
    struct hk_membrane membrane;
    if (!pop->neuron || !pop->neuron->closed || pop->column_count > HK_ALONE_COLUMNS) return false;
    bool linear = pop->neuron->membrane && pop->neuron->membrane(pop->param, &membrane);
    for (size_t i = 0; i < pop->receptor_count; i++) {
        const struct hk_receptor_model *model = pop->receptors[i].model;
        if (!model->lapse || !(linear || model->effect == HK_EFFECT_JUMP)) return false;
    }
    return true;
}

bool hk_alone_build(struct hk_pop *pop, struct hk_err *err) {
    struct hk_alone *alone = HK_NEW(pop->sim->arena, struct hk_alone, 1, err);
    if (!alone) return false;
    pop->alone = alone;
    alone->last = HK_NEW(pop->sim->arena, hk_tick, pop->padded, err);
    return alone->last &&
           (!pop->neuron->membrane || pop->neuron->membrane(pop->param, &alone->membrane));
}

static bool gets_bundles_only(const struct hk_pop *pop) {
    for (size_t i = 0; i < pop->incoming_count; i++)
        if (pop->incoming[i]->storage != HK_STORE_BUNDLE) return false;
    return pop->dropout <= 0.0 && pop->drive_count == 0;
}

static bool build_pop(struct hk_pop *pop, struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    struct hk_sleep *sleep = HK_NEW(sim->arena, struct hk_sleep, 1, err);
    if (!sleep) return false;
    sleep->asleep = HK_NEW(sim->arena, unsigned char, pop->groups, err);
    sleep->touches = HK_NEW(sim->arena, uint32_t, pop->groups, err);
    sleep->awake_until = HK_NEW(sim->arena, hk_tick, pop->groups, err);
    pop->sleep = sleep;
    return sleep->asleep && sleep->touches && sleep->awake_until && hk_alone_build(pop, err);
}

bool hk_sleep_build(struct hk_sim *sim, struct hk_err *err) {
    bool any = false;
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        if (!hk_alone_possible(pop) || !pop->neuron->membrane || !gets_bundles_only(pop)) continue;
        if (!build_pop(pop, err)) return false;
        any = true;
    }
    for (int p = 0; any && p < sim->threads; p++) {
        struct hk_flight *flight = &sim->flights[p];
        const size_t groups = flight->slots / HK_GROUP;
        flight->marks = HK_NEW(sim->arena, uint64_t, groups, err);
        flight->marked = HK_NEW(sim->arena, uint32_t, groups + 1, err); /* one is written ahead */
        if (!flight->marks || !flight->marked) return false;
        for (size_t k = 0; k < groups; k++) flight->marks[k] = HK_MARKS_AWAKE;
    }
    return true;
}

void hk_sleep_end(struct hk_pop *pop) {
    const struct hk_sim *sim = pop->sim;
    for (int p = 0; pop->sleep && p < sim->threads; p++)
        for (hk_neuron i = pop->part[p]; i < pop->part[p + 1]; i += HK_GROUP)
            if (pop->sleep->asleep[i / HK_GROUP]) sim->sleep->wake(pop, p, i, sim->now);
}

/* All have been woken (hk_sleep_end): what was known of them, and still arrived, is forgotten. */
void hk_sleep_reset(struct hk_sim *sim) {
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_sleep *sleep = sim->pops[i]->sleep;
        if (!sleep) continue;
        memset(sleep->touches, 0, sim->pops[i]->groups * sizeof *sleep->touches);
        memset(sleep->awake_until, 0, sim->pops[i]->groups * sizeof *sleep->awake_until);
    }
    for (int p = 0; p < sim->threads; p++) sim->flights[p].marked_count = 0;
}
