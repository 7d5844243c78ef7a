/* Precedence climbing, computing while it reads: there is no tree. */
#include "io/expr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/nearest.h"
#include "io/tree.h"

enum { DEPTH_MAX = 64, POWER_MAX = 9, ARGUMENTS_MAX = 8 };
enum { SUM = 1, PRODUCT, SIGN, POWER }; /* precedence */

struct parser {
    const char *at; /* what is still to be read */
    const char *wrong;
    int depth;
    hk_expr_lookup *lookup;
    void *context;
    struct hk_err *err;
};

/* Remember where, and say what. */
#define FAIL_AT(p, where, ...)                                                                     \
    ((p)->wrong = (where), (void)HK_FAIL((p)->err, HK_ERR_CONFIG, __VA_ARGS__), false)

static bool parse_binary(struct parser *p, int precedence, struct hk_quantity *out);

/* ---- Text ---- */

static void skip_blanks(struct parser *p) {
    p->at += strspn(p->at, " \t\n");
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t name_size(const char *text) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return is_digit(*text) ? 0 : strspn(text, letters);
}

/* Fail because something else was expected here. */
static bool fail_expected(struct parser *p, const char *expected) {
    if (*p->at == '\0')
        return FAIL_AT(p, p->at, "expected %s, got the end of the expression", expected);
    int size = (int)strcspn(p->at, " \t\n+-*/^(),");
    if (size == 0) size = 1;
    if (size > HK_NAME_MAX) size = HK_NAME_MAX;
    return FAIL_AT(p, p->at, "expected %s, got '%.*s'", expected, size, p->at);
}

/* ---- Arithmetic ---- */

static bool check_number(struct parser *p, const char *where, const char *what,
                         const struct hk_quantity *q) {
    char kind[HK_DIM_SIZE];
    if (hk_dim_is_number(q->dim)) return true;
    return FAIL_AT(p, where, "%s must be a number without a unit, not %s", what,
                   hk_dim_text(q->dim, kind));
}

static bool check_finite(struct parser *p, const char *where, const struct hk_quantity *q) {
    return isfinite(q->value) || FAIL_AT(p, where, "the result is not a finite number");
}

/* Multiply the dimension by dim^power. */
static bool add_dim(struct parser *p, const char *where, struct hk_dim *to, struct hk_dim dim,
                    int power) {
    int time = to->time + power * dim.time;
    int voltage = to->voltage + power * dim.voltage;
    int current = to->current + power * dim.current;
    if (abs(time) > POWER_MAX || abs(voltage) > POWER_MAX || abs(current) > POWER_MAX)
        return FAIL_AT(p, where, "a unit beyond its %dth power", POWER_MAX);
    *to = (struct hk_dim){(signed char)time, (signed char)voltage, (signed char)current};
    return true;
}

static bool apply_sum(struct parser *p, const char *op, struct hk_quantity *a,
                      const struct hk_quantity *b) {
    char kind_a[HK_DIM_SIZE], kind_b[HK_DIM_SIZE];
    if (!hk_dim_equal(a->dim, b->dim)) {
        (void)hk_dim_text(a->dim, kind_a);
        (void)hk_dim_text(b->dim, kind_b);
        return *op == '+' ? FAIL_AT(p, op, "can't add %s and %s", kind_a, kind_b)
                          : FAIL_AT(p, op, "can't subtract %s from %s", kind_b, kind_a);
    }
    a->value = *op == '+' ? a->value + b->value : a->value - b->value;
    a->bare = a->bare && b->bare;
    return true;
}

static bool apply_product(struct parser *p, const char *op, struct hk_quantity *a,
                          const struct hk_quantity *b) {
    if (*op == '/' && b->value == 0.0) return FAIL_AT(p, op, "division by zero");
    a->value = *op == '*' ? a->value * b->value : a->value / b->value;
    a->bare = a->bare && b->bare;
    return add_dim(p, op, &a->dim, b->dim, *op == '*' ? 1 : -1);
}

static bool apply_power(struct parser *p, const char *op, struct hk_quantity *a,
                        const struct hk_quantity *b) {
    struct hk_dim dim = a->dim;
    if (!check_number(p, op, "an exponent", b)) return false;
    if (!hk_dim_is_number(dim)) {
        if (b->value != floor(b->value) || fabs(b->value) > POWER_MAX)
            return FAIL_AT(p, op,
                           "a quantity with a unit can be raised to whole powers up to %d only",
                           POWER_MAX);
        a->dim = (struct hk_dim){0};
        if (!add_dim(p, op, &a->dim, dim, (int)b->value)) return false;
    }
    if (a->value == 0.0 && b->value < 0.0) return FAIL_AT(p, op, "division by zero");
    a->value = pow(a->value, b->value);
    a->bare = a->bare && b->bare;
    return true;
}

static int precedence_of(char op) {
    switch (op) {
    case '+':
    case '-': return SUM;
    case '*':
    case '/': return PRODUCT;
    case '^': return POWER;
    default: return 0;
    }
}

static bool apply(struct parser *p, const char *op, struct hk_quantity *a,
                  const struct hk_quantity *b) {
    switch (precedence_of(*op)) {
    case SUM: return apply_sum(p, op, a, b);
    case PRODUCT: return apply_product(p, op, a, b);
    default: return apply_power(p, op, a, b);
    }
}

/* ---- Functions: the result takes the place of the first argument ---- */

struct call;
struct function {
    const char *name;
    size_t least, most; /* arguments */
    bool (*apply)(struct parser *p, const struct call *call);
    double (*of_number)(double); /* for call_number */
};
struct call {
    const struct function *function;
    const char *where;
    struct hk_quantity *arguments;
    size_t count;
};

static bool call_extreme(struct parser *p, const struct call *call,
                         double (*pick)(double, double)) {
    struct hk_quantity *best = call->arguments;
    for (size_t k = 1; k < call->count; k++) {
        const struct hk_quantity *other = &call->arguments[k];
        char kind_a[HK_DIM_SIZE], kind_b[HK_DIM_SIZE];
        if (!hk_dim_equal(best->dim, other->dim))
            return FAIL_AT(p, call->where, "can't take the %s of %s and %s", call->function->name,
                           hk_dim_text(best->dim, kind_a), hk_dim_text(other->dim, kind_b));
        best->value = pick(best->value, other->value);
        best->bare = best->bare && other->bare;
    }
    return true;
}

static bool call_min(struct parser *p, const struct call *call) {
    return call_extreme(p, call, fmin);
}

static bool call_max(struct parser *p, const struct call *call) {
    return call_extreme(p, call, fmax);
}

static bool call_abs(struct parser *p, const struct call *call) {
    (void)p;
    call->arguments->value = fabs(call->arguments->value);
    return true;
}

static bool call_sqrt(struct parser *p, const struct call *call) {
    struct hk_quantity *q = call->arguments;
    struct hk_dim *dim = &q->dim;
    char kind[HK_DIM_SIZE];
    if (dim->time % 2 || dim->voltage % 2 || dim->current % 2)
        return FAIL_AT(p, call->where, "can't take the square root of %s", hk_dim_text(*dim, kind));
    *dim = (struct hk_dim){dim->time / 2, dim->voltage / 2, dim->current / 2};
    q->value = sqrt(q->value);
    return true;
}

static bool call_number(struct parser *p, const struct call *call) {
    struct hk_quantity *q = call->arguments;
    char what[32];
    (void)snprintf(what, sizeof what, "the argument of %s", call->function->name);
    if (!check_number(p, call->where, what, q)) return false;
    q->value = call->function->of_number(q->value);
    return true;
}

static const struct function functions[] = {
    {"min", 2, ARGUMENTS_MAX, call_min, NULL},
    {"max", 2, ARGUMENTS_MAX, call_max, NULL},
    {"abs", 1, 1, call_abs, NULL},
    {"sqrt", 1, 1, call_sqrt, NULL},
    {"exp", 1, 1, call_number, exp},
    {"log", 1, 1, call_number, log},
    {"round", 1, 1, call_number, round},
    {"floor", 1, 1, call_number, floor},
    {"ceil", 1, 1, call_number, ceil},
};

static const struct function *find_function(const char *name) {
    for (size_t k = 0; k < HK_COUNT(functions); k++)
        if (strcmp(name, functions[k].name) == 0) return &functions[k];
    return NULL;
}

static bool fail_function(struct parser *p, const char *where, const char *name) {
    const char *names[HK_COUNT(functions)];
    char hint[HK_HINT_SIZE];
    for (size_t k = 0; k < HK_COUNT(functions); k++) names[k] = functions[k].name;
    return FAIL_AT(p, where, "unknown function '%s'; %s", name,
                   hk_nearest_hint(name, names, HK_COUNT(names), hint));
}

/* From "(" on. */
static bool parse_call(struct parser *p, const struct function *function, const char *where,
                       struct hk_quantity *out) {
    struct hk_quantity arguments[ARGUMENTS_MAX] = {{0}};
    struct call call = {.function = function, .where = where, .arguments = arguments};
    do {
        p->at++; /* "(" or "," */
        if (call.count == function->most)
            return FAIL_AT(p, where, "%s takes at most %zu argument%s", function->name,
                           function->most, function->most == 1 ? "" : "s");
        if (!parse_binary(p, SUM, &arguments[call.count++])) return false;
    } while (*p->at == ',');
    if (*p->at != ')') return fail_expected(p, "',' or ')'");
    p->at++;
    if (call.count < function->least)
        return FAIL_AT(p, where, "%s takes at least %zu arguments", function->name,
                       function->least);
    if (!function->apply(p, &call) || !check_finite(p, where, arguments)) return false;
    *out = arguments[0];
    return true;
}

/* ---- Operands ---- */

static bool parse_name(struct parser *p, struct hk_quantity *out) {
    const char *where = p->at;
    size_t size = name_size(where);
    char name[HK_NAME_MAX + 1];
    if (size > HK_NAME_MAX)
        return FAIL_AT(p, where, "a name has at most %d characters", HK_NAME_MAX);
    memcpy(name, where, size);
    name[size] = '\0';
    p->at += size;
    skip_blanks(p);
    const struct function *function = find_function(name);
    if (*p->at == '(' && !function) return fail_function(p, where, name);
    if (*p->at == '(') return parse_call(p, function, where, out);
    if (function) return FAIL_AT(p, where, "%s is a function: write %s(...)", name, name);
    p->wrong = where;
    return p->lookup(p->context, name, out, p->err);
}

static bool parse_group(struct parser *p, struct hk_quantity *out) {
    p->at++;
    if (!parse_binary(p, SUM, out)) return false;
    if (*p->at != ')') return fail_expected(p, "an operator or ')'");
    p->at++;
    return true;
}

static bool parse_sign(struct parser *p, struct hk_quantity *out) {
    p->at++;
    if (!parse_binary(p, SIGN, out)) return false;
    out->value = -out->value;
    return true;
}

static bool parse_operand(struct parser *p, struct hk_quantity *out) {
    skip_blanks(p);
    if (*p->at == '(') return parse_group(p, out);
    if (*p->at == '-') return parse_sign(p, out);
    if (name_size(p->at)) return parse_name(p, out);
    if (!is_digit(*p->at) && *p->at != '.') return fail_expected(p, "a number or a name");
    bool ok = hk_quantity_scan(&p->at, out, p->err);
    if (!ok) p->wrong = p->at;
    return ok;
}

/* An operand and all operators behind it that bind at least as tightly as `precedence`. Leaves
 * p->at on what comes next. */
static bool parse_binary(struct parser *p, int precedence, struct hk_quantity *out) {
    if (p->depth == DEPTH_MAX)
        return FAIL_AT(p, p->at, "the expression is nested deeper than %d levels", DEPTH_MAX);
    p->depth++;
    if (!parse_operand(p, out)) return false;
    for (;;) {
        skip_blanks(p);
        const char *op = p->at;
        int tightness = precedence_of(*op);
        if (tightness == 0 || tightness < precedence) break;
        struct hk_quantity right = {0};
        p->at++;
        if (!parse_binary(p, tightness == POWER ? POWER : tightness + 1, &right)) return false;
        if (!apply(p, op, out, &right) || !check_finite(p, op, out)) return false;
    }
    p->depth--;
    return true;
}

/* ---- Entry points ---- */

bool hk_expr_eval(const char *text, hk_expr_lookup *lookup, void *context, struct hk_quantity *out,
                  int *column, struct hk_err *err) {
    struct parser p = {.at = text, .wrong = text, .lookup = lookup, .context = context, .err = err};
    bool ok = parse_binary(&p, SUM, out);
    if (ok && *p.at) ok = fail_expected(&p, "an operator");
    *column = ok ? 0 : hk_text_columns(text, p.wrong) + 1;
    return ok;
}

bool hk_expr_is_name(const char *text) {
    size_t size = name_size(text);
    return size && size <= HK_NAME_MAX && text[size] == '\0' && !find_function(text);
}
