/* Plasticity of the synapses that one thread owns (contract: sim/kernels.h).
 *
 * Traces decay in closed form: a trace is its value just after its last spike and the tick of that.
 * When something happens at a tick, the traces of the other side are read once for all that happens
 * there. The rule then sees plain arrays: weights of a row lie side by side, those of a column are
 * gathered. */
#include "sim/sim_internal.h"

#include "sim/numeric.h"
#include "sim/real.h"

#include <string.h>

enum { PRE, POST };

static void read_traces(hk_real *restrict out, const hk_real *restrict value,
                        const hk_tick *restrict last, size_t count, hk_tick now,
                        double ticks_per_tau) {
    const hk_real rate = (hk_real)(-1.0 / ticks_per_tau);
    for (size_t k = 0; k < count; k++)
        out[k] = value[k] * hk_real_exp((hk_real)(now - last[k]) * rate);
}

static const struct hk_pair_params *pair_of(const struct hk_proj *proj) {
    return proj->plasticity_param;
}

static size_t owned_targets(const struct hk_proj *proj, int thread) {
    return proj->target->part[thread + 1] - proj->target->part[thread];
}

/* The traces of one unit, read at `now`. */
static void read_own(const struct hk_proj *proj, int side, void *const *value, const hk_tick *last,
                     size_t count, size_t unit, hk_tick now, hk_real *own) {
    for (size_t i = 0; i < count; i++) {
        const hk_real *column = value[i];
        read_traces(&own[i], &column[unit], &last[unit], 1, now, proj->ticks_per_tau[side][i]);
    }
}

/* A spike of one unit: its traces grow by 1, or become 1. */
static void bump(const struct hk_proj *proj, int side, void *const *value, hk_tick *last,
                 size_t count, size_t unit, hk_tick now) {
    hk_real own[HK_TRACE_MAX];
    read_own(proj, side, value, last, count, unit, now, own);
    bool nearest = pair_of(proj)->pairing == HK_PAIRING_NEAREST;
    for (size_t i = 0; i < count; i++) ((hk_real *)value[i])[unit] = nearest ? 1 : own[i] + 1;
    last[unit] = now;
}

/* One spike has arrived at a row: the rule sees the row's weights in place. */
static void arrive(struct hk_proj *proj, struct hk_proj_part *part, size_t owned, size_t row,
                   hk_tick tick) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const hk_real *other[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX], *w = part->weight;
    size_t count = owned;
    for (size_t i = 0; i < rule->post_count; i++) other[i] = part->post_now[i];
    if (proj->storage == HK_STORE_MATRIX) {
        w += row * part->stride;
    } else {
        hk_syn first = part->row_start[row];
        count = part->row_start[row + 1] - first;
        w += first;
        for (size_t i = 0; i < rule->post_count; i++) {
            hk_real *gathered = part->other[i];
            for (size_t k = 0; k < count; k++) gathered[k] = other[i][part->target[first + k]];
            other[i] = gathered;
        }
    }
    read_own(proj, PRE, part->pre_value, part->pre_last, rule->pre_count, row, tick, own);
    rule->on_pre(&(struct hk_plastic){.param = proj->plasticity_param,
                                      .w = w,
                                      .count = count,
                                      .other = other,
                                      .own = own});
}

/* The weights of a target's incoming synapses, side by side, and back. */
static size_t gather_column(const struct hk_proj *proj, struct hk_proj_part *part, size_t target,
                            const hk_real **other) {
    const hk_real *restrict weight = part->weight;
    hk_real *restrict w = part->gathered;
    if (proj->storage == HK_STORE_MATRIX) {
        for (size_t k = 0; k < proj->rows; k++) w[k] = weight[k * part->stride + target];
        return proj->rows;
    }
    hk_syn first = part->in_start[target];
    size_t count = part->in_start[target + 1] - first;
    for (size_t k = 0; k < count; k++) w[k] = weight[part->in_synapse[first + k]];
    for (size_t i = 0; i < proj->plasticity->pre_count; i++) {
        hk_real *gathered = part->other[i];
        for (size_t k = 0; k < count; k++) gathered[k] = other[i][part->in_row[first + k]];
        other[i] = gathered;
    }
    return count;
}

static void spread_column(const struct hk_proj *proj, struct hk_proj_part *part, size_t target,
                          size_t count) {
    hk_real *restrict weight = part->weight;
    const hk_real *restrict w = part->gathered;
    if (proj->storage == HK_STORE_MATRIX) {
        for (size_t k = 0; k < count; k++) weight[k * part->stride + target] = w[k];
        return;
    }
    const hk_syn *synapse = part->in_synapse + part->in_start[target];
    for (size_t k = 0; k < count; k++) weight[synapse[k]] = w[k];
}

/* One target has fired: the rule sees its incoming weights as a copy. */
static void fire(struct hk_proj *proj, struct hk_proj_part *part, size_t target, hk_tick tick) {
    const struct hk_plasticity_model *rule = proj->plasticity;
    const hk_real *other[HK_TRACE_MAX];
    hk_real own[HK_TRACE_MAX];
    for (size_t i = 0; i < rule->pre_count; i++) other[i] = part->pre_now[i];
    size_t count = gather_column(proj, part, target, other);
    read_own(proj, POST, part->post_value, part->post_last, rule->post_count, target, tick, own);
    rule->on_post(&(struct hk_plastic){.param = proj->plasticity_param,
                                       .w = part->gathered,
                                       .count = count,
                                       .other = other,
                                       .own = own});
    spread_column(proj, part, target, count);
}

typedef void row_action(struct hk_proj *proj, struct hk_proj_part *part, size_t owned, size_t row,
                        hk_tick tick);

/* Every row whose spike arrives at `tick`, in canonical order. */
static void each_arrival(struct hk_proj *proj, int thread, hk_tick tick, row_action *action) {
    struct hk_proj_part *part = &proj->parts[thread];
    size_t owned = owned_targets(proj, thread);
    for (uint32_t k = 0; k < proj->delays; k++) {
        hk_tick at = tick - proj->delay_min - k;
        for (int owner = 0; at > 0 && owner < proj->sim->threads; owner++) {
            const uint32_t *units;
            uint32_t count = hk_spikes(proj->sim, proj->source, at, owner, &units);
            for (uint32_t i = 0; i < count; i++)
                action(proj, part, owned, (size_t)units[i] * proj->delays + k, tick);
        }
    }
}

static bool any_arrival(const struct hk_proj *proj, hk_tick tick) {
    const uint32_t *units;
    for (uint32_t k = 0; k < proj->delays; k++) {
        hk_tick at = tick - proj->delay_min - k;
        for (int owner = 0; at > 0 && owner < proj->sim->threads; owner++)
            if (hk_spikes(proj->sim, proj->source, at, owner, &units)) return true;
    }
    return false;
}

static void bump_row(struct hk_proj *proj, struct hk_proj_part *part, size_t owned, size_t row,
                     hk_tick tick) {
    (void)owned;
    bump(proj, PRE, part->pre_value, part->pre_last, proj->plasticity->pre_count, row, tick);
}

static void learn_arrivals(struct hk_proj *proj, int thread, hk_tick tick) {
    struct hk_proj_part *part = &proj->parts[thread];
    const struct hk_plasticity_model *rule = proj->plasticity;
    for (size_t i = 0; i < rule->post_count; i++)
        read_traces(part->post_now[i], part->post_value[i], part->post_last,
                    owned_targets(proj, thread), tick, proj->ticks_per_tau[POST][i]);
    each_arrival(proj, thread, tick, arrive);
}

static void learn_spikes(struct hk_proj *proj, int thread, hk_tick tick, const uint32_t *units,
                         uint32_t count) {
    struct hk_proj_part *part = &proj->parts[thread];
    const struct hk_plasticity_model *rule = proj->plasticity;
    for (size_t i = 0; count && i < rule->pre_count; i++)
        read_traces(part->pre_now[i], part->pre_value[i], part->pre_last, proj->rows, tick,
                    proj->ticks_per_tau[PRE][i]);
    for (uint32_t k = 0; k < count; k++)
        fire(proj, part, units[k] - proj->target->part[thread], tick);
}

static void bump_spikes(struct hk_proj *proj, int thread, hk_tick tick, const uint32_t *units,
                        uint32_t count) {
    struct hk_proj_part *part = &proj->parts[thread];
    for (uint32_t k = 0; k < count; k++)
        bump(proj, POST, part->post_value, part->post_last, proj->plasticity->post_count,
             units[k] - proj->target->part[thread], tick);
}

/* The order of the four at one tick is the rule's `coincident`. Traces go on while learning is off.
 */
static void learn(struct hk_proj *proj, int thread, hk_tick tick) {
    const uint32_t *units;
    uint32_t count = hk_spikes(proj->sim, proj->target, tick, thread, &units);
    bool arrivals = any_arrival(proj, tick);
    int order = pair_of(proj)->coincident;
    if (order == HK_COINCIDENT_POST_FIRST) {
        if (proj->learning) learn_spikes(proj, thread, tick, units, count);
        bump_spikes(proj, thread, tick, units, count);
        if (arrivals && proj->learning) learn_arrivals(proj, thread, tick);
        if (arrivals) each_arrival(proj, thread, tick, bump_row);
        return;
    }
    if (arrivals && proj->learning) learn_arrivals(proj, thread, tick);
    if (arrivals && order == HK_COINCIDENT_PRE_FIRST) each_arrival(proj, thread, tick, bump_row);
    if (proj->learning) learn_spikes(proj, thread, tick, units, count);
    if (arrivals && order == HK_COINCIDENT_IGNORE) each_arrival(proj, thread, tick, bump_row);
    bump_spikes(proj, thread, tick, units, count);
}

/* Sums run down the rows in double, in blocks of targets. */
static void normalise(struct hk_proj *proj, int thread, double total) {
    struct hk_proj_part *part = &proj->parts[thread];
    size_t owned = owned_targets(proj, thread);
    for (size_t first = 0; first < owned; first += HK_BLOCK) {
        size_t count = owned - first < HK_BLOCK ? owned - first : HK_BLOCK;
        double sum[HK_BLOCK] = {0.0};
        hk_real scale[HK_BLOCK];
        for (size_t row = 0; row < proj->rows; row++) {
            const hk_real *restrict w = (const hk_real *)part->weight + row * part->stride + first;
            for (size_t k = 0; k < count; k++) sum[k] += (double)w[k];
        }
        for (size_t k = 0; k < count; k++)
            scale[k] = (hk_real)(sum[k] > 0.0 ? total / sum[k] : 1.0);
        for (size_t row = 0; row < proj->rows; row++) {
            hk_real *restrict w = (hk_real *)part->weight + row * part->stride + first;
            for (size_t k = 0; k < count; k++) w[k] *= scale[k];
        }
    }
}

const struct hk_kernels_learn hk_kernels_learn = {.learn = learn, .normalise = normalise};
