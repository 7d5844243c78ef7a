#include "cli/help.h"

#include "cli/failure.h"
#include "cli/reference.h"
#include "version.h"

static const char *const variables[] = {
    "HILLOCK_DATA  the folder that holds data sets, each in a folder of its name",
    "HILLOCK_ISA   base, v3 or v4: a lesser instruction set than the best",
    "NO_COLOR      plain text on terminals, too",
};

static void print_commands(FILE *out) {
    const struct hk_command *command;
    (void)fprintf(out, "commands:\n");
    for (size_t i = 0; (command = hk_command_at(i)); i++)
        (void)fprintf(out, "  %-8s %-17s %s\n", command->name, command->arguments, command->doc);
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
    (void)fprintf(out, "\nenvironment:\n");
    for (size_t i = 0; i < HK_COUNT(variables); i++) (void)fprintf(out, "  %s\n", variables[i]);
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

/* A part of the page that stands as the help texts lay it out. No line of theirs begins with the
 * point or the apostrophe that man would take for its own. */
static void begin_verbatim(const char *macro, const char *title, FILE *out) {
    (void)fprintf(out, ".%s %s\n.nf\n", macro, title);
}

static void end_verbatim(FILE *out) {
    (void)fprintf(out, ".fi\n");
}

void hk_help_man(FILE *out) {
    const struct hk_command *command;
    const struct hk_exit_row *row;
    (void)fprintf(out,
                  ".TH HILLOCK 1 \"\" \"hillock %s\"\n.SH NAME\n"
                  "hillock \\- simulate spiking neural networks that learn\n"
                  ".SH SYNOPSIS\n.B hillock\nCOMMAND [ARGUMENT] [OPTION...]\n",
                  HK_VERSION);
    begin_verbatim("SH", "COMMANDS", out);
    print_commands(out);
    end_verbatim(out);
    for (size_t i = 0; (command = hk_command_at(i)); i++) {
        begin_verbatim("SS", command->name, out);
        hk_help_command(command, out);
        end_verbatim(out);
    }
    begin_verbatim("SH", "EXIT STATUS", out);
    for (size_t i = 0; (row = hk_exit_at(i)); i++)
        (void)fprintf(out, "%-8s  %s\n", row->numbers, row->meaning);
    end_verbatim(out);
    begin_verbatim("SH", "ENVIRONMENT", out);
    for (size_t i = 0; i < HK_COUNT(variables); i++) (void)fprintf(out, "%s\n", variables[i]);
    end_verbatim(out);
}

static bool help(const struct hk_settings *settings, struct hk_err *err) {
    if (settings->man) {
        hk_help_man(stdout);
        return true;
    }
    if (settings->reference) {
        hk_reference_print(stdout);
        return true;
    }
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
    .examples = {"help run", "help --man | man -l -"},
    .options = HK_OPTION_MAN | HK_OPTION_REFERENCE,
    .run = help,
};
