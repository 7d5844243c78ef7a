#include "io/network_reader.h"

#include "io/diagnostics.h"
#include "io/population_reader.h"
#include "io/projection_reader.h"
#include "io/vocabulary.h"

/* ---- names ---- */

struct hk_pop *hk_node_find_population(const struct hk_node *node, const char *name,
                                       const struct hk_sim *sim, struct hk_err *err) {
    struct hk_pop *pop = hk_sim_find_population(sim, name);
    if (!pop && !hk_node_is_told(node, "populations", name))
        (void)hk_node_fail_absent(err, node, "population", name, "populations");
    return pop;
}

struct hk_pop *hk_node_population(const struct hk_node *node, const struct hk_sim *sim,
                                  struct hk_err *err) {
    const char *name = hk_node_text(node, err);
    return name ? hk_node_find_population(node, name, sim, err) : NULL;
}

struct hk_proj *hk_node_projection(const struct hk_node *node, const struct hk_sim *sim,
                                   struct hk_err *err) {
    const char *name = hk_node_text(node, err);
    if (!name) return NULL;
    struct hk_proj *proj = hk_sim_find_projection(sim, name);
    if (!proj && !hk_node_is_told(node, "projections", name))
        (void)hk_node_fail_absent(err, node, "projection", name, "projections");
    return proj;
}

/* ---- signals ---- */

static bool read_optional(const struct hk_reader *reader, const struct hk_node *map,
                          const char *key, const char *unit, double *value, struct hk_err *err) {
    const struct hk_node *node = hk_node_get(map, key);
    return hk_go_on(!node || hk_node_quantity(node, unit, reader->scope, value, err), err);
}

/* How a reward is given, by its name. */
static bool read_reward(struct hk_reader *reader, struct hk_node *map, struct hk_keys *keys,
                        struct hk_reward_spec *reward, struct hk_err *err) {
    const struct hk_node *rule = hk_read_naming(reader, HK_KIND_REWARD, map, "rule", keys, err);
    void *values = NULL;
    if (!rule) return hk_node_check_keys(map, keys->key, keys->count, err);
    const struct hk_model *model = hk_read_model(reader, HK_KIND_REWARD, rule, err);
    if (!model) return false;
    if (!hk_keys_add_params(keys, reader, model, NULL, err)) return false;
    bool ok = hk_node_check_keys(map, keys->key, keys->count, err);
    ok &= hk_read_params(reader, map, model, NULL, "1", &values, err);
    reward->model = (const struct hk_reward_model *)model;
    reward->param = values;
    return ok;
}

static bool read_tau(const struct hk_reader *reader, const struct hk_node *map, double *tau_ms,
                     struct hk_err *err) {
    const struct hk_node *tau = hk_node_get(map, "tau");
    if (!tau) return true;
    if (!hk_node_quantity(tau, "ms", reader->scope, tau_ms, err)) return false;
    return *tau_ms > 0.0 || hk_node_fail(err, tau,
                                         "tau must be above 0; without it the signal stays as it "
                                         "was set");
}

/* `dopamine: {from: da, amount: 0.1, delay: 1 ms, tau: 200 ms}`, or `reward: {rule: fixed, ...}`:
 * one that a phase gives for right and wrong answers. */
static bool read_signal(struct hk_reader *reader, struct hk_node *map, struct hk_network *network,
                        struct hk_err *err) {
    struct hk_signal_spec spec = {.name = map->key, .amount = 1.0};
    struct hk_keys keys = {.count = 0};
    struct hk_reward_spec *reward = &network->rewards[network->reward_count];
    hk_words_add(&hk_words_signal, &keys);
    if (!hk_node_expect(map, HK_NODE_MAP, err)) return false;
    const struct hk_node *from = hk_node_get(map, "from");
    bool ok = hk_go_on(read_reward(reader, map, &keys, reward, err), err);
    if (from) spec.from = hk_node_population(from, network->sim, err);
    ok &= hk_go_on(!from || spec.from, err);
    if (from && !hk_words_fill(reader, map, &hk_words_signal, err)) return false;
    ok &= hk_go_on(read_tau(reader, map, &spec.tau_ms, err), err);
    ok &= read_optional(reader, map, "amount", "1", &spec.amount, err);
    ok &= read_optional(reader, map, "delay", "ms", &spec.delay_ms, err);
    if (!ok) return false;
    reward->signal = hk_sim_add_signal(network->sim, &spec, reader->timeless ? NULL : err);
    if (!reward->signal) return hk_node_context_within(err, map);
    network->reward_count += reward->model != NULL;
    return true;
}

static bool read_signals(struct hk_reader *reader, struct hk_node *signals,
                         struct hk_network *network, struct hk_err *err) {
    bool ok = true;
    if (!signals) return true;
    if (!hk_node_expect(signals, HK_NODE_MAP, err)) return false;
    network->rewards = HK_NEW(reader->arena, struct hk_reward_spec, signals->count, err);
    if (!network->rewards) return false;
    for (struct hk_node *node = signals->first; node; node = node->next)
        ok &= hk_go_on(read_signal(reader, node, network, err), err);
    return ok;
}

/* ---- the whole ---- */

/* What arrives is summed in the order of adding: that of the names, so that the file's doesn't
 * matter. */
static bool read_projections(struct hk_reader *reader, struct hk_node *projections,
                             struct hk_network *network, struct hk_err *err) {
    bool ok = true;
    if (!projections) return true;
    if (!hk_node_expect(projections, HK_NODE_MAP, err)) return false;
    struct hk_node **sorted = hk_node_sorted(reader->arena, projections, err);
    network->normalise = HK_NEW(reader->arena, struct hk_normalise, projections->count, err);
    if (!sorted || !network->normalise) return false;
    for (size_t i = 0; i < projections->count; i++)
        ok &= hk_go_on(hk_projection_read(reader, sorted[i], network, err), err);
    return ok;
}

static bool read_populations(struct hk_reader *reader, struct hk_node *populations,
                             const struct hk_samples *samples, struct hk_sim *sim,
                             struct hk_err *err) {
    bool ok = true;
    if (!populations || !hk_node_expect(populations, HK_NODE_MAP, err)) return false;
    for (struct hk_node *node = populations->first; node; node = node->next)
        ok &= hk_go_on(hk_population_read(reader, node, samples, sim, err), err);
    return ok;
}

bool hk_network_read(struct hk_reader *reader, struct hk_node *populations, struct hk_node *signals,
                     struct hk_node *projections, const struct hk_samples *samples,
                     struct hk_network *network, struct hk_err *err) {
    network->sound =
        hk_go_on(read_populations(reader, populations, samples, network->sim, err), err);
    network->sound &= hk_go_on(read_signals(reader, signals, network, err), err);
    network->sound &= hk_go_on(read_projections(reader, projections, network, err), err);
    return network->sound;
}
