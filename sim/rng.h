/* Random numbers that nobody has to own. A draw is a function of (seed, purpose, name, entity,
 * index): Philox4x32-10 (Salmon et al. 2011; Random123), so threads, ranks and restarts can't
 * change it, and adding a population or a projection leaves the numbers of all others as they were.
 */
#ifndef HK_SIM_RNG_H
#define HK_SIM_RNG_H

#include "sim/types.h"

/* All numbers for one purpose of one named thing. Every 64-bit seed is valid. */
struct hk_stream {
    uint64_t key;
};
struct hk_stream hk_stream_make(uint64_t seed, const char *purpose, const char *name);

/* Four random words: block `index` of `entity` (a neuron, a target, a sample ...). */
void hk_stream_block(struct hk_stream stream, uint64_t entity, uint64_t index, uint32_t words[4]);

/* The words of one entity as a sequence, from block `index` on. */
struct hk_draws {
    struct hk_stream stream;
    uint64_t entity, index;
    uint32_t words[4];
    unsigned left;
};
struct hk_draws hk_draws_at(struct hk_stream stream, uint64_t entity, uint64_t index);
uint32_t hk_draws_word(struct hk_draws *draws);
/* In the open interval (0, 1), 53 bits from two words. */
double hk_draws_uniform(struct hk_draws *draws);
/* Uniform in 0..bound-1 without bias; bound > 0. */
uint32_t hk_draws_below(struct hk_draws *draws, uint32_t bound);
/* Mean 1. */
double hk_draws_exponential(struct hk_draws *draws);
/* Mean 0, standard deviation 1, by inversion (Wichura 1988, AS 241), from one uniform. */
double hk_draws_normal(struct hk_draws *draws);

/* How many of n independent trials succeed, each with probability p. */
uint64_t hk_draws_binomial(struct hk_draws *draws, uint64_t n, double p);

/* How a value that differs between entities is drawn: in weights, delays and initial states. */
enum hk_dist_kind { HK_DIST_CONSTANT, HK_DIST_UNIFORM, HK_DIST_NORMAL, HK_DIST_RECTIFIED };
struct hk_dist {
    enum hk_dist_kind kind;
    double a, b; /* CONSTANT a; UNIFORM in [a, b); NORMAL mean a, standard deviation b >= 0;
                  * RECTIFIED the same with 0 for what is below 0: of initial states only */
};
double hk_dist_draw(const struct hk_dist *dist, struct hk_draws *draws);
/* The largest and smallest values it can give (a normal number lies within 8.3 sd: its uniform has
 * 53 bits). */
double hk_dist_max(const struct hk_dist *dist);
double hk_dist_min(const struct hk_dist *dist);

#endif
