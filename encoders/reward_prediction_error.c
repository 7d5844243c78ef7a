/* Reward that is less the more it was expected (BioLCNet: Ghaemi et al. 2021, arXiv 2109.05539, as
 * in the authors' code). The signal is +r after a right answer and -p after a wrong one. With A the
 * integral of the signal over the presentation and R its running mean over about `window` of them,
 *   R <- (1 - 1/window) R + A / window,
 *   r <- r - rate (A - R),   p <- p + rate (A - R),   both within [least, most]. */
#include "sim/reward_model.h"

struct prediction_error {
    double right, wrong, rate, window, least, most;
};
enum { RIGHT, WRONG, MEAN, STATES };

static const struct hk_param params[] = {
    {"right", "1", "first value of the reward r", 1.0, 0.0, 1e9,
     offsetof(struct prediction_error, right), HK_REAL, NULL},
    {"wrong", "1", "first value of the punishment p", 1.0, 0.0, 1e9,
     offsetof(struct prediction_error, wrong), HK_REAL, NULL},
    {"rate", "1", "how far both move for an error of 1 ms", 5e-4, 0.0, 1e9,
     offsetof(struct prediction_error, rate), HK_REAL, NULL},
    {"window", "1", "presentations that the expectation is over", 10.0, 1.0, 1e9,
     offsetof(struct prediction_error, window), HK_REAL, NULL},
    {"least", "1", "lower bound of both", 0.02, 0.0, 1e9, offsetof(struct prediction_error, least),
     HK_REAL, NULL},
    {"most", "1", "upper bound of both", 50.0, 0.0, 1e9, offsetof(struct prediction_error, most),
     HK_REAL, NULL},
};

static void prediction_error_start(const void *param, double *state) {
    const struct prediction_error *p = param;
    state[RIGHT] = p->right;
    state[WRONG] = p->wrong;
    state[MEAN] = 0.0;
}

static double prediction_error_give(const void *param, const double *state, bool right) {
    (void)param;
    return right ? state[RIGHT] : -state[WRONG];
}

static void prediction_error_after(const void *param, double *state, double total) {
    const struct prediction_error *p = param;
    state[MEAN] += (total - state[MEAN]) / p->window;
    double surprise = p->rate * (total - state[MEAN]);
    state[RIGHT] = fmin(fmax(state[RIGHT] - surprise, p->least), p->most);
    state[WRONG] = fmin(fmax(state[WRONG] + surprise, p->least), p->most);
}

const struct hk_reward_model hk_reward_prediction_error = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "prediction-error",
             .doc = "reward falls and punishment grows where rewards were expected",
             HK_PARAMS(params, struct prediction_error)},
    .state_count = STATES,
    .start = prediction_error_start,
    .give = prediction_error_give,
    .after = prediction_error_after,
};
