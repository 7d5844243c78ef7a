#include "tests/support/encode.h"

#include "tests/support/net.h"

#include <check.h>

enum { PARAM_SIZE = 256 };

/* As sim/raster.h says of `put`. */
struct spike {
    uint32_t tick, unit;
};

static const struct hk_encoder_model *fill(const struct encode *e, void *param) {
    struct hk_err err = {0};
    const struct hk_model *model = hk_model_find(HK_KIND_ENCODER, e->model, HK_DOUBLE);
    ck_assert_msg(model != NULL, "no encoder %s", e->model);
    ck_assert_uint_le(model->param_size, PARAM_SIZE);
    hk_params_default(model, param);
    for (size_t i = 0; i < ENCODE_PARAMS_MAX && e->params[i].name; i++) {
        const struct hk_param *row = hk_param_find(model, e->params[i].name);
        ck_assert_msg(row != NULL, "%s has no %s", e->model, e->params[i].name);
        ck_assert_msg(hk_param_set(row, param, e->params[i].value, &err), "%s", err.message);
    }
    return (const struct hk_encoder_model *)model;
}

size_t encode_units(const struct encode *e) {
    _Alignas(16) char param[PARAM_SIZE];
    const struct hk_encoder_model *model = fill(e, param);
    return hk_encoder_units(model, param, e->value_count);
}

/* In parts of at most `part` units. */
static void encode_parts(const struct encode *e, size_t part, struct hk_raster *out) {
    struct hk_err err = {0};
    _Alignas(16) char param[PARAM_SIZE];
    const struct hk_encoder_model *model = fill(e, param);
    size_t units = encode_units(e);
    if (model->check) ck_assert_msg(model->check(param, e->tick_ms, &err), "%s", err.message);
    hk_raster_begin(out, e->ticks, &err);
    for (size_t first = 0; first < units; first += part) {
        size_t count = units - first < part ? units - first : part;
        model->encode(param,
                      &(struct hk_presentation){.values = e->values,
                                                .value_count = e->value_count,
                                                .first = (hk_neuron)first,
                                                .count = (hk_neuron)count,
                                                .ticks = e->ticks,
                                                .tick_ms = e->tick_ms,
                                                .gain = e->gain > 0 ? e->gain : 1},
                      out);
    }
    ck_assert_msg(err.code == HK_OK, "%s", err.message);
}

static void check_parts(const struct encode *e, const struct hk_raster *whole) {
    static const size_t parts[] = {1, 2, 3, 16};
    struct hk_raster divided = {0};
    for (size_t i = 0; i < HK_COUNT(parts); i++) {
        encode_parts(e, parts[i], &divided);
        ck_assert_uint_eq(divided.count, whole->count);
        if (whole->count)
            ck_assert_mem_eq(divided.put.data, whole->put.data,
                             whole->count * sizeof(struct spike));
    }
    hk_raster_finish(&divided);
}

void encode_expect(const struct encode *e, hk_neuron unit, const hk_tick *ticks, size_t count) {
    struct hk_raster raster = {0};
    size_t found = 0, units = encode_units(e);
    ck_assert_uint_lt(unit, units);
    encode_parts(e, units, &raster);
    const struct spike *put = raster.put.data;
    for (size_t k = 0; k < raster.count; k++) {
        ck_assert_uint_lt(put[k].unit, units);
        ck_assert_msg(k == 0 || put[k].unit >= put[k - 1].unit, "not in the order of units");
        if (put[k].unit != unit) continue;
        ck_assert_msg(found < count, "%s: unit %u fires too often, at %u", e->model, unit,
                      put[k].tick);
        ck_assert_msg(put[k].tick == ticks[found], "%s: unit %u fires at %u instead of %d",
                      e->model, unit, put[k].tick, (int)ticks[found]);
        found++;
    }
    ck_assert_uint_eq(found, count);
    check_parts(e, &raster);
    hk_raster_finish(&raster);
}

void encode_expect_silence(const struct encode *e, hk_neuron unit) {
    encode_expect(e, unit, NULL, 0);
}

void encode_refuse(const struct encode *e, const char *message) {
    struct hk_err err = {0};
    _Alignas(16) char param[PARAM_SIZE];
    const struct hk_encoder_model *model = fill(e, param);
    ck_assert(!model->check(param, e->tick_ms, &err));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_RANGE);
}

/* Show the sample twice, with some silence between. */
static void run_shown(const struct encode *e, int threads, struct net_heard *heard) {
    struct hk_err err = {0};
    _Alignas(16) char param[PARAM_SIZE];
    struct hk_sim *sim = net_create(HK_DOUBLE, e->tick_ms, threads);
    const struct hk_pop_spec spec = {.name = "in",
                                     .size = (hk_neuron)encode_units(e),
                                     .encoder = fill(e, param),
                                     .param = param};
    struct hk_pop *pop = hk_sim_add_population(sim, &spec, &err);
    ck_assert_msg(pop != NULL, "%s", err.message);
    net_hear(pop, heard);
    net_build(sim);
    for (uint64_t number = 0; number < 2; number++) {
        ck_assert_msg(hk_sim_present(sim, e->values, e->value_count, e->ticks, 1, number, &err),
                      "%s", err.message);
        net_run(sim, e->ticks + 7);
    }
    hk_sim_destroy(sim);
}

void encode_expect_same_for_threads(const struct encode *e) {
    static const int threads[] = {2, 3, 5};
    struct net_heard one, many;
    run_shown(e, 1, &one);
    ck_assert_uint_gt(one.count, 0);
    for (size_t k = 1; k < one.count; k++)
        ck_assert(net_heard_tick(&one, k) > net_heard_tick(&one, k - 1) ||
                  net_heard_unit(&one, k) > net_heard_unit(&one, k - 1));
    for (size_t i = 0; i < HK_COUNT(threads); i++) {
        run_shown(e, threads[i], &many);
        ck_assert_uint_eq(many.count, one.count);
        ck_assert_mem_eq(many.ticks.data, one.ticks.data, one.count * sizeof(hk_tick));
        ck_assert_mem_eq(many.units.data, one.units.data, one.count * sizeof(uint32_t));
        net_heard_finish(&many);
    }
    net_heard_finish(&one);
}
