/* Drawing rows that learn late (sim/late.h). Every thread draws the connections of its own targets,
 * twice, as for other rows: to count the synapses of each row, and to put them in place. */
#include "sim/late.h"

#include <math.h>

/* ---- drawing ---- */

/* What is known of a row while it is drawn. */
struct filling {
    uint32_t first; /* synapse of its axon */
    uint32_t count; /* synapses: first that there will be, then that are there */
};
struct build {
    struct hk_proj *proj;
    struct hk_drawn *drawn;   /* [threads] */
    struct hk_block *filling; /* [threads]: struct filling [rows] */
};

static size_t axon_size(const struct hk_proj *proj, struct filling *filling) {
    uint32_t rows = 0, synapses = 0;
    for (uint32_t delay = 0; delay < proj->delays; delay++) {
        filling[delay].first = synapses;
        synapses += filling[delay].count;
        rows += filling[delay].count > 0;
    }
    return hk_late_axon_size(rows, synapses, proj->sim->real_size);
}

static void count_rows(void *context, int thread) {
    const struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    struct hk_drawn *drawn = &build->drawn[thread];
    struct filling *filling = build->filling[thread].data;
    size_t *start = part->late->start;
    for (hk_neuron i = 0; i < hk_pop_owned(proj->target, thread); i++) {
        hk_proj_draw(proj, proj->target->part[thread] + i, false, drawn);
        hk_drawn_rows(drawn, proj->delays, 0);
        for (size_t k = 0; k < drawn->count; k++) filling[drawn->place[k]].count++;
        part->count += drawn->count;
    }
    for (size_t source = 0; source < proj->source->size; source++)
        start[source + 1] = start[source] + axon_size(proj, &filling[source * proj->delays]);
}

static void begin_axon(const struct hk_proj *proj, struct hk_late_axon *axon,
                       struct filling *filling) {
    struct hk_late_row *row = hk_late_rows(axon);
    for (uint32_t delay = 0; delay < proj->delays; delay++) {
        if (filling[delay].count) *row++ = (struct hk_late_row){filling[delay].count, delay};
        axon->synapses += filling[delay].count;
        filling[delay].count = 0;
    }
    axon->rows = (uint32_t)(row - hk_late_rows(axon));
}

/* Where synapses of a target go, so many at once: from the axons' beginning, their targets as if
 * all before were targets, and their weights as if all were weights. */
enum { PART = 256 };
struct places {
    hk_syn target[PART], weight[PART];
};

/* Each of row[] gets one more. Axons lie anywhere in memory, so they are asked for before they are
 * needed: first what is known of a row, then the row. */
static void find_places(const struct hk_late *late, const hk_syn *row, const hk_neuron *source,
                        size_t count, size_t real_size, struct filling *filling,
                        struct places *places) {
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) {
        HK_PREFETCH(&filling[row[k]]);
        HK_PREFETCH(hk_late_axon(late, source[k]));
    }
    for (size_t k = 0; k < count; k++) {
        struct hk_late_axon *axon = hk_late_axon(late, source[k]);
        const size_t at = filling[row[k]].first + filling[row[k]].count++;
        const char *target = (char *)(hk_late_targets(axon) + at);
        const char *weight = (char *)hk_late_weights(axon) + at * real_size;
        places->target[k] = (size_t)(target - late->axons) / sizeof(uint32_t);
        places->weight[k] = (size_t)(weight - late->axons) / real_size;
        HK_PREFETCH(target);
        HK_PREFETCH(weight);
    }
}

static void fill_target(const struct hk_proj *proj, int thread, hk_neuron target,
                        const struct hk_drawn *drawn, struct filling *filling) {
    const struct hk_sim *sim = proj->sim;
    const struct hk_late *late = proj->parts[thread].late;
    uint32_t *targets = (uint32_t *)(void *)late->axons;
    struct places places;
    hk_drawn_rows(drawn, proj->delays, 0);
    for (size_t first = 0; first < drawn->count; first += PART) {
        size_t count = drawn->count - first < PART ? drawn->count - first : PART;
        find_places(late, drawn->place + first, drawn->source + first, count, sim->real_size,
                    filling, &places);
        HK_UNROLLED
        for (size_t k = 0; k < count; k++) targets[places.target[k]] = target;
        sim->columns->scatter(late->axons, places.weight, drawn->weight + first, count);
    }
}

static void fill_rows(void *context, int thread) {
    const struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_drawn *drawn = &build->drawn[thread];
    struct filling *filling = build->filling[thread].data;
    for (size_t source = 0; source < proj->source->size; source++)
        begin_axon(proj, hk_late_axon(proj->parts[thread].late, source),
                   &filling[source * proj->delays]);
    for (hk_neuron i = 0; i < hk_pop_owned(proj->target, thread); i++) {
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

/* Room for notes: each target's last; and a tick can begin while there is room for one of each. */
static uint32_t note_count(size_t owned) {
    size_t size = (HK_NOTES + 2) * owned + 1;
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

/* Those of an earlier projection if they can be shared. */
static struct hk_late_posts *posts_of_another(const struct hk_proj *proj, int thread) {
    const struct hk_pop *target = proj->target;
    for (size_t k = 0; k < target->incoming_count && target->incoming[k] != proj; k++)
        if (target->incoming[k]->storage == HK_STORE_LATE && see_alike(target->incoming[k], proj))
            return target->incoming[k]->parts[thread].late->posts;
    return NULL;
}

static bool fill_posts(struct hk_late_posts *posts, const struct hk_sim *sim, size_t owned,
                       struct hk_err *err) {
    bool ok = true;
    posts->size = note_count(owned);
    posts->last = (uint32_t)owned;
    posts->tick = HK_NEW(sim->arena, int32_t, owned, err);
    for (size_t i = 0; ok && i < HK_TRACE_MAX; i++) {
        posts->after[i] = hk_arena_array(sim->arena, owned, sim->real_size, HK_CACHE_LINE, err);
        ok = posts->after[i] != NULL;
    }
    posts->notes = hk_arena_sparse(sim->arena, posts->size, sim->late->note, err);
    posts->traces = hk_arena_sparse(sim->arena, posts->size, HK_TRACE_MAX * sim->real_size, err);
    posts->depth = HK_NEW(sim->arena, uint16_t, owned, err);
    for (int k = 0; ok && k < 2; k++) {
        posts->fired[k] = HK_NEW(sim->arena, uint64_t, owned / 64 + 1, err);
        ok = posts->fired[k] != NULL;
    }
    return ok && posts->tick && posts->notes && posts->traces && posts->depth;
}

static struct hk_late_posts *build_posts(struct hk_proj *proj, int thread, struct hk_err *err) {
    struct hk_late_posts *posts = posts_of_another(proj, thread);
    if (!posts) {
        posts = HK_NEW(proj->sim->arena, struct hk_late_posts, 1, err);
        if (!posts || !fill_posts(posts, proj->sim, hk_pop_owned(proj->target, thread), err))
            return NULL;
        posts->first = proj;
    }
    if (proj->delays > posts->delays) posts->delays = proj->delays;
    return posts;
}

/* Synapses of the longest axon; `start` says no more than how many bytes it has. */
static size_t longest_axon(const struct hk_proj *proj, const struct hk_late *late) {
    size_t bytes = 0;
    for (size_t k = 0; k < proj->source->size; k++)
        if (late->start[k + 1] - late->start[k] > bytes)
            bytes = late->start[k + 1] - late->start[k];
    return bytes / (sizeof(uint32_t) + proj->sim->real_size);
}

static bool build_part(struct hk_proj *proj, int thread, struct hk_err *err) {
    struct hk_arena *arena = proj->sim->arena;
    struct hk_late *late = proj->parts[thread].late;
    size_t sources = proj->source->size;
    for (late->slots = 1; late->slots < proj->delays;) late->slots *= 2;
    /* Loading reads beyond the last row. */
    late->axons = hk_arena_array(arena, late->start[sources] + HK_LATE_LOADED * sizeof(uint32_t), 1,
                                 HK_CACHE_LINE, err);
    late->sources = hk_arena_array(arena, sources, proj->sim->late->source, HK_CACHE_LINE, err);
    late->slot = HK_NEW(arena, struct hk_late_slot, late->slots, err);
    late->posts = build_posts(proj, thread, err);
    proj->parts[thread].weight = late->axons;
    late->sum = HK_NEW(arena, double, hk_pop_owned(proj->target, thread), err);
    late->load = HK_NEW(arena, struct hk_late_load, proj->delays, err);
    late->given = hk_arena_array(arena, longest_axon(proj, late) + HK_LATE_LOADED,
                                 proj->sim->real_size, HK_CACHE_LINE, err);
    if (!late->load || !late->given) return false;
    if (!late->axons || !late->sources || !late->slot || !late->posts || !late->sum) return false;
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
        if (late) hk_block_finish(&late->cargo);
    }
}

/* ---- reading ---- */

void hk_late_visit(const struct hk_proj *proj, int thread, hk_synapse_visitor *visit,
                   void *context) {
    const struct hk_late *late = proj->parts[thread].late;
    for (hk_neuron source = 0; source < proj->source->size; source++) {
        struct hk_late_axon *axon = hk_late_axon(late, source);
        const struct hk_late_row *row = hk_late_rows(axon), *end = row + axon->rows;
        const uint32_t *target = hk_late_targets(axon);
        hk_syn at = (hk_syn)((char *)hk_late_weights(axon) - late->axons) / proj->sim->real_size;
        for (; row < end; row++)
            for (uint32_t k = 0; k < row->count; k++)
                visit(context, source, *target++, proj->delay_min + row->delay, at++);
    }
}

/* ---- estimates ---- */

/* Rows without synapses are left out; targets and weights of an axon are padded by two bytes in the
 * mean. */
double hk_late_bytes(const struct hk_proj *proj, double synapses) {
    const struct hk_kernels_late *late = proj->sim->late;
    double threads = proj->sim->threads, sources = proj->source->size, slots = 1.0;
    double targets = proj->target->size, real = (double)proj->sim->real_size;
    double rows = threads * (double)proj->rows, filled = rows * (1.0 - exp(-synapses / rows));
    while (slots < proj->delays) slots *= 2.0;
    return synapses * (sizeof(uint32_t) + real) + filled * sizeof(struct hk_late_row) +
           threads * sources *
               (sizeof(size_t) + sizeof(struct hk_late_axon) + 2.0 * 2.0 + (double)late->source) +
           threads * slots * sizeof(struct hk_late_slot) +
           targets * (sizeof(double) + sizeof(uint16_t) + 2.0 / 8.0 + sizeof(int32_t) +
                      HK_TRACE_MAX * real +
                      (2.0 + HK_NOTES) * ((double)late->note + HK_TRACE_MAX * real));
}
