#include "io/override.h"

#include <string.h>

#include "io/yaml.h"

static const char *const file_name = "-D";

struct override {
    struct hk_arena *arena;
    const char *text;
    struct hk_err *err;
};

/* A name of the path. */
struct part {
    const char *name;
    size_t size;
};

#define FAIL_AT(o, at, ...) fail_in(o, at, hk_arena_format((o)->arena, (o)->err, __VA_ARGS__))

static int column_of(const struct override *o, const char *at) {
    return hk_text_columns(o->text, at) + 1;
}

static bool fail_in(const struct override *o, const char *at, const char *message) {
    if (!message) return false;
    return HK_FAIL(o->err, HK_ERR_CONFIG, "%s:1:%d: %s", file_name, column_of(o, at), message);
}

/* The value, parsed with blanks in place of "path=", so that its columns come out right. */
static struct hk_node *parse_value(const struct override *o, const char *value) {
    const char *blanks = " \t\n";
    if (value[strspn(value, blanks)] == '\0') {
        (void)FAIL_AT(o, value, "no value after '='; to set nothing, write null");
        return NULL;
    }
    int before = hk_text_columns(o->text, value);
    char *padded = hk_arena_format(o->arena, o->err, "%*s%s", before, "", value);
    return padded ? hk_yaml_parse(o->arena, file_name, padded, strlen(padded), o->err) : NULL;
}

static int depth_of(const struct hk_node *node) {
    int deepest = 0;
    for (const struct hk_node *child = node->first; child; child = child->next) {
        int depth = depth_of(child);
        if (depth > deepest) deepest = depth;
    }
    return deepest + (node->kind == HK_NODE_LIST || node->kind == HK_NODE_MAP);
}

/* Each part is a name, and the tree stays within its limits. */
static bool check_path(const struct override *o, const char *end, const struct hk_node *value) {
    int depth = depth_of(value);
    for (const char *at = o->text;; at++) {
        size_t size = strcspn(at, ".=");
        if (size == 0) return FAIL_AT(o, at, "an empty name in the path");
        if (size > HK_KEY_MAX) return FAIL_AT(o, at, "a key has at most %d bytes", HK_KEY_MAX);
        if (++depth > HK_TREE_DEPTH_MAX)
            return FAIL_AT(o, at, "nested deeper than %d levels", HK_TREE_DEPTH_MAX);
        at += size;
        if (at == end) return true;
    }
}

static void set_position(const struct override *o, struct hk_node *node, const char *at) {
    node->file = file_name;
    node->line = 1;
    node->column = column_of(o, at);
}

/* The command line isn't checked UTF-8; what it may add to a tree is kept simple. */
static struct hk_node *add_child(const struct override *o, struct hk_node *map, struct part part) {
    for (size_t k = 0; k < part.size; k++) {
        if (part.name[k] >= ' ' && part.name[k] <= '~') continue;
        (void)FAIL_AT(o, part.name, "a new key may hold printable ASCII characters only");
        return NULL;
    }
    struct hk_node *child = hk_node_create(o->arena, HK_NODE_NULL, o->err);
    if (!child) return NULL;
    child->key = hk_arena_format(o->arena, o->err, "%.*s", (int)part.size, part.name);
    if (!child->key) return NULL;
    set_position(o, child, part.name);
    child->key_line = child->line;
    child->key_column = child->column;
    hk_node_append(map, child);
    return child;
}

/* The child that `part` names, made where it may be. */
static struct hk_node *step(const struct override *o, struct hk_node *parent, struct part part) {
    int size = (int)part.size;
    if (parent->kind == HK_NODE_NULL) parent->kind = HK_NODE_MAP;
    struct hk_node *child = hk_node_child(parent, part.name, part.size);
    if (child) return child;
    switch (parent->kind) {
    case HK_NODE_MAP: return add_child(o, parent, part);
    case HK_NODE_LIST:
        (void)FAIL_AT(o, part.name,
                      "'%.*s' is not an index of this list, which has %zu entries from 0", size,
                      part.name, parent->count);
        return NULL;
    default:
        (void)FAIL_AT(o, part.name, "'%.*s' can't be set inside the value '%s'", size, part.name,
                      parent->text);
        return NULL;
    }
}

/* Turn `node` into `value`, in its place of the tree. */
static void replace(struct hk_node *node, const struct hk_node *value) {
    struct hk_node old = *node;
    *node = *value;
    node->key = old.key;
    node->next = old.next;
    node->parent = old.parent;
    for (struct hk_node *child = node->first; child; child = child->next) child->parent = node;
}

const char *hk_override_equals(const char *text, struct hk_err *err) {
    const char *equals = strchr(text, '=');
    if (equals && equals != text) return equals;
    (void)HK_FAIL(err, HK_ERR_USAGE, "'%s' is not of the form path=value", text);
    return NULL;
}

bool hk_tree_set(struct hk_arena *arena, struct hk_node *root, const char *text,
                 struct hk_err *err) {
    struct override o = {.arena = arena, .text = text, .err = err};
    const char *end = strchr(text, '=');
    if (!end) return FAIL_AT(&o, text, "'%s' is not of the form path=value", text);
    const struct hk_node *value = parse_value(&o, end + 1);
    if (!value || !check_path(&o, end, value)) return false;
    struct hk_node *node = root;
    const char *at = text;
    for (;; at++) {
        struct part part = {at, strcspn(at, ".=")};
        node = step(&o, node, part);
        if (!node) return false;
        if (at[part.size] == '=') break;
        at += part.size;
    }
    replace(node, value);
    if (node->key) {
        node->key_line = 1;
        node->key_column = column_of(&o, at);
    }
    return true;
}
