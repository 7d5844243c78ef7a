/* The options of the command line: one table, from which parsing, its messages and --help come. An
 * option means the same wherever it is taken. */
#ifndef HK_CLI_OPTIONS_H
#define HK_CLI_OPTIONS_H

#include "io/experiment.h"

#include <stdio.h>

enum hk_option {
    HK_OPTION_DEFINE = 1 << 0,
    HK_OPTION_SEED = 1 << 1,
    HK_OPTION_THREADS = 1 << 2,
    HK_OPTION_OUTPUT = 1 << 3,
    HK_OPTION_JSON = 1 << 4,
    HK_OPTION_QUIET = 1 << 5,
    HK_OPTION_VERBOSE = 1 << 6,
    HK_OPTION_HELP = 1 << 7,
    HK_OPTION_VERSION = 1 << 8,
    HK_OPTION_JOBS = 1 << 9,
    HK_OPTION_RESUME = 1 << 10,
    HK_OPTION_DRY_RUN = 1 << 11,
    HK_OPTION_FORMAT = 1 << 12,
    HK_OPTION_FROM = 1 << 13,
    HK_OPTION_TO = 1 << 14,
    HK_OPTION_KIND = 1 << 15,
    HK_OPTION_COST = 1 << 16,
    HK_OPTION_RATE = 1 << 17,
    HK_OPTION_MAN = 1 << 18,
    HK_OPTION_RUNS = 1 << 19,
    HK_OPTION_BUSY = 1 << 20,
    HK_OPTION_DEPTH = 1 << 21,
    HK_OPTION_TOP = 1 << 22,
    HK_OPTION_DOT = 1 << 23,
    HK_OPTION_WARNINGS = 1 << 24,
    HK_OPTION_REFERENCE = 1 << 25,
};

enum { HK_DEFINES_MAX = 256, HK_RUNS_MAX = 1024, HK_DEPTH_MAX = 64, HK_TOP_MAX = 1024 };

/* What a command line says. Texts are argv's. */
struct hk_settings {
    char *const *words; /* the command's name, its options, then its arguments */
    size_t word_count;
    char *const *arguments; /* what is no option */
    size_t argument_count;
    const char *defines[HK_DEFINES_MAX]; /* -D */
    size_t define_count;
    const char *seed;                             /* NULL: the file's */
    const char *folder;                           /* NULL: results/<name> */
    const char *format, *from, *to, *kind, *rate; /* NULL: not said */
    const char *warnings;                         /* NULL: told; "error": failures */
    int threads;                                  /* 0: chosen by the work */
    int jobs, runs, depth, top;                   /* 0: not said */
    bool cost, dot, json, man, quiet, verbose, help, version, resume, dry_run, busy, reference;
};

/* Read the words after argv[0]; `taken` has the bits of the options that may be there. Options may
 * follow arguments (argv is permuted), and "--" ends them. Errors: HK_ERR_USAGE. */
bool hk_options_read(unsigned taken, int argc, char **argv, struct hk_settings *settings,
                     struct hk_err *err) HK_MUST_USE;

/* The experiment that the first argument names, with what the options change of it. */
struct hk_experiment_options hk_settings_experiment(const struct hk_settings *settings);

/* One line an option: "  -q, --quiet   no progress". */
void hk_options_print(unsigned taken, FILE *out);

#endif
