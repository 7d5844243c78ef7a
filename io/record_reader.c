#include "io/record_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/diagnostics.h"
#include "io/nearest.h"
#include "io/network_reader.h"
#include "io/protocol_reader.h"
#include "io/results.h"
#include "io/vocabulary.h"

struct context {
    struct hk_reader *reader;
    const struct hk_sim *sim;
    hk_tick duration; /* 0: there is a protocol */
    struct hk_records *records;
};

/* ---- what is recorded ---- */

static bool read_populations(const struct context *c, const struct hk_node *list,
                             struct hk_record *record, struct hk_err *err) {
    if (!hk_node_expect(list, HK_NODE_LIST, err)) return false;
    record->pops = HK_NEW(c->reader->arena, struct hk_pop *, list->count, err);
    if (!record->pops) return false;
    bool ok = true;
    for (const struct hk_node *node = list->first; node; node = node->next) {
        struct hk_pop *pop = hk_node_population(node, c->sim, err);
        ok &= hk_go_on(pop, err);
        if (!pop) continue;
        for (size_t i = 0; i < record->pop_count; i++)
            if (record->pops[i] == pop)
                return hk_node_fail(err, node, "%s is named twice", hk_pop_name(pop));
        record->pops[record->pop_count++] = pop;
    }
    return ok && (record->pop_count > 0 || hk_node_fail(err, list, "names no population"));
}

/* Its spikes lie at one place in the results. */
static bool check_spikes_once(const struct context *c, const struct hk_node *list,
                              const struct hk_record *record, struct hk_err *err) {
    for (const struct hk_record *other = c->records->list; other < record; other++) {
        if (other->kind != HK_RECORD_SPIKES) continue;
        for (size_t i = 0; i < record->pop_count; i++)
            for (size_t k = 0; k < other->pop_count; k++)
                if (record->pops[i] == other->pops[k])
                    return hk_node_fail(err, list, "spikes of %s are recorded already, by %s",
                                        hk_pop_name(record->pops[i]),
                                        other->name ? other->name : "spikes");
    }
    return true;
}

static bool read_column(const struct hk_node *node, const char *variable, struct hk_record *record,
                        struct hk_err *err) {
    enum { NAMES_MAX = 64 };
    const struct hk_pop *pop = record->pops[0];
    const char *names[NAMES_MAX];
    const struct hk_column *info;
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    int column = hk_pop_column(pop, variable);
    if (column >= 0) record->column = (size_t)column;
    if (column >= 0) return true;
    if (!hk_pop_has_neurons(pop))
        return hk_node_fail(err, node, "%s has no state: it isn't of neurons", hk_pop_name(pop));
    while (count < NAMES_MAX && (info = hk_pop_column_info(pop, count)))
        names[count++] = info->name;
    return hk_node_fail(err, node, "%s has no state variable '%s'; %s", hk_pop_name(pop), variable,
                        hk_nearest_hint(variable, names, count, hint));
}

/* `exc.v`: what stands before the last dot is the population. */
static bool read_state(const struct context *c, const struct hk_node *node,
                       struct hk_record *record, struct hk_err *err) {
    const char *text = hk_node_text(node, err), *dot = text ? strrchr(text, '.') : NULL;
    if (!text) return false;
    if (!dot || dot == text || !dot[1])
        return hk_node_fail(err, node, "expected POPULATION.VARIABLE, such as exc.v, got '%s'",
                            text);
    struct hk_node population = *node;
    population.text = hk_arena_format(c->reader->arena, err, "%.*s", (int)(dot - text), text);
    record->pops = HK_NEW(c->reader->arena, struct hk_pop *, 1, err);
    if (!population.text || !record->pops) return false;
    record->pops[0] = hk_node_population(&population, c->sim, err);
    record->pop_count = 1;
    return record->pops[0] && read_column(node, dot + 1, record, err);
}

/* ---- of which units ---- */

static int by_number(const void *a, const void *b) {
    const hk_neuron x = *(const hk_neuron *)a, y = *(const hk_neuron *)b;
    return (x > y) - (x < y);
}

static bool check_units(const struct hk_node *node, const struct hk_record *record,
                        struct hk_err *err) {
    for (size_t i = 0; i < record->pop_count; i++) {
        hk_neuron size = hk_pop_size(record->pops[i]);
        if (record->only[record->only_count - 1] >= size)
            return hk_node_fail(err, node, "%s has no unit %u: it has %u units, from 0 on",
                                hk_pop_name(record->pops[i]), record->only[record->only_count - 1],
                                size);
    }
    for (size_t k = 1; k < record->only_count; k++)
        if (record->only[k] == record->only[k - 1])
            return hk_node_fail(err, node, "unit %u is named twice", record->only[k]);
    return true;
}

static bool read_list(const struct context *c, const struct hk_node *list, hk_neuron *units,
                      struct hk_err *err) {
    for (const struct hk_node *node = list->first; node; node = node->next) {
        int64_t unit = 0;
        if (!hk_node_whole(node, c->reader->scope, 0, HK_NEURON_NONE - 1, &unit, err)) return false;
        *units++ = (hk_neuron)unit;
    }
    return true;
}

/* `only: [0, 1, 2]` or `only: {first: 500}` */
static bool read_only(const struct context *c, const struct hk_node *map, struct hk_record *record,
                      struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "only"), *first = NULL;
    int64_t count = 0;
    if (!node) return true;
    if (node->kind == HK_NODE_MAP) {
        if (!hk_words_check(node, &hk_words_units, err)) return false;
        if (!(first = hk_node_get(node, "first")))
            return hk_node_fail(err, node, "needs `first: COUNT`, or is a list of units");
        if (!hk_node_whole(first, c->reader->scope, 1, HK_NEURON_NONE - 1, &count, err))
            return false;
    } else if (!hk_node_expect(node, HK_NODE_LIST, err)) {
        return false;
    } else {
        count = (int64_t)node->count;
        if (count == 0) return hk_node_fail(err, node, "names no unit");
        if (count > HK_RECORD_UNITS_MAX)
            return hk_node_fail(err, node, "more than %d units; `first:` has no such limit",
                                HK_RECORD_UNITS_MAX);
    }
    hk_neuron *units = HK_NEW(c->reader->arena, hk_neuron, (size_t)count, err);
    if (!units || (!first && !read_list(c, node, units, err))) return false;
    for (int64_t i = 0; first && i < count; i++) units[i] = (hk_neuron)i;
    qsort(units, (size_t)count, sizeof *units, by_number);
    record->only = units;
    record->only_count = (size_t)count;
    return check_units(first ? first : node, record, err);
}

/* ---- when ---- */

static bool read_ticks(const struct context *c, const struct hk_node *node, hk_tick *ticks,
                       struct hk_err *err) {
    double ms = 0.0;
    if (!hk_node_quantity(node, "ms", c->reader->scope, &ms, err)) return false;
    if (ms < 0.0) return hk_node_fail(err, node, "%s can't be negative", node->key);
    return hk_tick_from_ms(ms, hk_sim_tick_ms(c->sim), ticks, err) || hk_node_context(err, node);
}

static bool read_interval_ticks(const struct context *c, const struct hk_node *node, hk_tick *ticks,
                                struct hk_err *err) {
    if (!read_ticks(c, node, ticks, err)) return false;
    return *ticks > 0 || hk_node_fail(err, node, "%s must be at least a tick, %g ms", node->key,
                                      hk_sim_tick_ms(c->sim));
}

/* "100 samples" */
static bool parse_samples(const char *text, size_t *samples) {
    char *end = NULL;
    unsigned long long count = strtoull(text, &end, 10);
    size_t blanks = strspn(end, " ");
    bool digit = *text >= '0' && *text <= '9';
    if (!digit || blanks == 0) return false;
    if (strcmp(end + blanks, "samples") != 0 && strcmp(end + blanks, "sample") != 0) return false;
    *samples = (size_t)count;
    return true;
}

/* A time, or so many samples. */
static bool read_every(const struct context *c, const struct hk_node *map, struct hk_record *record,
                       struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "every");
    if (!node) return true;
    const char *text = hk_node_text(node, err);
    if (!text) return false;
    if (parse_samples(text, &record->samples)) {
        if (record->samples == 0) return hk_node_fail(err, node, "every must be at least 1 sample");
        return !c->duration ||
               hk_node_fail(err, node,
                            "a plain duration has no samples: give a time, such as `every: 1 s`");
    }
    if (!read_interval_ticks(c, node, &record->every, err)) return false;
    return record->kind != HK_RECORD_WEIGHTS || c->duration ||
           hk_node_fail(err, node,
                        "with a protocol, weights are taken between samples: give their number, "
                        "such as `every: 1000 samples`");
}

/* `on: spike of inh` */
static bool read_on(const struct context *c, const struct hk_node *map, struct hk_record *record,
                    struct hk_err *err) {
    static const char before[] = "spike of ";
    const struct hk_node *node = hk_node_get(map, "on");
    if (!node) return true;
    const char *text = hk_node_text(node, err);
    if (!text) return false;
    if (strncmp(text, before, strlen(before)) != 0)
        return hk_node_fail(err, node, "expected `spike of POPULATION`, got '%s'", text);
    struct hk_node population = *node;
    population.text = text + strlen(before) + strspn(text + strlen(before), " ");
    return (record->on = hk_node_population(&population, c->sim, err)) != NULL;
}

static bool read_moments(const struct context *c, const struct hk_node *map,
                         struct hk_record *record, struct hk_err *err) {
    static const char *const examples[] = {
        [HK_RECORD_STATE] = "`every: 1 ms`, `every: 100 samples` or `on: spike of POPULATION`",
        [HK_RECORD_WEIGHTS] = "`every: 1 s`, or with a protocol `every: 1000 samples`",
    };
    const struct hk_node *every = hk_node_get(map, "every"), *on = hk_node_get(map, "on");
    if (every && on) return hk_node_fail_key(err, on, "it has `every:` already");
    if (!every && !on)
        return hk_node_fail_key(err, map, "%s doesn't say when: %s", record->name,
                                examples[record->kind]);
    return read_every(c, map, record, err) && read_on(c, map, record, err);
}

/* `from:` and `to:` of the run, or of each phase. */
static bool read_window(const struct context *c, const struct hk_node *map,
                        struct hk_record *record, struct hk_err *err) {
    const struct hk_node *from = hk_node_get(map, "from"), *to = hk_node_get(map, "to");
    hk_tick last = c->duration ? c->duration : INT64_MAX;
    double tick_ms = hk_sim_tick_ms(c->sim);
    record->to = INT64_MAX;
    if (record->samples > 0 && (from || to))
        return hk_node_fail_key(err, from ? from : to,
                                "is a time, but samples are counted: say which phases with `in:`");
    if ((from && !read_ticks(c, from, &record->from, err)) ||
        (to && !read_ticks(c, to, &record->to, err)))
        return false;
    if (to && record->to > last)
        return hk_node_fail(err, to, "the run ends before, after %g ms", (double)last * tick_ms);
    hk_tick end = record->to < last ? record->to : last;
    if (record->from < end) return true;
    return hk_node_fail(err, to ? to : from, "nothing is left of the time: from %g ms to %g ms",
                        (double)record->from * tick_ms, (double)end * tick_ms);
}

/* ---- the kinds ---- */

static bool read_spikes(const struct context *c, const struct hk_node *map,
                        struct hk_record *record, struct hk_err *err) {
    const struct hk_node *list = hk_node_get(map, "spikes");
    return read_populations(c, list, record, err) && check_spikes_once(c, list, record, err) &&
           read_only(c, map, record, err) && read_window(c, map, record, err);
}

static bool read_state_record(const struct context *c, const struct hk_node *map,
                              struct hk_record *record, struct hk_err *err) {
    return read_state(c, hk_node_get(map, "state"), record, err) &&
           read_only(c, map, record, err) && read_moments(c, map, record, err) &&
           read_window(c, map, record, err);
}

static bool read_rate(const struct context *c, const struct hk_node *map, struct hk_record *record,
                      struct hk_err *err) {
    return read_populations(c, hk_node_get(map, "rate"), record, err) &&
           read_interval_ticks(c, hk_node_get(map, "bin"), &record->bin, err) &&
           read_window(c, map, record, err);
}

/* `histogram: {bins: 50, range: [0 pA, 100 pA]}` */
static bool read_histogram(const struct context *c, const struct hk_node *map,
                           struct hk_record *record, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "histogram"), *bins, *range;
    struct hk_histogram *h = &record->histogram;
    const char *unit = hk_proj_weight_unit(record->proj);
    int64_t count = 0;
    if (!node) return true;
    if (!hk_words_check(node, &hk_words_histogram, err)) return false;
    if (!(bins = hk_node_get(node, "bins"))) return hk_node_fail_key(err, node, "needs `bins:`");
    if (!hk_node_whole(bins, c->reader->scope, 1, HK_RECORD_BINS_MAX, &count, err)) return false;
    h->bins = (size_t)count;
    if (!(range = hk_node_get(node, "range"))) return true;
    if (!hk_node_expect(range, HK_NODE_LIST, err)) return false;
    if (range->count != 2) return hk_node_fail(err, range, "expected [LOWEST, HIGHEST]");
    h->has_range = true;
    if (!hk_node_quantity(range->first, unit, c->reader->scope, &h->low, err) ||
        !hk_node_quantity(range->last, unit, c->reader->scope, &h->high, err))
        return false;
    return h->low < h->high || hk_node_fail(err, range, "the lowest must be below the highest");
}

static bool read_weights(const struct context *c, const struct hk_node *map,
                         struct hk_record *record, struct hk_err *err) {
    record->to = INT64_MAX;
    record->proj = hk_node_projection(hk_node_get(map, "weights"), c->sim, err);
    return record->proj && read_moments(c, map, record, err) && read_histogram(c, map, record, err);
}

static const struct kind {
    const char *key; /* that says what it records */
    const struct hk_words *words;
    bool (*read)(const struct context *c, const struct hk_node *map, struct hk_record *record,
                 struct hk_err *err);
} kinds[] = {
    [HK_RECORD_SPIKES] = {"spikes", &hk_words_record_spikes, read_spikes},
    [HK_RECORD_STATE] = {"state", &hk_words_record_state, read_state_record},
    [HK_RECORD_WEIGHTS] = {"weights", &hk_words_record_weights, read_weights},
    [HK_RECORD_RATE] = {"rate", &hk_words_record_rate, read_rate},
};

/* ---- recorders ---- */

static bool choose_kind(const struct hk_node *map, enum hk_record_kind *kind, struct hk_err *err) {
    const struct hk_node *found = NULL;
    struct hk_keys keys = {.count = 0};
    for (size_t i = 0; i < HK_COUNT(kinds); i++) {
        const struct hk_node *node = hk_node_get(map, kinds[i].key);
        hk_words_add(kinds[i].words, &keys);
        if (node && found)
            return hk_node_fail_key(err, node, "records %s already; a recorder is of one thing",
                                    found->key);
        if (!node) continue;
        found = node;
        *kind = (enum hk_record_kind)i;
    }
    if (found) return true;
    return hk_node_check_keys(map, keys.key, keys.count, err) &&
           hk_node_fail_key(err, map,
                            "%s doesn't say what it records: `spikes:`, `state:`, `weights:` or "
                            "`rate:`",
                            map->key);
}

static bool read_record(const struct context *c, struct hk_node *map, const char *name,
                        struct hk_err *err) {
    struct hk_record *record = &c->records->list[c->records->count];
    const struct hk_node *phases = hk_node_get(map, "in");
    *record = (struct hk_record){.name = name};
    if (!choose_kind(map, &record->kind, err)) return false;
    const struct kind *kind = &kinds[record->kind];
    bool ok = hk_go_on(hk_words_check(map, kind->words, err), err);
    if (!hk_words_fill(c->reader, map, kind->words, err)) return false;
    ok = ok && hk_go_on(kind->read(c, map, record, err), err); /* what is misspelled is missing */
    if (phases)
        ok &=
            hk_go_on(hk_phases_read(c->reader, phases, &record->phases, &record->phase_count, err),
                     err);
    c->records->count += ok;
    return ok;
}

/* `spikes: [exc]` beside an `in:` of its own; both are names of recorders, too, when a map follows.
 */
static bool read_short(const struct context *c, const struct hk_node *map, struct hk_err *err) {
    const struct hk_node *spikes = hk_node_get(map, "spikes"), *in = hk_node_get(map, "in");
    struct hk_node copies[2], own = *map;
    const struct hk_node *parts[] = {spikes, in};
    own.first = own.last = NULL;
    own.count = 0;
    for (size_t i = 0; i < HK_COUNT(parts); i++) {
        if (!parts[i] || parts[i]->kind == HK_NODE_MAP) continue;
        copies[i] = *parts[i];
        copies[i].next = NULL;
        hk_node_append(&own, &copies[i]);
    }
    if (own.count == 0) return true;
    if (!hk_node_get(&own, "spikes")) {
        for (const struct hk_node *node = map->first; node; node = node->next)
            if (node != in && node->kind != HK_NODE_MAP) return true; /* misspelled: told there */
        return hk_node_fail_key(err, in, "belongs to `spikes:`, which isn't there");
    }
    return read_record(c, &own, NULL, err);
}

static bool is_short(const struct hk_node *node) {
    bool word = strcmp(node->key, "spikes") == 0 || strcmp(node->key, "in") == 0;
    return word && node->kind != HK_NODE_MAP;
}

static bool read_named(const struct context *c, struct hk_node *node, struct hk_err *err) {
    static const char *const words[] = {"spikes", "in"};
    if (node->kind != HK_NODE_MAP) {
        const char *nearest = hk_nearest(node->key, words, HK_COUNT(words));
        if (nearest)
            return hk_node_fail_key(err, node, "unknown key '%s'; did you mean '%s'?", node->key,
                                    nearest);
        return hk_node_fail(err, node,
                            "a recorder is a map, such as `%s: {spikes: [POPULATION]}`, got %s",
                            node->key, hk_node_kind_name(node->kind));
    }
    if (!hk_results_check_name(node->key, err)) return hk_node_context(err, node);
    return read_record(c, node, node->key, err);
}

bool hk_records_read(struct hk_reader *reader, struct hk_node *map, const struct hk_sim *sim,
                     hk_tick duration, struct hk_records *records, struct hk_err *err) {
    const struct context c = {reader, sim, duration, records};
    bool ok = true;
    if (map->kind == HK_NODE_NULL) return true;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    records->list = HK_NEW(reader->arena, struct hk_record, map->count, err);
    if (!records->list) return false;
    ok &= hk_go_on(read_short(&c, map, err), err);
    for (struct hk_node *node = map->first; node; node = node->next)
        if (!is_short(node)) ok &= hk_go_on(read_named(&c, node, err), err);
    return ok;
}

bool hk_record_is_in(const struct hk_record *record, const char *phase) {
    for (size_t i = 0; i < record->phase_count; i++)
        if (phase && strcmp(record->phases[i], phase) == 0) return true;
    return record->phase_count == 0;
}
