#include "io/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/diagnostics.h"
#include "io/nearest.h"

/* ---- Building ---- */

struct hk_node *hk_node_create(struct hk_arena *arena, enum hk_node_kind kind, struct hk_err *err) {
    struct hk_node *node = HK_NEW(arena, struct hk_node, 1, err);
    if (node) node->kind = kind;
    return node;
}

void hk_node_append(struct hk_node *parent, struct hk_node *child) {
    HK_ASSERT(parent->kind == HK_NODE_MAP ? child->key != NULL : parent->kind == HK_NODE_LIST);
    child->parent = parent;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

/* A node like `from`, alone. */
static struct hk_node *copy_node(struct hk_arena *arena, const struct hk_node *from,
                                 struct hk_err *err) {
    struct hk_node *node = hk_node_create(arena, from->kind, err);
    if (!node) return NULL;
    *node = *from;
    node->first = node->last = node->next = node->parent = NULL;
    node->count = 0;
    return node;
}

static struct hk_node *copy_tree(struct hk_arena *arena, const struct hk_node *from,
                                 struct hk_err *err) {
    struct hk_node *root = copy_node(arena, from, err);
    for (const struct hk_node *child = from->first; root && child; child = child->next) {
        struct hk_node *copy = copy_tree(arena, child, err);
        if (!copy) return NULL;
        hk_node_append(root, copy);
    }
    return root;
}

struct hk_node *hk_tree_merge(struct hk_arena *arena, const struct hk_node *base,
                              const struct hk_node *over, struct hk_err *err) {
    if (base->kind != HK_NODE_MAP || over->kind != HK_NODE_MAP) return copy_tree(arena, over, err);
    struct hk_node *merged = copy_node(arena, over, err);
    if (!merged) return NULL;
    for (const struct hk_node *child = base->first; child; child = child->next) {
        const struct hk_node *newer = hk_node_get(over, child->key);
        struct hk_node *copy =
            newer ? hk_tree_merge(arena, child, newer, err) : copy_tree(arena, child, err);
        if (!copy) return NULL;
        hk_node_append(merged, copy);
    }
    for (const struct hk_node *child = over->first; child; child = child->next) {
        if (hk_node_get(base, child->key)) continue;
        struct hk_node *copy = copy_tree(arena, child, err);
        if (!copy) return NULL;
        hk_node_append(merged, copy);
    }
    return merged;
}

void hk_node_drop(struct hk_node *map, const char *key) {
    struct hk_node *before = NULL;
    for (struct hk_node *node = map->first; node; before = node, node = node->next) {
        if (strcmp(node->key, key) != 0) continue;
        *(before ? &before->next : &map->first) = node->next;
        if (map->last == node) map->last = before;
        map->count--;
        return;
    }
}

/* ---- Finding ---- */

static struct hk_node *find_index(const struct hk_node *list, const char *digits, size_t size) {
    size_t index = 0;
    for (size_t k = 0; k < size; k++) {
        if (digits[k] < '0' || digits[k] > '9' || index > list->count) return NULL;
        index = 10 * index + (size_t)(digits[k] - '0');
    }
    if (size == 0 || index >= list->count) return NULL;
    struct hk_node *child = list->first;
    while (index--) child = child->next;
    return child;
}

struct hk_node *hk_node_child(const struct hk_node *parent, const char *name, size_t size) {
    if (parent->kind == HK_NODE_LIST) return find_index(parent, name, size);
    for (struct hk_node *child = parent->first; child; child = child->next)
        if (strncmp(child->key, name, size) == 0 && child->key[size] == '\0') return child;
    return NULL;
}

struct hk_node *hk_node_get(const struct hk_node *map, const char *key) {
    return map->kind == HK_NODE_MAP ? hk_node_child(map, key, strlen(key)) : NULL;
}

struct hk_node *hk_node_path(const struct hk_node *root, const char *path) {
    for (;;) {
        size_t size = strcspn(path, ".");
        struct hk_node *child = hk_node_child(root, path, size);
        if (!child || path[size] == '\0') return child;
        root = child;
        path += size + 1;
    }
}

static int compare_keys(const void *a, const void *b) {
    const struct hk_node *x = *(const struct hk_node *const *)a;
    const struct hk_node *y = *(const struct hk_node *const *)b;
    int order = strcmp(x->key, y->key);
    if (order == 0) order = (x->key_line > y->key_line) - (x->key_line < y->key_line);
    return order ? order : (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

struct hk_node **hk_node_sorted(struct hk_arena *arena, const struct hk_node *map,
                                struct hk_err *err) {
    struct hk_node **sorted = HK_NEW(arena, struct hk_node *, map->count, err);
    size_t count = 0;
    if (!sorted) return NULL;
    for (struct hk_node *entry = map->first; entry; entry = entry->next) sorted[count++] = entry;
    qsort(sorted, count, sizeof *sorted, compare_keys);
    return sorted;
}

struct hk_node hk_node_at_key(const struct hk_node *node) {
    struct hk_node place = *node;
    place.line = node->key_line;
    place.column = node->key_column;
    return place;
}

struct hk_node *hk_node_section(const struct hk_node *node, const char *key) {
    while (node->parent) node = node->parent;
    return hk_node_get(node, key);
}

bool hk_node_is_told(const struct hk_node *node, const char *section, const char *name) {
    const struct hk_node *map = hk_node_section(node, section);
    return map && (map->kind != HK_NODE_MAP || !name || hk_node_get(map, name));
}

/* ---- Saying what is wrong ---- */

static bool fail_at(struct hk_err *err, const char *file, int line, int column, const char *format,
                    va_list args) {
    char text[sizeof err->message];
    (void)vsnprintf(text, sizeof text, format, args);
    return HK_FAIL(err, HK_ERR_CONFIG, "%s:%d:%d: %s", file, line, column, text);
}

bool hk_node_fail(struct hk_err *err, const struct hk_node *node, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)fail_at(err, node->file, node->line, node->column, format, args);
    va_end(args);
    return false;
}

bool hk_node_fail_key(struct hk_err *err, const struct hk_node *node, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)fail_at(err, node->file, node->key ? node->key_line : node->line,
                  node->key ? node->key_column : node->column, format, args);
    va_end(args);
    return false;
}

bool hk_node_fail_unknown(struct hk_err *err, const struct hk_node *node, const char *what,
                          const char *name, const char *const *names, size_t count) {
    char hint[HK_HINT_SIZE];
    return hk_node_fail(err, node, "there is no %s '%s'; %s", what, name,
                        hk_nearest_hint(name, names, count, hint));
}

bool hk_node_fail_absent(struct hk_err *err, const struct hk_node *node, const char *what,
                         const char *name, const char *section) {
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX];
    size_t count = 0;
    const struct hk_node *map = hk_node_section(node, section);
    const struct hk_node *at = map && map->kind == HK_NODE_MAP ? map->first : NULL;
    for (; at && count < NAMES_MAX; at = at->next) names[count++] = at->key;
    return hk_node_fail_unknown(err, node, what, name, names, count);
}

bool hk_node_context(struct hk_err *err, const struct hk_node *node) {
    return hk_err_context(err, "%s:%d:%d", node->file, node->line, node->column);
}

/* The entry of that key in the map or in a map in it, of those that stand in a file. */
static const struct hk_node *find_within(const struct hk_node *map, const char *key, size_t size) {
    const struct hk_node *found = hk_node_child(map, key, size);
    if (found && found->key_line > 0) return found;
    found = NULL;
    for (const struct hk_node *at = map->first; at && !found; at = at->next)
        if (at->kind == HK_NODE_MAP) found = find_within(at, key, size);
    return found;
}

bool hk_node_context_within(struct hk_err *err, const struct hk_node *map) {
    const struct hk_node *found = NULL;
    if (!err || err->code == HK_OK) return false;
    for (const char *at = err->message; at && !found;) {
        size_t size = strcspn(at, " :[");
        if (size > 0) found = find_within(map, at, size);
        at = strstr(at, ": ");
        if (at) at += 2;
    }
    return hk_node_context(err, found ? found : map);
}

const char *hk_node_kind_name(enum hk_node_kind kind) {
    static const char *const names[] = {
        [HK_NODE_NULL] = "nothing",
        [HK_NODE_SCALAR] = "a value",
        [HK_NODE_LIST] = "a list",
        [HK_NODE_MAP] = "a map",
    };
    return names[kind];
}

static bool is_one_of(const char *word, const char *const *words, size_t count) {
    for (size_t k = 0; k < count; k++)
        if (strcmp(word, words[k]) == 0) return true;
    return false;
}

int hk_text_columns(const char *from, const char *to) {
    int columns = 0;
    for (; from < to; from++) columns += ((unsigned char)*from & 0xC0) != 0x80;
    return columns;
}

bool hk_text_is_null(const char *text) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    return is_one_of(text, nulls, HK_COUNT(nulls));
}

/* ---- Checking and reading ---- */

bool hk_node_expect(const struct hk_node *node, enum hk_node_kind kind, struct hk_err *err) {
    if (node->kind == kind) return true;
    return hk_node_fail(err, node, "expected %s, got %s", hk_node_kind_name(kind),
                        hk_node_kind_name(node->kind));
}

/* The map within a map that has the key. */
static const struct hk_node *find_below(const struct hk_node *map, const char *key) {
    for (const struct hk_node *child = map->first; child; child = child->next)
        if (hk_node_get(child, key)) return child;
    return NULL;
}

bool hk_node_check_key(const struct hk_node *map, struct hk_node *entry, const char *const *known,
                       size_t count, struct hk_err *err) {
    char hint[HK_HINT_SIZE];
    const struct hk_node *below;
    if (is_one_of(entry->key, known, count)) return true;
    if ((below = find_below(map, entry->key)))
        return hk_node_fail_key(err, entry, "unknown key '%s'; did you mean '%s.%s'?", entry->key,
                                below->key, entry->key);
    (void)hk_node_fail_key(err, entry, "unknown key '%s'; %s", entry->key,
                           hk_nearest_hint(entry->key, known, count, hint));
    const char *nearest = hk_nearest(entry->key, known, count);
    if (nearest && !hk_node_get(map, nearest)) entry->key = nearest;
    return false;
}

bool hk_node_check_keys(const struct hk_node *map, const char *const *known, size_t count,
                        struct hk_err *err) {
    bool ok = true;
    if (map->kind == HK_NODE_NULL) return true;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    for (struct hk_node *entry = map->first; entry; entry = entry->next)
        ok &= hk_go_on(hk_node_check_key(map, entry, known, count, err), err);
    return ok;
}

bool hk_node_take_for(const struct hk_node *map, const char *key, struct hk_err *err) {
    for (struct hk_node *at = map->first; at && !hk_node_get(map, key); at = at->next)
        if (at->key && hk_nearest(at->key, &key, 1))
            return hk_go_on(hk_node_check_key(map, at, &key, 1, err), err);
    return true;
}

const char *hk_node_text(const struct hk_node *node, struct hk_err *err) {
    if (node->kind == HK_NODE_SCALAR) return node->text;
    (void)hk_node_fail(err, node, "expected text, got %s", hk_node_kind_name(node->kind));
    return NULL;
}

bool hk_node_bool(const struct hk_node *node, bool *out, struct hk_err *err) {
    static const char *const other_words[] = {"yes", "no", "on", "off", "y", "n"};
    if (!hk_node_expect(node, HK_NODE_SCALAR, err)) return false;
    *out = strcmp(node->text, "true") == 0;
    bool known = *out || strcmp(node->text, "false") == 0;
    if (known && !node->quoted) return true;
    if (known)
        return hk_node_fail(err, node, "\"%s\" in quotes is text; write %s", node->text,
                            node->text);
    for (size_t k = 0; k < HK_COUNT(other_words); k++)
        if (strcasecmp(node->text, other_words[k]) == 0)
            return hk_node_fail(err, node, "'%s' is text in YAML 1.2; write true or false",
                                node->text);
    return hk_node_fail(err, node, "expected true or false, got '%s'", node->text);
}

bool hk_node_is_int(const struct hk_node *node) {
    if (node->kind != HK_NODE_SCALAR || node->quoted) return false;
    const char *digits = node->text + (*node->text == '-' || *node->text == '+');
    return *digits && digits[strspn(digits, "0123456789")] == '\0';
}

bool hk_node_int(const struct hk_node *node, int64_t min, int64_t max, int64_t *out,
                 struct hk_err *err) {
    if (!hk_node_expect(node, HK_NODE_SCALAR, err)) return false;
    if (node->quoted) return hk_node_fail(err, node, "expected a whole number, got text in quotes");
    if (!hk_node_is_int(node))
        return hk_node_fail(err, node, "expected a whole number, got '%s'", node->text);
    errno = 0;
    int64_t value = strtoll(node->text, NULL, 10);
    bool saturated = errno == ERANGE;
    if (value < min || (saturated && value < 0))
        return hk_node_fail(err, node, "%s is too small; must be at least %" PRId64, node->text,
                            min);
    if (value > max || saturated)
        return hk_node_fail(err, node, "%s is too large; must be at most %" PRId64, node->text,
                            max);
    *out = value;
    return true;
}
