#include "io/schema.h"

#include "io/quantity.h"
#include "io/schema_parts.h"
#include "io/spike_stats.h"

#include <stdio.h>
#include <string.h>

#define REF(name) "{\"$ref\":\"#/definitions/" name "\"}"
#define NUMBER    "[-+]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][-+]?[0-9]+)?"

enum { NAME_MAX_SIZE = 64, PATTERN_SIZE = 2048 };

/* ---- shared parts ---- */

void hk_schema_ref(struct hk_json *json, const char *key, const char *name) {
    char path[NAME_MAX_SIZE + 16];
    size_t size = strlen(name);
    bool list = size > 2 && strcmp(name + size - 2, "[]") == 0;
    bool map = size > 2 && strcmp(name + size - 2, "{}") == 0;
    (void)snprintf(path, sizeof path, "#/definitions/%.*s", (int)(list || map ? size - 2 : size),
                   name);
    hk_json_object(json, key);
    if (list || map) {
        hk_json_text(json, "type", list ? "array" : "object");
        hk_json_object(json, list ? "items" : "additionalProperties");
    }
    hk_json_text(json, "$ref", path);
    if (list || map) hk_json_end(json);
    hk_json_end(json);
}

void hk_schema_enum(struct hk_json *json, const char *key, const char *const *choices) {
    hk_json_array(json, key);
    for (; *choices; choices++) hk_json_text(json, NULL, *choices);
    hk_json_end(json);
}

/* As YAML reads it: a number, true or false, or else text. */
static void put_default(struct hk_json *json, const char *text) {
    bool number = *text && text[strspn(text, "0123456789.")] == '\0';
    if (number || strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        hk_json_raw(json, "default", text);
    else
        hk_json_text(json, "default", text);
}

/* In draft-07, what stands beside a reference doesn't count. */
void hk_schema_words(struct hk_json *json, const struct hk_words *words) {
    for (size_t i = 0; i < words->count; i++) {
        const struct hk_word *word = &words->word[i];
        hk_json_object(json, word->name);
        hk_json_text(json, "description", word->doc);
        if (word->def && word->def != hk_word_required) put_default(json, word->def);
        if (word->choices) hk_schema_enum(json, "enum", word->choices);
        if (!word->choices) {
            hk_json_array(json, "allOf");
            hk_schema_ref(json, NULL, word->type);
            hk_json_end(json);
        }
        hk_json_end(json);
    }
}

void hk_schema_required(struct hk_json *json, const struct hk_words *words) {
    bool begun = false;
    for (size_t i = 0; i < words->count; i++) {
        if (words->word[i].def != hk_word_required) continue;
        if (!begun) hk_json_array(json, "required");
        begun = true;
        hk_json_text(json, NULL, words->word[i].name);
    }
    if (begun) hk_json_end(json);
}

/* ---- definitions ---- */

/* A text that is an expression, or a number followed by one of the units. */
static void put_quantity(struct hk_json *json, const char *name, const char *const *units) {
    char pattern[PATTERN_SIZE], words[HK_UNIT_PATTERN_SIZE];
    (void)snprintf(pattern, sizeof pattern, "^(?:=.*|[ \\t]*" NUMBER "[ \\t]*(?:");
    for (size_t i = 0; units[i]; i++) {
        size_t used = strlen(pattern);
        (void)snprintf(pattern + used, sizeof pattern - used, "%s%s", i ? "|" : "",
                       hk_unit_pattern(units[i], words));
    }
    size_t used = strlen(pattern);
    HK_ASSERT(used + 8 < sizeof pattern);
    (void)snprintf(pattern + used, sizeof pattern - used, ")[ \\t]*)$");
    hk_json_object(json, name);
    hk_json_text(json, "type", "string");
    hk_json_text(json, "pattern", pattern);
    hk_json_end(json);
}

/* `20 ms`, {uniform: [0 ms, 10 ms]} or {normal: [5 ms, 1 ms]} */
static void put_distribution(struct hk_json *json, const char *name, const char *unit,
                             const struct hk_words *words) {
    hk_json_object(json, name);
    hk_json_array(json, "anyOf");
    hk_schema_ref(json, NULL, unit);
    hk_json_object(json, NULL);
    hk_json_text(json, "type", "object");
    hk_json_object(json, "properties");
    for (size_t i = 0; i < words->count; i++) {
        hk_json_object(json, words->word[i].name);
        hk_json_text(json, "description", words->word[i].doc);
        hk_json_text(json, "type", "array");
        hk_schema_ref(json, "items", unit);
        hk_json_raw(json, "minItems", "2");
        hk_json_raw(json, "maxItems", "2");
        hk_json_end(json);
    }
    hk_json_end(json);
    hk_json_raw(json, "minProperties", "1");
    hk_json_raw(json, "maxProperties", "1");
    hk_json_bool(json, "additionalProperties", false);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
}

static void put_quantities(struct hk_json *json) {
    static const char *const units[] = {"ms", "mV", "pA", "nS", "pF", "Hz"};
    static const char *const weights[] = {"mV", "pA", "nS", NULL};
    for (size_t i = 0; i < HK_COUNT(units); i++)
        put_quantity(json, units[i], (const char *const[]){units[i], NULL});
    put_quantity(json, "weight", weights);
    put_quantity(json, "with-unit",
                 (const char *const[]){"ms", "mV", "pA", "nS", "pF", "Hz", "GOhm", NULL});
    put_distribution(json, "time-dist", "time", &hk_words_distribution);
    put_distribution(json, "weight-dist", "weight", &hk_words_distribution);
    put_distribution(json, "start-dist", "quantity", &hk_words_start);
}

/* What has neither keys nor units. */
static void put_fixed(struct hk_json *json) {
#define OR_EXPRESSION ",{\"type\":\"string\",\"pattern\":\"^=\"}]}"
#define TWO(name)     "{\"type\":\"array\",\"items\":" REF(name) ",\"minItems\":2,\"maxItems\":2}"
#define SOME_NUMBER   "{\"anyOf\":[{\"type\":\"number\"}" OR_EXPRESSION
    static const struct {
        const char *name, *text;
    } fixed[] = {
        {"text", "{\"type\":[\"string\",\"number\",\"boolean\"]}"},
        {"flag", "{\"type\":\"boolean\"}"},
        {"part",
         "{\"anyOf\":[{\"type\":\"number\",\"minimum\":0,\"exclusiveMaximum\":1}" OR_EXPRESSION},
        {"version", "{\"const\":1}"},
        {"seed", "{\"type\":\"integer\",\"minimum\":0}"},
        {"number", SOME_NUMBER},
        {"whole", "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0}" OR_EXPRESSION},
        {"count", "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":1}" OR_EXPRESSION},
        {"time", REF("ms")},
        {"quantity", "{\"anyOf\":[{\"type\":\"number\"}," REF("with-unit") "]}"},
        {"learn", "{\"anyOf\":[{\"type\":\"boolean\"},"
                  "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]}"},
        {"dataset", "{\"anyOf\":[" REF("text") "," REF("data") "]}"},
        {"projections", "{\"type\":\"object\",\"propertyNames\":{\"pattern\":\"^.+->.+$\"},"
                        "\"additionalProperties\":" REF("projection") "}"},
        {"values", "{\"type\":[\"object\",\"null\"]}"},
        {"ends", TWO("quantity")},
        {"times", TWO("time")},
        {"sides", TWO("count")},
        {"weights", TWO("weight")},
        {"interval", "{\"anyOf\":[" REF("ms") ",{\"type\":\"string\",\"pattern\":"
                                              "\"^[0-9]+ +samples?$\"}]}"},
        {"trigger", "{\"type\":\"string\",\"pattern\":\"^spike of .+$\"}"},
        {"some-units", "{\"anyOf\":[{\"type\":\"array\",\"items\":" REF(
                           "whole") ",\"minItems\":1}," REF("units") "]}"},
        {"sha256", "{\"type\":\"string\",\"pattern\":\"^[0-9a-fA-F]{64}$\"}"},
        {"measures", "{\"type\":\"array\",\"items\":" REF("measure") "}"},
        {"reports", "{\"anyOf\":[{\"type\":\"null\"}," REF("report") "]}"},
        {"axes", "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"array\",\"maxItems\":0},"
                 "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":["
                 "{\"type\":\"array\",\"minItems\":1}," REF("range") "]}}]}"},
        {"seed-list", "{\"anyOf\":[{\"type\":\"array\",\"items\":" REF(
                          "seed") ",\"minItems\":1}," REF("seeds") "]}"},
        {"collect",
         "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"array\",\"items\":" REF(
             "text") "},{\"type\":\"object\",\"additionalProperties\":" REF("text") "}]}"},
    };
    for (size_t i = 0; i < HK_COUNT(fixed); i++) hk_json_raw(json, fixed[i].name, fixed[i].text);
}

/* One of the maps that a recorder by name may be. */
static bool is_recorder(const struct hk_words *words) {
    return words == &hk_words_record_spikes || words == &hk_words_record_state ||
           words == &hk_words_record_weights || words == &hk_words_record_rate;
}

/* What lies in a list, or is written in one piece: nothing of it comes from `base:`. */
static bool is_whole(const struct hk_words *words) {
    return words == &hk_words_phase || words == &hk_words_retry || words == &hk_words_range ||
           words == &hk_words_seeds || words == &hk_words_units || words == &hk_words_histogram ||
           is_recorder(words);
}

static void put_map(struct hk_json *json, const struct hk_words *words) {
    hk_json_object(json, words->name);
    hk_json_text(json, "description", words->doc);
    hk_json_text(json, "type", "object");
    hk_json_object(json, "properties");
    hk_schema_words(json, words);
    hk_json_end(json);
    if (is_whole(words)) hk_schema_required(json, words);
    hk_json_bool(json, "additionalProperties", false);
    hk_json_end(json);
}

/* `spikes:` and `in:` are lists, or recorders of these names. */
static void put_record(struct hk_json *json) {
    const struct hk_words *words;
    hk_json_object(json, "recorder");
    hk_json_array(json, "anyOf");
    for (size_t i = 0; (words = hk_words_at(i)); i++)
        if (is_recorder(words)) hk_schema_ref(json, NULL, words->name);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_object(json, hk_words_record.name);
    hk_json_text(json, "description", hk_words_record.doc);
    hk_json_raw(json, "type", "[\"object\",\"null\"]");
    hk_json_object(json, "properties");
    for (size_t i = 0; i < hk_words_record.count; i++) {
        const struct hk_word *word = &hk_words_record.word[i];
        hk_json_object(json, word->name);
        hk_json_text(json, "description", word->doc);
        hk_json_array(json, "anyOf");
        hk_schema_ref(json, NULL, word->type);
        hk_schema_ref(json, NULL, "recorder");
        hk_json_end(json);
        hk_json_end(json);
    }
    hk_json_end(json);
    hk_schema_ref(json, "additionalProperties", "recorder");
    hk_json_end(json);
}

static void put_measures(struct hk_json *json) {
    hk_json_object(json, "measure");
    hk_json_array(json, "enum");
    for (size_t i = 0; i < HK_SPIKES_MEASURES; i++)
        hk_json_text(json, NULL, hk_spike_measure_names[i]);
    hk_json_end(json);
    hk_json_end(json);
}

static void put_definitions(struct hk_json *json) {
    const struct hk_words *words;
    hk_json_object(json, "definitions");
    put_quantities(json);
    put_fixed(json);
    put_measures(json);
    put_record(json);
    for (size_t i = 0; (words = hk_words_at(i)); i++) {
        bool within_models = words == &hk_words_neurons || words == &hk_words_source ||
                             words == &hk_words_readout || words == &hk_words_signal ||
                             words == &hk_words_recording || words == &hk_words_distribution ||
                             words == &hk_words_start;
        if (!within_models && words != &hk_words_record) put_map(json, words);
    }
    hk_schema_models(json);
    hk_json_end(json);
}

/* ---- the top ---- */

/* {"if": {"required": [key]}, "then": ... where the key is absent: "else" */
static void put_unless(struct hk_json *json, const char *keys) {
    hk_json_object(json, NULL);
    hk_json_raw(json, "if", keys);
    hk_json_bool(json, "then", true);
    hk_json_object(json, "else");
}

static void put_each(struct hk_json *json, const char *key, const struct hk_words *words) {
    hk_json_object(json, key);
    hk_json_object(json, "additionalProperties");
    hk_schema_required(json, words);
    hk_json_end(json);
    hk_json_end(json);
}

/* What a file must have that stands alone. */
static void put_complete(struct hk_json *json) {
    hk_json_array(json, "allOf");
    hk_schema_ref(json, NULL, hk_words_experiment.name);
    put_unless(json, "{\"required\":[\"base\"]}");
    hk_schema_required(json, &hk_words_experiment);
    hk_json_raw(json, "oneOf", "[{\"required\":[\"duration\"]},{\"required\":[\"protocol\"]}]");
    hk_json_object(json, "properties");
    hk_json_object(json, "data");
    hk_schema_required(json, &hk_words_data);
    hk_json_end(json);
    put_each(json, "readouts", &hk_words_readout);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
    put_unless(json, "{\"anyOf\":[{\"required\":[\"base\"]},{\"required\":[\"defaults\"]}]}");
    hk_json_object(json, "properties");
    hk_json_raw(json, "populations",
                "{\"additionalProperties\":{\"allOf\":[{\"anyOf\":[{\"required\":[\"model\"]},"
                "{\"required\":[\"source\"]}]}," REF("usual-names") "]}}");
    put_each(json, "projections", &hk_words_projection);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
    hk_json_end(json);
}

void hk_schema_write(struct hk_json *json) {
    hk_json_object(json, NULL);
    hk_json_text(json, "$schema", "http://json-schema.org/draft-07/schema#");
    hk_json_text(json, "title", "hillock experiment or sweep");
    hk_json_text(json, "type", "object");
    hk_json_raw(json, "if",
                "{\"properties\":{\"sweep\":{\"type\":\"string\"}},\"required\":[\"sweep\"]}");
    hk_json_object(json, "then");
    hk_json_array(json, "allOf");
    hk_schema_ref(json, NULL, hk_words_sweep.name);
    hk_json_raw(json, NULL, "{\"required\":[\"base\"]}");
    hk_json_end(json);
    hk_json_end(json);
    hk_json_object(json, "else");
    put_complete(json);
    hk_json_end(json);
    put_definitions(json);
    hk_json_end(json);
}
