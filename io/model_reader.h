/* Reads models and their parameters from an experiment file by their descriptor tables, so that no
 * model has a reader of its own. What the file leaves out is written back into the tree with its
 * default: the tree becomes the resolved experiment. */
#ifndef HK_IO_MODEL_READER_H
#define HK_IO_MODEL_READER_H

#include "io/scope.h"
#include "io/tree.h"
#include "sim/models.h"

struct hk_reader {
    struct hk_arena *arena;
    const struct hk_scope *scope; /* `params:` of the file */
    enum hk_precision precision;
    bool timeless; /* the resolution is wrong: nothing is said of what depends on it */
};

/* A set of known keys that grows while a map is read. */
enum { HK_KEYS_MAX = 128 };
struct hk_keys {
    const char *key[HK_KEYS_MAX];
    size_t count;
};
void hk_keys_add(struct hk_keys *keys, const char *key);
/* What hk_read_params takes from a map. */
bool hk_keys_add_params(struct hk_keys *keys, struct hk_reader *reader,
                        const struct hk_model *model, const char *suffix,
                        struct hk_err *err) HK_MUST_USE;

/* The parameters of `model` from the keys of `map` (which may be NULL: all defaults), each key with
 * "_<suffix>" behind where suffix is given. `weight_unit` replaces the unit "weight"; NULL: it
 * isn't known, and what is in it isn't read. *values is the model's parameter struct, in the
 * arena; what is wrong keeps its default. Check the map's keys before. */
bool hk_read_params(struct hk_reader *reader, struct hk_node *map, const struct hk_model *model,
                    const char *suffix, const char *weight_unit, void **values,
                    struct hk_err *err) HK_MUST_USE;

/* The model of the kind that a scalar names; NULL and an error with the nearest known name. */
const struct hk_model *hk_read_model(const struct hk_reader *reader, enum hk_model_kind kind,
                                     const struct hk_node *node, struct hk_err *err) HK_MUST_USE;

/* The entry of the map that names a model of the kind, under `name_key`. One under a key that isn't
 * known but much like it is told, and taken for it. NULL: there is none. `known`: keys that the map
 * may have whatever the model is. */
struct hk_node *hk_read_naming(struct hk_reader *reader, enum hk_model_kind kind,
                               struct hk_node *map, const char *name_key,
                               const struct hk_keys *known, struct hk_err *err);

enum { HK_DEFAULT_SIZE = 64 };
/* A parameter's default, as a person would write it: "20 ms". False: it has none that could be
 * written. */
bool hk_param_default(const struct hk_param *param, const char *unit, char text[HK_DEFAULT_SIZE]);

/* `connect: all-to-all` or `connect: {rule: fixed-indegree, n: 100}`: a model by its name, alone or
 * under `name_key` with its parameters beside it. *model is set even where a parameter is wrong. */
bool hk_read_named(struct hk_reader *reader, enum hk_model_kind kind, struct hk_node *node,
                   const char *name_key, const char *weight_unit, const struct hk_model **model,
                   void **values, struct hk_err *err) HK_MUST_USE;

/* `{poisson: 10 Hz}` or `{step: 400 pA, from: 10 ms}`: a model by the one key that names one, whose
 * value is its main parameter. */
bool hk_read_keyed(struct hk_reader *reader, enum hk_model_kind kind, struct hk_node *map,
                   const char *weight_unit, const struct hk_model **model, void **values,
                   struct hk_err *err) HK_MUST_USE;

struct hk_words;

/* `20 ms`, `{uniform: [0 ms, 10 ms]}` or `{normal: [1.5 ms, 0.75 ms]}`; `words` are the
 * distributions that may stand there (io/vocabulary.h). */
bool hk_read_dist(struct hk_reader *reader, const struct hk_node *node,
                  const struct hk_words *words, const char *unit, struct hk_dist *dist,
                  struct hk_err *err) HK_MUST_USE;

/* Give `map` a scalar `key: text` where it has none: a default, made visible. */
bool hk_default_key(struct hk_reader *reader, struct hk_node *map, const char *key,
                    const char *text, struct hk_err *err) HK_MUST_USE;

#endif
