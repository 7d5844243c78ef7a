/* Expressions over named quantities, as in `size: = 4 * order`: numbers and quantities (2 * 20 ms),
 * names, + - * / ^ ( ), and a handful of functions. Units are computed along and checked. No state,
 * no text, no conditions: a value, worked out once.
 *
 * From loose to tight: + -, * /, unary -, ^ (from the right), so -2^2 = -4 and 2^-1 = 0.5. */
#ifndef HK_IO_EXPR_H
#define HK_IO_EXPR_H

#include "io/quantity.h"

enum { HK_NAME_MAX = 63 };

/* What `name` stands for; false with a message (without a position) when it stands for nothing. */
typedef bool hk_expr_lookup(void *context, const char *name, struct hk_quantity *out,
                            struct hk_err *err);

/* The value of the expression. Errors: HK_ERR_CONFIG, without a position; `*column` is then the
 * column in `text`, from 1, of what is wrong. */
bool hk_expr_eval(const char *text, hk_expr_lookup *lookup, void *context, struct hk_quantity *out,
                  int *column, struct hk_err *err) HK_MUST_USE;

/* Whether expressions can refer to it: a letter or _, then also digits, and not a function's
 * name. */
bool hk_expr_is_name(const char *text);

#endif
