/* `hillock explain`: what an experiment is, in words, as a methods section would have it. Values
 * are those that will be used: worked out, with their units. */
#include "cli/command.h"

#include "cli/prose.h"
#include "io/scope.h"
#include "sim/estimate.h"

#include <string.h>

enum { VALUE_SIZE = 96, LIST_MAX = 4 };

struct explanation {
    const struct hk_experiment *e;
    const struct hk_scope *scope;
    struct hk_prose prose;
};

/* ---- values ---- */

static const char *number_text(double value, const char *unit, char text[VALUE_SIZE]) {
    bool pure = strcmp(unit, "1") == 0;
    (void)snprintf(text, VALUE_SIZE, "%.6g%s%s", value, pure ? "" : HK_PROSE_TIE, pure ? "" : unit);
    return text;
}

/* "2 h", "350 ms" */
static const char *time_text(const struct explanation *x, hk_tick ticks, char text[VALUE_SIZE]) {
    return number_text((double)ticks * hk_sim_tick_ms(x->e->sim), "ms", text);
}

/* A scalar that may be an expression; what isn't a quantity stands for itself. */
static const char *scalar_text(const struct explanation *x, const struct hk_node *node,
                               const char *unit, char text[VALUE_SIZE]) {
    struct hk_err ignored = {.code = HK_OK};
    double value = 0.0;
    if (hk_node_quantity(node, unit, x->scope, &value, &ignored))
        return number_text(value, unit, text);
    (void)snprintf(text, VALUE_SIZE, "%s", node->text);
    return text;
}

/* "[28, 28]"; of long lists the first values. */
static const char *value_text(const struct explanation *x, const struct hk_node *node,
                              const char *unit, char text[VALUE_SIZE]) {
    char item[VALUE_SIZE];
    size_t shown = 0;
    if (node->kind == HK_NODE_SCALAR) return scalar_text(x, node, unit, text);
    (void)snprintf(text, VALUE_SIZE, "[");
    for (const struct hk_node *at = node->first; at && shown < LIST_MAX; at = at->next, shown++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, VALUE_SIZE - used, "%s%s", shown ? ", " : "",
                       at->kind == HK_NODE_SCALAR ? scalar_text(x, at, unit, item) : "...");
    }
    size_t used = strlen(text);
    if (node->count > shown)
        (void)snprintf(text + used, VALUE_SIZE - used, " ... (%zu)]", node->count);
    else
        (void)snprintf(text + used, VALUE_SIZE - used, "]");
    return text;
}

/* "0.1 mV", "uniform between 0 and 0.3 nS", "normal, 5 ± 1 ms" */
static const char *dist_text(const struct explanation *x, const struct hk_node *node,
                             const char *unit, char text[VALUE_SIZE]) {
    char a[VALUE_SIZE], b[VALUE_SIZE];
    if (node->kind != HK_NODE_MAP || !node->first || node->first->count != 2)
        return value_text(x, node, unit, text);
    const struct hk_node *pair = node->first;
    bool normal = strcmp(pair->key, "normal") == 0;
    (void)scalar_text(x, pair->first, unit, a);
    (void)scalar_text(x, pair->last, unit, b);
    if (normal)
        (void)snprintf(text, VALUE_SIZE, "normal with mean %.24s and deviation %.24s", a, b);
    else
        (void)snprintf(text, VALUE_SIZE, "uniform from %.24s to %.24s", a, b);
    return text;
}

/* "tau_m = 20 ms, v_th = -55 mV": the parameters of a model that stand in the map, each with
 * "_<suffix>" behind where there is one; of a keyed model the main one under the model's name. */
static void add_params(struct explanation *x, const struct hk_node *map,
                       const struct hk_model *model, const char *suffix, const char *weight_unit) {
    char key[VALUE_SIZE], value[VALUE_SIZE];
    const char *between = ": ";
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *p = &model->params[i];
        const char *unit = strcmp(p->unit, "weight") == 0 ? weight_unit : p->unit;
        (void)snprintf(key, sizeof key, "%s%s%s", p->name, suffix ? "_" : "", suffix ? suffix : "");
        const struct hk_node *node = hk_node_get(map, key);
        if (!node && model->main_param && strcmp(p->name, model->main_param) == 0)
            node = hk_node_get(map, model->name);
        if (!node) continue;
        hk_prose_add(&x->prose, "%s%s = %s", between, p->name, value_text(x, node, unit, value));
        between = ", ";
    }
}

/* ---- populations ---- */

static void add_source(struct explanation *x, const struct hk_node *source) {
    const struct hk_node *encoder = hk_node_get(source, "encoder");
    const struct hk_model *model = NULL;
    if (encoder) model = hk_model_find(HK_KIND_ENCODER, encoder->text, HK_SINGLE);
    for (const struct hk_node *node = source->first; node && !model; node = node->next)
        model = hk_model_find(HK_KIND_SOURCE, node->key, HK_SINGLE);
    if (!model) return;
    hk_prose_add(&x->prose, " %s: %s (%s", encoder ? "for samples" : "of spikes", model->doc,
                 model->name);
    add_params(x, source, model, NULL, "1");
    hk_prose_add(&x->prose, ").");
}

/* One kernel alone stands for two receptors; the population knows them. */
static void add_receptors(struct explanation *x, const struct hk_node *map,
                          const struct hk_pop *pop) {
    const struct hk_receptor_model *receptor;
    const char *name = NULL;
    for (size_t i = 0; (receptor = hk_pop_receptor(pop, i, &name)); i++) {
        hk_prose_add(&x->prose, "%s %s: %s (%s", i ? ";" : " Receptors:", name, receptor->base.doc,
                     receptor->base.name);
        add_params(x, map, &receptor->base, name, "1");
        hk_prose_add(&x->prose, ")");
    }
    if (name) hk_prose_add(&x->prose, ".");
}

static void add_drive(struct explanation *x, const struct hk_node *map) {
    for (const struct hk_node *node = map->first; node; node = node->next) {
        const struct hk_model *model = hk_model_find(HK_KIND_DRIVE, node->key, HK_SINGLE);
        if (!model) continue;
        hk_prose_add(&x->prose, " Driven by a %s (%s", model->doc, model->name);
        add_params(x, map, model, NULL, "1");
        hk_prose_add(&x->prose, ").");
    }
}

static void add_neurons(struct explanation *x, const struct hk_node *map,
                        const struct hk_pop *pop) {
    char value[VALUE_SIZE];
    const struct hk_model *model =
        hk_model_find(HK_KIND_NEURON, hk_node_get(map, "model")->text, HK_SINGLE);
    const struct hk_node *drive = hk_node_get(map, "drive"), *init = hk_node_get(map, "init");
    hk_prose_add(&x->prose, " of the model %s, %s", model->name, model->doc);
    add_params(x, map, model, NULL, "1");
    hk_prose_add(&x->prose, ".");
    add_receptors(x, map, pop);
    if (drive && drive->kind == HK_NODE_MAP) add_drive(x, drive);
    for (const struct hk_node *node = drive ? drive->first : NULL; node; node = node->next)
        if (drive->kind == HK_NODE_LIST) add_drive(x, node);
    for (const struct hk_node *node = init ? init->first : NULL; node; node = node->next) {
        const struct hk_column *info =
            hk_pop_column_info(pop, (size_t)hk_pop_column(pop, node->key));
        hk_prose_add(&x->prose, " Initially %s is %s.", node->key,
                     dist_text(x, node, info->unit, value));
    }
}

static void explain_population(struct explanation *x, const struct hk_node *map) {
    const struct hk_pop *pop = hk_sim_find_population(x->e->sim, map->key);
    const struct hk_node *shape = hk_node_get(map, "shape"), *source = hk_node_get(map, "source");
    char value[VALUE_SIZE];
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "%s: %u %s%s", map->key, hk_pop_size(pop), source ? "source" : "neuron",
                 hk_pop_size(pop) == 1 ? "" : "s");
    if (shape) hk_prose_add(&x->prose, " %s", value_text(x, shape, "1", value));
    if (source)
        add_source(x, source);
    else
        add_neurons(x, map, pop);
}

/* ---- projections ---- */

/* What kind of input it is: a conductance pulls towards its reversal potential, the rest pushes. */
static void add_sign(struct explanation *x, const struct hk_node *map, const struct hk_proj *proj) {
    const struct hk_node *weight = hk_node_get(map, "weight"),
                         *named = hk_node_get(map, "receptor");
    const struct hk_pop *target = hk_proj_target(proj);
    const char *name = named ? named->text : NULL;
    const struct hk_receptor_model *receptor =
        name ? hk_pop_find_receptor(target, name) : hk_pop_receptor(target, 0, &name);
    struct hk_err ignored = {.code = HK_OK};
    const struct hk_node *first = weight->kind == HK_NODE_MAP ? weight->first->first : weight;
    double value = 0.0;
    hk_prose_add(&x->prose, ", onto receptor %s", name);
    if (receptor->effect == HK_EFFECT_CONDUCTANCE) {
        hk_prose_add(&x->prose, ", which pulls towards its reversal potential");
        return;
    }
    if (weight->kind == HK_NODE_MAP && strcmp(weight->first->key, "uniform") == 0) return;
    if (hk_node_quantity(first, receptor->weight_unit, x->scope, &value, &ignored))
        hk_prose_add(&x->prose, ", %s", value < 0.0 ? "inhibitory" : "excitatory");
}

static void add_delay(struct explanation *x, const struct hk_node *map,
                      const struct hk_proj *proj) {
    hk_tick least = 0, most = 0;
    char value[VALUE_SIZE], from[VALUE_SIZE], to[VALUE_SIZE];
    hk_proj_delays(proj, &least, &most);
    hk_prose_add(&x->prose, "; delay %s", dist_text(x, hk_node_get(map, "delay"), "ms", value));
    if (most > least)
        hk_prose_add(&x->prose, ", in whole ticks from %s to %s", time_text(x, least, from),
                     time_text(x, most, to));
    hk_prose_add(&x->prose, ".");
}

/* A model under its name alone, or in a map with its parameters. */
static const struct hk_model *named_model(enum hk_model_kind kind, const struct hk_node *node,
                                          const char *name_key) {
    const struct hk_node *named = node->kind == HK_NODE_MAP ? hk_node_get(node, name_key) : node;
    return hk_model_find(kind, named->text, HK_SINGLE);
}

static void add_model(struct explanation *x, const struct hk_node *node,
                      const struct hk_model *model, const char *weight_unit) {
    hk_prose_add(&x->prose, " %s (%s", model->doc, model->name);
    if (node->kind == HK_NODE_MAP) add_params(x, node, model, NULL, weight_unit);
    hk_prose_add(&x->prose, ")");
}

static bool explain_projection(struct explanation *x, const struct hk_node *map,
                               struct hk_err *err) {
    const struct hk_proj *proj = hk_sim_find_projection(x->e->sim, map->key);
    const struct hk_node *connect = hk_node_get(map, "connect"),
                         *synapse = hk_node_get(map, "synapse"),
                         *normalise = hk_node_get(map, "normalise");
    const char *unit = hk_proj_weight_unit(proj);
    double synapses = 0.0, targets = hk_pop_size(hk_proj_target(proj));
    char value[VALUE_SIZE];
    if (!hk_proj_expect(proj, &synapses, err)) return false;
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "%s:", map->key);
    add_model(x, connect, named_model(HK_KIND_CONNECT, connect, "rule"), unit);
    hk_prose_add(&x->prose, "; %.10g synapse%s expected, %.4g a target. Weight %s", synapses,
                 synapses == 1.0 ? "" : "s", synapses / targets,
                 dist_text(x, hk_node_get(map, "weight"), unit, value));
    add_sign(x, map, proj);
    add_delay(x, map, proj);
    if (strcmp(named_model(HK_KIND_SYNAPSE, synapse, "model")->name, "static") != 0) {
        hk_prose_add(&x->prose, " Synapses:");
        add_model(x, synapse, named_model(HK_KIND_SYNAPSE, synapse, "model"), unit);
        hk_prose_add(&x->prose, ".");
    }
    if (hk_proj_is_plastic(proj)) {
        const struct hk_node *rule = hk_node_get(map, "plasticity");
        hk_prose_add(&x->prose, " Plastic:");
        add_model(x, rule, named_model(HK_KIND_PLASTICITY, rule, "rule"), unit);
        hk_prose_add(&x->prose, ".");
    }
    if (normalise)
        hk_prose_add(&x->prose,
                     " Before each sample that is learned from, the weights of each target are "
                     "scaled to the sum %s.",
                     value_text(x, normalise, unit, value));
    return true;
}

/* ---- time ---- */

static bool adapts_slowly(const struct hk_sim *sim) {
    const struct hk_pop *pop;
    const struct hk_column *info;
    for (size_t i = 0; (pop = hk_sim_population(sim, i)); i++)
        for (size_t c = 0; (info = hk_pop_column_info(pop, c)); c++)
            if (info->slow) return true;
    return false;
}

static void add_learning(struct explanation *x, const struct hk_phase *phase) {
    const struct hk_proj *proj;
    const char *between = " Learning:";
    for (size_t i = 0; (proj = hk_sim_projection(x->e->sim, i)); i++) {
        if (!phase->learn[i] || !hk_proj_is_plastic(proj)) continue;
        hk_prose_add(&x->prose, "%s %s", between, hk_proj_name(proj));
        between = ",";
    }
    hk_prose_add(&x->prose, "%s", strcmp(between, ",") == 0 ? "." : " Weights stay as they are.");
    if (!phase->adapt && adapts_slowly(x->e->sim))
        hk_prose_add(&x->prose, " Slow adaptation is frozen.");
}

static void add_readout(struct explanation *x, const struct hk_phase *phase) {
    static const char *const uses[] = {[HK_READOUT_LABEL] =
                                           "learns which class each unit stands for",
                                       [HK_READOUT_EVALUATE] = "predicts the classes",
                                       [HK_READOUT_RUNNING] =
                                           "predicts the classes with what was shown before"};
    if (phase->use == HK_READOUT_NONE) return;
    const struct hk_readout_spec *readout = &x->e->protocol.readouts[phase->readout];
    hk_prose_add(&x->prose, " The read-out %s (%s: %s, from %s) %s.", readout->name,
                 readout->model->base.name, readout->model->base.doc, hk_pop_name(readout->pop),
                 uses[phase->use]);
}

static void explain_phase(struct explanation *x, const struct hk_phase *phase) {
    const struct hk_experiment *e = x->e;
    bool train = phase->samples == &e->data.train;
    size_t total = hk_phase_total(phase), samples = total / phase->epochs;
    char show[VALUE_SIZE], rest[VALUE_SIZE];
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "%s: samples %zu to %zu of the %s set of %s, ", phase->name,
                 phase->skip, phase->skip + samples - 1, train ? "training" : "test", e->data.name);
    if (phase->epochs > 1)
        hk_prose_add(&x->prose, "%zu times, ", phase->epochs);
    else
        hk_prose_add(&x->prose, "once, ");
    hk_prose_add(&x->prose, "%s; each is shown for %s",
                 phase->shuffle ? "in a new random order each time" : "in their order",
                 time_text(x, phase->show, show));
    if (phase->rest)
        hk_prose_add(&x->prose, ", followed by %s of silence", time_text(x, phase->rest, rest));
    hk_prose_add(&x->prose, ".");
    if (phase->reset) hk_prose_add(&x->prose, " The state is reset before each.");
    if (phase->retry_pop)
        hk_prose_add(&x->prose,
                     " A sample that fewer than %u spikes of %s answer is shown again, up to %u "
                     "times, each with a gain that is %g higher.",
                     phase->retry_below, hk_pop_name(phase->retry_pop), phase->retry_most,
                     phase->retry_gain);
    add_learning(x, phase);
    add_readout(x, phase);
}

static void explain_time(struct explanation *x) {
    const struct hk_experiment *e = x->e;
    char value[VALUE_SIZE];
    hk_prose_begin(&x->prose, 0);
    if (e->duration) hk_prose_add(&x->prose, "%s are simulated.", time_text(x, e->duration, value));
    for (size_t i = 0; i < e->protocol.phase_count; i++) explain_phase(x, &e->protocol.phases[i]);
    if (e->record_count == 0) return;
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "Recorded: spikes of");
    for (size_t i = 0; i < e->record_count; i++)
        hk_prose_add(&x->prose, "%s %s", i ? "," : "", hk_pop_name(e->records[i].pop));
    for (size_t k = 0; k < e->records[0].phase_count; k++)
        hk_prose_add(&x->prose, "%s %s", k ? "," : " in", e->records[0].phases[k]);
    hk_prose_add(&x->prose, ".");
}

/* ---- what holds for all ---- */

static bool explain_conventions(struct explanation *x, struct hk_err *err) {
    const struct hk_experiment *e = x->e;
    struct hk_sim_need need;
    char tick[VALUE_SIZE], window[VALUE_SIZE];
    if (!hk_sim_expect(e->sim, &need, err)) return false;
    hk_prose_begin(&x->prose, 0);
    hk_prose_add(&x->prose,
                 "Time advances on a grid of %s (resolution); spikes lie on it, and delays are "
                 "whole ticks. State, weights and sums are in %s precision. All random numbers "
                 "follow from the seed %llu; results don't depend on the number of threads, which "
                 "meet every %s.",
                 time_text(x, 1, tick), hk_sim_precision(e->sim) == HK_DOUBLE ? "double" : "single",
                 (unsigned long long)e->seed, time_text(x, need.window, window));
    hk_prose_begin(&x->prose, 0);
    hk_prose_add(&x->prose,
                 "A delay is the axon's: a spike of tick n reaches the synapse at n + delay, and "
                 "there plasticity sees it, against spikes of the target without a delay. (NEST's "
                 "delays are dendritic: there the target's spikes come later.) A weight acts as it "
                 "was "
                 "before the spike changes it.");
    hk_prose_begin(&x->prose, 0);
    hk_prose_add(&x->prose,
                 "Currents and jumps of the potential have a sign: positive weights excite, "
                 "negative ones inhibit. Conductances have none: weights aren't negative, and the "
                 "reversal potential of the receptor decides.");
    return true;
}

static bool explain_all(struct explanation *x, struct hk_err *err) {
    const struct hk_node *root = x->e->root;
    const struct hk_node *projections = hk_node_get(root, "projections");
    (void)fprintf(x->prose.out, "%s\n", x->e->name);
    hk_prose_begin(&x->prose, 0);
    if (x->e->about) hk_prose_add(&x->prose, "%s", x->e->about);
    hk_prose_title(&x->prose, "Populations");
    for (const struct hk_node *map = hk_node_get(root, "populations")->first; map; map = map->next)
        explain_population(x, map);
    if (projections && projections->first) hk_prose_title(&x->prose, "Projections");
    for (const struct hk_node *map = projections ? projections->first : NULL; map; map = map->next)
        if (!explain_projection(x, map, err)) return false;
    hk_prose_title(&x->prose, "Protocol");
    explain_time(x);
    hk_prose_title(&x->prose, "Conventions");
    if (!explain_conventions(x, err)) return false;
    hk_prose_end(&x->prose);
    return true;
}

static bool explain(const struct hk_settings *settings, struct hk_err *err) {
    const struct hk_experiment_options options = hk_settings_experiment(settings);
    struct hk_experiment experiment;
    struct explanation x = {.e = &experiment, .prose = {.out = stdout}};
    bool ok = hk_experiment_read(&experiment, &options, err) &&
              (x.scope = hk_scope_create(experiment.arena, hk_node_get(experiment.root, "params"),
                                         err)) &&
              explain_all(&x, err);
    hk_experiment_finish(&experiment);
    return ok;
}

const struct hk_command hk_command_explain = {
    .name = "explain",
    .doc = "Say in words what an experiment is",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .examples = {"explain experiments/quickstart.yaml", "explain results/brunel -D params.g=4"},
    .options = HK_OPTION_DEFINE | HK_OPTION_SEED | HK_OPTION_VERBOSE,
    .run = explain,
};
