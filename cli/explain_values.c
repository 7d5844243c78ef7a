#include "cli/explain.h"

#include <string.h>

enum { LIST_MAX = 4 };

const char *hk_explain_number(double value, const char *unit, char text[HK_EXPLAIN_SIZE]) {
    bool pure = strcmp(unit, "1") == 0;
    (void)snprintf(text, HK_EXPLAIN_SIZE, "%.6g%s%s", value, pure ? "" : HK_PROSE_TIE,
                   pure ? "" : unit);
    return text;
}

const char *hk_explain_time(const struct hk_explanation *x, hk_tick ticks,
                            char text[HK_EXPLAIN_SIZE]) {
    return hk_explain_number((double)ticks * hk_sim_tick_ms(x->e->sim), "ms", text);
}

/* A scalar that may be an expression; what isn't a quantity stands for itself. */
static const char *scalar_text(const struct hk_explanation *x, const struct hk_node *node,
                               const char *unit, char text[HK_EXPLAIN_SIZE]) {
    struct hk_err ignored = {.code = HK_OK};
    double value = 0.0;
    if (hk_node_quantity(node, unit, x->scope, &value, &ignored))
        return hk_explain_number(value, unit, text);
    (void)snprintf(text, HK_EXPLAIN_SIZE, "%s", node->text);
    return text;
}

const char *hk_explain_value(const struct hk_explanation *x, const struct hk_node *node,
                             const char *unit, char text[HK_EXPLAIN_SIZE]) {
    char item[HK_EXPLAIN_SIZE];
    size_t shown = 0;
    if (node->kind == HK_NODE_SCALAR) return scalar_text(x, node, unit, text);
    (void)snprintf(text, HK_EXPLAIN_SIZE, "[");
    for (const struct hk_node *at = node->first; at && shown < LIST_MAX; at = at->next, shown++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, HK_EXPLAIN_SIZE - used, "%s%s", shown ? ", " : "",
                       at->kind == HK_NODE_SCALAR ? scalar_text(x, at, unit, item) : "...");
    }
    size_t used = strlen(text);
    if (node->count > shown)
        (void)snprintf(text + used, HK_EXPLAIN_SIZE - used, " ... (%zu)]", node->count);
    else
        (void)snprintf(text + used, HK_EXPLAIN_SIZE - used, "]");
    return text;
}

const char *hk_explain_dist(const struct hk_explanation *x, const struct hk_node *node,
                            const char *unit, char text[HK_EXPLAIN_SIZE]) {
    char a[HK_EXPLAIN_SIZE], b[HK_EXPLAIN_SIZE];
    if (node->kind != HK_NODE_MAP || !node->first || node->first->count != 2)
        return hk_explain_value(x, node, unit, text);
    const struct hk_node *pair = node->first;
    const char *cut = strcmp(pair->key, "normal") == 0 ? "" : ", at least 0";
    (void)scalar_text(x, pair->first, unit, a);
    (void)scalar_text(x, pair->last, unit, b);
    if (strcmp(pair->key, "uniform") == 0)
        (void)snprintf(text, HK_EXPLAIN_SIZE, "uniform from %.24s to %.24s", a, b);
    else
        (void)snprintf(text, HK_EXPLAIN_SIZE, "normal with mean %.24s and deviation %.24s%s", a, b,
                       cut);
    return text;
}

void hk_explain_params(struct hk_explanation *x, const struct hk_node *map,
                       const struct hk_model *model, const char *suffix, const char *weight_unit) {
    char key[HK_EXPLAIN_SIZE], value[HK_EXPLAIN_SIZE];
    const char *between = ": ";
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *p = &model->params[i];
        const char *unit = strcmp(p->unit, "weight") == 0 ? weight_unit : p->unit;
        (void)snprintf(key, sizeof key, "%s%s%s", p->name, suffix ? "_" : "", suffix ? suffix : "");
        const struct hk_node *node = hk_node_get(map, key);
        if (!node && model->main_param && strcmp(p->name, model->main_param) == 0)
            node = hk_node_get(map, model->name);
        if (!node) continue;
        hk_prose_add(&x->prose, "%s%s = %s", between, p->name,
                     hk_explain_value(x, node, unit, value));
        between = ", ";
    }
}

double hk_explain_dropout(const struct hk_explanation *x, const struct hk_node *population) {
    struct hk_err ignored = {.code = HK_OK};
    double part = 0.0;
    const struct hk_node *node = hk_node_get(population, "dropout");
    return hk_node_number(node, x->scope, &part, &ignored) ? part : 0.0;
}
