#include "sim/protocol.h"

#include <string.h>

/* A read-out with what it has learned. A running one has a second set: predictions come from the
 * labels of the window before. */
struct reader {
    struct hk_readout state;
    const struct hk_readout_model *model;
    bool labelled;
    size_t learned; /* presentations since labels were last assigned */
};

struct runner {
    struct hk_sim *sim;
    const struct hk_protocol *protocol;
    const struct hk_protocol_listener *listener;
    struct hk_arena *arena;
    struct reader *readers; /* [readout_count] */
    size_t pop_count;
    /* of the running phase */
    struct hk_phase_report report;
    uint64_t *confusion, *spikes;
    bool *recent;  /* [phase->average]: was the presentation judged right */
    size_t *order; /* the epoch's samples */
    double (*rewards)[HK_REWARD_STATE_MAX]; /* [reward_count] what each remembers */
    float *values;
    uint64_t number; /* of the next presentation: keys its random numbers */
};

static bool takes_sample(const struct hk_phase *phase, size_t sample) {
    return phase->of_class < 0 || phase->samples->labels[sample] == phase->of_class;
}

size_t hk_phase_total(const struct hk_phase *phase) {
    size_t all = phase->samples->count;
    for (size_t i = 0; phase->of_class >= 0 && i < phase->samples->count; i++)
        all -= !takes_sample(phase, i);
    size_t left = all > phase->skip ? all - phase->skip : 0;
    size_t take = phase->take && phase->take < left ? phase->take : left;
    return take * phase->epochs;
}

size_t hk_phase_sample(const struct hk_phase *phase, size_t index) {
    size_t passed = phase->skip + index, sample = 0;
    if (phase->of_class < 0) return passed;
    while (!takes_sample(phase, sample) || passed-- > 0) sample++;
    return sample;
}

/* ---- read-outs ---- */

static bool open_reader(struct runner *run, const struct hk_readout_spec *spec,
                        struct reader *reader, struct hk_err *err) {
    size_t units = hk_pop_size(spec->pop), classes = spec->classes;
    if (spec->model->check && !spec->model->check(spec->param, units, classes, err))
        return hk_err_context(err, "%s", spec->name);
    reader->model = spec->model;
    reader->state = (struct hk_readout){.param = spec->param, .units = units, .classes = classes};
    reader->state.sums = HK_NEW(run->arena, double, units *classes, err);
    reader->state.shown = HK_NEW(run->arena, double, classes, err);
    reader->state.assigned = HK_NEW(run->arena, int32_t, units, err);
    if (!reader->state.sums || !reader->state.shown || !reader->state.assigned) return false;
    for (size_t i = 0; i < units; i++) reader->state.assigned[i] = -1;
    if (spec->model->start) spec->model->start(&reader->state);
    reader->labelled = !spec->model->needs_labels;
    return true;
}

static void forget(struct reader *reader) {
    struct hk_readout *state = &reader->state;
    memset(state->sums, 0, state->units * state->classes * sizeof *state->sums);
    memset(state->shown, 0, state->classes * sizeof *state->shown);
    reader->learned = 0;
}

static void teach(struct reader *reader, const uint32_t *counts, int label) {
    if (reader->model->learn) reader->model->learn(&reader->state, counts, (size_t)label);
    reader->learned++;
}

static void assign(struct reader *reader) {
    if (reader->model->assign) reader->model->assign(&reader->state);
    reader->labelled = true;
}

static void judge(struct runner *run, int predicted) {
    struct hk_phase_report *r = &run->report;
    bool right = predicted == r->label;
    size_t column = predicted < 0 ? r->classes : (size_t)predicted;
    bool *recent = &run->recent[r->judged % r->phase->average];
    r->predicted = predicted;
    run->confusion[(size_t)r->label * (r->classes + 1) + column]++;
    if (r->recent == r->phase->average)
        r->recent_correct -= *recent;
    else
        r->recent++;
    *recent = right;
    r->recent_correct += right;
    r->judged++;
    r->correct += right;
}

static void read_out(struct runner *run, const struct hk_phase *phase) {
    struct reader *reader = &run->readers[phase->readout];
    const struct hk_readout_spec *spec = &run->protocol->readouts[phase->readout];
    const uint32_t *counts = hk_pop_counts(spec->pop);
    if (phase->use == HK_READOUT_EVALUATE || (phase->use == HK_READOUT_RUNNING && reader->labelled))
        judge(run, reader->model->predict(&reader->state, counts));
    if (phase->use == HK_READOUT_EVALUATE) return;
    teach(reader, counts, run->report.label);
    if (phase->use == HK_READOUT_RUNNING && reader->learned >= phase->running_window) {
        assign(reader);
        forget(reader);
    }
}

/* ---- presentations ---- */

static bool prepare(struct runner *run, const struct hk_phase *phase, struct hk_err *err) {
    const struct hk_protocol *protocol = run->protocol;
    if (phase->reset) hk_sim_reset_state(run->sim);
    for (size_t i = 0; i < protocol->normalise_count; i++) {
        const struct hk_normalise *n = &protocol->normalise[i];
        for (size_t k = 0; hk_sim_projection(run->sim, k); k++)
            if (hk_sim_projection(run->sim, k) == n->proj && phase->learn[k] &&
                !hk_proj_normalise(n->proj, n->total, err))
                return false;
    }
    return true;
}

static uint64_t count_spikes(const struct hk_pop *pop) {
    const uint32_t *counts = hk_pop_counts(pop);
    uint64_t sum = 0;
    for (hk_neuron i = 0; i < hk_pop_size(pop); i++) sum += counts[i];
    return sum;
}

/* A piece of `show`; the counts of it stay until the next that isn't empty. */
static bool run_piece(struct runner *run, hk_tick ticks, struct hk_err *err) {
    if (ticks == 0) return true;
    for (size_t i = 0; i < run->pop_count; i++) hk_pop_clear_counts(hk_sim_population(run->sim, i));
    if (!hk_sim_run(run->sim, ticks, err)) return false;
    for (size_t i = 0; i < run->pop_count; i++)
        run->spikes[i] += count_spikes(hk_sim_population(run->sim, i));
    run->report.shown += ticks;
    return true;
}

/* The rest of `show`, with the reward for the answer. */
static bool run_reward(struct runner *run, const struct hk_phase *phase, struct hk_err *err) {
    const struct hk_reward_spec *reward = phase->reward;
    hk_tick ticks = phase->show - phase->read_to;
    if (!reward) return run_piece(run, ticks, err);
    double *state = run->rewards[reward - run->protocol->rewards];
    bool right = run->report.predicted == run->report.label;
    double value = reward->model->give(reward->param, state, right);
    hk_signal_set(reward->signal, value);
    if (!run_piece(run, ticks, err)) return false;
    hk_signal_set(reward->signal, 0.0);
    if (reward->model->after)
        reward->model->after(reward->param, state,
                             value * (double)ticks * hk_sim_tick_ms(run->sim));
    return true;
}

/* Show the sample and look at the answer; *enough: it isn't to be shown again. */
static bool show(struct runner *run, const struct hk_phase *phase, double gain, bool last,
                 bool *enough, struct hk_err *err) {
    struct hk_sim *sim = run->sim;
    if (!hk_sim_present(sim, run->values, phase->samples->size, phase->show, gain, run->number++,
                        err) ||
        !run_piece(run, phase->read_from, err) ||
        !run_piece(run, phase->read_to - phase->read_from, err))
        return false;
    *enough = last || !phase->retry_pop || count_spikes(phase->retry_pop) >= phase->retry_below;
    if (!*enough) return run_piece(run, phase->show - phase->read_to, err);
    if (phase->use != HK_READOUT_NONE) read_out(run, phase);
    if (!run_reward(run, phase, err)) return false;
    return !phase->teach ||
           hk_sim_teach(sim, phase->teach, (hk_neuron)run->report.label, run->report.epoch, err);
}

static bool present(struct runner *run, const struct hk_phase *phase, struct hk_err *err) {
    double gain = 1.0;
    bool enough = false;
    for (uint32_t tries = 0;; tries++, gain += phase->retry_gain) {
        bool last = tries == phase->retry_most;
        if (!prepare(run, phase, err) || !show(run, phase, gain, last, &enough, err)) return false;
        if (!hk_sim_run(run->sim, phase->rest, err)) return false;
        if (enough) return true;
        run->report.retries++;
    }
}

/* ---- phases ---- */

/* Fisher & Yates, keyed by (seed, phase, epoch). */
static void shuffle(const struct runner *run, const struct hk_phase *phase, size_t epoch,
                    size_t count) {
    struct hk_stream stream = hk_stream_make(run->protocol->seed, "shuffle", phase->name);
    struct hk_draws draws = hk_draws_at(stream, epoch, 0);
    for (size_t i = count; i > 1; i--) {
        size_t k = hk_draws_below(&draws, (uint32_t)i), swap = run->order[k];
        run->order[k] = run->order[i - 1];
        run->order[i - 1] = swap;
    }
}

static void list_samples(struct runner *run, const struct hk_phase *phase, size_t count) {
    size_t passed = 0, listed = 0;
    for (size_t i = 0; listed < count; i++) {
        if (!takes_sample(phase, i)) continue;
        if (passed++ >= phase->skip) run->order[listed++] = i;
    }
}

static int label_of(const struct hk_phase *phase, size_t sample) {
    if (phase->wanted >= 0) return phase->wanted;
    return phase->samples->labels ? phase->samples->labels[sample] : -1;
}

static bool run_epoch(struct runner *run, const struct hk_phase *phase, size_t epoch, size_t count,
                      struct hk_err *err) {
    const struct hk_protocol_listener *listener = run->listener;
    struct hk_phase_report *report = &run->report;
    list_samples(run, phase, count);
    if (phase->shuffle) shuffle(run, phase, epoch, count);
    for (size_t i = 0; i < count; i++) {
        report->epoch = epoch;
        report->sample = run->order[i];
        report->label = label_of(phase, run->order[i]);
        report->predicted = -1;
        hk_samples_get(phase->samples, run->order[i], run->values);
        if (!present(run, phase, err)) return false;
        report->done++;
        if (listener->presented && !listener->presented(listener->context, report, err))
            return false;
    }
    return true;
}

static bool open_phase(struct runner *run, const struct hk_phase *phase, size_t index,
                       struct hk_err *err) {
    bool reads = phase->use != HK_READOUT_NONE;
    size_t classes =
        reads ? run->protocol->readouts[phase->readout].classes : phase->samples->classes;
    if (phase->use == HK_READOUT_EVALUATE && !run->readers[phase->readout].labelled)
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "phase %s: read-out %s has no labels yet; a phase before it "
                       "must say `label: %s`",
                       phase->name, run->protocol->readouts[phase->readout].name,
                       run->protocol->readouts[phase->readout].name);
    run->confusion = HK_NEW(run->arena, uint64_t, classes * (classes + 1), err);
    run->spikes = HK_NEW(run->arena, uint64_t, run->pop_count, err);
    if (!run->confusion || !run->spikes) return false;
    run->report = (struct hk_phase_report){.phase = phase,
                                           .total = hk_phase_total(phase),
                                           .label = -1,
                                           .predicted = -1,
                                           .classes = classes,
                                           .before = hk_sim_count(run->sim),
                                           .confusion = run->confusion,
                                           .spikes = run->spikes};
    /* Each phase has its own random numbers, whatever happened before it. */
    run->number = (uint64_t)index << 27;
    for (size_t k = 0; hk_sim_projection(run->sim, k); k++)
        hk_proj_set_learning(hk_sim_projection(run->sim, k), phase->learn[k]);
    hk_sim_set_adapting(run->sim, phase->adapt);
    hk_sim_set_dropping(run->sim, phase->drop);
    if (phase->use == HK_READOUT_LABEL || phase->use == HK_READOUT_RUNNING)
        forget(&run->readers[phase->readout]);
    return true;
}

static bool run_phase(struct runner *run, const struct hk_phase *phase, size_t index,
                      struct hk_err *err) {
    const struct hk_protocol_listener *listener = run->listener;
    if (!open_phase(run, phase, index, err)) return false;
    if (listener->phase_begin && !listener->phase_begin(listener->context, phase, index, err))
        return false;
    bool ok = true;
    size_t count = run->report.total / phase->epochs;
    for (size_t epoch = 0; ok && epoch < phase->epochs; epoch++)
        ok = run_epoch(run, phase, epoch, count, err);
    if (ok && phase->use == HK_READOUT_LABEL) assign(&run->readers[phase->readout]);
    if (listener->phase_end && !listener->phase_end(listener->context, &run->report, err))
        ok = false;
    return ok;
}

static bool open_runner(struct runner *run, struct hk_err *err) {
    const struct hk_protocol *protocol = run->protocol;
    size_t samples = 0, values = 0, recent = 1;
    while (hk_sim_population(run->sim, run->pop_count)) run->pop_count++;
    for (size_t i = 0; i < protocol->phase_count; i++) {
        const struct hk_phase *phase = &protocol->phases[i];
        size_t count = hk_phase_total(phase) / phase->epochs;
        if (count == 0)
            return HK_FAIL(err, HK_ERR_DATA,
                           "phase %s: no samples are left after the first %zu of %zu", phase->name,
                           phase->skip, phase->samples->count);
        if (count > samples) samples = count;
        if (phase->samples->size > values) values = phase->samples->size;
        HK_ASSERT(phase->average > 0 && phase->average <= HK_RECENT_MAX);
        if (phase->average > recent) recent = phase->average;
    }
    run->recent = HK_NEW(run->arena, bool, recent, err);
    run->rewards = hk_arena_array(run->arena, protocol->reward_count, sizeof *run->rewards,
                                  _Alignof(double), err);
    run->order = HK_NEW(run->arena, size_t, samples, err);
    run->values = HK_NEW(run->arena, float, values, err);
    run->readers = HK_NEW(run->arena, struct reader, protocol->readout_count, err);
    if (!run->order || !run->values || !run->readers || !run->recent || !run->rewards) return false;
    for (size_t i = 0; i < protocol->reward_count; i++)
        if (protocol->rewards[i].model->start)
            protocol->rewards[i].model->start(protocol->rewards[i].param, run->rewards[i]);
    for (size_t i = 0; i < protocol->readout_count; i++)
        if (!open_reader(run, &protocol->readouts[i], &run->readers[i], err)) return false;
    return true;
}

bool hk_protocol_run(struct hk_sim *sim, const struct hk_protocol *protocol,
                     const struct hk_protocol_listener *listener, struct hk_err *err) {
    bool ok = false;
    struct runner run = {.sim = sim, .protocol = protocol, .listener = listener};
    if (!(run.arena = hk_arena_create(err))) return false;
    if (!open_runner(&run, err)) goto done;
    for (size_t i = 0; i < protocol->phase_count; i++)
        if (!run_phase(&run, &protocol->phases[i], i, err)) goto done;
    ok = true;
done:
    hk_arena_destroy(run.arena);
    return ok;
}
