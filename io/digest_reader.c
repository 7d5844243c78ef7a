#include "io/digest_reader.h"

#include "io/diagnostics.h"
#include "io/digest.h"

static bool read_digest(const struct hk_node *node, struct hk_dataset_options *options,
                        struct hk_file_digest *digests, struct hk_err *err) {
    const char *text = hk_node_text(node, err);
    if (!text) return false;
    if (!hk_digest_is_one(text))
        return hk_node_fail(err, node,
                            "a SHA-256 has 64 hexadecimal digits, as `sha256sum %s` prints it",
                            node->key);
    digests[options->digest_count++] = (struct hk_file_digest){node->key, text};
    return true;
}

bool hk_digests_read(struct hk_arena *arena, const struct hk_node *map,
                     struct hk_dataset_options *options, struct hk_err *err) {
    bool ok = true;
    if (!map) return true;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    struct hk_file_digest *digests = HK_NEW(arena, struct hk_file_digest, map->count, err);
    if (!digests) return false;
    options->digests = digests;
    for (const struct hk_node *node = map->first; node; node = node->next)
        ok &= hk_go_on(read_digest(node, options, digests, err), err);
    return ok;
}
