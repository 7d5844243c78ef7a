#include "sim/models.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[HK_KIND_COUNT] = {
    [HK_KIND_NEURON] = "neuron model",
    [HK_KIND_RECEPTOR] = "receptor",
    [HK_KIND_CONNECT] = "connectivity rule",
    [HK_KIND_SYNAPSE] = "synapse model",
    [HK_KIND_PLASTICITY] = "plasticity rule",
    [HK_KIND_ENCODER] = "encoder",
    [HK_KIND_SOURCE] = "source",
    [HK_KIND_DRIVE] = "drive",
    [HK_KIND_READOUT] = "read-out",
    [HK_KIND_REWARD] = "reward",
};
static const char *const isa_names[HK_ISA_COUNT] = {"base", "v3", "v4"};

const char *hk_kind_name(enum hk_model_kind kind) {
    return kind_names[kind];
}

const char *hk_isa_name(enum hk_isa isa) {
    return isa_names[isa];
}

static enum hk_isa isa_of_machine(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
    return v4 ? HK_ISA_V4 : v3 ? HK_ISA_V3 : HK_ISA_BASE;
#else
    return HK_ISA_BASE;
#endif
}

enum hk_isa hk_isa_best(void) {
    enum hk_isa best = isa_of_machine();
    const char *wanted = getenv("HILLOCK_ISA");
    for (int isa = 0; wanted && isa < (int)best && isa < HK_ISA_COUNT; isa++)
        if (strcmp(wanted, isa_names[isa]) == 0) return (enum hk_isa)isa;
    return best;
}

const struct hk_model *hk_model_find(enum hk_model_kind kind, const char *name,
                                     enum hk_precision precision) {
    enum hk_isa isa = hk_isa_best();
    for (size_t i = 0; i < hk_model_row_count; i++) {
        const struct hk_model *model = hk_model_rows[i].variant[precision][isa];
        if (hk_model_rows[i].kind == kind && strcmp(model->name, name) == 0) return model;
    }
    return NULL;
}

const struct hk_model *hk_model_at(enum hk_model_kind kind, size_t index) {
    for (size_t i = 0; i < hk_model_row_count; i++)
        if (hk_model_rows[i].kind == kind && index-- == 0)
            return hk_model_rows[i].variant[HK_SINGLE][HK_ISA_BASE];
    return NULL;
}

const struct hk_model *hk_model_get(enum hk_model_kind kind, const char *name,
                                    enum hk_precision precision, struct hk_err *err) {
    const struct hk_model *model = hk_model_find(kind, name, precision), *known;
    if (model) return model;
    char list[256] = "";
    for (size_t i = 0; (known = hk_model_at(kind, i)); i++) {
        if (i) strncat(list, ", ", sizeof list - strlen(list) - 1);
        strncat(list, known->name, sizeof list - strlen(list) - 1);
    }
    (void)HK_FAIL(err, HK_ERR_CONFIG, "there is no %s '%s'; known: %s", kind_names[kind], name,
                  list);
    return NULL;
}

static bool unit_known(const char *unit) {
    static const char *const units[] = {"1", "ms", "mV", "pA", "nS", "pF", "Hz", "weight"};
    for (size_t i = 0; i < HK_COUNT(units); i++)
        if (strcmp(units[i], unit) == 0) return true;
    return false;
}

static bool check_param(const struct hk_model *model, size_t index, struct hk_err *err) {
    const struct hk_param *p = &model->params[index];
    if (hk_param_find(model, p->name) != p)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s: two rows are called %s", model->name, p->name);
    if (!unit_known(p->unit))
        return HK_FAIL(err, HK_ERR_CONFIG, "%s.%s: unknown unit %s", model->name, p->name, p->unit);
    if (p->def < p->min || p->def > p->max)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s.%s: default out of bounds", model->name, p->name);
    if ((p->kind == HK_CHOICE) != (p->choices != NULL))
        return HK_FAIL(err, HK_ERR_CONFIG, "%s.%s: choices and kind differ", model->name, p->name);
    if (!p->doc || !*p->doc || p->offset >= model->param_size)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s.%s: no doc or no place", model->name, p->name);
    return true;
}

static bool check_model(const struct hk_model_row *row, struct hk_err *err) {
    const struct hk_model *model = row->variant[HK_SINGLE][HK_ISA_BASE];
    if (model->abi != HK_MODEL_ABI)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s was built for abi %u, not %u", model->name,
                       model->abi, HK_MODEL_ABI);
    if (!model->name || !model->doc)
        return HK_FAIL(err, HK_ERR_CONFIG, "a %s has no name or doc", kind_names[row->kind]);
    if (hk_model_find(row->kind, model->name, HK_SINGLE) != row->variant[HK_SINGLE][hk_isa_best()])
        return HK_FAIL(err, HK_ERR_CONFIG, "two %ss are called %s", kind_names[row->kind],
                       model->name);
    if (model->main_param && !hk_param_find(model, model->main_param))
        return HK_FAIL(err, HK_ERR_CONFIG, "%s has no %s", model->name, model->main_param);
    for (size_t i = 0; i < model->param_count; i++)
        if (!check_param(model, i, err)) return false;
    return true;
}

/* The operations without which the engine would call NULL. */
static bool has_operations(enum hk_model_kind kind, const void *model) {
    switch (kind) {
    case HK_KIND_NEURON: {
        const struct hk_neuron_model *m = model;
        return m->derive && m->gain && m->update && m->column_count;
    }
    case HK_KIND_RECEPTOR: {
        const struct hk_receptor_model *m = model;
        return m->derive && m->advance && m->weight_unit;
    }
    case HK_KIND_CONNECT: {
        const struct hk_connect_model *m = model;
        return m->draw_max && m->draw;
    }
    case HK_KIND_SYNAPSE: {
        const struct hk_synapse_model *m = model;
        return !m->release || (m->start && m->state_count <= HK_SYNAPSE_STATE_MAX);
    }
    case HK_KIND_PLASTICITY: {
        const struct hk_plasticity_model *m = model;
        bool events = m->on_pre && m->on_post && !m->lapse == !m->memory_count;
        bool presentations = m->teach && m->credit && m->on_end && m->pre_count == 1;
        return events != presentations && !(m->lag && m->lapse);
    }
    case HK_KIND_ENCODER: return ((const struct hk_encoder_model *)model)->encode;
    case HK_KIND_SOURCE: {
        const struct hk_source_model *m = model;
        return m->derive && m->burst && m->emit;
    }
    case HK_KIND_DRIVE: {
        const struct hk_drive_model *m = model;
        return m->derive && !m->add != !m->arrive;
    }
    case HK_KIND_READOUT: return ((const struct hk_readout_model *)model)->predict;
    case HK_KIND_REWARD: {
        const struct hk_reward_model *m = model;
        return m->give && m->state_count <= HK_REWARD_STATE_MAX;
    }
    case HK_KIND_COUNT: break;
    }
    return false;
}

bool hk_models_check(struct hk_err *err) {
    for (size_t i = 0; i < hk_model_row_count; i++) {
        const struct hk_model_row *row = &hk_model_rows[i];
        const struct hk_model *model = row->variant[HK_SINGLE][HK_ISA_BASE];
        if (!check_model(row, err)) return false;
        if (!has_operations(row->kind, model))
            return HK_FAIL(err, HK_ERR_CONFIG, "%s lacks an operation", model->name);
    }
    return true;
}
