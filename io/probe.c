#include "io/probe.h"

#include <string.h>

#include "io/decimal.h"
#include "io/weights.h"
#include "sim/watch.h"

struct hk_probe {
    struct hk_arena *arena;
    struct hk_recording *recording;
    struct hk_sim *sim;
    const struct hk_record *record;
    enum hk_element element;
    uint32_t stream;
    bool on, is_report;
    hk_tick duration;       /* 0: in samples */
    size_t phase, samples;  /* where the run is */
    hk_tick next;           /* of weights at even times; INT64_MAX: none */
    struct hk_watch *watch; /* of STATE */
    const hk_neuron *units; /* [count] that are watched */
    size_t count;
    struct hk_weights weights; /* of WEIGHTS */
    double *counts;            /* [bins] of a histogram */
};

/* ---- frames ---- */

static double time_ms(const struct hk_probe *p, hk_tick tick) {
    return hk_decimal_ms(hk_decimal_from(hk_sim_tick_ms(p->sim)), tick);
}

/* `more`: what stands behind time, samples and phase. */
static bool put_frame(struct hk_probe *p, hk_tick tick, const double *more, size_t more_count,
                      const void *values, size_t size, struct hk_err *err) {
    double numbers[HK_FRAME_NUMBERS_MAX] = {time_ms(p, tick)};
    size_t count = 1;
    if (p->duration == 0) {
        numbers[count++] = (double)p->samples;
        numbers[count++] = (double)p->phase;
    }
    for (size_t i = 0; i < more_count; i++) numbers[count++] = more[i];
    return hk_recording_frame(p->recording, p->stream, numbers, count, values, size, err);
}

static bool open_frames(struct hk_probe *p, const char *unit, enum hk_element element, size_t rank,
                        const size_t *shape, const char *more, struct hk_err *err) {
    const char *path = hk_arena_format(p->arena, err, "frames/%s", p->record->name);
    const char *note = hk_arena_format(p->arena, err, "time:ms%s%s",
                                       p->duration == 0 ? " samples phase" : "", more);
    struct hk_opening opening = {.kind = HK_STREAM_FRAMES,
                                 .path = path,
                                 .unit = unit,
                                 .note = note,
                                 .element = element,
                                 .rank = rank};
    if (!path || !note) return false;
    for (size_t i = 0; i < rank; i++) opening.shape[i] = shape[i];
    return hk_recording_open(p->recording, &opening, &p->stream, err);
}

static bool put_array(struct hk_probe *p, const char *name, enum hk_element element, size_t count,
                      const void *data, struct hk_err *err) {
    const char *path = hk_arena_format(p->arena, err, "frames/%s/%s", p->record->name, name);
    const struct hk_store_item item = {path, NULL, element, 1, &count, data};
    return path && hk_recording_put(p->recording, &item, err);
}

/* ---- state ---- */

static bool watched(void *context, hk_tick tick, const void *values, struct hk_err *err) {
    struct hk_probe *p = context;
    size_t size = p->count * hk_element_size(p->element);
    if (p->is_report) return hk_recording_rows(p->recording, p->stream, values, size, err);
    return put_frame(p, tick, NULL, 0, values, size, err);
}

static bool choose_units(struct hk_probe *p, struct hk_err *err) {
    const struct hk_record *record = p->record;
    p->units = record->only;
    p->count = record->only_count;
    if (p->count > 0) return true;
    p->count = hk_pop_size(record->pops[0]);
    hk_neuron *all = HK_NEW(p->arena, hk_neuron, p->count, err);
    for (size_t i = 0; all && i < p->count; i++) all[i] = (hk_neuron)i;
    p->units = all;
    return all != NULL;
}

static bool open_report(struct hk_probe *p, const struct hk_column *info, struct hk_err *err) {
    const struct hk_opening opening = {.kind = HK_STREAM_REPORT,
                                       .path = p->record->name,
                                       .unit = info->unit,
                                       .note = info->name,
                                       .element = p->element,
                                       .start_ms = time_ms(p, p->record->from),
                                       .step_ms = time_ms(p, p->record->every),
                                       .ids = p->units,
                                       .id_count = p->count};
    return hk_recording_open(p->recording, &opening, &p->stream, err);
}

static bool open_state(struct hk_probe *p, struct hk_err *err) {
    const struct hk_record *record = p->record;
    const struct hk_column *info = hk_pop_column_info(record->pops[0], record->column);
    if (!choose_units(p, err)) return false;
    const struct hk_watch_spec spec = {.column = record->column,
                                       .units = p->units,
                                       .count = p->count,
                                       .every = record->on ? 1 : record->every,
                                       .trigger = record->on,
                                       .watcher = watched,
                                       .context = p};
    if (!(p->watch = hk_pop_watch(record->pops[0], &spec, err))) return false;
    if (p->is_report) return open_report(p, info, err);
    return open_frames(p, info->unit, p->element, 1, &p->count, "", err) &&
           put_array(p, "node_ids", HK_ELEMENT_U32, p->count, p->units, err);
}

/* ---- weights ---- */

/* Numbers behind the others: the range that is counted, and what lies outside of it. */
static bool put_histogram(struct hk_probe *p, struct hk_err *err) {
    const struct hk_histogram *h = &p->record->histogram;
    const double *values = p->weights.values;
    size_t count = p->weights.shape[0] * p->weights.shape[1];
    double low = h->low, high = h->high, below = 0.0, above = 0.0;
    if (!h->has_range) low = high = count ? values[0] : 0.0;
    for (size_t i = 0; !h->has_range && i < count; i++) {
        if (values[i] < low) low = values[i];
        if (values[i] > high) high = values[i];
    }
    memset(p->counts, 0, h->bins * sizeof *p->counts);
    double scale = high > low ? (double)h->bins / (high - low) : 0.0;
    for (size_t i = 0; i < count; i++) {
        double bin = (values[i] - low) * scale;
        below += values[i] < low;
        above += values[i] > high;
        if (values[i] < low || values[i] > high) continue;
        p->counts[bin < (double)h->bins ? (size_t)bin : h->bins - 1]++;
    }
    const double more[] = {low, high, below, above};
    return put_frame(p, hk_sim_now(p->sim), more, HK_COUNT(more), p->counts,
                     h->bins * sizeof *p->counts, err);
}

static bool look_at_weights(struct hk_probe *p, struct hk_err *err) {
    bool counted = p->record->histogram.bins > 0;
    enum hk_element element = counted ? HK_ELEMENT_F64 : p->element;
    if (!hk_weights_read(p->record->proj, element, &p->weights, NULL, err)) return false;
    if (counted) return put_histogram(p, err);
    size_t count = p->weights.shape[0] * p->weights.shape[1];
    return put_frame(p, hk_sim_now(p->sim), NULL, 0, p->weights.values,
                     count * hk_element_size(element), err);
}

static bool put_ends(struct hk_probe *p, struct hk_err *err) {
    const struct hk_proj *proj = p->record->proj;
    struct hk_ends ends = {0};
    size_t count = hk_proj_count(proj);
    bool ok = hk_weights_ends(proj, &ends, err) &&
              put_array(p, "source", HK_ELEMENT_U32, count, ends.source.data, err) &&
              put_array(p, "target", HK_ELEMENT_U32, count, ends.target.data, err);
    hk_ends_finish(&ends);
    return ok;
}

static bool open_weights(struct hk_probe *p, struct hk_err *err) {
    const struct hk_proj *proj = p->record->proj;
    const char *unit = hk_proj_weight_unit(proj);
    size_t bins = p->record->histogram.bins;
    const char *more = hk_arena_format(p->arena, err, " low:%s high:%s below above", unit, unit);
    hk_weights_shape(proj, &p->weights);
    if (!more) return false;
    if (bins > 0) {
        p->counts = HK_NEW(p->arena, double, bins, err);
        return p->counts && open_frames(p, NULL, HK_ELEMENT_F64, 1, &bins, more, err);
    }
    if (hk_proj_count(proj) == 0)
        return HK_FAIL(err, HK_ERR_CONFIG, "record.%s: %s has no synapses, so no weights",
                       p->record->name, hk_proj_name(proj));
    return open_frames(p, unit, p->element, p->weights.rank, p->weights.shape, "", err) &&
           (p->weights.is_matrix || put_ends(p, err));
}

/* ---- a probe ---- */

struct hk_probe *hk_probe_create(struct hk_arena *arena, struct hk_recording *recording,
                                 struct hk_sim *sim, const struct hk_record *record,
                                 hk_tick duration, struct hk_err *err) {
    struct hk_probe *p = HK_NEW(arena, struct hk_probe, 1, err);
    if (!p) return NULL;
    p->arena = arena;
    p->recording = recording;
    p->sim = sim;
    p->record = record;
    p->element = hk_precision_element(sim);
    p->duration = duration;
    p->next = INT64_MAX;
    p->is_report = record->kind == HK_RECORD_STATE && duration && record->every > 0;
    bool ok = record->kind == HK_RECORD_STATE ? open_state(p, err) : open_weights(p, err);
    return ok ? p : NULL;
}

/* Between runs. */
static bool look_now(struct hk_probe *p, struct hk_err *err) {
    return p->watch ? hk_watch_now(p->watch, err) : look_at_weights(p, err);
}

bool hk_probe_begin(struct hk_probe *p, size_t index, bool on, struct hk_err *err) {
    const struct hk_record *record = p->record;
    hk_tick now = hk_sim_now(p->sim), from = now + record->from;
    p->on = on;
    p->phase = index;
    p->samples = 0;
    p->next = on && !p->watch && record->every > 0 ? now : INT64_MAX;
    if (p->watch && (record->on || record->every > 0)) {
        hk_tick last = p->duration && p->duration < record->to ? p->duration : record->to;
        hk_tick to = last > INT64_MAX - now - 1 ? INT64_MAX - 1 : now + last;
        /* Spikes belong to the end of their tick: those of the window are at from + 1 .. to. */
        hk_tick shift = record->on ? 1 : 0;
        return hk_watch_begin(p->watch, from + shift, (on ? to : from) + shift, err);
    }
    return !on || record->samples == 0 || look_now(p, err);
}

bool hk_probe_presented(struct hk_probe *p, size_t samples, struct hk_err *err) {
    p->samples = samples;
    bool due = p->on && p->record->samples > 0 && samples % p->record->samples == 0;
    return !due || look_now(p, err);
}

hk_tick hk_probe_ticks(const struct hk_probe *p) {
    return p->next == INT64_MAX ? INT64_MAX : p->next - hk_sim_now(p->sim);
}

bool hk_probe_look(struct hk_probe *p, struct hk_err *err) {
    if (hk_probe_ticks(p) != 0) return true;
    p->next += p->record->every;
    return look_at_weights(p, err);
}

void hk_probe_finish(struct hk_probe *p) {
    if (p) hk_weights_finish(&p->weights);
}
