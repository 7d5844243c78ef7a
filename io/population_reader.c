#include "io/population_reader.h"

#include "io/diagnostics.h"
#include "io/vocabulary.h"

#include <string.h>

enum { NAMES_MAX = 64 };

/* What is read of one population before it is added. */
struct draft {
    struct hk_pop_spec spec;
    struct hk_receptor_spec *receptors; /* the spec's */
    struct hk_keys keys;
    bool encodes; /* it has an encoder, which may be wrong */
};

static bool read_shape(struct hk_reader *reader, const struct hk_node *shape, int64_t *size,
                       struct hk_err *err) {
    if (!hk_node_expect(shape, HK_NODE_LIST, err)) return false;
    if (shape->count == 0) return hk_node_fail(err, shape, "a shape has at least one number");
    bool ok = true;
    *size = 1;
    for (const struct hk_node *item = shape->first; item; item = item->next) {
        int64_t side = 1;
        ok &= hk_go_on(hk_node_whole(item, reader->scope, 1, HK_NEURON_NONE - 1, &side, err), err);
        if (*size > (HK_NEURON_NONE - 1) / side)
            return hk_node_fail(err, shape, "more than %u units", HK_NEURON_NONE - 1);
        *size *= side;
    }
    return ok;
}

/* `size: 100` or `shape: [10, 10]`; an encoder's population may leave it to the data. */
static bool read_size(struct hk_reader *reader, struct hk_node *map,
                      const struct hk_samples *samples, struct draft *draft, struct hk_err *err) {
    const struct hk_node *size = hk_node_get(map, "size"), *shape = hk_node_get(map, "shape");
    const struct hk_encoder_model *encoder = draft->spec.encoder;
    size_t coded = 0;
    if (encoder && samples) coded = hk_encoder_units(encoder, draft->spec.param, samples->size);
    if (coded >= HK_NEURON_NONE)
        return hk_node_fail_key(err, map, "%s makes %zu units of a sample, more than %u",
                                encoder->base.name, coded, HK_NEURON_NONE - 1);
    int64_t units = (int64_t)coded;
    if (size && shape) return hk_node_fail_key(err, shape, "give either size or shape");
    if (size && !hk_node_whole(size, reader->scope, 1, HK_NEURON_NONE - 1, &units, err))
        return false;
    if (shape && !read_shape(reader, shape, &units, err)) return false;
    if (draft->encodes && !samples && !hk_node_is_told(map, "data", NULL))
        return hk_node_fail_key(err, map, "encodes samples, but the file has no `data:`");
    if (units == 0 && draft->encodes && !(encoder && samples))
        return false; /* what is wrong with one of them was told */
    if (units == 0)
        return hk_node_fail_key(err, map, "needs `size: NUMBER` or `shape: [ROWS, COLUMNS]`");
    if (encoder && samples && (size_t)units != coded)
        return hk_node_fail(err, shape ? shape : size,
                            "%lld units, but %s makes %zu of a sample of %zu values",
                            (long long)units, encoder->base.name, coded, samples->size);
    draft->spec.size = (hk_neuron)units;
    return true;
}

static bool read_source(struct hk_reader *reader, struct hk_node *source, struct draft *draft,
                        struct hk_err *err) {
    const struct hk_model *model = NULL;
    void *values = NULL;
    bool ok = source->kind != HK_NODE_MAP || hk_node_take_for(source, "encoder", err);
    draft->encodes = source->kind == HK_NODE_MAP && hk_node_get(source, "encoder");
    if (draft->encodes) {
        ok &= hk_read_named(reader, HK_KIND_ENCODER, source, "encoder", "1", &model, &values, err);
        draft->spec.encoder = ok ? (const struct hk_encoder_model *)model : NULL;
    } else {
        ok &= hk_read_keyed(reader, HK_KIND_SOURCE, source, "1", &model, &values, err);
        draft->spec.source = (const struct hk_source_model *)model;
    }
    draft->spec.param = values;
    return ok;
}

/* A kernel by its name; the keys of its parameters are added. */
static bool find_receptor(struct hk_reader *reader, const char *name, const struct hk_node *kernel,
                          struct hk_receptor_spec *spec, struct hk_keys *keys, struct hk_err *err) {
    const struct hk_model *model = hk_read_model(reader, HK_KIND_RECEPTOR, kernel, err);
    if (!model) return false;
    *spec =
        (struct hk_receptor_spec){.name = name, .model = (const struct hk_receptor_model *)model};
    return hk_keys_add_params(keys, reader, model, name, err);
}

/* `receptors: {exc: cond-exp, inh: cond-exp}`; one kernel alone stands for exc and inh. In the
 * order of names: what they do to a membrane is summed in it. */
static bool find_receptors(struct hk_reader *reader, const struct hk_node *map, struct draft *draft,
                           struct hk_err *err) {
    static const char *const both[] = {"exc", "inh"};
    const struct hk_node *node = hk_node_get(map, "receptors");
    bool named = node->kind == HK_NODE_MAP, ok = true;
    size_t count = named ? node->count : HK_COUNT(both);
    if (count == 0 || count > HK_RECEPTORS_MAX)
        return hk_node_fail(err, node, "%zu receptors; a population has 1 to %d", count,
                            HK_RECEPTORS_MAX);
    struct hk_receptor_spec *specs = HK_NEW(reader->arena, struct hk_receptor_spec, count, err);
    struct hk_node **kernels = named ? hk_node_sorted(reader->arena, node, err) : NULL;
    if (!specs || (named && !kernels)) return false;
    for (size_t i = 0; i < count; i++)
        ok &= hk_go_on(find_receptor(reader, named ? kernels[i]->key : both[i],
                                     named ? kernels[i] : node, &specs[i], &draft->keys, err),
                       err);
    draft->receptors = specs;
    draft->spec.receptors = specs;
    draft->spec.receptor_count = count;
    return ok;
}

/* Their parameters stand beside the neuron's, "tau_exc" for tau of exc. */
static bool read_receptors(struct hk_reader *reader, struct hk_node *map, struct draft *draft,
                           struct hk_err *err) {
    bool ok = true;
    for (size_t i = 0; i < draft->spec.receptor_count; i++) {
        struct hk_receptor_spec *spec = &draft->receptors[i];
        void *values = NULL;
        ok &= hk_read_params(reader, map, &spec->model->base, spec->name, "1", &values, err);
        spec->param = values;
    }
    return ok;
}

/* The unit of what arrives at the receptor that a drive names, or at the first. */
static const char *drive_weight_unit(const struct hk_node *drive, const struct hk_pop_spec *spec) {
    const struct hk_node *named =
        drive->kind == HK_NODE_MAP ? hk_node_get(drive, "receptor") : NULL;
    const char *name = named && named->kind == HK_NODE_SCALAR ? named->text : "";
    for (size_t i = 0; i < spec->receptor_count; i++)
        if (strcmp(spec->receptors[i].name, name) == 0)
            return spec->receptors[i].model->weight_unit;
    return spec->receptors[0].model->weight_unit;
}

/* `drive: {step: 400 pA}` or a list of such. */
static bool read_drives(struct hk_reader *reader, struct hk_node *map, struct draft *draft,
                        struct hk_err *err) {
    struct hk_node *node = hk_node_get(map, "drive");
    if (!node) return true;
    bool many = node->kind == HK_NODE_LIST, ok = true;
    size_t count = many ? node->count : 1, i = 0;
    struct hk_drive_spec *specs = HK_NEW(reader->arena, struct hk_drive_spec, count, err);
    if (!specs) return false;
    struct hk_node *item = many ? node->first : node;
    for (; i < count; item = item->next, i++) {
        const struct hk_model *model = NULL;
        void *values = NULL;
        const char *unit = drive_weight_unit(item, &draft->spec);
        ok &= hk_go_on(hk_read_keyed(reader, HK_KIND_DRIVE, item, unit, &model, &values, err), err);
        specs[i] = (struct hk_drive_spec){(const struct hk_drive_model *)model, values};
    }
    draft->spec.drives = specs;
    draft->spec.drive_count = ok ? count : 0;
    return ok;
}

/* The model, by its name. */
static bool find_neuron(struct hk_reader *reader, struct hk_node *map, struct draft *draft,
                        struct hk_err *err) {
    const struct hk_node *named =
        hk_read_naming(reader, HK_KIND_NEURON, map, "model", &draft->keys, err);
    if (!named) return hk_node_fail_key(err, map, "needs `model: NAME` or `source: {...}`");
    const struct hk_model *model = hk_read_model(reader, HK_KIND_NEURON, named, err);
    draft->spec.neuron = (const struct hk_neuron_model *)model;
    return model;
}

/* Which keys may be there follows from the models of neuron and receptors: where one isn't known,
 * nothing is said of the others' parameters. */
static bool read_neurons(struct hk_reader *reader, struct hk_node *map, struct draft *draft,
                         struct hk_err *err) {
    void *values = NULL;
    bool found = hk_go_on(find_neuron(reader, map, draft, err), err);
    found &= hk_go_on(find_receptors(reader, map, draft, err), err);
    if (!found) {
        draft->spec.neuron = NULL;
        return false;
    }
    const struct hk_model *model = &draft->spec.neuron->base;
    if (!hk_keys_add_params(&draft->keys, reader, model, NULL, err)) return false;
    bool ok = hk_node_check_keys(map, draft->keys.key, draft->keys.count, err);
    ok &= hk_read_params(reader, map, model, NULL, "1", &values, err);
    draft->spec.param = values;
    ok &= read_receptors(reader, map, draft, err);
    ok &= read_drives(reader, map, draft, err);
    return ok;
}

static bool read_start(struct hk_reader *reader, const struct hk_node *node, struct hk_pop *pop,
                       struct hk_err *err) {
    const char *names[NAMES_MAX];
    const struct hk_column *info;
    struct hk_dist dist;
    size_t count = 0;
    while (count < NAMES_MAX && (info = hk_pop_column_info(pop, count)))
        names[count++] = info->name;
    int column = hk_pop_column(pop, node->key);
    if (column < 0)
        return hk_node_fail_unknown(err, node, "state variable", node->key, names, count);
    info = hk_pop_column_info(pop, (size_t)column);
    if (!hk_read_dist(reader, node, &hk_words_start, info->unit, &dist, err)) return false;
    hk_pop_draw(pop, (size_t)column, &dist);
    return true;
}

/* `init: {v: {uniform: [-70 mV, -55 mV]}}` */
static bool read_init(struct hk_reader *reader, const struct hk_node *init, struct hk_pop *pop,
                      struct hk_err *err) {
    bool ok = true;
    if (!init) return true;
    if (!hk_node_expect(init, HK_NODE_MAP, err)) return false;
    for (const struct hk_node *node = init->first; node; node = node->next)
        ok &= hk_go_on(read_start(reader, node, pop, err), err);
    return ok;
}

bool hk_population_read(struct hk_reader *reader, struct hk_node *map,
                        const struct hk_samples *samples, struct hk_sim *sim, struct hk_err *err) {
    struct draft draft = {.spec = {.name = map->key}};
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    bool ok = hk_node_take_for(map, "source", err);
    struct hk_node *source = hk_node_get(map, "source");
    const struct hk_words *words = source ? &hk_words_source : &hk_words_neurons;
    hk_words_add(words, &draft.keys);
    ok &= source ? hk_node_check_keys(map, draft.keys.key, draft.keys.count, err)
                 : hk_node_take_for(map, "receptors", err);
    if (!hk_words_fill(reader, map, words, err)) return false;
    ok &= hk_go_on(source ? read_source(reader, source, &draft, err)
                          : read_neurons(reader, map, &draft, err),
                   err);
    ok &= hk_go_on(read_size(reader, map, samples, &draft, err), err);
    ok &= hk_go_on(hk_node_number(hk_node_get(map, "dropout"), reader->scope, &draft.spec.dropout,
                                  err),
                   err);
    struct hk_pop *pop =
        hk_sim_add_population(sim, &draft.spec, ok && !reader->timeless ? err : NULL);
    if (!pop) return hk_node_context_within(err, map);
    return read_init(reader, hk_node_get(map, "init"), pop, err) && ok;
}
