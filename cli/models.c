/* `hillock models`: what experiments can be made of, printed from the descriptor tables. */
#include "cli/models.h"

#include "cli/command.h"

#include "io/json.h"
#include "io/nearest.h"
#include "sim/models.h"

#include <string.h>

enum { NAMES_MAX = 256, VALUE_SIZE = HK_MODEL_TEXT_SIZE };

/* ---- the list ---- */

static const char *const titles[HK_KIND_COUNT] = {
    [HK_KIND_NEURON] = "neurons (populations.NAME.model)",
    [HK_KIND_RECEPTOR] = "receptors (populations.NAME.receptors)",
    [HK_KIND_CONNECT] = "connectivity (projections.NAME.connect)",
    [HK_KIND_SYNAPSE] = "synapses (projections.NAME.synapse)",
    [HK_KIND_PLASTICITY] = "plasticity (projections.NAME.plasticity)",
    [HK_KIND_ENCODER] = "encoders of samples (populations.NAME.source.encoder)",
    [HK_KIND_SOURCE] = "sources of spikes (populations.NAME.source)",
    [HK_KIND_DRIVE] = "drives (populations.NAME.drive)",
    [HK_KIND_READOUT] = "read-outs (readouts.NAME.model)",
    [HK_KIND_REWARD] = "rewards (signals.NAME.rule)",
};

const char *hk_models_title(enum hk_model_kind kind) {
    return titles[kind];
}

static void print_all(void) {
    const struct hk_model *model;
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        (void)printf("%s%s\n", kind ? "\n" : "", titles[kind]);
        for (size_t i = 0; (model = hk_model_at((enum hk_model_kind)kind, i)); i++)
            (void)printf("  %-16s %s\n", model->name, model->doc);
    }
}

/* ---- one model ---- */

const char *hk_model_default_text(const struct hk_param *param, char text[VALUE_SIZE]) {
    double value = param->def;
    if (isnan(value) || param->kind == HK_RECORDING)
        (void)snprintf(text, VALUE_SIZE, "required");
    else if (param->kind == HK_BOOL)
        (void)snprintf(text, VALUE_SIZE, "%s", value != 0.0 ? "true" : "false");
    else if (param->kind == HK_CHOICE)
        (void)snprintf(text, VALUE_SIZE, "%s", param->choices[(size_t)value]);
    else if (param->kind == HK_LIST || param->kind == HK_TEXT)
        (void)snprintf(text, VALUE_SIZE, "none");
    else
        (void)snprintf(text, VALUE_SIZE, "%.10g", value);
    return text;
}

const char *hk_model_bounds_text(const struct hk_param *param, char text[VALUE_SIZE]) {
    size_t used = 0;
    *text = '\0';
    if (param->kind == HK_BOOL) (void)snprintf(text, VALUE_SIZE, "true | false");
    if (param->kind == HK_TEXT) (void)snprintf(text, VALUE_SIZE, "text");
    if (param->kind == HK_RECORDING) (void)snprintf(text, VALUE_SIZE, "file");
    if (param->kind == HK_REAL || param->kind == HK_INT || param->kind == HK_LIST)
        (void)snprintf(text, VALUE_SIZE, "%s%.4g .. %.4g", param->kind == HK_LIST ? "each " : "",
                       param->min, param->max);
    for (size_t i = 0; param->kind == HK_CHOICE && param->choices[i] && used < VALUE_SIZE; i++)
        used += (size_t)snprintf(text + used, VALUE_SIZE - used, "%s%s", i ? " | " : "",
                                 param->choices[i]);
    return text;
}

static const char *unit_text(const char *unit) {
    return strcmp(unit, "1") == 0 ? "-" : unit;
}

static void print_params(const struct hk_model *model) {
    char value[VALUE_SIZE], bounds[VALUE_SIZE];
    if (model->param_count == 0) {
        (void)printf("  no parameters\n");
        return;
    }
    (void)printf("  %-14s %-7s %-12s %s\n", "parameter", "unit", "default", "meaning [bounds]");
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *p = &model->params[i];
        (void)printf("  %-14s %-7s %-12s %s [%s]\n", p->name, unit_text(p->unit),
                     hk_model_default_text(p, value), p->doc, hk_model_bounds_text(p, bounds));
    }
    if (model->main_param) (void)printf("\n  `{%s: X}` sets %s\n", model->name, model->main_param);
}

static void print_columns(const struct hk_column *columns, size_t count) {
    if (count == 0) return;
    (void)printf("\n  %-14s %-7s %-12s %s\n", "state", "unit", "start", "meaning");
    for (size_t i = 0; i < count; i++)
        (void)printf("  %-14s %-7s %-12g %s%s\n", columns[i].name, unit_text(columns[i].unit),
                     columns[i].start, columns[i].doc,
                     columns[i].slow ? " (slow: survives a reset between samples)" : "");
}

static void print_model(enum hk_model_kind kind, const struct hk_model *model) {
    (void)printf("%s (%s): %s\n\n", model->name, hk_kind_name(kind), model->doc);
    print_params(model);
    if (kind == HK_KIND_NEURON) {
        const struct hk_neuron_model *neuron = (const struct hk_neuron_model *)model;
        print_columns(neuron->columns, neuron->column_count);
    }
    if (kind == HK_KIND_RECEPTOR) {
        const struct hk_receptor_model *receptor = (const struct hk_receptor_model *)model;
        print_columns(receptor->columns, receptor->column_count);
        (void)printf("\n  weights are in %s; a population appends the receptor's name: tau_exc\n",
                     receptor->weight_unit);
    }
}

/* ---- as JSON ---- */

static void put_value(struct hk_json *json, const char *key, const struct hk_param *p,
                      double value) {
    if (isnan(value) || p->kind == HK_LIST || p->kind == HK_TEXT || p->kind == HK_RECORDING)
        hk_json_null(json, key);
    else if (p->kind == HK_BOOL)
        hk_json_bool(json, key, value != 0.0);
    else if (p->kind == HK_CHOICE)
        hk_json_text(json, key, p->choices[(size_t)value]);
    else
        hk_json_number(json, key, value);
}

static void put_param(struct hk_json *json, const struct hk_param *p) {
    static const char *const kinds[] =
        {[HK_REAL] = "real", [HK_INT] = "integer", [HK_BOOL] = "flag",     [HK_CHOICE] = "choice",
         [HK_LIST] = "list", [HK_TEXT] = "text",   [HK_RECORDING] = "file"};
    bool bounded = p->kind == HK_REAL || p->kind == HK_INT || p->kind == HK_LIST;
    hk_json_object(json, NULL);
    hk_json_text(json, "name", p->name);
    hk_json_text(json, "doc", p->doc);
    hk_json_text(json, "kind", kinds[p->kind]);
    hk_json_text(json, "unit", p->unit);
    hk_json_bool(json, "required", isnan(p->def) || p->kind == HK_RECORDING);
    put_value(json, "default", p, p->def);
    if (bounded) hk_json_number(json, "min", p->min);
    if (bounded) hk_json_number(json, "max", p->max);
    if (p->kind == HK_CHOICE) {
        hk_json_array(json, "choices");
        for (size_t i = 0; p->choices[i]; i++) hk_json_text(json, NULL, p->choices[i]);
        hk_json_end(json);
    }
    hk_json_end(json);
}

static void put_columns(struct hk_json *json, const struct hk_column *columns, size_t count) {
    hk_json_array(json, "state");
    for (size_t i = 0; i < count; i++) {
        hk_json_object(json, NULL);
        hk_json_text(json, "name", columns[i].name);
        hk_json_text(json, "doc", columns[i].doc);
        hk_json_text(json, "unit", columns[i].unit);
        hk_json_number(json, "start", columns[i].start);
        hk_json_bool(json, "slow", columns[i].slow);
        hk_json_end(json);
    }
    hk_json_end(json);
}

static void put_model(struct hk_json *json, enum hk_model_kind kind, const struct hk_model *model) {
    hk_json_object(json, NULL);
    hk_json_text(json, "kind", hk_kind_name(kind));
    hk_json_text(json, "name", model->name);
    hk_json_text(json, "doc", model->doc);
    if (model->main_param) hk_json_text(json, "main", model->main_param);
    hk_json_array(json, "parameters");
    for (size_t i = 0; i < model->param_count; i++) put_param(json, &model->params[i]);
    hk_json_end(json);
    if (kind == HK_KIND_NEURON) {
        const struct hk_neuron_model *neuron = (const struct hk_neuron_model *)model;
        put_columns(json, neuron->columns, neuron->column_count);
    }
    if (kind == HK_KIND_RECEPTOR) {
        const struct hk_receptor_model *receptor = (const struct hk_receptor_model *)model;
        hk_json_text(json, "weight_unit", receptor->weight_unit);
        put_columns(json, receptor->columns, receptor->column_count);
    }
    hk_json_end(json);
}

/* Of that name; NULL: all. */
static bool print_json(const char *name, struct hk_err *err) {
    const struct hk_model *model;
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    hk_json_object(&json, NULL);
    hk_json_array(&json, "models");
    for (int kind = 0; kind < HK_KIND_COUNT; kind++)
        for (size_t i = 0; (model = hk_model_at((enum hk_model_kind)kind, i)); i++)
            if (!name || strcmp(model->name, name) == 0)
                put_model(&json, (enum hk_model_kind)kind, model);
    hk_json_end(&json);
    hk_json_end(&json);
    if (!hk_json_finish(&json, err)) return false;
    (void)printf("\n");
    return true;
}

/* ---- the command ---- */

static bool check_name(const char *name, struct hk_err *err) {
    const char *names[NAMES_MAX];
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < hk_model_row_count && i < NAMES_MAX; i++) {
        names[count++] = hk_model_rows[i].variant[HK_SINGLE][HK_ISA_BASE]->name;
        if (strcmp(names[i], name) == 0) return true;
    }
    return HK_FAIL(err, HK_ERR_USAGE, "there is no model '%s'; %s", name,
                   hk_nearest_hint(name, names, count, hint));
}

/* Models of several kinds may share a name. */
static void print_named(const char *name) {
    size_t found = 0;
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        const struct hk_model *model = hk_model_find((enum hk_model_kind)kind, name, HK_SINGLE);
        if (!model) continue;
        (void)printf("%s", found++ ? "\n" : "");
        print_model((enum hk_model_kind)kind, model);
    }
}

static bool models(const struct hk_settings *settings, struct hk_err *err) {
    const char *name = settings->argument_count ? settings->arguments[0] : NULL;
    if (name && !check_name(name, err)) return false;
    if (settings->json) return print_json(name, err);
    if (name)
        print_named(name);
    else
        print_all();
    return true;
}

const struct hk_command hk_command_models = {
    .name = "models",
    .doc = "List all models, or the parameters of one",
    .arguments = "[NAME]",
    .argument_max = 1,
    .examples = {"models lif", "models --json | jq -r '.models[].name'"},
    .options = HK_OPTION_JSON | HK_OPTION_VERBOSE,
    .run = models,
};
