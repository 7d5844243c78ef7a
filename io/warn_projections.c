/* Projections that look wrong: without synapses, with weights that go against their receptor or out
 * of their rule's bounds, with delays that are cut. */
#include "io/vocabulary.h"
#include "io/warnings_parts.h"
#include "sim/estimate.h"

#include <math.h>
#include <string.h>

struct judged {
    const struct hk_node *map;
    const struct hk_proj *proj;
    struct hk_dist weight;
};

/* ---- synapses ---- */

static bool warn_empty(struct hk_judge *judge, const struct judged *j) {
    double synapses = 0.0;
    if (!hk_proj_expect(j->proj, &synapses, judge->err)) return false;
    return synapses > 0.0 ||
           hk_warn(judge, hk_node_get(j->map, "connect"), "%s will have no synapses", j->map->key);
}

/* ---- weights ---- */

/* Normal weights keep the sign of their mean, unless that is 0. */
static double least_of(const struct hk_dist *weight) {
    if (weight->kind != HK_DIST_NORMAL || weight->b <= 0.0) return weight->a;
    return weight->a > 0.0 ? 0.0 : -(double)INFINITY;
}

static double most_of(const struct hk_dist *weight) {
    if (weight->kind == HK_DIST_CONSTANT) return weight->a;
    if (weight->kind == HK_DIST_UNIFORM) return weight->b;
    return weight->a < 0.0 ? 0.0 : weight->b > 0.0 ? (double)INFINITY : weight->a;
}

static bool warn_sign(struct hk_judge *judge, const struct judged *j) {
    const struct hk_node *named = hk_node_get(j->map, "receptor");
    const struct hk_node *weight = hk_node_get(j->map, "weight");
    const struct hk_receptor_model *model =
        named ? hk_pop_find_receptor(hk_proj_target(j->proj), named->text) : NULL;
    double least = least_of(&j->weight), most = most_of(&j->weight);
    if (!model || model->effect == HK_EFFECT_CONDUCTANCE) return true;
    bool exc = strcmp(named->text, "exc") == 0, inh = strcmp(named->text, "inh") == 0;
    if (!exc && !inh) return true;
    if (least < 0.0 && most > 0.0)
        return hk_warn(judge, weight, "weights of both signs go into receptor %s", named->text);
    if (inh && most > 0.0)
        return hk_warn(judge, weight,
                       "positive weights into receptor inh excite: to inhibit, a weight in %s is "
                       "negative",
                       model->weight_unit);
    if (exc && least < 0.0)
        return hk_warn(judge, weight, "negative weights into receptor exc inhibit");
    return true;
}

static bool warn_zero(struct hk_judge *judge, const struct judged *j) {
    bool zero = j->weight.kind == HK_DIST_CONSTANT && j->weight.a == 0.0;
    if (!zero || hk_proj_is_plastic(j->proj)) return true;
    return hk_warn(judge, hk_node_get(j->map, "weight"), "with a weight of 0 %s does nothing",
                   j->map->key);
}

/* A mean stands for all of a normal distribution. */
static bool warn_bounds(struct hk_judge *judge, const struct judged *j) {
    const struct hk_node *rule = hk_node_get(j->map, "plasticity");
    const char *unit = hk_proj_weight_unit(j->proj);
    double low = 0.0, high = 0.0;
    if (!rule || !hk_judge_value(judge, rule, "w_min", unit, &low) ||
        !hk_judge_value(judge, rule, "w_max", unit, &high))
        return true;
    double least = j->weight.a, most = most_of(&j->weight);
    if (j->weight.kind == HK_DIST_NORMAL) most = least;
    if (least >= low && most <= high) return true;
    return hk_warn(judge, hk_node_get(j->map, "weight"),
                   "weights begin outside of the %g to %g %s of the rule: they are moved there "
                   "when "
                   "they first change",
                   low, high, unit);
}

/* ---- delays ---- */

/* How probable a value below x is. */
static double part_below(const struct hk_dist *dist, double x) {
    if (dist->kind == HK_DIST_UNIFORM)
        return fmin(fmax((x - dist->a) / (dist->b - dist->a), 0.0), 1.0);
    return 0.5 * erfc((dist->a - x) / (dist->b * sqrt(2.0)));
}

static bool warn_cut(struct hk_judge *judge, const struct judged *j) {
    const double much = 0.1;
    const struct hk_node *node = hk_node_get(j->map, "delay");
    struct hk_err unread = {.code = HK_OK};
    struct hk_dist delay;
    if (!hk_read_dist(&judge->reader, node, &hk_words_distribution, "ms", &delay, &unread))
        return true;
    if (delay.kind == HK_DIST_CONSTANT || delay.b <= 0.0) return true;
    double least = hk_pop_has_neurons(hk_proj_source(j->proj)) ? judge->tick_ms : 0.0;
    double cut = part_below(&delay, least - 0.5 * judge->tick_ms);
    return cut < much || hk_warn(judge, node,
                                 "%.0f %% of these delays are below %g ms and drawn again: the "
                                 "distribution is another one",
                                 100.0 * cut, least);
}

static bool warn_late(struct hk_judge *judge, const struct judged *j) {
    const struct hk_experiment *e = judge->experiment;
    hk_tick least = 0, most = 0;
    hk_proj_delays(j->proj, &least, &most);
    return e->duration == 0 || least < e->duration ||
           hk_warn(judge, hk_node_get(j->map, "delay"),
                   "nothing arrives within the %g ms of the run",
                   (double)e->duration * judge->tick_ms);
}

/* ---- the whole ---- */

bool hk_warn_projections(struct hk_judge *judge) {
    const struct hk_node *projections = hk_node_get(judge->experiment->root, "projections");
    struct hk_err unread = {.code = HK_OK};
    bool ok = true;
    for (struct hk_node *map = projections ? projections->first : NULL; map && ok;
         map = map->next) {
        struct judged j = {.map = map};
        j.proj = hk_sim_find_projection(judge->experiment->sim, map->key);
        if (!hk_read_dist(&judge->reader, hk_node_get(map, "weight"), &hk_words_distribution,
                          hk_proj_weight_unit(j.proj), &j.weight, &unread))
            continue;
        ok = warn_empty(judge, &j) && warn_sign(judge, &j) && warn_zero(judge, &j) &&
             warn_bounds(judge, &j) && warn_cut(judge, &j) && warn_late(judge, &j);
    }
    return ok;
}
