/* Weights as results files have them: a matrix [source][target] where every source reaches every
 * target once, else a list in canonical order (target, source, delay). */
#ifndef HK_IO_WEIGHTS_H
#define HK_IO_WEIGHTS_H

#include "io/store.h"
#include "sim/sim.h"

/* Zeroed is empty; ends with hk_weights_finish. */
struct hk_weights {
    bool is_matrix;
    size_t rank, shape[2];
    enum hk_element element;      /* of `values` */
    void *values;                 /* lent until the next call */
    struct hk_block read, turned; /* room */
};

/* Who each of a list is from and to. Zeroed is empty; ends with hk_ends_finish. */
struct hk_ends {
    struct hk_block source, target; /* hk_neuron */
};

/* What state and weights of a network are written as, so that nothing of them is lost. */
enum hk_element hk_precision_element(const struct hk_sim *sim);
/* Rank and shape, after build. */
void hk_weights_shape(const struct hk_proj *proj, struct hk_weights *weights);
/* All of them, now, as floats or doubles, and who they are from and to, if `ends` isn't NULL.
 * Errors: HK_ERR_MEMORY. */
bool hk_weights_read(const struct hk_proj *proj, enum hk_element element,
                     struct hk_weights *weights, struct hk_ends *ends,
                     struct hk_err *err) HK_MUST_USE;
void hk_weights_finish(struct hk_weights *weights);
bool hk_weights_ends(const struct hk_proj *proj, struct hk_ends *ends,
                     struct hk_err *err) HK_MUST_USE;
void hk_ends_finish(struct hk_ends *ends);

#endif
