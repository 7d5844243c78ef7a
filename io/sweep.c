#include "io/sweep.h"

#include "io/experiment.h"
#include "io/override.h"
#include "io/path.h"
#include "io/quantity.h"
#include "io/results_read.h"
#include "io/scope.h"
#include "io/tree_write.h"
#include "io/vocabulary.h"
#include "io/yaml.h"
#include "sim/rng.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 200 }; /* of a trial: leaves room within the 255 bytes of a file's name */

/* Values that are walked together: one entry of `over:`, or all of `zip:`. */
struct axis {
    size_t first, columns, length;
};

struct reader {
    struct hk_sweep *sweep;
    struct hk_arena *arena;
    struct hk_node *spec; /* the sweep's keys */
    struct hk_node *base; /* the experiment, bases merged in */
    const char **set;     /* "path=value" of every trial */
    size_t set_count;
    struct hk_sweep_column columns[HK_SWEEP_COLUMNS_MAX];
    const char **defines[HK_SWEEP_COLUMNS_MAX]; /* "path=value", for each value of the column */
    size_t column_count;
    struct axis axes[HK_SWEEP_COLUMNS_MAX];
    size_t axis_count;
    uint64_t *seeds;
    size_t seed_count;
    struct hk_err *err;
};

/* ---- the files ---- */

static struct hk_node *copy(struct reader *r, const struct hk_node *map) {
    const struct hk_node nothing = {.kind = HK_NODE_MAP};
    return hk_tree_merge(r->arena, map, &nothing, r->err);
}

static bool read_experiment(struct reader *r, const char *path, const struct hk_node *place) {
    struct hk_node *root = NULL;
    r->sweep->experiment = path;
    if (!hk_experiment_load(r->arena, path, &root, r->err))
        return place ? hk_node_context(r->err, place) : false;
    if (!(r->base = copy(r, root))) return false;
    hk_node_drop(r->base, "sweep");
    hk_node_drop(r->base, "base"); /* its keys are there */
    /* That is for the experiment as it stands; `set:` may say what all trials must show. */
    hk_node_drop(r->base, "expect");
    return true;
}

/* `sweep: NAME` and `base: FILE`. */
static bool read_sweep_file(struct reader *r, const char *path, struct hk_node *root) {
    const struct hk_node *base = hk_node_get(root, "base");
    const char *name, *base_path;
    r->spec = root;
    r->sweep->name = hk_node_text(hk_node_get(root, "sweep"), r->err);
    if (!r->sweep->name) return false;
    if (!base)
        return hk_node_fail(r->err, root, "needs `base: FILE`, the experiment that is to be run");
    if (!(name = hk_node_text(base, r->err))) return false;
    return (base_path = hk_path_beside(r->arena, path, name, r->err)) &&
           read_experiment(r, base_path, base);
}

/* The block `sweep:` of an experiment, or of one of its bases. */
static bool read_sweep_block(struct reader *r, const char *path) {
    struct hk_node *root = NULL;
    if (!hk_experiment_load(r->arena, path, &root, r->err)) return false;
    const struct hk_node *name = hk_node_get(root, "name");
    r->spec = hk_node_get(root, "sweep");
    if (!r->spec)
        return hk_node_fail(r->err, root,
                            "has no `sweep:`: neither `sweep: NAME` with `base: FILE`, nor a block "
                            "of an experiment's own");
    if (!hk_node_expect(r->spec, HK_NODE_MAP, r->err)) return false;
    if (!name)
        return hk_node_fail(r->err, root, "needs `name:`, which its results are filed under");
    if (!(r->sweep->name = hk_node_text(name, r->err))) return false;
    return read_experiment(r, path, NULL);
}

static bool read_files(struct reader *r, const char *path) {
    struct hk_node *root = hk_yaml_read(r->arena, path, r->err);
    if (!root || !hk_node_expect(root, HK_NODE_MAP, r->err)) return false;
    const struct hk_node *sweep = hk_node_get(root, "sweep"), *version;
    int64_t schema = 1;
    bool own_file = sweep && sweep->kind != HK_NODE_MAP;
    if (!(own_file ? read_sweep_file(r, path, root) : read_sweep_block(r, path))) return false;
    if (!(r->spec = copy(r, r->spec))) return false;
    version = hk_node_get(r->spec, "hillock");
    if (version && !hk_node_int(version, 1, 1, &schema, r->err)) return false;
    return hk_words_check(r->spec, &hk_words_sweep, r->err);
}

/* ---- texts ---- */

/* A value as -D takes it: in one line where YAML can, else below each other. */
static const char *value_text(struct reader *r, const struct hk_node *value) {
    struct hk_block block = {0};
    const char *text = NULL;
    if (hk_tree_write(value, &block, r->err)) {
        char *written = block.data;
        written[strlen(written) - 1] = '\0';
        text =
            hk_arena_format(r->arena, r->err, "%s%s", strchr(written, '\n') ? "\n" : "", written);
    }
    hk_block_finish(&block);
    return text;
}

static const char *define_of(struct reader *r, const char *path, const char *value) {
    return value ? hk_arena_format(r->arena, r->err, "%s=%s", path, value) : NULL;
}

/* ---- `set:` ---- */

/* Add what -D says, as if the file said it. */
static bool add_define(struct reader *r, struct hk_node *set, const char *text) {
    const char *equals = hk_override_equals(text, r->err);
    if (!equals) return hk_err_context(r->err, "-D");
    struct hk_node *value = hk_yaml_parse(r->arena, "-D", equals + 1, strlen(equals + 1), r->err);
    if (!value) return false;
    value->key = hk_arena_format(r->arena, r->err, "%.*s", (int)(equals - text), text);
    if (!value->key) return false;
    value->key_line = value->line;
    value->key_column = value->column;
    hk_node_drop(set, value->key);
    hk_node_append(set, value);
    return true;
}

static bool add_defines(struct reader *r, const char *const *defines, size_t count) {
    struct hk_node *set = hk_node_get(r->spec, "set");
    if (count == 0) return true;
    if (!set) {
        if (!(set = hk_node_create(r->arena, HK_NODE_MAP, r->err))) return false;
        set->key = "set";
        hk_node_append(r->spec, set);
    }
    if (set->kind == HK_NODE_NULL) set->kind = HK_NODE_MAP;
    if (!hk_node_expect(set, HK_NODE_MAP, r->err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!add_define(r, set, defines[i])) return false;
    return true;
}

static bool check_path(struct reader *r, const struct hk_node *node) {
    if (strcmp(node->key, "seed") == 0)
        return hk_node_fail_key(r->err, node, "seeds are said by `seeds:` or `repeats:`");
    if (!strchr(node->key, '=')) return true;
    return hk_node_fail_key(r->err, node, "'%s': a path holds no '='", node->key);
}

static bool read_set(struct reader *r) {
    const struct hk_node *set = hk_node_get(r->spec, "set");
    if (!set || set->kind == HK_NODE_NULL) return true;
    if (!hk_node_expect(set, HK_NODE_MAP, r->err)) return false;
    if (!(r->set = HK_NEW(r->arena, const char *, set->count, r->err))) return false;
    for (const struct hk_node *node = set->first; node; node = node->next) {
        const char *define;
        if (!check_path(r, node)) return false;
        if (!(define = define_of(r, node->key, value_text(r, node)))) return false;
        r->set[r->set_count++] = define;
    }
    return true;
}

/* ---- the values of a column ---- */

bool hk_value_split(const char *text, double *number, const char **unit) {
    struct hk_quantity quantity;
    struct hk_err err = {.code = HK_OK};
    if (!hk_quantity_parse(text, &quantity, &err)) return false;
    char *end = NULL;
    (void)strtod(text, &end);
    *unit = end + strspn(end, " ");
    if (!**unit) *unit = "1";
    return hk_quantity_in(&quantity, *unit, number, &err);
}

/* One end of a range, or its step, as a number of `*unit`; NULL: of its own. */
static bool read_end(struct reader *r, const struct hk_node *node, const char **unit,
                     double *number) {
    struct hk_quantity quantity;
    const char *text = hk_node_text(node, r->err);
    if (!text) return false;
    if (!hk_quantity_parse(text, &quantity, r->err)) return hk_node_context(r->err, node);
    if (!*unit) return hk_value_split(text, number, unit);
    return hk_quantity_in(&quantity, *unit, number, r->err) || hk_node_context(r->err, node);
}

static bool read_range(struct reader *r, const struct hk_node *node, double *from, double *step,
                       size_t *count, const char **unit) {
    const double rounding = 1e-9; /* of a step: 0.1 isn't a whole number of anything */
    const struct hk_node *range = hk_node_get(node, "range"), *by = hk_node_get(node, "step");
    double to = 0.0;
    if (!hk_words_check(node, &hk_words_range, r->err)) return false;
    if (!range || range->kind != HK_NODE_LIST || range->count != 2 || !by)
        return hk_node_fail(r->err, node,
                            "expected a list of values, or {range: [FROM, TO], step: STEP}");
    *unit = NULL;
    if (!read_end(r, range->first, unit, from) || !read_end(r, range->last, unit, &to) ||
        !read_end(r, by, unit, step))
        return false;
    double steps = floor((to - *from) / *step + rounding);
    if (*step == 0.0 || !(steps >= 0.0))
        return hk_node_fail(r->err, by, "this step doesn't lead from %g to %g", *from, to);
    if (steps >= HK_TRIALS_MAX)
        return hk_node_fail(r->err, by, "more than %d values (HK_TRIALS_MAX)", HK_TRIALS_MAX);
    *count = (size_t)steps + 1;
    return true;
}

static const char **expand_range(struct reader *r, const char *path, const struct hk_node *node,
                                 size_t *count) {
    double from = 0.0, step = 0.0;
    const char *unit = NULL;
    if (!read_range(r, node, &from, &step, count, &unit)) return NULL;
    const char **defines = HK_NEW(r->arena, const char *, *count, r->err);
    bool bare = unit && strcmp(unit, "1") == 0;
    for (size_t i = 0; defines && i < *count; i++) {
        double value = from + (double)i * step;
        if (fabs(value) < 1e-9 * fabs(step)) value = 0.0;
        defines[i] = hk_arena_format(r->arena, r->err, "%s=%.12g%s%s", path, value, bare ? "" : " ",
                                     bare ? "" : unit);
        if (!defines[i]) return NULL;
    }
    return defines;
}

static const char **expand_list(struct reader *r, const char *path, const struct hk_node *node,
                                size_t *count) {
    const char **defines = HK_NEW(r->arena, const char *, node->count, r->err);
    *count = 0;
    for (const struct hk_node *value = node->first; defines && value; value = value->next)
        if (!(defines[(*count)++] = define_of(r, path, value_text(r, value)))) return NULL;
    return defines;
}

/* What a path is set to must be said in one place. */
static bool check_new(struct reader *r, const struct hk_node *node) {
    const struct hk_node *set = hk_node_get(r->spec, "set");
    bool taken = set && hk_node_get(set, node->key);
    for (size_t c = 0; c < r->column_count; c++)
        taken |= strcmp(r->columns[c].path, node->key) == 0;
    return !taken || hk_node_fail_key(r->err, node, "%s is set twice in this sweep", node->key);
}

static bool read_column(struct reader *r, const struct hk_node *node, size_t *length) {
    const char **defines = NULL;
    if (!check_path(r, node) || !check_new(r, node)) return false;
    if (r->column_count == HK_SWEEP_COLUMNS_MAX)
        return hk_node_fail_key(r->err, node,
                                "more than %d values are swept "
                                "(HK_SWEEP_COLUMNS_MAX)",
                                HK_SWEEP_COLUMNS_MAX);
    if (node->kind == HK_NODE_MAP)
        defines = expand_range(r, node->key, node, length);
    else if (hk_node_expect(node, HK_NODE_LIST, r->err))
        defines = expand_list(r, node->key, node, length);
    if (!defines) return false;
    if (*length == 0) return hk_node_fail(r->err, node, "needs at least one value");
    r->columns[r->column_count].path = node->key;
    r->defines[r->column_count++] = defines;
    return true;
}

/* ---- axes ---- */

static bool read_over(struct reader *r) {
    const struct hk_node *over = hk_node_get(r->spec, "over");
    if (!over || over->kind == HK_NODE_NULL) return true;
    if (!hk_node_expect(over, HK_NODE_MAP, r->err)) return false;
    for (const struct hk_node *node = over->first; node; node = node->next) {
        struct axis axis = {.first = r->column_count, .columns = 1};
        if (!read_column(r, node, &axis.length)) return false;
        r->axes[r->axis_count++] = axis;
    }
    return true;
}

static bool read_zip(struct reader *r) {
    const struct hk_node *zip = hk_node_get(r->spec, "zip");
    struct axis axis = {.first = r->column_count};
    if (!zip || zip->count == 0) return true;
    if (!hk_node_expect(zip, HK_NODE_MAP, r->err)) return false;
    for (const struct hk_node *node = zip->first; node; node = node->next) {
        size_t length = 0;
        if (!read_column(r, node, &length)) return false;
        if (node != zip->first && length != axis.length)
            return hk_node_fail_key(r->err, node,
                                    "%s has %zu values, but %s has %zu; they are walked together",
                                    node->key, length, zip->first->key, axis.length);
        axis.length = length;
        axis.columns++;
    }
    r->axes[r->axis_count++] = axis;
    return true;
}

static const char *last_name(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot && dot[1] ? dot + 1 : path;
}

static void label_columns(struct reader *r) {
    for (size_t c = 0; c < r->column_count; c++) {
        const char *label = last_name(r->columns[c].path);
        bool shared = false;
        for (size_t k = 0; k < r->column_count; k++)
            shared |= k != c && strcmp(last_name(r->columns[k].path), label) == 0;
        r->columns[c].label = shared ? r->columns[c].path : label;
    }
}

/* ---- seeds ---- */

static bool new_seeds(struct reader *r, size_t count) {
    r->seed_count = count;
    return (r->seeds = HK_NEW(r->arena, uint64_t, count, r->err)) != NULL;
}

static bool read_seed(struct reader *r, const struct hk_node *node, uint64_t *seed) {
    int64_t number = 0;
    if (!hk_node_int(node, 0, INT64_MAX, &number, r->err)) return false;
    *seed = (uint64_t)number;
    return true;
}

/* `seeds: {count: 5, from: 100}` or `seeds: [1, 2, 5]` */
static bool read_seeds(struct reader *r, const struct hk_node *node) {
    int64_t count = 0;
    uint64_t from = 1;
    if (node->kind == HK_NODE_LIST) {
        if (node->count == 0) return hk_node_fail(r->err, node, "needs at least one seed");
        if (!new_seeds(r, node->count)) return false;
        size_t i = 0;
        for (const struct hk_node *seed = node->first; seed; seed = seed->next)
            if (!read_seed(r, seed, &r->seeds[i++])) return false;
        return true;
    }
    if (!hk_node_expect(node, HK_NODE_MAP, r->err) ||
        !hk_words_check(node, &hk_words_seeds, r->err))
        return false;
    const struct hk_node *number = hk_node_get(node, "count"), *first = hk_node_get(node, "from");
    if (!number) return hk_node_fail_key(r->err, node, "needs `count: N`");
    if (!hk_node_int(number, 1, HK_TRIALS_MAX, &count, r->err)) return false;
    if (first && !read_seed(r, first, &from)) return false;
    if (!new_seeds(r, (size_t)count)) return false;
    for (size_t i = 0; i < r->seed_count; i++) r->seeds[i] = from + i;
    return true;
}

/* `repeats: 5`: the experiment's own seed, and what follows from it. 48 bits are short enough for a
 * name, and don't come twice. */
static bool derive_seeds(struct reader *r, const struct hk_node *node) {
    int64_t count = 1;
    uint64_t own = 1;
    const struct hk_node *seed = hk_node_get(r->base, "seed");
    if (node && !hk_node_int(node, 1, HK_TRIALS_MAX, &count, r->err)) return false;
    if (seed && !read_seed(r, seed, &own)) return false;
    if (!new_seeds(r, (size_t)count)) return false;
    struct hk_stream stream = hk_stream_make(own, "sweep", "repeats");
    r->seeds[0] = own;
    for (size_t i = 1; i < r->seed_count; i++) {
        uint32_t words[4];
        hk_stream_block(stream, i, 0, words);
        r->seeds[i] = (uint64_t)words[0] << 16 | words[1] >> 16;
    }
    return true;
}

static bool read_repeats(struct reader *r) {
    const struct hk_node *seeds = hk_node_get(r->spec, "seeds");
    const struct hk_node *repeats = hk_node_get(r->spec, "repeats");
    if (seeds && repeats)
        return hk_node_fail_key(r->err, repeats, "either `seeds:` or `repeats:`, not both");
    return seeds ? read_seeds(r, seeds) : derive_seeds(r, repeats);
}

/* ---- how it is run, and what is kept ---- */

static bool read_run(struct reader *r) {
    const struct hk_node *run = hk_node_get(r->spec, "run"), *node;
    int64_t jobs = 0, retries = 0;
    if (!run) return true;
    if (!hk_words_check(run, &hk_words_trials, r->err)) return false;
    if ((node = hk_node_get(run, "jobs")) &&
        !hk_node_int(node, 1, HK_SWEEP_JOBS_MAX, &jobs, r->err))
        return false;
    if ((node = hk_node_get(run, "retries")) && !hk_node_int(node, 0, 100, &retries, r->err))
        return false;
    r->sweep->jobs = (size_t)jobs;
    r->sweep->retries = (size_t)retries;
    if ((node = hk_node_get(run, "limit"))) {
        if (!hk_words_check(node, &hk_words_limit, r->err)) return false;
        const struct hk_node *wall = hk_node_get(node, "wall");
        if (wall && !hk_node_quantity(wall, "ms", NULL, &r->sweep->wall_limit_ms, r->err))
            return false;
        if (wall && !(r->sweep->wall_limit_ms >= 1.0))
            return hk_node_fail(r->err, wall, "the limit must be at least 1 ms");
    }
    if (!(node = hk_node_get(run, "on_failure"))) return true;
    size_t chosen = 0;
    if (!hk_node_choice(node, hk_failure_choices, &chosen, r->err)) return false;
    r->sweep->stop_on_failure = chosen != 0;
    return true;
}

/* "metrics.rate.exc" becomes the path "metrics/rate/exc". */
static bool add_metric(struct reader *r, struct hk_sweep_metric *metric, const char *name,
                       const struct hk_node *node) {
    const char *text = hk_node_text(node, r->err);
    char *path = text ? hk_results_path(r->arena, text, r->err) : NULL;
    if (!path) return false;
    if (!*path) return hk_node_fail(r->err, node, "expected a path such as metrics.rate.exc");
    *metric = (struct hk_sweep_metric){.name = name ? name : text, .path = path, .node = node};
    if (!strchr(metric->name, '/')) return true;
    return hk_node_fail(r->err, node, "'%s': names are separated by dots", metric->name);
}

static bool read_collect(struct reader *r) {
    const struct hk_node *collect = hk_node_get(r->spec, "collect");
    if (!collect || collect->kind == HK_NODE_NULL) return true;
    if (collect->kind != HK_NODE_MAP && !hk_node_expect(collect, HK_NODE_LIST, r->err))
        return false;
    struct hk_sweep_metric *metrics =
        HK_NEW(r->arena, struct hk_sweep_metric, collect->count, r->err);
    if (!metrics) return false;
    r->sweep->metrics = metrics;
    for (const struct hk_node *node = collect->first; node; node = node->next) {
        struct hk_sweep_metric *metric = &metrics[r->sweep->metric_count++];
        if (!add_metric(r, metric, node->key, node)) return false;
        for (const struct hk_sweep_metric *other = metrics; other < metric; other++)
            if (strcmp(other->name, metric->name) == 0)
                return hk_node_fail(r->err, node, "%s is collected twice", metric->name);
    }
    return true;
}

/* ---- trials ---- */

/* Add to a name what may stand in a file's; "20 ms" becomes "20ms". */
static void add_to_name(char name[NAME_SIZE], const char *text) {
    size_t used = strlen(name);
    for (; *text && used + 1 < NAME_SIZE; text++) {
        bool good = isalnum((unsigned char)*text) || strchr("+-.=_", *text);
        if (*text != ' ' && *text != '\n') name[used++] = good ? *text : '_';
    }
    name[used] = '\0';
}

static bool fill_trial(struct reader *r, struct hk_trial *trial, const char **defines,
                       size_t number) {
    char name[NAME_SIZE] = "", part[32];
    for (size_t c = 0; c < r->column_count; c++) {
        add_to_name(name, "-");
        add_to_name(name, r->columns[c].label);
        add_to_name(name, "=");
        add_to_name(name, strchr(defines[r->set_count + c], '=') + 1);
    }
    (void)snprintf(part, sizeof part, "-seed=%" PRIu64, trial->seed);
    trial->name = hk_arena_format(r->arena, r->err, "%04zu%s%s", number, name, part);
    trial->defines = defines;
    return trial->name != NULL;
}

/* Trial `index`: seeds change fastest, then the last axis. */
static bool make_trial(struct reader *r, struct hk_trial *trial, size_t index) {
    const char **defines = HK_NEW(r->arena, const char *, r->set_count + r->column_count, r->err);
    if (!defines) return false;
    for (size_t i = 0; i < r->set_count; i++) defines[i] = r->set[i];
    trial->seed = r->seeds[index % r->seed_count];
    size_t rest = index / r->seed_count;
    for (size_t a = r->axis_count; a-- > 0;) {
        const struct axis *axis = &r->axes[a];
        for (size_t c = axis->first; c < axis->first + axis->columns; c++)
            defines[r->set_count + c] = r->defines[c][rest % axis->length];
        rest /= axis->length;
    }
    return fill_trial(r, trial, defines, index + 1);
}

static bool make_trials(struct reader *r) {
    size_t count = r->seed_count;
    for (size_t a = 0; a < r->axis_count && count <= HK_TRIALS_MAX; a++) count *= r->axes[a].length;
    if (count > HK_TRIALS_MAX)
        return HK_FAIL(r->err, HK_ERR_LIMIT, "%s: more than %d trials (HK_TRIALS_MAX)",
                       r->spec->file, HK_TRIALS_MAX);
    struct hk_trial *trials = HK_NEW(r->arena, struct hk_trial, count, r->err);
    struct hk_sweep_column *columns =
        HK_NEW(r->arena, struct hk_sweep_column, r->column_count, r->err);
    if (!trials || !columns) return false;
    for (size_t c = 0; c < r->column_count; c++) columns[c] = r->columns[c];
    for (size_t i = 0; i < count; i++)
        if (!make_trial(r, &trials[i], i)) return false;
    r->sweep->trials = trials;
    r->sweep->trial_count = count;
    r->sweep->columns = columns;
    r->sweep->column_count = r->column_count;
    r->sweep->define_count = r->set_count + r->column_count;
    return true;
}

const char *hk_trial_value(const struct hk_sweep *sweep, const struct hk_trial *trial,
                           size_t column) {
    const char *define = trial->defines[sweep->define_count - sweep->column_count + column];
    return strchr(define, '=') + 1;
}

/* ---- the whole ---- */

static bool write_text(struct reader *r, const struct hk_node *root, const char **text) {
    struct hk_block block = {0};
    *text =
        hk_tree_write(root, &block, r->err) ? hk_arena_text(r->arena, block.data, r->err) : NULL;
    hk_block_finish(&block);
    return *text != NULL;
}

static bool set_text(struct reader *r, struct hk_node *map, const char *key, const char *text) {
    struct hk_node *node = hk_node_get(map, key);
    if (!node) {
        if (!(node = hk_node_create(r->arena, HK_NODE_SCALAR, r->err))) return false;
        node->key = key;
        hk_node_append(map, node);
    }
    node->text = text;
    return true;
}

/* `replay: FILE` is relative to the file that says so; in a copy elsewhere it must be absolute. */
static bool fix_paths(struct reader *r, struct hk_node *parent) {
    for (struct hk_node *node = parent->first; node; node = node->next) {
        if (!fix_paths(r, node)) return false;
        if (!node->key || strcmp(node->key, "replay") != 0 || !node->text) continue;
        const char *path = hk_path_beside(r->arena, node->file, node->text, r->err);
        if (!path) return false;
        if (!(node->text = hk_path_absolute(r->arena, path, r->err)))
            return hk_node_context(r->err, node);
    }
    return true;
}

static bool freeze(struct reader *r) {
    return set_text(r, r->spec, "sweep", r->sweep->name) &&
           set_text(r, r->spec, "base", "base.yaml") &&
           write_text(r, r->spec, &r->sweep->definition) && fix_paths(r, r->base) &&
           write_text(r, r->base, &r->sweep->base);
}

bool hk_sweep_read(struct hk_sweep *sweep, const char *path, const char *const *defines,
                   size_t define_count, struct hk_err *err) {
    *sweep = (struct hk_sweep){.arena = hk_arena_create(err)};
    struct reader r = {.sweep = sweep, .arena = sweep->arena, .err = err};
    return sweep->arena && read_files(&r, path) && add_defines(&r, defines, define_count) &&
           read_set(&r) && read_over(&r) && read_zip(&r) && read_repeats(&r) && read_run(&r) &&
           read_collect(&r) && freeze(&r) && (label_columns(&r), make_trials(&r));
}

void hk_sweep_finish(struct hk_sweep *sweep) {
    hk_arena_destroy(sweep->arena);
    *sweep = (struct hk_sweep){.arena = NULL};
}
