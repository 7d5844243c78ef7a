#include "cli/cost.h"

#include "cli/prose.h"
#include "sim/estimate.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { AMOUNT_SIZE = 32, PRICE_SIZE = 160 };

/* "15.6 million" */
static const char *count_text(double count, char text[AMOUNT_SIZE]) {
    static const struct {
        double one;
        const char *name;
    } scales[] = {{1e12, " * 10^12"}, {1e9, " * 10^9"}, {1e6, " million"}};
    for (size_t i = 0; i < HK_COUNT(scales); i++)
        if (count >= scales[i].one) {
            (void)snprintf(text, AMOUNT_SIZE, "%.3g%s", count / scales[i].one, scales[i].name);
            return text;
        }
    (void)snprintf(text, AMOUNT_SIZE, "%.0f", count);
    return text;
}

/* "131 MiB" */
static const char *size_text(double bytes, char text[AMOUNT_SIZE]) {
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;
    for (; bytes >= 1024.0 && i + 1 < HK_COUNT(units); i++) bytes /= 1024.0;
    (void)snprintf(text, AMOUNT_SIZE, bytes < 100.0 ? "%.1f %s" : "%.0f %s", bytes, units[i]);
    return text;
}

/* "3.2 s", "12 min", "3.4 h" */
static const char *wall_text(double seconds, char text[AMOUNT_SIZE]) {
    double ms = 1e3 * seconds;
    if (seconds < 1.0)
        (void)snprintf(text, AMOUNT_SIZE, ms < 10.0 ? "%.2g ms" : "%.0f ms", ms);
    else if (seconds < 120.0)
        (void)snprintf(text, AMOUNT_SIZE, seconds < 10.0 ? "%.2g s" : "%.0f s", seconds);
    else if (seconds < 7200.0)
        (void)snprintf(text, AMOUNT_SIZE, "%.0f min", seconds / 60.0);
    else
        (void)snprintf(text, AMOUNT_SIZE, "%.1f h", seconds / 3600.0);
    return text;
}

/* "  memory       131 MiB        how that is known", wrapped. */
static void HK_PRINTF(4, 5)
    put_line(FILE *out, const char *name, const char *amount, const char *format, ...) {
    enum { LEFT = 30 };
    char how[512];
    struct hk_prose prose = {.out = out};
    va_list args;
    (void)fprintf(out, "  %-12s %-14s ", name, amount);
    va_start(args, format);
    (void)vsnprintf(how, sizeof how, format, args);
    va_end(args);
    hk_prose_begin(&prose, LEFT);
    prose.column = LEFT;
    hk_prose_add(&prose, "%s", how);
    hk_prose_end(&prose);
}

/* Of the exact clock, whose ticks cost nothing, what comes to its units without a synapse. */
static void print_time(const struct hk_cost *cost, FILE *out) {
    char text[AMOUNT_SIZE];
    put_line(out, cost->is_exact ? "ticks" : "steps", count_text(cost->steps, text),
             "%.10g ms simulated%s%s", cost->simulated_ms,
             cost->is_exact ? ", exactly: nothing happens between arrivals" : "",
             cost->presentations ? ", every sample shown once: retries aren't foreseen" : "");
    if (cost->is_exact)
        put_line(out, "pulses", count_text(cost->pulses, text),
                 "of drives, at %llu neurons: each arrives like an event",
                 (unsigned long long)cost->neurons);
    else
        put_line(out, "neuron steps", count_text(cost->updates, text), "%llu neurons, at each step",
                 (unsigned long long)cost->neurons);
}

static void print_work(const struct hk_cost *cost, FILE *out) {
    char text[AMOUNT_SIZE], part[AMOUNT_SIZE];
    print_time(cost, out);
    put_line(out, "spikes", count_text(cost->spikes, text),
             "%s of sources, asked for some ticks and samples; neurons at %g Hz each (--rate)",
             count_text(cost->source_spikes, part), cost->rate_hz);
    put_line(out, "events", count_text(cost->events, text),
             "each spike at its synapses, of which a source has the mean number");
}

static void price_text(const struct hk_cost *cost, char text[PRICE_SIZE]) {
    if (cost->is_exact)
        (void)snprintf(text, PRICE_SIZE,
                       "%g ns an arrival that adds to the potential, %g one that begins a current",
                       HK_COST_JUMP, HK_COST_WAY);
    else
        (void)
            snprintf(text, PRICE_SIZE,
                     "%g ns a step, %g a neuron step, %g an event, %g if that teaches and isn't in "
                     "a matrix, %g with many delays, %g where a signal teaches",
                     HK_COST_TICK, HK_COST_STEP, HK_COST_ROW, HK_COST_LATE, HK_COST_MANY,
                     HK_COST_LEARN);
}

void hk_cost_print(const struct hk_cost *cost, FILE *out) {
    char text[AMOUNT_SIZE], part[AMOUNT_SIZE], rest[AMOUNT_SIZE], price[PRICE_SIZE];
    (void)fprintf(out, "estimated, nothing was built:\n");
    put_line(out, "synapses", count_text(cost->synapses, text),
             "drawn for %d targets of each projection", HK_EXPECT_TARGETS);
    put_line(out, "memory", size_text(cost->network_bytes + cost->other_bytes, text),
             "%s network, added up as it would be built, %s file and data",
             size_text(cost->network_bytes, part), size_text(cost->other_bytes, rest));
    print_work(cost, out);
    price_text(cost, price);
    put_line(out, "wall time", wall_text(cost->build_s + cost->run_s, text),
             "%s to build, %s to run, on %d thread%s of the reference machine: %s, %g a source's "
             "spike, %g a synapse drawn",
             wall_text(cost->build_s, part), wall_text(cost->run_s, rest), cost->threads,
             cost->threads == 1 ? "" : "s", price, HK_COST_SPIKE, HK_COST_DRAW);
    put_line(out, "output", size_text(cost->output_bytes, text),
             "%g bytes a recorded spike, compressed; weights and slow state as they are",
             HK_COST_RECORD);
}

void hk_cost_json(const struct hk_cost *cost, struct hk_json *json) {
    hk_json_object(json, "cost");
    hk_json_integer(json, "neurons", (int64_t)cost->neurons);
    hk_json_number(json, "synapses", round(cost->synapses));
    hk_json_number(json, "memory_bytes", round(cost->network_bytes + cost->other_bytes));
    hk_json_number(json, "network_bytes", round(cost->network_bytes));
    hk_json_text(json, "clock", cost->is_exact ? "exact" : "grid");
    hk_json_number(json, "simulated_ms", cost->simulated_ms);
    hk_json_number(json, "steps", cost->steps);
    hk_json_integer(json, "presentations", (int64_t)cost->presentations);
    hk_json_number(json, "neuron_steps", cost->updates);
    hk_json_number(json, "assumed_rate_hz", cost->rate_hz);
    hk_json_number(json, "source_spikes", round(cost->source_spikes));
    hk_json_number(json, "spikes", round(cost->spikes));
    hk_json_number(json, "events", round(cost->events));
    hk_json_number(json, "pulses", round(cost->pulses));
    hk_json_integer(json, "threads", cost->threads);
    hk_json_number(json, "build_s", cost->build_s);
    hk_json_number(json, "run_s", cost->run_s);
    hk_json_number(json, "output_bytes", round(cost->output_bytes));
    hk_json_end(json);
}
