#include "tests/support/filled.h"

#include <check.h>
#include <math.h>

static void must(bool ok, const char *model, const struct hk_err *err) {
    if (!ok) ck_abort_msg("%s: %s", model, err->message);
}

const void *filled(const struct hk_model *model, void *values) {
    static const double one[] = {1.0}, line[] = {1.0, 37.0};
    static const hk_neuron zero[] = {0};
    static const struct hk_recording recording = {one, zero, 1, 2.0};
    struct hk_err err = {0};
    ck_assert_uint_le(model->param_size, FILLED_SIZE);
    hk_params_default(model, values);
    for (size_t i = 0; i < model->param_count; i++) {
        const struct hk_param *p = &model->params[i];
        if (!isnan(p->def)) continue;
        if (p->kind == HK_RECORDING)
            hk_param_set_recording(p, values, &recording);
        else if (p->kind == HK_TEXT)
            hk_param_set_text(p, values, "reward");
        else if (p->kind == HK_LIST)
            must(hk_param_set_list(p, values, (struct hk_list){line, 2}, &err), model->name, &err);
        else
            must(hk_param_set(p, values, fmin(fmax(1.0, p->min), p->max), &err), model->name, &err);
    }
    must(hk_params_complete(model, values, &err), model->name, &err);
    return values;
}
