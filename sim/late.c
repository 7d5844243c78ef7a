/* Drawing rows that learn late (sim/late.h). Every thread draws the connections of its own targets,
 * twice, as for other rows: to count the synapses of each row, and to put them in place. */
#include "sim/late.h"

#include <math.h>

static size_t owned_count(const struct hk_proj *proj, int thread) {
    return proj->target->part[thread + 1] - proj->target->part[thread];
}

/* ---- drawing ---- */

/* What is known of a row while it is drawn. */
struct filling {
    uint32_t at;    /* where it begins, in bytes from its source's first row */
    uint32_t count; /* synapses: first that there will be, then that are there */
};
struct build {
    struct hk_proj *proj;
    struct hk_drawn *drawn;   /* [threads] */
    struct hk_block *filling; /* [threads]: struct filling [rows] */
};

static struct hk_late_row *row_of(const struct hk_proj *proj, int thread, size_t row,
                                  const struct filling *filling) {
    const struct hk_late *late = proj->parts[thread].late;
    return (void *)(late->rows + late->start[row / proj->delays] + filling[row].at);
}

static size_t row_of_drawn(const struct hk_proj *proj, const struct hk_drawn *drawn, size_t k) {
    return (size_t)drawn->source[k] * proj->delays + drawn->delay[k];
}

static void count_rows(void *context, int thread) {
    const struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    struct hk_drawn *drawn = &build->drawn[thread];
    struct filling *filling = build->filling[thread].data;
    size_t at = 0;
    for (hk_neuron i = 0; i < owned_count(proj, thread); i++) {
        hk_proj_draw(proj, proj->target->part[thread] + i, false, drawn);
        for (size_t k = 0; k < drawn->count; k++) filling[row_of_drawn(proj, drawn, k)].count++;
        part->count += drawn->count;
    }
    for (size_t row = 0; row < proj->rows; row++) {
        size_t source = row / proj->delays;
        if (row % proj->delays == 0) part->late->start[source] = at;
        filling[row].at = (uint32_t)(at - part->late->start[source]);
        if (filling[row].count) at += hk_late_row_size(filling[row].count, proj->sim->real_size);
    }
    part->late->start[proj->source->size] = at;
}

static void begin_rows(const struct hk_proj *proj, int thread, struct filling *filling) {
    for (size_t row = 0; row < proj->rows; row++) {
        if (filling[row].count)
            *row_of(proj, thread, row, filling) =
                (struct hk_late_row){filling[row].count, (uint32_t)(row % proj->delays)};
        filling[row].count = 0;
    }
}

/* Rows lie anywhere in memory, so they are found some places before their turn. */
static void fill_target(const struct hk_proj *proj, int thread, hk_neuron target,
                        const struct hk_drawn *drawn, struct filling *filling) {
    enum { AHEAD = 16 };
    const struct hk_sim *sim = proj->sim;
    for (size_t k = 0; k < drawn->count + AHEAD; k++) {
        if (k < drawn->count) HK_PREFETCH(&filling[row_of_drawn(proj, drawn, k)]);
        size_t near = k - AHEAD / 2;
        if (near < drawn->count)
            HK_PREFETCH(row_of(proj, thread, row_of_drawn(proj, drawn, near), filling));
        if (k < AHEAD) continue;
        size_t row = row_of_drawn(proj, drawn, k - AHEAD), at = filling[row].count++;
        struct hk_late_row *to = row_of(proj, thread, row, filling);
        hk_late_targets(to)[at] = target;
        sim->columns->from_double((char *)hk_late_weights(to) + at * sim->real_size,
                                  &drawn->weight[k - AHEAD], 1);
    }
}

static void fill_rows(void *context, int thread) {
    const struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_drawn *drawn = &build->drawn[thread];
    struct filling *filling = build->filling[thread].data;
    begin_rows(proj, thread, filling);
    for (hk_neuron i = 0; i < owned_count(proj, thread); i++) {
        hk_proj_draw(proj, proj->target->part[thread] + i, true, drawn);
        fill_target(proj, thread, i, drawn, filling);
    }
}

/* ---- building ---- */

/* Do two projections that learn late see spikes of their target alike? */
static bool see_alike(const struct hk_proj *a, const struct hk_proj *b) {
    const struct hk_pair_params *p = a->plasticity_param, *q = b->plasticity_param;
    bool alike = p->coincident == q->coincident && p->pairing == q->pairing &&
                 a->plasticity->post_count == b->plasticity->post_count;
    for (size_t i = 0; alike && i < a->plasticity->post_count; i++)
        alike = a->ticks_per_tau[1][i] == b->ticks_per_tau[1][i];
    return alike;
}

/* Room for notes; a tick can begin while there is room for one of each target. */
static uint32_t note_count(size_t owned) {
    size_t size = (HK_NOTES + 1) * owned + 1;
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

/* Those of an earlier projection if they can be shared. */
static struct hk_late_posts *build_posts(struct hk_proj *proj, int thread, struct hk_err *err) {
    struct hk_arena *arena = proj->sim->arena;
    const struct hk_kernels_late *late = proj->sim->late;
    const struct hk_pop *target = proj->target;
    size_t owned = owned_count(proj, thread);
    for (size_t k = 0; k < target->incoming_count && target->incoming[k] != proj; k++)
        if (target->incoming[k]->storage == HK_STORE_LATE && see_alike(target->incoming[k], proj))
            return target->incoming[k]->parts[thread].late->posts;
    struct hk_late_posts *posts = HK_NEW(arena, struct hk_late_posts, 1, err);
    if (!posts) return NULL;
    posts->first = proj;
    posts->size = note_count(owned);
    posts->targets = hk_arena_array(arena, owned, late->target, HK_CACHE_LINE, err);
    posts->notes = hk_arena_sparse(arena, posts->size, late->note, err);
    posts->depth = HK_NEW(arena, uint16_t, owned, err);
    return posts->targets && posts->notes && posts->depth ? posts : NULL;
}

static bool build_part(struct hk_proj *proj, int thread, struct hk_err *err) {
    struct hk_arena *arena = proj->sim->arena;
    struct hk_late *late = proj->parts[thread].late;
    size_t sources = proj->source->size;
    for (late->slots = 1; late->slots < proj->delays;) late->slots *= 2;
    late->rows = hk_arena_array(arena, late->start[sources], 1, HK_CACHE_LINE, err);
    late->sources = hk_arena_array(arena, sources, proj->sim->late->source, HK_CACHE_LINE, err);
    late->slot = HK_NEW(arena, struct hk_late_slot, late->slots, err);
    late->posts = build_posts(proj, thread, err);
    proj->parts[thread].weight = late->rows;
    late->sum = HK_NEW(arena, double, owned_count(proj, thread), err);
    if (!late->rows || !late->sources || !late->slot || !late->posts || !late->sum) return false;
    proj->learn->forget(proj, thread);
    return true;
}

bool hk_late_build(struct hk_proj *proj, struct hk_drawn *drawn, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    struct hk_block filling[HK_THREADS_MAX] = {{0}};
    struct build build = {proj, drawn, filling};
    bool ok = true;
    for (int p = 0; ok && p < sim->threads; p++) {
        struct hk_late *late = proj->parts[p].late = HK_NEW(sim->arena, struct hk_late, 1, err);
        if (late) late->start = HK_NEW(sim->arena, size_t, proj->source->size + 1, err);
        ok = late && late->start &&
             hk_block_reserve(&filling[p], proj->rows, sizeof(struct filling), err);
    }
    if (ok) hk_pool_run(sim->pool, count_rows, &build);
    for (int p = 0; ok && p < sim->threads; p++) {
        ok = build_part(proj, p, err);
        proj->count += proj->parts[p].count;
    }
    if (ok) hk_pool_run(sim->pool, fill_rows, &build);
    for (int p = 0; p < sim->threads; p++) hk_block_finish(&filling[p]);
    return ok;
}

void hk_late_finish(struct hk_proj *proj) {
    for (int p = 0; proj->parts && p < proj->sim->threads; p++) {
        struct hk_late *late = proj->parts[p].late;
        for (size_t k = 0; late && late->slot && k < late->slots; k++)
            hk_block_finish(&late->slot[k].flights);
    }
}

/* ---- reading ---- */

void hk_late_visit(const struct hk_proj *proj, int thread, hk_synapse_visitor *visit,
                   void *context) {
    const struct hk_late *late = proj->parts[thread].late;
    size_t real = proj->sim->real_size;
    struct hk_late_row *row = hk_late_first(late, 0);
    for (hk_neuron source = 0; source < proj->source->size; source++)
        for (; row != hk_late_first(late, source + 1); row = hk_late_next(row, real)) {
            hk_syn first = (hk_syn)((char *)hk_late_weights(row) - late->rows) / real;
            for (uint32_t k = 0; k < row->count; k++)
                visit(context, source, hk_late_targets(row)[k], proj->delay_min + row->delay,
                      first + k);
        }
}

/* ---- estimates ---- */

/* Rows without synapses are left out; targets and weights are padded by two bytes in the mean. */
double hk_late_bytes(const struct hk_proj *proj, double synapses) {
    const struct hk_kernels_late *late = proj->sim->late;
    double threads = proj->sim->threads, sources = proj->source->size, slots = 1.0;
    double targets = proj->target->size, real = (double)proj->sim->real_size;
    double rows = threads * (double)proj->rows, filled = rows * (1.0 - exp(-synapses / rows));
    while (slots < proj->delays) slots *= 2.0;
    return synapses * (sizeof(uint32_t) + real) +
           filled * (sizeof(struct hk_late_row) + 2.0 * 2.0) +
           threads * sources * (sizeof(size_t) + (double)late->source) +
           threads * slots * sizeof(struct hk_late_slot) +
           targets * (sizeof(double) + sizeof(uint16_t) + (double)late->target +
                      (1.0 + HK_NOTES) * (double)late->note);
}
