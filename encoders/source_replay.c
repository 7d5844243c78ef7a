/* Replay: a population whose spikes come from a recorded raster.
 *
 *     exc: {size: 400, source: {replay: results/first, population: exc}}
 *
 * This is also how a population is clamped: under the name of one that computed, it emits what that
 * one had emitted, projections from it see no difference, and what it would have computed itself
 * is not there, neither its model nor the projections that ended in it.
 *
 * A spike recorded at t, from < t <= to, is played at offset + (t - from) / speed, and again after
 * each (to - from) / speed until the part was played `repeat` times. The interval is open below
 * because a spike is stamped with the end of its tick: so a part of whole ticks follows itself
 * without a seam. From 0, a spike at 0 belongs to it: only an offset makes room for it. */
#include "sim/source_model.h"

#include "sim/spike_table.h"

enum { SPIKES_MAX = 1 << 28 }; /* played in all: 4 GiB */

enum { EXACT }; /* the first of */
static const char *const roundings[] = {"exact", "nearest", NULL};

struct replay {
    struct hk_recording recording;
    struct hk_list only;
    double offset, speed, from, to;
    int64_t repeat;
    int round;
};
struct replay_table {
    struct hk_spike_table spikes;
    double rounding_ms;
};

static const struct hk_param params[] = {
    {"replay", "1", "file: results, SONATA or CSV; beside it `population`, `columns`, `time_unit`",
     HK_REQUIRED, 0.0, 0.0, offsetof(struct replay, recording), HK_RECORDING, NULL},
    {"offset", "ms", "when `from` is played", 0.0, -1e12, 1e12, offsetof(struct replay, offset),
     HK_REAL, NULL},
    {"speed", "1", "2 plays in half the time", 1.0, 1e-6, 1e6, offsetof(struct replay, speed),
     HK_REAL, NULL},
    {"from", "ms", "spikes after this time of the recording", 0.0, 0.0, 1e12,
     offsetof(struct replay, from), HK_REAL, NULL},
    {"to", "ms", "and up to this one; 0: to its end", 0.0, 0.0, 1e12, offsetof(struct replay, to),
     HK_REAL, NULL},
    {"repeat", "1", "how often it is played, one after the other", 1.0, 1.0, 1e9,
     offsetof(struct replay, repeat), HK_INT, NULL},
    {"only", "1", "the units to play; default: all", 0.0, 0.0, 4294967294.0,
     offsetof(struct replay, only), HK_LIST, NULL},
    {"round", "1", "times that aren't whole ticks: an error, or the nearest tick", EXACT, 0.0, 1.0,
     offsetof(struct replay, round), HK_CHOICE, roundings},
};

/* ---- selection ---- */

/* Times that were written by different programs may differ in their last bits. */
static double with_slack(double time_ms) {
    return time_ms * (1.0 + 1e-9);
}

static bool is_inside(const struct replay *p, double time_ms) {
    bool after = p->from == 0.0 || time_ms > with_slack(p->from);
    return after && (p->to == 0.0 || time_ms <= with_slack(p->to));
}

/* Which units play: NULL for all. */
static bool choose_units(const struct replay *p, hk_neuron size, struct hk_arena *arena,
                         bool **plays, struct hk_err *err) {
    *plays = NULL;
    if (!p->only.values) return true;
    if (!(*plays = HK_NEW(arena, bool, size, err))) return false;
    for (size_t i = 0; i < p->only.count; i++) {
        double unit = p->only.values[i];
        if (!(unit < size) || unit != floor(unit))
            return HK_FAIL(err, HK_ERR_RANGE, "only[%zu] = %.10g, must be a whole number below %u",
                           i, unit, size);
        (*plays)[(hk_neuron)unit] = true;
    }
    return true;
}

static bool is_played(const struct replay *p, const bool *plays, hk_neuron size, size_t index) {
    hk_neuron unit = p->recording.units[index];
    return is_inside(p, p->recording.times[index]) && (!plays || (unit < size && plays[unit]));
}

/* The number of spikes to play once; also checks their units. */
static bool count_spikes(const struct replay *p, const bool *plays, hk_neuron size, size_t *count,
                         struct hk_err *err) {
    *count = 0;
    for (size_t i = 0; i < p->recording.count; i++) {
        if (!is_played(p, plays, size, i)) continue;
        if (p->recording.units[i] >= size)
            return HK_FAIL(err, HK_ERR_RANGE,
                           "spike %zu of the recording is of unit %u, but the size is %u; "
                           "`only: [...]` plays chosen units",
                           i, p->recording.units[i], size);
        ++*count;
    }
    return true;
}

/* ---- times ---- */

static bool to_tick(const struct replay *p, double time_ms, double tick_ms, hk_tick *tick,
                    double *rounding_ms, struct hk_err *err) {
    bool is_whole = hk_tick_from_ms(time_ms, tick_ms, tick, p->round == EXACT ? err : NULL);
    if (is_whole || p->round == EXACT) return is_whole;
    double exact = time_ms / tick_ms, whole = nearbyint(exact);
    if (!(fabs(exact) < 9e15)) return hk_tick_from_ms(time_ms, tick_ms, tick, err);
    *tick = (hk_tick)whole;
    *rounding_ms = fmax(*rounding_ms, fabs(exact - whole) * tick_ms);
    return true;
}

/* One recorded spike, `repeat` times, each `period_ms` later. */
static bool play_spike(const struct replay *p, size_t index, double period_ms, double tick_ms,
                       struct replay_table *table, struct hk_err *err) {
    double recorded = p->recording.times[index];
    for (int64_t k = 0; k < p->repeat; k++) {
        double played = p->offset + (recorded - p->from) / p->speed;
        if (k > 0) played += (double)k * period_ms;
        struct hk_spike *spike = &table->spikes.spikes[table->spikes.count++];
        spike->unit = p->recording.units[index];
        if (!to_tick(p, played, tick_ms, &spike->tick, &table->rounding_ms, err))
            return hk_err_context(err,
                                  "spike %zu, recorded at %.10g ms (`round: nearest` would move it "
                                  "to a whole tick)",
                                  index, recorded);
        if (spike->tick < 1)
            return HK_FAIL(err, HK_ERR_RANGE,
                           "spike %zu, recorded at %.10g ms, would be played at %.10g ms, but the "
                           "first tick ends at %.10g ms; a larger offset makes room",
                           index, recorded, played, tick_ms);
    }
    return true;
}

/* How long the part is that is repeated; 0 where it is played once. */
static bool find_period(const struct replay *p, double *period_ms, struct hk_err *err) {
    double end = p->to > 0.0 ? p->to : p->recording.end;
    *period_ms = 0.0;
    if (end <= p->from)
        return HK_FAIL(err, HK_ERR_RANGE, "from = %.10g ms, must be before the end at %.10g ms",
                       p->from, end);
    if (p->repeat == 1) return true;
    if (isnan(end))
        return HK_FAIL(err, HK_ERR_CONFIG,
                       "repeat = %lld needs `to:`, since the recording doesn't say where it ends",
                       (long long)p->repeat);
    *period_ms = (end - p->from) / p->speed;
    return true;
}

/* ---- the model ---- */

static bool replay_derive(const void *param, hk_neuron size, double tick_ms, struct hk_arena *arena,
                          void *derived, struct hk_err *err) {
    const struct replay *p = param;
    struct replay_table *table = derived;
    double period_ms = 0.0;
    bool *plays = NULL;
    size_t count = 0;
    if (!find_period(p, &period_ms, err) || !choose_units(p, size, arena, &plays, err) ||
        !count_spikes(p, plays, size, &count, err))
        return false;
    if (count > SPIKES_MAX / (uint64_t)p->repeat)
        return HK_FAIL(err, HK_ERR_LIMIT, "%zu spikes, %lld times, are more than %d (SPIKES_MAX)",
                       count, (long long)p->repeat, SPIKES_MAX);
    table->spikes.spikes = HK_NEW(arena, struct hk_spike, count * (size_t)p->repeat, err);
    if (!table->spikes.spikes) return false;
    for (size_t i = 0; i < p->recording.count; i++)
        if (is_played(p, plays, size, i) && !play_spike(p, i, period_ms, tick_ms, table, err))
            return false;
    hk_spike_table_sort(&table->spikes);
    return true;
}

static uint32_t replay_burst(const void *derived) {
    return ((const struct replay_table *)derived)->spikes.burst;
}

static size_t replay_emit(const struct hk_source_part *part, hk_tick tick, uint32_t *units) {
    const struct replay_table *table = part->derived;
    return hk_spike_table_at(&table->spikes, tick, part->first, part->count, units);
}

static void replay_list(const struct hk_source_part *part, hk_tick from, hk_tick to,
                        struct hk_raster *out) {
    const struct replay_table *table = part->derived;
    hk_spike_table_list(&table->spikes, from, to, part->first, part->count, out);
}

static double replay_rounding(const void *derived) {
    return ((const struct replay_table *)derived)->rounding_ms;
}

const struct hk_source_model hk_source_replay = {
    .base = {.abi = HK_MODEL_ABI,
             .name = "replay",
             .doc = "recorded spikes, shifted, stretched, repeated",
             HK_PARAMS(params, struct replay),
             .main_param = "replay"},
    .derived_size = sizeof(struct replay_table),
    .derive = replay_derive,
    .burst = replay_burst,
    .emit = replay_emit,
    .list = replay_list,
    .rounding = replay_rounding,
};
