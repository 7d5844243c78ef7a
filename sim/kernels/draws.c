/* Random numbers by the many (contract: sim/kernels.h), to the bit those that come one by one. */
#include "sim/sim_internal.h"

#include "sim/normal.h"
#include "sim/philox.h"

enum { NORMALS = 2 * HK_PHILOX_LANES };

/* Wichura's two nearer ranges for all, then the choice; the far one is left to the caller. */
static bool quantiles(const double *restrict p, double *restrict out, size_t count) {
    int far = 0;
    for (size_t k = 0; k < count; k++) {
        double depth = hk_normal_depth(p[k]);
        double central = hk_normal_central(p[k]), tail = hk_normal_tail(p[k], depth);
        out[k] = hk_normal_is_central(p[k]) ? central : tail;
        far |= depth > 5.0;
    }
    return far;
}

static void normals(struct hk_stream stream, uint64_t entity, double *out, size_t count) {
    for (size_t first = 0; first < count; first += NORMALS) {
        uint32_t words[4][HK_PHILOX_LANES];
        double p[NORMALS], x[NORMALS];
        size_t part = count - first < NORMALS ? count - first : NORMALS;
        hk_philox_lanes(stream, entity, first / 2, HK_PHILOX_ROUNDS, words);
        for (size_t lane = 0; lane < HK_PHILOX_LANES; lane++) {
            p[2 * lane] = hk_uniform_from(words[0][lane], words[1][lane]);
            p[2 * lane + 1] = hk_uniform_from(words[2][lane], words[3][lane]);
        }
        if (quantiles(p, x, NORMALS))
            for (size_t k = 0; k < part; k++) x[k] = hk_normal_quantile(p[k]);
        for (size_t k = 0; k < part; k++) out[first + k] = x[k];
    }
}

static inline uint32_t delay_of(const struct hk_proj *proj, uint32_t word) {
    uint32_t d = proj->delay_guide[word >> 24];
    while (d < proj->delays - 1 && word >= proj->delay_below[d]) d++;
    return d;
}

static void delays(const struct hk_proj *proj, uint64_t target, uint32_t *out, size_t count) {
    enum { WORDS = 4 * HK_PHILOX_LANES };
    for (size_t first = 0; first < count; first += WORDS) {
        uint32_t words[4][HK_PHILOX_LANES];
        const uint32_t *word = words[0];
        size_t part = count - first < WORDS ? count - first : WORDS;
        hk_philox_lanes(proj->delay_stream, target, first / 4, HK_PHILOX_ROUNDS, words);
        for (size_t k = 0; k < part; k++) out[first + k] = delay_of(proj, word[k]);
    }
}

const struct hk_kernels_draws hk_kernels_draws = {.normals = normals, .delays = delays};
