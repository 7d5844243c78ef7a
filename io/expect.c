#include "io/expect.h"

#include "io/diagnostics.h"
#include "io/nearest.h"
#include "io/vocabulary.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Keys of hk_words_expectation, and how they are said. */
static const struct {
    const char *key, *words;
} bounds[HK_BOUNDS] = {[HK_BOUND_LEAST] = {"at_least", "at least"},
                       [HK_BOUND_MOST] = {"at_most", "at most"},
                       [HK_BOUND_EQUAL] = {"equals", "exactly"}};

/* ---- reading ---- */

/* Metrics are of a phase, or of the whole run; other results only a run can tell. */
static bool check_path(const struct hk_node *node, struct hk_err *err) {
    enum { NAMES_MAX = 64 };
    static const char metrics[] = "metrics.";
    const char *names[NAMES_MAX] = {"rate", "spikes"};
    const struct hk_node *protocol = hk_node_section(node, "protocol"),
                         place = hk_node_at_key(node);
    size_t count = 2, size = strlen(metrics);
    if (!strchr(node->key, '.') || strchr(node->key, '/'))
        return hk_node_fail_key(err, node,
                                "expected a path in the results, such as "
                                "metrics.test.accuracy");
    if (strncmp(node->key, metrics, size) != 0) return true;
    const char *name = node->key + size;
    for (const struct hk_node *at = protocol ? protocol->first : NULL; at && count < NAMES_MAX;
         at = at->next) {
        const struct hk_node *phase = hk_node_get(at, "phase");
        if (!phase || !phase->text) return true; /* told elsewhere */
        names[count++] = phase->text;
    }
    size = strcspn(name, ".");
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == size && strncmp(names[i], name, size) == 0) return true;
    char first[HK_KEY_MAX + 1];
    (void)snprintf(first, sizeof first, "%.*s", (int)size, name);
    return hk_node_fail_unknown(err, &place, "metric", first, names, count);
}

static bool read_bounds(struct hk_reader *reader, const struct hk_node *node,
                        struct hk_expectation *e, struct hk_err *err) {
    bool any = false, ok = true;
    for (size_t i = 0; i < HK_BOUNDS; i++) {
        const struct hk_node *bound = hk_node_get(node, bounds[i].key);
        any |= e->bound[i] = bound != NULL;
        if (bound) ok &= hk_go_on(hk_node_solve(bound, reader->scope, &e->value[i], err), err);
    }
    if (!any)
        return hk_node_fail(err, node, "needs `at_least:`, `at_most:` or `equals:`, a value each");
    const struct hk_quantity *least = &e->value[HK_BOUND_LEAST], *most = &e->value[HK_BOUND_MOST];
    if (!ok || !e->bound[HK_BOUND_LEAST] || !e->bound[HK_BOUND_MOST]) return ok;
    if (!hk_dim_equal(least->dim, most->dim))
        return hk_node_fail(err, hk_node_get(node, "at_most"),
                            "is of another unit than `at_least:`");
    return least->value <= most->value ||
           hk_node_fail(err, hk_node_get(node, "at_most"), "is less than `at_least:`");
}

static bool read_one(struct hk_reader *reader, const struct hk_node *node, struct hk_expectation *e,
                     struct hk_err *err) {
    if (!hk_node_expect(node, HK_NODE_MAP, err)) return false;
    bool ok = hk_go_on(check_path(node, err), err);
    ok &= hk_words_check(node, &hk_words_expectation, err);
    e->name = node->key;
    if (!(e->path = hk_results_path(reader->arena, node->key, err))) return false;
    return read_bounds(reader, node, e, err) && ok;
}

bool hk_expectations_read(struct hk_reader *reader, const struct hk_node *map,
                          struct hk_expectations *out, struct hk_err *err) {
    bool ok = true;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    if (!(out->list = HK_NEW(reader->arena, struct hk_expectation, map->count, err))) return false;
    for (const struct hk_node *node = map->first; node; node = node->next)
        ok &= hk_go_on(read_one(reader, node, &out->list[out->count++], err), err);
    return ok;
}

/* ---- checking ---- */

static void HK_PRINTF(2, 3) add(struct hk_outcome *outcome, const char *format, ...) {
    size_t used = strlen(outcome->text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(outcome->text + used, sizeof outcome->text - used, format, args);
    va_end(args);
}

static bool is_met(enum hk_bound bound, double number, double value) {
    if (bound == HK_BOUND_LEAST) return number >= value;
    return bound == HK_BOUND_MOST ? number <= value : number == value;
}

/* A result of a unit that quantities don't have ("bytes") is a number. */
static void check_bounds(const struct hk_expectation *e, double number, const char *unit,
                         struct hk_outcome *outcome) {
    struct hk_dim dim;
    double scale = 1.0;
    bool known = unit && hk_unit_find(unit, &dim, &scale);
    const char *between = "must be";
    outcome->met = true;
    add(outcome, "%s = %.10g%s%s", e->name, number, unit ? " " : "", unit ? unit : "");
    for (size_t i = 0; i < HK_BOUNDS; i++) {
        struct hk_err why = {.code = HK_OK};
        double value = 0.0;
        if (!e->bound[i]) continue;
        if (!hk_quantity_in(&e->value[i], known ? unit : "1", &value, &why)) {
            outcome->met = false;
            add(outcome, ", %s", why.message);
            continue;
        }
        outcome->met &= is_met((enum hk_bound)i, number, value);
        add(outcome, "%s %s %.10g%s%s", *between == 'm' ? ", must be" : " and", bounds[i].words,
            value, unit ? " " : "", unit ? unit : "");
        between = "and";
    }
}

void hk_expectation_check(const struct hk_expectation *expectation, struct hk_results_file *file,
                          struct hk_outcome *outcome) {
    struct hk_err why = {.code = HK_OK};
    double number = 0.0;
    *outcome = (struct hk_outcome){.met = false};
    if (hk_results_read_number(file, expectation->path, &number, &why))
        check_bounds(expectation, number, hk_results_read_unit(file, expectation->path), outcome);
    else
        add(outcome, "%s: %s", expectation->name, why.message);
}
