/* `hillock diff`: whether two runs did the same, to the bit; if not, where they part first. */
#include "cli/command.h"

#include "io/compare.h"

#include <inttypes.h>
#include <math.h>

enum { NAME_COLUMNS = 28 };

/* ---- for people ---- */

static void print_counts(const struct hk_compared *item) {
    if (!item->there[0] || !item->there[1])
        (void)printf("%" PRIu64 " spikes", item->count[!item->there[0]]);
    else if (item->count[0] == item->count[1])
        (void)printf("%" PRIu64 " spikes each", item->count[0]);
    else
        (void)printf("%" PRIu64 " and %" PRIu64 " spikes", item->count[0], item->count[1]);
    (void)printf("; %s", item->difference ? "" : "identical");
}

/* What differs, and all counts of spikes beside it. */
static void print_item(const struct hk_compared *item) {
    bool spikes = item->kind == HK_RESULTS_SPIKES;
    if (!item->difference && !spikes) return;
    (void)printf("%-*s  ", NAME_COLUMNS, item->path);
    if (spikes) print_counts(item);
    (void)printf("%s\n", item->difference ? item->difference : "");
}

static void print_comparison(const struct hk_comparison *comparison) {
    uint64_t spikes = 0;
    size_t differing = 0;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct hk_compared *item = &comparison->items[i];
        if (!comparison->identical) print_item(item);
        if (item->kind == HK_RESULTS_SPIKES) spikes += item->count[0];
        differing += item->difference != NULL;
    }
    if (comparison->identical)
        (void)printf("identical: %zu results, with %" PRIu64 " spikes\n", comparison->count,
                     spikes);
    else
        (void)printf("%zu of %zu results differ\n", differing, comparison->count);
}

/* ---- for programs ---- */

static void put_pair(struct hk_json *json, const char *key, const double values[2]) {
    hk_json_array(json, key);
    for (int side = 0; side < 2; side++) hk_json_number(json, NULL, values[side]);
    hk_json_end(json);
}

static double or_nothing(bool there, double value) {
    return there ? value : (double)NAN;
}

static void put_item(struct hk_json *json, const struct hk_compared *item) {
    const double counts[2] = {or_nothing(item->there[0], (double)item->count[0]),
                              or_nothing(item->there[1], (double)item->count[1])};
    const double units[2] = {or_nothing(item->unit[0] >= 0, (double)item->unit[0]),
                             or_nothing(item->unit[1] >= 0, (double)item->unit[1])};
    hk_json_object(json, NULL);
    hk_json_text(json, "path", item->path);
    hk_json_bool(json, "identical", !item->difference);
    put_pair(json, "counts", counts);
    if (item->difference) hk_json_text(json, "difference", item->difference);
    if (item->unit[0] >= 0 || item->unit[1] >= 0) {
        put_pair(json, "times_ms", item->time_ms);
        put_pair(json, "units", units);
    }
    hk_json_end(json);
}

static bool print_json(const struct hk_comparison *comparison, struct hk_err *err) {
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    hk_json_object(&json, NULL);
    hk_json_bool(&json, "identical", comparison->identical);
    hk_json_array(&json, "results");
    for (size_t i = 0; i < comparison->count; i++) put_item(&json, &comparison->items[i]);
    hk_json_end(&json);
    hk_json_end(&json);
    if (!hk_json_finish(&json, err)) return false;
    (void)printf("\n");
    return true;
}

/* ---- the command ---- */

static bool diff(const struct hk_settings *settings, struct hk_err *err) {
    const char *const paths[2] = {settings->arguments[0], settings->arguments[1]};
    struct hk_comparison comparison;
    struct hk_arena *arena = hk_arena_create(err);
    bool ok = arena && hk_results_compare(arena, paths, &comparison, err);
    if (ok && settings->json)
        ok = print_json(&comparison, err);
    else if (ok)
        print_comparison(&comparison);
    if (ok && !comparison.identical)
        ok = HK_FAIL(err, HK_ERR_EXPECTATION, "%s and %s differ", paths[0], paths[1]);
    hk_arena_destroy(arena);
    return ok;
}

const struct hk_command hk_command_diff = {
    .name = "diff",
    .doc = "Tell whether two runs did the same, or where they part first",
    .arguments = "A B",
    .argument_min = 2,
    .argument_max = 2,
    .examples = {"diff results/brunel results/brunel-2",
                 "diff one/results.h5 other/results.h5 --json"},
    .options = HK_OPTION_JSON | HK_OPTION_VERBOSE,
    .run = diff,
};
