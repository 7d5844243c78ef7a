/* Populations: their columns, receptors and drives. */
#include "sim/exact_internal.h"

#include <string.h>

void *hk_sim_reals(struct hk_sim *sim, size_t count, struct hk_err *err) {
    return hk_arena_array(sim->arena, count, sim->real_size, HK_CACHE_LINE, err);
}

/* A copy of a model's parameters, and room for what it derives. */
static bool copy_model(struct hk_sim *sim, const struct hk_model *model, const void *param,
                       size_t derived_size, void **copy, void **derived, struct hk_err *err) {
    *derived = hk_arena_array(sim->arena, 1, derived_size, HK_CACHE_LINE, err);
    return *derived && hk_params_copy(sim->arena, model, param, copy, err);
}

static bool add_receptors(struct hk_pop *pop, const struct hk_pop_spec *spec, struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    if (spec->receptor_count > HK_RECEPTORS_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "%zu receptors are more than %d", spec->receptor_count,
                       HK_RECEPTORS_MAX);
    pop->receptors = HK_NEW(sim->arena, struct hk_receptor, spec->receptor_count, err);
    if (!pop->receptors) return false;
    for (size_t i = 0; i < spec->receptor_count; i++) {
        const struct hk_receptor_spec *from = &spec->receptors[i];
        struct hk_receptor *r = &pop->receptors[pop->receptor_count];
        if (hk_pop_receptor_index(pop, from->name) >= 0)
            return HK_FAIL(err, HK_ERR_CONFIG, "two receptors are called %s", from->name);
        r->model = from->model;
        r->name = hk_arena_text(sim->arena, from->name, err);
        r->first_column = pop->column_count;
        if (!r->name) return false;
        if (!copy_model(sim, &r->model->base, from->param, r->model->derived_size, &r->param,
                        &r->derived, err))
            return hk_err_context(err, "receptor %s", from->name);
        pop->column_count += r->model->column_count;
        pop->conducting |= r->model->effect == HK_EFFECT_CONDUCTANCE;
        pop->pushing |= r->model->effect == HK_EFFECT_CURRENT;
        pop->jumping |= r->model->effect == HK_EFFECT_JUMP;
        pop->receptor_count++;
    }
    return true;
}

static bool choose_receptor(const struct hk_pop *pop, struct hk_drive *drive, struct hk_err *err) {
    const char *param = drive->param;
    const char *name = *(const char *const *)(const void *)(param + drive->model->receptor);
    int index = *name ? hk_pop_receptor_index(pop, name) : pop->receptor_count == 1 ? 0 : -1;
    if (index >= 0) drive->receptor = (size_t)index;
    if (index >= 0) return true;
    if (*name) return HK_FAIL(err, HK_ERR_CONFIG, "there is no receptor %s", name);
    return HK_FAIL(err, HK_ERR_CONFIG, "there are %zu receptors: say `receptor: NAME`",
                   pop->receptor_count);
}

static bool add_drives(struct hk_pop *pop, const struct hk_pop_spec *spec, struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    pop->drives = HK_NEW(sim->arena, struct hk_drive, spec->drive_count, err);
    if (!pop->drives) return false;
    for (; pop->drive_count < spec->drive_count; pop->drive_count++) {
        const struct hk_drive_spec *from = &spec->drives[pop->drive_count];
        struct hk_drive *d = &pop->drives[pop->drive_count];
        d->model = from->model;
        const struct hk_stream names = hk_stream_make(sim->options.seed, "drive", pop->name);
        const char place[2] = {(char)('0' + pop->drive_count % 64), '\0'};
        d->stream = hk_stream_make(names.key, from->model->base.name, place);
        if (!copy_model(sim, &d->model->base, from->param, d->model->derived_size, &d->param,
                        &d->derived, err) ||
            !d->model->derive(d->param, sim->options.tick_ms, d->derived, err))
            return hk_err_context(err, "drive %s", from->model->base.name);
        pop->pushing |= d->model->add != NULL;
        if (d->model->arrive && !choose_receptor(pop, d, err))
            return hk_err_context(err, "drive %s", from->model->base.name);
    }
    return true;
}

static bool derive_neurons(struct hk_pop *pop, struct hk_err *err) {
    const struct hk_neuron_model *model = pop->neuron;
    struct hk_membrane membrane;
    bool linear = !pop->conducting && model->membrane && model->membrane(pop->param, &membrane);
    struct hk_grid grid = {.tick_ms = pop->sim->options.tick_ms,
                           .exact = linear ? &membrane : NULL};
    if (model->check && !model->check(pop->param, err)) return false;
    if (!model->derive(pop->param, &grid, pop->derived, err)) return false;
    for (size_t i = 0; i < pop->receptor_count; i++) {
        struct hk_receptor *r = &pop->receptors[i];
        if (!r->model->derive(r->param, &grid, r->derived, err))
            return hk_err_context(err, "receptor %s", r->name);
    }
    return true;
}

/* Name the columns, the receptors' with the receptor's name behind, and give them their start
 * values. */
static bool add_columns(struct hk_pop *pop, struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    size_t count = pop->column_count;
    if (count > HK_COLUMNS_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "%zu state variables are more than %d", count,
                       HK_COLUMNS_MAX);
    pop->info = HK_NEW(sim->arena, struct hk_column, count, err);
    pop->column = HK_NEW(sim->arena, void *, count, err);
    pop->start = HK_NEW(sim->arena, void *, count, err);
    if (!pop->info || !pop->column || !pop->start) return false;
    memcpy(pop->info, pop->neuron->columns, pop->neuron->column_count * sizeof *pop->info);
    double start[HK_COLUMNS_MAX];
    for (size_t i = 0; i < pop->receptor_count; i++) {
        const struct hk_receptor *r = &pop->receptors[i];
        for (size_t c = 0; c < r->model->column_count; c++) {
            struct hk_column *info = &pop->info[r->first_column + c];
            *info = r->model->columns[c];
            info->name = hk_arena_format(sim->arena, err, "%s_%s", info->name, r->name);
            if (!info->name) return false;
        }
    }
    for (size_t c = 0; c < count; c++) start[c] = pop->info[c].start;
    if (pop->neuron->start) pop->neuron->start(pop->param, start);
    for (size_t c = 0; c < count; c++) {
        if (!(pop->start[c] = hk_sim_reals(sim, pop->padded, err))) return false;
        if (start[c] != 0.0) /* what isn't written takes no memory before the network is built */
            hk_pop_draw(pop, c, &(struct hk_dist){HK_DIST_CONSTANT, start[c], 0.0});
    }
    return true;
}

/* Room for the units that are held after a spike. */
static bool add_held(struct hk_pop *pop, struct hk_err *err) {
    struct hk_arena *arena = pop->sim->arena;
    if (!pop->neuron->can_hold) return true;
    pop->held = HK_NEW(arena, struct hk_held_ring, pop->groups, err);
    pop->held_unit = HK_NEW(arena, uint16_t, pop->padded, err);
    pop->held_v = hk_sim_reals(pop->sim, pop->padded, err);
    pop->held_until = HK_NEW(arena, hk_tick, pop->padded, err);
    return pop->held && pop->held_unit && pop->held_v && pop->held_until;
}

static bool add_neurons(struct hk_pop *pop, const struct hk_pop_spec *spec, struct hk_err *err) {
    pop->neuron = spec->neuron;
    pop->burst = 1;
    pop->column_count = spec->neuron->column_count;
    return copy_model(pop->sim, &spec->neuron->base, spec->param, spec->neuron->derived_size,
                      &pop->param, &pop->derived, err) &&
           add_receptors(pop, spec, err) && derive_neurons(pop, err) &&
           add_drives(pop, spec, err) && add_columns(pop, err) && add_held(pop, err);
}

static bool add_source(struct hk_pop *pop, const struct hk_pop_spec *spec, struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    pop->source = spec->source;
    if (!copy_model(sim, &spec->source->base, spec->param, spec->source->derived_size, &pop->param,
                    &pop->derived, err))
        return false;
    if (!spec->source->derive(pop->param, pop->size, sim->options.tick_ms, sim->arena, pop->derived,
                              err))
        return false;
    pop->burst = spec->source->burst(pop->derived);
    return true;
}

static bool add_encoder(struct hk_pop *pop, const struct hk_pop_spec *spec, struct hk_err *err) {
    pop->encoder = spec->encoder;
    pop->burst = 1;
    if (!copy_model(pop->sim, &spec->encoder->base, spec->param, 0, &pop->param, &pop->derived,
                    err))
        return false;
    return !spec->encoder->check ||
           spec->encoder->check(pop->param, pop->sim->options.tick_ms, err);
}

static bool add_dropout(struct hk_pop *pop, double dropout, struct hk_err *err) {
    if (!(dropout >= 0.0 && dropout < 1.0))
        return HK_FAIL(err, HK_ERR_RANGE, "dropout = %g, must be at least 0 and below 1", dropout);
    pop->dropout = dropout;
    pop->drop_stream = hk_stream_make(pop->sim->options.seed, "dropout", pop->name);
    if (dropout > 0.0) pop->kept = HK_NEW(pop->sim->arena, unsigned char, pop->padded, err);
    return dropout <= 0.0 || pop->kept;
}

/* Four units share a block of random words: parts begin at multiples of four. */
void hk_pop_drop(struct hk_pop *pop, int thread, uint64_t number) {
    const uint64_t bound = (uint64_t)(pop->dropout * 0x1p32);
    for (hk_neuron i = pop->part[thread]; i < pop->part[thread + 1]; i += 4) {
        uint32_t words[4];
        hk_stream_block(pop->drop_stream, number, i / 4, words);
        for (hk_neuron k = 0; k < 4; k++) pop->kept[i + k] = words[k] >= bound;
    }
}

static bool fill_population(struct hk_pop *pop, const struct hk_pop_spec *spec,
                            struct hk_err *err) {
    int kinds = (spec->neuron != NULL) + (spec->source != NULL) + (spec->encoder != NULL);
    if (kinds != 1)
        return HK_FAIL(err, HK_ERR_CONFIG, "needs one of a neuron model, a source and an encoder");
    if (spec->size == 0 || spec->size == HK_NEURON_NONE)
        return HK_FAIL(err, HK_ERR_RANGE, "size = %u, must be in 1..%u", spec->size,
                       HK_NEURON_NONE - 1);
    pop->padded = hk_whole_groups(spec->size);
    pop->groups = pop->padded / HK_GROUP;
    pop->counts = HK_NEW(pop->sim->arena, uint32_t, pop->padded, err);
    if (!pop->counts || !add_dropout(pop, spec->dropout, err)) return false;
    if (!spec->neuron && (spec->receptor_count || spec->drive_count))
        return HK_FAIL(err, HK_ERR_CONFIG, "a source has neither receptors nor drives");
    bool added = spec->neuron   ? add_neurons(pop, spec, err)
                 : spec->source ? add_source(pop, spec, err)
                                : add_encoder(pop, spec, err);
    bool is_exact = pop->sim->options.clock == HK_CLOCK_EXACT;
    return added && (!is_exact || hk_exact_check_pop(pop, err));
}

struct hk_pop *hk_sim_add_population(struct hk_sim *sim, const struct hk_pop_spec *spec,
                                     struct hk_err *err) {
    HK_ASSERT(!sim->built);
    if (hk_sim_find_population(sim, spec->name)) {
        (void)HK_FAIL(err, HK_ERR_CONFIG, "two populations are called %s", spec->name);
        return NULL;
    }
    if (sim->pop_count == HK_POPS_MAX) {
        (void)HK_FAIL(err, HK_ERR_LIMIT, "more than %d populations", HK_POPS_MAX);
        return NULL;
    }
    struct hk_pop *pop = HK_NEW(sim->arena, struct hk_pop, 1, err);
    if (!pop) return NULL;
    pop->sim = sim;
    pop->name = hk_arena_text(sim->arena, spec->name, err);
    if (!pop->name) return NULL;
    pop->index = sim->pop_count;
    pop->size = spec->size;
    pop->stream = hk_stream_make(sim->options.seed, "spikes", pop->name);
    if (!fill_population(pop, spec, err)) {
        (void)hk_err_context(err, "%s", spec->name);
        return NULL;
    }
    sim->pops[sim->pop_count++] = pop;
    return pop;
}

bool hk_pop_build(struct hk_pop *pop, struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    size_t threads = (size_t)sim->threads;
    pop->part = HK_NEW(sim->arena, hk_neuron, threads + 1, err);
    pop->shown = HK_NEW(sim->arena, struct hk_raster, threads, err);
    pop->incoming = HK_NEW(sim->arena, struct hk_proj *, sim->proj_count, err);
    pop->releasing = HK_NEW(sim->arena, struct hk_proj *, sim->proj_count, err);
    pop->outgoing = HK_NEW(sim->arena, struct hk_proj *, sim->proj_count, err);
    if (!pop->part || !pop->shown || !pop->incoming || !pop->releasing || !pop->outgoing)
        return false;
    for (size_t p = 0; p <= threads; p++) {
        size_t first = (pop->groups * p + threads / 2) / threads * HK_GROUP;
        pop->part[p] = first < pop->size ? (hk_neuron)first : pop->size;
    }
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        if (proj->target == pop) pop->incoming[pop->incoming_count++] = proj;
        if (proj->source == pop) pop->outgoing[pop->outgoing_count++] = proj;
        if (proj->source == pop && hk_proj_remembers(proj))
            pop->releasing[pop->releasing_count++] = proj;
    }
    for (size_t c = 0; c < pop->column_count; c++) {
        if (!(pop->column[c] = hk_sim_reals(sim, hk_pop_places(pop), err))) return false;
        hk_pop_restart(pop, c);
    }
    for (size_t r = 0; r < pop->receptor_count; r++) {
        pop->receptors[r].arrived = hk_sim_reals(sim, hk_pop_places(pop), err);
        if (!pop->receptors[r].arrived) return false;
    }
    return true;
}

/* What is written to: before the build what a unit starts from. */
static void *value_at(const struct hk_pop *pop, size_t column, hk_neuron unit) {
    return pop->part ? hk_pop_value(pop, column, unit)
                     : (char *)pop->start[column] + unit * pop->sim->real_size;
}

void hk_pop_restart(struct hk_pop *pop, size_t column) {
    const size_t size = pop->sim->real_size;
    for (int p = 0; p < pop->sim->threads; p++) {
        hk_neuron first = pop->part[p], count = pop->part[p + 1] - first;
        if (count == 0) continue;
        memcpy(hk_pop_value(pop, column, first), (char *)pop->start[column] + first * size,
               hk_whole_groups(count) * size);
    }
}

void hk_pop_count_others(struct hk_pop *pop) {
    for (size_t r = 0; r < pop->receptor_count; r++) {
        struct hk_receptor *receptor = &pop->receptors[r];
        receptor->others = receptor->delivered;
        for (size_t d = 0; d < pop->drive_count; d++)
            receptor->others += pop->drives[d].model->arrive && pop->drives[d].receptor == r;
    }
}

static bool is_zero(const unsigned char *bytes, size_t count) {
    unsigned char any = 0;
    for (size_t i = 0; i < count; i++) any |= bytes[i];
    return !any;
}

static bool is_idle(const struct hk_pop *pop, const struct hk_receptor *receptor) {
    return receptor->model->is_exp && !receptor->slot && !receptor->others &&
           is_zero(pop->column[receptor->first_column], hk_pop_places(pop) * pop->sim->real_size);
}

/* Can the membrane's pass take its receptors along? They must be exponential, and alike; of what
 * arrives at those that aren't idle it adds up whole-number sums and one more addend, in this
 * order. */
static bool can_fuse(const struct hk_pop *pop) {
    size_t taken = 0;
    if (!pop->neuron || !pop->neuron->update_with) return false;
    for (size_t d = 0; d < pop->drive_count; d++)
        if (pop->drives[d].model->add && !pop->drives[d].model->current) return false;
    for (size_t r = 0; r < pop->receptor_count; r++) {
        const struct hk_receptor *receptor = &pop->receptors[r];
        if (receptor->model->effect != pop->receptors[0].model->effect) return false;
        if (receptor->idle) continue;
        if (!receptor->model->is_exp || !receptor->slot || receptor->others > 1) return false;
        taken++;
    }
    return taken > 0 && taken <= HK_FUSED_MAX;
}

void hk_pop_prepare(struct hk_pop *pop) {
    for (size_t r = 0; r < pop->receptor_count; r++)
        pop->receptors[r].idle = is_idle(pop, &pop->receptors[r]);
    pop->fused = can_fuse(pop);
}

/* ---- what callers see ---- */

struct hk_pop *hk_sim_population(const struct hk_sim *sim, size_t index) {
    return index < sim->pop_count ? sim->pops[index] : NULL;
}

struct hk_pop *hk_sim_find_population(const struct hk_sim *sim, const char *name) {
    for (size_t i = 0; i < sim->pop_count; i++)
        if (strcmp(sim->pops[i]->name, name) == 0) return sim->pops[i];
    return NULL;
}

const char *hk_pop_name(const struct hk_pop *pop) {
    return pop->name;
}

hk_neuron hk_pop_size(const struct hk_pop *pop) {
    return pop->size;
}

bool hk_pop_has_neurons(const struct hk_pop *pop) {
    return pop->neuron != NULL;
}

bool hk_pop_has_encoder(const struct hk_pop *pop) {
    return pop->encoder != NULL;
}

double hk_pop_rounding_ms(const struct hk_pop *pop) {
    return pop->source && pop->source->rounding ? pop->source->rounding(pop->derived) : 0.0;
}

int hk_pop_receptor_index(const struct hk_pop *pop, const char *name) {
    for (size_t i = 0; i < pop->receptor_count; i++)
        if (strcmp(pop->receptors[i].name, name) == 0) return (int)i;
    return -1;
}

const struct hk_receptor_model *hk_pop_receptor(const struct hk_pop *pop, size_t index,
                                                const char **name) {
    if (index >= pop->receptor_count) return NULL;
    if (name) *name = pop->receptors[index].name;
    return pop->receptors[index].model;
}

const struct hk_receptor_model *hk_pop_find_receptor(const struct hk_pop *pop, const char *name) {
    int index = hk_pop_receptor_index(pop, name);
    return index < 0 ? NULL : pop->receptors[index].model;
}

const struct hk_drive_model *hk_pop_drive(const struct hk_pop *pop, size_t index) {
    return index < pop->drive_count ? pop->drives[index].model : NULL;
}

int hk_pop_column(const struct hk_pop *pop, const char *name) {
    for (size_t c = 0; c < pop->column_count; c++)
        if (strcmp(pop->info[c].name, name) == 0) return (int)c;
    return -1;
}

const struct hk_column *hk_pop_column_info(const struct hk_pop *pop, size_t column) {
    return column < pop->column_count ? &pop->info[column] : NULL;
}

void hk_pop_read(const struct hk_pop *pop, size_t column, double *values) {
    HK_ASSERT(column < pop->column_count);
    hk_neuron units[HK_GROUP];
    double room[HK_GROUP]; /* of hk_real */
    struct hk_view view = {.column = column, .units = units, .tick = pop->sim->now};
    if (!pop->part) pop->sim->columns->to_double(values, pop->start[column], pop->size);
    for (hk_neuron first = 0; pop->part && first < pop->size; first += HK_GROUP) {
        view.count = pop->size - first < HK_GROUP ? pop->size - first : HK_GROUP;
        for (hk_neuron k = 0; k < view.count; k++) units[k] = first + k;
        hk_pop_gather(pop, hk_pop_owner(pop, first), &view, room);
        pop->sim->columns->to_double(values + first, room, view.count);
    }
}

void hk_pop_gather(const struct hk_pop *pop, int thread, const struct hk_view *view, void *out) {
    const struct hk_sim *sim = pop->sim;
    if (sim->exact)
        sim->on_exact->gather(pop, thread, view, out);
    else if (pop->sleep)
        sim->sleep->gather(pop, thread, view, out);
    else
        sim->columns->gather(out,
                             (const char *)pop->column[view->column] +
                                 hk_pop_shift(pop, thread) * sim->real_size,
                             view->units, view->count);
}

void hk_pop_write(struct hk_pop *pop, size_t column, const double *values) {
    HK_ASSERT(column < pop->column_count);
    if (pop->sim->exact)
        hk_exact_settle(pop);
    else
        hk_sleep_end(pop);
    for (hk_neuron first = 0, end; first < pop->size; first = end) {
        end = pop->part ? pop->part[hk_pop_owner(pop, first) + 1] : pop->size;
        pop->sim->columns->from_double(value_at(pop, column, first), values + first, end - first);
    }
}

void hk_pop_draw(struct hk_pop *pop, size_t column, const struct hk_dist *dist) {
    HK_ASSERT(column < pop->column_count);
    struct hk_sim *sim = pop->sim;
    struct hk_stream names = hk_stream_make(sim->options.seed, "initial state", pop->name);
    struct hk_stream stream = hk_stream_make(names.key, "column", pop->info[column].name);
    double values[HK_GROUP];
    for (size_t first = 0; first < pop->padded;
         first += HK_GROUP) { /* the padding too: valid values */
        const bool known = first > 0 && dist->kind == HK_DIST_CONSTANT;
        for (size_t k = 0; !known && k < HK_GROUP; k++) {
            struct hk_draws draws = hk_draws_at(stream, first + k, 0);
            values[k] = hk_dist_draw(dist, &draws);
        }
        sim->columns->from_double(value_at(pop, column, (hk_neuron)first), values, HK_GROUP);
    }
}

const uint32_t *hk_pop_counts(const struct hk_pop *pop) {
    return pop->counts;
}

void hk_pop_clear_counts(struct hk_pop *pop) {
    memset(pop->counts, 0, pop->size * sizeof *pop->counts);
}

void hk_pop_listen(struct hk_pop *pop, hk_listener *listener, void *context) {
    pop->listener = listener;
    pop->listener_context = context;
}
