/* The first crossing of a wave (sim/wave.h).
 *
 * Time is walked in stretches that double. Of each stretch bounds of d, d' and d'' are computed
 * from its two ends (every term is a polynomial times a monotonous exponential), the cheap ones
 * first. They decide at once:
 *   d > 0                no crossing here;
 *   d' of one sign       d is monotonous: a crossing exactly if d is not above 0 at the end;
 *   d'' < 0              d lies above its chord: likewise;
 *   d'' > 0              d has one minimum at most, above where its tangents at the ends meet: if
 *                        that is not above 0, it is found, and tells;
 * otherwise the stretch is halved. A crossing that is known to be there is found by Newton's
 * method between two ends that close in on it. */
#include "sim/wave.h"

#include "sim/compiler.h"
#include "sim/error.h"
#include "sim/numeric.h"

#include <math.h>

/* ---- making one ---- */

static struct hk_wave_term *term_of(struct hk_wave *wave, double tau) {
    for (size_t k = 0; k < wave->count; k++)
        if (wave->term[k].tau == tau) return &wave->term[k];
    HK_ASSERT(wave->count < HK_WAVE_TERMS);
    struct hk_wave_term *term = &wave->term[wave->count++];
    *term = (struct hk_wave_term){.tau = tau, .powers = 1};
    return term;
}

static void add_powers(struct hk_wave *wave, double tau, const double *p, int powers) {
    struct hk_wave_term *term = term_of(wave, tau);
    for (int n = 0; n < powers; n++) term->p[n] += p[n];
    if (powers > term->powers) term->powers = powers;
}

void hk_wave_add(struct hk_wave *wave, double amplitude, double tau) {
    add_powers(wave, tau, &amplitude, 1);
}

/* With a = 1/tau - 1/tau_m: the uptake is (exp(-t/tau_m) - exp(-t/tau)) / a. Where the two time
 * constants are near each other this loses digits; there it is
 *   exp(-t/tau) (t + a t^2/2! + a^2 t^3/3! + ...),
 * whose n-th term is at most about (a tau)^n of the first, whenever. Sixteen powers are enough up
 * to 6 %, and beyond, a ramp has lost a thousand units in the last place at the most. */
static bool are_near(double tau, double tau_m) {
    return fabs(tau - tau_m) < 0.06 * tau_m;
}

/* gain exp(-t/tau) (t^first/first! + a t^(first + 1)/(first + 1)! + ...) */
static void add_series(struct hk_wave *wave, double gain, double tau, double a, int first) {
    double p[HK_WAVE_POWERS] = {0.0}, factor = gain, part = 1.0;
    int powers = first;
    for (int n = 2; n <= first; n++) factor /= n;
    while (powers < HK_WAVE_POWERS && part > 1e-18) {
        p[powers++] = factor;
        factor *= a / powers;
        part *= fabs(a * tau);
    }
    add_powers(wave, tau, p, powers);
}

void hk_wave_add_exp(struct hk_wave *wave, double gain, double tau, double tau_m) {
    const double a = 1.0 / tau - 1.0 / tau_m;
    if (are_near(tau, tau_m)) {
        add_series(wave, gain, tau, a, 1);
    } else {
        hk_wave_add(wave, gain / a, tau_m);
        hk_wave_add(wave, -gain / a, tau);
    }
}

/* (exp(-t/tau_m) - exp(-t/tau) (1 + a t)) / a^2 */
void hk_wave_add_ramp(struct hk_wave *wave, double gain, double tau, double tau_m) {
    const double a = 1.0 / tau - 1.0 / tau_m, far[] = {-gain / (a * a), -gain / a};
    if (are_near(tau, tau_m)) {
        add_series(wave, gain, tau, a, 2);
    } else {
        hk_wave_add(wave, gain / (a * a), tau_m);
        add_powers(wave, tau, far, 2);
    }
}

void hk_wave_negate(struct hk_wave *wave) {
    wave->constant = -wave->constant;
    for (size_t k = 0; k < wave->count; k++)
        for (int n = 0; n < wave->term[k].powers; n++) wave->term[k].p[n] = -wave->term[k].p[n];
}

/* ---- at a time ---- */

/* exp(-t/tau) of each term. */
static void decays_at(const struct hk_wave *wave, double t, double *decay) {
    for (size_t k = 0; k < wave->count; k++) decay[k] = hk_exp(-t / wave->term[k].tau);
}

static double polynomial(const double *p, int powers, double t) {
    double sum = p[powers - 1];
    for (int n = powers - 2; n >= 0; n--) sum = sum * t + p[n];
    return sum;
}

static double value_at(const struct hk_wave *wave, double t, const double *decay) {
    double sum = wave->constant;
    for (size_t k = 0; k < wave->count; k++)
        sum += polynomial(wave->term[k].p, wave->term[k].powers, t) * decay[k];
    return sum;
}

double hk_wave_at(const struct hk_wave *wave, double t) {
    double decay[HK_WAVE_TERMS];
    decays_at(wave, t, decay);
    return value_at(wave, t, decay);
}

/* d' of a wave: p becomes p' - p/tau, and the constant goes. */
static void derive(const struct hk_wave *wave, struct hk_wave *slope) {
    slope->constant = 0.0;
    slope->count = wave->count;
    for (size_t k = 0; k < wave->count; k++) {
        const struct hk_wave_term *from = &wave->term[k];
        struct hk_wave_term *to = &slope->term[k];
        to->tau = from->tau;
        to->powers = from->powers;
        for (int n = 0; n < from->powers; n++) {
            double up = n + 1 < from->powers ? (n + 1) * from->p[n + 1] : 0.0;
            to->p[n] = up - from->p[n] / from->tau;
        }
    }
}

struct search {
    const struct hk_wave *wave;
    struct hk_wave slope, curve; /* its first two derivatives */
};

/* A point in time with what is needed of it. */
struct point {
    double t, value, slope, decay[HK_WAVE_TERMS];
};

static void go_to(const struct search *s, double t, struct point *at) {
    *at = (struct point){.t = t};
    decays_at(s->wave, t, at->decay);
    at->value = value_at(s->wave, t, at->decay);
    at->slope = value_at(&s->slope, t, at->decay);
}

/* ---- bounds over a stretch ---- */

struct range {
    double low, high;
};

/* Of a polynomial over times that aren't negative, by Horner's rule on intervals. */
static struct range polynomial_range(const double *p, int powers, double from, double to) {
    struct range r = {p[powers - 1], p[powers - 1]};
    for (int n = powers - 2; n >= 0; n--) {
        r.low = p[n] + r.low * (r.low < 0.0 ? to : from);
        r.high = p[n] + r.high * (r.high > 0.0 ? to : from);
    }
    return r;
}

static struct range bounds(const struct hk_wave *wave, const struct point *from,
                           const struct point *to) {
    struct range sum = {wave->constant, wave->constant};
    for (size_t k = 0; k < wave->count; k++) {
        const struct hk_wave_term *term = &wave->term[k];
        struct range p = polynomial_range(term->p, term->powers, from->t, to->t);
        sum.low += p.low * (p.low < 0.0 ? from->decay[k] : to->decay[k]);
        sum.high += p.high * (p.high > 0.0 ? from->decay[k] : to->decay[k]);
    }
    return sum;
}

/* Closer where terms cancel out: nothing can have changed from its value at the beginning by more
 * than its slope allows. */
static struct range closer(struct range r, double start, struct range slope, double length) {
    r.low = fmax(r.low, start + fmin(slope.low, 0.0) * length);
    r.high = fmin(r.high, start + fmax(slope.high, 0.0) * length);
    return r;
}

/* (n tau / e)^n, the peak of t^n exp(-t/tau). */
static double peak_of_power(int n, double tau) {
    double peak = 1.0;
    for (int k = 0; k < n; k++) peak *= n * tau * 0.36787944117144233;
    return peak;
}

/* A bound from below of all that comes after a point: polynomials of t >= 0 times exp(-t/tau) are
 * at most their value there times what a power can still grow by. */
static double tail_bound(const struct hk_wave *wave, const struct point *from) {
    double sum = wave->constant;
    for (size_t k = 0; k < wave->count; k++) {
        const struct hk_wave_term *term = &wave->term[k];
        double power = 1.0;
        for (int n = 0; n < term->powers; n++, power *= from->t) {
            if (term->p[n] >= 0.0) continue;
            if (from->t >= n * term->tau)
                sum += term->p[n] * power * from->decay[k];
            else
                sum += term->p[n] * peak_of_power(n, term->tau);
        }
    }
    return sum;
}

/* ---- finding what is there ---- */

/* Where it is 0 if time, as a function of the value, is the cubic through both ends with their
 * slopes; the middle if that isn't in between. */
static double guess(double from, double to, const double value[2], const double slope[2]) {
    double part = value[0] / (value[0] - value[1]), rest = 1.0 - part;
    double whole = value[1] - value[0];
    double t = from + (to - from) * part * part * (3.0 - 2.0 * part) +
               whole * part * rest * (rest / slope[0] - part / slope[1]);
    return t > from && t < to ? t : 0.5 * (from + to);
}

/* Where a wave changes its sign between two times; `slope` is its derivative. Newton's steps,
 * halving where one would leave the bracket, until what a step would leave to do is nothing. */
static double cross(const struct hk_wave *wave, const struct hk_wave *slope, double from, double to,
                    double t, bool falls) {
    enum { STEPS_MAX = 200 };
    double last = from, last_change = 0.0;
    for (int step = 0; step < STEPS_MAX; step++) {
        double decay[HK_WAVE_TERMS];
        decays_at(wave, t, decay);
        double value = value_at(wave, t, decay), change = value_at(slope, t, decay);
        if (falls ? value > 0.0 : value < 0.0)
            from = t;
        else
            to = t;
        double move = value / change, next = t - move;
        double bend = (change - last_change) / (t - last);
        if (step > 0 && fabs(bend * move * move) <= fabs(change) * 1e-16 * t) {
            t = next;
            break;
        }
        if (!(next > from && next < to)) next = 0.5 * (from + to);
        if (!(next > from && next < to)) return to;
        last = t;
        last_change = change;
        t = next;
    }
    return t < from ? from : t > to ? to : t;
}

/* ---- searching ---- */

static const double NONE = (double)INFINITY;

/* d falls from above 0 to 0 or below, if it does at the end. */
static double find_fall(const struct search *s, const struct point *from, const struct point *to) {
    if (to->value > 0.0) return NONE;
    const double value[] = {from->value, to->value}, slope[] = {from->slope, to->slope};
    return cross(s->wave, &s->slope, from->t, to->t, guess(from->t, to->t, value, slope), true);
}

/* d, of no negative curvature, has its minimum in between. It lies above its tangents at both
 * ends, and so above where these meet. */
static double find_dip(const struct search *s, const struct point *from, const struct point *to) {
    double length = to->t - from->t, apart = to->slope - from->slope;
    double meet = (from->value - to->value + to->slope * length) / apart;
    if (from->value + from->slope * meet > 0.0) return NONE;
    struct point dip;
    double t = from->t - from->slope / apart * length;
    go_to(s, cross(&s->slope, &s->curve, from->t, to->t, t, false), &dip);
    return find_fall(s, from, &dip);
}

/* A stretch at whose beginning d is above 0: whether and where it crosses, where bounds decide
 * that; the dear ones only where the cheap ones don't. */
static bool decide(const struct search *s, const struct point *from, const struct point *to,
                   double *first) {
    const double length = to->t - from->t;
    struct range slope = bounds(&s->slope, from, to);
    *first = NONE;
    if (from->value + fmin(slope.low, 0.0) * length > 0.0) return true;
    struct range curve = bounds(&s->curve, from, to);
    if (curve.low < 0.0 && curve.high > 0.0) {
        struct hk_wave jerk;
        derive(&s->curve, &jerk);
        curve = closer(curve, value_at(&s->curve, from->t, from->decay), bounds(&jerk, from, to),
                       length);
    }
    slope = closer(slope, from->slope, curve, length);
    if (from->value + fmin(slope.low, 0.0) * length > 0.0) return true;
    if (bounds(s->wave, from, to).low > 0.0) return true;
    bool is_split = slope.high > 0.0 && curve.low < 0.0 && curve.high > 0.0;
    if (is_split) return false;
    if (slope.high <= 0.0 || curve.high <= 0.0 || to->slope <= 0.0)
        *first = find_fall(s, from, to);
    else if (from->slope < 0.0)
        *first = find_dip(s, from, to);
    return true;
}

static double search_stretch(const struct search *s, const struct point *from,
                             const struct point *to, int depth) {
    enum { DEPTH_MAX = 60 };
    struct point middle;
    double first, t = 0.5 * (from->t + to->t);
    if (decide(s, from, to, &first)) return first;
    if (depth == DEPTH_MAX || !(t > from->t && t < to->t)) return to->value > 0.0 ? NONE : to->t;
    go_to(s, t, &middle);
    first = search_stretch(s, from, &middle, depth + 1);
    if (first < NONE) return first;
    return search_stretch(s, &middle, to, depth + 1);
}

/* constant + p exp(-t/tau). */
static bool is_plain(const struct hk_wave *wave) {
    return wave->count == 1 && wave->term[0].powers == 1;
}
static double first_of_plain(const struct hk_wave *wave) {
    double ratio = wave->term[0].p[0] / -wave->constant;
    if (!(wave->constant + wave->term[0].p[0] > 0.0)) return 0.0;
    return wave->constant < 0.0 && ratio < 0x1p1000 ? wave->term[0].tau * hk_log(ratio) : NONE;
}

double hk_wave_first(const struct hk_wave *wave) {
    enum { DOUBLINGS = 80 };
    struct search s;
    struct point from, to;
    double shortest = (double)INFINITY;
    for (size_t k = 0; k < wave->count; k++) shortest = fmin(shortest, wave->term[k].tau);
    if (is_plain(wave)) return first_of_plain(wave);
    s.wave = wave;
    derive(wave, &s.slope);
    go_to(&s, 0.0, &from);
    if (!(from.value > 0.0)) return 0.0;
    if (tail_bound(wave, &from) > 0.0) return NONE;
    derive(&s.slope, &s.curve);
    for (int k = 0; k < DOUBLINGS; k++) {
        go_to(&s, k ? 2.0 * from.t : shortest, &to);
        double first = search_stretch(&s, &from, &to, 0);
        if (first < NONE) return first;
        if (tail_bound(wave, &to) > 0.0) return NONE;
        from = to;
    }
    return NONE;
}
