#include "io/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was found in a file, its texts copied. */
struct list {
    struct hk_arena *arena;
    struct hk_results_file *file;
    struct hk_block items; /* struct hk_results_item [count] */
    size_t count;
};

struct comparer {
    struct hk_arena *arena;
    struct list list[2];
    struct hk_block values[2]; /* of the arrays that are compared now */
};

/* ---- what is in a file ---- */

static bool is_about_the_run(const char *path) {
    static const char *const aside[] = {"experiment/", "provenance/", "wall/"};
    for (size_t i = 0; i < HK_COUNT(aside); i++)
        if (strncmp(path, aside[i], strlen(aside[i])) == 0) return true;
    return strcmp(path, "network/memory") == 0;
}

static bool take_item(void *context, const struct hk_results_item *item, struct hk_err *err) {
    struct list *list = context;
    if (is_about_the_run(item->path)) return true;
    if (!hk_block_reserve(&list->items, list->count + 1, sizeof *item, err)) return false;
    struct hk_results_item *copy = (struct hk_results_item *)list->items.data + list->count++;
    *copy = *item;
    if (item->kind == HK_RESULTS_TEXT &&
        !(copy->text = hk_arena_text(list->arena, item->text, err)))
        return false;
    copy->path = hk_arena_text(list->arena, item->path, err);
    return copy->path != NULL;
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct hk_results_item *)a)->path,
                  ((const struct hk_results_item *)b)->path);
}

/* To be closed even on failure. */
static bool list_open(struct list *list, struct hk_arena *arena, const char *path,
                      struct hk_err *err) {
    list->arena = arena;
    list->file = hk_results_read_open(arena, path, err);
    if (!list->file || !hk_results_visit(list->file, take_item, list, err)) return false;
    if (list->count) qsort(list->items.data, list->count, sizeof(struct hk_results_item), by_path);
    return true;
}

static void list_close(struct list *list) {
    hk_results_read_close(list->file);
    hk_block_finish(&list->items);
}

/* ---- numbers ---- */

static bool same_bits(double a, double b) {
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return x == y;
}

enum { NUMBERS_SIZE = 80 };

/* "0.5 and 0.25", in as many digits as it takes to tell them apart. */
static const char *number_texts(double a, double b, char text[NUMBERS_SIZE]) {
    char first[32] = "", second[32] = "";
    for (int digits = 6; digits <= 17 && strcmp(first, second) == 0; digits++) {
        (void)snprintf(first, sizeof first, "%.*g", digits, a);
        (void)snprintf(second, sizeof second, "%.*g", digits, b);
    }
    (void)snprintf(text, NUMBERS_SIZE, "%s and %s", first, second);
    return text;
}

/* ---- arrays ---- */

static uint64_t value_count(const struct hk_results_item *item) {
    uint64_t count = 1;
    if (item->kind == HK_RESULTS_SPIKES) return item->spikes.count;
    if (item->kind != HK_RESULTS_ARRAY) return 1;
    for (size_t i = 0; i < item->array.rank; i++) count *= item->array.shape[i];
    return count;
}

enum { SHAPE_SIZE = 128 };

/* Numbers between words: "784 x 100", "[3, 17]". */
static const char *list_text(const uint64_t *numbers, size_t count, const char *between,
                             char text[SHAPE_SIZE]) {
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < count && used < SHAPE_SIZE; i++)
        used += (size_t)snprintf(text + used, SHAPE_SIZE - used, "%s%llu", i ? between : "",
                                 (unsigned long long)numbers[i]);
    return text;
}

static bool same_shape(const struct hk_results_item *a, const struct hk_results_item *b) {
    return a->array.rank == b->array.rank &&
           memcmp(a->array.shape, b->array.shape, a->array.rank * sizeof *a->array.shape) == 0;
}

/* Where the value of an index stands. */
static const char *place_text(const struct hk_results_item *item, uint64_t index,
                              char text[SHAPE_SIZE]) {
    uint64_t place[HK_STORE_RANK_MAX];
    for (size_t i = item->array.rank; i-- > 0; index /= item->array.shape[i])
        place[i] = index % item->array.shape[i];
    return list_text(place, item->array.rank, ", ", text);
}

static bool compare_arrays(struct comparer *c, const struct hk_results_item *a,
                           const struct hk_results_item *b, struct hk_compared *out,
                           struct hk_err *err) {
    char one[SHAPE_SIZE], other[SHAPE_SIZE], numbers[NUMBERS_SIZE];
    const double *x, *y;
    size_t count = 0, differing = 0, first = 0;
    if (!same_shape(a, b)) {
        out->difference = hk_arena_format(c->arena, err, "%s and %s values",
                                          list_text(a->array.shape, a->array.rank, " x ", one),
                                          list_text(b->array.shape, b->array.rank, " x ", other));
        return out->difference != NULL;
    }
    for (int side = 0; side < 2; side++)
        if (!hk_results_read_array(c->list[side].file, a->path, &c->values[side], &count, err))
            return false;
    x = c->values[0].data;
    y = c->values[1].data;
    for (size_t i = count; i-- > 0;)
        if (!same_bits(x[i], y[i])) first = i, differing++;
    if (differing == 0) return true;
    out->difference =
        hk_arena_format(c->arena, err, "%zu of %zu values, first at [%s]: %s", differing, count,
                        place_text(a, first, one), number_texts(x[first], y[first], numbers));
    return out->difference != NULL;
}

/* ---- spikes ---- */

/* Without what the product of a tick adds in the last bits: to the femtosecond. */
static double time_of(const struct hk_results_raster *raster, size_t index) {
    return round((double)raster->ticks[index] * raster->tick_ms * 1e12) / 1e12;
}

static const char *spike_text(struct hk_arena *arena, const struct hk_results_raster *raster,
                              size_t index, struct hk_err *err) {
    if (index >= raster->count) return hk_arena_text(arena, "no more spikes", err);
    return hk_arena_format(arena, err, "unit %u at %.10g ms", raster->ids[index],
                           time_of(raster, index));
}

static bool tell_spikes(struct comparer *c, const struct hk_results_raster raster[2], size_t index,
                        struct hk_compared *out, struct hk_err *err) {
    const char *text[2];
    for (int side = 0; side < 2; side++) {
        const struct hk_results_raster *r = &raster[side];
        if (!(text[side] = spike_text(c->arena, r, index, err))) return false;
        if (index >= r->count) continue;
        out->time_ms[side] = time_of(r, index);
        out->unit[side] = r->ids[index];
    }
    out->difference =
        hk_arena_format(c->arena, err, "first at spike %zu: %s and %s", index, text[0], text[1]);
    return out->difference != NULL;
}

/* The same spikes can be of different populations, ticks and times. */
static const char *frame_text(struct hk_arena *arena, const struct hk_results_raster *a,
                              const struct hk_results_raster *b, struct hk_err *err) {
    char numbers[NUMBERS_SIZE];
    const struct {
        const char *what;
        double value[2];
    } pairs[] = {{"sizes", {(double)a->neurons, (double)b->neurons}},
                 {"ticks in ms", {a->tick_ms, b->tick_ms}},
                 {"starts in ms", {a->start_ms, b->start_ms}},
                 {"ends in ms", {a->stop_ms, b->stop_ms}}};
    for (size_t i = 0; i < HK_COUNT(pairs); i++)
        if (!same_bits(pairs[i].value[0], pairs[i].value[1]))
            return hk_arena_format(arena, err, "%s: %s", pairs[i].what,
                                   number_texts(pairs[i].value[0], pairs[i].value[1], numbers));
    return NULL;
}

static bool compare_spikes(struct comparer *c, const struct hk_results_item *a,
                           struct hk_compared *out, struct hk_err *err) {
    struct hk_results_raster raster[2];
    const struct hk_results_raster *x = &raster[0], *y = &raster[1];
    const char *population = strchr(a->path, '/') + 1;
    for (int side = 0; side < 2; side++)
        if (!hk_results_read_spikes(c->list[side].file, population, &raster[side], err))
            return false;
    bool same_ticks = same_bits(x->tick_ms, y->tick_ms);
    size_t most = x->count > y->count ? x->count : y->count;
    for (size_t i = 0; same_ticks && i < most; i++)
        if (i >= x->count || i >= y->count || x->ticks[i] != y->ticks[i] || x->ids[i] != y->ids[i])
            return tell_spikes(c, raster, i, out, err);
    struct hk_err failed = {0};
    out->difference = frame_text(c->arena, x, y, &failed);
    if (failed.code != HK_OK && err) *err = failed;
    return failed.code == HK_OK;
}

/* ---- one thing ---- */

static bool compare_values(struct comparer *c, const struct hk_results_item *a,
                           const struct hk_results_item *b, struct hk_compared *out,
                           struct hk_err *err) {
    char numbers[NUMBERS_SIZE];
    const char *text = NULL;
    bool same = false;
    switch (a->kind) {
    case HK_RESULTS_NUMBER:
        if (!(same = same_bits(a->number, b->number)))
            text = hk_arena_text(c->arena, number_texts(a->number, b->number, numbers), err);
        break;
    case HK_RESULTS_INTEGER:
        if (!(same = a->integer == b->integer))
            text = hk_arena_format(c->arena, err, "%lld and %lld", (long long)a->integer,
                                   (long long)b->integer);
        break;
    case HK_RESULTS_TEXT:
        if (!(same = strcmp(a->text, b->text) == 0))
            text = hk_arena_format(c->arena, err, "'%s' and '%s'", a->text, b->text);
        break;
    case HK_RESULTS_SPIKES: return compare_spikes(c, a, out, err);
    case HK_RESULTS_ARRAY: return compare_arrays(c, a, b, out, err);
    }
    out->difference = text;
    return same || text;
}

/* NULL: it isn't in that file. */
static bool compare_item(struct comparer *c, const struct hk_results_item *a,
                         const struct hk_results_item *b, struct hk_compared *out,
                         struct hk_err *err) {
    const struct hk_results_item *either = a ? a : b;
    HK_ASSERT(either);
    *out = (struct hk_compared){.path = either->path,
                                .kind = either->kind,
                                .there = {a != NULL, b != NULL},
                                .count = {a ? value_count(a) : 0, b ? value_count(b) : 0},
                                .time_ms = {(double)NAN, (double)NAN},
                                .unit = {-1, -1}};
    if (a && b && a->kind == b->kind) return compare_values(c, a, b, out, err);
    out->difference = !b ? "only in the first" : !a ? "only in the second" : "of different kinds";
    return true;
}

/* Both lists are sorted: walk along them. */
static bool compare_lists(struct comparer *c, struct hk_comparison *out, struct hk_err *err) {
    const struct list *x = &c->list[0], *y = &c->list[1];
    const struct hk_results_item *a = x->items.data, *b = y->items.data;
    out->items = HK_NEW(c->arena, struct hk_compared, x->count + y->count, err);
    if (!out->items) return false;
    for (size_t i = 0, k = 0; i < x->count || k < y->count;) {
        int order = i == x->count ? 1 : k == y->count ? -1 : strcmp(a[i].path, b[k].path);
        struct hk_compared *item = &out->items[out->count++];
        if (!compare_item(c, order <= 0 ? &a[i] : NULL, order >= 0 ? &b[k] : NULL, item, err))
            return false;
        i += order <= 0;
        k += order >= 0;
        out->identical &= !item->difference;
    }
    return true;
}

bool hk_results_compare(struct hk_arena *arena, const char *const paths[2],
                        struct hk_comparison *out, struct hk_err *err) {
    struct comparer c = {.arena = arena};
    *out = (struct hk_comparison){.identical = true};
    bool ok = list_open(&c.list[0], arena, paths[0], err) &&
              list_open(&c.list[1], arena, paths[1], err) && compare_lists(&c, out, err);
    for (int side = 0; side < 2; side++) {
        list_close(&c.list[side]);
        hk_block_finish(&c.values[side]);
    }
    return ok;
}
