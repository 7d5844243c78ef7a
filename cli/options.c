#include "cli/options.h"

#include "io/nearest.h"
#include "io/override.h"
#include "io/sweep.h"
#include "sim/pool.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, TEXT, THREADS, JOBS, RUNS, DEPTH, TOP, DEFINE, WARNINGS };

struct row {
    enum hk_option option;
    char letter; /* 0: none */
    const char *name, *value, *doc;
    enum kind kind;
    size_t offset; /* within struct hk_settings */
};

#define AT(member) offsetof(struct hk_settings, member)

/* clang-format off */
static const struct row rows[] = {
    {HK_OPTION_DEFINE, 'D', "--define", "PATH=VALUE",
     "replace a value of the experiment; repeatable", DEFINE, AT(defines)},
    {HK_OPTION_SEED, 0, "--seed", "N",
     "seed of all random numbers, instead of the file's", TEXT, AT(seed)},
    {HK_OPTION_THREADS, 0, "--threads", "N",
     "how many threads; results don't depend on it", THREADS, AT(threads)},
    {HK_OPTION_JOBS, 'j', "--jobs", "N",
     "how many trials at a time; default: what cores and memory allow", JOBS, AT(jobs)},
    {HK_OPTION_RUNS, 'n', "--runs", "N",
     "how often to run each; default: 1", RUNS, AT(runs)},
    {HK_OPTION_BUSY, 0, "--busy", NULL,
     "also beside one busy process per core", FLAG, AT(busy)},
    {HK_OPTION_OUTPUT, 'o', "--output", "PATH",
     "write there: a run's new folder, a folder or FILE.png, bench's file", TEXT, AT(folder)},
    {HK_OPTION_RESUME, 0, "--resume", NULL,
     "run what is missing in the folder that is there", FLAG, AT(resume)},
    {HK_OPTION_DRY_RUN, 0, "--dry-run", NULL,
     "print the trials and stop", FLAG, AT(dry_run)},
    {HK_OPTION_KIND, 0, "--kind", "KIND",
     "which picture, where all words are results", TEXT, AT(kind)},
    {HK_OPTION_FORMAT, 0, "--format", "svg|png",
     "of pictures; default: svg", TEXT, AT(format)},
    {HK_OPTION_FROM, 0, "--from", "TIME",
     "draw spikes from then on: 2300s", TEXT, AT(from)},
    {HK_OPTION_TO, 0, "--to", "TIME",
     "draw spikes until then: 2302.5s", TEXT, AT(to)},
    {HK_OPTION_COST, 0, "--cost", NULL,
     "estimate memory, work, wall time and output, building nothing", FLAG, AT(cost)},
    {HK_OPTION_RATE, 0, "--rate", "RATE",
     "how fast --cost takes each neuron to fire; default: 5 Hz", TEXT, AT(rate)},
    {HK_OPTION_DEPTH, 0, "--depth", "N",
     "how many spikes behind each other to explain; default: 1", DEPTH, AT(depth)},
    {HK_OPTION_TOP, 0, "--top", "N",
     "how many causes of each; default: 8", TOP, AT(top)},
    {HK_OPTION_DOT, 0, "--dot", NULL,
     "print a graph for Graphviz", FLAG, AT(dot)},
    {HK_OPTION_JSON, 0, "--json", NULL,
     "print one JSON object", FLAG, AT(json)},
    {HK_OPTION_WARNINGS, 'W', "--warnings", "error",
     "make errors of warnings", WARNINGS, AT(warnings)},
    {HK_OPTION_MAN, 0, "--man", NULL,
     "print the manual page: hillock help --man | man -l -", FLAG, AT(man)},
    {HK_OPTION_REFERENCE, 0, "--reference", NULL,
     "print all keys and models as a page of Markdown", FLAG, AT(reference)},
    {HK_OPTION_QUIET, 'q', "--quiet", NULL,
     "no progress, no warnings", FLAG, AT(quiet)},
    {HK_OPTION_VERBOSE, 'v', "--verbose", NULL,
     "say more; of an error, where in the program it was noticed", FLAG, AT(verbose)},
    {HK_OPTION_HELP, 'h', "--help", NULL,
     "this text", FLAG, AT(help)},
    {HK_OPTION_VERSION, 'V', "--version", NULL,
     "print the version", FLAG, AT(version)},
};
/* clang-format on */

/* getopt_long calls a long option LONG + its row's index. */
enum { ROW_COUNT = HK_COUNT(rows), LONG = 256 };

/* ---- the table as getopt_long wants it ---- */

struct grammar {
    char letters[2 * ROW_COUNT + 2];
    struct option names[ROW_COUNT + 1];
};

static void grammar_add(struct grammar *grammar, size_t index) {
    const struct row *row = &rows[index];
    struct option *name = grammar->names;
    char *end = grammar->letters + strlen(grammar->letters);
    while (name->name) name++;
    *name = (struct option){row->name + 2, row->value ? required_argument : no_argument, NULL,
                            LONG + (int)index};
    if (!row->letter) return;
    *end++ = row->letter;
    if (row->value) *end = ':';
}

/* A colon in front: a value that is missing is told from an unknown option. */
static struct grammar grammar_of(unsigned taken) {
    struct grammar grammar = {.letters = ":"};
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (taken & rows[i].option) grammar_add(&grammar, i);
    return grammar;
}

/* The row of what getopt_long returned, or NULL. */
static const struct row *row_of(int found) {
    if (found >= LONG) return &rows[found - LONG];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].letter && rows[i].letter == found) return &rows[i];
    return NULL;
}

/* ---- reading ---- */

static bool read_number(const char *text, int most, int *out, struct hk_err *err) {
    char *end = NULL;
    errno = 0;
    long number = strtol(text, &end, 10);
    bool whole = end != text && *end == '\0' && errno == 0;
    if (!whole || number < 1 || number > most)
        return HK_FAIL(err, HK_ERR_USAGE, "'%s' is not a whole number from 1 to %d", text, most);
    *out = (int)number;
    return true;
}

static bool add_define(struct hk_settings *settings, const char *text, struct hk_err *err) {
    if (settings->define_count == HK_DEFINES_MAX)
        return HK_FAIL(err, HK_ERR_USAGE, "at most %d times (HK_DEFINES_MAX)", HK_DEFINES_MAX);
    if (!hk_override_equals(text, err)) return false;
    settings->defines[settings->define_count++] = text;
    return true;
}

static bool read_warnings(const char *text, const char **out, struct hk_err *err) {
    *out = text;
    return strcmp(text, "error") == 0 ||
           HK_FAIL(err, HK_ERR_USAGE, "'%s' is not `error`, which is all that it takes", text);
}

static bool apply(const struct row *row, const char *value, struct hk_settings *settings,
                  struct hk_err *err) {
    void *at = (char *)settings + row->offset;
    bool ok = true;
    switch (row->kind) {
    case FLAG: *(bool *)at = true; break;
    case TEXT: *(const char **)at = value; break;
    case THREADS: ok = read_number(value, HK_THREADS_MAX, at, err); break;
    case JOBS: ok = read_number(value, HK_SWEEP_JOBS_MAX, at, err); break;
    case RUNS: ok = read_number(value, HK_RUNS_MAX, at, err); break;
    case DEPTH: ok = read_number(value, HK_DEPTH_MAX, at, err); break;
    case TOP: ok = read_number(value, HK_TOP_MAX, at, err); break;
    case DEFINE: ok = add_define(settings, value, err); break;
    case WARNINGS: ok = read_warnings(value, at, err); break;
    }
    return ok || hk_err_context(err, "%s", row->name);
}

static bool fail_unknown(unsigned taken, const char *word, struct hk_err *err) {
    const char *names[ROW_COUNT];
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (taken & rows[i].option) names[count++] = rows[i].name;
    return HK_FAIL(err, HK_ERR_USAGE, "unknown option '%s'; %s", word,
                   hk_nearest_hint(word, names, count, hint));
}

/* Why getopt_long returned ':' or '?': optopt says which option it was about. */
static bool fail_option(unsigned taken, int found, const char *word, struct hk_err *err) {
    const struct row *row = optopt ? row_of(optopt) : NULL;
    bool known = row && (row->option & taken);
    if (known && found == ':')
        return HK_FAIL(err, HK_ERR_USAGE, "%s needs a value: %s %s", row->name, row->name,
                       row->value);
    if (known) return HK_FAIL(err, HK_ERR_USAGE, "%s takes no value", row->name);
    char letter[] = {'-', (char)optopt, '\0'};
    char name[64];
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    return fail_unknown(taken, optopt ? letter : name, err);
}

bool hk_options_read(unsigned taken, int argc, char **argv, struct hk_settings *settings,
                     struct hk_err *err) {
    const struct grammar grammar = grammar_of(taken);
    opterr = 0;
    optind = 0; /* begin anew */
    for (int found;
         (found = getopt_long(argc, argv, grammar.letters, grammar.names, NULL)) != -1;) {
        if (found == ':' || found == '?') return fail_option(taken, found, argv[optind - 1], err);
        if (!apply(row_of(found), optarg, settings, err)) return false;
    }
    settings->words = argv;
    settings->word_count = (size_t)argc;
    settings->arguments = argv + optind;
    settings->argument_count = (size_t)(argc - optind);
    return true;
}

struct hk_experiment_options hk_settings_experiment(const struct hk_settings *settings) {
    return (struct hk_experiment_options){.path = settings->arguments[0],
                                          .defines = settings->defines,
                                          .define_count = settings->define_count,
                                          .seed = settings->seed,
                                          .threads = settings->threads};
}

/* ---- help ---- */

void hk_options_print(unsigned taken, FILE *out) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &rows[i];
        char left[64], letter[] = "   ";
        if (!(taken & row->option)) continue;
        if (row->letter) (void)snprintf(letter, sizeof letter, "-%c,", row->letter);
        (void)snprintf(left, sizeof left, "%s %s %s", letter, row->name,
                       row->value ? row->value : "");
        (void)fprintf(out, "  %-26s  %s\n", left, row->doc);
    }
}
