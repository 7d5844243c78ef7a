#include "tests/support/ledger.h"

#include <check.h>
#include <stdlib.h>

void ledger_open(struct ledger *ledger, struct hk_sim *sim) {
    struct hk_pop *pop;
    ledger->sim = sim;
    for (size_t i = 0; (pop = hk_sim_population(sim, i)); i++) {
        ck_assert_uint_lt(i, LEDGER_POPULATIONS_MAX);
        net_hear(pop, &ledger->heard[i]);
    }
}

static void *reserve(struct hk_block *block, size_t count, size_t size) {
    struct hk_err err = {0};
    if (!hk_block_reserve(block, count, size, &err)) ck_abort_msg("%s", err.message);
    return block->data;
}

/* The spikes of each unit, in the order of ticks: those of unit i are ticks[begin[i]] up to
 * ticks[begin[i + 1]]. */
struct trains {
    struct hk_block begin_room, ticks_room;
    size_t *begin;
    hk_tick *ticks;
};

static struct trains sort_by_unit(const struct net_heard *heard, hk_neuron units) {
    struct trains t = {.begin = NULL};
    size_t *begin = t.begin = reserve(&t.begin_room, (size_t)units + 2, sizeof *begin);
    t.ticks = reserve(&t.ticks_room, heard->count + 1, sizeof *t.ticks);
    for (size_t k = 0; k < heard->count; k++) begin[net_heard_unit(heard, k) + 2]++;
    for (size_t i = 2; i < (size_t)units + 2; i++) begin[i] += begin[i - 1];
    for (size_t k = 0; k < heard->count; k++) /* begin[unit + 1] moves up to where it belongs */
        t.ticks[begin[net_heard_unit(heard, k) + 1]++] = net_heard_tick(heard, k);
    return t;
}

static void enter(struct ledger_sums *sums, const struct hk_proj *proj, const struct trains *trains,
                  hk_tick now) {
    struct hk_err err = {0};
    struct hk_block source = {0}, delay = {0};
    size_t count = hk_proj_count(proj);
    const struct hk_synapses all = {.source = reserve(&source, count, sizeof *all.source),
                                    .delay = reserve(&delay, count, sizeof *all.delay)};
    if (!hk_proj_read(proj, &all, &err)) ck_abort_msg("%s", err.message);
    for (size_t k = 0; k < count; k++) {
        size_t first = trains->begin[all.source[k]], end = trains->begin[all.source[k] + 1];
        size_t flying = end;
        while (flying > first && trains->ticks[flying - 1] + all.delay[k] > now) flying--;
        sums->arrived += flying - first;
        sums->in_flight += end - flying;
    }
    hk_block_finish(&source);
    hk_block_finish(&delay);
}

/* All projections of one source. */
static void enter_source(struct ledger_sums *sums, const struct ledger *ledger, size_t index) {
    const struct hk_pop *pop = hk_sim_population(ledger->sim, index);
    const struct hk_proj *proj;
    struct trains trains = sort_by_unit(&ledger->heard[index], hk_pop_size(pop));
    for (size_t i = 0; (proj = hk_sim_projection(ledger->sim, i)); i++)
        if (hk_proj_source(proj) == pop) enter(sums, proj, &trains, hk_sim_now(ledger->sim));
    hk_block_finish(&trains.begin_room);
    hk_block_finish(&trains.ticks_room);
}

struct ledger_sums ledger_check(const struct ledger *ledger, const char *name) {
    struct ledger_sums sums = {.spikes = 0};
    struct hk_sim_counts counts = hk_sim_count(ledger->sim);
    for (size_t i = 0; hk_sim_population(ledger->sim, i); i++) {
        sums.spikes += ledger->heard[i].count;
        enter_source(&sums, ledger, i);
    }
    ck_assert_msg(counts.spikes == sums.spikes, "%s: %ju spikes were counted, %ju heard", name,
                  (uintmax_t)counts.spikes, (uintmax_t)sums.spikes);
    ck_assert_msg(counts.events == sums.arrived, "%s: %ju events were counted, %ju are due", name,
                  (uintmax_t)counts.events, (uintmax_t)sums.arrived);
    return sums;
}

void ledger_close(struct ledger *ledger) {
    for (size_t i = 0; hk_sim_population(ledger->sim, i); i++) net_heard_finish(&ledger->heard[i]);
}
