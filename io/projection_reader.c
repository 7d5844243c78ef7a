#include "io/projection_reader.h"

#include "io/diagnostics.h"
#include "io/vocabulary.h"

#include <string.h>

enum { NAMES_MAX = 64 };

struct link {
    struct hk_proj_spec spec;
    const struct hk_receptor_model *receptor; /* NULL: not known, for something is wrong */
};

/* "source->target" */
static bool read_ends(struct hk_reader *reader, const struct hk_node *map, const struct hk_sim *sim,
                      struct hk_proj_spec *spec, struct hk_err *err) {
    const char *arrow = strstr(map->key, "->");
    if (!arrow)
        return hk_node_fail_key(err, map, "'%s' is not of the form source->target", map->key);
    char *source = hk_arena_text(reader->arena, map->key, err);
    if (!source) return false;
    source[arrow - map->key] = '\0';
    const struct hk_node end = hk_node_at_key(map);
    spec->name = map->key;
    spec->source = hk_node_find_population(&end, source, sim, err);
    bool found = hk_go_on(spec->source, err);
    spec->target = hk_node_find_population(&end, arrow + 2, sim, err);
    if (!hk_go_on(spec->target, err) || hk_pop_has_neurons(spec->target))
        return found && spec->target;
    spec->target = NULL;
    return hk_node_fail_key(err, map, "%s is a source and can't be a target", arrow + 2);
}

/* `receptor:`, or the only one; or else the first, whose unit the weight is read in. NULL: what is
 * named isn't there. */
static bool find_named_receptor(const struct hk_node *map, struct link *link, struct hk_err *err) {
    const struct hk_pop *target = link->spec.target;
    const struct hk_node *named = hk_node_get(map, "receptor");
    const char *names[NAMES_MAX];
    size_t count = 0;
    link->receptor = hk_pop_receptor(target, 0, NULL);
    if (!named) return true;
    while (count < NAMES_MAX && hk_pop_receptor(target, count, &names[count])) count++;
    link->spec.receptor = hk_node_text(named, err);
    link->receptor = link->spec.receptor ? hk_pop_find_receptor(target, link->spec.receptor) : NULL;
    if (!link->spec.receptor || link->receptor) return link->receptor;
    return hk_node_fail_unknown(err, named, "receptor", link->spec.receptor, names, count);
}

/* A current's sign may choose the receptor. */
static bool choose_receptor(struct hk_reader *reader, struct hk_node *map, struct link *link,
                            struct hk_err *err) {
    const struct hk_pop *target = link->spec.target;
    const char *first = NULL, *second = NULL, *side = link->spec.weight.a < 0.0 ? "inh" : "exc";
    (void)hk_pop_receptor(target, 0, &first);
    if (!hk_pop_receptor(target, 1, &second)) return true;
    const struct hk_receptor_model *chosen = hk_pop_find_receptor(target, side);
    if (!chosen || chosen->effect == HK_EFFECT_CONDUCTANCE)
        return hk_node_fail_key(err, map, "needs `receptor:`; %s has %s, %s%s", hk_pop_name(target),
                                first, second, hk_pop_receptor(target, 2, NULL) ? " ..." : "");
    link->spec.receptor = side;
    link->receptor = chosen;
    return hk_default_key(reader, map, "receptor", side, err);
}

static bool read_weight(struct hk_reader *reader, struct hk_node *map, struct link *link,
                        struct hk_err *err) {
    const struct hk_node *weight = hk_node_get(map, "weight");
    if (!find_named_receptor(map, link, err)) return false;
    const char *unit = link->receptor->weight_unit;
    if (!weight) return hk_node_fail_key(err, map, "needs `weight:`, in %s", unit);
    if (!hk_read_dist(reader, weight, &hk_words_distribution, unit, &link->spec.weight, err))
        return false;
    return link->spec.receptor || choose_receptor(reader, map, link, err);
}

/* The kernel would refuse these too, but it doesn't know where the delay stands. */
static bool check_delay(const struct hk_node *node, const struct link *link, double tick_ms,
                        struct hk_err *err) {
    hk_tick ticks = 0;
    if (link->spec.delay_ms.kind != HK_DIST_CONSTANT) return true;
    if (!hk_tick_from_ms(link->spec.delay_ms.a, tick_ms, &ticks, err))
        return hk_node_context(err, node);
    if (ticks > 0 || (ticks == 0 && !hk_pop_has_neurons(link->spec.source))) return true;
    return hk_node_fail(err, node,
                        "a delay of %g ms; between neurons it is at least one tick, %g ms",
                        link->spec.delay_ms.a, tick_ms);
}

/* Whether it is long enough depends on the source. */
static bool read_delay(struct hk_reader *reader, struct hk_node *map, double tick_ms,
                       struct link *link, struct hk_err *err) {
    const struct hk_pop *source = link->spec.source;
    if (!hk_node_get(map, "delay")) {
        if (!source) return true;
        if (hk_pop_has_neurons(source))
            return hk_node_fail_key(err, map, "needs `delay:`, at least one tick between neurons");
        if (!hk_default_key(reader, map, "delay", "0 ms", err)) return false;
    }
    const struct hk_node *node = hk_node_get(map, "delay");
    return hk_read_dist(reader, node, &hk_words_distribution, "ms", &link->spec.delay_ms, err) &&
           (!source || check_delay(node, link, tick_ms, err));
}

static bool read_connect(struct hk_reader *reader, struct hk_node *map, struct link *link,
                         struct hk_err *err) {
    const struct hk_model *model = NULL;
    void *values = NULL;
    struct hk_node *connect = hk_node_get(map, "connect");
    if (!connect)
        return hk_node_fail_key(err, map, "needs `connect:`, for example `connect: all-to-all`");
    bool ok = hk_read_named(reader, HK_KIND_CONNECT, connect, "rule", "1", &model, &values, err);
    link->spec.connect = (const struct hk_connect_model *)model;
    link->spec.connect_param = values;
    return ok;
}

/* The kernel does so too, but what is wrong elsewhere doesn't come so far. */
static bool check_connect(const struct hk_node *map, const struct link *link, struct hk_err *err) {
    const struct hk_proj_spec *spec = &link->spec;
    const struct hk_connect_shape shape = {.source_count = hk_pop_size(spec->source),
                                           .target_count = hk_pop_size(spec->target),
                                           .recurrent = spec->source == spec->target};
    HK_ASSERT(spec->connect);
    if (!spec->connect->check || spec->connect->check(spec->connect_param, &shape, err))
        return true;
    (void)hk_err_context(err, "%s: %s", spec->name, spec->connect->base.name);
    return hk_node_context_within(err, map);
}

static bool read_synapse(struct hk_reader *reader, struct hk_node *map, struct link *link,
                         struct hk_err *err) {
    const struct hk_model *model = NULL;
    void *values = NULL;
    bool ok = hk_read_named(reader, HK_KIND_SYNAPSE, hk_node_get(map, "synapse"), "model", "1",
                            &model, &values, err);
    link->spec.synapse = (const struct hk_synapse_model *)model;
    link->spec.synapse_param = values;
    return ok;
}

/* The signal that the rule follows must be there. */
static bool check_signal(const struct hk_node *plasticity, const struct link *link,
                         const struct hk_sim *sim, struct hk_err *err) {
    const struct hk_plasticity_model *rule = link->spec.plasticity;
    const struct hk_node *signal = hk_node_get(plasticity, "signal");
    if (!rule->modulated || !signal || hk_sim_find_signal(sim, signal->text)) return true;
    return !hk_node_is_told(plasticity, "signals", signal->text) &&
           hk_node_fail_absent(err, signal, "signal", signal->text, "signals");
}

static bool read_plasticity(struct hk_reader *reader, struct hk_node *map, struct link *link,
                            const struct hk_sim *sim, struct hk_err *err) {
    const struct hk_model *model = NULL;
    void *values = NULL;
    struct hk_node *node = hk_node_get(map, "plasticity");
    const char *unit = link->receptor ? link->receptor->weight_unit : NULL;
    if (!node) return true;
    bool ok = hk_read_named(reader, HK_KIND_PLASTICITY, node, "rule", unit, &model, &values, err);
    link->spec.plasticity = (const struct hk_plasticity_model *)model;
    link->spec.plasticity_param = values;
    return ok && check_signal(node, link, sim, err);
}

/* `normalise: 78 nS`: the sum of each target's incoming weights, before every presentation that
 * learns. */
static bool read_normalise(struct hk_reader *reader, const struct hk_node *map,
                           const struct link *link, double *total, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "normalise");
    if (!node) return true;
    if (!hk_node_get(map, "plasticity"))
        return hk_node_fail_key(err, node, "only projections with `plasticity:` are normalised");
    if (!link->receptor) return false;
    if (!hk_node_quantity(node, link->receptor->weight_unit, reader->scope, total, err))
        return false;
    return *total > 0.0 || hk_node_fail(err, node, "the sum of the weights must be above 0");
}

bool hk_projection_read(struct hk_reader *reader, struct hk_node *map, struct hk_network *network,
                        struct hk_err *err) {
    struct link link = {.receptor = NULL};
    double tick_ms = hk_sim_tick_ms(network->sim), total = 0.0;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    bool ok = hk_words_check(map, &hk_words_projection, err);
    bool ends = hk_go_on(read_ends(reader, map, network->sim, &link.spec, err), err);
    bool connects = hk_go_on(read_connect(reader, map, &link, err), err);
    if (ends && connects) ok &= hk_go_on(check_connect(map, &link, err), err);
    if (link.spec.target) ok &= hk_go_on(read_weight(reader, map, &link, err), err);
    ok &= hk_go_on(read_delay(reader, map, tick_ms, &link, err), err);
    if (!hk_words_fill(reader, map, &hk_words_projection, err)) return false;
    ok &= hk_go_on(read_synapse(reader, map, &link, err), err);
    ok &= hk_go_on(read_plasticity(reader, map, &link, network->sim, err), err);
    ok &= hk_go_on(read_normalise(reader, map, &link, &total, err), err);
    if (!ok || !ends || !connects) return false;
    struct hk_err *heard = reader->timeless ? NULL : err;
    struct hk_proj *proj = hk_sim_add_projection(network->sim, &link.spec, heard);
    if (!proj) return hk_node_context_within(err, map);
    if (total > 0.0)
        network->normalise[network->normalise_count++] = (struct hk_normalise){proj, total};
    return true;
}
