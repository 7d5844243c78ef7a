#include "tests/support/gate.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/results_read.h"
#include "io/runner.h"
#include "tests/support/paths.h"

/* What one seed has come to. */
struct outcome {
    bool alive;
    double last_ms; /* the last spike of those that should be alive */
    double values[GATE_ROWS_MAX];
};

static void must(bool ok, const struct gate *gate, const struct hk_err *err) {
    if (!ok) ck_abort_msg("%s: %s", gate->name, err->message);
}

/* ---- a run ---- */

static void run(const struct gate *gate, size_t seed, const char *folder) {
    char text[24];
    size_t count = 0;
    struct hk_err err = {0};
    struct hk_experiment e;
    struct hk_run_summary summary;
    while (count < GATE_DEFINES_MAX && gate->defines[count]) count++;
    (void)snprintf(text, sizeof text, "%zu", seed);
    must(hk_experiment_read(&e,
                            &(struct hk_experiment_options){.path = gate->path,
                                                            .defines = gate->defines,
                                                            .define_count = count,
                                                            .seed = text},
                            &err) &&
             hk_run_experiment(&e, &(struct hk_run_options){.folder = folder}, &summary, &err),
         gate, &err);
    hk_experiment_finish(&e);
}

/* ---- numbers ---- */

static struct hk_results_raster read_spikes(const struct gate *gate, struct hk_results_file *file,
                                            const char *population) {
    struct hk_err err = {0};
    struct hk_results_raster raster;
    must(hk_results_read_spikes(file, population, &raster, &err), gate, &err);
    return raster;
}

enum { LAST_BINS = 10 };

static bool is_alive(const struct gate *gate, struct hk_results_file *file, double *last_ms) {
    static const double bin_ms = 10;
    bool fired[LAST_BINS] = {false}, all = true;
    for (size_t p = 0; p < HK_COUNT(gate->alive) && gate->alive[p]; p++) {
        struct hk_results_raster raster = read_spikes(gate, file, gate->alive[p]);
        for (size_t k = 0; k < raster.count; k++) {
            double at_ms = (double)raster.ticks[k] * raster.tick_ms;
            double before_end = raster.stop_ms - at_ms;
            *last_ms = fmax(*last_ms, at_ms);
            if (before_end < LAST_BINS * bin_ms) fired[(size_t)(before_end / bin_ms)] = true;
        }
    }
    for (size_t k = 0; k < LAST_BINS; k++) all &= fired[k];
    return all;
}

/* The mean over all pairs of z-scored counts: with s_i those of neuron i, and n of them,
 * (|sum s_i|^2 - n) / (n (n - 1)). Silent neurons don't count. */
static double mean_correlation(const struct hk_results_raster *raster, double from_ms) {
    enum { SAMPLE = 250 };
    static const double bin_ms = 2;
    size_t bins = (size_t)((raster->stop_ms - from_ms) / bin_ms), active = 0;
    size_t stride = raster->neurons / SAMPLE ? raster->neurons / SAMPLE : 1;
    struct hk_err err = {0};
    struct hk_block sum_room = {0}, count_room = {0};
    ck_assert(hk_block_reserve(&sum_room, bins, sizeof(double), &err));
    ck_assert(hk_block_reserve(&count_room, SAMPLE * bins, sizeof(uint16_t), &err));
    double *sum = sum_room.data, square = 0;
    uint16_t *counts = count_room.data;
    for (size_t k = 0; k < raster->count; k++) {
        double at = ((double)raster->ticks[k] * raster->tick_ms - from_ms) / bin_ms;
        size_t unit = raster->ids[k] / stride;
        if (raster->ids[k] % stride || unit >= SAMPLE || at < 0 || at >= (double)bins) continue;
        counts[unit * bins + (size_t)at]++;
    }
    for (size_t unit = 0; unit < SAMPLE; unit++) {
        double mean = 0, spread = 0;
        for (size_t b = 0; b < bins; b++) mean += counts[unit * bins + b] / (double)bins;
        for (size_t b = 0; b < bins; b++) spread += pow(counts[unit * bins + b] - mean, 2);
        if (spread == 0.0) continue;
        active++;
        for (size_t b = 0; b < bins; b++) sum[b] += (counts[unit * bins + b] - mean) / sqrt(spread);
    }
    for (size_t b = 0; b < bins; b++) square += sum[b] * sum[b];
    hk_block_finish(&sum_room);
    hk_block_finish(&count_room);
    return (square - (double)active) / ((double)active * ((double)active - 1));
}

static double read_number(const struct gate *gate, struct hk_results_file *file, const char *path) {
    static const char correlation[] = "correlation/";
    static const double settled_ms = 500;
    struct hk_err err = {0};
    double value = 0.0;
    if (strncmp(path, correlation, strlen(correlation)) == 0) {
        struct hk_results_raster raster = read_spikes(gate, file, path + strlen(correlation));
        return mean_correlation(&raster, settled_ms);
    }
    must(hk_results_read_number(file, path, &value, &err), gate, &err);
    return value;
}

static double read_row(const struct gate *gate, struct hk_results_file *file,
                       const struct gate_row *row) {
    double first = read_number(gate, file, row->path[0]);
    if (!row->path[1]) return first;
    double second = read_number(gate, file, row->path[1]);
    return row->ratio ? first / second : row->factor[0] * first + row->factor[1] * second;
}

static struct outcome run_seed(const struct gate *gate, size_t seed) {
    char folder[512];
    struct hk_err err = {0};
    struct outcome out = {.alive = true};
    (void)snprintf(folder, sizeof folder, "%s/%s-%zu", hk_test_folder(), gate->name, seed);
    run(gate, seed, folder);
    struct hk_arena *arena = hk_arena_create(&err);
    must(arena != NULL, gate, &err);
    struct hk_results_file *file = hk_results_read_open(arena, folder, &err);
    must(file != NULL, gate, &err);
    if (gate->alive_least) out.alive = is_alive(gate, file, &out.last_ms);
    for (size_t k = 0; k < GATE_ROWS_MAX && gate->rows[k].name && out.alive; k++)
        out.values[k] = read_row(gate, file, &gate->rows[k]);
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    hk_test_remove_all(folder);
    return out;
}

/* ---- the verdict ---- */

/* Is the row kept? Those of seeds that fell silent aren't looked at; a NaN is not kept. */
static bool check_row(const struct gate *gate, const struct outcome *outcomes, size_t k) {
    const struct gate_row *row = &gate->rows[k];
    double low = (double)INFINITY, high = -(double)INFINITY, mean = 0;
    size_t count = 0;
    bool kept = true;
    for (size_t s = 0; s < gate->seeds; s++) {
        double value = outcomes[s].values[k];
        if (!outcomes[s].alive) continue;
        low = fmin(low, value);
        high = fmax(high, value);
        mean += value;
        count++;
        kept &= row->mean || (value >= row->low && value <= row->high);
    }
    mean /= (double)count;
    if (row->mean) kept = mean >= row->low && mean <= row->high;
    if (!kept || getenv("HILLOCK_RESULTS"))
        (void)printf("%-22s %-16s %9.4g  %9.4g .. %-9.4g  %9.4g .. %-9.4g %-5s %-4s %s\n",
                     gate->name, row->name, mean, low, high, row->low, row->high,
                     row->mean ? "mean" : "each", kept ? "ok" : "OUT", row->reference);
    return kept;
}

bool gate_measure(const struct gate *gate, size_t seed, double values[GATE_ROWS_MAX]) {
    struct outcome out = run_seed(gate, seed);
    memcpy(values, out.values, sizeof out.values);
    return out.alive;
}

/* ---- life and death ---- */

/* Returns how many are alive at the end. */
static size_t run_seeds(const struct gate *gate, size_t first, struct outcome *outcomes) {
    size_t alive = 0, late = 0;
    for (size_t s = 0; s < gate->seeds; s++) {
        outcomes[s] = run_seed(gate, first + s);
        alive += outcomes[s].alive;
        late += !outcomes[s].alive && outcomes[s].last_ms > gate->dies_late;
        if (!outcomes[s].alive)
            (void)printf("%-22s seed %zu fell silent after %g ms\n", gate->name, first + s,
                         outcomes[s].last_ms);
    }
    if (gate->dies_late > 0)
        ck_assert_msg(late <= 1, "%s: %zu seeds fell silent after %g ms", gate->name, late,
                      gate->dies_late);
    if (gate->alive_least && getenv("HILLOCK_RESULTS"))
        (void)printf("%-22s %zu of %zu seeds alive at the end, at least %zu\n", gate->name, alive,
                     gate->seeds, gate->alive_least);
    return alive;
}

void gate_check(const struct gate *gate) {
    struct outcome outcomes[GATE_SEEDS_MAX];
    size_t out = 0;
    ck_assert_uint_le(gate->seeds, GATE_SEEDS_MAX);
    size_t alive = run_seeds(gate, 1, outcomes);
    if (alive < gate->alive_least && gate->again)
        alive = run_seeds(gate, gate->seeds + 1, outcomes);
    for (size_t k = 0; k < GATE_ROWS_MAX && gate->rows[k].name; k++)
        out += !check_row(gate, outcomes, k);
    (void)fflush(stdout);
    ck_assert_msg(alive >= gate->alive_least, "%s: only %zu of %zu seeds are alive", gate->name,
                  alive, gate->seeds);
    if (gate->broken)
        ck_assert_msg(out > 0, "%s: nothing shows that a rule is broken", gate->name);
    else
        ck_assert_msg(out == 0, "%s: %zu rows are out of what is allowed", gate->name, out);
}
