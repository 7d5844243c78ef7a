#include "cli/command.h"

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

static void print_summary(const struct hk_experiment *e) {
    const struct hk_pop *pop;
    uint64_t units = 0;
    size_t populations = 0, projections = 0;
    for (; (pop = hk_sim_population(e->sim, populations)); populations++) units += hk_pop_size(pop);
    while (hk_sim_projection(e->sim, projections)) projections++;
    (void)printf("%s: ok: %zu population%s (%llu unit%s), %zu projection%s, ", e->name, populations,
                 plural(populations), (unsigned long long)units, units == 1 ? "" : "s", projections,
                 plural(projections));
    if (e->duration == 0)
        (void)printf("%zu phase%s\n", e->protocol.phase_count, plural(e->protocol.phase_count));
    else
        (void)printf("%g ms\n", (double)e->duration * hk_sim_tick_ms(e->sim));
}

static bool check(const struct hk_settings *settings, struct hk_err *err) {
    const struct hk_experiment_options options = hk_settings_experiment(settings);
    struct hk_experiment experiment;
    bool ok = hk_experiment_read(&experiment, &options, err);
    if (ok) print_summary(&experiment);
    hk_experiment_finish(&experiment);
    return ok;
}

const struct hk_command hk_command_check = {
    .name = "check",
    .doc = "Read and check an experiment without running it",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .examples = {"check experiments/mnist-stdp-400.yaml",
                 "check my.yaml -D 'populations.exc.tau_m=20 ms'"},
    .options = HK_OPTION_DEFINE | HK_OPTION_SEED | HK_OPTION_VERBOSE,
    .run = check,
};
