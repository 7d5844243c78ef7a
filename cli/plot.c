/* `hillock plot`: pictures of a results file, or one of what several runs have in common. Prints
 * the paths of what it wrote, one a line. */
#include "cli/command.h"

#include "io/path.h"
#include "io/plot.h"
#include "io/quantity.h"
#include "io/rundir.h"

#include <string.h>
#include <unistd.h>

static const char *const formats[] = {"svg", "png"};

static const char *format_get(const char *name, struct hk_err *err) {
    for (size_t i = 0; i < HK_COUNT(formats); i++)
        if (!name || strcmp(name, formats[i]) == 0) return formats[i];
    (void)HK_FAIL(err, HK_ERR_USAGE, "--format: '%s' is neither svg nor png", name);
    return NULL;
}

/* "fig.png" is one picture, unless a folder is called so; NULL: a folder. */
static const char *format_of_file(const char *asked) {
    const char *dot = asked ? strrchr(asked, '.') : NULL;
    for (size_t i = 0; dot && i < HK_COUNT(formats); i++)
        if (strcmp(dot + 1, formats[i]) == 0 && !hk_path_is_folder(asked)) return formats[i];
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

/* Beside the results, unless the user says where; made where it's missing, when there is a picture
 * to put into it. */
static bool find_folder(struct hk_arena *arena, const struct hk_settings *settings, char **folder,
                        bool *is_new, struct hk_err *err) {
    const char *results = settings->arguments[0], *asked = settings->folder;
    *is_new = asked && !hk_path_is_folder(asked);
    if (*is_new) return hk_rundir_create_at(arena, asked, folder, err);
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

enum { RESULTS_MAX = 256 };

struct pictures {
    const char *kind; /* NULL: all that there are */
    size_t results;   /* how many of the arguments are */
    const char *format;
    const struct hk_settings *settings;
    const char *file; /* of the only picture; NULL: they go to a folder */
    char *folder;     /* NULL: not found yet */
    bool is_new;      /* the folder */
    size_t drawn;
};

static const char *path_for(struct hk_arena *arena, const struct hk_plot *plot,
                            struct pictures *pictures, struct hk_err *err) {
    if (pictures->file) return pictures->file;
    if (!pictures->folder &&
        !find_folder(arena, pictures->settings, &pictures->folder, &pictures->is_new, err))
        return NULL;
    const char *mean = pictures->results > 1 ? "-mean" : "";
    char *name = hk_arena_format(arena, err, "%s%s", plot->name, mean);
    return name ? path_of(arena, pictures->folder, name, pictures->format, err) : NULL;
}

/* Of the first `results` jobs, which have been searched. */
static bool draw_into(const struct hk_plot_job *jobs, const struct hk_plot *plot,
                      struct pictures *pictures, struct hk_err *err) {
    bool several = pictures->results > 1;
    const char *path = path_for(jobs[0].arena, plot, pictures, err);
    bool ok = path && (several ? plot->draw_runs(jobs, pictures->results, path, err)
                               : plot->draw(jobs, path, err));
    if (!ok) return false;
    (void)printf("%s\n", path);
    pictures->drawn++;
    return true;
}

static bool draw_all(struct hk_plot_job *job, struct pictures *pictures, struct hk_err *err) {
    const struct hk_plot *plot;
    for (size_t i = 0; (plot = hk_plot_at(i)); i++) {
        if (!hk_plot_find(job, plot, err)) return false;
        if (job->items && !draw_into(job, plot, pictures, err)) return false;
    }
    if (pictures->drawn > 0) return true;
    return HK_FAIL(err, HK_ERR_DATA, "%s holds nothing to draw: no spikes, weights or accuracies",
                   job->results);
}

static bool draw_one(struct hk_plot_job *jobs, struct pictures *pictures, struct hk_err *err) {
    const struct hk_plot *plot = hk_plot_get(pictures->kind, err);
    if (!plot) return false;
    for (size_t i = 0; i < pictures->results; i++) {
        if (!hk_plot_find(&jobs[i], plot, err)) return false;
        if (!jobs[i].items)
            return HK_FAIL(err, HK_ERR_DATA, "%s %s", jobs[i].results, plot->missing);
    }
    return draw_into(jobs, plot, pictures, err);
}

/* Without --kind, the last of several words says which picture. */
static void split_words(const struct hk_settings *settings, struct pictures *pictures) {
    bool last = !settings->kind && settings->argument_count > 1;
    pictures->results = settings->argument_count - last;
    pictures->kind = last ? settings->arguments[pictures->results] : settings->kind;
}

/* One picture goes to the file that was asked for, in the format of its name. */
static bool choose_file(const struct hk_settings *settings, struct pictures *pictures,
                        struct hk_err *err) {
    const char *format = format_of_file(settings->folder);
    if (!format) return true;
    if (!pictures->kind)
        return HK_FAIL(err, HK_ERR_USAGE, "%s is one picture: say which, as in `plot %s raster`",
                       settings->folder, settings->arguments[0]);
    if (settings->format && strcmp(pictures->format, format) != 0)
        return HK_FAIL(err, HK_ERR_USAGE, "--format %s doesn't go with %s", settings->format,
                       settings->folder);
    pictures->file = settings->folder;
    pictures->format = format;
    return true;
}

/* Words that are wrong are said before anything is written. */
static bool check_words(const struct hk_settings *settings, struct hk_plot_job *job,
                        struct pictures *pictures, struct hk_err *err) {
    const struct hk_plot *plot = NULL;
    pictures->format = format_get(settings->format, err);
    if (!pictures->format) return false;
    if (pictures->kind && !(plot = hk_plot_get(pictures->kind, err))) return false;
    if (plot && !plot->draw_runs && pictures->results > 1)
        return HK_FAIL(err, HK_ERR_USAGE, "%s draws one results file, got %zu", plot->name,
                       pictures->results);
    return choose_file(settings, pictures, err) &&
           read_time("--from", settings->from, &job->from_ms, err) &&
           read_time("--to", settings->to, &job->to_ms, err);
}

/* One job a results file; those that were opened have a file, also after a failure. */
static bool open_results(const struct hk_settings *settings, size_t count, struct hk_arena *arena,
                         struct hk_plot_job *jobs, struct hk_err *err) {
    for (size_t i = 0; i < count; i++) {
        const char *path = settings->arguments[i];
        jobs[i].file = hk_results_read_open(arena, path, err);
        if (!jobs[i].file || !hk_plot_begin(&jobs[i], arena, jobs[i].file, path, err)) return false;
    }
    return true;
}

static bool plot(const struct hk_settings *settings, struct hk_err *err) {
    bool ok = false;
    struct pictures pictures = {.settings = settings};
    struct hk_plot_job *jobs = NULL;
    struct hk_arena *arena = hk_arena_create(err);
    split_words(settings, &pictures);
    if (!arena || !(jobs = HK_NEW(arena, struct hk_plot_job, pictures.results, err))) goto done;
    if (!open_results(settings, pictures.results, arena, jobs, err)) goto done;
    if (!check_words(settings, &jobs[0], &pictures, err)) goto done;
    ok = pictures.kind ? draw_one(jobs, &pictures, err) : draw_all(&jobs[0], &pictures, err);
done:
    if (!ok && pictures.is_new && pictures.folder) (void)rmdir(pictures.folder); /* if it's empty */
    for (size_t i = 0; jobs && i < pictures.results; i++) hk_results_read_close(jobs[i].file);
    hk_arena_destroy(arena);
    return ok;
}

const struct hk_command hk_command_plot = {
    .name = "plot",
    .doc = "Draw a results file: raster, fields, confusion, accuracy, or all of them",
    .arguments = "RESULTS... [KIND]",
    .argument_min = 1,
    .argument_max = RESULTS_MAX + 1,
    .examples = {"plot results/quickstart raster --from 2300s --to 2302s -o figure-3.png",
                 "plot results/quickstart results/quickstart-2 --kind accuracy"},
    .options = HK_OPTION_OUTPUT | HK_OPTION_KIND | HK_OPTION_FORMAT | HK_OPTION_FROM |
               HK_OPTION_TO | HK_OPTION_VERBOSE,
    .run = plot,
};
