/* Runs a command line of the shell in the source's root, as a person would. */
#ifndef HK_TESTS_SUPPORT_SHELL_H
#define HK_TESTS_SUPPORT_SHELL_H

#include "sim/compiler.h"

enum { SHELL_TEXT_MAX = 256 * 1024 };

/* Both outputs of the last command. */
extern char shell_text[SHELL_TEXT_MAX];

/* shell("tools/get-data mnist %s", folder): returns the exit status. */
int shell(const char *format, ...) HK_PRINTF(1, 2);

#endif
