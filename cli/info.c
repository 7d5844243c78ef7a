/* `hillock info`: what is in a results file, as a tree that a person reads or as JSON. */
#include "cli/command.h"

#include "cli/terminal.h"
#include "io/results_read.h"

#include <inttypes.h>
#include <string.h>

enum { NAME_COLUMNS = 28, INDENT = 2 };

struct tree {
    struct hk_terminal terminal;
    char *before; /* the path that was printed last */
    struct hk_arena *arena;
};

/* ---- values ---- */

static void print_unit(const char *unit) {
    if (unit) (void)printf(" %s", unit);
}

/* A text of one line is shown, a longer one counted. */
static void print_text(const char *text) {
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++) lines++;
    if (lines == 0)
        (void)printf("%s", text);
    else
        (void)printf("(%zu lines)", lines);
}

static void print_array(const struct hk_results_item *item) {
    for (size_t i = 0; i < item->array.rank; i++)
        (void)printf("%s%" PRIu64, i ? " x " : "", item->array.shape[i]);
    if (item->unit)
        (void)printf(" values in %s", item->unit);
    else
        (void)printf(" values");
}

static void print_value(const struct hk_results_item *item) {
    switch (item->kind) {
    case HK_RESULTS_NUMBER:
        (void)printf("%.6g", item->number);
        print_unit(item->unit);
        break;
    case HK_RESULTS_INTEGER:
        (void)printf("%" PRId64, item->integer);
        print_unit(item->unit);
        break;
    case HK_RESULTS_TEXT: print_text(item->text); break;
    case HK_RESULTS_SPIKES:
        (void)printf("%" PRIu64 " spikes of %" PRIu64 " units, %.10g to %.10g ms",
                     item->spikes.count, item->spikes.neurons, item->spikes.start_ms,
                     item->spikes.stop_ms);
        break;
    case HK_RESULTS_ARRAY: print_array(item); break;
    }
}

/* ---- the tree ---- */

/* How many bytes at the start of two paths are the same groups: "a/b/" of "a/b/c" and "a/b/d". */
static size_t shared_groups(const char *a, const char *b) {
    size_t shared = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/') shared = i + 1;
    return shared;
}

static void print_name(const struct tree *tree, const char *name, int size, int depth) {
    const char *bold = depth == 0 ? tree->terminal.bold : "";
    (void)printf("%*s%s%.*s%s", INDENT * depth, "", bold, size, name,
                 depth == 0 ? tree->terminal.plain : "");
}

/* Items come sorted by path: each names the groups that it opens, one a line, then itself. */
static bool print_item(void *context, const struct hk_results_item *item, struct hk_err *err) {
    struct tree *tree = context;
    size_t shared = shared_groups(tree->before, item->path);
    const char *name = item->path;
    int depth = 0;
    for (const char *slash; (slash = strchr(name, '/')); name = slash + 1, depth++) {
        if ((size_t)(slash - item->path) < shared) continue;
        if (depth == 0 && *tree->before) (void)printf("\n");
        print_name(tree, name, (int)(slash - name), depth);
        (void)printf("\n");
    }
    int size = (int)strlen(name), used = INDENT * depth + size;
    print_name(tree, name, size, depth);
    (void)printf("%*s  ", used < NAME_COLUMNS ? NAME_COLUMNS - used : 0, "");
    print_value(item);
    (void)printf("\n");
    tree->before = hk_arena_text(tree->arena, item->path, err);
    return tree->before != NULL;
}

static bool print_tree(struct hk_results_file *file, struct hk_arena *arena, struct hk_err *err) {
    char nothing[] = "";
    struct tree tree = {.terminal = hk_terminal_of(stdout), .before = nothing, .arena = arena};
    return hk_results_visit(file, print_item, &tree, err);
}

static bool print_json(struct hk_results_file *file, struct hk_err *err) {
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    if (!hk_results_json(file, &json, err) || !hk_json_finish(&json, err)) return false;
    (void)printf("\n");
    return true;
}

static bool info(const struct hk_settings *settings, struct hk_err *err) {
    bool ok = false;
    struct hk_results_file *file = NULL;
    struct hk_arena *arena = hk_arena_create(err);
    if (!arena) goto done;
    if (!(file = hk_results_read_open(arena, settings->arguments[0], err))) goto done;
    ok = settings->json ? print_json(file, err) : print_tree(file, arena, err);
done:
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    return ok;
}

const struct hk_command hk_command_info = {
    .name = "info",
    .doc = "Show what is in a results file, or in its folder's",
    .arguments = "RESULTS",
    .argument_min = 1,
    .argument_max = 1,
    .examples = {"info results/mnist-stdp-400",
                 "info results/mnist-stdp-400/results.h5 --json | jq .metrics.test.accuracy"},
    .options = HK_OPTION_JSON | HK_OPTION_VERBOSE,
    .run = info,
};
