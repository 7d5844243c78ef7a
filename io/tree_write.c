/* Block style, two blanks a level; only a short list of simple values stands in one line, as people
 * write them: `shape: [28, 28]`. */
#include "io/tree_write.h"

#include <string.h>

enum { INDENT = 2, FLOW_WIDTH = 72 };

struct writer {
    struct hk_block *out;
    size_t length;
    struct hk_err *err;
};

static bool put_bytes(struct writer *w, const char *text, size_t size) {
    if (!hk_block_reserve(w->out, w->length + size + 1, 1, w->err)) return false;
    char *at = (char *)w->out->data + w->length;
    memcpy(at, text, size);
    at[size] = '\0';
    w->length += size;
    return true;
}

static bool put(struct writer *w, const char *text) {
    return put_bytes(w, text, strlen(text));
}

static bool put_indent(struct writer *w, int indent) {
    bool ok = true;
    for (int k = 0; ok && k < indent; k++) ok = put(w, " ");
    return ok;
}

/* ---- Scalars ---- */

/* Whether the text reads back as itself without quotes, in block style. */
static bool is_plain(const char *text) {
    size_t size = strlen(text);
    if (size == 0 || text[0] == ' ' || text[size - 1] == ' ' || text[size - 1] == ':') return false;
    if (strchr(",[]{}#&*!|>'\"%@`", text[0])) return false;
    if (strchr("-?:", text[0]) && (text[1] == ' ' || text[1] == '\0')) return false;
    if (strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0) return false;
    if (strstr(text, ": ") || strstr(text, " #") || strpbrk(text, "\t\n")) return false;
    return !hk_text_is_null(text);
}

static bool put_quoted(struct writer *w, const char *text) {
    bool ok = put(w, "\"");
    while (ok && *text) {
        size_t size = strcspn(text, "\"\\\t\n");
        ok = put_bytes(w, text, size);
        text += size;
        if (!*text) break;
        char escape[] = {'\\', *text == '\t' ? 't' : *text == '\n' ? 'n' : *text, '\0'};
        ok = ok && put(w, escape);
        text++;
    }
    return ok && put(w, "\"");
}

static bool put_text(struct writer *w, const char *text, bool quoted) {
    return quoted || !is_plain(text) ? put_quoted(w, text) : put(w, text);
}

static bool put_scalar(struct writer *w, const struct hk_node *node) {
    return node->kind == HK_NODE_NULL ? put(w, "null") : put_text(w, node->text, node->quoted);
}

/* ---- Lists and maps ---- */

static bool is_flow(const struct hk_node *list) {
    static const char simple[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-*/^()=<>. ";
    size_t width = 0;
    for (const struct hk_node *child = list->first; child; child = child->next) {
        if (child->kind != HK_NODE_SCALAR || child->text[strspn(child->text, simple)]) return false;
        width += strlen(child->text) + strlen(", ");
        if (width > FLOW_WIDTH) return false;
    }
    return true;
}

static bool put_flow(struct writer *w, const struct hk_node *list) {
    bool ok = put(w, "[");
    for (const struct hk_node *child = list->first; ok && child; child = child->next)
        ok = put_scalar(w, child) && (!child->next || put(w, ", "));
    return ok && put(w, "]");
}

static bool stands_in_line(const struct hk_node *node) {
    return node->count == 0 || (node->kind == HK_NODE_LIST && is_flow(node));
}

static bool put_in_line(struct writer *w, const struct hk_node *node) {
    if (node->kind == HK_NODE_LIST) return put_flow(w, node);
    return node->kind == HK_NODE_MAP ? put(w, "{}") : put_scalar(w, node);
}

/* The children of a map or list, one a line, from column `indent` on, where the writer stands. */
static bool put_children(struct writer *w, const struct hk_node *node, int indent) {
    bool ok = true;
    for (const struct hk_node *child = node->first; ok && child; child = child->next) {
        bool in_line = stands_in_line(child);
        if (child != node->first) ok = put_indent(w, indent);
        if (node->kind == HK_NODE_LIST)
            ok = ok && put(w, "- ");
        else
            ok = ok && put_text(w, child->key, false) && put(w, in_line ? ": " : ":\n");
        if (node->kind == HK_NODE_MAP && !in_line) ok = ok && put_indent(w, indent + INDENT);
        ok = ok && (in_line ? put_in_line(w, child) && put(w, "\n")
                            : put_children(w, child, indent + INDENT));
    }
    return ok;
}

bool hk_tree_write(const struct hk_node *root, struct hk_block *out, struct hk_err *err) {
    struct writer w = {.out = out, .err = err};
    bool ok =
        stands_in_line(root) ? put_in_line(&w, root) && put(&w, "\n") : put_children(&w, root, 0);
    if (ok && w.length > HK_TREE_SIZE_MAX)
        return HK_FAIL(err, HK_ERR_LIMIT, "as YAML the experiment is larger than %d MiB, the limit",
                       HK_TREE_SIZE_MAX / (1024 * 1024));
    return ok;
}
