#include "io/taps.h"

#include <stdio.h>
#include <string.h>

/* One population. */
struct tap {
    struct hk_pop *pop;
    const struct hk_record *record; /* NULL: its spikes aren't kept */
    struct hk_results_spikes *spikes;
    const struct hk_report *report; /* NULL: nobody asks what they are like */
    struct hk_spike_stats *stats;
    bool recording, measuring; /* in the phase that runs now */
};

struct hk_taps {
    const struct hk_experiment *experiment;
    struct hk_results *results;
    struct tap *list;
    size_t count;
    const char *phase; /* NULL: none, or a plain duration */
};

static bool hear(void *context, const struct hk_pop *pop, hk_tick tick, const uint32_t *units,
                 size_t count, struct hk_err *err) {
    (void)pop;
    enum { CHUNK = 256 };
    const struct tap *tap = context;
    hk_tick ticks[CHUNK];
    if (tap->measuring) hk_spike_stats_add(tap->stats, tick, units, count);
    if (!tap->recording) return true;
    for (size_t k = 0; k < CHUNK; k++) ticks[k] = tick;
    for (size_t done = 0; done < count; done += CHUNK) {
        size_t part = count - done < CHUNK ? count - done : CHUNK;
        if (!hk_results_spikes_append(tap->spikes, ticks, units + done, part, err)) return false;
    }
    return true;
}

/* ---- opening ---- */

/* The population's own tap: a population has one listener. */
static struct tap *tap_of(struct hk_taps *taps, struct hk_pop *pop) {
    for (size_t i = 0; i < taps->count; i++)
        if (taps->list[i].pop == pop) return &taps->list[i];
    struct tap *tap = &taps->list[taps->count++];
    tap->pop = pop;
    hk_pop_listen(pop, hear, tap);
    return tap;
}

static bool open_records(struct hk_taps *taps, struct hk_err *err) {
    const struct hk_experiment *e = taps->experiment;
    for (size_t i = 0; i < e->record_count; i++) {
        struct hk_pop *pop = e->records[i].pop;
        struct tap *tap = tap_of(taps, pop);
        tap->record = &e->records[i];
        tap->spikes = hk_results_spikes_open(taps->results, hk_pop_name(pop), hk_pop_size(pop),
                                             hk_sim_tick_ms(e->sim), err);
        if (!tap->spikes) return false;
    }
    return true;
}

static bool open_reports(struct hk_taps *taps, struct hk_err *err) {
    const struct hk_experiment *e = taps->experiment;
    for (size_t i = 0; i < e->reports.count; i++) {
        struct hk_pop *pop = e->reports.list[i].pop;
        struct tap *tap = tap_of(taps, pop);
        tap->report = &e->reports.list[i];
        tap->stats = hk_spike_stats_create(e->arena, hk_pop_size(pop), hk_sim_tick_ms(e->sim),
                                           e->reports.window, err);
        if (!tap->stats) return false;
    }
    return true;
}

struct hk_taps *hk_taps_create(const struct hk_experiment *experiment, struct hk_results *results,
                               struct hk_err *err) {
    struct hk_taps *taps = HK_NEW(experiment->arena, struct hk_taps, 1, err);
    if (!taps) return NULL;
    taps->experiment = experiment;
    taps->results = results;
    size_t most = experiment->record_count + experiment->reports.count;
    taps->list = HK_NEW(experiment->arena, struct tap, most, err);
    return taps->list && open_records(taps, err) && open_reports(taps, err) ? taps : NULL;
}

/* ---- phases ---- */

/* A list without phases names all of them, and plain durations. */
static bool names(const char *const *phases, size_t count, const char *phase) {
    for (size_t i = 0; i < count; i++)
        if (phase && strcmp(phases[i], phase) == 0) return true;
    return count == 0;
}

void hk_taps_begin(struct hk_taps *taps, const char *phase) {
    const struct hk_reports *reports = &taps->experiment->reports;
    taps->phase = phase;
    for (size_t i = 0; i < taps->count; i++) {
        struct tap *tap = &taps->list[i];
        const struct hk_record *record = tap->record;
        tap->recording = record && names(record->phases, record->phase_count, phase);
        tap->measuring = tap->report && names(reports->phases, reports->phase_count, phase);
        if (tap->measuring) hk_spike_stats_begin(tap->stats, hk_sim_now(taps->experiment->sim));
    }
}

static bool write_measures(const struct hk_taps *taps, const struct tap *tap, struct hk_err *err) {
    char path[512];
    double values[HK_SPIKES_MEASURES];
    const char *phase = taps->phase ? taps->phase : "", *slash = taps->phase ? "/" : "";
    hk_spike_stats_end(tap->stats, hk_sim_now(taps->experiment->sim), values);
    for (size_t i = 0; i < HK_SPIKES_MEASURES; i++) {
        if (!tap->report->wanted[i]) continue;
        if (snprintf(path, sizeof path, "metrics/%s%sspikes/%s/%s", phase, slash,
                     hk_pop_name(tap->pop), hk_spike_measure_names[i]) >= (int)sizeof path)
            return HK_FAIL(err, HK_ERR_LIMIT, "the names of %s and %s are too long together", phase,
                           hk_pop_name(tap->pop));
        if (!hk_results_number(taps->results, path, values[i],
                               hk_spike_measure_unit((enum hk_spike_measure)i), err))
            return false;
    }
    return true;
}

bool hk_taps_end(struct hk_taps *taps, struct hk_err *err) {
    for (size_t i = 0; i < taps->count; i++)
        if (taps->list[i].measuring && !write_measures(taps, &taps->list[i], err)) return false;
    return true;
}
