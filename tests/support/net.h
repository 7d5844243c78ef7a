/* Small networks for tests, by name and text, each call checked: a failure ends the test with the
 * library's message. */
#ifndef HK_TESTS_SUPPORT_NET_H
#define HK_TESTS_SUPPORT_NET_H

#include <check.h>

#include "sim/sim.h"

/* A simulation of seed 1. */
struct hk_sim *net_create(enum hk_precision precision, double tick_ms, int threads);

/* The precision of the test case, in those of net_case; else single. */
extern enum hk_precision net_precision;
/* A new case of the suite, "NAME, single" or "NAME, double"; Check keeps the name, a literal. */
#define net_case(suite, name, precision)                                                           \
    net_case_of(suite, (precision) == HK_DOUBLE ? name ", double" : name ", single", precision)
TCase *net_case_of(Suite *suite, const char *name, enum hk_precision precision);

/* The same on the exact clock. */
struct hk_sim *net_create_exact(double tick_ms, int threads);

/* `settings` reads "tau_m=10 v_rest=0 integrator=euler"; numbers are in the table's unit,
 * and "dropout=0.3" is the population's.
 * `receptors` reads "exc:exp:tau=2 inh:cond-exp:tau=5,e=-80", `drives`
 * "step:amplitude=400,from=10"; NULL: none. */
struct hk_pop *net_neurons(struct hk_sim *sim, const char *name, hk_neuron size, const char *model,
                           const char *settings, const char *receptors, const char *drives);
/* Three of such neurons, called "n", can't be added: err says why. */
bool net_refuses_neurons(struct hk_sim *sim, const char *model, const char *settings,
                         const char *receptors, struct hk_err *err);
/* A source by model and settings. */
struct hk_pop *net_source(struct hk_sim *sim, const char *name, hk_neuron size, const char *model,
                          const char *settings);
struct hk_pop *net_encoder(struct hk_sim *sim, const char *name, hk_neuron size, const char *model,
                           const char *settings);
/* A source of given spikes; units NULL: every unit at each time. */
struct hk_pop *net_spikes(struct hk_sim *sim, const char *name, hk_neuron size, const double *times,
                          const double *units, size_t count);

/* `connect` reads "all-to-all", "probability:p=0.1"; `rule` "stdp-pair:a_plus=0.01,..." or NULL. */
struct net_link {
    const char *name; /* NULL: "source->target" */
    struct hk_pop *source, *target;
    const char *receptor;
    const char *connect; /* NULL: all-to-all */
    struct hk_dist weight, delay_ms;
    const char *rule;
    const char *synapse; /* NULL: static */
};
struct hk_proj *net_link(struct hk_sim *sim, const struct net_link *link);
struct hk_dist net_value(double value);
/* A spike of unit k of `source` makes unit k of `target` fire, through a delta receptor. */
void net_force(struct hk_sim *sim, struct hk_pop *source, struct hk_pop *target,
               const char *receptor);

void net_build(struct hk_sim *sim);
void net_run(struct hk_sim *sim, hk_tick ticks);
/* One state variable of one unit. */
double net_state(const struct hk_pop *pop, const char *column, hk_neuron unit);
void net_set_state(struct hk_pop *pop, const char *column, hk_neuron unit, double value);
/* The weight of the k-th synapse in canonical order. */
double net_weight(const struct hk_proj *proj, size_t k);

/* Spikes heard from a population, from the call on. Free with net_heard_finish. */
struct net_heard {
    struct hk_block ticks, units; /* hk_tick, uint32_t */
    size_t count;
};
void net_hear(struct hk_pop *pop, struct net_heard *heard);
hk_tick net_heard_tick(const struct net_heard *heard, size_t k);
uint32_t net_heard_unit(const struct net_heard *heard, size_t k);
/* Both have heard the same, and at least so many spikes. */
void net_same_spikes(const struct net_heard *a, const struct net_heard *b, size_t least);
void net_heard_finish(struct net_heard *heard);
/* A run ends with a failure at the end of the window in which the population fires. */
void net_refuse_spikes(struct hk_pop *pop);

#endif
