/* Random numbers by the many (contract: sim/kernels.h), to the bit those that come one by one. */
#include "sim/sim_internal.h"

#include "sim/philox.h"

enum {
    NORMALS = 8 * HK_PHILOX_UNIFORMS, /* drawn together */
    EIGHT = 8                         /* of them, for loops without tails */
};

/* Which of p[] aren't central, one in seven: their places and themselves, and on to whole eights
 * some that are nobody's. Returns how many. */
static size_t find_tails(const double *restrict p, size_t count, uint16_t *restrict place,
                         double *restrict tail) {
    size_t found = 0;
    for (size_t k = 0; k < count; k++) {
        place[found] = (uint16_t)k;
        found += !hk_normal_is_central(p[k]);
    }
    for (size_t k = 0; k < found; k++) tail[k] = p[place[k]];
    for (size_t k = found; k % EIGHT; k++) tail[k] = 0.01;
    return found;
}

/* In place, by Wichura's nearer tail. Returns whether any is further out, where it doesn't hold. */
static bool tail_quantiles(double *tail, size_t count) {
    int far = 0;
    for (size_t k = 0; k < (count + EIGHT - 1) / EIGHT * EIGHT; k++) {
        double depth = hk_normal_depth(tail[k]);
        tail[k] = hk_normal_tail(tail[k], depth);
        far |= depth > 5.0;
    }
    return far;
}

/* Standard ones become those of a distribution; do all have the sign of its mean? */
static bool scale_normals(const struct hk_dist *dist, double *x, size_t count) {
    const double mean = dist->a, deviation = dist->b;
    int wrong = 0;
    for (size_t k = 0; k < count; k++) {
        x[k] = mean + deviation * x[k];
        wrong |= x[k] * mean < 0.0;
    }
    return !wrong;
}

static bool normals(struct hk_stream stream, uint64_t entity, const struct hk_dist *dist,
                    double *out, size_t count) {
    double p[NORMALS], tail[NORMALS + EIGHT];
    uint16_t place[NORMALS + 1] = {0}; /* one more is written to before it is counted */
    for (size_t first = 0; first < count; first += NORMALS) {
        size_t part = count - first < NORMALS ? count - first : NORMALS;
        hk_philox_uniforms(stream, entity, first, p, part);
        for (size_t k = 0; k < part; k++) out[first + k] = hk_normal_central(p[k]);
        size_t tails = find_tails(p, part, place, tail);
        bool far = tail_quantiles(tail, tails);
        for (size_t k = 0; k < tails; k++)
            out[first + place[k]] = far ? hk_normal_quantile(p[place[k]]) : tail[k];
        if (!scale_normals(dist, out + first, part)) return false;
    }
    return true;
}

/* The first of below[] that a draw is below: the last is above all. Where the guide says to begin,
 * or one further, is right nearly always: which of the two, no branch could foresee. */
static inline uint32_t delay_of(const uint16_t guide[256], const uint64_t *below, uint32_t word) {
    uint32_t d = guide[word >> 24];
    d += word >= below[d];
    while (word >= below[d]) d++;
    return d;
}

static void delays(const struct hk_proj *proj, uint64_t target, uint32_t *out, size_t count) {
    enum { WORDS = 4 * HK_PHILOX_LANES };
    const uint64_t *below = proj->delay_below;
    for (size_t first = 0; first < count; first += WORDS) {
        uint32_t words[4][HK_PHILOX_LANES];
        const uint32_t *word = words[0];
        size_t part = count - first < WORDS ? count - first : WORDS;
        hk_philox_lanes(proj->delay_stream, target, first / 4, HK_PHILOX_ROUNDS, words);
        HK_UNROLLED
        for (size_t k = 0; k < part; k++)
            out[first + k] = delay_of(proj->delay_guide, below, word[k]);
    }
}

static void wholes(const double *restrict weight, double unit, uint32_t *restrict word,
                   size_t count) {
    for (size_t k = 0; k < count; k++) word[k] = (uint32_t)hk_bundle_whole(weight[k], unit) << 16;
}

const struct hk_kernels_draws hk_kernels_draws = {.normals = normals,
                                                  .delays = delays,
                                                  .wholes = wholes};
