/* Philox4x32 (Salmon et al. 2011) for many counters at once, in a loop that vectorises. With 10
 * rounds they are the numbers of hk_stream_block; 7 are the fewest that pass all tests of that
 * paper. */
#ifndef HK_SIM_PHILOX_H
#define HK_SIM_PHILOX_H

#include "sim/rng.h"

enum { HK_PHILOX_LANES = 16, HK_PHILOX_ROUNDS = 10, HK_PHILOX_FEWEST = 7 };

/* Blocks index .. index + 15 of `entity`: words[w][lane]. */
static inline void hk_philox_lanes(struct hk_stream stream, uint64_t entity, uint64_t index,
                                   int rounds, uint32_t words[4][HK_PHILOX_LANES]) {
    for (uint32_t lane = 0; lane < HK_PHILOX_LANES; lane++) {
        uint64_t key0 = (uint32_t)stream.key, key1 = stream.key >> 32;
        const uint64_t low = UINT32_MAX;
        uint64_t a = (index + lane) & low, b = (index + lane) >> 32;
        uint64_t c = entity & low, d = entity >> 32;
        for (int round = 0; round < rounds; round++) {
            uint64_t x = a * UINT64_C(0xD2511F53), y = c * UINT64_C(0xCD9E8D57);
            a = (y >> 32) ^ b ^ key0;
            b = y & low;
            c = (x >> 32) ^ d ^ key1;
            d = x & low;
            key0 = (key0 + 0x9E3779B9u) & low;
            key1 = (key1 + 0xBB67AE85u) & low;
        }
        words[0][lane] = (uint32_t)a;
        words[1][lane] = (uint32_t)b;
        words[2][lane] = (uint32_t)c;
        words[3][lane] = (uint32_t)d;
    }
}

/* Numbers below `bound` (> 0) from the words of blocks 0, 1 ... of `entity`; the few products that
 * Lemire's method (2019) rejects are drawn anew, from blocks at the far end. */
static inline void hk_philox_below(struct hk_stream stream, uint64_t entity, uint32_t bound,
                                   uint32_t *out, size_t count) {
    enum { WORDS = 4 * HK_PHILOX_LANES };
    const uint32_t least = -bound % bound;
    for (size_t first = 0; first < count; first += WORDS) {
        uint32_t words[4][HK_PHILOX_LANES];
        const uint32_t *word = words[0];
        hk_philox_lanes(stream, entity, first / 4, HK_PHILOX_ROUNDS, words);
        size_t part = count - first < WORDS ? count - first : WORDS;
        for (size_t k = 0; k < part; k++) {
            uint64_t product = (uint64_t)word[k] * bound;
            out[first + k] = (uint32_t)(product >> 32);
            if ((uint32_t)product >= least) continue;
            struct hk_draws draws = hk_draws_at(stream, entity, ~(uint64_t)(first + k) << 8);
            out[first + k] = hk_draws_below(&draws, bound);
        }
    }
}

#endif
