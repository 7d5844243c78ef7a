/* `params:` and the values that may refer to it: every number of an experiment is read here, as a
 * quantity (`20 ms`), a plain number, or an expression over the params (`= 4 * order`). */
#ifndef HK_IO_SCOPE_H
#define HK_IO_SCOPE_H

#include "io/quantity.h"
#include "io/tree.h"

/* The params, all worked out. */
struct hk_scope;

enum { HK_PARAMS_MAX = 1000 };

/* `params` is a map of quantities and expressions over each other, in any order; or NULL or
 * nothing, for none. Lives in the arena; borrows the nodes. Errors: HK_ERR_CONFIG with the position
 * of what is wrong; a circle is named. Where errors are kept (io/diagnostics.h) it returns what it
 * has, and values that refer to a param that is wrong fail without another error. */
struct hk_scope *hk_scope_create(struct hk_arena *arena, const struct hk_node *params,
                                 struct hk_err *err) HK_MUST_USE;

/* The next param that no value has referred to, from index `*at` on; moves `*at` behind it. NULL:
 * no more. What only such params refer to counts as used. */
const struct hk_node *hk_scope_unused(const struct hk_scope *scope, size_t *at);

/* The value of a scalar as a number of `unit` ("ms", "mV", "1", ...). A missing or wrong unit is an
 * error, at the value's position. Without a scope there are no params. */
bool hk_node_quantity(const struct hk_node *node, const char *unit, const struct hk_scope *scope,
                      double *out, struct hk_err *err) HK_MUST_USE;
/* The same in whatever unit it has. */
bool hk_node_solve(const struct hk_node *node, const struct hk_scope *scope,
                   struct hk_quantity *out, struct hk_err *err) HK_MUST_USE;
/* A number without a unit. */
bool hk_node_number(const struct hk_node *node, const struct hk_scope *scope, double *out,
                    struct hk_err *err) HK_MUST_USE;
/* A whole number in min..max; 1e3 is one too. */
bool hk_node_whole(const struct hk_node *node, const struct hk_scope *scope, int64_t min,
                   int64_t max, int64_t *out, struct hk_err *err) HK_MUST_USE;

#endif
