/* Scalars with meaning. Everything that counts or indexes in the simulator has one of these types.
 */
#ifndef HK_SIM_TYPES_H
#define HK_SIM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t hk_tick;    /* simulated time in steps of the experiment's resolution */
typedef uint32_t hk_neuron; /* index of a unit inside its population */
typedef uint64_t hk_syn;    /* index of a synapse inside its projection */

#define HK_NEURON_NONE  UINT32_MAX
#define HK_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* `precision:` of an experiment: the type of state, weights and sums. */
enum hk_precision { HK_SINGLE, HK_DOUBLE, HK_PRECISION_COUNT };

#endif
