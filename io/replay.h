/* Reads the recording of a model's parameter of the kind HK_RECORDING from an experiment file:
 *
 *     source: {replay: FILE, population: exc, columns: [time, id], time_unit: ms}
 *
 * FILE is a results file or its folder, a SONATA spikes file (io/sonata_spikes.h), or else text
 * (io/spike_csv.h); it lies beside the experiment file. In the resolved experiment its path is
 * absolute, so that it's found from wherever that is read. */
#ifndef HK_IO_REPLAY_H
#define HK_IO_REPLAY_H

#include "io/model_reader.h"

/* `file` is the node with the path, in `map`, beside which hk_words_recording may stand. Errors:
 * those of the files' readers, with the node's position. */
bool hk_replay_read(struct hk_reader *reader, const struct hk_node *map, struct hk_node *file,
                    struct hk_recording *out, struct hk_err *err) HK_MUST_USE;

#endif
