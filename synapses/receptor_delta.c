/* Delta receptor: an arriving weight is a jump of V by so many mV, at its very tick. */
#include "sim/receptor_model.h"

static void delta_advance(const struct hk_receptors *block, struct hk_input *in) {
    const hk_real *restrict arrived = block->arrived;
    hk_real *restrict jump = in->jump;
    for (size_t i = 0; i < block->count; i++) jump[i] += arrived[i];
}

static bool delta_derive(const void *param, const struct hk_grid *grid, void *derived,
                         struct hk_err *err) {
    (void)param, (void)grid, (void)derived, (void)err;
    return true;
}

static void delta_lapse(const struct hk_idle *units) {
    (void)units; /* nothing stays */
}

static void delta_take(const struct hk_idle *units, const double *arrived, double *jump) {
    for (size_t k = 0; k < units->count; k++) jump[k] += arrived[k];
}

static void delta_bound(const struct hk_idle *units, double *rise, double *pull) {
    (void)units, (void)rise, (void)pull;
}

static void delta_wave(const struct hk_idle *unit, struct hk_wave *wave) {
    (void)unit, (void)wave;
}

const struct hk_receptor_model hk_receptor_delta = {
    .base = {.abi = HK_MODEL_ABI, .name = "delta", .doc = "each weight is a jump of the potential"},
    .weight_unit = "mV",
    .effect = HK_EFFECT_JUMP,
    .derive = delta_derive,
    .advance = delta_advance,
    .lapse = delta_lapse,
    .take = delta_take,
    .bound = delta_bound,
    .wave = delta_wave,
};
