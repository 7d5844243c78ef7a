/* What hk_sim_build will ask the arena for, added up by the same arithmetic as sim/sim.c,
 * sim/population.c, sim/signal.c, sim/projection.c, sim/bundle.c and sim/credit.c ask. Threads are
 * taken to own equal parts. */
#include "sim/estimate.h"

#include "sim/exact_internal.h"
#include "sim/late.h"

#include <math.h>

static bool is_exact(const struct hk_sim *sim) {
    return sim->options.clock == HK_CLOCK_EXACT;
}

/* ---- bundles ---- */

/* Which bundle a projection's synapses go to, if they are plain. */
struct seat {
    bool taken;
    size_t bundle;
};

struct joint {
    const struct hk_proj *like; /* its first member */
    hk_tick first, last;        /* delays */
    double synapses, targets;
};

struct joining {
    const struct hk_sim *sim;
    struct seat *seats;   /* [projection] */
    struct joint *joints; /* [joint_count] of at most as many */
    size_t joint_count;
    double bytes;
};

static bool same_receptor(const struct hk_proj *a, const struct hk_proj *b) {
    return a->target == b->target && a->receptor == b->receptor;
}

/* The sums of the receptor, where no earlier projection brought them. */
static void add_sums(struct joining *j, const struct hk_proj *proj) {
    for (size_t i = 0; i < proj->index; i++)
        if (j->seats[i].taken && same_receptor(j->sim->projs[i], proj)) return;
    j->bytes += (double)j->sim->threads * sizeof(size_t) +
                (double)proj->target->padded * (double)hk_bundle_sum_size(j->sim);
}

static bool fits(const struct joining *j, size_t joint, const struct hk_proj *proj) {
    const struct hk_proj *like = j->joints[joint].like;
    bool shared = proj->weight.kind == HK_DIST_CONSTANT;
    if (like->source != proj->source) return false;
    if (shared != (like->weight.kind == HK_DIST_CONSTANT)) return false;
    if (shared && like->weight.a != proj->weight.a) return false;
    for (size_t i = 0; i < proj->index; i++)
        if (j->seats[i].taken && j->seats[i].bundle == joint &&
            same_receptor(j->sim->projs[i], proj))
            return false;
    return true;
}

static void join(struct joining *j, const struct hk_proj *proj, double synapses) {
    size_t at = 0;
    hk_tick first = proj->delay_min, last = first + (hk_tick)proj->delays - 1;
    add_sums(j, proj);
    while (at < j->joint_count && !fits(j, at, proj)) at++;
    struct joint *joint = &j->joints[at];
    if (at == j->joint_count) {
        *joint = (struct joint){.like = proj, .first = first, .last = last};
        j->joint_count++;
    }
    if (first < joint->first) joint->first = first;
    if (last > joint->last) joint->last = last;
    joint->synapses += synapses;
    joint->targets += proj->target->size;
    j->seats[proj->index] = (struct seat){.taken = true, .bundle = at};
}

/* Runs of a segment, each of which has a header: one, and one more for each other page of the
 * thread's targets that any synapse ends in. */
static double runs_of(double synapses, double pages) {
    return pages > 1.0 ? fmax(1.0, pages * (1.0 - exp(-synapses / pages))) : 1.0;
}

/* Segments are one for each source and delay, fewer where rows end early. */
static double joint_bytes(const struct joining *j, const struct joint *joint) {
    const struct hk_sim *sim = j->sim;
    double sources = joint->like->source->size, threads = sim->threads;
    double segments = sources * (double)(joint->last - joint->first + 1);
    double headers = segments * runs_of(joint->synapses / threads / segments,
                                        joint->targets / threads / HK_PAGE);
    bool shared = joint->like->weight.kind == HK_DIST_CONSTANT;
    bool narrow = hk_bundles_are_narrow(sim, shared);
    double word = narrow ? sizeof(uint16_t) + (shared ? 0.0 : sizeof(double)) : sizeof(uint32_t);
    double part = sizeof(struct hk_bundle_part) + (sources + 1.0) * sizeof(hk_syn) +
                  headers * word * (narrow ? 2.0 : 1.0);
    return threads * part + joint->synapses * word + sizeof(struct hk_bundle) +
           (double)sim->proj_count * sizeof(struct hk_proj *);
}

/* ---- projections that are stored alone ---- */

/* Of each thread. On the exact clock those of the delays that a source's synapses drew: hardly any
 * twice, unless there are few to draw. */
static double rows_of(const struct hk_proj *proj, double synapses) {
    double sources = proj->source->size, delays = (double)proj->delays;
    if (!is_exact(proj->sim)) return (double)proj->rows;
    double each = synapses / sources / proj->sim->threads;
    return delays > 1.0 ? sources * delays * -expm1(-each / delays) : sources;
}

static bool is_listed(const struct hk_proj *proj) {
    return proj->storage == HK_STORE_ROWS || proj->storage == HK_STORE_TIMED;
}

/* The longest list that is gathered from rows is taken to be twice the mean one, as drawn numbers
 * rarely exceed. */
static double longest_list(const struct hk_proj *proj, double synapses, double least) {
    double rows = rows_of(proj, synapses) * proj->sim->threads, targets = proj->target->size;
    if (!is_listed(proj)) return least;
    return fmax(least, 2.0 * synapses / fmin(rows, targets));
}

/* The weights of a row of a matrix, of all threads. */
static double row_places(const struct hk_proj *proj) {
    size_t lines = ((size_t)proj->target->size + HK_LINE_UNITS - 1) / HK_LINE_UNITS;
    return (double)(lines * HK_LINE_UNITS);
}

/* What each synapse remembers, where its weight lies. */
static double eligibility_bytes(const struct hk_proj *proj, double synapses, double longest) {
    double threads = proj->sim->threads, real = (double)proj->sim->real_size;
    bool matrix = proj->storage == HK_STORE_MATRIX;
    double places = matrix ? (double)proj->rows * row_places(proj) : synapses;
    return (places + threads * longest) *
           ((double)proj->plasticity->memory_count * real + sizeof(hk_tick));
}

/* Targets that have fired lately. */
static double recent_bytes(const struct hk_proj *proj) {
    double threads = proj->sim->threads, targets = proj->target->size;
    double seen = (double)hk_plasticity_post_seen(proj->plasticity);
    double each = seen * (double)proj->sim->real_size + sizeof(uint32_t) + sizeof(hk_tick);
    double rows = (double)proj->rows * sizeof(uint64_t);
    return threads * (sizeof(struct hk_recent) + HK_LINE_UNITS * each + rows) +
           targets * (each + sizeof(uint32_t));
}

/* Traces and what they are gathered in. */
static double plastic_bytes(const struct hk_proj *proj, double synapses) {
    const struct hk_sim *sim = proj->sim;
    double threads = sim->threads, rows = rows_of(proj, synapses), real = (double)sim->real_size;
    double targets = proj->target->size, bytes = 0.0;
    bool matrix = proj->storage == HK_STORE_MATRIX;
    double longest = longest_list(proj, synapses, matrix ? fmax(rows, targets / threads) : 0.0);
    double pre = (double)proj->plasticity->pre_count, post = (double)proj->plasticity->post_count;
    longest += HK_LINE_UNITS;
    bytes += threads * longest * real * HK_TRACE_MAX;
    bytes += threads * rows * (sizeof(hk_tick) + 2.0 * pre * real);
    bytes += targets * (sizeof(hk_tick) + 2.0 * post * real);
    if (is_listed(proj)) bytes += 2.0 * synapses * sizeof(uint32_t) + targets * sizeof(hk_syn);
    bytes += threads * longest * real * (1.0 + post);
    if (matrix && proj->plasticity->memory_count == 0) bytes += recent_bytes(proj);
    return bytes + (hk_proj_lapses(proj) ? eligibility_bytes(proj, synapses, longest) : 0.0);
}

/* Room to learn from presentations. */
static double credit_bytes(const struct hk_proj *proj, double synapses) {
    const struct hk_sim *sim = proj->sim;
    double threads = sim->threads, rows = (double)proj->rows, real = (double)sim->real_size;
    double targets = proj->target->size;
    double longest = longest_list(proj, synapses, targets / threads);
    double lists = (targets + 1.0) * (sizeof(uint32_t) + real);
    double active = rows * (2.0 * sizeof(uint32_t) + (double)sim->remembered * real);
    return threads * (lists + active + longest * (sizeof(size_t) + 3.0 * real)) +
           targets * (sizeof(int32_t) + HK_CREDIT_ROWS * real);
}

/* What sources remember, on the exact clock for each thread. */
static double memory_bytes(const struct hk_proj *proj) {
    const struct hk_sim *sim = proj->sim;
    double each = HK_SYNAPSE_STATE_MAX * sizeof(double) + sizeof(hk_tick);
    double released = (double)sim->real_size * (double)sim->slots; /* of none on the exact clock */
    return proj->source->size * (is_exact(sim) ? sim->threads * each : each + released);
}

static double projection_bytes(const struct hk_proj *proj, double synapses) {
    const struct hk_sim *sim = proj->sim;
    double threads = sim->threads, rows = rows_of(proj, synapses), real = (double)sim->real_size;
    bool shared = proj->weight.kind == HK_DIST_CONSTANT && !proj->plasticity;
    double sources = proj->source->size, bytes = 0.0;
    if (is_listed(proj))
        bytes += threads * (rows + 1.0) * sizeof(hk_syn) +
                 synapses * (sizeof(uint32_t) + (shared ? 0.0 : real));
    if (is_exact(sim))
        bytes += threads * (sources + 1.0) * sizeof(size_t) +
                 (proj->delays > 1 ? threads * rows * sizeof(uint32_t) : 0.0);
    if (proj->storage == HK_STORE_MATRIX) bytes += rows * row_places(proj) * real;
    if (proj->storage == HK_STORE_LATE)
        bytes += hk_late_bytes(proj, synapses);
    else if (hk_proj_learns(proj))
        bytes += plastic_bytes(proj, synapses);
    if (hk_proj_is_judged(proj)) bytes += credit_bytes(proj, synapses);
    if (hk_proj_remembers(proj)) bytes += memory_bytes(proj);
    if (proj->source->dropout > 0.0 && !is_exact(sim)) bytes += proj->target->size * real;
    return bytes;
}

static bool add_projections(struct joining *j, struct hk_err *err) {
    const struct hk_sim *sim = j->sim;
    for (size_t i = 0; i < sim->proj_count; i++) {
        const struct hk_proj *proj = sim->projs[i];
        double synapses = 0.0;
        if (!hk_proj_expect(proj, &synapses, err)) return false;
        j->bytes += (double)sim->threads * sizeof(struct hk_proj_part);
        if (hk_proj_is_plain(proj)) /* no sum overflows */
            join(j, proj, synapses);
        else
            j->bytes += projection_bytes(proj, synapses);
    }
    for (size_t k = 0; k < j->joint_count; k++) j->bytes += joint_bytes(j, &j->joints[k]);
    return true;
}

/* ---- spikes and sleep ---- */

/* A list of spikes for each tick, population and thread: whole pages of it are touched. */
static double history_bytes(const struct hk_sim *sim, const double *spikes) {
    enum { PAGE = 4096 };
    double slots = (double)sim->slots, threads = sim->threads, lists = (double)sim->pop_count;
    double bytes = 0.0;
    for (size_t i = 0; i < sim->pop_count; i++) {
        double most = (double)sim->pops[i]->size * sim->pops[i]->burst * sizeof(uint32_t);
        double some = (spikes ? spikes[i] : 0.0) * sizeof(uint32_t) + threads * PAGE;
        bytes += slots * fmin(some, most);
    }
    double counts = slots * (double)sim->counts_stride * sizeof(uint32_t);
    return bytes + threads * (counts + lists * sizeof(size_t));
}

/* Of a population that can sleep: its units, its groups, marks of its sums. */
static double sleep_bytes(const struct hk_pop *pop) {
    const struct hk_sim *sim = pop->sim;
    double sums = sizeof(uint64_t) + sizeof(uint32_t); /* of each receptor */
    double each = sizeof(unsigned char) + sizeof(uint32_t) + sizeof(hk_tick) +
                  (double)pop->receptor_count * sums;
    if (!hk_alone_possible(pop) || pop->drive_count) return 0.0;
    for (size_t i = 0; i < sim->proj_count; i++)
        if (sim->projs[i]->target == pop && !hk_proj_is_plain(sim->projs[i])) return 0.0;
    return sizeof(struct hk_sleep) + sizeof(struct hk_alone) + (double)pop->groups * each +
           (double)pop->padded * sizeof(hk_tick);
}

/* ---- the exact clock ---- */

/* Of a population: ways to thresholds, and since when. */
static double exact_pop_bytes(const struct hk_pop *pop) {
    const double threads = pop->sim->threads;
    if (!pop->neuron) return 0.0;
    return sizeof(struct hk_alone) +
           (double)pop->padded * (sizeof(struct hk_way) + sizeof(hk_tick)) +
           threads * (sizeof(double) + sizeof(hk_tick) +
                      (double)pop->drive_count * sizeof(struct hk_pulses));
}

static double exact_bytes(const struct hk_sim *sim) {
    double pops = (double)sim->pop_count;
    return sizeof(struct hk_exact) + pops * sizeof(struct hk_exact_pop) +
           sim->threads * (sizeof(struct hk_exact_thread) + (pops + 1.0) * sizeof(size_t));
}

/* ---- all of it ---- */

static double population_bytes(const struct hk_pop *pop) {
    enum { BLAME_ERROR_GATE = 3 };
    const struct hk_sim *sim = pop->sim;
    double threads = sim->threads, padded = (double)(pop->padded * sim->real_size);
    double places = (double)(hk_pop_places(pop) * sim->real_size);
    bool judged = false;
    for (size_t i = 0; i < sim->proj_count; i++)
        judged |= sim->projs[i]->target == pop && hk_proj_is_judged(sim->projs[i]);
    return threads * (sizeof(hk_neuron) + sizeof(struct hk_raster)) +
           3.0 * (double)sim->proj_count * sizeof(struct hk_proj *) +
           places * (double)(pop->column_count + pop->receptor_count) +
           padded * (judged ? BLAME_ERROR_GATE : 0) +
           (is_exact(sim) ? exact_pop_bytes(pop) : sleep_bytes(pop));
}

bool hk_sim_expect(struct hk_sim *sim, const double *spikes, struct hk_sim_need *need,
                   struct hk_err *err) {
    HK_ASSERT(!sim->built);
    hk_sim_plan(sim);
    struct hk_block seats = {0}, joints = {0};
    struct joining j = {.sim = sim,
                        .bytes = (double)hk_sim_memory(sim) + history_bytes(sim, spikes) +
                                 (is_exact(sim) ? exact_bytes(sim) : 0.0)};
    for (size_t i = 0; i < sim->pop_count; i++) j.bytes += population_bytes(sim->pops[i]);
    j.bytes += (double)sim->threads * (double)sim->signal_count * sizeof(struct hk_signal_copy);
    bool ok = hk_block_reserve(&seats, sim->proj_count, sizeof *j.seats, err) &&
              hk_block_reserve(&joints, sim->proj_count, sizeof *j.joints, err);
    j.seats = seats.data;
    j.joints = joints.data;
    ok = ok && add_projections(&j, err);
    hk_block_finish(&seats);
    hk_block_finish(&joints);
    *need = (struct hk_sim_need){.memory = j.bytes, .threads = sim->threads, .window = sim->window};
    return ok;
}
