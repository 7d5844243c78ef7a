/* `hillock bench`: the published networks, each run in a process of its own. With --busy each runs
 * again beside one process per core that does nothing but compute: what a user gets whose machine
 * has something else to do. */
#include "cli/command.h"

#include "cli/bench_child.h"
#include "cli/bench_list.h"
#include "cli/bench_view.h"
#include "io/path.h"
#include "sim/machine.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const char kept[] = "bench/results.jsonl";

struct bench {
    const struct hk_settings *settings;
    struct hk_arena *arena;
    FILE *journal;  /* NULL: nothing is kept */
    pid_t *burners; /* [cores] */
    int cores;
    size_t silent; /* networks that had no activity at the end */
};

/* ---- processes ---- */

static _Noreturn void burn(void) {
    for (volatile unsigned long turns = 0;;) turns++;
}

static bool start_burners(struct bench *b, struct hk_err *err) {
    for (int i = 0; i < b->cores; i++) {
        b->burners[i] = hk_fork_child(err);
        if (b->burners[i] < 0) return false;
        if (b->burners[i] == 0) burn();
    }
    return true;
}

static void stop_burners(struct bench *b) {
    for (int i = 0; i < b->cores; i++) {
        if (b->burners[i] <= 0) continue;
        (void)kill(b->burners[i], SIGKILL);
        (void)waitpid(b->burners[i], NULL, 0);
        b->burners[i] = 0;
    }
}

/* ---- a network ---- */

/* All runs of a network, quiet or beside burners. */
struct series {
    struct hk_bench_row *rows; /* [runs] */
    struct hk_bench_measure *measures;
    size_t count;
};

static bool keep(struct bench *b, const struct hk_bench_row *row, struct hk_err *err) {
    if (b->settings->json && !hk_bench_row_json(row, stdout, err)) return false;
    return !b->journal || hk_bench_row_json(row, b->journal, err);
}

static bool add_run(struct bench *b, const char *path, int busy, struct series *series,
                    struct hk_err *err) {
    struct hk_bench_row *row = &series->rows[series->count];
    struct hk_bench_measure *measure = &series->measures[series->count++];
    double load;
    *row = (struct hk_bench_row){.measure = measure, .run = series->count, .busy = busy};
    row->load = getloadavg(&load, 1) == 1 ? load : (double)NAN;
    bool ok = busy == 0 || start_burners(b, err);
    ok = ok && hk_bench_child_run(b->settings, path, b->arena, measure, err);
    stop_burners(b);
    return ok && keep(b, row, err);
}

static int by_time(const void *a, const void *b) {
    const struct hk_bench_row *x = a, *y = b;
    return (x->measure->sim_s > y->measure->sim_s) - (x->measure->sim_s < y->measure->sim_s);
}

/* The run of median wall time; of an even number the quicker one in the middle. */
static struct hk_bench_row *median(struct series *series) {
    qsort(series->rows, series->count, sizeof *series->rows, by_time);
    return &series->rows[(series->count - 1) / 2];
}

static bool make_series(struct bench *b, size_t runs, struct series *series, struct hk_err *err) {
    *series = (struct series){.rows = HK_NEW(b->arena, struct hk_bench_row, runs, err),
                              .measures = HK_NEW(b->arena, struct hk_bench_measure, runs, err)};
    return series->rows && series->measures;
}

/* Quiet and busy runs take turns, so that what else the machine does falls on both. */
static bool run_network(struct bench *b, const char *path, struct hk_err *err) {
    size_t runs = b->settings->runs ? (size_t)b->settings->runs : 1;
    struct series quiet, busy;
    if (!make_series(b, runs, &quiet, err) || !make_series(b, runs, &busy, err)) return false;
    for (size_t run = 0; run < runs; run++) {
        if (!add_run(b, path, 0, &quiet, err)) return false;
        if (b->settings->busy && !add_run(b, path, b->cores, &busy, err)) return false;
    }
    const struct hk_bench_row *usual = median(&quiet);
    b->silent += !usual->measure->alive;
    if (b->settings->json) return true;
    hk_bench_row_print(usual, stdout);
    if (!b->settings->busy) return true;
    struct hk_bench_row *slow = median(&busy);
    slow->slowdown = slow->measure->sim_s / usual->measure->sim_s;
    hk_bench_row_print(slow, stdout);
    return true;
}

/* ---- the command ---- */

static bool open_journal(struct bench *b, struct hk_err *err) {
    const char *path = b->settings->folder;
    if (!path && hk_path_is_folder("bench")) path = kept;
    if (!path) return true;
    if ((b->journal = fopen(path, "ae"))) return true;
    return HK_FAIL(err, HK_ERR_IO, "%s: %s", path, strerror(errno));
}

static bool prepare(struct bench *b, struct hk_err *err) {
    b->cores = hk_machine_cores();
    b->burners = HK_NEW(b->arena, pid_t, (size_t)b->cores, err);
    return b->burners && open_journal(b, err);
}

static bool run_list(struct bench *b, const struct hk_bench_list *list, struct hk_err *err) {
    if (!b->settings->json) hk_bench_head(stdout);
    for (size_t i = 0; i < list->count; i++)
        if (!run_network(b, list->paths[i], err)) return false;
    if (b->silent == 0) return true;
    return HK_FAIL(err, HK_ERR_EXPECTATION,
                   "%zu of %zu networks were silent at the end: they measured nothing", b->silent,
                   list->count);
}

static bool bench(const struct hk_settings *settings, struct hk_err *err) {
    struct hk_bench_list list;
    if (hk_bench_child_is_me()) return hk_bench_child_measure(settings, err);
    struct bench b = {.settings = settings, .arena = hk_arena_create(err)};
    bool ok =
        b.arena &&
        hk_bench_list_find(&list, b.arena, settings->arguments, settings->argument_count, err) &&
        prepare(&b, err) && run_list(&b, &list, err);
    if (b.journal && fclose(b.journal) != 0 && ok)
        ok = HK_FAIL(err, HK_ERR_IO, "can't write the results: %s", strerror(errno));
    hk_arena_destroy(b.arena);
    return ok;
}

const struct hk_command hk_command_bench = {
    .name = "bench",
    .doc = "Measure the speed and memory of published networks, or of an experiment",
    .arguments = "[NAME...]",
    .argument_max = HK_DEFINES_MAX,
    .examples = {"bench cuba brunel -n 5 --busy",
                 "bench microcircuit -D 'duration=2 s' --json | jq .rtf"},
    .options = HK_OPTION_DEFINE | HK_OPTION_SEED | HK_OPTION_THREADS | HK_OPTION_RUNS |
               HK_OPTION_BUSY | HK_OPTION_OUTPUT | HK_OPTION_JSON | HK_OPTION_VERBOSE,
    .run = bench,
};
