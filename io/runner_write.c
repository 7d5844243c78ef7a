#include "io/runner_write.h"

#include "io/tree_write.h"
#include "io/weights.h"
#include "version.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PATH_SIZE = 512 };

/* "metrics/test/accuracy"; names are short, and too long a one is refused. */
#define PATH(path, err, ...)                                                                       \
    (snprintf((path), PATH_SIZE, __VA_ARGS__) < PATH_SIZE ||                                       \
     HK_FAIL((err), HK_ERR_LIMIT, "a name is longer than %d bytes", PATH_SIZE))

/* ---- metrics ---- */

static bool write_confusion(struct hk_recording *recording, const struct hk_phase_report *report,
                            struct hk_err *err) {
    char path[PATH_SIZE];
    size_t rows = report->classes, columns = rows + 1;
    int64_t cells[256 * 257];
    if (rows > 256) return true;
    for (size_t i = 0; i < rows * columns; i++) cells[i] = (int64_t)report->confusion[i];
    if (!PATH(path, err, "metrics/%s/confusion", report->phase->name)) return false;
    return hk_recording_put(recording,
                            &(struct hk_store_item){.path = path,
                                                    .element = HK_ELEMENT_I64,
                                                    .rank = 2,
                                                    .shape = (size_t[]){rows, columns},
                                                    .data = cells},
                            err);
}

static bool write_accuracy(struct hk_recording *recording, const struct hk_phase_report *report,
                           struct hk_err *err) {
    char path[PATH_SIZE];
    const char *phase = report->phase->name;
    if (report->judged == 0) return true;
    if (!PATH(path, err, "metrics/%s/accuracy", phase) ||
        !hk_recording_number(recording, path, (double)report->correct / (double)report->judged,
                             NULL, err))
        return false;
    if (!PATH(path, err, "metrics/%s/judged", phase) ||
        !hk_recording_integer(recording, path, (int64_t)report->judged, NULL, err))
        return false;
    return write_confusion(recording, report, err);
}

struct hk_arithmetic hk_arithmetic_of(const struct hk_sim *sim,
                                      const struct hk_phase_report *report) {
    struct hk_arithmetic a = {0};
    const struct hk_sim_counts now = hk_sim_count(sim), *before = &report->before;
    const struct hk_proj *proj;
    double shown = (double)report->done;
    if (!report->phase->teach || report->done == 0) return a;
    a.additions = (double)(now.additions - before->additions + now.events - before->events) / shown;
    a.multiplications = (double)(now.multiplications - before->multiplications) / shown;
    for (size_t i = 0; (proj = hk_sim_projection(sim, i)); i++) {
        bool taught = hk_proj_is_plastic(proj) && hk_pop_can_be_taught(hk_proj_target(proj));
        double passes = hk_pop_has_neurons(hk_proj_source(proj)) ? 3.0 : 2.0;
        a.backpropagation += taught ? passes * (double)hk_proj_count(proj) : 0.0;
    }
    return a;
}

static bool write_arithmetic(struct hk_recording *recording, const struct hk_sim *sim,
                             const struct hk_phase_report *report, struct hk_err *err) {
    const struct hk_arithmetic a = hk_arithmetic_of(sim, report);
    const struct {
        const char *name;
        double value;
    } rows[] = {{"additions", a.additions},
                {"multiplications", a.multiplications},
                {"backpropagation", a.backpropagation}};
    char path[PATH_SIZE];
    for (size_t i = 0; a.backpropagation > 0.0 && i < HK_COUNT(rows); i++)
        if (!PATH(path, err, "metrics/%s/arithmetic/%s", report->phase->name, rows[i].name) ||
            !hk_recording_number(recording, path, rows[i].value, NULL, err))
            return false;
    return true;
}

bool hk_write_phase(struct hk_recording *recording, const struct hk_experiment *experiment,
                    const struct hk_phase_report *report, struct hk_err *err) {
    char path[PATH_SIZE];
    const char *phase = report->phase->name;
    const struct hk_pop *pop;
    if (!PATH(path, err, "metrics/%s/samples", phase) ||
        !hk_recording_integer(recording, path, (int64_t)report->done, NULL, err))
        return false;
    if (!PATH(path, err, "metrics/%s/retries", phase) ||
        !hk_recording_integer(recording, path, (int64_t)report->retries, NULL, err))
        return false;
    double shown_s = (double)report->shown * hk_sim_tick_ms(experiment->sim) * 1e-3;
    for (size_t i = 0; (pop = hk_sim_population(experiment->sim, i)) && shown_s > 0.0; i++) {
        double rate = (double)report->spikes[i] / (shown_s * hk_pop_size(pop));
        if (!PATH(path, err, "metrics/%s/rate/%s", phase, hk_pop_name(pop)) ||
            !hk_recording_number(recording, path, rate, "Hz", err))
            return false;
    }
    return write_arithmetic(recording, experiment->sim, report, err) &&
           write_accuracy(recording, report, err);
}

bool hk_write_rates(struct hk_recording *recording, const struct hk_experiment *experiment,
                    struct hk_err *err) {
    const struct hk_sim *sim = experiment->sim;
    const struct hk_pop *pop;
    char path[PATH_SIZE];
    double seconds = (double)hk_sim_now(sim) * hk_sim_tick_ms(sim) * 1e-3;
    for (size_t i = 0; (pop = hk_sim_population(sim, i)) && seconds > 0.0; i++) {
        const uint32_t *counts = hk_pop_counts(pop);
        double spikes = 0.0;
        for (hk_neuron k = 0; k < hk_pop_size(pop); k++) spikes += counts[k];
        if (!PATH(path, err, "metrics/rate/%s", hk_pop_name(pop)) ||
            !hk_recording_number(recording, path, spikes / (seconds * hk_pop_size(pop)), "Hz", err))
            return false;
    }
    return true;
}

/* ---- weights and state ---- */

static bool write_column(struct hk_recording *recording, const char *path, enum hk_element element,
                         size_t count, const void *data, const char *unit, struct hk_err *err) {
    const struct hk_store_item item = {path, unit, element, 1, &count, data};
    return hk_recording_put(recording, &item, err);
}

static bool write_matrix(struct hk_recording *recording, const struct hk_proj *proj,
                         enum hk_element element, struct hk_weights *weights, struct hk_err *err) {
    char path[PATH_SIZE];
    if (!hk_weights_read(proj, element, weights, NULL, err) ||
        !PATH(path, err, "weights/%s", hk_proj_name(proj)))
        return false;
    const struct hk_store_item item = {path,           hk_proj_weight_unit(proj),
                                       element,        2,
                                       weights->shape, weights->values};
    return hk_recording_put(recording, &item, err);
}

static bool write_list(struct hk_recording *recording, const struct hk_proj *proj,
                       enum hk_element element, struct hk_weights *weights, struct hk_err *err) {
    char path[PATH_SIZE];
    struct hk_ends ends = {0};
    size_t count = hk_proj_count(proj);
    const char *name = hk_proj_name(proj);
    bool ok = hk_weights_read(proj, element, weights, &ends, err) &&
              PATH(path, err, "weights/%s/source", name) &&
              write_column(recording, path, HK_ELEMENT_U32, count, ends.source.data, NULL, err) &&
              PATH(path, err, "weights/%s/target", name) &&
              write_column(recording, path, HK_ELEMENT_U32, count, ends.target.data, NULL, err) &&
              PATH(path, err, "weights/%s/weight", name) &&
              write_column(recording, path, element, count, weights->values,
                           hk_proj_weight_unit(proj), err);
    hk_ends_finish(&ends);
    return ok;
}

static bool write_projection(struct hk_recording *recording, const struct hk_proj *proj,
                             enum hk_element element, struct hk_err *err) {
    struct hk_weights weights = {.rank = 0};
    hk_weights_shape(proj, &weights);
    bool ok = weights.is_matrix ? write_matrix(recording, proj, element, &weights, err)
                                : write_list(recording, proj, element, &weights, err);
    hk_weights_finish(&weights);
    return ok;
}

static bool write_slow_state(struct hk_recording *recording, const struct hk_pop *pop,
                             struct hk_block *room, struct hk_err *err) {
    const struct hk_column *info;
    char path[PATH_SIZE];
    for (size_t c = 0; (info = hk_pop_column_info(pop, c)); c++) {
        if (!info->slow) continue;
        if (!hk_block_reserve(room, hk_pop_size(pop), sizeof(double), err)) return false;
        hk_pop_read(pop, c, room->data);
        if (!PATH(path, err, "state/%s/%s", hk_pop_name(pop), info->name) ||
            !write_column(recording, path, HK_ELEMENT_F64, hk_pop_size(pop), room->data, info->unit,
                          err))
            return false;
    }
    return true;
}

bool hk_write_weights(struct hk_recording *recording, const struct hk_experiment *experiment,
                      struct hk_err *err) {
    const struct hk_proj *proj;
    const struct hk_pop *pop;
    const enum hk_element element = hk_precision_element(experiment->sim);
    struct hk_block room = {0};
    bool ok = true;
    for (size_t i = 0; ok && (proj = hk_sim_projection(experiment->sim, i)); i++)
        if (hk_proj_is_plastic(proj)) ok = write_projection(recording, proj, element, err);
    for (size_t i = 0; ok && (pop = hk_sim_population(experiment->sim, i)); i++)
        ok = write_slow_state(recording, pop, &room, err);
    hk_block_finish(&room);
    return ok;
}

/* ---- provenance ---- */

static bool write_texts(struct hk_recording *recording, const struct hk_experiment *e,
                        const char *command, struct hk_err *err) {
    char now[64] = "";
    time_t clock = time(NULL);
    struct tm utc;
    if (gmtime_r(&clock, &utc)) (void)strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    bool twice = hk_sim_precision(e->sim) == HK_DOUBLE;
    const struct {
        const char *path, *text;
    } texts[] = {{"provenance/version", HK_VERSION},
                 {"provenance/commit", HK_COMMIT},
                 {"provenance/compiler", HK_COMPILER},
                 {"provenance/started", now},
                 {"provenance/command", command},
                 {"provenance/precision", twice ? "double" : "single"},
                 {"provenance/instruction_set", hk_isa_name(hk_isa_best())},
                 {"provenance/data", e->has_data ? e->data.origin : NULL},
                 {"experiment/name", e->name},
                 {"experiment/about", e->about}};
    for (size_t i = 0; i < HK_COUNT(texts); i++)
        if (texts[i].text && !hk_recording_text(recording, texts[i].path, texts[i].text, err))
            return false;
    return true;
}

bool hk_write_provenance(struct hk_recording *recording, const struct hk_experiment *experiment,
                         const char *command, struct hk_err *err) {
    struct hk_block text = {0};
    char seed[32];
    (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)experiment->seed);
    bool ok = hk_tree_write(experiment->root, &text, err) &&
              hk_recording_text(recording, "experiment/resolved", text.data, err) &&
              hk_recording_text(recording, "provenance/seed", seed, err) &&
              hk_recording_integer(recording, "provenance/threads", hk_sim_threads(experiment->sim),
                                   NULL, err) &&
              write_texts(recording, experiment, command, err);
    hk_block_finish(&text);
    return ok;
}
