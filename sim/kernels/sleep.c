/* Groups that sleep (sim/sleep.c; contract: sim/kernels.h). State is gathered into doubles, brought
 * to date by the models' closed forms, and put back rounded. */
#include "sim/kernels/gathered.h"

#include <string.h>

/* When a group is tested, how often it may be touched between two tests before it is cheaper to
 * step it, and for how long it then stays awake: ticks. */
enum { TEST_EVERY = 64, TOUCHES_MAX = 32, STAY_AWAKE = 512 };

/* All of the gathered are looked at as they are at `tick`. */
static void gather_at(const struct hk_pop *pop, struct gathered *g, hk_tick tick) {
    g->current = 0.0; /* who has drives doesn't sleep */
    for (size_t k = 0; k < g->count; k++) g->at[k] = tick;
    gather(pop, g);
}

static bool is_quiet(const struct hk_pop *pop, struct gathered *g) {
    /* Far above what single precision loses, far below what matters; mV. */
    const double MARGIN = 2e-3;
    struct measured m;
    bool quiet = true;
    measure(pop, g, &m);
    for (size_t k = 0; k < g->count; k++) quiet &= m.least[k] > MARGIN;
    return quiet;
}

/* ---- falling asleep and waking ---- */

static hk_sum *sums_of(const struct hk_pop *pop, int thread, size_t receptor, hk_neuron unit) {
    return (hk_sum *)pop->sim->flights[thread].sums + pop->receptors[receptor].slot[thread] +
           (unit - pop->part[thread]);
}

/* Of the sums of a receptor, the group that belongs to the group of units `first`. */
static size_t group_of_sums(const struct hk_pop *pop, int thread, size_t receptor,
                            hk_neuron first) {
    return (pop->receptors[receptor].slot[thread] + (first - pop->part[thread])) / HK_GROUP;
}

/* What delivery finds at a group's sums, of all receptors, from now on. */
static void set_marks(const struct hk_pop *pop, int thread, hk_neuron first, uint64_t marks) {
    for (size_t r = 0; r < pop->receptor_count; r++)
        if (pop->receptors[r].slot)
            pop->sim->flights[thread].marks[group_of_sums(pop, thread, r, first)] = marks;
}

static hk_neuron group_end(const struct hk_pop *pop, hk_neuron first) {
    return pop->size - first < HK_GROUP ? pop->size : first + HK_GROUP;
}

static void gather_group(const struct hk_pop *pop, struct gathered *g, hk_neuron first,
                         hk_tick tick) {
    g->count = group_end(pop, first) - first;
    for (hk_neuron k = 0; k < g->count; k++) g->unit[k] = first + k;
    gather_at(pop, g, tick);
}

/* Bring a group to the end of `tick`; it is stepped from then on. */
static void wake(struct hk_pop *pop, int thread, hk_neuron first, hk_tick tick) {
    struct hk_sleep *sleep = pop->sleep;
    struct gathered g;
    gather_group(pop, &g, first, tick);
    lapse(pop, &g);
    put_back(pop, &g);
    sleep->asleep[first / HK_GROUP] = 0;
    sleep->awake_until[first / HK_GROUP] = tick + STAY_AWAKE;
    pop->sim->flights[thread].asleep--;
    set_marks(pop, thread, first, HK_MARKS_AWAKE);
}

/* Does nothing arrive at the group at the next tick? Its sums have been made already. */
static bool has_no_arrivals(const struct hk_pop *pop, int thread, hk_neuron first) {
    bool any = false;
    for (size_t r = 0; r < pop->receptor_count; r++) {
        if (!pop->receptors[r].slot) continue;
        const hk_sum *sums = sums_of(pop, thread, r, first);
        for (hk_neuron k = 0; k < group_end(pop, first) - first; k++) any |= sums[k] != 0;
    }
    return !any;
}

/* The first unit alone, and then all: most groups are tested in vain. */
static bool group_is_quiet(const struct hk_pop *pop, hk_neuron first, hk_tick tick) {
    struct gathered g;
    for (hk_neuron i = first; i < group_end(pop, first); i++) pop->alone->last[i] = tick;
    g.count = 1;
    g.unit[0] = first;
    gather_at(pop, &g, tick);
    if (!is_quiet(pop, &g)) return false;
    gather_group(pop, &g, first, tick);
    return is_quiet(pop, &g);
}

/* Does a unit of the group stand still after a spike? */
static bool holds_any(const struct hk_pop *pop, int thread, hk_neuron first) {
    hk_neuron base = hk_block_of(pop, thread, first);
    size_t left = pop->part[thread + 1] - base, room = left < HK_BLOCK ? left : HK_BLOCK;
    const struct hk_held_ring *ring = pop->held ? &pop->held[base / HK_GROUP] : NULL;
    bool any = false;
    for (size_t k = 0; ring && k < ring->count; k++)
        any |=
            pop->held_unit[base + (ring->head + k) % room] / HK_GROUP == (first - base) / HK_GROUP;
    return any;
}

static void test(struct hk_pop *pop, int thread, hk_neuron first, hk_tick tick) {
    struct hk_sleep *sleep = pop->sleep;
    size_t group = first / HK_GROUP;
    sleep->touches[group] = 0;
    if (sleep->asleep[group] || tick < sleep->awake_until[group]) return;
    if (holds_any(pop, thread, first)) return;
    if (!has_no_arrivals(pop, thread, first) || !group_is_quiet(pop, first, tick)) return;
    sleep->asleep[group] = 1;
    pop->sim->flights[thread].asleep++;
    set_marks(pop, thread, first, 0);
}

/* ---- what arrives ---- */

/* Take in what arrives at the gathered units. */
static void take_sums(const struct hk_pop *pop, int thread, struct gathered *g) {
    double arrived[GATHERED];
    for (size_t r = 0; r < pop->receptor_count; r++) {
        if (!pop->receptors[r].slot) continue;
        for (size_t k = 0; k < g->count; k++)
            arrived[k] = (double)*sums_of(pop, thread, r, g->unit[k]) * pop->receptors[r].unit;
        take(pop, g, r, arrived);
    }
}

static void clear_sums(const struct hk_pop *pop, int thread, const struct gathered *g) {
    for (size_t r = 0; r < pop->receptor_count; r++)
        for (size_t k = 0; pop->receptors[r].slot && k < g->count; k++)
            *sums_of(pop, thread, r, g->unit[k]) = 0;
}

/* Has one of the groups been touched too often? */
static bool are_often_touched(const struct hk_pop *pop, const struct gathered *g) {
    bool often = false;
    for (size_t k = 0; k < g->count; k++)
        often |= pop->sleep->touches[g->unit[k] / HK_GROUP] > TOUCHES_MAX;
    return often;
}

/* Bring units of groups that sleep to `tick`, with what arrives at it: if all are to sleep on. */
static bool touch(const struct hk_pop *pop, int thread, struct gathered *g, hk_tick tick) {
    if (are_often_touched(pop, g)) return false;
    gather_at(pop, g, tick);
    lapse(pop, g);
    take_sums(pop, thread, g);
    if (!is_quiet(pop, g)) return false;
    put_back(pop, g);
    clear_sums(pop, thread, g);
    return true;
}

/* Units of one or more groups, group by group: those groups wake whose units can't sleep on. */
static void touch_units(struct hk_pop *pop, int thread, struct gathered *g, hk_tick tick) {
    for (size_t k = 0; k < g->count; k++) pop->sleep->touches[g->unit[k] / HK_GROUP]++;
    if (g->count == 0 || touch(pop, thread, g, tick)) return;
    for (size_t first = 0, end; first < g->count; first = end) {
        hk_neuron group = g->unit[first] / HK_GROUP;
        struct gathered one;
        one.count = 0;
        for (end = first; end < g->count && g->unit[end] / HK_GROUP == group; end++)
            one.unit[one.count++] = g->unit[end];
        if (!touch(pop, thread, &one, tick)) wake(pop, thread, group * HK_GROUP, tick - 1);
    }
}

/* ---- a tick ---- */

/* What is known of a unit lies anywhere in memory: it is asked for before it is needed. */
static void fetch(const struct hk_pop *pop, int thread, hk_neuron unit) {
    for (size_t r = 0; r < pop->receptor_count; r++)
        if (pop->receptors[r].slot) HK_PREFETCH(sums_of(pop, thread, r, unit));
    for (size_t c = 0; c < pop->column_count; c++)
        HK_PREFETCH((const hk_real *)pop->column[c] + unit + hk_pop_shift(pop, thread));
    HK_PREFETCH(&pop->alone->last[unit]);
}

/* Is it one of the population's groups of sums, and whose units' then? */
static bool is_of(const struct hk_pop *pop, int thread, size_t group, hk_neuron *first) {
    const size_t owned = hk_pop_owned(pop, thread);
    for (size_t r = 0; r < pop->receptor_count; r++) {
        if (!pop->receptors[r].slot) continue;
        size_t at = group * HK_GROUP - pop->receptors[r].slot[thread];
        if (at >= owned) continue; /* or it wraps around */
        *first = pop->part[thread] + (hk_neuron)at;
        return true;
    }
    return false;
}

/* The units of a group that something arrives at, by the marks of all receptors, which are cleared:
 * a bit for each. None if the group has woken since. */
static uint64_t take_marks(const struct hk_pop *pop, int thread, hk_neuron first) {
    uint64_t marks = 0;
    if (!pop->sleep->asleep[first / HK_GROUP]) return 0;
    for (size_t r = 0; r < pop->receptor_count; r++) {
        if (!pop->receptors[r].slot) continue;
        uint64_t *of_receptor =
            &pop->sim->flights[thread].marks[group_of_sums(pop, thread, r, first)];
        marks |= *of_receptor;
        *of_receptor = 0;
    }
    return marks;
}

/* The population's among what is marked; the others' are left. Units of one group come together, so
 * that it is decided upon once. */
static void touch_marked(struct hk_pop *pop, int thread, hk_tick tick) {
    struct hk_flight *flight = &pop->sim->flights[thread];
    struct gathered g;
    size_t left = 0;
    g.count = 0;
    for (size_t k = 0; k < flight->marked_count; k++) {
        hk_neuron first;
        if (!is_of(pop, thread, flight->marked[k], &first)) {
            flight->marked[left++] = flight->marked[k];
            continue;
        }
        uint64_t marks = take_marks(pop, thread, first);
        if (g.count + (size_t)__builtin_popcountll(marks) > HK_GROUP) {
            touch_units(pop, thread, &g, tick);
            g.count = 0;
        }
        for (; marks; marks &= marks - 1) {
            hk_neuron unit = first + (hk_neuron)__builtin_ctzll(marks);
            fetch(pop, thread, unit);
            g.unit[g.count++] = unit;
        }
    }
    flight->marked_count = left;
    touch_units(pop, thread, &g, tick);
}

enum { MANY = 64 };

/* Do the next so many groups sleep? Most often they do. */
static bool many_sleep(const unsigned char *asleep) {
    unsigned char all = 1;
    for (size_t k = 0; k < MANY; k++) all &= asleep[k];
    return all;
}

/* The next run of groups that are awake, from `first` on: at most a block. */
static hk_neuron find_awake(const struct hk_pop *pop, int thread, hk_neuron first, hk_neuron end,
                            hk_neuron *run_end) {
    const unsigned char *asleep = pop->sleep->asleep;
    size_t group = first / HK_GROUP, last = (end + HK_GROUP - 1) / HK_GROUP;
    while (group + MANY <= last && many_sleep(asleep + group)) group += MANY;
    while (group < last && asleep[group]) group++;
    *run_end = end;
    if (group == last) return end;
    hk_neuron begin = (hk_neuron)(group * HK_GROUP);
    size_t most = (hk_block_of(pop, thread, begin) + HK_BLOCK) / HK_GROUP, stop = group;
    while (stop < last && stop < most && !asleep[stop]) stop++;
    if (stop < last) *run_end = (hk_neuron)(stop * HK_GROUP);
    return begin;
}

static void test_all(struct hk_pop *pop, int thread, hk_tick tick) {
    if ((tick - 1) % TEST_EVERY) return;
    for (hk_neuron i = pop->part[thread]; i < pop->part[thread + 1]; i += HK_GROUP)
        test(pop, thread, i, tick - 1);
}

/* One of them at a time: few are looked at. */
static void gather_view(const struct hk_pop *pop, int thread, const struct hk_view *view,
                        void *out) {
    hk_real *value = out;
    const hk_real *column = (const hk_real *)pop->column[view->column] + hk_pop_shift(pop, thread);
    for (size_t k = 0; k < view->count; k++) {
        struct gathered g;
        g.count = 1;
        g.unit[0] = view->units[k];
        value[k] = column[g.unit[0]];
        if (!pop->sleep->asleep[g.unit[0] / HK_GROUP]) continue;
        gather_at(pop, &g, view->tick);
        lapse(pop, &g);
        value[k] = (hk_real)g.value[view->column][0];
    }
}

const struct hk_kernels_sleep hk_kernels_sleep = {.touch = touch_marked,
                                                  .find_awake = find_awake,
                                                  .test = test_all,
                                                  .gather = gather_view,
                                                  .wake = wake};
