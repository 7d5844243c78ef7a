/* First crossings: none is missed, none is made up, and each is where a root in quad precision is.
 * Random membranes, and families that are as hard as can be: paths that just touch the threshold or
 * just don't, two crossings within 0.1 ms, paths that begin at it, time constants that are nearly
 * equal, amplitudes that are hardly numbers. */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "sim/rng.h"
#include "sim/wave.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"
#include "tests/support/way.h"

static const double TICK_MS = 1e-6, HORIZON_MS = 40.0, NEVER = (double)INFINITY;

/* ---- judging ---- */

static double first_of(const struct way *way) {
    struct hk_wave wave;
    way_to_wave(way, &wave);
    return hk_wave_first(&wave);
}

static void describe(const struct way *way, char *text, size_t size) {
    int used = snprintf(text, size, "above %.17g start %.17g tau_m %.17g theta %.17g tau %.17g",
                        way->above, way->start, way->tau_m, way->theta, way->tau_theta);
    for (int k = 0; k < way->count && used > 0 && (size_t)used < size; k++)
        used +=
            snprintf(text + used, size - (size_t)used, " %s %.17g tau %.17g",
                     way->input[k].is_ramp ? "ramp" : "exp", way->input[k].gain, way->input[k].tau);
}

#define FAIL(way, ...)                                                                             \
    do {                                                                                           \
        char text[600], why[200];                                                                  \
        describe((way), text, sizeof text);                                                        \
        (void)snprintf(why, sizeof why, __VA_ARGS__);                                              \
        ck_abort_msg("%s: %s", why, text);                                                         \
    } while (0)

/* What rounding can make of the sums: 1000 units in the last place of what is added up, where time
 * constants are near enough for most of it to cancel out (sim/wave.c). */
static double rounding_of(const struct way *way) {
    return 1000 * DBL_EPSILON * way_scale(way);
}

/* How far rounding can move a root: as far as it takes the path to move by that much. */
static double blur_at(const struct way *way, quad root) {
    const quad step = (quad)1e-9;
    double slope = (double)((way_at(way, root + step) - way_at(way, root - step)) / (2 * step));
    return rounding_of(way) / fabs(slope);
}

/* Most brackets close to a tick by the signs on both sides; where they don't, the root is found. */
static void judge_found(const struct way *way, const struct way_scan *scan, double first) {
    double before = fmax(first - TICK_MS, scan->from), after = fmin(first + TICK_MS, scan->to);
    bool is_inside = first > scan->from && first <= scan->to;
    if (is_inside && (before == scan->from || way_at(way, (quad)before) > 0) &&
        (after == scan->to || way_at(way, (quad)after) <= 0))
        return;
    quad root = way_root(way, scan);
    if (fabs((double)(root - (quad)first)) <= fmax(TICK_MS, blur_at(way, root))) return;
    FAIL(way, "%.17g instead of %.17g", first, (double)root);
}

/* The solver and the scan agree to a tick, and exactly on whether there is a crossing; where a path
 * turns so near to the threshold that doubles can't tell, either answer is right. */
static void judge(const struct way *way) {
    double first = first_of(way);
    struct way_scan scan = way_scan(way, fmin(first + 2e-3, HORIZON_MS));
    if (!(first >= 0)) FAIL(way, "%g is no time", first);
    if (scan.is_found)
        judge_found(way, &scan, first);
    else if (first < NEVER && fabs((double)way_at(way, (quad)first)) > rounding_of(way))
        FAIL(way, "nothing is at %.17g", first);
}

/* ---- random membranes ---- */

static double log_uniform(struct hk_draws *draws, double low, double high) {
    return low * exp(hk_draws_uniform(draws) * log(high / low));
}

static double between(struct hk_draws *draws, double low, double high) {
    return low + (high - low) * hk_draws_uniform(draws);
}

/* Some are equal to the membrane's, some nearly. */
static double draw_tau(struct hk_draws *draws, double tau_m) {
    uint32_t kind = hk_draws_below(draws, 8);
    double tau = log_uniform(draws, 0.1, 50.0);
    if (kind == 0) return tau_m;
    if (kind == 1)
        return tau_m * (1.0 + (hk_draws_below(draws, 2) ? 1 : -1) * log_uniform(draws, 1e-15, 0.5));
    return tau;
}

static void draw_input(struct hk_draws *draws, const struct way *way, struct way_input *input) {
    double peak = between(draws, -15, 30);
    input->tau = draw_tau(draws, way->tau_m);
    input->is_ramp = hk_draws_below(draws, 2);
    input->gain = peak / fmin(input->tau, way->tau_m) / (input->is_ramp ? input->tau : 1.0);
}

static struct way draw(struct hk_draws *draws) {
    struct way way = {.above = 15.0 - between(draws, -5, 20), .tau_m = log_uniform(draws, 1, 50)};
    if (hk_draws_below(draws, 3) == 0) {
        way.theta = between(draws, 0, 10);
        way.tau_theta = log_uniform(draws, 1, 1e7);
    }
    way.start = way.above + way.theta - log_uniform(draws, 1e-3, 25);
    way.count = (int)hk_draws_below(draws, WAY_INPUTS);
    for (int k = 0; k < way.count; k++) draw_input(draws, &way, &way.input[k]);
    return way;
}

enum { PARTS = 20, CASES = 10000, CASES_LONG = 1000000 };

static void judge_random(int part, int count) {
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "wave"), (uint64_t)part, 0);
    for (int k = 0; k < count; k++) {
        struct way way = draw(&draws);
        judge(&way);
    }
}

START_TEST(random_paths_cross_where_they_do) {
    judge_random(_i, CASES / PARTS);
}
END_TEST

START_TEST(a_million_random_paths_cross_where_they_do) {
    hk_test_only_long();
    for (int part = PARTS; part < 2 * PARTS; part++) judge_random(part, CASES_LONG / PARTS);
}
END_TEST

/* ---- families ---- */

enum { FAMILY = 500 };

static struct hk_draws family(const char *name) {
    return hk_draws_at(hk_stream_make(2, "test", name), 0, 0);
}

/* One hump: a membrane at rest that a current lifts, with its peak where the result says. The
 * threshold is at rest, still. */
static double draw_hump(struct hk_draws *draws, struct way *way) {
    *way = (struct way){.tau_m = log_uniform(draws, 1, 50), .count = 1};
    draw_input(draws, way, &way->input[0]);
    way->input[0].gain = fabs(way->input[0].gain);
    double to = 20 * fmax(way->tau_m, way->input[0].tau);
    return way_lowest(way, 0, to);
}

/* The peak is 1e-12 of it above the threshold, or below it. */
START_TEST(a_path_that_just_touches_fires_and_one_that_just_misses_does_not) {
    struct hk_draws draws = family("touch");
    for (int k = 0; k < FAMILY; k++) {
        struct way way;
        double peak = draw_hump(&draws, &way), height = -(double)way_at(&way, (quad)peak);
        way.above = height * (1 + 1e-12);
        if (first_of(&way) < NEVER) FAIL(&way, "%.17g, but it misses", first_of(&way));
        way.above = height * (1 - 1e-12);
        double first = first_of(&way);
        if (!(first < peak)) FAIL(&way, "%.17g, but it touches", first);
        const struct way_scan scan = {0.0, peak, true};
        judge_found(&way, &scan, first);
    }
}
END_TEST

/* As wide as 1e-5 to 0.1 ms: a hump of curvature b is (b/8) width^2 above where it is that wide. */
START_TEST(two_crossings_within_a_step_of_a_grid_are_found) {
    struct hk_draws draws = family("humps");
    for (int k = 0; k < FAMILY; k++) {
        struct way way;
        double peak = draw_hump(&draws, &way), width = log_uniform(&draws, 1e-5, 0.1);
        double above = -(double)way_at(&way, (quad)(peak - width / 2));
        if (peak < width) continue;
        way.above = above;
        double first = first_of(&way);
        const struct way_scan scan = {0.0, peak, true};
        judge_found(&way, &scan, first);
        ck_assert_double_eq_tol(first, peak - width / 2, 1e-3 * width + TICK_MS);
    }
}
END_TEST

/* V is at the threshold and rises. */
START_TEST(a_path_that_rises_from_the_threshold_fires_at_once) {
    struct hk_draws draws = family("begin");
    int count = 0;
    for (int k = 0; k < FAMILY; k++) {
        struct way way = draw(&draws);
        way.start = way.above + way.theta;
        double rate = (double)(way_at(&way, (quad)1e-6) / (quad)1e-6), first = first_of(&way);
        if (rate >= 0) continue;
        if (first > rounding_of(&way) / -rate + TICK_MS) FAIL(&way, "late by %g", first);
        count++;
    }
    ck_assert_int_gt(count, FAMILY / 10);
}
END_TEST

/* What a membrane with exponential currents is at t, of which a new path begins. */
static struct way moved(const struct way *way, double t) {
    struct way to = *way;
    to.start = (double)((quad)way->above - way_at(way, (quad)t));
    for (int k = 0; k < way->count; k++)
        to.input[k].gain *= (double)quad_exp(-(quad)t / (quad)way->input[k].tau);
    return to;
}

static double way_down(const struct way *way, double peak) {
    double low = peak, high = 100 * fmax(way->tau_m, way->input[0].tau);
    for (int step = 0; step < 200; step++) {
        double middle = 0.5 * (low + high);
        if (way_at(way, (quad)middle) > 0)
            high = middle;
        else
            low = middle;
    }
    return low;
}

/* Something arrives that changes nothing when the path crosses: it still does, at once. When it
 * comes back to the threshold: at once, or if rounding has it below already, never. */
START_TEST(a_path_that_is_looked_at_when_it_crosses_fires_then) {
    struct hk_draws draws = family("arrival");
    for (int k = 0; k < FAMILY; k++) {
        struct way way;
        (void)draw_hump(&draws, &way);
        way.input[0].is_ramp = false;
        double peak = way_lowest(&way, 0, 20 * fmax(way.tau_m, way.input[0].tau));
        way.above = -between(&draws, 0.2, 0.95) * (double)way_at(&way, (quad)peak);
        double first = first_of(&way);
        struct way at = moved(&way, first);
        double late = first_of(&at);
        if (late > TICK_MS + blur_at(&way, (quad)first)) FAIL(&way, "late by %g", late);
        at = moved(&way, way_down(&way, peak));
        double again = first_of(&at);
        if (again != 0 && again != NEVER) FAIL(&at, "again at %g", again);
        at.start -= rounding_of(&at);
        if (first_of(&at) != NEVER) FAIL(&at, "again at %g", first_of(&at));
    }
}
END_TEST

/* All of them as far from the membrane's as 1e-16 to 0.5 of it. */
START_TEST(time_constants_that_are_nearly_equal_lose_nothing) {
    struct hk_draws draws = family("near");
    for (int k = 0; k < FAMILY; k++) {
        struct way way = draw(&draws);
        way.count = 1 + (int)hk_draws_below(&draws, WAY_INPUTS);
        for (int i = 0; i < way.count; i++) {
            draw_input(&draws, &way, &way.input[i]);
            double apart = log_uniform(&draws, 1e-16, 0.5);
            way.input[i].tau = way.tau_m * (hk_draws_below(&draws, 2) ? 1 + apart : 1 - apart);
        }
        judge(&way);
    }
}
END_TEST

/* Currents that have decayed until they hardly are numbers: nothing is different from none. */
START_TEST(denormal_currents_change_nothing) {
    struct hk_draws draws = family("denormal");
    for (int k = 0; k < FAMILY; k++) {
        struct way way = draw(&draws), more;
        way.count = (int)hk_draws_below(&draws, WAY_INPUTS);
        double first = first_of(&way);
        more = way;
        more.input[more.count++] = (struct way_input){.gain = log_uniform(&draws, 5e-324, 1e-308) *
                                                              (hk_draws_below(&draws, 2) ? 1 : -1),
                                                      .tau = log_uniform(&draws, 1e-3, 1e6),
                                                      .is_ramp = hk_draws_below(&draws, 2)};
        double second = first_of(&more);
        ck_assert(first < NEVER ? fabs(second - first) <= TICK_MS : second == NEVER);
    }
}
END_TEST

/* All of it hardly numbers: an answer that is a time, or never. */
START_TEST(paths_of_denormals_have_an_answer) {
    struct hk_draws draws = family("tiny");
    for (int k = 0; k < FAMILY; k++) {
        struct way way = draw(&draws);
        const double scale = log_uniform(&draws, 5e-324, 1e-300);
        way.above *= scale;
        way.start *= scale;
        way.theta *= scale;
        for (int i = 0; i < way.count; i++) way.input[i].gain *= scale;
        ck_assert(first_of(&way) >= 0);
    }
}
END_TEST

/* A threshold that falls for hours. */
START_TEST(crossings_after_hours_are_found) {
    struct hk_draws draws = family("hours");
    for (int k = 0; k < FAMILY; k++) {
        struct way way = {.tau_m = 10, .tau_theta = log_uniform(&draws, 1e4, 1e9)};
        way.theta = between(&draws, 1, 20);
        way.above = -between(&draws, 1e-3, 0.9) * way.theta;
        way.start = way.above - 5;
        double expected = way.tau_theta * log(way.theta / -way.above);
        ck_assert_double_eq_tol(first_of(&way) / expected, 1, 1e-13);
    }
}
END_TEST

Suite *suite_sim_wave(void) {
    Suite *suite = suite_create("sim/wave");
    TCase *random = tcase_create("random"), *hard = tcase_create("hard");
    tcase_set_timeout(random, 3600);
    tcase_add_loop_test(random, random_paths_cross_where_they_do, 0, PARTS);
    tcase_add_test(random, a_million_random_paths_cross_where_they_do);
    suite_add_tcase(suite, random);
    tcase_set_timeout(hard, 600);
    tcase_add_test(hard, a_path_that_just_touches_fires_and_one_that_just_misses_does_not);
    tcase_add_test(hard, two_crossings_within_a_step_of_a_grid_are_found);
    tcase_add_test(hard, a_path_that_rises_from_the_threshold_fires_at_once);
    tcase_add_test(hard, a_path_that_is_looked_at_when_it_crosses_fires_then);
    tcase_add_test(hard, time_constants_that_are_nearly_equal_lose_nothing);
    tcase_add_test(hard, denormal_currents_change_nothing);
    tcase_add_test(hard, paths_of_denormals_have_an_answer);
    tcase_add_test(hard, crossings_after_hours_are_found);
    suite_add_tcase(suite, hard);
    return suite;
}
