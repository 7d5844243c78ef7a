/* The keys of an experiment file, map by map: what each takes, its default, and a line of
 * documentation. Readers check maps and fill in defaults by these tables, and the JSON Schema is
 * made of them, so nobody lists keys a second time. The keys of models are in the models' own
 * tables (sim/param.h). */
#ifndef HK_IO_VOCABULARY_H
#define HK_IO_VOCABULARY_H

#include "io/model_reader.h"

/* `type` names a definition of the schema (io/schema.c): "time", "weight", "phase" ...; with "[]"
 * behind it a list of such, with "{}" a map of names to such. */
struct hk_word {
    const char *name, *type;
    const char *def; /* what hk_words_fill writes; NULL: nothing, or it depends on other keys;
                      * hk_word_required: the key must be there */
    const char *doc;
    const char *const *choices; /* of the type "choice", ended by NULL */
};
extern const char hk_word_required[];
struct hk_words {
    const char *name, *doc; /* of the schema's definition */
    const struct hk_word *word;
    size_t count;
};

extern const struct hk_words hk_words_experiment, hk_words_defaults, hk_words_data,
    hk_words_neurons, hk_words_source, hk_words_signal, hk_words_projection, hk_words_readout,
    hk_words_phase, hk_words_retry, hk_words_record, hk_words_record_spikes, hk_words_record_state,
    hk_words_record_weights, hk_words_record_rate, hk_words_units, hk_words_histogram,
    hk_words_report, hk_words_recording, hk_words_distribution, hk_words_start, hk_words_sweep,
    hk_words_range, hk_words_seeds, hk_words_trials, hk_words_limit, hk_words_expectation;

extern const char *const hk_precision_choices[],
    *const hk_clock_choices[], *const hk_split_choices[], *const hk_failure_choices[];

/* All of them: index 0, 1 ... until NULL. */
const struct hk_words *hk_words_at(size_t index);

/* A map with no other keys than these, as hk_node_check_keys. */
bool hk_words_check(const struct hk_node *map, const struct hk_words *words,
                    struct hk_err *err) HK_MUST_USE;
/* Give the map the defaults of keys that it lacks. */
bool hk_words_fill(struct hk_reader *reader, struct hk_node *map, const struct hk_words *words,
                   struct hk_err *err) HK_MUST_USE;
/* Add the words to a set of keys that grows. */
void hk_words_add(const struct hk_words *words, struct hk_keys *keys);
/* Which of the choices a scalar names. */
bool hk_node_choice(const struct hk_node *node, const char *const *choices, size_t *chosen,
                    struct hk_err *err) HK_MUST_USE;

#endif
