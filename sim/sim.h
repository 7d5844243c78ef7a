/* The simulation: populations, projections between them, and time.
 *
 *     struct hk_sim *sim = hk_sim_create(&options, err);
 *     struct hk_pop *a = hk_sim_add_population(sim, &spec, err), *b = ...;
 *     hk_sim_add_projection(sim, &(struct hk_proj_spec){.source = a, .target = b, ...}, err);
 *     hk_sim_build(sim, err);          draws the connections
 *     hk_sim_run(sim, 1000, err);      a thousand ticks; again and again
 *     hk_sim_destroy(sim);
 *
 * The result doesn't depend on the number of threads, to the bit. Everything lent lives until
 * hk_sim_destroy. Not thread safe: one caller at a time. */
#ifndef HK_SIM_SIM_H
#define HK_SIM_SIM_H

#include "sim/models.h"
#include "sim/samples.h"

struct hk_sim;
struct hk_pop;
struct hk_proj;
struct hk_signal;

/* GRID: populations advance tick by tick. EXACT: ticks are fine, and nothing happens between
 * events; models without closed forms are refused. State and weights are double there. */
enum hk_clock { HK_CLOCK_GRID, HK_CLOCK_EXACT };

struct hk_sim_options {
    double tick_ms; /* length of a tick */
    enum hk_clock clock;
    uint64_t seed;
    enum hk_precision precision;
    int threads; /* 0: as many as the network can use on this machine */
};
struct hk_sim *hk_sim_create(const struct hk_sim_options *options, struct hk_err *err) HK_MUST_USE;
void hk_sim_destroy(struct hk_sim *sim);

/* ---- populations ---- */

enum { HK_RECEPTORS_MAX = 32 }; /* of a population */
struct hk_receptor_spec {
    const char *name; /* "exc" */
    const struct hk_receptor_model *model;
    const void *param;
};
struct hk_drive_spec {
    const struct hk_drive_model *model;
    const void *param;
};
/* Exactly one of neuron, source and encoder is given; everything is copied. */
struct hk_pop_spec {
    const char *name;
    hk_neuron size;
    const struct hk_neuron_model *neuron;
    const struct hk_source_model *source;
    const struct hk_encoder_model *encoder;
    const void *param; /* of that model */
    const struct hk_receptor_spec *receptors;
    size_t receptor_count; /* at most HK_RECEPTORS_MAX */
    const struct hk_drive_spec *drives;
    size_t drive_count;
    /* Part of the units that is silent in a presentation while hk_sim_set_dropping is on; what the
     * others send is then multiplied by 1 / (1 - dropout). Keyed by (seed, population, number). */
    double dropout;
};
/* Errors: HK_ERR_RANGE, HK_ERR_CONFIG, HK_ERR_MEMORY, with the population's name in front. */
struct hk_pop *hk_sim_add_population(struct hk_sim *sim, const struct hk_pop_spec *spec,
                                     struct hk_err *err) HK_MUST_USE;
struct hk_pop *hk_sim_population(const struct hk_sim *sim, size_t index); /* NULL past the end */
struct hk_pop *hk_sim_find_population(const struct hk_sim *sim, const char *name); /* or NULL */
const char *hk_pop_name(const struct hk_pop *pop);
hk_neuron hk_pop_size(const struct hk_pop *pop);
bool hk_pop_has_neurons(const struct hk_pop *pop);
bool hk_pop_has_encoder(const struct hk_pop *pop);
/* Does a projection end there that learns from presentations? */
bool hk_pop_can_be_taught(const struct hk_pop *pop);
/* How far its source has moved a spike to a whole tick at most; 0 for most. */
double hk_pop_rounding_ms(const struct hk_pop *pop);
/* The receptor's model, or NULL; index 0.. to walk, name to find. */
const struct hk_receptor_model *hk_pop_receptor(const struct hk_pop *pop, size_t index,
                                                const char **name);
const struct hk_receptor_model *hk_pop_find_receptor(const struct hk_pop *pop, const char *name);
/* A drive, in the order of adding, or NULL. */
const struct hk_drive_model *hk_pop_drive(const struct hk_pop *pop, size_t index);

/* State columns: a model's own by name ("v"), a receptor's with its name behind ("g_exc"). The
 * index of one, or -1. */
int hk_pop_column(const struct hk_pop *pop, const char *name);
const struct hk_column *hk_pop_column_info(const struct hk_pop *pop, size_t column); /* or NULL */
void hk_pop_read(const struct hk_pop *pop, size_t column, double *values);           /* [size] */
void hk_pop_write(struct hk_pop *pop, size_t column, const double *values);
/* Draw a column's values, keyed by (seed, population, column, unit). */
void hk_pop_draw(struct hk_pop *pop, size_t column, const struct hk_dist *dist);
/* Between samples: state back to its initial values (slow adaptation stays), spikes in flight and
 * traces forgotten; weights stay. After build. */
void hk_sim_reset_state(struct hk_sim *sim);
/* Freeze (false) or free slow adaptation of the whole network. */
void hk_sim_set_adapting(struct hk_sim *sim, bool adapting);
/* Let populations drop out (true) or not, from the next presentation on. */
void hk_sim_set_dropping(struct hk_sim *sim, bool dropping);

/* Spikes of each unit since hk_pop_clear_counts; lent, [size]. */
const uint32_t *hk_pop_counts(const struct hk_pop *pop);
void hk_pop_clear_counts(struct hk_pop *pop);

/* ---- signals ---- */

/* A number that plasticity rules can follow by its name: a reward, dopamine. It starts at 0, grows
 * by `amount` with each spike of `from`, `delay_ms` after it, and decays with `tau_ms`. */
struct hk_signal_spec {
    const char *name;
    double tau_ms;       /* 0: it stays as it was set */
    struct hk_pop *from; /* NULL: it changes by hk_signal_set alone */
    double amount, delay_ms;
};
/* To be added before the projections that follow it. Errors: HK_ERR_RANGE, HK_ERR_CONFIG. */
struct hk_signal *hk_sim_add_signal(struct hk_sim *sim, const struct hk_signal_spec *spec,
                                    struct hk_err *err) HK_MUST_USE;
struct hk_signal *hk_sim_signal(const struct hk_sim *sim, size_t index); /* NULL past the end */
struct hk_signal *hk_sim_find_signal(const struct hk_sim *sim, const char *name);
const char *hk_signal_name(const struct hk_signal *signal);
/* After build, between runs. */
double hk_signal_value(const struct hk_signal *signal);
void hk_signal_set(struct hk_signal *signal, double value);

/* ---- projections ---- */

struct hk_proj_spec {
    const char *name; /* "input->exc" */
    struct hk_pop *source, *target;
    const char *receptor; /* NULL: the only one */
    const struct hk_connect_model *connect;
    const void *connect_param;
    const struct hk_synapse_model *synapse; /* NULL: static */
    const void *synapse_param;
    struct hk_dist weight;   /* in the receptor's unit */
    struct hk_dist delay_ms; /* rounded to whole ticks, redrawn while below the least delay */
    const struct hk_plasticity_model *plasticity; /* NULL: weights stay */
    const void *plasticity_param;
};
struct hk_proj *hk_sim_add_projection(struct hk_sim *sim, const struct hk_proj_spec *spec,
                                      struct hk_err *err) HK_MUST_USE;
struct hk_proj *hk_sim_projection(const struct hk_sim *sim, size_t index);
struct hk_proj *hk_sim_find_projection(const struct hk_sim *sim, const char *name);
const char *hk_proj_name(const struct hk_proj *proj);
const struct hk_pop *hk_proj_source(const struct hk_proj *proj);
const struct hk_pop *hk_proj_target(const struct hk_proj *proj);
const char *hk_proj_weight_unit(const struct hk_proj *proj);
bool hk_proj_is_plastic(const struct hk_proj *proj);
bool hk_proj_is_dense(const struct hk_proj *proj);  /* every source reaches every target, once */
uint64_t hk_proj_count(const struct hk_proj *proj); /* synapses, after build */
/* Let the rule change weights or not (the default is to). */
void hk_proj_set_learning(struct hk_proj *proj, bool learning);
/* Scale the incoming weights of every target to the sum `total`. Plastic projections only. */
bool hk_proj_normalise(struct hk_proj *proj, double total, struct hk_err *err) HK_MUST_USE;
/* All synapses in canonical order (target, source, delay), after build: any of the arrays
 * may be NULL, each has hk_proj_count values. */
struct hk_synapses {
    hk_neuron *source, *target;
    double *weight;
    hk_tick *delay;
};
bool hk_proj_read(const struct hk_proj *proj, const struct hk_synapses *out,
                  struct hk_err *err) HK_MUST_USE;
/* Set all weights, in the order of hk_proj_read. Not for projections that share one weight. */
bool hk_proj_write_weights(struct hk_proj *proj, const double *weight,
                           struct hk_err *err) HK_MUST_USE;

/* ---- running ---- */

/* Once, when all is added. Errors: HK_ERR_MEMORY, told at once where the network is larger than the
 * machine or what the process may use of it (sim/machine.h); what a model's own build finds. */
bool hk_sim_build(struct hk_sim *sim, struct hk_err *err) HK_MUST_USE;
/* Advance by `ticks`. A sample being presented goes on. Errors: HK_ERR_NUMERIC (a state variable is
 * no longer finite), HK_ERR_MEMORY, what a listener returns. */
bool hk_sim_run(struct hk_sim *sim, hk_tick ticks, struct hk_err *err) HK_MUST_USE;

/* Show one sample to every encoder population for the next `ticks`: `number` keys the random
 * numbers of this presentation. Encoders are silent when nothing is shown. */
bool hk_sim_present(struct hk_sim *sim, const float *values, size_t count, hk_tick ticks,
                    double gain, uint64_t number, struct hk_err *err) HK_MUST_USE;

/* Learning from presentations: spikes of the last `ticks` are kept. Before build. */
void hk_sim_remember(struct hk_sim *sim, hk_tick ticks);
/* The presentation that hk_sim_present began is over, and unit `wanted` of `pop` should have fired:
 * let the rules that learn from presentations send errors back and change weights. Spike counts
 * must have been cleared at its start. Errors: HK_ERR_CONFIG (no such rule ends in `pop`). */
bool hk_sim_teach(struct hk_sim *sim, struct hk_pop *pop, hk_neuron wanted, size_t epoch,
                  struct hk_err *err) HK_MUST_USE;

/* Called after every window, in the order of ticks, with the spikes of one population at one tick.
 */
typedef bool hk_listener(void *context, const struct hk_pop *pop, hk_tick tick,
                         const uint32_t *units, size_t count, struct hk_err *err);
void hk_pop_listen(struct hk_pop *pop, hk_listener *listener, void *context);

hk_tick hk_sim_now(const struct hk_sim *sim);
double hk_sim_tick_ms(const struct hk_sim *sim);
int hk_sim_threads(const struct hk_sim *sim);
enum hk_precision hk_sim_precision(const struct hk_sim *sim);
enum hk_clock hk_sim_clock(const struct hk_sim *sim);
/* Could it all run on the exact clock? Where not, err says why: the first reason. */
bool hk_sim_suits_exact(const struct hk_sim *sim, struct hk_err *err);
size_t hk_sim_memory(const struct hk_sim *sim); /* bytes of the arena */

/* What happened so far, for reports and for the conservation test: every spike of a source meets
 * its row once. */
struct hk_sim_counts {
    uint64_t spikes;  /* emitted, of all populations */
    uint64_t events;  /* synaptic events delivered */
    uint64_t pulses;  /* weights that drives let arrive, without synapses */
    uint64_t updates; /* neuron steps */
    /* Arithmetic beside them: membranes that decay, inputs that are scaled, and what rules that
     * learn from presentations do with traces, errors and weights. An event is an addition, too. */
    uint64_t additions, multiplications;
};
struct hk_sim_counts hk_sim_count(const struct hk_sim *sim);

#endif
