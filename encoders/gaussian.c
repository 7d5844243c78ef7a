/* Gaussian receptive fields (Bohte, Kok & La Poutre 2002): each value is seen by n units with
 * overlapping bell-shaped fields over [I_min, I_max], and each fires once, the earlier the better
 * the value fits:
 *
 *   mu_i = I_min + (2i - 3)/2 (I_max - I_min)/(n - 2),  i = 1..n
 *   sigma = (I_max - I_min)/(beta (n - 2))
 *   a = exp(-(x - mu)^2 / (2 sigma^2));  t = T (1 - a);  silent for a < a_min
 *
 * Unit v n + i - 1 is field i of value v. Inside, the range is 0..1; the fields are the same. */
#include "sim/encoder_model.h"
#include "sim/numeric.h"

struct gaussian {
    struct hk_value_range range;
    int64_t fields;
    double beta, a_min, window;
};

/* clang-format off */
static const struct hk_param params[] = {
    {"fields", "1", "units a value", 8.0, 3.0, 1e6,
     offsetof(struct gaussian, fields), HK_INT, NULL},
    {"beta", "1", "distance of the fields over their width", 1.5, 1e-3, 1e3,
     offsetof(struct gaussian, beta), HK_REAL, NULL},
    {"a_min", "1", "units that fit less than this (0..1) are silent", 0.1, 0.0, 1.0,
     offsetof(struct gaussian, a_min), HK_REAL, NULL},
    {"window", "ms", "time within which all spikes lie; 0: the whole presentation", 0.0, 0.0, 1e9,
     offsetof(struct gaussian, window), HK_REAL, NULL},
    HK_VALUE_RANGE(struct gaussian),
};
/* clang-format on */

static bool gaussian_check(const void *param, double tick_ms, struct hk_err *err) {
    const struct gaussian *p = param;
    hk_tick ticks;
    return hk_value_range_check(&p->range, err) &&
           (hk_tick_from_ms(p->window, tick_ms, &ticks, err) || hk_err_context(err, "window"));
}

static size_t gaussian_units(const void *param, size_t value_count) {
    const struct gaussian *p = param;
    size_t fields = (size_t)p->fields;
    return value_count <= SIZE_MAX / fields ? value_count * fields : SIZE_MAX;
}

static void gaussian_encode(const void *param, const struct hk_presentation *shown,
                            struct hk_raster *out) {
    const struct gaussian *p = param;
    hk_tick window = p->window > 0.0 ? hk_presentation_ticks(shown, p->window) : shown->ticks;
    size_t fields = (size_t)p->fields;
    double distance = 1.0 / ((double)fields - 2.0), sigma = distance / p->beta;
    for (hk_neuron i = shown->first; i < shown->first + shown->count; i++) {
        double x = hk_value_range_scale(&p->range, (double)shown->values[i / fields]);
        double mu = ((double)(i % fields) - 0.5) * distance, off = (x - mu) / sigma;
        double a = hk_exp(-0.5 * off * off);
        hk_tick tick = (hk_tick)floor((double)window * (1.0 - a) + 0.5);
        if (a >= p->a_min && tick < window) hk_raster_put(out, tick, i);
    }
}

const struct hk_encoder_model hk_encoder_gaussian = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "gaussian",
             .doc = "several units a value, each the earlier the nearer its field is to it",
             HK_PARAMS(params, struct gaussian)},
    .check = gaussian_check,
    .units = gaussian_units,
    .encode = gaussian_encode,
};
