#include "io/experiment.h"

#include "io/diagnostics.h"
#include "io/digest_reader.h"
#include "io/override.h"
#include "io/path.h"
#include "io/protocol_reader.h"
#include "io/results_read.h"
#include "io/vocabulary.h"
#include "io/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file ---- */

/* The experiment that a results file holds. */
static struct hk_node *read_results(struct hk_arena *arena, const char *path, struct hk_err *err) {
    const char *text = NULL;
    struct hk_node *root = NULL;
    struct hk_results_file *file = hk_results_read_open(arena, path, err);
    if (file && hk_results_read_text(file, "experiment/resolved", &text, err))
        root = hk_yaml_parse(arena, path, text, strlen(text), err);
    hk_results_read_close(file);
    return root;
}

static struct hk_node *read_tree(struct hk_arena *arena, const char *path, struct hk_err *err) {
    bool has_results = hk_path_is_folder(path) || hk_path_is_hdf5(path);
    return has_results ? read_results(arena, path, err) : hk_yaml_read(arena, path, err);
}

/* The files that led to this one. */
struct chain {
    const char *path;
    const struct chain *outer;
    int depth;
};

static bool check_chain(const struct chain *chain, const struct hk_node *base, const char *path,
                        struct hk_err *err) {
    enum { BASES_MAX = 16 };
    if (chain->depth >= BASES_MAX)
        return hk_node_fail(err, base, "more than %d bases of bases", BASES_MAX);
    for (const struct chain *at = chain; at; at = at->outer)
        if (strcmp(at->path, path) == 0)
            return hk_node_fail(err, base, "%s is based on itself", base->text);
    return true;
}

static bool read_base(struct hk_arena *arena, const struct chain *chain, struct hk_node **root,
                      struct hk_err *err) {
    struct chain inner = {.outer = chain, .depth = chain->depth + 1};
    *root = read_tree(arena, chain->path, err);
    if (!*root || !hk_node_expect(*root, HK_NODE_MAP, err)) return false;
    const struct hk_node *base = hk_node_get(*root, "base");
    struct hk_node *under = NULL;
    if (!base) return true;
    const char *name = hk_node_text(base, err);
    if (!name || !(inner.path = hk_path_beside(arena, chain->path, name, err))) return false;
    if (!check_chain(chain, base, inner.path, err)) return false;
    if (!read_base(arena, &inner, &under, err)) return hk_node_context(err, base);
    *root = hk_tree_merge(arena, under, *root, err);
    if (*root) hk_node_drop(*root, "base"); /* it stands alone, wherever it is read again */
    return *root != NULL;
}

bool hk_experiment_load(struct hk_arena *arena, const char *path, struct hk_node **root,
                        struct hk_err *err) {
    if (read_base(arena, &(struct chain){.path = path}, root, err)) return true;
    *root = NULL;
    return false;
}

/* `defaults: {populations: {...}}` is laid under each entry of `populations:`. */
static bool apply_defaults(struct hk_experiment *e, const char *part, struct hk_err *err) {
    const struct hk_node *defaults = hk_node_get(e->root, "defaults");
    const struct hk_node *under = defaults ? hk_node_get(defaults, part) : NULL;
    struct hk_node *map = hk_node_get(e->root, part);
    if (!under || !map || map->kind != HK_NODE_MAP) return true;
    if (!hk_node_expect(under, HK_NODE_MAP, err)) return false;
    bool ok = true;
    for (struct hk_node *node = map->first; node; node = node->next) {
        bool is_population = strcmp(part, "populations") == 0;
        if (is_population) ok &= hk_node_take_for(node, "source", err);
        bool neurons = !is_population || !hk_node_get(node, "source");
        if (node->kind != HK_NODE_MAP || !neurons) continue;
        struct hk_node *merged = hk_tree_merge(e->arena, under, node, err);
        if (!merged) return false;
        node->first = merged->first;
        node->last = merged->last;
        node->count = merged->count;
        for (struct hk_node *child = node->first; child; child = child->next) child->parent = node;
    }
    return ok;
}

/* `projections:` with nothing behind it is as if it weren't there. */
static void drop_empty(struct hk_node *root) {
    for (struct hk_node *entry = root->first, *next; entry; entry = next) {
        next = entry->next;
        if (entry->kind == HK_NODE_NULL) hk_node_drop(root, entry->key);
    }
}

/* Without a root nothing can be said. */
static bool load_tree(struct hk_experiment *e, const struct hk_experiment_options *options,
                      struct hk_err *err) {
    static const char *const parts[] = {"populations", "projections"};
    if (!hk_experiment_load(e->arena, options->path, &e->root, err)) return false;
    bool ok = true;
    for (size_t i = 0; i < options->define_count; i++)
        ok &= hk_go_on(hk_tree_set(e->arena, e->root, options->defines[i], err), err);
    ok &= hk_words_check(e->root, &hk_words_experiment, err);
    drop_empty(e->root);
    const struct hk_node *defaults = hk_node_get(e->root, "defaults");
    if (defaults)
        ok &= hk_go_on(hk_node_expect(defaults, HK_NODE_MAP, err) &&
                           hk_words_check(defaults, &hk_words_defaults, err),
                       err);
    for (size_t i = 0; i < HK_COUNT(parts); i++)
        ok &= hk_go_on(apply_defaults(e, parts[i], err), err);
    hk_node_drop(e->root, "defaults"); /* all entries have them now */
    return ok;
}

/* ---- the head ---- */

/* Every 64-bit number is a seed, 0 too. */
static bool read_seed(struct hk_experiment *e, const char *given, struct hk_err *err) {
    struct hk_node *node = hk_node_get(e->root, "seed");
    if (given) node->text = given;
    const char *text = hk_node_text(node, err);
    char *end;
    if (!text) return false;
    errno = 0;
    unsigned long long seed = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-') {
        if (given)
            return HK_FAIL(err, HK_ERR_USAGE,
                           "--seed %s: a seed is a whole number from 0 to 2^64 - 1", given);
        return hk_node_fail(err, node, "'%s' is not a seed: a whole number from 0 to 2^64 - 1",
                            text);
    }
    e->seed = seed;
    return true;
}

static bool read_name(struct hk_experiment *e, struct hk_err *err) {
    const struct hk_node *name = hk_node_get(e->root, "name"),
                         *about = hk_node_get(e->root, "about");
    bool ok = hk_go_on(!about || (e->about = hk_node_text(about, err)), err);
    if (!name)
        return hk_node_fail_key(err, e->root, "needs `name:`, which its results are filed under");
    e->name = hk_node_text(name, err);
    return e->name && ok;
}

/* Before defaults are filled in: on the exact clock they are others. */
static bool read_clock(const struct hk_experiment *e, struct hk_reader *reader,
                       enum hk_clock *clock, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(e->root, "clock");
    size_t chosen = 0;
    if (node && !hk_node_choice(node, hk_clock_choices, &chosen, err)) return false;
    if (!chosen) return true;
    *clock = HK_CLOCK_EXACT;
    return hk_default_key(reader, e->root, "resolution", "1 ns", err) &&
           hk_default_key(reader, e->root, "precision", "double", err);
}

static bool read_precision(const struct hk_experiment *e, struct hk_reader *reader,
                           enum hk_clock clock, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(e->root, "precision");
    size_t precision = 0;
    bool ok = hk_node_choice(node, hk_precision_choices, &precision, err);
    bool is_exact = clock == HK_CLOCK_EXACT;
    reader->precision = is_exact || (ok && precision) ? HK_DOUBLE : HK_SINGLE;
    if (!ok || precision || !is_exact) return ok;
    return hk_node_fail(err, node, "`clock: exact` needs `precision: double`, its default");
}

/* Where the resolution is wrong, ticks are so short that every time is a whole number of them. */
static bool create_sim(struct hk_experiment *e, struct hk_reader *reader, enum hk_clock clock,
                       int threads, struct hk_err *err) {
    const struct hk_node *resolution = hk_node_get(e->root, "resolution");
    struct hk_sim_options options = {.clock = clock,
                                     .seed = e->seed,
                                     .precision = reader->precision,
                                     .threads = threads};
    bool ok = hk_node_quantity(resolution, "ms", reader->scope, &options.tick_ms, err);
    if (ok) e->sim = hk_sim_create(&options, err);
    ok = hk_go_on(e->sim || (ok && hk_node_context(err, resolution)), err);
    if (e->sim || !hk_can_go_on(err)) return ok;
    reader->timeless = true;
    options.tick_ms = 1e-6;
    e->sim = hk_sim_create(&options, err);
    return false;
}

/* Makes `e->sim`, whatever is wrong, unless there is no memory. */
static bool read_head(struct hk_experiment *e, struct hk_reader *reader,
                      const struct hk_experiment_options *options, struct hk_err *err) {
    int64_t schema = 1;
    enum hk_clock clock = HK_CLOCK_GRID;
    bool ok = hk_go_on(read_clock(e, reader, &clock, err), err);
    if (!hk_words_fill(reader, e->root, &hk_words_experiment, err)) return false;
    ok &= hk_go_on(hk_node_int(hk_node_get(e->root, "hillock"), 1, 1, &schema, err), err);
    ok &= hk_go_on(read_name(e, err), err);
    ok &= hk_go_on(read_seed(e, options->seed, err), err);
    ok &= hk_go_on(read_precision(e, reader, clock, err), err);
    return create_sim(e, reader, clock, options->threads, err) && ok;
}

/* ---- data ---- */

/* `crop: [22, 22]`: the central part of each image. */
static bool read_crop(struct hk_experiment *e, struct hk_reader *reader, const struct hk_node *crop,
                      struct hk_err *err) {
    int64_t side[2] = {0, 0};
    size_t k = 0;
    bool ok = true;
    if (!hk_node_expect(crop, HK_NODE_LIST, err)) return false;
    if (crop->count != 2) return hk_node_fail(err, crop, "expected [ROWS, COLUMNS]");
    for (const struct hk_node *item = crop->first; item; item = item->next)
        ok &= hk_go_on(hk_node_whole(item, reader->scope, 1, 1 << 24, &side[k++], err), err);
    if (!ok || !e->has_data) return ok;
    return (hk_samples_crop(&e->data.train, (size_t)side[0], (size_t)side[1], err) &&
            hk_samples_crop(&e->data.test, (size_t)side[0], (size_t)side[1], err)) ||
           hk_node_context(err, crop);
}

static bool read_count(const struct hk_reader *reader, const struct hk_node *map, const char *key,
                       int64_t least, int64_t *value, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    return hk_go_on(!node || hk_node_whole(node, reader->scope, least, 1 << 24, value, err), err);
}

/* What is asked for, without the data themselves. */
static bool read_data_options(struct hk_reader *reader, const struct hk_node *node,
                              struct hk_dataset_options *options, struct hk_err *err) {
    int64_t train = 0, test = 0, seed = 0;
    bool is_map = node->kind == HK_NODE_MAP;
    bool ok = !is_map || hk_words_check(node, &hk_words_data, err);
    const struct hk_node *set = is_map ? hk_node_get(node, "set") : node;
    const struct hk_node *path = hk_node_get(node, "path");
    if (set)
        options->name = hk_node_text(set, err);
    else
        (void)hk_node_fail_key(err, node, "needs `set: NAME`");
    ok &= hk_go_on(options->name, err);
    ok &= hk_go_on(!path || (options->path = hk_node_text(path, err)), err);
    ok &= read_count(reader, node, "train", 1, &train, err);
    ok &= read_count(reader, node, "test", 1, &test, err);
    ok &= read_count(reader, node, "seed", 0, &seed, err);
    ok &= hk_go_on(hk_digests_read(reader->arena, hk_node_get(node, "sha256"), options, err), err);
    options->train_count = (size_t)train;
    options->test_count = (size_t)test;
    options->seed = (uint64_t)seed;
    return ok;
}

/* `data: mnist`, or `data: {set: digits, train: 5000, test: 1000, seed: 3}`, or with `path:
 * FOLDER`. */
static bool read_data(struct hk_experiment *e, struct hk_reader *reader, struct hk_err *err) {
    struct hk_node *node = hk_node_get(e->root, "data");
    struct hk_dataset_options options = {.load_train = true, .load_test = true};
    if (!node) return true;
    const struct hk_node *set = hk_node_get(node, "set"), *crop = hk_node_get(node, "crop");
    struct hk_node *path = hk_node_get(node, "path");
    bool ok = hk_go_on(read_data_options(reader, node, &options, err), err);
    if (ok) {
        e->has_data = hk_dataset_open(e->arena, &options, &e->data, err);
        ok = hk_go_on(e->has_data || hk_node_context(err, set ? set : node), err);
    }
    if (ok && path) ok = (path->text = hk_path_absolute(e->arena, options.path, err)) != NULL;
    if (crop) ok &= hk_go_on(read_crop(e, reader, crop, err), err);
    if (!ok) e->has_data = false, e->data = (struct hk_dataset){.name = NULL};
    return ok;
}

/* ---- what happens, and what is kept ---- */

static bool read_duration(struct hk_experiment *e, const struct hk_reader *reader,
                          const struct hk_node *duration, struct hk_err *err) {
    double ms = 0.0;
    if (!hk_node_quantity(duration, "ms", reader->scope, &ms, err)) return false;
    if (!hk_tick_from_ms(ms, hk_sim_tick_ms(e->sim), &e->duration, err))
        return hk_node_context(err, duration);
    return e->duration > 0 || hk_node_fail(err, duration, "the duration must be above 0");
}

static bool read_protocol(struct hk_experiment *e, struct hk_reader *reader,
                          const struct hk_node *protocol, struct hk_network *network,
                          struct hk_err *err) {
    bool ok = e->has_data || hk_node_is_told(protocol, "data", NULL) ||
              hk_node_fail_key(err, protocol, "shows samples, but there is no `data:`");
    ok = hk_go_on(ok, err);
    ok &= hk_protocol_read(reader, hk_node_get(e->root, "readouts"), protocol, network, &e->data,
                           &e->protocol, err);
    e->protocol.seed = e->seed;
    return ok;
}

static bool read_time(struct hk_experiment *e, struct hk_reader *reader, struct hk_network *network,
                      struct hk_err *err) {
    const struct hk_node *duration = hk_node_get(e->root, "duration");
    const struct hk_node *protocol = hk_node_get(e->root, "protocol");
    static const char one_of_them[] = "needs either `duration:` or `protocol:`";
    bool ok = true;
    if (!duration && !protocol) return hk_node_fail(err, e->root, one_of_them);
    if (duration && protocol) ok = hk_go_on(hk_node_fail(err, duration, one_of_them), err);
    if (duration && !hk_go_on(read_duration(e, reader, duration, err), err)) {
        ok = false;
        e->duration = INT64_MAX; /* no end is too early: nothing is told of what follows from it */
    }
    if (protocol) ok &= hk_go_on(read_protocol(e, reader, protocol, network, err), err);
    return ok;
}

static bool read_record(struct hk_experiment *e, struct hk_reader *reader, struct hk_err *err) {
    struct hk_node *record = hk_node_get(e->root, "record");
    return !record || hk_records_read(reader, record, e->sim, e->duration, &e->records, err);
}

static bool read_report(struct hk_experiment *e, struct hk_reader *reader, struct hk_err *err) {
    struct hk_node *report = hk_node_get(e->root, "report");
    struct hk_reports *out = &e->reports;
    const struct hk_node *phases = report ? hk_node_get(report, "in") : NULL;
    if (!report) return true;
    bool ok = hk_go_on(hk_reports_read(reader, report, e->sim, e->duration, out, err), err);
    if (phases)
        ok &= hk_go_on(hk_phases_read(reader, phases, &out->phases, &out->phase_count, err), err);
    return ok;
}

/* ---- the whole ---- */

static bool read_network(struct hk_experiment *e, struct hk_reader *reader,
                         struct hk_network *network, struct hk_err *err) {
    struct hk_node *populations = hk_node_get(e->root, "populations");
    if (!populations) {
        (void)hk_go_on(hk_node_fail_key(err, e->root, "needs `populations:`"), err);
        /* Names are not looked for where there is no map of them. */
        if (!hk_default_key(reader, e->root, "populations", "", err)) return false;
    }
    return hk_network_read(reader, populations, hk_node_get(e->root, "signals"),
                           hk_node_get(e->root, "projections"), e->has_data ? &e->data.train : NULL,
                           network, err);
}

static bool read_all(struct hk_experiment *e, const struct hk_experiment_options *options,
                     struct hk_err *err) {
    struct hk_reader reader = {.arena = e->arena};
    struct hk_network network = {.sim = NULL};
    bool ok = hk_go_on(load_tree(e, options, err), err);
    if (!e->root) return false;
    reader.scope = e->scope = hk_scope_create(e->arena, hk_node_get(e->root, "params"), err);
    if (!reader.scope) return false;
    ok &= hk_go_on(read_head(e, &reader, options, err), err);
    if (!e->sim) return false;
    network.sim = e->sim;
    ok &= hk_go_on(read_data(e, &reader, err), err);
    ok &= hk_go_on(read_network(e, &reader, &network, err), err);
    ok &= hk_go_on(read_time(e, &reader, &network, err), err);
    ok &= hk_go_on(read_record(e, &reader, err), err);
    ok &= hk_go_on(read_report(e, &reader, err), err);
    const struct hk_node *expect = hk_node_get(e->root, "expect");
    if (expect) ok &= hk_go_on(hk_expectations_read(&reader, expect, &e->expectations, err), err);
    return ok;
}

/* What readers keep is in the list; a failure that they didn't is there, too. */
bool hk_experiment_read(struct hk_experiment *experiment,
                        const struct hk_experiment_options *options, struct hk_err *err) {
    struct hk_diagnostics *list = &experiment->diagnostics;
    struct hk_err failure = {.kept = list};
    *experiment = (struct hk_experiment){.arena = hk_arena_create(err)};
    if (!(list->arena = experiment->arena)) return false;
    bool ok = hk_go_on(read_all(experiment, options, &failure), &failure);
    if (failure.code == HK_OK && hk_diagnostics_sort(list, &failure) && list->errors == 0) {
        HK_ASSERT(ok);
        return true;
    }
    if (failure.code == HK_OK)
        hk_diagnostics_fail(list, err);
    else
        hk_err_set(err, failure.code, failure.file, failure.line, "%s", failure.message);
    return false;
}

void hk_experiment_finish(struct hk_experiment *experiment) {
    hk_sim_destroy(experiment->sim);
    hk_arena_destroy(experiment->arena);
    *experiment = (struct hk_experiment){.arena = NULL};
}
