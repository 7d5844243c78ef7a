#include "io/report_reader.h"

#include "io/diagnostics.h"
#include "io/nearest.h"
#include "io/network_reader.h"
#include "io/vocabulary.h"

#include <string.h>

/* ---- measures ---- */

static bool read_measure(const struct hk_node *node, struct hk_report *report, struct hk_err *err) {
    char hint[HK_HINT_SIZE];
    const char *name = hk_node_text(node, err);
    if (!name) return false;
    for (size_t i = 0; i < HK_SPIKES_MEASURES; i++) {
        if (strcmp(name, hk_spike_measure_names[i]) != 0) continue;
        report->wanted[i] = true;
        return true;
    }
    return hk_node_fail(err, node, "there is no measure '%s' of spikes; %s", name,
                        hk_nearest_hint(name, hk_spike_measure_names, HK_SPIKES_MEASURES, hint));
}

/* `exc: [rate, cv_isi]`: a population, and what of it. */
static bool read_population(const struct hk_node *node, const struct hk_sim *sim,
                            struct hk_report *report, struct hk_err *err) {
    const struct hk_node place = hk_node_at_key(node);
    bool ok = true;
    report->pop = hk_node_find_population(&place, node->key, sim, err);
    ok &= hk_go_on(report->pop, err);
    if (!hk_node_expect(node, HK_NODE_LIST, err)) return false;
    for (const struct hk_node *item = node->first; item; item = item->next)
        ok &= hk_go_on(read_measure(item, report, err), err);
    return ok;
}

static bool read_spikes(struct hk_reader *reader, const struct hk_node *map,
                        const struct hk_sim *sim, struct hk_reports *reports, struct hk_err *err) {
    const struct hk_node *spikes = hk_node_get(map, "spikes");
    bool ok = true;
    if (!spikes || spikes->kind == HK_NODE_NULL) return true;
    if (!hk_node_expect(spikes, HK_NODE_MAP, err)) return false;
    reports->list = HK_NEW(reader->arena, struct hk_report, spikes->count, err);
    if (!reports->list) return false;
    for (const struct hk_node *node = spikes->first; node; node = node->next)
        ok &= hk_go_on(read_population(node, sim, &reports->list[reports->count++], err), err);
    return ok;
}

/* ---- the window ---- */

static bool read_ticks(struct hk_reader *reader, const struct hk_node *node,
                       const struct hk_sim *sim, hk_tick *ticks, struct hk_err *err) {
    double ms = 0.0;
    if (!hk_node_quantity(node, "ms", reader->scope, &ms, err)) return false;
    if (ms < 0.0) return hk_node_fail(err, node, "%s can't be negative", node->key);
    return hk_tick_from_ms(ms, hk_sim_tick_ms(sim), ticks, err) || hk_node_context(err, node);
}

static bool read_bin(struct hk_reader *reader, const struct hk_node *map, const struct hk_sim *sim,
                     hk_tick *bin, struct hk_err *err) {
    const double longest = HK_SPIKES_SEGMENT_MS / HK_SPIKES_BINS_MIN;
    const double shortest = HK_SPIKES_SEGMENT_MS / HK_SPIKES_BINS_MAX;
    const struct hk_node *node = hk_node_get(map, "bin");
    if (!read_ticks(reader, node, sim, bin, err)) return false;
    double ms = (double)*bin * hk_sim_tick_ms(sim);
    return (ms > shortest * (1.0 - 1e-9) && ms < longest * (1.0 + 1e-9)) ||
           hk_node_fail(err, node, "bin = %g ms, must be from %g ms to %g ms", ms, shortest,
                        longest);
}

static bool read_window(struct hk_reader *reader, struct hk_node *map, const struct hk_sim *sim,
                        hk_tick duration, struct hk_spike_window *window, struct hk_err *err) {
    if (!hk_words_fill(reader, map, &hk_words_report, err)) return false;
    const struct hk_node *from = hk_node_get(map, "from"), *to = hk_node_get(map, "to");
    hk_tick last = window->to = duration ? duration : INT64_MAX;
    bool ok = hk_go_on(read_ticks(reader, from, sim, &window->from, err), err);
    ok &= hk_go_on(read_bin(reader, map, sim, &window->bin, err), err);
    if (to) ok &= hk_go_on(read_ticks(reader, to, sim, &window->to, err), err);
    if (!ok) return false;
    if (window->to > last)
        return hk_node_fail(err, to, "the run ends before, after %g ms",
                            (double)last * hk_sim_tick_ms(sim));
    return window->from < window->to ||
           hk_node_fail(err, from, "nothing is left of the time to measure: from = %g ms, %s",
                        (double)window->from * hk_sim_tick_ms(sim),
                        to ? "must be before `to:`" : "must be before the end of the run");
}

bool hk_reports_read(struct hk_reader *reader, struct hk_node *map, const struct hk_sim *sim,
                     hk_tick duration, struct hk_reports *reports, struct hk_err *err) {
    if (map->kind == HK_NODE_NULL) return true;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    bool ok = hk_words_check(map, &hk_words_report, err);
    ok &= hk_go_on(read_spikes(reader, map, sim, reports, err), err);
    return read_window(reader, map, sim, duration, &reports->window, err) && ok;
}
