/* Some units of a population that is left alone between events (struct hk_alone), gathered into
 * doubles: brought to a time by the models' closed forms, given what arrives, and put back. What
 * sleep and the exact clock have in common. */
#ifndef HK_SIM_KERNELS_GATHERED_H
#define HK_SIM_KERNELS_GATHERED_H

#include "sim/numeric.h"
#include "sim/sim_internal.h"

#include <string.h>

enum { GATHERED = HK_GROUP };

struct gathered {
    size_t count;
    double current; /* pA, of drives */
    hk_neuron unit[GATHERED];
    hk_tick at[GATHERED]; /* the time of each */
    double ms[GATHERED], push[GATHERED];
    double value[HK_ALONE_COLUMNS][GATHERED];
    double *state[HK_ALONE_COLUMNS];
};

static inline struct hk_idle idle_of(const struct hk_pop *pop, struct gathered *g,
                                     const void *param, size_t first_column) {
    return (struct hk_idle){.param = param,
                            .membrane = &pop->alone->membrane,
                            .count = g->count,
                            .ms = g->ms,
                            .state = g->state + first_column,
                            .push = g->push,
                            .current = g->current,
                            .adapting = pop->sim->adapting};
}

static inline struct hk_idle idle_receptor(const struct hk_pop *pop, struct gathered *g,
                                           size_t index) {
    const struct hk_receptor *r = &pop->receptors[index];
    return idle_of(pop, g, r->param, r->first_column);
}

static inline struct hk_idle idle_neuron(const struct hk_pop *pop, struct gathered *g) {
    return idle_of(pop, g, pop->param, 0);
}

/* A column, for the units that are gathered: all of one thread. */
static inline hk_real *gathered_column(const struct hk_pop *pop, const struct gathered *g,
                                       size_t column) {
    int thread = pop->sim->gap && g->count ? hk_pop_owner(pop, g->unit[0]) : 0;
    return (hk_real *)pop->column[column] + hk_pop_shift(pop, thread);
}

/* The state of g->unit[] as it was put back, and how long before g->at[] that was. */
static inline void gather(const struct hk_pop *pop, struct gathered *g) {
    const double tick_ms = pop->sim->options.tick_ms;
    const hk_tick *last = pop->alone->last;
    for (size_t k = 0; k < g->count; k++) {
        g->ms[k] = hk_double_from_int(g->at[k] - last[g->unit[k]]) * tick_ms;
        g->push[k] = 0.0;
    }
    for (size_t c = 0; c < pop->column_count; c++) {
        const hk_real *column = gathered_column(pop, g, c);
        g->state[c] = g->value[c];
        for (size_t k = 0; k < g->count; k++) g->value[c][k] = (double)column[g->unit[k]];
    }
}

static inline void put_back(const struct hk_pop *pop, const struct gathered *g) {
    for (size_t c = 0; c < pop->column_count; c++) {
        hk_real *column = gathered_column(pop, g, c);
        for (size_t k = 0; k < g->count; k++) column[g->unit[k]] = (hk_real)g->value[c][k];
    }
    for (size_t k = 0; k < g->count; k++) pop->alone->last[g->unit[k]] = g->at[k];
}

/* Receptors alone, as where V is held. */
static inline void lapse_receptors(const struct hk_pop *pop, struct gathered *g) {
    for (size_t r = 0; r < pop->receptor_count; r++) {
        struct hk_idle idle = idle_receptor(pop, g, r);
        pop->receptors[r].model->lapse(&idle);
    }
}

static inline void lapse(const struct hk_pop *pop, struct gathered *g) {
    lapse_receptors(pop, g);
    struct hk_idle idle = idle_neuron(pop, g);
    pop->neuron->closed->lapse(&idle);
}

/* Weights arrive at one receptor; a jump acts at once. */
static inline void take(const struct hk_pop *pop, struct gathered *g, size_t receptor,
                        const double *arrived) {
    double jump[GATHERED] = {0.0};
    struct hk_idle idle = idle_receptor(pop, g, receptor);
    pop->receptors[receptor].model->take(&idle, arrived, jump);
    for (size_t k = 0; k < g->count; k++) g->value[0][k] += jump[k];
}

/* What will be left of weights that arrive now when g->ms[] have passed, alone in g->value[]: of
 * jumps nothing, as V is held meanwhile. The state of a receptor is a sum over arrivals. */
static inline void take_alone(const struct hk_pop *pop, struct gathered *g, size_t receptor,
                              const double *arrived) {
    for (size_t c = 0; c < pop->column_count; c++) {
        g->state[c] = g->value[c];
        memset(g->value[c], 0, sizeof g->value[c]);
    }
    for (size_t k = 0; k < g->count; k++) g->push[k] = 0.0;
    take(pop, g, receptor, arrived);
    struct hk_idle idle = idle_receptor(pop, g, receptor);
    pop->receptors[receptor].model->lapse(&idle);
}

/* How far each is from its threshold, how near it can come, and how fast. */
struct measured {
    double now[GATHERED], least[GATHERED], speed[GATHERED];
};

static inline void measure(const struct hk_pop *pop, struct gathered *g, struct measured *m) {
    double rise[GATHERED] = {0.0}, pull[GATHERED] = {0.0};
    for (size_t r = 0; r < pop->receptor_count; r++) {
        struct hk_idle idle = idle_receptor(pop, g, r);
        pop->receptors[r].model->bound(&idle, rise, pull);
    }
    struct hk_idle idle = idle_neuron(pop, g);
    struct hk_distance out = {m->now, m->least, m->speed};
    pop->neuron->closed->distance(&idle, rise, pull, &out);
}

#endif
