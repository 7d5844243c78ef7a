/* Signals: numbers that the whole network can see, such as a reward or dopamine. A signal jumps
 * with the spikes of a population or when the caller says so, and decays exponentially between
 * jumps. */
#include "sim/sim_internal.h"

#include "sim/numeric.h"

#include <string.h>

struct hk_signal *hk_sim_find_signal(const struct hk_sim *sim, const char *name) {
    for (size_t i = 0; i < sim->signal_count; i++)
        if (strcmp(sim->signals[i]->name, name) == 0) return sim->signals[i];
    return NULL;
}

struct hk_signal *hk_sim_signal(const struct hk_sim *sim, size_t index) {
    return index < sim->signal_count ? sim->signals[index] : NULL;
}

const char *hk_signal_name(const struct hk_signal *signal) {
    return signal->name;
}

static bool fill_signal(struct hk_signal *signal, const struct hk_signal_spec *spec,
                        struct hk_err *err) {
    double tick_ms = signal->sim->options.tick_ms;
    if (!(spec->tau_ms >= 0.0))
        return HK_FAIL(err, HK_ERR_RANGE, "tau = %g ms, must be above 0", spec->tau_ms);
    signal->tau = spec->tau_ms > 0.0 ? spec->tau_ms : HUGE_VAL;
    signal->from = spec->from;
    signal->amount = spec->amount;
    if (!hk_tick_from_ms(spec->delay_ms, tick_ms, &signal->delay, err))
        return hk_err_context(err, "delay");
    hk_tick least = spec->from && spec->from->neuron ? 1 : 0;
    if (signal->delay >= least) return true;
    return HK_FAIL(err, HK_ERR_RANGE, "delay = %g ms, must be at least %g ms%s", spec->delay_ms,
                   (double)least * tick_ms, least ? ", one tick, from neurons" : "");
}

struct hk_signal *hk_sim_add_signal(struct hk_sim *sim, const struct hk_signal_spec *spec,
                                    struct hk_err *err) {
    HK_ASSERT(!sim->built);
    if (hk_sim_find_signal(sim, spec->name)) {
        (void)HK_FAIL(err, HK_ERR_CONFIG, "two signals are called %s", spec->name);
        return NULL;
    }
    if (sim->signal_count == HK_SIGNALS_MAX) {
        (void)HK_FAIL(err, HK_ERR_LIMIT, "more than %d signals", HK_SIGNALS_MAX);
        return NULL;
    }
    struct hk_signal *signal = HK_NEW(sim->arena, struct hk_signal, 1, err);
    if (!signal) return NULL;
    signal->sim = sim;
    if (!(signal->name = hk_arena_text(sim->arena, spec->name, err))) return NULL;
    if (!fill_signal(signal, spec, err)) {
        (void)hk_err_context(err, "%s", spec->name);
        return NULL;
    }
    sim->signals[sim->signal_count++] = signal;
    return signal;
}

bool hk_signal_build(struct hk_signal *signal, struct hk_err *err) {
    signal->copies = hk_arena_array(signal->sim->arena, (size_t)signal->sim->threads,
                                    sizeof *signal->copies, HK_CACHE_LINE, err);
    return signal->copies != NULL;
}

double hk_signal_at(const struct hk_signal *signal, int thread, hk_tick tick) {
    const struct hk_signal_copy *copy = &signal->copies[thread];
    double since = (double)(tick - copy->at) * signal->sim->options.tick_ms;
    return copy->value * hk_exp(-since / signal->tau);
}

double hk_signal_value(const struct hk_signal *signal) {
    return hk_signal_at(signal, 0, signal->sim->now);
}

/* What lies before the jump is done with the value from before it. */
static void jump(struct hk_signal *signal, int thread, hk_tick tick, double value) {
    const struct hk_sim *sim = signal->sim;
    for (size_t i = 0; i < sim->proj_count; i++)
        if (sim->projs[i]->signal == signal && hk_proj_lapses(sim->projs[i]))
            sim->learn->settle(sim->projs[i], thread, tick);
    signal->copies[thread].value = value;
    signal->copies[thread].at = tick;
}

void hk_signal_jump(struct hk_signal *signal, int thread, hk_tick tick, uint64_t spikes) {
    jump(signal, thread, tick,
         hk_signal_at(signal, thread, tick) + signal->amount * (double)spikes);
}

void hk_signals_advance(struct hk_sim *sim, int thread, hk_tick tick) {
    for (size_t i = 0; i < sim->signal_count; i++) {
        struct hk_signal *signal = sim->signals[i];
        hk_tick at = tick - signal->delay;
        uint64_t spikes = 0;
        const uint32_t *units;
        for (int owner = 0; signal->from && at > 0 && owner < sim->threads; owner++)
            spikes += hk_spikes(sim, signal->from, at, owner, &units);
        if (spikes) hk_signal_jump(signal, thread, tick, spikes);
    }
}

struct set {
    struct hk_signal *signal;
    double value;
};

static void set_copy(void *context, int thread) {
    const struct set *set = context;
    jump(set->signal, thread, set->signal->sim->now, set->value);
}

void hk_signal_set(struct hk_signal *signal, double value) {
    HK_ASSERT(signal->sim->built);
    hk_pool_run(signal->sim->pool, set_copy, &(struct set){signal, value});
}
