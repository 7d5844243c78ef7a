#include "io/taps.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/decimal.h"
#include "io/meter.h"
#include "sim/watch.h"

/* A rate that a population's spikes count for. */
struct share {
    struct share *next;
    struct hk_meter *meter;
    size_t index; /* of the population among the meter's */
};

/* One population. */
struct tap {
    struct hk_pop *pop;
    struct hk_recording *recording;
    const struct hk_record *record; /* NULL: its spikes aren't kept */
    uint32_t stream;
    unsigned char *wanted; /* [size] units that are kept; NULL: all */
    hk_tick from, to;      /* ticks from + 1 .. to are kept, in the phase that runs */
    struct share *shares;
    const struct hk_report *report; /* NULL: nobody asks what they are like */
    struct hk_spike_stats *stats;
    bool measuring; /* in the phase that runs now */
};

struct hk_taps {
    const struct hk_experiment *experiment;
    struct hk_recording *recording;
    struct tap *list;
    size_t count;
    struct meter {
        const struct hk_record *record;
        struct hk_meter *meter;
    } * meters;
    size_t meter_count;
    struct hk_decimal tick;
    const char *phase; /* NULL: none, or a plain duration */
};

/* ---- hearing ---- */

static bool keep(const struct tap *tap, hk_tick tick, const uint32_t *units, size_t count,
                 struct hk_err *err) {
    enum { PART = 256 };
    uint32_t chosen[PART];
    if (!tap->wanted)
        return hk_recording_spikes(tap->recording, tap->stream, tick, units, count, err);
    for (size_t done = 0; done < count;) {
        size_t part = 0;
        for (; done < count && part < PART; done++) {
            chosen[part] = units[done];
            part += tap->wanted[units[done]];
        }
        if (part && !hk_recording_spikes(tap->recording, tap->stream, tick, chosen, part, err))
            return false;
    }
    return true;
}

static bool hear(void *context, const struct hk_pop *pop, hk_tick tick, const uint32_t *units,
                 size_t count, struct hk_err *err) {
    const struct tap *tap = context;
    (void)pop;
    if (tap->measuring) hk_spike_stats_add(tap->stats, tick, units, count);
    for (const struct share *share = tap->shares; share; share = share->next)
        hk_meter_add(share->meter, share->index, tick, count);
    return tick <= tap->from || tick > tap->to || keep(tap, tick, units, count, err);
}

/* After each window: all of it was heard. */
static bool follow(void *context, hk_tick reached, struct hk_err *err) {
    struct hk_taps *taps = context;
    for (size_t i = 0; i < taps->meter_count; i++)
        if (!hk_meter_reach(taps->meters[i].meter, reached, err)) return false;
    hk_recording_reach(taps->recording, hk_decimal_ms(taps->tick, reached));
    return true;
}

/* ---- opening ---- */

/* The population's own tap: a population has one listener. */
static struct tap *tap_of(struct hk_taps *taps, struct hk_pop *pop) {
    for (size_t i = 0; i < taps->count; i++)
        if (taps->list[i].pop == pop) return &taps->list[i];
    struct tap *tap = &taps->list[taps->count++];
    tap->pop = pop;
    tap->recording = taps->recording;
    hk_pop_listen(pop, hear, tap);
    return tap;
}

/* Of a plain duration the window is known; phases begin when they do. */
static bool open_spikes(struct hk_taps *taps, struct tap *tap, const struct hk_record *record,
                        struct hk_err *err) {
    const struct hk_experiment *e = taps->experiment;
    bool until = e->duration && record->to < INT64_MAX;
    const struct hk_opening opening = {
        .kind = HK_STREAM_SPIKES,
        .path = hk_pop_name(tap->pop),
        .neurons = hk_pop_size(tap->pop),
        .tick_ms = hk_sim_tick_ms(e->sim),
        .start_ms = e->duration ? hk_decimal_ms(taps->tick, record->from) : 0.0,
        .stop_ms = until ? hk_decimal_ms(taps->tick, record->to) : (double)INFINITY,
        .ids = record->only,
        .id_count = record->only_count,
    };
    tap->record = record;
    if (record->only_count > 0) {
        tap->wanted = HK_NEW(e->arena, unsigned char, hk_pop_size(tap->pop), err);
        if (!tap->wanted) return false;
    }
    for (size_t i = 0; i < record->only_count; i++) tap->wanted[record->only[i]] = 1;
    return hk_recording_open(taps->recording, &opening, &tap->stream, err);
}

static bool open_meter(struct hk_taps *taps, const struct hk_record *record, struct hk_err *err) {
    const struct hk_experiment *e = taps->experiment;
    struct hk_meter *meter = hk_meter_create(e->arena, taps->recording, e->sim, record, err);
    if (!meter) return false;
    taps->meters[taps->meter_count++] = (struct meter){record, meter};
    for (size_t i = 0; i < record->pop_count; i++) {
        struct share *share = HK_NEW(e->arena, struct share, 1, err);
        if (!share) return false;
        struct tap *tap = tap_of(taps, record->pops[i]);
        *share = (struct share){tap->shares, meter, i};
        tap->shares = share;
    }
    return true;
}

static bool open_records(struct hk_taps *taps, struct hk_err *err) {
    const struct hk_records *records = &taps->experiment->records;
    for (size_t i = 0; i < records->count; i++) {
        const struct hk_record *record = &records->list[i];
        if (record->kind == HK_RECORD_RATE && !open_meter(taps, record, err)) return false;
        for (size_t k = 0; record->kind == HK_RECORD_SPIKES && k < record->pop_count; k++)
            if (!open_spikes(taps, tap_of(taps, record->pops[k]), record, err)) return false;
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

struct hk_taps *hk_taps_create(const struct hk_experiment *experiment,
                               struct hk_recording *recording, struct hk_err *err) {
    struct hk_taps *taps = HK_NEW(experiment->arena, struct hk_taps, 1, err);
    size_t populations = 0;
    if (!taps) return NULL;
    while (hk_sim_population(experiment->sim, populations)) populations++;
    taps->experiment = experiment;
    taps->recording = recording;
    taps->tick = hk_decimal_from(hk_sim_tick_ms(experiment->sim));
    taps->list = HK_NEW(experiment->arena, struct tap, populations, err);
    taps->meters = HK_NEW(experiment->arena, struct meter, experiment->records.count, err);
    if (!taps->list || !taps->meters || !open_records(taps, err) || !open_reports(taps, err))
        return NULL;
    hk_sim_follow(experiment->sim, follow, taps);
    return taps;
}

/* ---- phases ---- */

/* A list without phases names all of them, and plain durations. */
static bool names(const char *const *phases, size_t count, const char *phase) {
    for (size_t i = 0; i < count; i++)
        if (phase && strcmp(phases[i], phase) == 0) return true;
    return count == 0;
}

static void begin_tap(const struct hk_taps *taps, struct tap *tap) {
    const struct hk_reports *reports = &taps->experiment->reports;
    const struct hk_record *record = tap->record;
    hk_tick now = hk_sim_now(taps->experiment->sim);
    bool keeping = record && hk_record_is_in(record, taps->phase);
    tap->from = tap->to = now;
    if (keeping) {
        tap->from = now + record->from;
        tap->to = record->to > INT64_MAX - now ? INT64_MAX : now + record->to;
    }
    tap->measuring = tap->report && names(reports->phases, reports->phase_count, taps->phase);
    if (tap->measuring) hk_spike_stats_begin(tap->stats, now);
}

void hk_taps_begin(struct hk_taps *taps, const char *phase) {
    hk_tick now = hk_sim_now(taps->experiment->sim);
    taps->phase = phase;
    for (size_t i = 0; i < taps->count; i++) begin_tap(taps, &taps->list[i]);
    for (size_t i = 0; i < taps->meter_count; i++)
        hk_meter_begin(taps->meters[i].meter, now, hk_record_is_in(taps->meters[i].record, phase));
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
        if (!hk_recording_number(taps->recording, path, values[i],
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
