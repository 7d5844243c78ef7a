#include "io/scope.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/diagnostics.h"
#include "io/expr.h"
#include "io/nearest.h"

/* Of params that refer to each other; those that refer to earlier ones don't count. */
enum { CHAIN_MAX = 32 };

enum progress { FRESH, BUSY, DONE, WRONG };

struct param {
    const struct hk_node *node;
    struct hk_quantity value;
    enum progress progress;
    bool used;
};

struct hk_scope {
    size_t count;
    struct param *params;
    const char **names;
    bool unreadable; /* nobody knows which params there are */
};

/* An expression being worked out, and the one that asked for it. */
struct visit {
    const struct hk_scope *scope;
    const struct param *param; /* whose value it will be; NULL: not a param's */
    const struct visit *outer;
    int depth;
    bool placed; /* the failure has its position already */
};

static bool param_solve(struct param *param, const struct visit *outer,
                        const struct hk_scope *scope, struct hk_err *err);

/* "a -> b -> a": from the param that closes the circle through those that wait for it. */
static bool fail_circle(const struct visit *visit, const struct param *param, struct hk_err *err) {
    const char *names[CHAIN_MAX];
    size_t count = 0;
    for (const struct visit *at = visit; at->param != param; at = at->outer)
        names[count++] = at->param->node->key;
    char text[256];
    (void)snprintf(text, sizeof text, "%s", param->node->key);
    while (count) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, " -> %s", names[--count]);
    }
    return HK_FAIL(err, HK_ERR_CONFIG, "params in a circle: %s -> %s", text, param->node->key);
}

/* What expressions find behind a name; works out what isn't known yet. */
static bool find_param(void *context, const char *name, struct hk_quantity *out,
                       struct hk_err *err) {
    struct visit *visit = context;
    const struct hk_scope *scope = visit->scope;
    struct param *param = NULL;
    for (size_t k = 0; k < scope->count && !param; k++)
        if (strcmp(scope->names[k], name) == 0) param = &scope->params[k];
    if (!param && scope->unreadable) return false;
    if (!param) {
        char hint[HK_HINT_SIZE];
        return HK_FAIL(err, HK_ERR_CONFIG, "no param is called '%s'; %s", name,
                       hk_nearest_hint(name, scope->names, scope->count, hint));
    }
    param->used = true;
    if (param->progress == WRONG) { /* as was told */
        visit->placed = true;
        return false;
    }
    if (param->progress == BUSY) return fail_circle(visit, param, err);
    if (param->progress == FRESH && visit->depth == CHAIN_MAX)
        return HK_FAIL(err, HK_ERR_CONFIG, "params refer to later ones more than %d deep",
                       CHAIN_MAX);
    if (param->progress == FRESH && !param_solve(param, visit, scope, err)) {
        visit->placed = true;
        return false;
    }
    *out = param->value;
    return true;
}

/* The value of a scalar. In a text without quotes, the mistake's own column is known. */
static bool solve(const struct hk_node *node, struct visit *visit, struct hk_quantity *out,
                  struct hk_err *err) {
    if (!hk_node_expect(node, HK_NODE_SCALAR, err)) return false;
    if (node->text[0] != '=')
        return hk_quantity_parse(node->text, out, err) || hk_node_context(err, node);
    int column = 0;
    if (hk_expr_eval(node->text + 1, find_param, visit, out, &column, err)) return true;
    if (visit->placed) return false;
    int offset = node->quoted ? 0 : column;
    return hk_err_context(err, "%s:%d:%d", node->file, node->line, node->column + offset);
}

static bool param_solve(struct param *param, const struct visit *outer,
                        const struct hk_scope *scope, struct hk_err *err) {
    struct visit visit = {
        .scope = scope,
        .param = param,
        .outer = outer,
        .depth = outer ? outer->depth + 1 : 1,
    };
    param->progress = BUSY;
    bool solved = solve(param->node, &visit, &param->value, err);
    param->progress = solved ? DONE : WRONG;
    return solved;
}

static bool add_param(struct hk_scope *scope, const struct hk_node *node, struct hk_err *err) {
    if (!hk_expr_is_name(node->key))
        return hk_node_fail_key(err, node,
                                "'%s' can't name a param: it must be letters, digits and _, "
                                "not begin with a digit, and not be a function",
                                node->key);
    scope->params[scope->count].node = node;
    scope->names[scope->count++] = node->key;
    return true;
}

static void scope_fill(struct hk_scope *scope, const struct hk_node *map, struct hk_err *err) {
    for (const struct hk_node *node = map->first; node && hk_can_go_on(err); node = node->next)
        (void)hk_go_on(add_param(scope, node, err), err);
    for (size_t k = 0; k < scope->count && hk_can_go_on(err); k++)
        if (scope->params[k].progress == FRESH)
            (void)hk_go_on(param_solve(&scope->params[k], NULL, scope, err), err);
}

static bool check_params(const struct hk_node *params, struct hk_err *err) {
    if (!hk_node_expect(params, HK_NODE_MAP, err)) return false;
    return params->count <= HK_PARAMS_MAX ||
           hk_node_fail(err, params, "%zu params; the limit is %d", params->count, HK_PARAMS_MAX);
}

struct hk_scope *hk_scope_create(struct hk_arena *arena, const struct hk_node *params,
                                 struct hk_err *err) {
    struct hk_scope *scope = HK_NEW(arena, struct hk_scope, 1, err);
    if (!scope || !params || params->kind == HK_NODE_NULL) return scope;
    scope->unreadable = !hk_go_on(check_params(params, err), err);
    size_t count = scope->unreadable ? 0 : params->count;
    scope->params = HK_NEW(arena, struct param, count, err);
    scope->names = HK_NEW(arena, const char *, count, err);
    if (!scope->params || !scope->names) return NULL;
    if (count) scope_fill(scope, params, err);
    return hk_can_go_on(err) ? scope : NULL;
}

const struct hk_node *hk_scope_unused(const struct hk_scope *scope, size_t *at) {
    while (*at < scope->count) {
        const struct param *param = &scope->params[(*at)++];
        if (!param->used) return param->node;
    }
    return NULL;
}

bool hk_node_solve(const struct hk_node *node, const struct hk_scope *scope,
                   struct hk_quantity *out, struct hk_err *err) {
    static const struct hk_scope no_params;
    struct visit visit = {.scope = scope ? scope : &no_params};
    return solve(node, &visit, out, err);
}

bool hk_node_quantity(const struct hk_node *node, const char *unit, const struct hk_scope *scope,
                      double *out, struct hk_err *err) {
    struct hk_quantity quantity;
    if (!hk_node_solve(node, scope, &quantity, err)) return false;
    return hk_quantity_in(&quantity, unit, out, err) || hk_node_context(err, node);
}

bool hk_node_number(const struct hk_node *node, const struct hk_scope *scope, double *out,
                    struct hk_err *err) {
    return hk_node_quantity(node, "1", scope, out, err);
}

bool hk_node_whole(const struct hk_node *node, const struct hk_scope *scope, int64_t min,
                   int64_t max, int64_t *out, struct hk_err *err) {
    /* Digits alone are exact beyond 2^53. */
    if (hk_node_is_int(node)) return hk_node_int(node, min, max, out, err);
    double number = 0.0;
    if (!hk_node_number(node, scope, &number, err)) return false;
    if (number != floor(number))
        return hk_node_fail(err, node, "must be a whole number, got %.15g", number);
    if (number < (double)min)
        return hk_node_fail(err, node, "%.15g is too small; must be at least %" PRId64, number,
                            min);
    /* 2^63 is a double, the largest int64_t isn't. */
    if (number >= 0x1p63 || (int64_t)number > max)
        return hk_node_fail(err, node, "%.15g is too large; must be at most %" PRId64, number, max);
    *out = (int64_t)number;
    return true;
}
