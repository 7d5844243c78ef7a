/* Quadratic integrate-and-fire neuron (Ermentrout & Kopell 1986; Latham et al. 2000; Gerstner et
 * al. 2014, section 5.3), the normal form of neurons that begin to fire at any low rate:
 *   tau_m dV/dt = (V - v_rest) (V - v_crit) / (v_crit - v_rest) + tau_m/c_m (i_e + I)
 * Near v_rest it is a leaky membrane of tau_m and c_m; above v_crit V grows by itself, and is
 * reset at v_peak. With v_peak and v_reset at +-1e6 mV, where V gets within 1/1000 ms or so, it is
 * the theta neuron, V = tan(theta/2) but for scale.
 *
 * With u = V - (v_rest + v_crit)/2 and s = t / (tau_m (v_crit - v_rest)) it reads du/ds = u^2 + q,
 * of which q is what the current says: u = w tan(w s + ...), w^2 = q, or tanh where q is negative.
 * Conductances leave the form as it is. A grid takes currents and conductances at the step's
 * start, and the step is exact for these; the time from anywhere to v_peak is an arc tangent or a
 * logarithm. The exact clock needs inputs that are constant or jump: delta receptors. */
#include "neurons/kernels/membrane.h"

#include "sim/angle.h"

struct qif {
    double tau_m, c_m, v_rest, v_crit, v_peak, v_reset, t_ref, i_e;
};
enum { V };

/* clang-format off */
static const struct hk_param params[] = {
    {"tau_m", "ms", "membrane time constant at rest", 10.0, 1e-3, 1e6, offsetof(struct qif, tau_m),
     HK_REAL, NULL},
    {"c_m", "pF", "membrane capacitance", 250.0, 1e-6, 1e9, offsetof(struct qif, c_m), HK_REAL,
     NULL},
    {"v_rest", "mV", "resting potential", -70.0, -1e3, 1e3, offsetof(struct qif, v_rest), HK_REAL,
     NULL},
    {"v_crit", "mV", "potential from which a spike grows by itself", -50.0, -1e3, 1e3,
     offsetof(struct qif, v_crit), HK_REAL, NULL},
    {"v_peak", "mV", "potential at which it is a spike", 30.0, -1e3, 1e6,
     offsetof(struct qif, v_peak), HK_REAL, NULL},
    {"v_reset", "mV", "potential after a spike", -70.0, -1e6, 1e3, offsetof(struct qif, v_reset),
     HK_REAL, NULL},
    {"t_ref", "ms", "refractory time: V is held at v_reset", 0.0, 0.0, 1e6,
     offsetof(struct qif, t_ref), HK_REAL, NULL},
    {"i_e", "pA", "constant current", 0.0, -1e9, 1e9, offsetof(struct qif, i_e), HK_REAL, NULL},
};
/* clang-format on */

static const struct hk_column columns[] = {
    [V] = {"v", "mV", "membrane potential", -70.0, false},
};

static bool qif_check(const void *param, struct hk_err *err) {
    const struct qif *p = param;
    if (p->v_crit <= p->v_rest)
        return HK_FAIL(err, HK_ERR_RANGE, "v_crit = %g mV must be above v_rest = %g mV", p->v_crit,
                       p->v_rest);
    if (p->v_peak <= p->v_crit)
        return HK_FAIL(err, HK_ERR_RANGE, "v_peak = %g mV must be above v_crit = %g mV", p->v_peak,
                       p->v_crit);
    if (p->v_reset < p->v_peak) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "v_reset = %g mV must be below v_peak = %g mV", p->v_reset,
                   p->v_peak);
}

static void qif_start(const void *param, double *values) {
    values[V] = ((const struct qif *)param)->v_rest;
}

/* ---- du/ds = u^2 + q ---- */

struct parabola {
    double middle;  /* V - u */
    double q_rest;  /* q without current, */
    double q_gain;  /* and what 1 pA adds to it */
    double s_of_ms; /* s of a millisecond */
};

static struct parabola parabola_of(const struct qif *p) {
    const double width = p->v_crit - p->v_rest, gain = width * p->tau_m / p->c_m;
    return (struct parabola){.middle = 0.5 * (p->v_rest + p->v_crit),
                             .q_rest = gain * p->i_e - 0.25 * width * width,
                             .q_gain = gain,
                             .s_of_ms = 1.0 / (p->tau_m * width)};
}

/* u later by s, or that it has gone to infinity before. */
struct flow {
    double u;
    bool is_over;
};

static inline struct flow flow(double u, double q, double s) {
    bool grows = q > 0.0;
    double x = sqrt(grows ? q : -q) * s, turned = x < HK_PI ? x : HK_PI;
    struct hk_angle angle = hk_angle(grows ? turned : 0.0);
    double around = x > 0.0 ? angle.sine / x : 1.0;
    /* cosh and sinh over e^x: a factor of both sides of the fraction */
    double twice = grows ? 0.0 : 2.0 * x, decay = hk_exp(-twice);
    bool is_near = twice <= 0.25;
    double far = (1.0 - decay) / (is_near ? 1.0 : twice);
    double along = is_near ? hk_phi1_near(is_near ? -twice : 0.0) : far;
    double sine = s * (grows ? around : along);
    double cosine = grows ? angle.cosine : 0.5 * (1.0 + decay);
    double below = cosine - u * sine;
    return (struct flow){(u * cosine + q * sine) / below, below <= 0.0 || (grows && x >= HK_PI)};
}

/* How long u takes from where it is to `peak`. */
static double way_of(double u, double q, double peak) {
    enum { TERMS = 9 };
    double w = sqrt(fabs(q)), side = peak * u + q, y = (peak - u) / side, z = q * y * y;
    if (u >= peak) return 0.0;
    if (q <= 0.0 && u <= w) return (double)INFINITY;
    if (side > 0.0 && fabs(z) < 0.01) { /* atan(w y)/w, or artanh, of a small argument */
        double sum = 0.0;
        for (int k = TERMS; k >= 0; k--) sum = 1.0 / (2 * k + 1) - z * sum;
        return y * sum;
    }
    if (q > 0.0) return (hk_atan(w * y) + (side < 0.0 ? HK_PI : 0.0)) / w;
    return hk_log((peak - w) * (u + w) / ((peak + w) * (u - w))) / (2.0 * w);
}

/* ---- on a grid ---- */

struct qif_step {
    struct membrane_step
        hold; /* of which only the refractory time counts: who fires resets itself */
    struct parabola parabola;
    double s;
    hk_real v_peak, v_reset;
};

static bool qif_derive(const void *param, const struct hk_grid *grid, void *derived,
                       struct hk_err *err) {
    const struct qif *p = param;
    struct qif_step *d = derived;
    *d = (struct qif_step){.hold.kept = 1,
                           .parabola = parabola_of(p),
                           .v_peak = (hk_real)p->v_peak,
                           .v_reset = (hk_real)p->v_reset};
    d->s = d->parabola.s_of_ms * grid->tick_ms;
    return hk_tick_from_ms(p->t_ref, grid->tick_ms, &d->hold.ref_ticks, err) ||
           hk_err_context(err, "t_ref");
}

static double qif_gain(const void *derived) {
    (void)derived;
    return 1.0;
}

static size_t qif_update(const struct hk_neurons *block, const struct hk_input *in,
                         uint32_t *fired) {
    const struct qif_step d = *(const struct qif_step *)block->derived;
    const struct parabola p = d.parabola;
    hk_real *restrict v = block->state[V];
    _Alignas(HK_CACHE_LINE) unsigned char flag[HK_BLOCK];
    unsigned char any = 0;
    for (size_t i = 0; i < block->count; i++) {
        double shift = 0.5 * p.q_gain * (double)in->g[i], middle = p.middle + shift;
        double q = p.q_rest + p.q_gain * ((double)in->push[i] + (double)in->g_e[i]) -
                   shift * (2.0 * p.middle + shift);
        struct flow to = flow((double)v[i] - middle, q, d.s);
        hk_real moved = (hk_real)(middle + to.u) + in->jump[i];
        flag[i] = to.is_over || moved >= d.v_peak;
        v[i] = flag[i] ? d.v_reset : moved;
        any |= flag[i];
    }
    return membrane_collect(&d.hold, block, v, flag, any, fired);
}

/* ---- closed forms ---- */

static double q_of(const struct parabola *p, const struct hk_idle *units) {
    return p->q_rest + p->q_gain * units->current;
}

static void qif_lapse(const struct hk_idle *units) {
    const struct parabola p = parabola_of(units->param);
    const double q = q_of(&p, units);
    double *v = units->state[V];
    for (size_t k = 0; k < units->count; k++)
        v[k] = p.middle + flow(v[k] - p.middle, q, units->ms[k] * p.s_of_ms).u;
}

/* Below the higher zero of u^2 + q it is drawn to the lower one; above, nothing holds it. */
static void qif_distance(const struct hk_idle *units, const double *rise, const double *pull,
                         struct hk_distance *out) {
    const struct parabola p = parabola_of(units->param);
    const double q = q_of(&p, units), w = sqrt(q < 0.0 ? -q : 0.0);
    const double peak = ((const struct qif *)units->param)->v_peak - p.middle;
    (void)rise, (void)pull;
    for (size_t k = 0; k < units->count; k++) {
        double u = units->state[V][k] - p.middle;
        bool is_free = q > 0.0 || u > w;
        out->now[k] = peak - u;
        out->least[k] = is_free ? -1.0 : peak - (u > -w ? u : -w);
        out->speed[k] = ((u < -peak ? u * u : peak * peak) + fmax(q, 0.0)) * p.s_of_ms;
    }
}

static void qif_spike(const struct hk_idle *units) {
    for (size_t k = 0; k < units->count; k++)
        units->state[V][k] = ((const struct qif *)units->param)->v_reset;
}

static double qif_cross(const struct hk_idle *unit, struct hk_wave *inputs) {
    const struct parabola p = parabola_of(unit->param);
    const double peak = ((const struct qif *)unit->param)->v_peak - p.middle;
    (void)inputs;
    return way_of(unit->state[V][0] - p.middle, q_of(&p, unit), peak) / p.s_of_ms;
}

static double qif_t_ref(const void *param) {
    return ((const struct qif *)param)->t_ref;
}

static const struct hk_closed_forms qif_closed = {.lapse = qif_lapse,
                                                  .distance = qif_distance,
                                                  .fire = qif_spike,
                                                  .cross = qif_cross,
                                                  .t_ref = qif_t_ref};

const struct hk_neuron_model hk_neuron_qif = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "qif",
             .doc = "quadratic integrate-and-fire neuron",
             HK_PARAMS(params, struct qif)},
    HK_COLUMNS(columns),
    .can_hold = true,
    .derived_size = sizeof(struct qif_step),
    .check = qif_check,
    .start = qif_start,
    .derive = qif_derive,
    .gain = qif_gain,
    .update = qif_update,
    .closed = &qif_closed,
};
