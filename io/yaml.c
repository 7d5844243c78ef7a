#include "io/yaml.h"

#include "io/diagnostics.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* The tree as far as it was read. */
struct reader {
    struct hk_arena *arena;
    struct hk_err *err;
    const char *file;
    struct hk_node *root;
    struct hk_node *parent; /* the innermost open map or list, or NULL */
    int depth;              /* open maps and lists */
    const char *key;        /* read, its value is still to come; or NULL */
    int key_line, key_column;
};

static int line_of(yaml_mark_t mark) {
    return (int)mark.line + 1;
}

static int column_of(yaml_mark_t mark) {
    return (int)mark.column + 1;
}

static bool fail_at(const struct reader *r, yaml_mark_t mark, const char *format, ...)
    HK_PRINTF(3, 4);
static bool fail_at(const struct reader *r, yaml_mark_t mark, const char *format, ...) {
    char text[sizeof r->err->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return HK_FAIL(r->err, HK_ERR_CONFIG, "%s:%d:%d: %s", r->file, line_of(mark), column_of(mark),
                   text);
}

/* ---- Text ---- */

/* Whether a character would do harm in messages, terminals and file names: a control character, or
 * one that ends lines in YAML alone. A text (not a key) may hold tabs and newlines. libyaml has
 * checked the UTF-8; these come in through escapes such as "\e". */
static bool has_control(const char *text, size_t size, bool is_key) {
    for (size_t k = 0; k < size; k++) {
        unsigned char c = (unsigned char)text[k];
        bool is_space = c == '\t' || c == '\n';
        if ((c < 0x20 && (is_key || !is_space)) || c == 0x7F) return true;
        const char *rest = text + k;
        size_t left = size - k;
        if (left >= 2 && c == 0xC2 && (unsigned char)rest[1] < 0xA0) return true; /* U+0080-9F */
        if (left >= 3 && (memcmp(rest, "\u2028", 3) == 0 || memcmp(rest, "\u2029", 3) == 0 ||
                          memcmp(rest, "\uFEFF", 3) == 0))
            return true;
    }
    return false;
}

/* ---- Events ---- */

static bool expects_key(const struct reader *r) {
    return r->parent && r->parent->kind == HK_NODE_MAP && !r->key;
}

static struct hk_node *add_node(struct reader *r, enum hk_node_kind kind, yaml_mark_t mark) {
    struct hk_node *node = hk_node_create(r->arena, kind, r->err);
    if (!node) return NULL;
    node->file = r->file;
    node->line = line_of(mark);
    node->column = column_of(mark);
    node->key = r->key;
    node->key_line = r->key_line;
    node->key_column = r->key_column;
    r->key = NULL;
    r->key_line = r->key_column = 0;
    if (r->parent)
        hk_node_append(r->parent, node);
    else
        r->root = node;
    return node;
}

/* What a value of any kind may not have. */
static bool is_plain_yaml(const struct reader *r, yaml_mark_t mark, const yaml_char_t *anchor,
                          const yaml_char_t *tag) {
    if (anchor) return fail_at(r, mark, "anchors and aliases are not part of experiment files");
    if (tag) return fail_at(r, mark, "tags ('!...') are not part of experiment files");
    return true;
}

static bool take_key(struct reader *r, yaml_mark_t mark, const char *text, size_t size) {
    if (size == 0) return fail_at(r, mark, "the key is empty");
    if (size > HK_KEY_MAX) return fail_at(r, mark, "a key has at most %d bytes", HK_KEY_MAX);
    if (has_control(text, size, true)) return fail_at(r, mark, "control character in a key");
    r->key = hk_arena_text(r->arena, text, r->err);
    r->key_line = line_of(mark);
    r->key_column = column_of(mark);
    return r->key != NULL;
}

static bool take_scalar(struct reader *r, const yaml_event_t *event) {
    const char *text = (const char *)event->data.scalar.value;
    size_t size = event->data.scalar.length;
    yaml_mark_t mark = event->start_mark;
    bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (!is_plain_yaml(r, mark, event->data.scalar.anchor, event->data.scalar.tag)) return false;
    if (expects_key(r)) return take_key(r, mark, text, size);
    if (has_control(text, size, false)) return fail_at(r, mark, "control character in a text");
    bool null = !quoted && hk_text_is_null(text);
    struct hk_node *node = add_node(r, null ? HK_NODE_NULL : HK_NODE_SCALAR, mark);
    if (!node || null) return node != NULL;
    node->quoted = quoted;
    node->text = hk_arena_text(r->arena, text, r->err);
    return node->text != NULL;
}

static bool take_start(struct reader *r, enum hk_node_kind kind, yaml_mark_t mark) {
    if (expects_key(r))
        return fail_at(r, mark,
                       "a key is a word, not %s; is this '{...}' or '[...]' a value that "
                       "should be in quotes?",
                       hk_node_kind_name(kind));
    if (++r->depth > HK_TREE_DEPTH_MAX)
        return fail_at(r, mark, "nested deeper than %d levels", HK_TREE_DEPTH_MAX);
    struct hk_node *node = add_node(r, kind, mark);
    r->parent = node;
    return node != NULL;
}

/* Sorting keeps this fast for maps of any size. */
static bool check_duplicates(const struct reader *r, const struct hk_node *map) {
    struct hk_node **sorted = hk_node_sorted(r->arena, map, r->err);
    if (!sorted) return false;
    for (size_t k = 1; k < map->count && hk_can_go_on(r->err); k++)
        if (strcmp(sorted[k - 1]->key, sorted[k]->key) == 0)
            (void)hk_go_on(hk_node_fail_key(r->err, sorted[k],
                                            "the key '%s' was already given on line %d",
                                            sorted[k]->key, sorted[k - 1]->key_line),
                           r->err);
    return hk_can_go_on(r->err);
}

static bool take_end(struct reader *r) {
    const struct hk_node *ended = r->parent;
    HK_ASSERT(ended); /* libyaml's events are balanced */
    r->parent = ended->parent;
    r->depth--;
    return ended->kind != HK_NODE_MAP || check_duplicates(r, ended);
}

static bool take_event(struct reader *r, const yaml_event_t *event) {
    yaml_mark_t mark = event->start_mark;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (!r->root) return true;
        return fail_at(r, mark, "a second document begins here; an experiment file is one");
    case YAML_ALIAS_EVENT: return is_plain_yaml(r, mark, event->data.alias.anchor, NULL);
    case YAML_SCALAR_EVENT: return take_scalar(r, event);
    case YAML_SEQUENCE_START_EVENT:
        return is_plain_yaml(r, mark, event->data.sequence_start.anchor,
                             event->data.sequence_start.tag) &&
               take_start(r, HK_NODE_LIST, mark);
    case YAML_MAPPING_START_EVENT:
        return is_plain_yaml(r, mark, event->data.mapping_start.anchor,
                             event->data.mapping_start.tag) &&
               take_start(r, HK_NODE_MAP, mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return take_end(r);
    default: return true;
    }
}

/* ---- libyaml's own errors ---- */

/* What a beginner needs to know beside libyaml's words. */
static const char *hint_for(const char *problem) {
    if (strcmp(problem, "mapping values are not allowed in this context") == 0)
        return "; a text that holds ': ' must be in quotes, and keys of one map begin in one "
               "column";
    if (strcmp(problem, "found character that cannot start any token") == 0)
        return "; indent with blanks, not tabs, and put a text that begins with @ ` or % in quotes";
    return "";
}

/* For bad bytes, which libyaml finds before there are lines, and for the end of the text. */
static yaml_mark_t mark_of_offset(const char *text, size_t offset) {
    yaml_mark_t mark = {0};
    const char *line = text;
    for (const char *at = text; at < text + offset; at++) {
        if (*at != '\n') continue;
        mark.line++;
        line = at + 1;
    }
    mark.column = (size_t)hk_text_columns(line, text + offset);
    return mark;
}

static bool fail_syntax(const struct reader *r, const yaml_parser_t *parser, const char *text,
                        size_t size) {
    const char *problem = parser->problem ? parser->problem : "not YAML";
    if (parser->error == YAML_MEMORY_ERROR)
        return HK_FAIL(r->err, HK_ERR_MEMORY, "no memory to read %s", r->file);
    if (parser->error == YAML_READER_ERROR)
        return fail_at(r, mark_of_offset(text, parser->problem_offset), "%s", problem);
    /* libyaml puts a line's end behind a last line that has none. */
    yaml_mark_t mark = parser->problem_mark, end = mark_of_offset(text, size);
    if (mark.line > end.line) mark = end;
    if (parser->context && parser->context_mark.line < mark.line)
        return fail_at(r, mark, "%s (%s that began on line %d)%s", problem, parser->context,
                       line_of(parser->context_mark), hint_for(problem));
    return fail_at(r, mark, "%s%s", problem, hint_for(problem));
}

static bool read_events(struct reader *r, const char *text, size_t size) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return HK_FAIL(r->err, HK_ERR_MEMORY, "no memory to read %s", r->file);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    bool ok = true;
    for (bool more = true; ok && more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            ok = fail_syntax(r, &parser, text, size);
            break;
        }
        ok = take_event(r, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return ok;
}

struct hk_node *hk_yaml_parse(struct hk_arena *arena, const char *name, const char *text,
                              size_t size, struct hk_err *err) {
    if (size > HK_TREE_SIZE_MAX) {
        (void)HK_FAIL(err, HK_ERR_LIMIT, "%s: larger than %d MiB, the limit of experiment files",
                      name, HK_TREE_SIZE_MAX / (1024 * 1024));
        return NULL;
    }
    struct reader r = {.arena = arena, .err = err, .file = hk_arena_text(arena, name, err)};
    if (!r.file || !read_events(&r, text, size)) return NULL;
    if (!r.root) (void)fail_at(&r, (yaml_mark_t){0}, "is empty: nothing but blanks and comments");
    return r.root;
}

/* ---- Files ---- */

/* The whole file, or as much as shows that it is too large. */
static bool read_file(const char *path, struct hk_block *text, size_t *size, struct hk_err *err) {
    enum { STEP = 64 * 1024 };
    FILE *file = fopen(path, "rb");
    if (!file) return HK_FAIL(err, HK_ERR_IO, "can't open %s: %s", path, strerror(errno));
    bool ok = true;
    for (*size = 0; ok && !feof(file) && *size <= HK_TREE_SIZE_MAX;) {
        ok = hk_block_reserve(text, *size + STEP, 1, err);
        if (!ok) break;
        *size += fread((char *)text->data + *size, 1, STEP, file);
        if (ferror(file)) ok = HK_FAIL(err, HK_ERR_IO, "can't read %s: %s", path, strerror(errno));
    }
    (void)fclose(file);
    return ok;
}

struct hk_node *hk_yaml_read(struct hk_arena *arena, const char *path, struct hk_err *err) {
    struct hk_block text = {0};
    size_t size = 0;
    struct hk_node *root = NULL;
    if (read_file(path, &text, &size, err)) root = hk_yaml_parse(arena, path, text.data, size, err);
    hk_block_finish(&text);
    return root;
}
