/* Reads `protocol:` and `readouts:` of an experiment file. */
#ifndef HK_IO_PROTOCOL_READER_H
#define HK_IO_PROTOCOL_READER_H

#include "io/dataset.h"
#include "io/network_reader.h"

/* Phases and read-outs, in the reader's arena. `network` has been read; `data` holds the samples.
 */
bool hk_protocol_read(struct hk_reader *reader, const struct hk_node *readouts,
                      const struct hk_node *protocol, const struct hk_network *network,
                      const struct hk_dataset *data, struct hk_protocol *out,
                      struct hk_err *err) HK_MUST_USE;

/* `in: [train, test]`: names of phases that are there. */
bool hk_phases_read(struct hk_reader *reader, const struct hk_node *list, const char *const **names,
                    size_t *count, struct hk_err *err) HK_MUST_USE;

#endif
