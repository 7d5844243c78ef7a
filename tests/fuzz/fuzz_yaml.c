/* Experiment files as text: what is accepted can be written, and reads back as the same. */
#include "tests/fuzz/fuzz.h"

#include "io/tree_write.h"
#include "io/yaml.h"

#include <string.h>

/* The tree as text; `text->data` stays NULL where the text would be larger than may be read. */
static void write_tree(const struct hk_node *root, struct hk_block *text) {
    struct hk_err err = {0};
    HK_ASSERT(hk_tree_write(root, text, &err) || err.code == HK_ERR_LIMIT);
    if (err.code) hk_block_finish(text);
}

void fuzz_yaml(const uint8_t *data, size_t size) {
    struct hk_err err = {0};
    struct hk_arena *arena = hk_arena_create(&err);
    struct hk_block first = {0}, second = {0};
    HK_ASSERT(arena);
    const char *bytes = size ? (const char *)data : "";
    const struct hk_node *root = hk_yaml_parse(arena, "input.yaml", bytes, size, &err);
    HK_ASSERT(root || (err.code && *err.message));
    if (root) write_tree(root, &first);
    if (first.data) {
        const char *text = first.data;
        const struct hk_node *again = hk_yaml_parse(arena, "again", text, strlen(text), &err);
        HK_ASSERT(again);
        write_tree(again, &second);
        HK_ASSERT(second.data && strcmp(first.data, second.data) == 0);
    }
    hk_block_finish(&first);
    hk_block_finish(&second);
    hk_arena_destroy(arena);
}
