#include "io/rerun.h"

struct rerun {
    const struct hk_sim *sim;
    hk_tick until;
    bool enough;
};

static bool presented(void *context, const struct hk_phase_report *report, struct hk_err *err) {
    struct rerun *rerun = context;
    (void)report;
    rerun->enough = hk_sim_now(rerun->sim) >= rerun->until;
    return !rerun->enough || HK_FAIL(err, HK_ERR_INTERRUPT, "far enough");
}

bool hk_experiment_rerun(struct hk_experiment *experiment, hk_tick until, struct hk_err *err) {
    struct rerun rerun = {.sim = experiment->sim, .until = until};
    const struct hk_protocol_listener listener = {.context = &rerun, .presented = presented};
    struct hk_err why = {.code = HK_OK};
    if (experiment->duration)
        return hk_sim_run(experiment->sim,
                          until < experiment->duration ? until : experiment->duration, err);
    if (hk_protocol_run(experiment->sim, &experiment->protocol, &listener, &why) || rerun.enough)
        return true;
    if (err) *err = why;
    return false;
}
