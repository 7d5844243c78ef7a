/* `-D populations.exc.tau_m=20 ms`: one value of a tree, replaced from the command line. */
#ifndef HK_IO_OVERRIDE_H
#define HK_IO_OVERRIDE_H

#include "io/tree.h"

/* Set what `text`, "path=value", says. The path is keys and list indices with dots between
 * ("projections.input->exc.delay", "protocol.0.take"); keys that a map doesn't have yet are made.
 * The value is YAML: "20 ms", "[1, 2]", "{rule: all-to-all}", "null". What is set stands, in later
 * messages, at file "-D", line 1, and its column in `text`. After a failure the tree may be half
 * changed. */
bool hk_tree_set(struct hk_arena *arena, struct hk_node *root, const char *text,
                 struct hk_err *err) HK_MUST_USE;

/* The '=' of "path=value"; NULL: there is none, or nothing before it (HK_ERR_USAGE). */
const char *hk_override_equals(const char *text, struct hk_err *err) HK_MUST_USE;

#endif
