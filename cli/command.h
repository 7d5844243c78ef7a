/* The commands of `hillock`: one file a command, one table each. */
#ifndef HK_CLI_COMMAND_H
#define HK_CLI_COMMAND_H

#include "cli/options.h"

struct hk_command {
    const char *name, *doc;
    const char *arguments; /* "FILE", for the usage line; "" for none */
    size_t argument_min, argument_max;
    const char *examples[2]; /* without "hillock " */
    unsigned options;        /* enum hk_option, one bit each; every command has --help */
    /* Results go to stdout, talk to stderr, and what went wrong to `err`: the caller prints it. */
    bool (*run)(const struct hk_settings *settings, struct hk_err *err);
};

extern const struct hk_command hk_command_run, hk_command_sweep, hk_command_check,
    hk_command_explain, hk_command_why, hk_command_config, hk_command_schema, hk_command_info,
    hk_command_recover, hk_command_diff, hk_command_plot, hk_command_bench, hk_command_models,
    hk_command_doctor, hk_command_version, hk_command_help;

/* index 0, 1 ... until NULL: the order of the help text. */
const struct hk_command *hk_command_at(size_t index);
/* By name. Errors: HK_ERR_USAGE with the nearest known one. */
const struct hk_command *hk_command_get(const char *name, struct hk_err *err) HK_MUST_USE;

/* One line: "hillock 0.1.0 (commit 0123456789ab)". */
void hk_version_print(FILE *out);

/* The whole program: returns its exit status. */
int hk_command_main(int argc, char **argv);

#endif
