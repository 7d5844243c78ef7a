/* The contract of a plasticity rule: how spikes change weights. One file in plasticity/, one table.
 *
 * A rule declares exponential traces of the pre- and postsynaptic spikes, keeps nothing itself, and
 * sees plain arrays. There are two ways to learn, and a rule fills in the operations of one:
 *
 * From events. The engine keeps the traces (closed form between spikes) and calls
 *   on_pre   one spike has arrived at `count` synapses: `post` holds the targets' traces, and
 *            `pre[i][0]` those of the source, for all synapses;
 *   on_post  the targets of `count` synapses have fired: `pre` holds the sources' traces and `post`
 *            the targets', each as it was when its target fired.
 * A trace decays with its tau and then, at a spike of its side, grows by 1 (`pairing: all`) or is
 * set to 1 (`pairing: nearest`). Such a rule may follow a signal of the network, a reward say, and
 * a synapse may have a memory of its own (an eligibility): `lapse` brings both, memory and weight,
 * from when the synapse was last looked at to now, in closed form. The engine calls it before
 * anything else touches the synapse, and whenever the signal jumps.
 *
 * From whole presentations. At the end of one, errors go back from layer to layer: `teach` judges
 * the units that stand for classes, `credit` those that the sums of weight times error reach, and
 * `on_end` changes the weights of what was active. */
#ifndef HK_SIM_PLASTICITY_MODEL_H
#define HK_SIM_PLASTICITY_MODEL_H

#include "sim/param.h"
#include "sim/real.h"

enum {
    HK_TRACE_MAX = 2, /* traces a side */
    HK_MEMORY_MAX = 2 /* values that a synapse remembers */
};

/* What happens at one synapse when a pre spike arrives in the very tick of a post spike. */
enum hk_coincident {
    HK_COINCIDENT_IGNORE,     /* both changes use the traces from before: the pair adds nothing */
    HK_COINCIDENT_PRE_FIRST,  /* the pre spike counts as earlier */
    HK_COINCIDENT_POST_FIRST, /* the post spike counts as earlier */
    HK_COINCIDENT_BOTH,       /* each counts as earlier than the other */
};
enum hk_pairing { HK_PAIRING_ALL, HK_PAIRING_NEAREST };
extern const char *const hk_coincident_choices[], *const hk_pairing_choices[];

/* The parameters of a rule that learns from events begin with this, and its table with
 * HK_PAIR_PARAMS. */
struct hk_pair_params {
    int coincident, pairing;
    double w_min, w_max;
};
/* clang-format off */
#define HK_PAIR_PARAMS(type, coincident_default, pairing_default)                                  \
    {"coincident", "1", "what a pre and a post spike in one tick do", coincident_default, 0, 3,    \
     offsetof(type, pair.coincident), HK_CHOICE, hk_coincident_choices},                           \
    {"pairing", "1", "a spike adds 1 to its trace (all) or sets it to 1 (nearest)",                \
     pairing_default, 0, 1, offsetof(type, pair.pairing), HK_CHOICE, hk_pairing_choices},          \
    {"w_min", "weight", "lower bound of the weight", 0, -1e9, 1e9, offsetof(type, pair.w_min),     \
     HK_REAL, NULL},                                                                               \
    {"w_max", "weight", "upper bound of the weight", HK_REQUIRED, -1e9, 1e9,                       \
     offsetof(type, pair.w_max), HK_REAL, NULL}

/* The row of a rule that follows a signal; the member of `type` is `const char *signal`. */
#define HK_SIGNAL_PARAM(type, what)                                                                \
    {"signal", "1", what, HK_REQUIRED, 0, 0, offsetof(type, signal), HK_TEXT, NULL}
/* clang-format on */

/* ---- learning from events ---- */

struct hk_plastic {
    const void *param;
    hk_real *w; /* [count], changed in place */
    size_t count;
    const hk_real *const *pre;  /* [trace][count]; on_pre: [trace][1] */
    const hk_real *const *post; /* [trace][count]; on_pre: post_seen of them */
    hk_real *const *memory;     /* [memory_count][count], changed in place */
    hk_real signal;             /* at this tick */
};

/* Synapses that nothing has happened to for a while; the signal only decayed meanwhile. */
struct hk_lapse {
    const void *param;
    hk_real *w; /* [count], changed in place */
    size_t count;
    hk_real *const *memory; /* [memory_count][count], changed in place */
    const hk_real *elapsed; /* [count], ms */
    const hk_real *signal;  /* [count], at the start of the lapse */
    double signal_tau;      /* ms; infinite: the signal stayed */
};

/* ---- learning from presentations ---- */

/* Units of one population at the end of a presentation. */
struct hk_credit {
    const void *param;
    size_t count;
    const uint32_t *spikes; /* [count] of the presentation */
    const hk_real *blame; /* [count] sum over targets of weight times their error; teach: 1 for the
                             * unit of the sample's class, else 0 */
    hk_real *error;       /* [count] to be sent back */
    hk_real *gate;        /* [count] factor of the change of all synapses that end here */
};

/* Synapses of one source with targets that fired and whose gate isn't 0. */
struct hk_presented {
    const void *param;
    hk_real *w; /* [count], changed in place */
    size_t count;
    const hk_real *gate;   /* [count], of the targets */
    const hk_real *paired; /* [count]: sum over the target's spikes of the pre trace at that time;
                            * pre spikes that arrive in the same tick are in it */
    size_t epoch;
};

struct hk_plasticity_model {
    struct hk_model base;
    /* Offsets of the time constants (double, ms) of the traces in the parameter struct. */
    size_t pre_tau[HK_TRACE_MAX], post_tau[HK_TRACE_MAX];
    size_t pre_count, post_count;
    size_t post_seen; /* how many of the post traces, the first, on_pre looks at; 0: all */
    bool pre_unseen;  /* on_pre doesn't look at the pre traces, */
    bool post_unseen; /* on_post not at the post traces */
    bool (*check)(const void *param, struct hk_err *err); /* optional */

    /* From events: both. Where the post traces that on_pre looks at are 0, it leaves what a synapse
     * remembers, and a weight that lies within w_min..w_max, as it is. */
    void (*on_pre)(const struct hk_plastic *synapses);
    void (*on_post)(const struct hk_plastic *synapses);
    /* Follows a signal: its name is the `const char *` at this offset. */
    bool modulated;
    size_t signal;
    /* The spikes of a tick are learned from so many ticks later, with the signal of then. */
    hk_tick lag;
    /* Values that each synapse remembers, and what becomes of them; 0 and NULL: none. */
    size_t memory_count;
    void (*lapse)(const struct hk_lapse *synapses);

    /* From presentations: all three; one pre trace. */
    void (*teach)(const struct hk_credit *units);
    void (*credit)(const struct hk_credit *units);
    void (*on_end)(const struct hk_presented *synapses);
};

static inline size_t hk_plasticity_post_seen(const struct hk_plasticity_model *rule) {
    return rule->post_seen ? rule->post_seen : rule->post_count;
}

static inline bool hk_plasticity_from_events(const struct hk_plasticity_model *rule) {
    return rule->on_pre != NULL;
}

#endif
