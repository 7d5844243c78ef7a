/* Copies of one unit, side by side, through what reached it on the exact clock (contract:
 * sim/kernels.h). */
#include "sim/exact_internal.h"

#include "sim/kernels/gathered.h"

#include <string.h>

static void load(struct gathered *g, const struct hk_replay *replay) {
    g->count = replay->lanes;
    g->current = replay->current;
    for (size_t c = 0; c < HK_ALONE_COLUMNS; c++) {
        g->state[c] = g->value[c];
        memcpy(g->value[c], replay->value[c], sizeof g->value[c]);
    }
}

/* Nothing arrives for some time. */
static void wait(const struct hk_replay *replay, struct gathered *g, hk_tick ticks) {
    for (size_t k = 0; k < g->count; k++) {
        g->ms[k] = (double)ticks * replay->pop->sim->options.tick_ms;
        g->push[k] = 0.0;
    }
    lapse(replay->pop, g);
}

/* At units that wait until `ticks` later. */
static void take_early(const struct hk_replay *replay, struct gathered *g, size_t receptor,
                       const double *arrived, hk_tick ticks) {
    const struct hk_receptor *r = &replay->pop->receptors[receptor];
    struct gathered alone;
    alone.count = g->count;
    alone.current = g->current;
    for (size_t k = 0; k < g->count; k++)
        alone.ms[k] = (double)ticks * replay->pop->sim->options.tick_ms;
    take_alone(replay->pop, &alone, receptor, arrived);
    for (size_t c = r->first_column; c < r->first_column + r->model->column_count; c++)
        for (size_t k = 0; k < g->count; k++) g->value[c][k] += alone.value[c][k];
}

static void meet(struct hk_replay *replay, struct gathered *g, const struct hk_trace_event *event,
                 size_t index) {
    double arrived[GATHERED];
    if (event->tick > replay->at) {
        wait(replay, g, event->tick - replay->at);
        replay->at = event->tick;
    }
    if (event->kind == HK_TRACE_CURRENT) {
        g->current = replay->current = event->weight;
        return;
    }
    for (size_t k = 0; k < g->count; k++)
        arrived[k] = index >= replay->skip[k] && index < replay->skip_end[k] ? 0.0 : event->weight;
    if (event->tick <= replay->free)
        take_early(replay, g, event->receptor, arrived, replay->at - event->tick);
    else
        take(replay->pop, g, event->receptor, arrived);
}

static void run(struct hk_replay *replay, const struct hk_trace_event *events, size_t first,
                size_t end) {
    struct gathered g;
    load(&g, replay);
    for (size_t k = first; k < end; k++) meet(replay, &g, &events[k], k);
    memcpy(replay->value, g.value, sizeof replay->value);
}

static void measure_at(const struct hk_replay *replay, hk_tick tick, double *distance) {
    struct gathered g;
    struct measured m;
    load(&g, replay);
    wait(replay, &g, tick - replay->at);
    measure(replay->pop, &g, &m);
    memcpy(distance, m.now, g.count * sizeof *distance);
}

const struct hk_kernels_replay hk_kernels_replay = {.run = run, .measure = measure_at};
