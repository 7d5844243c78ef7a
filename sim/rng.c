#include "sim/rng.h"

#include <Random123/philox.h>

#include "sim/normal.h"

#include <math.h>

static void philox(uint64_t key, uint64_t high, uint64_t low, uint32_t words[4]) {
    philox4x32_ctr_t counter = {
        {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high, (uint32_t)(high >> 32)}};
    philox4x32_key_t keys = {{(uint32_t)key, (uint32_t)(key >> 32)}};
    philox4x32_ctr_t out = philox4x32(counter, keys);
    for (int i = 0; i < 4; i++) words[i] = out.v[i];
}

/* FNV-1a, 64 bits; the terminating zero is part of it, so that ("ab","c") and ("a","bc") differ. */
static uint64_t hash_text(uint64_t hash, const char *text) {
    for (;; text++) {
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
        if (!*text) return hash;
    }
}

struct hk_stream hk_stream_make(uint64_t seed, const char *purpose, const char *name) {
    uint64_t hash = hash_text(hash_text(0xcbf29ce484222325u, purpose), name);
    uint32_t words[4];
    philox(seed, hash, 0, words);
    return (struct hk_stream){(uint64_t)words[0] << 32 | words[1]};
}

void hk_stream_block(struct hk_stream stream, uint64_t entity, uint64_t index, uint32_t words[4]) {
    philox(stream.key, entity, index, words);
}

struct hk_draws hk_draws_at(struct hk_stream stream, uint64_t entity, uint64_t index) {
    return (struct hk_draws){.stream = stream, .entity = entity, .index = index};
}

uint32_t hk_draws_word(struct hk_draws *draws) {
    if (draws->left == 0) {
        hk_stream_block(draws->stream, draws->entity, draws->index++, draws->words);
        draws->left = 4;
    }
    return draws->words[4 - draws->left--];
}

double hk_draws_uniform(struct hk_draws *draws) {
    uint32_t high = hk_draws_word(draws), low = hk_draws_word(draws);
    return hk_uniform_from(high, low);
}

uint32_t hk_draws_below(struct hk_draws *draws, uint32_t bound) {
    /* Lemire 2019: multiply, and redraw the few products that would favour some values. */
    uint64_t product = (uint64_t)hk_draws_word(draws) * bound;
    if ((uint32_t)product < bound)
        for (uint32_t least = -bound % bound; (uint32_t)product < least;)
            product = (uint64_t)hk_draws_word(draws) * bound;
    return (uint32_t)(product >> 32);
}

double hk_draws_exponential(struct hk_draws *draws) {
    return -hk_log(hk_draws_uniform(draws));
}

double hk_draws_normal(struct hk_draws *draws) {
    return hk_normal_quantile(hk_draws_uniform(draws));
}

/* ---- binomial ---- */

/* log k! less Stirling's formula, (k + 1/2) log(k + 1) - (k + 1) + log(2 pi)/2. */
static double stirling_rest(double k) {
    static const double first[] = {0.0810614667953272,  0.0413406959554092, 0.0276779256849983,
                                   0.02079067210376509, 0.0166446911898211, 0.0138761288230707,
                                   0.0118967099458917,  0.0104112652619720, 0.00925546218271273,
                                   0.00833056343336287};
    if (k < 10.0) return first[(int)k];
    double square = (k + 1.0) * (k + 1.0);
    return (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / (k + 1.0);
}

/* Inversion, for few expected: the gaps between successes are geometric. */
static uint64_t binomial_by_gaps(struct hk_draws *draws, uint64_t n, double p) {
    double log_miss = hk_log(1.0 - p);
    uint64_t count = 0;
    for (double at = 0.0;; count++) {
        at += floor(hk_log(hk_draws_uniform(draws)) / log_miss) + 1.0;
        if (at > (double)n) return count;
    }
}

/* Hoermann 1993, transformed rejection with squeeze (BTRS); p <= 1/2, n p >= 10. */
static uint64_t binomial_by_rejection(struct hk_draws *draws, double n, double p) {
    double spread = sqrt(n * p * (1.0 - p)), b = 1.15 + 2.53 * spread;
    double a = -0.0873 + 0.0248 * b + 0.01 * p, centre = n * p + 0.5;
    double sure = 0.92 - 4.2 / b, odds = p / (1.0 - p), alpha = (2.83 + 5.1 / b) * spread;
    double mode = floor((n + 1.0) * p);
    for (;;) {
        double u = hk_draws_uniform(draws) - 0.5, v = hk_draws_uniform(draws);
        double from_edge = 0.5 - fabs(u);
        double k = floor((2.0 * a / from_edge + b) * u + centre);
        if (from_edge >= 0.07 && v <= sure) return (uint64_t)k;
        if (k < 0.0 || k > n) continue;
        double bound = (mode + 0.5) * hk_log((mode + 1.0) / (odds * (n - mode + 1.0))) +
                       (n + 1.0) * hk_log((n - mode + 1.0) / (n - k + 1.0)) +
                       (k + 0.5) * hk_log(odds * (n - k + 1.0) / (k + 1.0)) + stirling_rest(mode) +
                       stirling_rest(n - mode) - stirling_rest(k) - stirling_rest(n - k);
        if (hk_log(v * alpha / (a / (from_edge * from_edge) + b)) <= bound) return (uint64_t)k;
    }
}

uint64_t hk_draws_binomial(struct hk_draws *draws, uint64_t n, double p) {
    if (!(p > 0.0) || n == 0) return 0;
    if (p >= 1.0) return n;
    if (p > 0.5) return n - hk_draws_binomial(draws, n, 1.0 - p);
    if ((double)n * p < 10.0) return binomial_by_gaps(draws, n, p);
    return binomial_by_rejection(draws, (double)n, p);
}

double hk_dist_draw(const struct hk_dist *dist, struct hk_draws *draws) {
    switch (dist->kind) {
    case HK_DIST_CONSTANT: break;
    case HK_DIST_UNIFORM: return dist->a + (dist->b - dist->a) * hk_draws_uniform(draws);
    case HK_DIST_NORMAL: return dist->a + dist->b * hk_draws_normal(draws);
    case HK_DIST_RECTIFIED: return fmax(dist->a + dist->b * hk_draws_normal(draws), 0.0);
    }
    return dist->a;
}

static const double NORMAL_REACH = 8.3;

double hk_dist_max(const struct hk_dist *dist) {
    double most = dist->a + NORMAL_REACH * dist->b;
    if (dist->kind == HK_DIST_NORMAL) return most;
    if (dist->kind == HK_DIST_RECTIFIED) return fmax(most, 0.0);
    return dist->kind == HK_DIST_UNIFORM ? fmax(dist->a, dist->b) : dist->a;
}

double hk_dist_min(const struct hk_dist *dist) {
    double least = dist->a - NORMAL_REACH * dist->b;
    if (dist->kind == HK_DIST_NORMAL) return least;
    if (dist->kind == HK_DIST_RECTIFIED) return fmax(least, 0.0);
    return dist->kind == HK_DIST_UNIFORM ? fmin(dist->a, dist->b) : dist->a;
}
