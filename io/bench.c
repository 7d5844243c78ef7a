#include "io/bench.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "io/clock.h"

static uint64_t memory_of_process(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

/* ---- spikes ---- */

/* Of all presentations of a protocol. */
struct shown {
    const struct hk_sim *sim;
    hk_tick ticks;
    uint64_t spikes[HK_BENCH_RATES_MAX];
};

static uint64_t spikes_of(const struct hk_pop *pop) {
    const uint32_t *counts = hk_pop_counts(pop);
    uint64_t sum = 0;
    for (hk_neuron i = 0; i < hk_pop_size(pop); i++) sum += counts[i];
    return sum;
}

/* Of all neurons, not of sources. */
static uint64_t all_spikes(const struct hk_sim *sim) {
    const struct hk_pop *pop;
    uint64_t sum = 0;
    for (size_t i = 0; (pop = hk_sim_population(sim, i)); i++)
        if (hk_pop_has_neurons(pop)) sum += spikes_of(pop);
    return sum;
}

static void put_rate(struct hk_bench_measure *m, const struct hk_pop *pop, uint64_t spikes,
                     double seconds) {
    if (m->rate_count == HK_BENCH_RATES_MAX || !(seconds > 0.0)) return;
    struct hk_bench_rate *rate = &m->rates[m->rate_count++];
    (void)snprintf(rate->name, sizeof rate->name, "%s", hk_pop_name(pop));
    rate->hz = (double)spikes / (seconds * hk_pop_size(pop));
}

/* ---- running ---- */

enum { PIECES = 50 };
static const double PIECE_MS = 0.2;

/* In short pieces up to the first spike, as long as it may come soon, so that nobody has to listen.
 */
static bool await_spike(const struct hk_experiment *e, hk_tick end, double started_s,
                        struct hk_bench_measure *m, struct hk_err *err) {
    hk_tick piece = (hk_tick)ceil(PIECE_MS / hk_sim_tick_ms(e->sim));
    for (size_t k = 0; k < PIECES && isnan(m->first_spike_s); k++) {
        hk_tick left = end - hk_sim_now(e->sim);
        if (left <= 0) break;
        if (!hk_sim_run(e->sim, left < piece ? left : piece, err)) return false;
        if (all_spikes(e->sim) > 0) m->first_spike_s = hk_clock_s() - started_s;
    }
    return true;
}

static bool run_duration(const struct hk_experiment *e, double started_s,
                         struct hk_bench_measure *m, struct hk_err *err) {
    const struct hk_pop *pop;
    double tick_s = hk_sim_tick_ms(e->sim) * 1e-3;
    hk_tick last = (hk_tick)fmin(1.0 / tick_s, 0.5 * (double)e->duration), end = e->duration - last;
    if (!await_spike(e, end, started_s, m, err) ||
        !hk_sim_run(e->sim, end - hk_sim_now(e->sim), err))
        return false;
    uint64_t before = all_spikes(e->sim);
    if (!hk_sim_run(e->sim, last, err)) return false;
    m->alive = all_spikes(e->sim) > before;
    for (size_t i = 0; (pop = hk_sim_population(e->sim, i)); i++)
        if (hk_pop_has_neurons(pop)) put_rate(m, pop, spikes_of(pop), (double)e->duration * tick_s);
    return true;
}

static bool phase_end(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct shown *shown = context;
    (void)err;
    shown->ticks += report->shown;
    for (size_t i = 0; i < HK_BENCH_RATES_MAX && hk_sim_population(shown->sim, i); i++)
        shown->spikes[i] += report->spikes[i];
    return true;
}

static bool run_protocol(const struct hk_experiment *e, struct hk_bench_measure *m,
                         struct hk_err *err) {
    const struct hk_pop *pop;
    struct shown shown = {.sim = e->sim};
    const struct hk_protocol_listener listener = {.context = &shown, .phase_end = phase_end};
    if (!hk_protocol_run(e->sim, &e->protocol, &listener, err)) return false;
    double seconds = (double)shown.ticks * hk_sim_tick_ms(e->sim) * 1e-3;
    for (size_t i = 0; i < HK_BENCH_RATES_MAX && (pop = hk_sim_population(e->sim, i)); i++) {
        if (!hk_pop_has_neurons(pop)) continue;
        put_rate(m, pop, shown.spikes[i], seconds);
        m->alive |= shown.spikes[i] > 0;
    }
    return true;
}

static void describe(const struct hk_sim *sim, struct hk_bench_measure *m) {
    const struct hk_pop *pop;
    const struct hk_proj *proj;
    for (size_t i = 0; (pop = hk_sim_population(sim, i)); i++)
        if (hk_pop_has_neurons(pop)) m->neurons += hk_pop_size(pop);
    for (size_t i = 0; (proj = hk_sim_projection(sim, i)); i++) m->synapses += hk_proj_count(proj);
    m->threads = hk_sim_threads(sim);
    m->precision = hk_sim_precision(sim);
    m->clock = hk_sim_clock(sim);
}

static bool build_and_run(const struct hk_experiment *e, double started_s,
                          struct hk_bench_measure *m, struct hk_err *err) {
    double began = hk_clock_s();
    m->memory_before = memory_of_process();
    if (!hk_sim_build(e->sim, err)) return false;
    m->build_s = hk_clock_s() - began;
    describe(e->sim, m);
    began = hk_clock_s();
    double cpu_began = hk_clock_cpu_s();
    if (!(e->duration ? run_duration(e, started_s, m, err) : run_protocol(e, m, err))) return false;
    m->sim_s = hk_clock_s() - began;
    m->cpu_s = hk_clock_cpu_s() - cpu_began;
    m->bio_s = (double)hk_sim_now(e->sim) * hk_sim_tick_ms(e->sim) * 1e-3;
    m->counts = hk_sim_count(e->sim);
    m->memory = memory_of_process();
    return true;
}

bool hk_bench_run(const struct hk_experiment_options *options, double started_s,
                  struct hk_bench_measure *measure, struct hk_err *err) {
    struct hk_experiment experiment;
    *measure = (struct hk_bench_measure){.first_spike_s = (double)NAN};
    bool ok = hk_experiment_read(&experiment, options, err);
    if (ok) {
        (void)snprintf(measure->name, sizeof measure->name, "%s", experiment.name);
        ok = build_and_run(&experiment, started_s, measure, err);
    }
    hk_experiment_finish(&experiment);
    return ok;
}

/* ---- ratios ---- */

double hk_bench_rtf(const struct hk_bench_measure *m) {
    return m->sim_s / m->bio_s;
}

double hk_bench_ns_per_event(const struct hk_bench_measure *m) {
    if (m->counts.events == 0) return (double)NAN;
    return 1e9 * m->sim_s * m->threads / (double)m->counts.events;
}

double hk_bench_bytes_per_synapse(const struct hk_bench_measure *m) {
    if (m->synapses == 0) return (double)NAN;
    return ((double)m->memory - (double)m->memory_before) / (double)m->synapses;
}
