/* `hillock check`: is the experiment sound, and what would it take? */
#include "cli/command.h"

#include "cli/cost.h"
#include "cli/reading.h"
#include "io/place.h"
#include "io/quantity.h"

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

struct sizes {
    size_t populations, projections;
    uint64_t units;
};

static struct sizes count_all(const struct hk_sim *sim) {
    struct sizes sizes = {0};
    const struct hk_pop *pop;
    for (; (pop = hk_sim_population(sim, sizes.populations)); sizes.populations++)
        sizes.units += hk_pop_size(pop);
    while (hk_sim_projection(sim, sizes.projections)) sizes.projections++;
    return sizes;
}

static void print_summary(const struct hk_experiment *e) {
    const struct sizes n = count_all(e->sim);
    (void)printf("%s: ok: %zu population%s (%llu unit%s), %zu projection%s, ", e->name,
                 n.populations, plural(n.populations), (unsigned long long)n.units,
                 n.units == 1 ? "" : "s", n.projections, plural(n.projections));
    if (e->duration == 0)
        (void)printf("%zu phase%s\n", e->protocol.phase_count, plural(e->protocol.phase_count));
    else
        (void)printf("%g ms\n", (double)e->duration * hk_sim_tick_ms(e->sim));
}

/* ---- for programs ---- */

static void put_diagnostic(struct hk_json *json, struct hk_arena *arena,
                           const struct hk_diagnostic *what) {
    struct hk_place place;
    const char *text = what->message, *file;
    hk_json_object(json, NULL);
    hk_json_text(json, "severity", what->warning ? "warning" : "error");
    if (hk_place_read(text, &place) &&
        (file = hk_arena_format(arena, NULL, "%.*s", (int)place.file_size, place.file))) {
        hk_json_text(json, "file", file);
        hk_json_integer(json, "line", (int64_t)place.line);
        hk_json_integer(json, "column", (int64_t)place.column);
        text += place.size + 2;
    }
    hk_json_text(json, "message", text);
    hk_json_end(json);
}

static void put_diagnostics(struct hk_json *json, const struct hk_diagnostics *list) {
    hk_json_integer(json, "errors", (int64_t)list->errors);
    hk_json_integer(json, "warnings", (int64_t)list->warnings);
    hk_json_array(json, "diagnostics");
    for (size_t i = 0; i < list->count; i++) put_diagnostic(json, list->arena, list->sorted[i]);
    hk_json_end(json);
}

static bool finish_json(struct hk_json *json, struct hk_err *err) {
    hk_json_end(json);
    if (!hk_json_finish(json, err)) return false;
    (void)printf("\n");
    return true;
}

static bool print_json(const struct hk_experiment *e, const struct hk_cost *cost,
                       struct hk_err *err) {
    const struct sizes n = count_all(e->sim);
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    hk_json_object(&json, NULL);
    hk_json_text(&json, "name", e->name);
    hk_json_bool(&json, "ok", true);
    hk_json_integer(&json, "populations", (int64_t)n.populations);
    hk_json_integer(&json, "units", (int64_t)n.units);
    hk_json_integer(&json, "projections", (int64_t)n.projections);
    hk_json_integer(&json, "phases", (int64_t)e->protocol.phase_count);
    if (e->duration)
        hk_json_number(&json, "duration_ms", (double)e->duration * hk_sim_tick_ms(e->sim));
    if (cost) hk_cost_json(cost, &json);
    put_diagnostics(&json, &e->diagnostics);
    return finish_json(&json, err);
}

/* The failure is data now, and has been told. */
static void print_failure(const struct hk_experiment *e, struct hk_err *err) {
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    hk_json_object(&json, NULL);
    if (e->name) hk_json_text(&json, "name", e->name);
    hk_json_bool(&json, "ok", false);
    put_diagnostics(&json, &e->diagnostics);
    if (finish_json(&json, NULL)) err->message[0] = '\0';
}

/* ---- the command ---- */

static bool read_rate(const char *text, double *rate_hz, struct hk_err *err) {
    struct hk_quantity quantity;
    struct hk_err why = {.code = HK_OK};
    if (!text) return true;
    if (!hk_quantity_parse(text, &quantity, &why) ||
        !hk_quantity_in(&quantity, "Hz", rate_hz, &why))
        return HK_FAIL(err, HK_ERR_USAGE, "--rate: %s", why.message);
    return *rate_hz >= 0.0 || HK_FAIL(err, HK_ERR_USAGE, "--rate: %s is below 0", text);
}

static bool tell(const struct hk_settings *settings, const struct hk_experiment *experiment,
                 struct hk_err *err) {
    struct hk_cost cost;
    double rate_hz = HK_COST_RATE;
    if (!read_rate(settings->rate, &rate_hz, err)) return false;
    if (settings->cost && !hk_cost_estimate(experiment, rate_hz, &cost, err)) return false;
    if (settings->json) return print_json(experiment, settings->cost ? &cost : NULL, err);
    print_summary(experiment);
    if (settings->cost) hk_cost_print(&cost, stdout);
    return true;
}

static bool check(const struct hk_settings *settings, struct hk_err *err) {
    const struct hk_experiment_options options = hk_settings_experiment(settings);
    struct hk_experiment experiment;
    bool sound = hk_open_experiment(&experiment, &options, settings, err) &&
                 hk_judge_experiment(&experiment, settings, err);
    if (!sound && settings->json && experiment.diagnostics.errors > 0)
        print_failure(&experiment, err);
    bool ok = sound && tell(settings, &experiment, err);
    hk_experiment_finish(&experiment);
    return ok;
}

const struct hk_command hk_command_check = {
    .name = "check",
    .doc = "Read and check an experiment without running it",
    .arguments = "FILE",
    .argument_min = 1,
    .argument_max = 1,
    .examples = {"check my.yaml -W error -D 'populations.exc.tau_m=20 ms'",
                 "check experiments/brunel.yaml --cost --rate 40Hz"},
    .options = HK_OPTION_DEFINE | HK_OPTION_SEED | HK_OPTION_THREADS | HK_OPTION_COST |
               HK_OPTION_RATE | HK_OPTION_JSON | HK_OPTION_WARNINGS | HK_OPTION_QUIET |
               HK_OPTION_VERBOSE,
    .run = check,
};
