/* Projections as callers see them: names, counts, weights. */
#include "sim/late.h"

#include <string.h>

struct hk_proj *hk_sim_projection(const struct hk_sim *sim, size_t index) {
    return index < sim->proj_count ? sim->projs[index] : NULL;
}

struct hk_proj *hk_sim_find_projection(const struct hk_sim *sim, const char *name) {
    for (size_t i = 0; i < sim->proj_count; i++)
        if (strcmp(sim->projs[i]->name, name) == 0) return sim->projs[i];
    return NULL;
}

const char *hk_proj_name(const struct hk_proj *proj) {
    return proj->name;
}

const struct hk_pop *hk_proj_source(const struct hk_proj *proj) {
    return proj->source;
}

const struct hk_pop *hk_proj_target(const struct hk_proj *proj) {
    return proj->target;
}

const char *hk_proj_weight_unit(const struct hk_proj *proj) {
    return proj->target->receptors[proj->receptor].model->weight_unit;
}

bool hk_proj_is_plastic(const struct hk_proj *proj) {
    return proj->plasticity != NULL;
}

bool hk_proj_is_dense(const struct hk_proj *proj) {
    return hk_blocks_join_all(&proj->blocks);
}

uint64_t hk_proj_count(const struct hk_proj *proj) {
    return proj->count;
}

static void settle_part(void *context, int thread) {
    struct hk_proj *proj = context;
    proj->learn->settle(proj, thread, proj->sim->now);
}

/* Rows that learn late do so now, which changes no result. */
static void settle_late(const struct hk_proj *proj) {
    if (proj->storage == HK_STORE_LATE)
        hk_pool_run(proj->sim->pool, settle_part, proj->sim->projs[proj->index]);
}

/* What lies before is settled as it was. */
void hk_proj_set_learning(struct hk_proj *proj, bool learning) {
    bool is_behind = hk_proj_lapses(proj) || proj->storage == HK_STORE_LATE;
    if (proj->sim->built && is_behind && learning != proj->learning)
        hk_pool_run(proj->sim->pool, settle_part, proj);
    proj->learning = learning;
}

struct normalise {
    struct hk_proj *proj;
    double total;
};

static void normalise_part(void *context, int thread) {
    const struct normalise *n = context;
    n->proj->learn->normalise(n->proj, thread, n->total);
}

bool hk_proj_normalise(struct hk_proj *proj, double total, struct hk_err *err) {
    if (!hk_proj_learns(proj))
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "%s: normalise needs a plasticity that learns from spikes", proj->name);
    hk_pool_run(proj->sim->pool, normalise_part, &(struct normalise){proj, total});
    return true;
}

/* ---- reading and writing, in canonical order ---- */

/* Where a synapse of a part is found in the canonical order. */
struct place {
    hk_neuron source, target;
    hk_tick delay;
    size_t stored; /* index of its weight in the part */
    hk_syn order;
};
typedef void place_visit(void *context, const struct hk_proj_part *part, const struct place *place);

/* Rows lie by source: counting the synapses of each target first gives each its place. */
static bool visit_rows(const struct hk_proj *proj, int thread, hk_syn first, struct hk_block *room,
                       place_visit *visit, void *context, struct hk_err *err) {
    const struct hk_proj_part *part = &proj->parts[thread];
    hk_neuron base = proj->target->part[thread];
    size_t owned = proj->target->part[thread + 1] - base;
    if (!hk_block_reserve(room, owned + 1, sizeof(hk_syn), err)) return false;
    hk_syn *next = room->data;
    memset(next, 0, (owned + 1) * sizeof *next);
    for (hk_syn k = 0; k < part->count; k++) next[part->target[k] + 1]++;
    for (size_t i = 0; i < owned; i++) next[i + 1] += next[i];
    hk_neuron source = 0;
    for (size_t row = 0; row < part->rows; row++) {
        size_t delay = row % proj->delays;
        if (proj->storage == HK_STORE_TIMED) {
            while (part->first_row[source + 1] <= row) source++;
            delay = part->row_delay ? part->row_delay[row] : 0;
        } else {
            source = (hk_neuron)(row / proj->delays);
        }
        for (hk_syn k = part->row_start[row]; k < part->row_start[row + 1]; k++)
            visit(context, part,
                  &(struct place){.source = source,
                                  .target = base + part->target[k],
                                  .delay = proj->delay_min + (hk_tick)delay,
                                  .stored = k,
                                  .order = first + next[part->target[k]]++});
    }
    return true;
}

static bool reaches(const struct hk_proj *proj, hk_neuron source, hk_neuron target) {
    return hk_groups_join(&proj->blocks, &proj->shape, source, target) &&
           !(proj->blocks.except_same && source == target);
}

/* Returns the order of the next synapse. */
static hk_syn visit_dense(const struct hk_proj *proj, int thread, hk_syn order, place_visit *visit,
                          void *context) {
    const struct hk_proj_part *part = &proj->parts[thread];
    hk_neuron base = proj->target->part[thread], end = proj->target->part[thread + 1];
    for (hk_neuron target = base; target < end; target++)
        for (hk_neuron source = 0; source < proj->source->size; source++) {
            if (!reaches(proj, source, target)) continue;
            visit(context, part,
                  &(struct place){.source = source,
                                  .target = target,
                                  .delay = proj->delay_min,
                                  .stored = source * part->stride + (target - base),
                                  .order = order++});
        }
    return order;
}

struct listed {
    const struct hk_proj *proj;
    int thread;
    hk_syn *next; /* [owned]: order of the next synapse of each target */
    place_visit *visit;
    void *context;
};

static void count_listed(void *context, hk_neuron source, hk_neuron owned_target, hk_tick delay,
                         hk_syn at) {
    const struct listed *l = context;
    (void)source, (void)delay, (void)at;
    l->next[owned_target + 1]++;
}

static void visit_one_listed(void *context, hk_neuron source, hk_neuron owned_target, hk_tick delay,
                             hk_syn at) {
    const struct listed *l = context;
    l->visit(l->context, &l->proj->parts[l->thread],
             &(struct place){.source = source,
                             .target = l->proj->target->part[l->thread] + owned_target,
                             .delay = delay,
                             .stored = at,
                             .order = l->next[owned_target]++});
}

/* Counting the synapses of each target first gives each its place. */
static bool visit_listed(const struct hk_proj *proj, int thread, hk_syn first,
                         struct hk_block *room, place_visit *visit, void *context,
                         struct hk_err *err) {
    void (*list)(const struct hk_proj *, int, hk_synapse_visitor *, void *) =
        proj->storage == HK_STORE_LATE ? hk_late_visit : hk_bundle_visit;
    size_t owned = hk_pop_owned(proj->target, thread);
    if (!hk_block_reserve(room, owned + 1, sizeof(hk_syn), err)) return false;
    struct listed l = {proj, thread, room->data, visit, context};
    memset(l.next, 0, (owned + 1) * sizeof *l.next);
    list(proj, thread, count_listed, &l);
    l.next[0] = first;
    for (size_t i = 0; i < owned; i++) l.next[i + 1] += l.next[i];
    list(proj, thread, visit_one_listed, &l);
    return true;
}

static bool visit_all(const struct hk_proj *proj, place_visit *visit, void *context,
                      struct hk_err *err) {
    struct hk_block room = {0};
    hk_syn first = 0;
    bool ok = true;
    for (int p = 0; ok && p < proj->sim->threads; p++) {
        if (proj->storage == HK_STORE_ROWS || proj->storage == HK_STORE_TIMED) {
            ok = visit_rows(proj, p, first, &room, visit, context, err);
            first += proj->parts[p].count;
        } else if (proj->storage == HK_STORE_BUNDLE || proj->storage == HK_STORE_LATE) {
            ok = visit_listed(proj, p, first, &room, visit, context, err);
            first += proj->parts[p].count;
        } else {
            first = visit_dense(proj, p, first, visit, context);
        }
    }
    hk_block_finish(&room);
    return ok;
}

struct read {
    const struct hk_proj *proj;
    const struct hk_synapses *out;
};

static void read_one(void *context, const struct hk_proj_part *part, const struct place *at) {
    const struct read *read = context;
    const struct hk_sim *sim = read->proj->sim;
    const struct hk_synapses *out = read->out;
    if (out->source) out->source[at->order] = at->source;
    if (out->target) out->target[at->order] = at->target;
    if (out->delay) out->delay[at->order] = at->delay;
    if (!out->weight) return;
    out->weight[at->order] = read->proj->weight.a;
    if (read->proj->storage == HK_STORE_BUNDLE)
        out->weight[at->order] =
            hk_bundle_weight(read->proj, (int)(part - read->proj->parts), at->stored);
    else if (hk_proj_lapses(read->proj))
        out->weight[at->order] =
            sim->learn->peek(read->proj, (int)(part - read->proj->parts), at->stored, sim->now);
    else if (part->weight)
        sim->columns->to_double(&out->weight[at->order],
                                (const char *)part->weight + at->stored * sim->real_size, 1);
}

bool hk_proj_read(const struct hk_proj *proj, const struct hk_synapses *out, struct hk_err *err) {
    HK_ASSERT(proj->sim->built);
    settle_late(proj);
    return visit_all(proj, read_one, &(struct read){proj, out}, err);
}

struct write {
    const struct hk_proj *proj;
    const double *weight;
    bool ok;
    struct hk_err *err;
};

static void write_one(void *context, const struct hk_proj_part *part, const struct place *at) {
    struct write *write = context;
    const struct hk_proj *proj = write->proj;
    double weight = write->weight[at->order];
    if (proj->storage == HK_STORE_BUNDLE)
        write->ok = write->ok && hk_bundle_set_weight(proj, (int)(part - proj->parts), at->stored,
                                                      weight, write->err);
    else
        proj->sim->columns->from_double((char *)part->weight + at->stored * proj->sim->real_size,
                                        &weight, 1);
}

bool hk_proj_write_weights(struct hk_proj *proj, const double *weight, struct hk_err *err) {
    HK_ASSERT(proj->sim->built);
    bool each =
        proj->storage == HK_STORE_BUNDLE ? !proj->bundle->is_shared : proj->parts[0].weight != NULL;
    if (!each) return HK_FAIL(err, HK_ERR_CONFIG, "%s: all synapses share one weight", proj->name);
    settle_late(proj);
    struct write write = {.proj = proj, .weight = weight, .ok = true, .err = err};
    return visit_all(proj, write_one, &write, err) && write.ok;
}
