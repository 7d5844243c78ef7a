#include "io/plot.h"

#include <math.h>
#include <string.h>

#include "io/nearest.h"
#include "io/yaml.h"

static const struct hk_plot *const plots[] = {&hk_plot_raster, &hk_plot_fields, &hk_plot_confusion,
                                              &hk_plot_accuracy};

const struct hk_plot *hk_plot_at(size_t index) {
    return index < HK_COUNT(plots) ? plots[index] : NULL;
}

const struct hk_plot *hk_plot_get(const char *name, struct hk_err *err) {
    const char *names[HK_COUNT(plots)];
    char hint[HK_HINT_SIZE];
    for (size_t i = 0; i < HK_COUNT(plots); i++) {
        names[i] = plots[i]->name;
        if (strcmp(name, names[i]) == 0) return plots[i];
    }
    (void)HK_FAIL(err, HK_ERR_USAGE, "there is no picture '%s'; %s", name,
                  hk_nearest_hint(name, names, HK_COUNT(names), hint));
    return NULL;
}

/* ---- Beginning ------------------------------------------------------------------------------- */

bool hk_plot_begin(struct hk_plot_job *job, struct hk_arena *arena, struct hk_results_file *file,
                   const char *results, struct hk_err *err) {
    static const char path[] = "experiment/resolved";
    const char *text = NULL;
    struct hk_err ignored = {.code = HK_OK};
    *job = (struct hk_plot_job){.arena = arena,
                                .file = file,
                                .results = results,
                                .from_ms = (double)NAN,
                                .to_ms = (double)NAN};
    if (hk_results_read_text(file, path, &text, &ignored))
        job->experiment = hk_yaml_parse(arena, path, text, strlen(text), &ignored);
    return ignored.code != HK_ERR_MEMORY || HK_FAIL(err, HK_ERR_MEMORY, "%s", ignored.message);
}

/* ---- Finding --------------------------------------------------------------------------------- */

/* What lies between the plot's `begin` and `last` of a path; "" where it isn't of that form. */
static char *name_between(const struct hk_plot_job *job, const char *path, const char *last,
                          struct hk_err *err) {
    size_t begin = strlen(job->plot->begin), end = strlen(last), size = strlen(path);
    bool fits = size > begin + end && strncmp(path, job->plot->begin, begin) == 0 &&
                strcmp(path + size - end, last) == 0;
    int length = fits ? (int)(size - begin - end) : 0;
    return hk_arena_format(job->arena, err, "%.*s", length, fits ? path + begin : "");
}

/* Of arrays with more than two dimensions, and of too large ones, nothing is drawn. */
static bool has_shape(const struct hk_results_item *found, struct hk_plot_item *item) {
    if (found->kind == HK_RESULTS_SPIKES) return found->spikes.count > 0;
    if (found->kind != HK_RESULTS_ARRAY) return false;
    item->rank = found->array.rank;
    if (item->rank != 1 && item->rank != 2) return false;
    uint64_t rows = found->array.shape[0], columns = item->rank == 2 ? found->array.shape[1] : 1;
    uint64_t most = item->rank == 2 ? HK_PLOT_SIDE_MAX : HK_PLOT_LIST_MAX;
    if (rows == 0 || rows > most || columns == 0 || columns > HK_PLOT_SIDE_MAX) return false;
    item->rows = (size_t)rows;
    item->columns = (size_t)columns;
    return true;
}

/* The key of a map's child; the phase of one of the protocol. */
static const char *name_of(const struct hk_node *node) {
    const struct hk_node *phase = node->key ? NULL : hk_node_get(node, "phase");
    return phase ? phase->text : node->key;
}

static size_t place_of(const struct hk_plot_job *job, const char *name) {
    size_t place = 1;
    const struct hk_node *section =
        job->experiment ? hk_node_get(job->experiment, job->plot->section) : NULL;
    if (!section) return 0;
    for (const struct hk_node *node = section->first; node; node = node->next, place++) {
        const char *found = name_of(node);
        if (found && strcmp(found, name) == 0) return place;
    }
    return 0;
}

/* Behind those that come before it or have no place. */
static bool note_item(void *context, const struct hk_results_item *found, struct hk_err *err) {
    struct hk_plot_job *job = context;
    struct hk_plot_item item = {.kind = found->kind}, **last = &job->items;
    if (!has_shape(found, &item)) return true;
    const char *end = item.rank == 1 ? job->plot->list : job->plot->end;
    if (!end) return true;
    if (!(item.name = name_between(job, found->path, end, err))) return false;
    if (!*item.name) return true;
    item.path = hk_arena_text(job->arena, found->path, err);
    if (!item.path) return false;
    if (found->unit && !(item.unit = hk_arena_text(job->arena, found->unit, err))) return false;
    if (!job->plot->takes(job, &item)) return true;
    item.place = place_of(job, item.name);
    while (*last && (*last)->place <= item.place) last = &(*last)->next;
    item.next = *last;
    struct hk_plot_item *kept = HK_NEW(job->arena, struct hk_plot_item, 1, err);
    if (!kept) return false;
    *kept = item;
    *last = kept;
    return true;
}

bool hk_plot_find(struct hk_plot_job *job, const struct hk_plot *plot, struct hk_err *err) {
    job->plot = plot;
    job->items = NULL;
    return hk_results_visit(job->file, note_item, job, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool read_values(const struct hk_plot_job *job, const char *path, size_t expected,
                        double **values, struct hk_err *err) {
    struct hk_block block = {0};
    size_t count = 0;
    bool ok = hk_results_read_array(job->file, path, &block, &count, err);
    if (ok && count != expected)
        ok = HK_FAIL(err, HK_ERR_DATA, "%s has %zu values where there should be %zu", path, count,
                     expected);
    *values = ok ? HK_NEW(job->arena, double, count, err) : NULL;
    if (*values) memcpy(*values, block.data, count * sizeof **values);
    hk_block_finish(&block);
    return *values != NULL;
}

bool hk_plot_read(const struct hk_plot_job *job, const struct hk_plot_item *item, double **values,
                  struct hk_err *err) {
    return read_values(job, item->path, item->rows * item->columns, values, err);
}

bool hk_plot_read_beside(const struct hk_plot_job *job, const struct hk_plot_item *item,
                         const char *name, double **values, struct hk_err *err) {
    const char *slash = strrchr(item->path, '/');
    int folder = slash ? (int)(slash - item->path) + 1 : 0;
    char *path = hk_arena_format(job->arena, err, "%.*s%s", folder, item->path, name);
    return path && read_values(job, path, item->rows, values, err);
}
