#include "tests/support/bits.h"

#include <check.h>
#include <string.h>

uint64_t bits_mix(uint64_t digest, uint64_t word) {
    return (digest ^ word) * 0x9e3779b97f4a7c15u + (digest >> 29);
}

/* Every bit of a number, the sign of a zero too. */
static uint64_t mix_number(uint64_t digest, double value) {
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return bits_mix(digest, word);
}

static void *reserve(struct hk_block *block, size_t count, size_t size) {
    struct hk_err err = {0};
    if (!hk_block_reserve(block, count, size, &err)) ck_abort_msg("%s", err.message);
    return block->data;
}

/* ---- spikes ---- */

static bool hear(void *context, const struct hk_pop *pop, hk_tick tick, const uint32_t *units,
                 size_t count, struct hk_err *err) {
    struct bits_train *train = context;
    (void)pop, (void)err;
    ck_assert_int_ge(tick, train->last);
    train->last = tick;
    train->count += count;
    for (size_t k = 0; k < count; k++)
        train->digest = bits_mix(bits_mix(train->digest, (uint64_t)tick), units[k]);
    return true;
}

/* ---- synapses and state ---- */

uint64_t bits_mix_synapses(uint64_t digest, const struct hk_proj *proj) {
    struct hk_err err = {0};
    struct hk_block source = {0}, target = {0}, weight = {0}, delay = {0};
    size_t count = hk_proj_count(proj);
    const struct hk_synapses all = {.source = reserve(&source, count, sizeof *all.source),
                                    .target = reserve(&target, count, sizeof *all.target),
                                    .weight = reserve(&weight, count, sizeof *all.weight),
                                    .delay = reserve(&delay, count, sizeof *all.delay)};
    if (!hk_proj_read(proj, &all, &err)) ck_abort_msg("%s", err.message);
    for (size_t k = 0; k < count; k++) {
        uint64_t ends = (uint64_t)all.source[k] << 32 | all.target[k];
        digest = bits_mix(bits_mix(digest, ends), (uint64_t)all.delay[k]);
        digest = mix_number(digest, all.weight[k]);
    }
    hk_block_finish(&source);
    hk_block_finish(&target);
    hk_block_finish(&weight);
    hk_block_finish(&delay);
    return digest;
}

static uint64_t mix_state(uint64_t digest, const struct hk_pop *pop) {
    struct hk_block room = {0};
    double *values = reserve(&room, hk_pop_size(pop), sizeof *values);
    for (size_t column = 0; hk_pop_column_info(pop, column); column++) {
        hk_pop_read(pop, column, values);
        for (hk_neuron i = 0; i < hk_pop_size(pop); i++) digest = mix_number(digest, values[i]);
    }
    hk_block_finish(&room);
    return digest;
}

static uint64_t digest_plastic(const struct hk_sim *sim) {
    const struct hk_proj *proj;
    uint64_t digest = 1;
    for (size_t i = 0; (proj = hk_sim_projection(sim, i)); i++)
        if (hk_proj_is_plastic(proj)) digest = bits_mix_synapses(digest, proj);
    return digest;
}

/* ---- a run ---- */

void bits_watch_begin(struct bits_watch *watch, struct hk_sim *sim) {
    struct hk_pop *pop;
    watch->sim = sim;
    for (size_t i = 0; (pop = hk_sim_population(sim, i)); i++) {
        ck_assert_uint_lt(i, BITS_POPULATIONS_MAX);
        watch->trains[i] = (struct bits_train){.digest = 1};
        hk_pop_listen(pop, hear, &watch->trains[i]);
    }
    watch->plastic = digest_plastic(sim);
}

struct bits bits_watch_end(const struct bits_watch *watch) {
    const struct hk_pop *pop;
    const struct hk_proj *proj;
    struct hk_sim_counts counts = hk_sim_count(watch->sim);
    struct bits bits = {.spikes = 1,
                        .synapses = 1,
                        .state = 1,
                        .emitted = counts.spikes,
                        .delivered = counts.events,
                        .plastic = watch->plastic != 1,
                        .learned = watch->plastic != digest_plastic(watch->sim)};
    for (size_t i = 0; (pop = hk_sim_population(watch->sim, i)); i++) {
        bits.spikes = bits_mix(bits.spikes, watch->trains[i].digest);
        bits.state = mix_state(bits.state, pop);
        if (hk_pop_has_neurons(pop)) bits.fired += watch->trains[i].count;
    }
    for (size_t i = 0; (proj = hk_sim_projection(watch->sim, i)); i++)
        bits.synapses = bits_mix_synapses(bits.synapses, proj);
    return bits;
}
