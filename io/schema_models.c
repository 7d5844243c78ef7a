/* The schema of models. For each kind three sorts of definitions: "lif neuron" is a map that names
 * this model, with its parameters; "any neuron" one that leaves the name to `defaults:` or `base:`,
 * with the parameters of all; and what chooses between them by the name. */
#include "io/schema_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 96, PATTERN_SIZE = 1024 };

static const char *const short_names[HK_KIND_COUNT] = {
    [HK_KIND_NEURON] = "neuron",         [HK_KIND_RECEPTOR] = "receptor",
    [HK_KIND_CONNECT] = "connect",       [HK_KIND_SYNAPSE] = "synapse",
    [HK_KIND_PLASTICITY] = "plasticity", [HK_KIND_ENCODER] = "encoder",
    [HK_KIND_SOURCE] = "source",         [HK_KIND_DRIVE] = "drive",
    [HK_KIND_READOUT] = "readout",       [HK_KIND_REWARD] = "reward",
};

/* "lif-neuron"; of no model "any-neuron". */
static const char *definition(enum hk_model_kind kind, const struct hk_model *model,
                              char name[NAME_SIZE]) {
    (void)snprintf(name, NAME_SIZE, "%s-%s", model ? model->name : "any", short_names[kind]);
    return name;
}

static void begin_map(struct hk_json *json, const char *name, const char *doc) {
    hk_json_object(json, name);
    if (doc) hk_json_text(json, "description", doc);
    hk_json_text(json, "type", "object");
    hk_json_object(json, "properties");
}

static void end_map(struct hk_json *json) {
    hk_json_bool(json, "additionalProperties", false);
    hk_json_end(json);
}

/* {"required": [word]} */
static void put_has(struct hk_json *json, const char *key, const char *word) {
    hk_json_object(json, key);
    hk_schema_enum(json, "required", (const char *const[]){word, NULL});
    hk_json_end(json);
}

static void put_names(struct hk_json *json, const char *key, enum hk_model_kind kind) {
    const struct hk_model *model;
    hk_json_object(json, key);
    hk_json_array(json, "enum");
    for (size_t i = 0; (model = hk_model_at(kind, i)); i++) hk_json_text(json, NULL, model->name);
    hk_json_end(json);
    hk_json_end(json);
}

/* ---- parameters ---- */

/* "membrane time constant [0.001 .. 1e+06 ms]" */
static void put_doc(struct hk_json *json, const struct hk_param *param) {
    char text[256];
    bool bounded = param->kind == HK_REAL || param->kind == HK_INT || param->kind == HK_LIST;
    bool pure = strcmp(param->unit, "1") == 0 || strcmp(param->unit, "weight") == 0;
    (void)snprintf(text, sizeof text, "%s", param->doc);
    if (bounded)
        (void)snprintf(text, sizeof text, "%s [%.4g .. %.4g%s%s]", param->doc, param->min,
                       param->max, pure ? "" : " ", pure ? "" : param->unit);
    hk_json_text(json, "description", text);
}

static void put_default(struct hk_json *json, const struct hk_param *param) {
    char text[HK_DEFAULT_SIZE];
    if (strcmp(param->unit, "weight") == 0 || !hk_param_default(param, param->unit, text)) return;
    bool number = strcmp(param->unit, "1") == 0 && param->kind != HK_CHOICE;
    if (number)
        hk_json_raw(json, "default", text);
    else
        hk_json_text(json, "default", text);
}

/* Without a unit, bounds are checked here too. */
static void put_number(struct hk_json *json, const char *key, const struct hk_param *param) {
    if (strcmp(param->unit, "1") != 0) {
        hk_schema_ref(json, key, param->unit);
        return;
    }
    hk_json_object(json, key);
    hk_json_array(json, "anyOf");
    hk_json_object(json, NULL);
    hk_json_text(json, "type", param->kind == HK_INT ? "integer" : "number");
    hk_json_number(json, "minimum", param->min);
    hk_json_number(json, "maximum", param->max);
    hk_json_end(json);
    hk_json_raw(json, NULL, "{\"type\":\"string\",\"pattern\":\"^=\"}");
    hk_json_end(json);
    hk_json_end(json);
}

static void put_param(struct hk_json *json, const char *key, const struct hk_param *param) {
    hk_json_object(json, key);
    put_doc(json, param);
    put_default(json, param);
    if (param->kind == HK_CHOICE) hk_schema_enum(json, "enum", param->choices);
    hk_json_array(json, "allOf");
    switch (param->kind) {
    case HK_REAL:
    case HK_INT: put_number(json, NULL, param); break;
    case HK_BOOL: hk_schema_ref(json, NULL, "flag"); break;
    case HK_LIST:
        hk_json_object(json, NULL);
        hk_json_array(json, "anyOf");
        put_number(json, NULL, param);
        hk_json_object(json, NULL);
        hk_json_text(json, "type", "array");
        put_number(json, "items", param);
        hk_json_end(json);
        hk_json_end(json);
        hk_json_end(json);
        break;
    case HK_CHOICE:
    case HK_TEXT:
    case HK_RECORDING: hk_schema_ref(json, NULL, "text"); break;
    }
    hk_json_end(json);
    hk_json_end(json);
}

static bool is_required(const struct hk_param *param) {
    return isnan(param->def) || param->kind == HK_RECORDING;
}

static bool has_recording(const struct hk_model *model) {
    for (size_t i = 0; i < model->param_count; i++)
        if (model->params[i].kind == HK_RECORDING) return true;
    return false;
}

/* The members of a model's parameters; and what may stand beside the path of a recording. */
static void put_params(struct hk_json *json, const struct hk_model *model) {
    for (size_t i = 0; i < model->param_count; i++)
        put_param(json, model->params[i].name, &model->params[i]);
    if (has_recording(model)) hk_schema_words(json, &hk_words_recording);
}

/* Models of a kind that have a parameter in common say the same of it. */
static bool seen_before(enum hk_model_kind kind, size_t before, const char *name) {
    for (size_t i = 0; i < before; i++)
        if (hk_param_find(hk_model_at(kind, i), name)) return true;
    return false;
}

static void put_all_params(struct hk_json *json, enum hk_model_kind kind) {
    const struct hk_model *model;
    for (size_t m = 0; (model = hk_model_at(kind, m)); m++)
        for (size_t i = 0; i < model->param_count; i++)
            if (!seen_before(kind, m, model->params[i].name))
                put_param(json, model->params[i].name, &model->params[i]);
}

/* `name_key` and all parameters that must be given, but the one that `skip` names. */
static void put_required(struct hk_json *json, const struct hk_model *model, const char *name_key,
                         const char *skip) {
    hk_json_array(json, "required");
    hk_json_text(json, NULL, name_key);
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *p = &model->params[i];
        bool skipped = strcmp(p->name, name_key) == 0 || (skip && strcmp(p->name, skip) == 0);
        if (is_required(p) && !skipped) hk_json_text(json, NULL, p->name);
    }
    hk_json_end(json);
}

/* ---- models that are named: `connect: {rule: probability, p: 0.1}` ---- */

/* `words`: what else may stand in such a map; or NULL, and parameters that are needed must. */
static void put_named_model(struct hk_json *json, enum hk_model_kind kind,
                            const struct hk_model *model, const char *name_key,
                            const struct hk_words *words) {
    char name[NAME_SIZE];
    begin_map(json, definition(kind, model, name), model->doc);
    if (words)
        hk_schema_words(json, words);
    else
        put_names(json, name_key, kind);
    put_params(json, model);
    hk_json_end(json);
    if (!words) put_required(json, model, name_key, NULL);
    end_map(json);
}

static void put_any(struct hk_json *json, enum hk_model_kind kind, const struct hk_words *words) {
    char name[NAME_SIZE];
    begin_map(json, definition(kind, NULL, name), NULL);
    if (words) hk_schema_words(json, words);
    put_all_params(json, kind);
    hk_json_end(json);
    end_map(json);
}

/* The map of the model that is named, or of any where none is. */
static void put_choice(struct hk_json *json, enum hk_model_kind kind, const char *name_key) {
    const struct hk_model *model;
    char name[NAME_SIZE];
    hk_json_text(json, "type", "object");
    hk_json_object(json, "properties");
    put_names(json, name_key, kind);
    hk_json_end(json);
    hk_json_array(json, "allOf");
    for (size_t i = 0; (model = hk_model_at(kind, i)); i++) {
        hk_json_object(json, NULL);
        hk_json_object(json, "if");
        hk_json_object(json, "properties");
        hk_json_object(json, name_key);
        hk_json_text(json, "const", model->name);
        hk_json_end(json);
        hk_json_end(json);
        hk_schema_enum(json, "required", (const char *const[]){name_key, NULL});
        hk_json_end(json);
        hk_schema_ref(json, "then", definition(kind, model, name));
        hk_json_end(json);
    }
    hk_json_object(json, NULL);
    put_has(json, "if", name_key);
    hk_json_bool(json, "then", true);
    hk_schema_ref(json, "else", definition(kind, NULL, name));
    hk_json_end(json);
    hk_json_end(json);
}

static bool needs_nothing(const struct hk_model *model) {
    for (size_t i = 0; i < model->param_count; i++)
        if (is_required(&model->params[i])) return false;
    return true;
}

/* Names that may stand alone: of models whose parameters all have defaults. */
static void put_bare_names(struct hk_json *json, enum hk_model_kind kind) {
    const struct hk_model *model;
    size_t count = 0;
    for (size_t i = 0; (model = hk_model_at(kind, i)); i++) {
        if (!needs_nothing(model)) continue;
        if (count++ == 0) {
            hk_json_object(json, "then");
            hk_json_array(json, "enum");
        }
        hk_json_text(json, NULL, model->name);
    }
    if (count == 0) {
        hk_json_bool(json, "then", false);
        return;
    }
    hk_json_end(json);
    hk_json_end(json);
}

/* `synapse: static` or `synapse: {model: tsodyks-markram, u: 0.3}` */
static void put_named(struct hk_json *json, enum hk_model_kind kind, const char *name_key) {
    const struct hk_model *model;
    for (size_t i = 0; (model = hk_model_at(kind, i)); i++)
        put_named_model(json, kind, model, name_key, NULL);
    put_any(json, kind, NULL);
    hk_json_object(json, short_names[kind]);
    hk_json_text(json, "description", hk_kind_name(kind));
    hk_json_raw(json, "if", "{\"type\":\"string\"}");
    put_bare_names(json, kind);
    hk_json_object(json, "else");
    put_choice(json, kind, name_key);
    hk_json_end(json);
    hk_json_end(json);
}

/* Maps with a model in them and keys of their own beside: `{model: argmax, from: out}`,
 * `{rule: fixed, tau: 5 ms}`. */
static void put_embedded(struct hk_json *json, enum hk_model_kind kind, const char *name_key,
                         const struct hk_words *words) {
    const struct hk_model *model;
    char names[NAME_SIZE];
    (void)snprintf(names, sizeof names, "%s-%s", short_names[kind], name_key);
    put_names(json, names, kind);
    for (size_t i = 0; (model = hk_model_at(kind, i)); i++)
        put_named_model(json, kind, model, name_key, words);
    put_any(json, kind, words);
    hk_json_object(json, words->name);
    hk_json_text(json, "description", words->doc);
    put_choice(json, kind, name_key);
    hk_json_end(json);
}

/* ---- models that are keys: `source: {poisson: 10 Hz}` ---- */

static void put_keyed_model(struct hk_json *json, enum hk_model_kind kind,
                            const struct hk_model *model) {
    const struct hk_param *main =
        model->main_param ? hk_param_find(model, model->main_param) : NULL;
    char name[NAME_SIZE];
    begin_map(json, definition(kind, model, name), model->doc);
    if (main && strcmp(main->name, model->name) != 0) put_param(json, model->name, main);
    put_params(json, model);
    hk_json_end(json);
    put_required(json, model, model->name, model->main_param);
    end_map(json);
}

/* Entries of "allOf": what holds for each key that names a model. */
static void put_keyed_cases(struct hk_json *json, enum hk_model_kind kind) {
    const struct hk_model *model;
    char name[NAME_SIZE];
    for (size_t i = 0; (model = hk_model_at(kind, i)); i++) {
        hk_json_object(json, NULL);
        put_has(json, "if", model->name);
        hk_schema_ref(json, "then", definition(kind, model, name));
        hk_json_end(json);
    }
}

/* {"if": {"anyOf": [has one of them]}, "then": true, "else": any of `kinds` } */
static void put_keyed_else(struct hk_json *json, enum hk_model_kind kind, const char *also) {
    const struct hk_model *model;
    char name[NAME_SIZE];
    hk_json_object(json, NULL);
    hk_json_object(json, "if");
    hk_json_array(json, "anyOf");
    if (also) put_has(json, NULL, also);
    for (size_t i = 0; (model = hk_model_at(kind, i)); i++) put_has(json, NULL, model->name);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_bool(json, "then", true);
    hk_json_object(json, "else");
    hk_json_array(json, "anyOf");
    hk_schema_ref(json, NULL, definition(kind, NULL, name));
    if (also) hk_schema_ref(json, NULL, definition(HK_KIND_ENCODER, NULL, name));
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
}

static void put_drives(struct hk_json *json) {
    const struct hk_model *model;
    for (size_t i = 0; (model = hk_model_at(HK_KIND_DRIVE, i)); i++)
        put_keyed_model(json, HK_KIND_DRIVE, model);
    put_any(json, HK_KIND_DRIVE, NULL);
    hk_json_object(json, "drive");
    hk_json_text(json, "type", "object");
    hk_json_array(json, "allOf");
    put_keyed_cases(json, HK_KIND_DRIVE);
    put_keyed_else(json, HK_KIND_DRIVE, NULL);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_object(json, "drives");
    hk_json_array(json, "anyOf");
    hk_schema_ref(json, NULL, "drive");
    hk_schema_ref(json, NULL, "drive[]");
    hk_json_end(json);
    hk_json_end(json);
}

/* What spikes by itself, and what makes spikes of samples: `source: {encoder: latency, ...}`. */
static void put_sources(struct hk_json *json) {
    const struct hk_model *model;
    for (size_t i = 0; (model = hk_model_at(HK_KIND_SOURCE, i)); i++)
        put_keyed_model(json, HK_KIND_SOURCE, model);
    put_any(json, HK_KIND_SOURCE, NULL);
    put_named(json, HK_KIND_ENCODER, "encoder");
    hk_json_object(json, "spike-source");
    hk_json_text(json, "type", "object");
    hk_json_array(json, "allOf");
    hk_json_object(json, NULL);
    put_has(json, "if", "encoder");
    hk_schema_ref(json, "then", "encoder");
    hk_json_end(json);
    put_keyed_cases(json, HK_KIND_SOURCE);
    put_keyed_else(json, HK_KIND_SOURCE, "encoder");
    hk_json_end(json);
    hk_json_end(json);
}

/* ---- populations ---- */

static void HK_PRINTF(2, 3) add(char text[PATTERN_SIZE], const char *format, ...) {
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, PATTERN_SIZE - used, format, args);
    va_end(args);
    HK_ASSERT(strlen(text) + 1 < PATTERN_SIZE);
}

/* A receptor's parameter stands beside the neuron's with the receptor's name behind. The pattern
 * of such keys, "^(?!(?:tau_m|tau_theta|)$)tau_.+$": the neuron's own aren't meant. */
static const char *receptor_pattern(const char *param, char text[PATTERN_SIZE]) {
    const struct hk_model *model;
    size_t size = strlen(param);
    *text = '\0';
    add(text, "^(?!(?:");
    for (size_t m = 0; (model = hk_model_at(HK_KIND_NEURON, m)); m++)
        for (size_t i = 0; i < model->param_count; i++) {
            const char *own = model->params[i].name;
            if (strncmp(own, param, size) == 0 && own[size] == '_') add(text, "%s|", own);
        }
    add(text, ")$)%s_.+$", param);
    return text;
}

static void put_receptor_params(struct hk_json *json) {
    const struct hk_model *model;
    char pattern[PATTERN_SIZE];
    hk_json_object(json, "patternProperties");
    for (size_t m = 0; (model = hk_model_at(HK_KIND_RECEPTOR, m)); m++)
        for (size_t i = 0; i < model->param_count; i++) {
            const struct hk_param *p = &model->params[i];
            if (!seen_before(HK_KIND_RECEPTOR, m, p->name))
                put_param(json, receptor_pattern(p->name, pattern), p);
        }
    hk_json_end(json);
}

/* `model` NULL: any. */
static void put_neurons(struct hk_json *json, const struct hk_model *model) {
    char name[NAME_SIZE];
    begin_map(json, definition(HK_KIND_NEURON, model, name), model ? model->doc : NULL);
    hk_schema_words(json, &hk_words_neurons);
    if (model)
        put_params(json, model);
    else
        put_all_params(json, HK_KIND_NEURON);
    hk_json_end(json);
    put_receptor_params(json);
    end_map(json);
}

/* "^(?:v|theta|(?:i|g)_.+)$": columns of neurons, and of receptors with the receptor's name. */
static void put_init(struct hk_json *json) {
    const struct hk_model *model;
    char pattern[PATTERN_SIZE] = "^(?:";
    for (size_t m = 0; (model = hk_model_at(HK_KIND_NEURON, m)); m++) {
        const struct hk_neuron_model *neuron = (const struct hk_neuron_model *)model;
        for (size_t c = 0; c < neuron->column_count; c++)
            add(pattern, "%s|", neuron->columns[c].name);
    }
    add(pattern, "(?:");
    const char *between = "";
    for (size_t m = 0; (model = hk_model_at(HK_KIND_RECEPTOR, m)); m++) {
        const struct hk_receptor_model *receptor = (const struct hk_receptor_model *)model;
        for (size_t c = 0; c < receptor->column_count; c++, between = "|")
            add(pattern, "%s%s", between, receptor->columns[c].name);
    }
    add(pattern, ")_.+)$");
    hk_json_object(json, "init");
    hk_json_text(json, "type", "object");
    hk_json_object(json, "propertyNames");
    hk_json_text(json, "pattern", pattern);
    hk_json_end(json);
    hk_schema_ref(json, "additionalProperties", "start-dist");
    hk_json_end(json);
}

/* Where receptors have their usual names, a parameter of a receptor ends in one of them: so
 * `tau_mm` isn't taken for one. Holds where nothing comes from `defaults:` or `base:`. */
static void put_usual_names(struct hk_json *json) {
    const struct hk_model *model;
    hk_json_object(json, "usual-names");
    hk_json_raw(json, "if",
                "{\"properties\":{\"receptors\":{\"anyOf\":[{\"type\":\"string\"},"
                "{\"type\":\"object\",\"propertyNames\":{\"enum\":[\"exc\",\"inh\"]}}]}}}");
    hk_json_object(json, "then");
    hk_json_object(json, "propertyNames");
    hk_json_array(json, "anyOf");
    hk_json_raw(json, NULL, "{\"pattern\":\"_(?:exc|inh)$\"}");
    hk_json_object(json, NULL);
    hk_json_array(json, "enum");
    hk_json_text(json, NULL, "source");
    for (size_t i = 0; i < hk_words_neurons.count; i++)
        hk_json_text(json, NULL, hk_words_neurons.word[i].name);
    for (size_t m = 0; (model = hk_model_at(HK_KIND_NEURON, m)); m++)
        for (size_t i = 0; i < model->param_count; i++)
            if (!seen_before(HK_KIND_NEURON, m, model->params[i].name))
                hk_json_text(json, NULL, model->params[i].name);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
}

static void put_populations(struct hk_json *json) {
    const struct hk_model *model;
    put_names(json, "neuron", HK_KIND_NEURON);
    for (size_t i = 0; (model = hk_model_at(HK_KIND_NEURON, i)); i++) put_neurons(json, model);
    put_neurons(json, NULL);
    put_init(json);
    put_usual_names(json);
    put_names(json, "kernel", HK_KIND_RECEPTOR);
    hk_json_object(json, "receptors");
    hk_json_array(json, "anyOf");
    hk_schema_ref(json, NULL, "kernel");
    hk_schema_ref(json, NULL, "kernel{}");
    hk_json_end(json);
    hk_json_end(json);
    begin_map(json, "source-population", hk_words_source.doc);
    hk_schema_words(json, &hk_words_source);
    hk_json_end(json);
    end_map(json);
    hk_json_object(json, "population");
    put_has(json, "if", "source");
    hk_schema_ref(json, "then", "source-population");
    hk_json_object(json, "else");
    put_choice(json, HK_KIND_NEURON, "model");
    hk_json_end(json);
    hk_json_end(json);
}

void hk_schema_models(struct hk_json *json) {
    put_populations(json);
    put_sources(json);
    put_drives(json);
    put_named(json, HK_KIND_CONNECT, "rule");
    put_named(json, HK_KIND_SYNAPSE, "model");
    put_named(json, HK_KIND_PLASTICITY, "rule");
    put_embedded(json, HK_KIND_READOUT, "model", &hk_words_readout);
    put_embedded(json, HK_KIND_REWARD, "rule", &hk_words_signal);
}
