/* Reads an entry of `populations:` into a simulation. */
#ifndef HK_IO_POPULATION_READER_H
#define HK_IO_POPULATION_READER_H

#include "io/model_reader.h"
#include "sim/sim.h"

/* One that is wrong is added all the same, with defaults for what is wrong, if it can be: so what
 * others say of it is checked, too. `samples` (NULL: none) says how many values an encoder has to
 * show. */
bool hk_population_read(struct hk_reader *reader, struct hk_node *map,
                        const struct hk_samples *samples, struct hk_sim *sim,
                        struct hk_err *err) HK_MUST_USE;

#endif
