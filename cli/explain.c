/* `hillock explain`: what an experiment is, in words, as a methods section would have it. Values
 * are those that will be used: worked out, with their units. */
#include "cli/explain.h"

#include "cli/command.h"
#include "cli/reading.h"
#include "io/cost.h"
#include "sim/estimate.h"

#include <string.h>

/* ---- populations ---- */

static void add_source(struct hk_explanation *x, const struct hk_node *source) {
    const struct hk_node *encoder = hk_node_get(source, "encoder");
    const struct hk_model *model = NULL;
    if (encoder) model = hk_model_find(HK_KIND_ENCODER, encoder->text, HK_SINGLE);
    for (const struct hk_node *node = source->first; node && !model; node = node->next)
        model = hk_model_find(HK_KIND_SOURCE, node->key, HK_SINGLE);
    if (!model) return;
    hk_prose_add(&x->prose, " %s: %s (%s", encoder ? "for samples" : "of spikes", model->doc,
                 model->name);
    hk_explain_params(x, source, model, NULL, "1");
    hk_prose_add(&x->prose, ").");
}

/* One kernel alone stands for two receptors; the population knows them. */
static void add_receptors(struct hk_explanation *x, const struct hk_node *map,
                          const struct hk_pop *pop) {
    const struct hk_receptor_model *receptor;
    const char *name = NULL;
    for (size_t i = 0; (receptor = hk_pop_receptor(pop, i, &name)); i++) {
        hk_prose_add(&x->prose, "%s %s: %s (%s", i ? ";" : " Receptors:", name, receptor->base.doc,
                     receptor->base.name);
        hk_explain_params(x, map, &receptor->base, name, "1");
        hk_prose_add(&x->prose, ")");
    }
    if (name) hk_prose_add(&x->prose, ".");
}

/* A current, or weights that arrive at a receptor: the one that is named, or the only one. */
static void add_drive(struct hk_explanation *x, const struct hk_node *map,
                      const struct hk_pop *pop) {
    const struct hk_node *named = hk_node_get(map, "receptor");
    const char *name = named ? named->text : NULL;
    const struct hk_receptor_model *receptor =
        name ? hk_pop_find_receptor(pop, name) : hk_pop_receptor(pop, 0, &name);
    for (const struct hk_node *node = map->first; node; node = node->next) {
        const struct hk_model *model = hk_model_find(HK_KIND_DRIVE, node->key, HK_SINGLE);
        if (!model) continue;
        hk_prose_add(&x->prose, " Drive: %s (%s", model->doc, model->name);
        hk_explain_params(x, map, model, NULL, receptor->weight_unit);
        hk_prose_add(&x->prose, ")");
        if (((const struct hk_drive_model *)model)->arrive)
            hk_prose_add(&x->prose, ", onto receptor %s", name);
        hk_prose_add(&x->prose, ".");
    }
}

/* Who drops out, each phase says. */
static void add_dropout(struct hk_explanation *x, const struct hk_node *map) {
    double part = hk_explain_dropout(x, map);
    if (part > 0.0)
        hk_prose_add(&x->prose,
                     " In a phase that says so, %g %% of the units are silent, drawn anew for each "
                     "presentation; what the others send is multiplied by %.4g.",
                     100.0 * part, 1.0 / (1.0 - part));
}

static void add_neurons(struct hk_explanation *x, const struct hk_node *map,
                        const struct hk_pop *pop) {
    char value[HK_EXPLAIN_SIZE];
    const struct hk_model *model =
        hk_model_find(HK_KIND_NEURON, hk_node_get(map, "model")->text, HK_SINGLE);
    const struct hk_node *drive = hk_node_get(map, "drive"), *init = hk_node_get(map, "init");
    hk_prose_add(&x->prose, " of the model %s, %s", model->name, model->doc);
    hk_explain_params(x, map, model, NULL, "1");
    hk_prose_add(&x->prose, ".");
    add_receptors(x, map, pop);
    if (drive && drive->kind == HK_NODE_MAP) add_drive(x, drive, pop);
    for (const struct hk_node *node = drive ? drive->first : NULL; node; node = node->next)
        if (drive->kind == HK_NODE_LIST) add_drive(x, node, pop);
    for (const struct hk_node *node = init ? init->first : NULL; node; node = node->next) {
        const struct hk_column *info =
            hk_pop_column_info(pop, (size_t)hk_pop_column(pop, node->key));
        hk_prose_add(&x->prose, " Initially %s is %s.", node->key,
                     hk_explain_dist(x, node, info->unit, value));
    }
}

static void explain_population(struct hk_explanation *x, const struct hk_node *map) {
    const struct hk_pop *pop = hk_sim_find_population(x->e->sim, map->key);
    const struct hk_node *shape = hk_node_get(map, "shape"), *source = hk_node_get(map, "source");
    char value[HK_EXPLAIN_SIZE];
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "%s: %u %s%s", map->key, hk_pop_size(pop), source ? "source" : "neuron",
                 hk_pop_size(pop) == 1 ? "" : "s");
    if (shape) hk_prose_add(&x->prose, " %s", hk_explain_value(x, shape, "1", value));
    if (source)
        add_source(x, source);
    else
        add_neurons(x, map, pop);
    add_dropout(x, map);
}

/* ---- signals ---- */

static void explain_signal(struct hk_explanation *x, const struct hk_node *map) {
    const struct hk_node *rule = hk_node_get(map, "rule"), *from = hk_node_get(map, "from"),
                         *tau = hk_node_get(map, "tau");
    char value[HK_EXPLAIN_SIZE], delay[HK_EXPLAIN_SIZE];
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "%s: a number that plasticity can follow.", map->key);
    if (rule) {
        const struct hk_model *model = hk_model_find(HK_KIND_REWARD, rule->text, HK_SINGLE);
        hk_prose_add(&x->prose, " Given for answers: %s (%s", model->doc, model->name);
        hk_explain_params(x, map, model, NULL, "1");
        hk_prose_add(&x->prose, ").");
    }
    if (from)
        hk_prose_add(&x->prose, " It grows by %s with each spike of %s, %s after it.",
                     hk_explain_value(x, hk_node_get(map, "amount"), "1", value), from->text,
                     hk_explain_value(x, hk_node_get(map, "delay"), "ms", delay));
    if (tau)
        hk_prose_add(&x->prose, " It decays with a time constant of %s.",
                     hk_explain_value(x, tau, "ms", value));
    else
        hk_prose_add(&x->prose, "%s", from ? " It doesn't decay." : " Otherwise it is 0.");
}

/* ---- projections ---- */

/* What kind of input it is: a conductance pulls towards its reversal potential, the rest pushes. */
static void add_sign(struct hk_explanation *x, const struct hk_node *map,
                     const struct hk_proj *proj) {
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
    if (!hk_node_quantity(first, receptor->weight_unit, x->scope, &value, &ignored)) return;
    hk_prose_add(&x->prose, "%s",
                 value < 0.0   ? ", inhibitory"
                 : value > 0.0 ? ", excitatory"
                               : ", of either sign");
}

static void add_delay(struct hk_explanation *x, const struct hk_node *map,
                      const struct hk_proj *proj) {
    hk_tick least = 0, most = 0;
    char value[HK_EXPLAIN_SIZE], from[HK_EXPLAIN_SIZE], to[HK_EXPLAIN_SIZE];
    hk_proj_delays(proj, &least, &most);
    hk_prose_add(&x->prose, "; delay %s",
                 hk_explain_dist(x, hk_node_get(map, "delay"), "ms", value));
    if (most > least)
        hk_prose_add(&x->prose, ", in whole ticks from %s to %s", hk_explain_time(x, least, from),
                     hk_explain_time(x, most, to));
    hk_prose_add(&x->prose, ".");
}

/* A model under its name alone, or in a map with its parameters. */
static const struct hk_model *named_model(enum hk_model_kind kind, const struct hk_node *node,
                                          const char *name_key) {
    const struct hk_node *named = node->kind == HK_NODE_MAP ? hk_node_get(node, name_key) : node;
    return hk_model_find(kind, named->text, HK_SINGLE);
}

static void add_model(struct hk_explanation *x, const struct hk_node *node,
                      const struct hk_model *model, const char *weight_unit) {
    hk_prose_add(&x->prose, " %s (%s", model->doc, model->name);
    if (node->kind == HK_NODE_MAP) hk_explain_params(x, node, model, NULL, weight_unit);
    hk_prose_add(&x->prose, ")");
}

/* "; 10 groups of neighbours, a source reaches all groups but its own" */
static void add_groups(struct hk_explanation *x, const struct hk_proj *proj) {
    struct hk_blocks blocks;
    if (!hk_proj_groups(proj, &blocks) || blocks.groups < 2) return;
    hk_prose_add(&x->prose, "; %u groups of ", blocks.groups);
    if (blocks.interleaved)
        hk_prose_add(&x->prose, "every %uth unit", blocks.groups);
    else
        hk_prose_add(&x->prose, "neighbours");
    hk_prose_add(&x->prose, ", a source reaches %s%s",
                 blocks.others ? "all groups but its own" : "its own group",
                 blocks.except_same ? ", except the target of its own index" : "");
}

static bool explain_projection(struct hk_explanation *x, const struct hk_node *map,
                               struct hk_err *err) {
    const struct hk_proj *proj = hk_sim_find_projection(x->e->sim, map->key);
    const struct hk_node *connect = hk_node_get(map, "connect"),
                         *synapse = hk_node_get(map, "synapse"),
                         *normalise = hk_node_get(map, "normalise");
    const char *unit = hk_proj_weight_unit(proj);
    double synapses = 0.0, targets = hk_pop_size(hk_proj_target(proj));
    char value[HK_EXPLAIN_SIZE];
    if (!hk_proj_expect(proj, &synapses, err)) return false;
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "%s:", map->key);
    add_model(x, connect, named_model(HK_KIND_CONNECT, connect, "rule"), unit);
    add_groups(x, proj);
    hk_prose_add(&x->prose, "; %.0f synapse%s expected, %.4g a target. Weight %s", synapses,
                 synapses == 1.0 ? "" : "s", synapses / targets,
                 hk_explain_dist(x, hk_node_get(map, "weight"), unit, value));
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
                     hk_explain_value(x, normalise, unit, value));
    return true;
}

/* ---- what holds for all ---- */

static void explain_time(struct hk_explanation *x) {
    const struct hk_sim *sim = x->e->sim;
    char tick[HK_EXPLAIN_SIZE];
    hk_prose_begin(&x->prose, 0);
    if (hk_sim_clock(sim) == HK_CLOCK_EXACT)
        hk_prose_add(&x->prose,
                     "Time is exact (clock: exact): nothing happens between events, and a spike is "
                     "stamped with the first tick of %s (resolution) at which its neuron is no "
                     "longer below the threshold. Delays are whole ticks.",
                     hk_explain_time(x, 1, tick));
    else
        hk_prose_add(&x->prose,
                     "Time advances on a grid of %s (resolution); spikes lie on it, and delays are "
                     "whole ticks.",
                     hk_explain_time(x, 1, tick));
    hk_prose_add(&x->prose,
                 " State, weights and sums are in %s precision. All random numbers follow from the "
                 "seed %llu; results don't depend on the number of threads.",
                 hk_sim_precision(sim) == HK_DOUBLE ? "double" : "single",
                 (unsigned long long)x->e->seed);
}

/* Which clock suits, from what each was measured to cost: docs/performance.md. */
static bool explain_clock(struct hk_explanation *x, struct hk_err *err) {
    const double STEPS_PER_S = 1e4;
    const double even = STEPS_PER_S * HK_COST_STEP / HK_COST_WAY;
    const struct hk_sim *sim = x->e->sim;
    struct hk_err why = {.code = HK_OK};
    double synapses = 0.0, neurons = 0.0;
    hk_prose_begin(&x->prose, 0);
    if (!hk_sim_suits_exact(sim, &why)) {
        hk_prose_add(&x->prose, "A grid is the only clock for it: %s.", why.message);
        return true;
    }
    for (size_t i = 0; hk_sim_projection(sim, i); i++) {
        double count = 0.0;
        if (!hk_proj_expect(hk_sim_projection(sim, i), &count, err)) return false;
        synapses += count;
    }
    for (size_t i = 0; hk_sim_population(sim, i); i++)
        if (hk_pop_has_neurons(hk_sim_population(sim, i)))
            neurons += hk_pop_size(hk_sim_population(sim, i));
    hk_prose_add(&x->prose,
                 "Both clocks are possible. A grid of 0.1 ms pays for steps, the exact clock for "
                 "arrivals, pulses of drives included: it is the quicker one below some %.0f of "
                 "them a neuron and second",
                 even);
    if (synapses > 0.0 && neurons > 0.0)
        hk_prose_add(&x->prose, ", which with %.4g synapses a neuron is a mean rate of %.2g Hz",
                     synapses / neurons, even * neurons / synapses);
    hk_prose_add(&x->prose, "; and the one to take where spike times have to be exact.");
    return true;
}

static bool explain_conventions(struct hk_explanation *x, struct hk_err *err) {
    explain_time(x);
    if (!explain_clock(x, err)) return false;
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

static bool explain_all(struct hk_explanation *x, struct hk_err *err) {
    const struct hk_node *root = x->e->root;
    const struct hk_node *projections = hk_node_get(root, "projections"),
                         *signals = hk_node_get(root, "signals");
    (void)fprintf(x->prose.out, "%s\n", x->e->name);
    hk_prose_begin(&x->prose, 0);
    if (x->e->about) hk_prose_add(&x->prose, "%s", x->e->about);
    hk_prose_title(&x->prose, "Populations");
    for (const struct hk_node *map = hk_node_get(root, "populations")->first; map; map = map->next)
        explain_population(x, map);
    if (signals && signals->first) hk_prose_title(&x->prose, "Signals");
    for (const struct hk_node *map = signals ? signals->first : NULL; map; map = map->next)
        explain_signal(x, map);
    if (projections && projections->first) hk_prose_title(&x->prose, "Projections");
    for (const struct hk_node *map = projections ? projections->first : NULL; map; map = map->next)
        if (!explain_projection(x, map, err)) return false;
    hk_prose_title(&x->prose, "Protocol");
    hk_explain_protocol(x);
    hk_prose_title(&x->prose, "Conventions");
    if (!explain_conventions(x, err)) return false;
    hk_prose_end(&x->prose);
    return true;
}

static bool explain(const struct hk_settings *settings, struct hk_err *err) {
    const struct hk_experiment_options options = hk_settings_experiment(settings);
    struct hk_experiment experiment;
    struct hk_explanation x = {.e = &experiment, .prose = {.out = stdout}};
    bool ok = hk_open_experiment(&experiment, &options, settings, err) &&
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
