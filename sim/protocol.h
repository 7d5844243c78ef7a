/* Presentations: samples are shown one after another, the network answers with spikes, a read-out
 * turns counts into classes. A protocol is a list of phases (train, label, validation, test ...).
 *
 * One presentation: [normalise] - show (encoders spike, counts are taken) - rest (encoders silent)
 * - and again with a higher gain where too few units answered (retry). The read-out may count in a
 * part of `show`; its answer can be rewarded for the rest of it, and a supervised rule be taught.
 * The runner reports through callbacks and reads no clock. */
#ifndef HK_SIM_PROTOCOL_H
#define HK_SIM_PROTOCOL_H

#include "sim/sim.h"

/* What a phase does with its read-out. */
enum hk_readout_use {
    HK_READOUT_NONE,
    HK_READOUT_LABEL,    /* learn from labelled presentations, assign at the end */
    HK_READOUT_EVALUATE, /* predict: accuracy and confusion */
    HK_READOUT_RUNNING,  /* predict with what earlier presentations of this phase taught */
};

struct hk_readout_spec {
    const char *name;
    const struct hk_pop *pop;
    const struct hk_readout_model *model;
    const void *param;
    size_t classes;
};

enum { HK_RECENT_MAX = 100000 };

struct hk_phase {
    const char *name;
    const struct hk_samples *samples;
    size_t skip, take; /* samples skip .. skip+take-1 of the set (of the class, where one is given);
                        * take 0: all that follow */
    bool shuffle;
    size_t epochs;
    int of_class; /* samples of this class only; -1: all */
    int wanted;   /* the answer that is right, whatever the sample's class; -1: its class */
    hk_tick show, rest;
    hk_tick read_from,
        read_to;          /* ticks of `show` whose spikes the read-out counts: all by default */
    bool reset;           /* state back to its start before each presentation */
    const bool *learn;    /* [projection]: which plastic projections learn */
    bool adapt;           /* slow adaptation goes on */
    bool drop;            /* populations drop out */
    struct hk_pop *teach; /* at the end of `show` its unit of the wanted class should have fired:
                           * rules that learn from presentations do so. NULL: none */
    const struct hk_reward_spec *reward; /* given from the end of reading to that of `show` */

    const struct hk_pop *retry_pop; /* NULL: no retries */
    uint32_t retry_below;           /* spikes of that population while the read-out counts */
    double retry_gain;              /* added to the gain at each retry */
    uint32_t retry_most;            /* retries of one sample */

    enum hk_readout_use use;
    size_t readout;        /* index in the protocol */
    size_t running_window; /* RUNNING: presentations after which labels are assigned anew */
    bool curve;            /* the running accuracy is worth keeping */
    size_t average;        /* presentations that `recent` is over, at most HK_RECENT_MAX */
};

/* A signal that says how good the read-out's answer was. */
struct hk_reward_spec {
    struct hk_signal *signal;
    const struct hk_reward_model *model;
    const void *param;
};

/* Weights whose sum per target is restored before each presentation that learns. */
struct hk_normalise {
    struct hk_proj *proj;
    double total; /* in the weight's unit */
};

struct hk_protocol {
    const struct hk_phase *phases;
    size_t phase_count;
    const struct hk_readout_spec *readouts;
    size_t readout_count;
    const struct hk_reward_spec *rewards;
    size_t reward_count;
    const struct hk_normalise *normalise;
    size_t normalise_count;
    uint64_t seed; /* of shuffling */
};

/* The state of a phase after a presentation, and at its end. Lent during the callback. */
struct hk_phase_report {
    const struct hk_phase *phase;
    size_t done, total;            /* presentations, retries not counted */
    size_t epoch;                  /* of the last one */
    size_t sample;                 /* index of the last one within the set */
    int label, predicted;          /* of the last one; -1: none */
    size_t retries;                /* so far */
    size_t judged, correct;        /* presentations that were predicted */
    size_t recent, recent_correct; /* the same within the last `average`: a running accuracy */
    size_t classes;
    const uint64_t *confusion;   /* [classes][classes + 1]: true class, predicted (last: none) */
    const uint64_t *spikes;      /* [population], during `show` */
    hk_tick shown;               /* ticks of `show`, retries included */
    struct hk_sim_counts before; /* hk_sim_count at its beginning */
};

struct hk_protocol_listener {
    void *context;
    /* Each may stop the run by returning false with err set; each may be NULL. */
    bool (*phase_begin)(void *context, const struct hk_phase *phase, size_t index,
                        struct hk_err *err);
    bool (*presented)(void *context, const struct hk_phase_report *report, struct hk_err *err);
    bool (*phase_end)(void *context, const struct hk_phase_report *report, struct hk_err *err);
};

/* Run all phases. Errors: those of hk_sim_run, HK_ERR_CONFIG (a read-out predicts before it was
 * labelled), and what the listener sets; phase_end is called for the phase that was interrupted,
 * too. */
bool hk_protocol_run(struct hk_sim *sim, const struct hk_protocol *protocol,
                     const struct hk_protocol_listener *listener, struct hk_err *err) HK_MUST_USE;

/* Presentations of a phase, over all epochs. */
size_t hk_phase_total(const struct hk_phase *phase);
/* The sample of its set that an epoch has at `index`, before they are shuffled. */
size_t hk_phase_sample(const struct hk_phase *phase, size_t index);

#endif
