/* Philox4x32 (Salmon et al. 2011) for many counters at once, in a loop that vectorises. With 10
 * rounds they are the numbers of hk_stream_block; 7 are the fewest that pass all tests of that
 * paper. */
#ifndef HK_SIM_PHILOX_H
#define HK_SIM_PHILOX_H

#include "sim/normal.h"
#include "sim/rng.h"

#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

enum { HK_PHILOX_LANES = 16, HK_PHILOX_ROUNDS = 10, HK_PHILOX_FEWEST = 7 };

/* Vectors of 64 bits, of which the low halves count, the product of these, and how they are put
 * down side by side: x86-64 has instructions for both, which compilers don't find; for a product of
 * all 64 bits they take three and more, and halves they carry from vectors to memory and back. */
#if defined(__AVX512F__)
typedef uint64_t hk_halves __attribute__((vector_size(64)));
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (hk_halves)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a) {
    _mm256_storeu_si256((__m256i *)(void *)words, _mm512_cvtepi64_epi32((__m512i)a));
}
#elif defined(__AVX2__)
typedef uint64_t hk_halves __attribute__((vector_size(32)));
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (hk_halves)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a) {
    const __m256i low = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    __m256i packed = _mm256_permutevar8x32_epi32((__m256i)a, low);
    _mm_storeu_si128((__m128i *)(void *)words, _mm256_castsi256_si128(packed));
}
#elif defined(__SSE2__)
typedef uint64_t hk_halves __attribute__((vector_size(16)));
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (hk_halves)_mm_mul_epu32((__m128i)a, (__m128i)b);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a) {
    _mm_storel_epi64((__m128i *)(void *)words, _mm_shuffle_epi32((__m128i)a, 0x08));
}
#else
typedef uint64_t hk_halves __attribute__((vector_size(16)));
static inline hk_halves hk_halves_product(hk_halves a, hk_halves b) {
    return (a & UINT32_MAX) * (b & UINT32_MAX);
}
static inline void hk_halves_put(uint32_t *words, hk_halves a) {
    const uint32_t low[] = {(uint32_t)a[0], (uint32_t)a[1]};
    memcpy(words, low, sizeof low);
}
#endif
enum { HK_HALVES = sizeof(hk_halves) / sizeof(uint64_t) };

/* Blocks index .. index + 15 of `entity`: words[w][lane]. They are put down as bytes, so these may
 * be numbers of another size. */
static inline void hk_philox_lanes(struct hk_stream stream, uint64_t entity, uint64_t index,
                                   int rounds, uint32_t words[4][HK_PHILOX_LANES]) {
    const hk_halves none = {0}, first = none + UINT64_C(0xD2511F53);
    const hk_halves second = none + UINT64_C(0xCD9E8D57);
    for (size_t lane = 0; lane < HK_PHILOX_LANES; lane += HK_HALVES) {
        uint64_t key0 = stream.key, key1 = stream.key >> 32;
        hk_halves a = none, b, c = none + entity, d = c >> 32;
        for (size_t k = 0; k < HK_HALVES; k++) a[k] = k; /* a constant; not so index + k */
        a += index + lane;
        b = a >> 32;
        for (int round = 0; round < rounds; round++) {
            hk_halves x = hk_halves_product(a, first), y = hk_halves_product(c, second);
            a = (y >> 32) ^ b ^ key0;
            b = y;
            c = (x >> 32) ^ d ^ key1;
            d = x;
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        hk_halves_put(words[0] + lane, a);
        hk_halves_put(words[1] + lane, b);
        hk_halves_put(words[2] + lane, c);
        hk_halves_put(words[3] + lane, d);
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
