#include "cli/command.h"

#include "cli/quote.h"
#include "cli/reading.h"
#include "cli/sweep_view.h"
#include "cli/trials.h"
#include "io/cost.h"
#include "io/sweep_table.h"
#include "sim/machine.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* This very program, even where its file has been replaced since. */
static const char *const own_program = "/proc/self/exe";
static const double grace_s = 5.0;

struct state {
    const struct hk_settings *settings;
    struct hk_sweep sweep;
    struct hk_trials trials;
    struct hk_sweep_table *table;
    struct hk_sweep_view view;
    size_t *missing; /* trials to run, in order; a task of the supervisor is one of them */
    size_t missing_count, jobs, threads;
    size_t *attempts; /* [trials] */
};

/* ---- what is to be done ---- */

/* What a trial reads; its seed is written to `seed`. */
static struct hk_experiment_options options_of(const struct hk_sweep *sweep, size_t trial,
                                               char seed[32]) {
    (void)snprintf(seed, 32, "%" PRIu64, sweep->trials[trial].seed);
    return (struct hk_experiment_options){.path = sweep->experiment,
                                          .defines = sweep->trials[trial].defines,
                                          .define_count = sweep->define_count,
                                          .seed = seed};
}

/* A mistake in the experiment, or in a path that is set, is told before anything starts. */
static bool check_first(const struct hk_sweep *sweep, const struct hk_settings *settings,
                        struct hk_err *err) {
    struct hk_experiment experiment;
    char seed[32];
    const struct hk_experiment_options options = options_of(sweep, 0, seed);
    bool ok = hk_open_experiment(&experiment, &options, settings, err) &&
              hk_judge_experiment(&experiment, settings, err);
    hk_experiment_finish(&experiment);
    return ok;
}

static bool print_trials(const struct hk_sweep *sweep, struct hk_err *err) {
    for (size_t i = 0; i < sweep->trial_count; i++) {
        const struct hk_trial *trial = &sweep->trials[i];
        (void)printf("%s ", trial->name);
        for (size_t d = 0; d < sweep->define_count; d++) {
            const char *define = hk_quote_words(sweep->arena, &trial->defines[d], 1, err);
            if (!define) return false;
            (void)printf(" -D %s", define);
        }
        (void)printf(" --seed %" PRIu64 "\n", trial->seed);
    }
    return true;
}

/* Bytes that a trial will take; 0 where it can't be read, which it says itself when it runs. */
static double bytes_of(const struct hk_sweep *sweep, size_t trial) {
    struct hk_experiment experiment;
    struct hk_cost cost;
    struct hk_err why = {.code = HK_OK};
    char seed[32];
    const struct hk_experiment_options options = options_of(sweep, trial, seed);
    bool ok = hk_experiment_read(&experiment, &options, &why) &&
              hk_cost_estimate(&experiment, HK_COST_RATE, &cost, &why);
    hk_experiment_finish(&experiment);
    return ok ? cost.network_bytes + cost.other_bytes : 0.0;
}

/* As many of the missing trials at a time as there are cores and memory for. Where values grow or
 * fall along the sweep, the first or the last is the largest: the others aren't read. */
static size_t jobs_that_fit(const struct state *s, size_t cores) {
    if (s->missing_count < 2) return 1;
    const double first = bytes_of(&s->sweep, s->missing[0]);
    const double last = bytes_of(&s->sweep, s->missing[s->missing_count - 1]);
    return hk_trials_at_a_time(cores, fmax(first, last), hk_machine_memory());
}

/* What is asked for, or fits, and what is left of the cores for each trial. */
static void choose_jobs(struct state *s) {
    const size_t cores = (size_t)hk_machine_cores();
    s->jobs = s->settings->jobs ? (size_t)s->settings->jobs : s->sweep.jobs;
    if (s->jobs == 0) s->jobs = jobs_that_fit(s, cores);
    if (s->jobs > s->missing_count && s->missing_count > 0) s->jobs = s->missing_count;
    s->threads = s->settings->threads ? (size_t)s->settings->threads : cores / s->jobs;
    if (s->threads == 0) s->threads = 1;
}

/* Trials that are done give their rows, the others are to be run. */
static bool find_missing(struct state *s, struct hk_err *err) {
    for (size_t i = 0; i < s->sweep.trial_count; i++) {
        if (!s->settings->resume || !hk_trials_is_done(&s->trials, i)) {
            s->missing[s->missing_count++] = i;
            continue;
        }
        char *path = hk_trials_path(&s->trials, i, err);
        if (!path || !hk_sweep_table_take(s->table, i, path, err)) return false;
    }
    return true;
}

/* ---- callbacks of the supervisor ---- */

static bool prepare(void *context, size_t task, struct hk_child *child, struct hk_err *err) {
    struct state *s = context;
    size_t trial = s->missing[task];
    char *path = hk_trials_path(&s->trials, trial, err);
    child->program = own_program;
    child->words = hk_trials_words(&s->trials, trial, s->threads, err);
    child->log = path ? hk_arena_format(s->sweep.arena, err, "%s.log", path) : NULL;
    return child->words && child->log && hk_trials_clear(&s->trials, trial, err);
}

static bool started(void *context, size_t task, pid_t process, struct hk_err *err) {
    struct state *s = context;
    size_t trial = s->missing[task];
    s->attempts[trial]++;
    hk_sweep_view_start(&s->view, trial, s->sweep.trials[trial].name);
    return hk_trials_note_start(&s->trials, trial, process, err);
}

/* Why a trial failed; NULL: it is done. */
static const char *why_failed(const struct state *s, size_t trial, const struct hk_child_end *end,
                              char text[64]) {
    if (end->over_limit)
        (void)snprintf(text, 64, "over the limit of %.10g s", 1e-3 * s->sweep.wall_limit_ms);
    else if (WIFSIGNALED(end->status))
        (void)snprintf(text, 64, "ended by signal %d", WTERMSIG(end->status));
    else if (WEXITSTATUS(end->status) != 0)
        (void)snprintf(text, 64, "failed with status %d", WEXITSTATUS(end->status));
    else if (!hk_trials_is_done(&s->trials, trial))
        (void)snprintf(text, 64, "left no complete results");
    else
        return NULL;
    return text;
}

static bool ended(void *context, size_t task, const struct hk_child_end *end, bool *again,
                  struct hk_err *err) {
    struct state *s = context;
    size_t trial = s->missing[task];
    char text[64];
    const char *why = why_failed(s, trial, end, text);
    *again = why && s->attempts[trial] <= s->sweep.retries;
    hk_sweep_view_end(&s->view, trial, end, why, *again);
    if (!hk_trials_note_end(&s->trials, trial, end, why, err)) return false;
    if (!why) {
        char *path = hk_trials_path(&s->trials, trial, err);
        return path && hk_sweep_table_take(s->table, trial, path, err);
    }
    if (*again || !s->sweep.stop_on_failure) return true;
    return HK_FAIL(err, HK_ERR_EXPECTATION, "%s %s; see %s/trials/%s.log",
                   s->sweep.trials[trial].name, why, s->trials.folder, s->sweep.trials[trial].name);
}

static void redraw(void *context) {
    struct state *s = context;
    hk_sweep_view_draw(&s->view);
}

/* ---- the whole ---- */

/* The command that goes on with what is missing. */
static void print_resume(struct state *s) {
    const struct hk_settings *settings = s->settings;
    const char *more[] = {"--resume", "-o", s->trials.folder};
    size_t skip = settings->resume ? 1 : 0, count = HK_COUNT(more) - skip;
    if (settings->folder) count -= 2;
    char *words = hk_quote_words(s->sweep.arena, (const char *const *)settings->words,
                                 settings->word_count, NULL);
    char *end = hk_quote_words(s->sweep.arena, more + skip, count, NULL);
    (void)fprintf(stderr, "%zu of %zu trials are done", s->view.done, s->view.total);
    if (words && end)
        (void)fprintf(stderr, "; to go on: hillock %s%s%s", words, count ? " " : "", end);
    (void)fprintf(stderr, "\n");
}

static bool report(struct state *s, struct hk_err *err) {
    if (!hk_sweep_table_write(s->table, s->trials.folder, err)) return false;
    (void)printf("results: %s/sweep.csv\n", s->trials.folder);
    if (s->view.failed == 0) return true;
    return HK_FAIL(err, HK_ERR_EXPECTATION,
                   "%zu of %zu trials failed; why is in %s/journal.jsonl and their logs beside "
                   "%s/trials",
                   s->view.failed, s->view.total, s->trials.folder, s->trials.folder);
}

static bool supervise(struct state *s, struct hk_err *err) {
    const struct hk_supervision supervision = {.tasks = s->missing_count,
                                               .jobs = s->jobs,
                                               .limit_s = 1e-3 * s->sweep.wall_limit_ms,
                                               .grace_s = grace_s,
                                               .context = s,
                                               .prepare = prepare,
                                               .started = started,
                                               .ended = ended,
                                               .redraw = s->view.terminal.live ? redraw : NULL};
    bool ok = hk_supervise(&supervision, err);
    hk_sweep_view_finish(&s->view);
    if (!ok) print_resume(s);
    return ok;
}

static bool run_trials(struct state *s, struct hk_err *err) {
    const struct hk_settings *settings = s->settings;
    struct hk_arena *arena = s->sweep.arena;
    size_t count = s->sweep.trial_count;
    s->missing = HK_NEW(arena, size_t, count, err);
    s->attempts = HK_NEW(arena, size_t, count, err);
    if (!s->missing || !s->attempts || !(s->table = hk_sweep_table_create(&s->sweep, err)))
        return false;
    if (!hk_trials_open(&s->trials, &s->sweep, settings->folder, settings->resume, err))
        return false;
    if (!find_missing(s, err)) return false;
    choose_jobs(s);
    if (!hk_sweep_view_init(&s->view, arena, count, count - s->missing_count, s->jobs, err))
        return false;
    s->view.quiet = settings->quiet;
    s->view.verbose = settings->verbose;
    return supervise(s, err) && report(s, err);
}

/* A sweep doesn't end because nobody reads its progress. */
static void ignore_broken_pipes(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static bool sweep(const struct hk_settings *settings, struct hk_err *err) {
    struct state s = {.settings = settings};
    ignore_broken_pipes();
    bool ok = hk_sweep_read(&s.sweep, settings->arguments[0], settings->defines,
                            settings->define_count, err) &&
              check_first(&s.sweep, settings, err) &&
              (settings->dry_run ? print_trials(&s.sweep, err) : run_trials(&s, err));
    hk_trials_close(&s.trials);
    hk_sweep_finish(&s.sweep);
    return ok;
}

const struct hk_command hk_command_sweep = {
    .name = "sweep",
    .doc = "Run an experiment with many values and seeds",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .examples = {"sweep experiments/sweeps/stdp-windows.yaml -j 2",
                 "sweep experiments/sweeps/brunel-phases.yaml --resume"},
    .options = HK_OPTION_DEFINE | HK_OPTION_JOBS | HK_OPTION_THREADS | HK_OPTION_OUTPUT |
               HK_OPTION_RESUME | HK_OPTION_DRY_RUN | HK_OPTION_WARNINGS | HK_OPTION_QUIET |
               HK_OPTION_VERBOSE,
    .run = sweep,
};
