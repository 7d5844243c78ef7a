#include "io/warnings.h"

#include "io/cost.h"
#include "io/nearest.h"
#include "io/warnings_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- saying it ---- */

static bool warn_at(struct hk_judge *judge, const struct hk_node *node, const char *format,
                    va_list args) {
    struct hk_err text = {.code = HK_OK};
    char words[sizeof text.message];
    struct hk_node key;
    (void)vsnprintf(words, sizeof words, format, args);
    if (node->key && node->key_line == 0 && node->parent) {
        key = hk_node_at_key(node->parent);
        node = &key;
    }
    (void)hk_node_fail(&text, node, "%s", words);
    return hk_diagnostics_warn(&judge->experiment->diagnostics, text.message, judge->err);
}

bool hk_warn(struct hk_judge *judge, const struct hk_node *node, const char *format, ...) {
    va_list args;
    va_start(args, format);
    bool ok = warn_at(judge, node, format, args);
    va_end(args);
    return ok;
}

bool hk_warn_key(struct hk_judge *judge, const struct hk_node *node, const char *format, ...) {
    const struct hk_node key = hk_node_at_key(node);
    va_list args;
    va_start(args, format);
    bool ok = warn_at(judge, node->key_line > 0 ? &key : node, format, args);
    va_end(args);
    return ok;
}

bool hk_judge_value(const struct hk_judge *judge, const struct hk_node *map, const char *key,
                    const char *unit, double *value) {
    const struct hk_node *node = hk_node_get(map, key);
    struct hk_err unread = {.code = HK_OK};
    return node && node->kind == HK_NODE_SCALAR &&
           hk_node_quantity(node, unit, judge->reader.scope, value, &unread);
}

/* ---- params ---- */

/* Those of a base are its own affair. */
static bool is_own(const struct hk_judge *judge, const struct hk_node *node) {
    return strcmp(node->file, judge->experiment->root->file) == 0 || strcmp(node->file, "-D") == 0;
}

/* A param with a name like another's may have been meant to be that. */
static bool warn_unused(struct hk_judge *judge, const struct hk_node *param) {
    const char *others[HK_PARAMS_MAX], *nearest;
    size_t count = 0;
    for (const struct hk_node *at = param->parent->first; at && count < HK_PARAMS_MAX;
         at = at->next)
        if (at != param) others[count++] = at->key;
    nearest = hk_nearest(param->key, others, count);
    return hk_warn_key(judge, param, "nothing refers to the param '%s'%s%s%s", param->key,
                       nearest ? "; did you mean '" : "", nearest ? nearest : "",
                       nearest ? "'?" : "");
}

static bool warn_params(struct hk_judge *judge) {
    const struct hk_node *param;
    size_t at = 0;
    while ((param = hk_scope_unused(judge->experiment->scope, &at)))
        if (is_own(judge, param) && !warn_unused(judge, param)) return false;
    return true;
}

/* ---- time ---- */

/* On the exact clock spikes lie on ticks, too: coarse ones take away what it is for. */
static bool warn_resolution(struct hk_judge *judge) {
    const double coarse_ms = 0.01;
    const struct hk_node *node = hk_node_get(judge->experiment->root, "resolution");
    if (hk_sim_clock(judge->experiment->sim) != HK_CLOCK_EXACT || judge->tick_ms < coarse_ms)
        return true;
    return hk_warn(judge, node,
                   "a tick of %.10g ms rounds every spike of the exact clock as a grid would; "
                   "leave `resolution:` out, or write 1 ns, its default with `clock: exact`",
                   judge->tick_ms);
}

static bool warn_short(struct hk_judge *judge, const struct hk_node *map) {
    double ms = 0.0;
    for (const struct hk_node *node = map->first; node; node = node->next) {
        if (!warn_short(judge, node)) return false;
        if (!node->key || strncmp(node->key, "tau", 3) != 0) continue;
        bool is_short =
            hk_judge_value(judge, map, node->key, "ms", &ms) && ms > 0.0 && ms < judge->tick_ms;
        if (is_short && !hk_warn(judge, node, "%s = %.10g ms is shorter than a tick of %.10g ms",
                                 node->key, ms, judge->tick_ms))
            return false;
    }
    return true;
}

static bool warn_time_constants(struct hk_judge *judge) {
    static const char *const sections[] = {"populations", "signals", "projections"};
    for (size_t i = 0; i < HK_COUNT(sections); i++) {
        const struct hk_node *section = hk_node_get(judge->experiment->root, sections[i]);
        if (section && !warn_short(judge, section)) return false;
    }
    return true;
}

/* ---- output ---- */

static bool warn_output(struct hk_judge *judge) {
    const double much = 0x1p30;
    const struct hk_node *record = hk_node_get(judge->experiment->root, "record");
    struct hk_cost cost;
    if (!record) return true;
    if (!hk_cost_estimate(judge->experiment, HK_COST_RATE, &cost, judge->err)) return false;
    return cost.output_bytes < much ||
           hk_warn_key(judge, record,
                       "the results will take about %.2g GiB, if each neuron fires %g times a "
                       "second",
                       cost.output_bytes / 0x1p30, HK_COST_RATE);
}

/* ---- the whole ---- */

bool hk_experiment_warn(struct hk_experiment *experiment, struct hk_err *err) {
    struct hk_judge judge = {.experiment = experiment,
                             .reader = {.arena = experiment->arena,
                                        .scope = experiment->scope,
                                        .precision = hk_sim_precision(experiment->sim)},
                             .tick_ms = hk_sim_tick_ms(experiment->sim),
                             .err = err};
    return warn_params(&judge) && warn_resolution(&judge) && warn_time_constants(&judge) &&
           hk_warn_populations(&judge) && hk_warn_projections(&judge) && hk_warn_protocol(&judge) &&
           warn_output(&judge) && hk_diagnostics_sort(&experiment->diagnostics, err);
}
