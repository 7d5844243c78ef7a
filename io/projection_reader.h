/* Reads an entry of `projections:` into a simulation. */
#ifndef HK_IO_PROJECTION_READER_H
#define HK_IO_PROJECTION_READER_H

#include "io/network_reader.h"

/* What doesn't depend on the ends is checked also where they are wrong. */
bool hk_projection_read(struct hk_reader *reader, struct hk_node *map, struct hk_network *network,
                        struct hk_err *err) HK_MUST_USE;

#endif
