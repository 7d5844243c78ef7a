#include "cli/command.h"

#include "cli/failure.h"
#include "cli/help.h"
#include "io/nearest.h"

#include <errno.h>
#include <string.h>

static const struct hk_command *const commands[] = {
    &hk_command_run,    &hk_command_sweep,  &hk_command_check,   &hk_command_explain,
    &hk_command_config, &hk_command_schema, &hk_command_info,    &hk_command_recover,
    &hk_command_why,    &hk_command_diff,   &hk_command_plot,    &hk_command_bench,
    &hk_command_models, &hk_command_doctor, &hk_command_version, &hk_command_help,
};

const struct hk_command *hk_command_at(size_t index) {
    return index < HK_COUNT(commands) ? commands[index] : NULL;
}

const struct hk_command *hk_command_get(const char *name, struct hk_err *err) {
    const char *names[HK_COUNT(commands)];
    char hint[HK_HINT_SIZE];
    for (size_t i = 0; i < HK_COUNT(commands); i++) {
        names[i] = commands[i]->name;
        if (strcmp(name, names[i]) == 0) return commands[i];
    }
    (void)HK_FAIL(err, HK_ERR_USAGE, "unknown command '%s'; %s", name,
                  hk_nearest_hint(name, names, HK_COUNT(names), hint));
    return NULL;
}

static bool check_arguments(const struct hk_command *command, const struct hk_settings *settings,
                            struct hk_err *err) {
    size_t count = settings->argument_count;
    if (count < command->argument_min)
        return HK_FAIL(err, HK_ERR_USAGE, "%s needs %s; `hillock %s --help` has examples",
                       command->name, command->arguments, command->name);
    if (count > command->argument_max)
        return HK_FAIL(err, HK_ERR_USAGE, "%s: one word too many: '%s'", command->name,
                       settings->arguments[command->argument_max]);
    return true;
}

static bool run_command(const struct hk_command *command, int argc, char **argv,
                        struct hk_settings *settings, struct hk_err *err) {
    if (!hk_options_read(command->options | HK_OPTION_HELP, argc, argv, settings, err))
        return hk_err_context(err, "%s", command->name);
    if (settings->help) {
        hk_help_command(command, stdout);
        return true;
    }
    return check_arguments(command, settings, err) && command->run(settings, err);
}

/* Options that stand before the command are the program's own. */
static bool run_program(int argc, char **argv, struct hk_settings *settings, struct hk_err *err) {
    int own = 1;
    while (own < argc && argv[own][0] == '-' && argv[own][1]) own++;
    if (!hk_options_read(HK_OPTION_HELP | HK_OPTION_VERSION, own, argv, settings, err))
        return false;
    if (settings->help) {
        hk_help_program(stdout);
        return true;
    }
    if (settings->version) {
        hk_version_print(stdout);
        return true;
    }
    if (own == argc) {
        hk_help_short(stderr);
        return HK_FAIL(err, HK_ERR_USAGE, "no command was given");
    }
    const struct hk_command *command = hk_command_get(argv[own], err);
    return command && run_command(command, argc - own, argv + own, settings, err);
}

/* What was written may still be on its way. Nobody reading it any more is no failure of ours. */
static bool finish_output(struct hk_err *err) {
    bool failed = ferror(stdout) != 0;
    errno = 0;
    failed |= fflush(stdout) != 0;
    if (!failed || errno == EPIPE) return true;
    return HK_FAIL(err, HK_ERR_IO, "can't write to standard output: %s",
                   errno ? strerror(errno) : "an earlier write failed");
}

int hk_command_main(int argc, char **argv) {
    struct hk_settings settings = {.threads = 0};
    struct hk_err err = {.code = HK_OK};
    bool ok = run_program(argc, argv, &settings, &err) && finish_output(&err);
    if (ok) return HK_EXIT_OK;
    (void)fflush(stdout);
    hk_failure_print(&err, settings.verbose, stderr);
    return hk_failure_status(&err);
}
