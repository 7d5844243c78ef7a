/* Watching state while it changes: what a recorder sees of a column, frame by frame.
 *
 *     watch = hk_pop_watch(pop, &spec, err);     after hk_sim_build
 *     hk_watch_begin(watch, from, to, err);      frames of the ticks from .. to - 1
 *     hk_sim_run(sim, ticks, err);               the watcher gets them after each window
 *
 * Frames are exact whatever the window is: each thread copies what it owns at the end of the tick,
 * into memory of its own, and thread 0 puts the copies together while the others go on. They are
 * the same for any number of threads. Who isn't watched pays nothing. */
#ifndef HK_SIM_WATCH_H
#define HK_SIM_WATCH_H

#include "sim/sim.h"

struct hk_watch;

/* The units' values after `tick`: float or double, as the simulation's precision says, [count].
 * Lent during the call. False ends the run: set err. */
typedef bool hk_watcher(void *context, hk_tick tick, const void *values, struct hk_err *err);

struct hk_watch_spec {
    size_t column;
    const hk_neuron *units; /* ascending; copied */
    size_t count;
    hk_tick every; /* frames at from, from + every ...; 0: only those of hk_watch_now */
    const struct hk_pop *trigger; /* and of these, where a unit of it fires; NULL: all */
    hk_watcher *watcher;
    void *context;
};
/* Not begun: there are no frames yet. Lives as long as the simulation. NULL on failure. */
struct hk_watch *hk_pop_watch(struct hk_pop *pop, const struct hk_watch_spec *spec,
                              struct hk_err *err) HK_MUST_USE;
/* From now on these frames, and no others; the state as it is counts where `from` is now. Between
 * runs. Errors: what the watcher returns. */
bool hk_watch_begin(struct hk_watch *watch, hk_tick from, hk_tick to,
                    struct hk_err *err) HK_MUST_USE;
/* Tell the watcher of the state as it is, between runs. */
bool hk_watch_now(struct hk_watch *watch, struct hk_err *err) HK_MUST_USE;

/* Called after each window, behind listeners and watchers, with the tick that was reached. */
typedef bool hk_follower(void *context, hk_tick reached, struct hk_err *err);
void hk_sim_follow(struct hk_sim *sim, hk_follower *follower, void *context);

#endif
