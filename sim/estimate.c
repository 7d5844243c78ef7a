#include "sim/estimate.h"

#include "sim/sim_internal.h"

/* ---- projections ---- */

enum hk_stored hk_proj_stored(const struct hk_proj *proj) {
    static const enum hk_stored stored[] =
        {[HK_STORE_ROWS] = HK_STORED_ROWS,     [HK_STORE_BUNDLE] = HK_STORED_ROWS,
         [HK_STORE_LATE] = HK_STORED_LATE,     [HK_STORE_TIMED] = HK_STORED_ROWS,
         [HK_STORE_MATRIX] = HK_STORED_MATRIX, [HK_STORE_UNIFORM] = HK_STORED_NOT};
    return stored[proj->storage];
}

bool hk_proj_groups(const struct hk_proj *proj, struct hk_blocks *blocks) {
    return proj->connect->blocks && proj->connect->blocks(proj->connect_param, blocks);
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

/* Who says when something comes: a source its spikes, or a drive its pulses. */
struct lister {
    const struct hk_source_model *source;
    struct hk_source_part emits;
    const struct hk_drive_model *drive;
    struct hk_drive_part drives;
};

static void list(const struct lister *lister, hk_tick from, hk_tick to, struct hk_raster *out) {
    if (lister->source)
        lister->source->list(&lister->emits, from, to, out);
    else
        lister->drive->list(&lister->drives, from, to, out);
}

/* Fine ticks, most of them empty, are asked by the stretch, from the beginning on. */
static bool expect_listed(const struct lister *lister, hk_tick ticks, double *count,
                          struct hk_err *err) {
    const hk_tick stretch = ticks / 1000 + 1 < INT32_MAX ? ticks / 1000 + 1 : INT32_MAX;
    struct hk_raster raster = {.count = 0};
    struct hk_err why = {.code = HK_OK};
    uint64_t heard = 0;
    hk_tick asked = 0;
    while (asked < ticks && heard < HK_EXPECT_SPIKES && why.code == HK_OK) {
        hk_tick to = asked + stretch < ticks ? asked + stretch : ticks;
        hk_raster_begin(&raster, to - asked, &why);
        list(lister, asked, to, &raster);
        heard += raster.count;
        asked = to;
    }
    hk_raster_finish(&raster);
    *count = (double)heard / (double)asked * (double)ticks;
    if (why.code != HK_OK && err) *err = why;
    return why.code == HK_OK;
}

bool hk_pop_expect(const struct hk_pop *pop, hk_tick ticks, double *spikes, struct hk_err *err) {
    struct hk_block room = {0};
    uint64_t heard = 0;
    hk_tick asked = 0;
    *spikes = 0.0;
    if (!pop->source || ticks == 0) return true;
    const struct hk_source_part part = {.param = pop->param,
                                        .derived = pop->derived,
                                        .stream = pop->stream,
                                        .count = pop->size,
                                        .tick_ms = pop->sim->options.tick_ms};
    if (pop->sim->options.clock == HK_CLOCK_EXACT) {
        const struct lister lister = {.source = pop->source, .emits = part};
        return expect_listed(&lister, ticks, spikes, err);
    }
    if (!hk_block_reserve(&room, (size_t)pop->size * pop->burst + 1, sizeof(uint32_t), err))
        return false;
    hk_tick most = ticks_to_ask(pop, ticks), stride = stride_of(ticks), at = 0;
    for (; asked < most && heard < HK_EXPECT_SPIKES; asked++) {
        heard += pop->source->emit(&part, at + 1, room.data);
        at = (at + stride) % ticks;
    }
    hk_block_finish(&room);
    *spikes = (double)heard / (double)asked * (double)ticks;
    return true;
}

bool hk_pop_expect_pulses(const struct hk_pop *pop, hk_tick ticks, double *pulses,
                          struct hk_err *err) {
    *pulses = 0.0;
    if (pop->sim->options.clock != HK_CLOCK_EXACT || ticks == 0) return true;
    for (size_t d = 0; d < pop->drive_count; d++) {
        const struct hk_drive *drive = &pop->drives[d];
        const struct lister lister = {.drive = drive->model,
                                      .drives = {.param = drive->param,
                                                 .derived = drive->derived,
                                                 .stream = drive->stream,
                                                 .count = pop->size}};
        double more = 0.0;
        if (drive->model->list && !expect_listed(&lister, ticks, &more, err)) return false;
        *pulses += more;
    }
    return true;
}

bool hk_pop_only_jumps(const struct hk_pop *pop) {
    return pop->jumping && !pop->pushing && !pop->conducting;
}

bool hk_pop_expect_shown(const struct hk_pop *pop, const struct hk_phase *phase, double *spikes,
                         struct hk_err *err) {
    const struct hk_samples *samples = phase->samples;
    size_t count = hk_phase_total(phase) / phase->epochs, heard = 0;
    size_t asked = count < HK_EXPECT_SAMPLES ? count : HK_EXPECT_SAMPLES;
    struct hk_block room = {0};
    struct hk_raster raster = {.count = 0};
    bool ok = true;
    *spikes = 0.0;
    if (!pop->encoder || asked == 0) return true;
    if (!hk_block_reserve(&room, samples->size, sizeof(float), err)) return false;
    for (size_t k = 0; ok && k < asked; k++) {
        hk_samples_get(samples, hk_phase_sample(phase, k * count / asked), room.data);
        const struct hk_presentation presentation = {.values = room.data,
                                                     .value_count = samples->size,
                                                     .count = pop->size,
                                                     .ticks = phase->show,
                                                     .tick_ms = pop->sim->options.tick_ms,
                                                     .gain = 1.0,
                                                     .number = k,
                                                     .stream = pop->stream};
        hk_raster_begin(&raster, phase->show, err);
        pop->encoder->encode(pop->param, &presentation, &raster);
        heard += raster.count;
        ok = !err || err->code == HK_OK;
    }
    hk_raster_finish(&raster);
    hk_block_finish(&room);
    *spikes = (double)heard / (double)asked;
    if (phase->drop) *spikes *= 1.0 - pop->dropout;
    return ok;
}
