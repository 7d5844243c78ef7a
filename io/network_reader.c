#include "io/network_reader.h"

#include "io/nearest.h"
#include "io/vocabulary.h"

#include <string.h>

/* ---- names ---- */

enum { NAMES_MAX = 64 };

static bool fail_unknown(const struct hk_node *node, const char *what, const char *word,
                         const char *const *names, size_t count, struct hk_err *err) {
    char hint[HK_HINT_SIZE];
    return hk_node_fail(err, node, "there is no %s '%s'; %s", what, word,
                        hk_nearest_hint(word, names, count, hint));
}

static struct hk_pop *find_population(const struct hk_node *node, const char *name,
                                      const struct hk_sim *sim, struct hk_err *err) {
    struct hk_pop *pop = hk_sim_find_population(sim, name);
    if (pop) return pop;
    const char *names[NAMES_MAX];
    size_t count = 0;
    while (count < NAMES_MAX && (pop = hk_sim_population(sim, count)))
        names[count++] = hk_pop_name(pop);
    (void)fail_unknown(node, "population", name, names, count, err);
    return NULL;
}

struct hk_pop *hk_node_population(const struct hk_node *node, const struct hk_sim *sim,
                                  struct hk_err *err) {
    const char *name = hk_node_text(node, err);
    return name ? find_population(node, name, sim, err) : NULL;
}

struct hk_proj *hk_node_projection(const struct hk_node *node, const struct hk_sim *sim,
                                   struct hk_err *err) {
    const char *name = hk_node_text(node, err), *names[NAMES_MAX];
    if (!name) return NULL;
    struct hk_proj *proj = hk_sim_find_projection(sim, name);
    if (proj) return proj;
    size_t count = 0;
    while (count < NAMES_MAX && (proj = hk_sim_projection(sim, count)))
        names[count++] = hk_proj_name(proj);
    (void)fail_unknown(node, "projection", name, names, count, err);
    return NULL;
}

/* ---- populations ---- */

/* What is read of one population before it is added. */
struct draft {
    struct hk_pop_spec spec;
    struct hk_keys keys;
    const struct hk_model *model;
};

static bool read_shape(struct hk_reader *reader, const struct hk_node *shape, int64_t *size,
                       struct hk_err *err) {
    if (!hk_node_expect(shape, HK_NODE_LIST, err)) return false;
    if (shape->count == 0) return hk_node_fail(err, shape, "a shape has at least one number");
    *size = 1;
    for (const struct hk_node *item = shape->first; item; item = item->next) {
        int64_t side = 0;
        if (!hk_node_whole(item, reader->scope, 1, HK_NEURON_NONE - 1, &side, err)) return false;
        if (*size > (HK_NEURON_NONE - 1) / side)
            return hk_node_fail(err, shape, "more than %u units", HK_NEURON_NONE - 1);
        *size *= side;
    }
    return true;
}

/* `size: 100` or `shape: [10, 10]`; an encoder's population may leave it to the data. */
static bool read_size(struct hk_reader *reader, struct hk_node *map,
                      const struct hk_samples *samples, struct draft *draft, struct hk_err *err) {
    const struct hk_node *size = hk_node_get(map, "size"), *shape = hk_node_get(map, "shape");
    const struct hk_encoder_model *encoder = draft->spec.encoder;
    size_t coded = 0;
    if (encoder && samples) coded = hk_encoder_units(encoder, draft->spec.param, samples->size);
    if (coded >= HK_NEURON_NONE)
        return hk_node_fail_key(err, map, "%s makes %zu units of a sample, more than %u",
                                encoder->base.name, coded, HK_NEURON_NONE - 1);
    int64_t units = (int64_t)coded;
    if (size && shape) return hk_node_fail_key(err, shape, "give either size or shape");
    if (size && !hk_node_whole(size, reader->scope, 1, HK_NEURON_NONE - 1, &units, err))
        return false;
    if (shape && !read_shape(reader, shape, &units, err)) return false;
    if (units == 0)
        return hk_node_fail_key(err, map, "needs `size: NUMBER` or `shape: [ROWS, COLUMNS]`");
    if (encoder && !samples)
        return hk_node_fail_key(err, map, "encodes samples, but the file has no `data:`");
    if (encoder && (size_t)units != coded)
        return hk_node_fail(err, shape ? shape : size,
                            "%lld units, but %s makes %zu of a sample of %zu values",
                            (long long)units, encoder->base.name, coded, samples->size);
    draft->spec.size = (hk_neuron)units;
    return true;
}

static bool read_source(struct hk_reader *reader, struct hk_node *source, struct draft *draft,
                        struct hk_err *err) {
    void *values = NULL;
    bool encodes = source->kind == HK_NODE_MAP && hk_node_get(source, "encoder");
    if (encodes) {
        if (!hk_read_named(reader, HK_KIND_ENCODER, source, "encoder", "1", &draft->model, &values,
                           err))
            return false;
        draft->spec.encoder = (const struct hk_encoder_model *)draft->model;
    } else {
        if (!hk_read_keyed(reader, HK_KIND_SOURCE, source, "1", &draft->model, &values, err))
            return false;
        draft->spec.source = (const struct hk_source_model *)draft->model;
    }
    draft->spec.param = values;
    return true;
}

/* One receptor: its parameters stand beside the neuron's, "tau_exc" for tau of exc. */
static bool read_receptor(struct hk_reader *reader, struct hk_node *map, const char *name,
                          const struct hk_node *kernel, struct hk_receptor_spec *spec,
                          struct hk_keys *keys, struct hk_err *err) {
    void *values = NULL;
    const char *text = hk_node_text(kernel, err);
    if (!text) return false;
    const struct hk_model *model = hk_model_get(HK_KIND_RECEPTOR, text, reader->precision, err);
    if (!model) return hk_node_context(err, kernel);
    if (!hk_read_params(reader, map, model, name, "1", keys, &values, err)) return false;
    *spec = (struct hk_receptor_spec){name, (const struct hk_receptor_model *)model, values};
    return true;
}

/* `receptors: {exc: cond-exp, inh: cond-exp}`; one kernel alone stands for exc and inh. */
static bool read_receptors(struct hk_reader *reader, struct hk_node *map, struct draft *draft,
                           struct hk_err *err) {
    static const char *const both[] = {"exc", "inh"};
    const struct hk_node *node = hk_node_get(map, "receptors");
    bool named = node->kind == HK_NODE_MAP;
    size_t count = named ? node->count : HK_COUNT(both), i = 0;
    struct hk_receptor_spec *specs = HK_NEW(reader->arena, struct hk_receptor_spec, count, err);
    if (!specs) return false;
    const struct hk_node *kernel = named ? node->first : node;
    for (; i < count; kernel = named ? kernel->next : kernel, i++)
        if (!read_receptor(reader, map, named ? kernel->key : both[i], kernel, &specs[i],
                           &draft->keys, err))
            return false;
    draft->spec.receptors = specs;
    draft->spec.receptor_count = count;
    return true;
}

/* The unit of what arrives at the receptor that a drive names, or at the first. */
static const char *drive_weight_unit(const struct hk_node *drive, const struct hk_pop_spec *spec) {
    const struct hk_node *named =
        drive->kind == HK_NODE_MAP ? hk_node_get(drive, "receptor") : NULL;
    const char *name = named && named->kind == HK_NODE_SCALAR ? named->text : "";
    for (size_t i = 0; i < spec->receptor_count; i++)
        if (strcmp(spec->receptors[i].name, name) == 0)
            return spec->receptors[i].model->weight_unit;
    return spec->receptors[0].model->weight_unit;
}

/* `drive: {step: 400 pA}` or a list of such. */
static bool read_drives(struct hk_reader *reader, struct hk_node *map, struct draft *draft,
                        struct hk_err *err) {
    struct hk_node *node = hk_node_get(map, "drive");
    if (!node) return true;
    bool many = node->kind == HK_NODE_LIST;
    size_t count = many ? node->count : 1, i = 0;
    struct hk_drive_spec *specs = HK_NEW(reader->arena, struct hk_drive_spec, count, err);
    if (!specs) return false;
    struct hk_node *item = many ? node->first : node;
    for (; i < count; item = item->next, i++) {
        const struct hk_model *model;
        void *values = NULL;
        const char *unit = drive_weight_unit(item, &draft->spec);
        if (!hk_read_keyed(reader, HK_KIND_DRIVE, item, unit, &model, &values, err)) return false;
        specs[i] = (struct hk_drive_spec){(const struct hk_drive_model *)model, values};
    }
    draft->spec.drives = specs;
    draft->spec.drive_count = count;
    return true;
}

static bool read_neurons(struct hk_reader *reader, struct hk_node *map, struct draft *draft,
                         struct hk_err *err) {
    void *values = NULL;
    const struct hk_node *named = hk_node_get(map, "model");
    if (!named) return hk_node_fail_key(err, map, "needs `model: NAME` or `source: {...}`");
    const char *name = hk_node_text(named, err);
    if (!name) return false;
    draft->model = hk_model_get(HK_KIND_NEURON, name, reader->precision, err);
    if (!draft->model) return hk_node_context(err, named);
    draft->spec.neuron = (const struct hk_neuron_model *)draft->model;
    if (!hk_read_params(reader, map, draft->model, NULL, "1", &draft->keys, &values, err))
        return false;
    draft->spec.param = values;
    return read_receptors(reader, map, draft, err) && read_drives(reader, map, draft, err);
}

/* `init: {v: {uniform: [-70 mV, -55 mV]}}` */
static bool read_init(struct hk_reader *reader, const struct hk_node *init, struct hk_pop *pop,
                      struct hk_err *err) {
    if (!init) return true;
    if (!hk_node_expect(init, HK_NODE_MAP, err)) return false;
    for (const struct hk_node *node = init->first; node; node = node->next) {
        const char *names[NAMES_MAX];
        const struct hk_column *info;
        struct hk_dist dist;
        size_t count = 0;
        while (count < NAMES_MAX && (info = hk_pop_column_info(pop, count)))
            names[count++] = info->name;
        int column = hk_pop_column(pop, node->key);
        if (column < 0) return fail_unknown(node, "state variable", node->key, names, count, err);
        info = hk_pop_column_info(pop, (size_t)column);
        if (!hk_read_dist(reader, node, info->unit, &dist, err)) return false;
        hk_pop_draw(pop, (size_t)column, &dist);
    }
    return true;
}

static bool read_population(struct hk_reader *reader, struct hk_node *map,
                            const struct hk_samples *samples, struct hk_sim *sim,
                            struct hk_err *err) {
    struct draft draft = {.spec = {.name = map->key}};
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    struct hk_node *source = hk_node_get(map, "source");
    const struct hk_words *words = source ? &hk_words_source : &hk_words_neurons;
    hk_words_add(words, &draft.keys);
    if (!hk_words_fill(reader, map, words, err)) return false;
    bool read =
        source ? read_source(reader, source, &draft, err) : read_neurons(reader, map, &draft, err);
    if (!read || !hk_node_check_keys(map, draft.keys.key, draft.keys.count, err)) return false;
    if (!read_size(reader, map, samples, &draft, err) ||
        !hk_node_number(hk_node_get(map, "dropout"), reader->scope, &draft.spec.dropout, err))
        return false;
    struct hk_pop *pop = hk_sim_add_population(sim, &draft.spec, err);
    if (!pop) return hk_node_context(err, map);
    return read_init(reader, hk_node_get(map, "init"), pop, err);
}

/* ---- signals ---- */

static bool read_optional(const struct hk_reader *reader, const struct hk_node *map,
                          const char *key, const char *unit, double *value, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    return !node || hk_node_quantity(node, unit, reader->scope, value, err);
}

/* `dopamine: {from: da, amount: 0.1, delay: 1 ms, tau: 200 ms}`, or `reward: {rule: fixed, ...}`:
 * one that a phase gives for right and wrong answers. */
static bool read_signal(struct hk_reader *reader, struct hk_node *map, struct hk_network *network,
                        struct hk_err *err) {
    struct hk_signal_spec spec = {.name = map->key, .amount = 1.0};
    struct hk_keys keys = {.count = 0};
    struct hk_reward_spec *reward = &network->rewards[network->reward_count];
    hk_words_add(&hk_words_signal, &keys);
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    const struct hk_node *from = hk_node_get(map, "from"), *rule = hk_node_get(map, "rule");
    if (rule) {
        const struct hk_model *model = NULL;
        void *values = NULL;
        const char *name = hk_node_text(rule, err);
        if (!name) return false;
        if (!(model = hk_model_get(HK_KIND_REWARD, name, reader->precision, err)))
            return hk_node_context(err, rule);
        if (!hk_read_params(reader, map, model, NULL, "1", &keys, &values, err)) return false;
        reward->model = (const struct hk_reward_model *)model;
        reward->param = values;
    }
    if (!hk_node_check_keys(map, keys.key, keys.count, err)) return false;
    if (from && !(spec.from = hk_node_population(from, network->sim, err))) return false;
    if (from && !hk_words_fill(reader, map, &hk_words_signal, err)) return false;
    if (!read_optional(reader, map, "tau", "ms", &spec.tau_ms, err) ||
        !read_optional(reader, map, "amount", "1", &spec.amount, err) ||
        !read_optional(reader, map, "delay", "ms", &spec.delay_ms, err))
        return false;
    if (hk_node_get(map, "tau") && !(spec.tau_ms > 0.0))
        return hk_node_fail(err, hk_node_get(map, "tau"),
                            "tau must be above 0; without it the "
                            "signal stays as it was set");
    reward->signal = hk_sim_add_signal(network->sim, &spec, err);
    if (!reward->signal) return hk_node_context(err, map);
    network->reward_count += rule != NULL;
    return true;
}

static bool read_signals(struct hk_reader *reader, struct hk_node *signals,
                         struct hk_network *network, struct hk_err *err) {
    if (!signals) return true;
    if (!hk_node_expect(signals, HK_NODE_MAP, err)) return false;
    network->rewards = HK_NEW(reader->arena, struct hk_reward_spec, signals->count, err);
    if (!network->rewards) return false;
    for (struct hk_node *node = signals->first; node; node = node->next)
        if (!read_signal(reader, node, network, err)) return false;
    return true;
}

/* ---- projections ---- */

struct link {
    struct hk_proj_spec spec;
    const struct hk_receptor_model *receptor;
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
    struct hk_node end = *map; /* names are wrong where the key stands */
    end.line = map->key_line;
    end.column = map->key_column;
    spec->name = map->key;
    spec->source = find_population(&end, source, sim, err);
    if (!spec->source) return false;
    spec->target = find_population(&end, arrow + 2, sim, err);
    if (!spec->target) return false;
    if (hk_pop_has_neurons(spec->target)) return true;
    return hk_node_fail_key(err, map, "%s is a source and can't be a target", arrow + 2);
}

/* The unit of the weight comes from the receptor, and a current's sign may choose the receptor: so
 * the weight is read with the unit of any of them first. */
static bool read_weight(struct hk_reader *reader, struct hk_node *map, struct link *link,
                        struct hk_err *err) {
    const struct hk_pop *target = link->spec.target;
    const struct hk_node *named = hk_node_get(map, "receptor"),
                         *weight = hk_node_get(map, "weight");
    const char *first = NULL, *names[NAMES_MAX];
    size_t count = 0;
    while (count < NAMES_MAX && hk_pop_receptor(target, count, &names[count])) count++;
    link->receptor = hk_pop_receptor(target, 0, &first);
    if (!weight)
        return hk_node_fail_key(err, map, "needs `weight:`, in %s", link->receptor->weight_unit);
    if (named) {
        if (!(link->spec.receptor = hk_node_text(named, err))) return false;
        link->receptor = hk_pop_find_receptor(target, link->spec.receptor);
        if (!link->receptor)
            return fail_unknown(named, "receptor", link->spec.receptor, names, count, err);
    }
    if (!hk_read_dist(reader, weight, link->receptor->weight_unit, &link->spec.weight, err))
        return false;
    if (named || count == 1) return true;
    const char *side = link->spec.weight.a < 0.0 ? "inh" : "exc";
    link->spec.receptor = side;
    link->receptor = hk_pop_find_receptor(target, side);
    bool signed_input = link->receptor && link->receptor->effect != HK_EFFECT_CONDUCTANCE;
    if (signed_input) return hk_default_key(reader, map, "receptor", side, err);
    return hk_node_fail_key(err, map, "needs `receptor:`; %s has %s, %s%s", hk_pop_name(target),
                            first, names[1], count > 2 ? " ..." : "");
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

static bool read_delay(struct hk_reader *reader, struct hk_node *map, double tick_ms,
                       struct link *link, struct hk_err *err) {
    if (!hk_node_get(map, "delay")) {
        if (hk_pop_has_neurons(link->spec.source))
            return hk_node_fail_key(err, map, "needs `delay:`, at least one tick between neurons");
        if (!hk_default_key(reader, map, "delay", "0 ms", err)) return false;
    }
    const struct hk_node *node = hk_node_get(map, "delay");
    return hk_read_dist(reader, node, "ms", &link->spec.delay_ms, err) &&
           check_delay(node, link, tick_ms, err);
}

static bool read_rules(struct hk_reader *reader, struct hk_node *map, struct link *link,
                       struct hk_err *err) {
    const struct hk_model *model;
    void *values = NULL;
    struct hk_node *connect = hk_node_get(map, "connect"), *node;
    if (!connect)
        return hk_node_fail_key(err, map, "needs `connect:`, for example `connect: all-to-all`");
    if (!hk_read_named(reader, HK_KIND_CONNECT, connect, "rule", "1", &model, &values, err))
        return false;
    link->spec.connect = (const struct hk_connect_model *)model;
    link->spec.connect_param = values;
    if (!hk_words_fill(reader, map, &hk_words_projection, err)) return false;
    if (!hk_read_named(reader, HK_KIND_SYNAPSE, hk_node_get(map, "synapse"), "model", "1", &model,
                       &values, err))
        return false;
    link->spec.synapse = (const struct hk_synapse_model *)model;
    link->spec.synapse_param = values;
    if (!(node = hk_node_get(map, "plasticity"))) return true;
    if (!hk_read_named(reader, HK_KIND_PLASTICITY, node, "rule", link->receptor->weight_unit,
                       &model, &values, err))
        return false;
    link->spec.plasticity = (const struct hk_plasticity_model *)model;
    link->spec.plasticity_param = values;
    return true;
}

/* `normalise: 78 nS`: the sum of each target's incoming weights, before every presentation that
 * learns. */
static bool read_normalise(struct hk_reader *reader, const struct hk_node *map,
                           const struct link *link, struct hk_proj *proj,
                           struct hk_network *network, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "normalise");
    double total = 0.0;
    if (!node) return true;
    if (!hk_node_quantity(node, link->receptor->weight_unit, reader->scope, &total, err))
        return false;
    if (!(total > 0.0)) return hk_node_fail(err, node, "the sum of the weights must be above 0");
    if (!link->spec.plasticity)
        return hk_node_fail_key(err, node, "only projections with `plasticity:` are normalised");
    network->normalise[network->normalise_count++] = (struct hk_normalise){proj, total};
    return true;
}

static bool read_projection(struct hk_reader *reader, struct hk_node *map,
                            struct hk_network *network, struct hk_err *err) {
    struct link link = {.receptor = NULL};
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    if (!hk_words_check(map, &hk_words_projection, err)) return false;
    if (!read_ends(reader, map, network->sim, &link.spec, err)) return false;
    if (!read_weight(reader, map, &link, err) ||
        !read_delay(reader, map, hk_sim_tick_ms(network->sim), &link, err))
        return false;
    if (!read_rules(reader, map, &link, err)) return false;
    struct hk_proj *proj = hk_sim_add_projection(network->sim, &link.spec, err);
    if (!proj) return hk_node_context(err, map);
    return read_normalise(reader, map, &link, proj, network, err);
}

bool hk_network_read(struct hk_reader *reader, struct hk_node *populations, struct hk_node *signals,
                     struct hk_node *projections, const struct hk_samples *samples,
                     struct hk_network *network, struct hk_err *err) {
    if (!hk_node_expect(populations, HK_NODE_MAP, err)) return false;
    for (struct hk_node *node = populations->first; node; node = node->next)
        if (!read_population(reader, node, samples, network->sim, err)) return false;
    if (!read_signals(reader, signals, network, err)) return false;
    if (!projections) return true;
    if (!hk_node_expect(projections, HK_NODE_MAP, err)) return false;
    network->normalise = HK_NEW(reader->arena, struct hk_normalise, projections->count, err);
    if (!network->normalise) return false;
    for (struct hk_node *node = projections->first; node; node = node->next)
        if (!read_projection(reader, node, network, err)) return false;
    return true;
}
