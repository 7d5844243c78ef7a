/* Locally connected: every target sees a square field of an image, and fields are `stride` apart;
 * no two targets share a weight. Sources are [rows][columns] or [channels][rows][columns], targets
 * [channels][field rows][field columns]: target t has field t mod (number of fields). Nothing is
 * drawn. */
#include "sim/connect_model.h"

struct local {
    struct hk_list input;
    int64_t field, stride;
};

static const struct hk_param params[] = {
    {"input", "1", "shape of the sources: [rows, columns] or [channels, rows, columns]",
     HK_REQUIRED, 1, 1e6, offsetof(struct local, input), HK_LIST, NULL},
    {"field", "1", "side of a field", HK_REQUIRED, 1, 1 << 16, offsetof(struct local, field),
     HK_INT, NULL},
    {"stride", "1", "distance of neighbouring fields", 1, 1, 1 << 16,
     offsetof(struct local, stride), HK_INT, NULL},
};

struct layout {
    hk_neuron channels, rows, columns; /* of the sources */
    hk_neuron down, across;            /* fields */
};

/* False where the shape is none. */
static bool lay_out(const struct local *p, struct layout *out) {
    const double *side = p->input.values;
    size_t rank = p->input.count;
    if (rank < 2 || rank > 3) return false;
    for (size_t k = 0; k < rank; k++)
        if (!(side[k] >= 1.0 && side[k] <= 1e6 && side[k] == floor(side[k]))) return false;
    out->channels = rank == 3 ? (hk_neuron)side[0] : 1;
    out->rows = (hk_neuron)side[rank - 2];
    out->columns = (hk_neuron)side[rank - 1];
    if (p->field > out->rows || p->field > out->columns) return false;
    out->down = (out->rows - (hk_neuron)p->field) / (hk_neuron)p->stride + 1;
    out->across = (out->columns - (hk_neuron)p->field) / (hk_neuron)p->stride + 1;
    return true;
}

static bool local_check(const void *param, const struct hk_connect_shape *shape,
                        struct hk_err *err) {
    const struct local *p = param;
    struct layout l;
    if (!lay_out(p, &l))
        return HK_FAIL(err, HK_ERR_RANGE,
                       "input: expected [ROWS, COLUMNS] or [CHANNELS, ROWS, COLUMNS], at least as "
                       "large as the field of %lld",
                       (long long)p->field);
    uint64_t sources = (uint64_t)l.channels * l.rows * l.columns,
             fields = (uint64_t)l.down * l.across;
    if (sources != shape->source_count)
        return HK_FAIL(err, HK_ERR_RANGE, "input: %u x %u x %u are not the %u sources", l.channels,
                       l.rows, l.columns, shape->source_count);
    if (shape->target_count % fields == 0) return true;
    return HK_FAIL(err, HK_ERR_RANGE,
                   "%u targets can't be divided among %u x %u fields of side %lld",
                   shape->target_count, l.down, l.across, (long long)p->field);
}

static size_t local_draw_max(const void *param, const struct hk_connect_shape *shape) {
    const struct local *p = param;
    struct layout l;
    (void)shape;
    return lay_out(p, &l) ? (size_t)l.channels * (size_t)(p->field * p->field) : 0;
}

static size_t local_draw(const void *param, const struct hk_connect_shape *shape,
                         struct hk_stream stream, hk_neuron target, hk_neuron *sources) {
    const struct local *p = param;
    struct layout l;
    size_t count = 0;
    (void)shape, (void)stream;
    if (!lay_out(p, &l)) return 0;
    hk_neuron field = target % (l.down * l.across), side = (hk_neuron)p->field;
    hk_neuron top = field / l.across * (hk_neuron)p->stride;
    hk_neuron left = field % l.across * (hk_neuron)p->stride;
    for (hk_neuron channel = 0; channel < l.channels; channel++)
        for (hk_neuron row = top; row < top + side; row++)
            for (hk_neuron column = left; column < left + side; column++)
                sources[count++] = (channel * l.rows + row) * l.columns + column;
    return count;
}

const struct hk_connect_model hk_connect_local = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "local",
             .doc = "every target sees a square field of an image, with weights of its own",
             HK_PARAMS(params, struct local)},
    .check = local_check,
    .draw_max = local_draw_max,
    .draw = local_draw,
};
