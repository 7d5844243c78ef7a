/* What a network will need, told before it is built: synapses, memory, spikes of its sources. Rules
 * and sources are asked for a part of what they would draw, so no model says anything twice. */
#ifndef HK_SIM_ESTIMATE_H
#define HK_SIM_ESTIMATE_H

#include "sim/protocol.h"

enum {
    HK_EXPECT_TARGETS = 64,    /* asked of a projection */
    HK_EXPECT_SAMPLES = 32,    /* shown to an encoder */
    HK_EXPECT_SPIKES = 100000, /* of a source, enough for 0.3 % */
    HK_EXPECT_TICKS = 100000,  /* asked of a source, at most */
};

/* How a projection's synapses are stored, and so what a spike costs. */
enum hk_stored {
    HK_STORED_ROWS,   /* each synapse for itself */
    HK_STORED_LATE,   /* the same, in rows that learn late */
    HK_STORED_MATRIX, /* a row of the matrix is added as a whole */
    HK_STORED_NOT,    /* all alike: a spike costs the same however many targets it has */
};
enum hk_stored hk_proj_stored(const struct hk_proj *proj);

/* The groups that decide who reaches whom; false where they don't. */
bool hk_proj_groups(const struct hk_proj *proj, struct hk_blocks *blocks);

/* How many synapses it will have. Exact where a rule gives each target as many; else the mean of
 * what is drawn for HK_EXPECT_TARGETS of them. Errors: HK_ERR_MEMORY. */
bool hk_proj_expect(const struct hk_proj *proj, double *synapses, struct hk_err *err) HK_MUST_USE;

/* The shortest and the longest delay, ticks. */
void hk_proj_delays(const struct hk_proj *proj, hk_tick *least, hk_tick *most);

/* Bytes of hk_sim_memory after hk_sim_build, by the same arithmetic, and how many threads the work
 * is worth. Of the ring of spikes, which is as large as if all fired at each tick, only what spikes
 * reach counts: `spikes` of each population in a tick, of all of its units; NULL: nobody fires.
 * Errors: HK_ERR_MEMORY. */
struct hk_sim_need {
    double memory;
    int threads;
    hk_tick window; /* ticks between two meetings of the threads */
};
bool hk_sim_expect(struct hk_sim *sim, const double *spikes, struct hk_sim_need *need,
                   struct hk_err *err) HK_MUST_USE;

/* Spikes of all units of a source in the first `ticks`: counted at some of them, spread evenly,
 * until HK_EXPECT_SPIKES were heard. 0 for neurons and encoders. Errors: HK_ERR_MEMORY. */
bool hk_pop_expect(const struct hk_pop *pop, hk_tick ticks, double *spikes,
                   struct hk_err *err) HK_MUST_USE;

/* Pulses of all drives of a population in the first `ticks` of the exact clock, where each arrives
 * by itself; likewise counted. 0 on a grid. Errors: HK_ERR_MEMORY. */
bool hk_pop_expect_pulses(const struct hk_pop *pop, hk_tick ticks, double *pulses,
                          struct hk_err *err) HK_MUST_USE;
/* Does what arrives only add to the potential? Then the exact clock has no way to follow. */
bool hk_pop_only_jumps(const struct hk_pop *pop);

/* Spikes of all units of an encoder for one sample: the mean of what HK_EXPECT_SAMPLES of the
 * phase's samples make. 0 for neurons and sources. Errors: HK_ERR_MEMORY. */
bool hk_pop_expect_shown(const struct hk_pop *pop, const struct hk_phase *phase, double *spikes,
                         struct hk_err *err) HK_MUST_USE;

#endif
