/* Step current: `amplitude` from `from` until `to`, the same for every unit. It acts on the steps
 * that begin at ticks in [from, to). */
#include "sim/drive_model.h"

struct step {
    double amplitude, from, to;
};
struct step_ticks {
    hk_tick from, to;
    hk_real amplitude;
};

static const struct hk_param params[] = {
    {"amplitude", "pA", "the current", HK_REQUIRED, -1e9, 1e9, offsetof(struct step, amplitude),
     HK_REAL, NULL},
    {"from", "ms", "when it begins", 0.0, 0.0, 1e12, offsetof(struct step, from), HK_REAL, NULL},
    {"to", "ms", "when it ends; default: never", 0.0, 0.0, 1e12, offsetof(struct step, to), HK_REAL,
     NULL},
};

static bool step_derive(const void *param, double tick_ms, void *derived, struct hk_err *err) {
    const struct step *p = param;
    struct step_ticks *d = derived;
    d->amplitude = (hk_real)p->amplitude;
    if (!hk_tick_from_ms(p->from, tick_ms, &d->from, err)) return hk_err_context(err, "from");
    if (!hk_tick_from_ms(p->to, tick_ms, &d->to, err)) return hk_err_context(err, "to");
    if (d->to == 0) d->to = INT64_MAX;
    if (d->from < d->to) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "from = %g ms must be before to = %g ms", p->from, p->to);
}

static void step_add(const struct hk_drive_part *part, hk_tick from, hk_real *push) {
    const struct step_ticks *d = part->derived;
    if (from < d->from || from >= d->to) return;
    const hk_real change = part->gain * d->amplitude;
    for (size_t i = 0; i < part->count; i++) push[i] += change;
}

static double step_current(const void *derived, hk_tick at, hk_tick *until) {
    const struct step_ticks *d = derived;
    bool on = at >= d->from && at < d->to;
    *until = at < d->from ? d->from : on ? d->to : INT64_MAX;
    return on ? (double)d->amplitude : 0.0;
}

const struct hk_drive_model hk_drive_step = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "step",
             .doc = "constant current during an interval",
             HK_PARAMS(params, struct step),
             .main_param = "amplitude"},
    .derived_size = sizeof(struct step_ticks),
    .derive = step_derive,
    .add = step_add,
    .current = step_current,
};
