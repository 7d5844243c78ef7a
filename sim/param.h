/* Descriptor tables: one table a model says which parameters it has, in which unit, within which
 * bounds, and where they lie in its parameter struct. The config reader, the validator, `hillock
 * models`, the manual and the results file all read it; nothing is written twice.
 *
 * Inside there is one coherent system of units, the field's own: ms, mV, pA, and what follows from
 * them: nS = pA/mV, pF = pA ms/mV, GOhm = mV/pA; Hz and 1 beside. */
#ifndef HK_SIM_PARAM_H
#define HK_SIM_PARAM_H

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/types.h"

#include <math.h>

#define HK_MODEL_ABI 1u

/* What lies at `offset` of the parameter struct. */
enum hk_kind {
    HK_REAL,      /* double, in `unit` */
    HK_INT,       /* int64_t */
    HK_BOOL,      /* bool */
    HK_CHOICE,    /* int: index into `choices` */
    HK_LIST,      /* struct hk_list of doubles in `unit`; default empty */
    HK_TEXT,      /* const char *, default "" */
    HK_RECORDING, /* struct hk_recording, which the config reader reads from a file; required */
};

struct hk_list {
    const double *values;
    size_t count;
};

/* A recorded raster: spikes in the order of their file, at times from 0 on. */
struct hk_recording {
    const double *times; /* ms */
    const hk_neuron *units;
    size_t count;
    double end; /* ms; NaN: the file doesn't say how long was recorded */
};

/* One parameter. `unit` is one of "1", "ms", "mV", "pA", "nS", "pF", "Hz", or "weight": the unit of
 * the receptor that the projection ends in. `choices` ends with NULL. A parameter whose default is
 * HK_REQUIRED must be given. */
struct hk_param {
    const char *name, *unit, *doc;
    double def, min, max;
    size_t offset;
    enum hk_kind kind;
    const char *const *choices;
};
#define HK_REQUIRED ((double)NAN)

/* One state variable: a column of hk_real, one value a unit. */
struct hk_column {
    const char *name, *unit, *doc;
    double start; /* initial value, unless the model's start op or the experiment says otherwise */
    bool slow;    /* slow adaptation: survives a reset of the state between samples */
};

/* What every model table begins with, whatever its kind. */
struct hk_model {
    uint32_t abi; /* HK_MODEL_ABI */
    const char *name, *doc;
    const struct hk_param *params;
    size_t param_count, param_size;
    const char *main_param; /* the parameter that `{<model>: value}` sets; NULL: none */
};
#define HK_PARAMS(table, type)                                                                     \
    .params = (table), .param_count = HK_COUNT(table), .param_size = sizeof(type)
#define HK_COLUMNS(table) .columns = (table), .column_count = HK_COUNT(table)

/* Fill `values` (param_size bytes) with the defaults; a required value becomes NaN. */
void hk_params_default(const struct hk_model *model, void *values);

/* The row called `name`, or NULL. */
const struct hk_param *hk_param_find(const struct hk_model *model, const char *name);

/* Set one number (REAL, INT, BOOL) or one choice. The unit is the table's. Errors: HK_ERR_RANGE
 * with the value, the bound and the unit. */
bool hk_param_set(const struct hk_param *param, void *values, double value,
                  struct hk_err *err) HK_MUST_USE;
bool hk_param_choose(const struct hk_param *param, void *values, const char *choice,
                     struct hk_err *err) HK_MUST_USE;
/* The list, text or spikes must live as long as the values. */
bool hk_param_set_list(const struct hk_param *param, void *values, struct hk_list list,
                       struct hk_err *err) HK_MUST_USE;
void hk_param_set_text(const struct hk_param *param, void *values, const char *text);
void hk_param_set_recording(const struct hk_param *param, void *values,
                            const struct hk_recording *recording);

/* The number at the row's offset; CHOICE gives its index. Not for LIST, TEXT and
 * RECORDING. */
double hk_param_get(const struct hk_param *param, const void *values);

/* A copy of a model's parameters in the arena, or its defaults where `values` is NULL; complete, as
 * hk_params_complete says. */
bool hk_params_copy(struct hk_arena *arena, const struct hk_model *model, const void *values,
                    void **copy, struct hk_err *err) HK_MUST_USE;

/* True when every required parameter was given; else HK_ERR_CONFIG naming the first missing. */
bool hk_params_complete(const struct hk_model *model, const void *values,
                        struct hk_err *err) HK_MUST_USE;

/* Ticks of a time: fewer, so that numbers tell them apart. */
#define HK_TICKS_MAX 9e15

/* `milliseconds` as whole ticks of `tick_ms`. Errors: HK_ERR_RANGE, quoting the nearest valid
 * times, when it isn't a whole number of ticks (to 1e-9 relative) or doesn't fit. */
bool hk_tick_from_ms(double milliseconds, double tick_ms, hk_tick *ticks,
                     struct hk_err *err) HK_MUST_USE;

#endif
