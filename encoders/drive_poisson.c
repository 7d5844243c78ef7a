/* Poisson drive: spikes of `weight` arrive at a receptor of every unit, independently, K in a tick
 * with K ~ Poisson(rate dt). The background of cortical circuits, without units of its own.
 *
 * K is drawn by the alias method, where 15 stands for 15 and more: such a draw, one of many
 * thousands, looks at the tail, so the distribution is exact to 2^-48. A larger mean is the sum of
 * several parts. Draws are keyed by (seed, population, unit, tick); a block of random words serves
 * eight units, and 16 blocks are made together. */
#include "encoders/kernels/alias.h"
#include "encoders/kernels/poisson_times.h"
#include "sim/drive_model.h"

#include "sim/normal.h"
#include "sim/numeric.h"
#include "sim/philox.h"

#include <math.h>
#include <string.h>

struct poisson {
    double rate, weight;
    const char *receptor;
};
enum { GROUP = 8 * HK_PHILOX_LANES, TAIL = ALIAS_OUTCOMES - 1, TAIL_STEPS = 48 };
enum { GROUPS = 4 }; /* drawn side by side */
static const double PART_MEAN = 6.0;
struct poisson_table {
    hk_real weight;
    uint32_t parts; /* independent draws that are added up */
    struct alias alias;
    double tail[TAIL_STEPS];      /* P(K <= TAIL + k | K >= TAIL) */
    struct poisson_slices slices; /* of the exact clock */
};

static const struct hk_param params[] = {
    {"rate", "Hz", "rate of the spikes that arrive at a unit", HK_REQUIRED, 0.0, 1e9,
     offsetof(struct poisson, rate), HK_REAL, NULL},
    {"weight", "weight", "weight of each", HK_REQUIRED, -1e9, 1e9, offsetof(struct poisson, weight),
     HK_REAL, NULL},
    {"receptor", "1", "where they arrive; default: the only receptor", 0, 0, 0,
     offsetof(struct poisson, receptor), HK_TEXT, NULL},
};

/* From the largest down: the tail is small, and so not what is left of 1. */
static void make_tables(struct poisson_table *d, double mean) {
    double term = hk_exp(-mean), probability[ALIAS_OUTCOMES], sum = 0.0;
    for (int k = 0; k < TAIL; k++) {
        probability[k] = term;
        term *= mean / (double)(k + 1);
    }
    for (int k = 0; k < TAIL_STEPS; k++) {
        sum += term;
        d->tail[k] = sum;
        term *= mean / (double)(TAIL + k + 1);
    }
    for (int k = 0; k < TAIL_STEPS; k++) d->tail[k] = sum > 0.0 ? d->tail[k] / sum : 1.0;
    probability[TAIL] = sum;
    alias_make(&d->alias, probability);
}

static bool poisson_derive(const void *param, double tick_ms, void *derived, struct hk_err *err) {
    const struct poisson *p = param;
    struct poisson_table *d = derived;
    double mean = p->rate * 1e-3 * tick_ms;
    if (mean > 30.0)
        return HK_FAIL(err, HK_ERR_RANGE, "rate = %g Hz is more than 30 spikes a tick of %g ms",
                       p->rate, tick_ms);
    d->weight = (hk_real)p->weight;
    d->parts = mean > PART_MEAN ? (uint32_t)ceil(mean / PART_MEAN) : 1;
    make_tables(d, mean / d->parts);
    poisson_slices_make(&d->slices, mean, tick_ms);
    return true;
}

/* The draw of one unit with all of its bits: blocks from the far end. */
static uint16_t draw_exactly(const struct hk_drive_part *part, uint16_t bits, uint64_t index,
                             hk_tick tick) {
    const struct poisson_table *d = part->derived;
    uint32_t words[4];
    hk_stream_block(part->stream, (uint64_t)tick, ~index, words);
    uint16_t count = alias_draw_exactly(&d->alias, bits, words[0]);
    if (count < TAIL) return count;
    double u = hk_uniform_from(words[1], words[2]);
    for (int k = 0; k < TAIL_STEPS - 1 && u >= d->tail[k]; k++) count++;
    return count;
}

/* GROUP numbers of 16 bits: the halves of each word for two units, the lower one first. */
static void draw_bits(struct hk_stream stream, hk_tick tick, uint64_t index, uint16_t bits[GROUP]) {
    uint32_t(*words)[HK_PHILOX_LANES] = (void *)bits;
    hk_philox_lanes(stream, (uint64_t)tick, index, HK_PHILOX_FEWEST, words);
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    for (size_t j = 0; j < GROUP; j += 2) {
        uint32_t word;
        memcpy(&word, bits + j, sizeof word);
        bits[j] = (uint16_t)word;
        bits[j + 1] = (uint16_t)(word >> 16);
    }
#endif
}

/* Those at a cut of the table, and those in the tail: one draw in some thousands. */
HK_RARE void draw_unsure(const struct hk_drive_part *part, const uint16_t *bits, uint64_t index,
                         hk_tick tick, uint16_t *drawn) {
    const struct poisson_table *d = part->derived;
    for (uint64_t i = 0; i < ALIAS_LANES; i++)
        if (alias_is_unsure(&d->alias, bits[i], drawn[i]))
            drawn[i] = draw_exactly(part, bits[i], index + i, tick);
}

/* ALIAS_LANES draws, the first of which is that of `index`. */
HK_INLINE void draw_lanes(const struct hk_drive_part *part, struct alias_tables tables,
                          const uint16_t *bits, uint64_t index, hk_tick tick, uint16_t *drawn) {
    if (alias_draw(tables, bits, drawn)) draw_unsure(part, bits, index, tick, drawn);
}

/* Part `k` of the draws of groups first .. first + groups - 1; part 0 begins count[], others are
 * added. From one word to its draw is a long chain, so those of all groups go side by side. */
static void draw_part(const struct hk_drive_part *part, uint64_t first, uint64_t groups, uint64_t k,
                      hk_tick tick, uint16_t *restrict count) {
    const struct poisson_table *d = part->derived;
    const struct alias_tables tables = alias_load(&d->alias);
    const uint64_t parts = d->parts;
    _Alignas(HK_CACHE_LINE) uint16_t bits[GROUPS * GROUP];
    uint16_t drawn[ALIAS_LANES];
    for (uint64_t g = 0; g < groups; g++)
        draw_bits(part->stream, tick, ((first + g) * parts + k) * HK_PHILOX_LANES,
                  bits + g * GROUP);
    for (uint64_t j = 0; j < groups * GROUP; j += ALIAS_LANES) {
        uint64_t index = ((first + j / GROUP) * parts + k) * GROUP + j % GROUP;
        draw_lanes(part, tables, bits + j, index, tick, k == 0 ? count + j : drawn);
        for (uint64_t i = 0; k > 0 && i < ALIAS_LANES; i++)
            count[j + i] = (uint16_t)(count[j + i] + drawn[i]);
    }
}

/* Returns the sum of the counts. */
static uint32_t put_weights(hk_real *restrict arrived, const uint16_t *restrict count,
                            hk_real weight, size_t units) {
    uint32_t sum = 0;
    for (size_t j = 0; j < units; j++) {
        arrived[j] = weight * (hk_real)count[j];
        sum += count[j];
    }
    return sum;
}

/* A part may begin and end within a group. */
static uint64_t poisson_arrive(const struct hk_drive_part *part, hk_tick tick, hk_real *arrived) {
    const struct poisson_table *d = part->derived;
    uint64_t begin = part->first, end = begin + part->count, pulses = 0;
    uint64_t groups_end = (end + GROUP - 1) / GROUP;
    for (uint64_t group = begin / GROUP; group < groups_end; group += GROUPS) {
        uint16_t count[GROUPS * GROUP];
        uint64_t groups = groups_end - group < GROUPS ? groups_end - group : GROUPS;
        uint64_t first = group * GROUP, from = first < begin ? begin : first;
        uint64_t to = first + groups * GROUP < end ? first + groups * GROUP : end;
        draw_part(part, group, groups, 0, tick, count);
        for (uint64_t k = 1; k < d->parts; k++) draw_part(part, group, groups, k, tick, count);
        pulses +=
            put_weights(arrived + (from - begin), count + (from - first), d->weight, to - from);
    }
    return pulses;
}

static void poisson_list(const struct hk_drive_part *part, hk_tick from, hk_tick to,
                         struct hk_raster *out) {
    const struct poisson_table *d = part->derived;
    poisson_slices_list(&d->slices, part->stream, part->first, part->count, from, to, out);
}

static double poisson_weight(const void *derived) {
    return (double)((const struct poisson_table *)derived)->weight;
}

const struct hk_drive_model hk_drive_poisson = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "poisson",
             .doc = "independent Poisson spikes that arrive at every unit",
             HK_PARAMS(params, struct poisson),
             .main_param = "rate"},
    .derived_size = sizeof(struct poisson_table),
    .derive = poisson_derive,
    .arrive = poisson_arrive,
    .list = poisson_list,
    .weight = poisson_weight,
    .receptor = offsetof(struct poisson, receptor),
};
