#include "io/protocol_reader.h"

#include "io/diagnostics.h"
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

/* Without data, where what is wrong with it was told, nothing is said of what depends on it. */
static bool knows_data(const struct context *c) {
    return c->data->name != NULL;
}

/* ---- small values ---- */

static bool read_time(const struct context *c, const struct hk_node *node, hk_tick *ticks,
                      struct hk_err *err) {
    double ms = 0.0;
    if (!hk_node_quantity(node, "ms", c->reader->scope, &ms, err)) return false;
    return hk_tick_from_ms(ms, hk_sim_tick_ms(c->sim), ticks, err) || hk_node_context(err, node);
}

static bool read_ticks(const struct context *c, const struct hk_node *map, const char *key,
                       hk_tick *ticks, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    if (!node) return true;
    if (!read_time(c, node, ticks, err)) return false;
    return *ticks >= 0 || hk_node_fail(err, node, "%s can't be negative", key);
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

static bool read_model(struct context *c, struct hk_node *node, struct hk_readout_spec *spec,
                       struct hk_err *err) {
    struct hk_keys keys = {.count = 0};
    void *values = NULL;
    hk_words_add(&hk_words_readout, &keys);
    const struct hk_node *named =
        hk_read_naming(c->reader, HK_KIND_READOUT, node, "model", &keys, err);
    if (!named) return hk_node_fail_key(err, node, "needs `model: NAME`, the read-out");
    const struct hk_model *model = hk_read_model(c->reader, HK_KIND_READOUT, named, err);
    if (!model) return false;
    if (!hk_keys_add_params(&keys, c->reader, model, NULL, err)) return false;
    bool ok = hk_node_check_keys(node, keys.key, keys.count, err);
    ok &= hk_read_params(c->reader, node, model, NULL, "1", &values, err);
    spec->model = (const struct hk_readout_model *)model;
    spec->param = values;
    return ok;
}

/* Where nothing is known of the data, its classes aren't either. */
static bool read_classes(const struct context *c, struct hk_node *node, size_t *classes,
                         struct hk_err *err) {
    char text[32];
    (void)snprintf(text, sizeof text, "%zu", c->data->classes);
    if (knows_data(c) && !hk_default_key(c->reader, node, "classes", text, err)) return false;
    return read_count(c, node, "classes", 1, classes, err);
}

static bool read_from(const struct context *c, const struct hk_node *node, struct hk_pop **pop,
                      struct hk_err *err) {
    const struct hk_node *from = hk_node_get(node, "from");
    if (!from) return hk_node_fail_key(err, node, "needs `from: POPULATION`");
    *pop = hk_node_population(from, c->sim, err);
    return *pop;
}

static bool read_readout(struct context *c, struct hk_node *node, struct hk_err *err) {
    struct hk_readout_spec *spec = &c->readouts[c->readout_count++];
    struct hk_pop *pop = NULL;
    *spec = (struct hk_readout_spec){.name = node->key};
    if (!hk_node_expect(node, HK_NODE_MAP, err)) return false;
    bool ok = hk_go_on(read_model(c, node, spec, err), err);
    ok &= hk_go_on(read_classes(c, node, &spec->classes, err), err);
    ok &= hk_go_on(read_from(c, node, &pop, err), err);
    spec->pop = pop;
    if (!ok || !spec->model || !spec->model->check || spec->classes == 0) return ok;
    return spec->model->check(spec->param, hk_pop_size(spec->pop), spec->classes, err) ||
           hk_node_context(err, node);
}

static bool read_readouts(struct context *c, const struct hk_node *map, struct hk_err *err) {
    bool ok = true;
    if (!map) return true;
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    c->readouts = HK_NEW(c->reader->arena, struct hk_readout_spec, map->count, err);
    if (!c->readouts) return false;
    for (struct hk_node *node = map->first; node; node = node->next)
        ok &= hk_go_on(read_readout(c, node, err), err);
    return ok;
}

/* ---- phases ---- */

static bool find_readout(const struct context *c, const struct hk_node *node, size_t *index,
                         struct hk_err *err) {
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX], *name = hk_node_text(node, err);
    size_t count = 0;
    if (!name) return false;
    for (; count < c->readout_count && count < NAMES_MAX; count++) {
        names[count] = c->readouts[count].name;
        if (strcmp(names[count], name) == 0) {
            *index = count;
            return true;
        }
    }
    if (hk_node_is_told(node, "readouts", name)) return false;
    return hk_node_fail_unknown(err, node, "read-out", name, names, count);
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
    bool ok = true;
    for (size_t i = 0; i < HK_COUNT(uses); i++) {
        const struct hk_node *node = hk_node_get(map, uses[i].key);
        if (!node) continue;
        if (phase->use != HK_READOUT_NONE)
            return hk_node_fail_key(err, node,
                                    "a phase labels, evaluates or keeps a running score: "
                                    "one of them");
        phase->use = uses[i].use;
        ok &= hk_go_on(find_readout(c, node, &phase->readout, err), err);
    }
    if (phase->use == HK_READOUT_RUNNING && !hk_default_key(c->reader, map, "window", "1000", err))
        return false;
    return read_count(c, map, "window", 1, &phase->running_window, err) && ok;
}

static bool add_learner(const struct context *c, const struct hk_node *item, bool *learn,
                        struct hk_err *err) {
    struct hk_proj *proj = hk_node_projection(item, c->sim, err), *at;
    if (!proj) return false;
    if (!hk_proj_is_plastic(proj))
        return hk_node_fail(err, item, "%s has no plasticity", hk_proj_name(proj));
    for (size_t i = 0; (at = hk_sim_projection(c->sim, i)); i++) learn[i] |= at == proj;
    return true;
}

/* `learn: true`, or a list of projections. */
static bool read_learn(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                       struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "learn");
    size_t count = 0;
    while (hk_sim_projection(c->sim, count)) count++;
    bool *learn = HK_NEW(c->reader->arena, bool, count, err), all = false, ok = true;
    if (!learn) return false;
    phase->learn = learn;
    if (node && node->kind == HK_NODE_LIST) {
        for (const struct hk_node *item = node->first; item; item = item->next)
            ok &= hk_go_on(add_learner(c, item, learn, err), err);
        phase->adapt = phase->drop = node->count > 0;
        return ok;
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
    size_t below = 0, most = 0;
    if (!retry) return true;
    if (!hk_node_expect(retry, HK_NODE_MAP, err)) return false;
    bool ok = hk_words_check(retry, &hk_words_retry, err);
    const struct hk_node *node = hk_node_get(retry, "population");
    if (node)
        phase->retry_pop = hk_node_population(node, c->sim, err);
    else
        (void)hk_node_fail_key(err, retry, "needs `population:`, whose spikes are counted");
    ok &= hk_go_on(phase->retry_pop, err);
    if (!hk_words_fill(c->reader, retry, &hk_words_retry, err)) return false;
    ok &= hk_go_on(read_count(c, retry, "below", 1, &below, err), err);
    ok &= hk_go_on(read_count(c, retry, "most", 0, &most, err), err);
    phase->retry_below = (uint32_t)below;
    phase->retry_most = (uint32_t)most;
    return hk_node_number(hk_node_get(retry, "gain"), c->reader->scope, &phase->retry_gain, err) &&
           ok;
}

/* `classes` that there are; 0: nobody knows. */
static bool read_class(const struct context *c, const struct hk_node *map, const char *key,
                       size_t classes, int *out, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    int64_t class = 0;
    *out = -1;
    if (!node) return true;
    if (!hk_node_whole(node, c->reader->scope, 0, 1 << 24, &class, err)) return false;
    if (classes && (size_t) class >= classes)
        return hk_node_fail(err, node, "there is no class %lld; there are 0 to %zu",
                            (long long)class, classes - 1);
    *out = (int)class;
    return true;
}

/* Are there as many samples as the phase asks for? */
static bool check_samples(const struct context *c, const struct hk_node *map,
                          const struct hk_phase *phase, const char *split, struct hk_err *err) {
    size_t count = hk_phase_total(
        &(struct hk_phase){.samples = phase->samples, .of_class = phase->of_class, .epochs = 1});
    char class[32] = "";
    if (phase->of_class >= 0) (void)snprintf(class, sizeof class, " of class %d", phase->of_class);
    if (phase->skip >= count)
        return hk_node_fail(err, map, "skips %zu samples, but there are %zu%s in %s/%s",
                            phase->skip, count, class, c->data->name, split);
    if (phase->take <= count - phase->skip) return true;
    return hk_node_fail(err, map, "asks for samples %zu to %zu, but there are %zu%s in %s/%s",
                        phase->skip, phase->skip + phase->take - 1, count, class, c->data->name,
                        split);
}

static bool read_samples(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                         struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "data");
    size_t split = 0;
    bool ok =
        hk_go_on(node ? hk_node_choice(node, hk_split_choices, &split, err)
                      : hk_node_fail_key(err, map, "a phase needs `data: train` or `data: test`"),
                 err);
    phase->samples = split ? &c->data->test : &c->data->train;
    ok &= hk_go_on(read_class(c, map, "of_class", c->data->classes, &phase->of_class, err), err);
    ok &= hk_go_on(read_count(c, map, "skip", 0, &phase->skip, err), err);
    ok &= hk_go_on(read_count(c, map, "take", 1, &phase->take, err), err);
    ok &= hk_go_on(read_count(c, map, "epochs", 1, &phase->epochs, err), err);
    ok &= hk_go_on(read_flag(map, "shuffle", &phase->shuffle, err), err);
    if (!ok || !knows_data(c)) return ok;
    return check_samples(c, map, phase, hk_split_choices[split], err);
}

/* `show: 350 ms`, and `read: [256 ms, 512 ms]`: the part of it in which the read-out counts. */
static bool read_window(const struct context *c, const struct hk_node *map, struct hk_phase *phase,
                        struct hk_err *err) {
    const struct hk_node *read = hk_node_get(map, "read"), *show = hk_node_get(map, "show");
    hk_tick *ends[] = {&phase->read_from, &phase->read_to};
    size_t k = 0;
    bool ok = hk_go_on(read_ticks(c, map, "show", &phase->show, err), err);
    phase->read_to = phase->show;
    if (ok && phase->show == 0)
        ok = show ? hk_node_fail(err, show, "a sample must be shown for longer than 0 ms")
                  : hk_node_fail_key(err, map, "needs `show:`, how long a sample is presented");
    ok = hk_go_on(ok, err);
    if (!read) return ok;
    if (!hk_node_expect(read, HK_NODE_LIST, err)) return false;
    if (read->count != 2) return hk_node_fail(err, read, "expected [FROM, TO], two times");
    for (const struct hk_node *item = read->first; item && k < 2; item = item->next)
        ok &= hk_go_on(read_time(c, item, ends[k++], err), err);
    if (!ok) return false;
    if (phase->read_from >= 0 && phase->read_from < phase->read_to && phase->read_to <= phase->show)
        return true;
    return hk_node_fail(err, read,
                        "the read-out's window must lie within `show:`, first its start");
}

/* `wanted: 1`: what counts as right, whatever the sample is. `readout` is that of the phase, NULL
 * where it has none or a wrong one. */
static bool read_wanted(const struct context *c, const struct hk_node *map,
                        const struct hk_readout_spec *readout, struct hk_phase *phase,
                        struct hk_err *err) {
    const struct hk_node *wanted = hk_node_get(map, "wanted");
    bool reads = phase->use != HK_READOUT_NONE;
    size_t answers = readout ? readout->classes : reads ? 0 : c->data->classes;
    if (!read_class(c, map, "wanted", answers, &phase->wanted, err)) return false;
    if (wanted || !readout || answers == 0 || answers >= c->data->classes) return true;
    return hk_node_fail_key(err, map,
                            "read-out %s tells %zu classes apart, but %s has %zu: say which answer "
                            "is `wanted:`",
                            readout->name, answers, c->data->name, c->data->classes);
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

static bool find_reward(const struct context *c, const struct hk_node *node,
                        const struct hk_reward_spec **found, struct hk_err *err) {
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX], *name = hk_node_text(node, err);
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    if (!name) return false;
    for (; count < c->network->reward_count && count < NAMES_MAX; count++) {
        const struct hk_reward_spec *reward = &c->network->rewards[count];
        names[count] = hk_signal_name(reward->signal);
        if (strcmp(names[count], name) == 0) *found = reward;
    }
    bool wrong = !hk_sim_find_signal(c->sim, name) && hk_node_is_told(node, "signals", name);
    if (*found || wrong) return *found;
    return hk_node_fail(err, node, "there is no signal '%s' with a `rule:` for rewards; %s", name,
                        hk_nearest_hint(name, names, count, hint));
}

/* `reward: NAME`, a signal with a rule. */
static bool read_reward(const struct context *c, const struct hk_node *map, bool timed,
                        struct hk_phase *phase, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "reward");
    if (!node) return true;
    bool ok = hk_go_on(find_reward(c, node, &phase->reward, err), err);
    if (phase->use != HK_READOUT_EVALUATE && phase->use != HK_READOUT_RUNNING)
        return hk_node_fail_key(err, node, "a reward needs answers: `evaluate: READ-OUT`");
    if (!timed || phase->read_to < phase->show) return ok;
    return hk_node_fail_key(err, node,
                            "a reward lasts from the end of `read: [FROM, TO]` to that of `show:`, "
                            "and no time is left for it");
}

/* `teach: out`, a population with a unit for each class. */
static bool read_teach(const struct context *c, const struct hk_node *map, bool timed,
                       struct hk_phase *phase, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, "teach");
    if (!node) return true;
    if (!(phase->teach = hk_node_population(node, c->sim, err))) return false;
    if (hk_pop_size(phase->teach) < c->data->classes)
        return hk_node_fail(err, node, "%s has %u units, fewer than the %zu classes of %s",
                            hk_pop_name(phase->teach), hk_pop_size(phase->teach), c->data->classes,
                            c->data->name);
    if (timed && (phase->read_from > 0 || phase->read_to < phase->show))
        return hk_node_fail_key(err, node, "a phase that teaches reads the whole of `show:`");
    if (c->network->sound && !hk_pop_can_be_taught(phase->teach))
        return hk_node_fail(err, node,
                            "nothing that ends in %s has a plasticity that learns from "
                            "presentations, such as desire",
                            hk_pop_name(phase->teach));
    hk_sim_remember(c->sim, phase->show);
    return true;
}

static bool read_name(const struct hk_node *map, struct hk_phase *phase, struct hk_err *err) {
    const struct hk_node *name = hk_node_get(map, "phase");
    if (!name) return hk_node_fail_key(err, map, "needs `phase: NAME`");
    const char *text = hk_node_text(name, err);
    if (text) phase->name = text;
    return text;
}

static bool read_phase(const struct context *c, struct hk_node *map, struct hk_phase *phase,
                       struct hk_err *err) {
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    bool ok = hk_words_check(map, &hk_words_phase, err);
    if (!hk_words_fill(c->reader, map, &hk_words_phase, err)) return false;
    ok &= hk_go_on(read_name(map, phase, err), err);
    ok &= hk_go_on(read_samples(c, map, phase, err), err);
    ok &= hk_go_on(read_learn(c, map, phase, err), err);
    ok &= hk_go_on(default_flag(c, map, "adapt", &phase->adapt, err), err);
    ok &= hk_go_on(default_flag(c, map, "drop", &phase->drop, err), err);
    ok &= hk_go_on(read_flag(map, "reset", &phase->reset, err), err);
    ok &= hk_go_on(read_ticks(c, map, "rest", &phase->rest, err), err);
    ok &= hk_go_on(read_retry(c, map, phase, err), err);
    bool timed = hk_go_on(read_window(c, map, phase, err), err);
    bool reads = hk_go_on(read_use(c, map, phase, err), err);
    const struct hk_readout_spec *readout =
        reads && phase->use != HK_READOUT_NONE ? &c->readouts[phase->readout] : NULL;
    ok &= hk_go_on(read_wanted(c, map, readout, phase, err), err);
    ok &= hk_go_on(read_average(c, map, phase, err), err);
    ok &= hk_go_on(read_reward(c, map, timed, phase, err), err);
    return read_teach(c, map, timed, phase, err) && ok && timed && reads;
}

/* Labels come from a phase before. */
static bool check_labels(const struct context *c, const struct hk_node *map,
                         const struct hk_phase *first, const struct hk_phase *phase,
                         struct hk_err *err) {
    const struct hk_readout_spec *readout = &c->readouts[phase->readout];
    if (phase->use != HK_READOUT_EVALUATE || !readout->model) return true;
    if (!readout->model->needs_labels) return true;
    for (const struct hk_phase *at = first; at < phase; at++)
        if (at->readout == phase->readout &&
            (at->use == HK_READOUT_LABEL || at->use == HK_READOUT_RUNNING))
            return true;
    return hk_node_fail(err, hk_node_get(map, "evaluate"),
                        "read-out %s has no labels yet; a phase before it must say `label: %s`",
                        readout->name, readout->name);
}

static bool check_name(const struct hk_node *map, const struct hk_phase *first,
                       const struct hk_phase *phase, struct hk_err *err) {
    for (const struct hk_phase *at = first; at < phase; at++)
        if (*phase->name && strcmp(at->name, phase->name) == 0)
            return hk_node_fail(err, map, "two phases are called %s", phase->name);
    return true;
}

static bool read_phases(const struct context *c, const struct hk_node *list,
                        struct hk_protocol *out, struct hk_err *err) {
    bool ok = true;
    if (!hk_node_expect(list, HK_NODE_LIST, err)) return false;
    if (list->count == 0) return hk_node_fail(err, list, "a protocol has at least one phase");
    struct hk_phase *phases = HK_NEW(c->reader->arena, struct hk_phase, list->count, err);
    if (!phases) return false;
    for (struct hk_node *node = list->first; node; node = node->next) {
        struct hk_phase *phase = &phases[out->phase_count++];
        phase->name = ""; /* until it is read */
        ok &= hk_go_on(read_phase(c, node, phase, err), err);
        ok &= hk_go_on(check_name(node, phases, phase, err), err);
        ok &= hk_go_on(!ok || check_labels(c, node, phases, phase, err), err);
    }
    out->phases = phases;
    return ok;
}

bool hk_protocol_read(struct hk_reader *reader, const struct hk_node *readouts,
                      const struct hk_node *protocol, const struct hk_network *network,
                      const struct hk_dataset *data, struct hk_protocol *out, struct hk_err *err) {
    struct context c = {.reader = reader, .sim = network->sim, .network = network, .data = data};
    *out = (struct hk_protocol){.rewards = network->rewards,
                                .reward_count = network->reward_count,
                                .normalise = network->normalise,
                                .normalise_count = network->normalise_count};
    bool ok = hk_go_on(read_readouts(&c, readouts, err), err);
    out->readouts = c.readouts;
    out->readout_count = c.readout_count;
    return read_phases(&c, protocol, out, err) && ok;
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

/* The names of the phases that the tree has, or -1 where that can't be said: what is wrong with the
 * protocol is told there. */
static int list_phases(struct hk_reader *reader, const struct hk_node *node, const char ***names,
                       struct hk_err *err) {
    const struct hk_node *protocol = hk_node_section(node, "protocol");
    size_t count = protocol ? protocol->count : 0;
    int found = 0;
    if (!(*names = HK_NEW(reader->arena, const char *, count, err))) return -1;
    if (protocol && protocol->kind != HK_NODE_LIST) return -1;
    for (const struct hk_node *item = protocol ? protocol->first : NULL; item; item = item->next) {
        const struct hk_node *phase = hk_node_get(item, "phase");
        if (!phase || !phase->text) return -1;
        (*names)[found++] = phase->text;
    }
    return found;
}

bool hk_phases_read(struct hk_reader *reader, const struct hk_node *list, const char *const **names,
                    size_t *count, struct hk_err *err) {
    const char **known = NULL;
    bool ok = true;
    if (!hk_node_expect(list, HK_NODE_LIST, err)) return false;
    const char **found = HK_NEW(reader->arena, const char *, list->count, err);
    int known_count = list_phases(reader, list, &known, err);
    if (!found || !known) return false;
    *names = found;
    for (const struct hk_node *node = list->first; node; node = node->next) {
        const char **name = &found[(*count)++];
        if (known_count < 0)
            ok &= hk_go_on((*name = hk_node_text(node, err)) != NULL, err);
        else
            ok &= hk_go_on(find_phase(node, known, (size_t)known_count, name, err), err);
    }
    return ok;
}
