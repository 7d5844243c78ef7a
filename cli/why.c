/* `hillock why`: the causes of a spike, as a tree in words, as a graph for Graphviz, or as JSON. */
#include "cli/command.h"

#include "cli/reading.h"
#include "io/json.h"
#include "io/why.h"

#include <math.h>
#include <string.h>

enum { DEPTH = 1, TOP = 8 }; /* unless options say otherwise */

/* Of all that moved the unit, up or down; the sign is the direction. (Not of the sum, which may be
 * next to nothing where much has raised and as much has lowered it.) */
static double percent(const struct hk_why_spike *spike, double share) {
    return 100.0 * share / spike->total;
}

/* ---- words ---- */

static void print_share(const struct hk_why_spike *spike, double share, int indent) {
    (void)printf("%*s%6.1f %%  %+9.4f mV  ", indent, "", percent(spike, share), share);
}

static void print_spike(const struct hk_why_spike *spike, int indent);

static void print_cause(const struct hk_why_spike *spike, const struct hk_why_cause *cause,
                        int indent) {
    print_share(spike, cause->share, indent);
    if (!cause->spike) {
        (void)printf("%zu %s of the %s drive\n", cause->count,
                     cause->count == 1 ? "pulse" : "pulses", cause->through);
        return;
    }
    (void)printf("%s:%u at %.12g ms, through %s: %.6g %s after %.9g ms\n", cause->spike->pop,
                 cause->spike->unit, cause->spike->ms, cause->through, cause->weight, cause->unit,
                 cause->delay_ms);
    if (cause->spike->explained) print_spike(cause->spike, indent + 10);
}

static const char *arrivals(size_t count) {
    return count == 1 ? "arrival" : "arrivals";
}

/* What all arrivals did, and how it would have been without. */
static void print_sums(const struct hk_why_spike *spike) {
    const double way = spike->way - spike->left;
    if (spike->arrivals == 0) {
        (void)printf(" nothing arrived: it got to its threshold by itself.\n");
        return;
    }
    (void)printf(" %zu %s", spike->arrivals, arrivals(spike->arrivals));
    if (spike->raising.count) (void)printf(" raised it by %.4g mV", spike->raising.share);
    if (spike->raising.count && spike->lowering.count) (void)printf(" and");
    if (spike->lowering.count) (void)printf(" lowered it by %.4g mV", -spike->lowering.share);
    (void)printf("; without %s it would have been %.4g mV %s its threshold:\n",
                 spike->arrivals == 1 ? "it" : "them", fabs(way), way > 0.0 ? "below" : "above");
}

static void print_spike(const struct hk_why_spike *spike, int indent) {
    (void)printf("%*s%s:%u fires at %.12g ms. ", indent, "", spike->pop, spike->unit, spike->ms);
    if (spike->fired)
        (void)printf("Since its last spike, at %.12g ms,", spike->since_ms);
    else
        (void)printf("Since %.12g ms", spike->since_ms);
    print_sums(spike);
    for (size_t k = 0; k < spike->cause_count; k++)
        print_cause(spike, &spike->causes[k], indent + 2);
    for (int k = 0; k < 2; k++) {
        if (spike->others[k].count == 0) continue;
        print_share(spike, spike->others[k].share, indent + 2);
        (void)printf("%zu other %s\n", spike->others[k].count, arrivals(spike->others[k].count));
    }
    if (spike->left == 0.0) return;
    print_share(spike, spike->left, indent + 2);
    (void)printf("what had arrived before\n");
}

/* ---- a graph ---- */

/* Names are the experiment's: quotes and backslashes are escaped. */
static void print_quoted(const char *text) {
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') (void)putchar('\\');
        (void)putchar(*text);
    }
}

static void print_node(const struct hk_why_spike *spike) {
    (void)printf("\"");
    print_quoted(spike->pop);
    (void)printf(":%u\\n%.12g ms\"", spike->unit, spike->ms);
}

/* What excites is black, what inhibits red; the thicker, the larger the share. */
static void print_edge(const struct hk_why_spike *spike, const struct hk_why_cause *cause) {
    double part = percent(spike, cause->share);
    (void)printf("  ");
    if (cause->spike) {
        print_node(cause->spike);
    } else {
        (void)printf("\"");
        print_quoted(cause->through);
        (void)printf(" drive of ");
        print_quoted(spike->pop);
        (void)printf(":%u\"", spike->unit);
    }
    (void)printf(" -> ");
    print_node(spike);
    (void)printf(" [label=\"%.1f %%\", penwidth=%.2f, color=\"%s\"];\n", part,
                 0.5 + fmin(fabs(part), 100.0) / 25.0, part < 0.0 ? "#c0392b" : "#333333");
}

static void print_graph(const struct hk_why_spike *first) {
    (void)printf("digraph why {\n"
                 "  rankdir=LR;\n"
                 "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10];\n"
                 "  edge [fontname=\"sans-serif\", fontsize=9];\n");
    (void)printf("  ");
    print_node(first);
    (void)printf(";\n");
    for (const struct hk_why_spike *spike = first; spike; spike = spike->next)
        for (size_t k = 0; k < spike->cause_count; k++) print_edge(spike, &spike->causes[k]);
    (void)printf("}\n");
}

/* ---- JSON ---- */

static void put_spike(struct hk_json *json, const char *key, const struct hk_why_spike *spike) {
    hk_json_object(json, key);
    hk_json_text(json, "population", spike->pop);
    hk_json_integer(json, "unit", spike->unit);
    hk_json_number(json, "time_ms", spike->ms);
}

static void put_cause(struct hk_json *json, const struct hk_why_cause *cause) {
    hk_json_object(json, NULL);
    if (cause->spike) {
        put_spike(json, "spike", cause->spike);
        hk_json_end(json);
        hk_json_text(json, "projection", cause->through);
        hk_json_number(json, "delay_ms", cause->delay_ms);
        hk_json_text(json, "weight_unit", cause->unit);
    } else {
        hk_json_text(json, "drive", cause->through);
    }
    hk_json_number(json, "weight", cause->weight);
    hk_json_integer(json, "arrivals", (int64_t)cause->count);
    hk_json_number(json, "share_mv", cause->share);
    hk_json_end(json);
}

static bool print_json(const struct hk_why_spike *first, struct hk_err *err) {
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    hk_json_object(&json, NULL);
    hk_json_array(&json, "spikes");
    for (const struct hk_why_spike *spike = first; spike; spike = spike->next) {
        if (!spike->explained) continue;
        put_spike(&json, NULL, spike);
        hk_json_number(&json, "since_ms", spike->since_ms);
        hk_json_number(&json, "moved_mv", spike->moved);
        hk_json_number(&json, "left_mv", spike->left);
        hk_json_number(&json, "others_mv", spike->others[0].share + spike->others[1].share);
        hk_json_number(&json, "raised_mv", spike->raising.share);
        hk_json_number(&json, "lowered_mv", spike->lowering.share);
        hk_json_integer(&json, "arrivals", (int64_t)spike->arrivals);
        hk_json_array(&json, "causes");
        for (size_t k = 0; k < spike->cause_count; k++) put_cause(&json, &spike->causes[k]);
        hk_json_end(&json);
        hk_json_end(&json);
    }
    hk_json_end(&json);
    hk_json_end(&json);
    if (!hk_json_finish(&json, err)) return false;
    (void)printf("\n");
    return true;
}

/* ---- the command ---- */

/* All its mistakes are told, as by `check`. */
static bool is_sound(const struct hk_settings *settings,
                     const struct hk_experiment_options *options, struct hk_err *err) {
    struct hk_experiment experiment;
    bool ok = hk_open_experiment(&experiment, options, settings, err);
    hk_experiment_finish(&experiment);
    return ok;
}

static bool why(const struct hk_settings *settings, struct hk_err *err) {
    const struct hk_why_options options = {.experiment = hk_settings_experiment(settings),
                                           .spike = settings->arguments[1],
                                           .depth =
                                               settings->depth ? (size_t)settings->depth : DEPTH,
                                           .top = settings->top ? (size_t)settings->top : TOP};
    struct hk_why_spike *first = NULL;
    struct hk_arena *arena = hk_arena_create(err);
    bool ok = arena && is_sound(settings, &options.experiment, err) &&
              hk_why(arena, &options, &first, err);
    if (ok && settings->json)
        ok = print_json(first, err);
    else if (ok && settings->dot)
        print_graph(first);
    else if (ok)
        print_spike(first, 0);
    hk_arena_destroy(arena);
    return ok;
}

const struct hk_command hk_command_why = {
    .name = "why",
    .doc = "Tell which spikes another one came from (clock: exact)",
    .arguments = "RESULTS SPIKE",
    .argument_min = 2,
    .argument_max = 2,
    .examples = {"why results/net out:3@152.3ms",
                 "why results/net out:3@152.3ms --depth 3 --dot | dot -Tsvg > why.svg"},
    .options = HK_OPTION_DEPTH | HK_OPTION_TOP | HK_OPTION_DOT | HK_OPTION_JSON |
               HK_OPTION_THREADS | HK_OPTION_VERBOSE,
    .run = why,
};
