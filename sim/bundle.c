/* Bundles: the plain synapses of one source population, whatever they end in, stored together.
 *
 * A plain synapse only adds its weight: it is neither plastic nor does it remember. In single
 * precision its weight is a whole number of 16 bits, in units that belong to the receptor, and is
 * added to a whole-number accumulator. Such sums don't depend on their order at all, take 4 bytes a
 * synapse (2 where all weights are one), and let the spikes of a population walk through one row
 * each for all targets instead of one a projection.
 *
 * Accumulators lie in banks of at most 65,536 a thread, so that 16 bits say which. The unit of a
 * receptor is as fine as 16 bits (one weight: 24) and the proof allow that no sum can overflow: all
 * synapses of a target at once, as often as their sources can fire in a tick. */
#include "sim/sim_internal.h"

#include "sim/numeric.h"

#include <math.h>
#include <string.h>

enum { SLOTS_MAX = 65536, NARROW_MAX = 65535 };

static size_t owned_count(const struct hk_pop *pop, int thread) {
    return pop->part[thread + 1] - pop->part[thread];
}

static struct hk_receptor *receptor_of(const struct hk_proj *proj) {
    return &proj->target->receptors[proj->receptor];
}

/* ---- planning ---- */

/* Plain, and with few enough targets that 16 bits can say which, whoever owns them: the number of
 * threads must not decide how weights are rounded. */
static bool can_join(const struct hk_proj *proj) {
    return hk_proj_is_plain(proj) && proj->target->size <= SLOTS_MAX;
}

/* Give the receptor accumulators in the last bank, or in a new one where that is full. */
static bool place_receptor(struct hk_sim *sim, const struct hk_pop *pop,
                           struct hk_receptor *receptor, struct hk_err *err) {
    if (receptor->slot) return true;
    bool fits = sim->bank_count > 0;
    for (int p = 0; fits && p < sim->threads; p++)
        fits = sim->banks[sim->bank_count - 1].slots[p] + owned_count(pop, p) <= SLOTS_MAX;
    if (!fits) {
        HK_ASSERT(sim->bank_count < HK_BANKS_MAX);
        struct hk_bank *fresh = &sim->banks[sim->bank_count++];
        fresh->slots = HK_NEW(sim->arena, size_t, (size_t)sim->threads, err);
        fresh->sums = HK_NEW(sim->arena, int32_t *, (size_t)sim->threads, err);
        if (!fresh->slots || !fresh->sums) return false;
    }
    struct hk_bank *bank = &sim->banks[sim->bank_count - 1];
    receptor->bank = bank;
    receptor->slot = HK_NEW(sim->arena, size_t, (size_t)sim->threads, err);
    if (!receptor->slot) return false;
    for (int p = 0; p < sim->threads; p++) {
        receptor->slot[p] = bank->slots[p];
        bank->slots[p] += owned_count(pop, p);
    }
    return true;
}

/* ---- units of weight ---- */

struct survey {
    double weight;     /* the largest that ends in the receptor */
    uint64_t arrivals; /* the most spikes that one unit of it could get in a tick */
    bool fine;         /* no projection has weights that differ */
};

static double largest_weight(const struct hk_proj *proj) {
    return fmax(fabs(hk_dist_max(&proj->weight)), fabs(hk_dist_min(&proj->weight)));
}

static struct survey survey_of(const struct hk_sim *sim, const struct hk_receptor *receptor) {
    struct survey survey = {.fine = true};
    for (size_t i = 0; i < sim->proj_count; i++) {
        const struct hk_proj *proj = sim->projs[i];
        if (receptor_of(proj) != receptor || !can_join(proj)) continue;
        survey.weight = fmax(survey.weight, largest_weight(proj));
        survey.arrivals += (uint64_t)proj->connect->draw_max(proj->connect_param, &proj->shape) *
                           proj->source->burst;
        survey.fine &= proj->weight.kind == HK_DIST_CONSTANT;
    }
    return survey;
}

/* False where sums couldn't be proven to fit: such a receptor takes no bundles. */
static bool choose_unit(const struct hk_sim *sim, struct hk_receptor *receptor) {
    enum { LEAST = 4096 }; /* coarser weights would be no good */
    struct survey survey = survey_of(sim, receptor);
    double room = floor((double)INT32_MAX / fmax((double)survey.arrivals, 1.0));
    double most = fmin(survey.fine ? 0x1p24 : INT16_MAX, room);
    receptor->unit = survey.weight > 0.0 ? survey.weight / most : 1.0;
    return most >= LEAST;
}

static int32_t whole_weight(const struct hk_proj *proj, double weight) {
    return (int32_t)hk_round(weight / receptor_of(proj)->unit);
}

/* ---- joining ---- */

/* Does the projection fit into the bundle? Two that share source and receptor couldn't be told
 * apart in one. */
static bool fits(const struct hk_bundle *bundle, const struct hk_proj *proj, bool shared,
                 int32_t weight) {
    if (bundle->source != proj->source || bundle->bank != receptor_of(proj)->bank) return false;
    if (bundle->shared != shared || bundle->weight != weight) return false;
    for (size_t k = 0; k < bundle->member_count; k++)
        if (receptor_of(bundle->members[k]) == receptor_of(proj)) return false;
    return true;
}

static struct hk_bundle *find_bundle(struct hk_sim *sim, const struct hk_proj *proj,
                                     struct hk_err *err) {
    bool shared = proj->weight.kind == HK_DIST_CONSTANT;
    int32_t weight = shared ? whole_weight(proj, proj->weight.a) : 0;
    for (size_t i = 0; i < sim->bundle_count; i++)
        if (fits(sim->bundles[i], proj, shared, weight)) return sim->bundles[i];
    struct hk_bundle *bundle = HK_NEW(sim->arena, struct hk_bundle, 1, err);
    if (!bundle) return NULL;
    bundle->members = HK_NEW(sim->arena, struct hk_proj *, sim->proj_count, err);
    bundle->parts = HK_NEW(sim->arena, struct hk_bundle_part, (size_t)sim->threads, err);
    if (!bundle->members || !bundle->parts) return NULL;
    bundle->source = proj->source;
    bundle->bank = receptor_of(proj)->bank;
    bundle->shared = shared;
    bundle->weight = weight;
    bundle->delay_min = proj->delay_min;
    bundle->delays = proj->delays;
    sim->bundles[sim->bundle_count++] = bundle;
    return bundle;
}

static bool join(struct hk_sim *sim, struct hk_proj *proj, struct hk_err *err) {
    struct hk_bundle *bundle = find_bundle(sim, proj, err);
    if (!bundle) return false;
    hk_tick first = proj->delay_min, last = first + proj->delays - 1;
    hk_tick end = bundle->delay_min + bundle->delays - 1;
    if (bundle->delay_min < first) first = bundle->delay_min;
    bundle->delays = (uint32_t)((end > last ? end : last) - first) + 1;
    bundle->delay_min = first;
    bundle->members[bundle->member_count++] = proj;
    proj->storage = HK_STORE_BUNDLE;
    proj->bundle = bundle;
    return true;
}

/* ---- drawing ---- */

struct wire {
    struct hk_bundle *bundle;
    struct hk_drawn *drawn; /* [threads] */
    struct hk_block *count; /* [threads]: uint32_t [source][delay] */
};

static size_t row_of(const struct hk_bundle *bundle, const struct hk_proj *proj,
                     const struct hk_drawn *drawn, size_t k) {
    uint32_t delay = (uint32_t)(proj->delay_min - bundle->delay_min) + drawn->delay[k];
    return (size_t)drawn->source[k] * bundle->delays + delay;
}

static void count_part(void *context, int thread) {
    struct wire *wire = context;
    struct hk_bundle *bundle = wire->bundle;
    struct hk_drawn *drawn = &wire->drawn[thread];
    uint32_t *count = wire->count[thread].data;
    for (size_t m = 0; m < bundle->member_count; m++) {
        struct hk_proj *proj = bundle->members[m];
        struct hk_proj_part *part = &proj->parts[thread];
        const hk_neuron *bounds = proj->target->part;
        for (hk_neuron i = bounds[thread]; i < bounds[thread + 1]; i++) {
            hk_proj_draw(proj, i, false, drawn);
            for (size_t k = 0; k < drawn->count; k++) count[row_of(bundle, proj, drawn, k)]++;
            part->count += drawn->count;
        }
        bundle->parts[thread].count += part->count;
    }
}

/* Places of the synapses of one target in their rows. Rows lie anywhere, so each is asked for
 * before it is needed: first the counters of the rows, then the places. */
static void find_places(const struct hk_bundle *bundle, const struct hk_proj *proj,
                        const struct hk_bundle_part *part, uint32_t *next,
                        const struct hk_drawn *drawn) {
    for (size_t k = 0; k < drawn->count; k++) {
        drawn->place[k] = row_of(bundle, proj, drawn, k);
        HK_PREFETCH(&next[drawn->place[k]]);
    }
    for (size_t k = 0; k < drawn->count; k++) {
        hk_syn at = part->start[drawn->source[k]] + next[drawn->place[k]]++;
        drawn->place[k] = at;
        if (bundle->shared)
            HK_PREFETCH(&part->slot[at]);
        else
            HK_PREFETCH(&part->synapse[at]);
    }
}

static void fill_target(const struct hk_bundle *bundle, const struct hk_proj *proj,
                        const struct hk_bundle_part *part, uint32_t slot,
                        const struct hk_drawn *drawn) {
    for (size_t k = 0; bundle->shared && k < drawn->count; k++)
        part->slot[drawn->place[k]] = (uint16_t)slot;
    for (size_t k = 0; !bundle->shared && k < drawn->count; k++) {
        uint16_t w = (uint16_t)(int16_t)whole_weight(proj, drawn->weight[k]);
        part->synapse[drawn->place[k]] = (uint32_t)w << 16 | slot;
    }
}

static void fill_part(void *context, int thread) {
    struct wire *wire = context;
    struct hk_bundle *bundle = wire->bundle;
    struct hk_bundle_part *part = &bundle->parts[thread];
    struct hk_drawn *drawn = &wire->drawn[thread];
    for (size_t m = 0; m < bundle->member_count; m++) {
        const struct hk_proj *proj = bundle->members[m];
        const hk_neuron *bounds = proj->target->part;
        uint32_t slot = (uint32_t)receptor_of(proj)->slot[thread];
        for (hk_neuron i = bounds[thread]; i < bounds[thread + 1]; i++, slot++) {
            hk_proj_draw(proj, i, !bundle->shared, drawn);
            find_places(bundle, proj, part, wire->count[thread].data, drawn);
            fill_target(bundle, proj, part, slot, drawn);
        }
    }
}

/* Counts become starts within the source's row, and these the offsets of segments. */
static bool lay_rows(struct hk_bundle *bundle, int thread, uint32_t *count, struct hk_err *err) {
    struct hk_arena *arena = bundle->source->sim->arena;
    struct hk_bundle_part *part = &bundle->parts[thread];
    size_t sources = bundle->source->size, delays = bundle->delays;
    part->start = HK_NEW(arena, hk_syn, sources + 1, err);
    if (!part->start) return false;
    hk_syn longest = 0;
    for (size_t i = 0; i < sources; i++) {
        hk_syn sum = 0;
        for (size_t d = 0; d < delays; d++) {
            uint32_t length = count[i * delays + d];
            count[i * delays + d] = (uint32_t)sum;
            sum += length;
        }
        if (sum > UINT32_MAX)
            return HK_FAIL(err, HK_ERR_LIMIT, "a unit of %s has more than %u synapses",
                           bundle->source->name, UINT32_MAX);
        part->start[i + 1] = part->start[i] + sum;
        if (sum > longest) longest = sum;
    }
    size_t offsets = sources * (delays + 1);
    if (longest > NARROW_MAX) {
        part->wide = HK_NEW(arena, uint32_t, offsets, err);
    } else {
        part->narrow = HK_NEW(arena, uint16_t, offsets, err);
    }
    if (!part->wide && !part->narrow) return false;
    for (size_t i = 0; i < sources; i++)
        for (size_t d = 0; d <= delays; d++) {
            hk_syn at = d < delays ? count[i * delays + d] : part->start[i + 1] - part->start[i];
            if (part->wide)
                part->wide[i * (delays + 1) + d] = (uint32_t)at;
            else
                part->narrow[i * (delays + 1) + d] = (uint16_t)at;
        }
    return true;
}

static bool allocate_flight(const struct hk_bundle *bundle, struct hk_flight *flight,
                            struct hk_err *err) {
    const struct hk_sim *sim = bundle->source->sim;
    flight->spikes = HK_NEW(sim->arena, struct hk_inflight, HK_FLIGHT_MAX, err);
    flight->first = HK_NEW(sim->arena, uint64_t, (size_t)sim->slots, err);
    flight->count = HK_NEW(sim->arena, uint32_t, (size_t)sim->slots, err);
    return flight->spikes && flight->first && flight->count;
}

static bool allocate_part(struct hk_bundle *bundle, int thread, struct hk_err *err) {
    struct hk_arena *arena = bundle->source->sim->arena;
    struct hk_bundle_part *part = &bundle->parts[thread];
    if (bundle->shared)
        part->slot = HK_NEW(arena, uint16_t, part->count, err);
    else
        part->synapse = HK_NEW(arena, uint32_t, part->count, err);
    return (part->slot || part->synapse) && allocate_flight(bundle, &part->flight, err);
}

/* ---- building ---- */

/* Room to draw the synapses of any member, and counts of rows; given back after building. */
static bool open_wire(struct hk_bundle *bundle, struct hk_block *room, struct wire *wire,
                      struct hk_err *err) {
    const struct hk_sim *sim = bundle->source->sim;
    size_t rows = (size_t)bundle->source->size * bundle->delays;
    for (size_t m = 0; m < bundle->member_count; m++)
        if (!hk_proj_reserve(bundle->members[m], room, wire->drawn, err)) return false;
    for (int p = 0; p < sim->threads; p++)
        if (!hk_block_reserve(&wire->count[p], rows, sizeof(uint32_t), err)) return false;
    return true;
}

static bool wire_bundle(struct hk_bundle *bundle, struct wire *wire, struct hk_err *err) {
    struct hk_sim *sim = bundle->source->sim;
    for (size_t m = 0; m < bundle->member_count; m++) {
        struct hk_proj *proj = bundle->members[m];
        proj->parts = HK_NEW(sim->arena, struct hk_proj_part, (size_t)sim->threads, err);
        if (!proj->parts) return false;
    }
    hk_pool_run(sim->pool, count_part, wire);
    for (int p = 0; p < sim->threads; p++) {
        for (size_t m = 0; m < bundle->member_count; m++)
            bundle->members[m]->count += bundle->members[m]->parts[p].count;
        if (!lay_rows(bundle, p, wire->count[p].data, err) || !allocate_part(bundle, p, err))
            return false;
    }
    hk_pool_run(sim->pool, fill_part, wire);
    return true;
}

static bool build_bundle(struct hk_bundle *bundle, struct hk_err *err) {
    bool ok = false;
    struct hk_block room[HK_THREADS_MAX] = {{0}}, count[HK_THREADS_MAX] = {{0}};
    struct hk_drawn drawn[HK_THREADS_MAX] = {{0}};
    struct wire wire = {.bundle = bundle, .drawn = drawn, .count = count};
    ok = open_wire(bundle, room, &wire, err) && wire_bundle(bundle, &wire, err);
    for (int p = 0; p < HK_THREADS_MAX; p++) {
        hk_block_finish(&room[p]);
        hk_block_finish(&count[p]);
    }
    return ok || hk_err_context(err, "%s", bundle->members[0]->name);
}

static bool plan(struct hk_sim *sim, struct hk_err *err) {
    sim->bundles = HK_NEW(sim->arena, struct hk_bundle *, sim->proj_count, err);
    if (!sim->bundles) return false;
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        struct hk_receptor *receptor = receptor_of(proj);
        if (!can_join(proj) || !choose_unit(sim, receptor)) continue;
        if (!place_receptor(sim, proj->target, receptor, err)) return false;
    }
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        if (can_join(proj) && receptor_of(proj)->slot && !join(sim, proj, err)) return false;
    }
    return true;
}

bool hk_bundles_build(struct hk_sim *sim, struct hk_err *err) {
    if (!plan(sim, err)) return false;
    for (size_t i = 0; i < sim->bank_count; i++) {
        struct hk_bank *bank = &sim->banks[i];
        for (int p = 0; p < sim->threads; p++) {
            bank->sums[p] =
                hk_arena_array(sim->arena, bank->slots[p], sizeof(int32_t), HK_CACHE_LINE, err);
            if (!bank->sums[p]) return false;
        }
    }
    for (size_t i = 0; i < sim->bundle_count; i++)
        if (!build_bundle(sim->bundles[i], err)) return false;
    return true;
}

void hk_bundles_reset(struct hk_sim *sim) {
    for (size_t i = 0; i < sim->bank_count; i++)
        for (int p = 0; p < sim->threads; p++)
            memset(sim->banks[i].sums[p], 0, sim->banks[i].slots[p] * sizeof(int32_t));
    for (size_t i = 0; i < sim->bundle_count; i++)
        for (int p = 0; p < sim->threads; p++) {
            struct hk_flight *flight = &sim->bundles[i]->parts[p].flight;
            memset(flight->count, 0, (size_t)sim->slots * sizeof *flight->count);
            flight->next = 0;
        }
}

/* ---- what callers see ---- */

static size_t slot_at(const struct hk_bundle *bundle, const struct hk_bundle_part *part,
                      hk_syn at) {
    return bundle->shared ? part->slot[at] : part->synapse[at] & 0xffff;
}

void hk_bundle_visit(const struct hk_proj *proj, int thread, hk_bundle_visitor *visit,
                     void *context) {
    const struct hk_bundle *bundle = proj->bundle;
    const struct hk_bundle_part *part = &bundle->parts[thread];
    size_t first = receptor_of(proj)->slot[thread], end = first + owned_count(proj->target, thread);
    for (hk_neuron source = 0; source < bundle->source->size; source++)
        for (uint32_t d = 0; d < bundle->delays; d++) {
            hk_syn at = hk_bundle_at(bundle, part, source, d);
            for (; at < hk_bundle_at(bundle, part, source, d + 1); at++) {
                size_t slot = slot_at(bundle, part, at);
                if (slot < first || slot >= end) continue;
                visit(context, source, (hk_neuron)(slot - first), bundle->delay_min + d, at);
            }
        }
}

double hk_bundle_weight(const struct hk_proj *proj, int thread, hk_syn at) {
    const struct hk_bundle *bundle = proj->bundle;
    const struct hk_bundle_part *part = &bundle->parts[thread];
    int32_t whole = bundle->shared ? bundle->weight : (int16_t)(uint16_t)(part->synapse[at] >> 16);
    return whole * receptor_of(proj)->unit;
}

bool hk_bundle_set_weight(const struct hk_proj *proj, int thread, hk_syn at, double weight,
                          struct hk_err *err) {
    struct hk_bundle_part *part = &proj->bundle->parts[thread];
    double whole = nearbyint(weight / receptor_of(proj)->unit);
    if (fabs(whole) > INT16_MAX)
        return HK_FAIL(err, HK_ERR_RANGE,
                       "%s: a weight of %g is larger than those it was built with, at most %g",
                       proj->name, weight, INT16_MAX * receptor_of(proj)->unit);
    part->synapse[at] = (part->synapse[at] & 0xffff) | (uint32_t)(uint16_t)(int16_t)whole << 16;
    return true;
}
