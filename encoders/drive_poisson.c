/* Poisson drive: spikes of `weight` arrive at a receptor of every unit, independently, K in a tick
 * with K ~ Poisson(rate dt). The background of cortical circuits, without units of its own.
 *
 * K is drawn by inversion from 48 bits keyed by (seed, population, unit, tick): 16 of them decide
 * all but one draw in some thousands, and only there the other 32 are looked at, so the tail is
 * exact to 2^-48. A block of random words serves eight units; 16 blocks are made together. */
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
    uint32_t count;            /* thresholds: */
    uint64_t whole[STEPS_MAX]; /* 2^48 P(K <= k) */
    uint32_t bounds;           /* and their upper 16 bits, a multiple of 4; */
    uint16_t high[STEPS_MAX];  /* the largest that these can be only once: nothing passes it */
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
    d->bounds = 0;
    for (d->count = 0; d->count < STEPS_MAX; d->count++) {
        sum += term;
        uint64_t whole = sum < 1.0 ? (uint64_t)(sum * 0x1p48) : UINT64_C(1) << 48;
        if (whole >= (UINT64_C(1) << 48) - 1) break;
        d->whole[d->count] = whole;
        uint16_t high = (uint16_t)(whole >> 32), last = d->bounds ? d->high[d->bounds - 1] : 0;
        if (high != UINT16_MAX || last != UINT16_MAX) d->high[d->bounds++] = high;
        term *= mean / (double)(d->count + 1);
    }
    for (; d->bounds % 4; d->bounds++) d->high[d->bounds] = UINT16_MAX; /* which nothing passes */
    return true;
}

/* The draw of one unit with all of its bits. */
static uint16_t draw_exactly(const struct hk_drive_part *part, uint16_t high, uint64_t unit,
                             hk_tick tick) {
    const struct poisson_table *d = part->derived;
    uint32_t words[4], count = 0;
    hk_stream_block(part->stream, (uint64_t)tick, ~unit, words); /* blocks from the far end */
    uint64_t draw = (uint64_t)high << 32 | words[0];
    for (uint32_t k = 0; k < d->count; k++) count += draw >= d->whole[k];
    return (uint16_t)count;
}

/* The 16 bits of a group: row r, 16 units, has one half of word r / 2. */
static void cut_words(uint32_t words[4][HK_PHILOX_LANES], uint16_t *restrict high) {
    for (int w = 0; w < 4; w++)
        for (int j = 0; j < HK_PHILOX_LANES; j++) {
            high[2 * w * HK_PHILOX_LANES + j] = (uint16_t)words[w][j];
            high[(2 * w + 1) * HK_PHILOX_LANES + j] = (uint16_t)(words[w][j] >> 16);
        }
}

/* How many of four bounds each unit of a group has passed, added to count; met where it hit one. */
static void pass_four(const uint16_t *restrict high, const uint16_t bound[4],
                      uint16_t *restrict count, uint16_t *restrict met) {
    const uint16_t a = bound[0], b = bound[1], c = bound[2], d = bound[3];
    for (int j = 0; j < GROUP; j++) {
        uint16_t h = high[j];
        uint16_t passed = (uint16_t)((h > a) + (h > b) + (h > c) + (h > d));
        uint16_t hit = (uint16_t)((h == a) | (h == b) | (h == c) | (h == d));
        count[j] = (uint16_t)(count[j] + passed);
        met[j] = (uint16_t)(met[j] | hit);
    }
}

/* How many bounds each of a group has passed; unsure[] where it met one. True where any did. */
static bool draw_roughly(const struct poisson_table *d, const uint16_t *high, uint16_t *count,
                         uint16_t *unsure) {
    uint16_t any = 0;
    for (int j = 0; j < GROUP; j++) count[j] = unsure[j] = 0;
    for (uint32_t k = 0; k < d->bounds; k += 4) pass_four(high, d->high + k, count, unsure);
    for (int j = 0; j < GROUP; j++) any |= unsure[j];
    return any;
}

static void draw_group(const struct hk_drive_part *part, uint64_t group, hk_tick tick,
                       uint16_t *count) {
    const struct poisson_table *d = part->derived;
    uint32_t words[4][HK_PHILOX_LANES];
    uint16_t high[GROUP], unsure[GROUP];
    hk_philox_lanes(part->stream, (uint64_t)tick, group * HK_PHILOX_LANES, HK_PHILOX_FEWEST, words);
    cut_words(words, high);
    if (!draw_roughly(d, high, count, unsure)) return;
    for (int j = 0; j < GROUP; j++)
        if (unsure[j]) count[j] = draw_exactly(part, high[j], group * GROUP + (uint64_t)j, tick);
}

static void add_counts(hk_real *restrict arrived, const uint16_t *restrict count, hk_real weight,
                       size_t units) {
    for (size_t j = 0; j < units; j++) arrived[j] += weight * (hk_real)count[j];
}

/* A part may begin and end within a group. */
static void poisson_arrive(const struct hk_drive_part *part, hk_tick tick, hk_real *arrived) {
    const struct poisson_table *d = part->derived;
    uint64_t begin = part->first, end = begin + part->count;
    for (uint64_t group = begin / GROUP; group * GROUP < end; group++) {
        uint16_t count[GROUP];
        uint64_t first = group * GROUP, from = first < begin ? begin : first;
        uint64_t to = first + GROUP < end ? first + GROUP : end;
        draw_group(part, group, tick, count);
        add_counts(arrived + (from - begin), count + (from - first), d->weight, to - from);
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
