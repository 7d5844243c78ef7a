/* What happens: phases, lessons, rewards, and what is kept of it. */
#include "cli/explain.h"

#include <string.h>

static bool adapts_slowly(const struct hk_sim *sim) {
    const struct hk_pop *pop;
    const struct hk_column *info;
    for (size_t i = 0; (pop = hk_sim_population(sim, i)); i++)
        for (size_t c = 0; (info = hk_pop_column_info(pop, c)); c++)
            if (info->slow) return true;
    return false;
}

static void add_learning(struct hk_explanation *x, const struct hk_phase *phase) {
    const struct hk_proj *proj;
    const char *between = " Learning:";
    for (size_t i = 0; (proj = hk_sim_projection(x->e->sim, i)); i++) {
        if (!phase->learn[i] || !hk_proj_is_plastic(proj)) continue;
        hk_prose_add(&x->prose, "%s %s", between, hk_proj_name(proj));
        between = ",";
    }
    hk_prose_add(&x->prose, "%s", strcmp(between, ",") == 0 ? "." : " Weights stay as they are.");
    if (!phase->adapt && adapts_slowly(x->e->sim))
        hk_prose_add(&x->prose, " Slow adaptation is frozen.");
}

static void add_readout(struct hk_explanation *x, const struct hk_phase *phase) {
    static const char *const uses[] = {[HK_READOUT_LABEL] =
                                           "learns which class each unit stands for",
                                       [HK_READOUT_EVALUATE] = "predicts the classes",
                                       [HK_READOUT_RUNNING] =
                                           "predicts the classes with what was shown before"};
    if (phase->use == HK_READOUT_NONE) return;
    const struct hk_readout_spec *readout = &x->e->protocol.readouts[phase->readout];
    hk_prose_add(&x->prose, " The read-out %s (%s: %s, from %s) %s.", readout->name,
                 readout->model->base.name, readout->model->base.doc, hk_pop_name(readout->pop),
                 uses[phase->use]);
}

/* Where in the presentation answers are read, and what is given for them. */
static void add_answer(struct hk_explanation *x, const struct hk_phase *phase) {
    char from[HK_EXPLAIN_SIZE], to[HK_EXPLAIN_SIZE];
    bool whole = phase->read_from == 0 && phase->read_to == phase->show;
    if (!whole)
        hk_prose_add(&x->prose, " Spikes count from %s to %s of it.",
                     hk_explain_time(x, phase->read_from, from),
                     hk_explain_time(x, phase->read_to, to));
    if (phase->use == HK_READOUT_NONE) return;
    if (phase->wanted >= 0)
        hk_prose_add(&x->prose, " The right answer is %d, whatever is shown.", phase->wanted);
    if (phase->curve)
        hk_prose_add(&x->prose, " The running score is over %zu presentations.", phase->average);
    if (!phase->reward) return;
    hk_prose_add(&x->prose, " For the answer the signal %s is given from %s to the end.",
                 hk_signal_name(phase->reward->signal), hk_explain_time(x, phase->read_to, from));
}

static void add_lessons(struct hk_explanation *x, const struct hk_phase *phase) {
    const struct hk_node *map = hk_node_get(x->e->root, "populations")->first;
    const char *between = " Silent in part:";
    if (phase->teach)
        hk_prose_add(&x->prose,
                     " At the end of each, the unit of %s that stands for the right answer should "
                     "have fired; errors go back from there, and what they reach learns.",
                     hk_pop_name(phase->teach));
    for (; map && phase->drop; map = map->next) {
        if (!(hk_explain_dropout(x, map) > 0.0)) continue;
        hk_prose_add(&x->prose, "%s %s", between, map->key);
        between = ",";
    }
    if (*between == ',') hk_prose_add(&x->prose, ".");
}

static void explain_phase(struct hk_explanation *x, const struct hk_phase *phase) {
    const struct hk_experiment *e = x->e;
    bool train = phase->samples == &e->data.train;
    size_t total = hk_phase_total(phase), samples = total / phase->epochs;
    char show[HK_EXPLAIN_SIZE], rest[HK_EXPLAIN_SIZE];
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "%s: samples %zu to %zu", phase->name, phase->skip,
                 phase->skip + samples - 1);
    if (phase->of_class >= 0) hk_prose_add(&x->prose, " of class %d", phase->of_class);
    hk_prose_add(&x->prose, " of the %s set of %s, ", train ? "training" : "test", e->data.name);
    if (phase->epochs > 1)
        hk_prose_add(&x->prose, "%zu times, ", phase->epochs);
    else
        hk_prose_add(&x->prose, "once, ");
    hk_prose_add(&x->prose, "%s; each is shown for %s",
                 phase->shuffle ? "in a new random order each time" : "in their order",
                 hk_explain_time(x, phase->show, show));
    if (phase->rest)
        hk_prose_add(&x->prose, ", followed by %s of silence",
                     hk_explain_time(x, phase->rest, rest));
    hk_prose_add(&x->prose, ".");
    if (phase->reset) hk_prose_add(&x->prose, " The state is reset before each.");
    if (phase->retry_pop)
        hk_prose_add(&x->prose,
                     " A sample that fewer than %u spikes of %s answer is shown again, up to %u "
                     "times, each with a gain that is %g higher.",
                     phase->retry_below, hk_pop_name(phase->retry_pop), phase->retry_most,
                     phase->retry_gain);
    add_learning(x, phase);
    add_lessons(x, phase);
    add_readout(x, phase);
    add_answer(x, phase);
}

/* ---- what is kept ---- */

static void add_names(struct hk_explanation *x, const char *const *names, size_t count) {
    for (size_t k = 0; k < count; k++) hk_prose_add(&x->prose, "%s %s", k ? "," : " in", names[k]);
}

/* "spikes of exc, inh", "v of exc", "weights of input->exc in 50 bins", "rates of exc, inh" */
static void add_what(struct hk_explanation *x, const struct hk_record *record) {
    static const char *const what[] = {[HK_RECORD_SPIKES] = "spikes", [HK_RECORD_RATE] = "rates"};
    const struct hk_histogram *h = &record->histogram;
    if (record->kind == HK_RECORD_WEIGHTS)
        hk_prose_add(&x->prose, " weights of %s", hk_proj_name(record->proj));
    else if (record->kind == HK_RECORD_STATE)
        hk_prose_add(&x->prose, " %s of",
                     hk_pop_column_info(record->pops[0], record->column)->name);
    else
        hk_prose_add(&x->prose, " %s of", what[record->kind]);
    for (size_t i = 0; i < record->pop_count; i++)
        hk_prose_add(&x->prose, "%s %s", i ? "," : "", hk_pop_name(record->pops[i]));
    if (record->only_count > 0) hk_prose_add(&x->prose, ", %zu units", record->only_count);
    if (h->bins > 0) hk_prose_add(&x->prose, " counted in %zu bins", h->bins);
    if (h->has_range)
        hk_prose_add(&x->prose, " from %g to %g %s", h->low, h->high,
                     hk_proj_weight_unit(record->proj));
}

static void add_when(struct hk_explanation *x, const struct hk_record *record) {
    char time[HK_EXPLAIN_SIZE];
    bool until = record->to < INT64_MAX;
    if (record->on) hk_prose_add(&x->prose, ", when a unit of %s fires", hk_pop_name(record->on));
    if (record->every > 0)
        hk_prose_add(&x->prose, ", every %s", hk_explain_time(x, record->every, time));
    if (record->samples > 0)
        hk_prose_add(&x->prose, ", every %zu sample%s", record->samples,
                     record->samples == 1 ? "" : "s");
    if (record->bin > 0)
        hk_prose_add(&x->prose, " in bins of %s", hk_explain_time(x, record->bin, time));
    if (record->from > 0)
        hk_prose_add(&x->prose, ", from %s", hk_explain_time(x, record->from, time));
    if (until)
        hk_prose_add(&x->prose, "%s %s", record->from > 0 ? " to" : ", until",
                     hk_explain_time(x, record->to, time));
    add_names(x, record->phases, record->phase_count);
}

static void explain_record(struct hk_explanation *x) {
    const struct hk_records *records = &x->e->records;
    if (records->count == 0) return;
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "Recorded:");
    for (size_t i = 0; i < records->count; i++) {
        const struct hk_record *record = &records->list[i];
        if (i > 0) hk_prose_add(&x->prose, ";");
        if (record->name) hk_prose_add(&x->prose, " as %s,", record->name);
        add_what(x, record);
        add_when(x, record);
    }
    hk_prose_add(&x->prose, ".");
}

/* "Measured: rate, fano of exc; rate of inh, from 200 ms to the end, counted in bins of 1 ms." */
static void explain_report(struct hk_explanation *x) {
    const struct hk_reports *reports = &x->e->reports;
    hk_tick last = x->e->duration ? x->e->duration : INT64_MAX;
    char from[HK_EXPLAIN_SIZE], to[HK_EXPLAIN_SIZE], bin[HK_EXPLAIN_SIZE];
    if (reports->count == 0) return;
    hk_prose_begin(&x->prose, 2);
    hk_prose_add(&x->prose, "Measured:");
    for (size_t i = 0; i < reports->count; i++) {
        const struct hk_report *report = &reports->list[i];
        const char *between = i ? ";" : "";
        for (size_t m = 0; m < HK_SPIKES_MEASURES; m++) {
            if (!report->wanted[m]) continue;
            hk_prose_add(&x->prose, "%s %s", between, hk_spike_measure_names[m]);
            between = ",";
        }
        hk_prose_add(&x->prose, " of %s", hk_pop_name(report->pop));
    }
    hk_prose_add(&x->prose, ", from %s to %s, counted in bins of %s",
                 hk_explain_time(x, reports->window.from, from),
                 reports->window.to == last ? "the end"
                                            : hk_explain_time(x, reports->window.to, to),
                 hk_explain_time(x, reports->window.bin, bin));
    add_names(x, reports->phases, reports->phase_count);
    hk_prose_add(&x->prose, ".");
}

void hk_explain_protocol(struct hk_explanation *x) {
    const struct hk_experiment *e = x->e;
    char value[HK_EXPLAIN_SIZE];
    hk_prose_begin(&x->prose, 0);
    if (e->duration)
        hk_prose_add(&x->prose, "%s are simulated.", hk_explain_time(x, e->duration, value));
    if (hk_node_path(e->root, "data.crop"))
        hk_prose_add(&x->prose, "Of each image, the central %s are shown.",
                     hk_explain_value(x, hk_node_path(e->root, "data.crop"), "1", value));
    for (size_t i = 0; i < e->protocol.phase_count; i++) explain_phase(x, &e->protocol.phases[i]);
    explain_record(x);
    explain_report(x);
}
