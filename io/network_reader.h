/* Reads `populations:`, `signals:` and `projections:` of an experiment file into a simulation. */
#ifndef HK_IO_NETWORK_READER_H
#define HK_IO_NETWORK_READER_H

#include "io/model_reader.h"
#include "sim/protocol.h"

struct hk_network {
    struct hk_sim *sim;             /* lent */
    struct hk_normalise *normalise; /* projections that say `normalise:` */
    size_t normalise_count;
    struct hk_reward_spec *rewards; /* signals that say how a reward is given */
    size_t reward_count;
    bool sound; /* nothing is wrong with any of it */
};

/* Add what the maps describe (NULL for none; without populations it isn't sound). `samples` (NULL:
 * the file names no data) says how many values an encoder's population has to show. Errors with
 * file, line and column. */
bool hk_network_read(struct hk_reader *reader, struct hk_node *populations, struct hk_node *signals,
                     struct hk_node *projections, const struct hk_samples *samples,
                     struct hk_network *network, struct hk_err *err) HK_MUST_USE;

/* The population of that name, or the population or projection that a scalar names; NULL and an
 * error that lists the known ones, or without an error where what the file says of it is wrong. */
struct hk_pop *hk_node_find_population(const struct hk_node *node, const char *name,
                                       const struct hk_sim *sim, struct hk_err *err) HK_MUST_USE;
struct hk_pop *hk_node_population(const struct hk_node *node, const struct hk_sim *sim,
                                  struct hk_err *err) HK_MUST_USE;
struct hk_proj *hk_node_projection(const struct hk_node *node, const struct hk_sim *sim,
                                   struct hk_err *err) HK_MUST_USE;

#endif
