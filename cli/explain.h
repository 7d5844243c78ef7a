/* What the parts of `hillock explain` share: values as words. */
#ifndef HK_CLI_EXPLAIN_H
#define HK_CLI_EXPLAIN_H

#include "cli/prose.h"
#include "io/experiment.h"
#include "io/scope.h"
#include "sim/models.h"

enum { HK_EXPLAIN_SIZE = 96 };

struct hk_explanation {
    const struct hk_experiment *e;
    const struct hk_scope *scope;
    struct hk_prose prose;
};

/* All return `text`. "20 ms" */
const char *hk_explain_number(double value, const char *unit, char text[HK_EXPLAIN_SIZE]);
/* "2 h", "350 ms" */
const char *hk_explain_time(const struct hk_explanation *x, hk_tick ticks,
                            char text[HK_EXPLAIN_SIZE]);
/* "[28, 28]"; of long lists the first values. */
const char *hk_explain_value(const struct hk_explanation *x, const struct hk_node *node,
                             const char *unit, char text[HK_EXPLAIN_SIZE]);
/* "0.1 mV", "uniform from 0 nS to 0.3 nS", "normal with mean 5 ms and deviation 1 ms" */
const char *hk_explain_dist(const struct hk_explanation *x, const struct hk_node *node,
                            const char *unit, char text[HK_EXPLAIN_SIZE]);
/* Add ": tau_m = 20 ms, v_th = -55 mV": the parameters of a model that stand in the map, each with
 * "_<suffix>" behind where there is one; of a keyed model the main one under the model's name. */
void hk_explain_params(struct hk_explanation *x, const struct hk_node *map,
                       const struct hk_model *model, const char *suffix, const char *weight_unit);

/* The part of each unit that may be silent in a presentation. */
double hk_explain_dropout(const struct hk_explanation *x, const struct hk_node *population);

/* Add the paragraphs of the protocol, and of what is recorded and measured. */
void hk_explain_protocol(struct hk_explanation *x);

#endif
