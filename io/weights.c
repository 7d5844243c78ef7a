#include "io/weights.h"

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

bool hk_weights_read(const struct hk_proj *proj, enum hk_element element, struct hk_weights *w,
                     struct hk_err *err) {
    hk_weights_shape(proj, w);
    size_t count = w->shape[0] * w->shape[1];
    w->element = element;
    if (!hk_block_reserve(&w->read, count + 1, sizeof(double), err) ||
        !hk_block_reserve(&w->turned, count + 1, hk_element_size(element), err) ||
        !hk_proj_read(proj, &(struct hk_synapses){.weight = w->read.data}, err))
        return false;
    turn(w);
    w->values = w->turned.data;
    return true;
}

void hk_weights_finish(struct hk_weights *w) {
    hk_block_finish(&w->read);
    hk_block_finish(&w->turned);
}

bool hk_weights_ends(const struct hk_proj *proj, struct hk_block *source, struct hk_block *target,
                     struct hk_err *err) {
    size_t count = hk_proj_count(proj);
    return hk_block_reserve(source, count + 1, sizeof(hk_neuron), err) &&
           hk_block_reserve(target, count + 1, sizeof(hk_neuron), err) &&
           hk_proj_read(proj, &(struct hk_synapses){.source = source->data, .target = target->data},
                        err);
}
