/* Philox4x32 (Salmon et al. 2011) for many counters at once, in a loop that vectorises. With 10
 * rounds they are the numbers of hk_stream_block; 7 are the fewest that pass all tests of that
 * paper. */
#ifndef HK_SIM_PHILOX_H
#define HK_SIM_PHILOX_H

#include "sim/compiler.h"
#include "sim/normal.h"
#include "sim/rng.h"

#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

enum { HK_PHILOX_LANES = 16, HK_PHILOX_ROUNDS = 10, HK_PHILOX_FEWEST = 7 };

/* Vectors of 64 bits, of which the low halves count, and the product of these: x86-64 has an
 * instruction for it, which compilers don't find; for a product of all 64 bits they take three and
 * more. hk_halves_put puts down the low halves of two, two of the first, two of the second, and so
 * on: one instruction does that, where compilers carry halves to memory and back. */
typedef uint64_t hk_halves __attribute__((vector_size(HK_VECTOR_BYTES)));
#if defined(__AVX512F__)
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (hk_halves)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a, hk_halves b) {
    _mm512_storeu_ps(words, _mm512_shuffle_ps((__m512)a, (__m512)b, 0x88));
}
#elif defined(__AVX2__)
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (hk_halves)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a, hk_halves b) {
    __m256i low = (__m256i)_mm256_shuffle_ps((__m256)a, (__m256)b, 0x88);
    _mm256_storeu_si256((__m256i *)(void *)words, low);
}
#elif defined(__SSE2__)
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (hk_halves)_mm_mul_epu32((__m128i)a, (__m128i)b);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a, hk_halves b) {
    __m128i low = (__m128i)_mm_shuffle_ps((__m128)a, (__m128)b, 0x88);
    _mm_storeu_si128((__m128i *)(void *)words, low);
}
#else
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (a & UINT32_MAX) * (b & UINT32_MAX);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a, hk_halves b) {
    const uint32_t low[] = {(uint32_t)a[0], (uint32_t)a[1], (uint32_t)b[0], (uint32_t)b[1]};
    memcpy(words, low, sizeof low);
}
#endif
enum { HK_HALVES = HK_VECTOR_BYTES / sizeof(uint64_t) };

struct hk_philox_words {
    hk_halves a, b, c, d;
};

/* The words of the blocks that `index` has in its halves. */
HK_INLINE struct hk_philox_words hk_philox_blocks(struct hk_stream stream, uint64_t entity,
                                                  hk_halves index, int rounds) {
    const hk_halves none = {0}, first = none + UINT64_C(0xD2511F53);
    const hk_halves second = none + UINT64_C(0xCD9E8D57);
    uint64_t key0 = stream.key, key1 = stream.key >> 32;
    struct hk_philox_words w = {.a = index, .b = index >> 32, .c = none + entity};
    w.d = w.c >> 32;
    for (int round = 0; round < rounds; round++) {
        hk_halves x = hk_halves_product(w.a, first), y = hk_halves_product(w.c, second);
        w.a = (y >> 32) ^ w.b ^ key0;
        w.b = y;
        w.c = (x >> 32) ^ w.d ^ key1;
        w.d = x;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return w;
}

/* Blocks index .. index + 15 of `entity`: words[w][lane]. They are put down as bytes, so these may
 * be numbers of another size. */
static inline void hk_philox_lanes(struct hk_stream stream, uint64_t entity, uint64_t index,
                                   int rounds, uint32_t words[4][HK_PHILOX_LANES]) {
    const size_t taken = 2 * (size_t)HK_HALVES;
    hk_halves lanes;
    /* In the order in which they are put; constants, which index + k wouldn't be. */
    for (uint64_t k = 0; k < HK_HALVES; k++) lanes[k] = k / 2 * 4 + k % 2;
    for (size_t lane = 0; lane < HK_PHILOX_LANES; lane += taken) {
        hk_halves at = lanes + index + lane;
        struct hk_philox_words p = hk_philox_blocks(stream, entity, at, rounds);
        struct hk_philox_words q = hk_philox_blocks(stream, entity, at + 2, rounds);
        hk_halves_put(words[0] + lane, p.a, q.a);
        hk_halves_put(words[1] + lane, p.b, q.b);
        hk_halves_put(words[2] + lane, p.c, q.c);
        hk_halves_put(words[3] + lane, p.d, q.d);
    }
}

/* What hk_draws_uniform gives on hk_draws_at(stream, entity, 0), from number `first` on, an even
 * one; p[] has room for whole lanes, HK_PHILOX_UNIFORMS each. */
enum { HK_PHILOX_UNIFORMS = 2 * HK_PHILOX_LANES };
static inline void hk_philox_uniforms(struct hk_stream stream, uint64_t entity, uint64_t first,
                                      double *restrict p, size_t count) {
    for (size_t k = 0; k < count; k += HK_PHILOX_UNIFORMS) {
        uint32_t words[4][HK_PHILOX_LANES];
        hk_philox_lanes(stream, entity, (first + k) / 2, HK_PHILOX_ROUNDS, words);
        for (size_t lane = 0; lane < HK_PHILOX_LANES; lane++) {
            p[k + 2 * lane] = hk_uniform_from(words[0][lane], words[1][lane]);
            p[k + 2 * lane + 1] = hk_uniform_from(words[2][lane], words[3][lane]);
        }
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
        uint32_t rejected = 0;
        for (size_t k = 0; k < part; k++) {
            uint64_t product = (uint64_t)word[k] * bound;
            out[first + k] = (uint32_t)(product >> 32);
            rejected |= (uint32_t)product < least;
        }
        for (size_t k = 0; rejected && k < part; k++) {
            if (word[k] * bound >= least) continue;
            struct hk_draws draws = hk_draws_at(stream, entity, ~(uint64_t)(first + k) << 8);
            out[first + k] = hk_draws_below(&draws, bound);
        }
    }
}

#endif
