/* Reads experiment files: YAML 1.2's core in a strict form, by libyaml, which nobody else sees.
 *
 * Refused, each with its position: a key given twice, anchors and aliases, tags, more than one
 * document, keys that aren't plain words, control characters, more than HK_TREE_DEPTH_MAX levels,
 * more than HK_TREE_SIZE_MAX bytes. These are tested while libyaml's events come in, so a hostile
 * file costs no more than an honest one of its size. */
#ifndef HK_IO_YAML_H
#define HK_IO_YAML_H

#include "io/tree.h"

/* The tree of a file. Errors: HK_ERR_IO (missing, unreadable), HK_ERR_LIMIT, HK_ERR_CONFIG. */
struct hk_node *hk_yaml_read(struct hk_arena *arena, const char *path,
                             struct hk_err *err) HK_MUST_USE;

/* The same from memory; `name` stands for the file in positions. */
struct hk_node *hk_yaml_parse(struct hk_arena *arena, const char *name, const char *text,
                              size_t size, struct hk_err *err) HK_MUST_USE;

#endif
