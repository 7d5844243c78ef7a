/* Events of the exact clock at the units that one thread owns (contract: sim/kernels.h). Units that
 * something happens to are gathered, brought to that time, and put back; then each is looked at: it
 * fires, or nothing can come of it, or its way to the threshold is found and put into the heap. */
#include "sim/exact_internal.h"

#include "sim/kernels/gathered.h"

#include <math.h>
#include <string.h>

static struct hk_exact_thread *thread_of(const struct hk_pop *pop, int thread) {
    return &pop->sim->exact->threads[thread];
}

/* ---- ways to the threshold ---- */

/* From t milliseconds after `from` to a tick: the first that isn't before. */
static hk_tick tick_after(const struct hk_pop *pop, hk_tick from, double ms) {
    double ticks = ceil(ms / pop->sim->options.tick_ms);
    return ticks < 4e18 - (double)from ? from + (hk_tick)ticks : HK_NEVER;
}

static double find_way(const struct hk_pop *pop, struct gathered *g, size_t k) {
    struct hk_wave inputs; /* large: what isn't used isn't cleared */
    double *state[HK_ALONE_COLUMNS];
    struct hk_idle idle = idle_neuron(pop, g);
    for (size_t c = 0; c < pop->column_count; c++) state[c] = &g->value[c][k];
    inputs.constant = 0.0;
    inputs.count = 0;
    idle.count = 1;
    for (size_t r = 0; r < pop->receptor_count; r++) {
        idle.param = pop->receptors[r].param;
        idle.state = state + pop->receptors[r].first_column;
        pop->receptors[r].model->wave(&idle, &inputs);
    }
    idle.param = pop->param;
    idle.state = state;
    return pop->neuron->closed->cross(&idle, &inputs);
}

/* The unit won't fire before `next`, and will then if that is sure. What lies in the heap for an
 * earlier time will be put off when it comes up. */
static void set_next(const struct hk_pop *pop, int thread, hk_neuron unit, hk_tick next,
                     bool sure) {
    struct hk_exact_pop *exact = hk_exact_pop(pop);
    exact->ways[unit].next = next;
    exact->ways[unit].sure = sure;
    if (next >= exact->ways[unit].due) return;
    exact->ways[unit].due = next;
    hk_crossing_push(pop->sim, thread_of(pop, thread),
                     &(struct hk_shot){next, (uint32_t)pop->index, unit});
}

/* Where the k-th gathered unit, which isn't at its threshold, may get there. It is looked at again
 * when it might be there at its present speed, if that takes longer than `least_ms`; then its way
 * is followed. Most that begin are ended by what arrives. */
static void set_out(const struct hk_pop *pop, int thread, struct gathered *g,
                    const struct measured *m, size_t k, double least_ms) {
    const double tick_ms = pop->sim->options.tick_ms, ms = m->now[k] / m->speed[k];
    if (m->least[k] > 0.0) {
        set_next(pop, thread, g->unit[k], HK_NEVER, false);
        return;
    }
    double ticks = floor(ms / tick_ms) - 1.0;
    if (ticks > 1.0 && ms > least_ms)
        set_next(pop, thread, g->unit[k],
                 ticks < 4e18 - (double)g->at[k] ? g->at[k] + (hk_tick)ticks : HK_NEVER, false);
    else
        set_next(pop, thread, g->unit[k], tick_after(pop, g->at[k], find_way(pop, g, k)), true);
}

/* ---- firing ---- */

static void send(struct hk_pop *pop, int thread, hk_neuron unit, hk_tick tick) {
    struct hk_exact_thread *t = thread_of(pop, thread);
    const struct hk_shot shot = {tick, (uint32_t)pop->index, unit};
    if (pop->kept && pop->sim->dropping && !pop->kept[unit]) return;
    struct hk_shot *post = hk_list_add(&t->posts, sizeof shot, &t->err);
    if (post) *post = shot;
    struct hk_shot *sent = hk_list_add(&t->sent[t->window % HK_OUTBOXES], sizeof shot, &t->err);
    if (sent) *sent = shot;
    pop->counts[unit]++;
    pop->sim->tally[thread].counts.spikes++;
}

/* A unit that is at its own time and fires: V is held for the refractory time, so all else is
 * brought to its end, and the unit waits there. */
static void fire_gathered(struct hk_pop *pop, int thread, struct gathered *g) {
    struct hk_exact_pop *exact = hk_exact_pop(pop);
    hk_neuron unit = g->unit[0];
    struct hk_idle idle = idle_neuron(pop, g);
    struct measured m;
    send(pop, thread, unit, g->at[0]);
    pop->neuron->closed->fire(&idle);
    if (exact->refractory > 0) {
        double held = g->value[0][0];
        g->ms[0] = (double)exact->refractory * pop->sim->options.tick_ms;
        g->push[0] = 0.0;
        lapse(pop, g);
        g->value[0][0] = held;
        g->at[0] += exact->refractory;
        exact->ways[unit].free = g->at[0];
    }
    put_back(pop, g);
    measure(pop, g, &m);
    if (m.now[0] > 0.0)
        set_out(pop, thread, g, &m, 0, 0.0);
    else
        set_next(pop, thread, unit, g->at[0], true);
    if (exact->refractory > 0 || exact->ways[unit].next > g->at[0] + 1) return;
    (void)HK_FAIL(&thread_of(pop, thread)->err, HK_ERR_NUMERIC,
                  "%s: unit %u would fire again and again within a tick at %g ms: a refractory "
                  "time (t_ref) or a reset below the threshold would end that",
                  pop->name, unit, (double)g->at[0] * pop->sim->options.tick_ms);
}

/* State stays where it was last put, unless the unit fires: what happened to it since is nothing.
 */
static void reach(struct hk_sim *sim, int thread, const struct hk_shot *due) {
    const double WORTH_MS = 0.25; /* following a way costs as much as some looks */
    struct measured m;
    struct hk_pop *pop = sim->pops[due->pop];
    struct gathered g;
    g.count = 1;
    g.current = hk_exact_pop(pop)->current[thread];
    g.unit[0] = due->unit;
    g.at[0] = due->tick;
    gather(pop, &g);
    lapse(pop, &g);
    if (hk_exact_pop(pop)->ways[due->unit].sure) {
        fire_gathered(pop, thread, &g);
        return;
    }
    measure(pop, &g, &m);
    set_out(pop, thread, &g, &m, 0, WORTH_MS);
}

/* ---- looking ---- */

static void fire_one(struct hk_pop *pop, int thread, const struct gathered *from, size_t k) {
    struct gathered g;
    g.count = 1;
    g.current = from->current;
    g.unit[0] = from->unit[k];
    g.at[0] = from->at[k];
    gather(pop, &g);
    fire_gathered(pop, thread, &g);
}

/* Units that have been put back are looked at as they are. */
static void look_at(struct hk_pop *pop, int thread, struct gathered *g) {
    struct measured m;
    measure(pop, g, &m);
    pop->sim->tally[thread].counts.updates += g->count;
    for (size_t k = 0; k < g->count; k++) {
        if (m.now[k] > 0.0)
            set_out(pop, thread, g, &m, k, 0.0);
        else
            fire_one(pop, thread, g, k);
    }
}

static void touch_all(const struct hk_pop *pop, int thread, const struct gathered *g) {
    struct hk_exact_thread *t = thread_of(pop, thread);
    for (size_t k = 0; k < g->count; k++) {
        struct hk_shot *touched = hk_list_add(&t->touched, sizeof *touched, &t->err);
        if (touched) *touched = (struct hk_shot){g->at[k], (uint32_t)pop->index, g->unit[k]};
    }
}

static void look_or_touch(struct hk_pop *pop, int thread, struct gathered *g, bool look) {
    if (look)
        look_at(pop, thread, g);
    else
        touch_all(pop, thread, g);
}

/* ---- weights that arrive ---- */

/* Units that wait: what will be left of the weights when they go on is added there. */
static void begin_waiting(const struct hk_pop *pop, struct gathered *g) {
    const hk_tick *last = pop->alone->last;
    for (size_t k = 0; k < g->count; k++) {
        g->ms[k] = (double)(last[g->unit[k]] - g->at[k]) * pop->sim->options.tick_ms;
        g->at[k] = last[g->unit[k]];
    }
}

static void take_waiting(struct hk_pop *pop, struct gathered *g, size_t receptor,
                         const double *arrived) {
    const struct hk_receptor *r = &pop->receptors[receptor];
    take_alone(pop, g, receptor, arrived);
    for (size_t c = r->first_column; c < r->first_column + r->model->column_count; c++) {
        hk_real *column = pop->column[c];
        for (size_t k = 0; k < g->count; k++) column[g->unit[k]] += (hk_real)g->value[c][k];
    }
}

/* Weights that arrive, at most one a unit, each at its own time. */
struct batch {
    struct hk_pop *pop;
    int thread;
    bool look; /* at units when weights have arrived; or they are put into `touched` */
    uint64_t mark;
    struct gathered g;
    double weight[GATHERED];
    uint32_t receptor[GATHERED];
};

static void begin_batch(struct batch *batch, struct hk_pop *pop, int thread, bool look) {
    batch->pop = pop;
    batch->thread = thread;
    batch->look = look;
    batch->mark = ++thread_of(pop, thread)->mark;
    batch->g.count = 0;
    batch->g.current = hk_exact_pop(pop)->current[thread];
}

/* Take those out of the batch whose V is held; whether there are any. */
static bool split_waiting(struct batch *batch, struct batch *waiting) {
    const struct hk_way *ways = hk_exact_pop(batch->pop)->ways;
    struct gathered *g = &batch->g;
    size_t left = 0;
    waiting->g.count = 0;
    for (size_t k = 0; k < g->count; k++) {
        bool waits = ways[g->unit[k]].free >= g->at[k];
        struct batch *to = waits ? waiting : batch;
        size_t at = waits ? waiting->g.count++ : left++;
        to->g.unit[at] = g->unit[k];
        to->g.at[at] = g->at[k];
        to->weight[at] = batch->weight[k];
        to->receptor[at] = batch->receptor[k];
    }
    g->count = left;
    return waiting->g.count > 0;
}

static bool any_waits(const struct hk_pop *pop, const struct gathered *g) {
    const struct hk_way *ways = hk_exact_pop(pop)->ways;
    bool any = false;
    for (size_t k = 0; k < g->count; k++) any |= ways[g->unit[k]].free >= g->at[k];
    return any;
}

typedef void taking(struct hk_pop *pop, struct gathered *g, size_t receptor, const double *arrived);

static void take_now(struct hk_pop *pop, struct gathered *g, size_t receptor,
                     const double *arrived) {
    take(pop, g, receptor, arrived);
}

/* Receptor after receptor, where there are several. */
static void take_each(struct batch *batch, taking *take_in) {
    bool mixed = false;
    struct gathered *g = &batch->g;
    for (size_t k = 1; k < g->count; k++) mixed |= batch->receptor[k] != batch->receptor[0];
    for (size_t r = 0; mixed && r < batch->pop->receptor_count; r++) {
        double arrived[GATHERED];
        bool any = false;
        for (size_t k = 0; k < g->count; k++) {
            arrived[k] = batch->receptor[k] == r ? batch->weight[k] : 0.0;
            any |= batch->receptor[k] == r;
        }
        if (any) take_in(batch->pop, g, r, arrived);
    }
    if (!mixed) take_in(batch->pop, g, batch->receptor[0], batch->weight);
}

static void end_batch(struct batch *batch) {
    struct hk_pop *pop = batch->pop;
    struct batch waiting;
    if (any_waits(pop, &batch->g) && split_waiting(batch, &waiting)) {
        waiting.pop = pop;
        waiting.g.current = batch->g.current;
        begin_waiting(pop, &waiting.g);
        take_each(&waiting, take_waiting);
        gather(pop, &waiting.g);
        look_or_touch(pop, batch->thread, &waiting.g, batch->look);
    }
    if (batch->g.count == 0) return;
    gather(pop, &batch->g);
    lapse(pop, &batch->g);
    take_each(batch, take_now);
    put_back(pop, &batch->g);
    look_or_touch(pop, batch->thread, &batch->g, batch->look);
}

/* A unit that was to fire before something arrives at it does so first. */
static void catch_up(struct hk_pop *pop, int thread, hk_neuron unit, hk_tick tick) {
    const struct hk_exact_pop *exact = hk_exact_pop(pop);
    while (exact->ways[unit].next <= tick && thread_of(pop, thread)->err.code == HK_OK)
        reach(pop->sim, thread,
              &(struct hk_shot){exact->ways[unit].next, (uint32_t)pop->index, unit});
}

static inline void add_to(struct batch *batch, hk_neuron unit, hk_tick at, double weight,
                          size_t receptor) {
    struct hk_exact_pop *exact = hk_exact_pop(batch->pop);
    struct gathered *g = &batch->g;
    if (g->count == GATHERED || exact->ways[unit].mark == batch->mark) {
        end_batch(batch);
        begin_batch(batch, batch->pop, batch->thread, batch->look);
    }
    if (exact->ways[unit].next <= at) catch_up(batch->pop, batch->thread, unit, at);
    hk_way_mark(&exact->ways[unit], batch->mark);
    g->unit[g->count] = unit;
    g->at[g->count] = at;
    batch->receptor[g->count] = (uint32_t)receptor;
    batch->weight[g->count++] = weight;
}

/* Synapses of a row lie in the order of targets, so those that share one are neighbours. Returns
 * how many there are. */
static uint64_t add_row(struct batch *batch, const struct hk_arrival *arrival, hk_tick at) {
    const struct hk_proj *proj = batch->pop->sim->projs[arrival->proj];
    const struct hk_proj_part *part = &proj->parts[batch->thread];
    const hk_neuron base = batch->pop->part[batch->thread];
    if (arrival->target != HK_ROW) {
        add_to(batch, base + arrival->target, at, arrival->part, proj->receptor);
        return 1;
    }
    const hk_real *weight = part->weight;
    const double shared = proj->weight.a * arrival->part;
    hk_syn first = part->row_start[arrival->row], end = part->row_start[arrival->row + 1];
    for (hk_syn k = first; k < end; k++) {
        hk_neuron unit = base + part->target[k];
        double w = weight ? (double)weight[k] * arrival->part : shared;
        if (k > first && part->target[k - 1] == part->target[k])
            batch->weight[batch->g.count - 1] += w;
        else
            add_to(batch, unit, at, w, proj->receptor);
    }
    return end - first;
}

static uint64_t arrive(struct hk_sim *sim, int thread, const struct hk_arrival *arrival,
                       bool look) {
    struct batch batch;
    begin_batch(&batch, sim->projs[arrival->proj]->target, thread, look);
    uint64_t events = add_row(&batch, arrival, sim->exact->threads[thread].now);
    end_batch(&batch);
    return events;
}

/* ---- pulses of drives ---- */

/* Those before `before`; where each is to be looked at by itself, until a unit comes twice in a
 * tick. Returns how many. */
static size_t add_pulses(struct batch *batch, size_t drive, hk_tick before) {
    struct hk_pop *pop = batch->pop;
    struct hk_pulses *pulses = hk_pulses_of(pop, batch->thread, drive);
    const hk_tick first = thread_of(pop, batch->thread)->begin + 1;
    const double weight = pop->drives[drive].model->weight(pop->drives[drive].derived);
    const size_t receptor = pop->drives[drive].receptor, begin = pulses->next;
    for (; pulses->next < pulses->raster.count; pulses->next++) {
        const struct hk_raster_spike *at = hk_pulses_first(pulses);
        if (first + at->tick >= before || (batch->look && hk_pulses_tied(pulses))) break;
        add_to(batch, at->unit, first + at->tick, weight, receptor);
    }
    return pulses->next - begin;
}

static size_t pulse(struct hk_pop *pop, int thread, size_t drive, hk_tick before, bool look) {
    struct batch batch;
    begin_batch(&batch, pop, thread, look);
    size_t count = add_pulses(&batch, drive, before);
    end_batch(&batch);
    return count;
}

/* ---- a window of a population that nobody else waits for ---- */

/* What comes next of a population's rows and pulses. */
struct flow {
    const struct hk_arrival *arrivals;
    const uint32_t *row, *end; /* which of them are left */
    struct hk_turn turn;
};

static hk_tick next_row(const struct flow *flow, hk_tick begin) {
    return flow->row < flow->end ? begin + flow->arrivals[*flow->row].after : HK_NEVER;
}

/* Does more than one thing come at a tick that may be for one unit? */
static bool flow_is_tied(const struct hk_pop *pop, int thread, const struct flow *flow,
                         hk_tick tick, hk_tick row) {
    bool rows = row == tick && flow->row + 1 < flow->end &&
                flow->arrivals[flow->row[1]].after == flow->arrivals[flow->row[0]].after;
    bool both = row == tick && flow->turn.tick == tick;
    return rows || both || (flow->turn.tick == tick && hk_turn_is_tied(pop, thread, &flow->turn));
}

static void look(struct hk_sim *sim, int thread);

/* All of one tick, and then everybody is looked at whom it reached. */
static uint64_t flow_tick(struct hk_pop *pop, int thread, struct flow *flow, hk_tick tick) {
    struct hk_exact_thread *t = thread_of(pop, thread);
    uint64_t events = 0;
    t->now = tick;
    for (size_t d = 0; d < pop->drive_count; d++)
        if (hk_pulses_next(pop, thread, d) == tick) pulse(pop, thread, d, tick + 1, false);
    for (; next_row(flow, t->begin) == tick; flow->row++)
        events += arrive(pop->sim, thread, &flow->arrivals[*flow->row], false);
    look(pop->sim, thread);
    return events;
}

/* Units don't wait for each other within a window, so the next events of some are taken together,
 * each at its own time. */
static uint64_t flow(struct hk_pop *pop, int thread, const uint32_t *rows, size_t count) {
    struct hk_exact_thread *t = thread_of(pop, thread);
    struct flow flow = {.arrivals = t->arrivals.block.data, .row = rows, .end = rows + count};
    struct batch batch;
    uint64_t events = 0;
    begin_batch(&batch, pop, thread, true);
    for (;;) {
        flow.turn = hk_turn_next(pop, thread);
        hk_tick row = next_row(&flow, t->begin);
        hk_tick tick = row < flow.turn.tick ? row : flow.turn.tick;
        if (tick == HK_NEVER || t->err.code != HK_OK) break;
        if (flow_is_tied(pop, thread, &flow, tick, row)) {
            end_batch(&batch);
            events += flow_tick(pop, thread, &flow, tick);
            begin_batch(&batch, pop, thread, true);
        } else if (row == tick) {
            events += add_row(&batch, &flow.arrivals[*flow.row++], tick);
        } else {
            add_pulses(&batch, flow.turn.drive, row < flow.turn.other ? row : flow.turn.other);
        }
    }
    end_batch(&batch);
    return events;
}

/* ---- all of a tick ---- */

static void look_batch(struct hk_pop *pop, int thread, struct gathered *g) {
    if (g->count == 0) return;
    gather(pop, g);
    look_at(pop, thread, g);
    g->count = 0;
}

/* Who was touched several times is looked at once. */
static void look(struct hk_sim *sim, int thread) {
    struct hk_exact_thread *t = &sim->exact->threads[thread];
    const struct hk_shot *touched = t->touched.block.data;
    struct hk_pop *pop = NULL;
    struct gathered g;
    uint64_t mark = 0;
    g.count = 0;
    for (size_t k = 0; k < t->touched.count; k++) {
        if (!pop || touched[k].pop != pop->index) {
            if (pop) look_batch(pop, thread, &g);
            pop = sim->pops[touched[k].pop];
            g.current = hk_exact_pop(pop)->current[thread];
            mark = ++t->mark;
        }
        struct hk_way *way = &hk_exact_pop(pop)->ways[touched[k].unit];
        if (way->mark == mark) continue;
        hk_way_mark(way, mark);
        if (g.count == GATHERED) look_batch(pop, thread, &g);
        g.unit[g.count] = touched[k].unit;
        g.at[g.count++] = pop->alone->last[touched[k].unit];
    }
    if (pop) look_batch(pop, thread, &g);
    t->touched.count = 0;
}

/* ---- all units of a population ---- */

typedef void group_action(struct hk_pop *pop, int thread, struct gathered *g, hk_tick tick);

static void each_group(struct hk_pop *pop, int thread, hk_tick tick, group_action *action) {
    struct gathered g;
    for (hk_neuron first = pop->part[thread]; first < pop->part[thread + 1]; first += GATHERED) {
        hk_neuron left = pop->part[thread + 1] - first;
        g.count = left < GATHERED ? left : GATHERED;
        g.current = hk_exact_pop(pop)->current[thread];
        for (hk_neuron k = 0; k < g.count; k++) g.unit[k] = first + k;
        action(pop, thread, &g, tick);
    }
}

/* As units are at `tick`: those that wait go back in time, but for V. */
static void view(const struct hk_pop *pop, struct gathered *g, hk_tick tick) {
    double v[GATHERED];
    for (size_t k = 0; k < g->count; k++) g->at[k] = tick;
    gather(pop, g);
    memcpy(v, g->value[0], sizeof v);
    lapse(pop, g);
    for (size_t k = 0; k < g->count; k++)
        if (g->ms[k] < 0.0) g->value[0][k] = v[k];
}

static void settle_group(struct hk_pop *pop, int thread, struct gathered *g, hk_tick tick) {
    (void)thread;
    view(pop, g, tick);
    put_back(pop, g);
}

static void settle(struct hk_pop *pop, int thread, hk_tick tick) {
    each_group(pop, thread, tick, settle_group);
}

static void restart_group(struct hk_pop *pop, int thread, struct gathered *g, hk_tick tick) {
    const struct hk_exact_pop *exact = hk_exact_pop(pop);
    double v[GATHERED];
    struct measured m;
    (void)tick;
    for (size_t k = 0; k < g->count; k++) {
        hk_tick last = pop->alone->last[g->unit[k]], free = exact->ways[g->unit[k]].free;
        g->at[k] = free > last ? free : last;
    }
    gather(pop, g);
    memcpy(v, g->value[0], sizeof v);
    lapse(pop, g);
    memcpy(g->value[0], v, sizeof v); /* of those that wait; for the others no time has passed */
    put_back(pop, g);
    measure(pop, g, &m);
    for (size_t k = 0; k < g->count; k++) {
        if (m.now[k] > 0.0)
            set_out(pop, thread, g, &m, k, 0.0);
        else /* a tick later: this one is over */
            set_next(pop, thread, g->unit[k], g->at[k] + 1, true);
    }
}

static void restart(struct hk_pop *pop, int thread) {
    each_group(pop, thread, 0, restart_group);
}

static void gather_view(const struct hk_pop *pop, int thread, const struct hk_view *at, void *out) {
    struct gathered g;
    hk_real *value = out;
    g.current = hk_exact_pop(pop)->current[thread];
    for (size_t first = 0; first < at->count; first += g.count) {
        size_t left = at->count - first;
        g.count = left < GATHERED ? left : GATHERED;
        memcpy(g.unit, at->units + first, g.count * sizeof *g.unit);
        view(pop, &g, at->tick);
        for (size_t k = 0; k < g.count; k++) value[first + k] = (hk_real)g.value[at->column][k];
    }
}

const struct hk_kernels_exact hk_kernels_exact = {.arrive = arrive,
                                                  .pulse = pulse,
                                                  .flow = flow,
                                                  .look = look,
                                                  .reach = reach,
                                                  .settle = settle,
                                                  .restart = restart,
                                                  .gather = gather_view};
