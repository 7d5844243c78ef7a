/* An experiment file as a tree that remembers where everything stood, so that whoever finds a
 * mistake can say "file:line:column: ...". Knows nothing of YAML's syntax (io/yaml.h reads,
 * io/tree_write.h writes) and nothing of what the keys mean.
 *
 * All nodes live in an arena and go with it. */
#ifndef HK_IO_TREE_H
#define HK_IO_TREE_H

#include "sim/arena.h"
#include "sim/error.h"

enum hk_node_kind { HK_NODE_NULL, HK_NODE_SCALAR, HK_NODE_LIST, HK_NODE_MAP };

enum {
    HK_TREE_DEPTH_MAX = 64,             /* maps and lists within each other */
    HK_TREE_SIZE_MAX = 4 * 1024 * 1024, /* bytes of a file */
    HK_KEY_MAX = 255,                   /* bytes of a key */
};

struct hk_node {
    enum hk_node_kind kind;
    const char *file;
    int line, column; /* of the value, from 1; columns count characters */
    const char *key;  /* within a map, else NULL */
    int key_line, key_column;
    const char *text; /* of a scalar, else NULL */
    bool quoted;      /* the scalar is text even where it looks like something else */
    struct hk_node *first, *last, *next, *parent;
    size_t count; /* children of a map or list, linked from `first` through `next` */
};

/* ---- Building ---- */

/* An empty node; the caller fills in position and text. */
struct hk_node *hk_node_create(struct hk_arena *arena, enum hk_node_kind kind,
                               struct hk_err *err) HK_MUST_USE;
/* Make `child` the last of a map (its key is set, and new to the map) or list. */
void hk_node_append(struct hk_node *parent, struct hk_node *child);

/* A new tree: maps that are in both merge deeply, `base`'s keys first; anything else of `over`
 * replaces what `base` has. Texts are shared with the two. */
struct hk_node *hk_tree_merge(struct hk_arena *arena, const struct hk_node *base,
                              const struct hk_node *over, struct hk_err *err) HK_MUST_USE;

/* Take the child of that key, if it is there, out of the map. */
void hk_node_drop(struct hk_node *map, const char *key);

/* ---- Finding: NULL when there is none ---- */

struct hk_node *hk_node_get(const struct hk_node *map, const char *key);
/* A map's child by key, a list's by index ("0" is the first); `name` has `size` bytes. */
struct hk_node *hk_node_child(const struct hk_node *parent, const char *name, size_t size);
/* "populations.exc.tau_m", "protocol.0.phase". A key that holds a dot can't be reached this way. */
struct hk_node *hk_node_path(const struct hk_node *root, const char *path);

/* The entries of a map by key, equal ones by position: the order of what must not depend on how the
 * file is laid out. */
struct hk_node **hk_node_sorted(struct hk_arena *arena, const struct hk_node *map,
                                struct hk_err *err) HK_MUST_USE;
/* A stand-in for the node that is placed where its key stands: for what is wrong with the key. */
struct hk_node hk_node_at_key(const struct hk_node *node);
/* The entry of that key at the root of the tree that `node` is in. */
struct hk_node *hk_node_section(const struct hk_node *node, const char *key);
/* Whether the tree that `node` is in says something of `name` (NULL: anything) in its section
 * ("populations"), or might, if what is there were a map. If it isn't to be had, that follows from
 * a mistake which is told where it was made. */
bool hk_node_is_told(const struct hk_node *node, const char *section, const char *name);

/* ---- Saying what is wrong: HK_ERR_CONFIG, "file:line:column: message"; all return false ---- */

bool hk_node_fail(struct hk_err *err, const struct hk_node *node, const char *format, ...)
    HK_PRINTF(3, 4);
/* The same at the key, where the node has one. */
bool hk_node_fail_key(struct hk_err *err, const struct hk_node *node, const char *format, ...)
    HK_PRINTF(3, 4);
/* "there is no population 'inn'; did you mean 'in'?": of the names that there are. */
bool hk_node_fail_unknown(struct hk_err *err, const struct hk_node *node, const char *what,
                          const char *name, const char *const *names, size_t count);
/* The same, of all names that a section of the tree has, right or wrong. */
bool hk_node_fail_absent(struct hk_err *err, const struct hk_node *node, const char *what,
                         const char *name, const char *section);
/* Put the node's position before the message of a failure. */
bool hk_node_context(struct hk_err *err, const struct hk_node *node);
/* The same for a failure of who made something of the map, "exc: t_ref: 2.05 ms is ...": at the
 * entry that the message names, if the file has one, else at the map. */
bool hk_node_context_within(struct hk_err *err, const struct hk_node *map);

/* "a map", "a list", "a value" or "nothing". */
const char *hk_node_kind_name(enum hk_node_kind kind);
/* How many columns the characters from..to take (UTF-8). */
int hk_text_columns(const char *from, const char *to);
/* Whether YAML 1.2 takes the text, without quotes, for nothing: "", ~, null. */
bool hk_text_is_null(const char *text);

/* ---- Checking and reading ---- */

/* "expected a map, got a list". */
bool hk_node_expect(const struct hk_node *node, enum hk_node_kind kind,
                    struct hk_err *err) HK_MUST_USE;
/* A map with no other keys than these; nothing at all counts as an empty map. Errors: each unknown
 * key, with the nearest known one or all of them. Where the map doesn't have the nearest one, its
 * entry is taken for that from then on: so it is checked, and not missed. */
bool hk_node_check_keys(const struct hk_node *map, const char *const *known, size_t count,
                        struct hk_err *err) HK_MUST_USE;

/* The same for one entry. */
bool hk_node_check_key(const struct hk_node *map, struct hk_node *entry, const char *const *known,
                       size_t count, struct hk_err *err) HK_MUST_USE;

/* An entry whose key is much like `key`, which the map lacks, is told, and taken for it: for keys
 * that decide which others are known. */
bool hk_node_take_for(const struct hk_node *map, const char *key, struct hk_err *err) HK_MUST_USE;

/* The text of any scalar; NULL and an error for all else. */
const char *hk_node_text(const struct hk_node *node, struct hk_err *err) HK_MUST_USE;
/* true or false, as in YAML 1.2; yes, no, on and off are errors that say so. */
bool hk_node_bool(const struct hk_node *node, bool *out, struct hk_err *err) HK_MUST_USE;
/* Digits with at most a sign before them, without quotes. */
bool hk_node_is_int(const struct hk_node *node);
/* Such a number in min..max. */
bool hk_node_int(const struct hk_node *node, int64_t min, int64_t max, int64_t *out,
                 struct hk_err *err) HK_MUST_USE;

#endif
