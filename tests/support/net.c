#include "tests/support/net.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool ok, const struct hk_err *err) {
    if (!ok) ck_abort_msg("%s (%s:%d)", err->message, err->file, err->line);
}

static struct hk_sim *create(const struct hk_sim_options *options) {
    struct hk_err err = {0};
    struct hk_sim *sim = hk_sim_create(options, &err);
    must(sim != NULL, &err);
    return sim;
}

struct hk_sim *net_create(enum hk_precision precision, double tick_ms, int threads) {
    return create(&(struct hk_sim_options){.tick_ms = tick_ms,
                                           .seed = 1,
                                           .precision = precision,
                                           .threads = threads});
}

enum hk_precision net_precision = HK_SINGLE;

static void in_single(void) {
    net_precision = HK_SINGLE;
}

static void in_double(void) {
    net_precision = HK_DOUBLE;
}

TCase *net_case_of(Suite *suite, const char *name, enum hk_precision precision) {
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, precision == HK_DOUBLE ? in_double : in_single, NULL);
    suite_add_tcase(suite, tcase);
    return tcase;
}

struct hk_sim *net_create_exact(double tick_ms, int threads) {
    return create(&(struct hk_sim_options){.tick_ms = tick_ms,
                                           .clock = HK_CLOCK_EXACT,
                                           .seed = 1,
                                           .threads = threads});
}

/* The next word of *text that ends at `stop` or at the end, copied to word. */
static bool next_word(const char **text, char stop, char *word, size_t size) {
    if (!*text || !**text) return false;
    size_t length = strcspn(*text, (char[]){stop, '\0'});
    ck_assert_uint_lt(length, size);
    memcpy(word, *text, length);
    word[length] = '\0';
    *text += length + ((*text)[length] == stop);
    return true;
}

/* A word as double; true when it is one. */
static bool number(const char *word, double *value) {
    char *end;
    *value = strtod(word, &end);
    return end != word && !*end;
}

/* A text for as long as a few models are added. */
static const char *lasting(const char *text) {
    enum { TEXTS = 8 };
    static char room[TEXTS][64];
    static size_t next;
    char *copy = room[next++ % TEXTS];
    ck_assert_int_lt(snprintf(copy, sizeof room[0], "%s", text), (int)sizeof room[0]);
    return copy;
}

static void set_params(const struct hk_model *model, void *values, const char *settings,
                       char stop) {
    char word[128], *equals;
    struct hk_err err = {0};
    hk_params_default(model, values);
    while (next_word(&settings, stop, word, sizeof word)) {
        if (!(equals = strchr(word, '='))) continue;
        *equals = '\0';
        if (strcmp(word, "dropout") == 0) continue; /* of the population */
        const struct hk_param *param = hk_param_find(model, word);
        if (!param) ck_abort_msg("%s has no parameter %s", model->name, word);
        double value;
        if (param->kind == HK_TEXT)
            hk_param_set_text(param, values, lasting(equals + 1));
        else if (number(equals + 1, &value))
            must(hk_param_set(param, values, value, &err), &err);
        else
            must(hk_param_choose(param, values, equals + 1, &err), &err);
    }
}

static const struct hk_model *find(const struct hk_sim *sim, enum hk_model_kind kind,
                                   const char *name) {
    struct hk_err err = {0};
    const struct hk_model *model = hk_model_get(kind, name, hk_sim_precision(sim), &err);
    must(model != NULL, &err);
    return model;
}

enum { PARTS = 5, PARAM_SIZE = 512 };

struct parts {
    char names[PARTS][128];
    _Alignas(16) char params[PARTS][PARAM_SIZE];
    struct hk_receptor_spec receptors[PARTS];
    struct hk_drive_spec drives[PARTS];
    size_t receptor_count, drive_count;
};

static void read_receptors(const struct hk_sim *sim, const char *text, struct parts *parts) {
    char word[128], kernel[128];
    while (next_word(&text, ' ', word, sizeof word)) {
        const char *at = word;
        size_t i = parts->receptor_count++;
        ck_assert_uint_lt(i, PARTS);
        ck_assert(next_word(&at, ':', parts->names[i], sizeof parts->names[i]));
        ck_assert(next_word(&at, ':', kernel, sizeof kernel));
        const struct hk_model *model = find(sim, HK_KIND_RECEPTOR, kernel);
        set_params(model, parts->params[i], at, ',');
        parts->receptors[i] =
            (struct hk_receptor_spec){parts->names[i], (const struct hk_receptor_model *)model,
                                      parts->params[i]};
    }
}

static void read_drives(const struct hk_sim *sim, const char *text, struct parts *parts) {
    char word[128], name[128];
    while (next_word(&text, ' ', word, sizeof word)) {
        const char *at = word;
        size_t i = parts->drive_count++;
        ck_assert_uint_lt(i, PARTS);
        ck_assert(next_word(&at, ':', name, sizeof name));
        const struct hk_model *model = find(sim, HK_KIND_DRIVE, name);
        set_params(model, parts->params[i], at, ',');
        parts->drives[i] =
            (struct hk_drive_spec){(const struct hk_drive_model *)model, parts->params[i]};
    }
}

static double dropout_in(const char *settings) {
    const char *at = settings ? strstr(settings, "dropout=") : NULL;
    return at ? strtod(at + strlen("dropout="), NULL) : 0.0;
}

static struct hk_pop *try_neurons(struct hk_sim *sim, const char *name, hk_neuron size,
                                  const char *model, const char *settings, const char *receptors,
                                  const char *drives, struct hk_err *err) {
    _Alignas(16) char param[PARAM_SIZE];
    struct parts in = {.receptor_count = 0}, out = {.drive_count = 0};
    const struct hk_model *found = find(sim, HK_KIND_NEURON, model);
    set_params(found, param, settings, ' ');
    read_receptors(sim, receptors, &in);
    read_drives(sim, drives, &out);
    const struct hk_pop_spec spec = {.name = name,
                                     .size = size,
                                     .neuron = (const struct hk_neuron_model *)found,
                                     .param = param,
                                     .dropout = dropout_in(settings),
                                     .receptors = in.receptors,
                                     .receptor_count = in.receptor_count,
                                     .drives = out.drives,
                                     .drive_count = out.drive_count};
    return hk_sim_add_population(sim, &spec, err);
}

struct hk_pop *net_neurons(struct hk_sim *sim, const char *name, hk_neuron size, const char *model,
                           const char *settings, const char *receptors, const char *drives) {
    struct hk_err err = {0};
    struct hk_pop *pop = try_neurons(sim, name, size, model, settings, receptors, drives, &err);
    must(pop != NULL, &err);
    return pop;
}

bool net_refuses_neurons(struct hk_sim *sim, const char *model, const char *settings,
                         const char *receptors, struct hk_err *err) {
    return !try_neurons(sim, "n", 3, model, settings, receptors, NULL, err);
}

struct hk_pop *net_source(struct hk_sim *sim, const char *name, hk_neuron size, const char *model,
                          const char *settings) {
    struct hk_err err = {0};
    _Alignas(16) char param[PARAM_SIZE];
    const struct hk_model *found = find(sim, HK_KIND_SOURCE, model);
    set_params(found, param, settings, ' ');
    const struct hk_pop_spec spec = {.name = name,
                                     .size = size,
                                     .source = (const struct hk_source_model *)found,
                                     .param = param};
    struct hk_pop *pop = hk_sim_add_population(sim, &spec, &err);
    must(pop != NULL, &err);
    return pop;
}

struct hk_pop *net_encoder(struct hk_sim *sim, const char *name, hk_neuron size, const char *model,
                           const char *settings) {
    struct hk_err err = {0};
    _Alignas(16) char param[PARAM_SIZE];
    const struct hk_model *found = find(sim, HK_KIND_ENCODER, model);
    set_params(found, param, settings, ' ');
    const struct hk_pop_spec spec = {.name = name,
                                     .size = size,
                                     .encoder = (const struct hk_encoder_model *)found,
                                     .param = param,
                                     .dropout = dropout_in(settings)};
    struct hk_pop *pop = hk_sim_add_population(sim, &spec, &err);
    must(pop != NULL, &err);
    return pop;
}

struct hk_pop *net_spikes(struct hk_sim *sim, const char *name, hk_neuron size, const double *times,
                          const double *units, size_t count) {
    struct hk_err err = {0};
    _Alignas(16) char param[PARAM_SIZE];
    const struct hk_model *model = find(sim, HK_KIND_SOURCE, "spikes");
    hk_params_default(model, param);
    must(hk_param_set_list(hk_param_find(model, "times"), param, (struct hk_list){times, count},
                           &err),
         &err);
    if (units)
        must(hk_param_set_list(hk_param_find(model, "units"), param, (struct hk_list){units, count},
                               &err),
             &err);
    const struct hk_pop_spec spec = {.name = name,
                                     .size = size,
                                     .source = (const struct hk_source_model *)model,
                                     .param = param};
    struct hk_pop *pop = hk_sim_add_population(sim, &spec, &err);
    must(pop != NULL, &err);
    return pop;
}

/* "name:a=1,b=2" into a model and its parameters. */
static const struct hk_model *read_model(const struct hk_sim *sim, enum hk_model_kind kind,
                                         const char *text, char param[PARAM_SIZE]) {
    char name[128];
    ck_assert(next_word(&text, ':', name, sizeof name));
    const struct hk_model *model = find(sim, kind, name);
    ck_assert_uint_le(model->param_size, PARAM_SIZE);
    set_params(model, param, text, ',');
    return model;
}

struct hk_proj *net_link(struct hk_sim *sim, const struct net_link *link) {
    struct hk_err err = {0};
    _Alignas(16) char connect_param[PARAM_SIZE], rule_param[PARAM_SIZE], synapse_param[PARAM_SIZE];
    char name[128];
    (void)snprintf(name, sizeof name, "%s->%s", hk_pop_name(link->source),
                   hk_pop_name(link->target));
    struct hk_proj_spec spec = {.name = link->name ? link->name : name,
                                .source = link->source,
                                .target = link->target,
                                .receptor = link->receptor,
                                .connect_param = connect_param,
                                .synapse_param = synapse_param,
                                .weight = link->weight,
                                .delay_ms = link->delay_ms,
                                .plasticity_param = rule_param};
    const char *connect = link->connect ? link->connect : "all-to-all";
    spec.connect =
        (const struct hk_connect_model *)read_model(sim, HK_KIND_CONNECT, connect, connect_param);
    if (link->rule)
        spec.plasticity = (const struct hk_plasticity_model *)read_model(sim, HK_KIND_PLASTICITY,
                                                                         link->rule, rule_param);
    if (link->synapse)
        spec.synapse = (const struct hk_synapse_model *)read_model(sim, HK_KIND_SYNAPSE,
                                                                   link->synapse, synapse_param);
    struct hk_proj *proj = hk_sim_add_projection(sim, &spec, &err);
    must(proj != NULL, &err);
    return proj;
}

struct hk_dist net_value(double value) {
    return (struct hk_dist){HK_DIST_CONSTANT, value, 0.0};
}

void net_force(struct hk_sim *sim, struct hk_pop *source, struct hk_pop *target,
               const char *receptor) {
    (void)net_link(sim, &(struct net_link){.source = source,
                                           .target = target,
                                           .receptor = receptor,
                                           .connect = "one-to-one",
                                           .weight = net_value(1000)});
}

void net_build(struct hk_sim *sim) {
    struct hk_err err = {0};
    must(hk_sim_build(sim, &err), &err);
}

void net_run(struct hk_sim *sim, hk_tick ticks) {
    struct hk_err err = {0};
    must(hk_sim_run(sim, ticks, &err), &err);
}

static size_t column_of(const struct hk_pop *pop, const char *name) {
    int column = hk_pop_column(pop, name);
    if (column < 0) ck_abort_msg("%s has no state %s", hk_pop_name(pop), name);
    return (size_t)column;
}

double net_state(const struct hk_pop *pop, const char *column, hk_neuron unit) {
    struct hk_err err = {0};
    struct hk_block room = {0};
    must(hk_block_reserve(&room, hk_pop_size(pop), sizeof(double), &err), &err);
    hk_pop_read(pop, column_of(pop, column), room.data);
    double value = ((const double *)room.data)[unit];
    hk_block_finish(&room);
    return value;
}

void net_set_state(struct hk_pop *pop, const char *column, hk_neuron unit, double value) {
    struct hk_err err = {0};
    struct hk_block room = {0};
    must(hk_block_reserve(&room, hk_pop_size(pop), sizeof(double), &err), &err);
    hk_pop_read(pop, column_of(pop, column), room.data);
    ((double *)room.data)[unit] = value;
    hk_pop_write(pop, column_of(pop, column), room.data);
    hk_block_finish(&room);
}

double net_weight(const struct hk_proj *proj, size_t k) {
    struct hk_err err = {0};
    struct hk_block room = {0};
    must(hk_block_reserve(&room, hk_proj_count(proj), sizeof(double), &err), &err);
    must(hk_proj_read(proj, &(struct hk_synapses){.weight = room.data}, &err), &err);
    double value = ((const double *)room.data)[k];
    hk_block_finish(&room);
    return value;
}

static bool hear(void *context, const struct hk_pop *pop, hk_tick tick, const uint32_t *units,
                 size_t count, struct hk_err *err) {
    (void)pop;
    struct net_heard *heard = context;
    size_t sum = heard->count + count;
    if (!hk_block_reserve(&heard->ticks, sum, sizeof(hk_tick), err)) return false;
    if (!hk_block_reserve(&heard->units, sum, sizeof(uint32_t), err)) return false;
    for (size_t k = 0; k < count; k++) {
        ((hk_tick *)heard->ticks.data)[heard->count] = tick;
        ((uint32_t *)heard->units.data)[heard->count++] = units[k];
    }
    return true;
}

void net_hear(struct hk_pop *pop, struct net_heard *heard) {
    *heard = (struct net_heard){.count = 0};
    hk_pop_listen(pop, hear, heard);
}

hk_tick net_heard_tick(const struct net_heard *heard, size_t k) {
    HK_ASSERT(k < heard->count); /* quicker than a check of Check's */
    return ((const hk_tick *)heard->ticks.data)[k];
}

uint32_t net_heard_unit(const struct net_heard *heard, size_t k) {
    HK_ASSERT(k < heard->count);
    return ((const uint32_t *)heard->units.data)[k];
}

void net_same_spikes(const struct net_heard *a, const struct net_heard *b, size_t least) {
    ck_assert_uint_ge(a->count, least);
    ck_assert_uint_eq(a->count, b->count);
    if (a->count == 0) return;
    ck_assert_mem_eq(a->ticks.data, b->ticks.data, a->count * sizeof(hk_tick));
    ck_assert_mem_eq(a->units.data, b->units.data, a->count * sizeof(uint32_t));
}

void net_heard_finish(struct net_heard *heard) {
    hk_block_finish(&heard->ticks);
    hk_block_finish(&heard->units);
}

static bool refuse(void *context, const struct hk_pop *pop, hk_tick tick, const uint32_t *units,
                   size_t count, struct hk_err *err) {
    (void)context, (void)pop, (void)tick, (void)units;
    return count == 0 || HK_FAIL(err, HK_ERR_IO, "no room");
}

void net_refuse_spikes(struct hk_pop *pop) {
    hk_pop_listen(pop, refuse, NULL);
}
