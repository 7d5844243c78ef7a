#include "io/experiment.h"

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

static bool read_base(struct hk_arena *arena, const char *path, int depth, struct hk_node **root,
                      struct hk_err *err) {
    enum { BASES_MAX = 16 };
    *root = read_tree(arena, path, err);
    if (!*root || !hk_node_expect(*root, HK_NODE_MAP, err)) return false;
    const struct hk_node *base = hk_node_get(*root, "base");
    if (!base) return true;
    const char *name = hk_node_text(base, err);
    if (!name) return false;
    if (depth == BASES_MAX)
        return hk_node_fail(err, base, "more than %d bases of bases", BASES_MAX);
    const char *base_path = hk_path_beside(arena, path, name, err);
    struct hk_node *under = NULL;
    if (!base_path) return false;
    if (!read_base(arena, base_path, depth + 1, &under, err)) return hk_node_context(err, base);
    *root = hk_tree_merge(arena, under, *root, err);
    if (*root) hk_node_drop(*root, "base"); /* it stands alone, wherever it is read again */
    return *root != NULL;
}

bool hk_experiment_load(struct hk_arena *arena, const char *path, struct hk_node **root,
                        struct hk_err *err) {
    return read_base(arena, path, 0, root, err);
}

/* `defaults: {populations: {...}}` is laid under each entry of `populations:`. */
static bool apply_defaults(struct hk_experiment *e, const char *part, struct hk_err *err) {
    const struct hk_node *defaults = hk_node_get(e->root, "defaults");
    const struct hk_node *under = defaults ? hk_node_get(defaults, part) : NULL;
    struct hk_node *map = hk_node_get(e->root, part);
    if (!under || !map || map->kind != HK_NODE_MAP) return true;
    if (!hk_node_expect(under, HK_NODE_MAP, err)) return false;
    for (struct hk_node *node = map->first; node; node = node->next) {
        bool neurons = strcmp(part, "populations") != 0 || !hk_node_get(node, "source");
        if (node->kind != HK_NODE_MAP || !neurons) continue;
        struct hk_node *merged = hk_tree_merge(e->arena, under, node, err);
        if (!merged) return false;
        node->first = merged->first;
        node->last = merged->last;
        node->count = merged->count;
        for (struct hk_node *child = node->first; child; child = child->next) child->parent = node;
    }
    return true;
}

static bool load_tree(struct hk_experiment *e, const struct hk_experiment_options *options,
                      struct hk_err *err) {
    static const char *const parts[] = {"populations", "projections"};
    if (!hk_experiment_load(e->arena, options->path, &e->root, err)) return false;
    for (size_t i = 0; i < options->define_count; i++)
        if (!hk_tree_set(e->arena, e->root, options->defines[i], err)) return false;
    if (!hk_words_check(e->root, &hk_words_experiment, err)) return false;
    const struct hk_node *defaults = hk_node_get(e->root, "defaults");
    if (defaults && (!hk_node_expect(defaults, HK_NODE_MAP, err) ||
                     !hk_words_check(defaults, &hk_words_defaults, err)))
        return false;
    for (size_t i = 0; i < HK_COUNT(parts); i++)
        if (!apply_defaults(e, parts[i], err)) return false;
    hk_node_drop(e->root, "defaults"); /* all entries have them now */
    return true;
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

static bool read_head(struct hk_experiment *e, struct hk_reader *reader,
                      const struct hk_experiment_options *options, struct hk_err *err) {
    const struct hk_node *name = hk_node_get(e->root, "name"),
                         *about = hk_node_get(e->root, "about");
    size_t precision = 0, clock = 0;
    int64_t schema = 1;
    double tick_ms = 0.0;
    if (!hk_words_fill(reader, e->root, &hk_words_experiment, err)) return false;
    if (!hk_node_int(hk_node_get(e->root, "hillock"), 1, 1, &schema, err)) return false;
    if (!name)
        return hk_node_fail(err, e->root, "needs `name:`, which its results are filed under");
    if (!(e->name = hk_node_text(name, err))) return false;
    if (about && !(e->about = hk_node_text(about, err))) return false;
    if (!read_seed(e, options->seed, err)) return false;
    if (!hk_node_choice(hk_node_get(e->root, "precision"), hk_precision_choices, &precision, err) ||
        !hk_node_choice(hk_node_get(e->root, "clock"), hk_clock_choices, &clock, err))
        return false;
    const struct hk_node *resolution = hk_node_get(e->root, "resolution");
    if (!hk_node_quantity(resolution, "ms", reader->scope, &tick_ms, err)) return false;
    reader->precision = precision || clock ? HK_DOUBLE : HK_SINGLE;
    e->sim = hk_sim_create(&(struct hk_sim_options){.tick_ms = tick_ms,
                                                    .clock = clock ? HK_CLOCK_EXACT : HK_CLOCK_GRID,
                                                    .seed = e->seed,
                                                    .precision = reader->precision,
                                                    .threads = options->threads},
                           err);
    return e->sim || hk_node_context(err, resolution);
}

/* ---- data ---- */

/* `crop: [22, 22]`: the central part of each image. */
static bool read_crop(struct hk_experiment *e, struct hk_reader *reader, const struct hk_node *crop,
                      struct hk_err *err) {
    int64_t side[2] = {0, 0};
    size_t k = 0;
    if (!hk_node_expect(crop, HK_NODE_LIST, err)) return false;
    if (crop->count != 2) return hk_node_fail(err, crop, "expected [ROWS, COLUMNS]");
    for (const struct hk_node *item = crop->first; item; item = item->next)
        if (!hk_node_whole(item, reader->scope, 1, 1 << 24, &side[k++], err)) return false;
    return (hk_samples_crop(&e->data.train, (size_t)side[0], (size_t)side[1], err) &&
            hk_samples_crop(&e->data.test, (size_t)side[0], (size_t)side[1], err)) ||
           hk_node_context(err, crop);
}

/* `data: mnist`, or `data: {set: digits, train: 5000, test: 1000, seed: 3}`, or with `path:
 * FOLDER`. */
static bool read_data(struct hk_experiment *e, struct hk_reader *reader, struct hk_err *err) {
    struct hk_node *node = hk_node_get(e->root, "data");
    struct hk_dataset_options options = {.load_train = true, .load_test = true};
    if (!node) return true;
    const struct hk_node *set = node;
    struct hk_node *path = NULL;
    const struct hk_node *crop = NULL;
    int64_t train = 0, test = 0, seed = 0;
    if (node->kind == HK_NODE_MAP) {
        if (!hk_words_check(node, &hk_words_data, err)) return false;
        if (!(set = hk_node_get(node, "set")))
            return hk_node_fail_key(err, node, "needs `set: NAME`");
        const struct hk_node *counts[] = {hk_node_get(node, "train"), hk_node_get(node, "test"),
                                          hk_node_get(node, "seed")};
        int64_t *values[] = {&train, &test, &seed};
        for (size_t i = 0; i < HK_COUNT(counts); i++)
            if (counts[i] &&
                !hk_node_whole(counts[i], reader->scope, i < 2, 1 << 24, values[i], err))
                return false;
        path = hk_node_get(node, "path");
        crop = hk_node_get(node, "crop");
        if (!hk_digests_read(e->arena, hk_node_get(node, "sha256"), &options, err)) return false;
    }
    if (!(options.name = hk_node_text(set, err))) return false;
    if (path && !(options.path = hk_node_text(path, err))) return false;
    options.train_count = (size_t)train;
    options.test_count = (size_t)test;
    options.seed = (uint64_t)seed;
    if (!hk_dataset_open(e->arena, &options, &e->data, err)) return hk_node_context(err, set);
    if (path && !(path->text = hk_path_absolute(e->arena, options.path, err))) return false;
    e->has_data = true;
    return !crop || read_crop(e, reader, crop, err);
}

/* ---- what happens, and what is kept ---- */

static bool read_time(struct hk_experiment *e, struct hk_reader *reader, struct hk_network *network,
                      struct hk_err *err) {
    const struct hk_node *duration = hk_node_get(e->root, "duration");
    const struct hk_node *protocol = hk_node_get(e->root, "protocol");
    double ms = 0.0;
    if (!duration == !protocol)
        return hk_node_fail(err, duration ? duration : e->root,
                            "needs either `duration:` or `protocol:`");
    if (protocol) {
        if (!e->has_data)
            return hk_node_fail_key(err, protocol, "shows samples, but there is no `data:`");
        bool read = hk_protocol_read(reader, hk_node_get(e->root, "readouts"), protocol, network,
                                     &e->data, &e->protocol, err);
        e->protocol.seed = e->seed;
        return read;
    }
    if (!hk_node_quantity(duration, "ms", reader->scope, &ms, err)) return false;
    if (!hk_tick_from_ms(ms, hk_sim_tick_ms(e->sim), &e->duration, err))
        return hk_node_context(err, duration);
    return e->duration > 0 || hk_node_fail(err, duration, "the duration must be above 0");
}

static bool read_record(struct hk_experiment *e, struct hk_reader *reader, struct hk_err *err) {
    struct hk_node *record = hk_node_get(e->root, "record");
    return !record ||
           hk_records_read(reader, record, e->sim, e->duration, &e->protocol, &e->records, err);
}

static bool read_report(struct hk_experiment *e, struct hk_reader *reader, struct hk_err *err) {
    struct hk_node *report = hk_node_get(e->root, "report");
    struct hk_reports *out = &e->reports;
    const struct hk_node *phases = report ? hk_node_get(report, "in") : NULL;
    if (!report) return true;
    if (!hk_reports_read(reader, report, e->sim, e->duration, out, err)) return false;
    return !phases ||
           hk_phases_read(reader, phases, &e->protocol, &out->phases, &out->phase_count, err);
}

static bool read_all(struct hk_experiment *e, const struct hk_experiment_options *options,
                     struct hk_err *err) {
    struct hk_reader reader = {.arena = e->arena};
    struct hk_network network = {.sim = NULL};
    if (!load_tree(e, options, err)) return false;
    reader.scope = hk_scope_create(e->arena, hk_node_get(e->root, "params"), err);
    if (!reader.scope || !read_head(e, &reader, options, err) || !read_data(e, &reader, err))
        return false;
    network.sim = e->sim;
    struct hk_node *populations = hk_node_get(e->root, "populations");
    if (!populations) return hk_node_fail(err, e->root, "needs `populations:`");
    return hk_network_read(&reader, populations, hk_node_get(e->root, "signals"),
                           hk_node_get(e->root, "projections"), e->has_data ? &e->data.train : NULL,
                           &network, err) &&
           read_time(e, &reader, &network, err) && read_record(e, &reader, err) &&
           read_report(e, &reader, err);
}

bool hk_experiment_read(struct hk_experiment *experiment,
                        const struct hk_experiment_options *options, struct hk_err *err) {
    *experiment = (struct hk_experiment){.arena = hk_arena_create(err)};
    return experiment->arena && read_all(experiment, options, err);
}

void hk_experiment_finish(struct hk_experiment *experiment) {
    hk_sim_destroy(experiment->sim);
    hk_arena_destroy(experiment->arena);
    *experiment = (struct hk_experiment){.arena = NULL};
}
