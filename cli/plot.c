/* `hillock plot`: pictures of a results file. Prints the paths of what it wrote, one a line. */
#include "cli/command.h"

#include "io/path.h"
#include "io/plot.h"
#include "io/quantity.h"
#include "io/rundir.h"

#include <string.h>

static const char *const formats[] = {"svg", "png"};

static const char *format_get(const char *name, struct hk_err *err) {
    for (size_t i = 0; i < HK_COUNT(formats); i++)
        if (!name || strcmp(name, formats[i]) == 0) return formats[i];
    (void)HK_FAIL(err, HK_ERR_USAGE, "--format: '%s' is neither svg nor png", name);
    return NULL;
}

/* Leaves `ms` as it is where the option isn't given. */
static bool read_time(const char *option, const char *text, double *ms, struct hk_err *err) {
    struct hk_quantity quantity;
    struct hk_err why = {.code = HK_OK};
    if (!text) return true;
    if (hk_quantity_parse(text, &quantity, &why) && hk_quantity_in(&quantity, "ms", ms, &why))
        return true;
    return HK_FAIL(err, HK_ERR_USAGE, "%s: %s", option, why.message);
}

/* Beside the results, unless the user says where; made where it's missing. */
static bool find_folder(struct hk_arena *arena, const struct hk_settings *settings, char **folder,
                        struct hk_err *err) {
    const char *results = settings->arguments[0], *asked = settings->folder;
    if (asked && !hk_path_is_folder(asked)) return hk_rundir_create_at(arena, asked, folder, err);
    if (!asked && !hk_path_is_folder(results))
        *folder = hk_path_beside(arena, results, ".", err);
    else
        *folder = hk_arena_text(arena, asked ? asked : results, err);
    return *folder != NULL;
}

/* "results/x/raster.svg" */
static char *path_of(struct hk_arena *arena, const char *folder, const char *name,
                     const char *format, struct hk_err *err) {
    size_t length = strlen(folder);
    if (length > 2 && strcmp(folder + length - 2, "/.") == 0) length -= 2;
    while (length > 1 && folder[length - 1] == '/') length--;
    const char *slash = folder[length - 1] == '/' ? "" : "/";
    if (strcmp(folder, ".") == 0) return hk_arena_format(arena, err, "%s.%s", name, format);
    return hk_arena_format(arena, err, "%.*s%s%s.%s", (int)length, folder, slash, name, format);
}

struct pictures {
    const char *folder, *format;
    size_t drawn;
};

static bool draw(struct hk_plot_job *job, const struct hk_plot *plot, struct pictures *pictures,
                 struct hk_err *err) {
    if (!hk_plot_find(job, plot, err)) return false;
    if (!job->items) return true;
    char *path = path_of(job->arena, pictures->folder, plot->name, pictures->format, err);
    if (!path || !plot->draw(job, path, err)) return false;
    (void)printf("%s\n", path);
    pictures->drawn++;
    return true;
}

static bool draw_all(struct hk_plot_job *job, const char *results, struct pictures *pictures,
                     struct hk_err *err) {
    const struct hk_plot *plot;
    for (size_t i = 0; (plot = hk_plot_at(i)); i++)
        if (!draw(job, plot, pictures, err)) return false;
    if (pictures->drawn > 0) return true;
    return HK_FAIL(err, HK_ERR_DATA, "%s holds nothing to draw: no spikes, weights or accuracies",
                   results);
}

static bool draw_one(struct hk_plot_job *job, const struct hk_settings *settings,
                     struct pictures *pictures, struct hk_err *err) {
    const struct hk_plot *plot = hk_plot_get(settings->arguments[1], err);
    if (!plot || !draw(job, plot, pictures, err)) return false;
    return pictures->drawn > 0 ||
           HK_FAIL(err, HK_ERR_DATA, "%s %s", settings->arguments[0], plot->missing);
}

/* Words that are wrong are said before anything is written. */
static bool check_words(const struct hk_settings *settings, struct hk_plot_job *job,
                        struct pictures *pictures, struct hk_err *err) {
    pictures->format = format_get(settings->format, err);
    if (!pictures->format) return false;
    if (settings->argument_count == 2 && !hk_plot_get(settings->arguments[1], err)) return false;
    return read_time("--from", settings->from, &job->from_ms, err) &&
           read_time("--to", settings->to, &job->to_ms, err);
}

static bool plot(const struct hk_settings *settings, struct hk_err *err) {
    bool ok = false;
    struct pictures pictures = {.drawn = 0};
    struct hk_plot_job job;
    char *folder = NULL;
    struct hk_results_file *file = NULL;
    struct hk_arena *arena = hk_arena_create(err);
    if (!arena) goto done;
    if (!(file = hk_results_read_open(arena, settings->arguments[0], err))) goto done;
    if (!hk_plot_begin(&job, arena, file, err)) goto done;
    if (!check_words(settings, &job, &pictures, err)) goto done;
    if (!find_folder(arena, settings, &folder, err)) goto done;
    pictures.folder = folder;
    ok = settings->argument_count == 2 ? draw_one(&job, settings, &pictures, err)
                                       : draw_all(&job, settings->arguments[0], &pictures, err);
done:
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    return ok;
}

const struct hk_command hk_command_plot = {
    .name = "plot",
    .doc = "Draw a results file: raster, fields, confusion, accuracy, or all of them",
    .arguments = "RESULTS [KIND]",
    .argument_min = 1,
    .argument_max = 2,
    .examples = {"plot results/quickstart",
                 "plot results/quickstart raster --from 1200s --to 1202s --format png"},
    .options =
        HK_OPTION_OUTPUT | HK_OPTION_FORMAT | HK_OPTION_FROM | HK_OPTION_TO | HK_OPTION_VERBOSE,
    .run = plot,
};
