#include "io/cost.h"

#include "io/cost_record.h"
#include "io/weights.h"
#include "sim/estimate.h"

struct work {
    const struct hk_experiment *experiment;
    struct hk_cost *cost;
    double *spikes; /* [population], over the whole run */
    double event_ns;
};

static hk_tick presentation_ticks(const struct hk_phase *phase) {
    return phase->show + phase->rest;
}

/* ---- time ---- */

static void add_time(struct work *w) {
    const struct hk_experiment *e = w->experiment;
    struct hk_cost *cost = w->cost;
    cost->steps = (double)e->duration;
    for (size_t i = 0; e->duration == 0 && i < e->protocol.phase_count; i++) {
        const struct hk_phase *phase = &e->protocol.phases[i];
        size_t shown = hk_phase_total(phase);
        cost->presentations += shown;
        cost->steps += (double)shown * (double)presentation_ticks(phase);
    }
    cost->simulated_ms = cost->steps * hk_sim_tick_ms(e->sim);
}

/* ---- prices ---- */

static double late_cost(const struct hk_proj *proj) {
    hk_tick least, most;
    hk_proj_delays(proj, &least, &most);
    return least < most ? HK_COST_MANY : HK_COST_LATE;
}

/* Of an event on a grid. */
static double event_cost(const struct hk_proj *proj) {
    switch (hk_proj_stored(proj)) {
    case HK_STORED_NOT: return 0.0;
    case HK_STORED_MATRIX: return HK_COST_MATRIX;
    case HK_STORED_LATE: return late_cost(proj);
    case HK_STORED_ROWS: break;
    }
    return hk_proj_is_plastic(proj) ? HK_COST_LEARN : HK_COST_ROW;
}

/* Of whatever reaches a unit on the exact clock. */
static double arrival_cost(const struct hk_pop *pop) {
    return hk_pop_only_jumps(pop) ? HK_COST_JUMP : HK_COST_WAY;
}

/* ---- spikes ---- */

/* Of one population in one phase, or in the whole duration where `phase` is NULL. A source's are
 * spread evenly over the phases: when it fires, is its own affair. */
static bool expect_spikes(const struct work *w, const struct hk_pop *pop,
                          const struct hk_phase *phase, double *spikes, struct hk_err *err) {
    const struct hk_experiment *e = w->experiment;
    double tick_ms = hk_sim_tick_ms(e->sim), shown = phase ? (double)hk_phase_total(phase) : 1.0;
    double ticks = phase ? shown * (double)presentation_ticks(phase) : (double)e->duration;
    bool ok = true;
    *spikes = 1e-3 * ticks * tick_ms * w->cost->rate_hz * hk_pop_size(pop);
    if (hk_pop_has_neurons(pop)) return true;
    if (!hk_pop_has_encoder(pop)) {
        ok = hk_pop_expect(pop, (hk_tick)w->cost->steps, spikes, err);
        *spikes *= ticks / w->cost->steps;
        return ok;
    }
    *spikes = 0.0;
    if (!phase) return true;
    ok = hk_pop_expect_shown(pop, phase, spikes, err);
    *spikes *= shown;
    return ok;
}

static bool add_spikes(struct work *w, const struct hk_pop *pop, size_t index,
                       const struct hk_phase *phase, struct hk_err *err) {
    double spikes = 0.0;
    if (!expect_spikes(w, pop, phase, &spikes, err)) return false;
    w->spikes[index] += spikes;
    w->cost->spikes += spikes;
    if (!hk_pop_has_neurons(pop)) w->cost->source_spikes += spikes;
    return true;
}

/* On the exact clock each arrives for itself; on a grid they are part of a neuron's step. */
static bool add_pulses(struct work *w, const struct hk_pop *pop, struct hk_err *err) {
    double pulses = 0.0;
    if (!hk_pop_expect_pulses(pop, (hk_tick)w->cost->steps, &pulses, err)) return false;
    w->cost->pulses += pulses;
    w->event_ns += pulses * arrival_cost(pop);
    return true;
}

static bool add_population(struct work *w, const struct hk_pop *pop, size_t index,
                           struct hk_err *err) {
    const struct hk_experiment *e = w->experiment;
    const struct hk_column *info;
    w->cost->units += hk_pop_size(pop);
    if (hk_pop_has_neurons(pop)) w->cost->neurons += hk_pop_size(pop);
    if (!add_pulses(w, pop, err)) return false;
    for (size_t c = 0; (info = hk_pop_column_info(pop, c)); c++)
        if (info->slow) w->cost->output_bytes += (double)hk_pop_size(pop) * sizeof(double);
    if (e->duration) return add_spikes(w, pop, index, NULL, err);
    for (size_t i = 0; i < e->protocol.phase_count; i++)
        if (!add_spikes(w, pop, index, &e->protocol.phases[i], err)) return false;
    return true;
}

/* ---- synapses ---- */

static size_t index_of(const struct hk_sim *sim, const struct hk_pop *pop) {
    size_t index = 0;
    while (hk_sim_population(sim, index) != pop) index++;
    return index;
}

static bool add_projection(struct work *w, const struct hk_proj *proj, struct hk_err *err) {
    const struct hk_pop *source = hk_proj_source(proj);
    bool is_exact = w->cost->is_exact;
    double synapses = 0.0,
           cost_ns = is_exact ? arrival_cost(hk_proj_target(proj)) : event_cost(proj);
    if (!hk_proj_expect(proj, &synapses, err)) return false;
    double events =
        w->spikes[index_of(w->experiment->sim, source)] * synapses / (double)hk_pop_size(source);
    w->cost->synapses += synapses;
    w->cost->events += events;
    w->event_ns += events * cost_ns;
    enum hk_stored stored = hk_proj_stored(proj);
    if (is_exact || stored == HK_STORED_ROWS || stored == HK_STORED_LATE)
        w->cost->build_s += 1e-9 * HK_COST_DRAW * synapses;
    if (!hk_proj_is_plastic(proj)) return true;
    size_t ends = hk_proj_is_dense(proj) ? 0 : 2 * sizeof(hk_neuron);
    w->cost->output_bytes +=
        (double)(ends + hk_element_size(hk_precision_element(w->experiment->sim))) * synapses;
    return true;
}

static bool estimate(struct work *w, struct hk_err *err) {
    struct hk_sim *sim = w->experiment->sim;
    struct hk_cost *cost = w->cost;
    struct hk_sim_need need;
    const struct hk_pop *pop;
    const struct hk_proj *proj;
    cost->is_exact = hk_sim_clock(sim) == HK_CLOCK_EXACT;
    add_time(w);
    for (size_t i = 0; (pop = hk_sim_population(sim, i)); i++)
        if (!add_population(w, pop, i, err)) return false;
    for (size_t i = 0; (proj = hk_sim_projection(sim, i)); i++)
        if (!add_projection(w, proj, err)) return false;
    cost->output_bytes += hk_cost_record(w->experiment, w->spikes, cost->steps);
    for (size_t i = 0; hk_sim_population(sim, i); i++) w->spikes[i] /= cost->steps;
    if (!hk_sim_expect(sim, w->spikes, &need, err)) return false;
    cost->network_bytes = need.memory;
    cost->other_bytes = (double)hk_arena_size(w->experiment->arena);
    cost->threads = need.threads;
    if (!cost->is_exact) cost->updates = cost->steps * (double)cost->neurons;
    double shared_ns =
        w->event_ns + cost->updates * HK_COST_STEP + cost->source_spikes * HK_COST_SPIKE;
    double alone_ns = cost->is_exact ? 0.0 : cost->steps * HK_COST_TICK;
    cost->run_s = 1e-9 * (alone_ns + shared_ns / need.threads);
    cost->build_s /= need.threads;
    return true;
}

bool hk_cost_estimate(const struct hk_experiment *experiment, double rate_hz, struct hk_cost *cost,
                      struct hk_err *err) {
    struct hk_block room = {0};
    size_t count = 0;
    *cost = (struct hk_cost){.rate_hz = rate_hz, .output_bytes = HK_COST_FILE};
    while (hk_sim_population(experiment->sim, count)) count++;
    if (!hk_block_reserve(&room, count, sizeof(double), err)) return false;
    struct work work = {.experiment = experiment, .cost = cost, .spikes = room.data};
    bool ok = estimate(&work, err);
    hk_block_finish(&room);
    return ok;
}
