/* Gates of the published circuits: Brette et al. (2007), Brunel (2000), Potjans & Diesmann (2014).
 * In `make test` what takes a second, at full size where the circuit is small enough and else
 * against a reference of the same reduced size; `make results` runs all seeds and sizes. Windows
 * begin where each file's report: says. */
#include <check.h>

#include "sim/types.h"
#include "tests/support/gate.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#define RATE(population) "metrics/spikes/" population "/rate"
#define EXC(measure)                                                                               \
    { "metrics/spikes/exc/" measure }
#define INH(measure)                                                                               \
    { "metrics/spikes/inh/" measure }
/* Of all neurons of the networks of Brette et al.: four excitatory ones to an inhibitory one. */
#define RATE_OF_ALL .path = {RATE("exc"), RATE("inh")}, .factor = {0.8, 0.2}

/* clang-format off */
#define CUBA                                                                                       \
    {.name = "rate", RATE_OF_ALL, .mean = true, .low = 5.2, .high = 5.9,                           \
     .reference = "own prototype 5.11-5.88, Brian2 5.56-5.58, NEST 5.04-5.58"},                    \
    {.name = "rate", RATE_OF_ALL, .low = 4.6, .high = 6.5, .reference = "the same"},               \
    {.name = "rate of inh", .path = INH("rate"), .low = 5.2, .high = 5.9,                          \
     .reference = "prototype 5.44-5.61"},                                                          \
    {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 0.55, .high = 0.67,                  \
     .reference = "prototype 0.60-0.62"},                                                          \
    {.name = "fano factor", .path = EXC("fano"), .low = 0, .high = 5,                              \
     .reference = "prototype 1.9-2.8"}
#define COBA                                                                                       \
    {.name = "rate", RATE_OF_ALL, .low = 15.5, .high = 23,                                         \
     .reference = "own prototype 17.2-20.5, Brian2 20.8-22.6, NEST 16.3-17.9"},                    \
    {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 1.4, .high = 1.95,                   \
     .reference = "prototype 1.61-1.74"},                                                          \
    {.name = "fano factor", .path = EXC("fano"), .low = 0, .high = 8,                              \
     .reference = "prototype 3.0-4.0"}
#define TWO_SECONDS "duration=2 s", "record={spikes: [exc, inh]}"

#define BRUNEL "experiments/brunel.yaml"
#define STATE(g, eta, duration)                                                                    \
    {"params.g=" g, "params.eta=" eta, "duration=" duration, "record={}"}
#define BERNOULLI(projection) "projections." projection ".connect={rule: probability, p: 0.1}"
#define AI                                                                                         \
    {.name = "rate", .path = EXC("rate"), .low = 36, .high = 39.5,                                 \
     .reference = "Brunel 37.7, NEST 37.1-37.7, Brian2 38.1-38.4"},                                \
    {.name = "exc - inh", .path = {RATE("exc"), RATE("inh")}, .factor = {1, -1},                   \
     .low = -0.8, .high = 0.8, .reference = "prototype -0.2-0.1"},                                 \
    {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 0.38, .high = 0.47,                  \
     .reference = "prototype 0.42-0.43"},                                                          \
    {.name = "cv of count", .path = EXC("count_cv"), .low = 0.4, .high = 0.65,                     \
     .reference = "prototype 0.52"}

static const struct gate small[] = {
    {.name = "cuba", .path = "bench/cuba.yaml", .defines = {TWO_SECONDS}, .seeds = 2,
     .alive = {"exc", "inh"}, .alive_least = 2, .rows = {CUBA}},
    {.name = "coba", .path = "bench/coba.yaml", .defines = {TWO_SECONDS}, .seeds = 2,
     .alive = {"exc", "inh"}, .alive_least = 1, .rows = {COBA}},
    {.name = "brunel-ai", .path = BRUNEL, .defines = STATE("5", "2", "1.2 s"), .seeds = 1,
     .rows = {AI}},
    {.name = "microcircuit-scaled", .path = "bench/microcircuit-scaled.yaml", .seeds = 1, .rows = {
     {.name = "L23E", .path = {RATE("L23E")}, .low = 0.3165, .high = 0.5275,
      .reference = "NEST 3.9 at this scale, 1 s: 0.422"},
     {.name = "L23I", .path = {RATE("L23I")}, .low = 1.83, .high = 2.33,
      .reference = "NEST 3.9 at this scale, 1 s: 2.08"},
     {.name = "L4E", .path = {RATE("L4E")}, .low = 3.467, .high = 4.413,
      .reference = "NEST 3.9 at this scale, 1 s: 3.94"},
     {.name = "L4I", .path = {RATE("L4I")}, .low = 4.382, .high = 5.578,
      .reference = "NEST 3.9 at this scale, 1 s: 4.98"},
     {.name = "L5E", .path = {RATE("L5E")}, .low = 5.975, .high = 7.605,
      .reference = "NEST 3.9 at this scale, 1 s: 6.79"},
     {.name = "L5I", .path = {RATE("L5I")}, .low = 6.802, .high = 8.658,
      .reference = "NEST 3.9 at this scale, 1 s: 7.73"},
     {.name = "L6E", .path = {RATE("L6E")}, .low = 0.6292, .high = 1.049,
      .reference = "NEST 3.9 at this scale, 1 s: 0.839"},
     {.name = "L6I", .path = {RATE("L6I")}, .low = 6.16, .high = 7.84,
      .reference = "NEST 3.9 at this scale, 1 s: 7.0"},
    }},
};

static const struct gate full[] = {
    {.name = "cuba", .path = "bench/cuba.yaml", .defines = {TWO_SECONDS}, .seeds = 10,
     .alive = {"exc", "inh"}, .alive_least = 10, .rows = {CUBA}},
    /* Its activity is metastable: 64 of 360 starts die (31 of 250 in Brian2). More than three of
     * ten do in 8.5 % of all cases, and of ten others again in 0.7 %. */
    {.name = "coba", .path = "bench/coba.yaml", .defines = {TWO_SECONDS}, .seeds = 10,
     .alive = {"exc", "inh"}, .alive_least = 7, .again = true, .dies_late = 200, .rows = {COBA}},
    {.name = "brunel-sr", .path = BRUNEL, .defines = STATE("3", "2", "400 ms"), .seeds = 3,
     .rows = {
     {.name = "rate", .path = EXC("rate"), .low = 325, .high = 340,
      .reference = "prototype 332.3-332.6"},
     {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 0, .high = 0.05,
      .reference = "prototype 0.001"},
     {.name = "peak - rate", .path = {"metrics/spikes/exc/peak_frequency", RATE("exc")},
      .factor = {1, -1}, .low = -3, .high = 3, .reference = "the peak is the rate"},
    }},
    {.name = "brunel-si-fast", .path = BRUNEL, .defines = STATE("6", "4", "1.2 s"), .seeds = 3,
     .rows = {
     {.name = "rate", .path = EXC("rate"), .low = 56, .high = 62.5,
      .reference = "Brunel 60.7, prototype 58.6-59.4"},
     {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 0.7, .high = 0.95,
      .reference = "prototype 0.80-0.82"},
     {.name = "peak", .path = EXC("peak_frequency"), .low = 165, .high = 205,
      .reference = "Brunel 180, prototype 178-191"},
     {.name = "peak / rate", .path = {"metrics/spikes/exc/peak_frequency", RATE("exc")},
      .ratio = true, .low = 2.5, .high = 1e3, .reference = "faster than the neurons fire"},
    }},
    {.name = "brunel-ai", .path = BRUNEL, .defines = STATE("5", "2", "1.2 s"), .seeds = 3,
     .rows = {AI}},
    {.name = "brunel-si-slow", .path = BRUNEL, .defines = STATE("4.5", "0.9", "2.2 s"), .seeds = 3,
     .rows = {
     {.name = "rate", .path = EXC("rate"), .low = 5.3, .high = 6.5,
      .reference = "Brunel 5.5, prototype 5.80-5.87"},
     {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 0.58, .high = 0.75,
      .reference = "prototype 0.64-0.65"},
     {.name = "peak", .path = EXC("peak_frequency"), .low = 12, .high = 45,
      .reference = "Brunel 22, prototype 18-39"},
    }},
    {.name = "brunel-ai-reset-0", .path = BRUNEL, .seeds = 3,
     .defines = {"duration=1.2 s", "record={}", "defaults.populations.v_reset=0 mV"}, .rows = {
     {.name = "rate", .path = EXC("rate"), .low = 31.5, .high = 33,
      .reference = "prototype 32.1-32.2"},
     {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 0.15, .high = 0.20,
      .reference = "prototype 0.174"},
    }},
    /* The mean in-degrees of excitatory and of inhibitory neurons differ by a synapse or two, and
     * inhibition makes some hertz of it, so each graph has a rate of its own: 37.4 Hz, s.d. 1.9,
     * in 18 of Brian2, eight of them outside of the first row's bounds. The mean of three has
     * those of three of its standard errors: a false alarm in 370. */
    {.name = "brunel-ai-bernoulli", .path = BRUNEL, .seeds = 3,
     .defines = {"duration=1.2 s", "record={}", BERNOULLI("exc->exc"), BERNOULLI("exc->inh"),
                 BERNOULLI("inh->exc"), BERNOULLI("inh->inh")}, .rows = {
     {.name = "rate", .path = EXC("rate"), .low = 36, .high = 39.5,
      .reference = "prototype 36.8-37.2; the bounds are those of fixed in-degree"},
     {.name = "mean rate", .path = EXC("rate"), .mean = true, .low = 34.0, .high = 40.7,
      .reference = "18 seeds of Brian2 37.4, s.d. 1.9"},
     {.name = "cv of intervals", .path = EXC("cv_isi"), .low = 0.38, .high = 0.47,
      .reference = "prototype 0.41"},
    }},
    /* Rates of 0.5 to 10.5 s; CVs are lower than the 0.80 to 0.95 of 15 minutes, and held where
     * they were when they were first measured. */
    {.name = "microcircuit", .path = "bench/microcircuit.yaml", .seeds = 3,
     .defines = {"record={spikes: [L23E, L23I, L4E, L4I, L5E, L5I, L6E, L6I]}"}, .rows = {
     {.name = "L23E", .path = {RATE("L23E")}, .mean = true, .low = 0.8308, .high = 0.9752,
      .reference = "the authors' 0.903"},
     {.name = "L23I", .path = {RATE("L23I")}, .mean = true, .low = 2.846, .high = 3.084,
      .reference = "the authors' 2.965"},
     {.name = "L4E", .path = {RATE("L4E")}, .mean = true, .low = 4.237, .high = 4.591,
      .reference = "the authors' 4.414"},
     {.name = "L4I", .path = {RATE("L4I")}, .mean = true, .low = 5.641, .high = 6.111,
      .reference = "the authors' 5.876"},
     {.name = "L5E", .path = {RATE("L5E")}, .mean = true, .low = 6.963, .high = 8.175,
      .reference = "the authors' 7.569"},
     {.name = "L5I", .path = {RATE("L5I")}, .mean = true, .low = 7.942, .high = 9.324,
      .reference = "the authors' 8.633"},
     {.name = "L6E", .path = {RATE("L6E")}, .mean = true, .low = 1.017, .high = 1.193,
      .reference = "the authors' 1.105"},
     {.name = "L6I", .path = {RATE("L6I")}, .mean = true, .low = 7.516, .high = 8.142,
      .reference = "the authors' 7.829"},
     {.name = "cv L23E", .path = {"metrics/spikes/L23E/cv_isi"}, .low = 0.761, .high = 0.861,
      .reference = "measured 0.811; the authors, 15 min: 0.80-0.95"},
     {.name = "cv L23I", .path = {"metrics/spikes/L23I/cv_isi"}, .low = 0.809, .high = 0.909,
      .reference = "measured 0.859; the authors, 15 min: 0.80-0.95"},
     {.name = "cv L4E", .path = {"metrics/spikes/L4E/cv_isi"}, .low = 0.798, .high = 0.899,
      .reference = "measured 0.849; the authors, 15 min: 0.80-0.95"},
     {.name = "cv L4I", .path = {"metrics/spikes/L4I/cv_isi"}, .low = 0.794, .high = 0.894,
      .reference = "measured 0.844; the authors, 15 min: 0.80-0.95"},
     {.name = "cv L5E", .path = {"metrics/spikes/L5E/cv_isi"}, .low = 0.766, .high = 0.866,
      .reference = "measured 0.816; the authors, 15 min: 0.80-0.95"},
     {.name = "cv L5I", .path = {"metrics/spikes/L5I/cv_isi"}, .low = 0.733, .high = 0.833,
      .reference = "measured 0.783; the authors, 15 min: 0.80-0.95"},
     {.name = "cv L6E", .path = {"metrics/spikes/L6E/cv_isi"}, .low = 0.766, .high = 0.866,
      .reference = "measured 0.816; the authors, 15 min: 0.80-0.95"},
     {.name = "cv L6I", .path = {"metrics/spikes/L6I/cv_isi"}, .low = 0.742, .high = 0.842,
      .reference = "measured 0.792; the authors, 15 min: 0.80-0.95"},
     {.name = "L6E - L23E", .path = {RATE("L6E"), RATE("L23E")}, .factor = {1, -1}, .low = 0,
      .high = 100, .reference = "the order of the rates"},
     {.name = "L23I - L6E", .path = {RATE("L23I"), RATE("L6E")}, .factor = {1, -1}, .low = 0,
      .high = 100, .reference = "the order of the rates"},
     {.name = "L4E - L23I", .path = {RATE("L4E"), RATE("L23I")}, .factor = {1, -1}, .low = 0,
      .high = 100, .reference = "the order of the rates"},
     {.name = "L4I - L4E", .path = {RATE("L4I"), RATE("L4E")}, .factor = {1, -1}, .low = 0,
      .high = 100, .reference = "the order of the rates"},
     {.name = "L5E - L4I", .path = {RATE("L5E"), RATE("L4I")}, .factor = {1, -1}, .low = 0,
      .high = 100, .reference = "the order of the rates"},
     {.name = "L6I - L4I", .path = {RATE("L6I"), RATE("L4I")}, .factor = {1, -1}, .low = 0,
      .high = 100, .reference = "the order of the rates"},
     {.name = "corr. L23E", .path = {"correlation/L23E"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
     {.name = "corr. L23I", .path = {"correlation/L23I"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
     {.name = "corr. L4E", .path = {"correlation/L4E"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
     {.name = "corr. L4I", .path = {"correlation/L4I"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
     {.name = "corr. L5E", .path = {"correlation/L5E"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
     {.name = "corr. L5I", .path = {"correlation/L5I"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
     {.name = "corr. L6E", .path = {"correlation/L6E"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
     {.name = "corr. L6I", .path = {"correlation/L6I"}, .low = -0.01, .high = 0.03,
      .reference = "modes of the authors -0.001 to 0.009; the bounds are ours"},
    }},
    {.name = "microcircuit-dc", .path = "bench/microcircuit-dc.yaml", .seeds = 1,
     .defines = {"duration=2.5 s"}, .rows = {
     {.name = "L23E", .path = {RATE("L23E")}, .low = 0.7879, .high = 1.088,
      .reference = "NEST 3.9, 1 s: 0.938; the bounds are ours"},
     {.name = "L23I", .path = {RATE("L23I")}, .low = 2.738, .high = 3.214,
      .reference = "NEST 3.9, 1 s: 2.976; the bounds are ours"},
     {.name = "L4E", .path = {RATE("L4E")}, .low = 3.838, .high = 4.506,
      .reference = "NEST 3.9, 1 s: 4.172; the bounds are ours"},
     {.name = "L4I", .path = {RATE("L4I")}, .low = 5.234, .high = 6.144,
      .reference = "NEST 3.9, 1 s: 5.689; the bounds are ours"},
     {.name = "L5E", .path = {RATE("L5E")}, .low = 6.671, .high = 9.213,
      .reference = "NEST 3.9, 1 s: 7.942; the bounds are ours"},
     {.name = "L5I", .path = {RATE("L5I")}, .low = 7.101, .high = 9.807,
      .reference = "NEST 3.9, 1 s: 8.454; the bounds are ours"},
     {.name = "L6E", .path = {RATE("L6E")}, .low = 0.9097, .high = 1.256,
      .reference = "NEST 3.9, 1 s: 1.083; the bounds are ours"},
     {.name = "L6I", .path = {RATE("L6I")}, .low = 7.036, .high = 8.26,
      .reference = "NEST 3.9, 1 s: 7.648; the bounds are ours"},
    }},
    /* Without the double weight from L4E to L23E. */
    {.name = "microcircuit-broken", .path = "bench/microcircuit.yaml", .seeds = 1, .broken = true,
     .defines = {"duration=2.5 s", "projections.L4E->L23E.weight={normal: [= w, = 0.1 * w]}"},
     .rows = {
     {.name = "L23E", .path = {RATE("L23E")}, .mean = true, .low = 0.8308, .high = 0.9752,
      .reference = "the authors' 0.903"},
     {.name = "L23I", .path = {RATE("L23I")}, .mean = true, .low = 2.846, .high = 3.084,
      .reference = "the authors' 2.965"},
    }},
};
/* clang-format on */

START_TEST(circuits_do_what_they_must) {
    hk_test_not_sanitized();
    gate_check(&small[_i]);
}
END_TEST

START_TEST(circuits_do_what_they_must_with_all_seeds_at_full_size) {
    hk_test_only_results();
    gate_check(&full[_i]);
}
END_TEST

Suite *suite_experiments_gates(void) {
    Suite *suite = suite_create("experiments/gates");
    TCase *tcase = tcase_create("small"), *results = tcase_create("full");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_loop_test(tcase, circuits_do_what_they_must, 0, HK_COUNT(small));
    suite_add_tcase(suite, tcase);
    tcase_set_timeout(results, 3600);
    tcase_add_checked_fixture(results, NULL, hk_test_folder_remove);
    tcase_add_loop_test(results, circuits_do_what_they_must_with_all_seeds_at_full_size, 0,
                        HK_COUNT(full));
    suite_add_tcase(suite, results);
    return suite;
}
