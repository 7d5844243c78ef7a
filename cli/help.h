/* The help texts, made from the tables of commands and options. */
#ifndef HK_CLI_HELP_H
#define HK_CLI_HELP_H

#include "cli/command.h"

/* `hillock` alone: the commands. */
void hk_help_short(FILE *out);
/* `hillock --help`: also examples, options and exit statuses. */
void hk_help_program(FILE *out);
/* `hillock COMMAND --help`. */
void hk_help_command(const struct hk_command *command, FILE *out);
/* `hillock help --man`: all of them as hillock(1), in the language of man. */
void hk_help_man(FILE *out);

#endif
