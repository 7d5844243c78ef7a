#include "io/runner.h"

#include "io/rundir.h"
#include "io/runner_write.h"
#include "io/taps.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

struct runner {
    struct hk_experiment *experiment;
    const struct hk_run_options *options;
    struct hk_results *results;
    struct hk_results_series *accuracy; /* of the phase, every `average` presentations */
    struct hk_taps *taps;
    double phase_began, told;
};

static double clock_s(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0.0;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- progress ---- */

static bool tell(struct runner *run, struct hk_run_status *status, struct hk_err *err) {
    const struct hk_sim *sim = run->experiment->sim;
    double now = clock_s();
    if (!run->options->progress) return true;
    if (!status->ended && now - run->told < 0.1) return true;
    run->told = now;
    status->elapsed_s = now - run->phase_began;
    status->simulated_ms = (double)hk_sim_now(sim) * hk_sim_tick_ms(sim);
    return run->options->progress(run->options->context, status, err);
}

static bool tell_phase(struct runner *run, const struct hk_phase_report *report, bool ended,
                       struct hk_err *err) {
    double recent = (double)report->recent_correct / (double)report->recent;
    return tell(run,
                &(struct hk_run_status){.phase = report->phase->name,
                                        .done = report->done,
                                        .total = report->total,
                                        .in_samples = true,
                                        .accuracy = report->recent ? recent : (double)NAN,
                                        .ended = ended,
                                        .arithmetic =
                                            hk_arithmetic_of(run->experiment->sim, report),
                                        .report = ended ? report : NULL},
                err);
}

static bool write_wall(struct runner *run, const char *phase, double seconds, struct hk_err *err) {
    char path[300];
    if (snprintf(path, sizeof path, "wall/%s_s", phase) >= (int)sizeof path)
        return HK_FAIL(err, HK_ERR_LIMIT, "the name of phase %s is too long", phase);
    return hk_results_number(run->results, path, seconds, "s", err);
}

/* ---- phases ---- */

static bool phase_begin(void *context, const struct hk_phase *phase, size_t index,
                        struct hk_err *err) {
    struct runner *run = context;
    char path[300];
    (void)index;
    run->phase_began = clock_s();
    run->accuracy = NULL;
    hk_taps_begin(run->taps, phase->name);
    if (!phase->curve) return true;
    if (snprintf(path, sizeof path, "metrics/%s/running_accuracy", phase->name) >= (int)sizeof path)
        return HK_FAIL(err, HK_ERR_LIMIT, "the name of phase %s is too long", phase->name);
    run->accuracy = hk_results_series_open(run->results, path, "samples, accuracy", err);
    return run->accuracy != NULL;
}

static bool presented(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct runner *run = context;
    if (run->accuracy && report->recent && report->done % report->phase->average == 0 &&
        !hk_results_series_append(run->accuracy, (double)report->done,
                                  (double)report->recent_correct / (double)report->recent, err))
        return false;
    return tell_phase(run, report, false, err);
}

static bool phase_end(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct runner *run = context;
    struct hk_err later = {0}; /* what ended the phase keeps the first word */
    bool ok = hk_write_phase(run->results, run->experiment, report, &later) &&
              hk_taps_end(run->taps, &later) &&
              write_wall(run, report->phase->name, clock_s() - run->phase_began, &later) &&
              (report->done < report->total || tell_phase(run, report, true, &later));
    if (!ok && err && err->code == HK_OK) *err = later;
    return ok;
}

static bool run_protocol(struct runner *run, struct hk_err *err) {
    const struct hk_experiment *e = run->experiment;
    const struct hk_protocol_listener listener = {.context = run,
                                                  .phase_begin = phase_begin,
                                                  .presented = presented,
                                                  .phase_end = phase_end};
    return hk_protocol_run(e->sim, &e->protocol, &listener, err);
}

/* A plain duration, in pieces of about a thousandth so that progress is seen and Ctrl-C heard. */
static bool run_duration(struct runner *run, struct hk_err *err) {
    const struct hk_experiment *e = run->experiment;
    hk_tick piece = e->duration / 1000 + 64, done = 0;
    bool ok = true;
    run->phase_began = clock_s();
    hk_taps_begin(run->taps, NULL);
    while (ok && done < e->duration) {
        hk_tick ticks = e->duration - done < piece ? e->duration - done : piece;
        ok = hk_sim_run(e->sim, ticks, err);
        done = hk_sim_now(e->sim);
        ok = ok && tell(run,
                        &(struct hk_run_status){.phase = "run",
                                                .done = (size_t)done,
                                                .total = (size_t)e->duration,
                                                .accuracy = (double)NAN,
                                                .ended = done == e->duration},
                        err);
    }
    struct hk_err later = {0};
    bool written = hk_write_rates(run->results, e, &later) && hk_taps_end(run->taps, &later) &&
                   write_wall(run, "run", clock_s() - run->phase_began, &later);
    if (!written && err && err->code == HK_OK) *err = later;
    return ok && written;
}

/* ---- from build to the closed file ---- */

static bool open_taps(struct runner *run, struct hk_err *err) {
    run->taps = hk_taps_create(run->experiment, run->results, err);
    return run->taps != NULL;
}

/* How far recorded spikes were moved to whole ticks, where they were. */
static bool write_rounding(struct runner *run, struct hk_err *err) {
    const struct hk_pop *pop;
    char path[300];
    for (size_t i = 0; (pop = hk_sim_population(run->experiment->sim, i)); i++) {
        double rounding_ms = hk_pop_rounding_ms(pop);
        if (rounding_ms == 0.0) continue;
        if (snprintf(path, sizeof path, "network/rounding/%s", hk_pop_name(pop)) >=
            (int)sizeof path)
            return HK_FAIL(err, HK_ERR_LIMIT, "the name of population %s is too long",
                           hk_pop_name(pop));
        if (!hk_results_number(run->results, path, rounding_ms, "ms", err)) return false;
    }
    return true;
}

static bool write_build(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    const struct hk_proj *proj;
    const struct hk_sim *sim = run->experiment->sim;
    for (size_t i = 0; (proj = hk_sim_projection(sim, i)); i++)
        summary->synapses += hk_proj_count(proj);
    summary->threads = hk_sim_threads(sim);
    return hk_results_number(run->results, "wall/build_s", summary->build_s, "s", err) &&
           hk_results_integer(run->results, "network/synapses", (int64_t)summary->synapses, NULL,
                              err) &&
           hk_results_integer(run->results, "network/memory", (int64_t)hk_sim_memory(sim), "bytes",
                              err) &&
           write_rounding(run, err) &&
           hk_write_provenance(run->results, run->experiment, run->options->command, err);
}

/* What the network has done and become. */
static bool write_network(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    struct hk_experiment *e = run->experiment;
    summary->counts = hk_sim_count(e->sim);
    hk_results_set_span(run->results, 0.0, (double)hk_sim_now(e->sim) * hk_sim_tick_ms(e->sim));
    return hk_results_integer(run->results, "network/spikes", (int64_t)summary->counts.spikes, NULL,
                              err) &&
           hk_results_integer(run->results, "network/synaptic_events",
                              (int64_t)summary->counts.events, NULL, err) &&
           hk_write_weights(run->results, e, err);
}

static bool write_status(struct runner *run, double wall_s, const struct hk_err *why,
                         struct hk_err *err) {
    const char *status = why->code == HK_OK              ? "complete"
                         : why->code == HK_ERR_INTERRUPT ? "interrupted"
                                                         : "failed";
    return hk_results_number(run->results, "wall/total_s", wall_s, "s", err) &&
           hk_results_text(run->results, "provenance/status", status, err) &&
           (why->code == HK_OK ||
            hk_results_text(run->results, "provenance/error", why->message, err));
}

static bool make_folder(const struct hk_experiment *e, const struct hk_run_options *options,
                        char **folder, struct hk_err *err) {
    return options->folder ? hk_rundir_create_at(e->arena, options->folder, folder, err)
                           : hk_rundir_create(e->arena, "results", e->name, folder, err);
}

static bool build(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    double began = clock_s();
    if (!hk_sim_build(run->experiment->sim, err)) return false;
    summary->build_s = clock_s() - began;
    return true;
}

/* Whatever goes wrong, the file is closed; what went wrong first is what the caller hears. */
static bool run_and_close(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    const struct hk_experiment *e = run->experiment;
    struct hk_err why = {0}, closing = {0};
    double began = clock_s();
    bool built = build(run, summary, &why);
    bool ok = built && write_build(run, summary, &why) && open_taps(run, &why) &&
              (e->duration ? run_duration(run, &why) : run_protocol(run, &why));
    summary->wall_s = clock_s() - began;
    bool written = (!built || write_network(run, summary, &closing)) &&
                   write_status(run, summary->wall_s, &why, &closing);
    bool closed = hk_results_close(run->results, &closing);
    if (err && err->code == HK_OK) *err = ok ? closing : why;
    return ok && written && closed;
}

bool hk_run_experiment(struct hk_experiment *experiment, const struct hk_run_options *options,
                       struct hk_run_summary *summary, struct hk_err *err) {
    struct runner run = {.experiment = experiment, .options = options};
    char *folder = NULL;
    *summary = (struct hk_run_summary){.folder = NULL};
    if (!make_folder(experiment, options, &folder, err)) return false;
    summary->folder = folder;
    run.results = hk_results_create(experiment->arena, folder, err);
    if (!run.results) return false;
    bool ok = run_and_close(&run, summary, err);
    hk_results_destroy(run.results);
    return ok;
}
