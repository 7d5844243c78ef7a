#include "io/protocol_reader.h"

#include "io/nearest.h"
#include "io/vocabulary.h"

#include <stdio.h>
#include <string.h>

struct context {
    struct hk_reader *reader;
    struct hk_sim *sim;
    const struct hk_network *network;
    const struct hk_dataset *data;
    struct hk_readout_spec *readouts;
    size_t readout_count;
};

/* ---- small values ---- */

static bool read_ticks(const struct context *c, const struct hk_node *map, const char *key,
                       hk_tick *ticks, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    double ms = 0.0;
    *ticks = 0;
    if (!node) return true;
    if (!hk_node_quantity(node, "ms", c->reader->scope, &ms, err)) return false;
    if (ms < 0.0) return hk_node_fail(err, node, "%s can't be negative", key);
    return hk_tick_from_ms(ms, hk_sim_tick_ms(c->sim), ticks, err) || hk_node_context(err, node);
}

static bool read_count(const struct context *c, const struct hk_node *map, const char *key,
                       int64_t least, size_t *out, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    int64_t count = 0;
    if (!node) return true;
    if (!hk_node_whole(node, c->reader->scope, least, 1 << 27, &count, err)) return false;
    *out = (size_t)count;
    return true;
}

static bool read_flag(const struct hk_node *map, const char *key, bool *out, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    return !node || hk_node_bool(node, out, err);
}

/* The value that it has unless the file says otherwise is written down. */
static bool default_flag(const struct context *c, struct hk_node *map, const char *key, bool *flag,
                         struct hk_err *err) {
    return hk_default_key(c->reader, map, key, *flag ? "true" : "false", err) &&
           read_flag(map, key, flag, err);
}

/* ---- read-outs ---- */

static bool read_readout(struct context *c, struct hk_node *node, struct hk_err *err) {
    struct hk_readout_spec *spec = &c->readouts[c->readout_count++];
    const struct hk_model *model;
    const struct hk_node *from = NULL;
    struct hk_keys keys = {.count = 0};
    size_t classes = 0;
    void *values = NULL;
    hk_words_add(&hk_words_readout, &keys);
    if (!hk_node_expect(node, HK_NODE_MAP, err)) return false;
    const struct hk_node *named = hk_node_get(node, "model");
    if (!named) return hk_node_fail_key(err, node, "needs `model: NAME`, the read-out");
    const char *name = hk_node_text(named, err);
    if (!name) return false;
    if (!(model = hk_model_get(HK_KIND_READOUT, name, c->reader->precision, err)))
        return hk_node_context(err, named);
    if (!hk_read_params(c->reader, node, model, NULL, "1", &keys, &values, err)) return false;
    if (!hk_node_check_keys(node, keys.key, keys.count, err)) return false;
    char text[32];
    (void)snprintf(text, sizeof text, "%zu", c->data->classes);
    if (!hk_default_key(c->reader, node, "classes", text, err) ||
        !read_count(c, node, "classes", 1, &classes, err))
        return false;
    if (!(from = hk_node_get(node, "from")))
        return hk_node_fail_key(err, node, "needs `from: POPULATION`");
    *spec = (struct hk_readout_spec){.name = node->key,
                                     .pop = hk_node_population(from, c->sim, err),
                                     .model = (const struct hk_readout_model *)model,
                                     .param = values,
                                     .classes = classes};
    if (!spec->pop) return false;
    if (spec->model->check &&
        !spec->model->check(values, hk_pop_size(spec->pop), spec->classes, err))
        return hk_node_context(err, node);
    return true;
}

static bool read_readouts(struct context *c, const struct hk_node *map, struct hk_err *err) {
    if (!map) return true;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    c->readouts = HK_NEW(c->reader->arena, struct hk_readout_spec, map->count, err);
    if (!c->readouts) return false;
    for (struct hk_node *node = map->first; node; node = node->next)
        if (!read_readout(c, node, err)) return false;
    return true;
}

/* ---- phases ---- */

static bool find_readout(const struct context *c, const struct hk_node *node, size_t *index,
                         struct hk_err *err) {
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX], *name = hk_node_text(node, err);
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    if (!name) return false;
    for (; count < c->readout_count && count < NAMES_MAX; count++) {
        names[count] = c->readouts[count].name;
        if (strcmp(names[count], name) == 0) {
            *index = count;
            return true;
        }
    }
    return hk_node_fail(err, node, "there is no read-out '%s'; %s", name,
                        hk_nearest_hint(name, names, count, hint));
}

/* `label: digits`, `evaluate: digits` or `running: digits`. */
static bool read_use(const struct context *c, struct hk_node *map, struct hk_phase *phase,
                     struct hk_err *err) {
    static const struct {
        const char *key;
        enum hk_readout_use use;
    } uses[] = {{"label", HK_READOUT_LABEL},
                {"evaluate", HK_READOUT_EVALUATE},
                {"running", HK_READOUT_RUNNING}};
    for (size_t i = 0; i < HK_COUNT(uses); i++) {
        const struct hk_node *node = hk_node_get(map, uses[i].key);
        if (!node) continue;
        if (phase->use != HK_READOUT_NONE)
            return hk_node_fail_key(err, node,
                                    "a phase labels, evaluates or keeps a running score: "
                                    "one of them");
        phase->use = uses[i].use;
        if (!find_readout(c, node, &phase->readout, err)) return false;
    }
    if (phase->use == HK_READOUT_RUNNING && !hk_default_key(c->reader, map, "window", "1000", err))
        return false;
    return read_count(c, map, "window", 1, &phase->running_window, err);
}

/* `learn: true`, or a list of projections. */
static bool read_learn(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                       struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "learn");
    struct hk_proj *proj;
    size_t count = 0;
    while (hk_sim_projection(c->sim, count)) count++;
    bool *learn = HK_NEW(c->reader->arena, bool, count, err), all = false;
    if (!learn) return false;
    phase->learn = learn;
    if (node && node->kind == HK_NODE_LIST) {
        for (const struct hk_node *item = node->first; item; item = item->next) {
            if (!(proj = hk_node_projection(item, c->sim, err))) return false;
            if (!hk_proj_is_plastic(proj))
                return hk_node_fail(err, item, "%s has no plasticity", hk_proj_name(proj));
            for (size_t i = 0; i < count; i++) learn[i] |= hk_sim_projection(c->sim, i) == proj;
            phase->adapt = phase->drop = true;
        }
        return true;
    }
    if (node && !hk_node_bool(node, &all, err)) return false;
    for (size_t i = 0; i < count; i++) learn[i] = all;
    phase->adapt = phase->drop = all;
    return true;
}

/* `retry: {population: exc, below: 5, gain: 0.5, most: 20}` */
static bool read_retry(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                       struct hk_err *err) {
    struct hk_node *retry = hk_node_get(map, "retry");
    const struct hk_node *node;
    size_t below = 0, most = 0;
    if (!retry) return true;
    if (!hk_node_expect(retry, HK_NODE_MAP, err)) return false;
    if (!hk_words_check(retry, &hk_words_retry, err)) return false;
    if (!(node = hk_node_get(retry, "population")))
        return hk_node_fail_key(err, retry, "needs `population:`, whose spikes are counted");
    if (!(phase->retry_pop = hk_node_population(node, c->sim, err))) return false;
    if (!hk_words_fill(c->reader, retry, &hk_words_retry, err)) return false;
    if (!read_count(c, retry, "below", 1, &below, err)) return false;
    if (!read_count(c, retry, "most", 0, &most, err)) return false;
    phase->retry_below = (uint32_t)below;
    phase->retry_most = (uint32_t)most;
    return hk_node_number(hk_node_get(retry, "gain"), c->reader->scope, &phase->retry_gain, err);
}

static bool read_class(const struct context *c, const struct hk_node *map, const char *key,
                       size_t classes, int *out, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    int64_t class = 0;
    *out = -1;
    if (!node) return true;
    if (!hk_node_whole(node, c->reader->scope, 0, 1 << 24, &class, err)) return false;
    if ((size_t) class >= classes)
        return hk_node_fail(err, node, "there is no class %lld; there are 0 to %zu",
                            (long long)class, classes - 1);
    *out = (int)class;
    return true;
}

static bool read_samples(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                         struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "data");
    size_t split = 0;
    if (!node) return hk_node_fail_key(err, map, "a phase needs `data: train` or `data: test`");
    if (!hk_node_choice(node, hk_split_choices, &split, err)) return false;
    phase->samples = split ? &c->data->test : &c->data->train;
    if (!read_class(c, map, "of_class", c->data->classes, &phase->of_class, err)) return false;
    if (!read_count(c, map, "skip", 0, &phase->skip, err) ||
        !read_count(c, map, "take", 1, &phase->take, err) ||
        !read_count(c, map, "epochs", 1, &phase->epochs, err) ||
        !read_flag(map, "shuffle", &phase->shuffle, err))
        return false;
    size_t count = hk_phase_total(
        &(struct hk_phase){.samples = phase->samples, .of_class = phase->of_class, .epochs = 1});
    char class[32] = "";
    if (phase->of_class >= 0) (void)snprintf(class, sizeof class, " of class %d", phase->of_class);
    if (phase->skip >= count)
        return hk_node_fail(err, map, "skips %zu samples, but there are %zu%s in %s/%s",
                            phase->skip, count, class, c->data->name, hk_split_choices[split]);
    if (phase->take <= count - phase->skip) return true;
    return hk_node_fail(err, map, "asks for samples %zu to %zu, but there are %zu%s in %s/%s",
                        phase->skip, phase->skip + phase->take - 1, count, class, c->data->name,
                        hk_split_choices[split]);
}

/* `read: [256 ms, 512 ms]`: the part of `show` in which the read-out counts. */
static bool read_window(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                        struct hk_err *err) {
    const struct hk_node *read = hk_node_get(map, "read");
    hk_tick *ends[] = {&phase->read_from, &phase->read_to};
    size_t k = 0;
    phase->read_to = phase->show;
    if (!read) return true;
    if (!hk_node_expect(read, HK_NODE_LIST, err)) return false;
    if (read->count != 2) return hk_node_fail(err, read, "expected [FROM, TO], two times");
    for (const struct hk_node *item = read->first; item && k < 2; item = item->next) {
        double ms = 0.0;
        if (!hk_node_quantity(item, "ms", c->reader->scope, &ms, err)) return false;
        if (!hk_tick_from_ms(ms, hk_sim_tick_ms(c->sim), ends[k++], err))
            return hk_node_context(err, item);
    }
    if (phase->read_from >= 0 && phase->read_from < phase->read_to && phase->read_to <= phase->show)
        return true;
    return hk_node_fail(err, read,
                        "the read-out's window must lie within `show:`, first its start");
}

/* `wanted: 1`: what counts as right, whatever the sample is. */
static bool read_wanted(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                        struct hk_err *err) {
    const struct hk_node *wanted = hk_node_get(map, "wanted");
    bool reads = phase->use != HK_READOUT_NONE;
    size_t answers = reads ? c->readouts[phase->readout].classes : c->data->classes;
    if (!read_class(c, map, "wanted", answers, &phase->wanted, err)) return false;
    if (wanted || !reads || answers >= c->data->classes) return true;
    return hk_node_fail_key(err, map,
                            "read-out %s tells %zu classes apart, but %s has %zu: say which answer "
                            "is `wanted:`",
                            c->readouts[phase->readout].name, answers, c->data->name,
                            c->data->classes);
}

/* `average: 50`, presentations: of the running score. Where it isn't kept, the progress line has
 * one all the same. */
static bool read_average(const struct context *c, struct hk_node *map, struct hk_phase *phase,
                         struct hk_err *err) {
    enum { USUAL = 1000 };
    char usual[16];
    (void)snprintf(usual, sizeof usual, "%d", USUAL);
    if (phase->use == HK_READOUT_RUNNING && !hk_default_key(c->reader, map, "average", usual, err))
        return false;
    const struct hk_node *average = hk_node_get(map, "average");
    phase->average = USUAL;
    phase->curve = average != NULL;
    if (!read_count(c, map, "average", 1, &phase->average, err)) return false;
    if (phase->average <= HK_RECENT_MAX) return true;
    return hk_node_fail(err, average, "an average is over at most %d presentations", HK_RECENT_MAX);
}

/* `reward: NAME`, a signal with a rule. */
static bool read_reward(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                        struct hk_err *err) {
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX], *name;
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    const struct hk_node *node = hk_node_get(map, "reward");
    if (!node) return true;
    if (!(name = hk_node_text(node, err))) return false;
    for (; count < c->network->reward_count && count < NAMES_MAX; count++) {
        const struct hk_reward_spec *reward = &c->network->rewards[count];
        names[count] = hk_signal_name(reward->signal);
        if (strcmp(names[count], name) == 0) phase->reward = reward;
    }
    if (!phase->reward)
        return hk_node_fail(err, node, "there is no signal '%s' with a `rule:` for rewards; %s",
                            name, hk_nearest_hint(name, names, count, hint));
    if (phase->use != HK_READOUT_EVALUATE && phase->use != HK_READOUT_RUNNING)
        return hk_node_fail_key(err, node, "a reward needs answers: `evaluate: READ-OUT`");
    if (phase->read_to < phase->show) return true;
    return hk_node_fail_key(err, node,
                            "a reward lasts from the end of `read: [FROM, TO]` to that of `show:`, "
                            "and no time is left for it");
}

/* `teach: out`, a population with a unit for each class. */
static bool read_teach(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                       struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "teach");
    if (!node) return true;
    if (!(phase->teach = hk_node_population(node, c->sim, err))) return false;
    if (hk_pop_size(phase->teach) < c->data->classes)
        return hk_node_fail(err, node, "%s has %u units, fewer than the %zu classes of %s",
                            hk_pop_name(phase->teach), hk_pop_size(phase->teach), c->data->classes,
                            c->data->name);
    if (phase->read_from > 0 || phase->read_to < phase->show)
        return hk_node_fail_key(err, node, "a phase that teaches reads the whole of `show:`");
    if (!hk_pop_can_be_taught(phase->teach))
        return hk_node_fail(err, node,
                            "nothing that ends in %s has a plasticity that learns from "
                            "presentations, such as desire",
                            hk_pop_name(phase->teach));
    hk_sim_remember(c->sim, phase->show);
    return true;
}

static bool read_phase(const struct context *c, struct hk_node *map, struct hk_phase *phase,
                       struct hk_err *err) {
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    if (!hk_words_check(map, &hk_words_phase, err) ||
        !hk_words_fill(c->reader, map, &hk_words_phase, err))
        return false;
    const struct hk_node *name = hk_node_get(map, "phase");
    if (!name) return hk_node_fail(err, map, "needs `phase: NAME`");
    if (!(phase->name = hk_node_text(name, err))) return false;
    if (!read_samples(c, map, phase, err) || !read_learn(c, map, phase, err) ||
        !default_flag(c, map, "adapt", &phase->adapt, err) ||
        !default_flag(c, map, "drop", &phase->drop, err) ||
        !read_flag(map, "reset", &phase->reset, err) ||
        !read_ticks(c, map, "show", &phase->show, err) ||
        !read_ticks(c, map, "rest", &phase->rest, err) || !read_retry(c, map, phase, err) ||
        !read_use(c, map, phase, err))
        return false;
    if (phase->show == 0)
        return hk_node_fail(err, map, "needs `show:`, how long a sample is presented");
    return read_window(c, map, phase, err) && read_wanted(c, map, phase, err) &&
           read_average(c, map, phase, err) && read_reward(c, map, phase, err) &&
           read_teach(c, map, phase, err);
}

static bool read_phases(const struct context *c, const struct hk_node *list,
                        struct hk_protocol *out, struct hk_err *err) {
    if (!hk_node_expect(list, HK_NODE_LIST, err)) return false;
    struct hk_phase *phases = HK_NEW(c->reader->arena, struct hk_phase, list->count, err);
    if (!phases) return false;
    for (struct hk_node *node = list->first; node; node = node->next) {
        struct hk_phase *phase = &phases[out->phase_count];
        if (!read_phase(c, node, phase, err)) return false;
        for (size_t i = 0; i < out->phase_count; i++)
            if (strcmp(phases[i].name, phase->name) == 0)
                return hk_node_fail(err, node, "two phases are called %s", phase->name);
        out->phase_count++;
    }
    out->phases = phases;
    return out->phase_count > 0 || hk_node_fail(err, list, "a protocol has at least one phase");
}

bool hk_protocol_read(struct hk_reader *reader, const struct hk_node *readouts,
                      const struct hk_node *protocol, const struct hk_network *network,
                      const struct hk_dataset *data, struct hk_protocol *out, struct hk_err *err) {
    struct context c = {.reader = reader, .sim = network->sim, .network = network, .data = data};
    *out = (struct hk_protocol){.rewards = network->rewards,
                                .reward_count = network->reward_count,
                                .normalise = network->normalise,
                                .normalise_count = network->normalise_count};
    if (!read_readouts(&c, readouts, err)) return false;
    out->readouts = c.readouts;
    out->readout_count = c.readout_count;
    return read_phases(&c, protocol, out, err);
}

/* ---- phases by name ---- */

static bool find_phase(const struct hk_node *node, const char *const *known, size_t count,
                       const char **name, struct hk_err *err) {
    char hint[HK_HINT_SIZE];
    if (!(*name = hk_node_text(node, err))) return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i], *name) == 0) return true;
    if (count == 0)
        return hk_node_fail(err, node, "there is no phase '%s': a plain duration has none", *name);
    return hk_node_fail(err, node, "there is no phase '%s'; %s", *name,
                        hk_nearest_hint(*name, known, count, hint));
}

bool hk_phases_read(struct hk_reader *reader, const struct hk_node *list,
                    const struct hk_protocol *protocol, const char *const **names, size_t *count,
                    struct hk_err *err) {
    if (!hk_node_expect(list, HK_NODE_LIST, err)) return false;
    const char **known = HK_NEW(reader->arena, const char *, protocol->phase_count, err);
    const char **found = HK_NEW(reader->arena, const char *, list->count, err);
    if (!known || !found) return false;
    for (size_t i = 0; i < protocol->phase_count; i++) known[i] = protocol->phases[i].name;
    for (const struct hk_node *node = list->first; node; node = node->next)
        if (!find_phase(node, known, protocol->phase_count, &found[(*count)++], err)) return false;
    *names = found;
    return true;
}
