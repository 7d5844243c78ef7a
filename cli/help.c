#include "cli/help.h"

static const char *const statuses[] = {
    "  0  all is well",
    "  1  all went well, but an expectation was not met, or two runs differ",
    "  2  wrong command line",
    "  3  the experiment file can't be read or makes no sense",
    "  4  a data or results file is missing or wrong",
    "  5  reading or writing failed, or memory or another limit was reached",
    "  6  the simulation left the range of numbers",
    "  130, 143  interrupted by SIGINT or SIGTERM; the results until then are kept",
};

static void print_commands(FILE *out) {
    const struct hk_command *command;
    (void)fprintf(out, "commands:\n");
    for (size_t i = 0; (command = hk_command_at(i)); i++)
        (void)fprintf(out, "  %-8s %-14s %s\n", command->name, command->arguments, command->doc);
}

static void print_examples(const struct hk_command *command, FILE *out) {
    for (size_t i = 0; i < HK_COUNT(command->examples); i++)
        (void)fprintf(out, "  hillock %s\n", command->examples[i]);
}

void hk_help_short(FILE *out) {
    (void)fprintf(out, "usage: hillock COMMAND [ARGUMENT] [OPTION...]\n\n");
    print_commands(out);
    (void)fprintf(out, "\n`hillock --help` says more, `hillock COMMAND --help` most.\n");
}

void hk_help_program(FILE *out) {
    (void)fprintf(out, "hillock simulates spiking neural networks that learn.\n\n"
                       "usage: hillock COMMAND [ARGUMENT] [OPTION...]\n\nexamples:\n");
    print_examples(&hk_command_run, out);
    (void)fprintf(out, "\n");
    print_commands(out);
    (void)fprintf(out, "\noptions:\n");
    hk_options_print(HK_OPTION_HELP | HK_OPTION_VERSION, out);
    (void)fprintf(out, "\nexit status:\n");
    for (size_t i = 0; i < HK_COUNT(statuses); i++) (void)fprintf(out, "%s\n", statuses[i]);
}

void hk_help_command(const struct hk_command *command, FILE *out) {
    const char *space = *command->arguments ? " " : "";
    (void)fprintf(out, "usage: hillock %s%s%s [OPTION...]\n\n%s.\n\nexamples:\n", command->name,
                  space, command->arguments, command->doc);
    print_examples(command, out);
    (void)fprintf(out, "\noptions:\n");
    hk_options_print(command->options | HK_OPTION_HELP, out);
}

static bool help(const struct hk_settings *settings, struct hk_err *err) {
    if (settings->argument_count == 0) {
        hk_help_program(stdout);
        return true;
    }
    const struct hk_command *command = hk_command_get(settings->arguments[0], err);
    if (command) hk_help_command(command, stdout);
    return command != NULL;
}

const struct hk_command hk_command_help = {
    .name = "help",
    .doc = "Explain a command, or all of them",
    .arguments = "[COMMAND]",
    .argument_max = 1,
    .examples = {"help", "help run"},
    .run = help,
};
