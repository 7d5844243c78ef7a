#include "io/model_reader.h"

#include "io/diagnostics.h"
#include "io/nearest.h"
#include "io/replay.h"
#include "io/vocabulary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- keys ---- */

/* "tau", or with the suffix "exc" "tau_exc". */
static const char *param_key(struct hk_reader *reader, const struct hk_param *param,
                             const char *suffix, struct hk_err *err) {
    if (!suffix) return param->name;
    return hk_arena_format(reader->arena, err, "%s_%s", param->name, suffix);
}

void hk_keys_add(struct hk_keys *keys, const char *key) {
    HK_ASSERT(keys->count < HK_KEYS_MAX);
    keys->key[keys->count++] = key;
}

bool hk_keys_add_params(struct hk_keys *keys, struct hk_reader *reader,
                        const struct hk_model *model, const char *suffix, struct hk_err *err) {
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *param = &model->params[i];
        const char *key = param_key(reader, param, suffix, err);
        if (!key) return false;
        hk_keys_add(keys, key);
        if (param->kind == HK_RECORDING) hk_words_add(&hk_words_recording, keys);
    }
    return true;
}

bool hk_default_key(struct hk_reader *reader, struct hk_node *map, const char *key,
                    const char *text, struct hk_err *err) {
    if (hk_node_get(map, key)) return true;
    struct hk_node *node = hk_node_create(reader->arena, HK_NODE_SCALAR, err);
    if (!node) return false;
    node->file = map->file;
    node->line = map->line;
    node->column = map->column;
    node->key = hk_arena_text(reader->arena, key, err);
    node->text = hk_arena_text(reader->arena, text, err);
    if (!node->key || !node->text) return false;
    hk_node_append(map, node);
    return true;
}

/* ---- one parameter ---- */

static bool read_list(struct hk_reader *reader, const struct hk_node *node,
                      const struct hk_param *param, const char *unit, void *values,
                      struct hk_err *err) {
    bool many = node->kind == HK_NODE_LIST;
    size_t count = many ? node->count : 1, i = 0;
    double *list = HK_NEW(reader->arena, double, count, err);
    if (!list) return false;
    const struct hk_node *item = many ? node->first : node;
    bool ok = true;
    for (; i < count; item = item->next, i++)
        ok &= hk_go_on(hk_node_quantity(item, unit, reader->scope, &list[i], err), err);
    if (!ok) return false;
    return hk_param_set_list(param, values, (struct hk_list){list, count}, err) ||
           hk_node_context(err, node);
}

static bool read_number(struct hk_reader *reader, const struct hk_node *node,
                        const struct hk_param *param, const char *unit, void *values,
                        struct hk_err *err) {
    double value = 0.0;
    if (!hk_node_quantity(node, unit, reader->scope, &value, err)) return false;
    return hk_param_set(param, values, value, err) || hk_node_context(err, node);
}

static bool read_param(struct hk_reader *reader, const struct hk_node *node,
                       const struct hk_param *param, const char *unit, void *values,
                       struct hk_err *err) {
    bool flag = false;
    const char *text;
    switch (param->kind) {
    case HK_REAL:
    case HK_INT: return read_number(reader, node, param, unit, values, err);
    case HK_LIST: return read_list(reader, node, param, unit, values, err);
    case HK_BOOL:
        if (!hk_node_bool(node, &flag, err)) return false;
        return hk_param_set(param, values, flag, err) || hk_node_context(err, node);
    case HK_CHOICE:
        if (!(text = hk_node_text(node, err))) return false;
        return hk_param_choose(param, values, text, err) || hk_node_context(err, node);
    case HK_TEXT:
        if (!(text = hk_node_text(node, err))) return false;
        hk_param_set_text(param, values, text);
        return true;
    case HK_RECORDING: break; /* read_recording */
    }
    return false;
}

static bool read_recording(struct hk_reader *reader, const struct hk_node *map,
                           struct hk_node *node, const struct hk_param *param, void *values,
                           struct hk_err *err) {
    struct hk_recording recording;
    if (!hk_replay_read(reader, map, node, &recording, err)) return false;
    hk_param_set_recording(param, values, &recording);
    return true;
}

bool hk_param_default(const struct hk_param *param, const char *unit, char text[HK_DEFAULT_SIZE]) {
    bool pure = strcmp(unit, "1") == 0;
    switch (param->kind) {
    case HK_REAL:
    case HK_INT:
        (void)snprintf(text, HK_DEFAULT_SIZE, "%.15g%s%s", param->def, pure ? "" : " ",
                       pure ? "" : unit);
        return !isnan(param->def);
    case HK_BOOL:
        (void)snprintf(text, HK_DEFAULT_SIZE, "%s", param->def != 0.0 ? "true" : "false");
        return true;
    case HK_CHOICE:
        (void)snprintf(text, HK_DEFAULT_SIZE, "%s", param->choices[(int)param->def]);
        return true;
    case HK_LIST:
    case HK_TEXT:
    case HK_RECORDING: break;
    }
    return false;
}

static bool is_required(const struct hk_param *param) {
    return isnan(param->def);
}

/* The parameter as the map has it; its default is written into the map, where it can be. */
static bool read_from_map(struct hk_reader *reader, struct hk_node *map,
                          const struct hk_model *model, const struct hk_param *param,
                          const char *key, const char *unit, void *values, struct hk_err *err) {
    char text[HK_DEFAULT_SIZE];
    struct hk_node *node = hk_node_get(map, key);
    if (node && param->kind == HK_RECORDING)
        return read_recording(reader, map, node, param, values, err);
    if (node) return read_param(reader, node, param, unit, values, err);
    if (is_required(param))
        return hk_node_fail_key(err, map, "%s needs %s: %s", model->name, key, param->doc);
    return !hk_param_default(param, unit, text) || hk_default_key(reader, map, key, text, err);
}

bool hk_read_params(struct hk_reader *reader, struct hk_node *map, const struct hk_model *model,
                    const char *suffix, const char *weight_unit, void **values,
                    struct hk_err *err) {
    bool ok = true;
    *values = hk_arena_array(reader->arena, 1, model->param_size, 16, err);
    if (!*values) return false;
    hk_params_default(model, *values);
    for (size_t i = 0; map && i < model->param_count; i++) {
        const struct hk_param *param = &model->params[i];
        const char *unit = strcmp(param->unit, "weight") == 0 ? weight_unit : param->unit;
        const char *key = param_key(reader, param, suffix, err);
        if (!key) return false;
        if (!unit) continue;
        ok &= hk_go_on(read_from_map(reader, map, model, param, key, unit, *values, err), err);
    }
    return ok;
}

/* ---- models ---- */

/* `connect: all-to-all` becomes `connect: {rule: all-to-all, except: none}`, so that the defaults
 * have a place. */
static bool spell_out(struct hk_reader *reader, struct hk_node *node, const char *name_key,
                      struct hk_err *err) {
    struct hk_node *name = hk_node_create(reader->arena, HK_NODE_SCALAR, err);
    if (!name) return false;
    *name = *node;
    name->key = name_key;
    name->next = NULL;
    node->kind = HK_NODE_MAP;
    node->text = NULL;
    hk_node_append(node, name);
    return true;
}

static bool fail_model(const struct hk_node *node, enum hk_model_kind kind, const char *name,
                       struct hk_err *err) {
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX];
    const struct hk_model *known;
    size_t count = 0;
    while (count < NAMES_MAX && (known = hk_model_at(kind, count))) names[count++] = known->name;
    return hk_node_fail_unknown(err, node, hk_kind_name(kind), name, names, count);
}

const struct hk_model *hk_read_model(const struct hk_reader *reader, enum hk_model_kind kind,
                                     const struct hk_node *node, struct hk_err *err) {
    const char *name = hk_node_text(node, err);
    const struct hk_model *model = name ? hk_model_find(kind, name, reader->precision) : NULL;
    if (name && !model) (void)fail_model(node, kind, name, err);
    return model;
}

static bool is_one_of(const char *key, const struct hk_keys *keys) {
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->key[i], key) == 0) return true;
    return false;
}

struct hk_node *hk_read_naming(struct hk_reader *reader, enum hk_model_kind kind,
                               struct hk_node *map, const char *name_key,
                               const struct hk_keys *known, struct hk_err *err) {
    struct hk_node *found = hk_node_get(map, name_key);
    for (struct hk_node *at = map->first; at && !found; at = at->next) {
        bool names_one = at->text && hk_model_find(kind, at->text, reader->precision);
        if (!names_one || is_one_of(at->key, known)) continue;
        if (!hk_nearest(at->key, &name_key, 1)) continue;
        (void)hk_go_on(hk_node_check_key(map, at, &name_key, 1, err), err);
        found = at;
    }
    return found;
}

bool hk_read_named(struct hk_reader *reader, enum hk_model_kind kind, struct hk_node *node,
                   const char *name_key, const char *weight_unit, const struct hk_model **model,
                   void **values, struct hk_err *err) {
    struct hk_node *map = node->kind == HK_NODE_MAP ? node : NULL;
    struct hk_keys keys = {{name_key}, 1};
    const struct hk_node *named =
        map ? hk_read_naming(reader, kind, map, name_key, &keys, err) : node;
    *model = NULL;
    if (!named)
        return hk_node_fail_key(err, node, "needs `%s: NAME`, the %s", name_key,
                                hk_kind_name(kind));
    if (!(*model = hk_read_model(reader, kind, named, err))) return false;
    if (!map && (*model)->param_count > 0 && !spell_out(reader, map = node, name_key, err))
        return false;
    if (!hk_keys_add_params(&keys, reader, *model, NULL, err)) return false;
    bool ok = !map || hk_node_check_keys(map, keys.key, keys.count, err);
    return hk_read_params(reader, map, *model, NULL, weight_unit, values, err) && ok;
}

/* The only key of the map that names a model of the kind. */
static struct hk_node *naming_key(const struct hk_reader *reader, enum hk_model_kind kind,
                                  const struct hk_node *map, const struct hk_model **model) {
    struct hk_node *found = NULL;
    for (struct hk_node *node = map->first; node; node = node->next) {
        const struct hk_model *named = hk_model_find(kind, node->key, reader->precision);
        if (named && !found) found = node, *model = named;
    }
    return found;
}

static bool add_alias(struct hk_reader *reader, struct hk_node *map, const struct hk_node *named,
                      const char *name, struct hk_err *err) {
    struct hk_node *alias = hk_node_create(reader->arena, named->kind, err);
    if (!alias) return false;
    *alias = *named;
    alias->key = name;
    alias->next = NULL;
    hk_node_append(map, alias);
    return true;
}

static bool same_text(const struct hk_node *a, const struct hk_node *b) {
    return a->text && b->text && strcmp(a->text, b->text) == 0;
}

bool hk_read_keyed(struct hk_reader *reader, enum hk_model_kind kind, struct hk_node *map,
                   const char *weight_unit, const struct hk_model **model, void **values,
                   struct hk_err *err) {
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    const struct hk_node *named = naming_key(reader, kind, map, model);
    if (!named && !map->first)
        return hk_node_fail(err, map, "nothing here names a %s", hk_kind_name(kind));
    if (!named) {
        const struct hk_node key = hk_node_at_key(map->first);
        return fail_model(&key, kind, map->first->key, err);
    }
    /* To the table the value is one more parameter: let it be found under the parameter's own name
     * for as long as it is read. */
    const char *main = (*model)->main_param;
    const struct hk_node *twin = main ? hk_node_get(map, main) : NULL;
    struct hk_keys keys = {{named->key}, 1};
    if (twin && twin != named && !same_text(twin, named))
        return hk_node_fail_key(err, twin, "%s and %s are one value; give one of them", named->key,
                                main);
    if (main && !twin && !add_alias(reader, map, named, main, err)) return false;
    if (!hk_keys_add_params(&keys, reader, *model, NULL, err)) return false;
    bool ok = hk_node_check_keys(map, keys.key, keys.count, err);
    ok &= hk_read_params(reader, map, *model, NULL, weight_unit, values, err);
    if (main && !twin) hk_node_drop(map, main);
    return ok;
}

/* ---- distributions ---- */

static bool read_pair(struct hk_reader *reader, const struct hk_node *list, const char *unit,
                      struct hk_dist *dist, struct hk_err *err) {
    if (list->kind != HK_NODE_LIST || list->count != 2)
        return hk_node_fail(err, list, "expected a list of two: %s",
                            dist->kind == HK_DIST_UNIFORM ? "[lowest, highest]"
                                                          : "[mean, standard deviation]");
    bool ok = hk_go_on(hk_node_quantity(list->first, unit, reader->scope, &dist->a, err), err);
    if (!hk_node_quantity(list->last, unit, reader->scope, &dist->b, err) || !ok) return false;
    if (dist->kind != HK_DIST_UNIFORM && dist->b < 0.0)
        return hk_node_fail(err, list->last, "a standard deviation can't be negative");
    if (dist->kind == HK_DIST_UNIFORM && dist->b < dist->a)
        return hk_node_fail(err, list, "the lowest value comes first");
    return true;
}

static enum hk_dist_kind kind_of(const char *word) {
    if (strcmp(word, "uniform") == 0) return HK_DIST_UNIFORM;
    return strcmp(word, "normal") == 0 ? HK_DIST_NORMAL : HK_DIST_RECTIFIED;
}

bool hk_read_dist(struct hk_reader *reader, const struct hk_node *node,
                  const struct hk_words *words, const char *unit, struct hk_dist *dist,
                  struct hk_err *err) {
    *dist = (struct hk_dist){.kind = HK_DIST_CONSTANT};
    if (node->kind != HK_NODE_MAP)
        return hk_node_quantity(node, unit, reader->scope, &dist->a, err);
    if (!hk_words_check(node, words, err)) return false;
    if (node->count != 1)
        return hk_node_fail(err, node,
                            "expected one distribution: {uniform: [lowest, highest]} or "
                            "{normal: [mean, standard deviation]}");
    dist->kind = kind_of(node->first->key);
    return read_pair(reader, node->first, unit, dist, err);
}
