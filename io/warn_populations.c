/* Populations that look wrong: that nothing drives, that nobody hears, that fire by themselves or
 * more than once a tick. */
#include "io/vocabulary.h"
#include "io/warnings_parts.h"
#include "sim/estimate.h"

#include <stdio.h>
#include <string.h>

/* ---- who drives it, and who hears it ---- */

static const struct hk_proj *next_from(const struct hk_judge *judge, const struct hk_pop *pop,
                                       size_t *at) {
    const struct hk_proj *proj;
    while ((proj = hk_sim_projection(judge->experiment->sim, (*at)++)))
        if (hk_proj_source(proj) == pop) return proj;
    return NULL;
}

static const struct hk_proj *next_into(const struct hk_judge *judge, const struct hk_pop *pop,
                                       size_t *at) {
    const struct hk_proj *proj;
    while ((proj = hk_sim_projection(judge->experiment->sim, (*at)++)))
        if (hk_proj_target(proj) == pop) return proj;
    return NULL;
}

/* The value that the state variable starts with, in the mean. */
static double start_of(struct hk_judge *judge, const struct hk_node *map, const char *name,
                       const char *unit) {
    const struct hk_node *init = hk_node_get(map, "init"), *node;
    struct hk_err unread = {.code = HK_OK};
    struct hk_dist dist;
    if (!init || !(node = hk_node_get(init, name))) return 0.0;
    if (!hk_read_dist(&judge->reader, node, &hk_words_start, unit, &dist, &unread)) return 0.0;
    return dist.kind == HK_DIST_UNIFORM ? 0.5 * (dist.a + dist.b) : dist.a;
}

/* How far the resting potential is above the threshold, which may move; below: negative. */
static double excess_of(struct hk_judge *judge, const struct hk_node *map) {
    double rest = 0.0, threshold = 0.0;
    if (!hk_judge_value(judge, map, "v_rest", "mV", &rest) ||
        !hk_judge_value(judge, map, "v_th", "mV", &threshold))
        return -1.0;
    return rest - threshold - start_of(judge, map, "theta", "mV");
}

static bool warn_undriven(struct hk_judge *judge, const struct hk_node *map,
                          const struct hk_pop *pop) {
    size_t at = 0;
    double current = 0.0;
    (void)hk_judge_value(judge, map, "i_e", "pA", &current);
    if (hk_node_get(map, "drive") || hk_node_get(map, "init") || current != 0.0) return true;
    if (next_into(judge, pop, &at) || excess_of(judge, map) >= 0.0) return true;
    return hk_warn_key(judge, map,
                       "nothing drives %s: no projection ends in it, and it has no `drive:`",
                       map->key);
}

/* Whether the name stands somewhere in the tree, alone or before a dot. */
static bool mentions(const struct hk_node *node, const char *name) {
    size_t size = strlen(name);
    const char *const texts[] = {node->key, node->text};
    for (size_t i = 0; i < HK_COUNT(texts); i++)
        if (texts[i] && strncmp(texts[i], name, size) == 0 && strchr(".", texts[i][size]))
            return true;
    for (const struct hk_node *child = node->first; child; child = child->next)
        if (mentions(child, name)) return true;
    return false;
}

static bool warn_unheard(struct hk_judge *judge, const struct hk_node *map,
                         const struct hk_pop *pop) {
    static const char *const listeners[] = {"record",   "report",  "readouts",
                                            "protocol", "signals", "expect"};
    size_t at = 0;
    if (next_from(judge, pop, &at)) return true;
    for (size_t i = 0; i < HK_COUNT(listeners); i++) {
        const struct hk_node *section = hk_node_get(judge->experiment->root, listeners[i]);
        if (section && mentions(section, map->key)) return true;
    }
    return hk_warn_key(judge, map,
                       "nobody hears %s: no projection begins in it, and nothing of it is recorded",
                       map->key);
}

/* ---- neurons ---- */

static bool is_driven(const struct hk_judge *judge, const struct hk_node *map,
                      const struct hk_pop *pop) {
    const struct hk_proj *proj;
    size_t at = 0;
    if (hk_node_get(map, "drive")) return true;
    while ((proj = next_into(judge, pop, &at)))
        if (!hk_pop_has_neurons(hk_proj_source(proj))) return true;
    return false;
}

/* Where nothing else drives it, that is the drive. */
static bool warn_threshold(struct hk_judge *judge, const struct hk_node *map,
                           const struct hk_pop *pop) {
    double above = excess_of(judge, map);
    if (above < 0.0 || !is_driven(judge, map, pop)) return true;
    return hk_warn(judge, hk_node_get(map, "v_th"),
                   "%s fires without input: its threshold is %g mV below its resting potential",
                   map->key, above);
}

/* ---- sources ---- */

static bool warn_rates(struct hk_judge *judge, const struct hk_node *source) {
    double rate = 0.0;
    for (const struct hk_node *node = source->first; node; node = node->next) {
        if (!hk_judge_value(judge, source, node->key, "Hz", &rate)) continue;
        double a_tick = 1e-3 * rate * judge->tick_ms;
        if (a_tick > 1.0 + 1e-9 &&
            !hk_warn(judge, node, "%.10g Hz is %.3g spikes a tick of %.10g ms", rate, a_tick,
                     judge->tick_ms))
            return false;
    }
    return true;
}

static bool warn_silent(struct hk_judge *judge, const struct hk_node *map,
                        const struct hk_pop *pop) {
    const struct hk_experiment *e = judge->experiment;
    double spikes = 0.0;
    if (e->duration == 0 || hk_pop_has_encoder(pop)) return true;
    if (!hk_pop_expect(pop, e->duration, &spikes, judge->err)) return false;
    return spikes > 0.0 ||
           hk_warn(judge, hk_node_get(map, "source"), "%s doesn't spike in the %g ms of the run",
                   map->key, (double)e->duration * judge->tick_ms);
}

/* ---- the whole ---- */

bool hk_warn_populations(struct hk_judge *judge) {
    const struct hk_node *populations = hk_node_get(judge->experiment->root, "populations");
    bool ok = true;
    for (const struct hk_node *map = populations->first; map && ok; map = map->next) {
        const struct hk_pop *pop = hk_sim_find_population(judge->experiment->sim, map->key);
        const struct hk_node *source = hk_node_get(map, "source");
        if (source)
            ok = warn_unheard(judge, map, pop) && warn_rates(judge, source) &&
                 warn_silent(judge, map, pop);
        else
            ok = warn_undriven(judge, map, pop) && warn_threshold(judge, map, pop);
    }
    return ok;
}
