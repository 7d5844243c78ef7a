/* Projections: how they are stored, and how their connections are drawn.
 *
 * Every thread draws the connections of the targets it owns, twice: once to count the synapses of
 * each row, once to put them in place. That costs random numbers but no second copy of the network,
 * and since a draw is a function of the target, threads can't change it. */
#include "sim/estimate.h"
#include "sim/exact_internal.h"
#include "sim/late.h"

#include <math.h>
#include <string.h>

static hk_neuron owned_first(const struct hk_proj *proj, int thread) {
    return proj->target->part[thread];
}

/* ---- adding ---- */

static bool choose_receptor(struct hk_proj *proj, const char *name, struct hk_err *err) {
    const struct hk_pop *target = proj->target;
    if (!target->neuron)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s is a source and can't be a target", target->name);
    if (!name && target->receptor_count == 1) return true;
    if (!name)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s has %zu receptors: say which", target->name,
                       target->receptor_count);
    int index = hk_pop_receptor_index(target, name);
    if (index < 0) return HK_FAIL(err, HK_ERR_CONFIG, "%s has no receptor %s", target->name, name);
    proj->receptor = (size_t)index;
    return true;
}

static bool check_dist(const struct hk_dist *dist, const char *what, struct hk_err *err) {
    if (!isfinite(dist->a) || !isfinite(dist->b))
        return HK_FAIL(err, HK_ERR_RANGE, "%s is not a number", what);
    if (dist->kind != HK_DIST_NORMAL || dist->b >= 0.0) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "%s: a standard deviation of %g, must be at least 0", what,
                   dist->b);
}

/* A conductance is not negative. Normal weights keep the sign of their mean, so that must be
 * above 0. */
static bool check_weight(const struct hk_proj *proj, struct hk_err *err) {
    const struct hk_dist *weight = &proj->weight;
    bool normal = weight->kind == HK_DIST_NORMAL && weight->b > 0.0;
    double least = weight->kind == HK_DIST_NORMAL ? weight->a : hk_dist_min(weight);
    if (!check_dist(weight, "weight", err)) return false;
    if (proj->target->receptors[proj->receptor].model->effect != HK_EFFECT_CONDUCTANCE) return true;
    if (normal ? least > 0.0 : least >= 0.0) return true;
    return HK_FAIL(err, HK_ERR_RANGE,
                   "weight = %g nS: a conductance is not negative; inhibition is a receptor of its "
                   "own",
                   least);
}

/* The rule may take a weight to its bounds; one that learns from presentations has none. */
static bool check_bounds(const struct hk_proj *proj, struct hk_err *err) {
    const struct hk_pair_params *pair = proj->plasticity_param;
    if (!hk_plasticity_from_events(proj->plasticity)) {
        if (proj->target->receptors[proj->receptor].model->effect != HK_EFFECT_CONDUCTANCE)
            return true;
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "weights change sign, but a conductance is not negative");
    }
    if (pair->w_min > pair->w_max)
        return HK_FAIL(err, HK_ERR_RANGE, "w_min = %g must not be above w_max = %g", pair->w_min,
                       pair->w_max);
    if (proj->target->receptors[proj->receptor].model->effect != HK_EFFECT_CONDUCTANCE) return true;
    if (pair->w_min >= 0.0) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "w_min = %g nS: a conductance is not negative", pair->w_min);
}

static bool follow(struct hk_proj *proj, const char *name, struct hk_err *err) {
    if ((proj->signal = hk_sim_find_signal(proj->sim, name))) return true;
    return HK_FAIL(err, HK_ERR_CONFIG, "%s: there is no signal '%s'", proj->plasticity->base.name,
                   name);
}

static bool add_plasticity(struct hk_proj *proj, const struct hk_proj_spec *spec,
                           struct hk_err *err) {
    const struct hk_plasticity_model *rule = spec->plasticity;
    double tick_ms = proj->sim->options.tick_ms;
    proj->plasticity = rule;
    proj->learning = true;
    if (!hk_params_copy(proj->sim->arena, &rule->base, spec->plasticity_param,
                        &proj->plasticity_param, err))
        return false;
    if (!check_bounds(proj, err) || (rule->check && !rule->check(proj->plasticity_param, err)))
        return hk_err_context(err, "%s", rule->base.name);
    const char *param = proj->plasticity_param;
    if (rule->modulated &&
        !follow(proj, *(const char *const *)(const void *)(param + rule->signal), err))
        return false;
    for (size_t i = 0; i < rule->pre_count; i++)
        proj->ticks_per_tau[0][i] =
            *(const double *)(const void *)(param + rule->pre_tau[i]) / tick_ms;
    for (size_t i = 0; i < rule->post_count; i++)
        proj->ticks_per_tau[1][i] =
            *(const double *)(const void *)(param + rule->post_tau[i]) / tick_ms;
    return true;
}

static bool fill_projection(struct hk_proj *proj, const struct hk_proj_spec *spec,
                            struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    uint64_t seed = sim->options.seed;
    proj->connect = spec->connect;
    proj->synapse = spec->synapse;
    proj->weight = spec->weight;
    proj->delay_ms = spec->delay_ms;
    proj->connect_stream = hk_stream_make(seed, "connections", proj->name);
    proj->weight_stream = hk_stream_make(seed, "weights", proj->name);
    proj->delay_stream = hk_stream_make(seed, "delays", proj->name);
    proj->shape = (struct hk_connect_shape){.source_count = proj->source->size,
                                            .target_count = proj->target->size,
                                            .recurrent = proj->source == proj->target};
    if (!choose_receptor(proj, spec->receptor, err) || !check_weight(proj, err)) return false;
    if (!hk_params_copy(sim->arena, &spec->connect->base, spec->connect_param, &proj->connect_param,
                        err))
        return false;
    if (spec->connect->check && !spec->connect->check(proj->connect_param, &proj->shape, err))
        return hk_err_context(err, "%s", spec->connect->base.name);
    if (spec->connect->prepare && !spec->connect->prepare(proj->connect_param, &proj->shape,
                                                          proj->connect_stream, sim->arena, err))
        return hk_err_context(err, "%s", spec->connect->base.name);
    if (spec->synapse && !hk_params_copy(sim->arena, &spec->synapse->base, spec->synapse_param,
                                         &proj->synapse_param, err))
        return false;
    if (spec->plasticity && !add_plasticity(proj, spec, err)) return false;
    return hk_proj_plan(proj, err);
}

struct hk_proj *hk_sim_add_projection(struct hk_sim *sim, const struct hk_proj_spec *spec,
                                      struct hk_err *err) {
    HK_ASSERT(!sim->built);
    if (hk_sim_find_projection(sim, spec->name)) {
        (void)HK_FAIL(err, HK_ERR_CONFIG, "two projections are called %s", spec->name);
        return NULL;
    }
    if (sim->proj_count == HK_PROJS_MAX) {
        (void)HK_FAIL(err, HK_ERR_LIMIT, "more than %d projections", HK_PROJS_MAX);
        return NULL;
    }
    struct hk_proj *proj = HK_NEW(sim->arena, struct hk_proj, 1, err);
    if (!proj) return NULL;
    proj->sim = sim;
    proj->name = hk_arena_text(sim->arena, spec->name, err);
    if (!proj->name) return NULL;
    proj->index = sim->proj_count;
    proj->source = spec->source;
    proj->target = spec->target;
    if (!fill_projection(proj, spec, err)) {
        (void)hk_err_context(err, "%s", spec->name);
        return NULL;
    }
    sim->projs[sim->proj_count++] = proj;
    return proj;
}

/* ---- planning ---- */

/* How probable a value below x is. */
static double cumulative(const struct hk_dist *dist, double x) {
    if (dist->kind == HK_DIST_NORMAL) return 0.5 * erfc((dist->a - x) / (dist->b * sqrt(2.0)));
    return fmin(fmax((x - dist->a) / (dist->b - dist->a), 0.0), 1.0);
}

/* Delays are rounded to whole ticks, and drawn anew while below the least: what is left of the
 * distribution, as a table. */
static bool table_delays(struct hk_proj *proj, struct hk_err *err) {
    double tick_ms = proj->sim->options.tick_ms, low = (double)proj->delay_min - 0.5;
    double first = cumulative(&proj->delay_ms, low * tick_ms);
    double last = cumulative(&proj->delay_ms, (low + proj->delays) * tick_ms);
    proj->delay_below = HK_NEW(proj->sim->arena, uint64_t, proj->delays, err);
    if (!proj->delay_below) return false;
    for (uint32_t d = 0; d < proj->delays; d++) {
        double up_to = cumulative(&proj->delay_ms, (low + d + 1.0) * tick_ms) - first;
        double part = last > first ? up_to / (last - first) : 1.0;
        proj->delay_below[d] = part < 1.0 ? (uint32_t)(part * 0x1p32) : UINT32_MAX;
    }
    proj->delay_below[proj->delays - 1] = UINT64_C(1) << 32;
    for (uint32_t top = 0, d = 0; top < 256; top++) {
        while (d < proj->delays - 1 && proj->delay_below[d] <= top << 24) d++;
        proj->delay_guide[top] = (uint16_t)d;
    }
    return true;
}

/* The range of delays in ticks. From neuron to neuron the least is one tick, from a source zero. */
static bool plan_delays(struct hk_proj *proj, struct hk_err *err) {
    double tick_ms = proj->sim->options.tick_ms;
    hk_tick least = proj->source->neuron ? 1 : 0;
    const struct hk_dist *dist = &proj->delay_ms;
    bool is_exact = proj->sim->options.clock == HK_CLOCK_EXACT;
    double span_max = is_exact ? UINT32_MAX : HK_DELAY_SPAN_MAX;
    if (!check_dist(dist, "delay", err)) return false;
    if (dist->kind == HK_DIST_CONSTANT) {
        if (!hk_tick_from_ms(dist->a, tick_ms, &proj->delay_min, err))
            return hk_err_context(err, "delay");
        proj->delays = 1;
        if (proj->delay_min >= least) return true;
        return HK_FAIL(err, HK_ERR_RANGE, "delay = %g ms, must be at least %g ms%s", dist->a,
                       (double)least * tick_ms, least ? ", one tick, between neurons" : "");
    }
    double top = floor(hk_dist_max(dist) / tick_ms + 0.5);
    double low = fmax(floor(hk_dist_min(dist) / tick_ms + 0.5), (double)least);
    if (top < (double)least || dist->a < 0.0)
        return HK_FAIL(err, HK_ERR_RANGE, "delays must be at least %g ms", (double)least * tick_ms);
    if (top >= HK_TICKS_MAX)
        return HK_FAIL(err, HK_ERR_RANGE, "delays to %g ms are too long for ticks of %g ms",
                       top * tick_ms, tick_ms);
    if (top - low >= span_max)
        return HK_FAIL(err, HK_ERR_LIMIT, "delays from %g to %g ms span more than %.0f ticks",
                       low * tick_ms, top * tick_ms, span_max);
    proj->delay_min = (hk_tick)low;
    proj->delays = (uint32_t)(top - low) + 1;
    return is_exact || table_delays(proj, err);
}

/* Traces that are to be forgotten in time (sim/late.h). */
static bool is_forgetful(const struct hk_proj *proj) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const size_t count[] = {rule->pre_count, rule->post_count};
    bool ok = true;
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < count[side]; i++) ok &= proj->ticks_per_tau[side][i] <= HK_LATE_TAU;
    return ok;
}

/* Do rows learn late? Not those that the signal of a network teaches. */
static bool learns_late(const struct hk_proj *proj) {
    return hk_proj_learns(proj) && !proj->plasticity->modulated && is_forgetful(proj);
}

bool hk_proj_plan(struct hk_proj *proj, struct hk_err *err) {
    proj->learn = proj->sim->learn;
    if (!plan_delays(proj, err)) return false;
    struct hk_blocks *blocks = &proj->blocks;
    bool dense = proj->connect->blocks && proj->connect->blocks(proj->connect_param, blocks) &&
                 proj->delays == 1 && blocks->groups <= HK_GROUPS_MAX;
    if (!dense) *blocks = (struct hk_blocks){0};
    if (proj->sim->options.clock == HK_CLOCK_EXACT) {
        proj->storage = HK_STORE_TIMED;
        return hk_exact_check_proj(proj, err);
    }
    bool shared = proj->weight.kind == HK_DIST_CONSTANT && !proj->plasticity;
    shared = shared && !hk_proj_remembers(proj); /* each source counts for itself */
    proj->storage = dense && shared                       ? HK_STORE_UNIFORM
                    : dense && hk_blocks_join_all(blocks) ? HK_STORE_MATRIX
                                                          : HK_STORE_ROWS;
    proj->rows = (size_t)proj->source->size * proj->delays;
    if (proj->storage != HK_STORE_ROWS) return true;
    if (proj->rows > UINT32_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "%zu sources and delays are more than %u", proj->rows,
                       UINT32_MAX);
    if (learns_late(proj)) {
        proj->storage = HK_STORE_LATE;
        proj->learn = &proj->sim->late->learn;
    }
    return true;
}

/* ---- drawing ---- */

/* Normal weights keep the sign of their mean: others are redrawn (Potjans & Diesmann 2014). */
static double draw_weight(const struct hk_proj *proj, struct hk_draws *draws) {
    const struct hk_dist *dist = &proj->weight;
    double weight = hk_dist_draw(dist, draws);
    for (int tries = 0; tries < 10000 && dist->kind == HK_DIST_NORMAL && weight * dist->a < 0.0;
         tries++)
        weight = hk_dist_draw(dist, draws);
    return weight;
}

/* All weights of a target. Normal ones are made together; where one has the wrong sign, which is
 * rare, the target's are drawn one after the other. */
static void draw_weights(const struct hk_proj *proj, hk_neuron target, double *weight,
                         size_t count) {
    if (proj->weight.kind == HK_DIST_NORMAL &&
        proj->sim->draws->normals(proj->weight_stream, target, &proj->weight, weight, count))
        return;
    struct hk_draws draws = hk_draws_at(proj->weight_stream, target, 0);
    for (size_t k = 0; k < count; k++) weight[k] = draw_weight(proj, &draws);
}

void hk_proj_draw(const struct hk_proj *proj, hk_neuron target, bool weights,
                  struct hk_drawn *out) {
    out->count = proj->connect->draw(proj->connect_param, &proj->shape, proj->connect_stream,
                                     target, out->source);
    if (proj->delays > 1 && proj->storage == HK_STORE_TIMED)
        hk_timed_draw_delays(proj, target, out->delay, out->count);
    else if (proj->delays > 1)
        proj->sim->draws->delays(proj, target, out->delay, out->count);
    else
        memset(out->delay, 0, out->count * sizeof *out->delay);
    if (weights) draw_weights(proj, target, out->weight, out->count);
}

struct build {
    struct hk_proj *proj;
    struct hk_drawn *drawn; /* [threads] */
};

static void count_rows(void *context, int thread) {
    struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    struct hk_drawn *drawn = &build->drawn[thread];
    hk_neuron first = owned_first(proj, thread);
    for (hk_neuron i = 0; i < hk_pop_owned(proj->target, thread); i++) {
        hk_proj_draw(proj, first + i, false, drawn);
        hk_drawn_rows(drawn, proj->delays, 0);
        for (size_t k = 0; k < drawn->count; k++) part->row_start[drawn->place[k]]++;
        part->count += drawn->count;
    }
    hk_syn sum = 0;
    for (size_t row = 0; row <= proj->rows; row++) { /* counts become starts */
        hk_syn length = part->row_start[row];
        part->row_start[row] = sum;
        sum += length;
    }
}

/* Rows lie anywhere, so each is asked for before it is needed. */
static void fill_target(const struct hk_proj *proj, const struct hk_proj_part *part,
                        uint32_t target, const struct hk_drawn *drawn) {
    const struct hk_sim *sim = proj->sim;
    const size_t count = drawn->count, width = sim->real_size;
    const char *weight = part->weight;
    hk_syn *place = drawn->place, *start = part->row_start;
    uint32_t *targets = part->target;
    hk_drawn_rows(drawn, proj->delays, 0);
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) HK_PREFETCH(&start[place[k]]);
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) {
        place[k] = start[place[k]]++;
        HK_PREFETCH(&targets[place[k]]);
        if (weight) HK_PREFETCH(weight + place[k] * width);
    }
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) targets[place[k]] = target;
    if (weight) sim->columns->scatter(part->weight, place, drawn->weight, count);
}

/* Fills rows from their starts, so that starts become ends, and then moves them back by one row. */
static void fill_rows(void *context, int thread) {
    struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    struct hk_drawn *drawn = &build->drawn[thread];
    hk_neuron first = owned_first(proj, thread);
    for (hk_neuron i = 0; i < hk_pop_owned(proj->target, thread); i++) {
        hk_proj_draw(proj, first + i, part->weight != NULL, drawn);
        fill_target(proj, part, i, drawn);
    }
    memmove(part->row_start + 1, part->row_start, proj->rows * sizeof *part->row_start);
    part->row_start[0] = 0;
}

static void fill_matrix(void *context, int thread) {
    struct build *build = context;
    const struct hk_proj *proj = build->proj;
    struct hk_proj_part *part = &proj->parts[thread];
    const struct hk_drawn *drawn = &build->drawn[thread];
    hk_neuron first = owned_first(proj, thread);
    for (hk_neuron i = 0; i < hk_pop_owned(proj->target, thread); i++) {
        draw_weights(proj, first + i, drawn->weight, proj->rows);
        for (size_t row = 0; row < proj->rows; row++) drawn->place[row] = row * part->stride + i;
        proj->sim->columns->scatter(part->weight, drawn->place, drawn->weight, proj->rows);
    }
}

/* ---- building ---- */

static bool build_rows(struct hk_proj *proj, struct build *build, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    bool shared = proj->weight.kind == HK_DIST_CONSTANT && !proj->plasticity;
    for (int p = 0; p < sim->threads; p++) {
        proj->parts[p].row_start = HK_NEW(sim->arena, hk_syn, proj->rows + 1, err);
        if (!proj->parts[p].row_start) return false;
    }
    hk_pool_run(sim->pool, count_rows, build);
    for (int p = 0; p < sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        part->target = HK_NEW(sim->arena, uint32_t, part->count, err);
        if (!part->target) return false;
        if (!shared && !(part->weight = hk_sim_reals(sim, part->count, err))) return false;
        proj->count += part->count;
    }
    hk_pool_run(sim->pool, fill_rows, build);
    return true;
}

static bool build_matrix(struct hk_proj *proj, struct build *build, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    for (int p = 0; p < sim->threads; p++) {
        struct hk_proj_part *part = &proj->parts[p];
        part->stride =
            (hk_pop_owned(proj->target, p) + HK_LINE_UNITS - 1) / HK_LINE_UNITS * HK_LINE_UNITS;
        part->count = proj->rows * hk_pop_owned(proj->target, p);
        if (part->stride && proj->rows > SIZE_MAX / part->stride)
            return HK_FAIL(err, HK_ERR_MEMORY, "no memory for so many synapses");
        part->weight = hk_sim_reals(sim, proj->rows * part->stride, err);
        if (!part->weight) return false;
        proj->count += part->count;
    }
    hk_pool_run(sim->pool, fill_matrix, build);
    return true;
}

bool hk_proj_reserve(const struct hk_proj *proj, struct hk_block *room, struct hk_drawn *drawn,
                     struct hk_err *err) {
    size_t most = proj->connect->draw_max(proj->connect_param, &proj->shape);
    size_t each = sizeof(double) + sizeof(hk_syn) + sizeof(hk_neuron) + sizeof(uint32_t);
    for (int p = 0; p < proj->sim->threads; p++) {
        if (!hk_block_reserve(&room[p], most + 1, each, err)) return false;
        drawn[p].weight = room[p].data;
        drawn[p].place = (hk_syn *)(drawn[p].weight + room[p].size / each);
        drawn[p].source = (hk_neuron *)(drawn[p].place + room[p].size / each);
        drawn[p].delay = (uint32_t *)(drawn[p].source + room[p].size / each);
    }
    return true;
}

/* What the sources' spikes left, and for each tick that may still arrive the parts they released.
 */
static bool build_memory(struct hk_proj *proj, struct hk_err *err) {
    struct hk_sim *sim = proj->sim;
    size_t sources = proj->source->size;
    HK_ASSERT(proj->synapse->state_count <= HK_SYNAPSE_STATE_MAX);
    proj->memory = HK_NEW(sim->arena, double, sources *HK_SYNAPSE_STATE_MAX, err);
    proj->last_spike = HK_NEW(sim->arena, hk_tick, sources, err);
    proj->released = hk_sim_reals(sim, sources * (size_t)sim->slots, err);
    if (!proj->memory || !proj->last_spike || !proj->released) return false;
    hk_proj_reset(proj);
    return true;
}

/* Room in which the spikes of a source that drops out are added up before they are scaled. */
static bool build_sum(struct hk_proj *proj, struct hk_err *err) {
    for (int p = 0; p < proj->sim->threads; p++)
        if (!(proj->parts[p].sum = hk_sim_reals(proj->sim, hk_pop_owned(proj->target, p), err)))
            return false;
    return true;
}

static uint64_t count_pairs(const struct hk_proj *proj) {
    const struct hk_blocks *blocks = &proj->blocks;
    uint64_t sources = proj->source->size, targets = proj->target->size;
    uint64_t own = sources * targets / blocks->groups; /* pairs within groups */
    uint64_t pairs = blocks->others ? sources * targets - own : own;
    for (hk_neuron i = 0; blocks->except_same && i < sources && i < targets; i++)
        pairs -= hk_groups_join(blocks, &proj->shape, i, i);
    return pairs;
}

bool hk_proj_build(struct hk_proj *proj, struct hk_err *err) {
    bool ok = false;
    struct hk_block room[HK_THREADS_MAX] = {{0}};
    struct hk_drawn drawn[HK_THREADS_MAX];
    struct build build = {.proj = proj, .drawn = drawn};
    if (proj->storage == HK_STORE_BUNDLE) return true;
    proj->parts = HK_NEW(proj->sim->arena, struct hk_proj_part, (size_t)proj->sim->threads, err);
    if (!proj->parts || !hk_proj_reserve(proj, room, drawn, err)) goto done;
    switch (proj->storage) {
    case HK_STORE_ROWS: ok = build_rows(proj, &build, err); break;
    case HK_STORE_MATRIX: ok = build_matrix(proj, &build, err); break;
    case HK_STORE_UNIFORM:
        ok = true;
        proj->count = count_pairs(proj);
        break;
    case HK_STORE_LATE: ok = hk_late_build(proj, drawn, err); break;
    case HK_STORE_TIMED: ok = hk_timed_build(proj, drawn, err); break;
    case HK_STORE_BUNDLE: break;
    }
    for (int p = 0; proj->storage != HK_STORE_TIMED && p < proj->sim->threads; p++)
        proj->parts[p].rows = proj->rows;
    bool built = !hk_proj_learns(proj) || proj->storage == HK_STORE_LATE;
    ok = ok && (built || hk_plastic_build(proj, err));
    bool is_grid = proj->storage != HK_STORE_TIMED;
    ok = ok && (!is_grid || !hk_proj_remembers(proj) || build_memory(proj, err));
    ok = ok && (!is_grid || proj->source->dropout <= 0.0 || build_sum(proj, err));
done:
    for (int p = 0; p < HK_THREADS_MAX; p++) hk_block_finish(&room[p]);
    return ok || hk_err_context(err, "%s", proj->name);
}

static void forget_part(void *context, int thread) {
    struct hk_proj *proj = context;
    proj->learn->forget(proj, thread);
}

void hk_proj_reset(struct hk_proj *proj) {
    for (hk_neuron i = 0; proj->memory && i < proj->source->size; i++) {
        proj->last_spike[i] = -1;
        proj->synapse->start(proj->synapse_param, proj->memory + (size_t)i * HK_SYNAPSE_STATE_MAX);
    }
    if (hk_proj_learns(proj)) hk_pool_run(proj->sim->pool, forget_part, proj);
}
