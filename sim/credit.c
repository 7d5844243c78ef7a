/* Errors that go back through the layers at the end of a presentation: which populations they
 * reach, in which order, and the three passes of sim/kernels/credit.c. */
#include "sim/sim_internal.h"

/* Room that one thread needs to learn from a presentation. */
static bool build_room(struct hk_proj *proj, int thread, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    struct hk_proj_part *part = &proj->parts[thread];
    struct hk_credit_room *room = &part->room;
    size_t owned = hk_pop_owned(proj->target, thread), longest = owned;
    size_t ticks = (size_t)sim->remembered;
    for (size_t row = 0; proj->storage == HK_STORE_ROWS && row < proj->rows; row++) {
        size_t length = part->row_start[row + 1] - part->row_start[row];
        if (length > longest) longest = length;
    }
    if (ticks && proj->rows > SIZE_MAX / ticks / sizeof(double))
        return HK_FAIL(err, HK_ERR_MEMORY, "no memory for traces of %zu ticks", ticks);
    room->list = HK_NEW(sim->arena, uint32_t, (size_t)proj->target->size + 1, err);
    room->value = hk_sim_reals(sim, (size_t)proj->target->size + 1, err);
    room->place = HK_NEW(sim->arena, int32_t, owned, err);
    room->active = HK_NEW(sim->arena, uint32_t, proj->rows, err);
    room->active_of = HK_NEW(sim->arena, uint32_t, proj->rows, err);
    room->trace = hk_sim_reals(sim, proj->rows * ticks, err);
    room->paired = hk_sim_reals(sim, owned * HK_CREDIT_ROWS, err);
    room->synapse = HK_NEW(sim->arena, size_t, longest, err);
    room->row_w = hk_sim_reals(sim, longest, err);
    room->row_gate = hk_sim_reals(sim, longest, err);
    room->row_paired = hk_sim_reals(sim, longest, err);
    return room->list && room->value && room->place && room->active && room->active_of &&
           room->trace && room->paired && room->synapse && room->row_w && room->row_gate &&
           room->row_paired;
}

static bool build_population(struct hk_pop *pop, struct hk_err *err) {
    for (size_t i = 0; i < pop->incoming_count && !pop->judge; i++)
        if (hk_proj_is_judged(pop->incoming[i])) pop->judge = pop->incoming[i];
    if (!pop->judge) return true;
    pop->blame = hk_sim_reals(pop->sim, pop->padded, err);
    pop->error = hk_sim_reals(pop->sim, pop->padded, err);
    pop->gate = hk_sim_reals(pop->sim, pop->padded, err);
    return pop->blame && pop->error && pop->gate;
}

/* Do errors reach this population from others only that have been ordered already? */
static bool is_next(const struct hk_sim *sim, const struct hk_pop *pop) {
    for (size_t i = 0; i < sim->judged_count; i++)
        if (sim->judged[i] == pop) return false;
    for (size_t i = 0; i < sim->proj_count; i++) {
        const struct hk_proj *proj = sim->projs[i];
        bool known = false;
        if (proj->source != pop || !hk_proj_is_judged(proj)) continue;
        for (size_t k = 0; k < sim->judged_count; k++) known |= sim->judged[k] == proj->target;
        if (!known) return false;
    }
    return true;
}

bool hk_credit_build(struct hk_sim *sim, struct hk_err *err) {
    size_t wanted = 0;
    for (size_t i = 0; i < sim->pop_count; i++) {
        if (!build_population(sim->pops[i], err)) return false;
        wanted += sim->pops[i]->judge != NULL;
    }
    for (size_t i = 0; wanted && i < sim->proj_count; i++)
        for (int p = 0; hk_proj_is_judged(sim->projs[i]) && p < sim->threads; p++)
            if (!build_room(sim->projs[i], p, err)) return false;
    if (!(sim->judged = HK_NEW(sim->arena, struct hk_pop *, wanted, err))) return false;
    while (sim->judged_count < wanted) {
        size_t before = sim->judged_count;
        for (size_t i = 0; i < sim->pop_count; i++)
            if (sim->pops[i]->judge && is_next(sim, sim->pops[i]))
                sim->judged[sim->judged_count++] = sim->pops[i];
        if (sim->judged_count == before)
            return HK_FAIL(err, HK_ERR_CONFIG,
                           "the projections that learn from presentations form a loop: errors "
                           "couldn't go back through it");
    }
    return true;
}

bool hk_pop_can_be_taught(const struct hk_pop *pop) {
    for (size_t i = 0; i < pop->sim->proj_count; i++) {
        const struct hk_proj *proj = pop->sim->projs[i];
        if (proj->target == pop && hk_proj_is_judged(proj)) return true;
    }
    return false;
}

/* ---- teaching ---- */

struct lesson {
    struct hk_sim *sim;
    struct hk_pop *pop; /* that is taught */
    hk_neuron wanted;
    size_t epoch;
};

static void give(void *context, int thread) {
    const struct lesson *lesson = context;
    const struct hk_sim *sim = lesson->sim;
    for (size_t i = 0; i < sim->judged_count; i++) {
        struct hk_pop *pop = sim->judged[i];
        if (pop == lesson->pop)
            sim->credit->teach(pop, thread, lesson->wanted);
        else
            sim->credit->credit(pop, thread);
        hk_pool_barrier(sim->pool, thread);
    }
    for (size_t i = 0; i < sim->proj_count; i++)
        if (hk_proj_is_judged(sim->projs[i]) && sim->projs[i]->learning)
            sim->credit->update(sim->projs[i], thread, lesson->epoch);
}

bool hk_sim_teach(struct hk_sim *sim, struct hk_pop *pop, hk_neuron wanted, size_t epoch,
                  struct hk_err *err) {
    HK_ASSERT(sim->built && sim->now - sim->shown_from <= sim->remembered);
    if (!hk_pop_can_be_taught(pop))
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "%s can't be taught: no projection that ends there has a plasticity that "
                       "learns from presentations, such as desire",
                       pop->name);
    if (wanted >= pop->size)
        return HK_FAIL(err, HK_ERR_RANGE, "%s has %u units: there is none for class %u", pop->name,
                       pop->size, wanted);
    struct lesson lesson = {sim, pop, wanted, epoch};
    hk_pool_run(sim->pool, give, &lesson);
    return true;
}
