#include "io/weights.h"

enum hk_element hk_precision_element(const struct hk_sim *sim) {
    return hk_sim_precision(sim) == HK_DOUBLE ? HK_ELEMENT_F64 : HK_ELEMENT_F32;
}

void hk_weights_shape(const struct hk_proj *proj, struct hk_weights *w) {
    size_t rows = hk_pop_size(hk_proj_source(proj)), columns = hk_pop_size(hk_proj_target(proj));
    size_t count = hk_proj_count(proj);
    w->is_matrix = hk_proj_is_dense(proj) && count == rows * columns;
    w->rank = w->is_matrix ? 2 : 1;
    w->shape[0] = w->is_matrix ? rows : count;
    w->shape[1] = w->is_matrix ? columns : 1;
}

/* Value `from` of those read becomes value `to` of those given. */
static void move(const struct hk_weights *w, size_t from, size_t to) {
    const double *read = w->read.data;
    if (w->element == HK_ELEMENT_F32)
        ((float *)w->turned.data)[to] = (float)read[from];
    else
        ((double *)w->turned.data)[to] = read[from];
}

/* Canonical order is by target; the matrix has a row a source. */
static void turn(struct hk_weights *w) {
    size_t rows = w->shape[0], columns = w->shape[1];
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < rows; i++) move(w, j * rows + i, i * columns + j);
}

static bool reserve_ends(struct hk_ends *ends, size_t count, struct hk_err *err) {
    return hk_block_reserve(&ends->source, count + 1, sizeof(hk_neuron), err) &&
           hk_block_reserve(&ends->target, count + 1, sizeof(hk_neuron), err);
}

bool hk_weights_read(const struct hk_proj *proj, enum hk_element element, struct hk_weights *w,
                     struct hk_ends *ends, struct hk_err *err) {
    hk_weights_shape(proj, w);
    size_t count = w->shape[0] * w->shape[1];
    w->element = element;
    if ((ends && !reserve_ends(ends, count, err)) ||
        !hk_block_reserve(&w->read, count + 1, sizeof(double), err) ||
        !hk_block_reserve(&w->turned, count + 1, hk_element_size(element), err) ||
        !hk_proj_read(proj,
                      &(struct hk_synapses){.source = ends ? ends->source.data : NULL,
                                            .target = ends ? ends->target.data : NULL,
                                            .weight = w->read.data},
                      err))
        return false;
    turn(w);
    w->values = w->turned.data;
    return true;
}

void hk_weights_finish(struct hk_weights *w) {
    hk_block_finish(&w->read);
    hk_block_finish(&w->turned);
}

bool hk_weights_ends(const struct hk_proj *proj, struct hk_ends *ends, struct hk_err *err) {
    return reserve_ends(ends, hk_proj_count(proj), err) &&
           hk_proj_read(proj,
                        &(struct hk_synapses){.source = ends->source.data,
                                              .target = ends->target.data},
                        err);
}

void hk_ends_finish(struct hk_ends *ends) {
    hk_block_finish(&ends->source);
    hk_block_finish(&ends->target);
}
