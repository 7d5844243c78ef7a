/* A receptor whose state decays exponentially, over one step: dx/dt = -x/tau, exactly; x is a
 * current or a conductance. What the receptors `exp` and `cond-exp` do, and what a neuron model may
 * do instead in the pass that advances V (struct hk_neuron_model, update_with). */
#ifndef HK_SIM_EXP_RECEPTOR_H
#define HK_SIM_EXP_RECEPTOR_H

#include "sim/numeric.h"
#include "sim/real.h"

/* The constants that such a receptor derives. */
struct hk_exp_step {
    hk_real decay;  /* of x */
    hk_real factor; /* current: what 1 pA adds to `push`; conductance: reversal potential, mV */
};

/* One step of one unit, at the end of which `arrived` enters; returns x as it was. */
static inline hk_real hk_exp_advance(struct hk_exp_step step, hk_real *x, hk_real arrived) {
    hk_real now = *x;
    *x = hk_settle(now * step.decay) + arrived;
    return now;
}

/* Such a receptor of a block, and what arrives there. */
struct hk_exp_receptor {
    struct hk_exp_step step;
    hk_real *x;             /* [count] pA or nS */
    hk_sum *sum;            /* [count] from bundles, in units of `unit`; left zero */
    const hk_real *arrived; /* [count] from elsewhere */
    hk_real unit;
};

/* The same for unit `i` of the block. */
static inline hk_real hk_exp_take(const struct hk_exp_receptor *r, size_t i) {
    hk_real arrived = (hk_real)r->sum[i] * r->unit + r->arrived[i];
    r->sum[i] = 0;
    return hk_exp_advance(r->step, &r->x[i], arrived);
}

#endif
