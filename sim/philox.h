/* Philox4x32 (Salmon et al. 2011) for many counters at once, in a loop that vectorises. With 10 rounds
 * they are the numbers of hk_stream_block; 7 are the fewest that pass all tests of that paper. */
#ifndef HK_SIM_PHILOX_H
#define HK_SIM_PHILOX_H

#include "sim/rng.h"

enum { HK_PHILOX_LANES = 16, HK_PHILOX_ROUNDS = 10, HK_PHILOX_FEWEST = 7 };

/* Blocks index .. index + 15 of `entity`: words[w][lane]. */
static inline void hk_philox_lanes(struct hk_stream stream, uint64_t entity, uint64_t index,
                                   int rounds, uint32_t words[4][HK_PHILOX_LANES]) {
    for (uint32_t lane = 0; lane < HK_PHILOX_LANES; lane++) {
        uint32_t key0 = (uint32_t)stream.key, key1 = (uint32_t)(stream.key >> 32);
        uint64_t low = index + lane;
        uint32_t a = (uint32_t)low, b = (uint32_t)(low >> 32);
        uint32_t c = (uint32_t)entity, d = (uint32_t)(entity >> 32);
        for (int round = 0; round < rounds; round++) {
            uint64_t x = (uint64_t)a * 0xD2511F53u, y = (uint64_t)c * 0xCD9E8D57u;
            a = (uint32_t)(y >> 32) ^ b ^ key0;
            b = (uint32_t)y;
            c = (uint32_t)(x >> 32) ^ d ^ key1;
            d = (uint32_t)x;
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        words[0][lane] = a;
        words[1][lane] = b;
        words[2][lane] = c;
        words[3][lane] = d;
    }
}

#endif
