/* Poisson drive: spikes of `weight` arrive at a receptor of every unit, independently, K in a tick
 * with K ~ Poisson(rate dt). The background of cortical circuits, without units of its own.
 *
 * K is drawn by inversion from 48 bits keyed by (seed, population, unit, tick): 16 of them decide all
 * but one draw in some thousands, and only there the other 32 are looked at, so the tail is exact to
 * 2^-48. A block of random words serves eight units; 16 blocks are made together. */
#include "sim/drive_model.h"

#include "sim/numeric.h"
#include "sim/philox.h"

struct poisson {
    double rate, weight;
    const char *receptor;
};
enum { STEPS_MAX = 128, GROUP = 8 * HK_PHILOX_LANES };
struct poisson_table {
    hk_real weight;
    uint32_t count;            /* thresholds */
    uint32_t high[STEPS_MAX];  /* 2^48 P(K <= k), its upper 16 bits */
    uint64_t whole[STEPS_MAX]; /* and all of it */
};

static const struct hk_param params[] = {
    {"rate", "Hz", "rate of the spikes that arrive at a unit", HK_REQUIRED, 0.0, 1e9,
     offsetof(struct poisson, rate), HK_REAL, NULL},
    {"weight", "weight", "weight of each", HK_REQUIRED, -1e9, 1e9, offsetof(struct poisson, weight),
     HK_REAL, NULL},
    {"receptor", "1", "where they arrive; default: the only receptor", 0, 0, 0,
     offsetof(struct poisson, receptor), HK_TEXT, NULL},
};

static bool poisson_derive(const void *param, double tick_ms, void *derived, struct hk_err *err) {
    const struct poisson *p = param;
    struct poisson_table *d = derived;
    double mean = p->rate * 1e-3 * tick_ms, term = hk_exp(-mean), sum = 0.0;
    if (mean > 30.0)
        return HK_FAIL(err, HK_ERR_RANGE, "rate = %g Hz is more than 30 spikes a tick of %g ms",
                       p->rate, tick_ms);
    d->weight = (hk_real)p->weight;
    for (d->count = 0; d->count < STEPS_MAX; d->count++) {
        sum += term;
        uint64_t whole = sum < 1.0 ? (uint64_t)(sum * 0x1p48) : UINT64_C(1) << 48;
        if (whole >= (UINT64_C(1) << 48) - 1) break;
        d->whole[d->count] = whole;
        d->high[d->count] = (uint32_t)(whole >> 32);
        term *= mean / (double)(d->count + 1);
    }
    return true;
}

/* The draw of one unit with all of its bits. */
static hk_real draw_exactly(const struct hk_drive_part *part, const struct poisson_table *d,
                            uint32_t high, uint64_t unit, hk_tick tick) {
    uint32_t words[4], count = 0;
    hk_stream_block(part->stream, (uint64_t)tick, ~unit, words); /* blocks from the far end */
    uint64_t draw = (uint64_t)high << 32 | words[0];
    for (uint32_t k = 0; k < d->count; k++) count += draw >= d->whole[k];
    return (hk_real)count;
}

/* Sixteen units: their numbers of spikes; where[] is true where 16 bits don't tell. */
static bool draw_roughly(const struct poisson_table *d, const uint32_t *high, hk_real *count,
                         uint32_t *unsure) {
    uint32_t sum[HK_PHILOX_LANES] = {0}, equal[HK_PHILOX_LANES] = {0}, any = 0;
    for (uint32_t k = 0; k < d->count; k++) {
        const uint32_t bound = d->high[k];
        for (int j = 0; j < HK_PHILOX_LANES; j++) {
            sum[j] += high[j] > bound;
            equal[j] |= high[j] == bound;
        }
    }
    for (int j = 0; j < HK_PHILOX_LANES; j++) {
        count[j] = (hk_real)sum[j];
        unsure[j] = equal[j];
        any |= equal[j];
    }
    return any;
}

/* Row `row` of a group of 128 units: 16 of them, whose bits are a half of word row / 2. */
static void draw_row(const struct hk_drive_part *part, uint64_t unit, uint32_t words[4][16],
                     size_t row, hk_tick tick, hk_real *count) {
    const struct poisson_table *d = part->derived;
    uint32_t high[HK_PHILOX_LANES], unsure[HK_PHILOX_LANES], shift = row % 2 ? 16 : 0;
    for (int j = 0; j < HK_PHILOX_LANES; j++) high[j] = words[row / 2][j] >> shift & 0xffff;
    if (!draw_roughly(d, high, count, unsure)) return;
    for (int j = 0; j < HK_PHILOX_LANES; j++)
        if (unsure[j]) count[j] = draw_exactly(part, d, high[j], unit + (uint64_t)j, tick);
}

/* Parts begin at multiples of 16, rows of a group; a part may begin and end within a group. */
static void poisson_arrive(const struct hk_drive_part *part, hk_tick tick, hk_real *arrived) {
    const struct poisson_table *d = part->derived;
    uint64_t end = (uint64_t)part->first + part->count;
    for (uint64_t group = part->first / GROUP; group * GROUP < end; group++) {
        uint32_t words[4][HK_PHILOX_LANES];
        hk_philox_lanes(part->stream, (uint64_t)tick, group * HK_PHILOX_LANES, words);
        for (size_t row = 0; row < 8; row++) {
            uint64_t unit = group * GROUP + row * HK_PHILOX_LANES;
            hk_real count[HK_PHILOX_LANES];
            if (unit < part->first || unit >= end) continue;
            draw_row(part, unit, words, row, tick, count);
            hk_real *to = arrived + (unit - part->first);
            size_t left = end - unit < HK_PHILOX_LANES ? (size_t)(end - unit) : HK_PHILOX_LANES;
            for (size_t j = 0; j < left; j++) to[j] += d->weight * count[j];
        }
    }
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
    .receptor = offsetof(struct poisson, receptor),
};
