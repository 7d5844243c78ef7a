/* What projections that learn from events have beside their synapses, but for rows that learn late
 * (sim/late.c): traces, incoming synapses of each target, what synapses remember. */
#include "sim/sim_internal.h"

#include <string.h>

/* ---- columns ---- */

/* Incoming synapses of each target, by row. */
static void index_columns(void *context, int thread) {
    const struct hk_proj *proj = context;
    struct hk_proj_part *part = &proj->parts[thread];
    size_t owned = hk_pop_owned(proj->target, thread);
    for (hk_syn k = 0; k < part->count; k++) part->in_start[part->target[k] + 1]++;
    for (size_t i = 0; i < owned; i++) part->in_start[i + 1] += part->in_start[i];
    for (size_t row = 0; row < part->rows; row++) {
        for (hk_syn k = part->row_start[row]; k < part->row_start[row + 1]; k++) {
            hk_syn at = part->in_start[part->target[k]]++;
            part->in_synapse[at] = (uint32_t)k;
            part->in_row[at] = (uint32_t)row;
        }
    }
    memmove(part->in_start + 1, part->in_start, owned * sizeof *part->in_start);
    part->in_start[0] = 0;
}

static bool build_columns(struct hk_proj *proj, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    for (int p = 0; p < sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        if (part->count > UINT32_MAX)
            return HK_FAIL(err, HK_ERR_LIMIT,
                           "%zu synapses that learn belong to one thread, where %u fit; more "
                           "threads would share them",
                           (size_t)part->count, UINT32_MAX);
        part->in_start = HK_NEW(sim->arena, hk_syn, hk_pop_owned(proj->target, p) + 1, err);
        part->in_synapse = HK_NEW(sim->arena, uint32_t, part->count, err);
        part->in_row = HK_NEW(sim->arena, uint32_t, part->count, err);
        if (!part->in_start || !part->in_synapse || !part->in_row) return false;
    }
    hk_pool_run(sim->pool, index_columns, proj);
    return true;
}

/* ---- what synapses remember, and traces ---- */

/* What each synapse remembers, where its weight lies. */
static bool build_eligibility(struct hk_proj *proj, int thread, size_t longest,
                              struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    struct hk_proj_part *part = &proj->parts[thread];
    size_t places = proj->storage == HK_STORE_MATRIX ? proj->rows * part->stride : part->count;
    for (size_t i = 0; i < proj->plasticity->memory_count; i++) {
        part->memory[i] = hk_sim_reals(sim, places, err);
        part->gathered_memory[i] = hk_sim_reals(sim, longest, err);
        if (!part->memory[i] || !part->gathered_memory[i]) return false;
    }
    part->last = HK_NEW(sim->arena, hk_tick, places, err);
    part->gathered_last = HK_NEW(sim->arena, hk_tick, longest, err);
    return part->last && part->gathered_last;
}

/* Traces of one side, and room for what they are at a tick. */
static bool build_traces(struct hk_sim *sim, void **value, void **now, size_t traces, size_t units,
                         struct hk_err *err) {
    for (size_t i = 0; i < traces; i++) {
        value[i] = hk_sim_reals(sim, units, err);
        now[i] = hk_sim_reals(sim, units, err);
        if (!value[i] || !now[i]) return false;
    }
    return true;
}

/* The longest list of synapses that a rule can see at once. */
static size_t longest_list(const struct hk_proj *proj, int thread) {
    const struct hk_proj_part *part = &proj->parts[thread];
    const size_t owned = hk_pop_owned(proj->target, thread);
    size_t longest = part->rows > owned ? part->rows : owned;
    if (proj->storage == HK_STORE_MATRIX) return longest;
    longest = 0;
    for (size_t row = 0; row < part->rows; row++) {
        size_t length = part->row_start[row + 1] - part->row_start[row];
        if (length > longest) longest = length;
    }
    for (size_t i = 0; part->in_start && i < owned; i++) {
        size_t length = part->in_start[i + 1] - part->in_start[i];
        if (length > longest) longest = length;
    }
    return longest;
}

static bool build_recent(struct hk_proj *proj, int thread, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    struct hk_proj_part *part = &proj->parts[thread];
    const size_t owned = hk_pop_owned(proj->target, thread), room = owned + HK_LINE_UNITS;
    struct hk_recent *recent = HK_NEW(sim->arena, struct hk_recent, 1, err);
    if (!recent) return false;
    for (size_t i = 0; i < hk_plasticity_post_seen(proj->plasticity); i++)
        if (!(recent->value[i] = hk_sim_reals(sim, room, err))) return false;
    recent->target = HK_NEW(sim->arena, uint32_t, room, err);
    recent->place = HK_NEW(sim->arena, uint32_t, owned, err);
    recent->last = HK_NEW(sim->arena, hk_tick, room, err);
    recent->seen_whole = HK_NEW(sim->arena, uint64_t, part->rows, err);
    part->recent = recent;
    return recent->target && recent->place && recent->last && recent->seen_whole;
}

static bool build_plastic_part(struct hk_proj *proj, int thread, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    const struct hk_plasticity_model *rule = proj->plasticity;
    struct hk_proj_part *part = &proj->parts[thread];
    const size_t owned = hk_pop_owned(proj->target, thread);
    const size_t longest = longest_list(proj, thread) + HK_LINE_UNITS;
    for (size_t i = 0; i < HK_TRACE_MAX; i++)
        if (!(part->other[i] = hk_sim_reals(sim, longest, err))) return false;
    part->pre_last = HK_NEW(sim->arena, hk_tick, part->rows, err);
    part->post_last = HK_NEW(sim->arena, hk_tick, owned, err);
    if (!part->pre_last || !part->post_last) return false;
    if (!build_traces(sim, part->pre_value, part->pre_now, rule->pre_count, part->rows, err) ||
        !build_traces(sim, part->post_value, part->post_now, rule->post_count, owned, err))
        return false;
    if (!(part->gathered = hk_sim_reals(sim, longest, err))) return false;
    for (size_t i = 0; i < rule->post_count; i++)
        if (!(part->own[i] = hk_sim_reals(sim, longest, err))) return false;
    if (proj->storage == HK_STORE_MATRIX && rule->memory_count == 0)
        return build_recent(proj, thread, err);
    return !hk_proj_lapses(proj) || build_eligibility(proj, thread, longest, err);
}

bool hk_plastic_build(struct hk_proj *proj, struct hk_err *err) {
    bool columns = proj->storage != HK_STORE_MATRIX;
    if (columns && !build_columns(proj, err)) return false;
    for (int p = 0; p < proj->sim->threads; p++)
        if (!build_plastic_part(proj, p, err)) return false;
    return true;
}
