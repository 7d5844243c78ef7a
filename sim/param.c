#include "sim/param.h"

#include <string.h>

static void *slot(const struct hk_param *param, void *values) {
    return (char *)values + param->offset;
}

static const void *slot_const(const struct hk_param *param, const void *values) {
    return (const char *)values + param->offset;
}

static void store(const struct hk_param *param, void *values, double value) {
    void *at = slot(param, values);
    switch (param->kind) {
    case HK_REAL: *(double *)at = value; break;
    case HK_INT: *(int64_t *)at = isnan(value) ? INT64_MIN : (int64_t)value; break;
    case HK_BOOL: *(bool *)at = value != 0.0; break;
    case HK_CHOICE: *(int *)at = (int)value; break;
    case HK_LIST: *(struct hk_list *)at = (struct hk_list){0}; break;
    case HK_TEXT: *(const char **)at = ""; break;
    case HK_RECORDING: *(struct hk_recording *)at = (struct hk_recording){0}; break;
    }
}

void hk_params_default(const struct hk_model *model, void *values) {
    if (model->param_size) memset(values, 0, model->param_size);
    for (size_t i = 0; i < model->param_count; i++)
        store(&model->params[i], values, model->params[i].def);
}

const struct hk_param *hk_param_find(const struct hk_model *model, const char *name) {
    for (size_t i = 0; i < model->param_count; i++)
        if (strcmp(model->params[i].name, name) == 0) return &model->params[i];
    return NULL;
}

/* " mV", or nothing for a pure number. */
static const char *unit_text(const struct hk_param *param) {
    return strcmp(param->unit, "1") == 0 ? "" : param->unit;
}

static bool in_bounds(const struct hk_param *param, double value, struct hk_err *err) {
    const char *unit = unit_text(param);
    const char *space = *unit ? " " : "";
    if (isnan(value)) return HK_FAIL(err, HK_ERR_RANGE, "%s is not a number", param->name);
    if (value < param->min)
        return HK_FAIL(err, HK_ERR_RANGE, "%s = %.10g%s%s, must be at least %.10g%s%s", param->name,
                       value, space, unit, param->min, space, unit);
    if (value > param->max)
        return HK_FAIL(err, HK_ERR_RANGE, "%s = %.10g%s%s, must be at most %.10g%s%s", param->name,
                       value, space, unit, param->max, space, unit);
    return true;
}

bool hk_param_set(const struct hk_param *param, void *values, double value, struct hk_err *err) {
    if (param->kind == HK_LIST || param->kind == HK_TEXT || param->kind == HK_RECORDING)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s does not take a single number", param->name);
    if (!in_bounds(param, value, err)) return false;
    if (param->kind != HK_REAL && value != floor(value))
        return HK_FAIL(err, HK_ERR_RANGE, "%s = %.10g, must be a whole number", param->name, value);
    store(param, values, value);
    return true;
}

bool hk_param_choose(const struct hk_param *param, void *values, const char *choice,
                     struct hk_err *err) {
    if (param->kind != HK_CHOICE)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s does not take a word", param->name);
    char list[256] = "";
    for (int i = 0; param->choices[i]; i++) {
        if (strcmp(param->choices[i], choice) == 0) {
            *(int *)slot(param, values) = i;
            return true;
        }
        size_t used = strlen(list);
        const char *parts[] = {i ? ", " : "", param->choices[i]};
        for (size_t k = 0; k < HK_COUNT(parts); k++, used = strlen(list))
            strncat(list, parts[k], sizeof list - used - 1);
    }
    return HK_FAIL(err, HK_ERR_CONFIG, "%s: '%s' is not one of %s", param->name, choice, list);
}

bool hk_param_set_list(const struct hk_param *param, void *values, struct hk_list list,
                       struct hk_err *err) {
    if (param->kind != HK_LIST)
        return HK_FAIL(err, HK_ERR_CONFIG, "%s takes one value, not a list", param->name);
    for (size_t i = 0; i < list.count; i++)
        if (!in_bounds(param, list.values[i], err)) return false;
    *(struct hk_list *)slot(param, values) = list;
    return true;
}

void hk_param_set_text(const struct hk_param *param, void *values, const char *text) {
    HK_ASSERT(param->kind == HK_TEXT);
    *(const char **)slot(param, values) = text;
}

void hk_param_set_recording(const struct hk_param *param, void *values,
                            const struct hk_recording *recording) {
    HK_ASSERT(param->kind == HK_RECORDING);
    *(struct hk_recording *)slot(param, values) = *recording;
}

double hk_param_get(const struct hk_param *param, const void *values) {
    const void *at = slot_const(param, values);
    switch (param->kind) {
    case HK_REAL: return *(const double *)at;
    case HK_INT:
        return *(const int64_t *)at == INT64_MIN ? (double)NAN : (double)*(const int64_t *)at;
    case HK_BOOL: return *(const bool *)at ? 1.0 : 0.0;
    case HK_CHOICE: return *(const int *)at;
    case HK_LIST:
    case HK_TEXT:
    case HK_RECORDING: break;
    }
    return (double)NAN;
}

static bool is_missing(const struct hk_param *param, const void *values) {
    const void *at = slot_const(param, values);
    switch (param->kind) {
    case HK_REAL:
    case HK_INT: return isnan(hk_param_get(param, values));
    case HK_LIST: return isnan(param->def) && !((const struct hk_list *)at)->values;
    case HK_RECORDING: return !((const struct hk_recording *)at)->times;
    case HK_TEXT: return isnan(param->def) && !**(const char *const *)at;
    case HK_BOOL:
    case HK_CHOICE: break;
    }
    return false;
}

bool hk_params_complete(const struct hk_model *model, const void *values, struct hk_err *err) {
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *param = &model->params[i];
        if (is_missing(param, values))
            return HK_FAIL(err, HK_ERR_CONFIG, "%s needs %s: %s", model->name, param->name,
                           param->doc);
    }
    return true;
}

bool hk_params_copy(struct hk_arena *arena, const struct hk_model *model, const void *values,
                    void **copy, struct hk_err *err) {
    *copy = hk_arena_array(arena, 1, model->param_size, HK_CACHE_LINE, err);
    if (!*copy) return false;
    if (values && model->param_size)
        memcpy(*copy, values, model->param_size);
    else
        hk_params_default(model, *copy);
    return hk_params_complete(model, *copy, err);
}

bool hk_tick_from_ms(double milliseconds, double tick_ms, hk_tick *ticks, struct hk_err *err) {
    double exact = milliseconds / tick_ms;
    if (!(fabs(exact) < HK_TICKS_MAX))
        return HK_FAIL(err, HK_ERR_RANGE, "%g ms is too long for ticks of %g ms", milliseconds,
                       tick_ms);
    double whole = nearbyint(exact);
    if (fabs(exact - whole) > 1e-9 * fmax(1.0, fabs(exact)))
        return HK_FAIL(err, HK_ERR_RANGE,
                       "%.10g ms is not a whole number of ticks of %.10g ms; the nearest are %.10g "
                       "and "
                       "%.10g ms",
                       milliseconds, tick_ms, floor(exact) * tick_ms, ceil(exact) * tick_ms);
    *ticks = (hk_tick)whole;
    return true;
}
