/* `hillock config resolve`: the experiment as it is run, with nothing left to be looked up. */
#include "cli/command.h"

#include "cli/reading.h"
#include "io/nearest.h"
#include "io/tree_write.h"

#include <string.h>

static bool print_resolved(const struct hk_experiment *experiment, struct hk_err *err) {
    struct hk_block text = {0};
    bool ok = hk_tree_write(experiment->root, &text, err);
    if (ok) (void)fputs(text.data, stdout);
    hk_block_finish(&text);
    return ok;
}

static bool resolve(const struct hk_settings *settings, struct hk_err *err) {
    struct hk_experiment_options options = hk_settings_experiment(settings);
    struct hk_experiment experiment;
    options.path = settings->arguments[1];
    bool ok = hk_open_experiment(&experiment, &options, settings, err) &&
              print_resolved(&experiment, err);
    hk_experiment_finish(&experiment);
    return ok;
}

static bool config(const struct hk_settings *settings, struct hk_err *err) {
    static const char *const actions[] = {"resolve"};
    char hint[HK_HINT_SIZE];
    if (strcmp(settings->arguments[0], actions[0]) == 0) return resolve(settings, err);
    return HK_FAIL(err, HK_ERR_USAGE, "config: unknown action '%s'; %s", settings->arguments[0],
                   hk_nearest_hint(settings->arguments[0], actions, HK_COUNT(actions), hint));
}

const struct hk_command hk_command_config = {
    .name = "config",
    .doc = "Print an experiment with all defaults filled in",
    .arguments = "resolve FILE",
    .argument_min = 2,
    .argument_max = 2,
    .examples = {"config resolve experiments/brunel.yaml",
                 "config resolve my.yaml -D params.g=4 > resolved.yaml"},
    .options = HK_OPTION_DEFINE | HK_OPTION_SEED | HK_OPTION_VERBOSE,
    .run = config,
};
