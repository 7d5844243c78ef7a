#include "cli/reference.h"

#include "cli/models.h"
#include "io/spike_stats.h"
#include "io/vocabulary.h"

#include <string.h>

/* ---- what a key takes ---- */

/* Of types that are neither maps with a section of their own nor choices. */
static const struct {
    const char *type, *words;
} types[] = {
    {"text", "a text"},
    {"version", "`1`"},
    {"seed", "a whole number from 0 to 2^64 - 1"},
    {"flag", "`true` or `false`"},
    {"number", "a number"},
    {"whole", "a whole number from 0"},
    {"count", "a whole number from 1"},
    {"part", "a number from 0 to below 1"},
    {"time", "a time: `20 ms`"},
    {"times", "two times: `[5 ms, 12 ms]`"},
    {"sides", "two counts: `[22, 22]`"},
    {"sha256", "64 hexadecimal digits, as `sha256sum` prints them"},
    {"quantity", "a number with or without a unit"},
    {"weight", "a value in the receptor's unit (mV, pA or nS)"},
    {"time-dist", "a time, or a [distribution](#distribution) of such"},
    {"weight-dist", "a value in the receptor's unit, or a [distribution](#distribution) of such"},
    {"interval", "a time: `1 ms`, or a number of samples: `100 samples`"},
    {"trigger", "`spike of POPULATION`"},
    {"some-units", "a list of units, or [units](#units)"},
    {"weights", "two weights: `[0 pA, 100 pA]`"},
    {"pair", "two values"},
    {"ends", "two values"},
    {"values", "a map of paths, as of `-D`, to values"},
    {"axes", "a map of paths to lists of values or [ranges](#range)"},
    {"seed-list", "a list of seeds, or [seeds](#seeds)"},
    {"collect", "a map of names to paths in the results, or a list of such paths"},
    {"dataset", "the name of a set, or [data](#data)"},
    {"population", "[neurons](#neurons) or a [source](#source)"},
    {"projections", "a map of `source->target` to [projections](#projection)"},
    {"reports", "[report](#report)"},
    {"measures", "a list of [measures](#measures)"},
    {"learn", "`true`, `false` or a list of projections"},
    {"init", "a map of state variables to values or [starts](#start)"},
    {"receptors", "a [receptor](#receptors), or a map of names to such"},
    {"drives", "a [drive](#drives), or a list of such"},
    {"spike-source", "`{encoder: `[NAME](#encoders)`, ...}` or `{`[NAME](#sources)`: VALUE, ...}`"},
    {"neuron", "the name of a [neuron model](#neuron-models)"},
    {"connect", "the name of a [connectivity rule](#connectivity), or `{rule: NAME, ...}`"},
    {"synapse", "the name of a [synapse](#synapses), or `{model: NAME, ...}`"},
    {"plasticity", "`{rule: `[NAME](#plasticity)`, ...}`"},
    {"readout-model", "the name of a [read-out model](#read-out-models)"},
    {"reward-rule", "the name of a [reward](#rewards)"},
};

static const struct hk_words *find_words(const char *name, size_t size) {
    const struct hk_words *words;
    for (size_t i = 0; (words = hk_words_at(i)); i++)
        if (strlen(words->name) == size && strncmp(words->name, name, size) == 0) return words;
    return NULL;
}

static void print_type(const char *type, FILE *out) {
    size_t size = strlen(type);
    bool list = size > 2 && strcmp(type + size - 2, "[]") == 0;
    bool map = size > 2 && strcmp(type + size - 2, "{}") == 0;
    if (list || map) size -= 2;
    if (list) (void)fprintf(out, "a list of: ");
    if (map) (void)fprintf(out, "a map of names to: ");
    for (size_t i = 0; i < HK_COUNT(types); i++) {
        if (strlen(types[i].type) != size || strncmp(types[i].type, type, size) != 0) continue;
        (void)fprintf(out, "%s", types[i].words);
        return;
    }
    if (find_words(type, size))
        (void)fprintf(out, "[%.*s](#%.*s)", (int)size, type, (int)size, type);
    else
        (void)fprintf(out, "?"); /* a test looks for it */
}

static void print_choices(const char *const *choices, FILE *out) {
    for (size_t i = 0; choices[i]; i++) (void)fprintf(out, "%s`%s`", i ? ", " : "", choices[i]);
}

/* ---- keys ---- */

static void print_default(const char *def, FILE *out) {
    if (def == hk_word_required)
        (void)fprintf(out, "required");
    else if (def)
        (void)fprintf(out, "`%s`", def);
}

static void print_words(const struct hk_words *words, FILE *out) {
    (void)fprintf(out,
                  "\n### %s\n\n%s%s.\n\n| key | takes | default | meaning |\n|---|---|---|---|\n",
                  words->name, (char[]){(char)(words->doc[0] - 'a' + 'A'), '\0'}, words->doc + 1);
    for (size_t i = 0; i < words->count; i++) {
        const struct hk_word *word = &words->word[i];
        (void)fprintf(out, "| `%s` | ", word->name);
        if (word->choices)
            print_choices(word->choices, out);
        else
            print_type(word->type, out);
        (void)fprintf(out, " | ");
        print_default(word->def, out);
        (void)fprintf(out, " | %s |\n", word->doc);
    }
}

static void print_keys(FILE *out) {
    const struct hk_words *words;
    (void)fprintf(out, "\n## Keys\n");
    for (size_t i = 0; (words = hk_words_at(i)); i++) print_words(words, out);
    (void)fprintf(out, "\n### measures\n\nOf the spikes of a population: ");
    for (size_t i = 0; i < HK_SPIKES_MEASURES; i++)
        (void)fprintf(out, "%s`%s`", i ? ", " : "", hk_spike_measure_names[i]);
    (void)fprintf(out, ".\n");
}

/* ---- models ---- */

/* Headings, so that links are short. */
static const struct {
    const char *title, *note;
} kinds[HK_KIND_COUNT] = {
    [HK_KIND_NEURON] = {"Neuron models", "Parameters stand beside `model:`."},
    [HK_KIND_RECEPTOR] = {"Receptors",
                          "A parameter has the receptor's name behind: `tau` of `exc` is "
                          "`tau_exc`."},
    [HK_KIND_CONNECT] = {"Connectivity", "Parameters stand beside `rule:`."},
    [HK_KIND_SYNAPSE] = {"Synapses", "Parameters stand beside `model:`."},
    [HK_KIND_PLASTICITY] = {"Plasticity",
                            "Parameters stand beside `rule:`. The unit `weight` is that "
                            "of the receptor."},
    [HK_KIND_ENCODER] = {"Encoders", "Parameters stand beside `encoder:`."},
    [HK_KIND_SOURCE] = {"Sources", "Parameters stand beside the name."},
    [HK_KIND_DRIVE] = {"Drives", "Parameters stand beside the name."},
    [HK_KIND_READOUT] = {"Read-out models", "Parameters stand beside `model:`."},
    [HK_KIND_REWARD] = {"Rewards", "Parameters stand beside `rule:`."},
};

/* A stroke would end the cell. */
static void print_cell(const char *text, FILE *out) {
    for (; *text; text++) (void)fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static const char *unit_text(const char *unit) {
    return strcmp(unit, "1") == 0 ? "" : unit;
}

static void print_params(const struct hk_model *model, FILE *out) {
    char text[HK_MODEL_TEXT_SIZE];
    if (model->param_count == 0) return;
    (void)fprintf(out,
                  "\n| parameter | unit | default | bounds | meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *p = &model->params[i];
        (void)fprintf(out, "| `%s` | %s | %s | ", p->name, unit_text(p->unit),
                      hk_model_default_text(p, text));
        print_cell(hk_model_bounds_text(p, text), out);
        (void)fprintf(out, " | %s |\n", p->doc);
    }
    if (model->main_param)
        (void)fprintf(out, "\n`{%s: X}` sets `%s`.\n", model->name, model->main_param);
}

static void print_columns(const struct hk_column *columns, size_t count, FILE *out) {
    if (count == 0) return;
    (void)fprintf(out, "\n| state | unit | start | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "| `%s` | %s | %g | %s%s |\n", columns[i].name,
                      unit_text(columns[i].unit), columns[i].start, columns[i].doc,
                      columns[i].slow ? " (slow: survives a reset between samples)" : "");
}

static void print_model(enum hk_model_kind kind, const struct hk_model *model, FILE *out) {
    (void)fprintf(out, "\n### `%s`\n\n%s.\n", model->name, model->doc);
    if (kind == HK_KIND_RECEPTOR)
        (void)fprintf(out, "Weights are in %s.\n",
                      ((const struct hk_receptor_model *)model)->weight_unit);
    print_params(model, out);
    if (kind == HK_KIND_NEURON) {
        const struct hk_neuron_model *neuron = (const struct hk_neuron_model *)model;
        print_columns(neuron->columns, neuron->column_count, out);
    }
    if (kind == HK_KIND_RECEPTOR) {
        const struct hk_receptor_model *receptor = (const struct hk_receptor_model *)model;
        print_columns(receptor->columns, receptor->column_count, out);
    }
}

static void print_models(FILE *out) {
    const struct hk_model *model;
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        (void)fprintf(out, "\n## %s\n\n%s\n", kinds[kind].title, kinds[kind].note);
        for (size_t i = 0; (model = hk_model_at((enum hk_model_kind)kind, i)); i++)
            print_model((enum hk_model_kind)kind, model, out);
    }
}

/* ---- the whole ---- */

void hk_reference_print(FILE *out) {
    (void)fprintf(out,
                  "# Reference\n\n"
                  "All keys of an experiment file and all models, with units, defaults and "
                  "bounds. Made by\n`hillock help --reference` from the tables that the program "
                  "reads by; what it means is told in\n[experiment-file.md](experiment-file.md). "
                  "A quantity takes any SI prefix; every value may be an expression,\n"
                  "`= 4 * order`.\n");
    print_keys(out);
    print_models(out);
}
