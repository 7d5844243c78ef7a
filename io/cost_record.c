#include "io/cost_record.h"

#include "io/cost.h"
#include "io/weights.h"
#include "sim/estimate.h"

#include <math.h>

/* Of the bytes of times, rates and counts: many are alike. */
static const double number_part = 0.2;

struct output {
    const struct hk_experiment *experiment;
    const struct hk_record *record;
    const double *spikes;
    double steps;
    /* What is recorded of it, over all phases. */
    double ticks, presentations, begins;
};

/* A plain duration, or one phase of `ticks`. */
static void add_time(struct output *o, double ticks, double presentations) {
    const struct hk_record *record = o->record;
    double to = fmin((double)record->to, ticks), from = (double)record->from;
    if (to > from) o->ticks += to - from;
    o->presentations += presentations;
    o->begins++;
}

static void find_time(struct output *o) {
    const struct hk_experiment *e = o->experiment;
    if (e->duration) add_time(o, (double)e->duration, 0.0);
    for (size_t i = 0; !e->duration && i < e->protocol.phase_count; i++) {
        const struct hk_phase *phase = &e->protocol.phases[i];
        double shown = (double)hk_phase_total(phase);
        if (hk_record_is_in(o->record, phase->name))
            add_time(o, shown * (double)(phase->show + phase->rest), shown);
    }
}

static double spikes_of(const struct output *o, const struct hk_pop *pop) {
    size_t index = 0;
    while (hk_sim_population(o->experiment->sim, index) != pop) index++;
    return o->spikes[index] * o->ticks / o->steps;
}

static double units_of(const struct output *o, const struct hk_pop *pop) {
    return o->record->only_count ? (double)o->record->only_count : (double)hk_pop_size(pop);
}

/* A frame whenever something fires is at most one a tick. */
static double frames_of(const struct output *o) {
    const struct hk_record *record = o->record;
    if (record->on) return fmin(o->ticks, spikes_of(o, record->on));
    if (record->samples) return o->begins + floor(o->presentations / (double)record->samples);
    return ceil(o->ticks / (double)record->every);
}

static double value_size(const struct output *o) {
    return (double)hk_element_size(hk_precision_element(o->experiment->sim));
}

static double bytes_of(const struct output *o) {
    const struct hk_record *record = o->record;
    double bytes = 0.0, synapses = 0.0, numbers = number_part * sizeof(double);
    switch (record->kind) {
    case HK_RECORD_SPIKES:
        for (size_t i = 0; i < record->pop_count; i++)
            bytes += HK_COST_RECORD * spikes_of(o, record->pops[i]) * units_of(o, record->pops[i]) /
                     hk_pop_size(record->pops[i]);
        return bytes;
    case HK_RECORD_STATE:
        return frames_of(o) *
               (numbers + HK_COST_VALUE * value_size(o) * units_of(o, record->pops[0]));
    case HK_RECORD_WEIGHTS:
        if (!hk_proj_expect(record->proj, &synapses, NULL)) return 0.0;
        if (record->histogram.bins) return frames_of(o) * numbers * (double)record->histogram.bins;
        return frames_of(o) * HK_COST_VALUE * value_size(o) * synapses;
    case HK_RECORD_RATE:
        return o->ticks / (double)record->bin * numbers * (double)(record->pop_count + 1);
    }
    return 0.0;
}

double hk_cost_record(const struct hk_experiment *experiment, const double *spikes, double steps) {
    double bytes = 0.0;
    for (size_t i = 0; i < experiment->records.count; i++) {
        struct output o = {.experiment = experiment,
                           .record = &experiment->records.list[i],
                           .spikes = spikes,
                           .steps = steps};
        find_time(&o);
        bytes += bytes_of(&o);
    }
    return bytes;
}
