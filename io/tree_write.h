/* Writes a tree as YAML: how the resolved experiment is shown and kept with its results. */
#ifndef HK_IO_TREE_WRITE_H
#define HK_IO_TREE_WRITE_H

#include "io/tree.h"

/* `out->data` becomes the tree as YAML text, ended by NUL; hk_yaml_parse reads the same tree back.
 * The one difference: a text that can't stand without quotes comes back as quoted. Errors:
 * HK_ERR_MEMORY; HK_ERR_LIMIT when the text is larger than may be read. The caller ends the
 * block. */
bool hk_tree_write(const struct hk_node *root, struct hk_block *out,
                   struct hk_err *err) HK_MUST_USE;

#endif
