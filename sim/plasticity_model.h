/* The contract of a plasticity rule: how spikes change weights. One file in plasticity/, one table.
 *
 * A rule declares exponential traces of the pre- and postsynaptic spikes; the engine keeps them
 * (closed form between spikes) and calls the rule with plain arrays:
 *   on_pre   one spike has arrived at `count` synapses: `other` holds the targets' post traces,
 *            `own` the source's pre traces;
 *   on_post  one target has fired, with `count` incoming synapses: `other` holds the sources' pre
 *            traces, `own` the target's post traces.
 * A trace decays with its tau and then, at a spike of its side, grows by 1 (`pairing: all`) or is
 * set to 1 (`pairing: nearest`). */
#ifndef HK_SIM_PLASTICITY_MODEL_H
#define HK_SIM_PLASTICITY_MODEL_H

#include "sim/param.h"
#include "sim/real.h"

enum { HK_TRACE_MAX = 2 }; /* traces a side */

/* What happens at one synapse when a pre spike arrives in the very tick of a post spike. */
enum hk_coincident {
    HK_COINCIDENT_IGNORE,     /* both changes use the traces from before: the pair adds nothing */
    HK_COINCIDENT_PRE_FIRST,  /* the pre spike counts as earlier */
    HK_COINCIDENT_POST_FIRST, /* the post spike counts as earlier */
};
enum hk_pairing { HK_PAIRING_ALL, HK_PAIRING_NEAREST };
extern const char *const hk_coincident_choices[], *const hk_pairing_choices[];

/* Every pair rule's parameter struct begins with this, and its table with HK_PAIR_PARAMS. */
struct hk_pair_params {
    int coincident, pairing;
    double w_min, w_max;
};
/* clang-format off */
#define HK_PAIR_PARAMS(type, coincident_default, pairing_default)                                  \
    {"coincident", "1", "what a pre and a post spike in one tick do", coincident_default, 0, 2,    \
     offsetof(type, pair.coincident), HK_CHOICE, hk_coincident_choices},                           \
    {"pairing", "1", "a spike adds 1 to its trace (all) or sets it to 1 (nearest)",                \
     pairing_default, 0, 1, offsetof(type, pair.pairing), HK_CHOICE, hk_pairing_choices},          \
    {"w_min", "weight", "lower bound of the weight", 0, -1e9, 1e9, offsetof(type, pair.w_min),     \
     HK_REAL, NULL},                                                                               \
    {"w_max", "weight", "upper bound of the weight", HK_REQUIRED, -1e9, 1e9,                       \
     offsetof(type, pair.w_max), HK_REAL, NULL}
/* clang-format on */

struct hk_plastic {
    const void *param;
    hk_real *w; /* [count], changed in place */
    size_t count;
    const hk_real *const *other; /* [trace][count] */
    const hk_real *own;          /* [trace] */
};

struct hk_plasticity_model {
    struct hk_model base; /* parameters begin with struct hk_pair_params */
    /* Offsets of the time constants (double, ms) of the traces in the parameter struct. */
    size_t pre_tau[HK_TRACE_MAX], post_tau[HK_TRACE_MAX];
    size_t pre_count, post_count;
    bool (*check)(const void *param, struct hk_err *err); /* optional */
    void (*on_pre)(const struct hk_plastic *synapses);
    void (*on_post)(const struct hk_plastic *synapses);
};

#endif
