/* Every model of every kind on the exact clock, whoever wrote it, with every choice that it has:
 * with the ticks of a grid it does what it does there, or it is refused by a sentence that names it
 * and the clock to use. A new file is tested here unasked. (Read-outs and rewards, which see counts
 * and answers: tests/sim/test_exact_protocol.c.) */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/rng.h"
#include "tests/support/filled.h"
#include "tests/support/net.h"
#include "tests/support/suites.h"

enum { SOURCES = 37, NEURONS = 37, TICKS = 2000, COLUMNS = 16, WEIGHTS = 16384 };
static const double TICK = 0.1;

/* 37 sources reach 37 neurons through one receptor. Models that aren't given are the usual ones:
 * given spikes, `lif`, `exp`, `all-to-all`, `static`; no rule and no drive. */
struct network {
    const struct hk_model *model[HK_KIND_COUNT];
    const struct hk_model *chooses; /* NULL: none */
    const struct hk_param *choice;  /* of that model, */
    double chosen;                  /* and which it takes */
};

struct outcome {
    bool ran;
    struct hk_err err;         /* why not */
    struct net_heard heard[2]; /* in, out */
    double state[COLUMNS][NEURONS], weight[WEIGHTS];
    size_t columns, weights;
    uint64_t pulses;
};

/* ---- parameters that make something happen ---- */

static const struct {
    const char *name;
    double value;
} lively[] = {
    {"i_e", 450},   {"t_ref", 2},  {"rate", 50},       {"rate_max", 100},  {"interval", 7},
    {"repeat", 50}, {"n", 20},     {"threshold", 0.1}, {"amplitude", 100}, {"weight", 20},
    {"w_max", 100}, {"tau_c", 50}, {"tau_theta", 60},  {"b", 30},          {"tau_rec", 50},
};

static const void *prepare(const struct network *n, const struct hk_model *model, void *values) {
    struct hk_err err = {0};
    (void)filled(model, values);
    for (size_t k = 0; k < HK_COUNT(lively); k++) {
        const struct hk_param *param = hk_param_find(model, lively[k].name);
        if (!param) continue;
        const double value = fmin(fmax(lively[k].value, param->min), param->max);
        if (!hk_param_set(param, values, value, &err))
            ck_abort_msg("%s: %s", model->name, err.message);
    }
    if (model == n->chooses && !hk_param_set(n->choice, values, n->chosen, &err))
        ck_abort_msg("%s: %s", model->name, err.message);
    return values;
}

/* ---- building ---- */

static const void *model_of(const struct network *n, enum hk_model_kind kind, const char *usual) {
    return n->model[kind] ? n->model[kind] : hk_model_find(kind, usual, HK_DOUBLE);
}

/* The same spikes for all: 600, at multiples of a tick. */
static struct hk_pop *add_spikes(struct hk_sim *sim) {
    enum { SPIKES = 600 };
    static double times[SPIKES], units[SPIKES];
    struct hk_draws draws = hk_draws_at(hk_stream_make(7, "test", "spikes"), 0, 0);
    for (size_t k = 0; k < SPIKES; k++) {
        times[k] = TICK * (double)(1 + hk_draws_below(&draws, TICKS - 20));
        units[k] = hk_draws_below(&draws, SOURCES);
    }
    return net_spikes(sim, "in", SOURCES, times, units, SPIKES);
}

static struct hk_pop *add_input(struct hk_sim *sim, const struct network *n, struct hk_err *err) {
    _Alignas(16) char param[FILLED_SIZE];
    const struct hk_model *source = n->model[HK_KIND_SOURCE], *encoder = n->model[HK_KIND_ENCODER];
    if (!source && !encoder) return add_spikes(sim);
    struct hk_pop_spec spec = {.name = "in",
                               .size = SOURCES,
                               .source = (const void *)source,
                               .encoder = (const void *)encoder};
    spec.param = prepare(n, source ? source : encoder, param);
    if (encoder) spec.size = (hk_neuron)hk_encoder_units(spec.encoder, param, SOURCES);
    return hk_sim_add_population(sim, &spec, err);
}

/* Jumps do without a constant current. With one, V may come to the threshold within the step at
 * whose end a jump arrives: it fires before that on the exact clock, and with it on a grid, which
 * is another V after `reset: subtract`. (After a reset to v_reset it is the same, as long as V is
 * held and the jump lost: t_ref isn't 0 here.) */
static void calm(const struct hk_model *neuron, const struct hk_receptor_model *receptor,
                 void *param) {
    struct hk_err err = {0};
    const struct hk_param *current = hk_param_find(neuron, "i_e");
    if (current && receptor->effect == HK_EFFECT_JUMP)
        ck_assert(hk_param_set(current, param, 0, &err));
}

static struct hk_pop *add_neurons(struct hk_sim *sim, const struct network *n, struct hk_err *err) {
    _Alignas(16) char param[FILLED_SIZE], receptor_param[FILLED_SIZE], drive_param[FILLED_SIZE];
    const struct hk_model *neuron = model_of(n, HK_KIND_NEURON, "lif");
    const struct hk_model *kernel = model_of(n, HK_KIND_RECEPTOR, "exp");
    const struct hk_receptor_spec receptor = {.name = "r",
                                              .model = (const void *)kernel,
                                              .param = prepare(n, kernel, receptor_param)};
    (void)prepare(n, neuron, param);
    calm(neuron, receptor.model, param);
    struct hk_drive_spec drive = {.model = (const void *)n->model[HK_KIND_DRIVE]};
    if (drive.model) {
        drive.param = prepare(n, &drive.model->base, drive_param);
        const struct hk_param *where = hk_param_find(&drive.model->base, "receptor");
        if (where) hk_param_set_text(where, drive_param, "r");
    }
    return hk_sim_add_population(sim,
                                 &(struct hk_pop_spec){.name = "out",
                                                       .size = NEURONS,
                                                       .neuron = (const void *)neuron,
                                                       .param = param,
                                                       .receptors = &receptor,
                                                       .receptor_count = 1,
                                                       .drives = &drive,
                                                       .drive_count = drive.model != NULL},
                                 err);
}

/* Of a millivolt or two: currents of 100 pA charge 250 pF for some milliseconds. */
static double weight_at(const struct hk_pop *pop) {
    const struct hk_receptor_model *receptor = hk_pop_receptor(pop, 0, NULL);
    return strcmp(receptor->weight_unit, "pA") == 0 ? 100 : 2;
}

static struct hk_proj *add_synapses(struct hk_sim *sim, const struct network *n, struct hk_pop *in,
                                    struct hk_pop *out, struct hk_err *err) {
    _Alignas(16) char connect[FILLED_SIZE], synapse[FILLED_SIZE], rule[FILLED_SIZE];
    struct hk_proj_spec spec = {.name = "in->out",
                                .source = in,
                                .target = out,
                                .connect = model_of(n, HK_KIND_CONNECT, "all-to-all"),
                                .synapse = model_of(n, HK_KIND_SYNAPSE, "static"),
                                .weight = {HK_DIST_UNIFORM, 0, weight_at(out)},
                                .delay_ms = net_value(1),
                                .plasticity = (const void *)n->model[HK_KIND_PLASTICITY]};
    spec.connect_param = prepare(n, &spec.connect->base, connect);
    spec.synapse_param = prepare(n, &spec.synapse->base, synapse);
    if (spec.plasticity) spec.plasticity_param = prepare(n, &spec.plasticity->base, rule);
    return hk_sim_add_projection(sim, &spec, err);
}

/* ---- running ---- */

static void look(const struct hk_sim *sim, const struct hk_pop *out, const struct hk_proj *proj,
                 struct outcome *o) {
    struct hk_err err = {0};
    for (o->columns = 0; hk_pop_column_info(out, o->columns); o->columns++) {
        ck_assert_uint_lt(o->columns, COLUMNS);
        hk_pop_read(out, o->columns, o->state[o->columns]);
    }
    o->weights = hk_proj_count(proj);
    ck_assert_uint_le(o->weights, WEIGHTS);
    ck_assert(hk_proj_read(proj, &(struct hk_synapses){.weight = o->weight}, &err));
    o->pulses = hk_sim_count(sim).pulses;
}

static bool present(struct hk_sim *sim, const struct network *n, struct hk_err *err) {
    float values[SOURCES];
    for (size_t i = 0; i < SOURCES; i++) values[i] = (float)((7 * i) % SOURCES) / SOURCES;
    return !n->model[HK_KIND_ENCODER] || hk_sim_present(sim, values, SOURCES, TICKS, 1, 0, err);
}

static bool try(struct hk_sim *sim, const struct network *n, struct outcome *o) {
    struct hk_signal *reward =
        hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "reward"}, &o->err);
    struct hk_pop *in = reward ? add_input(sim, n, &o->err) : NULL;
    struct hk_pop *out = in ? add_neurons(sim, n, &o->err) : NULL;
    struct hk_proj *proj = out ? add_synapses(sim, n, in, out, &o->err) : NULL;
    hk_sim_remember(sim, TICKS);
    if (!proj || !hk_sim_build(sim, &o->err) || !present(sim, n, &o->err)) return false;
    net_hear(in, &o->heard[0]);
    net_hear(out, &o->heard[1]);
    hk_signal_set(reward, 1.0);
    net_run(sim, TICKS);
    look(sim, out, proj, o);
    return true;
}

static void run(enum hk_clock clock, const struct network *n, struct outcome *o) {
    struct hk_sim *sim =
        clock == HK_CLOCK_EXACT ? net_create_exact(TICK, 2) : net_create(HK_DOUBLE, TICK, 2);
    memset(o, 0, sizeof *o);
    o->ran = try(sim, n, o);
    hk_sim_destroy(sim);
}

static void finish(struct outcome *o) {
    for (size_t p = 0; p < 2; p++) net_heard_finish(&o->heard[p]);
}

/* ---- judging ---- */

/* What is being looked at, for messages. */
static const char *label(const struct network *n) {
    static char text[256];
    size_t length = 0;
    text[0] = '\0';
    for (size_t kind = 0; kind < HK_KIND_COUNT; kind++)
        if (n->model[kind])
            length +=
                (size_t)snprintf(text + length, sizeof text - length, "%s %s, ",
                                 hk_kind_name((enum hk_model_kind)kind), n->model[kind]->name);
    if (n->chooses)
        (void)snprintf(text + length, sizeof text - length, "%s %g of %s", n->choice->name,
                       n->chosen, n->chooses->name);
    return text;
}

static void is_refused_by_name(const struct network *n, const struct hk_err *err) {
    bool named = n->chooses && strstr(err->message, n->choice->name);
    for (size_t kind = 0; kind < HK_KIND_COUNT; kind++)
        named |= n->model[kind] && strstr(err->message, n->model[kind]->name);
    ck_assert_msg(err->code == HK_ERR_CONFIG && named && strstr(err->message, "clock: grid"),
                  "%s: refused with: %s", label(n), err->message);
}

static void are_the_same_values(const struct network *n, const char *what, const double *a,
                                const double *b, size_t count) {
    for (size_t k = 0; k < count; k++)
        if (!(fabs(a[k] - b[k]) <= 1e-9 * fmax(1, fabs(b[k]))))
            ck_abort_msg("%s: %s %zu is %.17g, on a grid %.17g", label(n), what, k, a[k], b[k]);
}

static void are_the_same_spikes(const struct network *n, const struct net_heard *a,
                                const struct net_heard *b) {
    for (size_t k = 0; k < a->count && k < b->count; k++)
        ck_assert_msg(net_heard_tick(a, k) == net_heard_tick(b, k) &&
                          net_heard_unit(a, k) == net_heard_unit(b, k),
                      "%s: spike %zu is at %lld, on a grid at %lld", label(n), k,
                      (long long)net_heard_tick(a, k), (long long)net_heard_tick(b, k));
    ck_assert_msg(a->count == b->count, "%s: %zu spikes, on a grid %zu", label(n), a->count,
                  b->count);
}

/* Poisson spikes of the two clocks are drawn from different numbers: counts within five standard
 * deviations. */
static bool is_drawn_anew(const struct network *n) {
    static const enum hk_model_kind kinds[] = {HK_KIND_SOURCE, HK_KIND_DRIVE};
    for (size_t k = 0; k < HK_COUNT(kinds); k++)
        if (n->model[kinds[k]] && strcmp(n->model[kinds[k]]->name, "poisson") == 0) return true;
    return false;
}

static void are_as_many(const struct network *n, double a, double b) {
    ck_assert_msg(fabs(a - b) <= 5 * sqrt(a + b), "%s: %g, on a grid %g", label(n), a, b);
}

static void judge(const struct network *n, const struct outcome *exact,
                  const struct outcome *grid) {
    ck_assert_msg(grid->ran, "%s: refused by the grid: %s", label(n), grid->err.message);
    ck_assert_msg(exact->heard[1].count > NEURONS, "%s: %zu spikes", label(n),
                  exact->heard[1].count);
    if (is_drawn_anew(n)) {
        ck_assert_uint_gt(exact->heard[0].count + exact->pulses, 100);
        are_as_many(n, (double)exact->heard[0].count, (double)grid->heard[0].count);
        are_as_many(n, (double)exact->pulses, (double)grid->pulses);
        return;
    }
    for (size_t p = 0; p < 2; p++) are_the_same_spikes(n, &exact->heard[p], &grid->heard[p]);
    are_the_same_values(n, "weight", exact->weight, grid->weight, grid->weights);
    for (size_t c = 0; c < grid->columns; c++)
        are_the_same_values(n, "state of unit", exact->state[c], grid->state[c], NEURONS);
}

/* Whether it runs on the exact clock. */
static bool compare(const struct network *n) {
    static struct outcome exact, grid;
    run(HK_CLOCK_EXACT, n, &exact);
    if (exact.ran) {
        run(HK_CLOCK_GRID, n, &grid);
        judge(n, &exact, &grid);
        finish(&grid);
    } else {
        is_refused_by_name(n, &exact.err);
    }
    finish(&exact);
    return exact.ran;
}

/* ---- walking ---- */

static bool is_choice(const struct hk_param *param) {
    return param->kind == HK_CHOICE || param->kind == HK_BOOL;
}

/* As it is, and with each choice of its parameters. */
static bool compare_choices(struct network *n, const struct hk_model *model) {
    bool runs = compare(n);
    n->chooses = model;
    for (size_t i = 0; i < model->param_count; i++) {
        n->choice = &model->params[i];
        if (!is_choice(n->choice)) continue;
        for (n->chosen = n->choice->min; n->chosen <= n->choice->max; n->chosen += 1)
            if (n->chosen != n->choice->def) runs |= compare(n);
    }
    n->chooses = NULL;
    return runs;
}

/* Those of a kind, or one of its names, that run. */
struct survey {
    char refused[256];
    size_t running;
};

static void note(struct survey *survey, const struct hk_model *model, bool runs) {
    size_t length = strlen(survey->refused);
    survey->running += runs;
    if (runs) return;
    (void)snprintf(survey->refused + length, sizeof survey->refused - length, "%s%s",
                   length ? " " : "", model->name);
}

static struct survey walk(enum hk_model_kind kind) {
    struct survey survey = {.running = 0};
    for (size_t i = 0; hk_model_at(kind, i); i++) {
        const struct hk_model *model = hk_model_find(kind, hk_model_at(kind, i)->name, HK_DOUBLE);
        struct network n = {.chooses = NULL};
        n.model[kind] = model;
        note(&survey, model, compare_choices(&n, model));
    }
    return survey;
}

/* ---- the kinds ---- */

/* With each receptor: one of them has to do. */
START_TEST(neurons_and_receptors_run_as_on_a_grid_or_are_refused_by_name) {
    struct survey neurons = {.running = 0};
    bool receptor_runs[16] = {false};
    for (size_t i = 0; hk_model_at(HK_KIND_NEURON, i); i++) {
        struct network n = {.chooses = NULL};
        bool runs = false;
        n.model[HK_KIND_NEURON] =
            hk_model_find(HK_KIND_NEURON, hk_model_at(HK_KIND_NEURON, i)->name, HK_DOUBLE);
        for (size_t r = 0; hk_model_at(HK_KIND_RECEPTOR, r); r++) {
            ck_assert_uint_lt(r, HK_COUNT(receptor_runs));
            n.model[HK_KIND_RECEPTOR] =
                hk_model_find(HK_KIND_RECEPTOR, hk_model_at(HK_KIND_RECEPTOR, r)->name, HK_DOUBLE);
            bool both = compare_choices(&n, n.model[HK_KIND_NEURON]);
            runs |= both;
            receptor_runs[r] |= both;
        }
        note(&neurons, n.model[HK_KIND_NEURON], runs);
    }
    ck_assert_str_eq(neurons.refused, "izhikevich");
    for (size_t r = 0; hk_model_at(HK_KIND_RECEPTOR, r); r++)
        ck_assert_msg(receptor_runs[r] ==
                          (strcmp(hk_model_at(HK_KIND_RECEPTOR, r)->name, "cond-exp") != 0),
                      "%s", hk_model_at(HK_KIND_RECEPTOR, r)->name);
}
END_TEST

/* Whoever adds a model that is refused says so here, and in docs/clocks.md. */
static const struct {
    enum hk_model_kind kind;
    const char *refused;
} kinds[] = {
    {HK_KIND_CONNECT, ""}, {HK_KIND_SYNAPSE, ""}, {HK_KIND_PLASTICITY, "desire mstdp"},
    {HK_KIND_ENCODER, ""}, {HK_KIND_SOURCE, ""},  {HK_KIND_DRIVE, ""},
};

START_TEST(models_of_the_other_kinds_run_as_on_a_grid_or_are_refused_by_name) {
    struct survey survey = walk(kinds[_i].kind);
    ck_assert_str_eq(survey.refused, kinds[_i].refused);
    ck_assert_uint_gt(survey.running, 0);
}
END_TEST

/* A model that isn't in the table of the page has been forgotten there. */
START_TEST(the_page_on_clocks_names_every_model) {
    static char page[1 << 16];
    FILE *file = fopen("docs/clocks.md", "r");
    ck_assert_ptr_nonnull(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    (void)fclose(file);
    for (size_t r = 0; r < hk_model_row_count; r++) {
        char name[64];
        (void)snprintf(name, sizeof name, "`%s`",
                       hk_model_rows[r].variant[HK_DOUBLE][HK_ISA_BASE]->name);
        ck_assert_msg(strstr(page, name) != NULL, "docs/clocks.md doesn't name %s", name);
    }
}
END_TEST

Suite *suite_sim_exact_models(void) {
    Suite *suite = suite_create("sim/exact_models");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, neurons_and_receptors_run_as_on_a_grid_or_are_refused_by_name);
    tcase_add_loop_test(tcase, models_of_the_other_kinds_run_as_on_a_grid_or_are_refused_by_name, 0,
                        HK_COUNT(kinds));
    tcase_add_test(tcase, the_page_on_clocks_names_every_model);
    suite_add_tcase(suite, tcase);
    return suite;
}
