#include "io/why.h"

#include "io/nearest.h"
#include "io/quantity.h"
#include "io/rerun.h"
#include "sim/trace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the name of a spike ---- */

struct named {
    char *pop;
    hk_neuron unit;
    double ms, within_ms;
};

static bool fail_name(const char *text, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_USAGE,
                   "'%s' names no spike: POPULATION:UNIT@TIME does, as exc:3@152.3ms", text);
}

/* Half of the last digit that was written. */
static double precision_of(const char *time) {
    const char *unit = time + strspn(time, "0123456789.+- ");
    const char *point = strchr(time, '.');
    int decimals = point && point < unit ? (int)strspn(point + 1, "0123456789") : 0;
    struct hk_dim dim;
    double scale = 1.0;
    if (!hk_unit_find(unit, &dim, &scale)) return 0.0; /* 1e3 ms: a number as it is */
    return 0.5 * pow(10.0, -decimals) * scale;
}

static bool read_name(struct hk_arena *arena, const char *text, struct named *out,
                      struct hk_err *err) {
    struct hk_quantity time;
    struct hk_err why = {.code = HK_OK};
    char *end = NULL;
    if (!(out->pop = hk_arena_text(arena, text, err))) return false;
    char *at = strrchr(out->pop, '@');
    if (!at) return fail_name(text, err);
    *at = '\0';
    char *colon = strrchr(out->pop, ':');
    if (!colon || colon == out->pop) return fail_name(text, err);
    *colon = '\0';
    unsigned long unit = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end || unit > UINT32_MAX) return fail_name(text, err);
    out->unit = (hk_neuron)unit;
    if (!hk_quantity_parse(at + 1, &time, &why) || !hk_quantity_in(&time, "ms", &out->ms, &why))
        return HK_FAIL(err, HK_ERR_USAGE, "'%s': %s", text, why.message);
    out->within_ms = precision_of(at + 1);
    return true;
}

/* ---- the list of spikes ---- */

struct why {
    struct hk_arena *arena;
    const struct hk_why_options *options;
    struct hk_why_spike *first, *last;
};

static struct hk_why_spike *add_spike(struct why *why, const char *pop, hk_neuron unit,
                                      hk_tick first, hk_tick last, struct hk_err *err) {
    for (struct hk_why_spike *spike = why->first; spike; spike = spike->next)
        if (spike->first == first && spike->unit == unit && strcmp(spike->pop, pop) == 0)
            return spike;
    struct hk_why_spike *spike = HK_NEW(why->arena, struct hk_why_spike, 1, err);
    if (!spike) return NULL;
    *spike = (struct hk_why_spike){.unit = unit, .first = first, .last = last};
    if (!(spike->pop = hk_arena_text(why->arena, pop, err))) return NULL;
    if (why->last)
        why->last->next = spike;
    else
        why->first = spike;
    why->last = spike;
    return spike;
}

/* ---- one spike's account, in words of its own ---- */

static bool add_synapse(struct why *why, const struct hk_cause *cause, double tick_ms,
                        struct hk_why_cause *out, struct hk_err *err) {
    const struct hk_pop *source = hk_proj_source(cause->proj);
    *out =
        (struct hk_why_cause){.delay_ms = (double)(cause->arrived - cause->sent) * tick_ms,
                              .weight = cause->weight,
                              .count = 1,
                              .share = cause->share,
                              .unit =
                                  hk_arena_text(why->arena, hk_proj_weight_unit(cause->proj), err),
                              .through = hk_arena_text(why->arena, hk_proj_name(cause->proj), err)};
    out->spike = add_spike(why, hk_pop_name(source), cause->source, cause->sent, cause->sent, err);
    if (!out->spike || !out->unit || !out->through) return false;
    out->spike->has_causes = hk_pop_has_neurons(source);
    out->spike->ms = (double)cause->sent * tick_ms;
    return true;
}

/* Arrivals to be ranked by their shares: each of a synapse, and each drive as one. */
struct ranked {
    struct hk_why_cause cause; /* its share first decides */
    const struct hk_cause *from;
    size_t drive; /* where `from` is NULL */
};

static int compare_ranked(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    double p = fabs(x->cause.share), q = fabs(y->cause.share);
    return (p < q) - (p > q);
}

static size_t rank(const struct hk_pop *pop, const struct hk_account *account,
                   struct ranked *list) {
    size_t count = 0;
    for (; hk_pop_drive(pop, count); count++) list[count] = (struct ranked){.drive = count};
    for (size_t k = 0; k < account->count; k++) {
        const struct hk_cause *cause = &account->causes[k];
        struct ranked *at = cause->proj ? &list[count++] : &list[cause->drive];
        at->from = cause->proj ? cause : NULL;
        at->cause.weight = cause->weight;
        at->cause.share += cause->share;
        at->cause.count++;
    }
    qsort(list, count, sizeof *list, compare_ranked);
    return count;
}

static bool add_cause(struct why *why, const struct hk_pop *pop, const struct ranked *ranked,
                      double tick_ms, struct hk_why_cause *out, struct hk_err *err) {
    if (ranked->from) return add_synapse(why, ranked->from, tick_ms, out, err);
    *out = ranked->cause;
    out->unit = "";
    out->through = hk_arena_text(why->arena, hk_pop_drive(pop, ranked->drive)->base.name, err);
    return out->through != NULL;
}

static void add_up(const struct hk_why_cause *cause, struct hk_why_sum *raising,
                   struct hk_why_sum *lowering) {
    struct hk_why_sum *sum = cause->share < 0.0 ? lowering : raising;
    sum->share += cause->share;
    sum->count += cause->count;
}

static bool add_causes(struct why *why, const struct hk_pop *pop, const struct hk_account *account,
                       struct hk_why_spike *spike, double tick_ms, struct hk_err *err) {
    size_t drives = 0;
    while (hk_pop_drive(pop, drives)) drives++;
    struct ranked *list = HK_NEW(why->arena, struct ranked, account->count + drives, err);
    spike->causes = HK_NEW(why->arena, struct hk_why_cause, why->options->top, err);
    if (!list || !spike->causes) return false;
    size_t count = rank(pop, account, list);
    for (size_t k = 0; k < count; k++) {
        if (list[k].cause.count == 0) continue; /* a drive of current, or one that was silent */
        add_up(&list[k].cause, &spike->raising, &spike->lowering);
        if (spike->cause_count == why->options->top) {
            add_up(&list[k].cause, &spike->others[0], &spike->others[1]);
        } else if (!add_cause(why, pop, &list[k], tick_ms, &spike->causes[spike->cause_count++],
                              err)) {
            return false;
        }
    }
    spike->total = spike->raising.share - spike->lowering.share + fabs(spike->left);
    return true;
}

static bool explain(struct why *why, struct hk_experiment *e, const struct hk_trace *trace,
                    struct hk_why_spike *spike, struct hk_err *err) {
    const struct hk_pop *pop = hk_sim_find_population(e->sim, spike->pop);
    const double tick_ms = hk_sim_tick_ms(e->sim);
    struct hk_account account;
    if (!hk_trace_account(trace, e->arena, &account, err)) return false;
    spike->explained = true;
    spike->ms = (double)account.tick * tick_ms;
    spike->first = spike->last = account.tick;
    spike->since_ms = (double)account.since * tick_ms;
    spike->fired = account.fired;
    spike->way = account.way;
    spike->moved = account.way + account.beyond;
    spike->left = account.left;
    spike->arrivals = account.count;
    return add_causes(why, pop, &account, spike, tick_ms, err);
}

/* ---- a depth: one run ---- */

/* Where the nearest spikes are, when there is none, or are several. */
static bool check_spike(const struct hk_why_spike *spike, const struct hk_trace *trace,
                        double tick_ms, struct hk_err *err) {
    const struct hk_trace_spikes spikes = hk_trace_spikes(trace);
    char before[64] = "", after[64] = "";
    if (spikes.count == 1) return true;
    if (spikes.count > 1)
        return HK_FAIL(err, HK_ERR_DATA,
                       "%s:%u fires %zu times within %.9g..%.9g ms, first at %.12g ms: say when "
                       "with more digits",
                       spike->pop, spike->unit, spikes.count, (double)spike->first * tick_ms,
                       (double)spike->last * tick_ms, (double)spikes.tick * tick_ms);
    if (spikes.before >= 0)
        (void)snprintf(before, sizeof before, "; before that at %.12g ms",
                       (double)spikes.before * tick_ms);
    if (spikes.next >= 0)
        (void)snprintf(after, sizeof after, "; after that at %.12g ms",
                       (double)spikes.next * tick_ms);
    return HK_FAIL(err, HK_ERR_DATA, "%s:%u doesn't fire within %.9g..%.9g ms%s%s", spike->pop,
                   spike->unit, (double)spike->first * tick_ms, (double)spike->last * tick_ms,
                   before,
                   after[0]    ? after
                   : before[0] ? ""
                               : ", nor before or soon after that");
}

static bool follow(struct hk_experiment *e, struct hk_why_spike *first, struct hk_trace **traces,
                   hk_tick *until, struct hk_err *err) {
    size_t k = 0;
    for (struct hk_why_spike *spike = first; spike; spike = spike->next) {
        struct hk_pop *pop = hk_sim_find_population(e->sim, spike->pop);
        if (!spike->has_causes || spike->explained) continue;
        if (!(traces[k++] = hk_sim_trace(e->sim, pop, spike->unit, spike->first, spike->last, err)))
            return false;
        if (spike->last > *until) *until = spike->last;
    }
    return true;
}

static bool run_depth(struct why *why, struct hk_experiment *e, hk_tick more, struct hk_err *err) {
    size_t count = 0, k = 0;
    hk_tick until = 0;
    struct hk_why_spike *last = why->last; /* those behind it belong to the next depth */
    for (struct hk_why_spike *spike = why->first; spike; spike = spike->next) count++;
    struct hk_trace **traces = HK_NEW(e->arena, struct hk_trace *, count, err);
    if (!traces || !follow(e, why->first, traces, &until, err) ||
        !hk_experiment_rerun(e, until + more, err))
        return false;
    for (struct hk_why_spike *spike = why->first; spike; spike = spike->next) {
        if (spike->has_causes && !spike->explained) {
            const struct hk_trace *trace = traces[k++];
            if (!check_spike(spike, trace, hk_sim_tick_ms(e->sim), err) ||
                !explain(why, e, trace, spike, err))
                return false;
        }
        if (spike == last) break;
    }
    return true;
}

/* ---- all of it ---- */

static bool name_spike(struct why *why, const struct hk_experiment *e, const struct named *named,
                       struct hk_err *err) {
    const struct hk_pop *pop = hk_sim_find_population(e->sim, named->pop);
    const double tick_ms = hk_sim_tick_ms(e->sim);
    hk_tick first = (hk_tick)ceil((named->ms - named->within_ms) / tick_ms - 1e-6);
    hk_tick last = (hk_tick)floor((named->ms + named->within_ms) / tick_ms + 1e-6);
    if (last < first) first = last = (hk_tick)nearbyint(named->ms / tick_ms);
    if (!pop) {
        const char *names[256];
        char hint[HK_HINT_SIZE];
        size_t count = 0;
        for (; count < HK_COUNT(names) && (pop = hk_sim_population(e->sim, count)); count++)
            names[count] = hk_pop_name(pop);
        return HK_FAIL(err, HK_ERR_USAGE, "there is no population '%s'; %s", named->pop,
                       hk_nearest_hint(named->pop, names, count, hint));
    }
    if (!hk_pop_has_neurons(pop))
        return HK_FAIL(err, HK_ERR_USAGE,
                       "%s is a source: its spikes have no causes in the network", named->pop);
    struct hk_why_spike *spike = add_spike(why, named->pop, named->unit, first, last, err);
    if (spike) spike->has_causes = true;
    return spike != NULL;
}

static bool run_once(struct why *why, const struct named *named, size_t depth, struct hk_err *err) {
    const double SOON_MS = 100.0; /* spikes that are named when the one asked for isn't there */
    struct hk_experiment e;
    bool ok = hk_experiment_read(&e, &why->options->experiment, err);
    if (ok && hk_sim_clock(e.sim) != HK_CLOCK_EXACT)
        ok = HK_FAIL(err, HK_ERR_CONFIG,
                     "%s runs on a grid, where a spike stands for a whole step; causes are exact "
                     "with clock: exact",
                     why->options->experiment.path);
    ok = ok && (depth > 0 || name_spike(why, &e, named, err)) && hk_sim_build(e.sim, err) &&
         run_depth(why, &e, depth ? 0 : (hk_tick)(SOON_MS / hk_sim_tick_ms(e.sim)), err);
    hk_experiment_finish(&e);
    return ok;
}

static bool is_open(const struct why *why) {
    for (const struct hk_why_spike *spike = why->first; spike; spike = spike->next)
        if (spike->has_causes && !spike->explained) return true;
    return false;
}

bool hk_why(struct hk_arena *arena, const struct hk_why_options *options, struct hk_why_spike **out,
            struct hk_err *err) {
    struct why why = {.arena = arena, .options = options};
    struct named named;
    if (!read_name(arena, options->spike, &named, err)) return false;
    for (size_t depth = 0; depth < options->depth && (depth == 0 || is_open(&why)); depth++)
        if (!run_once(&why, &named, depth, err)) return false;
    *out = why.first;
    return true;
}
