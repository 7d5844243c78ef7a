/* Creating, building and ending a simulation. Running it: sim/run.c. */
#include "sim/sim_internal.h"

#include "sim/estimate.h"
#include "sim/exact_internal.h"
#include "sim/late.h"
#include "sim/machine.h"

#include <string.h>

struct hk_sim *hk_sim_create(const struct hk_sim_options *options, struct hk_err *err) {
    if (!(options->tick_ms > 0.0) || options->tick_ms > 1e6) {
        (void)HK_FAIL(err, HK_ERR_RANGE, "resolution = %g ms, must be above 0", options->tick_ms);
        return NULL;
    }
    if (options->threads < 0 || options->threads > HK_THREADS_MAX) {
        (void)HK_FAIL(err, HK_ERR_RANGE, "threads = %d, must be in 0..%d", options->threads,
                      HK_THREADS_MAX);
        return NULL;
    }
    struct hk_arena *arena = hk_arena_create(err);
    if (!arena) return NULL;
    struct hk_sim *sim = HK_NEW(arena, struct hk_sim, 1, err);
    if (!sim) goto failed;
    enum hk_isa isa = hk_isa_best();
    sim->arena = arena;
    sim->options = *options;
    if (options->clock == HK_CLOCK_EXACT) sim->options.precision = HK_DOUBLE;
    sim->real_size = sim->options.precision == HK_DOUBLE ? sizeof(double) : sizeof(float);
    sim->step = hk_kernels_step_variant[sim->options.precision][isa];
    sim->learn = hk_kernels_learn_variant[sim->options.precision][isa];
    sim->late = hk_kernels_late_variant[sim->options.precision][isa];
    sim->bundle = hk_kernels_bundle_variant[sim->options.precision][isa];
    sim->on_exact = hk_kernels_exact_variant[sim->options.precision][isa];
    sim->replay = hk_kernels_replay_variant[sim->options.precision][isa];
    sim->sleep = hk_kernels_sleep_variant[sim->options.precision][isa];
    sim->draws = hk_kernels_draws_variant[sim->options.precision][isa];
    sim->credit = hk_kernels_credit_variant[sim->options.precision][isa];
    sim->columns = hk_kernels_columns_variant[sim->options.precision][isa];
    sim->adapting = true;
    if (!(sim->zeros = hk_sim_reals(sim, HK_BLOCK, err))) goto failed;
    sim->pops = HK_NEW(arena, struct hk_pop *, HK_POPS_MAX, err);
    sim->projs = HK_NEW(arena, struct hk_proj *, HK_PROJS_MAX, err);
    if (sim->pops && sim->projs) return sim;
failed:
    hk_arena_destroy(arena);
    return NULL;
}

void hk_sim_destroy(struct hk_sim *sim) {
    if (!sim) return;
    hk_pool_destroy(sim->pool);
    hk_bundles_finish(sim);
    for (size_t i = 0; i < sim->proj_count; i++)
        if (sim->projs[i]->storage == HK_STORE_LATE) hk_late_finish(sim->projs[i]);
    hk_exact_finish(sim);
    for (size_t i = 0; i < sim->pop_count; i++)
        for (int p = 0; sim->pops[i]->shown && p < sim->threads; p++)
            hk_raster_finish(&sim->pops[i]->shown[p]);
    hk_arena_destroy(sim->arena);
}

/* ---- building ---- */

/* The window is the smallest delay between neurons; the ring of spikes spans the largest of all. */
static void plan_time(struct hk_sim *sim) {
    hk_tick longest = 0;
    if (sim->options.clock == HK_CLOCK_EXACT) return; /* it is seen when delays have been drawn */
    sim->window = HK_WINDOW_MAX;
    for (size_t i = 0; i < sim->proj_count; i++) {
        const struct hk_proj *proj = sim->projs[i];
        hk_tick last = proj->delay_min + (hk_tick)proj->delays - 1;
        if (last > longest) longest = last;
        if (proj->source->neuron && proj->delay_min < sim->window) sim->window = proj->delay_min;
        if (proj->plasticity && last + proj->plasticity->lag > longest)
            longest = last + proj->plasticity->lag;
    }
    for (size_t i = 0; i < sim->signal_count; i++) {
        const struct hk_signal *signal = sim->signals[i];
        bool from_neurons = signal->from && signal->from->neuron;
        if (signal->delay > longest) longest = signal->delay;
        if (from_neurons && signal->delay < sim->window) sim->window = signal->delay;
    }
    if (sim->remembered > longest) longest = sim->remembered;
    /* Behind the newest window lie one that a listener may still read and the reach of delays;
     * before it the one that sources are emitted for. */
    hk_tick reach = longest + 3 * sim->window + 2;
    for (sim->slots = 4; sim->slots < reach;) sim->slots *= 2;
}

/* A thread is worth its barriers from some thousand neuron steps a window on, where conductances
 * and doubles each make a step twice the work; on the exact clock from some thousand neurons on.
 * Between cores far from each other a barrier takes six times as long (docs/performance.md). */
static int choose_threads(const struct hk_sim *sim) {
    enum { STEPS_PER_THREAD = 2500, LOOKED_AT_PER_THREAD = 4096 };
    if (sim->options.threads) return sim->options.threads;
    uint64_t neurons = 0, steps = 0;
    for (size_t i = 0; i < sim->pop_count; i++) {
        const struct hk_pop *pop = sim->pops[i];
        if (!pop->neuron) continue;
        neurons += pop->size;
        steps += (uint64_t)pop->size * (pop->conducting ? 2 : 1);
    }
    if (sim->options.precision == HK_DOUBLE) steps *= 2;
    bool is_exact = sim->options.clock == HK_CLOCK_EXACT;
    uint64_t useful = is_exact ? neurons / LOOKED_AT_PER_THREAD
                               : steps * (uint64_t)sim->window / STEPS_PER_THREAD;
    if (useful < 2) return 1;
    uint64_t cores = (uint64_t)hk_machine_cores();
    uint64_t threads = useful < cores ? useful : cores;
    return threads > HK_THREADS_MAX ? HK_THREADS_MAX : (int)threads;
}

/* What one thread writes at a tick and others read has a line of its own, and what is swept a gap:
 * a line that goes back and forth between cores takes as long as a hundred units. */
static void plan_lines(struct hk_sim *sim) {
    const size_t line = HK_CACHE_LINE / sizeof(uint32_t);
    size_t lines = (sim->pop_count + line - 1) / line;
    sim->counts_stride = sim->threads > 1 ? lines * line : sim->pop_count;
    sim->gap = sim->threads > 1 && sim->options.clock != HK_CLOCK_EXACT ? HK_GROUP : 0;
}

void hk_sim_plan(struct hk_sim *sim) {
    plan_time(sim);
    sim->threads = choose_threads(sim);
    plan_lines(sim);
}

static bool build_history(struct hk_sim *sim, int thread, struct hk_err *err) {
    struct hk_history *history = &sim->history[thread];
    history->pop_offset = HK_NEW(sim->arena, size_t, sim->pop_count, err);
    if (!history->pop_offset) return false;
    for (size_t i = 0; i < sim->pop_count; i++) {
        const struct hk_pop *pop = sim->pops[i];
        size_t owned = hk_pop_owned(pop, thread);
        history->pop_offset[i] = history->slot_size;
        history->slot_size += owned * pop->burst;
    }
    size_t slots = (size_t)sim->slots;
    if (history->slot_size > SIZE_MAX / slots / sizeof(uint32_t))
        return HK_FAIL(err, HK_ERR_MEMORY, "no memory for the spikes of %zu ticks", slots);
    history->units = hk_arena_sparse(sim->arena, history->slot_size * slots, sizeof(uint32_t), err);
    history->counts = hk_arena_array(sim->arena, sim->counts_stride * slots, sizeof(uint32_t),
                                     HK_CACHE_LINE, err);
    return history->units && history->counts;
}

static bool build_grid(struct hk_sim *sim, struct hk_err *err) {
    for (int p = 0; p < sim->threads; p++)
        if (!build_history(sim, p, err)) return false;
    if (!hk_bundles_build(sim, err)) return false;
    for (size_t i = 0; i < sim->proj_count; i++) {
        struct hk_proj *proj = sim->projs[i];
        if (proj->storage != HK_STORE_BUNDLE)
            proj->target->receptors[proj->receptor].delivered = true;
    }
    for (size_t i = 0; i < sim->pop_count; i++) hk_pop_count_others(sim->pops[i]);
    for (size_t i = 0; i < sim->proj_count; i++)
        if (!hk_proj_build(sim->projs[i], err)) return false;
    return hk_sleep_build(sim, err) && hk_credit_build(sim, err);
}

static bool build_exact(struct hk_sim *sim, struct hk_err *err) {
    for (size_t i = 0; i < sim->proj_count; i++)
        if (!hk_proj_build(sim->projs[i], err)) return false;
    return hk_exact_build(sim, err);
}

/* Units, and synapses if each target had as many as it may. */
static double largest_size(const struct hk_sim *sim) {
    double size = 0.0;
    for (size_t i = 0; i < sim->pop_count; i++) size += sim->pops[i]->size;
    for (size_t i = 0; i < sim->proj_count; i++) {
        const struct hk_proj *proj = sim->projs[i];
        size +=
            (double)proj->connect->draw_max(proj->connect_param, &proj->shape) * proj->target->size;
    }
    return size;
}

/* What can't be held is refused before hours go into drawing it. What is expected may be a fifth
 * too much; small networks aren't made to wait for it. */
static bool fits_machine(struct hk_sim *sim, struct hk_err *err) {
    const double gib = 0x1p30, least = 0.8, small = 1e6;
    struct hk_sim_need need;
    if (largest_size(sim) < small) return true;
    if (!hk_sim_expect(sim, NULL, &need, err)) return false;
    const double room = hk_machine_memory_and_swap();
    if (least * need.memory <= room) return true;
    return HK_FAIL(err, HK_ERR_MEMORY,
                   "the network takes some %.3g GiB, and there are %.3g GiB of memory and swap",
                   need.memory / gib, room / gib);
}

bool hk_sim_build(struct hk_sim *sim, struct hk_err *err) {
    HK_ASSERT(!sim->built);
    hk_sim_plan(sim);
    if (!fits_machine(sim, err)) return false;
    if (!(sim->pool = hk_pool_create(sim->arena, sim->threads, err))) return false;
    sim->history = HK_NEW(sim->arena, struct hk_history, (size_t)sim->threads, err);
    sim->tally = HK_NEW(sim->arena, struct hk_tally, (size_t)sim->threads, err);
    if (!sim->history || !sim->tally) return false;
    for (size_t i = 0; i < sim->pop_count; i++)
        if (!hk_pop_build(sim->pops[i], err)) return false;
    for (size_t i = 0; i < sim->signal_count; i++)
        if (!hk_signal_build(sim->signals[i], err)) return false;
    bool is_exact = sim->options.clock == HK_CLOCK_EXACT;
    sim->built = is_exact ? build_exact(sim, err) : build_grid(sim, err);
    return sim->built;
}

/* Bring units that were left alone to now. */
static void leave_off(struct hk_pop *pop) {
    if (pop->sim->exact)
        hk_exact_settle(pop);
    else
        hk_sleep_end(pop);
}

void hk_sim_reset_state(struct hk_sim *sim) {
    HK_ASSERT(sim->built);
    for (size_t i = 0; i < sim->pop_count; i++) {
        struct hk_pop *pop = sim->pops[i];
        leave_off(pop); /* what is slow stays, as it is now */
        for (size_t c = 0; c < pop->column_count; c++)
            if (!pop->info[c].slow) hk_pop_restart(pop, c);
        if (pop->held) memset(pop->held, 0, pop->groups * sizeof *pop->held);
    }
    if (sim->exact) {
        hk_exact_reset(sim);
    } else {
        hk_bundles_reset(sim);
        hk_sleep_reset(sim);
    }
    for (size_t i = 0; i < sim->proj_count; i++) hk_proj_reset(sim->projs[i]);
    for (size_t i = 0; i < sim->signal_count; i++) hk_signal_set(sim->signals[i], 0.0);
    size_t lists = (size_t)sim->slots * sim->counts_stride;
    for (int p = 0; p < sim->threads && !sim->exact; p++)
        memset(sim->history[p].counts, 0, lists * sizeof *sim->history[p].counts);
}

/* What lies before is settled as it was. */
void hk_sim_set_adapting(struct hk_sim *sim, bool adapting) {
    for (size_t i = 0; sim->built && adapting != sim->adapting && i < sim->pop_count; i++)
        leave_off(sim->pops[i]);
    sim->adapting = adapting;
}

void hk_sim_set_dropping(struct hk_sim *sim, bool dropping) {
    sim->dropping = dropping;
}

void hk_sim_remember(struct hk_sim *sim, hk_tick ticks) {
    HK_ASSERT(!sim->built);
    if (ticks > sim->remembered) sim->remembered = ticks;
}

hk_tick hk_sim_now(const struct hk_sim *sim) {
    return sim->now;
}

double hk_sim_tick_ms(const struct hk_sim *sim) {
    return sim->options.tick_ms;
}

int hk_sim_threads(const struct hk_sim *sim) {
    return sim->threads;
}

enum hk_clock hk_sim_clock(const struct hk_sim *sim) {
    return sim->options.clock;
}

enum hk_precision hk_sim_precision(const struct hk_sim *sim) {
    return sim->options.precision;
}

size_t hk_sim_memory(const struct hk_sim *sim) {
    return hk_arena_size(sim->arena);
}

struct hk_sim_counts hk_sim_count(const struct hk_sim *sim) {
    struct hk_sim_counts sum = {0};
    for (int p = 0; p < sim->threads; p++) {
        sum.spikes += sim->tally[p].counts.spikes;
        sum.events += sim->tally[p].counts.events;
        sum.pulses += sim->tally[p].counts.pulses;
        sum.updates += sim->tally[p].counts.updates;
        sum.additions += sim->tally[p].counts.additions;
        sum.multiplications += sim->tally[p].counts.multiplications;
    }
    return sum;
}
