/* The contract that every model keeps, whoever wrote it and whatever it does: a new file is tested
 * here unasked. Parameters: tests/support/filled.h. */
#include <check.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"
#include "tests/support/filled.h"
#include "tests/support/suites.h"

enum { VALUES = 300 };
static const double TICK = 0.1;

static void must(bool ok, const char *model, const struct hk_err *err) {
    if (!ok) ck_abort_msg("%s: %s", model, err->message);
}

/* The models of a kind, in a precision and the best instruction set. */
static const struct hk_model *at(enum hk_model_kind kind, size_t index,
                                 enum hk_precision precision) {
    const struct hk_model *model = hk_model_at(kind, index);
    return model ? hk_model_find(kind, model->name, precision) : NULL;
}

/* ---- tables ---- */

START_TEST(the_registry_is_sound) {
    struct hk_err err = {0};
    ck_assert_msg(hk_models_check(&err), "%s", err.message);
    ck_assert_uint_gt(hk_model_row_count, 0);
    for (int kind = 0; kind < HK_KIND_COUNT; kind++)
        ck_assert_ptr_nonnull(hk_model_at((enum hk_model_kind)kind, 0));
}
END_TEST

static bool is_name(const char *text, char between) {
    if (!islower((unsigned char)*text)) return false;
    for (const char *c = text; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != between)
            return false;
    return true;
}

START_TEST(names_are_written_in_one_way_and_everything_is_explained) {
    for (size_t r = 0; r < hk_model_row_count; r++) {
        const struct hk_model *model = hk_model_rows[r].variant[HK_SINGLE][HK_ISA_BASE];
        ck_assert_msg(is_name(model->name, '-'), "%s", model->name);
        ck_assert_msg(strlen(model->doc) > 10, "%s", model->name);
        for (size_t i = 0; i < model->param_count; i++) {
            const struct hk_param *p = &model->params[i];
            ck_assert_msg(is_name(p->name, '_'), "%s.%s", model->name, p->name);
            ck_assert_msg(strlen(p->doc) > 5, "%s.%s", model->name, p->name);
        }
    }
}
END_TEST

START_TEST(defaults_and_choices_lie_within_bounds) {
    for (size_t r = 0; r < hk_model_row_count; r++) {
        const struct hk_model *model = hk_model_rows[r].variant[HK_SINGLE][HK_ISA_BASE];
        for (size_t i = 0; i < model->param_count; i++) {
            const struct hk_param *p = &model->params[i];
            ck_assert_msg(p->min <= p->max, "%s.%s", model->name, p->name);
            ck_assert_msg(isnan(p->def) || (p->def >= p->min && p->def <= p->max), "%s.%s",
                          model->name, p->name);
            int choices = 0;
            while (p->kind == HK_CHOICE && p->choices[choices]) choices++;
            ck_assert_msg(p->kind != HK_CHOICE || (p->min == 0.0 && p->max == choices - 1), "%s.%s",
                          model->name, p->name);
        }
    }
}
END_TEST

START_TEST(all_variants_of_a_model_have_one_table) {
    for (size_t r = 0; r < hk_model_row_count; r++) {
        const struct hk_model *first = hk_model_rows[r].variant[HK_SINGLE][HK_ISA_BASE];
        for (int v = 0; v < HK_PRECISION_COUNT * HK_ISA_COUNT; v++) {
            const struct hk_model *model =
                hk_model_rows[r].variant[v / HK_ISA_COUNT][v % HK_ISA_COUNT];
            ck_assert_str_eq(model->name, first->name);
            ck_assert_uint_eq(model->abi, HK_MODEL_ABI);
            ck_assert_uint_eq(model->param_count, first->param_count);
            ck_assert_uint_eq(model->param_size, first->param_size);
        }
    }
}
END_TEST

START_TEST(a_model_is_found_by_name_and_a_wrong_name_lists_the_known) {
    struct hk_err err = {0};
    for (int kind = 0; kind < HK_KIND_COUNT; kind++) {
        const struct hk_model *model = hk_model_at((enum hk_model_kind)kind, 0);
        ck_assert_str_eq(hk_model_find((enum hk_model_kind)kind, model->name, HK_DOUBLE)->name,
                         model->name);
    }
    ck_assert_ptr_null(hk_model_find(HK_KIND_NEURON, "lief", HK_SINGLE));
    ck_assert_ptr_null(hk_model_get(HK_KIND_NEURON, "lief", HK_SINGLE, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.message, "there is no neuron model 'lief'; known: alif, "));
}
END_TEST

static void check_columns(const struct hk_model *model, const struct hk_column *columns,
                          size_t count) {
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(is_name(columns[i].name, '_') && columns[i].unit && columns[i].doc, "%s: %zu",
                      model->name, i);
        for (size_t k = 0; k < i; k++) ck_assert_str_ne(columns[i].name, columns[k].name);
    }
}

START_TEST(mandatory_operations_are_there) {
    for (size_t r = 0; r < hk_model_row_count; r++) {
        const struct hk_model *model = hk_model_rows[r].variant[HK_DOUBLE][HK_ISA_BASE];
        const void *table = model;
        const struct hk_neuron_model *neuron = table;
        const struct hk_receptor_model *receptor = table;
        const struct hk_connect_model *connect = table;
        const struct hk_plasticity_model *rule = table;
        const struct hk_source_model *source = table;
        const struct hk_drive_model *drive = table;
        bool fine = true;
        switch (hk_model_rows[r].kind) {
        case HK_KIND_NEURON:
            fine = neuron->derive && neuron->gain && neuron->update;
            check_columns(model, neuron->columns, neuron->column_count);
            break;
        case HK_KIND_RECEPTOR:
            fine = receptor->derive && receptor->advance && receptor->weight_unit;
            check_columns(model, receptor->columns, receptor->column_count);
            break;
        case HK_KIND_CONNECT: fine = connect->draw && connect->draw_max; break;
        case HK_KIND_PLASTICITY:
            fine =
                rule->pre_count <= HK_TRACE_MAX && rule->post_count <= HK_TRACE_MAX &&
                rule->memory_count <= HK_MEMORY_MAX &&
                ((rule->on_pre && rule->on_post) || (rule->teach && rule->credit && rule->on_end));
            break;
        case HK_KIND_ENCODER: fine = ((const struct hk_encoder_model *)table)->encode; break;
        case HK_KIND_SOURCE: fine = source->derive && source->burst && source->emit; break;
        case HK_KIND_DRIVE: fine = drive->derive && !drive->add != !drive->arrive; break;
        case HK_KIND_READOUT: fine = ((const struct hk_readout_model *)table)->predict; break;
        case HK_KIND_REWARD: fine = ((const struct hk_reward_model *)table)->give; break;
        case HK_KIND_SYNAPSE:
        case HK_KIND_COUNT: break;
        }
        ck_assert_msg(fine, "%s", model->name);
    }
}
END_TEST

/* ---- rules that learn from events ---- */

enum { SYNAPSES = 50 };
/* Numbers of either precision. */
union reals {
    float single[SYNAPSES];
    double dual[SYNAPSES];
};

static void put(union reals *to, enum hk_precision precision, double first, double last) {
    for (size_t k = 0; k < SYNAPSES; k++) {
        double value = first + (last - first) * (double)k / (SYNAPSES - 1);
        if (precision == HK_SINGLE)
            to->single[k] = (float)value;
        else
            to->dual[k] = value;
    }
}

/* Synapses of a rule, weights between its bounds, and traces. */
struct shown {
    _Alignas(16) char param[FILLED_SIZE];
    union reals w, memory[HK_MEMORY_MAX], pre[HK_TRACE_MAX], post[HK_TRACE_MAX];
};

static void prepare(struct shown *s, const struct hk_plasticity_model *rule,
                    enum hk_precision precision, double pre, double post) {
    memset(s, 0, sizeof *s);
    const struct hk_pair_params *pair = (const void *)filled(&rule->base, s->param);
    put(&s->w, precision, pair->w_min, pair->w_max);
    for (size_t i = 0; i < HK_MEMORY_MAX; i++) put(&s->memory[i], precision, -1.0, 2.0);
    for (size_t i = 0; i < HK_TRACE_MAX; i++) {
        put(&s->pre[i], precision, pre, pre);
        put(&s->post[i], precision, post, post);
    }
}

static void show(struct shown *s, void (*event)(const struct hk_plastic *synapses)) {
    const void *pre[HK_TRACE_MAX], *post[HK_TRACE_MAX];
    void *memory[HK_MEMORY_MAX];
    for (size_t i = 0; i < HK_TRACE_MAX; i++) {
        pre[i] = &s->pre[i];
        post[i] = &s->post[i];
    }
    for (size_t i = 0; i < HK_MEMORY_MAX; i++) memory[i] = &s->memory[i];
    event(&(struct hk_plastic){.param = s->param,
                               .w = (void *)&s->w,
                               .count = SYNAPSES,
                               .pre = (const void *)pre,
                               .post = (const void *)post,
                               .memory = (void *)memory,
                               .signal = 1});
}

static bool same_synapses(const struct shown *a, const struct shown *b) {
    const char *w[2] = {(const char *)&a->w, (const char *)&b->w};
    const char *memory[2] = {(const char *)a->memory, (const char *)b->memory};
    return memcmp(w[0], w[1], sizeof a->w) == 0 &&
           memcmp(memory[0], memory[1], sizeof a->memory) == 0;
}

/* A spike arrives where no target has fired. What on_pre says it doesn't look at isn't a number. */
START_TEST(on_pre_changes_nothing_where_traces_are_0) {
    const enum hk_precision precision = (enum hk_precision)_i;
    const struct hk_model *model;
    for (size_t n = 0; (model = at(HK_KIND_PLASTICITY, n, precision)); n++) {
        const struct hk_plasticity_model *rule = (const void *)model;
        struct shown before, after;
        if (!rule->on_pre) continue;
        prepare(&after, rule, precision, rule->pre_unseen ? (double)NAN : 0.7, 0.0);
        for (size_t i = hk_plasticity_post_seen(rule); i < HK_TRACE_MAX; i++)
            put(&after.post[i], precision, (double)NAN, (double)NAN);
        before = after;
        show(&after, rule->on_pre);
        ck_assert_msg(same_synapses(&before, &after), "%s", model->name);
    }
}
END_TEST

/* What on_post says it doesn't look at isn't a number, either. */
START_TEST(on_post_does_not_look_at_what_it_says) {
    const enum hk_precision precision = (enum hk_precision)_i;
    const struct hk_model *model;
    size_t seen = 0;
    for (size_t n = 0; (model = at(HK_KIND_PLASTICITY, n, precision)); n++) {
        const struct hk_plasticity_model *rule = (const void *)model;
        struct shown before, a, b;
        if (!rule->on_post || !rule->post_unseen) continue;
        prepare(&a, rule, precision, 0.7, 0.4);
        prepare(&b, rule, precision, 0.7, (double)NAN);
        before = a;
        show(&a, rule->on_post);
        show(&b, rule->on_post);
        ck_assert_msg(same_synapses(&a, &b) && !same_synapses(&a, &before), "%s", model->name);
        seen++;
    }
    ck_assert_uint_gt(seen, 0);
}
END_TEST

/* ---- running ---- */

enum { NEURONS = 37, TICKS = 100 };

/* 300 source units reach 37 neurons through one receptor, for 100 ticks; ends the test when a state
 * is no longer finite. Any member may be NULL: a Poisson source, `lif`, `delta`, no drive, no
 * rule. */
struct trial {
    enum hk_precision precision;
    int threads; /* 0: 2 */
    const struct hk_model *source, *encoder, *neuron, *receptor, *drive, *connect, *rule;
    /* Afterwards: of all their state and weights, and of as many others, which are `lif` with jumps
     * from the same sources. */
    uint64_t digest, others;
};

static struct hk_pop *add_input(struct hk_sim *sim, const struct trial *t) {
    struct hk_err err = {0};
    _Alignas(16) char param[FILLED_SIZE];
    const void *source = t->source || t->encoder
                             ? t->source
                             : hk_model_find(HK_KIND_SOURCE, "poisson", t->precision);
    struct hk_pop_spec spec = {.name = "in",
                               .size = t->connect ? 37 : VALUES,
                               .source = source,
                               .encoder = (const void *)t->encoder};
    spec.param = filled(t->encoder ? t->encoder : (const struct hk_model *)source, param);
    if (t->encoder) spec.size = (hk_neuron)hk_encoder_units(spec.encoder, param, VALUES);
    struct hk_pop *pop = hk_sim_add_population(sim, &spec, &err);
    must(pop != NULL, "in", &err);
    return pop;
}

static struct hk_pop *add_neurons(struct hk_sim *sim, const char *name, const struct trial *t) {
    struct hk_err err = {0};
    _Alignas(16) char neuron_param[FILLED_SIZE], receptor_param[FILLED_SIZE],
        drive_param[FILLED_SIZE];
    const struct hk_model *neuron =
        t->neuron ? t->neuron : hk_model_find(HK_KIND_NEURON, "lif", t->precision);
    const struct hk_model *kernel =
        t->receptor ? t->receptor : hk_model_find(HK_KIND_RECEPTOR, "delta", t->precision);
    const struct hk_receptor_spec receptor = {.name = "in",
                                              .model = (const void *)kernel,
                                              .param = filled(kernel, receptor_param)};
    struct hk_drive_spec drive = {.model = (const void *)t->drive};
    if (t->drive) drive.param = filled(t->drive, drive_param);
    struct hk_pop *pop =
        hk_sim_add_population(sim,
                              &(struct hk_pop_spec){.name = name,
                                                    .size = NEURONS,
                                                    .neuron = (const void *)neuron,
                                                    .param = filled(neuron, neuron_param),
                                                    .receptors = &receptor,
                                                    .receptor_count = 1,
                                                    .drives = &drive,
                                                    .drive_count = t->drive != NULL},
                              &err);
    must(pop != NULL, neuron->name, &err);
    return pop;
}

/* A weight is drawn between 0 and `weight`. */
static struct hk_proj *add_synapses(struct hk_sim *sim, const char *name, const struct trial *t,
                                    struct hk_pop *in, struct hk_pop *out, double weight) {
    struct hk_err err = {0};
    _Alignas(16) char connect_param[FILLED_SIZE], rule_param[FILLED_SIZE];
    const struct hk_model *connect =
        t->connect ? t->connect : hk_model_find(HK_KIND_CONNECT, "all-to-all", t->precision);
    struct hk_proj_spec spec = {.name = name,
                                .source = in,
                                .target = out,
                                .connect = (const void *)connect,
                                .connect_param = filled(connect, connect_param),
                                .weight = {HK_DIST_UNIFORM, 0, weight},
                                .delay_ms = {HK_DIST_CONSTANT, 0.1, 0},
                                .plasticity = (const void *)t->rule};
    if (t->rule) spec.plasticity_param = filled(t->rule, rule_param);
    struct hk_proj *proj = hk_sim_add_projection(sim, &spec, &err);
    must(proj != NULL, connect->name, &err);
    return proj;
}

static uint64_t digest(uint64_t hash, const double *values, size_t count) {
    const uint64_t prime = 0x100000001b3;
    uint64_t bits;
    for (size_t i = 0; i < count; i++) {
        memcpy(&bits, &values[i], sizeof bits);
        hash = (hash ^ bits) * prime;
        hash ^= hash >> 29;
    }
    return hash;
}

static uint64_t digest_state(const struct hk_pop *pop) {
    double values[NEURONS];
    uint64_t hash = 1;
    for (size_t c = 0; hk_pop_column_info(pop, c); c++) {
        hk_pop_read(pop, c, values);
        hash = digest(hash, values, NEURONS);
    }
    for (size_t i = 0; i < NEURONS; i++) values[i] = hk_pop_counts(pop)[i];
    return digest(hash, values, NEURONS);
}

static uint64_t digest_weights(const struct hk_proj *proj, uint64_t hash) {
    struct hk_err err = {0};
    struct hk_block weights = {0};
    size_t count = hk_proj_count(proj);
    must(hk_block_reserve(&weights, count, sizeof(double), &err), "weights", &err);
    must(hk_proj_read(proj, &(struct hk_synapses){.weight = weights.data}, &err), "weights", &err);
    hash = digest(hash, weights.data, count);
    hk_block_finish(&weights);
    return hash;
}

static struct hk_sim_counts run_trial(struct trial *t, double weight) {
    struct hk_err err = {0};
    float values[VALUES];
    for (size_t i = 0; i < VALUES; i++) values[i] = (float)i / VALUES;
    struct hk_sim *sim =
        hk_sim_create(&(struct hk_sim_options){.tick_ms = TICK,
                                               .seed = 3,
                                               .precision = t->precision,
                                               .threads = t->threads ? t->threads : 2},
                      &err);
    must(sim != NULL, "sim", &err);
    const struct trial plain = {.precision = t->precision};
    struct hk_pop *in = add_input(sim, t), *out = add_neurons(sim, "out", t);
    struct hk_pop *others = add_neurons(sim, "others", &plain);
    struct hk_signal *reward =
        hk_sim_add_signal(sim, &(struct hk_signal_spec){.name = "reward"}, &err);
    must(reward != NULL, "reward", &err);
    hk_sim_remember(sim, TICKS);
    const struct hk_proj *proj = add_synapses(sim, "in->out", t, in, out, weight);
    (void)add_synapses(sim, "in->others", &plain, in, others, 10);
    must(hk_sim_build(sim, &err), "build", &err);
    if (t->encoder)
        must(hk_sim_present(sim, values, VALUES, TICKS, 1, 0, &err), t->encoder->name, &err);
    hk_signal_set(reward, 1.0);
    must(hk_sim_run(sim, TICKS, &err), "run", &err);
    if (hk_pop_can_be_taught(out)) must(hk_sim_teach(sim, out, 1, 0, &err), "teach", &err);
    struct hk_sim_counts counts = hk_sim_count(sim);
    ck_assert_uint_le(counts.updates, (uint64_t)2 * NEURONS * TICKS); /* fewer where some slept */
    t->digest = digest_weights(proj, digest_state(out));
    t->others = digest_state(others);
    hk_sim_destroy(sim);
    return counts;
}

START_TEST(every_neuron_runs_with_every_receptor_and_drive) {
    struct trial t = {.precision = (enum hk_precision)_i};
    for (size_t n = 0; (t.neuron = at(HK_KIND_NEURON, n, t.precision)); n++)
        for (size_t r = 0; (t.receptor = at(HK_KIND_RECEPTOR, r, t.precision)); r++) {
            t.drive = NULL;
            for (size_t d = 0; d == 0 || t.drive; d++) {
                (void)run_trial(&t, 1);
                (void)run_trial(&t, 1000);
                t.drive = at(HK_KIND_DRIVE, d, t.precision);
            }
        }
}
END_TEST

START_TEST(every_rule_runs_on_matrices_and_rows) {
    static const char *const connects[] = {"all-to-all", "fixed-indegree"};
    struct trial t = {.precision = (enum hk_precision)_i};
    for (size_t n = 0; (t.rule = at(HK_KIND_PLASTICITY, n, t.precision)); n++)
        for (size_t c = 0; c < HK_COUNT(connects); c++) {
            t.connect = hk_model_find(HK_KIND_CONNECT, connects[c], t.precision);
            (void)run_trial(&t, 1000);
        }
}
END_TEST

/* By whatever instructions and however many threads. */
static void expect_same_bits(struct trial *t, const char *name) {
    static const char *const isas[] = {"base", "v3"};
    (void)run_trial(t, 1000);
    uint64_t expected = t->digest;
    for (t->threads = 1; t->threads <= 3; t->threads += 2) {
        (void)run_trial(t, 1000);
        if (t->digest != expected) ck_abort_msg("%s with %d threads", name, t->threads);
    }
    t->threads = 0;
    for (size_t i = 0; i < HK_COUNT(isas); i++) {
        ck_assert_int_eq(setenv("HILLOCK_ISA", isas[i], 1), 0);
        (void)run_trial(t, 1000);
        if (t->digest != expected) ck_abort_msg("%s with %s", name, isas[i]);
        ck_assert_int_eq(unsetenv("HILLOCK_ISA"), 0);
    }
}

START_TEST(every_neuron_does_the_same_in_every_variant_on_any_threads) {
    struct trial t = {.precision = (enum hk_precision)_i};
    for (size_t n = 0; (t.neuron = at(HK_KIND_NEURON, n, t.precision)); n++)
        for (size_t r = 0; (t.receptor = at(HK_KIND_RECEPTOR, r, t.precision)); r++)
            expect_same_bits(&t, t.neuron->name);
}
END_TEST

START_TEST(every_rule_does_the_same_in_every_variant_on_any_threads) {
    static const char *const connects[] = {"all-to-all", "fixed-indegree"};
    struct trial t = {.precision = (enum hk_precision)_i};
    for (size_t n = 0; (t.rule = at(HK_KIND_PLASTICITY, n, t.precision)); n++)
        for (size_t c = 0; c < HK_COUNT(connects); c++) {
            t.connect = hk_model_find(HK_KIND_CONNECT, connects[c], t.precision);
            expect_same_bits(&t, t.rule->name);
        }
}
END_TEST

/* What receptors don't write to, a model must not, for all populations share it. */
START_TEST(every_neuron_leaves_the_others_alone) {
    struct trial t = {.precision = (enum hk_precision)_i};
    (void)run_trial(&t, 1000);
    uint64_t expected = t.others;
    for (size_t n = 0; (t.neuron = at(HK_KIND_NEURON, n, t.precision)); n++)
        for (size_t r = 0; (t.receptor = at(HK_KIND_RECEPTOR, r, t.precision)); r++) {
            (void)run_trial(&t, 1000);
            ck_assert_msg(t.others == expected, "%s with %s", t.neuron->name, t.receptor->name);
        }
}
END_TEST

START_TEST(every_connectivity_rule_connects) {
    struct trial t = {.precision = HK_SINGLE};
    for (size_t n = 0; (t.connect = at(HK_KIND_CONNECT, n, t.precision)); n++)
        (void)run_trial(&t, 1);
}
END_TEST

START_TEST(every_source_and_encoder_spikes_without_harm) {
    struct trial t = {.precision = HK_SINGLE};
    for (size_t n = 0; (t.source = at(HK_KIND_SOURCE, n, t.precision)); n++) (void)run_trial(&t, 1);
    for (size_t n = 0; (t.encoder = at(HK_KIND_ENCODER, n, t.precision)); n++)
        (void)run_trial(&t, 1);
}
END_TEST

/* Whatever a read-out has learnt, it names a class or none. */
START_TEST(every_readout_names_a_class_or_none) {
    enum { UNITS = 4, CLASSES = 4 };
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "readout"), 0, 0);
    const struct hk_model *model;
    for (size_t n = 0; (model = hk_model_at(HK_KIND_READOUT, n)); n++) {
        const struct hk_readout_model *readout = (const struct hk_readout_model *)model;
        double sums[UNITS * CLASSES] = {0}, shown[CLASSES] = {0};
        int32_t assigned[UNITS] = {0};
        _Alignas(16) char param[FILLED_SIZE];
        struct hk_readout r = {filled(model, param), UNITS, CLASSES, sums, shown, assigned};
        if (readout->start) readout->start(&r);
        for (int k = 0; k < 500; k++) {
            uint32_t counts[UNITS];
            for (size_t i = 0; i < UNITS; i++) counts[i] = hk_draws_below(&draws, 4);
            if (readout->learn) readout->learn(&r, counts, hk_draws_below(&draws, CLASSES));
            if (readout->assign && k % 10 == 0) readout->assign(&r);
            int class = readout->predict(&r, counts);
            if (class < -1 || class >= CLASSES) ck_abort_msg("%s: %d", model->name, class);
        }
    }
}
END_TEST

Suite *suite_sim_models(void) {
    Suite *suite = suite_create("sim/models");
    TCase *tables = tcase_create("tables"), *running = tcase_create("running");
    tcase_add_test(tables, the_registry_is_sound);
    tcase_add_test(tables, names_are_written_in_one_way_and_everything_is_explained);
    tcase_add_test(tables, defaults_and_choices_lie_within_bounds);
    tcase_add_test(tables, all_variants_of_a_model_have_one_table);
    tcase_add_test(tables, a_model_is_found_by_name_and_a_wrong_name_lists_the_known);
    tcase_add_test(tables, mandatory_operations_are_there);
    tcase_add_loop_test(tables, on_pre_changes_nothing_where_traces_are_0, HK_SINGLE,
                        HK_DOUBLE + 1);
    tcase_add_loop_test(tables, on_post_does_not_look_at_what_it_says, HK_SINGLE, HK_DOUBLE + 1);
    suite_add_tcase(suite, tables);
    tcase_add_loop_test(running, every_neuron_runs_with_every_receptor_and_drive, 0, 2);
    tcase_add_loop_test(running, every_rule_runs_on_matrices_and_rows, 0, 2);
    tcase_add_loop_test(running, every_neuron_does_the_same_in_every_variant_on_any_threads, 0, 2);
    tcase_add_loop_test(running, every_rule_does_the_same_in_every_variant_on_any_threads, 0, 2);
    tcase_add_loop_test(running, every_neuron_leaves_the_others_alone, 0, 2);
    tcase_add_test(running, every_connectivity_rule_connects);
    tcase_add_test(running, every_source_and_encoder_spikes_without_harm);
    tcase_add_test(running, every_readout_names_a_class_or_none);
    suite_add_tcase(suite, running);
    return suite;
}
