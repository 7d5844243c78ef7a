/* The alias method (Walker 1977; Vose 1991) for 16 outcomes, by the many: 4 bits of a 16-bit number
 * choose a column, 12 decide between the column's own outcome and its other one. A column whose 12
 * bits are just at the cut is unsure, and needs 32 bits more: so probabilities are exact to 2^-48
 * and the common case takes a pass of six vector operations.
 *
 * Tables of 16 fit a vector register: with AVX-512 and AVX2 they are looked up there. These are the
 * same numbers as those of the plain loop. */
#ifndef HK_ENCODERS_KERNELS_ALIAS_H
#define HK_ENCODERS_KERNELS_ALIAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

enum { ALIAS_OUTCOMES = 16, ALIAS_CUT = 1 << 12, ALIAS_LANES = 32 };

struct alias {
    uint16_t
        cut[ALIAS_LANES]; /* below it the column's own outcome; twice 16, as registers want it */
    uint16_t other[ALIAS_LANES];
    uint32_t rest[ALIAS_OUTCOMES]; /* of the cut, in units of 2^-32 */
};

/* From probabilities that add up to 1. */
static inline void alias_make(struct alias *alias, const double probability[ALIAS_OUTCOMES]) {
    double part[ALIAS_OUTCOMES];
    int small[ALIAS_OUTCOMES], large[ALIAS_OUTCOMES], smalls = 0, larges = 0;
    for (int i = 0; i < ALIAS_OUTCOMES; i++) {
        part[i] = probability[i] * ALIAS_OUTCOMES;
        if (part[i] < 1.0)
            small[smalls++] = i;
        else
            large[larges++] = i;
        alias->other[i] = (uint16_t)i;
    }
    while (smalls > 0 && larges > 0) {
        int lack = small[--smalls], give = large[larges - 1];
        alias->other[lack] = (uint16_t)give;
        part[give] -= 1.0 - part[lack];
        if (part[give] < 1.0) small[smalls++] = large[--larges];
    }
    for (int i = 0; i < ALIAS_OUTCOMES; i++) {
        double cut = alias->other[i] == i ? ALIAS_CUT : part[i] * ALIAS_CUT;
        alias->cut[i] = (uint16_t)cut;
        alias->rest[i] = (uint32_t)((cut - alias->cut[i]) * 0x1p32);
        alias->cut[i + ALIAS_OUTCOMES] = alias->cut[i];
        alias->other[i + ALIAS_OUTCOMES] = alias->other[i];
    }
}

/* One outcome from 16 bits and 32 more. */
static inline uint16_t alias_draw_exactly(const struct alias *alias, uint16_t bits, uint32_t more) {
    uint16_t column = bits / ALIAS_CUT, within = bits % ALIAS_CUT;
    bool own =
        within < alias->cut[column] || (within == alias->cut[column] && more < alias->rest[column]);
    return own ? column : alias->other[column];
}

/* Is what these 16 bits gave at a cut, or the last outcome, which may stand for more? */
static inline bool alias_is_unsure(const struct alias *alias, uint16_t bits, uint16_t outcome) {
    return bits % ALIAS_CUT == alias->cut[bits / ALIAS_CUT] || outcome == ALIAS_OUTCOMES - 1;
}

/* struct alias_tables alias_load(alias): what draws look up in, for as many as are wanted.
 * bool alias_draw(tables, bits, outcome): outcomes of 32 numbers of 16 bits; is any unsure? */
#if defined(__AVX512BW__)

struct alias_tables {
    __m512i cuts, others;
};
static inline struct alias_tables alias_load(const struct alias *alias) {
    return (struct alias_tables){_mm512_loadu_si512(alias->cut), _mm512_loadu_si512(alias->other)};
}

static inline bool alias_draw(struct alias_tables table, const uint16_t *bits, uint16_t *outcome) {
    const __m512i bit = _mm512_loadu_si512(bits), tail = _mm512_set1_epi16(ALIAS_OUTCOMES - 1);
    __m512i column = _mm512_srli_epi16(bit, 12);
    __m512i within = _mm512_and_si512(bit, _mm512_set1_epi16(ALIAS_CUT - 1));
    __m512i cut = _mm512_permutexvar_epi16(column, table.cuts);
    __m512i other = _mm512_permutexvar_epi16(column, table.others);
    __m512i out = _mm512_mask_mov_epi16(other, _mm512_cmplt_epu16_mask(within, cut), column);
    __mmask32 open = _mm512_cmpeq_epi16_mask(within, cut) | _mm512_cmpeq_epi16_mask(out, tail);
    _mm512_storeu_si512(outcome, out);
    return open != 0;
}

#elif defined(__AVX2__)

/* AVX2 looks up bytes, in 16 that each half of a register has: so low and high ones of cuts are
 * apart. */
struct alias_tables {
    __m256i cuts_low, cuts_high, others;
};
static inline __m256i alias_bytes(__m256i numbers) {
    return _mm256_permute4x64_epi64(_mm256_packus_epi16(numbers, numbers), 0x88);
}
static inline struct alias_tables alias_load(const struct alias *alias) {
    __m256i cuts = _mm256_loadu_si256((const __m256i *)(const void *)alias->cut);
    return (struct alias_tables){alias_bytes(_mm256_and_si256(cuts, _mm256_set1_epi16(0xFF))),
                                 alias_bytes(_mm256_srli_epi16(cuts, 8)),
                                 alias_bytes(_mm256_loadu_si256(
                                     (const __m256i *)(const void *)alias->other))};
}

static inline bool alias_draw(struct alias_tables table, const uint16_t *bits, uint16_t *outcome) {
    const __m256i tail = _mm256_set1_epi16(ALIAS_OUTCOMES - 1);
    const __m256i low_only = _mm256_set1_epi16((int16_t)0x8000); /* of each number: 0 above */
    __m256i any = _mm256_setzero_si256();
    for (int j = 0; j < ALIAS_LANES; j += 16) {
        __m256i bit = _mm256_loadu_si256((const __m256i *)(const void *)(bits + j));
        __m256i column = _mm256_srli_epi16(bit, 12), place = _mm256_or_si256(column, low_only);
        __m256i within = _mm256_and_si256(bit, _mm256_set1_epi16(ALIAS_CUT - 1));
        __m256i high = _mm256_slli_epi16(_mm256_shuffle_epi8(table.cuts_high, place), 8);
        __m256i cut = _mm256_or_si256(_mm256_shuffle_epi8(table.cuts_low, place), high);
        __m256i other = _mm256_shuffle_epi8(table.others, place);
        __m256i own = _mm256_cmpgt_epi16(cut, within); /* both below 2^15 */
        __m256i out = _mm256_blendv_epi8(other, column, own);
        __m256i open =
            _mm256_or_si256(_mm256_cmpeq_epi16(within, cut), _mm256_cmpeq_epi16(out, tail));
        _mm256_storeu_si256((__m256i *)(void *)(outcome + j), out);
        any = _mm256_or_si256(any, open);
    }
    return _mm256_movemask_epi8(any) != 0;
}

#else

struct alias_tables {
    const struct alias *alias;
};
static inline struct alias_tables alias_load(const struct alias *alias) {
    return (struct alias_tables){alias};
}

static inline bool alias_draw(struct alias_tables table, const uint16_t *bits, uint16_t *outcome) {
    uint16_t any = 0;
    for (int j = 0; j < ALIAS_LANES; j++) {
        uint16_t column = bits[j] / ALIAS_CUT, within = bits[j] % ALIAS_CUT;
        uint16_t cut = table.alias->cut[column];
        outcome[j] = within < cut ? column : table.alias->other[column];
        any |= (uint16_t)((within == cut) | (outcome[j] == ALIAS_OUTCOMES - 1));
    }
    return any;
}

#endif

#endif
