/* The leaky membrane that the integrate-and-fire models share, one step for a block:
 *   c_m dV/dt = -g_l (V - v_rest) - sum_r g_r (V - e_r) + i_e + I,   g_l = c_m / tau_m
 * Without conductances it is linear and advanced exactly (Rotter & Diesmann 1999); with them by
 * exponential Euler, the conductances frozen at their values at the step's start: first order, and
 * stable at any step. Where g is the sum of all and x = g h / c_m, V moves by (e^-x - 1)/-x times
 * what plain Euler adds: a polynomial while x is small, which it mostly is; else V goes to where
 * the currents cancel, with a division and a power. Each unit goes by its own x. Plain Euler is
 * there to reproduce scripts that used it.
 *
 * After a spike V is held at v_reset for t_ref; receptors go on, jumps that arrive then are lost.
 * Held units are few: all of a block are advanced alike, and the held ones put back. */
#ifndef HK_NEURONS_KERNELS_MEMBRANE_H
#define HK_NEURONS_KERNELS_MEMBRANE_H

#include "sim/exp_receptor.h"
#include "sim/neuron_model.h"

#include <math.h>

struct membrane {
    double tau_m, c_m, v_rest, v_reset, v_th, t_ref, i_e;
    int integrator, reset;
};
enum { MEMBRANE_EXPONENTIAL, MEMBRANE_EULER };
enum { RESET_SET, RESET_SUBTRACT, RESET_SUBTRACT_LATE };

static const char *const membrane_integrators[] = {"exponential", "euler", NULL};
static const char *const membrane_resets[] = {"set", "subtract", "subtract-late", NULL};

/* clang-format off */
#define MEMBRANE_PARAMS(type)                                                                      \
    {"tau_m", "ms", "membrane time constant", 10.0, 1e-3, 1e6, offsetof(type, membrane.tau_m),     \
     HK_REAL, NULL},                                                                               \
    {"c_m", "pF", "membrane capacitance", 250.0, 1e-6, 1e9, offsetof(type, membrane.c_m), HK_REAL, \
     NULL},                                                                                        \
    {"v_rest", "mV", "resting potential", -70.0, -1e3, 1e3, offsetof(type, membrane.v_rest),       \
     HK_REAL, NULL},                                                                               \
    {"v_reset", "mV", "potential after a spike", -70.0, -1e3, 1e3,                                 \
     offsetof(type, membrane.v_reset), HK_REAL, NULL},                                             \
    {"v_th", "mV", "threshold", -55.0, -1e3, 1e3, offsetof(type, membrane.v_th), HK_REAL, NULL},   \
    {"t_ref", "ms", "refractory time: V is held at v_reset", 2.0, 0.0, 1e6,                        \
     offsetof(type, membrane.t_ref), HK_REAL, NULL},                                               \
    {"i_e", "pA", "constant current", 0.0, -1e9, 1e9, offsetof(type, membrane.i_e), HK_REAL,       \
     NULL},                                                                                        \
    {"integrator", "1", "scheme with conductances; without them the step is exact", 0, 0, 1,       \
     offsetof(type, membrane.integrator), HK_CHOICE, membrane_integrators},                        \
    {"reset", "1", "a spike sets V to v_reset, or takes v_th - v_rest (late: a step later)",       \
     0, 0, 2, offsetof(type, membrane.reset), HK_CHOICE, membrane_resets}
/* clang-format on */

/* How V is advanced: without conductances exactly, else as `integrator` says. NEAR where all x are
 * small, and LEAK where no conductance counts, are to the bit the same as EXPONENTIAL. */
enum membrane_scheme {
    SCHEME_EXACT,
    SCHEME_EXPONENTIAL,
    SCHEME_NEAR,
    SCHEME_FAR,
    SCHEME_LEAK,
    SCHEME_EULER
};

struct membrane_step {
    enum membrane_scheme scheme;
    double gain;                  /* of `push` for 1 pA */
    hk_real decay, constant;      /* exact: V <- decay V + constant + push */
    hk_real g_l, g_rest, per_c_m; /* nS; pA at rest, with i_e; step / c_m, mV/pA */
    hk_real leak;                 /* factor of plain Euler's step for the leak alone; or 0 */
    hk_real kept, v_reset;        /* a spike: V <- kept V + v_reset */
    hk_tick ref_ticks;
};

static inline bool membrane_is_near(hk_real x) {
    return hk_real_abs(x) <= HK_REAL_NEAR;
}

/* V where x is small: `factor` (e^-x - 1)/-x times what plain Euler adds for the current that flows
 * at v. Multiplied in this order, since the factor is what is known last. */
HK_INLINE hk_real membrane_near(const struct membrane_step *s, hk_real v, hk_real factor,
                                hk_real current) {
    return v + factor * (s->per_c_m * current);
}

static inline bool membrane_derive(const struct membrane *p, const struct hk_grid *grid,
                                   struct membrane_step *step, struct hk_err *err) {
    hk_tick ref_ticks = 0;
    if (!hk_tick_from_ms(p->t_ref, grid->tick_ms, &ref_ticks, err))
        return hk_err_context(err, "t_ref");
    double h = grid->tick_ms, lost = -expm1(-h / p->tau_m), per_pa = p->tau_m / p->c_m * lost;
    bool subtract = p->reset != RESET_SET;
    /* Late, v_th leaves undecayed with the next step (discrete LIF of Bellec et al. 2018); that
     * step decays what it finds, so more is taken now. */
    bool late = p->reset == RESET_SUBTRACT_LATE && grid->exact;
    double taken = (p->v_th - p->v_rest) / (late ? exp(-h / p->tau_m) : 1.0);
    *step = (struct membrane_step){
        .scheme = grid->exact                       ? SCHEME_EXACT
                  : p->integrator == MEMBRANE_EULER ? SCHEME_EULER
                                                    : SCHEME_EXPONENTIAL,
        .gain = grid->exact ? per_pa : 1.0,
        .decay = (hk_real)exp(-h / p->tau_m),
        .constant = (hk_real)(lost * p->v_rest + per_pa * p->i_e),
        .g_l = (hk_real)(p->c_m / p->tau_m),
        .g_rest = (hk_real)(p->c_m / p->tau_m * p->v_rest + p->i_e),
        .per_c_m = (hk_real)(h / p->c_m),
        .kept = subtract ? 1 : 0,
        .v_reset = (hk_real)(subtract ? -taken : p->v_reset),
        .ref_ticks = ref_ticks,
    };
    hk_real x = step->per_c_m * step->g_l;
    if (membrane_is_near(x)) step->leak = hk_real_phi1_near(-x);
    return true;
}

/* What receptors and drives do to one unit (struct hk_input), but for jumps. */
struct membrane_input {
    hk_real push, g, g_e;
};

/* V of one unit after a step without jumps. The loops below are made once for each scheme. */
HK_INLINE hk_real membrane_move(enum membrane_scheme scheme, const struct membrane_step *s,
                                hk_real v, struct membrane_input in) {
    if (scheme == SCHEME_EXACT) return v * s->decay + (s->constant + in.push);
    if (scheme == SCHEME_LEAK) return membrane_near(s, v, s->leak, s->g_rest - s->g_l * v);
    hk_real total = s->g_l + in.g, current = s->g_rest + in.g_e + in.push;
    if (scheme == SCHEME_EULER) return v + s->per_c_m * (current - total * v);
    hk_real x = s->per_c_m * total;
    if (scheme == SCHEME_NEAR)
        return membrane_near(s, v, hk_real_phi1_near(-x), current - total * v);
    hk_real v_inf = current / total, far = v_inf + (v - v_inf) * hk_real_exp(-x);
    if (scheme == SCHEME_FAR) return far;
    bool is_near = membrane_is_near(x);
    hk_real near = membrane_near(s, v, hk_real_phi1_near(is_near ? -x : 0), current - total * v);
    return is_near ? near : far;
}

static inline struct membrane_input membrane_input_of(const struct hk_input *in, size_t i) {
    return (struct membrane_input){in->push[i], in->g[i], in->g_e[i]};
}

/* How many units of a block are advanced. Flags are bytes, so loops take a group at once and what
 * is left one by one: if that is more than a few, they go on to the group's end. */
static inline size_t membrane_lanes(const struct hk_neurons *block) {
    enum { FEW = 8 };
    return block->count % HK_GROUP > FEW ? hk_whole_groups(block->count) : block->count;
}

HK_INLINE void membrane_advance_by(enum membrane_scheme scheme, const struct membrane_step *step,
                                   const struct hk_input *input, hk_real *v, size_t first,
                                   size_t end) {
    const struct membrane_step s = *step;
    const struct hk_input in = *input;
    HK_INDEPENDENT
    for (size_t i = first; i < end; i++)
        v[i] = membrane_move(scheme, &s, v[i], membrane_input_of(&in, i)) + in.jump[i];
}

/* Is what receptors and drives do to a unit more than what rounding loses? */
HK_INLINE uint32_t membrane_acts(hk_real g_l, hk_real g_rest, struct membrane_input in) {
    return (uint32_t)(g_l + in.g != g_l) | (uint32_t)(g_rest + in.g_e + in.push != g_rest);
}

/* Is what they do to each of some units lost? The first one tells in most cases. */
static inline bool membrane_only_leaks(const struct membrane_step *s, const struct hk_input *in,
                                       size_t first, size_t end) {
    const hk_real g_l = s->g_l, g_rest = s->g_rest;
    uint32_t any = 0;
    if (s->leak == 0 || g_l + in->g[first] != g_l) return false;
    for (size_t i = first; i < end; i++)
        any |= membrane_acts(g_l, g_rest, membrane_input_of(in, i));
    return !any;
}

/* Are the x of all small? Conductances are in n arrays, 1 or 2. Sizes of numbers are in the order
 * of their bits. */
HK_INLINE bool membrane_all_near(size_t n, const struct membrane_step *s, const hk_real *restrict g,
                                 const hk_real *restrict more, size_t count) {
    const hk_real g_l = s->g_l;
    hk_bits most = 0;
    for (size_t i = 0; i < count; i++) {
        hk_bits size = hk_bits_from_real(hk_real_abs(g_l + (n > 1 ? g[i] + more[i] : g[i])));
        most = size > most ? size : most;
    }
    return membrane_is_near(s->per_c_m * hk_real_from_bits(most));
}

/* Are those of some units all large? */
static inline bool membrane_all_far(const struct membrane_step *s, const hk_real *restrict g,
                                    size_t first, size_t end) {
    const hk_real g_l = s->g_l;
    hk_bits least = hk_bits_from_real(hk_real_abs(g_l + g[first]));
    for (size_t i = first; i < end; i++) {
        hk_bits size = hk_bits_from_real(hk_real_abs(g_l + g[i]));
        least = size < least ? size : least;
    }
    return !membrane_is_near(s->per_c_m * hk_real_from_bits(least));
}

static inline void membrane_advance_groups(const struct membrane_step *s, const struct hk_input *in,
                                           hk_real *v, size_t count) {
    const bool near = membrane_all_near(1, s, in->g, NULL, count);
    for (size_t first = 0; first < count; first += HK_GROUP) {
        size_t end = count - first < HK_GROUP ? count : first + HK_GROUP;
        if (membrane_only_leaks(s, in, first, end))
            membrane_advance_by(SCHEME_LEAK, s, in, v, first, end);
        else if (near)
            membrane_advance_by(SCHEME_NEAR, s, in, v, first, end);
        else if (membrane_all_far(s, in->g, first, end))
            membrane_advance_by(SCHEME_FAR, s, in, v, first, end);
        else
            membrane_advance_by(SCHEME_EXPONENTIAL, s, in, v, first, end);
    }
}

static inline void membrane_advance(const struct membrane_step *s, const struct hk_input *in,
                                    hk_real *v, size_t count) {
    switch (s->scheme) {
    case SCHEME_EXACT: membrane_advance_by(SCHEME_EXACT, s, in, v, 0, count); break;
    case SCHEME_EULER: membrane_advance_by(SCHEME_EULER, s, in, v, 0, count); break;
    default: membrane_advance_groups(s, in, v, count);
    }
}

/* Has V reached the threshold, for which raised[i] is added to `threshold` unless it is NULL? All
 * bits or none, as vectors have it. */
HK_INLINE hk_bits membrane_reached(hk_real v, hk_real threshold, const hk_real *raised, size_t i) {
    return v >= (raised ? threshold + raised[i] : threshold) ? ~(hk_bits)0 : 0;
}

/* Who has reached the threshold: flag[i] says who. */
HK_INLINE void membrane_flag(hk_real threshold, const hk_real *restrict raised,
                             const hk_real *restrict v, size_t count,
                             unsigned char *restrict flag) {
    for (size_t i = 0; i < count; i++) flag[i] = membrane_reached(v[i], threshold, raised, i) & 1;
}

/* The same, if anybody has: returns whether. In most ticks nobody has. */
HK_INLINE bool membrane_fire(hk_real threshold, const hk_real *restrict raised,
                             const hk_real *restrict v, size_t count,
                             unsigned char *restrict flag) {
    hk_bits any = 0;
    for (size_t i = 0; i < count; i++) any |= membrane_reached(v[i], threshold, raised, i);
    if (any) membrane_flag(threshold, raised, v, count, flag);
    return any;
}

/* ---- all in one pass, for one threshold: the same bits, fewer loads and stores ---- */

/* What an exponential receptor does to unit `i`; it takes in what arrives. */
HK_INLINE struct membrane_input membrane_take(enum membrane_scheme scheme,
                                              const struct hk_exp_receptor *from, size_t i) {
    hk_real now = hk_exp_take(from, i), factored = from->step.factor * now;
    return scheme == SCHEME_EXACT ? (struct membrane_input){.push = factored}
                                  : (struct membrane_input){.g = now, .g_e = factored};
}

/* With n receptors; drives add `push` to each unit. Returns whether anybody fired. Flags are bytes,
 * so a turn takes four vectors of V at once: where registers are few, who fired is told in a loop
 * of its own, if anybody did. */
HK_INLINE bool membrane_fire_by(enum membrane_scheme scheme, size_t n,
                                const struct membrane_step *step, hk_real threshold, hk_real push,
                                const struct hk_exp_receptor *receptors, hk_real *v, size_t count,
                                unsigned char *flag) {
    const bool apart = HK_VECTOR_REGISTERS < 32;
    const struct membrane_step s = *step;
    const struct hk_exp_receptor one = receptors[0], two = receptors[n - 1];
    hk_bits reached = 0;
    unsigned char any = 0;
    HK_INDEPENDENT
    for (size_t i = 0; i < count; i++) {
        struct membrane_input in = membrane_take(scheme, &one, i);
        in.push += push;
        if (n > 1) {
            struct membrane_input more = membrane_take(scheme, &two, i);
            in.push += more.push;
            in.g += more.g;
            in.g_e += more.g_e;
        }
        v[i] = membrane_move(scheme, &s, v[i], in);
        if (apart) {
            reached |= membrane_reached(v[i], threshold, NULL, i);
        } else {
            flag[i] = v[i] >= threshold;
            any |= flag[i];
        }
    }
    if (reached) membrane_flag(threshold, NULL, v, count, flag);
    return apart ? reached : any;
}

/* membrane_only_leaks, where n receptors are taken along. */
HK_INLINE bool membrane_only_leaks_with(size_t n, const struct membrane_step *s, hk_real push,
                                        const struct hk_exp_receptor *from, size_t count) {
    const hk_real g_l = s->g_l, g_rest = s->g_rest;
    const hk_real factor = from[0].step.factor, second = from[n - 1].step.factor;
    const hk_real *restrict g = from[0].x, *restrict more = from[n - 1].x;
    uint32_t any = 0;
    for (size_t i = 0; i < count; i++) {
        struct membrane_input in = {push, g[i], factor * g[i]};
        if (n > 1) {
            in.g += more[i];
            in.g_e += second * more[i];
        }
        any |= membrane_acts(g_l, g_rest, in);
    }
    return !any;
}

/* The step of units that only leak, as quiet ones do: a third of the arithmetic. False: not all of
 * them do, and nothing was done. */
HK_APART bool membrane_leak_with(size_t n, const struct membrane_step *s, hk_real threshold,
                                 hk_real push, const struct hk_exp_receptor *from, hk_real *v,
                                 size_t count, unsigned char *flag, bool *any) {
    if (n == 1 ? !membrane_only_leaks_with(1, s, push, from, count)
               : !membrane_only_leaks_with(2, s, push, from, count))
        return false;
    *any = n == 1 ? membrane_fire_by(SCHEME_LEAK, 1, s, threshold, push, from, v, count, flag)
                  : membrane_fire_by(SCHEME_LEAK, 2, s, threshold, push, from, v, count, flag);
    return true;
}

HK_INLINE bool membrane_fire_with(size_t n, const struct membrane_step *s, hk_real threshold,
                                  hk_real push, const struct hk_exp_receptor *from, hk_real *v,
                                  size_t count, unsigned char *flag) {
    bool any;
    switch (s->scheme) {
    case SCHEME_EXACT:
        return membrane_fire_by(SCHEME_EXACT, n, s, threshold, push, from, v, count, flag);
    case SCHEME_EULER:
        return membrane_fire_by(SCHEME_EULER, n, s, threshold, push, from, v, count, flag);
    default:
        if (s->leak != 0 && s->g_l + from[0].x[0] == s->g_l &&
            membrane_leak_with(n, s, threshold, push, from, v, count, flag, &any))
            return any;
        return membrane_all_near(n, s, from[0].x, from[n - 1].x, count)
                   ? membrane_fire_by(SCHEME_NEAR, n, s, threshold, push, from, v, count, flag)
                   : membrane_fire_by(SCHEME_EXPONENTIAL, n, s, threshold, push, from, v, count,
                                      flag);
    }
}

/* With `n` receptors, 1 or HK_FUSED_MAX = 2. */
static inline bool membrane_take_and_fire(const struct membrane_step *s, hk_real threshold,
                                          hk_real push, const struct hk_exp_receptor *receptors,
                                          size_t n, hk_real *v, size_t count, unsigned char *flag) {
    return n == 1 ? membrane_fire_with(1, s, threshold, push, receptors, v, count, flag)
                  : membrane_fire_with(2, s, threshold, push, receptors, v, count, flag);
}

/* ---- closed forms ---- */

/* Where V goes without other input, mV. */
static inline double membrane_rest(const struct membrane *p, double current) {
    return p->v_rest + (p->i_e + current) * p->tau_m / p->c_m;
}

static inline void membrane_lapse(const struct membrane *p, const struct hk_idle *units,
                                  double *restrict v) {
    const double rest = membrane_rest(p, units->current), per_tau = -1.0 / p->tau_m;
    const double *restrict ms = units->ms, *restrict push = units->push;
    for (size_t k = 0; k < units->count; k++)
        v[k] = rest + (v[k] - rest) * hk_exp(ms[k] * per_tau) + push[k];
}

/* From the threshold v_th. Without the inputs that pull it down V would rise from where it is, or
 * fall to its rest and stay there; so it never rises faster than it would now. */
static inline void membrane_distance(const struct membrane *p, const struct hk_idle *units,
                                     const double *restrict v, const double *restrict rise,
                                     const double *restrict pull, struct hk_distance *out) {
    const double rest = membrane_rest(p, units->current), per_tau = 1.0 / p->tau_m;
    const double per_c_m = 1.0 / p->c_m;
    double *restrict now = out->now, *restrict least = out->least, *restrict speed = out->speed;
    for (size_t k = 0; k < units->count; k++) {
        double below = v[k] < rest ? rest - v[k] : 0.0;
        now[k] = p->v_th - v[k];
        least[k] = now[k] - below - rise[k];
        speed[k] = below * per_tau + pull[k] * per_c_m;
    }
}

static inline void membrane_spike(const struct membrane *p, const struct hk_idle *units,
                                  double *v) {
    for (size_t k = 0; k < units->count; k++)
        v[k] = p->reset == RESET_SET ? p->v_reset : v[k] - (p->v_th - p->v_rest);
}

/* V's way to the threshold v_th: inputs become v_th - V. */
static inline void membrane_wave(const struct membrane *p, double current, double v,
                                 struct hk_wave *inputs) {
    const double rest = membrane_rest(p, current);
    hk_wave_add(inputs, v - rest, p->tau_m);
    hk_wave_negate(inputs);
    inputs->constant += p->v_th - rest;
}

static inline bool membrane_check_exact(const struct membrane *p, struct hk_err *err) {
    if (p->reset != RESET_SUBTRACT_LATE) return true;
    return HK_FAIL(err, HK_ERR_CONFIG,
                   "reset: subtract-late takes v_th a step after the spike, and the exact clock "
                   "has "
                   "no steps; use reset: subtract, or clock: grid");
}

/* ---- refractory units ---- */

/* Those from one place of the ring to another are put back to where they are held: they neither
 * moved nor fired. */
HK_INLINE void membrane_put_back(const struct hk_neurons *block, size_t from, size_t to,
                                 hk_real *restrict v, unsigned char *restrict flag) {
    const struct hk_held held = block->held;
    const size_t count = block->count;
    HK_UNROLLED
    for (size_t k = from; k < to; k++) {
        size_t unit = held.unit[k] - held.first;
        if (unit >= count) continue;
        v[unit] = held.v[k];
        flag[unit] = 0;
    }
}

/* Let go those whose time is over, and put the others back. */
static inline void membrane_restrain(const struct hk_neurons *block, hk_real *restrict v,
                                     unsigned char *restrict flag) {
    const struct hk_held *held = &block->held;
    struct hk_held_ring *ring = held->ring;
    while (ring->count && held->until[ring->head] < block->tick) {
        ring->head = (uint16_t)(ring->head + 1u < held->room ? ring->head + 1u : 0u);
        ring->count--;
    }
    const size_t end = (size_t)ring->head + ring->count, room = held->room;
    membrane_put_back(block, ring->head, end < room ? end : room, v, flag);
    membrane_put_back(block, 0, end < room ? 0 : end - room, v, flag);
}

/* Reset those that have just fired, and hold them there. */
static inline void membrane_hold(const struct membrane_step *s, const struct hk_neurons *block,
                                 hk_real *v, const uint32_t *fired, size_t count) {
    const struct hk_held *held = &block->held;
    for (size_t k = 0; k < count; k++) v[fired[k]] = s->kept * v[fired[k]] + s->v_reset;
    for (size_t k = 0; s->ref_ticks > 0 && k < count; k++) {
        size_t at = (size_t)held->ring->head + held->ring->count++;
        if (at >= held->room) at -= held->room;
        held->unit[at] = (uint16_t)(held->first + fired[k]);
        held->v[at] = v[fired[k]];
        held->until[at] = block->tick + s->ref_ticks;
    }
}

/* Who fired of those that aren't held, and is reset: their indices, ascending; returns how many. */
static inline size_t membrane_collect(const struct membrane_step *s, const struct hk_neurons *block,
                                      hk_real *v, unsigned char *flag, bool any, uint32_t *fired) {
    membrane_restrain(block, v, flag);
    if (!any) return 0;
    size_t found = hk_collect(flag, block->count, fired);
    membrane_hold(s, block, v, fired, found);
    return found;
}

#endif
