#include "sim/rng.h"

#include <Random123/philox.h>

#include "sim/numeric.h"
#include "sim/philox.h"

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
    uint64_t high = hk_draws_word(draws), low = hk_draws_word(draws);
    return ((double)((high << 32 | low) >> 12) + 0.5) * 0x1p-52;
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

static double ratio(const double *over, const double *under, double r) {
    double top = over[7], bottom = under[7];
    for (int i = 6; i >= 0; i--) {
        top = top * r + over[i];
        bottom = bottom * r + under[i];
    }
    return top / bottom;
}

/* Wichura 1988, algorithm AS 241, PPND16: about 16 decimal digits. */
static double normal_quantile(double p) {
    /* clang-format off */
    static const double a[8] = {3.3871328727963666080e0,  1.3314166789178437745e2,
                                1.9715909503065514427e3,  1.3731693765509461125e4,
                                4.5921953931549871457e4,  6.7265770927008700853e4,
                                3.3430575583588128105e4,  2.5090809287301226727e3};
    static const double b[8] = {1.0,                      4.2313330701600911252e1,
                                6.8718700749205790830e2,  5.3941960214247511077e3,
                                2.1213794301586595867e4,  3.9307895800092710610e4,
                                2.8729085735721942674e4,  5.2264952788528545610e3};
    static const double c[8] = {1.42343711074968357734e0, 4.63033784615654529590e0,
                                5.76949722146069140550e0, 3.64784832476320460504e0,
                                1.27045825245236838258e0, 2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0,                      2.05319162663775882187e0,
                                1.67638483018380384940e0, 6.89767334985100004550e-1,
                                1.48103976427480074590e-1, 1.51986665636164571966e-2,
                                5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720e0, 5.46378491116411436990e0,
                                1.78482653991729133580e0, 2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0,                      5.99832206555887937690e-1,
                                1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                7.86869131145613259100e-4, 1.84631831751005468180e-5,
                                1.42151175831644588870e-7, 2.04426310338993978564e-15};
    /* clang-format on */
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return q * ratio(a, b, 0.180625 - q * q);
    double r = sqrt(-hk_log(q < 0.0 ? p : 1.0 - p));
    double x = r <= 5.0 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5.0);
    return q < 0.0 ? -x : x;
}

double hk_draws_normal(struct hk_draws *draws) {
    return normal_quantile(hk_draws_uniform(draws));
}

/* ---- binomial ---- */

/* log k! less Stirling's formula without its series, (k + 1/2) log(k + 1) - (k + 1) + log(2 pi)/2. */
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

/* ---- many at a time ---- */

/* The few products that Lemire's method rejects are drawn anew, from blocks at the far end. */
void hk_stream_fill_below(struct hk_stream stream, uint64_t entity, uint32_t bound, uint32_t *out,
                          size_t count) {
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

double hk_dist_draw(const struct hk_dist *dist, struct hk_draws *draws) {
    switch (dist->kind) {
    case HK_DIST_CONSTANT: break;
    case HK_DIST_UNIFORM: return dist->a + (dist->b - dist->a) * hk_draws_uniform(draws);
    case HK_DIST_NORMAL: return dist->a + dist->b * hk_draws_normal(draws);
    }
    return dist->a;
}

static const double NORMAL_REACH = 8.3;

double hk_dist_max(const struct hk_dist *dist) {
    if (dist->kind == HK_DIST_NORMAL) return dist->a + NORMAL_REACH * dist->b;
    return dist->kind == HK_DIST_UNIFORM ? fmax(dist->a, dist->b) : dist->a;
}

double hk_dist_min(const struct hk_dist *dist) {
    if (dist->kind == HK_DIST_NORMAL) return dist->a - NORMAL_REACH * dist->b;
    return dist->kind == HK_DIST_UNIFORM ? fmin(dist->a, dist->b) : dist->a;
}
