/* The first crossing of a wave (sim/wave.h).
 *
 * Time is walked in stretches that double. Of each stretch bounds of d, d' and d'' are computed
 * from its two ends (every term is a polynomial times a monotonous exponential). They decide at
 * once:
 *   d > 0                no crossing here;
 *   d' of one sign       d is monotonous: a crossing exactly if d is not above 0 at the end;
 *   d'' < 0              d lies above its chord: likewise;
 *   d'' > 0              d has one minimum at most: it is found, and tells;
 * otherwise the stretch is halved. A crossing that is known to be there is found by Newton's method
 * between two ends that close in on it. */
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
 * whose terms have fallen below rounding before the exponential is over. */
static bool are_near(double tau, double tau_m) {
    return fabs(tau - tau_m) < 5e-3 * tau_m;
}

/* gain exp(-t/tau) (t^first/first! + a t^(first + 1)/(first + 1)! + ...) */
static void add_series(struct hk_wave *wave, double gain, double tau, double a, int first) {
    double p[HK_WAVE_POWERS] = {0.0}, factor = gain;
    for (int n = 2; n <= first; n++) factor /= n;
    for (int n = first; n < HK_WAVE_POWERS; n++) {
        p[n] = factor;
        factor *= a / (n + 1);
    }
    add_powers(wave, tau, p, a != 0.0 ? HK_WAVE_POWERS : first + 1);
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

/* A point in time with what is needed of it. */
struct point {
    double t, decay[HK_WAVE_TERMS];
};

static void go_to(const struct hk_wave *wave, double t, struct point *at) {
    *at = (struct point){.t = t};
    for (size_t k = 0; k < wave->count; k++) at->decay[k] = hk_exp(-t / wave->term[k].tau);
}

static double polynomial(const double *p, int powers, double t) {
    double sum = p[powers - 1];
    for (int n = powers - 2; n >= 0; n--) sum = sum * t + p[n];
    return sum;
}

static double value_at(const struct hk_wave *wave, const struct point *at) {
    double sum = wave->constant;
    for (size_t k = 0; k < wave->count; k++)
        sum += polynomial(wave->term[k].p, wave->term[k].powers, at->t) * at->decay[k];
    return sum;
}

double hk_wave_at(const struct hk_wave *wave, double t) {
    struct point at;
    go_to(wave, t, &at);
    return value_at(wave, &at);
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

/* The same, but for what cancels out: a wave can't have changed from its value at the beginning by
 * more than its slope allows. */
static struct range closer_bounds(const struct hk_wave *wave, const struct range *slope,
                                  const struct point *from, const struct point *to) {
    struct range r = bounds(wave, from, to);
    double start = value_at(wave, from), length = to->t - from->t;
    r.low = fmax(r.low, start + fmin(slope->low, 0.0) * length);
    r.high = fmin(r.high, start + fmax(slope->high, 0.0) * length);
    return r;
}

/* A bound from below of all that comes after a point: polynomials of t >= 0 times exp(-t/tau) are
 * at most their value there times what a power can still grow by. */
static double tail_bound(const struct hk_wave *wave, const struct point *from) {
    double sum = wave->constant;
    for (size_t k = 0; k < wave->count; k++) {
        const struct hk_wave_term *term = &wave->term[k];
        double power = 1.0;
        for (int n = 0; n < term->powers; n++, power *= from->t) {
            double peak = n * term->tau; /* of t^n exp(-t/tau) */
            if (term->p[n] >= 0.0) continue;
            if (from->t >= peak)
                sum += term->p[n] * power * from->decay[k];
            else
                sum += term->p[n] * pow(peak, n) * exp(-n);
        }
    }
    return sum;
}

/* ---- finding what is there ---- */

/* Where `wave` leaves the positive (falling) or the negative side between two times of which that
 * is known; `slope` is its derivative. Newton's steps, halving where one would leave the bracket.
 * The result is the end that lies on the far side. */
static double cross(const struct hk_wave *wave, const struct hk_wave *slope, double from, double to,
                    bool falling) {
    double t = 0.5 * (from + to);
    for (int step = 0; step < 200; step++) {
        struct point at;
        go_to(wave, t, &at);
        double value = value_at(wave, &at), change = value_at(slope, &at);
        if (falling ? value > 0.0 : value < 0.0)
            from = t;
        else
            to = t;
        double next = t - value / change;
        if (!(next > from && next < to)) next = 0.5 * (from + to);
        if (!(next > from && next < to) || fabs(next - t) <= 1e-16 * t) break;
        t = next;
    }
    return to;
}

/* ---- searching ---- */

struct search {
    const struct hk_wave *wave;
    struct hk_wave slope, curve, jerk; /* the first three derivatives */
};

static const double NONE = (double)INFINITY;

/* d falls from above 0 to 0 or below somewhere in between. */
static double find_crossing(const struct search *s, const struct point *from,
                            const struct point *to) {
    return cross(s->wave, &s->slope, from->t, to->t, true);
}

/* d has one minimum in between, where d' changes from - to +. */
static double find_dip(const struct search *s, const struct point *from, const struct point *to) {
    struct point dip;
    go_to(s->wave, cross(&s->slope, &s->curve, from->t, to->t, false), &dip);
    return value_at(s->wave, &dip) > 0.0 ? NONE : find_crossing(s, from, &dip);
}

/* Where bounds decide it: whether and where d crosses in a stretch at whose beginning it is above
 * 0. */
static bool decide(const struct search *s, const struct point *from, const struct point *to,
                   double *first) {
    struct range jerk = bounds(&s->jerk, from, to);
    struct range curve = closer_bounds(&s->curve, &jerk, from, to);
    struct range slope = closer_bounds(&s->slope, &curve, from, to);
    *first = NONE;
    if (slope.low >= 0.0 || closer_bounds(s->wave, &slope, from, to).low > 0.0) return true;
    bool crossed = !(value_at(s->wave, to) > 0.0);
    bool falls = slope.high <= 0.0 || curve.high <= 0.0;
    bool dips = !falls && curve.low >= 0.0 && value_at(&s->slope, from) < 0.0;
    if (!falls && !dips && curve.low < 0.0) return false;
    if (dips && value_at(&s->slope, to) > 0.0)
        *first = find_dip(s, from, to);
    else if ((falls || dips) && crossed)
        *first = find_crossing(s, from, to);
    return true;
}

static double search_stretch(const struct search *s, const struct point *from,
                             const struct point *to, int depth) {
    enum { DEPTH_MAX = 60 };
    struct point middle;
    double first, t = 0.5 * (from->t + to->t);
    if (decide(s, from, to, &first)) return first;
    if (depth == DEPTH_MAX || !(t > from->t && t < to->t))
        return value_at(s->wave, to) > 0.0 ? NONE : to->t;
    go_to(s->wave, t, &middle);
    first = search_stretch(s, from, &middle, depth + 1);
    if (first < NONE) return first;
    return search_stretch(s, &middle, to, depth + 1);
}

double hk_wave_first(const struct hk_wave *wave) {
    enum { DOUBLINGS = 80 };
    struct search s;
    struct point from, to;
    double shortest = (double)INFINITY;
    for (size_t k = 0; k < wave->count; k++) shortest = fmin(shortest, wave->term[k].tau);
    go_to(wave, 0.0, &from);
    if (!(value_at(wave, &from) > 0.0)) return 0.0;
    if (tail_bound(wave, &from) > 0.0) return NONE;
    s.wave = wave;
    derive(wave, &s.slope);
    derive(&s.slope, &s.curve);
    derive(&s.curve, &s.jerk);
    for (int k = 0; k < DOUBLINGS; k++) {
        go_to(wave, k ? 2.0 * from.t : shortest, &to);
        double first = search_stretch(&s, &from, &to, 0);
        if (first < NONE) return first;
        if (tail_bound(wave, &to) > 0.0) return NONE;
        from = to;
    }
    return NONE;
}
