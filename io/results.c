#include "io/results.h"

#include <math.h>
#include <string.h>

#include "io/decimal.h"

enum {
    SPIKE_CHUNK = 64 * 1024,
    SERIES_CHUNK = 1024,
    REPORT_CHUNK_SIZE = 256 * 1024, /* bytes */
};

struct hk_results_spikes {
    struct hk_results_spikes *next;
    struct hk_results *results;
    const char *path;
    size_t neurons;
    struct hk_decimal tick;
    hk_tick last;
    double start_ms, stop_ms; /* what is recorded */
    struct hk_stream *times, *ids;
};

struct hk_results_series {
    struct hk_results *results;
    struct hk_stream *points;
};

struct hk_results_report {
    struct hk_results_report *next;
    struct hk_results *results;
    const char *path;
    struct hk_results_frames frames;
    struct hk_stream *stream;
};

struct hk_results {
    struct hk_arena *arena;
    bool is_segment;
    struct hk_store *store;
    struct hk_results_spikes *spikes;
    struct hk_results_report *reports;
    bool has_span;
    double start_ms, stop_ms;
};

/* ---- Names ----------------------------------------------------------------------------------- */

static bool is_name(const char *name, size_t length) {
    bool is_dots = length <= 2 && strncmp(name, "..", length) == 0;
    return length > 0 && !is_dots;
}

bool hk_results_check_path(const char *path, struct hk_err *err) {
    for (const char *name = path;; name++) {
        size_t length = strcspn(name, "/");
        if (!is_name(name, length))
            return HK_FAIL(err, HK_ERR_CONFIG,
                           "\"%s\" can't be a path in a results file: each name between its "
                           "slashes "
                           "must be something else than \"\", \".\" and \"..\"",
                           path);
        name += length;
        if (!*name) return true;
    }
}

bool hk_results_check_name(const char *name, struct hk_err *err) {
    if (is_name(name, strlen(name)) && !strchr(name, '/')) return true;
    return HK_FAIL(err, HK_ERR_CONFIG,
                   "\"%s\" can't be a name in a results file: it must hold no slash and be "
                   "something "
                   "else than \"\", \".\" and \"..\"",
                   name);
}

/* ---- Single values and arrays ---------------------------------------------------------------- */

bool hk_results_has(struct hk_results *results, const char *path) {
    return hk_store_has(results->store, path);
}

bool hk_results_put(struct hk_results *results, const struct hk_store_item *item,
                    struct hk_err *err) {
    return hk_results_check_path(item->path, err) && hk_store_put(results->store, item, err);
}

bool hk_results_number(struct hk_results *results, const char *path, double value, const char *unit,
                       struct hk_err *err) {
    struct hk_store_item item = {path, unit, HK_ELEMENT_F64, .data = &value};
    return hk_results_put(results, &item, err);
}

bool hk_results_integer(struct hk_results *results, const char *path, int64_t value,
                        const char *unit, struct hk_err *err) {
    struct hk_store_item item = {path, unit, HK_ELEMENT_I64, .data = &value};
    return hk_results_put(results, &item, err);
}

bool hk_results_text(struct hk_results *results, const char *path, const char *text,
                     struct hk_err *err) {
    return hk_results_check_path(path, err) && hk_store_put_text(results->store, path, text, err);
}

bool hk_results_array(struct hk_results *results, const struct hk_results_array *array,
                      struct hk_err *err) {
    HK_ASSERT(array->rank > 0);
    struct hk_store_item item = {array->path, array->unit,  array->element,
                                 array->rank, array->shape, array->data};
    return hk_results_put(results, &item, err);
}

/* ---- Spikes ---------------------------------------------------------------------------------- */

static bool describe_real(struct hk_store *store, const char *path, const char *name, double value,
                          struct hk_err *err) {
    struct hk_attribute attribute = {path, name, HK_ELEMENT_F64, 0, &value};
    return hk_store_describe(store, &attribute, err);
}

static struct hk_stream *spikes_column(struct hk_results_spikes *spikes, const char *name,
                                       const char *unit, enum hk_element element,
                                       struct hk_err *err) {
    struct hk_results *results = spikes->results;
    char *path = hk_arena_format(results->arena, err, "%s/%s", spikes->path, name);
    struct hk_rows rows = {path, unit, element, 1, 1, .chunk = SPIKE_CHUNK};
    return path ? hk_store_open(results->store, &rows, err) : NULL;
}

/* n_neurons and tick_ms are ours: SONATA's readers don't see silent neurons, nor ticks. `sorting`
 * is an enumeration, as SONATA has it; libsonata can't read a text there. */
static bool spikes_describe(const struct hk_results_spikes *spikes, double tick_ms,
                            struct hk_err *err) {
    static const char *const orders[] = {"none", "by_id", "by_time", NULL};
    enum { BY_TIME = 2 };
    struct hk_store *store = spikes->results->store;
    uint64_t neurons = spikes->neurons;
    if (spikes->results->is_segment) return true;
    struct hk_attribute attribute = {spikes->path, "n_neurons", HK_ELEMENT_U64, 0, &neurons};
    return hk_store_describe_choice(store, spikes->path, "sorting", orders, BY_TIME, err) &&
           hk_store_describe(store, &attribute, err) &&
           describe_real(store, spikes->path, "tick_ms", tick_ms, err);
}

struct hk_results_spikes *hk_results_spikes_open(struct hk_results *results, const char *population,
                                                 size_t neurons, double tick_ms,
                                                 struct hk_err *err) {
    HK_ASSERT(tick_ms > 0.0);
    if (!hk_results_check_name(population, err)) return NULL;
    struct hk_results_spikes *spikes = HK_NEW(results->arena, struct hk_results_spikes, 1, err);
    if (!spikes) return NULL;
    spikes->results = results;
    spikes->neurons = neurons;
    spikes->stop_ms = (double)INFINITY;
    spikes->tick = hk_decimal_from(tick_ms);
    spikes->path = hk_arena_format(results->arena, err, "spikes/%s", population);
    if (!spikes->path) return NULL;
    spikes->times = spikes_column(spikes, "timestamps", "ms", HK_ELEMENT_F64, err);
    if (!spikes->times) return NULL;
    spikes->ids = spikes_column(spikes, "node_ids", NULL, HK_ELEMENT_U64, err);
    if (!spikes->ids || !spikes_describe(spikes, tick_ms, err)) return NULL;
    spikes->next = results->spikes;
    results->spikes = spikes;
    return spikes;
}

/* Ids as SONATA has them. */
static bool widen(struct hk_block *wide, const hk_neuron *ids, size_t count, struct hk_err *err) {
    if (!hk_block_reserve(wide, count, sizeof(uint64_t), err)) return false;
    uint64_t *to = wide->data;
    for (size_t i = 0; i < count; i++) to[i] = ids[i];
    return true;
}

bool hk_results_spikes_narrow(struct hk_results_spikes *spikes, double start_ms, double stop_ms,
                              const hk_neuron *ids, size_t count, struct hk_err *err) {
    struct hk_results *results = spikes->results;
    spikes->start_ms = start_ms;
    spikes->stop_ms = stop_ms;
    if (count == 0 || results->is_segment) return true;
    struct hk_block wide = {0};
    char *path = hk_arena_format(results->arena, err, "%s/recorded_ids", spikes->path);
    bool ok = path && widen(&wide, ids, count, err);
    struct hk_store_item set = {path, NULL, HK_ELEMENT_U64, 1, &count, wide.data};
    ok = ok && hk_store_put(results->store, &set, err);
    hk_block_finish(&wide);
    return ok;
}

static bool spikes_check(const struct hk_results_spikes *spikes, const hk_tick *ticks,
                         const hk_neuron *ids, size_t count, struct hk_err *err) {
    hk_tick last = spikes->last;
    for (size_t i = 0; i < count; i++) {
        if (ticks[i] < last)
            return HK_FAIL(err, HK_ERR_RANGE, "%s: a spike at tick %lld, after tick %lld",
                           spikes->path, (long long)ticks[i], (long long)last);
        if (ids[i] >= spikes->neurons)
            return HK_FAIL(err, HK_ERR_RANGE, "%s: a spike of neuron %lu, of %zu neurons (from 0)",
                           spikes->path, (unsigned long)ids[i], spikes->neurons);
        last = ticks[i];
    }
    return true;
}

bool hk_results_spikes_append(struct hk_results_spikes *spikes, const hk_tick *ticks,
                              const hk_neuron *ids, size_t count, struct hk_err *err) {
    if (!spikes_check(spikes, ticks, ids, count, err)) return false;
    for (size_t done = 0, part; done < count; done += part) {
        part = count - done;
        double *time = hk_stream_room(spikes->times, &part, err);
        uint64_t *id = time ? hk_stream_room(spikes->ids, &part, err) : NULL;
        if (!id) return false;
        for (size_t i = 0; i < part; i++) time[i] = hk_decimal_ms(spikes->tick, ticks[done + i]);
        for (size_t i = 0; i < part; i++) id[i] = ids[done + i];
        spikes->last = ticks[done + part - 1];
        if (!hk_stream_commit(spikes->times, part, err)) return false;
        if (!hk_stream_commit(spikes->ids, part, err)) return false;
    }
    return true;
}

void hk_results_set_span(struct hk_results *results, double start_ms, double stop_ms) {
    results->has_span = true;
    results->start_ms = start_ms;
    results->stop_ms = stop_ms;
}

static bool spikes_finish(const struct hk_results_spikes *spikes, struct hk_err *err) {
    const struct hk_results *results = spikes->results;
    double stop_ms = results->stop_ms;
    if (!results->has_span && hk_stream_count(spikes->ids) > 0)
        stop_ms = hk_decimal_ms(spikes->tick, spikes->last + 1);
    /* A recording that was cut off may have some of what came behind its end. */
    if (hk_stream_count(spikes->ids) > 0)
        stop_ms = fmax(stop_ms, hk_decimal_ms(spikes->tick, spikes->last));
    double start_ms = fmin(fmax(results->start_ms, spikes->start_ms), stop_ms);
    stop_ms = fmin(stop_ms, spikes->stop_ms);
    return describe_real(results->store, spikes->path, "t_start", start_ms, err) &&
           describe_real(results->store, spikes->path, "t_stop", stop_ms, err);
}

/* ---- Curves ---------------------------------------------------------------------------------- */

struct hk_results_series *hk_results_series_open(struct hk_results *results, const char *path,
                                                 const char *columns, struct hk_err *err) {
    if (!hk_results_check_path(path, err)) return NULL;
    struct hk_results_series *series = HK_NEW(results->arena, struct hk_results_series, 1, err);
    if (!series) return NULL;
    series->results = results;
    struct hk_rows rows = {path, NULL, HK_ELEMENT_F64, 2, 2, .chunk = SERIES_CHUNK};
    series->points = hk_store_open(results->store, &rows, err);
    if (!series->points) return NULL;
    bool ok = results->is_segment ||
              hk_store_describe_text(results->store, path, "columns", columns, err);
    return ok ? series : NULL;
}

bool hk_results_series_append(struct hk_results_series *series, double x, double y,
                              struct hk_err *err) {
    size_t rows = 1;
    double *point = hk_stream_room(series->points, &rows, err);
    if (!point) return false;
    point[0] = x;
    point[1] = y;
    return hk_stream_commit(series->points, rows, err);
}

/* ---- Reports --------------------------------------------------------------------------------- */

/* One dataset or link below the report's mapping/. */
static char *mapping_path(const struct hk_results_report *report, const char *name,
                          struct hk_err *err) {
    return hk_arena_format(report->results->arena, err, "%s/mapping/%s", report->path, name);
}

static bool mapping_put(const struct hk_results_report *report, const char *name,
                        enum hk_element element, size_t count, const void *data,
                        struct hk_err *err) {
    char *path = mapping_path(report, name, err);
    struct hk_store_item set = {path, NULL, element, 1, &count, data};
    return path && hk_store_put(report->results->store, &set, err);
}

/* The names "index_pointers" and "index_pointer" are both in use, so both are there. */
static bool mapping_link(const struct hk_results_report *report, struct hk_err *err) {
    char *path = mapping_path(report, "index_pointers", err);
    char *other = mapping_path(report, "index_pointer", err);
    return path && other && hk_store_link(report->results->store, path, other, err);
}

static bool mapping_sorted(const struct hk_results_report *report, struct hk_err *err) {
    const struct hk_results_frames *frames = &report->frames;
    int8_t sorted = 1;
    for (size_t i = 1; i < frames->count; i++)
        if (frames->ids[i] < frames->ids[i - 1]) sorted = 0;
    char *path = mapping_path(report, "node_ids", err);
    struct hk_attribute attribute = {path, "sorted", HK_ELEMENT_I8, 0, &sorted};
    return path && hk_store_describe(report->results->store, &attribute, err);
}

static bool put_starts(const struct hk_results_report *report, struct hk_block *wide,
                       struct hk_err *err) {
    size_t count = report->frames.count;
    if (!hk_block_reserve(wide, count + 1, sizeof(uint64_t), err)) return false;
    uint64_t *starts = wide->data;
    for (size_t i = 0; i <= count; i++) starts[i] = i;
    return mapping_put(report, "index_pointers", HK_ELEMENT_U64, count + 1, starts, err);
}

/* SONATA's neurons may have several elements, one column each; ours have one, element 0. */
static bool put_elements(const struct hk_results_report *report, struct hk_block *wide,
                         struct hk_err *err) {
    size_t count = report->frames.count;
    memset(wide->data, 0, count * sizeof(uint32_t));
    return mapping_put(report, "element_ids", HK_ELEMENT_U32, count, wide->data, err);
}

static bool report_map(const struct hk_results_report *report, struct hk_err *err) {
    size_t count = report->frames.count;
    struct hk_block wide = {0};
    if (report->results->is_segment) return true;
    bool ok = widen(&wide, report->frames.ids, count, err) &&
              mapping_put(report, "node_ids", HK_ELEMENT_U64, count, wide.data, err) &&
              mapping_sorted(report, err) && put_starts(report, &wide, err) &&
              mapping_link(report, err) && put_elements(report, &wide, err);
    hk_block_finish(&wide);
    return ok;
}

static bool report_open_data(struct hk_results_report *report, struct hk_err *err) {
    const struct hk_results_frames *frames = &report->frames;
    struct hk_results *results = report->results;
    char *path = hk_arena_format(results->arena, err, "%s/data", report->path);
    if (!path) return false;
    size_t chunk = REPORT_CHUNK_SIZE / hk_element_size(frames->element) / frames->count;
    struct hk_rows rows = {path, frames->unit, frames->element, 2, frames->count, .chunk = chunk};
    if (chunk == 0) rows.chunk = 1;
    report->stream = hk_store_open(results->store, &rows, err);
    return report->stream &&
           (results->is_segment ||
            hk_store_describe_text(results->store, path, "variable", frames->variable, err));
}

struct hk_results_report *hk_results_report_open(struct hk_results *results,
                                                 const struct hk_results_frames *frames,
                                                 struct hk_err *err) {
    HK_ASSERT(frames->element == HK_ELEMENT_F32 || frames->element == HK_ELEMENT_F64);
    HK_ASSERT(frames->count > 0);
    if (!hk_results_check_name(frames->name, err)) return NULL;
    struct hk_results_report *report = HK_NEW(results->arena, struct hk_results_report, 1, err);
    if (!report) return NULL;
    report->results = results;
    report->frames = *frames;
    report->path = hk_arena_format(results->arena, err, "report/%s", frames->name);
    if (!report->path || !report_open_data(report, err) || !report_map(report, err)) return NULL;
    report->frames.ids = NULL; /* they were lent */
    report->next = results->reports;
    results->reports = report;
    return report;
}

bool hk_results_report_append(struct hk_results_report *report, const void *values, size_t frames,
                              struct hk_err *err) {
    return hk_stream_append(report->stream, values, frames, err);
}

/* mapping/time, right-open; only now is its end known. */
static bool report_finish(const struct hk_results_report *report, struct hk_err *err) {
    const struct hk_results_frames *frames = &report->frames;
    double length_ms = (double)hk_stream_count(report->stream) * frames->step_ms;
    double time[] = {frames->start_ms, frames->start_ms + length_ms, frames->step_ms};
    size_t count = HK_COUNT(time);
    char *path = mapping_path(report, "time", err);
    struct hk_store_item set = {path, "ms", HK_ELEMENT_F64, 1, &count, time};
    return path && hk_store_put(report->results->store, &set, err);
}

/* ---- Rows of any kind ----------------------------------------------------------------------- */

struct hk_stream *hk_results_rows_open(struct hk_results *results, const struct hk_rows *rows,
                                       struct hk_err *err) {
    return hk_results_check_path(rows->path, err) ? hk_store_open(results->store, rows, err) : NULL;
}

/* ---- The file -------------------------------------------------------------------------------- */

/* What makes it a SONATA file. */
static bool describe_root(struct hk_store *store, struct hk_err *err) {
    const uint32_t magic = HK_RESULTS_MAGIC, version[] = {0, 1};
    struct hk_attribute attributes[] = {
        {"/", "magic", HK_ELEMENT_U32, 0, &magic},
        {"/", "version", HK_ELEMENT_U32, HK_COUNT(version), version},
    };
    return hk_store_describe(store, &attributes[0], err) &&
           hk_store_describe(store, &attributes[1], err);
}

struct hk_results *hk_results_create_from(struct hk_arena *arena, const char *path,
                                          enum hk_follow how, const char *const *segments,
                                          size_t count, struct hk_err *err) {
    struct hk_results *results = HK_NEW(arena, struct hk_results, 1, err);
    if (!results) return NULL;
    results->arena = arena;
    results->is_segment = how == HK_FOLLOW_ROWS;
    results->store = hk_store_create(arena, path, err);
    if (!results->store) return NULL;
    if ((results->is_segment || describe_root(results->store, err)) &&
        hk_store_follow(results->store, how, segments, count, err))
        return results;
    hk_results_destroy(results);
    return NULL;
}

struct hk_results *hk_results_create(struct hk_arena *arena, const char *folder,
                                     struct hk_err *err) {
    char *path = hk_arena_format(arena, err, "%s/results.h5", folder);
    return path ? hk_results_create_from(arena, path, HK_FOLLOW_NOTHING, NULL, 0, err) : NULL;
}

bool hk_results_close(struct hk_results *results, struct hk_err *err) {
    bool ok = true;
    if (results->is_segment) return hk_store_close(results->store, err);
    for (struct hk_results_spikes *spikes = results->spikes; ok && spikes; spikes = spikes->next)
        ok = spikes_finish(spikes, err);
    for (struct hk_results_report *report = results->reports; ok && report; report = report->next)
        ok = report_finish(report, err);
    if (ok) return hk_store_close(results->store, err);
    hk_store_destroy(results->store);
    return false;
}

void hk_results_destroy(struct hk_results *results) {
    if (results) hk_store_destroy(results->store);
}
