#include "cli/reading.h"

#include "cli/failure.h"
#include "io/warnings.h"

/* A failure that says nothing more. */
static void tell(const struct hk_experiment *experiment, const struct hk_settings *settings,
                 struct hk_err *err) {
    if (settings->json) return;
    hk_diagnostics_print(&experiment->diagnostics, settings->verbose, stderr);
    if (err) err->message[0] = '\0';
}

bool hk_open_experiment(struct hk_experiment *experiment,
                        const struct hk_experiment_options *options,
                        const struct hk_settings *settings, struct hk_err *err) {
    if (hk_experiment_read(experiment, options, err)) return true;
    if (experiment->diagnostics.errors > 0) tell(experiment, settings, err);
    return false;
}

bool hk_judge_experiment(struct hk_experiment *experiment, const struct hk_settings *settings,
                         struct hk_err *err) {
    struct hk_diagnostics *list = &experiment->diagnostics;
    bool harden = settings->warnings != NULL;
    if (settings->quiet && !harden) return true;
    if (!hk_experiment_warn(experiment, err)) return false;
    if (harden) hk_diagnostics_harden(list);
    if (list->errors == 0) {
        tell(experiment, settings, NULL);
        return true;
    }
    hk_diagnostics_fail(list, err);
    tell(experiment, settings, err);
    return false;
}
