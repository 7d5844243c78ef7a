#include "sim/estimate.h"

#include "sim/sim_internal.h"

#include <math.h>

/* ---- projections ---- */

enum hk_stored hk_proj_stored(const struct hk_proj *proj) {
    static const enum hk_stored stored[] = {[HK_STORE_ROWS] = HK_STORED_ROWS,
                                            [HK_STORE_MATRIX] = HK_STORED_MATRIX,
                                            [HK_STORE_UNIFORM] = HK_STORED_NOT};
    return stored[proj->storage];
}

void hk_proj_delays(const struct hk_proj *proj, hk_tick *least, hk_tick *most) {
    *least = proj->delay_min;
    *most = proj->delay_min + (hk_tick)proj->delays - 1;
}

/* Sources are drawn as they will be at build; which targets is no matter, so they are spread. */
bool hk_proj_expect(const struct hk_proj *proj, double *synapses, struct hk_err *err) {
    const struct hk_connect_model *rule = proj->connect;
    size_t most = rule->draw_max(proj->connect_param, &proj->shape);
    uint64_t targets = proj->target->size,
             asked = targets < HK_EXPECT_TARGETS ? targets : HK_EXPECT_TARGETS;
    struct hk_block room = {0};
    uint64_t drawn = 0;
    if (!hk_block_reserve(&room, most + 1, sizeof(hk_neuron), err)) return false;
    for (uint64_t k = 0; k < asked; k++)
        drawn += rule->draw(proj->connect_param, &proj->shape, proj->connect_stream,
                            (hk_neuron)(k * targets / asked), room.data);
    hk_block_finish(&room);
    *synapses = (double)drawn / (double)asked * (double)targets;
    return true;
}

/* ---- memory, as sim/sim.c, sim/population.c and sim/projection.c ask for it ---- */

static double history_bytes(const struct hk_sim *sim) {
    double slots = (double)sim->slots, bytes = 0.0;
    for (size_t i = 0; i < sim->pop_count; i++)
        bytes += (double)sim->pops[i]->size * sim->pops[i]->burst * slots * sizeof(uint32_t);
    double lists = (double)sim->threads * (double)sim->pop_count;
    return bytes + lists * (slots * sizeof(uint32_t) + sizeof(size_t));
}

static double population_bytes(const struct hk_pop *pop) {
    const struct hk_sim *sim = pop->sim;
    double threads = sim->threads;
    return threads * (sizeof(hk_neuron) + sizeof(struct hk_raster)) +
           2.0 * (double)sim->proj_count * sizeof(struct hk_proj *) +
           (double)(pop->column_count * pop->padded * sim->real_size);
}

/* Traces and what they are gathered in. The longest row is taken to be twice the mean one, as
 * drawn numbers rarely exceed. */
static double plastic_bytes(const struct hk_proj *proj, double synapses) {
    const struct hk_sim *sim = proj->sim;
    double threads = sim->threads, rows = (double)proj->rows, real = (double)sim->real_size;
    double targets = proj->target->size, owned = targets / threads, longest = fmax(rows, owned);
    double bytes = 0.0;
    if (proj->storage == HK_STORE_ROWS) {
        longest = fmax(longest, 2.0 * synapses / fmin(rows * threads, targets));
        bytes += synapses * (sizeof(hk_syn) + sizeof(uint32_t)) + targets * sizeof(hk_syn);
    }
    bytes += (threads * rows + targets) * (sizeof(hk_tick) + 2.0 * HK_TRACE_MAX * real);
    return bytes + threads * longest * real * (1.0 + HK_TRACE_MAX);
}

static double projection_bytes(const struct hk_proj *proj, double synapses) {
    const struct hk_sim *sim = proj->sim;
    double threads = sim->threads, rows = (double)proj->rows, real = (double)sim->real_size;
    bool shared = proj->weight.kind == HK_DIST_CONSTANT && !proj->plasticity;
    double sources = proj->source->size, bytes = threads * sizeof(struct hk_proj_part);
    if (proj->storage == HK_STORE_ROWS)
        bytes += threads * (rows + 1.0) * sizeof(hk_syn) +
                 synapses * (sizeof(uint32_t) + (shared ? 0.0 : real));
    if (proj->storage == HK_STORE_MATRIX) bytes += rows * (double)proj->target->padded * real;
    if (proj->plasticity) bytes += plastic_bytes(proj, synapses);
    if (hk_proj_remembers(proj))
        bytes += sources * (HK_SYNAPSE_STATE_MAX * sizeof(double) + sizeof(hk_tick) +
                            real * (double)sim->slots);
    return bytes;
}

bool hk_sim_expect(struct hk_sim *sim, struct hk_sim_need *need, struct hk_err *err) {
    HK_ASSERT(!sim->built);
    hk_sim_plan(sim);
    *need = (struct hk_sim_need){.memory = (double)hk_sim_memory(sim) + history_bytes(sim),
                                 .threads = sim->threads,
                                 .window = sim->window};
    for (size_t i = 0; i < sim->pop_count; i++) need->memory += population_bytes(sim->pops[i]);
    for (size_t i = 0; i < sim->proj_count; i++) {
        double synapses = 0.0;
        if (!hk_proj_expect(sim->projs[i], &synapses, err)) return false;
        need->memory += projection_bytes(sim->projs[i], synapses);
    }
    return true;
}

/* ---- spikes ---- */

/* A stride that visits every tick of the time once, and spreads the first of them evenly: near the
 * golden section, without a divisor in common. */
static hk_tick stride_of(hk_tick ticks) {
    const double golden = 0.6180339887498949;
    hk_tick stride = (hk_tick)((double)ticks * golden) + 1;
    for (;; stride++) {
        hk_tick a = stride, b = ticks;
        while (b) {
            hk_tick rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1) return stride;
    }
}

/* At most HK_EXPECT_TICKS ticks, fewer where many units have to be asked. */
static hk_tick ticks_to_ask(const struct hk_pop *pop, hk_tick ticks) {
    enum { WORK = 50000000, LEAST = 1000 };
    hk_tick most = WORK / (hk_tick)pop->size;
    if (most > HK_EXPECT_TICKS) most = HK_EXPECT_TICKS;
    if (most < LEAST) most = LEAST;
    return ticks < most ? ticks : most;
}

bool hk_pop_expect(const struct hk_pop *pop, hk_tick ticks, double *spikes, struct hk_err *err) {
    struct hk_block room = {0};
    uint64_t heard = 0;
    hk_tick asked = 0;
    *spikes = 0.0;
    if (!pop->source || ticks == 0) return true;
    if (!hk_block_reserve(&room, (size_t)pop->size * pop->burst + 1, sizeof(uint32_t), err))
        return false;
    const struct hk_source_part part = {.param = pop->param,
                                        .derived = pop->derived,
                                        .stream = pop->stream,
                                        .count = pop->size,
                                        .tick_ms = pop->sim->options.tick_ms};
    hk_tick most = ticks_to_ask(pop, ticks), stride = stride_of(ticks), at = 0;
    for (; asked < most && heard < HK_EXPECT_SPIKES; asked++) {
        heard += pop->source->emit(&part, at + 1, room.data);
        at = (at + stride) % ticks;
    }
    hk_block_finish(&room);
    *spikes = (double)heard / (double)asked * (double)ticks;
    return true;
}

bool hk_pop_expect_shown(const struct hk_pop *pop, const struct hk_shown *shown, double *spikes,
                         struct hk_err *err) {
    const struct hk_samples *samples = shown->samples;
    size_t asked = shown->count < HK_EXPECT_SAMPLES ? shown->count : HK_EXPECT_SAMPLES, heard = 0;
    struct hk_block room = {0};
    struct hk_raster raster = {.count = 0};
    bool ok = true;
    *spikes = 0.0;
    if (!pop->encoder || asked == 0) return true;
    if (!hk_block_reserve(&room, samples->size, sizeof(float), err)) return false;
    for (size_t k = 0; ok && k < asked; k++) {
        hk_samples_get(samples, shown->first + k * shown->count / asked, room.data);
        const struct hk_presentation presentation = {.values = room.data,
                                                     .value_count = samples->size,
                                                     .count = pop->size,
                                                     .ticks = shown->ticks,
                                                     .tick_ms = pop->sim->options.tick_ms,
                                                     .gain = 1.0,
                                                     .number = k,
                                                     .stream = pop->stream};
        hk_raster_begin(&raster, shown->ticks, err);
        pop->encoder->encode(pop->param, &presentation, &raster);
        heard += raster.count;
        ok = !err || err->code == HK_OK;
    }
    hk_raster_finish(&raster);
    hk_block_finish(&room);
    *spikes = (double)heard / (double)asked;
    return ok;
}
