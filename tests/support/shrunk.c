#include "tests/support/shrunk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/sweep.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#define FROM_START "report.from=0 ms"
/* So small, the microcircuit falls silent without more input. */
#define DRIVEN "params.background=1 Hz"

/* Images as large as MNIST's, drawn by the program, and phases of a few of them. */
#define DIGITS  "data={set: digits, train: 12, test: 4}"
#define CROPPED "data={set: digits, train: 12, test: 4, crop: [22, 22]}"
#define PHASES                                                                                     \
    "protocol.0.take=2", "protocol.1.take=1", "protocol.2.skip=0", "protocol.2.take=1",            \
        "protocol.3.take=1", "protocol.0.retry.most=1", "protocol.1.retry.most=0",                 \
        "protocol.2.retry.most=0", "protocol.3.retry.most=0"
#define SHORTLY "protocol.0.show=60 ms", "protocol.0.rest=10 ms"
#define ALL_SHORTLY                                                                                \
    SHORTLY, "protocol.1.show=60 ms", "protocol.2.show=60 ms", "protocol.3.show=60 ms"
#define FEW_ANSWERS "populations.hidden.size=60", "populations.out.size=40", "params.features=2"

/* What the exact clock says of those that it can't run. */
#define CONDUCTANCE   "cond-exp has no closed form"
#define NEXT_STEP     "mstdp learns a step later"
#define PRESENTATIONS "desire learns from presentations"

const struct shrunk shrunk_all[] = {
    {.path = "bench/brunel.yaml",
     .defines = {"params.order=200", "params.J=1 mV", "duration=40 ms", FROM_START}},
    {.path = "bench/brunel-stdp.yaml",
     .defines = {"params.order=100", "params.J=1 mV", "duration=40 ms", FROM_START}},
    {.path = "bench/coba.yaml", .defines = {"duration=25 ms", FROM_START}, .no_exact = CONDUCTANCE},
    {.path = "bench/cuba.yaml", .defines = {"duration=25 ms", FROM_START}},
    {.path = "bench/cuba-hour.yaml", .defines = {"duration=15 ms", FROM_START}},
    {.path = "bench/diehl-cook-400.yaml",
     .defines = {DIGITS, "params.images=2", "params.neurons=150", SHORTLY},
     .no_exact = CONDUCTANCE},
    {.path = "bench/diehl-cook-6400.yaml",
     .defines = {DIGITS, "params.images=1", "params.neurons=400", "protocol.0.show=200 ms"},
     .no_exact = CONDUCTANCE},
    {.path = "bench/first-spike.yaml"},
    {.path = "bench/microcircuit.yaml",
     .defines = {"params.scale=0.02", DRIVEN, "duration=20 ms", FROM_START},
     .coarse = true},
    {.path = "bench/microcircuit-dc.yaml",
     .defines = {"params.scale=0.02", "duration=20 ms", FROM_START},
     .coarse = true},
    {.path = "bench/microcircuit-scaled.yaml",
     .defines = {"params.scale=0.04", "duration=20 ms", FROM_START},
     .coarse = true},
    {.path = "bench/microcircuit-stdp.yaml",
     .defines = {"params.scale=0.02", DRIVEN, "duration=20 ms", FROM_START},
     .coarse = true},
    {.path = "bench/million.yaml", .defines = {"params.scale=0.0005", "duration=30 ms"}},
    {.path = "bench/silent-million.yaml",
     .defines = {"params.neurons=10000", "params.active=100", "duration=30 ms", FROM_START}},
    {.path = "bench/sparse-deep.yaml",
     .defines = {"params.neurons=400", "params.columns=4", "params.images=2", "params.show=40 ms"}},
    {.path = "experiments/adaptation.yaml"},
    {.path = "experiments/biolcnet-conditioning.yaml",
     .defines = {CROPPED, FEW_ANSWERS, "params.digit=1", "protocol.1.take=1", "protocol.2.skip=0",
                 "protocol.2.take=1"},
     .no_exact = NEXT_STEP},
    {.path = "experiments/biolcnet-mnist.yaml",
     .defines = {CROPPED, FEW_ANSWERS, "params.images=2", "protocol.0.skip=2", "protocol.2.take=1"},
     .no_exact = NEXT_STEP},
    {.path = "experiments/brunel.yaml",
     .defines = {"params.order=200", "params.J=1 mV", "duration=40 ms", FROM_START}},
    {.path = "experiments/clocks.yaml", .defines = {"duration=30 ms", "resolution=0.1 ms"}},
    {.path = "experiments/desire-mnist.yaml",
     .defines = {DIGITS, "params.epochs=2", "populations.hidden1.size=150",
                 "populations.hidden2.size=70",
                 "projections.hidden1->hidden2.weight={normal: [0 mV, 0.14 mV]}",
                 "projections.hidden2->out.weight={normal: [0 mV, 0.2 mV]}"},
     .no_exact = PRESENTATIONS},
    {.path = "experiments/mnist-latency.yaml",
     .defines = {DIGITS, "params.neurons=120", PHASES},
     .no_exact = CONDUCTANCE},
    {.path = "experiments/mnist-stdp-400.yaml",
     .defines = {DIGITS, "params.neurons=120", PHASES, ALL_SHORTLY},
     .no_exact = CONDUCTANCE},
    {.path = "experiments/quickstart.yaml",
     .defines = {DIGITS, PHASES, ALL_SHORTLY},
     .no_exact = CONDUCTANCE},
    {.path = "experiments/short-term-plasticity.yaml"},
    {.path = "experiments/stdp-window.yaml",
     .defines = {"params.pairs=10", "params.interval=100 ms"}},
    {.path = "experiments/ucr-delta.yaml",
     .defines = {"params.lines=90", "params.neurons=60", "params.learned=3", "params.epochs=1",
                 "protocol.2.take=1", "protocol.3.take=1"},
     .data = "ucr/ItalyPowerDemand",
     .no_exact = CONDUCTANCE},
    {.path = "experiments/sweeps/brunel-clocks.yaml",
     .trial = 2,
     .defines = {"params.order=100", "params.J=1 mV", "duration=40 ms", FROM_START}},
    {.path = "experiments/sweeps/brunel-phases.yaml",
     .trial = 11,
     .defines = {"params.order=100", "params.J=1 mV", "duration=40 ms", FROM_START}},
    {.path = "experiments/sweeps/stdp-windows.yaml", .trial = 60, .defines = {"params.pairs=10"}},
};
const size_t shrunk_count = HK_COUNT(shrunk_all);

enum { TEXT_SIZE = 256 };

const struct shrunk_way shrunk_grid = {.define = {"clock=grid"}};
const struct shrunk_way shrunk_grid_double = {.define = {"clock=grid", "precision=double"}};

struct shrunk_way shrunk_exact(const struct shrunk *shrunk) {
    return (struct shrunk_way){
        .define = {"clock=exact", shrunk->coarse ? NULL : "resolution=1 ns"}};
}

const struct shrunk *shrunk_choose(size_t index) {
    static char why[TEXT_SIZE];
    const struct shrunk *shrunk = &shrunk_all[index];
    if (!shrunk->data || hk_test_data(shrunk->data)) return shrunk;
    (void)snprintf(why, sizeof why, "%s: the data set %s is not here", shrunk->path, shrunk->data);
    hk_test_skip_note(why);
    return NULL;
}

static void must(bool ok, const struct shrunk *shrunk, const struct hk_err *err) {
    if (!ok) ck_abort_msg("%s: %s (%s:%d)", shrunk->path, err->message, err->file, err->line);
}

/* ---- reading ---- */

/* The experiment of a sweep's trial, and what the trial sets: lent until the next call. */
static size_t read_trial(const struct shrunk *shrunk, const char **path, const char **defines) {
    static char texts[SHRUNK_DEFINES_MAX + 1][TEXT_SIZE];
    struct hk_err err = {0};
    struct hk_sweep sweep;
    must(hk_sweep_read(&sweep, shrunk->path, NULL, 0, &err), shrunk, &err);
    ck_assert_uint_lt(shrunk->trial, sweep.trial_count);
    ck_assert_uint_le(sweep.define_count, SHRUNK_DEFINES_MAX);
    size_t count = sweep.define_count;
    for (size_t k = 0; k < count; k++) {
        (void)snprintf(texts[k], TEXT_SIZE, "%s", sweep.trials[shrunk->trial].defines[k]);
        defines[k] = texts[k];
    }
    (void)snprintf(texts[SHRUNK_DEFINES_MAX], TEXT_SIZE, "%s", sweep.experiment);
    *path = texts[SHRUNK_DEFINES_MAX];
    hk_sweep_finish(&sweep);
    return count;
}

/* Sets are looked for where tests look for them. */
static void find_data(const struct shrunk *shrunk) {
    char folder[1024];
    if (!shrunk->data) return;
    (void)snprintf(folder, sizeof folder, "%s", hk_test_data(shrunk->data));
    folder[strlen(folder) - strlen(shrunk->data)] = '\0';
    ck_assert_int_eq(setenv("HILLOCK_DATA", folder, 1), 0);
}

bool shrunk_read(const struct shrunk *shrunk, const struct shrunk_way *way,
                 struct hk_experiment *experiment, struct hk_err *err) {
    const char *path = shrunk->path, *defines[3 * SHRUNK_DEFINES_MAX];
    size_t count = strstr(path, "/sweeps/") ? read_trial(shrunk, &path, defines) : 0;
    for (size_t k = 0; k < SHRUNK_DEFINES_MAX && shrunk->defines[k]; k++)
        defines[count++] = shrunk->defines[k];
    for (size_t k = 0; k < HK_COUNT(way->define) && way->define[k]; k++)
        defines[count++] = way->define[k];
    find_data(shrunk);
    return hk_experiment_read(experiment,
                              &(struct hk_experiment_options){.path = path,
                                                              .defines = defines,
                                                              .define_count = count,
                                                              .threads = way->threads},
                              err);
}

/* ---- running ---- */

struct bits shrunk_run(const struct shrunk *shrunk, const struct shrunk_way *way) {
    static const struct hk_protocol_listener nobody;
    struct hk_err err = {0};
    struct hk_experiment e;
    struct bits_watch watch;
    if (way->isa) ck_assert_int_eq(setenv("HILLOCK_ISA", way->isa, 1), 0);
    must(shrunk_read(shrunk, way, &e, &err), shrunk, &err);
    must(hk_sim_build(e.sim, &err), shrunk, &err);
    bits_watch_begin(&watch, e.sim);
    if (way->threads) ck_assert_int_eq(hk_sim_threads(e.sim), way->threads);
    must(e.duration ? hk_sim_run(e.sim, e.duration, &err)
                    : hk_protocol_run(e.sim, &e.protocol, &nobody, &err),
         shrunk, &err);
    struct bits bits = bits_watch_end(&watch);
    hk_experiment_finish(&e);
    if (way->isa) ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
    return bits;
}
