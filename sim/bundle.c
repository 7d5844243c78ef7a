/* Bundles: the plain synapses of one source population, whatever they end in, stored together.
 *
 * A plain synapse only adds its weight: it is neither plastic nor does it remember. So the spikes
 * of a population walk through one row each for all targets, instead of one a projection. In single
 * precision a weight is a whole number of 16 bits, in units that belong to the receptor, and is
 * added to a whole-number sum: such sums don't depend on their order at all, and take 4 bytes a
 * synapse (2 where all weights are one). In double precision weights are what they are, 10 bytes
 * a synapse, and the unit is 1; a sum adds up spikes in the order of their departure, and of
 * sources, which threads don't change.
 *
 * A thread has one array of sums, for all receptors that get such synapses. 16 bits of a synapse
 * say which of a page of 65,536 it ends in. The unit of a receptor is as fine as 16 bits (one
 * weight: 24) and the proof allow that no sum can overflow: all synapses of a target at once, as
 * often as their sources can fire in a tick.
 *
 * Here: who joins, and what callers see. Drawing: sim/bundle_draw.c, delivery:
 * sim/kernels/bundle.c. */
#include "sim/sim_internal.h"

#include <math.h>
#include <string.h>

static struct hk_receptor *receptor_of(const struct hk_proj *proj) {
    return &proj->target->receptors[proj->receptor];
}

/* ---- planning ---- */

/* Give the receptor sums of its own, from a group on. */
static bool place_receptor(struct hk_sim *sim, const struct hk_pop *pop,
                           struct hk_receptor *receptor, struct hk_err *err) {
    if (receptor->slot) return true;
    receptor->slot = HK_NEW(sim->arena, size_t, (size_t)sim->threads, err);
    if (!receptor->slot) return false;
    for (int p = 0; p < sim->threads; p++) {
        struct hk_flight *flight = &sim->flights[p];
        receptor->slot[p] = flight->slots;
        flight->slots += hk_pop_owned(pop, p);
        flight->slots = (flight->slots + HK_GROUP - 1) / HK_GROUP * HK_GROUP;
        if (flight->slots > (size_t)HK_PAGES_MAX * HK_PAGE)
            return HK_FAIL(err, HK_ERR_LIMIT, "a thread owns more than %zu units",
                           (size_t)HK_PAGES_MAX * HK_PAGE);
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
        if (receptor_of(proj) != receptor || !hk_proj_is_plain(proj)) continue;
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
    receptor->unit = 1.0;
    if (hk_bundles_are_exact(sim)) return true;
    struct survey survey = survey_of(sim, receptor);
    double room = floor((double)INT32_MAX / fmax((double)survey.arrivals, 1.0));
    double most = fmin(survey.fine ? 0x1p24 : INT16_MAX, room);
    if (survey.weight > 0.0) receptor->unit = survey.weight / most;
    return most >= LEAST;
}

/* ---- joining ---- */

/* Does the projection fit into the bundle? Two that share source and receptor couldn't be told
 * apart in one. */
static bool fits(const struct hk_bundle *bundle, const struct hk_proj *proj, bool is_shared,
                 double weight) {
    if (bundle->source != proj->source) return false;
    if (bundle->is_shared != is_shared || bundle->weight != weight) return false;
    for (size_t k = 0; k < bundle->member_count; k++)
        if (receptor_of(bundle->members[k]) == receptor_of(proj)) return false;
    return true;
}

static struct hk_bundle *find_bundle(struct hk_sim *sim, const struct hk_proj *proj,
                                     struct hk_err *err) {
    bool is_shared = proj->weight.kind == HK_DIST_CONSTANT;
    double weight = 0.0;
    if (is_shared)
        weight = hk_bundles_are_exact(sim)
                     ? proj->weight.a
                     : hk_bundle_whole(proj->weight.a, receptor_of(proj)->unit);
    for (size_t i = 0; i < sim->bundle_count; i++)
        if (fits(sim->bundles[i], proj, is_shared, weight)) return sim->bundles[i];
    struct hk_bundle *bundle = HK_NEW(sim->arena, struct hk_bundle, 1, err);
    if (!bundle) return NULL;
    *bundle =
        (struct hk_bundle){.source = proj->source,
                           .index = sim->bundle_count,
                           .members = HK_NEW(sim->arena, struct hk_proj *, sim->proj_count, err),
                           .delay_min = proj->delay_min,
                           .delays = proj->delays,
                           .is_shared = is_shared,
                           .is_narrow = hk_bundles_are_narrow(sim, is_shared),
                           .weight = weight};
    if (!bundle->members) return NULL;
    sim->bundles[sim->bundle_count++] = bundle;
    return bundle;
}

/* Members lie in the order of their slots, the same with every thread, so that runs ascend. */
static void insert_member(struct hk_bundle *bundle, struct hk_proj *proj) {
    const struct hk_receptor *receptor = receptor_of(proj);
    size_t at = bundle->member_count++;
    for (; at > 0 && receptor_of(bundle->members[at - 1])->rank > receptor->rank; at--)
        bundle->members[at] = bundle->members[at - 1];
    bundle->members[at] = proj;
}

static bool join(struct hk_sim *sim, struct hk_proj *proj, struct hk_err *err) {
    struct hk_bundle *bundle = find_bundle(sim, proj, err);
    if (!bundle) return false;
    hk_tick first = proj->delay_min, last = first + proj->delays - 1;
    hk_tick end = bundle->delay_min + bundle->delays - 1;
    if (bundle->delay_min < first) first = bundle->delay_min;
    bundle->delays = (uint32_t)((end > last ? end : last) - first) + 1;
    bundle->delay_min = first;
    insert_member(bundle, proj);
    proj->storage = HK_STORE_BUNDLE;
    proj->bundle = bundle;
    return true;
}

static bool plan(struct hk_sim *sim, struct hk_err *err) {
    sim->bundles = HK_NEW(sim->arena, struct hk_bundle *, sim->proj_count, err);
    sim->flights =
        hk_arena_array(sim->arena, (size_t)sim->threads, sizeof *sim->flights, HK_CACHE_LINE, err);
    if (!sim->bundles || !sim->flights) return false;
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        struct hk_receptor *receptor = receptor_of(proj);
        if (!hk_proj_is_plain(proj) || !choose_unit(sim, receptor)) continue;
        if (!receptor->slot) receptor->rank = i;
        if (!place_receptor(sim, proj->target, receptor, err)) return false;
    }
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        if (hk_proj_is_plain(proj) && receptor_of(proj)->slot && !join(sim, proj, err))
            return false;
    }
    return true;
}

/* ---- building ---- */

/* Each thread's on lines of its own, and behind its sums, which are swept, a gap (hk_pop_shift). */
static bool allocate(struct hk_sim *sim, struct hk_err *err) {
    const size_t size = hk_bundle_sum_size(sim);
    for (int p = 0; p < sim->threads; p++) {
        struct hk_flight *flight = &sim->flights[p];
        flight->parts = hk_arena_array(sim->arena, sim->bundle_count, sizeof(struct hk_bundle_part),
                                       HK_CACHE_LINE, err);
        flight->sums =
            hk_arena_array(sim->arena, flight->slots + HK_GROUP, size, HK_CACHE_LINE, err);
        if (!flight->parts || !flight->sums) return false;
    }
    return true;
}

bool hk_bundles_build(struct hk_sim *sim, struct hk_err *err) {
    if (!plan(sim, err) || !allocate(sim, err)) return false;
    for (size_t i = 0; i < sim->bundle_count; i++)
        if (!hk_bundle_draw(sim->bundles[i], err)) return false;
    return true;
}

void hk_bundles_reset(struct hk_sim *sim) {
    for (int p = 0; p < sim->threads; p++) {
        struct hk_flight *flight = &sim->flights[p];
        memset(flight->sums, 0, flight->slots * hk_bundle_sum_size(sim));
        flight->tick = sim->now; /* a run that failed had gone on */
        for (size_t i = 0; i < sim->bundle_count; i++) flight->parts[i].spike_count = 0;
    }
}

void hk_bundles_finish(struct hk_sim *sim) {
    for (int p = 0; sim->flights && p < sim->threads; p++)
        for (size_t i = 0; sim->flights[p].parts && i < sim->bundle_count; i++)
            hk_block_finish(&sim->flights[p].parts[i].spikes);
}

/* ---- what callers see ---- */

/* One run of a row: where its synapses begin, and the next run. */
struct run {
    uint32_t count, page;
    bool last;
    hk_syn first;
};

static struct run run_at(const struct hk_bundle *bundle, const struct hk_bundle_part *part,
                         hk_syn at) {
    uint32_t header = bundle->is_narrow ? part->narrow[at] | (uint32_t)part->narrow[at + 1] << 16
                                        : part->packed[at];
    return (struct run){hk_run_count(header), hk_run_page(header), hk_run_is_last(header),
                        at + (bundle->is_narrow ? 2 : 1)};
}

static size_t slot_at(const struct hk_bundle *bundle, const struct hk_bundle_part *part,
                      uint32_t page, hk_syn at) {
    return (size_t)page * HK_PAGE +
           (bundle->is_narrow ? part->narrow[at] : part->packed[at] & (HK_PAGE - 1));
}

void hk_bundle_visit(const struct hk_proj *proj, int thread, hk_synapse_visitor *visit,
                     void *context) {
    const struct hk_bundle *bundle = proj->bundle;
    const struct hk_bundle_part *part = hk_bundle_part(bundle, thread);
    const size_t first = receptor_of(proj)->slot[thread];
    const size_t end = first + hk_pop_owned(proj->target, thread);
    for (hk_neuron source = 0; source < bundle->source->size; source++) {
        hk_syn at = part->start[source];
        for (hk_tick delay = bundle->delay_min; at < part->start[source + 1];) {
            struct run run = run_at(bundle, part, at);
            for (at = run.first; at < run.first + run.count; at++) {
                size_t slot = slot_at(bundle, part, run.page, at);
                if (slot < first || slot >= end) continue;
                visit(context, source, (hk_neuron)(slot - first), delay, at);
            }
            delay += run.last;
        }
    }
}

double hk_bundle_weight(const struct hk_proj *proj, int thread, hk_syn at) {
    const struct hk_bundle *bundle = proj->bundle;
    const struct hk_bundle_part *part = hk_bundle_part(bundle, thread);
    const double unit = receptor_of(proj)->unit;
    if (part->exact) return part->exact[at];
    return unit *
           (bundle->is_shared ? bundle->weight : (int16_t)(uint16_t)(part->packed[at] >> 16));
}

bool hk_bundle_set_weight(const struct hk_proj *proj, int thread, hk_syn at, double weight,
                          struct hk_err *err) {
    struct hk_bundle_part *part = hk_bundle_part(proj->bundle, thread);
    if (part->exact) {
        part->exact[at] = weight;
        return true;
    }
    double whole = nearbyint(weight / receptor_of(proj)->unit);
    if (fabs(whole) > INT16_MAX)
        return HK_FAIL(err, HK_ERR_RANGE,
                       "%s: a weight of %g is larger than those it was built with, at most %g",
                       proj->name, weight, INT16_MAX * receptor_of(proj)->unit);
    part->packed[at] = (part->packed[at] & 0xffff) | (uint32_t)(uint16_t)(int16_t)whole << 16;
    return true;
}
