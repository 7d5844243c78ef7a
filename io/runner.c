#include "io/runner.h"

#include "io/clock.h"
#include "io/recorder.h"
#include "io/rundir.h"
#include "io/runner_write.h"

#include <math.h>
#include <stdio.h>

struct runner {
    struct hk_experiment *experiment;
    const struct hk_run_options *options;
    struct hk_recording *recording;
    struct hk_recorder *recorder;
    bool has_curve; /* of the phase: its accuracy every `average` presentations */
    uint32_t curve;
    double phase_began, told;
};

/* ---- progress ---- */

static bool tell(struct runner *run, struct hk_run_status *status, struct hk_err *err) {
    const struct hk_sim *sim = run->experiment->sim;
    double now = hk_clock_s();
    if (!run->options->progress) return true;
    if (!status->ended && now - run->told < 0.1) return true;
    run->told = now;
    status->elapsed_s = now - run->phase_began;
    status->simulated_ms = (double)hk_sim_now(sim) * hk_sim_tick_ms(sim);
    status->saved_ms = hk_recording_saved_ms(run->recording);
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
    return hk_recording_number(run->recording, path, seconds, "s", err);
}

/* ---- phases ---- */

static bool open_curve(struct runner *run, const struct hk_phase *phase, struct hk_err *err) {
    char path[300];
    if (snprintf(path, sizeof path, "metrics/%s/running_accuracy", phase->name) >= (int)sizeof path)
        return HK_FAIL(err, HK_ERR_LIMIT, "the name of phase %s is too long", phase->name);
    const struct hk_opening opening = {.kind = HK_STREAM_SERIES,
                                       .path = path,
                                       .note = "samples, accuracy"};
    return hk_recording_open(run->recording, &opening, &run->curve, err);
}

static bool phase_begin(void *context, const struct hk_phase *phase, size_t index,
                        struct hk_err *err) {
    struct runner *run = context;
    run->phase_began = hk_clock_s();
    run->has_curve = phase->curve;
    return hk_recorder_begin(run->recorder, phase->name, index, err) &&
           (!phase->curve || open_curve(run, phase, err));
}

static bool presented(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct runner *run = context;
    const double point[] = {(double)report->done,
                            (double)report->recent_correct / (double)report->recent};
    if (run->has_curve && report->recent && report->done % report->phase->average == 0 &&
        !hk_recording_rows(run->recording, run->curve, point, sizeof point, err))
        return false;
    return hk_recorder_presented(run->recorder, report->done, err) &&
           tell_phase(run, report, false, err);
}

static bool phase_end(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct runner *run = context;
    struct hk_err later = {0}; /* what ended the phase keeps the first word */
    bool ok = hk_write_phase(run->recording, run->experiment, report, &later) &&
              hk_recorder_end(run->recorder, &later) &&
              write_wall(run, report->phase->name, hk_clock_s() - run->phase_began, &later) &&
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
    run->phase_began = hk_clock_s();
    bool ok = hk_recorder_begin(run->recorder, NULL, 0, err);
    while (ok && done < e->duration) {
        hk_tick ticks = e->duration - done < piece ? e->duration - done : piece;
        ok = hk_recorder_run(run->recorder, ticks, err);
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
    bool written = hk_write_rates(run->recording, e, &later) &&
                   hk_recorder_end(run->recorder, &later) &&
                   write_wall(run, "run", hk_clock_s() - run->phase_began, &later);
    if (!written && err && err->code == HK_OK) *err = later;
    return ok && written;
}

/* ---- from build to the closed file ---- */

static bool open_recorder(struct runner *run, struct hk_err *err) {
    run->recorder = hk_recorder_create(run->experiment, run->recording, err);
    return run->recorder != NULL;
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
        if (!hk_recording_number(run->recording, path, rounding_ms, "ms", err)) return false;
    }
    return true;
}

static bool write_build(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    const struct hk_proj *proj;
    const struct hk_sim *sim = run->experiment->sim;
    for (size_t i = 0; (proj = hk_sim_projection(sim, i)); i++)
        summary->synapses += hk_proj_count(proj);
    summary->threads = hk_sim_threads(sim);
    return hk_recording_number(run->recording, "wall/build_s", summary->build_s, "s", err) &&
           hk_recording_integer(run->recording, "network/synapses", (int64_t)summary->synapses,
                                NULL, err) &&
           hk_recording_integer(run->recording, "network/memory", (int64_t)hk_sim_memory(sim),
                                "bytes", err) &&
           write_rounding(run, err) &&
           hk_write_provenance(run->recording, run->experiment, run->options->command, err);
}

/* What the network has done and become. */
static bool write_network(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    struct hk_experiment *e = run->experiment;
    summary->counts = hk_sim_count(e->sim);
    return hk_recording_integer(run->recording, "network/spikes", (int64_t)summary->counts.spikes,
                                NULL, err) &&
           hk_recording_integer(run->recording, "network/synaptic_events",
                                (int64_t)summary->counts.events, NULL, err) &&
           hk_recording_integer(run->recording, "network/pulses", (int64_t)summary->counts.pulses,
                                NULL, err) &&
           hk_write_weights(run->recording, e, err);
}

static bool write_status(struct runner *run, double wall_s, const struct hk_err *why,
                         struct hk_err *err) {
    const char *status = why->code == HK_OK              ? "complete"
                         : why->code == HK_ERR_INTERRUPT ? "interrupted"
                                                         : "failed";
    return hk_recording_number(run->recording, "wall/total_s", wall_s, "s", err) &&
           hk_recording_text(run->recording, "provenance/status", status, err) &&
           (why->code == HK_OK ||
            hk_recording_text(run->recording, "provenance/error", why->message, err));
}

static bool make_folder(const struct hk_experiment *e, const struct hk_run_options *options,
                        char **folder, struct hk_err *err) {
    return options->folder ? hk_rundir_create_at(e->arena, options->folder, folder, err)
                           : hk_rundir_create(e->arena, "results", e->name, folder, err);
}

static bool build(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    double began = hk_clock_s();
    if (!hk_sim_build(run->experiment->sim, err)) return false;
    summary->build_s = hk_clock_s() - began;
    return true;
}

/* Whatever goes wrong, the file is closed; what went wrong first is what the caller hears. */
static bool run_and_close(struct runner *run, struct hk_run_summary *summary, struct hk_err *err) {
    const struct hk_experiment *e = run->experiment;
    struct hk_err why = {0}, closing = {0};
    double began = hk_clock_s();
    bool built = build(run, summary, &why);
    bool ok = built && write_build(run, summary, &why) && open_recorder(run, &why) &&
              (e->duration ? run_duration(run, &why) : run_protocol(run, &why));
    summary->wall_s = hk_clock_s() - began;
    bool written = (!built || write_network(run, summary, &closing)) &&
                   write_status(run, summary->wall_s, &why, &closing);
    hk_recorder_finish(run->recorder);
    bool closed = hk_recording_close(run->recording, &summary->folded, &closing);
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
    run.recording = hk_recording_create(experiment->arena, folder, options->segment_size, err);
    if (!run.recording) return false;
    bool ok = run_and_close(&run, summary, err);
    hk_recording_destroy(run.recording);
    return ok;
}
