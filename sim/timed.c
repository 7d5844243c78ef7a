/* Timed rows: how the exact clock stores a projection. Ticks are so fine that hardly two synapses
 * of a source have the same delay, so a table of all delays would be empty. A source has a row for
 * each delay that occurs, ascending, and a row has its synapses in the order of targets. */
#include "sim/sim_internal.h"

#include "sim/normal.h"
#include "sim/philox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- delays ---- */

/* How probable a delay below x ms is. */
static double cumulative(const struct hk_dist *dist, double x) {
    if (dist->kind == HK_DIST_NORMAL) return 0.5 * erfc((dist->a - x) / (dist->b * sqrt(2.0)));
    return fmin(fmax((x - dist->a) / (dist->b - dist->a), 0.0), 1.0);
}

static double quantile(const struct hk_dist *dist, double p) {
    if (dist->kind == HK_DIST_NORMAL) return dist->a + dist->b * hk_normal_quantile(p);
    return dist->a + (dist->b - dist->a) * p;
}

/* The same word chooses a synapse's delay on every clock, so a grid's delays are these, rounded. */
void hk_timed_draw_delays(const struct hk_proj *proj, uint64_t target, uint32_t *out,
                          size_t count) {
    enum { WORDS = 4 * HK_PHILOX_LANES };
    const struct hk_dist *dist = &proj->delay_ms;
    const double tick_ms = proj->sim->options.tick_ms, most = (double)(proj->delays - 1);
    double low = cumulative(dist, ((double)proj->delay_min - 0.5) * tick_ms);
    double high = cumulative(dist, ((double)proj->delay_min + most + 0.5) * tick_ms);
    for (size_t first = 0; first < count; first += WORDS) {
        uint32_t words[4][HK_PHILOX_LANES];
        const uint32_t *word = words[0];
        size_t part = count - first < WORDS ? count - first : WORDS;
        hk_philox_lanes(proj->delay_stream, target, first / 4, HK_PHILOX_ROUNDS, words);
        for (size_t k = 0; k < part; k++) {
            double p = low + (high - low) * (((double)word[k] + 0.5) * 0x1p-32);
            double ticks = hk_round(quantile(dist, p) / tick_ms) - (double)proj->delay_min;
            out[first + k] = (uint32_t)fmin(fmax(ticks, 0.0), most);
        }
    }
}

/* ---- building ---- */

struct build {
    struct hk_proj *proj;
    struct hk_drawn *drawn; /* [threads] */
    struct hk_block *delay; /* [threads] uint32_t [count] of each synapse; where they differ */
    struct hk_block *room;  /* [threads] to sort a source's synapses */
    struct hk_err *err;     /* [threads] */
};

static void count_sources(void *context, int thread) {
    struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    struct hk_drawn *drawn = &build->drawn[thread];
    for (hk_neuron i = 0; i < hk_pop_owned(proj->target, thread); i++) {
        hk_proj_draw(proj, proj->target->part[thread] + i, false, drawn);
        for (size_t k = 0; k < drawn->count; k++) part->first_row[drawn->source[k] + 1]++;
        part->count += drawn->count;
    }
    for (size_t i = 0; i < proj->source->size; i++) part->first_row[i + 1] += part->first_row[i];
}

/* Synapses by source; first_row[] still counts synapses, and is moved on by one source. */
static void fill_sources(void *context, int thread) {
    struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    struct hk_drawn *drawn = &build->drawn[thread];
    double *weight = part->weight;
    uint32_t *delay = build->delay[thread].data;
    for (hk_neuron i = 0; i < hk_pop_owned(proj->target, thread); i++) {
        hk_proj_draw(proj, proj->target->part[thread] + i, weight != NULL, drawn);
        for (size_t k = 0; k < drawn->count; k++) {
            size_t at = part->first_row[drawn->source[k]]++;
            part->target[at] = i;
            if (weight) weight[at] = drawn->weight[k];
            if (delay) delay[at] = drawn->delay[k];
        }
    }
    memmove(part->first_row + 1, part->first_row, proj->source->size * sizeof *part->first_row);
    part->first_row[0] = 0;
}

struct keyed {
    uint32_t delay, target;
    uint64_t order;
    double weight;
};

static int compare(const void *a, const void *b) {
    const struct keyed *x = a, *y = b;
    if (x->delay != y->delay) return x->delay < y->delay ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static bool sort_source(const struct build *build, int thread, hk_syn first, hk_syn end) {
    struct hk_proj_part *part = &build->proj->parts[thread];
    struct hk_block *room = &build->room[thread];
    uint32_t *delay = build->delay[thread].data;
    double *weight = part->weight;
    if (!hk_block_reserve(room, end - first, sizeof(struct keyed), &build->err[thread]))
        return false;
    struct keyed *keyed = room->data;
    for (hk_syn k = first; k < end; k++)
        keyed[k - first] = (struct keyed){delay[k], part->target[k], k, weight ? weight[k] : 0.0};
    qsort(keyed, end - first, sizeof *keyed, compare);
    for (hk_syn k = first; k < end; k++) {
        delay[k] = keyed[k - first].delay;
        part->target[k] = keyed[k - first].target;
        if (weight) weight[k] = keyed[k - first].weight;
    }
    return true;
}

/* Sort by delay, and count the rows that come of it. */
static void sort_sources(void *context, int thread) {
    struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    const uint32_t *delay = build->delay[thread].data;
    part->rows = delay ? 0 : proj->source->size;
    for (size_t i = 0; delay && i < proj->source->size; i++) {
        hk_syn first = part->first_row[i], end = part->first_row[i + 1];
        if (first == end) continue;
        if (!sort_source(build, thread, first, end)) return;
        for (hk_syn k = first; k < end; k++) part->rows += k == first || delay[k] != delay[k - 1];
    }
}

static void make_rows(void *context, int thread) {
    struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    const uint32_t *delay = build->delay[thread].data;
    size_t row = 0;
    for (size_t i = 0; i < proj->source->size; i++) {
        hk_syn first = part->first_row[i], end = part->first_row[i + 1];
        part->first_row[i] = row;
        if (!delay) part->row_start[row++] = first;
        for (hk_syn k = first; delay && k < end; k++) {
            if (k > first && delay[k] == delay[k - 1]) continue;
            part->row_delay[row] = delay[k];
            part->row_start[row++] = k;
        }
    }
    part->first_row[proj->source->size] = row;
    part->row_start[row] = part->count;
}

/* ---- all of it ---- */

static bool allocate_synapses(struct build *build, struct hk_err *err) {
    struct hk_proj *proj = build->proj;
    struct hk_sim *sim = proj->sim;
    bool shared = proj->weight.kind == HK_DIST_CONSTANT && !proj->plasticity;
    for (int p = 0; p < sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        proj->count += part->count;
        part->target = HK_NEW(sim->arena, uint32_t, part->count, err);
        if (!part->target) return false;
        if (!shared && !(part->weight = hk_sim_reals(sim, part->count, err))) return false;
        if (proj->delays > 1 &&
            !hk_block_reserve(&build->delay[p], part->count + 1, sizeof(uint32_t), err))
            return false;
    }
    return true;
}

static bool allocate_rows(const struct build *build, struct hk_err *err) {
    const struct hk_proj *proj = build->proj;
    struct hk_sim *sim = proj->sim;
    for (int p = 0; p < sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        if (build->err[p].code != HK_OK) {
            if (err && err->code == HK_OK) *err = build->err[p];
            return false;
        }
        part->row_start = HK_NEW(sim->arena, hk_syn, part->rows + 1, err);
        if (proj->delays > 1) part->row_delay = HK_NEW(sim->arena, uint32_t, part->rows, err);
        if (!part->row_start || (proj->delays > 1 && !part->row_delay)) return false;
        if (part->rows > UINT32_MAX)
            return HK_FAIL(err, HK_ERR_LIMIT, "%zu sources and delays are more than %u", part->rows,
                           UINT32_MAX);
    }
    return true;
}

static bool build_all(struct build *build, struct hk_err *err) {
    struct hk_proj *proj = build->proj;
    struct hk_sim *sim = proj->sim;
    for (int p = 0; p < sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        part->first_row = HK_NEW(sim->arena, size_t, (size_t)proj->source->size + 1, err);
        if (!part->first_row) return false;
    }
    hk_pool_run(sim->pool, count_sources, build);
    if (!allocate_synapses(build, err)) return false;
    hk_pool_run(sim->pool, fill_sources, build);
    hk_pool_run(sim->pool, sort_sources, build);
    if (!allocate_rows(build, err)) return false;
    hk_pool_run(sim->pool, make_rows, build);
    return true;
}

bool hk_timed_build(struct hk_proj *proj, struct hk_drawn *drawn, struct hk_err *err) {
    struct hk_block delay[HK_THREADS_MAX] = {{0}}, room[HK_THREADS_MAX] = {{0}}, errors = {0};
    struct build build = {.proj = proj, .drawn = drawn, .delay = delay, .room = room};
    bool ok = hk_block_reserve(&errors, HK_THREADS_MAX, sizeof *build.err, err);
    build.err = errors.data;
    ok = ok && build_all(&build, err);
    for (int p = 0; p < HK_THREADS_MAX; p++) {
        hk_block_finish(&delay[p]);
        hk_block_finish(&room[p]);
    }
    hk_block_finish(&errors);
    return ok;
}

/* The least delay that was drawn, ticks; of no synapse: INT64_MAX. */
hk_tick hk_timed_least_delay(const struct hk_proj *proj) {
    hk_tick least = INT64_MAX;
    for (int p = 0; p < proj->sim->threads; p++) {
        const struct hk_proj_part *part = &proj->parts[p];
        if (part->count == 0) continue;
        if (!part->row_delay) return proj->delay_min;
        for (size_t row = 0; row < part->rows; row++)
            if (proj->delay_min + part->row_delay[row] < least)
                least = proj->delay_min + part->row_delay[row];
    }
    return least;
}
