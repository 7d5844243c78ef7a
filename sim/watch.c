#include "sim/watch.h"

#include "sim/exact_internal.h"

#include <string.h>

enum { RING_MAX = 1 << 17 };

/* What one thread copies. */
struct part {
    size_t first, count; /* of the watch's units */
    char *frames;        /* [ring][count] of hk_real */
};

struct hk_watch {
    struct hk_watch *next;
    struct hk_pop *pop;
    size_t column, count;
    hk_neuron *units;
    const struct hk_pop *trigger;
    hk_watcher *watcher;
    void *context;
    hk_tick every, from, to;
    hk_tick ring;       /* frames that are kept, a power of two: those of two windows at least */
    struct part *parts; /* [threads] */
    char *frame;        /* [count] put together */
};

/* ---- making one ---- */

static bool make_part(struct hk_watch *watch, int thread, struct hk_err *err) {
    const struct hk_pop *pop = watch->pop;
    struct part *part = &watch->parts[thread];
    while (part->first < watch->count && watch->units[part->first] < pop->part[thread])
        part->first++;
    size_t end = part->first;
    while (end < watch->count && watch->units[end] < pop->part[thread + 1]) end++;
    part->count = end - part->first;
    part->frames = hk_sim_reals(pop->sim, part->count * (size_t)watch->ring, err);
    return part->frames != NULL;
}

/* The other threads are at most one window ahead of thread 0. */
static bool plan_ring(struct hk_watch *watch, struct hk_err *err) {
    const struct hk_pop *pop = watch->pop;
    hk_tick frames = watch->every ? 2 * pop->sim->window / watch->every + 2 : 1;
    if (frames > RING_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT,
                       "%s.%s can't be recorded at each tick of %g ms: give a longer `every:`, or "
                       "the run a longer resolution",
                       pop->name, pop->info[watch->column].name, pop->sim->options.tick_ms);
    for (watch->ring = 1; watch->ring < frames;) watch->ring *= 2;
    return true;
}

struct hk_watch *hk_pop_watch(struct hk_pop *pop, const struct hk_watch_spec *spec,
                              struct hk_err *err) {
    struct hk_sim *sim = pop->sim;
    HK_ASSERT(sim->built && spec->column < pop->column_count);
    struct hk_watch *watch = HK_NEW(sim->arena, struct hk_watch, 1, err);
    if (!watch) return NULL;
    *watch = (struct hk_watch){.pop = pop,
                               .column = spec->column,
                               .count = spec->count,
                               .trigger = spec->trigger,
                               .watcher = spec->watcher,
                               .context = spec->context,
                               .every = spec->every};
    if (spec->trigger) sim->pops[spec->trigger->index]->is_trigger = true;
    if (!plan_ring(watch, err)) return NULL;
    watch->units = HK_NEW(sim->arena, hk_neuron, spec->count, err);
    watch->frame = hk_sim_reals(sim, spec->count, err);
    watch->parts = HK_NEW(sim->arena, struct part, (size_t)sim->threads, err);
    if (!watch->units || !watch->frame || !watch->parts) return NULL;
    memcpy(watch->units, spec->units, spec->count * sizeof *spec->units);
    for (int p = 0; p < sim->threads; p++)
        if (!make_part(watch, p, err)) return NULL;
    struct hk_watch **last = &sim->watches;
    while (*last) last = &(*last)->next;
    *last = watch;
    return watch;
}

/* ---- frames ---- */

/* The first after `after`, INT64_MAX: none. */
static hk_tick next_frame(const struct hk_watch *watch, hk_tick after) {
    if (watch->from >= watch->to) return INT64_MAX;
    if (after < watch->from) return watch->from;
    hk_tick number = (after - watch->from) / watch->every + 1;
    hk_tick last = (watch->to - 1 - watch->from) / watch->every;
    return number <= last ? watch->from + number * watch->every : INT64_MAX;
}

hk_tick hk_watches_next(const struct hk_sim *sim, hk_tick after) {
    hk_tick first = INT64_MAX;
    for (const struct hk_watch *watch = sim->watches; watch; watch = watch->next) {
        hk_tick next = next_frame(watch, after);
        if (next < first) first = next;
    }
    return first;
}

static size_t slot_of(const struct hk_watch *watch, hk_tick tick) {
    return watch->every ? (size_t)((tick - watch->from) / watch->every & (watch->ring - 1)) : 0;
}

static char *frame_at(const struct hk_watch *watch, const struct part *part, hk_tick tick) {
    return part->frames + slot_of(watch, tick) * part->count * watch->pop->sim->real_size;
}

static void gather(const struct hk_watch *watch, int thread, hk_tick tick) {
    const struct part *part = &watch->parts[thread];
    const struct hk_view view = {watch->column, watch->units + part->first, part->count, tick};
    hk_pop_gather(watch->pop, thread, &view, frame_at(watch, part, tick));
}

void hk_watches_gather(const struct hk_sim *sim, int thread, hk_tick tick) {
    for (const struct hk_watch *watch = sim->watches; watch; watch = watch->next)
        if (next_frame(watch, tick - 1) == tick) gather(watch, thread, tick);
}

static bool tell_frame(struct hk_watch *watch, hk_tick tick, struct hk_err *err) {
    const struct hk_sim *sim = watch->pop->sim;
    for (int p = 0; p < sim->threads; p++) {
        const struct part *part = &watch->parts[p];
        memcpy(watch->frame + part->first * sim->real_size, frame_at(watch, part, tick),
               part->count * sim->real_size);
    }
    return watch->watcher(watch->context, tick, watch->frame, err);
}

static bool is_triggered(const struct hk_watch *watch, hk_tick tick) {
    const struct hk_sim *sim = watch->pop->sim;
    const uint32_t *units;
    if (watch->trigger && sim->exact) return hk_exact_heard(watch->trigger, tick);
    for (int p = 0; watch->trigger && p < sim->threads; p++)
        if (hk_spikes(sim, watch->trigger, tick, p, &units) > 0) return true;
    return !watch->trigger;
}

bool hk_watches_tell(struct hk_sim *sim, hk_tick from, hk_tick to, struct hk_err *err) {
    for (struct hk_watch *watch = sim->watches; watch; watch = watch->next)
        for (hk_tick tick = next_frame(watch, from); tick <= to; tick = next_frame(watch, tick))
            if (is_triggered(watch, tick) && !tell_frame(watch, tick, err)) return false;
    return !sim->follower || sim->follower(sim->follower_context, to, err);
}

bool hk_watch_now(struct hk_watch *watch, struct hk_err *err) {
    const struct hk_sim *sim = watch->pop->sim;
    for (int p = 0; p < sim->threads; p++) gather(watch, p, sim->now);
    return tell_frame(watch, sim->now, err);
}

bool hk_watch_begin(struct hk_watch *watch, hk_tick from, hk_tick to, struct hk_err *err) {
    hk_tick now = watch->pop->sim->now;
    HK_ASSERT(from >= now);
    watch->from = from;
    watch->to = watch->every ? to : from;
    return watch->trigger || from > now || watch->to <= now || hk_watch_now(watch, err);
}

void hk_sim_follow(struct hk_sim *sim, hk_follower *follower, void *context) {
    sim->follower = follower;
    sim->follower_context = context;
}
