#include "cli/help.h"

#include "cli/failure.h"

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
    const struct hk_exit_row *row;
    (void)fprintf(out, "hillock simulates spiking neural networks that learn.\n\n"
                       "usage: hillock COMMAND [ARGUMENT] [OPTION...]\n\nexamples:\n");
    print_examples(&hk_command_run, out);
    (void)fprintf(out, "\n");
    print_commands(out);
    (void)fprintf(out, "\noptions:\n");
    hk_options_print(HK_OPTION_HELP | HK_OPTION_VERSION, out);
    (void)fprintf(out, "\nexit status:\n");
    for (size_t i = 0; (row = hk_exit_at(i)); i++)
        (void)fprintf(out, "  %-8s  %s\n", row->numbers, row->meaning);
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
