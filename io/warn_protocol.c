/* What learns where it shouldn't or doesn't where it should; what is there and isn't used. */
#include "io/warnings_parts.h"

#include <string.h>

/* ---- phases ---- */

static bool anything_learns(const struct hk_judge *judge, const struct hk_phase *phase) {
    const struct hk_proj *proj;
    for (size_t i = 0; (proj = hk_sim_projection(judge->experiment->sim, i)); i++)
        if (phase->learn[i] && hk_proj_is_plastic(proj)) return true;
    return false;
}

static bool warn_phase(struct hk_judge *judge, const struct hk_node *map,
                       const struct hk_phase *phase) {
    const struct hk_node *learn = hk_node_get(map, "learn"), *label = hk_node_get(map, "label");
    bool learns = anything_learns(judge, phase);
    bool asked = learn->text && strcmp(learn->text, "true") == 0;
    bool is_test = phase->samples == &judge->experiment->data.test;
    if (is_test && (learns || label) &&
        !hk_warn_key(judge, learns ? learn : label, "phase %s learns from the test set",
                     phase->name))
        return false;
    if (phase->teach && !learns)
        return hk_warn_key(judge, hk_node_get(map, "teach"),
                           "phase %s teaches, but nothing learns in it", phase->name);
    return learns || !asked ||
           hk_warn_key(judge, learn, "phase %s learns, but no projection has `plasticity:`",
                       phase->name);
}

static bool warn_phases(struct hk_judge *judge) {
    const struct hk_protocol *protocol = &judge->experiment->protocol;
    const struct hk_node *list = hk_node_get(judge->experiment->root, "protocol");
    const struct hk_node *map = list ? list->first : NULL;
    for (size_t i = 0; map && i < protocol->phase_count; i++, map = map->next)
        if (!warn_phase(judge, map, &protocol->phases[i])) return false;
    return true;
}

/* ---- plasticity ---- */

static bool ever_learns(const struct hk_judge *judge, const struct hk_proj *proj) {
    const struct hk_protocol *protocol = &judge->experiment->protocol;
    size_t index = 0;
    while (hk_sim_projection(judge->experiment->sim, index) != proj) index++;
    for (size_t i = 0; i < protocol->phase_count; i++)
        if (protocol->phases[i].learn[index]) return true;
    return false;
}

static bool warn_idle_rules(struct hk_judge *judge) {
    const struct hk_experiment *e = judge->experiment;
    const struct hk_node *projections = hk_node_get(e->root, "projections");
    if (e->duration > 0 || !projections) return true;
    for (const struct hk_node *map = projections->first; map; map = map->next) {
        const struct hk_node *rule = hk_node_get(map, "plasticity");
        if (!rule || ever_learns(judge, hk_sim_find_projection(e->sim, map->key))) continue;
        if (!hk_warn_key(judge, rule, "%s learns in no phase", map->key)) return false;
    }
    return true;
}

/* ---- what isn't used ---- */

/* Is there a scalar `key: name`, at any depth? */
static bool is_named(const struct hk_node *node, const char *key, const char *name) {
    if (node->key && node->text && strcmp(node->key, key) == 0 && strcmp(node->text, name) == 0)
        return true;
    for (const struct hk_node *child = node->first; child; child = child->next)
        if (is_named(child, key, name)) return true;
    return false;
}

static bool warn_readouts(struct hk_judge *judge) {
    static const char *const uses[] = {"label", "evaluate", "running"};
    const struct hk_node *root = judge->experiment->root, *readouts = hk_node_get(root, "readouts");
    const struct hk_node *protocol = hk_node_get(root, "protocol");
    for (const struct hk_node *map = readouts ? readouts->first : NULL; map; map = map->next) {
        bool used = false;
        for (size_t i = 0; protocol && i < HK_COUNT(uses); i++)
            used |= is_named(protocol, uses[i], map->key);
        if (!used && !hk_warn_key(judge, map, "no phase reads the read-out %s", map->key))
            return false;
    }
    return true;
}

static bool warn_signals(struct hk_judge *judge) {
    const struct hk_node *root = judge->experiment->root, *signals = hk_node_get(root, "signals");
    const struct hk_node *projections = hk_node_get(root, "projections");
    for (const struct hk_node *map = signals ? signals->first : NULL; map; map = map->next) {
        bool used = projections && is_named(projections, "signal", map->key);
        if (!used && !hk_warn_key(judge, map, "no plasticity follows the signal %s", map->key))
            return false;
    }
    return true;
}

static bool warn_data(struct hk_judge *judge) {
    const struct hk_experiment *e = judge->experiment;
    const struct hk_pop *pop;
    for (size_t i = 0; (pop = hk_sim_population(e->sim, i)); i++)
        if (hk_pop_has_encoder(pop)) return true;
    return !e->has_data || hk_warn_key(judge, hk_node_get(e->root, "data"),
                                       "no population encodes the samples of %s", e->data.name);
}

/* ---- the whole ---- */

bool hk_warn_protocol(struct hk_judge *judge) {
    return warn_phases(judge) && warn_idle_rules(judge) && warn_readouts(judge) &&
           warn_signals(judge) && warn_data(judge);
}
