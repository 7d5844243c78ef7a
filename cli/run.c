#include "cli/command.h"

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/quote.h"
#include "io/run_files.h"
#include "cli/reading.h"

#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

/* ---- running ---- */

static bool progressed(void *context, const struct hk_run_status *status, struct hk_err *err) {
    hk_progress_show(context, status);
    int number = hk_interrupt_signal();
    if (number == 0) return true;
    return HK_FAIL(err, HK_ERR_INTERRUPT, "interrupted by %s",
                   number == SIGINT ? "SIGINT" : "SIGTERM");
}

/* What the network was and did: -v. */
static void print_network(const struct hk_run_summary *summary, const struct hk_sim *sim) {
    const double mebibyte = 1024.0 * 1024.0;
    (void)fprintf(stderr,
                  "network: %" PRIu64 " synapses, %.1f MiB, built in %.3g s for %d thread%s\n",
                  summary->synapses, (double)hk_sim_memory(sim) / mebibyte, summary->build_s,
                  summary->threads, summary->threads == 1 ? "" : "s");
    (void)fprintf(stderr,
                  "work: %" PRIu64 " spikes, %" PRIu64 " synaptic events, %" PRIu64
                  " pulses of drives, %" PRIu64 " neuron steps in %.4g s\n",
                  summary->counts.spikes, summary->counts.events, summary->counts.pulses,
                  summary->counts.updates, summary->wall_s - summary->build_s);
    (void)fprintf(stderr, "results: made of the journal in %.3g s\n", summary->folded.wall_s);
}

static void print_end(bool ok, struct hk_progress *progress, const struct hk_run_summary *summary,
                      struct hk_arena *arena) {
    const struct hk_terminal out = hk_terminal_of(stdout);
    char *path = NULL;
    if (ok) {
        hk_progress_table(progress, &out);
        (void)printf("results: %s/results.h5\n", summary->folder);
        return;
    }
    hk_progress_stop(progress);
    if (summary->folder) path = hk_arena_format(arena, NULL, "%s/results.h5", summary->folder);
    if (path && access(path, F_OK) == 0)
        (void)fprintf(stderr, "results until then: %s\n", path);
    else if (path && hk_run_files_left(summary->folder))
        (void)fprintf(stderr, "recorded until then: `hillock recover %s` makes results of it\n",
                      summary->folder);
}

/* One line each. */
static bool check_expectations(const struct hk_experiment *experiment, const char *folder,
                               struct hk_err *err) {
    const struct hk_expectations *all = &experiment->expectations;
    struct hk_outcome outcome;
    size_t failed = 0;
    if (all->count == 0) return true;
    struct hk_results_file *file = hk_results_read_open(experiment->arena, folder, err);
    if (!file) return false;
    for (size_t i = 0; i < all->count; i++) {
        hk_expectation_check(&all->list[i], file, &outcome);
        (void)printf("expect: %s: %s\n", outcome.text, outcome.met ? "ok" : "FAILED");
        failed += !outcome.met;
    }
    hk_results_read_close(file);
    return failed == 0 ||
           HK_FAIL(err, HK_ERR_EXPECTATION, "%zu of %zu expectations not met", failed, all->count);
}

static bool run_experiment(const struct hk_settings *settings, struct hk_experiment *experiment,
                           struct hk_err *err) {
    struct hk_progress progress;
    struct hk_run_summary summary = {.folder = NULL};
    struct hk_arena *arena = experiment->arena;
    size_t phases = experiment->duration ? 1 : experiment->protocol.phase_count;
    struct hk_run_options options = {.folder = settings->folder,
                                     .context = &progress,
                                     .progress = progressed};
    const char *words =
        hk_quote_words(arena, (const char *const *)settings->words, settings->word_count, err);
    options.command = words ? hk_arena_format(arena, err, "hillock %s", words) : NULL;
    if (!options.command) return false;
    if (!hk_progress_init(&progress, arena, phases, settings->quiet, hk_terminal_of(stderr), err))
        return false;
    hk_interrupt_listen();
    bool ok = hk_run_experiment(experiment, &options, &summary, err);
    print_end(ok, &progress, &summary, arena);
    if (settings->verbose && summary.threads) print_network(&summary, experiment->sim);
    return ok && check_expectations(experiment, summary.folder, err);
}

/* A run doesn't end because nobody reads its progress. */
static void ignore_broken_pipes(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static bool run(const struct hk_settings *settings, struct hk_err *err) {
    const struct hk_experiment_options options = hk_settings_experiment(settings);
    struct hk_experiment experiment;
    ignore_broken_pipes();
    bool ok = hk_open_experiment(&experiment, &options, settings, err) &&
              hk_judge_experiment(&experiment, settings, err) &&
              run_experiment(settings, &experiment, err);
    hk_experiment_finish(&experiment);
    return ok;
}

const struct hk_command hk_command_run = {
    .name = "run",
    .doc = "Run an experiment, or that of a results file again",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .examples = {"run experiments/mnist-stdp-400.yaml",
                 "run my.yaml -D 'populations.exc.tau_m=20 ms' --seed 2 -o out"},
    .options = HK_OPTION_DEFINE | HK_OPTION_SEED | HK_OPTION_THREADS | HK_OPTION_OUTPUT |
               HK_OPTION_WARNINGS | HK_OPTION_QUIET | HK_OPTION_VERBOSE,
    .run = run,
};
