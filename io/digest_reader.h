/* Reads what the files of a data set must be from an experiment file:
 *
 *     data: {set: mnist, sha256: {train-images-idx3-ubyte.gz: "440fcabf..."}} */
#ifndef HK_IO_DIGEST_READER_H
#define HK_IO_DIGEST_READER_H

#include "io/dataset.h"
#include "io/tree.h"

/* `map` may be NULL: no digests. Borrows its texts. Errors: HK_ERR_CONFIG with a position. */
bool hk_digests_read(struct hk_arena *arena, const struct hk_node *map,
                     struct hk_dataset_options *options, struct hk_err *err) HK_MUST_USE;

#endif
